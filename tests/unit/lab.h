/*
 * lab.h - one flow made by hand, and what sensor/infer/ finds in it.
 */
#ifndef TESTS_UNIT_LAB_H
#define TESTS_UNIT_LAB_H

#include <stdlib.h>

#include "infer/infer.h"

#include "tap.h"

enum { MSS = 1448, TAG = 17 };

struct lab {				/* one flow and what came out of it */
	struct infer *i;
	struct infer_room *room;
	struct found got[64];
	int n;
	int64_t now;
	uint32_t seq[2];		/* next byte of each side */
	uint32_t rtt_us;
	uint32_t snap;			/* payload bytes captured, 0: all */
	int drop;			/* 1 in n segments, 0: none */
	int only;			/* one direction seen, -1: both */
	unsigned int count;
	int progress;			/* reports of it */
	uint32_t lag;			/* what the server has not got yet */
	uint64_t sent[2];
	uint32_t requests;		/* counted, when it was closed */
};

static inline void note(const struct found *f, void *arg)
{
	struct lab *l = arg;

	if (f->progress)
		l->progress++;
	else if (l->n < 64)
		l->got[l->n++] = *f;
}

static inline void lab_open(struct lab *l, const struct infer_start *how)
{
	struct infer_start with = *how;

	*l = (struct lab){ .now = 1000000000000, .only = -1,
		.seq = { 1000, 0xfffff000 }, .rtt_us = 20000 };
	l->room = infer_room_new(4);
	with.room = l->room;
	l->i = calloc(1, infer_size());
	infer_init(l->i, &with);
}

static inline void lab_close(struct lab *l)
{
	struct infer_stats st;

	infer_end(l->i, note, l);
	st = infer_stats(l->i);
	l->requests = st.requests;
	if (st.reported + st.media + st.small != st.volume)
		ok(false, "sums: the parts are the volume");
	free(l->i);
	infer_room_free(l->room);
}

static inline void segment(struct lab *l, enum dir d, uint32_t seq,
    const uint8_t *bytes, uint32_t n, uint8_t flags)
{
	struct segment s = { .at_us = l->now, .dir = d, .seq = seq,
		.ack = l->seq[!d] - (d == DOWN ? l->lag : 0), .wire_len = n,
		.flags = flags };
	uint32_t cap = l->snap && l->snap < n ? l->snap : n;

	if (l->only >= 0 && (enum dir)l->only != d)
		return;
	if (l->drop && ++l->count % (unsigned int)l->drop == 0)
		return;
	s.data = slice_of(bytes, cap);
	infer_segment(l->i, &s, note, l);
}

/* Send a record, in segments of at most MSS bytes. */
static inline void record(struct lab *l, enum dir d, uint8_t type, uint32_t len)
{
	static uint8_t bytes[5 + 65536];
	uint32_t n = len + 5;

	bytes[0] = type;
	bytes[1] = bytes[2] = 3;
	bytes[3] = (uint8_t)(len >> 8);
	bytes[4] = (uint8_t)len;
	for (uint32_t at = 0; at < n; at += MSS) {
		uint32_t part = n - at < MSS ? n - at : MSS;

		segment(l, d, l->seq[d], bytes + at, part, TCP_ACK);
		l->seq[d] += part;
		l->now += 100;
	}
	l->sent[d] += n;
}

/* `app` bytes of content in records of at most 16 KiB. */
static inline void data(struct lab *l, enum dir d, uint32_t app)
{
	while (app > 0) {
		uint32_t part = app < 16384 ? app : 16384;

		record(l, d, 23, part + TAG);
		app -= part;
	}
}

static inline void ask(struct lab *l, uint32_t app)
{
	l->now += l->rtt_us;
	data(l, UP, app);
	l->now += l->rtt_us;
}

static inline void handshake13(struct lab *l)
{
	record(l, UP, 22, 512);
	l->now += l->rtt_us;
	record(l, DOWN, 22, 122);
	record(l, DOWN, 20, 1);
	record(l, DOWN, 23, 36);
	record(l, DOWN, 23, 1150);
	record(l, DOWN, 23, 96);
	record(l, DOWN, 23, 69);
	record(l, UP, 20, 1);
	record(l, UP, 23, 69);
}

static const struct infer_start tls = { .wire = WIRE_TLS };

static inline void tls13_open(struct lab *l)
{
	lab_open(l, &tls);
	handshake13(l);
}

static inline bool near(uint64_t a, uint64_t b, double share)
{
	double e = (double)a - (double)b;

	return (e < 0 ? -e : e) <= share * (double)b;
}

/* HTTP/2 on TLS 1.3: preface, SETTINGS both ways. */
static inline void h2_open(struct lab *l, const struct infer_start *how)
{
	lab_open(l, how);
	handshake13(l);
	data(l, UP, 64);			/* preface, SETTINGS */
	l->now += l->rtt_us;
	data(l, DOWN, 40);			/* SETTINGS, WINDOW_UPDATE */
	data(l, UP, 9);				/* SETTINGS ACK */
}

/* As nginx does: 32 KiB at a time, frames of 8192, header with the first. */
static inline void nginx(struct lab *l, uint32_t header, uint32_t size)
{
	uint32_t sent = 0;

	while (sent < size) {
		uint32_t part = size - sent < 32768 ? size - sent : 32768;
		uint32_t frames = (part + 8191) / 8192;

		data(l, DOWN, (sent ? 0 : header) + part + 9 * frames);
		sent += part;
	}
}

static inline int found_size(const struct lab *l, uint64_t bytes, uint64_t slack)
{
	int n = 0;

	for (int k = 0; k < l->n; k++)
		n += l->got[k].bytes + slack >= bytes &&
		    l->got[k].bytes <= bytes + slack;
	return n;
}

#endif
