/*
 * replay.h - reading captures to their end, as fast as possible.
 *
 * The same worker and the same analysis as in the service, in one process:
 * a capture gives the same transfers and alerts as the traffic it holds.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include "command/options.h"
#include "config/config.h"

/* Returns an exit code of command.h. */
int replay_run(const struct options *o, const struct config *config);

#endif
