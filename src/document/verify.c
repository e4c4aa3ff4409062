/*
 * What should stand in the tables and what does.
 */
#include "document/internal.h"

static json_t *differences_json(const struct verify_result *result)
{
	json_t *array = json_new_array();
	for (size_t i = 0; i < result->difference_count; i++) {
		const struct difference *difference = &result->differences[i];
		json_t *object = json_new_object();
		json_put(object, "table", json_of_slice(difference->table));
		json_put(object, "oldId", json_of_slice(difference->old_id));
		json_put(object, "newId", json_of_slice(difference->new_id));
		json_put(object, "column", json_of_slice(difference->column));
		json_put(object, "kind", json_of_text(difference->kind));
		json_put(object, "expected", json_of_slice(difference->expected));
		json_put(object, "found", json_of_slice(difference->found));
		json_push(array, object);
	}
	return array;
}

void document_verify_json(struct str *out, const struct verify_result *result)
{
	json_t *tables = json_new_object();
	for (size_t i = 0; i < result->table_count; i++) {
		const struct verify_count *count = &result->tables[i];
		json_t *object = json_new_object();
		json_put(object, "expected", json_of_int(count->expected));
		json_put(object, "found", json_of_int(count->found));
		json_put(object, "different", json_of_int(count->different));
		json_put_slice(tables, count->table, object);
	}
	json_t *document = json_new_object();
	json_put(document, "ok", json_of_bool(result->ok));
	json_put(document, "tables", tables);
	json_put(document, "differences", differences_json(result));
	json_put(document, "count", json_of_int(result->difference_total));
	json_finish(out, document);
}

static void tables_text(
	struct str *out, const struct document_style *style, const struct verify_result *result)
{
	static const struct grid_column columns[] = {{"Rows by table", false, 0},
		{"expected", true, 0}, {"found", true, 0}, {"different", true, 0}};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct slice *cells = text_cells(&arena, result->table_count, ARRAY_LEN(columns));
	for (size_t i = 0; i < result->table_count; i++) {
		const struct verify_count *count = &result->tables[i];
		struct slice *row = cells + i * ARRAY_LEN(columns);
		row[0] = count->table;
		row[1] = text_of_int(&arena, count->expected);
		row[2] = text_of_int(&arena, count->found);
		row[3] = text_of_int(&arena, count->different);
	}
	text_grid(out, style, columns, ARRAY_LEN(columns), cells, result->table_count);
}

static void differences_text(
	struct str *out, const struct document_style *style, const struct verify_result *result)
{
	static const struct grid_column columns[] = {{"TABLE", false, 0}, {"OLD ID", false, 0},
		{"NEW ID", false, 0}, {"DIFFERENCE", false, 0}, {"COLUMN", false, 0},
		{"EXPECTED", false, 10}, {"FOUND", false, 10}};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	if (result->difference_count == 0)
		return;
	struct slice *cells = text_cells(&arena, result->difference_count, ARRAY_LEN(columns));
	for (size_t i = 0; i < result->difference_count; i++) {
		const struct difference *difference = &result->differences[i];
		struct slice *row = cells + i * ARRAY_LEN(columns);
		row[0] = difference->table;
		row[1] = difference->old_id;
		row[2] = difference->new_id;
		row[3] = slice_of(difference->kind);
		row[4] = difference->column;
		row[5] = difference->expected;
		row[6] = difference->found;
	}
	str_add_char(out, '\n');
	text_grid(out, style, columns, ARRAY_LEN(columns), cells, result->difference_count);
	text_more(out, result->difference_count, result->difference_total);
}

void document_verify_text(
	struct str *out, const struct document_style *style, const struct verify_result *result)
{
	tables_text(out, style, result);
	differences_text(out, style, result);
	str_add_char(out, '\n');
	if (result->ok) {
		plain_highlight(out, style, PLAIN_GOOD, "Everything stands as it should.");
	} else {
		struct str found CLEANUP(str_release) = STR_INIT;
		plain_count(&found, result->difference_total, "difference.", "differences.");
		plain_highlight(out, style, PLAIN_BAD, found.at);
	}
	str_add_char(out, '\n');
}
