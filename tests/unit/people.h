/*
 * people.h - somebody at a device, who logs on and takes files from chat: as
 * events, for tests of what is remembered.
 */
#ifndef TESTS_PEOPLE_H
#define TESTS_PEOPLE_H

#include <err.h>
#include <stdio.h>

#include "analysis/analysis.h"
#include "base/mac.h"
#include "dissector.h"
#include "track/window.h"

/* Bulk downloads are caught at once. */
#define PEOPLE_CONFIG \
    "policy: {home: [10.1.0.0/16]}\n" \
    "detections:\n" \
    "  bulk-download: {cold-start: floors, cold-factor: 1,\n" \
    "    floor-1h-bytes: 10MB, floor-1h-files: 10}\n"

struct somebody {
	const char *account, *host, *addr, *mac;
};

static inline struct config *people_config(const char *path)
{
	struct conf_errors e = { 0 };
	FILE *f = fopen(path, "w");
	struct config *c;

	if (f == NULL)
		err(1, "%s", path);
	fputs(PEOPLE_CONFIG, f);
	fclose(f);
	c = config_load(path, &e);
	if (c == NULL)
		errx(1, "the configuration is refused");
	return c;
}

static inline void person_is_at(struct event *ev, const struct somebody *who)
{
	if (!addr_parse(&ev->client, who->addr) ||
	    !mac_parse(ev->mac, who->mac))
		errx(1, "%s", who->addr);
	ev->flags |= EVENT_OWN_MAC;
}

/* proof: PROOF_TICKET and the like. */
static inline void person_logs_on(struct analysis *a,
    const struct somebody *who, unsigned int proof, int64_t at_us)
{
	struct event ev = { .kind = EV_BINDING, .at_us = at_us,
		.sureness = (uint8_t)proof, .dissector = 1 };

	person_is_at(&ev, who);
	memcpy(ev.text, who->account, strlen(who->account));
	memcpy(ev.host, who->host, strlen(who->host));
	analysis_event(a, &ev);
}

static inline void person_takes(struct analysis *a,
    const struct somebody *who, int64_t at_us, uint64_t bytes)
{
	struct event ev = { .kind = EV_TRANSFER, .at_us = at_us,
		.start_us = at_us - SECOND_US, .flow = (uint64_t)at_us,
		.proto = 6, .server_port = 443, .up = bytes, .count = 1,
		.count_lo = 1, .count_hi = 1, .confidence = 90,
		.method = METHOD_TLS_RECORDS, .sureness = 90 };

	person_is_at(&ev, who);
	ev.largest = ev.down = ev.up;
	snprintf(ev.host, sizeof(ev.host), "files.slack.com");
	if (addr_parse(&ev.server, "198.51.100.7"))
		analysis_event(a, &ev);
}

#endif
