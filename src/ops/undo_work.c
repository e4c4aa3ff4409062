/*
 * Fills the working tables of undo: what changed, what goes, what stays, what does not return.
 */
#include "ops/undo_work.h"

#include <strings.h>

/* --- statements --- */

void undo_spell(const struct undoing *undoing, const struct catalogue_table *table,
	const char *template, struct str *sql)
{
	while (*template) {
		if (strncmp(template, "{N}", 3) == 0)
			db_literal(sql, slice_of(table->full_name));
		else if (strncmp(template, "{F}", 3) == 0)
			db_identifier(sql, table->full_name);
		else if (strncmp(template, "{I}", 3) == 0)
			db_identifier(sql, undoing->instance->catalogue->id_column);
		else {
			str_add_char(sql, *template ++);
			continue;
		}
		template += 3;
	}
}

bool undo_exec(struct undoing *undoing, const char *sql, int64_t *changed, struct error *err)
{
	const struct db_value key = db_slice(undoing->out->copy.key);
	return db_exec(undoing->instance->db, sql, &key, strstr(sql, "$1") ? 1 : 0, changed, err);
}

/* The table that a column's rows stand in; NULL when it refers to none. */
static const struct catalogue_table *target_of(const struct catalogue_column *column)
{
	return column->uses[0].role == ROLE_ROW ? column->uses[0].table : NULL;
}

void undo_value(const struct undoing *undoing, const struct catalogue_table *table,
	const char *column, struct str *sql)
{
	const struct catalogue_column *known = catalogue_column(table, slice_of(column));
	const struct catalogue_table *target = known ? target_of(known) : NULL;
	struct str value CLEANUP(str_release) = STR_INIT;
	dialect_row_column(
		&value, undoing->instance->ry.dialect, "u.content", table->full_name, column);
	if (!target) {
		str_add(sql, str_slice(&value));
		return;
	}
	undo_spell(undoing, target,
		"COALESCE((SELECT z.kept FROM reqferry_out z WHERE z.tablename = {N} AND z.id = ",
		sql);
	str_addf(sql, "%s), %s)", value.at, value.at);
}

/* --- the tables --- */

static const char *const working_tables[] = {
	"reqferry_moved", "reqferry_take", "reqferry_kept", "reqferry_out", "reqferry_same"};

bool undo_work_end(struct undoing *undoing, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(working_tables); i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		str_addf(&sql, "DROP TABLE IF EXISTS %s", working_tables[i]);
		if (!undo_exec(undoing, sql.at, NULL, err))
			return false;
	}
	return true;
}

bool undo_work_begin(struct undoing *undoing, struct error *err)
{
	static const struct {
		const char *name;
		bool kind, kept;
	} tables[] = {{"reqferry_moved", true, false}, {"reqferry_take", false, false},
		{"reqferry_kept", true, false}, {"reqferry_out", true, true}};
	const struct dialect *dialect = undoing->instance->ry.dialect;
	if (!undo_work_end(undoing, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		str_addf(&sql, "CREATE TEMPORARY TABLE %s (tablename %s, id %s", tables[i].name,
			dialect->type_key, dialect->type_int64);
		if (tables[i].kind)
			str_addf(&sql, ", kind %s", dialect->type_key);
		if (tables[i].kept)
			str_addf(&sql, ", kept %s", dialect->type_int64);
		str_add_text(&sql, ", PRIMARY KEY (tablename, id))");
		if (!undo_exec(undoing, sql.at, NULL, err))
			return false;
	}
	return true;
}

/* --- what changed --- */

#define NOT_INSERTED                                                                               \
	" AND NOT EXISTS (SELECT 1 FROM reqferry_undo_row u WHERE u.undokey = $1 AND u.kind = "    \
	"'inserted' AND u.tablename = {N} AND u.rowid_ = t.{I})"
#define NOT_MOVED                                                                                  \
	" AND NOT EXISTS (SELECT 1 FROM reqferry_moved m WHERE m.tablename = {N} AND m.id = "      \
	"t.{I})"

static bool add_changed(
	struct undoing *undoing, const struct catalogue_table *table, struct error *err)
{
	const struct ry *ry = &undoing->instance->ry;
	const struct undo_columns *columns = &undoing->columns[table->index];
	struct str sql CLEANUP(str_release) = STR_INIT, json CLEANUP(str_release) = STR_INIT;
	if (columns->count == 0)
		return true; /* no row of it was inserted */
	undo_spell(undoing, table,
		"INSERT INTO reqferry_moved (tablename, id, kind) SELECT {N}, u.rowid_, CASE WHEN "
		"t.{I} IS NULL THEN 'deleted' ELSE 'changed' END FROM reqferry_undo_row u LEFT "
		"JOIN {F} t ON t.{I} = u.rowid_ WHERE u.undokey = $1 AND u.tablename = {N} AND "
		"u.kind = 'inserted' AND (t.{I} IS NULL OR u.content <> ",
		&sql);
	ry_columns_json(ry, columns->names, columns->count, &json);
	dialect_apply(&sql, ry->dialect->sha256_f, json.at);
	str_add_char(&sql, ')');
	return undo_exec(undoing, sql.at, NULL, err);
}

static bool add_added(
	struct undoing *undoing, const struct catalogue_table *table, struct error *err)
{
	const struct safety_copy *copy = &undoing->out->copy;
	bool everything = slice_is(copy->erase, "everything") || (table->global && !copy->scope.at);
	struct str sql CLEANUP(str_release) = STR_INIT;
	if (slice_is(copy->erase, "nothing"))
		return true;
	if (!everything && (table->scope == SCOPE_REFERENCED_BY || table->scope == SCOPE_NONE))
		return true;
	undo_spell(undoing, table,
		"INSERT INTO reqferry_moved (tablename, id, kind) SELECT {N}, t.{I}, 'added' FROM "
		"{F} t WHERE ",
		&sql);
	ry_in_scope(&undoing->instance->ry, table, "t",
		everything ? NULL : "SELECT scopekey FROM reqferry_undo_scope WHERE undokey = $1",
		RY_TOUCHED, &sql);
	undo_spell(undoing, table, NOT_INSERTED, &sql);
	return undo_exec(undoing, sql.at, NULL, err);
}

/*
 * Rows outside the scope that refer to inserted ones. Where nothing was erased the scope has rows
 * of before the import: those with younger ids than the import's were added.
 */
static bool add_referring(struct undoing *undoing, const struct catalogue_column *column,
	const struct catalogue_table *target, struct error *err)
{
	const struct catalogue_table *table = column->owner;
	struct str sql CLEANUP(str_release) = STR_INIT;
	undo_spell(undoing, table,
		"INSERT INTO reqferry_moved (tablename, id, kind) SELECT {N}, t.{I}, ", &sql);
	if (slice_is(undoing->out->copy.erase, "nothing") && !target->merge)
		undo_spell(undoing, table,
			"CASE WHEN t.{I} > (SELECT max(u.rowid_) FROM reqferry_undo_row u WHERE "
			"u.undokey = $1 AND u.tablename = {N} AND u.kind = 'inserted') THEN "
			"'added' "
			"ELSE 'referring' END",
			&sql);
	else
		str_add_text(&sql, "'referring'");
	undo_spell(undoing, target, " FROM reqferry_undo_row p CROSS JOIN ", &sql);
	undo_spell(undoing, table, "{F} t WHERE t.", &sql);
	db_identifier(&sql, column->name);
	undo_spell(undoing, target,
		" = p.rowid_ AND p.undokey = $1 AND p.kind = 'inserted' AND p.tablename = {N}",
		&sql);
	undo_spell(undoing, table, NOT_INSERTED NOT_MOVED, &sql);
	return undo_exec(undoing, sql.at, NULL, err);
}

bool undo_compare(struct undoing *undoing, struct error *err)
{
	const struct catalogue *catalogue = undoing->instance->catalogue;
	task_step(undoing->task, "compare with the safety copy", "tables", catalogue->table_count);
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		if (!add_changed(undoing, table, err) || !add_added(undoing, table, err))
			return false;
		for (size_t c = 0; c < table->column_count; c++)
			if (target_of(&table->columns[c]) &&
				!add_referring(undoing, &table->columns[c],
					target_of(&table->columns[c]), err))
				return false;
		task_advance(undoing->task, 1);
	}
	return true;
}

/* --- what goes and what stays --- */

/* Rows that something refers to which stays must stay too. */
static bool spare_needed(struct undoing *undoing, const struct catalogue_column *column,
	const struct catalogue_table *target, struct error *err)
{
	const struct catalogue_table *table = column->owner;
	struct str sql CLEANUP(str_release) = STR_INIT;
	undo_spell(undoing, target,
		"DELETE FROM reqferry_take WHERE tablename = {N} AND id IN (SELECT x.id FROM "
		"reqferry_take x CROSS JOIN ",
		&sql);
	undo_spell(undoing, table, "{F} t WHERE t.", &sql);
	db_identifier(&sql, column->name);
	undo_spell(undoing, target,
		" = x.id AND x.tablename = {N} AND NOT EXISTS (SELECT 1 FROM "
		"reqferry_take d WHERE d.tablename = ",
		&sql);
	undo_spell(undoing, table, "{N} AND d.id = t.{I}))", &sql);
	return undo_exec(undoing, sql.at, NULL, err);
}

static bool count_rows(
	struct undoing *undoing, const char *table, int64_t *count, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_addf(&sql, "SELECT count(*) FROM %s", table);
	return db_query_int(undoing->instance->db, sql.at, NULL, 0, 0, count, err);
}

static bool fill_take(struct undoing *undoing, struct error *err)
{
	int64_t moved;
	const struct catalogue *catalogue = undoing->instance->catalogue;
	bool keep = undoing->options->changes == UNDO_KEEP;
	if (!undo_exec(undoing,
		    keep ? "INSERT INTO reqferry_take (tablename, id) SELECT u.tablename, u.rowid_ "
			   "FROM reqferry_undo_row u LEFT JOIN reqferry_moved m ON m.tablename = "
			   "u.tablename AND m.id = u.rowid_ WHERE u.undokey = $1 AND u.kind = "
			   "'inserted' AND m.id IS NULL"
			 : "INSERT INTO reqferry_take (tablename, id) SELECT u.tablename, u.rowid_ "
			   "FROM reqferry_undo_row u LEFT JOIN reqferry_moved m ON m.tablename = "
			   "u.tablename AND m.id = u.rowid_ WHERE u.undokey = $1 AND u.kind = "
			   "'inserted' AND COALESCE(m.kind, '') <> 'deleted'",
		    NULL, err))
		return false;
	if (!keep && !undo_exec(undoing,
			     "INSERT INTO reqferry_take (tablename, id) SELECT tablename, id FROM "
			     "reqferry_moved WHERE kind = 'added'",
			     NULL, err))
		return false;
	if (!count_rows(undoing, "reqferry_moved", &moved, err))
		return false;
	if (moved == 0)
		return true;
	/* referrers stand behind what they refer to: backwards */
	for (size_t t = catalogue->table_count; t-- > 0;) {
		const struct catalogue_table *table = &catalogue->tables[t];
		for (size_t c = 0; c < table->column_count; c++)
			if (target_of(&table->columns[c]) &&
				!spare_needed(undoing, &table->columns[c],
					target_of(&table->columns[c]), err))
				return false;
	}
	return true;
}

static bool fill_kept(struct undoing *undoing, struct error *err)
{
	return undo_exec(undoing,
		       "INSERT INTO reqferry_kept (tablename, id, kind) SELECT u.tablename, "
		       "u.rowid_, COALESCE(m.kind, 'needed') FROM reqferry_undo_row u LEFT JOIN "
		       "reqferry_moved m ON m.tablename = u.tablename AND m.id = u.rowid_ LEFT "
		       "JOIN reqferry_take d ON d.tablename = u.tablename AND d.id = u.rowid_ "
		       "WHERE u.undokey = $1 AND u.kind = 'inserted' AND d.id IS NULL AND "
		       "COALESCE(m.kind, '') <> 'deleted'",
		       NULL, err) &&
	       undo_exec(undoing,
		       "INSERT INTO reqferry_kept (tablename, id, kind) SELECT m.tablename, m.id, "
		       "m.kind FROM reqferry_moved m LEFT JOIN reqferry_take d ON d.tablename = "
		       "m.tablename AND d.id = m.id WHERE m.kind = 'added' AND d.id IS NULL",
		       NULL, err);
}

/* --- what does not return --- */

static bool make_identities(
	struct undoing *undoing, const struct catalogue_table *table, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT, index CLEANUP(str_release) = STR_INIT;
	undo_spell(
		undoing, table, "CREATE TEMPORARY TABLE reqferry_same AS SELECT t.{I} AS id", &sql);
	str_add_text(&index, "CREATE INDEX reqferry_same_key ON reqferry_same (");
	for (size_t k = 0; k < table->identity_count; k++) {
		str_add_text(&sql, ", t.");
		db_identifier(&sql, table->identity[k]->name);
		str_addf(&sql, " AS k%zu", k);
		str_addf(&index, "%sk%zu", k ? ", " : "", k);
	}
	undo_spell(undoing, table,
		" FROM reqferry_kept x JOIN {F} t ON t.{I} = x.id WHERE x.tablename = {N}", &sql);
	str_add_char(&index, ')');
	return undo_exec(undoing, "DROP TABLE IF EXISTS reqferry_same", NULL, err) &&
	       undo_exec(undoing, sql.at, NULL, err) && undo_exec(undoing, index.at, NULL, err);
}

/* Copied rows whose identity a kept row has: that row stands for them. */
static bool leave_out_same(
	struct undoing *undoing, const struct catalogue_table *table, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	if (table->identity_count == 0)
		return true;
	if (!make_identities(undoing, table, err))
		return false;
	undo_spell(undoing, table,
		"INSERT INTO reqferry_out (tablename, id, kind, kept) SELECT {N}, u.rowid_, "
		"'identity', min(s.id) FROM reqferry_undo_row u JOIN reqferry_same s ON ",
		&sql);
	for (size_t k = 0; k < table->identity_count; k++) {
		str_addf(&sql, "%ss.k%zu IS NOT DISTINCT FROM ", k ? " AND " : "", k);
		undo_value(undoing, table, table->identity[k]->name, &sql);
	}
	undo_spell(undoing, table,
		" WHERE u.undokey = $1 AND u.tablename = {N} AND u.kind = 'erased' GROUP BY "
		"u.rowid_",
		&sql);
	return undo_exec(undoing, sql.at, NULL, err);
}

/* The database itself demands that the row is there. */
static bool is_enforced(struct undoing *undoing, const struct catalogue_column *column,
	const struct catalogue_table *target, bool *enforced, struct error *err)
{
	struct db_foreign_key *keys;
	size_t count;
	*enforced = false;
	if (!db_foreign_keys_to(
		    undoing->instance->db, target->full_name, undoing->arena, &keys, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		*enforced =
			*enforced || (strcasecmp(keys[i].table, column->owner->full_name) == 0 &&
					     strcasecmp(keys[i].column, column->name) == 0);
	return true;
}

/* Copied rows that refer to a row which is neither there afterwards nor stood for. */
static bool leave_out_lost(struct undoing *undoing, const struct catalogue_column *column,
	const struct catalogue_table *target, struct error *err)
{
	const struct catalogue_table *table = column->owner;
	struct str sql CLEANUP(str_release) = STR_INIT, value CLEANUP(str_release) = STR_INIT;
	bool enforced;
	if (!is_enforced(undoing, column, target, &enforced, err))
		return false;
	if (!enforced)
		return true;
	dialect_row_column(
		&value, undoing->instance->ry.dialect, "u.content", table->full_name, column->name);
	undo_spell(undoing, table,
		"INSERT INTO reqferry_out (tablename, id, kind) SELECT {N}, u.rowid_, 'lost' FROM "
		"reqferry_undo_row u WHERE u.undokey = $1 AND u.tablename = {N} AND u.kind = "
		"'erased' AND NOT EXISTS (SELECT 1 FROM reqferry_out o WHERE o.tablename = {N} AND "
		"o.id = u.rowid_) AND ",
		&sql);
	str_addf(&sql, "%s IS NOT NULL", value.at);
	undo_spell(undoing, target, " AND NOT EXISTS (SELECT 1 FROM {F} t WHERE t.{I} = ", &sql);
	str_add(&sql, str_slice(&value));
	undo_spell(undoing, target,
		" AND NOT EXISTS (SELECT 1 FROM reqferry_take d WHERE d.tablename = {N} AND d.id = "
		"t.{I})) AND NOT EXISTS (SELECT 1 FROM reqferry_undo_row p LEFT JOIN reqferry_out "
		"o ON o.tablename = {N} AND o.id = p.rowid_ WHERE p.undokey = $1 AND p.tablename = "
		"{N} AND p.kind = 'erased' AND (o.id IS NULL OR o.kept IS NOT NULL) AND p.rowid_ "
		"= ",
		&sql);
	str_addf(&sql, "%s)", value.at);
	return undo_exec(undoing, sql.at, NULL, err);
}

static bool fill_out(struct undoing *undoing, struct error *err)
{
	int64_t kept;
	if (!count_rows(undoing, "reqferry_kept", &kept, err))
		return false;
	const struct catalogue *catalogue = undoing->instance->catalogue;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		if (undoing->columns[t].count == 0)
			continue; /* no row of it was erased */
		if (kept > 0 && !leave_out_same(undoing, table, err))
			return false;
		for (size_t c = 0; c < table->column_count; c++)
			if (target_of(&table->columns[c]) &&
				!leave_out_lost(undoing, &table->columns[c],
					target_of(&table->columns[c]), err))
				return false;
	}
	return true;
}

/* An id that was erased belongs to another row now: only a database without sequences does that. */
static bool check_ids(
	struct undoing *undoing, const struct catalogue_table *table, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	const struct db_value key = db_slice(undoing->out->copy.key);
	int64_t taken;
	undo_spell(undoing, table,
		"SELECT count(*) FROM reqferry_undo_row u JOIN {F} t ON t.{I} = u.rowid_ WHERE "
		"u.undokey = $1 AND u.tablename = {N} AND u.kind = 'erased' AND NOT EXISTS (SELECT "
		"1 FROM reqferry_take d WHERE d.tablename = {N} AND d.id = u.rowid_) AND NOT "
		"EXISTS (SELECT 1 FROM reqferry_out o WHERE o.tablename = {N} AND o.id = u.rowid_)",
		&sql);
	if (!db_query_int(undoing->instance->db, sql.at, &key, 1, 0, &taken, err))
		return false;
	if (taken > 0)
		return FAIL(err, REFUSED,
			"%lld ids of the safety copy are those of other rows of \"%s\" now",
			(long long)taken, table->full_name);
	return true;
}

bool undo_decide(struct undoing *undoing, struct error *err)
{
	const struct catalogue *catalogue = undoing->instance->catalogue;
	if (!fill_take(undoing, err) || !fill_kept(undoing, err) || !fill_out(undoing, err))
		return false;
	for (size_t t = 0; t < catalogue->table_count; t++)
		if (!check_ids(undoing, &catalogue->tables[t], err))
			return false;
	return true;
}
