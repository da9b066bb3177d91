/*
 * names.c - DNS answers by client and address; what anyone was told is in
 * the book, and what stays in this process under client zero.
 */
#include "flow/names.h"

#include <stdlib.h>

#include "base/table.h"

struct asked {
	struct addr client, server;
};

struct name {
	int64_t at_us;
	char text[BOOK_NAME];
};

struct names {
	struct table table;
	struct book *book;
	char others[BOOK_NAME];		/* the last one from the book */
};

struct names *names_new(uint32_t max_answers, struct book *book)
{
	struct names *n = calloc(1, sizeof(*n));

	if (n != NULL && !table_init(&n->table, sizeof(struct asked),
	    sizeof(struct name), max_answers)) {
		free(n);
		return NULL;
	}
	if (n != NULL)
		n->book = book;
	return n;
}

void names_free(struct names *n)
{
	if (n == NULL)
		return;
	table_free(&n->table);
	free(n);
}

static void learn(struct names *n, const struct asked *key, struct slice name,
    int64_t at_us)
{
	bool fresh;
	struct name *value = table_make(&n->table, key, &fresh);

	if (!fresh && value->at_us > at_us &&
	    value->at_us - at_us < NAMES_KEEP_US)
		return;
	value->at_us = at_us;
	book_copy_name(value->text, name);
}

void names_learn(struct names *n, const struct addr *client,
    const struct addr *server, struct slice name, bool ours,
    int64_t at_us)
{
	struct asked key = { .client = *client, .server = *server };
	struct asked anyone = { .server = *server };

	if (!slice_more(name))
		return;
	learn(n, &key, name, at_us);
	if (ours)
		learn(n, &anyone, name, at_us);
	else
		book_write(n->book, server, name, at_us);
}

static const char *find(struct names *n, const struct asked *key,
    int64_t at_us)
{
	struct name *value = table_find(&n->table, key);

	if (value == NULL)
		return NULL;
	if (at_us - value->at_us > NAMES_KEEP_US) {
		table_remove(&n->table, key);
		return NULL;
	}
	return value->text;
}

const char *names_find(struct names *n, const struct addr *client,
    const struct addr *server, int64_t at_us, enum evidence *how)
{
	struct asked key = { .client = *client, .server = *server };
	struct asked anyone = { .server = *server };
	const char *name = find(n, &key, at_us);

	*how = EVIDENCE_DNS;
	if (name != NULL)
		return name;
	*how = EVIDENCE_DNS_OTHER;
	if (book_read(n->book, server, at_us, n->others))
		return n->others;
	return find(n, &anyone, at_us);
}

uint32_t names_used(const struct names *n)
{
	return table_count(&n->table);
}

void names_forget(struct names *n, const struct addr *client)
{
	struct name *at = table_oldest(&n->table), *next;

	for (; at != NULL; at = next) {
		const struct asked *key = table_key(&n->table, at);

		next = table_newer(&n->table, at);
		if (!addr_same(&key->client, client))
			continue;
		memset(at, 0, sizeof(*at));
		table_remove(&n->table, key);
	}
}
