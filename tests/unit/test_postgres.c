/*
 * Tests of the PostgreSQL driver, on a server that tests/postgres/with-server starts. Each test has
 * a schema of its own, dropped before it.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/time.h"
#include "db/db.h"
#include "db/letter.h"
#include "must.h"

static struct arena arena; /* cleared after each test */
static const char *server; /* the folder of its socket */

/* --- helpers ---------------------------------------------------------------------------------- */

static const char *url_of(const char *user, const char *database, const char *parameters)
{
	return arena_printf(
		&arena, "postgresql://%s@/%s?host=%s%s", user, database, server, parameters);
}

static struct db *open_url(const char *url, enum db_mode mode)
{
	struct db *db = NULL;

	MUST(db_open(url, mode, &db, err));
	return db;
}

static void run(struct db *db, const char *sql)
{
	MUST(db_exec(db, sql, NULL, 0, NULL, err));
}

/* A connection in an empty schema of its own. */
static struct db *new_db(const char *schema)
{
	struct db *db = open_url(url_of("admin", "postgres", ""), DB_WRITE);

	run(db, arena_printf(&arena, "DROP SCHEMA IF EXISTS \"%s\" CASCADE", schema));
	run(db, arena_printf(&arena, "CREATE SCHEMA \"%s\"", schema));
	db_close(&db);
	return open_url(
		url_of("admin", "postgres", arena_printf(&arena, "&schema=%s", schema)), DB_WRITE);
}

static int64_t number(struct db *db, const char *sql)
{
	int64_t result = 0;

	MUST(db_query_int(db, sql, NULL, 0, -1, &result, err));
	return result;
}

/* As a C string; NULL for NULL. */
static const char *text(struct db *db, const char *sql)
{
	struct slice result = SLICE_NULL;

	MUST(db_query_text(db, sql, NULL, 0, &arena, &result, err));
	return result.at;
}

static int cleanup_test(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

/* --- connections ------------------------------------------------------------------------------ */

static void test_open(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = NULL;

	assert_true(db_is_url("postgresql://x"));
	assert_true(db_is_url("postgres://x"));
	db = open_url(url_of("admin", "postgres", "&timeout=100&application_name=me"), DB_READ);
	assert_memory_equal(db_system(db), "PostgreSQL ", 11);
	assert_string_equal(text(db, "SHOW lock_timeout"), "100ms");
	assert_string_equal(text(db, "SHOW application_name"), "me");
	assert_string_equal(text(db, "SHOW client_encoding"), "UTF8");
	MUST_FAIL(db_begin(db, DB_READ_WRITE, err), ERROR_READ_ONLY, "reading only");
}

static void test_open_refusals(void **state UNUSED)
{
	struct db *db = NULL;

	MUST_FAIL(db_open(url_of("admin", "nowhere", ""), DB_READ, &db, err), ERROR_UNREACHABLE,
		"does not exist");
	MUST_FAIL(db_open(url_of("nobody", "postgres", ""), DB_READ, &db, err),
		ERROR_AUTHENTICATION, "the user of");
	MUST_FAIL(db_open("postgresql://admin@/postgres?host=/nowhere", DB_READ, &db, err),
		ERROR_UNREACHABLE, "cannot be reached");
	MUST_FAIL(db_open("postgresql://127.0.0.1:1/x", DB_READ, &db, err), ERROR_UNREACHABLE,
		"cannot be reached");
	MUST_FAIL(db_open(url_of("admin", "postgres", "&timeout=x"), DB_READ, &db, err),
		ERROR_USAGE, "timeout");
	MUST_FAIL(db_open(url_of("admin", "postgres", "&schema="), DB_READ, &db, err), ERROR_USAGE,
		"schema");
	MUST_FAIL(db_open(url_of("admin", "postgres", "&schema=%4"), DB_READ, &db, err),
		ERROR_USAGE, "schema");
	MUST_FAIL(db_open(url_of("admin", "postgres", "&nonsense=1"), DB_READ, &db, err),
		ERROR_USAGE, "no URL");
	db = open_url(url_of("admin", "postgres", ""), DB_WRITE);
	run(db, "DROP DATABASE IF EXISTS latin");
	run(db, "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
	db_close(&db);
	MUST_FAIL(db_open(url_of("admin", "latin", ""), DB_READ, &db, err), ERROR_UNSUPPORTED,
		"encoded in LATIN1");
	assert_null(db);
}

/* --- statements ------------------------------------------------------------------------------- */

static void test_values(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("values");
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	const struct db_value values[] = {
		db_null(), db_text(""), db_text("\xf0\x9f\x98\x80\n'"), db_int(INT64_MIN)};
	const struct db_value nul = db_slice((struct slice){"a\0b", 3});
	bool row;

	run(db, "CREATE TABLE t (a text, b text, c text, d bigint)");
	MUST(db_exec(db, "INSERT INTO t VALUES ($1, $2, $3, $4)", values, 4, NULL, err));
	MUST(db_query(
		db, "SELECT a, b, c, d AS \"D\", a IS NULL, b <> '' FROM t", NULL, 0, &rows, err));
	assert_int_equal(db_rows_columns(rows), 6);
	assert_string_equal(db_rows_name(rows, 3), "D");
	MUST(db_rows_next(rows, &row, err));
	assert_true(row);
	assert_null(db_rows_text(rows, 0).at);
	assert_true(slice_is(db_rows_text(rows, 1), ""));
	assert_true(slice_is(db_rows_text(rows, 2), "\xf0\x9f\x98\x80\n'"));
	assert_true(db_rows_int(rows, 3) == INT64_MIN);
	assert_int_equal(db_rows_int(rows, 4), 1);
	assert_int_equal(db_rows_int(rows, 5), 0);
	MUST(db_rows_next(rows, &row, err));
	assert_false(row);
	MUST(db_rows_next(rows, &row, err));
	assert_false(row);
	MUST_FAIL(db_exec(db, "INSERT INTO t (a) VALUES ($1)", &nul, 1, NULL, err), ERROR_INPUT,
		"NUL");
	assert_int_equal(number(db, "SELECT d FROM t WHERE false"), -1);
}

static void test_many_parameters(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("parameters");
	struct db_value values[40];
	CLEANUP(str_release) struct str sql = STR_INIT, want = STR_INIT;
	struct slice out;

	str_add_text(&sql, "SELECT ''");
	for (int i = 0; i < 40; i++) {
		values[i] = i % 2 ? db_int(i) : db_text(arena_printf(&arena, "t%d", i));
		str_addf(&sql, " || $%d", i + 1);
		str_addf(&want, i % 2 ? "%d" : "t%d", i);
	}
	MUST(db_query_text(db, sql.at, values, 40, &arena, &out, err));
	assert_true(slice_equal(out, str_slice(&want)));
}

static void test_statements(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("statements");
	int64_t changed;

	run(db, "CREATE TABLE t (id bigint PRIMARY KEY, a text NOT NULL)");
	MUST(db_exec(db, "INSERT INTO t SELECT n, 'x' FROM generate_series(1, 7) n", NULL, 0,
		&changed, err));
	assert_int_equal(changed, 7);
	MUST(db_exec(db, "SELECT * FROM t", NULL, 0, &changed, err));
	assert_int_equal(changed, 0);
	MUST(db_exec(db, "CREATE INDEX i ON t (a)", NULL, 0, &changed, err));
	assert_int_equal(changed, 0);
	run(db, "");
	MUST_FAIL(db_exec(db, "SELECT 1; SELECT 2", NULL, 0, NULL, err), ERROR_DATABASE,
		"refused a statement");
	MUST_FAIL(db_exec(db, "INSERT INTO t VALUES (1, 'x')", NULL, 0, NULL, err), ERROR_DATABASE,
		"unique");
	MUST_FAIL(db_exec(db, "INSERT INTO t VALUES (8, NULL)", NULL, 0, NULL, err), ERROR_DATABASE,
		"must have a value");
	MUST_FAIL(db_exec(db, "SELECT * FROM nowhere", NULL, 0, NULL, err), ERROR_NO_TABLES,
		"lacks a table");
	MUST_FAIL(db_exec(db, "SELECT nothing FROM t", NULL, 0, NULL, err), ERROR_NO_TABLES,
		"lacks a column");
	MUST_FAIL(db_exec(db, "SELECT 1 / 0", NULL, 0, NULL, err), ERROR_DATABASE, "value");
	MUST(db_script(db, "INSERT INTO t VALUES (8, ';');\n-- a comment;\nDELETE FROM t;\n", err));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
}

/* Statements between the rows of queries, one inside the other, few rows and many. */
static void test_rows_set_aside(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("aside");
	static const int counts[] = {1, 2, 3, 1000, 30000};

	for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
		CLEANUP(db_rows_end) struct db_rows *outer = NULL, *inner = NULL;
		const struct db_value many = db_int(counts[c]);
		bool row;

		MUST(db_query(db,
			"SELECT n, CASE WHEN n % 3 <> 0 THEN repeat('x', CAST(n % 700 AS int)) END "
			"FROM "
			"generate_series(1, $1::bigint) n",
			&many, 1, &outer, err));
		for (int i = 1; i <= counts[c]; i++) {
			MUST(db_rows_next(outer, &row, err));
			assert_true(row);
			if (i == 2)
				assert_int_equal(number(db, "SELECT 42"), 42);
			if (i == 3)
				MUST(db_query(db, "SELECT n FROM generate_series(1, 3) n", NULL, 0,
					&inner, err));
			assert_int_equal(db_rows_int(outer, 0), i);
			struct slice value = db_rows_text(outer, 1);
			if (i % 3 == 0) {
				assert_null(value.at);
			} else {
				assert_non_null(value.at);
				assert_int_equal(value.len, i % 700);
				assert_int_equal(strspn(value.at, "x"), value.len);
			}
		}
		MUST(db_rows_next(outer, &row, err));
		assert_false(row);
		for (int i = 1; inner && i <= 3; i++) {
			MUST(db_rows_next(inner, &row, err));
			assert_true(row);
			assert_int_equal(db_rows_int(inner, 0), i);
		}
	}
}

static void test_rows_that_fail_late(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("late");
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct error why = ERROR_INIT;
	bool row = true, ok;
	int64_t seen = 0;

	MUST(db_query(db, "SELECT 1 / (50000 - n) FROM generate_series(1, 60000) n", NULL, 0, &rows,
		err));
	while ((ok = db_rows_next(rows, &row, &why)) && row)
		seen++;
	assert_false(ok);
	assert_int_equal(seen, 49999);
	assert_string_equal(error_kind_name(why.kind), "database");
	db_rows_end(&rows);
	/* given up early: the connection goes on */
	MUST(db_query(db, "SELECT n FROM generate_series(1, 60000) n", NULL, 0, &rows, err));
	MUST(db_rows_next(rows, &row, err));
	db_rows_end(&rows);
	assert_int_equal(number(db, "SELECT 7"), 7);
}

/* --- transactions ----------------------------------------------------------------------------- */

static void test_transactions(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("transactions");
	CLEANUP(db_close)
	struct db *other = open_url(url_of("admin", "postgres", "&schema=transactions"), DB_WRITE);

	run(db, "CREATE TABLE t (a bigint)");
	MUST(db_begin(db, DB_READ_WRITE, err));
	run(db, "INSERT INTO t VALUES (1)");
	assert_int_equal(number(other, "SELECT count(*) FROM t"), 0);
	db_rollback(db);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
	MUST(db_begin(db, DB_READ_WRITE, err));
	run(db, "INSERT INTO t VALUES (1)");
	MUST(db_commit(db, err));
	/* a snapshot sees one state, and cannot be written to */
	MUST(db_begin(db, DB_SNAPSHOT, err));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
	run(other, "INSERT INTO t VALUES (2)");
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
	MUST_FAIL(db_exec(db, "INSERT INTO t VALUES (3)", NULL, 0, NULL, err), ERROR_READ_ONLY,
		"only be read");
	db_rollback(db);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
	/* a spoiled transaction is not committed, and says so */
	MUST(db_begin(db, DB_READ_WRITE, err));
	run(db, "INSERT INTO t VALUES (4)");
	MUST_FAIL(db_exec(db, "SELECT nothing", NULL, 0, NULL, err), ERROR_NO_TABLES, "column");
	MUST_FAIL(db_commit(db, err), ERROR_DATABASE, "rolled the transaction back");
	assert_false(db_in_transaction(db));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
}

static void test_locked(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("locked");
	CLEANUP(db_close)
	struct db *other =
		open_url(url_of("admin", "postgres", "&schema=locked&timeout=200"), DB_WRITE);
	int64_t began;

	run(db, "CREATE TABLE t (a bigint)");
	MUST(db_begin(db, DB_READ_WRITE, err));
	run(db, "LOCK TABLE t");
	began = time_monotonic_ms();
	MUST_FAIL(db_exec(other, "DELETE FROM t", NULL, 0, NULL, err), ERROR_LOCKED,
		"locked by another program");
	assert_true(time_monotonic_ms() - began >= 200);
	db_rollback(db);
	run(other, "DELETE FROM t");
	run(other, "SET statement_timeout = 100");
	MUST_FAIL(db_exec(other, "SELECT pg_sleep(20)", NULL, 0, NULL, err), ERROR_DATABASE,
		"longer than");
}

static atomic_int stopped;

static void stop(int signal UNUSED)
{
	atomic_store(&stopped, 1);
}

static void test_interrupt(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("interrupt");
	struct task task = {.actor = "me", .cancelled = &stopped};
	const struct itimerval soon = {.it_value = {.tv_usec = 100000}};
	int64_t began = time_monotonic_ms();

	signal(SIGALRM, stop);
	db_set_task(db, &task);
	MUST(db_begin(db, DB_READ_WRITE, err));
	setitimer(ITIMER_REAL, &soon, NULL);
	MUST_FAIL(db_exec(db, "SELECT pg_sleep(30)", NULL, 0, NULL, err), ERROR_INTERRUPTED,
		"interrupted by the user");
	assert_true(time_monotonic_ms() - began < 5000);
	db_rollback(db);
	atomic_store(&stopped, 0);
	assert_int_equal(number(db, "SELECT 1"), 1);
	signal(SIGALRM, SIG_DFL);
}

static void test_lost_connection(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("lost");
	CLEANUP(db_close) struct db *other = open_url(url_of("admin", "postgres", ""), DB_WRITE);
	const struct db_value pid = db_int(number(db, "SELECT pg_backend_pid()"));

	MUST(db_begin(db, DB_READ_WRITE, err));
	run(db, "CREATE TABLE t (a bigint)");
	MUST(db_exec(other, "SELECT pg_terminate_backend($1::int)", &pid, 1, NULL, err));
	MUST_FAIL(db_exec(db, "INSERT INTO t VALUES (1)", NULL, 0, NULL, err), ERROR_UNREACHABLE,
		"ended the connection");
	db_rollback(db);
}

/* --- bulk ------------------------------------------------------------------------------------- */

static void test_bulk(void **state UNUSED)
{
	static const char *const columns[] = {"n", "Odd \"name\"", "k"};
	CLEANUP(db_close) struct db *db = new_db("bulk");
	struct db_bulk *bulk;

	run(db, "CREATE TABLE t (n bigint, \"Odd \"\"name\"\"\" text, k text COLLATE \"C\", other "
		"int)");
	MUST_FAIL(db_bulk_open(db, "t", columns, 3, &bulk, err), ERROR_DATABASE, "outside");
	MUST(db_begin(db, DB_READ_WRITE, err));
	MUST(db_bulk_open(db, "t", columns, 3, &bulk, err));
	for (int64_t i = 0; i < 100000; i++) {
		const struct db_value values[] = {i % 2 ? db_int(-i) : db_text("12"),
			i % 5 ? db_text("caf\xc3\xa9 \t\\N") : db_null(),
			i % 3 ? db_int(i) : db_text("")};

		MUST(db_bulk_row(bulk, values, err));
	}
	MUST(db_bulk_end(&bulk, err));
	MUST(db_commit(db, err));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 100000);
	assert_int_equal(number(db, "SELECT count(*) FROM t WHERE n = 12"), 50000);
	assert_int_equal(
		number(db, "SELECT count(*) FROM t WHERE \"Odd \"\"name\"\"\" IS NULL"), 20000);
	assert_int_equal(
		number(db, "SELECT count(*) FROM t WHERE \"Odd \"\"name\"\"\" = E'café \\t\\\\N'"),
		80000);
	assert_int_equal(number(db, "SELECT count(*) FROM t WHERE k = ''"), 33334);
	assert_string_equal(text(db, "SELECT k FROM t WHERE n = -99997"), "99997");
}

static void test_bulk_failures(void **state UNUSED)
{
	static const char *const one[] = {"n"}, *const wrong[] = {"nothing"},
				 *const small[] = {"s"};
	CLEANUP(db_close) struct db *db = new_db("bulk_failures");
	const struct db_value bad = db_text("x"), null = db_null(), three = db_int(3);
	struct db_bulk *bulk;

	run(db, "CREATE TABLE t (n bigint NOT NULL, s int)");
	MUST(db_begin(db, DB_READ_WRITE, err));
	MUST_FAIL(db_bulk_open(db, "nowhere", one, 1, &bulk, err), ERROR_NO_TABLES, "nowhere");
	MUST_FAIL(db_bulk_open(db, "t", wrong, 1, &bulk, err), ERROR_NO_TABLES, "nothing");
	MUST_FAIL(db_bulk_open(db, "t", small, 1, &bulk, err), ERROR_UNSUPPORTED, "64-bit");
	MUST(db_bulk_open(db, "t", one, 1, &bulk, err));
	MUST_FAIL(db_bulk_row(bulk, &bad, err), ERROR_DATABASE, "given for a number");
	db_bulk_discard(&bulk);
	db_rollback(db);
	/* the connection goes on after each of them */
	MUST(db_begin(db, DB_READ_WRITE, err));
	MUST(db_bulk_open(db, "t", one, 1, &bulk, err));
	MUST(db_bulk_row(bulk, &null, err));
	MUST_FAIL(db_bulk_end(&bulk, err), ERROR_DATABASE, "must have a value");
	db_rollback(db);
	MUST(db_begin(db, DB_READ_WRITE, err));
	MUST(db_bulk_open(db, "t", one, 1, &bulk, err));
	MUST(db_bulk_row(bulk, &three, err));
	MUST(db_bulk_end(&bulk, err));
	MUST(db_commit(db, err));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
}

/* --- the catalogue ---------------------------------------------------------------------------- */

static void test_columns(void **state UNUSED)
{
	static const struct db_column want[] = {
		{"ID", "bigint", 0, 64, true, true},
		{"A", "character varying(255)", 255, 0, false, false},
		{"b", "character(1)", 0, 0, true, false},
		{"c", "numeric(18,0)", 0, 64, false, false},
		{"d", "numeric(9,0)", 0, 32, false, true},
		{"e", "numeric(9,2)", 0, 0, false, false},
		{"f", "integer", 0, 32, false, false},
		{"g", "text", 0, 0, false, false},
		{"h", "timestamp without time zone", 0, 0, false, false},
		{"i", "boolean", 0, 0, false, false},
		{"j", "bigint", 0, 64, true, true},
		{"l", "numeric", 0, 0, false, false},
	};
	CLEANUP(db_close) struct db *db = new_db("columns");
	struct db_column *columns;
	size_t count;
	bool exists;

	run(db, "CREATE TABLE \"T\" (\"ID\" bigserial PRIMARY KEY, gone text, \"A\" varchar(255), "
		"b char(1) NOT NULL, c numeric(18,0), d numeric(9,0) DEFAULT 3, e numeric(9,2), f "
		"int, g text, h timestamp, i boolean, j bigint GENERATED ALWAYS AS IDENTITY, k int "
		"GENERATED ALWAYS AS (f + 1) STORED, l numeric)");
	run(db, "ALTER TABLE \"T\" DROP COLUMN gone");
	run(db, "CREATE TEMPORARY TABLE only_temporary (a int)");
	MUST(db_columns(db, "T", &arena, &columns, &count, err));
	assert_int_equal(count, ARRAY_LEN(want));
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(columns[i].name, want[i].name);
		assert_string_equal(columns[i].type, want[i].type);
		assert_int_equal(columns[i].not_null, want[i].not_null);
		assert_int_equal(columns[i].has_default, want[i].has_default);
		if (i != 2)
			assert_int_equal(columns[i].length, want[i].length);
		assert_int_equal(columns[i].bits, want[i].bits);
	}
	assert_int_equal(columns[2].length, 1);
	MUST(db_table_exists(db, "t", &exists, err));
	assert_false(exists);
	MUST(db_table_exists(db, "only_temporary", &exists, err));
	assert_false(exists);
}

static void test_tables_and_keys(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("tables");
	struct db_foreign_key *keys;
	const char **names;
	size_t count;

	run(db, "CREATE TABLE \"AO_b\" (id bigint PRIMARY KEY)");
	run(db, "CREATE TABLE \"AO_B\" (id bigint PRIMARY KEY, r bigint REFERENCES \"AO_b\")");
	run(db, "CREATE TABLE \"AO%\" (\"the r\" bigint REFERENCES \"AO_b\" (id))");
	run(db, "CREATE VIEW \"AO_v\" AS SELECT 1");
	MUST(db_tables(db, "AO_", &arena, &names, &count, err));
	assert_int_equal(count, 2);
	assert_string_equal(names[0], "AO_B");
	assert_string_equal(names[1], "AO_b");
	MUST(db_foreign_keys_to(db, "AO_b", &arena, &keys, &count, err));
	assert_int_equal(count, 2);
	assert_string_equal(keys[0].table, "AO%");
	assert_string_equal(keys[0].column, "the r");
	assert_string_equal(keys[1].table, "AO_B");
	assert_string_equal(keys[1].to_table, "AO_b");
	assert_string_equal(keys[1].to_column, "id");
}

static void test_fresh_ids(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("fresh");
	CLEANUP(str_release) struct str expression = STR_INIT;
	struct error why = ERROR_INIT;
	struct db_sequence sequence;

	run(db, "CREATE TABLE \"AO_T\" (\"ID\" bigserial PRIMARY KEY, place bigint)");
	run(db, "INSERT INTO \"AO_T\" (place) SELECT 0 FROM generate_series(1, 5)");
	MUST(db_begin(db, DB_READ_WRITE, err));
	MUST(db_fresh_ids(db, "AO_T", "ID", 3, "k.place", &expression, err));
	run(db, arena_printf(&arena,
			"INSERT INTO \"AO_T\" (\"ID\", place) SELECT %s, k.place FROM (SELECT "
			"n AS place FROM generate_series(1, 3) n ORDER BY n) k",
			expression.at));
	MUST(db_commit(db, err));
	assert_string_equal(text(db, "SELECT string_agg(\"ID\" || '-' || place, ',' ORDER BY "
				     "\"ID\") FROM \"AO_T\" WHERE place > 0"),
		"6-1,7-2,8-3");
	run(db, "INSERT INTO \"AO_T\" (place) VALUES (9)");
	MUST(db_check_sequence(db, "AO_T", "ID", &arena, &sequence, err));
	assert_false(sequence.behind);
	assert_int_equal(sequence.highest, 9);
	run(db, "INSERT INTO \"AO_T\" (\"ID\", place) VALUES (100, 0)");
	MUST(db_check_sequence(db, "AO_T", "ID", &arena, &sequence, err));
	assert_true(sequence.behind);
	assert_int_equal(sequence.last, 9);
	assert_int_equal(sequence.highest, 100);
	MUST(db_begin(db, DB_READ_WRITE, err));
	assert_false(db_fresh_ids(db, "AO_T", "ID", 1, "1", &expression, &why));
	db_rollback(db);
	assert_non_null(strstr(why.message, "behind its highest id 100"));
	assert_non_null(strstr(why.hint, "Run: SELECT setval("));
	run(db, why.hint + strlen("Run: "));
	str_clear(&expression);
	MUST(db_begin(db, DB_READ_WRITE, err));
	MUST(db_fresh_ids(db, "AO_T", "ID", 1, "1", &expression, err));
	db_rollback(db);
}

/* --- words ------------------------------------------------------------------------------------ */

static void test_dialect(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("dialect");
	const struct dialect *words = db_dialect(db);
	const struct {
		const char *template, *in, *expected;
	} cases[] = {
		{words->integer_to_text_f, "9223372036854775807", "9223372036854775807"},
		{words->integer_to_text_f, "CAST(12 AS numeric(18,0))", "12"},
		{words->integer_to_text_f, "NULL", NULL},
		{words->boolean_to_text_f, "true", "true"},
		{words->boolean_to_text_f, "false", "false"},
		{words->boolean_to_text_f, "CAST(NULL AS boolean)", NULL},
		{words->timestamp_to_text_f, "TIMESTAMP '2024-01-02 03:04:05'",
			"2024-01-02 03:04:05.000"},
		{words->timestamp_to_text_f, "TIMESTAMP '2024-01-02 03:04:05.678999'",
			"2024-01-02 03:04:05.678"},
		{words->timestamp_to_text_f, "CAST(NULL AS timestamp)", NULL},
		{words->text_to_timestamp_f, "'2024-01-02 03:04:05.12'", "2024-01-02 03:04:05.12"},
		{words->text_to_text_f, "CAST('a b' AS varchar(9))", "a b"},
		{words->text_to_text_f, "''", ""},
		{words->text_to_integer_f, "'-12'", "-12"},
		{words->text_to_integer_f, "NULL", NULL},
		{words->text_to_boolean_f, "'true'", "t"},
		{words->text_to_boolean_f, "NULL", NULL},
		{words->key_to_integer_f, "'123456789012345678'", "123456789012345678"},
		{words->key_to_integer_f, "'9223372036854775807'", "9223372036854775807"},
		{words->key_to_integer_f, "'9223372036854775808'", NULL},
		{words->key_to_integer_f, "'007'", "7"},
		{words->key_to_integer_f, "'-1'", NULL},
		{words->key_to_integer_f, "'1 '", NULL},
		{words->key_to_integer_f, "E'1\\n'", NULL},
		{words->key_to_integer_f, "''", NULL},
		{words->key_to_integer_f, "CAST(NULL AS text)", NULL},
		{words->upper_f, "'straße-é1'", "STRASSE-É1"},
		{words->upper_f, "''", ""},
		{words->sha256_f, "'abc'",
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(str_release) struct str sql = STR_INIT;
		const char *found;

		/* a column, as everywhere: of constants the server computes every branch */
		run(db, "DROP TABLE IF EXISTS one");
		run(db, arena_printf(
				&arena, "CREATE TABLE one AS SELECT %s AS value", cases[i].in));
		str_add_text(&sql, "SELECT ");
		dialect_apply(&sql, cases[i].template, "value");
		str_add_text(&sql, " FROM one");
		found = text(db, sql.at);
		if (!found != !cases[i].expected ||
			(found && strcmp(found, cases[i].expected) != 0))
			fail_msg("%s: %s, not %s", sql.at, found ? found : "NULL",
				cases[i].expected ? cases[i].expected : "NULL");
	}
}

/* Every letter of Unicode has the same upper case here as in the program's own function. */
static void test_upper_case(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("upper");
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	CLEANUP(str_release) struct str sql = STR_INIT;
	bool row;
	unsigned different = 0;

	str_add_text(&sql, "SELECT c, ");
	dialect_apply(&sql, db_dialect(db)->upper_f, "c");
	str_add_text(&sql, " FROM (SELECT chr(n) AS c FROM generate_series(1, 131071) n WHERE n < "
			   "55296 OR n > 57343) s");
	MUST(db_query(db, sql.at, NULL, 0, &rows, err));
	for (;;) {
		CLEANUP(str_release) struct str upper = STR_INIT;

		MUST(db_rows_next(rows, &row, err));
		if (!row)
			break;
		letter_upper(db_rows_text(rows, 0), &upper);
		if (!slice_equal(str_slice(&upper), db_rows_text(rows, 1)) && different++ < 20)
			print_message("%.*s: %s here, %.*s there\n",
				SLICE_PRINT(db_rows_text(rows, 0)), upper.at,
				SLICE_PRINT(db_rows_text(rows, 1)));
	}
	assert_int_equal(different, 0);
}

/* A row as JSON text, and back: every value exactly, whatever its type. */
static void test_rows_as_text(void **state UNUSED)
{
	static const char *const columns[] = {"i", "t", "v", "c", "n", "f", "r", "b", "y", "ts",
		"tz", "iv", "j", "a", "odd \"name\""};
	CLEANUP(db_close) struct db *db = new_db("rows");
	CLEANUP(str_release) struct str json = STR_INIT, row = STR_INIT, sql = STR_INIT;
	const struct dialect *words = db_dialect(db);

	run(db, "CREATE TABLE t (i bigint, t text, v varchar(9), c char(5), n numeric, f float8, r "
		"real, b boolean, y bytea, ts timestamp, tz timestamptz, iv interval, j json, a "
		"text[], \"odd \"\"name\"\"\" text)");
	run(db, "INSERT INTO t VALUES (9223372036854775807, E'\\t\"\\\\\\u0001', '', 'ab', 1.10, "
		"0.1, "
		"'NaN', true, '\\x00ff', '2024-01-02 03:04:05.123456', '2024-01-02 03:04:05+09', "
		"'1 mon 2 days', '{\"b\" :  1, \"a\":1}', '{x,NULL,\"y z\"}', 'x'), (-1, NULL, "
		"NULL, NULL, 'NaN', '-Infinity', 1e-40, NULL, NULL, 'infinity', NULL, NULL, NULL, "
		"NULL, '')");
	str_add_text(&row, words->row_json_open);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		if (i == 7)
			str_addf(&row, "%s%s%s", words->row_json_close, words->row_json_join,
				words->row_json_open);
		else if (i > 0)
			str_add_text(&row, ", ");
		db_literal(&row, slice_of(columns[i]));
		str_add_text(&row, ", t.");
		db_identifier(&row, columns[i]);
	}
	str_add_text(&row, words->row_json_close);
	dialect_apply(&json, words->row_json_f, row.at);
	run(db, "CREATE TABLE copy (content text)");
	str_addf(&sql, "INSERT INTO copy SELECT %s FROM t", json.at);
	run(db, sql.at);
	run(db, "CREATE TABLE back (LIKE t)");
	str_clear(&sql);
	str_add_text(&sql, "INSERT INTO back SELECT ");
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		str_add_text(&sql, i ? ", " : "");
		dialect_row_column(&sql, words, "u.content", "t", columns[i]);
	}
	str_add_text(&sql, " FROM copy u");
	run(db, sql.at);
	assert_int_equal(number(db, "SELECT count(*) FROM back"), 2);
	assert_int_equal(
		number(db, "SELECT count(*) FROM (SELECT CAST(o AS text) FROM t o EXCEPT ALL "
			   "SELECT CAST(k AS text) FROM back k) x"),
		0);
	assert_int_equal(number(db, "SELECT count(*) FROM back WHERE t IS NULL AND v IS NULL AND "
				    "\"odd \"\"name\"\"\" = ''"),
		1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_open, cleanup_test),
		cmocka_unit_test_teardown(test_open_refusals, cleanup_test),
		cmocka_unit_test_teardown(test_values, cleanup_test),
		cmocka_unit_test_teardown(test_many_parameters, cleanup_test),
		cmocka_unit_test_teardown(test_statements, cleanup_test),
		cmocka_unit_test_teardown(test_rows_set_aside, cleanup_test),
		cmocka_unit_test_teardown(test_rows_that_fail_late, cleanup_test),
		cmocka_unit_test_teardown(test_transactions, cleanup_test),
		cmocka_unit_test_teardown(test_locked, cleanup_test),
		cmocka_unit_test_teardown(test_interrupt, cleanup_test),
		cmocka_unit_test_teardown(test_lost_connection, cleanup_test),
		cmocka_unit_test_teardown(test_bulk, cleanup_test),
		cmocka_unit_test_teardown(test_bulk_failures, cleanup_test),
		cmocka_unit_test_teardown(test_columns, cleanup_test),
		cmocka_unit_test_teardown(test_tables_and_keys, cleanup_test),
		cmocka_unit_test_teardown(test_fresh_ids, cleanup_test),
		cmocka_unit_test_teardown(test_dialect, cleanup_test),
		cmocka_unit_test_teardown(test_upper_case, cleanup_test),
		cmocka_unit_test_teardown(test_rows_as_text, cleanup_test),
	};

	server = getenv("REQFERRY_TEST_POSTGRES");
	if (!server) {
		fprintf(stderr, "run this beside a server: tests/postgres/with-server\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
