/*
 * Arbitrary lines as requests at the control socket of a whole core: each is
 * answered, the last line says whether it worked, and all lines are JSON.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_read.h"
#include "base/log.h"
#include "service/control.h"
#include "service/core_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { ANSWER = 1 << 20 };

static struct core core;
static struct live live;
static char answer[ANSWER];

static void begin(void)
{
	static char dir[] = "/tmp/weir-control-XXXXXX";
	struct conf_errors e = { 0 };
	char why[OUTPUT_WHY];

	if (mkdtemp(dir) == NULL)
		err(1, "%s", dir);
	live.config = config_load(NULL, &e);
	live.board = board_new();
	core.live = &live;
	core.board = &live.board->core;
	core.analysis = analysis_new(live.config,
	    &(struct analysis_sink){ .arg = NULL });
	core.spool = spool_open(&(struct spool_setup){ dir, 1 << 20,
	    1 << 16 }, why);
	if (core.analysis == NULL || core.spool == NULL ||
	    !recent_init(&core.recent))
		errx(1, "cannot start: %s", why);
	log_level(-1);
}

static void check(struct text *t)
{
	struct slice in = slice_of(t->p, t->n), key;
	struct json_value v;

	if (t->n == 0 || t->p[t->n - 1] != '\n')
		abort();
	while (slice_more(in)) {
		if (!json_enter(&in))
			abort();
		while (json_member(&in, &key, &v))
			continue;
		if (slice_short(in) || slice_u8(&in) != '\n')
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct text t = text_in(answer, sizeof(answer));

	if (core.live == NULL)
		begin();
	(void)control_answer(&core, slice_of(bytes, n), "fuzz", &t);
	check(&t);
	return 0;
}
