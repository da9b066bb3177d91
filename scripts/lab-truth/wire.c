/*
 * wire.c - a line between two network namespaces, with a tap on it.
 *
 * wire CLIENT_NS SERVER_NS OUT.pcap DELAY_MS MBIT LOSS REORDER QUEUE MTU
 *
 * Two TUN devices joined by this process: one-way delay, a bottleneck with a
 * drop-tail queue, random loss and reordering, both ways.  The tap sits at
 * the client's end, as a SPAN port would.  For kernels without netem.  With
 * an MTU of 0 the ends leave segmentation to the devices (TSO, GRO): what
 * passes the tap is up to 64 kB long.
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
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST = 65535, SLOTS = 1 << 14,
	OFFLOAD = 10 };			/* struct virtio_net_hdr */

struct held {
	int64_t due;			/* monotonic ns */
	int n;				/* with the offload header, if any */
	unsigned char bytes[];
};

struct line {
	int64_t delay_ns;
	double ns_per_byte, loss, reorder;
	int queue, mtu;
	int skip;			/* offload header before each packet */
	FILE *tap;
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

static int tun(const char *ns, bool offload)
{
	char path[256];
	struct ifreq r = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd, n;

	if (offload)
		r.ifr_flags |= IFF_VNET_HDR;
	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	if ((n = open(path, O_RDONLY)) == -1 || setns(n, CLONE_NEWNET) == -1)
		err(1, "%s", path);
	close(n);
	strcpy(r.ifr_name, "wire");
	if ((fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK)) == -1 ||
	    ioctl(fd, TUNSETIFF, &r) == -1)
		err(1, "tun");
	if (offload && ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4) == -1)
		err(1, "offload");
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

static void tap(FILE *f, const unsigned char *bytes, size_t n)
{
	int64_t t = now(CLOCK_REALTIME) / 1000;
	uint32_t h[4] = { (uint32_t)(t / 1000000), (uint32_t)(t % 1000000),
		(uint32_t)n, (uint32_t)n };

	fwrite(h, sizeof(h), 1, f);
	fwrite(bytes, n, 1, f);
}

/* What has come in, unless it gets lost, waits for its time. */
static void take(struct way *w, const struct line *l, int64_t t, bool tapped)
{
	static unsigned char packet[LONGEST + OFFLOAD];
	ssize_t n;

	while ((n = read(w->in, packet, sizeof(packet))) > l->skip) {
		double backlog = (double)(w->busy_until - t) /
		    l->ns_per_byte / l->mtu;
		struct held *h;

		if (tapped)
			tap(l->tap, packet + l->skip, (size_t)(n - l->skip));
		if (backlog > l->queue || w->n == SLOTS ||
		    drand48() < l->loss ||
		    (h = malloc(sizeof(*h) + (size_t)n)) == NULL)
			continue;
		h->n = (int)n;
		memcpy(h->bytes, packet, (size_t)n);
		if (w->busy_until < t)
			w->busy_until = t;
		w->busy_until += (int64_t)((double)n * l->ns_per_byte);
		h->due = w->busy_until + l->delay_ns;
		if (drand48() < l->reorder)
			h->due += l->delay_ns / 2 + 1000000;
		push(w, h);
	}
}

static void give(struct way *w, const struct line *l, int64_t t, bool tapped)
{
	while (w->n > 0 && w->heap[0]->due <= t) {
		struct held *h = pop(w);

		if (tapped)
			tap(l->tap, h->bytes + l->skip,
			    (size_t)(h->n - l->skip));
		if (write(w->out, h->bytes, (size_t)h->n) < 0)
			{}
		free(h);
	}
}

static void carry(struct way way[2], const struct line *l)
{
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
			take(&way[d], l, t, d == 0);
			give(&way[d], l, t, d == 1);
		}
	}
}

int main(int argc, char **argv)
{
	static struct way way[2];
	uint32_t head[6] = { 0xa1b2c3d4, 0x00040002, 0, 0, 65535, 101 };
	struct line l;

	if (argc != 10)
		errx(2, "usage: see the top of wire.c");
	l = (struct line){ .delay_ns = (int64_t)(atof(argv[4]) * 1e6),
		.ns_per_byte = 8000 / atof(argv[5]), .loss = atof(argv[6]),
		.reorder = atof(argv[7]), .queue = atoi(argv[8]),
		.mtu = atoi(argv[9]), .tap = fopen(argv[3], "wb") };
	if (l.tap == NULL)
		err(1, "%s", argv[3]);
	if (l.mtu == 0) {
		l.skip = OFFLOAD;
		l.mtu = 1500;
	}
	way[0].in = way[1].out = tun(argv[1], l.skip > 0);
	way[1].in = way[0].out = tun(argv[2], l.skip > 0);
	fwrite(head, sizeof(head), 1, l.tap);
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	printf("ready\n");
	fflush(stdout);
	carry(way, &l);
	fclose(l.tap);
	return 0;
}
