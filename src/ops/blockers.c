/*
 * What forbids an import: mappings that are not settled, and rows that cannot be imported as they
 * are. Each blocker is a function of the table at the end: it counts, and says what to do about it.
 *
 *     unmapped          an entity that rows need has no destination
 *     possible          a suggestion that nobody confirmed
 *     bad-destination   an edit of the mapping table that makes no sense
 *     scope-excluded    the backup's own space or project is excluded
 *     bad-value         a value that its column cannot hold
 *     shape             columns that hold something else than the catalogue says
 *     assumed-columns   the order of the file's columns is a guess
 *     no-column         a field of the file for which there is no column
 *     live-column       a column that must have a value and gets none
 *     sequence          new ids would be those of rows that are there
 *
 * Only rows that come in count: what is left out cannot do harm.
 */
#include "ops/planner.h"

#define UNRESOLVED_SHOWN 100
#define NAMED            3 /* mappings that a message names */

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
				JOIN_FATE " WHERE i.backupkey = $1 AND " ITEM_COMES_IN
					  " AND m%u.id IS NOT NULL AND i.tablename = ",
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

/* SELECTs of the mappings that items refer to, through columns that can do without or that cannot.
 */
static void referred_mappings(const struct planner *planner, bool kept, struct str *sql)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	str_add_text(sql, "SELECT m.id FROM reqferry_resolved m WHERE 1 = 0");
	for (size_t t = 0; t < catalogue->table_count; t++) {
		for (size_t c = 0; c < catalogue->tables[t].column_count; c++) {
			const struct catalogue_column *column = &catalogue->tables[t].columns[c];
			struct str type CLEANUP(str_release) = STR_INIT;
			if ((column->without == WITHOUT_KEEP) != kept ||
				!ry_entity_type(column, &type))
				continue;
			str_addf(sql, " UNION SELECT m%u.id FROM reqferry_item i", column->field);
			ry_join_mapping(column, sql);
			str_addf(sql,
				" WHERE i.backupkey = $1 AND m%u.id IS NOT NULL AND i.tablename = ",
				column->field);
			db_literal(sql, slice_of(catalogue->tables[t].name));
		}
	}
}

void planner_not_only_kept(const struct planner *planner, const char *id, struct str *sql)
{
	str_addf(sql, "(%s = %lld OR %s NOT IN (", id, (long long)planner->scope_mapping, id);
	referred_mappings(planner, true, sql);
	str_addf(sql, ") OR %s IN (", id);
	referred_mappings(planner, false, sql);
	str_add_text(sql, "))");
}

static void tell_unmapped(struct planner *planner, int64_t count, int64_t untried,
	const struct planner_mapping *first)
{
	struct str name CLEANUP(str_release) = STR_INIT, hint CLEANUP(str_release) = STR_INIT;
	planner_name(first, &name);
	if (untried > 0) {
		str_addf(&hint, "%s not looked for yet: run ",
			untried == count ? count == 1 ? "It was" : "They were" : "Some were");
		planner_command(planner, "map auto", "", &hint);
		str_add_text(&hint, ". ");
	}
	str_add_text(&hint, count == 1 ? "Map it with " : "Map each with ");
	planner_map_command(planner, "map set", first, &hint);
	if (first->is_scope) {
		str_add_text(&hint, ": it is what the backup covers.");
	} else {
		str_add_text(&hint, ", or leave out what needs it with ");
		planner_map_command(planner, "map exclude", first, &hint);
		str_add_char(&hint, '.');
	}
	if (count == 1)
		planner_block(
			planner, "unmapped", count, hint.at, "1 entity is not mapped: %s", name.at);
	else
		planner_block(planner, "unmapped", count, hint.at,
			"%lld entities are not mapped, the first is %s", (long long)count, name.at);
}

static bool list_unresolved(struct planner *planner, struct error *err)
{
	struct plan *plan = planner->plan;
	struct str ids CLEANUP(str_release) = STR_INIT, condition CLEANUP(str_release) = STR_INIT;
	struct planner_mapping *list =
		arena_zalloc(planner->arena, UNRESOLVED_SHOWN * sizeof(*list));
	int64_t untried;
	/* A USER may be mapped to nothing by hand; everything else needs a destination. */
	needed_mappings(planner,
		"id IN (SELECT u.id FROM reqferry_resolved u WHERE u.status IS NULL OR "
		"u.status = 'UNMAPPED')",
		&ids);
	str_addf(&condition, "r.id IN (%s)", ids.at);
	if (!planner_mappings(
		    planner, condition.at, list, UNRESOLVED_SHOWN, &plan->unresolved_total, err))
		return false;
	if (plan->unresolved_total == 0)
		return true;
	plan->unresolved_count = plan->unresolved_total < UNRESOLVED_SHOWN
					 ? (size_t)plan->unresolved_total
					 : UNRESOLVED_SHOWN;
	plan->unresolved =
		arena_alloc(planner->arena, plan->unresolved_count * sizeof(*plan->unresolved));
	for (size_t i = 0; i < plan->unresolved_count; i++)
		plan->unresolved[i] = (struct unresolved){list[i].type, list[i].key,
			list[i].dependencies, list[i].status, list[i].title};
	str_add_text(&condition, " AND r.status IS NULL");
	if (!planner_mappings(planner, condition.at, NULL, 0, &untried, err))
		return false;
	tell_unmapped(planner, plan->unresolved_total, untried, &list[0]);
	return true;
}

static bool block_possible(struct planner *planner, struct error *err)
{
	struct str condition CLEANUP(str_release) = STR_INIT, name CLEANUP(str_release) = STR_INIT,
			     hint CLEANUP(str_release) = STR_INIT;
	struct planner_mapping first;
	int64_t count;
	if (planner->options->accept_possible)
		return true;
	str_add_text(&condition, "r.id IN (");
	needed_mappings(planner,
		"id IN (SELECT u.id FROM reqferry_resolved u WHERE u.status = 'MAPPED_AUTO' AND "
		"u.certainty = 'possible')",
		&condition);
	str_add_char(&condition, ')');
	if (!planner_mappings(planner, condition.at, &first, 1, &count, err) || count == 0)
		return count == 0;
	planner_name(&first, &name);
	str_add_text(&name, ", mapped to ");
	planner_quote(first.destination, &name);
	str_add_text(&hint, "Look at them with ");
	planner_command(planner, "map list", " --certainty possible", &hint);
	str_add_text(&hint, ", and confirm them with ");
	planner_command(planner, "map confirm", " --certainty possible --yes", &hint);
	str_add_text(&hint, " or accept them with ");
	planner_again(planner, "possible", NULL, &hint);
	str_add_char(&hint, '.');
	if (count == 1)
		planner_block(planner, "possible", count, hint.at,
			"1 possible mapping is not confirmed: %s", name.at);
	else
		planner_block(planner, "possible", count, hint.at,
			"%lld possible mappings are not confirmed, the first is %s",
			(long long)count, name.at);
	return true;
}

static void name_bad_destination(const struct planner_mapping *mapping, struct str *out)
{
	bool known = !mapping->status.at || slice_is(mapping->status, "UNMAPPED") ||
		     slice_is(mapping->status, "MAPPED_AUTO") ||
		     slice_is(mapping->status, "MAPPED_MANUAL") ||
		     slice_is(mapping->status, "EXCLUDED");
	planner_name(mapping, out);
	if (!known) {
		str_add_text(out, " has the status ");
		planner_quote(mapping->status, out);
	} else if (slice_is_empty(mapping->destination)) {
		str_add_text(out, " is mapped to nothing");
	} else {
		str_add_text(out, " is mapped to ");
		planner_quote(mapping->destination, out);
	}
}

static void tell_bad_destination(
	struct planner *planner, const struct planner_mapping *list, int64_t count)
{
	struct str names CLEANUP(str_release) = STR_INIT, hint CLEANUP(str_release) = STR_INIT;
	for (int64_t i = 0; i < count && i < NAMED; i++) {
		str_add_text(&names, i ? "; " : "");
		name_bad_destination(&list[i], &names);
	}
	if (count > NAMED)
		str_addf(&names, "; and %lld more", (long long)(count - NAMED));
	str_add_text(&hint, "The mapping table was edited: set it again with ");
	planner_map_command(planner, "map set", &list[0], &hint);
	str_add_text(&hint, " or clear it with ");
	planner_map_command(planner, "map clear", &list[0], &hint);
	str_add_text(&hint, ", then run ");
	planner_command(planner, "map auto", "", &hint);
	str_add_text(&hint, " for what follows it.");
	planner_block(planner, "bad-destination", count, hint.at,
		"%lld mapping%s an unknown status or a destination that cannot be one: %s",
		(long long)count, count == 1 ? " has" : "s have", names.at);
}

static bool block_bad_destination(struct planner *planner, struct error *err)
{
	/* an id is what it prints as: 0012 is another text than the id 12 */
	static const char ids[] =
		"r.type IN ('PAGE', 'VERSION', 'ATTACHMENT'%s) AND (r.number IS NULL OR %s <> "
		"r.destination)";
	static const char keys[] =
		" OR (r.destination IS NOT NULL AND r.type = 'ISSUE' AND (rtrim(r.destination, "
		"'0123456789') = r.destination OR rtrim(r.destination, '0123456789') NOT LIKE "
		"'_%-'))";
	struct str sql CLEANUP(str_release) = STR_INIT, number CLEANUP(str_release) = STR_INIT;
	bool jira = planner->instance->catalogue->product == PRODUCT_JIRA;
	struct planner_mapping list[NAMED];
	int64_t count;
	dialect_apply(&number, db_dialect(planner->instance->db)->integer_to_text_f, "r.number");
	str_add_text(&sql,
		"((r.status IS NOT NULL AND r.status NOT IN ('UNMAPPED', 'MAPPED_AUTO', "
		"'MAPPED_MANUAL', 'EXCLUDED')) OR (r.status IN ('MAPPED_AUTO', 'MAPPED_MANUAL') "
		"AND r.destination IS NULL AND NOT (r.type = 'USER' AND r.status = "
		"'MAPPED_MANUAL')) OR (r.destination IS NOT NULL AND ");
	str_addf(&sql, ids, jira ? ", 'ISSUE'" : "", number.at);
	str_add_char(&sql, ')');
	if (!jira)
		str_add_text(&sql, keys);
	str_add_text(&sql, ") AND ");
	planner_not_only_kept(planner, "r.id", &sql);
	if (!planner_mappings(planner, sql.at, list, NAMED, &count, err))
		return false;
	if (count > 0)
		tell_bad_destination(planner, list, count);
	return true;
}

static bool block_scope_entity(struct planner *planner, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT, hint CLEANUP(str_release) = STR_INIT;
	struct planner_mapping scope;
	int64_t excluded;
	if (!planner->backup->scope.at)
		return true;
	str_addf(&sql, "r.id = %lld AND r.status = 'EXCLUDED'", (long long)planner->scope_mapping);
	if (!planner_mappings(planner, sql.at, &scope, 1, &excluded, err) || excluded == 0)
		return excluded == 0;
	str_add_text(&hint, "Map it with ");
	planner_map_command(planner, "map set", &scope, &hint);
	str_add_text(&hint, ", then run ");
	planner_command(planner, "map auto", "", &hint);
	str_add_text(&hint, " for what follows it.");
	planner_block(planner, "scope-excluded", 1, hint.at,
		"the backup's own %s \"%.*s\" is excluded",
		planner->instance->catalogue->scope == ENTITY_SPACE ? "space" : "project",
		SLICE_PRINT(planner->backup->scope));
	return true;
}

/* --- items that cannot be imported as they are --- */

static bool block_bad_values(struct planner *planner, struct error *err)
{
	struct str hint CLEANUP(str_release) = STR_INIT;
	int64_t count;
	struct slice example;
	if (planner->options->reject)
		return true;
	if (!planner_count(planner,
		    "SELECT count(*) FROM reqferry_item i" JOIN_FATE
		    " WHERE i.backupkey = $1 AND i.problem IS NOT NULL AND " ITEM_COMES_IN,
		    &count, err))
		return false;
	if (count == 0)
		return true;
	const struct db_value key = db_slice(planner->backup->key);
	if (!db_query_text(planner->instance->db,
		    "SELECT i.tablename || ' ' || COALESCE(i.oldid, '') || ', ' || i.problem FROM "
		    "reqferry_item i" JOIN_FATE
		    " WHERE i.backupkey = $1 AND i.problem IS NOT NULL AND " ITEM_COMES_IN
		    " ORDER BY i.id",
		    &key, 1, planner->arena, &example, err))
		return false;
	str_add_text(&hint, "Leave out these rows and what refers to them with ");
	planner_again(planner, NULL, " --reject", &hint);
	str_add_text(&hint, ", or correct the values and load them again; ");
	planner_validate(planner, &hint);
	planner_block(planner, "bad-value", count, hint.at,
		count == 1 ? "%lld row cannot be imported: %.*s"
			   : "%lld rows cannot be imported, the first: %.*s",
		(long long)count, SLICE_PRINT(example));
	return true;
}

static void hint_shape(struct planner *planner, const char *otherwise, struct str *hint)
{
	str_addf(hint,
		"If the columns of the file stand in another order, say so in a catalogue and use "
		"it with --catalogue (docs/catalogue.md); else %s, and load it again. ",
		otherwise);
	planner_validate(planner, hint);
}

/* The values of one column that refer to something that the backup does not have. */
static bool block_reference(
	struct planner *planner, const struct catalogue_column *column, struct error *err)
{
	const struct catalogue_table *table = column->owner;
	struct str type CLEANUP(str_release) = STR_INIT, sql CLEANUP(str_release) = STR_INIT,
			hint CLEANUP(str_release) = STR_INIT, row CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value key = db_slice(planner->backup->key);
	unsigned n = column->field;
	bool found;
	/* what is kept as it is needs no mapping row */
	if (column->without == WITHOUT_KEEP)
		return true;
	str_addf(&sql, "SELECT count(*), min(i.id) FROM reqferry_item i");
	bool entity = ry_entity_type(column, &type);
	if (entity)
		ry_join_mapping(column, &sql);
	else if (!ry_join_row(column, &sql))
		return true;
	str_addf(&sql,
		JOIN_FATE " WHERE i.backupkey = $1 AND " ITEM_COMES_IN
			  " AND i.f%u IS NOT NULL AND i.problem IS NULL AND %s%u.id IS NULL AND "
			  "i.tablename = ",
		n, entity ? "m" : "r", n);
	db_literal(&sql, slice_of(table->name));
	if (entity)
		/* a use that is no entity in this row needs no mapping */
		str_addf(&sql, " AND (%s) IS NOT NULL", type.at);
	if (!db_query(planner->instance->db, sql.at, &key, 1, &rows, err) ||
		!db_rows_next(rows, &found, err))
		return false;
	int64_t count = db_rows_int(rows, 0), item = db_rows_int(rows, 1);
	db_rows_end(&rows);
	if (count == 0)
		return true;
	if (!planner_value(planner, table, column, item, &row, err))
		return false;
	hint_shape(planner,
		entity ? "give the file the mapping rows that it lacks"
		       : "give the file the rows that it lacks, or take these out",
		&hint);
	planner_block(planner, "shape", count, hint.at,
		"%s.%s: %lld value%s no %s of the backup%s%s", table->name, column->name,
		(long long)count, count == 1 ? " is" : "s are", entity ? "entity" : "row",
		count == 1 ? ": " : ", the first is ", row.at);
	return true;
}

/* Fields that hold a reference to something that the backup does not have. */
static bool block_shape(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	for (size_t t = 0; t < catalogue->table_count; t++)
		for (size_t c = 0; c < catalogue->tables[t].column_count; c++)
			if (!block_reference(planner, &catalogue->tables[t].columns[c], err))
				return false;
	return true;
}

/*
 * Upper-case copies that are not. Where the order of the columns is known it is the origin that is
 * so, and the copy is made anew (warnings.c); else a column most of whose values fail is taken for
 * another one.
 */
static bool block_upper(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	if (slice_is(planner->backup->catalogue_hash, catalogue->hash))
		return true;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		for (size_t c = 0; c < catalogue->tables[t].column_count; c++) {
			const struct catalogue_column *column = &catalogue->tables[t].columns[c];
			struct str hint CLEANUP(str_release) = STR_INIT,
					row CLEANUP(str_release) = STR_INIT;
			struct planner_upper upper;
			if (column->uses[0].role != ROLE_UPPER)
				continue;
			if (!planner_upper(planner, column, &upper, err))
				return false;
			if (2 * upper.failed <= upper.values)
				continue;
			if (!planner_value(planner, column->owner, column, upper.first, &row, err))
				return false;
			hint_shape(planner,
				"empty this field of these rows in the file, so that it is made "
				"anew",
				&hint);
			planner_block(planner, "shape", upper.failed, hint.at,
				"%s.%s: %lld of %lld value%s not %s in upper case, the first is %s",
				column->owner->name, column->name, (long long)upper.failed,
				(long long)upper.values, upper.values == 1 ? " is" : "s are",
				column->uses[0].follows->name, row.at);
		}
	}
	return true;
}

static bool block_assumed(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	struct str hint CLEANUP(str_release) = STR_INIT;
	const char *first = NULL;
	int64_t tables = 0;
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
		first = first ? first : table->name;
		tables++;
	}
	if (tables == 0)
		return true;
	str_add_text(&hint, "Compare the file with the order that \"reqferry catalogue show ");
	str_addf(&hint, "%s\" prints. ", product_name(catalogue->product));
	str_add_text(&hint, "If they agree, use ");
	planner_again(planner, "assumed", NULL, &hint);
	str_add_text(&hint, "; else say so in a catalogue and use it with --catalogue "
			    "(docs/catalogue.md).");
	planner_block(planner, "assumed-columns", tables, hint.at,
		"%s, and the order of %lld table%s is only assumed%s\"%s\"",
		planner->backup->catalogue_hash.at
			? "the file was written with another catalogue"
			: "the file does not say in which order its columns stand",
		(long long)tables, tables == 1 ? "" : "s", tables == 1 ? ": " : ", the first is ",
		first);
	return true;
}

/* --- columns --- */

static bool block_no_column(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	if (planner->options->accept_lost_columns)
		return true;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		struct str hint CLEANUP(str_release) = STR_INIT,
				row CLEANUP(str_release) = STR_INIT;
		int64_t count;
		if (!planner_surplus(planner, table, &count, &row, err))
			return false;
		if (count == 0)
			continue;
		str_add_text(&hint, "Leave the fields out with ");
		planner_again(planner, "lost-columns", NULL, &hint);
		str_add_text(&hint, ", or add the column to a catalogue and use it with "
				    "--catalogue (docs/catalogue.md).");
		planner_block(planner, "no-column", count, hint.at,
			"%lld row%s of \"%s\" %s a field for which there is no column%s%s",
			(long long)count, count == 1 ? "" : "s", table->name,
			count == 1 ? "holds" : "hold", count == 1 ? ": " : ", the first is ",
			row.at);
	}
	return true;
}

/* Live columns that an import would have to fill and cannot. */
static bool block_live_columns(struct planner *planner, struct error *err UNUSED)
{
	const struct ry *ry = &planner->instance->ry;
	for (size_t t = 0; t < planner->instance->catalogue->table_count; t++) {
		const struct ry_live *live = &ry->live[t];
		int64_t rows = planner->plan->insert.list[t].rows;
		for (size_t c = 0; c < live->all_count && rows > 0; c++) {
			const struct db_column *column = &live->all[c];
			if (!column->not_null || column->has_default ||
				strcmp(column->name, ry->catalogue->id_column) == 0 ||
				catalogue_column(live->table, slice_of(column->name)))
				continue;
			planner_block(planner, "live-column", rows,
				"Give the column a default in the database, or add it to a "
				"catalogue and use it with --catalogue (docs/catalogue.md).",
				"the column \"%s\" of \"%s\" must have a value, the catalogue does "
				"not know it, and %lld row%s would come in without one",
				column->name, live->table->full_name, (long long)rows,
				rows == 1 ? "" : "s");
		}
	}
	return true;
}

/* Fresh ids come from the tables' own sequences. */
static bool block_sequences(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		struct db_sequence sequence;
		if (planner->plan->insert.list[t].rows == 0)
			continue;
		if (!db_check_sequence(planner->instance->db, table->full_name,
			    catalogue->id_column, planner->arena, &sequence, err))
			return false;
		if (sequence.behind)
			planner_block(planner, "sequence", 1,
				arena_printf(planner->arena,
					"Stop the application and run in the database: %s",
					sequence.statement),
				"the sequence of \"%s\" stands at %lld, behind the highest id %lld",
				table->full_name, (long long)sequence.last,
				(long long)sequence.highest);
	}
	return true;
}

bool planner_find_blockers(struct planner *planner, struct error *err)
{
	static bool (*const all[])(struct planner * planner, struct error * err) = {list_unresolved,
		block_possible, block_bad_destination, block_scope_entity, block_bad_values,
		block_shape, block_upper, block_assumed, block_no_column, block_live_columns,
		block_sequences};
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (!all[i](planner, err))
			return false;
	return true;
}
