/*
 * What the files of the PostgreSQL driver know of each other. Nobody else includes it.
 */
#ifndef DB_POSTGRES_H
#define DB_POSTGRES_H

#include "db/driver.h"
#include <libpq-fe.h>

struct postgres_rows;

struct postgres {
	struct db base; /* first: a struct db is a struct postgres */
	PGconn *conn;
	struct str name; /* for messages: the URL without its password */
	char system[64];
	struct postgres_rows *streaming; /* the query whose rows the server is still sending */
};

/* Types of a column that can be written in binary: their numbers in pg_type. */
#define POSTGRES_INT8 20
#define POSTGRES_TEXT 25

/* --- postgres_error.c --- */

/* Sets the error for a result that reports one; `sql` may be NULL. Is false. */
bool postgres_fail(
	struct postgres *postgres, const PGresult *result, const char *sql, struct error *err);
/* Sets the error for a connection that could not be made or is lost. Is false. */
bool postgres_fail_connection(struct postgres *postgres, struct error *err);

/* --- postgres_wait.c --- */

/*
 * Waits for the next result of what was sent, polling the task; NULL at the end. When the task says
 * stop, the server is told to cancel, and what it answers is the result. False only when the
 * connection is lost.
 */
MUST_CHECK bool postgres_result(struct postgres *postgres, PGresult **result, struct error *err);
/* Takes the rest of the results and throws them away. */
void postgres_drain(struct postgres *postgres);
/* Sends one statement; `values` as in db_exec. */
MUST_CHECK bool postgres_send(struct postgres *postgres, const char *sql,
	const struct db_value *values, size_t count, struct error *err);
/* Runs one statement without rows to its end; *changed may be NULL. */
MUST_CHECK bool postgres_run(struct postgres *postgres, const char *sql,
	const struct db_value *values, size_t count, int64_t *changed, struct error *err);

/* --- postgres_rows.c: as in struct db_driver --- */

/* Takes the rows that are still to come off the connection, so that another statement can run. */
MUST_CHECK bool postgres_set_aside(struct postgres *postgres, struct error *err);
bool postgres_query(struct db *db, const char *sql, const struct db_value *values, size_t count,
	struct db_rows **rows, struct error *err);
bool postgres_rows_next(struct db_rows *base, bool *row, struct error *err);
size_t postgres_rows_columns(const struct db_rows *rows);
const char *postgres_rows_name(const struct db_rows *rows, size_t column);
struct slice postgres_rows_text(struct db_rows *base, size_t column);
int64_t postgres_rows_int(struct db_rows *rows, size_t column);
void postgres_rows_end(struct db_rows *base);

/* --- postgres_open.c --- */

bool postgres_open(const char *url, enum db_mode mode, struct db **out, struct error *err);
void postgres_close(struct db *db);

/* --- postgres_bulk.c: as in struct db_driver --- */

bool postgres_bulk_open(struct db *db, const char *table, const char *const *columns, size_t count,
	struct db_bulk **bulk, struct error *err);
bool postgres_bulk_row(struct db_bulk *base, const struct db_value *values, struct error *err);
bool postgres_bulk_end(struct db_bulk *base, struct error *err);
void postgres_bulk_discard(struct db_bulk *base);

/* --- postgres_catalogue.c: as in struct db_driver --- */

bool postgres_columns(struct db *db, const char *table, struct arena *arena,
	struct db_column **columns, size_t *count, struct error *err);
bool postgres_tables(struct db *db, const char *prefix, struct arena *arena, const char ***names,
	size_t *count, struct error *err);
bool postgres_foreign_keys_to(struct db *db, const char *table, struct arena *arena,
	struct db_foreign_key **keys, size_t *count, struct error *err);
bool postgres_check_sequence(struct db *db, const char *table, const char *id_column,
	struct arena *arena, struct db_sequence *out, struct error *err);
bool postgres_fresh_ids(struct db *db, const char *table, const char *id_column, int64_t count,
	const char *ordinal, struct str *expression, struct error *err);

/* --- postgres_lock.c: as in struct db_driver --- */

bool postgres_lock(struct db *db, const char *table, const char *name, const char *note, bool wait,
	bool *got, struct error *err);
void postgres_unlock_all(struct db *db);
bool postgres_lock_holder(struct db *db, const char *table, const char *name, int64_t *process,
	struct str *note, struct error *err);

/* --- postgres_dialect.c --- */

extern const struct dialect postgres_dialect;

#endif
