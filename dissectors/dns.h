/*
 * dns.h - DNS answers, over UDP and over TCP.
 */
#ifndef DNS_H
#define DNS_H

#include "dissector.h"

/* Could this be a whole DNS message, or its beginning? */
enum claim dns_claim(struct slice message, bool response);

/* FACT_ANSWER for each address given for the name asked. */
void dns_tell(struct dissection *d, struct slice message);

#endif
