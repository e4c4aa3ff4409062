/*
 * SQLite: errors, statements, transactions, bulk.
 *
 * Parameters: "$1" is a named parameter to SQLite, so values are bound by name, in any order and
 * as often as a statement names them. Statements are kept prepared in a small cache, where one is
 * taken out to be used and put back when it is done; so the same SQL may run twice at a time.
 *
 * SQLite rolls a transaction back by itself when a disk is full or a write was interrupted. What
 * follows would then run outside of any transaction: such statements are refused until the caller
 * has rolled back.
 *
 * Threads: a connection belongs to one thread (SQLITE_OPEN_NOMUTEX).
 */
#include "db/sqlite.h"

#include <errno.h>
#include <sys/statvfs.h>

struct sqlite_rows {
	struct db_rows base;
	struct sqlite *sqlite;
	sqlite3_stmt *statement;
	bool done;
};

struct sqlite_bulk {
	struct db_bulk base;
	struct sqlite *sqlite;
	sqlite3_stmt *statement;
	size_t columns;
};

/* --- errors ----------------------------------------------------------------------------------- */

static bool fail_constraint(const char *path, int result, struct error *err)
{
	const char *reason;

	switch (result) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		reason = "a value that must be unique would be there twice";
		break;
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		reason = "a row would refer to a row that does not exist";
		break;
	case SQLITE_CONSTRAINT_NOTNULL:
		reason = "a column that must have a value would have none";
		break;
	default:
		reason = "a value would break a rule of its table";
		break;
	}
	return FAIL(err, DATABASE, "database \"%s\" refused a statement: %s", path, reason);
}

/* SQLITE_ERROR says only in words that a table or a column is missing. */
static bool fail_plain(const char *path, const char *words, struct error *err)
{
	static const struct {
		const char *words, *thing;
	} missing[] = {{"no such table: ", "table"}, {"no such column: ", "column"}};
	const char *behind = strstr(words, " has no column named ");

	for (size_t i = 0; i < ARRAY_LEN(missing); i++) {
		size_t len = strlen(missing[i].words);

		if (strncmp(words, missing[i].words, len) == 0)
			return FAIL(err, NO_TABLES, "database \"%s\" has no %s \"%s\"", path,
				missing[i].thing, words + len);
	}
	if (behind)
		return FAIL(err, NO_TABLES, "database \"%s\" has no column \"%s\"", path,
			behind + strlen(" has no column named "));
	return FAIL(err, DATABASE, "database \"%s\" refused a statement", path);
}

static bool fail_interrupted(const struct sqlite *sqlite, struct error *err)
{
	if (sqlite->base.task && !task_check(sqlite->base.task, err))
		return false;
	return FAIL(err, INTERRUPTED, "interrupted");
}

static bool fail_full(const char *path, struct error *err)
{
	return FAIL_HINT(err, IO,
		"The disk is full: make room where the database lies and in the temporary folder, "
		"and try again.",
		"no space is left for database \"%s\" or its temporary files", path);
}

static bool fail_io(const char *path, int result, int code, struct error *err)
{
	if (code == ENOSPC || code == EDQUOT)
		return fail_full(path, err);
	if (result == SQLITE_IOERR_GETTEMPPATH)
		return FAIL_HINT(err, IO,
			"Name a folder that can be written in the variable SQLITE_TMPDIR.",
			"there is no folder for the temporary files of database \"%s\"", path);
	error_set(err, ERROR_IO, "database \"%s\" cannot be read or written: %s", path,
		code ? strerror(code) : "input or output failed");
	if (!error_hint_errno(err, code))
		error_hint(err, "Check the disk, and the rights of the folder.");
	return false;
}

static bool fail_by_kind(
	struct sqlite *sqlite, int result, int code, const char *words, struct error *err)
{
	const char *path = sqlite->path.at;

	switch (result & 0xff) {
	case SQLITE_INTERRUPT:
		return fail_interrupted(sqlite, err);
	case SQLITE_BUSY:
		if (sqlite->base.task && task_should_stop(sqlite->base.task))
			return fail_interrupted(sqlite, err);
		return FAIL_HINT(err, LOCKED,
			"Wait until the other program is done, or stop it, and try again.",
			"database \"%s\" is locked by another program", path);
	case SQLITE_READONLY:
		return FAIL_HINT(err, READ_ONLY,
			"Check the rights of the file and of its folder, and who writes it.",
			"database \"%s\" cannot be written", path);
	case SQLITE_FULL:
		return fail_full(path, err);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return fail_io(path, result, code, err);
	case SQLITE_NOTADB:
		return FAIL(err, INPUT, "\"%s\" is not an SQLite database", path);
	case SQLITE_CORRUPT:
		return FAIL_HINT(err, DATABASE, "Restore it from a backup.",
			"database \"%s\" is damaged", path);
	case SQLITE_TOOBIG:
		return FAIL(err, LIMIT, "a value or a statement is too large for database \"%s\"",
			path);
	case SQLITE_CONSTRAINT:
		return fail_constraint(path, result, err);
	default:
		return fail_plain(path, words, err);
	}
}

bool sqlite_fail(struct sqlite *sqlite, int result, const char *sql, struct error *err)
{
	int reason = errno, code = sqlite3_system_errno(sqlite->handle);
	const char *words =
		sqlite->handle ? sqlite3_errmsg(sqlite->handle) : sqlite3_errstr(result);

	/* SQLite forgets the system's reason when a commit fails: run() has cleared errno for that
	 */
	fail_by_kind(sqlite, result, code ? code : reason, words, err);
	error_detail(
		err, "%s (SQLite result %d)%s%s", words, result, sql ? ": " : "", sql ? sql : "");
	return false;
}

/* --- prepared statements ---------------------------------------------------------------------- */

static sqlite3_stmt *take_cached(struct sqlite *sqlite, const char *sql)
{
	for (size_t i = 0; i < SQLITE_CACHE_SIZE; i++) {
		sqlite3_stmt *statement = sqlite->cache[i];

		if (statement && strcmp(sqlite3_sql(statement), sql) == 0) {
			sqlite->cache[i] = NULL;
			return statement;
		}
	}
	return NULL;
}

static void put_back(struct sqlite *sqlite, sqlite3_stmt *statement)
{
	size_t place = sqlite->next;

	if (!statement)
		return;
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	for (size_t i = 0; i < SQLITE_CACHE_SIZE; i++) {
		if (!sqlite->cache[i])
			place = i;
	}
	sqlite3_finalize(sqlite->cache[place]);
	sqlite->cache[place] = statement;
	sqlite->next = (place + 1) % SQLITE_CACHE_SIZE;
}

/* Blanks and comments may follow a statement, nothing else: as with other systems' parameters. */
static bool is_single(struct sqlite *sqlite, const char *tail)
{
	sqlite3_stmt *second = NULL;
	bool single;

	if (!*tail)
		return true;
	single =
		sqlite3_prepare_v2(sqlite->handle, tail, -1, &second, NULL) == SQLITE_OK && !second;
	sqlite3_finalize(second);
	return single;
}

static bool check_transaction(const struct sqlite *sqlite, struct error *err)
{
	if (sqlite->base.in_transaction && sqlite3_get_autocommit(sqlite->handle))
		return FAIL(err, DATABASE, "database \"%s\" has rolled the transaction back",
			sqlite->path.at);
	return true;
}

static bool prepare(
	struct sqlite *sqlite, const char *sql, sqlite3_stmt **statement, struct error *err)
{
	const char *tail;
	int result;

	if (!check_transaction(sqlite, err))
		return false;
	*statement = take_cached(sqlite, sql);
	if (*statement)
		return true;
	result = sqlite3_prepare_v2(sqlite->handle, sql, -1, statement, &tail);
	if (result != SQLITE_OK)
		return sqlite_fail(sqlite, result, sql, err);
	if (*statement && !is_single(sqlite, tail)) {
		sqlite3_finalize(*statement);
		*statement = NULL;
		return FAIL(err, DATABASE, "several statements were given as one");
	}
	return true;
}

static int bind_value(sqlite3_stmt *statement, int index, const struct db_value *value,
	sqlite3_destructor_type life)
{
	if (value->kind == DB_INT)
		return sqlite3_bind_int64(statement, index, value->number);
	if (value->kind == DB_TEXT && value->text.at)
		return sqlite3_bind_text64(
			statement, index, value->text.at, value->text.len, life, SQLITE_UTF8);
	return sqlite3_bind_null(statement, index);
}

static bool bind(struct sqlite *sqlite, sqlite3_stmt *statement, const struct db_value *values,
	size_t count, sqlite3_destructor_type life, struct error *err)
{
	int parameters = sqlite3_bind_parameter_count(statement);

	for (int i = 1; i <= parameters; i++) {
		const char *name = sqlite3_bind_parameter_name(statement, i);
		int64_t number;
		int result;

		if (!name || name[0] != '$' || !slice_to_int64(slice_of(name + 1), &number) ||
			number < 1 || (uint64_t)number > count) {
			error_set(err, ERROR_DATABASE,
				"the parameter \"%s\" of a statement has no value",
				name ? name : "?");
			error_detail(err, "%s", sqlite3_sql(statement));
			return false;
		}
		result = bind_value(statement, i, &values[number - 1], life);
		if (result != SQLITE_OK)
			return sqlite_fail(sqlite, result, sqlite3_sql(statement), err);
	}
	return true;
}

/* --- statements ------------------------------------------------------------------------------- */

static bool sqlite_exec(struct db *db, const char *sql, const struct db_value *values, size_t count,
	int64_t *changed, struct error *err)
{
	struct sqlite *sqlite = (struct sqlite *)db;
	sqlite3_int64 before = sqlite3_total_changes64(sqlite->handle);
	sqlite3_stmt *statement;
	int result = SQLITE_DONE;
	bool ok;

	if (!prepare(sqlite, sql, &statement, err))
		return false;
	ok = !statement || bind(sqlite, statement, values, count, SQLITE_STATIC, err);
	if (ok && statement) {
		do {
			result = sqlite3_step(statement);
		} while (result == SQLITE_ROW);
		ok = result == SQLITE_DONE || sqlite_fail(sqlite, result, sql, err);
	}
	/* the count of changes stays what it was when a statement is none that counts */
	if (ok && changed)
		*changed = sqlite3_total_changes64(sqlite->handle) == before
				   ? 0
				   : sqlite3_changes64(sqlite->handle);
	put_back(sqlite, statement);
	return ok;
}

static bool sqlite_query(struct db *db, const char *sql, const struct db_value *values,
	size_t count, struct db_rows **rows, struct error *err)
{
	struct sqlite *sqlite = (struct sqlite *)db;
	sqlite3_stmt *statement;
	struct sqlite_rows *query;

	if (!prepare(sqlite, sql, &statement, err))
		return false;
	if (!statement)
		return FAIL(err, DATABASE, "an empty query was asked for");
	if (!bind(sqlite, statement, values, count, SQLITE_TRANSIENT, err)) {
		put_back(sqlite, statement);
		return false;
	}
	query = xmalloc(sizeof(*query));
	*query = (struct sqlite_rows){.sqlite = sqlite, .statement = statement};
	*rows = &query->base;
	return true;
}

static bool sqlite_rows_next(struct db_rows *rows, bool *row, struct error *err)
{
	struct sqlite_rows *query = (struct sqlite_rows *)rows;
	int result = query->done ? SQLITE_DONE : sqlite3_step(query->statement);

	if (result != SQLITE_ROW)
		query->done = true; /* another step would begin anew */
	if (result != SQLITE_ROW && result != SQLITE_DONE)
		return sqlite_fail(query->sqlite, result, sqlite3_sql(query->statement), err);
	*row = result == SQLITE_ROW;
	return true;
}

static size_t sqlite_rows_columns(const struct db_rows *rows)
{
	return (size_t)sqlite3_column_count(((const struct sqlite_rows *)rows)->statement);
}

static const char *sqlite_rows_name(const struct db_rows *rows, size_t column)
{
	return sqlite3_column_name(((const struct sqlite_rows *)rows)->statement, (int)column);
}

static struct slice sqlite_rows_text(struct db_rows *rows, size_t column)
{
	sqlite3_stmt *statement = ((struct sqlite_rows *)rows)->statement;
	const char *text;

	if (sqlite3_column_type(statement, (int)column) == SQLITE_NULL)
		return SLICE_NULL;
	text = (const char *)sqlite3_column_text(statement, (int)column);
	return (struct slice){
		text ? text : "", (size_t)sqlite3_column_bytes(statement, (int)column)};
}

static int64_t sqlite_rows_int(struct db_rows *rows, size_t column)
{
	sqlite3_stmt *statement = ((struct sqlite_rows *)rows)->statement;
	int64_t number = 0;

	/* SQLite would take the number that a text begins with */
	if (sqlite3_column_type(statement, (int)column) == SQLITE_TEXT)
		return slice_to_int64(sqlite_rows_text(rows, column), &number) ? number : 0;
	return sqlite3_column_int64(statement, (int)column);
}

static void sqlite_rows_end(struct db_rows *rows)
{
	struct sqlite_rows *query = (struct sqlite_rows *)rows;

	put_back(query->sqlite, query->statement);
	free(query);
}

/* --- transactions ----------------------------------------------------------------------------- */

/* Not through the cache: these few steps are not to be interrupted by the task. */
static bool run(struct sqlite *sqlite, const char *sql, struct error *err)
{
	int result;

	errno = 0;
	result = sqlite3_exec(sqlite->handle, sql, NULL, NULL, NULL);
	return result == SQLITE_OK || sqlite_fail(sqlite, result, sql, err);
}

static void sqlite_rollback(struct db *db)
{
	struct sqlite *sqlite = (struct sqlite *)db;

	if (!sqlite3_get_autocommit(sqlite->handle))
		sqlite3_exec(sqlite->handle, "ROLLBACK", NULL, NULL, NULL);
}

static bool sqlite_begin(struct db *db, enum db_transaction kind, struct error *err)
{
	struct sqlite *sqlite = (struct sqlite *)db;

	sqlite->transaction = kind;
	if (kind == DB_READ_WRITE)
		return run(sqlite, "BEGIN IMMEDIATE", err);
	/* the first read is what fixes the state that is seen */
	if (!run(sqlite, "BEGIN", err))
		return false;
	if (run(sqlite, "SELECT 1 FROM sqlite_master LIMIT 1", err))
		return true;
	sqlite_rollback(db);
	return false;
}

static bool sqlite_commit(struct db *db, struct error *err)
{
	struct sqlite *sqlite = (struct sqlite *)db;

	if (!check_transaction(sqlite, err))
		return false;
	if (sqlite->transaction != DB_READ_WRITE &&
		sqlite3_txn_state(sqlite->handle, "main") == SQLITE_TXN_WRITE)
		return FAIL(err, READ_ONLY, "a snapshot of database \"%s\" was written to",
			sqlite->path.at);
	return run(sqlite, "COMMIT", err);
}

/* What a server would do when the connection breaks. The file is closed later, by db_close. */
static void sqlite_cut(struct db *db)
{
	sqlite_rollback(db);
}

/* --- bulk ------------------------------------------------------------------------------------- */

static bool sqlite_bulk_open(struct db *db, const char *table, const char *const *columns,
	size_t count, struct db_bulk **bulk, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;
	struct sqlite *sqlite = (struct sqlite *)db;
	struct sqlite_bulk *insert;
	sqlite3_stmt *statement;

	str_add_text(&sql, "INSERT INTO ");
	db_identifier(&sql, table);
	for (size_t i = 0; i < count; i++) {
		str_add_text(&sql, i ? ", " : " (");
		db_identifier(&sql, columns[i]);
	}
	str_add_text(&sql, ") VALUES (");
	for (size_t i = 0; i < count; i++)
		str_addf(&sql, "%s$%zu", i ? ", " : "", i + 1);
	str_add_text(&sql, ")");
	if (!prepare(sqlite, sql.at, &statement, err))
		return false;
	insert = xmalloc(sizeof(*insert));
	*insert = (struct sqlite_bulk){.sqlite = sqlite, .statement = statement, .columns = count};
	*bulk = &insert->base;
	return true;
}

static bool sqlite_bulk_row(struct db_bulk *bulk, const struct db_value *values, struct error *err)
{
	struct sqlite_bulk *insert = (struct sqlite_bulk *)bulk;
	int result = SQLITE_OK;

	if (!check_transaction(insert->sqlite, err))
		return false;
	/* "$1" is the first parameter here, "$2" the second: no need to look for names */
	for (size_t i = 0; i < insert->columns && result == SQLITE_OK; i++)
		result = bind_value(insert->statement, (int)i + 1, &values[i], SQLITE_STATIC);
	if (result == SQLITE_OK)
		result = sqlite3_step(insert->statement);
	if (result != SQLITE_DONE)
		sqlite_fail(insert->sqlite, result, sqlite3_sql(insert->statement), err);
	sqlite3_reset(insert->statement);
	return result == SQLITE_DONE;
}

static void sqlite_bulk_discard(struct db_bulk *bulk)
{
	struct sqlite_bulk *insert = (struct sqlite_bulk *)bulk;

	put_back(insert->sqlite, insert->statement);
	free(insert);
}

static bool sqlite_bulk_end(struct db_bulk *bulk, struct error *err)
{
	(void)err; /* every row has reported for itself */
	sqlite_bulk_discard(bulk);
	return true;
}

/* --- the driver ------------------------------------------------------------------------------- */

static const char *sqlite_system(const struct db *db)
{
	return ((const struct sqlite *)db)->system;
}

static bool sqlite_free_bytes(const struct db *db, int64_t *bytes)
{
	const char *path = sqlite3_db_filename(((const struct sqlite *)db)->handle, "main");
	struct statvfs volume;

	if (!path || !*path || statvfs(path, &volume) != 0)
		return false;
	*bytes = (int64_t)volume.f_bavail * (int64_t)volume.f_frsize;
	return true;
}

const struct db_driver db_sqlite = {
	.schemes = {"sqlite"},
	.dialect = &sqlite_dialect,
	.open = sqlite_open,
	.close = sqlite_close,
	.cut = sqlite_cut,
	.system = sqlite_system,
	.free_bytes = sqlite_free_bytes,
	.exec = sqlite_exec,
	.query = sqlite_query,
	.rows_next = sqlite_rows_next,
	.rows_columns = sqlite_rows_columns,
	.rows_name = sqlite_rows_name,
	.rows_text = sqlite_rows_text,
	.rows_int = sqlite_rows_int,
	.rows_end = sqlite_rows_end,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.bulk_open = sqlite_bulk_open,
	.bulk_row = sqlite_bulk_row,
	.bulk_end = sqlite_bulk_end,
	.bulk_discard = sqlite_bulk_discard,
	.columns = sqlite_columns,
	.tables = sqlite_tables,
	.foreign_keys_to = sqlite_foreign_keys_to,
	.fresh_ids = sqlite_fresh_ids,
	.check_sequence = sqlite_check_sequence,
};
