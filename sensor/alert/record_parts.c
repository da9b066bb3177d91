/*
 * record_parts.c - groups of keys that several records share.
 */
#include "alert/record_parts.h"

#include <netinet/in.h>
#include <stdio.h>

#include "base/mac.h"

void put_head(struct json *j, const struct record_head *h, const char *type,
    int64_t at_us)
{
	json_open(j, NULL);
	json_str(j, "type", type);
	json_time(j, "time", at_us);
	json_str(j, "sensor", h->sensor);
	json_u64(j, "seq", h->seq);
}

void put_maybe(struct json *j, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		json_str(j, key, text);
}

void put_slice(struct json *j, const char *key, struct slice s)
{
	if (slice_more(s))
		json_text(j, key, s);
}

void put_addr(struct json *j, const char *key, const struct addr *a)
{
	char text[ADDR_TEXT];

	if (addr_is_set(a))
		json_str(j, key, addr_text(a, text));
}

void put_mac(struct json *j, const char *key, const uint8_t mac[6])
{
	char text[MAC_TEXT];

	if (mac_is_set(mac))
		json_str(j, key, mac_text(mac, text));
}

static void put_l4(struct json *j, uint8_t proto)
{
	char text[12];

	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP) {
		json_str(j, "l4", proto == IPPROTO_TCP ? "tcp" : "udp");
		return;
	}
	snprintf(text, sizeof(text), "ip-%u", proto);
	json_str(j, "l4", text);
}

bool who_hidden(const struct who *who)
{
	return who->name != NULL && who->name[0] == '\0';
}

void put_ends(struct json *j, const struct event *ev, bool hidden)
{
	json_time(j, "start", ev->start_us);
	json_time(j, "end", ev->at_us);
	put_l4(j, ev->proto);
	if (!hidden) {
		put_addr(j, "client_ip", &ev->client);
		json_u64(j, "client_port", ev->client_port);
	}
	put_addr(j, "server_ip", &ev->server);
	json_u64(j, "server_port", ev->server_port);
}

/* Who is at the far end, as far as the catalogue and the name tell. */
void put_place(struct json *j, const struct where *to)
{
	if (to->rule != NULL) {
		const struct service *s = to->rule->service;

		json_str(j, "service", s->id);
		if (to->rule->role != ROLE_NONE)
			json_str(j, "role", role_name(to->rule->role));
		json_str(j, "category", category_name(s->category));
	}
	put_slice(j, "tenant", to->tenant);
	put_slice(j, "host", to->host);
	if (to->asn != 0)
		json_u64(j, "asn", to->asn);
	put_maybe(j, "as_org", to->as_org);
	put_maybe(j, "country", to->country);
}

/* Bytes the capture missed make every volume a lower bound. */
void put_loss(struct json *j, const struct event *ev)
{
	bool lower = (ev->flags & EVENT_LOWER_BOUND) != 0 || ev->lost > 0;

	if (ev->lost > 0)
		json_u64(j, "loss", ev->lost);
	if (lower)
		json_bool(j, "lower_bound", true);
}

void put_community_id(struct json *j, const struct event *ev)
{
	char text[COMMUNITY_ID];

	if (addr_is_pseudonym(&ev->client))
		return;			/* joins with nothing, or tells */
	put_maybe(j, "community_id", community_id(ev, text));
}
