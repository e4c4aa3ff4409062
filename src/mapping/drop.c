/*
 * What excluding a mapping would drop: the items that name it in a column which cannot do without
 * it, and, table by table in the catalogue's order, those that refer to a dropped one. A table
 * stands behind every table that its rows refer to, so one pass is enough.
 *
 * The mapping's own key decides; where several mappings share type and key, the dependencies do
 * too.
 */
#include "mapping/internal.h"

#include "ry/ry.h"

#define DEPENDENCIES_LIMIT 8 /* of one column in the catalogue that are compared */

struct dropper {
	struct db *db;
	const struct catalogue *catalogue;
	struct slice backup_key;
	struct slice type, key;
	bool alone;            /* type and key occur once */
	struct str normalised; /* dependencies */
	struct str where;
	struct db_value values[3 + DEPENDENCIES_LIMIT * 29];
	size_t count;
};

/* The value of `name` in the normalised dependencies, else an empty one. */
static struct slice dependency(const struct dropper *dropper, const char *name)
{
	struct slice rest = str_slice(&dropper->normalised), piece, key, value;
	bool more = rest.len > 0;

	while (more) {
		more = slice_cut(rest, ',', &piece, &rest);
		if (slice_cut(more ? piece : rest, '=', &key, &value) && slice_is(key, name))
			return value;
	}
	return SLICE("");
}

/* "and the item's dependencies are those of the mapping", for one use of a column. */
static void add_dependencies(struct dropper *dropper, const struct catalogue_use *use)
{
	for (size_t d = 0; d < use->dependency_count && d < DEPENDENCIES_LIMIT; d++) {
		const struct catalogue_dependency *one = &use->dependencies[d];

		dropper->values[dropper->count++] =
			db_slice(dependency(dropper, one->name ? one->name : ""));
		str_addf(&dropper->where, " AND trim(COALESCE(i.f%u, ''), ' \t') = $%zu",
			one->column->field, dropper->count);
	}
}

/* The column names the mapping and cannot do without it. */
static void add_entity(struct dropper *dropper, const struct catalogue_column *column)
{
	CLEANUP(str_release) struct str type = STR_INIT;
	const struct catalogue_use *use = NULL;

	if (column->without != WITHOUT_DROP || !ry_entity_type(column, &type))
		return;
	for (size_t u = 0; u < column->use_count && !use; u++)
		if (slice_is(dropper->type, entity_name(column->uses[u].entity)))
			use = &column->uses[u];
	if (!use)
		return;
	str_addf(&dropper->where, " OR (i.f%u = $3 AND %s = '%s'", column->field, type.at,
		entity_name(use->entity));
	if (!dropper->alone)
		add_dependencies(dropper, use);
	str_add_char(&dropper->where, ')');
}

/* The column refers to a row that goes. */
static void add_row(struct dropper *dropper, const struct catalogue_column *column)
{
	for (size_t u = 0; u < column->use_count; u++) {
		const struct catalogue_use *use = &column->uses[u];

		if (use->role != ROLE_ROW)
			continue;
		str_addf(&dropper->where,
			" OR EXISTS (SELECT 1 FROM reqferry_m_drop d WHERE d.tablename = '%s' "
			"AND d.oldid = i.f%u",
			use->table->name, column->field);
		if (use->when) {
			str_addf(&dropper->where, " AND i.f%u = ", use->when->field);
			db_literal(&dropper->where, slice_of(use->equals));
		}
		str_add_char(&dropper->where, ')');
	}
}

static bool drop_table(struct dropper *dropper, const struct catalogue_table *table, int64_t *rows,
	struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;

	str_clear(&dropper->where);
	dropper->values[0] = db_slice(dropper->backup_key);
	dropper->values[1] = db_text(table->name);
	dropper->values[2] = db_slice(dropper->key);
	dropper->count = 3;
	for (size_t c = 0; c < table->column_count; c++) {
		add_entity(dropper, &table->columns[c]);
		add_row(dropper, &table->columns[c]);
	}
	*rows = 0;
	if (!dropper->where.len)
		return true;
	str_addf(&sql,
		"INSERT INTO reqferry_m_drop (tablename, oldid) SELECT i.tablename, i.oldid FROM "
		"reqferry_item i WHERE i.backupkey = $1 AND i.tablename = $2 AND (1 = 0%s)",
		dropper->where.at);
	return db_exec(dropper->db, sql.at, dropper->values, dropper->count, rows, err);
}

static bool drop_tables(struct dropper *dropper, struct arena *arena, struct mapping_drop **out,
	size_t *count, struct error *err)
{
	static const char *const indexes[] = {"tablename, oldid", NULL};
	const struct catalogue *catalogue = dropper->catalogue;
	const struct sql_words words = {.dialect = db_dialect(dropper->db)};
	struct mapping_drop *list = arena_alloc(arena, catalogue->table_count * sizeof(*list));
	size_t n = 0;

	if (!sql_make_table(dropper->db, &words, "reqferry_m_drop",
		    "tablename {key} NOT NULL, oldid {key}", indexes, err))
		return false;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		int64_t rows;

		if (!drop_table(dropper, &catalogue->tables[t], &rows, err))
			return false;
		if (rows > 0)
			list[n++] = (struct mapping_drop){
				arena_copy(arena, slice_of(catalogue->tables[t].name)), rows};
	}
	*out = list;
	*count = n;
	return sql_drop_table(dropper->db, "reqferry_m_drop", err);
}

static bool read_mapping(
	struct dropper *dropper, int64_t id, struct arena *arena, struct error *err)
{
	const struct db_value values[] = {db_slice(dropper->backup_key), db_int(id)};
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	bool row;

	if (!db_query(dropper->db,
		    "SELECT m.type, m.key, m.dependencies, (SELECT COUNT(*) FROM "
		    "reqferry_mapping s WHERE s.backupkey = $1 AND s.type = m.type AND s.key = "
		    "m.key) FROM reqferry_mapping m WHERE m.backupkey = $1 AND m.id = $2",
		    values, ARRAY_LEN(values), &rows, err) ||
		!db_rows_next(rows, &row, err))
		return false;
	if (!row)
		return FAIL(err, CHANGED, "the mapping was deleted meanwhile");
	dropper->type = arena_copy(arena, db_rows_text(rows, 0));
	dropper->key = arena_copy(arena, db_rows_text(rows, 1));
	catalogue_normalise_dependencies(db_rows_text(rows, 2), &dropper->normalised);
	dropper->alone = db_rows_int(rows, 3) == 1;
	return true;
}

bool drop_count(struct db *db, const struct catalogue *catalogue, struct slice backup_key,
	int64_t id, struct arena *arena, struct mapping_drop **out, size_t *count,
	struct error *err)
{
	struct dropper dropper = {.db = db,
		.catalogue = catalogue,
		.backup_key = backup_key,
		.normalised = STR_INIT,
		.where = STR_INIT};
	bool ok = read_mapping(&dropper, id, arena, err) &&
		  drop_tables(&dropper, arena, out, count, err);

	str_release(&dropper.normalised);
	str_release(&dropper.where);
	return ok;
}
