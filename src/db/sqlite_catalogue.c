/*
 * SQLite: what tables, columns and foreign keys a database has, and fresh ids. Asked through the
 * driver's own functions. Only the main database is looked at, never "temp".
 *
 * Types are words to SQLite. They are read as the system that our schemas come from (PostgreSQL)
 * would read them, so that a value too large for the app's integer column is found before it is
 * written.
 */
#include "db/collect.h"
#include "db/sqlite.h"

#include <inttypes.h>

static const char *column_text(struct db_rows *rows, size_t column, struct arena *arena)
{
	return arena_strdup(arena, db_sqlite.rows_text(rows, column));
}

/* --- types ------------------------------------------------------------------------------------ */

static bool begins_with(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

/* The numbers in "type(first, second)"; those that are missing are 0. */
static void read_arguments(const char *type, int64_t *first, int64_t *second)
{
	struct slice head, tail;

	*first = *second = 0;
	if (!slice_cut(slice_of(type), '(', &head, &tail) || !slice_cut(tail, ')', &head, &tail))
		return;
	if (slice_cut(head, ',', &head, &tail) && !slice_to_int64(slice_trim(tail), second))
		*second = 0;
	if (!slice_to_int64(slice_trim(head), first))
		*first = 0;
}

static int64_t type_length(const char *type)
{
	static const char *const texts[] = {"varchar", "char", "nvarchar", "nchar"};
	int64_t length, ignored;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (begins_with(type, texts[i])) {
			read_arguments(type, &length, &ignored);
			return length > 0 ? length : 0;
		}
	}
	return 0;
}

static int type_bits(const char *type)
{
	/* by their beginnings; the first that fits counts */
	static const struct {
		const char *type;
		int bits;
	} integers[] = {{"int8", 64}, {"bigint", 64}, {"bigserial", 64}, {"integer", 32},
		{"int4", 32}, {"int2", 32}, {"smallint", 32}, {"mediumint", 32}, {"tinyint", 32},
		{"serial", 32}, {"int(", 32}};
	int64_t precision, scale;

	if (begins_with(type, "numeric(") || begins_with(type, "decimal(")) {
		read_arguments(type, &precision, &scale);
		if (precision <= 0 || scale != 0)
			return 0;
		return precision <= 9 ? 32 : 64;
	}
	for (size_t i = 0; i < ARRAY_LEN(integers); i++) {
		if (begins_with(type, integers[i].type))
			return integers[i].bits;
	}
	return strcmp(type, "int") == 0 ? 32 : 0;
}

/* --- columns, tables, keys -------------------------------------------------------------------- */

/*
 * A single primary key column of type "integer" that has no index of its own is the row's number:
 * it fills itself and holds 64 bits.
 */
static const char columns_sql[] =
	"SELECT c.name, lower(c.type), c.\"notnull\", c.dflt_value,"
	" c.pk > 0 AND lower(c.type) = 'integer'"
	"  AND (SELECT count(*) FROM pragma_table_info($1, 'main') WHERE pk > 0) = 1"
	"  AND NOT EXISTS (SELECT 1 FROM pragma_index_list($1, 'main') WHERE origin = 'pk')"
	" FROM pragma_table_info($1, 'main') c"
	" WHERE EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1)"
	" ORDER BY c.cid";

static void read_column(struct db_rows *rows, struct arena *arena, void *item)
{
	struct db_column *column = item;
	struct slice otherwise = db_sqlite.rows_text(rows, 3);
	bool row_number = db_sqlite.rows_int(rows, 4) != 0;
	bool has_default =
		otherwise.at && !(otherwise.len == 4 && strncasecmp(otherwise.at, "null", 4) == 0);

	*column = (struct db_column){
		.name = column_text(rows, 0, arena),
		.type = column_text(rows, 1, arena),
		.not_null = row_number || db_sqlite.rows_int(rows, 2) != 0,
		.has_default = row_number || has_default,
	};
	column->length = type_length(column->type);
	column->bits = row_number ? 64 : type_bits(column->type);
}

bool sqlite_columns(struct db *db, const char *table, struct arena *arena,
	struct db_column **columns, size_t *count, struct error *err)
{
	void *items;

	if (!collect_rows(&db_sqlite, db, columns_sql, table, sizeof(**columns), read_column, arena,
		    &items, count, err))
		return false;
	*columns = items;
	return true;
}

bool sqlite_tables(struct db *db, const char *prefix, struct arena *arena, const char ***names,
	size_t *count, struct error *err)
{
	/* names that begin with sqlite_ are reserved for the system's own tables */
	static const char sql[] = "SELECT name FROM sqlite_master WHERE type = 'table'"
				  " AND substr(name, 1, length($1)) = $1 COLLATE BINARY"
				  " AND substr(name, 1, 7) <> 'sqlite_'"
				  " ORDER BY name COLLATE BINARY";

	return collect_names(&db_sqlite, db, sql, prefix, arena, names, count, err);
}

bool sqlite_foreign_keys_to(struct db *db, const char *table, struct arena *arena,
	struct db_foreign_key **keys, size_t *count, struct error *err)
{
	/*
	 * A key names its table and columns in any case, and may name no columns when it means the
	 * primary key: what comes out are the names as the tables have them.
	 */
	static const char sql[] =
		"SELECT m.name, k.\"from\", $1,"
		" (SELECT c.name FROM pragma_table_info($1, 'main') c"
		"  WHERE CASE WHEN k.\"to\" IS NULL THEN c.pk = k.seq + 1"
		"  ELSE c.name = k.\"to\" COLLATE NOCASE END)"
		" FROM sqlite_master m, pragma_foreign_key_list(m.name, 'main') k"
		" WHERE m.type = 'table' AND k.\"table\" = $1 COLLATE NOCASE"
		" AND EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1)"
		" ORDER BY m.name COLLATE BINARY, k.id, k.seq";

	return collect_foreign_keys(&db_sqlite, db, sql, table, arena, keys, count, err);
}

/* --- fresh ids -------------------------------------------------------------------------------- */

static bool ask_number(
	struct db *db, const char *sql, const char *name, int64_t *number, struct error *err)
{
	struct db_value value = db_text(name);
	struct db_rows *rows;
	bool row, ok;

	if (!db_sqlite.query(db, sql, &value, 1, &rows, err))
		return false;
	ok = db_sqlite.rows_next(rows, &row, err);
	if (ok)
		*number = row ? db_sqlite.rows_int(rows, 0) : 0;
	db_sqlite.rows_end(rows);
	return ok;
}

static bool highest_id(struct db *db, const char *table, const char *id_column, int64_t *highest,
	struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;

	str_add_text(&sql, "SELECT max(");
	db_identifier(&sql, id_column);
	str_add_text(&sql, ") FROM ");
	db_identifier(&sql, table);
	return ask_number(db, sql.at, table, highest, err);
}

/*
 * SQLite itself takes the larger of the two, so a sequence behind does no harm here; but nothing of
 * SQLite's own puts it there. Somebody edited it, and rows that were deleted may give their ids to
 * others.
 */
bool sqlite_check_sequence(struct db *db, const char *table, const char *id_column,
	struct arena *arena, struct db_sequence *out, struct error *err)
{
	CLEANUP(str_release) struct str statement = STR_INIT;
	struct db_sequence sequence = {.behind = false};
	int64_t own = 0, there = 0;

	*out = sequence;
	if (!ask_number(db,
		    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1 AND upper(sql) "
		    "LIKE '%AUTOINCREMENT%'",
		    table, &own, err))
		return false;
	if (!own)
		return true;
	if (!highest_id(db, table, id_column, &sequence.highest, err) ||
		!ask_number(
			db, "SELECT 1 FROM sqlite_sequence WHERE name = $1", table, &there, err) ||
		!ask_number(db, "SELECT seq FROM sqlite_sequence WHERE name = $1", table,
			&sequence.last, err))
		return false;
	sequence.behind = sequence.last < sequence.highest;
	if (there) {
		str_addf(&statement, "UPDATE sqlite_sequence SET seq = %" PRId64 " WHERE name = ",
			sequence.highest);
		db_literal(&statement, slice_of(table));
	} else {
		str_add_text(&statement, "INSERT INTO sqlite_sequence (name, seq) VALUES (");
		db_literal(&statement, slice_of(table));
		str_addf(&statement, ", %" PRId64 ")", sequence.highest);
	}
	sequence.statement = arena_strdup(arena, str_slice(&statement));
	*out = sequence;
	return true;
}

/*
 * The larger of the sequence and the highest id, as SQLite itself takes it. Nothing is written to
 * reserve the ids: the write lock keeps everybody else out, and the rows that are inserted with
 * them move the sequence of an AUTOINCREMENT table. A table without one has no row there.
 */
bool sqlite_fresh_ids(struct db *db, const char *table, const char *id_column, int64_t count,
	const char *ordinal, struct str *expression, struct error *err)
{
	int64_t sequences, sequence = 0, highest;

	if (((struct sqlite *)db)->transaction != DB_READ_WRITE)
		return FAIL(err, DATABASE, "ids were asked for in a snapshot");
	if (!highest_id(db, table, id_column, &highest, err) ||
		!ask_number(db, "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'", table,
			&sequences, err))
		return false;
	if (sequences && !ask_number(db, "SELECT seq FROM sqlite_sequence WHERE name = $1", table,
				 &sequence, err))
		return false;
	if (sequence < highest)
		sequence = highest;
	if (sequence < 0)
		sequence = 0;
	if (count > INT64_MAX - sequence)
		return FAIL(err, LIMIT,
			"table \"%s\" has no %" PRId64 " ids left: the highest one is %" PRId64,
			table, count, sequence);
	str_addf(expression, "(%" PRId64 " + %s)", sequence, ordinal);
	return true;
}
