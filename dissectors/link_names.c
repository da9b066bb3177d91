/*
 * link_names.c - see link_names.h.
 *
 * RFC 6762, RFC 6763, RFC 4795.  Anyone may answer anything, so names are
 * labels, never accounts.  Of the services only those are told over which
 * data can leave: phones, cameras, shares, peer-to-peer senders.  Printers,
 * players and casting are not devices to copy files to.
 */
#include "link_names.h"

enum { TYPE_A = 1, TYPE_PTR = 12, TYPE_AAAA = 28, TYPE_SRV = 33 };
enum { RECORDS_MOST = 64, HEADER = 12, FLAG_RESPONSE = 0x8000 };

const char *const link_services[] = {
	"_FC9F5ED42C8A._tcp",		/* Quick Share */
	"_adb._tcp", "_adb-tls-connect._tcp", "_adb-tls-pairing._tcp",
	"_apple-mobdev2._tcp", "_remotepairing._tcp",
	"_remotepairing-manual-pairing._tcp", "_airdrop._tcp",
	"_ptp._tcp", "_kdeconnect._udp", "_warpinator._tcp",
	"_nitroshare._tcp", "_smb._tcp", "_afpovertcp._tcp", "_nfs._tcp",
	"_webdav._tcp", "_webdavs._tcp", "_ftp._tcp", "_sftp-ssh._tcp",
	"_rsync._tcp", "_adisk._tcp",
	"_vhusb._tcp",			/* VirtualHere */
	NULL
};

/* Whose instances are identifiers, nobody's names for a device. */
static const char *const identifiers[] = { "_FC9F5ED42C8A._tcp",
	"_adb._tcp", "_apple-mobdev2._tcp", "_remotepairing._tcp" };

bool link_names_is(struct slice s)
{
	uint16_t flags, counts = 0;

	slice_u16(&s);			/* transaction */
	flags = slice_u16(&s);
	for (int i = 0; i < 4; i++) {
		uint16_t n = slice_u16(&s);

		if (n > 256)
			return false;
		counts = (uint16_t)(counts + n);
	}
	return slice_more(s) && counts > 0 && (flags & 0x7800) == 0;
}

static uint32_t add_sum(uint32_t sum, struct slice s)
{
	while (slice_more(s))
		sum = (sum ^ slice_u8(&s)) * 16777619u;
	return sum;
}

/* Announcements repeat for ever; the first one is enough. */
static void tell_once(struct dissection *d, const struct fact *fact)
{
	struct link_names *l = d->state;
	uint32_t sum = add_sum(2166136261u + (uint32_t)fact->kind, fact->text);

	sum = add_sum(sum, fact->detail);
	sum = add_sum(sum, slice_of(fact->addr.b, sizeof(fact->addr.b)));
	sum = add_sum(sum, slice_of(&fact->port, sizeof(fact->port)));
	for (int i = 0; i < LINK_TOLD; i++)
		if (l->told[i] == sum)
			return;
	l->told[l->next++ % LINK_TOLD] = sum;
	d->emit(d, fact);
}

/* "Anna's Pixel._FC9F5ED42C8A._tcp.local": which service, if one of ours. */
static const char *service_of(struct slice name, struct slice *instance)
{
	for (size_t i = 0; link_services[i]; i++) {
		struct slice rest = find_after(name, link_services[i]);
		size_t n = strlen(link_services[i]);

		if (!slice_is(rest, ".local"))
			continue;
		*instance = slice_head(name, name.n - rest.n - n);
		if (instance->n)
			instance->n--;	/* the dot */
		return link_services[i];
	}
	return NULL;
}

static void device(struct dissection *d, enum side from, struct slice name,
    uint16_t port)
{
	struct fact fact = { .kind = FACT_DEVICE, .from = from, .port = port,
		.addr = *d->addr[from], .proof = PROOF_LABEL };
	const char *service = service_of(name, &fact.text);

	if (service == NULL || !slice_more(fact.text))
		return;
	fact.detail = slice_str(service);
	for (size_t i = 0; i < sizeof(identifiers) / sizeof(*identifiers); i++)
		fact.made_up |= strcmp(service, identifiers[i]) == 0;
	tell_once(d, &fact);
}

static void host(struct dissection *d, enum side from, struct slice name,
    struct slice data, uint32_t ttl_s)
{
	struct fact fact = { .kind = FACT_BINDING, .from = from,
		.detail = name, .ttl_s = ttl_s, .proof = PROOF_LABEL };

	if (data.n == 4)
		fact.addr = addr_v4(data.p);
	else if (data.n == 16)
		memcpy(fact.addr.b, data.p, 16);
	if (slice_more(name) && addr_is_set(&fact.addr) && ttl_s)
		tell_once(d, &fact);
}

static void record(struct dissection *d, enum side from,
    struct slice message, struct slice *at)
{
	char owner_text[DNS_NAME_LONGEST], target_text[DNS_NAME_LONGEST];
	struct slice owner = dns_name(message, at, owner_text);
	uint16_t type = slice_u16(at);
	uint32_t ttl_s;
	struct slice data;

	slice_u16(at);			/* class, with the flush bit */
	ttl_s = slice_u32(at);
	data = slice_block16(at);
	if (slice_short(*at))
		return;
	switch (type) {
	case TYPE_A:
	case TYPE_AAAA:
		host(d, from, owner, data, ttl_s);
		break;
	case TYPE_PTR:
		device(d, from, dns_name(message, &data, target_text), 0);
		break;
	case TYPE_SRV:
		slice_u32(&data);	/* priority, weight */
		device(d, from, owner, slice_u16(&data));
		break;
	}
}

void link_names_message(struct dissection *d, enum side from,
    struct slice message)
{
	struct slice at = message;
	uint16_t flags, questions;

	slice_u16(&at);
	flags = slice_u16(&at);
	questions = slice_u16(&at);
	slice_skip(&at, 6);
	if (!(flags & FLAG_RESPONSE))
		return;
	while (questions-- > 0 && slice_more(at)) {
		dns_name_skip(&at);
		slice_u32(&at);
	}
	for (int i = 0; i < RECORDS_MOST && slice_more(at); i++)
		record(d, from, message, &at);
}
