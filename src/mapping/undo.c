/*
 * Taking a batch of the history back.
 *
 * Of each mapping the batch says what it was (old) and what it became (new). A mapping that is old
 * already is left alone. Any other is put back, if nothing happened to it since: it is new, and no
 * later batch that still stands touched it. Otherwise somebody else's decision, or an edit in SQL,
 * would be lost: then nothing is undone.
 *
 *     reqferry_m_later   mappings that batches behind this one touched:
 *         change    the last row of the history that did and still stands; NULL: none does
 *         changed   1 when the mapping is not what it was right after this batch
 *         moved     1 when what it is mapped to is not
 *
 * A batch stands that was not undone. Of an undo only that stands which it did beyond putting back:
 * what it returned to not mapped (derived = 1).
 *
 * An automatic mapping follows another one, so two more things can be needed. What is put back may
 * follow a mapping that moved since: then it returns to not mapped instead (stale). And what was
 * found since may follow a mapping that is put back: it returns to not mapped too (change_reset).
 * What was found before is right again once all is as it was, and stays.
 */
#include "mapping/internal.h"

#define NAMED_LIMIT 5 /* mappings in a message */

struct undo {
	struct change change;
	struct mapping_batch batch;
	int64_t first, last; /* ids of its rows in reqferry_change */
	struct arena *arena;
	struct mapping_undo_result result;
};

/* $1: the backup; $2, $3: the first and the last of the batch's rows. */
#define ROWS_OF_BATCH "c.backupkey = $1 AND c.id BETWEEN $2 AND $3"

/* The mapping is as the batch says that it was ("old") or became ("new"). */
#define IS_LIKE(it)                                                                                \
	"(m.status IS NOT DISTINCT FROM c." it "status AND "                                       \
	"m.destinationvalue IS NOT DISTINCT FROM c." it "destination AND "                         \
	"m.certainty IS NOT DISTINCT FROM c." it "certainty AND "                                  \
	"m.rule IS NOT DISTINCT FROM c." it "rule AND "                                            \
	"m.outcome IS NOT DISTINCT FROM c." it "outcome AND "                                      \
	"m.derivedfrom IS NOT DISTINCT FROM c." it "derivedfrom)"

/* Left alone, unless only its candidates were changed and have to be put back. */
#define ONLY_CANDIDATES "(c.candidates = 1 AND l.change IS NULL AND " IS_LIKE("new") ")"
#define AS_BEFORE       "(" IS_LIKE("old") " AND NOT " ONLY_CANDIDATES ")"

#define FROM_BATCH                                                                                 \
	" FROM reqferry_change c LEFT JOIN reqferry_mapping m ON m.backupkey = c.backupkey AND "   \
	"m.id = c.mapping LEFT JOIN reqferry_m_later l ON l.mapping = c.mapping"

/* 1 when between what the mapping was and what it is, what follows it has to change too. */
#define WAS_TARGET MAPPING_TARGET("c.oldstatus", "c.olddestination")
#define IS_TARGET  MAPPING_TARGET("m.status", "m.destinationvalue")
#define MOVED_SINCE                                                                                \
	"CASE WHEN " WAS_TARGET " IS DISTINCT FROM " IS_TARGET                                     \
	" OR COALESCE(c.oldstatus = 'EXCLUDED', 1 = 0) <> "                                        \
	"COALESCE(m.status = 'EXCLUDED', 1 = 0) THEN 1 ELSE 0 END"

/* --- which ------------------------------------------------------------------------------------ */

static bool fail_none(const struct undo *undo, struct error *err)
{
	struct db *db = undo->change.db;
	struct mapping_batch last;
	bool found;

	if (!batch_last(db, undo->change.backup_key, NULL, undo->arena, &found, &last, err))
		return false;
	error_set(err, ERROR_NOT_FOUND,
		"there is no change by %s in the backup \"%.*s\" that is not undone",
		undo->change.task->actor, SLICE_PRINT(undo->change.backup_key));
	if (found)
		error_hint(err,
			"The last one is change %lld by %.*s: with --change %lld it is undone all "
			"the same.",
			(long long)last.number, SLICE_PRINT(last.by), (long long)last.number);
	else
		error_hint(err, "See \"reqferry map history\".");
	return false;
}

/* Why a change cannot be undone whatever its mappings are. */
static bool check_batch(const struct undo *undo, struct error *err)
{
	const struct mapping_batch *batch = &undo->batch;

	if (batch->kind == CHANGE_UNDO)
		return FAIL_HINT(err, REFUSED, "Do by hand again what it took back.",
			"change %lld is itself an undo, of change %lld", (long long)batch->number,
			(long long)batch->undoes);
	if (batch->undone_by)
		return FAIL_HINT(err, REFUSED, "See \"reqferry map history\".",
			"change %lld was undone already, by change %lld", (long long)batch->number,
			(long long)batch->undone_by);
	if (!batch->exact)
		return FAIL_HINT(err, REFUSED,
			"Use \"map set\", \"map clear\" or \"map exclude\" instead.",
			"change %lld was made by an earlier version of reqferry, which did not "
			"keep what an undo needs",
			(long long)batch->number);
	return true;
}

static bool find_batch(struct undo *undo, int64_t number, struct error *err)
{
	struct db *db = undo->change.db;
	const struct slice key = undo->change.backup_key;
	bool found;

	if (number == 0) {
		if (!batch_last(db, key, undo->change.task->actor, undo->arena, &found,
			    &undo->batch, err))
			return false;
		if (!found)
			return fail_none(undo, err);
	} else {
		if (!batch_get(db, key, number, undo->arena, &found, &undo->batch, err))
			return false;
		if (!found)
			return FAIL_HINT(err, NOT_FOUND, "See \"reqferry map history\".",
				"there is no change %lld in the backup \"%.*s\"", (long long)number,
				SLICE_PRINT(key));
	}
	return check_batch(undo, err);
}

static bool find_rows(struct undo *undo, struct error *err)
{
	const struct db_value values[] = {
		db_slice(undo->change.backup_key), db_int(undo->batch.number)};

	undo->change.undoes = undo->batch.number;
	if (!db_query_int(undo->change.db,
		    "SELECT firstchange FROM reqferry_batch WHERE backupkey = $1 AND batch = $2",
		    values, ARRAY_LEN(values), 0, &undo->first, err))
		return false;
	undo->last = undo->first + undo->batch.chosen + undo->batch.derived - 1;
	return true;
}

/* --- what happened since ---------------------------------------------------------------------- */

static bool find_later(struct undo *undo, struct error *err)
{
	static const char fill[] =
		"INSERT INTO reqferry_m_later (mapping, change, changed, moved) SELECT a.mapping, "
		"a.change, CASE WHEN " IS_LIKE("old") " THEN 0 ELSE 1 END, " MOVED_SINCE
						      " FROM (SELECT h.mapping, MIN(h.id) AS "
						      "firstid, MAX(CASE WHEN b.undoneby IS NULL "
						      "AND (b.kind <> 'undo' OR h.derived = 1) "
						      "THEN h.id END) AS change FROM "
						      "reqferry_change h JOIN reqferry_batch b ON "
						      "b.backupkey = h.backupkey AND b.batch "
						      "= h.batch WHERE h.backupkey = $1 AND h.id > "
						      "$2 GROUP BY h.mapping) a JOIN "
						      "reqferry_change c ON c.backupkey = $1 AND "
						      "c.id = a.firstid JOIN reqferry_mapping "
						      "m ON m.backupkey = $1 AND m.id = a.mapping";
	const struct sql_words words = {.dialect = db_dialect(undo->change.db)};
	const struct db_value values[] = {db_slice(undo->change.backup_key), db_int(undo->last)};

	return sql_make_table(undo->change.db, &words, "reqferry_m_later",
		       "mapping {int64} NOT NULL PRIMARY KEY, change {int64}, changed {int64} NOT "
		       "NULL, moved {int64} NOT NULL",
		       NULL, err) &&
	       db_exec(undo->change.db, fill, values, ARRAY_LEN(values), NULL, err);
}

struct conflict {
	struct slice type, key;
	int64_t mapping, number; /* the mapping; the later change, 0: an edit in SQL */
};

/* `PAGE "1" by bob (change 6: set PAGE 1 -> 501)`, `PAGE "2" in SQL` */
static bool name_conflict(const struct undo *undo, const struct conflict *conflict, struct str *out,
	struct error *err)
{
	struct mapping_batch batch;
	bool found;

	if (!conflict->type.at) {
		str_addf(out, "mapping %lld was deleted in SQL", (long long)conflict->mapping);
		return true;
	}
	str_addf(out, "%.*s \"%.*s\"", SLICE_PRINT(conflict->type), SLICE_PRINT(conflict->key));
	if (conflict->number == 0) {
		str_add_text(out, " in SQL");
		return true;
	}
	if (!batch_get(undo->change.db, undo->change.backup_key, conflict->number, undo->arena,
		    &found, &batch, err))
		return false;
	if (found) {
		str_addf(out, " by %.*s (change %lld: ", SLICE_PRINT(batch.by),
			(long long)batch.number);
		mapping_batch_text(&batch, out);
		str_add_char(out, ')');
	}
	return true;
}

/* The first few conflicts, how many there are, and the highest change among them: 0 when all are
 * edits in SQL, -1 when an undo is among them, which cannot be taken back. */
static bool read_conflicts(const struct undo *undo, struct conflict *list, int64_t *count,
	int64_t *highest, struct error *err)
{
	static const char sql[] =
		"SELECT m.type, m.key, c.mapping, x.batch, b.kind" FROM_BATCH
		" LEFT JOIN reqferry_change x ON x.backupkey = c.backupkey AND x.id = l.change "
		"LEFT JOIN reqferry_batch b ON b.backupkey = x.backupkey AND b.batch = x.batch "
		"WHERE " ROWS_OF_BATCH " AND (m.id IS NULL OR (NOT " IS_LIKE(
			"old") " AND "
			       "(l.change IS NOT NULL OR NOT " IS_LIKE("new") "))) ORDER BY c.id";
	const struct db_value values[] = {
		db_slice(undo->change.backup_key), db_int(undo->first), db_int(undo->last)};
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	*count = *highest = 0;
	if (!db_query(undo->change.db, sql, values, ARRAY_LEN(values), &rows, err))
		return false;
	for (bool row;; (*count)++) {
		int64_t number;

		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		number = db_rows_int(rows, 3);
		if (slice_is(db_rows_text(rows, 4), mapping_change_word(CHANGE_UNDO)))
			*highest = -1;
		else if (*highest >= 0 && number > *highest)
			*highest = number;
		if (*count < NAMED_LIMIT)
			list[*count] =
				(struct conflict){arena_copy(undo->arena, db_rows_text(rows, 0)),
					arena_copy(undo->arena, db_rows_text(rows, 1)),
					db_rows_int(rows, 2), number};
	}
}

static bool check_conflicts(const struct undo *undo, struct error *err)
{
	CLEANUP(str_release) struct str names = STR_INIT;
	struct conflict list[NAMED_LIMIT];
	int64_t count, highest;

	if (!read_conflicts(undo, list, &count, &highest, err))
		return false;
	if (count == 0)
		return true;
	for (int64_t i = 0; i < count && i < NAMED_LIMIT; i++) {
		str_add_text(&names, i > 0 ? ", " : "");
		if (!name_conflict(undo, &list[i], &names, err))
			return false;
	}
	if (count > NAMED_LIMIT)
		str_addf(&names, " and %lld more", (long long)(count - NAMED_LIMIT));
	error_set(err, ERROR_CHANGED, "%lld of the mappings of change %lld %s changed since: %s",
		(long long)count, (long long)undo->batch.number, count == 1 ? "was" : "were",
		names.at);
	if (highest > 0)
		error_hint(err,
			"Undo change %lld first (--change %lld), or change these mappings by hand.",
			(long long)highest, (long long)highest);
	else if (highest < 0)
		error_hint(err, "Change these mappings by hand: \"map set\", \"map clear\", \"map "
				"exclude\".");
	else
		error_hint(err, "Put them back in SQL, or change them by hand: \"map set\", \"map "
				"clear\", \"map exclude\".");
	return false;
}

/* --- the new states --------------------------------------------------------------------------- */

static bool put_back(struct undo *undo, struct error *err)
{
	static const char put[] =
		"INSERT INTO reqferry_m_next (id, rev, status, destination, certainty, rule, "
		"outcome, derivedfrom, level, moved, candidates, restored, author) SELECT m.id, "
		"m.rev, c.oldstatus, c.olddestination, c.oldcertainty, c.oldrule, c.oldoutcome, "
		"c.oldderivedfrom, 0, " MOVED_SINCE ", c.candidates, 1, c.oldchangedby" FROM_BATCH
		" WHERE " ROWS_OF_BATCH " AND m.id IS NOT NULL AND NOT " AS_BEFORE;
	const struct db_value values[] = {
		db_slice(undo->change.backup_key), db_int(undo->first), db_int(undo->last)};
	const struct sql_words words = {.dialect = db_dialect(undo->change.db)};
	int64_t put_rows;

	if (!change_make(undo->change.db, &words, err) ||
		!db_exec(undo->change.db, put, values, ARRAY_LEN(values), &put_rows, err))
		return false;
	undo->result.as_before = undo->batch.chosen + undo->batch.derived - put_rows;
	return true;
}

/* What was found for a mapping whose parent moved since would not be found now. */
static bool drop_stale(struct undo *undo, int64_t *dropped, struct error *err)
{
	static const char drop[] =
		"UPDATE reqferry_m_next SET status = NULL, destination = NULL, certainty = NULL, "
		"rule = NULL, outcome = NULL, derivedfrom = NULL, level = 1, moved = 1, "
		"candidates = NULL, restored = NULL, author = NULL WHERE level = 0 AND status IN "
		"('UNMAPPED', 'MAPPED_AUTO') AND (derivedfrom IN (SELECT x.id FROM "
		"reqferry_m_next x WHERE x.level > 0) OR derivedfrom IN (SELECT l.mapping FROM "
		"reqferry_m_later l WHERE l.moved = 1 AND NOT EXISTS (SELECT 1 FROM "
		"reqferry_change c WHERE " ROWS_OF_BATCH " AND c.mapping = l.mapping)))";
	const struct db_value values[] = {
		db_slice(undo->change.backup_key), db_int(undo->first), db_int(undo->last)};

	return db_exec(undo->change.db, drop, values, ARRAY_LEN(values), dropped, err);
}

/* Each of the two can make work for the other. */
static bool follow(struct undo *undo, struct error *err)
{
	int64_t dropped = 1, reset = 0;

	while (dropped + reset > 0)
		if (!drop_stale(undo, &dropped, err) || !change_reset(&undo->change, &reset, err))
			return false;
	return true;
}

/* --- the result ------------------------------------------------------------------------------- */

static bool count_rows(struct undo *undo, struct error *err)
{
	struct db *db = undo->change.db;

	return db_query_int(db, "SELECT COUNT(*) FROM reqferry_m_next WHERE level = 0", NULL, 0, 0,
		       &undo->result.restored, err) &&
	       db_query_int(db, "SELECT COUNT(*) FROM reqferry_m_next WHERE level > 0", NULL, 0, 0,
		       &undo->result.derived, err);
}

static bool list_rows(struct undo *undo, struct error *err)
{
	const struct db_value key = db_slice(undo->change.backup_key);
	struct mapping_undo_result *result = &undo->result;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	result->rows = arena_alloc(undo->arena, MAPPING_UNDO_ROWS * sizeof(*result->rows));
	if (!db_query(undo->change.db,
		    "SELECT m.type, m.key, m.dependencies, m.status, n.status, m.destinationvalue, "
		    "n.destination, n.level FROM reqferry_m_next n JOIN reqferry_mapping m ON "
		    "m.backupkey = $1 AND m.id = n.id ORDER BY m.id",
		    &key, 1, &rows, err))
		return false;
	for (bool row; result->count < MAPPING_UNDO_ROWS; result->count++) {
		struct mapping_undo_row *one = &result->rows[result->count];
		struct slice *const texts[] = {&one->type, &one->key, &one->dependencies,
			&one->old_status, &one->new_status, &one->old_destination,
			&one->new_destination};

		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		for (size_t i = 0; i < ARRAY_LEN(texts); i++)
			*texts[i] = arena_copy(undo->arena, db_rows_text(rows, i));
		one->derived = db_rows_int(rows, 7) > 0;
	}
	return true;
}

/* --- writing ---------------------------------------------------------------------------------- */

static bool restore_candidates(const struct undo *undo, struct error *err)
{
	static const char forget[] =
		"DELETE FROM reqferry_candidate WHERE backupkey = $1 AND mapping IN (SELECT n.id "
		"FROM reqferry_m_next n WHERE n.restored = 1 AND n.candidates = 1)";
	static const char add[] =
		"INSERT INTO reqferry_candidate (backupkey, mapping, destinationvalue, rule, "
		"score, title) SELECT o.backupkey, o.mapping, o.destinationvalue, o.rule, o.score, "
		"o.title FROM reqferry_batch_candidate o WHERE o.backupkey = $1 AND o.batch = $2 "
		"AND o.mapping IN (SELECT n.id FROM reqferry_m_next n WHERE n.restored = 1 AND "
		"n.candidates = 1)";
	const struct db_value values[] = {
		db_slice(undo->change.backup_key), db_int(undo->batch.number)};

	return db_exec(undo->change.db, forget, values, 1, NULL, err) &&
	       db_exec(undo->change.db, add, values, 2, NULL, err);
}

static bool write_undo(struct undo *undo, struct error *err)
{
	const struct db_value key = db_slice(undo->change.backup_key);
	int64_t marked;

	if (!restore_candidates(undo, err) || !change_write(&undo->change, err))
		return false;
	undo->result.number = undo->change.number;
	const struct db_value values[] = {
		key, db_int(undo->batch.number), db_int(undo->change.number)};
	if (!db_exec(undo->change.db,
		    "UPDATE reqferry_batch SET undoneby = $3 WHERE backupkey = $1 AND batch = $2 "
		    "AND undoneby IS NULL",
		    values, ARRAY_LEN(values), &marked, err))
		return false;
	return marked == 1 ||
	       FAIL_HINT(err, CHANGED, "See \"reqferry map history\".",
		       "somebody else undid change %lld meanwhile", (long long)undo->batch.number);
}

static bool undo_all(struct undo *undo, int64_t number, bool dry_run, struct error *err)
{
	struct db *db = undo->change.db;
	task_step(undo->change.task, "undo a change", "mappings", 0);
	return batch_check_tables(db, err) && find_batch(undo, number, err) &&
	       find_rows(undo, err) && find_later(undo, err) && check_conflicts(undo, err) &&
	       put_back(undo, err) && follow(undo, err) && count_rows(undo, err) &&
	       list_rows(undo, err) &&
	       (dry_run ? sql_drop_table(db, "reqferry_m_next", err)
			: change_warn(&undo->change, err) && write_undo(undo, err)) &&
	       sql_drop_table(db, "reqferry_m_later", err);
}

bool mapping_undo(struct db *db, struct slice backup_key, int64_t number, bool dry_run,
	struct task *task, struct arena *arena, struct mapping_undo_result *out, struct error *err)
{
	struct undo undo = {
		.change = {.db = db, .backup_key = backup_key, .task = task, .kind = CHANGE_UNDO},
		.arena = arena};

	if ((!dry_run && !stage_prepare(db, err)) ||
		!(dry_run ? db_begin(db, DB_SNAPSHOT, err)
			  : stage_begin_locked(db, backup_key, "map", task->actor, err)))
		return false;
	if (!undo_all(&undo, number, dry_run, err) || !db_commit(db, err)) {
		db_rollback(db);
		return false;
	}
	undo.result.undone = undo.batch;
	*out = undo.result;
	return true;
}
