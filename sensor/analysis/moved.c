/*
 * moved.c - from an event about bytes to a transfer that counts, or not.
 *
 * What counts is a deliberate file: the rule says its host carries files, it
 * is large enough not to be an avatar or an API answer, and, where a host
 * serves other products as well (SharePoint for Teams), the client is in a
 * session of that chat.  The same object fetched by many does not count.
 */
#include "analysis/analysis_parts.h"

#include "base/text.h"

/* Below these an object is an icon, a thumbnail, an API answer. */
static const uint64_t least_file = 8192;
static const uint64_t least_uncertain_file = 65536;
static const uint64_t least_unexpected_file = 1000000;

static struct growing *growing(struct analysis *a, const struct event *ev)
{
	struct flow_id id = { ev->flow, ev->worker,
		ev->flags & EVENT_UPLOAD ? UPLOAD : DOWNLOAD };
	bool fresh;

	return table_make(&a->flows, &id, &fresh);
}

/* Read from the protocol itself, not guessed from outside. */
static bool seen_in_clear(const struct event *ev)
{
	return ev->method == METHOD_CLEAR || ev->method == METHOD_SMB ||
	    ev->method == METHOD_USB_SCSI || ev->method == METHOD_ENDPOINT;
}

static bool large_enough(const struct transfer *t, uint64_t object)
{
	enum files files = t->to.rule->files;
	uint64_t least = files == FILES_YES ? least_file :
	    files == FILES_COND ? least_uncertain_file :
	    least_unexpected_file;
	uint32_t n = t->ev->count > 1 ? t->ev->count : 1;

	if (seen_in_clear(t->ev))
		return object > 0;
	return object / n >= least;
}

/* A cloud's web or API host is no place for files, but a megabyte that goes
 * up there is one all the same. */
static bool may_carry_files(const struct transfer *t)
{
	const struct rule *r = t->to.rule;

	if (seen_in_clear(t->ev))
		return true;
	if (r->role == ROLE_STATIC || r->role == ROLE_UPDATE ||
	    r->role == ROLE_TELEMETRY || r->role == ROLE_CALL ||
	    r->role == ROLE_PUSH)
		return false;
	return t->egress || (r->files != FILES_NO && (r->moves &
	    (t->way == UPLOAD ? MOVES_UP : MOVES_DOWN)) != 0);
}

static void judge(struct analysis *a, struct transfer *t, uint64_t object)
{
	const struct destination to = place_destination(&t->to);
	const struct rule *r = t->to.rule;

	t->approved = policy_approved(a->config->policy, t->who.group, &to);
	if (r == NULL)
		return;
	t->chat = t->to.service->category == CATEGORY_IM;
	t->egress = t->way == UPLOAD &&
	    category_is_egress(t->to.service->category);
	t->counted = may_carry_files(t) && large_enough(t, object) &&
	    (t->chat || t->egress) && (r->during != r->service ||
	    place_session(a, t->ev, r->service));
}

static bool is_common(struct analysis *a, const struct transfer *t,
    uint64_t object)
{
	if (!t->chat || t->way != DOWNLOAD || t->ev->count != 1 ||
	    t->who.name[0] == '\0')
		return false;
	return common_seen(&a->common, name_hash(t->to.host), object,
	    name_hash(slice_str(t->who.name)),
	    t->ev->at_us);
}

static void remember(struct user *u, const struct transfer *t,
    uint64_t object)
{
	const struct event *ev = t->ev;
	struct amount what = { ev->up, ev->count, ev->count_lo };
	struct ledger_move m = { .start_us = ev->start_us,
		.at_us = ev->at_us, .bytes = ev->up, .count = ev->count,
		.object = ev->count == 1 ? object : 0 };

	if (t->object != NULL && *t->object != '\0')
		m.tag = name_hash(slice_str(t->object));
	u->transfers[u->transfers_n++ % USER_TRANSFERS] = t->id;
	if (t->chat && t->way == DOWNLOAD) {
		m.service = t->to.service->name;
		window_add(&u->windows[CHAT_IN], ev->at_us, &what);
		ledger_take(&u->ledger, &m);
	} else if (t->egress && !t->approved) {
		bool device = category_is_device(
		    t->to.service->category);

		window_add(&u->windows[device ? DEVICE_OUT : CLOUD_OUT],
		    ev->at_us, &what);
		ledger_leave(&u->ledger, &m);
	}
}

static void detect(struct analysis *a, struct user *u,
    const struct transfer *t, const struct access *opened, int64_t at_us)
{
	for (unsigned int i = 0; detections[i] != NULL; i++) {
		struct look look = analysis_look(a, u, i, at_us);

		look.did = t;
		look.opened = opened;
		detections[i]->see(&look);
	}
}

/* Bytes of an object that is still on its way count at once, but no file. */
static void counted(struct analysis *a, struct transfer *t, uint64_t object,
    const struct event *told)
{
	struct user *u;

	if (t->who.name[0] == '\0') {
		a->counts.unmonitored++;
		return;
	}
	u = analysis_user(a, &t->who, t->ev->at_us);
	if (u == NULL)
		return;
	a->counts.counted++;
	persist_event(a, told, t->who.name);
	remember(u, t, object);
	detect(a, u, t, NULL, t->ev->at_us);
}

/* What infer says of an object holds all of it so far, and the last report
 * the total; what is read in clear is told piece by piece. */
static bool tells_all(const struct event *ev)
{
	return ev->method == METHOD_TLS_RECORDS || ev->method == METHOD_QUIC ||
	    ev->method == METHOD_SEGMENTS;
}

/* What is new in this report, and the whole object as far as it is known. */
static void add_up(struct growing *g, const struct event *ev,
    struct event *part, struct event *whole)
{
	bool more = (ev->flags & EVENT_PROGRESS) != 0;
	uint64_t told = ev->up < g->bytes ? ev->up : g->bytes;

	if (tells_all(ev)) {
		part->up = ev->up - told;
		g->bytes = !more ? g->bytes - told :
		    ev->up > g->bytes ? ev->up : g->bytes;
		return;
	}
	if (g->bytes == 0)
		g->start_us = ev->start_us;
	whole->up = g->bytes + ev->up;
	whole->down = g->wire + ev->down;
	whole->start_us = part->start_us = g->start_us;
	g->bytes = more ? whole->up : 0;
	g->wire = more ? whole->down : 0;
}

/* All that comes after this is shown to somebody, or kept. */
static void disguise(struct analysis *a, struct transfer *t,
    struct event *part, struct event *whole)
{
	struct disguise *d = &a->disguise;

	disguise_where(d, a->config, &t->to, part);
	disguise_event(d, a->config, part);
	disguise_event(d, a->config, whole);
	t->hidden = t->object;
	if (t->object != NULL)
		t->object = disguise_thing(d, a->config, "file", t->object,
		    part->at_us);
}

static void transfer(struct analysis *a, const struct event *ev,
    struct growing *g)
{
	struct event whole = *ev, part = *ev;
	struct transfer t = { .ev = &part, .to = place_of(a, ev),
		.who = who_of(a, ev),
		.way = ev->flags & EVENT_UPLOAD ? UPLOAD : DOWNLOAD };
	bool more = (ev->flags & EVENT_PROGRESS) != 0;
	char name[EVENT_TEXT + 1] = "";

	if (g != NULL) {
		g->has_transfers = true;
		add_up(g, ev, &part, &whole);
	}
	if (more)
		part.count = part.count_lo = part.count_hi = 0;
	memcpy(name, ev->text, EVENT_TEXT);
	t.object = name[0] != '\0' ? name : NULL;
	judge(a, &t, whole.up);
	disguise(a, &t, &part, &whole);
	if (!more) {
		t.id = ++a->transfers;
		if (t.counted && is_common(a, &t, whole.up)) {
			t.counted = false;
			whole.flags |= EVENT_COMMON;
			a->counts.common++;
		}
	}
	if (t.counted)
		counted(a, &t, whole.up, ev);
	if (more)
		return;
	a->counts.transfers++;
	t.ev = &whole;
	if (a->sink.transfer != NULL && !a->playing)
		a->sink.transfer(&t, a->sink.arg);
}

/* What was stored is whole; what is seen may be a part of a file. */
void moved_transfer(struct analysis *a, const struct event *ev)
{
	struct growing *g = growing(a, ev);

	if (!a->playing && join_takes(a->parts, ev)) {
		if (g != NULL)
			g->has_transfers = true;
		return;
	}
	transfer(a, ev, g);
}

void moved_file(const struct event *ev, void *arg)
{
	transfer(arg, ev, growing(arg, ev));
}

void moved_due(struct analysis *a, int64_t now_us)
{
	join_until(a->parts, now_us);
}

/* A device's flow that nothing looks into: what went up is what left. */
static void device_bytes(struct analysis *a, const struct event *ev,
    const struct where *to)
{
	struct event up = *ev;
	struct growing *g;

	up.flags |= EVENT_UPLOAD;
	if (to->rule == NULL ||
	    !category_is_device(to->service->category) ||
	    (g = growing(a, &up)) == NULL || g->has_transfers ||
	    ev->up < g->told + least_uncertain_file)
		return;
	up.kind = EV_TRANSFER;
	up.up = ev->up - g->told;
	up.down = up.largest = up.up;
	up.count = up.count_lo = up.count_hi = 0;
	up.method = METHOD_FLOW_BYTES;
	up.sureness = 50;
	up.text[0] = '\0';
	g->told = ev->up;
	transfer(a, &up, NULL);
}

/* Sessions decide what counts as chat: so they are kept as well. */
static void present(struct analysis *a, const struct event *ev,
    const struct where *to)
{
	struct who who;

	place_present(a, ev, to);
	if (a->store == NULL || to->rule == NULL || !to->rule->session)
		return;
	who = who_of(a, ev);
	if (who.name[0] != '\0')
		persist_event(a, ev, who.name);
}

void moved_flow(struct analysis *a, const struct event *ev)
{
	struct event shown = *ev;
	struct flow_seen f = { .ev = &shown, .to = place_of(a, ev) };

	present(a, ev, &f.to);
	device_bytes(a, ev, &f.to);
	unseen_flow(&a->unseen, ev, &f.to);
	if (a->sink.flow == NULL || a->playing)
		return;
	f.who = who_of(a, ev);
	disguise_where(&a->disguise, a->config, &f.to, ev);
	disguise_event(&a->disguise, a->config, &shown);
	a->sink.flow(&f, a->sink.arg);
}

/* A room that the policy lists by name may be named; no file ever is. */
static void disguise_opened(struct analysis *a, struct access *o,
    struct event *shown)
{
	bool listed, allowed;

	listed = shown->kind == EV_ROOM && policy_sensitivity(
	    a->config->policy, o->who.group, o->resource, &allowed) > 0;
	disguise_where(&a->disguise, a->config, &o->to, shown);
	o->hidden = o->resource;
	if (!listed)
		o->resource = disguise_thing(&a->disguise, a->config,
		    o->visibility, o->resource, shown->at_us);
	disguise_event(&a->disguise, a->config, shown);
}

void moved_opened(struct analysis *a, const struct event *ev)
{
	char name[EVENT_TEXT + 1] = "";
	struct event shown = *ev;
	struct access opened = { .ev = &shown, .to = place_of(a, ev),
		.who = who_of(a, ev), .resource = name,
		.visibility = ev->kind == EV_FILE ? "file" :
		    ev->kind == EV_DEVICE ? "device" : "room",
		.action = ev->kind == EV_ROOM ? "open" :
		    ev->kind == EV_DEVICE ? "attach" :
		    ev->flags & EVENT_UPLOAD ? "upload" : "download" };
	struct user *u;

	memcpy(name, ev->text, EVENT_TEXT);
	place_present(a, ev, &opened.to);
	disguise_opened(a, &opened, &shown);
	if (opened.who.name[0] != '\0' &&
	    (u = analysis_user(a, &opened.who, ev->at_us)) != NULL) {
		persist_event(a, ev, u->name);
		detect(a, u, NULL, &opened, ev->at_us);
	}
	if (a->sink.access != NULL && !a->playing)
		a->sink.access(&opened, a->sink.arg);
}
