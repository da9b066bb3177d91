/*
 * key.c - the key file, see key.h.
 */
#include "privacy/key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

bool key_random(struct privacy_key *k)
{
	return getrandom(k->b, sizeof(k->b), 0) == (ssize_t)sizeof(k->b);
}

/* Complete under another name first: a crash leaves no half a key. */
static bool make_file(const char *path, char *why)
{
	char fresh[KEY_PATH + 8];
	struct privacy_key k;
	bool good;
	int fd;

	snprintf(fresh, sizeof(fresh), "%.*s.new", KEY_PATH, path);
	unlink(fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	good = fd != -1 && key_random(&k) &&
	    write(fd, k.b, sizeof(k.b)) == (ssize_t)sizeof(k.b) &&
	    fsync(fd) == 0 && link(fresh, path) == 0;
	if (!good)
		snprintf(why, KEY_WHY, "%.400s: cannot make the key: %s",
		    path, strerror(errno));
	if (fd != -1)
		close(fd);
	unlink(fresh);
	key_forget(&k);
	return good;
}

static bool read_file(struct privacy_key *k, int fd, const char *path,
    char *why)
{
	const char *wrong = NULL;
	struct stat st;

	if (fstat(fd, &st) == -1)
		wrong = strerror(errno);
	else if (!S_ISREG(st.st_mode) || st.st_size != PRIVACY_KEY)
		wrong = "not a key of weir (32 bytes)";
	else if ((st.st_mode & 077) != 0)
		wrong = "others may read it: chmod 600, or make a new one";
	else if (read(fd, k->b, sizeof(k->b)) != (ssize_t)sizeof(k->b))
		wrong = "cannot be read";
	if (wrong != NULL)
		snprintf(why, KEY_WHY, "%.400s: %s", path, wrong);
	return wrong == NULL;
}

bool key_load(struct privacy_key *k, const char *path, bool make, char *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool good;

	if (fd == -1 && errno == ENOENT && make) {
		if (!make_file(path, why))
			return false;
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	}
	if (fd == -1) {
		snprintf(why, KEY_WHY, "%.400s: %s", path, strerror(errno));
		return false;
	}
	good = read_file(k, fd, path, why);
	close(fd);
	return good;
}

void key_beside(const char *state, char *path)
{
	const char *slash = strrchr(state, '/');
	int n = slash == NULL ? 0 : (int)(slash - state) + 1;

	snprintf(path, KEY_PATH, "%.*s%s", n > 1024 ? 0 : n, state,
	    "privacy.key");
}

void key_forget(struct privacy_key *k)
{
	OPENSSL_cleanse(k, sizeof(*k));
}
