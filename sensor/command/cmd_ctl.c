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
#include "command/command.h"
#include "service/control.h"

enum { LINES_MOST = 256, ANSWER_LINE = 65536, REQUEST = 2048,
	RELOAD_TRIES = 50 };

struct ctl {
	const char *socket;
	bool json;
	uint64_t max;
	const char *keys[CONTROL_TAKES], *values[CONTROL_TAKES];
	size_t words_n;
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
	for (size_t i = 0; control_commands[i].name != NULL; i++) {
		const struct control_command *k = &control_commands[i];

		fprintf(to, "  %-24s%s\n", k->name, k->help);
		for (size_t n = 0; n < CONTROL_TAKES && k->takes[n] != NULL;
		    n++)
			fprintf(to, "%s%s=...", n > 0 ? " " : "    ",
			    k->takes[n]);
		if (k->takes[0] != NULL)
			fputc('\n', to);
	}
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
		if (json_is(key, "line")) {	/* of a text */
			puts(room);
			return;
		}
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
	char request[REQUEST];
	struct text t = text_in(request, sizeof(request));
	struct json j = json_to(&t);
	bool fine = false;

	json_open(&j, NULL);
	json_str(&j, "do", name);
	json_u64(&j, "max", c->max);
	for (size_t i = 0; i < c->words_n; i++)
		json_str(&j, c->keys[i], c->values[i]);
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

/* "suppress add" is two words of the command line; then come words for the
 * service, the first of which may stand without its name. */
static const struct control_command *command_of(int argc, char **argv,
    int *used)
{
	char two[64];

	snprintf(two, sizeof(two), "%s %s", argv[0], argc > 1 ? argv[1] : "");
	for (size_t i = 0; control_commands[i].name != NULL; i++) {
		const struct control_command *k = &control_commands[i];

		*used = strcmp(k->name, two) == 0 ? 2 : 1;
		if (*used == 2 || strcmp(k->name, argv[0]) == 0)
			return k;
	}
	return NULL;
}

static bool take_word(struct ctl *c, const struct control_command *k,
    const char *text)
{
	const char *equals = strchr(text, '=');

	for (size_t i = 0; i < CONTROL_TAKES && k->takes[i] != NULL; i++) {
		size_t n = strlen(k->takes[i]);
		bool named = equals == text + n &&
		    strncmp(text, k->takes[i], n) == 0;

		if (!named && (equals != NULL || c->words_n > 0))
			continue;
		if (c->words_n == CONTROL_TAKES)
			break;
		c->keys[c->words_n] = k->takes[i];
		c->values[c->words_n++] = named ? equals + 1 : text;
		return true;
	}
	log_warnx("%s does not take '%s'", k->name, text);
	return false;
}

static int answer(struct ctl *c, int argc, char **argv)
{
	int used = 1;
	const struct control_command *k = command_of(argc, argv, &used);
	const char *name = k != NULL ? k->name : argv[0];

	for (int i = used; k != NULL && i < argc; i++)
		if (!take_word(c, k, argv[i]))
			return EXIT_USAGE;
	if (strcmp(name, "reload") == 0)
		return reload(c);
	return ask(c, name, print, NULL) ? EXIT_FINE : EXIT_USAGE;
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
			if (!command_number("-n", optarg, 1, LINES_MOST,
			    &c.max))
				return EXIT_USAGE;
			break;
		case 's':
			c.socket = optarg;
			break;
		default:
			return command_usage(&command_ctl);
		}
	}
	if (optind == argc)
		return command_usage(&command_ctl);
	if (!ctl_connect(&c))
		return EXIT_RUNTIME;
	code = answer(&c, argc - optind, argv + optind);
	fclose(c.service);
	return code;
}

const struct command command_ctl = {
	.name = "ctl",
	.usage = "[-j] [-n LINES] [-s SOCKET] COMMAND [WORD...]",
	.summary = "ask the running service, or tell it to reload",
	.words = words,
	.more = more,
	.run = run,
};
