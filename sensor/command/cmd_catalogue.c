/*
 * weir catalogue: what the sensor knows, and why it says what it says.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "command/discover.h"
#include "config/apps.h"

extern const struct command command_catalogue;

enum { MOST_RULES = 32 };

static const struct command_word words[] = {
	{ 's', "-s, --site DIR", "the site's own rules; without it:\n"
	    "/etc/weir/signatures.d" },
	{ 0, "check [FILE...]", "the site's rules, or these, with all errors" },
	{ 0, "match HOST", "which rule names it, and which ones lost" },
	{ 0, "match ADDRESS [PORT]", "the same, PORT as tcp/443" },
	{ 0, "list [SERVICE...]", "all services, or the rules of some" },
	{ 0, "discover [FILE...]", "from records (--json --transfers all):\n"
	    "hosts that move files and have no rule" },
	{ .word = NULL }
};

static int usage(void)
{
	return command_usage(&command_catalogue);
}

static const char *files_word(enum files f)
{
	return f == FILES_YES ? "files" : f == FILES_COND ?
	    "files by their size" : "no files";
}

static void say_rule(const struct rule *r)
{
	const char *tenancy = tenancy_name(r->tenancy);

	printf("%s (%s), %s: %s, %s", r->service->name, r->service->id,
	    category_name(r->service->category), role_name(r->role),
	    files_word(r->files));
	if (r->moves != MOVES_NOTHING)
		printf(", %s", moves_name(r->moves));
	if (tenancy != NULL)
		printf(", %s", tenancy);
	if (r->shared)
		printf(", shared with others");
	if (r->during != NULL)
		printf(", of %s during its session", r->during->id);
	printf("; confidence %u\n", r->confidence);
}

static void say_source(const struct rule *r)
{
	printf("          %s:%u", r->file, r->line);
	if (r->source != NULL)
		printf("; %s", r->source);
	if (r->checked != NULL)
		printf("; checked %s", r->checked);
	putchar('\n');
	if (r->note != NULL)
		printf("          %s\n", r->note);
}

static const char *why_lost(const struct rule *winner, const struct rule *r)
{
	if (winner->rank > 1000 && r->rank <= 1000)
		return "an exact name comes first";
	if (winner->rank > r->rank)
		return "fewer fixed characters";
	if (winner->site && !r->site)
		return "at equal rank the site's own wins";
	return "it came later";
}

static int match_host(const struct catalogue *c, const char *name)
{
	struct slice host = slice_str(name), tenant;
	const struct rule *rules[MOST_RULES];
	size_t n = catalogue_all(c, host, rules, MOST_RULES), i;

	if (n == 0) {
		printf("%s: no rule names it\n", name);
		return EXIT_FINE;
	}
	printf("%s: ", name);
	say_rule(rules[0]);
	tenant = catalogue_tenant(c, rules[0], host);
	if (tenant.n > 0)
		printf("  tenant  %.*s\n", (int)tenant.n,
		    (const char *)tenant.p);
	printf("  wins    %s, rank %u\n", rules[0]->pattern, rules[0]->rank);
	say_source(rules[0]);
	for (i = 1; i < n; i++)
		printf("  loses   %s, rank %u: %s\n          %s:%u; %s, %s\n",
		    rules[i]->pattern, rules[i]->rank,
		    why_lost(rules[0], rules[i]), rules[i]->file,
		    rules[i]->line, rules[i]->service->id,
		    role_name(rules[i]->role));
	return EXIT_FINE;
}

static bool read_port(const char *text, uint8_t *proto, uint16_t *port)
{
	unsigned int number;
	int end = 0;

	if (sscanf(text, "tcp/%5u%n", &number, &end) == 1 && !text[end])
		*proto = IPPROTO_TCP;
	else if (sscanf(text, "udp/%5u%n", &number, &end) == 1 && !text[end])
		*proto = IPPROTO_UDP;
	else
		return false;
	*port = (uint16_t)number;
	return number > 0 && number < 65536;
}

static int match_address(const struct catalogue *c, const char *name,
    const struct addr *a, const char *at)
{
	uint8_t proto = IPPROTO_TCP;
	uint16_t port = 443;
	const struct rule *r;

	if (at != NULL && !read_port(at, &proto, &port)) {
		fprintf(stderr, "weir: '%s' is not a port: write tcp/443\n",
		    at);
		return EXIT_USAGE;
	}
	r = catalogue_addr(c, a, proto, port);
	printf("%s %s/%u: ", name, proto == IPPROTO_TCP ? "tcp" : "udp",
	    port);
	if (r == NULL) {
		puts("no rule names it by address or port");
		return EXIT_FINE;
	}
	say_rule(r);
	printf("  wins    %s %s\n", matcher_name(r->matcher), r->pattern);
	say_source(r);
	return EXIT_FINE;
}

static int match(const struct catalogue *c, int argc, char **argv)
{
	struct addr a;

	if (argc < 1 || argc > 2)
		return usage();
	if (addr_parse(&a, argv[0]))
		return match_address(c, argv[0], &a, argv[1]);
	return argc == 1 ? match_host(c, argv[0]) : usage();
}

static void list_all(const struct catalogue *c)
{
	const struct service *s;
	uint32_t i;

	for (i = 0; (s = catalogue_service(c, i)) != NULL; i++)
		printf("%-22s %-13s %s (%s)%s\n", s->id,
		    category_name(s->category), s->name, s->vendor,
		    s->site ? ", the site's own" : "");
}

static int list_one(const struct catalogue *c, const char *id)
{
	const struct service *s = catalogue_service_by_id(c, id);
	const struct rule *r, *last = NULL;
	uint32_t i;

	if (s == NULL) {
		fprintf(stderr, "weir: no such service '%s'\n", id);
		return EXIT_USAGE;
	}
	printf("%s: %s by %s, %s\n", s->id, s->name, s->vendor,
	    category_name(s->category));
	for (i = 0; (r = catalogue_rule(c, i)) != NULL; i++) {
		if (r->service != s)
			continue;
		if (last != NULL && (last->line != r->line ||
		    strcmp(last->file, r->file) != 0))
			say_source(last);
		printf("  %-9s %-40s %s, %s%s%s; %u\n",
		    matcher_name(r->matcher), r->pattern,
		    role_name(r->role), files_word(r->files),
		    r->moves == MOVES_NOTHING ? "" : ", ",
		    r->moves == MOVES_NOTHING ? "" : moves_name(r->moves),
		    r->confidence);
		last = r;
	}
	if (last != NULL)
		say_source(last);
	return EXIT_FINE;
}

static int list(const struct catalogue *c, int argc, char **argv)
{
	int i, code = EXIT_FINE;

	if (argc == 0)
		list_all(c);
	for (i = 0; i < argc && code == EXIT_FINE; i++)
		code = list_one(c, argv[i]);
	return code;
}

static int check(const struct catalogue *c)
{
	printf("catalogue: fine (%zu services, %zu patterns)\n",
	    catalogue_services(c), catalogue_rules(c));
	return EXIT_FINE;
}

static int run(int argc, char **argv)
{
	const char *site = "/etc/weir/signatures.d", *what;
	struct conf_errors e = { 0 };
	struct catalogue *c;
	int option, code;

	optind = 1;
	while ((option = command_next(words, argc, argv)) != -1) {
		if (option != 's')
			return usage();
		site = optarg;
	}
	if (optind == argc)
		return usage();
	what = argv[optind++];
	c = strcmp(what, "check") == 0 && optind < argc ?
	    catalogue_load_with((const char *const *)argv + optind, &e) :
	    catalogue_load(site, &e);
	if (c == NULL || !apps_check(c, &e)) {
		catalogue_free(c);
		return command_refused(&e);
	}
	if (strcmp(what, "check") == 0)
		code = check(c);
	else if (strcmp(what, "match") == 0)
		code = match(c, argc - optind, argv + optind);
	else if (strcmp(what, "list") == 0)
		code = list(c, argc - optind, argv + optind);
	else if (strcmp(what, "discover") == 0)
		code = discover(c, argv + optind);
	else
		code = usage();
	catalogue_free(c);
	return code;
}

const struct command command_catalogue = {
	.name = "catalogue",
	.usage = "[-s DIR] check [FILE...] | match HOST\n"
	    "       weir catalogue [-s DIR] match ADDRESS [PORT]\n"
	    "       weir catalogue [-s DIR] list [SERVICE...] | "
	    "discover [FILE...]",
	.summary = "which rule names a host, and which files are wrong",
	.words = words,
	.run = run,
};
