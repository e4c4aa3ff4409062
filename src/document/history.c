/*
 * The list of changes of mappings, and what an undo of one did.
 */
#include "document/history.h"
#include "document/internal.h"

/* --- changes --- */

static json_t *batch_object(const struct mapping_batch *batch)
{
	struct str what CLEANUP(str_release) = STR_INIT;
	json_t *object = json_new_object();
	mapping_batch_text(batch, &what);
	json_put(object, "number", json_of_int(batch->number));
	json_put(object, "date", json_of_slice(batch->date));
	json_put(object, "by", json_of_slice(batch->by));
	json_put(object, "change", json_of_text(mapping_change_word(batch->kind)));
	json_put(object, "text", json_of_slice(str_slice(&what)));
	json_put(object, "mappings", json_of_int(batch->chosen));
	json_put(object, "derived", json_of_int(batch->derived));
	json_put(object, "undoes", json_of_number(batch->undoes));
	json_put(object, "undoneBy", json_of_number(batch->undone_by));
	json_put(object, "undoable", json_of_bool(mapping_batch_stands(batch)));
	json_put(object, "type", json_of_slice(batch->type));
	json_put(object, "key", json_of_slice(batch->key));
	json_put(object, "dependencies", json_of_slice(batch->dependencies));
	json_put(object, "oldStatus", json_of_slice(batch->old_status));
	json_put(object, "newStatus", json_of_slice(batch->new_status));
	json_put(object, "oldDestination", json_of_slice(batch->old_destination));
	json_put(object, "newDestination", json_of_slice(batch->new_destination));
	return object;
}

void document_change_json(struct str *out, const struct mapping_batch *batch)
{
	json_finish(out, batch_object(batch));
}

#define CHANGE_COLUMNS 5

static void batch_cells(
	const struct mapping_batch *batch, struct arena *arena, struct slice cells[CHANGE_COLUMNS])
{
	struct str what CLEANUP(str_release) = STR_INIT;
	mapping_batch_text(batch, &what);
	cells[0] = text_of_int(arena, batch->number);
	cells[1] = text_date(arena, batch->date);
	cells[2] = batch->by;
	cells[3] = arena_copy(arena, str_slice(&what));
	cells[4] = batch->undone_by ? text_of_int(arena, batch->undone_by) : SLICE_NULL;
}

void document_changes_begin(struct grid *grid)
{
	static const struct grid_column columns[CHANGE_COLUMNS] = {{"CHANGE", true, 0},
		{"WHEN", false, 0}, {"WHO", false, 6}, {"WHAT", false, 12}, {"UNDONE", true, 0}};
	grid_begin(grid, columns, CHANGE_COLUMNS);
}

void document_changes_measure(struct grid *grid, const struct mapping_batch *batch)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct slice cells[CHANGE_COLUMNS];
	batch_cells(batch, &arena, cells);
	grid_measure(grid, cells);
}

void document_changes_title(struct str *out, const struct document_style *style, struct grid *grid)
{
	grid_fit(grid, style->width);
	grid_title(grid, style, out);
}

void document_changes_row(
	struct str *out, const struct grid *grid, const struct mapping_batch *batch)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct slice cells[CHANGE_COLUMNS];
	batch_cells(batch, &arena, cells);
	grid_row(grid, cells, out);
}

/* --- undo --- */

void document_map_undo_json(struct str *out, const struct mapping_undo_result *result)
{
	json_t *document = json_new_object(), *rows = json_new_array();
	for (size_t i = 0; i < result->count; i++) {
		const struct mapping_undo_row *row = &result->rows[i];
		json_t *object = json_new_object();
		json_put(object, "type", json_of_slice(row->type));
		json_put(object, "key", json_of_slice(row->key));
		json_put(object, "dependencies", json_of_slice(row->dependencies));
		json_put(object, "oldStatus", json_of_slice(row->old_status));
		json_put(object, "newStatus", json_of_slice(row->new_status));
		json_put(object, "oldDestination", json_of_slice(row->old_destination));
		json_put(object, "newDestination", json_of_slice(row->new_destination));
		json_put(object, "derived", json_of_bool(row->derived));
		json_push(rows, object);
	}
	json_put(document, "number", json_of_number(result->number));
	json_put(document, "dryRun", json_of_bool(result->number == 0));
	json_put(document, "undone", batch_object(&result->undone));
	json_put(document, "restored", json_of_int(result->restored));
	json_put(document, "asBefore", json_of_int(result->as_before));
	json_put(document, "derived", json_of_int(result->derived));
	json_put(document, "mappings", rows);
	json_finish(out, document);
}

static void rows_text(struct str *out, const struct document_style *style,
	const struct mapping_undo_result *result)
{
	static const struct grid_column columns[] = {
		{"TYPE", false, 0}, {"KEY", false, 10}, {"FROM", false, 10}, {"TO", false, 10}};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	if (result->count == 0)
		return;
	struct slice *cells = text_cells(&arena, result->count, ARRAY_LEN(columns));
	for (size_t i = 0; i < result->count; i++) {
		const struct mapping_undo_row *row = &result->rows[i];
		struct slice *cell = cells + i * ARRAY_LEN(columns);
		cell[0] = row->type;
		cell[1] = row->key;
		cell[2] = text_state(&arena, row->old_status, row->old_destination);
		cell[3] = text_state(&arena, row->new_status, row->new_destination);
	}
	str_add_char(out, '\n');
	text_grid(out, style, columns, ARRAY_LEN(columns), cells, result->count);
	text_more(out, result->count, result->restored + result->derived);
}

static void add_batch(struct str *out, const char *label, const struct mapping_batch *batch)
{
	struct str what CLEANUP(str_release) = STR_INIT;
	mapping_batch_text(batch, &what);
	plain_labelf(out, label, "change %lld", (long long)batch->number);
	plain_label(out, "What", str_slice(&what));
	plain_label(out, "Who", batch->by);
	plain_label(out, "When", batch->date);
	str_add_char(out, '\n');
}

static void add_counts(struct str *out, const struct mapping_undo_result *result)
{
	plain_count(out, result->restored, "mapping returns to what it was",
		"mappings return to what they were");
	str_add_text(out, ".\n");
	if (result->as_before > 0) {
		plain_count(out, result->as_before, "mapping is so already and is",
			"mappings are so already and are");
		str_add_text(out, " left alone.\n");
	}
	if (result->derived > 0) {
		plain_count(out, result->derived, "automatic mapping returns",
			"automatic mappings return");
		str_add_text(out,
			" to Not mapped, as what it follows changes: run \"reqferry map auto\" "
			"again.\n");
	}
}

void document_map_undo_preview(struct str *out, const struct mapping_undo_result *result)
{
	add_batch(out, "To undo", &result->undone);
	add_counts(out, result);
}

void document_map_undo_text(struct str *out, const struct document_style *style,
	const struct mapping_undo_result *result)
{
	add_batch(out, result->number ? "Undone" : "To undo", &result->undone);
	add_counts(out, result);
	rows_text(out, style, result);
	if (result->undone.kind == CHANGE_AUTO)
		str_add_text(out, "\nRunning \"reqferry map auto\" again finds the same, unless "
				  "something else changes.\n");
	if (result->number == 0)
		str_add_text(out, "\nNothing was changed.\n");
}
