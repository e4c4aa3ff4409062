/*
 * What the files of the SQLite driver know of each other. Nobody else includes it.
 */
#ifndef DB_SQLITE_H
#define DB_SQLITE_H

#include "db/driver.h"
#include <sqlite3.h>

#define SQLITE_CACHE_SIZE 16

struct sqlite {
	struct db base; /* first: a struct db is a struct sqlite */
	sqlite3 *handle;
	struct str path;      /* as the URL has it */
	int64_t timeout;      /* how long to wait for a lock, in ms */
	int64_t locked_since; /* when the wait that goes on began */
	enum db_transaction transaction;
	char system[32];
	sqlite3_stmt *cache[SQLITE_CACHE_SIZE]; /* idle statements; NULL = free */
	size_t next;                            /* which to give up next */
};

/* sqlite.c: sets the error for a result code of this connection; `sql` may be NULL. Is false. */
bool sqlite_fail(struct sqlite *sqlite, int result, const char *sql, struct error *err);

/* sqlite_open.c */
bool sqlite_open(const char *url, enum db_mode mode, struct db **out, struct error *err);
void sqlite_close(struct db *db);

/* sqlite_dialect.c: the words, and the SQL functions that they call. */
extern const struct dialect sqlite_dialect;
int sqlite_add_functions(sqlite3 *handle);

/* sqlite_row.c: the SQL functions of rows as text. */
int sqlite_add_row_functions(sqlite3 *handle);

/* sqlite_catalogue.c: as in struct db_driver. */
bool sqlite_columns(struct db *db, const char *table, struct arena *arena,
	struct db_column **columns, size_t *count, struct error *err);
bool sqlite_tables(struct db *db, const char *prefix, struct arena *arena, const char ***names,
	size_t *count, struct error *err);
bool sqlite_foreign_keys_to(struct db *db, const char *table, struct arena *arena,
	struct db_foreign_key **keys, size_t *count, struct error *err);
bool sqlite_fresh_ids(struct db *db, const char *table, const char *id_column, int64_t count,
	const char *ordinal, struct str *expression, struct error *err);
bool sqlite_check_sequence(struct db *db, const char *table, const char *id_column,
	struct arena *arena, struct db_sequence *out, struct error *err);

#endif
