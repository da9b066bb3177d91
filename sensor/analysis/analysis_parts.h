/*
 * analysis_parts.h - the inside of struct analysis, for its own files.
 *
 * keep.c plays what is stored; analysis.c takes events in and orders them,
 * hours.c lets time pass, moved.c makes transfers and feeds the memories,
 * bound.c takes proofs of who is who, place.c says where a flow went and whose
 * it is, incident.c turns findings into alerts, look.c shows detections a
 * user; forget.c takes a person out of all of it.
 */
#ifndef ANALYSIS_PARTS_H
#define ANALYSIS_PARTS_H

#include "analysis/analysis.h"
#include "analysis/appeared.h"
#include "analysis/disguise.h"
#include "analysis/excuse.h"
#include "analysis/suppress.h"
#include "analysis/unseen.h"
#include "detect/detect.h"
#include "infer/join.h"
#include "track/binding.h"
#include "track/common.h"
#include "track/order.h"
#include "track/store.h"

enum { DETECTIONS_MAX = USER_INCIDENTS, KEYS_MAX = 256, SCRATCH = 65536 };

struct presence_key {
	struct addr client;
	uint32_t service;
};

struct flow_id {
	uint64_t flow;
	uint32_t worker;
	uint32_t way;
};

struct growing {			/* what is on its way in a flow */
	uint64_t bytes, wire;		/* of the object now being moved */
	uint64_t told;			/* flow bytes counted as egress */
	int64_t start_us;
	bool has_transfers;
};

struct pending_key {
	char user[USER_NAME];
	uint32_t detection;
};

struct pending {			/* an alert still growing */
	struct alert alert;
	uint32_t detection;
	uint32_t day;
	int64_t opened_us, due_us;
};

struct analysis {
	const struct config *config;
	struct analysis_sink sink;
	void (*raise)(const struct look *look, const struct alert *found);
	struct order order;
	struct users users;
	struct bindings bindings;
	struct popular popular;
	struct common common;
	struct unseen unseen;		/* what each client hid */
	struct appeared appeared;	/* devices, by what they announce */
	struct table presence;		/* client and service -> last seen */
	struct table flows;		/* what is still growing in a flow */
	struct table pending;		/* user and detection -> pending */
	struct join *parts;		/* of files that are not complete */
	struct cohort *cohorts[POLICY_GROUPS], *everyone;
	size_t states_at[DETECTIONS_MAX];
	int64_t since_us;		/* 0: nothing seen yet */
	int64_t now_us;
	int64_t due_us;			/* the earliest pending alert */
	uint32_t hour;			/* the one being filled */
	uint64_t transfers;		/* ids given out */
	struct analysis_counts counts;
	struct storm storm;
	struct suppressions suppressed;
	struct table excuses;		/* exemption->id -> struct excuse */
	bool service;			/* not a replay: has a past */
	char name[USER_NAME];		/* of the present `who` */
	enum called called;		/* what kind of name that is */
	struct disguise disguise;
	struct privacy_key *key;	/* NULL: nothing kept is sealed */

	/* persist.c */
	struct store *store;		/* NULL: nothing is kept */
	bool playing, rebuilding;	/* stored events, not new ones */
	bool saved_once;
	bool save_soon;			/* what no event tells has changed */
	int64_t number;			/* newest stored event */
	uint64_t events_unsaved, commits_unsaved, saved_gone;
	uint64_t transfers_saved;
	int64_t forgot_day;
	char *keys[KEYS_MAX];
	char scratch[SCRATCH];
};

/* Whose name nobody may keep: the account of them all, in the store. */
#define WHO_SPARED "*not monitored*"
/* who->source: several use the address at once, so nobody is named. */
#define WHO_SHARED "shared"

/* place.c */
struct where place_of(const struct analysis *a, const struct event *ev);
/* As a policy asks for it; lives as long as *to. */
struct destination place_destination(const struct where *to);
struct who who_of(struct analysis *a, const struct event *ev);
void place_present(struct analysis *a, const struct event *ev,
    const struct where *to);
bool place_session(const struct analysis *a, const struct event *ev,
    const struct service *s);

/* bound.c */
/* Every event shows a MAC with an address, or tells of one. */
void bound_mac(struct analysis *a, const struct event *ev);
void bound_event(struct analysis *a, const struct event *ev);

/* moved.c */
void moved_flow(struct analysis *a, const struct event *ev);
void moved_transfer(struct analysis *a, const struct event *ev);
/* A file put together from parts; arg: the analysis. */
void moved_file(const struct event *ev, void *arg);
/* Time has come this far: files whose last part has come are complete. */
void moved_due(struct analysis *a, int64_t now_us);
void moved_opened(struct analysis *a, const struct event *ev);

/* incident.c */
void incident_raise(const struct look *look, const struct alert *found);
void incident_due(struct analysis *a, int64_t now_us);
void incident_release(struct analysis *a, const struct pending *p);

/* retention.c */
void retention(struct analysis *a);

/* persist.c, persist_alerts.c */
void persist_event(struct analysis *a, const struct event *ev,
    const char *user);
void persist_snapshot(struct analysis *a);
bool persist_send(struct analysis *a, const struct alert *al);

/* evidence.c */
void evidence_add(struct alert *a, const struct look *look,
    const struct detection *d);
/* The user of a look as the policy calls him: no pseudonym. */
const char *evidence_person(const struct look *look);

/* learn.c: turn the user's days up to this time; is there one to turn? */
bool analysis_turns(const struct analysis *a, const struct user_head *h,
    int64_t at_us);
void analysis_roll(struct analysis *a, struct user *u, int64_t at_us);

/* hours.c */
/* Time has come this far. */
void analysis_time(struct analysis *a, int64_t now_us);
/* The present hour is over: who was seen in it is settled, days turn. */
void hours_over(struct analysis *a, int64_t now_us);

/* analysis.c */
/* Events whose turn has come; force: all that wait. */
void analysis_let_out(struct analysis *a, bool force);
void analysis_one(struct analysis *a, const struct event *ev);

/* groups.c */
struct cohort *analysis_cohort(struct analysis *a, uint32_t group);
void analysis_member(struct analysis *a, uint32_t group, int more);
const struct group *analysis_group(const struct analysis *a, uint32_t index);

/* look.c; analysis_user() makes him when he is new. */
struct look analysis_look(struct analysis *a, struct user *u,
    unsigned int detection, int64_t at_us);
struct user *analysis_user(struct analysis *a, const struct who *who,
    int64_t at_us);

#endif
