/*
 * config_fields.c - what weir.yaml may hold, but for the sections of
 * detections and outputs, which bring their own.
 */
#include "config/config_parts.h"

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
