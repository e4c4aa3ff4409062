/*
 * The list of changes, from reqferry_batch.
 */
#include "mapping/internal.h"

/* --- words ------------------------------------------------------------------------------------ */

static const char *const words[MAPPING_CHANGE_KINDS] = {
	[CHANGE_AUTO] = "auto",
	[CHANGE_SET] = "set",
	[CHANGE_CONFIRM] = "confirm",
	[CHANGE_CLEAR] = "clear",
	[CHANGE_EXCLUDE] = "exclude",
	[CHANGE_UNDO] = "undo",
};

const char *mapping_change_word(enum mapping_change_kind kind)
{
	return words[kind];
}

enum mapping_change_kind mapping_change_kind(struct slice word)
{
	for (int kind = 0; kind < MAPPING_CHANGE_KINDS; kind++)
		if (slice_is(word, words[kind]))
			return (enum mapping_change_kind)kind;
	return CHANGE_AUTO;
}

bool mapping_batch_stands(const struct mapping_batch *batch)
{
	return batch->kind != CHANGE_UNDO && batch->undone_by == 0 && batch->exact;
}

void mapping_batch_text(const struct mapping_batch *batch, struct str *out)
{
	bool to = batch->kind == CHANGE_SET || batch->kind == CHANGE_CONFIRM;

	str_add_text(out, words[batch->kind]);
	if (batch->kind == CHANGE_UNDO)
		str_addf(out, " %lld", (long long)batch->undoes);
	if (!batch->type.at || batch->kind == CHANGE_AUTO || batch->kind == CHANGE_UNDO) {
		str_addf(out, ": %lld mapping%s", (long long)batch->chosen,
			batch->chosen == 1 ? "" : "s");
	} else {
		str_addf(out, " %.*s %.*s", SLICE_PRINT(batch->type), SLICE_PRINT(batch->key));
		if (to && slice_is_empty(batch->new_destination))
			str_add_text(out, " -> nothing");
		else if (to)
			str_addf(out, " -> %.*s", SLICE_PRINT(batch->new_destination));
	}
	if (batch->derived > 0)
		str_addf(out, ", %lld derived", (long long)batch->derived);
}

/* --- rows ------------------------------------------------------------------------------------- */

#define COLUMNS                                                                                    \
	"SELECT b.batch, b.kind, b.changedby, b.changeddate, b.chosen, b.derived, b.undoes, "      \
	"b.undoneby, b.exact, s.type, s.key, s.dependencies, c.oldstatus, c.newstatus, "           \
	"c.olddestination, c.newdestination FROM reqferry_batch b LEFT JOIN reqferry_mapping s "   \
	"ON s.backupkey = b.backupkey AND s.id = b.subject LEFT JOIN reqferry_change c ON "        \
	"c.backupkey = b.backupkey AND c.mapping = b.subject AND c.batch = b.batch WHERE "         \
	"b.backupkey = $1"

static void read_row(struct db_rows *rows, struct mapping_batch *out)
{
	struct slice *const texts[] = {&out->type, &out->key, &out->dependencies, &out->old_status,
		&out->new_status, &out->old_destination, &out->new_destination};

	*out = (struct mapping_batch){.number = db_rows_int(rows, 0),
		.kind = mapping_change_kind(db_rows_text(rows, 1)),
		.by = db_rows_text(rows, 2),
		.date = db_rows_text(rows, 3),
		.chosen = db_rows_int(rows, 4),
		.derived = db_rows_int(rows, 5),
		.undoes = db_rows_int(rows, 6),
		.undone_by = db_rows_int(rows, 7),
		.exact = db_rows_int(rows, 8) == 1};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = db_rows_text(rows, 9 + i);
}

static void keep_row(struct mapping_batch *batch, struct arena *arena)
{
	struct slice *const texts[] = {&batch->by, &batch->date, &batch->type, &batch->key,
		&batch->dependencies, &batch->old_status, &batch->new_status,
		&batch->old_destination, &batch->new_destination};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = arena_copy(arena, *texts[i]);
}

static bool find_first(struct db *db, const char *more, const struct db_value *values, size_t count,
	struct arena *arena, bool *found, struct mapping_batch *out, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	str_addf(&sql, COLUMNS "%s ORDER BY b.batch DESC LIMIT 1", more);
	if (!db_query(db, sql.at, values, count, &rows, err) || !db_rows_next(rows, found, err))
		return false;
	if (*found) {
		read_row(rows, out);
		keep_row(out, arena);
	}
	return true;
}

bool batch_get(struct db *db, struct slice backup_key, int64_t number, struct arena *arena,
	bool *found, struct mapping_batch *out, struct error *err)
{
	const struct db_value values[] = {db_slice(backup_key), db_int(number)};

	return find_first(db, " AND b.batch = $2", values, 2, arena, found, out, err);
}

bool batch_last(struct db *db, struct slice backup_key, const char *by, struct arena *arena,
	bool *found, struct mapping_batch *out, struct error *err)
{
	const struct db_value values[] = {db_slice(backup_key), db_text(by)};

	return find_first(db,
		by ? " AND b.kind <> 'undo' AND b.undoneby IS NULL AND b.changedby = $2"
		   : " AND b.kind <> 'undo' AND b.undoneby IS NULL",
		values, by ? 2 : 1, arena, found, out, err);
}

bool batch_check_tables(struct db *db, struct error *err)
{
	bool there;

	if (!db_table_exists(db, "reqferry_batch", &there, err))
		return false;
	return there ||
	       FAIL_HINT(err, WRONG_VERSION,
		       "Any command that changes mappings brings them up to date, \"map auto\" for "
		       "example.",
		       "reqferry's own tables here are of an earlier version, which kept no list "
		       "of changes");
}

/* --- the list --------------------------------------------------------------------------------- */

/* Whether type and key are given, and so a mapping is named that must be there. */
static bool check_filter(struct db *db, struct slice backup_key,
	const struct mapping_history_filter *filter, int64_t *id, struct error *err)
{
	*id = 0;
	if (!filter->dependencies)
		return true;
	if (!filter->type || !filter->key)
		return FAIL_HINT(err, USAGE, "Add --type and --key.",
			"dependencies tell apart mappings of one type and key");
	return find_mapping(
		db, backup_key, filter->type, filter->key, filter->dependencies, id, err);
}

/* Appends which changes fit. */
static void add_where(const struct mapping_history_filter *filter, int64_t id,
	const struct filter_sql *where, struct str *sql)
{
	if (id > 0)
		str_addf(sql,
			" AND b.batch IN (SELECT h.batch FROM reqferry_change h WHERE h.backupkey "
			"= $1 AND h.mapping = %lld)",
			(long long)id);
	else if (filter->type || filter->key || filter->find)
		str_addf(sql,
			" AND b.batch IN (SELECT h.batch FROM reqferry_mapping m JOIN "
			"reqferry_change h ON h.backupkey = m.backupkey AND h.mapping = m.id WHERE "
			"%s)",
			where->where.at);
}

static bool count_all(struct db *db, const char *where, const struct filter_sql *values,
	int64_t *total, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;

	str_addf(&sql, "SELECT COUNT(*) FROM reqferry_batch b WHERE b.backupkey = $1%s", where);
	return db_query_int(db, sql.at, values->values, values->count, 0, total, err);
}

static bool call_back(struct db *db, const char *where, const struct filter_sql *values,
	int64_t limit, mapping_batch_fn fn, void *context, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	str_addf(&sql, COLUMNS "%s ORDER BY b.batch DESC", where);
	if (limit > 0)
		str_addf(&sql, " LIMIT %lld", (long long)limit);
	if (!db_query(db, sql.at, values->values, values->count, &rows, err))
		return false;
	for (bool row;;) {
		struct mapping_batch batch;

		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		read_row(rows, &batch);
		if (!fn(context, &batch, err))
			return false;
	}
}

bool mapping_history(struct db *db, struct slice backup_key,
	const struct mapping_history_filter *filter, mapping_batch_fn fn, void *context,
	int64_t *total, struct error *err)
{
	const struct mapping_filter rows = {
		.type = filter->type, .find = filter->find, .key = filter->key};
	CLEANUP(filter_release) struct filter_sql values;
	CLEANUP(str_release) struct str where = STR_INIT;
	int64_t id;

	filter_make(backup_key, &rows, &values);
	if (!mapping_filter_check(&rows, err) || !batch_check_tables(db, err) ||
		!check_filter(db, backup_key, filter, &id, err))
		return false;
	/* the filter's own values are not in the statement then */
	if (id > 0)
		values.count = 1;
	add_where(filter, id, &values, &where);
	return count_all(db, where.at, &values, total, err) &&
	       call_back(db, where.at, &values, filter->limit, fn, context, err);
}
