/*
 * stream.h - one TCP connection to a collector, plain or inside TLS.
 *
 * Never blocks; half-open peers are noticed by keep-alive and by the age of
 * unacknowledged data.  Tells how much of what was written the peer's kernel
 * has acknowledged, which is all that plain TCP can tell.
 */
#ifndef ALERT_STREAM_H
#define ALERT_STREAM_H

#include "alert/address.h"

struct stream;
struct tls;

struct stream_setup {
	struct event_base *base;
	const struct address_conf *to;
	struct tls *tls;		/* NULL: plain; else borrowed */
	int64_t timeout_us;		/* unacknowledged data: give up */
	void (*connected)(void *arg);
	void (*writable)(void *arg);	/* the buffer has room again */
	/* Bytes came in; consume some of them. */
	void (*input)(void *arg, struct slice *in);
	void (*failed)(void *arg, const char *why);
	void *arg;
};

struct stream *stream_open(const struct stream_setup *s);
void stream_close(struct stream *s);
bool stream_has_room(const struct stream *s);
void stream_write(struct stream *s, const void *bytes, size_t n);
/* Bytes given to stream_write() so far, and how many of them the peer's
 * kernel surely has. */
uint64_t stream_written(const struct stream *s);
uint64_t stream_acked(struct stream *s);

#endif
