/*
 * The one way in which mappings change: new states are put into reqferry_m_next, what is derived
 * from those that moved is added as not mapped, and all of it is written with its history in one
 * batch.
 *
 * A mapping has moved when what it is mapped to changed, or when it was excluded or no longer is;
 * to confirm what was found moves nothing.
 */
#include "mapping/internal.h"

#include "base/time.h"

#define NAMED_LIMIT 5 /* mappings in a warning */

bool change_make(struct db *db, const struct sql_words *words, struct error *err)
{
	static const char columns[] =
		"id {int64} NOT NULL PRIMARY KEY, rev {int64} NOT NULL, status {key}, "
		"destination {key}, certainty {key}, rule {key}, outcome {key}, "
		"derivedfrom {int64}, level {int64} NOT NULL, moved {int64} NOT NULL";

	return sql_make_table(db, words, "reqferry_m_next", columns, NULL, err);
}

/* --- derived mappings ------------------------------------------------------------------------- */

/*
 * CROSS JOIN and the empty text keep SQLite from going through all mappings of the backup, for each
 * that moved or at all. CASE, because right after a run PostgreSQL still believes that hardly any
 * row has a status, and would go through all that moved for each mapping.
 */
static bool reset_level(
	struct db *db, const struct db_value *key, int64_t level, int64_t *added, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;

	str_addf(&sql,
		"INSERT INTO reqferry_m_next (id, rev, status, destination, certainty, rule, "
		"outcome, derivedfrom, level, moved) SELECT m.id, m.rev, NULL, NULL, NULL, NULL, "
		"NULL, NULL, %lld, 1 FROM reqferry_m_next n CROSS JOIN reqferry_mapping m WHERE "
		"n.level = %lld AND n.moved = 1 AND m.backupkey || '' = $1 AND m.derivedfrom = "
		"n.id AND CASE WHEN m.status IN ('UNMAPPED', 'MAPPED_AUTO') THEN 1 ELSE 0 END <> "
		"0 AND NOT EXISTS (SELECT 1 FROM reqferry_m_next x WHERE x.id = m.id)",
		(long long)level + 1, (long long)level);
	return db_exec(db, sql.at, key, 1, added, err);
}

/* Those that a person decided stay, whatever they were derived from: the person should know. */
static bool warn_of_manual(
	struct db *db, const struct db_value *key, struct task *task, struct error *err)
{
	CLEANUP(str_release) struct str names = STR_INIT;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	long long count = 0;

	if (!db_query(db,
		    "SELECT m.type, m.key FROM reqferry_m_next n CROSS JOIN reqferry_mapping m "
		    "WHERE n.moved = 1 AND m.backupkey || '' = $1 AND m.derivedfrom = n.id AND "
		    "CASE WHEN m.status = 'MAPPED_MANUAL' THEN 1 ELSE 0 END <> 0 AND NOT EXISTS "
		    "(SELECT 1 FROM reqferry_m_next x WHERE x.id = m.id) ORDER BY m.id",
		    key, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		if (count++ < NAMED_LIMIT)
			str_addf(&names, "%s%.*s \"%.*s\"", count > 1 ? ", " : "",
				SLICE_PRINT(db_rows_text(rows, 0)),
				SLICE_PRINT(db_rows_text(rows, 1)));
	}
	if (count > 0)
		task_warn(task,
			"%lld mapping%s set by hand that follow%s from it stay%s as %s: %s%s",
			count, count == 1 ? "" : "s", count == 1 ? "s" : "", count == 1 ? "s" : "",
			count == 1 ? "it is" : "they are", names.at,
			count > NAMED_LIMIT ? ", ..." : "");
	return true;
}

/* How many mappings of this round moved. Those put in since have to be known to the planner. */
static bool count_moved(struct db *db, int64_t level, int64_t *count, struct error *err)
{
	const struct db_value value = db_int(level);

	return db_exec(db, "ANALYZE reqferry_m_next", NULL, 0, NULL, err) &&
	       db_query_int(db,
		       "SELECT COUNT(*) FROM reqferry_m_next WHERE level = $1 AND moved = 1",
		       &value, 1, 0, count, err);
}

bool change_reset(struct db *db, struct slice backup_key, struct task *task, int64_t *reset,
	struct error *err)
{
	const struct db_value key = db_slice(backup_key);
	int64_t moved, added, total = 0;

	for (int64_t level = 0;; level++) {
		if (!count_moved(db, level, &moved, err))
			return false;
		if (moved == 0)
			break;
		if (!reset_level(db, &key, level, &added, err))
			return false;
		total += added;
	}
	*reset = total;
	return warn_of_manual(db, &key, task, err);
}

/* --- writing ---------------------------------------------------------------------------------- */

static bool write_history(struct db *db, const struct db_value *values, struct error *err)
{
	int64_t last, batch;
	CLEANUP(str_release) struct str sql = STR_INIT;

	if (!db_query_int(db, "SELECT MAX(id) FROM reqferry_change WHERE backupkey = $1", values, 1,
		    0, &last, err) ||
		!db_query_int(db, "SELECT MAX(batch) FROM reqferry_change WHERE backupkey = $1",
			values, 1, 0, &batch, err))
		return false;
	str_addf(&sql,
		"INSERT INTO reqferry_change (backupkey, id, batch, mapping, rev, oldstatus, "
		"newstatus, olddestination, newdestination, oldcertainty, newcertainty, oldrule, "
		"newrule, changedby, changeddate) SELECT m.backupkey, %lld + ROW_NUMBER() OVER "
		"(ORDER BY m.id), %lld, m.id, m.rev + 1, m.status, n.status, m.destinationvalue, "
		"n.destination, m.certainty, n.certainty, m.rule, n.rule, $2, $3 FROM "
		"reqferry_m_next n JOIN reqferry_mapping m ON m.backupkey = $1 AND m.id = n.id",
		(long long)last, (long long)batch + 1);
	return db_exec(db, sql.at, values, 3, NULL, err);
}

/* The candidates of what is not mapped any more belong to a look-up that no longer counts. */
static bool forget_candidates(struct db *db, const struct db_value *values, struct error *err)
{
	return db_exec(db,
		"DELETE FROM reqferry_candidate WHERE backupkey = $1 AND mapping IN "
		"(SELECT n.id FROM reqferry_m_next n WHERE n.status IS NULL)",
		values, 1, NULL, err);
}

bool change_write(
	struct db *db, struct slice backup_key, const struct task *task, struct error *err)
{
	static const char update[] =
		"UPDATE reqferry_mapping SET status = n.status, destinationvalue = n.destination,"
		" certainty = n.certainty, rule = n.rule, outcome = n.outcome,"
		" derivedfrom = n.derivedfrom, rev = n.rev + 1, changedby = $2, changeddate = $3"
		" FROM reqferry_m_next n WHERE reqferry_mapping.backupkey = $1"
		" AND reqferry_mapping.id = n.id AND reqferry_mapping.rev = n.rev";
	char now[25];
	int64_t wanted, written;

	time_now_utc(now);
	const struct db_value values[] = {db_slice(backup_key), db_text(task->actor), db_text(now)};
	if (!db_query_int(db, "SELECT COUNT(*) FROM reqferry_m_next", NULL, 0, 0, &wanted, err))
		return false;
	if (wanted > 0) {
		if (!write_history(db, values, err) ||
			!db_exec(db, update, values, ARRAY_LEN(values), &written, err) ||
			!forget_candidates(db, values, err))
			return false;
		if (written != wanted)
			return FAIL_HINT(err, CHANGED,
				"Look at the mappings again, then repeat it.",
				"somebody else changed mappings of the backup \"%.*s\" meanwhile",
				SLICE_PRINT(backup_key));
	}
	return sql_drop_table(db, "reqferry_m_next", err);
}
