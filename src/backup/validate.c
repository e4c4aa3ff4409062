/*
 * All faults of a file, in the order of their places.
 *
 * Some faults are known only at the end (an entity's missing mapping row is a fault of the row that
 * refers to it), so problems are kept and reported afterwards. At most twice the limit are kept:
 * when so many are there, they are sorted and the later half is forgotten.
 */
#include "backup/inspect.h"
#include "backup/manifest.h"
#include "backup/shape.h"
#include "base/time.h"

#define DEFAULT_LIMIT 1000u

struct kept {
	struct validate_problem problem;
	char *message;   /* owned */
	uint64_t number; /* in order of finding */
};

struct check {
	const struct validate_options *options;
	struct catalogue *catalogue; /* NULL while the product is not known */
	struct shape *shape;
	struct kept *kept;
	size_t count, capacity, limit;
	uint64_t found;
};

static int compare_kept(const void *left, const void *right)
{
	const struct kept *a = left, *b = right;

	if (a->problem.line != b->problem.line)
		return a->problem.line < b->problem.line ? -1 : 1;
	if (a->problem.offset != b->problem.offset)
		return a->problem.offset < b->problem.offset ? -1 : 1;
	if (a->problem.field != b->problem.field)
		return a->problem.field < b->problem.field ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* Sorts what is kept, and forgets what is beyond the limit. */
static void sort_and_cut(struct check *check)
{
	if (check->count > 0)
		qsort(check->kept, check->count, sizeof(*check->kept), compare_kept);
	while (check->count > check->limit)
		free(check->kept[--check->count].message);
}

static void keep(struct check *check, struct validate_problem problem)
{
	struct kept *kept;

	if (check->count == check->capacity) {
		/* The capacity is at most twice the limit, see above. */
		if (check->count / 2 >= check->limit)
			sort_and_cut(check);
		else
			check->capacity = check->capacity ? check->capacity * 2 : 2;
		check->kept = xrealloc(check->kept, check->capacity * sizeof(*check->kept));
	}
	kept = &check->kept[check->count++];
	kept->message = xstrdup(problem.message);
	kept->problem = problem;
	kept->problem.message = kept->message;
	kept->number = check->found++;
}

static void keep_fault(void *context, const struct shape_fault *fault)
{
	keep(context, (struct validate_problem){fault->line, fault->offset, fault->field,
			      shape_kind_name(fault->kind), fault->message});
}

/* The catalogue of the product whose plugin wrote the file; none when there is no such product. */
static bool find_catalogue(struct check *check, struct slice plugin_key, struct error *err)
{
	const char *folder = check->options->catalogue_folder;

	for (enum product p = 0; p < PRODUCT_COUNT; p++) {
		struct catalogue *catalogue = NULL;
		struct error failure = ERROR_INIT;

		if (!catalogue_load(folder, p, &catalogue, &failure)) {
			/* A folder may hold the catalogue of one product only. */
			if (folder && failure.kind == ERROR_NOT_FOUND)
				continue;
			*err = failure;
			return false;
		}
		if (slice_is(plugin_key, catalogue->plugin_key)) {
			check->catalogue = catalogue;
			return true;
		}
		catalogue_free(&catalogue);
	}
	return true;
}

static bool choose_catalogue(
	struct check *check, const struct backup_record *opening, struct error *err)
{
	struct error message;

	if (!find_catalogue(check, opening->plugin_key, err))
		return false;
	if (check->catalogue) {
		check->shape = shape_new(check->catalogue, keep_fault, check);
		return true;
	}
	error_set(&message, ERROR_INPUT, "\"%.*s\" is not the plugin key of a known product",
		SLICE_PRINT(opening->plugin_key));
	keep(check, (struct validate_problem){
			    opening->line, opening->offset, 2, "unknown-plugin", message.message});
	return true;
}

static void check_metadata(struct check *check, const struct backup_record *record)
{
	struct error message;

	if (check->shape)
		shape_scope(check->shape, record);
	if (record->exported.at && time_is_timestamp(record->exported))
		return;
	error_set(&message, ERROR_INPUT, "the export date \"%.*s\" is no date and time",
		SLICE_PRINT(record->exported));
	keep(check, (struct validate_problem){
			    record->line, record->offset, 6, "bad-date", message.message});
}

static bool check_record(struct check *check, const struct backup_record *record, struct error *err)
{
	switch (record->kind) {
	case BACKUP_OPENING:
		return choose_catalogue(check, record, err);
	case BACKUP_METADATA:
		check_metadata(check, record);
		break;
	case BACKUP_ITEM:
		if (check->shape)
			(void)shape_item(check->shape, record);
		break;
	case BACKUP_MAPPING:
		if (check->shape)
			(void)shape_mapping(check->shape, record);
		break;
	case BACKUP_CLOSING:
		break;
	}
	return true;
}

/* A failure of the reader is a problem of the file, unless the file could not be read. */
static bool keep_failure(struct check *check, const struct backup_reader *reader,
	const struct error *failure, struct error *err)
{
	struct csv_position at = backup_reader_position(reader);

	if (at.problem == CSV_PROBLEM_READ) {
		*err = *failure;
		return false;
	}
	keep(check, (struct validate_problem){at.line, at.offset, at.field,
			    backup_reader_problem(reader), backup_reader_reason(reader)});
	return true;
}

static bool check_records(struct check *check, struct backup_reader *reader, struct task *task,
	bool *complete, struct error *err)
{
	struct error failure = ERROR_INIT;
	struct backup_record record;
	enum csv_result got;

	task_step(task, "validate", "bytes", backup_reader_size(reader));
	while ((got = backup_reader_next(reader, &record, &failure)) == CSV_RECORD) {
		if (!check_record(check, &record, err))
			return false;
		if (!backup_reader_progress(reader, task, err))
			return false;
	}
	*complete = got == CSV_END;
	if (got == CSV_FAILED)
		return keep_failure(check, reader, &failure, err);
	if (check->shape)
		shape_end(check->shape, NULL, NULL);
	return true;
}

static void keep_manifest(struct check *check, const struct error *failure)
{
	keep(check, (struct validate_problem){0, 0, 0, "manifest", failure->message});
}

static bool check_against(struct check *check, const char *path, const struct manifest *manifest,
	struct task *task, struct error *err)
{
	struct backup_counts counts = {.arena = ARENA_INIT};
	struct error failure = ERROR_INIT;
	struct backup_reader *reader;
	bool complete = false, ok;

	if (!backup_reader_open(path, check->options->limits, manifest != NULL, &reader, err))
		return false;
	ok = check_records(check, reader, task, &complete, err);
	if (ok && manifest && complete) {
		backup_reader_counts(reader, &counts);
		if (!manifest_check(manifest, &counts, &failure))
			keep_manifest(check, &failure);
		backup_counts_release(&counts);
	}
	backup_reader_free(&reader);
	return ok;
}

static bool check_file(struct check *check, const char *path, struct task *task, struct error *err)
{
	struct manifest manifest = {.arena = ARENA_INIT};
	struct error failure = ERROR_INIT;
	bool found = false, ok;

	if (!manifest_read(path, &manifest, &found, &failure))
		keep_manifest(check, &failure);
	ok = check_against(check, path, found ? &manifest : NULL, task, err);
	manifest_release(&manifest);
	return ok;
}

bool validate_file(const char *path, const struct validate_options *options, struct task *task,
	validate_fn report, void *context, uint64_t *problems, struct error *err)
{
	static const struct validate_options defaults = {NULL, NULL, 0};
	struct check check = {.options = options ? options : &defaults};
	bool ok;

	check.limit = check.options->limit ? check.options->limit : DEFAULT_LIMIT;
	ok = check_file(&check, path, task, err);
	sort_and_cut(&check);
	for (size_t i = 0; i < check.count && ok; i++)
		report(context, &check.kept[i].problem);
	if (ok)
		*problems = check.found;
	for (size_t i = 0; i < check.count; i++)
		free(check.kept[i].message);
	free(check.kept);
	shape_free(&check.shape);
	catalogue_free(&check.catalogue);
	return ok;
}
