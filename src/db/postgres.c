/*
 * PostgreSQL over libpq: statements, transactions, and the driver's table. The parts:
 * postgres_open.c connects, postgres_wait.c sends and waits, postgres_rows.c streams rows,
 * postgres_bulk.c copies in, postgres_catalogue.c looks at tables, postgres_error.c names errors,
 * postgres_dialect.c has the words.
 *
 * Threads: a connection belongs to one thread.
 */
#include "db/postgres.h"

#include <sys/socket.h>

static bool postgres_exec(struct db *db, const char *sql, const struct db_value *values,
	size_t count, int64_t *changed, struct error *err)
{
	return postgres_run((struct postgres *)db, sql, values, count, changed, err);
}

/* --- transactions ----------------------------------------------------------------------------- */

static bool postgres_begin(struct db *db, enum db_transaction kind, struct error *err)
{
	/* a transaction that is READ ONLY can fill temporary tables, but not make any */
	static const char *const begins[] = {
		[DB_SNAPSHOT] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
		[DB_WORK] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE",
		[DB_READ_WRITE] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
	};

	return postgres_run((struct postgres *)db, begins[kind], NULL, 0, NULL, err);
}

static bool postgres_commit(struct db *db, struct error *err)
{
	struct postgres *postgres = (struct postgres *)db;

	/* the server answers a COMMIT of a spoiled transaction with a rollback, and no error */
	if (PQtransactionStatus(postgres->conn) == PQTRANS_INERROR)
		return FAIL(
			err, DATABASE, "\"%s\" has rolled the transaction back", postgres->name.at);
	return postgres_run(postgres, "COMMIT", NULL, 0, NULL, err);
}

/* As a network does that breaks: the server notices when it reads or writes next. */
static void postgres_cut(struct db *db)
{
	int socket = PQsocket(((struct postgres *)db)->conn);

	if (socket >= 0)
		shutdown(socket, SHUT_RDWR);
}

static void postgres_rollback(struct db *db)
{
	struct postgres *postgres = (struct postgres *)db;
	struct task *task = db->task;
	struct error ignored = ERROR_INIT;

	db->task = NULL; /* a task that says stop must not stop this */
	if (PQstatus(postgres->conn) == CONNECTION_OK &&
		!postgres_run(postgres, "ROLLBACK", NULL, 0, NULL, &ignored))
		postgres_cut(db); /* a connection made anew would have other settings */
	db->task = task;
}

/* --- the driver ------------------------------------------------------------------------------- */

static const char *postgres_system(const struct db *db)
{
	return ((const struct postgres *)db)->system;
}

const struct db_driver db_postgres = {
	.schemes = {"postgresql", "postgres"},
	.dialect = &postgres_dialect,
	.open = postgres_open,
	.close = postgres_close,
	.cut = postgres_cut,
	.system = postgres_system,
	.exec = postgres_exec,
	.query = postgres_query,
	.rows_next = postgres_rows_next,
	.rows_columns = postgres_rows_columns,
	.rows_name = postgres_rows_name,
	.rows_text = postgres_rows_text,
	.rows_int = postgres_rows_int,
	.rows_end = postgres_rows_end,
	.begin = postgres_begin,
	.commit = postgres_commit,
	.rollback = postgres_rollback,
	.bulk_open = postgres_bulk_open,
	.bulk_row = postgres_bulk_row,
	.bulk_end = postgres_bulk_end,
	.bulk_discard = postgres_bulk_discard,
	.columns = postgres_columns,
	.tables = postgres_tables,
	.foreign_keys_to = postgres_foreign_keys_to,
	.check_sequence = postgres_check_sequence,
	.fresh_ids = postgres_fresh_ids,
	.lock = postgres_lock,
	.unlock_all = postgres_unlock_all,
	.lock_holder = postgres_lock_holder,
};
