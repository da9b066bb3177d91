/*
 * study_end.c - the end of a study, and of what a dissector keeps for it.
 */
#include "flow/study_parts.h"

enum { LOOKS = 256 };			/* for a study to give up */

void study_state_close(struct studies *s, struct study *study)
{
	struct pool *pool;
	void *state;

	if (study->state == 0)
		return;
	pool = state_pool(s, study->by);
	state = pool_at(pool, study->state);
	if (study->by->close != NULL)
		study->by->close(state);
	memset(state, 0, study->by->state_size);
	pool_put(pool, state);
	study->state = 0;
}

void study_close(struct studies *s, struct flow *f)
{
	struct study *study = pool_at(&s->studies, f->study);

	if (study == NULL)
		return;
	window_close(s, &study->stream[CLIENT]);
	window_close(s, &study->stream[SERVER]);
	study_state_close(s, study);
	if (study->ndpi != NULL)
		classify_close(s->setup.classify, study->ndpi);
	study->flow = NULL;
	pool_put(&s->studies, study);
	f->study = 0;
}

void study_finish(struct at *at)
{
	study_close(at->s, at->f);
	at->study = NULL;
	at->f->flags |= FLOW_STUDIED;
	at->s->setup.over(at->f, at->s->setup.arg);
}

static bool holds(const struct study *study, enum study_holds what)
{
	switch (what) {
	case STUDY_UNREAD:
		return study->stage != READING;
	case STUDY_WINDOW:
		return study->stream[CLIENT].window != 0 ||
		    study->stream[SERVER].window != 0;
	case STUDY_LARGE_STATE:
		return study->state != 0 &&
		    study->by->state_size > SMALL_STATE;
	default:
		return true;
	}
}

bool study_evict(struct studies *s, const struct study *mine,
    enum study_holds what)
{
	for (int i = 0; i < LOOKS; i++) {
		struct study *study;

		s->hand = s->hand % s->studies.fresh + 1;
		study = pool_at(&s->studies, s->hand);
		if (study->flow == NULL || study == mine ||
		    !holds(study, what))
			continue;
		if (!study->recent) {
			s->counts.evicted++;
			study_finish(&(struct at){ .s = s,
			    .f = study->flow });
			return true;
		}
		study->recent = false;
	}
	return false;
}
