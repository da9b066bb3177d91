/*
 * ptpip.c - PTP/IP: pictures taken from, and files sent to, a camera or an
 * MTP device over the network.
 *
 * ISO 15740 and CIPA DC-005: length and type, little endian.  ObjectInfo
 * names the object, the data phases of GetObject and SendObject (and the
 * partial ones of Android's MTP) are counted as they pass.
 */
#include <netinet/in.h>

#include "wire.h"

enum { INIT_COMMAND = 1, INIT_ACK = 2, INIT_EVENT = 3, REQUEST = 6,
	START_DATA = 9, DATA = 10, END_DATA = 12, TYPE_LAST = 14 };
enum { GET_INFO = 0x1008, GET_OBJECT = 0x1009, SEND_INFO = 0x100c,
	SEND_OBJECT = 0x100d, GET_PARTIAL = 0x101b, GET_PARTIAL64 = 0x95c1,
	SEND_PARTIAL = 0x95c2 };
enum { HEADER = 8, NAME = 96, HEAD_MOST = 1024 };

struct ptpip {
	uint16_t operation;		/* in whose data phase we are */
	bool told;			/* the file of this phase */
	uint32_t handle, info_handle;
	uint32_t info_bytes;
	uint8_t name_n;
	char name[NAME];
};

static bool is_init(struct slice s)
{
	uint32_t n = slice_le32(&s), type = slice_le32(&s);

	if (type == INIT_EVENT)
		return n == 12 && !slice_short(s);
	slice_skip(&s, 16);		/* GUID */
	return type == INIT_COMMAND && n >= 8 + 16 + 2 + 4 && n <= 400 &&
	    s.n == n - 24 && s.p[s.n - 1] == 0 && s.p[s.n - 2] <= 1 &&
	    s.p[s.n - 4] == 0;
}

static enum claim ptpip_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT];
	uint32_t n = slice_le32(&s), type = slice_le32(&s);

	if (is_init(o->first[CLIENT]))
		return YES;
	/* not all of it yet? */
	return (type == INIT_COMMAND || type == INIT_EVENT) && n <= 400 &&
	    o->first[CLIENT].n < n ? MAYBE : NO;
}

static bool is_transfer(uint16_t operation)
{
	return operation == GET_OBJECT || operation == SEND_OBJECT ||
	    operation == GET_PARTIAL || operation == GET_PARTIAL64 ||
	    operation == SEND_PARTIAL;
}

static struct slice name_of(const struct ptpip *p)
{
	bool ours = p->operation == SEND_OBJECT ||
	    p->operation == SEND_PARTIAL || p->handle == p->info_handle;

	return slice_of(p->name, ours ? p->name_n : 0);
}

static void request(struct ptpip *p, struct slice s)
{
	slice_u32(&s);			/* data phase */
	p->operation = slice_le16(&s);
	slice_u32(&s);			/* transaction */
	p->handle = slice_le32(&s);
	p->told = false;
}

/* ObjectInfo: storage, format, protection, size, ... file name at 52. */
static void object_info(struct ptpip *p, struct slice s)
{
	struct slice name;
	uint8_t letters;

	slice_skip(&s, 8);
	p->info_bytes = slice_le32(&s);
	slice_skip(&s, 40);
	letters = slice_u8(&s);
	name = slice_take(&s, 2u * letters);
	if (slice_short(s))
		return;
	if (name.n >= 2)
		name.n -= 2;		/* its terminator */
	p->name_n = (uint8_t)utf16_text(name, p->name, NAME).n;
	p->info_handle = p->handle;
}

static void start_data(struct dissection *d, enum side from, struct slice s)
{
	struct ptpip *p = d->state;
	struct fact file = { .kind = FACT_FILE, .from = from,
		.text = name_of(p) };

	slice_u32(&s);			/* transaction */
	file.bytes = slice_le32(&s);
	if (file.bytes == UINT32_MAX)
		file.bytes = 0;		/* told by nobody */
	if ((p->operation == GET_OBJECT || p->operation == SEND_OBJECT) &&
	    !p->told && slice_more(file.text))
		d->emit(d, &file);
	p->told = true;
}

static void data(struct dissection *d, enum side from, struct slice s,
    uint32_t n)
{
	struct ptpip *p = d->state;
	struct fact moved = { .kind = FACT_MOVED, .from = from,
		.text = name_of(p), .bytes = n };

	slice_u32(&s);			/* transaction */
	if (p->operation == GET_INFO || p->operation == SEND_INFO)
		object_info(p, s);
	else if (is_transfer(p->operation) && n)
		d->emit(d, &moved);
}

static void packet(struct dissection *d, enum side from, uint32_t type,
    uint32_t n, struct slice s)
{
	if (type == REQUEST && from == CLIENT)
		request(d->state, s);
	else if (type == START_DATA)
		start_data(d, from, s);
	else if ((type == DATA || type == END_DATA) && n >= 12)
		data(d, from, s, n - 12);
}

static enum verdict ptpip_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	bool damaged = d->lost > 0;

	while (slice_more(*in)) {
		struct slice rest = *in;
		uint32_t n = slice_le32(&rest), type = slice_le32(&rest);
		size_t need = n < HEAD_MOST ? n : HEAD_MOST;

		if (slice_short(rest) && !damaged)
			return MORE;
		if (n < HEADER || type == 0 || type > TYPE_LAST) {
			if (!damaged)
				return NOT_MINE;
			drop_all(in);
			return MORE;
		}
		if (in->n < need)
			return MORE;
		damaged = false;
		packet(d, from, type, n, slice_head(rest, need - HEADER));
		pass_over(d, in, n);
	}
	return MORE;
}

const struct dissector dissector_ptpip = {
	.name = "ptpip",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct ptpip),
	.claim = ptpip_claim,
	.feed = ptpip_feed,
};
