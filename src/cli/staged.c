/*
 * The result of export, write and load.
 */
#include "cli/staged.h"

static bool is_output(const char *file)
{
	return file && strcmp(file, "-") == 0;
}

bool staged_check_file(const struct session *session, const char *file, struct error *err)
{
	if (is_output(file) && session->json)
		return FAIL_HINT(err, USAGE, "Write to a file, or leave --json out.",
			"the backup file and the JSON document cannot both go to standard output");
	return true;
}

bool staged_print(struct session *session, const char *done, const struct staged *staged,
	const char *file, struct error *err)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	const struct document_staged document = {done, staged, file, session_notes(session)};
	if (session->json) {
		document_staged_json(&out, &document);
		return session_print_json(session, &out, err);
	}
	document_staged_text(&out, &session->style, &document);
	if (!is_output(file) || strcmp(done, "loaded") == 0)
		return session_print(session, &out, err);
	session_remark(session, &out);
	return true;
}
