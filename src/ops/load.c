/*
 * Step 4: a backup file into staging, all or nothing.
 *
 * The file is read once: records are judged and inserted as they come, and what can be known only
 * at the end (the closing record, the checksums of the manifest, the shape of the columns) is
 * judged before the commit.
 */
#include "backup/manifest.h"
#include "backup/shape.h"
#include "base/time.h"
#include "ops/internal.h"
#include "ops/outside.h"

struct load_step {
	struct instance *instance;
	const char *path;
	const struct load_options *options;
	struct task *task;
	struct arena *arena;
	struct staged *out;
	struct slice key;
	struct backup_reader *reader;
	struct manifest manifest;
	bool has_manifest;
	struct shape *shape;
	struct db_bulk *bulk; /* of items, then of mappings */
	int64_t items, mappings;
};

/* Refuses a file of another product, or of versions that do not go together. */
static bool check_opening(
	struct load_step *step, const struct backup_record *record, struct error *err)
{
	const struct catalogue *catalogue = step->instance->catalogue;
	struct slice here = step->instance->ry_version;
	if (!slice_is(record->plugin_key, catalogue->plugin_key))
		return FAIL_HINT(err, WRONG_PRODUCT,
			"A Confluence backup is loaded on a Confluence, a Jira backup on a Jira.",
			"\"%s\" is a backup of \"%.*s\", but \"%.*s\" is a %s", step->path,
			SLICE_PRINT(record->plugin_key), SLICE_PRINT(step->instance->name),
			product_title(catalogue->product));
	if (backup_version_compare(record->plugin_version, slice_of(catalogue->oldest_version)) < 0)
		return FAIL_HINT(err, WRONG_VERSION,
			"Update Requirement Yogi at the origin and export again.",
			"\"%s\" is too old: it was written by Requirement Yogi %.*s, and files are "
			"understood from %s on",
			step->path, SLICE_PRINT(record->plugin_version), catalogue->oldest_version);
	if (slice_is_empty(here)) {
		task_warn(step->task,
			"the version of Requirement Yogi here is not known, so it was not "
			"compared with the backup's");
		return true;
	}
	if (backup_version_compare(here, record->oldest_version) < 0)
		return FAIL_HINT(err, WRONG_VERSION, "Update Requirement Yogi here first.",
			"\"%s\" is too new: it needs Requirement Yogi %.*s, and here is %.*s",
			step->path, SLICE_PRINT(record->oldest_version), SLICE_PRINT(here));
	return true;
}

/* "+01:00" of the manifest's "2024-01-04T20:59:55+01:00"; no value when it does not say. */
static struct slice manifest_zone(const struct load_step *step)
{
	struct slice exported = step->has_manifest ? step->manifest.exported : SLICE_NULL;
	if (exported.len != 25 || (exported.at[19] != '+' && exported.at[19] != '-'))
		return SLICE_NULL;
	return (struct slice){exported.at + 19, 6};
}

static bool add_backup(
	struct load_step *step, const struct backup_record *opening, struct error *err)
{
	/* the opening's slices end with the next record */
	struct slice plugin_version = arena_copy(step->arena, opening->plugin_version);
	struct slice oldest_version = arena_copy(step->arena, opening->oldest_version);
	struct backup_record metadata;
	if (backup_reader_next(step->reader, &metadata, err) != CSV_RECORD)
		return false;
	char now[25];
	time_now_utc(now);
	struct slice origin =
		step->has_manifest ? step->manifest.origin_id : slice_of(step->options->origin);
	const struct stage_backup backup = {.key = step->key,
		.product = slice_of(product_name(step->instance->catalogue->product)),
		.plugin_key = slice_of(step->instance->catalogue->plugin_key),
		.plugin_version = plugin_version,
		.oldest_version = oldest_version,
		.scope = metadata.scope,
		.author = metadata.author,
		.exported = metadata.exported,
		.origin_id = origin,
		.source = SLICE("file"),
		.file_name = slice_of(step->path),
		.catalogue_hash = step->has_manifest ? step->manifest.catalogue_hash : SLICE_NULL,
		.created = slice_of(now),
		.created_by = slice_of(step->task->actor)};
	step->out->scope = arena_copy(step->arena, metadata.scope);
	shape_scope(step->shape, &metadata);
	return stage_backup_add(step->instance->db, &backup, err) &&
	       stage_zone_set(step->instance->db, step->key, manifest_zone(step), err);
}

static bool load_item(struct load_step *step, const struct backup_record *record, struct error *err)
{
	const struct catalogue_table *table =
		catalogue_table(step->instance->catalogue, record->table);
	if (!table)
		return FAIL_HINT(err, INPUT, "Add the table to the catalogue (docs/catalogue.md).",
			"\"%s\", line %llu, byte %llu, field 2: the catalogue has no table "
			"\"%.*s\"",
			step->path, (unsigned long long)record->line,
			(unsigned long long)record->offset, SLICE_PRINT(record->table));
	const char *problem = shape_item(step->shape, record);
	step->out->problems += problem != NULL;
	if (record->count != table->width && !step->out->widths) {
		step->out->widths = true;
		task_warn(step->task,
			"line %llu: a row of \"%.*s\" has %zu fields, the catalogue says %u: "
			"surplus "
			"fields stay in staging and in written files",
			(unsigned long long)record->line, SLICE_PRINT(record->table), record->count,
			table->width);
	}
	if (!step->bulk && !stage_items_open(step->instance->db, &step->bulk, err))
		return false;
	return stage_items_add(step->bulk, ++step->items, step->key, record->table, record->old_id,
		record->fields + 3, record->count - 3, slice_of(problem), err);
}

static bool load_mapping(
	struct load_step *step, const struct backup_record *record, struct error *err)
{
	if (entity_by_name(record->type) == ENTITY_NONE)
		return FAIL(err, INPUT,
			"\"%s\", line %llu, byte %llu, field 2: there is no entity type \"%.*s\"",
			step->path, (unsigned long long)record->line,
			(unsigned long long)record->offset, SLICE_PRINT(record->type));
	if (!record->key.at)
		return FAIL(err, INPUT,
			"\"%s\", line %llu, byte %llu, field 3: a mapping row has no key",
			step->path, (unsigned long long)record->line,
			(unsigned long long)record->offset);
	const char *problem = shape_mapping(step->shape, record);
	if (problem)
		task_warn(step->task, "line %llu: %s", (unsigned long long)record->line, problem);
	if (step->mappings == 0) {
		if (step->bulk && !db_bulk_end(&step->bulk, err))
			return false;
		if (!stage_mappings_open(step->instance->db, &step->bulk, err))
			return false;
	}
	return stage_mappings_add(step->bulk, ++step->mappings, step->key, record->fields + 1,
		record->count - 1, true, err);
}

static bool load_records(struct load_step *step, struct error *err)
{
	struct backup_record record;
	uint64_t reported = 0;
	if (backup_reader_next(step->reader, &record, err) != CSV_RECORD ||
		!check_opening(step, &record, err) || !add_backup(step, &record, err))
		return false;
	task_step(step->task, "load the file", "bytes", backup_reader_size(step->reader));
	for (;;) {
		enum csv_result result = backup_reader_next(step->reader, &record, err);
		if (result == CSV_FAILED)
			return false;
		if (result == CSV_END)
			return true;
		if (record.kind == BACKUP_ITEM && !load_item(step, &record, err))
			return false;
		if (record.kind == BACKUP_MAPPING && !load_mapping(step, &record, err))
			return false;
		uint64_t bytes = backup_reader_bytes(step->reader);
		if (bytes - reported > 1 << 20) {
			task_advance(step->task, bytes - reported);
			reported = bytes;
			if (!task_check(step->task, err))
				return false;
		}
	}
}

/* The columns whose values do not look like what the catalogue says they are. */
static void on_failed_column(void *context, const struct shape_column *failed)
{
	struct load_step *step = context;
	task_warn(step->task, "%s.%s: %llu of %llu values fail (%s), the first in line %llu",
		failed->column->owner->name, failed->column->name,
		(unsigned long long)failed->failed, (unsigned long long)failed->values,
		shape_kind_name(failed->kind), (unsigned long long)failed->line);
}

static bool add_evidence(struct load_step *step, struct error *err)
{
	static const char *const columns[] = {
		"backupkey", "type", "key", "email", "displayname", "name", "created"};
	struct db_bulk *bulk = NULL;
	if (!db_bulk_open(step->instance->db, "reqferry_evidence", columns, ARRAY_LEN(columns),
		    &bulk, err))
		return false;
	for (size_t i = 0; i < step->manifest.entity_count; i++) {
		const struct manifest_entity *entity = &step->manifest.entities[i];
		const struct db_value values[] = {db_slice(step->key), db_slice(entity->type),
			db_slice(entity->key), db_slice(entity->email),
			db_slice(entity->display_name), db_slice(entity->name),
			db_slice(entity->created)};
		if (!db_bulk_row(bulk, values, err)) {
			db_bulk_discard(&bulk);
			return false;
		}
	}
	return db_bulk_end(&bulk, err);
}

static bool finish(struct load_step *step, struct error *err)
{
	struct db *db = step->instance->db;
	if (step->bulk && !db_bulk_end(&step->bulk, err))
		return false;
	shape_end(step->shape, on_failed_column, step);
	struct backup_counts counts;
	backup_reader_counts(step->reader, &counts);
	bool ok = !step->has_manifest || manifest_check(&step->manifest, &counts, err);
	if (!ok)
		error_context(err, "\"%s\"", step->path);
	const struct db_value values[] = {db_slice(step->key), db_text(counts.sha256)};
	ok = ok && db_exec(db, "UPDATE reqferry_backup SET sha256 = $2 WHERE backupkey = $1",
			   values, 2, NULL, err);
	backup_counts_release(&counts);
	bool known_order = step->has_manifest &&
			   slice_is(step->manifest.catalogue_hash, step->instance->catalogue->hash);
	if (!ok ||
		(step->has_manifest &&
			(!add_evidence(step, err) || !outside_load(step->instance, step->key,
							     &step->manifest, step->task, err))) ||
		(known_order && !judge_references(step->instance, step->key, err)) ||
		!entities_derive_projects(step->instance, step->key, step->out->scope, err) ||
		!staged_counts(step->instance, step->key, step->arena, step->out, err))
		return false;
	if (step->out->rows != step->items)
		return FAIL(err, COUNTS, "%lld rows were read, but %lld are in staging",
			(long long)step->items, (long long)step->out->rows);
	return true;
}

static bool load_body(void *context, struct error *err)
{
	struct load_step *step = context;
	return load_records(step, err) && finish(step, err);
}

bool load_file(struct instance *instance, const char *path, const struct load_options *options,
	struct task *task, struct arena *arena, struct staged *out, struct error *err)
{
	struct staged result = {.rows = 0};
	struct load_step step = {.instance = instance,
		.path = path,
		.options = options,
		.task = task,
		.arena = arena,
		.out = &result,
		.key = options->key.at ? options->key : backup_key_of_path(arena, path)};
	result.key = step.key;
	if (!backup_key_check(step.key, err) ||
		!backup_reader_open(path, options->limits, true, &step.reader, err))
		return false;
	bool ok = strcmp(path, "-") == 0 ||
		  manifest_read(path, &step.manifest, &step.has_manifest, err);
	if (ok) {
		step.shape = judge_new(instance);
		ok = step_run(instance, "load", step.key, task, load_body, &step, err);
		shape_free(&step.shape);
	}
	if (step.bulk)
		db_bulk_discard(&step.bulk);
	if (step.has_manifest)
		manifest_release(&step.manifest);
	backup_reader_free(&step.reader);
	if (ok)
		*out = result;
	return ok;
}
