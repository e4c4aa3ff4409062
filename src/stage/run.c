/*
 * The record of every step that ran or runs. A run is written before its step's transaction begins
 * and after it ended, so that it can be seen while the step works and stays when it fails.
 *
 * A process that was killed cannot note its own end: the next step on the instance does it. Where
 * the database has locks, each run holds one of its own, which vanishes with its connection; on
 * SQLite a run is over when its process on this machine is gone. On SQLite nobody else can write
 * while a step does, so the heartbeat stands still during it.
 */
#include "base/time.h"
#include "stage/stage.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* "machine, process 123": who runs a step. */
static void name_host(char *host, size_t size, long process)
{
	char machine[128] = "";
	if (gethostname(machine, sizeof(machine) - 1) != 0)
		machine[0] = '\0';
	snprintf(host, size, "%s, process %ld", machine, process);
}

/* True when the run was of a process of this machine that is no more. */
static bool is_gone(struct slice host)
{
	struct slice machine, process;
	char own[192];
	int64_t number;
	if (!slice_cut(host, ',', &machine, &process) || process.len < 10 ||
		!slice_to_int64((struct slice){process.at + 9, process.len - 9}, &number) ||
		number <= 0 || number > INT32_MAX)
		return false;
	name_host(own, sizeof(own), (long)number);
	return slice_is(host, own) && kill((pid_t)number, 0) != 0 && errno == ESRCH;
}

/* The table in whose schema our locks are. */
#define LOCK_TABLE "reqferry_meta"

static const char *run_lock(struct arena *arena, struct slice run)
{
	return arena_printf(arena, "run %.*s", SLICE_PRINT(run));
}

/* *alive is false for a run whose process is known to be no more. */
static bool look_at_run(struct db *db, struct slice run, struct slice host, bool *alive,
	int64_t *process, struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	*process = 0;
	if (!db_has_locks(db)) {
		*alive = !is_gone(host);
		return true;
	}
	if (!db_lock_holder(db, LOCK_TABLE, run_lock(&arena, run), process, NULL, err))
		return false;
	*alive = *process != 0;
	return true;
}

static void hint_at_holder(int64_t process, struct error *err)
{
	if (process)
		error_hint(err,
			"Wait until it is done, or stop it, and try again. On the server it is "
			"process %lld.",
			(long long)process);
	else
		error_hint(err, "Wait until it is done, or stop it, and try again.");
}

/*
 * Adds the newest run that may live to a message about a lock: the one of the server's process
 * `holder`, when that is known. False when there is none.
 */
static bool name_run(struct db *db, const char *own, int64_t holder, struct error *err)
{
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	struct error ignored = ERROR_INIT;
	const struct db_value value = db_text(own ? own : "");
	if (!db_query(db,
		    "SELECT step, backupkey, actor, started, host, id FROM reqferry_run WHERE "
		    "state = 'running' AND id <> $1 ORDER BY started DESC, id",
		    &value, 1, &rows, &ignored))
		return false;
	for (bool row; db_rows_next(rows, &row, &ignored) && row;) {
		struct slice key = db_rows_text(rows, 1), host = db_rows_text(rows, 4);
		bool alive;
		int64_t process;
		if (!look_at_run(db, db_rows_text(rows, 5), host, &alive, &process, &ignored) ||
			!alive || (holder && process != holder))
			continue;
		const struct error before = *err;
		error_set(err, ERROR_LOCKED,
			"%s; there runs \"%.*s\"%s%.*s%s, begun by \"%.*s\" at %.*s (%.*s)",
			before.message, SLICE_PRINT(db_rows_text(rows, 0)), key.at ? " of \"" : "",
			SLICE_PRINT(key), key.at ? "\"" : "", SLICE_PRINT(db_rows_text(rows, 2)),
			SLICE_PRINT(db_rows_text(rows, 3)), SLICE_PRINT(host));
		hint_at_holder(holder, err);
		error_detail(err, "%s", before.detail);
		return true;
	}
	return false;
}

bool stage_begin(struct db *db, const char *own, struct error *err)
{
	if (db_begin(db, DB_READ_WRITE, err))
		return true;
	if (err->kind == ERROR_LOCKED)
		name_run(db, own, 0, err);
	return false;
}

/* --- locks --- */

static const char *lock_name(struct arena *arena, struct slice key)
{
	return key.at ? arena_printf(arena, "backup %.*s", SLICE_PRINT(key)) : "instance";
}

/* What others see of this connection: it is cut at 63 bytes, so the names come last. */
static const char *lock_note(struct arena *arena, const char *step, const char *actor)
{
	char now[25], host[192];
	time_now_utc(now);
	name_host(host, sizeof(host), (long)getpid());
	return arena_printf(arena, "reqferry %s %s %s (%s)", now, step, actor, host);
}

static bool fail_locked(struct db *db, struct slice key, const char *name, struct error *err)
{
	struct str note CLEANUP(str_release) = STR_INIT;
	struct error ignored = ERROR_INIT;
	int64_t holder = 0;
	db_rollback(db);
	if (!db_lock_holder(db, LOCK_TABLE, name, &holder, &note, &ignored))
		holder = 0;
	if (key.at)
		error_set(err, ERROR_LOCKED, "the backup \"%.*s\" is locked", SLICE_PRINT(key));
	else
		error_set(err, ERROR_LOCKED, "the instance is locked");
	if (holder && name_run(db, NULL, holder, err))
		return false;
	if (note.len) {
		const struct error before = *err;
		error_set(err, ERROR_LOCKED, "%s; there runs \"%s\"", before.message, note.at);
	}
	hint_at_holder(holder, err);
	return false;
}

bool stage_lock(struct db *db, struct slice key, const char *step, const char *actor, bool wait,
	struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	const char *name = lock_name(&arena, key);
	bool got;
	if (!db_lock(db, LOCK_TABLE, name, lock_note(&arena, step, actor), wait, &got, err)) {
		db_rollback(db);
		return false;
	}
	return got || fail_locked(db, key, name, err);
}

void stage_unlock(struct db *db)
{
	db_unlock_all(db);
}

bool stage_begin_locked(
	struct db *db, struct slice key, const char *step, const char *actor, struct error *err)
{
	return stage_begin(db, NULL, err) && stage_lock(db, key, step, actor, true, err);
}

/* --- runs --- */

/* Inside a write transaction. */
static bool note_interrupted(struct db *db, const char *now, struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct gone {
		struct gone *next;
		struct slice id;
	} *list = NULL;
	{
		struct db_rows *rows CLEANUP(db_rows_end) = NULL;
		if (!db_query(db, "SELECT id, host FROM reqferry_run WHERE state = 'running'", NULL,
			    0, &rows, err))
			return false;
		for (bool row;;) {
			if (!db_rows_next(rows, &row, err))
				return false;
			if (!row)
				break;
			bool alive;
			int64_t process;
			if (!look_at_run(db, db_rows_text(rows, 0), db_rows_text(rows, 1), &alive,
				    &process, err))
				return false;
			if (alive)
				continue;
			struct gone *gone = arena_alloc(&arena, sizeof(*gone));
			*gone = (struct gone){list, arena_copy(&arena, db_rows_text(rows, 0))};
			list = gone;
		}
	}
	for (; list; list = list->next) {
		const struct db_value values[] = {db_slice(list->id), db_text(now)};
		if (!db_exec(db,
			    "UPDATE reqferry_run SET state = 'interrupted', ended = $2 WHERE id = "
			    "$1",
			    values, ARRAY_LEN(values), NULL, err))
			return false;
	}
	return true;
}

static bool commit_one(struct db *db, const char *own, const char *sql,
	const struct db_value *values, size_t count, struct error *err)
{
	if (!stage_begin(db, own, err))
		return false;
	if (db_exec(db, sql, values, count, NULL, err) && db_commit(db, err))
		return true;
	db_rollback(db);
	return false;
}

bool stage_run_begin(struct db *db, const char *step, struct slice backup_key, const char *actor,
	char id[33], struct error *err)
{
	char now[25], host[192], fresh[33];
	time_now_utc(now);
	stage_random_id(fresh);
	name_host(host, sizeof(host), (long)getpid());
	const struct db_value values[] = {db_text(fresh), db_text(step), db_slice(backup_key),
		db_text(actor), db_text(host), db_text(now)};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	bool got;
	if (!db_lock(db, LOCK_TABLE, run_lock(&arena, slice_of(fresh)), NULL, false, &got, err) ||
		!stage_begin(db, NULL, err))
		return false;
	if (!note_interrupted(db, now, err) ||
		!db_exec(db,
			"INSERT INTO reqferry_run (id, step, backupkey, actor, host, started, "
			"heartbeat, state) VALUES ($1, $2, $3, $4, $5, $6, $6, 'running')",
			values, ARRAY_LEN(values), NULL, err) ||
		!db_commit(db, err)) {
		db_rollback(db);
		return false;
	}
	memcpy(id, fresh, sizeof(fresh));
	return true;
}

bool stage_run_report(struct db *db, const char *id, struct slice report, struct error *err)
{
	const struct db_value values[] = {db_text(id), db_slice(report)};
	return db_exec(db, "UPDATE reqferry_run SET report = $2 WHERE id = $1", values,
		ARRAY_LEN(values), NULL, err);
}

bool stage_run_end(
	struct db *db, const char *id, const char *state, struct slice report, struct error *err)
{
	char now[25];
	time_now_utc(now);
	const struct db_value values[] = {
		db_text(id), db_text(state), db_text(now), db_slice(report)};
	return commit_one(db, id,
		"UPDATE reqferry_run SET state = $2, ended = $3, heartbeat = $3, "
		"report = COALESCE($4, report) WHERE id = $1",
		values, ARRAY_LEN(values), err);
}
