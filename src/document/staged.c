/*
 * What is in staging, and how it came there.
 */
#include "document/internal.h"

void document_staged_json(struct str *out, const struct document_staged *document)
{
	const struct staged *staged = document->staged;
	json_t *object = json_new_object();
	json_put(object, "key", json_of_slice(staged->key));
	json_put(object, "scope", json_of_slice(staged->scope));
	json_put(object, "tables", json_of_tallies(&staged->tables));
	json_put(object, "mappings", json_of_tallies(&staged->mappings));
	json_put(object, "rows", json_of_int(staged->rows));
	json_put(object, "vanished", json_of_int(staged->vanished));
	json_put(object, "unknownColumns", json_of_bool(staged->unknown_columns));
	json_put(object, "problems", json_of_int(staged->problems));
	json_put(object, "file", json_of_text(document->file));
	json_t *warnings = json_new_array();
	for (size_t i = 0; i < document->notes.count; i++)
		json_push(warnings, json_of_text(document->notes.list[i]));
	json_put(object, "warnings", warnings);
	json_finish(out, object);
}

static struct slice scope_text(struct slice scope)
{
	return scope.at ? scope : SLICE("everything");
}

void document_staged_text(
	struct str *out, const struct document_style *style, const struct document_staged *document)
{
	const struct staged *staged = document->staged;
	plain_label(out, "Backup", staged->key);
	plain_label(out, "Scope", scope_text(staged->scope));
	if (document->file)
		plain_label(out, "File", slice_of(document->file));
	text_tallies(out, style, "Rows by table", document->done, &staged->tables);
	text_tallies(out, style, "Entities by type", document->done, &staged->mappings);
	if (staged->tables.count == 0)
		str_addf(out, "\nNo rows were %s.\n", document->done);
	if (staged->problems > 0) {
		str_add_char(out, '\n');
		plain_count(out, staged->problems, "row", "rows");
		str_add_text(out,
			" cannot be imported as loaded: see \"reqferry validate\" and the plan.\n");
	}
}

/* --- list --- */

static json_t *copy_json(const struct safety_copy *copy)
{
	json_t *object = json_new_object();
	json_put(object, "key", json_of_slice(copy->key));
	json_put(object, "kind", json_of_text("safety copy"));
	json_put(object, "backup", json_of_slice(copy->backup_key));
	json_put(object, "scope", json_of_slice(copy->scope));
	json_put(object, "product", json_of_slice(copy->product));
	json_put(object, "rows", json_of_int(copy->rows));
	json_put(object, "bytes", json_of_int(copy->bytes));
	json_put(object, "ageDays", json_of_int(copy->age_days));
	json_put(object, "created", json_of_slice(copy->created));
	json_put(object, "createdBy", json_of_slice(copy->created_by));
	return object;
}

void document_list_json(struct str *out, const struct listed *list, size_t count)
{
	json_t *array = json_new_array();
	for (size_t i = 0; i < count; i++) {
		if (list[i].copy) {
			json_push(array, copy_json(list[i].copy));
			continue;
		}
		const struct stage_mapping_state *state = &list[i].mappings;
		json_t *mappings = json_new_object();
		json_put(mappings, "total", json_of_int(state->total));
		json_put(mappings, "mapped", json_of_int(state->mapped));
		json_put(mappings, "unmapped", json_of_int(state->unmapped));
		json_put(mappings, "excluded", json_of_int(state->excluded));
		json_t *object = json_new_object();
		json_put(object, "key", json_of_slice(list[i].backup.key));
		json_put(object, "scope", json_of_slice(list[i].backup.scope));
		json_put(object, "product", json_of_slice(list[i].backup.product));
		json_put(object, "rows", json_of_int(list[i].rows));
		json_put(object, "mappings", mappings);
		json_put(object, "created", json_of_slice(list[i].backup.created));
		json_put(object, "createdBy", json_of_slice(list[i].backup.created_by));
		json_put(object, "source", json_of_slice(list[i].backup.source));
		json_push(array, object);
	}
	json_finish(out, array);
}

/* "1.5 MiB" */
static struct slice text_of_bytes(struct arena *arena, int64_t bytes)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
	double size = (double)bytes;
	size_t unit = 0;
	while (size >= 1024 && unit + 1 < ARRAY_LEN(units)) {
		size /= 1024;
		unit++;
	}
	return slice_of(unit == 0 ? arena_printf(arena, "%lld bytes", (long long)bytes)
				  : arena_printf(arena, "%.1f %s", size, units[unit]));
}

static void copies_text(struct str *out, const struct document_style *style,
	const struct listed *list, size_t count)
{
	static const struct grid_column columns[] = {{"SAFETY COPY", false, 8},
		{"IMPORT OF", false, 8}, {"SCOPE", false, 5}, {"ROWS", true, 0}, {"SIZE", true, 0},
		{"DAYS OLD", true, 0}};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct slice *cells = text_cells(&arena, count, ARRAY_LEN(columns));
	for (size_t i = 0; i < count; i++) {
		struct slice *row = cells + i * ARRAY_LEN(columns);
		const struct safety_copy *copy = list[i].copy;
		row[0] = copy->key;
		row[1] = copy->backup_key;
		row[2] = scope_text(copy->scope);
		row[3] = text_of_int(&arena, copy->rows);
		row[4] = text_of_bytes(&arena, copy->bytes);
		row[5] = text_of_int(&arena, copy->age_days);
	}
	text_grid(out, style, columns, ARRAY_LEN(columns), cells, count);
}

static void backups_text(struct str *out, const struct document_style *style,
	const struct listed *list, size_t count)
{
	static const struct grid_column columns[] = {{"KEY", false, 8}, {"SCOPE", false, 5},
		{"ROWS", true, 0}, {"MAPPED", true, 0}, {"OPEN", true, 0}, {"EXCLUDED", true, 0},
		{"CREATED", false, 0}};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct slice *cells = text_cells(&arena, count, ARRAY_LEN(columns));
	for (size_t i = 0; i < count; i++) {
		struct slice *row = cells + i * ARRAY_LEN(columns);
		row[0] = list[i].backup.key;
		row[1] = scope_text(list[i].backup.scope);
		row[2] = text_of_int(&arena, list[i].rows);
		row[3] = text_of_int(&arena, list[i].mappings.mapped);
		row[4] = text_of_int(&arena, list[i].mappings.unmapped);
		row[5] = text_of_int(&arena, list[i].mappings.excluded);
		row[6] = list[i].backup.created;
	}
	text_grid(out, style, columns, ARRAY_LEN(columns), cells, count);
}

void document_list_text(struct str *out, const struct document_style *style,
	const struct listed *list, size_t count)
{
	size_t backups = 0;
	while (backups < count && !list[backups].copy)
		backups++;
	if (backups > 0)
		backups_text(out, style, list, backups);
	else
		str_add_text(out, "There is no backup here.\n");
	if (backups == count)
		return;
	str_add_char(out, '\n');
	copies_text(out, style, list + backups, count - backups);
}

/* --- delete --- */

void document_delete_json(struct str *out, struct slice key, int64_t rows)
{
	json_t *object = json_new_object();
	json_put(object, "key", json_of_slice(key));
	json_put(object, "rows", json_of_int(rows));
	json_finish(out, object);
}

void document_delete_text(struct str *out, struct slice key, int64_t rows)
{
	str_add_text(out, "Deleted the backup \"");
	plain_safe(out, key);
	str_add_text(out, "\" with ");
	plain_count(out, rows, "row", "rows");
	str_add_text(out, ".\n");
}
