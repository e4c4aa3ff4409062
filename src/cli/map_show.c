/*
 * reqferry map show
 */
#include "cli/commands.h"
#include "cli/map_filter.h"

enum { DEPENDENCIES };

static bool print(struct session *session, const struct mapping_detail *detail, struct error *err)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	if (session->json) {
		document_map_show_json(&out, detail);
		return session_print_json(session, &out, err);
	}
	document_map_show_text(&out, &session->style, detail);
	return session_print(session, &out, err);
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct stage_backup backup;
	struct mapping_detail detail;
	struct slice key;
	if (!session_key(given->arguments[1], &key, err) ||
		!session_open(session, given->arguments[0], DB_READ, &instance, err) ||
		!stage_backup_get(instance.db, key, &session->arena, &backup, err) ||
		!mapping_show(instance.db, instance.catalogue, key, given->arguments[2],
			given->arguments[3], given->options[DEPENDENCIES], &detail, err))
		return false;
	bool ok = print(session, &detail, err);
	mapping_detail_release(&detail);
	return ok;
}

const struct command command_map_show = {
	.name = "map show",
	.summary = "tell all about one mapping",
	.description = "Its reason, the candidates, its history, and what excluding it would drop.",
	.arguments = {{"INSTANCE"}, {"KEY"}, {"TYPE", TYPE_WORDS}, {"OLD"}},
	.options = {[DEPENDENCIES] = {"dependencies", "D",
			    .help = "which one, when several have this type and key"}},
	.run = run,
};
