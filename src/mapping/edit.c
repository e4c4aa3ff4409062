/*
 * Mappings by hand. Each edit is one transaction and one batch of the history: new states go into
 * reqferry_m_next, what is derived from them is reset, all is written (change.c).
 */
#include "mapping/internal.h"

static struct sql_words words_of(struct db *db)
{
	return (struct sql_words){.dialect = db_dialect(db)};
}

#define OLD_TARGET MAPPING_TARGET("m.status", "m.destinationvalue")

#define NEXT                                                                                       \
	"INSERT INTO reqferry_m_next (id, rev, status, destination, certainty, rule, outcome,"     \
	" derivedfrom, level, moved) SELECT m.id, m.rev, "

/* --- one -------------------------------------------------------------------------------------- */

static bool check_destination(struct host *host, enum entity entity, struct slice text, bool force,
	struct task *task, struct arena *arena, struct slice *key, struct error *err)
{
	bool checked;

	if (slice_is_empty(text)) {
		if (entity != ENTITY_USER)
			return FAIL_HINT(err, INPUT,
				"Exclude it with \"map exclude\" to leave its rows out.",
				"only a USER may be mapped to nothing");
		*key = SLICE_NULL;
		return true;
	}
	if (force) {
		*key = text;
		return true;
	}
	if (!destination_find(host, entity, text, arena, key, &checked, err))
		return false;
	if (!checked)
		task_warn(task,
			"the %s \"%.*s\" cannot be seen in this database: whether it is there was "
			"not "
			"checked",
			mapping_type(entity)->noun, SLICE_PRINT(*key));
	return true;
}

static bool put_one(struct db *db, struct slice backup_key, int64_t id, struct slice destination,
	struct error *err)
{
	const struct db_value values[] = {db_slice(backup_key), db_int(id), db_slice(destination)};

	/* a mapping that is so already is left alone; one that was confirmed is now set */
	return db_exec(db,
		NEXT
		"'MAPPED_MANUAL', $3, NULL, NULL, 'found', m.derivedfrom, 0, CASE WHEN " OLD_TARGET
		" IS DISTINCT FROM $3 OR m.status = 'EXCLUDED' THEN 1 ELSE 0 END"
		" FROM reqferry_mapping m WHERE m.backupkey = $1 AND m.id = $2"
		" AND (m.status IS DISTINCT FROM 'MAPPED_MANUAL' OR m.rule IS NOT NULL"
		" OR m.destinationvalue IS DISTINCT FROM $3)",
		values, ARRAY_LEN(values), NULL, err);
}

struct set {
	struct host *host;
	struct slice backup_key;
	const char *type, *key, *dependencies;
	struct slice destination;
	bool force;
	struct task *task;
};

static bool set_one(const struct set *set, int64_t *reset, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const struct sql_words words = words_of(set->host->db);
	struct db *db = set->host->db;
	struct change change = {
		.db = db, .backup_key = set->backup_key, .task = set->task, .kind = CHANGE_SET};
	struct slice destination;
	int64_t id;

	return find_mapping(
		       db, set->backup_key, set->type, set->key, set->dependencies, &id, err) &&
	       check_destination(set->host, entity_by_name(slice_of(set->type)), set->destination,
		       set->force, set->task, &arena, &destination, err) &&
	       change_make(db, &words, err) && put_one(db, set->backup_key, id, destination, err) &&
	       change_reset(&change, reset, err) && change_warn(&change, err) &&
	       change_write(&change, err);
}

bool mapping_set(struct host *host, struct slice backup_key, const char *type, const char *key,
	const char *dependencies, const char *destination, bool force, struct task *task,
	int64_t *reset, struct error *err)
{
	const struct set set = {
		host, backup_key, type, key, dependencies, slice_of(destination), force, task};
	int64_t count;

	if (!stage_prepare(host->db, err) ||
		!stage_begin_locked(host->db, backup_key, "map", task->actor, err))
		return false;
	if (!set_one(&set, &count, err) || !db_commit(host->db, err)) {
		db_rollback(host->db);
		return false;
	}
	if (reset)
		*reset = count;
	return true;
}

/* --- many ------------------------------------------------------------------------------------- */

static const struct {
	enum mapping_change_kind kind;
	const char *next;  /* the new state, behind id and rev */
	const char *where; /* which rows it changes */
	const char *step;
} edits[] = {
	[MAPPING_CONFIRM] = {CHANGE_CONFIRM,
		"'MAPPED_MANUAL', m.destinationvalue, NULL, m.rule, m.outcome, "
		"m.derivedfrom, 0, 0",
		"m.status = 'MAPPED_AUTO' AND m.destinationvalue IS NOT NULL", "confirm mappings"},
	[MAPPING_CLEAR] = {CHANGE_CLEAR, "NULL, NULL, NULL, NULL, NULL, NULL, 0, 1",
		"m.status IS NOT NULL", "clear mappings"},
	[MAPPING_EXCLUDE] = {CHANGE_EXCLUDE,
		"'EXCLUDED', NULL, NULL, NULL, NULL, m.derivedfrom, 0, 1",
		"m.status IS DISTINCT FROM 'EXCLUDED'", "exclude mappings"},
};

struct edit {
	struct db *db;
	struct stage_backup backup;
	enum mapping_edit edit;
	const struct mapping_filter *filter;
	bool dry_run;
	struct task *task;
};

static const char *scope_type(const struct edit *edit)
{
	bool jira = slice_is(edit->backup.product, product_name(PRODUCT_JIRA));

	return entity_name(jira ? ENTITY_PROJECT : ENTITY_SPACE);
}

/* Appends which rows are changed: $1 the backup, the filter's own, and nothing else. */
static void edit_where(const struct edit *edit, const struct filter_sql *filter, struct str *sql)
{
	str_addf(sql, " WHERE %s AND %s", filter->where.at, edits[edit->edit].where);
	if (edit->filter->after > 0)
		str_addf(sql, " AND m.id > %lld", (long long)edit->filter->after);
}

static bool put_all(const struct edit *edit, const struct filter_sql *filter, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;

	str_addf(&sql, NEXT "%s FROM reqferry_mapping m", edits[edit->edit].next);
	edit_where(edit, filter, &sql);
	str_add_text(&sql, " ORDER BY m.id");
	if (edit->filter->limit > 0 && !edit->filter->dependencies)
		str_addf(&sql, " LIMIT %lld", (long long)edit->filter->limit);
	return db_exec(edit->db, sql.at, filter->values, filter->count, NULL, err);
}

/* The ids of what was put and is not meant: of other dependencies, or beyond the limit. */
static bool find_others(const struct edit *edit, struct arena *arena, int64_t **out, size_t *count,
	struct error *err)
{
	const struct db_value key = db_slice(edit->backup.key);
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	int64_t total, kept = 0;

	if (!db_query_int(
		    edit->db, "SELECT COUNT(*) FROM reqferry_m_next", NULL, 0, 0, &total, err) ||
		!db_query(edit->db,
			"SELECT m.id, m.dependencies FROM reqferry_m_next n JOIN "
			"reqferry_mapping m ON m.backupkey = $1 AND m.id = n.id ORDER BY m.id",
			&key, 1, &rows, err))
		return false;
	*out = arena_alloc(arena, (size_t)total * sizeof(**out));
	*count = 0;
	for (bool row; *count < (size_t)total;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		if (filter_dependencies(edit->filter, db_rows_text(rows, 1)) &&
			(edit->filter->limit == 0 || kept < edit->filter->limit))
			kept++;
		else
			(*out)[(*count)++] = db_rows_int(rows, 0);
	}
	return true;
}

static bool put_others(struct db *db, const int64_t *ids, size_t count, struct error *err)
{
	static const char *const columns[] = {"id"};
	const struct sql_words words = words_of(db);
	struct db_bulk *bulk;

	if (!sql_make_table(
		    db, &words, "reqferry_m_other", "id {int64} NOT NULL PRIMARY KEY", NULL, err) ||
		!db_bulk_open(db, "reqferry_m_other", columns, 1, &bulk, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct db_value id = db_int(ids[i]);

		if (!db_bulk_row(bulk, &id, err)) {
			db_bulk_discard(&bulk);
			return false;
		}
	}
	return db_bulk_end(&bulk, err);
}

/* Dependencies are compared by C: takes those out again that are others. */
static bool keep_dependencies(const struct edit *edit, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	int64_t *ids;
	size_t count;

	if (!edit->filter->dependencies)
		return true;
	return find_others(edit, &arena, &ids, &count, err) &&
	       put_others(edit->db, ids, count, err) &&
	       db_exec(edit->db,
		       "DELETE FROM reqferry_m_next WHERE id IN (SELECT o.id FROM reqferry_m_other "
		       "o)",
		       NULL, 0, NULL, err) &&
	       sql_drop_table(edit->db, "reqferry_m_other", err);
}

/* The backup's own space or project is never excluded. */
static bool keep_scope(const struct edit *edit, struct error *err)
{
	const struct db_value values[] = {db_slice(edit->backup.key), db_text(scope_type(edit)),
		db_slice(edit->backup.scope)};
	int64_t removed, left;

	if (edit->edit != MAPPING_EXCLUDE || !edit->backup.scope.at)
		return true;
	if (!db_exec(edit->db,
		    "DELETE FROM reqferry_m_next WHERE id IN (SELECT m.id FROM reqferry_mapping m "
		    "WHERE m.backupkey = $1 AND m.type = $2 AND m.key = $3)",
		    values, ARRAY_LEN(values), &removed, err) ||
		!db_query_int(
			edit->db, "SELECT COUNT(*) FROM reqferry_m_next", NULL, 0, 0, &left, err))
		return false;
	if (removed == 0)
		return true;
	if (left == 0)
		return FAIL_HINT(err, REFUSED, "Map it to where the backup shall be imported.",
			"%s \"%.*s\" is what the backup covers: it cannot be excluded",
			scope_type(edit), SLICE_PRINT(edit->backup.scope));
	task_warn(edit->task, "%s \"%.*s\" is what the backup covers: it is not excluded",
		scope_type(edit), SLICE_PRINT(edit->backup.scope));
	return true;
}

static bool edit_all(const struct edit *edit, int64_t *count, struct error *err)
{
	const struct sql_words words = words_of(edit->db);
	struct change change = {.db = edit->db,
		.backup_key = edit->backup.key,
		.task = edit->task,
		.kind = edits[edit->edit].kind};
	CLEANUP(filter_release) struct filter_sql filter;
	int64_t reset;

	filter_make(edit->backup.key, edit->filter, &filter);
	task_step(edit->task, edits[edit->edit].step, "mappings", 0);
	if (!change_make(edit->db, &words, err) || !put_all(edit, &filter, err) ||
		!keep_dependencies(edit, err) || !keep_scope(edit, err) ||
		!db_query_int(
			edit->db, "SELECT COUNT(*) FROM reqferry_m_next", NULL, 0, 0, count, err))
		return false;
	if (edit->dry_run)
		return sql_drop_table(edit->db, "reqferry_m_next", err);
	return change_reset(&change, &reset, err) && change_warn(&change, err) &&
	       change_write(&change, err);
}

bool mapping_edit(struct db *db, struct slice backup_key, enum mapping_edit edit,
	const struct mapping_filter *filter, bool dry_run, struct task *task, int64_t *count,
	struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct edit all = {
		.db = db, .edit = edit, .filter = filter, .dry_run = dry_run, .task = task};
	int64_t changed;

	if (!mapping_filter_check(filter, err) || !stage_prepare(db, err) ||
		!stage_begin_locked(db, backup_key, "map", task->actor, err))
		return false;
	if (!stage_backup_get(db, backup_key, &arena, &all.backup, err) ||
		!edit_all(&all, &changed, err) || !db_commit(db, err)) {
		db_rollback(db);
		return false;
	}
	*count = changed;
	return true;
}
