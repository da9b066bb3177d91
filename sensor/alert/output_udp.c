/*
 * output_udp.c - syslog over UDP (RFC 5426), and to a UNIX datagram socket
 * such as /dev/log.
 *
 * UDP promises nothing.  What can be known is used: an ICMP "port
 * unreachable" comes back as an error of the next call, so a line counts as
 * delivered only when a moment has passed without one; on an error the owner
 * sends again what was not.  A collector that is silently away loses lines.
 * A full socket buffer or a full local queue means later, never a loss.
 */
#include <errno.h>
#include <event2/event.h>
#include <event2/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "alert/address.h"
#include "alert/resolve.h"

enum { SETTLE_MS = 200, UDP_BURST = 64 };

struct conf {
	struct output_common common;
	struct address_conf to;
};

struct unix_conf {
	struct output_common common;
	char *path;
};

struct link {
	struct output_host host;
	struct resolve *resolve;
	int fd;
	struct event *writable, *settle;
	uint64_t sent, settling;	/* last sent; last sent a moment ago */
	unsigned int burst;
	char why[128];
};

static const struct conf_field udp_options[] = {
	OUTPUT_COMMON(HEADER_RFC5424),
	ADDRESS_OPTIONS(struct conf, to, 514),
	{ .name = NULL }
};

static const struct conf_field unix_options[] = {
	OUTPUT_COMMON(HEADER_RFC3164),
	{ "path", CONF_TEXT, offsetof(struct unix_conf, path),
	    .text = "/dev/log", .help = "datagram socket of the syslog" },
	{ .name = NULL }
};

/* An error of an earlier datagram, fetched without sending another. */
static bool refused(struct link *l)
{
	int error = 0;
	socklen_t n = sizeof(error);

	if (l->fd == -1)
		return false;
	if (getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &error, &n) == 0 &&
	    error == 0)
		return false;
	snprintf(l->why, sizeof(l->why), "%s", strerror(error));
	return true;
}

static void start_settling(struct link *l)
{
	struct timeval pause = { 0, SETTLE_MS * 1000 };

	l->settling = l->sent;
	event_add(l->settle, &pause);
}

static void on_settled(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;

	(void)fd;
	(void)what;
	if (l->why[0] != '\0' || refused(l)) {
		l->host.down(l->host.arg, l->why);
		return;
	}
	if (l->settling != 0)
		l->host.acked(l->host.arg, l->settling);
	if (l->sent != l->settling)
		start_settling(l);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;

	(void)fd;
	(void)what;
	l->burst = 0;
	l->host.ready(l->host.arg);
}

static bool connected(struct link *l, const struct address *a)
{
	l->fd = socket(a->sa.ss_family, SOCK_DGRAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);
	if (l->fd == -1 || connect(l->fd, (const struct sockaddr *)&a->sa,
	    a->n) == -1) {
		snprintf(l->why, sizeof(l->why), "%s", strerror(errno));
		return false;
	}
	event_assign(l->writable, l->host.base, l->fd, EV_WRITE, on_writable,
	    l);
	event_add(l->writable, NULL);
	return true;
}

static void fail_soon(struct link *l)
{
	event_active(l->settle, EV_TIMEOUT, 0);
}

static void on_resolved(const struct address *a, const char *why, void *arg)
{
	struct link *l = arg;

	if (a == NULL)
		snprintf(l->why, sizeof(l->why), "%s", why);
	if (a == NULL || !connected(l, a))
		fail_soon(l);
}

static struct link *link_new(const struct output_host *host)
{
	struct link *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->host = *host;
	l->fd = -1;
	l->settle = evtimer_new(host->base, on_settled, l);
	l->writable = evtimer_new(host->base, on_writable, l);
	return l;
}

static void *open_udp(const void *settings, const struct output_host *host,
    char *why)
{
	const struct conf *c = settings;
	struct link *l = link_new(host);

	(void)why;
	if (l != NULL)
		l->resolve = resolve_start(host->base, &c->to, on_resolved,
		    l);
	return l;
}

static void *open_unix(const void *settings, const struct output_host *host,
    char *why)
{
	const struct unix_conf *c = settings;
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct address a = { .n = sizeof(sun) };
	struct link *l;

	if (strlen(c->path) >= sizeof(sun.sun_path)) {
		snprintf(why, OUTPUT_WHY, "path too long for a socket");
		return NULL;
	}
	memcpy(sun.sun_path, c->path, strlen(c->path) + 1);
	memcpy(&a.sa, &sun, sizeof(sun));
	l = link_new(host);
	if (l != NULL && !connected(l, &a))
		fail_soon(l);
	return l;
}

static bool try_later(struct link *l)
{
	event_add(l->writable, NULL);
	return false;
}

static bool send_datagram(void *link, uint64_t seq, struct slice line)
{
	struct link *l = link;

	if (l->fd == -1 || l->why[0] != '\0')
		return false;
	/* Let the receiver breathe: a burst would overrun its buffer. */
	if (l->burst++ >= UDP_BURST)
		return try_later(l);
	if (send(l->fd, line.p, line.n, MSG_NOSIGNAL) == -1) {
		if (errno == EAGAIN || errno == ENOBUFS || errno == EINTR)
			return try_later(l);
		snprintf(l->why, sizeof(l->why), "%s", strerror(errno));
		fail_soon(l);
		return false;
	}
	l->sent = seq;
	if (!event_pending(l->settle, EV_TIMEOUT, NULL))
		start_settling(l);
	return true;
}

static void close_udp(void *link)
{
	struct link *l = link;

	resolve_cancel(l->resolve);
	event_free(l->settle);
	event_free(l->writable);
	if (l->fd != -1)
		close(l->fd);
	free(l);
}

static void label_udp(const void *settings, struct text *t)
{
	address_label(&((const struct conf *)settings)->to, "udp", t);
}

static void label_unix(const void *settings, struct text *t)
{
	text_printf(t, "unix %s", ((const struct unix_conf *)settings)->path);
}

const struct output output_udp = {
	.name = "udp",
	.options = udp_options,
	.conf_size = sizeof(struct conf),
	.label = label_udp,
	.open = open_udp,
	.send = send_datagram,
	.close = close_udp,
};

const struct output output_unix = {
	.name = "unix",
	.options = unix_options,
	.conf_size = sizeof(struct unix_conf),
	.label = label_unix,
	.open = open_unix,
	.send = send_datagram,
	.close = close_udp,
};
