/*
 * Fuzzing the backup file. Of any input:
 *
 * - reading it ends, with the closing record or with an error that says where;
 * - `validate` reports a problem of a file that cannot be read to its end, and the shape check of
 *   `load` takes every record of either product;
 * - what was read to its end, written and read again, is the same records, and written once more it
 *   is the same bytes with the same counts.
 *
 * Files are read and written by their path, so inputs go through a folder in memory.
 */
#include <unistd.h>

#include "backup/file.h"
#include "backup/inspect.h"
#include "backup/shape.h"

#define ENSURE(condition)                                                                          \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64];
static char in_path[80], out_path[80], again_path[80];
static struct catalogue *catalogues[PRODUCT_COUNT];

static void clean_up(void)
{
	unlink(in_path);
	unlink(out_path);
	unlink(again_path);
	rmdir(folder);
	for (size_t i = 0; i < PRODUCT_COUNT; i++)
		catalogue_free(&catalogues[i]);
}

static void set_up(void)
{
	struct error err = ERROR_INIT;

	if (folder[0])
		return;
	snprintf(folder, sizeof(folder), "/dev/shm/fuzz-backup-XXXXXX");
	if (access("/dev/shm", W_OK) != 0)
		snprintf(folder, sizeof(folder), "/tmp/fuzz-backup-XXXXXX");
	ENSURE(mkdtemp(folder));
	snprintf(in_path, sizeof(in_path), "%s/in.csv", folder);
	snprintf(out_path, sizeof(out_path), "%s/out.csv", folder);
	snprintf(again_path, sizeof(again_path), "%s/again.csv", folder);
	for (enum product p = 0; p < PRODUCT_COUNT; p++)
		ENSURE(catalogue_load(NULL, p, &catalogues[p], &err));
	atexit(clean_up);
}

static void put_file(const char *path, struct slice bytes)
{
	FILE *file = fopen(path, "wb");

	ENSURE(file);
	ENSURE(fwrite(bytes.at, 1, bytes.len, file) == bytes.len);
	ENSURE(fclose(file) == 0);
}

/* Field by field with their lengths, so that two lists are equal only as lists. */
static void describe(struct str *out, const struct backup_record *record)
{
	str_addf(out, "\n%d %zu ", (int)record->kind, record->count);
	for (size_t i = 0; i < record->count; i++) {
		ENSURE(!record->fields[i].at || record->fields[i].len > 0);
		str_addf(out, "%zu:", record->fields[i].len);
		str_add(out, record->fields[i]);
	}
}

static void check_shapes(struct shape *shapes[PRODUCT_COUNT], const struct backup_record *record)
{
	for (size_t i = 0; i < PRODUCT_COUNT; i++) {
		if (record->kind == BACKUP_METADATA)
			shape_scope(shapes[i], record);
		else if (record->kind == BACKUP_ITEM)
			(void)shape_item(shapes[i], record);
		else if (record->kind == BACKUP_MAPPING)
			(void)shape_mapping(shapes[i], record);
	}
}

static void check_failure(const struct backup_reader *reader, const struct error *err, size_t size)
{
	struct csv_position at = backup_reader_position(reader);

	ENSURE(at.line > 0 && at.offset <= size);
	ENSURE(backup_reader_problem(reader) && backup_reader_reason(reader)[0]);
	ENSURE(err->kind == ERROR_INPUT || err->kind == ERROR_TRUNCATED ||
		err->kind == ERROR_LIMIT);
	ENSURE(strstr(err->message, backup_reader_reason(reader)));
}

static void ignore_column(void *context, const struct shape_column *column)
{
	(void)context;
	ENSURE(column->failed > 0 && column->line > 0);
}

/* Reads a file into a description of its records. False when it ends with an error. */
static bool read_file(const char *path, const struct csv_limits *limits, size_t size,
	struct str *records, struct backup_counts *counts)
{
	struct backup_reader *reader = NULL;
	struct shape *shapes[PRODUCT_COUNT];
	struct backup_record record;
	struct error err = ERROR_INIT;
	enum csv_result got;

	for (size_t i = 0; i < PRODUCT_COUNT; i++)
		shapes[i] = shape_new(catalogues[i], NULL, NULL);
	ENSURE(backup_reader_open(path, limits, true, &reader, &err));
	while ((got = backup_reader_next(reader, &record, &err)) == CSV_RECORD) {
		describe(records, &record);
		check_shapes(shapes, &record);
	}
	if (got == CSV_FAILED)
		check_failure(reader, &err, size);
	backup_reader_counts(reader, counts);
	ENSURE(got == CSV_FAILED || counts->bytes == size);
	backup_reader_free(&reader);
	for (size_t i = 0; i < PRODUCT_COUNT; i++) {
		shape_end(shapes[i], ignore_column, NULL);
		shape_free(&shapes[i]);
	}
	return got == CSV_END;
}

static void write_record(struct backup_writer *writer, const struct backup_record *r)
{
	struct error err = ERROR_INIT;
	bool ok = false;

	switch (r->kind) {
	case BACKUP_OPENING:
		ok = backup_write_opening(
			writer, r->plugin_key, r->plugin_version, r->oldest_version, &err);
		break;
	case BACKUP_METADATA:
		ok = backup_write_metadata(writer, r->fields[3], r->author, r->exported, &err);
		break;
	case BACKUP_ITEM:
		ok = backup_write_item(writer, r->table, r->fields + 2, r->count - 2, &err);
		break;
	case BACKUP_MAPPING:
		ok = backup_write_mapping(writer, r->fields + 1, r->count - 1, &err);
		break;
	case BACKUP_CLOSING:
		ok = backup_write_closing(writer, &err);
		break;
	}
	ENSURE(ok);
}

/* Writes the records of one file to another. */
static void rewrite(const char *from, const char *to, struct backup_counts *counts)
{
	struct backup_reader *reader = NULL;
	struct backup_writer *writer;
	struct backup_record record;
	struct file_out *out = NULL;
	struct error err = ERROR_INIT;

	ENSURE(backup_reader_open(from, NULL, false, &reader, &err));
	ENSURE(file_out_open(to, &out, &err));
	writer = backup_writer_new(out);
	while (backup_reader_next(reader, &record, &err) == CSV_RECORD)
		write_record(writer, &record);
	backup_writer_counts(writer, counts);
	backup_writer_free(&writer);
	ENSURE(file_out_commit(&out, &err));
	backup_reader_free(&reader);
}

static void check_same_counts(const struct backup_counts *a, const struct backup_counts *b)
{
	ENSURE(a->rows == b->rows && a->bytes == b->bytes);
	ENSURE(strcmp(a->sha256, b->sha256) == 0);
	ENSURE(a->table_count == b->table_count && a->mapping_count == b->mapping_count);
	for (size_t i = 0; i < a->table_count; i++) {
		ENSURE(slice_equal(a->tables[i].name, b->tables[i].name));
		ENSURE(a->tables[i].rows == b->tables[i].rows);
		ENSURE(strcmp(a->tables[i].sha256, b->tables[i].sha256) == 0);
	}
}

/* The third word of the metadata is written as null, whether it was there or not. */
static void fill_in_null(struct str *records)
{
	static const char without[] = "8:METADATA0:", with[] = "8:METADATA4:null";
	char *at = memmem(records->at, records->len, without, strlen(without));
	struct str whole = STR_INIT;

	/* Only the second record can hold it so early: data rows follow. */
	if (!at)
		return;
	str_add(&whole, (struct slice){records->at, (size_t)(at - records->at)});
	str_add_text(&whole, with);
	at += strlen(without);
	str_add(&whole, (struct slice){at, (size_t)(records->at + records->len - at)});
	str_release(records);
	*records = whole;
}

static void check_rewritten(struct str *records)
{
	struct str again CLEANUP(str_release) = STR_INIT, bytes CLEANUP(str_release) = STR_INIT;
	struct str twice CLEANUP(str_release) = STR_INIT;
	struct backup_counts written, read, rewritten;
	struct error err = ERROR_INIT;

	rewrite(in_path, out_path, &written);
	ENSURE(read_file(out_path, NULL, written.bytes, &again, &read));
	fill_in_null(records);
	ENSURE(slice_equal(str_slice(records), str_slice(&again)));
	check_same_counts(&written, &read);
	rewrite(out_path, again_path, &rewritten);
	check_same_counts(&written, &rewritten);
	ENSURE(file_read(out_path, SIZE_MAX / 2, &bytes, &err));
	ENSURE(file_read(again_path, SIZE_MAX / 2, &twice, &err));
	ENSURE(slice_equal(str_slice(&bytes), str_slice(&twice)));
	backup_counts_release(&written);
	backup_counts_release(&read);
	backup_counts_release(&rewritten);
}

struct order {
	uint64_t line, offset, count;
};

static void check_problem(void *context, const struct validate_problem *problem)
{
	struct order *order = context;

	ENSURE(problem->kind && problem->message[0] && !strchr(problem->message, '\n'));
	ENSURE(problem->line > order->line ||
		(problem->line == order->line && problem->offset >= order->offset));
	order->line = problem->line;
	order->offset = problem->offset;
	order->count++;
}

static uint64_t check_validate(uint64_t limit)
{
	struct validate_options options = {.limit = limit};
	struct task task = {.actor = "fuzz"};
	struct order order = {0, 0, 0};
	struct error err = ERROR_INIT;
	uint64_t problems = 0;

	ENSURE(validate_file(in_path, &options, &task, check_problem, &order, &problems, &err));
	ENSURE(order.count == (problems < limit ? problems : limit));
	return problems;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct csv_limits small = {.field = 30, .record = 100, .fields = 16};
	struct str records CLEANUP(str_release) = STR_INIT, few CLEANUP(str_release) = STR_INIT;
	struct backup_counts counts;
	uint64_t problems;
	bool complete;

	set_up();
	put_file(in_path, (struct slice){size > 0 ? (const char *)data : "", size});
	(void)read_file(in_path, &small, size, &few, &counts);
	backup_counts_release(&counts);
	complete = read_file(in_path, NULL, size, &records, &counts);
	backup_counts_release(&counts);
	problems = check_validate(1000);
	if (problems > 2)
		ENSURE(check_validate(2) == problems);
	ENSURE(complete || problems > 0);
	if (complete)
		check_rewritten(&records);
	return 0;
}
