/*
 * identities.c - see identities.h.
 *
 * The file is bounded by retention and by the number of pseudonyms that ever
 * stood in an alert: whenever it is written anew, the newest line of each
 * stays.  What could not be written is tried again with the next
 * alert about the same user.
 */
#include "service/identities.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/json_read.h"
#include "base/log.h"
#include "base/rfc3339.h"
#include "base/table.h"
#include "privacy/escrow.h"
#include "privacy/pseudonym.h"

enum { SEALED_MAX = 65536, PATH = 1100 };

/* Who stands in alerts for long stays sealed as long as the last is kept. */
static const int64_t again_us = 86400 * INT64_C(1000000);

struct sealed_key {
	char pseudonym[PSEUDONYM_TEXT];
};

struct identities {
	struct officers *officers;	/* NULL: nothing is sealed */
	struct table sealed;		/* pseudonym -> when, newest (us) */
	char path[PATH];
	bool failing;
};

static struct sealed_key key_of(const char *pseudonym)
{
	struct sealed_key k = { "" };

	snprintf(k.pseudonym, sizeof(k.pseudonym), "%s", pseudonym);
	return k;
}

/* A text member of a line that this file wrote. */
static bool member(struct slice line, const char *name, char *into,
    size_t size)
{
	struct text t = text_in(into, size);
	struct json_value v;

	if (!json_find(line, name, &v) || v.kind != JSON_TEXT)
		return false;
	json_unescape(&t, v.raw);
	return !t.cut;
}

static void remember(struct identities *i, const char *pseudonym,
    int64_t at_us)
{
	struct sealed_key k = key_of(pseudonym);
	bool fresh;
	int64_t *newest = table_make(&i->sealed, &k, &fresh);

	if (newest != NULL && at_us > *newest)
		*newest = at_us;
}

static bool is_newest(const struct identities *i, const char *pseudonym,
    int64_t at_us)
{
	struct sealed_key k = key_of(pseudonym);
	const int64_t *newest = table_peek(&i->sealed, &k);

	return newest != NULL && *newest == at_us;
}

static void forget_all(struct identities *i)
{
	const void *at;

	while ((at = table_oldest(&i->sealed)) != NULL)
		table_remove(&i->sealed, table_key(&i->sealed, at));
}

struct choice {				/* which lines stay */
	int64_t since_us;
	bool (*gone)(const char *pseudonym, void *arg);	/* NULL: none */
	void *arg;
	uint64_t left_out;
};

static bool stays(const struct choice *c, const char *pseudonym,
    int64_t at_us)
{
	return at_us >= c->since_us &&
	    (c->gone == NULL || !c->gone(pseudonym, c->arg));
}

static bool read_line(struct slice line, char pseudonym[PSEUDONYM_TEXT],
    int64_t *at_us)
{
	char time[40];

	if (!member(line, "pseudonym", pseudonym, PSEUDONYM_TEXT) ||
	    !member(line, "time", time, sizeof(time)))
		return false;
	*at_us = rfc3339_read(slice_str(time));
	return *at_us != -1;
}

/* Every whole line that stays is remembered; with `to`, the newest about
 * each pseudonym are copied there. */
static void read_lines(struct identities *i, FILE *from, FILE *to,
    struct choice *c)
{
	char *line = NULL, pseudonym[PSEUDONYM_TEXT];
	size_t room = 0;
	int64_t at_us;
	ssize_t n;

	rewind(from);
	while ((n = getline(&line, &room, from)) > 0) {
		if (line[n - 1] != '\n' || !read_line(slice_of(line,
		    (size_t)n), pseudonym, &at_us))
			continue;
		if (!stays(c, pseudonym, at_us))
			c->left_out += to == NULL;
		else if (to == NULL)
			remember(i, pseudonym, at_us);
		else if (is_newest(i, pseudonym, at_us))
			fputs(line, to);
	}
	free(line);
}

struct identities *identities_open(const char *spool)
{
	struct identities *i = calloc(1, sizeof(*i));
	FILE *f;

	if (i == NULL || !table_init(&i->sealed, sizeof(struct sealed_key),
	    sizeof(int64_t),
	    SEALED_MAX)) {
		free(i);
		return NULL;
	}
	snprintf(i->path, sizeof(i->path), "%s/sealed.jsonl", spool);
	f = fopen(i->path, "re");
	if (f != NULL) {
		read_lines(i, f, NULL, &(struct choice){ 0 });
		fclose(f);
	}
	return i;
}

void identities_officers(struct identities *i, const char *dir)
{
	char why[ESCROW_WHY];

	officers_free(i->officers);
	i->officers = dir == NULL ? NULL : officers_load(dir, why);
	if (i->officers == NULL && dir != NULL)
		log_warnx("%s; nobody can be revealed", why);
}

void identities_free(struct identities *i)
{
	if (i == NULL)
		return;
	officers_free(i->officers);
	table_free(&i->sealed);
	free(i);
}

static bool write_line(const struct identities *i, struct text *line)
{
	int fd = open(i->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
	    0600);
	bool good;

	if (fd == -1)
		return false;
	text_add(line, "\n");
	good = write(fd, line->p, line->n) == (ssize_t)line->n &&
	    fdatasync(fd) == 0;
	return close(fd) == 0 && good;
}

static void seal(struct identities *i, const char *pseudonym,
    const char *plain, int64_t at_us)
{
	struct sealed_key k = key_of(pseudonym);
	struct slice said = slice_head(slice_str(plain), ESCROW_PLAIN - 1);
	char buffer[ESCROW_LINE];
	struct text line = text_in(buffer, sizeof(buffer) - 1);
	const int64_t *newest;
	bool good;

	newest = table_find(&i->sealed, &k);
	if (newest != NULL && at_us < *newest + again_us)
		return;
	good = escrow_seal(i->officers, pseudonym, said, at_us,
	    &line) && write_line(i, &line);
	if (good)
		remember(i, pseudonym, at_us);
	else if (!i->failing)
		log_warn("%s: an identity cannot be sealed", i->path);
	i->failing = !good;
}

static void seal_known(struct identities *i, const struct analysis *a,
    const char *pseudonym, int64_t at_us)
{
	const char *plain = pseudonym[0] == '\0' ? NULL :
	    analysis_plain(a, pseudonym);

	if (plain != NULL)
		seal(i, pseudonym, plain, at_us);
}

void identities_alert(struct identities *i, const struct analysis *a,
    const struct alert *alert)
{
	if (i->officers == NULL)
		return;
	seal_known(i, a, alert->user, alert->at_us);
	seal_known(i, a, alert->client, alert->at_us);
	for (unsigned int n = 0; n < alert->evidence_n; n++)
		if (alert->evidence[n].is_text)
			seal_known(i, a, alert->evidence[n].text,
			    alert->at_us);
}

/* Written anew beside the old one, then in its place in one step. */
static bool rewrite(struct identities *i, struct choice *c)
{
	char fresh[PATH + 8];
	FILE *from = fopen(i->path, "re"), *to;
	bool good = false;

	if (from == NULL)
		return errno == ENOENT;
	snprintf(fresh, sizeof(fresh), "%s.new", i->path);
	to = fopen(fresh, "we");
	if (to != NULL) {
		forget_all(i);
		fchmod(fileno(to), 0600);
		read_lines(i, from, NULL, c);
		read_lines(i, from, to, c);
		good = fflush(to) == 0 && fsync(fileno(to)) == 0;
		good = fclose(to) == 0 && good && rename(fresh, i->path) == 0;
	}
	if (!good)
		log_warn("%s: identities are not forgotten", i->path);
	fclose(from);
	return good;
}

uint64_t identities_expire(struct identities *i, int64_t before_us)
{
	struct choice c = { .since_us = before_us };

	return rewrite(i, &c) ? c.left_out : 0;
}

bool identities_forget(struct identities *i, bool (*gone)(
    const char *pseudonym, void *arg), void *arg, uint64_t *n)
{
	struct choice c = { .gone = gone, .arg = arg };
	bool good = rewrite(i, &c);

	*n = c.left_out;
	return good;
}
