/*
 * privs.c - see privs.h.
 *
 * Order matters: the bounding set needs a capability that the change of user
 * takes away; the death signal is cleared by that change, so it is set last.
 */
#include "service/privs.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/log.h"

bool privs_find(struct privs *p, const char *user)
{
	const struct passwd *pw = getpwnam(user);

	p->change = geteuid() == 0;
	if (pw == NULL && strcmp(user, "weir") == 0 && p->change) {
		log_info("no user \"weir\": using nobody");
		pw = getpwnam("nobody");
	}
	if (pw == NULL && p->change) {
		log_warnx("user: there is no \"%s\"", user);
		return false;
	}
	if (p->change && pw->pw_uid == 0) {
		log_warnx("user: \"%s\" is root, whom nothing holds back",
		    pw->pw_name);
		return false;
	}
	p->uid = p->change ? pw->pw_uid : geteuid();
	p->gid = p->change ? pw->pw_gid : getegid();
	return true;
}

static void must(bool done, const char *what)
{
	if (done)
		return;
	log_warn("cannot %s", what);
	_exit(EXIT_RUNTIME);
}

static void change_user(const struct privs *p)
{
	capng_clear(CAPNG_SELECT_BOTH);
	must(capng_apply(CAPNG_SELECT_BOUNDS) == 0,
	    "empty the bounding set");
	must(setgroups(0, NULL) == 0, "drop groups");
	must(setresgid(p->gid, p->gid, p->gid) == 0, "change group");
	must(setresuid(p->uid, p->uid, p->uid) == 0, "change user");
	must(setuid(0) == -1, "stay without root");
}

void privs_drop(const struct privs *p, pid_t parent)
{
	struct rlimit none = { 0, 0 };

	if (p->change)
		change_user(p);
	capng_clear(CAPNG_SELECT_BOTH);
	must(capng_apply(CAPNG_SELECT_CAPS) == 0, "drop capabilities");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0,
	    "set no_new_privs");
	must(setrlimit(RLIMIT_CORE, &none) == 0, "forbid core dumps");
	must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "forbid tracing");
	must(prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) == 0,
	    "follow the parent");
	if (getppid() != parent)	/* it died before the line above */
		_exit(EXIT_RUNTIME);
}

bool privs_make_path(const char *path)
{
	char part[512];

	for (size_t i = 1; path[i] != '\0' && i < sizeof(part); i++) {
		if (path[i] != '/')
			continue;
		snprintf(part, sizeof(part), "%.*s", (int)i, path);
		if (mkdir(part, 0755) == -1 && errno != EEXIST)
			return false;
	}
	return true;
}

bool privs_directory(const struct privs *p, const char *path, mode_t mode)
{
	struct stat st;

	if (!privs_make_path(path) || (mkdir(path, mode) == -1 &&
	    errno != EEXIST) || stat(path, &st) == -1)
		goto failed;
	errno = ENOTDIR;
	if (!S_ISDIR(st.st_mode))
		goto failed;
	if (!p->change || st.st_uid != 0)
		return true;
	if (chown(path, p->uid, p->gid) == 0)
		return true;
failed:
	log_warn("%s", path);
	return false;
}
