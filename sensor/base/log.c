/*
 * log.c - one write(2) a message, so lines of several processes stay whole.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int verbosity;

void log_level(int level)
{
	verbosity = level;
}

static void say(const char *fmt, va_list ap, const char *why)
{
	char line[1024];
	size_t room = sizeof(line) - 2;
	size_t at = 6;
	int n;

	memcpy(line, "weir: ", at);
	n = vsnprintf(line + at, room - at, fmt, ap);
	at = n < 0 ? at : at + (size_t)n < room ? at + (size_t)n : room - 1;
	if (why != NULL) {
		n = snprintf(line + at, room - at, ": %s", why);
		at = at + (size_t)n < room ? at + (size_t)n : room - 1;
	}
	line[at++] = '\n';
	if (write(STDERR_FILENO, line, at) == -1)
		return;		/* nobody left to tell */
}

void log_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap, NULL);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	const char *why = strerror(errno);
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap, why);
	va_end(ap);
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	if (verbosity < 1)
		return;
	va_start(ap, fmt);
	say(fmt, ap, NULL);
	va_end(ap);
}

void log_debug(const char *fmt, ...)
{
	va_list ap;

	if (verbosity < 2)
		return;
	va_start(ap, fmt);
	say(fmt, ap, NULL);
	va_end(ap);
}
