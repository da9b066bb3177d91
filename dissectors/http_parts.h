/*
 * http_parts.h - what the parts of the HTTP dissector share.
 *
 * http.c reads messages of HTTP/1.x, http2.c frames of HTTP/2; the heads of
 * both (http_head.c) and which bodies are files (http_files.c) are one thing.
 */
#ifndef HTTP_PARTS_H
#define HTTP_PARTS_H

#include "file_name.h"

enum { HTTP_BOUNDARY = 80, HTTP_LINE = 256, HTTP_ASKED = 8,
	HTTP_HEAD_LONGEST = 16000 };

/* One message without its body; slices into the input. */
struct http_head {
	struct slice method, target;	/* of a request */
	struct slice code;		/* of a response, as text */
	struct slice host, type, disposition, authorization, upgrade,
		extensions, coding, size;	/* extensions: WebSocket's */
	unsigned int status;		/* these four by http_head_done() */
	uint64_t length;
	bool has_length, chunked;
};

/* What a request asked for, until the answer comes. */
struct http_asked {
	struct file_name name;
	bool no_body, tunnel;		/* HEAD; CONNECT */
	bool login;			/* it carried an NTLM account */
	bool http2;			/* it offered to go on with that */
};

struct http_part {			/* the body under way on one side */
	bool is_file;
	bool waits;			/* it is one when it gets long */
	uint64_t waited;
	uint8_t form;			/* enum in http_files.c; 0: no form */
	uint8_t boundary_n, matched;	/* how much of it has just been seen */
	uint16_t line_n;
	char boundary[HTTP_BOUNDARY];	/* CR LF and dashes included */
	char line[HTTP_LINE];		/* of a part's head, until it ends */
	struct file_name name;
};

/* Where the value of this header goes; NULL: nobody wants it. */
struct slice *http_header(struct http_head *h, struct slice name);
/* All headers are there; false: it makes no sense. */
bool http_head_done(struct http_head *h);
/* HTTP/1: a whole head, *in moves past it.  MORE: not all of it is here. */
enum verdict http_head_read(struct http_head *h, enum side from,
    struct slice *in);

/* Tell a word of a head, if it can be one. */
void http_tell(struct dissection *d, enum fact_kind kind, struct slice text);

/* What will have to be known of a request when its answer comes. */
void http_asks(struct http_asked *a, const struct http_head *head);

/* A body begins: is it a file, and what is its name?  `asked` is NULL for
 * requests, and for answers whose request was not seen. */
void http_part_begins(struct dissection *d, enum side from,
    struct http_part *p, const struct http_head *head,
    const struct http_asked *asked);

/* The next bytes of the body. */
void http_part_bytes(struct dissection *d, enum side from,
    struct http_part *p, struct slice in);

#endif
