/*
 * What forbids an import: mappings that are not settled, and rows that cannot be imported as they
 * are. Each blocker is a function of the table at the end: it counts, and says what to do about it.
 */
#include "ops/planner.h"

#define UNRESOLVED_SHOWN 100

void planner_block(struct planner *planner, const char *kind, int64_t count, const char *hint,
	const char *format, ...)
{
	struct plan *plan = planner->plan;
	struct str message CLEANUP(str_release) = STR_INIT;
	va_list values;
	va_start(values, format);
	str_vaddf(&message, format, values);
	va_end(values);
	if (plan->blocker_count == plan->blocker_room) {
		plan->blocker_room = plan->blocker_room ? 2 * plan->blocker_room : 8;
		struct blocker *list =
			arena_alloc(planner->arena, plan->blocker_room * sizeof(*list));
		if (plan->blocker_count > 0)
			memcpy(list, plan->blockers, plan->blocker_count * sizeof(*list));
		plan->blockers = list;
	}
	plan->blockers[plan->blocker_count++] = (struct blocker){
		kind, arena_strdup(planner->arena, str_slice(&message)), hint, count};
}

/* --- mappings that are not settled --- */

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
		planner_block(planner, "unmapped", plan->unresolved_total,
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
	if (!planner_count(planner, sql.at, &count, err))
		return false;
	if (count > 0)
		planner_block(planner, "possible", count,
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
	if (!planner_count(planner, sql.at, &count, err))
		return false;
	if (count > 0)
		planner_block(planner, "bad-destination", count,
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
		planner_block(planner, "scope-excluded", 1,
			"Clear it with \"map clear\" and map it.",
			"the backup's own scope \"%.*s\" is excluded",
			SLICE_PRINT(planner->backup->scope));
	return true;
}

/* --- items that cannot be imported as they are --- */

static bool block_bad_values(struct planner *planner, struct error *err)
{
	int64_t count;
	struct slice example;
	if (planner->options->reject)
		return true;
	if (!planner_count(planner,
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
	planner_block(planner, "bad-value", count,
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
			if (!planner_count(planner, sql.at, &count, err))
				return false;
			if (count > 0)
				planner_block(planner, "shape", count,
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
			if (!planner_count(planner, sql.at, &count, err))
				return false;
			if (count > 0)
				planner_block(planner, "shape", count,
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
		planner_block(planner, "assumed-columns", 1,
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
		if (!planner_count(planner, sql.at, &count, err))
			return false;
		if (count > 0)
			planner_block(planner, "no-column", count,
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
			planner_block(planner, "live-column", 1,
				"Add it to the catalogue (docs/catalogue.md).",
				"the column \"%s\".\"%s\" must have a value, and the catalogue "
				"does not know "
				"it",
				live->table->full_name, column->name);
		}
	}
	return true;
}

bool planner_find_blockers(struct planner *planner, struct error *err)
{
	static bool (*const all[])(struct planner * planner, struct error * err) = {list_unresolved,
		block_possible, block_bad_destination, block_scope_entity, block_bad_values,
		block_shape, block_upper, block_assumed, block_no_column, block_live_columns};
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (!all[i](planner, err))
			return false;
	return true;
}
