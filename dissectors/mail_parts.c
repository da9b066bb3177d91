/*
 * mail_parts.c - how much is attached to a mail message.
 *
 * RFC 2045 and 2046 (parts), RFC 2183 ("Content-Disposition: attachment").
 * Base64 counts as the bytes it stands for.  Names and texts are not told.
 */
#include "mail.h"

void mail_begins(struct mail *m)
{
	*m = (struct mail){ .in_head = true };
}

void mail_ends(struct dissection *d, struct mail *m)
{
	struct fact moved = { .kind = FACT_MOVED, .from = CLIENT,
		.bytes = m->base64 ? m->chars * 3 / 4 : m->chars };

	if (m->attached && moved.bytes)
		d->emit(d, &moved);
	m->chars = 0;
}

/* "--boundary" begins the head of a part, an empty line ends it. */
void mail_line(struct dissection *d, struct mail *m, struct slice line)
{
	if (slice_starts(line, "--") && line.n > 2) {
		mail_ends(d, m);
		mail_begins(m);
	} else if (m->in_head) {
		m->in_head = line.n > 0;
		m->attached |= ascii_starts(line,
		    "Content-Disposition: attachment");
		m->base64 |= ascii_starts(line,
		    "Content-Transfer-Encoding: base64");
	} else if (m->attached && m->base64) {
		while (line.n && line.p[line.n - 1] == '=')
			line.n--;
		m->chars += line.n;
	} else if (m->attached) {
		m->chars += line.n + 2;
	}
}
