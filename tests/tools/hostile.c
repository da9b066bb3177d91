/*
 * hostile CONFIG: alerts whose every text comes from a hostile hand.
 *
 * Standard input: one text a line, in hexadecimal.  Each becomes an alert
 * with that text wherever a wire could have put it, and goes out through the
 * outputs of the configuration, as after `weir -r`.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "config/config.h"
#include "service/forward.h"

static size_t from_hex(const char *line, char *to)
{
	unsigned int byte;
	size_t n = 0;

	while (sscanf(line + 2 * n, "%2x", &byte) == 1)
		to[n++] = (char)byte;
	to[n] = '\0';
	return n;
}

static void make_alert(struct alert *a, unsigned int number, const char *text,
    size_t n)
{
	*a = (struct alert){ .kind = "bulk-download", .risk = RISK_HIGH,
	    .score = 70, .client = "10.0.0.1", .techniques = "IT1021",
	    .at_us = 1764000000000000 + number, .bytes = number,
	    .count = 1 };
	snprintf(a->id, sizeof(a->id), "hostile-%u", number);
	snprintf(a->user, sizeof(a->user), "%s", text);
	snprintf(a->group, sizeof(a->group), "%s", text);
	snprintf(a->service, sizeof(a->service), "%s", text);
	snprintf(a->target, sizeof(a->target), "%s", text);
	snprintf(a->message, sizeof(a->message), "%s", text);
	a->first_us = a->last_us = a->at_us;
	alert_text(a, "host", slice_of(text, n));
	alert_text(a, "tenant", slice_of(text, n));
}

int main(int argc, char **argv)
{
	struct config *c = argc == 2 ? command_config(argv[1]) : NULL;
	struct forward *f = c == NULL ? NULL : forward_open(c);
	char *line = NULL, *text;
	unsigned int number = 0;
	size_t room = 0;
	ssize_t n;
	bool fine;

	if (f == NULL)
		errx(EXIT_USAGE, "hostile CONFIG, with outputs");
	while ((n = getline(&line, &room, stdin)) != -1) {
		struct alert a;

		text = malloc((size_t)n + 1);
		if (text == NULL)
			err(EXIT_RUNTIME, "text");
		make_alert(&a, ++number, text, from_hex(line, text));
		forward_alert(f, &a);
		free(text);
	}
	free(line);
	fine = forward_close(f);
	config_free(c);
	return fine ? EXIT_FINE : EXIT_RUNTIME;
}
