/*
 * zone.h - wall clocks of a time zone, without the C library.
 *
 * localtime_r() knows one zone per process; a policy may name several.
 * Reads the system's TZif file (RFC 9636) once, with the rule in its footer
 * for the years after its table.
 */
#ifndef KNOW_ZONE_H
#define KNOW_ZONE_H

#include <stdbool.h>
#include <stdint.h>

struct zone;

/* "Europe/Berlin", "UTC", or a fixed "+05:30".  NULL: *why says so. */
struct zone *zone_load(const char *name, const char **why);
void zone_free(struct zone *z);

/* Seconds to add to UTC at this time (seconds since 1970); NULL is UTC. */
int32_t zone_offset(const struct zone *z, int64_t at);

#endif
