/*
 * unseen.h - how much of a client's traffic hides what it is.
 */
#ifndef UNSEEN_H
#define UNSEEN_H

#include "base/table.h"
#include "track/alert.h"
#include "track/transfer.h"

struct unseen {
	struct table clients;		/* address -> what was hidden of it */
};

__attribute__((warn_unused_result))
bool unseen_init(struct unseen *u);
void unseen_free(struct unseen *u);

/* Why nothing is seen inside this flow: "ech", or the id of a service of the
 * category vpn ("doh", "tor", "tunnel"); NULL: it is no blind spot. */
const char *unseen_why(const struct event *ev, const struct rule *r);

/* A report of a flow; those with to->blind count. */
void unseen_flow(struct unseen *u, const struct event *ev,
    const struct where *to);

void unseen_forget(struct unseen *u, const struct addr *client);

/* blind_bytes, blind_flows and blind_how of the client's last 24 hours. */
void unseen_evidence(struct unseen *u, struct alert *a,
    const struct addr *client, int64_t at_us);

#endif
