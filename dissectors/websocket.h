/*
 * websocket.h - one WebSocket connection, after HTTP has switched to it.
 *
 * websocket.c reads the frames and unpacks what is packed,
 * websocket_messages.c says what a message means.
 */
#ifndef WEBSOCKET_H
#define WEBSOCKET_H

#include "http_parts.h"
#include "inflate.h"

enum { WEBSOCKET_TEXT = 1536 };		/* looked at of each message */

/* The message under way on one side, and the file it may belong to. */
struct websocket_message {
	bool is_text;
	bool counts;			/* it is content of a file, ... */
	bool of_announced;		/* of that which was announced */
	uint64_t held;			/* of it, until that is known */
	uint64_t beyond;		/* more than the file should have */
	struct file_name name;		/* of the file that was announced */
	uint64_t bytes, left;		/* its size; not yet seen of it */
	bool told;
	uint16_t text_n;
	char text[WEBSOCKET_TEXT];
};

enum websocket_at { WEBSOCKET_HEADER, WEBSOCKET_PAYLOAD, WEBSOCKET_LOST };

struct websocket_half {
	enum websocket_at at;
	uint8_t header_n, header[14];	/* of the frame under way */
	uint8_t mask[4], mask_at;
	bool control;			/* ping, pong, close */
	bool final;			/* its message ends with it */
	bool open;			/* a message is under way, ... */
	bool packed;			/* which is compressed */
	uint64_t left;			/* of the frame's payload */
	bool takeover;			/* a message refers to earlier ones */
	uint8_t window_bits;		/* 0: compression was not agreed on */
	bool opaque;			/* what is packed cannot be read */
	struct inflate *inflate;
	struct websocket_message message;
};

struct websocket {
	struct websocket_half half[2];
	struct told rooms;
};

/* `extensions`: what the server agreed to (Sec-WebSocket-Extensions).  NULL
 * when the budget has no room. */
struct websocket *websocket_new(struct budget *b, struct slice extensions);
void websocket_free(struct websocket *w);

/* Uses up all of *in.  DONE: nothing more can be read on either side. */
enum verdict websocket_feed(struct dissection *d, struct websocket *w,
    enum side from, struct slice *in);

void websocket_message_begins(struct websocket_message *m, bool is_text);
/* More of it, as it was before it was packed. */
void websocket_message_bytes(struct dissection *d, struct websocket *w,
    enum side from, struct slice bytes);
/* So much more of it, of which nothing can be read. */
void websocket_message_size(struct dissection *d, struct websocket *w,
    enum side from, uint64_t n);
void websocket_message_ends(struct dissection *d, struct websocket *w,
    enum side from);

#endif
