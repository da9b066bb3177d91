/*
 * Who is who: `users:`, addresses to accounts, as a map in weir.yaml or a CSV
 * file of two columns.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "know/csv.h"
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
