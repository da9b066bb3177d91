/*
 * websocket_messages.c - what the messages of a WebSocket tell: rooms, and
 * the files that go through it.
 *
 * A text is the talk of programs, in JSON of no one's standard: looked at for
 * the room that it is about, by the names that Mattermost, Rocket.Chat,
 * Slack and Discord have for it, and for a file's name and size together,
 * which announce the binary messages that follow on the same side (the way
 * of PairDrop, socket.io and many a small chat).  Binary messages that nobody
 * announced are content when they are long and a client's: what a server
 * sends unasked are pictures of screens, sound and states of games.
 */
#include "websocket.h"

enum { LEAST_UNNAMED = 8192 };		/* shorter: a program's talk */

static const char *const room_keys[] = { "channel_name", "rid", "roomId",
	"room_id", "channel_id", "channel" };
static const char *const name_keys[] = { "filename", "fileName", "file_name",
	"name" };
static const char *const size_keys[] = { "size", "fileSize", "file_size",
	"filesize", "fileLength" };

#define FIRST_OF(text, keys) \
	first_of(text, keys, sizeof(keys) / sizeof(*(keys)))

static struct slice first_of(struct slice text, const char *const *keys,
    size_t n)
{
	struct slice value = { 0 };

	for (size_t i = 0; i < n && !slice_more(value); i++)
		value = json_value(text, keys[i]);
	return value;
}

void websocket_message_begins(struct websocket_message *m, bool is_text)
{
	m->is_text = is_text;
	m->counts = false;
	m->held = m->beyond = 0;
	m->text_n = 0;
}

/*
 * How much of n is the announced file's.  Its last message may have some
 * words of the program's own around it; much more than was announced is
 * content too, whatever was said of its size.
 */
static uint64_t of_file(struct websocket_message *m, uint64_t n)
{
	uint64_t due = n < m->left ? n : m->left;

	m->left -= due;
	if (m->beyond >= LEAST_UNNAMED)
		return n;
	m->beyond += n - due;
	return m->beyond < LEAST_UNNAMED ? due : due + m->beyond;
}

static void content(struct dissection *d, enum side from,
    struct websocket_message *m, uint64_t n)
{
	struct fact moved = { .kind = FACT_MOVED, .from = from, .bytes = n };
	struct fact file = { .kind = FACT_FILE, .from = from };

	if (m->of_announced) {
		moved.text = file.text = slice_of(m->name.text, m->name.n);
		file.bytes = m->bytes;
		if (!m->told)
			d->emit(d, &file);
		m->told = true;
		moved.bytes = of_file(m, n);
	}
	if (moved.bytes > 0)
		d->emit(d, &moved);
}

void websocket_message_size(struct dissection *d, struct websocket *w,
    enum side from, uint64_t n)
{
	struct websocket_message *m = &w->half[from].message;

	if (m->is_text)
		return;
	m->held += n;
	if (!m->counts)
		m->of_announced = m->left > 0;
	m->counts = m->counts || m->of_announced ||
	    (from == CLIENT && m->held >= LEAST_UNNAMED);
	if (m->counts && m->held > 0) {
		content(d, from, m, m->held);
		m->held = 0;
	}
}

void websocket_message_bytes(struct dissection *d, struct websocket *w,
    enum side from, struct slice bytes)
{
	struct websocket_message *m = &w->half[from].message;
	struct slice kept = slice_head(bytes, sizeof(m->text) - m->text_n);

	if (!m->is_text) {
		websocket_message_size(d, w, from, bytes.n);
	} else if (kept.n > 0) {
		memcpy(m->text + m->text_n, kept.p, kept.n);
		m->text_n = (uint16_t)(m->text_n + kept.n);
	}
}

static void announced(struct websocket_message *m, struct slice text)
{
	struct slice name = FIRST_OF(text, name_keys);
	bool bad;
	uint64_t bytes = ascii_decimal(FIRST_OF(text, size_keys), &bad);

	if (bad || bytes == 0 || !slice_more(name) ||
	    memchr(name.p, '.', name.n) == NULL)
		return;
	name = slice_head(name, sizeof(m->name.text));
	memcpy(m->name.text, name.p, name.n);
	m->name.n = (uint8_t)name.n;
	m->bytes = m->left = bytes;
	m->told = false;
}

void websocket_message_ends(struct dissection *d, struct websocket *w,
    enum side from)
{
	struct websocket_message *m = &w->half[from].message;
	struct slice text = slice_of(m->text, m->is_text ? m->text_n : 0);
	struct slice room = FIRST_OF(text, room_keys);

	if (slice_more(room) && ascii_plain(room) && room.n <= 96 &&
	    !told_before(&w->rooms, room))
		http_tell(d, FACT_ROOM, room);
	announced(m, text);
}
