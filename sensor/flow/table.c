/*
 * table.c - the table of flows.
 *
 * Lookup: index.c (keyed hash, whole keys compared).  Ends: wheel.c.  At the
 * bound the flow with the least time left goes first, so a scan evicts its
 * own one-packet flows before it touches a conversation.
 *
 * Timeouts, in packet time:
 *   30 s   TCP without payload or answer, one-shot UDP (a query and its
 *          answer), ICMP and the rest: scans and look-ups must not pile up
 *   5 min  TCP whose handshake was seen but no payload: a browser's spare
 *          connection, about the longest that servers keep one
 *   2 min  UDP conversations (RFC 4787 REQ-5), half-closed TCP
 *   1 h    TCP: chat and push clients send nothing for up to half an hour,
 *          and splitting such a flow would lose its name
 *   5 s    closed: late retransmissions still belong to it
 *
 * Whether a packet continues its flow depends on the times of that flow's
 * packets alone; so results do not depend on how often flow_expire() runs.
 * When the clock steps back, nothing ends early and nothing is lost.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/hash.h"
#include "flow/copies.h"
#include "flow/ends.h"
#include "flow/index.h"
#include "flow/tcp.h"
#include "flow/wheel.h"

enum {
	SCAN_S = 30, HANDSHAKE_S = 300, DATAGRAM_S = 120, HALF_CLOSED_S = 120,
	TCP_S = 3600, CLOSED_S = 5,
	FEW_PACKETS = 2,
	LEAST_MISSING = 1024, FLOWS_PER_MISSING = 32,
	EVICT_TRIES = 256,
	SOONER_OVER = FLOW_CLOSED | FLOW_FIN_UP | FLOW_FIN_DOWN
};

#define US_PER_S INT64_C(1000000)

struct flow_table {
	struct pool flows, missing;
	struct index index;
	uint64_t seed;
	void (*gone)(struct flow *f, void *arg);
	void *arg;
	struct flow_counts counts;
	struct wheel wheel;
	struct copies copies;
};

struct flow_table *flow_table_new(uint32_t max_flows,
    void (*gone)(struct flow *f, void *arg), void *arg)
{
	uint32_t most = (1u << INDEX_PLACE_BITS) - 1;
	struct flow_table *t = calloc(1, sizeof(*t));
	uint32_t missing;

	if (t == NULL)
		return NULL;
	if (max_flows > most)
		max_flows = most;
	missing = max_flows / FLOWS_PER_MISSING;
	if (missing < LEAST_MISSING)
		missing = LEAST_MISSING;
	if (!pool_init(&t->flows, sizeof(struct flow), max_flows) ||
	    !pool_init(&t->missing, tcp_missing_size(), missing) ||
	    !index_init(&t->index, max_flows)) {
		pool_free(&t->flows);
		pool_free(&t->missing);
		free(t);
		return NULL;
	}
	/* at a million flows the page tables would cost more than the table */
	madvise(t->flows.items, (size_t)max_flows * t->flows.size,
	    MADV_HUGEPAGE);
	t->seed = hash_seed();
	t->copies.seed = hash_seed();
	t->wheel.flows = &t->flows;
	t->gone = gone;
	t->arg = arg;
	return t;
}

const struct flow_counts *flow_table_counts(const struct flow_table *t)
{
	return &t->counts;
}

uint32_t flow_table_used(const struct flow_table *t)
{
	return t->flows.used;
}

static bool src_is_low(const struct packet *p)
{
	int order = memcmp(&p->src, &p->dst, sizeof(p->src));

	return order < 0 || (order == 0 && p->sport <= p->dport);
}

static struct flow_key key_of(const struct packet *p)
{
	if (src_is_low(p))
		return (struct flow_key){ .low = p->src, .high = p->dst,
		    .low_port = p->sport, .high_port = p->dport,
		    .proto = p->proto };
	return (struct flow_key){ .low = p->dst, .high = p->src,
	    .low_port = p->dport, .high_port = p->sport, .proto = p->proto };
}

static uint32_t hash_key(const struct flow_table *t, const struct flow_key *key)
{
	return (uint32_t)hash_of(key, sizeof(*key), t->seed);
}

uint32_t flow_hash(const struct flow_table *t, const struct packet *p)
{
	struct flow_key key = key_of(p);

	return hash_key(t, &key);
}

void flow_prefetch(const struct flow_table *t, uint32_t hash)
{
	__builtin_prefetch(index_line(&t->index, hash));
}

void flow_fetch(const struct flow_table *t, uint32_t hash)
{
	const struct index_line *line = index_line(&t->index, hash);

	for (int i = 0; i < INDEX_SLOTS; i++) {
		const char *f;

		if (!index_fits(line->slot[i], hash))
			continue;
		f = pool_at(&t->flows, index_place(line->slot[i]));
		__builtin_prefetch(f, 1);
		__builtin_prefetch(f + 64, 1);
		__builtin_prefetch(f + sizeof(struct flow) - 1, 1);
		return;
	}
}

static bool key_same(const struct flow_key *a, const struct flow_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static struct flow *find(const struct flow_table *t, uint32_t hash,
    const struct flow_key *key)
{
	uint32_t at = hash;

	for (;;) {
		const struct index_line *line = index_line(&t->index, at);

		for (int i = 0; i < INDEX_SLOTS; i++) {
			struct flow *f;

			if (!index_fits(line->slot[i], hash))
				continue;
			f = pool_at(&t->flows, index_place(line->slot[i]));
			if (key_same(&f->key, key))
				return f;
		}
		if (line->overflowed == 0)
			return NULL;
		at++;
	}
}

static int64_t tcp_timeout_s(const struct flow *f)
{
	const struct flow_half *h = f->half;

	if (f->flags & FLOW_CLOSED)
		return CLOSED_S;
	if (f->flags & (FLOW_FIN_UP | FLOW_FIN_DOWN))
		return HALF_CLOSED_S;
	if (h[UP].bytes + h[DOWN].bytes > 0)
		return TCP_S;
	return h[UP].packets > 0 && h[DOWN].packets > 0 ? HANDSHAKE_S : SCAN_S;
}

static int64_t timeout_s(const struct flow *f)
{
	if (f->key.proto == IPPROTO_TCP)
		return tcp_timeout_s(f);
	if (f->key.proto != IPPROTO_UDP ||
	    f->half[UP].packets + f->half[DOWN].packets <= FEW_PACKETS)
		return SCAN_S;
	return DATAGRAM_S;
}

static bool idle_too_long(const struct flow *f, int64_t now_us)
{
	return now_us - f->last_us > timeout_s(f) * US_PER_S;
}

static int64_t due_s(const struct flow *f)
{
	return f->last_us / US_PER_S + timeout_s(f) + 1;
}

void flow_table_each(struct flow_table *t,
    void (*each)(struct flow *f, void *arg), void *arg)
{
	for (uint32_t i = 1; i <= t->flows.fresh; i++) {
		struct flow *f = pool_at(&t->flows, i);

		if (f->key.proto != 0)
			each(f, arg);
	}
}

static void flow_end(struct flow_table *t, struct flow *f)
{
	if (f->key.proto == IPPROTO_TCP)
		tcp_settle(&t->missing, f, &t->counts);
	if (t->gone != NULL)
		t->gone(f, t->arg);
	wheel_remove(&t->wheel, f);
	index_remove(&t->index, hash_key(t, &f->key),
	    pool_index(&t->flows, f));
	f->key.proto = 0;		/* free, for flow_table_each() */
	pool_put(&t->flows, f);
}

static void end_silent(struct flow_table *t, struct flow *f)
{
	if (f->flags & FLOW_CLOSED)
		t->counts.closed++;
	else
		t->counts.expired++;
	flow_end(t, f);
}

/* A flow whose time has come may have been active since it was filed. */
static bool file_anew(struct flow_table *t, struct flow *f)
{
	uint16_t slot = f->slot;

	wheel_remove(&t->wheel, f);
	wheel_add(&t->wheel, f, due_s(f));
	return f->slot != slot;
}

static void evict(struct flow_table *t)
{
	struct flow *f = wheel_first(&t->wheel);

	for (int i = 0; i < EVICT_TRIES && due_s(f) > t->wheel.now_s &&
	    file_anew(t, f); i++)
		f = wheel_first(&t->wheel);
	t->counts.evicted++;
	flow_end(t, f);
}

static struct flow *flow_make(struct flow_table *t, const struct packet *p,
    const struct flow_key *key, uint32_t hash)
{
	struct flow *f;

	if (t->flows.used == t->flows.max)
		evict(t);
	if (t->flows.used == 0)
		t->wheel.now_s = p->at_us / US_PER_S;
	f = pool_get(&t->flows);
	f->key = *key;
	f->start_us = f->last_us = p->at_us;
	if (ends_src_is_client(p) == src_is_low(p))
		f->flags = FLOW_LOW_IS_CLIENT;
	index_put(&t->index, hash, pool_index(&t->flows, f));
	t->counts.created++;
	return f;
}

static enum dir dir_of(const struct flow *f, const struct packet *p)
{
	return src_is_low(p) == !!(f->flags & FLOW_LOW_IS_CLIENT) ? UP : DOWN;
}

/*
 * The flow this packet belongs to; one that it shows to be over, ends.  The
 * copy of a SYN that was refused meanwhile shows nothing.
 */
static struct flow *flow_of(struct flow_table *t, const struct packet *p,
    const struct flow_key *key, uint32_t hash, bool copy)
{
	struct flow *f = find(t, hash, key);

	if (f == NULL || copy)
		return f;
	if (idle_too_long(f, p->at_us) || (p->proto == IPPROTO_TCP &&
	    tcp_opens_anew(&t->missing, f, dir_of(f, p), p))) {
		end_silent(t, f);
		return NULL;
	}
	return f;
}

static void account(struct flow_table *t, const struct packet *p,
    struct step *st)
{
	struct flow *f = st->flow;
	uint16_t before = f->flags;

	if (p->proto == IPPROTO_TCP) {
		tcp_account(&t->missing, f, p, st, &t->counts);
	} else {
		st->new_bytes = p->wire_len;
		f->half[st->dir].bytes += p->wire_len;
	}
	f->half[st->dir].packets++;
	f->last_us = p->at_us;
	if (f->start_us > f->last_us)
		f->start_us = f->last_us;
	if (st->fresh)
		wheel_add(&t->wheel, f, due_s(f));
	else if (~before & f->flags & SOONER_OVER)
		(void)file_anew(t, f);
}

struct step flow_account(struct flow_table *t, const struct packet *p,
    uint32_t hash)
{
	struct flow_key key = key_of(p);
	bool copy = copies_seen(&t->copies, p, hash);
	struct step st = { .flow = flow_of(t, p, &key, hash, copy) };

	if (st.flow == NULL) {
		st.flow = flow_make(t, p, &key, hash);
		st.fresh = true;
	}
	st.dir = dir_of(st.flow, p);
	if (copy && !st.fresh) {
		st.copy = true;
		t->counts.copies++;
		return st;
	}
	if (p->proto == IPPROTO_TCP) {
		t->counts.tcp[st.dir]++;
		t->counts.tcp_tagged[st.dir] += p->vlan != 0;
	}
	account(t, p, &st);
	return st;
}

static void expire_slot(struct flow_table *t, int64_t now_us)
{
	uint32_t slot = (uint32_t)((uint64_t)t->wheel.now_s % WHEEL_SLOTS);
	uint32_t at = t->wheel.first[slot], end = t->wheel.last[slot];

	while (at != 0) {
		struct flow *f = pool_at(&t->flows, at);
		uint32_t later = at == end ? 0 : f->later;

		__builtin_prefetch(pool_at(&t->flows, later));
		if (f->last_us > now_us + US_PER_S)
			f->last_us = now_us;	/* the clock stepped back */
		if (idle_too_long(f, now_us)) {
			end_silent(t, f);
		} else {
			wheel_remove(&t->wheel, f);
			wheel_add(&t->wheel, f, due_s(f));
		}
		at = later;
	}
}

void flow_expire(struct flow_table *t, int64_t now_us)
{
	int64_t now_s = now_us / US_PER_S;
	int64_t from_s = t->wheel.now_s;

	if (from_s > now_s || from_s < now_s - WHEEL_SLOTS)
		from_s = from_s > now_s ? now_s : now_s - WHEEL_SLOTS;
	for (t->wheel.now_s = from_s; t->wheel.now_s < now_s;
	    t->wheel.now_s++)
		expire_slot(t, now_us);
}

void flow_table_free(struct flow_table *t)
{
	struct flow *f;

	if (t == NULL)
		return;
	while ((f = wheel_first(&t->wheel)) != NULL)
		flow_end(t, f);
	pool_free(&t->flows);
	pool_free(&t->missing);
	index_free(&t->index);
	free(t);
}
