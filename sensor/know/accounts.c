/*
 * Who is who: addresses to accounts, accounts to groups.
 *
 * CSV as spreadsheets and directories write it, in its plain form: two
 * columns, a comma, no quotes; # begins a comment, a first line of names is
 * allowed.  Every line that cannot be used is an error with its place.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "know/policy_parts.h"

bool account_fold(char *to, size_t size, const char *account)
{
	size_t i;

	for (i = 0; account[i] != '\0'; i++) {
		if (i + 1 >= size)
			return false;
		to[i] = account[i];
		if (to[i] >= 'A' && to[i] <= 'Z')
			to[i] = (char)(to[i] + ('a' - 'A'));
	}
	to[i] = '\0';
	return true;
}

/* Without realm or domain: alice@EXAMPLE.COM and EXAMPLE\alice. */
static void bare(char *to, const char *account)
{
	const char *slash = strchr(account, '\\');
	const char *from = slash != NULL ? slash + 1 : account;
	size_t n = strcspn(from, "@");

	memcpy(to, from, n);
	to[n] = '\0';
}

bool account_matches(const char *pattern, const char *account)
{
	char name[ACCOUNT_MAX], whole[ACCOUNT_MAX];

	if (!account_fold(whole, sizeof(whole), account))
		return false;
	if (fnmatch(pattern, whole, FNM_NOESCAPE) == 0)
		return true;
	if (strpbrk(pattern, "@\\") != NULL)
		return false;
	bare(name, whole);
	return fnmatch(pattern, name, FNM_NOESCAPE) == 0;
}

static int by_address(const void *a, const void *b)
{
	const struct address_user *x = a, *y = b;

	return memcmp(&x->address, &y->address, sizeof(x->address));
}

const char *accounts_find(const struct accounts *u, const struct addr *a)
{
	struct address_user key = { .address = *a };
	const struct address_user *found = u->n == 0 ? NULL :
	    bsearch(&key, u->users, u->n, sizeof(*u->users), by_address);

	return found != NULL ? found->account : NULL;
}

static void add_user(struct accounts *u, const struct conf_node *at,
    const char *address, const char *account, struct arena *a,
    struct conf_errors *e)
{
	struct address_user user;

	if (!addr_parse(&user.address, address)) {
		conf_error_key(e, at, "'%.64s' is not an address", address);
		return;
	}
	if (*account == '\0' || strlen(account) >= ACCOUNT_MAX) {
		conf_error(e, at, "an account has 1 to %d characters",
		    ACCOUNT_MAX - 1);
		return;
	}
	user.account = arena_text(a, account, strlen(account));
	u->users = grown(u->users, u->n, &u->room, sizeof(*u->users));
	u->users[u->n++] = user;
}

/* Sorted, twins stand side by side. */
static void sort_users(struct accounts *u, const struct conf_node *at,
    struct conf_errors *e)
{
	char text[ADDR_TEXT];
	size_t i;

	if (u->n > 0)
		qsort(u->users, u->n, sizeof(*u->users), by_address);
	for (i = 1; i < u->n; i++)
		if (addr_same(&u->users[i - 1].address,
		    &u->users[i].address))
			conf_error(e, at, "%s is already the address of %s, "
			    "and cannot be that of %s",
			    addr_text(&u->users[i].address, text),
			    u->users[i - 1].account, u->users[i].account);
}

/* ---- CSV ---- */

struct csv {
	FILE *file;
	const char *path;
	char line[512];
	char *first, *second;
	struct conf_node at;		/* where the first column stands */
	struct conf_node second_at;
};

static char *trimmed(char *text)
{
	size_t n;

	text += strspn(text, " \t");
	n = strlen(text);
	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		text[--n] = '\0';
	return text;
}

/* A relative name is relative to the file that names it. */
static void beside(char *path, size_t size, const struct conf_node *node)
{
	const char *slash = strrchr(node->file, '/');

	if (*node->text == '/' || slash == NULL)
		snprintf(path, size, "%s", node->text);
	else
		snprintf(path, size, "%.*s/%s", (int)(slash - node->file),
		    node->file, node->text);
}

static bool csv_open(struct csv *c, const struct conf_node *node,
    struct arena *a, struct conf_errors *e)
{
	char path[4096];

	*c = (struct csv){ 0 };
	beside(path, sizeof(path), node);
	c->path = arena_text(a, path, strlen(path));
	c->file = fopen(path, "re");
	if (c->file == NULL)
		conf_error(e, node, "%s: %s", path, strerror(errno));
	c->at.file = c->path;
	return c->file != NULL;
}

/* The next line with two columns; others are errors. */
static bool csv_next(struct csv *c, struct conf_errors *e)
{
	char *comma, *text;

	while (fgets(c->line, sizeof(c->line), c->file) != NULL) {
		c->at.line++;
		c->at.column = 1;
		if (strchr(c->line, '\n') == NULL && !feof(c->file)) {
			conf_error(e, &c->at, "this line is too long");
			return false;
		}
		text = c->line + strspn(c->line, " \t\r\n");
		if (*text == '#' || *text == '\0')
			continue;
		comma = strchr(text, ',');
		if (comma == NULL) {
			conf_error(e, &c->at, "two columns are needed, "
			    "parted by a comma");
			continue;
		}
		c->second_at = c->at;
		c->second_at.column = (unsigned int)(comma + 1 - c->line) + 1;
		*comma = '\0';
		c->first = trimmed(text);
		c->second = trimmed(comma + 1);
		return true;
	}
	return false;
}

static void users_from_file(struct accounts *u, const struct conf_node *node,
    struct arena *a, struct conf_errors *e)
{
	struct csv c;

	if (!csv_open(&c, node, a, e))
		return;
	while (csv_next(&c, e)) {
		if (c.at.line == 1 && strcmp(c.first, "address") == 0)
			continue;
		add_user(u, &c.at, c.first, c.second, a, e);
	}
	fclose(c.file);
}

void users_read(struct accounts *u, const struct conf_node *node,
    struct arena *a, struct conf_errors *e)
{
	const struct conf_node *at;

	if (node == NULL)
		return;
	if (node->kind == CONF_SCALAR)
		users_from_file(u, node, a, e);
	else if (conf_is(node, CONF_MAP, e))
		for (at = node->child; at != NULL; at = at->next)
			if (conf_is(at, CONF_SCALAR, e))
				add_user(u, at, at->key, at->text, a, e);
	sort_users(u, node, e);
}

void directory_read(struct accounts *u, const struct policy *p,
    const struct conf_node *node, struct arena *a, struct conf_errors *e)
{
	char folded[ACCOUNT_MAX];
	const struct group *g;
	struct csv c;

	if (node == NULL || !conf_is(node, CONF_SCALAR, e) ||
	    !csv_open(&c, node, a, e))
		return;
	while (csv_next(&c, e)) {
		if (c.at.line == 1 && strcmp(c.first, "account") == 0)
			continue;
		g = policy_group_by_id(p, c.second);
		if (g == NULL)
			conf_error(e, &c.second_at, "no such group '%.64s'",
			    c.second);
		else if (!account_fold(folded, sizeof(folded), c.first))
			conf_error(e, &c.at, "an account has 1 to %d "
			    "characters", ACCOUNT_MAX - 1);
		else
			wordmap_set(&u->groups, arena_text(a, folded,
			    strlen(folded)), g->index);
	}
	fclose(c.file);
}
