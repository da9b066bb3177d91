/*
 * cmd_verify.c - `weir verify FILE`: is what arrived complete and unchanged?
 *
 * Reads a collector's log, sorts each sensor's lines by sequence number and
 * follows the hash chain.  Duplicates are expected (at least once); gaps are
 * lines that were filtered, dropped by the spool's bound, or lost.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "command/command.h"
#include "command/verify_line.h"

extern const struct command command_verify;

static const struct command_word words[] = {
	{ 'g', "-g, --gaps", "gaps are expected: this collector gets only some" },
	{ .word = NULL }
};

enum { SENSOR = 64 };

struct entry {
	char sensor[SENSOR];
	uint64_t seq;
	size_t at, n;			/* of the line in the file */
};

struct file {
	char *bytes;
	size_t n, room;
	struct entry *entries;
	size_t entries_n, entries_room;
	uint64_t foreign;		/* lines of others */
};

struct verdict {
	uint64_t lines, missing, gaps, twice, broken;
};

static bool read_all(struct file *f, FILE *in)
{
	for (;;) {
		size_t got;

		if (f->n == f->room) {
			size_t room = f->room == 0 ? 1 << 20 : f->room * 2;
			char *more = realloc(f->bytes, room);

			if (more == NULL)
				return false;
			f->bytes = more;
			f->room = room;
		}
		got = fread(f->bytes + f->n, 1, f->room - f->n, in);
		if (got == 0)
			return !ferror(in);
		f->n += got;
	}
}

static bool add(struct file *f, const struct verify_line *v,
    struct slice line)
{
	struct entry *e;

	if (f->entries_n == f->entries_room) {
		size_t room = f->entries_room == 0 ? 1024 :
		    f->entries_room * 2;
		struct entry *more = realloc(f->entries, room * sizeof(*more));

		if (more == NULL)
			return false;
		f->entries = more;
		f->entries_room = room;
	}
	e = &f->entries[f->entries_n++];
	*e = (struct entry){ .seq = v->seq, .n = line.n,
	    .at = (size_t)((const char *)line.p - f->bytes) };
	snprintf(e->sensor, SENSOR, "%.*s", (int)v->sensor.n,
	    (const char *)v->sensor.p);
	return true;
}

static bool collect(struct file *f, struct verify_line *v)
{
	struct slice in = slice_of(f->bytes, f->n);

	while (slice_more(in)) {
		struct slice rest = in;
		struct slice line = slice_until(&rest, '\n');

		if (slice_short(rest)) {
			line = in;
			rest = slice_of("", 0);
		}
		if (!verify_read(v, line))
			f->foreign += line.n > 0;
		else if (!add(f, v, line))
			return false;
		in = rest;
	}
	return true;
}

static int by_sensor_and_number(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->sensor, y->sensor);

	if (order != 0)
		return order;
	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void gap(struct verdict *to, const struct entry *before,
    const struct entry *e)
{
	uint64_t n = e->seq - before->seq - 1;

	to->gaps++;
	to->missing += n;
	printf("%s: missing %" PRIu64 " to %" PRIu64 "\n", e->sensor,
	    before->seq + 1, e->seq - 1);
}

/* One line after another of the same sensor. */
static void follow(struct file *f, struct verify_line *v,
    const struct entry *before, const struct entry *e, char *chain,
    struct verdict *to)
{
	char computed[CHAIN];

	if (!verify_read(v, slice_of(f->bytes + e->at, e->n)))
		return;
	to->lines++;
	if (before != NULL && before->seq == e->seq) {
		to->twice++;
		return;
	}
	memcpy(computed, chain, CHAIN);
	chain_next(computed, &v->link);
	memcpy(chain, v->chain, CHAIN);
	if (before == NULL && e->seq != 1)
		return;			/* what it follows on is not here */
	if (before != NULL && before->seq + 1 != e->seq) {
		gap(to, before, e);
		return;
	}
	if (strcmp(computed, v->chain) == 0)
		return;
	to->broken++;
	printf("%s: number %" PRIu64 " is not what was sent, or follows on "
	    "another line\n", e->sensor, e->seq);
}

static struct verdict judge(struct file *f, struct verify_line *v)
{
	struct verdict all = { .lines = 0 };
	const struct entry *before = NULL;
	char chain[CHAIN] = "";

	if (f->entries_n > 0)
		qsort(f->entries, f->entries_n, sizeof(*f->entries),
		    by_sensor_and_number);
	for (size_t i = 0; i < f->entries_n; i++) {
		const struct entry *e = &f->entries[i];

		if (before != NULL && strcmp(before->sensor, e->sensor) != 0)
			before = NULL;
		if (before == NULL)
			memset(chain, 0, CHAIN);
		follow(f, v, before, e, chain, &all);
		before = e;
	}
	return all;
}

static int report(const char *path, const struct file *f,
    const struct verdict *v, bool gaps_ok)
{
	printf("%" PRIu64 " lines, %" PRIu64 " twice, %" PRIu64
	    " missing in %" PRIu64 " gaps, %" PRIu64 " broken links; %" PRIu64
	    " lines of others\n", v->lines, v->twice, v->missing, v->gaps,
	    v->broken, f->foreign);
	if (v->lines == 0) {
		log_warnx("%s: no line of a sensor is in it", path);
		return EXIT_DAMAGED;
	}
	return v->broken > 0 || (v->gaps > 0 && !gaps_ok) ? EXIT_DAMAGED :
	    EXIT_FINE;
}

static int verify(const char *path, bool gaps_ok)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	struct file f = { .bytes = NULL };
	struct verify_line *v = malloc(sizeof(*v));
	struct verdict verdict;
	int code = EXIT_RUNTIME;

	if (in == NULL || v == NULL || !read_all(&f, in) || !collect(&f, v))
		log_warn("%s", path);
	else {
		verdict = judge(&f, v);
		code = report(path, &f, &verdict, gaps_ok);
	}
	if (in != NULL && in != stdin)
		fclose(in);
	free(f.entries);
	free(f.bytes);
	free(v);
	return code;
}

static int run(int argc, char **argv)
{
	bool gaps_ok = false;
	int option;

	optind = 1;
	while ((option = command_next(words, argc, argv)) != -1) {
		if (option != 'g')
			return command_usage(&command_verify);
		gaps_ok = true;
	}
	if (optind + 1 != argc)
		return command_usage(&command_verify);
	return verify(argv[optind], gaps_ok);
}

const struct command command_verify = {
	.name = "verify",
	.usage = "[-g] FILE",
	.summary = "is a collector's log complete and unchanged?",
	.words = words,
	.run = run,
};
