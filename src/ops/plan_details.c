/*
 * What a plan says beside its counts by table: which spaces or projects lose rows, which mappings
 * leave rows out, which rows are rejected, and in what merged rows differ from those that stay.
 */
#include "ops/planner.h"

#define EXCLUSIONS_SHOWN  100
#define REJECTIONS_SHOWN  100
#define DIFFERENCES_SHOWN 100

/* --- spaces and projects --- */

/*
 * SQL for the key of the one space or project that the row `alias` belongs to, NULL when it is none
 * or several, with the joins that it needs.
 */
static void place_of(struct instance *instance, const struct catalogue_table *table,
	const char *alias, struct str *joins, struct str *key)
{
	struct str keys[2] = {STR_INIT, STR_INIT};
	size_t ends = table->scope == SCOPE_EITHER ? 2 : table->scope == SCOPE_ROW ? 1 : 0;
	for (size_t i = 0; i < ends; i++) {
		const struct catalogue_column *column = table->scope_columns[i];
		char parent[64];
		snprintf(parent, sizeof(parent), "%s%c", alias, i ? 'b' : 'a');
		str_add_text(joins, " LEFT JOIN ");
		ry_from(&instance->ry, column->uses[0].table, parent, joins);
		str_add_text(joins, " ON ");
		ry_id(&instance->ry, parent, joins);
		str_addf(joins, " = %s.", alias);
		db_identifier(joins, column->name);
		place_of(instance, column->uses[0].table, parent, joins, &keys[i]);
	}
	if (ends == 2) {
		str_addf(key, "CASE WHEN %s = %s THEN %s END", keys[0].at, keys[1].at, keys[0].at);
	} else if (ends == 1) {
		str_add(key, str_slice(&keys[0]));
	} else if (table->scope == SCOPE_COLUMN) {
		str_addf(key, "%s.", alias);
		db_identifier(key, table->scope_columns[0]->name);
	} else if (table->scope == SCOPE_ISSUE) {
		str_addf(joins, " LEFT JOIN %s %sh ON %sh.id = %s.",
			host_relation(&instance->host, HOST_ISSUES), alias, alias, alias);
		db_identifier(joins, table->scope_columns[0]->name);
		str_addf(key, "%sh.projectkey", alias);
	} else {
		str_add_text(key, "NULL");
	}
	str_release(&keys[0]);
	str_release(&keys[1]);
}

static struct plan_scope *scope_named(struct planner *planner, struct slice key)
{
	struct plan *plan = planner->plan;
	for (size_t i = 0; i < plan->scope_count; i++)
		if (slice_equal(plan->scopes[i].key, key))
			return &plan->scopes[i];
	if (plan->scope_count == plan->scope_room) {
		plan->scope_room = plan->scope_room ? 2 * plan->scope_room : 8;
		struct plan_scope *list =
			arena_alloc(planner->arena, plan->scope_room * sizeof(*list));
		if (plan->scope_count > 0)
			memcpy(list, plan->scopes, plan->scope_count * sizeof(*list));
		plan->scopes = list;
	}
	struct plan_scope *scope = &plan->scopes[plan->scope_count++];
	*scope = (struct plan_scope){.key = arena_copy(planner->arena, key)};
	return scope;
}

/* Rows to be erased of one table, each by the place that it belongs to. */
static bool count_erased(
	struct planner *planner, const struct catalogue_table *table, struct error *err)
{
	const struct ry *ry = &planner->instance->ry;
	struct str sql CLEANUP(str_release) = STR_INIT, joins CLEANUP(str_release) = STR_INIT,
		       key CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	place_of(planner->instance, table, "t", &joins, &key);
	str_addf(&sql, "SELECT g.place, count(*) FROM (SELECT %s AS place FROM ", key.at);
	ry_from(ry, table, "t", &sql);
	str_add_text(&sql, " JOIN reqferry_erase e ON e.tablename = ");
	db_literal(&sql, slice_of(table->full_name));
	str_add_text(&sql, " AND e.id = ");
	ry_id(ry, "t", &sql);
	str_addf(&sql, "%s) g GROUP BY g.place ORDER BY g.place", joins.at);
	if (!db_query(planner->instance->db, sql.at, NULL, 0, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		struct slice place = db_rows_text(rows, 0);
		int64_t count = db_rows_int(rows, 1);
		if (!place.at) {
			tally_add(planner->arena, &planner->plan->erase_scopeless,
				slice_of(table->name), count);
			continue;
		}
		struct plan_scope *scope = scope_named(planner, place);
		tally_add(planner->arena, &scope->erase, slice_of(table->name), count);
		scope->erased += count;
	}
}

/* The places that rows of one table come into. */
static bool find_receivers(
	struct planner *planner, const struct catalogue_table *table, struct error *err)
{
	const struct catalogue_column *column = table->scope_columns[0];
	const struct db_value key = db_slice(planner->backup->key);
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	if (table->scope != SCOPE_COLUMN && table->scope != SCOPE_ISSUE)
		return true;
	str_addf(&sql, "SELECT DISTINCT m%u.%s FROM reqferry_item i", column->field,
		table->scope == SCOPE_COLUMN ? "destination" : "projectkey");
	ry_join_mapping(column, &sql);
	str_add_text(&sql, " LEFT JOIN reqferry_fate x ON x.item = i.id WHERE i.backupkey = $1 AND "
			   "x.item IS NULL AND i.tablename = ");
	db_literal(&sql, slice_of(table->name));
	if (!db_query(planner->instance->db, sql.at, &key, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		if (db_rows_text(rows, 0).at)
			scope_named(planner, db_rows_text(rows, 0))->receives = true;
	}
}

static bool name_scopes(struct planner *planner, struct error *err)
{
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	if (!db_query(planner->instance->db,
		    "SELECT scopekey FROM reqferry_scope ORDER BY scopekey", NULL, 0, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		scope_named(planner, db_rows_text(rows, 0));
	}
}

bool planner_find_scopes(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	struct plan *plan = planner->plan;
	if (!name_scopes(planner, err))
		return false;
	for (size_t t = 0; t < catalogue->table_count; t++)
		if (!count_erased(planner, &catalogue->tables[t], err) ||
			!find_receivers(planner, &catalogue->tables[t], err))
			return false;
	for (size_t i = 0; i < plan->scope_count; i++)
		tally_add(planner->arena, &plan->erase_scopes, plan->scopes[i].key,
			plan->scopes[i].erased);
	return true;
}

/* --- exclusions --- */

static void add_exclusion(struct planner *planner, struct db_rows *rows, int64_t *last)
{
	struct plan *plan = planner->plan;
	int64_t id = db_rows_int(rows, 0);
	if (id != *last && plan->exclusion_total++ < EXCLUSIONS_SHOWN) {
		struct plan_exclusion *exclusion = &plan->exclusions[plan->exclusion_count++];
		*exclusion = (struct plan_exclusion){.rows = 0};
		struct slice *const members[] = {&exclusion->type, &exclusion->key,
			&exclusion->dependencies, &exclusion->title};
		for (size_t i = 0; i < ARRAY_LEN(members); i++)
			*members[i] = arena_copy(planner->arena, db_rows_text(rows, i + 1));
	}
	*last = id;
	if (plan->exclusion_total > EXCLUSIONS_SHOWN)
		return;
	struct plan_exclusion *exclusion = &plan->exclusions[plan->exclusion_count - 1];
	tally_add(planner->arena, &exclusion->tables, db_rows_text(rows, 5), db_rows_int(rows, 6));
	exclusion->rows += db_rows_int(rows, 6);
}

bool planner_find_exclusions(struct planner *planner, struct error *err)
{
	struct plan *plan = planner->plan;
	const struct db_value key = db_slice(planner->backup->key);
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	int64_t last = -1;
	plan->exclusions =
		arena_alloc(planner->arena, EXCLUSIONS_SHOWN * sizeof(*plan->exclusions));
	if (!db_query(planner->instance->db,
		    "SELECT m.id, m.type, m.key, m.dependencies, COALESCE(m.title, m.username, "
		    "m.issuekey), x.tablename, count(*), min(x.item) FROM reqferry_fate x JOIN "
		    "(SELECT mapping, count(*) AS n FROM "
		    "reqferry_fate WHERE fate = 'excluded' GROUP BY mapping) g ON g.mapping = "
		    "x.mapping JOIN reqferry_mapping m ON m.backupkey = $1 AND m.id = x.mapping "
		    "WHERE x.fate = 'excluded' GROUP BY g.n, m.id, m.type, m.key, m.dependencies, "
		    "m.title, m.username, m.issuekey, x.tablename ORDER BY g.n DESC, m.id, "
		    "min(x.item)",
		    &key, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		add_exclusion(planner, rows, &last);
	}
	int64_t excluded;
	if (!planner_count(planner,
		    "SELECT count(*) FROM reqferry_resolved WHERE status = 'EXCLUDED'", &excluded,
		    err))
		return false;
	plan->exclusion_idle = excluded - plan->exclusion_total;
	return true;
}

/* --- rejections --- */

bool planner_find_rejections(struct planner *planner, struct error *err)
{
	struct plan *plan = planner->plan;
	const struct db_value key = db_slice(planner->backup->key);
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	if (tally_total(&plan->reject) == 0)
		return true;
	plan->rejections =
		arena_alloc(planner->arena, REJECTIONS_SHOWN * sizeof(*plan->rejections));
	if (!db_query(planner->instance->db,
		    "SELECT i.tablename, i.oldid, i.problem FROM reqferry_fate x JOIN "
		    "reqferry_item "
		    "i ON i.backupkey = $1 AND i.id = x.item WHERE x.fate = 'rejected' ORDER BY "
		    "i.id",
		    &key, 1, &rows, err))
		return false;
	while (plan->rejection_count < REJECTIONS_SHOWN) {
		bool row;
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		struct plan_rejection *rejection = &plan->rejections[plan->rejection_count++];
		rejection->table = arena_copy(planner->arena, db_rows_text(rows, 0));
		rejection->old_id = arena_copy(planner->arena, db_rows_text(rows, 1));
		rejection->problem = arena_copy(planner->arena, db_rows_text(rows, 2));
	}
	return true;
}

/* --- merged rows --- */

/* A value that an import gives the column, as the text that a live column is compared by. */
static void brought_text(
	const struct ry *ry, const struct catalogue_column *column, struct str *sql)
{
	const struct dialect *dialect = ry->dialect;
	const char *const templates[] = {[COLUMN_TEXT] = dialect->text_to_text_f,
		[COLUMN_INTEGER] = dialect->integer_to_text_f,
		[COLUMN_BOOLEAN] = dialect->boolean_to_text_f,
		[COLUMN_TIMESTAMP] = dialect->timestamp_to_text_f};
	struct str value CLEANUP(str_release) = STR_INIT;
	ry_value(ry, column, &value);
	dialect_apply(sql, templates[column->type], value.at);
}

/* "SELECT i.id AS item, i.oldid AS oldid, v4, v5, ... FROM items of the table" */
static void brought_rows(const struct ry *ry, const struct catalogue_table *table, struct str *sql)
{
	str_add_text(sql, "SELECT i.id AS item, i.oldid AS oldid");
	for (size_t c = 0; c < table->column_count; c++) {
		str_add_text(sql, ", ");
		brought_text(ry, &table->columns[c], sql);
		str_addf(sql, " AS v%u", table->columns[c].field);
	}
	str_add_text(sql, " FROM reqferry_item i");
	ry_joins(table, sql);
	str_add_text(sql, " WHERE i.backupkey = $1 AND i.tablename = ");
	db_literal(sql, slice_of(table->name));
}

/* Items that are merged with a live row: its columns, then those that the item would bring. */
static void merged_with_live(
	const struct ry *ry, const struct catalogue_table *table, struct str *sql)
{
	str_add_text(sql, "SELECT a.oldid");
	for (size_t c = 0; c < table->column_count; c++) {
		str_add_text(sql, ", ");
		ry_text_of(ry, &table->columns[c], sql);
		str_addf(sql, ", a.v%u", table->columns[c].field);
	}
	str_add_text(sql, " FROM reqferry_fate x LEFT JOIN reqferry_fate y ON y.item = x.into_item "
			  "JOIN (");
	brought_rows(ry, table, sql);
	str_add_text(sql, ") a ON a.item = x.item JOIN ");
	ry_from(ry, table, "t", sql);
	str_add_text(sql, " ON ");
	ry_id(ry, "t", sql);
	str_add_text(
		sql, " = COALESCE(x.newid, y.newid) WHERE x.fate = 'merged' AND x.tablename = ");
	db_literal(sql, slice_of(table->name));
	str_add_text(sql, " ORDER BY a.item");
}

/* Items that are merged with another item, which is inserted. */
static void merged_with_item(
	const struct ry *ry, const struct catalogue_table *table, struct str *sql)
{
	str_add_text(sql, "SELECT a.oldid");
	for (size_t c = 0; c < table->column_count; c++)
		str_addf(sql, ", b.v%u, a.v%u", table->columns[c].field, table->columns[c].field);
	str_add_text(sql, " FROM reqferry_fate x LEFT JOIN reqferry_fate y ON y.item = x.into_item "
			  "JOIN (");
	brought_rows(ry, table, sql);
	str_add_text(sql, ") a ON a.item = x.item JOIN (");
	brought_rows(ry, table, sql);
	str_add_text(sql, ") b ON b.item = x.into_item WHERE x.fate = 'merged' AND y.newid IS NULL "
			  "AND x.newid IS NULL AND x.tablename = ");
	db_literal(sql, slice_of(table->name));
	str_add_text(sql, " ORDER BY a.item");
}

/* The identity of the row that stays, in words. Columns stand in pairs behind the old id. */
static struct slice identity_words(
	struct planner *planner, const struct catalogue_table *table, struct db_rows *rows)
{
	struct str words CLEANUP(str_release) = STR_INIT;
	for (size_t k = 0; k < table->identity_count; k++) {
		struct slice text =
			db_rows_text(rows, 1 + 2 * (size_t)(table->identity[k] - table->columns));
		if (!slice_is_empty(text))
			str_addf(&words, "%s%.*s", words.len ? " " : "", SLICE_PRINT(text));
	}
	return arena_copy(planner->arena, str_slice(&words));
}

static void compare_row(
	struct planner *planner, const struct catalogue_table *table, struct db_rows *rows)
{
	struct plan *plan = planner->plan;
	for (size_t c = 0; c < table->column_count; c++) {
		struct slice kept = db_rows_text(rows, 1 + 2 * c),
			     brought = db_rows_text(rows, 2 + 2 * c);
		/* a file cannot tell empty from missing */
		if ((slice_is_empty(kept) && slice_is_empty(brought)) ||
			slice_equal(kept, brought) || table->columns[c].uses[0].role == ROLE_ROW)
			continue;
		tally_add(planner->arena, &plan->difference_columns,
			slice_of(arena_printf(
				planner->arena, "%s.%s", table->name, table->columns[c].name)),
			1);
		if (plan->difference_total++ >= DIFFERENCES_SHOWN)
			continue;
		plan->differences[plan->difference_count++] =
			(struct merge_difference){.table = slice_of(table->name),
				.old_id = arena_copy(planner->arena, db_rows_text(rows, 0)),
				.identity = identity_words(planner, table, rows),
				.column = slice_of(table->columns[c].name),
				.kept = arena_copy(planner->arena, kept),
				.brought = arena_copy(planner->arena, brought)};
	}
}

bool planner_find_differences(struct planner *planner, struct error *err)
{
	static void (*const all[])(const struct ry *ry, const struct catalogue_table *table,
		struct str *sql) = {merged_with_live, merged_with_item};
	const struct catalogue *catalogue = planner->instance->catalogue;
	const struct db_value key = db_slice(planner->backup->key);
	planner->plan->differences = arena_alloc(
		planner->arena, DIFFERENCES_SHOWN * sizeof(*planner->plan->differences));
	for (size_t t = 0; t < catalogue->table_count; t++) {
		for (size_t i = 0; i < ARRAY_LEN(all) && catalogue->tables[t].merge; i++) {
			struct str sql CLEANUP(str_release) = STR_INIT;
			struct db_rows *rows CLEANUP(db_rows_end) = NULL;
			all[i](&planner->instance->ry, &catalogue->tables[t], &sql);
			if (!db_query(planner->instance->db, sql.at, &key, 1, &rows, err))
				return false;
			for (bool row;;) {
				if (!db_rows_next(rows, &row, err))
					return false;
				if (!row)
					break;
				compare_row(planner, &catalogue->tables[t], rows);
			}
		}
	}
	return true;
}
