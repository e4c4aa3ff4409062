/*
 * Judges staged items that did not come from a file, and references between items.
 *
 * A database gives values of the right type, but an embedded one keeps whatever was written into
 * it, so an export is judged by the same validator as a file.
 */
#include "backup/shape.h"
#include "ops/internal.h"

enum { FIELDS = CATALOGUE_LAST_FIELD - CATALOGUE_FIRST_FIELD + 1 };

struct shape *judge_new(struct instance *instance)
{
	struct shape *shape = shape_new(instance->catalogue, NULL, NULL);
	for (size_t t = 0; t < instance->catalogue->table_count; t++) {
		const struct ry_live *live = &instance->ry.live[t];
		for (size_t c = 0; c < live->table->column_count; c++) {
			const struct db_column *real = live->columns[c];
			if (!real)
				continue;
			const struct shape_live limits = {.bits = real->bits ? real->bits : 64,
				.length = real->length,
				.required = real->not_null &&
					    live->table->columns[c].type != COLUMN_TEXT};
			shape_set_live(shape, &live->table->columns[c], &limits);
		}
	}
	return shape;
}

struct fault {
	struct fault *next;
	int64_t id;
	struct slice problem;
};

static bool find_faults(struct instance *instance, struct slice key, struct shape *shape,
	struct arena *arena, struct fault **faults, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value value = db_slice(key);
	str_add_text(&sql, "SELECT i.id, i.tablename, i.oldid, i.width, ");
	stage_field_list(&sql, "i", CATALOGUE_FIRST_FIELD, CATALOGUE_LAST_FIELD);
	str_add_text(&sql, " FROM reqferry_item i WHERE i.backupkey = $1 ORDER BY i.id");
	if (!db_query(instance->db, sql.at, &value, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		struct slice fields[3 + FIELDS] = {
			SLICE("DBBackupItem"), db_rows_text(rows, 1), db_rows_text(rows, 2)};
		for (size_t f = 0; f < FIELDS; f++)
			fields[3 + f] = db_rows_text(rows, 4 + f);
		const struct backup_record record = {.kind = BACKUP_ITEM,
			.fields = fields,
			.count = (size_t)db_rows_int(rows, 3),
			.table = fields[1],
			.old_id = fields[2]};
		const char *problem = shape_item(shape, &record);
		if (!problem)
			continue;
		struct fault *fault = arena_alloc(arena, sizeof(*fault));
		*fault = (struct fault){
			*faults, db_rows_int(rows, 0), arena_copy(arena, slice_of(problem))};
		*faults = fault;
	}
}

bool judge_values(struct instance *instance, struct slice key, struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct shape *shape CLEANUP(shape_free) = judge_new(instance);
	struct fault *faults = NULL;
	if (!find_faults(instance, key, shape, &arena, &faults, err))
		return false;
	for (; faults; faults = faults->next) {
		const struct db_value values[] = {
			db_slice(key), db_int(faults->id), db_slice(faults->problem)};
		if (!db_exec(instance->db,
			    "UPDATE reqferry_item SET problem = $3 WHERE backupkey = $1 AND id = "
			    "$2",
			    values, ARRAY_LEN(values), NULL, err))
			return false;
	}
	return true;
}

bool judge_references(struct instance *instance, struct slice key, struct error *err)
{
	const struct catalogue *catalogue = instance->catalogue;
	const struct db_value value = db_slice(key);
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		for (size_t c = 0; c < table->column_count; c++) {
			const struct catalogue_column *column = &table->columns[c];
			struct str sql CLEANUP(str_release) = STR_INIT,
				       words CLEANUP(str_release) = STR_INIT;
			if (column->uses[0].role != ROLE_ROW)
				continue;
			str_addf(&words, "%s: refers to no row of the backup", column->name);
			str_add_text(&sql, "UPDATE reqferry_item SET problem = ");
			db_literal(&sql, str_slice(&words));
			str_addf(&sql,
				" WHERE backupkey = $1 AND problem IS NULL AND f%u IS NOT NULL AND "
				"NOT EXISTS (SELECT 1 FROM reqferry_item r WHERE r.backupkey = $1 "
				"AND r.oldid = reqferry_item.f%u AND r.tablename = ",
				column->field, column->field);
			db_literal(&sql, slice_of(column->uses[0].table->name));
			str_add_text(&sql, ") AND tablename = ");
			db_literal(&sql, slice_of(table->name));
			if (!db_exec(instance->db, sql.at, &value, 1, NULL, err))
				return false;
		}
	}
	return true;
}
