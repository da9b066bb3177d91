/*
 * http_files.c - which bodies of HTTP messages are files.
 *
 * RFC 9110 8.3 (Content-Type), RFC 6266 (Content-Disposition), RFC 7578
 * (multipart/form-data).  A file is what has a file's name: a part of a form
 * with one, an attachment, a PUT; or content of a kind that is neither a page
 * nor its parts, nor the talk of programs (JSON and the like).  Sizes are
 * those on the wire: a compressed body is not unpacked.
 */
#include "http_parts.h"

/* A body without a file's name that is shorter is a program's talk. */
enum { LEAST_UNNAMED = 8192 };

/* Where a form is being read: the rest of a boundary's line comes first. */
enum form { NO_FORM, BOUNDARY_LINE, PART_HEAD, CONTENT };

static const char *const no_files[] = { "text/html", "text/css",
	"text/javascript", "text/xml", "text/event-stream", "image/", "font/",
	"application/javascript", "application/x-javascript",
	"application/json", "application/xml", "application/soap",
	"application/x-www-form", "application/font", "application/x-font",
	"application/grpc", "application/proto", "application/x-protobuf",
	"application/connect",
	"application/vnd.apple.mpegurl", "application/dash+xml",
	"application/ocsp", "application/pkix", "multipart/" };

static bool is_talk(struct slice type)
{
	for (size_t i = 0; i < sizeof(no_files) / sizeof(*no_files); i++)
		if (ascii_starts(type, no_files[i]))
			return true;
	return !slice_more(type) || !slice_short(find_after(type, "+json")) ||
	    !slice_short(find_after(type, "+xml"));
}

/* "filename=" of a query, as Matrix has it; else the path's last part. */
static void target_name(struct file_name *name, struct slice target)
{
	struct slice told = find_after(target, "filename="), rest;

	target = slice_before(target, '?');
	for (rest = target; !slice_short(rest); slice_until(&rest, '/'))
		target = rest;
	file_name_decode(name, slice_short(told) ? target :
	    slice_before(told, '&'));
}

void http_asks(struct http_asked *a, const struct http_head *head)
{
	target_name(&a->name, head->target);
	a->no_body = ascii_same(head->method, "HEAD");
	a->tunnel = ascii_same(head->method, "CONNECT");
	a->http2 = ascii_same(head->upgrade, "h2c");
}

static bool has_ending(const struct file_name *name)
{
	return name->n && memchr(name->text, '.', name->n) != NULL;
}

static void file_told(struct dissection *d, enum side from,
    const struct http_part *p, uint64_t bytes)
{
	struct fact fact = { .kind = FACT_FILE, .from = from, .bytes = bytes,
		.text = slice_of(p->name.text, p->name.n) };

	if (p->name.n)
		d->emit(d, &fact);
}

static void moved(struct dissection *d, enum side from,
    const struct http_part *p, uint64_t bytes)
{
	struct fact fact = { .kind = FACT_MOVED, .from = from, .bytes = bytes,
		.text = slice_of(p->name.text, p->name.n) };

	if (bytes)
		d->emit(d, &fact);
}

static bool is_form(struct http_part *p, struct slice type)
{
	struct slice s = find_after(type, "boundary="), rest;

	if (!ascii_starts(type, "multipart/form-data") || !slice_more(s))
		return false;
	if (slice_starts(s, "\""))
		slice_skip(&s, 1);
	rest = s;
	while (slice_more(rest) && *rest.p != '"' && *rest.p != ';')
		slice_skip(&rest, 1);
	s = slice_head(s, s.n - rest.n);
	if (s.n == 0 || s.n + 4 > HTTP_BOUNDARY ||
	    memchr(s.p, '\r', s.n) != NULL)
		return false;
	memcpy(p->boundary, "\r\n--", 4);
	memcpy(p->boundary + 4, s.p, s.n);
	p->boundary_n = (uint8_t)(s.n + 4);
	p->form = BOUNDARY_LINE;
	return true;
}

/* Where no length is told (chunks, HTTP/2), as much has to come first. */
static bool long_enough(struct http_part *p, const struct http_head *head)
{
	p->waits = !head->has_length;
	return head->has_length && head->length >= LEAST_UNNAMED;
}

static bool is_upload(struct http_part *p, const struct http_head *head)
{
	bool named = has_ending(&p->name);

	if (ascii_same(head->method, "PUT"))
		return named || !is_talk(head->type);
	if (!slice_short(find_after(head->target, "filename=")))
		return p->name.n > 0;
	return (ascii_same(head->method, "POST") ||
	    ascii_same(head->method, "PATCH")) && !is_talk(head->type) &&
	    long_enough(p, head);
}

static bool is_download(struct http_part *p, const struct http_head *head)
{
	struct file_name told;

	if (head->status != 200 && head->status != 206)
		return false;
	if (file_name_disposition(&told, head->disposition)) {
		p->name = told;
		return true;
	}
	return !is_talk(head->type) &&
	    (has_ending(&p->name) || long_enough(p, head));
}

void http_part_begins(struct dissection *d, enum side from,
    struct http_part *p, const struct http_head *head,
    const struct http_asked *asked)
{
	memset(p, 0, sizeof(*p));
	if (from == CLIENT && is_form(p, head->type))
		return;
	if (from == CLIENT)
		target_name(&p->name, head->target);
	else if (asked != NULL)
		p->name = asked->name;
	p->is_file = from == CLIENT ? is_upload(p, head) :
	    is_download(p, head);
	if (p->is_file)
		file_told(d, from, p, head->length);
}

/* One line of a part's head; the empty one ends it. */
static void head_line(struct dissection *d, enum side from,
    struct http_part *p)
{
	struct slice line = ascii_trim(slice_of(p->line, p->line_n));

	p->line_n = 0;
	if (p->form == BOUNDARY_LINE) {
		p->form = PART_HEAD;
	} else if (line.n == 0) {
		p->form = CONTENT;
		if (p->is_file)
			file_told(d, from, p, 0);
	} else if (ascii_starts(line, "Content-Disposition:")) {
		p->is_file = file_name_disposition(&p->name, line);
	}
}

static void head_bytes(struct dissection *d, enum side from,
    struct http_part *p, struct slice *in)
{
	while (slice_more(*in) && p->form != CONTENT) {
		uint8_t c = slice_u8(in);

		if (c == '\n')
			head_line(d, from, p);
		else if (p->line_n < HTTP_LINE)
			p->line[p->line_n++] = (char)c;
	}
}

/*
 * Content up to the boundary, which may be cut anywhere: what has matched so
 * far is content only when it does not go on.  CR is its first byte and none
 * of the others, so a match can begin again nowhere but at a CR.
 */
static void content_bytes(struct dissection *d, enum side from,
    struct http_part *p, struct slice *in)
{
	uint64_t n = 0;

	while (slice_more(*in) && p->matched < p->boundary_n) {
		const uint8_t *cr;
		size_t plain;

		if (p->matched && *in->p == (uint8_t)p->boundary[p->matched]) {
			slice_skip(in, 1);
			p->matched++;
			continue;
		}
		n += p->matched;
		cr = memchr(in->p, '\r', in->n);
		plain = cr ? (size_t)(cr - in->p) : in->n;
		n += plain;
		slice_skip(in, plain);
		p->matched = cr != NULL;
		if (cr != NULL)
			slice_skip(in, 1);
	}
	if (p->is_file)
		moved(d, from, p, n);
	if (p->matched == p->boundary_n) {
		p->matched = 0;
		p->form = BOUNDARY_LINE;
		p->is_file = false;
	}
}

void http_part_bytes(struct dissection *d, enum side from,
    struct http_part *p, struct slice in)
{
	if (p->waits && !p->is_file) {
		p->waited += in.n;
		if (p->waited < LEAST_UNNAMED)
			return;
		p->is_file = true;
		file_told(d, from, p, 0);
		moved(d, from, p, p->waited);
		return;
	}
	if (p->form == NO_FORM && p->is_file)
		moved(d, from, p, in.n);
	while (p->form != NO_FORM && slice_more(in))
		if (p->form == CONTENT)
			content_bytes(d, from, p, &in);
		else
			head_bytes(d, from, p, &in);
}
