/*
 * Counts what the working tables say, and finds what forbids the import.
 *
 * Each blocker is one entry of a table: a function that counts, and words. A blocker says what to
 * do.
 */
#include "ops/resolve.h"

#define UNRESOLVED_SHOWN 100

struct planner {
	struct instance *instance;
	const struct stage_backup *backup;
	const struct import_options *options;
	struct arena *arena;
	struct plan *plan;
	int64_t scope_mapping; /* id of the scope's own mapping; 0 = none */
};

static bool count_int(struct planner *planner, const char *sql, int64_t *out, struct error *err)
{
	const struct db_value key = db_slice(planner->backup->key);
	bool parameter = strstr(sql, "$1") != NULL;
	return db_query_int(planner->instance->db, sql, &key, parameter ? 1 : 0, 0, out, err);
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

void plan_block(struct arena *arena, struct plan *plan, const char *kind, int64_t count,
	const char *hint, const char *format, ...)
{
	struct str message CLEANUP(str_release) = STR_INIT;
	va_list values;
	va_start(values, format);
	str_vaddf(&message, format, values);
	va_end(values);
	if (plan->blocker_count == plan->blocker_room) {
		plan->blocker_room = plan->blocker_room ? 2 * plan->blocker_room : 8;
		struct blocker *list = arena_alloc(arena, plan->blocker_room * sizeof(*list));
		if (plan->blocker_count > 0)
			memcpy(list, plan->blockers, plan->blocker_count * sizeof(*list));
		plan->blockers = list;
	}
	plan->blockers[plan->blocker_count++] =
		(struct blocker){kind, arena_strdup(arena, str_slice(&message)), hint, count};
}

#define add_blocker(planner, ...) plan_block((planner)->arena, (planner)->plan, __VA_ARGS__)

/* --- counts
 * --------------------------------------------------------------------------------------- */

/* The catalogue's order, with a zero where nothing happens: every table is named. */
static bool count_tables(struct planner *planner, struct error *err)
{
	struct plan *plan = planner->plan;
	const struct catalogue *catalogue = planner->instance->catalogue;
	struct tallies erase = {0};
	for (size_t t = 0; t < catalogue->table_count; t++) {
		struct slice name = slice_of(catalogue->tables[t].name);
		struct tallies *const all[] = {
			&plan->erase, &plan->insert, &plan->merge, &plan->exclude, &plan->reject};
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

/* Rows to be erased of each space or project. */
static bool count_erased_scopes(struct planner *planner, struct error *err)
{
	struct instance *instance = planner->instance;
	const struct ry *ry = &instance->ry;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	if (!db_query(instance->db, "SELECT scopekey FROM reqferry_scope ORDER BY scopekey", NULL,
		    0, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		struct slice scope = arena_copy(planner->arena, db_rows_text(rows, 0));
		const struct db_value value = db_slice(scope);
		for (size_t t = 0; t < instance->catalogue->table_count; t++) {
			const struct catalogue_table *table = &instance->catalogue->tables[t];
			struct str sql CLEANUP(str_release) = STR_INIT;
			int64_t count;
			if (table->scope == SCOPE_NONE || table->scope == SCOPE_REFERENCED_BY)
				continue;
			str_add_text(&sql, "SELECT count(*) FROM ");
			ry_from(ry, table, "t", &sql);
			str_add_text(&sql, " JOIN reqferry_erase e ON e.tablename = ");
			db_literal(&sql, slice_of(table->full_name));
			str_add_text(&sql, " AND e.id = ");
			ry_id(ry, "t", &sql);
			str_add_text(&sql, " WHERE ");
			ry_in_scope(ry, table, "t", "$1", RY_INSIDE, &sql);
			if (!db_query_int(instance->db, sql.at, &value, 1, 0, &count, err))
				return false;
			tally_add(planner->arena, &planner->plan->erase_scopes, scope, count);
		}
	}
}

/* Erased rows with one end outside the scope, which the backup cannot bring back. */
static bool count_outside(struct planner *planner, struct error *err)
{
	const struct ry *ry = &planner->instance->ry;
	for (size_t t = 0; t < planner->instance->catalogue->table_count; t++) {
		const struct catalogue_table *table = &planner->instance->catalogue->tables[t];
		struct str sql CLEANUP(str_release) = STR_INIT;
		int64_t count;
		if (table->scope != SCOPE_EITHER)
			continue;
		str_add_text(&sql, "SELECT count(*) FROM ");
		ry_from(ry, table, "t", &sql);
		str_add_text(&sql, " JOIN reqferry_erase e ON e.tablename = ");
		db_literal(&sql, slice_of(table->full_name));
		str_add_text(&sql, " AND e.id = ");
		ry_id(ry, "t", &sql);
		str_add_text(&sql, " WHERE NOT ");
		ry_in_scope(ry, table, "t", "SELECT scopekey FROM reqferry_scope", RY_INSIDE, &sql);
		if (!count_int(planner, sql.at, &count, err))
			return false;
		planner->plan->outside_lost += count;
	}
	return true;
}

static bool count_texts(struct planner *planner, struct error *err)
{
	for (size_t t = 0; t < planner->instance->catalogue->table_count; t++) {
		const struct catalogue_table *table = &planner->instance->catalogue->tables[t];
		for (size_t c = 0; c < table->column_count; c++) {
			enum role role = table->columns[c].uses[0].role;
			struct str sql CLEANUP(str_release) = STR_INIT;
			int64_t count;
			if (role != ROLE_QUERY)
				continue;
			str_addf(&sql,
				"SELECT count(*) FROM reqferry_item i WHERE i.backupkey = $1 AND "
				"i.f%u IS "
				"NOT NULL AND i.tablename = ",
				table->columns[c].field);
			db_literal(&sql, slice_of(table->name));
			if (!count_int(planner, sql.at, &count, err))
				return false;
			planner->plan->texts += count;
		}
	}
	return true;
}

/* --- mappings that are not settled
 * ------------------------------------------------------------------ */

/*
 * SQL for the ids of mappings that a kept item needs: one that refers to it through a column that
 * cannot do without it.
 */
static void needed_mappings(struct planner *planner, const char *condition, struct str *sql)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	bool first = true;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		for (size_t c = 0; c < catalogue->tables[t].column_count; c++) {
			const struct catalogue_column *column = &catalogue->tables[t].columns[c];
			struct str type CLEANUP(str_release) = STR_INIT;
			if (column->without == WITHOUT_KEEP || !ry_entity_type(column, &type))
				continue;
			str_addf(sql, "%sSELECT m%u.id FROM reqferry_item i",
				first ? "" : " UNION ", column->field);
			ry_join_mapping(column, sql);
			str_addf(sql,
				" LEFT JOIN reqferry_fate x ON x.item = i.id WHERE i.backupkey = "
				"$1 AND "
				"(x.item IS NULL OR x.fate = 'merged') AND m%u.id IS NOT NULL AND "
				"i.tablename = ",
				column->field);
			db_literal(sql, slice_of(catalogue->tables[t].name));
			str_addf(sql, " AND m%u.%s", column->field, condition);
			first = false;
		}
	}
	/* the scope's own entity is needed even by an empty backup */
	str_addf(sql, " UNION SELECT m.id FROM reqferry_resolved m WHERE m.id = %lld AND m.%s",
		(long long)planner->scope_mapping, condition);
}

static bool list_unresolved(struct planner *planner, struct error *err)
{
	struct plan *plan = planner->plan;
	struct str sql CLEANUP(str_release) = STR_INIT, ids CLEANUP(str_release) = STR_INIT;
	/* A USER may be mapped to nothing by hand; everything else needs a destination. */
	needed_mappings(planner,
		"id IN (SELECT u.id FROM reqferry_resolved u WHERE u.status IS NULL OR "
		"u.status = 'UNMAPPED')",
		&ids);
	str_addf(&sql,
		"SELECT m.type, m.key, m.dependencies, m.status, m.title FROM reqferry_mapping m "
		"WHERE "
		"m.backupkey = $1 AND m.id IN (%s) ORDER BY m.id",
		ids.at);
	const struct db_value key = db_slice(planner->backup->key);
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	plan->unresolved =
		arena_alloc(planner->arena, UNRESOLVED_SHOWN * sizeof(*plan->unresolved));
	if (!db_query(planner->instance->db, sql.at, &key, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		if (plan->unresolved_total++ >= UNRESOLVED_SHOWN)
			continue;
		struct unresolved *unresolved = &plan->unresolved[plan->unresolved_count++];
		struct slice *const members[] = {&unresolved->type, &unresolved->key,
			&unresolved->dependencies, &unresolved->status, &unresolved->title};
		for (size_t i = 0; i < ARRAY_LEN(members); i++)
			*members[i] = arena_copy(planner->arena, db_rows_text(rows, i));
	}
	if (plan->unresolved_total > 0)
		add_blocker(planner, "unmapped", plan->unresolved_total,
			"See \"reqferry map list --status UNMAPPED\"; set each with \"map set\", "
			"or leave "
			"it out with \"map exclude\".",
			"%lld entit%s not mapped, the first is %.*s \"%.*s\"",
			(long long)plan->unresolved_total,
			plan->unresolved_total == 1 ? "y is" : "ies are",
			SLICE_PRINT(plan->unresolved[0].type),
			SLICE_PRINT(plan->unresolved[0].key));
	return true;
}

static bool block_possible(struct planner *planner, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	int64_t count;
	if (planner->options->accept_possible)
		return true;
	str_add_text(&sql, "SELECT count(*) FROM (");
	needed_mappings(planner,
		"id IN (SELECT u.id FROM reqferry_resolved u WHERE u.status = 'MAPPED_AUTO' AND "
		"u.certainty = 'possible')",
		&sql);
	str_add_text(&sql, ") n");
	if (!count_int(planner, sql.at, &count, err))
		return false;
	if (count > 0)
		add_blocker(planner, "possible", count,
			"Look at them with \"map list --certainty possible\" and confirm them with "
			"\"map "
			"confirm\", or use --accept possible.",
			"%lld possible mapping%s not confirmed", (long long)count,
			count == 1 ? " is" : "s are");
	return true;
}

static bool block_bad_destination(struct planner *planner, struct error *err)
{
	/* an id is what it prints as: 0012 is another text than the id 12 */
	static const char ids[] =
		"type IN ('PAGE', 'VERSION', 'ATTACHMENT'%s) AND (number IS NULL OR %s <> "
		"destination)";
	static const char keys[] =
		" OR (destination IS NOT NULL AND type = 'ISSUE' AND (rtrim(destination, "
		"'0123456789') = destination OR rtrim(destination, '0123456789') NOT LIKE "
		"'_%-'))";
	struct str sql CLEANUP(str_release) = STR_INIT, number CLEANUP(str_release) = STR_INIT;
	bool jira = planner->instance->catalogue->product == PRODUCT_JIRA;
	int64_t count;
	dialect_apply(&number, db_dialect(planner->instance->db)->integer_to_text_f, "number");
	str_add_text(&sql,
		"SELECT count(*) FROM reqferry_resolved WHERE (status IS NOT NULL AND status NOT "
		"IN ('UNMAPPED', 'MAPPED_AUTO', 'MAPPED_MANUAL', 'EXCLUDED')) OR (status IN "
		"('MAPPED_AUTO', 'MAPPED_MANUAL') AND destination IS NULL AND NOT (type = 'USER' "
		"AND status = 'MAPPED_MANUAL')) OR (destination IS NOT NULL AND ");
	str_addf(&sql, ids, jira ? ", 'ISSUE'" : "", number.at);
	str_add_char(&sql, ')');
	if (!jira)
		str_add_text(&sql, keys);
	if (!count_int(planner, sql.at, &count, err))
		return false;
	if (count > 0)
		add_blocker(planner, "bad-destination", count,
			"Somebody edited the mapping table: correct them with \"map set\" or \"map "
			"clear\".",
			"%lld mapping%s an unknown status or a destination of the wrong form",
			(long long)count, count == 1 ? " has" : "s have");
	return true;
}

static bool block_scope_entity(struct planner *planner, struct error *err)
{
	if (!planner->backup->scope.at)
		return true;
	const struct db_value values[] = {db_slice(planner->backup->scope),
		db_text(entity_name(planner->instance->catalogue->scope))};
	int64_t excluded;
	if (!db_query_int(planner->instance->db,
		    "SELECT count(*) FROM reqferry_resolved WHERE key = $1 AND type = $2 AND "
		    "status = "
		    "'EXCLUDED'",
		    values, 2, 0, &excluded, err))
		return false;
	if (excluded > 0)
		add_blocker(planner, "scope-excluded", 1, "Clear it with \"map clear\" and map it.",
			"the backup's own scope \"%.*s\" is excluded",
			SLICE_PRINT(planner->backup->scope));
	return true;
}

/* --- items that cannot be imported as they are
 * ------------------------------------------------------ */

static bool block_bad_values(struct planner *planner, struct error *err)
{
	int64_t count;
	struct slice example;
	if (planner->options->reject)
		return true;
	if (!count_int(planner,
		    "SELECT count(*) FROM reqferry_item WHERE backupkey = $1 AND problem IS NOT "
		    "NULL",
		    &count, err))
		return false;
	if (count == 0)
		return true;
	const struct db_value key = db_slice(planner->backup->key);
	if (!db_query_text(planner->instance->db,
		    "SELECT tablename || ' ' || COALESCE(oldid, '') || ', ' || problem FROM "
		    "reqferry_item WHERE backupkey = $1 AND problem IS NOT NULL ORDER BY id",
		    &key, 1, planner->arena, &example, err))
		return false;
	add_blocker(planner, "bad-value", count,
		"Correct the file and load it again, or use --reject to leave these rows and what "
		"refers to them out.",
		"%lld row%s cannot be imported, the first: %.*s", (long long)count,
		count == 1 ? "" : "s", SLICE_PRINT(example));
	return true;
}

/* Fields that hold a reference to something that the backup does not have. */
static bool block_shape(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		for (size_t c = 0; c < catalogue->tables[t].column_count; c++) {
			const struct catalogue_column *column = &catalogue->tables[t].columns[c];
			struct str type CLEANUP(str_release) = STR_INIT,
					sql CLEANUP(str_release) = STR_INIT;
			unsigned n = column->field;
			int64_t count;
			str_add_text(&sql, "SELECT count(*) FROM reqferry_item i");
			bool entity = ry_entity_type(column, &type);
			if (entity)
				ry_join_mapping(column, &sql);
			else if (!ry_join_row(column, &sql))
				continue;
			str_addf(&sql,
				" WHERE i.backupkey = $1 AND i.f%u IS NOT NULL AND i.problem IS "
				"NULL AND "
				"%s%u.id IS NULL AND i.tablename = ",
				n, entity ? "m" : "r", n);
			db_literal(&sql, slice_of(catalogue->tables[t].name));
			if (entity)
				str_addf(&sql, " AND (%s) IS NOT NULL", type.at);
			if (!count_int(planner, sql.at, &count, err))
				return false;
			if (count > 0)
				add_blocker(planner, "shape", count,
					"The columns of this file may stand in another order: see "
					"\"reqferry validate\" and docs/catalogue.md.",
					"%s.%s: %lld value%s no %s of the backup",
					catalogue->tables[t].name, column->name, (long long)count,
					count == 1 ? " is" : "s are", entity ? "entity" : "row");
		}
	}
	return true;
}

/* Upper-case copies that are not: the column is taken for another one. */
static bool block_upper(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	const struct dialect *dialect = db_dialect(planner->instance->db);
	for (size_t t = 0; t < catalogue->table_count; t++) {
		for (size_t c = 0; c < catalogue->tables[t].column_count; c++) {
			const struct catalogue_column *column = &catalogue->tables[t].columns[c];
			const struct catalogue_use *use = &column->uses[0];
			struct str sql CLEANUP(str_release) = STR_INIT,
				       base CLEANUP(str_release) = STR_INIT;
			int64_t count;
			if (use->role != ROLE_UPPER)
				continue;
			str_addf(&base, "i.f%u", use->follows->field);
			str_addf(&sql,
				"SELECT count(*) FROM reqferry_item i WHERE i.backupkey = $1 AND "
				"i.problem IS NULL AND i.f%u <> COALESCE(",
				column->field);
			dialect_apply(&sql, dialect->upper_f, base.at);
			str_add_text(&sql, ", '') AND i.tablename = ");
			db_literal(&sql, slice_of(catalogue->tables[t].name));
			if (!count_int(planner, sql.at, &count, err))
				return false;
			if (count > 0)
				add_blocker(planner, "shape", count,
					"The columns of this file may stand in another order: see "
					"\"reqferry validate\" and docs/catalogue.md.",
					"%s.%s: %lld value%s not the upper case of %s",
					catalogue->tables[t].name, column->name, (long long)count,
					count == 1 ? " is" : "s are", use->follows->name);
		}
	}
	return true;
}

static bool block_assumed(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	if (planner->options->accept_assumed ||
		slice_is(planner->backup->catalogue_hash, catalogue->hash))
		return true;
	struct stage_count *counts;
	size_t count;
	if (!stage_item_counts(planner->instance->db, planner->backup->key, planner->arena, &counts,
		    &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct catalogue_table *table = catalogue_table(catalogue, counts[i].name);
		if (!table || !catalogue_table_is_assumed(table))
			continue;
		add_blocker(planner, "assumed-columns", 1,
			"Learn the catalogue of the origin (docs/catalogue.md), or compare the "
			"rows with "
			"\"reqferry validate\" and use --accept assumed.",
			"the file does not say in which order its columns stand, and the order of "
			"\"%.*s\" is only assumed",
			SLICE_PRINT(counts[i].name));
		return true;
	}
	return true;
}

/* Fields of the file for which there is no live column. */
static bool block_no_column(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	if (planner->options->accept_lost_columns)
		return true;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		struct str sql CLEANUP(str_release) = STR_INIT;
		int64_t count;
		str_add_text(&sql,
			"SELECT count(*) FROM reqferry_item i WHERE i.backupkey = $1 AND "
			"(i.more IS NOT NULL");
		for (unsigned f = CATALOGUE_FIRST_FIELD + (unsigned)table->column_count;
			f <= CATALOGUE_LAST_FIELD; f++)
			str_addf(&sql, " OR i.f%u IS NOT NULL", f);
		str_addf(&sql, ") AND i.width > %u AND i.tablename = ", table->width);
		db_literal(&sql, slice_of(table->name));
		if (!count_int(planner, sql.at, &count, err))
			return false;
		if (count > 0)
			add_blocker(planner, "no-column", count,
				"Add the column to the catalogue (docs/catalogue.md), or use "
				"--accept "
				"lost-columns to leave it out.",
				"%lld row%s of \"%s\" hold a field for which there is no column",
				(long long)count, count == 1 ? "" : "s", table->name);
	}
	return true;
}

/* Live columns that an import would have to fill and cannot. */
static bool block_live_columns(struct planner *planner, struct error *err UNUSED)
{
	const struct ry *ry = &planner->instance->ry;
	for (size_t t = 0; t < planner->instance->catalogue->table_count; t++) {
		const struct ry_live *live = &ry->live[t];
		for (size_t c = 0; c < live->all_count; c++) {
			const struct db_column *column = &live->all[c];
			if (!column->not_null || column->has_default ||
				strcmp(column->name, ry->catalogue->id_column) == 0 ||
				catalogue_column(live->table, slice_of(column->name)))
				continue;
			add_blocker(planner, "live-column", 1,
				"Add it to the catalogue (docs/catalogue.md).",
				"the column \"%s\".\"%s\" must have a value, and the catalogue "
				"does not know "
				"it",
				live->table->full_name, column->name);
		}
	}
	return true;
}

/* --- the whole
 * ---------------------------------------------------------------------------------------- */

bool plan_count(struct instance *instance, const struct stage_backup *backup,
	const struct import_options *options, struct arena *arena, struct plan *out,
	struct error *err)
{
	static bool (*const parts[])(struct planner * planner, struct error * err) = {count_tables,
		count_erased_scopes, count_outside, count_texts, list_unresolved, block_possible,
		block_bad_destination, block_scope_entity, block_bad_values, block_shape,
		block_upper, block_assumed, block_no_column, block_live_columns};
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
	if (!plan_conflicts(instance, backup, options, arena, out, err))
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
	if (!stage_backup_get(instance->db, options->key, arena, &plan.backup, err))
		return false;
	plan.old_scope = plan.backup.scope;
	bool outer = db_in_transaction(instance->db);
	if (!outer && !db_begin(instance->db, DB_SNAPSHOT, err))
		return false;
	bool ok = resolve_begin(instance, &plan.backup, options, task, err) &&
		  plan_count(instance, &plan.backup, options, arena, &plan, err) &&
		  plan_hash(instance, &plan.backup, options, task, plan.hash, err);
	if (!outer)
		db_rollback(instance->db);
	if (ok)
		*out = plan;
	return ok;
}
