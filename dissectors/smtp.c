/*
 * smtp.c - mail that is handed over in clear: how much is attached.
 *
 * RFC 5321 (DATA), RFC 3030 (BDAT), RFC 3207 (STARTTLS).
 */
#include <netinet/in.h>

#include "mail.h"

enum at { COMMANDS, MESSAGE, PIECE };

struct smtp {
	uint8_t at;
	bool tls, data;			/* asked for */
	bool mid_line[2];
	uint64_t left;			/* of a BDAT piece */
	struct mail mail;
};

static enum claim smtp_claim(const struct opening *o)
{
	struct slice hello = o->first[SERVER], first = o->first[CLIENT];
	struct slice banner = line_next(&hello), line = line_next(&first);

	if (!slice_starts(banner, "220 ") && !slice_starts(banner, "220-"))
		return NO;
	if (slice_short(first))
		return o->first[CLIENT].n < 512 ? MAYBE : NO;
	return ascii_starts(line, "EHLO ") || ascii_starts(line, "HELO ") ||
	    ascii_starts(line, "LHLO ") ? YES : NO;
}

static void message_line(struct dissection *d, struct slice line)
{
	struct smtp *m = d->state;

	if (m->at == MESSAGE && slice_is(line, ".")) {
		mail_ends(d, &m->mail);
		m->at = COMMANDS;
		return;
	}
	if (m->at == MESSAGE && slice_starts(line, ".."))
		slice_skip(&line, 1);
	mail_line(d, &m->mail, line);
}

static void command(struct dissection *d, struct slice line)
{
	struct smtp *m = d->state;
	bool bad;

	m->tls = ascii_same(line, "STARTTLS");
	m->data = ascii_same(line, "DATA");
	if (ascii_starts(line, "MAIL ") || ascii_same(line, "RSET"))
		mail_begins(&m->mail);
	if (!ascii_starts(line, "BDAT "))
		return;
	ascii_word(&line);
	m->left = ascii_decimal(ascii_word(&line), &bad);
	if (!bad && m->left)
		m->at = PIECE;
	else
		mail_ends(d, &m->mail);
}

static enum verdict server_line(struct dissection *d, struct slice line)
{
	struct smtp *m = d->state;

	if (slice_starts(line, "220") && m->tls)
		return UPGRADE;
	if (slice_starts(line, "354") && m->data) {
		m->at = MESSAGE;
		m->data = false;
	}
	return MORE;
}

/* A piece ends where it was said to; the message with "BDAT n LAST" or not
 * at all: what is attached is told as far as it has come. */
static void piece_took(struct dissection *d, size_t n)
{
	struct smtp *m = d->state;

	m->left -= n < m->left ? n : m->left;
	if (m->left > 0)
		return;
	mail_ends(d, &m->mail);
	m->at = COMMANDS;
}

static enum verdict one_line(struct dissection *d, enum side from,
    struct slice line, size_t n)
{
	struct smtp *m = d->state;
	bool torn = m->mid_line[from];

	m->mid_line[from] = false;
	if (from == SERVER)
		return torn ? MORE : server_line(d, line);
	if (m->at == COMMANDS) {
		if (!torn)
			command(d, line);
		return MORE;
	}
	if (!torn)
		message_line(d, line);
	if (m->at == PIECE)
		piece_took(d, n);
	return MORE;
}

static enum verdict smtp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct smtp *m = d->state;
	enum verdict v = MORE;

	if (d->lost)
		m->mid_line[from] = true;
	while (slice_more(*in) && v == MORE) {
		struct slice rest = *in, line = line_next(&rest);
		size_t n = in->n - rest.n;

		if (slice_short(rest)) {
			if (in->n < MAIL_LINE_LONGEST && !m->mid_line[from])
				return MORE;
			m->mid_line[from] = true;
			if (from == CLIENT && m->at == PIECE)
				piece_took(d, in->n);
			drop_all(in);
			return MORE;
		}
		*in = rest;
		v = one_line(d, from, line, n);
	}
	return v;
}

const struct dissector dissector_smtp = {
	.name = "smtp",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct smtp),
	.claim = smtp_claim,
	.feed = smtp_feed,
};
