/* QUIC: the vectors of the RFCs; hellos in every kind of pieces. */
#include "dissect.h"
#include "seal.h"

extern const struct dissector dissector_quic;

/* RFC 9001 A.2, the whole protected packet. */
static const char rfc9001[] =
    "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11"
    "d242b123dc9bd8bab936b47d92ec356c0bab7df5976d27cd449f63300099f399"
    "1c260ec4c60d17b31f8429157bb35a1282a643a8d2262cad67500cadb8e7378c"
    "8eb7539ec4d4905fed1bee1fc8aafba17c750e2c7ace01e6005f80fcb7df6212"
    "30c83711b39343fa028cea7f7fb5ff89eac2308249a02252155e2347b63d58c5"
    "457afd84d05dfffdb20392844ae812154682e9cf012f9021a6f0be17ddd0c208"
    "4dce25ff9b06cde535d0f920a2db1bf362c23e596d11a4f5a6cf3948838a3aec"
    "4e15daf8500a6ef69ec4e3feb6b1d98e610ac8b7ec3faf6ad760b7bad1db4ba3"
    "485e8a94dc250ae3fdb41ed15fb6a8e5eba0fc3dd60bc8e30c5c4287e53805db"
    "059ae0648db2f64264ed5e39be2e20d82df566da8dd5998ccabdae053060ae6c"
    "7b4378e846d29f37ed7b4ea9ec5d82e7961b7f25a9323851f681d582363aa5f8"
    "9937f5a67258bf63ad6f1a0b1d96dbd4faddfcefc5266ba6611722395c906556"
    "be52afe3f565636ad1b17d508b73d8743eeb524be22b3dcbc2c7468d54119c74"
    "68449a13d8e3b95811a198f3491de3e7fe942b330407abf82a4ed7c1b311663a"
    "c69890f4157015853d91e923037c227a33cdd5ec281ca3f79c44546b9d90ca00"
    "f064c99e3dd97911d39fe9c5d0b23a229a234cb36186c4819e8b9c5927726632"
    "291d6a418211cc2962e20fe47feb3edf330f2c603a9d48c0fcb5699dbfe58964"
    "25c5bac4aee82e57a85aaf4e2513e4f05796b07ba2ee47d80506f8d2c25e50fd"
    "14de71e6c418559302f939b0e1abd576f279c4b2e0feb85c1f28ff18f58891ff"
    "ef132eef2fa09346aee33c28eb130ff28f5b766953334113211996d20011a198"
    "e3fc433f9f2541010ae17c1bf202580f6047472fb36857fe843b19f5984009dd"
    "c324044e847a4f4a0ab34f719595de37252d6235365e9b84392b061085349d73"
    "203a4a13e96f5432ec0fd4a1ee65accdd5e3904df54c1da510b0ff20dcc0c77f"
    "cb2c0e0eb605cb0504db87632cf3d8b4dae6e705769d1de354270123cb11450e"
    "fc60ac47683d7b8d0f811365565fd98c4c8eb936bcab8d069fc33bd801b03ade"
    "a2e1fbc5aa463d08ca19896d2bf59a071b851e6c239052172f296bfb5e724047"
    "90a2181014f3b94a4e97d117b438130368cc39dbb2d198065ae3986547926cd2"
    "162f40a29f0c3c8745c0f50fba3852e566d44575c29d39a03f0cda721984b6f4"
    "40591f355e12d439ff150aab7613499dbd49adabc8676eef023b15b65bfc5ca0"
    "6948109f23f350db82123535eb8a7433bdabcb909271a6ecbcb58b936a88cd4e"
    "8f2e6ff5800175f113253d8fa9ca8885c2f552e657dc603f252e1a8e308f76f0"
    "be79e2fb8f5d5fbbe2e30ecadd220723c8c0aea8078cdfcb3868263ff8f09400"
    "54da48781893a7e49ad5aff4af300cd804a6b6279ab3ff3afb64491c85194aab"
    "760d58a606654f9f4400e8b38591356fbf6425aca26dc85244259ff2b19c41b9"
    "f96f3ca9ec1dde434da7d2d392b905ddf3d1f9af93d1af5950bd493f5aa731b4"
    "056df31bd267b6b90a079831aaf579be0a39013137aac6d404f518cfd4684064"
    "7e78bfe706ca4cf5e9c5453e9f7cfd2b8b4c8d169a44e55c88d4a9a7f9474241"
    "e221af44860018ab0856972e194cd934";

static size_t unhex(uint8_t *to, const char *hex)
{
	size_t n = 0;
	unsigned int v;

	for (; sscanf(hex, "%2x", &v) == 1; hex += 2)
		to[n++] = (uint8_t)v;
	return n;
}

static bool keys_are(uint32_t version, const char *key, const char *iv,
    const char *hp)
{
	struct quic_keys want, got;
	uint8_t dcid[8];

	unhex(dcid, "8394c8f03e515708");
	unhex(want.key, key);
	unhex(want.iv, iv);
	unhex(want.hp, hp);
	return quic_keys_derive(&got, quic_version(version),
	    slice_of(dcid, 8)) && memcmp(&want, &got, sizeof(got)) == 0;
}

static void test_vectors(void)
{
	static uint8_t packet[1200];
	struct step steps[] = { { CLIENT, packet, 1200, 0 } };

	ok(keys_are(1, "1f369613dd76d5467730efcbe3b1a22d",
	    "fa044b2f42a3fd3b46fb255c", "9f50449e04a0e810283a1e9933adedd2"),
	    "RFC 9001 A.1: keys of version 1");
	ok(keys_are(0x6b3343cf, "8b1a0bc121284290a29e0971b5cd045d",
	    "91f73e2351d8fa91660e909f", "45b95e15235d6f45a6b19cbcb0294ba9"),
	    "RFC 9369 A.1: keys of version 2");
	ok(unhex(packet, rfc9001) == 1200, "RFC 9001 A.2: 1200 bytes");
	treat(&dissector_quic, "RFC 9001 A.2", STEPS(steps),
	    "HOST C example.com\nALPN C alpn\n");
}

static struct bytes hello(size_t padding)
{
	struct bytes h = { .n = 0 };

	put_hello(&h, (struct hello_want){ .sni = "chat.example",
	    .alpn = "h3", .padding = padding });
	return h;
}

static const char want[] = "HOST C chat.example\nALPN C h3\n";

static void test_pieces(void)
{
	static struct bytes datagram[2];
	struct bytes h = hello(1000), frames = { .n = 0 };
	struct client c = { 1, "12345678", "12345678", NULL, 0 };
	struct step steps[2] = { { CLIENT, datagram[0].b, 0, 0 },
		{ CLIENT, datagram[1].b, 0, 0 } };
	struct run r;

	/* the end first, then the rest backwards among PING and PADDING */
	put_crypto(&frames, &h, 700, h.n);
	put_initial(&datagram[0], &c, &frames);
	frames.n = 0;
	for (size_t at = 700; at > 0; at -= 100) {
		put_crypto(&frames, &h, at - 100, at);
		put(&frames, "\1\0\0\0", 4);
	}
	c.dcid = "fromserver";		/* the keys stay those of before */
	put_initial(&datagram[1], &c, &frames);
	steps[0].n = datagram[0].n;
	steps[1].n = datagram[1].n;
	play(&r, &dissector_quic, steps, 2, 0);
	ok(same_facts(&r, want) && r.verdict == DONE,
	    "over two datagrams, backwards, with a new connection ID");
	play(&r, &dissector_quic, steps + 1, 1, 0);
	ok(r.facts == 0 && r.verdict == MORE, "half of it: wait");

	memcpy(datagram[0].b + datagram[0].n, datagram[1].b, datagram[1].n);
	steps[0].n += datagram[1].n;
	play(&r, &dissector_quic, steps, 1, 0);
	ok(same_facts(&r, want), "two packets in one datagram");
}

static void test_retry(void)
{
	static struct bytes first, second;
	struct bytes h = hello(10), frames = { .n = 0 };
	struct client c = { 1, "12345678", "12345678", NULL, 0 };
	struct step steps[2];
	struct run r;

	put_crypto(&frames, &h, 0, 50);
	put_initial(&first, &c, &frames);
	frames.n = 0;
	put_crypto(&frames, &h, 0, h.n);
	c.dcid = c.keys_from = "retried!";
	c.token = "token";
	put_initial(&second, &c, &frames);
	steps[0] = (struct step){ CLIENT, first.b, first.n, 0 };
	steps[1] = (struct step){ CLIENT, second.b, second.n, 0 };
	play(&r, &dissector_quic, steps, 2, 0);
	ok(same_facts(&r, want), "after a Retry the keys are new");
}

static void test_versions(void)
{
	static const uint32_t numbers[] = { 1, 0x6b3343cf, 0xff00001d,
		0xff00001b, 0xff000016, 0xff000021, 0xfaceb002 };
	struct bytes h = hello(10), frames = { .n = 0 };
	bool all = true;

	put_crypto(&frames, &h, 0, h.n);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct client c = { numbers[i], "12345678", "12345678",
			NULL, 7 };
		struct bytes d = { .n = 0 };
		struct step step = { CLIENT, d.b, 0, 0 };
		struct run r;

		put_initial(&d, &c, &frames);
		step.n = d.n;
		all &= claims(&dissector_quic, &step, 1) == YES;
		play(&r, &dissector_quic, &step, 1, 0);
		all &= same_facts(&r, want);
	}
	ok(all, "v1, v2, drafts, mvfst");
}

/* No fuzzer gets past the AEAD: so damage frames before they are sealed. */
static void test_hostile_frames(void)
{
	struct bytes h = hello(40), frames = { .n = 0 };
	int survived = 0;

	put(&frames, "\3\1\0\2\0\1\1\2\2\4\4\4", 12);	/* ACK */
	put_crypto(&frames, &h, 60, h.n);
	put_crypto(&frames, &h, 0, 60);
	for (size_t bit = 0; bit < 8 * frames.n; bit++) {
		struct client c = { 1, "12345678", "12345678", NULL, 0 };
		struct bytes d = { .n = 0 };
		struct step step = { CLIENT, d.b, 0, 0 };
		struct run r;

		frames.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		put_initial(&d, &c, &frames);
		frames.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		step.n = d.n;
		play(&r, &dissector_quic, &step, 1, 0);
		survived++;
	}
	ok(survived > 0, "every bit of sealed frames flipped: %d", survived);
}

static void test_google(void)
{
	static const uint8_t q043[] = "\x0d" "\1\2\3\4\5\6\7\x08" "Q043" "\1"
	    "hashhashhash" "\xa0\x01\x00\x00" "CHLO\2\0\0\0"
	    "PAD\0\3\0\0\0" "SNI\0\x10\0\0\0" "---g.example.com";
	struct step steps[] = { { CLIENT, q043, sizeof(q043) - 1, 0 } };

	treat(&dissector_quic, "gQUIC in clear", STEPS(steps),
	    "HOST C g.example.com\n");
}

static void test_not_mine(void)
{
	static const uint8_t rtp[32] = { 0x80, 0x60, 1, 2 };
	struct step steps[] = { C_BYTES(rtp) };

	ok(claims(&dissector_quic, STEPS(steps)) == NO, "RTP is not QUIC");
}

int main(void)
{
	test_vectors();
	test_pieces();
	test_retry();
	test_versions();
	test_hostile_frames();
	test_google();
	test_not_mine();
	return tap_done();
}
