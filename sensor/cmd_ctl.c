/*
 * cmd_ctl.c - `weir ctl NAME`: asks the running service.
 *
 * The answer is shown as aligned text, one object a paragraph or a line, or
 * with -j as the JSON lines that came.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/json.h"
#include "base/json_read.h"
#include "base/log.h"
#include "command.h"
#include "control.h"

enum { ANSWER_LINE = 65536, RELOAD_TRIES = 50 };

struct ctl {
	const char *socket;
	bool json;
	unsigned long max;
	FILE *service;
};

extern const struct command command_ctl;

static const struct command_word words[] = {
	{ 'j', "-j, --json", "the answer as it came: one JSON object a line" },
	{ 'n', "-n, --lines NUMBER", "at most so many; 20" },
	{ 's', "-s, --socket PATH", "of the service; /run/weir/control" },
	{ .word = NULL }
};

static void more(FILE *to)
{
	for (size_t i = 0; control_commands[i].name != NULL; i++)
		fprintf(to, "  %-24s%s\n", control_commands[i].name,
		    control_commands[i].help);
}

static bool ctl_connect(struct ctl *c)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || strlen(c->socket) >= sizeof(sun.sun_path))
		return false;
	memcpy(sun.sun_path, c->socket, strlen(c->socket) + 1);
	if (connect(fd, (const struct sockaddr *)&sun, sizeof(sun)) == -1) {
		log_warnx("%s: %s; is weir -i running?", c->socket,
		    strerror(errno));
		close(fd);
		return false;
	}
	c->service = fdopen(fd, "r+");
	return c->service != NULL;
}

static void show_object(struct slice in)
{
	struct json_value v;
	struct slice key;
	char room[ANSWER_LINE];

	if (!json_enter(&in))
		return;
	while (json_member(&in, &key, &v)) {
		struct text t = text_in(room, sizeof(room));

		if (v.kind == JSON_TEXT)
			json_unescape(&t, v.raw);
		else
			text_bytes(&t, v.raw.p, v.raw.n);
		printf("%-24.*s %s\n", (int)key.n, (const char *)key.p,
		    room);
	}
	putchar('\n');
}

/* The last line: did it work?  `error` gets the reason. */
static bool is_last(struct slice in, bool *fine)
{
	struct slice key, error = slice_of(NULL, 0), near = error;
	struct json_value v;
	bool last = false;

	if (!json_enter(&in))
		return false;
	while (json_member(&in, &key, &v)) {
		if (json_is(key, "ok")) {
			last = true;
			*fine = slice_is(v.raw, "true");
		} else if (json_is(key, "error"))
			error = v.raw;
		else if (json_is(key, "did_you_mean"))
			near = v.raw;
	}
	if (last && !*fine)
		log_warnx("%.*s%s%.*s", (int)error.n, (const char *)error.p,
		    slice_more(near) ? "; did you mean " : "", (int)near.n,
		    slice_more(near) ? (const char *)near.p : "");
	return last;
}

/* Ask, and hand each line to `see`; true when the service said ok. */
static bool ask(struct ctl *c, const char *name, void (*see)(struct ctl *c,
    struct slice line, void *arg), void *arg)
{
	static char line[ANSWER_LINE];
	char request[256];
	struct text t = text_in(request, sizeof(request));
	struct json j = json_to(&t);
	bool fine = false;

	json_open(&j, NULL);
	json_str(&j, "do", name);
	json_u64(&j, "max", c->max);
	json_close(&j);
	fprintf(c->service, "%s\n", request);
	fflush(c->service);
	while (fgets(line, sizeof(line), c->service) != NULL) {
		struct slice in = slice_of(line, strcspn(line, "\n"));

		if (is_last(in, &fine))
			return fine;
		if (see != NULL)
			see(c, in, arg);
	}
	log_warnx("the service hung up");
	return false;
}

static void print(struct ctl *c, struct slice line, void *arg)
{
	(void)arg;
	if (c->json)
		printf("%.*s\n", (int)line.n, (const char *)line.p);
	else
		show_object(line);
}

struct reload {
	uint64_t generation, refused;
	char error[512];
};

static void note(struct ctl *c, struct slice in, void *arg)
{
	struct reload *r = arg;
	struct text error = text_in(r->error, sizeof(r->error));
	struct json_value v;
	struct slice key;

	(void)c;
	if (!json_enter(&in))
		return;
	while (json_member(&in, &key, &v)) {
		if (json_is(key, "generation"))
			(void)json_number(&v, &r->generation);
		else if (json_is(key, "reloads_refused"))
			(void)json_number(&v, &r->refused);
		else if (json_is(key, "reload_error"))
			json_unescape(&error, v.raw);
	}
}

/* The service answers at once; whether it liked it shows in its status. */
static int reload(struct ctl *c)
{
	struct reload before = { .error = "" }, now = before;

	if (!ask(c, "status", note, &before) || !ask(c, "reload", NULL, NULL))
		return EXIT_RUNTIME;
	for (int i = 0; i < RELOAD_TRIES; i++) {
		usleep(100000);
		if (!ask(c, "status", note, &now))
			return EXIT_RUNTIME;
		if (now.refused > before.refused) {
			fprintf(stderr, "%s\n", now.error);
			log_warnx("refused: the old configuration is in "
			    "force");
			return EXIT_CONFIG;
		}
		if (now.generation > before.generation) {
			puts("loaded");
			return EXIT_FINE;
		}
	}
	log_warnx("no answer to the reload yet");
	return EXIT_RUNTIME;
}

static int run(int argc, char **argv)
{
	struct ctl c = { .socket = "/run/weir/control", .max = 20 };
	int option, code;

	optind = 1;
	while ((option = command_next(words, argc, argv)) != -1) {
		switch (option) {
		case 'j':
			c.json = true;
			break;
		case 'n':
			c.max = strtoul(optarg, NULL, 10);
			break;
		case 's':
			c.socket = optarg;
			break;
		default:
			return command_usage(&command_ctl);
		}
	}
	if (optind + 1 != argc)
		return command_usage(&command_ctl);
	if (!ctl_connect(&c))
		return EXIT_RUNTIME;
	if (strcmp(argv[optind], "reload") == 0)
		code = reload(&c);
	else
		code = ask(&c, argv[optind], print, NULL) ? EXIT_FINE :
		    EXIT_USAGE;
	fclose(c.service);
	return code;
}

const struct command command_ctl = {
	.name = "ctl",
	.usage = "[-j] [-n LINES] [-s SOCKET] COMMAND",
	.summary = "ask the running service, or tell it to reload",
	.words = words,
	.more = more,
	.run = run,
};
