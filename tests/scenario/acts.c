/*
 * acts.c - people, and the events that they cause.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenario.h"

double act_chance(struct play *p)
{
	p->random = p->random * 6364136223846793005ull +
	    1442695040888963407ull;
	return (double)(p->random >> 11) / 9007199254740992.0;
}

double act_between(struct play *p, double from, double to)
{
	return from <= 0 || from == to ? from :
	    from * pow(to / from, act_chance(p));
}

void act_put(char *field, size_t size, const char *text)
{
	memcpy(field, text, strnlen(text, size - 1));
}

struct person *act_person(struct play *p, const char *name)
{
	struct person *u = p->people;
	unsigned int i;

	for (i = 0; i < p->people_n; i++, u++)
		if (strcmp(u->name, name) == 0)
			return u;
	if (p->people_n == PEOPLE)
		play_syntax(p, "too many people", name);
	p->people_n++;
	snprintf(u->name, sizeof(u->name), "%s", name);
	u->addr = addr_v4((uint8_t[]){ 10, 20, (uint8_t)(i >> 8),
	    (uint8_t)i });
	return u;
}

void act_log_on(struct play *p, struct person *u, int64_t at_us)
{
	struct event ev = { .kind = EV_BINDING, .at_us = at_us,
		.start_us = at_us, .client = u->addr,
		.count = 300 * 86400, .sureness = PROOF_TICKET };

	if (u->known || p->nameless)
		return;
	u->known = true;
	act_put(ev.text, sizeof(ev.text), u->name);
	play_event(p, &ev);
}

uint16_t act_dissector(const struct play *p, const char *service)
{
	for (uint32_t i = 0; i < catalogue_rules(p->config->catalogue); i++) {
		const struct rule *r = catalogue_rule(p->config->catalogue,
		    i);

		if (strcmp(r->service->id, service) != 0 ||
		    r->matcher != MATCH_DISSECTOR)
			continue;
		for (uint16_t d = 0; dissectors[d] != NULL; d++)
			if (strcmp(dissectors[d]->name, r->pattern) == 0)
				return (uint16_t)(d + 1);
	}
	return 0;
}

const char *act_host(struct play *p, const char *service, bool upload)
{
	const struct catalogue *c = p->config->catalogue;
	unsigned int way = upload ? MOVES_UP : MOVES_DOWN;
	const char *found = NULL;

	if (strchr(service, '.') != NULL)
		return service;
	for (uint32_t i = 0; i < catalogue_rules(c); i++) {
		const struct rule *r = catalogue_rule(c, i);

		if (strcmp(r->service->id, service) == 0 &&
		    r->matcher == MATCH_HOST && r->files == FILES_YES &&
		    (r->moves & way) && strpbrk(r->pattern, "*{#") == NULL &&
		    (found == NULL || found[0] == '.'))
			found = r->pattern;
	}
	if (found == NULL && act_dissector(p, service) != 0)
		return "";
	if (found == NULL)
		play_syntax(p, "no file host is known of", service);
	return found[0] == '.' ? found + 1 : found;
}

void act_event(struct event *ev, const struct person *u, const char *host)
{
	*ev = (struct event){ .kind = EV_TRANSFER, .client = u->addr,
		.server = addr_v4((uint8_t[]){ 198, 51, 100, 7 }),
		.client_port = 40000, .server_port = 443, .proto = 6,
		.evidence = EVIDENCE_SNI, .confidence = 95,
		.method = METHOD_TLS_RECORDS, .sureness = 90 };
	act_put(ev->host, sizeof(ev->host), host);
}

static void sizes_of(struct play *p, const struct act *a,
    struct person *u)
{
	double sum = 0;

	if (a->same) {
		if (u->sizes_n == 0)
			play_syntax(p, "nothing was downloaded by", u->name);
		return;
	}
	u->sizes_n = a->files > SIZES ? SIZES : a->files;
	for (unsigned int i = 0; i < u->sizes_n; i++)
		sum += u->sizes[i] = act_between(p, 1, a->alike ? 1.0001 : 30);
	for (unsigned int i = 0; i < u->sizes_n; i++)
		u->sizes[i] *= a->bytes / sum;
}

void act_move(struct play *p, const struct act *a, struct person *u)
{
	unsigned int n = a->files < SIZES ? a->files : SIZES;
	struct event ev;

	act_log_on(p, u, a->at_us - 1);
	sizes_of(p, a, u);
	if (a->same && n > u->sizes_n)
		n = u->sizes_n;
	act_event(&ev, u, a->host);
	ev.flow = ++p->flows;
	ev.flags = (uint8_t)((a->upload ? EVENT_UPLOAD : 0));
	ev.method = a->dissector != 0 ? METHOD_CLEAR : a->method;
	ev.dissector = a->dissector;
	for (unsigned int i = 0; i < n; i++) {
		ev.start_us = a->at_us + a->over_us * i / n;
		ev.at_us = a->at_us + a->over_us * (i + 1) / n;
		ev.up = (uint64_t)u->sizes[i];
		ev.down = ev.largest = ev.up;
		ev.count = ev.count_lo = ev.count_hi = a->uncounted ? 0 : 1;
		if (a->name != NULL)
			act_put(ev.text, sizeof(ev.text), a->name);
		play_event(p, &ev);
	}
}
