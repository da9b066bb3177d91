/* MMDB files, made here: country, flat country, AS; missing and broken. */
#include "know/geo.h"
#include "tap.h"

struct out {
	uint8_t b[4096];
	size_t n;
};

static void byte(struct out *o, unsigned int value)
{
	o->b[o->n++] = (uint8_t)value;
}

static void put_text(struct out *o, const char *text)
{
	unsigned int n = (unsigned int)strlen(text);

	byte(o, 2 << 5 | (n < 29 ? n : 29));
	if (n >= 29)
		byte(o, n - 29);
	memcpy(o->b + o->n, text, n);
	o->n += n;
}

static void put_map(struct out *o, unsigned int pairs)
{
	byte(o, 7 << 5 | pairs);
}

static void put_number(struct out *o, unsigned int type, uint32_t value)
{
	byte(o, type << 5 | (type == 5 ? 2 : 4));
	if (type == 6) {
		byte(o, value >> 24);
		byte(o, value >> 16);
	}
	byte(o, value >> 8);
	byte(o, value);
}

/* One prefix of an IPv6 tree: a chain of nodes of two 24-bit records. */
static void put_tree(struct out *o, const struct prefix *p)
{
	uint32_t nodes = p->bits, record;
	unsigned int i, side, bit;

	for (i = 0; i < nodes; i++) {
		bit = p->base.b[i / 8] >> (7 - i % 8) & 1;
		for (side = 0; side < 2; side++) {
			record = side != bit ? nodes : i + 1 < nodes ? i + 1 :
			    nodes + 16;
			byte(o, record >> 16);
			byte(o, record >> 8);
			byte(o, record);
		}
	}
	for (i = 0; i < 16; i++)
		byte(o, 0);
}

static void put_metadata(struct out *o, uint32_t nodes)
{
	static const char marker[] = "\xab\xcd\xefMaxMind.com";

	memcpy(o->b + o->n, marker, sizeof(marker) - 1);
	o->n += sizeof(marker) - 1;
	put_map(o, 9);
	put_text(o, "binary_format_major_version");
	put_number(o, 5, 2);
	put_text(o, "binary_format_minor_version");
	put_number(o, 5, 0);
	put_text(o, "build_epoch");
	byte(o, 1);			/* one byte of an extended type: */
	byte(o, 2);			/* a 64-bit number */
	byte(o, 7);
	put_text(o, "database_type");
	put_text(o, "test");
	put_text(o, "description");
	put_map(o, 0);
	put_text(o, "ip_version");
	put_number(o, 5, 6);
	put_text(o, "languages");
	byte(o, 0);
	byte(o, 4);			/* an empty list */
	put_text(o, "node_count");
	put_number(o, 6, nodes);
	put_text(o, "record_size");
	put_number(o, 5, 24);
}

static char dir[] = "/tmp/weir-geo-XXXXXX";

static const char *save(const char *name, const struct out *o)
{
	static char paths[4][64];
	static int used;
	char *path = paths[used++ % 4];
	FILE *f;

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (f == NULL || fwrite(o->b, 1, o->n, f) != o->n || fclose(f) != 0)
		err(1, "%s", path);
	return path;
}

/* The tree has IPv4 at ::/96. */
static struct prefix v4_prefix(const char *text)
{
	struct prefix p;

	if (!prefix_parse(&p, text))
		errx(1, "%s", text);
	p.base.b[10] = p.base.b[11] = 0;
	return p;
}

static const char *country_file(const char *name, bool flat)
{
	struct out o = { .n = 0 };
	struct prefix p = v4_prefix("192.0.2.0/24");

	put_tree(&o, &p);
	put_map(&o, 1);
	put_text(&o, flat ? "country_code" : "country");
	if (!flat) {
		put_map(&o, 1);
		put_text(&o, "iso_code");
	}
	put_text(&o, "DE");
	put_metadata(&o, p.bits);
	return save(name, &o);
}

static const char *asn_file(const char *name)
{
	struct out o = { .n = 0 };
	struct prefix p;

	if (!prefix_parse(&p, "2001:db8::/32"))
		errx(1, "prefix");
	put_tree(&o, &p);
	put_map(&o, 2);
	put_text(&o, "autonomous_system_number");
	put_number(&o, 6, 64500);
	put_text(&o, "autonomous_system_organization");
	put_text(&o, "Example Net");
	put_metadata(&o, p.bits);
	return save(name, &o);
}

static struct addr address(const char *text)
{
	struct addr a;

	if (!addr_parse(&a, text))
		errx(1, "%s", text);
	return a;
}

static void test_found(void)
{
	struct addr in = address("192.0.2.7"), out = address("192.0.3.7");
	struct addr six = address("2001:db8::1");
	struct conf_errors e = { 0 };
	struct geo_place place;
	struct geo *g = geo_open(asn_file("asn.mmdb"), NULL,
	    country_file("country.mmdb", false), NULL, &e);

	ok(g != NULL, "both open: %s", e.text ? e.text : "");
	ok(geo_find(g, &in, &place) && strcmp(place.country, "DE") == 0 &&
	    place.asn == 0, "a country");
	ok(!geo_find(g, &out, &place) && place.country[0] == '\0',
	    "nothing beside it");
	ok(geo_find(g, &six, &place) && place.asn == 64500 &&
	    strcmp(place.as_org, "Example Net") == 0, "an AS");
	geo_free(g);
	g = geo_open(NULL, NULL, country_file("flat.mmdb", true), NULL, &e);
	ok(geo_find(g, &in, &place) && strcmp(place.country, "DE") == 0,
	    "a flat country");
	geo_free(g);
	ok(geo_open(NULL, NULL, NULL, NULL, &e) == NULL && e.n == 0 &&
	    !geo_find(NULL, &in, &place), "without files");
}

static void test_broken(void)
{
	struct out o = { .n = 0 };
	struct conf_errors e = { 0 };
	const char *path;

	put_text(&o, "no database");
	path = save("broken.mmdb", &o);
	ok(geo_open(path, NULL, NULL, NULL, &e) == NULL && e.n == 1 &&
	    strstr(e.text, "broken.mmdb: ") != NULL, "a broken file");
	ok(geo_open(NULL, NULL, "/nonexistent.mmdb", NULL, &e) == NULL &&
	    strstr(e.text, "/nonexistent.mmdb: ") != NULL, "a missing one");
	conf_errors_free(&e);
}

int main(void)
{
	char command[64];

	if (mkdtemp(dir) == NULL)
		err(1, "mkdtemp");
	test_found();
	test_broken();
	snprintf(command, sizeof(command), "rm -r %s", dir);
	if (system(command) != 0)
		warnx("%s is left", dir);
	return tap_done();
}
