/*
 * adb.c - Android Debug Bridge over TCP.
 *
 * protocol.txt of adb: 24-byte headers, six little-endian words, the last
 * one the complement of the first; then the payload.  Streams opened as
 * "sync:" are followed (adb_sync.c), four at a time; shells and others are
 * passed over.  After STLS (wireless debugging) all is TLS.
 */
#include <netinet/in.h>

#include "adb.h"

#define WORD(text) (((uint32_t)(text)[0]) | (uint32_t)(text)[1] << 8 | \
	(uint32_t)(text)[2] << 16 | (uint32_t)(text)[3] << 24)

enum { HEADER = 24, PAYLOAD_LONGEST = 1 << 20, BANNER_LONGEST = 4096 };

struct adb {
	uint8_t next;			/* stream to be forgotten first */
	struct adb_stream *open[2];	/* whose payload is being read */
	uint64_t left[2];		/* of that payload */
	struct adb_stream streams[ADB_STREAMS];
};

struct frame {
	uint32_t command, arg0, arg1, length;
};

static bool read_frame(struct slice *s, struct frame *f)
{
	f->command = slice_le32(s);
	f->arg0 = slice_le32(s);
	f->arg1 = slice_le32(s);
	f->length = slice_le32(s);
	slice_u32(s);			/* checksum */
	return slice_le32(s) == ~f->command && !slice_short(*s) &&
	    f->length <= PAYLOAD_LONGEST;
}

static enum claim adb_claim(const struct opening *o)
{
	static const char *const words[] = { "CNXN", "OPEN", "OKAY", "WRTE",
		"CLSE", "AUTH", "SYNC", "STLS" };

	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
			struct slice s = o->first[side];
			struct frame f;

			if (!could_start(s, words[i]))
				continue;
			if (s.n < HEADER)
				return MAYBE;
			if (read_frame(&s, &f))
				return YES;
		}
	return NO;
}

static struct adb_stream *stream_of(struct adb *a, uint32_t client_id)
{
	for (int i = 0; i < ADB_STREAMS; i++)
		if (client_id && a->streams[i].client_id == client_id)
			return &a->streams[i];
	return NULL;
}

static void stream_opens(struct adb *a, uint32_t client_id)
{
	struct adb_stream *s = stream_of(a, client_id);

	if (s == NULL) {
		s = &a->streams[a->next++ % ADB_STREAMS];
		for (int side = 0; side < 2; side++)
			if (a->open[side] == s)
				a->open[side] = NULL;
	}
	memset(s, 0, sizeof(*s));
	s->client_id = client_id;
}

/* "device::ro.product.name=x;ro.product.model=Pixel 6;..." */
static void banner(struct dissection *d, struct slice s)
{
	struct slice model = find_after(s, "ro.product.model=");
	struct fact fact = { .kind = FACT_DEVICE, .from = SERVER,
		.addr = *d->addr[SERVER], .port = d->port[SERVER],
		.text = slice_until(&model, ';'),
		.detail = slice_str("adb") };

	if (slice_more(fact.text))
		d->emit(d, &fact);
}

/* A payload that is to be seen whole: the banner, a service's name. */
static bool wants_all(const struct frame *f)
{
	return (f->command == WORD("CNXN") || f->command == WORD("OPEN")) &&
	    f->length <= BANNER_LONGEST;
}

static void frame_begins(struct dissection *d, enum side from,
    const struct frame *f, struct slice payload)
{
	struct adb *a = d->state;

	a->open[from] = NULL;
	a->left[from] = f->length;
	if (f->command == WORD("WRTE"))
		a->open[from] = stream_of(a, from == CLIENT ? f->arg0 :
		    f->arg1);
	else if (f->command == WORD("OPEN") && from == CLIENT &&
	    slice_starts(payload, "sync:"))
		stream_opens(a, f->arg0);
	else if (f->command == WORD("CNXN") && from == SERVER)
		banner(d, payload);
}

static void payload(struct dissection *d, enum side from, struct slice *in)
{
	struct adb *a = d->state;
	uint64_t room = a->left[from];

	if (a->open[from] == NULL) {
		pass_over(d, in, room);
		a->left[from] = 0;
	} else {
		a->left[from] -= adb_sync_bytes(d, from, a->open[from], in,
		    room);
	}
}

static enum verdict adb_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct adb *a = d->state;
	bool damaged = d->lost > 0;

	if (damaged) {
		if (a->open[from])
			a->open[from]->side[from].mode = ADB_LOST;
		a->left[from] = 0;
	}
	while (slice_more(*in)) {
		struct slice rest = *in;
		struct frame f;

		if (a->left[from]) {
			payload(d, from, in);
			continue;
		}
		if (in->n < HEADER && !damaged)
			return MORE;
		if (!read_frame(&rest, &f)) {
			drop_all(in);	/* till a segment begins with one */
			return MORE;
		}
		damaged = false;
		if (f.command == WORD("STLS") && from == CLIENT) {
			*in = rest;
			return UPGRADE;
		}
		if (wants_all(&f) && rest.n < f.length)
			return MORE;
		frame_begins(d, from, &f, slice_head(rest, f.length));
		*in = rest;
	}
	return MORE;
}

const struct dissector dissector_adb = {
	.name = "adb",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct adb),
	.claim = adb_claim,
	.feed = adb_feed,
};
