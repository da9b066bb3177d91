/*
 * records.c - a reader of flat JSON objects, just enough for records.
 *
 * The line is not trusted: every value is bounded, what is not understood
 * makes the line count as refused.
 */
#include "analysis/records.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/table.h"
#include "dissector.h"
#include "track/window.h"

enum { LINE_MAX_BYTES = 16384, VALUE = 128, PEOPLE = 65536 };

struct reader {
	struct table users;		/* address -> the name bound last */
	struct event ev;
	char user[VALUE];
	bool is_transfer, bad;
	bool (*see)(const struct event *ev, void *arg);
	void *arg;
};

struct bound_name {
	char name[VALUE];
	int64_t at_us;
};

static int64_t days_of(int y, int m, int d)
{
	struct tm tm = { .tm_year = y - 1900, .tm_mon = m - 1, .tm_mday = d };

	return timegm(&tm) / 86400;
}

/* "2026-01-05T07:28:19.795967Z"; 0: not a time. */
static int64_t time_of(const char *v)
{
	int y, mo, d, h, mi, s, us = 0;

	if (sscanf(v, "%4d-%2d-%2dT%2d:%2d:%2d.%6d", &y, &mo, &d, &h, &mi,
	    &s, &us) < 6)
		return 0;
	return ((days_of(y, mo, d) * 24 + h) * 60 + mi) * 60000000LL +
	    s * 1000000LL + us;
}

static uint8_t method_of(const char *v)
{
	for (unsigned int m = METHOD_NONE; m <= METHOD_ENDPOINT; m++)
		if (strcmp(method_name(m), v) == 0)
			return (uint8_t)m;
	return METHOD_NONE;
}

static void put(char *field, size_t size, const char *v)
{
	memset(field, 0, size);
	memcpy(field, v, strnlen(v, size - 1));
}

static uint32_t small(const char *v)
{
	unsigned long long n = strtoull(v, NULL, 10);

	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static void text_value(struct reader *r, const char *key, const char *v)
{
	struct event *ev = &r->ev;

	if (strcmp(key, "type") == 0)
		r->is_transfer = strcmp(v, "transfer") == 0;
	else if (strcmp(key, "start") == 0)
		ev->start_us = time_of(v);
	else if (strcmp(key, "end") == 0)
		ev->at_us = time_of(v);
	else if (strcmp(key, "l4") == 0)
		ev->proto = strcmp(v, "udp") == 0 ? IPPROTO_UDP : IPPROTO_TCP;
	else if (strcmp(key, "client_ip") == 0)
		r->bad |= !addr_parse(&ev->client, v);
	else if (strcmp(key, "server_ip") == 0)
		r->bad |= !addr_parse(&ev->server, v);
	else if (strcmp(key, "direction") == 0)
		ev->flags |= strcmp(v, "upload") == 0 ? EVENT_UPLOAD : 0;
	else if (strcmp(key, "method") == 0)
		ev->method = method_of(v);
	else if (strcmp(key, "host") == 0)
		put(ev->host, sizeof(ev->host), v);
	else if (strcmp(key, "object") == 0)
		put(ev->text, sizeof(ev->text), v);
	else if (strcmp(key, "service") == 0)
		ev->rule = 1;		/* one that this catalogue may lack */
	else if (strcmp(key, "user") == 0)
		put(r->user, sizeof(r->user), v);
}

static void number_value(struct reader *r, const char *key, const char *v)
{
	struct event *ev = &r->ev;

	if (strcmp(key, "bytes") == 0)
		ev->up = strtoull(v, NULL, 10);
	else if (strcmp(key, "wire_bytes") == 0)
		ev->down = strtoull(v, NULL, 10);
	else if (strcmp(key, "largest") == 0)
		ev->largest = strtoull(v, NULL, 10);
	else if (strcmp(key, "count") == 0)
		ev->count = small(v);
	else if (strcmp(key, "count_lo") == 0)
		ev->count_lo = small(v);
	else if (strcmp(key, "count_hi") == 0)
		ev->count_hi = small(v);
	else if (strcmp(key, "client_port") == 0)
		ev->client_port = (uint16_t)small(v);
	else if (strcmp(key, "server_port") == 0)
		ev->server_port = (uint16_t)small(v);
	else if (strcmp(key, "confidence") == 0)
		ev->sureness = (uint8_t)small(v);
}

static char skip_space(struct slice *s)
{
	while (s->n > 0 && (*s->p == ' ' || *s->p == '\t'))
		slice_skip(s, 1);
	return s->n > 0 ? (char)*s->p : '\0';
}

/* A string, unescaped as far as records need it; false: not one. */
static bool string(struct slice *s, char *into)
{
	size_t n = 0;

	if (skip_space(s) != '"')
		return false;
	slice_skip(s, 1);
	while (s->n > 0 && *s->p != '"') {
		if (*s->p == '\\')
			slice_skip(s, 1);
		if (n < VALUE - 1 && s->n > 0)
			into[n++] = (char)*s->p;
		slice_skip(s, 1);
	}
	into[n] = '\0';
	slice_skip(s, 1);
	return !slice_short(*s);
}

/* Number, true, false, null; nested values are not ours. */
static bool bare(struct slice *s, char *into)
{
	size_t n = 0;

	while (s->n > 0 && strchr(",} \t", *s->p) == NULL) {
		if (n < VALUE - 1)
			into[n++] = (char)*s->p;
		slice_skip(s, 1);
	}
	into[n] = '\0';
	return n > 0 && into[0] != '{' && into[0] != '[';
}

static bool object(struct reader *r, struct slice s)
{
	char key[VALUE], value[VALUE];

	if (skip_space(&s) != '{')
		return false;
	do {
		slice_skip(&s, 1);
		if (!string(&s, key) || skip_space(&s) != ':')
			return false;
		slice_skip(&s, 1);
		if (skip_space(&s) == '"') {
			if (!string(&s, value))
				return false;
			text_value(r, key, value);
		} else {
			if (!bare(&s, value))
				return false;
			number_value(r, key, value);
		}
	} while (skip_space(&s) == ',');
	return *s.p == '}' && !r->bad;
}

/* The account is proven by whoever wrote the record. */
static bool tie(struct reader *r)
{
	struct event ev = { .kind = EV_BINDING, .at_us = r->ev.start_us,
		.start_us = r->ev.start_us, .client = r->ev.client,
		.sureness = PROOF_TICKET, .count = 86400 * 30 };
	struct bound_name *last;
	char address[ADDR_TEXT];
	bool fresh;

	if (r->user[0] == '\0' ||
	    strcmp(r->user, addr_text(&ev.client, address)) == 0)
		return true;
	last = table_make(&r->users, &ev.client, &fresh);
	if (last == NULL || (strcmp(last->name, r->user) == 0 &&
	    ev.at_us - last->at_us < DAY_US))
		return true;
	last->at_us = ev.at_us;
	memcpy(last->name, r->user, sizeof(last->name));
	put(ev.text, sizeof(ev.text), r->user);
	return r->see(&ev, r->arg);
}

static bool line(struct reader *r, const char *text, size_t n,
    struct records_counts *counts)
{
	r->ev = (struct event){ .kind = EV_TRANSFER, .proto = IPPROTO_TCP,
		.evidence = EVIDENCE_SNI, .confidence = 90,
		.flow = counts->lines };
	r->user[0] = '\0';
	r->is_transfer = r->bad = false;
	if (!object(r, slice_of(text, n))) {
		if (r->is_transfer || n > 1)
			counts->refused += r->is_transfer;
		return true;
	}
	if (!r->is_transfer || r->ev.at_us == 0)
		return true;
	counts->transfers++;
	return tie(r) && r->see(&r->ev, r->arg);
}

struct records_counts records_read(FILE *f, bool (*see)(
    const struct event *ev, void *arg), void *arg)
{
	struct records_counts counts = { 0 };
	struct reader r = { .see = see, .arg = arg };
	static const size_t size = LINE_MAX_BYTES;
	char *text = malloc(size);

	if (text == NULL || !table_init(&r.users, sizeof(struct addr),
	    sizeof(struct bound_name), PEOPLE)) {
		free(text);
		return counts;
	}
	while (fgets(text, (int)size, f) != NULL) {
		counts.lines++;
		if (!line(&r, text, strlen(text), &counts))
			break;
	}
	table_free(&r.users);
	free(text);
	return counts;
}
