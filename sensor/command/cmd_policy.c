/*
 * weir policy: what applies to somebody, and why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "config/config.h"
#include "detect/detect.h"

extern const struct command command_policy;

static const struct command_word words[] = {
	{ 'c', "-c, --config FILE", "weir.yaml; without it: built-in defaults" },
	{ 0, "who USER|ADDRESS", "the group, how it was found, and what it may"
	    " do" },
	{ .word = NULL }
};

static const char *how(const struct policy *p, const char *account,
    const struct addr *a)
{
	if (account != NULL && policy_group_of_account(p, account) != NULL)
		return "by account";
	if (a != NULL && policy_group_of_address(p, a) != NULL)
		return "by network";
	return "nothing claims this user, so the last group does";
}

static void say_group(const struct policy *p, const struct group *g,
    const char *why)
{
	const struct group *up;

	printf("  group       %s (%s), %s\n", g->id, g->name, why);
	for (up = policy_parent(p, g); up != NULL; up = policy_parent(p, up))
		printf("  within      %s (%s)\n", up->id, up->name);
	printf("  monitoring  %s\n", g->monitor ? "yes" :
	    "no: nothing is kept of this user");
}

/* One line for each setting that the group has of its own. */
static void say_detection(const struct config *c, unsigned int i,
    const struct group *g)
{
	const struct detection *d = detections[i];
	const void *own = config_detection(c, i, g);
	const struct conf_field *f;
	char mine[256], usual[256];

	if (own == c->detections[i])
		return;
	for (f = d->options; f->name != NULL; f++) {
		conf_show(f, own, mine, sizeof(mine));
		conf_show(f, c->detections[i], usual, sizeof(usual));
		if (strcmp(mine, usual) != 0)
			printf("  %-11s %s: %s (for others %s)\n", d->name,
			    f->name, mine, usual);
	}
}

static void say_services(const struct config *c, const struct group *g)
{
	const struct conf_node *why;
	const struct service *s;
	struct rule r = { 0 };
	uint32_t i;
	bool yes;

	for (i = 0; (s = catalogue_service(c->catalogue, i)) != NULL; i++) {
		r.service = s;
		yes = policy_approved_why(c->policy, g,
		    &(struct destination){ .rule = &r }, &why);
		if (why != NULL)
			printf("  %-11s %s (%s), %s:%u\n",
			    yes ? "approved" : "unapproved", s->id,
			    category_name(s->category), why->file,
			    why->line);
	}
}

/* What it stands for only officers may know; what applies to it is said. */
static bool is_pseudonym(const char *name)
{
	struct addr a;

	return (addr_parse(&a, name) && addr_is_pseudonym(&a)) ||
	    ((strncmp(name, "user-", 5) == 0 ||
	    strncmp(name, "host-", 5) == 0) && strlen(name) == 17);
}

static void who(const struct config *c, const char *name)
{
	const struct policy *p = c->policy;
	const char *account = name;
	const struct group *g;
	struct addr a;
	bool is_address = addr_parse(&a, name);
	unsigned int i;

	if (is_address)
		account = policy_user(p, &a);
	printf("%s\n", name);
	if (is_address)
		printf("  account     %s\n", account ? account :
		    "none is mapped to this address");
	if (is_address)
		printf("  network     %s\n", policy_is_home(p, &a) ?
		    "one of ours" : "not one of ours");
	if (is_address && policy_is_shared(p, &a))
		printf("  shared      by several at once (policy: shared): a "
		    "logon there names nobody\n");
	g = is_address ? policy_group(p, account, &a) :
	    policy_group_of_account(p, account);
	if (g == NULL)
		g = policy_group_at(p, policy_groups(p) - 1);
	say_group(p, g, how(p, account, is_address ? &a : NULL));
	for (i = 0; detections[i] != NULL; i++)
		say_detection(c, i, g);
	say_services(c, g);
}

static int run(int argc, char **argv)
{
	const char *path = NULL;
	struct config *c;
	int option;

	optind = 1;
	while ((option = command_next(words, argc, argv)) != -1) {
		if (option != 'c')
			return command_usage(&command_policy);
		path = optarg;
	}
	if (optind + 2 != argc || strcmp(argv[optind], "who") != 0)
		return command_usage(&command_policy);
	if (is_pseudonym(argv[optind + 1])) {
		fprintf(stderr, "weir: %s is a pseudonym: its group stands in "
		    "its alerts,\nand `weir reveal` tells who it is\n",
		    argv[optind + 1]);
		return EXIT_RUNTIME;
	}
	c = command_config(path);
	if (c == NULL)
		return EXIT_CONFIG;
	who(c, argv[optind + 1]);
	config_free(c);
	return EXIT_FINE;
}

const struct command command_policy = {
	.name = "policy",
	.usage = "[-c FILE] who USER|ADDRESS",
	.summary = "what applies to somebody, and why",
	.words = words,
	.run = run,
};
