/*
 * What an undo did.
 */
#include "document/undo.h"
#include "document/internal.h"

static struct slice scope_text(struct slice scope)
{
	return scope.at ? scope : SLICE("everything");
}

/* --- undo --- */

static json_t *rows_json(const struct undo_rows *rows)
{
	json_t *array = json_new_array();
	for (size_t i = 0; i < rows->count; i++) {
		const struct undo_row *row = &rows->list[i];
		json_t *object = json_new_object();
		json_put(object, "table", json_of_slice(row->table));
		json_put(object, "id", json_of_int(row->id));
		json_put(object, "identity", json_of_slice(row->identity));
		json_put(object, "kind", json_of_slice(row->kind));
		json_push(array, object);
	}
	return array;
}

void document_undo_json(struct str *out, const struct undo_result *result)
{
	json_t *counts = json_new_object();
	json_put(counts, "changes", json_of_int(result->changes.total));
	json_put(counts, "kept", json_of_int(result->kept.total));
	json_put(counts, "leftOut", json_of_int(result->left_out.total));
	json_t *seconds = json_real(result->seconds), *document = json_new_object();
	json_put(document, "key", json_of_slice(result->copy.backup_key));
	json_put(document, "undoKey", json_of_slice(result->copy.key));
	json_put(document, "scope", json_of_slice(result->copy.scope));
	json_put(document, "removed", json_of_tallies(&result->removed));
	json_put(document, "restored", json_of_tallies(&result->restored));
	json_put(document, "changes", rows_json(&result->changes));
	json_put(document, "kept", rows_json(&result->kept));
	json_put(document, "leftOut", rows_json(&result->left_out));
	json_put(document, "counts", counts);
	json_put(document, "seconds", seconds ? seconds : json_of_int(0));
	json_finish(out, document);
}

static void rows_text(struct str *out, const struct document_style *style, const char *title,
	const struct undo_rows *rows)
{
	const struct grid_column columns[] = {
		{title, false, 0}, {"ID", true, 0}, {"WHICH", false, 10}, {"WHY", false, 0}};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	if (rows->count == 0)
		return;
	struct slice *cells = text_cells(&arena, rows->count, ARRAY_LEN(columns));
	for (size_t i = 0; i < rows->count; i++) {
		struct slice *row = cells + i * ARRAY_LEN(columns);
		row[0] = rows->list[i].table;
		row[1] = text_of_int(&arena, rows->list[i].id);
		row[2] = rows->list[i].identity;
		row[3] = rows->list[i].kind;
	}
	str_add_char(out, '\n');
	text_grid(out, style, columns, ARRAY_LEN(columns), cells, rows->count);
	text_more(out, rows->count, rows->total);
}

void document_undo_text(
	struct str *out, const struct document_style *style, const struct undo_result *result)
{
	const struct text_tally_column columns[] = {
		{"removed", &result->removed}, {"restored", &result->restored}};
	plain_label(out, "Undone", result->copy.backup_key);
	plain_label(out, "Scope", scope_text(result->copy.scope));
	plain_label(out, "Imported", result->copy.created);
	text_tally_table(out, style, "Rows by table", columns, ARRAY_LEN(columns));
	rows_text(out, style, "CHANGED SINCE", &result->changes);
	rows_text(out, style, "KEPT", &result->kept);
	rows_text(out, style, "NOT RESTORED", &result->left_out);
	str_add_char(out, '\n');
	plain_highlight(out, style, PLAIN_GOOD,
		result->left_out.total > 0
			? "The import was undone, but for the rows that were not restored."
			: "The import was undone.");
	str_add_text(out, "\nLet Requirement Yogi reindex, and empty its caches.\n");
}

void document_copy_text(struct str *out, const struct safety_copy *copy)
{
	plain_label(out, "Import of", copy->backup_key);
	plain_label(out, "Scope", scope_text(copy->scope));
	plain_label(out, "Imported", copy->created);
	plain_label(out, "By", copy->created_by);
	plain_label(out, "Safety copy", copy->key);
	plain_labelf(out, "Rows in it", "%lld", (long long)copy->rows);
}

/* --- deleted --- */

void document_copy_deleted_json(struct str *out, struct slice key, int64_t rows)
{
	json_t *object = json_new_object();
	json_put(object, "key", json_of_slice(key));
	json_put(object, "rows", json_of_int(rows));
	json_put(object, "kind", json_of_text("safety copy"));
	json_finish(out, object);
}

void document_copy_deleted_text(struct str *out, struct slice key, int64_t rows)
{
	str_add_text(out, "Deleted the safety copy \"");
	plain_safe(out, key);
	str_add_text(out, "\" of ");
	plain_count(out, rows, "row", "rows");
	str_add_text(out, ". Its import cannot be undone any more.\n");
}
