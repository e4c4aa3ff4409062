/*
 * Filters, and edits of many mappings: first the count, then the question, then the deed.
 */
#include "cli/map_filter.h"

bool filter_read(
	const struct given *given, struct mapping_filter *filter, bool *any, struct error *err)
{
	*filter = (struct mapping_filter){.type = given->options[FILTER_TYPE],
		.status = given->options[FILTER_STATUS],
		.certainty = given->options[FILTER_CERTAINTY],
		.rule = given->options[FILTER_RULE],
		.space = given->options[FILTER_SPACE],
		.find = given->options[FILTER_FIND],
		.key = given->options[FILTER_KEY],
		.dependencies = given->options[FILTER_DEPENDENCIES]};
	if (any) {
		*any = false;
		for (int i = 0; i < FILTER_OPTIONS; i++)
			*any = *any || given->options[i];
	}
	return mapping_filter_check(filter, err);
}

/* Whether to go on: "confirm 12 mappings? [y/N]". */
static bool ask(struct session *session, const char *verb, int64_t count, struct error *err)
{
	struct str question CLEANUP(str_release) = STR_INIT, answer CLEANUP(str_release) = STR_INIT;
	str_addf(&question, "%s ", verb);
	plain_count(&question, count, "mapping", "mappings");
	str_add_text(&question, "? [y/N] ");
	if (!session_ask(session, question.at, &answer, err))
		return false;
	if (strcasecmp(answer.at, "y") == 0 || strcasecmp(answer.at, "yes") == 0)
		return true;
	return FAIL(
		err, NOT_CONFIRMED, "nothing was changed: the question was not answered with yes");
}

static bool print(struct session *session, enum mapping_edit edit, int64_t count, struct error *err)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	if (session->json) {
		document_map_edit_json(&out, edit, count);
		return session_print_json(session, &out, err);
	}
	document_map_edit_text(&out, edit, count);
	return session_print(session, &out, err);
}

bool edit_run(struct session *session, const struct given *given, enum mapping_edit edit,
	const char *verb, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct stage_backup backup;
	struct mapping_filter filter;
	struct slice key;
	int64_t count;
	bool any, yes = given->options[EDIT_YES] != NULL;
	if (!session_key(given->arguments[1], &key, err) || !filter_read(given, &filter, &any, err))
		return false;
	if (any == (given->options[EDIT_ALL] != NULL))
		return FAIL_HINT(err, USAGE, "Use a filter such as --type PAGE, or --all.",
			any ? "--all and filters exclude each other"
			    : "which mappings was not said");
	if (!yes && !session_can_ask(session))
		return FAIL_HINT(err, USAGE, "Use --yes.",
			"\"map %s\" changes many mappings, and nobody can be asked here", verb);
	if (!session_open(session, given->arguments[0], DB_WRITE, &instance, err) ||
		!stage_backup_get(instance.db, key, &session->arena, &backup, err))
		return false;
	if (!yes && (!mapping_edit(
			     instance.db, key, edit, &filter, true, &session->task, &count, err) ||
			    (count > 0 && !ask(session, verb, count, err))))
		return false;
	if (!mapping_edit(instance.db, key, edit, &filter, false, &session->task, &count, err))
		return false;
	session->done = "the change of mappings";
	return print(session, edit, count, err);
}
