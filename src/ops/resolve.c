/*
 * Fills the working tables: everything that plan and import decide by is in them, and later
 * statements read only them, so that an edit in between cannot be seen half.
 */
#include "ops/outside.h"

static bool run(struct instance *instance, const char *sql, const struct db_value *values,
	size_t count, struct error *err)
{
	return db_exec(instance->db, sql, values, count, NULL, err);
}

/* --- the tables ---------------------------------------------------------------------------------
 */

static const char *const working_tables[] = {"reqferry_resolved", "reqferry_scope",
	"reqferry_erase", "reqferry_fate", "reqferry_json", "reqferry_merge"};

bool resolve_end(struct instance *instance, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(working_tables); i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		str_addf(&sql, "DROP TABLE IF EXISTS %s", working_tables[i]);
		if (!run(instance, sql.at, NULL, 0, err))
			return false;
	}
	return outside_end(instance, err);
}

static bool make_tables(struct instance *instance, struct error *err)
{
	static const char *const definitions[] = {
		"CREATE TEMPORARY TABLE reqferry_resolved (id {n}, type {k}, key {k}, dependencies "
		"{k}, "
		"alone {n}, status {k}, destination {k}, number {n}, certainty {k}, issuekey {k}, "
		"projectkey {k})",
		"CREATE INDEX reqferry_resolved_key ON reqferry_resolved (type, key)",
		"CREATE TEMPORARY TABLE reqferry_scope (scopekey {k})",
		"CREATE TEMPORARY TABLE reqferry_erase (tablename {k}, id {n})",
		"CREATE INDEX reqferry_erase_id ON reqferry_erase (tablename, id)",
		"CREATE TEMPORARY TABLE reqferry_fate (item {n} PRIMARY KEY, tablename {k}, fate "
		"{k}, "
		"mapping {n}, newid {n}, into_item {n}, stays {n})",
		("CREATE TEMPORARY TABLE reqferry_json (item {n}, field {n}, value {t}, "
		 "PRIMARY KEY (item, field))"),
	};
	const struct dialect *dialect = db_dialect(instance->db);
	for (size_t i = 0; i < ARRAY_LEN(definitions); i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		for (const char *at = definitions[i]; *at; at++) {
			if (strncmp(at, "{n}", 3) == 0)
				str_add_text(&sql, dialect->type_int64);
			else if (strncmp(at, "{k}", 3) == 0)
				str_add_text(&sql, dialect->type_key);
			else if (strncmp(at, "{t}", 3) == 0)
				str_add_text(&sql, dialect->type_text);
			else {
				str_add_char(&sql, *at);
				continue;
			}
			at += 2;
		}
		if (!run(instance, sql.at, NULL, 0, err))
			return false;
	}
	return true;
}

/* --- the mapping --------------------------------------------------------------------------------
 */

/* The value of `name` in normalised dependencies, "" names the bare value. */
static struct slice dependency_value(struct slice normalised, const char *name)
{
	struct slice rest = normalised, pair, key, value;
	while (rest.len > 0) {
		if (!slice_cut(rest, ',', &pair, &rest)) {
			pair = rest;
			rest.len = 0;
		}
		if (slice_cut(pair, '=', &key, &value) && slice_is(key, name))
			return value;
	}
	return SLICE_NULL;
}

/* The dependencies of a mapping row, in the words in which an export writes them. */
static bool spell_dependencies(
	const struct catalogue *catalogue, enum entity entity, struct slice text, struct str *out)
{
	struct str normalised CLEANUP(str_release) = STR_INIT;
	catalogue_normalise_dependencies(text, &normalised);
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		for (size_t c = 0; c < table->column_count; c++) {
			for (size_t u = 0; u < table->columns[c].use_count; u++) {
				const struct catalogue_use *use = &table->columns[c].uses[u];
				if (use->entity != entity || use->dependency_count == 0)
					continue;
				for (size_t d = 0; d < use->dependency_count; d++) {
					const char *name = use->dependencies[d].name;
					str_addf(out, "%s%s%s%.*s", d ? ", " : "", name ? name : "",
						name ? "=" : "",
						SLICE_PRINT(dependency_value(
							str_slice(&normalised), name ? name : "")));
				}
				return true;
			}
		}
	}
	return false;
}

/* Where type and key do not decide alone, the file's spelling must not either. */
static bool respell_dependencies(struct instance *instance, struct arena *arena, struct error *err)
{
	struct fix {
		struct fix *next;
		int64_t id;
		struct slice text;
	} *fixes = NULL;
	{
		struct db_rows *rows CLEANUP(db_rows_end) = NULL;
		if (!db_query(instance->db,
			    "SELECT id, type, dependencies FROM reqferry_resolved WHERE alone = 0 "
			    "AND "
			    "dependencies IS NOT NULL",
			    NULL, 0, &rows, err))
			return false;
		for (bool row;;) {
			if (!db_rows_next(rows, &row, err))
				return false;
			if (!row)
				break;
			struct str spelled CLEANUP(str_release) = STR_INIT;
			struct slice text = db_rows_text(rows, 2);
			if (!spell_dependencies(instance->catalogue,
				    entity_by_name(db_rows_text(rows, 1)), text, &spelled) ||
				slice_equal(text, str_slice(&spelled)))
				continue;
			struct fix *fix = arena_alloc(arena, sizeof(*fix));
			*fix = (struct fix){fixes, db_rows_int(rows, 0),
				arena_copy(arena, str_slice(&spelled))};
			fixes = fix;
		}
	}
	for (; fixes; fixes = fixes->next) {
		const struct db_value values[] = {db_int(fixes->id), db_slice(fixes->text)};
		if (!run(instance, "UPDATE reqferry_resolved SET dependencies = $2 WHERE id = $1",
			    values, 2, err))
			return false;
	}
	return true;
}

static bool freeze_mapping(
	struct instance *instance, const struct stage_backup *backup, struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	const struct dialect *dialect = db_dialect(instance->db);
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO reqferry_resolved (id, type, key, dependencies, alone, "
			   "status, destination, "
			   "number, certainty) SELECT m.id, m.type, m.key, m.dependencies, "
			   "CASE WHEN count(*) OVER (PARTITION BY m.type, m.key) = 1 THEN 1 ELSE 0 "
			   "END, m.status, "
			   "NULLIF(CASE WHEN m.status IN ('MAPPED_AUTO', 'MAPPED_MANUAL') THEN "
			   "m.destinationvalue "
			   "END, ''), ");
	dialect_apply(&sql, dialect->key_to_integer_f,
		"CASE WHEN m.status IN ('MAPPED_AUTO', 'MAPPED_MANUAL') THEN m.destinationvalue "
		"END");
	str_add_text(&sql, ", m.certainty FROM reqferry_mapping m WHERE m.backupkey = $1");
	const struct db_value key = db_slice(backup->key);
	if (!run(instance, sql.at, &key, 1, err) || !respell_dependencies(instance, &arena, err))
		return false;
	if (instance->catalogue->product != PRODUCT_JIRA)
		return true;
	str_clear(&sql);
	str_addf(&sql,
		"UPDATE reqferry_resolved SET issuekey = x.issuekey, projectkey = x.projectkey "
		"FROM %s x "
		"WHERE reqferry_resolved.type = 'ISSUE' AND x.id = reqferry_resolved.number",
		host_relation(&instance->host, HOST_ISSUES));
	return run(instance, sql.at, NULL, 0, err);
}

/* --- the scope and what is erased ---------------------------------------------------------------
 */

/* The destination scopes of the rows that the backup brings. */
static bool brought_scopes(
	struct instance *instance, const struct stage_backup *backup, struct error *err)
{
	const struct catalogue *catalogue = instance->catalogue;
	const struct db_value key = db_slice(backup->key);
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		if (table->scope != SCOPE_COLUMN && table->scope != SCOPE_ISSUE)
			continue;
		const struct catalogue_column *column = table->scope_columns[0];
		struct str sql CLEANUP(str_release) = STR_INIT;
		char value[32];
		snprintf(value, sizeof(value), "m%u.%s", column->field,
			table->scope == SCOPE_COLUMN ? "destination" : "projectkey");
		str_addf(&sql,
			"INSERT INTO reqferry_scope (scopekey) SELECT DISTINCT %s FROM "
			"reqferry_item i",
			value);
		ry_join_mapping(column, &sql);
		str_add_text(&sql, " WHERE i.backupkey = $1 AND i.tablename = ");
		db_literal(&sql, slice_of(table->name));
		str_addf(&sql,
			" AND %s IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reqferry_scope s WHERE "
			"s.scopekey = %s)",
			value, value);
		if (!run(instance, sql.at, &key, 1, err))
			return false;
	}
	return true;
}

static bool fill_scope(
	struct instance *instance, const struct stage_backup *backup, struct error *err)
{
	if (!backup->scope.at)
		return brought_scopes(instance, backup, err);
	const struct db_value values[] = {
		db_text(entity_name(instance->catalogue->scope)), db_slice(backup->scope)};
	return run(instance,
		"INSERT INTO reqferry_scope (scopekey) SELECT DISTINCT destination FROM "
		"reqferry_resolved WHERE type = $1 AND key = $2 AND destination IS NOT NULL",
		values, 2, err);
}

/*
 * Rows whose space or project is missing belong to no scope. A backup of a whole instance that
 * brings such rows replaces those that are here; else they would grow with every import.
 */
static bool erase_scopeless(struct instance *instance, const struct stage_backup *backup,
	const struct catalogue_table *table, struct error *err)
{
	const struct catalogue_column *const *columns = table->scope_columns;
	struct str sql CLEANUP(str_release) = STR_INIT;
	if (table->scope == SCOPE_NONE || table->scope == SCOPE_REFERENCED_BY)
		return true;
	str_add_text(&sql, "INSERT INTO reqferry_erase (tablename, id) SELECT ");
	db_literal(&sql, slice_of(table->full_name));
	str_add_text(&sql, ", ");
	ry_id(&instance->ry, "t", &sql);
	str_add_text(&sql, " FROM ");
	ry_from(&instance->ry, table, "t", &sql);
	str_add_text(&sql, " WHERE ");
	ry_without_scope(table, "t", &sql);
	str_addf(&sql,
		" AND EXISTS (SELECT 1 FROM reqferry_item i WHERE i.backupkey = $1 AND i.f%u IS "
		"NULL",
		columns[0]->field);
	if (table->scope == SCOPE_EITHER)
		str_addf(&sql, " AND i.f%u IS NULL", columns[1]->field);
	str_add_text(&sql, " AND i.tablename = ");
	db_literal(&sql, slice_of(table->name));
	str_add_char(&sql, ')');
	const struct db_value key = db_slice(backup->key);
	return run(instance, sql.at, &key, 1, err);
}

static bool fill_erase(struct instance *instance, const struct stage_backup *backup,
	const struct import_options *options, struct error *err)
{
	const struct ry *ry = &instance->ry;
	if (options->erase == ERASE_NOTHING)
		return true;
	for (size_t t = 0; t < instance->catalogue->table_count; t++) {
		const struct catalogue_table *table = &instance->catalogue->tables[t];
		bool everything =
			options->erase == ERASE_EVERYTHING || (table->global && !backup->scope.at);
		if (table->scope == SCOPE_REFERENCED_BY && !everything)
			continue; /* judged below, by the rows that refer to it */
		struct str sql CLEANUP(str_release) = STR_INIT;
		str_add_text(&sql, "INSERT INTO reqferry_erase (tablename, id) SELECT ");
		db_literal(&sql, slice_of(table->full_name));
		str_add_text(&sql, ", ");
		ry_id(ry, "t", &sql);
		str_add_text(&sql, " FROM ");
		ry_from(ry, table, "t", &sql);
		str_add_text(&sql, " WHERE ");
		ry_in_scope(ry, table, "t",
			everything ? NULL : "SELECT scopekey FROM reqferry_scope", RY_TOUCHED,
			&sql);
		if (!run(instance, sql.at, NULL, 0, err))
			return false;
		if (!everything && !backup->scope.at &&
			!erase_scopeless(instance, backup, table, err))
			return false;
	}
	return true;
}

/*
 * Rows that belong to no scope and lose their last referrer: erased with it, unless this import
 * brings a row that is merged with it.
 */
static bool erase_left_over(
	struct instance *instance, const struct import_options *options, struct error *err)
{
	const struct ry *ry = &instance->ry;
	if (options->erase != ERASE_BROUGHT)
		return true;
	for (size_t t = 0; t < instance->catalogue->table_count; t++) {
		const struct catalogue_table *table = &instance->catalogue->tables[t];
		if (table->scope != SCOPE_REFERENCED_BY)
			continue;
		const struct catalogue_column *referrer = table->scope_columns[0];
		struct str sql CLEANUP(str_release) = STR_INIT,
			       refers CLEANUP(str_release) = STR_INIT;
		str_add_text(&refers, "SELECT 1 FROM ");
		ry_from(ry, referrer->owner, "l", &refers);
		str_add_text(&refers, " LEFT JOIN reqferry_erase e ON e.tablename = ");
		db_literal(&refers, slice_of(referrer->owner->full_name));
		str_add_text(&refers, " AND e.id = ");
		ry_id(ry, "l", &refers);
		str_add_text(&refers, " WHERE l.");
		db_identifier(&refers, referrer->name);
		str_add_text(&refers, " = ");
		ry_id(ry, "t", &refers);

		str_add_text(&sql, "INSERT INTO reqferry_erase (tablename, id) SELECT ");
		db_literal(&sql, slice_of(table->full_name));
		str_add_text(&sql, ", ");
		ry_id(ry, "t", &sql);
		str_add_text(&sql, " FROM ");
		ry_from(ry, table, "t", &sql);
		str_addf(&sql,
			" WHERE EXISTS (%s AND e.id IS NOT NULL) AND NOT EXISTS (%s AND e.id IS "
			"NULL) "
			"AND NOT EXISTS (SELECT 1 FROM reqferry_fate x WHERE x.newid = ",
			refers.at, refers.at);
		ry_id(ry, "t", &sql);
		str_add_text(&sql, " AND x.tablename = ");
		db_literal(&sql, slice_of(table->name));
		str_add_char(&sql, ')');
		if (!run(instance, sql.at, NULL, 0, err))
			return false;
	}
	return true;
}

/* --- the fate of items --------------------------------------------------------------------------
 */

static bool drops_when_excluded(const struct catalogue_column *column)
{
	if (column->without != WITHOUT_DROP)
		return false;
	for (size_t u = 0; u < column->use_count; u++)
		if (column->uses[u].role == ROLE_ENTITY)
			return true;
	return false;
}

/* Excluded and rejected items of one table; the tables that it refers to are done already. */
static bool drop_items(struct instance *instance, const struct stage_backup *backup,
	const struct catalogue_table *table, bool reject, struct error *err)
{
	struct str joins CLEANUP(str_release) = STR_INIT, which CLEANUP(str_release) = STR_INIT,
			 fate CLEANUP(str_release) = STR_INIT,
			 cause CLEANUP(str_release) = STR_INIT, sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&which, reject ? "i.problem IS NOT NULL" : "1 = 0");
	str_add_text(&fate, "CASE WHEN ");
	str_add_text(&fate, reject ? "i.problem IS NOT NULL" : "1 = 0");
	str_add_text(&fate, " THEN 'rejected'");
	for (size_t c = 0; c < table->column_count; c++) {
		const struct catalogue_column *column = &table->columns[c];
		unsigned n = column->field;
		if (drops_when_excluded(column)) {
			ry_join_mapping(column, &joins);
			str_addf(&which, " OR m%u.status = 'EXCLUDED'", n);
			str_addf(&fate, " WHEN m%u.status = 'EXCLUDED' THEN 'excluded'", n);
			str_addf(&cause, "%sCASE WHEN m%u.status = 'EXCLUDED' THEN m%u.id END",
				cause.len ? ", " : "", n, n);
		} else if (ry_join_row(column, &joins)) {
			str_addf(&joins, " LEFT JOIN reqferry_fate x%u ON x%u.item = r%u.id", n, n,
				n);
			str_addf(&which, " OR x%u.fate IN ('excluded', 'rejected')", n);
			str_addf(&fate, " WHEN x%u.fate IN ('excluded', 'rejected') THEN x%u.fate",
				n, n);
			str_addf(&cause, "%sx%u.mapping", cause.len ? ", " : "", n);
		}
	}
	str_addf(&sql,
		"INSERT INTO reqferry_fate (item, tablename, fate, mapping) SELECT i.id, "
		"i.tablename, min(%s END), min(CAST(COALESCE(%s%sNULL) AS %s)) FROM "
		"reqferry_item i%s WHERE "
		"i.backupkey = $1 AND i.tablename = ",
		fate.at, cause.at, cause.len ? ", " : "NULL, ",
		db_dialect(instance->db)->type_int64, joins.at);
	db_literal(&sql, slice_of(table->name));
	/* an old id that occurs twice joins twice */
	str_addf(&sql, " AND (%s) GROUP BY i.id, i.tablename", which.at);
	const struct db_value key = db_slice(backup->key);
	return run(instance, sql.at, &key, 1, err);
}

/* "a.k0 IS NOT DISTINCT FROM b.k0 AND ..." with the letter of the columns. */
static void same_identity(struct str *sql, const char *a, const char *b, char letter, size_t count)
{
	for (size_t k = 0; k < count; k++)
		str_addf(sql, "%s%s.%c%zu IS NOT DISTINCT FROM %s.%c%zu", k ? " AND " : "", a,
			letter, k, b, letter, k);
}

/*
 * What a row column is after the import: the id of the live row that its item is merged into, else
 * the item's own number made negative. In the backup: the identity of that item where rows of it
 * are merged, else its old id.
 */
static void row_identity(const struct catalogue_column *column, size_t k, struct str *sql)
{
	const struct catalogue_table *table = column->uses[0].table;
	unsigned n = column->field;
	str_addf(sql, "CASE WHEN r%u.id IS NOT NULL THEN COALESCE(y%u.newid, -COALESCE(y%u.", n, n,
		n);
	str_addf(sql, "into_item, r%u.id)) END AS k%zu, ", n, k);
	if (!table->merge) {
		str_addf(sql, "i.f%u AS o%zu", n, k);
		return;
	}
	for (size_t i = 0; i < table->identity_count; i++)
		str_addf(sql, "%sCOALESCE(r%u.f%u, '')", i ? " || '\x1f' || " : "", n,
			table->identity[i]->field);
	str_addf(sql, " AS o%zu", k);
}

bool resolve_identities(struct instance *instance, const struct stage_backup *backup,
	const struct catalogue_table *table, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT, joins CLEANUP(str_release) = STR_INIT;
	if (!run(instance, "DROP TABLE IF EXISTS reqferry_merge", NULL, 0, err))
		return false;
	str_add_text(&sql, "CREATE TEMPORARY TABLE reqferry_merge AS SELECT i.id AS item");
	for (size_t k = 0; k < table->identity_count; k++) {
		const struct catalogue_column *column = table->identity[k];
		str_add_text(&sql, ", ");
		if (column->uses[0].role == ROLE_ROW) {
			row_identity(column, k, &sql);
			str_addf(&joins, " LEFT JOIN reqferry_fate y%u ON y%u.item = r%u.id",
				column->field, column->field, column->field);
			continue;
		}
		struct str type CLEANUP(str_release) = STR_INIT;
		ry_value(&instance->ry, column, &sql);
		str_addf(&sql, " AS k%zu, ", k);
		/* two spellings of one number are the same already in the backup */
		if (ry_entity_type(column, &type))
			str_addf(&sql, "i.f%u", column->field);
		else
			ry_value(&instance->ry, column, &sql);
		str_addf(&sql, " AS o%zu", k);
	}
	str_add_text(&sql, " FROM reqferry_item i");
	ry_joins(table, &sql);
	str_add(&sql, str_slice(&joins));
	str_add_text(&sql, " LEFT JOIN reqferry_fate x ON x.item = i.id WHERE i.backupkey = $1 AND "
			   "i.tablename = ");
	db_literal(&sql, slice_of(table->name));
	str_add_text(&sql, " AND x.item IS NULL AND i.problem IS NULL");
	const struct db_value key = db_slice(backup->key);
	if (!run(instance, sql.at, &key, 1, err))
		return false;
	str_clear(&sql);
	str_add_text(&sql, "CREATE INDEX reqferry_merge_key ON reqferry_merge (");
	for (size_t k = 0; k < table->identity_count; k++)
		str_addf(&sql, "%sk%zu", k ? ", " : "", k);
	str_add_char(&sql, ')');
	return run(instance, sql.at, NULL, 0, err);
}

/*
 * Items whose identity is that of a live row that stays. Rows that share an identity already, on
 * either side, are paired one by one in the order of their ids, so that none is lost: what is over
 * is inserted.
 */
static bool merge_with_live(
	struct instance *instance, const struct catalogue_table *table, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT, by CLEANUP(str_release) = STR_INIT;
	str_add_text(
		&sql, "INSERT INTO reqferry_fate (item, tablename, fate, newid) SELECT p.item, ");
	db_literal(&sql, slice_of(table->name));
	str_add_text(&sql, ", 'merged', l.id FROM (SELECT p.*, ROW_NUMBER() OVER (PARTITION BY ");
	for (size_t k = 0; k < table->identity_count; k++)
		str_addf(&sql, "%sp.k%zu, p.o%zu", k ? ", " : "", k, k);
	str_add_text(&sql, " ORDER BY p.item) AS place FROM reqferry_merge p) p JOIN (SELECT ");
	ry_id(&instance->ry, "t", &sql);
	str_add_text(&sql, " AS id");
	for (size_t k = 0; k < table->identity_count; k++) {
		struct str column CLEANUP(str_release) = STR_INIT;
		ry_comparable(&instance->ry, table->identity[k], &column);
		str_addf(&sql, ", %s AS k%zu", column.at, k);
		str_addf(&by, "%s%s", k ? ", " : "", column.at);
	}
	str_addf(&sql, ", ROW_NUMBER() OVER (PARTITION BY %s ORDER BY ", by.at);
	ry_id(&instance->ry, "t", &sql);
	str_add_text(&sql, ") AS place FROM ");
	ry_from(&instance->ry, table, "t", &sql);
	str_add_text(
		&sql, " WHERE NOT EXISTS (SELECT 1 FROM reqferry_erase e WHERE e.tablename = ");
	db_literal(&sql, slice_of(table->full_name));
	str_add_text(&sql, " AND e.id = ");
	ry_id(&instance->ry, "t", &sql);
	str_add_text(&sql, ")) l ON l.place = p.place AND ");
	same_identity(&sql, "l", "p", 'k', table->identity_count);
	return run(instance, sql.at, NULL, 0, err);
}

/* Items that differ in the backup and are the same only through the mapping: into the first. */
static bool merge_among_items(
	struct instance *instance, const struct catalogue_table *table, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql,
		"INSERT INTO reqferry_fate (item, tablename, fate, into_item) SELECT p.item, ");
	db_literal(&sql, slice_of(table->name));
	str_add_text(&sql,
		", 'merged', q.item FROM reqferry_merge p JOIN reqferry_merge q ON q.item = "
		"(SELECT min(z.item) FROM reqferry_merge z WHERE ");
	same_identity(&sql, "z", "p", 'k', table->identity_count);
	str_add_text(&sql, ") WHERE NOT (");
	same_identity(&sql, "q", "p", 'o', table->identity_count);
	str_add_text(
		&sql, ") AND NOT EXISTS (SELECT 1 FROM reqferry_fate x WHERE x.item = p.item)");
	return run(instance, sql.at, NULL, 0, err);
}

static bool merge_items(struct instance *instance, const struct stage_backup *backup,
	const struct catalogue_table *table, struct error *err)
{
	return resolve_identities(instance, backup, table, err) &&
	       merge_with_live(instance, table, err) && merge_among_items(instance, table, err);
}

bool resolve_begin(struct instance *instance, const struct stage_backup *backup,
	const struct import_options *options, struct task *task, struct error *err)
{
	const struct catalogue *catalogue = instance->catalogue;
	task_step(task, "work out what the import does", "tables", catalogue->table_count + 1);
	if (!resolve_end(instance, err) || !make_tables(instance, err) ||
		!freeze_mapping(instance, backup, err) || !fill_scope(instance, backup, err) ||
		!fill_erase(instance, backup, options, err))
		return false;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		if (!drop_items(instance, backup, table, options->reject, err) ||
			!outside_stay(instance, backup, options, table, err) ||
			(table->merge && !merge_items(instance, backup, table, err)))
			return false;
		task_advance(task, 1);
	}
	return erase_left_over(instance, options, err) && resolve_upper(instance, backup, err) &&
	       outside_begin(instance, backup, options, err);
}
