/*
 * kerberos.h - one Kerberos message, however it travelled.
 */
#ifndef KERBEROS_H
#define KERBEROS_H

#include "der.h"

/* Is this the beginning of a Kerberos 5 message? */
bool kerberos_is(struct slice s);

void kerberos_message(struct dissection *d, enum side from, struct slice s);

#endif
