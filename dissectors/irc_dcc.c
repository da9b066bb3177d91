/*
 * irc_dcc.c - DCC: IRC users hand each other files over a direct connection.
 *
 *	DCC SEND plans.pdf 3232235777 5000 1048576	listening there
 *	DCC SEND "my plans.pdf" 3232235777 0 1048576 7	passive: "you listen"
 *	DCC SEND "my plans.pdf" 3232235999 6000 1048576 7	its answer
 *	DCC RESUME plans.pdf 5000 65536; DCC ACCEPT plans.pdf 5000 65536
 *
 * The offer is the only place where name and size appear together, so each
 * becomes an expectation of the data connection.  XDCC bots and the turbo
 * forms (TSEND, SSEND) make the same offers.  The address may be a decimal
 * number, dotted, or IPv6 text.
 */
#include "irc.h"

enum { WORDS_MOST = 32 };		/* in a file name without quotes */

/* All that is left are the numbers that follow a name: two to four. */
static bool numbers_only(struct slice s)
{
	int n = 0;
	bool bad;

	for (; slice_more(s) && n < 5; n++) {
		struct slice word = ascii_word(&s);

		/* the first is an address, perhaps not a number */
		ascii_decimal(word, &bad);
		if (bad && n > 0)
			return false;
	}
	return n >= 2 && n <= 4;
}

/*
 * A name may be in quotes; irssi answers a passive offer without them, then
 * the name ends where only numbers follow.
 */
static struct slice file_name(struct slice *s)
{
	struct slice rest = *s, name = *s;

	if (slice_starts(*s, "\"")) {
		slice_skip(&rest, 1);
		name = slice_until(&rest, '"');
		if (!slice_short(rest)) {
			*s = rest;
			return name;
		}
		rest = name = *s;
	}
	for (int i = 0; i < WORDS_MOST && slice_more(rest); i++) {
		ascii_word(&rest);
		if (!numbers_only(rest))
			continue;
		name.n -= rest.n;
		*s = rest;
		return ascii_trim(name);
	}
	return ascii_word(s);
}

static bool dcc_address(struct addr *a, struct slice word)
{
	bool bad;
	uint64_t v = ascii_decimal(word, &bad);
	uint8_t b[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
		(uint8_t)(v >> 8), (uint8_t)v };

	if (bad)
		return addr_of_text(a, word);
	*a = addr_v4(b);
	return v > 0 && v <= UINT32_MAX;
}

static void expect(struct dissection *d, const struct dcc_offer *o,
    uint64_t already)
{
	struct fact fact = { .kind = FACT_EXPECT, .from = o->from,
		.text = slice_of(o->name, o->name_n), .addr = o->addr,
		.port = o->port };

	fact.bytes = already < o->bytes ? o->bytes - already : 0;
	d->emit(d, &fact);
}

static struct dcc_offer *offer_by(struct irc *irc, uint16_t port,
    uint64_t token)
{
	for (int i = 0; i < DCC_OFFERS; i++)
		if (irc->offers[i].name_n && irc->offers[i].port == port &&
		    irc->offers[i].token == token)
			return &irc->offers[i];
	return NULL;
}

static void send_offer(struct dissection *d, enum side from, struct slice s)
{
	struct irc *irc = d->state;
	struct slice name = slice_head(file_name(&s), DCC_NAME);
	struct slice address = ascii_word(&s);
	bool no_port, no_size, no_token;
	uint64_t port = ascii_decimal(ascii_word(&s), &no_port);
	uint64_t bytes = ascii_decimal(ascii_word(&s), &no_size);
	uint64_t token = ascii_decimal(ascii_word(&s), &no_token);
	struct dcc_offer o = { .from = (uint8_t)from, .bytes = bytes,
		.token = token, .port = (uint16_t)port };

	if (name.n == 0 || no_port || port > UINT16_MAX ||
	    !dcc_address(&o.addr, address))
		return;
	o.name_n = (uint8_t)name.n;
	memcpy(o.name, name.p, name.n);
	if (port && !no_token) {
		/* the answer to a passive offer: the other side hands over */
		struct dcc_offer *asked = offer_by(irc, 0, token);

		o.from = from == CLIENT ? SERVER : CLIENT;
		o.bytes = asked ? asked->bytes : bytes;
	}
	irc->offers[irc->next++ % DCC_OFFERS] = o;
	if (port)
		expect(d, &o, 0);
}

/* The sender agrees to begin at a position: less will move. */
static void accept_resume(struct dissection *d, struct slice s)
{
	bool no_port, no_position, no_token;
	uint64_t port, position, token;
	struct dcc_offer *o;

	file_name(&s);
	port = ascii_decimal(ascii_word(&s), &no_port);
	position = ascii_decimal(ascii_word(&s), &no_position);
	token = ascii_decimal(ascii_word(&s), &no_token);
	if (no_port || no_position || port > UINT16_MAX)
		return;
	o = offer_by(d->state, (uint16_t)port, token);
	if (o == NULL)
		return;
	if (o->port)
		expect(d, o, position);
	else
		o->bytes -= position < o->bytes ? position : o->bytes;
}

void irc_dcc(struct dissection *d, enum side from, struct slice s)
{
	struct slice verb = ascii_word(&s);

	if (ascii_same(verb, "SEND") || ascii_same(verb, "TSEND") ||
	    ascii_same(verb, "SSEND"))
		send_offer(d, from, s);
	else if (ascii_same(verb, "ACCEPT"))
		accept_resume(d, s);
}
