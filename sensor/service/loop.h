/*
 * loop.h - the event loop of core and sender: timers, signals, descriptors.
 *
 * A thin cover over libevent, whose `struct event` is another thing than
 * ours.
 */
#ifndef LOOP_H
#define LOOP_H

#include <stdint.h>

struct event_base;
struct loop;
struct watcher;

struct loop *loop_new(void);
void loop_free(struct loop *l);		/* and all its watchers */
void loop_run(struct loop *l);		/* until loop_stop() */
void loop_stop(struct loop *l);
struct event_base *loop_base(struct loop *l);

typedef void loop_call(void *arg);

struct watcher *loop_timer(struct loop *l, loop_call *call, void *arg);
void timer_in(struct watcher *t, int64_t us);	/* once; 0: next turn */
struct watcher *loop_signal(struct loop *l, int sig, loop_call *call,
    void *arg);
struct watcher *loop_readable(struct loop *l, int fd, loop_call *call,
    void *arg);

#endif
