/*
 * Capture files of every kind, written here, read back: what is wrong with
 * them must be said, and what is good must be found.
 */
#include <zlib.h>

#include "capture/capture.h"
#include "bytes.h"

static char path[] = "/tmp/weir-savefile-XXXXXX";
static char error[CAPTURE_ERROR];

static void save(const uint8_t *bytes, size_t n)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
		err(1, "%s", path);
}

static void save_gzip(const uint8_t *bytes, size_t n, const char *mode)
{
	gzFile f = gzopen(path, mode);

	if (f == NULL || gzwrite(f, bytes, (unsigned)n) != (int)n ||
	    gzclose(f) != Z_OK)
		errx(1, "gzip %s", path);
}

struct seen {
	size_t frames;
	uint64_t bytes, wire;
	int64_t first_us, last_us;
	int links;			/* one bit per link type */
	uint64_t dropped;
	enum captured why;
};

static struct seen read_all(const char *filter)
{
	struct capture *c = capture_open_file(path, filter, error);
	struct seen seen = { .why = CAPTURE_FAILED };
	struct frame frames[32];
	size_t n;

	if (c == NULL)
		return seen;
	*error = '\0';
	do {
		n = capture_batch(c, frames, 32, &seen.why);
		for (size_t i = 0; i < n; i++) {
			if (seen.frames++ == 0)
				seen.first_us = frames[i].at_us;
			seen.last_us = frames[i].at_us;
			seen.bytes += frames[i].bytes.n;
			seen.wire += frames[i].wire_len;
			seen.links |= 1 << (frames[i].link & 31);
		}
	} while (seen.why == CAPTURE_MORE);
	if (seen.why == CAPTURE_DAMAGED)
		snprintf(error, sizeof(error), "%s", capture_error(c));
	seen.dropped = capture_counts(c).dropped;
	capture_close(c);
	return seen;
}

/* Numbers in the byte order of the file. */
static void num(struct bytes *t, bool little, uint64_t v, int n)
{
	for (int i = 0; i < n; i++)
		put_n(t, v >> 8 * (little ? i : n - 1 - i) & 0xff, 1);
}

static void pcap_header(struct bytes *t, bool little, uint32_t magic,
    uint32_t snaplen)
{
	num(t, little, magic, 4);
	num(t, little, 2, 2);
	num(t, little, 4, 2);
	put_zeros(t, 8);
	num(t, little, snaplen, 4);
	num(t, little, 1, 4);
}

static void pcap_record(struct bytes *t, bool little, uint32_t part,
    uint32_t captured, size_t extra)
{
	num(t, little, 1700000000, 4);
	num(t, little, part, 4);
	num(t, little, captured, 4);
	num(t, little, 1500, 4);
	put_zeros(t, extra);
	for (uint32_t i = 0; i < captured; i++)
		put_n(t, i * 7 & 0xff, 1);
}

static void write_pcap(struct bytes *t, bool little, uint32_t magic,
    int frames, size_t extra)
{
	pcap_header(t, little, magic, 65535);
	for (int i = 0; i < frames; i++)
		pcap_record(t, little, 123456, 60, extra);
}

static void check_pcap(void)
{
	static const struct {
		const char *name;
		uint32_t magic;
		size_t extra;
		int64_t part_us;
	} kinds[] = {
		{ "microseconds", 0xa1b2c3d4, 0, 123456 },
		{ "nanoseconds", 0xa1b23c4d, 0, 123 },
		{ "Kuznetzov's records", 0xa1b2cd34, 8, 123456 },
		{ "Kuznetzov's records, unsaid", 0xa1b2c3d4, 8, 123456 },
	};

	for (size_t i = 0; i < 8; i++) {
		struct bytes t = { .n = 0 };
		struct seen s;

		write_pcap(&t, i & 1, kinds[i / 2].magic, 100,
		    kinds[i / 2].extra);
		save(t.b, t.n);
		s = read_all(NULL);
		ok(s.frames == 100 && s.why == CAPTURE_END &&
		    s.bytes == 6000 && s.wire == 150000 && s.last_us ==
		    1700000000000000 + kinds[i / 2].part_us,
		    "pcap, %s, %s-endian", kinds[i / 2].name,
		    i & 1 ? "little" : "big");
	}
}

/* Blocks of pcapng; the body is what `at` says when it is ended. */
static size_t block(struct bytes *t, bool little, uint32_t type)
{
	num(t, little, type, 4);
	num(t, little, 0, 4);
	return t->n;
}

static void block_end(struct bytes *t, bool little, size_t at)
{
	struct bytes length = { .n = 0 };

	put_zeros(t, -(t->n - at) & 3);
	num(&length, little, t->n - at + 12, 4);
	memcpy(t->b + at - 4, length.b, 4);
	put(t, length.b, 4);
}

static void section(struct bytes *t, bool little)
{
	size_t at = block(t, little, 0x0a0d0d0a);

	num(t, little, 0x1a2b3c4d, 4);
	num(t, little, 1, 2);
	num(t, little, 0, 2);
	num(t, little, UINT64_MAX, 8);
	block_end(t, little, at);
}

static void describe(struct bytes *t, bool little, int link,
    uint32_t snaplen, int resolution, int64_t offset_s)
{
	size_t at = block(t, little, 1);

	num(t, little, (uint64_t)link, 2);
	num(t, little, 0, 2);
	num(t, little, snaplen, 4);
	if (resolution != 6) {
		num(t, little, 9, 2);
		num(t, little, 1, 2);
		num(t, little, (uint64_t)resolution & 0xff, 1);
		put_zeros(t, 3);
	}
	if (offset_s) {
		num(t, little, 14, 2);
		num(t, little, 8, 2);
		num(t, little, (uint64_t)offset_s, 8);
	}
	num(t, little, 0, 4);
	block_end(t, little, at);
}

static void packet(struct bytes *t, bool little, uint32_t interface,
    uint64_t ticks, uint32_t n)
{
	size_t at = block(t, little, 6);

	num(t, little, interface, 4);
	num(t, little, ticks >> 32, 4);
	num(t, little, ticks & 0xffffffff, 4);
	num(t, little, n, 4);
	num(t, little, 1500, 4);
	put_zeros(t, n);
	block_end(t, little, at);
}

static void check_resolution(const char *name, int resolution,
    int64_t offset_s, uint64_t ticks, int64_t want_us)
{
	struct bytes t = { .n = 0 };

	section(&t, true);
	describe(&t, true, 1, 0, resolution, offset_s);
	packet(&t, true, 0, ticks, 60);
	save(t.b, t.n);
	ok(read_all(NULL).last_us == want_us, "pcapng, time in %s", name);
}

static void check_pcapng(void)
{
	struct bytes t = { .n = 0 };
	struct seen s;
	size_t at;

	for (int little = 0; little < 2; little++) {
		section(&t, little);
		describe(&t, little, 1, 0, 6, 0);
		describe(&t, little, 12, 0, 9, 0);
		packet(&t, little, 0, 1700000000000000, 61);
		packet(&t, little, 1, 1700000000000000000, 62);
		at = block(&t, little, 4);	/* names: skipped */
		put_zeros(&t, 8);
		block_end(&t, little, at);
	}
	save(t.b, t.n);
	s = read_all(NULL);
	ok(s.frames == 4 && s.why == CAPTURE_END && s.bytes == 246 &&
	    s.links == (1 << 1 | 1 << 12) &&
	    s.first_us == 1700000000000000 && s.last_us == s.first_us,
	    "pcapng: two sections, both byte orders, two link layers");
	check_resolution("nanoseconds", 9, 0, 1700000000123456789,
	    1700000000123456);
	check_resolution("seconds", 0, 0, 1700000000, 1700000000000000);
	check_resolution("2^-20 s", -128 + 20, 0, 1700000000ULL << 20 |
	    1 << 19, 1700000000500000);
	check_resolution("2^-60 s", -128 + 60, 0, 3ULL << 59, 1500000);
	check_resolution("microseconds and an offset", 6, 1700000000, 5,
	    1700000000000005);
	check_resolution("seconds that no calendar has", 0, 0, UINT64_MAX,
	    253402300799000000);
}

static void check_other_blocks(void)
{
	struct bytes t = { .n = 0 };
	struct seen s;
	size_t at;

	section(&t, true);
	describe(&t, true, 1, 64, 6, 0);
	at = block(&t, true, 3);		/* a simple packet */
	num(&t, true, 1500, 4);
	put_zeros(&t, 64);
	block_end(&t, true, at);
	at = block(&t, true, 2);		/* an obsolete packet */
	num(&t, true, 0, 4);
	num(&t, true, 395812, 4);
	num(&t, true, 1, 4);
	num(&t, true, 40, 4);
	num(&t, true, 1500, 4);
	put_zeros(&t, 40);
	block_end(&t, true, at);
	at = block(&t, true, 5);		/* statistics */
	put_zeros(&t, 12);
	num(&t, true, 5, 2);
	num(&t, true, 8, 2);
	num(&t, true, 77, 8);
	block_end(&t, true, at);
	save(t.b, t.n);
	s = read_all(NULL);
	ok(s.frames == 2 && s.bytes == 104 && s.wire == 3000 &&
	    s.why == CAPTURE_END && s.dropped == 77,
	    "pcapng: simple and old packets, and what was dropped");
}

static void check_gzip(void)
{
	struct bytes t = { .n = 0 };
	struct seen s;

	write_pcap(&t, true, 0xa1b2c3d4, 100, 0);
	save_gzip(t.b, t.n, "wb");
	s = read_all(NULL);
	ok(s.frames == 100 && s.why == CAPTURE_END, "gzip");
	save_gzip(t.b, 1000, "wb");
	save_gzip(t.b + 1000, t.n - 1000, "ab");
	s = read_all(NULL);
	ok(s.frames == 100 && s.why == CAPTURE_END, "gzip of two members");
	if (truncate(path, 200) == -1)
		err(1, "%s", path);
	s = read_all(NULL);
	ok(s.why == CAPTURE_DAMAGED && strstr(error, "gzip") != NULL,
	    "gzip cut short: %zu frames, %s", s.frames, error);
}

/* Cut anywhere: the whole records before the cut, then DAMAGED or END. */
static void check_cuts(const char *name, const struct bytes *t,
    size_t header, size_t record, bool gzip)
{
	bool good = true;

	for (size_t n = 0; n <= t->n; n++) {
		struct seen s;

		if (gzip)
			save_gzip(t->b, n, "wb");
		else
			save(t->b, n);
		s = read_all(NULL);
		if (n < header)
			good &= s.frames == 0;
		else
			good &= s.frames == (n - header) / record &&
			    (s.why == CAPTURE_END) ==
			    ((n - header) % record == 0);
	}
	ok(good, "%s, cut at every byte", name);
}

static void check_damage(void)
{
	struct bytes t = { .n = 0 };
	struct seen s;

	write_pcap(&t, true, 0xa1b2c3d4, 20, 0);
	memset(t.b + 24 + 10 * 76 + 8, 0xff, 4);
	save(t.b, t.n);
	s = read_all(NULL);
	ok(s.frames == 19 && s.why == CAPTURE_DAMAGED &&
	    strstr(error, "record 11 at byte 784") &&
	    strstr(error, "76 bytes skipped"), "pcap: %s", error);
	t.n = 0;
	section(&t, true);
	describe(&t, true, 1, 0, 6, 0);
	for (int i = 0; i < 20; i++)
		packet(&t, true, 0, 1700000000000000, 60);
	memset(t.b + 28 + 24 + 92 * 10 + 4, 0xff, 4);
	save(t.b, t.n);
	s = read_all(NULL);
	ok(s.frames == 19 && s.why == CAPTURE_DAMAGED &&
	    strstr(error, "92 bytes skipped"), "pcapng: %s", error);
}

static void check_refused(void)
{
	save((const uint8_t *)"GET / HTTP/1.1\r\n\r\n0123456789", 28);
	ok(read_all(NULL).why == CAPTURE_FAILED, "no capture: %s", error);
	save((const uint8_t *)"", 0);
	ok(read_all(NULL).why == CAPTURE_FAILED, "nothing: %s", error);
	ok(capture_open_file("/nonexistent/x", NULL, error) == NULL,
	    "no file: %s", error);
	ok(capture_open_file("/", NULL, error) == NULL, "a directory: %s",
	    error);
}

static void ether_ip4(struct bytes *t, uint8_t proto)
{
	put_zeros(t, 12);
	put_hex(t, "0800 45000014 00000000 40");
	put_n(t, proto, 1);
	put_hex(t, "0000 0a000001 0a000002");
}

static void check_filter(void)
{
	struct bytes t = { .n = 0 }, frame = { .n = 0 };
	struct seen s;

	section(&t, false);
	describe(&t, false, 1, 0, 6, 0);
	describe(&t, false, 101, 0, 6, 0);
	ether_ip4(&frame, 6);
	ether_ip4(&frame, 17);
	for (size_t i = 0; i < 4; i++) {	/* TCP and UDP, on both */
		uint32_t n = i < 2 ? 34 : 20;

		packet(&t, false, i < 2 ? 0 : 1, 1700000000000000, n);
		memcpy(t.b + t.n - 4 - (n + 3) / 4 * 4,
		    frame.b + (i & 1) * 34 + (i < 2 ? 0 : 14), n);
	}
	save(t.b, t.n);
	s = read_all("udp");
	ok(s.frames == 2 && s.bytes == 54 && s.why == CAPTURE_END,
	    "a filter, compiled for two link layers");
	ok(read_all("ether src 00:00:00:00:00:00 and tcp").frames == 1,
	    "a filter that only one link layer can have");
	ok(read_all("upd port 1").why == CAPTURE_FAILED,
	    "a filter with a mistake: %s", error);
}

static void check_large(void)
{
	static struct bytes t;
	struct seen s;
	FILE *f;

	f = fopen(path, "w");
	if (f == NULL)
		err(1, "%s", path);
	pcap_header(&t, true, 0xa1b2c3d4, 400000);
	for (int i = 0; i < 12; i++) {
		num(&t, true, 1700000000, 4);
		num(&t, true, 0, 4);
		num(&t, true, 300000, 4);
		num(&t, true, 300000, 4);
		fwrite(t.b, 1, t.n, f);
		t.n = 0;
		for (int k = 0; k < 300000; k++)
			putc(k & 0xff, f);
	}
	if (fclose(f) != 0)
		err(1, "%s", path);
	s = read_all(NULL);
	ok(s.frames == 12 && s.bytes == 3600000 && s.why == CAPTURE_END,
	    "frames of 300 kB");
}

int main(void)
{
	struct bytes t = { .n = 0 };
	int fd = mkstemp(path);

	if (fd == -1)
		err(1, "mkstemp");
	close(fd);
	check_pcap();
	check_pcapng();
	check_other_blocks();
	check_gzip();
	write_pcap(&t, true, 0xa1b2c3d4, 5, 0);
	check_cuts("pcap", &t, 24, 76, false);
	check_cuts("pcap, gzip", &t, 24, 76, true);
	t.n = 0;
	section(&t, false);
	describe(&t, false, 1, 0, 6, 0);
	for (int i = 0; i < 5; i++)
		packet(&t, false, 0, 1700000000000000, 60);
	check_cuts("pcapng", &t, 52, 92, false);
	check_damage();
	check_refused();
	check_filter();
	check_large();
	unlink(path);
	return tap_done();
}
