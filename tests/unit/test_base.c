/* The base floor: cursors, addresses, text, JSON, tables, pools, rings. */
#include "base/addr.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/mac.h"
#include "base/ring.h"
#include "base/table.h"
#include "tap.h"

static void test_slice(void)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 0x40, 0x25 };
	struct slice s = guarded(bytes, sizeof(bytes));
	struct slice copy = s;

	ok(slice_u16(&s) == 0x0102 && slice_u24(&s) == 0x030405, "in order");
	ok(slice_le16(&s) == 0x0706 && slice_u8(&s) == 8, "little endian");
	ok(slice_varint(&s) == 0x25, "two-byte varint");
	ok(!slice_more(s) && !slice_short(s), "at the end, not past it");
	ok(slice_u8(&s) == 0 && slice_short(s), "past the end: short");
	ok(slice_u64(&copy) == 0x0102030405060708, "eight bytes");
	ok(slice_u64(&copy) == 0 && slice_u8(&copy) == 0, "short for good");
	copy = slice_of("a=b", 3);
	ok(slice_is(slice_until(&copy, '='), "a") && slice_is(copy, "b"),
	    "split at a byte");
	ok(slice_starts(slice_of("GET /", 5), "GET ") &&
	    !slice_starts(slice_of("GE", 2), "GET "), "prefix");
}

static void test_addr(void)
{
	char text[ADDR_TEXT];
	struct addr a, b;
	struct prefix p;

	ok(addr_parse(&a, "10.1.2.3") && addr_is_v4(&a), "an IPv4 address");
	ok(strcmp(addr_text(&a, text), "10.1.2.3") == 0, "and back");
	ok(addr_parse(&b, "2001:db8::1") && !addr_is_v4(&b), "IPv6");
	ok(prefix_parse(&p, "10.0.0.0/9") && prefix_has(&p, &a), "inside");
	ok(!prefix_has(&p, &b), "the other family is outside");
	ok(prefix_parse(&p, "10.1.2.4/31") && !prefix_has(&p, &a), "by a bit");
	ok(prefix_parse(&p, "::/0") && prefix_has(&p, &b), "everything");
	ok(!prefix_parse(&p, "10.0.0.0/33") && !prefix_parse(&p, "10/8") &&
	    !prefix_parse(&p, "10.0.0.0/") && !prefix_parse(&p, "::/129"),
	    "nonsense is refused");
	ok(addr_is_private(&a) && !addr_is_private(&b), "private space");
}

static void test_mac(void)
{
	uint8_t mac[6] = { 2, 0, 0x5e, 0x10, 0, 0xfe }, back[6];
	char text[MAC_TEXT];

	ok(strcmp(mac_text(mac, text), "02:00:5e:10:00:fe") == 0,
	    "a MAC as text");
	ok(mac_parse(back, text) && memcmp(mac, back, 6) == 0,
	    "which reads back");
	ok(!mac_parse(back, "02:00:5e:10:00") &&
	    !mac_parse(back, "02:00:5e:10:00:fe:01"), "not five, not seven");
	memset(back, 0, sizeof(back));
	ok(mac_is_set(mac) && !mac_is_set(back), "all zero is none");
}

static void test_find(void)
{
	struct slice in = slice_str("{\"a\":{\"b\":1},\"b\":[2],\"c\":");
	struct json_value v;

	ok(json_find(in, "b", &v) && v.kind == JSON_LIST &&
	    slice_is(v.raw, "[2]"), "a member by its name, not a deeper one");
	ok(!json_find(in, "d", &v) && !json_find(slice_str("7"), "b", &v),
	    "none in a damaged object, nor in a number");
}

static void test_text(void)
{
	char buffer[64], small[8];
	struct text t = text_in(buffer, sizeof(buffer));

	text_escape(&t, slice_of("a\n\"\xff\xe2\x80\xae\xc3\xa4", 9));
	ok(strcmp(buffer, "a\\x0a\"\\xff\\xe2\\x80\\xae\xc3\xa4") == 0,
	    "controls, bidi and bad UTF-8 escaped: %s", buffer);
	t = text_in(small, sizeof(small));
	text_printf(&t, "%s", "too long for it");
	ok(t.cut && strcmp(small, "too lon") == 0, "cut and terminated");
	t = text_in(buffer, sizeof(buffer));
	text_volume(&t, 312400000);
	text_add(&t, " ");
	text_volume(&t, 1500);
	ok(strcmp(buffer, "312 MB 1.5 kB") == 0, "volumes: %s", buffer);
	t = text_in(buffer, sizeof(buffer));
	text_time(&t, 1700000000123456);
	ok(strcmp(buffer, "2023-11-14T22:13:20.123456Z") == 0, "time");
}

static void test_json(void)
{
	char buffer[256], small[48];
	struct text t = text_in(buffer, sizeof(buffer));
	struct json j = json_to(&t);

	json_open(&j, NULL);
	json_str(&j, "type", "x\"y\n");
	json_u64(&j, "n", 7);
	json_open_list(&j, "l");
	json_u64(&j, NULL, 1);
	json_u64(&j, NULL, 2);
	json_close_list(&j);
	json_bool(&j, "b", true);
	json_close(&j);
	ok(strcmp(buffer, "{\"type\":\"x\\\"y\\\\x0a\",\"n\":7,\"l\":[1,2],"
	    "\"b\":true}") == 0, "an object: %s", buffer);

	t = text_in(small, sizeof(small));
	j = json_to(&t);
	json_open(&j, NULL);
	json_str(&j, "long", "0123456789012345678901234567890123456789");
	json_u64(&j, "n", 7);
	json_close(&j);
	ok(j.cut && strcmp(small, "{\"n\":7}") == 0,
	    "what does not fit is left out whole: %s", small);
}

static int cleared;

static void count_evicted(void *value, void *arg)
{
	(void)value;
	(void)arg;
	cleared++;
}

static void test_table(void)
{
	struct table t;
	bool fresh, all = true;
	uint32_t key;

	ok(table_init(&t, sizeof(key), sizeof(uint64_t), 100), "a table");
	t.on_evict = count_evicted;
	for (key = 0; key < 250; key++)
		*(uint64_t *)table_make(&t, &key, &fresh) = key * 2ull;
	ok(table_count(&t) == 100 && t.evicted == 150 && cleared == 150,
	    "bounded, the oldest evicted");
	for (key = 150; key < 250; key++)
		all &= *(uint64_t *)table_peek(&t, &key) == key * 2ull;
	ok(all, "the newest are all there");
	key = 150;
	ok(table_find(&t, &key) != NULL, "touched");
	ok(*(const uint32_t *)table_key(&t, table_oldest(&t)) == 151,
	    "the touched one is no longer the oldest");
	table_remove(&t, &key);
	ok(table_find(&t, &key) == NULL && table_count(&t) == 99, "removed");
	table_free(&t);
	ok(cleared == 249, "all cleared at the end");
}

static void test_pool_and_ring(void)
{
	struct ring *r = ring_new(4, sizeof(int));
	struct pool p;
	void *a, *b;
	int v = 0;

	ok(pool_init(&p, 24, 2), "a pool");
	a = pool_get(&p);
	b = pool_get(&p);
	ok(a && b && pool_get(&p) == NULL && p.refused == 1, "two, no more");
	pool_put(&p, a);
	ok(pool_get(&p) == a && pool_at(&p, pool_index(&p, b)) == b,
	    "reused, and indexed");
	pool_free(&p);

	for (int i = 0; i < 4; i++)
		ok(ring_put(r, &i), "put %d", i);
	ok(!ring_put(r, &v) && r->lost == 1, "full: refused and counted");
	ok(ring_get(r, &v) && v == 0 && ring_put(r, &v), "first in, first out");
	ring_free(r);
}

int main(void)
{
	test_slice();
	test_addr();
	test_mac();
	test_text();
	test_json();
	test_find();
	test_table();
	test_pool_and_ring();
	return tap_done();
}
