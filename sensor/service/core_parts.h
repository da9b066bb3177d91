/*
 * core_parts.h - the inside of the core process, for its own files.
 */
#ifndef CORE_PARTS_H
#define CORE_PARTS_H

#include "alert/record.h"
#include "service/health.h"
#include "service/identities.h"
#include "service/intake.h"
#include "service/live_parts.h"
#include "service/loop.h"
#include "service/recent.h"

struct control;
struct metrics;

struct core {
	struct live *live;
	struct board_core *board;
	struct loop *loop;
	struct watcher *turn, *second, *commit;	/* timers */
	struct analysis *analysis;
	struct spool *spool;
	struct record_head head;	/* of --json */
	int64_t commit_us;		/* monotonic; 0: nothing queued */
	int64_t sweep_us, beat_us;	/* monotonic: when next */
	struct health_state health;
	struct recent recent;
	struct identities *identities;
	int64_t expired_us;		/* monotonic: when last */
	struct analysis_counts told;	/* of what had expired by then */
	struct control *control;	/* NULL: no socket */
	struct intake *intake;		/* NULL: no socket */
	struct metrics *metrics;
	char line[RECORD_MAX];
};

/* core_letters.c: records on their way to the collectors. */
void letters_alert(struct core *c, const struct alert *a);
/* Not sent: to the log, to `weir ctl alerts` and to --json. */
void letters_withheld(struct core *c, const struct alert *a);
void letters_health(struct core *c, struct health *h);
void letters_flush(struct core *c);	/* commit, or spill */
void letters_sweep(struct core *c);

/* core_beat.c: "alive", with counters, so that silence is an alarm. */
void core_beat(struct core *c, const char *kind, const char *what);

/* core_expire.c: forget what is too old, and tell how much. */
void core_expire(struct core *c);

#endif
