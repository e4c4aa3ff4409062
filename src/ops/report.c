/*
 * Keeping and reading what became of the rows, and finding the report of an import again.
 */
#include "ops/report.h"
#include "ops/outside.h"

/* --- keeping --- */

/*
 * SQL for the item that dropped this one, NULL when it was dropped for itself: the columns are
 * asked in the order in which the mapping that is to blame was chosen (ops/resolve.c). For a
 * citation that stays with the origin it is the item that it cites, which is not left out.
 */
static void parent_of(const struct catalogue_table *table, struct str *parent, struct str *joins)
{
	str_add_text(parent, "CASE WHEN f.stays IS NOT NULL THEN f.stays WHEN f.fate = 'merged' "
			     "THEN NULL WHEN f.fate = 'rejected' AND i.problem IS NOT NULL THEN "
			     "NULL");
	for (size_t c = 0; c < table->column_count; c++) {
		const struct catalogue_column *column = &table->columns[c];
		unsigned n = column->field;
		struct str type CLEANUP(str_release) = STR_INIT;
		if (column->without == WITHOUT_DROP && ry_entity_type(column, &type)) {
			ry_join_mapping(column, joins);
			str_addf(parent,
				" WHEN f.fate = 'excluded' AND m%u.status = 'EXCLUDED' THEN NULL",
				n);
		} else if (ry_join_row(column, joins)) {
			str_addf(joins, " LEFT JOIN reqferry_fate x%u ON x%u.item = r%u.id", n, n,
				n);
			str_addf(parent, " WHEN x%u.fate IN ('excluded', 'rejected') THEN r%u.id",
				n, n);
		}
	}
	str_add_text(parent, " END");
}

/* The mapping of the page of a citation that stays with the origin; else what the fate says. */
static void mapping_of(const struct catalogue_table *table, struct str *sql)
{
	if (table->citation)
		str_addf(sql, "CASE WHEN f.stays IS NOT NULL THEN m%u.id ELSE f.mapping END",
			table->citation->page->field);
	else
		str_add_text(sql, "f.mapping");
}

bool outcomes_keep(struct instance *instance, const struct stage_backup *backup, struct error *err)
{
	const struct db_value key = db_slice(backup->key);
	if (!db_exec(instance->db, "DELETE FROM reqferry_outcome WHERE backupkey = $1", &key, 1,
		    NULL, err))
		return false;
	for (size_t t = 0; t < instance->catalogue->table_count; t++) {
		const struct catalogue_table *table = &instance->catalogue->tables[t];
		struct str sql CLEANUP(str_release) = STR_INIT,
			       parent CLEANUP(str_release) = STR_INIT,
			       mapping CLEANUP(str_release) = STR_INIT,
			       joins CLEANUP(str_release) = STR_INIT;
		parent_of(table, &parent, &joins);
		mapping_of(table, &mapping);
		/* an old id that occurs twice joins twice */
		str_addf(&sql,
			"INSERT INTO reqferry_outcome (backupkey, item, fate, mapping, parent) "
			"SELECT $1, i.id, f.fate, min(%s), min(CAST(%s AS %s)) FROM "
			"reqferry_fate f JOIN reqferry_item i ON i.backupkey = $1 AND i.id = "
			"f.item%s WHERE f.tablename = ",
			mapping.at, parent.at, db_dialect(instance->db)->type_int64, joins.at);
		db_literal(&sql, slice_of(table->name));
		str_add_text(&sql, " GROUP BY i.id, f.fate");
		if (!db_exec(instance->db, sql.at, &key, 1, NULL, err))
			return false;
	}
	return true;
}

/* --- reading --- */

bool outcomes_check(
	struct instance *instance, struct slice key, int64_t *changed, struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct stage_backup backup;
	struct slice when;
	bool exists;
	if (!stage_backup_get(instance->db, key, &arena, &backup, err) ||
		!db_table_exists(instance->db, "reqferry_outcome", &exists, err))
		return false;
	/* an import of another backup that once had this key does not count */
	const struct db_value values[] = {db_slice(key), db_slice(backup.created)};
	if (exists && !db_query_text(instance->db,
			      "SELECT created FROM reqferry_undo WHERE backupkey = $1 AND created "
			      ">= $2 AND undone IS NULL ORDER BY created DESC",
			      values, 2, &arena, &when, err))
		return false;
	if (!exists || !when.at)
		return FAIL_HINT(err, REFUSED, "Import it with \"reqferry import\".",
			"no import of the backup \"%.*s\" stands on this instance",
			SLICE_PRINT(key));
	const struct db_value since[] = {db_slice(key), db_slice(when)};
	return db_query_int(instance->db,
		"SELECT count(*) FROM reqferry_mapping WHERE backupkey = $1 AND changeddate > $2",
		since, 2, 0, changed, err);
}

static void read_outcome(struct db_rows *rows, struct outcome *out)
{
	struct slice *const members[] = {&out->table, &out->old_id, &out->new_id, &out->fate,
		&out->problem, &out->type, &out->key, &out->title, &out->parent_table,
		&out->parent_id, &out->cites};
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		*members[i] = db_rows_text(rows, i);
}

bool outcomes_each(struct instance *instance, struct slice key, bool left_out, outcome_fn fn,
	void *context, struct error *err)
{
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	struct str sql CLEANUP(str_release) = STR_INIT, words CLEANUP(str_release) = STR_INIT;
	const struct db_value value = db_slice(key);
	outside_item_words(instance->catalogue, "p", &words);
	str_addf(&sql,
		"SELECT i.tablename, i.oldid, CASE WHEN COALESCE(o.fate, 'merged') = 'merged' THEN "
		"i.newid END, COALESCE(o.fate, 'inserted'), CASE WHEN o.fate = 'rejected' AND "
		"o.parent IS NULL THEN i.problem END, m.type, m.key, m.title, p.tablename, "
		"p.oldid, CASE WHEN o.fate = 'excluded' AND COALESCE(q.fate, 'merged') = 'merged' "
		"THEN %s END FROM reqferry_item i %s JOIN reqferry_outcome o ON o.backupkey = $1 "
		"AND o.item = "
		"i.id LEFT JOIN reqferry_mapping m ON m.backupkey = $1 AND m.id = o.mapping "
		"LEFT JOIN reqferry_item p ON p.backupkey = $1 AND p.id = o.parent LEFT JOIN "
		"reqferry_outcome q ON q.backupkey = $1 AND q.item = o.parent WHERE i.backupkey = "
		"$1%s ORDER BY i.id",
		words.at, left_out ? "" : "LEFT",
		left_out ? " AND o.fate IN ('excluded', 'rejected')" : "");
	if (!db_query(instance->db, sql.at, &value, 1, &rows, err))
		return false;
	for (bool row;;) {
		struct outcome outcome;
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		read_outcome(rows, &outcome);
		if (!fn(context, &outcome, err))
			return false;
	}
}

/* --- the report --- */

struct collecting {
	struct arena *arena;
	struct import_report *out;
};

static bool collect(void *context, const struct outcome *outcome, struct error *err UNUSED)
{
	struct collecting *collecting = context;
	struct import_report *out = collecting->out;
	if (out->left_out_total++ >= REPORT_ROWS)
		return true;
	struct outcome *copy = &out->left_out[out->left_out_count++];
	*copy = *outcome;
	struct slice *const members[] = {&copy->table, &copy->old_id, &copy->new_id, &copy->fate,
		&copy->problem, &copy->type, &copy->key, &copy->title, &copy->parent_table,
		&copy->parent_id, &copy->cites};
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		*members[i] = arena_copy(collecting->arena, *members[i]);
	return true;
}

bool report_left_out(struct instance *instance, struct slice key, struct arena *arena,
	struct import_report *out, struct error *err)
{
	struct collecting collecting = {arena, out};
	const struct db_value value = db_slice(key);
	int64_t total;
	if (!db_query_int(instance->db,
		    "SELECT count(*) FROM reqferry_outcome WHERE backupkey = $1 AND fate IN "
		    "('excluded', 'rejected')",
		    &value, 1, 0, &total, err))
		return false;
	out->left_out = arena_alloc(arena,
		(size_t)(total < REPORT_ROWS ? total : REPORT_ROWS) * sizeof(*out->left_out));
	out->left_out_count = 0;
	out->left_out_total = 0;
	return total == 0 || outcomes_each(instance, key, true, collect, &collecting, err);
}

bool report_last(struct instance *instance, struct slice key, struct arena *arena,
	struct report_stored *out, struct error *err)
{
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value value = db_slice(key);
	bool ready, row = false;
	if (!stage_ready(instance->db, &ready, err))
		return false;
	/* killed between its commit and the note of its end, a run is called running or interrupted
	 */
	if (ready && (!db_query(instance->db,
			      "SELECT r.report, (SELECT min(u.undone) FROM reqferry_undo u WHERE "
			      "u.backupkey = r.backupkey AND u.created >= r.started AND NOT EXISTS "
			      "(SELECT 1 FROM reqferry_undo v WHERE v.backupkey = r.backupkey AND "
			      "v.created >= r.started AND v.created < u.created)) FROM "
			      "reqferry_run r WHERE r.step = 'import' AND r.backupkey = $1 AND "
			      "r.report IS NOT NULL AND r.state IN ('done', 'running', "
			      "'interrupted') ORDER BY "
			      "r.started DESC",
			      &value, 1, &rows, err) ||
			     !db_rows_next(rows, &row, err)))
		return false;
	if (!row)
		return FAIL_HINT(err, NOT_FOUND, "\"reqferry import\" makes one.",
			"there is no report of an import of the backup \"%.*s\" on this instance",
			SLICE_PRINT(key));
	out->json = arena_copy(arena, db_rows_text(rows, 0));
	out->undone = arena_copy(arena, db_rows_text(rows, 1));
	return true;
}
