/*
 * What all database systems have in common: the table of drivers, the checks before every
 * statement (connection cut, task stopped, fault switch), transactions' state, scripts.
 *
 * Threads: none of its own; a connection belongs to one thread.
 */
#include "db/driver.h"
#include "db/fault.h"

#include <signal.h>

#define BULK_FAULT_ROWS 10000

static const struct db_driver *const drivers[] = {&db_sqlite, &db_postgres};

/* Systems that people will ask for: a better answer than "unknown". */
static const char *const systems_without_driver[] = {
	"mysql", "mariadb", "sqlserver", "oracle", "jdbc"};

/* --- connections ------------------------------------------------------------------------------ */

static bool has_scheme(const char *url, const char *scheme)
{
	size_t len = strlen(scheme);

	return strncmp(url, scheme, len) == 0 && url[len] == ':';
}

static const struct db_driver *find_driver(const char *url)
{
	for (size_t i = 0; i < ARRAY_LEN(drivers); i++) {
		for (size_t k = 0; k < ARRAY_LEN(drivers[i]->schemes); k++) {
			if (drivers[i]->schemes[k] && has_scheme(url, drivers[i]->schemes[k]))
				return drivers[i];
		}
	}
	return NULL;
}

static bool no_driver(const char *url, struct error *err)
{
	CLEANUP(str_release) struct str shown = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(systems_without_driver); i++) {
		if (has_scheme(url, systems_without_driver[i]))
			return FAIL(err, UNSUPPORTED,
				"this build has no driver for \"%s\" databases",
				systems_without_driver[i]);
	}
	db_redact(url, &shown);
	error_set(err, ERROR_USAGE, "\"%s\" is no database URL that is known here", shown.at);
	str_clear(&shown);
	for (size_t i = 0; i < ARRAY_LEN(drivers); i++)
		str_addf(&shown, "%s%s:...", i ? ", " : "", drivers[i]->schemes[0]);
	error_hint(err, "Known are: %s", shown.at);
	return false;
}

bool db_is_url(const char *text)
{
	return find_driver(text) != NULL;
}

bool db_open(const char *url, enum db_mode mode, struct db **out, struct error *err)
{
	const struct db_driver *driver = find_driver(url);
	struct db *db;

	if (!driver)
		return no_driver(url, err);
	if (!fault_check(err) || !driver->open(url, mode, &db, err))
		return false;
	db->driver = driver;
	db->mode = mode;
	db->url = STR_INIT;
	db_redact(url, &db->url);
	*out = db;
	return true;
}

void db_close(struct db **db)
{
	if (!*db)
		return;
	db_rollback(*db);
	if ((*db)->mode != DB_READ)
		fault_report();
	str_release(&(*db)->url);
	(*db)->driver->close(*db);
	*db = NULL;
}

void db_set_task(struct db *db, struct task *task)
{
	db->task = task;
}

const char *db_system(const struct db *db)
{
	return db->driver->system(db);
}

bool db_free_bytes(const struct db *db, int64_t *bytes)
{
	return db->driver->free_bytes && db->driver->free_bytes(db, bytes);
}

const struct dialect *db_dialect(const struct db *db)
{
	return db->driver->dialect;
}

/* --- before every statement ------------------------------------------------------------------- */

static bool check_connection(struct db *db, struct error *err)
{
	if (db->cut)
		return FAIL(err, UNREACHABLE, "the connection to \"%s\" is lost", db->url.at);
	return !db->task || task_check(db->task, err);
}

static bool check_fault(struct db *db, struct error *err)
{
	int64_t number;

	if (db->mode == DB_READ)
		return true;
	switch (fault_next(&number)) {
	case FAULT_NONE:
		return true;
	case FAULT_KILL:
		raise(SIGKILL);
		break;
	case FAULT_CUT:
		db->driver->cut(db);
		db->cut = true;
		return check_connection(db, err);
	case FAULT_CANCEL:
		/* the statement runs, as it would: it may be done before anybody looks */
		raise(SIGINT);
		return true;
	case FAULT_ERROR:
		break;
	}
	return FAIL(err, DATABASE, "a fault was injected at statement %lld", (long long)number);
}

static bool may_run(struct db *db, struct error *err)
{
	return check_connection(db, err) && check_fault(db, err);
}

/* --- statements ------------------------------------------------------------------------------- */

bool db_exec(struct db *db, const char *sql, const struct db_value *values, size_t count,
	int64_t *changed, struct error *err)
{
	return may_run(db, err) && db->driver->exec(db, sql, values, count, changed, err);
}

bool db_query(struct db *db, const char *sql, const struct db_value *values, size_t count,
	struct db_rows **rows, struct error *err)
{
	if (!may_run(db, err) || !db->driver->query(db, sql, values, count, rows, err))
		return false;
	(*rows)->db = db;
	return true;
}

bool db_rows_next(struct db_rows *rows, bool *row, struct error *err)
{
	return check_connection(rows->db, err) && rows->db->driver->rows_next(rows, row, err);
}

size_t db_rows_columns(const struct db_rows *rows)
{
	return rows->db->driver->rows_columns(rows);
}

const char *db_rows_name(const struct db_rows *rows, size_t column)
{
	return rows->db->driver->rows_name(rows, column);
}

struct slice db_rows_text(struct db_rows *rows, size_t column)
{
	return rows->db->driver->rows_text(rows, column);
}

int64_t db_rows_int(struct db_rows *rows, size_t column)
{
	return rows->db->driver->rows_int(rows, column);
}

void db_rows_end(struct db_rows **rows)
{
	if (*rows)
		(*rows)->db->driver->rows_end(*rows);
	*rows = NULL;
}

bool db_query_int(struct db *db, const char *sql, const struct db_value *values, size_t count,
	int64_t otherwise, int64_t *out, struct error *err)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	bool row;

	if (!db_query(db, sql, values, count, &rows, err) || !db_rows_next(rows, &row, err))
		return false;
	*out = row && db_rows_text(rows, 0).at ? db_rows_int(rows, 0) : otherwise;
	return true;
}

bool db_query_text(struct db *db, const char *sql, const struct db_value *values, size_t count,
	struct arena *arena, struct slice *out, struct error *err)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	bool row;

	if (!db_query(db, sql, values, count, &rows, err) || !db_rows_next(rows, &row, err))
		return false;
	*out = row ? arena_copy(arena, db_rows_text(rows, 0)) : SLICE_NULL;
	return true;
}

/* --- scripts ---------------------------------------------------------------------------------- */

/* Behind a quoted text, a quoted name or a comment that begins here; NULL when none does. */
static const char *skip_token(const char *at)
{
	const char *end;

	if (*at == '\'' || *at == '"') {
		/* a doubled quote ends one text and begins the next: no special case */
		end = strchr(at + 1, *at);
		return end ? end + 1 : at + strlen(at);
	}
	if (at[0] == '-' && at[1] == '-')
		return at + strcspn(at, "\n");
	if (at[0] == '/' && at[1] == '*') {
		end = strstr(at + 2, "*/");
		return end ? end + 2 : at + strlen(at);
	}
	return NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* True for a `;` at a line's end; a comment up to there does not count. */
static bool is_separator(const char *at)
{
	if (*at != ';')
		return false;
	at += 1 + strspn(at + 1, " \t\r");
	return *at == '\n' || *at == '\0' || (at[0] == '-' && at[1] == '-');
}

/* The end of the statement that begins at `at`: its `;` or the text's end. *empty: no SQL in it. */
static const char *statement_end(const char *at, bool *empty)
{
	*empty = true;
	while (*at) {
		const char *behind = skip_token(at);

		if (behind) {
			*empty = *empty && *at != '\'' && *at != '"';
			at = behind;
		} else if (is_separator(at)) {
			return at;
		} else {
			*empty = *empty && is_blank(*at);
			at++;
		}
	}
	return at;
}

bool db_script(struct db *db, const char *sql, struct error *err)
{
	CLEANUP(str_release) struct str statement = STR_INIT;
	unsigned number = 0;

	while (*sql) {
		bool empty;
		const char *end = statement_end(sql, &empty);

		if (!empty) {
			number++;
			str_clear(&statement);
			str_add(&statement, (struct slice){sql, (size_t)(end - sql)});
			if (!db_exec(db, statement.at, NULL, 0, NULL, err)) {
				error_context(err, "statement %u of a script", number);
				return false;
			}
		}
		sql = *end ? end + 1 : end;
	}
	return true;
}

/* --- transactions ----------------------------------------------------------------------------- */

bool db_begin(struct db *db, enum db_transaction kind, struct error *err)
{
	if (db->in_transaction)
		return FAIL(err, DATABASE, "a transaction was begun inside another one");
	/* SQLite itself would make it a transaction for reading */
	if (kind == DB_READ_WRITE && db->mode == DB_READ)
		return FAIL(err, READ_ONLY, "database \"%s\" is open for reading only", db->url.at);
	if (!may_run(db, err) || !db->driver->begin(db, kind, err))
		return false;
	db->in_transaction = true;
	return true;
}

bool db_commit(struct db *db, struct error *err)
{
	if (!db->in_transaction)
		return FAIL(err, DATABASE, "a commit was asked for outside of a transaction");
	if (!may_run(db, err) || !db->driver->commit(db, err)) {
		db_rollback(db);
		return false;
	}
	db->in_transaction = false;
	return true;
}

void db_rollback(struct db *db)
{
	if (db->in_transaction && !db->cut)
		db->driver->rollback(db);
	db->in_transaction = false;
}

bool db_in_transaction(const struct db *db)
{
	return db->in_transaction;
}

/* --- locks ------------------------------------------------------------------------------------ */

bool db_has_locks(const struct db *db)
{
	return db->driver->lock != NULL;
}

bool db_lock(struct db *db, const char *table, const char *name, const char *note, bool wait,
	bool *got, struct error *err)
{
	if (!db_has_locks(db)) {
		*got = true;
		return true;
	}
	return may_run(db, err) && db->driver->lock(db, table, name, note, wait, got, err);
}

void db_unlock_all(struct db *db)
{
	if (db_has_locks(db) && !db->cut)
		db->driver->unlock_all(db);
}

bool db_lock_holder(struct db *db, const char *table, const char *name, int64_t *process,
	struct str *note, struct error *err)
{
	if (!db_has_locks(db)) {
		*process = 0;
		return true;
	}
	return may_run(db, err) && db->driver->lock_holder(db, table, name, process, note, err);
}

/* --- bulk ------------------------------------------------------------------------------------- */

bool db_bulk_open(struct db *db, const char *table, const char *const *columns, size_t count,
	struct db_bulk **bulk, struct error *err)
{
	if (!db->in_transaction)
		return FAIL(err, DATABASE, "a bulk insert was begun outside of a transaction");
	if (!may_run(db, err) || !db->driver->bulk_open(db, table, columns, count, bulk, err))
		return false;
	(*bulk)->db = db;
	(*bulk)->rows = 0;
	return true;
}

bool db_bulk_row(struct db_bulk *bulk, const struct db_value *values, struct error *err)
{
	struct db *db = bulk->db;

	bulk->rows++;
	if (!check_connection(db, err))
		return false;
	if (bulk->rows % BULK_FAULT_ROWS == 0 && !check_fault(db, err))
		return false;
	return db->driver->bulk_row(bulk, values, err);
}

bool db_bulk_end(struct db_bulk **bulk, struct error *err)
{
	struct db_bulk *ending = *bulk;

	if (!may_run(ending->db, err)) {
		db_bulk_discard(bulk);
		return false;
	}
	*bulk = NULL;
	return ending->db->driver->bulk_end(ending, err);
}

void db_bulk_discard(struct db_bulk **bulk)
{
	if (*bulk)
		(*bulk)->db->driver->bulk_discard(*bulk);
	*bulk = NULL;
}

/* --- the catalogue of the database --------------------------------------------------------------
 */

bool db_columns(struct db *db, const char *table, struct arena *arena, struct db_column **columns,
	size_t *count, struct error *err)
{
	return may_run(db, err) && db->driver->columns(db, table, arena, columns, count, err);
}

bool db_table_exists(struct db *db, const char *table, bool *exists, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct db_column *columns;
	size_t count;

	if (!db_columns(db, table, &arena, &columns, &count, err))
		return false;
	*exists = count > 0;
	return true;
}

bool db_tables(struct db *db, const char *prefix, struct arena *arena, const char ***names,
	size_t *count, struct error *err)
{
	return may_run(db, err) && db->driver->tables(db, prefix, arena, names, count, err);
}

bool db_foreign_keys_to(struct db *db, const char *table, struct arena *arena,
	struct db_foreign_key **keys, size_t *count, struct error *err)
{
	return may_run(db, err) && db->driver->foreign_keys_to(db, table, arena, keys, count, err);
}

bool db_fresh_ids(struct db *db, const char *table, const char *id_column, int64_t count,
	const char *ordinal, struct str *expression, struct error *err)
{
	if (!db->in_transaction)
		return FAIL(err, DATABASE, "ids were asked for outside of a transaction");
	return may_run(db, err) &&
	       db->driver->fresh_ids(db, table, id_column, count, ordinal, expression, err);
}

bool db_check_sequence(struct db *db, const char *table, const char *id_column, struct arena *arena,
	struct db_sequence *out, struct error *err)
{
	if (!db->driver->check_sequence) {
		*out = (struct db_sequence){.behind = false};
		return true;
	}
	return may_run(db, err) &&
	       db->driver->check_sequence(db, table, id_column, arena, out, err);
}
