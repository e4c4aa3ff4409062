/*
 * Rows of a table without an identity that would be there twice. What the scope erases makes room
 * for what comes in; but an issue may have been moved to a project that is not erased, and its rows
 * with it. Where rows have an identity, conflicts.c finds them. Others are taken for the same when
 * they say the same: about the same things, with the same texts, numbers and times.
 */
#include "ops/planner.h"

/* What can be written differently, or is made anew, does not tell rows apart. */
static bool tells_apart(const struct catalogue_column *column)
{
	for (size_t u = 0; u < column->use_count; u++)
		if (column->uses[u].role != ROLE_PLAIN && column->uses[u].role != ROLE_ENTITY)
			return false;
	return column->type != COLUMN_BOOLEAN;
}

/* '' and NULL are alike in staging. */
static void same_value(const struct ry *ry, const struct catalogue_column *column, struct str *sql)
{
	bool text = column->type == COLUMN_TEXT;
	str_add_text(sql, text ? " AND COALESCE(t." : " AND t.");
	db_identifier(sql, column->name);
	str_add_text(sql, text ? ", '') = COALESCE(" : " IS NOT DISTINCT FROM ");
	ry_value(ry, column, sql);
	if (text)
		str_add_text(sql, ", '')");
}

/* How many, and the first of them. */
static bool find_same(struct planner *planner, const struct catalogue_table *table, int64_t *count,
	int64_t *first, struct error *err)
{
	const struct db_value key = db_slice(planner->backup->key);
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	bool row;
	const struct ry *ry = &planner->instance->ry;
	const struct catalogue_column *scope = table->scope_columns[0];
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "SELECT count(DISTINCT i.id), min(i.id) FROM reqferry_item i");
	ry_joins(table, &sql);
	str_add_text(&sql, " LEFT JOIN reqferry_fate x ON x.item = i.id JOIN ");
	ry_from(ry, table, "t", &sql);
	str_add_text(&sql, " ON t.");
	db_identifier(&sql, scope->name);
	str_add_text(&sql, " = ");
	ry_value(ry, scope, &sql);
	for (size_t c = 0; c < table->column_count; c++)
		if (&table->columns[c] != scope && tells_apart(&table->columns[c]))
			same_value(ry, &table->columns[c], &sql);
	str_add_text(&sql, " LEFT JOIN reqferry_erase e ON e.tablename = ");
	db_literal(&sql, slice_of(table->full_name));
	str_add_text(&sql, " AND e.id = ");
	ry_id(ry, "t", &sql);
	str_add_text(&sql,
		" WHERE i.backupkey = $1 AND x.item IS NULL AND e.id IS NULL AND i.tablename = ");
	db_literal(&sql, slice_of(table->name));
	if (!db_query(planner->instance->db, sql.at, &key, 1, &rows, err) ||
		!db_rows_next(rows, &row, err))
		return false;
	*count = row ? db_rows_int(rows, 0) : 0;
	*first = row ? db_rows_int(rows, 1) : 0;
	return true;
}

static bool tell_same(struct planner *planner, const struct catalogue_table *table, int64_t count,
	int64_t first, struct error *err)
{
	struct str row CLEANUP(str_release) = STR_INIT;
	if (!planner_item(planner, table, first, &row, err))
		return false;
	planner_block(planner, "collision", count,
		"They are outside of what is erased: leave out what they refer to with \"map "
		"exclude\", "
		"or, when an earlier import brought them, take that back with \"undo\" first.",
		"%lld row%s of \"%s\" %s there already and would be there twice%s%s",
		(long long)count, count == 1 ? "" : "s", table->name, count == 1 ? "is" : "are",
		count == 1 ? ": " : ", the first is ", row.at);
	return true;
}

bool planner_block_twice(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	if (planner->options->erase == ERASE_EVERYTHING)
		return true;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		int64_t count, first;
		if (table->identity_count > 0 ||
			(table->scope != SCOPE_COLUMN && table->scope != SCOPE_ISSUE))
			continue;
		if (!find_same(planner, table, &count, &first, err) ||
			(count > 0 && !tell_same(planner, table, count, first, err)))
			return false;
	}
	return true;
}
