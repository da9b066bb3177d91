/*
 * transfer.h - what was seen, in words a policy can be written in.
 *
 * Made by the core from wire events and the catalogue; shown to detections,
 * printed as records.  All pointers are borrowed for the time of the call.
 */
#ifndef TRACK_TRANSFER_H
#define TRACK_TRANSFER_H

#include "flow/event.h"
#include "know/catalogue.h"
#include "know/policy.h"

enum way { DOWNLOAD, UPLOAD };

struct where {				/* the far end of a flow */
	const struct rule *rule;	/* NULL: no rule names it */
	const struct service *service;	/* whose files these are: the rule's,
					   or that of the live session during
					   which they count; NULL: no rule */
	struct slice host, tenant;	/* may be empty */
	struct slice hidden;		/* the host's real name, where `host`
					   is a pseudonym or not said */
	const char *blind;		/* why nothing inside is seen, or NULL:
					   "ech", "doh", "tor" */
	const char *app;		/* dissector or nDPI name, or NULL */
	const char *device;		/* who announced itself there, or NULL;
					   empty: it has a name, not said */
	int64_t appeared_us;		/* and since when it is there */
	uint32_t asn;			/* 0: unknown */
	char as_org[64];		/* empty: unknown */
	char country[3];		/* empty: unknown */
};

struct who {				/* the near end */
	const char *name;		/* account, device or address */
	const struct group *group;
	uint8_t identity;		/* sureness 0 to 100 */
	const char *source;		/* "map", "kerberos", "address" */
	const char *rival;		/* another possible account, or NULL */
};

struct flow_seen {			/* a `flow` record */
	const struct event *ev;
	struct where to;
	struct who who;
};

struct transfer {			/* a `transfer` record */
	const struct event *ev;		/* times, bytes, counts, method */
	struct where to;
	struct who who;
	enum way way;
	bool counted;			/* deliberate files, for detections */
	bool approved;
	bool chat;			/* came from, or went to, IM */
	bool egress;			/* upload to cloud or device */
	const char *object;		/* a file name seen in clear, or NULL */
	const char *hidden;		/* the same, where that is a pseudonym */
	uint64_t id;			/* unique in this run */
};

struct access {				/* an `access` record */
	const struct event *ev;
	struct where to;
	struct who who;
	const char *resource, *visibility, *action;
	const char *hidden;		/* the resource's real name, where
					   that is a pseudonym; or NULL */
};

#endif
