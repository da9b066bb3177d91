/*
 * ftp.c - FTP control connections: who, which file, and where its data go.
 *
 * RFC 959, RFC 2428 (EPRT, EPSV), RFC 4217 (AUTH TLS), RFC 3659 (SIZE).  The
 * address of the data connection is told before the file's name, and a
 * passive one may already be open by then: it is expected at once, and again
 * when the name and the size ("150 Opening ... (n bytes)") are known.
 */
#include <netinet/in.h>

#include "wire.h"

enum { LINE_LONGEST = 2048, NAME = 128 };

struct ftp {
	bool mid_line[2], auth_tls, sizing;
	struct addr addr;		/* of the data connection to come */
	uint16_t port;
	uint8_t from;			/* enum side: who hands over */
	uint64_t size;			/* as SIZE told it */
	uint8_t user_n, name_n, sized_n;
	char user[NAME], name[NAME], sized[NAME];
};

static bool is_client_word(struct slice line)
{
	static const char *const words[] = { "USER ", "AUTH ", "FEAT", "SYST",
		"OPTS ", "CLNT ", "HOST ", "ACCT " };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (ascii_starts(line, words[i]))
			return true;
	return false;
}

static enum claim ftp_claim(const struct opening *o)
{
	struct slice hello = o->first[SERVER], first = o->first[CLIENT];
	struct slice banner = line_next(&hello), line = line_next(&first);
	bool greets = slice_starts(banner, "220 ") ||
	    slice_starts(banner, "220-");

	if (greets && (!slice_short(find_after(banner, "FTP")) ||
	    (!slice_short(first) && is_client_word(line))))
		return YES;
	if (greets)
		return o->first[CLIENT].n ? NO : MAYBE;
	return o->midstream && o->port[SERVER] == 21 && is_client_word(line) ?
	    YES : NO;
}

static uint8_t keep(char *to, struct slice s)
{
	s = slice_head(ascii_trim(s), NAME);
	if (s.n)
		memcpy(to, s.p, s.n);
	return (uint8_t)s.n;
}

static void expect(struct dissection *d, uint64_t bytes)
{
	struct ftp *f = d->state;
	struct fact fact = { .kind = FACT_EXPECT, .from = f->from,
		.addr = f->addr, .port = f->port, .bytes = bytes,
		.text = slice_of(f->name, f->name_n) };

	if (f->port)
		d->emit(d, &fact);
}

/* "h1,h2,h3,h4,p1,p2", wherever it begins in the line. */
static bool six_numbers(struct slice s, struct addr *a, uint16_t *port)
{
	uint8_t b[6];
	int i = 0;

	while (slice_more(s) && (s.p[0] < '0' || s.p[0] > '9'))
		slice_skip(&s, 1);
	for (; i < 6; i++) {
		unsigned v = 0;
		int digits = 0;

		while (slice_more(s) && s.p[0] >= '0' && s.p[0] <= '9' &&
		    digits++ < 3)
			v = v * 10 + slice_u8(&s) - '0';
		if (digits == 0 || v > 255)
			return false;
		b[i] = (uint8_t)v;
		if (i < 5 && slice_u8(&s) != ',')
			return false;
	}
	*a = addr_v4(b);
	*port = (uint16_t)(b[4] << 8 | b[5]);
	return true;
}

/* "|2|2001:db8::1|6446|" of EPRT, "|||6446|" of EPSV. */
static bool between_bars(struct slice s, struct addr *a, uint16_t *port)
{
	uint8_t bar;
	struct slice address, number;
	bool bad;
	uint64_t v;

	s = ascii_trim(s);
	bar = slice_u8(&s);
	slice_until(&s, bar);		/* family */
	address = slice_until(&s, bar);
	number = slice_until(&s, bar);
	v = ascii_decimal(number, &bad);
	if (slice_short(s) || bad || v == 0 || v > UINT16_MAX)
		return false;
	*port = (uint16_t)v;
	return !slice_more(address) || addr_of_text(a, address);
}

/* Behind NAT the address is often a private one, or none: then it is ours. */
static bool is_unusable(const struct addr *told, const struct addr *own)
{
	static const uint8_t none[4];
	struct addr zero = addr_v4(none);

	return addr_same(told, &zero) ||
	    (addr_is_private(told) && !addr_is_private(own));
}

static void announce(struct dissection *d, enum side listener, bool good,
    const struct addr *a, uint16_t port)
{
	struct ftp *f = d->state;

	if (!good || port == 0)
		return;
	f->addr = is_unusable(a, d->addr[listener]) ? *d->addr[listener] : *a;
	f->port = port;
	f->from = SERVER;
	f->name_n = 0;
	expect(d, 0);
}

static void transfer(struct dissection *d, enum side from, struct slice name)
{
	struct ftp *f = d->state;
	bool same;

	f->from = (uint8_t)from;
	f->name_n = keep(f->name, name);
	same = f->name_n == f->sized_n && memcmp(f->name, f->sized,
	    f->name_n) == 0;
	expect(d, from == SERVER && same ? f->size : 0);
}

static void client_line(struct dissection *d, struct slice line)
{
	struct ftp *f = d->state;
	struct slice rest = line, word = ascii_word(&rest);
	struct addr a = *d->addr[CLIENT];
	uint16_t port = 0;
	bool good;

	if (ascii_same(word, "USER"))
		f->user_n = keep(f->user, rest);
	else if (ascii_same(word, "AUTH"))
		f->auth_tls = true;
	else if (ascii_same(word, "PORT")) {
		good = six_numbers(rest, &a, &port);
		announce(d, CLIENT, good, &a, port);
	} else if (ascii_same(word, "EPRT")) {
		good = between_bars(rest, &a, &port);
		announce(d, CLIENT, good, &a, port);
	} else if (ascii_same(word, "RETR"))
		transfer(d, SERVER, rest);
	else if (ascii_same(word, "STOR") || ascii_same(word, "APPE") ||
	    ascii_same(word, "STOU"))
		transfer(d, CLIENT, rest);
	else if (ascii_same(word, "SIZE")) {
		f->sized_n = keep(f->sized, rest);
		f->sizing = true;
	}
}

static void logged_in(struct dissection *d)
{
	struct ftp *f = d->state;
	struct fact user = { .kind = FACT_ACCOUNT, .from = CLIENT,
		.text = slice_of(f->user, f->user_n),
		.proof = PROOF_ACCEPTED };

	if (f->user_n)
		d->emit(d, &user);
	f->user_n = 0;
}

/* "150 Opening BINARY mode data connection for a.zip (1234 bytes)." */
static void opening_data(struct dissection *d, struct slice line)
{
	struct slice number;
	bool bad = true;
	uint64_t v = 0;

	while (slice_more(line) && bad) {
		line = find_after(line, "(");
		number = line;
		v = ascii_decimal(slice_until(&number, ' '), &bad);
		bad |= !slice_starts(number, "bytes");
	}
	if (!bad)
		expect(d, v);
}

static enum verdict server_line(struct dissection *d, struct slice line)
{
	struct ftp *f = d->state;
	struct addr a = *d->addr[SERVER];
	uint16_t port = 0;
	bool good, bad;

	if (slice_starts(line, "234 ") && f->auth_tls)
		return UPGRADE;
	if (slice_starts(line, "230"))
		logged_in(d);
	else if (slice_starts(line, "227 ")) {
		slice_skip(&line, 4);
		good = six_numbers(line, &a, &port);
		announce(d, SERVER, good, &a, port);
	} else if (slice_starts(line, "229 ")) {
		good = between_bars(find_after(line, "("), &a, &port);
		announce(d, SERVER, good, &a, port);
	} else if (slice_starts(line, "150 ") || slice_starts(line, "125 "))
		opening_data(d, line);
	else if (slice_starts(line, "213 ") && f->sizing) {
		slice_skip(&line, 4);
		f->size = ascii_decimal(ascii_trim(line), &bad);
		f->sizing = false;
	}
	return MORE;
}

static enum verdict ftp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct ftp *f = d->state;

	if (d->lost)
		f->mid_line[from] = true;
	while (slice_more(*in)) {
		struct slice rest = *in, line = line_next(&rest);

		if (slice_short(rest)) {
			if (in->n < LINE_LONGEST && !f->mid_line[from])
				return MORE;
			f->mid_line[from] = true;
			drop_all(in);
			return MORE;
		}
		*in = rest;
		if (f->mid_line[from])
			f->mid_line[from] = false;
		else if (from == CLIENT)
			client_line(d, line);
		else if (server_line(d, line) == UPGRADE)
			return UPGRADE;
	}
	return MORE;
}

const struct dissector dissector_ftp = {
	.name = "ftp",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct ftp),
	.claim = ftp_claim,
	.feed = ftp_feed,
};
