/* Host patterns, their ranks, and 20,000 of them at once. */
#include <sys/resource.h>
#include <time.h>

#include "know/catalogue.h"
#include "know/pattern.h"
#include "tap.h"

static bool matches(const char *pattern, const char *name, const char *want)
{
	struct arena a = { 0 };
	struct pattern p;
	struct slice tenant;
	struct host h;
	bool fine = pattern_compile(&p, pattern, &a) == NULL &&
	    host_read(&h, slice_str(name)) &&
	    pattern_match(&p, &h, &tenant) &&
	    slice_is(tenant, want);

	arena_free(&a);
	return fine;
}

static const char *wrong(const char *pattern)
{
	static struct arena a;
	struct pattern p;

	arena_free(&a);
	return pattern_compile(&p, pattern, &a);
}

static int rank(const char *pattern)
{
	struct arena a = { 0 };
	struct pattern p;
	int r = pattern_compile(&p, pattern, &a) == NULL ? p.rank : -1;

	arena_free(&a);
	return r;
}

static void test_patterns(void)
{
	ok(matches(".slack.com", "slack.com", "") &&
	    matches(".slack.com", "a.b.slack.com", "") &&
	    !matches(".slack.com", "evilslack.com", ""), "a leading dot");
	ok(matches("*.skype.com", "a.skype.com", "") &&
	    !matches("*.skype.com", "skype.com", "") &&
	    !matches("*.skype.com", "a.b.skype.com", ""), "one label");
	ok(matches("**.skype.com", "a.b.skype.com", "") &&
	    matches("**.skype.com", "a.skype.com", "") &&
	    !matches("**.skype.com", "skype.com", ""), "one or more");
	ok(matches("mmg-*.x.net", "mmg-.x.net", "") &&
	    matches("mmg-*.x.net", "mmg-fna-1.x.net", "") &&
	    !matches("mmg-*.x.net", "mmg-a.b.x.net", ""),
	    "a star stays within its label");
	ok(matches("e#.x.net", "e12.x.net", "") &&
	    !matches("e#.x.net", "e.x.net", "") &&
	    !matches("e#.x.net", "e1a.x.net", ""), "digits");
	ok(matches("b-??.x.ch", "b-0f.x.ch", "") &&
	    !matches("b-??.x.ch", "b-0.x.ch", "") &&
	    !matches("b-??.x.ch", "b-0.f.x.ch", ""), "single characters");
	ok(matches("{tenant}-my.sp.com", "acme-corp-my.sp.com",
	    "acme-corp") && !matches("{tenant}-my.sp.com", "-my.sp.com", ""),
	    "a tenant");
	ok(matches("{tenant**}.s3.com", "a.b.s3.com", "a.b") &&
	    matches("{tenant**}.s3.*.com", "x.s3.eu-1.com", "x"),
	    "a tenant of several labels");
	ok(matches("nextcloud.*.**", "nextcloud.acme.example", "") &&
	    !matches("nextcloud.*.**", "nextcloud.com", ""),
	    "anchored on the left");
	ok(matches("A.Example", "a.eXample", ""), "case does not matter");
}

static void test_wrong(void)
{
	ok(wrong("") && wrong("a..b") && wrong("a.") && wrong("a b.com") &&
	    wrong("*.*") && wrong("**.a.**") && wrong("*a*b*.com") &&
	    wrong("{tenant}.{tenant}.com") && wrong("m\xc3\xbcnchen.de") &&
	    wrong("a/b") && wrong("https://a.com"), "nonsense is refused");
	ok(wrong("*.com") == NULL && wrong("a_b.com") == NULL &&
	    wrong("xn--mnchen-3ya.de") == NULL, "the rest is not");
}

static void test_ranks(void)
{
	ok(rank("files.slack.com") == 1015 && rank(".slack.com") == 9 &&
	    rank("*.asyncgw.teams.microsoft.com") == 28 &&
	    rank("{tenant}-my.sharepoint.com") == 18, "as the tables count");
}

static void test_hosts(void)
{
	static const char *const bad[] = { "", ".", "..", "a..b", ".a", "a b",
		"1.2.3.4", "::1", "a.b..", "caf\xc3\xa9.fr", "a\nb" };
	char longest[300];
	struct host h;
	size_t i;
	bool all = true;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		all &= !host_read(&h, slice_str(bad[i]));
	ok(all, "what is no host name");
	memset(longest, 'a', sizeof(longest));
	for (i = 1; i < 253; i += 2)
		longest[i] = '.';
	ok(host_read(&h, slice_of(longest, 253)) && h.labels == 127 &&
	    !host_read(&h, slice_of(longest, 255)), "253 bytes, 127 labels");
}

/* Each prefix of each host before an unreadable page. */
static void test_edges(void)
{
	static const char name[] = "a.bucket.s3.eu-west-1.amazonaws.com";
	struct conf_errors e = { 0 };
	struct catalogue *c = catalogue_load(NULL, &e);
	struct slice s;
	size_t n;

	for (n = 0; n < sizeof(name); n++) {
		s = guarded(name, n);
		(void)catalogue_tenant(c, catalogue_host(c, s), s);
		(void)catalogue_alpn(c, s);
		unguard(s);
	}
	ok(true, "no read behind the end");
	catalogue_free(c);
}

/* Limits of time and memory hold for what is installed. */
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SLOWED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOWED
#endif

enum { PATTERNS = 20000 };

static const char *write_many(char *path)
{
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");
	int i;

	fprintf(f, "catalogue: 1\nservices:\n  many:\n    name: Many\n"
	    "    category: cloud\n    source: a test\n"
	    "    checked: 2026-11-24\n    rules:\n      - role: file\n"
	    "        hosts:\n");
	for (i = 0; i < PATTERNS; i++)
		fprintf(f, i % 4 == 0 ? "          - host%d.example%d.com\n" :
		    i % 4 == 1 ? "          - .suffix%d.net%d.org\n" :
		    i % 4 == 2 ? "          - \"*-x%d.glob%d.example\"\n" :
		    "          - \"{tenant}.t%d.tenants%d.example\"\n", i,
		    i % 97);
	fclose(f);
	return path;
}

/* All under one domain, so that the anchor alone does not part them. */
static const char *write_crowd(char *path)
{
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");
	int i;

	fprintf(f, "catalogue: 1\nservices:\n  crowd:\n    name: Crowd\n"
	    "    category: cloud\n    rules:\n      - role: file\n"
	    "        hosts:\n");
	for (i = 0; i < PATTERNS; i++)
		fprintf(f, i % 2 ? "          - h%d-*.crowd.example\n" :
		    "          - \"*-%d.crowd.example\"\n", i);
	fclose(f);
	return path;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char *const asked[] = {
	"host4000.example23.com", "a.b.suffix1.net1.org",
	"abc-x2.glob2.example", "acme.t3.tenants3.example",
	"nothing.of.the.kind.example.net", "files.slack.com",
	"a.bucket.s3.eu-west-1.amazonaws.com", "www.example.org",
};

static void test_many(void)
{
	enum { ASKED = sizeof(asked) / sizeof(*asked), ROUNDS = 20000 };
	char path[] = "/tmp/weir-match-XXXXXX";
	const char *const paths[] = { write_many(path), NULL };
	struct conf_errors e = { 0 };
	double start = seconds(), load, each;
	struct catalogue *c = catalogue_load_with(paths, &e);
	struct slice hosts[ASKED];
	struct rusage use;
	size_t i, found = 0;

	load = seconds() - start;
	unlink(path);
	ok(c != NULL && catalogue_rules(c) > PATTERNS, "%d patterns: %s",
	    PATTERNS, e.text ? e.text : "");
	getrusage(RUSAGE_SELF, &use);
	for (i = 0; i < ASKED; i++)
		hosts[i] = slice_str(asked[i]);
	start = seconds();
	for (i = 0; i < ASKED * ROUNDS; i++)
		found += catalogue_host(c, hosts[i % ASKED]) != NULL;
	each = (seconds() - start) / (ASKED * ROUNDS);
	printf("# load %.3f s, %.0f ns a host, %zu kB in the catalogue, "
	    "%ld kB in the process\n", load, each * 1e9,
	    catalogue_bytes(c) / 1000, use.ru_maxrss);
	ok(found == 6 * ROUNDS, "%zu found", found / ROUNDS);
#ifndef SLOWED
	ok(load < 1.0, "loaded within a second");
	ok(each < 1e-6, "matched within a microsecond");
	ok(use.ru_maxrss < 64 * 1024, "within 64 MiB");
#endif
	catalogue_free(c);
}

static void test_crowd(void)
{
	enum { ROUNDS = 20000 };
	static const char *const names[] = { "h7777-a.crowd.example",
		"a-7778.crowd.example", "h-7.crowd.example" };
	char path[] = "/tmp/weir-crowd-XXXXXX";
	const char *const paths[] = { write_crowd(path), NULL };
	struct conf_errors e = { 0 };
	struct catalogue *c = catalogue_load_with(paths, &e);
	size_t i, found = 0;
	double start = seconds(), each;

	unlink(path);
	for (i = 0; i < 3 * ROUNDS; i++)
		found += catalogue_host(c, slice_of(names[i % 3],
		    strlen(names[i % 3]))) != NULL;
	each = (seconds() - start) / (3 * ROUNDS);
	printf("# %.0f ns a host among %d globs of one domain\n",
	    each * 1e9, PATTERNS);
	ok(found == 2 * ROUNDS, "%zu found", found / ROUNDS);
#ifndef SLOWED
	ok(each < 1e-6, "matched within a microsecond");
#endif
	catalogue_free(c);
}

int main(void)
{
	test_patterns();
	test_wrong();
	test_ranks();
	test_hosts();
	test_edges();
	test_many();
	test_crowd();
	return tap_done();
}
