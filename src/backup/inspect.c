/*
 * One pass over a file: what it is, what it counts, whether it is complete.
 */
#include "backup/inspect.h"

bool inspect_product(struct slice plugin_key, bool *known, enum product *product, struct error *err)
{
	for (enum product p = 0; p < PRODUCT_COUNT; p++) {
		struct catalogue *catalogue CLEANUP(catalogue_free) = NULL;

		if (!catalogue_load(NULL, p, &catalogue, err))
			return false;
		if (slice_is(plugin_key, catalogue->plugin_key)) {
			*known = true;
			*product = p;
			return true;
		}
	}
	*known = false;
	return true;
}

static void keep(struct inspect_result *result, const struct backup_record *record)
{
	struct arena *arena = &result->arena;

	if (record->kind == BACKUP_OPENING) {
		result->plugin_key = arena_copy(arena, record->plugin_key);
		result->plugin_version = arena_copy(arena, record->plugin_version);
		result->oldest_version = arena_copy(arena, record->oldest_version);
	} else if (record->kind == BACKUP_METADATA) {
		result->scope = arena_copy(arena, record->scope);
		result->author = arena_copy(arena, record->author);
		result->exported = arena_copy(arena, record->exported);
	}
}

static bool read_records(struct backup_reader *reader, struct task *task,
	struct inspect_result *result, struct error *err)
{
	struct error failure = ERROR_INIT;
	struct backup_record record;
	enum csv_result got;

	task_step(task, "inspect", "bytes", backup_reader_size(reader));
	while ((got = backup_reader_next(reader, &record, &failure)) == CSV_RECORD) {
		keep(result, &record);
		if (!backup_reader_progress(reader, task, err))
			return false;
	}
	if (got == CSV_FAILED && failure.kind != ERROR_TRUNCATED) {
		*err = failure;
		return false;
	}
	result->complete = got == CSV_END;
	backup_reader_counts(reader, &result->counts);
	return inspect_product(result->plugin_key, &result->product_known, &result->product, err);
}

bool inspect_file(const char *path, const struct csv_limits *limits, bool checksum,
	struct task *task, struct inspect_result *out, struct error *err)
{
	struct inspect_result result = {
		.arena = ARENA_INIT, .plugin_key = SLICE_NULL, .counts = {.arena = ARENA_INIT}};
	struct backup_reader *reader;
	bool ok;

	if (!backup_reader_open(path, limits, checksum, &reader, err))
		return false;
	ok = read_records(reader, task, &result, err);
	backup_reader_free(&reader);
	if (!ok) {
		inspect_release(&result);
		return false;
	}
	*out = result;
	return true;
}

void inspect_release(struct inspect_result *result)
{
	backup_counts_release(&result->counts);
	arena_release(&result->arena);
}
