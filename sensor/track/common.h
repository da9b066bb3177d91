/*
 * common.h - the same object fetched by several users says little.
 *
 * A video for all hands, an installer posted in a channel: one host, one
 * size, many users within a week.  Sizes fall into classes 0.5 % wide; on a
 * busy host several users share a class by chance, so a class is common only
 * when its users are far more than its neighbours' would explain.
 */
#ifndef TRACK_COMMON_H
#define TRACK_COMMON_H

#include "base/table.h"
#include "base/slice.h"

struct class_key {
	uint32_t host;			/* hash */
	int32_t size_class;		/* INT32_MIN: the whole host */
};

struct class_use {
	int64_t since_us;
	uint64_t users;		/* bitmap by hash: few users, counted well;
				   of the whole host: its fetches */
};

struct common {
	struct table classes;		/* host and size class -> users */
	double users_of[65];		/* how many set so many bits */
};

__attribute__((warn_unused_result))
bool common_init(struct common *c, uint32_t max);
void common_free(struct common *c);

/* One user has fetched an object of that size; true: it is common now. */
bool common_seen(struct common *c, uint32_t host, uint64_t bytes,
    uint32_t user, int64_t at_us);

#endif
