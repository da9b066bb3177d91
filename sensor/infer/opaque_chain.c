/*
 * opaque_chain.c - parts of one file in a stream without framing: one report.
 */
#include "infer/room.h"

/* Parts of one file become one report, when the next one is none of it. */
void opaque_report(struct infer *i, const struct found *f,
    const struct out *o)
{
	struct annex *a = annex_get(i);

	if (a == NULL) {
		media_report(i, f, o);
		return;
	}
	if (chain_takes(&a->chain, f))
		return;
	media_report(i, &a->chain.sum, o);
	a->chain.parts = 0;
	chain_takes(&a->chain, f);
}

void opaque_idle(struct infer *i, int64_t now_us, const struct out *o)
{
	struct annex *a = annex_peek(i);

	if (a == NULL || a->chain.parts == 0 ||
	    now_us <= chain_until(&a->chain))
		return;
	media_report(i, &a->chain.sum, o);
	a->chain.parts = 0;
	annex_put(i);
}
