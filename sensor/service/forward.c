#include "service/forward.h"

#include <stdlib.h>

#include "alert/outbox.h"
#include "alert/record.h"
#include "base/log.h"

enum { WAIT_US = 10 * 1000000 };

struct forward {
	struct outbox *outbox;
	struct record_head head;
	bool incomplete;
	char line[RECORD_MAX];
};

static bool add_outputs(struct forward *f, const struct config *c)
{
	for (const struct config_output *o = c->outputs; o != NULL;
	    o = o->next)
		if (!outbox_add(f->outbox, outputs[o->kind], o->settings))
			return false;
	return true;
}

struct forward *forward_open(const struct config *c)
{
	struct forward *f;

	if (c->outputs == NULL)
		return NULL;
	f = calloc(1, sizeof(*f));
	if (f != NULL)
		f->outbox = outbox_new();
	if (f == NULL || f->outbox == NULL || !add_outputs(f, c)) {
		log_warnx("no memory for outputs");
		if (f != NULL)
			outbox_free(f->outbox);
		free(f);
		return NULL;
	}
	f->head.sensor = c->sensor;
	f->head.policy = c->hash;
	return f;
}

void forward_alert(struct forward *f, const struct alert *a)
{
	struct text t = text_in(f->line, sizeof(f->line));

	f->head.seq++;
	record_alert(&t, &f->head, a);
	if (!outbox_put(f->outbox, slice_of(t.p, t.n)))
		f->incomplete = true;
}

bool forward_close(struct forward *f)
{
	bool fine;

	if (f == NULL)
		return true;
	if (f->incomplete)
		log_warnx("no memory for all alerts");
	fine = outbox_drain(f->outbox, WAIT_US) == 0 && !f->incomplete;
	outbox_free(f->outbox);
	free(f);
	return fine;
}
