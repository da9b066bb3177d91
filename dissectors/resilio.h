/*
 * resilio.h - how a message of Resilio Sync begins: "BSYNC", a zero, then a
 * bencoded dictionary.  As picosync's notes have it; there is no document.
 */
#ifndef RESILIO_H
#define RESILIO_H

#include "wire.h"

static inline bool resilio_is(struct slice s)
{
	return slice_starts(s, "BSYNC") && s.n > 6 && s.p[5] == '\0';
}

#endif
