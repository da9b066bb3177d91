/*
 * catalogue.h - which service a host, address or protocol belongs to, and
 * what moves there.
 *
 * Loaded from signatures/NAME.yaml (embedded at build time), then from the
 * site's own files, which win.  Immutable once loaded: a reload builds a new
 * catalogue and swaps the pointer; a file with an error changes nothing.
 * Host patterns are anchored at labels: evil-github.com is not GitHub.  Of
 * all patterns that match, the one with the highest rank wins: exact ones
 * first, then the most fixed characters.
 */
#ifndef KNOW_CATALOGUE_H
#define KNOW_CATALOGUE_H

#include "base/addr.h"
#include "base/slice.h"
#include "know/conf.h"

enum category { CATEGORY_OTHER, CATEGORY_IM, CATEGORY_CLOUD,
	CATEGORY_FILE_DROP, CATEGORY_PASTE, CATEGORY_WEBMAIL,
	CATEGORY_CODE_HOST, CATEGORY_OBJECT_STORE, CATEGORY_USB_IP,
	CATEGORY_DEVICE_SYNC, CATEGORY_LAN_SHARE, CATEGORY_VPN };

enum role { ROLE_NONE, ROLE_FILE_HOST, ROLE_MIXED_HOST, ROLE_CONTROL,
	ROLE_PREVIEW, ROLE_STATIC, ROLE_UPDATE, ROLE_TELEMETRY, ROLE_CALL,
	ROLE_PUSH };

enum files { FILES_NO, FILES_COND, FILES_YES };

enum tenancy { TENANCY_UNKNOWN, TENANCY_PERSONAL, TENANCY_BUSINESS };

struct service {
	const char *id;			/* "slack", "google-drive" */
	const char *name;		/* "Slack" */
	const char *vendor;
	enum category category;
	uint32_t index;
};

struct rule {
	const struct service *service;
	enum role role;
	enum files files;
	enum tenancy tenancy;
	const char *pattern;		/* as written */
	const char *file;		/* where it stands */
	unsigned int line;
	uint32_t rank;
	uint32_t index;			/* place in the catalogue */
	uint8_t confidence;		/* 0 to 100 */
	bool shared;			/* others live behind it as well */
};

struct catalogue;

/* The embedded catalogue plus every *.yaml in `site_dir` (NULL: none).
 * NULL on any error; all of them are in *e. */
struct catalogue *catalogue_load(const char *site_dir,
    struct conf_errors *e);
struct catalogue *catalogue_load_only(const char *const *paths,
    struct conf_errors *e);		/* for tests and `catalogue check` */
void catalogue_free(struct catalogue *c);

/* All look-ups: NULL when nothing matches. */
const struct rule *catalogue_host(const struct catalogue *c,
    struct slice host);
const struct rule *catalogue_alpn(const struct catalogue *c,
    struct slice alpn);
const struct rule *catalogue_addr(const struct catalogue *c,
    const struct addr *server, uint8_t proto, uint16_t port);
const struct rule *catalogue_app(const struct catalogue *c,
    const char *dissector);		/* a dissector's name: "irc" */
const struct rule *catalogue_ndpi(const struct catalogue *c,
    uint16_t app);			/* nDPI protocol number */
const struct rule *catalogue_asn(const struct catalogue *c, uint32_t asn);

/* The tenant inside a host name by the rule's own pattern; empty: none. */
struct slice catalogue_tenant(const struct catalogue *c,
    const struct rule *r, struct slice host);

/* Walk: every rule that matches a host, best first; returns how many. */
size_t catalogue_all(const struct catalogue *c, struct slice host,
    const struct rule **rules, size_t max);

size_t catalogue_rules(const struct catalogue *c);
const struct rule *catalogue_rule(const struct catalogue *c, uint32_t index);
size_t catalogue_services(const struct catalogue *c);
const struct service *catalogue_service(const struct catalogue *c,
    uint32_t index);
const struct service *catalogue_service_by_id(const struct catalogue *c,
    const char *id);

const char *category_name(enum category c);	/* as in records: "im" */
const char *role_name(enum role r);
bool category_is_egress(enum category c);	/* cloud, drop, device, ... */
bool category_is_device(enum category c);

#endif
