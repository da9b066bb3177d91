/*
 * pattern.h - one host pattern, compiled; matching is linear in the host.
 *
 * The syntax stands in catalogue.h.  A pattern has fixed labels at its end
 * (or, with a `**` at the end, one at its start): that is its anchor, by
 * which the index finds it.  Wildcards stay inside of one label; at most one
 * element stands for several labels, so there is nothing to try twice.
 */
#ifndef KNOW_PATTERN_H
#define KNOW_PATTERN_H

#include "base/slice.h"
#include "know/arena.h"

enum { HOST_MAX = 253, LABELS_MAX = 128, PATTERN_LABELS = 16 };

/* A host name, folded and cut into labels. */
struct host {
	char text[HOST_MAX + 1];
	uint16_t n;
	uint8_t labels;
	uint8_t start[LABELS_MAX];	/* of each label, from the left */
};

/* False: not a host name (empty label, odd byte, an address). */
__attribute__((warn_unused_result))
bool host_read(struct host *h, struct slice name);

enum element_kind { LABEL_FIXED, LABEL_GLOB, LABELS_ANY, LABELS_SOME };

struct element {
	uint8_t kind;			/* LABELS_ANY: none or more */
	bool tenant;			/* LABELS_SOME: remember them */
	uint8_t n;
	const char *text;		/* glob: with marks below ' ' */
};

struct pattern {
	const char *text;		/* as written, folded */
	const char *anchor;		/* "slack.com" */
	uint16_t anchor_n;
	bool anchored_left;		/* the anchor is the first label */
	bool exact;
	bool has_tenant;
	uint8_t elements_n;
	uint8_t many;			/* which element; elements_n: none */
	uint16_t rank;
	const struct element *elements;
};

/* NULL: fine.  Otherwise what is wrong with it. */
__attribute__((warn_unused_result))
const char *pattern_compile(struct pattern *p, const char *text,
    struct arena *a);

/* Does it match, and which part of h->text is the tenant (may be empty)? */
bool pattern_match(const struct pattern *p, const struct host *h,
    struct slice *tenant);

#endif
