/*
 * catalogue.h - which service a host, address or protocol belongs to, and
 * what moves there.
 *
 * Loaded from signatures/NAME.yaml (embedded at build time), then from the
 * site's own files, which win.  Immutable once loaded: a reload builds a new
 * catalogue and swaps the pointer; a file with an error changes nothing.
 * Host patterns are anchored at labels: evil-github.com is not GitHub.  Of
 * all patterns that match, the one with the highest rank wins: exact ones
 * first, then the most fixed characters; at equal rank the site's own.
 *
 *	files.slack.com		this host alone
 *	.slack.com		slack.com and all below it
 *	*.asm.skype.com		exactly one label in place of *
 *	**.fna.whatsapp.net	one label or more
 *	blobp-??.threema.ch	? one character, * none or more, # digits;
 *				none of them crosses a dot
 *	{tenant}-my.sharepoint.com	as *, at least one, and remembered
 *	{tenant**}.s3.amazonaws.com	labels, remembered
 *	nextcloud.*.**		a fixed first label, whatever follows
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

enum moves { MOVES_NOTHING, MOVES_DOWN = 1, MOVES_UP = 2, MOVES_BOTH = 3 };

/* What a rule looks at: evidence differs in strength. */
enum matcher { MATCH_HOST, MATCH_ADDRESS, MATCH_PORT, MATCH_ASN, MATCH_ALPN,
	MATCH_DISSECTOR, MATCH_NDPI };

struct service {
	const char *id;			/* "slack", "google-drive" */
	const char *name;		/* "Slack" */
	const char *vendor;
	enum category category;
	uint32_t index;
	bool site;			/* described by the site itself */
};

struct rule {
	const struct service *service;
	enum role role;
	enum files files;
	enum tenancy tenancy;
	const char *pattern;		/* as written */
	const char *file;		/* where it stands */
	unsigned int line, column;
	uint32_t rank;
	uint32_t index;			/* place in the catalogue */
	uint8_t confidence;		/* 0 to 100 */
	bool shared;			/* others live behind it as well */
	bool session;			/* a flow here: the user is online */
	bool site;			/* the site's own */
	enum matcher matcher;
	enum moves moves;		/* in which direction files go */
	/* What moves here counts as a file of that service while the client
	 * has a live session there (Teams files lie in SharePoint, Drive
	 * uploads pass a host of all Google); NULL: of this service, always. */
	const struct service *during;
	const char *source;		/* where this is known from */
	const char *checked;		/* when: "2026-08-11" */
	const char *note;		/* or NULL */
};

struct catalogue;

/* The embedded catalogue plus every *.yaml in `site_dir` (NULL: none).
 * NULL on any error; all of them are in *e. */
struct catalogue *catalogue_load(const char *site_dir,
    struct conf_errors *e);
/* The site's files alone: a service is theirs to describe. */
struct catalogue *catalogue_load_site(const char *site_dir,
    struct conf_errors *e);
/* All with these files in place of a directory (ends with NULL). */
struct catalogue *catalogue_load_with(const char *const *paths,
    struct conf_errors *e);
struct catalogue *catalogue_load_text(const char *name, const char *text,
    size_t n, struct conf_errors *e);
void catalogue_free(struct catalogue *c);

/* This floor does not know nDPI: tell it what the rules' protocol names are
 * as numbers (0: unknown), before the catalogue is shared.  Without it,
 * catalogue_ndpi() finds nothing. */
void catalogue_number_apps(struct catalogue *c,
    uint16_t (*number)(const char *name, const void *arg),
    const void *arg);

/* Nor the dissectors: `names` (NULL-ended) are all that a rule's
 * `dissectors:` may hold; any other is an error at its place.  True: fine. */
bool catalogue_check_apps(const struct catalogue *c,
    const char *const *names, struct conf_errors *e);

/* All look-ups: NULL when nothing matches. */
const struct rule *catalogue_host(const struct catalogue *c,
    struct slice host);
const struct rule *catalogue_alpn(const struct catalogue *c,
    struct slice alpn);
/* The longest prefix that takes this port, else the port alone (matcher tells
 * which); devices by port alone only where the server's address is private. */
const struct rule *catalogue_addr(const struct catalogue *c,
    const struct addr *server, uint8_t proto, uint16_t port);
const struct rule *catalogue_app(const struct catalogue *c,
    const char *dissector);		/* a dissector's name: "irc" */
const struct rule *catalogue_ndpi(const struct catalogue *c,
    uint16_t app);			/* nDPI protocol number */
const struct rule *catalogue_ndpi_name(const struct catalogue *c,
    const char *name);			/* "WhatsAppFiles" */
const struct rule *catalogue_asn(const struct catalogue *c, uint32_t asn);

/* Of the service of that id or name a rule of this role, else the one whose
 * host is likeliest to have files. */
const struct rule *catalogue_named(const struct catalogue *c,
    const char *name, const char *role);

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
/* Of the newest embedded file, seconds since 1970; for "too old". */
int64_t catalogue_date(const struct catalogue *c);
size_t catalogue_bytes(const struct catalogue *c);	/* memory held */

const char *category_name(enum category c);	/* as in records: "im" */
const char *role_name(enum role r);
/* NULL-ended, in the order of the enum; for tables of configuration. */
extern const char *const category_names[], *const role_names[];
const char *moves_name(enum moves m);
const char *matcher_name(enum matcher m);
const char *tenancy_name(enum tenancy t);	/* NULL: undecidable here */
bool category_is_egress(enum category c);	/* cloud, drop, device, ... */
bool category_is_device(enum category c);

#endif
