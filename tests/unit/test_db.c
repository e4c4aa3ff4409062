/*
 * Tests of the database layer, on SQLite files in a folder of their own. The file runs itself again
 * as a child for what needs a process of its own: the fault switch, which is read once, and a user
 * without rights.
 */
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/time.h"
#include "db/db.h"
#include "db/letter.h"
#include "must.h"

#define NOBODY 65534

static char folder[] = "/tmp/reqferry-test-db-XXXXXX";
static struct arena arena; /* cleared after each test */

/* --- helpers ---------------------------------------------------------------------------------- */

static const char *path_of(const char *name)
{
	return arena_printf(&arena, "%s/%s", folder, name);
}

static const char *url_of(const char *name)
{
	return arena_printf(&arena, "sqlite:%s/%s", folder, name);
}

static struct db *open_db(const char *name, enum db_mode mode)
{
	struct db *db = NULL;

	MUST(db_open(url_of(name), mode, &db, err));
	return db;
}

/* A database of its own for each test, removed before. */
static struct db *new_db(const char *name)
{
	unlink(path_of(name));
	unlink(path_of(arena_printf(&arena, "%s-wal", name)));
	unlink(path_of(arena_printf(&arena, "%s-shm", name)));
	return open_db(name, DB_CREATE);
}

static void run(struct db *db, const char *sql)
{
	MUST(db_exec(db, sql, NULL, 0, NULL, err));
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

static void write_file(const char *path, const char *bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, strlen(bytes)), strlen(bytes));
	close(fd);
}

/* Runs this program as `child MODE NAME`; gives its wait status. */
static int run_child(const char *mode, const char *name, const char *fault, bool as_nobody)
{
	int status = -1;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		if (fault)
			setenv("REQFERRY_FAULT", fault, 1);
		if (as_nobody && geteuid() == 0 &&
			(setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY)))
			_exit(99);
		execl("/proc/self/exe", "test_db", "child", mode, url_of(name), (char *)NULL);
		_exit(98);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static int cleanup_test(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

/* --- words, URLs ------------------------------------------------------------------------------ */

static void test_words(void **state UNUSED)
{
	CLEANUP(str_release) struct str sql = STR_INIT;

	db_identifier(&sql, "AO_1\"X");
	assert_string_equal(sql.at, "\"AO_1\"\"X\"");
	str_clear(&sql);
	db_literal(&sql, SLICE("it's"));
	db_literal(&sql, SLICE_NULL);
	assert_string_equal(sql.at, "'it''s'NULL");
	str_clear(&sql);
	dialect_apply(&sql, "f({}) + {}", "a{}");
	assert_string_equal(sql.at, "f(a{}) + a{}");
	assert_int_equal(db_text(NULL).kind, DB_NULL);
	assert_int_equal(db_slice(SLICE_NULL).kind, DB_NULL);
	assert_int_equal(db_text("").kind, DB_TEXT);
	assert_int_equal(db_null().kind, DB_NULL);
	assert_true(db_int(INT64_MIN).number == INT64_MIN);
}

static void test_redact(void **state UNUSED)
{
	static const char *const cases[][2] = {
		{"postgresql://me:se@cret@host:5432/db", "postgresql://me@host:5432/db"},
		{"postgresql://me:123@host/db", "postgresql://me@host/db"},
		{"postgresql://me:a/b?c@host/db", "postgresql://me@host/db"},
		{"postgresql://me@host/db", "postgresql://me@host/db"},
		{"postgresql://:x@host/db", "postgresql://@host/db"},
		{"postgresql://host:5432/db?user=me@corp",
			"postgresql://host:5432/db?user=me@corp"},
		{"postgresql://h/db?password=x&user=me", "postgresql://h/db?user=me"},
		{"postgresql://h/db?user=me&PassWord=x", "postgresql://h/db?user=me"},
		{"postgresql://h/db?sslpassword=x", "postgresql://h/db"},
		{"postgresql://h/db?pass%77ord=x", "postgresql://h/db"},
		{"postgresql://h/db?passfile=x", "postgresql://h/db?passfile=x"},
		{"sqlite:/a/b:c@d.db?timeout=5", "sqlite:/a/b:c@d.db?timeout=5"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(str_release) struct str out = STR_INIT;

		db_redact(cases[i][0], &out);
		assert_string_equal(out.at, cases[i][1]);
	}
}

static void test_letters(void **state UNUSED)
{
	static const struct {
		const char *in, *upper, *lower;
	} cases[] = {
		{"abc-12Z", "ABC-12Z", "abc-12z"},
		{"straße é", "STRASSE É", "straße é"},
		{"ﬃ ŉ İ", "FFI ʼN İ", "ﬃ ŉ i̇"},
		{"ΟΔΟΣ ΣΟΦΟΣ. Σ", "ΟΔΟΣ ΣΟΦΟΣ. Σ", "οδος σοφος. σ"},
		{"a\xff"
		 "b\xc3",
			"A\xff"
			"B\xc3",
			"a\xff"
			"b\xc3"},
		{"𐐨ǆ", "𐐀Ǆ", "𐐨ǆ"},
		{"", "", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(str_release) struct str upper = STR_INIT, lower = STR_INIT;

		letter_upper(slice_of(cases[i].in), &upper);
		letter_lower(slice_of(cases[i].in), &lower);
		assert_string_equal(upper.at, cases[i].upper);
		assert_string_equal(lower.at, cases[i].lower);
	}
}

/* --- opening ---------------------------------------------------------------------------------- */

static void test_open_refusals(void **state UNUSED)
{
	struct db *db = NULL;

	assert_true(db_is_url("sqlite:x"));
	assert_false(db_is_url("sqlite"));
	assert_false(db_is_url("mysql://x"));
	assert_false(db_is_url("origin"));
	MUST_FAIL(db_open("mysql://me:secret@h/x", DB_READ, &db, err), ERROR_UNSUPPORTED,
		"no driver for \"mysql\"");
	MUST_FAIL(db_open("foo://me:secret@h", DB_READ, &db, err), ERROR_USAGE, "\"foo://me@h\"");
	MUST_FAIL(db_open("sqlite:", DB_READ, &db, err), ERROR_USAGE, "names no file");
	MUST_FAIL(db_open("sqlite:x?timeout=-1", DB_READ, &db, err), ERROR_USAGE, "timeout=-1");
	MUST_FAIL(db_open("sqlite:x?cache=1", DB_READ, &db, err), ERROR_USAGE, "cache=1");
	MUST_FAIL(db_open(url_of("none"), DB_READ, &db, err), ERROR_UNREACHABLE, "does not exist");
	MUST_FAIL(db_open(url_of("none"), DB_WRITE, &db, err), ERROR_UNREACHABLE, "does not exist");
	assert_false(file_exists(path_of("none")));
	MUST_FAIL(db_open(url_of(""), DB_READ, &db, err), ERROR_UNREACHABLE, "is a folder");
	MUST_FAIL(
		db_open("sqlite:/dev/null", DB_READ, &db, err), ERROR_UNREACHABLE, "no plain file");
	MUST_FAIL(db_open(url_of("no/x"), DB_CREATE, &db, err), ERROR_UNREACHABLE, "No such file");
	write_file(path_of("short"), "hello");
	MUST_FAIL(
		db_open(url_of("short"), DB_READ, &db, err), ERROR_INPUT, "not an SQLite database");
	MUST_FAIL(db_open(url_of("short/x"), DB_READ, &db, err), ERROR_UNREACHABLE,
		"Not a directory");
	write_file(path_of("long"), arena_printf(&arena, "%4096d", 0));
	MUST_FAIL(
		db_open(url_of("long"), DB_WRITE, &db, err), ERROR_INPUT, "not an SQLite database");
	assert_null(db);
}

static void test_modes(void **state UNUSED)
{
	CLEANUP(db_close) struct db *write = new_db("modes?x.db?timeout=70");
	CLEANUP(db_close) struct db *read = open_db("modes?x.db?timeout=70", DB_READ);

	assert_true(file_exists(path_of("modes?x.db")));
	assert_int_equal(strncmp(db_system(read), "SQLite 3.", 9), 0);
	int64_t free_bytes = -1;
	assert_true(db_free_bytes(read, &free_bytes));
	assert_true(free_bytes >= 0);
	assert_string_equal(db_dialect(read)->name, "sqlite");
	assert_string_equal(text(write, "PRAGMA journal_mode"), "wal");
	assert_int_equal(number(write, "PRAGMA foreign_keys"), 1);
	assert_int_equal(number(write, "PRAGMA synchronous"), 2);
	run(write, "CREATE TABLE t (a integer)");
	MUST_FAIL(db_exec(read, "INSERT INTO t VALUES (1)", NULL, 0, NULL, err), ERROR_READ_ONLY,
		"cannot be written");
	MUST_FAIL(db_begin(read, DB_READ_WRITE, err), ERROR_READ_ONLY, "for reading only");
	assert_false(db_in_transaction(read));
	MUST(db_begin(read, DB_SNAPSHOT, err));
	run(read, "CREATE TEMP TABLE mine (a integer)");
	run(read, "INSERT INTO mine VALUES (7)");
	MUST(db_commit(read, err));
	assert_int_equal(number(read, "SELECT a FROM mine"), 7);
	MUST_FAIL(db_exec(read, "CREATE TABLE u (a)", NULL, 0, NULL, err), ERROR_READ_ONLY, "");
}

/* --- what a user without rights sees ---------------------------------------------------------- */

/* Exit status of a child: 0, or the kind of the error that it got. */
static int child_read(const char *url, enum db_mode mode, int64_t rows)
{
	CLEANUP(db_close) struct db *db = NULL;
	struct error err = ERROR_INIT;
	int64_t found;

	if (!db_open(url, mode, &db, &err) || !db_begin(db, DB_SNAPSHOT, &err) ||
		!db_exec(db, "CREATE TEMP TABLE mine AS SELECT * FROM t", NULL, 0, NULL, &err) ||
		!db_query_int(db, "SELECT count(*) FROM mine", NULL, 0, -1, &found, &err) ||
		!db_commit(db, &err)) {
		fprintf(stderr, "child: %s\n", err.message);
		return (int)err.kind;
	}
	return found == rows ? 0 : 97;
}

static void assert_nobody(const char *mode, const char *name, int expected)
{
	int status = run_child(mode, name, NULL, true);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
}

static void copy_file(const char *from, const char *to)
{
	CLEANUP(str_release) struct str bytes = STR_INIT;
	int fd;

	MUST(file_read(from, 1 << 24, &bytes, err));
	fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_int_equal(write(fd, bytes.at, bytes.len), bytes.len);
	close(fd);
}

static void test_without_rights(void **state UNUSED)
{
	struct db *db;

	assert_int_equal(mkdir(path_of("ro"), 0755), 0);
	assert_int_equal(mkdir(path_of("copy"), 0755), 0);
	db = new_db("ro/a.db");
	run(db, "CREATE TABLE t (a integer)");
	run(db, "INSERT INTO t VALUES (1), (2)");
	chmod(path_of("ro/a.db"), 0444);
	chmod(path_of("ro"), 0555);
	/* the -wal and -shm of a running program are there */
	assert_true(file_exists(path_of("ro/a.db-wal")));
	assert_nobody("read", "ro/a.db", 0);
	assert_nobody("write", "ro/a.db", ERROR_READ_ONLY);
	/* what a program that crashed left: to be read with its -wal or not at all */
	copy_file(path_of("ro/a.db"), path_of("copy/a.db"));
	copy_file(path_of("ro/a.db-wal"), path_of("copy/a.db-wal"));
	chmod(path_of("copy"), 0555);
	assert_nobody("read", "copy/a.db", ERROR_READ_ONLY);
	chmod(path_of("ro"), 0755);
	db_close(&db);
	/* closed, with everything in one file that says WAL: immutable */
	assert_false(file_exists(path_of("ro/a.db-wal")));
	chmod(path_of("ro"), 0555);
	assert_nobody("read", "ro/a.db", 0);
	assert_false(file_exists(path_of("ro/a.db-wal")));
	/* a file that may be written, in a folder that may not */
	chmod(path_of("ro/a.db"), 0666);
	assert_nobody("write", "ro/a.db", ERROR_READ_ONLY);
	chmod(path_of("ro/a.db"), 0600);
	if (geteuid() == 0)
		assert_nobody("read", "ro/a.db", ERROR_UNREACHABLE);
	chmod(path_of("ro"), 0755);
	chmod(path_of("copy"), 0755);
}

/* --- values and statements -------------------------------------------------------------------- */

static void test_values(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("values.db");
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct db_value values[] = {db_null(), db_text(""), db_slice((struct slice){"a\0b", 3}),
		db_int(INT64_MIN), db_text("12x")};
	bool row;

	run(db, "CREATE TABLE t (a text, b text, c text, d bigint, e text, f double)");
	MUST(db_exec(db, "INSERT INTO t VALUES ($1, $2, $3, $4, $5, 2.5)", values, 5, NULL, err));
	MUST(db_query(db, "SELECT a, b, c, d AS \"D\", e, f, a IS NULL, b = '' FROM t", NULL, 0,
		&rows, err));
	assert_int_equal(db_rows_columns(rows), 8);
	assert_string_equal(db_rows_name(rows, 3), "D");
	MUST(db_rows_next(rows, &row, err));
	assert_true(row);
	assert_null(db_rows_text(rows, 0).at);
	assert_int_equal(db_rows_int(rows, 0), 0);
	assert_true(slice_is(db_rows_text(rows, 1), ""));
	assert_true(slice_equal(db_rows_text(rows, 2), (struct slice){"a\0b", 3}));
	assert_true(slice_is(db_rows_text(rows, 3), "-9223372036854775808"));
	assert_true(db_rows_int(rows, 3) == INT64_MIN);
	assert_int_equal(db_rows_int(rows, 4), 0);
	assert_true(slice_is(db_rows_text(rows, 5), "2.5"));
	assert_int_equal(db_rows_int(rows, 6), 1);
	assert_int_equal(db_rows_int(rows, 7), 1);
	MUST(db_rows_next(rows, &row, err));
	assert_false(row);
	MUST(db_rows_next(rows, &row, err));
	assert_false(row);
	assert_null(text(db, "SELECT a FROM t"));
	assert_string_equal(text(db, "SELECT b FROM t"), "");
	assert_null(text(db, "SELECT b FROM t WHERE 0"));
	assert_int_equal(number(db, "SELECT a FROM t"), -1);
	assert_int_equal(number(db, "SELECT d FROM t WHERE 0"), -1);
}

static void test_parameters(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("parameters.db");
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	char bytes[] = "short-lived";
	struct db_value values[12];
	bool row;
	struct slice out;

	for (int i = 0; i < 12; i++)
		values[i] = db_int(i + 1);
	/* any order, repeated, two digits, surplus, none inside quotes */
	MUST(db_query_text(db, "SELECT $12 || '-' || $2 || '-' || $1 || '-' || $2 || '$3'", values,
		12, &arena, &out, err));
	assert_true(slice_is(out, "12-2-1-2$3"));
	MUST_FAIL(db_exec(db, "SELECT $1, $3", values, 2, NULL, err), ERROR_DATABASE, "\"$3\"");
	MUST_FAIL(db_exec(db, "SELECT $x", values, 2, NULL, err), ERROR_DATABASE, "\"$x\"");
	MUST_FAIL(db_exec(db, "SELECT ?", values, 2, NULL, err), ERROR_DATABASE, "\"?\"");
	/* values are borrowed for the call only, though rows are read later */
	MUST(db_query(db, "SELECT $1 || ''", (struct db_value[]){db_text(bytes)}, 1, &rows, err));
	bytes[0] = 'X';
	MUST(db_rows_next(rows, &row, err));
	assert_true(slice_is(db_rows_text(rows, 0), "short-lived"));
	/* a value is not kept from one run of a statement to the next */
	MUST(db_query_text(
		db, "SELECT $1", (struct db_value[]){db_text("x")}, 1, &arena, &out, err));
	MUST(db_query_text(db, "SELECT $1", (struct db_value[]){db_null()}, 1, &arena, &out, err));
	assert_null(out.at);
}

static void test_statements(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("statements.db");
	struct error why = ERROR_INIT;
	int64_t changed = -1;

	MUST(db_exec(db, "CREATE TABLE t (a integer UNIQUE NOT NULL)", NULL, 0, &changed, err));
	assert_int_equal(changed, 0);
	MUST(db_exec(db, "INSERT INTO t VALUES (1), (2), (3)", NULL, 0, &changed, err));
	assert_int_equal(changed, 3);
	MUST(db_exec(db, "SELECT * FROM t", NULL, 0, &changed, err));
	assert_int_equal(changed, 0);
	MUST(db_exec(db, "UPDATE t SET a = a + 10 WHERE a > 1; -- a note", NULL, 0, &changed, err));
	assert_int_equal(changed, 2);
	MUST(db_exec(db, "INSERT OR IGNORE INTO t VALUES (1)", NULL, 0, &changed, err));
	assert_int_equal(changed, 0);
	MUST(db_exec(db, "DELETE FROM t", NULL, 0, &changed, err));
	assert_int_equal(changed, 3);
	MUST(db_exec(db, " -- nothing", NULL, 0, &changed, err));
	assert_int_equal(changed, 0);
	run(db, "INSERT INTO t VALUES (1)");
	assert_false(db_exec(db, "INSERT INTO t VALUES (1)", NULL, 0, NULL, &why));
	assert_int_equal(why.kind, ERROR_DATABASE);
	assert_non_null(strstr(why.message, "must be unique"));
	assert_non_null(strstr(why.detail, "UNIQUE constraint failed: t.a"));
	assert_non_null(strstr(why.detail, "INSERT INTO t VALUES (1)"));
	MUST_FAIL(db_exec(db, "INSERT INTO t VALUES (NULL)", NULL, 0, NULL, err), ERROR_DATABASE,
		"must have a value");
	MUST_FAIL(db_exec(db, "SELECT 1 FROM nix", NULL, 0, NULL, err), ERROR_NO_TABLES,
		"no table \"nix\"");
	MUST_FAIL(db_exec(db, "SELECT nix FROM t", NULL, 0, NULL, err), ERROR_NO_TABLES,
		"no column \"nix\"");
	MUST_FAIL(db_exec(db, "SELECT \"nix\" FROM t", NULL, 0, NULL, err), ERROR_NO_TABLES,
		"no column \"nix\"");
	MUST_FAIL(db_exec(db, "INSERT INTO t (nix) VALUES (1)", NULL, 0, NULL, err),
		ERROR_NO_TABLES, "no column \"nix\"");
	MUST_FAIL(db_exec(db, "SELEC", NULL, 0, NULL, err), ERROR_DATABASE, "refused a statement");
	MUST_FAIL(db_exec(db, "SELECT 1; SELECT 2", NULL, 0, NULL, err), ERROR_DATABASE, "several");
}

/* More statements than are kept, each used while others are; the same one inside itself. */
static void test_many_statements(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("many.db");
	struct db_rows *outer = NULL, *inner = NULL;
	int64_t sum = 0;
	bool row;

	run(db, "CREATE TABLE t (a integer)");
	run(db, "INSERT INTO t VALUES (1), (2), (3)");
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 40; i++)
			assert_int_equal(number(db, arena_printf(&arena, "SELECT %d", i)), i);
	}
	MUST(db_query(db, "SELECT a FROM t", NULL, 0, &outer, err));
	for (;;) {
		MUST(db_rows_next(outer, &row, err));
		if (!row)
			break;
		MUST(db_query(db, "SELECT a FROM t", NULL, 0, &inner, err));
		MUST(db_rows_next(inner, &row, err));
		MUST(db_rows_next(inner, &row, err));
		sum += 10 * db_rows_int(outer, 0) + db_rows_int(inner, 0);
		db_rows_end(&inner);
		assert_null(inner);
	}
	db_rows_end(&outer);
	db_rows_end(&outer);
	assert_int_equal(sum, 66);
}

static void test_script(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("script.db");

	MUST(db_script(db,
		"-- a comment; with;\n\nCREATE TABLE t (a text DEFAULT ';\n', -- why;\n b "
		"text);\r\n"
		"/* ;\n */ INSERT INTO t (b) VALUES ('it''s;\n;\n'); -- then\n\n;\n"
		"INSERT INTO t (\"b\") VALUES ('last') -- no end",
		err));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
	assert_string_equal(text(db, "SELECT a || b FROM t"), ";\nit's;\n;\n");
	MUST(db_script(db, "", err));
	MUST(db_script(db, " \n-- nothing", err));
	MUST_FAIL(db_script(db, "DELETE FROM t;\nDELETE FROM u;\nCREATE TABLE v (a);", err),
		ERROR_NO_TABLES, "statement 2 of a script: ");
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
	MUST_FAIL(db_exec(db, "SELECT 1 FROM v", NULL, 0, NULL, err), ERROR_NO_TABLES, "v");
}

/* --- transactions and locks ------------------------------------------------------------------- */

static void test_transactions(void **state UNUSED)
{
	struct db *db = new_db("transactions.db");
	CLEANUP(db_close) struct db *other = open_db("transactions.db", DB_WRITE);

	run(db, "CREATE TABLE t (a integer)");
	MUST_FAIL(db_commit(db, err), ERROR_DATABASE, "outside of a transaction");
	MUST(db_begin(db, DB_READ_WRITE, err));
	assert_true(db_in_transaction(db));
	MUST_FAIL(db_begin(db, DB_SNAPSHOT, err), ERROR_DATABASE, "inside another");
	run(db, "INSERT INTO t VALUES (1)");
	assert_int_equal(number(other, "SELECT count(*) FROM t"), 0);
	MUST(db_commit(db, err));
	assert_false(db_in_transaction(db));
	assert_int_equal(number(other, "SELECT count(*) FROM t"), 1);
	MUST(db_begin(db, DB_READ_WRITE, err));
	run(db, "INSERT INTO t VALUES (2)");
	db_rollback(db);
	db_rollback(db);
	assert_int_equal(number(other, "SELECT count(*) FROM t"), 1);
	/* a snapshot begins when it begins, not at its first statement */
	MUST(db_begin(db, DB_SNAPSHOT, err));
	run(other, "INSERT INTO t VALUES (3)");
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
	MUST(db_commit(db, err));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
	MUST(db_begin(db, DB_SNAPSHOT, err));
	run(db, "DELETE FROM t");
	MUST_FAIL(db_commit(db, err), ERROR_READ_ONLY, "snapshot");
	assert_false(db_in_transaction(db));
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
	/* closing rolls back */
	MUST(db_begin(db, DB_READ_WRITE, err));
	run(db, "DELETE FROM t");
	db_close(&db);
	assert_null(db);
	db_close(&db);
	assert_int_equal(number(other, "SELECT count(*) FROM t"), 2);
}

static void test_locked(void **state UNUSED)
{
	CLEANUP(db_close) struct db *holder = new_db("locked.db");
	CLEANUP(db_close) struct db *db = open_db("locked.db?timeout=150", DB_WRITE);
	struct task task = {.actor = "test"};
	struct error why = ERROR_INIT;
	int64_t start;

	run(holder, "CREATE TABLE t (a integer)");
	MUST(db_begin(holder, DB_READ_WRITE, err));
	start = time_monotonic_ms();
	assert_false(db_begin(db, DB_READ_WRITE, &why));
	assert_in_range(time_monotonic_ms() - start, 150, 3000);
	assert_int_equal(why.kind, ERROR_LOCKED);
	assert_non_null(strstr(why.message, "locked by another program"));
	assert_true(why.hint[0] != '\0');
	MUST_FAIL(db_exec(db, "INSERT INTO t VALUES (1)", NULL, 0, NULL, err), ERROR_LOCKED,
		"locked");
	/* reading goes on */
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
	/* a wait is given up when the task stops */
	db_close(&db);
	db = open_db("locked.db?timeout=60000", DB_WRITE);
	task.deadline = time_monotonic_ms() + 100;
	db_set_task(db, &task);
	MUST_FAIL(db_begin(db, DB_READ_WRITE, err), ERROR_INTERRUPTED, "");
	assert_in_range(time_monotonic_ms() - task.deadline, 0, 3000);
	db_set_task(db, NULL);
	db_rollback(holder);
	MUST(db_begin(db, DB_READ_WRITE, err));
	MUST(db_commit(db, err));
}

static atomic_int cancelled;

static void cancel(int signal UNUSED)
{
	atomic_store(&cancelled, 1);
}

#define ENDLESS "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "

static void test_interrupt(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("interrupt.db");
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct task task = {.actor = "test", .cancelled = &cancelled};
	struct itimerval soon = {.it_value = {.tv_usec = 50000}};
	bool row;

	run(db, "CREATE TABLE t (a integer)");
	db_set_task(db, &task);
	signal(SIGALRM, cancel);
	setitimer(ITIMER_REAL, &soon, NULL);
	MUST_FAIL(db_exec(db, ENDLESS "SELECT count(*) FROM n", NULL, 0, NULL, err),
		ERROR_INTERRUPTED, "");
	/* nothing begins while the task says stop; a query that runs ends */
	MUST_FAIL(db_exec(db, "SELECT 1", NULL, 0, NULL, err), ERROR_INTERRUPTED, "");
	atomic_store(&cancelled, 0);
	MUST(db_query(db, ENDLESS "SELECT i FROM n", NULL, 0, &rows, err));
	MUST(db_rows_next(rows, &row, err));
	atomic_store(&cancelled, 1);
	MUST_FAIL(db_rows_next(rows, &row, err), ERROR_INTERRUPTED, "");
	atomic_store(&cancelled, 0);
	db_rows_end(&rows);
	/* SQLite rolls back what an interrupted write was part of: nothing may follow */
	MUST(db_begin(db, DB_READ_WRITE, err));
	run(db, "INSERT INTO t VALUES (1)");
	setitimer(ITIMER_REAL, &soon, NULL);
	MUST_FAIL(db_exec(db, ENDLESS "INSERT INTO t SELECT i FROM n", NULL, 0, NULL, err),
		ERROR_INTERRUPTED, "");
	atomic_store(&cancelled, 0);
	MUST_FAIL(db_exec(db, "INSERT INTO t VALUES (2)", NULL, 0, NULL, err), ERROR_DATABASE,
		"rolled the transaction back");
	MUST_FAIL(db_commit(db, err), ERROR_DATABASE, "rolled the transaction back");
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
}

static void test_full_disk(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("full.db");

	run(db, "CREATE TABLE t (a text)");
	run(db, "PRAGMA max_page_count = 10");
	MUST(db_begin(db, DB_READ_WRITE, err));
	run(db, "INSERT INTO t VALUES ('x')");
	MUST_FAIL(db_exec(db, "INSERT INTO t SELECT hex(zeroblob(100000))", NULL, 0, NULL, err),
		ERROR_IO, "no space is left");
	db_rollback(db);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
}

/* --- bulk ------------------------------------------------------------------------------------- */

static void test_bulk(void **state UNUSED)
{
	static const char *const columns[] = {"b", "a\"x"};
	CLEANUP(db_close) struct db *db = new_db("bulk.db");
	struct db_bulk *bulk = NULL;

	run(db, "CREATE TABLE \"T 1\" (\"a\"\"x\" text UNIQUE, b bigint, c text DEFAULT 'c')");
	MUST_FAIL(db_bulk_open(db, "T 1", columns, 2, &bulk, err), ERROR_DATABASE, "outside");
	MUST(db_begin(db, DB_READ_WRITE, err));
	MUST_FAIL(db_bulk_open(db, "nix", columns, 2, &bulk, err), ERROR_NO_TABLES, "\"nix\"");
	MUST(db_bulk_open(db, "T 1", columns, 2, &bulk, err));
	for (int i = 0; i < 25000; i++) {
		const char *name = arena_printf(&arena, "n%d", i);
		struct db_value values[] = {i % 2 ? db_int(i) : db_null(), i == 3 ? db_text("")
									   : i % 7 == 4
										   ? db_null()
										   : db_text(name)};

		MUST(db_bulk_row(bulk, values, err));
	}
	MUST(db_bulk_end(&bulk, err));
	assert_null(bulk);
	MUST(db_commit(db, err));
	assert_int_equal(number(db, "SELECT count(*) FROM \"T 1\" WHERE c = 'c'"), 25000);
	assert_int_equal(number(db, "SELECT sum(b) FROM \"T 1\""), 12500 * 12500);
	assert_int_equal(number(db, "SELECT b FROM \"T 1\" WHERE \"a\"\"x\" = ''"), 3);
	assert_int_equal(number(db, "SELECT count(*) FROM \"T 1\" WHERE \"a\"\"x\" IS NULL"), 3571);
	assert_string_equal(text(db, "SELECT \"a\"\"x\" FROM \"T 1\" WHERE b = 24999"), "n24999");
	MUST(db_begin(db, DB_READ_WRITE, err));
	MUST(db_bulk_open(db, "T 1", columns, 2, &bulk, err));
	MUST(db_bulk_row(bulk, (struct db_value[]){db_int(-1), db_null()}, err));
	MUST_FAIL(db_bulk_row(bulk, (struct db_value[]){db_int(-1), db_text("n0")}, err),
		ERROR_DATABASE, "must be unique");
	db_bulk_discard(&bulk);
	db_bulk_discard(&bulk);
	db_rollback(db);
	assert_int_equal(number(db, "SELECT count(*) FROM \"T 1\" WHERE b = -1"), 0);
}

/* --- the catalogue of the database ------------------------------------------------------------ */

static void test_columns(void **state UNUSED)
{
	static const struct db_column expected[] = {
		{"ID", "integer", 0, 64, true, true},
		{"NAME", "character varying(255)", 255, 0, true, false},
		{"short", "varchar( 60 )", 60, 0, false, true},
		{"c", "char(1)", 1, 0, false, false},
		{"i", "integer", 0, 32, false, false},
		{"s", "smallint", 0, 32, true, true},
		{"b", "bigint", 0, 64, false, false},
		{"n", "numeric(18,0)", 0, 64, false, false},
		{"n9", "numeric(9,0)", 0, 32, false, false},
		{"d", "numeric(18,2)", 0, 0, false, false},
		{"t", "timestamp without time zone", 0, 0, false, false},
		{"o", "boolean", 0, 0, false, false},
		{"v", "interval", 0, 0, false, false},
		{"x", "text", 0, 0, false, false},
	};
	CLEANUP(db_close) struct db *db = new_db("columns.db");
	struct db_column *columns;
	size_t count;
	bool exists;

	run(db, "CREATE TABLE \"AO_1_T\" (\"ID\" INTEGER PRIMARY KEY AUTOINCREMENT,"
		" \"NAME\" CHARACTER VARYING(255) NOT NULL, short varchar( 60 ) DEFAULT 'x', c "
		"CHAR(1),"
		" i INTEGER, s smallint NOT NULL DEFAULT 0, b bigint, n numeric(18,0), n9 "
		"numeric(9,0),"
		" d numeric(18,2), t timestamp without time zone, o boolean DEFAULT NULL, v "
		"interval,"
		" x text, computed integer AS (i + 1))");
	run(db, "CREATE TABLE two (a integer, b integer, PRIMARY KEY (a, b))");
	run(db, "CREATE TABLE no_row_number (a integer PRIMARY KEY) WITHOUT ROWID");
	run(db, "CREATE VIEW v AS SELECT 1 AS a");
	run(db, "CREATE TEMP TABLE mine (a)");
	MUST(db_columns(db, "AO_1_T", &arena, &columns, &count, err));
	assert_int_equal(count, ARRAY_LEN(expected));
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(columns[i].name, expected[i].name);
		assert_string_equal(columns[i].type, expected[i].type);
		assert_int_equal(columns[i].not_null, expected[i].not_null);
		assert_int_equal(columns[i].has_default, expected[i].has_default);
		assert_int_equal(columns[i].length, expected[i].length);
		assert_int_equal(columns[i].bits, expected[i].bits);
	}
	MUST(db_columns(db, "two", &arena, &columns, &count, err));
	assert_int_equal(count, 2);
	assert_false(columns[0].has_default);
	MUST(db_columns(db, "no_row_number", &arena, &columns, &count, err));
	assert_false(columns[0].has_default);
	assert_int_equal(columns[0].bits, 32);
	for (size_t i = 0; i < 4; i++) {
		static const char *const none[] = {"ao_1_t", "v", "mine", "nix"};

		MUST(db_columns(db, none[i], &arena, &columns, &count, err));
		assert_int_equal(count, 0);
		MUST(db_table_exists(db, none[i], &exists, err));
		assert_false(exists);
	}
	MUST(db_table_exists(db, "two", &exists, err));
	assert_true(exists);
}

static void test_tables_and_keys(void **state UNUSED)
{
	static const struct db_foreign_key expected[] = {
		{"\"odd", "P", "AO_1_PARENT", "ID"},
		{"AO_1_CHILD", "PARENT_ID", "AO_1_PARENT", "ID"},
		{"AO_1_CHILD", "X", "AO_1_PARENT", "CODE"},
		{"AO_1_PARENT", "UP", "AO_1_PARENT", "ID"},
	};
	CLEANUP(db_close) struct db *db = new_db("tables.db");
	struct db_foreign_key *keys;
	const char **names;
	size_t count;

	MUST(db_script(db,
		"CREATE TABLE \"AO_1_PARENT\" (\"ID\" INTEGER PRIMARY KEY AUTOINCREMENT, \"CODE\" "
		"text UNIQUE,"
		" \"UP\" bigint REFERENCES \"AO_1_PARENT\");\n"
		"CREATE TABLE \"AO_1_CHILD\" (\"PARENT_ID\" bigint REFERENCES \"AO_1_PARENT\" "
		"(\"ID\"),"
		" \"X\" text REFERENCES ao_1_parent (code), \"Y\" text REFERENCES \"ao_1_x\" "
		"(\"Z\"));\n"
		"CREATE TABLE \"ao_1_x\" (\"Z\" text UNIQUE);\n"
		"CREATE TABLE \"AO11\" (a);\nCREATE VIEW \"AO_1_V\" AS SELECT 1;\n"
		"CREATE TABLE \"\"\"odd\" (\"P\" bigint REFERENCES \"AO_1_PARENT\");\n",
		err));
	MUST(db_tables(db, "AO_1_", &arena, &names, &count, err));
	assert_int_equal(count, 2);
	assert_string_equal(names[0], "AO_1_CHILD");
	assert_string_equal(names[1], "AO_1_PARENT");
	MUST(db_tables(db, "", &arena, &names, &count, err));
	assert_int_equal(count, 5);
	assert_string_equal(names[4], "ao_1_x");
	MUST(db_foreign_keys_to(db, "AO_1_PARENT", &arena, &keys, &count, err));
	assert_int_equal(count, ARRAY_LEN(expected));
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		bool found = false;

		for (size_t k = 0; k < count; k++)
			found |= !strcmp(keys[k].table, expected[i].table) &&
				 !strcmp(keys[k].column, expected[i].column) &&
				 !strcmp(keys[k].to_table, expected[i].to_table) &&
				 !strcmp(keys[k].to_column, expected[i].to_column);
		assert_true(found);
	}
	MUST(db_foreign_keys_to(db, "AO_1_CHILD", &arena, &keys, &count, err));
	assert_int_equal(count, 0);
	/* more tables than the first room has */
	for (int i = 0; i < 40; i++)
		run(db, arena_printf(&arena, "CREATE TABLE many_%02d (a)", i));
	MUST(db_tables(db, "many_", &arena, &names, &count, err));
	assert_int_equal(count, 40);
	assert_string_equal(names[0], "many_00");
	assert_string_equal(names[39], "many_39");
	/* foreign keys are enforced */
	MUST_FAIL(db_exec(db, "INSERT INTO \"AO_1_CHILD\" VALUES (1, NULL, NULL)", NULL, 0, NULL,
			  err),
		ERROR_DATABASE, "does not exist");
}

static void expect_ids(struct db *db, const char *table, const char *column, const char *expected)
{
	CLEANUP(str_release) struct str expression = STR_INIT;

	MUST(db_fresh_ids(db, table, column, 5, "n.i", &expression, err));
	assert_string_equal(expression.at, expected);
}

static void test_fresh_ids(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("ids.db");
	CLEANUP(str_release) struct str expression = STR_INIT;

	run(db, "CREATE TABLE plain (\"ID\" INTEGER PRIMARY KEY, a text)");
	MUST_FAIL(db_fresh_ids(db, "plain", "ID", 1, "1", &expression, err), ERROR_DATABASE,
		"outside");
	MUST(db_begin(db, DB_SNAPSHOT, err));
	MUST_FAIL(db_fresh_ids(db, "plain", "ID", 1, "1", &expression, err), ERROR_DATABASE,
		"snapshot");
	db_rollback(db);
	MUST(db_begin(db, DB_READ_WRITE, err));
	/* no sequence in the database at all, an empty table, negative ids */
	expect_ids(db, "plain", "ID", "(0 + n.i)");
	run(db, "INSERT INTO plain VALUES (-5, 'x')");
	expect_ids(db, "plain", "ID", "(0 + n.i)");
	run(db, "CREATE TABLE auto (\"ID\" INTEGER PRIMARY KEY AUTOINCREMENT, a text)");
	expect_ids(db, "auto", "ID", "(0 + n.i)");
	run(db, "INSERT INTO auto VALUES (100, 'x')");
	run(db, "DELETE FROM auto");
	expect_ids(db, "auto", "ID", "(100 + n.i)");
	run(db, "INSERT INTO plain VALUES (30, 'x')");
	expect_ids(db, "plain", "ID", "(30 + n.i)");
	/* what is inserted with such ids moves the app's own sequence */
	run(db, "INSERT INTO auto SELECT (100 + n.i), 'y' FROM (SELECT 1 AS i UNION SELECT 2) n");
	run(db, "INSERT INTO auto (a) VALUES ('by the app')");
	assert_int_equal(number(db, "SELECT max(\"ID\") FROM auto"), 103);
	/* a sequence behind the highest id, as SQLite takes it */
	run(db, "UPDATE sqlite_sequence SET seq = 5");
	expect_ids(db, "auto", "ID", "(103 + n.i)");
	MUST_FAIL(db_fresh_ids(db, "nix", "ID", 1, "1", &expression, err), ERROR_NO_TABLES, "nix");
	run(db, "INSERT INTO plain VALUES (9223372036854775800, 'x')");
	MUST(db_fresh_ids(db, "plain", "ID", 7, "1", &expression, err));
	MUST_FAIL(
		db_fresh_ids(db, "plain", "ID", 8, "1", &expression, err), ERROR_LIMIT, "no 8 ids");
}

/* --- the dialect ------------------------------------------------------------------------------ */

static void check_word(struct db *db, const char *template, const char *in, const char *expected)
{
	CLEANUP(str_release) struct str sql = STR_INIT;
	const char *got;

	str_add_text(&sql, "SELECT ");
	dialect_apply(&sql, template, "t.v");
	str_addf(&sql, " FROM (SELECT %s AS v) t", in);
	got = text(db, sql.at);
	if (!got != !expected || (got && strcmp(got, expected)))
		fail_msg("%s of %s is %s, not %s", template, in, got ? got : "NULL",
			expected ? expected : "NULL");
}

/* The value of a column out of a row as text, as typeof and hex. */
static const char *column_of(struct db *db, const char *row, const char *name)
{
	struct str value CLEANUP(str_release) = STR_INIT;

	dialect_row_column(&value, db_dialect(db), row, "t", name);
	return text(db,
		arena_printf(&arena, "SELECT typeof(%s) || ' ' || hex(%s)", value.at, value.at));
}

static void check_rows_as_text(struct db *db)
{
	const struct dialect *words = db_dialect(db);
	static const struct {
		const char *in, *expected; /* an SQL value; its type and hex */
	} cases[] = {
		{"NULL", "null "},
		{"''", "text "},
		{"9223372036854775807", "integer 39323233333732303336383534373735383037"},
		{"-9223372036854775808", "integer 2D39323233333732303336383534373735383038"},
		{"1.5", "real 312E35"},
		{"1.0", "real 312E30"},
		{"x''", "blob "},
		{"x'00ff'", "blob 00FF"},
		{"CAST(x'610062' AS TEXT)", "text 610062"},
		{"CAST(x'ff' AS TEXT)", "text FF"},
		{"'q\"\\{},:' || char(10, 1, 233, 128512)", "text 71225C7B7D2C3A0A01C3A9F09F9880"},
		{"'{\"real\":\"00\"}'", "text 7B227265616C223A223030227D"},
	};
	const char *row;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		row = arena_printf(&arena, "%s'before', 'x\"}', 'a \"b\"', %s, 'behind', 1%s",
			words->row_json_open, cases[i].in, words->row_json_close);
		assert_string_equal(column_of(db, row, "a \"b\""), cases[i].expected);
		row = arena_printf(&arena, "%s'first', 2%s%s%s", words->row_json_open,
			words->row_json_close, words->row_json_join, row);
		assert_string_equal(column_of(db, row, "a \"b\""), cases[i].expected);
		assert_string_equal(column_of(db, row, "behind"), "integer 31");
		assert_string_equal(column_of(db, row, "first"), "integer 32");
	}
	check_word(db, words->sha256_f, "'abc'",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check_word(db, words->sha256_f, "NULL", NULL);
	/* what is no such text is an error, never a value */
	static const char *const damaged[] = {"''", "'{}'", "'{'", "'{\"a\"}'", "'{\"a\":'",
		"'{\"a\":}'", "'{\"a\":1'", "'{\"b\":1}'", "'{\"a\":\"x}'", "'{\"a\":\"\\'",
		"'{\"a\":\"\\n\"}'", "'{\"a\":{\"real\":\"00\"}}'", "'{\"a\":{\"blob\":\"0\"}}'",
		"'{\"a\":{\"blob\":\"0G\"}}'", "'{\"a\":{}}'", "'{\"a\":tru}'", "'{\"\\u00'",
		"'[1]'", "'{\"a\":\"\\u00'"};
	for (size_t i = 0; i < ARRAY_LEN(damaged); i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		struct error error = ERROR_INIT;
		struct slice found;

		str_add_text(&sql, "SELECT ");
		dialect_row_column(&sql, words, damaged[i], "t", "a");
		assert_false(db_query_text(db, sql.at, NULL, 0, &arena, &found, &error));
		assert_int_equal(error.kind, ERROR_DATABASE);
	}
}

static void test_dialect(void **state UNUSED)
{
	CLEANUP(db_close) struct db *db = new_db("dialect.db");
	const struct dialect *words = db_dialect(db);
	const struct {
		const char *template, *in, *expected;
	} cases[] = {
		{words->integer_to_text_f, "9223372036854775807", "9223372036854775807"},
		{words->integer_to_text_f, "NULL", NULL},
		{words->boolean_to_text_f, "1", "true"},
		{words->boolean_to_text_f, "'true'", "true"},
		{words->boolean_to_text_f, "'T'", "true"},
		{words->boolean_to_text_f, "0", "false"},
		{words->boolean_to_text_f, "'FALSE'", "false"},
		{words->boolean_to_text_f, "'f'", "false"},
		{words->boolean_to_text_f, "NULL", NULL},
		{words->boolean_to_text_f, "'maybe'", "maybe"},
		{words->boolean_to_text_f, "2", "2"},
		{words->timestamp_to_text_f, "'2024-01-02 03:04:05'", "2024-01-02 03:04:05.000"},
		{words->timestamp_to_text_f, "'2024-01-02 03:04:05.'", "2024-01-02 03:04:05.000"},
		{words->timestamp_to_text_f, "'2024-01-02T03:04:05.6'", "2024-01-02 03:04:05.600"},
		{words->timestamp_to_text_f, "'2024-01-02 03:04:05.678'",
			"2024-01-02 03:04:05.678"},
		{words->timestamp_to_text_f, "'2024-01-02 03:04:05.678999999'",
			"2024-01-02 03:04:05.678"},
		{words->timestamp_to_text_f, "'2024-01-02 03:04:05Z'", "2024-01-02 03:04:05Z"},
		{words->timestamp_to_text_f, "'2024-01-02'", "2024-01-02"},
		{words->timestamp_to_text_f, "1700000000000", "1700000000000"},
		{words->timestamp_to_text_f, "NULL", NULL},
		{words->text_to_timestamp_f, "'2024-01-02 03:04:05.12'", "2024-01-02 03:04:05.120"},
		{words->text_to_text_f, "'a b'", "a b"},
		{words->text_to_text_f, "''", ""},
		{words->text_to_text_f, "NULL", NULL},
		{words->text_to_integer_f, "'-12'", "-12"},
		{words->text_to_integer_f, "NULL", NULL},
		{words->text_to_boolean_f, "'true'", "1"},
		{words->text_to_boolean_f, "'false'", "0"},
		{words->text_to_boolean_f, "NULL", NULL},
		{words->key_to_integer_f, "'123456789012345678'", "123456789012345678"},
		{words->key_to_integer_f, "'1234567890123456789'", "1234567890123456789"},
		{words->key_to_integer_f, "'9223372036854775807'", "9223372036854775807"},
		{words->key_to_integer_f, "'9223372036854775808'", NULL},
		{words->key_to_integer_f, "'00000000000000000001'", NULL},
		{words->key_to_integer_f, "'007'", "7"},
		{words->key_to_integer_f, "'-1'", NULL},
		{words->key_to_integer_f, "'1 '", NULL},
		{words->key_to_integer_f, "''", NULL},
		{words->key_to_integer_f, "'x1'", NULL},
		{words->key_to_integer_f, "NULL", NULL},
		{words->upper_f, "'straße-é1'", "STRASSE-É1"},
		{words->upper_f, "''", ""},
		{words->upper_f, "NULL", NULL},
		{"reqferry_lower({})", "'ÀΣ'", "àς"},
		{words->boolean_is_true_f, "'true'", "1"},
		{words->boolean_is_true_f, "1", "1"},
		{words->boolean_is_true_f, "'false'", "0"},
		{words->boolean_is_true_f, "0", "0"},
		{words->boolean_is_true_f, "NULL", NULL},
		{words->boolean_is_false_f, "0", "1"},
		{words->boolean_is_false_f, "'f'", "1"},
		{words->boolean_is_false_f, "1", "0"},
		{words->boolean_is_false_f, "NULL", NULL},
	};
	int64_t changed;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_word(db, cases[i].template, cases[i].in, cases[i].expected);
	/* numbers that come back are numbers */
	check_word(db, "typeof({})", "'x'", "text");
	assert_string_equal(
		text(db, arena_printf(&arena, "SELECT %s'a', 1, 'b', 'x\"y', 'c', NULL%s",
				 words->row_json_open, words->row_json_close)),
		"{\"a\":1,\"b\":\"x\\\"y\",\"c\":null}");
	check_rows_as_text(db);
	run(db, arena_printf(&arena, "CREATE TABLE t (k %s PRIMARY KEY, n %s, v %s)",
			words->type_key, words->type_int64, words->type_text));
	for (int i = 0; i < 2; i++)
		MUST(db_exec(db,
			arena_printf(&arena, "%st VALUES ('b', 1, 'x'), ('B', 2, 'y')%s",
				words->insert_ignore_prefix, words->insert_ignore_suffix),
			NULL, 0, &changed, err));
	assert_int_equal(changed, 0);
	assert_string_equal(text(db, arena_printf(&arena, "SELECT v FROM t ORDER BY k%s LIMIT 1%s",
					     words->binary_collation, words->for_update)),
		"y");
}

/* --- faults ----------------------------------------------------------------------------------- */

/* Two transactions of one row each and a bulk of 20,001: what a fault leaves is 0, 1 or all. */
static bool child_write_bulk(struct db *db, struct error *err)
{
	static const char *const columns[] = {"a"};
	struct db_value value = db_int(2);
	struct db_bulk *bulk;

	if (!db_begin(db, DB_READ_WRITE, err) || !db_bulk_open(db, "t", columns, 1, &bulk, err))
		return false;
	for (int i = 0; i < 20001; i++) {
		if (!db_bulk_row(bulk, &value, err)) {
			db_bulk_discard(&bulk);
			return false;
		}
	}
	return db_bulk_end(&bulk, err) && db_commit(db, err);
}

static int child_write(const char *url)
{
	CLEANUP(db_close) struct db *db = NULL, *read = NULL;
	struct error err = ERROR_INIT, again = ERROR_INIT;
	int64_t rows;

	if (!db_open(url, DB_READ, &read, &err) || !db_open(url, DB_WRITE, &db, &err))
		return (int)err.kind;
	/* reading connections do not count */
	if (!db_query_int(read, "SELECT count(*) FROM t", NULL, 0, 0, &rows, &err) ||
		!db_begin(db, DB_READ_WRITE, &err) ||
		!db_script(db, "INSERT INTO t VALUES (1);\nSELECT 1;\n", &err) ||
		!db_query_int(db, "SELECT count(*) FROM t", NULL, 0, 0, &rows, &err) ||
		!db_commit(db, &err) || !child_write_bulk(db, &err)) {
		CLEANUP(db_close) struct db *third = NULL;
		/* what was cut stays cut, what failed can go on */
		bool more = db_exec(db, "SELECT 1", NULL, 0, NULL, &again);

		if (more != (err.kind == ERROR_DATABASE))
			return 96;
		/* the lock of a connection that was cut is free at once */
		if (!more && (!db_open(url, DB_WRITE, &third, &again) ||
				     !db_begin(third, DB_READ_WRITE, &again)))
			return 95;
		return (int)err.kind;
	}
	return 0;
}

#define CHILD_STATEMENTS 11 /* 5, then begin, bulk, 10,000, 20,000, bulk's end, commit */

static void check_fault(const char *action, int at, int64_t *rows)
{
	struct db *db = new_db("fault.db");
	int status;

	run(db, "CREATE TABLE t (a integer)");
	db_close(&db);
	status = run_child(
		"fault", "fault.db?timeout=0", arena_printf(&arena, "%s:%d", action, at), false);
	if (at > CHILD_STATEMENTS) {
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	} else if (strcmp(action, "kill") == 0 || strcmp(action, "cancel") == 0) {
		/* nobody handles the signal of Ctrl-C here */
		assert_true(WIFSIGNALED(status) &&
			    WTERMSIG(status) == (*action == 'k' ? SIGKILL : SIGINT));
	} else {
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status),
			strcmp(action, "cut") ? ERROR_DATABASE : ERROR_UNREACHABLE);
	}
	db = open_db("fault.db", DB_READ);
	*rows = number(db, "SELECT count(*) FROM t");
	db_close(&db);
}

static void test_faults(void **state UNUSED)
{
	static const char *const actions[] = {"kill", "error", "cut", "cancel"};
	CLEANUP(str_release) struct str report = STR_INIT;
	const char *file = path_of("report");
	int64_t rows;

	check_fault("kill", 100, &rows);
	assert_int_equal(rows, 20002);
	assert_int_equal(run_child("fault", "fault.db?timeout=0",
				 arena_printf(&arena, "report:%s", file), false),
		0);
	MUST(file_read(file, 100, &report, err));
	assert_string_equal(report.at, arena_printf(&arena, "%d\n", CHILD_STATEMENTS));
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		for (int at = 1; at <= CHILD_STATEMENTS + 1; at++) {
			check_fault(actions[i], at, &rows);
			assert_int_equal(rows, at <= 5 ? 0 : at <= CHILD_STATEMENTS ? 1 : 20002);
		}
	}
	for (size_t i = 0; i < 4; i++) {
		static const char *const wrong[] = {"kill", "kill:0", "burn:1", "report:/nix/x"};
		int status = run_child("fault", "fault.db", wrong[i], false);

		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), ERROR_USAGE);
	}
}

/* --- main ------------------------------------------------------------------------------------- */

static int child(const char *mode, const char *url)
{
	if (strcmp(mode, "read") == 0)
		return child_read(url, DB_READ, 2);
	if (strcmp(mode, "write") == 0)
		return child_read(url, DB_WRITE, 2);
	return child_write(url);
}

#define TEST(function) cmocka_unit_test_teardown(function, cleanup_test)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {TEST(test_words), TEST(test_redact), TEST(test_letters),
		TEST(test_open_refusals), TEST(test_modes), TEST(test_without_rights),
		TEST(test_values), TEST(test_parameters), TEST(test_statements),
		TEST(test_many_statements), TEST(test_script), TEST(test_transactions),
		TEST(test_locked), TEST(test_interrupt), TEST(test_full_disk), TEST(test_bulk),
		TEST(test_columns), TEST(test_tables_and_keys), TEST(test_fresh_ids),
		TEST(test_dialect), TEST(test_faults)};
	char command[sizeof(folder) + 16];
	int failed;

	if (argc == 4 && strcmp(argv[1], "child") == 0)
		return child(argv[2], argv[3]);
	if (!mkdtemp(folder) || chmod(folder, 0755) != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) == 0 ? failed : 1;
}
