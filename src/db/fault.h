/*
 * The fault switch for tests; db.h says what its values mean. It counts statements and says when
 * one is to fail: db.c does it.
 *
 * Threads: the count is atomic; the setting is read once, by whoever comes first.
 */
#ifndef DB_FAULT_H
#define DB_FAULT_H

#include "base/error.h"

enum fault_action { FAULT_NONE, FAULT_KILL, FAULT_ERROR, FAULT_CUT, FAULT_CANCEL };

/* Fails with ERROR_USAGE when REQFERRY_FAULT cannot be understood or its report not be written. */
MUST_CHECK bool fault_check(struct error *err);
/* Counts one statement, *number gets its number, and says what is to happen to it. */
enum fault_action fault_next(int64_t *number);
/* Writes the report if one is asked for. */
void fault_report(void);

#endif
