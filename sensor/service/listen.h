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

/* An address of the network, as config_endpoint() reads it. */
int listen_endpoint(const char *where);

enum { PEER_TEXT = 128 };

/* Who is at the other end: "uid 0, process 4711" of a UNIX socket, or
 * "192.0.2.7 port 40000". */
void listen_peer(int fd, char who[PEER_TEXT]);

/* May he who connected to a UNIX socket be here?  Root, our own user, or one
 * of our group may, whatever became of the socket's mode. */
bool listen_admits(int fd);

#endif
