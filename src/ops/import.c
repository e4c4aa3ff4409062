/*
 * The import: one transaction.
 *
 *     1  the write transaction (on SQLite it is the lock of the instance)
 *     2  the plan again: working tables frozen, blockers, hash
 *     3  the safety copy of all that will be erased
 *     4  erase, by the ids in the safety copy; the counts must be equal
 *     5  fresh ids, then the rows, in the catalogue's order
 *     6  references that leave the scope (ops/outside.h)
 *     7  count, and verify with SQL of its own
 *     8  what became of each row, and the report; commit
 *
 * Whatever fails before the commit leaves the database as it was.
 */
#include "base/time.h"
#include "ops/internal.h"
#include "ops/outside.h"
#include "ops/report.h"
#include "ops/resolve.h"
#include "ops/undo.h"

struct import_step {
	struct instance *instance;
	const struct import_options *options;
	struct task *task;
	struct arena *arena;
	struct import_result *out;
	struct verify_result verified;
	char started[25];
	int64_t started_ms;
	struct str report; /* JSON */
};

static bool exec_key(struct import_step *step, const char *sql, int64_t *changed, struct error *err)
{
	const struct db_value key = db_slice(step->options->key);
	return db_exec(step->instance->db, sql, &key, strstr(sql, "$1") ? 1 : 0, changed, err);
}

/* --- 2: the plan --- */

/* The word to type: the destination scope's key, or "everything". */
static struct slice scope_word(const struct plan *plan)
{
	return plan->old_scope.at ? plan->new_scope : SLICE("everything");
}

static bool check_plan(struct import_step *step, struct error *err)
{
	struct plan *plan = &step->out->plan;
	const struct import_options *options = step->options;
	if (!plan_make(step->instance, options, step->task, step->arena, plan, err))
		return false;
	if (plan->blocker_count > 0) {
		error_set(err, ERROR_BLOCKED, "%s", plan->blockers[0].message);
		if (plan->blocker_count > 1)
			error_context(err, "%zu things forbid the import, the first",
				plan->blocker_count);
		error_hint(err, "%s%s", plan->blockers[0].hint,
			plan->blocker_count > 1 ? " \"reqferry plan\" lists them all." : "");
		return false;
	}
	struct slice word = scope_word(plan);
	if (!options->confirm || !slice_is(word, options->confirm)) {
		error_set(err, ERROR_NOT_CONFIRMED,
			"the import erases rows of \"%.*s\" and was not confirmed%s%s%s",
			SLICE_PRINT(word), options->confirm ? ": \"" : "",
			options->confirm ? options->confirm : "",
			options->confirm ? "\" was given" : "");
		error_hint(err, "Look at \"reqferry plan\", then use --confirm %.*s.",
			SLICE_PRINT(word));
		return false;
	}
	for (size_t i = 0; i < plan->warning_count; i++)
		task_warn(step->task, "%s", plan->warnings[i].message);
	return !options->plan || plan_check_kept(step->instance, options->plan, plan, err);
}

/* --- 3 and 4: safety copy and erase --- */

static bool copy_table(struct import_step *step, const struct catalogue_table *table,
	int64_t *copied, struct error *err)
{
	const struct ry *ry = &step->instance->ry;
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO reqferry_undo_row (undokey, tablename, rowid_, kind, "
			   "content) SELECT $1, "
			   "e.tablename, e.id, 'erased', ");
	ry_row_json(ry, table, &sql);
	str_add_text(&sql, " FROM reqferry_erase e JOIN ");
	ry_from(ry, table, "t", &sql);
	str_add_text(&sql, " ON ");
	ry_id(ry, "t", &sql);
	str_add_text(&sql, " = e.id WHERE e.tablename = ");
	db_literal(&sql, slice_of(table->full_name));
	const struct db_value undo = db_slice(step->out->undo_key);
	return db_exec(step->instance->db, sql.at, &undo, 1, copied, err);
}

static bool erase_table(struct import_step *step, const struct catalogue_table *table,
	int64_t *erased, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "DELETE FROM ");
	db_identifier(&sql, table->full_name);
	str_add_text(&sql, " WHERE ");
	db_identifier(&sql, step->instance->catalogue->id_column);
	str_add_text(&sql,
		" IN (SELECT u.rowid_ FROM reqferry_undo_row u WHERE u.undokey = $1 AND u.kind "
		"= 'erased' AND u.tablename = ");
	db_literal(&sql, slice_of(table->full_name));
	str_add_char(&sql, ')');
	const struct db_value undo = db_slice(step->out->undo_key);
	return db_exec(step->instance->db, sql.at, &undo, 1, erased, err);
}

static bool erase(struct import_step *step, struct error *err)
{
	const struct catalogue *catalogue = step->instance->catalogue;
	task_step(step->task, "copy and erase the scope", "tables", 2 * catalogue->table_count);
	if (!safety_begin(step->instance, step->options, &step->out->plan, step->task, step->arena,
		    &step->out->undo_key, err))
		return false;
	int64_t *copied = arena_zalloc(step->arena, catalogue->table_count * sizeof(*copied));
	for (size_t t = 0; t < catalogue->table_count; t++) {
		if (!copy_table(step, &catalogue->tables[t], &copied[t], err))
			return false;
		tally_add(step->arena, &step->out->erased, slice_of(catalogue->tables[t].name),
			copied[t]);
		task_advance(step->task, 1);
	}
	/* referrers stand behind what they refer to: backwards */
	for (size_t t = catalogue->table_count; t-- > 0;) {
		int64_t erased;
		if (!erase_table(step, &catalogue->tables[t], &erased, err))
			return false;
		if (erased != copied[t])
			return FAIL(err, COUNTS,
				"\"%s\": %lld rows are in the safety copy, %lld were erased",
				catalogue->tables[t].full_name, (long long)copied[t],
				(long long)erased);
		task_advance(step->task, 1);
	}
	return true;
}

/* --- 5: fresh ids and rows --- */

static bool number_items(struct import_step *step, const struct catalogue_table *table,
	int64_t count, struct error *err)
{
	struct str id CLEANUP(str_release) = STR_INIT, sql CLEANUP(str_release) = STR_INIT;
	if (!db_fresh_ids(step->instance->db, table->full_name,
		    step->instance->catalogue->id_column, count, "k.place", &id, err))
		return false;
	str_addf(&sql,
		"UPDATE reqferry_item SET newid = n.newid FROM (SELECT k.id, %s AS newid FROM "
		"(SELECT "
		"i.id, ROW_NUMBER() OVER (ORDER BY i.id) AS place FROM reqferry_item i LEFT JOIN "
		"reqferry_fate x ON x.item = i.id WHERE i.backupkey = $1 AND x.item IS NULL AND "
		"i.tablename = ",
		id.at);
	db_literal(&sql, slice_of(table->name));
	str_add_text(&sql,
		" ORDER BY i.id) k) n WHERE reqferry_item.backupkey = $1 AND reqferry_item.id = "
		"n.id");
	int64_t numbered;
	if (!exec_key(step, sql.at, &numbered, err))
		return false;
	if (numbered != count)
		return FAIL(err, COUNTS,
			"\"%s\": %lld rows are to be inserted, %lld were given an id", table->name,
			(long long)count, (long long)numbered);
	return true;
}

/* Merged items take the id of the row that they became part of. */
static bool number_merged(
	struct import_step *step, const struct catalogue_table *table, struct error *err)
{
	static const char *const statements[] = {
		"UPDATE reqferry_item SET newid = x.newid FROM reqferry_fate x WHERE "
		"reqferry_item.backupkey = $1 AND x.item = reqferry_item.id AND x.newid IS NOT "
		"NULL AND "
		"x.tablename = ",
		"UPDATE reqferry_item SET newid = q.newid FROM reqferry_fate x JOIN reqferry_item "
		"q ON "
		"q.id = x.into_item AND q.backupkey = $1 WHERE reqferry_item.backupkey = $1 AND "
		"x.item = "
		"reqferry_item.id AND x.tablename = ",
	};
	if (!table->merge)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		str_add_text(&sql, statements[i]);
		db_literal(&sql, slice_of(table->name));
		if (!exec_key(step, sql.at, NULL, err))
			return false;
	}
	return true;
}

static bool record_inserted(
	struct import_step *step, const struct catalogue_table *table, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql,
		"INSERT INTO reqferry_undo_row (undokey, tablename, rowid_, kind) SELECT $2, ");
	db_literal(&sql, slice_of(table->full_name));
	str_add_text(&sql,
		", i.newid, 'inserted' FROM reqferry_item i LEFT JOIN reqferry_fate x ON x.item "
		"= i.id WHERE i.backupkey = $1 AND x.item IS NULL AND i.tablename = ");
	db_literal(&sql, slice_of(table->name));
	const struct db_value values[] = {
		db_slice(step->options->key), db_slice(step->out->undo_key)};
	return db_exec(step->instance->db, sql.at, values, 2, NULL, err);
}

static bool insert_rows(struct import_step *step, struct error *err)
{
	const struct catalogue *catalogue = step->instance->catalogue;
	int64_t unclear, invalid;
	if (!step->options->keep_audit_trail) {
		if (!resolve_json(step->instance, &step->out->plan.backup, step->task, &unclear,
			    &invalid, err))
			return false;
		if (invalid > 0)
			task_warn(step->task,
				"%lld text%s of the audit trail %s no valid JSON: copied unchanged",
				(long long)invalid, invalid == 1 ? "" : "s",
				invalid == 1 ? "is" : "are");
		if (unclear > 0)
			task_warn(step->task,
				"%lld text%s of the audit trail %s a space that several "
				"application links map differently: that name is copied unchanged",
				(long long)unclear, unclear == 1 ? "" : "s",
				unclear == 1 ? "names" : "name");
	}
	task_step(step->task, "insert rows", "tables", catalogue->table_count);
	if (!exec_key(step,
		    "UPDATE reqferry_item SET newid = NULL WHERE backupkey = $1 AND newid IS NOT "
		    "NULL",
		    NULL, err))
		return false;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		int64_t planned = step->out->plan.insert.list[t].rows, inserted;
		struct str sql CLEANUP(str_release) = STR_INIT;
		ry_insert(&step->instance->ry, table, &sql);
		if (!number_items(step, table, planned, err) || !number_merged(step, table, err) ||
			!exec_key(step, sql.at, &inserted, err) ||
			!record_inserted(step, table, err)) {
			error_context(err, "importing \"%s\"", table->full_name);
			return false;
		}
		if (inserted != planned)
			return FAIL(err, COUNTS,
				"\"%s\": %lld rows were planned, %lld were inserted",
				table->full_name, (long long)planned, (long long)inserted);
		tally_add(step->arena, &step->out->inserted, slice_of(table->name), inserted);
		task_advance(step->task, 1);
	}
	return true;
}

/* --- 7: counts --- */

/* Every item is in exactly one of inserted, merged, excluded, rejected. */
static bool check_equation(struct import_step *step, struct error *err)
{
	const struct plan *plan = &step->out->plan;
	int64_t items;
	const struct db_value key = db_slice(step->options->key);
	if (!db_query_int(step->instance->db,
		    "SELECT count(*) FROM reqferry_item WHERE backupkey = $1", &key, 1, 0, &items,
		    err))
		return false;
	int64_t sum = tally_total(&step->out->inserted) + tally_total(&plan->merge) +
		      tally_total(&plan->exclude) + tally_total(&plan->reject);
	if (sum != items)
		return FAIL(err, COUNTS,
			"the backup has %lld rows, but %lld were inserted, merged, excluded or "
			"rejected",
			(long long)items, (long long)sum);
	return true;
}

/* No row of the scope but those that were just inserted: the app may have added some meanwhile. */
static bool check_scope(struct import_step *step, struct error *err)
{
	const struct ry *ry = &step->instance->ry;
	const struct catalogue *catalogue = step->instance->catalogue;
	if (step->options->erase == ERASE_NOTHING)
		return true;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		if (table->scope == SCOPE_REFERENCED_BY || table->scope == SCOPE_NONE)
			continue;
		struct str sql CLEANUP(str_release) = STR_INIT;
		int64_t others;
		str_add_text(&sql, "SELECT count(*) FROM ");
		ry_from(ry, table, "t", &sql);
		str_add_text(&sql, " WHERE ");
		ry_in_scope(ry, table, "t", "SELECT scopekey FROM reqferry_scope", RY_INSIDE, &sql);
		str_add_text(&sql,
			" AND NOT EXISTS (SELECT 1 FROM reqferry_undo_row u WHERE u.undokey = $1 "
			"AND u.kind = 'inserted' AND u.rowid_ = ");
		ry_id(ry, "t", &sql);
		str_add_text(&sql, " AND u.tablename = ");
		db_literal(&sql, slice_of(table->full_name));
		str_add_char(&sql, ')');
		const struct db_value undo = db_slice(step->out->undo_key);
		if (!db_query_int(step->instance->db, sql.at, &undo, 1, 0, &others, err))
			return false;
		if (others > 0)
			return FAIL_HINT(err, CHANGED, "Stop edits in the scope and import again.",
				"scope changed: %lld rows of \"%s\" were added while the import "
				"ran",
				(long long)others, table->full_name);
	}
	return true;
}

static bool verify_inside(struct import_step *step, struct error *err)
{
	struct verify_result *verified = &step->verified;
	if (!verify_tables(step->instance, &step->out->plan.backup, step->task, step->arena,
		    verified, err))
		return false;
	if (!verified->ok) {
		const struct difference *first = &verified->differences[0];
		return FAIL_HINT(err, COUNTS,
			"Nothing was changed. Please report this with the file.",
			"the verification found %lld differences, the first in %.*s %.*s %.*s",
			(long long)verified->difference_total, SLICE_PRINT(first->table),
			SLICE_PRINT(first->old_id), SLICE_PRINT(first->column));
	}
	step->out->verified = true;
	return true;
}

/* --- 8: the report --- */

static bool make_report(struct import_step *step, struct error *err)
{
	struct import_result *result = step->out;
	struct instance *instance = step->instance;
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct import_report report = {.result = result,
		.options = step->options,
		.verified = &step->verified,
		.actor = step->task->actor,
		.database = db_system(instance->db),
		.product = product_name(instance->catalogue->product),
		.instance = instance->name};
	result->merged = result->plan.merge;
	result->excluded = result->plan.exclude;
	result->rejected = result->plan.reject;
	if (!outcomes_keep(instance, &result->plan.backup, err) ||
		!report_left_out(instance, step->options->key, &arena, &report, err))
		return false;
	if (report.left_out_total !=
		tally_total(&result->excluded) + tally_total(&result->rejected))
		return FAIL(err, COUNTS, "%lld rows were left out, the report has %lld",
			(long long)(tally_total(&result->excluded) +
				    tally_total(&result->rejected)),
			(long long)report.left_out_total);
	memcpy(report.started, step->started, sizeof(report.started));
	time_now_utc(report.finished);
	result->seconds = (double)(time_monotonic_ms() - step->started_ms) / 1000.0;
	if (step->options->report)
		step->options->report(step->options->report_context, &report, &step->report);
	return true;
}

static bool import_body(void *context, struct error *err)
{
	struct import_step *step = context;
	return check_plan(step, err) && erase(step, err) && insert_rows(step, err) &&
	       outside_import(
		       step->instance, &step->out->plan, step->out->undo_key, step->task, err) &&
	       check_equation(step, err) && check_scope(step, err) &&
	       safety_seal(step->instance, step->out->undo_key, err) && verify_inside(step, err) &&
	       make_report(step, err) && resolve_end(step->instance, err);
}

#define REJECTED_TOLD 100

/* Names the rejected rows: the report and "ids" have all of them. */
static void tell_rejected(struct import_step *step)
{
	struct error ignored = ERROR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value key = db_slice(step->options->key);
	int64_t total = tally_total(&step->out->rejected), told = 0;
	bool row;
	if (total == 0 ||
		!db_query(step->instance->db,
			"SELECT i.tablename, i.oldid, i.problem FROM reqferry_outcome o JOIN "
			"reqferry_item i ON i.backupkey = o.backupkey AND i.id = o.item WHERE "
			"o.backupkey = $1 AND o.fate = 'rejected' ORDER BY o.item",
			&key, 1, &rows, &ignored))
		return;
	while (told < REJECTED_TOLD && db_rows_next(rows, &row, &ignored) && row) {
		struct slice problem = db_rows_text(rows, 2);
		task_warn(step->task, "left out: %.*s %.*s: %.*s",
			SLICE_PRINT(db_rows_text(rows, 0)), SLICE_PRINT(db_rows_text(rows, 1)),
			SLICE_PRINT(problem.at ? problem
					       : SLICE("it refers to a row that was left out")));
		told++;
	}
	if (told < total)
		task_warn(step->task, "%lld more rows were left out: see \"reqferry ids\"",
			(long long)(total - told));
}

bool import_run(struct instance *instance, const struct import_options *options, struct task *task,
	struct arena *arena, struct import_result *out, struct error *err)
{
	struct import_result result = {.verified = false};
	struct import_step step = {.instance = instance,
		.options = options,
		.task = task,
		.arena = arena,
		.out = &result,
		.started_ms = time_monotonic_ms(),
		.report = STR_INIT};
	struct stage_backup backup;
	time_now_utc(step.started);
	bool ok = stage_backup_get(instance->db, options->key, arena, &backup, err) &&
		  step_run_reporting(instance, "import", options->key, task, import_body, &step,
			  &step.report, err);
	str_release(&step.report);
	if (!ok)
		return false;
	result.seconds = (double)(time_monotonic_ms() - step.started_ms) / 1000.0;
	tell_rejected(&step);
	*out = result;
	return true;
}
