/* The secret, the pseudonyms made with it, and the seal on what is kept. */
#include "privacy/pseudonym.h"
#include "privacy/seal.h"
#include "tap.h"

#include <sys/stat.h>

static char dir[] = "/tmp/weir-privacy-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void test_key(void)
{
	struct privacy_key k, again;
	char why[KEY_WHY] = "", beside[KEY_PATH];
	struct stat st;

	ok(!key_load(&k, path_of("key"), false, why) && why[0] != '\0',
	    "a missing key is not made unasked");
	ok(key_load(&k, path_of("key"), true, why), "the first start makes it");
	ok(stat(path_of("key"), &st) == 0 && (st.st_mode & 0777) == 0600 &&
	    st.st_size == PRIVACY_KEY, "32 bytes that only its owner reads");
	ok(key_load(&again, path_of("key"), true, why) &&
	    memcmp(&k, &again, sizeof(k)) == 0, "the second start keeps it");
	chmod(path_of("key"), 0640);
	ok(!key_load(&again, path_of("key"), true, why) &&
	    strstr(why, "others may read") != NULL, "a key of many is none");
	chmod(path_of("key"), 0600);
	ok(truncate(path_of("key"), 31) == 0 &&
	    !key_load(&again, path_of("key"), true, why),
	    "a damaged key is refused, not replaced");
	key_beside("/var/x/state.db", beside);
	ok(strcmp(beside, "/var/x/privacy.key") == 0, "beside the store");
	key_beside("state.db", beside);
	ok(strcmp(beside, "privacy.key") == 0, "also without a directory");
}

static struct slice text(const char *s)
{
	return slice_str(s);
}

static void test_names(const struct privacy_key *k,
    const struct privacy_key *other)
{
	struct pseudonyms *p = pseudonyms_new(k), *q = pseudonyms_new(other);
	char a[PSEUDONYM_TEXT], b[PSEUDONYM_TEXT];

	pseudonym_name(p, "user", text("alice"), 7, a);
	pseudonym_name(p, "user", text("ALICE"), 7, b);
	ok(strcmp(a, b) == 0 && strncmp(a, "user-", 5) == 0 &&
	    strlen(a) == 17, "the same user, the same token: %s", a);
	pseudonym_name(p, "user", text("alice"), 8, b);
	ok(strcmp(a, b) != 0, "another epoch, another token");
	pseudonym_name(p, "host", text("alice"), 7, b);
	ok(strcmp(a + 5, b + 5) != 0, "a host of that name is another");
	pseudonym_name(p, "user", text("alicf"), 7, b);
	ok(strcmp(a, b) != 0, "and so is another user");
	pseudonym_name(q, "user", text("alice"), 7, b);
	ok(strcmp(a, b) != 0, "and another sensor's alice");
	pseudonyms_free(p);
	pseudonyms_free(q);
}

static struct addr addr_of(const char *s)
{
	struct addr a;

	if (!addr_parse(&a, s))
		errx(1, "%s", s);
	return a;
}

static void test_addresses(const struct privacy_key *k)
{
	struct pseudonyms *p = pseudonyms_new(k);
	struct addr plain = addr_of("10.1.2.3"), near = addr_of("10.1.2.4");
	struct addr far = addr_of("10.1.3.3"), six = addr_of("fd00::1:2:3:4");
	struct addr a = pseudonym_addr(p, &plain, 1);
	struct addr b = pseudonym_addr(p, &near, 1);
	struct addr c = pseudonym_addr(p, &far, 1);
	struct addr d = pseudonym_addr(p, &six, 1);
	uint8_t mac[6] = { 2, 0, 0x0a, 1, 2, 3 }, was[6];

	ok(addr_is_pseudonym(&a) && addr_is_pseudonym(&d) &&
	    !addr_is_pseudonym(&plain) && !addr_is_pseudonym(&six),
	    "an address of the discard block");
	ok(!addr_same(&a, &b) && memcmp(a.b, b.b, addr_subnet(&a)) == 0,
	    "neighbours stay neighbours");
	ok(memcmp(a.b, c.b, addr_subnet(&a)) != 0, "strangers strangers");
	b = pseudonym_addr(p, &plain, 2);
	ok(memcmp(a.b, b.b, addr_subnet(&a)) != 0, "until the next epoch");
	memcpy(was, mac, 6);
	pseudonym_mac(p, mac, 1);
	ok(memcmp(mac, was, 6) != 0 && (mac[0] & 3) == 2,
	    "a MAC is a local one");
	pseudonyms_free(p);
}

static void test_seal(const struct privacy_key *k,
    const struct privacy_key *other)
{
	struct seal *s = seal_new(k), *t = seal_new(other);
	static const char secret[] = "alice at 10.1.2.3";
	uint8_t kept[128];
	struct slice shut = seal_close(s, slice_of(secret, sizeof(secret)));
	struct slice open;
	size_t n = shut.n, accepted = 0;

	ok(!slice_short(shut) && n < sizeof(kept) &&
	    memmem(shut.p, n, "alice", 5) == NULL, "sealed, nothing shows");
	memcpy(kept, shut.p, n);
	open = seal_open(s, slice_of(kept, n));
	ok(open.n == sizeof(secret) &&
	    memcmp(open.p, secret, open.n) == 0, "opened again");
	ok(slice_short(seal_open(t, slice_of(kept, n))), "not by another key");
	ok(slice_short(seal_open(NULL, slice_of(kept, n))), "nor without");
	for (size_t i = 8; i < n; i++) {	/* behind the mark */
		kept[i] ^= 1;
		accepted += !slice_short(seal_open(s, slice_of(kept, n)));
		kept[i] ^= 1;
	}
	ok(accepted == 0, "any changed byte is noticed");
	open = seal_open(s, slice_of("plain", 5));
	ok(open.n == 5, "what was written in clear is read as it is");
	shut = seal_close(s, slice_of("", 0));
	memcpy(kept, shut.p, shut.n);
	open = seal_open(s, slice_of(kept, shut.n));
	ok(!slice_short(open) && open.n == 0, "nothing at all can be sealed");
	seal_free(s);
	seal_free(t);
}

int main(void)
{
	struct privacy_key k, other;

	if (mkdtemp(dir) == NULL || !key_random(&k) || !key_random(&other))
		err(1, "set-up");
	test_key();
	test_names(&k, &other);
	test_addresses(&k);
	test_seal(&k, &other);
	unlink(path_of("key"));
	rmdir(dir);
	return tap_done();
}
