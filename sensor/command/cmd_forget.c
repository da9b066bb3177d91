/*
 * weir forget: a person erased on this sensor, while it does not run.
 *
 * The same as `weir ctl forget` asks of a running one (service/erase.h): its
 * state is loaded, the person taken out, the state written anew.  The trail
 * goes to the local syslog here, and to the collectors when weir starts
 * again.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alert/record.h"
#include "base/log.h"
#include "command/command.h"
#include "command/syslog_line.h"
#include "service/erase.h"

extern const struct command command_forget;

struct forget {
	const char *path, *reason, *syslog, *name;
	struct config *config;
	struct live_setup setup;
	struct live live;
	struct analysis *analysis;
	struct spool *spool;
	struct identities *identities;
	char by[64];
};

static const struct command_word words[] = {
	{ 'c', "-c, --config FILE", "the sensor's configuration" },
	{ 'l', "-l, --syslog SOCKET", "instead of /dev/log" },
	{ 'r', "-r, --reason TEXT", "why; goes to syslog before all else" },
	{ .word = NULL }
};

static bool fail(const char *what, const char *why)
{
	fprintf(stderr, "weir: %s: %s\n", what, why);
	return false;
}

static bool tell(const char *line, void *arg, char *why)
{
	struct forget *f = arg;

	if (!syslog_line(f->syslog, line, why, ERASE_WHY))
		return false;
	if (erase_letter(f->spool, f->config, line, real_us()))
		return true;
	snprintf(why, ERASE_WHY, "the spool takes no letter");
	return false;
}

/* What was on its way when weir was killed still has to go out. */
static void on_alert(const struct alert *a, void *arg)
{
	struct forget *f = arg;
	struct record_head head = { f->config->sensor, spool_next(f->spool),
		f->config->hash };
	char line[RECORD_MAX];
	struct text t = text_in(line, sizeof(line));

	identities_alert(f->identities, f->analysis, a);
	record_alert(&t, &head, a);
	if (!spool_put(f->spool, SPOOL_HIGH, slice_of(t.p, t.n)))
		log_warnx("alert %s is lost: the spool takes none", a->id);
}

static bool load_key(struct forget *f)
{
	char path[KEY_PATH], why[KEY_WHY];

	config_key_path(f->config, path);
	return key_load(&f->live.key, path, false, why) || fail("key", why);
}

/* As the service would: nothing may belong to root in the end. */
static bool become(struct forget *f)
{
	const struct passwd *who = getpwuid(getuid());

	snprintf(f->by, sizeof(f->by), "%.40s (%u)", who != NULL ?
	    who->pw_name : "?", (unsigned int)getuid());
	if (!privs_find(&f->live.privs, f->config->user))
		return false;
	umask(027);
	privs_drop(&f->live.privs, getppid());
	return true;
}

static bool open_spool(struct forget *f)
{
	struct spool_setup setup = { live_spool(&f->live),
		f->config->spool_max, 4 << 20 };
	char why[OUTPUT_WHY];
	struct stat st;

	if (stat(setup.dir, &st) == -1)
		return fail(setup.dir, "nothing is kept there");
	f->spool = spool_open(&setup, why);
	return f->spool != NULL || fail("spool", why) ||
	    fail("forget", "a running weir is asked by `weir ctl forget`");
}

static bool open_all(struct forget *f)
{
	struct analysis_sink sink = { .alert = on_alert, .arg = f };
	char state[KEY_PATH];

	f->live.config = f->config;
	f->live.setup = &f->setup;
	if (!load_key(f) || !become(f) || !open_spool(f))
		return false;
	f->identities = identities_open(live_spool(&f->live));
	f->analysis = analysis_new(f->config, &sink);
	snprintf(state, sizeof(state), "%s/state.db", live_spool(&f->live));
	if (f->identities == NULL || f->analysis == NULL ||
	    !analysis_key(f->analysis, &f->live.key))
		return fail("forget", "no memory");
	identities_officers(f->identities, f->config->officers);
	return analysis_keep(f->analysis, state) ||
	    fail(state, "cannot be used");
}

static void close_all(struct forget *f)
{
	analysis_free(f->analysis);
	identities_free(f->identities);
	if (f->spool != NULL)
		(void)spool_commit(f->spool);
	spool_close(f->spool);
	key_forget(&f->live.key);
	config_free(f->config);
}

static void say(const struct erased *n)
{
	if (!n->known)
		puts("nobody of that name is known any more; what was kept "
		    "under it is erased");
	printf("erased: %llu users, %llu bindings, %llu events, %llu alerts, "
	    "%llu letters,\n  %llu sealed identities, %llu suppressions\n",
	    (unsigned long long)n->from.users,
	    (unsigned long long)n->from.bindings,
	    (unsigned long long)n->from.events,
	    (unsigned long long)n->from.alerts,
	    (unsigned long long)n->letters.erased,
	    (unsigned long long)n->sealed,
	    (unsigned long long)n->from.suppressions);
	if (n->letters.waiting > 0)
		printf("%llu letters about them are not delivered yet: they "
		    "stay until they are; ask again then\n",
		    (unsigned long long)n->letters.waiting);
	puts("what collectors have got already is theirs to erase");
}

static bool forget(struct forget *f)
{
	struct erase e = { f->analysis, f->spool, f->identities, NULL,
		&f->live, tell, f };
	struct erase_request r = { f->name, f->reason, f->by, real_us() };
	char why[ERASE_WHY] = "";
	struct erased n;

	if (!erase_person(&e, &r, &n, why))
		return fail(f->name, why);
	say(&n);
	return true;
}

static bool parse(struct forget *f, int argc, char **argv)
{
	int c;

	f->syslog = "/dev/log";
	optind = 1;
	while ((c = command_next(words, argc, argv)) != -1)
		if (c == 'c')
			f->path = optarg;
		else if (c == 'l')
			f->syslog = optarg;
		else if (c == 'r')
			f->reason = optarg;
		else
			return false;
	if (f->reason == NULL || optind + 1 != argc)
		return false;
	f->name = argv[optind];
	return true;
}

static int run(int argc, char **argv)
{
	struct forget f = { .path = NULL };
	bool good;

	if (!parse(&f, argc, argv))
		return command_usage(&command_forget);
	if (!erase_reason_good(f.reason)) {
		fail("-r", "say the reason in words");
		return EXIT_USAGE;
	}
	f.config = command_config(f.path);
	if (f.config == NULL)
		return EXIT_CONFIG;
	good = open_all(&f) && forget(&f);
	close_all(&f);
	return good ? EXIT_FINE : EXIT_RUNTIME;
}

const struct command command_forget = {
	.name = "forget",
	.usage = "[-c FILE] -r REASON [-l SYSLOG] PSEUDONYM",
	.summary = "erase all about a person on a sensor that does not run",
	.words = words,
	.run = run,
};
