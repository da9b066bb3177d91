#include "service/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
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
	log_warn("cannot listen at %s", what);
	if (fd != -1)
		close(fd);
	return -1;
}

/* What a killed weir left behind, and nothing else. */
static bool remove_socket(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return errno == ENOENT;
	errno = EEXIST;
	return S_ISSOCK(st.st_mode) && unlink(path) == 0;
}

int listen_path(const struct privs *p, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	errno = ENAMETOOLONG;
	if (strlen(path) >= sizeof(sun.sun_path) || !privs_make_path(path))
		return fail(-1, path);
	memcpy(sun.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1 || !remove_socket(path))
		return fail(fd, path);
	if (bind(fd, (const struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    chmod(path, 0660) == -1 ||
	    (p->change && chown(path, 0, p->gid) == -1) ||
	    listen(fd, BACKLOG) == -1)
		return fail(fd, path);
	return fd;
}

static int listen_at(const struct sockaddr *sa, socklen_t n, const char *where)
{
	int on = 1, fd;

	fd = socket(sa->sa_family, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);
	if (fd == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(fd, sa, n) == -1 || listen(fd, BACKLOG) == -1)
		return fail(fd, where);
	return fd;
}

int listen_port(const char *where)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	uint16_t port;

	if (!config_loopback(where, &port))
		return -1;		/* the configuration was checked */
	sin.sin_port = htons(port);
	return listen_at((const struct sockaddr *)&sin, sizeof(sin), where);
}

int listen_endpoint(const char *where)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct addr a;
	uint16_t port;

	if (!config_endpoint(where, &a, &port))
		return -1;
	sin.sin_port = sin6.sin6_port = htons(port);
	memcpy(&sin6.sin6_addr, a.b, sizeof(sin6.sin6_addr));
	memcpy(&sin.sin_addr, a.b + 12, sizeof(sin.sin_addr));
	return addr_is_v4(&a) ?
	    listen_at((const struct sockaddr *)&sin, sizeof(sin), where) :
	    listen_at((const struct sockaddr *)&sin6, sizeof(sin6), where);
}

static void network_peer(const struct sockaddr_storage *ss,
    char who[PEER_TEXT])
{
	const struct sockaddr_in *sin = (const void *)ss;
	const struct sockaddr_in6 *sin6 = (const void *)ss;
	bool v4 = ss->ss_family == AF_INET;
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(ss->ss_family, v4 ? (const void *)&sin->sin_addr :
	    (const void *)&sin6->sin6_addr, text, sizeof(text));
	snprintf(who, PEER_TEXT, "%s port %u", text,
	    ntohs(v4 ? sin->sin_port : sin6->sin6_port));
}

void listen_peer(int fd, char who[PEER_TEXT])
{
	struct sockaddr_storage ss = { .ss_family = AF_UNSPEC };
	struct ucred peer;
	socklen_t n = sizeof(peer), ss_n = sizeof(ss);

	snprintf(who, PEER_TEXT, "unknown");
	if (getpeername(fd, (struct sockaddr *)&ss, &ss_n) == 0 &&
	    (ss.ss_family == AF_INET || ss.ss_family == AF_INET6))
		network_peer(&ss, who);
	else if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0)
		snprintf(who, PEER_TEXT, "uid %u, process %d",
		    (unsigned int)peer.uid, (int)peer.pid);
}

bool listen_admits(int fd)
{
	gid_t groups[NGROUPS_MAX];
	socklen_t size = sizeof(groups);
	struct ucred peer;
	socklen_t n = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == -1)
		return false;
	if (peer.uid == 0 || peer.uid == geteuid() || peer.gid == getegid())
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) == -1)
		return false;
	for (size_t i = 0; i < size / sizeof(groups[0]); i++)
		if (groups[i] == getegid())
			return true;
	return false;
}
