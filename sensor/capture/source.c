/*
 * source.c - see source.h.
 *
 * gzip is RFC 1952 by zlib.  Bytes behind the last member that do not begin
 * another one are ignored, as gzip(1) does.
 */
#include "capture/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { WINDOW = 1 << 20, PACKED = 1 << 17 };

struct gunzip {
	z_stream z;
	bool inside;			/* a member has begun */
	uint8_t packed[PACKED];
};

static size_t read_some(struct source *s, void *to, size_t n)
{
	ssize_t got;

	do {
		got = read(s->fd, to, n);
	} while (got == -1 && errno == EINTR);
	if (got > 0) {
		s->raw_bytes += (uint64_t)got;
		return (size_t)got;
	}
	if (got == -1)
		s->failure = strerror(errno);
	s->ended = true;
	return 0;
}

/* More compressed bytes, unless there are some; false: there are none. */
static bool more_packed(struct source *s)
{
	struct gunzip *g = s->gunzip;

	if (g->z.avail_in)
		return true;
	g->z.next_in = g->packed;
	g->z.avail_in = (uInt)read_some(s, g->packed, sizeof(g->packed));
	return g->z.avail_in > 0;
}

static bool next_member(struct gunzip *g)
{
	g->inside = false;
	if (g->z.avail_in && g->z.next_in[0] != 0x1f)
		return false;
	return inflateReset(&g->z) == Z_OK;
}

static size_t inflate_some(struct source *s, uint8_t *to, size_t n)
{
	struct gunzip *g = s->gunzip;
	int result;

	g->z.next_out = to;
	g->z.avail_out = (uInt)n;
	while (g->z.avail_out == n) {
		if (!more_packed(s)) {
			if (g->inside && s->failure == NULL)
				s->failure = "the gzip data is cut short";
			return 0;
		}
		g->inside = true;
		result = inflate(&g->z, Z_NO_FLUSH);
		if (result == Z_STREAM_END) {
			if (!next_member(g))
				s->ended = true;
		} else if (result != Z_OK && result != Z_BUF_ERROR) {
			s->failure = "the gzip data is damaged";
			s->ended = true;
		}
		if (s->ended)
			break;
	}
	return n - g->z.avail_out;
}

/* What was read so far is compressed: begin again through zlib. */
static bool start_gunzip(struct source *s)
{
	struct gunzip *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return false;
	if (inflateInit2(&g->z, 15 + 16) != Z_OK) {
		free(g);
		return false;
	}
	g->z.next_in = g->packed;
	g->z.avail_in = (uInt)source_left(s);
	memcpy(g->packed, s->buffer + s->at, source_left(s));
	s->gunzip = g;
	s->at = s->end = 0;
	s->ended = false;
	return true;
}

bool source_open(struct source *s, const char *path)
{
	struct stat st;

	*s = (struct source){ .size = WINDOW };
	s->fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) :
	    dup(STDIN_FILENO);
	if (s->fd == -1)
		return false;
	s->buffer = calloc(1, s->size + SOURCE_SLACK);
	if (s->buffer == NULL || fstat(s->fd, &st) == -1)
		goto fail;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		goto fail;
	}
	if (S_ISREG(st.st_mode))
		s->total_bytes = (uint64_t)st.st_size;
	while (source_left(s) < 2 && !s->ended)
		s->end += read_some(s, s->buffer + s->end, PACKED / 2);
	if (source_left(s) >= 2 && s->buffer[0] == 0x1f &&
	    s->buffer[1] == 0x8b && !start_gunzip(s))
		goto fail;
	return true;
fail:
	source_close(s);
	return false;
}

void source_close(struct source *s)
{
	int saved = errno;

	if (s->gunzip)
		inflateEnd(&s->gunzip->z);
	free(s->gunzip);
	free(s->buffer);
	close(s->fd);
	*s = (struct source){ .fd = -1 };
	errno = saved;
}

static bool make_room(struct source *s, size_t n)
{
	uint8_t *bigger;

	memmove(s->buffer, s->buffer + s->at, source_left(s));
	s->end -= s->at;
	s->at = 0;
	if (n <= s->size)
		return true;
	bigger = realloc(s->buffer, n + SOURCE_SLACK);
	if (bigger == NULL) {
		s->failure = "no memory for a record of this size";
		s->ended = true;
		return false;
	}
	s->buffer = bigger;
	s->size = n;
	memset(s->buffer + s->end, 0, n - s->end + SOURCE_SLACK);
	return true;
}

static void fill(struct source *s)
{
	uint8_t *to = s->buffer + s->end;
	size_t room = s->size - s->end;

	s->end += s->gunzip ? inflate_some(s, to, room) :
	    read_some(s, to, room);
}

const uint8_t *source_need(struct source *s, size_t n)
{
	if (source_left(s) >= n)
		return s->buffer + s->at;
	if (s->ended)
		return NULL;
	if (s->pinned) {
		s->again = true;
		return NULL;
	}
	if (!make_room(s, n))
		return NULL;
	while (source_left(s) < n && !s->ended)
		fill(s);
	return source_left(s) >= n ? s->buffer + s->at : NULL;
}

void source_eat(struct source *s, size_t n)
{
	s->at += n;
	s->offset += n;
}

bool source_skip(struct source *s, uint64_t n)
{
	while (n > source_left(s)) {
		n -= source_left(s);
		source_eat(s, source_left(s));
		if (source_need(s, 1) == NULL)
			return n == 0;
	}
	source_eat(s, (size_t)n);
	return true;
}
