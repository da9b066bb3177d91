/*
 * notify.h - telling systemd how we are (sd_notify(3)), without its library.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=..."; nothing happens when
 * no service manager listens. */
void notify(const char *state);
/* How often WATCHDOG=1 must come at least, or 0. */
int64_t notify_watchdog_us(void);

#endif
