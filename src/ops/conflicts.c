/*
 * Mappings that contradict each other or the instance, and rows that would be there twice: what no
 * single row shows and what would stay wrong without a sound.
 *
 *     missing-destination  what something is mapped to is not there, or not current
 *     duplicate-mapping    two mapping rows of one entity: which one counts?
 *     inconsistent         a version or file that is not of the page that its page is mapped to
 *     outside-scope        a row of another space than the backup's: nothing of it is erased first
 *     collision            rows that are one only through the mapping, or that are there already
 *     emptied-scope        a space or project that would lose rows and receive none
 *     foreign-table        rows of a table that nobody knows refer to rows to be erased
 */
#include "ops/planner.h"

/* --- mappings -----------------------------------------------------------------------------------
 */

/* The relation of what may be a destination, where that is less than what the host can describe. */
static bool current_relation(enum entity entity, enum host_relation *out)
{
	switch (entity) {
	case ENTITY_PAGE:
		*out = HOST_PAGES;
		return true;
	case ENTITY_VERSION:
		*out = HOST_VERSIONS;
		return true;
	case ENTITY_ATTACHMENT:
		*out = HOST_ATTACHMENTS;
		return true;
	default:
		return false;
	}
}

/* SELECT of mappings whose destination is not there; false when this host cannot say. */
static bool missing_destinations(struct planner *planner, enum entity entity, struct str *sql)
{
	const struct host *host = &planner->instance->host;
	struct host_description description;
	enum host_relation relation;
	if (!host_describe(host, entity, planner->arena, &description))
		return false;
	str_add_text(sql,
		"SELECT e.id FROM (SELECT v.id, v.destination AS key, v.number, v.dependencies "
		"FROM reqferry_resolved v WHERE v.destination IS NOT NULL AND v.type = ");
	db_literal(sql, slice_of(entity_name(entity)));
	/* what is no id is a bad destination, not a missing one */
	if (current_relation(entity, &relation) || entity == ENTITY_ISSUE)
		str_add_text(sql, " AND v.number IS NOT NULL");
	if (current_relation(entity, &relation))
		str_addf(sql, ") e LEFT JOIN %s d ON d.id = e.number WHERE d.id IS NULL",
			host_relation(host, relation));
	else
		str_addf(sql, ") e %s WHERE NOT (%s)", description.joins, description.found);
	return true;
}

static bool block_missing_destination(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	struct str sql CLEANUP(str_release) = STR_INIT, name CLEANUP(str_release) = STR_INIT,
		       hint CLEANUP(str_release) = STR_INIT;
	struct planner_mapping first;
	int64_t total;
	if (planner->options->accept_missing)
		return true;
	for (size_t e = 0; e < catalogue->entity_count; e++) {
		struct str one CLEANUP(str_release) = STR_INIT;
		if (!missing_destinations(planner, catalogue->entities[e].entity, &one))
			continue;
		str_add_text(&sql, sql.len ? " UNION ALL " : "r.id IN (");
		str_add(&sql, str_slice(&one));
	}
	if (sql.len == 0)
		return true;
	str_add_text(&sql, ") AND ");
	planner_not_only_kept(planner, "r.id", &sql);
	if (!planner_mappings(planner, sql.at, &first, 1, &total, err) || total == 0)
		return total == 0;
	planner_name(&first, &name);
	str_add_text(&name, " is mapped to ");
	planner_quote(first.destination, &name);
	str_add_text(&hint, total == 1 ? "Map it again with " : "Map each again with ");
	planner_map_command(planner, "map set", &first, &hint);
	str_add_text(&hint, ", or import it all the same with ");
	planner_again(planner, "missing", NULL, &hint);
	str_add_char(&hint, '.');
	planner_block(planner, "missing-destination", total, hint.at,
		"%lld destination%s not exist on this instance%s%s", (long long)total,
		total == 1 ? " does" : "s do", total == 1 ? ": " : ", the first: ", name.at);
	return true;
}

static bool block_duplicates(struct planner *planner, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT, name CLEANUP(str_release) = STR_INIT,
		       hint CLEANUP(str_release) = STR_INIT;
	struct planner_mapping first;
	int64_t count;
	/* the first of each: the lowest id */
	str_add_text(&sql,
		"r.id IN (SELECT min(d.id) FROM reqferry_resolved d GROUP BY d.type, d.key, "
		"d.dependencies HAVING count(*) > 1) AND ");
	planner_not_only_kept(planner, "r.id", &sql);
	if (!planner_mappings(planner, sql.at, &first, 1, &count, err) || count == 0)
		return count == 0;
	planner_name(&first, &name);
	str_add_text(&hint, "Leave one mapping row of each in the file and load it again. ");
	planner_validate(planner, &hint);
	planner_block(planner, "duplicate-mapping", count, hint.at,
		"%lld entit%s several mapping rows%s%s", (long long)count,
		count == 1 ? "y has" : "ies have", count == 1 ? ": " : ", the first is ", name.at);
	return true;
}

static void tell_inconsistent(struct planner *planner, const char *what, int64_t count,
	const struct planner_mapping *first)
{
	struct str name CLEANUP(str_release) = STR_INIT, hint CLEANUP(str_release) = STR_INIT;
	planner_name(first, &name);
	str_add_text(&name, " is mapped to ");
	planner_quote(first->destination, &name);
	str_add_text(&hint, "Clear it with ");
	planner_map_command(planner, "map clear", first, &hint);
	str_add_text(&hint, " and run ");
	planner_command(planner, "map auto", "", &hint);
	str_add_text(&hint, ", or set what belongs to the page with ");
	planner_map_command(planner, "map set", first, &hint);
	str_add_char(&hint, '.');
	planner_block(planner, "inconsistent", count, hint.at,
		"%lld %s%s not of the page that the mapping gives%s%s", (long long)count, what,
		count == 1 ? " is" : "s are", count == 1 ? ": " : ", the first: ", name.at);
}

static bool block_inconsistent(struct planner *planner, struct error *err)
{
	static const struct {
		const char *type, *what;
		enum host_relation relation;
	} parts[] = {{"VERSION", "version", HOST_VERSIONS},
		{"ATTACHMENT", "attachment", HOST_ATTACHMENTS}};
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		struct planner_mapping first;
		int64_t count;
		str_addf(&sql,
			"r.id IN (SELECT v.id FROM reqferry_resolved v JOIN reqferry_mapping w ON "
			"w.backupkey = $1 AND w.id = v.id JOIN reqferry_resolved p ON p.type = "
			"'PAGE' AND p.key = w.pageid JOIN %s d ON d.id = v.number WHERE v.type = "
			"'%s' AND v.destination IS NOT NULL AND p.destination IS NOT NULL AND "
			"d.pageid <> p.number)",
			host_relation(&planner->instance->host, parts[i].relation), parts[i].type);
		if (!planner_mappings(planner, sql.at, &first, 1, &count, err))
			return false;
		if (count > 0)
			tell_inconsistent(planner, parts[i].what, count, &first);
	}
	return true;
}

/* --- rows ---------------------------------------------------------------------------------------
 */

/* The rows of one table that are not of the backup's scope: how many, the first, and its scope. */
static bool find_outside(struct planner *planner, const struct catalogue_table *table,
	int64_t *count, int64_t *first, struct slice *scope, struct error *err)
{
	unsigned field = table->scope_columns[0]->field;
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value key = db_slice(planner->backup->key);
	str_addf(&sql,
		"SELECT i.id, i.f%u FROM reqferry_item i JOIN reqferry_backup b ON b.backupkey = "
		"i.backupkey" JOIN_FATE " WHERE i.backupkey = $1 AND x.item IS NULL AND i.f%u IS "
		"DISTINCT FROM b.scope AND i.tablename = ",
		field, field);
	db_literal(&sql, slice_of(table->name));
	str_add_text(&sql, " ORDER BY i.id");
	*count = 0;
	if (!db_query(planner->instance->db, sql.at, &key, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		if ((*count)++ > 0)
			continue;
		*first = db_rows_int(rows, 0);
		*scope = arena_copy(planner->arena, db_rows_text(rows, 1));
	}
}

static bool block_outside(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	if (!planner->backup->scope.at)
		return true;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		struct str hint CLEANUP(str_release) = STR_INIT,
				row CLEANUP(str_release) = STR_INIT;
		struct slice scope = SLICE_NULL;
		int64_t count, first;
		if (table->scope != SCOPE_COLUMN)
			continue;
		if (!find_outside(planner, table, &count, &first, &scope, err))
			return false;
		if (count == 0)
			continue;
		if (!planner_item(planner, table, first, &row, err))
			return false;
		if (scope.at) {
			const struct planner_mapping other = {
				.type = slice_of(entity_name(catalogue->scope)),
				.key = scope,
				.alone = true};
			str_add_text(&hint, "Leave them out with ");
			planner_map_command(planner, "map exclude", &other, &hint);
			str_add_text(&hint, ", and export what they belong to by itself.");
		} else {
			str_add_text(&hint, "Take them out of the file and load it again.");
		}
		planner_block(planner, "outside-scope", count, hint.at,
			"%lld row%s of \"%s\" %s not of the backup's scope \"%.*s\"%s%s",
			(long long)count, count == 1 ? "" : "s", table->name,
			count == 1 ? "is" : "are", SLICE_PRINT(planner->backup->scope),
			count == 1 ? ": " : ", the first is ", row.at);
	}
	return true;
}

/* --- rows that are one, or there already --------------------------------------------------------
 */

struct joined {
	int64_t count, first, second; /* groups; two items of the first one */
};

/* Groups of items that have one identity after the import and several in the backup. */
static bool find_joined(struct planner *planner, const struct catalogue_table *table,
	struct joined *out, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT, keys CLEANUP(str_release) = STR_INIT,
		       differ CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	bool row;
	for (size_t k = 0; k < table->identity_count; k++) {
		str_addf(&keys, "%sk%zu", k ? ", " : "", k);
		str_addf(&differ, "%smin(o%zu) <> max(o%zu) OR count(o%zu) NOT IN (0, count(*))",
			k ? " OR " : "", k, k, k);
	}
	str_addf(&sql,
		"SELECT min(item), max(item) FROM reqferry_merge GROUP BY %s HAVING %s ORDER BY 1",
		keys.at, differ.at);
	*out = (struct joined){.count = 0};
	if (!db_query(planner->instance->db, sql.at, NULL, 0, &rows, err))
		return false;
	for (;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		if (out->count++ > 0)
			continue;
		out->first = db_rows_int(rows, 0);
		out->second = db_rows_int(rows, 1);
	}
}

/* The entity that the two items do not share: what to map apart, or to leave out. */
static bool find_difference(struct planner *planner, const struct catalogue_table *table,
	const struct joined *joined, struct planner_mapping *out, bool *found, struct error *err)
{
	*found = false;
	for (size_t k = 0; k < table->identity_count && !*found; k++) {
		const struct catalogue_column *column = table->identity[k];
		struct str sql CLEANUP(str_release) = STR_INIT,
			       type CLEANUP(str_release) = STR_INIT;
		int64_t count;
		if (!ry_entity_type(column, &type))
			continue;
		str_addf(&sql, "r.id IN (SELECT m%u.id FROM reqferry_item i", column->field);
		ry_join_mapping(column, &sql);
		str_addf(&sql,
			" JOIN reqferry_item a ON a.backupkey = $1 AND a.id = %lld WHERE "
			"i.backupkey = $1 AND i.id = %lld AND a.f%u IS DISTINCT FROM i.f%u)",
			(long long)joined->first, (long long)joined->second, column->field,
			column->field);
		if (!planner_mappings(planner, sql.at, out, 1, &count, err))
			return false;
		*found = count > 0;
	}
	return true;
}

static bool tell_joined(struct planner *planner, const struct catalogue_table *table,
	const struct joined *joined, struct error *err)
{
	struct str first CLEANUP(str_release) = STR_INIT, second CLEANUP(str_release) = STR_INIT,
			 hint CLEANUP(str_release) = STR_INIT;
	struct planner_mapping other;
	bool found;
	if (!planner_item(planner, table, joined->first, &first, err) ||
		!planner_item(planner, table, joined->second, &second, err) ||
		!find_difference(planner, table, joined, &other, &found, err))
		return false;
	if (found) {
		str_add_text(&hint, "Map what they name apart with ");
		planner_map_command(planner, "map set", &other, &hint);
		str_add_text(&hint, ", or leave one side out with ");
		planner_map_command(planner, "map exclude", &other, &hint);
		str_add_char(&hint, '.');
	} else {
		str_add_text(&hint, "Map what they refer to apart, or leave one side out: see ");
		planner_command(planner, "map list", "", &hint);
		str_add_char(&hint, '.');
	}
	planner_block(planner, "collision", joined->count, hint.at,
		"several rows of \"%s\" would become one through the mapping, %lld time%s, %s %s "
		"and %s",
		table->name, (long long)joined->count, joined->count == 1 ? "" : "s",
		joined->count == 1 ? "namely" : "first", first.at, second.at);
	return true;
}

static bool two_numbers(
	struct planner *planner, const char *sql, int64_t *one, int64_t *two, struct error *err)
{
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	bool row;
	*one = *two = 0;
	if (!db_query(planner->instance->db, sql, NULL, 0, &rows, err) ||
		!db_rows_next(rows, &row, err))
		return false;
	if (row) {
		*one = db_rows_int(rows, 0);
		*two = db_rows_int(rows, 1);
	}
	return true;
}

/* Items whose identity is that of a live row that stays. */
static bool find_there(struct planner *planner, const struct catalogue_table *table, int64_t *count,
	int64_t *first, struct error *err)
{
	const struct ry *ry = &planner->instance->ry;
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(
		&sql, "SELECT count(DISTINCT p.item), min(p.item) FROM reqferry_merge p JOIN ");
	ry_from(ry, table, "t", &sql);
	str_add_text(&sql, " ON ");
	for (size_t k = 0; k < table->identity_count; k++) {
		str_add_text(&sql, k ? " AND " : "");
		ry_comparable(ry, table->identity[k], &sql);
		str_addf(&sql, " IS NOT DISTINCT FROM p.k%zu", k);
	}
	str_add_text(&sql, " LEFT JOIN reqferry_erase e ON e.tablename = ");
	db_literal(&sql, slice_of(table->full_name));
	str_add_text(&sql, " AND e.id = ");
	ry_id(ry, "t", &sql);
	str_add_text(&sql, " WHERE e.id IS NULL");
	return two_numbers(planner, sql.at, count, first, err);
}

static bool tell_there(struct planner *planner, const struct catalogue_table *table, int64_t count,
	int64_t first, struct error *err)
{
	struct str row CLEANUP(str_release) = STR_INIT, hint CLEANUP(str_release) = STR_INIT;
	if (!planner_item(planner, table, first, &row, err))
		return false;
	if (planner->options->erase == ERASE_NOTHING) {
		str_add_text(&hint, "Let the import replace them with ");
		planner_again(planner, NULL, " --erase brought", &hint);
		str_add_text(&hint, ", or remove the rows that are there.");
	} else {
		str_add_text(&hint, "They are outside of what is erased: leave out what they refer "
				    "to with \"map exclude\", or remove the rows that are there.");
	}
	planner_block(planner, "collision", count, hint.at,
		"%lld row%s of \"%s\" %s there already and would be there twice%s%s",
		(long long)count, count == 1 ? "" : "s", table->name, count == 1 ? "is" : "are",
		count == 1 ? ": " : ", the first is ", row.at);
	return true;
}

static bool block_collisions(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		struct joined joined;
		int64_t there, first;
		if (table->merge || table->identity_count == 0)
			continue;
		if (!resolve_identities(planner->instance, planner->backup, table, err) ||
			!find_joined(planner, table, &joined, err) ||
			!find_there(planner, table, &there, &first, err))
			return false;
		if ((joined.count > 0 && !tell_joined(planner, table, &joined, err)) ||
			(there > 0 && !tell_there(planner, table, there, first, err)))
			return false;
	}
	return true;
}

/* --- what would be lost -------------------------------------------------------------------------
 */

/* Items that come in to a space or project. */
static bool count_kept(
	struct planner *planner, struct slice scope, int64_t *kept, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	struct str sql CLEANUP(str_release) = STR_INIT;
	bool first = true;
	str_add_text(&sql, "SELECT count(*) FROM (");
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		if (table->scope != SCOPE_COLUMN && table->scope != SCOPE_ISSUE)
			continue;
		const struct catalogue_column *column = table->scope_columns[0];
		str_addf(&sql, "%sSELECT i.id FROM reqferry_item i", first ? "" : " UNION ALL ");
		ry_join_mapping(column, &sql);
		str_addf(&sql,
			JOIN_FATE " WHERE i.backupkey = $1 AND x.item IS NULL AND m%u.%s = $2 AND "
				  "i.tablename = ",
			column->field, table->scope == SCOPE_COLUMN ? "destination" : "projectkey");
		db_literal(&sql, slice_of(table->name));
		first = false;
	}
	str_add_text(&sql, ") k");
	const struct db_value values[] = {db_slice(planner->backup->key), db_slice(scope)};
	return db_query_int(planner->instance->db, sql.at, values, 2, 0, kept, err);
}

/* Spaces or projects that would lose rows and receive none. */
static bool block_emptied_scopes(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	bool space = catalogue->scope == ENTITY_SPACE;
	if (planner->options->erase == ERASE_EVERYTHING)
		return true;
	for (size_t i = 0; i < planner->plan->erase_scopes.count; i++) {
		const struct tally *scope = &planner->plan->erase_scopes.list[i];
		struct str hint CLEANUP(str_release) = STR_INIT;
		int64_t kept;
		if (scope->rows == 0)
			continue;
		if (!count_kept(planner, scope->name, &kept, err))
			return false;
		if (kept > 0)
			continue;
		str_add_text(&hint, "Check what is mapped to it with ");
		planner_command(
			planner, "map list", space ? " --type SPACE" : " --type PROJECT", &hint);
		str_add_text(&hint, " and what was left out with ");
		planner_command(planner, "map list", " --status EXCLUDED", &hint);
		str_add_text(&hint, "; to erase every row of Requirement Yogi here all the same, ");
		planner_again(planner, NULL, " --erase everything", &hint);
		str_add_char(&hint, '.');
		planner_block(planner, "emptied-scope", scope->rows, hint.at,
			"the %s \"%.*s\" would lose %lld row%s and receive none",
			space ? "space" : "project", SLICE_PRINT(scope->name),
			(long long)scope->rows, scope->rows == 1 ? "" : "s");
	}
	return true;
}

static const struct catalogue_table *by_full_name(
	const struct catalogue *catalogue, const char *table)
{
	for (size_t t = 0; t < catalogue->table_count; t++)
		if (strcmp(catalogue->tables[t].full_name, table) == 0)
			return &catalogue->tables[t];
	return NULL;
}

/*
 * How many rows that stay refer to rows of `target` that are erased, through a column that the
 * catalogue does not know; `known`: their table when the catalogue knows that.
 */
static bool count_foreign(struct planner *planner, const struct db_foreign_key *key,
	const struct catalogue_table *known, const struct catalogue_table *target, int64_t *rows,
	int64_t *first, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "SELECT count(*), min(e.id) FROM ");
	db_identifier(&sql, key->table);
	str_add_text(&sql, " f JOIN reqferry_erase e ON e.id = f.");
	db_identifier(&sql, key->column);
	str_add_text(&sql, " AND e.tablename = ");
	db_literal(&sql, slice_of(target->full_name));
	if (known) {
		str_add_text(
			&sql, " WHERE NOT EXISTS (SELECT 1 FROM reqferry_erase o WHERE o.id = f.");
		db_identifier(&sql, planner->instance->catalogue->id_column);
		str_add_text(&sql, " AND o.tablename = ");
		db_literal(&sql, slice_of(known->full_name));
		str_add_char(&sql, ')');
	}
	return two_numbers(planner, sql.at, rows, first, err);
}

static bool block_foreign_key(struct planner *planner, const struct db_foreign_key *key,
	const struct catalogue_table *target, struct error *err)
{
	const struct catalogue_table *known =
		by_full_name(planner->instance->catalogue, key->table);
	const struct catalogue_column *column =
		known ? catalogue_column(known, slice_of(key->column)) : NULL;
	int64_t rows, first;
	if (column && column->uses[0].role == ROLE_ROW)
		return true; /* such rows are erased with what they refer to, or put back */
	if (!count_foreign(planner, key, known, target, &rows, &first, err))
		return false;
	if (rows > 0 && known)
		planner_block(planner, "foreign-table", rows,
			"Add the column to a catalogue and use it with --catalogue "
			"(docs/catalogue.md), or empty it in those rows first.",
			"%lld row%s of the table \"%s\" %s, by a column that the catalogue does "
			"not "
			"know, to rows of \"%s\" that would be erased%s\"%s\" = %lld",
			(long long)rows, rows == 1 ? "" : "s", key->table,
			rows == 1 ? "refers" : "refer", target->full_name,
			rows == 1 ? ": " : ", the first with ", key->column, (long long)first);
	else if (rows > 0)
		planner_block(planner, "foreign-table", rows,
			"Add the table to a catalogue and use it with --catalogue "
			"(docs/catalogue.md), or remove those rows first.",
			"%lld row%s of the table \"%s\", which the catalogue does not know, %s to "
			"rows of \"%s\" that would be erased%s\"%s\" = %lld",
			(long long)rows, rows == 1 ? "" : "s", key->table,
			rows == 1 ? "refers" : "refer", target->full_name,
			rows == 1 ? ": " : ", the first with ", key->column, (long long)first);
	return true;
}

/* Rows that the catalogue knows nothing of and that hold on to rows to be erased: the database
 * would refuse to erase those, or would change what refers to them. */
static bool block_foreign_tables(struct planner *planner, struct error *err)
{
	struct instance *instance = planner->instance;
	for (size_t t = 0; t < instance->catalogue->table_count; t++) {
		const struct catalogue_table *table = &instance->catalogue->tables[t];
		struct db_foreign_key *keys;
		size_t count;
		if (!db_foreign_keys_to(
			    instance->db, table->full_name, planner->arena, &keys, &count, err))
			return false;
		for (size_t k = 0; k < count; k++)
			if (!block_foreign_key(planner, &keys[k], table, err))
				return false;
	}
	return true;
}

bool planner_find_conflicts(struct planner *planner, struct error *err)
{
	static bool (*const all[])(struct planner * planner, struct error * err) = {
		block_missing_destination, block_duplicates, block_inconsistent, block_outside,
		block_collisions, planner_block_twice, block_emptied_scopes, block_foreign_tables};
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (!all[i](planner, err))
			return false;
	return true;
}
