/*
 * reqferry validate
 */
#include "cli/commands.h"

#define PROBLEMS_SHOWN 1000

struct collected {
	struct arena *arena;
	struct validate_problem list[PROBLEMS_SHOWN];
	size_t count;
};

static void collect(void *context, const struct validate_problem *problem)
{
	struct collected *collected = context;
	if (collected->count == PROBLEMS_SHOWN)
		return;
	struct validate_problem *copy = &collected->list[collected->count++];
	*copy = *problem;
	copy->message = arena_strdup(collected->arena, slice_of(problem->message));
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	struct collected *collected = arena_zalloc(&session->arena, sizeof(*collected));
	const struct validate_options options = {
		.catalogue_folder = session->catalogue, .limit = PROBLEMS_SHOWN};
	struct document_validation validation = {.path = given->arguments[0]};
	collected->arena = &session->arena;
	if (!validate_file(validation.path, &options, &session->task, collect, collected,
		    &validation.total, err))
		return false;
	validation.problems = collected->list;
	validation.count = collected->count;
	if (validation.total > 0)
		session->status = STATUS_FAULTS;
	if (session->json) {
		document_validate_json(&out, &validation);
		return session_print_json(session, &out, err);
	}
	document_validate_text(&out, &session->style, &validation);
	return session_print(session, &out, err);
}

const struct command command_validate = {
	.name = "validate",
	.summary = "look for faults in a backup file",
	.description =
		"Checks quoting, widths, types, dates, references, entities, identities and order, "
		"and the manifest beside the file. Ends with status 5 when something is wrong.",
	.arguments = {{"FILE", .kind = VALUE_FILE}},
	.run = run,
};
