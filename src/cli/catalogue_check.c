/*
 * reqferry catalogue check
 */
#include "cli/commands.h"

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct str out CLEANUP(str_release) = STR_INIT, name CLEANUP(str_release) = STR_INIT;
	struct checks checks = {.count = 0};
	/* What opening finds missing is found again below, with all the rest: not an error here. */
	if (!session_open(session, given->arguments[0], DB_READ, &instance, err) &&
		!(err->kind == ERROR_NO_TABLES && instance.catalogue))
		return false;
	if (!check_catalogue(instance.db, instance.catalogue, &session->arena, &checks, err))
		return false;
	if (checks.faults > 0)
		session->status = STATUS_FAULTS;
	if (session->json) {
		document_checks_json(&out, &checks);
		return session_print_json(session, &out, err);
	}
	str_add(&name, instance.name);
	document_checks_text(&out, &session->style, name.at, &checks);
	return session_print(session, &out, err);
}

const struct command command_catalogue_check = {
	.name = "catalogue check",
	.summary = "compare the catalogue with the tables of an instance",
	.description =
		"Names tables and columns that are missing, that the catalogue does not know, or "
		"that are of another type. Ends with status 5 when there are any.",
	.arguments = {{"INSTANCE"}},
	.run = run,
};
