/*
 * JSON fields whose links name spaces: rewritten by the program in one streamed pass, everything
 * else is set-based SQL. Only byte spans change (json/spans.h).
 */
#include "base/dict.h"
#include "ops/resolve.h"
#include "json/spans.h"

/* The new key of each old space key; several application links may disagree. */
struct spaces {
	struct arena arena;
	struct dict keys; /* old key -> index into targets */
	struct target {
		struct slice key;
		bool unclear;
	} * targets;
	bool met_unclear; /* by the text that is being rewritten */
};

static bool load_spaces(struct instance *instance, struct spaces *spaces, struct error *err)
{
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	int64_t count;
	if (!db_query_int(instance->db,
		    "SELECT count(*) FROM reqferry_resolved WHERE type = 'SPACE'", NULL, 0, 0,
		    &count, err))
		return false;
	spaces->targets =
		arena_alloc(&spaces->arena, ((size_t)count + 1) * sizeof(*spaces->targets));
	if (!db_query(instance->db,
		    "SELECT DISTINCT key, destination FROM reqferry_resolved WHERE type = 'SPACE' "
		    "AND "
		    "destination IS NOT NULL",
		    NULL, 0, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		bool added;
		struct dict_entry *entry = dict_put(
			&spaces->keys, db_rows_text(rows, 0), (int64_t)spaces->keys.count, &added);
		struct target *target = &spaces->targets[entry->value];
		if (added)
			*target = (struct target){
				arena_copy(&spaces->arena, db_rows_text(rows, 1)), false};
		else
			target->unclear = true;
	}
}

static struct slice replace_space(void *context, struct slice key)
{
	struct spaces *spaces = context;
	const struct dict_entry *entry = dict_find(&spaces->keys, key);
	if (!entry)
		return SLICE_NULL;
	const struct target *target = &spaces->targets[entry->value];
	if (target->unclear) {
		spaces->met_unclear = true;
		return SLICE_NULL;
	}
	return target->key;
}

static bool rewrite_column(struct instance *instance, struct slice key,
	const struct catalogue_column *column, struct spaces *spaces, struct task *task,
	struct db_bulk *bulk, int64_t *unclear, int64_t *invalid, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT, text CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value value = db_slice(key);
	str_addf(&sql,
		"SELECT i.id, i.f%u FROM reqferry_item i LEFT JOIN reqferry_fate x ON x.item = "
		"i.id "
		"WHERE i.backupkey = $1 AND i.f%u IS NOT NULL AND x.item IS NULL AND i.tablename "
		"= ",
		column->field, column->field);
	db_literal(&sql, slice_of(column->owner->name));
	if (!db_query(instance->db, sql.at, &value, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		str_clear(&text);
		spaces->met_unclear = false;
		struct json_links_result result =
			json_links_rewrite(db_rows_text(rows, 1), replace_space, spaces, &text);
		*invalid += !result.valid;
		*unclear += spaces->met_unclear;
		task_advance(task, 1);
		if (!result.valid || result.changed == 0)
			continue;
		const struct db_value values[] = {db_int(db_rows_int(rows, 0)),
			db_int(column->field), db_slice(str_slice(&text))};
		if (!db_bulk_row(bulk, values, err))
			return false;
	}
}

bool resolve_json(struct instance *instance, const struct stage_backup *backup, struct task *task,
	int64_t *unclear, int64_t *invalid, struct error *err)
{
	static const char *const columns[] = {"item", "field", "value"};
	struct spaces spaces = {.arena = ARENA_INIT, .keys = DICT_INIT};
	struct db_bulk *bulk = NULL;
	*unclear = *invalid = 0;
	task_step(task, "rewrite the audit trail", "rows", 0);
	bool ok = load_spaces(instance, &spaces, err) &&
		  db_bulk_open(
			  instance->db, "reqferry_json", columns, ARRAY_LEN(columns), &bulk, err);
	for (size_t t = 0; ok && t < instance->catalogue->table_count; t++) {
		const struct catalogue_table *table = &instance->catalogue->tables[t];
		for (size_t c = 0; ok && c < table->column_count; c++)
			if (table->columns[c].uses[0].role == ROLE_JSON_LINKS)
				ok = rewrite_column(instance, backup->key, &table->columns[c],
					&spaces, task, bulk, unclear, invalid, err);
	}
	if (ok)
		ok = db_bulk_end(&bulk, err);
	else if (bulk)
		db_bulk_discard(&bulk);
	dict_release(&spaces.keys);
	arena_release(&spaces.arena);
	return ok;
}
