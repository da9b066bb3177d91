/*
 * Arbitrary bytes as a file of records, with a catalogue and without: what
 * comes out as an event is one that analysis may be given.
 */
#include <stdlib.h>

#include "analysis/records.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static bool see(const struct event *ev, void *arg)
{
	uint64_t *events = arg;

	if (!addr_is_set(&ev->client) || ev->at_us <= 0 ||
	    ev->host[EVENT_HOST - 1] != '\0' ||
	    ev->text[EVENT_TEXT - 1] != '\0')
		abort();
	return ++*events < 1000;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct config *config;
	struct conf_errors e = { .n = 0 };
	uint64_t events = 0;
	FILE *f;

	if (config == NULL)
		config = config_load(NULL, &e);
	for (int named = 0; named < 2 && n > 0; named++) {
		f = fmemopen((void *)(uintptr_t)bytes, n, "r");
		if (f == NULL)
			abort();
		(void)records_read(f, named ? config : NULL, see, &events);
		fclose(f);
	}
	return 0;
}
