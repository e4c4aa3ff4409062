/*
 * Live rows: which belong to a scope, and how their columns are spelled in a backup file.
 */
#include "ry/ry.h"

void ry_from(const struct ry *ry UNUSED, const struct catalogue_table *table, const char *alias,
	struct str *sql)
{
	db_identifier(sql, table->full_name);
	str_addf(sql, " %s", alias);
}

void ry_id(const struct ry *ry, const char *alias, struct str *sql)
{
	str_addf(sql, "%s.", alias);
	db_identifier(sql, ry->catalogue->id_column);
}

static void add_column(struct str *sql, const char *alias, const struct catalogue_column *column)
{
	str_addf(sql, "%s.", alias);
	db_identifier(sql, column->name);
}

/* `alias`.column IN (SELECT id FROM the table it refers to, in scope) */
static void refers_into_scope(const struct ry *ry, const struct catalogue_column *column,
	const char *alias, const char *keys, enum ry_edge edge, struct str *sql)
{
	struct str inner CLEANUP(str_release) = STR_INIT;
	str_addf(&inner, "%s_", alias); /* each level of nesting has an alias of its own */
	add_column(sql, alias, column);
	str_add_text(sql, " IN (SELECT ");
	ry_id(ry, inner.at, sql);
	str_add_text(sql, " FROM ");
	ry_from(ry, column->uses[0].table, inner.at, sql);
	str_add_text(sql, " WHERE ");
	ry_in_scope(ry, column->uses[0].table, inner.at, keys, edge, sql);
	str_add_char(sql, ')');
}

/* `alias`.id IN (SELECT the referring column FROM the referrer, in scope) */
static void referred_from_scope(const struct ry *ry, const struct catalogue_column *referrer,
	const char *alias, const char *keys, enum ry_edge edge, struct str *sql)
{
	struct str inner CLEANUP(str_release) = STR_INIT;
	str_addf(&inner, "%s_", alias);
	ry_id(ry, alias, sql);
	str_add_text(sql, " IN (SELECT ");
	add_column(sql, inner.at, referrer);
	str_add_text(sql, " FROM ");
	ry_from(ry, referrer->owner, inner.at, sql);
	str_add_text(sql, " WHERE ");
	ry_in_scope(ry, referrer->owner, inner.at, keys, edge, sql);
	str_add_char(sql, ')');
}

void ry_in_scope(const struct ry *ry, const struct catalogue_table *table, const char *alias,
	const char *keys, enum ry_edge edge, struct str *sql)
{
	if (!keys) {
		str_add_text(sql, "1 = 1");
		return;
	}
	const struct catalogue_column *const *columns = table->scope_columns;
	struct str expression CLEANUP(str_release) = STR_INIT;
	switch (table->scope) {
	case SCOPE_COLUMN:
		add_column(sql, alias, columns[0]);
		str_addf(sql, " IN (%s)", keys);
		break;
	case SCOPE_ROW:
		refers_into_scope(ry, columns[0], alias, keys, edge, sql);
		break;
	case SCOPE_ISSUE:
		add_column(&expression, alias, columns[0]);
		ry->issue_in_projects(ry->context, expression.at, keys, sql);
		break;
	case SCOPE_EITHER:
		str_add_char(sql, '(');
		refers_into_scope(ry, columns[0], alias, keys, edge, sql);
		str_add_text(sql, edge == RY_INSIDE ? " AND " : " OR ");
		refers_into_scope(ry, columns[1], alias, keys, edge, sql);
		str_add_char(sql, ')');
		break;
	case SCOPE_REFERENCED_BY:
		referred_from_scope(ry, columns[0], alias, keys, edge, sql);
		break;
	case SCOPE_NONE:
		str_add_text(sql, "1 = 0");
		break;
	}
}

void ry_without_scope(const struct catalogue_table *table, const char *alias, struct str *sql)
{
	const struct catalogue_column *const *columns = table->scope_columns;
	switch (table->scope) {
	case SCOPE_COLUMN:
	case SCOPE_ROW:
	case SCOPE_ISSUE:
		add_column(sql, alias, columns[0]);
		str_add_text(sql, " IS NULL");
		break;
	case SCOPE_EITHER:
		add_column(sql, alias, columns[0]);
		str_add_text(sql, " IS NULL AND ");
		add_column(sql, alias, columns[1]);
		str_add_text(sql, " IS NULL");
		break;
	default:
		str_add_text(sql, "1 = 0");
	}
}

void ry_text_of(const struct ry *ry, const struct catalogue_column *column, struct str *sql)
{
	const char *const templates[] = {
		[COLUMN_TEXT] = ry->dialect->text_to_text_f,
		[COLUMN_INTEGER] = ry->dialect->integer_to_text_f,
		[COLUMN_BOOLEAN] = ry->dialect->boolean_to_text_f,
		[COLUMN_TIMESTAMP] = ry->dialect->timestamp_to_text_f,
	};
	struct str expression CLEANUP(str_release) = STR_INIT;
	add_column(&expression, "t", column);
	str_add_text(sql, "NULLIF(");
	dialect_apply(sql, templates[column->type], expression.at);
	str_add_text(sql, ", '')");
}

void ry_comparable(const struct ry *ry, const struct catalogue_column *column, struct str *sql)
{
	const struct db_column *live =
		ry->live[column->owner->index].columns[column - column->owner->columns];
	/* where nothing can differ the bare column lets the database use its index */
	bool alike = column->type == COLUMN_TEXT && live && !live->not_null;
	str_add_text(sql, alike ? "NULLIF(" : "");
	add_column(sql, "t", column);
	str_add_text(sql, alike ? ", '')" : "");
}

void ry_id_text(const struct ry *ry, struct str *sql)
{
	struct str expression CLEANUP(str_release) = STR_INIT;
	ry_id(ry, "t", &expression);
	dialect_apply(sql, ry->dialect->integer_to_text_f, expression.at);
}

void ry_columns_json(const struct ry *ry, const char *const *columns, size_t count, struct str *sql)
{
	const struct dialect *dialect = ry->dialect;
	struct str row CLEANUP(str_release) = STR_INIT;
	str_add_text(&row, dialect->row_json_open);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && i % DIALECT_ROW_PAIRS == 0)
			str_addf(&row, "%s%s%s", dialect->row_json_close, dialect->row_json_join,
				dialect->row_json_open);
		else if (i > 0)
			str_add_text(&row, ", ");
		db_literal(&row, slice_of(columns[i]));
		str_add_text(&row, ", t.");
		db_identifier(&row, columns[i]);
	}
	str_add_text(&row, dialect->row_json_close);
	dialect_apply(sql, dialect->row_json_f, row.at);
}

void ry_row_json(const struct ry *ry, const struct catalogue_table *table, struct str *sql)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	const struct ry_live *live = &ry->live[table->index];
	const char **names = arena_alloc(&arena, live->all_count * sizeof(*names));
	for (size_t i = 0; i < live->all_count; i++)
		names[i] = live->all[i].name;
	ry_columns_json(ry, names, live->all_count, sql);
}
