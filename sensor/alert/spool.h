/*
 * spool.h - alerts on disk until every collector has them.
 *
 * A directory of append-only segments, each named by the number of its first
 * letter.  A letter is framed with length, sequence number, risk, chain and
 * CRC.  One process writes (the core), one reads (the sender); they share
 * nothing but the files.  What spool_commit() returned true for survives
 * kill -9 and a power cut; a torn tail is cut off at the next start.
 *
 * The spool is bounded: whole segments that every collector has are removed;
 * when that is not enough, the oldest letters of the least risk go first,
 * and the caller is told how many.
 */
#ifndef ALERT_SPOOL_H
#define ALERT_SPOOL_H

#include "alert/deliver.h"

/* What may be dropped first: health, then alerts by risk. */
enum spool_rank { SPOOL_HEALTH, SPOOL_LOW, SPOOL_MEDIUM, SPOOL_HIGH,
	SPOOL_RANKS };

enum { SPOOL_RECORD = 65536 };		/* longest record */

struct spool_setup {
	const char *dir;
	int64_t max_bytes;		/* of all segments */
	int64_t segment_bytes;		/* of one, about */
};

struct spool_counts {
	uint64_t first, last;		/* numbers of the letters kept */
	uint64_t bytes, segments;
	uint64_t written, commits;
	uint64_t dropped[SPOOL_RANKS];
	uint64_t cut;			/* bytes of torn frames cut at start */
	uint64_t failures;		/* commits the disk refused */
	bool full;			/* the last commit was refused */
};

struct spool;

/* Makes the directory; NULL with the reason in `why` (OUTPUT_WHY bytes).
 * A second writer is refused; a killed one leaves nothing in the way. */
struct spool *spool_open(const struct spool_setup *s, char *why);
void spool_close(struct spool *s);

/* The number the next record must carry. */
uint64_t spool_next(const struct spool *s);
/* Queue a record in memory; false when neither disk nor queue has room. */
__attribute__((warn_unused_result))
bool spool_put(struct spool *s, enum spool_rank rank, struct slice record);
/* Letters queued and not yet committed. */
size_t spool_pending(const struct spool *s);
/* Write and sync what is queued; false: refused, it stays queued. */
bool spool_commit(struct spool *s);
/* Hand out the queue, oldest first, for another way to the sender while the
 * disk refuses; `take` returns false to stop.  They leave the queue. */
void spool_spill(struct spool *s, bool (*take)(const void *frame, size_t n,
    void *arg), void *arg);

/* Remove what all of `names` (ends with NULL) have, and enforce the bound;
 * true when something that somebody did not have was dropped. */
bool spool_sweep(struct spool *s, const char *const *names);
/* Forget letters from before then, delivered or not; how many.  The newest
 * stays: it holds number and chain. */
uint64_t spool_expire(struct spool *s, int64_t before_us);

/*
 * Letters that `gone` says so of are taken out of the files, once all of
 * `names` have them.  False: the disk refused; what is left is as it was.
 */
struct spool_erased {
	uint64_t erased;
	uint64_t waiting;		/* not everybody has them yet */
};
__attribute__((warn_unused_result))
bool spool_erase(struct spool *s, const char *const *names,
    bool (*gone)(struct slice record, void *arg), void *arg,
    struct spool_erased *n);
const struct spool_counts *spool_counts(const struct spool *s);

/* Reading, in another process.  Letters come in order from any number on. */
struct spool_reader;

struct spool_reader *spool_reader_new(const char *dir);
void spool_reader_free(struct spool_reader *r);
bool spool_read(struct spool_reader *r, uint64_t seq, struct letter *l);

/* Where a collector stands: DIR/NAME.cursor, replaced in one step. */
uint64_t cursor_load(const char *dir, const char *name);
/* How far all of them have come; names end with NULL. */
uint64_t cursor_least(const char *dir, const char *const *names);
bool cursor_store(const char *dir, const char *name, uint64_t seq);

#endif
