/*
 * erase.h - a person erased everywhere on this sensor, and a trail of that.
 *
 * The trail comes first: a hash-chained line (privacy/audit.h) that goes to
 * the collectors before it goes to its file, SPOOL/forget-audit.jsonl, and
 * before anything is erased; another tells what was.  It speaks of a
 * pseudonym alone.  What a collector has got already cannot be recalled:
 * whoever keeps it reads there what he has to erase.
 */
#ifndef ERASE_H
#define ERASE_H

#include "alert/spool.h"
#include "analysis/forget.h"
#include "service/identities.h"
#include "service/live_parts.h"
#include "service/recent.h"

enum { ERASE_LEAST_REASON = 8, ERASE_REASON = 256, ERASE_WHY = 512 };

struct erase {				/* where from; all borrowed */
	struct analysis *analysis;
	struct spool *spool;
	struct identities *identities;
	struct recent *recent;		/* NULL: no service runs */
	const struct live *live;
	/* A line of the trail, on its way to syslog; false: not taken. */
	bool (*tell)(const char *line, void *arg, char *why);
	void *arg;
};

struct erase_request {
	const char *name;		/* as alerts have it */
	const char *reason, *by;
	int64_t at_us;
};

struct erased {
	struct forgotten from;		/* the memory and the store */
	struct spool_erased letters;
	uint64_t sealed;
	bool known;			/* else the name alone was erased */
};

/* Is it more than a letter or two, and not too long? */
bool erase_reason_good(const char *reason);

/* False, and why[ERASE_WHY]: not all of it is done; ask again. */
__attribute__((warn_unused_result))
bool erase_person(const struct erase *e, const struct erase_request *r,
    struct erased *n, char *why);

/* A line of the trail as a letter to all collectors, safely on disk. */
__attribute__((warn_unused_result))
bool erase_letter(struct spool *s, const struct config *c, const char *line,
    int64_t at_us);

#endif
