/*
 * Safety copies: made by an import in its transaction, listed, deleted.
 */
#include "base/time.h"
#include "ops/internal.h"
#include "ops/undo.h"

/* --- making --- */

static const char *const erase_words[] = {[ERASE_BROUGHT] = "brought",
	[ERASE_EVERYTHING] = "everything",
	[ERASE_NOTHING] = "nothing"};

static bool add_columns(struct instance *instance, struct slice undo_key, struct error *err)
{
	static const char *const names[] = {"undokey", "tablename", "place", "columnname"};
	struct db_bulk *bulk;
	bool ok = db_bulk_open(
		instance->db, "reqferry_undo_column", names, ARRAY_LEN(names), &bulk, err);
	if (!ok)
		return false;
	for (size_t t = 0; ok && t < instance->catalogue->table_count; t++) {
		const struct ry_live *live = &instance->ry.live[t];
		for (size_t c = 0; ok && c < live->all_count; c++) {
			const struct db_value values[] = {db_slice(undo_key),
				db_text(live->table->full_name), db_int((int64_t)c),
				db_text(live->all[c].name)};
			ok = db_bulk_row(bulk, values, err);
		}
	}
	if (ok)
		return db_bulk_end(&bulk, err);
	db_bulk_discard(&bulk);
	return false;
}

bool safety_begin(struct instance *instance, const struct import_options *options,
	const struct plan *plan, struct task *task, struct arena *arena, struct slice *undo_key,
	struct error *err)
{
	char now[25], random[33];
	time_now_utc(now);
	stage_random_id(random);
	struct slice key = slice_of(arena_printf(arena, "undo-%.*s-%.8s%.4s",
		(int)(options->key.len < 60 ? options->key.len : 60), options->key.at, random,
		random + 8));
	const struct db_value values[] = {db_slice(key), db_slice(options->key),
		db_text(product_name(instance->catalogue->product)), db_slice(plan->new_scope),
		db_text(erase_words[options->erase]), db_text(plan->hash), db_text(now),
		db_text(task->actor), db_text(options->keep_audit_trail ? "keep" : "rewrite")};
	if (!db_exec(instance->db,
		    "INSERT INTO reqferry_undo (undokey, backupkey, product, scope, erase, plan, "
		    "created, createdby, audittrail, number) VALUES ($1, $2, $3, $4, $5, $6, $7, "
		    "$8, $9, (SELECT COALESCE(max(number), 0) + 1 FROM reqferry_undo))",
		    values, ARRAY_LEN(values), NULL, err) ||
		!db_exec(instance->db,
			"INSERT INTO reqferry_undo_scope (undokey, scopekey) SELECT DISTINCT $1, "
			"scopekey FROM reqferry_scope WHERE scopekey IS NOT NULL",
			values, 1, NULL, err) ||
		!add_columns(instance, key, err))
		return false;
	*undo_key = key;
	return true;
}

bool safety_seal(struct instance *instance, struct slice undo_key, struct error *err)
{
	const struct ry *ry = &instance->ry;
	const struct db_value key = db_slice(undo_key);
	for (size_t t = 0; t < instance->catalogue->table_count; t++) {
		const struct catalogue_table *table = &instance->catalogue->tables[t];
		struct str sql CLEANUP(str_release) = STR_INIT,
			       json CLEANUP(str_release) = STR_INIT;
		ry_row_json(ry, table, &json);
		str_add_text(&sql, "UPDATE reqferry_undo_row SET content = ");
		dialect_apply(&sql, ry->dialect->sha256_f, json.at);
		str_add_text(&sql, " FROM ");
		ry_from(ry, table, "t", &sql);
		str_add_text(&sql, " WHERE reqferry_undo_row.undokey = $1 AND "
				   "reqferry_undo_row.kind = 'inserted' AND "
				   "reqferry_undo_row.tablename = ");
		db_literal(&sql, slice_of(table->full_name));
		str_add_text(&sql, " AND reqferry_undo_row.rowid_ = ");
		ry_id(ry, "t", &sql);
		if (!db_exec(instance->db, sql.at, &key, 1, NULL, err))
			return false;
	}
	int64_t missing;
	if (!db_query_int(instance->db,
		    "SELECT count(*) FROM reqferry_undo_row WHERE undokey = $1 AND kind = "
		    "'inserted' AND content IS NULL",
		    &key, 1, 0, &missing, err))
		return false;
	if (missing > 0)
		return FAIL(err, COUNTS,
			"%lld rows were inserted and are not there for the safety copy",
			(long long)missing);
	return true;
}

/* --- looking after --- */

#define COPY_COLUMNS                                                                               \
	"SELECT u.undokey, u.backupkey, u.product, u.scope, u.erase, u.created, u.createdby, "     \
	"u.undone, u.deleted, u.number, (SELECT count(*) FROM reqferry_undo_row r WHERE "          \
	"r.undokey = "                                                                             \
	"u.undokey AND r.kind = 'erased'), (SELECT sum(length(r.content)) FROM reqferry_undo_row " \
	"r WHERE r.undokey = u.undokey) FROM reqferry_undo u"

/* Days of the calendar from year 1 on, for the difference of two UTC times of our own. */
static int64_t day_number(struct slice time)
{
	int64_t part[3] = {0};
	static const struct {
		size_t from, len;
	} places[] = {{0, 4}, {5, 2}, {8, 2}};
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (time.len < places[i].from + places[i].len ||
			!slice_to_int64(
				(struct slice){time.at + places[i].from, places[i].len}, &part[i]))
			return 0;
	/* the year begins in March, so that a leap day is its last */
	int64_t year = part[1] > 2 ? part[0] : part[0] - 1;
	int64_t month = part[1] > 2 ? part[1] - 3 : part[1] + 9;
	return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + part[2];
}

static void read_copy(struct db_rows *rows, struct arena *arena, struct safety_copy *out)
{
	struct slice *const members[] = {&out->key, &out->backup_key, &out->product, &out->scope,
		&out->erase, &out->created, &out->created_by, &out->undone, &out->deleted};
	char now[25];
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		*members[i] = arena_copy(arena, db_rows_text(rows, i));
	out->number = db_rows_int(rows, ARRAY_LEN(members));
	out->rows = db_rows_int(rows, ARRAY_LEN(members) + 1);
	out->bytes = db_rows_int(rows, ARRAY_LEN(members) + 2);
	time_now_utc(now);
	out->age_days = day_number(slice_of(now)) - day_number(out->created);
}

bool safety_list(struct instance *instance, struct arena *arena, struct safety_copy **out,
	size_t *count, struct error *err)
{
	bool ready;
	int64_t total;
	*out = NULL;
	*count = 0;
	if (!stage_ready(instance->db, &ready, err))
		return false;
	if (!ready)
		return true;
	if (!db_query_int(instance->db,
		    "SELECT count(*) FROM reqferry_undo WHERE undone IS NULL AND deleted IS NULL",
		    NULL, 0, 0, &total, err))
		return false;
	struct safety_copy *list = arena_zalloc(arena, (size_t)total * sizeof(*list));
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	size_t n = 0;
	if (!db_query(instance->db,
		    COPY_COLUMNS " WHERE u.undone IS NULL AND u.deleted IS NULL ORDER BY u.number",
		    NULL, 0, &rows, err))
		return false;
	for (bool row; n < (size_t)total; n++) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		read_copy(rows, arena, &list[n]);
	}
	*out = list;
	*count = n;
	return true;
}

/* The copy of this key, or the last one of this backup, those that are not undone first. */
static bool find(struct instance *instance, struct slice key, struct arena *arena, bool *found,
	struct safety_copy *out, struct error *err)
{
	bool ready;
	const struct db_value value = db_slice(key);
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	*found = false;
	if (!stage_ready(instance->db, &ready, err))
		return false;
	if (!ready)
		return true;
	if (!db_query(instance->db,
		    COPY_COLUMNS " WHERE u.undokey = $1 OR u.backupkey = $1 ORDER BY CASE WHEN "
				 "u.undone IS NULL AND u.deleted IS NULL THEN 0 ELSE 1 END, "
				 "u.number DESC",
		    &value, 1, &rows, err) ||
		!db_rows_next(rows, found, err))
		return false;
	if (*found)
		read_copy(rows, arena, out);
	return true;
}

bool safety_find(struct instance *instance, struct slice key, struct arena *arena,
	struct safety_copy *out, struct error *err)
{
	bool found;
	struct safety_copy copy;
	if (!find(instance, key, arena, &found, &copy, err))
		return false;
	if (!found)
		return FAIL_HINT(err, NOT_FOUND, "\"reqferry list\" shows the safety copies.",
			"there is no safety copy \"%.*s\" on this instance, and none of an import "
			"of that backup",
			SLICE_PRINT(key));
	if (copy.undone.at)
		return FAIL_HINT(err, REFUSED, "\"reqferry list\" shows what can be undone.",
			"the import of \"%.*s\" was undone already (%.*s)",
			SLICE_PRINT(copy.backup_key), SLICE_PRINT(copy.undone));
	if (copy.deleted.at)
		return FAIL_HINT(err, REFUSED, "\"reqferry list\" shows what can be undone.",
			"the safety copy \"%.*s\" was deleted (%.*s)", SLICE_PRINT(copy.key),
			SLICE_PRINT(copy.deleted));
	*out = copy;
	return true;
}

struct delete_step {
	struct instance *instance;
	struct slice key;
};

static bool delete_body(void *context, struct error *err)
{
	const struct delete_step *step = context;
	char now[25];
	time_now_utc(now);
	const struct db_value values[] = {db_slice(step->key), db_text(now)};
	/* verify wants to know which rows the import inserted, also later */
	return db_exec(step->instance->db,
		       "DELETE FROM reqferry_undo_row WHERE undokey = $1 AND kind = 'erased'",
		       values, 1, NULL, err) &&
	       db_exec(step->instance->db, "DELETE FROM reqferry_undo_column WHERE undokey = $1",
		       values, 1, NULL, err) &&
	       db_exec(step->instance->db,
		       "UPDATE reqferry_undo SET deleted = $2 WHERE undokey = $1", values, 2, NULL,
		       err);
}

bool safety_delete(struct instance *instance, struct slice key, struct task *task, int64_t *rows,
	struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct safety_copy copy;
	bool found;
	struct delete_step step = {instance, key};
	if (!find(instance, key, &arena, &found, &copy, err))
		return false;
	if (!found || !slice_equal(copy.key, key) || copy.undone.at || copy.deleted.at)
		return FAIL_HINT(err, NOT_FOUND, "\"reqferry list\" shows the safety copies.",
			"there is no safety copy \"%.*s\" on this instance", SLICE_PRINT(key));
	if (!step_run(instance, "delete", key, task, delete_body, &step, err))
		return false;
	*rows = copy.rows;
	return true;
}
