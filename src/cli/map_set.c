/*
 * reqferry map set
 */
#include "cli/commands.h"
#include "cli/map_filter.h"

enum { DEPENDENCIES, FORCE };

static bool print(struct session *session, const struct mapping_detail *detail, int64_t reset,
	struct error *err)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	if (session->json) {
		document_map_set_json(&out, detail, reset);
		return session_print_json(session, &out, err);
	}
	document_map_set_text(&out, detail, reset);
	return session_print(session, &out, err);
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct stage_backup backup;
	struct mapping_detail detail;
	struct slice key;
	int64_t reset = 0;
	const char *type = given->arguments[2], *old = given->arguments[3];
	const char *dependencies = given->options[DEPENDENCIES];
	if (!session_key(given->arguments[1], &key, err) ||
		!session_open(session, given->arguments[0], DB_WRITE, &instance, err) ||
		!stage_backup_get(instance.db, key, &session->arena, &backup, err) ||
		!mapping_set(&instance.host, key, type, old, dependencies, given->arguments[4],
			given->options[FORCE] != NULL, &session->task, &reset, err))
		return false;
	session->done = "the mapping";
	/* it is too late to cancel it */
	db_set_task(instance.db, NULL);
	if (!mapping_show(
		    instance.db, instance.catalogue, key, type, old, dependencies, &detail, err))
		return false;
	bool ok = print(session, &detail, reset, err);
	mapping_detail_release(&detail);
	return ok;
}

const struct command command_map_set = {
	.name = "map set",
	.summary = "map one entity by hand",
	.description =
		"NEW is an id of this instance: a page's id, a space's key, a user's key or a user "
		"name that only one user has, on Jira also an issue's key. It must exist and be "
		"of the type. An empty NEW maps a USER to nobody.",
	.arguments = {{"INSTANCE"}, {"KEY"}, {"TYPE", TYPE_WORDS}, {"OLD"}, {"NEW"}},
	.options = {[DEPENDENCIES] = {"dependencies", "D",
			    .help = "which one, when several have this type and key"},
		[FORCE] = {"force", .help = "also when NEW is not found here"}},
	.run = run,
};
