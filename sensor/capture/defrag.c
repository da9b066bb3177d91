/*
 * defrag.c - see defrag.h.  RFC 791, 815, 8200 4.5, 5722.
 *
 * A packet in the making is a sorted list of pieces that do not overlap,
 * each copied into one object of a pool, so memory follows what arrives and
 * never what a fragment claims.  A whole packet stays known for a moment: a
 * SPAN port that shows every fragment twice would begin it again.
 */
#include "capture/defrag.h"

#include <stdlib.h>

#include "base/table.h"

enum {
	PACKETS_MAX = 4096, PIECES_MAX = 4096, PIECES_PER_PACKET = 256,
	PIECE_BYTES = 2036, IP_MAX = 65535, HEADER_MAX = 60
};

static const int64_t LIFETIME_US = 30 * 1000000LL;
static const int64_t DONE_US = 100 * 1000LL;

struct piece {
	uint32_t next;
	uint16_t offset, n;		/* on the wire */
	uint16_t captured;
	uint8_t bytes[PIECE_BYTES];
};

struct key {
	struct addr src, dst;
	uint32_t id;
	uint8_t proto, v6, zero[2];
};

struct datagram {
	int64_t since_us;
	uint32_t first;			/* pieces, by offset */
	uint32_t pieces, fragments;
	uint32_t covered, total;	/* bytes; total 0: not known yet */
	uint8_t proto, header_n;
	bool done;
	uint8_t header[HEADER_MAX];
};

struct defrag {
	struct table datagrams;
	struct pool pieces;
	uint64_t dropped;
	uint8_t packet[HEADER_MAX + IP_MAX + 128];
};

static struct piece *piece_at(const struct defrag *d, uint32_t index)
{
	return pool_at(&d->pieces, index);
}

static void drop_pieces(struct defrag *d, struct datagram *g)
{
	while (g->first) {
		struct piece *p = piece_at(d, g->first);

		g->first = p->next;
		pool_put(&d->pieces, p);
	}
}

static void give_up(void *value, void *arg)
{
	struct datagram *g = value;
	struct defrag *d = arg;

	if (!g->done)
		d->dropped += g->fragments;
	drop_pieces(d, g);
}

struct defrag *defrag_new(void)
{
	struct defrag *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	if (!pool_init(&d->pieces, sizeof(struct piece), PIECES_MAX)) {
		free(d);
		return NULL;
	}
	if (!table_init(&d->datagrams, sizeof(struct key),
	    sizeof(struct datagram), PACKETS_MAX)) {
		pool_free(&d->pieces);
		free(d);
		return NULL;
	}
	d->datagrams.on_evict = give_up;
	d->datagrams.arg = d;
	return d;
}

void defrag_free(struct defrag *d)
{
	if (d == NULL)
		return;
	table_free(&d->datagrams);
	pool_free(&d->pieces);
	free(d);
}

uint64_t defrag_dropped(const struct defrag *d)
{
	return d->dropped;
}

static void forget(struct defrag *d, struct datagram *g)
{
	struct key key = *(const struct key *)table_key(&d->datagrams, g);

	give_up(g, d);
	g->first = 0;
	g->fragments = 0;
	table_remove(&d->datagrams, &key);
}

static bool is_stale(const struct datagram *g, int64_t now_us)
{
	int64_t age_us = now_us - g->since_us;

	return age_us > (g->done ? DONE_US : LIFETIME_US) ||
	    age_us < -LIFETIME_US;
}

static void forget_stale(struct defrag *d, int64_t now_us)
{
	struct datagram *g;

	while ((g = table_oldest(&d->datagrams)) != NULL &&
	    is_stale(g, now_us))
		forget(d, g);
}

/* A piece from the pool; the oldest packets other than `mine` make room. */
static struct piece *new_piece(struct defrag *d, const struct datagram *mine)
{
	struct piece *p;

	while ((p = pool_get(&d->pieces)) == NULL) {
		struct datagram *g = table_oldest(&d->datagrams);

		if (g == mine)
			g = table_newer(&d->datagrams, g);
		if (g == NULL)
			return NULL;
		forget(d, g);
	}
	return p;
}

/* Copy [from, to) of the datagram behind the link `after`. */
static uint32_t *add_bytes(struct defrag *d, struct datagram *g,
    const struct fragment *f, uint32_t from, uint32_t to, uint32_t *after)
{
	while (from < to) {
		uint32_t n = to - from < PIECE_BYTES ? to - from : PIECE_BYTES;
		struct slice bytes = f->bytes;
		struct piece *p;

		if (g->pieces == PIECES_PER_PACKET ||
		    (p = new_piece(d, g)) == NULL)
			return NULL;
		bytes = slice_head(bytes, from + n - f->offset);
		p->offset = (uint16_t)from;
		p->n = (uint16_t)n;
		if (bytes.n > from - f->offset) {
			slice_skip(&bytes, from - f->offset);
			p->captured = (uint16_t)bytes.n;
			memcpy(p->bytes, bytes.p, bytes.n);
		}
		p->next = *after;
		*after = pool_index(&d->pieces, p);
		after = &p->next;
		g->pieces++;
		g->covered += n;
		from += n;
	}
	return after;
}

/* Whatever of the fragment is not there yet; false: no room. */
static bool insert(struct defrag *d, struct datagram *g,
    const struct fragment *f)
{
	uint32_t from = f->offset, end = f->offset + f->wire_len;
	uint32_t *link = &g->first;
	struct piece *p;

	for (; (p = piece_at(d, *link)) != NULL && p->offset < end;
	    link = &p->next) {
		if (p->offset > from) {
			link = add_bytes(d, g, f, from, p->offset, link);
			if (link == NULL)
				return false;
			p = piece_at(d, *link);
		}
		if ((uint32_t)p->offset + p->n > from)
			from = (uint32_t)p->offset + p->n;
	}
	return from >= end || add_bytes(d, g, f, from, end, link) != NULL;
}

/* The end that a last fragment names must agree with all others. */
static bool agrees(struct defrag *d, struct datagram *g,
    const struct fragment *f)
{
	uint32_t end = f->offset + f->wire_len;

	if (g->total)
		return f->more ? end <= g->total : end == g->total;
	if (f->more)
		return true;
	for (struct piece *p = piece_at(d, g->first); p;
	    p = piece_at(d, p->next))
		if ((uint32_t)p->offset + p->n > end)
			return false;
	g->total = end;
	return true;
}

static void put16(uint8_t *to, uint32_t v)
{
	to[0] = (uint8_t)(v >> 8);
	to[1] = (uint8_t)v;
}

/* The header of the first fragment, as of a packet never divided. */
static void mend_header(uint8_t *h, const struct datagram *g, bool v6)
{
	uint32_t n = g->total + (v6 ? 0u : g->header_n);

	memcpy(h, g->header, g->header_n);
	if (n > IP_MAX)
		n = 0;
	if (v6) {
		put16(h + 4, n);
		h[6] = g->proto;
	} else {
		put16(h + 2, n);
		put16(h + 6, 0);
		put16(h + 10, 0);
	}
}

static void build(struct defrag *d, const struct datagram *g, bool v6,
    struct whole *whole)
{
	uint32_t at = g->header_n;
	const struct piece *p = piece_at(d, g->first);

	mend_header(d->packet, g, v6);
	for (; p; p = piece_at(d, p->next)) {
		memcpy(d->packet + at, p->bytes, p->captured);
		at += p->captured;
		if (p->captured < p->n)
			break;
	}
	*whole = (struct whole){
		.proto = g->proto,
		.ip = slice_of(d->packet, at),
		.payload = slice_of(d->packet + g->header_n,
		    at - g->header_n),
		.ip_len = g->header_n + g->total, .payload_len = g->total,
	};
}

/* As hosts do: IPv4 ignores bytes beyond a multiple of 8, IPv6 all. */
static bool make_sane(struct fragment *f)
{
	if (f->more && f->wire_len % 8) {
		if (f->v6)
			return false;
		f->wire_len -= f->wire_len % 8;
	}
	return f->wire_len > 0 && f->offset + f->wire_len <= IP_MAX &&
	    f->header.n <= HEADER_MAX;
}

static struct datagram *datagram_of(struct defrag *d,
    const struct fragment *f)
{
	struct key key = { .src = f->src, .dst = f->dst, .id = f->id,
		.proto = f->v6 ? 0 : f->proto, .v6 = f->v6 };
	struct datagram *g = table_peek(&d->datagrams, &key);
	bool fresh;

	if (g && is_stale(g, f->at_us)) {
		forget(d, g);
		g = NULL;
	}
	if (g)
		return g;
	g = table_make(&d->datagrams, &key, &fresh);
	if (g)
		g->since_us = f->at_us;
	return g;
}

enum defragged defrag(struct defrag *d, struct fragment *f,
    struct whole *whole)
{
	struct datagram *g;

	forget_stale(d, f->at_us);
	if (!make_sane(f) || (g = datagram_of(d, f)) == NULL) {
		d->dropped++;
		return DEFRAG_BAD;
	}
	if (g->done)			/* shown twice */
		return DEFRAG_HELD;
	g->fragments++;
	if (f->offset == 0 && g->header_n == 0) {
		g->header_n = (uint8_t)f->header.n;
		g->proto = f->proto;
		memcpy(g->header, f->header.p, f->header.n);
	}
	if (!agrees(d, g, f) || !insert(d, g, f)) {
		forget(d, g);
		return DEFRAG_BAD;
	}
	if (g->total == 0 || g->covered < g->total || g->header_n == 0)
		return DEFRAG_HELD;
	build(d, g, f->v6, whole);
	drop_pieces(d, g);
	g->done = true;
	g->since_us = f->at_us;
	return DEFRAG_WHOLE;
}
