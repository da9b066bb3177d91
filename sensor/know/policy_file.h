/*
 * policy_file.h - what the files that read the policy share: policy_load.c
 * calls policy_lists.c, and both call policy_groups.c.
 */
#ifndef KNOW_POLICY_FILE_H
#define KNOW_POLICY_FILE_H

#include <string.h>

#include "know/policy_parts.h"

struct policy_loader {
	struct policy *p;
	const struct catalogue *c;	/* NULL: names are not checked */
	struct conf_errors *e;
};

/* A copy that lives as long as the policy. */
static inline const char *policy_keep(struct policy_loader *l,
    const char *text)
{
	return arena_text(&l->p->arena, text, strlen(text));
}

/* "no such group" with what is near. */
void policy_no_group(struct policy_loader *l, const struct conf_node *at);

/* An address range, or an error told. */
bool policy_prefix(struct policy_loader *l, struct prefix *p,
    const struct conf_node *at);

/* `groups:`: first that they are there, then all of each, once calendars are
 * known. */
void policy_name_groups(struct policy_loader *l,
    const struct conf_node *groups);
void policy_read_groups(struct policy_loader *l,
    const struct conf_node *groups);

/* `resources:`, `watch:`, `exceptions:` */
void policy_read_resources(struct policy_loader *l,
    const struct conf_node *list);
void policy_read_watch(struct policy_loader *l,
    const struct conf_node *list);
void policy_read_exceptions(struct policy_loader *l,
    const struct conf_node *list);

#endif
