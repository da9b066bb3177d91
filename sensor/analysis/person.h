/*
 * person.h - all names under which somebody is told of and kept.
 *
 * A pseudonym of any epoch, or a plain name, leads to the person as far as
 * the bindings and the store still know who that was; from there to every
 * name he had, and to the devices that are his alone.  What cannot be found
 * stands for itself.
 */
#ifndef PERSON_H
#define PERSON_H

#include "analysis/disguise.h"
#include "track/alert.h"
#include "track/binding.h"

enum { PERSON_NAMES = 16384, PERSON_ADDRS = 256 };

struct analysis;

struct person {
	struct table names;		/* text -> nothing */
	struct table alongside;		/* what only his alerts speak of */
	char plain[PSEUDONYM_PLAIN];	/* as found, or as asked for */
	enum called how;
	bool found;			/* it is known who that is */
	struct addr addrs[PERSON_ADDRS];	/* of his devices */
	size_t addrs_n;
};

/* name: as alerts have it.  False: no memory. */
__attribute__((warn_unused_result))
bool person_find(struct person *p, struct analysis *a, const char *name);
void person_free(struct person *p);

/* Is that one of his names, in whatever epoch?  Case does not matter. */
bool person_is(const struct person *p, const char *name);
/* Does one of his devices have this address? */
bool person_at(const struct person *p, const struct addr *addr);
/* Is the device at this address his alone? */
bool person_owns(const struct person *p, const struct addr *addr,
    const struct binding *b);

/* A name beside his in an alert about him, or about somebody else: what is
 * left in the end stands in his alerts alone. */
void person_beside(struct person *p, const struct alert *a);
/* One of his names, or one that stands beside them alone. */
bool person_gone(const struct person *p, const char *name);

#endif
