/*
 * main.c - what was asked for, and who does it.
 */
#include <string.h>

#include "base/log.h"
#include "command.h"
#include "config.h"
#include "live.h"
#include "options.h"
#include "replay.h"

#define COMMAND(name) extern const struct command command_##name;
#include "list.h"
#undef COMMAND

const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "list.h"
#undef COMMAND
	NULL
};

static void print_line(const char *line, void *arg)
{
	(void)arg;
	puts(line);
}

/* The messages of conf_errors are whole lines, one per mistake. */
static void report_errors(struct conf_errors *e)
{
	if (e->text != NULL)
		fputs(e->text, stderr);
	if (e->n > 1)
		fprintf(stderr, "weir: %u errors\n", e->n);
	conf_errors_free(e);
}

/* Who reads a capture has everything in it; what a service tells is read by
 * many.  Names in clear are a site's decision, and it is said. */
static void privacy(const struct options *o, struct config *config)
{
	if (o->mode == MODE_LIVE)
		config->pseudonyms |= config->path == NULL;
	if (!config->pseudonyms && config->path != NULL)
		log_warnx("privacy.pseudonyms is off: people and addresses "
		    "are shown as they are");
}

static int run(const struct options *o, const struct config *config)
{
	switch (o->mode) {
	case MODE_TEST:
		printf("configuration and catalogue: fine (%zu services, "
		    "%zu patterns)\n",
		    catalogue_services(config->catalogue),
		    catalogue_rules(config->catalogue));
		return EXIT_FINE;
	case MODE_DUMP:
		config_dump(config, print_line, NULL);
		return EXIT_FINE;
	case MODE_READ:
		return replay_run(o, config);
	default:
		return live_run(&(struct live_setup){
		    .interface = o->interface, .filter = o->filter,
		    .config_path = o->config, .json = o->json,
		    .all_transfers = o->all_transfers }, config);
	}
}

static int configured(const struct options *o)
{
	struct conf_errors errors = { 0 };
	struct config *config = config_load(o->config, &errors);
	int code;

	if (config == NULL) {
		report_errors(&errors);
		return EXIT_CONFIG;
	}
	conf_errors_free(&errors);
	privacy(o, config);
	code = run(o, config);
	config_free(config);
	return code;
}

int main(int argc, char **argv)
{
	struct options o;
	int code = EXIT_FINE;

	for (int i = 0; argc > 1 && commands[i] != NULL; i++)
		if (strcmp(argv[1], commands[i]->name) == 0)
			return commands[i]->run(argc - 1, argv + 1);

	if (!options_parse(&o, argc, argv))
		return EXIT_USAGE;
	log_level(o.verbose);
	if (o.mode == MODE_HELP)
		options_usage(stdout);
	else if (o.mode == MODE_VERSION)
		puts("weir " VERSION);
	else
		code = configured(&o);
	options_free(&o);
	return code;
}
