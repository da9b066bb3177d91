/*
 * From records to lines: every format, ordinary and hostile.
 */
#include <ctype.h>

#include "alert/chain.h"
#include "alert/format.h"
#include "alert/notice.h"
#include "alert/record.h"
#include "tap.h"

static struct notice notice;
static char record[RECORD_MAX], line[FORMAT_LINE + 1];

static struct format_style style_of(int format, int header)
{
	return (struct format_style){ .format = format, .header = header,
	    .facility = 13, .severity_high = 2, .severity_medium = 4,
	    .severity_low = 5, .severity_health = 5, .max_bytes = 2048 };
}

static void add_text(struct alert *a, const char *key, const char *value)
{
	struct evidence_pair *e = &a->evidence[a->evidence_n++];

	*e = (struct evidence_pair){ .key = key, .is_text = true };
	snprintf(e->text, sizeof(e->text), "%s", value);
}

static void add_number(struct alert *a, const char *key, int64_t value)
{
	a->evidence[a->evidence_n++] = (struct evidence_pair){ .key = key,
	    .number = value };
}

static struct alert example(void)
{
	struct alert a = { .id = "a1b2c3", .kind = "bulk-download",
	    .risk = RISK_HIGH, .score = 80, .user = "anna",
	    .group = "rnd", .service = "slack", .client = "10.1.2.3",
	    .message = "anna took 60 files (150 MB) from Slack within 1 h.",
	    .techniques = "IT1021,T1213.005",
	    .at_us = 1764000000123456, .first_us = 1763999000000000,
	    .last_us = 1764000000123456, .bytes = 150000000, .count = 60 };

	add_number(&a, "window_s", 3600);
	add_text(&a, "method", "tls-records");
	return a;
}

static const char *render(const struct alert *a, struct format_style style)
{
	struct record_head h = { "sensor-1", 7, "0123456789abcdef" };
	struct text r = text_in(record, sizeof(record));
	struct text t = text_in(line, sizeof(line));

	record_alert(&r, &h, a);
	if (!notice_read(&notice, slice_of(r.p, r.n))) {
		snprintf(line, sizeof(line), "unreadable: %.200s", record);
		return line;
	}
	chain_record(notice.chain, slice_of(r.p, r.n));
	format_line(&t, &style, &notice);
	return line;
}

static bool starts(const char *text)
{
	return strncmp(line, text, strlen(text)) == 0;
}

static bool has(const char *text)
{
	return strstr(line, text) != NULL;
}

static void test_rfc5424(void)
{
	struct alert a = example();

	render(&a, style_of(FORMAT_RFC5424, 0));
	ok(starts("<106>1 2025-11-24T16:00:00.123456Z sensor-1 weir "
	    "- bulk-download [weir@32473 seq=\"7\" chain=\""),
	    "header, message id and first parameters");
	ok(has("user=\"anna\" client_ip=\"10.1.2.3\" service=\"slack\""),
	    "who and where");
	ok(has("window_s=\"3600\" method=\"tls-records\""), "evidence");
	ok(has("] anna took 60 files (150 MB) from Slack within 1 h."),
	    "sentence behind the structured data");
	ok(strstr(line, "bytes=\"150000000\"") - line < 480,
	    "essentials within 480 bytes");
}

static void test_others(void)
{
	struct alert a = example();

	render(&a, style_of(FORMAT_RFC3164, 0));
	ok(starts("<106>Nov 24 16:00:00 sensor-1 weir: "
	    "bulk-download seq=7 "), "RFC 3164 header");
	render(&a, style_of(FORMAT_CEF, HEADER_NONE));
	ok(starts("CEF:0|weir|weir|" VERSION "|bulk-download|"
	    "Bulk IM/Chat Download|9|rt=1764000000123 "),
	    "CEF header");
	ok(has(" suser=anna ") && has(" src=10.1.2.3 ") &&
	    has("weirWindowS=3600"), "CEF keys");
	render(&a, style_of(FORMAT_LEEF, HEADER_NONE));
	ok(starts("LEEF:2.0|weir|weir|" VERSION "|bulk-download|x09|") &&
	    has("\tusrName=anna\t"), "LEEF");
	render(&a, style_of(FORMAT_JSON, HEADER_NONE));
	ok(line[0] == '{' && has("\"user.name\":\"anna\"") &&
	    has("\"threat.technique.id\":[\"IT1021\",\"T1213.005\"]") &&
	    has("\"weir.evidence.window_s\":3600"), "ECS names");
	render(&a, style_of(FORMAT_JSON, HEADER_RFC5424));
	ok(starts("<106>1 ") && has(" - {\"@time"),
	    "JSON body behind an RFC 5424 header without data");
}

static const char *const hostile[] = {
	"a\nb<13>1 2025-01-01T00:00:00Z evil weir - x - forged",
	"a\r\nb", "x|y|z", "k=v user=root", "\"] [weir@32473 risk=\"low\"",
	"back\\slash\\", "\"},{\"type\":\"alert\"", "tab\there",
	"\xe2\x80\xaegnp.exe", "\xe2\x80\xa8sep", "\xff\xfe\x80",
	"\xc0\xaf", "\xed\xa0\x80", "\x1b[31mred", "\x7f\x85\xc2\x85",
	"]]]]\"\"\"\"\\\\\\\\", "<script>alert(1)</script>", "%n%s%x",
};

/* No line end, no control byte, valid UTF-8. */
static bool is_clean(const char *s, bool tabs)
{
	struct slice in = slice_str(s);

	while (slice_more(in)) {
		size_t n = text_char(in);

		if (n == 0 && !(tabs && in.p[0] == '\t'))
			return false;
		slice_skip(&in, n == 0 ? 1 : n);
	}
	return true;
}

/* `"` only where a value begins or ends; counts the values. */
static int sd_values(const char *s)
{
	bool inside = false;
	int n = 0;

	s = strchr(s, '[');
	for (; s != NULL && *s != '\0'; s++) {
		if (inside && *s == '\\')
			s++;
		else if (*s == '"') {
			n += inside;
			inside = !inside;
		} else if (*s == ']')
			return inside ? -1 : n;
	}
	return -1;
}

static void test_hostile_everywhere(const char *evil)
{
	struct alert a = example(), plain = example();
	int values;

	snprintf(a.user, sizeof(a.user), "%s", evil);
	snprintf(a.service, sizeof(a.service), "%s", evil);
	snprintf(a.target, sizeof(a.target), "%s", evil);
	snprintf(a.message, sizeof(a.message), "%s", evil);
	add_text(&a, "object", evil);
	snprintf(plain.target, sizeof(plain.target), "x");
	add_text(&plain, "object", "x");

	render(&plain, style_of(FORMAT_RFC5424, 0));
	values = sd_values(line);
	render(&a, style_of(FORMAT_RFC5424, 0));
	ok(is_clean(line, false) && sd_values(line) == values,
	    "RFC 5424: %d values, not more", values);
	render(&a, style_of(FORMAT_RFC3164, 0));
	ok(is_clean(line, false), "RFC 3164");
	render(&a, style_of(FORMAT_JSON, HEADER_NONE));
	ok(is_clean(line, false), "JSON");
	render(&a, style_of(FORMAT_CEF, HEADER_NONE));
	ok(is_clean(line, false), "CEF");
	render(&a, style_of(FORMAT_LEEF, HEADER_NONE));
	ok(is_clean(line, true), "LEEF");
}

static int count_tabs(const char *s)
{
	int n = 0;

	for (; *s != '\0'; s++)
		n += *s == '\t';
	return n;
}

static void test_leef_attributes(void)
{
	struct alert a = example();
	int tabs;

	render(&a, style_of(FORMAT_LEEF, HEADER_NONE));
	tabs = count_tabs(line);
	snprintf(a.user, sizeof(a.user), "x\tusrName=root");
	render(&a, style_of(FORMAT_LEEF, HEADER_NONE));
	ok(count_tabs(line) == tabs, "a tab in a name begins no attribute");
}

static void test_cef_keys(void)
{
	struct alert a = example();

	snprintf(a.user, sizeof(a.user), "x act=allowed|y\\");
	render(&a, style_of(FORMAT_CEF, HEADER_NONE));
	ok(has("suser=x act\\=allowed|y\\\\ "), "equal signs are escaped");
	snprintf(a.client, sizeof(a.client), "2001:db8::1");
	render(&a, style_of(FORMAT_CEF, HEADER_NONE));
	ok(has(" c6a2=2001:db8::1 "), "IPv6 client");
}

static void fill_with_evidence(struct alert *a)
{
	static const char *const keys[] = { "e0", "e1", "e2", "e3", "e4",
	    "e5", "e6", "e7", "e8", "e9", "f0", "f1", "f2", "f3", "f4", "f5",
	    "f6", "f7", "f8", "f9", "g0", "g1", "g2", "g3", "g4", "g5", "g6",
	    "g7", "g8", "g9" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		add_text(a, keys[i], "\x01\x02\x03 this is a rather long "
		    "value with control bytes \x04");
}

static void test_budget(void)
{
	struct alert a = example();

	memset(a.user, 0xff, sizeof(a.user) - 1);
	fill_with_evidence(&a);
	for (int f = FORMAT_RFC5424; f <= FORMAT_LEEF; f++) {
		for (int max = 480; max <= 4096; max += 1) {
			struct format_style s = style_of(f, HEADER_RFC5424);

			s.max_bytes = max;
			render(&a, s);
			if (strlen(line) > (size_t)max ||
			    (f == FORMAT_RFC5424 && sd_values(line) < 3) ||
			    (f == FORMAT_JSON &&
			    line[strlen(line) - 1] != '}')) {
				ok(false, "%s at %d bytes: %s",
				    format_names[f], max, line);
				return;
			}
		}
		ok(true, "%s keeps every budget", format_names[f]);
	}
	render(&a, style_of(FORMAT_RFC5424, 0));
	ok(has(" omitted=\"") && has("] anna took"),
	    "says that fields were left out, keeps the sentence");
}

static void test_unreadable(void)
{
	static const char *const bad[] = { "", "{", "[]", "null", "{}",
	    "{\"type\":\"flow\"}", "{\"type\":\"alert\",\"time\":\"x\"}",
	    "{\"type\":\"alert\"", "{\"type\":}", "{\"a\" 1}", "{\"a\":1,}" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct slice s = guarded(bad[i], strlen(bad[i]));

		ok(!notice_read(&notice, s), "refuses %s", bad[i]);
		unguard(s);
	}
}

/* Every prefix of a record, before an unreadable page. */
static void test_prefixes(void)
{
	struct alert a = example();
	size_t n, read = 0;

	render(&a, style_of(FORMAT_RFC5424, 0));
	n = strlen(record);
	for (size_t i = 0; i <= n; i++) {
		struct slice s = guarded(record, i);

		read += notice_read(&notice, s);
		unguard(s);
	}
	ok(read == 1, "of %zu prefixes only the whole one is a record", n);
}

static void test_chain(void)
{
	struct alert a = example();
	char one[CHAIN] = "", two[CHAIN] = "";

	render(&a, style_of(FORMAT_RFC5424, 0));
	chain_record(one, slice_str(record));
	ok(strlen(one) == 16, "16 digits: %s", one);
	memcpy(two, one, CHAIN);
	chain_record(two, slice_str(record));
	ok(strcmp(one, two) != 0, "depends on the previous link");
	a.message[0] = 'A';
	render(&a, style_of(FORMAT_RFC5424, 0));
	two[0] = '\0';
	chain_record(two, slice_str(record));
	ok(strcmp(one, two) != 0, "depends on the message");
}

int main(void)
{
	test_rfc5424();
	test_others();
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
		test_hostile_everywhere(hostile[i]);
	test_leef_attributes();
	test_cef_keys();
	test_budget();
	test_unreadable();
	test_prefixes();
	test_chain();
	return tap_done();
}
