/* policy_parts.h - what the files of the policy share. */
#ifndef KNOW_POLICY_PARTS_H
#define KNOW_POLICY_PARTS_H

#include "know/arena.h"
#include "know/wordmap.h"
#include "know/pattern.h"
#include "know/policy.h"
#include "know/zone.h"

/* ---- words.c: where something may go ---- */

enum word_kind { WORD_ANY, WORD_CATEGORY, WORD_SERVICE, WORD_TENANT,
	WORD_SERVICE_TENANT, WORD_COUNTRY, WORD_NETWORK, WORD_HOST };

struct word {				/* "sharepoint/acme" */
	enum word_kind kind;		/* the later, the more specific */
	enum category category;
	const char *service, *tenant;
	char country[3];
	uint32_t asn;
	struct pattern host;
	const struct conf_node *node;
};

struct words {
	struct word *all;
	size_t n, room;
};

/* A list of words (or one); services are checked against c, if given. */
void words_read(struct words *w, const struct conf_node *list,
    const struct catalogue *c, struct arena *a, struct conf_errors *e);

/* The most specific word that says something about this, or NULL. */
const struct word *words_find(const struct words *w,
    const struct destination *to);
/* Where the first word of that kind stands, or NULL. */
const struct conf_node *words_kind(const struct words *w, enum word_kind kind);

/* ---- calendar.c ---- */

struct calendar;

/* NULL after an error. */
struct calendar *calendar_read(const struct conf_node *node,
    struct conf_errors *e);
void calendar_free(struct calendar *c);
bool calendar_excuses(const struct calendar *c, int64_t at_us);
bool calendar_holiday(const struct calendar *c, int64_t at_us);
int32_t calendar_offset(const struct calendar *c, int64_t at_us);
/* "2026-12-24" to days since 1970. */
bool date_read(int64_t *days, const char *text);

/* ---- accounts.c: who is who ---- */

struct address_user {
	struct addr address;
	const char *account;
};

struct accounts {
	struct address_user *users;	/* sorted by address */
	size_t n, room;
	struct wordmap groups;		/* account, folded: group index */
};

/* `users:`, a map or the name of a CSV file. */
void users_read(struct accounts *u, const struct conf_node *node,
    struct arena *a, struct conf_errors *e);
/* directory.c; `directory:`, a map or the name of a file. */
void directory_read(struct accounts *u, const struct policy *p,
    const struct conf_node *node, struct arena *a, struct conf_errors *e);
const char *accounts_find(const struct accounts *u, const struct addr *a);
/* Lower case, into `to`; false when it does not fit. */
bool account_fold(char *to, size_t size, const char *account);
enum { ACCOUNT_MAX = 128 };
/* "alice" also means "alice@example.com"; * and ? are wildcards. */
bool account_matches(const char *pattern, const char *account);

/* ---- the whole ---- */

struct member_network {
	struct prefix prefix;
	uint32_t group;
};

struct member_pattern {
	const char *pattern;		/* folded */
	uint32_t group;
};

struct group_rules {
	struct group group;
	int32_t parent;			/* NO_GROUP: none */
	struct words approved, unapproved;
	const struct conf_node *detections;
	int32_t calendar;		/* index, NO_GROUP: none */
};

struct resource {
	const char *pattern;
	int level;
	uint32_t groups;		/* one bit each */
};

struct watched {
	const char *account;		/* folded */
	int64_t until_days;		/* last day, inclusive */
	const char *reason;
};

struct exception {
	struct exemption what;
	struct words to;		/* none: anywhere */
};

struct named_calendar {
	const char *name;
	struct calendar *calendar;
};

struct prefixes {
	struct prefix *all;
	size_t n, room;
};

enum { NO_GROUP = -1 };

struct policy {
	struct arena arena;
	struct group_rules groups[POLICY_GROUPS];
	uint32_t groups_n;
	struct member_network *networks;
	size_t networks_n, networks_room;
	struct member_pattern *patterns;
	size_t patterns_n, patterns_room;
	struct prefixes home, shared;
	struct accounts accounts;
	struct resource *resources;
	size_t resources_n, resources_room;
	struct watched *watch;
	size_t watch_n, watch_room;
	struct exception *exceptions;
	size_t exceptions_n, exceptions_room;
	struct named_calendar *calendars;
	size_t calendars_n, calendars_room;
};

#endif
