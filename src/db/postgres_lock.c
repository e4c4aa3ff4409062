/*
 * PostgreSQL: locks that programs agree on, as the manual's "Advisory Locks". They belong to the
 * connection, or to the transaction in which they are taken, and vanish with it. The server knows
 * them by a number for the whole database: it is made of the schema in which the table is found and
 * of the lock's name.
 */
#include "db/postgres.h"

#define NUMBER                                                                                     \
	"pg_catalog.hashtextextended(coalesce((SELECT n.nspname FROM pg_catalog.pg_class c JOIN "  \
	"pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = "                       \
	"pg_catalog.to_regclass(pg_catalog.quote_ident($1::text))), "                              \
	"pg_catalog.current_schema())::text || '/' || $2::text, 0)"

static bool ask_bool(struct postgres *postgres, const char *sql, const struct db_value *values,
	size_t count, bool *answer, struct error *err)
{
	struct db_rows *rows;
	bool row;

	if (!postgres_query(&postgres->base, sql, values, count, &rows, err))
		return false;
	bool ok = postgres_rows_next(rows, &row, err);
	if (ok)
		*answer = row && slice_is(postgres_rows_text(rows, 0), "t");
	postgres_rows_end(rows);
	return ok;
}

static bool set_note(struct postgres *postgres, const char *note, bool local, struct error *err)
{
	const struct db_value values[] = {db_text(note)};

	return postgres_run(postgres,
		local ? "SELECT pg_catalog.set_config('application_name', $1, true)"
		      : "SELECT pg_catalog.set_config('application_name', $1, false)",
		values, ARRAY_LEN(values), NULL, err);
}

bool postgres_lock(struct db *db, const char *table, const char *name, const char *note, bool wait,
	bool *got, struct error *err)
{
	/* a lock that is waited for answers with a row that holds nothing */
	static const char *const statements[2][2] = {
		{"SELECT pg_catalog.pg_try_advisory_lock(" NUMBER ")",
			"SELECT pg_catalog.pg_try_advisory_xact_lock(" NUMBER ")"},
		{"SELECT true FROM (SELECT pg_catalog.pg_advisory_lock(" NUMBER ")) l",
			"SELECT true FROM (SELECT pg_catalog.pg_advisory_xact_lock(" NUMBER ")) l"},
	};
	struct postgres *postgres = (struct postgres *)db;
	const struct db_value values[] = {db_text(table), db_text(name)};
	bool answer;

	if (!ask_bool(postgres, statements[wait][db->in_transaction], values, ARRAY_LEN(values),
		    &answer, err)) {
		if (err->kind != ERROR_LOCKED)
			return false;
		*err = ERROR_INIT;
		answer = false;
	}
	if (answer && note && !set_note(postgres, note, db->in_transaction, err))
		return false;
	*got = answer;
	return true;
}

void postgres_unlock_all(struct db *db)
{
	struct postgres *postgres = (struct postgres *)db;
	struct task *task = db->task;
	struct error ignored = ERROR_INIT;

	db->task = NULL; /* a task that says stop must not stop this */
	if (PQstatus(postgres->conn) == CONNECTION_OK &&
		postgres_run(postgres, "SELECT pg_catalog.pg_advisory_unlock_all()", NULL, 0, NULL,
			&ignored))
		(void)!set_note(postgres, "reqferry", false, &ignored);
	db->task = task;
}

bool postgres_lock_holder(struct db *db, const char *table, const char *name, int64_t *process,
	struct str *note, struct error *err)
{
	static const char sql[] =
		"SELECT l.pid, a.application_name FROM (SELECT " NUMBER " AS number) k JOIN "
		"pg_catalog.pg_locks l ON l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
		"AND l.classid::bigint = ((k.number >> 32) & 4294967295) AND l.objid::bigint = "
		"(k.number & 4294967295) AND l.database = (SELECT d.oid FROM "
		"pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()) LEFT "
		"JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid";
	const struct db_value values[] = {db_text(table), db_text(name)};
	struct db_rows *rows;
	bool row;

	if (!postgres_query(db, sql, values, ARRAY_LEN(values), &rows, err))
		return false;
	bool ok = postgres_rows_next(rows, &row, err);
	if (ok) {
		*process = row ? postgres_rows_int(rows, 0) : 0;
		if (row && note)
			str_add(note, postgres_rows_text(rows, 1));
	}
	postgres_rows_end(rows);
	return ok;
}
