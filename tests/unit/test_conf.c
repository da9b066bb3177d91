/* YAML with positions, units, the validator and its messages. */
#include "know/conf.h"
#include "tap.h"

static struct conf_errors e;

static struct conf_node *parse(const char *text)
{
	conf_errors_free(&e);
	return conf_parse_text("f.yaml", text, strlen(text), &e);
}

/* Refused with exactly this line, or this line begins an error. */
static bool says(const char *wanted)
{
	const char *at = e.text;

	for (; at != NULL && *at != '\0'; at = strchr(at, '\n') + 1)
		if (strncmp(at, wanted, strlen(wanted)) == 0)
			return true;
	printf("# wanted: %s\n# said: %s", wanted, e.text ? e.text : "\n");
	return false;
}

static bool refused(const char *text, const char *wanted)
{
	struct conf_node *root = parse(text);
	bool fine = root == NULL || e.n > 0;

	conf_free(root);
	return fine && says(wanted);
}

static void test_positions(void)
{
	struct conf_node *root = parse("a: 1\nb:\n  - x\n  - {c: \"d\"}\n");
	const struct conf_node *b = conf_get(root, "b"), *c;

	ok(root != NULL && root->kind == CONF_MAP, "a map");
	ok(b != NULL && b->kind == CONF_LIST && b->key_line == 2 &&
	    b->key_column == 1 && b->line == 3 && b->column == 3, "a list");
	c = conf_get(b->child->next, "c");
	ok(c != NULL && c->quoted && strcmp(c->text, "d") == 0 &&
	    c->line == 4 && c->column == 9, "a quoted scalar within");
	conf_free(root);
	root = parse("");
	ok(root != NULL && root->child == NULL, "an empty file says nothing");
	conf_free(root);
}

static void test_refused(void)
{
	char deep[128] = "a: ", long_text[64];
	int i;

	ok(refused("a: &x 1\n", "f.yaml:1:4: anchors"), "anchors");
	ok(refused("a: 1\nb: *x\n", "f.yaml:2:4: "), "aliases");
	ok(refused("a: !t 1\n", "f.yaml:1:4: tags"), "tags");
	ok(refused("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document"),
	    "a second document");
	ok(refused("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: 'a' stands here twice, "
	    "first in line 1"), "twins");
	ok(refused("[1, 2]: 3\n", "f.yaml:1:1: "), "a list as a key");
	ok(refused("a: [1, 2\n", "f.yaml:2:1: "), "an open bracket");
	ok(refused("a:\n\t- 1\n", "f.yaml:2:1: "), "a tab");
	ok(refused("a: \xff\n", "f.yaml:1:4: "), "bytes that are not UTF-8");
	ok(refused("a: \"x\\0y\"\n", "f.yaml:1:4: a NUL"), "a NUL");
	for (i = 0; i < 20; i++)
		strcat(deep, "[");
	ok(refused(deep, "f.yaml:1:"), "depth");
	ok(strstr(e.text, "nested too deeply") != NULL, "told as such");
	snprintf(long_text, sizeof(long_text), "/nonexistent/x.yaml");
	ok(conf_parse(long_text, &e) == NULL && e.n > 0 &&
	    strstr(e.text, "x.yaml: No such file") != NULL, "a missing file");
	ok(conf_parse("/", &e) == NULL && strstr(e.text, "/: not a file"),
	    "a directory");
}

struct filled {
	int64_t count, bytes, wait_us;
	double share;
	int64_t least;
	bool on;
	int colour;
	char *name;
	const struct conf_node *list;
};

static const char *const colours[] = { "red", "green", "blue", NULL };

#define AT(member) offsetof(struct filled, member)
static const struct conf_field fields[] = {
	{ .name = "count", .type = CONF_COUNT, .offset = AT(count),
	    .min = 1, .max = 100, .standard = 7 },
	{ .name = "bytes", .type = CONF_BYTES, .offset = AT(bytes),
	    .standard = 5 },
	{ .name = "wait", .type = CONF_DURATION, .offset = AT(wait_us),
	    .standard = 1000000 },
	{ .name = "share", .type = CONF_REAL, .offset = AT(share),
	    .min = 0, .max = 5000, .standard = 2400 },
	{ .name = "least", .type = CONF_BYTES, .offset = AT(least),
	    .max = 1000, .standard = -50, .word = "auto" },
	{ .name = "on", .type = CONF_BOOL, .offset = AT(on),
	    .standard = 1 },
	{ .name = "colour", .type = CONF_CHOICE, .offset = AT(colour),
	    .choices = colours, .standard = 1 },
	{ .name = "name", .type = CONF_TEXT, .offset = AT(name), .max = 8,
	    .text = "weir" },
	{ .name = "list", .type = CONF_NODE, .offset = AT(list) },
	{ .name = NULL }
};

static bool fill(struct filled *f, const char *text)
{
	struct conf_node *root = parse(text);
	bool fine = conf_fill(f, fields, root, &e);

	conf_free(root);
	return fine;
}

static void test_units(void)
{
	static const struct {
		const char *text;
		int64_t value;
	} sizes[] = { { "64k", 64000 }, { "64KiB", 65536 }, { "10MB",
		10000000 }, { "2GiB", 2147483648 }, { "1.5GB", 1500000000 },
		{ "500", 500 }, { "0", 0 } }, times[] = { { "500ms", 500000 },
		{ "5s", 5000000 }, { "10m", 600000000 }, { "1h", 3600000000 },
		{ "30d", 2592000000000 }, { "0", 0 } };
	static const char *const nonsense[] = { "64q", "", "-", "1..5k",
		"k", "1e5", "99999999999999999999", "5.k", "0x10", "1.0000001k",
		"9223372036854775807T" };
	struct filled f;
	char text[64];
	bool all = true;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		snprintf(text, sizeof(text), "bytes: %s\n", sizes[i].text);
		all &= fill(&f, text) && f.bytes == sizes[i].value;
		conf_release(&f, fields);
	}
	ok(all, "sizes: k is 1000, KiB is 1024");
	for (all = true, i = 0; i < sizeof(times) / sizeof(*times); i++) {
		snprintf(text, sizeof(text), "wait: %s\n", times[i].text);
		all &= fill(&f, text) && f.wait_us == times[i].value;
		conf_release(&f, fields);
	}
	ok(all, "durations, in microseconds");
	for (i = 0; i < sizeof(nonsense) / sizeof(*nonsense); i++) {
		snprintf(text, sizeof(text), "bytes: \"%s\"\n", nonsense[i]);
		all &= !fill(&f, text);
		conf_release(&f, fields);
	}
	ok(all, "nonsense is refused");
	ok(!fill(&f, "wait: 5\n") && says("f.yaml:1:7: '5' is not a duration"),
	    "a duration needs its unit");
	conf_release(&f, fields);
}

/* A word for what is none of the numbers. */
static void test_word(void)
{
	struct filled f;
	char text[32];

	ok(fill(&f, "least: 40\n") && f.least == 40 && strcmp(conf_show(
	    &fields[4], &f, text, sizeof(text)), "40B") == 0, "a number");
	conf_release(&f, fields);
	ok(fill(&f, "least: auto\n") && f.least == -50 && strcmp(conf_show(
	    &fields[4], &f, text, sizeof(text)), "auto") == 0,
	    "the word instead of one");
	conf_release(&f, fields);
	ok(!fill(&f, "least: -50\n"), "what it stands for is no number");
	conf_release(&f, fields);
}

static void test_fill(void)
{
	struct filled f;
	char text[32];

	ok(conf_fill(&f, fields, NULL, &e) && f.count == 7 && f.bytes == 5 &&
	    f.share > 2.399 && f.share < 2.401 && f.on && f.colour == 1 &&
	    strcmp(f.name, "weir") == 0, "defaults");
	ok(strcmp(conf_show(&fields[3], &f, text, sizeof(text)), "2.400") == 0
	    && strcmp(conf_show(&fields[2], &f, text, sizeof(text)), "1s") ==
	    0, "shown as they would be written");
	conf_release(&f, fields);
	ok(fill(&f, "count: 9\nshare: 30%\non: no\ncolour: blue\nname: x\n"
	    "list: [1]\n") && f.count == 9 && f.share > 0.299 &&
	    f.share < 0.301 && !f.on && f.colour == 2 &&
	    strcmp(f.name, "x") == 0 && f.list != NULL, "all of them");
	conf_release(&f, fields);
	ok(!fill(&f, "cuont: 9\ncount: 900\non: maybe\ncolour: blu\n"
	    "name: much too long\nshare: [1]\n") && e.n == 6, "%u errors in "
	    "one pass", e.n);
	ok(says("f.yaml:1:1: unknown key 'cuont'; did you mean 'count'?"),
	    "a key with a name that is near");
	ok(says("f.yaml:2:8: 'count' must be between 1 and 100, not 900"),
	    "a range");
	ok(says("f.yaml:3:5: 'maybe' is not yes or no"), "a truth");
	ok(says("f.yaml:4:9: no such colour 'blu'; did you mean 'blue'?"),
	    "a choice");
	ok(says("f.yaml:5:7: 'name' is longer than 8"), "a length");
	ok(says("f.yaml:6:8: 'share' must be a single value, not a list"),
	    "a shape");
	conf_release(&f, fields);
}

/* An empty item has none of the keys it must have. */
static void test_required(void)
{
	static const struct conf_field must[] = {
		{ .name = "name", .type = CONF_TEXT, .offset = AT(name),
		    .required = true },
		{ .name = NULL }
	};
	struct conf_node *root = parse("- # nothing\n- {}\n");
	struct filled f;

	ok(!conf_fill(&f, must, root->child, &e) &&
	    says("f.yaml:1:2: 'name' is missing"), "missing in a void item");
	conf_release(&f, must);
	ok(!conf_fill(&f, must, root->child->next, &e) &&
	    says("f.yaml:2:3: 'name' is missing"), "and in an empty map");
	conf_release(&f, must);
	conf_free(root);
}

static void test_near(void)
{
	static const char *const names[] = { "detections", "outputs",
		"policy", NULL };

	ok(conf_near("detectoins", names) == names[0] &&
	    conf_near("output", names) == names[1] &&
	    conf_near("xyz", names) == NULL && conf_near("", names) == NULL,
	    "near, and not near");
}

/* Twice the keys must not cost four times the work. */
static void test_large(void)
{
	size_t n = 0, i;
	char *text = malloc(4 << 20);
	struct conf_node *root;

	for (i = 0; i < 100000; i++)
		n += (size_t)sprintf(text + n, "key-%zu: %zu\n", i, i);
	conf_errors_free(&e);
	root = conf_parse_text("big.yaml", text, n, &e);
	ok(root != NULL && e.n == 0, "100,000 keys");
	conf_free(root);
	for (n = 0, i = 0; i < 450000; i++)
		n += (size_t)sprintf(text + n, "- a\n");
	root = conf_parse_text("big.yaml", text, n, &e);
	ok(root == NULL && strstr(e.text, "too many values") != NULL,
	    "a bound on the number of values");
	conf_free(root);
	free(text);
}

int main(void)
{
	test_positions();
	test_refused();
	test_units();
	test_word();
	test_fill();
	test_required();
	test_near();
	test_large();
	conf_errors_free(&e);
	return tap_done();
}
