/*
 * stream.c - a bufferevent with the socket options that notice dead peers.
 *
 * Inside TLS the bytes on the socket are not ours, so a mark is kept each
 * time the output buffer has run empty: from then on it is enough that the
 * kernel has no unacknowledged bytes before that point.
 */
#include "alert/stream.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "alert/resolve.h"
#include "alert/tls.h"

enum { SEND_BUFFER = 256 << 10, HIGH_WATER = 64 << 10, CONNECT_S = 15,
	MARKS = 64 };

struct mark {				/* when `wire` is acked, so is `own` */
	uint64_t own, wire;
};

struct stream {
	struct stream_setup setup;
	struct resolve *resolve;
	struct bufferevent *bev;
	SSL *ssl;
	int fd;
	bool up;
	uint64_t written, acked;
	struct mark marks[MARKS];
	size_t marks_n;
	struct event *patience;		/* for connecting */
};

static void set_options(const struct stream *s)
{
	int on = 1, idle = 30, each = 10, count = 3, room = SEND_BUFFER;
	unsigned int ms = (unsigned int)(s->setup.timeout_us / 1000);

	setsockopt(s->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(s->fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	setsockopt(s->fd, IPPROTO_TCP, TCP_KEEPINTVL, &each, sizeof(each));
	setsockopt(s->fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
	setsockopt(s->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms));
	/* Bounds what is on its way when a collector dies. */
	setsockopt(s->fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
}

static uint64_t wire_written(const struct stream *s)
{
	return BIO_number_written(SSL_get_wbio(s->ssl));
}

static void mark_emptied(struct stream *s)
{
	struct mark m = { s->written, 0 };

	if (s->ssl == NULL || (s->marks_n > 0 &&
	    s->marks[s->marks_n - 1].own == m.own))
		return;
	m.wire = wire_written(s);
	if (s->marks_n == MARKS)	/* the newest replaces the last */
		s->marks_n--;
	s->marks[s->marks_n++] = m;
}

static void on_write(struct bufferevent *bev, void *arg)
{
	struct stream *s = arg;

	if (evbuffer_get_length(bufferevent_get_output(bev)) == 0)
		mark_emptied(s);
	if (s->up)
		s->setup.writable(s->setup.arg);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct stream *s = arg;
	struct evbuffer *b = bufferevent_get_input(bev);
	size_t n = evbuffer_get_length(b);
	struct slice in = slice_of(evbuffer_pullup(b, -1), n);

	s->setup.input(s->setup.arg, &in);
	evbuffer_drain(b, n - in.n);
}

static void fail(struct stream *s, const char *why)
{
	s->up = false;
	event_del(s->patience);
	if (s->bev != NULL)
		bufferevent_disable(s->bev, EV_READ | EV_WRITE);
	s->setup.failed(s->setup.arg, why);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct stream *s = arg;
	int error = EVUTIL_SOCKET_ERROR();
	char why[128];

	(void)bev;
	if (what & BEV_EVENT_CONNECTED) {
		s->up = true;
		event_del(s->patience);
		s->setup.connected(s->setup.arg);
		return;
	}
	if (what & BEV_EVENT_EOF)
		snprintf(why, sizeof(why), "closed by the collector");
	else if (s->ssl != NULL && !s->up)
		tls_reason(s->ssl, why, sizeof(why));
	else
		snprintf(why, sizeof(why), "%s", error != 0 ?
		    strerror(error) : "connection broken");
	fail(s, why);
}

static struct bufferevent *new_bufferevent(struct stream *s)
{
	int options = BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS;

	if (s->setup.tls == NULL)
		return bufferevent_socket_new(s->setup.base, s->fd, options);
	s->ssl = tls_session(s->setup.tls);
	if (s->ssl == NULL)
		return NULL;
	return bufferevent_openssl_socket_new(s->setup.base, s->fd, s->ssl,
	    BUFFEREVENT_SSL_CONNECTING, options);
}

static void connect_to(struct stream *s, const struct address *a)
{
	s->fd = socket(a->sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);
	if (s->fd == -1) {
		fail(s, strerror(errno));
		return;
	}
	set_options(s);
	s->bev = new_bufferevent(s);
	if (s->bev == NULL) {
		close(s->fd);
		fail(s, "no memory for a connection");
		return;
	}
	bufferevent_setcb(s->bev, on_read, on_write, on_event, s);
	bufferevent_enable(s->bev, EV_READ | EV_WRITE);
	bufferevent_setwatermark(s->bev, EV_READ, 0, 16 << 10);
	if (bufferevent_socket_connect(s->bev,
	    (const struct sockaddr *)&a->sa, (int)a->n) == -1)
		fail(s, strerror(errno));
}

static void on_resolved(const struct address *a, const char *why, void *arg)
{
	struct stream *s = arg;
	struct address with_port;

	if (a == NULL) {
		fail(s, why);
		return;
	}
	with_port = *a;
	connect_to(s, &with_port);
}

static void on_impatient(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	fail(arg, "no answer");
}

struct stream *stream_open(const struct stream_setup *setup)
{
	struct stream *s = calloc(1, sizeof(*s));
	struct timeval patience = { CONNECT_S, 0 };

	if (s == NULL)
		return NULL;
	s->setup = *setup;
	s->fd = -1;
	s->patience = evtimer_new(setup->base, on_impatient, s);
	event_add(s->patience, &patience);
	s->resolve = resolve_start(setup->base, setup->to, on_resolved, s);
	return s;
}

/* A last word, if it can be said without waiting. */
static void say_goodbye(struct stream *s)
{
	char last[512];
	ev_ssize_t n;

	if (s->ssl != NULL) {
		(void)SSL_shutdown(s->ssl);
		return;
	}
	n = evbuffer_copyout(bufferevent_get_output(s->bev), last,
	    sizeof(last));
	if (n > 0 && send(s->fd, last, (size_t)n, MSG_DONTWAIT |
	    MSG_NOSIGNAL) == -1)
		return;
}

void stream_close(struct stream *s)
{
	if (s->bev != NULL && s->up)
		say_goodbye(s);
	resolve_cancel(s->resolve);
	event_free(s->patience);
	if (s->bev != NULL)
		bufferevent_free(s->bev);
	free(s);
}

bool stream_has_room(const struct stream *s)
{
	return s->up && evbuffer_get_length(bufferevent_get_output(s->bev)) <
	    HIGH_WATER;
}

void stream_write(struct stream *s, const void *bytes, size_t n)
{
	if (bufferevent_write(s->bev, bytes, n) == 0)
		s->written += n;
}

uint64_t stream_written(const struct stream *s)
{
	return s->written;
}

/* Marks that the peer has reached are taken off the front. */
static void pass_marks(struct stream *s, uint64_t wire)
{
	size_t i = 0;

	while (i < s->marks_n && s->marks[i].wire <= wire)
		s->acked = s->marks[i++].own;
	memmove(s->marks, s->marks + i, (s->marks_n - i) *
	    sizeof(s->marks[0]));
	s->marks_n -= i;
}

uint64_t stream_acked(struct stream *s)
{
	int unacked = 0;

	if (!s->up || ioctl(s->fd, SIOCOUTQ, &unacked) == -1 || unacked < 0)
		return s->acked;
	if (s->ssl != NULL)
		pass_marks(s, wire_written(s) - (uint64_t)unacked);
	else
		s->acked = s->written - (uint64_t)unacked -
		    evbuffer_get_length(bufferevent_get_output(s->bev));
	return s->acked;
}
