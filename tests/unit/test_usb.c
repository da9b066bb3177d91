/* USB/IP, VirtualHere, NetUSB, adb, PTP/IP: bytes to and from a device. */
#include "bytes.h"
#include "dissect.h"

extern const struct dissector dissector_usbip, dissector_adb,
    dissector_ptpip, dissector_virtualhere, dissector_netusb;

static void urb(struct bytes *m, unsigned command, unsigned sequence,
    unsigned direction, unsigned endpoint, unsigned length)
{
	put_n(m, command, 4);
	put_n(m, sequence, 4);
	put_n(m, command <= 2 ? 0x10002 : 0, 4);
	put_n(m, direction, 4);
	put_n(m, endpoint, 4);
	put_n(m, 0, 4);
	put_n(m, length, 4);
	put_n(m, 0, 4);
	put_n(m, command <= 2 ? 0xffffffff : 0, 4);
	put_fill(m, 0, 12);
}

static void wrapper(struct bytes *m, unsigned sequence, unsigned code,
    unsigned length)
{
	put_text(m, "USBC");
	put_le(m, sequence, 4);
	put_le(m, length, 4);
	put_u8(m, code == 0x28 ? 0x80 : 0);
	put_u8(m, 0);
	put_u8(m, 10);
	put_u8(m, code);
	put_fill(m, 0, 15);
}

static void cbw(struct bytes *m, unsigned sequence, unsigned code,
    unsigned length)
{
	urb(m, 1, sequence, 0, 2, 31);
	wrapper(m, sequence, code, length);
}

static void import_reply(struct bytes *m)
{
	put_n(m, 0x01110003, 4);
	put_n(m, 0, 4);
	put_text(m, "/sys/devices/pci0000:00/usb1/1-1");
	put_fill(m, 0, 256 - 32);
	put_text(m, "1-1");
	put_fill(m, 0, 29);
	put_n(m, 1, 4);
	put_n(m, 2, 4);
	put_n(m, 3, 4);
	put_n(m, 0x0781, 2);
	put_n(m, 0x5581, 2);
	put_fill(m, 0, 8);
}

static void test_usbip(void)
{
	static struct bytes ask, reply, writes, answers, reads, data;
	const struct step steps[] = { STEP(CLIENT, ask), STEP(SERVER, reply),
		STEP(CLIENT, writes), STEP(SERVER, answers),
		STEP(CLIENT, reads), STEP(SERVER, data) };
	struct step all[6];

	put_n(&ask, 0x01118003, 4);
	put_n(&ask, 0, 4);
	put_text(&ask, "1-1");
	put_fill(&ask, 0, 29);
	import_reply(&reply);
	cbw(&writes, 7, 0x2a, 512);
	urb(&writes, 1, 8, 0, 2, 512);
	put_fill(&writes, 'w', 512);
	urb(&writes, 1, 9, 1, 1, 13);		/* its status */
	cbw(&writes, 10, 0x12, 36);		/* INQUIRY does not count */
	urb(&answers, 3, 7, 0, 0, 31);
	urb(&answers, 3, 8, 0, 0, 512);
	urb(&answers, 3, 9, 0, 0, 13);
	put_fill(&answers, 's', 13);
	urb(&answers, 3, 10, 0, 0, 31);
	cbw(&reads, 11, 0x28, 1024);
	urb(&reads, 1, 12, 1, 1, 1024);
	urb(&reads, 2, 13, 0, 0, 0);		/* unlink */
	urb(&data, 3, 11, 0, 0, 31);
	urb(&data, 3, 12, 0, 0, 1024);
	put_fill(&data, 'r', 1024);
	urb(&data, 4, 13, 0, 0, 0);
	memcpy(all, steps, sizeof(all));
	for (int i = 0; i < 6; i++)
		all[i].n = (const struct bytes *[]){ &ask, &reply, &writes,
		    &answers, &reads, &data }[i]->n;
	treat(&dissector_usbip, "usbip", STEPS(all),
	    "DEVICE S 0781:5581 (1-1) 10.0.0.2:4000\n"
	    "MOVED C 512\nMOVED S 1024\n");
	ok(grows_linearly(&dissector_usbip, all, 2, all[2]), "linear");
}

static void test_usbip_late(void)
{
	static struct bytes write, noise;
	static struct run r;
	struct step steps[3];
	struct opening o = { .midstream = true };

	cbw(&write, 7, 0x8a, 4096);
	put_fill(&noise, 'x', 700);
	steps[0] = (struct step){ CLIENT, noise.b, noise.n, 5000 };
	steps[1] = (struct step){ CLIENT, write.b, write.n, 0 };
	steps[2] = (struct step){ CLIENT, write.b, write.n, 900 };
	play(&r, &dissector_usbip, steps, 3, 0);
	ok(same_facts(&r, "MOVED C 4096\nMOVED C 4096\n"),
	    "after a hole: on at the next header");
	o.first[CLIENT] = guarded(write.b, write.n);
	ok(dissector_usbip.claim(&o) == YES, "joined late");
}

static void uas_unit(struct bytes *m, unsigned sequence, unsigned code)
{
	urb(m, 1, sequence, 0, 4, 32);
	put_n(m, 0x0100, 2);
	put_fill(m, 0, 14);
	put_u8(m, code);
	put_fill(m, 0, 15);
}

static void test_uas(void)
{
	static struct bytes m;
	static struct run r;
	struct step step;

	uas_unit(&m, 1, 0x2a);
	urb(&m, 1, 2, 0, 2, 4096);
	put_fill(&m, 'w', 4096);
	step = (struct step){ CLIENT, m.b, m.n, 0 };
	play(&r, &dissector_usbip, &step, 1, 0);
	ok(same_facts(&r, "MOVED C 4096\n"), "USB attached SCSI");
}

static void virtualhere(struct bytes *m, unsigned type, unsigned length)
{
	put_u8(m, type);
	put_fill(m, 0xee, 26);
	put_le(m, 1, 2);
	put_le(m, length, 4);
}

static void bulk(struct bytes *m, unsigned length)
{
	virtualhere(m, 0x12, 13 + length);
	put_le(m, 2, 4);
	put_u8(m, 0);
	put_le(m, 0, 4);
	put_le(m, length, 4);
}

static void padded(struct bytes *m, const char *text, size_t size)
{
	put_text(m, text);
	put_fill(m, 0, size - strlen(text));
}

static void test_virtualhere(void)
{
	static struct bytes hello, info, attached, writes, answers;
	struct step all[5], late[2];
	static struct run r;

	virtualhere(&hello, 0, 128);
	padded(&hello, "anna", 64);
	padded(&hello, "PC1", 64);
	virtualhere(&info, 1, 724);
	put_u8(&info, 8);
	padded(&info, "Raspberry Hub", 128);
	put_fill(&info, 0, 724 - 129);
	virtualhere(&attached, 0x27, 300);
	put_le(&attached, 1, 4);
	put_u8(&attached, 3);
	put_fill(&attached, 0, 8);
	put_le(&attached, 0x0781, 2);
	put_le(&attached, 0x5581, 2);
	put_fill(&attached, 0, 300 - 17);
	bulk(&writes, 31);
	wrapper(&writes, 1, 0x2a, 512);
	bulk(&writes, 512);
	put_fill(&writes, 'w', 512);
	bulk(&writes, 31);
	wrapper(&writes, 2, 0x12, 36);		/* INQUIRY does not count */
	bulk(&writes, 31);
	wrapper(&writes, 3, 0x28, 1024);
	virtualhere(&answers, 0x13, 4 + 1024);
	put_le(&answers, 1024, 4);
	put_fill(&answers, 'r', 1024);
	all[0] = (struct step)STEP(CLIENT, hello);
	all[1] = (struct step)STEP(SERVER, info);
	all[2] = (struct step)STEP(SERVER, attached);
	all[3] = (struct step)STEP(CLIENT, writes);
	all[4] = (struct step)STEP(SERVER, answers);
	treat(&dissector_virtualhere, "attached", STEPS(all),
	    "ACCOUNT C anna (PC1) label\n"
	    "DEVICE S 0781:5581 (virtualhere) 10.0.0.2:4000\n"
	    "MOVED C 512\nMOVED S 1024\n");
	ok(grows_linearly(&dissector_virtualhere, all, 3, all[3]), "linear");
	ok(claims(&dissector_virtualhere, all + 3, 1) == NO, "no greeting");
	late[0] = (struct step){ CLIENT, "\xff the end of one", 16, 5000 };
	late[1] = all[3];
	play(&r, &dissector_virtualhere, late, 2, 0);
	ok(same_facts(&r, "MOVED C 512\nMOVED S 1024\n"), "after a hole");
}

static void test_netusb(void)
{
	static struct bytes c, s;
	struct step all[2];
	struct opening o = { .port = { 40000, 20005 } };

	put_u8(&c, 0x56);
	put_u8(&c, 4);
	put_fill(&c, 0xc1, 32);
	put_le(&c, 6, 4);
	put_text(&c, "DESK-7");
	put_fill(&s, 0xd2, 32);
	all[0] = (struct step)STEP(CLIENT, c);
	all[1] = (struct step)STEP(SERVER, s);
	treat(&dissector_netusb, "name", STEPS(all),
	    "BINDING C (DESK-7) 10.0.0.1:0 label\n");
	all[0].n = 34;
	ok(claims(&dissector_netusb, all, 2) == MAYBE, "no name yet");
	o.first[CLIENT] = guarded(c.b, 18);
	ok(dissector_netusb.claim(&o) == YES, "the port, and a challenge");
	c.b[1] = 9;
	o.first[CLIENT] = guarded(c.b, 18);
	ok(dissector_netusb.claim(&o) == NO, "another version");
}

static void frame(struct bytes *m, const char *command, unsigned arg0,
    unsigned arg1, const void *payload, size_t n)
{
	uint32_t word;

	memcpy(&word, command, 4);
	put_text(m, command);
	put_le(m, arg0, 4);
	put_le(m, arg1, 4);
	put_le(m, n, 4);
	put_le(m, 0, 4);
	put_le(m, (uint32_t)~word, 4);
	put(m, payload, n);
}

#define FRAME(m, command, arg0, arg1, payload) \
	frame(m, command, arg0, arg1, payload, sizeof(payload) - 1)

static void test_adb(void)
{
	static struct bytes c, s, push, pull, data;
	struct step all[5];
	static struct run r;
	struct step tls;
	static struct bytes stls;

	FRAME(&c, "CNXN", 0x01000001, 4096, "host::features=shell_v2");
	FRAME(&s, "CNXN", 0x01000001, 4096,
	    "device::ro.product.name=p;ro.product.model=Pixel 6;features=x");
	FRAME(&push, "OPEN", 5, 0, "shell:ls\0");
	FRAME(&push, "OPEN", 7, 0, "sync:\0");
	FRAME(&push, "WRTE", 7, 9, "STAT\7\0\0\0/sdcard");
	FRAME(&push, "WRTE", 7, 9, "SEND\x16\0\0\0/sdcard/pl,n.pdf,33188"
	    "DATA\x0a\0\0\0" "01234");	/* split over two frames */
	FRAME(&push, "WRTE", 5, 8, "DATA\x0a\0\0\0shell noise");
	FRAME(&push, "WRTE", 7, 9, "56789DATA\3\0\0\0abcDONE\1\2\3\4");
	FRAME(&pull, "WRTE", 7, 9, "RECV\x0d\0\0\0/sdcard/a.jpg");
	FRAME(&data, "WRTE", 9, 7, "STAT\0\0\0\0\0\0\0\0\0\0\0\0OKAY\0\0\0\0");
	FRAME(&data, "WRTE", 9, 7, "DATA\4\0\0\0jpegDONE\0\0\0\0");
	all[0] = (struct step)STEP(CLIENT, c);
	all[1] = (struct step)STEP(SERVER, s);
	all[2] = (struct step)STEP(CLIENT, push);
	all[3] = (struct step)STEP(CLIENT, pull);
	all[4] = (struct step)STEP(SERVER, data);
	treat(&dissector_adb, "adb", STEPS(all),
	    "DEVICE S Pixel 6 (adb) 10.0.0.2:4000\n"
	    "MOVED C /sdcard/pl,n.pdf 10\nMOVED C /sdcard/pl,n.pdf 3\n"
	    "FILE C /sdcard/pl,n.pdf 13\n"
	    "MOVED S /sdcard/a.jpg 4\nFILE S /sdcard/a.jpg 4\n");
	FRAME(&stls, "STLS", 0x01000000, 0, "");
	tls = (struct step)STEP(CLIENT, stls);
	play(&r, &dissector_adb, &tls, 1, 0);
	ok(r.verdict == UPGRADE, "wireless debugging turns to TLS");
	ok(grows_linearly(&dissector_adb, all, 2, all[2]), "linear");
}

static void ptp(struct bytes *m, unsigned type, const void *body, size_t n)
{
	put_le(m, n + 8, 4);
	put_le(m, type, 4);
	put(m, body, n);
}

#define PTP(m, type, body) ptp(m, type, body, sizeof(body) - 1)

static void test_ptpip(void)
{
	static struct bytes hello, ask, info, get, data;
	struct bytes set = { .n = 0 };
	struct step all[5];

	PTP(&hello, 1, "0123456789abcdef" "p\0c\0\0\0" "\0\0\1\0");
	PTP(&ask, 6, "\1\0\0\0\x08\x10\1\0\0\0\5\0\0\0");
	put_le(&set, 1, 4);		/* transaction, then ObjectInfo */
	put_fill(&set, 0, 8);
	put_le(&set, 300, 4);
	put_fill(&set, 0, 40);
	put_u8(&set, 6);
	put_wide(&set, "a.jpg");
	put_le(&set, 0, 2);
	PTP(&info, 9, "\1\0\0\0\x40\0\0\0\0\0\0\0");
	ptp(&info, 12, set.b, set.n);
	PTP(&get, 6, "\1\0\0\0\x09\x10\2\0\0\0\5\0\0\0");
	PTP(&data, 9, "\2\0\0\0\x2c\1\0\0\0\0\0\0");
	put_le(&data, 12 + 200, 4);
	put_le(&data, 10, 4);
	put_le(&data, 2, 4);
	put_fill(&data, 'j', 200);
	put_le(&data, 12 + 100, 4);
	put_le(&data, 12, 4);
	put_le(&data, 2, 4);
	put_fill(&data, 'j', 100);
	all[0] = (struct step)STEP(CLIENT, hello);
	all[1] = (struct step)STEP(CLIENT, ask);
	all[2] = (struct step)STEP(SERVER, info);
	all[3] = (struct step)STEP(CLIENT, get);
	all[4] = (struct step)STEP(SERVER, data);
	ok(claims(&dissector_ptpip, all, 1) == YES, "ptpip: its hello");
	treat(&dissector_ptpip, "ptpip", STEPS(all),
	    "FILE S a.jpg 300\nMOVED S a.jpg 200\nMOVED S a.jpg 100\n");
	ok(grows_linearly(&dissector_ptpip, all, 4, all[4]), "linear");
}

int main(void)
{
	test_usbip();
	test_usbip_late();
	test_uas();
	test_virtualhere();
	test_netusb();
	test_adb();
	test_ptpip();
	return tap_done();
}
