/* units.h - numbers with units, both ways; used by conf.c alone. */
#ifndef KNOW_UNITS_H
#define KNOW_UNITS_H

#include "base/text.h"
#include "know/conf.h"

/* CONF_REAL in thousandths.  False: not a value of this type. */
__attribute__((warn_unused_result))
bool units_read(int64_t *value, enum conf_type type, const char *text);

/* What should stand there: "a size: write ...". */
const char *units_wanted(enum conf_type type);

/* The shortest exact way to write it: "50MB", "1h". */
void units_show(struct text *t, enum conf_type type, int64_t value);

#endif
