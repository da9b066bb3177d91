/*
 * mac.h - the 48 bits that name a network card (IEEE 802).
 */
#ifndef BASE_MAC_H
#define BASE_MAC_H

#include <stdbool.h>
#include <stdint.h>

enum { MAC_TEXT = 18 };			/* "02:00:5e:10:00:01", terminated */

bool mac_is_set(const uint8_t mac[6]);	/* not all zero */

/* Fills `text` (MAC_TEXT bytes), returns it. */
const char *mac_text(const uint8_t mac[6], char *text);
/* Six pairs of hex digits with colons, and nothing else. */
__attribute__((warn_unused_result))
bool mac_parse(uint8_t mac[6], const char *text);

#endif
