/*
 * book.c - names of servers in a mapping that several processes share.
 *
 * No lock: each entry carries a checksum over itself, under the book's secret
 * seed.  One that was torn, by two writers at once, a crash or a power cut,
 * does not check and is as good as empty until it is written again.
 */
#include "flow/book.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"

enum { SETS = 32768, WAYS = 4, WORDS = 16 };

struct entry {
	uint64_t sum;
	int64_t at_us;
	struct addr server;
	char name[BOOK_NAME];
};

struct slot {				/* an entry, as it is shared */
	_Atomic uint64_t word[WORDS];
};

_Static_assert(sizeof(struct entry) == sizeof(struct slot), "no padding");

struct head {
	char magic[16];
	uint64_t seed;
	uint64_t rest[5];
};

struct book {				/* the mapping */
	struct head head;
	struct slot slots[SETS][WAYS];
};

static const char magic[16] = "weir names 1\n";

static uint64_t sum_of(const struct book *b, const struct entry *e)
{
	return hash_of((const char *)e + sizeof(e->sum),
	    sizeof(*e) - sizeof(e->sum), b->head.seed);
}

static struct entry take(const struct book *b, const struct slot *s)
{
	uint64_t words[WORDS];
	struct entry e;

	for (size_t i = 0; i < WORDS; i++)
		words[i] = atomic_load_explicit(&s->word[i],
		    memory_order_relaxed);
	memcpy(&e, words, sizeof(e));
	if (e.sum != sum_of(b, &e) || e.name[BOOK_NAME - 1] != '\0')
		memset(&e, 0, sizeof(e));
	return e;
}

static void put(struct book *b, struct slot *s, struct entry *e)
{
	uint64_t words[WORDS];

	e->sum = sum_of(b, e);
	memcpy(words, e, sizeof(*e));
	for (size_t i = 0; i < WORDS; i++)
		atomic_store_explicit(&s->word[i], words[i],
		    memory_order_relaxed);
}

static size_t set_of(const struct book *b, const struct addr *server)
{
	return hash_of(server, sizeof(*server), b->head.seed) % SETS;
}

void book_copy_name(char to[BOOK_NAME], struct slice name)
{
	size_t i = 0;

	if (name.n >= BOOK_NAME)
		slice_skip(&name, name.n - (BOOK_NAME - 1));
	while (slice_more(name)) {
		uint8_t c = slice_u8(&name);

		to[i++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	to[i] = '\0';
}

static int64_t apart(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

void book_write(struct book *b, const struct addr *server, struct slice name,
    int64_t at_us)
{
	struct slot *set = b->slots[set_of(b, server)], *victim = &set[0];
	struct entry fresh = { .at_us = at_us, .server = *server };
	int64_t oldest_us = INT64_MAX;

	for (size_t i = 0; i < WAYS; i++) {
		struct entry e = take(b, &set[i]);

		if (addr_same(&e.server, server)) {
			if (e.at_us > at_us && e.at_us - at_us < BOOK_KEEP_US)
				return;	/* out of order: the newest wins */
			victim = &set[i];
			break;
		}
		if (e.at_us < oldest_us) {
			oldest_us = e.at_us;
			victim = &set[i];
		}
	}
	book_copy_name(fresh.name, name);
	put(b, victim, &fresh);
}

bool book_read(const struct book *b, const struct addr *server,
    int64_t at_us, char name[BOOK_NAME])
{
	const struct slot *set = b->slots[set_of(b, server)];

	for (size_t i = 0; i < WAYS; i++) {
		struct entry e = take(b, &set[i]);

		if (!addr_same(&e.server, server) || e.name[0] == '\0')
			continue;
		memcpy(name, e.name, BOOK_NAME);
		return apart(at_us, e.at_us) <= BOOK_KEEP_US;
	}
	return false;
}

/* Ours, or nobody's: empty, or as zeros before its first words were written. */
static bool is_ours(const struct head *h, ssize_t n, off_t bytes)
{
	static const char none[sizeof(magic)];

	return bytes == 0 || (n >= (ssize_t)sizeof(magic) &&
	    (memcmp(h->magic, magic, sizeof(magic)) == 0 ||
	    (memcmp(h->magic, none, sizeof(none)) == 0 &&
	    bytes == sizeof(struct book))));
}

/* All blocks are taken now: a full disk must not be a SIGBUS later. */
static int open_file(const char *path, bool *fresh)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct head h;
	ssize_t n;
	off_t bytes;
	int error;

	if (fd == -1) {
		log_warn("%s", path);
		return -1;
	}
	n = pread(fd, &h, sizeof(h), 0);
	bytes = lseek(fd, 0, SEEK_END);
	if (!is_ours(&h, n, bytes)) {
		log_warnx("%s: is no file of names, and left as it is", path);
		close(fd);
		return -1;
	}
	*fresh = n != sizeof(h) || bytes != sizeof(struct book) ||
	    memcmp(h.magic, magic, sizeof(magic)) != 0;
	error = !*fresh ? 0 : ftruncate(fd, 0) == -1 ? errno :
	    posix_fallocate(fd, 0, sizeof(struct book));
	if (error == 0)
		return fd;
	log_warnx("%s: %s", path, strerror(error));
	close(fd);
	return -1;
}

struct book *book_open(const char *path)
{
	bool fresh = true;
	int fd = path != NULL ? open_file(path, &fresh) : -1;
	struct book *b;

	if (path != NULL && fd == -1)
		return NULL;
	b = mmap(NULL, sizeof(*b), PROT_READ | PROT_WRITE,
	    fd == -1 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
	if (fd != -1)
		close(fd);
	if (b == MAP_FAILED) {
		log_warn("memory for names");
		return NULL;
	}
	if (fresh) {
		memcpy(b->head.magic, magic, sizeof(magic));
		b->head.seed = hash_seed();
	}
	return b;
}

void book_close(struct book *b)
{
	if (b != NULL)
		munmap(b, sizeof(*b));
}
