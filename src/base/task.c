/*
 * Progress, cancelling and notes of a running step.
 */
#include <stdarg.h>

#include "base/task.h"
#include "base/time.h"

static void report(const struct task *task)
{
	struct task_progress progress = {task->step, task->done, task->total, task->unit};

	if (task->progress)
		task->progress(task->sink, &progress);
}

void task_step(struct task *task, const char *step, const char *unit, uint64_t total)
{
	task->step = step;
	task->unit = unit;
	task->done = 0;
	task->total = total;
	report(task);
}

void task_advance(struct task *task, uint64_t units)
{
	task->done += units;
	report(task);
}

static bool is_cancelled(const struct task *task)
{
	return task->cancelled && atomic_load_explicit(task->cancelled, memory_order_relaxed);
}

bool task_should_stop(const struct task *task)
{
	return is_cancelled(task) || (task->deadline && time_monotonic_ms() >= task->deadline);
}

bool task_check(const struct task *task, struct error *err)
{
	if (!task_should_stop(task))
		return true;
	if (is_cancelled(task))
		return FAIL(err, INTERRUPTED, "interrupted by the user");
	return FAIL_HINT(err, INTERRUPTED, "Allow more time and start again.",
		"stopped because its time limit has passed");
}

void task_warn(struct task *task, const char *format, ...)
{
	struct error note;
	va_list values;
	char text[sizeof(note.message)];

	if (!task->warn)
		return;
	va_start(values, format);
	vsnprintf(text, sizeof(text), format, values);
	va_end(values);
	/* An error's message is one line that ends at a character: the same is wanted here. */
	error_set(&note, ERROR_NONE, "%s", text);
	task->warn(task->sink, note.message);
}
