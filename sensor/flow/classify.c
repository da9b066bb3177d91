/*
 * classify.c - the only file that knows nDPI.
 *
 * nDPI parses hostile input in C without bounds kept in one place, so it gets
 * as little as possible: the protocols listed below (all, when it is to be
 * compared with the rest of weir), only payload, in
 * packets that we build ourselves (headers always whole, zeros behind the
 * payload, one L4 protocol per flow).  It gives up on TCP that does not begin
 * with a SYN; so we make one up.  Only what it read from payload counts:
 * guesses by port or address are the catalogue's business.
 *
 * The API of 4.2 (Debian 12) to 4.10; 5.x is refused when building.
 */
#include "flow/classify.h"

#include <ndpi_api.h>
#include <ndpi_main.h>
#include <netinet/in.h>
#include <stdlib.h>

#if NDPI_MAJOR < 4 || (NDPI_MAJOR == 4 && NDPI_MINOR < 2) || NDPI_MAJOR > 4
#error "weir needs nDPI 4.2 to 4.14"
#endif

enum {
	IPV4_HEADER = 20, IPV6_HEADER = 40, TCP_HEADER = 20, UDP_HEADER = 8,
	PAYLOAD_MAX = 1500, SLACK = 256,
	FIRST_SEQ = 1000, TTL = 64
};

/* Chat, calls, file transfer, remote access, VPN; and the common rest. */
static const uint16_t wanted[] = {
	NDPI_PROTOCOL_SKYPE_TEAMS, NDPI_PROTOCOL_STUN, NDPI_PROTOCOL_RTP,
	NDPI_PROTOCOL_SIP, NDPI_PROTOCOL_VIBER, NDPI_PROTOCOL_WHATSAPP,
	NDPI_PROTOCOL_TELEGRAM, NDPI_PROTOCOL_ZOOM, NDPI_PROTOCOL_QQ,
	NDPI_PROTOCOL_KAKAOTALK_VOICE, NDPI_PROTOCOL_IMO,
	NDPI_PROTOCOL_DISCORD, NDPI_PROTOCOL_JABBER, NDPI_PROTOCOL_IRC,
	NDPI_PROTOCOL_TEAMSPEAK,
	NDPI_PROTOCOL_FTP_CONTROL, NDPI_PROTOCOL_TFTP, NDPI_PROTOCOL_RSYNC,
	NDPI_PROTOCOL_SMBV1, NDPI_PROTOCOL_SMBV23, NDPI_PROTOCOL_NFS,
	NDPI_PROTOCOL_AFP, NDPI_PROTOCOL_GIT, NDPI_PROTOCOL_DROPBOX,
	NDPI_PROTOCOL_BITTORRENT,
	NDPI_PROTOCOL_SSH, NDPI_PROTOCOL_RDP, NDPI_PROTOCOL_VNC,
	NDPI_PROTOCOL_TELNET, NDPI_PROTOCOL_TEAMVIEWER, NDPI_PROTOCOL_ANYDESK,
	NDPI_PROTOCOL_OPENVPN, NDPI_PROTOCOL_WIREGUARD, NDPI_PROTOCOL_IP_IPSEC,
	NDPI_PROTOCOL_CISCOVPN, NDPI_PROTOCOL_TINC, NDPI_PROTOCOL_PPTP,
	NDPI_PROTOCOL_SOCKS, NDPI_PROTOCOL_TEREDO, NDPI_PROTOCOL_TOR,
	NDPI_PROTOCOL_MAIL_SMTP, NDPI_PROTOCOL_MAIL_IMAP,
	NDPI_PROTOCOL_MAIL_POP, NDPI_PROTOCOL_NTP, NDPI_PROTOCOL_SNMP,
	NDPI_PROTOCOL_SSDP, NDPI_PROTOCOL_NETBIOS, NDPI_PROTOCOL_DHCP,
	NDPI_PROTOCOL_DHCPV6, NDPI_PROTOCOL_LDAP, NDPI_PROTOCOL_KERBEROS,
	NDPI_PROTOCOL_RADIUS, NDPI_PROTOCOL_DCERPC, NDPI_PROTOCOL_MQTT,
	NDPI_PROTOCOL_MDNS, NDPI_PROTOCOL_LLMNR, NDPI_PROTOCOL_SPOTIFY,
	NDPI_PROTOCOL_STEAM
};

struct classify_flow {
	uint32_t seq[2];
	struct ndpi_flow_struct *ndpi;
	uint8_t packets;
};

struct classify {
	struct ndpi_detection_module_struct *module;
	struct pool flows;
	uint8_t packet[IPV6_HEADER + TCP_HEADER + PAYLOAD_MAX + SLACK];
};

static struct ndpi_detection_module_struct *module_new(bool everything)
{
#if NDPI_MINOR < 10
	ndpi_init_prefs prefs = everything ? ndpi_no_prefs :
	    ndpi_dont_load_tor_hosts | ndpi_dont_init_libgcrypt;
#endif
	struct ndpi_detection_module_struct *m;
	NDPI_PROTOCOL_BITMASK all;

	if (ndpi_get_api_version() != NDPI_API_VERSION)
		return NULL;
#if NDPI_MINOR < 10
	m = ndpi_init_detection_module(prefs);
#else
	m = ndpi_init_detection_module(NULL);
#endif
	if (m == NULL)
		return NULL;
	if (everything)
		NDPI_BITMASK_SET_ALL(all);
	else
		NDPI_BITMASK_RESET(all);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		NDPI_BITMASK_ADD(all, wanted[i]);
	ndpi_set_protocol_detection_bitmask2(m, &all);
	ndpi_finalize_initialization(m);
	return m;
}

struct classify *classify_new(uint32_t max_flows, bool everything)
{
	struct classify *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	if (!pool_init(&c->flows, sizeof(struct classify_flow), max_flows) ||
	    (c->module = module_new(everything)) == NULL) {
		classify_free(c);
		return NULL;
	}
	return c;
}

void classify_free(struct classify *c)
{
	if (c == NULL)
		return;
	if (c->module != NULL)
		ndpi_exit_detection_module(c->module);
	pool_free(&c->flows);
	free(c);
}

struct classify_flow *classify_open(struct classify *c)
{
	struct classify_flow *s = pool_get(&c->flows);

	if (s == NULL)
		return NULL;
	s->ndpi = ndpi_flow_malloc(SIZEOF_FLOW_STRUCT);
	if (s->ndpi == NULL) {
		pool_put(&c->flows, s);
		return NULL;
	}
	memset(s->ndpi, 0, SIZEOF_FLOW_STRUCT);
	s->seq[UP] = s->seq[DOWN] = FIRST_SEQ;
	return s;
}

void classify_close(struct classify *c, struct classify_flow *s)
{
	if (s == NULL)
		return;
	ndpi_free_flow(s->ndpi);
	pool_put(&c->flows, s);
}

static void put16(uint8_t *to, size_t v)
{
	to[0] = (uint8_t)(v >> 8);
	to[1] = (uint8_t)v;
}

static void put32(uint8_t *to, uint32_t v)
{
	put16(to, v >> 16);
	put16(to + 2, v & 0xffff);
}

/* Writes an IP header for n further bytes; returns its length. */
static size_t put_ip(uint8_t *to, const struct flow *f, enum dir dir, size_t n)
{
	const struct addr *src = dir == UP ? flow_client(f) : flow_server(f);
	const struct addr *dst = dir == UP ? flow_server(f) : flow_client(f);

	if (addr_is_v4(src) && addr_is_v4(dst)) {
		memset(to, 0, IPV4_HEADER);
		to[0] = 0x45;
		put16(to + 2, IPV4_HEADER + n);
		to[8] = TTL;
		to[9] = f->key.proto;
		memcpy(to + 12, src->b + 12, 4);
		memcpy(to + 16, dst->b + 12, 4);
		return IPV4_HEADER;
	}
	memset(to, 0, IPV6_HEADER);
	to[0] = 0x60;
	put16(to + 4, n);
	to[6] = f->key.proto;
	to[7] = TTL;
	memcpy(to + 8, src->b, 16);
	memcpy(to + 24, dst->b, 16);
	return IPV6_HEADER;
}

static size_t put_l4(uint8_t *to, const struct flow *f,
    const struct classify_flow *s, enum dir dir, uint8_t flags, size_t n)
{
	put16(to, dir == UP ? flow_client_port(f) : flow_server_port(f));
	put16(to + 2, dir == UP ? flow_server_port(f) : flow_client_port(f));
	if (f->key.proto == IPPROTO_UDP) {
		put16(to + 4, UDP_HEADER + n);
		put16(to + 6, 0);
		return UDP_HEADER;
	}
	memset(to + 4, 0, TCP_HEADER - 4);
	put32(to + 4, s->seq[dir]);
	put32(to + 8, flags & TCP_ACK ? s->seq[!dir] : 0);
	to[12] = TCP_HEADER / 4 << 4;
	to[13] = flags;
	put16(to + 14, 0xffff);
	return TCP_HEADER;
}

static ndpi_protocol detect(struct classify *c, struct classify_flow *s,
    size_t n, int64_t at_us)
{
	uint64_t at_ms = (uint64_t)(at_us / 1000);

#if NDPI_MINOR < 4
	return ndpi_detection_process_packet(c->module, s->ndpi, c->packet,
	    (unsigned short)n, at_ms);
#else
	return ndpi_detection_process_packet(c->module, s->ndpi, c->packet,
	    (unsigned short)n, at_ms, NULL);
#endif
}

static ndpi_protocol show(struct classify *c, struct classify_flow *s,
    const struct flow *f, enum dir dir, uint8_t flags, struct slice payload,
    int64_t at_us)
{
	bool udp = f->key.proto == IPPROTO_UDP;
	size_t l4 = udp ? UDP_HEADER : TCP_HEADER;
	size_t at = put_ip(c->packet, f, dir, l4 + payload.n);

	at += put_l4(c->packet + at, f, s, dir, flags, payload.n);
	if (payload.n > 0)
		memcpy(c->packet + at, payload.p, payload.n);
	at += payload.n;
	memset(c->packet + at, 0, SLACK);
	s->seq[dir] += (uint32_t)payload.n + (flags & TCP_SYN ? 1 : 0);
	return detect(c, s, at, at_us);
}

static void handshake(struct classify *c, struct classify_flow *s,
    const struct flow *f, int64_t at_us)
{
	struct slice none = slice_of(NULL, 0);

	(void)show(c, s, f, UP, TCP_SYN, none, at_us);
	(void)show(c, s, f, DOWN, TCP_SYN | TCP_ACK, none, at_us);
	(void)show(c, s, f, UP, TCP_ACK, none, at_us);
}

static bool read_from_payload(const struct classify_flow *s)
{
	return s->ndpi->confidence == NDPI_CONFIDENCE_DPI;
}

enum classified classify_payload(struct classify *c, struct classify_flow *s,
    struct flow *f, enum dir dir, struct slice payload, int64_t at_us)
{
	bool tcp = f->key.proto == IPPROTO_TCP;
	ndpi_protocol found;

	if (!tcp && f->key.proto != IPPROTO_UDP)
		return CLASSIFY_GAVE_UP;
	if (tcp && s->packets == 0)
		handshake(c, s, f, at_us);
	found = show(c, s, f, dir, tcp ? TCP_ACK | TCP_PSH : 0,
	    slice_head(payload, PAYLOAD_MAX), at_us);
	if (read_from_payload(s) &&
	    (found.app_protocol != NDPI_PROTOCOL_UNKNOWN ||
	    found.master_protocol != NDPI_PROTOCOL_UNKNOWN)) {
		f->app = found.app_protocol != NDPI_PROTOCOL_UNKNOWN ?
		    found.app_protocol : found.master_protocol;
		f->master = found.app_protocol != NDPI_PROTOCOL_UNKNOWN ?
		    found.master_protocol : NDPI_PROTOCOL_UNKNOWN;
		return CLASSIFY_DECIDED;
	}
	return ++s->packets < CLASSIFY_PACKETS ? CLASSIFY_MORE :
	    CLASSIFY_GAVE_UP;
}

const char *classify_name(const struct classify *c, uint16_t app)
{
	if (app == 0 || app >= ndpi_get_num_supported_protocols(c->module))
		return "";
	return ndpi_get_proto_name(c->module, app);
}
