/*
 * reqferry load
 */
#include "cli/commands.h"
#include "cli/staged.h"

enum { KEY, ORIGIN };

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct staged staged = {.rows = 0};
	const char *file = given->arguments[1];
	struct load_options options = {.origin = given->options[ORIGIN]};
	if (given->options[KEY] && !session_key(given->options[KEY], &options.key, err))
		return false;
	if (!given->options[KEY] && strcmp(file, "-") == 0)
		return FAIL_HINT(err, USAGE, "Use --key KEY.",
			"a backup from standard input has no name to take its key from");
	if (!session_open(session, given->arguments[0], DB_WRITE, &instance, err) ||
		!load_file(
			&instance, file, &options, &session->task, &session->arena, &staged, err))
		return false;
	session->done = "the load";
	return staged_print(session, "loaded", &staged, file, err);
}

const struct command command_load = {
	.name = "load",
	.summary = "load a backup file into staging",
	.description = "Reads the file into the staging tables: all of it or nothing. The manifest "
		       "beside the file is used when there is one, and must match it.",
	.arguments = {{"INSTANCE"}, {"FILE", .kind = VALUE_FILE}},
	.options = {[KEY] = {"key", "KEY", .help = "the backup key; the file's name otherwise"},
		[ORIGIN] = {"origin", "NAME",
			.help = "a name for the origin, when the file has no manifest"}},
	.run = run,
};
