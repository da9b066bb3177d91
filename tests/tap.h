/*
 * tap.h - the whole unit test framework: results in TAP, which meson reads.
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <err.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/slice.h"

static int tap_count, tap_failed;

#define ok(cond, ...) tap_ok(cond, #cond, __LINE__, __VA_ARGS__)

__attribute__((format(printf, 4, 5)))
static inline void tap_ok(bool cond, const char *what, int line,
    const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", cond ? "" : "not ", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (!cond) {
		tap_failed++;
		printf("# line %d: %s\n", line, what);
	}
}

static inline void tap_skip(const char *why)
{
	printf("ok %d # SKIP %s\n", ++tap_count, why);
}

static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

/*
 * A copy of the bytes that ends where an unreadable page begins: a read one
 * byte too far kills the test even without a sanitizer.
 */
static inline struct slice guarded(const void *bytes, size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = (n / page + 1) * page;
	uint8_t *map = mmap(NULL, room + page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED || mprotect(map + room, page, PROT_NONE) == -1)
		err(1, "guarded");
	memcpy(map + room - n, bytes, n);
	return slice_of(map + room - n, n);
}

static inline void unguard(struct slice s)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = (s.n / page + 1) * page;

	munmap((void *)((uintptr_t)s.p + s.n - room), room + page);
}

#endif
