/* weir.yaml: defaults, every error in one pass, dump and load again. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "config/apps.h"
#include "config/config.h"
#include "detect/detect.h"
#include "tap.h"

static char dir[] = "/tmp/weir-config-XXXXXX";

static const char *file(const char *name, const char *text)
{
	static char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (f == NULL)
		err(1, "%s", path);
	fputs(text, f);
	fclose(f);
	return path;
}

static void test_defaults(void)
{
	struct conf_errors e = { 0 };
	struct config *c = config_load(NULL, &e);

	ok(c != NULL, "the defaults load: %s", e.text ? e.text : "");
	if (c == NULL)
		exit(tap_done());
	ok(strcmp(c->sensor, "weir") == 0 && !c->pseudonyms &&
	    c->capture.snaplen == 65536, "plain names without a file");
	ok(policy_groups(c->policy) == 5 &&
	    strcmp(policy_group_at(c->policy, 0)->name, "R&D") == 0,
	    "IT1021's five groups");
	ok(detections[0] == NULL || (config_detection(c, 0, NULL) ==
	    c->detections[0] && c->detections[0] != NULL),
	    "settings of the detections");
	config_free(c);
}

static void test_errors(void)
{
	struct conf_errors e = { 0 };
	const char *path = file("bad.yaml",
	    "snesor: a\n"
	    "capture:\n"
	    "  snaplen: 12\n"
	    "  ring: 64kb/s\n"
	    "policy:\n"
	    "  home: [10.0.0.0/33]\n"
	    "outputs:\n"
	    "  - type: carrier-pigeon\n");

	struct config *c = config_load(path, &e);

	ok(c == NULL && e.n == 5, "%u errors", e.n);
	ok(strstr(e.text, "bad.yaml:1:1: unknown key 'snesor'; did you mean "
	    "'sensor'?") != NULL, "with a name that is near");
	ok(strstr(e.text, "bad.yaml:3:12: 'snaplen' must be between 64 and "
	    "262144, not 12") != NULL, "with the range");
	ok(strstr(e.text, "bad.yaml:4:9: '64kb/s' is not a size") != NULL,
	    "with the unit");
	ok(strstr(e.text, "bad.yaml:6:10: '10.0.0.0/33' is not an address "
	    "range") != NULL, "in lists");
	ok(strstr(e.text, "bad.yaml:8:11: no such output 'carrier-pigeon'")
	    != NULL, "in outputs");
	conf_errors_free(&e);
}

static void collect(const char *line, void *arg)
{
	struct text *t = arg;

	text_add(t, line);
	text_add(t, "\n");
}

/* Without what says where a value came from. */
static void strip(char *text)
{
	char *at, *end;

	for (at = strchr(text, '#'); at != NULL; at = strchr(at, '#')) {
		while (at > text && at[-1] == ' ')
			at--;
		end = strchrnul(at, '\n');
		memmove(at, end, strlen(end) + 1);
	}
}

static const char full[] =
    "sensor: tap1\n"
    "capture: {snaplen: 2000, filter: \"not port 22\"}\n"
    "flow: {max-flows: 50k, idle: 90s}\n"
    "catalogue: {site: /nonexistent}\n"
    "policy:\n"
    "  home: [10.0.0.0/8, \"2001:db8::/32\"]\n"
    "  calendars:\n"
    "    office: {zone: Europe/Berlin, hours: \"08:00-18:00\",\n"
    "      holidays: [2026-12-25]}\n"
    "  groups:\n"
    "    rnd:\n"
    "      name: R&D\n"
    "      members: [\"rnd-*\", alice]\n"
    "      approved: [sharepoint/acme, \"host:.acme.example\"]\n"
    "      calendar: office\n"
    "    lab:\n"
    "      within: rnd\n"
    "      monitor: no\n"
    "      networks: [10.9.0.0/16]\n"
    "  users: {10.1.2.3: alice}\n"
    "  resources:\n"
    "    - match: \"#merger*\"\n"
    "      sensitivity: 3\n"
    "      groups: [rnd]\n"
    "    - {match: payroll, sensitivity: 2}\n"
    "  watch:\n"
    "    - {user: bob, until: 2026-12-31, reason: leaves in January}\n";

static void test_round_trip(void)
{
	static char first[65536], second[65536];
	struct text a = text_in(first, sizeof(first));
	struct text b = text_in(second, sizeof(second));
	struct conf_errors e = { 0 };
	struct config *c = config_load(file("full.yaml", full), &e), *again;

	ok(c != NULL, "a full file: %s", e.text ? e.text : "");
	if (c == NULL)
		exit(tap_done());
	ok(c->pseudonyms, "a service shows pseudonyms");
	config_dump(c, collect, &a);
	ok(strstr(first, "snaplen: 2000") && strstr(first, "full.yaml:2"),
	    "the dump tells where values come from");
	again = config_load(file("again.yaml", first), &e);
	ok(again != NULL, "the dump loads: %s", e.text ? e.text : "");
	if (again == NULL) {
		puts(first);
		exit(tap_done());
	}
	config_dump(again, collect, &b);
	strip(first);
	strip(second);
	ok(!a.cut && strcmp(first, second) == 0, "and says the same");
	ok(strlen(c->hash) == 16, "hash %s", c->hash);
	config_free(c);
	config_free(again);
}

static void test_files(void)
{
	struct conf_errors e = { 0 };
	char conf_d[64];
	struct config *c;

	snprintf(conf_d, sizeof(conf_d), "%s/conf.d", dir);
	if (mkdir(conf_d, 0700) == -1)
		err(1, "%s", conf_d);
	file("conf.d/10-flow.yaml", "flow: {idle: 60s}\n");
	file("conf.d/20-capture.yaml", "capture: {snaplen: 96}\n");
	file("conf.d/ignored.txt", "nonsense\n");
	c = config_load(file("all.yaml", "sensor: whole\n"), &e);
	ok(c != NULL && c->flow.idle_us == 60000000 &&
	    c->capture.snaplen == 96 && strcmp(c->sensor, "whole") == 0,
	    "sections of conf.d join: %s", e.text ? e.text : "");
	config_free(c);
	file("conf.d/30-twice.yaml", "flow: {idle: 5s}\n");
	c = config_load(file("all.yaml", "sensor: whole\n"), &e);
	ok(c == NULL && e.n == 1 && strstr(e.text, "30-twice.yaml:1:1: 'flow' "
	    "is already given") != NULL && strstr(e.text,
	    "10-flow.yaml:1") != NULL, "a section in two files: %s", e.text);
	conf_errors_free(&e);
}

static unsigned int numbered(const struct catalogue *c, bool *ssh)
{
	unsigned int n = 0;

	for (uint16_t i = 1; i < 1024; i++) {
		const struct rule *r = catalogue_ndpi(c, i);

		n += r != NULL;
		*ssh |= r != NULL && strcmp(r->pattern, "SSH") == 0;
	}
	return n;
}

/* The core knows nDPI's protocols by numbers that were learned once. */
static void test_apps(void)
{
	struct conf_errors e = { 0 };
	struct config *c = config_load(NULL, &e);
	struct apps *a = apps_learn();
	bool ssh = false;

	ok(a != NULL && numbered(c->catalogue, &ssh) == 0, "no numbers yet");
	apps_number(a, c->catalogue);
	ok(numbered(c->catalogue, &ssh) > 20 && ssh,
	    "nDPI's protocols of the rules have numbers, SSH too");
	apps_free(a);
	config_free(c);
}

int main(void)
{
	char command[160];

	if (mkdtemp(dir) == NULL)
		err(1, "mkdtemp");
	test_defaults();
	test_errors();
	test_round_trip();
	test_files();
	test_apps();
	snprintf(command, sizeof(command), "rm -r %s", dir);
	if (system(command) != 0)
		warnx("%s is left", dir);
	return tap_done();
}
