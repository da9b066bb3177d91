/* Lines of the intake socket into events: the documented ones, and hostile. */
#include "service/intake.h"
#include "tap.h"

#include "dissector.h"

static const int64_t now_us = 1772528400 * 1000000LL;	/* 2026-03-03 09:00 */

static size_t reads(const char *line, struct event *ev, char *why)
{
	size_t n = strlen(line);

	return intake_read(guarded(line, n), now_us, ev, why);
}

static void test_logins(void)
{
	struct event ev[INTAKE_EVENTS];
	char why[INTAKE_WHY] = "";
	struct addr a;

	ok(reads("{\"event\":\"login\",\"user\":\"alice\",\"ip\":\"10.1.2.3\","
	    "\"host\":\"pc7\",\"hours\":8,\"via\":{\"x\":1}}", ev, why) == 1,
	    "a login as JSON %s", why);
	ok(addr_parse(&a, "10.1.2.3") && addr_same(&a, &ev->client) &&
	    ev->kind == EV_BINDING && strcmp(ev->text, "alice") == 0 &&
	    strcmp(ev->host, "pc7") == 0 && ev->count == 8 * 3600 &&
	    ev->sureness == PROOF_ACCOUNTING && ev->at_us == now_us,
	    "binds address, account and host");
	ok(reads("<134>1 2026-03-03T08:00:00Z vpn1 vpnd 77 - [origin a=\"b\"]"
	    "[weir@32473 event=\"login\" user=\"bo\\\"b\" ip=\"fd00::7\" "
	    "time=\"2026-03-03T08:59:00Z\"] text", ev, why) == 1 &&
	    strcmp(ev->text, "bo\"b") == 0 &&
	    ev->at_us == now_us - 60 * 1000000LL, "and as RFC 5424 data");
	ok(reads("<134>1 2026-03-03T08:00:00Z vpn1 vpnd 77 - - "
	    "{\"event\":\"logout\",\"ip\":\"10.1.2.3\"}", ev, why) == 1 &&
	    ev->kind == EV_UNBIND, "a logout inside its message");
	ok(reads("{\"event\":\"login\",\"user\":\"alice\",\"ip\":\"10.1.2.3\","
	    "\"time\":\"2026-03-03T09:10:00Z\"}", ev, why) == 1 &&
	    ev->at_us == now_us, "a clock ahead of ours is held back");
}

static void test_endpoints(void)
{
	struct event ev[INTAKE_EVENTS];
	char why[INTAKE_WHY] = "";
	struct addr first;

	ok(reads("{\"event\":\"usb-copy\",\"user\":\"alice\",\"bytes\":5000000,"
	    "\"files\":3}", ev, why) == 2, "a copy to USB %s", why);
	first = ev[0].client;
	ok(ev[0].kind == EV_BINDING && ev[1].kind == EV_TRANSFER &&
	    addr_same(&ev[0].client, &ev[1].client) &&
	    ev[1].method == METHOD_ENDPOINT && ev[1].up == 5000000 &&
	    ev[1].count == 3 && (ev[1].flags & EVENT_UPLOAD),
	    "binds its user, then moves the bytes out");
	ok(reads("{\"event\":\"usb-insert\",\"user\":\"alice\",\"device\":"
	    "\"stick\"}", ev, why) == 2 && ev[1].kind == EV_DEVICE &&
	    addr_same(&ev[0].client, &first), "an insertion, the same user");
	ok(reads("{\"event\":\"usb-insert\",\"user\":\"bob\"}", ev, why) == 2 &&
	    !addr_same(&ev[0].client, &first), "another user, another one");
}

static void test_refused(void)
{
	static const char *const bad[] = { "", "{", "hello", "<1>1 - - - - - x",
		"{\"event\":\"login\",\"user\":\"alice\"}",
		"{\"event\":\"login\",\"ip\":\"10.1.2.3\"}",
		"{\"event\":\"login\",\"user\":\"a\",\"ip\":\"10.1.2\"}",
		"{\"event\":\"login\",\"user\":\"a\",\"mac\":\"1:2\"}",
		"{\"event\":\"logoff\",\"ip\":\"10.1.2.3\"}",
		"{\"event\":\"usb-copy\",\"user\":\"a\"}",
		"{\"event\":\"usb-copy\",\"user\":\"a\",\"bytes\":-1}",
		"{\"event\":\"usb-copy\",\"user\":\"a\",\"bytes\":1e9}",
		"{\"event\":\"usb-copy\",\"user\":\"a\",\"bytes\":"
		"99999999999999999999}",
		"{\"event\":\"usb-copy\",\"bytes\":1}",
		"{\"event\":\"login\",\"user\":\"a\",\"ip\":\"10.1.2.3\","
		"\"hours\":0}",
		"{\"event\":\"login\",\"user\":\"a\",\"ip\":\"10.1.2.3\","
		"\"time\":\"2025-03-03T09:00:00Z\"}",
	};
	struct event ev[INTAKE_EVENTS];
	char why[INTAKE_WHY];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why[0] = '\0';
		ok(reads(bad[i], ev, why) == 0 && why[0] != '\0',
		    "%s: %.40s", why, bad[i]);
	}
}

/* Every prefix and every flipped byte: no read past the end, no crash. */
static void test_damaged(void)
{
	static const char line[] = "<134>1 2026-03-03T08:00:00Z h a 7 - "
	    "[weir event=\"usb-copy\" user=\"al\\]ice\" bytes=\"77\"] {}";
	struct event ev[INTAKE_EVENTS];
	char why[INTAKE_WHY], copy[sizeof(line)];
	size_t accepted = 0;

	for (size_t n = 0; n < sizeof(line) - 1; n++)
		accepted += intake_read(guarded(line, n), now_us, ev,
		    why) > 0;
	ok(accepted <= 4, "nearly every prefix is refused (%zu)", accepted);
	for (size_t i = 0; i < sizeof(line) - 1; i++)
		for (int bit = 0; bit < 8; bit++) {
			memcpy(copy, line, sizeof(line));
			copy[i] ^= (char)(1 << bit);
			(void)intake_read(slice_of(copy, sizeof(line) - 1),
			    now_us, ev, why);
		}
	ok(true, "and no flipped bit does harm");
}

int main(void)
{
	test_logins();
	test_endpoints();
	test_refused();
	test_damaged();
	return tap_done();
}
