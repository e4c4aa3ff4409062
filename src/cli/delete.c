/*
 * reqferry delete
 */
#include "cli/commands.h"

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct str out CLEANUP(str_release) = STR_INIT;
	struct slice key;
	int64_t rows;
	if (!session_key(given->arguments[1], &key, err) ||
		!session_open(session, given->arguments[0], DB_WRITE, &instance, err) ||
		!delete_backup(&instance, key, &session->task, &rows, err))
		return false;
	if (session->json) {
		document_delete_json(&out, key, rows);
		return session_print_json(session, &out, err);
	}
	document_delete_text(&out, key, rows);
	return session_print(session, &out, err);
}

const struct command command_delete = {
	.name = "delete",
	.summary = "delete a backup from staging",
	.description = "Deletes the staged rows and mappings of the backup. Requirement Yogi's own "
		       "tables, files and safety copies stay.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.run = run,
};
