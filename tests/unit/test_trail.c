/*
 * test_trail.c - objects of a group on HTTP/2, of whose record headers few
 * are in sight: the socket was full, and packets were cut.
 */
#include "lab.h"

enum { CUT = 134, HEADER = 130, LEFT = 36 };

struct stream {				/* what waits for the socket */
	uint8_t *bytes;
	uint32_t n;
};

static void put(struct stream *s, uint32_t app)
{
	uint32_t len = app + TAG;
	uint8_t *p = s->bytes + s->n;

	memset(p, 0, len + 5);
	p[0] = 23;
	p[1] = p[2] = 3;
	p[3] = (uint8_t)(len >> 8);
	p[4] = (uint8_t)len;
	s->n += len + 5;
}

static void write_run(struct stream *s, uint32_t n)
{
	for (; n > 0; n -= n < 16384 ? n : 16384)
		put(s, n < 16384 ? n : 16384);
}

/*
 * A file as nginx writes it: 32 KiB at a time, in frames of 8192.  Gives the
 * size of the last write.
 */
static uint32_t put_file(struct stream *s, uint32_t size)
{
	uint32_t more = HEADER;

	for (; size > 32768; size -= 32768, more = 0)
		write_run(s, 32768 + LEFT + more);
	return size + more + (size + 8191) / 8192 * 9;
}

static void send_all(struct lab *l, struct stream *s)
{
	for (uint32_t at = 0; at < s->n; at += MSS) {
		uint32_t n = s->n - at < MSS ? s->n - at : MSS;

		segment(l, DOWN, l->seq[DOWN], s->bytes + at, n, TCP_ACK);
		l->seq[DOWN] += n;
		l->now += 100;
	}
	l->sent[DOWN] += s->n;
	free(s->bytes);
}

/* Asked for together, sent one after another. */
static void files(struct lab *l, const uint32_t *size, uint32_t n)
{
	struct stream s = { .bytes = malloc(8 << 20) };
	uint32_t last = 0;

	h2_open(l, &tls);
	l->snap = CUT;
	ask(l, 245);
	data(l, DOWN, 1200);			/* a page */
	l->now += l->rtt_us;
	for (uint32_t k = 0; k < n; k++)
		data(l, UP, 45);
	l->now += l->rtt_us;
	for (uint32_t k = 0; k < n; k++) {
		write_run(&s, last);
		last = put_file(&s, size[k]);
	}
	send_all(l, &s);
	data(l, DOWN, last);			/* the socket is empty */
	ask(l, 45);
	data(l, DOWN, 1200);
	lab_close(l);
}

static void told_apart(void)
{
	static const uint32_t size[] = { 98113, 1279244, 438115 };
	struct lab l;

	files(&l, size, 3);
	ok(l.n == 3, "three files, few headers in sight: %d", l.n);
	for (int n = 0; n < 3; n++)
		ok(found_size(&l, size[n], size[n] / 300) == 1, "one of %u",
		    size[n]);
}

/* One file is one, however its records lie. */
static void one(void)
{
	static const uint32_t size[] = { 1279244 };
	struct lab l;

	files(&l, size, 1);
	ok(l.n == 1 && found_size(&l, size[0], 1000) == 1, "one file is one");
}

int main(void)
{
	told_apart();
	one();
	return tap_done();
}
