/*
 * output_file.c - lines appended to a file, or to standard output.
 *
 * One write(2) a line, so a rotation or a kill never leaves half of one
 * unless the disk is full; then what was written of it is cut off again.
 * The file is opened by name for every connection of the owner, which
 * reconnects on SIGHUP: rotate by rename, not by copytruncate.
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "alert/output.h"

struct conf {
	struct output_common common;
	char *path;
};

struct link {
	struct output_host host;
	int fd;
	struct event *opened;
	uint64_t last;
	int failed;			/* errno of the write, or 0 */
};

static const struct conf_field file_options[] = {
	OUTPUT_COMMON(HEADER_NONE),
	{ "path", CONF_TEXT, offsetof(struct conf, path), .required = true,
	    .help = "file the lines are appended to" },
	{ .name = NULL }
};

static const struct conf_field stdout_options[] = {
	OUTPUT_COMMON(HEADER_NONE),
	{ .name = NULL }
};

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;

	(void)fd;
	(void)what;
	if (l->failed != 0)
		l->host.down(l->host.arg, strerror(l->failed));
	else if (l->last != 0)
		l->host.acked(l->host.arg, l->last);
	if (l->failed == 0)
		l->host.ready(l->host.arg);
}

static void *link_new(int fd, const struct output_host *host)
{
	struct link *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	*l = (struct link){ .host = *host, .fd = fd };
	l->opened = event_new(host->base, -1, 0, on_turn, l);
	event_active(l->opened, EV_TIMEOUT, 0);
	return l;
}

static void *open_file(const void *settings, const struct output_host *host,
    char *why)
{
	const struct conf *c = settings;
	int fd = open(c->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOCTTY, 0640);

	if (fd == -1) {
		snprintf(why, OUTPUT_WHY, "%s", strerror(errno));
		return NULL;
	}
	return link_new(fd, host);
}

static void *open_stdout(const void *settings,
    const struct output_host *host, char *why)
{
	(void)settings;
	(void)why;
	return link_new(STDOUT_FILENO, host);
}

/* All of the line or nothing of it. */
static bool write_line(int fd, struct slice line)
{
	struct iovec parts[2] = {
		{ (void *)(uintptr_t)line.p, line.n }, { "\n", 1 }
	};
	ssize_t n = writev(fd, parts, 2);
	struct stat st;

	errno = n == -1 ? errno : 0;
	if (n == (ssize_t)line.n + 1)
		return true;
	if (n > 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    ftruncate(fd, st.st_size - n) == -1)
		return false;
	return false;
}

static bool send_line(void *link, uint64_t seq, struct slice line)
{
	struct link *l = link;

	if (l->failed != 0)
		return false;
	if (write_line(l->fd, line))
		l->last = seq;
	else
		l->failed = errno != 0 ? errno : ENOSPC;
	event_active(l->opened, EV_TIMEOUT, 0);
	return l->failed == 0;
}

static void close_file(void *link)
{
	struct link *l = link;

	event_free(l->opened);
	if (l->fd != STDOUT_FILENO)
		close(l->fd);
	free(l);
}

static void label_file(const void *settings, struct text *t)
{
	text_add(t, ((const struct conf *)settings)->path);
}

static void label_stdout(const void *settings, struct text *t)
{
	(void)settings;
	text_add(t, "standard output");
}

const struct output output_file = {
	.name = "file",
	.options = file_options,
	.conf_size = sizeof(struct conf),
	.label = label_file,
	.open = open_file,
	.send = send_line,
	.close = close_file,
};

const struct output output_stdout = {
	.name = "stdout",
	.options = stdout_options,
	.conf_size = sizeof(struct conf),
	.label = label_stdout,
	.open = open_stdout,
	.send = send_line,
	.close = close_file,
};
