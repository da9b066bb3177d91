/*
 * record.c - one function per type of record.
 *
 * A new key goes here and into docs/record-1.json; a test compares the two.
 */
#include "alert/record.h"

#include <stdio.h>

#include "alert/format.h"
#include "alert/record_parts.h"

void record_flow(struct text *t, const struct record_head *h,
    const struct flow_seen *f)
{
	const struct event *ev = f->ev;
	bool hidden = who_hidden(&f->who);
	struct json j = json_to(t);

	put_head(&j, h, "flow", ev->at_us);
	put_ends(&j, ev, hidden);
	if (!hidden)
		put_mac(&j, "client_mac", ev->mac);
	if (ev->vlan != 0)
		json_u64(&j, "vlan", ev->vlan);
	json_u64(&j, "bytes_up", ev->up);
	json_u64(&j, "bytes_down", ev->down);
	json_u64(&j, "packets_up", ev->packets_up);
	json_u64(&j, "packets_down", ev->packets_down);
	if (ev->count > 0)
		json_u64(&j, "requests", ev->count);
	put_place(&j, &f->to);
	put_maybe(&j, "app", f->to.app);
	put_maybe(&j, "blind", f->to.blind);
	if (ev->evidence != EVIDENCE_NONE) {
		json_str(&j, "evidence", evidence_name(ev->evidence));
		json_u64(&j, "confidence", ev->confidence);
	}
	if (!hidden)
		put_community_id(&j, ev);
	put_loss(&j, ev);
	json_close(&j);
}

static void put_moved(struct json *j, const struct event *ev)
{
	json_u64(j, "bytes", ev->up);
	json_u64(j, "wire_bytes", ev->down);
	json_u64(j, "count", ev->count);
	json_u64(j, "count_lo", ev->count_lo);
	json_u64(j, "count_hi", ev->count_hi);
	json_u64(j, "largest", ev->largest);
	if (ev->method != METHOD_NONE)
		json_str(j, "method", method_name(ev->method));
	json_u64(j, "confidence", ev->sureness);
}

void record_transfer(struct text *t, const struct record_head *h,
    const struct transfer *tr)
{
	const struct event *ev = tr->ev;
	bool hidden = who_hidden(&tr->who);
	struct json j = json_to(t);

	put_head(&j, h, "transfer", ev->at_us);
	json_u64(&j, "id", tr->id);
	put_ends(&j, ev, hidden);
	json_str(&j, "direction", tr->way == UPLOAD ? "upload" : "download");
	put_moved(&j, ev);
	put_place(&j, &tr->to);
	if (tr->way == UPLOAD && tr->to.rule != NULL)
		json_bool(&j, "approved", tr->approved);
	put_maybe(&j, "user", tr->who.name);
	if (tr->who.group != NULL)
		json_str(&j, "group", tr->who.group->id);
	if (!hidden) {
		put_maybe(&j, "object", tr->object);
		put_community_id(&j, ev);
	}
	put_loss(&j, ev);
	json_close(&j);
}

void record_access(struct text *t, const struct record_head *h,
    const struct access *a)
{
	struct json j = json_to(t);

	put_head(&j, h, "access", a->ev->at_us);
	put_maybe(&j, "user", a->who.name);
	if (a->who.group != NULL)
		json_str(&j, "group", a->who.group->id);
	if (!who_hidden(&a->who))
		put_addr(&j, "client_ip", &a->ev->client);
	if (a->to.rule != NULL)
		json_str(&j, "service", a->to.rule->service->id);
	else
		put_maybe(&j, "service", a->to.app);
	if (!who_hidden(&a->who))
		put_maybe(&j, "resource", a->resource);
	put_maybe(&j, "visibility", a->visibility);
	put_maybe(&j, "action", a->action);
	json_close(&j);
}

/* The account may be absent: a DHCP lease names only a device. */
void record_binding(struct text *t, const struct record_head *h,
    const struct event *ev, const struct who *who)
{
	bool ends = ev->kind == EV_UNBIND;
	struct json j = json_to(t);

	put_head(&j, h, "binding", ev->at_us);
	put_addr(&j, "ip", &ev->client);
	put_mac(&j, "mac", ev->mac);
	if (who != NULL)
		put_maybe(&j, "user", who->name);
	put_slice(&j, "host", slice_field(ev->host, sizeof(ev->host)));
	if (who != NULL) {
		put_maybe(&j, "source", who->source);
		json_u64(&j, "trust", who->identity);
	}
	if (!ends)
		json_time(&j, "valid_from", ev->at_us);
	if (ends || ev->count > 0)
		json_time(&j, "valid_to", ev->at_us +
		    (ends ? 0 : (int64_t)ev->count * 1000000));
	if (who != NULL)
		put_maybe(&j, "rival", who->rival);
	json_close(&j);
}

static void put_evidence(struct json *j, const struct evidence_pair *e)
{
	if (e->is_text)
		put_slice(j, e->key, slice_field(e->text, sizeof(e->text)));
	else if (e->is_real)
		json_real(j, e->key, e->real, 3);
	else
		json_i64(j, e->key, e->number);
}

static bool has_evidence(const struct alert *a, const char *key)
{
	for (unsigned int i = 0; i < a->evidence_n; i++)
		if (strcmp(a->evidence[i].key, key) == 0)
			return true;
	return false;
}

static void put_all_evidence(struct json *j, const struct alert *a)
{
	json_open(j, "evidence");
	if (!has_evidence(a, "client_ip"))
		put_maybe(j, "client_ip", a->client);
	if (!has_evidence(a, "target"))
		put_maybe(j, "target", a->target);
	for (unsigned int i = 0; i < a->evidence_n; i++)
		put_evidence(j, &a->evidence[i]);
	json_close(j);
}

static void put_transfers(struct json *j, const struct alert *a)
{
	if (a->transfers_n == 0)
		return;
	json_open_list(j, "transfers");
	for (unsigned int i = 0; i < a->transfers_n; i++)
		json_u64(j, NULL, a->transfers[i]);
	json_close_list(j);
}

void record_alert(struct text *t, const struct record_head *h,
    const struct alert *a)
{
	struct json j = json_to(t);

	put_head(&j, h, "alert", a->at_us);
	json_str(&j, "id", a->id);
	json_str(&j, "kind", a->kind);
	json_str(&j, "risk", risk_names[a->risk]);
	json_i64(&j, "score", a->score);
	put_maybe(&j, "user", a->user);
	put_maybe(&j, "group", a->group);
	put_maybe(&j, "service", a->service);
	json_str(&j, "message", a->message);
	put_maybe(&j, "techniques", a->techniques);
	json_time(&j, "first", a->first_us);
	json_time(&j, "last", a->last_us);
	json_u64(&j, "bytes", a->bytes);
	json_u64(&j, "count", a->count);
	put_all_evidence(&j, a);
	put_transfers(&j, a);
	put_maybe(&j, "update_of", a->update_of);
	if (a->withheld != WITHHELD_NOT)
		json_str(&j, "withheld", withheld_name(a->withheld));
	put_maybe(&j, "policy", h->policy);
	json_close(&j);
}

static void put_counters(struct json *j, const struct health *f)
{
	if (f->counters == NULL)
		return;
	json_open(j, "counters");
	for (size_t i = 0; i < f->counters_n; i++)
		json_u64(j, f->counters[i].name, f->counters[i].value);
	json_close(j);
}

void record_health(struct text *t, const struct record_head *h,
    const struct health *f)
{
	struct json j = json_to(t);

	put_head(&j, h, "health", f->at_us);
	json_str(&j, "kind", f->kind);
	json_str(&j, "severity", f->severity);
	json_str(&j, "message", f->message);
	if (f->since_us != 0)
		json_time(&j, "since", f->since_us);
	if (f->has_value)
		json_real(&j, "value", f->value, 3);
	put_counters(&j, f);
	put_maybe(&j, "policy", h->policy);
	json_close(&j);
}
