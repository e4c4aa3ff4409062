/*
 * reqferry inspect
 */
#include "cli/commands.h"

enum { NO_CHECKSUM };

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct inspect_result result CLEANUP(inspect_release) = {.arena = ARENA_INIT};
	struct str out CLEANUP(str_release) = STR_INIT;
	const char *path = given->arguments[0];
	if (!inspect_file(path, NULL, !given->options[NO_CHECKSUM], &session->task, &result, err))
		return false;
	if (session->json) {
		document_inspect_json(&out, &result);
		return session_print_json(session, &out, err);
	}
	document_inspect_text(&out, &session->style, path, &result);
	return session_print(session, &out, err);
}

const struct command command_inspect = {
	.name = "inspect",
	.summary = "say what a backup file holds",
	.description =
		"Reads the file once and counts. A file that ends early is no error here: it is "
		"said.",
	.arguments = {{"FILE", .kind = VALUE_FILE}},
	.options = {[NO_CHECKSUM] = {"no-checksum", .help = "leave out the SHA-256, to be faster"}},
	.run = run,
};
