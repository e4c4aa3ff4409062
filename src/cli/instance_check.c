/*
 * reqferry instance check
 */
#include "cli/commands.h"

/* For writing if possible, so that this can be checked; else for reading. */
static bool open_any(
	struct session *session, const char *name, struct instance *instance, struct error *err)
{
	if (session_open(session, name, DB_WRITE, instance, err))
		return true;
	if (err->kind != ERROR_READ_ONLY && err->kind != ERROR_UNREACHABLE && err->kind != ERROR_IO)
		return false;
	instance_close(instance);
	return session_open(session, name, DB_READ, instance, err);
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct str out CLEANUP(str_release) = STR_INIT, name CLEANUP(str_release) = STR_INIT;
	struct checks checks = {.count = 0};
	if (!open_any(session, given->arguments[0], &instance, err) ||
		!check_instance(&instance, &session->arena, &checks, err))
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

const struct command command_instance_check = {
	.name = "instance check",
	.summary = "say what would stop a migration",
	.description =
		"Looks at product, versions, tables, the right to write, ids and catalogue, and "
		"changes nothing. Ends with status 5 when something is wrong.",
	.arguments = {{"INSTANCE"}},
	.run = run,
};
