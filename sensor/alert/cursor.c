/*
 * cursor.c - how far a collector has come, in a file of its own.
 *
 * Replaced by rename; a cursor that is lost or damaged means "nothing", and
 * the collector gets again, under the same ids, what it may have had.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>
#include <zlib.h>

#include "alert/segment.h"

/* Collector names may hold anything; file names may not. */
static void cursor_path(char *path, size_t size, const char *dir,
    const char *name)
{
	struct text t = text_in(path, size);

	text_printf(&t, "%s/", dir);
	for (; *name != '\0'; name++) {
		char c = *name;
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' &&
		    c <= '9') || (c >= 'A' && c <= 'Z') || c == '-';

		if (plain)
			text_bytes(&t, &c, 1);
		else
			text_printf(&t, "_%02x", (unsigned char)c);
	}
	text_add(&t, ".cursor");
}

static uint32_t sum(const char *text, size_t n)
{
	return (uint32_t)crc32(0, (const uint8_t *)text, (uInt)n);
}

uint64_t cursor_load(const char *dir, const char *name)
{
	char path[SEGMENT_PATH], text[64] = "";
	uint64_t seq = 0;
	uint32_t crc = 0;
	ssize_t n;
	int fd;

	cursor_path(path, sizeof(path), dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n < 17 || sscanf(text, "%16" SCNx64 " %8" SCNx32, &seq, &crc) !=
	    2 || crc != sum(text, 16))
		return 0;
	return seq;
}

bool cursor_store(const char *dir, const char *name, uint64_t seq)
{
	char path[SEGMENT_PATH], temporary[SEGMENT_PATH + 4], text[64];
	bool fine;
	int n, fd;

	cursor_path(path, sizeof(path), dir, name);
	snprintf(temporary, sizeof(temporary), "%s.new", path);
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd == -1)
		return false;
	snprintf(text, sizeof(text), "%016" PRIx64, seq);
	n = snprintf(text + 16, sizeof(text) - 16, " %08" PRIx32 "\n",
	    sum(text, 16)) + 16;
	fine = write(fd, text, (size_t)n) == n;
	close(fd);
	if (fine && rename(temporary, path) == 0)
		return true;
	unlink(temporary);
	return false;
}

uint64_t cursor_least(const char *dir, const char *const *names)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; names[i] != NULL; i++) {
		uint64_t at = cursor_load(dir, names[i]);

		if (at < least)
			least = at;
	}
	return least;
}
