/*
 * reqferry map undo
 *
 * Looks first, without writing: what is asked about is what is undone, even if somebody changes
 * something else in between.
 */
#include "cli/commands.h"
#include "document/history.h"

enum { CHANGE, DRY_RUN, YES };

static bool print(
	struct session *session, const struct mapping_undo_result *result, struct error *err)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	if (session->json) {
		document_map_undo_json(&out, result);
		return session_print_json(session, &out, err);
	}
	document_map_undo_text(&out, &session->style, result);
	return session_print(session, &out, err);
}

/* Of one mapping nobody is asked, as with "map set". */
static bool ask(
	struct session *session, const struct mapping_undo_result *result, struct error *err)
{
	struct str text CLEANUP(str_release) = STR_INIT, answer CLEANUP(str_release) = STR_INIT;
	if (result->restored + result->derived <= 1)
		return true;
	if (!session_can_ask(session))
		return FAIL_HINT(err, USAGE, "Look at it with --dry-run, then use --yes.",
			"undoing change %lld changes %lld mappings, and nobody can be asked here",
			(long long)result->undone.number,
			(long long)(result->restored + result->derived));
	document_map_undo_preview(&text, result);
	str_add_text(&text, "Undo it? [y/N] ");
	if (!session_ask(session, text.at, &answer, err))
		return false;
	if (strcasecmp(answer.at, "y") == 0 || strcasecmp(answer.at, "yes") == 0)
		return true;
	return FAIL(
		err, NOT_CONFIRMED, "nothing was changed: the question was not answered with yes");
}

static bool undo(struct session *session, struct db *db, struct slice key, int64_t number,
	const struct given *given, struct mapping_undo_result *result, struct error *err)
{
	bool dry_run = given->options[DRY_RUN] != NULL;
	if (dry_run || !given->options[YES]) {
		if (!mapping_undo(
			    db, key, number, true, &session->task, &session->arena, result, err))
			return false;
		if (dry_run)
			return true;
		if (!ask(session, result, err))
			return false;
		number = result->undone.number;
	}
	return mapping_undo(db, key, number, false, &session->task, &session->arena, result, err);
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct mapping_undo_result result;
	struct stage_backup backup;
	struct slice key;
	int64_t number = 0;
	const char *change = given->options[CHANGE];
	if (change && (!slice_to_int64(slice_of(change), &number) || number < 1))
		return FAIL(err, USAGE, "--change is no number from 1 on: \"%s\"", change);
	if (!session_key(given->arguments[1], &key, err) ||
		!session_open(session, given->arguments[0],
			given->options[DRY_RUN] ? DB_READ : DB_WRITE, &instance, err) ||
		!stage_backup_get(instance.db, key, &session->arena, &backup, err))
		return false;
	if (!undo(session, instance.db, key, number, given, &result, err))
		return false;
	if (!given->options[DRY_RUN])
		session->done = "the undo";
	return print(session, &result, err);
}

const struct command command_map_undo = {
	.name = "map undo",
	.summary = "take a change of mappings back",
	.description =
		"Takes back what your last command changed in the mappings, one or many, derived "
		"ones included: every column is as it was before. Repeated, it goes further back. "
		"Undos stand in \"map history\" too.\n"
		"It refuses, and names them, when some of these mappings were changed since by "
		"another change or in SQL.\n"
		"It touches no data: after an import, plan and import again, or \"undo\" it.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.options = {[CHANGE] = {"change", "N",
			    .help = "this change of \"map history\", whoever made it"},
		[DRY_RUN] = {"dry-run", .help = "show what it would do, and do nothing"},
		[YES] = {"yes", .help = "do not ask when it changes several mappings"}},
	.run = run,
};
