/*
 * JSON fields whose links name spaces, and upper-case copies: rewritten by the program in one
 * streamed pass, everything else is set-based SQL. Of JSON only byte spans change (json/spans.h).
 */
#include "backup/upper.h"
#include "base/dict.h"
#include "db/letter.h"
#include "ops/resolve.h"
#include "json/spans.h"

#define UNCLEAR_TOLD 100

/* The new key of each old space key; several application links may disagree. */
struct spaces {
	struct arena arena;
	struct dict keys; /* old key -> index into targets */
	struct target {
		struct slice key;
		bool unclear;
	} * targets;
	struct dict of_issue; /* "issue\0old key" -> struct target *, of unclear keys */
	struct slice issue;   /* of the row at hand */
	bool met_unclear;     /* by the text that is being rewritten */
};

static void issue_key(struct str *out, struct slice issue, struct slice space)
{
	str_add(out, issue);
	str_add_char(out, '\0');
	str_add(out, space);
}

/* The column of a table that names a space behind an application link; NULL when there is none. */
static const struct catalogue_column *linked_space(const struct catalogue_table *table)
{
	for (size_t c = 0; c < table->column_count; c++)
		for (size_t u = 0; u < table->columns[c].use_count; u++)
			if (table->columns[c].uses[u].entity == ENTITY_SPACE &&
				table->columns[c].uses[u].dependency_count > 0)
				return &table->columns[c];
	return NULL;
}

/* What an issue's own links say of the space keys that application links map differently. */
static bool load_links(struct instance *instance, struct slice backup_key,
	const struct catalogue_column *row, struct spaces *spaces, struct error *err)
{
	const struct catalogue_table *links = row->owner, *target = row->uses[0].table;
	const struct catalogue_column *space = linked_space(target);
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value value = db_slice(backup_key);
	if (!space || links->scope != SCOPE_ISSUE)
		return true;
	str_addf(&sql, "SELECT DISTINCT l.f%u, i.f%u, m%u.destination FROM reqferry_item i",
		links->scope_columns[0]->field, space->field, space->field);
	ry_join_mapping(space, &sql);
	str_addf(&sql,
		" JOIN reqferry_item l ON l.backupkey = i.backupkey AND l.f%u = i.oldid WHERE "
		"i.backupkey = $1 AND m%u.destination IS NOT NULL AND i.f%u IN (SELECT key FROM "
		"reqferry_resolved WHERE type = 'SPACE' AND destination IS NOT NULL GROUP BY key "
		"HAVING count(DISTINCT destination) > 1) AND i.tablename = ",
		row->field, space->field, space->field);
	db_literal(&sql, slice_of(target->name));
	str_add_text(&sql, " AND l.tablename = ");
	db_literal(&sql, slice_of(links->name));
	if (!db_query(instance->db, sql.at, &value, 1, &rows, err))
		return false;
	for (bool more;;) {
		if (!db_rows_next(rows, &more, err))
			return false;
		if (!more)
			return true;
		struct str name CLEANUP(str_release) = STR_INIT;
		struct target *link = arena_zalloc(&spaces->arena, sizeof(*link));
		bool added;
		issue_key(&name, db_rows_text(rows, 0), db_rows_text(rows, 1));
		struct dict_entry *entry = dict_put(
			&spaces->of_issue, str_slice(&name), (int64_t)(intptr_t)link, &added);
		if (added)
			link->key = arena_copy(&spaces->arena, db_rows_text(rows, 2));
		else
			((struct target *)(intptr_t)entry->value)->unclear = true;
	}
}

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

/* For every table that ties issues to rows which name spaces. */
static bool load_all_links(struct instance *instance, struct slice backup_key,
	struct spaces *spaces, struct error *err)
{
	for (size_t t = 0; t < instance->catalogue->table_count; t++) {
		const struct catalogue_table *table = &instance->catalogue->tables[t];
		for (size_t c = 0; c < table->column_count; c++)
			if (table->columns[c].uses[0].role == ROLE_ROW &&
				!load_links(instance, backup_key, &table->columns[c], spaces, err))
				return false;
	}
	return true;
}

static struct slice replace_space(void *context, struct slice key)
{
	struct spaces *spaces = context;
	const struct dict_entry *entry = dict_find(&spaces->keys, key);
	if (!entry)
		return SLICE_NULL;
	const struct target *target = &spaces->targets[entry->value];
	if (!target->unclear)
		return target->key;
	struct str name CLEANUP(str_release) = STR_INIT;
	issue_key(&name, spaces->issue, key);
	entry = dict_find(&spaces->of_issue, str_slice(&name));
	const struct target *link = entry ? (const struct target *)(intptr_t)entry->value : NULL;
	if (link && !link->unclear)
		return link->key;
	spaces->met_unclear = true;
	return SLICE_NULL;
}

static bool rewrite_column(struct instance *instance, struct slice key,
	const struct catalogue_column *column, struct spaces *spaces, struct task *task,
	int64_t *unclear, int64_t *invalid, struct error *err)
{
	static const char *const columns[] = {"item", "field", "value"};
	struct db_bulk *bulk CLEANUP(db_bulk_discard) = NULL;
	struct str sql CLEANUP(str_release) = STR_INIT, text CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value value = db_slice(key);
	const struct catalogue_table *table = column->owner;
	unsigned issue =
		table->scope == SCOPE_ISSUE ? table->scope_columns[0]->field : column->field;
	str_addf(&sql,
		"SELECT i.id, i.f%u, i.f%u, i.oldid FROM reqferry_item i LEFT JOIN reqferry_fate x "
		"ON x.item = i.id WHERE i.backupkey = $1 AND i.f%u IS NOT NULL AND x.item IS NULL "
		"AND i.tablename "
		"= ",
		column->field, issue, column->field);
	db_literal(&sql, slice_of(column->owner->name));
	/* in this order: while a bulk is open nothing can be asked */
	if (!db_query(instance->db, sql.at, &value, 1, &rows, err) ||
		!db_bulk_open(
			instance->db, "reqferry_json", columns, ARRAY_LEN(columns), &bulk, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return db_bulk_end(&bulk, err);
		str_clear(&text);
		spaces->issue = db_rows_text(rows, 2);
		spaces->met_unclear = false;
		struct json_links_result result =
			json_links_rewrite(db_rows_text(rows, 1), replace_space, spaces, &text);
		*invalid += !result.valid;
		if (spaces->met_unclear && (*unclear)++ < UNCLEAR_TOLD)
			task_warn(task,
				"%s %.*s, column \"%s\": several application links map a space "
				"differently: its name is copied unchanged",
				table->name, SLICE_PRINT(db_rows_text(rows, 3)), column->name);
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
	struct spaces spaces = {.arena = ARENA_INIT, .keys = DICT_INIT, .of_issue = DICT_INIT};
	*unclear = *invalid = 0;
	task_step(task, "rewrite the audit trail", "rows", 0);
	bool ok = load_spaces(instance, &spaces, err) &&
		  load_all_links(instance, backup->key, &spaces, err);
	for (size_t t = 0; ok && t < instance->catalogue->table_count; t++) {
		const struct catalogue_table *table = &instance->catalogue->tables[t];
		for (size_t c = 0; ok && c < table->column_count; c++)
			if (table->columns[c].uses[0].role == ROLE_JSON_LINKS)
				ok = rewrite_column(instance, backup->key, &table->columns[c],
					&spaces, task, unclear, invalid, err);
	}
	dict_release(&spaces.keys);
	dict_release(&spaces.of_issue);
	arena_release(&spaces.arena);
	return ok;
}

/* --- upper-case copies --- */

struct copy {
	struct copy *next;
	int64_t item;
	struct slice text;
};

/* The database's own upper case says which are worth a look: nearly all agree. */
static bool find_copies(struct instance *instance, struct slice key,
	const struct catalogue_column *column, struct arena *arena, struct copy **copies,
	struct error *err)
{
	unsigned base = column->uses[0].follows->field;
	struct str sql CLEANUP(str_release) = STR_INIT, text CLEANUP(str_release) = STR_INIT,
		       upper CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value value = db_slice(key);
	str_addf(&text, "i.f%u", base);
	str_addf(&sql,
		"SELECT i.id, i.f%u, i.f%u FROM reqferry_item i LEFT JOIN reqferry_fate x ON "
		"x.item = i.id WHERE i.backupkey = $1 AND x.item IS NULL AND i.problem IS NULL AND "
		"i.f%u <> COALESCE(",
		column->field, base, column->field);
	dialect_apply(&sql, db_dialect(instance->db)->upper_f, text.at);
	str_add_text(&sql, ", '') AND i.tablename = ");
	db_literal(&sql, slice_of(column->owner->name));
	if (!db_query(instance->db, sql.at, &value, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		struct slice followed = db_rows_text(rows, 2);
		if (upper_matches(db_rows_text(rows, 1), followed))
			continue;
		struct copy *copy = arena_alloc(arena, sizeof(*copy));
		str_clear(&upper);
		letter_upper(followed, &upper);
		*copy = (struct copy){
			*copies, db_rows_int(rows, 0), arena_copy(arena, str_slice(&upper))};
		*copies = copy;
	}
}

static bool add_copies(struct instance *instance, const struct catalogue_column *column,
	const struct copy *copies, struct error *err)
{
	for (; copies; copies = copies->next) {
		const struct db_value values[] = {
			db_int(copies->item), db_int(column->field), db_slice(copies->text)};
		if (!db_exec(instance->db,
			    "INSERT INTO reqferry_json (item, field, value) VALUES ($1, $2, $3)",
			    values, ARRAY_LEN(values), NULL, err))
			return false;
	}
	return true;
}

bool resolve_upper(struct instance *instance, const struct stage_backup *backup, struct error *err)
{
	const struct catalogue *catalogue = instance->catalogue;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		for (size_t c = 0; c < catalogue->tables[t].column_count; c++) {
			const struct catalogue_column *column = &catalogue->tables[t].columns[c];
			struct arena arena CLEANUP(arena_release) = ARENA_INIT;
			struct copy *copies = NULL;
			if (column->uses[0].role == ROLE_UPPER &&
				(!find_copies(
					 instance, backup->key, column, &arena, &copies, err) ||
					!add_copies(instance, column, copies, err)))
				return false;
		}
	}
	return true;
}
