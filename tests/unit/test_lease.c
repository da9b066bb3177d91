/* DHCP, DHCPv6, RADIUS: which machine, and whose, holds an address. */
#include "dissect.h"

extern const struct dissector dissector_dhcp, dissector_dhcpv6,
    dissector_radius;

static struct step dhcp(uint8_t *m, enum side from, uint8_t type,
    const char *options, size_t n)
{
	static const uint8_t mac[6] = { 2, 0x11, 0x22, 0x33, 0x44, 0x55 };
	static const uint8_t start[] = { 99, 130, 83, 99, 53, 1 };

	memset(m, 0, 300);
	m[0] = from == CLIENT ? 1 : 2;
	m[1] = 1;
	m[2] = 6;
	memcpy(m + 28, mac, 6);
	memcpy(m + 236, start, sizeof(start));
	m[242] = type;
	memcpy(m + 243, options, n);
	m[243 + n] = 255;
	return (struct step){ from, m, 300, 0 };
}

#define DHCP(i, from, type, options) \
	dhcp(m[i], from, type, options, sizeof(options) - 1)

static void test_dhcp(void)
{
	static uint8_t m[6][300];
	struct step steps[] = {
		DHCP(0, CLIENT, 1, "\x0c\x07" "anna-pc"),
		DHCP(1, CLIENT, 3, "\x32\4\x0a\1\2\3\x51\x0c\4\0\0\4anna\2ex\0"),
		DHCP(2, SERVER, 2, "\x33\4\0\0\x0e\x10"),
		DHCP(3, SERVER, 5, "\x33\4\0\0\x0e\x10\x0c\x08" "anna-pc\0"),
		DHCP(4, CLIENT, 7, ""),
		DHCP(5, SERVER, 6, ""),
	};

	memcpy(m[2] + 16, "\x0a\1\2\3", 4);
	memcpy(m[3] + 16, "\x0a\1\2\3", 4);
	memcpy(m[4] + 12, "\x0a\1\2\3", 4);
	treat(&dissector_dhcp, "dhcp", STEPS(steps),
	    "BINDING C (anna-pc) 021122334455 label\n"
	    "BINDING C (anna.ex) 10.1.2.3:0 021122334455 label\n"
	    "BINDING S (anna-pc) 10.1.2.3:0 021122334455 3600s lease\n"
	    "UNBIND C 10.1.2.3:0 021122334455 claim\n");
}

#define DUID "\0\1\0\x0a\0\3\0\1\2\x11\x22\x33\x44\x55"
#define SERVER_ID "\0\2\0\x0a\0\3\0\1\2\x11\x22\x33\x44\x66"
#define IA_NA "\0\3\0\x28\0\0\0\1\0\0\0\0\0\0\0\0\0\5\0\x18" \
	"\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\x64\0\0\0\xc8"

static enum claim claims_at(const struct dissector *x, uint16_t port,
    struct step step)
{
	struct opening o = { .port = { 40000, port } };

	o.first[step.from] = guarded(step.bytes, step.n);
	return x->claim(&o);
}

static void test_dhcpv6(void)
{
	static const struct step steps[] = {
		C("\1\1\2\3" DUID "\0\x27\0\6\0\4anna\0"),
		S("\7\1\2\3" DUID SERVER_ID IA_NA),
		C("\x8\1\2\3" DUID IA_NA),
	};
	static struct run r;

	ok(claims_at(&dissector_dhcpv6, 547, steps[1]) == YES, "claimed");
	ok(claims_at(&dissector_dhcpv6, 53, steps[1]) == NO, "at its port");
	play(&r, &dissector_dhcpv6, STEPS(steps), 0);
	ok(same_facts(&r,
	    "BINDING C (anna) 021122334455 label\n"
	    "BINDING S 2001:db8::7:0 021122334455 200s lease\n"
	    "UNBIND C 2001:db8::7:0 021122334455 200s claim\n"), "dhcpv6");
	ok(be_hostile(&dissector_dhcpv6, STEPS(steps)) > 0, "no harm");
	save_seed(&dissector_dhcpv6, "lease", STEPS(steps));
}

#define AUTH "0123456789abcdef"
#define STATION "\x1f\x13" "02-11-22-33-44-55"
#define ACCOUNTING(n, more) "\4\1\0" n AUTH "\1\6anna" \
	"\x08\6\x0a\0\0\x09" STATION more

static void test_radius(void)
{
	static const struct step steps[] = {
		C(ACCOUNTING("\x3f", "\x28\6\0\0\0\1\x55\6\0\0\1\x2c")),
		C(ACCOUNTING("\x39", "\x28\6\0\0\0\2")),
		C("\1\7\0\x2d" AUTH "\1\6anna" STATION),
		S("\2\7\0\x1a" AUTH "\x08\6\x0a\0\0\x0a"),
		C("\1\x08\0\x31" AUTH "\1\x0a" "02112233" STATION),
		S("\2\x08\0\x14" AUTH),
		C("\1\x09\0\x38" AUTH "\1\x11" "anonymous@ex.co" STATION),
		S("\2\x09\0\x14" AUTH),
	};
	static struct run r;

	ok(claims_at(&dissector_radius, 1813, steps[0]) == YES, "claimed");
	ok(claims_at(&dissector_radius, 53, steps[0]) == NO, "at its port");
	play(&r, &dissector_radius, STEPS(steps), 0);
	ok(same_facts(&r,
	    "BINDING C anna 10.0.0.9:0 021122334455 600s accounting\n"
	    "UNBIND C anna 10.0.0.9:0 021122334455 accounting\n"
	    "BINDING C anna 10.0.0.10:0 021122334455 accepted\n"
	    "BINDING C 02112233 021122334455 accepted\n"), "radius");
	ok(be_hostile(&dissector_radius, STEPS(steps)) > 0, "no harm");
	save_seed(&dissector_radius, "lease", STEPS(steps));
}

int main(void)
{
	test_dhcp();
	test_dhcpv6();
	test_radius();
	return tap_done();
}
