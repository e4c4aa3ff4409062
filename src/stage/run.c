/*
 * The record of every step that ran or runs. A run is written before its step's transaction begins
 * and after it ended, so that it can be seen while the step works and stays when it fails.
 */
#include "base/time.h"
#include "stage/stage.h"

#include <unistd.h>

static bool commit_one(struct db *db, const char *sql, const struct db_value *values, size_t count,
	struct error *err)
{
	if (!db_begin(db, DB_READ_WRITE, err))
		return false;
	if (db_exec(db, sql, values, count, NULL, err) && db_commit(db, err))
		return true;
	db_rollback(db);
	return false;
}

bool stage_run_begin(struct db *db, const char *step, struct slice backup_key, const char *actor,
	char id[33], struct error *err)
{
	char now[25], machine[128] = "", host[192], fresh[33];
	time_now_utc(now);
	stage_random_id(fresh);
	if (gethostname(machine, sizeof(machine) - 1) != 0)
		machine[0] = '\0';
	snprintf(host, sizeof(host), "%s, process %ld", machine, (long)getpid());
	const struct db_value values[] = {db_text(fresh), db_text(step), db_slice(backup_key),
		db_text(actor), db_text(host), db_text(now)};
	if (!commit_one(db,
		    "INSERT INTO reqferry_run (id, step, backupkey, actor, host, started, "
		    "heartbeat, "
		    "state) VALUES ($1, $2, $3, $4, $5, $6, $6, 'running')",
		    values, ARRAY_LEN(values), err))
		return false;
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
	return commit_one(db,
		"UPDATE reqferry_run SET state = $2, ended = $3, heartbeat = $3, "
		"report = COALESCE($4, report) WHERE id = $1",
		values, ARRAY_LEN(values), err);
}
