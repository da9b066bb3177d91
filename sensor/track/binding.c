/*
 * binding.c - addresses to devices and accounts.
 *
 * Who is active stays known when the table is full: of the others, the one
 * heard of longest ago goes.
 *
 * Trust decides: a proof displaces what is known only when it is at least as
 * trusted, or the old one has run out.  Names that end in '$' are machine
 * accounts: hosts.  Case is folded, a domain in front or behind is cut off.
 */
#include "track/binding.h"

#include <ctype.h>
#include <stdio.h>

#include "base/mac.h"
#include "track/window.h"

static const int64_t standard_ttl_us = 10 * 3600 * 1000000LL;

bool bindings_init(struct bindings *b, uint32_t max)
{
	*b = (struct bindings){ 0 };
	if (!table_init(&b->by_addr, sizeof(struct addr),
	    sizeof(struct binding), max))
		return false;
	if (table_init(&b->by_mac, sizeof(struct mac_key),
	    sizeof(struct mac_seen), max))
		return true;
	table_free(&b->by_addr);
	return false;
}

void bindings_free(struct bindings *b)
{
	table_free(&b->by_addr);
	table_free(&b->by_mac);
}

/*
 * "CORP\Alice", "alice@CORP.EXAMPLE" -> "alice".  True when it is a
 * machine's: "WS-9$", or the "host/ws-9.example" of a joined UNIX machine.
 */
bool binding_name(char into[BINDING_NAME], struct slice name)
{
	bool machine = false;
	size_t n = 0;

	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '\\')
			slice_skip(&name, i + 1), i = (size_t)-1;
	if (slice_starts(name, "host/")) {
		slice_skip(&name, 5);
		machine = true;
	}
	for (; n < name.n && n < BINDING_NAME - 1; n++) {
		if (n > 0 && name.p[n] == '@')
			break;
		into[n] = (char)tolower(name.p[n]);
	}
	if (n > 0 && into[n - 1] == '$') {
		n--;
		machine = true;
	}
	into[n] = '\0';
	return machine;
}

static enum bound claim_host(struct binding *b, const struct claim_of *c,
    const char *host)
{
	bool old = c->at_us > b->host_until_us;
	bool moved = c->mac != NULL && memcmp(b->mac, c->mac, 6) != 0;
	bool same = !moved && (host[0] == '\0' || strcmp(b->host, host) == 0);

	/* of two sure proofs the later one counts */
	if (!old && c->trust < b->host_trust && c->trust < BINDING_SURE)
		return BOUND_NOTHING;
	if (moved) {
		/* another device: logins of the old one are over */
		if (!old && b->until_us > c->at_us)
			b->until_us = c->at_us;
		b->shared = false;
		b->changes = 0;
		memcpy(b->mac, c->mac, 6);
	}
	if (moved || host[0] != '\0')
		memcpy(b->host, host, sizeof(b->host));
	if (!same || old)
		b->host_from_us = c->at_us;
	b->host_trust = c->trust;
	snprintf(b->host_source, sizeof(b->host_source), "%s", c->source);
	b->host_until_us = c->at_us + (c->ttl_us ? c->ttl_us :
	    standard_ttl_us);
	return same && !old ? BOUND_AGAIN : BOUND_NEW;
}

/* Three changes of account within an hour: nobody's own address. */
static void count_change(struct binding *b, int64_t at_us)
{
	if (at_us - b->changed_us > (b->shared ? DAY_US : HOUR_US)) {
		b->changes = 0;
		b->shared = false;
	}
	b->changed_us = at_us;
	if (b->changes < UINT8_MAX)
		b->changes++;
	if (b->changes >= 3)
		b->shared = true;
}

static enum bound claim_account(struct binding *b, const struct claim_of *c,
    const char *account)
{
	bool old = c->at_us > b->until_us || b->account[0] == '\0';
	bool same = strcmp(b->account, account) == 0;

	if (!same && !old) {
		memcpy(b->rival, c->trust < b->trust ? account : b->account,
		    sizeof(b->rival));
		if (c->trust < b->trust)
			return BOUND_NOTHING;
		count_change(b, c->at_us);
	} else if (!same) {
		b->rival[0] = '\0';
	} else if (!old && c->trust < b->trust) {
		return BOUND_AGAIN;	/* weaker proof of the same */
	}
	memcpy(b->account, account, sizeof(b->account));
	b->trust = c->trust;
	snprintf(b->source, sizeof(b->source), "%s", c->source);
	if (!same || old)
		b->from_us = c->at_us;
	b->until_us = c->at_us + (c->ttl_us ? c->ttl_us : standard_ttl_us);
	return same && !old ? BOUND_AGAIN : BOUND_NEW;
}

static struct mac_key mac_key(const uint8_t mac[6])
{
	struct mac_key k = { 0 };

	memcpy(k.b, mac, 6);
	return k;
}

/*
 * What a device calls itself stands in its requests, which are no proof; the
 * lease that follows is one, and mostly without a name.
 */
static struct mac_seen *name_of_device(struct bindings *b,
    const uint8_t mac[6], char host[BINDING_NAME])
{
	struct mac_key k = mac_key(mac);
	struct mac_seen *seen = NULL;
	bool fresh;

	if (mac_is_set(mac))
		seen = table_make(&b->by_mac, &k, &fresh);
	if (seen == NULL)
		return NULL;
	if (host[0] != '\0')
		memcpy(seen->host, host, sizeof(seen->host));
	else
		memcpy(host, seen->host, sizeof(seen->host));
	return seen;
}

void binding_device(struct bindings *b, const uint8_t mac[6],
    struct slice name)
{
	char host[BINDING_NAME];

	binding_name(host, name);
	name_of_device(b, mac, host);
}

/* A lease for a MAC that its own frames carry: no router stands between. */
static void learn_device(struct bindings *b, const struct claim_of *c,
    char host[BINDING_NAME])
{
	struct mac_seen *seen = name_of_device(b, c->mac, host);

	if (seen == NULL || c->trust < BINDING_SURE || addr_is_v4(&c->addr) ||
	    addr_is_v4(&seen->home))
		return;
	seen->home = c->addr;
	seen->at_us = c->at_us;
}

/*
 * Anybody can say anything of thousands of addresses: what is no proof takes
 * no place from what is known.
 */
static bool crowds_out(const struct bindings *b, const struct claim_of *c)
{
	const struct table *t = &b->by_addr;

	return c->trust < BINDING_SURE &&
	    table_count(t) == t->entries.max &&
	    table_peek(t, &c->addr) == NULL;
}

enum bound binding_claim(struct bindings *b, const struct claim_of *c)
{
	char account[BINDING_NAME] = "", host[BINDING_NAME] = "";
	enum bound one = BOUND_NOTHING, two = BOUND_NOTHING;
	struct binding *at;
	bool fresh;

	binding_name(host, c->host);
	if (binding_name(account, c->account)) {
		if (host[0] == '\0')
			memcpy(host, account, sizeof(host));
		account[0] = '\0';
	}
	if (c->mac != NULL)
		learn_device(b, c, host);
	if ((host[0] == '\0' && account[0] == '\0' && c->mac == NULL) ||
	    crowds_out(b, c))
		return BOUND_NOTHING;
	at = table_make(&b->by_addr, &c->addr, &fresh);
	if (at == NULL)
		return BOUND_NOTHING;
	if (host[0] != '\0' || c->mac != NULL)
		one = claim_host(at, c, host);
	if (account[0] != '\0')
		two = claim_account(at, c, account);
	return one > two ? one : two;
}

void binding_end(struct bindings *b, const struct claim_of *c)
{
	struct binding *at = table_peek(&b->by_addr, &c->addr);
	char account[BINDING_NAME] = "";

	if (at == NULL || (c->mac != NULL && mac_is_set(at->mac) &&
	    memcmp(at->mac, c->mac, 6) != 0))
		return;
	binding_name(account, c->account);
	if (account[0] != '\0' && strcmp(at->account, account) != 0)
		return;
	if (at->until_us > c->at_us)
		at->until_us = c->at_us;
	if (account[0] == '\0' && at->host_until_us > c->at_us)
		at->host_until_us = c->at_us;
}

void binding_nameless(struct bindings *b, const struct addr *a,
    const char *mark)
{
	struct binding *at = table_peek(&b->by_addr, a);
	struct mac_key k;
	struct mac_seen *seen;

	if (at == NULL)
		return;
	k = mac_key(at->mac);
	seen = table_peek(&b->by_mac, &k);
	if (seen != NULL)
		memset(seen->host, 0, sizeof(seen->host));
	memset(at->host, 0, sizeof(at->host));
	memset(at->rival, 0, sizeof(at->rival));
	if (at->account[0] == '\0')
		return;
	memset(at->account, 0, sizeof(at->account));
	snprintf(at->account, sizeof(at->account), "%s", mark);
}

const struct binding *binding_at(struct bindings *b, const struct addr *a,
    int64_t at_us)
{
	struct binding *at = table_find(&b->by_addr, a);

	if (at == NULL || (at_us > at->until_us && at_us > at->host_until_us))
		return NULL;
	if (at->shared && at_us - at->changed_us > DAY_US) {
		at->shared = false;
		at->changes = 0;
	}
	return at;
}

void binding_mac_seen(struct bindings *b, const uint8_t mac[6],
    const struct addr *client, int64_t at_us)
{
	struct mac_key k = mac_key(mac);
	struct mac_seen *seen;
	bool fresh;

	if (!mac_is_set(mac))
		return;
	seen = table_make(&b->by_mac, &k, &fresh);
	if (seen == NULL || !addr_is_v4(client))
		return;
	if (addr_is_v4(&seen->home) && !addr_same(&seen->home, client)) {
		/* a device may be given a new address; not to and fro */
		if (at_us - seen->moved_us < DAY_US)
			seen->router = true;
		seen->moved_us = at_us;
	}
	seen->home = *client;
	seen->at_us = at_us;
}

const struct addr *binding_twin(struct bindings *b, const uint8_t mac[6],
    int64_t at_us)
{
	struct mac_key k = mac_key(mac);
	const struct mac_seen *seen = table_peek(&b->by_mac, &k);

	if (seen == NULL || seen->router || !addr_is_set(&seen->home) ||
	    at_us - seen->at_us > DAY_US)
		return NULL;
	return &seen->home;
}
