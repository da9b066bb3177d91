/*
 * The input is a capture file, read to its end.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static volatile uint8_t sink;

static void look_at(struct slice s)
{
	while (slice_more(s))
		sink ^= slice_u8(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);
	char path[64], error[CAPTURE_ERROR];
	struct frame frames[32];
	enum captured why;
	struct capture *c;

	if (fd == -1 || write(fd, bytes, n) != (ssize_t)n)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	c = capture_open_file(path, NULL, error);
	if (c) {
		do {
			size_t got = capture_batch(c, frames, 32, &why);

			for (size_t i = 0; i < got; i++)
				look_at(frames[i].bytes);
			if (got == 0 && why == CAPTURE_MORE)
				abort();
		} while (why == CAPTURE_MORE);
		capture_close(c);
	}
	close(fd);
	return 0;
}
