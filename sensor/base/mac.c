/*
 * mac.c - MAC addresses: text both ways.
 */
#include "base/mac.h"

#include <stdio.h>
#include <string.h>

bool mac_is_set(const uint8_t mac[6])
{
	static const uint8_t none[6];

	return memcmp(mac, none, sizeof(none)) != 0;
}

const char *mac_text(const uint8_t mac[6], char *text)
{
	snprintf(text, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
	    mac[1], mac[2], mac[3], mac[4], mac[5]);
	return text;
}

bool mac_parse(uint8_t mac[6], const char *text)
{
	unsigned int m[6];
	char rest;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", m, m + 1, m + 2, m + 3,
	    m + 4, m + 5, &rest) != 6)
		return false;
	for (int i = 0; i < 6; i++)
		mac[i] = (uint8_t)m[i];
	return true;
}
