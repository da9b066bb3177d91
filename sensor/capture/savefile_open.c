/*
 * savefile_open.c - which of the formats a capture file has.
 */
#include "capture/savefile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

bool savefile_open(struct savefile *s, const char *path, char *error)
{
	const uint8_t *magic;
	bool good;

	*s = (struct savefile){ .record = 1 };
	if (!source_open(&s->source, path)) {
		snprintf(error, CAPTURE_ERROR, "%s: %s", path,
		    strerror(errno));
		return false;
	}
	magic = source_need(&s->source, 4);
	if (magic == NULL) {
		snprintf(error, CAPTURE_ERROR, "%s: %s", path,
		    s->source.failure ? s->source.failure :
		    source_left(&s->source) == 0 ? "the file is empty" :
		    "too short to be a capture file");
		savefile_close(s);
		errno = EBADMSG;
		return false;
	}
	good = memcmp(magic, "\x0a\x0d\x0d\x0a", 4) == 0 ?
	    pcapng_start(s, s->error) : pcap_start(s, s->error);
	if (!good) {
		snprintf(error, CAPTURE_ERROR, "%s: %.*s", path,
		    CAPTURE_ERROR / 2, s->error);
		savefile_close(s);
		errno = EBADMSG;
	}
	return good;
}

void savefile_close(struct savefile *s)
{
	source_close(&s->source);
	free(s->interfaces);
	s->interfaces = NULL;
}
