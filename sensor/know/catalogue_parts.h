/* catalogue_parts.h - what catalogue.c and catalogue_load.c share. */
#ifndef KNOW_CATALOGUE_PARTS_H
#define KNOW_CATALOGUE_PARTS_H

#include "know/arena.h"
#include "know/catalogue.h"
#include "know/match.h"
#include "know/wordmap.h"

struct catalogue {
	struct arena arena;
	struct service **services;
	size_t services_n, services_room;
	struct rule **rules;
	size_t rules_n, rules_room;
	struct wordmap ids;		/* services */
	struct host_index hosts;
	struct prefix_index prefixes;
	struct port_index ports;
	struct number_index asns, apps;
	struct wordmap alpn, dissectors, ndpi;
	int64_t date;
};

void catalogue_finish(struct catalogue *c);

/* One file that was built into the program. */
struct embedded {
	const char *name;		/* "signatures/im.yaml" */
	const char *text, *end;
};

extern const struct embedded embedded_files[];	/* ends with NULL */

#endif
