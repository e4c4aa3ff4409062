/*
 * Databases as the rest of the program sees them. One connection is one struct db, used by one
 * thread. SQL is written once for all systems: parameters are $1, $2, ...; identifiers are quoted
 * by db_identifier; what differs in words comes from the dialect; what differs in deeds is a
 * function here. driver.h is the other side of it.
 *
 * Every statement polls the task given to db_set_task and is interrupted when it says stop
 * (ERROR_INTERRUPTED). Errors: ERROR_DATABASE with the database's own words and the statement in
 * the detail, ERROR_LOCKED when the database is busy beyond the limit, ERROR_READ_ONLY,
 * ERROR_NO_TABLES for a table or column that is missing, ERROR_UNREACHABLE, ERROR_AUTHENTICATION,
 * ERROR_IO for a full disk, ERROR_INPUT for a file that is no database.
 *
 * A failed statement spoils its transaction: what was done in it cannot be relied on, the caller
 * rolls back.
 *
 * The fault switch, for tests, is the environment variable REQFERRY_FAULT, read once:
 *
 *     kill:N       the process kills itself before the Nth statement
 *     error:N      the Nth statement fails (ERROR_DATABASE)
 *     cut:N        the connection is lost before the Nth statement (ERROR_UNREACHABLE)
 *     cancel:N     the process sends itself SIGINT, as Ctrl-C does, and the Nth statement runs
 *     report:PATH  nothing fails; the number of statements so far is written to PATH whenever a
 *                  counted connection is closed, so that a test loop knows where to end
 *
 * Statements are counted from 1 over the whole process, on connections opened for writing only.
 * Everything that runs SQL counts once: a statement of db_exec or of a script, a query, BEGIN and
 * COMMIT (not ROLLBACK), a look into the catalogue of the database, db_fresh_ids. A bulk counts
 * when it is opened, at every 10,000th row and at its end.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/arena.h"
#include "base/str.h"
#include "base/task.h"

struct db;
struct db_rows;
struct db_bulk;

enum db_mode {
	DB_READ, /* statements that write fail, temporary tables may be made */
	DB_WRITE,
	DB_CREATE, /* as DB_WRITE, and an embedded database is made when it is missing */
};

/* --- values --------------------------------------------------------------------------------- */

enum db_value_kind { DB_NULL, DB_INT, DB_TEXT };

struct db_value {
	enum db_value_kind kind;
	int64_t number;
	struct slice text; /* borrowed for the call */
};

struct db_value db_null(void);
struct db_value db_int(int64_t number);
struct db_value db_slice(struct slice text); /* no value gives NULL */
struct db_value db_text(const char *text);   /* NULL gives NULL */

/* --- connections ------------------------------------------------------------------------------ */

/*
 * Opens `url`. Caller closes. DB_READ and DB_WRITE refuse an embedded database that does not
 * exist (ERROR_UNREACHABLE).
 *
 *     sqlite:PATH[?timeout=MS]   how long to wait for a lock, 5000 ms unless said otherwise; a `?`
 *                                in a file name is read as the beginning of the options
 */
MUST_CHECK bool db_open(const char *url, enum db_mode mode, struct db **out, struct error *err);
/* Rolls back what is open, closes, sets *db to NULL. Usable as CLEANUP(db_close). */
void db_close(struct db **db);
/* True when some driver takes URLs of this scheme. */
bool db_is_url(const char *text);
/*
 * The URL without its password, for messages: neither `user:PASSWORD@` nor a parameter whose name
 * ends in "password". Appends to *out.
 */
void db_redact(const char *url, struct str *out);
/* The task that statements poll from now on; NULL for none. Borrowed. */
void db_set_task(struct db *db, struct task *task);
/* "SQLite 3.40.1" */
const char *db_system(const struct db *db);
/*
 * The bytes that may still be written where the database lies. False, and nothing written, when
 * that cannot be seen from here.
 */
bool db_free_bytes(const struct db *db, int64_t *bytes);

/* --- statements ------------------------------------------------------------------------------- */

/* Runs one statement; *changed (may be NULL) gets the number of rows it wrote. */
MUST_CHECK bool db_exec(struct db *db, const char *sql, const struct db_value *values, size_t count,
	int64_t *changed, struct error *err);
/*
 * Runs a script: statements separated by `;` at a line's end, without parameters. A `;` inside
 * quotes or a comment separates nothing. Stops at the first statement that fails.
 */
MUST_CHECK bool db_script(struct db *db, const char *sql, struct error *err);
/*
 * Starts a query whose rows are streamed. Caller ends it with db_rows_end. On one connection other
 * statements may run while rows are read, but not BEGIN, COMMIT or ROLLBACK.
 */
MUST_CHECK bool db_query(struct db *db, const char *sql, const struct db_value *values,
	size_t count, struct db_rows **rows, struct error *err);
/* *row is false at the end. */
MUST_CHECK bool db_rows_next(struct db_rows *rows, bool *row, struct error *err);
size_t db_rows_columns(const struct db_rows *rows);
const char *db_rows_name(const struct db_rows *rows, size_t column);
/* A column of the current row as text; NULL gives no value. Lives until the next db_rows_next. */
struct slice db_rows_text(struct db_rows *rows, size_t column);
/* A column as a number; NULL and text that is none give 0. */
int64_t db_rows_int(struct db_rows *rows, size_t column);
/* Frees *rows and sets it to NULL. Usable as CLEANUP(db_rows_end). */
void db_rows_end(struct db_rows **rows);

/* The first column of the first row as a number; no row or NULL gives `otherwise`. */
MUST_CHECK bool db_query_int(struct db *db, const char *sql, const struct db_value *values,
	size_t count, int64_t otherwise, int64_t *out, struct error *err);
/* The first column of the first row, copied into the arena; no row or NULL gives no value. */
MUST_CHECK bool db_query_text(struct db *db, const char *sql, const struct db_value *values,
	size_t count, struct arena *arena, struct slice *out, struct error *err);

/* --- transactions ----------------------------------------------------------------------------- */

enum db_transaction {
	DB_SNAPSHOT,  /* reads see one state; nothing may be written */
	DB_WORK,      /* reads see one state; temporary tables may be made and written, no others */
	DB_READ_WRITE /* takes the write lock now where the system has one (SQLite) */
};
/* One transaction at a time; a second one inside it is refused. */
MUST_CHECK bool db_begin(struct db *db, enum db_transaction kind, struct error *err);
/* A commit that fails has rolled back: afterwards there is no transaction in either case. */
MUST_CHECK bool db_commit(struct db *db, struct error *err);
/* Cannot fail in a way that matters: what it cannot roll back the database rolls back itself. */
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db);

/* --- locks ------------------------------------------------------------------------------------ */

/*
 * Locks that programs agree on. They lock no rows: who does not ask for one does not notice it.
 * Where the write transaction is the only lock (SQLite), db_has_locks is false and every lock is
 * granted at once.
 */
bool db_has_locks(const struct db *db);
/*
 * Takes the lock `name` of the schema in which `table` is found (where it is not there: of the
 * current one). It is held until the end of the transaction; outside of one until db_unlock_all or
 * the end of the connection, however that comes. With `wait` as long as the URL's timeout says.
 * *got is false when another connection holds it; a transaction is then to be rolled back. `note`
 * (may be NULL) is what others can see of this connection meanwhile.
 */
MUST_CHECK bool db_lock(struct db *db, const char *table, const char *name, const char *note,
	bool wait, bool *got, struct error *err);
/* Gives back the locks that were taken outside of a transaction. */
void db_unlock_all(struct db *db);
/*
 * The server's process that holds the lock, 0 when nobody does; its note is appended to *note (may
 * be NULL) as far as it can be seen.
 */
MUST_CHECK bool db_lock_holder(struct db *db, const char *table, const char *name, int64_t *process,
	struct str *note, struct error *err);

/* --- bulk ------------------------------------------------------------------------------------- */

/*
 * Starts a bulk insert into `table` (a plain lower-case name of ours, or any name: it is quoted)
 * with these columns. On PostgreSQL it is COPY, on SQLite one prepared statement. Caller ends it.
 * Inside a transaction only; no other statement may run on the connection until it is ended.
 */
MUST_CHECK bool db_bulk_open(struct db *db, const char *table, const char *const *columns,
	size_t count, struct db_bulk **bulk, struct error *err);
/* One row; values[i].kind may differ from row to row. */
MUST_CHECK bool db_bulk_row(struct db_bulk *bulk, const struct db_value *values, struct error *err);
/* Ends and frees it, also when it fails, and sets *bulk to NULL. */
MUST_CHECK bool db_bulk_end(struct db_bulk **bulk, struct error *err);
/* Gives up: frees it, sets *bulk to NULL. The transaction is to be rolled back. */
void db_bulk_discard(struct db_bulk **bulk);

/* --- the catalogue of the database ------------------------------------------------------------ */

struct db_column {
	const char *name;
	const char *type; /* as the database spells it, lower case */
	int64_t length;   /* of a varchar or char in characters; 0 = no limit */
	int bits;         /* of an integer type, numeric(n,0) included: 32 or 64; 0 = none */
	bool not_null;
	bool has_default; /* or fills itself, as an id does */
};

/*
 * The columns of a table in table order, in the arena; *count is 0 when there is no such table.
 * Names are compared exactly. Temporary tables and views are no tables here, and columns that the
 * database computes and nobody can write are left out. ERROR_DATABASE when it cannot be found out.
 */
MUST_CHECK bool db_columns(struct db *db, const char *table, struct arena *arena,
	struct db_column **columns, size_t *count, struct error *err);
MUST_CHECK bool db_table_exists(struct db *db, const char *table, bool *exists, struct error *err);
/* Names of all tables that begin with `prefix`, sorted by bytes. */
MUST_CHECK bool db_tables(struct db *db, const char *prefix, struct arena *arena,
	const char ***names, size_t *count, struct error *err);

struct db_foreign_key {
	const char *table, *column;       /* who refers */
	const char *to_table, *to_column; /* to whom */
};
/* Every foreign key that refers to `table`. */
MUST_CHECK bool db_foreign_keys_to(struct db *db, const char *table, struct arena *arena,
	struct db_foreign_key **keys, size_t *count, struct error *err);

/* --- fresh ids -------------------------------------------------------------------------------- */

/*
 * Reserves `count` ids for the id column of `table` from the table's own sequence, so that neither
 * the app nor anybody else is given one of them: on SQLite under the write lock of the transaction.
 * Appends to *expression SQL for "the id of the row that stands at position ROW" where the text
 * `ordinal` is SQL for that position, from 1 on (on SQLite: base + ordinal; on PostgreSQL a
 * nextval). ERROR_DATABASE when the sequence stands behind the highest id, with the statement that
 * mends it as the hint; ERROR_LIMIT when no ids are left. Inside a DB_READ_WRITE transaction only,
 * and once for a table until the rows are inserted: on SQLite the rows themselves move the
 * sequence, so a second call before that gives the same ids.
 */
MUST_CHECK bool db_fresh_ids(struct db *db, const char *table, const char *id_column, int64_t count,
	const char *ordinal, struct str *expression, struct error *err);

struct db_sequence {
	bool behind;           /* the next id that it gives is one that is there */
	int64_t last, highest; /* where it stands, and the highest id */
	const char *statement; /* mends it; in the arena */
};
/*
 * Whether the sequence of the table's id column stands behind its highest id, as it does after rows
 * were copied in with their ids. Needs no right but to read, and no transaction.
 */
MUST_CHECK bool db_check_sequence(struct db *db, const char *table, const char *id_column,
	struct arena *arena, struct db_sequence *out, struct error *err);

/* --- words ------------------------------------------------------------------------------------ */

/*
 * What differs between systems only in words. Members that end in _f are templates for
 * dialect_apply: every "{}" in them stands for an SQL expression.
 */
#define DIALECT_ROW_PAIRS 50

struct dialect {
	const char *name;             /* "sqlite" */
	const char *binary_collation; /* behind a text expression: " COLLATE BINARY" */
	const char *type_int64, *type_text, *type_key; /* column types of our own tables */
	/*
	 * An INSERT that skips rows which a unique key forbids: the prefix stands for "INSERT
	 * INTO", blank at its end included, the suffix comes after the last row or the SELECT.
	 */
	const char *insert_ignore_prefix, *insert_ignore_suffix;
	const char *for_update; /* " FOR UPDATE" or "" */

	/*
	 * Values as the backup file spells them, from a column of a host or RY table. What a system
	 * without strict types (SQLite) may hold besides comes out as the text it is, not as NULL,
	 * so that the validator sees it.
	 */
	const char *integer_to_text_f;
	const char *boolean_to_text_f;   /* 'true' or 'false' */
	const char *timestamp_to_text_f; /* yyyy-MM-dd HH:mm:ss.SSS, further digits cut off */
	const char *text_to_text_f;
	/* and back, from staging text that the validator has passed */
	const char *text_to_integer_f;
	const char *text_to_boolean_f;
	const char *text_to_timestamp_f;

	const char
		*key_to_integer_f; /* text of 1 to 19 digits that int64 holds, anything else NULL */
	const char *upper_f;       /* upper case by Unicode's full mapping, as Java's toUpperCase */
	const char *boolean_is_true_f, *boolean_is_false_f; /* conditions on a boolean column */
	/*
	 * One row of a table as JSON text that holds every value exactly: begins and ends an
	 * argument list of at most DIALECT_ROW_PAIRS name, value pairs. A row of more is several
	 * of them with row_json_join between.
	 */
	const char *row_json_open, *row_json_close, *row_json_join;
	const char *row_json_f; /* all of them as one text */
	/*
	 * A value of such a text, of the type and with the bytes that it had: for
	 * dialect_row_column, see there.
	 */
	const char *row_column_f;
	unsigned fraction_digits; /* of a second, that a stored time keeps */
	const char *sha256_f;     /* of a text's bytes in UTF-8, as lower-case hexadecimal digits */
};

const struct dialect *db_dialect(const struct db *db);
/* Appends the template with every "{}" replaced by the expression. */
void dialect_apply(struct str *sql, const char *template, const char *expression);
/*
 * Appends the value of a column out of a row as JSON text: row_column_f with {} the row's SQL,
 * {table} and {column} the quoted names, {name} the column's name as a literal.
 */
void dialect_row_column(struct str *sql, const struct dialect *dialect, const char *row,
	const char *table, const char *column);
/* Appends the identifier in double quotes, quotes inside doubled: the only place that quotes. */
void db_identifier(struct str *sql, const char *name);
/* Appends a text literal in single quotes: for constants of the catalogue, never for user input. */
void db_literal(struct str *sql, struct slice text);

#endif
