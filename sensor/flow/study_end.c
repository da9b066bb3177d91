/*
 * study_end.c - the end of a study, and of what a dissector keeps for it.
 */
#include "flow/study_parts.h"

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
