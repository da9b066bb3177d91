/*
 * doctor.c - the examinations of `weir doctor`.
 *
 * Offloads that join packets (GRO, LRO) change what the wire showed; a small
 * ring drops bursts; a drifting clock makes alerts untrue.
 */
#include "command/doctor.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

enum { RING_GOOD = 1024, SNAPLEN = 65536, FREE_MB = 512 };

__attribute__((format(printf, 3, 4)))
static void found(struct diagnosis *d, enum fitness f, const char *fmt, ...)
{
	va_list ap;

	d->fitness = f;
	va_start(ap, fmt);
	vsnprintf(d->said, sizeof(d->said), fmt, ap);
	va_end(ap);
}

static void fix(const struct patient *p, struct diagnosis *d,
    const char *before, const char *after)
{
	snprintf(d->fix, sizeof(d->fix), "%s %.32s %s", before, p->interface,
	    after);
}

static bool request(const struct patient *p, unsigned long what,
    struct ifreq *ifr, void *data)
{
	memset(ifr, 0, sizeof(*ifr));
	snprintf(ifr->ifr_name, sizeof(ifr->ifr_name), "%s", p->interface);
	if (data != NULL)
		ifr->ifr_data = data;
	return ioctl(p->fd, what, ifr) == 0;
}

static bool tool(const struct patient *p, void *data)
{
	struct ifreq ifr;

	return request(p, SIOCETHTOOL, &ifr, data);
}

static long sys_number(const struct patient *p, const char *file)
{
	char path[128], text[32] = "";
	FILE *in;
	long n = -1;

	snprintf(path, sizeof(path), "/sys/class/net/%.32s/%s", p->interface,
	    file);
	in = fopen(path, "r");
	if (in == NULL)
		return -1;
	if (fgets(text, sizeof(text), in) != NULL)
		n = strtol(text, NULL, 10);
	fclose(in);
	return n;
}

static void look_link(const struct patient *p, struct diagnosis *d)
{
	struct ifreq ifr;

	if (!request(p, SIOCGIFFLAGS, &ifr, NULL)) {
		found(d, FIT_FAIL, "there is no such interface");
		return;
	}
	if (!(ifr.ifr_flags & IFF_UP)) {
		found(d, FIT_FAIL, "the interface is down");
		fix(p, d, "ip link set", "up");
		return;
	}
	if (!(ifr.ifr_flags & IFF_RUNNING))
		found(d, FIT_FAIL, "no carrier: is the cable in?");
	else if (sys_number(p, "speed") > 0)
		found(d, FIT_OK, "up, %ld Mbit/s", sys_number(p, "speed"));
	else
		found(d, FIT_OK, "up, at a speed the driver does not tell");
}

static bool mend_link(const struct patient *p)
{
	struct ifreq ifr;

	if (!request(p, SIOCGIFFLAGS, &ifr, NULL))
		return false;
	ifr.ifr_flags |= IFF_UP;
	return ioctl(p->fd, SIOCSIFFLAGS, &ifr) == 0;
}

static void look_address(const struct patient *p, struct diagnosis *d)
{
	struct ifreq ifr;

	if (request(p, SIOCGIFADDR, &ifr, NULL)) {
		found(d, FIT_WARN, "has an IP address: a tap should be mute");
		fix(p, d, "ip addr flush dev", "");
	} else
		found(d, FIT_OK, "no IP address");
}

static void look_mtu(const struct patient *p, struct diagnosis *d)
{
	struct ifreq ifr;

	if (!request(p, SIOCGIFMTU, &ifr, NULL))
		found(d, FIT_UNKNOWN, "cannot be read");
	else if (ifr.ifr_mtu > SNAPLEN)
		found(d, FIT_WARN, "MTU %d is above the usual snaplen",
		    ifr.ifr_mtu);
	else
		found(d, FIT_OK, "MTU %d, below the snaplen", ifr.ifr_mtu);
}

static void look_value(const struct patient *p, uint32_t command,
    const char *name, const char *off, struct diagnosis *d)
{
	struct ethtool_value v = { .cmd = command };

	if (!tool(p, &v)) {
		found(d, FIT_UNKNOWN, "the driver does not tell");
		return;
	}
	if (v.data == 0) {
		found(d, FIT_OK, "off");
		return;
	}
	found(d, FIT_WARN, "%s joins packets before they are seen", name);
	fix(p, d, "ethtool -K", off);
}

static void look_gro(const struct patient *p, struct diagnosis *d)
{
	look_value(p, ETHTOOL_GGRO, "GRO", "gro off", d);
}

static bool mend_gro(const struct patient *p)
{
	return tool(p, &(struct ethtool_value){ .cmd = ETHTOOL_SGRO });
}

static void look_gso(const struct patient *p, struct diagnosis *d)
{
	look_value(p, ETHTOOL_GGSO, "GSO", "gso off", d);
	if (d->fitness == FIT_WARN)
		found(d, FIT_WARN, "GSO is on: what this host sends is seen "
		    "in pieces that are too big");
}

static bool mend_gso(const struct patient *p)
{
	return tool(p, &(struct ethtool_value){ .cmd = ETHTOOL_SGSO });
}

static void look_lro(const struct patient *p, struct diagnosis *d)
{
	struct ethtool_value v = { .cmd = ETHTOOL_GFLAGS };

	if (!tool(p, &v))
		found(d, FIT_UNKNOWN, "the driver does not tell");
	else if (!(v.data & ETH_FLAG_LRO))
		found(d, FIT_OK, "off");
	else {
		found(d, FIT_FAIL, "LRO rewrites packets in the card");
		fix(p, d, "ethtool -K", "lro off");
	}
}

static bool mend_lro(const struct patient *p)
{
	struct ethtool_value v = { .cmd = ETHTOOL_GFLAGS };

	if (!tool(p, &v))
		return false;
	v.cmd = ETHTOOL_SFLAGS;
	v.data &= ~(uint32_t)ETH_FLAG_LRO;
	return tool(p, &v);
}

static void look_ring(const struct patient *p, struct diagnosis *d)
{
	struct ethtool_ringparam r = { .cmd = ETHTOOL_GRINGPARAM };
	char after[32];

	if (!tool(p, &r)) {
		found(d, FIT_UNKNOWN, "a device without a ring");
		return;
	}
	if (r.rx_pending >= RING_GOOD || r.rx_pending == r.rx_max_pending) {
		found(d, FIT_OK, "%u of %u descriptors", r.rx_pending,
		    r.rx_max_pending);
		return;
	}
	found(d, FIT_WARN, "%u of %u descriptors: bursts will be dropped",
	    r.rx_pending, r.rx_max_pending);
	snprintf(after, sizeof(after), "rx %u", r.rx_max_pending);
	fix(p, d, "ethtool -G", after);
}

static bool mend_ring(const struct patient *p)
{
	struct ethtool_ringparam r = { .cmd = ETHTOOL_GRINGPARAM };

	if (!tool(p, &r))
		return false;
	r.cmd = ETHTOOL_SRINGPARAM;
	r.rx_pending = r.rx_max_pending;
	return tool(p, &r);
}

static void look_queues(const struct patient *p, struct diagnosis *d)
{
	struct ethtool_channels c = { .cmd = ETHTOOL_GCHANNELS };
	unsigned int n;

	if (!tool(p, &c)) {
		found(d, FIT_OK, "one queue");
		return;
	}
	n = c.rx_count + c.combined_count;
	if (n <= 1) {
		found(d, FIT_OK, "one queue");
		return;
	}
	found(d, FIT_WARN, "%u queues: the two directions of a flow may "
	    "arrive out of order", n);
	fix(p, d, "ethtool -L", c.combined_count > 0 ? "combined 1" : "rx 1");
}

static void look_drops(const struct patient *p, struct diagnosis *d)
{
	static const char *const files[] = { "statistics/rx_dropped",
	    "statistics/rx_missed_errors", "statistics/rx_fifo_errors",
	    "statistics/rx_crc_errors" };
	long all = 0, packets = sys_number(p, "statistics/rx_packets");

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		long n = sys_number(p, files[i]);

		all += n > 0 ? n : 0;
	}
	if (packets < 0)
		found(d, FIT_UNKNOWN, "cannot be read");
	else if (all > packets / 1000)
		found(d, FIT_WARN, "%ld of %ld packets dropped or damaged "
		    "since the interface came up", all, packets);
	else
		found(d, FIT_OK, "%ld of %ld packets", all, packets);
}

static void look_time(const struct patient *p, struct diagnosis *d)
{
	struct timex t = { .modes = 0 };
	int state = adjtimex(&t);

	(void)p;
	if (state == -1)
		found(d, FIT_UNKNOWN, "cannot be asked");
	else if (state == TIME_ERROR || (t.status & STA_UNSYNC)) {
		found(d, FIT_WARN, "the clock is not synchronised");
		snprintf(d->fix, sizeof(d->fix), "timedatectl set-ntp true");
	} else
		found(d, FIT_OK, "synchronised within %ld ms",
		    t.maxerror / 1000);
}

static void look_clock(const struct patient *p, struct diagnosis *d)
{
	static const char path[] = "/sys/devices/system/clocksource/"
	    "clocksource0/current_clocksource";
	FILE *in = fopen(path, "r");
	char name[32] = "unknown";

	(void)p;
	if (in != NULL) {
		if (fgets(name, sizeof(name), in) != NULL)
			name[strcspn(name, "\n")] = '\0';
		fclose(in);
	}
	if (strcmp(name, "hpet") == 0 || strcmp(name, "acpi_pm") == 0)
		found(d, FIT_WARN, "%s is slow to read", name);
	else
		found(d, FIT_OK, "%s", name);
}

static void look_disk(const struct patient *p, struct diagnosis *d)
{
	struct statvfs fs;
	char path[512];
	char *slash;

	snprintf(path, sizeof(path), "%s", p->spool);
	while (statvfs(path, &fs) == -1) {
		slash = strrchr(path, '/');
		if (slash == NULL || slash == path) {
			found(d, FIT_UNKNOWN, "%.100s cannot be read",
			    p->spool);
			return;
		}
		*slash = '\0';
	}
	found(d, fs.f_bavail * fs.f_frsize >> 20 < FREE_MB ? FIT_WARN :
	    FIT_OK, "%lu MB free for the spool in %.80s",
	    (unsigned long)(fs.f_bavail * fs.f_frsize >> 20), path);
}

static void look_cores(const struct patient *p, struct diagnosis *d)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	(void)p;
	found(d, n < 2 ? FIT_WARN : FIT_OK, "%ld processor%s", n,
	    n == 1 ? ": a worker and the core will share it" : "s");
}

static void look_rights(const struct patient *p, struct diagnosis *d)
{
	(void)p;
	if (geteuid() == 0)
		found(d, FIT_OK, "root: can capture, and change user");
	else {
		found(d, FIT_WARN, "not root: cannot open the interface");
		snprintf(d->fix, sizeof(d->fix), "sudo weir doctor %.32s",
		    p->interface);
	}
}

const struct examination examinations[] = {
	{ "link", look_link, mend_link },
	{ "address", look_address, NULL },
	{ "mtu", look_mtu, NULL },
	{ "gro", look_gro, mend_gro },
	{ "gso", look_gso, mend_gso },
	{ "lro", look_lro, mend_lro },
	{ "rx-ring", look_ring, mend_ring },
	{ "queues", look_queues, NULL },
	{ "drops", look_drops, NULL },
	{ "time", look_time, NULL },
	{ "clock-source", look_clock, NULL },
	{ "disk", look_disk, NULL },
	{ "processors", look_cores, NULL },
	{ "rights", look_rights, NULL },
	{ .name = NULL }
};
