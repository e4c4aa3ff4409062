/*
 * The progress line, and what the three standard files are.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "base/str.h"
#include "base/task.h"

struct terminal {
	bool in, out, err; /* is a terminal */
	bool progress;     /* a progress line is to be shown */
	bool drawn;        /* the line is there now */
	int64_t drawn_at;  /* time_monotonic_ms() */
	const char *step;  /* whose start and first count are known: */
	int64_t step_at;
	uint64_t step_done, last_done;
};

/* Looks at the standard files; those that are closed are opened as /dev/null. */
void terminal_init(struct terminal *terminal);
/* Columns of the terminal on that file, 80 when it does not say. */
int terminal_width(int fd);
/* True when colours are wanted: not for NO_COLOR or a dumb terminal. */
bool terminal_wants_colour(void);
/* Redraws the line, at most ten times a second. */
void terminal_progress(struct terminal *terminal, const struct task_progress *progress);
/* Takes the line away, before anything else is written. */
void terminal_clear(struct terminal *terminal);
/* The text of the line, at most `width` columns: "load rows  1200/5000 rows  24%  600/s  7s left".
 */
void terminal_line(struct str *out, const struct task_progress *progress, uint64_t done_in_step,
	int64_t elapsed_ms, int width);
/* Writes all of it. False with errno set when it cannot. */
bool terminal_write(int fd, struct slice text);
/* Waits for input on standard input. False with errno set when it cannot, EINTR for a signal. */
bool terminal_wait(void);

/*
 * Ctrl-C and SIGTERM, SIGHUP: the first sets the flag, the second ends the process with status 130.
 * A closed pipe is an error of writing.
 */
atomic_int *signals_install(void);

#endif
