/*
 * log.h - what weir says about itself, on stderr.
 *
 * For the operator: set-up mistakes and changes of state of the environment.
 * Hostile input is counted, never logged.  No text from the wire comes here
 * except through text_escape().
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

/* 0: warnings only, 1: also what happens, 2: also details. */
void log_level(int level);

/* A message for a person, prefixed "weir: " and ended with a newline. */
__attribute__((format(printf, 1, 2)))
void log_warnx(const char *fmt, ...);
__attribute__((format(printf, 1, 2)))
void log_warn(const char *fmt, ...);		/* adds ": strerror(errno)" */
__attribute__((format(printf, 1, 2)))
void log_info(const char *fmt, ...);
__attribute__((format(printf, 1, 2)))
void log_debug(const char *fmt, ...);

#endif
