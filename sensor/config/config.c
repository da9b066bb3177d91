/*
 * weir.yaml into struct config.
 *
 * Every section belongs to a part of the program that declares its fields in
 * a table; this file only knows where the tables are.  All sections are read
 * even when one is wrong, so that one run reports every mistake.
 */
#include "config/config_parts.h"

#include <err.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "alert/output.h"
#include "base/hash.h"
#include "config/apps.h"

#define NODE(member) .type = CONF_NODE, \
	.offset = offsetof(struct config_top, member)

const struct conf_field config_top_fields[] = {
	{ .name = "sensor", .type = CONF_TEXT, .max = 64,
	    .offset = offsetof(struct config_top, sensor),
	    .help = "name of this sensor in every record; its host name" },
	{ .name = "user", .type = CONF_TEXT, .max = 32, .text = "weir",
	    .offset = offsetof(struct config_top, user),
	    .help = "whom all processes but the first run as" },
	{ .name = "capture", NODE(capture) },
	{ .name = "flow", NODE(flow) },
	{ .name = "track", NODE(track) },
	{ .name = "catalogue", NODE(catalogue) },
	{ .name = "geo", NODE(geo) },
	{ .name = "privacy", NODE(privacy) },
	{ .name = "policy", NODE(policy) },
	{ .name = "detections", NODE(detections) },
	{ .name = "outputs", NODE(outputs) },
	{ .name = "spool", NODE(spool) },
	{ .name = "control", NODE(control) },
	{ .name = "intake", NODE(intake) },
	{ .name = "alerts", NODE(alerts) },
	{ .name = NULL }
};

#define AT(member) .offset = offsetof(struct config, member)

static const struct conf_field capture_fields[] = {
	{ .name = "snaplen", .type = CONF_COUNT, AT(capture.snaplen),
	    .min = 64, .max = 262144, .standard = 65536,
	    .help = "bytes kept of each packet" },
	{ .name = "ring", .type = CONF_BYTES, AT(capture.ring_bytes),
	    .min = 1 << 20, .max = 4294967296, .standard = 64 << 20,
	    .help = "buffer of each worker in the kernel" },
	{ .name = "workers", .type = CONF_COUNT, AT(capture.workers),
	    .min = 1, .max = 64, .standard = 1,
	    .help = "capture processes, parted by flow" },
	{ .name = "filter", .type = CONF_TEXT, AT(capture.filter),
	    .max = 4096, .help = "BPF expression; all packets" },
	{ .name = NULL }
};

static const struct conf_field flow_fields[] = {
	{ .name = "max-flows", .type = CONF_COUNT, AT(flow.max_flows),
	    .min = 1000, .max = 16000000, .standard = 200000,
	    .help = "open flows of each worker; then the oldest goes" },
	{ .name = "idle", .type = CONF_DURATION, AT(flow.idle_us),
	    .min = 1000000, .max = 86400000000, .standard = 300000000,
	    .help = "silence that ends a flow" },
	{ .name = "report", .type = CONF_DURATION, AT(flow.report_us),
	    .min = 1000000, .max = 86400000000, .standard = 300000000,
	    .help = "how often a long flow is reported" },
	{ .name = NULL }
};

static const struct conf_field track_fields[] = {
	{ .name = "max-users", .type = CONF_COUNT, AT(track.max_users),
	    .min = 100, .max = 1000000, .standard = 100000,
	    .help = "users remembered; then the one not seen for longest is "
		"forgotten" },
	{ .name = "max-bindings", .type = CONF_COUNT, AT(track.max_bindings),
	    .min = 100, .max = 4000000, .standard = 200000,
	    .help = "addresses of which it is remembered whose they are" },
	{ .name = "memory", .type = CONF_BYTES, AT(track.memory),
	    .min = 1 << 20, .max = 1LL << 36, .standard = 192 << 20,
	    .help = "for what users not seen lately are used to; then as "
		"with max-users" },
	{ .name = NULL }
};

static const struct conf_field catalogue_fields[] = {
	{ .name = "built-in", .type = CONF_BOOL, AT(built_in), .standard = 1,
	    .help = "no: nDPI and the site's rules alone name flows, from the "
		"start on; no dissector reads them: to compare" },
	{ .name = "site", .type = CONF_TEXT, AT(site), .max = 1024,
	    .text = "/etc/weir/signatures.d",
	    .help = "directory of the site's own *.yaml, which win" },
	{ .name = NULL }
};

static const struct conf_field geo_fields[] = {
	{ .name = "asn", .type = CONF_TEXT, AT(asn_db), .max = 1024,
	    .help = "MMDB file of autonomous systems" },
	{ .name = "country", .type = CONF_TEXT, AT(country_db), .max = 1024,
	    .help = "MMDB file of countries" },
	{ .name = NULL }
};

static const struct conf_field privacy_fields[] = {
	{ .name = "pseudonyms", .type = CONF_BOOL, AT(pseudonyms),
	    .standard = 1,
	    .help = "show keyed tokens in place of people and addresses" },
	{ .name = "epoch", .type = CONF_DURATION, AT(epoch_us),
	    .min = 86400000000, .max = 366 * 86400000000,
	    .standard = 90 * 86400000000,
	    .help = "how long somebody keeps the same pseudonym" },
	{ .name = "key", .type = CONF_TEXT, AT(key), .max = 1024,
	    .help = "the secret file, mode 0600; privacy.key in the spool" },
	{ .name = "officers", .type = CONF_TEXT, AT(officers), .max = 1024,
	    .help = "directory of public keys (*.pem, X25519), any two of "
		"whose owners may reveal together; none" },
	{ .name = "retain-state", .type = CONF_DURATION, AT(retain_state_us),
	    .min = 86400000000, .max = 366 * 86400000000,
	    .standard = 35 * 86400000000,
	    .help = "then events, users not seen since, and single days "
		"of the others are forgotten" },
	{ .name = "retain-alerts", .type = CONF_DURATION,
	    AT(retain_alerts_us), .min = 86400000000,
	    .max = 366 * 86400000000, .standard = 180 * 86400000000,
	    .help = "then alerts and sealed identities are forgotten" },
	{ .name = NULL }
};

static const struct conf_field spool_fields[] = {
	{ .name = "directory", .type = CONF_TEXT, AT(spool), .max = 1024,
	    .text = "/var/spool/weir",
	    .help = "where alerts wait for their collectors" },
	{ .name = "max", .type = CONF_BYTES, AT(spool_max),
	    .min = 1 << 20, .max = 1LL << 40, .standard = 256 << 20,
	    .help = "then the oldest letters of the least risk go" },
	{ .name = NULL }
};

static const struct conf_field control_fields[] = {
	{ .name = "socket", .type = CONF_TEXT, AT(control), .max = 100,
	    .text = "/run/weir/control",
	    .help = "where weir ctl finds the service" },
	{ .name = "intake", .type = CONF_TEXT, AT(intake), .max = 100,
	    .help = "path of a socket for logins and endpoints, see "
		"docs/intake.md; none" },
	{ .name = "metrics", .type = CONF_TEXT, AT(metrics), .max = 100,
	    .help = "loopback port or path of a socket for Prometheus; none" },
	{ .name = "heartbeat", .type = CONF_DURATION, AT(heartbeat_us),
	    .min = 10000000, .max = 86400000000, .standard = 300000000,
	    .help = "how often the collectors are told that all is well" },
	{ .name = NULL }
};

static const struct conf_field intake_fields[] = {
	{ .name = "listen", .type = CONF_TEXT, AT(intake_tls.listen),
	    .max = 64, .help = "address and port where writers of intake "
		"come by TLS, with a certificate; none" },
	{ .name = "cert", .type = CONF_TEXT, AT(intake_tls.cert),
	    .max = 1024, .help = "PEM file of this sensor's certificate" },
	{ .name = "key", .type = CONF_TEXT, AT(intake_tls.key),
	    .max = 1024, .help = "PEM file of its key, for `user` to read" },
	{ .name = "ca", .type = CONF_TEXT, AT(intake_tls.ca), .max = 1024,
	    .help = "PEM file of the CA of the writers' certificates" },
	{ .name = "names", .type = CONF_TEXT, AT(intake_tls.names),
	    .max = 4096, .help = "who may write: names in certificates, "
		"with commas between" },
	{ .name = NULL }
};

static const struct conf_field alerts_fields[] = {
	{ .name = "dry-run", .type = CONF_BOOL, AT(dry_run),
	    .help = "say what would have been raised, send nothing" },
	{ .name = "storm", .type = CONF_COUNT, AT(storm), .min = 1,
	    .max = 1000000, .standard = 60,
	    .help = "after so many alerts within an hour the rest of it is "
		"summed up" },
	{ .name = "storm-score", .type = CONF_COUNT, AT(storm_score),
	    .min = 1, .max = 101, .standard = 85,
	    .help = "but what scores so much is sent at any time" },
	{ .name = NULL }
};

const struct config_section config_sections[] = {
	{ "capture", capture_fields },
	{ "flow", flow_fields },
	{ "track", track_fields },
	{ "catalogue", catalogue_fields },
	{ "geo", geo_fields },
	{ "privacy", privacy_fields },
	{ "spool", spool_fields },
	{ "control", control_fields },
	{ "intake", intake_fields },
	{ "alerts", alerts_fields },
	{ NULL, NULL }
};

void *config_must(void *p)
{
	if (p == NULL)
		err(1, "out of memory");
	return p;
}

static int output_kind(const struct conf_node *item, struct conf_errors *e)
{
	const struct conf_node *type = conf_get(item, "type");
	const char *names[64 + 1];
	int i;

	if (!conf_is(item, CONF_MAP, e))
		return -1;
	if (type == NULL) {
		conf_error(e, item, "'type' is missing");
		return -1;
	}
	if (!conf_is(type, CONF_SCALAR, e))
		return -1;
	for (i = 0; outputs[i] != NULL && i < 64; i++) {
		names[i] = outputs[i]->name;
		if (strcmp(type->text, names[i]) == 0)
			return i;
	}
	names[i] = NULL;
	conf_error_near(e, type, "output", names);
	return -1;
}

static struct config_output *read_output(const struct conf_node *item,
    struct conf_errors *e)
{
	int kind = output_kind(item, e);
	struct config_output *o;
	const struct output *as;

	if (kind < 0)
		return NULL;
	as = outputs[kind];
	o = config_must(calloc(1, sizeof(*o)));
	o->kind = kind;
	o->settings = config_must(calloc(1, as->conf_size + 1));
	if (conf_fill(o->settings, as->options, item, e) &&
	    as->check != NULL)
		as->check(o->settings, item, e);
	return o;
}

static void read_outputs(struct config *c, const struct conf_node *list,
    struct conf_errors *e)
{
	struct config_output **end = &c->outputs;
	const struct conf_node *item;

	if (list == NULL || !conf_is(list, CONF_LIST, e))
		return;
	for (item = list->child; item != NULL; item = item->next) {
		*end = read_output(item, e);
		if (*end != NULL)
			end = &(*end)->next;
	}
}

void config_key_path(const struct config *c, char *path)
{
	if (c->key != NULL)
		snprintf(path, KEY_PATH, "%s", c->key);
	else
		snprintf(path, KEY_PATH, "%s/privacy.key", c->spool);
}

static void name_sensor(struct config *c)
{
	char name[65] = "weir";

	if (c->sensor != NULL)
		return;
	if (c->path != NULL && gethostname(name, sizeof(name) - 1) == -1)
		snprintf(name, sizeof(name), "weir");
	c->sensor = config_must(strdup(name));
}

static void hash_line(const char *line, void *arg)
{
	XXH3_64bits_update(arg, line, strlen(line) + 1);
}

/* Two sensors with the same hash decide alike. */
static void hash_config(struct config *c)
{
	XXH3_state_t *state = config_must(XXH3_createState());
	const struct rule *r;
	uint32_t i;

	XXH3_64bits_reset(state);
	config_dump(c, hash_line, state);
	for (i = 0; (r = catalogue_rule(c->catalogue, i)) != NULL; i++) {
		hash_line(r->pattern, state);
		hash_line(r->service->id, state);
		hash_line(role_name(r->role), state);
	}
	snprintf(c->hash, sizeof(c->hash), "%016llx",
	    (unsigned long long)XXH3_64bits_digest(state));
	c->print = (uint32_t)strtoul(c->hash + 8, NULL, 16) | 1;
	XXH3_freeState(state);
}

static void read_sections(struct config *c, const struct conf_node *root,
    struct conf_errors *e)
{
	const struct config_section *s;
	struct config_top top;

	conf_fill(&top, config_top_fields, root, e);
	c->sensor = top.sensor;
	c->user = top.user;
	for (s = config_sections; s->name != NULL; s++)
		conf_fill(c, s->fields, conf_get(root, s->name), e);
	config_listen(c, conf_get(root, "control"), top.intake, e);
	if (c->path == NULL)
		c->pseudonyms = false;	/* its reader holds the capture */
	c->catalogue = c->built_in ? catalogue_load(c->site, e) :
	    catalogue_load_site(c->site, e);
	if (c->catalogue != NULL)
		apps_check(c->catalogue, e);
	c->geo = geo_open(c->asn_db, conf_get(top.geo, "asn"), c->country_db,
	    conf_get(top.geo, "country"), e);
	c->policy = policy_load(top.policy, c->catalogue, e);
	config_detections(c, top.detections, top.policy, e);
	read_outputs(c, top.outputs, e);
}

struct config *config_load(const char *path, struct conf_errors *e)
{
	struct config *c = config_must(calloc(1, sizeof(*c)));
	unsigned int before = e->n;

	if (path != NULL)
		config_files(c, path, e);
	if (path == NULL || c->root != NULL)
		read_sections(c, c->root, e);
	if (e->n > before) {
		config_free(c);
		return NULL;
	}
	name_sensor(c);
	hash_config(c);
	return c;
}

static void free_outputs(struct config_output *o)
{
	struct config_output *next;

	for (; o != NULL; o = next) {
		next = o->next;
		conf_release(o->settings, outputs[o->kind]->options);
		free(o->settings);
		free(o);
	}
}

void config_free(struct config *c)
{
	const struct config_section *s;

	if (c == NULL)
		return;
	config_detections_free(c);
	free_outputs(c->outputs);
	policy_free(c->policy);
	catalogue_free(c->catalogue);
	geo_free(c->geo);
	for (s = config_sections; s->name != NULL; s++)
		conf_release(c, s->fields);
	free(c->sensor);
	free(c->user);
	config_files_free(c);
	free(c);
}
