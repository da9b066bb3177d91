/*
 * monitor_open.c - all that the parent opens before it forks.
 *
 * Rings and board are mapped shared; capture handles and listening sockets
 * are inherited.  After this nobody but the parent needs any privilege.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "config/apps.h"
#include "service/kept.h"
#include "service/listen.h"
#include "service/live_parts.h"

#define SPOOL_DIR "/var/lib/weir/spool"

const char *live_spool(const struct live *l)
{
	return l->config->spool != NULL ? l->config->spool : SPOOL_DIR;
}

static const struct output_common plain = {
	.style = { .format = FORMAT_RFC5424, .header = HEADER_NONE,
	    .facility = 13, .severity_high = 2, .severity_medium = 4,
	    .severity_low = 5, .severity_health = 5, .max_bytes = 2048 },
	.health = true
};

size_t live_outputs(const struct live *l, struct output_use *uses)
{
	const struct config_output *o = l->config->outputs;
	size_t n = 0;

	for (; o != NULL && n < COLLECTORS_MAX; o = o->next)
		uses[n++] = (struct output_use){ outputs[o->kind],
		    o->settings };
	if (n > 0 || l->setup->json)
		return n;
	for (size_t i = 0; outputs[i] != NULL; i++)
		if (strcmp(outputs[i]->name, "stdout") == 0)
			uses[n++] = (struct output_use){ outputs[i],
			    &plain };
	return n;
}

void live_collectors(const struct live *l, struct collector_names *to)
{
	struct output_use uses[COLLECTORS_MAX];
	size_t n = live_outputs(l, uses);

	for (size_t i = 0; i < n; i++) {
		output_name(uses[i].output, uses[i].settings, to->text[i],
		    sizeof(to->text[i]));
		to->names[i] = to->text[i];
	}
	to->names[n] = NULL;
}

bool live_reopen_capture(struct live *l, size_t number)
{
	struct capture_live live = { .interface = l->setup->interface,
	    .snaplen = (uint32_t)l->config->capture.snaplen,
	    .ring_bytes = (uint32_t)l->config->capture.ring_bytes,
	    .fanout_group = l->fanout };
	const char *filter = l->setup->filter != NULL ? l->setup->filter :
	    l->config->capture.filter;
	struct capture *old = l->captures[number];
	char error[CAPTURE_ERROR];
	struct capture *fresh = capture_open_live(&live, filter, error);
	struct capture_counts rest;

	if (fresh == NULL) {
		log_warnx("%s", error);
		return false;
	}
	/* All that came while nobody read it, up to this moment. */
	if (old != NULL) {
		rest = capture_counts(old);
		board_settle(&l->board->worker[number], &rest);
	}
	capture_close(old);
	l->captures[number] = fresh;
	return true;
}

static void note_catalogue(struct live *l)
{
	if (l->board != NULL)
		l->board->catalogue_us =
		    catalogue_date(l->config->catalogue) * 1000000;
}

static bool open_memory(struct live *l)
{
	l->board = board_new();
	l->spill = ring_new(SPILL_LETTERS, sizeof(struct spilled));
	l->apps = apps_learn();
	apps_number(l->apps, l->config->catalogue);
	for (size_t i = 0; i < l->workers; i++) {
		l->rings[i] = ring_new(RING_EVENTS, sizeof(struct event));
		if (l->rings[i] == NULL)
			return false;
	}
	if (l->board == NULL || l->spill == NULL)
		return false;
	l->board->workers = l->workers;
	l->board->started_us = real_us();
	l->board->core.generation = 1;
	l->board->spool_max = l->config->spool_max;
	note_catalogue(l);
	snprintf(l->board->interface, sizeof(l->board->interface), "%s",
	    l->setup->interface);
	return true;
}

/* Nice to have: without them weir watches all the same. */
static void open_sockets(struct live *l)
{
	const char *metrics = l->config->metrics;

	l->control = listen_path(&l->privs, l->config->control);
	if (l->config->intake != NULL)
		l->intake = listen_path(&l->privs, l->config->intake);
	if (l->config->intake_tls.listen != NULL)
		l->intake_tls = listen_endpoint(l->config->intake_tls.listen);
	if (metrics != NULL)
		l->metrics = metrics[0] == '/' ?
		    listen_path(&l->privs, metrics) : listen_port(metrics);
}

/* Without its secret the sensor keeps no promise of privacy: no start. */
static bool open_key(struct live *l)
{
	char path[KEY_PATH], why[KEY_WHY];

	if (l->config->key != NULL)
		config_key_path(l->config, path);
	else
		snprintf(path, sizeof(path), "%s/privacy.key",
		    live_spool(l));
	if (key_load(&l->key, path, true, why))
		return true;
	log_warnx("%s", why);
	return false;
}

/* A disk that cannot keep names is no reason to watch less. */
static bool open_book(struct live *l)
{
	char path[KEY_PATH];

	snprintf(path, sizeof(path), "%s/names", live_spool(l));
	l->book = book_open(path);
	if (l->book == NULL)
		l->book = book_open(NULL);
	return l->book != NULL;
}

/* One weir for a spool: a second would take the first one's sockets.  Held
 * until the process ends, by it and not by its children: fcntl(2). */
static bool alone(const struct live *l)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[KEY_PATH];
	int fd;

	snprintf(path, sizeof(path), "%s/running", live_spool(l));
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd != -1 && fcntl(fd, F_SETLK, &whole) == 0)
		return true;
	if (errno == EAGAIN || errno == EACCES)
		log_warnx("%s: another weir works here", live_spool(l));
	else
		log_warn("%s", path);
	return errno == ENOSPC || errno == EDQUOT;
}

bool live_open(struct live *l)
{
	l->parent = getpid();
	l->control = l->intake = l->intake_tls = l->metrics = -1;
	l->wake[0] = l->wake[1] = -1;
	l->workers = (size_t)l->config->capture.workers;
	if (l->workers < 1 || l->workers > WORKERS_MAX)
		l->workers = 1;
	l->fanout = l->workers > 1 ? (l->parent & 0xffff) | 1 : 0;
	if (!privs_find(&l->privs, l->config->user))
		return false;
	if (!open_memory(l) || pipe2(l->wake, O_NONBLOCK | O_CLOEXEC) == -1) {
		log_warn("shared memory");
		return false;
	}
	for (size_t i = 0; i < l->workers; i++)
		if (!live_reopen_capture(l, i))
			return false;
	if (!privs_directory(&l->privs, live_spool(l), 0750) || !alone(l))
		return false;
	open_sockets(l);
	return open_key(l) && open_book(l);
}

void live_close(struct live *l)
{
	for (size_t i = 0; i < l->workers; i++) {
		capture_close(l->captures[i]);
		ring_free(l->rings[i]);
	}
	ring_free(l->spill);
	board_free(l->board);
	book_close(l->book);
	apps_free(l->apps);
	if (l->wake[0] != -1) {
		close(l->wake[0]);
		close(l->wake[1]);
	}
	if (l->control != -1)
		unlink(l->config->control);
	if (l->intake != -1)
		unlink(l->config->intake);
	if (l->metrics != -1 && l->config->metrics != NULL &&
	    l->config->metrics[0] == '/')
		unlink(l->config->metrics);
	if (l->loaded != NULL)
		config_free(l->loaded);
}

void live_take(struct live *l, struct config *fresh)
{
	if (l->loaded != NULL)
		config_free(l->loaded);
	l->config = l->loaded = fresh;
	note_catalogue(l);
}

struct config *live_reload(const struct live *l, const char *who)
{
	struct conf_errors errors = { .text = NULL };
	struct config *c;

	if (l->setup->config_path == NULL)
		return NULL;
	c = config_load(l->setup->config_path, &errors);
	if (c == NULL)
		log_warnx("%s keeps its configuration:\n%s", who,
		    errors.text != NULL ? errors.text : "cannot load");
	if (c == NULL)
		snprintf(l->board->reload_error,
		    sizeof(l->board->reload_error), "%.*s",
		    errors.text != NULL ? (int)strcspn(errors.text, "\n") : 0,
		    errors.text != NULL ? errors.text : "");
	else
		l->board->reload_error[0] = '\0';
	if (c != NULL)
		apps_number(l->apps, c->catalogue);
	conf_errors_free(&errors);
	return c;
}
