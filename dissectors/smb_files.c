/*
 * smb_files.c - SMB 2 and 3: shares, file names, and the bytes moved.
 *
 * [MS-SMB2] 2.2.9 to 2.2.22.  Names come from CREATE, volume from the length
 * of WRITE requests and READ responses; pipes and printers do not count.  A
 * file is told when its first bytes move, not when it is merely opened.  The
 * tables are small and forget the oldest: a forgotten file still counts, but
 * without its name.
 */
#include "smb.h"

enum { SHARE_DISK = 1, FLAG_ASYNC = 2, STATUS_PENDING = 0x103 };

static bool is_other_tree(const struct smb *m, uint32_t tree)
{
	for (int i = 0; i < SMB_TREES; i++)
		if (tree && m->other_trees[i] == tree)
			return true;
	return false;
}

/* The text that the body points to in its message, `at` bytes on: place and
 * length.  Short when it is not there. */
static struct slice pointed(struct slice message, struct slice body,
    size_t at)
{
	uint16_t place, n;

	slice_skip(&body, at);
	place = slice_le16(&body);
	n = slice_le16(&body);
	slice_skip(&message, place);
	message = slice_take(&message, n);
	return slice_short(body) ? slice_of(NULL, 0) : message;
}

static void tree_request(struct smb *m, const struct smb_header *h,
    struct slice message, struct slice body)
{
	struct slice path = pointed(message, body, 4);

	if (slice_short(path))
		return;
	m->share_n = (uint8_t)utf16_text(path, m->share, SMB_SHARE).n;
	m->tree_message = h->message;
}

static void tree_response(struct dissection *d, const struct smb_header *h,
    struct slice body)
{
	struct smb *m = d->state;
	struct fact room = { .kind = FACT_ROOM, .from = CLIENT };
	uint8_t type;

	slice_skip(&body, 2);
	type = slice_u8(&body);
	if (h->status || slice_short(body))
		return;
	if (type != SHARE_DISK) {
		m->other_trees[m->next_tree++ % SMB_TREES] = h->tree;
		return;
	}
	for (int i = 0; i < SMB_TREES; i++)
		if (m->other_trees[i] == h->tree)
			m->other_trees[i] = 0;	/* its number is used again */
	if (h->message == m->tree_message && m->share_n) {
		room.text = slice_of(m->share, m->share_n);
		d->emit(d, &room);
	}
}

static void create_request(struct smb *m, const struct smb_header *h,
    struct slice message, struct slice body)
{
	struct smb_create *c;
	struct slice path = pointed(message, body, 44);

	if (slice_short(path) || path.n == 0)
		return;
	c = &m->creates[m->next_create++ % SMB_CREATES];
	c->message = h->message;
	/* its last part is what matters: keep the end of a long path */
	if (path.n > 2 * SMB_NAME)
		slice_skip(&path, path.n - 2 * SMB_NAME);
	c->name_n = (uint8_t)utf16_text(path, c->name, SMB_NAME).n;
}

static void create_response(struct smb *m, const struct smb_header *h,
    struct slice body)
{
	struct smb_create *c = NULL;
	struct smb_file *f;
	const uint8_t *id;
	uint64_t size;

	for (int i = 0; i < SMB_CREATES; i++)
		if (m->creates[i].name_n && m->creates[i].message ==
		    h->message)
			c = &m->creates[i];
	if (c == NULL)
		return;
	slice_skip(&body, 48);
	size = slice_le64(&body);
	slice_skip(&body, 8);
	id = slice_bytes(&body, 16);
	if (h->status == 0 && id) {
		f = &m->files[m->next_file++ % SMB_FILES];
		memset(f, 0, sizeof(*f));
		memcpy(f->id, id, 16);
		f->size = size;
		f->name_n = c->name_n;
		memcpy(f->name, c->name, c->name_n);
	}
	c->name_n = 0;
}

/* Place of the file, or SMB_FILES. */
static uint8_t file_of(const struct smb *m, const uint8_t *id)
{
	uint8_t i;

	for (i = 0; i < SMB_FILES; i++)
		if (id && m->files[i].name_n &&
		    memcmp(m->files[i].id, id, 16) == 0)
			break;
	return i;
}

static void moved(struct dissection *d, enum side from, uint8_t file,
    uint64_t bytes)
{
	struct smb *m = d->state;
	struct fact fact = { .from = from };
	bool *told = NULL;

	if (bytes == 0)
		return;
	if (file < SMB_FILES) {
		struct smb_file *f = &m->files[file];

		fact.text = slice_of(f->name, f->name_n);
		fact.bytes = from == SERVER ? f->size : 0;
		told = &f->told;
	}
	file_moved(d, fact, told, bytes);
}

static uint32_t content(const struct smb_header *h, uint32_t told)
{
	return told < h->room ? told : h->room;
}

static void write_request(struct dissection *d, const struct smb_header *h,
    struct slice body)
{
	uint32_t n;
	const uint8_t *id;

	slice_skip(&body, 4);
	n = slice_le32(&body);
	slice_skip(&body, 8);
	id = slice_bytes(&body, 16);
	if (id)
		moved(d, CLIENT, file_of(d->state, id), content(h, n));
}

static void read_request(struct smb *m, const struct smb_header *h,
    struct slice body)
{
	struct smb_read *r = &m->reads[m->next_read++ % SMB_READS];

	slice_skip(&body, 16);
	r->message = h->message;
	r->file = file_of(m, slice_bytes(&body, 16));
	r->waiting = true;
}

/*
 * Numbers of large reads are far apart, one for each 64 KiB asked for, so
 * they are no place in a small table.
 */
static struct smb_read *read_of(struct smb *m, uint64_t message)
{
	for (int i = 0; i < SMB_READS; i++)
		if (m->reads[i].waiting && m->reads[i].message == message)
			return &m->reads[i];
	return NULL;
}

/* A read that is not known any more still moves what it moves. */
static void read_response(struct dissection *d, const struct smb_header *h,
    struct slice body)
{
	struct smb *m = d->state;
	struct smb_read *r = read_of(m, h->message);
	uint32_t n;

	if (r == NULL && (h->flags & FLAG_ASYNC || is_other_tree(m, h->tree)))
		return;
	if (r != NULL && h->status != STATUS_PENDING)
		r->waiting = false;
	slice_skip(&body, 4);
	n = slice_le32(&body);
	if (h->status == 0 && !slice_short(body))
		moved(d, SERVER, r != NULL ? r->file : SMB_FILES,
		    content(h, n));
}

void smb_file_request(struct dissection *d, const struct smb_header *h,
    struct slice message, struct slice body)
{
	struct smb *m = d->state;

	if (h->command == SMB_TREE_CONNECT)
		tree_request(m, h, message, body);
	else if (is_other_tree(m, h->tree))
		return;
	else if (h->command == SMB_CREATE)
		create_request(m, h, message, body);
	else if (h->command == SMB_WRITE)
		write_request(d, h, body);
	else if (h->command == SMB_READ)
		read_request(m, h, body);
}

void smb_file_response(struct dissection *d, const struct smb_header *h,
    struct slice body)
{
	if (h->command == SMB_TREE_CONNECT && !(h->flags & FLAG_ASYNC))
		tree_response(d, h, body);
	else if (h->command == SMB_CREATE)
		create_response(d->state, h, body);
	else if (h->command == SMB_READ)
		read_response(d, h, body);
}
