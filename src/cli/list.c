/*
 * reqferry list
 */
#include "cli/commands.h"

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct str out CLEANUP(str_release) = STR_INIT;
	struct listed *list;
	size_t count;
	if (!session_open(session, given->arguments[0], DB_READ, &instance, err) ||
		!backups_list(&instance, &session->arena, &list, &count, err))
		return false;
	if (session->json) {
		document_list_json(&out, list, count);
		return session_print_json(session, &out, err);
	}
	document_list_text(&out, &session->style, list, count);
	return session_print(session, &out, err);
}

const struct command command_list = {
	.name = "list",
	.summary = "list the staged backups, and the safety copies of imports",
	.arguments = {{"INSTANCE"}},
	.run = run,
};
