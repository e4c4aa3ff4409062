/*
 * Fuzzing the CSV reader and writer. Of any input:
 *
 * - reading it by whole, by one and by a few bytes gives the same records and the same problem at
 * the same place, with ordinary limits and with small ones;
 * - the raw bytes of all records are those records;
 * - a record's fields, written and read again, are those fields.
 */
#include <inttypes.h>

#include "base/arena.h"
#include "csv/csv.h"

#define ENSURE(condition)                                                                          \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
	struct slice left;
	size_t step;
};

static ptrdiff_t read_source(void *context, void *into, size_t size)
{
	struct source *source = context;
	size_t len = source->left.len < source->step ? source->left.len : source->step;

	if (len > size)
		len = size;
	if (len > 0)
		memcpy(into, source->left.at, len);
	source->left.at += len;
	source->left.len -= len;
	return (ptrdiff_t)len;
}

/* Field by field with their lengths, so that two lists are equal only as lists. */
static void add_fields(struct str *out, const struct slice *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		str_addf(out, "%zu:", fields[i].len);
		str_add(out, fields[i]);
	}
}

/* Reads all of the text into a description of it: `fields` only the fields, `all` everything. */
static void describe(struct slice text, size_t step, const struct csv_limits *limits,
	struct str *fields, struct str *all)
{
	struct source source = {text, step};
	struct csv_reader *reader CLEANUP(csv_reader_free) =
		csv_reader_new((struct csv_source){read_source, &source}, limits);
	struct csv_record record;
	struct csv_position at;
	struct error err = ERROR_INIT;
	enum csv_result result;

	while ((result = csv_reader_next(reader, &record, &err)) == CSV_RECORD) {
		ENSURE(record.count > 0);
		ENSURE(record.offset + record.raw.len <= text.len);
		ENSURE(memcmp(text.at + record.offset, record.raw.at, record.raw.len) == 0);
		str_addf(all, "\n%" PRIu64 " %" PRIu64 " %zu ", record.line, record.offset,
			record.raw.len);
		add_fields(all, record.fields, record.count);
		str_addf(fields, "\n%zu ", record.count);
		add_fields(fields, record.fields, record.count);
	}
	at = csv_reader_position(reader);
	ENSURE((result == CSV_END) == (at.problem == CSV_PROBLEM_NONE));
	ENSURE(result == CSV_FAILED || at.offset == text.len);
	str_addf(all, "\n%d %" PRIu64 " %" PRIu64 " %u %s", at.problem, at.line, at.offset,
		at.field, err.message);
}

static void check_sizes(struct slice text, const struct csv_limits *limits)
{
	static const size_t steps[] = {1, 3, 17};
	struct str fields CLEANUP(str_release) = STR_INIT, whole CLEANUP(str_release) = STR_INIT;
	struct str parts CLEANUP(str_release) = STR_INIT;

	describe(text, SIZE_MAX, limits, &fields, &whole);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		str_clear(&fields);
		str_clear(&parts);
		describe(text, steps[i], limits, &fields, &parts);
		ENSURE(slice_equal(str_slice(&parts), str_slice(&whole)));
	}
}

/* Reads again what the records are when written, and what their raw bytes are. */
static void check_again(struct slice text)
{
	struct str fields CLEANUP(str_release) = STR_INIT, again CLEANUP(str_release) = STR_INIT;
	struct str raw CLEANUP(str_release) = STR_INIT, out CLEANUP(str_release) = STR_INIT;
	struct str unused CLEANUP(str_release) = STR_INIT;
	struct source source = {text, SIZE_MAX};
	struct csv_reader *reader CLEANUP(csv_reader_free) =
		csv_reader_new((struct csv_source){read_source, &source}, NULL);
	const struct slice first = SLICE("first");
	struct csv_record record;
	struct error err = ERROR_INIT;

	/* U+FEFF at the start of a record is data, but not at the start of a file. */
	csv_write_record(&out, &first, 1);
	str_add_text(&raw, "first\n");
	str_add_text(&fields, "\n1 5:first");
	while (csv_reader_next(reader, &record, &err) == CSV_RECORD) {
		str_addf(&fields, "\n%zu ", record.count);
		add_fields(&fields, record.fields, record.count);
		csv_write_record(&out, record.fields, record.count);
		str_add(&raw, record.raw);
	}
	describe(str_slice(&out), SIZE_MAX, NULL, &again, &unused);
	ENSURE(slice_equal(str_slice(&fields), str_slice(&again)));
	str_clear(&again);
	describe(str_slice(&raw), SIZE_MAX, NULL, &again, &unused);
	ENSURE(slice_equal(str_slice(&fields), str_slice(&again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct csv_limits small = {.field = 6, .record = 20, .fields = 3};
	const struct slice text = {size > 0 ? (const char *)data : "", size};

	check_sizes(text, NULL);
	check_sizes(text, &small);
	check_again(text);
	return 0;
}
