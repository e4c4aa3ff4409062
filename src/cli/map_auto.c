/*
 * reqferry map auto
 */
#include "cli/commands.h"

enum { JIRA, CONFLUENCE, OPEN_OK };

/* Opens the other side of the application links, when one is named. */
static bool open_other(struct session *session, const struct instance *instance,
	const struct given *given, struct instance *other, struct error *err)
{
	bool jira = instance->host.product == PRODUCT_JIRA;
	const char *name = given->options[jira ? CONFLUENCE : JIRA];
	if (given->options[jira ? JIRA : CONFLUENCE])
		return FAIL_HINT(err, USAGE,
			jira ? "Name its Confluence with --confluence."
			     : "Name its Jira with --jira.",
			"\"%.*s\" is itself a %s", SLICE_PRINT(instance->name),
			product_title(instance->host.product));
	if (!name)
		return true;
	if (!session_open(session, name, DB_READ, other, err))
		return false;
	if (other->host.product == instance->host.product)
		return FAIL(err, USAGE, "\"%.*s\" is a %s, not a %s", SLICE_PRINT(other->name),
			product_title(other->host.product), jira ? "Confluence" : "Jira");
	return true;
}

static bool map(struct session *session, struct instance *instance, const struct given *given,
	struct slice key, struct mapping_auto_result *result, struct error *err)
{
	struct instance other CLEANUP(instance_close) = {.db = NULL};
	struct stage_backup backup;
	return open_other(session, instance, given, &other, err) &&
	       stage_backup_get(instance->db, key, &session->arena, &backup, err) &&
	       mapping_auto(&instance->host, other.db ? &other.host : NULL, &backup, &session->task,
		       result, err);
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct str out CLEANUP(str_release) = STR_INIT;
	struct mapping_auto_result result;
	struct slice key;
	if (!session_key(given->arguments[1], &key, err) ||
		!session_open(session, given->arguments[0], DB_WRITE, &instance, err) ||
		!map(session, &instance, given, key, &result, err))
		return false;
	session->done = "the mapping";
	if (result.open > 0 && !given->options[OPEN_OK])
		session->status = STATUS_REMAINDER;
	if (session->json) {
		document_map_auto_json(&out, &result);
		return session_print_json(session, &out, err);
	}
	document_map_auto_text(&out, &session->style, &result);
	return session_print(session, &out, err);
}

const struct command command_map_auto = {
	.name = "map auto",
	.summary = "map old ids to those of this instance",
	.description =
		"Maps by rules whatever the evidence allows, and never touches what a person "
		"mapped or excluded. Can be run again at any time.\n"
		"Ends with status 3 when mappings are open or only possible.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.options = {[JIRA] = {"jira", "I", .help = "the Jira that a Confluence's links lead to"},
		[CONFLUENCE] = {"confluence", "I",
			.help = "the Confluence that a Jira's links lead to"},
		[OPEN_OK] = {"open-ok", .help = "end with status 0 also when mappings are open"}},
	.run = run,
};
