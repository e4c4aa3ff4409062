/*
 * What export, write and load share.
 */
#ifndef CLI_STAGED_H
#define CLI_STAGED_H

#include "cli/session.h"

/* Refuses --json beside a file on standard output. `file` may be NULL. */
MUST_CHECK bool staged_check_file(
	const struct session *session, const char *file, struct error *err);
/* Prints the result; to standard error when the file went to standard output. */
MUST_CHECK bool staged_print(struct session *session, const char *done, const struct staged *staged,
	const char *file, struct error *err);

#endif
