#include "alert/segment.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void segment_path(char *path, const char *dir, uint64_t first)
{
	snprintf(path, SEGMENT_PATH, "%s/%016" PRIx64 ".spool", dir, first);
}

static bool is_segment(const char *name, uint64_t *first)
{
	char *end;

	*first = strtoull(name, &end, 16);
	return end == name + 16 && strcmp(end, ".spool") == 0;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool append(uint64_t **list, size_t *n, uint64_t first)
{
	uint64_t *more = realloc(*list, (*n + 1) * sizeof(*more));

	if (more == NULL)
		return false;
	more[(*n)++] = first;
	*list = more;
	return true;
}

bool segment_list(const char *dir, uint64_t **firsts, size_t *n)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	bool fine = d != NULL;
	uint64_t first;

	*firsts = NULL;
	*n = 0;
	while (fine && (entry = readdir(d)) != NULL)
		if (is_segment(entry->d_name, &first))
			fine = append(firsts, n, first);
	if (d != NULL)
		closedir(d);
	if (fine && *n > 0)
		qsort(*firsts, *n, sizeof(**firsts), by_number);
	return fine;
}

static bool room_for(struct loaded *l, size_t n)
{
	uint8_t *more;

	if (n <= l->room)
		return true;
	more = realloc(l->p, n);
	if (more == NULL)
		return false;
	l->p = more;
	l->room = n;
	return true;
}

static bool load_rest(int fd, struct loaded *l)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1 || !room_for(l, (size_t)st.st_size + 1))
		return false;
	while (l->n < l->room) {
		n = pread(fd, l->p + l->n, l->room - l->n, (off_t)l->n);
		if (n <= 0)
			return n == 0;
		l->n += (size_t)n;
	}
	return true;
}

bool segment_load(const char *dir, uint64_t first, struct loaded *l)
{
	char path[SEGMENT_PATH];
	bool fine;
	int fd;

	segment_path(path, dir, first);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	fine = load_rest(fd, l);
	close(fd);
	return fine;
}

void segment_unload(struct loaded *l)
{
	free(l->p);
	*l = (struct loaded){ NULL, 0, 0 };
}

size_t segment_scan(struct slice bytes, struct segment *s, char *chain)
{
	struct slice at = bytes;
	struct frame_info f;
	size_t sound = 0;

	while (slice_more(at)) {
		if (!frame_read(at, &f)) {
			slice_skip(&at, frame_seek(at));
			continue;
		}
		slice_skip(&at, f.size);
		s->last = f.seq;
		s->ranks[f.rank]++;
		memcpy(chain, f.chain, sizeof(f.chain));
		sound = bytes.n - at.n;
	}
	return sound;
}
