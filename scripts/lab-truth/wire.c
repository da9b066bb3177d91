/*
 * wire.c - a line between two network namespaces, with a tap on it.
 *
 * wire CLIENT_NS SERVER_NS OUT.pcap DELAY_MS MBIT LOSS REORDER QUEUE
 *
 * Two TUN devices joined by this process: one-way delay, a bottleneck with a
 * drop-tail queue, random loss and reordering, both ways.  The tap sits at
 * the client's end, as a SPAN port would.  For kernels without netem.
 */
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <linux/if.h>
#include <linux/if_tun.h>

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MTU = 1500, SLOTS = 1 << 14 };

struct held {
	int64_t due;			/* monotonic ns */
	int n;
	unsigned char bytes[MTU];
};

struct way {				/* a heap of packets by due time */
	int in, out;
	struct held *heap[SLOTS];
	int n;
	int64_t busy_until;
	int queued;
};

static volatile sig_atomic_t stop;

static void on_signal(int s)
{
	(void)s;
	stop = 1;
}

static int64_t now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int tun(const char *ns)
{
	char path[256];
	struct ifreq r = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd, n;

	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	if ((n = open(path, O_RDONLY)) == -1 || setns(n, CLONE_NEWNET) == -1)
		err(1, "%s", path);
	close(n);
	strcpy(r.ifr_name, "wire");
	if ((fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK)) == -1 ||
	    ioctl(fd, TUNSETIFF, &r) == -1)
		err(1, "tun");
	return fd;
}

static void push(struct way *w, struct held *h)
{
	int i = w->n++;

	for (; i > 0 && w->heap[(i - 1) / 2]->due > h->due; i = (i - 1) / 2)
		w->heap[i] = w->heap[(i - 1) / 2];
	w->heap[i] = h;
}

static struct held *pop(struct way *w)
{
	struct held *top = w->heap[0], *last = w->heap[--w->n];
	int i = 0, c;

	while ((c = 2 * i + 1) < w->n) {
		if (c + 1 < w->n && w->heap[c + 1]->due < w->heap[c]->due)
			c++;
		if (w->heap[c]->due >= last->due)
			break;
		w->heap[i] = w->heap[c];
		i = c;
	}
	w->heap[i] = last;
	return top;
}

static void tap(FILE *f, const unsigned char *bytes, int n)
{
	int64_t t = now(CLOCK_REALTIME) / 1000;
	uint32_t h[4] = { (uint32_t)(t / 1000000), (uint32_t)(t % 1000000),
		(uint32_t)n, (uint32_t)n };

	fwrite(h, sizeof(h), 1, f);
	fwrite(bytes, (size_t)n, 1, f);
}

int main(int argc, char **argv)
{
	static struct way way[2];
	uint32_t head[6] = { 0xa1b2c3d4, 0x00040002, 0, 0, 65535, 101 };
	int64_t delay;
	double ns_per_byte, loss, reorder;
	int queue;
	FILE *f;

	if (argc != 9)
		errx(2, "usage: see the top of wire.c");
	way[0].in = way[1].out = tun(argv[1]);
	way[1].in = way[0].out = tun(argv[2]);
	if ((f = fopen(argv[3], "wb")) == NULL)
		err(1, "%s", argv[3]);
	fwrite(head, sizeof(head), 1, f);
	delay = (int64_t)(atof(argv[4]) * 1e6);
	ns_per_byte = 8000 / atof(argv[5]);
	loss = atof(argv[6]);
	reorder = atof(argv[7]);
	queue = atoi(argv[8]);
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	printf("ready\n");
	fflush(stdout);
	while (!stop) {
		struct pollfd p[2] = { { way[0].in, POLLIN, 0 },
			{ way[1].in, POLLIN, 0 } };
		int64_t wait = 100000000, t = now(CLOCK_MONOTONIC);
		struct timespec ts;

		for (int d = 0; d < 2; d++)
			if (way[d].n > 0 && way[d].heap[0]->due - t < wait)
				wait = way[d].heap[0]->due - t;
		ts = (struct timespec){ 0, wait > 0 ? wait : 0 };
		ppoll(p, 2, &ts, NULL);
		t = now(CLOCK_MONOTONIC);
		for (int d = 0; d < 2; d++) {
			struct way *w = &way[d];

			for (;;) {
				struct held *h = malloc(sizeof(*h));
				ssize_t n = h == NULL ? -1 : read(w->in,
				    h->bytes, MTU);
				double backlog = (double)(w->busy_until - t) /
				    ns_per_byte / MTU;

				if (n <= 0) {
					free(h);
					break;
				}
				h->n = (int)n;
				if (d == 0)
					tap(f, h->bytes, h->n);
				if (backlog > queue || w->n == SLOTS ||
				    drand48() < loss) {
					free(h);
					continue;
				}
				if (w->busy_until < t)
					w->busy_until = t;
				w->busy_until += (int64_t)((double)n *
				    ns_per_byte);
				h->due = w->busy_until + delay;
				if (drand48() < reorder)
					h->due += delay / 2 + 1000000;
				push(w, h);
			}
			while (w->n > 0 && w->heap[0]->due <= t) {
				struct held *h = pop(w);

				if (d == 1)
					tap(f, h->bytes, h->n);
				if (write(w->out, h->bytes, (size_t)h->n) < 0)
					{}
				free(h);
			}
		}
	}
	fclose(f);
	return 0;
}
