/*
 * The report of an import as JSON.
 */
#include "document/report.h"

#include "document/internal.h"

/* --- what administrators do, by product --- */

static const char *const before_steps[] = {
	"Announce the import to everybody who edits requirements or their links in the scope.",
	"Stop edits in the scope until the import is done and was looked at.",
	"Back up the database.",
	NULL,
};

static const char *const after_confluence[] = {
	"Let Requirement Yogi reindex the space, or the whole site after an import of everything.",
	"Empty Confluence's caches or restart Confluence: what it read before is still in its "
	"memory.",
	"Wait until Requirement Yogi's queue is empty, in Confluence and in the Jira that is "
	"linked "
	"to it: messages from before the import name old ids.",
	"Look at the pages below, then let edits begin again and tell everybody.",
	NULL,
};

static const char *const after_jira[] = {
	"Empty Jira's caches or restart Jira: what it read before is still in its memory.",
	"Let Requirement Yogi's queue in Jira run until it is empty: messages from before the "
	"import name old ids.",
	"Let Requirement Yogi reindex in the Confluence that is linked to it, so that requirements "
	"show their issues.",
	"Look at the pages below, then let edits begin again and tell everybody.",
	NULL,
};

static const char *const pages_confluence[] = {
	"/requirements/%s/KEY, with the key of a requirement: its description, properties, "
	"dependencies and links.",
	"A page of %s that defines requirements: its requirements show as such, and lead to where "
	"they are used.",
	"A traceability matrix of %s: the same rows as at the origin.",
	"An issue in Jira that is linked to a requirement of %s.",
	NULL,
};

static const char *const pages_jira[] = {
	"/browse/%s-NUMBER, with the number of an issue that has requirements: its panel of "
	"requirements, and their pages in Confluence.",
	"The history of requirements of such an issue of %s.",
	"A requirement in Confluence that is linked to an issue of %s: it names the issue.",
	NULL,
};

/* `scope` stands for "%s". */
static json_t *lines_json(const char *const *lines, struct slice scope)
{
	json_t *array = json_new_array();
	for (; *lines; lines++) {
		struct str line CLEANUP(str_release) = STR_INIT;
		const char *mark = strstr(*lines, "%s");
		if (mark) {
			str_add(&line, (struct slice){*lines, (size_t)(mark - *lines)});
			str_add(&line, scope);
			str_add_text(&line, mark + 2);
		} else {
			str_add_text(&line, *lines);
		}
		json_push(array, json_of_slice(str_slice(&line)));
	}
	return array;
}

static json_t *steps_json(const struct import_report *report)
{
	const struct plan *plan = &report->result->plan;
	bool jira = strcmp(report->product, "jira") == 0;
	struct slice scope = plan->old_scope.at ? plan->new_scope
			     : jira             ? SLICE("PROJECT")
						: SLICE("SPACE");
	json_t *steps = json_new_object();
	json_put(steps, "before", lines_json(before_steps, scope));
	json_put(steps, "after", lines_json(jira ? after_jira : after_confluence, scope));
	json_put(steps, "pages", lines_json(jira ? pages_jira : pages_confluence, scope));
	return steps;
}

/* --- parts --- */

static json_t *file_json(const struct stage_backup *backup)
{
	json_t *file = json_new_object();
	json_put(file, "name", json_of_slice(backup->file_name));
	json_put(file, "sha256", json_of_slice(backup->sha256));
	json_put(file, "exported", json_of_slice(backup->exported));
	json_put(file, "author", json_of_slice(backup->author));
	json_put(file, "pluginVersion", json_of_slice(backup->plugin_version));
	json_put(file, "origin", json_of_slice(backup->origin_id));
	json_put(file, "source", json_of_slice(backup->source));
	json_put(file, "staged", json_of_slice(backup->created));
	json_put(file, "stagedBy", json_of_slice(backup->created_by));
	return file;
}

static json_t *options_json(const struct import_options *options)
{
	static const char *const erase[] = {[ERASE_BROUGHT] = "brought",
		[ERASE_EVERYTHING] = "everything",
		[ERASE_NOTHING] = "nothing"};
	const struct {
		bool accepted;
		const char *word;
	} words[] = {{options->accept_possible, "possible"}, {options->accept_missing, "missing"},
		{options->accept_assumed, "assumed"},
		{options->accept_lost_columns, "lost-columns"}};
	json_t *accept = json_new_array();
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].accepted)
			json_push(accept, json_of_text(words[i].word));
	json_t *object = json_new_object();
	json_put(object, "erase", json_of_text(erase[options->erase]));
	json_put(object, "accept", accept);
	json_put(object, "reject", json_of_bool(options->reject));
	json_put(object, "outside", json_of_text(options->outside_copy ? "copy" : "keep"));
	json_put(
		object, "auditTrail", json_of_text(options->keep_audit_trail ? "keep" : "rewrite"));
	return object;
}

void document_outcome_reason(struct str *out, const struct outcome *outcome)
{
	if (slice_is(outcome->fate, "merged"))
		str_add_text(out, "became one with a row of the same identity");
	if (outcome->cites.at) {
		str_addf(out, "kept at the origin: %.*s \"%.*s\"", SLICE_PRINT(outcome->type),
			SLICE_PRINT(outcome->key));
		if (!slice_is_empty(outcome->title))
			str_addf(out, " (%.*s)", SLICE_PRINT(outcome->title));
		str_addf(out, " still cites %.*s", SLICE_PRINT(outcome->cites));
		return;
	}
	if (outcome->problem.at)
		str_add(out, outcome->problem);
	if (outcome->parent_table.at)
		str_addf(out, "refers to %.*s %.*s, which is left out",
			SLICE_PRINT(outcome->parent_table), SLICE_PRINT(outcome->parent_id));
	if (!outcome->type.at)
		return;
	str_add_text(out, outcome->parent_table.at ? ": " : "");
	str_addf(out, "%.*s \"%.*s\"", SLICE_PRINT(outcome->type), SLICE_PRINT(outcome->key));
	if (!slice_is_empty(outcome->title))
		str_addf(out, " (%.*s)", SLICE_PRINT(outcome->title));
	str_add_text(out, " is excluded");
}

static json_t *left_out_json(const struct import_report *report)
{
	json_t *rows = json_new_array();
	for (size_t i = 0; i < report->left_out_count; i++) {
		const struct outcome *outcome = &report->left_out[i];
		struct str reason CLEANUP(str_release) = STR_INIT;
		json_t *row = json_new_object();
		document_outcome_reason(&reason, outcome);
		json_put(row, "table", json_of_slice(outcome->table));
		json_put(row, "oldId", json_of_slice(outcome->old_id));
		json_put(row, "outcome", json_of_slice(outcome->fate));
		json_put(row, "reason", json_of_slice(str_slice(&reason)));
		json_t *mapping = NULL;
		if (outcome->type.at && !outcome->cites.at) {
			mapping = json_new_object();
			json_put(mapping, "type", json_of_slice(outcome->type));
			json_put(mapping, "key", json_of_slice(outcome->key));
		}
		json_put(row, "mapping", mapping ? mapping : json_of_text(NULL));
		json_push(rows, row);
	}
	json_t *object = json_new_object();
	json_put(object, "total", json_of_int(report->left_out_total));
	json_put(object, "listed", json_of_int((int64_t)report->left_out_count));
	json_put(object, "rows", rows);
	return object;
}

static json_t *verification_json(const struct verify_result *verified)
{
	json_t *tables = json_new_object();
	for (size_t i = 0; i < verified->table_count; i++) {
		const struct verify_count *count = &verified->tables[i];
		json_t *object = json_new_object();
		json_put(object, "expected", json_of_int(count->expected));
		json_put(object, "found", json_of_int(count->found));
		json_put(object, "different", json_of_int(count->different));
		json_put_slice(tables, count->table, object);
	}
	json_t *object = json_new_object();
	json_put(object, "ok", json_of_bool(verified->ok));
	json_put(object, "tables", tables);
	return object;
}

static void put_counts(json_t *document, const struct import_result *result)
{
	json_t *outside = json_new_object();
	json_put(document, "erased", json_of_tallies(&result->erased));
	json_put(document, "inserted", json_of_tallies(&result->inserted));
	json_put(document, "merged", json_of_tallies(&result->merged));
	json_put(document, "excluded", json_of_tallies(&result->excluded));
	json_put(document, "rejected", json_of_tallies(&result->rejected));
	json_put(outside, "kept", json_of_int(result->plan.outside_kept));
	json_put(outside, "lost", json_of_int(result->plan.outside_lost));
	json_put(outside, "keptAtOrigin", json_of_int(result->plan.outside_at_origin));
	json_put(outside, "lostRows", outside_lost_json(&result->plan));
	json_put(document, "mergeDifferences", plan_differences_json(&result->plan));
	json_put(document, "outside", outside);
	json_put(document, "texts", json_of_int(result->plan.texts));
	json_put(document, "orphans", json_of_int(result->plan.orphans));
}

void document_report_json(
	struct str *out, const struct import_report *report, const struct document_notes *notes)
{
	const struct import_result *result = report->result;
	json_t *document = json_new_object();
	json_put(document, "report", json_of_text("import"));
	json_put(document, "tool", json_of_text("reqferry " REQFERRY_VERSION));
	json_put(document, "key", json_of_slice(result->plan.key));
	json_t *scope = json_new_object();
	json_put(scope, "old", json_of_slice(result->plan.old_scope));
	json_put(scope, "new", json_of_slice(result->plan.new_scope));
	json_put(document, "scope", scope);
	json_put(document, "instance", json_of_slice(report->instance));
	json_put(document, "product", json_of_text(report->product));
	json_put(document, "database", json_of_text(report->database));
	json_put(document, "file", file_json(&result->plan.backup));
	json_put(document, "plan", json_of_text(result->plan.hash));
	json_put(document, "options", options_json(report->options));
	json_put(document, "actor", json_of_text(report->actor));
	json_put(document, "started", json_of_text(report->started));
	json_put(document, "finished", json_of_text(report->finished));
	json_t *seconds = json_real(result->seconds);
	json_put(document, "seconds", seconds ? seconds : json_of_int(0));
	json_put(document, "undoKey", json_of_slice(result->undo_key));
	put_counts(document, result);
	json_put(document, "leftOut", left_out_json(report));
	json_put(document, "notes", plan_notes_json(&result->plan));
	json_put(document, "verification", verification_json(report->verified));
	json_t *warnings = json_new_array();
	for (size_t i = 0; i < notes->count; i++)
		json_push(warnings, json_of_text(notes->list[i]));
	json_put(document, "warnings", warnings);
	json_put(document, "steps", steps_json(report));
	json_finish(out, document);
}
