/*
 * names.h - which name an address was asked for under.
 *
 * DNS answers, remembered per client, and for everybody in a book (book.h),
 * so that a flow without a server name of its own (resumed, mid-stream,
 * encrypted hello) can still be named.  Bounded: the least recently used is
 * forgotten first.
 * Kept for NAMES_KEEP_US however short the TTL is: clients pin addresses
 * far longer than they should.
 */
#ifndef FLOW_NAMES_H
#define FLOW_NAMES_H

#include "base/addr.h"
#include "base/slice.h"
#include "flow/book.h"
#include "flow/flow.h"

#define NAMES_KEEP_US BOOK_KEEP_US

struct names;

/* The book is the caller's and must live longer. */
struct names *names_new(uint32_t max_answers, struct book *book);
void names_free(struct names *n);

/* `client` was told that `name` lives at `server`.  The newest wins.
 * What is `ours` stays in this process, out of the book. */
void names_learn(struct names *n, const struct addr *client,
    const struct addr *server, struct slice name, bool ours,
    int64_t at_us);

/*
 * The name `client` got for `server`, else what anyone here got for it, else
 * NULL.  *how becomes EVIDENCE_DNS or EVIDENCE_DNS_OTHER.  Lower case,
 * terminated, valid until the next call.
 */
const char *names_find(struct names *n, const struct addr *client,
    const struct addr *server, int64_t at_us, enum evidence *how);
/* What this client was told is forgotten, to the last byte. */
void names_forget(struct names *n, const struct addr *client);
uint32_t names_used(const struct names *n);

#endif
