/*
 * privs.h - giving up what a process does not need.
 */
#ifndef PRIVS_H
#define PRIVS_H

#include <stdbool.h>
#include <sys/types.h>

struct privs {				/* whom the children run as */
	uid_t uid;
	gid_t gid;
	bool change;			/* started as root */
};

/* Find the user, else "nobody".  False with a message when there is none. */
bool privs_find(struct privs *p, const char *user);

/*
 * For good: groups, ids, capabilities and bounding set, no_new_privs, no
 * core dump, not traceable; dies with its parent.  A failure ends the
 * process: running on with privileges is not an answer.
 */
void privs_drop(const struct privs *p, pid_t parent);

/* Make a directory and its parents, owned by the children's user. */
bool privs_directory(const struct privs *p, const char *path, mode_t mode);

#endif
