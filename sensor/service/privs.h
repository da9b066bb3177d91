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

/* The user, who is not root; "weir" is "nobody" where it was not made.  False
 * with a message when there is none. */
bool privs_find(struct privs *p, const char *user);

/*
 * For good: groups, ids, capabilities and bounding set, no_new_privs, no
 * core dump, not traceable; dies with its parent.  A failure ends the
 * process: running on with privileges is not an answer.
 */
void privs_drop(const struct privs *p, pid_t parent);

/* Make the directories above a path.  False, and errno. */
bool privs_make_path(const char *path);

/* Make a directory, and those above it, for the children's user.  One of
 * root's is taken over. */
bool privs_directory(const struct privs *p, const char *path, mode_t mode);

#endif
