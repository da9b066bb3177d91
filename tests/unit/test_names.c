/* DNS answers remembered: whose, how long, how many. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "flow/names.h"
#include "tap.h"

static struct addr addr(uint32_t n)
{
	uint8_t b[4] = { 10, (uint8_t)(n >> 16), (uint8_t)(n >> 8),
		(uint8_t)n };

	return addr_v4(b);
}

static void learn(struct names *n, uint32_t client, uint32_t server,
    const char *name, int64_t at_us)
{
	struct addr c = addr(client), s = addr(server);

	names_learn(n, &c, &s, slice_str(name), false, at_us);
}

static void forget(struct names *n, uint32_t client)
{
	struct addr c = addr(client);

	names_forget(n, &c);
}

static bool finds(struct names *n, uint32_t client, uint32_t server,
    int64_t at_us, const char *want, enum evidence how)
{
	struct addr c = addr(client), s = addr(server);
	enum evidence got;
	const char *name = names_find(n, &c, &s, at_us, &got);

	return want == NULL ? name == NULL :
	    name != NULL && strcmp(name, want) == 0 && got == how;
}

static const char path[] = "test_names.book";

static bool reads(const struct book *b, uint32_t server, int64_t at_us,
    const char *want)
{
	struct addr s = addr(server);
	char name[BOOK_NAME];
	bool found = book_read(b, &s, at_us, name);

	return want == NULL ? !found : found && strcmp(name, want) == 0;
}

static void writes(struct book *b, uint32_t server, const char *name,
    int64_t at_us)
{
	struct addr s = addr(server);

	book_write(b, &s, slice_str(name), at_us);
}

/* Who asked is not in it: another sensor's client gets the name. */
static void outlives(void)
{
	struct book *book;
	struct names *n;
	struct addr inside;

	unlink(path);
	book = book_open(path);
	n = names_new(10, book);
	learn(n, 1, 9, "cdn.example", 1000);
	names_free(n);
	book_close(book);
	book = book_open(path);
	n = names_new(10, book);
	ok(finds(n, 1, 9, 2000, "cdn.example", EVIDENCE_DNS_OTHER),
	    "a restart keeps the name, not who asked");
	ok(finds(n, 1, 9, 1001 + NAMES_KEEP_US, NULL, 0),
	    "and ages it by packet time");
	ok(finds(n, 1, 9, 999 - NAMES_KEEP_US, NULL, 0),
	    "an answer of another day is none");
	names_free(n);
	n = names_new(10, book);
	inside = addr(77);
	names_learn(n, &inside, &inside, slice_str("annas-laptop.example"),
	    true, 5);
	ok(finds(n, 1, 77, 6, "annas-laptop.example", EVIDENCE_DNS_OTHER) &&
	    reads(book, 77, 6, NULL), "a name inside is known, not kept");
	names_free(n);
	book_close(book);
}

/* A worker that dies, as by kill -9, leaves to the others what it saw. */
static void shared(void)
{
	struct book *book = book_open(NULL);
	uint32_t kept = 0;
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		for (uint32_t i = 0; i < 1000; i++)
			writes(book, i, "a.example", 5);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	for (uint32_t i = 0; i < 1000; i++)
		kept += reads(book, i, 6, "a.example");
	ok(status == 0 && kept == 1000, "one worker's answers are every one's");
	for (uint32_t i = 0; i < 300000; i++)
		writes(book, 10000 + i, "b.example", 10 + i);
	kept = 0;
	for (uint32_t i = 0; i < 300000; i++)
		kept += reads(book, 10000 + i, 300000, "b.example");
	ok(kept <= 131072 && kept > 100000, "bounded: %u of 300,000 kept",
	    kept);
	ok(reads(book, 309999, 300000, "b.example"), "the newest among them");
	book_close(book);
}

static void damaged(void)
{
	struct book *book = book_open(path);
	unsigned char bytes[4096];
	long wrong = 0;
	FILE *f;

	writes(book, 9, "cdn.example", 1000);
	book_close(book);
	f = fopen(path, "r+b");
	for (long at = 64; f != NULL; at += (long)sizeof(bytes)) {
		size_t n;

		fseek(f, at, SEEK_SET);
		n = fread(bytes, 1, sizeof(bytes), f);
		if (n == 0)
			break;
		for (size_t i = 0; i < n; i++) {
			wrong += bytes[i] == 'c';
			bytes[i] = bytes[i] == 'c' ? 'C' : bytes[i];
		}
		fseek(f, at, SEEK_SET);
		fwrite(bytes, 1, n, f);
	}
	if (f != NULL)
		fclose(f);
	book = book_open(path);
	ok(wrong > 0 && reads(book, 9, 1000, NULL),
	    "an entry that was tampered with does not check");
	book_close(book);
	ok(truncate(path, 100) == 0 && (book = book_open(path)) != NULL &&
	    reads(book, 9, 1000, NULL), "a file cut short is begun anew");
	writes(book, 9, "cdn.example", 1000);
	ok(reads(book, 9, 1000, "cdn.example"), "and used");
	book_close(book);
	unlink(path);
}

/* A path that was mistaken: what stands there is somebody's. */
static void of_another(void)
{
	const char *texts[] = { "a letter, long enough to be a header here",
		"short", "\xd4\xc3\xb2\xa1 and so on, as a capture" };
	char read[64];

	for (size_t i = 0; i < 3; i++) {
		FILE *f = fopen(path, "w");

		fputs(texts[i], f);
		fclose(f);
		ok(book_open(path) == NULL, "a file of another is refused");
		f = fopen(path, "r");
		ok(f != NULL && fgets(read, sizeof(read), f) != NULL &&
		    strcmp(read, texts[i]) == 0 && fgetc(f) == EOF,
		    "and left as it is");
		fclose(f);
	}
	unlink(path);
}

int main(void)
{
	struct book *book = book_open(NULL);
	struct names *n = names_new(1000, book);
	char longest[200];

	learn(n, 1, 9, "Chat.Example", 0);
	learn(n, 2, 9, "cdn.example", 10);
	ok(finds(n, 1, 9, 20, "chat.example", EVIDENCE_DNS),
	    "what this client asked for");
	ok(finds(n, 3, 9, 20, "cdn.example", EVIDENCE_DNS_OTHER),
	    "what anyone asked for last");
	ok(finds(n, 1, 8, 20, NULL, 0), "unknown");
	learn(n, 2, 8, "mine.example", 10);
	forget(n, 5);
	ok(finds(n, 2, 8, 20, "mine.example", EVIDENCE_DNS),
	    "nobody else is forgotten");
	forget(n, 2);
	ok(finds(n, 2, 8, 20, "mine.example", EVIDENCE_DNS_OTHER) &&
	    finds(n, 1, 9, 20, "chat.example", EVIDENCE_DNS),
	    "what one client asked for is forgotten");
	learn(n, 1, 9, "new.example", 30);
	ok(finds(n, 1, 9, 40, "new.example", EVIDENCE_DNS), "newest wins");
	learn(n, 1, 9, "late.example", 20);
	ok(finds(n, 1, 9, 40, "new.example", EVIDENCE_DNS),
	    "an answer out of order does not");
	ok(finds(n, 1, 9, NAMES_KEEP_US, "new.example", EVIDENCE_DNS) &&
	    finds(n, 1, 9, NAMES_KEEP_US + 40, NULL, 0), "kept for a day");

	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	memcpy(longest + sizeof(longest) - 9, ".example", 8);
	learn(n, 1, 7, longest, 0);
	ok(finds(n, 1, 7, 1, longest + sizeof(longest) - BOOK_NAME,
	    EVIDENCE_DNS), "of a long name the end");
	for (uint32_t i = 0; i < 5000; i++)
		learn(n, 1000 + i, 20000 + i, "x.example", 100);
	ok(names_used(n) == 1000 && finds(n, 5999, 24999, 101, "x.example",
	    EVIDENCE_DNS), "bounded; the newest stay");
	names_free(n);
	book_close(book);
	outlives();
	shared();
	damaged();
	of_another();
	return tap_done();
}
