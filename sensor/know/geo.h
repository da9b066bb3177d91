/*
 * geo.h - country and autonomous system of an address.
 *
 * From MMDB files, both optional: MaxMind's own, or free ones (the flat
 * `country_code` is read as well).  A file is replaced by renaming a new one
 * over it; one that is cut while we map it would kill the process.
 */
#ifndef KNOW_GEO_H
#define KNOW_GEO_H

#include "base/addr.h"
#include "know/conf.h"

struct geo;

struct geo_place {
	uint32_t asn;			/* 0: unknown */
	char country[3];		/* "DE"; empty: unknown */
	char as_org[64];		/* empty: unknown; UTF-8, cut to fit */
};

/* Paths may be NULL.  NULL when there are none, or (with an error at its
 * node) when one of them cannot be used. */
struct geo *geo_open(const char *asn, const struct conf_node *asn_at,
    const char *country, const struct conf_node *country_at,
    struct conf_errors *e);
void geo_free(struct geo *g);

/* g NULL: finds nothing.  False when nothing at all is known. */
bool geo_find(const struct geo *g, const struct addr *a,
    struct geo_place *place);

#endif
