/*
 * dissect.h - what every dissector's test does: play both sides of a flow
 * the way the sensor does, note the facts as lines of text, and be hostile.
 */
#ifndef TESTS_DISSECT_H
#define TESTS_DISSECT_H

#include <netinet/in.h>
#include <stdarg.h>

#include "dissector.h"
#include "tap.h"

enum { KEPT_MAX = 16384, DATAGRAM_MAX = 65536, LOG_MAX = 16384,
	BUDGET_MAX = 1 << 20 };

struct step {
	enum side from;
	const void *bytes;
	size_t n;
	uint64_t lost;			/* bytes missing before this one */
};

#define C(text) { CLIENT, text, sizeof(text) - 1, 0 }
#define S(text) { SERVER, text, sizeof(text) - 1, 0 }
#define C_BYTES(array) { CLIENT, array, sizeof(array), 0 }
#define S_BYTES(array) { SERVER, array, sizeof(array), 0 }
/* m: struct bytes */
#define STEP(side, m) { side, (m).b, (m).n, 0 }
#define STEPS(array) array, sizeof(array) / sizeof(*(array))

struct run {
	char log[LOG_MAX];		/* one line a fact */
	size_t log_n;
	int facts;
	enum verdict verdict;		/* the last one */
	uint64_t shown;			/* bytes given to feed() in all */
	size_t left;			/* not consumed at the end */
	uint64_t moved;			/* sum of FACT_MOVED */
};

static inline void note(struct run *r, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(r->log + r->log_n, LOG_MAX - r->log_n, fmt, ap);
	va_end(ap);
	if (n > 0)
		r->log_n += (size_t)n;
	if (r->log_n >= LOG_MAX)
		r->log_n = LOG_MAX - 1;
}

static inline void note_emit(struct dissection *d, const struct fact *f)
{
	static const char *const kinds[] = { "HOST", "CERT", "ALPN", "ECH",
		"APP", "ANSWER", "FILE", "MOVED", "ROOM", "ACCOUNT", "BINDING",
		"UNBIND", "EXPECT", "DEVICE" };
	static const char *const proofs[] = { "", "label", "claim", "sent",
		"accepted", "lease", "ticket", "accounting" };
	static const uint8_t no_mac[6];
	struct run *r = d->arg;
	char text[ADDR_TEXT];

	r->facts++;
	if (f->kind == FACT_MOVED)
		r->moved += f->bytes;
	note(r, "%s %c", kinds[f->kind], "CS"[f->from]);
	if (f->text.n)
		note(r, " %.*s", (int)f->text.n, (const char *)f->text.p);
	if (f->detail.n)
		note(r, " (%.*s)", (int)f->detail.n, (const char *)f->detail.p);
	if (f->bytes)
		note(r, " %llu", (unsigned long long)f->bytes);
	if (addr_is_set(&f->addr) || f->port)
		note(r, " %s:%u", addr_text(&f->addr, text), f->port);
	if (memcmp(f->mac, no_mac, 6) != 0)
		note(r, " %02x%02x%02x%02x%02x%02x", f->mac[0], f->mac[1],
		    f->mac[2], f->mac[3], f->mac[4], f->mac[5]);
	if (f->ttl_s)
		note(r, " %us", f->ttl_s);
	if (f->proof)
		note(r, " %s", proofs[f->proof]);
	if (f->maybe)
		note(r, " maybe");
	note(r, "\n");
}

/* The sensor's part: keep what was not consumed, pass over what is skipped. */
struct player {
	const struct dissector *x;
	struct dissection d;
	uint8_t kept[2][KEPT_MAX];
	size_t kept_n[2];
	uint64_t skip[2];
	uint8_t *end;			/* the unreadable page */
	struct run *r;
	struct addr addr[2];
	struct budget budget;
};

/* Made once each: 0 and 1 for openings by side, 2 for what is fed. */
static inline uint8_t *unreadable_page(int which)
{
	static uint8_t *maps[3];
	size_t room = DATAGRAM_MAX + KEPT_MAX;
	uint8_t *map = maps[which];

	if (map)
		return map + room;
	maps[which] = map = mmap(NULL, room + 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED || mprotect(map + room, 4096, PROT_NONE) == -1)
		err(1, "mmap");
	return map + room;
}

/* All that was taken beyond the state is given back. */
static inline void player_end(struct player *p)
{
	if (p->x != NULL && p->x->close != NULL)
		p->x->close(p->d.state);
	if (p->budget.used_bytes != 0)
		errx(1, "%s: keeps %zu bytes", p->x->name,
		    p->budget.used_bytes);
	p->x = NULL;
}

static inline void player_init(struct player *p, const struct dissector *x,
    struct run *r)
{
	static uint64_t state[8192 / 8];

	player_end(p);
	memset(p, 0, sizeof(*p));
	memset(r, 0, sizeof(*r));
	memset(state, 0, x->state_size);
	if (x->state_size > sizeof(state))
		errx(1, "%s: state of %zu bytes", x->name, x->state_size);
	p->x = x;
	p->r = r;
	p->end = unreadable_page(2);
	p->addr[CLIENT] = addr_v4((const uint8_t[]){ 10, 0, 0, 1 });
	p->addr[SERVER] = addr_v4((const uint8_t[]){ 10, 0, 0, 2 });
	p->budget.max_bytes = BUDGET_MAX;
	p->d = (struct dissection){ .state = state,
		.budget = &p->budget, .emit = note_emit,
		.addr = { &p->addr[CLIENT], &p->addr[SERVER] },
		.port = { 40000, 4000 }, .arg = r };
}

/* Alone, so that its instructions can be told from the player's (work.py). */
static __attribute__((noinline)) enum verdict feed_alone(struct player *p,
    enum side from, struct slice *in)
{
	return p->x->feed(&p->d, from, in);
}

static inline enum verdict player_feed(struct player *p, enum side from,
    const uint8_t *bytes, size_t n, uint64_t lost)
{
	size_t kept = p->kept_n[from], over;
	uint8_t *at;
	struct slice in;
	enum verdict v;

	if (lost) {
		kept = 0;
		over = p->skip[from] < lost ? (size_t)p->skip[from] : lost;
		p->skip[from] -= over;
		lost -= over;
	}
	over = p->skip[from] < n ? (size_t)p->skip[from] : n;
	p->skip[from] -= over;
	n -= over;
	at = p->end - kept - n;
	memcpy(at, p->kept[from], kept);
	memcpy(at + kept, bytes + over, n);
	in = slice_of(at, kept + n);
	p->d.skip = 0;
	p->d.lost = lost;
	p->r->shown += in.n;
	if (in.n == 0)
		return MORE;
	v = feed_alone(p, from, &in);
	p->skip[from] = p->d.skip;
	if (p->d.skip && in.n)
		errx(1, "%s: skips with %zu bytes left", p->x->name, in.n);
	if (in.n > KEPT_MAX)
		return NOT_MINE;
	p->kept_n[from] = in.n;
	if (p->x->proto == IPPROTO_UDP)
		p->kept_n[from] = 0;
	else if (in.n)
		memcpy(p->kept[from], in.p, in.n);
	p->r->left = in.n;
	return v;
}

/* Play the steps, cut into pieces of `piece` bytes (0: as they are). */
static inline void play(struct run *r, const struct dissector *x,
    const struct step *steps, size_t n, size_t piece)
{
	static struct player p;

	player_init(&p, x, r);
	r->verdict = MORE;
	for (size_t i = 0; i < n && r->verdict == MORE; i++) {
		const uint8_t *b = steps[i].bytes;
		uint64_t lost = steps[i].lost;
		size_t at = 0;

		do {
			size_t m = steps[i].n - at;

			if (piece && m > piece)
				m = piece;
			r->verdict = player_feed(&p, steps[i].from, b + at, m,
			    lost);
			lost = 0;
			at += m;
		} while (at < steps[i].n && r->verdict == MORE);
	}
	player_end(&p);
}

static inline enum claim claims(const struct dissector *x,
    const struct step *steps, size_t n)
{
	struct opening o = { .port = { 40000, 4000 } };

	for (size_t i = n; i-- > 0;) {
		size_t m = steps[i].n < 512 ? steps[i].n : 512;
		uint8_t *at = unreadable_page((int)steps[i].from) - m;

		memcpy(at, steps[i].bytes, m);
		o.first[steps[i].from] = slice_of(at, m);
	}
	return x->claim(&o);
}

static inline bool same_facts(struct run *r, const char *want)
{
	if (strcmp(r->log, want) == 0)
		return true;
	printf("# got:\n");
	for (char *line = strtok(r->log, "\n"); line; line = strtok(NULL, "\n"))
		printf("#   %s\n", line);
	return false;
}

/* The facts do not depend on where a TCP stream is cut. */
static inline bool any_cut(const struct dissector *x,
    const struct step *steps, size_t n)
{
	static const size_t pieces[] = { 1, 2, 3, 5, 7, 11, 16, 40, 100, 536 };
	static struct run whole, cut;

	play(&whole, x, steps, n, 0);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		play(&cut, x, steps, n, pieces[i]);
		if (cut.moved != whole.moved || cut.verdict != whole.verdict ||
		    (whole.moved == 0 && strcmp(cut.log, whole.log) != 0)) {
			printf("# in pieces of %zu:\n%s", pieces[i], cut.log);
			return false;
		}
	}
	return true;
}

/* Every prefix of every step, then every bit of it flipped: no harm. */
static inline int be_hostile(const struct dissector *x,
    const struct step *steps, size_t n)
{
	static uint8_t bad[DATAGRAM_MAX];
	static struct step copy[64];
	static struct run r;
	int survived = 0;

	memcpy(copy, steps, n * sizeof(*steps));
	for (size_t i = 0; i < n; i++) {
		for (copy[i].n = 0; copy[i].n < steps[i].n; copy[i].n++) {
			play(&r, x, copy, i + 1, 0);
			claims(x, copy + i, 1);
			survived++;
		}
		memcpy(bad, steps[i].bytes, steps[i].n);
		copy[i].bytes = bad;
		for (size_t bit = 0; bit < 8 * steps[i].n; bit++) {
			bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
			play(&r, x, copy, n, 0);
			claims(x, copy + i, 1);
			bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
			survived++;
		}
		copy[i] = steps[i];
	}
	return survived;
}

/*
 * Twice the messages: twice the facts, and no more than 2.3 times the bytes
 * looked at.  `message` repeats after `n` opening steps.
 */
static inline bool grows_linearly(const struct dissector *x,
    const struct step *steps, size_t n, struct step message)
{
	static uint8_t many[DATAGRAM_MAX * 16];
	static struct run r[3];
	size_t times = sizeof(many) / 4 / message.n;

	if (times > 200)
		times = 200;
	for (int i = 0; i < 3; i++, times *= 2) {
		struct step all[17];
		size_t at = 0;

		while (at / message.n < times && at + message.n < sizeof(many)) {
			memcpy(many + at, message.bytes, message.n);
			at += message.n;
		}
		memcpy(all, steps, n * sizeof(*steps));
		all[n] = (struct step){ message.from, many, at, 0 };
		play(&r[i], x, all, n + 1, x->proto == IPPROTO_UDP ?
		    message.n : 1448);
	}
	if (10 * r[2].shown <= 23 * r[1].shown && 10 * r[1].shown <=
	    23 * r[0].shown && r[2].facts - r[1].facts ==
	    2 * (r[1].facts - r[0].facts))
		return true;
	printf("# facts %d %d %d, bytes %llu %llu %llu\n", r[0].facts,
	    r[1].facts, r[2].facts, (unsigned long long)r[0].shown,
	    (unsigned long long)r[1].shown, (unsigned long long)r[2].shown);
	return false;
}

/*
 * With FUZZ_SEEDS set to a folder, every exchange treated here is written
 * there as an input of fuzz_dissectors.
 */
static inline void save_seed(const struct dissector *x, const char *what,
    const struct step *steps, size_t n)
{
	const char *folder = getenv("FUZZ_SEEDS");
	char path[512];
	FILE *f;
	int i;

	if (folder == NULL)
		return;
	snprintf(path, sizeof(path), "%s/%s=%s", folder, x->name, what);
	f = fopen(path, "w");
	if (f == NULL)
		err(1, "%s", path);
	for (i = 0; dissectors[i] && dissectors[i] != x;)
		i++;
	fputc(i, f);
	for (size_t k = 0; k < n; k++) {
		uint16_t control = (uint16_t)(steps[k].n << 2 | steps[k].from);

		fputc(control >> 8, f);
		fputc(control & 0xff, f);
		fwrite(steps[k].bytes, 1, steps[k].n, f);
	}
	fclose(f);
}

/* The whole treatment for one exchange. */
static inline void treat(const struct dissector *x, const char *what,
    const struct step *steps, size_t n, const char *want)
{
	static struct run r;

	ok(claims(x, steps, n) == YES, "%s: claimed", what);
	play(&r, x, steps, n, 0);
	ok(same_facts(&r, want), "%s: facts", what);
	if (x->proto == IPPROTO_TCP)
		ok(any_cut(x, steps, n), "%s: cut anywhere", what);
	ok(be_hostile(x, steps, n) > 0, "%s: every prefix, every bit", what);
	save_seed(x, what, steps, n);
}

#endif
