/*
 * msrp.c - MSRP: chat and files of SIP sessions (RCS, SIMPLE), in chunks.
 *
 * RFC 4975, RFC 5547 (files), RFC 3862 (the CPIM envelope around some).
 *
 *	MSRP d93ks SEND
 *	To-Path: ...
 *	Message-ID: 4564dpWd
 *	Byte-Range: 1-2048/4385
 *	Content-Type: image/jpeg
 *
 *	...bytes, up to an end of line and the mark...
 *	-------d93ks+
 *
 * A body ends where its mark stands, whatever its range said: what is
 * counted has been seen.  What a file is called SIP tells (sdp.c), unless its
 * message does.  Messages of people are told from files by their type, and
 * where a session was announced for a file, all of it is that.
 */
#include <netinet/in.h>

#include "file_name.h"

enum { MARK_AFTER = 9, TRANSACTION = 32, MESSAGES = 4, HEADERS_MAX = 50,
	HEAD_LONGEST = 4096, LINE_FIRST = 80 };

enum at { START, ENVELOPE, BODY, END, LOST };

enum sort { MAYBE_FILE, IS_FILE, TALK };

struct message {			/* some may take turns */
	uint32_t id;			/* of its Message-ID */
	uint8_t sort;
	struct file_name name;
};

struct way {				/* one side's chunks */
	uint8_t at;			/* enum at */
	uint8_t mark_n, now, next;	/* the message under way; a place */
	bool torn;			/* the mark may have been missed */
	char mark[MARK_AFTER + TRANSACTION];	/* CR LF ------- d93ks */
	uint64_t total;			/* bytes of the message; 0: not told */
	struct message messages[MESSAGES];
};

struct msrp {
	struct way ways[2];
};

struct head {
	struct slice id, range, type, disposition;
};

enum heading { PART, NONSENSE, NO_BODY, WITH_BODY };

/* "MSRP d93ks SEND", "MSRP d93ks 200 OK" */
static bool is_start(struct slice line, struct slice *transaction)
{
	if (!slice_starts(line, "MSRP "))
		return false;
	slice_skip(&line, 5);
	*transaction = ascii_word(&line);
	return transaction->n >= 3 && transaction->n <= TRANSACTION &&
	    ascii_plain(*transaction) && ascii_plain(ascii_word(&line));
}

static bool opens(struct slice s)
{
	struct slice transaction, line = line_next(&s);

	return is_start(line, &transaction) &&
	    (!slice_more(s) || could_start(s, "To-Path: msrp"));
}

static enum claim msrp_claim(const struct opening *o)
{
	struct slice first = o->first[CLIENT];

	for (int i = 0; i < 2; i++)
		if (opens(o->first[i]))
			return YES;
	line_next(&first);		/* not even one line? */
	return slice_short(first) && could_start(o->first[CLIENT], "MSRP ") &&
	    o->first[CLIENT].n < LINE_FIRST ? MAYBE : NO;
}

/* Everything up to the empty line, or to the mark where no body follows. */
static enum heading read_head(struct head *h, struct slice mark,
    struct slice *in)
{
	struct slice rest = *in, line, name;

	for (int i = 0; i < HEADERS_MAX; i++) {
		*in = rest;
		line = line_next(&rest);
		if (slice_short(rest))
			return in->n < HEAD_LONGEST ? PART : NONSENSE;
		if (line.n > mark.n && memcmp(line.p, mark.p, mark.n) == 0)
			return NO_BODY;
		if (line.n == 0) {
			*in = rest;
			return WITH_BODY;
		}
		name = slice_until(&line, ':');
		line = ascii_trim(line);
		if (ascii_same(name, "Message-ID"))
			h->id = line;
		else if (ascii_same(name, "Byte-Range"))
			h->range = line;
		else if (ascii_same(name, "Content-Type"))
			h->type = line;
		else if (ascii_same(name, "Content-Disposition"))
			h->disposition = line;
	}
	return NONSENSE;
}

/* The mark as it stands at the beginning of a line. */
static struct slice line_mark(const struct way *w)
{
	struct slice mark = slice_of(w->mark, w->mark_n);

	slice_skip(&mark, 2);
	return mark;
}

static enum sort sort_of(const struct head *h, const struct file_name *name)
{
	if (ascii_starts(h->type, "application/im-iscomposing") ||
	    ascii_starts(h->type, "message/imdn"))
		return TALK;
	if (name->n || ascii_starts(h->disposition, "attachment"))
		return IS_FILE;
	return !slice_more(h->type) || ascii_starts(h->type, "text/") ||
	    ascii_starts(h->type, "message/") ||
	    ascii_starts(h->type, "multipart/") ||
	    !slice_short(find_after(h->type, "+xml")) ? MAYBE_FILE : IS_FILE;
}

/* A message begins: what is it? */
static void begins(struct dissection *d, enum side from, struct way *w,
    const struct head *h)
{
	struct message *m = &w->messages[w->now];
	struct fact file = { .kind = FACT_FILE, .from = from,
		.bytes = w->total };

	m->name.n = 0;
	file_name_disposition(&m->name, h->disposition);
	m->sort = (uint8_t)sort_of(h, &m->name);
	file.text = slice_of(m->name.text, m->name.n);
	if (m->sort == IS_FILE && m->name.n)
		d->emit(d, &file);
}

static uint32_t id_of(struct slice s)
{
	uint32_t h = 2166136261u;	/* FNV-1a: a label, nothing secret */

	while (slice_more(s))
		h = (h ^ slice_u8(&s)) * 16777619u;
	return h;
}

/* The message whose chunk this is; false: its first one. */
static bool known(struct way *w, uint32_t id)
{
	for (uint8_t i = 0; i < MESSAGES; i++)
		if (w->messages[i].id == id) {
			w->now = i;
			return true;
		}
	w->now = w->next++ % MESSAGES;
	w->messages[w->now] = (struct message){ .id = id };
	return false;
}

/* Byte-Range: 1-2048/4385; the total may be a star. */
static void chunk_begins(struct dissection *d, enum side from, struct way *w,
    const struct head *h)
{
	struct slice range = h->range;
	bool seen, bad, first = slice_starts(range, "1-") ||
	    !slice_more(range);

	slice_until(&range, '/');
	w->total = ascii_decimal(range, &bad);
	seen = known(w, id_of(h->id));
	w->torn = false;
	w->at = BODY;
	if (first && ascii_starts(h->type, "message/cpim"))
		w->at = ENVELOPE;
	else if (first || !seen)
		begins(d, from, w, h);
}

static enum heading start(struct dissection *d, enum side from,
    struct way *w, struct slice *in)
{
	struct slice rest = *in, transaction, line = line_next(&rest);
	struct head h = { .id = slice_str("") };
	enum heading what;

	if (slice_short(rest))
		return in->n < HEAD_LONGEST ? PART : NONSENSE;
	if (!is_start(line, &transaction))
		return NONSENSE;
	memcpy(w->mark, "\r\n-------", MARK_AFTER);
	memcpy(w->mark + MARK_AFTER, transaction.p, transaction.n);
	w->mark_n = (uint8_t)(MARK_AFTER + transaction.n);
	what = read_head(&h, line_mark(w), &rest);
	if (what == WITH_BODY) {
		/* an empty line, and yet no body */
		struct slice mark = line_mark(w);
		struct slice next = slice_head(rest, mark.n);

		if (next.n == 0 || memcmp(next.p, mark.p, next.n) == 0)
			what = next.n < mark.n ? PART : NO_BODY;
	}
	if (what == PART || what == NONSENSE)
		return what;
	*in = rest;
	w->at = END;
	if (what == WITH_BODY)
		chunk_begins(d, from, w, &h);
	return what;
}

/* CPIM: its own headers, then those of what is inside. */
static enum heading envelope(struct dissection *d, enum side from,
    struct way *w, struct slice *in)
{
	struct slice rest = *in;
	struct head outer, h = { .id = slice_str("") };
	enum heading what = read_head(&outer, line_mark(w), &rest);

	if (what == WITH_BODY)
		what = read_head(&h, line_mark(w), &rest);
	if (what == PART)
		return PART;
	w->at = what == NO_BODY ? END : BODY;
	if (what == NONSENSE)
		return WITH_BODY;
	*in = rest;
	begins(d, from, w, &h);
	return what;
}

static void content(struct dissection *d, enum side from,
    const struct way *w, size_t n)
{
	const struct message *m = &w->messages[w->now];
	struct fact moved = { .kind = FACT_MOVED, .from = from, .bytes = n,
		.text = slice_of(m->name.text, m->name.n),
		.maybe = m->sort == MAYBE_FILE };

	if (n && m->sort != TALK)
		d->emit(d, &moved);
}

/* What is content for certain: up to the last CR, where a mark may begin. */
static size_t before_mark(const struct way *w, struct slice s)
{
	size_t tail = s.n < w->mark_n ? s.n : w->mark_n;
	const uint8_t *cr = memrchr(s.p + s.n - tail, '\r', tail);

	return cr == NULL ? s.n : (size_t)(cr - s.p);
}

static enum heading body(struct dissection *d, enum side from, struct way *w,
    struct slice *in)
{
	static const char next[] = "\r\nMSRP ";
	const uint8_t *end = memmem(in->p, in->n, w->mark, w->mark_n);
	const uint8_t *other = w->torn ? memmem(in->p, in->n, next,
	    sizeof(next) - 1) : NULL;
	size_t n;

	if (other != NULL && (end == NULL || other < end)) {
		w->at = START;
		end = other;
	} else if (end != NULL) {
		w->at = END;
	}
	n = end ? (size_t)(end - in->p) : before_mark(w, *in);
	content(d, from, w, n);
	slice_skip(in, n);
	if (end == NULL)
		return PART;
	slice_skip(in, 2);		/* CR LF */
	return WITH_BODY;
}

static enum heading end(struct way *w, struct slice *in)
{
	struct slice rest = *in;

	line_next(&rest);
	if (slice_short(rest))
		return in->n < HEAD_LONGEST ? PART : NONSENSE;
	*in = rest;
	w->at = START;
	return NO_BODY;
}

/* Lines that make no sense, up to one that begins a chunk. */
static enum heading lost(struct way *w, struct slice *in)
{
	struct slice rest = find_after(*in, "\nMSRP ");

	if (slice_short(rest)) {
		slice_skip(in, in->n < 6 ? 0 : in->n - 6);
		return PART;
	}
	slice_skip(in, in->n - rest.n - 5);
	w->at = START;
	return NO_BODY;
}

static enum heading one_part(struct dissection *d, enum side from,
    struct way *w, struct slice *in)
{
	switch (w->at) {
	case START:
		return start(d, from, w, in);
	case ENVELOPE:
		return envelope(d, from, w, in);
	case BODY:
		return body(d, from, w, in);
	case END:
		return end(w, in);
	default:
		return lost(w, in);
	}
}

static enum verdict msrp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct msrp *msrp = d->state;
	struct way *w = &msrp->ways[from];
	enum heading what = NO_BODY;

	if (d->lost && w->at == BODY)
		w->torn = true;
	else if (d->lost)
		w->at = LOST;
	while (slice_more(*in) && what != PART) {
		what = one_part(d, from, w, in);
		if (what == NONSENSE)
			w->at = LOST;
	}
	return MORE;
}

const struct dissector dissector_msrp = {
	.name = "msrp",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct msrp),
	.claim = msrp_claim,
	.feed = msrp_feed,
};
