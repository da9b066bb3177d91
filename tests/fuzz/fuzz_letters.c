/*
 * Arbitrary bytes as a record, as frames of a spool and as a RELP server's
 * answers: the first byte says which.
 */
#include <stdlib.h>

#include "alert/format.h"
#include "alert/frame.h"
#include "alert/notice.h"
#include "alert/relp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static struct notice notice;
static char line[FORMAT_LINE + 1];

/* What can be read can be said in every format, within its bound. */
static void fuzz_record(struct slice in)
{
	struct format_style style = { .max_bytes = 480 };

	if (!notice_read(&notice, in))
		return;
	for (int format = 0; format_names[format] != NULL; format++) {
		struct text t = text_in(line, sizeof(line));

		style.format = format;
		format_line(&t, &style, &notice);
		if (memchr(t.p, '\n', t.n) != NULL ||
		    memchr(t.p, '\0', t.n) != NULL)
			abort();
	}
}

static void fuzz_frames(struct slice in)
{
	struct frame_info f;

	while (slice_more(in)) {
		size_t skip = frame_seek(in);

		slice_skip(&in, skip);
		if (!slice_more(in))
			return;
		if (!frame_read(in, &f) || f.size == 0)
			abort();
		slice_skip(&in, f.size);
	}
}

/* A record framed and read back is the same; damage is noticed. */
static void fuzz_round(struct slice in)
{
	char room[8192];
	struct text t = text_in(room, sizeof(room));
	struct frame_info f = { .seq = in.n, .rank = 1,
	    .chain = "0123456789abcdef", .record = slice_head(in, 4096) }, g;

	if (!slice_more(in))
		return;			/* not a letter */
	frame_write(&t, &f);
	if (!frame_read(slice_of(t.p, t.n), &g) || g.seq != f.seq ||
	    g.record.n != f.record.n || (g.record.n > 0 &&
	    memcmp(g.record.p, f.record.p, g.record.n) != 0))
		abort();
	for (size_t i = 0; i < t.n; i += 7) {
		room[i] ^= 0x40;
		if (frame_read(slice_of(t.p, t.n), &g))
			abort();
		room[i] ^= 0x40;
	}
}

static void fuzz_relp(struct slice in)
{
	struct relp_frame f;
	size_t before;

	do {
		before = in.n;
		if (relp_read(&in, &f) != RELP_FRAME)
			return;
		(void)relp_code(f.data);
	} while (in.n < before);
	abort();			/* a frame that takes nothing */
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static void (*const all[])(struct slice in) = { fuzz_record,
		fuzz_frames, fuzz_round, fuzz_relp };

	if (n > 0)
		all[bytes[0] % 4](slice_of(bytes + 1, n - 1));
	return 0;
}
