/*
 * reqferry verify
 */
#include "cli/commands.h"

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct str out CLEANUP(str_release) = STR_INIT;
	struct verify_result result;
	struct slice key;
	if (!session_key(given->arguments[1], &key, err) ||
		!session_open(session, given->arguments[0], DB_READ, &instance, err) ||
		!verify_run(&instance, key, &session->task, &session->arena, &result, err))
		return false;
	if (!result.ok)
		session->status = STATUS_FAULTS;
	if (session->json) {
		document_verify_json(&out, &result);
		return session_print_json(session, &out, err);
	}
	document_verify_text(&out, &session->style, &result);
	return session_print(session, &out, err);
}

const struct command command_verify = {
	.name = "verify",
	.summary = "compare what was imported with what stands in the tables",
	.description =
		"Compares every row of the backup with Requirement Yogi's tables. Ends with status "
		"5 when something differs.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.run = run,
};
