/* Whose an address is: proofs, rivals, devices, ends. */
#include "track/binding.h"
#include "track/window.h"
#include "tap.h"

static const int64_t T0 = 1700000000LL * 1000000;

static struct addr address(const char *text)
{
	struct addr a;

	if (!addr_parse(&a, text))
		errx(1, "%s", text);
	return a;
}

static enum bound claim(struct bindings *b, const char *who,
    const char *host, int trust, const uint8_t *mac, int64_t at_us)
{
	struct claim_of c = { .addr = address("10.0.0.5"),
		.account = slice_str(who),
		.host = slice_str(host), .source = "test",
		.trust = (uint8_t)trust, .mac = mac, .at_us = at_us };

	return binding_claim(b, &c);
}

static void end(struct bindings *b, const char *who, const uint8_t *mac,
    int64_t at_us)
{
	struct claim_of c = { .addr = address("10.0.0.5"),
		.account = slice_str(who), .mac = mac, .at_us = at_us };

	binding_end(b, &c);
}

/* Names as long as people have them: the 64 bytes of a principal, machines
 * whose mark stands at the end, what a 48-byte field would take for one. */
static void test_long(void)
{
	static const char stem[] = "maria-magdalena.von-und-zu-guttenberg."
	    "contractor.emea";
	char one[BINDING_NAME], two[BINDING_NAME], text[128];
	bool machine;

	snprintf(text, sizeof(text), "CORP\\%s1@CORP.EXAMPLE", stem);
	machine = binding_name(one, slice_str(text));
	snprintf(text, sizeof(text), "%s2@CORP.EXAMPLE", stem);
	binding_name(two, slice_str(text));
	ok(!machine && strlen(one) == strlen(stem) + 1 &&
	    strcmp(one, two) != 0, "two who differ in the %zuth byte",
	    strlen(one));
	memset(text, 'w', 64);
	snprintf(text + 64, sizeof(text) - 64, "$@CORP.EXAMPLE");
	ok(binding_name(one, slice_str(text)) && strlen(one) == 64,
	    "a machine of 64 bytes is one");
	snprintf(text, sizeof(text), "host/%s.workstations.example", stem);
	ok(binding_name(one, slice_str(text)), "and so is a UNIX one");
}

static void test_binding(void)
{
	static const uint8_t one[6] = { 2, 0, 0, 0, 0, 1 };
	static const uint8_t two[6] = { 2, 0, 0, 0, 0, 2 };
	struct addr a = address("10.0.0.5"), other = address("10.0.0.6");
	const struct binding *at;
	struct bindings b;

	ok(bindings_init(&b, 1000), "room for bindings");
	ok(claim(&b, "", "Laptop-17", 80, one, T0) == BOUND_NEW, "a lease");
	ok(claim(&b, "CORP\\Alice", "", 95, NULL, T0 + 1) == BOUND_NEW,
	    "a ticket");
	at = binding_at(&b, &a, T0 + 2);
	ok(at && strcmp(at->account, "alice") == 0 &&
	    strcmp(at->host, "laptop-17") == 0, "folded, realm cut off");
	ok(claim(&b, "mallory", "", 40, NULL, T0 + 3) == BOUND_NOTHING,
	    "a bare claim does not displace a proof");
	at = binding_at(&b, &a, T0 + 4);
	ok(strcmp(at->account, "alice") == 0 &&
	    strcmp(at->rival, "mallory") == 0, "but is told as a rival");
	ok(claim(&b, "ALICE@CORP.EXAMPLE", "", 95, NULL, T0 + 5) ==
	    BOUND_AGAIN, "the same again");
	claim(&b, "WS-9$", "", 95, NULL, T0 + 6);
	at = binding_at(&b, &a, T0 + 6);
	ok(strcmp(at->account, "alice") == 0 && strcmp(at->host, "ws-9") == 0,
	    "a machine account is a host");
	claim(&b, "", "other", 80, two, T0 + MINUTE_US);
	at = binding_at(&b, &a, T0 + MINUTE_US + 1);
	ok(at->until_us <= T0 + MINUTE_US, "a new lease ends the login");
	claim(&b, "dora", "", 95, NULL, T0 + MINUTE_US + 2);
	claim(&b, "", "evil", 20, one, T0 + MINUTE_US + 3);
	at = binding_at(&b, &a, T0 + MINUTE_US + 4);
	ok(at && strcmp(at->account, "dora") == 0 && at->host_trust == 80 &&
	    strcmp(at->host, "other") == 0,
	    "a wish for an address takes it from nobody");
	claim(&b, "", "other", 20, NULL, T0 + MINUTE_US + 5);
	ok(at->host_trust == 80, "a label makes a lease no weaker");
	end(&b, "", one, T0 + MINUTE_US + 6);
	end(&b, "CORP\\bob", NULL, T0 + MINUTE_US + 7);
	ok(at->until_us > T0 + HOUR_US,
	    "neither another device's release nor another's logout ends it");
	end(&b, "Dora@CORP.EXAMPLE", NULL, T0 + MINUTE_US + 8);
	ok(at->until_us == T0 + MINUTE_US + 8 &&
	    at->host_until_us > T0 + HOUR_US,
	    "a logout ends the login, not the lease");
	end(&b, "", two, T0 + 2 * MINUTE_US);
	ok(binding_at(&b, &a, T0 + 3 * MINUTE_US) == NULL, "released");

	for (int i = 0; i < 4; i++)
		claim(&b, i % 2 ? "bob" : "carol", "", 95, NULL,
		    T0 + DAY_US + i * MINUTE_US);
	ok(binding_at(&b, &a, T0 + DAY_US + HOUR_US)->shared,
	    "several accounts in turn: a shared address");

	binding_mac_seen(&b, one, &a, T0);
	ok(binding_twin(&b, one, T0 + 1) != NULL, "a MAC leads to IPv4");
	binding_mac_seen(&b, one, &other, T0 + 1);
	binding_mac_seen(&b, one, &a, T0 + 2);
	ok(binding_twin(&b, one, T0 + 3) == NULL, "a router's does not");
	bindings_free(&b);
}

/* Somebody speaks for thousands of addresses, to have all others forgotten. */
static void test_crowd(void)
{
	struct addr busy = address("10.0.0.5"), quiet = address("10.0.0.6");
	struct claim_of c = { .source = "test", .account = slice_str("eve") };
	struct bindings b;

	ok(bindings_init(&b, 100), "room for 100");
	claim(&b, "alice", "", 95, NULL, T0);
	c.addr = quiet;
	c.at_us = T0;
	c.trust = 95;
	binding_claim(&b, &c);
	for (int trust = 40; trust <= 80; trust += 40)
		for (uint16_t i = 0; i < 1000; i++) {
			c.addr = address("10.9.0.0");
			c.addr.b[14] = (uint8_t)(i >> 8);
			c.addr.b[15] = (uint8_t)i;
			c.at_us = T0 + i;
			c.trust = (uint8_t)trust;
			binding_claim(&b, &c);
			if (i % 50 == 0)
				binding_at(&b, &busy, T0 + i);
			if (i == 999 && trust == 40)
				ok(binding_at(&b, &quiet, T0 + i) != NULL,
				    "what is no proof takes no place");
		}
	ok(binding_at(&b, &busy, T0 + 1000) != NULL,
	    "whose address is in use stays known");
	bindings_free(&b);
}

int main(void)
{
	test_crowd();
	test_binding();
	test_long();
	return tap_done();
}
