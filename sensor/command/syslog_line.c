/*
 * syslog_line.c - see syslog_line.h.  Facility authpriv, severity notice.
 */
#include "command/syslog_line.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PRIORITY = 10 * 8 + 5, MESSAGE = 6000, SYSLOG_WAIT_S = 5 };

static int connect_path(const char *path, int type)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (fd != -1 && connect(fd, (struct sockaddr *)&a,
	    sizeof(a)) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

static int connect_host(const char *to, const char *colon)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all, *at;
	struct timeval wait = { .tv_sec = SYSLOG_WAIT_S };
	char host[256];
	int fd = -1;

	snprintf(host, sizeof(host), "%.*s", (int)(colon - to), to);
	if (getaddrinfo(host, colon + 1, &hints, &all) != 0)
		return -1;
	for (at = all; at != NULL && fd == -1; at = at->ai_next) {
		fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd == -1)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
		if (connect(fd, at->ai_addr, at->ai_addrlen) == -1) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(all);
	return fd;
}

static int for_path(char *message, const char *line)
{
	return snprintf(message, MESSAGE, "<%d>weir: %s", PRIORITY, line);
}

static int for_host(char *message, const char *line)
{
	char host[256] = "-", when[32], rest[MESSAGE - 16];
	time_t now = time(NULL);
	struct tm tm;
	int n;

	if (gethostname(host, sizeof(host) - 1) == -1)
		snprintf(host, sizeof(host), "-");
	gmtime_r(&now, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	n = snprintf(rest, sizeof(rest), "<%d>1 %s %s weir - reveal - %s",
	    PRIORITY, when, host, line);
	return snprintf(message, MESSAGE, "%d %s", n, rest);
}

bool syslog_line(const char *to, const char *line, char *why, size_t n)
{
	const char *colon = to[0] == '/' ? NULL : strrchr(to, ':');
	char message[MESSAGE];
	int length = colon != NULL ? for_host(message, line) :
	    for_path(message, line);
	int fd = colon != NULL ? connect_host(to, colon) :
	    connect_path(to, SOCK_DGRAM);
	bool good;

	if (fd == -1 && colon == NULL)
		fd = connect_path(to, SOCK_STREAM);
	good = fd != -1 && length < MESSAGE && send(fd, message,
	    (size_t)length, MSG_NOSIGNAL) == (ssize_t)length;
	if (!good)
		snprintf(why, n, "syslog %.200s does not take it: %s", to,
		    strerror(errno));
	if (fd != -1)
		close(fd);
	return good;
}
