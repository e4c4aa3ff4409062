/*
 * reqferry clean
 */
#include "document/clean.h"
#include "cli/commands.h"

enum { OLDER_THAN, ALL, YES, FORCE };

#define DAYS_MOST 36500

/* -1: not by age. */
static bool read_days(const char *text, int64_t *days, struct error *err)
{
	*days = -1;
	if (!text)
		return true;
	if (!slice_to_int64(slice_of(text), days) || *days < 0 || *days > DAYS_MOST)
		return FAIL(err, USAGE, "--older-than is no number of days from 0 to %d: \"%s\"",
			DAYS_MOST, text);
	return true;
}

static bool check_options(
	const struct session *session, const struct given *given, struct error *err)
{
	bool all = given->options[ALL] != NULL;
	if (all && given->options[OLDER_THAN])
		return FAIL(err, USAGE, "--all and --older-than exclude each other");
	if (!all && (given->options[YES] || given->options[FORCE]))
		return FAIL(err, USAGE, "--yes and --force are for --all only");
	if (all && !given->options[YES] && !session_can_ask(session))
		return FAIL_HINT(err, USAGE, "Use --yes.",
			"\"clean --all\" removes every table of reqferry, and nobody can be asked "
			"here");
	return true;
}

/* Shows what would be removed and asks. */
static bool ask(struct session *session, const struct clean_result *result, struct error *err)
{
	struct str text CLEANUP(str_release) = STR_INIT, answer CLEANUP(str_release) = STR_INIT;
	struct document_style style = session->style;
	style.width = terminal_width(2);
	document_clean_text(&text, &style, result);
	str_add_text(&text, "\nRemove these tables, with backups, mappings, reports and safety "
			    "copies? [y/N] ");
	if (!session_ask(session, text.at, &answer, err))
		return false;
	if (strcasecmp(answer.at, "y") == 0 || strcasecmp(answer.at, "yes") == 0)
		return true;
	return FAIL(
		err, NOT_CONFIRMED, "nothing was removed: the question was not answered with yes");
}

static bool remove_all(struct session *session, struct instance *instance,
	const struct given *given, struct clean_result *result, struct error *err)
{
	bool force = given->options[FORCE] != NULL;
	if (!given->options[YES]) {
		if (!clean_all(instance, force, true, &session->task, &session->arena, result, err))
			return false;
		if (result->tables.count == 0)
			return true;
		if (!ask(session, result, err))
			return false;
	}
	return clean_all(instance, force, false, &session->task, &session->arena, result, err);
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct str out CLEANUP(str_release) = STR_INIT;
	struct clean_result result;
	int64_t days;
	if (!check_options(session, given, err) ||
		!read_days(given->options[OLDER_THAN], &days, err) ||
		!session_open(session, given->arguments[0], DB_WRITE, &instance, err))
		return false;
	if (!(given->options[ALL] ? remove_all(session, &instance, given, &result, err)
				  : clean_run(&instance, days, &session->task, &session->arena,
					    &result, err)))
		return false;
	session->done = "the cleaning";
	if (session->json) {
		document_clean_json(&out, &result);
		return session_print_json(session, &out, err);
	}
	document_clean_text(&out, &session->style, &result);
	return session_print(session, &out, err);
}

const struct command command_clean = {
	.name = "clean",
	.summary = "remove left-overs from reqferry's own tables",
	.description =
		"Deletes staged rows whose backup has no record. With --older-than also backups "
		"that were staged, and records of runs with their reports, before that many days. "
		"Safety copies stay.\n"
		"With --all it removes every table whose name begins with reqferry_, after a "
		"question, and refuses while there are safety copies of imports that were not "
		"undone.\n"
		"No other table is ever touched.",
	.arguments = {{"INSTANCE"}},
	.options = {[OLDER_THAN] = {"older-than", "DAYS",
			    .help = "also what is older than so many days"},
		[ALL] = {"all", .help = "remove all of reqferry's tables"},
		[YES] = {"yes", .help = "with --all: do not ask"},
		[FORCE] = {"force", .help = "with --all: also the safety copies"}},
	.run = run,
};
