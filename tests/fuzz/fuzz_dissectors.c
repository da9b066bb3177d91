/*
 * Every dissector, both sides, in unequal parts.
 *
 * The input: one byte that picks the dissector, then chunks: 16 bits of
 * length (14, 0: all the rest), hole before it (1), side (1); its bytes.
 * claim() sees the first chunk of each side.  With FUZZ_DISSECTOR set, the
 * first byte is passed over and every input goes to the dissector (or
 * dissectors) of that name: scripts/fuzz.
 */
#include <err.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "dissector.h"

enum { KEPT_MAX = 16384 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const struct dissector *chosen[256];
static size_t chosen_n;

static volatile uint8_t sink;

static void look_at(struct slice s)
{
	while (slice_more(s))
		sink ^= slice_u8(&s);
}

static void emit(struct dissection *d, const struct fact *fact)
{
	(void)d;
	look_at(fact->text);
	look_at(fact->detail);
}

struct end {
	uint8_t *kept;			/* what feed() left, on the heap */
	size_t n;
	uint64_t skip;
};

static enum verdict feed(const struct dissector *x, struct dissection *d,
    struct end *e, enum side from, struct slice chunk)
{
	size_t kept = x->proto == IPPROTO_TCP && !d->lost ? e->n : 0;
	uint64_t skip = e->skip < d->lost ? e->skip : d->lost;
	enum verdict v;
	struct slice in;
	uint8_t *all;

	e->skip -= skip;
	d->lost -= skip;
	skip = e->skip < chunk.n ? e->skip : chunk.n;
	e->skip -= skip;
	slice_skip(&chunk, (size_t)skip);
	if (chunk.n == 0)
		return MORE;
	all = malloc(kept + chunk.n);
	if (all == NULL)
		abort();
	if (kept)
		memcpy(all, e->kept, kept);
	memcpy(all + kept, chunk.p, chunk.n);
	in = slice_of(all, kept + chunk.n);
	d->skip = 0;
	v = x->feed(d, from, &in);
	if (in.n > kept + chunk.n || (d->skip && in.n))
		abort();
	e->skip = d->skip;
	free(e->kept);
	e->n = in.n;
	e->kept = malloc(in.n + 1);
	if (e->kept == NULL)
		abort();
	if (in.n)
		memcpy(e->kept, in.p, in.n);
	free(all);
	return e->n > KEPT_MAX ? NOT_MINE : v;
}

static struct slice next_chunk(struct slice *rest, enum side *from,
    uint64_t *lost)
{
	uint16_t control = slice_u16(rest);
	size_t n = control >> 2;

	*from = control & 1;
	*lost = control & 2 ? 1000 : 0;
	return slice_take(rest, n && n < rest->n ? n : rest->n);
}

static void show_opening(const struct dissector *x, struct slice rest)
{
	struct opening o = { .port = { 40000, 5000 } };
	enum side from;
	uint64_t lost;

	for (int i = 0; i < 2 && slice_more(rest); i++) {
		struct slice chunk = next_chunk(&rest, &from, &lost);

		o.first[from] = slice_head(chunk, 512);
	}
	(void)x->claim(&o);
	o.midstream = true;
	(void)x->claim(&o);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *only = getenv("FUZZ_DISSECTOR");

	(void)argc;
	(void)argv;
	for (size_t i = 0; dissectors[i] && chosen_n < 256; i++)
		if (only == NULL || strcmp(dissectors[i]->name, only) == 0)
			chosen[chosen_n++] = dissectors[i];
	if (chosen_n == 0)
		errx(1, "no dissector is called %s", only);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct addr addr[2] = { { { 10 } }, { { 11 } } };
	struct budget budget = { .max_bytes = 1 << 20 };
	struct dissection d = { .emit = emit, .budget = &budget,
		.addr = { &addr[0], &addr[1] },
		.port = { 40000, 5000 } };
	struct end ends[2] = { { NULL, 0, 0 }, { NULL, 0, 0 } };
	struct slice rest = slice_of(bytes, n);
	const struct dissector *x = chosen[slice_u8(&rest) % chosen_n];
	enum side from;

	d.state = calloc(1, x->state_size + 1);
	if (d.state == NULL)
		abort();
	show_opening(x, rest);
	while (slice_more(rest)) {
		struct slice chunk = next_chunk(&rest, &from, &d.lost);

		if (feed(x, &d, &ends[from], from, chunk) != MORE)
			break;
	}
	if (x->close != NULL)
		x->close(d.state);
	if (budget.used_bytes != 0)
		abort();
	free(ends[0].kept);
	free(ends[1].kept);
	free(d.state);
	return 0;
}
