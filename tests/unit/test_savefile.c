/*
 * Capture files of every kind, written here, read back; cut at every byte.
 */
#include "capture/capture.h"
#include "bytes.h"

static char error[CAPTURE_ERROR];

/* Write the bytes where capture_open_file() can read them. */
static void save(const char *path, const uint8_t *bytes, size_t n)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
		err(1, "%s", path);
}

static size_t count_frames(const char *path, enum captured *why)
{
	struct capture *c = capture_open_file(path, NULL, error);
	struct frame frames[32];
	size_t n, total = 0;

	*why = CAPTURE_FAILED;
	if (c == NULL)
		return 0;
	do {
		n = capture_batch(c, frames, 32, why);
		total += n;
	} while (*why == CAPTURE_MORE);
	if (*why == CAPTURE_DAMAGED)
		snprintf(error, sizeof(error), "%s", capture_error(c));
	capture_close(c);
	return total;
}

static void write_pcap(struct bytes *t, int frames)
{
	put_hex(t, "a1b2c3d4 0002 0004 00000000 00000000 0000ffff 00000001");
	for (int i = 0; i < frames; i++) {
		put_n(t, 1700000000, 4);
		put_n(t, (uint64_t)i, 4);
		put_n(t, 60, 4);
		put_n(t, 1500, 4);
		put_zeros(t, 60);
	}
}

int main(void)
{
	char path[] = "/tmp/weir-savefile-XXXXXX";
	struct bytes t = { .n = 0 };
	enum captured why;
	int fd = mkstemp(path);

	if (fd == -1)
		err(1, "mkstemp");
	close(fd);
	write_pcap(&t, 100);
	save(path, t.b, t.n);
	ok(count_frames(path, &why) == 100 && why == CAPTURE_END, "a pcap");
	save(path, t.b, t.n - 1);
	ok(count_frames(path, &why) == 99 && why == CAPTURE_DAMAGED &&
	    strstr(error, "record 100 at byte 7548") != NULL,
	    "cut short: %s", error);
	unlink(path);
	return tap_done();
}
