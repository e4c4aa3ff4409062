/*
 * reqferry write
 */
#include "cli/commands.h"
#include "cli/staged.h"

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct staged staged = {.rows = 0};
	const char *file = given->arguments[2];
	struct slice key;
	return staged_check_file(session, file, err) &&
	       session_key(given->arguments[1], &key, err) &&
	       session_open(session, given->arguments[0], DB_READ, &instance, err) &&
	       write_file(&instance, key, file, &session->task, &session->arena, &staged, err) &&
	       staged_print(session, "written", &staged, file, err);
}

const struct command command_write = {
	.name = "write",
	.summary = "write a staged backup to a file",
	.description = "Writes the vendor's backup file, and FILE.manifest.json beside it with "
		       "counts, checksums and evidence that helps to map. With FILE - the backup "
		       "goes to standard output, without a manifest.",
	.arguments = {{"INSTANCE"}, {"KEY"}, {"FILE", .kind = VALUE_FILE}},
	.run = run,
};
