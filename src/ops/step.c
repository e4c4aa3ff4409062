/*
 * How a step runs: recorded, in one transaction.
 */
#include "ops/internal.h"

#include <errno.h>

/* The record says how it ended; when that cannot be written the step's own result still stands. */
static void record_end(struct instance *instance, const char *run, bool ok, const struct error *err,
	struct task *task)
{
	struct error ignored = ERROR_INIT;
	const char *state = ok ? "done" : err->kind == ERROR_INTERRUPTED ? "cancelled" : "failed";
	struct slice message = ok ? SLICE_NULL : slice_of(err->message);
	/* a cancelled task must not cancel the note about it */
	db_set_task(instance->db, NULL);
	if (!stage_run_end(instance->db, run, state, message, &ignored))
		task_warn(task, "the end of this step could not be recorded: %s", ignored.message);
	db_set_task(instance->db, task);
}

/* The instance's lock comes first: who holds a backup's never asks for it. */
static bool lock(struct db *db, const char *name, struct slice key, const struct task *task,
	struct error *err)
{
	static const char *const of_instance[] = {"import", "undo", "clean"};
	bool instance = slice_starts_with(key, "undo-"), backup = strcmp(name, "undo") != 0;
	for (size_t i = 0; i < ARRAY_LEN(of_instance); i++)
		instance = instance || strcmp(name, of_instance[i]) == 0;
	return (!instance || stage_lock(db, SLICE_NULL, name, task->actor, false, err)) &&
	       (!backup || !key.at || stage_lock(db, key, name, task->actor, false, err));
}

bool step_run(struct instance *instance, const char *name, struct slice key, struct task *task,
	step_fn body, void *context, struct error *err)
{
	return step_run_reporting(instance, name, key, task, body, context, NULL, err);
}

bool step_run_reporting(struct instance *instance, const char *name, struct slice key,
	struct task *task, step_fn body, void *context, const struct str *report, struct error *err)
{
	char run[33];
	if (!task_check(task, err) || !stage_prepare(instance->db, err))
		return false;
	if (!lock(instance->db, name, key, task, err) ||
		!stage_run_begin(instance->db, name, key, task->actor, run, err)) {
		stage_unlock(instance->db);
		return false;
	}
	bool ok = stage_begin(instance->db, run, err);
	if (ok) {
		ok = body(context, err) &&
		     (!report || report->len == 0 ||
			     stage_run_report(instance->db, run, str_slice(report), err)) &&
		     task_check(task, err) && db_commit(instance->db, err);
		if (!ok)
			db_rollback(instance->db);
	}
	record_end(instance, run, ok, err, task);
	stage_unlock(instance->db);
	return ok;
}
