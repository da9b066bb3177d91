/*
 * study.c - flows being read, and the packets that go there.
 *
 * A study passes three stages: OPENING, while dissectors are asked whether
 * the flow is theirs (study_claim.c); READING, while one is fed
 * (study_read.c); ASKING, while nDPI is.
 */
#include "flow/study_parts.h"

#include <netinet/in.h>
#include <stdlib.h>

enum {
	HEADLESS_PACKETS = 64,		/* without the first one among them */
	WINDOWS_SHARE = 16, LARGE_SHARE = 8,	/* of the studies have one */
	LEAST_POOL = 256,
	BUDGET_BYTES = 64 << 20
};

static uint32_t share(uint32_t max, uint32_t of)
{
	return max / of > LEAST_POOL ? max / of : LEAST_POOL;
}

struct studies *studies_new(const struct study_setup *setup)
{
	struct studies *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->setup = *setup;
	s->budget.max_bytes = BUDGET_BYTES;
	if (!pool_init(&s->studies, sizeof(struct study), setup->max) ||
	    !pool_init(&s->windows, sizeof(struct window),
	    share(setup->max, WINDOWS_SHARE)) ||
	    !pool_init(&s->small, SMALL_STATE, setup->max) ||
	    !pool_init(&s->large, LARGE_STATE,
	    share(setup->max, LARGE_SHARE))) {
		studies_free(s);
		return NULL;
	}
	return s;
}

void studies_free(struct studies *s)
{
	if (s == NULL)
		return;
	pool_free(&s->studies);
	pool_free(&s->windows);
	pool_free(&s->small);
	pool_free(&s->large);
	free(s);
}

struct study_counts studies_counts(const struct studies *s)
{
	struct study_counts c = s->counts;

	c.budget_refused = s->budget.refused;
	c.budget_evicted = s->budget.evicted;
	c.budget_capped = s->budget.capped;
	return c;
}

static struct slice front_of(const struct at *at, enum side side)
{
	const struct window *w = window_of(at, side);

	return w == NULL ? slice_of(NULL, 0) : window_front(w);
}

/* Claimed from windows: read what they hold, the earlier side first. */
static void read_opening(struct at *at)
{
	enum side side = at->study->spoke_first;

	reading_window(at, side);
	if (at->study != NULL && at->study->stage == READING)
		reading_window(at, !side);
}

/* The first segments of a flow, while nobody has claimed it. */
static void open_segment(struct at *at, enum side side, uint32_t from,
    struct slice data, uint32_t wire_len)
{
	struct stream *t = &at->study->stream[side];
	uint32_t offset = from - t->next;
	bool direct = offset == 0 && t->window == 0;
	struct slice first[2] = { front_of(at, CLIENT), front_of(at, SERVER) };

	if (offset >= WINDOW_BYTES)		/* old, or far ahead */
		return;
	if (direct)
		first[side] = data;
	else if (reading_keep(at, side, offset, data))
		first[side] = front_of(at, side);
	if (slice_more(first[side]))
		study_claim(at, first);
	else if (at->study->packets >= HEADLESS_PACKETS)
		study_show_opening(at, first);
	if (at->study == NULL || at->study->stage == ASKING)
		return;
	if (at->study->stage == OPENING) {
		if (direct)
			(void)reading_keep(at, side, 0, data);
		return;
	}
	read_opening(at);
	if (direct && at->study != NULL && at->study->stage == READING)
		reading_direct(at, side, data, wire_len);
}

/* The capture has missed something: go on behind it. */
static void holes_acked(struct at *at, enum side side, uint32_t acked)
{
	uint32_t n;

	while (at->study != NULL && at->study->stage != ASKING &&
	    (n = reading_hole(at, side, acked)) > 0) {
		reading_give_up(at, side, n);
		if (at->study->stage == READING) {
			reading_window(at, side);
			continue;
		}
		at->study->torn = true;
		study_claim(at, (struct slice[2]){ front_of(at, CLIENT),
		    front_of(at, SERVER) });
		if (at->study != NULL && at->study->stage == READING)
			read_opening(at);
	}
}

static void note_first(struct at *at, enum side side)
{
	size_t n = at->p->payload.n;

	if (at->study->packets++ == 0)
		at->study->spoke_first = (uint8_t)side;
	if (at->study->first_n[side] == 0)
		at->study->first_n[side] = (uint16_t)(n < UINT16_MAX ? n :
		    UINT16_MAX);
}

static void tcp_segment(struct at *at, enum side side,
    const struct step *st)
{
	const struct packet *p = at->p;
	struct stream *t = &at->study->stream[side];
	uint32_t from = p->seq + (p->tcp_flags & TCP_SYN ? 1 : 0);

	if (!t->begun) {
		t->begun = true;
		t->next = from - st->hole;
	}
	reading_skip(at, side, from);
	note_first(at, side);
	if (at->study->stage == OPENING)
		open_segment(at, side, from, p->payload, p->wire_len);
	else
		reading_segment(at, side, from, p->payload, p->wire_len);
}

static void tcp_packet(struct at *at, enum side side, const struct step *st)
{
	const struct packet *p = at->p;

	if (p->tcp_flags & TCP_RST)
		return;
	if (at->study->stage == ASKING) {
		if (st->new_bytes > 0)
			study_show_ndpi(at, side, p->payload);
		return;
	}
	if (p->tcp_flags & TCP_ACK && at->study->stream[!side].begun)
		holes_acked(at, !side, at->f->half[st->dir].acked);
	if (at->study == NULL)
		return;
	if (st->new_bytes == 0 && st->overlap == 0)
		return;			/* its number is not believed */
	if (p->wire_len > 0 && at->study->stage != ASKING)
		tcp_segment(at, side, st);
	else if (p->wire_len > 0)
		study_show_ndpi(at, side, p->payload);
}

static void udp_packet(struct at *at, enum side side)
{
	struct slice first[2] = { slice_of(NULL, 0), slice_of(NULL, 0) };

	if (at->p->payload.n == 0)
		return;
	if (at->study->stage == ASKING) {
		study_show_ndpi(at, side, at->p->payload);
		return;
	}
	note_first(at, side);
	if (at->study->stage == OPENING) {
		first[side] = at->p->payload;
		study_claim(at, first);
	}
	if (at->study != NULL && at->study->stage == READING)
		(void)reading_some(at, side, at->p->payload);
}

static struct study *study_make(struct studies *s, struct flow *f)
{
	struct study *study;

	if (s->studies.used == s->studies.max &&
	    !study_evict(s, NULL, STUDY_UNREAD))
		(void)study_evict(s, NULL, STUDY_ANY);
	study = pool_get(&s->studies);
	if (study == NULL) {
		s->counts.refused++;
		return NULL;
	}
	study->flow = f;
	f->study = pool_index(&s->studies, study);
	s->counts.studied++;
	return study;
}

void study_packet(struct studies *s, const struct step *st,
    const struct packet *p)
{
	struct at at = { .s = s, .f = st->flow, .p = p };
	enum side side = st->dir == UP ? CLIENT : SERVER;
	bool tcp = p->proto == IPPROTO_TCP;

	at.study = pool_at(&s->studies, at.f->study);
	if (at.study == NULL && (tcp || p->proto == IPPROTO_UDP))
		at.study = study_make(s, at.f);
	if (at.study == NULL) {
		study_finish(&at);
		return;
	}
	at.study->recent = true;
	if (tcp)
		tcp_packet(&at, side, st);
	else
		udp_packet(&at, side);
}

void study_end(struct studies *s, struct flow *f)
{
	struct at at = { .s = s, .f = f,
	    .study = pool_at(&s->studies, f->study) };

	if (at.study != NULL && at.study->stage == OPENING &&
	    (at.study->stream[CLIENT].window ||
	    at.study->stream[SERVER].window))
		study_show_opening(&at, (struct slice[2]){ front_of(&at, CLIENT),
		    front_of(&at, SERVER) });
	study_close(s, f);
}
