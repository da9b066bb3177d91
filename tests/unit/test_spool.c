/*
 * The spool: order, recovery at every truncation and after kill -9, a full
 * disk, the bound, and the reader beside the writer.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "alert/record.h"
#include "base/json_read.h"
#include "alert/segment.h"
#include "tap.h"

/* In memory where that is possible: the tests sync often. */
static char dir[64] = "/dev/shm/weir-spool-XXXXXX";
static char why[OUTPUT_WHY];

static void empty_dir(void)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -rf %s/*", dir);
	if (system(command) != 0)
		errx(1, "cannot empty %s", dir);
}

static struct spool *open_spool(int64_t max, int64_t segment)
{
	return spool_open(&(struct spool_setup){ dir, max, segment }, why);
}

static bool put(struct spool *s, enum spool_rank rank, size_t padding)
{
	char buffer[4096];
	struct text t = text_in(buffer, sizeof(buffer));

	text_printf(&t, "{\"type\":\"alert\",\"seq\":%llu,\"message\":\"",
	    (unsigned long long)spool_next(s));
	for (size_t i = 0; i < padding; i++)
		text_add(&t, "x");
	text_add(&t, "\"}");
	return spool_put(s, rank, slice_of(t.p, t.n));
}

/* How many letters can be read from `from` on; their numbers must rise. */
static size_t read_all(uint64_t from, uint64_t *last)
{
	struct spool_reader *r = spool_reader_new(dir);
	struct letter l;
	size_t n = 0;

	*last = 0;
	while (spool_read(r, from, &l)) {
		if (l.seq < from || !slice_starts(l.record, "{\"type\""))
			errx(1, "letter %llu is wrong",
			    (unsigned long long)l.seq);
		from = l.seq + 1;
		*last = l.seq;
		n++;
	}
	spool_reader_free(r);
	return n;
}

static void test_order(void)
{
	struct spool *s = open_spool(1 << 20, 2000);
	uint64_t last;
	bool fine = true;

	ok(s != NULL && spool_next(s) == 1, "a new spool begins at 1");
	for (int i = 0; i < 100; i++) {
		fine &= put(s, SPOOL_HIGH, 50);
		if (i % 7 == 0)
			fine &= spool_commit(s);
	}
	ok(fine && read_all(1, &last) == 99 && last == 99,
	    "what is not committed is not seen");
	ok(spool_commit(s) && read_all(1, &last) == 100, "all seen");
	ok(read_all(60, &last) == 41, "from the middle on");
	ok(spool_counts(s)->segments > 3, "several segments");
	ok(open_spool(1 << 20, 2000) == NULL, "one writer: %s", why);
	spool_close(s);
	s = open_spool(1 << 20, 2000);
	ok(s != NULL && spool_next(s) == 101, "goes on at 101");
	spool_close(s);
	empty_dir();
}

/* Cut the only segment at every byte: all whole letters, never half one. */
static void test_truncation(void)
{
	struct spool *s = open_spool(1 << 20, 1 << 20);
	char path[SEGMENT_PATH];
	struct loaded whole = { NULL, 0, 0 };
	size_t wrong = 0, frame;
	uint64_t last;

	for (int i = 0; i < 5; i++)
		wrong += !put(s, SPOOL_LOW, 10);
	wrong += !spool_commit(s);
	spool_close(s);
	wrong += !segment_load(dir, 1, &whole);
	frame = whole.n / 5;
	segment_path(path, dir, 1);
	for (size_t cut = 0; cut <= whole.n; cut++) {
		int fd = open(path, O_WRONLY | O_TRUNC);

		if (write(fd, whole.p, cut) != (ssize_t)cut)
			errx(1, "cannot write");
		close(fd);
		s = open_spool(1 << 20, 1 << 20);
		wrong += s == NULL || spool_next(s) != cut / frame + 1 ||
		    !put(s, SPOOL_LOW, 10) || !spool_commit(s) ||
		    read_all(1, &last) != cut / frame + 1;
		spool_close(s);
	}
	ok(wrong == 0, "cut at each of %zu bytes and written on", whole.n);
	segment_unload(&whole);
	empty_dir();
}

/* Flip each byte: at most the letter it is in is lost. */
static void test_flips(void)
{
	struct spool *s = open_spool(1 << 20, 1 << 20);
	char path[SEGMENT_PATH];
	struct loaded whole = { NULL, 0, 0 };
	size_t wrong = 0;
	uint64_t last;
	int fd;

	for (int i = 0; i < 3; i++)
		wrong += !put(s, SPOOL_LOW, 10);
	wrong += !spool_commit(s);
	spool_close(s);
	wrong += !segment_load(dir, 1, &whole);
	segment_path(path, dir, 1);
	fd = open(path, O_WRONLY);
	for (size_t i = 0; i < whole.n; i++) {
		uint8_t flipped = whole.p[i] ^ 0x21;

		wrong += pwrite(fd, &flipped, 1, (off_t)i) != 1;
		wrong += read_all(1, &last) != 2;
		wrong += pwrite(fd, &whole.p[i], 1, (off_t)i) != 1;
	}
	close(fd);
	ok(wrong == 0, "each of %zu bytes flipped: two of three letters read",
	    whole.n);
	segment_unload(&whole);
	empty_dir();
}

/* A writer killed at any moment: what it said was committed is there. */
static void write_until_killed(int out)
{
	struct spool *s = open_spool(8 << 20, 20000);

	for (;;) {
		uint64_t last;

		for (int i = 0; i < 5; i++)
			if (!put(s, SPOOL_HIGH, 100))
				_exit(2);
		if (!spool_commit(s))
			_exit(3);
		last = spool_next(s) - 1;
		if (write(out, &last, sizeof(last)) != sizeof(last))
			_exit(4);
	}
}

static void test_kill(void)
{
	uint64_t committed = 0, total = 0, last;
	size_t wrong = 0;

	for (int round = 0; round < 20; round++) {
		int fds[2], status;
		pid_t child;
		uint64_t seq;

		if (pipe(fds) == -1 || (child = fork()) == -1)
			err(1, "fork");
		if (child == 0)
			write_until_killed(fds[1]);
		close(fds[1]);
		for (int i = 0; i <= round * 3; i++)
			if (read(fds[0], &seq, sizeof(seq)) == sizeof(seq))
				committed = seq;
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		while (read(fds[0], &seq, sizeof(seq)) == sizeof(seq))
			committed = seq;
		close(fds[0]);
		total = read_all(1, &last);
		wrong += last < committed || total != last;
	}
	ok(wrong == 0 && committed > 500,
	    "20 kills: %llu committed, %llu there, none twice",
	    (unsigned long long)committed, (unsigned long long)total);
	empty_dir();
}

static bool keep(const void *frame, size_t n, void *arg)
{
	struct frame_info f;

	*(size_t *)arg += frame_read(slice_of(frame, n), &f);
	return true;
}

/* RLIMIT_FSIZE stands for a full disk: write(2) falls short, then fails. */
static void test_full(void)
{
	struct rlimit small = { 1000, RLIM_INFINITY }, before;
	struct spool *s = open_spool(1 << 20, 1 << 20);
	size_t spilled = 0;
	uint64_t last;
	bool fine = true;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	for (int i = 0; i < 10; i++) {
		fine &= put(s, SPOOL_HIGH, 100);
		(void)spool_commit(s);
	}
	ok(fine && spool_counts(s)->full && spool_counts(s)->failures > 0,
	    "a full disk is noticed, letters stay queued");
	ok(read_all(1, &last) == last && last > 0 && last < 10,
	    "no half letter on disk");
	spool_spill(s, keep, &spilled);
	ok(spilled == 10 - last && spool_pending(s) == 0,
	    "the others leave by another way");
	setrlimit(RLIMIT_FSIZE, &before);
	fine = put(s, SPOOL_HIGH, 100) && spool_commit(s);
	ok(fine && !spool_counts(s)->full && read_all(1, &last) > 0 &&
	    last == 11, "recovers without a restart");
	spool_close(s);
	empty_dir();
}

static void fill(struct spool *s, int n)
{
	for (int i = 0; i < n; i++) {
		enum spool_rank rank = i % 4 == 0 ? SPOOL_HIGH :
		    i % 4 == 1 ? SPOOL_MEDIUM : SPOOL_LOW;

		if (!put(s, rank, 200) || (i % 5 == 0 && !spool_commit(s)))
			errx(1, "cannot fill the spool");
	}
	if (!spool_commit(s))
		errx(1, "cannot fill the spool");
}

static void test_bound(void)
{
	static const char *const nobody[] = { "gone", NULL };
	struct spool *s = open_spool(40000, 4000);
	const struct spool_counts *c = spool_counts(s);
	uint64_t last, read;

	fill(s, 200);
	ok(spool_sweep(s, nobody) && c->bytes <= 40000,
	    "within its bound: %llu bytes", (unsigned long long)c->bytes);
	ok(c->dropped[SPOOL_LOW] > 0 && c->dropped[SPOOL_MEDIUM] == 0 &&
	    c->dropped[SPOOL_HIGH] == 0, "only low risk was dropped: %llu",
	    (unsigned long long)c->dropped[SPOOL_LOW]);
	read = read_all(1, &last);
	ok(last == 200 && read + c->dropped[SPOOL_LOW] == 200,
	    "read and dropped add up");
	fill(s, 400);
	ok(spool_sweep(s, nobody) && c->bytes <= 40000 &&
	    c->dropped[SPOOL_MEDIUM] > 0, "then medium risk");
	read = read_all(1, &last);
	ok(last == 600 && read + c->dropped[SPOOL_LOW] +
	    c->dropped[SPOOL_MEDIUM] + c->dropped[SPOOL_HIGH] == 600,
	    "still adds up");
	spool_close(s);
	empty_dir();
}

static void test_delivered(void)
{
	static const char *const names[] = { "udp 10.0.0.1:514", "b", NULL };
	struct spool *s = open_spool(1 << 20, 2000);
	uint64_t last;

	fill(s, 50);
	ok(cursor_store(dir, names[0], 50) && cursor_store(dir, "b", 20),
	    "cursors stored");
	ok(cursor_load(dir, names[0]) == 50 && cursor_load(dir, "b") == 20 &&
	    cursor_load(dir, "other") == 0, "and loaded");
	ok(!spool_sweep(s, names) && spool_counts(s)->first <= 21 &&
	    spool_counts(s)->first > 1, "kept from %llu on",
	    (unsigned long long)spool_counts(s)->first);
	ok(read_all(21, &last) == 30, "the slower one finds its letters");
	spool_close(s);
	empty_dir();
}

static bool by_four(struct slice record, void *arg)
{
	struct json_value v;
	uint64_t seq = 0;

	(void)arg;
	return json_find(record, "seq", &v) && json_number(&v, &seq) &&
	    seq % 4 == 0;
}

/* Letters taken out of the middle and the end, but none that is waited for;
 * the writer goes on where it was, also after a restart. */
static void test_erase(void)
{
	static const char *const names[] = { "slow", NULL };
	struct spool *s = open_spool(1 << 20, 2000);
	struct spool_erased n;
	uint64_t last;

	fill(s, 100);
	if (!cursor_store(dir, "slow", 60))
		err(1, "cursor");
	ok(spool_erase(s, names, by_four, NULL, &n) && n.erased == 15 &&
	    n.waiting == 10, "erased as far as they are delivered");
	ok(read_all(1, &last) == 85 && last == 100, "the others are read");
	if (!cursor_store(dir, "slow", 100))
		err(1, "cursor");
	ok(spool_erase(s, names, by_four, NULL, &n) && n.erased == 9 &&
	    n.waiting == 1, "all but the newest letter");
	ok(spool_next(s) == 101 && put(s, SPOOL_HIGH, 60) &&
	    spool_commit(s) && read_all(101, &last) == 1 && last == 101,
	    "the writer goes on");
	spool_close(s);
	s = open_spool(1 << 20, 2000);
	ok(spool_next(s) == 102, "and after a restart");
	spool_close(s);
	empty_dir();
}

/* A letter an hour: those from before some time go, segments or not. */
static void test_expire(void)
{
	struct spool *s = open_spool(1 << 20, 2000);
	uint64_t last;

	for (int i = 0; i < 100; i++) {
		char buffer[256];
		struct text t = text_in(buffer, sizeof(buffer));

		text_add(&t, "{\"type\":\"health\",\"time\":\"");
		text_time(&t, 1772409600000000 + i * INT64_C(3600000000));
		text_add(&t, "\"}");
		if (!spool_put(s, SPOOL_HEALTH, slice_of(t.p, t.n)) ||
		    !spool_commit(s))
			errx(1, "cannot write");
	}
	ok(spool_expire(s, 1772409600000000 + 49 * INT64_C(3600000000)) == 49
	    && spool_counts(s)->segments > 1, "49 hours of letters expire");
	ok(read_all(1, &last) == 51 && last == 100, "the others are read");
	ok(spool_expire(s, INT64_C(3600000000) << 24) == 50 &&
	    read_all(1, &last) == 1, "in the end one is left");
	ok(spool_next(s) == 101, "which holds the number");
	spool_close(s);
	empty_dir();
}

/* One reader, several places, while the writer goes on and rewrites. */
static void test_beside(void)
{
	static const char *const nobody[] = { "gone", NULL };
	struct spool *s = open_spool(20000, 2000);
	struct spool_reader *r = spool_reader_new(dir);
	uint64_t fast = 0, slow = 0, jumps = 0;
	struct letter l;

	for (int i = 0; i < 600; i++) {
		if (!put(s, i % 3 == 0 ? SPOOL_HIGH : SPOOL_LOW, 60) ||
		    !spool_commit(s))
			errx(1, "cannot write");
		while (spool_read(r, fast + 1, &l)) {
			jumps += l.seq != fast + 1;
			fast = l.seq;
		}
		if (i % 10 == 0 && spool_read(r, slow + 1, &l))
			slow = l.seq;
		if (i % 50 == 49)
			spool_sweep(s, nobody);
	}
	ok(fast == 600 && jumps == 0, "the fast reader missed nothing");
	ok(slow >= 60 && slow < 600, "the slow one stands at %llu",
	    (unsigned long long)slow);
	while (spool_read(r, slow + 1, &l))
		slow = l.seq;
	ok(slow == 600, "and comes to the end");
	spool_reader_free(r);
	spool_close(s);
	empty_dir();
}

int main(void)
{
	if (mkdtemp(dir) == NULL) {
		snprintf(dir, sizeof(dir), "/tmp/weir-spool-XXXXXX");
		if (mkdtemp(dir) == NULL)
			err(1, "mkdtemp");
	}
	test_order();
	test_truncation();
	test_flips();
	test_kill();
	test_full();
	test_bound();
	test_delivered();
	test_erase();
	test_expire();
	test_beside();
	rmdir(dir);
	return tap_done();
}
