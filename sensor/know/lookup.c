/*
 * The smaller indexes: prefixes, ports, numbers.
 *
 * Addresses are 128 bits wide, IPv4 mapped; the trie starts with one node
 * (IPv4 look-ups with the one of ::ffff:0:0/96: a rule for ::/0 has none),
 * and of two entries at one prefix the later one is tried first, so that the
 * site's own, loaded last, win.
 */
#include <err.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "know/match.h"

enum { V4_BITS = 96 };			/* where mapped addresses begin */

static unsigned int bit(const struct addr *a, unsigned int i)
{
	return a->b[i / 8] >> (7 - i % 8) & 1;
}

static uint32_t new_node(struct prefix_index *x)
{
	x->nodes = grown(x->nodes, x->n, &x->room, sizeof(*x->nodes));
	x->nodes[x->n++] = (struct prefix_node){ 0 };
	return (uint32_t)x->n;
}

void prefix_index_add(struct prefix_index *x, const struct prefix *p,
    const struct ports *ports, uint32_t rule)
{
	uint32_t at, next, made;
	unsigned int i;

	if (x->n == 0)
		new_node(x);
	at = 0;
	for (i = 0; i < p->bits; i++) {
		next = x->nodes[at].child[bit(&p->base, i)];
		if (next == 0) {
			made = new_node(x);
			x->nodes[at].child[bit(&p->base, i)] = made;
			next = made;
		}
		at = next - 1;
		if (i + 1 == V4_BITS && addr_is_v4(&p->base))
			x->v4 = next;
	}
	x->entries = grown(x->entries, x->entries_n, &x->entries_room,
	    sizeof(*x->entries));
	x->entries[x->entries_n++] = (struct prefix_entry){ *ports, rule,
		x->nodes[at].entry };
	x->nodes[at].entry = (uint32_t)x->entries_n;
}

void prefix_index_free(struct prefix_index *x)
{
	free(x->nodes);
	free(x->entries);
}

static bool ports_have(const struct ports *p, uint8_t proto, uint16_t port)
{
	return p->proto == 0 || (p->proto == proto && port >= p->low &&
	    port <= p->high);
}

int64_t prefix_index_find(const struct prefix_index *x,
    const struct addr *a, uint8_t proto, uint16_t port)
{
	int64_t found = NO_RULE;
	bool v4 = addr_is_v4(a);
	uint32_t at = v4 ? x->v4 - 1 : 0, e, next;
	unsigned int i;

	if (v4 ? x->v4 == 0 : x->n == 0)
		return NO_RULE;
	for (i = v4 ? V4_BITS : 0;; i++) {
		for (e = x->nodes[at].entry; e != 0;
		    e = x->entries[e - 1].next) {
			if (ports_have(&x->entries[e - 1].ports, proto,
			    port)) {
				found = x->entries[e - 1].rule;
				break;
			}
		}
		next = i < 128 ? x->nodes[at].child[bit(a, i)] : 0;
		if (next == 0)
			break;
		at = next - 1;
	}
	return found;
}

static void fill_ports(uint32_t **table, uint32_t **widths,
    const struct ports *p, uint32_t rule)
{
	uint32_t width = (uint32_t)p->high - p->low + 1, port;

	if (*table == NULL) {
		*table = calloc(65536, sizeof(**table));
		*widths = calloc(65536, sizeof(**widths));
	}
	if (*table == NULL || *widths == NULL)
		err(1, "out of memory");
	for (port = p->low; port <= p->high; port++) {
		if ((*table)[port] != 0 && (*widths)[port] < width)
			continue;	/* the narrower range knows better */
		(*table)[port] = rule + 1;
		(*widths)[port] = width;
	}
}

void port_index_add(struct port_index *x, const struct ports *p,
    uint32_t rule)
{
	if (p->proto != IPPROTO_UDP)
		fill_ports(&x->tcp, &x->tcp_width, p, rule);
	if (p->proto != IPPROTO_TCP)
		fill_ports(&x->udp, &x->udp_width, p, rule);
}

void port_index_free(struct port_index *x)
{
	free(x->tcp);
	free(x->udp);
	free(x->tcp_width);
	free(x->udp_width);
}

int64_t port_index_find(const struct port_index *x, uint8_t proto,
    uint16_t port)
{
	const uint32_t *table = proto == IPPROTO_TCP ? x->tcp :
	    proto == IPPROTO_UDP ? x->udp : NULL;

	return table != NULL ? (int64_t)table[port] - 1 : NO_RULE;
}

void number_index_add(struct number_index *x, uint32_t number,
    uint32_t rule, bool site)
{
	x->entries = grown(x->entries, x->n, &x->room, sizeof(*x->entries));
	x->entries[x->n++] = (struct number_entry){ number, rule, site };
}

static int by_number(const void *va, const void *vb)
{
	const struct number_entry *a = va, *b = vb;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	if (a->site != b->site)
		return a->site ? -1 : 1;
	return a->rule < b->rule ? -1 : a->rule > b->rule;
}

void number_index_finish(struct number_index *x)
{
	if (x->n > 0)
		qsort(x->entries, x->n, sizeof(*x->entries), by_number);
}

void number_index_free(struct number_index *x)
{
	free(x->entries);
}

/* The first of several equal ones is the best. */
int64_t number_index_find(const struct number_index *x, uint32_t number)
{
	size_t low = 0, high = x->n, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (x->entries[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < x->n && x->entries[low].number == number ?
	    (int64_t)x->entries[low].rule : NO_RULE;
}
