/*
 * capture.c - see capture.h.  The only file that knows libpcap.
 *
 * Live frames are copied out of the kernel's ring, so they stay valid until
 * the next batch whatever the ring does.  Workers that share an interface
 * join one PACKET_FANOUT group: the kernel's hash is the same in both
 * directions, so a flow stays with one worker.
 */
#include "capture/capture.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <pcap.h>

#include "capture/savefile.h"

enum { OPTIMIZE_MAX = 2048, FILTER_MAX = 4096 };	/* bytes */
enum { POLL_MS = 100, RING_BYTES = 64 << 20, LINKS_MAX = 16, BATCH_MAX = 32,
	DLT_CHECK = DLT_EN10MB,
	LINKTYPE_RAW = 101 };		/* in files; the one that differs */

struct filter {				/* compiled for one link layer */
	int link;
	bool usable;			/* else it can match nothing there */
	struct bpf_program program;
};

struct capture {
	struct savefile file;
	pcap_t *live;
	int link;			/* live */
	char *filter;			/* NULL: none */
	struct filter filters[LINKS_MAX];
	int filter_count;
	uint8_t *copies;		/* live: BATCH_MAX frames */
	size_t copy_size;
	struct capture_counts counts;
	uint32_t seen_received, seen_dropped, seen_if_dropped;
	char path[CAPTURE_ERROR / 2];
	char error[CAPTURE_ERROR];
};

/* Optimizing takes the square of a filter's length, and more. */
static bool soon_optimized(const char *text)
{
	return strlen(text) < OPTIMIZE_MAX;
}

static bool compile(int link, const char *text, bool optimize,
    struct bpf_program *program, char *error)
{
	pcap_t *dead = pcap_open_dead(link == LINKTYPE_RAW ? DLT_RAW : link,
	    SNAPLEN_MAX);
	bool good;

	if (dead == NULL)
		return false;
	good = pcap_compile(dead, program, text, optimize,
	    PCAP_NETMASK_UNKNOWN) == 0;
	if (!good && error)
		snprintf(error, CAPTURE_ERROR, "filter \"%.200s\": %s",
		    text, pcap_geterr(dead));
	pcap_close(dead);
	return good;
}

bool capture_filter_good(const char *filter, char *error)
{
	struct bpf_program check;

	size_t n = strlen(filter);

	if (n > FILTER_MAX) {
		snprintf(error, CAPTURE_ERROR, "filter of %zu bytes: at most "
		    "%d; name networks rather than hosts", n, FILTER_MAX);
		return false;
	}
	if (!compile(DLT_CHECK, filter, false, &check, error))
		return false;
	pcap_freecode(&check);
	return true;
}

static bool set_filter(struct capture *c, const char *text, char *error)
{
	if (text == NULL || *text == '\0')
		return true;
	if (!capture_filter_good(text, error))
		return false;
	c->filter = strdup(text);
	if (c->filter == NULL)
		snprintf(error, CAPTURE_ERROR, "no memory");
	return c->filter != NULL;
}

/* A file may hold several link layers: compile for each as it is met. */
static struct filter *filter_for(struct capture *c, int link)
{
	struct filter *f;

	for (int i = 0; i < c->filter_count; i++)
		if (c->filters[i].link == link)
			return &c->filters[i];
	if (c->filter_count == LINKS_MAX)
		return NULL;
	f = &c->filters[c->filter_count++];
	f->link = link;
	f->usable = compile(link, c->filter, soon_optimized(c->filter),
	    &f->program, NULL);
	return f;
}

static bool wanted(struct capture *c, const struct frame *f)
{
	struct pcap_pkthdr h = { .caplen = (bpf_u_int32)f->bytes.n,
		.len = f->wire_len };
	struct filter *filter;

	if (c->filter == NULL)
		return true;
	filter = filter_for(c, f->link);
	return filter && filter->usable &&
	    pcap_offline_filter(&filter->program, &h, f->bytes.p) != 0;
}

struct capture *capture_open_file(const char *path, const char *filter,
    char *error)
{
	struct capture *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		snprintf(error, CAPTURE_ERROR, "%s: no memory", path);
		return NULL;
	}
	c->file.source.fd = -1;
	snprintf(c->path, sizeof(c->path), "%s", path);
	if (!savefile_open(&c->file, path, error)) {
		free(c);
		return NULL;
	}
	if (!set_filter(c, filter, error)) {
		capture_close(c);
		return NULL;
	}
	return c;
}

static const char *why_not(pcap_t *p, int result)
{
	const char *why = pcap_geterr(p);

	return result == PCAP_ERROR || *why ? why : pcap_statustostr(result);
}

static bool configure(pcap_t *p, const struct capture_live *live)
{
	uint32_t ring = live->ring_bytes ? live->ring_bytes : RING_BYTES;

	if (ring > INT32_MAX)
		ring = INT32_MAX;
	return pcap_set_snaplen(p, live->snaplen ?
	    (int)live->snaplen : SNAPLEN_MAX) == 0 &&
	    pcap_set_promisc(p, 1) == 0 &&
	    pcap_set_timeout(p, POLL_MS) == 0 &&
	    pcap_set_immediate_mode(p, 0) == 0 &&
	    pcap_set_buffer_size(p, (int)ring) == 0;
}

/* Split the interface's packets over all sockets of the group. */
static bool join_fanout(pcap_t *p, int group)
{
	uint32_t kind = PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG;
	uint32_t how = ((uint32_t)group & 0xffff) | kind << 16;

	return group == 0 || setsockopt(pcap_fileno(p), SOL_PACKET,
	    PACKET_FANOUT, &how, sizeof(how)) == 0;
}

static bool set_live_filter(struct capture *c, char *error)
{
	struct bpf_program program;
	bool good;

	if (c->filter == NULL)
		return true;
	if (!compile(c->link, c->filter, soon_optimized(c->filter), &program,
	    error))
		return false;
	good = pcap_setfilter(c->live, &program) == 0;
	if (!good)
		snprintf(error, CAPTURE_ERROR, "filter \"%s\": %s", c->filter,
		    pcap_geterr(c->live));
	pcap_freecode(&program);
	return good;
}

static bool start_live(struct capture *c, const struct capture_live *live,
    char *error)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	int result;

	c->live = pcap_create(live->interface, text);
	if (c->live == NULL || !configure(c->live, live)) {
		snprintf(error, CAPTURE_ERROR, "%s: %s", live->interface,
		    text);
		return false;
	}
	result = pcap_activate(c->live);
	if (result < 0) {
		snprintf(error, CAPTURE_ERROR, "%s: %s%s", live->interface,
		    why_not(c->live, result),
		    result == PCAP_ERROR_PERM_DENIED ?
		    "; this needs root or CAP_NET_RAW" : "");
		return false;
	}
	c->link = pcap_datalink(c->live);
	c->copy_size = (size_t)pcap_snapshot(c->live) + CAPTURE_SLACK;
	c->copies = malloc(BATCH_MAX * c->copy_size);
	if (!set_live_filter(c, error))
		return false;
	if (c->copies == NULL || pcap_setnonblock(c->live, 1, text) != 0 ||
	    !join_fanout(c->live, live->fanout_group)) {
		snprintf(error, CAPTURE_ERROR, "%s: %s", live->interface,
		    *text ? text : strerror(errno));
		return false;
	}
	return true;
}

struct capture *capture_open_live(const struct capture_live *live,
    const char *filter, char *error)
{
	struct capture *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		snprintf(error, CAPTURE_ERROR, "no memory");
		return NULL;
	}
	c->file.source.fd = -1;
	snprintf(c->path, sizeof(c->path), "%s", live->interface);
	if (!set_filter(c, filter, error) || !start_live(c, live, error)) {
		capture_close(c);
		return NULL;
	}
	return c;
}

void capture_close(struct capture *c)
{
	if (c == NULL)
		return;
	for (int i = 0; i < c->filter_count; i++)
		if (c->filters[i].usable)
			pcap_freecode(&c->filters[i].program);
	if (c->live)
		pcap_close(c->live);
	else if (c->file.source.fd != -1)
		savefile_close(&c->file);
	free(c->filter);
	free(c->copies);
	free(c);
}

static size_t file_batch(struct capture *c, struct frame *frames, size_t max,
    enum captured *why)
{
	size_t n = 0;

	c->file.source.again = false;
	*why = CAPTURE_MORE;
	while (n < max) {
		struct frame *f = &frames[n];

		c->file.source.pinned = n > 0;
		*why = savefile_next(&c->file, f);
		if (*why != CAPTURE_MORE)
			break;
		n += wanted(c, f);
	}
	if (*why == CAPTURE_IDLE)	/* the rest with the next batch */
		*why = CAPTURE_MORE;
	if (*why == CAPTURE_DAMAGED)
		snprintf(c->error, sizeof(c->error), "%s: %.*s", c->path,
		    CAPTURE_ERROR / 2 - 8, c->file.error);
	return n;
}

struct batch {
	struct capture *c;
	struct frame *frames;
	size_t n;
};

static void copy_frame(u_char *arg, const struct pcap_pkthdr *h,
    const u_char *bytes)
{
	struct batch *b = (struct batch *)(void *)arg;
	uint8_t *copy = b->c->copies + b->n * b->c->copy_size;
	size_t n = h->caplen;

	if (n > b->c->copy_size - CAPTURE_SLACK)
		n = b->c->copy_size - CAPTURE_SLACK;
	memcpy(copy, bytes, n);
	b->frames[b->n++] = (struct frame){
		(int64_t)h->ts.tv_sec * 1000000 + h->ts.tv_usec,
		b->c->link, h->len, slice_of(copy, n) };
}

static size_t live_batch(struct capture *c, struct frame *frames, size_t max,
    enum captured *why)
{
	struct batch b = { c, frames, 0 };
	struct pollfd ready = { pcap_get_selectable_fd(c->live), POLLIN, 0 };
	int got = 0;

	for (int tries = 0; tries < 2; tries++) {
		got = pcap_dispatch(c->live, (int)max, copy_frame,
		    (u_char *)(void *)&b);
		if (got != 0)
			break;
		if (tries == 0 && poll(&ready, 1, POLL_MS) == 0)
			break;
	}
	*why = b.n ? CAPTURE_MORE : CAPTURE_IDLE;
	if (got < 0 && got != PCAP_ERROR_BREAK && b.n == 0) {
		*why = CAPTURE_FAILED;
		snprintf(c->error, sizeof(c->error), "%s: %s", c->path,
		    pcap_geterr(c->live));
	}
	return b.n;
}

size_t capture_batch(struct capture *c, struct frame *frames, size_t max,
    enum captured *why)
{
	if (max > BATCH_MAX)
		max = BATCH_MAX;
	return c->live ? live_batch(c, frames, max, why) :
	    file_batch(c, frames, max, why);
}

const char *capture_error(const struct capture *c)
{
	return c->error;
}

int capture_fd(const struct capture *c)
{
	return c->live ? pcap_get_selectable_fd(c->live) : c->file.source.fd;
}

/* libpcap counts in 32 bits, which wrap within hours. */
static uint64_t grown(uint32_t now, uint32_t *seen)
{
	uint32_t more = now - *seen;

	*seen = now;
	return more;
}

struct capture_counts capture_counts(struct capture *c)
{
	struct pcap_stat st;

	if (c->live == NULL) {
		c->counts.read_bytes = c->file.source.raw_bytes;
		c->counts.total_bytes = c->file.source.total_bytes;
		c->counts.dropped = c->file.dropped;
		return c->counts;
	}
	if (pcap_stats(c->live, &st) == 0) {
		c->counts.received += grown(st.ps_recv, &c->seen_received);
		c->counts.dropped += grown(st.ps_drop, &c->seen_dropped);
		c->counts.if_dropped += grown(st.ps_ifdrop,
		    &c->seen_if_dropped);
	}
	return c->counts;
}
