/*
 * erase.c - see erase.h.
 */
#include "service/erase.h"

#include <inttypes.h>
#include <stdio.h>

#include "alert/record.h"
#include "base/json_read.h"
#include "privacy/audit.h"

enum { NAME_MOST = 128 };

static bool member_gone(const struct person *p, struct slice in,
    const char *key)
{
	char text[NAME_MOST];
	struct text t = text_in(text, sizeof(text));
	struct json_value v;

	if (!json_find(in, key, &v) || v.kind != JSON_TEXT)
		return false;
	json_unescape(&t, v.raw);
	return person_is(p, text);
}

/* A record about him, or one that names him beside somebody else. */
static bool record_gone(struct slice record, void *arg)
{
	const struct person *p = arg;
	struct json_value evidence;

	return member_gone(p, record, "user") ||
	    member_gone(p, record, "client_ip") ||
	    member_gone(p, record, "rival") ||
	    (json_find(record, "evidence", &evidence) &&
	    member_gone(p, evidence.raw, "rival"));
}

static bool name_gone(const char *name, void *arg)
{
	return person_gone(arg, name);
}

/* Workers know what his devices asked of DNS. */
static void tell_workers(struct board_forget *f, const struct person *p)
{
	f->n = 0;
	for (size_t i = 0; i < p->addrs_n && i < BOARD_FORGET; i++)
		f->clients[f->n++] = p->addrs[i];
	atomic_fetch_add(&f->asked, 1);
}

static bool everywhere(const struct erase *e, struct person *p,
    struct erased *n, char *why)
{
	struct collector_names collectors;
	bool state = analysis_forget(e->analysis, p, &n->from);

	live_collectors(e->live, &collectors);
	if (e->live->board != NULL)
		tell_workers(&e->live->board->forget, p);
	if (e->recent != NULL)
		recent_forget(e->recent, record_gone, name_gone, p);
	if (!identities_forget(e->identities, name_gone, p, &n->sealed))
		snprintf(why, ERASE_WHY, "sealed identities: the disk "
		    "refuses");
	else if (!spool_erase(e->spool, collectors.names, record_gone, p,
	    &n->letters))
		snprintf(why, ERASE_WHY, "the spool: the disk refuses");
	else if (!state)
		snprintf(why, ERASE_WHY, "the store: somebody reads it, "
		    "or the disk is full");
	else
		return true;
	return false;
}

/* Nobody's plain name goes into the trail. */
static const char *shown_name(const struct erase *e, const char *name,
    int64_t at_us, char token[PSEUDONYM_TEXT])
{
	struct addr a;

	if (pseudonym_is(name))
		return name;
	if (disguise_called(name) == CALLED_ADDRESS && addr_parse(&a, name) &&
	    addr_is_pseudonym(&a))
		return name;
	return analysis_token(e->analysis, name, at_us, token);
}

static bool write_down(const struct erase *e, const struct erase_request *r,
    const char *what, const char *reason, char *why)
{
	char path[1100], token[PSEUDONYM_TEXT];
	struct audit_entry entry = { .what = what, .by = r->by,
		.pseudonym = shown_name(e, r->name, r->at_us, token),
		.reason = reason, .at_us = r->at_us };

	snprintf(path, sizeof(path), "%s/forget-audit.jsonl",
	    live_spool(e->live));
	return audit_add(path, &entry, e->tell, e->arg, why);
}

static void say(const struct erased *n, char *text, size_t size)
{
	snprintf(text, size, "%" PRIu64 " users, %" PRIu64 " bindings, %"
	    PRIu64 " events, %" PRIu64 " alerts, %" PRIu64 " letters, %"
	    PRIu64 " sealed identities, %" PRIu64 " suppressions; %" PRIu64
	    " letters wait to be delivered first", n->from.users,
	    n->from.bindings, n->from.events, n->from.alerts,
	    n->letters.erased, n->sealed, n->from.suppressions,
	    n->letters.waiting);
}

bool erase_reason_good(const char *reason)
{
	size_t n = strlen(reason);

	return n >= ERASE_LEAST_REASON && n < ERASE_REASON;
}

bool erase_person(const struct erase *e, const struct erase_request *r,
    struct erased *n, char *why)
{
	struct person p;
	char text[ERASE_REASON];
	bool good;

	*n = (struct erased){ .known = false };
	if (!erase_reason_good(r->reason)) {
		snprintf(why, ERASE_WHY, "say the reason in words");
		return false;
	}
	if (!write_down(e, r, "forget", r->reason, why))
		return false;
	if (!person_find(&p, e->analysis, r->name)) {
		snprintf(why, ERASE_WHY, "no memory");
		return false;
	}
	n->known = p.found;
	good = everywhere(e, &p, n, why);
	person_free(&p);
	if (!good) {
		char ignored[AUDIT_WHY];

		(void)write_down(e, r, "not all forgotten", why, ignored);
		return false;
	}
	say(n, text, sizeof(text));
	return write_down(e, r, "forgotten", text, why);
}

static void text_of(struct slice line, const char *key, char *to, size_t size)
{
	struct text t = text_in(to, size);
	struct json_value v;

	if (json_find(line, key, &v) && v.kind == JSON_TEXT)
		json_unescape(&t, v.raw);
}

bool erase_letter(struct spool *s, const struct config *c, const char *line,
    int64_t at_us)
{
	struct record_head head = { c->sensor, spool_next(s), c->hash };
	struct health h = { .kind = "forget", .severity = "notice",
		.at_us = at_us };
	struct slice in = slice_str(line);
	char record[RECORD_MAX], what[32] = "", name[NAME_MOST] = "",
	    by[32] = "", reason[160] = "";
	struct text t = text_in(record, sizeof(record));

	text_of(in, "what", what, sizeof(what));
	text_of(in, "pseudonym", name, sizeof(name));
	text_of(in, "by", by, sizeof(by));
	text_of(in, "reason", reason, sizeof(reason));
	snprintf(h.message, sizeof(h.message), "%s: %.48s, by %s: %s", what,
	    name, by, reason);
	record_health(&t, &head, &h);
	return spool_put(s, SPOOL_HEALTH, slice_of(t.p, t.n)) &&
	    spool_commit(s);
}
