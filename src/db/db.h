/*
 * Databases as the rest of the program sees them. One connection is one struct db, used by one
 * thread. SQL is written once for all systems: parameters are $1, $2, ...; identifiers are quoted
 * by db_identifier; what differs in words comes from the dialect; what differs in deeds is a
 * function here. driver.h is the other side of it.
 *
 * Every statement polls the task given to db_set_task and is interrupted when it says stop
 * (ERROR_INTERRUPTED). Errors: ERROR_DATABASE with the database's own words in the detail,
 * ERROR_LOCKED when the database is busy beyond the limit, ERROR_READ_ONLY, ERROR_NO_TABLES,
 * ERROR_UNREACHABLE, ERROR_AUTHENTICATION, ERROR_IO for a full disk.
 *
 * The fault switch, for tests: REQFERRY_FAULT=kill:N|error:N|cut:N ends the process, fails the
 * statement or cuts the connection at the Nth statement of the process that runs on a connection
 * opened for writing (1 = the first; BEGIN and COMMIT count, a bulk counts as one at its end).
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
	DB_READ,   /* statements that write fail, temporary tables may be made */
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
 * Opens `url` (`sqlite:PATH`, later `postgresql://...`). Caller closes. DB_READ and DB_WRITE refuse
 * an embedded database that does not exist (ERROR_UNREACHABLE).
 */
MUST_CHECK bool db_open(const char *url, enum db_mode mode, struct db **out, struct error *err);
/* Rolls back what is open, closes, sets *db to NULL. Usable as CLEANUP(db_close). */
void db_close(struct db **db);
/* True when some driver takes URLs of this scheme. */
bool db_is_url(const char *text);
/* The URL without its password, for messages. Appends to *out. */
void db_redact(const char *url, struct str *out);
/* The task that statements poll from now on; NULL for none. Borrowed. */
void db_set_task(struct db *db, struct task *task);
/* "SQLite 3.40.1" */
const char *db_system(const struct db *db);

/* --- statements ------------------------------------------------------------------------------- */

/* Runs one statement; *changed (may be NULL) gets the number of rows it wrote. */
MUST_CHECK bool db_exec(struct db *db, const char *sql, const struct db_value *values, size_t count,
		int64_t *changed, struct error *err);
/* Runs a script: statements separated by `;` at a line's end, without parameters. */
MUST_CHECK bool db_script(struct db *db, const char *sql, struct error *err);
/*
 * Starts a query whose rows are streamed. Caller ends it with db_rows_end. On one connection other
 * statements may run while rows are read, but not BEGIN, COMMIT or ROLLBACK.
 */
MUST_CHECK bool db_query(struct db *db, const char *sql, const struct db_value *values, size_t count,
		struct db_rows **rows, struct error *err);
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
	DB_READ_WRITE /* takes the write lock now where the system has one (SQLite) */
};
MUST_CHECK bool db_begin(struct db *db, enum db_transaction kind, struct error *err);
MUST_CHECK bool db_commit(struct db *db, struct error *err);
/* Cannot fail in a way that matters: what it cannot roll back the database rolls back itself. */
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db);

/* --- bulk ------------------------------------------------------------------------------------- */

/*
 * Starts a bulk insert into `table` (a plain lower-case name of ours, or any name: it is quoted)
 * with these columns. On PostgreSQL it is COPY, on SQLite one prepared statement. Caller ends it.
 */
MUST_CHECK bool db_bulk_open(struct db *db, const char *table, const char *const *columns,
		size_t count, struct db_bulk **bulk, struct error *err);
/* One row; values[i].kind may differ from row to row. */
MUST_CHECK bool db_bulk_row(struct db_bulk *bulk, const struct db_value *values, struct error *err);
/* Ends and frees it, sets *bulk to NULL. */
MUST_CHECK bool db_bulk_end(struct db_bulk **bulk, struct error *err);
/* Gives up: frees it, sets *bulk to NULL. The transaction is to be rolled back. */
void db_bulk_discard(struct db_bulk **bulk);

/* --- the catalogue of the database -------------------------------------------------------------- */

struct db_column {
	const char *name;
	const char *type;     /* as the database spells it, lower case */
	bool not_null;
	bool has_default;     /* or fills itself, as an id does */
	int64_t length;       /* of a varchar in characters; 0 = no limit */
	int bits;             /* of an integer type: 32 or 64; 0 = no integer */
};

/*
 * The columns of a table in table order, in the arena; *count is 0 when there is no such table.
 * Names are compared exactly. ERROR_DATABASE when it cannot be found out.
 */
MUST_CHECK bool db_columns(struct db *db, const char *table, struct arena *arena,
		struct db_column **columns, size_t *count, struct error *err);
MUST_CHECK bool db_table_exists(struct db *db, const char *table, bool *exists, struct error *err);
/* Names of all tables that begin with `prefix`, sorted by bytes. */
MUST_CHECK bool db_tables(struct db *db, const char *prefix, struct arena *arena, const char ***names,
		size_t *count, struct error *err);

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
 * mends it as the hint. Inside a DB_READ_WRITE transaction only.
 */
MUST_CHECK bool db_fresh_ids(struct db *db, const char *table, const char *id_column, int64_t count,
		const char *ordinal, struct str *expression, struct error *err);

/* --- words ------------------------------------------------------------------------------------ */

/*
 * What differs between systems only in words. Members that end in _f are templates for dialect_apply:
 * every "{}" in them stands for an SQL expression.
 */
struct dialect {
	const char *name;             /* "sqlite" */
	const char *binary_collation; /* behind a text expression: " COLLATE BINARY", " COLLATE \"C\"" */
	const char *type_int64, *type_text, *type_key; /* column types of our own tables */
	const char *insert_ignore_prefix, *insert_ignore_suffix; /* INSERT that skips duplicates */
	const char *for_update;       /* " FOR UPDATE" or "" */

	/* values as the backup file spells them, from a column of a host or RY table */
	const char *integer_to_text_f;
	const char *boolean_to_text_f;   /* 'true', 'false' or NULL */
	const char *timestamp_to_text_f; /* yyyy-MM-dd HH:mm:ss.SSS */
	const char *text_to_text_f;
	/* and back, from staging text that the validator has passed */
	const char *text_to_integer_f;
	const char *text_to_boolean_f;
	const char *text_to_timestamp_f;

	const char *key_to_integer_f; /* text of 1 to 18 digits as a number, anything else NULL */
	const char *upper_f;          /* upper case by Unicode's rules */
	const char *boolean_is_true_f, *boolean_is_false_f; /* conditions on a boolean column */
	/* one row of a table as JSON text: begins and ends an argument list of name, value pairs */
	const char *row_json_open, *row_json_close;
};

const struct dialect *db_dialect(const struct db *db);
/* Appends the template with every "{}" replaced by the expression. */
void dialect_apply(struct str *sql, const char *template, const char *expression);
/* Appends the identifier in double quotes, quotes inside doubled: the only place that quotes. */
void db_identifier(struct str *sql, const char *name);
/* Appends a text literal in single quotes: for constants of the catalogue, never for user input. */
void db_literal(struct str *sql, struct slice text);

#endif
