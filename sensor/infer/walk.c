/*
 * walk.c - from TCP segments to TLS record headers (RFC 8446 5.1, RFC 5246
 * 6.2.1: type, version, length, then length bytes).
 *
 * Positions are TCP sequence numbers, compared modulo 2^32; the segment in
 * hand covers [lo, hi), of which [lo, lo + captured) can be read.
 */
#include "infer/walk.h"

enum {
	HEADER = 5,
	MAX_BODY = 16384 + 256,		/* RFC 8446 5.2 */
	/*
	 * Segments without any header after which a direction is not
	 * searched byte by byte any more: two records of the largest size
	 * in segments of 536 bytes.  From then on only the first bytes of
	 * a segment are looked at, so an opaque flow costs nothing.  But who
	 * sent records of the largest size goes on with them, and of those
	 * a capture of the first bytes of each packet shows few.
	 */
	BLIND_MAX = 64,
	BULK = 16384
};

struct view {				/* the new part of one segment */
	uint32_t lo, hi;
	struct slice seen;		/* begins at lo */
	walk_record *see;
	void *arg;
};

static int32_t ahead(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* Is this a record header?  Gives the length of the body, or 0. */
static uint32_t header(struct slice s)
{
	uint8_t type = slice_u8(&s);
	uint16_t version = slice_u16(&s);
	uint16_t len = slice_u16(&s);

	if (slice_short(s) || type < 20 || type > 24 || version < 0x0300 ||
	    version > 0x0303 || len > MAX_BODY)
		return 0;
	return len;
}

static struct slice from(const struct view *v, uint32_t at)
{
	struct slice s = v->seen;

	if (ahead(at, v->lo) < 0)
		return slice_of(NULL, 0);
	slice_skip(&s, at - v->lo);
	return s;
}

static void tell(const struct view *v, uint8_t type, uint32_t len,
    uint32_t end, uint32_t skipped)
{
	struct record r = { .type = type, .len = len, .end = end,
		.skipped = skipped };

	if (type != 0 || len > 0)
		v->see(&r, v->arg);
}

/* A header of `len` begins at `at`: tell of it, and of what went before. */
static void take(struct walk *w, const struct view *v, uint8_t type,
    uint32_t at, uint32_t len)
{
	uint32_t skipped = 0;

	if (w->state == WALK_LOST) {
		tell(v, 0, at - w->lost_at, at, 0);
		skipped = at - w->lost_from;
	}
	w->state = WALK_SYNCED;
	w->blind = 0;
	w->got = 0;
	w->at = at + HEADER + len;
	if (type == 23 && len > w->full)
		w->full = (uint16_t)len;
	tell(v, type, len, w->at, skipped);
}

/* The header at w->at could not be read: follow by supposition. */
static void lose(struct walk *w)
{
	w->state = WALK_LOST;
	w->lost_at = w->lost_from = w->gap = w->at;
	w->got = 0;
}

/* In step: read headers until one lies beyond, or out of sight. */
static void follow(struct walk *w, const struct view *v)
{
	while (ahead(w->at, v->hi) < 0) {
		struct slice s = from(v, w->at + w->got);
		uint32_t len;

		while (w->got < HEADER && slice_more(s))
			w->hdr[w->got++] = slice_u8(&s);
		if (w->got < HEADER && w->at + w->got == v->hi)
			return;		/* continues in the next segment */
		if (w->got < HEADER)
			return lose(w);
		len = header(slice_of(w->hdr, HEADER));
		if (len == 0)
			return lose(w);
		take(w, v, w->hdr[0], w->at, len);
	}
}

static bool try(struct walk *w, const struct view *v, uint32_t at)
{
	struct slice s = from(v, at);
	uint32_t len = header(s);
	struct slice next = s;

	if (len == 0 || ahead(at, w->lost_at) < 0)
		return false;
	/* Where the record behind it can be seen too, it must be one. */
	slice_skip(&next, HEADER + len);
	if (next.n >= HEADER && header(next) == 0)
		return false;
	take(w, v, s.p[0], at, len);
	return true;
}

/* From where application data could begin on; empty where it cannot. */
static struct slice likely(struct slice s)
{
	while (s.n >= HEADER) {
		const uint8_t *hit = memchr(s.p, 23, s.n);

		if (hit == NULL)
			break;
		slice_skip(&s, (size_t)(hit - s.p));
		if (s.n >= HEADER && s.p[1] == 3 && s.p[2] == 3)
			return s;
		slice_skip(&s, 1);
	}
	return slice_of(NULL, 0);
}

/* Application data headers anywhere in what was captured. */
static bool search(struct walk *w, const struct view *v)
{
	struct slice s = likely(v->seen);

	while (s.n > 0) {
		if (try(w, v, v->lo + (uint32_t)(v->seen.n - s.n)))
			return true;
		slice_skip(&s, 1);
		s = likely(s);
	}
	return false;
}

/* Out of step: look where a header should be, then where one could be. */
static void seek(struct walk *w, const struct view *v)
{
	uint32_t step = HEADER + (uint32_t)(w->full ? w->full : 16384 + 17);

	if (ahead(w->at, v->lo) < 0)
		w->at += (v->lo - w->at + step - 1) / step * step;
	if ((ahead(w->at, v->hi) < 0 && try(w, v, w->at)) ||
	    try(w, v, v->lo) ||
	    ((w->blind < BLIND_MAX || w->full >= BULK) && search(w, v))) {
		follow(w, v);
		return;
	}
	if (w->blind < BLIND_MAX)
		w->blind++;
}

/*
 * A late segment may bring the header that was missed: from there the chain
 * of records leads back to the present, if no other header was missed.
 */
static void recall(struct walk *w, const struct segment *s)
{
	struct view v = { .lo = s->seq, .hi = s->seq + s->wire_len,
		.seen = s->data };
	uint32_t len;

	while (ahead(w->gap, v.lo) >= 0 && ahead(w->gap, v.hi) < 0 &&
	    (len = header(from(&v, w->gap))) != 0)
		w->gap += HEADER + len;
	if (ahead(w->gap, w->next) >= 0)
		w->at = w->gap;		/* where the next one will be */
}

void walk(struct walk *w, const struct segment *s, walk_record *see,
    void *arg)
{
	uint32_t skip = s->wire_len - s->new_bytes;	/* seen before */
	struct view v = { .lo = s->seq + skip, .seen = s->data, .see = see,
		.arg = arg };

	if (s->new_bytes == 0) {
		if (w->state == WALK_LOST && s->wire_len > 0)
			recall(w, s);
		return;
	}
	v.hi = v.lo + s->new_bytes;
	if (v.seen.n > s->wire_len)
		v.seen = slice_head(v.seen, s->wire_len);
	slice_skip(&v.seen, skip);
	if (w->state == WALK_START) {
		w->at = v.lo - s->hole;
		lose(w);
	}
	if (w->state == WALK_SYNCED)
		follow(w, &v);
	if (w->state == WALK_LOST)
		seek(w, &v);
	if (w->state == WALK_LOST) {
		tell(&v, 0, v.hi - w->lost_at, v.hi, 0);
		w->lost_at = v.hi;
	}
}

/* Could be a header, by the type and the version's first byte. */
static bool like_header(struct slice s)
{
	uint8_t type = slice_u8(&s);

	return type >= 20 && type <= 24 && slice_u8(&s) == 3;
}

bool walk_passes(const struct walk *w, const struct segment *s)
{
	if (s->seq != w->next || ahead(w->at, s->seq + s->wire_len) < 0)
		return false;
	if (w->state != WALK_LOST)
		return w->state == WALK_SYNCED;
	if (like_header(s->data))
		return false;
	return w->full >= BULK ? likely(s->data).n == 0 :
	    w->blind >= BLIND_MAX;
}

void walk_behind(struct walk *w, walk_record *see, void *arg)
{
	struct view v = { .see = see, .arg = arg };

	if (w->state != WALK_LOST || w->lost_at == w->next)
		return;
	tell(&v, 0, w->next - w->lost_at, w->next, 0);
	w->lost_at = w->next;
}

uint32_t walk_owed(const struct walk *w)
{
	return w->state == WALK_SYNCED && ahead(w->at, w->next) > 0 ?
	    w->at - w->next : 0;
}

bool walk_follows(const struct walk *w)
{
	return w->state == WALK_SYNCED || w->blind < BLIND_MAX;
}
