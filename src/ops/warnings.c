/*
 * What forbids nothing and somebody should know before an import.
 *
 *     upper-key         upper-case copies that are not: made anew
 *     lost-columns      fields that are left out, as --accept lost-columns says
 *     same-identity     rows that share an identity already in the backup: they go in as they are
 */
#include "ops/planner.h"

bool planner_upper(struct planner *planner, const struct catalogue_column *column,
	struct planner_upper *out, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value key = db_slice(planner->backup->key);
	bool row;
	str_addf(&sql,
		"SELECT count(*), count(j.item), min(j.item) FROM reqferry_item i" JOIN_FATE
		" LEFT JOIN reqferry_json j ON j.item = i.id AND j.field = %u WHERE i.backupkey = "
		"$1 AND x.item IS NULL AND i.problem IS NULL AND i.f%u IS NOT NULL AND i.tablename "
		"= ",
		column->field, column->field);
	db_literal(&sql, slice_of(column->owner->name));
	*out = (struct planner_upper){.values = 0};
	if (!db_query(planner->instance->db, sql.at, &key, 1, &rows, err) ||
		!db_rows_next(rows, &row, err))
		return false;
	if (row)
		*out = (struct planner_upper){
			db_rows_int(rows, 0), db_rows_int(rows, 1), db_rows_int(rows, 2)};
	return true;
}

static bool warn_upper(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		for (size_t c = 0; c < catalogue->tables[t].column_count; c++) {
			const struct catalogue_column *column = &catalogue->tables[t].columns[c];
			struct str row CLEANUP(str_release) = STR_INIT;
			struct planner_upper upper;
			if (column->uses[0].role != ROLE_UPPER)
				continue;
			if (!planner_upper(planner, column, &upper, err))
				return false;
			if (upper.failed == 0)
				continue;
			if (!planner_value(planner, column->owner, column, upper.first, &row, err))
				return false;
			planner_warn(planner, "upper-key", upper.failed,
				"Look at these rows at the origin if you did not expect them.",
				"%s.%s: %lld value%s not %s in upper case and %s made anew%s%s",
				column->owner->name, column->name, (long long)upper.failed,
				upper.failed == 1 ? " is" : "s are", column->uses[0].follows->name,
				upper.failed == 1 ? "is" : "are",
				upper.failed == 1 ? ": " : ", the first is ", row.at);
		}
	}
	return true;
}

/* The first field of an item that the catalogue has no column for: its number and its text. */
static bool first_surplus(struct planner *planner, const struct catalogue_table *table,
	int64_t item, struct str *out, struct error *err)
{
	unsigned first = CATALOGUE_FIRST_FIELD + (unsigned)table->column_count;
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value values[] = {db_slice(planner->backup->key), db_int(item)};
	bool row;
	str_add_text(&sql, "SELECT i.oldid");
	for (unsigned f = first; f <= CATALOGUE_LAST_FIELD; f++)
		str_addf(&sql, ", i.f%u", f);
	str_add_text(&sql, " FROM reqferry_item i WHERE i.backupkey = $1 AND i.id = $2");
	if (!db_query(planner->instance->db, sql.at, values, 2, &rows, err) ||
		!db_rows_next(rows, &row, err))
		return false;
	str_addf(
		out, "%s %.*s", table->name, SLICE_PRINT(row ? db_rows_text(rows, 0) : SLICE_NULL));
	for (unsigned f = first; row && f <= CATALOGUE_LAST_FIELD; f++) {
		struct slice text = db_rows_text(rows, 1 + f - first);
		if (!text.at)
			continue;
		str_addf(out, " with field %u, ", f);
		planner_quote(text, out);
		return true;
	}
	return true;
}

bool planner_surplus(struct planner *planner, const struct catalogue_table *table, int64_t *count,
	struct str *first, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value key = db_slice(planner->backup->key);
	bool row;
	str_add_text(&sql, "SELECT count(*), min(i.id) FROM reqferry_item i" JOIN_FATE
			   " WHERE i.backupkey = $1 AND " ITEM_COMES_IN " AND (i.more IS NOT NULL");
	for (unsigned f = CATALOGUE_FIRST_FIELD + (unsigned)table->column_count;
		f <= CATALOGUE_LAST_FIELD; f++)
		str_addf(&sql, " OR i.f%u IS NOT NULL", f);
	str_addf(&sql, ") AND i.width > %u AND i.tablename = ", table->width);
	db_literal(&sql, slice_of(table->name));
	*count = 0;
	if (!db_query(planner->instance->db, sql.at, &key, 1, &rows, err) ||
		!db_rows_next(rows, &row, err))
		return false;
	int64_t found = row ? db_rows_int(rows, 0) : 0, item = row ? db_rows_int(rows, 1) : 0;
	db_rows_end(&rows);
	if (found > 0 && !first_surplus(planner, table, item, first, err))
		return false;
	*count = found;
	return true;
}

static bool warn_lost_columns(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	for (size_t t = 0; planner->options->accept_lost_columns && t < catalogue->table_count;
		t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		struct str row CLEANUP(str_release) = STR_INIT;
		int64_t count;
		if (!planner_surplus(planner, table, &count, &row, err))
			return false;
		if (count > 0)
			planner_warn(planner, "lost-columns", count,
				"Keep the file: the fields stay in it.",
				"%lld row%s of \"%s\" %s fields for which there is no column, and "
				"they are left out%s%s",
				(long long)count, count == 1 ? "" : "s", table->name,
				count == 1 ? "has" : "have", count == 1 ? ": " : ", the first is ",
				row.at);
	}
	return true;
}

/* Rows that agree in every column of the identity, as the backup has it, but the first of each. */
static bool warn_same_identity(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		struct str sql CLEANUP(str_release) = STR_INIT,
			       keys CLEANUP(str_release) = STR_INIT,
			       row CLEANUP(str_release) = STR_INIT;
		const struct db_value key = db_slice(planner->backup->key);
		struct db_rows *rows CLEANUP(db_rows_end) = NULL;
		bool found;
		if (table->identity_count == 0)
			continue;
		for (size_t k = 0; k < table->identity_count; k++)
			str_addf(&keys, "%si.f%u", k ? ", " : "", table->identity[k]->field);
		str_addf(&sql,
			"SELECT COALESCE(sum(g.rows), 0), count(*), min(g.first) FROM (SELECT "
			"count(*) AS rows, min(i.id) AS first FROM reqferry_item i" JOIN_FATE
			" WHERE i.backupkey = $1 AND " ITEM_COMES_IN " AND i.tablename = ");
		db_literal(&sql, slice_of(table->name));
		str_addf(&sql, " GROUP BY %s HAVING count(*) > 1) g", keys.at);
		if (!db_query(planner->instance->db, sql.at, &key, 1, &rows, err) ||
			!db_rows_next(rows, &found, err))
			return false;
		int64_t count = db_rows_int(rows, 0), groups = db_rows_int(rows, 1),
			first = db_rows_int(rows, 2);
		db_rows_end(&rows);
		if (groups == 0)
			continue;
		if (!planner_item(planner, table, first, &row, err))
			return false;
		planner_warn(planner, "same-identity", count,
			"They are so at the origin: look at them there.",
			"%lld rows of \"%s\" share %lld identit%s already in the backup and go in "
			"as they are, the first is %s",
			(long long)count, table->name, (long long)groups, groups == 1 ? "y" : "ies",
			row.at);
	}
	return true;
}

bool planner_find_warnings(struct planner *planner, struct error *err)
{
	return warn_upper(planner, err) && warn_lost_columns(planner, err) &&
	       warn_same_identity(planner, err);
}
