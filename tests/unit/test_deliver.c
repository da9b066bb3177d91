/*
 * Fail-over between two real TCP listeners on loopback: one at a time is
 * served, nothing is lost between them, and the first one gets its work back.
 */
#include <arpa/inet.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "alert/deliver.h"
#include "alert/record.h"
#include "tap.h"

enum { LETTERS = 200, STEP_US = 2000, PATIENCE = 3000 };

struct listener {
	int fd, peer;
	uint16_t port;
	bool had[LETTERS + 1];
	unsigned int n;			/* different letters */
};

static char records[LETTERS + 1][1024];
static uint64_t written, cursor, cursor_calls, arrived;
static struct listener first, second;
static struct event_base *base;

static bool read_letter(void *arg, uint64_t seq, struct letter *l)
{
	(void)arg;
	if (seq > written)
		return false;
	*l = (struct letter){ .seq = seq, .record = slice_str(records[seq]) };
	return true;
}

static uint64_t load(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return cursor;
}

static void store(void *arg, const char *name, uint64_t seq)
{
	(void)arg;
	cursor_calls += strcmp(name, "failover:pair") != 0;
	cursor = seq;
}

static void note(void *arg, bool alert, int64_t at_us)
{
	(void)arg;
	arrived += !alert && at_us == 1764000000000000;
}

static void make_records(void)
{
	for (uint64_t n = 1; n <= LETTERS; n++) {
		struct text t = text_in(records[n], sizeof(records[n]));
		struct record_head head = { "trial", n, "0" };
		struct health h = { .kind = "heartbeat", .severity = "notice",
		    .at_us = 1764000000000000, .since_us = 1 };

		snprintf(h.message, sizeof(h.message), "letter %d.", (int)n);
		record_health(&t, &head, &h);
	}
}

static void listen_on(struct listener *l)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
	    .sin_port = htons(l->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(sin);
	int on = 1;

	l->peer = -1;
	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(l->fd, (struct sockaddr *)&sin, sizeof(sin)) ||
	    listen(l->fd, 4) || getsockname(l->fd, (struct sockaddr *)&sin,
	    &n))
		err(1, "listener");
	l->port = ntohs(sin.sin_port);
}

static void hang_up(struct listener *l)
{
	if (l->peer != -1)
		close(l->peer);
	close(l->fd);
	l->fd = l->peer = -1;
}

static void take(struct listener *l)
{
	char text[65536], *at = text;
	ssize_t n;

	if (l->fd == -1)
		return;
	if (l->peer == -1)
		l->peer = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK);
	if (l->peer == -1)
		return;
	n = recv(l->peer, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	while ((at = strstr(at, "letter ")) != NULL) {
		unsigned long seq = strtoul(at += 7, &at, 10);

		if (seq >= 1 && seq <= LETTERS && !l->had[seq]) {
			l->had[seq] = true;
			l->n++;
		}
	}
}

/* Until all that is written is acknowledged. */
static bool settle(struct deliver *d)
{
	for (int i = 0; i < PATIENCE && cursor < written; i++) {
		deliver_wake(d);
		event_base_loop(base, EVLOOP_NONBLOCK);
		take(&first);
		take(&second);
		usleep(STEP_US);
	}
	return cursor == written && deliver_done(d, written);
}

static const struct output *tcp(void)
{
	for (size_t i = 0; outputs[i] != NULL; i++)
		if (strcmp(outputs[i]->name, "tcp") == 0)
			return outputs[i];
	errx(1, "no tcp");
}

static void *settings_for(const struct listener *l)
{
	struct conf_errors e = { 0 };
	void *settings = calloc(1, tcp()->conf_size);
	struct conf_node *node;
	char yaml[200];
	int n = snprintf(yaml, sizeof(yaml), "type: tcp\nhost: 127.0.0.1\n"
	    "port: %d\nfailover: pair\n", l->port);

	node = conf_parse_text("test", yaml, (size_t)n, &e);
	if (!conf_fill(settings, tcp()->options, node, &e))
		errx(1, "%s", e.text);
	conf_free(node);
	return settings;
}

static bool up(const struct deliver *d, size_t i)
{
	struct deliver_status s;

	deliver_status(d, i, &s);
	return s.up;
}

static void test_failover(struct deliver *d)
{
	unsigned int before;
	int i;

	written = 50;
	ok(settle(d) && first.n == 50, "the first one gets all: %u", first.n);
	ok(second.n == 0, "the second one stands by");
	hang_up(&first);
	written = 100;
	ok(settle(d), "all acknowledged while the first is away: %d",
	    (int)cursor);
	for (i = 51; i <= 100 && second.had[i]; i++)
		continue;
	ok(i == 101, "the second one has all from 51 on");
	ok(!up(d, 0) && up(d, 1), "told apart in the status");
	listen_on(&first);
	for (i = 0; i < PATIENCE && first.peer == -1; i++)
		settle(d), take(&first), event_base_loop(base,
		    EVLOOP_NONBLOCK), usleep(STEP_US);
	ok(first.peer != -1, "the first is tried again");
	for (i = 0; i < 100; i++) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		usleep(STEP_US);
	}
	before = second.n;
	written = 150;
	ok(settle(d) && first.n == 100 && second.n == before,
	    "and gets its work back: %u and %u", first.n, second.n);
	ok(up(d, 0), "up again");
	hang_up(&second);
	written = 200;
	ok(settle(d) && first.n == 150, "the second one is not missed");
	ok(cursor_calls == 0, "one cursor of the group's name");
	ok(arrived == 200, "each letter arrived once: %d", (int)arrived);
}

int main(void)
{
	struct deliver_source source = { .read = read_letter, .cursor = load,
	    .delivered = store, .arrived = note };
	struct deliver *d;
	void *a, *b;

	make_records();
	listen_on(&first);
	listen_on(&second);
	base = event_base_new();
	d = deliver_new(base, &source);
	a = settings_for(&first);
	b = settings_for(&second);
	if (d == NULL || !deliver_add(d, tcp(), a) ||
	    !deliver_add(d, tcp(), b))
		errx(1, "no memory");
	test_failover(d);
	deliver_free(d);
	event_base_free(base);
	conf_release(a, tcp()->options);
	conf_release(b, tcp()->options);
	free(a);
	free(b);
	return tap_done();
}
