/*
 * disguise.c - see disguise.h.
 */
#include "analysis/disguise.h"

#include <stdio.h>

#include "base/mac.h"
#include "config/config.h"

struct token_key {
	char token[PSEUDONYM_TEXT];
};

struct token_known {
	char plain[PSEUDONYM_PLAIN];
	enum called how;
	int64_t at_us;			/* when it was last told of */
};

bool disguise_init(struct disguise *d, const struct privacy_key *k,
    uint32_t max_users)
{
	*d = (struct disguise){ .keyed = pseudonyms_new(k) };
	if (d->keyed == NULL)
		return false;
	if (table_init(&d->known, sizeof(struct token_key),
	    sizeof(struct token_known), max_users))
		return true;
	pseudonyms_free(d->keyed);
	d->keyed = NULL;
	return false;
}

void disguise_free(struct disguise *d)
{
	if (d->keyed == NULL)
		return;
	pseudonyms_free(d->keyed);
	table_free(&d->known);
}

uint32_t disguise_epoch(const struct config *c, int64_t at_us)
{
	return (uint32_t)(at_us / c->epoch_us);
}

void disguise_token(struct disguise *d, const char *plain, enum called how,
    uint32_t epoch, char *token)
{
	uint8_t mac[6];
	struct addr a;

	if (how == CALLED_ADDRESS && addr_parse(&a, plain)) {
		a = pseudonym_addr(d->keyed, &a, epoch);
		addr_text(&a, token);
	} else if (how == CALLED_MAC && mac_parse(mac, plain)) {
		pseudonym_mac(d->keyed, mac, epoch);
		mac_text(mac, token);
	} else {
		pseudonym_name(d->keyed, how == CALLED_HOST ? "host" : "user",
		    slice_str(plain), epoch, token);
	}
}

static struct token_key key_of(const char *token)
{
	struct token_key k = { "" };

	snprintf(k.token, sizeof(k.token), "%s", token);
	return k;
}

static void remember(struct disguise *d, const char *token,
    const char *plain, enum called how, int64_t at_us)
{
	struct token_key k = key_of(token);
	struct token_known *known;
	bool fresh;

	known = table_make(&d->known, &k, &fresh);
	if (known == NULL)
		return;
	known->at_us = at_us;
	if (!fresh)
		return;
	snprintf(known->plain, sizeof(known->plain), "%s", plain);
	known->how = how;
}

static void disguise_rival(struct disguise *d, struct who *w, uint32_t epoch,
    int64_t at_us)
{
	disguise_token(d, w->rival, CALLED_ACCOUNT, epoch, d->rival);
	remember(d, d->rival, w->rival, CALLED_ACCOUNT, at_us);
	w->rival = d->rival;
}

void disguise_who(struct disguise *d, const struct config *c, struct who *w,
    enum called how, const struct event *ev)
{
	uint32_t epoch;

	if (!c->pseudonyms || w->name[0] == '\0')
		return;
	epoch = disguise_epoch(c, ev->at_us);
	disguise_token(d, w->name, how, epoch, d->user);
	remember(d, d->user, w->name, how, ev->at_us);
	w->name = d->user;
	if (w->rival != NULL)
		disguise_rival(d, w, epoch, ev->at_us);
}

static void rename_field(struct disguise *d, const char *kind, char *field,
    size_t size, uint32_t epoch)
{
	char token[PSEUDONYM_TEXT];
	struct slice plain = slice_field(field, size);

	if (!slice_more(plain))
		return;
	pseudonym_name(d->keyed, kind, plain, epoch, token);
	memset(field, 0, size);
	memcpy(field, token, strnlen(token, size - 1));
}

static bool is_ours(const struct config *c, const struct addr *a)
{
	return addr_is_set(a) && !addr_is_multicast(a) &&
	    (policy_is_home(c->policy, a) || addr_is_private(a));
}

void disguise_event(struct disguise *d, const struct config *c,
    struct event *ev)
{
	uint32_t epoch;

	if (!c->pseudonyms)
		return;
	epoch = disguise_epoch(c, ev->at_us);
	d->at_us = ev->at_us;
	d->client = ev->client;
	memcpy(d->mac, ev->mac, sizeof(d->mac));
	if (addr_is_set(&ev->client))
		ev->client = pseudonym_addr(d->keyed, &ev->client, epoch);
	if (is_ours(c, &ev->server))
		ev->server = pseudonym_addr(d->keyed, &ev->server, epoch);
	if (mac_is_set(ev->mac))
		pseudonym_mac(d->keyed, ev->mac, epoch);
	d->client_token = ev->client;
	memcpy(d->mac_token, ev->mac, sizeof(d->mac_token));
	if (ev->kind == EV_BINDING || ev->kind == EV_UNBIND) {
		rename_field(d, "user", ev->text, sizeof(ev->text), epoch);
		rename_field(d, "host", ev->host, sizeof(ev->host), epoch);
	} else {
		memset(ev->text, 0, sizeof(ev->text));
		memset(ev->host, 0, sizeof(ev->host));
	}
}

void disguise_keep(struct disguise *d)
{
	char token[PSEUDONYM_TEXT], plain[PSEUDONYM_TEXT];

	if (!addr_is_pseudonym(&d->client_token))
		return;
	addr_text(&d->client_token, token);
	addr_text(&d->client, plain);
	remember(d, token, plain, CALLED_ADDRESS, d->at_us);
	mac_text(d->mac_token, token);
	mac_text(d->mac, plain);
	remember(d, token, plain, CALLED_MAC, d->at_us);
}

void disguise_where(struct disguise *d, const struct config *c,
    struct where *to, const struct event *ev)
{
	if (c->pseudonyms && to->device != NULL)
		to->device = "";
	if (!c->pseudonyms || !slice_more(to->host))
		return;
	to->hidden = to->host;
	if (is_ours(c, &ev->server))
		to->host = slice_str(pseudonym_name(d->keyed, "host", to->host,
		    disguise_epoch(c, ev->at_us), d->host));
	else if (to->rule == NULL)
		to->host = slice_of(NULL, 0);
}

const char *disguise_thing(struct disguise *d, const struct config *c,
    const char *kind, const char *name, int64_t at_us)
{
	if (!c->pseudonyms || name[0] == '\0')
		return name;
	return pseudonym_name(d->keyed, kind, slice_str(name),
	    disguise_epoch(c, at_us), d->thing);
}

const char *disguise_plain(const struct disguise *d, const char *token)
{
	struct token_key k = key_of(token);
	const struct token_known *known = table_peek(&d->known, &k);

	return known != NULL ? known->plain : token;
}

bool disguise_former(struct disguise *d, const struct config *c,
    const char *token, int64_t at_us, char former[2][PSEUDONYM_PLAIN])
{
	struct token_key k = key_of(token);
	const struct token_known *known = table_peek(&d->known, &k);
	uint32_t epoch = disguise_epoch(c, at_us);

	if (!c->pseudonyms || known == NULL || epoch == 0)
		return false;
	disguise_token(d, known->plain, known->how, epoch - 1, former[0]);
	memcpy(former[1], known->plain, sizeof(former[1]));
	return true;
}

bool disguise_known(const struct disguise *d, const char *token,
    char plain[PSEUDONYM_PLAIN], enum called *how)
{
	struct token_key k = key_of(token);
	const struct token_known *known = table_peek(&d->known, &k);

	if (known == NULL)
		return false;
	memcpy(plain, known->plain, PSEUDONYM_PLAIN);
	*how = known->how;
	return true;
}

static void drop(struct disguise *d, struct token_known *known)
{
	if (known == NULL)
		return;
	explicit_bzero(known->plain, sizeof(known->plain));
	table_remove(&d->known, table_key(&d->known, known));
}

void disguise_drop(struct disguise *d, const struct config *c,
    const char *plain, enum called how, int64_t at_us)
{
	char token[PSEUDONYM_TEXT];
	struct token_key k;

	disguise_token(d, plain, how, disguise_epoch(c, at_us), token);
	k = key_of(token);
	drop(d, table_peek(&d->known, &k));
}

void disguise_forget(struct disguise *d, bool (*gone)(const char *name,
    void *arg), void *arg)
{
	struct token_known *known = table_oldest(&d->known), *next;

	for (; known != NULL; known = next) {
		const struct token_key *k = table_key(&d->known, known);

		next = table_newer(&d->known, known);
		if (gone(k->token, arg) || gone(known->plain, arg))
			drop(d, known);
	}
}

void disguise_expire(struct disguise *d, int64_t before_us)
{
	struct token_known *known;

	while ((known = table_oldest(&d->known)) != NULL &&
	    known->at_us < before_us)
		drop(d, known);
}

enum called disguise_called(const char *name)
{
	uint8_t mac[6];
	struct addr a;

	if (addr_parse(&a, name))
		return CALLED_ADDRESS;
	if (mac_parse(mac, name))
		return CALLED_MAC;
	return strncmp(name, "host-", 5) == 0 ? CALLED_HOST : CALLED_ACCOUNT;
}

bool disguise_each(struct disguise *d, const struct config *c,
    const char *plain, enum called how, int64_t at_us,
    bool (*see)(const char *token, void *arg), void *arg)
{
	int64_t kept_us = c->retain_alerts_us > c->retain_state_us ?
	    c->retain_alerts_us : c->retain_state_us;
	uint32_t last = disguise_epoch(c, at_us);
	uint32_t first = disguise_epoch(c, at_us > kept_us ?
	    at_us - kept_us : 0);
	char token[PSEUDONYM_TEXT];

	for (uint32_t n = 0; n <= last - first; n++) {
		disguise_token(d, plain, how, last - n, token);
		if (!see(token, arg))
			return false;
	}
	return true;
}
