/*
 * core_letters.c - alerts and health records into the spool.
 *
 * Queued letters are committed every 50 ms, or when 100 have come together.
 * When the disk refuses them they go to the sender through shared memory, so
 * a full disk does not silence the sensor; only kill -9 can lose those.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "service/core_parts.h"
#include "service/kept.h"

enum { COMMIT_US = 50000, COMMIT_LETTERS = 100 };

static void wake_sender(const struct core *c)
{
	/* A full pipe means that it has been told already. */
	if (write(c->live->wake[1], "", 1) == -1)
		return;
}

static struct record_head head_of(const struct core *c)
{
	return (struct record_head){ c->live->config->sensor,
	    spool_next(c->spool), c->live->config->hash };
}

static void put(struct core *c, enum spool_rank rank, struct text *line)
{
	if (!spool_put(c->spool, rank, slice_of(line->p, line->n)))
		return;			/* counted by the spool */
	c->board->records++;
	if (spool_pending(c->spool) >= COMMIT_LETTERS)
		letters_flush(c);
	else if (c->commit_us == 0)
		c->commit_us = monotonic_us() + COMMIT_US;
}

static void print(struct core *c, void (*write_record)(struct text *t,
    const struct record_head *h, const void *what), const void *what)
{
	struct text line = text_in(c->line, sizeof(c->line));

	if (!c->live->setup->json)
		return;
	c->head.seq++;
	write_record(&line, &c->head, what);
	puts(line.p);
}

static void write_alert(struct text *t, const struct record_head *h,
    const void *what)
{
	record_alert(t, h, what);
}

static void write_health(struct text *t, const struct record_head *h,
    const void *what)
{
	record_health(t, h, what);
}

void letters_alert(struct core *c, const struct alert *a)
{
	struct record_head head = head_of(c);
	struct text line = text_in(c->line, sizeof(c->line));

	identities_alert(c->identities, c->analysis, a);
	record_alert(&line, &head, a);
	recent_alert(&c->recent, line.p);
	put(c, a->risk == RISK_HIGH ? SPOOL_HIGH : a->risk == RISK_MEDIUM ?
	    SPOOL_MEDIUM : SPOOL_LOW, &line);
	print(c, write_alert, a);
}

void letters_withheld(struct core *c, const struct alert *a)
{
	struct record_head head = head_of(c);
	struct text line = text_in(c->line, sizeof(c->line));

	record_alert(&line, &head, a);
	recent_alert(&c->recent, line.p);
	/* the log is not the place for people */
	log_info("not sent (%s): %s, %s risk, score %d, alert %s",
	    withheld_name(a->withheld), a->kind, risk_name(a->risk),
	    a->score, a->id);
	print(c, write_alert, a);
}

void letters_health(struct core *c, struct health *h)
{
	struct record_head head = head_of(c);
	struct text line = text_in(c->line, sizeof(c->line));

	h->at_us = real_us();
	record_health(&line, &head, h);
	put(c, SPOOL_HEALTH, &line);
	print(c, write_health, h);
}

static bool to_sender(const void *frame, size_t n, void *arg)
{
	struct core *c = arg;
	struct spilled s = { .n = n };

	if (n > sizeof(s.frame)) {
		c->board->unspilled++;
		return true;
	}
	memcpy(s.frame, frame, n);
	if (!ring_put(c->live->spill, &s))
		return false;		/* stays queued for the disk */
	c->board->spilled++;
	return true;
}

void letters_flush(struct core *c)
{
	bool was_full = spool_counts(c->spool)->full;

	c->commit_us = 0;
	if (spool_pending(c->spool) == 0)
		return;
	if (!spool_commit(c->spool)) {
		if (!was_full)
			log_warn("spool %s: alerts go out unspooled",
			    live_spool(c->live));
		spool_spill(c->spool, to_sender, c);
	} else if (was_full)
		log_warnx("spool %s: written again", live_spool(c->live));
	if (spool_pending(c->spool) > 0)
		c->commit_us = monotonic_us() + COMMIT_US * 4;
	wake_sender(c);
}

static void tell_dropped(struct core *c, const struct spool_counts *before)
{
	const struct spool_counts *now = spool_counts(c->spool);
	struct health h = { .kind = "spool-dropped", .severity = "critical",
	    .has_value = true };
	uint64_t n[SPOOL_RANKS];

	for (int i = 0; i < SPOOL_RANKS; i++) {
		n[i] = now->dropped[i] - before->dropped[i];
		h.value += (double)n[i];
	}
	snprintf(h.message, sizeof(h.message), "The spool is full: dropped "
	    "%llu health records and %llu low, %llu medium, %llu high-risk "
	    "alerts that not every collector has.",
	    (unsigned long long)n[SPOOL_HEALTH],
	    (unsigned long long)n[SPOOL_LOW],
	    (unsigned long long)n[SPOOL_MEDIUM],
	    (unsigned long long)n[SPOOL_HIGH]);
	letters_health(c, &h);
}

void letters_sweep(struct core *c)
{
	struct spool_counts before = *spool_counts(c->spool);
	struct collector_names collectors;

	live_collectors(c->live, &collectors);
	if (spool_sweep(c->spool, collectors.names))
		tell_dropped(c, &before);
	c->board->spool = *spool_counts(c->spool);
}
