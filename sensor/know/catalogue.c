/*
 * Asking the catalogue.  It is only read here, so any number of threads and
 * processes may do it at once; see match.h for how hosts are found.
 */
#include "know/catalogue_parts.h"

#include <stdlib.h>
#include <string.h>

const char *const category_names[] = { "other", "im", "cloud", "file-drop",
	"paste", "webmail", "code-host", "object-store", "usb-ip",
	"device-sync", "lan-share", "vpn", NULL };

const char *const role_names[] = { "none", "file", "mixed", "message",
	"preview", "static", "update", "telemetry", "call", "push", NULL };

const char *category_name(enum category c)
{
	return category_names[c];
}

const char *role_name(enum role r)
{
	return role_names[r];
}

const char *moves_name(enum moves m)
{
	static const char *const names[] = { "none", "down", "up", "both" };

	return names[m];
}

const char *matcher_name(enum matcher m)
{
	static const char *const names[] = { "host", "address", "port",
		"asn", "alpn", "dissector", "ndpi" };

	return names[m];
}

const char *tenancy_name(enum tenancy t)
{
	static const char *const names[] = { NULL, "personal", "business" };

	return names[t];
}

bool category_is_egress(enum category c)
{
	switch (c) {
	case CATEGORY_CLOUD:
	case CATEGORY_FILE_DROP:
	case CATEGORY_PASTE:
	case CATEGORY_WEBMAIL:
	case CATEGORY_CODE_HOST:
	case CATEGORY_OBJECT_STORE:
		return true;
	default:
		return category_is_device(c);
	}
}

bool category_is_device(enum category c)
{
	return c == CATEGORY_USB_IP || c == CATEGORY_DEVICE_SYNC ||
	    c == CATEGORY_LAN_SHARE;
}

static const struct rule *at(const struct catalogue *c, int64_t found)
{
	return found >= 0 ? c->rules[found] : NULL;
}

const struct rule *catalogue_host(const struct catalogue *c,
    struct slice host)
{
	const struct host_entry *e;
	struct host h;

	if (!host_read(&h, host))
		return NULL;
	e = host_index_find(&c->hosts, &h);
	return e != NULL ? c->rules[e->rule] : NULL;
}

size_t catalogue_all(const struct catalogue *c, struct slice host,
    const struct rule **rules, size_t max)
{
	enum { MOST = 64 };
	const struct host_entry *found[MOST];
	struct host h;
	size_t n, i;

	if (!host_read(&h, host))
		return 0;
	n = host_index_all(&c->hosts, &h, found, MOST);
	for (i = 0; i < n && i < max && i < MOST; i++)
		rules[i] = c->rules[found[i]->rule];
	return i;
}

/* The rule's own pattern is among those behind the host's endings. */
struct slice catalogue_tenant(const struct catalogue *c,
    const struct rule *r, struct slice host)
{
	enum { MOST = 64 };
	const struct host_entry *found[MOST];
	struct slice tenant, none = slice_of("", 0);
	struct host h;
	size_t n, i, start;

	if (r == NULL || r->matcher != MATCH_HOST || !host_read(&h, host))
		return none;
	n = host_index_all(&c->hosts, &h, found, MOST);
	for (i = 0; i < n && i < MOST; i++) {
		if (found[i]->rule != r->index ||
		    !pattern_match(&found[i]->pattern, &h, &tenant))
			continue;
		if (tenant.n == 0)
			return none;
		start = (size_t)((const char *)tenant.p - h.text);
		return slice_of(host.p + start, tenant.n);
	}
	return none;
}

/* Devices are near: the port alone of a stranger's machine says nothing. */
static bool may_be(const struct rule *r, const struct addr *server)
{
	return !category_is_device(r->service->category) ||
	    addr_is_private(server) || addr_is_multicast(server);
}

const struct rule *catalogue_addr(const struct catalogue *c,
    const struct addr *server, uint8_t proto, uint16_t port)
{
	int64_t found = prefix_index_find(&c->prefixes, server, proto, port);
	const struct rule *r;

	if (found >= 0)
		return c->rules[found];
	r = at(c, port_index_find(&c->ports, proto, port));
	return r != NULL && may_be(r, server) ? r : NULL;
}

static const struct rule *by_name(const struct catalogue *c,
    const struct wordmap *names, struct slice word)
{
	uint32_t rule;

	return wordmap_get(names, word, &rule) ? c->rules[rule] : NULL;
}

const struct rule *catalogue_alpn(const struct catalogue *c,
    struct slice alpn)
{
	return by_name(c, &c->alpn, alpn);
}

const struct rule *catalogue_app(const struct catalogue *c,
    const char *dissector)
{
	return by_name(c, &c->dissectors,
	    slice_str(dissector));
}

const struct rule *catalogue_ndpi_name(const struct catalogue *c,
    const char *name)
{
	return by_name(c, &c->ndpi, slice_str(name));
}

const struct rule *catalogue_ndpi(const struct catalogue *c, uint16_t app)
{
	return at(c, number_index_find(&c->apps, app));
}

const struct rule *catalogue_asn(const struct catalogue *c, uint32_t asn)
{
	return at(c, number_index_find(&c->asns, asn));
}

void catalogue_number_apps(struct catalogue *c,
    uint16_t (*number)(const char *name, const void *arg),
    const void *arg)
{
	const struct name *s;
	uint32_t i;
	uint16_t app;

	c->apps.n = 0;
	for (i = 0; i < c->ndpi.size; i++) {
		s = &c->ndpi.slots[i];
		if (s->word == NULL || (app = number(s->word, arg)) == 0)
			continue;
		number_index_add(&c->apps, app, s->value,
		    c->rules[s->value]->site);
	}
	number_index_finish(&c->apps);
}

static bool is_among(const char *word, const char *const *names)
{
	while (*names != NULL && strcmp(*names, word) != 0)
		names++;
	return *names != NULL;
}

bool catalogue_check_apps(const struct catalogue *c,
    const char *const *names, struct conf_errors *e)
{
	unsigned int before = e->n;

	for (size_t i = 0; i < c->rules_n; i++) {
		const struct rule *r = c->rules[i];
		struct conf_node at = { .file = r->file, .line = r->line,
			.column = r->column, .text = r->pattern };

		if (r->matcher == MATCH_DISSECTOR &&
		    !is_among(r->pattern, names))
			conf_error_near(e, &at, "dissector", names);
	}
	return e->n == before;
}

size_t catalogue_rules(const struct catalogue *c)
{
	return c->rules_n;
}

const struct rule *catalogue_rule(const struct catalogue *c, uint32_t index)
{
	return index < c->rules_n ? c->rules[index] : NULL;
}

size_t catalogue_services(const struct catalogue *c)
{
	return c->services_n;
}

const struct service *catalogue_service(const struct catalogue *c,
    uint32_t index)
{
	return index < c->services_n ? c->services[index] : NULL;
}

const struct service *catalogue_service_by_id(const struct catalogue *c,
    const char *id)
{
	uint32_t i;

	return wordmap_get(&c->ids, slice_str(id), &i) ?
	    c->services[i] : NULL;
}

int64_t catalogue_date(const struct catalogue *c)
{
	return c->date;
}

size_t catalogue_bytes(const struct catalogue *c)
{
	return c->arena.bytes +
	    c->hosts.room * sizeof(*c->hosts.entries) +
	    ((size_t)c->hosts.mask + 1) * sizeof(*c->hosts.slots) +
	    c->prefixes.room * sizeof(*c->prefixes.nodes) +
	    c->rules_room * sizeof(*c->rules) +
	    (c->ports.tcp ? 4u * 65536 * sizeof(uint32_t) : 0);
}

void catalogue_finish(struct catalogue *c)
{
	host_index_finish(&c->hosts);
	number_index_finish(&c->asns);
}

void catalogue_free(struct catalogue *c)
{
	if (c == NULL)
		return;
	host_index_free(&c->hosts);
	prefix_index_free(&c->prefixes);
	port_index_free(&c->ports);
	number_index_free(&c->asns);
	number_index_free(&c->apps);
	wordmap_free(&c->alpn);
	wordmap_free(&c->dissectors);
	wordmap_free(&c->ndpi);
	wordmap_free(&c->ids);
	free(c->services);
	free(c->rules);
	arena_free(&c->arena);
	free(c);
}
