/*
 * discover.h - hosts that move files and that no rule names.
 */
#ifndef DISCOVER_H
#define DISCOVER_H

#include "know/catalogue.h"

/* Reads transfer records (`weir --json --transfers all`) from `paths`, NULL-
 * ended; none: standard input.  Prints a catalogue file, the hosts that moved
 * most first.  An exit code. */
int discover(const struct catalogue *c, char *const *paths);

#endif
