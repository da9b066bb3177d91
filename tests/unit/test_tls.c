/* TLS: hellos whole and in pieces, ALPN, covers, certificates. */
#include "dissect.h"
#include "hello.h"

extern const struct dissector dissector_tls;

static struct bytes hello_records(struct hello_want w, size_t record)
{
	struct bytes message = { .n = 0 }, records = { .n = 0 };

	put_hello(&message, w);
	put_records(&records, &message, record);
	return records;
}

static void test_hello(void)
{
	struct bytes h = hello_records((struct hello_want){
	    .sni = "chat.example", .alpn = "h2" }, 16384);
	struct step steps[] = { { CLIENT, h.b, h.n, 0 } };
	struct run r;

	treat(&dissector_tls, "a hello", STEPS(steps),
	    "HOST C chat.example\nALPN C h2\n");
	play(&r, &dissector_tls, STEPS(steps), 0);
	ok(r.verdict == DONE, "one look is enough");
	h = hello_records((struct hello_want){ .sni = "a.example",
	    .padding = 1200 }, 100);
	steps[0].n = h.n;
	treat(&dissector_tls, "in 14 records", STEPS(steps),
	    "HOST C a.example\n");
	h = hello_records((struct hello_want){ .sni = "b.example" }, 1);
	steps[0].n = h.n;
	play(&r, &dissector_tls, STEPS(steps), 0);
	ok(same_facts(&r, "HOST C b.example\n"), "one byte a record");
}

static void test_cover(void)
{
	struct bytes h = hello_records((struct hello_want){
	    .sni = "chat.example", .ech = 1 }, 16384);
	struct step steps[] = { { CLIENT, h.b, h.n, 0 } };
	struct run r;

	play(&r, &dissector_tls, STEPS(steps), 0);
	ok(same_facts(&r, "HOST C chat.example\n"), "a made-up hidden name");
	h = hello_records((struct hello_want){
	    .sni = "cloudflare-ech.com", .ech = 1 }, 16384);
	steps[0].n = h.n;
	play(&r, &dissector_tls, STEPS(steps), 0);
	ok(same_facts(&r, "HOST C cloudflare-ech.com\n"
	    "ECH C cloudflare-ech.com\n"), "a real one, under its cover");
	h = hello_records((struct hello_want){
	    .sni = "high-tech.com", .ech = 1 }, 16384);
	steps[0].n = h.n;
	play(&r, &dissector_tls, STEPS(steps), 0);
	ok(r.facts == 1, "not every ...ech is a cover");
}

static void test_certificate(void)
{
	struct bytes h = hello_records((struct hello_want){ 0 }, 16384);
	struct bytes flight = { .n = 0 }, server = { .n = 0 };
	struct step steps[] = { { CLIENT, h.b, h.n, 0 },
		{ SERVER, server.b, 0, 0 } };
	struct run r;

	put_server_hello(&flight, 0);
	put_certificate(&flight, "cn.example", "*.san.example");
	put_records(&server, &flight, 16384);
	steps[1].n = server.n;
	treat(&dissector_tls, "no name asked for", STEPS(steps),
	    "CERT S cn.example\nCERT S *.san.example\n");
	server.n = 0;
	put_records(&server, &flight, 60);
	steps[1].n = server.n;
	play(&r, &dissector_tls, STEPS(steps), 0);
	ok(same_facts(&r, "CERT S cn.example\nCERT S *.san.example\n"),
	    "certificate over several records");
	ok(any_cut(&dissector_tls, STEPS(steps)), "and segments");
	ok(claims(&dissector_tls, steps + 1, 1) == YES,
	    "the server's side alone");
	flight.n = server.n = 0;
	put_server_hello(&flight, 1);
	put_records(&server, &flight, 16384);
	steps[1].n = server.n;
	play(&r, &dissector_tls, STEPS(steps), 0);
	ok(r.facts == 0 && r.verdict == DONE, "TLS 1.3: nothing to wait for");
}

static enum claim claim_midstream(const void *bytes, size_t n)
{
	struct opening o = { .midstream = true, .port = { 40000, 443 } };

	o.first[SERVER] = guarded(bytes, n);
	return dissector_tls.claim(&o);
}

static void test_claims(void)
{
	struct step http[] = { C("GET / HTTP/1.1\r\n") };
	struct step alert[] = { C_BYTES(((uint8_t[]){ 21, 3, 3, 0, 2, 1, 0 })) };
	struct step part[] = { C_BYTES(((uint8_t[]){ 22, 3, 1 })) };
	uint8_t data[512] = { 23, 3, 3, 0x40, 0 };
	uint8_t two[48] = { 23, 3, 3, 0, 20, [25] = 23, 3, 3, 9, 0 };

	ok(claims(&dissector_tls, STEPS(http)) == NO, "HTTP is not TLS");
	ok(claims(&dissector_tls, STEPS(alert)) == NO, "nor is an alert");
	ok(claims(&dissector_tls, STEPS(part)) == MAYBE, "three bytes: maybe");
	ok(claim_midstream(data, sizeof(data)) == YES, "a record goes on");
	ok(claim_midstream(two, sizeof(two)) == YES, "two records");
	two[25] = 99;
	ok(claim_midstream(two, sizeof(two)) == NO, "one, then nonsense");
}

int main(void)
{
	test_hello();
	test_cover();
	test_certificate();
	test_claims();
	return tap_done();
}
