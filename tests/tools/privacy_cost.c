/*
 * privacy_cost.c - what pseudonyms and sealing cost: ns a call.
 *
 * Names, addresses and MACs that differ from call to call, so that nothing
 * a cache remembers is counted as cheap; an event and a packed user as they
 * go to the store, and back.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "privacy/pseudonym.h"
#include "privacy/seal.h"

enum { CALLS = 200000, EVENT_BYTES = 256, USER_BYTES = 1400 };

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void say(const char *what, double from)
{
	printf("%-24s %8.0f ns\n", what, (now_ns() - from) / CALLS);
}

static void pseudonyms(const struct privacy_key *k)
{
	struct pseudonyms *p = pseudonyms_new(k);
	char name[32], token[PSEUDONYM_TEXT];
	uint8_t mac[6] = { 2 };
	struct addr a = { 0 };
	double from = now_ns();

	if (p == NULL)
		errx(1, "no HMAC");
	for (unsigned int i = 0; i < CALLS; i++) {
		snprintf(name, sizeof(name), "firstname.last%u", i);
		pseudonym_name(p, "user", slice_str(name), 1, token);
	}
	say("name", from);
	if (!addr_parse(&a, "10.1.2.3"))
		errx(1, "address");
	from = now_ns();
	for (unsigned int i = 0; i < CALLS; i++) {
		memcpy((char *)&a + sizeof(a) - sizeof(i), &i, sizeof(i));
		(void)pseudonym_addr(p, &a, 1);
	}
	say("address", from);
	from = now_ns();
	for (unsigned int i = 0; i < CALLS; i++)
		pseudonym_mac(p, mac, 1);	/* of the one before */
	say("MAC", from);
	pseudonyms_free(p);
}

static void sealing(const struct privacy_key *k, const char *what, size_t n)
{
	static unsigned char plain[USER_BYTES], kept[USER_BYTES + 256];
	struct seal *s = seal_new(k);
	struct slice closed = { 0 };
	char text[40];
	double from = now_ns();

	if (s == NULL)
		errx(1, "no AES-SIV");
	for (unsigned int i = 0; i < CALLS; i++) {
		memcpy(plain, &i, sizeof(i));
		closed = seal_close(s, slice_of(plain, n));
	}
	snprintf(text, sizeof(text), "%s, sealed", what);
	say(text, from);
	if (closed.n == 0 || closed.n > sizeof(kept))
		errx(1, "not sealed");
	memcpy(kept, closed.p, closed.n);
	from = now_ns();
	for (unsigned int i = 0; i < CALLS; i++)
		if (slice_short(seal_open(s, slice_of(kept, closed.n))))
			errx(1, "not opened");
	snprintf(text, sizeof(text), "%s, opened", what);
	say(text, from);
	seal_free(s);
}

int main(void)
{
	struct privacy_key k;

	if (!key_random(&k))
		errx(1, "no key");
	pseudonyms(&k);
	sealing(&k, "event", EVENT_BYTES);
	sealing(&k, "packed user", USER_BYTES);
	key_forget(&k);
	return 0;
}
