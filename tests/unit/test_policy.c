/* Groups, approvals, calendars, time zones, what holds for a time. */
#include <time.h>

#include "know/policy.h"
#include "know/zone.h"
#include "tap.h"

static struct conf_errors e;
static struct catalogue *c;

static const char text[] =
    "home: [10.0.0.0/8, \"2001:db8::/32\"]\n"
    "shared: [10.3.0.0/16]\n"
    "calendars:\n"
    "  office:\n"
    "    zone: Europe/Berlin\n"
    "    days: mon-fri\n"
    "    hours: 08:00-18:00\n"
    "    holidays: [2026-12-25]\n"
    "    periods: [{from: 2026-11-28, to: 2026-11-29, reason: move}]\n"
    "  night: {zone: \"+00:00\", days: [fri], hours: \"22:00-06:00\"}\n"
    "groups:\n"
    "  rnd:\n"
    "    name: R&D\n"
    "    members: [alice, \"rnd-*\", \"bob@lab.example\"]\n"
    "    networks: [10.1.0.0/16]\n"
    "    approved: [sharepoint/acme, category:code-host,\n"
    "      \"host:.partner.example\", box]\n"
    "    unapproved: [github, box/other]\n"
    "    calendar: office\n"
    "    detections: {bulk-download: {k: 3}}\n"
    "  lab:\n"
    "    within: rnd\n"
    "    monitor: no\n"
    "    networks: [10.1.9.0/24]\n"
    "    approved: [\"tenant:acme\", onedrive/personal]\n"
    "    unapproved: [\"category:im\"]\n"
    "  guards: {members: [\"guard*\"], calendar: night}\n"
    "users: {10.1.2.3: Alice@EXAMPLE.COM, \"2001:db8::7\": carol}\n"
    "resources:\n"
    "  - {match: \"#merger*\", sensitivity: 3, groups: [rnd]}\n"
    "  - {match: \"#m*\", sensitivity: 1}\n"
    "watch: [{user: mallory, until: 2026-12-31, reason: gave notice}]\n"
    "exceptions:\n"
    "  - user: backup\n"
    "    alert: data-transfer\n"
    "    to: [dropbox]\n"
    "    until: 2027-01-31\n"
    "    owner: it\n"
    "    reason: yearly archive\n";

static struct policy *load(const char *yaml, struct conf_node **root)
{
	conf_errors_free(&e);
	*root = conf_parse_text("p.yaml", yaml, strlen(yaml), &e);
	return policy_load(*root, c, &e);
}

static int64_t at(const char *when)
{
	struct tm tm = { 0 };

	strptime(when, "%Y-%m-%d %H:%M", &tm);
	return (int64_t)timegm(&tm) * 1000000;
}

static struct addr address(const char *a)
{
	struct addr x;

	if (!addr_parse(&x, a))
		errx(1, "%s", a);
	return x;
}

static bool group_is(const struct policy *p, const char *account,
    const char *addr, const char *id)
{
	struct addr a = address(addr);

	return strcmp(policy_group(p, account, &a)->id, id) == 0;
}

static void test_groups(const struct policy *p)
{
	struct addr a = address("10.1.2.3"), b = address("10.1.2.4");

	ok(policy_groups(p) == 4 && strcmp(policy_group_at(p, 3)->id,
	    "everyone") == 0, "everyone else is added, and last");
	ok(group_is(p, "ALICE@any.realm", "10.99.0.1", "rnd") &&
	    group_is(p, "ACME\\alice", "10.99.0.1", "rnd") &&
	    group_is(p, "rnd-7", "10.99.0.1", "rnd"), "by account");
	ok(group_is(p, "bob@lab.example", "10.99.0.1", "rnd") &&
	    group_is(p, "bob@other.example", "10.99.0.1", "everyone"),
	    "a realm that is written counts");
	ok(group_is(p, NULL, "10.1.2.9", "rnd") &&
	    group_is(p, NULL, "10.1.9.9", "lab") &&
	    group_is(p, "stranger", "10.1.9.9", "lab"),
	    "by network, the narrower one first");
	ok(group_is(p, "alice", "10.1.9.9", "rnd"), "the account first");
	ok(strcmp(policy_user(p, &a), "Alice@EXAMPLE.COM") == 0 &&
	    policy_user(p, &b) == NULL, "the map of users");
	b = address("192.168.1.1");
	ok(policy_is_home(p, &a) && !policy_is_home(p, &b), "home");
	b = address("10.3.255.1");
	ok(policy_is_shared(p, &b) && !policy_is_shared(p, &a), "shared");
	ok(!policy_group_by_id(p, "lab")->monitor &&
	    policy_group_by_id(p, "rnd")->monitor, "monitoring");
	ok(policy_group_section(p, policy_group_by_id(p, "lab"),
	    "bulk-download") != NULL && policy_group_section(p,
	    policy_group_by_id(p, "guards"), "bulk-download") == NULL,
	    "settings come from the outer group");
}

static bool may(const struct policy *p, const char *group, const char *host)
{
	struct slice h = slice_str(host);
	const struct rule *r = catalogue_host(c, h);
	const struct destination to = { .rule = r, .host = h,
		.tenant = r ? catalogue_tenant(c, r, h) : slice_of("", 0) };

	return policy_approved(p, policy_group_by_id(p, group), &to);
}

static void test_approved(const struct policy *p)
{
	ok(may(p, "rnd", "acme.sharepoint.com") &&
	    may(p, "rnd", "ACME.sharepoint.com") &&
	    !may(p, "rnd", "evil.sharepoint.com"), "a tenant of a service");
	ok(may(p, "rnd", "gitlab.com") && !may(p, "rnd", "github.com"),
	    "the more specific word wins");
	ok(may(p, "rnd", "acme.app.box.com") &&
	    !may(p, "rnd", "other.app.box.com"), "also against approval");
	ok(may(p, "rnd", "x.partner.example") &&
	    !may(p, "rnd", "x.partner.example.com"), "by host");
	ok(!may(p, "everyone", "gitlab.com") &&
	    !may(p, "everyone", "acme.sharepoint.com") &&
	    may(p, "everyone", "files.slack.com"), "what nobody mentions");
	ok(may(p, "lab", "acme-my.sharepoint.com") &&
	    may(p, "lab", "my.microsoftpersonalcontent.com") &&
	    !may(p, "lab", "files.slack.com"), "tenant, tenancy, category");
	ok(may(p, "lab", "gitlab.com"), "the outer group's words hold");
}

static bool may_in(const struct policy *p, const char *host, uint32_t asn,
    const char *country)
{
	const struct destination to = { .host = slice_str(host), .asn = asn,
		.rule = catalogue_host(c, slice_str(host)),
		.country = country };

	return policy_approved(p, policy_group_by_id(p, "everyone"), &to);
}

static void test_calendar(const struct policy *p)
{
	const struct group *rnd = policy_group_by_id(p, "rnd");
	const struct group *guards = policy_group_by_id(p, "guards");
	const struct group *all = policy_group_by_id(p, "everyone");

	ok(policy_excused(p, rnd, at("2026-11-24 07:00")) &&
	    !policy_excused(p, rnd, at("2026-11-24 06:59")) &&
	    policy_excused(p, rnd, at("2026-11-24 16:59")) &&
	    !policy_excused(p, rnd, at("2026-11-24 17:00")),
	    "hours are those of the zone, in winter");
	ok(policy_excused(p, rnd, at("2026-07-01 06:00")) &&
	    !policy_excused(p, rnd, at("2026-07-01 05:59")), "and in summer");
	ok(!policy_excused(p, rnd, at("2026-11-21 10:00")) &&
	    !policy_excused(p, rnd, at("2026-12-25 10:00")) &&
	    policy_holiday(p, rnd, at("2026-12-25 10:00")),
	    "no week-end, no holiday");
	ok(policy_excused(p, rnd, at("2026-11-28 03:00")) &&
	    !policy_excused(p, rnd, at("2026-11-29 23:30")),
	    "an announced period, by local days");
	ok(policy_excused(p, guards, at("2026-11-27 23:00")) &&
	    policy_excused(p, guards, at("2026-11-28 05:59")) &&
	    !policy_excused(p, guards, at("2026-11-28 22:30")) &&
	    !policy_excused(p, guards, at("2026-11-27 05:00")),
	    "a night belongs to the day on which it began");
	ok(policy_utc_offset(p, rnd, at("2026-07-01 12:00")) == 7200 &&
	    policy_utc_offset(p, all, at("2026-07-01 12:00")) == 0, "offset");
	ok(policy_excused(p, policy_group_by_id(p, "lab"),
	    at("2026-11-24 09:00")), "the outer group's calendar");
}

static void test_lists(const struct policy *p)
{
	const struct group *rnd = policy_group_by_id(p, "rnd");
	const struct group *lab = policy_group_by_id(p, "lab");
	const struct group *all = policy_group_by_id(p, "everyone");
	struct slice host = slice_of("content.dropboxapi.com", 22);
	const struct destination to = { .rule = catalogue_host(c, host),
		.host = host };
	bool allowed;

	ok(policy_sensitivity(p, rnd, "#Merger-x", &allowed) == 3 && allowed,
	    "open to its group");
	ok(policy_sensitivity(p, all, "#merger", &allowed) == 3 && !allowed,
	    "closed to others");
	ok(policy_sensitivity(p, lab, "#merger", &allowed) == 3 && allowed,
	    "open to a group within");
	ok(policy_sensitivity(p, all, "#music", &allowed) == 1 && !allowed &&
	    policy_sensitivity(p, all, "tea", &allowed) == 0 && allowed,
	    "the rest");
	ok(policy_watched(p, "mallory@x", at("2026-12-31 23:59")) != NULL &&
	    policy_watched(p, "mallory", at("2027-01-01 00:00")) == NULL &&
	    policy_watched(p, "alice", at("2026-12-01 00:00")) == NULL,
	    "the watch-list ends");
	ok(policy_exception(p, "backup", "data-transfer", &to,
	    at("2027-01-01 00:00")) != NULL && policy_exception(p, "backup",
	    "bulk-download", &to, at("2027-01-01 00:00")) == NULL &&
	    policy_exception(p, "backup", "data-transfer", &to,
	    at("2027-02-01 00:00")) == NULL && policy_exception(p, "other",
	    "data-transfer", &to, at("2027-01-01 00:00")) == NULL,
	    "an exception: user, alert, destination, until");
}

static bool refused(const char *yaml, const char *message)
{
	struct conf_node *root;
	struct policy *p = load(yaml, &root);
	bool fine = p == NULL && e.text && strstr(e.text, message) != NULL;

	if (!fine)
		printf("# %s\n", e.text ? e.text : "accepted");
	policy_free(p);
	conf_free(root);
	return fine;
}

/* Where the server stands comes before whose it is, but for a host by name. */
static void test_place(void)
{
	struct conf_node *root;
	struct policy *p = load("groups: {everyone: {"
	    "approved: [mega, 'as:64500', 'host:g.api.mega.co.nz'],\n"
	    "unapproved: ['country:kp', 'as:64501']}}\n", &root);

	ok(may_in(p, "mega.nz", 1, "DE") && may_in(p, "mega.nz", 0, NULL) &&
	    may_in(p, "mega.nz", 0, ""), "an approved service, anywhere");
	ok(!may_in(p, "mega.nz", 1, "KP") && !may_in(p, "mega.nz", 64501, ""),
	    "but for a country and a network");
	ok(may_in(p, "mega.nz", 64500, "KP"), "a network before its country");
	ok(may_in(p, "g.api.mega.co.nz", 64501, "KP"), "a host before both");
	ok(policy_asks_place(p, true) != NULL &&
	    policy_asks_place(p, false) != NULL, "it asks for both tables");
	policy_free(p);
	conf_free(root);
	ok(refused("groups: {a: {approved: ['country:KPX']}}\n",
	    "'KPX' is not a country") &&
	    refused("groups: {a: {approved: ['as:AS1']}}\n",
	    "'AS1' is not an autonomous system") &&
	    refused("groups: {a: {approved: ['as:4294967296']}}\n",
	    "'4294967296' is not"), "what is neither");
}

static void test_refused(void)
{
	ok(refused("groups: {a: {within: b}, b: {within: a}}\n",
	    "p.yaml:1:22: the group 'a' is within itself"), "rings");
	ok(refused("groups: {a: {approved: [dropbx]}}\n", "p.yaml:1:25: no "
	    "such service 'dropbx'; did you mean 'dropbox'?"), "services");
	ok(refused("groups: {a: {calendar: x}}\n",
	    "p.yaml:1:24: no such calendar 'x'"), "calendars");
	ok(refused("calendars: {x: {zone: Mars/Base, hours: 08:00-09:00}}\n",
	    "p.yaml:1:23: 'Mars/Base': no such time zone"), "zones");
	ok(refused("calendars: {x: {zone: ../../etc/passwd, "
	    "hours: 08:00-09:00}}\n", "not the name of a time zone"),
	    "paths in zones");
	ok(refused("users: /nonexistent.csv\n", "p.yaml:1:8: "), "files");
	ok(refused("users: {10.1.2.300: a}\n",
	    "p.yaml:1:9: '10.1.2.300' is not an address"), "addresses");
	ok(refused("users: {10.1.2.3: a, \"::ffff:10.1.2.3\": b}\n",
	    "is already"), "one address, two users");
}

static void test_standard(void)
{
	struct policy *p = policy_load(NULL, c, &e);
	struct addr a = address("10.0.0.1");

	ok(p != NULL && policy_groups(p) == 5 && group_is(p, "x", "10.0.0.1",
	    "everyone") && policy_is_home(p, &a), "IT1021's five groups");
	policy_free(p);
}

/* Our own reader against the C library's, zone by zone. */
static void test_zones(void)
{
	static const char *const names[] = { "Europe/Berlin",
		"America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
		"America/Sao_Paulo", "Africa/Casablanca", "Asia/Tehran",
		"Pacific/Apia", "Europe/Dublin", "UTC" };
	const char *why;
	struct zone *z;
	struct tm tm;
	time_t t;
	size_t i, bad = 0;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		z = zone_load(names[i], &why);
		setenv("TZ", names[i], 1);
		tzset();
		for (t = 0; z != NULL && t < 4102444800; t += 100003) {
			localtime_r(&t, &tm);
			bad += tm.tm_gmtoff != zone_offset(z, t);
		}
		bad += z == NULL;
		zone_free(z);
	}
	ok(bad == 0, "%zu offsets differ from the C library's", bad);
	z = zone_load("-03:30", &why);
	ok(zone_offset(z, 0) == -12600, "a fixed offset");
	zone_free(z);
}

static const char *feed(const char *name, const char *body)
{
	static char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/tmp/weir-policy-%d-%s", (int)getpid(),
	    name);
	f = fopen(path, "w");
	if (f == NULL || fputs(body, f) < 0 || fclose(f) != 0)
		err(1, "%s", path);
	return path;
}

/* What a directory exports: members as YAML, leavers as CSV. */
static void test_feeds(void)
{
	char yaml[256], watch[64], members[64];
	struct conf_node *root;
	struct policy *p;

	snprintf(watch, sizeof(watch), "%s", feed("leavers.csv",
	    "account,until,reason\nCarl,2026-06-30,gives notice, in writing\n"));
	snprintf(members, sizeof(members), "%s", feed("members.yaml",
	    "carl: sales\nDora@corp.example: rnd\n"));
	snprintf(yaml, sizeof(yaml), "directory: %s\nwatch: %s\n", members,
	    watch);
	p = load(yaml, &root);
	ok(p != NULL, "feeds load: %s", e.text ? e.text : "");
	if (p != NULL) {
		const char *why = policy_watched(p, "carl",
		    at("2026-06-30 12:00"));

		ok(why != NULL && strcmp(why, "gives notice, in writing") ==
		    0 && policy_watched(p, "carl", at("2026-07-01 00:00")) ==
		    NULL, "a leaver, until his last day");
		ok(strcmp(policy_group_of_account(p, "carl")->id,
		    "sales") == 0 && strcmp(policy_group_of_account(p,
		    "dora@corp.example")->id, "rnd") == 0,
		    "members of groups");
	}
	policy_free(p);
	conf_free(root);
	unlink(watch);
	unlink(members);
}

int main(void)
{
	struct conf_node *root;
	struct policy *p;

	c = catalogue_load(NULL, &e);
	p = load(text, &root);
	ok(p != NULL, "the policy loads: %s", e.text ? e.text : "");
	if (p == NULL)
		return tap_done();
	test_groups(p);
	test_approved(p);
	test_calendar(p);
	test_lists(p);
	policy_free(p);
	conf_free(root);
	test_feeds();
	test_place();
	test_refused();
	test_standard();
	test_zones();
	catalogue_free(c);
	conf_errors_free(&e);
	return tap_done();
}
