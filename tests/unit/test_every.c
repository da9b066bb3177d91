/*
 * Every dissector of the list, without a line for each.
 *
 *	test_every FOLDER [LIST]
 *
 * FOLDER holds the exchanges that the other unit tests treat (dissect.h
 * writes them when FUZZ_SEEDS is set), which means: every prefix and every
 * flipped bit of them before an unreadable page; and scripts/fuzz begins with
 * them.  Here: each dissector has one, and a line in LIST (docs/protocols.md);
 * claims its own and nobody else's; and looks at no more than 2.3 times the
 * bytes when an exchange is twice as long.
 *
 * Without LIST, and under callgrind: every exchange 8, 16 and 32 times, a
 * dump after each, for work.py to compare the instructions.
 */
#include <dirent.h>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_DUMP_STATS_AT(name) (void)(name)
#endif

#include "dissect.h"

enum { SEED_MAX = 1 << 17, STEPS_MAX = 64, TIMES = 8 };

struct seed {
	const struct dissector *x;
	char name[256];
	struct step steps[STEPS_MAX];
	size_t n;
	uint8_t bytes[SEED_MAX];	/* what the steps point into */
};

/* A LocalSend transfer over HTTP is HTTP: it is asked first. */
static const char *const kinds_of[][2] = { { "localsend", "http" } };

static size_t dissector_count(void)
{
	size_t n = 0;

	while (dissectors[n])
		n++;
	return n;
}

static bool seed_read(struct seed *s, const char *folder, const char *name)
{
	struct slice rest;
	char path[512];
	uint8_t i;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "r");
	if (f == NULL)
		err(1, "%s", path);
	rest = slice_of(s->bytes, fread(s->bytes, 1, SEED_MAX, f));
	fclose(f);
	s->n = 0;
	snprintf(s->name, sizeof(s->name), "%s", name);
	i = slice_u8(&rest);
	if (i >= dissector_count())
		return false;
	s->x = dissectors[i];
	while (slice_more(rest) && s->n < STEPS_MAX) {
		uint16_t control = slice_u16(&rest);
		struct slice chunk = slice_take(&rest, control >> 2);

		s->steps[s->n++] = (struct step){ control & 1 ? SERVER :
		    CLIENT, chunk.p, chunk.n, 0 };
	}
	return s->n > 0 && !slice_short(rest);
}

static bool is_kind_of(const struct dissector *a, const struct dissector *b)
{
	for (size_t i = 0; i < sizeof(kinds_of) / sizeof(*kinds_of); i++)
		if (strcmp(a->name, kinds_of[i][0]) == 0 &&
		    strcmp(b->name, kinds_of[i][1]) == 0)
			return true;
	return false;
}

static int rivals(const struct seed *s)
{
	int n = 0;

	for (size_t i = 0; dissectors[i]; i++) {
		const struct dissector *x = dissectors[i];

		if (x == s->x || x->proto != s->x->proto ||
		    is_kind_of(s->x, x) || claims(x, s->steps, s->n) != YES)
			continue;
		printf("# %s claims %s\n", x->name, s->name);
		n++;
	}
	return n;
}

/* The exchange again and again, within one flow. */
static void again(struct run *r, const struct seed *s, int times, size_t piece)
{
	static struct step many[STEPS_MAX * TIMES * 4];
	size_t n = s->n * (size_t)times;

	for (size_t i = 0; i < n; i++)
		many[i] = s->steps[i % s->n];
	play(r, s->x, many, n, piece);
}

static bool grows(const struct seed *s)
{
	static struct run r[3];

	for (int i = 0, times = TIMES; i < 3; i++, times *= 2)
		again(&r[i], s, times, 0);
	return 10 * r[1].shown <= 23 * r[0].shown &&
	    10 * r[2].shown <= 23 * r[1].shown;
}

/* As it came, and for a stream in small pieces as well. */
static void count_work(const struct seed *s)
{
	static struct run r;
	char what[512];

	for (size_t piece = 0; piece <= 100; piece += 100)
		for (int times = TIMES; times <= 4 * TIMES; times *= 2) {
			if (piece && s->x->proto == IPPROTO_UDP)
				return;
			again(&r, s, times, piece);
			snprintf(what, sizeof(what), "%s\t%zu\t%d", s->name,
			    piece, times);
			CALLGRIND_DUMP_STATS_AT(what);
		}
}

/* Names as in list.h, of the dissectors in the same order. */
static const char *const files[] = {
#define DISSECTOR(name) #name,
#include "list.h"
#undef DISSECTOR
};

static void listed(const char *path)
{
	static char page[1 << 16];
	FILE *f = fopen(path, "r");
	char line[64];

	if (f == NULL)
		err(1, "%s", path);
	page[fread(page, 1, sizeof(page) - 1, f)] = '\0';
	fclose(f);
	for (size_t i = 0; dissectors[i]; i++) {
		snprintf(line, sizeof(line), "\n| `%s` |", files[i]);
		ok(strstr(page, line) != NULL, "%s: a line in the list of "
		    "protocols", files[i]);
	}
}

static size_t untreated(const size_t *seen)
{
	size_t n = 0;

	for (size_t i = 0; dissectors[i]; i++)
		if (seen[i] == 0) {
			printf("# nothing is treated for %s\n", files[i]);
			n++;
		}
	return n;
}

int main(int argc, char **argv)
{
	static struct seed s;
	size_t seen[256] = { 0 }, seeds = 0;
	struct dirent *e;
	DIR *dir = argc == 2 || argc == 3 ? opendir(argv[1]) : NULL;

	if (dir == NULL)
		errx(1, "usage: test_every FOLDER [LIST]");
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		if (!seed_read(&s, argv[1], e->d_name)) {
			ok(false, "%s: is read", e->d_name);
			continue;
		}
		seeds++;
		for (size_t i = 0; dissectors[i]; i++)
			seen[i] += dissectors[i] == s.x;
		if (argc == 2) {
			count_work(&s);
			continue;
		}
		ok(rivals(&s) == 0, "%s: one claims it", s.name);
		ok(grows(&s), "%s: twice the input, twice the work", s.name);
	}
	closedir(dir);
	if (argc == 3)
		listed(argv[2]);
	ok(untreated(seen) == 0, "each of %zu dissectors is treated (%zu "
	    "exchanges)", dissector_count(), seeds);
	return tap_done();
}
