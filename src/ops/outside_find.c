/*
 * References that leave a scope: the words of their SQL, and what was and what will be there.
 *
 * Rows are found by their identity as text, column by column, '' for NULL. Where several rows share
 * an identity, as happens on real sites, the n-th of those that were there stands for the n-th of
 * those that will be: `place` counts them, `total` is how many there are.
 */
#include "ops/outside.h"

/* --- words --- */

bool outside_has_identity(const struct catalogue_table *table)
{
	for (size_t k = 0; k < table->identity_count; k++) {
		const struct catalogue_column *column = table->identity[k];
		if (column->use_count != 1 || column->uses[0].role == ROLE_ROW ||
			column->uses[0].dependency_count > 0)
			return false;
	}
	return table->identity_count > 0 && table->identity_count <= OUTSIDE_COLUMNS;
}

static void add_other(struct outside_kind *kind, const struct catalogue_column *column)
{
	for (size_t i = 0; i < kind->end_count; i++)
		if (kind->ends[i] == column)
			return;
	if (kind->other_count < OUTSIDE_COLUMNS)
		kind->others[kind->other_count++] = column;
}

bool outside_kind_of(const struct catalogue_table *table, struct outside_kind *out)
{
	struct outside_kind kind = {.table = table};
	if (table->scope == SCOPE_EITHER)
		kind.end_count = 2;
	else if (table->citation)
		kind.end_count = 1;
	else
		return false;
	for (size_t i = 0; i < kind.end_count; i++)
		kind.ends[i] = table->scope_columns[i];
	if (table->citation) {
		for (size_t i = 0; i < table->citation->same_count; i++)
			add_other(&kind, table->citation->same[i]);
		add_other(&kind, table->citation->page);
	} else {
		for (size_t k = 0; k < table->identity_count; k++)
			add_other(&kind, table->identity[k]);
	}
	*out = kind;
	return true;
}

void outside_columns(const char *prefix, char letter, struct str *sql)
{
	for (int k = 0; k < OUTSIDE_COLUMNS; k++)
		str_addf(sql, ", %s%c%d", prefix, letter, k);
}

void outside_same(const char *x, char letter_x, const char *y, char letter_y, struct str *sql)
{
	for (int k = 0; k < OUTSIDE_COLUMNS; k++)
		str_addf(
			sql, "%s%s%c%d = %s%c%d", k ? " AND " : "", x, letter_x, k, y, letter_y, k);
}

void outside_texts(const struct ry *ry, const struct catalogue_column *const *columns, size_t count,
	char letter, struct str *sql)
{
	for (size_t k = 0; k < OUTSIDE_COLUMNS; k++) {
		if (k < count) {
			str_add_text(sql, ", COALESCE(");
			ry_text_of(ry, columns[k], sql);
			str_addf(sql, ", '') AS %c%zu", letter, k);
		} else {
			str_addf(sql, ", '' AS %c%zu", letter, k);
		}
	}
}

void outside_words(const char *x, char letter, struct str *sql)
{
	for (int k = 0; k < OUTSIDE_COLUMNS; k++)
		str_addf(sql,
			"%sCASE WHEN COALESCE(%s%c%d, '') = '' THEN '' ELSE '%s' || %s%c%d END",
			k ? " || " : "", x, letter, k, k ? " " : "", x, letter, k);
}

void outside_item_words(const struct catalogue *catalogue, const char *x, struct str *sql)
{
	str_add_text(sql, "CASE WHEN 1 = 0 THEN NULL");
	for (size_t t = 0; t < catalogue->table_count; t++) {
		struct outside_kind kind;
		if (!outside_kind_of(&catalogue->tables[t], &kind) || !kind.table->citation)
			continue;
		const struct catalogue_table *target = kind.ends[0]->uses[0].table;
		str_addf(sql, " WHEN %s.tablename = ", x);
		db_literal(sql, slice_of(target->name));
		str_add_text(sql, " THEN ''");
		for (size_t k = 0; k < target->identity_count; k++) {
			unsigned n = target->identity[k]->field;
			str_addf(sql, " || COALESCE(%s%s.f%u, '')", k ? "' ' || " : "", x, n);
		}
	}
	str_add_text(sql, " END");
}

void outside_values(const struct ry *ry, const struct catalogue_column *const *columns,
	size_t count, struct str *sql)
{
	for (size_t k = 0; k < count; k++) {
		str_add_text(sql, ", ");
		ry_value(ry, columns[k], sql);
		str_add_text(sql, " AS ");
		db_identifier(sql, columns[k]->name);
	}
}

void outside_joins(const struct catalogue_column *const *columns, size_t count, struct str *sql)
{
	for (size_t k = 0; k < count; k++) {
		struct str type CLEANUP(str_release) = STR_INIT;
		if (ry_entity_type(columns[k], &type))
			ry_join_mapping(columns[k], sql);
	}
}

void outside_back(const struct catalogue_table *table, struct str *sql)
{
	str_addf(sql, "reqferry_back_%zu", table->index);
}

/* --- staged references --- */

bool outside_is_inside(const struct catalogue_table *target, char letter, struct str *sql)
{
	for (size_t k = 0; target->scope == SCOPE_COLUMN && k < target->identity_count; k++) {
		if (target->identity[k] != target->scope_columns[0])
			continue;
		str_addf(sql, "(i.%c%zu IS NOT NULL AND i.%c%zu = b.scope)", letter, k, letter, k);
		return true;
	}
	return false;
}

void outside_leaves(const struct outside_kind *kind, struct str *sql)
{
	struct str a CLEANUP(str_release) = STR_INIT, b CLEANUP(str_release) = STR_INIT;
	if (outside_is_inside(kind->ends[0]->uses[0].table, 'a', &a) &&
		outside_is_inside(kind->ends[1]->uses[0].table, 'b', &b))
		str_addf(sql, "CASE WHEN %s THEN 1 ELSE 0 END + CASE WHEN %s THEN 1 ELSE 0 END = 1",
			a.at, b.at);
	else
		str_add_text(sql, "b.scope IS NOT NULL");
}

/* --- rows by identity --- */

bool outside_for_targets(
	struct instance *instance, outside_target_fn add, const void *context, struct error *err)
{
	const struct catalogue *catalogue = instance->catalogue;
	uint64_t done = 0;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		struct outside_kind kind;
		if (!outside_kind_of(&catalogue->tables[t], &kind))
			continue;
		for (size_t e = 0; e < kind.end_count; e++) {
			const struct catalogue_table *target = kind.ends[e]->uses[0].table;
			uint64_t bit = (uint64_t)1 << target->index;
			if ((done & bit) || !outside_has_identity(target))
				continue;
			done |= bit;
			if (!add(instance, target, context, err))
				return false;
		}
	}
	return true;
}

void outside_join_erase(
	const struct ry *ry, const struct catalogue_table *table, const char *kind, struct str *sql)
{
	str_addf(sql, " %s reqferry_erase e ON e.tablename = ", kind);
	db_literal(sql, slice_of(table->full_name));
	str_add_text(sql, " AND e.id = ");
	ry_id(ry, "t", sql);
}

void outside_partition(const char *function, const char *order, struct str *sql)
{
	struct str columns CLEANUP(str_release) = STR_INIT;
	outside_columns("u.", 'k', &columns);
	str_addf(sql, ", %s OVER (PARTITION BY %s%s%s)", function, columns.at + 2,
		order ? " ORDER BY " : "", order ? order : "");
}

struct target_context {
	const struct stage_backup *backup;
	bool live;
};

/* The kept items, then the live rows that stay. */
static bool add_target(struct instance *instance, const struct catalogue_table *target,
	const void *context, struct error *err)
{
	const struct target_context *wanted = context;
	const struct ry *ry = &instance->ry;
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO reqferry_target (tablename, ref, place, total");
	outside_columns("", 'k', &sql);
	str_add_text(&sql, ") SELECT ");
	db_literal(&sql, slice_of(target->full_name));
	str_add_text(&sql, ", u.ref");
	outside_partition(
		"ROW_NUMBER()", "CASE WHEN u.ref < 0 THEN 0 ELSE 1 END, abs(u.ref)", &sql);
	outside_partition("count(*)", NULL, &sql);
	outside_columns("u.", 'k', &sql);
	str_add_text(&sql, " FROM (SELECT t.ref AS ref");
	outside_texts(ry, target->identity, target->identity_count, 'k', &sql);
	str_add_text(&sql, " FROM (SELECT -i.id AS ref");
	outside_values(ry, target->identity, target->identity_count, &sql);
	str_add_text(&sql, " FROM reqferry_item i");
	outside_joins(target->identity, target->identity_count, &sql);
	str_add_text(&sql, " LEFT JOIN reqferry_fate x ON x.item = i.id WHERE i.backupkey = $1 AND "
			   "x.item IS NULL AND i.tablename = ");
	db_literal(&sql, slice_of(target->name));
	str_add_text(&sql, ") t");
	if (wanted->live) {
		str_add_text(&sql, " UNION ALL SELECT ");
		ry_id(ry, "t", &sql);
		outside_texts(ry, target->identity, target->identity_count, 'k', &sql);
		str_add_text(&sql, " FROM ");
		ry_from(ry, target, "t", &sql);
		outside_join_erase(ry, target, "LEFT JOIN", &sql);
		str_add_text(&sql, " WHERE e.id IS NULL");
	}
	str_add_text(&sql, ") u");
	const struct db_value key = db_slice(wanted->backup->key);
	return db_exec(instance->db, sql.at, &key, 1, NULL, err);
}

bool outside_find_targets(
	struct instance *instance, const struct stage_backup *backup, bool live, struct error *err)
{
	const struct target_context context = {backup, live};
	return outside_for_targets(instance, add_target, &context, err);
}

/* --- rows that the backup brings --- */

bool outside_find_brought(struct instance *instance, const struct stage_backup *backup,
	const struct outside_kind *kind, struct error *err)
{
	const struct ry *ry = &instance->ry;
	const struct catalogue_citation *citation = kind->table->citation;
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO reqferry_brought (tablename, a, b");
	outside_columns("", 'o', &sql);
	str_add_text(&sql, ") SELECT ");
	db_literal(&sql, slice_of(kind->table->full_name));
	str_add_text(&sql, ", t.a, t.b");
	outside_texts(ry, kind->others, kind->other_count, 'o', &sql);
	str_add_text(&sql, " FROM (SELECT ");
	for (size_t e = 0; e < 2; e++) {
		unsigned n = e < kind->end_count ? kind->ends[e]->field : 0;
		if (n > 0)
			str_addf(&sql, "%sCOALESCE(y%u.newid, -COALESCE(y%u.into_item, r%u.id))",
				e ? ", " : "", n, n, n);
		else
			str_add_text(&sql, ", NULL");
		str_addf(&sql, " AS %c", e ? 'b' : 'a');
	}
	outside_values(ry, kind->others, kind->other_count, &sql);
	str_add_text(&sql, " FROM reqferry_item i");
	for (size_t e = 0; e < kind->end_count; e++) {
		unsigned n = kind->ends[e]->field;
		if (ry_join_row(kind->ends[e], &sql))
			str_addf(
				&sql, " LEFT JOIN reqferry_fate y%u ON y%u.item = r%u.id", n, n, n);
	}
	outside_joins(kind->others, kind->other_count, &sql);
	str_add_text(&sql, " LEFT JOIN reqferry_fate x ON x.item = i.id WHERE i.backupkey = $1 AND "
			   "x.item IS NULL AND i.tablename = ");
	db_literal(&sql, slice_of(kind->table->name));
	if (citation) {
		str_addf(&sql, " AND i.f%u = '%s' AND (", citation->column->field,
			citation->is ? "true" : "false");
		ry_entity_type(citation->page, &sql);
		str_add_text(&sql, ") = ");
		db_literal(&sql, slice_of(entity_name(ENTITY_PAGE)));
	}
	str_add_text(&sql, ") t WHERE t.a IN (SELECT r.a FROM reqferry_reference r WHERE "
			   "r.tablename = ");
	db_literal(&sql, slice_of(kind->table->full_name));
	str_add_char(&sql, ')');
	const struct db_value key = db_slice(backup->key);
	return db_exec(instance->db, sql.at, &key, 1, NULL, err);
}
