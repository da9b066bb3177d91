/*
 * binding.c - addresses to devices and accounts.
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

/* "CORP\Alice", "alice@CORP.EXAMPLE" -> "alice"; true when a machine's. */
static bool fold(char *into, struct slice name)
{
	size_t n = 0;

	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '\\')
			slice_skip(&name, i + 1), i = (size_t)-1;
	for (; n < name.n && n < BINDING_NAME - 1; n++) {
		if (n > 0 && name.p[n] == '@')
			break;
		into[n] = (char)tolower(name.p[n]);
	}
	into[n] = '\0';
	if (n > 0 && into[n - 1] == '$') {
		into[n - 1] = '\0';
		return true;
	}
	return false;
}

static enum bound claim_host(struct binding *b, const struct claim_of *c,
    const char *host)
{
	bool old = c->at_us > b->host_until_us;
	bool moved = c->mac != NULL && memcmp(b->mac, c->mac, 6) != 0;
	bool same = !moved && (host[0] == '\0' || strcmp(b->host, host) == 0);

	if (!old && !moved && !same && c->trust < b->host_trust)
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

enum bound binding_claim(struct bindings *b, const struct claim_of *c)
{
	char account[BINDING_NAME] = "", host[BINDING_NAME] = "";
	enum bound one = BOUND_NOTHING, two = BOUND_NOTHING;
	struct binding *at;
	bool fresh;

	fold(host, c->host);
	if (fold(account, c->account)) {
		if (host[0] == '\0')
			memcpy(host, account, sizeof(host));
		account[0] = '\0';
	}
	if (host[0] == '\0' && account[0] == '\0' && c->mac == NULL)
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

void binding_end(struct bindings *b, const struct addr *a, int64_t at_us)
{
	struct binding *at = table_peek(&b->by_addr, a);

	if (at == NULL)
		return;
	if (at->until_us > at_us)
		at->until_us = at_us;
	if (at->host_until_us > at_us)
		at->host_until_us = at_us;
}

const struct binding *binding_at(struct bindings *b, const struct addr *a,
    int64_t at_us)
{
	struct binding *at = table_peek(&b->by_addr, a);

	if (at == NULL || (at_us > at->until_us && at_us > at->host_until_us))
		return NULL;
	if (at->shared && at_us - at->changed_us > DAY_US) {
		at->shared = false;
		at->changes = 0;
	}
	return at;
}

static struct mac_key mac_key(const uint8_t mac[6])
{
	struct mac_key k = { 0 };

	memcpy(k.b, mac, 6);
	return k;
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
	if (addr_is_set(&seen->v4) && !addr_same(&seen->v4, client)) {
		/* a device may be given a new address; not to and fro */
		if (at_us - seen->moved_us < DAY_US)
			seen->router = true;
		seen->moved_us = at_us;
	}
	seen->v4 = *client;
	seen->at_us = at_us;
}

const struct addr *binding_twin(struct bindings *b, const uint8_t mac[6],
    int64_t at_us)
{
	struct mac_key k = mac_key(mac);
	const struct mac_seen *seen = table_peek(&b->by_mac, &k);

	if (seen == NULL || seen->router || !addr_is_set(&seen->v4) ||
	    at_us - seen->at_us > DAY_US)
		return NULL;
	return &seen->v4;
}
