/*
 * records.c - see records.h.
 *
 * A line is not trusted: what does not fit an event makes it count as
 * refused, and nothing grows with the file but two bounded tables.
 */
#include "analysis/records.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit.h"
#include "base/json_read.h"
#include "base/log.h"
#include "base/rfc3339.h"
#include "base/table.h"
#include "dissector.h"
#include "track/window.h"

enum { LINE_MAX_BYTES = 32768, VALUE = 128, PEOPLE = 65536, NAMED = 1024,
	HAS_LO = 1, HAS_HI = 2 };

struct named_key {
	char service[EVENT_HOST], role[16];
};

struct bound_name {
	char name[VALUE];
	int64_t at_us;
};

struct reader {
	const struct config *config;
	struct table users;	/* address -> the name bound last */
	struct table rules;	/* struct named_key -> rule + 1; 0: none */
	bool (*see)(const struct event *ev, void *arg);
	void *arg;
};

/* A line while it is read. */
struct said {
	struct event ev;
	char type[16], visibility[16], action[16], role[16];
	char user[VALUE], service[EVENT_HOST];
	int64_t time_us;
	uint32_t has;		/* a bit for each of numbers[] */
	const char *why;	/* it is no good; NULL: it is */
};

/* Numbers as they are called, and where they go. */
static const struct number {
	const char *key;
	size_t at, size;
} numbers[] = {
#define NUMBER(key, field) { key, offsetof(struct event, field), \
	sizeof(((struct event *)NULL)->field) }
	NUMBER("count_lo", count_lo),	/* HAS_LO */
	NUMBER("count_hi", count_hi),	/* HAS_HI */
	NUMBER("count", count),
	NUMBER("bytes", up),
	NUMBER("wire_bytes", down),
	NUMBER("largest", largest),
	NUMBER("client_port", client_port),
	NUMBER("server_port", server_port),
	NUMBER("confidence", sureness),
#undef NUMBER
};

/* Texts that are kept as they are; the event's own fields need no end. */
static const struct {
	const char *key;
	size_t at, size;
} texts[] = {
#define TEXT(key, field) { key, offsetof(struct said, field), \
	sizeof(((struct said *)NULL)->field) }
	TEXT("type", type),
	TEXT("user", user),
	TEXT("service", service),
	TEXT("role", role),
	TEXT("visibility", visibility),
	TEXT("action", action),
	TEXT("host", ev.host),
	TEXT("object", ev.text),
	TEXT("resource", ev.text),
#undef TEXT
};

static uint8_t method_of(const char *v)
{
	for (unsigned int m = METHOD_NONE; m <= METHOD_ENDPOINT; m++)
		if (strcmp(method_name(m), v) == 0)
			return (uint8_t)m;
	return METHOD_NONE;
}

static void moment(struct said *s, int64_t *to, const char *v)
{
	*to = rfc3339_read(slice_str(v));
	if (*to <= 0)
		s->why = "a time that is not RFC 3339";
}

static void address(struct said *s, struct addr *to, const char *v)
{
	if (!addr_parse(to, v))
		s->why = "an address that is none";
}

static void text_value(struct said *s, struct slice key, const char *v)
{
	struct event *ev = &s->ev;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (json_is(key, texts[i].key)) {
			size_t n = strnlen(v, texts[i].size - 1);

			memcpy((char *)s + texts[i].at, v, n);
			return;
		}
	if (json_is(key, "time"))
		moment(s, &s->time_us, v);
	else if (json_is(key, "start"))
		moment(s, &ev->start_us, v);
	else if (json_is(key, "end"))
		moment(s, &ev->at_us, v);
	else if (json_is(key, "client_ip"))
		address(s, &ev->client, v);
	else if (json_is(key, "server_ip"))
		address(s, &ev->server, v);
	else if (json_is(key, "l4"))
		ev->proto = strcmp(v, "udp") == 0 ? IPPROTO_UDP : IPPROTO_TCP;
	else if (json_is(key, "direction"))
		ev->flags |= strcmp(v, "upload") == 0 ? EVENT_UPLOAD : 0;
	else if (json_is(key, "method"))
		ev->method = method_of(v);
}

/* A fraction of a count or of a confidence says nothing: it is cut off. */
static uint64_t whole(const struct json_value *v)
{
	uint64_t n = 0;

	for (struct slice s = v->raw; slice_more(s);) {
		uint8_t c = slice_u8(&s);

		if (c < '0' || c > '9')
			break;
		if (n > UINT64_MAX / 10 - 1)
			return UINT64_MAX;
		n = n * 10 + (c - '0');
	}
	return n;
}

static void store(void *field, size_t size, uint64_t n)
{
	if (size == sizeof(uint64_t))
		*(uint64_t *)field = n;
	else if (size == sizeof(uint32_t))
		*(uint32_t *)field = (uint32_t)n;
	else if (size == sizeof(uint16_t))
		*(uint16_t *)field = (uint16_t)n;
	else
		*(uint8_t *)field = (uint8_t)n;
}

static void number_value(struct said *s, struct slice key,
    const struct json_value *v)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		const struct number *f = &numbers[i];
		uint64_t n, most = UINT64_MAX >> (64 - 8 * f->size);

		if (!json_is(key, f->key))
			continue;
		n = whole(v);
		store((char *)&s->ev + f->at, f->size, n < most ? n : most);
		s->has |= 1U << i;
	}
}

static bool object(struct said *s, struct slice line)
{
	struct json_value v;
	struct slice key;
	char value[VALUE];

	if (!json_enter(&line))
		return false;
	while (json_member(&line, &key, &v)) {
		struct text t = text_in(value, sizeof(value));

		if (v.kind == JSON_TEXT) {
			json_unescape(&t, v.raw);
			text_value(s, key, value);
		} else if (v.kind == JSON_NUMBER) {
			number_value(s, key, &v);
		} else if (v.kind == JSON_BOOL && json_is(key,
		    "lower_bound") && slice_is(v.raw, "true")) {
			s->ev.flags |= EVENT_LOWER_BOUND;
		}
	}
	return !slice_short(line);
}

/* The account is proven by whoever wrote the record. */
static bool tie(struct reader *r, const struct said *s)
{
	struct event ev = { .kind = EV_BINDING, .at_us = s->ev.start_us,
		.start_us = s->ev.start_us, .client = s->ev.client,
		.sureness = PROOF_TICKET, .count = 86400 * 30 };
	struct bound_name *last;
	char ip[ADDR_TEXT];
	bool fresh;

	if (s->user[0] == '\0' ||
	    strcmp(s->user, addr_text(&ev.client, ip)) == 0)
		return true;
	last = table_make(&r->users, &ev.client, &fresh);
	if (last == NULL || (strcmp(last->name, s->user) == 0 &&
	    ev.at_us - last->at_us < DAY_US))
		return true;
	last->at_us = ev.at_us;
	memcpy(last->name, s->user, sizeof(last->name));
	memcpy(ev.text, s->user, strnlen(s->user, sizeof(ev.text) - 1));
	return r->see(&ev, r->arg);
}

/* Its own host tells more than the service's name; false: neither does. */
static bool name(struct reader *r, struct said *s)
{
	const struct config *c = r->config;
	struct slice host = slice_field(s->ev.host, sizeof(s->ev.host));
	const struct rule *named;
	struct named_key key;
	uint32_t *rule;
	bool fresh;

	if (c == NULL) {
		s->ev.rule = s->service[0] != '\0';
		return true;
	}
	if (s->service[0] == '\0' || (slice_more(host) &&
	    catalogue_host(c->catalogue, host) != NULL))
		return true;
	memcpy(key.service, s->service, sizeof(key.service));
	memcpy(key.role, s->role, sizeof(key.role));
	rule = table_make(&r->rules, &key, &fresh);
	if (rule == NULL)
		return false;
	if (fresh && (named = catalogue_named(c->catalogue, s->service,
	    s->role)) != NULL)
		*rule = named->index + 1;
	s->ev.rule = *rule;
	s->ev.catalogue = c->print;
	return *rule != 0;
}

/* What was not said follows from what was. */
static void complete(struct said *s)
{
	struct event *ev = &s->ev;

	if (ev->at_us == 0)
		ev->at_us = s->time_us;
	if (ev->start_us == 0)
		ev->start_us = ev->at_us;
	if (!(s->has & HAS_LO))
		ev->count_lo = ev->count;
	if (!(s->has & HAS_HI))
		ev->count_hi = ev->count;
	if (!addr_is_set(&ev->client) && s->user[0] != '\0')
		ev->client = addr_of_name(s->user);
	if (s->why == NULL && ev->at_us <= 0)
		s->why = "no time";
	if (s->why == NULL && !addr_is_set(&ev->client))
		s->why = "neither user nor client_ip";
}

/* Which event it was; EV_TICK: none of ours. */
static enum event_kind kind_of(struct said *s)
{
	if (strcmp(s->type, "transfer") == 0)
		return EV_TRANSFER;
	if (strcmp(s->type, "flow") == 0)
		return EV_FLOW;
	if (strcmp(s->type, "access") != 0)
		return EV_TICK;
	if (strcmp(s->action, "upload") == 0)
		s->ev.flags |= EVENT_UPLOAD;
	if (strcmp(s->visibility, "device") != 0)
		return strcmp(s->visibility, "file") == 0 ? EV_FILE : EV_ROOM;
	s->ev.method = METHOD_ENDPOINT;
	return EV_DEVICE;
}

static bool line(struct reader *r, struct slice text,
    struct records_counts *counts)
{
	struct said s = { .ev = { .proto = IPPROTO_TCP,
		.evidence = EVIDENCE_SNI, .confidence = 90,
		.flow = counts->lines } };
	bool known;

	if (!object(&s, text)) {
		s.why = "no JSON object";
	} else {
		s.ev.kind = (uint8_t)kind_of(&s);
		if (s.ev.kind == EV_TICK)
			return true;
		complete(&s);
	}
	if (s.why != NULL && s.ev.kind == EV_FLOW)
		return true;		/* it tells of no client */
	if (s.why != NULL) {
		if (counts->refused++ == 0) {
			counts->refused_at = counts->lines;
			counts->why = s.why;
		}
		return true;
	}
	known = name(r, &s);
	if (s.ev.kind == EV_TRANSFER) {
		counts->transfers++;
		counts->strange += !known;
	}
	return tie(r, &s) && r->see(&s.ev, r->arg);
}

static void read_lines(FILE *f, struct reader *r, char *text,
    struct records_counts *counts)
{
	while (fgets(text, LINE_MAX_BYTES, f) != NULL) {
		struct slice s = slice_of(text, strcspn(text, "\r\n"));

		counts->lines++;
		if (slice_more(s) && !line(r, s, counts))
			return;
	}
}

struct records_counts records_read(FILE *f, const struct config *c,
    bool (*see)(const struct event *ev, void *arg), void *arg)
{
	struct records_counts counts = { 0 };
	struct reader r = { .config = c, .see = see, .arg = arg };
	char *text = malloc(LINE_MAX_BYTES);

	if (text != NULL && table_init(&r.users, sizeof(struct addr),
	    sizeof(struct bound_name), PEOPLE) && table_init(&r.rules,
	    sizeof(struct named_key), sizeof(uint32_t), NAMED))
		read_lines(f, &r, text, &counts);
	table_free(&r.users);
	table_free(&r.rules);
	free(text);
	return counts;
}

static int report(const struct records_counts *n, const char *path)
{
	if (n->strange > 0)
		fprintf(stderr, "weir: %s: %" PRIu64 " of %" PRIu64
		    " transfers are of services that the catalogue does not "
		    "have\n", path, n->strange, n->transfers);
	if (n->refused == 0)
		return EXIT_FINE;
	fprintf(stderr, "weir: %s:%" PRIu64 ": no record: %s; %" PRIu64
	    " of %" PRIu64 " lines refused\n", path, n->refused_at, n->why,
	    n->refused, n->lines);
	return EXIT_DAMAGED;
}

int records_file(const char *path, const struct config *c,
    bool (*see)(const struct event *ev, void *arg), void *arg)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	struct records_counts n;
	bool failed;
	int code;

	if (f == NULL) {
		log_warn("%s", path);
		return EXIT_RUNTIME;
	}
	n = records_read(f, c, see, arg);
	failed = ferror(f) != 0;
	if (failed)
		log_warn("%s", path);
	code = report(&n, path);
	if (f != stdin)
		fclose(f);
	return failed ? EXIT_RUNTIME : code;
}
