/*
 * reqferry undo
 */
#include "document/undo.h"
#include "cli/commands.h"

enum { CONFIRM, KEEP, DISCARD };

static bool ask(struct session *session, struct instance *instance, struct undo_options *options,
	struct error *err)
{
	struct str text CLEANUP(str_release) = STR_INIT, answer CLEANUP(str_release) = STR_INIT;
	struct safety_copy copy;
	if (!safety_find(instance, options->key, &session->arena, &copy, err))
		return false;
	document_copy_text(&text, &copy);
	session_say(session, &text);
	str_clear(&text);
	str_add_text(&text,
		"\nThis removes what was imported and restores the copy. To confirm, type \"");
	plain_safe(&text, copy.scope.at ? copy.scope : SLICE("everything"));
	str_add_text(&text, "\": ");
	if (!session_ask(session, text.at, &answer, err))
		return false;
	options->key = copy.key;
	options->confirm = arena_strdup(&session->arena, str_slice(&answer));
	return true;
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct str out CLEANUP(str_release) = STR_INIT;
	struct undo_result result;
	struct undo_options options = {.key = slice_of(given->arguments[1]),
		.confirm = given->options[CONFIRM],
		.changes = given->options[KEEP]      ? UNDO_KEEP
			   : given->options[DISCARD] ? UNDO_DISCARD
						     : UNDO_REFUSE};
	if (given->options[KEEP] && given->options[DISCARD])
		return FAIL(err, USAGE,
			"--keep-changes and --discard-changes cannot be given together");
	if (!slice_starts_with(options.key, "undo-") &&
		!session_key(given->arguments[1], &options.key, err))
		return false;
	if (!session_open(session, given->arguments[0], DB_WRITE, &instance, err))
		return false;
	if (!options.confirm && session_can_ask(session) && !ask(session, &instance, &options, err))
		return false;
	if (!undo_run(&instance, &options, &session->task, &session->arena, &result, err))
		return false;
	session->done = "the undo";
	if (session->json) {
		document_undo_json(&out, &result);
		return session_print_json(session, &out, err);
	}
	document_undo_text(&out, &session->style, &result);
	return session_print(session, &out, err);
}

const struct command command_undo = {
	.name = "undo",
	.summary = "take an import back",
	.description =
		"Removes the rows that the import inserted and restores those that it erased from "
		"its safety copy, in one transaction. KEY is the key of the backup or of the "
		"safety copy; the backup itself may be deleted.\n"
		"The last import into a scope is undone first. When rows of the scope were "
		"changed, added or deleted since, undo names them and does nothing, unless told "
		"what to do about them.\n"
		"SCOPE is the key of the space or project, or \"everything\" for a backup of a "
		"whole instance. Without --confirm it is asked for on a terminal.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.options = {[CONFIRM] = {"confirm", "SCOPE",
			    .help = "the scope to be undone, to show that it is meant"},
		[KEEP] = {"keep-changes",
			.help = "keep what was changed or added since, in the place of the old "
				"rows of the same identity"},
		[DISCARD] = {"discard-changes",
			.help = "restore the safety copy as it is; what was changed or added "
				"since is lost"}},
	.run = run,
};
