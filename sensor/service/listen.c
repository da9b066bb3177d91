#include "service/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libgen.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "config/config.h"

enum { BACKLOG = 8 };

static int fail(int fd, const char *what)
{
	log_warn("%s", what);
	if (fd != -1)
		close(fd);
	return -1;
}

static bool make_directory(const struct privs *p, const char *path)
{
	char copy[128];

	snprintf(copy, sizeof(copy), "%s", path);
	return privs_directory(p, dirname(copy), 0755);
}

int listen_path(const struct privs *p, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(sun.sun_path) || !make_directory(p, path))
		return -1;
	memcpy(sun.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1 || (unlink(path) == -1 && errno != ENOENT))
		return fail(fd, path);
	if (bind(fd, (const struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    chmod(path, 0660) == -1 ||
	    (p->change && chown(path, 0, p->gid) == -1) ||
	    listen(fd, BACKLOG) == -1)
		return fail(fd, path);
	return fd;
}

int listen_port(const char *where)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	uint16_t port;
	int on = 1, fd;

	if (!config_loopback(where, &port))
		return -1;		/* the configuration was checked */
	sin.sin_port = htons(port);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(fd, (const struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    listen(fd, BACKLOG) == -1)
		return fail(fd, where);
	return fd;
}

void listen_peer(int fd, char who[PEER_TEXT])
{
	struct ucred peer;
	socklen_t n = sizeof(peer);

	snprintf(who, PEER_TEXT, "unknown");
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0)
		snprintf(who, PEER_TEXT, "uid %u, process %d",
		    (unsigned int)peer.uid, (int)peer.pid);
}
