/*
 * References that leave a scope, in staging and in the manifest.
 *
 * Staging holds a row's own columns as an item's fields, and the identities of its two ends in a0
 * ... and b0 .... In the manifest the row is one object of texts: the column's name for a column,
 * "END.COLUMN" for a column of the identity of the row at that end, and "END#" for which of several
 * rows of that identity it is, where it is not the first. What has no value is left out.
 */
#include <jansson.h>

#include "ops/outside.h"

enum {
	FIELDS = CATALOGUE_LAST_FIELD - CATALOGUE_FIRST_FIELD + 1,
	/* of a row of staging: backupkey, id, tablename, aplace, bplace, a0 ..., b0 ..., f4 ... */
	FIRST_END = 5,
	FIRST_FIELD = FIRST_END + 2 * OUTSIDE_COLUMNS,
	VALUES = FIRST_FIELD + FIELDS
};

/* Kinds with two ends, both of which can be named: a citation stands in the file itself. */
static bool is_stored(const struct catalogue_table *table, struct outside_kind *kind)
{
	return outside_kind_of(table, kind) && kind->end_count == 2 &&
	       outside_has_identity(kind->ends[0]->uses[0].table) &&
	       outside_has_identity(kind->ends[1]->uses[0].table);
}

static bool is_end(const struct outside_kind *kind, const struct catalogue_column *column)
{
	return column == kind->ends[0] || column == kind->ends[1];
}

/* --- the other ends' spaces --- */

/* Appends SELECTs of every entity key of a type that an end's identity holds. */
static void end_keys(struct instance *instance, enum entity entity, struct str *sql)
{
	const struct catalogue *catalogue = instance->catalogue;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		struct outside_kind kind;
		if (!is_stored(&catalogue->tables[t], &kind))
			continue;
		for (size_t e = 0; e < 2; e++) {
			const struct catalogue_table *target = kind.ends[e]->uses[0].table;
			for (size_t k = 0; k < target->identity_count; k++) {
				if (target->identity[k]->uses[0].entity != entity)
					continue;
				str_addf(sql,
					"%sSELECT i.%c%zu AS key FROM reqferry_outside i WHERE "
					"i.backupkey = $1 AND i.tablename = ",
					sql->len ? " UNION " : "", e ? 'b' : 'a', k);
				db_literal(sql, slice_of(kind.table->name));
			}
		}
	}
}

/*
 * The entities of the ends need mappings like any other, but no row of the file: they are derived,
 * as projects are. `describe`: their names come from this host; else from the evidence.
 */
static bool derive_entity(struct instance *instance, struct slice key, enum entity entity,
	bool describe, struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct host_description host;
	struct str keys CLEANUP(str_release) = STR_INIT, sql CLEANUP(str_release) = STR_INIT;
	const struct db_value values[] = {db_slice(key), db_text(entity_name(entity))};
	end_keys(instance, entity, &keys);
	if (keys.len == 0)
		return true;
	str_addf(&sql,
		"INSERT INTO reqferry_mapping (id, backupkey, type, key, infile, width, rev) "
		"SELECT (SELECT COALESCE(max(id), 0) FROM reqferry_mapping WHERE backupkey = $1) + "
		"ROW_NUMBER() OVER (ORDER BY d.key), $1, $2, d.key, 0, %d, 0 FROM (%s) d WHERE "
		"d.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reqferry_mapping m WHERE "
		"m.backupkey = $1 AND m.type = $2 AND m.key = d.key)",
		MAPPING_WIDTH, keys.at);
	if (!db_exec(instance->db, sql.at, values, 2, NULL, err))
		return false;
	if (describe && host_describe(&instance->host, entity, &arena, &host) && host.name) {
		str_clear(&sql);
		str_addf(&sql,
			"INSERT INTO reqferry_evidence (backupkey, type, key, name) SELECT $1, $2, "
			"e.key, %s FROM (SELECT m.key AS key, NULL AS number, NULL AS dependencies "
			"FROM reqferry_mapping m WHERE m.backupkey = $1 AND m.type = $2 AND "
			"m.infile = 0) e %s WHERE (%s) AND NOT EXISTS (SELECT 1 FROM "
			"reqferry_evidence v WHERE v.backupkey = $1 AND v.type = $2 AND v.key = "
			"e.key)",
			host.name, host.joins, host.found);
		if (!db_exec(instance->db, sql.at, values, 2, NULL, err))
			return false;
	}
	return db_exec(instance->db,
		"UPDATE reqferry_mapping SET title = (SELECT min(v.name) FROM reqferry_evidence v "
		"WHERE v.backupkey = $1 AND v.type = $2 AND v.key = reqferry_mapping.key) WHERE "
		"backupkey = $1 AND type = $2 AND infile = 0 AND title IS NULL",
		values, 2, NULL, err);
}

static bool derive_entities(
	struct instance *instance, struct slice key, bool describe, struct error *err)
{
	for (enum entity entity = 0; entity < ENTITY_COUNT; entity++)
		if (!derive_entity(instance, key, entity, describe, err))
			return false;
	return true;
}

/* --- export --- */

/* " JOIN (the identities of the end's rows) p<e>" */
static void join_end(
	const struct ry *ry, const struct outside_kind *kind, size_t e, struct str *sql)
{
	const struct catalogue_table *target = kind->ends[e]->uses[0].table;
	struct str same CLEANUP(str_release) = STR_INIT;
	str_add_text(sql, " JOIN (SELECT u.id AS id");
	for (size_t k = 0; k < target->identity_count; k++) {
		str_addf(&same, "%su.k%zu", k ? ", " : "", k);
		str_addf(sql, ", u.k%zu AS k%zu", k, k);
	}
	str_addf(sql, ", ROW_NUMBER() OVER (PARTITION BY %s ORDER BY u.id) AS place FROM (SELECT ",
		same.at);
	ry_id(ry, "t", sql);
	str_add_text(sql, " AS id");
	for (size_t k = 0; k < target->identity_count; k++) {
		str_add_text(sql, ", ");
		ry_text_of(ry, target->identity[k], sql);
		str_addf(sql, " AS k%zu", k);
	}
	str_add_text(sql, " FROM ");
	ry_from(ry, target, "t", sql);
	str_addf(sql, ") u) p%zu ON p%zu.id = t.", e, e);
	db_identifier(sql, kind->ends[e]->name);
}

static bool export_kind(struct instance *instance, const struct outside_kind *kind,
	struct slice key, struct slice scope, int64_t first, int64_t *rows, struct error *err)
{
	const struct ry *ry = &instance->ry;
	struct str sql CLEANUP(str_release) = STR_INIT, names CLEANUP(str_release) = STR_INIT,
		       values CLEANUP(str_release) = STR_INIT,
		       joins CLEANUP(str_release) = STR_INIT;
	for (size_t e = 0; e < 2; e++) {
		for (size_t k = 0; k < kind->ends[e]->uses[0].table->identity_count; k++) {
			str_addf(&names, ", %c%zu", e ? 'b' : 'a', k);
			str_addf(&values, ", p%zu.k%zu", e, k);
		}
		str_addf(&names, ", %cplace", e ? 'b' : 'a');
		str_addf(&values, ", NULLIF(p%zu.place, 1)", e);
		join_end(ry, kind, e, &joins);
	}
	for (size_t c = 0; c < kind->table->column_count; c++) {
		const struct catalogue_column *column = &kind->table->columns[c];
		if (is_end(kind, column))
			continue;
		str_addf(&names, ", f%u", column->field);
		str_add_text(&values, ", ");
		ry_text_of(ry, column, &values);
	}
	str_addf(&sql,
		"INSERT INTO reqferry_outside (backupkey, id, tablename%s) SELECT $1, $2 + "
		"ROW_NUMBER() OVER (ORDER BY ",
		names.at);
	ry_id(ry, "t", &sql);
	str_add_text(&sql, "), ");
	db_literal(&sql, slice_of(kind->table->name));
	str_add(&sql, str_slice(&values));
	str_add_text(&sql, " FROM ");
	ry_from(ry, kind->table, "t", &sql);
	str_add(&sql, str_slice(&joins));
	str_add_text(&sql, " WHERE ");
	ry_in_scope(ry, kind->table, "t", "$3", RY_TOUCHED, &sql);
	str_add_text(&sql, " AND NOT ");
	ry_in_scope(ry, kind->table, "t", "$3", RY_INSIDE, &sql);
	const struct db_value parameters[] = {db_slice(key), db_int(first), db_slice(scope)};
	return db_exec(instance->db, sql.at, parameters, ARRAY_LEN(parameters), rows, err);
}

bool outside_export(
	struct instance *instance, struct slice key, struct slice scope, struct error *err)
{
	const struct catalogue *catalogue = instance->catalogue;
	int64_t total = 0;
	for (size_t t = 0; scope.at && t < catalogue->table_count; t++) {
		struct outside_kind kind;
		int64_t rows;
		if (!is_stored(&catalogue->tables[t], &kind))
			continue;
		if (!export_kind(instance, &kind, key, scope, total, &rows, err))
			return false;
		total += rows;
	}
	return total == 0 || derive_entities(instance, key, true, err);
}

/* --- write --- */

static void put_text(json_t *object, const char *name, struct slice text, bool *ok)
{
	if (text.at)
		*ok &= json_object_set_new(object, name, json_stringn(text.at, text.len)) == 0;
}

/* The row as JSON text; columns: table, a0 ..., b0 ..., f4 ..., aplace, bplace */
static struct slice row_json(
	struct arena *arena, const struct outside_kind *kind, struct db_rows *rows, bool *ok)
{
	json_t *object = json_object();
	*ok = object != NULL;
	for (size_t c = 0; c < kind->table->column_count; c++) {
		const struct catalogue_column *column = &kind->table->columns[c];
		size_t place = 1 + 2 * OUTSIDE_COLUMNS + column->field - CATALOGUE_FIRST_FIELD;
		if (!is_end(kind, column))
			put_text(object, column->name, db_rows_text(rows, place), ok);
	}
	for (size_t e = 0; e < 2; e++) {
		const struct catalogue_table *target = kind->ends[e]->uses[0].table;
		for (size_t k = 0; k < target->identity_count; k++) {
			struct str name CLEANUP(str_release) = STR_INIT;
			str_addf(&name, "%s.%s", kind->ends[e]->name, target->identity[k]->name);
			put_text(object, name.at, db_rows_text(rows, 1 + e * OUTSIDE_COLUMNS + k),
				ok);
		}
	}
	for (size_t e = 0; e < 2; e++) {
		struct str name CLEANUP(str_release) = STR_INIT;
		str_addf(&name, "%s#", kind->ends[e]->name);
		put_text(object, name.at, db_rows_text(rows, 1 + 2 * OUTSIDE_COLUMNS + FIELDS + e),
			ok);
	}
	char *text = *ok ? json_dumps(object, JSON_COMPACT) : NULL;
	struct slice copy = arena_copy(arena, slice_of(text));
	*ok &= text != NULL;
	free(text);
	json_decref(object);
	return copy;
}

bool outside_write(
	struct instance *instance, struct slice key, struct manifest *manifest, struct error *err)
{
	const struct db_value value = db_slice(key);
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	int64_t count;
	if (!db_query_int(instance->db,
		    "SELECT count(*) FROM reqferry_outside WHERE backupkey = $1", &value, 1, 0,
		    &count, err))
		return false;
	manifest->outside =
		arena_alloc(&manifest->arena, (size_t)count * sizeof(*manifest->outside));
	str_add_text(&sql, "SELECT i.tablename");
	outside_columns("i.", 'a', &sql);
	outside_columns("i.", 'b', &sql);
	str_add_text(&sql, ", ");
	stage_field_list(&sql, "i", CATALOGUE_FIRST_FIELD, CATALOGUE_LAST_FIELD);
	str_add_text(&sql, ", i.aplace, i.bplace FROM reqferry_outside i WHERE i.backupkey = $1 "
			   "ORDER BY i.id");
	if (!db_query(instance->db, sql.at, &value, 1, &rows, err))
		return false;
	while (manifest->outside_count < (size_t)count) {
		struct outside_kind kind;
		bool row, ok;
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		const struct catalogue_table *table =
			catalogue_table(instance->catalogue, db_rows_text(rows, 0));
		if (!table || !is_stored(table, &kind))
			continue; /* staged with another catalogue */
		struct slice text = row_json(&manifest->arena, &kind, rows, &ok);
		if (!ok)
			return FAIL(err, INPUT,
				"cannot write the manifest: a reference of \"%s\" is not valid "
				"UTF-8",
				table->name);
		manifest->outside[manifest->outside_count++] =
			(struct manifest_outside){slice_of(table->name), text};
	}
	return true;
}

/* --- load --- */

struct loading {
	struct instance *instance;
	struct db_value values[VALUES];
};

static bool refuse(
	const struct catalogue_table *table, const char *member, const char *why, struct error *err)
{
	return FAIL_HINT(err, INPUT,
		"Copy the manifest again together with the backup file, or correct the catalogue.",
		"the manifest's references: \"%s\", \"%s\": %s", table->name, member, why);
}

/* The column that a member of the row names, and its place among the values. */
static const struct catalogue_column *column_of(
	const struct outside_kind *kind, const char *name, size_t *place)
{
	struct slice end, rest;
	if (!slice_cut(slice_of(name), '.', &end, &rest)) {
		const struct catalogue_column *column =
			catalogue_column(kind->table, slice_of(name));
		if (column)
			*place = FIRST_FIELD + column->field - CATALOGUE_FIRST_FIELD;
		return column && !is_end(kind, column) ? column : NULL;
	}
	for (size_t e = 0; e < 2; e++) {
		const struct catalogue_table *target = kind->ends[e]->uses[0].table;
		for (size_t k = 0; slice_is(end, kind->ends[e]->name) && k < target->identity_count;
			k++) {
			if (!slice_is(rest, target->identity[k]->name))
				continue;
			*place = FIRST_END + e * OUTSIDE_COLUMNS + k;
			return target->identity[k];
		}
	}
	return NULL;
}

/* "END#" */
static bool is_place(const struct outside_kind *kind, const char *name, size_t *place)
{
	struct slice end, rest;
	for (size_t e = 0; e < 2; e++) {
		if (!slice_cut(slice_of(name), '#', &end, &rest) || rest.len > 0 ||
			!slice_is(end, kind->ends[e]->name))
			continue;
		*place = 3 + e;
		return true;
	}
	return false;
}

/* The value as the live column takes it. */
static bool check_value(const struct loading *loading, const struct catalogue_table *table,
	const struct catalogue_column *column, const char *name, struct slice text,
	struct error *err)
{
	const struct ry_live *live = &loading->instance->ry.live[column->owner->index];
	const struct db_column *real = live->columns[column - column->owner->columns];
	const char *problem = catalogue_check_value(
		column->type, text, real && real->bits ? real->bits : 64, real ? real->length : 0);
	return !problem || refuse(table, name, problem, err);
}

static bool load_row(struct loading *loading, const struct outside_kind *kind, json_t *row,
	struct db_bulk *bulk, struct error *err)
{
	const char *name;
	json_t *value;
	for (size_t i = 2; i < ARRAY_LEN(loading->values); i++)
		loading->values[i] = db_null();
	loading->values[2] = db_text(kind->table->name);
	json_object_foreach(row, name, value)
	{
		size_t place;
		struct slice text = {json_string_value(value), json_string_length(value)};
		if (is_place(kind, name, &place)) {
			int64_t number;
			if (!slice_to_int64(text, &number) || number < 1)
				return refuse(kind->table, name, "is no place", err);
			loading->values[place] = db_int(number);
			continue;
		}
		const struct catalogue_column *column = column_of(kind, name, &place);
		if (!column)
			return refuse(kind->table, name, "the catalogue has no such column", err);
		if (!check_value(loading, kind->table, column, name, text, err))
			return false;
		if (text.len > 0)
			loading->values[place] = db_slice(text);
	}
	return db_bulk_row(bulk, loading->values, err);
}

static bool load_one(struct loading *loading, const struct manifest_outside *outside,
	struct db_bulk *bulk, struct error *err)
{
	const struct catalogue_table *table =
		catalogue_table(loading->instance->catalogue, outside->table);
	struct outside_kind kind;
	if (!table || !is_stored(table, &kind))
		return FAIL_HINT(err, INPUT, "Correct the catalogue (docs/catalogue.md).",
			"the manifest's references: the catalogue has no table \"%.*s\" whose rows "
			"have two ends",
			SLICE_PRINT(outside->table));
	json_t *row = json_loadb(outside->row.at, outside->row.len, 0, NULL);
	if (!row)
		return refuse(table, "row", "is no JSON", err);
	bool ok = load_row(loading, &kind, row, bulk, err);
	json_decref(row);
	return ok;
}

static void name_columns(const char *names[VALUES], struct arena *arena)
{
	size_t n = 0;
	names[n++] = "backupkey";
	names[n++] = "id";
	names[n++] = "tablename";
	names[n++] = "aplace";
	names[n++] = "bplace";
	for (size_t i = 0; i < 2 * OUTSIDE_COLUMNS; i++)
		names[n++] = arena_printf(
			arena, "%c%zu", i < OUTSIDE_COLUMNS ? 'a' : 'b', i % OUTSIDE_COLUMNS);
	for (unsigned field = CATALOGUE_FIRST_FIELD; field <= CATALOGUE_LAST_FIELD; field++)
		names[n++] = arena_printf(arena, "f%u", field);
}

/* Those that do not leave the scope stay in staging, so that a written manifest is as it was. */
static bool tell_ignored(
	struct instance *instance, struct slice key, struct task *task, struct error *err)
{
	const struct catalogue *catalogue = instance->catalogue;
	const struct db_value value = db_slice(key);
	int64_t total = 0;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		struct outside_kind kind;
		struct str sql CLEANUP(str_release) = STR_INIT;
		int64_t count;
		if (!is_stored(&catalogue->tables[t], &kind))
			continue;
		str_add_text(&sql, "SELECT count(*) FROM reqferry_outside i JOIN reqferry_backup b "
				   "ON b.backupkey = i.backupkey WHERE i.backupkey = $1 AND "
				   "i.tablename = ");
		db_literal(&sql, slice_of(kind.table->name));
		str_add_text(&sql, " AND NOT COALESCE(");
		outside_leaves(&kind, &sql);
		str_add_text(&sql, ", 1 = 0)");
		if (!db_query_int(instance->db, sql.at, &value, 1, 0, &count, err))
			return false;
		total += count;
	}
	if (total > 0)
		task_warn(task,
			"%lld reference%s of the manifest do%s not leave the backup's scope: %s "
			"ignored",
			(long long)total, total == 1 ? "" : "s", total == 1 ? "es" : "",
			total == 1 ? "it is" : "they are");
	return true;
}

bool outside_load(struct instance *instance, struct slice key, const struct manifest *manifest,
	struct task *task, struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct loading loading = {.instance = instance};
	const char *names[ARRAY_LEN(loading.values)];
	struct db_bulk *bulk = NULL;
	if (manifest->outside_count == 0)
		return true;
	name_columns(names, &arena);
	if (!db_bulk_open(instance->db, "reqferry_outside", names, ARRAY_LEN(names), &bulk, err))
		return false;
	loading.values[0] = db_slice(key);
	for (size_t i = 0; i < manifest->outside_count; i++) {
		loading.values[1] = db_int((int64_t)i + 1);
		if (!load_one(&loading, &manifest->outside[i], bulk, err)) {
			db_bulk_discard(&bulk);
			return false;
		}
	}
	return db_bulk_end(&bulk, err) && derive_entities(instance, key, false, err) &&
	       tell_ignored(instance, key, task, err);
}
