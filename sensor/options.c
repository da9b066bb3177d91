/*
 * options.c - getopt_long and the help text.
 */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

enum { OPT_DUMP = 256, OPT_JSON, OPT_TRANSFERS };

static const struct option longs[] = {
	{ "interface", required_argument, NULL, 'i' },
	{ "read", required_argument, NULL, 'r' },
	{ "config", required_argument, NULL, 'c' },
	{ "test", no_argument, NULL, 'T' },
	{ "dump-config", no_argument, NULL, OPT_DUMP },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "transfers", required_argument, NULL, OPT_TRANSFERS },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static const char help[] =
"usage: weir -r FILE ... [options] [filter]    read captures, print who took"
" what\n"
"       weir -i IFACE [options] [filter]       watch an interface\n"
"       weir -T [-c FILE]                      test the configuration\n"
"       weir COMMAND ...                       see below\n"
"\n"
"  -r, --read FILE        pcap or pcapng, also gzipped; - is standard input;\n"
"                         may be given several times\n"
"  -i, --interface IFACE  a SPAN port or tap; needs root\n"
"  -c, --config FILE      weir.yaml; without it: built-in defaults\n"
"  -T, --test             check configuration and catalogue, then exit\n"
"      --dump-config      print every setting in force and where it is from\n"
"      --json             one JSON record a line instead of the summary\n"
"      --transfers all    list transfers of flows no rule names as well\n"
"  -v, --verbose          say more; twice: even more\n"
"  -V, --version          print the version\n"
"  -h, --help             print this\n"
"\n"
"The filter is a BPF expression, as for tcpdump: weir -r day.pcap host "
"10.0.0.7\n"
"Exit codes: 0 fine, 1 usage, 2 configuration, 3 input damaged (what was "
"read\nis reported), 4 run-time error.\n";

void options_usage(FILE *to)
{
	fputs(help, to);
	if (commands[0] != NULL)
		fputs("\nCommands (weir COMMAND -h tells more):\n", to);
	for (int i = 0; commands[i] != NULL; i++)
		fprintf(to, "  %-12s %s\n", commands[i]->name,
		    commands[i]->summary);
}

static bool wrong(const char *message)
{
	fprintf(stderr, "weir: %s\nTry 'weir -h'.\n", message);
	return false;
}

static bool set_mode(struct options *o, enum mode mode)
{
	if (o->mode != MODE_NONE && o->mode != mode)
		return wrong("only one of -r, -i, -T and --dump-config");
	o->mode = mode;
	return true;
}

static bool one_option(struct options *o, int c)
{
	switch (c) {
	case 'i':
		o->interface = optarg;
		return set_mode(o, MODE_LIVE);
	case 'r':
		if (o->files_n == OPTIONS_FILES)
			return wrong("too many files: 256 at most");
		o->files[o->files_n++] = optarg;
		return set_mode(o, MODE_READ);
	case 'c':
		o->config = optarg;
		return true;
	case 'T':
		return set_mode(o, MODE_TEST);
	case OPT_DUMP:
		return set_mode(o, MODE_DUMP);
	case OPT_JSON:
		o->json = true;
		return true;
	case OPT_TRANSFERS:
		o->all_transfers = strcmp(optarg, "all") == 0;
		if (!o->all_transfers && strcmp(optarg, "catalogue") != 0)
			return wrong("--transfers takes 'catalogue' or 'all'");
		return true;
	case 'v':
		o->verbose++;
		return true;
	case 'V':
		o->mode = MODE_VERSION;
		return true;
	case 'h':
		o->mode = MODE_HELP;
		return true;
	default:
		fputs("Try 'weir -h'.\n", stderr);
		return false;
	}
}

static char *join(char **words)
{
	size_t n = 1;
	char *all;

	for (int i = 0; words[i] != NULL; i++)
		n += strlen(words[i]) + 1;
	all = calloc(1, n);
	for (int i = 0; all != NULL && words[i] != NULL; i++) {
		if (i > 0)
			strcat(all, " ");
		strcat(all, words[i]);
	}
	return all;
}

bool options_parse(struct options *o, int argc, char **argv)
{
	int c;

	*o = (struct options){ 0 };
	while ((c = getopt_long(argc, argv, "+i:r:c:TvVh", longs, NULL)) != -1)
		if (!one_option(o, c))
			return false;
	if (o->mode == MODE_NONE && optind < argc) {
		fprintf(stderr, "weir: no command '%s'\nTry 'weir -h'.\n",
		    argv[optind]);
		return false;
	}
	if (o->mode == MODE_NONE)
		return wrong("nothing to do: give -r FILE or -i IFACE");
	if (optind < argc && o->mode != MODE_READ && o->mode != MODE_LIVE)
		return wrong("a filter goes with -r or -i only");
	if (optind < argc && (o->filter = join(argv + optind)) == NULL)
		return wrong("no memory");
	return true;
}

void options_free(struct options *o)
{
	free(o->filter);
}
