/*
 * cmd_selftest.c - `weir selftest`: is what weir says of transfers true here?
 *
 * Files of known sizes are moved between two ends, weir watches, and what it
 * found is compared with what was moved.  Without options all happens in a
 * lab of two network namespaces and a mirror port, which vanish with the
 * processes that are in them; with -i and -t the operator's own interface is
 * watched, and `weir selftest -l` on another machine is the other end.
 * Needs root, and for the lab the programs ip and tc.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "analysis/records.h"
#include "base/addr.h"
#include "command/command.h"
#include "command/selftest.h"

extern const struct command command_selftest;

enum { MOVES = 12, LEAST = 20000, MOST = 4000000, MOVES_MAX = 200,
	READY_S = 15, SETTLE_S = 6, PATH = 64 };

static const struct command_word words[] = {
	{ 'i', "-i, --interface IFACE", "watch this one instead of a lab;"
	    " with -t" },
	{ 't', "-t, --to ADDRESS", "move files to and from this IPv4 address" },
	{ 'l', "-l, --listen", "be the other end, until interrupted" },
	{ 'n', "-n, --number N", "so many transfers (12)" },
	{ 's', "-s, --seed N", "of their sizes (1)" },
	{ .word = NULL }
};

struct trial {
	const char *interface, *to;
	struct selftest_move moves[MOVES_MAX];
	uint64_t found[MOVES_MAX];	/* 0: not */
	unsigned int n, more;		/* more: found, but never moved */
	pid_t server, sensor;
	char dir[PATH];
};

static void plan(struct trial *t, unsigned int seed)
{
	for (unsigned int i = 0; i < t->n; i++) {
		uint32_t span = LEAST;

		/* evenly over orders of magnitude */
		while (span < MOST / 2 && rand_r(&seed) % 4)
			span *= 2;
		t->moves[i].bytes = span + (uint32_t)rand_r(&seed) % span;
		t->moves[i].up = rand_r(&seed) % 3 == 0;
	}
}

/* Segments as a wire carries them, not as two kernels hand them over. */
static void plain(const char *interface)
{
	static const uint32_t off[] = { ETHTOOL_STSO, ETHTOOL_SGSO,
		ETHTOOL_SGRO };
	struct ifreq ifr = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strncpy(ifr.ifr_name, interface, IFNAMSIZ - 1);
	for (size_t i = 0; i < sizeof(off) / sizeof(*off); i++) {
		struct ethtool_value v = { .cmd = off[i] };

		ifr.ifr_data = (void *)&v;
		if (ioctl(fd, SIOCETHTOOL, &ifr) == -1 && errno != EOPNOTSUPP)
			warn("%s: offloads", interface);
	}
	close(fd);
}

/* The server's end of the lab: a namespace of its own. */
static pid_t far_end(int go[2])
{
	char c;
	int fd;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (unshare(CLONE_NEWNET) == -1 || write(go[1], "r", 1) != 1)
		_exit(1);
	/* the link is moved here, then we are told */
	if (read(go[1], &c, 1) != 1 || system("ip link set lo up && "
	    "ip addr add 192.0.2.2/30 dev far && ip link set far up") != 0)
		_exit(1);
	plain("far");
	if ((fd = selftest_listen("192.0.2.2", SELFTEST_PORT)) == -1)
		_exit(1);
	if (write(go[1], "r", 1) == 1)
		selftest_serve(fd);
	_exit(1);
}

static bool told(int fd)
{
	char c;

	return read(fd, &c, 1) == 1;
}

/* near -- far, all of it mirrored to span, which is joined to tap. */
static bool lab(struct trial *t)
{
	static const char links[] = "ip link set lo up && "
	    "ip link add near type veth peer name far netns %d && "
	    "ip link add span type veth peer name tap && "
	    "ip addr add 192.0.2.1/30 dev near && "
	    "ip link set near up && ip link set span up && "
	    "ip link set tap up && tc qdisc add dev near clsact && "
	    "for way in ingress egress; do tc filter add dev near $way "
	    "protocol all u32 match u32 0 0 action mirred egress mirror "
	    "dev span || exit 1; done";
	char command[sizeof(links) + 16];
	int go[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, go) == -1 ||
	    (t->server = far_end(go)) == -1)
		return false;
	close(go[1]);
	if (!told(go[0]) || unshare(CLONE_NEWNET) == -1)
		return false;
	snprintf(command, sizeof(command), links, (int)t->server);
	if (system(command) != 0)
		return false;
	plain("near");
	t->interface = "tap";
	t->to = "192.0.2.2";
	return write(go[0], "g", 1) == 1 && told(go[0]);
}

static FILE *in_dir(const struct trial *t, const char *file, const char *how)
{
	char path[PATH * 2];

	snprintf(path, sizeof(path), "%s/%s", t->dir, file);
	return fopen(path, how);
}

/* A sensor like the service, but with nothing of the service's own. */
static bool start_sensor(struct trial *t)
{
	char conf[PATH * 2], out[PATH * 2], log[PATH * 2];
	FILE *f;

	snprintf(t->dir, sizeof(t->dir), "/tmp/weir-selftest-XXXXXX");
	if (mkdtemp(t->dir) == NULL || (f = in_dir(t, "weir.yaml", "w")) ==
	    NULL)
		return false;
	fprintf(f, "user: nobody\nspool:\n  directory: %s\n", t->dir);
	fclose(f);
	snprintf(conf, sizeof(conf), "%s/weir.yaml", t->dir);
	snprintf(out, sizeof(out), "%s/out", t->dir);
	snprintf(log, sizeof(log), "%s/log", t->dir);
	t->sensor = fork();
	if (t->sensor != 0)
		return t->sensor != -1;
	if (freopen(out, "w", stdout) == NULL ||
	    freopen(log, "w", stderr) == NULL)
		_exit(EXIT_RUNTIME);
	execl("/proc/self/exe", "weir", "-i", t->interface, "-c", conf,
	    "--json", "--transfers", "all", (char *)NULL);
	_exit(EXIT_RUNTIME);
}

static bool says(const struct trial *t, const char *word)
{
	char line[512];
	bool yes = false;
	FILE *f = in_dir(t, "log", "r");

	while (f != NULL && !yes && fgets(line, sizeof(line), f) != NULL)
		yes = strstr(line, word) != NULL;
	if (f != NULL)
		fclose(f);
	return yes;
}

static bool watching(const struct trial *t)
{
	struct timespec tenth = { .tv_nsec = 100000000 };

	for (int n = 0; n < READY_S * 10; n++) {
		if (says(t, "watching"))
			return true;
		if (waitpid(t->sensor, NULL, WNOHANG) == t->sensor)
			break;
		nanosleep(&tenth, NULL);
	}
	return false;
}

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* What was found belongs to the transfer of that way nearest in size. */
static bool compare(const struct event *ev, void *arg)
{
	struct trial *t = arg;
	unsigned int best = t->n;

	if (ev->kind != EV_TRANSFER || ev->server_port != SELFTEST_PORT)
		return true;
	for (unsigned int i = 0; i < t->n; i++)
		if (t->found[i] == 0 && t->moves[i].up ==
		    ((ev->flags & EVENT_UPLOAD) != 0) && (best == t->n ||
		    apart(ev->up, t->moves[i].bytes) <
		    apart(ev->up, t->moves[best].bytes)))
			best = i;
	if (best == t->n)
		t->more++;
	else
		t->found[best] = ev->up;
	return true;
}

/* A line for each; true when all were found, each within a hundredth. */
static bool judge(const struct trial *t)
{
	unsigned int found = 0, good = 0;
	uint64_t moved = 0, seen = 0;

	for (unsigned int i = 0; i < t->n; i++) {
		uint64_t bytes = t->moves[i].bytes;
		double error = 100.0 * ((double)t->found[i] -
		    (double)bytes) / (double)bytes;

		printf("%-8s %10lu ", t->moves[i].up ? "upload" : "download",
		    (unsigned long)bytes);
		if (t->found[i] == 0)
			puts("not found");
		else
			printf("%10lu %+8.3f %%\n", (unsigned long)
			    t->found[i], error);
		found += t->found[i] > 0;
		good += apart(t->found[i], bytes) * 100 <= bytes;
		moved += bytes;
		seen += t->found[i];
	}
	printf("%u of %u found, %u within 1 %%, %u that never were; "
	    "volume %+.3f %%\n", found, t->n, good, t->more,
	    100.0 * ((double)seen - (double)moved) / (double)moved);
	return good == t->n && t->more == 0;
}

static void clean_up(const struct trial *t)
{
	char command[PATH * 2];

	if (t->sensor > 0 && kill(t->sensor, SIGTERM) == 0)
		waitpid(t->sensor, NULL, 0);
	if (t->server > 0) {
		kill(t->server, SIGKILL);
		waitpid(t->server, NULL, 0);
	}
	snprintf(command, sizeof(command), "rm -rf %s", t->dir);
	if (t->dir[0] != '\0' && system(command) != 0)
		warnx("%s is left behind", t->dir);
}

static int run_trial(struct trial *t)
{
	bool moved = false, good = false;
	FILE *f;

	signal(SIGPIPE, SIG_IGN);
	if (t->interface == NULL && !lab(t)) {
		warnx("no lab network: ip, tc, veth, mirred and root are "
		    "needed");
	} else if (!start_sensor(t) || !watching(t)) {
		warnx("no sensor could be started on %s", t->interface);
	} else if (!(moved = selftest_move(t->to, SELFTEST_PORT, t->moves,
	    t->n))) {
		warnx("%s: the transfers failed", t->to);
	}
	if (moved) {
		sleep(SETTLE_S);	/* small ones are held for 5 s */
		kill(t->sensor, SIGTERM);
		waitpid(t->sensor, NULL, 0);
		t->sensor = 0;
		f = in_dir(t, "out", "r");
		if (f != NULL) {
			records_read(f, NULL, compare, t);
			fclose(f);
		}
		good = judge(t);
	}
	clean_up(t);
	return good ? EXIT_FINE : EXIT_RUNTIME;
}

static int listen_only(void)
{
	int fd = selftest_listen("0.0.0.0", SELFTEST_PORT);

	if (fd == -1) {
		warn("port %d", SELFTEST_PORT);
		return EXIT_RUNTIME;
	}
	signal(SIGPIPE, SIG_IGN);
	selftest_serve(fd);
	return EXIT_RUNTIME;
}

static bool is_ipv4(const char *text)
{
	struct addr a;

	if (addr_parse(&a, text) && addr_is_v4(&a))
		return true;
	fprintf(stderr, "weir: -t: '%s' is not an IPv4 address\n", text);
	return false;
}

static int run(int argc, char **argv)
{
	struct trial t = { .n = 0 };
	uint64_t n = MOVES, seed = 1;
	bool other = false;
	int option;

	optind = 1;
	while ((option = command_next(words, argc, argv)) != -1) {
		if (option == 'i')
			t.interface = optarg;
		else if (option == 't')
			t.to = optarg;
		else if (option == 'l')
			other = true;
		else if (option != 'n' && option != 's')
			return command_usage(&command_selftest);
		else if (!(option == 'n' ?
		    command_number("-n", optarg, 1, MOVES_MAX, &n) :
		    command_number("-s", optarg, 0, UINT32_MAX, &seed)))
			return EXIT_USAGE;
	}
	t.n = (unsigned int)n;
	if (optind != argc || (t.interface == NULL) != (t.to == NULL))
		return command_usage(&command_selftest);
	if (t.to != NULL && !is_ipv4(t.to))
		return EXIT_USAGE;
	if (other)
		return listen_only();
	plan(&t, (unsigned int)seed);
	return run_trial(&t);
}

const struct command command_selftest = {
	.name = "selftest",
	.usage = "[-n N] [-s N] | -i IFACE -t ADDRESS [-n N] [-s N] | -l",
	.summary = "move known files, and see what weir makes of them",
	.words = words,
	.run = run,
};
