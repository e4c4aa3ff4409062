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
		"derivedfrom {int64}, level {int64} NOT NULL, moved {int64} NOT NULL, "
		"candidates {int64}, restored {int64}, author {key}";

	return sql_make_table(db, words, "reqferry_m_next", columns, NULL, err);
}

/* --- derived mappings ------------------------------------------------------------------------- */

/* What stood beside the state that an undo restores need not return. */
static const char *since_undone(const struct change *change)
{
	return change->kind == CHANGE_UNDO ? " AND (n.level > 0 OR m.id IN (SELECT l.mapping FROM "
					     "reqferry_m_later l WHERE l.changed = 1))"
					   : "";
}

/*
 * CROSS JOIN and the empty text keep SQLite from going through all mappings of the backup, for each
 * that moved or at all. CASE, because right after a run PostgreSQL still believes that hardly any
 * row has a status, and would go through all that moved for each mapping.
 */
static bool reset_level(
	const struct change *change, int64_t level, int64_t *added, struct error *err)
{
	const struct db_value key = db_slice(change->backup_key);
	CLEANUP(str_release) struct str sql = STR_INIT;

	str_addf(&sql,
		"INSERT INTO reqferry_m_next (id, rev, status, destination, certainty, rule, "
		"outcome, derivedfrom, level, moved) SELECT m.id, m.rev, NULL, NULL, NULL, NULL, "
		"NULL, NULL, %lld, 1 FROM reqferry_m_next n CROSS JOIN reqferry_mapping m WHERE "
		"n.level = %lld AND n.moved = 1 AND m.backupkey || '' = $1 AND m.derivedfrom = "
		"n.id AND CASE WHEN m.status IN ('UNMAPPED', 'MAPPED_AUTO') THEN 1 ELSE 0 END <> "
		"0 AND NOT EXISTS (SELECT 1 FROM reqferry_m_next x WHERE x.id = m.id)%s",
		(long long)level + 1, (long long)level, since_undone(change));
	return db_exec(change->db, sql.at, &key, 1, added, err);
}

/* How many mappings of this round and later ones moved. Those put in since have to be known to the
 * planner. */
static bool count_moved(struct db *db, int64_t level, int64_t *count, struct error *err)
{
	const struct db_value value = db_int(level);

	return db_exec(db, "ANALYZE reqferry_m_next", NULL, 0, NULL, err) &&
	       db_query_int(db,
		       "SELECT COUNT(*) FROM reqferry_m_next WHERE level >= $1 AND moved = 1",
		       &value, 1, 0, count, err);
}

bool change_reset(const struct change *change, int64_t *reset, struct error *err)
{
	int64_t moved, added, total = 0;

	for (int64_t level = 0;; level++) {
		if (!count_moved(change->db, level, &moved, err))
			return false;
		if (moved == 0)
			break;
		if (!reset_level(change, level, &added, err))
			return false;
		total += added;
	}
	*reset = total;
	return true;
}

/* Those that a person decided stay, whatever they were derived from: the person should know. */
bool change_warn(const struct change *change, struct error *err)
{
	const struct db_value key = db_slice(change->backup_key);
	CLEANUP(str_release) struct str sql = STR_INIT, names = STR_INIT;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	long long count = 0;

	str_addf(&sql,
		"SELECT m.type, m.key FROM reqferry_m_next n CROSS JOIN reqferry_mapping m "
		"WHERE n.moved = 1 AND m.backupkey || '' = $1 AND m.derivedfrom = n.id AND "
		"CASE WHEN m.status = 'MAPPED_MANUAL' THEN 1 ELSE 0 END <> 0 AND NOT EXISTS "
		"(SELECT 1 FROM reqferry_m_next x WHERE x.id = m.id)%s ORDER BY m.id",
		since_undone(change));
	if (!db_query(change->db, sql.at, &key, 1, &rows, err))
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
		task_warn(change->task,
			"%lld mapping%s set by hand that follow%s from it stay%s as %s: %s%s",
			count, count == 1 ? "" : "s", count == 1 ? "s" : "", count == 1 ? "s" : "",
			count == 1 ? "it is" : "they are", names.at,
			count > NAMED_LIMIT ? ", ..." : "");
	return true;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* Where the history continues. */
static bool next_numbers(
	const struct change *change, int64_t *first, int64_t *batch, struct error *err)
{
	const struct db_value key = db_slice(change->backup_key);
	int64_t last_id, last_batch;

	if (!db_query_int(change->db, "SELECT MAX(id) FROM reqferry_change WHERE backupkey = $1",
		    &key, 1, 0, &last_id, err) ||
		!db_query_int(change->db,
			"SELECT MAX(batch) FROM reqferry_batch WHERE backupkey = $1", &key, 1, 0,
			&last_batch, err))
		return false;
	*first = last_id + 1;
	*batch = last_batch + 1;
	return true;
}

/* What returns to not mapped loses its candidates: they belong to a look-up that no longer counts.
 */
static bool mark_candidates(const struct change *change, struct error *err)
{
	const struct db_value key = db_slice(change->backup_key);

	return db_exec(change->db,
		"UPDATE reqferry_m_next SET candidates = 1 WHERE status IS NULL AND restored IS "
		"NULL AND EXISTS (SELECT 1 FROM reqferry_candidate c WHERE c.backupkey = $1 AND "
		"c.mapping = reqferry_m_next.id)",
		&key, 1, NULL, err);
}

/* The candidates as they are; an undo is never undone. */
static bool keep_candidates(const struct change *change, struct error *err)
{
	const struct db_value values[] = {db_slice(change->backup_key), db_int(change->number)};

	return change->kind == CHANGE_UNDO ||
	       db_exec(change->db,
		       "INSERT INTO reqferry_batch_candidate (backupkey, batch, mapping, "
		       "destinationvalue, rule, score, title) SELECT c.backupkey, $2, c.mapping, "
		       "c.destinationvalue, c.rule, c.score, c.title FROM reqferry_candidate c "
		       "WHERE c.backupkey = $1 AND c.mapping IN (SELECT n.id FROM reqferry_m_next "
		       "n WHERE n.candidates = 1)",
		       values, ARRAY_LEN(values), NULL, err);
}

static bool forget_candidates(const struct change *change, struct error *err)
{
	const struct db_value key = db_slice(change->backup_key);

	return db_exec(change->db,
		"DELETE FROM reqferry_candidate WHERE backupkey = $1 AND mapping IN (SELECT n.id "
		"FROM reqferry_m_next n WHERE n.status IS NULL AND n.restored IS NULL)",
		&key, 1, NULL, err);
}

static bool write_history(
	const struct change *change, int64_t first, const char *now, struct error *err)
{
	const struct db_value values[] = {
		db_slice(change->backup_key), db_text(change->task->actor), db_text(now)};
	CLEANUP(str_release) struct str sql = STR_INIT;

	str_addf(&sql,
		"INSERT INTO reqferry_change (backupkey, id, batch, mapping, rev, oldstatus, "
		"newstatus, olddestination, newdestination, oldcertainty, newcertainty, oldrule, "
		"newrule, oldoutcome, newoutcome, oldderivedfrom, newderivedfrom, oldchangedby, "
		"derived, candidates, changedby, changeddate) SELECT m.backupkey, %lld + "
		"ROW_NUMBER() OVER (ORDER BY m.id), %lld, m.id, m.rev + 1, m.status, n.status, "
		"m.destinationvalue, n.destination, m.certainty, n.certainty, m.rule, n.rule, "
		"m.outcome, n.outcome, m.derivedfrom, n.derivedfrom, m.changedby, CASE WHEN "
		"n.level > 0 THEN 1 ELSE 0 END, COALESCE(n.candidates, 0), $2, $3 FROM "
		"reqferry_m_next n JOIN reqferry_mapping m ON m.backupkey = $1 AND m.id = n.id",
		(long long)first - 1, (long long)change->number);
	return db_exec(change->db, sql.at, values, ARRAY_LEN(values), NULL, err);
}

static bool write_batch(
	const struct change *change, int64_t first, const char *now, struct error *err)
{
	static const char insert[] =
		"INSERT INTO reqferry_batch (backupkey, batch, kind, firstchange, chosen, derived, "
		"subject, undoes, exact, changedby, changeddate) SELECT $1, $2, $3, $4, "
		"COUNT(CASE WHEN n.level = 0 THEN 1 END), COUNT(CASE WHEN n.level > 0 THEN 1 END), "
		"CASE WHEN COUNT(CASE WHEN n.level = 0 THEN 1 END) = 1 THEN MIN(CASE WHEN n.level "
		"= 0 THEN n.id END) END, $5, 1, $6, $7 FROM reqferry_m_next n";
	const struct db_value values[] = {db_slice(change->backup_key), db_int(change->number),
		db_text(mapping_change_word(change->kind)), db_int(first),
		change->undoes ? db_int(change->undoes) : db_null(), db_text(change->task->actor),
		db_text(now)};

	return db_exec(change->db, insert, values, ARRAY_LEN(values), NULL, err);
}

static bool write_mappings(
	const struct change *change, const char *now, int64_t *written, struct error *err)
{
	static const char update[] =
		"UPDATE reqferry_mapping SET status = n.status, destinationvalue = n.destination,"
		" certainty = n.certainty, rule = n.rule, outcome = n.outcome,"
		" derivedfrom = n.derivedfrom, rev = n.rev + 1,"
		" changedby = CASE WHEN n.restored = 1 THEN n.author ELSE $2 END, changeddate = $3"
		" FROM reqferry_m_next n WHERE reqferry_mapping.backupkey = $1"
		" AND reqferry_mapping.id = n.id AND reqferry_mapping.rev = n.rev";
	const struct db_value values[] = {
		db_slice(change->backup_key), db_text(change->task->actor), db_text(now)};

	return db_exec(change->db, update, values, ARRAY_LEN(values), written, err);
}

static bool write_all(struct change *change, int64_t wanted, struct error *err)
{
	char now[25];
	int64_t first, written;

	time_now_utc(now);
	if (!next_numbers(change, &first, &change->number, err) || !mark_candidates(change, err) ||
		!keep_candidates(change, err) || !write_history(change, first, now, err) ||
		!write_batch(change, first, now, err) ||
		!write_mappings(change, now, &written, err) || !forget_candidates(change, err))
		return false;
	if (written != wanted)
		return FAIL_HINT(err, CHANGED, "Look at the mappings again, then repeat it.",
			"somebody else changed mappings of the backup \"%.*s\" meanwhile",
			SLICE_PRINT(change->backup_key));
	return true;
}

bool change_write(struct change *change, struct error *err)
{
	int64_t wanted;

	change->number = 0;
	if (!db_query_int(
		    change->db, "SELECT COUNT(*) FROM reqferry_m_next", NULL, 0, 0, &wanted, err))
		return false;
	/* an undo is noted even where all was put back by hand already */
	if ((wanted > 0 || change->kind == CHANGE_UNDO) && !write_all(change, wanted, err))
		return false;
	return sql_drop_table(change->db, "reqferry_m_next", err);
}
