/*
 * SQLite: from a URL to a connection, with messages that say what is wrong with a path.
 *
 * The file is never opened but through SQLite: closing a descriptor of one's own would drop the
 * locks of every other connection that the process has to the same file.
 *
 * A database in WAL mode can be read from a folder that may not be written only while its -wal and
 * -shm files are there. When the last program that had it open has removed them, the database is
 * all in its main file; it is then opened as immutable, which needs no locks. A program that opens
 * it for writing in that very moment may disturb the reading.
 *
 * The schema of a database from elsewhere is not trusted: it may not call our functions or those
 * that SQLite calls unsafe.
 */
#include "base/time.h"
#include "db/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_TIMEOUT_MS     5000
#define LOCK_TIMEOUT_MAX_MS 3600000
#define LOCK_POLL_US        10000
#define POLL_STEPS          1000 /* of SQLite's virtual machine */
#define CACHE_KIB           65536

/* --- the URL ---------------------------------------------------------------------------------- */

/* `sqlite:PATH[?timeout=MS]` */
static bool read_url(const char *url, struct sqlite *sqlite, struct error *err)
{
	const char *path = strchr(url, ':') + 1;
	const char *options = strrchr(path, '?');
	struct slice word, value;

	str_add(&sqlite->path,
		options ? (struct slice){path, (size_t)(options - path)} : slice_of(path));
	if (!sqlite->path.len)
		return FAIL_HINT(err, USAGE, "Write sqlite:PATH.", "\"%s\" names no file", url);
	sqlite->timeout = LOCK_TIMEOUT_MS;
	if (!options)
		return true;
	if (!slice_cut(slice_of(options + 1), '=', &word, &value) || !slice_is(word, "timeout") ||
		!slice_to_int64(value, &sqlite->timeout) || sqlite->timeout < 0 ||
		sqlite->timeout > LOCK_TIMEOUT_MAX_MS)
		return FAIL_HINT(err, USAGE,
			"Write sqlite:PATH or sqlite:PATH?timeout=MS, with at most 3600000.",
			"\"%s\" is not understood as an option of a database", options + 1);
	return true;
}

/* --- the place -------------------------------------------------------------------------------- */

static bool may(const char *path, int how)
{
	return faccessat(AT_FDCWD, path, how, AT_EACCESS) == 0;
}

/* The folder that the file really lies in, behind symbolic links; appended to *folder. */
static void find_folder(const char *path, struct str *folder)
{
	char *real = realpath(path, NULL);
	const char *slash = strrchr(real ? real : path, '/');

	if (!slash)
		str_add_text(folder, ".");
	else if (slash == (real ? real : path))
		str_add_text(folder, "/");
	else
		str_add(folder,
			(struct slice){real ? real : path, (size_t)(slash - (real ? real : path))});
	free(real);
}

static bool check_folder(const char *path, struct error *err)
{
	CLEANUP(str_release) struct str folder = STR_INIT;
	struct stat info;

	find_folder(path, &folder);
	if (stat(folder.at, &info) != 0)
		return FAIL_HINT(err, UNREACHABLE, "Make the folder first.",
			"database \"%s\" cannot be made: folder \"%s\": %s", path, folder.at,
			strerror(errno));
	if (!may(folder.at, W_OK | X_OK))
		return FAIL_HINT(err, READ_ONLY,
			"SQLite writes its journal beside the database: run as a user who may "
			"write in the folder.",
			"database \"%s\" cannot be written: folder \"%s\": %s", path, folder.at,
			strerror(errno));
	return true;
}

static bool check_place(const char *path, enum db_mode mode, struct error *err)
{
	struct stat info;

	if (stat(path, &info) != 0) {
		if (errno != ENOENT)
			return FAIL_HINT(err, UNREACHABLE,
				"Check the path, and the rights of the folders in it.",
				"database \"%s\" cannot be reached: %s", path, strerror(errno));
		if (mode == DB_CREATE)
			return check_folder(path, err);
		return FAIL_HINT(err, UNREACHABLE, "Check the path behind \"sqlite:\".",
			"database \"%s\" does not exist", path);
	}
	if (!S_ISREG(info.st_mode))
		return FAIL_HINT(err, UNREACHABLE, "Name the database file itself.",
			"\"%s\" is %s, not a database", path,
			S_ISDIR(info.st_mode) ? "a folder" : "no plain file");
	if (!may(path, R_OK))
		return FAIL_HINT(err, UNREACHABLE,
			"Run as a user who may read the file, or change its rights.",
			"database \"%s\" cannot be read: %s", path, strerror(errno));
	if (mode == DB_READ)
		return true;
	if (!may(path, W_OK))
		return FAIL_HINT(err, READ_ONLY,
			"Run as a user who may write the file, or change its rights.",
			"database \"%s\" cannot be written: %s", path, strerror(errno));
	return check_folder(path, err);
}

/* --- polling ---------------------------------------------------------------------------------- */

static int poll_task(void *data)
{
	const struct sqlite *sqlite = data;

	return sqlite->base.task && task_should_stop(sqlite->base.task);
}

static int wait_for_lock(void *data, int tries)
{
	struct sqlite *sqlite = data;
	int64_t now = time_monotonic_ms();

	if (!tries)
		sqlite->locked_since = now;
	if (now - sqlite->locked_since >= sqlite->timeout || poll_task(sqlite))
		return 0;
	nanosleep(&(struct timespec){.tv_nsec = LOCK_POLL_US * 1000L}, NULL);
	return 1;
}

/* --- the connection --------------------------------------------------------------------------- */

/* A name that SQLite takes for a file and nothing else (":memory:", "file:..."). */
static void add_file_name(const struct sqlite *sqlite, struct str *name)
{
	if (sqlite->path.at[0] != '/')
		str_add_text(name, "./");
	str_add(name, str_slice(&sqlite->path));
}

/* The URI of an immutable database: "%", "?", "#" of the path are encoded. */
static bool add_immutable_uri(const struct sqlite *sqlite, struct str *uri)
{
	char *real = realpath(sqlite->path.at, NULL);

	if (!real)
		return false;
	str_add_text(uri, "file://");
	for (const char *at = real; *at; at++) {
		if (strchr("%?#", *at))
			str_addf(uri, "%%%02X", (unsigned)*at);
		else
			str_add_char(uri, *at);
	}
	str_add_text(uri, "?immutable=1");
	free(real);
	return true;
}

static int configure(struct sqlite *sqlite, enum db_mode mode)
{
	CLEANUP(str_release) struct str settings = STR_INIT;
	sqlite3 *handle = sqlite->handle;
	int result;

	sqlite3_extended_result_codes(handle, 1);
	sqlite3_progress_handler(handle, POLL_STEPS, poll_task, sqlite);
	sqlite3_busy_handler(handle, wait_for_lock, sqlite);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* a misspelled "column" is to be an error, not a text */
	sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	result = sqlite_add_functions(handle);
	if (result == SQLITE_OK)
		result = sqlite_add_row_functions(handle);
	if (result != SQLITE_OK)
		return result;
	/* what is read first shows whether it is a database that may be read */
	result = sqlite3_exec(handle, "SELECT 1 FROM sqlite_master LIMIT 1", NULL, NULL, NULL);
	if (result != SQLITE_OK)
		return result;
	str_addf(&settings,
		"PRAGMA cache_size = -%d; PRAGMA mmap_size = 0; PRAGMA synchronous = FULL",
		CACHE_KIB);
	result = sqlite3_exec(handle, settings.at, NULL, NULL, NULL);
	if (result != SQLITE_OK || mode == DB_READ)
		return result;
	/* readers may stand in the way of the change now; every other mode works too */
	sqlite3_busy_handler(handle, NULL, NULL);
	result = sqlite3_exec(handle, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
	sqlite3_busy_handler(handle, wait_for_lock, sqlite);
	return (result & 0xff) == SQLITE_BUSY ? SQLITE_OK : result;
}

static int connect_to(struct sqlite *sqlite, const char *name, int flags, enum db_mode mode)
{
	int result = sqlite3_open_v2(name, &sqlite->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);

	return result == SQLITE_OK ? configure(sqlite, mode) : result;
}

/* What a program that has not finished leaves beside a database: -wal and -journal with content. */
static bool has_journal(const struct sqlite *sqlite, const char **suffix)
{
	static const char *const suffixes[] = {"-wal", "-journal"};
	char *real = realpath(sqlite->path.at, NULL);
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(suffixes) && real && !found; i++) {
		CLEANUP(str_release) struct str name = STR_INIT;
		struct stat info;

		str_addf(&name, "%s%s", real, suffixes[i]);
		found = stat(name.at, &info) == 0 && info.st_size > 0;
		if (found)
			*suffix = suffixes[i];
	}
	free(real);
	return found;
}

static bool connect_immutable(struct sqlite *sqlite, int result, struct error *err)
{
	CLEANUP(str_release) struct str uri = STR_INIT;
	const char *suffix;

	if (has_journal(sqlite, &suffix)) {
		sqlite_fail(sqlite, result, NULL, err);
		error_set(err, ERROR_READ_ONLY,
			"database \"%s\" cannot be read without writing: \"%s%s\" holds data "
			"of a program that did not finish",
			sqlite->path.at, sqlite->path.at, suffix);
		error_hint(err, "Open it once as a user who may write it, or copy both files.");
		return false;
	}
	if (!add_immutable_uri(sqlite, &uri))
		return sqlite_fail(sqlite, result, NULL, err);
	sqlite3_close(sqlite->handle);
	sqlite->handle = NULL;
	result = connect_to(sqlite, uri.at, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, DB_READ);
	return result == SQLITE_OK || sqlite_fail(sqlite, result, NULL, err);
}

static bool connect_by_mode(struct sqlite *sqlite, enum db_mode mode, struct error *err)
{
	static const int flags[] = {
		[DB_READ] = SQLITE_OPEN_READONLY,
		[DB_WRITE] = SQLITE_OPEN_READWRITE,
		[DB_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	};
	CLEANUP(str_release) struct str name = STR_INIT;
	int result;

	add_file_name(sqlite, &name);
	result = connect_to(sqlite, name.at, flags[mode], mode);
	if (result == SQLITE_OK)
		return true;
	if (mode == DB_READ &&
		((result & 0xff) == SQLITE_CANTOPEN || (result & 0xff) == SQLITE_READONLY))
		return connect_immutable(sqlite, result, err);
	return sqlite_fail(sqlite, result, NULL, err);
}

bool sqlite_open(const char *url, enum db_mode mode, struct db **out, struct error *err)
{
	struct sqlite *sqlite = xmalloc(sizeof(*sqlite));

	*sqlite = (struct sqlite){.path = STR_INIT};
	if (!read_url(url, sqlite, err) || !check_place(sqlite->path.at, mode, err) ||
		!connect_by_mode(sqlite, mode, err)) {
		sqlite_close(&sqlite->base);
		return false;
	}
	snprintf(sqlite->system, sizeof(sqlite->system), "SQLite %s", sqlite3_libversion());
	*out = &sqlite->base;
	return true;
}

void sqlite_close(struct db *db)
{
	struct sqlite *sqlite = (struct sqlite *)db;

	for (size_t i = 0; i < SQLITE_CACHE_SIZE; i++)
		sqlite3_finalize(sqlite->cache[i]);
	if (sqlite->handle) {
		/* a handle with a forgotten statement lives on: it must not call for this struct */
		sqlite3_progress_handler(sqlite->handle, 0, NULL, NULL);
		sqlite3_busy_handler(sqlite->handle, NULL, NULL);
		sqlite3_close_v2(sqlite->handle);
	}
	str_release(&sqlite->path);
	free(sqlite);
}
