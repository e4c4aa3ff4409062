/*
 * reqferry report
 */
#include "document/report.h"
#include "cli/commands.h"

enum { HTML, TEXT };

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct str out CLEANUP(str_release) = STR_INIT;
	struct report_stored stored;
	struct slice key;
	if ((given->options[HTML] != NULL) + (given->options[TEXT] != NULL) + session->json > 1)
		return FAIL(err, USAGE, "--html, --text and --json exclude each other");
	if (!session_key(given->arguments[1], &key, err) ||
		!session_open(session, given->arguments[0], DB_READ, &instance, err) ||
		!report_last(&instance, key, &session->arena, &stored, err))
		return false;
	enum report_form form = session->json          ? REPORT_JSON
				: given->options[HTML] ? REPORT_HTML
						       : REPORT_TEXT;
	if (!document_report_print(&out, form, &session->style, &stored, err))
		return false;
	return form == REPORT_JSON ? session_print_json(session, &out, err)
				   : session_print(session, &out, err);
}

const struct command command_report = {
	.name = "report",
	.summary = "print the report of the last import again",
	.description =
		"What was imported, by whom and when, every count, every row that was left out "
		"and why, the verification, and what administrators do before and after. The "
		"backup itself may have been deleted meanwhile.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.options = {[HTML] = {"html", .help = "as a page of HTML that stands alone"},
		[TEXT] = {"text", .help = "as text (the default)"}},
	.run = run,
};
