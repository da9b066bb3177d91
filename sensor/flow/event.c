/*
 * event.c - names of event values, as records write them; what an event shows.
 */
#include "flow/event.h"

#include <netinet/in.h>
#include <stddef.h>

static const char *const evidence_names[] = {
	[EVIDENCE_NONE] = "none",
	[EVIDENCE_SNI] = "sni",
	[EVIDENCE_QUIC_SNI] = "quic-sni",
	[EVIDENCE_HTTP_HOST] = "http-host",
	[EVIDENCE_DISSECTOR] = "dissector",
	[EVIDENCE_ALPN] = "alpn",
	[EVIDENCE_CERT] = "cert",
	[EVIDENCE_DNS] = "dns",
	[EVIDENCE_DNS_OTHER] = "dns-other",
	[EVIDENCE_EXPECTATION] = "expectation",
	[EVIDENCE_IP] = "ip",
	[EVIDENCE_ASN] = "asn",
	[EVIDENCE_NDPI] = "ndpi",
	[EVIDENCE_PORT] = "port",
};

static const char *const method_names[] = {
	[METHOD_NONE] = "none",
	[METHOD_TLS_RECORDS] = "tls-records",
	[METHOD_QUIC] = "quic",
	[METHOD_SEGMENTS] = "segments",
	[METHOD_CLEAR] = "clear",
	[METHOD_USB_SCSI] = "usb-scsi",
	[METHOD_SMB] = "smb",
	[METHOD_FLOW_BYTES] = "flow-bytes",
	[METHOD_ENDPOINT] = "endpoint",
};

const char *evidence_name(unsigned int evidence)
{
	size_t n = sizeof(evidence_names) / sizeof(evidence_names[0]);

	return evidence_names[evidence < n ? evidence : EVIDENCE_NONE];
}

const char *method_name(unsigned int method)
{
	size_t n = sizeof(method_names) / sizeof(method_names[0]);

	return method_names[method < n ? method : METHOD_NONE];
}

bool event_shows_sides(const struct event *ev)
{
	return ev->proto == IPPROTO_TCP &&
	    ev->packets_up + ev->packets_down >= 4;
}

bool event_one_sided(const struct event *ev)
{
	return event_shows_sides(ev) &&
	    (ev->packets_up == 0 || ev->packets_down == 0);
}
