/*
 * intake_read.c - one line of the intake socket, see intake.h.
 *
 * JSON is read as it stands; of RFC 5424 the structured data element whose
 * name begins with "weir", else the message, when that is a JSON object.
 * Keys that are not ours are passed over: exporters say more than we ask.
 */
#include "service/intake.h"

#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/notice.h"
#include "base/hash.h"
#include "base/json_read.h"
#include "base/mac.h"
#include "base/rfc3339.h"
#include "dissector.h"

enum { VALUE = 128, LOGIN_HOURS = 10, ENDPOINT_SURE = 95 };

static const int64_t day_us = 86400 * INT64_C(1000000);
static const uint64_t max_bytes = UINT64_C(1) << 50;

struct said {				/* what a line says, key by key */
	char event[VALUE], time[VALUE], user[VALUE], host[VALUE], ip[VALUE];
	char mac[VALUE], name[VALUE], device[VALUE], hours[VALUE];
	char bytes[VALUE], files[VALUE];
};

static void say(struct said *s, struct slice key, const char *value)
{
	const struct { const char *key; char *to; } known[] = {
		{ "event", s->event }, { "time", s->time },
		{ "user", s->user }, { "host", s->host }, { "ip", s->ip },
		{ "mac", s->mac }, { "name", s->name },
		{ "device", s->device }, { "hours", s->hours },
		{ "bytes", s->bytes }, { "files", s->files },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (slice_is(key, known[i].key))
			snprintf(known[i].to, VALUE, "%s", value);
}

static bool read_json(struct said *s, struct slice in)
{
	struct json_value v;
	struct slice key;

	if (!json_enter(&in))
		return false;
	while (json_member(&in, &key, &v)) {
		char value[VALUE];
		struct text t = text_in(value, sizeof(value));

		if (v.kind > JSON_NUMBER)
			continue;
		if (v.kind == JSON_TEXT)
			json_unescape(&t, v.raw);
		else
			text_bytes(&t, v.raw.p, v.raw.n);
		if (t.cut)
			return false;
		say(s, key, value);
	}
	return !slice_short(in);
}

/* ---- RFC 5424 ---- */

static struct slice word(struct slice *in)
{
	struct slice w = *in;

	w.n = 0;
	while (slice_more(*in) && *in->p != ' ' && *in->p != ']') {
		w.n++;
		slice_skip(in, 1);
	}
	if (slice_more(*in) && *in->p == ' ')
		slice_skip(in, 1);
	return w;
}

/* NAME="VALUE", with the three escapes of section 6.3.3. */
static bool parameter(struct slice *in, struct slice *name, char *value)
{
	struct text t = text_in(value, VALUE);

	*name = *in;
	name->n = 0;
	while (slice_more(*in) && *in->p != '=') {
		name->n++;
		slice_skip(in, 1);
	}
	if (slice_u8(in) != '=' || slice_u8(in) != '"')
		return false;
	while (slice_more(*in) && *in->p != '"') {
		if (*in->p == '\\' && in->n > 1 &&
		    strchr("\"\\]", in->p[1]) != NULL)
			slice_skip(in, 1);
		text_bytes(&t, in->p, 1);
		slice_skip(in, 1);
	}
	return slice_u8(in) == '"' && !t.cut;
}

/* True when an element of ours was read. */
static bool read_element(struct said *s, struct slice *in)
{
	struct slice id, key;
	char value[VALUE];
	bool ours;

	slice_skip(in, 1);
	id = word(in);
	ours = id.n >= 4 && memcmp(id.p, "weir", 4) == 0;
	while (slice_more(*in) && *in->p != ']') {
		if (!parameter(in, &key, value))
			return false;
		if (ours)
			say(s, key, value);
		while (slice_more(*in) && *in->p == ' ')
			slice_skip(in, 1);
	}
	slice_skip(in, 1);
	return ours;
}

static bool read_syslog(struct said *s, struct slice in)
{
	bool ours = false;

	for (int i = 0; i < 6; i++)	/* PRI and version to MSGID */
		(void)word(&in);
	while (slice_more(in) && *in.p == '[')
		ours |= read_element(s, &in);
	if (ours)
		return !slice_short(in);
	while (slice_more(in) && *in.p != '{')
		slice_skip(&in, 1);
	return slice_more(in) && read_json(s, in);
}

/* ---- into events ---- */

static bool number(const char *text, uint64_t least, uint64_t most,
    uint64_t *n)
{
	char *end;

	*n = strtoull(text, &end, 10);
	return isdigit((unsigned char)text[0]) && *end == '\0' &&
	    *n >= least && *n <= most;
}

static const char *fill(const struct said *s, struct event *ev,
    int64_t now_us)
{
	int64_t at_us = s->time[0] == '\0' ? now_us :
	    rfc3339_read(slice_str(s->time));

	if (at_us < now_us - day_us || at_us > now_us + day_us)
		return "time is not of the last day";
	*ev = (struct event){ .proto = IPPROTO_TCP,
		.at_us = at_us > now_us ? now_us : at_us };
	ev->start_us = ev->at_us;
	if (s->ip[0] != '\0' && !addr_parse(&ev->client, s->ip))
		return "ip is not an address";
	if (s->mac[0] != '\0' && !mac_parse(ev->mac, s->mac))
		return "mac is not one";
	if (s->mac[0] != '\0')
		ev->flags |= EVENT_OWN_MAC;
	return NULL;
}

static const char *login(const struct said *s, struct event *ev)
{
	uint64_t hours = LOGIN_HOURS;

	if (s->hours[0] != '\0' && !number(s->hours, 1, 24 * 31, &hours))
		return "hours: 1 to 744";
	ev->kind = EV_BINDING;
	ev->sureness = PROOF_ACCOUNTING;
	ev->count = (uint32_t)hours * 3600;
	if (strlen(s->user) >= sizeof(ev->text) || s->user[0] == '\0')
		return "user is missing, or too long";
	snprintf(ev->text, sizeof(ev->text), "%s", s->user);
	snprintf(ev->host, sizeof(ev->host), "%.*s",
	    (int)sizeof(ev->host) - 1, s->host);
	return NULL;
}

static const char *copied(const struct said *s, struct event *ev)
{
	uint64_t bytes, files = 1;

	if (!number(s->bytes, 1, max_bytes, &bytes))
		return "bytes is missing, or no number";
	if (s->files[0] != '\0' && !number(s->files, 1, 10000000, &files))
		return "files is no number";
	ev->kind = EV_TRANSFER;
	ev->flags = EVENT_UPLOAD;
	ev->method = METHOD_ENDPOINT;
	ev->sureness = ENDPOINT_SURE;
	ev->up = ev->down = bytes;
	ev->largest = files == 1 ? bytes : 0;
	ev->count = ev->count_lo = ev->count_hi = (uint32_t)files;
	snprintf(ev->text, sizeof(ev->text), "%.*s", EVENT_TEXT - 1, s->name);
	return NULL;
}

static const char *inserted(const struct said *s, struct event *ev)
{
	ev->kind = EV_DEVICE;
	ev->method = METHOD_ENDPOINT;
	snprintf(ev->text, sizeof(ev->text), "%.*s", EVENT_TEXT - 1,
	    s->device[0] != '\0' ? s->device : "usb");
	return NULL;
}

/* Whose it was is said first, then what he did. */
static const char *endpoint(const struct said *s, struct event *events,
    const char *(*what)(const struct said *, struct event *))
{
	if (!addr_is_set(&events[0].client))
		events[0].client = addr_of_name(s->user);
	events[1] = events[0];
	memset(events[1].mac, 0, sizeof(events[1].mac));
	events[1].flow = UINT64_C(1) << 63 | XXH3_64bits(s, sizeof(*s)) >> 1;
	if (login(s, &events[0]) != NULL)
		return "user is missing, or too long";
	return what(s, &events[1]);
}

size_t intake_read(struct slice line, int64_t now_us, struct event *events,
    char *why)
{
	struct said s = { .event = "" };
	const char *wrong = "neither a JSON object nor RFC 5424 with one";
	size_t n = 1;

	if (slice_more(line) && (*line.p == '<' ? read_syslog(&s, line) :
	    read_json(&s, line)))
		wrong = fill(&s, events, now_us);
	if (wrong == NULL && strcmp(s.event, "login") == 0) {
		wrong = addr_is_set(&events->client) ||
		    s.mac[0] != '\0' ? login(&s, events) :
		    "a login needs ip or mac";
	} else if (wrong == NULL && strcmp(s.event, "logout") == 0) {
		events->kind = EV_UNBIND;
		wrong = addr_is_set(&events->client) ? NULL :
		    "a logout needs ip";
	} else if (wrong == NULL && strcmp(s.event, "usb-copy") == 0) {
		wrong = endpoint(&s, events, copied);
		n = 2;
	} else if (wrong == NULL && strcmp(s.event, "usb-insert") == 0) {
		wrong = endpoint(&s, events, inserted);
		n = 2;
	} else if (wrong == NULL) {
		wrong = "event: login, logout, usb-insert or usb-copy";
	}
	if (wrong == NULL)
		return n;
	snprintf(why, INTAKE_WHY, "%s", wrong);
	return 0;
}
