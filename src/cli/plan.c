/*
 * reqferry plan
 */
#include "cli/commands.h"
#include "cli/import_options.h"

static bool accepts(const char *list, const char *word)
{
	struct slice rest = slice_of(list), head;
	while (slice_cut(rest, ',', &head, &rest))
		if (slice_is(head, word))
			return true;
	return slice_is(rest, word);
}

static bool is(const char *value, const char *word)
{
	return value && strcmp(value, word) == 0;
}

void import_options_read(const struct given *given, struct slice key, struct import_options *out)
{
	const char *accept = given->options[IMPORT_ACCEPT];
	const char *erase = given->options[IMPORT_ERASE];
	*out = (struct import_options){.key = key,
		.erase = is(erase, "everything") ? ERASE_EVERYTHING
			 : is(erase, "nothing")  ? ERASE_NOTHING
						 : ERASE_BROUGHT,
		.accept_possible = accepts(accept, "possible"),
		.accept_missing = accepts(accept, "missing"),
		.accept_assumed = accepts(accept, "assumed"),
		.accept_lost_columns = accepts(accept, "lost-columns"),
		.reject = given->options[IMPORT_REJECT] != NULL,
		.outside_copy = is(given->options[IMPORT_OUTSIDE], "copy"),
		.keep_audit_trail = is(given->options[IMPORT_AUDIT_TRAIL], "keep")};
}

bool plan_print(struct session *session, struct instance *instance,
	const struct import_options *options, struct error *err)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	struct plan plan;
	if (!plan_make(instance, options, &session->task, &session->arena, &plan, err))
		return false;
	if (plan.blocker_count > 0)
		session->status = STATUS_REFUSED;
	if (session->json) {
		document_plan_json(&out, &plan);
		return session_print_json(session, &out, err);
	}
	document_plan_text(&out, &session->style, &plan);
	return session_print(session, &out, err);
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct import_options options;
	struct slice key;
	if (!session_key(given->arguments[1], &key, err))
		return false;
	import_options_read(given, key, &options);
	return session_open(session, given->arguments[0], DB_READ, &instance, err) &&
	       plan_print(session, &instance, &options, err);
}

const struct command command_plan = {
	.name = "plan",
	.summary = "say what an import would do",
	.description =
		"Reads and writes nothing. Ends with status 4 when something forbids the import. "
		"The plan's hash can be given to \"import --plan\", which then refuses when "
		"anything has changed since.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.options = {IMPORT_OPTION_TABLE},
	.run = run,
};
