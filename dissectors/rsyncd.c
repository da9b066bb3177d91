/*
 * rsyncd.c - the rsync daemon: which module, and which way.
 *
 * rsync's own csprotocol: both greet with "@RSYNCD: 31.0 ...", the client
 * names a module, the server says "@RSYNCD: OK" (or AUTHREQD, answered by
 * "user hash"), then come the server's arguments.  With --sender among them
 * the server sends: FACT_APP "rsync-pull", else "rsync-push".  What follows
 * is rsync's delta encoding: flow bytes.
 */
#include <netinet/in.h>

#include "wire.h"

enum { LINE_LONGEST = 2048, USER = 64, LINES_MOST = 200 };

struct rsyncd {
	bool greeted, named, agreed;
	uint8_t lines;			/* of arguments */
	bool pull;
	uint8_t user_n;
	char user[USER];
};

static enum claim rsyncd_claim(const struct opening *o)
{
	for (int side = 0; side < 2; side++)
		if (slice_starts(o->first[side], "@RSYNCD: "))
			return YES;
	return NO;
}

static void keep_user(struct rsyncd *r, struct slice line)
{
	struct slice user = ascii_word(&line);

	if (!slice_more(line) || user.n > USER || user.n == 0)
		return;
	r->user_n = (uint8_t)user.n;
	memcpy(r->user, user.p, user.n);
}

static void module(struct dissection *d, struct slice line)
{
	struct rsyncd *r = d->state;
	struct fact room = { .kind = FACT_ROOM, .from = CLIENT, .text = line };

	r->named = true;
	if (slice_more(line) && !slice_starts(line, "#"))
		d->emit(d, &room);
}

static void agreed(struct dissection *d)
{
	struct rsyncd *r = d->state;
	struct fact user = { .kind = FACT_ACCOUNT, .from = CLIENT,
		.text = slice_of(r->user, r->user_n),
		.proof = PROOF_ACCEPTED };

	r->agreed = true;
	if (r->user_n)
		d->emit(d, &user);
}

/* Arguments end with an empty one: by lines, or by NULs since 30. */
static enum verdict arguments(struct dissection *d, struct slice *in)
{
	struct rsyncd *r = d->state;
	struct fact app = { .kind = FACT_APP, .from = CLIENT };

	while (slice_more(*in)) {
		struct slice nul = *in, lf = *in;
		struct slice by_nul = slice_until(&nul, '\0');
		struct slice by_lf = slice_until(&lf, '\n');
		struct slice line = by_nul;

		if (slice_short(nul) && slice_short(lf))
			return in->n < LINE_LONGEST ? MORE : DONE;
		if (slice_short(nul) || (!slice_short(lf) &&
		    by_lf.n < by_nul.n)) {
			line = by_lf;
			nul = lf;
		}
		*in = nul;
		if (slice_is(line, "--sender"))
			r->pull = true;
		if (line.n && ++r->lines < LINES_MOST)
			continue;
		app.text = r->pull ? slice_str("rsync-pull") :
		    slice_str("rsync-push");
		d->emit(d, &app);
		return DONE;
	}
	return MORE;
}

static void greeting(struct dissection *d, enum side from, struct slice line)
{
	struct rsyncd *r = d->state;

	if (slice_is(line, "@RSYNCD: OK"))
		agreed(d);
	else if (slice_starts(line, "@RSYNCD: "))
		r->greeted = true;
	else if (from == CLIENT && !r->named)
		module(d, line);
	else if (from == CLIENT)
		keep_user(r, line);
}

static enum verdict rsyncd_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct rsyncd *r = d->state;

	if (d->lost)
		return DONE;
	while (slice_more(*in)) {
		struct slice rest = *in, line;

		if (r->agreed && from == CLIENT)
			return arguments(d, in);
		if (r->agreed) {
			drop_all(in);
			return MORE;
		}
		line = line_next(&rest);
		if (slice_short(rest))
			return in->n < LINE_LONGEST ? MORE : DONE;
		*in = rest;
		greeting(d, from, line);
	}
	return MORE;
}

const struct dissector dissector_rsyncd = {
	.name = "rsync",
	.tells = (const char *const[]){ "rsync-pull", "rsync-push", NULL },
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct rsyncd),
	.claim = rsyncd_claim,
	.feed = rsyncd_feed,
};
