/*
 * match.h - the indexes of the catalogue: hosts, prefixes, ports, numbers.
 *
 * Each is filled, finished once, and only read from then on.  Values are
 * places in the catalogue's list of rules.
 */
#ifndef KNOW_MATCH_H
#define KNOW_MATCH_H

#include "base/addr.h"
#include "know/catalogue.h"
#include "know/pattern.h"

enum { NO_RULE = -1 };

/* ---- hosts: by the hash of their fixed labels, then of the fixed
 * characters next to them ---- */

struct host_entry {
	struct pattern pattern;
	uint64_t bucket;		/* hash by which it is found */
	uint32_t rule;
	bool site;
};

struct host_slot {
	uint64_t hash;
	uint32_t first, n;		/* in entries, best rank first */
	uint64_t edges;			/* which buckets stand behind it */
	bool used;
};

struct host_index {
	struct host_entry *entries;
	size_t n, room;
	struct host_slot *slots;
	uint32_t mask;
	uint8_t deepest;		/* labels in the longest anchor */
};

void host_index_add(struct host_index *x, const struct pattern *p,
    uint32_t rule, bool site);
void host_index_finish(struct host_index *x);
void host_index_free(struct host_index *x);

/* The best entry, or NULL. */
const struct host_entry *host_index_find(const struct host_index *x,
    const struct host *h);
/* All of them, best first; returns how many there are. */
size_t host_index_all(const struct host_index *x, const struct host *h,
    const struct host_entry **found, size_t max);

/* ---- prefixes: a binary trie; ports narrow each entry ---- */

struct ports {
	uint8_t proto;			/* 0: any */
	uint16_t low, high;
};

struct prefix_entry {
	struct ports ports;
	uint32_t rule;
	uint32_t next;			/* + 1, of the same prefix */
};

struct prefix_node {
	uint32_t child[2];		/* + 1 */
	uint32_t entry;			/* + 1 */
};

struct prefix_index {
	struct prefix_node *nodes;
	size_t n, room;
	uint32_t v4;			/* node + 1 of ::ffff:0:0/96, or 0 */
	struct prefix_entry *entries;
	size_t entries_n, entries_room;
};

void prefix_index_add(struct prefix_index *x, const struct prefix *p,
    const struct ports *ports, uint32_t rule);
void prefix_index_free(struct prefix_index *x);
/* The longest prefix that has the address, at these ports. */
int64_t prefix_index_find(const struct prefix_index *x,
    const struct addr *a, uint8_t proto, uint16_t port);

/* ---- ports alone: two tables of 65,536 ---- */

struct port_index {
	uint32_t *tcp, *udp;		/* rule + 1 */
	uint32_t *tcp_width, *udp_width;
};

void port_index_add(struct port_index *x, const struct ports *ports,
    uint32_t rule);
void port_index_free(struct port_index *x);
int64_t port_index_find(const struct port_index *x, uint8_t proto,
    uint16_t port);

/* ---- numbers: ASNs, nDPI protocols ---- */

struct number_entry {
	uint32_t number;
	uint32_t rule;
	bool site;
};

struct number_index {
	struct number_entry *entries;
	size_t n, room;
};

void number_index_add(struct number_index *x, uint32_t number,
    uint32_t rule, bool site);
void number_index_finish(struct number_index *x);
void number_index_free(struct number_index *x);
int64_t number_index_find(const struct number_index *x, uint32_t number);

#endif
