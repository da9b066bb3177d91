/* config_parts.h - what the files of the configuration share. */
#ifndef CONFIG_PARTS_H
#define CONFIG_PARTS_H

#include <err.h>

#include "config/config.h"

struct config_top {			/* the keys of weir.yaml itself */
	char *sensor, *user;
	const struct conf_node *capture, *flow, *track, *catalogue, *geo,
	    *policy, *detections, *outputs, *spool, *control, *privacy, *alerts,
	    *intake;
};

/* config_fields.c */
extern const struct conf_field config_top_fields[];

/* A section that is a map of plain values, filled into struct config. */
struct config_section {
	const char *name;
	const struct conf_field *fields;	/* offsets into the config */
};

extern const struct config_section config_sections[];	/* NULL name ends */

/* At the start there is no way on without memory. */
static inline void *config_must(void *p)
{
	if (p == NULL)
		err(1, "out of memory");
	return p;
}

/* config_files.c: path, conf_d, root and parts. */
void config_files(struct config *c, const char *path, struct conf_errors *e);
void config_files_free(struct config *c);

/* config_detections.c; needs c->policy, if there is one. */
void config_detections(struct config *c, const struct conf_node *map,
    const struct conf_node *policy, struct conf_errors *e);
void config_detections_free(struct config *c);

/* config_listen.c: are these places where weir would listen? */
void config_listen(const struct config *c, const struct conf_node *control,
    const struct conf_node *intake, struct conf_errors *e);

#endif
