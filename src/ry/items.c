/*
 * Staged items: what their fields refer to, and the values that an import gives the live columns.
 */
#include "ry/ry.h"

/* "i.f7 = 'PAGE'" */
static void add_when(const struct catalogue_use *use, struct str *sql)
{
	str_addf(sql, "i.f%u = ", use->when->field);
	db_literal(sql, slice_of(use->equals));
}

/* Appends what `add` says of the use that applies, as a CASE when there are several uses. */
static void by_use(const struct catalogue_column *column,
	void (*add)(const struct catalogue_column *column, const struct catalogue_use *use,
		struct str *sql),
	struct str *sql)
{
	if (column->use_count == 1 && !column->uses[0].when) {
		add(column, &column->uses[0], sql);
		return;
	}
	str_add_text(sql, "CASE");
	bool otherwise = false;
	for (size_t u = 0; u < column->use_count; u++) {
		const struct catalogue_use *use = &column->uses[u];
		otherwise = !use->when;
		if (otherwise) {
			str_add_text(sql, " ELSE ");
		} else {
			str_add_text(sql, " WHEN ");
			add_when(use, sql);
			str_add_text(sql, " THEN ");
		}
		add(column, use, sql);
	}
	str_add_text(sql, otherwise ? " END" : " ELSE NULL END");
}

static bool has_role(const struct catalogue_column *column, enum role role)
{
	for (size_t u = 0; u < column->use_count; u++)
		if (column->uses[u].role == role)
			return true;
	return false;
}

static void add_type(const struct catalogue_column *column UNUSED, const struct catalogue_use *use,
	struct str *sql)
{
	if (use->role == ROLE_ENTITY)
		db_literal(sql, slice_of(entity_name(use->entity)));
	else
		str_add_text(sql, "NULL");
}

bool ry_entity_type(const struct catalogue_column *column, struct str *sql)
{
	if (!has_role(column, ROLE_ENTITY))
		return false;
	by_use(column, add_type, sql);
	return true;
}

static void add_dependencies(const struct catalogue_column *column UNUSED,
	const struct catalogue_use *use, struct str *sql)
{
	if (use->dependency_count == 0) {
		str_add_text(sql, "NULL");
		return;
	}
	for (size_t d = 0; d < use->dependency_count; d++) {
		const struct catalogue_dependency *dependency = &use->dependencies[d];
		struct str name CLEANUP(str_release) = STR_INIT;
		str_addf(&name, "%s%s=", d ? ", " : "", dependency->name ? dependency->name : "");
		if (d > 0)
			str_add_text(sql, " || ");
		if (dependency->name) {
			db_literal(sql, str_slice(&name));
			str_addf(sql, " || COALESCE(i.f%u, '')", dependency->column->field);
		} else {
			/* a bare value that is missing means no dependencies at all */
			str_addf(sql, "i.f%u", dependency->column->field);
		}
	}
}

void ry_entity_dependencies(const struct catalogue_column *column, struct str *sql)
{
	by_use(column, add_dependencies, sql);
}

static bool has_dependencies(const struct catalogue_column *column)
{
	for (size_t u = 0; u < column->use_count; u++)
		if (column->uses[u].dependency_count > 0)
			return true;
	return false;
}

void ry_join_mapping(const struct catalogue_column *column, struct str *sql)
{
	unsigned n = column->field;
	str_addf(sql, " LEFT JOIN reqferry_resolved m%u ON m%u.key = i.f%u AND m%u.type = ", n, n,
		n, n);
	ry_entity_type(column, sql);
	if (has_dependencies(column)) {
		str_addf(
			sql, " AND (m%u.alone = 1 OR m%u.dependencies IS NOT DISTINCT FROM ", n, n);
		ry_entity_dependencies(column, sql);
		str_add_char(sql, ')');
	} else {
		/* the same key under several dependencies cannot be meant without one */
		str_addf(sql, " AND (m%u.alone = 1 OR m%u.dependencies IS NULL)", n, n);
	}
}

bool ry_join_row(const struct catalogue_column *column, struct str *sql)
{
	if (column->uses[0].role != ROLE_ROW)
		return false;
	unsigned n = column->field;
	str_addf(sql,
		" LEFT JOIN reqferry_item r%u ON r%u.backupkey = i.backupkey AND r%u.tablename = ",
		n, n, n);
	db_literal(sql, slice_of(column->uses[0].table->name));
	str_addf(sql, " AND r%u.oldid = i.f%u", n, n);
	return true;
}

void ry_joins(const struct catalogue_table *table, struct str *sql)
{
	for (size_t c = 0; c < table->column_count; c++) {
		const struct catalogue_column *column = &table->columns[c];
		if (has_role(column, ROLE_ENTITY))
			ry_join_mapping(column, sql);
		else if (column->uses[0].role == ROLE_JSON_LINKS ||
			 column->uses[0].role == ROLE_UPPER)
			str_addf(sql,
				" LEFT JOIN reqferry_json j%u ON j%u.item = i.id AND j%u.field = "
				"%u",
				column->field, column->field, column->field, column->field);
		else
			(void)ry_join_row(column, sql);
	}
}

/* The value as text, before it is given the column's type. */
static void add_text_value(
	const struct ry *ry, const struct catalogue_column *column, struct str *sql)
{
	unsigned n = column->field;
	const struct catalogue_use *use = &column->uses[0];
	if (has_role(column, ROLE_ENTITY)) {
		str_add_text(sql, "CASE WHEN (");
		ry_entity_type(column, sql);
		str_addf(sql, ") IS NULL THEN i.f%u", n);
		if (column->without == WITHOUT_KEEP)
			str_addf(sql, " ELSE COALESCE(m%u.destination, i.f%u) END", n, n);
		else
			str_addf(sql, " ELSE m%u.destination END", n);
	} else if (use->role == ROLE_ISSUE_KEY) {
		str_addf(sql, "COALESCE(m%u.issuekey, i.f%u)", use->follows->field, n);
	} else if (use->role == ROLE_UPPER) {
		struct str base CLEANUP(str_release) = STR_INIT;
		str_addf(&base, "i.f%u", use->follows->field);
		str_addf(sql, "COALESCE(j%u.value, i.f%u, ", n, n);
		dialect_apply(sql, ry->dialect->upper_f, base.at);
		str_add_char(sql, ')');
	} else if (use->role == ROLE_JSON_LINKS) {
		str_addf(sql, "CASE WHEN j%u.item IS NOT NULL THEN j%u.value ELSE i.f%u END", n, n,
			n);
	} else {
		str_addf(sql, "i.f%u", n);
	}
}

void ry_value(const struct ry *ry, const struct catalogue_column *column, struct str *sql)
{
	if (column->uses[0].role == ROLE_ROW) {
		str_addf(sql, "r%u.newid", column->field);
		return;
	}
	const char *const templates[] = {
		[COLUMN_INTEGER] = ry->dialect->text_to_integer_f,
		[COLUMN_BOOLEAN] = ry->dialect->text_to_boolean_f,
		[COLUMN_TIMESTAMP] = ry->dialect->text_to_timestamp_f,
	};
	struct str text CLEANUP(str_release) = STR_INIT;
	add_text_value(ry, column, &text);
	if (column->type == COLUMN_TEXT) {
		const struct db_column *live =
			ry->live[column->owner->index].columns[column - column->owner->columns];
		/* a file cannot tell empty from missing: only '' can have stood in such a column */
		if (live && live->not_null)
			str_addf(sql, "COALESCE(%s, '')", text.at);
		else
			str_add(sql, str_slice(&text));
		return;
	}
	dialect_apply(sql, templates[column->type], text.at);
}

void ry_insert(const struct ry *ry, const struct catalogue_table *table, struct str *sql)
{
	str_add_text(sql, "INSERT INTO ");
	db_identifier(sql, table->full_name);
	str_add_text(sql, " (");
	db_identifier(sql, ry->catalogue->id_column);
	for (size_t c = 0; c < table->column_count; c++) {
		str_add_text(sql, ", ");
		db_identifier(sql, table->columns[c].name);
	}
	str_add_text(sql, ") SELECT i.newid");
	for (size_t c = 0; c < table->column_count; c++) {
		str_add_text(sql, ", ");
		ry_value(ry, &table->columns[c], sql);
	}
	str_add_text(sql, " FROM reqferry_item i");
	ry_joins(table, sql);
	str_add_text(sql, " LEFT JOIN reqferry_fate x ON x.item = i.id"
			  " WHERE i.backupkey = $1 AND i.tablename = ");
	db_literal(sql, slice_of(table->name));
	str_add_text(sql, " AND x.item IS NULL ORDER BY i.id");
}
