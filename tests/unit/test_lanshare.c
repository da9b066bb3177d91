/* File servers: SMB and AFP. */
#include "bytes.h"
#include "dissect.h"

extern const struct dissector dissector_smb, dissector_afp;

/* An SMB 2 header; the frame's length is set when it is closed. */
static size_t smb_open(struct bytes *m, unsigned command, unsigned message,
    unsigned tree, unsigned response, unsigned status)
{
	size_t at = m->n;

	put_n(m, 0, 4);
	put_text(m, "\xfeSMB");
	put_le(m, 64, 2);
	put_le(m, 0, 2);
	put_le(m, status, 4);
	put_le(m, command, 2);
	put_le(m, 1, 2);
	put_le(m, response, 4);
	put_le(m, 0, 4);
	put_le(m, message, 8);
	put_le(m, 0xfeff, 4);
	put_le(m, tree, 4);
	put_le(m, 1, 8);
	put_fill(m, 0, 16);
	return at;
}

static void smb_close(struct bytes *m, size_t at)
{
	size_t n = m->n - at - 4;

	m->b[at + 2] = (uint8_t)(n >> 8);
	m->b[at + 3] = (uint8_t)n;
}

static void session_setup(struct bytes *m)
{
	size_t at = smb_open(m, 1, 2, 0, 0, 0);

	put_le(m, 25, 2);
	put_fill(m, 0, 10);
	put_le(m, 64 + 24, 2);
	put_le(m, 64 + 7, 2);
	put_le(m, 0, 8);
	put_text(m, "NTLMSSP");
	put_u8(m, 0);
	put_le(m, 3, 4);
	for (int i = 0; i < 6; i++) {		/* only the user has a name */
		unsigned n = i == 3 ? 4 : i == 4 ? 3 : 0;

		put_le(m, n, 2);
		put_le(m, n, 2);
		put_le(m, i == 3 ? 64 : 68, 4);
	}
	put_le(m, 2, 4);			/* OEM */
	put_text(m, "annaPC1");
	smb_close(m, at);
}

static void tree_connect(struct bytes *m, unsigned message, const char *path)
{
	size_t at = smb_open(m, 3, message, 0, 0, 0);

	put_le(m, 9, 2);
	put_le(m, 0, 2);
	put_le(m, 64 + 8, 2);
	put_le(m, 2 * strlen(path), 2);
	put_wide(m, path);
	smb_close(m, at);
}

static void create(struct bytes *m, unsigned message, const char *path)
{
	size_t at = smb_open(m, 5, message, 5, 0, 0);

	put_le(m, 57, 2);
	put_fill(m, 0, 42);
	put_le(m, 64 + 56, 2);
	put_le(m, 2 * strlen(path), 2);
	put_fill(m, 0, 8);
	put_wide(m, path);
	smb_close(m, at);
}

static void created(struct bytes *m, unsigned message, unsigned size, char id)
{
	size_t at = smb_open(m, 5, message, 5, 1, 0);

	put_le(m, 89, 2);
	put_fill(m, 0, 46);
	put_le(m, size, 8);
	put_fill(m, 0, 8);
	put_fill(m, (unsigned)id, 16);
	put_fill(m, 0, 8);
	smb_close(m, at);
}

static void tree_connected(struct bytes *m, unsigned message, unsigned tree,
    unsigned type)
{
	size_t at = smb_open(m, 3, message, tree, 1, 0);

	put_le(m, 16, 2);
	put_le(m, type, 2);
	put_fill(m, 0, 12);
	smb_close(m, at);
}

static void write_to(struct bytes *m, unsigned message, unsigned tree,
    char id, unsigned n)
{
	size_t at = smb_open(m, 9, message, tree, 0, 0);

	put_le(m, 49, 2);
	put_le(m, 64 + 48, 2);
	put_le(m, n, 4);
	put_le(m, 0, 8);
	put_fill(m, (unsigned)id, 16);
	put_fill(m, 0, 16);
	put_fill(m, 'w', n);
	smb_close(m, at);
}

static void read_from(struct bytes *m, unsigned message, char id, unsigned n)
{
	size_t at = smb_open(m, 8, message, 5, 0, 0);

	put_le(m, 49, 2);
	put_le(m, 0, 2);
	put_le(m, n, 4);
	put_le(m, 0, 8);
	put_fill(m, (unsigned)id, 16);
	put_fill(m, 0, 17);
	smb_close(m, at);
}

static void read_answer(struct bytes *m, unsigned message, unsigned n,
    unsigned status)
{
	size_t at = smb_open(m, 8, message, 5, 1, status);

	put_le(m, 17, 2);
	put_le(m, 80, 2);
	put_le(m, n, 4);
	put_fill(m, 0, 8);
	put_fill(m, 'r', n);
	smb_close(m, at);
}

static void test_smb(void)
{
	static struct bytes ask, agreed, use, answers, data;
	struct step all[5];
	static const char facts[] =
	    "BINDING C anna (PC1) accepted\n"
	    "ROOM C \\\\nas\\usb\n"
	    "FILE C docs\\plans.pdf\nMOVED C docs\\plans.pdf 700\n"
	    "MOVED C docs\\plans.pdf 300\n"
	    "FILE S a.zip 900\nMOVED S a.zip 900\n";
	size_t at;

	session_setup(&ask);
	tree_connect(&ask, 3, "\\\\nas\\IPC$");
	tree_connect(&ask, 4, "\\\\nas\\usb");
	at = smb_open(&agreed, 1, 2, 0, 1, 0);
	put_fill(&agreed, 0, 9);
	smb_close(&agreed, at);
	tree_connected(&agreed, 3, 4, 2);
	tree_connected(&agreed, 4, 5, 1);
	create(&use, 6, "docs\\plans.pdf");
	create(&use, 7, "a.zip");
	created(&answers, 6, 0, 'p');
	created(&answers, 7, 900, 'z');
	write_to(&data, 8, 5, 'p', 700);
	write_to(&data, 9, 4, 'x', 500);	/* a pipe */
	write_to(&data, 10, 5, 'p', 300);
	read_from(&data, 11, 'z', 4096);
	read_from(&data, 12, 'z', 4096);
	all[0] = (struct step)STEP(CLIENT, ask);
	all[1] = (struct step)STEP(SERVER, agreed);
	all[2] = (struct step)STEP(CLIENT, use);
	all[3] = (struct step)STEP(SERVER, answers);
	all[4] = (struct step)STEP(CLIENT, data);
	{
		static struct bytes back;
		struct step six[6];

		read_answer(&back, 11, 900, 0);
		read_answer(&back, 12, 0, 0xc0000011);	/* end of file */
		memcpy(six, all, sizeof(all));
		six[5] = (struct step)STEP(SERVER, back);
		treat(&dissector_smb, "smb", STEPS(six), facts);
	}
	ok(grows_linearly(&dissector_smb, all, 4, all[4]), "linear");
}

static void test_smb_edges(void)
{
	static const struct step refused[] = {
		C("\0\0\0\x24\xfdSMB0123456789abcdef0123456789abcdef"),
		C("\0\0\0\x24\xfdSMB0123456789abcdef0123456789abcdef"),
		S("\x85\0\0\0"),
	};
	static struct bytes m;
	static struct run r;
	struct step holed[2];

	treat(&dissector_smb, "encrypted", STEPS(refused),
	    "APP C smb-encrypted\n");
	write_to(&m, 8, 5, 'p', 700);
	holed[0] = (struct step){ CLIENT, "the end of something", 20, 4000 };
	holed[1] = (struct step)STEP(CLIENT, m);
	play(&r, &dissector_smb, holed, 2, 0);
	ok(same_facts(&r, "MOVED C 700\n"), "after a hole: the next frame");
}

/* Large reads: 64 numbers each, several under way at once. */
static void test_smb_reads(void)
{
	static struct bytes ask, back;
	static struct run r;
	struct step steps[2];

	for (unsigned i = 0; i < 4; i++)
		read_from(&ask, 100 + 64 * i, 'z', 4 << 20);
	for (unsigned i = 0; i < 4; i++)
		read_answer(&back, 100 + 64 * i, 1000, 0);
	read_answer(&back, 7777, 10, 0);
	steps[0] = (struct step)STEP(CLIENT, ask);
	steps[1] = (struct step)STEP(SERVER, back);
	play(&r, &dissector_smb, STEPS(steps), 0);
	ok(same_facts(&r, "MOVED S 1000\nMOVED S 1000\nMOVED S 1000\n"
	    "MOVED S 1000\nMOVED S 10\n"), "reads with numbers far apart");
}

static void test_smb_sizes(void)
{
	static struct bytes lie, packed[2], inside;
	static struct run r;
	struct step step[1];
	size_t at;

	at = smb_open(&lie, 9, 1, 5, 0, 0);
	put_le(&lie, 49, 2);
	put_le(&lie, 64 + 48, 2);
	put_le(&lie, 3000000000u, 4);
	put_fill(&lie, 0, 40);
	smb_close(&lie, at);
	step[0] = (struct step)STEP(CLIENT, lie);
	play(&r, &dissector_smb, STEPS(step), 0);
	ok(same_facts(&r, "MOVED C 112\n"), "no more than the frame holds");

	for (int chained = 0; chained < 2; chained++) {
		struct bytes *m = &packed[chained];

		inside.n = 0;
		write_to(&inside, 1, 5, 'p', 700);
		at = m->n;
		put_n(m, 0, 4);
		put_text(m, "\xfcSMB");
		put_le(m, (unsigned)inside.n - 4, 4);
		put_le(m, chained ? 0 : 2, 2);
		put_le(m, chained ? 1 : 0, 2);
		put_le(m, 112, 4);
		for (size_t i = 4; i < 4 + 112; i++)
			put_le(m, inside.b[i], 1);
		put_fill(m, 0, 20);		/* 700 bytes, packed */
		smb_close(m, at);
		step[0] = (struct step)STEP(CLIENT, *m);
		play(&r, &dissector_smb, STEPS(step), 0);
		ok(same_facts(&r, "MOVED C 700\n"), "compressed, %d", chained);
	}
}

static void dsi(struct bytes *m, unsigned flags, unsigned command,
    unsigned request, unsigned offset, const void *body, size_t n)
{
	put_u8(m, flags);
	put_u8(m, command);
	put_n(m, request, 2);
	put_n(m, offset, 4);
	put_n(m, n, 4);
	put_n(m, 0, 4);
	put(m, body, n);
}

#define DSI(m, flags, command, request, offset, body) \
	dsi(m, flags, command, request, offset, body, sizeof(body) - 1)

static void test_afp(void)
{
	static struct bytes c, s;
	struct step all[2];

	DSI(&c, 0, 4, 1, 0, "\1\4\0\0\4\0");
	DSI(&c, 0, 2, 2, 0, "\x18\0\0\x20\6Backup");
	DSI(&c, 0, 6, 3, 12, "\x3d\0\0\1........0123456789");
	DSI(&c, 0, 2, 4, 0, "\x3c\0\0\1................");
	DSI(&s, 1, 4, 1, 0, "");
	DSI(&s, 1, 6, 3, 0, "\0\0\0\0");
	DSI(&s, 1, 2, 4, 0, "twenty bytes of data");
	all[0] = (struct step)STEP(CLIENT, c);
	all[1] = (struct step)STEP(SERVER, s);
	treat(&dissector_afp, "afp", STEPS(all),
	    "ROOM C Backup\nMOVED C 10\nMOVED S 20\n");
	ok(grows_linearly(&dissector_afp, all, 1, all[0]), "linear");
}

int main(void)
{
	test_smb();
	test_smb_edges();
	test_smb_reads();
	test_smb_sizes();
	test_afp();
	return tap_done();
}
