/*
 * The fault switch. Without REQFERRY_FAULT it costs one atomic addition a statement.
 */
#include "db/fault.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

static struct {
	enum fault_action action;
	int64_t at;         /* the number of the statement that fails */
	const char *report; /* a path, or NULL */
	bool bad;           /* the setting makes no sense */
} setting;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_llong statements;

static void read_setting(void)
{
	static const struct {
		const char *word;
		enum fault_action action;
	} words[] = {{"kill", FAULT_KILL}, {"error", FAULT_ERROR}, {"cut", FAULT_CUT},
		{"cancel", FAULT_CANCEL}};
	struct slice head, tail;
	const char *text = getenv("REQFERRY_FAULT");

	if (!text || !*text)
		return;
	setting.bad = true;
	if (!slice_cut(slice_of(text), ':', &head, &tail) || !tail.len)
		return;
	if (slice_is(head, "report")) {
		setting.report = tail.at;
		setting.bad = false;
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (slice_is(head, words[i].word) && slice_to_int64(tail, &setting.at) &&
			setting.at > 0) {
			setting.action = words[i].action;
			setting.bad = false;
		}
	}
}

static bool write_report(void)
{
	FILE *file = fopen(setting.report, "we");
	bool ok;

	if (!file)
		return false;
	ok = fprintf(file, "%lld\n", (long long)atomic_load(&statements)) > 0;
	return fclose(file) == 0 && ok;
}

bool fault_check(struct error *err)
{
	pthread_once(&once, read_setting);
	if (setting.bad)
		return FAIL_HINT(err, USAGE,
			"It is kill:N, error:N, cut:N or cancel:N with N from 1 on, or "
			"report:PATH.",
			"the variable \"REQFERRY_FAULT\" cannot be understood");
	if (setting.report && !write_report())
		return FAIL(err, USAGE, "the fault report \"%s\" cannot be written: %s",
			setting.report, strerror(errno));
	return true;
}

enum fault_action fault_next(int64_t *number)
{
	*number = atomic_fetch_add(&statements, 1) + 1;
	return *number == setting.at ? setting.action : FAULT_NONE;
}

void fault_report(void)
{
	/* The path could be written when the connection was opened; closing has no way to fail. */
	if (setting.report && !write_report())
		return;
}
