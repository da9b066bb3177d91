/*
 * person.c - see person.h.
 *
 * A pseudonym is a one-way token: who it stands for is found by computing
 * those of everybody who may be meant, for every epoch that is still kept.
 */
#include "analysis/person.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "analysis/analysis_parts.h"
#include "base/mac.h"

struct name_key {
	char text[PSEUDONYM_PLAIN];
};

static struct name_key key_of(const char *name)
{
	struct name_key k = { "" };

	for (size_t i = 0; i < sizeof(k.text) - 1 && name[i] != '\0'; i++)
		k.text[i] = (char)tolower((unsigned char)name[i]);
	return k;
}

static void add(struct table *t, const char *name)
{
	struct name_key k = key_of(name);
	bool fresh;

	if (name[0] != '\0')
		(void)table_make(t, &k, &fresh);
}

static bool has(const struct table *t, const char *name)
{
	struct name_key k = key_of(name);

	return name[0] != '\0' && table_peek(t, &k) != NULL;
}

struct seek {				/* who is it? */
	struct person *person;
	struct analysis *analysis;
	const char *name;
};

static bool same_token(const char *token, void *arg)
{
	const struct seek *s = arg;

	return strcasecmp(token, s->name) != 0;
}

/* True to go on looking. */
static bool try_name(struct seek *s, const char *plain, enum called how)
{
	struct analysis *a = s->analysis;
	struct person *p = s->person;

	if (plain[0] == '\0')
		return true;
	if (strcasecmp(plain, s->name) != 0 && (disguise_called(s->name) !=
	    how || disguise_each(&a->disguise, a->config, plain, how,
	    a->now_us, same_token, s)))
		return true;
	snprintf(p->plain, sizeof(p->plain), "%s", plain);
	p->how = how;
	p->found = true;
	return false;
}

static bool try_device(struct seek *s, const struct addr *addr,
    const uint8_t mac[6])
{
	char text[ADDR_TEXT], mac_name[MAC_TEXT];

	return try_name(s, addr_text(addr, text), CALLED_ADDRESS) &&
	    (!mac_is_set(mac) ||
	    try_name(s, mac_text(mac, mac_name), CALLED_MAC));
}

static void among_bindings(struct seek *s)
{
	struct table *t = &s->analysis->bindings.by_addr;

	for (struct binding *b = table_oldest(t); b != NULL;
	    b = table_newer(t, b))
		if (!try_name(s, b->account, CALLED_ACCOUNT) ||
		    !try_name(s, b->rival, CALLED_ACCOUNT) ||
		    !try_name(s, b->host, CALLED_HOST) ||
		    !try_device(s, table_key(t, b), b->mac))
			return;
}

/* What was kept under that very name tells who had it then. */
static bool among_events(int64_t number, const struct event *ev,
    const struct store_told *told, void *arg)
{
	struct seek *s = arg;
	char account[BINDING_NAME] = "", host[BINDING_NAME] = "";

	(void)number;
	(void)told;
	if (ev->kind == EV_BINDING || ev->kind == EV_UNBIND) {
		binding_name(account, slice_field(ev->text,
		    sizeof(ev->text)));
		binding_name(host, slice_field(ev->host, sizeof(ev->host)));
	}
	return try_name(s, account, CALLED_ACCOUNT) &&
	    try_name(s, account, CALLED_HOST) &&
	    try_name(s, host, CALLED_HOST) &&
	    try_device(s, &ev->client, ev->mac);
}

static void find(struct person *p, struct analysis *a, const char *name)
{
	struct seek s = { p, a, name };

	p->how = disguise_called(name);
	snprintf(p->plain, sizeof(p->plain), "%s", name);
	if (disguise_known(&a->disguise, name, p->plain, &p->how)) {
		p->found = true;
		return;
	}
	among_bindings(&s);
	if (!p->found && a->store != NULL)
		store_events(a->store, 0, name, 0, among_events, &s);
}

static bool add_token(const char *token, void *arg)
{
	add(arg, token);
	return true;
}

/* In clear, and as it was called in every epoch. */
static void add_names(struct person *p, struct analysis *a,
    const char *plain, enum called how)
{
	add(&p->names, plain);
	if (plain[0] != '\0')
		(void)disguise_each(&a->disguise, a->config, plain, how,
		    a->now_us, add_token, &p->names);
}

/* An address is lent: whose it was in another epoch is not asked for. */
static void add_address(struct person *p, struct analysis *a,
    const struct addr *addr)
{
	char plain[ADDR_TEXT], token[PSEUDONYM_TEXT];
	struct addr now;

	if (p->addrs_n < PERSON_ADDRS)
		p->addrs[p->addrs_n++] = *addr;
	add(&p->names, addr_text(addr, plain));
	now = pseudonym_addr(a->disguise.keyed, addr,
	    disguise_epoch(a->config, a->now_us));
	add(&p->names, addr_text(&now, token));
}

static void add_devices(struct person *p, struct analysis *a)
{
	struct table *t = &a->bindings.by_addr;

	for (struct binding *b = table_oldest(t); b != NULL;
	    b = table_newer(t, b)) {
		const struct addr *addr = table_key(t, b);
		char mac[MAC_TEXT];

		if (!person_owns(p, addr, b))
			continue;
		add_address(p, a, addr);
		add_names(p, a, b->host, CALLED_HOST);
		if (mac_is_set(b->mac))
			add_names(p, a, mac_text(b->mac, mac), CALLED_MAC);
	}
}

bool person_find(struct person *p, struct analysis *a, const char *name)
{
	*p = (struct person){ .how = CALLED_ACCOUNT };
	if (!table_init(&p->names, sizeof(struct name_key), 1,
	    PERSON_NAMES))
		return false;
	if (!table_init(&p->alongside, sizeof(struct name_key), 1,
	    PERSON_NAMES)) {
		table_free(&p->names);
		return false;
	}
	find(p, a, name);
	add(&p->names, name);
	add_names(p, a, p->plain, p->how);
	add_devices(p, a);
	return true;
}

void person_free(struct person *p)
{
	table_free(&p->names);
	table_free(&p->alongside);
	explicit_bzero(p->plain, sizeof(p->plain));
}

bool person_is(const struct person *p, const char *name)
{
	return has(&p->names, name);
}

bool person_at(const struct person *p, const struct addr *addr)
{
	for (size_t i = 0; i < p->addrs_n; i++)
		if (addr_same(&p->addrs[i], addr))
			return true;
	return false;
}

bool person_owns(const struct person *p, const struct addr *addr,
    const struct binding *b)
{
	char text[ADDR_TEXT];

	switch (p->how) {
	case CALLED_ACCOUNT:		/* not if it went to another since */
		return !b->shared && strcasecmp(b->account, p->plain) == 0 &&
		    b->until_us > b->host_from_us;
	case CALLED_HOST:
		return strcasecmp(b->host, p->plain) == 0;
	case CALLED_MAC:
		return mac_is_set(b->mac) &&
		    strcmp(mac_text(b->mac, text), p->plain) == 0;
	default:
		return strcmp(addr_text(addr, text), p->plain) == 0;
	}
}

static void put(struct person *p, bool his, const char *name)
{
	struct name_key k = key_of(name);

	if (his)
		add(&p->alongside, name);
	else
		table_remove(&p->alongside, &k);
}

void person_beside(struct person *p, const struct alert *a)
{
	bool his = person_is(p, a->user);

	put(p, his, a->client);
	for (unsigned int i = 0; i < a->evidence_n; i++)
		if (a->evidence[i].is_text)
			put(p, his, a->evidence[i].text);
}

bool person_gone(const struct person *p, const char *name)
{
	return person_is(p, name) || has(&p->alongside, name);
}
