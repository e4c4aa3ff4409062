/*
 * What a database driver provides; db.c is its only caller. A new system is one file with one
 * struct db_driver and one line in db.c's table.
 *
 * Calls of one connection come from one thread. Before each call db.c has looked at the fault
 * switch, at db->cut and at the task; a driver polls task_should_stop(db->task) while a statement
 * runs and interrupts it. `sql` has parameters $1...; a driver that spells them otherwise rewrites
 * them. db->in_transaction is kept by db.c: a driver only reads it.
 */
#ifndef DB_DRIVER_H
#define DB_DRIVER_H

#include "db/db.h"

struct db {
	const struct db_driver *driver;
	struct task *task; /* may be NULL */
	enum db_mode mode;
	bool in_transaction;
	bool cut;       /* the fault switch cut the connection: every further statement fails */
	struct str url; /* redacted, for messages */
};

struct db_rows {
	struct db *db;
};

struct db_bulk {
	struct db *db;
	uint64_t rows; /* given so far: kept by db.c */
};

struct db_driver {
	const char
		*schemes[2]; /* what may stand before the colon of a URL; the second may be NULL */
	const struct dialect *dialect;

	/*
	 * Makes a connection whose first member is a struct db, cleared to zero; db.c fills that in
	 * afterwards.
	 */
	bool (*open)(const char *url, enum db_mode mode, struct db **out, struct error *err);
	void (*close)(struct db *db); /* frees db */
	/* Drops the connection at once as a broken network would: nothing is committed. */
	void (*cut)(struct db *db);
	const char *(*system)(const struct db *db);
	bool (*free_bytes)(const struct db *db, int64_t *bytes); /* NULL: cannot be seen */

	bool (*exec)(struct db *db, const char *sql, const struct db_value *values, size_t count,
		int64_t *changed, struct error *err);
	bool (*query)(struct db *db, const char *sql, const struct db_value *values, size_t count,
		struct db_rows **rows, struct error *err);
	bool (*rows_next)(struct db_rows *rows, bool *row, struct error *err);
	size_t (*rows_columns)(const struct db_rows *rows);
	const char *(*rows_name)(const struct db_rows *rows, size_t column);
	struct slice (*rows_text)(struct db_rows *rows, size_t column);
	int64_t (*rows_int)(struct db_rows *rows, size_t column);
	void (*rows_end)(struct db_rows *rows); /* frees rows */

	bool (*begin)(struct db *db, enum db_transaction kind, struct error *err);
	bool (*commit)(struct db *db, struct error *err); /* db.c calls rollback when it fails */
	void (*rollback)(struct db *db);

	bool (*bulk_open)(struct db *db, const char *table, const char *const *columns,
		size_t count, struct db_bulk **bulk, struct error *err);
	bool (*bulk_row)(struct db_bulk *bulk, const struct db_value *values, struct error *err);
	bool (*bulk_end)(struct db_bulk *bulk, struct error *err); /* frees bulk */
	void (*bulk_discard)(struct db_bulk *bulk);                /* frees bulk */

	bool (*columns)(struct db *db, const char *table, struct arena *arena,
		struct db_column **columns, size_t *count, struct error *err);
	bool (*tables)(struct db *db, const char *prefix, struct arena *arena, const char ***names,
		size_t *count, struct error *err);
	bool (*foreign_keys_to)(struct db *db, const char *table, struct arena *arena,
		struct db_foreign_key **keys, size_t *count, struct error *err);
	bool (*fresh_ids)(struct db *db, const char *table, const char *id_column, int64_t count,
		const char *ordinal, struct str *expression, struct error *err);
	/* NULL: fresh_ids alone refuses a sequence that stands behind */
	bool (*check_sequence)(struct db *db, const char *table, const char *id_column,
		struct arena *arena, struct db_sequence *out, struct error *err);

	/* NULL, all three: the write transaction is the only lock */
	bool (*lock)(struct db *db, const char *table, const char *name, const char *note,
		bool wait, bool *got, struct error *err);
	void (*unlock_all)(struct db *db);
	bool (*lock_holder)(struct db *db, const char *table, const char *name, int64_t *process,
		struct str *note, struct error *err);
};

extern const struct db_driver db_sqlite, db_postgres;

#endif
