/*
 * The entities that a backup's items refer to.
 *
 * They are collected from staging, not from the live tables, so that the same code serves whatever
 * the items came from; and in the order in which the items meet them: by item, then by field.
 */
#include "ops/internal.h"

/* Places of fields inside an item: item id * PLACES + field. */
#define PLACES 64

static bool collect_keys(
	struct instance *instance, struct slice key, struct slice scope, struct error *err)
{
	const struct catalogue *catalogue = instance->catalogue;
	const struct catalogue_entity *scope_entity = catalogue_entity(catalogue, catalogue->scope);
	struct str sql CLEANUP(str_release) = STR_INIT;
	if (!db_exec(instance->db, "DROP TABLE IF EXISTS reqferry_entity", NULL, 0, NULL, err))
		return false;
	const struct dialect *dialect = db_dialect(instance->db);
	str_addf(&sql,
		"CREATE TEMPORARY TABLE reqferry_entity (id %s, type %s, key %s, dependencies %s, "
		"number %s)",
		dialect->type_int64, dialect->type_key, dialect->type_key, dialect->type_key,
		dialect->type_int64);
	if (!db_exec(instance->db, sql.at, NULL, 0, NULL, err))
		return false;

	str_clear(&sql);
	str_addf(&sql, "INSERT INTO reqferry_entity (id, type, key, dependencies, number) "
		       "SELECT ROW_NUMBER() OVER (ORDER BY min(u.place), u.type), u.type, u.key, "
		       "u.dependencies, ");
	dialect_apply(&sql, dialect->key_to_integer_f, "u.key");
	str_add_text(&sql, " FROM (");
	bool first = true;
	if (scope.at && scope_entity && scope_entity->written) {
		str_add_text(&sql, "SELECT ");
		db_literal(&sql, slice_of(entity_name(catalogue->scope)));
		str_add_text(&sql, " AS type, $2 AS key, NULL AS dependencies, 0 AS place");
		first = false;
	}
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		for (size_t c = 0; c < table->column_count; c++) {
			const struct catalogue_column *column = &table->columns[c];
			struct str type CLEANUP(str_release) = STR_INIT;
			if (!ry_entity_type(column, &type))
				continue;
			str_addf(&sql, "%sSELECT %s AS type, i.f%u AS key, ",
				first ? "" : " UNION ALL ", type.at, column->field);
			ry_entity_dependencies(column, &sql);
			str_addf(&sql,
				" AS dependencies, i.id * %d + %u AS place FROM reqferry_item i "
				"WHERE i.backupkey = $1 AND i.f%u IS NOT NULL AND i.tablename = ",
				PLACES, column->field, column->field);
			db_literal(&sql, slice_of(table->name));
			first = false;
		}
	}
	str_add_text(&sql, ") u WHERE u.type IS NOT NULL GROUP BY u.type, u.key, u.dependencies");
	const struct db_value values[] = {db_slice(key), db_slice(scope)};
	return db_exec(instance->db, sql.at, values, scope.at ? 2 : 1, NULL, err);
}

/* The mapping rows of one type, with what the host knows of them. */
static bool describe(struct instance *instance, struct slice key,
	const struct catalogue_entity *entity, struct arena *arena, int64_t *vanished,
	struct error *err)
{
	struct host_description host;
	bool known = host_describe(&instance->host, entity->entity, arena, &host);
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO reqferry_mapping (id, backupkey, type, key, dependencies");
	for (int f = 0; f < FIELD_COUNT; f++)
		str_addf(&sql, ", %s", mapping_field_column((enum mapping_field)f));
	str_add_text(&sql, ", infile, width, rev) SELECT e.id, $1, e.type, e.key, e.dependencies");
	for (int f = 0; f < FIELD_COUNT; f++) {
		const char *expression = "NULL";
		if (entity->fields[f] && known && host.fields[f])
			expression = host.fields[f];
		else if (entity->fields[f] && !known && f == FIELD_ISSUE_KEY &&
			 entity->entity == ENTITY_ISSUE)
			expression = "e.key"; /* where issues live elsewhere their key is their
						 issue key */
		str_addf(&sql, ", NULLIF(%s, '')", expression);
	}
	str_addf(&sql, ", 1, %d, 0 FROM reqferry_entity e%s%s WHERE e.type = ", MAPPING_WIDTH,
		known ? " " : "", known ? host.joins : "");
	db_literal(&sql, slice_of(entity_name(entity->entity)));
	const struct db_value value = db_slice(key);
	if (!db_exec(instance->db, sql.at, &value, 1, NULL, err))
		return false;
	if (!known)
		return true;

	str_clear(&sql);
	str_addf(&sql, "SELECT count(*) FROM reqferry_entity e %s WHERE NOT (%s) AND e.type = ",
		host.joins, host.found);
	db_literal(&sql, slice_of(entity_name(entity->entity)));
	int64_t missing;
	if (!db_query_int(instance->db, sql.at, NULL, 0, 0, &missing, err))
		return false;
	*vanished += missing;
	if (!host.email && !host.display_name && !host.name && !host.created)
		return true;

	str_clear(&sql);
	str_addf(&sql,
		"INSERT INTO reqferry_evidence (backupkey, type, key, email, displayname, name, "
		"created) "
		"SELECT DISTINCT $1, e.type, e.key, %s, %s, %s, %s FROM reqferry_entity e %s "
		"WHERE (%s) AND e.type = ",
		host.email ? host.email : "NULL", host.display_name ? host.display_name : "NULL",
		host.name ? host.name : "NULL", host.created ? host.created : "NULL", host.joins,
		host.found);
	db_literal(&sql, slice_of(entity_name(entity->entity)));
	return db_exec(instance->db, sql.at, &value, 1, NULL, err);
}

bool entities_collect(struct instance *instance, struct slice key, struct slice scope,
	struct task *task, int64_t *vanished, struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	const struct catalogue *catalogue = instance->catalogue;
	int64_t missing = 0;
	task_step(task, "collect the entities", "types", catalogue->entity_count);
	if (!collect_keys(instance, key, scope, err))
		return false;
	for (size_t e = 0; e < catalogue->entity_count; e++) {
		if (!describe(instance, key, &catalogue->entities[e], &arena, &missing, err))
			return false;
		task_advance(task, 1);
	}
	if (!db_exec(instance->db, "DROP TABLE reqferry_entity", NULL, 0, NULL, err))
		return false;
	*vanished = missing;
	return entities_derive_projects(instance, key, scope, err);
}

bool entities_derive_projects(
	struct instance *instance, struct slice key, struct slice scope, struct error *err)
{
	/* on Jira a mapping's key is an id and the issue key stands beside it; elsewhere the key is
	 * it */
	bool jira = instance->catalogue->product == PRODUCT_JIRA;
	const char *issue_key = jira ? "m.issuekey" : "m.key";
	bool with_scope = scope.at && instance->catalogue->scope == ENTITY_PROJECT;
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_addf(&sql,
		"INSERT INTO reqferry_mapping (id, backupkey, type, key, dependencies, applink, "
		"infile, "
		"width, rev) SELECT (SELECT COALESCE(max(id), 0) FROM reqferry_mapping WHERE "
		"backupkey = "
		"$1) + ROW_NUMBER() OVER (ORDER BY d.key, d.dependencies), $1, 'PROJECT', d.key, "
		"d.dependencies, NULL, 0, %d, 0 FROM (SELECT DISTINCT u.key, u.dependencies FROM ("
		"SELECT substr(rtrim(%s, '0123456789'), 1, length(rtrim(%s, '0123456789')) - 1) AS "
		"key, "
		"%s AS dependencies FROM reqferry_mapping m WHERE m.backupkey = $1 AND m.type = "
		"'ISSUE' "
		"AND %s LIKE '_%%-_%%'",
		MAPPING_WIDTH, issue_key, issue_key, jira ? "NULL" : "m.dependencies", issue_key);
	if (with_scope)
		str_add_text(&sql, " UNION ALL SELECT $2, NULL");
	str_add_text(&sql,
		") u) d WHERE d.key <> '' AND NOT EXISTS (SELECT 1 FROM reqferry_mapping p WHERE "
		"p.backupkey = $1 AND p.type = 'PROJECT' AND p.key = d.key AND "
		"COALESCE(p.dependencies, '') = COALESCE(d.dependencies, ''))");
	const struct db_value values[] = {db_slice(key), db_slice(scope)};
	return db_exec(instance->db, sql.at, values, with_scope ? 2 : 1, NULL, err);
}
