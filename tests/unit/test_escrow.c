/* Sealed identities: any two officers open them, one never; the audit chain. */
#include "privacy/audit.h"
#include "privacy/escrow.h"
#include "officers.h"
#include "tap.h"

static char dir[] = "/tmp/weir-escrow-XXXXXX";
enum { OFFICERS = 3 };

static const char *path_of(const char *name, int i)
{
	static char paths[4][128];
	static int at;
	char *path = paths[at++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s%d", dir, name, i);
	return path;
}

static struct slice text(const char *s)
{
	return slice_str(s);
}

static bool opens(const char *line, const char *pseudonym,
    struct officer_key *a, struct officer_key *b, const char *expected)
{
	struct officer_key *const keys[2] = { a, b };
	char plain[ESCROW_PLAIN + 1], why[ESCROW_WHY];
	struct text t = text_in(plain, sizeof(plain));

	return escrow_open(text(line), pseudonym, keys, &t, why) &&
	    strcmp(plain, expected) == 0;
}

static void test_escrow(void)
{
	static const char user[] = "user-aaaabbbbcccc", who[] = "alice";
	struct officer_key *k[OFFICERS];
	struct officers *o;
	char line[ESCROW_LINE], changed[ESCROW_LINE], why[ESCROW_WHY] = "";
	struct text t = text_in(line, sizeof(line));
	char *at;

	officer_make(dir, 0);
	ok(officers_load(dir, why) == NULL && strstr(why, "two officers") !=
	    NULL, "one officer is not enough");
	for (int i = 1; i < OFFICERS; i++)
		officer_make(dir, i);
	o = officers_load(dir, why);
	ok(o != NULL && officers_count(o) == OFFICERS, "three officers");
	for (int i = 0; i < OFFICERS; i++)
		k[i] = officer_key_load(path_of("private", i), why);
	ok(strcmp(officer_id(o, 1), officer_key_id(k[1])) == 0,
	    "a private key knows its public one");
	ok(escrow_seal(o, user, text(who), 1, &t), "sealed");
	ok(strstr(line, who) == NULL && strstr(line, "616c696365") == NULL,
	    "and nothing shows");
	for (int a = 0; a < OFFICERS; a++)
		for (int b = 0; b < OFFICERS; b++)
			ok(opens(line, user, k[a], k[b], who) == (a != b),
			    "officers %d and %d", a, b);
	ok(!opens(line, "user-other", k[0], k[1], who),
	    "not under another pseudonym");
	memcpy(changed, line, sizeof(line));
	at = strstr(changed, "\"sealed\":\"") + 12;
	*at = *at == '0' ? '1' : '0';
	ok(!opens(changed, user, k[0], k[1], who), "a changed line is none");
	for (size_t n = 0; n < t.n; n += 7) {
		struct slice cut = guarded(line, n);
		struct officer_key *const keys[2] = { k[0], k[1] };
		char room[ESCROW_PLAIN + 1];
		struct text plain = text_in(room, sizeof(room));

		if (escrow_open(cut, user, keys, &plain, why))
			ok(false, "opened a line cut at %zu", n);
	}
	for (int i = 0; i < OFFICERS; i++)
		officer_key_free(k[i]);
	officers_free(o);
}

static bool take(const char *line, void *arg, char *why)
{
	int *n = arg;

	snprintf(why, AUDIT_WHY, "syslog is away");
	return *n < 0 ? false : (++*n, strstr(line, "hash") != NULL);
}

static size_t lines_of(const char *path, bool *good)
{
	FILE *f = fopen(path, "r");
	char last[AUDIT_HASH];
	size_t n = 0;

	*good = f != NULL && audit_verify(f, last, &n);
	if (f != NULL)
		fclose(f);
	return n;
}

/* Change one byte of the file in place. */
static void change(const char *path, long at)
{
	FILE *f = fopen(path, "r+");

	fseek(f, at, SEEK_SET);
	fputc('X', f);
	fclose(f);
}

static void test_audit(void)
{
	struct audit_entry e = { .what = "asked", .pseudonym = "user-a",
		.reason = "case 7: \"quotes\"\nand a line", .by = "root (0)",
		.officers = { "aa", "bb" }, .at_us = 1 };
	const char *path = path_of("audit", 0);
	char why[AUDIT_WHY];
	int sent = 0, away = -1;
	bool good;

	ok(audit_add(path, &e, take, &sent, why), "the first line");
	ok(audit_add(path, &e, take, &sent, why) && sent == 2, "the second");
	ok(!audit_add(path, &e, take, &away, why) &&
	    strstr(why, "away") != NULL, "no syslog, no line");
	ok(lines_of(path, &good) == 2 && good, "two lines, unbroken");
	change(path, 40);
	ok(lines_of(path, &good) == 0 && !good, "a changed line is noticed");
	ok(!audit_add(path, &e, take, &sent, why) && sent == 2,
	    "nothing is added to a broken chain");
}

int main(void)
{
	char command[80];

	if (mkdtemp(dir) == NULL)
		err(1, "set-up");
	test_escrow();
	test_audit();
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command) != 0 || tap_done();
}
