/*
 * adb_sync.c - files pushed to and pulled from an Android device.
 *
 * SYNC.TXT of adb: requests of a 4-letter id and a 32-bit length, little
 * endian.  SEND path,mode  DATA.. DONE pushes, RECV path  DATA.. DONE pulls;
 * SND2 and RCV2 are the same with flags (and maybe compression: then the
 * bytes are those on the wire).  Lists and stats are passed over.
 */
#include "adb.h"

#define ID(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | \
	(uint32_t)(c) << 16 | (uint32_t)(d) << 24)

enum { PATH_LONGEST = 4096, DATA_LONGEST = 1 << 20 };

static void file_told(struct dissection *d, enum side from,
    const struct adb_sync *path, uint64_t bytes)
{
	struct fact fact = { .kind = FACT_FILE, .from = from, .bytes = bytes,
		.text = slice_of(path->name, path->name_n) };

	if (path->name_n)
		d->emit(d, &fact);
}

/* How long this header is: most have eight bytes, some answers more. */
static uint8_t head_length(enum side from, uint32_t id)
{
	if (id == ID('D', 'E', 'N', 'T'))
		return 20;
	if (id == ID('D', 'N', 'T', '2'))
		return 76;
	if (from == SERVER && id == ID('S', 'T', 'A', 'T'))
		return 16;
	if (from == SERVER && (id == ID('S', 'T', 'A', '2') ||
	    id == ID('L', 'S', 'T', '2')))
		return 72;
	return 8;
}

static void expect_body(struct adb_sync *s, enum adb_mode mode, uint32_t n)
{
	s->mode = n ? mode : ADB_HEAD;
	s->left = n;
}

/* The second half of SND2: id, mode, flags; of RCV2: id, flags. */
static bool second_half(struct adb_sync *s, uint32_t id)
{
	if (!s->again)
		return false;
	s->again = false;
	expect_body(s, ADB_PASS, id == ID('S', 'N', 'D', '2') ? 4 : 0);
	return true;
}

static void path_follows(struct adb_sync *s, bool again, uint32_t n)
{
	s->name_n = 0;
	s->bytes = 0;
	s->again = again;
	if (n > PATH_LONGEST)
		s->mode = ADB_LOST;
	else
		expect_body(s, ADB_PATH, n);
}

static void data(struct dissection *d, enum side from,
    struct adb_stream *stream, uint32_t n)
{
	struct adb_sync *s = &stream->side[from];
	struct adb_sync *path = &stream->side[CLIENT];
	struct fact moved = { .kind = FACT_MOVED, .from = from, .bytes = n,
		.text = slice_of(path->name, path->name_n) };

	if (n > DATA_LONGEST) {
		s->mode = ADB_LOST;
		return;
	}
	s->bytes += n;
	expect_body(s, ADB_DATA, n);
	if (n)
		d->emit(d, &moved);
}

static void request(struct dissection *d, enum side from,
    struct adb_stream *stream, uint32_t id, uint32_t n)
{
	struct adb_sync *s = &stream->side[from];

	switch (id) {
	case ID('S', 'N', 'D', '2'):
	case ID('R', 'C', 'V', '2'):
		if (!second_half(s, id))
			path_follows(s, true, n);
		break;
	case ID('S', 'E', 'N', 'D'):
	case ID('R', 'E', 'C', 'V'):
		path_follows(s, false, n);
		break;
	case ID('D', 'A', 'T', 'A'):
		data(d, from, stream, n);
		break;
	case ID('D', 'O', 'N', 'E'):
		if (s->bytes)
			file_told(d, from, &stream->side[CLIENT], s->bytes);
		s->bytes = 0;
		break;
	case ID('F', 'A', 'I', 'L'):
	case ID('S', 'T', 'A', 'T'):
	case ID('S', 'T', 'A', '2'):
	case ID('L', 'S', 'T', '2'):
	case ID('L', 'I', 'S', 'T'):
	case ID('L', 'I', 'S', '2'):
		if (s->head_need == 8)
			expect_body(s, ADB_PASS, n);
		break;
	case ID('D', 'E', 'N', 'T'):
	case ID('D', 'N', 'T', '2'):
	case ID('O', 'K', 'A', 'Y'):
	case ID('Q', 'U', 'I', 'T'):
		break;
	default:
		s->mode = ADB_LOST;
	}
}

static void head_bytes(struct dissection *d, enum side from,
    struct adb_stream *stream, struct slice *in)
{
	struct adb_sync *s = &stream->side[from];
	struct slice head;
	uint32_t id, n;

	s->head[s->head_n++] = slice_u8(in);
	if (s->head_n < 4)
		return;
	head = slice_of(s->head, s->head_n);
	id = slice_le32(&head);
	s->head_need = head_length(from, id);
	if (s->head_n < s->head_need)
		return;
	n = slice_le32(&head);
	if (s->head_need == 20 || s->head_need == 76) {
		/* a directory entry ends with the length of its name */
		struct slice tail = slice_of(s->head, s->head_n);

		slice_skip(&tail, s->head_need - 4u);
		expect_body(s, ADB_PASS, slice_le32(&tail));
	}
	s->head_n = 0;
	request(d, from, stream, id, n);
}

/* "/sdcard/plans.pdf,33188": without the mode. */
static void path_ends(struct adb_sync *s)
{
	size_t n = s->name_n;

	while (n && s->name[n - 1] != ',')
		n--;
	if (n > 1 && s->left == 0 && s->name_n < ADB_NAME)
		s->name_n = (uint16_t)(n - 1);
}

static void path_bytes(struct adb_sync *s, struct slice part)
{
	while (slice_more(part)) {
		uint8_t c = slice_u8(&part);

		if (s->name_n < ADB_NAME)
			s->name[s->name_n++] = (char)c;
	}
}

uint64_t adb_sync_bytes(struct dissection *d, enum side from,
    struct adb_stream *stream, struct slice *in, uint64_t room)
{
	struct adb_sync *s = &stream->side[from];
	uint64_t n = room;

	if (s->mode == ADB_HEAD) {
		head_bytes(d, from, stream, in);
		return 1;
	}
	if (s->mode == ADB_LOST) {
		pass_over(d, in, room);
		return room;
	}
	if (n > s->left)
		n = s->left;
	if (s->mode == ADB_PATH) {
		if (n > in->n)
			n = in->n;
		path_bytes(s, slice_take(in, (size_t)n));
	} else {
		pass_over(d, in, n);
	}
	s->left -= (uint32_t)n;
	if (s->left == 0) {
		if (s->mode == ADB_PATH)
			path_ends(s);
		s->mode = ADB_HEAD;
	}
	return n;
}
