/*
 * reference.c - a manual page, its tables filled in from the program's own.
 *
 *	reference PAGE.scd.in >PAGE.scd
 *
 * A line "@name@" becomes that table, in scdoc: options, commands, keys of
 * the configuration.  What the program checks, prints as help and documents
 * is thus written once.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/output.h"
#include "command/command.h"
#include "command/options.h"
#include "config/config_parts.h"
#include "detect/detect.h"
#include "know/keys.h"
#include "service/control.h"

extern const struct command command_ctl;

/* Text in which scdoc finds no markup; new lines become spaces. */
static void plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("\\*_#<>", *text) != NULL)
			putchar('\\');
		putchar(*text == '\n' ? ' ' : *text);
	}
}

/* "-s, --store DIR": options bold, arguments underlined. */
static void word(const char *text)
{
	const char *argument = strrchr(text, ' ');
	int n = argument == NULL || argument[1] == '-' ?
	    (int)strlen(text) : (int)(argument - text);

	if (text[0] != '-' && strchr(text, ' ') != NULL)
		n = (int)strcspn(text, " ");
	printf("*%.*s*", n, text);
	if (text[n] != '\0')
		plain(text + n);
	putchar('\n');
}

static void words(const struct command_word *w)
{
	for (; w->word != NULL; w++) {
		word(w->word);
		printf("\t");
		plain(w->help);
		puts(".\n");
	}
}

static void control_words(void)
{
	const struct control_command *c;

	for (c = control_commands; c->name != NULL; c++) {
		printf("*%s*\n\t", c->name);
		plain(c->help);
		puts(".\n");
	}
}

static void all_commands(void)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		printf("## weir %s\n\n*weir %s* ", commands[i]->name,
		    commands[i]->name);
		plain(commands[i]->usage);
		printf("\n\n");
		plain(commands[i]->summary);
		puts("\n");
		if (strcmp(commands[i]->name, "ctl") == 0)
			puts("See *weir-ctl*(1).\n");
		else
			words(commands[i]->words);
	}
}

/* ---- keys ---- */

static const char *type_name(const struct conf_field *f)
{
	static const char *const names[] = { [CONF_TEXT] = "text",
		[CONF_COUNT] = "number", [CONF_BYTES] = "size",
		[CONF_DURATION] = "time", [CONF_REAL] = "number",
		[CONF_BOOL] = "yes or no", [CONF_CHOICE] = "one of",
		[CONF_NODE] = "" };

	return names[f->type];
}

static void choices(const struct conf_field *f)
{
	const char *const *c;

	for (c = f->choices; *c != NULL; c++) {
		printf("%s_", c == f->choices ? " " : ", ");
		plain(*c);
		putchar('_');
	}
}

/* What the field is when it is not there. */
static void standard(const struct conf_field *f)
{
	union { char *text; int64_t number; double real; int choice;
		bool yes; } room = { .number = 0 };
	struct conf_field alone[2] = { *f, { .name = NULL } };
	struct conf_errors e = { 0 };
	char text[256];

	if (f->type == CONF_NODE || (f->type == CONF_TEXT && f->text == NULL) ||
	    (f->type == CONF_CHOICE && f->standard < 0) || f->required)
		return;
	alone[0].offset = 0;
	alone[0].required = false;
	conf_fill(&room, alone, NULL, &e);
	printf("; ");
	plain(conf_show(alone, &room, text, sizeof(text)));
	conf_release(&room, alone);
}

static void keys(const struct conf_field *f)
{
	for (; f->name != NULL; f++) {
		if (f->help == NULL)
			continue;
		printf("*%s*", f->name);
		if (f->type != CONF_NODE)
			printf(" (%s", type_name(f));
		if (f->type == CONF_CHOICE)
			choices(f);
		standard(f);
		if (f->type != CONF_NODE)
			putchar(')');
		printf("\n\t");
		if (f->required)
			printf("Required: ");
		plain(f->help);
		puts(".\n");
	}
}

static void sections(void)
{
	const struct config_section *s;

	keys(config_top_fields);
	for (s = config_sections; s->name != NULL; s++) {
		printf("## %s:\n\n", s->name);
		keys(s->fields);
	}
}

static void all_detections(void)
{
	for (size_t i = 0; detections[i] != NULL; i++) {
		printf("## %s:\n\n", detections[i]->name);
		keys(detections[i]->options);
	}
}

/* Options that every output has are told once. */
static bool is_common(const char *name)
{
	static const struct conf_field common[] = {
		OUTPUT_COMMON(0), { .name = NULL } };

	for (const struct conf_field *f = common; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return true;
	return false;
}

static void all_outputs(void)
{
	const struct conf_field *f;

	for (f = outputs[0]->options; f->name != NULL; f++)
		if (is_common(f->name))
			keys((struct conf_field[]){ *f, { .name = NULL } });
	for (size_t i = 0; outputs[i] != NULL; i++) {
		printf("## type: %s\n\n", outputs[i]->name);
		for (f = outputs[i]->options; f->name != NULL; f++)
			if (!is_common(f->name))
				keys((struct conf_field[]){ *f,
				    { .name = NULL } });
	}
}

/* ---- the page ---- */

static void options(void) { words(options_words); }
static void ctl_options(void) { words(command_ctl.words); }
static void policy(void) { keys(policy_fields); }
static void group(void) { keys(policy_group_fields); }
static void calendar(void) { keys(policy_calendar_fields); }
static void period(void) { keys(policy_period_fields); }
static void resource(void) { keys(policy_resource_fields); }
static void watch(void) { keys(policy_watch_fields); }
static void exception(void) { keys(policy_exception_fields); }
static void catalogue_file(void) { keys(catalogue_file_fields); }
static void service(void) { keys(catalogue_service_fields); }
static void rule(void) { keys(catalogue_rule_fields); }

static const struct insert {
	const char *name;
	void (*print)(void);
} tables[] = {
	{ "options", options }, { "commands", all_commands },
	{ "ctl-options", ctl_options }, { "ctl-commands", control_words },
	{ "sections", sections }, { "detections", all_detections },
	{ "outputs", all_outputs }, { "policy", policy },
	{ "group", group }, { "calendar", calendar }, { "period", period },
	{ "resource", resource }, { "watch", watch },
	{ "exception", exception }, { "catalogue-file", catalogue_file },
	{ "service", service }, { "rule", rule },
	{ NULL, NULL }
};

static void line(char *text)
{
	size_t n = strcspn(text, "\n");

	text[n] = '\0';
	if (n > 2 && text[0] == '@' && text[n - 1] == '@') {
		text[n - 1] = '\0';
		for (const struct insert *t = tables; t->name != NULL; t++)
			if (strcmp(t->name, text + 1) == 0) {
				t->print();
				return;
			}
		fprintf(stderr, "reference: no table '%s'\n", text + 1);
		exit(1);
	}
	puts(text);
}

int main(int argc, char **argv)
{
	FILE *page = argc == 2 ? fopen(argv[1], "r") : NULL;
	char text[1024];

	if (page == NULL) {
		fputs("usage: reference PAGE.scd.in\n", stderr);
		return 1;
	}
	while (fgets(text, sizeof(text), page) != NULL)
		line(text);
	fclose(page);
	return fflush(stdout) == 0 ? 0 : 1;
}
