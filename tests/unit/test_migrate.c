/*
 * What former versions kept is read: users who were not packed.
 */
#include "analysis/analysis_parts.h"
#include "base/pack.h"
#include "config/config.h"
#include "tap.h"

#include <unistd.h>

enum { GROUP = 32, NAME = 32, MANY = 30, DAYS = 20 };

struct head {
	char group[GROUP];
	uint32_t parts, zero;
};

struct part {
	char name[NAME];
	uint64_t size;
};

static const int64_t monday_us = 1772409600 * 1000000LL;	/* 2026-03-02 */

static void moved(struct analysis *a, unsigned int user, int64_t at_us)
{
	struct event ev = { .kind = EV_TRANSFER, .at_us = at_us,
		.start_us = at_us - SECOND_US, .flow = (uint64_t)at_us,
		.proto = 6, .server_port = 443, .up = 300000 + user * 1000,
		.count = 1, .count_lo = 1, .count_hi = 1, .confidence = 90,
		.method = METHOD_TLS_RECORDS, .sureness = 90 };
	char text[32];

	snprintf(text, sizeof(text), "10.1.2.%u", user + 1);
	ev.largest = ev.down = ev.up;
	snprintf(ev.host, sizeof(ev.host), "files.slack.com");
	if (addr_parse(&ev.client, text) &&
	    addr_parse(&ev.server, "198.51.100.7"))
		analysis_event(a, &ev);
}

static void weeks(struct analysis *a)
{
	for (int64_t d = 0; d < DAYS; d++)
		for (unsigned int k = 0; k < MANY * 4; k++)
			moved(a, k % MANY, monday_us + d * DAY_US +
			    9 * HOUR_US + k * MINUTE_US);
}

struct rewriting {
	struct store *store;
	int users;
};

/* One blob as it was: head, struct user whole, then each part by itself. */
static bool rewrite(const void *name, size_t name_n, const void *blob,
    size_t n, void *arg)
{
	static unsigned char plain[SCRATCH], out[SCRATCH];
	struct rewriting *r = arg;
	struct slice in = slice_of(blob, n);
	struct part parts[DETECTIONS_MAX + 1];
	struct head head;
	size_t sum = 0, at = 0, to = sizeof(head) + USER_NAME;

	memcpy(&head, slice_bytes(&in, sizeof(head)), sizeof(head));
	memcpy(parts, slice_bytes(&in, head.parts * sizeof(*parts)),
	    head.parts * sizeof(*parts));
	for (uint32_t i = 0; i < head.parts; i++)
		sum += parts[i].size;
	memset(plain, 0, sizeof(plain));
	memset(out, 0, sizeof(out));
	if (!unpack(plain, sum, in))
		return false;
	memcpy(out + sizeof(head), name, name_n);
	for (uint32_t i = 0; i < head.parts; i++) {
		if (i > 0) {
			memcpy(out + to, &parts[i], sizeof(parts[i]));
			to += sizeof(parts[i]);
		}
		memcpy(out + to, plain + at, parts[i].size);
		to += parts[i].size;
		at += parts[i].size;
	}
	head.parts--;
	memcpy(out, &head, sizeof(head));
	store_put(r->store, "user", name, name_n, out, to);
	r->users++;
	return true;
}

static bool gather(struct analysis *a, unsigned char *all, size_t room)
{
	size_t n = 0;

	memset(all, 0, room);
	for (struct user_head *h = users_first(&a->users); h != NULL;
	    h = users_next(&a->users, h)) {
		struct slice p;

		h->dirty = false;
		p = users_packed(&a->users, h);
		if (n + p.n > room)
			return false;
		memcpy(all + n, p.p, p.n);
		n += p.n;
	}
	return n > 0;
}

static struct analysis *begin(const struct config *c, const char *path)
{
	struct analysis_sink nobody = { 0 };
	struct analysis *a = analysis_new(c, &nobody);

	return a != NULL && analysis_keep(a, path) ? a : NULL;
}

int main(void)
{
	static unsigned char before[1 << 20], after[1 << 20];
	char dir[] = "/tmp/weir-migrate-XXXXXX", path[64];
	struct conf_errors e = { 0 };
	struct config *c = config_load(NULL, &e);
	struct rewriting r = { 0 };
	struct analysis *a;

	if (mkdtemp(dir) == NULL || c == NULL)
		return 1;
	c->pseudonyms = false;
	snprintf(path, sizeof(path), "%s/state.db", dir);
	a = begin(c, path);
	weeks(a);
	analysis_finish(a);
	ok(gather(a, before, sizeof(before)), "users of three weeks");
	analysis_free(a);

	r.store = store_open(path);
	store_each(r.store, "user-packed", rewrite, &r);
	store_clear(r.store, "user-packed");
	store_close(r.store);
	ok(r.users == MANY, "kept as a former version did");

	a = begin(c, path);
	ok(users_count(&a->users) == MANY &&
	    gather(a, after, sizeof(after)) &&
	    memcmp(before, after, sizeof(before)) == 0,
	    "they are read, and are the same to the last byte");
	moved(a, 1, monday_us + DAYS * DAY_US);
	analysis_finish(a);
	analysis_free(a);
	a = begin(c, path);
	ok(users_count(&a->users) == MANY, "and are kept packed since");
	analysis_free(a);
	config_free(c);
	unlink(path);
	rmdir(dir);
	return tap_done();
}
