/*
 * reqferry import
 */
#include "cli/commands.h"
#include "cli/import_options.h"
#include "document/report.h"

#include "base/file.h"

enum { CONFIRM = IMPORT_OPTIONS, PLAN, DRY_RUN, REPORT };

/* The files that --report names. They are begun before the import: none can be in the way later. */
struct reports {
	struct session *session;
	struct str json; /* as it is recorded */
	size_t count;
	struct {
		const char *path;
		enum report_form form;
		struct file_out *file;
	} files[COMMAND_REPEATS];
};

static void reports_release(struct reports *reports)
{
	for (size_t i = 0; i < reports->count; i++)
		file_out_discard(&reports->files[i].file);
	str_release(&reports->json);
}

static bool reports_open(struct reports *reports, const struct given *given, struct error *err)
{
	for (size_t i = 0; i < given->repeated_count; i++) {
		const char *path = given->repeated[i];
		if (!report_form_of(path, &reports->files[i].form))
			return FAIL_HINT(err, USAGE, "The name says the form of the report.",
				"--report needs a file that ends in .txt, .json or .html: \"%s\"",
				path);
		if (given->options[DRY_RUN])
			return FAIL(err, USAGE, "--dry-run imports nothing to report on");
		reports->files[i].path = path;
		if (!file_out_open(path, &reports->files[i].file, err))
			return false;
		reports->count++;
	}
	return true;
}

static void make_report(void *context, const struct import_report *report, struct str *out)
{
	struct reports *reports = context;
	const struct document_notes notes = session_notes(reports->session);
	document_report_json(out, report, &notes);
	str_clear(&reports->json);
	str_add(&reports->json, str_slice(out));
}

static bool reports_write(struct reports *reports, struct error *err)
{
	static const struct document_style plain = {.colour = false};
	const struct report_stored stored = {.json = str_slice(&reports->json)};
	for (size_t i = 0; i < reports->count; i++) {
		struct str text CLEANUP(str_release) = STR_INIT;
		bool ok =
			document_report_print(&text, reports->files[i].form, &plain, &stored, err);
		if (ok && reports->files[i].form == REPORT_JSON)
			str_add_char(&text, '\n');
		if (ok && file_out_write(reports->files[i].file, str_slice(&text), err) &&
			file_out_commit(&reports->files[i].file, err))
			continue;
		error_context(err, "the import is done, but its report was not written to \"%s\"",
			reports->files[i].path);
		error_hint(err, "\"reqferry report\" prints it again.");
		return false;
	}
	return true;
}

/*
 * Shows the plan and asks for the scope's key. What was shown is what is imported: the plan's hash
 * is kept, so that a change while the question stands makes the import refuse.
 */
static bool ask(struct session *session, struct instance *instance, struct import_options *options,
	struct error *err)
{
	struct str text CLEANUP(str_release) = STR_INIT, answer CLEANUP(str_release) = STR_INIT;
	struct document_style style = session->style;
	struct plan *plan = arena_zalloc(&session->arena, sizeof(*plan));
	if (!plan_make(instance, options, &session->task, &session->arena, plan, err))
		return false;
	/* import_run says what blocks */
	if (plan->blocker_count > 0)
		return true;
	style.width = terminal_width(2);
	document_plan_text(&text, &style, plan);
	str_add_char(&text, '\n');
	session_say(session, &text);
	str_clear(&text);
	str_add_text(&text, "This erases and inserts the rows above. To confirm, type \"");
	plain_safe(&text, plan->old_scope.at ? plan->new_scope : SLICE("everything"));
	str_add_text(&text, "\": ");
	if (!session_ask(session, text.at, &answer, err))
		return false;
	options->confirm = arena_strdup(&session->arena, str_slice(&answer));
	if (!options->plan) {
		struct plan_kept *kept = arena_alloc(&session->arena, sizeof(*kept));
		*kept = plan_keep(plan);
		options->plan = kept;
	}
	return true;
}

#define PLAN_FILE_LIMIT (64u << 20)

/* --plan takes a hash, or the file of a plan's document. */
static bool read_plan(
	struct session *session, const char *text, struct plan_kept *out, struct error *err)
{
	struct str json CLEANUP(str_release) = STR_INIT;
	*out = (struct plan_kept){.hash = slice_of(text)};
	if (!file_exists(text))
		return true;
	return file_read(text, PLAN_FILE_LIMIT, &json, err) &&
	       document_plan_read(str_slice(&json), text, &session->arena, out, err);
}

static bool print(struct session *session, const struct import_result *result, struct error *err)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	if (tally_total(&result->rejected) > 0)
		session->status = STATUS_REMAINDER;
	if (session->json) {
		const struct document_notes notes = session_notes(session);
		document_import_json(&out, result, &notes);
		return session_print_json(session, &out, err);
	}
	document_import_text(&out, &session->style, result);
	return session_print(session, &out, err);
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct reports reports CLEANUP(reports_release) = {.session = session, .json = STR_INIT};
	struct import_options options;
	struct import_result result;
	struct plan_kept kept;
	struct slice key;
	bool dry = given->options[DRY_RUN] != NULL;
	if (!session_key(given->arguments[1], &key, err))
		return false;
	import_options_read(given, key, &options);
	options.confirm = given->options[CONFIRM];
	options.report = make_report;
	options.report_context = &reports;
	if (given->options[PLAN]) {
		if (!read_plan(session, given->options[PLAN], &kept, err))
			return false;
		options.plan = &kept;
	}
	if (!reports_open(&reports, given, err) ||
		!session_open(
			session, given->arguments[0], dry ? DB_READ : DB_WRITE, &instance, err))
		return false;
	if (dry)
		return plan_print(session, &instance, &options, err);
	if (!options.confirm && session_can_ask(session) && !ask(session, &instance, &options, err))
		return false;
	if (!import_run(&instance, &options, &session->task, &session->arena, &result, err))
		return false;
	session->done = "the import";
	return reports_write(&reports, err) && print(session, &result, err);
}

const struct command command_import = {
	.name = "import",
	.summary = "import a backup from staging",
	.description =
		"Erases the scope and inserts the backup's rows, in one transaction: after any "
		"failure "
		"everything is as it was. A safety copy of what is erased is kept.\n"
		"SCOPE is the key of the space or project that is erased, or \"everything\" for a "
		"backup of a whole instance. Without --confirm it is asked for on a terminal.\n"
		"Ends with status 3 when rows were rejected.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.options = {IMPORT_OPTION_TABLE,
		[CONFIRM] = {"confirm", "SCOPE",
			.help = "the scope to be erased, to show that it is meant"},
		[PLAN] = {"plan", "PLAN", .kind = VALUE_FILE,
			.help = "import only what this plan said: its hash, or the file of "
				"\"--json plan\""},
		[DRY_RUN] = {"dry-run", .help = "print the plan and write nothing"},
		[REPORT] = {"report", "FILE", .kind = VALUE_FILE, .repeat = true,
			.help = "write the report to a file that ends in .txt, .json or .html; "
				"may be repeated"}},
	.run = run,
};
