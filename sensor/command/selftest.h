/*
 * selftest.h - the two ends of `weir selftest`: known transfers over TLS.
 */
#ifndef SELFTEST_H
#define SELFTEST_H

#include <stdbool.h>
#include <stdint.h>

struct selftest_move {			/* one request and its answer */
	bool up;
	uint32_t bytes;
};

enum { SELFTEST_PORT = 4433 };

/* A socket that listens at the IPv4 address and port; -1: errno says why. */
int selftest_listen(const char *address, uint16_t port);
/* Serve all who connect, until killed.  Returns when that fails. */
void selftest_serve(int listening);
/* Move them one after another on one connection; false: it failed. */
bool selftest_move(const char *address, uint16_t port,
    const struct selftest_move *moves, unsigned int n);

#endif
