/*
 * What the steps share among themselves.
 */
#ifndef OPS_INTERNAL_H
#define OPS_INTERNAL_H

#include "backup/shape.h"
#include "ops/export.h"

/*
 * Runs one step as a recorded run (reqferry_run) and one write transaction: prepares our tables,
 * begins, calls `body`, commits; rolls back when body or commit fails, and records how it ended. A
 * failure to record the end is no failure of the step.
 */
typedef bool (*step_fn)(void *context, struct error *err);
MUST_CHECK bool step_run(struct instance *instance, const char *name, struct slice key,
	struct task *task, step_fn body, void *context, struct error *err);
/*
 * The same for a step that makes a report: `body` fills *report with JSON, which is recorded in the
 * step's own transaction. report may be NULL.
 */
MUST_CHECK bool step_run_reporting(struct instance *instance, const char *name, struct slice key,
	struct task *task, step_fn body, void *context, const struct str *report,
	struct error *err);

/*
 * Fills the mapping rows of a backup from its items: every entity that they refer to, in the order
 * in which it is first met, with its descriptive fields and evidence from the host. *vanished gets
 * the number of entities that do not exist.
 */
MUST_CHECK bool entities_collect(struct instance *instance, struct slice key, struct slice scope,
	struct task *task, int64_t *vanished, struct error *err);
/* Adds the PROJECT mappings that follow from the scope and the issue keys (not written to files).
 */
MUST_CHECK bool entities_derive_projects(
	struct instance *instance, struct slice key, struct slice scope, struct error *err);

/* A shape check that knows what the live columns can hold. Caller frees. */
struct shape *judge_new(struct instance *instance);
/* Writes the problem of each item that cannot be imported because of its own values. */
MUST_CHECK bool judge_values(struct instance *instance, struct slice key, struct error *err);
/*
 * The same of each item that refers to a row that the backup does not have. Only where the order of
 * the columns is known: else it is the column that fails, not the row.
 */
MUST_CHECK bool judge_references(struct instance *instance, struct slice key, struct error *err);

/* Reads the counts of a staged backup into *out (tables, mappings, rows). */
MUST_CHECK bool staged_counts(struct instance *instance, struct slice key, struct arena *arena,
	struct staged *out, struct error *err);

/*
 * Finds the space or project `key` on this instance and gives its key in the host's own spelling.
 * ERROR_NOT_FOUND, with the key that differs only in case as the hint when there is one.
 */
MUST_CHECK bool scope_find(struct instance *instance, struct slice key, struct arena *arena,
	struct slice *found, struct error *err);

#endif
