/*
 * One mapping in full.
 */
#include "mapping/internal.h"

struct keeper {
	struct arena *arena;
	struct mapping_row *row;
};

/* Keeps the row beyond the callback. */
static bool keep_row(void *context, const struct mapping_row *row, UNUSED struct error *err)
{
	const struct keeper *keeper = context;
	struct mapping_row *kept = keeper->row;
	struct slice *const texts[] = {&kept->type, &kept->key, &kept->dependencies, &kept->status,
		&kept->destination, &kept->certainty, &kept->rule, &kept->outcome, &kept->reason};

	*kept = *row;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = arena_copy(keeper->arena, *texts[i]);
	for (size_t f = 0; f < FIELD_COUNT; f++)
		kept->fields[f] = arena_copy(keeper->arena, kept->fields[f]);
	return true;
}

/* Rows of a table that belong to the mapping, at most. */
static bool count_rows(struct db *db, const char *table, const struct db_value *values,
	size_t *count, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;
	int64_t rows;

	str_addf(&sql, "SELECT COUNT(*) FROM %s WHERE backupkey = $1 AND mapping = $2", table);
	if (!db_query_int(db, sql.at, values, 2, 0, &rows, err))
		return false;
	*count = (size_t)rows;
	return true;
}

static bool read_candidates(
	struct db *db, const struct db_value *values, struct mapping_detail *out, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	size_t room, n = 0;

	str_addf(&sql,
		"SELECT destinationvalue, rule, title, score FROM reqferry_candidate "
		"WHERE backupkey = $1 AND mapping = $2 "
		"ORDER BY score DESC, length(destinationvalue), destinationvalue%s",
		db_dialect(db)->binary_collation);
	if (!count_rows(db, "reqferry_candidate", values, &room, err) ||
		!db_query(db, sql.at, values, 2, &rows, err))
		return false;
	out->candidates = arena_alloc(&out->arena, room * sizeof(*out->candidates));
	for (bool row; n < room; n++) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		out->candidates[n] = (struct mapping_candidate){
			.destination = arena_copy(&out->arena, db_rows_text(rows, 0)),
			.rule = arena_copy(&out->arena, db_rows_text(rows, 1)),
			.title = arena_copy(&out->arena, db_rows_text(rows, 2)),
			.score = db_rows_int(rows, 3)};
	}
	out->candidate_count = n;
	return true;
}

static bool read_history(
	struct db *db, const struct db_value *values, struct mapping_detail *out, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	size_t room, n = 0;
	bool batches;

	/* tables of an earlier version may only be read here */
	if (!db_table_exists(db, "reqferry_batch", &batches, err))
		return false;
	str_addf(&sql,
		"SELECT c.oldstatus, c.newstatus, c.olddestination, c.newdestination, c.newrule, "
		"c.changedby, c.changeddate, c.batch, %s FROM reqferry_change c%s WHERE "
		"c.backupkey = $1 AND c.mapping = $2 ORDER BY c.id",
		batches ? "b.kind, c.derived, b.undoes, b.undoneby" : "NULL, 0, 0, 0",
		batches ? " LEFT JOIN reqferry_batch b ON b.backupkey = c.backupkey AND b.batch = "
			  "c.batch"
			: "");
	if (!count_rows(db, "reqferry_change", values, &room, err) ||
		!db_query(db, sql.at, values, 2, &rows, err))
		return false;
	out->history = arena_alloc(&out->arena, room * sizeof(*out->history));
	for (bool row; n < room; n++) {
		struct mapping_change *change = &out->history[n];
		struct slice *const texts[] = {&change->old_status, &change->new_status,
			&change->old_destination, &change->new_destination, &change->rule,
			&change->by, &change->date};
		const size_t next = ARRAY_LEN(texts);

		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		for (size_t i = 0; i < ARRAY_LEN(texts); i++)
			*texts[i] = arena_copy(&out->arena, db_rows_text(rows, i));
		change->number = db_rows_int(rows, next);
		change->kind = arena_copy(&out->arena, db_rows_text(rows, next + 1));
		change->derived = db_rows_int(rows, next + 2) == 1;
		change->undoes = db_rows_int(rows, next + 3);
		change->undone_by = db_rows_int(rows, next + 4);
	}
	out->history_count = n;
	return true;
}

bool mapping_show(struct db *db, const struct catalogue *catalogue, struct slice backup_key,
	const char *type, const char *key, const char *dependencies, struct mapping_detail *out,
	struct error *err)
{
	struct mapping_detail detail = {.arena = ARENA_INIT};
	struct keeper keeper = {&detail.arena, &detail.row};
	struct mapping_filter filter = {.limit = 1};
	int64_t id;

	if (!find_mapping(db, backup_key, type, key, dependencies, &id, err))
		return false;
	filter.after = id - 1;
	const struct db_value values[] = {db_slice(backup_key), db_int(id)};
	if (mapping_list(db, backup_key, &filter, keep_row, &keeper, err) &&
		read_candidates(db, values, &detail, err) &&
		read_history(db, values, &detail, err) &&
		drop_count(db, catalogue, backup_key, id, &detail.arena, &detail.excludes,
			&detail.exclude_count, err)) {
		*out = detail;
		return true;
	}
	arena_release(&detail.arena);
	return false;
}

void mapping_detail_release(struct mapping_detail *detail)
{
	arena_release(&detail->arena);
}
