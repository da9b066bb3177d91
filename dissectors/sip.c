/*
 * sip.c - SIP over TCP: the files that calls announce, not the calls.
 *
 * RFC 3261 (messages), RFC 5547 (files).  A message is a first line, headers
 * and a body as long as Content-Length says.  Who calls whom is not told.
 */
#include <netinet/in.h>

#include "sip.h"

enum { HEADERS_MAX = 200, LINE_LONGEST = 2048 };

/* "INVITE sip:b@example.com SIP/2.0", "SIP/2.0 200 OK" */
bool sip_starts(struct slice s)
{
	struct slice method, target, rest = s, line = line_next(&rest);

	if (slice_short(rest))
		return false;
	if (slice_starts(line, "SIP/2.0 "))
		return true;
	method = ascii_word(&line);
	target = ascii_word(&line);
	return ascii_plain(method) && slice_is(line, "SIP/2.0") &&
	    (ascii_starts(target, "sip:") || ascii_starts(target, "sips:") ||
	    ascii_starts(target, "tel:"));
}

static enum claim sip_claim(const struct opening *o)
{
	return sip_starts(o->first[CLIENT]) || sip_starts(o->first[SERVER]) ?
	    YES : NO;
}

enum verdict sip_message(struct dissection *d, enum side from,
    struct slice *in)
{
	struct slice rest = *in, line, name, call = slice_str("");
	bool sized = false, bad;
	uint64_t n = 0;

	if (!sip_starts(rest))
		return slice_short(line_next(&rest)) &&
		    in->n < SIP_LONGEST ? MORE : NOT_MINE;
	for (int i = 0;; i++) {
		line = line_next(&rest);
		if (slice_short(rest))
			return in->n < SIP_LONGEST ? MORE : NOT_MINE;
		if (line.n == 0)
			break;
		if (i > HEADERS_MAX)
			return NOT_MINE;
		name = ascii_trim(slice_until(&line, ':'));
		line = ascii_trim(line);
		if (ascii_same(name, "Call-ID") || ascii_same(name, "i"))
			call = line;
		else if (ascii_same(name, "Content-Length") ||
		    ascii_same(name, "l")) {
			n = ascii_decimal(line, &bad);
			sized = !bad;
		}
	}
	if (!sized)
		n = rest.n;
	if (n > SIP_LONGEST) {
		*in = rest;
		pass_over(d, in, n);
		return MORE;
	}
	if (n > rest.n)
		return MORE;
	sdp_read(d, from, call, slice_take(&rest, (size_t)n));
	*in = rest;
	return DONE;
}

/* After a hole: a line that begins a message. */
static void find_start(struct sip *sip, enum side from, struct slice *in)
{
	while (slice_more(*in) && !sip_starts(*in)) {
		struct slice rest = *in;

		line_next(&rest);
		if (slice_short(rest)) {
			if (in->n > LINE_LONGEST)
				drop_all(in);
			return;
		}
		*in = rest;
	}
	sip->torn[from] = !slice_more(*in);
}

static enum verdict sip_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct sip *sip = d->state;
	size_t before;

	sip->torn[from] |= d->lost > 0;
	do {
		before = in->n;
		/* between messages empty lines keep the connection alive */
		while (slice_starts(*in, "\r\n"))
			slice_skip(in, 2);
		if (sip->torn[from])
			find_start(sip, from, in);
		if (!sip->torn[from] && slice_more(*in) &&
		    sip_message(d, from, in) == NOT_MINE) {
			sip->torn[from] = true;
			line_next(in);
		}
	} while (slice_more(*in) && in->n < before);
	return MORE;
}

static const char *const tells[] = { "msrp", NULL };

const struct dissector dissector_sip = {
	.name = "sip",
	.tells = tells,
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct sip),
	.claim = sip_claim,
	.feed = sip_feed,
};
