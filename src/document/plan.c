/*
 * What an import would do, and what one did.
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

static json_t *outside_lost_json(const struct plan *plan)
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

static void outside_lost_text(
	struct str *out, const struct document_style *style, const struct plan *plan)
{
	static const struct grid_column columns[] = {{"LOST REFERENCE", false, 0},
		{"FROM", false, 10}, {"TO", false, 10}, {"DETAIL", false, 10},
		{"REASON", false, 10}};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	if (plan->outside_lost_count == 0)
		return;
	struct slice *cells = text_cells(&arena, plan->outside_lost_count, ARRAY_LEN(columns));
	for (size_t i = 0; i < plan->outside_lost_count; i++) {
		const struct outside_lost *lost = &plan->outside_lost_list[i];
		struct slice *row = cells + i * ARRAY_LEN(columns);
		row[0] = lost->table;
		row[1] = lost->from;
		row[2] = lost->to;
		row[3] = lost->detail;
		row[4] = lost->reason;
	}
	str_add_char(out, '\n');
	text_grid(out, style, columns, ARRAY_LEN(columns), cells, plan->outside_lost_count);
	text_more(out, plan->outside_lost_count, plan->outside_lost);
}

static void outside_text(struct str *out, const struct plan *plan)
{
	if (plan->outside_kept + plan->outside_lost + plan->outside_at_origin == 0)
		return;
	str_addf(out,
		"\nReferences to and from other places: %lld kept, %lld lost, %lld kept at the "
		"origin.\n",
		(long long)plan->outside_kept, (long long)plan->outside_lost,
		(long long)plan->outside_at_origin);
}

/* What --confirm asks for: empty while the scope is not mapped. */
static struct slice scope_word(const struct plan *plan)
{
	return plan->old_scope.at ? plan->new_scope : SLICE("everything");
}

static void add_scope(struct str *out, const struct plan *plan)
{
	if (!plan->old_scope.at) {
		plain_label(out, "Scope", SLICE("everything"));
		return;
	}
	plain_labelf(out, "Scope", "%.*s -> %.*s", SLICE_PRINT(plan->old_scope),
		SLICE_PRINT(plan->new_scope.at ? plan->new_scope : SLICE("not mapped")));
}

/* --- plan as JSON --- */

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

void document_plan_json(struct str *out, const struct plan *plan)
{
	json_t *document = json_new_object();
	json_put(document, "key", json_of_slice(plan->key));
	json_put(document, "scope", scope_json(plan));
	json_put(document, "erase", json_of_tallies(&plan->erase));
	json_put(document, "insert", json_of_tallies(&plan->insert));
	json_put(document, "merge", json_of_tallies(&plan->merge));
	json_put(document, "exclude", json_of_tallies(&plan->exclude));
	json_put(document, "reject", json_of_tallies(&plan->reject));
	json_put(document, "eraseScopes", json_of_tallies(&plan->erase_scopes));
	json_put(document, "unresolved", unresolved_json(plan));
	json_put(document, "unresolvedTotal", json_of_int(plan->unresolved_total));
	json_put(document, "outside", outside_json(plan));
	json_put(document, "outsideLost", outside_lost_json(plan));
	json_put(document, "texts", json_of_int(plan->texts));
	json_put(document, "orphans", json_of_int(plan->orphans));
	json_put(document, "otherCase", json_of_tallies(&plan->other_case));
	json_put(document, "warnings", blockers_json(plan->warnings, plan->warning_count));
	json_put(document, "blockers", blockers_json(plan->blockers, plan->blocker_count));
	json_put(document, "hash", json_of_text(plan->hash));
	json_finish(out, document);
}

/* --- plan as text --- */

static void heading_text(
	struct str *out, const struct document_style *style, const struct plan *plan)
{
	const struct stage_backup *backup = &plan->backup;
	plain_highlight(out, style, PLAIN_STRONG, "Plan of an import");
	str_add_text(out, "\n\n");
	plain_label(out, "Plan", slice_of(plan->hash));
	plain_label(out, "Backup", plan->key);
	add_scope(out, plan);
	if (backup->file_name.len > 0)
		plain_label(out, "File", backup->file_name);
	if (backup->sha256.len > 0)
		plain_label(out, "SHA-256", backup->sha256);
	if (backup->exported.len > 0)
		plain_label(out, "Exported", backup->exported);
	if (backup->created_by.len > 0)
		plain_labelf(out, "In staging", "since %.*s, by %.*s", SLICE_PRINT(backup->created),
			SLICE_PRINT(backup->created_by));
	str_add_char(out, '\n');
}

static void remarks_text(struct str *out, const struct plan *plan)
{
	if (plan->orphans + plan->texts > 0 || plan->other_case.count > 0)
		str_add_char(out, '\n');
	if (plan->orphans > 0) {
		plain_count(out, plan->orphans, "requirement is", "requirements are");
		str_add_text(out, " left without a link to the page that defines it.\n");
	}
	for (size_t i = 0; i < plan->other_case.count; i++) {
		plain_count(out, plan->other_case.list[i].rows, "row of ", "rows of ");
		str_add_char(out, '"');
		plain_safe(out, plan->other_case.list[i].name);
		str_add_text(out, plan->other_case.list[i].rows == 1 ? "\" stays" : "\" stay");
		str_add_text(out, ": the key differs from the scope's in case.\n");
	}
	if (plan->texts > 0) {
		plain_count(out, plan->texts, "text is", "texts are");
		str_add_text(out,
			" copied unchanged and may name old places (searches, descriptions).\n");
	}
	outside_text(out, plan);
}

static void unresolved_text(
	struct str *out, const struct document_style *style, const struct plan *plan)
{
	static const struct grid_column columns[] = {{"NOT RESOLVED", false, 0}, {"KEY", false, 10},
		{"NAME", false, 10}, {"DEPENDENCIES", false, 10}};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	if (plan->unresolved_count == 0)
		return;
	struct slice *cells = text_cells(&arena, plan->unresolved_count, ARRAY_LEN(columns));
	for (size_t i = 0; i < plan->unresolved_count; i++) {
		const struct unresolved *unresolved = &plan->unresolved[i];
		struct slice *row = cells + i * ARRAY_LEN(columns);
		row[0] = unresolved->type;
		row[1] = unresolved->key;
		row[2] = unresolved->title;
		row[3] = unresolved->dependencies;
	}
	str_add_char(out, '\n');
	text_grid(out, style, columns, ARRAY_LEN(columns), cells, plan->unresolved_count);
	text_more(out, plan->unresolved_count, plan->unresolved_total);
}

static void notices_text(struct str *out, const struct blocker *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		str_addf(out, "%3zu. %s: ", i + 1, list[i].kind);
		plain_safe(out, slice_of(list[i].message));
		str_add_text(out, "\n     ");
		plain_safe(out, slice_of(list[i].hint));
		str_add_char(out, '\n');
	}
}

static void warnings_text(struct str *out, const struct plan *plan)
{
	if (plan->warning_count == 0)
		return;
	str_add_text(out, "\nGood to know before:\n");
	notices_text(out, plan->warnings, plan->warning_count);
}

static void blockers_text(
	struct str *out, const struct document_style *style, const struct plan *plan)
{
	str_add_char(out, '\n');
	if (plan->blocker_count == 0) {
		plain_highlight(out, style, PLAIN_GOOD, "Nothing forbids this import.");
		str_add_text(
			out, "\nTo run exactly this plan, use the same options and --confirm ");
		plain_safe(out, scope_word(plan));
		str_addf(out, " --plan %s\n", plan->hash);
		return;
	}
	plain_highlight(out, style, PLAIN_BAD, "This import is refused:");
	str_add_char(out, '\n');
	notices_text(out, plan->blockers, plan->blocker_count);
}

void document_plan_text(
	struct str *out, const struct document_style *style, const struct plan *plan)
{
	const struct text_tally_column columns[] = {{"erase", &plan->erase},
		{"insert", &plan->insert}, {"merge", &plan->merge}, {"exclude", &plan->exclude},
		{"reject", &plan->reject}};
	heading_text(out, style, plan);
	text_tally_table(out, style, "Rows by table", columns, ARRAY_LEN(columns));
	text_tallies(out, style, "Erased by scope", "rows", &plan->erase_scopes);
	remarks_text(out, plan);
	outside_lost_text(out, style, plan);
	unresolved_text(out, style, plan);
	warnings_text(out, plan);
	blockers_text(out, style, plan);
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
	json_put(document, "outside", outside_json(&result->plan));
	json_put(document, "outsideLost", outside_lost_json(&result->plan));
	json_put(document, "undoKey", json_of_slice(result->undo_key));
	json_put(document, "verified", json_of_bool(result->verified));
	json_t *seconds = json_real(result->seconds);
	json_put(document, "seconds", seconds ? seconds : json_of_int(0));
	json_put(document, "plan", json_of_text(result->plan.hash));
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
	add_scope(out, &result->plan);
	plain_labelf(out, "Time", "%.1f seconds", result->seconds);
	plain_label(out, "Safety copy", result->undo_key);
	str_add_char(out, '\n');
	text_tally_table(out, style, "Rows by table", columns, ARRAY_LEN(columns));
	remarks_text(out, &result->plan);
	outside_lost_text(out, style, &result->plan);
	str_add_char(out, '\n');
	if (result->verified)
		plain_highlight(out, style, PLAIN_GOOD, "Imported, and every row was verified.");
	else
		plain_highlight(out, style, PLAIN_STRONG, "Imported, but not verified.");
	str_add_char(out, '\n');
}
