/*
 * Catalogue files into a catalogue.
 *
 * A rule of a file names several hosts, addresses or protocols that share
 * what they mean; each of them becomes one struct rule.  A host may stand in
 * the embedded files once; a site may repeat it, and then wins.  Nothing is
 * skipped silently: any error refuses the whole load.
 */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "know/catalogue_parts.h"

struct loader {
	struct catalogue *c;
	struct conf_errors *errors;
	struct wordmap hosts;		/* pattern to rule, to find twins */
	struct service *service;
	bool site;
	/* `during` names a service that may come later. */
	struct later *later;
	size_t later_n, later_room;
	struct conf_node **roots;	/* kept until all are read */
	size_t roots_n, roots_room;
	unsigned int errors_before;
};

struct later {
	struct rule *rule;
	const struct conf_node *during;
};

struct service_conf {
	char *name, *vendor;
	int category;
	int tenancy;
	char *source, *checked;
	const struct conf_node *rules;
};

struct rule_conf {
	int role, files, moves, tenancy;
	int64_t confidence;
	bool shared, session;
	char *source, *checked, *note;
	const struct conf_node *during;
	const struct conf_node *hosts, *addresses, *ports, *asns, *alpn,
	    *dissectors, *ndpi;
};

enum { UNSET = -1 };

static const char *const files_names[] = { "no", "cond", "yes", NULL };
static const char *const moves_names[] = { "none", "down", "up", "both",
	NULL };
static const char *const tenancy_names[] = { "undecidable", "personal",
	"business", NULL };

#define OF(member) offsetof(struct service_conf, member)
static const struct conf_field service_fields[] = {
	{ .name = "name", .type = CONF_TEXT, .offset = OF(name), .max = 80 },
	{ .name = "vendor", .type = CONF_TEXT, .offset = OF(vendor),
	    .max = 80 },
	{ .name = "category", .type = CONF_CHOICE, .offset = OF(category),
	    .standard = UNSET, .choices = category_names },
	{ .name = "tenancy", .type = CONF_CHOICE, .offset = OF(tenancy),
	    .standard = UNSET, .choices = tenancy_names },
	{ .name = "source", .type = CONF_TEXT, .offset = OF(source),
	    .max = 300 },
	{ .name = "checked", .type = CONF_TEXT, .offset = OF(checked),
	    .max = 10 },
	{ .name = "rules", .type = CONF_NODE, .offset = OF(rules) },
	{ .name = NULL }
};
#undef OF

#define OF(member) offsetof(struct rule_conf, member)
static const struct conf_field rule_fields[] = {
	{ .name = "role", .type = CONF_CHOICE, .offset = OF(role),
	    .choices = role_names, .required = true },
	{ .name = "files", .type = CONF_CHOICE, .offset = OF(files),
	    .standard = UNSET, .choices = files_names },
	{ .name = "moves", .type = CONF_CHOICE, .offset = OF(moves),
	    .standard = UNSET, .choices = moves_names },
	{ .name = "tenancy", .type = CONF_CHOICE, .offset = OF(tenancy),
	    .standard = UNSET, .choices = tenancy_names },
	{ .name = "confidence", .type = CONF_COUNT,
	    .offset = OF(confidence), .min = 0, .max = 100,
	    .standard = UNSET },
	{ .name = "shared", .type = CONF_BOOL, .offset = OF(shared) },
	{ .name = "session", .type = CONF_BOOL, .offset = OF(session) },
	{ .name = "source", .type = CONF_TEXT, .offset = OF(source),
	    .max = 300 },
	{ .name = "checked", .type = CONF_TEXT, .offset = OF(checked),
	    .max = 10 },
	{ .name = "note", .type = CONF_TEXT, .offset = OF(note),
	    .max = 300 },
	{ .name = "during", .type = CONF_NODE, .offset = OF(during) },
	{ .name = "hosts", .type = CONF_NODE, .offset = OF(hosts) },
	{ .name = "addresses", .type = CONF_NODE, .offset = OF(addresses) },
	{ .name = "ports", .type = CONF_NODE, .offset = OF(ports) },
	{ .name = "asns", .type = CONF_NODE, .offset = OF(asns) },
	{ .name = "alpn", .type = CONF_NODE, .offset = OF(alpn) },
	{ .name = "dissectors", .type = CONF_NODE,
	    .offset = OF(dissectors) },
	{ .name = "ndpi", .type = CONF_NODE, .offset = OF(ndpi) },
	{ .name = NULL }
};
#undef OF

static const char *kept(struct loader *l, const char *text)
{
	return text != NULL ?
	    arena_text(&l->c->arena, text, strlen(text)) : NULL;
}

/* "2026-08-11" or "2026-08" to seconds; UNSET when it is no date. */
static int64_t date_of(const char *text)
{
	struct tm tm = { .tm_mday = 1 };
	const char *end = strptime(text, "%Y-%m-%d", &tm);

	if (end == NULL)
		end = strptime(text, "%Y-%m", &tm);
	return end != NULL && *end == '\0' ? (int64_t)timegm(&tm) : UNSET;
}

/* ---- one rule ---- */

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
	r->pattern = kept(l, at->text);
	r->line = at->line;
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

static const struct conf_node *first_of(const struct conf_node *list)
{
	return list == NULL || list->kind == CONF_SCALAR ? list :
	    list->child;
}

static const struct conf_node *after(const struct conf_node *list,
    const struct conf_node *c)
{
	return list->kind == CONF_SCALAR ? NULL : c->next;
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
	for (c = first_of(ports); c != NULL; c = after(ports, c))
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

	if (wordmap_get(names, slice_of(at->text, strlen(at->text)), &old)) {
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
	for (c = first_of(list); c != NULL; c = after(list, c))
		if (conf_is(c, CONF_SCALAR, l->errors))
			add(l, d, c);
}

static void check_date(struct loader *l, const struct conf_node *map)
{
	const struct conf_node *at = conf_get(map, "checked");

	if (at != NULL && at->kind == CONF_SCALAR &&
	    date_of(at->text) == UNSET)
		conf_error(l->errors, at, "'%.64s' is not a date: write "
		    "2026-08-11", at->text);
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
	r->source = kept(l, conf->source ? conf->source : of->source);
	r->checked = kept(l, conf->checked ? conf->checked : of->checked);
	r->note = kept(l, conf->note);
}

static void load_rule(struct loader *l, const struct conf_node *node,
    const struct service_conf *of)
{
	struct rule_conf conf;
	struct draft d = { .conf = &conf };

	if (!conf_fill(&conf, rule_fields, node, l->errors)) {
		conf_release(&conf, rule_fields);
		return;
	}
	check_date(l, node);
	fill_rule(l, &d.rule, &conf, of);
	d.rule.file = kept(l, node->file);
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
	conf_release(&conf, rule_fields);
}

/* ---- one service ---- */

static bool good_id(const char *id)
{
	return *id != '\0' && strlen(id) <= 40 &&
	    id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static struct service *new_service(struct loader *l, const char *id)
{
	struct catalogue *c = l->c;
	struct service *s = arena_get(&c->arena, sizeof(*s));
	uint32_t index = (uint32_t)c->services_n;

	s->id = kept(l, id);
	s->index = index;
	s->site = l->site;
	c->services = grown(c->services, c->services_n, &c->services_room,
	    sizeof(*c->services));
	c->services[c->services_n++] = s;
	wordmap_put(&c->ids, s->id, &index);
	return s;
}

/* A site may add to a service that we know; we describe each one once. */
static struct service *service_for(struct loader *l,
    const struct conf_node *node, const struct service_conf *conf)
{
	uint32_t index;

	if (!good_id(node->key)) {
		conf_error_key(l->errors, node, "'%.64s': a service is named "
		    "by at most 40 of a-z, 0-9 and -", node->key);
		return NULL;
	}
	if (!wordmap_get(&l->c->ids, slice_of(node->key, strlen(node->key)),
	    &index)) {
		if (conf->name == NULL || conf->category == UNSET) {
			conf_error_key(l->errors, node, "'%s' is new here "
			    "and needs a name and a category", node->key);
			return NULL;
		}
		return new_service(l, node->key);
	}
	if (!l->site) {
		conf_error_key(l->errors, node,
		    "the service '%s' is described twice", node->key);
		return NULL;
	}
	return l->c->services[index];
}

static void load_service(struct loader *l, const struct conf_node *node)
{
	struct service_conf conf;
	const struct conf_node *c;

	if (!conf_fill(&conf, service_fields, node, l->errors))
		goto out;
	check_date(l, node);
	l->service = service_for(l, node, &conf);
	if (l->service == NULL)
		goto out;
	if (conf.name != NULL)
		l->service->name = kept(l, conf.name);
	if (conf.vendor != NULL || l->service->vendor == NULL)
		l->service->vendor = kept(l, conf.vendor ? conf.vendor :
		    l->service->name);
	if (conf.category != UNSET)
		l->service->category = (enum category)conf.category;
	if (conf.rules != NULL && !conf_is(conf.rules, CONF_LIST, l->errors))
		goto out;
	for (c = conf.rules ? conf.rules->child : NULL; c; c = c->next)
		load_rule(l, c, &conf);
out:
	conf_release(&conf, service_fields);
}

/* ---- files ---- */

struct file_conf {
	int64_t format;
	char *updated;
	const struct conf_node *services;
};

#define OF(member) offsetof(struct file_conf, member)
static const struct conf_field file_fields[] = {
	{ .name = "catalogue", .type = CONF_COUNT, .offset = OF(format),
	    .min = 1, .max = 2, .required = true },
	{ .name = "updated", .type = CONF_TEXT, .offset = OF(updated) },
	{ .name = "services", .type = CONF_NODE, .offset = OF(services),
	    .required = true },
	{ .name = NULL }
};
#undef OF

static void load_file(struct loader *l, const struct conf_node *root)
{
	const struct conf_node *c;
	struct file_conf conf;
	int64_t date;

	if (!conf_fill(&conf, file_fields, root, l->errors))
		goto out;
	if (conf.format != 1)
		conf_error(l->errors, conf_get(root, "catalogue"),
		    "this weir reads format 1 only");
	c = conf_get(root, "updated");
	date = conf.updated != NULL ? date_of(conf.updated) : UNSET;
	if (c != NULL && date == UNSET)
		conf_error(l->errors, c, "'%.64s' is not a date: write "
		    "2026-08-11", conf.updated);
	if (!l->site && date > l->c->date)
		l->c->date = date;
	if (!conf_is(conf.services, CONF_MAP, l->errors))
		goto out;
	for (c = conf.services->child; c != NULL; c = c->next)
		load_service(l, c);
out:
	conf_release(&conf, file_fields);
}

static void load_root(struct loader *l, struct conf_node *root)
{
	if (root == NULL)
		return;
	l->roots = grown(l->roots, l->roots_n, &l->roots_room,
	    sizeof(*l->roots));
	l->roots[l->roots_n++] = root;
	load_file(l, root);
}

static void resolve_later(struct loader *l)
{
	const struct conf_node *at;
	struct rule *r;
	size_t i;

	for (i = 0; i < l->later_n; i++) {
		at = l->later[i].during;
		r = l->later[i].rule;
		if (!conf_is(at, CONF_SCALAR, l->errors))
			continue;
		r->during = catalogue_service_by_id(l->c, at->text);
		if (r->during == NULL)
			conf_error(l->errors, at, "no such service '%.64s'",
			    at->text);
	}
}

static int is_yaml(const struct dirent *d)
{
	return fnmatch("*.yaml", d->d_name, FNM_PERIOD) == 0;
}

static void load_site(struct loader *l, const char *dir)
{
	struct dirent **found;
	int i, n = scandir(dir, &found, is_yaml, alphasort);
	char path[4096];

	if (n == -1) {
		if (errno != ENOENT)
			conf_error_at(l->errors, dir, 0, 0, "%s",
			    strerror(errno));
		return;
	}
	l->site = true;
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, found[i]->d_name);
		load_root(l, conf_parse(path, l->errors));
		free(found[i]);
	}
	free(found);
}

static struct catalogue *finish(struct loader *l)
{
	struct catalogue *c = l->c;

	size_t i;

	resolve_later(l);
	for (i = 0; i < l->roots_n; i++)
		conf_free(l->roots[i]);
	free(l->roots);
	free(l->later);
	wordmap_free(&l->hosts);
	if (l->errors->n > l->errors_before) {
		catalogue_free(c);
		return NULL;
	}
	catalogue_finish(c);
	return c;
}

static bool start(struct loader *l, struct conf_errors *e)
{
	*l = (struct loader){ .errors = e, .errors_before = e->n };
	l->c = calloc(1, sizeof(*l->c));
	return l->c != NULL;
}

struct catalogue *catalogue_load(const char *site_dir,
    struct conf_errors *e)
{
	const struct embedded *f;
	struct loader l;

	if (!start(&l, e))
		return NULL;
	for (f = embedded_files; f->name != NULL; f++)
		load_root(&l, conf_parse_text(f->name, f->text,
		    (size_t)(f->end - f->text), e));
	if (site_dir != NULL)
		load_site(&l, site_dir);
	return finish(&l);
}

struct catalogue *catalogue_load_only(const char *const *paths,
    struct conf_errors *e)
{
	struct loader l;

	if (!start(&l, e))
		return NULL;
	for (; *paths != NULL; paths++)
		load_root(&l, conf_parse(*paths, e));
	return finish(&l);
}
