/*
 * Counts what the working tables say. What forbids the import is in blockers.c and conflicts.c;
 * what is said beside the counts in plan_details.c, plan_texts.c and plan_needs.c.
 */
#include "base/time.h"
#include "ops/outside.h"

bool planner_count(struct planner *planner, const char *sql, int64_t *out, struct error *err)
{
	const struct db_value key = db_slice(planner->backup->key);
	bool parameter = strstr(sql, "$1") != NULL;
	return db_query_int(planner->instance->db, sql, &key, parameter ? 1 : 0, 0, out, err);
}

void planner_note(struct planner *planner, const char *kind, int64_t count, const char *format, ...)
{
	struct plan *plan = planner->plan;
	struct str message CLEANUP(str_release) = STR_INIT;
	va_list values;
	va_start(values, format);
	str_vaddf(&message, format, values);
	va_end(values);
	/* there are few: each makes the list anew */
	struct plan_note *list =
		arena_alloc(planner->arena, (plan->note_count + 1) * sizeof(*list));
	if (plan->note_count > 0)
		memcpy(list, plan->notes, plan->note_count * sizeof(*list));
	list[plan->note_count++] =
		(struct plan_note){kind, arena_strdup(planner->arena, str_slice(&message)), count};
	plan->notes = list;
}

/* Rows of (name, count) into tallies. */
static bool count_names(
	struct planner *planner, const char *sql, struct tallies *out, struct error *err)
{
	const struct db_value key = db_slice(planner->backup->key);
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	if (!db_query(planner->instance->db, sql, &key, strstr(sql, "$1") ? 1 : 0, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		tally_add(planner->arena, out, db_rows_text(rows, 0), db_rows_int(rows, 1));
	}
}

/* --- counts --- */

/* The catalogue's order, with a zero where nothing happens: every table is named. */
static bool count_tables(struct planner *planner, struct error *err)
{
	struct plan *plan = planner->plan;
	const struct catalogue *catalogue = planner->instance->catalogue;
	struct tallies erase = {0};
	for (size_t t = 0; t < catalogue->table_count; t++) {
		struct slice name = slice_of(catalogue->tables[t].name);
		struct tallies *const all[] = {&plan->brought, &plan->erase, &plan->insert,
			&plan->merge, &plan->exclude, &plan->reject};
		for (size_t i = 0; i < ARRAY_LEN(all); i++)
			tally_add(planner->arena, all[i], name, 0);
	}
	if (!count_names(planner,
		    "SELECT tablename, count(*) FROM reqferry_erase GROUP BY tablename", &erase,
		    err))
		return false;
	for (size_t i = 0; i < erase.count; i++)
		tally_add(planner->arena, &plan->erase,
			(struct slice){erase.list[i].name.at + strlen(catalogue->prefix),
				erase.list[i].name.len - strlen(catalogue->prefix)},
			erase.list[i].rows);
	return count_names(planner,
		       "SELECT tablename, count(*) FROM reqferry_item WHERE backupkey = $1 GROUP "
		       "BY tablename",
		       &plan->brought, err) &&
	       count_names(planner,
		       "SELECT i.tablename, count(*) FROM reqferry_item i LEFT JOIN reqferry_fate "
		       "x ON "
		       "x.item = i.id WHERE i.backupkey = $1 AND x.item IS NULL GROUP BY "
		       "i.tablename",
		       &plan->insert, err) &&
	       count_names(planner,
		       "SELECT tablename, count(*) FROM reqferry_fate WHERE fate = 'merged' GROUP "
		       "BY "
		       "tablename",
		       &plan->merge, err) &&
	       count_names(planner,
		       "SELECT tablename, count(*) FROM reqferry_fate WHERE fate = 'excluded' "
		       "GROUP "
		       "BY tablename",
		       &plan->exclude, err) &&
	       count_names(planner,
		       "SELECT tablename, count(*) FROM reqferry_fate WHERE fate = 'rejected' "
		       "GROUP "
		       "BY tablename",
		       &plan->reject, err);
}

/* Keys compare byte by byte: rows of the same key in other case stay, and people should know. */
static bool count_other_case(struct planner *planner, struct error *err)
{
	const struct ry *ry = &planner->instance->ry;
	for (size_t t = 0; t < planner->instance->catalogue->table_count; t++) {
		const struct catalogue_table *table = &planner->instance->catalogue->tables[t];
		struct str sql CLEANUP(str_release) = STR_INIT, key CLEANUP(str_release) = STR_INIT;
		if (table->scope != SCOPE_COLUMN)
			continue;
		str_add_text(&key, "t.");
		db_identifier(&key, table->scope_columns[0]->name);
		str_addf(&sql, "SELECT %s, count(*) FROM ", key.at);
		ry_from(ry, table, "t", &sql);
		str_addf(&sql,
			" WHERE lower(%s) IN (SELECT lower(scopekey) FROM reqferry_scope) AND %s "
			"NOT "
			"IN (SELECT scopekey FROM reqferry_scope) GROUP BY %s",
			key.at, key.at, key.at);
		if (!count_names(planner, sql.at, &planner->plan->other_case, err))
			return false;
	}
	return true;
}

/* Rows that come in, but lose every link that says where they are defined. */
static bool count_unplaced(struct planner *planner, struct error *err)
{
	for (size_t t = 0; t < planner->instance->catalogue->table_count; t++) {
		const struct catalogue_table *links = &planner->instance->catalogue->tables[t];
		struct str sql CLEANUP(str_release) = STR_INIT;
		int64_t count;
		if (!links->citation || links->scope != SCOPE_ROW)
			continue;
		const struct catalogue_column *owner = links->scope_columns[0];
		str_addf(&sql,
			"SELECT count(*) FROM (SELECT l.f%u AS owner, max(CASE WHEN x.item IS NULL "
			"THEN 1 ELSE 0 END) AS kept FROM reqferry_item l LEFT JOIN reqferry_fate x "
			"ON x.item = l.id WHERE l.backupkey = $1 AND l.f%u = '%s' AND l.tablename "
			"= ",
			owner->field, links->citation->column->field,
			links->citation->is ? "false" : "true");
		db_literal(&sql, slice_of(links->name));
		str_addf(&sql,
			" GROUP BY l.f%u) g JOIN reqferry_item r ON r.backupkey = $1 AND r.oldid = "
			"g.owner LEFT JOIN reqferry_fate y ON y.item = r.id WHERE g.kept = 0 AND "
			"y.item IS NULL AND r.tablename = ",
			owner->field);
		db_literal(&sql, slice_of(owner->uses[0].table->name));
		if (!planner_count(planner, sql.at, &count, err))
			return false;
		planner->plan->orphans += count;
	}
	return true;
}

/* --- the whole --- */

bool plan_count(struct instance *instance, const struct stage_backup *backup,
	const struct import_options *options, struct arena *arena, struct plan *out,
	struct error *err)
{
	static bool (*const parts[])(struct planner * planner, struct error * err) = {count_tables,
		planner_find_scopes, outside_count, count_unplaced, count_other_case,
		planner_find_exclusions, planner_find_rejections, planner_find_differences,
		planner_find_blockers, planner_find_conflicts, planner_find_warnings,
		planner_compare_zones};
	struct planner planner = {instance, backup, options, arena, out, 0};
	const struct db_value scope[] = {
		db_text(entity_name(instance->catalogue->scope)), db_slice(backup->scope)};
	if (backup->scope.at &&
		!db_query_int(instance->db,
			"SELECT id FROM reqferry_resolved WHERE type = $1 AND key = $2", scope, 2,
			0, &planner.scope_mapping, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (!parts[i](&planner, err))
			return false;
	if (!backup->scope.at)
		return true;
	return db_query_text(instance->db, "SELECT scopekey FROM reqferry_scope", NULL, 0, arena,
		&out->new_scope, err);
}

bool plan_make(struct instance *instance, const struct import_options *options, struct task *task,
	struct arena *arena, struct plan *out, struct error *err)
{
	struct plan plan = {.key = options->key};
	struct planner planner = {instance, &plan.backup, options, arena, &plan, 0};
	int64_t started = time_monotonic_ms();
	if (!stage_backup_get(instance->db, options->key, arena, &plan.backup, err))
		return false;
	plan.old_scope = plan.backup.scope;
	plan.instance = instance->name;
	plan.place = instance->catalogue->scope == ENTITY_PROJECT ? "project" : "space";
	bool outer = db_in_transaction(instance->db);
	if (!outer && !db_begin(instance->db, DB_WORK, err))
		return false;
	bool ok = resolve_begin(instance, &plan.backup, options, task, err) &&
		  plan_count(instance, &plan.backup, options, arena, &plan, err) &&
		  plan_hash(instance, &plan.backup, options, task, arena, &plan, err);
	if (ok)
		planner_find_needs(&planner, time_monotonic_ms() - started);
	if (!outer)
		db_rollback(instance->db);
	if (ok)
		*out = plan;
	return ok;
}
