/*
 * Removing left-overs, and removing all that is ours.
 */
#include "ops/clean.h"

#include "ops/internal.h"

struct clean_step {
	struct instance *instance;
	struct arena *arena;
	struct clean_result *out;
	bool by_age;
	char before[25]; /* what is older goes */
};

/* The time so many days ago as our tables write it. */
static void days_ago(int64_t days, char out[25])
{
	time_t then = time(NULL) - (time_t)(days * 24 * 60 * 60);
	struct tm parts;
	gmtime_r(&then, &parts);
	strftime(out, 25, "%Y-%m-%dT%H:%M:%S.000Z", &parts);
}

/* --- left-overs --- */

static bool delete_orphans(struct clean_step *step, struct error *err)
{
	struct stage_count *counts;
	size_t count;
	if (!stage_orphans_delete(step->instance->db, step->arena, &counts, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		tally_add(step->arena, &step->out->orphans, counts[i].name, counts[i].rows);
	return true;
}

static bool delete_backups(struct clean_step *step, struct error *err)
{
	struct db *db = step->instance->db;
	struct stage_backup *backups;
	size_t count;
	if (!stage_backup_list(db, step->arena, &backups, &count, err))
		return false;
	step->out->backups = arena_alloc(step->arena, count * sizeof(*step->out->backups));
	for (size_t i = 0; i < count; i++) {
		struct clean_backup *gone = &step->out->backups[step->out->backup_count];
		if (slice_compare(backups[i].created, slice_of(step->before)) >= 0)
			continue;
		gone->key = backups[i].key;
		if (!stage_backup_delete(db, gone->key, &gone->rows, err))
			return false;
		step->out->backup_count++;
	}
	return true;
}

static bool clean_body(void *context, struct error *err)
{
	struct clean_step *step = context;
	const struct db_value before = db_text(step->before);
	if (!delete_orphans(step, err))
		return false;
	return !step->by_age || (delete_backups(step, err) &&
					db_exec(step->instance->db,
						"DELETE FROM reqferry_run WHERE COALESCE(ended, "
						"heartbeat) < $1",
						&before, 1, &step->out->runs, err));
}

bool clean_run(struct instance *instance, int64_t days, struct task *task, struct arena *arena,
	struct clean_result *out, struct error *err)
{
	struct clean_result result = {.runs = 0};
	struct clean_step step = {
		.instance = instance, .arena = arena, .out = &result, .by_age = days >= 0};
	bool ready;
	if (step.by_age)
		days_ago(days, step.before);
	if (!stage_ready(instance->db, &ready, err) ||
		(ready && !step_run(instance, "clean", SLICE_NULL, task, clean_body, &step, err)))
		return false;
	*out = result;
	return true;
}

/* --- everything --- */

static bool check_copies(struct db *db, bool force, struct error *err)
{
	int64_t copies;
	bool exists;
	if (!db_table_exists(db, "reqferry_undo", &exists, err))
		return false;
	if (!exists || force)
		return true;
	if (!db_query_int(db,
		    "SELECT count(*) FROM reqferry_undo WHERE undone IS NULL AND deleted IS NULL",
		    NULL, 0, 0, &copies, err))
		return false;
	if (copies > 0)
		return FAIL_HINT(err, REFUSED,
			"Without it an import cannot be undone. Use --force if that is meant.",
			"there %s %lld safety cop%s of imports that were not undone",
			copies == 1 ? "is" : "are", (long long)copies, copies == 1 ? "y" : "ies");
	return true;
}

static bool is_ours(const char *name)
{
	return strncmp(name, "reqferry_", strlen("reqferry_")) == 0;
}

/* Whether one of our tables that is still there refers to it; any other that does is an error. */
static bool is_referred_to(
	struct db *db, const char *table, struct arena *arena, bool *referred, struct error *err)
{
	struct db_foreign_key *keys;
	size_t count;
	*referred = false;
	if (!db_foreign_keys_to(db, table, arena, &keys, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!is_ours(keys[i].table))
			return FAIL_HINT(err, REFUSED, "Remove that reference first.",
				"the table \"%s\", which is not reqferry's, refers to \"%s\"",
				keys[i].table, table);
		*referred = *referred || strcmp(keys[i].table, table) != 0;
	}
	return true;
}

static bool count_tables(struct db *db, const char *const *names, size_t count, struct arena *arena,
	struct tallies *out, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		int64_t rows;
		str_add_text(&sql, "SELECT count(*) FROM ");
		db_identifier(&sql, names[i]);
		if (!db_query_int(db, sql.at, NULL, 0, 0, &rows, err))
			return false;
		tally_add(arena, out, slice_of(names[i]), rows);
	}
	return true;
}

/* Referrers first: round by round those to which nothing refers any more. */
static bool drop_tables(
	struct db *db, const char **names, size_t count, struct arena *arena, struct error *err)
{
	while (count > 0) {
		size_t left = 0;
		for (size_t i = 0; i < count; i++) {
			struct str sql CLEANUP(str_release) = STR_INIT;
			bool referred;
			if (!is_referred_to(db, names[i], arena, &referred, err))
				return false;
			if (referred) {
				names[left++] = names[i];
				continue;
			}
			str_add_text(&sql, "DROP TABLE ");
			db_identifier(&sql, names[i]);
			if (!db_exec(db, sql.at, NULL, 0, NULL, err))
				return false;
		}
		if (left == count)
			return FAIL(
				err, REFUSED, "reqferry's tables refer to each other in a ring");
		count = left;
	}
	return true;
}

static bool all_body(struct instance *instance, bool force, bool dry_run, struct arena *arena,
	struct clean_result *out, struct error *err)
{
	const char **names;
	size_t count;
	return check_copies(instance->db, force, err) &&
	       db_tables(instance->db, "reqferry_", arena, &names, &count, err) &&
	       count_tables(instance->db, names, count, arena, &out->tables, err) &&
	       (dry_run || drop_tables(instance->db, names, count, arena, err));
}

bool clean_all(struct instance *instance, bool force, bool dry_run, struct task *task,
	struct arena *arena, struct clean_result *out, struct error *err)
{
	struct clean_result result = {.runs = 0};
	task_step(task, "drop reqferry's tables", "tables", 0);
	if (!(dry_run ? db_begin(instance->db, DB_SNAPSHOT, err)
		      : stage_begin_locked(instance->db, SLICE_NULL, "clean", task->actor, err)))
		return false;
	bool ok = all_body(instance, force, dry_run, arena, &result, err) && task_check(task, err);
	if (ok && !dry_run)
		ok = db_commit(instance->db, err);
	else
		db_rollback(instance->db);
	if (ok)
		*out = result;
	return ok;
}
