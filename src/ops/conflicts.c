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

/* False and nothing appended: this host cannot say whether the entity is there. */
static bool missing_destinations(struct planner *planner, enum entity entity, struct str *sql)
{
	const struct host *host = &planner->instance->host;
	struct host_description description;
	enum host_relation relation;
	if (!host_describe(host, entity, planner->arena, &description))
		return false;
	str_add_text(sql, "SELECT count(*) FROM (SELECT v.destination AS key, v.number, "
			  "v.dependencies FROM reqferry_resolved v WHERE v.destination IS NOT NULL "
			  "AND v.type = ");
	db_literal(sql, slice_of(entity_name(entity)));
	if (current_relation(entity, &relation))
		str_addf(sql, ") e LEFT JOIN %s d ON d.id = e.number WHERE d.id IS NULL",
			host_relation(host, relation));
	else
		str_addf(sql, ") e %s WHERE NOT (%s)", description.joins, description.found);
	return true;
}

static bool block_missing_destination(struct planner *planner, struct error *err)
{
	if (planner->options->accept_missing)
		return true;
	const struct catalogue *catalogue = planner->instance->catalogue;
	int64_t total = 0;
	for (size_t e = 0; e < catalogue->entity_count; e++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		int64_t count;
		if (!missing_destinations(planner, catalogue->entities[e].entity, &sql))
			continue;
		if (!db_query_int(planner->instance->db, sql.at, NULL, 0, 0, &count, err))
			return false;
		total += count;
	}
	if (total > 0)
		planner_block(planner, "missing-destination", total,
			"They were deleted meanwhile, or set with --force: map them again, or use "
			"--accept missing.",
			"%lld destination%s not exist on this instance", (long long)total,
			total == 1 ? " does" : "s do");
	return true;
}

static bool block_duplicates(struct planner *planner, struct error *err)
{
	int64_t count;
	if (!db_query_int(planner->instance->db,
		    "SELECT count(*) FROM (SELECT type FROM reqferry_resolved GROUP BY type, key, "
		    "dependencies HAVING count(*) > 1) d",
		    NULL, 0, 0, &count, err))
		return false;
	if (count > 0)
		planner_block(planner, "duplicate-mapping", count,
			"Leave one mapping row of each in the file and load it again.",
			"%lld entit%s several mapping rows", (long long)count,
			count == 1 ? "y has" : "ies have");
	return true;
}

static bool block_inconsistent(struct planner *planner, struct error *err)
{
	static const struct {
		const char *type;
		enum host_relation relation;
	} parts[] = {{"VERSION", HOST_VERSIONS}, {"ATTACHMENT", HOST_ATTACHMENTS}};
	int64_t total = 0;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		int64_t count;
		str_addf(&sql,
			"SELECT count(*) FROM reqferry_resolved v JOIN reqferry_mapping w ON "
			"w.backupkey = $1 AND w.id = v.id JOIN reqferry_resolved p ON p.type = "
			"'PAGE' AND p.key = w.pageid JOIN %s d ON d.id = v.number WHERE v.type = "
			"'%s' AND v.destination IS NOT NULL AND p.destination IS NOT NULL AND "
			"d.pageid <> p.number",
			host_relation(&planner->instance->host, parts[i].relation), parts[i].type);
		if (!planner_count(planner, sql.at, &count, err))
			return false;
		total += count;
	}
	if (total > 0)
		planner_block(planner, "inconsistent", total,
			"Clear them with \"map clear\" and run \"map auto\", or set them to what "
			"belongs to the page.",
			"%lld version%s or attachment%s not of the page that the mapping gives",
			(long long)total, total == 1 ? "" : "s", total == 1 ? " is" : "s are");
	return true;
}

/* --- rows ---------------------------------------------------------------------------------------
 */

static bool block_outside(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	if (!planner->backup->scope.at)
		return true;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		struct str sql CLEANUP(str_release) = STR_INIT;
		int64_t count;
		if (table->scope != SCOPE_COLUMN)
			continue;
		str_addf(&sql,
			"SELECT count(*) FROM reqferry_item i JOIN reqferry_backup b ON "
			"b.backupkey = i.backupkey LEFT JOIN reqferry_fate x ON x.item = i.id "
			"WHERE "
			"i.backupkey = $1 AND x.item IS NULL AND i.f%u IS DISTINCT FROM b.scope "
			"AND i.tablename = ",
			table->scope_columns[0]->field);
		db_literal(&sql, slice_of(table->name));
		if (!planner_count(planner, sql.at, &count, err))
			return false;
		if (count > 0)
			planner_block(planner, "outside-scope", count,
				"Export the other space by itself.",
				"%lld row%s of \"%s\" %s not of the backup's scope \"%.*s\"",
				(long long)count, count == 1 ? "" : "s", table->name,
				count == 1 ? "is" : "are", SLICE_PRINT(planner->backup->scope));
	}
	return true;
}

/* Groups of items that have one identity after the import and several in the backup. */
static bool count_joined(struct planner *planner, const struct catalogue_table *table,
	int64_t *count, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT, keys CLEANUP(str_release) = STR_INIT,
		       differ CLEANUP(str_release) = STR_INIT;
	for (size_t k = 0; k < table->identity_count; k++) {
		str_addf(&keys, "%sk%zu", k ? ", " : "", k);
		str_addf(&differ, "%smin(o%zu) <> max(o%zu) OR count(o%zu) NOT IN (0, count(*))",
			k ? " OR " : "", k, k, k);
	}
	str_addf(&sql,
		"SELECT count(*) FROM (SELECT 1 FROM reqferry_merge GROUP BY %s HAVING %s) g",
		keys.at, differ.at);
	return db_query_int(planner->instance->db, sql.at, NULL, 0, 0, count, err);
}

/* Items whose identity is that of a live row that stays. */
static bool count_there(struct planner *planner, const struct catalogue_table *table,
	int64_t *count, struct error *err)
{
	const struct ry *ry = &planner->instance->ry;
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "SELECT count(DISTINCT p.item) FROM reqferry_merge p JOIN ");
	ry_from(ry, table, "t", &sql);
	str_add_text(&sql, " ON ");
	for (size_t k = 0; k < table->identity_count; k++) {
		str_addf(&sql, "%st.", k ? " AND " : "");
		db_identifier(&sql, table->identity[k]->name);
		str_addf(&sql, " IS NOT DISTINCT FROM p.k%zu", k);
	}
	str_add_text(&sql, " LEFT JOIN reqferry_erase e ON e.tablename = ");
	db_literal(&sql, slice_of(table->full_name));
	str_add_text(&sql, " AND e.id = ");
	ry_id(ry, "t", &sql);
	str_add_text(&sql, " WHERE e.id IS NULL");
	return db_query_int(planner->instance->db, sql.at, NULL, 0, 0, count, err);
}

static bool block_collisions(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		int64_t joined, there;
		if (table->merge || table->identity_count == 0)
			continue;
		if (!resolve_identities(planner->instance, planner->backup, table, err) ||
			!count_joined(planner, table, &joined, err) ||
			!count_there(planner, table, &there, err))
			return false;
		if (joined > 0)
			planner_block(planner, "collision", joined,
				"Map what they refer to apart, or exclude one side.",
				"several rows of \"%s\" would become one through the mapping, %lld "
				"time%s",
				table->name, (long long)joined, joined == 1 ? "" : "s");
		if (there > 0)
			planner_block(planner, "collision", there,
				"They are outside of what is erased: exclude what they refer to, "
				"or remove them there.",
				"%lld row%s of \"%s\" would be there twice: the same %s there "
				"already, outside of what is erased",
				(long long)there, there == 1 ? "" : "s", table->name,
				there == 1 ? "is" : "are");
	}
	return true;
}

/* Spaces or projects that would lose rows and receive none. */
static bool block_emptied_scopes(struct planner *planner, struct error *err)
{
	const struct catalogue *catalogue = planner->instance->catalogue;
	if (planner->options->erase == ERASE_EVERYTHING)
		return true;
	for (size_t i = 0; i < planner->plan->erase_scopes.count; i++) {
		const struct tally *scope = &planner->plan->erase_scopes.list[i];
		struct str sql CLEANUP(str_release) = STR_INIT;
		int64_t kept;
		if (scope->rows == 0)
			continue;
		str_add_text(&sql, "SELECT count(*) FROM (");
		bool first = true;
		for (size_t t = 0; t < catalogue->table_count; t++) {
			const struct catalogue_table *table = &catalogue->tables[t];
			if (table->scope != SCOPE_COLUMN && table->scope != SCOPE_ISSUE)
				continue;
			const struct catalogue_column *column = table->scope_columns[0];
			str_addf(&sql, "%sSELECT i.id FROM reqferry_item i",
				first ? "" : " UNION ALL ");
			ry_join_mapping(column, &sql);
			str_addf(&sql,
				" LEFT JOIN reqferry_fate x ON x.item = i.id WHERE i.backupkey = "
				"$1 "
				"AND x.item IS NULL AND m%u.%s = $2 AND i.tablename = ",
				column->field,
				table->scope == SCOPE_COLUMN ? "destination" : "projectkey");
			db_literal(&sql, slice_of(table->name));
			first = false;
		}
		str_add_text(&sql, ") k");
		const struct db_value values[] = {
			db_slice(planner->backup->key), db_slice(scope->name)};
		if (!db_query_int(planner->instance->db, sql.at, values, 2, 0, &kept, err))
			return false;
		if (kept == 0)
			planner_block(planner, "emptied-scope", scope->rows,
				"Check what the scope is mapped to and what was excluded or "
				"rejected; "
				"--erase everything erases it all the same.",
				"\"%.*s\" would lose %lld row%s and receive none",
				SLICE_PRINT(scope->name), (long long)scope->rows,
				scope->rows == 1 ? "" : "s");
	}
	return true;
}

static bool in_catalogue(const struct catalogue *catalogue, const char *table)
{
	for (size_t t = 0; t < catalogue->table_count; t++)
		if (strcmp(catalogue->tables[t].full_name, table) == 0)
			return true;
	return false;
}

/* Tables that the catalogue does not know, with rows that refer to rows to be erased. */
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
		for (size_t k = 0; k < count; k++) {
			struct str sql CLEANUP(str_release) = STR_INIT;
			int64_t rows;
			if (in_catalogue(instance->catalogue, keys[k].table))
				continue;
			str_add_text(&sql, "SELECT count(*) FROM ");
			db_identifier(&sql, keys[k].table);
			str_add_text(&sql, " f JOIN reqferry_erase e ON e.id = f.");
			db_identifier(&sql, keys[k].column);
			str_add_text(&sql, " AND e.tablename = ");
			db_literal(&sql, slice_of(table->full_name));
			if (!planner_count(planner, sql.at, &rows, err))
				return false;
			if (rows > 0)
				planner_block(planner, "foreign-table", rows,
					"Add the table to the catalogue (docs/catalogue.md), or "
					"remove "
					"those rows first.",
					"%lld row%s of the table \"%s\", which the catalogue does "
					"not "
					"know, refer to rows of \"%s\" that would be erased",
					(long long)rows, rows == 1 ? "" : "s", keys[k].table,
					table->full_name);
		}
	}
	return true;
}

bool planner_find_conflicts(struct planner *planner, struct error *err)
{
	static bool (*const all[])(struct planner * planner, struct error * err) = {
		block_missing_destination, block_duplicates, block_inconsistent, block_outside,
		block_collisions, block_emptied_scopes, block_foreign_tables};
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (!all[i](planner, err))
			return false;
	return true;
}
