/*
 * Citations that stay with the origin: a space that is imported under another key, on the instance
 * that it was exported from.
 *
 * Citations are rows of the requirement that they cite, so a backup brings them. But a page of
 * another space goes on citing the requirement of the old space, which is still here; to insert the
 * citation would say that the page cites the new one too. So such an item is left out: its page is
 * mapped to itself and lies outside of the backup's scope, and the same citation of the requirement
 * that it had at the origin stands here and is not erased. Its fate is 'excluded', and `stays` the
 * item of that requirement. Where the old requirement or its citation is gone, the item comes in.
 *
 *     reqferry_origin_live  the live rows of the old scope by their identity: id, place, total, k0
 * ... reqferry_origin_row   the items that were such rows: item, live reqferry_origin_tie   what
 * these are cited by: live, o0 ...
 */
#include "ops/outside.h"

static bool run(struct instance *instance, const char *sql, const struct stage_backup *backup,
	struct error *err)
{
	const struct db_value values[] = {db_slice(backup->key), db_slice(backup->scope)};
	size_t count = strstr(sql, "$2") ? 2 : strstr(sql, "$1") ? 1 : 0;
	return db_exec(instance->db, sql, values, count, NULL, err);
}

/* The fields of the item `i` as they stood at the origin, '' for none, as c0 ... c7. */
static void fields_of(
	const struct catalogue_column *const *columns, size_t count, char letter, struct str *sql)
{
	for (size_t k = 0; k < OUTSIDE_COLUMNS; k++) {
		if (k < count)
			str_addf(sql, ", COALESCE(i.f%u, '') AS %c%zu", columns[k]->field, letter,
				k);
		else
			str_addf(sql, ", '' AS %c%zu", letter, k);
	}
}

/* The item `i` cites from a page. */
static void item_cites(const struct catalogue_citation *citation, struct str *sql)
{
	str_addf(sql, "i.f%u = '%s' AND (", citation->column->field,
		citation->is ? "true" : "false");
	ry_entity_type(citation->page, sql);
	str_add_text(sql, ") = ");
	db_literal(sql, slice_of(entity_name(ENTITY_PAGE)));
}

static const char *const working_tables[] = {
	"reqferry_origin_live", "reqferry_origin_row", "reqferry_origin_tie"};

bool outside_drop_stay(struct instance *instance, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(working_tables); i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		str_addf(&sql, "DROP TABLE IF EXISTS %s", working_tables[i]);
		if (!db_exec(instance->db, sql.at, NULL, 0, NULL, err))
			return false;
	}
	return true;
}

/* "c0 <type>, ..., c7 <type>" */
static void define_columns(const struct dialect *dialect, char letter, struct str *sql)
{
	for (int k = 0; k < OUTSIDE_COLUMNS; k++)
		str_addf(sql, ", %c%d %s", letter, k, dialect->type_key);
}

static bool make_tables(struct instance *instance, struct error *err)
{
	const struct dialect *dialect = db_dialect(instance->db);
	const char *number = dialect->type_int64;
	struct str tables[ARRAY_LEN(working_tables)] = {STR_INIT, STR_INIT, STR_INIT};
	bool ok = outside_drop_stay(instance, err);
	str_addf(&tables[0], "id %s, place %s, total %s", number, number, number);
	define_columns(dialect, 'k', &tables[0]);
	str_addf(&tables[1], "item %s PRIMARY KEY, live %s", number, number);
	str_addf(&tables[2], "live %s", number);
	define_columns(dialect, 'o', &tables[2]);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		str_addf(&sql, "CREATE TEMPORARY TABLE %s (%s)", working_tables[i], tables[i].at);
		ok = ok && db_exec(instance->db, sql.at, NULL, 0, NULL, err);
		str_release(&tables[i]);
	}
	return ok;
}

/* The rows of the origin's scope that stay. */
static bool find_live(struct instance *instance, const struct stage_backup *backup,
	const struct catalogue_table *target, struct error *err)
{
	const struct ry *ry = &instance->ry;
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO reqferry_origin_live (id, place, total");
	outside_columns("", 'k', &sql);
	str_add_text(&sql, ") SELECT u.id");
	outside_partition("ROW_NUMBER()", "u.id", &sql);
	outside_partition("count(*)", NULL, &sql);
	outside_columns("u.", 'k', &sql);
	str_add_text(&sql, " FROM (SELECT ");
	ry_id(ry, "t", &sql);
	str_add_text(&sql, " AS id");
	outside_texts(ry, target->identity, target->identity_count, 'k', &sql);
	str_add_text(&sql, " FROM ");
	ry_from(ry, target, "t", &sql);
	outside_join_erase(ry, target, "LEFT JOIN", &sql);
	str_add_text(&sql, " WHERE e.id IS NULL AND ");
	ry_in_scope(ry, target, "t", "$2", RY_INSIDE, &sql);
	str_add_text(&sql, ") u");
	return run(instance, sql.at, backup, err) &&
	       run(instance,
		       "CREATE INDEX reqferry_origin_live_key ON reqferry_origin_live (k0, k1, k2)",
		       backup, err);
}

/* Which of them the cited items were: by identity, the n-th of several for the n-th. */
static bool find_rows(struct instance *instance, const struct stage_backup *backup,
	const struct catalogue_table *target, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO reqferry_origin_row (item, live) SELECT o.id, l.id FROM "
			   "(SELECT u.id");
	outside_columns("u.", 'k', &sql);
	outside_partition("ROW_NUMBER()", "u.id", &sql);
	str_add_text(&sql, " AS place FROM (SELECT i.id AS id");
	fields_of(target->identity, target->identity_count, 'k', &sql);
	str_add_text(&sql, " FROM reqferry_item i WHERE i.backupkey = $1 AND i.tablename = ");
	db_literal(&sql, slice_of(target->name));
	str_add_text(&sql, ") u) o JOIN reqferry_origin_live l ON ");
	outside_same("l.", 'k', "o.", 'k', &sql);
	str_add_text(
		&sql, " AND l.place = CASE WHEN o.place < l.total THEN o.place ELSE l.total END");
	return run(instance, sql.at, backup, err);
}

/* What those rows are cited by, as far as it stays. */
static bool find_ties(struct instance *instance, const struct stage_backup *backup,
	const struct outside_kind *kind, struct error *err)
{
	const struct ry *ry = &instance->ry;
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO reqferry_origin_tie (live");
	outside_columns("", 'o', &sql);
	str_add_text(&sql, ") SELECT t.");
	db_identifier(&sql, kind->ends[0]->name);
	outside_texts(ry, kind->others, kind->other_count, 'o', &sql);
	str_add_text(&sql, " FROM ");
	ry_from(ry, kind->table, "t", &sql);
	outside_join_erase(ry, kind->table, "LEFT JOIN", &sql);
	str_add_text(&sql, " WHERE e.id IS NULL AND ");
	outside_cites(instance, kind->table->citation, &sql);
	str_add_text(&sql, " AND t.");
	db_identifier(&sql, kind->ends[0]->name);
	str_add_text(&sql, " IN (SELECT h.live FROM reqferry_origin_row h)");
	return run(instance, sql.at, backup, err) &&
	       run(instance,
		       "CREATE INDEX reqferry_origin_tie_live ON reqferry_origin_tie (live, o0, "
		       "o1)",
		       backup, err);
}

static bool leave_out(struct instance *instance, const struct stage_backup *backup,
	const struct outside_kind *kind, struct error *err)
{
	const struct catalogue_column *page = kind->table->citation->page, *owner = kind->ends[0];
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql,
		"INSERT INTO reqferry_fate (item, tablename, fate, stays) SELECT c.id, "
		"c.tablename, 'excluded', min(c.cited) FROM (SELECT i.id, i.tablename, ");
	str_addf(&sql, "r%u.id AS cited", owner->field);
	fields_of(kind->others, kind->other_count, 'o', &sql);
	str_add_text(&sql, " FROM reqferry_item i");
	ry_join_mapping(page, &sql);
	ry_join_row(owner, &sql);
	str_addf(&sql,
		" JOIN %s p ON p.id = m%u.number LEFT JOIN reqferry_fate x ON x.item = i.id WHERE "
		"i.backupkey = $1 AND x.item IS NULL AND m%u.destination = i.f%u AND p.spacekey "
		"<> $2 AND ",
		host_relation(&instance->host, HOST_CONTENT_STATES), page->field, page->field,
		page->field);
	item_cites(kind->table->citation, &sql);
	str_add_text(&sql, " AND i.tablename = ");
	db_literal(&sql, slice_of(kind->table->name));
	str_add_text(&sql, ") c JOIN reqferry_origin_row h ON h.item = c.cited WHERE EXISTS "
			   "(SELECT 1 FROM reqferry_origin_tie g WHERE g.live = h.live AND ");
	outside_same("g.", 'o', "c.", 'o', &sql);
	str_add_text(&sql, ") GROUP BY c.id, c.tablename");
	return run(instance, sql.at, backup, err);
}

bool outside_stay(struct instance *instance, const struct stage_backup *backup,
	const struct import_options *options, const struct catalogue_table *table,
	struct error *err)
{
	struct outside_kind kind;
	bool same;
	/* a whole instance has nothing outside */
	if (!backup->scope.at || options->outside_copy || !outside_kind_of(table, &kind) ||
		!table->citation || !outside_has_identity(kind.ends[0]->uses[0].table))
		return true;
	if (!outside_same_instance(instance, backup, &same, err))
		return false;
	return !same || (make_tables(instance, err) &&
				find_live(instance, backup, kind.ends[0]->uses[0].table, err) &&
				find_rows(instance, backup, kind.ends[0]->uses[0].table, err) &&
				find_ties(instance, backup, &kind, err) &&
				leave_out(instance, backup, &kind, err));
}
