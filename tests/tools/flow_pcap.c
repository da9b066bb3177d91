/*
 * flow_pcap.c - sensor/flow/ and the dissectors alone on a capture file.
 *
 * flow_pcap FILE...: one line a flow, tab separated: file, l4, client, port,
 * server, port, bytes up, down, lost up, down, packets up, down, dissector,
 * nDPI's name, first host name told, other facts.  For comparing with the
 * truth that other tools know.
 */
#include <netinet/in.h>

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "capture/capture.h"
#include "flow/study.h"

enum { FLOWS = 200000, BATCH = 32, TEXT = 200 };

struct note {
	char host[TEXT];
	char facts[TEXT];
};

struct tool {
	struct pool notes;
	struct classify *classify;
	struct studies *studies;
	const char *file;
};

static struct note *note_of(struct tool *t, struct flow *f)
{
	if (f->name == 0)
		f->name = pool_index(&t->notes, pool_get(&t->notes));
	return pool_at(&t->notes, f->name);
}

static void on_fact(struct flow *f, const struct fact *fact, void *arg)
{
	static const char *const kinds[] = { "host", "cert", "alpn", "ech",
		"app", "answer", "file", "moved", "room", "account", "binding",
		"unbind", "expect", "device" };
	struct note *note = note_of(arg, f);
	struct text t;
	size_t have;

	if (note == NULL)
		return;
	if (fact->kind == FACT_HOST && note->host[0] == '\0') {
		t = text_in(note->host, TEXT);
		text_escape(&t, fact->text);
		return;
	}
	have = strlen(note->facts);
	t = text_in(note->facts + have, TEXT - have);
	text_printf(&t, "%s=", kinds[fact->kind]);
	text_escape(&t, fact->text);
	text_add(&t, " ");
}

static void on_over(struct flow *f, void *arg)
{
	(void)f;
	(void)arg;
}

static void on_gone(struct flow *f, void *arg)
{
	struct tool *t = arg;
	const struct note *note = pool_at(&t->notes, f->name);
	char client[ADDR_TEXT], server[ADDR_TEXT];

	study_end(t->studies, f);
	note = pool_at(&t->notes, f->name);
	printf("%s\t%u\t%s\t%u\t%s\t%u\t%" PRIu64 "\t%" PRIu64
	    "\t%u\t%u\t%u\t%u\t%s\t%s\t%s\t%s\n", t->file, f->key.proto,
	    addr_text(flow_client(f), client), flow_client_port(f),
	    addr_text(flow_server(f), server), flow_server_port(f),
	    f->half[UP].bytes, f->half[DOWN].bytes, f->half[UP].lost,
	    f->half[DOWN].lost, f->half[UP].packets, f->half[DOWN].packets,
	    f->dissector ? dissectors[f->dissector - 1]->name : "",
	    classify_name(t->classify, f->app), note ? note->host : "",
	    note ? note->facts : "");
	pool_put(&t->notes, pool_at(&t->notes, f->name));
	f->name = 0;
}

static void account(struct tool *t, struct flow_table *flows,
    const struct packet *p)
{
	struct step st = flow_account(flows, p, flow_hash(flows, p));

	if (study_wanted(&st, p))
		study_packet(t->studies, &st, p);
	flow_expire(flows, p->at_us);
}

static void read_file(struct tool *t, const char *path)
{
	struct flow_table *flows = flow_table_new(FLOWS, on_gone, t);
	struct decoder *decoder = decoder_new();
	char error[CAPTURE_ERROR];
	struct capture *c = capture_open_file(path, NULL, error);
	struct frame frames[BATCH];
	enum captured why = CAPTURE_MORE;
	struct packet p;

	if (flows == NULL || decoder == NULL)
		errx(1, "no memory");
	if (c == NULL)
		errx(1, "%s: %s", path, error);
	t->file = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	while (why == CAPTURE_MORE) {
		size_t n = capture_batch(c, frames, BATCH, &why);

		for (size_t i = 0; i < n; i++)
			if (decode(decoder, &frames[i], &p) == DECODED)
				account(t, flows, &p);
	}
	flow_table_free(flows);
	decoder_free(decoder);
	capture_close(c);
}

int main(int argc, char **argv)
{
	struct tool t = { .classify = classify_new(10000, false) };

	if (!pool_init(&t.notes, sizeof(struct note), FLOWS))
		errx(1, "no memory");
	t.studies = studies_new(&(struct study_setup){ .max = 50000,
	    .classify = t.classify, .fact = on_fact, .over = on_over,
	    .arg = &t });
	if (t.classify == NULL || t.studies == NULL)
		errx(1, "no memory");
	for (int i = 1; i < argc; i++)
		read_file(&t, argv[i]);
	studies_free(t.studies);
	classify_free(t.classify);
	pool_free(&t.notes);
	return 0;
}
