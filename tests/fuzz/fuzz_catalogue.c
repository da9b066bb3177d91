/*
 * Arbitrary bytes as a catalogue, a policy and a host name: the first byte
 * says which.  Loaders may refuse anything, but never read or run astray.
 */
#include <stdlib.h>

#include "know/catalogue.h"
#include "know/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void fuzz_policy(const char *text, size_t n)
{
	struct conf_errors e = { 0 };
	struct conf_node *root = conf_parse_text("fuzz", text, n, &e);
	struct policy *p = root ? policy_load(root, NULL, &e) : NULL;
	struct addr a = { { 0 } };

	if (p != NULL) {
		(void)policy_group(p, "alice@example", &a);
		(void)policy_excused(p, policy_group_at(p, 0), 1700000000);
	}
	policy_free(p);
	conf_free(root);
	conf_errors_free(&e);
}

static void fuzz_catalogue(const char *text, size_t n)
{
	struct conf_errors e = { 0 };
	struct catalogue *c = catalogue_load_text("fuzz", text, n, &e);
	struct slice host = slice_of("a.bucket.s3.example.com", 23);

	if (c != NULL)
		(void)catalogue_tenant(c, catalogue_host(c, host), host);
	catalogue_free(c);
	conf_errors_free(&e);
}

static void fuzz_host(const uint8_t *bytes, size_t n)
{
	static struct catalogue *c;
	struct conf_errors e = { 0 };
	const struct rule *rules[8];
	struct slice host = slice_of(bytes, n);

	if (c == NULL)
		c = catalogue_load(NULL, &e);
	if (c == NULL)
		abort();
	(void)catalogue_tenant(c, catalogue_host(c, host), host);
	if (catalogue_all(c, host, rules, 8) > 0 &&
	    catalogue_host(c, host) != rules[0])
		abort();		/* two ways, one winner */
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (n == 0)
		return 0;
	if (bytes[0] == 'p')
		fuzz_policy((const char *)bytes + 1, n - 1);
	else if (bytes[0] == 'h')
		fuzz_host(bytes + 1, n - 1);
	else
		fuzz_catalogue((const char *)bytes + 1, n - 1);
	return 0;
}
