/*
 * One rule of a catalogue file: several hosts, addresses or protocols that
 * share what they mean.  Each of them becomes a struct rule and goes into
 * its index.  A host may stand in the embedded files once; a site may repeat
 * it, and then wins.
 */
#include "know/catalogue_file.h"
#include "know/keys.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct rule_conf {
	int role, files, moves, tenancy;
	int64_t confidence;
	bool shared, session;
	char *source, *checked, *note;
	const struct conf_node *during;
	const struct conf_node *hosts, *addresses, *ports, *asns, *alpn,
	    *dissectors, *ndpi;
};

static const char *const files_names[] = { "no", "cond", "yes", NULL };
static const char *const moves_names[] = { "none", "down", "up", "both",
	NULL };
#define OF(member) offsetof(struct rule_conf, member)
const struct conf_field catalogue_rule_fields[] = {
	{ .name = "role", .type = CONF_CHOICE, .offset = OF(role),
	    .choices = role_names, .required = true,
	    .help = "what a flow to these hosts is for" },
	{ .name = "files", .type = CONF_CHOICE, .offset = OF(files),
	    .standard = UNSET, .choices = files_names,
	    .help = "yes: the host is there to carry files; cond: other things "
		"as well, so size decides; no: never counted. Follows from "
		"the role" },
	{ .name = "moves", .type = CONF_CHOICE, .offset = OF(moves),
	    .standard = UNSET, .choices = moves_names,
	    .help = "which ways files go; follows from the role" },
	{ .name = "tenancy", .type = CONF_CHOICE, .offset = OF(tenancy),
	    .standard = UNSET, .choices = catalogue_tenancies,
	    .help = "whose accounts are on these hosts" },
	{ .name = "confidence", .type = CONF_COUNT,
	    .offset = OF(confidence), .min = 0, .max = 100,
	    .standard = UNSET,
	    .help = "how sure a match is, in percent; follows from the role and "
		"the kind of match" },
	{ .name = "shared", .type = CONF_BOOL, .offset = OF(shared),
	    .help = "other services use these hosts too" },
	{ .name = "session", .type = CONF_BOOL, .offset = OF(session),
	    .help = "a flow here shows that the user is in this chat just now" },
	{ .name = "source", .type = CONF_TEXT, .offset = OF(source),
	    .max = 300,
	    .help = "where this fact is from" },
	{ .name = "checked", .type = CONF_TEXT, .offset = OF(checked),
	    .max = 10,
	    .help = "when that was looked at" },
	{ .name = "note", .type = CONF_TEXT, .offset = OF(note),
	    .max = 300,
	    .help = "shown by weir catalogue match" },
	{ .name = "during", .type = CONF_NODE, .offset = OF(during),
	    .help = "id of a chat: counts as files of that one, while its user "
		"is in it" },
	{ .name = "hosts", .type = CONF_NODE, .offset = OF(hosts),
	    .help = "list of host patterns" },
	{ .name = "addresses", .type = CONF_NODE, .offset = OF(addresses),
	    .help = "list of networks" },
	{ .name = "ports", .type = CONF_NODE, .offset = OF(ports),
	    .help = "list of ports, as tcp/443 or udp/3478-3481" },
	{ .name = "asns", .type = CONF_NODE, .offset = OF(asns),
	    .help = "list of autonomous systems, as numbers" },
	{ .name = "alpn", .type = CONF_NODE, .offset = OF(alpn),
	    .help = "list of TLS application protocols" },
	{ .name = "dissectors", .type = CONF_NODE,
	    .offset = OF(dissectors),
	    .help = "list of dissectors of weir that know it at sight" },
	{ .name = "ndpi", .type = CONF_NODE, .offset = OF(ndpi),
	    .help = "list of protocol names of nDPI" },
	{ .name = NULL }
};
#undef OF

/* What a role moves, unless the rule says something else. */
static enum moves role_moves(enum role r)
{
	switch (r) {
	case ROLE_FILE_HOST:
	case ROLE_MIXED_HOST:
		return MOVES_BOTH;
	case ROLE_PREVIEW:
	case ROLE_STATIC:
	case ROLE_UPDATE:
		return MOVES_DOWN;
	case ROLE_TELEMETRY:
		return MOVES_UP;
	default:
		return MOVES_NOTHING;
	}
}

static enum files role_files(enum role r)
{
	return r == ROLE_FILE_HOST ? FILES_YES :
	    r == ROLE_MIXED_HOST ? FILES_COND : FILES_NO;
}

/* How sure each kind of evidence is, unless the rule says. */
static uint8_t usual_confidence(enum matcher m)
{
	static const uint8_t usual[] = { [MATCH_HOST] = 95,
		[MATCH_ADDRESS] = 70, [MATCH_PORT] = 30, [MATCH_ASN] = 40,
		[MATCH_ALPN] = 90, [MATCH_DISSECTOR] = 95,
		[MATCH_NDPI] = 60 };

	return usual[m];
}

struct draft {				/* what all of one rule share */
	struct rule rule;
	const struct rule_conf *conf;
};

static struct rule *add_rule(struct loader *l, const struct draft *d,
    enum matcher m, const struct conf_node *at)
{
	struct catalogue *c = l->c;
	struct rule *r = arena_get(&c->arena, sizeof(*r));

	*r = d->rule;
	r->matcher = m;
	r->pattern = loader_keep(l, at->text);
	r->line = at->line;
	r->column = at->column;
	r->index = (uint32_t)c->rules_n;
	if (d->conf->confidence == UNSET)
		r->confidence = usual_confidence(m);
	c->rules = grown(c->rules, c->rules_n, &c->rules_room,
	    sizeof(*c->rules));
	c->rules[c->rules_n++] = r;
	if (d->conf->during != NULL) {
		l->later = grown(l->later, l->later_n, &l->later_room,
		    sizeof(*l->later));
		l->later[l->later_n++] = (struct later){ r, d->conf->during };
	}
	return r;
}

static void add_host(struct loader *l, const struct draft *d,
    const struct conf_node *at)
{
	uint32_t old = (uint32_t)l->c->rules_n;
	struct pattern p;
	const char *wrong = pattern_compile(&p, at->text, &l->c->arena);
	const struct rule *first;
	struct rule *r;

	if (wrong != NULL) {
		conf_error(l->errors, at, "'%.80s': %s", at->text, wrong);
		return;
	}
	if (!wordmap_put(&l->hosts, p.text, &old)) {
		first = l->c->rules[old];
		if (first->site == l->site) {
			conf_error(l->errors, at, "'%.80s' is already in "
			    "%s, line %u, as %s", at->text, first->file,
			    first->line, first->service->id);
			return;
		}
		wordmap_set(&l->hosts, p.text, (uint32_t)l->c->rules_n);
	}
	r = add_rule(l, d, MATCH_HOST, at);
	r->rank = p.rank;
	host_index_add(&l->c->hosts, &p, r->index, l->site);
}

/* "tcp/443", "udp/3478-3481", "any/53" */
static bool ports_read(struct ports *p, const char *text)
{
	unsigned int low, high;
	char proto[4];
	int end = 0;

	if (sscanf(text, "%3[a-z]/%5u%n", proto, &low, &end) != 2)
		return false;
	high = low;
	if (text[end] == '-' &&
	    sscanf(text + end + 1, "%5u", &high) == 1)
		end += 1 + (int)strspn(text + end + 1, "0123456789");
	if (text[end] != '\0' || low > high || high > 65535 || low == 0)
		return false;
	p->proto = strcmp(proto, "tcp") == 0 ? IPPROTO_TCP :
	    strcmp(proto, "udp") == 0 ? IPPROTO_UDP : 0;
	p->low = (uint16_t)low;
	p->high = (uint16_t)high;
	return p->proto != 0;
}

static void add_prefix(struct loader *l, const struct draft *d,
    const struct conf_node *at)
{
	const struct conf_node *ports = d->conf->ports, *c;
	struct ports range = { 0 };
	struct prefix p;
	struct rule *r;

	if (!prefix_parse(&p, at->text)) {
		conf_error(l->errors, at, "'%.64s' is not an address range: "
		    "write 10.0.0.0/8 or 2001:db8::/32", at->text);
		return;
	}
	r = add_rule(l, d, MATCH_ADDRESS, at);
	r->rank = p.bits;
	if (ports == NULL)
		prefix_index_add(&l->c->prefixes, &p, &range, r->index);
	for (c = conf_first(ports); c != NULL; c = conf_after(ports, c))
		if (c->kind == CONF_SCALAR && ports_read(&range, c->text))
			prefix_index_add(&l->c->prefixes, &p, &range,
			    r->index);
}

static void add_port(struct loader *l, const struct draft *d,
    const struct conf_node *at)
{
	struct ports range = { 0 };
	struct rule *r;

	if (!ports_read(&range, at->text)) {
		conf_error(l->errors, at, "'%.64s' is not a port: write "
		    "tcp/5222 or udp/3478-3481", at->text);
		return;
	}
	if (d->conf->addresses != NULL)
		return;			/* they narrow the addresses */
	r = add_rule(l, d, MATCH_PORT, at);
	port_index_add(&l->c->ports, &range, r->index);
}

static void add_asn(struct loader *l, const struct draft *d,
    const struct conf_node *at)
{
	const char *digits = at->text + 2 * (strncmp(at->text, "AS", 2) == 0);
	char *end;
	unsigned long asn;
	struct rule *r;

	errno = 0;
	asn = strtoul(digits, &end, 10);
	if (*digits < '0' || *digits > '9' || *end != '\0' || errno != 0 ||
	    asn == 0 || asn > UINT32_MAX) {
		conf_error(l->errors, at, "'%.64s' is not an autonomous "
		    "system: write AS62041", at->text);
		return;
	}
	r = add_rule(l, d, MATCH_ASN, at);
	number_index_add(&l->c->asns, (uint32_t)asn, r->index, l->site);
}

static void add_word(struct loader *l, const struct draft *d,
    const struct conf_node *at, enum matcher m, struct wordmap *names)
{
	uint32_t old = (uint32_t)l->c->rules_n;
	const struct rule *first;
	struct rule *r;

	if (wordmap_get(names, slice_str(at->text), &old)) {
		first = l->c->rules[old];
		if (first->site == l->site) {
			conf_error(l->errors, at, "'%.64s' is already in %s,"
			    " line %u, as %s", at->text, first->file,
			    first->line, first->service->id);
			return;
		}
	}
	r = add_rule(l, d, m, at);
	wordmap_set(names, r->pattern, r->index);
}

static void add_alpn(struct loader *l, const struct draft *d,
    const struct conf_node *at)
{
	add_word(l, d, at, MATCH_ALPN, &l->c->alpn);
}

static void add_dissector(struct loader *l, const struct draft *d,
    const struct conf_node *at)
{
	add_word(l, d, at, MATCH_DISSECTOR, &l->c->dissectors);
}

static void add_ndpi(struct loader *l, const struct draft *d,
    const struct conf_node *at)
{
	add_word(l, d, at, MATCH_NDPI, &l->c->ndpi);
}

static void add_each(struct loader *l, const struct draft *d,
    const struct conf_node *list, void (*add)(struct loader *,
    const struct draft *, const struct conf_node *))
{
	const struct conf_node *c;

	if (list == NULL)
		return;
	if (list->kind == CONF_MAP) {
		conf_is(list, CONF_LIST, l->errors);
		return;
	}
	for (c = conf_first(list); c != NULL; c = conf_after(list, c))
		if (conf_is(c, CONF_SCALAR, l->errors))
			add(l, d, c);
}

static void fill_rule(struct loader *l, struct rule *r,
    const struct rule_conf *conf, const struct service_conf *of)
{
	r->service = l->service;
	r->role = (enum role)conf->role;
	r->files = conf->files == UNSET ? role_files(r->role) :
	    (enum files)conf->files;
	r->moves = conf->moves == UNSET ? role_moves(r->role) :
	    (enum moves)conf->moves;
	r->tenancy = conf->tenancy != UNSET ? (enum tenancy)conf->tenancy :
	    of->tenancy != UNSET ? (enum tenancy)of->tenancy :
	    TENANCY_UNKNOWN;
	r->confidence = (uint8_t)(conf->confidence & 0xff);
	r->shared = conf->shared;
	r->session = conf->session;
	r->site = l->site;
	r->source = loader_keep(l, conf->source ? conf->source : of->source);
	r->checked = loader_keep(l, conf->checked ? conf->checked : of->checked);
	r->note = loader_keep(l, conf->note);
}

int64_t loader_date(const char *text)
{
	struct tm tm = { .tm_mday = 1 };
	const char *end = strptime(text, "%Y-%m-%d", &tm);

	if (end == NULL)
		end = strptime(text, "%Y-%m", &tm);
	return end != NULL && *end == '\0' ? (int64_t)timegm(&tm) : UNSET;
}

void loader_check_date(struct loader *l, const struct conf_node *map)
{
	const struct conf_node *at = conf_get(map, "checked");

	if (at != NULL && at->kind == CONF_SCALAR &&
	    loader_date(at->text) == UNSET)
		conf_error(l->errors, at, "'%.64s' is not a date: write "
		    "2026-08-11", at->text);
}

void loader_rule(struct loader *l, const struct conf_node *node,
    const struct service_conf *of)
{
	struct rule_conf conf;
	struct draft d = { .conf = &conf };

	if (!conf_fill(&conf, catalogue_rule_fields, node, l->errors)) {
		conf_release(&conf, catalogue_rule_fields);
		return;
	}
	loader_check_date(l, node);
	fill_rule(l, &d.rule, &conf, of);
	d.rule.file = loader_keep(l, node->file);
	if (!l->site && (d.rule.source == NULL || d.rule.checked == NULL))
		conf_error(l->errors, node, "a rule needs a 'source' and the "
		    "date when it was 'checked'");
	if (!conf.hosts && !conf.addresses && !conf.ports && !conf.asns &&
	    !conf.alpn && !conf.dissectors && !conf.ndpi)
		conf_error(l->errors, node, "a rule needs hosts, addresses, "
		    "ports, asns, alpn, dissectors or ndpi");
	add_each(l, &d, conf.hosts, add_host);
	add_each(l, &d, conf.addresses, add_prefix);
	add_each(l, &d, conf.ports, add_port);
	add_each(l, &d, conf.asns, add_asn);
	add_each(l, &d, conf.alpn, add_alpn);
	add_each(l, &d, conf.dissectors, add_dissector);
	add_each(l, &d, conf.ndpi, add_ndpi);
	conf_release(&conf, catalogue_rule_fields);
}
