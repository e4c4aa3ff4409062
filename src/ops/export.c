/*
 * Step 1: the scope's rows and their entities, into staging.
 */
#include "base/time.h"
#include "ops/internal.h"
#include "ops/outside.h"

struct export_step {
	struct instance *instance;
	const struct export_options *options;
	struct task *task;
	struct arena *arena;
	struct staged *out;
	struct slice scope;
};

bool scope_find(struct instance *instance, struct slice key, struct arena *arena,
	struct slice *found, struct error *err)
{
	bool space = instance->catalogue->scope == ENTITY_SPACE;
	const char *relation = host_relation(&instance->host, space ? HOST_SPACES : HOST_PROJECTS);
	struct str sql CLEANUP(str_release) = STR_INIT;
	const struct db_value value = db_slice(key);
	str_addf(&sql, "SELECT s.key FROM %s s WHERE s.key = $1", relation);
	if (!db_query_text(instance->db, sql.at, &value, 1, arena, found, err))
		return false;
	if (found->at)
		return true;
	struct slice other;
	str_clear(&sql);
	str_addf(&sql, "SELECT s.key FROM %s s WHERE lower(s.key) = lower($1)", relation);
	if (!db_query_text(instance->db, sql.at, &value, 1, arena, &other, err))
		return false;
	const char *what = space ? "space" : "project";
	error_set(err, ERROR_NOT_FOUND, "there is no %s \"%.*s\" on instance \"%.*s\"", what,
		SLICE_PRINT(key), SLICE_PRINT(instance->name));
	if (other.at)
		error_hint(err, "There is a %s \"%.*s\": keys are compared with their case.", what,
			SLICE_PRINT(other));
	else
		error_hint(err, "Check the key, and that this is the right instance.");
	return false;
}

static bool export_table(struct export_step *step, const struct catalogue_table *table,
	int64_t first_id, int64_t *rows, struct error *err)
{
	const struct ry *ry = &step->instance->ry;
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO reqferry_item (id, backupkey, tablename, oldid, width");
	for (size_t c = 0; c < table->column_count; c++)
		str_addf(&sql, ", f%u", table->columns[c].field);
	str_add_text(&sql, ") SELECT $2 + ROW_NUMBER() OVER (ORDER BY ");
	ry_id(ry, "t", &sql);
	str_add_text(&sql, "), $1, ");
	db_literal(&sql, slice_of(table->name));
	str_add_text(&sql, ", ");
	ry_id_text(ry, &sql);
	str_addf(&sql, ", %u", table->width);
	for (size_t c = 0; c < table->column_count; c++) {
		str_add_text(&sql, ", ");
		ry_text_of(ry, &table->columns[c], &sql);
	}
	str_add_text(&sql, " FROM ");
	ry_from(ry, table, "t", &sql);
	str_add_text(&sql, " WHERE ");
	ry_in_scope(ry, table, "t", step->scope.at ? "$3" : NULL, RY_INSIDE, &sql);
	str_add_text(&sql, " ORDER BY ");
	ry_id(ry, "t", &sql);
	const struct db_value values[] = {
		db_slice(step->options->key), db_int(first_id), db_slice(step->scope)};
	/* a global table has no scope; PostgreSQL refuses a value that has no place */
	return db_exec(step->instance->db, sql.at, values, strstr(sql.at, "$3") ? 3 : 2, rows, err);
}

/* Columns that the catalogue does not know cannot be exported: name those that hold something. */
static bool report_unknown_columns(struct export_step *step, struct error *err)
{
	const struct ry *ry = &step->instance->ry;
	for (size_t t = 0; t < step->instance->catalogue->table_count; t++) {
		const struct ry_live *live = &ry->live[t];
		for (size_t u = 0; u < live->unknown_count; u++) {
			struct str sql CLEANUP(str_release) = STR_INIT;
			int64_t rows;
			str_add_text(&sql, "SELECT count(t.");
			db_identifier(&sql, live->unknown[u]);
			str_add_text(&sql, ") FROM ");
			ry_from(ry, live->table, "t", &sql);
			str_add_text(&sql, " WHERE ");
			ry_in_scope(ry, live->table, "t", step->scope.at ? "$1" : NULL, RY_INSIDE,
				&sql);
			const struct db_value value = db_slice(step->scope);
			if (!db_query_int(step->instance->db, sql.at, &value,
				    strstr(sql.at, "$1") ? 1 : 0, 0, &rows, err))
				return false;
			step->out->unknown_columns = true;
			task_warn(step->task,
				"column \"%s\".\"%s\" is not in the catalogue and is not exported: "
				"%lld row%s a value",
				live->table->full_name, live->unknown[u], (long long)rows,
				rows == 1 ? " holds" : "s hold");
		}
	}
	return true;
}

static bool add_backup(struct export_step *step, struct error *err)
{
	struct instance *instance = step->instance;
	const struct export_options *options = step->options;
	const struct catalogue *catalogue = instance->catalogue;
	struct slice origin;
	char now[25], local[20];
	if (!stage_instance_id(instance->db, step->arena, &origin, err))
		return false;
	time_now_utc(now);
	time_now_local(local);
	struct slice version = slice_of(options->plugin_version);
	if (!version.at)
		version = instance->ry_version;
	if (!version.at) {
		version = slice_of(catalogue->plugin_version);
		task_warn(step->task,
			"the version of Requirement Yogi here is not known: the backup says \"%s\" "
			"(set "
			"ry_version in the configuration, or use --plugin-version)",
			catalogue->plugin_version);
	}
	const struct stage_backup backup = {.key = options->key,
		.product = slice_of(product_name(catalogue->product)),
		.plugin_key = slice_of(catalogue->plugin_key),
		.plugin_version = version,
		.oldest_version = slice_of(options->oldest_version ? options->oldest_version
								   : catalogue->oldest_version),
		.scope = step->scope,
		.author = slice_of(options->author ? options->author : step->task->actor),
		.exported = slice_of(options->exported_at ? options->exported_at : local),
		.origin_id = origin,
		.source = SLICE("export"),
		.catalogue_hash = slice_of(catalogue->hash),
		.created = slice_of(now),
		.created_by = slice_of(step->task->actor)};
	char zone[7];
	time_local_offset(zone);
	return stage_backup_add(instance->db, &backup, err) &&
	       stage_zone_set(instance->db, options->key, slice_of(zone), err);
}

static bool export_body(void *context, struct error *err)
{
	struct export_step *step = context;
	const struct catalogue *catalogue = step->instance->catalogue;
	if (!add_backup(step, err))
		return false;
	int64_t next = 0;
	task_step(step->task, "copy rows to staging", "tables", catalogue->table_count);
	for (size_t t = 0; t < catalogue->table_count; t++) {
		int64_t rows;
		if (!export_table(step, &catalogue->tables[t], next, &rows, err)) {
			error_context(err, "exporting \"%s\"", catalogue->tables[t].full_name);
			return false;
		}
		next += rows;
		task_advance(step->task, 1);
	}
	return report_unknown_columns(step, err) &&
	       judge_values(step->instance, step->options->key, err) &&
	       judge_references(step->instance, step->options->key, err) &&
	       entities_collect(step->instance, step->options->key, step->scope, step->task,
		       &step->out->vanished, err) &&
	       outside_export(step->instance, step->options->key, step->scope, err) &&
	       staged_counts(step->instance, step->options->key, step->arena, step->out, err);
}

bool staged_counts(struct instance *instance, struct slice key, struct arena *arena,
	struct staged *out, struct error *err)
{
	struct stage_count *counts;
	size_t count;
	out->key = arena_copy(arena, key);
	if (!stage_item_counts(instance->db, key, arena, &counts, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		tally_add(arena, &out->tables, counts[i].name, counts[i].rows);
	out->rows = tally_total(&out->tables);
	if (!stage_mapping_counts(instance->db, key, arena, &counts, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		tally_add(arena, &out->mappings, counts[i].name, counts[i].rows);
	return true;
}

bool export_to_staging(struct instance *instance, const struct export_options *options,
	struct task *task, struct arena *arena, struct staged *out, struct error *err)
{
	struct staged result = {.key = options->key};
	struct export_step step = {.instance = instance,
		.options = options,
		.task = task,
		.arena = arena,
		.out = &result,
		.scope = SLICE_NULL};
	bool space = instance->catalogue->scope == ENTITY_SPACE;
	const char *wanted = space ? options->space : options->project;
	if (space ? options->project != NULL : options->space != NULL)
		return FAIL_HINT(err, USAGE,
			space ? "Use --space KEY, or --all." : "Use --project KEY, or --all.",
			"\"%.*s\" is a %s, whose backups cover a %s", SLICE_PRINT(instance->name),
			product_title(instance->catalogue->product), space ? "space" : "project");
	if (wanted && !scope_find(instance, slice_of(wanted), arena, &step.scope, err))
		return false;
	result.scope = step.scope;
	if (!step_run(instance, "export", options->key, task, export_body, &step, err))
		return false;
	if (result.vanished > 0)
		task_warn(task,
			"%lld entit%s that the rows refer to no longer exist%s here: only the key "
			"is known",
			(long long)result.vanished, result.vanished == 1 ? "y" : "ies",
			result.vanished == 1 ? "s" : "");
	*out = result;
	return true;
}

struct delete_step {
	struct instance *instance;
	struct slice key;
	int64_t rows;
};

static bool delete_body(void *context, struct error *err)
{
	struct delete_step *step = context;
	return stage_backup_delete(step->instance->db, step->key, &step->rows, err);
}

bool delete_backup(struct instance *instance, struct slice key, struct task *task, int64_t *rows,
	struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct stage_backup backup;
	struct delete_step step = {.instance = instance, .key = key};
	if (!stage_backup_get(instance->db, key, &arena, &backup, err) ||
		!step_run(instance, "delete", key, task, delete_body, &step, err))
		return false;
	*rows = step.rows;
	return true;
}
