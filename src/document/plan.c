/*
 * What an import would do, and what one did: as JSON, and the text of an import. The text of a plan
 * is in plan_text.c.
 */
#include "document/internal.h"

/* --- shared --- */

static json_t *scope_json(const struct plan *plan)
{
	json_t *scope = json_new_object();
	json_put(scope, "old", json_of_slice(plan->old_scope));
	json_put(scope, "new", json_of_slice(plan->new_scope));
	return scope;
}

static json_t *outside_json(const struct plan *plan)
{
	json_t *outside = json_new_object();
	json_put(outside, "kept", json_of_int(plan->outside_kept));
	json_put(outside, "lost", json_of_int(plan->outside_lost));
	json_put(outside, "keptAtOrigin", json_of_int(plan->outside_at_origin));
	return outside;
}

json_t *outside_lost_json(const struct plan *plan)
{
	json_t *array = json_new_array();
	for (size_t i = 0; i < plan->outside_lost_count; i++) {
		const struct outside_lost *lost = &plan->outside_lost_list[i];
		json_t *object = json_new_object();
		json_put(object, "table", json_of_slice(lost->table));
		json_put(object, "from", json_of_slice(lost->from));
		json_put(object, "to", json_of_slice(lost->to));
		json_put(object, "detail", json_of_slice(lost->detail));
		json_put(object, "reason", json_of_slice(lost->reason));
		json_push(array, object);
	}
	return array;
}

json_t *plan_differences_json(const struct plan *plan)
{
	json_t *rows = json_new_array();
	for (size_t i = 0; i < plan->difference_count; i++) {
		const struct merge_difference *difference = &plan->differences[i];
		json_t *object = json_new_object();
		json_put(object, "table", json_of_slice(difference->table));
		json_put(object, "oldId", json_of_slice(difference->old_id));
		json_put(object, "identity", json_of_slice(difference->identity));
		json_put(object, "column", json_of_slice(difference->column));
		json_put(object, "kept", json_of_slice(difference->kept));
		json_put(object, "backup", json_of_slice(difference->brought));
		json_push(rows, object);
	}
	json_t *object = json_new_object();
	json_put(object, "total", json_of_int(plan->difference_total));
	json_put(object, "columns", json_of_tallies(&plan->difference_columns));
	json_put(object, "rows", rows);
	return object;
}

json_t *plan_notes_json(const struct plan *plan)
{
	json_t *array = json_new_array();
	for (size_t i = 0; i < plan->note_count; i++) {
		json_t *object = json_new_object();
		json_put(object, "kind", json_of_text(plan->notes[i].kind));
		json_put(object, "message", json_of_text(plan->notes[i].message));
		json_put(object, "count", json_of_int(plan->notes[i].count));
		json_push(array, object);
	}
	return array;
}

/* --- plan --- */

static json_t *scopes_json(const struct plan *plan)
{
	json_t *array = json_new_array();
	for (size_t i = 0; i < plan->scope_count; i++) {
		const struct plan_scope *scope = &plan->scopes[i];
		json_t *object = json_new_object();
		json_put(object, "key", json_of_slice(scope->key));
		json_put(object, "erase", json_of_tallies(&scope->erase));
		json_put(object, "rows", json_of_int(scope->erased));
		json_put(object, "receives", json_of_bool(scope->receives));
		json_push(array, object);
	}
	return array;
}

static json_t *exclusions_json(const struct plan *plan)
{
	json_t *mappings = json_new_array();
	for (size_t i = 0; i < plan->exclusion_count; i++) {
		const struct plan_exclusion *exclusion = &plan->exclusions[i];
		json_t *object = json_new_object();
		json_put(object, "type", json_of_slice(exclusion->type));
		json_put(object, "key", json_of_slice(exclusion->key));
		json_put(object, "dependencies", json_of_slice(exclusion->dependencies));
		json_put(object, "title", json_of_slice(exclusion->title));
		json_put(object, "rows", json_of_int(exclusion->rows));
		json_put(object, "tables", json_of_tallies(&exclusion->tables));
		json_push(mappings, object);
	}
	json_t *object = json_new_object();
	json_put(object, "total", json_of_int(plan->exclusion_total));
	json_put(object, "withoutRows", json_of_int(plan->exclusion_idle));
	json_put(object, "mappings", mappings);
	return object;
}

static json_t *rejections_json(const struct plan *plan)
{
	json_t *rows = json_new_array();
	for (size_t i = 0; i < plan->rejection_count; i++) {
		const struct plan_rejection *rejection = &plan->rejections[i];
		json_t *object = json_new_object();
		json_put(object, "table", json_of_slice(rejection->table));
		json_put(object, "oldId", json_of_slice(rejection->old_id));
		json_put(object, "problem", json_of_slice(rejection->problem));
		json_push(rows, object);
	}
	json_t *object = json_new_object();
	json_put(object, "total", json_of_int(tally_total(&plan->reject)));
	json_put(object, "rows", rows);
	return object;
}

static json_t *unresolved_json(const struct plan *plan)
{
	json_t *array = json_new_array();
	for (size_t i = 0; i < plan->unresolved_count; i++) {
		const struct unresolved *unresolved = &plan->unresolved[i];
		json_t *object = json_new_object();
		json_put(object, "type", json_of_slice(unresolved->type));
		json_put(object, "key", json_of_slice(unresolved->key));
		json_put(object, "dependencies", json_of_slice(unresolved->dependencies));
		json_put(object, "status", json_of_slice(unresolved->status));
		json_put(object, "title", json_of_slice(unresolved->title));
		json_push(array, object);
	}
	return array;
}

static json_t *blockers_json(const struct blocker *list, size_t count)
{
	json_t *array = json_new_array();
	for (size_t i = 0; i < count; i++) {
		const struct blocker *blocker = &list[i];
		json_t *object = json_new_object();
		json_put(object, "kind", json_of_text(blocker->kind));
		json_put(object, "message", json_of_text(blocker->message));
		json_put(object, "hint", json_of_text(blocker->hint));
		json_put(object, "count", json_of_int(blocker->count));
		json_push(array, object);
	}
	return array;
}

static json_t *seconds_json(double seconds)
{
	json_t *value = json_real(seconds);
	return value ? value : json_of_int(0);
}

static json_t *needs_json(const struct plan_needs *needs)
{
	json_t *object = json_new_object();
	json_put(object, "seconds", seconds_json(needs->seconds));
	json_put(object, "bytes", json_of_int(needs->bytes));
	json_put(object, "temporaryBytes", json_of_int(needs->temporary));
	json_put(object, "freeBytes",
		needs->free < 0 ? json_of_text(NULL) : json_of_int(needs->free));
	return object;
}

static json_t *parts_json(const struct plan *plan)
{
	json_t *array = json_new_array();
	for (size_t i = 0; i < plan->part_count; i++) {
		const struct plan_part *part = &plan->parts[i];
		json_t *object = json_new_object();
		json_put(object, "kind", json_of_slice(part->kind));
		json_put(object, "name", json_of_slice(part->name));
		json_put(object, "rows", json_of_int(part->rows));
		json_put(object, "digest", json_of_text(part->digest));
		json_push(array, object);
	}
	return array;
}

static void put_counts(json_t *document, const struct plan *plan)
{
	json_put(document, "backup", json_of_tallies(&plan->brought));
	json_put(document, "erase", json_of_tallies(&plan->erase));
	json_put(document, "insert", json_of_tallies(&plan->insert));
	json_put(document, "merge", json_of_tallies(&plan->merge));
	json_put(document, "exclude", json_of_tallies(&plan->exclude));
	json_put(document, "reject", json_of_tallies(&plan->reject));
	json_put(document, "eraseScopes", json_of_tallies(&plan->erase_scopes));
	json_put(document, "eraseScopeless", json_of_tallies(&plan->erase_scopeless));
	json_put(document, "scopes", scopes_json(plan));
	json_put(document, "exclusions", exclusions_json(plan));
	json_put(document, "rejections", rejections_json(plan));
	json_put(document, "mergeDifferences", plan_differences_json(plan));
}

void document_plan_json(struct str *out, const struct plan *plan)
{
	json_t *document = json_new_object();
	json_put(document, "key", json_of_slice(plan->key));
	json_put(document, "scope", scope_json(plan));
	json_put(document, "instance", json_of_slice(plan->instance));
	json_put(document, "options", json_of_slice(plan->options));
	put_counts(document, plan);
	json_put(document, "unresolved", unresolved_json(plan));
	json_put(document, "unresolvedTotal", json_of_int(plan->unresolved_total));
	json_put(document, "outside", outside_json(plan));
	json_put(document, "outsideLost", outside_lost_json(plan));
	json_put(document, "texts", json_of_int(plan->texts));
	json_put(document, "textColumns", json_of_tallies(&plan->text_columns));
	json_put(document, "orphans", json_of_int(plan->orphans));
	json_put(document, "otherCase", json_of_tallies(&plan->other_case));
	json_put(document, "needs", needs_json(&plan->needs));
	json_put(document, "notes", plan_notes_json(plan));
	json_put(document, "warnings", blockers_json(plan->warnings, plan->warning_count));
	json_put(document, "blockers", blockers_json(plan->blockers, plan->blocker_count));
	json_put(document, "hash", json_of_text(plan->hash));
	json_put(document, "parts", parts_json(plan));
	json_put(document, "marks", json_of_slice(plan->marks));
	json_finish(out, document);
}

/* --- import --- */

void document_import_json(
	struct str *out, const struct import_result *result, const struct document_notes *notes)
{
	json_t *document = json_new_object();
	json_put(document, "key", json_of_slice(result->plan.key));
	json_put(document, "scope", scope_json(&result->plan));
	json_put(document, "erased", json_of_tallies(&result->erased));
	json_put(document, "inserted", json_of_tallies(&result->inserted));
	json_put(document, "merged", json_of_tallies(&result->merged));
	json_put(document, "excluded", json_of_tallies(&result->excluded));
	json_put(document, "rejected", json_of_tallies(&result->rejected));
	json_put(document, "mergeDifferences", plan_differences_json(&result->plan));
	json_put(document, "outside", outside_json(&result->plan));
	json_put(document, "outsideLost", outside_lost_json(&result->plan));
	json_put(document, "undoKey", json_of_slice(result->undo_key));
	json_put(document, "verified", json_of_bool(result->verified));
	json_put(document, "seconds", seconds_json(result->seconds));
	json_put(document, "plan", json_of_text(result->plan.hash));
	json_put(document, "notes", plan_notes_json(&result->plan));
	json_t *warnings = json_new_array();
	for (size_t i = 0; i < notes->count; i++)
		json_push(warnings, json_of_text(notes->list[i]));
	json_put(document, "warnings", warnings);
	json_finish(out, document);
}

void document_import_text(
	struct str *out, const struct document_style *style, const struct import_result *result)
{
	const struct text_tally_column columns[] = {{"erased", &result->erased},
		{"inserted", &result->inserted}, {"merged", &result->merged},
		{"excluded", &result->excluded}, {"rejected", &result->rejected}};
	plain_label(out, "Backup", result->plan.key);
	plan_scope_text(out, &result->plan);
	plain_labelf(out, "Time", "%.1f seconds", result->seconds);
	plain_label(out, "Safety copy", result->undo_key);
	str_add_char(out, '\n');
	text_tally_table(out, style, "Rows by table", columns, ARRAY_LEN(columns));
	plan_remarks_text(out, style, &result->plan);
	str_add_char(out, '\n');
	if (result->verified)
		plain_highlight(out, style, PLAIN_GOOD, "Imported, and every row was verified.");
	else
		plain_highlight(out, style, PLAIN_STRONG, "Imported, but not verified.");
	str_add_char(out, '\n');
}
