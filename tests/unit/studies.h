/*
 * studies.h - flows played into studies by hand, and what is told of them.
 */
#ifndef TESTS_UNIT_STUDIES_H
#define TESTS_UNIT_STUDIES_H

#include "flow/study.h"

#include "hello.h"
#include "packets.h"
#include "tap.h"

static char facts[4096];
static int overs;

static inline void on_fact(struct flow *f, const struct fact *fact, void *arg)
{
	size_t at = strlen(facts);

	(void)f;
	(void)arg;
	snprintf(facts + at, sizeof(facts) - at, "%d:%.*s\n", fact->kind,
	    (int)fact->text.n, (const char *)fact->text.p);
}

static inline void on_over(struct flow *f, void *arg)
{
	(void)f;
	(void)arg;
	overs++;
}

struct bench {
	struct classify *classify;
	struct studies *studies;
	struct flow_table *flows;
};

static inline void on_gone(struct flow *f, void *arg)
{
	struct bench *b = arg;

	study_end(b->studies, f);
}

static struct bench bench;

static inline void begin(uint32_t max)
{
	facts[0] = '\0';
	overs = 0;
	bench.studies = studies_new(&(struct study_setup){ .max = max,
	    .classify = bench.classify, .fact = on_fact, .over = on_over });
	bench.flows = flow_table_new(1000, on_gone, &bench);
}

static inline void end(void)
{
	flow_table_free(bench.flows);
	studies_free(bench.studies);
}

static inline struct flow *show(struct packet p)
{
	struct step st = see(bench.flows, p);

	if (study_wanted(&st, &p))
		study_packet(bench.studies, &st, &p);
	return st.flow;
}

static int64_t clock_us;

static inline struct flow *segment(enum dir d, uint32_t seq, uint32_t ack,
    const void *bytes, size_t n, size_t wire)
{
	struct packet p = tcp(d, clock_us += 10, TCP_ACK, seq, ack,
	    (uint32_t)wire);

	p.payload = guarded(bytes, n);
	return show(p);
}

static inline void handshake(void)
{
	show(tcp(UP, clock_us += 10, TCP_SYN, 0, 0, 0));
	show(tcp(DOWN, clock_us += 10, TCP_SYN | TCP_ACK, 999, 1, 0));
	show(tcp(UP, clock_us += 10, TCP_ACK, 1, 1000, 0));
}

static inline struct bytes hello(size_t padding, size_t record)
{
	struct bytes message = { .n = 0 }, records = { .n = 0 };

	put_hello(&message, (struct hello_want){ .sni = "chat.example",
	    .padding = padding });
	put_records(&records, &message, record);
	return records;
}

static const char host[] = "0:chat.example\n";

#endif
