/* http.h - what the parts of the HTTP/1.x dissector share. */
#ifndef HTTP_H
#define HTTP_H

#include "wire.h"

enum { HTTP_NAME = 96, HTTP_BOUNDARY = 80, HTTP_ASKED = 8 };

/* One message without its body; slices into the input. */
struct http_head {
	struct slice method, target;	/* of a request */
	unsigned int status;		/* of a response */
	struct slice host, type, disposition, authorization;
	uint64_t length;
	bool has_length, chunked, websocket;
};

struct http_name {
	uint8_t n;
	char text[HTTP_NAME];
};

/* What a request asked for, until the answer comes. */
struct http_asked {
	struct http_name name;
	bool no_body, tunnel;		/* HEAD; CONNECT */
	bool login;			/* it carried an NTLM account */
};

struct http_part {			/* the body under way on one side */
	bool is_file;
	bool between;			/* multipart: in the head of a part */
	uint8_t boundary_n;		/* 0: not multipart */
	char boundary[HTTP_BOUNDARY];	/* CR LF and dashes included */
	struct http_name name;
};

/* The last part of a target's path, decoded: "/a/plan%201.pdf?v=2". */
void http_target_name(struct http_name *name, struct slice target);

/* A body begins: is it a file, and what is its name?  `asked` is NULL for
 * requests, and for answers whose request was not seen. */
void http_part_begins(struct dissection *d, enum side from,
    struct http_part *p, const struct http_head *head,
    const struct http_asked *asked);

/*
 * Take what can be told of `in`, all of it part of the body; last: nothing
 * of the body follows.  What is left must be shown again.
 */
void http_part_bytes(struct dissection *d, enum side from,
    struct http_part *p, struct slice *in, bool last);

#endif
