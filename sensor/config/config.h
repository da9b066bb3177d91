/*
 * config.h - the whole configuration: weir.yaml, the catalogue, the policy.
 *
 * Built completely, checked completely, then swapped in.  Every section
 * belongs to its own part of the program, which declares its fields.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "know/catalogue.h"
#include "know/conf.h"
#include "know/geo.h"
#include "know/policy.h"
#include "privacy/key.h"

struct config_capture {
	int64_t snaplen, ring_bytes, workers;
	char *filter;
};

struct config_flow {
	int64_t max_flows;
	int64_t idle_us, report_us;
};

struct config_track {			/* how much is remembered */
	int64_t max_users, max_bindings;
	int64_t memory;			/* bytes, of users not seen lately */
};

struct config_intake {			/* over TLS; listen NULL: none */
	char *listen;			/* address and port */
	char *cert, *key, *ca;		/* PEM files */
	char *names;			/* of those who may write */
};

struct config_output {			/* one item of `outputs:` */
	int kind;			/* place in the OUTPUT list */
	void *settings;			/* output->conf_size bytes */
	struct config_output *next;
};

struct config {
	char *path;			/* NULL: built-in defaults */
	char *sensor;			/* this sensor's name */
	struct config_capture capture;
	struct config_flow flow;
	struct config_track track;
	struct config_output *outputs;
	struct catalogue *catalogue;
	struct policy *policy;
	char *user;			/* whom the processes run as */
	char *spool;			/* directory */
	int64_t spool_max;		/* bytes */
	char *control;			/* path of the control socket */
	char *intake;			/* path of its socket; NULL: none */
	struct config_intake intake_tls;
	char *metrics;			/* port or path; NULL: none */
	int64_t heartbeat_us;
	char *asn_db, *country_db;	/* paths; NULL: none */
	struct geo *geo;		/* NULL: neither */
	bool pseudonyms;
	bool dry_run;			/* nothing is sent */
	int64_t storm, storm_score;	/* alerts an hour; always sent from */
	char *key;			/* path; NULL: in the spool */
	int64_t epoch_us;		/* how long a pseudonym holds */
	char *officers;			/* directory; NULL: nobody */
	int64_t retain_state_us, retain_alerts_us;
	void **detections;		/* settings, by place in detections[] */
	void ***group_detections;	/* the same per group; NULL: no others */
	bool built_in;			/* rules and dissectors; else nDPI */
	char *site;			/* directory of the site's catalogue */
	struct conf_node *root;		/* what the above was read from */
	struct conf_node **parts;	/* and whose sections joined it */
	size_t parts_n;
	char *conf_d;			/* their directory; NULL: no file */
	char hash[17];			/* of everything, for heartbeats */
	uint32_t print;			/* its last half, never 0: events say
					   which catalogue they speak of */
};

/* path NULL: defaults.  NULL on any error; all of them are in *e. */
struct config *config_load(const char *path, struct conf_errors *e);
void config_free(struct config *c);

/* Where its key is, KEY_PATH bytes. */
void config_key_path(const struct config *c, char *path);

/* "192.0.2.1:6515" or "[2001:db8::1]:6515"; false: neither. */
bool config_endpoint(const char *where, struct addr *a, uint16_t *port);

/* "9117", "127.0.0.1:9117" or "localhost:9117"; false: no such port. */
bool config_loopback(const char *where, uint16_t *port);

/* The settings of detections[i] for this group (NULL: for everyone). */
const void *config_detection(const struct config *c, unsigned int i,
    const struct group *g);

/* Everything in force, as YAML that can be loaded again, with the file:line
 * each value came from. */
void config_dump(const struct config *c, void (*line)(const char *, void *),
    void *arg);

#endif
