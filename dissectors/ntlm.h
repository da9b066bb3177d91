/*
 * ntlm.h - NTLMSSP ([MS-NLMP]), as SMB, HTTP and LDAP carry it.
 *
 * Only the AUTHENTICATE message (type 3) names anybody.  It is sent before
 * the server has said yes: the carrier raises the proof when it does.
 */
#ifndef NTLM_H
#define NTLM_H

#include "wire.h"

enum { NTLM_NAME = 96 };

struct ntlm_names {
	uint8_t user_n, domain_n, host_n;
	uint8_t user[NTLM_NAME], domain[NTLM_NAME], host[NTLM_NAME];
};

/*
 * Look for a type 3 message in a security buffer: bare, or inside SPNEGO.
 * False when there is none, or it is anonymous.
 */
bool ntlm_authenticate(struct ntlm_names *names, struct slice buffer);

/* The client belongs to DOMAIN\user on its host. */
void ntlm_tell(struct dissection *d, const struct ntlm_names *names,
    enum proof proof);

#endif
