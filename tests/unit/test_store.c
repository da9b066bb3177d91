/*
 * The store: kept, killed, damaged, of another version.  With a number: killed
 * so many times.
 */
#include "track/store.h"
#include "track/store_parts.h"
#include "base/log.h"
#include "tap.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

static const struct store_told then = { 1, 1 };
static char dir[] = "/tmp/weir-store-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static bool count(int64_t number, const struct event *ev,
    const struct store_told *told, void *arg)
{
	int64_t *n = arg;

	(void)ev;
	(void)told;
	n[0]++;
	n[1] = number;
	return true;
}

static bool same(const void *name, size_t name_n, const void *blob, size_t n,
    void *arg)
{
	int *seen = arg;

	*seen += name_n == 1 && memcmp(name, "a", 1) == 0 && n == 3 &&
	    memcmp(blob, "two", 3) == 0;
	return true;
}

static void test_keep(void)
{
	struct store *s = store_open(path_of("one"));
	struct event ev = { .at_us = 1000 };
	int64_t n[2] = { 0 };
	int seen = 0;

	ok(s != NULL, "a new store");
	store_put(s, "k", "a", 1, "one", 3);
	store_put(s, "k", "a", 1, "two", 3);
	store_put(s, "other", "a", 1, "x", 1);
	for (int i = 0; i < 10; i++) {
		ev.at_us = i * 1000;
		store_event(s, &ev, i % 2 ? "anna" : "bert", &then);
	}
	store_alert(s, "0123456789abcdef", 5, "alert", 5);
	store_alert(s, "0123ffffffffffff", 5, "other", 5);
	store_close(s);

	s = store_open(path_of("one"));
	store_each(s, "k", same, &seen);
	ok(seen == 1, "the newest blob of a name");
	store_events(s, 0, NULL, 0, count, n);
	ok(n[0] == 10 && n[1] == 10, "all events, numbered");
	n[0] = 0;
	store_events(s, 4, "anna", 0, count, n);
	ok(n[0] == 3, "of one user, after a number");
	ok(store_forget(s, 5000, 5000).events == 5, "old ones go, counted");
	n[0] = 0;
	store_events(s, 0, NULL, 0, count, n);
	ok(n[0] == 5, "old ones forgotten");
	ok(store_has_alert(s, "0123456789abcdef") == false,
	    "the alerts of then as well");
	store_alert(s, "0123456789abcdef", 9000, "alert", 5);
	store_alert(s, "0123ffffffffffff", 9000, "other", 5);
	{
		size_t size = 0;
		const void *blob = store_alert_find(s, "012345", &size);

		ok(blob != NULL && size == 5 && memcmp(blob, "alert", 5) == 0,
		    "found by the beginning of its id");
		ok(store_alert_find(s, "0123", &size) == NULL,
		    "not when there are two");
		ok(store_alert_find(s, "%", &size) == NULL, "nor by a wildcard");
	}
	store_close(s);
}

/* Commits of ten events, a snapshot now and then, a word after each. */
static void write_on(int tell)
{
	struct store *s = store_open(path_of("killed"));
	static char blob[100000];
	struct event ev = { .at_us = 1 };

	for (int n = 0;; n++) {
		for (int i = 0; i < 10; i++)
			store_event(s, &ev, "u", &then);
		if (n % 7 == 6)
			store_put(s, "users", "a", 1, blob, sizeof(blob));
		store_commit(s);
		if (write(tell, "c", 1) != 1)
			_exit(1);
	}
}

/* How many commits it told of before it was killed, at a random moment. */
static int64_t kill_writer(void)
{
	int64_t told = 0;
	int fds[2];
	pid_t child;
	char c;

	if (pipe(fds) == -1 || (child = fork()) == -1)
		err(1, "fork");
	if (child == 0)
		write_on(fds[1]);
	close(fds[1]);
	for (int want = rand() % 20; told < want; told++)
		if (read(fds[0], &c, 1) != 1)
			break;
	usleep((useconds_t)(rand() % 3000));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	while (read(fds[0], &c, 1) == 1)
		told++;
	close(fds[0]);
	return told;
}

/* Killed again and again: it opens, and what was committed is there. */
static void test_kill(int times)
{
	int64_t least = 0;
	int refused = 0, lost = 0, torn = 0;

	srand(1);
	for (int i = 0; i < times; i++) {
		int64_t n[2] = { 0 };
		struct store *s;

		least += 10 * kill_writer();
		s = store_open(path_of("killed"));
		if (s == NULL) {
			refused++;
			continue;
		}
		store_events(s, 0, NULL, 0, count, n);
		store_close(s);
		lost += n[0] < least;
		torn += n[0] % 10 != 0;
		least = n[0];
	}
	ok(refused == 0, "opens after each of %d kill -9", times);
	ok(lost == 0, "no commit was lost (%lld events)", (long long)least);
	ok(torn == 0, "none is there by half");
	ok(access(path_of("killed.damaged-1"), F_OK) != 0, "none damaged");
}

static void test_damage(void)
{
	int fd = open(path_of("bad"), O_CREAT | O_WRONLY, 0600);
	char junk[8192];
	struct store *s;
	struct event ev = { .at_us = 1 };
	int64_t n[2] = { 0 };

	memset(junk, 'x', sizeof(junk));
	if (fd == -1 || write(fd, junk, sizeof(junk)) == -1)
		err(1, "bad");
	close(fd);
	s = store_open(path_of("bad"));
	ok(s != NULL, "no database at all: begun anew");
	ok(access(path_of("bad.damaged-1"), F_OK) == 0, "and set aside");
	for (int i = 0; i < 2000; i++)
		store_event(s, &ev, "somebody", &then);
	store_close(s);

	fd = open(path_of("bad"), O_WRONLY);
	if (fd == -1 || pwrite(fd, junk, sizeof(junk), 40960) == -1)
		err(1, "bad");
	close(fd);
	s = store_open(path_of("bad"));
	ok(s != NULL, "two pages overwritten: opens");
	ok(access(path_of("bad.damaged-2"), F_OK) == 0, "anew again");
	store_events(s, 0, NULL, 0, count, n);
	ok(n[0] == 0, "empty");
	store_close(s);
	ok(store_open(path_of("no/such/directory")) == NULL,
	    "nowhere: refused");
}

/* Of versions with shorter texts, with and without what was told. */
static void test_former(void)
{
	struct event ev = { .at_us = 7, .text = "anna" };
	struct store_told told = { 1, 0 };
	unsigned char blob[256 + sizeof(told)];
	struct kept_event kept;

	memcpy(blob, &ev, 256);
	memset(blob + 252, 0xff, 4);
	memcpy(blob + 256, &told, sizeof(told));
	ok(store_kept(slice_of(blob, sizeof(blob)), &kept) &&
	    memcmp(&kept.ev, &ev, sizeof(ev)) == 0 &&
	    memcmp(&kept.told, &told, sizeof(told)) == 0, "a former event");
	ok(store_kept(slice_of(blob, 256), &kept) &&
	    memcmp(&kept.ev, &ev, sizeof(ev)) == 0, "an older one");
	ok(!store_kept(slice_of(blob, 255), &kept), "another size is none");
}

int main(int argc, char **argv)
{
	char command[64];

	log_level(-1);
	if (mkdtemp(dir) == NULL)
		err(1, "mkdtemp");
	test_keep();
	test_kill(argc > 1 ? atoi(argv[1]) : 20);
	test_damage();
	test_former();
	snprintf(command, sizeof(command), "rm -r %s", dir);
	ok(system(command) == 0, "cleaned up");
	return tap_done();
}
