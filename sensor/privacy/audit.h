/*
 * audit.h - who asked for a name, or for erasure, when and why: a chain of
 * lines.
 *
 * Each line carries SHA-256 over the line before and its own members, so a
 * line that was changed, taken out or put in breaks the chain from there on.
 * Taking lines off the end is noticed by who has the same lines from syslog:
 * a line goes there first, and where that fails it is not written, and what
 * it speaks of must not be done.
 */
#ifndef PRIVACY_AUDIT_H
#define PRIVACY_AUDIT_H

#include <stdio.h>

#include "base/text.h"

enum { AUDIT_HASH = 65, AUDIT_LINE = 4096, AUDIT_WHY = 512 };

struct audit_entry {
	const char *what;		/* "asked", "revealed", "refused" */
	const char *pseudonym;		/* NULL: it speaks of nobody */
	const char *reason, *by;
	const char *officers[2];	/* NULL: none were needed */
	int64_t at_us;
};

/* The last line's hash, "" for none.  False: the chain is broken, or the
 * file cannot be read; *lines tells how far it is good. */
__attribute__((warn_unused_result))
bool audit_verify(FILE *f, char last[AUDIT_HASH], size_t *lines);

/*
 * `send` takes the line to syslog before it is appended to the file at path;
 * the reason of a failure is in why[AUDIT_WHY].
 */
__attribute__((warn_unused_result))
bool audit_add(const char *path, const struct audit_entry *e,
    bool (*send)(const char *line, void *arg, char *why), void *arg,
    char *why);

#endif
