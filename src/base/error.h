/*
 * What failed, why, and what to do next. Every function that can fail returns MUST_CHECK bool
 * and takes a struct error as its last parameter, written only on failure. Callers add context in
 * front of the message and never replace it.
 *
 * Messages follow PostgreSQL's style guide: one line, lower case, no full stop, names in double
 * quotes, always the reason. The hint is a sentence about what to do. `detail` (SQL, the
 * database's own words) is shown only with -v. No secret is ever put into any of them.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/slice.h"

/*
 * The kinds, with the word that JSON documents show and the exit status of the command.
 * The table in error.c is the master copy.
 */
enum error_kind {
	ERROR_NONE,
	ERROR_USAGE,          /* "usage", 2: the command line cannot be meant */
	ERROR_INPUT,          /* "bad-input", 1: a file or a value that breaks its format */
	ERROR_LIMIT,          /* "limit", 1: an input larger than allowed */
	ERROR_TRUNCATED,      /* "truncated", 1: a file that ends early */
	ERROR_NOT_FOUND,      /* "not-found", 1: a named thing does not exist */
	ERROR_UNSUPPORTED,    /* "unsupported", 1: valid, but this version cannot do it */
	ERROR_DATABASE,       /* "database", 1: the database refused a statement */
	ERROR_READ_ONLY,      /* "read-only", 1: the database cannot be written */
	ERROR_NO_TABLES,      /* "no-tables", 1: not an instance: tables or columns are missing */
	ERROR_COUNTS,         /* "counts-differ", 1: rows in and rows out do not add up */
	ERROR_IO,             /* "io", 1: a file could not be read or written */
	ERROR_WRONG_PRODUCT,  /* "wrong-product", 4 */
	ERROR_WRONG_VERSION,  /* "wrong-version", 4 */
	ERROR_KEY_IN_USE,     /* "key-in-use", 4 */
	ERROR_BLOCKED,        /* "blocked", 4: the plan has blockers */
	ERROR_STALE_PLAN,     /* "stale-plan", 4: something moved since the plan */
	ERROR_NOT_CONFIRMED,  /* "not-confirmed", 4: --confirm is missing or names another scope */
	ERROR_CHANGED,        /* "changed", 4: changed by somebody else meanwhile */
	ERROR_REFUSED,        /* "refused", 4: allowed by nobody */
	ERROR_UNREACHABLE,    /* "unreachable", 10 */
	ERROR_LOCKED,         /* "locked", 11 */
	ERROR_AUTHENTICATION, /* "authentication", 12 */
	ERROR_INTERRUPTED,    /* "interrupted", 130 */
};

struct error {
	enum error_kind kind;
	char message[1024];
	char hint[1024];
	char detail[2048];
};

#define ERROR_INIT ((struct error){.kind = ERROR_NONE})

/*
 * Sets kind and message, clears hint and detail. Messages and hints are cut at their size, at a
 * UTF-8 boundary; control characters in them become blanks, so that they stay one line. The values
 * may point into the error itself.
 */
void error_set(struct error *err, enum error_kind kind, const char *format, ...) PRINTF(3, 4);
/* Sets the hint. */
void error_hint(struct error *err, const char *format, ...) PRINTF(2, 3);
/* Sets the detail. */
void error_detail(struct error *err, const char *format, ...) PRINTF(2, 3);
/* Puts "<context>: " in front of the message. */
void error_context(struct error *err, const char *format, ...) PRINTF(2, 3);
/*
 * Says what to do about an errno that people can mend: a full disk, a limit of the process. True
 * when it is one of those; nothing is set otherwise.
 */
bool error_hint_errno(struct error *err, int reason);
/* The word of a kind, static. */
const char *error_kind_name(enum error_kind kind);
/* The exit status of a kind; 0 for ERROR_NONE. */
int error_exit_status(enum error_kind kind);

/* `return FAIL(err, INPUT, "...")`: sets the error, is false. */
#define FAIL(err, KIND, ...) (error_set((err), ERROR_##KIND, __VA_ARGS__), false)
/* The same with a hint: FAIL_HINT(err, INPUT, "What to do.", "message", ...). */
#define FAIL_HINT(err, KIND, hint, ...)                                                            \
	(error_set((err), ERROR_##KIND, __VA_ARGS__), error_hint((err), "%s", (hint)), false)

#endif
