/*
 * reqferry delete
 */
#include "cli/commands.h"
#include "document/undo.h"

enum { FORCE };

static bool delete_copy(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct str out CLEANUP(str_release) = STR_INIT;
	struct slice key = slice_of(given->arguments[1]);
	int64_t rows;
	if (!given->options[FORCE])
		return FAIL_HINT(err, REFUSED, "Use --force if that is meant.",
			"\"%s\" is a safety copy: without it its import cannot be undone",
			given->arguments[1]);
	if (!session_open(session, given->arguments[0], DB_WRITE, &instance, err) ||
		!safety_delete(&instance, key, &session->task, &rows, err))
		return false;
	session->done = "the deletion";
	if (session->json) {
		document_copy_deleted_json(&out, key, rows);
		return session_print_json(session, &out, err);
	}
	document_copy_deleted_text(&out, key, rows);
	return session_print(session, &out, err);
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct str out CLEANUP(str_release) = STR_INIT;
	struct slice key;
	int64_t rows;
	if (slice_starts_with(slice_of(given->arguments[1]), "undo-"))
		return delete_copy(session, given, err);
	if (!session_key(given->arguments[1], &key, err) ||
		!session_open(session, given->arguments[0], DB_WRITE, &instance, err) ||
		!delete_backup(&instance, key, &session->task, &rows, err))
		return false;
	session->done = "the deletion";
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
		       "tables, files and safety copies stay.\n"
		       "A safety copy is deleted by its own key, with --force: its import cannot "
		       "be undone any more.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.options = {[FORCE] = {"force", .help = "also a safety copy"}},
	.run = run,
};
