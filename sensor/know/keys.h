/*
 * keys.h - every key of a policy and of a catalogue file, with its help.
 *
 * Tables for conf_fill(); here so that the manual is made from them.
 */
#ifndef KNOW_KEYS_H
#define KNOW_KEYS_H

#include "know/conf.h"

extern const struct conf_field policy_fields[], policy_group_fields[],
    policy_calendar_fields[], policy_period_fields[],
    policy_resource_fields[], policy_watch_fields[],
    policy_exception_fields[];

extern const struct conf_field catalogue_file_fields[],
    catalogue_service_fields[], catalogue_rule_fields[];

#endif
