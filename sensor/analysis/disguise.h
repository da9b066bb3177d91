/*
 * disguise.h - nobody leaves the analysis under his own name.
 *
 * The one place where people, devices and addresses turn into pseudonyms:
 * everything behind it (detections, alerts, records, totals, the sinks) knows
 * only those.  What decides with real names (bindings, groups, approvals,
 * exceptions, watch lists) stands before it.  Without `privacy.pseudonyms`
 * all of this changes nothing.
 */
#ifndef DISGUISE_H
#define DISGUISE_H

#include "base/table.h"
#include "know/policy.h"
#include "privacy/pseudonym.h"
#include "track/transfer.h"

enum called { CALLED_ACCOUNT, CALLED_HOST, CALLED_MAC, CALLED_ADDRESS };

struct disguise {
	struct pseudonyms *keyed;
	struct table known;		/* token -> who that is, in memory
					   alone: for exceptions and sealing */
	/* of the present event, until the next one */
	int64_t at_us;
	char user[PSEUDONYM_TEXT], rival[PSEUDONYM_TEXT];
	char host[PSEUDONYM_TEXT], thing[PSEUDONYM_TEXT];
	struct addr client, client_token;
	uint8_t mac[6], mac_token[6];
};

struct config;

__attribute__((warn_unused_result))
bool disguise_init(struct disguise *d, const struct privacy_key *k,
    uint32_t max_users);
void disguise_free(struct disguise *d);

/* how: what kind of name w->name is; addr or mac: the same in binary. */
void disguise_who(struct disguise *d, const struct config *c, struct who *w,
    enum called how, const struct event *ev);
/* Addresses, MACs, and the names in it; host and text are emptied where they
 * name a server or a thing: those are said by what follows. */
void disguise_event(struct disguise *d, const struct config *c,
    struct event *ev);
/* A server of ours loses its name, one that no rule names is not said. */
void disguise_where(struct disguise *d, const struct config *c,
    struct where *to, const struct event *ev);
/* A file, or a room ("room"): what may be said of it. */
const char *disguise_thing(struct disguise *d, const struct config *c,
    const char *kind, const char *name, int64_t at_us);

/* The client of the present event stands in an alert: remember it. */
void disguise_keep(struct disguise *d);

/* Who that is, as far as it is remembered; else the token itself. */
const char *disguise_plain(const struct disguise *d, const char *token);
/* The same, and how he is called; false: it is not remembered. */
bool disguise_known(const struct disguise *d, const char *token,
    char plain[PSEUDONYM_PLAIN], enum called *how);
/* Forget whom the present pseudonym of that name stands for. */
void disguise_drop(struct disguise *d, const struct config *c,
    const char *plain, enum called how, int64_t at_us);
/* Forget who they are that were not told of since then. */
void disguise_expire(struct disguise *d, int64_t before_us);
/* Forget who those are. */
void disguise_forget(struct disguise *d, bool (*gone)(const char *name,
    void *arg), void *arg);
/* What his name was in the last epoch, or before pseudonyms were asked for.
 * False: not known, or he had none. */
bool disguise_former(struct disguise *d, const struct config *c,
    const char *token, int64_t at_us, char former[2][PSEUDONYM_PLAIN]);

/* The token of a name, PSEUDONYM_TEXT bytes; an address or a MAC that stands
 * for a user looks as it does elsewhere. */
void disguise_token(struct disguise *d, const char *plain, enum called how,
    uint32_t epoch, char *token);
uint32_t disguise_epoch(const struct config *c, int64_t at_us);
/* What kind of name it looks like, in clear or as a token. */
enum called disguise_called(const char *name);
/*
 * Each token a name had in the epochs of which anything is still kept at
 * that time, the present one first; stops when `see` returns false, and
 * returns that.
 */
bool disguise_each(struct disguise *d, const struct config *c,
    const char *plain, enum called how, int64_t at_us,
    bool (*see)(const char *token, void *arg), void *arg);

#endif
