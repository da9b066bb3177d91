/*
 * options.c - what the words of the command line mean together.
 */
#include "command/options.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "know/conf.h"


enum { OPT_DUMP = 256, OPT_JSON, OPT_NAMES, OPT_TRANSFERS };

const struct command_word options_words[] = {
	{ 'r', "-r, --read FILE", "pcap or pcapng, also gzipped; - is standard"
	    " input" },
	{ 'i', "-i, --interface IFACE", "a SPAN port or tap; needs root" },
	{ 'c', "-c, --config FILE", "weir.yaml; without it: built-in defaults" },
	{ 'T', "-T, --test", "check configuration and catalogue, then exit" },
	{ OPT_DUMP, "--dump-config", "print every setting in force and where "
	    "it is from" },
	{ OPT_JSON, "--json", "one JSON record a line instead of the summary" },
	{ OPT_TRANSFERS, "--transfers WHICH", "all: list also transfers of "
	    "flows that no rule names" },
	{ OPT_NAMES, "--names FILE", "with -r: keep names seen resolved, from "
	    "run to run" },
	{ 'v', "-v, --verbose", "say more; twice: even more" },
	{ 'V', "-V, --version", "print the version" },
	{ 'h', "-h, --help", "print this" },
	{ .word = NULL }
};

static const char usage[] =
"usage: weir -r FILE ... [options] [filter]    read captures, print who took"
" what\n"
"       weir -i IFACE [options] [filter]       watch an interface\n"
"       weir -T [-c FILE]                      test the configuration\n"
"       weir COMMAND ...                       see below\n\n";

static const char more[] =
"\nThe filter is a BPF expression, as for tcpdump: weir -r day.pcap host "
"10.0.0.7\n"
"Exit codes: 0 fine, 1 usage, 2 configuration, 3 damaged input, 4 run time\n"
"\nCommands (weir help COMMAND, or man weir, tells more):\n";

void options_usage(FILE *to)
{
	fputs(usage, to);
	command_words(to, options_words);
	fputs(more, to);
	for (int i = 0; commands[i] != NULL; i++)
		fprintf(to, "  %-24s%s\n", commands[i]->name,
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

static bool add_file(struct options *o, const char *path)
{
	for (int i = 0; i < o->files_n; i++)
		if (strcmp(o->files[i], path) == 0) {
			log_warnx("%s: given twice, read once", path);
			return true;
		}
	if (o->files_n == OPTIONS_FILES)
		return wrong("too many files: 4096 at most");
	o->files[o->files_n++] = path;
	return true;
}

static bool one_option(struct options *o, int c)
{
	switch (c) {
	case 'i':
		o->interface = optarg;
		return set_mode(o, MODE_LIVE);
	case 'r':
		return add_file(o, optarg) && set_mode(o, MODE_READ);
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
	case OPT_NAMES:
		o->names = optarg;
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

/* `weir -r *.pcap`: the shell gives one -r and many names.  No word that
 * begins a filter has a dot or slash and is a file. */
static bool is_file(const char *word)
{
	struct stat st;

	return strpbrk(word, "./") != NULL && stat(word, &st) == 0 &&
	    !S_ISDIR(st.st_mode);
}

static bool no_command(const char *word)
{
	const char *names[64] = { NULL }, *near;

	for (size_t i = 0; commands[i] != NULL && i < 63; i++)
		names[i] = commands[i]->name;
	near = conf_near(word, names);
	if (is_file(word))
		fprintf(stderr, "weir: to read a capture: weir -r %s\n", word);
	else if (near != NULL)
		fprintf(stderr, "weir: no command '%s'; did you mean '%s'?\n",
		    word, near);
	else
		fprintf(stderr, "weir: no command '%s'\nTry 'weir -h'.\n",
		    word);
	return false;
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
	while ((c = command_next(options_words, argc, argv)) != -1)
		if (!one_option(o, c))
			return false;
	if (o->mode == MODE_NONE && optind < argc)
		return no_command(argv[optind]);
	while (o->mode == MODE_READ && optind < argc && is_file(argv[optind]))
		if (!add_file(o, argv[optind++]))
			return false;
	if (o->mode == MODE_NONE)
		return wrong("nothing to do: give -r FILE or -i IFACE");
	if (optind < argc && o->mode != MODE_READ && o->mode != MODE_LIVE)
		return wrong("a filter goes with -r or -i only");
	if (o->names != NULL && o->mode != MODE_READ)
		return wrong("--names goes with -r only");
	if (optind < argc && (o->filter = join(argv + optind)) == NULL)
		return wrong("no memory");
	return true;
}

void options_free(struct options *o)
{
	free(o->filter);
}
