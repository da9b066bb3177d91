/*
 * ends.h - who of two ends is the client.
 */
#ifndef FLOW_ENDS_H
#define FLOW_ENDS_H

#include "flow/flow.h"

/* Judged by the first packet that was seen of a flow. */
bool ends_src_is_client(const struct packet *p);

#endif
