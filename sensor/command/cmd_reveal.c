/*
 * weir reveal: who is behind a pseudonym, when two people agree to ask.
 *
 * Runs where the officers keep their keys, with a copy of the sensor's
 * sealed.jsonl; the sensor itself cannot do it.  The request goes to syslog
 * and into the audit file before anything is opened, and the outcome before
 * anything is shown: where that fails nothing is.
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json_read.h"
#include "command/command.h"
#include "command/syslog_line.h"
#include "privacy/audit.h"
#include "privacy/escrow.h"

extern const struct command command_reveal;

enum { PATH = 1100, LEAST_REASON = 8 };

struct reveal {
	const char *sealed, *reason, *audit, *syslog, *pseudonym;
	const char *paths[2];
	int paths_n;
	bool verify;
	char beside[PATH];
	struct officer_key *keys[2];
	char *line;			/* of the sealed file */
};

static const struct command_word words[] = {
	{ 'f', "-f, --file SEALED", "a copy of the sensor's sealed.jsonl" },
	{ 'k', "-k, --key FILE", "an officer's private key; two are needed" },
	{ 'r', "-r, --reason TEXT", "why; goes to syslog before all else" },
	{ 'l', "-l, --syslog SOCKET", "instead of /dev/log" },
	{ 'a', "-a, --audit FILE", "the audit file; beside SEALED" },
	{ 'v', "-v, --verify", "is the audit file whole and unchanged?" },
	{ .word = NULL }
};

static bool fail(const char *what, const char *why)
{
	fprintf(stderr, "weir: %s: %s\n", what, why);
	return false;
}

static bool is_line_of(struct slice line, const char *pseudonym)
{
	char text[64];
	struct text t = text_in(text, sizeof(text));
	struct json_value v;
	struct slice key;

	if (!json_enter(&line) || !json_member(&line, &key, &v) ||
	    !json_is(key, "pseudonym"))
		return false;
	json_unescape(&t, v.raw);
	return strcmp(text, pseudonym) == 0;
}

/* The newest line about it. */
static bool find_line(struct reveal *r)
{
	FILE *f = fopen(r->sealed, "re");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	if (f == NULL)
		return fail(r->sealed, strerror(errno));
	while ((n = getline(&line, &room, f)) > 0)
		if (is_line_of(slice_of(line, (size_t)n), r->pseudonym)) {
			free(r->line);
			r->line = strdup(line);
		}
	free(line);
	fclose(f);
	return r->line != NULL || fail(r->pseudonym, "never stood in an "
	    "alert of that sensor, or is forgotten already");
}

static bool load_keys(struct reveal *r)
{
	char why[ESCROW_WHY];

	for (int i = 0; i < 2; i++) {
		r->keys[i] = officer_key_load(r->paths[i], why);
		if (r->keys[i] == NULL)
			return fail("key", why);
	}
	return strcmp(officer_key_id(r->keys[0]),
	    officer_key_id(r->keys[1])) != 0 ||
	    fail("keys", "both are one officer's: it takes two people");
}

static bool send_line(const char *line, void *arg, char *why)
{
	return syslog_line(arg, line, why, AUDIT_WHY);
}

static bool write_down(const struct reveal *r, const char *what)
{
	const struct passwd *p = getpwuid(getuid());
	char why[AUDIT_WHY] = "", by[64];
	struct timespec now;
	struct audit_entry e = { .what = what, .pseudonym = r->pseudonym,
		.reason = r->reason, .by = by,
		.officers = { officer_key_id(r->keys[0]),
		    officer_key_id(r->keys[1]) } };

	clock_gettime(CLOCK_REALTIME, &now);
	e.at_us = now.tv_sec * 1000000LL + now.tv_nsec / 1000;
	snprintf(by, sizeof(by), "%.40s (%u)", p != NULL ? p->pw_name : "?",
	    (unsigned int)getuid());
	return audit_add(r->audit, &e, send_line,
	    (void *)(uintptr_t)r->syslog, why) || fail("audit", why);
}

static bool reveal(struct reveal *r)
{
	char plain[ESCROW_PLAIN + 1], why[ESCROW_WHY];
	struct text t = text_in(plain, sizeof(plain));

	if (!load_keys(r) || !find_line(r) || !write_down(r, "asked"))
		return false;
	if (!escrow_open(slice_str(r->line), r->pseudonym,
	    r->keys, &t, why)) {
		(void)write_down(r, "refused");
		return fail(r->pseudonym, why);
	}
	if (!write_down(r, "revealed"))
		return false;
	printf("%s is %s\n", r->pseudonym, plain);
	explicit_bzero(plain, sizeof(plain));
	return true;
}

static int verify(const char *path)
{
	FILE *f = fopen(path, "re");
	char last[AUDIT_HASH];
	size_t lines;
	bool good;

	if (f == NULL) {
		fail(path, strerror(errno));
		return EXIT_RUNTIME;
	}
	good = audit_verify(f, last, &lines);
	fclose(f);
	if (good)
		printf("%s: %zu lines, unbroken; the last is %.16s\n", path,
		    lines, lines > 0 ? last : "-");
	else
		printf("%s: broken after line %zu\n", path, lines);
	return good ? EXIT_FINE : EXIT_DAMAGED;
}

/* Beside what was opened, unless told otherwise. */
static void name_audit(struct reveal *r)
{
	const char *slash = strrchr(r->sealed, '/');
	int n = slash == NULL ? 0 : (int)(slash - r->sealed) + 1;

	if (r->audit != NULL)
		return;
	snprintf(r->beside, sizeof(r->beside), "%.*sreveal-audit.jsonl",
	    n > 1000 ? 0 : n, r->sealed);
	r->audit = r->beside;
}

static bool parse(struct reveal *r, int argc, char **argv)
{
	int c;

	r->syslog = "/dev/log";
	optind = 1;
	while ((c = command_next(words, argc, argv)) != -1)
		if (c == 'a')
			r->audit = optarg;
		else if (c == 'f')
			r->sealed = optarg;
		else if (c == 'k' && r->paths_n < 2)
			r->paths[r->paths_n++] = optarg;
		else if (c == 'l')
			r->syslog = optarg;
		else if (c == 'r')
			r->reason = optarg;
		else if (c == 'v')
			r->verify = true;
		else
			return false;
	if (r->verify)
		return r->audit != NULL && optind == argc;
	if (r->sealed == NULL || r->reason == NULL || optind + 1 != argc)
		return false;
	r->pseudonym = argv[optind];
	return true;
}

static int run(int argc, char **argv)
{
	struct reveal r = { .sealed = NULL };
	bool good;

	if (!parse(&r, argc, argv))
		return command_usage(&command_reveal);
	if (r.verify)
		return verify(r.audit);
	if (r.paths_n < 2 || strlen(r.reason) < LEAST_REASON) {
		fail("reveal", r.paths_n < 2 ? "two keys are needed, of two "
		    "people" : "say the reason in words");
		return EXIT_USAGE;
	}
	name_audit(&r);
	good = reveal(&r);
	officer_key_free(r.keys[0]);
	officer_key_free(r.keys[1]);
	free(r.line);
	return good ? EXIT_FINE : EXIT_RUNTIME;
}

const struct command command_reveal = {
	.name = "reveal",
	.usage = "-f SEALED -k KEY -k KEY -r REASON [-l SYSLOG] [-a AUDIT] "
	    "PSEUDONYM\n       weir reveal -a AUDIT -v",
	.summary = "who is behind a pseudonym: two keys, a reason, a trace",
	.words = words,
	.run = run,
};
