/*
 * reqferry export
 */
#include "cli/commands.h"
#include "cli/staged.h"

#include "base/time.h"

enum { SPACE, PROJECT, ALL, FILE_, AUTHOR, EXPORTED_AT, PLUGIN_VERSION, OLDEST_VERSION };

static bool check_options(
	const struct session *session, const struct given *given, struct error *err)
{
	int scopes = (given->options[SPACE] != NULL) + (given->options[PROJECT] != NULL) +
		     (given->options[ALL] != NULL);
	const char *at = given->options[EXPORTED_AT];
	if (scopes != 1)
		return FAIL_HINT(err, USAGE,
			"Use --space KEY on a Confluence, --project KEY on a Jira, or --all.",
			scopes ? "--space, --project and --all exclude each other"
			       : "what is to be exported was not said");
	if (at && (strlen(at) != 19 || !time_is_timestamp(slice_of(at))))
		return FAIL_HINT(err, USAGE, "Write it as 2026-01-31 12:34:56.",
			"--exported-at is no time: \"%s\"", at);
	return staged_check_file(session, given->options[FILE_], err);
}

static bool export(struct session *session, struct instance *instance, const struct given *given,
	struct slice key, struct staged *staged, struct error *err)
{
	const struct export_options options = {.key = key,
		.space = given->options[SPACE],
		.project = given->options[PROJECT],
		.author = given->options[AUTHOR],
		.exported_at = given->options[EXPORTED_AT],
		.plugin_version = given->options[PLUGIN_VERSION],
		.oldest_version = given->options[OLDEST_VERSION]};
	if (!export_to_staging(instance, &options, &session->task, &session->arena, staged, err))
		return false;
	struct staged written;
	if (!given->options[FILE_] || write_file(instance, key, given->options[FILE_],
					      &session->task, &session->arena, &written, err))
		return true;
	error_context(err, "the rows are in staging, but the file was not written");
	if (!err->hint[0])
		error_hint(err, "Write it later with \"reqferry write\".");
	return false;
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct staged staged = {.rows = 0};
	struct slice key;
	if (!check_options(session, given, err) || !session_key(given->arguments[1], &key, err) ||
		!session_open(session, given->arguments[0], DB_WRITE, &instance, err) ||
		!export(session, &instance, given, key, &staged, err))
		return false;
	session->done = "the export";
	if (staged.vanished > 0 || staged.unknown_columns)
		session->status = STATUS_REMAINDER;
	return staged_print(session, "exported", &staged, given->options[FILE_], err);
}

const struct command command_export = {
	.name = "export",
	.summary = "copy a space, a project or everything into staging",
	.description =
		"Copies Requirement Yogi's rows and the entities that they refer to into the "
		"staging tables of the same database, and with --file also into a file.\n"
		"Ends with status 3 when entities no longer exist or columns are unknown.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.options = {[SPACE] = {"space", "S", .help = "the rows of this space (Confluence)"},
		[PROJECT] = {"project", "P", .help = "the rows of this project (Jira)"},
		[ALL] = {"all", .help = "the rows of the whole instance"},
		[FILE_] = {"file", "FILE", .kind = VALUE_FILE,
			.help = "also write the backup file"},
		[AUTHOR] = {"author", "USER",
			.help = "the user key that the file names as its author"},
		[EXPORTED_AT] = {"exported-at", "TIME",
			.help = "the time that the file names, as 2026-01-31 12:34:56"},
		[PLUGIN_VERSION] = {"plugin-version", "V",
			.help = "the version of Requirement Yogi that the file names"},
		[OLDEST_VERSION] = {"oldest-version", "V",
			.help = "the oldest version that can read the file, as it says"}},
	.run = run,
};
