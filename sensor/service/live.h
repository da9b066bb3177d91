/*
 * live.h - watching an interface: one process per privilege.
 *
 *	weir (parent)     opens the interface and files, forks, restarts;
 *	 |                holds no packet
 *	 +- worker 0..    frames -> events, into a ring each
 *	 +- core          events -> users, alerts -> spool; control socket
 *	 +- sender        spool -> collectors; the only one with network
 *
 * All but the parent run as `user:` of weir.yaml without any privilege.
 */
#ifndef LIVE_H
#define LIVE_H

#include "config/config.h"

struct live_setup {
	const char *interface;
	const char *filter;		/* BPF, NULL: none */
	const char *config_path;	/* to reload; NULL: nothing to reload */
	bool json;			/* all records to standard output */
	bool all_transfers;
};

/* Runs until SIGTERM or SIGINT; returns an exit code of command.h. */
int live_run(const struct live_setup *s, const struct config *config);

#endif
