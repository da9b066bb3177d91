/*
 * capture.h - frames from a file, a pipe or an interface.
 *
 * The only door to libpcap, which opens interfaces and compiles filters.
 * Files are read by ourselves (savefile.c): pcap and pcapng, plain or
 * gzipped, several interfaces with different link layers in one file, which
 * libpcap refuses.  A damaged file gives what could be read, then
 * CAPTURE_DAMAGED with the number of the record and the reason.
 */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include "capture/decode.h"

enum captured { CAPTURE_MORE, CAPTURE_IDLE, CAPTURE_END, CAPTURE_DAMAGED,
	CAPTURE_FAILED };

struct capture;

struct capture_live {			/* settings of a live interface */
	const char *interface;
	uint32_t snaplen;		/* 0: whole frames */
	uint32_t ring_bytes;		/* kernel ring, 0: 64 MiB */
	int fanout_group;		/* 0: none; workers share a group */
};

struct capture_counts {			/* live: what the kernel says */
	uint64_t received, dropped, if_dropped;
	uint64_t read_bytes, total_bytes;	/* files: for progress */
};

/* NULL with a message for the operator in `error` (CAPTURE_ERROR bytes); errno
 * is EBADMSG when the file can be read, but is no capture. */
enum { CAPTURE_ERROR = 512 };
struct capture *capture_open_file(const char *path, const char *filter,
    char *error);			/* path "-": standard input */
struct capture *capture_open_live(const struct capture_live *live,
    const char *filter, char *error);
void capture_close(struct capture *c);
/* Can this filter be?  If not, why. */
bool capture_filter_good(const char *filter, char *error);

/*
 * Up to `max` further frames, and why there are not more.  Their bytes are
 * valid until the next call, and CAPTURE_SLACK bytes may be read behind each
 * (they are some bytes, not zeros).  n == 0 comes only with IDLE (nothing
 * within the poll time, live only), END, DAMAGED or FAILED.
 */
enum { CAPTURE_SLACK = 64 };
size_t capture_batch(struct capture *c, struct frame *frames, size_t max,
    enum captured *why);
const char *capture_error(const struct capture *c);	/* after DAMAGED */
int capture_fd(const struct capture *c);		/* live: to poll on */
struct capture_counts capture_counts(struct capture *c);

#endif
