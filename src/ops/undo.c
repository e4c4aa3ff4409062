/*
 * Undo: one transaction.
 *
 *     1  the copy: known, not undone, confirmed, the last one of its scope
 *     2  its columns: all of them still there
 *     3  compare (undo_work.c): what changed since the import forbids it, unless said otherwise
 *     4  take the inserted rows away, referrers first; put the erased ones back, referrers last
 *     5  count, and compare what came back with the copy, value by value
 *     6  mark the copy as undone, delete its content
 */
#include "base/time.h"
#include "ops/internal.h"
#include "ops/undo_work.h"

#define ROWS_SHOWN  100
#define NAMES_SHOWN 5

/* --- 1: the copy --- */

static struct slice scope_word(const struct safety_copy *copy)
{
	return copy->scope.at ? copy->scope : SLICE("everything");
}

static bool check_confirmed(const struct undoing *undoing, struct error *err)
{
	const char *confirm = undoing->options->confirm;
	struct slice word = scope_word(&undoing->out->copy);
	if (confirm && slice_is(word, confirm))
		return true;
	error_set(err, ERROR_NOT_CONFIRMED,
		"undo takes rows of \"%.*s\" away and was not confirmed%s%s%s", SLICE_PRINT(word),
		confirm ? ": \"" : "", confirm ? confirm : "", confirm ? "\" was given" : "");
	error_hint(err, "Use --confirm %.*s.", SLICE_PRINT(word));
	return false;
}

/* A later import into one of the copy's scopes comes first. */
static bool check_last(const struct undoing *undoing, struct error *err)
{
	const struct safety_copy *copy = &undoing->out->copy;
	const struct db_value key = db_slice(copy->key);
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	bool row;
	if (!db_query(undoing->instance->db,
		    "SELECT o.undokey, o.backupkey FROM reqferry_undo o JOIN reqferry_undo c ON "
		    "c.undokey = $1 AND o.number > c.number WHERE o.undone IS NULL AND o.deleted "
		    "IS NULL AND (o.erase = 'everything' OR c.erase = 'everything' OR (o.scope IS "
		    "NULL AND c.scope IS NULL) OR EXISTS (SELECT 1 FROM reqferry_undo_scope a JOIN "
		    "reqferry_undo_scope b ON a.scopekey = b.scopekey WHERE a.undokey = o.undokey "
		    "AND b.undokey = c.undokey)) ORDER BY o.number DESC",
		    &key, 1, &rows, err) ||
		!db_rows_next(rows, &row, err))
		return false;
	if (!row)
		return true;
	struct slice later = db_rows_text(rows, 0);
	error_set(err, ERROR_REFUSED,
		"the import of \"%.*s\" was not the last one into \"%.*s\": that of \"%.*s\" came "
		"later",
		SLICE_PRINT(copy->backup_key), SLICE_PRINT(scope_word(copy)),
		SLICE_PRINT(db_rows_text(rows, 1)));
	error_hint(err, "Undo \"%.*s\" first.", SLICE_PRINT(later));
	return false;
}

/* --- 2: its columns --- */

static void add_column(struct undoing *undoing, struct undo_columns *columns, struct slice name)
{
	if (columns->count == columns->room) {
		columns->room = columns->room ? 2 * columns->room : 16;
		const char **more = arena_alloc(undoing->arena, columns->room * sizeof(*more));
		if (columns->count > 0)
			memcpy(more, columns->names, columns->count * sizeof(*more));
		columns->names = more;
	}
	columns->names[columns->count++] = arena_strdup(undoing->arena, name);
}

static const struct catalogue_table *table_of(const struct catalogue *catalogue, struct slice name)
{
	for (size_t t = 0; t < catalogue->table_count; t++)
		if (slice_is(name, catalogue->tables[t].full_name))
			return &catalogue->tables[t];
	return NULL;
}

static bool load_columns(struct undoing *undoing, struct error *err)
{
	const struct catalogue *catalogue = undoing->instance->catalogue;
	const struct db_value key = db_slice(undoing->out->copy.key);
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	undoing->columns =
		arena_zalloc(undoing->arena, catalogue->table_count * sizeof(*undoing->columns));
	if (!db_query(undoing->instance->db,
		    "SELECT c.tablename, c.columnname FROM reqferry_undo_column c WHERE c.undokey "
		    "= $1 AND EXISTS (SELECT 1 FROM reqferry_undo_row u WHERE u.undokey = "
		    "c.undokey AND u.tablename = c.tablename) ORDER BY c.tablename, c.place",
		    &key, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		struct slice name = db_rows_text(rows, 0);
		const struct catalogue_table *table = table_of(catalogue, name);
		if (!table)
			return FAIL_HINT(err, REFUSED,
				"Use the catalogue that the import used, with --catalogue.",
				"the safety copy holds rows of \"%.*s\", which the catalogue does "
				"not know",
				SLICE_PRINT(name));
		add_column(undoing, &undoing->columns[table->index], db_rows_text(rows, 1));
	}
}

static bool has_column(const struct undo_columns *columns, const char *name)
{
	for (size_t c = 0; c < columns->count; c++)
		if (strcmp(columns->names[c], name) == 0)
			return true;
	return false;
}

static bool live_has(const struct ry_live *live, const char *name)
{
	for (size_t c = 0; c < live->all_count; c++)
		if (strcmp(live->all[c].name, name) == 0)
			return true;
	return false;
}

/* Columns that are gone, and columns that are new and cannot be left empty. */
static bool check_columns(const struct undoing *undoing, struct error *err)
{
	const struct catalogue *catalogue = undoing->instance->catalogue;
	struct str gone CLEANUP(str_release) = STR_INIT, fresh CLEANUP(str_release) = STR_INIT;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct ry_live *live = &undoing->instance->ry.live[t];
		const struct undo_columns *columns = &undoing->columns[t];
		for (size_t c = 0; c < columns->count; c++)
			if (!live_has(live, columns->names[c]))
				str_addf(&gone, "%s\"%s\".\"%s\"", gone.len ? ", " : "",
					live->table->full_name, columns->names[c]);
		for (size_t c = 0; columns->count > 0 && c < live->all_count; c++)
			if (live->all[c].not_null && !live->all[c].has_default &&
				!has_column(columns, live->all[c].name))
				str_addf(&fresh, "%s\"%s\".\"%s\"", fresh.len ? ", " : "",
					live->table->full_name, live->all[c].name);
	}
	if (gone.len > 0)
		return FAIL_HINT(err, REFUSED,
			"Bring them back, with the version of Requirement Yogi of the import.",
			"the safety copy holds columns that the database has no longer: %s",
			gone.at);
	if (fresh.len > 0)
		return FAIL_HINT(err, REFUSED, "Give them a default for the time of the undo.",
			"the safety copy has no values for columns that were added since and must "
			"have one: %s",
			fresh.at);
	return true;
}

/* --- 3: what changed --- */

/* What people know a row by: its identity's columns. */
static void add_identity(const struct undoing *undoing, const struct catalogue_table *table,
	bool copied, struct str *sql)
{
	const struct dialect *dialect = undoing->instance->ry.dialect;
	if (table->identity_count == 0)
		str_add_text(sql, "NULL");
	for (size_t k = 0; k < table->identity_count; k++) {
		const struct catalogue_column *column = table->identity[k];
		struct str value CLEANUP(str_release) = STR_INIT;
		str_addf(sql, "%sCOALESCE(", k ? " || ' ' || " : "");
		if (copied) {
			dialect_row_column(
				&value, dialect, "u.content", table->full_name, column->name);
			dialect_apply(sql,
				column->type == COLUMN_TEXT ? dialect->text_to_text_f
							    : dialect->integer_to_text_f,
				value.at);
		} else {
			ry_text_of(&undoing->instance->ry, column, sql);
		}
		str_add_text(sql, ", '-')");
	}
}

/* Adds the rows of one table in a working table; those of the copy where they stand only there. */
static bool list_table(struct undoing *undoing, const struct catalogue_table *table,
	const char *working, bool copied, struct undo_rows *out, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value key = db_slice(undoing->out->copy.key);
	str_addf(&sql, "SELECT w.id, w.kind, ");
	add_identity(undoing, table, copied, &sql);
	str_addf(&sql, " FROM %s w ", working);
	undo_spell(undoing, table,
		copied ? "JOIN reqferry_undo_row u ON u.undokey = $1 AND u.tablename = {N} AND "
			 "u.rowid_ = w.id AND u.kind = 'erased' WHERE w.tablename = {N} ORDER BY "
			 "w.id"
		       : "LEFT JOIN {F} t ON t.{I} = w.id WHERE w.tablename = {N} ORDER BY w.id",
		&sql);
	if (!db_query(undoing->instance->db, sql.at, &key, copied ? 1 : 0, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		if (out->total++ >= ROWS_SHOWN)
			continue;
		bool gone = slice_is(db_rows_text(rows, 1), "deleted");
		out->list[out->count++] = (struct undo_row){.table = slice_of(table->name),
			.identity = gone ? SLICE_NULL
					 : arena_copy(undoing->arena, db_rows_text(rows, 2)),
			.kind = arena_copy(undoing->arena, db_rows_text(rows, 1)),
			.id = db_rows_int(rows, 0)};
	}
}

static bool list_rows(struct undoing *undoing, const char *working, bool copied,
	struct undo_rows *out, struct error *err)
{
	const struct catalogue *catalogue = undoing->instance->catalogue;
	if (!out->list)
		out->list = arena_zalloc(undoing->arena, ROWS_SHOWN * sizeof(*out->list));
	for (size_t t = 0; t < catalogue->table_count; t++)
		if (!list_table(undoing, &catalogue->tables[t], working, copied, out, err))
			return false;
	return true;
}

static bool list_all(struct undoing *undoing, struct error *err)
{
	struct undo_result *out = undoing->out;
	if (!list_rows(undoing, "reqferry_moved", false, &out->changes, err) ||
		!list_rows(undoing, "reqferry_kept", false, &out->kept, err) ||
		!list_rows(undoing, "reqferry_out", true, &out->left_out, err))
		return false;
	/* a lost row is a change as well: it says so before anything is left out */
	for (size_t i = 0; i < out->left_out.count; i++)
		if (slice_is(out->left_out.list[i].kind, "lost") && out->changes.count < ROWS_SHOWN)
			out->changes.list[out->changes.count++] = out->left_out.list[i];
	int64_t lost;
	if (!db_query_int(undoing->instance->db,
		    "SELECT count(*) FROM reqferry_out WHERE kind = 'lost'", NULL, 0, 0, &lost,
		    err))
		return false;
	out->changes.total += lost;
	return true;
}

static bool check_changes(const struct undoing *undoing, struct error *err)
{
	static const struct {
		const char *kind, *words;
	} words[] = {{"changed", "was changed since the import"},
		{"deleted", "was imported and is gone"}, {"added", "was added since the import"},
		{"referring", "lies elsewhere and refers to an imported row"},
		{"lost", "is in the safety copy and refers to a row that is gone"}};
	const struct undo_rows *changes = &undoing->out->changes;
	struct str names CLEANUP(str_release) = STR_INIT;
	if (changes->total == 0 || undoing->options->changes != UNDO_REFUSE)
		return true;
	for (size_t i = 0; i < changes->count; i++) {
		const struct undo_row *row = &changes->list[i];
		if (i < NAMES_SHOWN)
			str_addf(&names, "%s%.*s %lld (%.*s)", i ? ", " : "",
				SLICE_PRINT(row->table), (long long)row->id,
				SLICE_PRINT(row->kind));
		for (size_t w = 0; w < ARRAY_LEN(words); w++)
			if (slice_is(row->kind, words[w].kind))
				task_warn(undoing->task, "%.*s %lld%s%.*s%s %s",
					SLICE_PRINT(row->table), (long long)row->id,
					row->identity.at ? " (" : "", SLICE_PRINT(row->identity),
					row->identity.at ? ")" : "", words[w].words);
	}
	return FAIL_HINT(err, CHANGED,
		"Use --keep-changes to keep changed and added rows, or --discard-changes to "
		"restore the safety copy as it is.",
		"%lld row%s of the scope changed since the import: %s%s", (long long)changes->total,
		changes->total == 1 ? "" : "s", names.at,
		changes->total > NAMES_SHOWN ? ", ..." : "");
}

/* --- 4: take and restore --- */

static bool count_where(struct undoing *undoing, const struct catalogue_table *table,
	const char *template, int64_t *count, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	const struct db_value key = db_slice(undoing->out->copy.key);
	undo_spell(undoing, table, template, &sql);
	return db_query_int(
		undoing->instance->db, sql.at, &key, strstr(sql.at, "$1") ? 1 : 0, 0, count, err);
}

static bool check_count(const struct catalogue_table *table, const char *done, int64_t wanted,
	int64_t found, struct error *err)
{
	if (wanted == found)
		return true;
	return FAIL(err, COUNTS, "\"%s\": %lld rows were to be %s, %lld were", table->full_name,
		(long long)wanted, done, (long long)found);
}

static bool take_rows(
	struct undoing *undoing, const struct catalogue_table *table, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	int64_t wanted, taken;
	undo_spell(undoing, table,
		"DELETE FROM {F} WHERE {I} IN (SELECT d.id FROM reqferry_take d WHERE d.tablename "
		"= {N})",
		&sql);
	if (!count_where(undoing, table, "SELECT count(*) FROM reqferry_take WHERE tablename = {N}",
		    &wanted, err) ||
		!undo_exec(undoing, sql.at, &taken, err) ||
		!check_count(table, "taken away", wanted, taken, err))
		return false;
	tally_add(undoing->arena, &undoing->out->removed, slice_of(table->name), taken);
	return true;
}

#define RETURNING                                                                                  \
	" FROM reqferry_undo_row u LEFT JOIN reqferry_out o ON o.tablename = {N} AND o.id = "      \
	"u.rowid_ WHERE u.undokey = $1 AND u.tablename = {N} AND u.kind = 'erased' AND o.id IS "   \
	"NULL"

static bool restore_rows(
	struct undoing *undoing, const struct catalogue_table *table, struct error *err)
{
	const struct undo_columns *columns = &undoing->columns[table->index];
	struct str sql CLEANUP(str_release) = STR_INIT;
	int64_t wanted = 0, restored = 0;
	undo_spell(undoing, table, "INSERT INTO {F} (", &sql);
	for (size_t c = 0; c < columns->count; c++) {
		str_add_text(&sql, c ? ", " : "");
		db_identifier(&sql, columns->names[c]);
	}
	str_add_text(&sql, ") SELECT ");
	for (size_t c = 0; c < columns->count; c++) {
		str_add_text(&sql, c ? ", " : "");
		undo_value(undoing, table, columns->names[c], &sql);
	}
	undo_spell(undoing, table, RETURNING " ORDER BY u.rowid_", &sql);
	if (columns->count > 0 &&
		(!count_where(undoing, table, "SELECT count(*)" RETURNING, &wanted, err) ||
			!undo_exec(undoing, sql.at, &restored, err)))
		return false;
	tally_add(undoing->arena, &undoing->out->restored, slice_of(table->name), restored);
	return check_count(table, "restored", wanted, restored, err);
}

static bool take_and_restore(struct undoing *undoing, struct error *err)
{
	const struct catalogue *catalogue = undoing->instance->catalogue;
	task_step(undoing->task, "restore the safety copy", "tables", 2 * catalogue->table_count);
	/* referrers stand behind what they refer to: away backwards, back forwards */
	for (size_t t = catalogue->table_count; t-- > 0;) {
		if (!take_rows(undoing, &catalogue->tables[t], err))
			return false;
		task_advance(undoing->task, 1);
	}
	for (size_t t = 0; t < catalogue->table_count; t++) {
		if (!restore_rows(undoing, &catalogue->tables[t], err)) {
			error_context(err, "restoring \"%s\"", catalogue->tables[t].full_name);
			return false;
		}
		task_advance(undoing->task, 1);
	}
	return true;
}

/* --- 5: what came back --- */

/* Each row that came back says what the copy says; but its reference to a row that did not. */
static bool check_restored(struct undoing *undoing, struct error *err)
{
	const struct catalogue *catalogue = undoing->instance->catalogue;
	int64_t stood_for;
	if (!db_query_int(undoing->instance->db,
		    "SELECT count(*) FROM reqferry_out WHERE kept IS NOT NULL", NULL, 0, 0,
		    &stood_for, err))
		return false;
	for (size_t t = 0; stood_for == 0 && t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		const struct undo_columns *columns = &undoing->columns[t];
		struct str template CLEANUP(str_release) = STR_INIT;
		int64_t different;
		if (columns->count == 0)
			continue;
		str_add_text(&template, "SELECT count(*) FROM (SELECT u.content AS content, ");
		ry_columns_json(&undoing->instance->ry, columns->names, columns->count, &template);
		str_add_text(&template,
			" AS found FROM reqferry_undo_row u LEFT JOIN reqferry_out o ON "
			"o.tablename = {N} AND o.id = u.rowid_ LEFT JOIN {F} t ON t.{I} = "
			"u.rowid_ WHERE u.undokey = $1 AND u.tablename = {N} AND u.kind = "
			"'erased' AND o.id IS NULL) c WHERE c.found <> c.content");
		if (!count_where(undoing, table, template.at, &different, err))
			return false;
		if (different > 0)
			return FAIL(err, COUNTS,
				"\"%s\": %lld rows came back with other values than the safety "
				"copy holds",
				table->full_name, (long long)different);
	}
	return true;
}

/* --- 6: done --- */

static bool finish(struct undoing *undoing, struct error *err)
{
	static const char *const statements[] = {
		/* the ids of its rows mean nothing any more, unless a later import gave them */
		"UPDATE reqferry_item SET newid = NULL WHERE newid IS NOT NULL AND backupkey = "
		"(SELECT c.backupkey FROM reqferry_undo c WHERE c.undokey = $1 AND NOT EXISTS "
		"(SELECT 1 FROM reqferry_undo o WHERE o.backupkey = c.backupkey AND o.number > "
		"c.number AND o.undone IS NULL))",
		"DELETE FROM reqferry_undo_row WHERE undokey = $1",
		"DELETE FROM reqferry_undo_column WHERE undokey = $1"};
	char now[25];
	time_now_utc(now);
	const struct db_value values[] = {db_slice(undoing->out->copy.key), db_text(now)};
	for (size_t i = 0; i < ARRAY_LEN(statements); i++)
		if (!undo_exec(undoing, statements[i], NULL, err))
			return false;
	return db_exec(undoing->instance->db,
		       "UPDATE reqferry_undo SET undone = $2 WHERE undokey = $1", values, 2, NULL,
		       err) &&
	       undo_work_end(undoing, err);
}

static bool undo_body(void *context, struct error *err)
{
	struct undoing *undoing = context;
	/* again, under the write lock */
	return safety_find(undoing->instance, undoing->out->copy.key, undoing->arena,
		       &undoing->out->copy, err) &&
	       check_last(undoing, err) && load_columns(undoing, err) &&
	       check_columns(undoing, err) && undo_work_begin(undoing, err) &&
	       undo_compare(undoing, err) && undo_decide(undoing, err) && list_all(undoing, err) &&
	       check_changes(undoing, err) && take_and_restore(undoing, err) &&
	       check_restored(undoing, err) && finish(undoing, err);
}

bool undo_run(struct instance *instance, const struct undo_options *options, struct task *task,
	struct arena *arena, struct undo_result *out, struct error *err)
{
	struct undo_result result = {.seconds = 0};
	struct undoing undoing = {.instance = instance,
		.options = options,
		.task = task,
		.arena = arena,
		.out = &result};
	int64_t started = time_monotonic_ms();
	if (!safety_find(instance, options->key, arena, &result.copy, err) ||
		!check_confirmed(&undoing, err) ||
		!step_run(instance, "undo", result.copy.backup_key, task, undo_body, &undoing, err))
		return false;
	result.seconds = (double)(time_monotonic_ms() - started) / 1000.0;
	*out = result;
	return true;
}
