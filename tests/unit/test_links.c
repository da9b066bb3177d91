/* Names and services a link announces: mDNS, LLMNR, NetBIOS, SSDP. */
#include "dissect.h"

extern const struct dissector dissector_mdns, dissector_llmnr,
    dissector_netbios, dissector_ssdp;

static enum claim claims_at(const struct dissector *x, uint16_t port,
    struct step step)
{
	struct opening o = { .port = { port, port } };

	o.first[step.from] = guarded(step.bytes, step.n);
	return x->claim(&o);
}

static void test_one(const struct dissector *x, uint16_t port,
    const struct step *steps, size_t n, const char *want)
{
	static struct run r;

	ok(claims_at(x, port, steps[0]) == YES, "%s: claimed", x->name);
	play(&r, x, steps, n, 0);
	ok(same_facts(&r, want), "%s: facts", x->name);
	ok(be_hostile(x, steps, n) > 0, "%s: no harm", x->name);
	save_seed(x, "link", steps, n);
}

/* PTR, SRV and A of a Quick Share receiver, names compressed. */
static const struct step mdns[] = {
	C("\0\0\x84\0\0\0\0\3\0\0\0\0"
	    "\x0d_FC9F5ED42C8A\4_tcp\5local\0\0\x0c\0\1\0\0\0\x78\0\x08"
	    "\5Pixel\xc0\x0c"
	    "\xc0\x30\0\x21\x80\1\0\0\0\x78\0\x0b\0\0\0\0\xb3\x4e"
	    "\2ph\xc0\x1f"
	    "\xc0\x4a\0\1\x80\1\0\0\0\x78\0\4\xc0\xa8\1\x37"),
	C("\0\0\x84\0\0\0\0\1\0\0\0\0"
	    "\4_ipp\4_tcp\5local\0\0\x0c\0\1\0\0\0\x78\0\x08"
	    "\5Laser\xc0\x0c"),
};

static void test_mdns(void)
{
	static const struct step loops[] = {
		C("\0\0\x84\0\0\0\0\1\0\0\0\0\xc0\x0c\0\1\0\1\0\0\0\1\0\4abcd")
	};
	static struct run r;

	test_one(&dissector_mdns, 5353, STEPS(mdns),
	    "DEVICE C Pixel (_FC9F5ED42C8A._tcp) 10.0.0.1:0 label\n"
	    "DEVICE C Pixel (_FC9F5ED42C8A._tcp) 10.0.0.1:45902 label\n"
	    "BINDING C (ph.local) 192.168.1.55:0 120s label\n");
	play(&r, &dissector_mdns, STEPS(loops), 0);
	ok(r.facts == 0, "a name that points at itself ends");
}

static void test_llmnr(void)
{
	static const struct step steps[] = {
		S("\1\2\x80\0\0\1\0\1\0\0\0\0\7ANNA-PC\0\0\1\0\1"
		    "\xc0\x0c\0\1\0\1\0\0\0\x1e\0\4\x0a\0\0\2"),
	};

	test_one(&dissector_llmnr, 5355, STEPS(steps),
	    "BINDING S (ANNA-PC) 10.0.0.2:0 30s label\n");
}

static void test_netbios(void)
{
	/* ANNA-PC<00>; SALES<00>, a group; ANNA<03> */
	static const struct step steps[] = {
		C("\1\2\x29\x10\0\1\0\0\0\0\0\1\x20" "EBEOEOEBCNFAEDCACACACACACA"
		    "CACAAA\0\0\x20\0\1\xc0\x0c\0\x20\0\1\0\4\x93\xe0\0\6"
		    "\0\0\x0a\0\0\1"),
		C("\1\2\x29\x10\0\1\0\0\0\0\0\1\x20" "FDEBEMEFFDCACACACACACACACA"
		    "CACAAA\0\0\x20\0\1\xc0\x0c\0\x20\0\1\0\4\x93\xe0\0\6"
		    "\x80\0\x0a\0\0\1"),
		C("\1\2\x29\x10\0\1\0\0\0\0\0\1\x20" "EBEOEOEBCACACACACACACACACA"
		    "CACAAD\0\0\x20\0\1\xc0\x0c\0\x20\0\1\0\4\x93\xe0\0\6"
		    "\0\0\x0a\0\0\1"),
	};

	test_one(&dissector_netbios, 137, STEPS(steps),
	    "BINDING C (ANNA-PC) 10.0.0.1:0 label\n"
	    "BINDING C ANNA 10.0.0.1:0 label\n");
}

static void test_ssdp(void)
{
	static const struct step steps[] = {
		C("NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
		    "NT: urn:schemas-upnp-org:device:Printer:1\r\n"
		    "NTS: ssdp:alive\r\nServer: Printer/1\r\n\r\n"),
		C("NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
		    "NT: urn:schemas-upnp-org:device:MediaServer:1\r\n"
		    "NTS: ssdp:alive\r\nServer: NAS/1\r\n\r\n"),
	};

	test_one(&dissector_ssdp, 1900, STEPS(steps),
	    "DEVICE C NAS/1 (urn:schemas-upnp-org:device:MediaServer:1) "
	    "10.0.0.1:0 label\n");
}

int main(void)
{
	test_mdns();
	test_llmnr();
	test_netbios();
	test_ssdp();
	return tap_done();
}
