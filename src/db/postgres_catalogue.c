/*
 * PostgreSQL: what tables, columns and foreign keys a database has, and fresh ids.
 *
 * A table's name is looked up as the server looks it up: in the schemas of the search path, the
 * first one wins; temporary tables are left out.
 */
#include "db/collect.h"
#include "db/postgres.h"

#include <inttypes.h>

static const char *column_text(struct db_rows *rows, size_t column, struct arena *arena)
{
	return arena_strdup(arena, postgres_rows_text(rows, column));
}

/* The table named by $1, or no row. */
#define TABLE                                                                                      \
	"(SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "      \
	"c.relnamespace WHERE c.relname = $1 AND c.relkind IN ('r', 'p') AND n.nspname = ANY "     \
	"(current_schemas(false)) ORDER BY array_position(current_schemas(false), n.nspname) "     \
	"LIMIT 1)"

/* --- columns ---------------------------------------------------------------------------------- */

static void read_column(struct db_rows *rows, struct arena *arena, void *item)
{
	*(struct db_column *)item = (struct db_column){
		.name = column_text(rows, 0, arena),
		.type = column_text(rows, 1, arena),
		.not_null = postgres_rows_int(rows, 2) != 0,
		.has_default = postgres_rows_int(rows, 3) != 0,
		.length = postgres_rows_int(rows, 4),
		.bits = (int)postgres_rows_int(rows, 5),
	};
}

bool postgres_columns(struct db *db, const char *table, struct arena *arena,
	struct db_column **columns, size_t *count, struct error *err)
{
	/* the modifier of varchar and char is the length and 4; numeric's has precision and scale
	 */
	static const char sql[] =
		"SELECT a.attname, lower(pg_catalog.format_type(a.atttypid, a.atttypmod)), "
		"a.attnotnull, a.atthasdef OR a.attidentity <> '', "
		"CASE WHEN a.atttypid IN (1042, 1043) AND a.atttypmod > 4 THEN a.atttypmod - 4 "
		"ELSE 0 END, "
		"CASE WHEN a.atttypid = 20 THEN 64 WHEN a.atttypid IN (21, 23) THEN 32 "
		"WHEN a.atttypid = 1700 AND a.atttypmod > 4 AND ((a.atttypmod - 4) & 65535) = 0 "
		"THEN CASE WHEN ((a.atttypmod - 4) >> 16) <= 9 THEN 32 ELSE 64 END ELSE 0 END "
		"FROM pg_catalog.pg_attribute a WHERE a.attrelid = " TABLE
		" AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY "
		"a.attnum";
	void *items;

	if (!collect_rows(&db_postgres, db, sql, table, sizeof(**columns), read_column, arena,
		    &items, count, err))
		return false;
	*columns = items;
	return true;
}

/* --- tables and keys -------------------------------------------------------------------------- */

bool postgres_tables(struct db *db, const char *prefix, struct arena *arena, const char ***names,
	size_t *count, struct error *err)
{
	static const char sql[] =
		"SELECT DISTINCT c.relname COLLATE \"C\" AS name FROM pg_catalog.pg_class c JOIN "
		"pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') "
		"AND n.nspname = ANY (current_schemas(false)) AND left(c.relname, length($1)) = $1 "
		"ORDER BY name";

	return collect_names(&db_postgres, db, sql, prefix, arena, names, count, err);
}

bool postgres_foreign_keys_to(struct db *db, const char *table, struct arena *arena,
	struct db_foreign_key **keys, size_t *count, struct error *err)
{
	/* constraints of several columns: a row each */
	static const char sql[] =
		"SELECT f.relname, fa.attname, t.relname, ta.attname FROM "
		"pg_catalog.pg_constraint k JOIN pg_catalog.pg_class f ON f.oid = k.conrelid JOIN "
		"pg_catalog.pg_class t ON t.oid = k.confrelid CROSS JOIN LATERAL "
		"unnest(k.conkey, k.confkey) WITH ORDINALITY AS u (own, other, place) JOIN "
		"pg_catalog.pg_attribute fa ON fa.attrelid = f.oid AND fa.attnum = u.own JOIN "
		"pg_catalog.pg_attribute ta ON ta.attrelid = t.oid AND ta.attnum = u.other WHERE "
		"k.contype = 'f' AND k.confrelid = " TABLE
		" ORDER BY f.relname COLLATE \"C\", k.oid, u.place";

	return collect_foreign_keys(&db_postgres, db, sql, table, arena, keys, count, err);
}

/* --- fresh ids -------------------------------------------------------------------------------- */

/* The first row's columns as texts; false with ERROR_DATABASE when there is none. */
static bool ask(struct db *db, const char *sql, const struct db_value *values, size_t count,
	struct arena *arena, struct slice *out, size_t columns, struct error *err)
{
	struct db_rows *rows;
	bool row;

	if (!postgres_query(db, sql, values, count, &rows, err))
		return false;
	bool ok = postgres_rows_next(rows, &row, err);
	for (size_t i = 0; ok && i < columns; i++)
		out[i] = row ? arena_copy(arena, postgres_rows_text(rows, i)) : SLICE_NULL;
	postgres_rows_end(rows);
	return ok;
}

/* The column's own sequence, quoted as the server writes it. */
static bool find_sequence(struct db *db, const char *table, const char *id_column,
	struct arena *arena, struct slice *sequence, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT, name = STR_INIT;
	const struct db_value column = db_text(id_column);

	db_identifier(&name, table);
	str_add_text(&sql, "SELECT pg_catalog.pg_get_serial_sequence(");
	db_literal(&sql, str_slice(&name));
	str_add_text(&sql, ", $1)");
	if (!ask(db, sql.at, &column, 1, arena, sequence, 1, err))
		return false;
	if (!sequence->at)
		return FAIL_HINT(err, DATABASE, "Compare the table with one that the app has made.",
			"column \"%s\" of table \"%s\" has no sequence", id_column, table);
	return true;
}

/* *out gets where `sequence` stands; last + 1 is what it gives next. */
static bool look_at_sequence(struct db *db, const char *table, const char *id_column,
	struct slice sequence, struct arena *arena, struct db_sequence *out, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT, highest = STR_INIT;
	struct slice numbers[2];

	str_add_text(&highest, "(SELECT max(");
	db_identifier(&highest, id_column);
	str_add_text(&highest, ") FROM ");
	db_identifier(&highest, table);
	str_add_char(&highest, ')');
	str_addf(&sql,
		"SELECT CASE WHEN s.is_called THEN s.last_value ELSE s.last_value - 1 END, %s "
		"FROM %.*s s",
		highest.at, SLICE_PRINT(sequence));
	if (!ask(db, sql.at, NULL, 0, arena, numbers, 2, err))
		return false;
	if (!slice_to_int64(numbers[0], &out->last))
		return FAIL(err, DATABASE, "sequence %.*s cannot be read", SLICE_PRINT(sequence));
	if (!numbers[1].at || !slice_to_int64(numbers[1], &out->highest))
		out->highest = out->last; /* an empty table */
	out->behind = out->highest > out->last;
	str_clear(&sql);
	str_add_text(&sql, "SELECT setval(");
	db_literal(&sql, sequence);
	str_addf(&sql, ", %s)", highest.at);
	out->statement = arena_strdup(arena, str_slice(&sql));
	return true;
}

bool postgres_check_sequence(struct db *db, const char *table, const char *id_column,
	struct arena *arena, struct db_sequence *out, struct error *err)
{
	struct db_sequence found = {.behind = false};
	struct slice sequence;

	if (!find_sequence(db, table, id_column, arena, &sequence, err) ||
		!look_at_sequence(db, table, id_column, sequence, arena, &found, err))
		return false;
	*out = found;
	return true;
}

/*
 * Every id is drawn by nextval when the row is written, so nobody else is given it; the sequence is
 * never set. One that stands behind the highest id would draw ids that are there already.
 */
bool postgres_fresh_ids(struct db *db, const char *table, const char *id_column, int64_t count,
	const char *ordinal UNUSED, struct str *expression, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct db_sequence found = {.behind = false};
	struct slice sequence;

	if (!find_sequence(db, table, id_column, &arena, &sequence, err) ||
		!look_at_sequence(db, table, id_column, sequence, &arena, &found, err))
		return false;
	if (found.behind) {
		error_set(err, ERROR_DATABASE,
			"the sequence of table \"%s\" stands at %" PRId64
			", behind its highest id %" PRId64,
			table, found.last, found.highest);
		error_hint(err, "Run: %s", found.statement);
		return false;
	}
	if (count > INT64_MAX - found.last)
		return FAIL(err, LIMIT,
			"table \"%s\" has no %" PRId64 " ids left: the last one was %" PRId64,
			table, count, found.last);
	str_add_text(expression, "nextval(");
	db_literal(expression, sequence);
	str_add_text(expression, "::regclass)");
	return true;
}
