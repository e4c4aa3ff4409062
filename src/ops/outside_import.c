/*
 * References that leave a scope, written: after the backup's rows, with ids of their own.
 *
 * An erased row comes back with every column as it was, known to the catalogue or not, but for its
 * id and its ends. A row of the manifest is made of the catalogue's columns.
 */
#include "ops/outside.h"

/* Ends that are items are the rows that these have become; then every kept row gets an id. */
static bool number_kept(struct instance *instance, const struct plan *plan,
	const struct outside_kind *kind, int64_t count, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT, id CLEANUP(str_release) = STR_INIT;
	const struct db_value key = db_slice(plan->key);
	for (size_t e = 0; e < kind->end_count; e++) {
		char end = e ? 'b' : 'a';
		str_clear(&sql);
		str_addf(&sql,
			"UPDATE reqferry_reference SET %c = (SELECT i.newid FROM reqferry_item i "
			"WHERE i.backupkey = $1 AND i.id = -reqferry_reference.%c) WHERE outcome = "
			"'kept' AND %c < 0 AND tablename = ",
			end, end, end);
		db_literal(&sql, slice_of(kind->table->full_name));
		if (!db_exec(instance->db, sql.at, &key, 1, NULL, err))
			return false;
	}
	if (!db_fresh_ids(instance->db, kind->table->full_name, instance->catalogue->id_column,
		    count, "k.place", &id, err))
		return false;
	str_clear(&sql);
	str_addf(&sql,
		"UPDATE reqferry_reference SET newid = n.newid FROM (SELECT k.id, %s AS newid FROM "
		"(SELECT r.id, ROW_NUMBER() OVER (ORDER BY r.id) AS place FROM reqferry_reference "
		"r WHERE r.outcome = 'kept' AND r.tablename = ",
		id.at);
	db_literal(&sql, slice_of(kind->table->full_name));
	str_add_text(&sql, " ORDER BY r.id) k) n WHERE reqferry_reference.id = n.id");
	return db_exec(instance->db, sql.at, NULL, 0, NULL, err);
}

/* "r.a" or "r.b" where the column of that name is an end. */
static const char *end_of(const struct outside_kind *kind, const char *name)
{
	for (size_t e = 0; e < kind->end_count; e++)
		if (strcmp(kind->ends[e]->name, name) == 0)
			return e ? "r.b" : "r.a";
	return NULL;
}

static void where_kept(const struct outside_kind *kind, const char *source, struct str *sql)
{
	str_addf(sql, " WHERE r.outcome = 'kept' AND r.source = '%s' AND r.tablename = ", source);
	db_literal(sql, slice_of(kind->table->full_name));
	str_add_text(sql, " ORDER BY r.id");
}

static bool put_back(struct instance *instance, const struct outside_kind *kind, int64_t *rows,
	struct error *err)
{
	const struct ry *ry = &instance->ry;
	const struct ry_live *live = &ry->live[kind->table->index];
	struct str sql CLEANUP(str_release) = STR_INIT, values CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO ");
	db_identifier(&sql, kind->table->full_name);
	for (size_t c = 0; c < live->all_count; c++) {
		const char *name = live->all[c].name, *end = end_of(kind, name);
		str_add_text(&sql, c ? ", " : " (");
		db_identifier(&sql, name);
		str_add_text(&values, c ? ", " : "");
		if (strcmp(name, instance->catalogue->id_column) == 0) {
			str_add_text(&values, "r.newid");
		} else if (end) {
			str_add_text(&values, end);
		} else {
			str_add_text(&values, "t.");
			db_identifier(&values, name);
		}
	}
	str_addf(&sql, ") SELECT %s FROM reqferry_reference r JOIN ", values.at);
	outside_back(kind->table, &sql);
	str_add_text(&sql, " t ON ");
	ry_id(ry, "t", &sql);
	str_add_text(&sql, " = r.origin_row");
	where_kept(kind, "erased", &sql);
	return db_exec(instance->db, sql.at, NULL, 0, rows, err);
}

static bool add_new(struct instance *instance, const struct plan *plan,
	const struct outside_kind *kind, int64_t *rows, struct error *err)
{
	const struct ry *ry = &instance->ry;
	struct str sql CLEANUP(str_release) = STR_INIT, values CLEANUP(str_release) = STR_INIT,
		       joins CLEANUP(str_release) = STR_INIT;
	const struct db_value key = db_slice(plan->key);
	str_add_text(&sql, "INSERT INTO ");
	db_identifier(&sql, kind->table->full_name);
	str_add_text(&sql, " (");
	db_identifier(&sql, instance->catalogue->id_column);
	for (size_t c = 0; c < kind->table->column_count; c++) {
		const struct catalogue_column *column = &kind->table->columns[c];
		const char *end = end_of(kind, column->name);
		str_add_text(&sql, ", ");
		db_identifier(&sql, column->name);
		str_add_text(&values, ", ");
		if (end)
			str_add_text(&values, end);
		else if (column->uses[0].role == ROLE_ROW)
			str_add_text(&values, "NULL");
		else if (column->uses[0].role == ROLE_JSON_LINKS)
			str_addf(&values, "i.f%u", column->field);
		else
			ry_value(ry, column, &values);
		outside_joins(&column, 1, &joins);
	}
	str_addf(&sql,
		") SELECT r.newid%s FROM reqferry_reference r JOIN reqferry_outside i ON "
		"i.backupkey = $1 AND i.id = r.origin_row%s",
		values.at, joins.at);
	where_kept(kind, "manifest", &sql);
	return db_exec(instance->db, sql.at, &key, 1, rows, err);
}

static bool record(struct instance *instance, const struct outside_kind *kind,
	struct slice undo_key, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	const struct db_value key = db_slice(undo_key);
	str_add_text(&sql, "INSERT INTO reqferry_undo_row (undokey, tablename, rowid_, kind) "
			   "SELECT $1, r.tablename, r.newid, 'inserted' FROM reqferry_reference r "
			   "WHERE r.outcome = 'kept' AND r.tablename = ");
	db_literal(&sql, slice_of(kind->table->full_name));
	return db_exec(instance->db, sql.at, &key, 1, NULL, err);
}

static bool count_kept(struct instance *instance, const struct outside_kind *kind,
	const char *source, int64_t *count, struct error *err)
{
	const struct db_value values[] = {db_text(kind->table->full_name), db_text(source)};
	return db_query_int(instance->db,
		"SELECT count(*) FROM reqferry_reference WHERE outcome = 'kept' AND tablename = $1 "
		"AND source = $2",
		values, 2, 0, count, err);
}

static bool import_kind(struct instance *instance, const struct plan *plan,
	const struct outside_kind *kind, struct slice undo_key, int64_t *written, struct error *err)
{
	int64_t erased, manifest, back = 0, added = 0;
	if (!count_kept(instance, kind, "erased", &erased, err) ||
		!count_kept(instance, kind, "manifest", &manifest, err))
		return false;
	if (erased + manifest == 0)
		return true;
	if (!number_kept(instance, plan, kind, erased + manifest, err) ||
		(erased > 0 && !put_back(instance, kind, &back, err)) ||
		(manifest > 0 && !add_new(instance, plan, kind, &added, err)) ||
		!record(instance, kind, undo_key, err))
		return false;
	*written += back + added;
	return true;
}

bool outside_import(struct instance *instance, const struct plan *plan, struct slice undo_key,
	struct task *task, struct error *err)
{
	const struct catalogue *catalogue = instance->catalogue;
	int64_t written = 0;
	if (plan->outside_kept == 0)
		return true;
	task_step(task, "put references to other places back", "tables", catalogue->table_count);
	for (size_t t = 0; t < catalogue->table_count; t++) {
		struct outside_kind kind;
		if (outside_kind_of(&catalogue->tables[t], &kind) &&
			!import_kind(instance, plan, &kind, undo_key, &written, err)) {
			error_context(err, "references in \"%s\"", catalogue->tables[t].full_name);
			return false;
		}
		task_advance(task, 1);
	}
	if (written != plan->outside_kept)
		return FAIL(err, COUNTS,
			"%lld references to other places were to be kept, %lld were written",
			(long long)plan->outside_kept, (long long)written);
	return true;
}
