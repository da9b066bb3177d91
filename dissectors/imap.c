/*
 * imap.c - mail that is put into a mailbox in clear: how much is attached.
 *
 * RFC 9051: "tag APPEND mailbox {n}" and n bytes of message; LITERAL- and
 * LITERAL+ ("{n+}") as well.  STARTTLS.  What is fetched is not looked at.
 */
#include <netinet/in.h>

#include "mail.h"

struct imap {
	bool tls, append;
	bool mid_line[2];
	uint64_t left;			/* of the literal */
	struct mail mail;
};

static const char *const commands[] = { "CAPABILITY", "LOGIN ",
	"AUTHENTICATE ", "STARTTLS", "ID ", "ID\r", "NOOP", "ENABLE ",
	"APPEND ", "SELECT " };

/* "a1 LOGIN ..." */
static bool is_command(struct slice line)
{
	struct slice tag = ascii_word(&line);

	if (tag.n == 0 || tag.n > 16)
		return false;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (ascii_starts(ascii_trim(line), commands[i]))
			return true;
	return false;
}

static enum claim imap_claim(const struct opening *o)
{
	struct slice first = o->first[CLIENT], line = line_next(&first);

	if (!slice_starts(o->first[SERVER], "* OK") &&
	    !slice_starts(o->first[SERVER], "* PREAUTH"))
		return NO;
	if (slice_short(first))
		return o->first[CLIENT].n < 512 ? MAYBE : NO;
	return is_command(line) ? YES : NO;
}

/* The n of "... {n}" or "... {n+}" at the end of a command. */
static uint64_t literal(struct slice line)
{
	struct slice brace = find_after(line, "{"), number;
	uint64_t n;
	bool bad;

	while (!slice_short(find_after(brace, "{")))
		brace = find_after(brace, "{");
	number = slice_before(slice_before(brace, '}'), '+');
	n = ascii_decimal(number, &bad);
	return bad || line.n == 0 || line.p[line.n - 1] != '}' ? 0 : n;
}

static void command(struct imap *m, struct slice line)
{
	struct slice rest = line;

	ascii_word(&rest);
	rest = ascii_trim(rest);
	m->tls = ascii_same(rest, "STARTTLS");
	m->append = ascii_starts(rest, "APPEND ");
	m->left = literal(line);
	if (m->append)
		mail_begins(&m->mail);
}

static void literal_took(struct dissection *d, struct imap *m, size_t n)
{
	m->left -= n < m->left ? n : m->left;
	if (m->left == 0 && m->append)
		mail_ends(d, &m->mail);
}

static bool starts_tls(const struct imap *m, struct slice line)
{
	ascii_word(&line);
	return m->tls && ascii_starts(ascii_trim(line), "OK");
}

static enum verdict imap_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct imap *m = d->state;

	if (d->lost)
		m->mid_line[from] = true;
	while (slice_more(*in)) {
		struct slice rest = *in, line = line_next(&rest);
		size_t n = in->n - rest.n;
		bool torn = m->mid_line[from], literal_now = m->left > 0;

		if (slice_short(rest)) {
			if (in->n < MAIL_LINE_LONGEST && !torn)
				return MORE;
			m->mid_line[from] = true;
			n = in->n;
			rest = slice_of(NULL, 0);
			torn = true;
		} else {
			m->mid_line[from] = false;
		}
		*in = rest;
		if (from == SERVER && !torn && starts_tls(m, line))
			return UPGRADE;
		if (from == SERVER)
			continue;
		if (!literal_now && !torn)
			command(m, line);
		if (literal_now && m->append && !torn)
			mail_line(d, &m->mail, line);
		if (literal_now)
			literal_took(d, m, n);
	}
	return MORE;
}

const struct dissector dissector_imap = {
	.name = "imap",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct imap),
	.claim = imap_claim,
	.feed = imap_feed,
};
