/* MMDB look-ups; the only file that knows libmaxminddb. */
#include "know/geo.h"

#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

struct geo {
	MMDB_s asn, country;
	bool has_asn, has_country;
};

static bool open_one(MMDB_s *db, const char *path,
    const struct conf_node *at, struct conf_errors *e)
{
	int status = MMDB_open(path, MMDB_MODE_MMAP, db);

	if (status == MMDB_SUCCESS)
		return true;
	if (at != NULL)
		conf_error(e, at, "%s: %s", path, MMDB_strerror(status));
	else
		conf_error_at(e, path, 0, 0, "%s", MMDB_strerror(status));
	return false;
}

struct geo *geo_open(const char *asn, const struct conf_node *asn_at,
    const char *country, const struct conf_node *country_at,
    struct conf_errors *e)
{
	struct geo *g;

	if (asn == NULL && country == NULL)
		return NULL;
	g = calloc(1, sizeof(*g));
	if (g == NULL)
		return NULL;
	if (asn != NULL)
		g->has_asn = open_one(&g->asn, asn, asn_at, e);
	if (country != NULL)
		g->has_country = open_one(&g->country, country, country_at,
		    e);
	if ((asn == NULL || g->has_asn) &&
	    (country == NULL || g->has_country))
		return g;
	geo_free(g);
	return NULL;
}

void geo_free(struct geo *g)
{
	if (g == NULL)
		return;
	if (g->has_asn)
		MMDB_close(&g->asn);
	if (g->has_country)
		MMDB_close(&g->country);
	free(g);
}

static bool find(const MMDB_s *db, const struct addr *a, MMDB_entry_s *entry)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	MMDB_lookup_result_s result;
	int status = MMDB_SUCCESS;

	memcpy(&v6.sin6_addr, a->b, sizeof(a->b));
	memcpy(&v4.sin_addr, a->b + 12, 4);
	result = MMDB_lookup_sockaddr(db, addr_is_v4(a) ?
	    (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6,
	    &status);
	*entry = result.entry;
	return status == MMDB_SUCCESS && result.found_entry;
}

static void copy_text(char *to, size_t size, const MMDB_entry_data_s *data)
{
	size_t n = data->data_size;

	if (!data->has_data || data->type != MMDB_DATA_TYPE_UTF8_STRING)
		return;
	if (n >= size) {
		n = size - 1;
		while (n > 0 && (data->utf8_string[n] & 0xc0) == 0x80)
			n--;		/* not inside of a character */
	}
	memcpy(to, data->utf8_string, n);
	to[n] = '\0';
}

static void find_asn(const MMDB_s *db, const struct addr *a,
    struct geo_place *place)
{
	MMDB_entry_data_s data = { 0 };
	MMDB_entry_s entry;

	if (!find(db, a, &entry))
		return;
	if (MMDB_get_value(&entry, &data, "autonomous_system_number",
	    NULL) == MMDB_SUCCESS && data.has_data &&
	    data.type == MMDB_DATA_TYPE_UINT32)
		place->asn = data.uint32;
	if (MMDB_get_value(&entry, &data, "autonomous_system_organization",
	    NULL) == MMDB_SUCCESS)
		copy_text(place->as_org, sizeof(place->as_org), &data);
}

static void find_country(const MMDB_s *db, const struct addr *a,
    struct geo_place *place)
{
	MMDB_entry_data_s data = { 0 };
	MMDB_entry_s entry;

	if (!find(db, a, &entry))
		return;
	if (MMDB_get_value(&entry, &data, "country", "iso_code", NULL) !=
	    MMDB_SUCCESS && MMDB_get_value(&entry, &data, "country_code",
	    NULL) != MMDB_SUCCESS)
		return;
	if (data.has_data && data.data_size == 2)
		copy_text(place->country, sizeof(place->country), &data);
}

bool geo_find(const struct geo *g, const struct addr *a,
    struct geo_place *place)
{
	*place = (struct geo_place){ 0 };
	if (g == NULL)
		return false;
	if (g->has_asn)
		find_asn(&g->asn, a, place);
	if (g->has_country)
		find_country(&g->country, a, place);
	return place->asn != 0 || place->country[0] != '\0';
}
