/*
 * weir privacy-report: what this sensor may know, tell and keep, for those
 * who have to agree to it.
 *
 * Everything printed comes from what is in force: the configuration, the
 * schema of the records that is compiled in, the trail of reveals.  So the
 * report cannot differ from the program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/output.h"
#include "base/json_read.h"
#include "base/log.h"
#include "command/command.h"
#include "config/config.h"
#include "privacy/audit.h"
#include "privacy/escrow.h"

extern const struct command command_privacy;

static const char schema[] =
#include "record_schema.inc"
;

static const struct command_word words[] = {
	{ 'c', "-c, --config FILE", "the sensor's configuration" },
	{ 'a', "-a, --audit FILE", "the trail of `weir reveal`" },
	{ .word = NULL }
};

static void text_of(struct slice raw, char *into, size_t size)
{
	struct text t = text_in(into, size);

	json_unescape(&t, raw);
}

static struct slice member(struct slice in, const char *name)
{
	struct json_value v;

	return json_find(in, name, &v) ? v.raw : slice_str("{}");
}

static void say_record(struct slice type, struct slice record)
{
	struct slice fields = member(record, "properties"), key;
	char text[256];
	struct json_value v;
	int column = 4;

	text_of(member(record, "description"), text, sizeof(text));
	printf("  %.*s: %s\n   ", (int)type.n, (const char *)type.p, text);
	if (json_enter(&fields))
		while (json_member(&fields, &key, &v)) {
			if (column + (int)key.n > 76) {
				printf("\n   ");
				column = 4;
			}
			column += printf(" %.*s", (int)key.n,
			    (const char *)key.p);
		}
	putchar('\n');
}

static void say_records(void)
{
	struct slice all = member(slice_of(schema, sizeof(schema) - 1),
	    "definitions"), key;
	struct json_value v;

	puts("\nWhat it tells (record-1.json; nothing else ever leaves)");
	if (json_enter(&all))
		while (json_member(&all, &key, &v))
			say_record(key, v.raw);
	puts("  Never: payload, messages, subjects, paths, queries, "
	    "passwords.");
}

static void say_people(const struct config *c)
{
	puts("\nPeople");
	if (c->pseudonyms)
		printf("  pseudonyms       yes: accounts, hosts, inside "
		    "addresses, MACs, names of\n"
		    "                   files and of rooms the policy does not "
		    "list; new ones every %d days\n",
		    (int)(c->epoch_us / 86400000000));
	else
		puts("  pseudonyms       NO: everybody is told of by name");
	for (size_t i = 0; i < policy_groups(c->policy); i++) {
		const struct group *g = policy_group_at(c->policy, i);

		printf("  %-16s %s: %s\n", g->id, g->monitor ? "monitored" :
		    "not monitored, nothing is kept", g->name);
	}
}

/* trail: NULL when none was given. */
static void say_reveal(const struct config *c, FILE *trail)
{
	struct officers *o;
	char why[ESCROW_WHY], last[AUDIT_HASH];
	size_t lines = 0;

	puts("\nRevealing");
	o = c->officers == NULL ? NULL : officers_load(c->officers, why);
	if (c->officers == NULL)
		puts("  officers         none: nobody can be revealed");
	else if (o == NULL)
		printf("  officers         %s\n", why);
	for (size_t i = 0; o != NULL && i < officers_count(o); i++)
		printf("  officer          %s\n", officer_id(o, i));
	if (o != NULL)
		puts("  needed           any two of them, and a reason");
	officers_free(o);
	if (trail == NULL) {
		puts("  trail            not given (-a)");
		return;
	}
	printf("  trail            %s, %zu lines\n", audit_verify(trail, last,
	    &lines) ? "unbroken" : "BROKEN", lines);
	rewind(trail);
	for (char line[AUDIT_LINE]; lines-- > 0 &&
	    fgets(line, sizeof(line), trail) != NULL;)
		printf("    %s", line);
}

static void say_kept(const struct config *c)
{
	char key[KEY_PATH];

	config_key_path(c, key);
	puts("\nWhat it keeps, and how long");
	printf("  state            %s/state.db, sealed with the key; events "
	    "and users not\n                   seen for %d days are "
	    "forgotten\n", c->spool,
	    (int)(c->retain_state_us / 86400000000));
	printf("  alerts           %d days, there and in the spool; sealed "
	    "identities as long\n",
	    (int)(c->retain_alerts_us / 86400000000));
	printf("  key              %s (destroying it cuts every pseudonym "
	    "from its person)\n", key);
}

static void say_recipients(const struct config *c)
{
	const struct config_output *o;
	char shown[256];

	puts("\nWho is told");
	if (c->outputs == NULL)
		puts("  standard output alone");
	for (o = c->outputs; o != NULL; o = o->next) {
		const struct conf_field *f = outputs[o->kind]->options;

		printf("  %s", outputs[o->kind]->name);
		for (; f->name != NULL; f++)
			if (strcmp(f->name, "host") == 0 ||
			    strcmp(f->name, "path") == 0 ||
			    strcmp(f->name, "port") == 0) {
				conf_show(f, o->settings, shown,
				    sizeof(shown));
				printf(" %s", shown);
			}
		putchar('\n');
	}
	printf("  %s: who may open it (weir ctl)\n", c->control);
	if (c->metrics != NULL)
		printf("  %s: counters, of nobody\n", c->metrics);
}

static int run(int argc, char **argv)
{
	const char *path = NULL, *audit = NULL;
	FILE *trail = NULL;
	struct config *c;
	int option;

	optind = 1;
	while ((option = command_next(words, argc, argv)) != -1)
		if (option == 'c')
			path = optarg;
		else if (option == 'a')
			audit = optarg;
		else
			return command_usage(&command_privacy);
	if (optind != argc)
		return command_usage(&command_privacy);
	if (audit != NULL && (trail = fopen(audit, "re")) == NULL) {
		log_warn("%s", audit);
		return EXIT_RUNTIME;
	}
	c = command_config(path);
	if (c == NULL)
		goto out;
	printf("weir %s, sensor %s, configuration %s (%s)\n", VERSION,
	    c->sensor, c->hash, path != NULL ? path : "none");
	puts("\nPurpose\n  insider-threat technique IT1021: files taken from "
	    "chat, and where they went");
	say_people(c);
	say_records();
	say_kept(c);
	say_recipients(c);
	say_reveal(c, trail);
out:
	if (trail != NULL)
		fclose(trail);
	config_free(c);
	return c == NULL ? EXIT_CONFIG : EXIT_FINE;
}

const struct command command_privacy = {
	.name = "privacy-report",
	.usage = "[-c FILE] [-a AUDIT]",
	.summary = "what this sensor may know, tell and keep",
	.words = words,
	.run = run,
};
