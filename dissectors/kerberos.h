/*
 * kerberos.h - one Kerberos message, however it travelled.
 */
#ifndef KERBEROS_H
#define KERBEROS_H

#include "der.h"

struct kerberos {			/* of a flow */
	bool unproven;			/* the last AS-REQ proved nothing */
};

/* Is this the beginning of a Kerberos 5 message? */
bool kerberos_is(struct slice s);

/* state: struct kerberos */
void kerberos_message(struct dissection *d, enum side from, struct slice s);

#endif
