/*
 * clear.c - content that a dissector counts in clear, and the connections
 * that were announced to carry a file.
 *
 * A transfer is what moved of one file until a pause, or without names until
 * a change of direction; on an announced connection, all of its bytes.
 * Pieces of some files may take turns in one flow (SMB).
 */
#include "base/text.h"
#include "worker/worker_state.h"

enum {
	QUIET_US = 5000000,		/* silence ends a file */
	PROGRESS_US = 60000000,
	GREETING_MOST = 128,
	ANSWER_MOST = 4096, ANSWER_SHARE = 64	/* what comes back */
};

/* A file may be offered for as long before somebody takes it. */
#define EXPECT_US (INT64_C(30) * 60 * 1000000)

static struct moved *moved_of(struct worker *w, const struct flow *f)
{
	return pool_at(&w->moved, f->moved);
}

static struct moved *moved_make(struct worker *w, struct flow *f)
{
	struct moved *m = moved_of(w, f);

	if (m != NULL)
		return m;
	m = pool_get(&w->moved);
	if (m == NULL)
		return NULL;
	m->flow = f;
	m->files[0].method = METHOD_CLEAR;
	f->moved = pool_index(&w->moved, m);
	content_unwatch(w, f);
	return m;
}

static void moved_report(struct worker *w, const struct moved *m,
    struct moved_file *x, bool final)
{
	struct found found = {
		.start_us = x->start_us, .end_us = x->last_us,
		.dir = m->flow->flags & FLOW_TURNED ? !x->dir : x->dir,
		.bytes = x->bytes, .wire_bytes = x->bytes,
		.largest = x->bytes, .method = x->method, .sureness = 99,
		.progress = !final,
	};
	struct event ev;

	if (x->bytes == 0 && !(final && x->progressed))
		return;
	if (final)
		found.count = found.count_lo = found.count_hi = 1;
	worker_event(w, &ev, m->flow, x->last_us);
	report_found(&ev, &found);
	report_text(&ev, slice_str(x->name));
	worker_emit(w, &ev);
	x->bytes = 0;
	x->start_us = x->last_us;
	x->progressed = !final;
}

static enum method method_of(const struct flow *f)
{
	static const enum method methods[] = {
		[COUNTS_CONTENT] = METHOD_CLEAR,
		[COUNTS_SCSI] = METHOD_USB_SCSI,
		[COUNTS_SMB] = METHOD_SMB,
	};

	return methods[f->dissector == 0 ? COUNTS_CONTENT :
	    dissectors[f->dissector - 1]->counts];
}

static void name_of(char name[EVENT_TEXT], struct slice text)
{
	struct text escaped;

	memset(name, 0, EVENT_TEXT);
	escaped = text_in(name, EVENT_TEXT);
	text_escape(&escaped, text);
}

/* The place of this file, which is the present one from now on.  A new one
 * takes the place of that which has been quiet for longest. */
static struct moved_file *file_at(struct worker *w, struct moved *m,
    const char name[EVENT_TEXT])
{
	struct moved_file *x = m->files;

	for (uint8_t i = 0; i < MOVED_FILES; i++) {
		if (strcmp(m->files[i].name, name) == 0) {
			m->now = i;
			return &m->files[i];
		}
		if (m->files[i].last_us < x->last_us)
			x = &m->files[i];
	}
	moved_report(w, m, x, true);
	memcpy(x->name, name, EVENT_TEXT);
	x->last_us = w->now_us;
	m->now = (uint8_t)(x - m->files);
	return x;
}

/* A name is told before its bytes, after them (adb), or with each of them. */
static void on_file(struct worker *w, struct flow *f,
    const struct fact *fact)
{
	struct moved *m = moved_make(w, f);
	char name[EVENT_TEXT];
	struct event ev;

	worker_event(w, &ev, f, w->now_us);
	ev.kind = EV_FILE;
	ev.up = fact->bytes;
	ev.flags |= fact->from == CLIENT ? EVENT_UPLOAD : 0;
	report_text(&ev, fact->text);
	worker_emit(w, &ev);

	if (m == NULL || m->whole_flow)
		return;
	m->announced = fact->bytes;
	name_of(name, fact->text);
	moved_report(w, m, file_at(w, m, name), true);
}

static void on_moved(struct worker *w, struct flow *f,
    const struct fact *fact)
{
	struct moved *m = moved_of(w, f);
	enum dir dir = worker_dir(fact->from);
	struct moved_file *x;
	char name[EVENT_TEXT];

	if (fact->maybe && (m == NULL || !m->foretold))
		return;
	m = moved_make(w, f);
	if (m == NULL)
		return;
	name_of(name, fact->text);
	x = name[0] != '\0' ? file_at(w, m, name) : &m->files[m->now];
	if (x->dir != dir || w->now_us - x->last_us > QUIET_US)
		moved_report(w, m, x, true);
	if (x->bytes == 0 && !x->progressed)
		x->start_us = w->now_us;
	x->method = (uint8_t)method_of(f);
	x->dir = (uint8_t)dir;
	x->bytes += fact->bytes;
	x->last_us = w->now_us;
}

/* FTP tells the name when the data connection is open already. */
static bool expected_open(struct worker *w, const struct expected *e,
    const struct expected_key *key)
{
	const struct moved *m = pool_at(&w->moved, e->moved);

	return m != NULL && m->flow != NULL &&
	    (m->whole_flow || m->foretold) &&
	    flow_server_port(m->flow) == key->port &&
	    addr_same(flow_server(m->flow), &key->addr);
}

static void expected_told(struct worker *w, struct moved *m,
    const struct expected *e)
{
	m->announced = e->bytes;
	if (e->framed) {
		file_at(w, m, e->name);
		return;
	}
	m->files[0].dir = e->listener_sends ? DOWN : UP;
	memcpy(m->files[0].name, e->name, sizeof(e->name));
}

/* A flow that is still read has no rule yet, but a reader. */
static uint32_t rule_of_dissector(const struct worker *w, const struct flow *f)
{
	const struct rule *r = f->dissector == 0 ? NULL :
	    catalogue_app(w->config->catalogue,
	    dissectors[f->dissector - 1]->name);

	return r == NULL ? 0 : r->index + 1;
}

static void on_expect(struct worker *w, struct flow *f,
    const struct fact *fact)
{
	struct expected_key key;
	struct expected *e;
	bool fresh, open;
	uint32_t moved;

	memset(&key, 0, sizeof(key));
	key.addr = fact->addr;
	key.port = fact->port;
	e = table_make(&w->expected, &key, &fresh);
	open = expected_open(w, e, &key);
	moved = e->moved;
	*e = (struct expected){ .at_us = w->now_us, .bytes = fact->bytes,
		.client = *flow_client(f), .rule = f->rule,
		.dissector = f->dissector,
		.framed = fact->framed,
		/* a file in frames may come there, or by a new connection */
		.moved = open && !fact->framed ? moved : 0 };
	/* the listener is the client, or else on the far side: who sends? */
	if (e->rule == 0)
		e->rule = rule_of_dissector(w, f);
	e->client_listens = addr_same(&key.addr, flow_client(f)) &&
	    !addr_same(&key.addr, flow_server(f));
	e->listener_sends = e->client_listens == (fact->from == CLIENT);
	name_of(e->name, fact->text);
	if (open)
		expected_told(w, pool_at(&w->moved, moved), e);
}

void clear_fact(struct worker *w, struct flow *f, const struct fact *fact)
{
	if (fact->kind == FACT_FILE)
		on_file(w, f, fact);
	else if (fact->kind == FACT_MOVED)
		on_moved(w, f, fact);
	else if (fact->kind == FACT_EXPECT)
		on_expect(w, f, fact);
}

/*
 * Whoever writes an announcement may name any address there, to have another
 * one's flow taken for a file: it holds for its own client, and for a while.
 * The client may have both families; what a proxy announces is read by its
 * own dissector (framed), and so cannot be something else.
 */
static bool expected_now(const struct worker *w, const struct expected *e,
    const struct flow *f)
{
	int64_t age_us = w->now_us - e->at_us;

	return age_us <= EXPECT_US && age_us >= -EXPECT_US &&
	    (e->client_listens || e->framed ||
	    addr_same(&e->client, flow_client(f)) ||
	    addr_is_v4(&e->client) != addr_is_v4(flow_client(f)));
}

/* A new flow may be a data connection that another one announced. */
void clear_fresh(struct worker *w, struct flow *f)
{
	struct expected_key key;
	struct expected *e;
	struct moved *m;

	if (table_count(&w->expected) == 0)
		return;
	memset(&key, 0, sizeof(key));
	key.addr = *flow_server(f);
	key.port = flow_server_port(f);
	e = table_find(&w->expected, &key);
	if (e == NULL || e->moved != 0 || !expected_now(w, e, f) ||
	    (m = moved_make(w, f)) == NULL)
		return;
	m->whole_flow = !e->framed;
	m->foretold = e->framed;
	m->files[0].start_us = m->files[0].last_us = w->now_us;
	expected_told(w, m, e);
	if (e->client_listens)
		f->flags |= FLOW_TURNED;
	e->moved = f->moved;
	if (e->framed)			/* its dissector tells what it is */
		return;
	f->rule = e->rule;
	f->dissector = e->dissector;
	f->evidence = EVIDENCE_EXPECTATION;
	f->confidence = 90;
	/* nothing else can know better: nobody is asked what it is */
	f->flags |= FLOW_NAMED | FLOW_STUDIED;
}

static void sweep_moved(struct worker *w, struct moved *m)
{
	if (m->flow == NULL || m->whole_flow)
		return;
	for (int i = 0; i < MOVED_FILES; i++) {
		struct moved_file *x = &m->files[i];

		if (x->bytes == 0)
			continue;
		if (w->now_us - x->last_us > QUIET_US)
			moved_report(w, m, x, true);
		else if (w->now_us - x->start_us > PROGRESS_US)
			moved_report(w, m, x, false);
	}
}

void clear_sweep(struct worker *w)
{
	for (uint32_t i = 1; i <= w->moved.fresh; i++)
		sweep_moved(w, pool_at(&w->moved, i));
}

/* A connection made for a file begins with little more than a greeting
 * (SOCKS, for a bytestream): that is not the file. */
static uint64_t content_of(uint64_t bytes, uint64_t announced)
{
	return bytes > announced && bytes - announced <= GREETING_MOST &&
	    announced > GREETING_MOST ? announced : bytes;
}

/* Acknowledgements within the protocol: DCC sends 4 bytes for each block. */
static bool is_answer(uint64_t bytes, uint64_t to)
{
	return bytes <= ANSWER_MOST + to / ANSWER_SHARE;
}

/* All of its bytes are the file; what else went the other way was not
 * announced, and is told too. */
static void count_whole(struct moved *m, const struct flow *f)
{
	struct moved_file *x = m->files, *back = m->files + 1;

	x->bytes = content_of(f->half[x->dir].bytes, m->announced);
	x->last_us = f->last_us;
	*back = *x;
	back->name[0] = '\0';
	back->dir = !x->dir;
	back->bytes = f->half[!x->dir].bytes;
	if (is_answer(back->bytes, x->bytes))
		back->bytes = 0;
	else if (is_answer(x->bytes, back->bytes))
		x->bytes = 0;
}

void clear_end(struct worker *w, struct flow *f)
{
	struct moved *m = moved_of(w, f);

	if (m == NULL)
		return;
	if (m->whole_flow)
		count_whole(m, f);
	for (int i = 0; i < MOVED_FILES; i++)
		moved_report(w, m, &m->files[i], true);
	m->flow = NULL;
	pool_put(&w->moved, m);
	f->moved = 0;
}
