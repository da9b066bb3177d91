/*
 * main.c - what was asked for, and who does it.
 */
#include <string.h>

#include "base/log.h"
#include "capture/capture.h"
#include "command/command.h"
#include "command/options.h"
#include "config/config.h"
#include "replay.h"
#include "service/live.h"

static void print_line(const char *line, void *arg)
{
	(void)arg;
	puts(line);
}

/* Who reads a capture has everything in it; what a service tells is read by
 * many.  Names in clear are a site's decision, and it is said. */
static void privacy(const struct options *o, struct config *config)
{
	if (o->mode == MODE_LIVE)
		config->pseudonyms |= config->path == NULL;
	if (!config->pseudonyms && config->path != NULL &&
	    (o->mode != MODE_READ || config->outputs != NULL))
		log_warnx("privacy.pseudonyms is off: people and addresses "
		    "are shown as they are");
}

static int run(const struct options *o, const struct config *config)
{
	char error[CAPTURE_ERROR];

	if (o->filter != NULL && !capture_filter_good(o->filter, error)) {
		log_warnx("%s", error);
		return EXIT_USAGE;
	}
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
	struct config *config = command_config(o->config);
	int code;

	if (config == NULL)
		return EXIT_CONFIG;
	privacy(o, config);
	code = run(o, config);
	config_free(config);
	return code;
}

static int command(const struct command *c, int argc, char **argv)
{
	char name[32];

	if (argc > 1 && (strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "--help") == 0)) {
		command_help(stdout, c);
		return EXIT_FINE;
	}
	snprintf(name, sizeof(name), "weir %s", c->name);
	argv[0] = name;			/* for messages of getopt */
	return c->run(argc, argv);
}

static const struct command *find(const char *name)
{
	for (int i = 0; name != NULL && commands[i] != NULL; i++)
		if (strcmp(name, commands[i]->name) == 0)
			return commands[i];
	return NULL;
}

/* `weir help` is `weir -h`, and with a command's name the help of it. */
static int help(char **argv)
{
	const struct command *c = find(argv[2]);
	struct options o;

	if (c != NULL)
		command_help(stdout, c);
	else if (argv[2] == NULL)
		options_usage(stdout);
	else if (!options_parse(&o, 2, argv + 1))
		return EXIT_USAGE;
	return EXIT_FINE;
}

static int dispatch(int argc, char **argv)
{
	const struct command *c = argc > 1 ? find(argv[1]) : NULL;
	struct options o;
	int code = EXIT_FINE;

	if (argc > 1 && strcmp(argv[1], "help") == 0)
		return help(argv);
	if (c != NULL)
		return command(c, argc - 1, argv + 1);

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

/* A full disk below a report is an error, not a short report. */
int main(int argc, char **argv)
{
	int code = dispatch(argc, argv);

	if ((fflush(stdout) != 0 || ferror(stdout)) && code != EXIT_USAGE) {
		log_warn("standard output");
		code = EXIT_RUNTIME;
	}
	return code;
}
