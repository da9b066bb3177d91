/*
 * Every capture of a folder, read and taken apart: as it is, cut short, and
 * with bytes changed by chance (always the same chance).  Nothing of it may
 * crash, leak, run on, or touch memory it must not.
 */
#include <dirent.h>

#include "capture/capture.h"
#include "bytes.h"

enum { ROUNDS = 24, SMALL = 128 << 10 };

static struct decoder *decoder;
static volatile uint8_t sink;

static void look_at(struct slice s)
{
	while (slice_more(s))
		sink ^= slice_u8(&s);
}

/* Frames read, or -1 when the file could not be opened. */
static long read_through(const char *path, enum captured *why)
{
	char error[CAPTURE_ERROR] = "";
	struct capture *c = capture_open_file(path, NULL, error);
	struct frame frames[32];
	long total = 0;
	size_t n;

	if (c == NULL)
		return *error ? -1 : -2;
	do {
		n = capture_batch(c, frames, 32, why);
		for (size_t i = 0; i < n; i++) {
			struct packet p;

			look_at(frames[i].bytes);
			if (decode(decoder, &frames[i], &p) == DECODED) {
				look_at(p.ip);
				look_at(p.payload);
			}
		}
		total += (long)n;
	} while (*why == CAPTURE_MORE);
	if (*why == CAPTURE_DAMAGED && *capture_error(c) == '\0')
		total = -2;		/* it must say what is wrong */
	capture_close(c);
	return total;
}

static uint32_t dice(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static size_t load(const char *path, uint8_t *to, size_t max)
{
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		err(1, "%s", path);
	n = fread(to, 1, max, f);
	fclose(f);
	return n;
}

static void save(const char *path, const uint8_t *bytes, size_t n)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
		err(1, "%s", path);
}

static bool survives_damage(const char *path)
{
	static uint8_t whole[SMALL];
	char copy[] = "/tmp/weir-captures-XXXXXX";
	size_t n = load(path, whole, sizeof(whole));
	uint32_t state = 2463534242;
	bool good = true;
	int fd = mkstemp(copy);

	if (fd == -1)
		err(1, "mkstemp");
	close(fd);
	for (int round = 0; n && round < ROUNDS; round++) {
		size_t keep = round % 2 ? n : dice(&state) % n + 1;
		enum captured why;

		for (size_t i = 0; i < n / 256 + 1; i++)
			whole[dice(&state) % n] = (uint8_t)dice(&state);
		save(copy, whole, keep);
		good &= read_through(copy, &why) != -2;
	}
	unlink(copy);
	return good;
}

int main(int argc, char **argv)
{
	struct dirent **names;
	int n = argc > 1 ? scandir(argv[1], &names, NULL, alphasort) : -1;

	if (n == -1) {
		tap_skip("the folder of captures is not here");
		return tap_done();
	}
	decoder = decoder_new();
	if (decoder == NULL)
		errx(1, "no memory");
	for (int i = 0; i < n; i++) {
		char path[1024];
		enum captured why;
		long first, again;

		snprintf(path, sizeof(path), "%s/%s", argv[1],
		    names[i]->d_name);
		if (strstr(names[i]->d_name, "cap") != NULL) {
			first = read_through(path, &why);
			again = read_through(path, &why);
			ok(first != -2 && first == again &&
			    survives_damage(path), "%s: %ld frames",
			    names[i]->d_name, first);
		}
		free(names[i]);
	}
	free(names);
	decoder_free(decoder);
	return tap_done();
}
