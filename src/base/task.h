/*
 * What a step knows of its surroundings: who acts, whether to go on, and where progress goes.
 * The command line fills it from flags, a terminal and Ctrl-C; the web from a job. The database
 * layer polls it and interrupts a running statement when it says stop.
 *
 * Threads: `cancelled` may be set from a signal handler or another thread; everything else
 * belongs to the thread that runs the step.
 */
#ifndef BASE_TASK_H
#define BASE_TASK_H

#include "base/error.h"
#include <stdatomic.h>

struct task_progress {
	const char *step; /* what is done now, in words: "load rows" */
	uint64_t done;    /* units done */
	uint64_t total;   /* 0 = not known */
	const char *unit; /* "rows", "bytes" */
};

struct task {
	const char *actor;     /* who asked for it; never NULL */
	atomic_int *cancelled; /* non-zero: stop; may be NULL */
	int64_t deadline;      /* time_monotonic_ms() after which to stop; 0 = none */
	void (*progress)(void *sink, const struct task_progress *progress); /* may be NULL */
	void (*warn)(void *sink, const char *message); /* a note for the user; may be NULL */
	void *sink;
	const char *step; /* set by task_step */
	const char *unit;
	uint64_t done, total;
};

/* Starts a named step of `total` units (0 = not known) and reports it. */
void task_step(struct task *task, const char *step, const char *unit, uint64_t total);
/* Adds to the units done and reports it. */
void task_advance(struct task *task, uint64_t units);
/* True when the task should stop: cancelled, or past its deadline. Cheap. */
bool task_should_stop(const struct task *task);
/* Fails with ERROR_INTERRUPTED when the task should stop. */
MUST_CHECK bool task_check(const struct task *task, struct error *err);
/* Tells the user something that is no error: one line in the style of error messages. */
void task_warn(struct task *task, const char *format, ...) PRINTF(2, 3);

#endif
