/*
 * study_claim.c - whose a flow is: a dissector's, else nDPI's to tell.
 *
 * Every dissector of the flow's transport is asked with the first bytes of
 * both sides.  Yes from one settles it; maybe waits for more, up to a bound;
 * no from all shows nDPI what came meanwhile.
 */
#include "flow/study_parts.h"

#include <netinet/in.h>

enum {
	OPENING_BYTES = 512,		/* shown to claim() per side */
	OPENING_PACKETS = 12,		/* then undecided means no */
	OPENING_DATAGRAMS = 3
};

void study_ask_ndpi(struct at *at)
{
	struct classify *c = at->s->setup.classify;

	study_state_close(at->s, at->study);
	at->study->by = NULL;
	if (at->study->upgraded) {
		study_finish(at);
		return;
	}
	at->f->dissector = 0;
	if (c == NULL || at->f->flags & FLOW_NAMED ||
	    (at->study->ndpi = classify_open(c)) == NULL) {
		study_finish(at);
		return;
	}
	at->s->counts.asked_ndpi++;
	at->study->stage = ASKING;
}

/*
 * STARTTLS and the like: what follows on both sides is another protocol, so
 * everybody is asked again.  The flow keeps the name of the first.
 */
void study_upgrade(struct at *at)
{
	struct study *study = at->study;

	study_state_close(at->s, study);
	study->by = NULL;
	study->upgraded = true;
	study->stage = OPENING;
	study->packets = 0;
	study->stream[CLIENT].skip = study->stream[SERVER].skip = 0;
}

void study_show_ndpi(struct at *at, enum side side, struct slice bytes)
{
	if (at->study == NULL || at->study->stage != ASKING || bytes.n == 0)
		return;
	if (at->f->flags & FLOW_NAMED ||
	    classify_payload(at->s->setup.classify, at->study->ndpi, at->f,
	    side == CLIENT ? UP : DOWN, bytes, at->f->last_us) !=
	    CLASSIFY_MORE)
		study_finish(at);
}

void study_show_opening(struct at *at, const struct slice first[2])
{
	enum side side = at->study->spoke_first;

	study_ask_ndpi(at);
	for (int i = 0; i < 2 && at->study != NULL; i++, side = !side) {
		struct slice rest = first[side];
		size_t n = at->study->first_n[side];

		study_show_ndpi(at, side, slice_head(rest, n));
		if (rest.n > n) {
			slice_skip(&rest, n);
			study_show_ndpi(at, side, rest);
		}
	}
}

static enum claim ask_all(struct at *at, const struct opening *o)
{
	enum claim all = NO;

	for (uint16_t i = 0; dissectors[i] != NULL; i++) {
		enum claim c;

		if (dissectors[i]->proto != at->f->key.proto)
			continue;
		c = dissectors[i]->claim(o);
		if (c == YES) {
			at->study->by = dissectors[i];
			if (!at->study->upgraded)
				at->f->dissector = (uint16_t)(i + 1);
			return YES;
		}
		if (c == MAYBE)
			all = MAYBE;
	}
	return all;
}

static void begin_reading(struct at *at)
{
	struct study *study = at->study;
	struct pool *pool = state_pool(at->s, study->by);
	void *state;

	at->s->counts.claimed++;
	study->stage = READING;
	if (study->by->state_size == 0)
		return;
	state = pool_take(pool);
	if (state == NULL && pool == &at->s->large &&
	    study_evict(at->s, study, STUDY_LARGE_STATE))
		state = pool_take(pool);
	study->state = pool_index(pool, state);
	if (state == NULL) {
		at->s->counts.refused++;
		study_finish(at);
		return;
	}
	memset(state, 0, study->by->state_size);
}

void study_claim(struct at *at, const struct slice first[2])
{
	struct opening o = {
		.first = { slice_head(first[CLIENT], OPENING_BYTES),
		    slice_head(first[SERVER], OPENING_BYTES) },
		.port = { flow_client_port(at->f), flow_server_port(at->f) },
		.midstream = at->f->key.proto == IPPROTO_TCP &&
		    (!(at->f->flags & FLOW_SYN_SEEN) || at->study->torn),
	};
	uint32_t patience = at->f->key.proto == IPPROTO_TCP ?
	    OPENING_PACKETS : OPENING_DATAGRAMS;
	enum claim c = at->s->setup.ndpi_alone ? NO : ask_all(at, &o);

	if (c == YES) {
		begin_reading(at);
		return;
	}
	if (c == MAYBE && at->study->packets < patience &&
	    (o.first[CLIENT].n < OPENING_BYTES ||
	    o.first[SERVER].n < OPENING_BYTES))
		return;
	study_show_opening(at, first);
}
