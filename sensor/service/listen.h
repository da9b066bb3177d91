/*
 * listen.h - listening sockets, opened by the parent.
 */
#ifndef LISTEN_H
#define LISTEN_H

#include "service/privs.h"

/* A UNIX socket, 0660, for root and the children's group; one left behind by
 * a killed weir is replaced.  -1 with a warning: go on without. */
int listen_path(const struct privs *p, const char *path);
/* A port as config_loopback() reads it: loopback alone. */
int listen_port(const char *where);

enum { PEER_TEXT = 48 };

/* Who is at the other end of a UNIX socket: "uid 0, process 4711". */
void listen_peer(int fd, char who[PEER_TEXT]);

#endif
