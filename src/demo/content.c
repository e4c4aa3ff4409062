/*
 * Makes the demo's databases: the tables of data/schema, filled by the scripts of data/demo, which
 * are embedded in the program. The scripts compute everything from word lists, so there is nothing
 * to download and no chance in it; they alone know the tables, this file knows only their order.
 *
 * Each database is one transaction on a file that is claimed before (created exclusively): a file
 * of somebody else is never written to and never removed. On failure the claimed files go again.
 *
 * Threads: none of its own. Limits: the content is fixed, about 20 MB in all.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "db/db.h"
#include "demo/demo.h"
#include "demo/scripts.h"

#define SCRIPTS_MAX 8

struct content {
	const char *file;
	const char *scripts[SCRIPTS_MAX + 1]; /* in order; NULL ends them */
};

/*
 * The tables, then the side (what differs between origin and destination), then the facts that all
 * share, then what fills the tables from both.
 */
static const struct content contents[] = {
	{DEMO_CONFLUENCE_ORIGIN,
		{embedded_confluence_sqlite_sql, embedded_requirement_yogi_confluence_sqlite_sql,
			embedded_side_origin_sql, embedded_people_sql, embedded_words_sql,
			embedded_world_sql, embedded_confluence_host_sql,
			embedded_confluence_yogi_sql}},
	{DEMO_CONFLUENCE_DESTINATION,
		{embedded_confluence_sqlite_sql, embedded_requirement_yogi_confluence_sqlite_sql,
			embedded_side_destination_sql, embedded_people_sql, embedded_words_sql,
			embedded_world_sql, embedded_confluence_host_sql,
			embedded_confluence_yogi_sql}},
	{DEMO_JIRA_ORIGIN,
		{embedded_jira_sqlite_sql, embedded_requirement_yogi_jira_sqlite_sql,
			embedded_side_origin_sql, embedded_people_sql, embedded_words_sql,
			embedded_world_sql, embedded_jira_host_sql, embedded_jira_yogi_sql}},
	{DEMO_JIRA_DESTINATION,
		{embedded_jira_sqlite_sql, embedded_requirement_yogi_jira_sqlite_sql,
			embedded_side_destination_sql, embedded_people_sql, embedded_words_sql,
			embedded_world_sql, embedded_jira_host_sql, embedded_jira_yogi_sql}},
};

/* What was made so far, so that a failure can take it back. */
struct made {
	const char *paths[ARRAY_LEN(contents)];
	size_t count;
	bool folder;
};

static bool make_folder(const char *folder, struct made *made, struct error *err)
{
	struct stat info;

	if (mkdir(folder, 0777) == 0) {
		made->folder = true;
		return true;
	}
	if (errno != EEXIST)
		return FAIL_HINT(err, IO,
			"The folder above it must exist and be writable; or name another one.",
			"folder \"%s\" cannot be made: %s", folder, strerror(errno));
	if (stat(folder, &info) != 0 || !S_ISDIR(info.st_mode))
		return FAIL_HINT(err, IO, "Name a folder, or one that does not exist yet.",
			"\"%s\" is no folder", folder);
	return true;
}

static bool refuse_existing(const char *path, struct error *err)
{
	return FAIL_HINT(err, REFUSED,
		"Remove the databases of the earlier demo, or name another folder.",
		"\"%s\" exists already", path);
}

/* Creates an empty file, which is an empty database to SQLite. */
static bool claim(const char *path, struct made *made, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0 && errno == EEXIST)
		return refuse_existing(path, err);
	if (fd < 0)
		return FAIL_HINT(err, IO, "Name a folder that you may write to.",
			"\"%s\" cannot be made: %s", path, strerror(errno));
	close(fd);
	made->paths[made->count++] = path;
	return true;
}

static bool fill(
	const struct content *content, const char *path, struct task *task, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(db_close) struct db *db = NULL;
	/* with an option behind it, a question mark in the path is not taken for one */
	const char *url = arena_printf(&arena, "sqlite:%s?timeout=5000", path);

	if (!db_open(url, DB_CREATE, &db, err))
		return false;
	db_set_task(db, task);
	if (!db_begin(db, DB_READ_WRITE, err))
		return false;
	for (const char *const *script = content->scripts; *script; script++) {
		if (!db_script(db, *script, err)) {
			error_context(err, "demo database \"%s\"", content->file);
			return false;
		}
	}
	return db_commit(db, err);
}

static bool create(const char *folder, struct arena *arena, struct made *made, struct task *task,
	struct error *err)
{
	if (!make_folder(folder, made, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(contents); i++) {
		const char *path = arena_printf(arena, "%s/%s", folder, contents[i].file);

		if (!claim(path, made, err))
			return false;
	}
	task_step(task, "make the demo's instances", "databases", ARRAY_LEN(contents));
	for (size_t i = 0; i < ARRAY_LEN(contents); i++) {
		if (!task_check(task, err) || !fill(&contents[i], made->paths[i], task, err))
			return false;
		task_advance(task, 1);
	}
	return true;
}

static void take_back(const char *folder, const struct made *made, struct arena *arena)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};

	for (size_t i = 0; i < made->count; i++) {
		for (size_t s = 0; s < ARRAY_LEN(suffixes); s++)
			unlink(arena_printf(arena, "%s%s", made->paths[i], suffixes[s]));
	}
	if (made->folder)
		rmdir(folder);
}

bool demo_content_create(const char *folder, struct task *task, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct made made = {.count = 0};

	if (create(folder, &arena, &made, task, err))
		return true;
	take_back(folder, &made, &arena);
	return false;
}
