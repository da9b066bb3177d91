/*
 * http2_streams.c - requests and answers of an HTTP/2 connection.
 *
 * RFC 9113 8: which headers are a request, an answer, or trailers; RFC 7541
 * (HPACK) is libnghttp2's, in memory of the budget.  Of a message's headers
 * only those are kept that tell a file.  So many streams are known at once;
 * the one unused for longest is given up for a new one, and counted; what a
 * client goes on to send there counts without a name.
 */
#include "http2.h"

enum {
	TABLE_MOST = 65536,		/* as browsers offer, at most */
	VALUE_LONGEST = 1024
};

static void *hpack_malloc(size_t n, void *budget)
{
	return budget_resize(budget, NULL, n);
}

static void hpack_free(void *memory, void *budget)
{
	(void)budget;
	budget_put(memory);
}

static void *hpack_calloc(size_t count, size_t n, void *budget)
{
	return n != 0 && count > SIZE_MAX / n ? NULL :
	    budget_take(budget, count * n);
}

static void *hpack_realloc(void *memory, size_t n, void *budget)
{
	return budget_resize(budget, memory, n);
}

static bool hpack_ready(struct http2 *h, enum side side)
{
	struct http2_half *x = &h->half[side];

	return nghttp2_hd_inflate_new2(&x->hpack, &h->memory) == 0 &&
	    nghttp2_hd_inflate_change_table_size(x->hpack, TABLE_MOST) == 0;
}

struct http2 *http2_new(struct budget *b, const struct http_asked *upgraded)
{
	struct http2 *h = budget_take(b, sizeof(*h));
	struct http2_stream *first;

	if (h == NULL)
		return NULL;
	h->budget = b;
	h->memory = (nghttp2_mem){ b, hpack_malloc, hpack_free, hpack_calloc,
		hpack_realloc };
	h->half[SERVER].at = HTTP2_FIRST;
	h->begun = upgraded != NULL;
	if (!hpack_ready(h, CLIENT) || !hpack_ready(h, SERVER)) {
		http2_free(h);
		return NULL;
	}
	if (upgraded != NULL && (first = http2_stream(h, 1, true)) != NULL) {
		first->asked = *upgraded;
		first->begun[CLIENT] = first->ended[CLIENT] = true;
	}
	return h;
}

void http2_free(struct http2 *h)
{
	if (h == NULL)
		return;
	for (int i = 0; i < HTTP2_STREAMS; i++)
		budget_put(h->stream[i]);
	for (int side = 0; side < 2; side++)
		if (h->half[side].hpack != NULL)
			nghttp2_hd_inflate_del(h->half[side].hpack);
	budget_put(h);
}

static int slot_of(const struct http2 *h, uint32_t id)
{
	for (int i = 0; i < HTTP2_STREAMS; i++)
		if (h->id[i] == id)
			return i;
	return -1;
}

static void slot_empty(struct http2 *h, int i)
{
	budget_put(h->stream[i]);
	h->stream[i] = NULL;
	h->id[i] = 0;
}

/* A free one, or that of the stream unused for longest. */
static int slot_for_new(struct http2 *h)
{
	int free = slot_of(h, 0), oldest = 0;

	if (free >= 0)
		return free;
	for (int i = 1; i < HTTP2_STREAMS; i++)
		if (h->now - h->used[i] > h->now - h->used[oldest])
			oldest = i;
	h->budget->evicted++;
	h->crowded = true;
	slot_empty(h, oldest);
	return oldest;
}

struct http2_stream *http2_stream(struct http2 *h, uint32_t id, bool make)
{
	int i = id == 0 ? -1 : slot_of(h, id);

	if (i < 0 && make && id != 0) {
		i = slot_for_new(h);
		h->stream[i] = budget_take(h->budget,
		    sizeof(struct http2_stream));
		h->crowded |= h->stream[i] == NULL;
		if (h->stream[i] == NULL)
			return NULL;
		h->id[i] = id;
	}
	if (i < 0)
		return NULL;
	h->used[i] = ++h->now;
	return h->stream[i];
}

void http2_stream_close(struct http2 *h, uint32_t id)
{
	int i = id == 0 ? -1 : slot_of(h, id);

	if (i >= 0)
		slot_empty(h, i);
}

void http2_side_ends(struct http2 *h, enum side from, uint32_t id)
{
	struct http2_stream *s = http2_stream(h, id, false);

	if (s == NULL)
		return;
	s->ended[from] = true;
	if (s->ended[CLIENT] && s->ended[SERVER])
		http2_stream_close(h, id);
}

/* The library's memory of a value ends with the next header: copy it. */
static void keep(struct http2_half *x, const nghttp2_nv *nv)
{
	struct slice *to = http_header(&x->head, slice_of(nv->name,
	    nv->namelen));
	struct slice value = slice_head(slice_of(nv->value, nv->valuelen),
	    VALUE_LONGEST);

	if (to == NULL || to == &x->head.authorization ||
	    value.n > HTTP2_VALUES - x->values_n || value.n == 0)
		return;
	*to = slice_of(memcpy(x->values + x->values_n, value.p, value.n),
	    value.n);
	x->values_n += value.n;
}

static bool unpack(struct http2_half *x, struct slice piece, bool last)
{
	static const uint8_t nothing[1];
	int flags;

	do {
		nghttp2_nv nv;
		ssize_t n = nghttp2_hd_inflate_hd2(x->hpack, &nv, &flags,
		    piece.n ? piece.p : nothing, piece.n, last);

		if (n < 0)
			return false;
		slice_skip(&piece, (size_t)n);
		if (flags & NGHTTP2_HD_INFLATE_EMIT)
			keep(x, &nv);
	} while (flags & NGHTTP2_HD_INFLATE_EMIT || slice_more(piece));
	return !last || (flags & NGHTTP2_HD_INFLATE_FINAL &&
	    nghttp2_hd_inflate_end_headers(x->hpack) == 0);
}

bool http2_block(struct http2_half *x, struct slice piece)
{
	return !slice_more(piece) || unpack(x, piece, false);
}

static void request(struct dissection *d, struct http2 *h, uint32_t id,
    const struct http_head *head, bool promised)
{
	struct http2_stream *s = http2_stream(h, id, true);

	if (!h->begun && !promised)
		http_tell(d, FACT_HOST, head->host);
	h->begun = true;
	if (s == NULL || s->begun[CLIENT])
		return;
	s->begun[CLIENT] = true;
	s->ended[CLIENT] = promised;
	http_asks(&s->asked, head);
	if (!promised)
		http_part_begins(d, CLIENT, &s->part[CLIENT], head, NULL);
}

static void answer(struct dissection *d, struct http2 *h, uint32_t id,
    const struct http_head *head)
{
	struct http2_stream *s = head->status < 200 ? NULL :
	    http2_stream(h, id, true);

	if (s == NULL || s->begun[SERVER])
		return;
	s->begun[SERVER] = true;
	if (!s->asked.no_body && head->status != 204 && head->status != 304)
		http_part_begins(d, SERVER, &s->part[SERVER], head,
		    s->begun[CLIENT] ? &s->asked : NULL);
}

bool http2_block_ends(struct dissection *d, struct http2 *h, enum side from)
{
	struct http2_half *x = &h->half[from];
	bool good = unpack(x, slice_of(NULL, 0), true);

	/* trailers have neither a method nor a status */
	if (!good || !http_head_done(&x->head))
		;
	else if (from == CLIENT)
		request(d, h, x->block, &x->head, false);
	else if (x->promised != 0)
		request(d, h, x->promised, &x->head, true);
	else
		answer(d, h, x->block, &x->head);
	memset(&x->head, 0, sizeof(x->head));
	x->values_n = 0;
	return good;
}

/* Else who opens a hundred streams hides what he sends in another one. */
void http2_data(struct dissection *d, struct http2 *h, enum side from,
    struct slice bytes)
{
	struct http2_stream *s = http2_stream(h, h->half[from].stream, false);

	if (s != NULL && s->begun[from])
		http_part_bytes(d, from, &s->part[from], bytes);
	else if (s == NULL && h->crowded && from == CLIENT &&
	    slice_more(bytes))
		file_moved(d, (struct fact){ .from = CLIENT }, NULL, bytes.n);
}
