/*
 * Mappings that contradict each other or the instance, and rows that would be there twice: what no
 * single row shows and what would stay wrong without a sound.
 *
 *     missing-destination  what something is mapped to is not there, or not current
 *     duplicate-mapping    two mapping rows of one entity: which one counts?
 *     inconsistent         a version or file that is not of the page that its page is mapped to
 *     outside-scope        a row of another space than the backup's: nothing of it is erased first
 *     collision            rows that are one only through the mapping, or that are there already
 */
#include "ops/resolve.h"

struct conflicts {
	struct instance *instance;
	const struct stage_backup *backup;
	const struct import_options *options;
	struct arena *arena;
	struct plan *plan;
};

static bool count_key(struct conflicts *conflicts, const char *sql, int64_t *out, struct error *err)
{
	const struct db_value key = db_slice(conflicts->backup->key);
	return db_query_int(conflicts->instance->db, sql, &key, 1, 0, out, err);
}

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
static bool missing_destinations(struct conflicts *conflicts, enum entity entity, struct str *sql)
{
	const struct host *host = &conflicts->instance->host;
	struct host_description description;
	enum host_relation relation;
	if (!host_describe(host, entity, conflicts->arena, &description))
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

static bool block_missing_destination(struct conflicts *conflicts, struct error *err)
{
	if (conflicts->options->accept_missing)
		return true;
	const struct catalogue *catalogue = conflicts->instance->catalogue;
	int64_t total = 0;
	for (size_t e = 0; e < catalogue->entity_count; e++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		int64_t count;
		if (!missing_destinations(conflicts, catalogue->entities[e].entity, &sql))
			continue;
		if (!db_query_int(conflicts->instance->db, sql.at, NULL, 0, 0, &count, err))
			return false;
		total += count;
	}
	if (total > 0)
		plan_block(conflicts->arena, conflicts->plan, "missing-destination", total,
			"They were deleted meanwhile, or set with --force: map them again, or use "
			"--accept missing.",
			"%lld destination%s not exist on this instance", (long long)total,
			total == 1 ? " does" : "s do");
	return true;
}

static bool block_duplicates(struct conflicts *conflicts, struct error *err)
{
	int64_t count;
	if (!db_query_int(conflicts->instance->db,
		    "SELECT count(*) FROM (SELECT type FROM reqferry_resolved GROUP BY type, key, "
		    "dependencies HAVING count(*) > 1) d",
		    NULL, 0, 0, &count, err))
		return false;
	if (count > 0)
		plan_block(conflicts->arena, conflicts->plan, "duplicate-mapping", count,
			"Leave one mapping row of each in the file and load it again.",
			"%lld entit%s several mapping rows", (long long)count,
			count == 1 ? "y has" : "ies have");
	return true;
}

static bool block_inconsistent(struct conflicts *conflicts, struct error *err)
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
			host_relation(&conflicts->instance->host, parts[i].relation),
			parts[i].type);
		if (!count_key(conflicts, sql.at, &count, err))
			return false;
		total += count;
	}
	if (total > 0)
		plan_block(conflicts->arena, conflicts->plan, "inconsistent", total,
			"Clear them with \"map clear\" and run \"map auto\", or set them to what "
			"belongs to the page.",
			"%lld version%s or attachment%s not of the page that the mapping gives",
			(long long)total, total == 1 ? "" : "s", total == 1 ? " is" : "s are");
	return true;
}

/* --- rows ---------------------------------------------------------------------------------------
 */

static bool block_outside(struct conflicts *conflicts, struct error *err)
{
	const struct catalogue *catalogue = conflicts->instance->catalogue;
	if (!conflicts->backup->scope.at)
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
		if (!count_key(conflicts, sql.at, &count, err))
			return false;
		if (count > 0)
			plan_block(conflicts->arena, conflicts->plan, "outside-scope", count,
				"Export the other space by itself.",
				"%lld row%s of \"%s\" %s not of the backup's scope \"%.*s\"",
				(long long)count, count == 1 ? "" : "s", table->name,
				count == 1 ? "is" : "are", SLICE_PRINT(conflicts->backup->scope));
	}
	return true;
}

/* Groups of items that have one identity after the import and several in the backup. */
static bool count_joined(struct conflicts *conflicts, const struct catalogue_table *table,
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
	return db_query_int(conflicts->instance->db, sql.at, NULL, 0, 0, count, err);
}

/* Items whose identity is that of a live row that stays. */
static bool count_there(struct conflicts *conflicts, const struct catalogue_table *table,
	int64_t *count, struct error *err)
{
	const struct ry *ry = &conflicts->instance->ry;
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
	return db_query_int(conflicts->instance->db, sql.at, NULL, 0, 0, count, err);
}

static bool block_collisions(struct conflicts *conflicts, struct error *err)
{
	const struct catalogue *catalogue = conflicts->instance->catalogue;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		int64_t joined, there;
		if (table->merge || table->identity_count == 0)
			continue;
		if (!resolve_identities(conflicts->instance, conflicts->backup, table, err) ||
			!count_joined(conflicts, table, &joined, err) ||
			!count_there(conflicts, table, &there, err))
			return false;
		if (joined > 0)
			plan_block(conflicts->arena, conflicts->plan, "collision", joined,
				"Map what they refer to apart, or exclude one side.",
				"several rows of \"%s\" would become one through the mapping, %lld "
				"time%s",
				table->name, (long long)joined, joined == 1 ? "" : "s");
		if (there > 0)
			plan_block(conflicts->arena, conflicts->plan, "collision", there,
				"They are outside of what is erased: exclude what they refer to, "
				"or remove them there.",
				"%lld row%s of \"%s\" would be there twice: the same %s there "
				"already, outside of what is erased",
				(long long)there, there == 1 ? "" : "s", table->name,
				there == 1 ? "is" : "are");
	}
	return true;
}

bool plan_conflicts(struct instance *instance, const struct stage_backup *backup,
	const struct import_options *options, struct arena *arena, struct plan *out,
	struct error *err)
{
	struct conflicts conflicts = {instance, backup, options, arena, out};
	return block_missing_destination(&conflicts, err) && block_duplicates(&conflicts, err) &&
	       block_inconsistent(&conflicts, err) && block_outside(&conflicts, err) &&
	       block_collisions(&conflicts, err);
}
