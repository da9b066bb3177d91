/*
 * names.c - DNS answers by address.
 *
 * Each answer is kept twice: for the client that asked, and for anybody
 * (client zero).  One table, so a busy client cannot push out everybody's.
 */
#include "flow/names.h"

#include <stdlib.h>

#include "base/table.h"

struct asked {
	struct addr client, server;
};

struct name {
	int64_t at_us;
	char text[NAME_ROOM];
};

struct names {
	struct table table;
};

struct names *names_new(uint32_t max_answers)
{
	struct names *n = calloc(1, sizeof(*n));

	if (n != NULL && !table_init(&n->table, sizeof(struct asked),
	    sizeof(struct name), max_answers)) {
		free(n);
		return NULL;
	}
	return n;
}

void names_free(struct names *n)
{
	if (n == NULL)
		return;
	table_free(&n->table);
	free(n);
}

static char lower(uint8_t c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Lower case; of a name too long its end, which is what tells most. */
static void copy_name(char *to, struct slice name)
{
	size_t i = 0;

	if (name.n >= NAME_ROOM)
		slice_skip(&name, name.n - (NAME_ROOM - 1));
	while (slice_more(name))
		to[i++] = lower(slice_u8(&name));
	to[i] = '\0';
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
	copy_name(value->text, name);
}

void names_learn(struct names *n, const struct addr *client,
    const struct addr *server, struct slice name, uint32_t ttl_s,
    int64_t at_us)
{
	struct asked key = { .client = *client, .server = *server };
	struct asked anyone = { .server = *server };

	(void)ttl_s;
	if (!slice_more(name))
		return;
	learn(n, &key, name, at_us);
	learn(n, &anyone, name, at_us);
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
	if (name == NULL) {
		name = find(n, &anyone, at_us);
		*how = EVIDENCE_DNS_OTHER;
	}
	return name;
}

uint32_t names_used(const struct names *n)
{
	return table_count(&n->table);
}
