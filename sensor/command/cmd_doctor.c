/*
 * cmd_doctor.c - `weir doctor IFACE`: examine, tell, and on request mend.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "command/command.h"
#include "command/doctor.h"

extern const struct command command_doctor;

static const struct command_word words[] = {
	{ 'f', "-f, --fix", "mend what can be mended" },
	{ 'j', "-j, --json", "one JSON object a line" },
	{ .word = NULL }
};

static const char *const fitness_names[] = { "ok", "warn", "fail", "unknown" };

static void print(const char *name, const struct diagnosis *d, bool json)
{
	char line[1024];
	struct text t = text_in(line, sizeof(line));
	struct json j = json_to(&t);

	if (!json) {
		printf("%-8s%-14s%s\n", fitness_names[d->fitness], name,
		    d->said);
		if (d->fix[0] != '\0')
			printf("%22s%s\n", "", d->fix);
		return;
	}
	json_open(&j, NULL);
	json_str(&j, "check", name);
	json_str(&j, "result", fitness_names[d->fitness]);
	json_str(&j, "found", d->said);
	if (d->fix[0] != '\0')
		json_str(&j, "fix", d->fix);
	json_close(&j);
	puts(line);
}

static enum fitness examine(const struct patient *p,
    const struct examination *e, bool mend, bool json)
{
	struct diagnosis d = { .fitness = FIT_UNKNOWN };

	e->look(p, &d);
	if (mend && e->mend != NULL &&
	    (d.fitness == FIT_WARN || d.fitness == FIT_FAIL)) {
		if (!e->mend(p))
			log_warn("%s: cannot be mended", e->name);
		d = (struct diagnosis){ .fitness = FIT_UNKNOWN };
		e->look(p, &d);
	}
	print(e->name, &d, json);
	return d.fitness;
}

static int run(int argc, char **argv)
{
	struct patient p = { .spool = "/var/spool/weir" };
	bool mend = false, json = false, fail = false;
	int option;

	optind = 1;
	while ((option = command_next(words, argc, argv)) != -1) {
		if (option == 'f')
			mend = true;
		else if (option == 'j')
			json = true;
		else
			return command_usage(&command_doctor);
	}
	if (optind + 1 != argc)
		return command_usage(&command_doctor);
	p.interface = argv[optind];
	p.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	for (size_t i = 0; examinations[i].name != NULL; i++) {
		enum fitness f = examine(&p, &examinations[i], mend, json);

		fail |= f == FIT_FAIL;
		if (i == 0 && f == FIT_FAIL && !mend)
			break;		/* nothing else can be told */
	}
	if (p.fd != -1)
		close(p.fd);
	return fail ? EXIT_RUNTIME : EXIT_FINE;
}

const struct command command_doctor = {
	.name = "doctor",
	.usage = "[-f] [-j] INTERFACE",
	.summary = "is this interface fit to be watched?",
	.words = words,
	.run = run,
};
