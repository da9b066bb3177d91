/*
 * smb.c - SMB 2 and 3 over TCP: sessions and frames; files: smb_files.c.
 *
 * [MS-SMB2] 2.1, 2.2.1, 2.2.5.  NTLM names in SESSION_SETUP count once the
 * server says status 0; a Kerberos ticket shows no name there.  An encrypted
 * session (transform header) shows nothing more than its bytes: FACT_APP
 * "smb-encrypted".  SMB 1 is followed only as far as its logon.
 *
 * Of what is compressed, commands whose head is in clear count, with the size
 * that their data has outside.
 *
 * Only the beginning of a frame is looked at; the data of READ and WRITE
 * are passed over.  After a hole: on at the next segment that begins with a
 * frame.
 */
#include <netinet/in.h>

#include "smb.h"

enum { FRAME = 4, HEADER = 64, HEAD_FEW = 128, HEAD_MOST = 8192 };
enum { FLAG_CHAINED = 1, NOT_COMPRESSED = 0 };
enum { FLAG_RESPONSE = 1, STATUS_MORE_PROCESSING = 0xc0000016 };
enum { COMMANDS_MOST = 16, SMB1_SESSION_SETUP = 0x73 };

/* Session message (0), 24-bit length, then one of four marks. */
static bool is_frame(struct slice s)
{
	uint8_t type = slice_u8(&s), mark;
	uint32_t n = slice_u24(&s);

	mark = slice_u8(&s);
	return type == 0 && n >= 32 && mark >= 0xfc &&
	    slice_starts(s, "SMB");
}

/* A NetBIOS session request comes first on port 139. */
static bool is_netbios_request(struct slice s)
{
	return slice_u8(&s) == 0x81 && slice_u8(&s) == 0 &&
	    slice_u16(&s) == 68 && slice_u8(&s) == 32;
}

static enum claim smb_claim(const struct opening *o)
{
	for (int side = 0; side < 2; side++) {
		struct slice s = o->first[side];

		if (is_frame(s) || is_netbios_request(s))
			return YES;
		if (s.n && s.n < 8 && s.p[0] == 0)
			return MAYBE;
	}
	return NO;
}

static struct smb_header read_header(struct slice s)
{
	struct smb_header h = { 0 };

	slice_skip(&s, 8);		/* mark, structure size, charge */
	h.status = slice_le32(&s);
	h.command = slice_le16(&s);
	slice_u16(&s);			/* credits */
	h.flags = slice_le32(&s);
	h.next = slice_le32(&s);
	h.message = slice_le64(&s);
	slice_u32(&s);
	h.tree = slice_le32(&s);
	return h;
}

static void session_request(struct smb *m, struct slice message,
    struct slice body)
{
	struct ntlm_names names;
	uint16_t at, n;

	slice_skip(&body, 12);
	at = slice_le16(&body);
	n = slice_le16(&body);
	slice_skip(&message, at);
	if (slice_short(body) || !ntlm_authenticate(&names,
	    slice_head(message, n)))
		return;
	m->names = names;
	m->setup = true;
}

static void session_answer(struct dissection *d, bool *setup, uint32_t status)
{
	struct smb *m = d->state;

	if (!*setup || status == STATUS_MORE_PROCESSING)
		return;
	*setup = false;
	if (status == 0)
		ntlm_tell(d, &m->names, PROOF_ACCEPTED);
}

static void command(struct dissection *d, enum side from,
    const struct smb_header *h, struct slice message)
{
	struct smb *m = d->state;
	struct slice body = message;
	bool response = h->flags & FLAG_RESPONSE;

	slice_skip(&body, HEADER);
	if (response != (from == SERVER))
		return;
	if (h->command == SMB_SESSION_SETUP && response)
		session_answer(d, &m->setup, h->status);
	else if (h->command == SMB_SESSION_SETUP)
		session_request(m, message, body);
	else if (response)
		smb_file_response(d, h, body);
	else
		smb_file_request(d, h, message, body);
}

/* A frame may hold several commands, each telling where the next begins. */
static void commands(struct dissection *d, enum side from, struct slice s,
    uint32_t room)
{
	for (int i = 0; i < COMMANDS_MOST && s.n >= HEADER; i++) {
		struct smb_header h = read_header(s);

		if (!slice_starts(s, "\xfeSMB"))
			return;
		h.room = room;
		command(d, from, &h, s);
		if (h.next < HEADER)
			return;
		slice_skip(&s, h.next);
	}
}

/* SMB 1: only whether NTLM was agreed to. */
static void old_command(struct dissection *d, enum side from, struct slice s)
{
	struct smb *m = d->state;
	struct slice header = s;
	uint8_t code;
	uint32_t status;

	slice_skip(&header, 4);
	code = slice_u8(&header);
	status = slice_le32(&header);
	if (code != SMB1_SESSION_SETUP)
		return;
	if (from == CLIENT)
		m->setup1 = ntlm_authenticate(&m->names, s);
	else
		session_answer(d, &m->setup1, status);
}

/*
 * 2.2.42: what is left uncompressed in front, mostly the command with all
 * but its data: told by an offset, or as the first one of several pieces.
 */
static void compressed(struct dissection *d, enum side from, struct slice s)
{
	uint32_t size, front;
	uint16_t algorithm, flags;

	slice_skip(&s, 4);
	size = slice_le32(&s);
	algorithm = slice_le16(&s);
	flags = slice_le16(&s);
	front = slice_le32(&s);
	if (flags & FLAG_CHAINED && algorithm != NOT_COMPRESSED)
		return;
	commands(d, from, slice_head(s, front), size);
}

/* Of the frame's n bytes at least the head is there. */
static void frame(struct dissection *d, enum side from, struct slice s,
    uint32_t n)
{
	struct smb *m = d->state;
	struct fact app = { .kind = FACT_APP, .from = CLIENT,
		.text = slice_str("smb-encrypted") };

	if (slice_starts(s, "\xfeSMB")) {
		commands(d, from, s, n);
	} else if (slice_starts(s, "\xfcSMB")) {
		compressed(d, from, s);
	} else if (slice_starts(s, "\xffSMB")) {
		old_command(d, from, s);
	} else if (slice_starts(s, "\xfdSMB") && !m->encrypted) {
		m->encrypted = true;
		d->emit(d, &app);
	}
}

/* How much of a frame must be at hand before it is looked at. */
static size_t head_needed(struct slice s, uint32_t n)
{
	struct smb_header h = read_header(s);
	size_t few = n < HEAD_FEW ? n : HEAD_FEW;

	if (s.n < few)
		return few;
	if (h.next == 0 && (h.command == SMB_WRITE || h.command == SMB_READ))
		return few;
	return n < HEAD_MOST ? n : HEAD_MOST;
}

static enum verdict smb_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	bool damaged = d->lost > 0;

	while (slice_more(*in)) {
		struct slice rest = *in;
		uint8_t type = slice_u8(&rest);
		uint32_t n = slice_u24(&rest);

		if (in->n < FRAME + 4 && !damaged && type == 0)
			return MORE;
		if (type != 0 || !is_frame(*in)) {
			/* keep-alive, session request, or out of step */
			if (type < 0x80 || damaged) {
				drop_all(in);
				return MORE;
			}
			if (slice_short(rest))
				return MORE;
			*in = rest;
			pass_over(d, in, n);
			continue;
		}
		if (rest.n < head_needed(rest, n))
			return MORE;
		damaged = false;
		frame(d, from, slice_head(rest, n), n);
		*in = rest;
		pass_over(d, in, n);
	}
	return MORE;
}

const struct dissector dissector_smb = {
	.name = "smb",
	.counts = COUNTS_SMB,
	.tells = (const char *const[]){ "smb-encrypted", NULL },
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct smb),
	.claim = smb_claim,
	.feed = smb_feed,
};
