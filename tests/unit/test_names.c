/* DNS answers remembered: whose, how long, how many. */
#include "flow/names.h"
#include "tap.h"

static struct addr addr(uint32_t n)
{
	uint8_t b[4] = { 10, (uint8_t)(n >> 16), (uint8_t)(n >> 8),
		(uint8_t)n };

	return addr_v4(b);
}

static void learn(struct names *n, uint32_t client, uint32_t server,
    const char *name, int64_t at_us)
{
	struct addr c = addr(client), s = addr(server);

	names_learn(n, &c, &s, slice_str(name), 60, at_us);
}

static bool finds(struct names *n, uint32_t client, uint32_t server,
    int64_t at_us, const char *want, enum evidence how)
{
	struct addr c = addr(client), s = addr(server);
	enum evidence got;
	const char *name = names_find(n, &c, &s, at_us, &got);

	return want == NULL ? name == NULL :
	    name != NULL && strcmp(name, want) == 0 && got == how;
}

int main(void)
{
	struct names *n = names_new(1000);
	char longest[200];

	learn(n, 1, 9, "Chat.Example", 0);
	learn(n, 2, 9, "cdn.example", 10);
	ok(finds(n, 1, 9, 20, "chat.example", EVIDENCE_DNS),
	    "what this client asked for");
	ok(finds(n, 3, 9, 20, "cdn.example", EVIDENCE_DNS_OTHER),
	    "what anyone asked for last");
	ok(finds(n, 1, 8, 20, NULL, 0), "unknown");
	learn(n, 1, 9, "new.example", 30);
	ok(finds(n, 1, 9, 40, "new.example", EVIDENCE_DNS), "newest wins");
	learn(n, 1, 9, "late.example", 20);
	ok(finds(n, 1, 9, 40, "new.example", EVIDENCE_DNS),
	    "an answer out of order does not");
	ok(finds(n, 1, 9, NAMES_KEEP_US, "new.example", EVIDENCE_DNS) &&
	    finds(n, 1, 9, NAMES_KEEP_US + 40, NULL, 0), "kept for a day");

	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	memcpy(longest + sizeof(longest) - 9, ".example", 8);
	learn(n, 1, 7, longest, 0);
	ok(finds(n, 1, 7, 1, longest + sizeof(longest) - NAME_ROOM,
	    EVIDENCE_DNS), "of a long name the end");
	for (uint32_t i = 0; i < 5000; i++)
		learn(n, 1000 + i, 20000 + i, "x.example", 100);
	ok(names_used(n) == 1000 && finds(n, 5999, 24999, 101, "x.example",
	    EVIDENCE_DNS), "bounded; the newest stay");
	names_free(n);
	return tap_done();
}
