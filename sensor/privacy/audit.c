/*
 * audit.c - see audit.h.
 *
 * A line is a JSON object whose last member is "hash": what stands before it
 * is what the hash is over, after the hash of the line before.
 */
#include "privacy/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/json.h"

static const char hash_key[] = ",\"hash\":\"";

static bool chain(const char *before, struct slice body, char *hash)
{
	uint8_t out[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	struct text t = text_in(hash, AUDIT_HASH);
	bool good = c != NULL &&
	    EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1 &&
	    EVP_DigestUpdate(c, before, strlen(before)) == 1 &&
	    EVP_DigestUpdate(c, body.p, body.n) == 1 &&
	    EVP_DigestFinal_ex(c, out, NULL) == 1;

	for (size_t i = 0; good && i < 32; i++)
		text_printf(&t, "%02x", out[i]);
	EVP_MD_CTX_free(c);
	return good;
}

/* One line, cut at its hash; advances `last` when they agree. */
static bool follows(const char *line, char last[AUDIT_HASH])
{
	const char *at = strstr(line, hash_key);
	const char *hash = at == NULL ? NULL : at + sizeof(hash_key) - 1;
	char expected[AUDIT_HASH];

	if (hash == NULL || strlen(hash) != AUDIT_HASH - 1 + 3 ||
	    strcmp(hash + AUDIT_HASH - 1, "\"}\n") != 0)
		return false;
	if (!chain(last, slice_of(line, (size_t)(at - line)), expected) ||
	    memcmp(hash, expected, AUDIT_HASH - 1) != 0)
		return false;
	memcpy(last, expected, AUDIT_HASH);
	return true;
}

bool audit_verify(FILE *f, char last[AUDIT_HASH], size_t *lines)
{
	char line[AUDIT_LINE];

	*lines = 0;
	last[0] = '\0';
	while (fgets(line, sizeof(line), f) != NULL) {
		if (!follows(line, last))
			return false;
		++*lines;
	}
	return !ferror(f);
}

static void write_line(struct text *t, const struct audit_entry *e)
{
	struct json j = json_to(t);

	json_open(&j, NULL);
	json_time(&j, "time", e->at_us);
	json_str(&j, "what", e->what);
	if (e->pseudonym != NULL)
		json_str(&j, "pseudonym", e->pseudonym);
	json_str(&j, "reason", e->reason);
	json_str(&j, "by", e->by);
	if (e->officers[0] == NULL)
		return;
	json_open_list(&j, "officers");
	json_str(&j, NULL, e->officers[0]);
	json_str(&j, NULL, e->officers[1]);
	json_close_list(&j);
}

static bool append(FILE *f, const struct audit_entry *e,
    bool (*send)(const char *line, void *arg, char *why), void *arg,
    char *why)
{
	char line[AUDIT_LINE], last[AUDIT_HASH], hash[AUDIT_HASH];
	struct text t = text_in(line, sizeof(line) - 1);
	size_t lines;

	if (!audit_verify(f, last, &lines)) {
		snprintf(why, AUDIT_WHY, "the chain is broken after line %zu",
		    lines);
		return false;
	}
	write_line(&t, e);
	if (!chain(last, slice_of(line, t.n), hash))
		return false;
	text_printf(&t, "%s%s\"}", hash_key, hash);
	if (t.cut) {
		snprintf(why, AUDIT_WHY, "the reason is too long");
		return false;
	}
	if (!send(line, arg, why))
		return false;
	if (fseek(f, 0, SEEK_END) == 0 && fprintf(f, "%s\n", line) > 0 &&
	    fflush(f) == 0 && fsync(fileno(f)) == 0)
		return true;
	snprintf(why, AUDIT_WHY, "%s", strerror(errno));
	return false;
}

bool audit_add(const char *path, const struct audit_entry *e,
    bool (*send)(const char *line, void *arg, char *why), void *arg,
    char *why)
{
	int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	FILE *f = fd == -1 ? NULL : fdopen(fd, "r+");
	bool good;

	if (f == NULL || flock(fd, LOCK_EX) == -1) {
		snprintf(why, AUDIT_WHY, "%.300s: %s", path, strerror(errno));
		if (f != NULL)
			fclose(f);
		else if (fd != -1)
			close(fd);
		return false;
	}
	good = append(f, e, send, arg, why);
	return fclose(f) == 0 && good;
}
