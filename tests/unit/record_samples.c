/*
 * record_samples.c - every record twice: with all that can be known, and
 * with as little as possible.  tests/schema.py holds them against
 * docs/record-1.json.
 */
#include <netinet/in.h>
#include <stdio.h>

#include "alert/record.h"

static char line[RECORD_MAX];

static const struct service slack = { .id = "slack", .name = "Slack",
	.vendor = "Slack", .category = CATEGORY_IM };
static const struct rule rule = { .service = &slack,
	.role = ROLE_FILE_HOST, .pattern = "files.slack.com" };
static const struct group group = { .id = "rnd", .name = "R&D",
	.monitor = true };
static const struct record_head head = { "sensor-1", 1, "00112233aabbccdd" };
static const struct record_head bare_head = { "s", 2, NULL };

static struct event full_event(void)
{
	struct event ev = { .at_us = 1764000000123456,
	    .start_us = 1763999990000000, .up = 1000, .down = 2000,
	    .largest = 1500, .client_port = 50000, .server_port = 443,
	    .packets_up = 10, .packets_down = 20, .count = 1,
	    .count_lo = 1, .count_hi = 2, .lost = 5, .proto = IPPROTO_TCP,
	    .evidence = EVIDENCE_SNI, .confidence = 95,
	    .method = METHOD_TLS_RECORDS, .sureness = 90,
	    .mac = { 2, 0, 0, 0, 0, 1 }, .vlan = 100,
	    .host = "laptop-7", .text = "anna" };

	if (!addr_parse(&ev.client, "128.232.110.120") ||
	    !addr_parse(&ev.server, "66.35.250.204"))
		return ev;
	ev.client_port = 34855;
	ev.server_port = 80;
	return ev;
}

static struct event bare_event(void)
{
	struct event ev = { .at_us = 1, .proto = IPPROTO_ICMP };

	if (!addr_parse(&ev.client, "2001:db8::1") ||
	    !addr_parse(&ev.server, "2001:db8::2"))
		return ev;
	return ev;
}

static struct text begin(void)
{
	return text_in(line, sizeof(line));
}

static void samples(const struct record_head *h, const struct event *ev,
    struct where to, struct who who, bool full)
{
	struct flow_seen f = { ev, to, who };
	struct transfer down = { .ev = ev, .to = to, .who = who, .way = DOWNLOAD,
	    .object = full ? "plan.pdf" : NULL, .id = 3 };
	struct transfer up = { .ev = ev, .to = to, .who = who, .way = UPLOAD,
	    .id = 4 };
	struct access a = { ev, to, who, full ? "#board" : NULL,
	    full ? "private" : NULL, full ? "open" : NULL, NULL };
	struct event leave = *ev;
	struct text t;

	t = begin(), record_flow(&t, h, &f), puts(line);
	t = begin(), record_transfer(&t, h, &down), puts(line);
	t = begin(), record_transfer(&t, h, &up), puts(line);
	t = begin(), record_access(&t, h, &a), puts(line);
	leave.kind = EV_BINDING;
	leave.count = full ? 3600 : 0;
	t = begin(), record_binding(&t, h, &leave, &who), puts(line);
	leave.kind = EV_UNBIND;
	t = begin(), record_binding(&t, h, &leave, &who), puts(line);
}

static void alerts(void)
{
	struct alert a = { .id = "x1", .kind = "user-risk",
	    .risk = RISK_MEDIUM, .message = "m", .at_us = 5 };
	struct text t;

	t = begin(), record_alert(&t, &bare_head, &a), puts(line);
	a = (struct alert){ .id = "x2", .kind = "data-transfer",
	    .risk = RISK_HIGH, .score = 100, .user = "anna\n\"\\|=]",
	    .group = "rnd", .service = "slack", .target = "dropbox",
	    .client = "10.0.0.1", .message = "\xff\xe2\x80\xae",
	    .techniques = "IT1021,T1567.002", .at_us = 7, .first_us = 6,
	    .last_us = 7, .bytes = 9, .count = 1, .evidence_n = 3,
	    .transfers = { 1, 2, 3 }, .transfers_n = 3, .update_of = "x1",
	    .withheld = WITHHELD_DRY };
	a.evidence[0] = (struct evidence_pair){ .key = "n", .number = -4 };
	a.evidence[1] = (struct evidence_pair){ .key = "z", .is_real = true,
	    .real = 6.25 };
	a.evidence[2] = (struct evidence_pair){ .key = "host",
	    .is_text = true, .text = "www.dropbox.com" };
	t = begin(), record_alert(&t, &head, &a), puts(line);
}

static void healths(void)
{
	static const struct health_count counters[] = { { "packets", 12 } };
	struct health h = { .kind = "drops", .severity = "warning",
	    .message = "m", .at_us = 1 };
	struct text t;

	t = begin(), record_health(&t, &bare_head, &h), puts(line);
	h.since_us = 1;
	h.has_value = true;
	h.value = 0.5;
	h.kind = "heartbeat";
	h.counters = counters;
	h.counters_n = 1;
	t = begin(), record_health(&t, &head, &h), puts(line);
}

int main(void)
{
	struct event full = full_event(), bare = bare_event();
	struct where to = { .rule = &rule, .app = "tls", .asn = 64500,
	    .blind = "ech",
	    .host = { (const uint8_t *)"files.slack.com", 15 },
	    .tenant = { (const uint8_t *)"acme", 4 }, .as_org = "Example",
	    .country = "US" };
	struct who who = { "anna", &group, 90, "kerberos", "bert" };

	samples(&head, &full, to, who, true);
	samples(&bare_head, &bare, (struct where){ .rule = NULL },
	    (struct who){ .name = NULL }, false);
	samples(&head, &full, to, (struct who){ "", &group, 0, NULL, NULL },
	    true);
	alerts();
	healths();
	return 0;
}
