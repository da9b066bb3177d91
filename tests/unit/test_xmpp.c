/* xmpp: streams, accounts, rooms, and every way to hand over a file. */
#include "dissect.h"
#include "pack.h"

extern const struct dissector dissector_xmpp;

#define OPEN "<?xml version='1.0'?><stream:stream xmlns='jabber:client' " \
	"xmlns:stream='http://etherx.jabber.org/streams' "

static const struct step login[] = {
	C(OPEN "to='chat.example' version='1.0'>"),
	S(OPEN "from='chat.example' id='1'><stream:features/>"),
	/* \0anna\0secret */
	C("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>"
	    "AGFubmEAc2VjcmV0</auth>"),
	S("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"),
	S("<iq id='b' type='result'><bind><jid>anna@chat.example/desk</jid>"
	    "</bind></iq>"),
	C("<presence to='plans@rooms.chat.example/anna'>"
	    "<x xmlns='http://jabber.org/protocol/muc'/></presence>"
	    "<message type=\"groupchat\" to='plans@rooms.chat.example'>"
	    "<body>a &gt; b</body></message>"),
	S("<message from='beer@rooms.chat.example/bob' type='groupchat'>"
	    "<body>hi</body></message>"),
};

static const char login_facts[] =
	"HOST C chat.example\n"
	"ACCOUNT C anna (chat.example) accepted\n"
	"ACCOUNT C anna (chat.example) accepted\n"
	"ROOM C plans@rooms.chat.example\n"
	"ROOM C beer@rooms.chat.example\n";

static const struct step files[] = {
	C(OPEN "to='c.example'>"),
	C("<iq to='bob@c.example/x' type='set'><si xmlns='http://jabber.org/"
	    "protocol/si' profile='http://jabber.org/protocol/si/profile/"
	    "file-transfer'><file xmlns='http://jabber.org/protocol/si/profile"
	    "/file-transfer' name='plans > all.pdf' size='1022'/></si></iq>"),
	C("<iq type='set'><query xmlns='http://jabber.org/protocol/bytestreams'"
	    "><streamhost jid='a' host='192.0.2.7' port='5086'/></query></iq>"),
	S("<iq type='set'><jingle action='session-initiate'><description "
	    "xmlns='urn:xmpp:jingle:apps:file-transfer:5'><file>"
	    "<name>no</name></file></description></jingle></iq>"),
	S("<iq><jingle><file xmlns='urn:xmpp:jingle:apps:file-transfer:5'>"
	    "<date>2026</date><name>a.zip</name><size>6144</size></file>"
	    "</jingle></iq>"),
	S("<iq><candidate host='2001:db8::7' port='1080' type='direct'/></iq>"),
	C("<iq type='get'><request xmlns='urn:xmpp:http:upload:0' "
	    "filename='x.bin' size='777'/></iq>"),
	S("<iq type='result'><slot xmlns='urn:xmpp:http:upload:0'>"
	    "<put url='https://up.c.example:5281/a/x.bin'/>"
	    "<get url='https://up.c.example/a/x.bin'/></slot></iq>"),
	C("<iq><data xmlns='http://jabber.org/protocol/ibb' seq='0' sid='s'>"
	    "AAAAAAAA\nAAAA\nAAAAAA==</data></iq>"),
};

static const char files_facts[] =
	"HOST C c.example\n"
	"FILE C plans > all.pdf 1022\n"
	"EXPECT C plans > all.pdf 1022 192.0.2.7:5086\n"
	"FILE S a.zip 6144\n"
	"EXPECT S a.zip 6144 2001:db8::7:1080\n"
	"FILE C x.bin 777\n"
	"MOVED C x.bin 13\n";

#define COMPRESS "<compress xmlns='http://jabber.org/protocol/compress'>" \
	"<method>zlib</method></compress>"
#define COMPRESSED "<compressed xmlns='http://jabber.org/protocol/compress'/>"
#define IBB "<iq to='bob'><data xmlns='http://jabber.org/protocol/ibb' seq=" \
	"'0' sid='s'>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA</data></iq>"

/* XEP-0138: both streams are packed from there on. */
static void test_packed(void)
{
	static const char *const said[] = { OPEN "to='c.example'>",
		"<message type='groupchat' to='plans@rooms'/>" IBB, IBB };
	static const char heard[] = COMPRESSED;
	static uint8_t up[4096], down[1024];
	size_t up_n = 0, down_n = sizeof(heard) - 1;
	z_stream c, s;

	packer(&c, 12);
	packer(&s, 15);
	for (int i = 0; i < 3; i++)
		up_n += pack(&c, said[i], strlen(said[i]), up + up_n,
		    sizeof(up) - up_n);
	memcpy(down, heard, down_n);
	down_n += pack(&s, OPEN "from='c.example'><jid>anna@c.example/x</jid>",
	    sizeof(OPEN) + 43, down + down_n, sizeof(down) - down_n);
	deflateEnd(&c);
	deflateEnd(&s);
	struct step packed[] = { C(OPEN "to='c.example'>"), C(COMPRESS),
		{ SERVER, down, down_n, 0 }, { CLIENT, up, up_n, 0 } };
	treat(&dissector_xmpp, "packed", STEPS(packed), "HOST C c.example\n"
	    "ACCOUNT C anna (c.example) accepted\nROOM C plans@rooms\n"
	    "MOVED C 24\nMOVED C 24\n");
}

/* Nobody has asked for it; then it is refused; then a bomb, and a hole. */
static void test_not_packed(void)
{
	static const struct step refused[] = { C(OPEN "to='c'>"),
		S("<m>" COMPRESSED "</m>"), C(COMPRESS),
		S("<failure xmlns='http://jabber.org/protocol/compress'/>"),
		C("<auth mechanism='PLAIN'>AGFubmEAc2VjcmV0</auth>"),
		S("<success/>") };
	static uint8_t spaces[40 << 20], bomb[1 << 16];
	static struct player p;
	static struct run r;
	z_stream z;
	size_t n;

	play(&r, &dissector_xmpp, STEPS(refused), 0);
	ok(same_facts(&r, "HOST C c\nACCOUNT C anna (c) accepted\n"),
	    "compression that is not agreed on");
	memset(spaces, ' ', sizeof(spaces));
	n = pack(packer(&z, 15), spaces, sizeof(spaces), bomb, sizeof(bomb));
	player_init(&p, &dissector_xmpp, &r);
	player_feed(&p, CLIENT, (const uint8_t *)OPEN "to='c'>" COMPRESS,
	    sizeof(OPEN "to='c'>" COMPRESS) - 1, 0);
	player_feed(&p, SERVER, (const uint8_t *)COMPRESSED,
	    sizeof(COMPRESSED) - 1, 0);
	ok(player_feed(&p, CLIENT, bomb, n, 0) == MORE &&
	    p.budget.capped == 1 && p.budget.used_bytes == 0,
	    "a bomb is counted and let go");
	ok(player_feed(&p, SERVER, bomb, 100, 7) == DONE,
	    "a hole in the other side: nothing is left to read");
	player_end(&p);
	deflateEnd(&z);
}

static void test_edges(void)
{
	static char big[9000];
	static struct run r;
	static const struct step tls[] = { C(OPEN "to='c'>"),
		C("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
		S(OPEN "from='c'><proceed xmlns='u'/>\x16\x03") };
	static const struct step http[] = { C("<?xml version='1.0'?><rss>") };
	static const struct step half[] = { C("<stream:str") };
	struct step long_tag[] = { C(OPEN "to='c'>"),
		{ CLIENT, big, sizeof(big), 0 },
		C("'>a > b<message type='groupchat' to='r'/>") };

	play(&r, &dissector_xmpp, STEPS(tls), 0);
	ok(r.verdict == UPGRADE && r.left == 2, "STARTTLS: the rest is TLS");
	ok(claims(&dissector_xmpp, STEPS(http)) == NO, "other XML is not ours");
	ok(claims(&dissector_xmpp, STEPS(half)) == MAYBE, "half a tag: wait");
	memset(big, 'x', sizeof(big));
	memcpy(big, "<a b='", 6);
	play(&r, &dissector_xmpp, STEPS(long_tag), 0);
	ok(same_facts(&r, "HOST C c\nROOM C r\n"), "an endless tag is dropped");
}

int main(void)
{
	treat(&dissector_xmpp, "login", STEPS(login), login_facts);
	treat(&dissector_xmpp, "files", STEPS(files), files_facts);
	test_packed();
	test_not_packed();
	test_edges();
	ok(grows_linearly(&dissector_xmpp, files, 2, (struct step)
	    C("<iq><data xmlns='http://jabber.org/protocol/ibb' seq='0'>"
	    "AAAAAAAAAAAA</data></iq>")), "linear");
	return tap_done();
}
