/*
 * binding.h - whose address it is, how sure that is, and until when.
 *
 * Filled by DHCP, Kerberos, RADIUS, LDAP, NTLM and fed logins.  A lease says
 * which device has an address, a login says which account uses it.  A new
 * lease to another device ends every login of the old one; what is less
 * trusted than the lease (a label, a wish) does not.  An address that
 * several accounts use at once (terminal server, proxy, NAT) is shared:
 * it names nobody until it has been quiet for a day.
 */
#ifndef TRACK_BINDING_H
#define TRACK_BINDING_H

#include "base/addr.h"
#include "base/slice.h"
#include "base/table.h"

enum { BINDING_NAME = 72, BINDING_SURE = 70 };

struct binding {
	char account[BINDING_NAME];	/* lower case; empty: unknown */
	char host[BINDING_NAME];
	char rival[BINDING_NAME];	/* another account, or empty */
	uint8_t mac[6];			/* of the lease; zero: unknown */
	uint8_t trust;			/* of the account, 0 to 100 */
	uint8_t host_trust;
	uint8_t changes;		/* accounts seen within an hour */
	bool shared;
	char source[16], host_source[16];	/* "dhcp", "kerberos" */
	int64_t from_us, until_us;	/* of the account */
	int64_t host_from_us, host_until_us;
	int64_t changed_us;
};

struct claim_of {			/* one proof, as it arrives */
	struct addr addr;
	struct slice account, host;	/* either may be empty */
	const char *source;		/* static text */
	uint8_t trust;			/* 0 to 100 */
	const uint8_t *mac;		/* NULL: unknown */
	int64_t at_us;
	int64_t ttl_us;			/* 0: the default, 10 hours */
};

struct mac_key {
	uint8_t b[8];
};

struct mac_seen {			/* the address that stands for it: */
	struct addr home;		/* its IPv4 one, else one by DHCPv6 */
	int64_t at_us;
	int64_t moved_us;		/* when that last changed */
	bool router;
	char host[BINDING_NAME];	/* what it calls itself, or empty */
};

struct bindings {
	struct table by_addr;		/* struct addr -> struct binding */
	struct table by_mac;		/* which addresses a MAC was seen with */
};

enum bound {
	BOUND_NOTHING,		/* weaker than what is known */
	BOUND_AGAIN,		/* the same, extended */
	BOUND_NEW		/* the address has a new account or host */
};

__attribute__((warn_unused_result))
bool bindings_init(struct bindings *b, uint32_t max);
void bindings_free(struct bindings *b);

/* As bindings write a name: lower case, without realm or domain.  True when
 * it is a machine's. */
bool binding_name(char into[BINDING_NAME], struct slice name);

enum bound binding_claim(struct bindings *b, const struct claim_of *c);
/* A device says its name, and not which address it has. */
void binding_device(struct bindings *b, const uint8_t mac[6],
    struct slice name);

/*
 * The account has logged off, or, where none is told, the address was given
 * back.  Of another account, or of a device with another MAC, it says nothing.
 */
void binding_end(struct bindings *b, const struct claim_of *c);

/*
 * Whoever uses it is not to be known: forget the names, of the account, of
 * the device, of rivals; an account is called `mark` from now on.
 */
void binding_nameless(struct bindings *b, const struct addr *a,
    const char *mark);

/* What is known of it at that time, or NULL.  Valid until the next claim. */
const struct binding *binding_at(struct bindings *b, const struct addr *a,
    int64_t at_us);

/*
 * A frame from `client` carried this source MAC.  A MAC seen with two IPv4
 * addresses at once is a router's and says nothing.
 */
void binding_mac_seen(struct bindings *b, const uint8_t mac[6],
    const struct addr *client, int64_t at_us);
/*
 * The address that stands for the device with this MAC, or NULL: what is
 * known of it is true of the device's other addresses (RFC 8981) as well.
 */
const struct addr *binding_twin(struct bindings *b, const uint8_t mac[6],
    int64_t at_us);

#endif
