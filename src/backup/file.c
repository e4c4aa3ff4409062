/*
 * Reading a backup file: CSV records checked for their order and given their meaning.
 *
 * The order is a table: for each state and kind of record the next state, or the word for what is
 * wrong. A file that ends before its closing record is truncated, and so is one whose last record
 * has no line end, ends inside quotes or inside a character: the messages then say to copy it again
 * and not that a field is missing.
 *
 * Threads: with checksums, a second thread hashes the bytes (checksum.c); the reader itself belongs
 * to one thread. Limits: those of the CSV reader; COUNTER_LIMIT tables and mapping types.
 */
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup/counter.h"
#include "base/task.h"

enum state { STATE_START, STATE_OPENED, STATE_ITEMS, STATE_MAPPINGS, STATE_CLOSED, STATE_COUNT };

/* Kinds beyond those of the format: a record that is none of them. */
#define KIND_UNKNOWN (BACKUP_CLOSING + 1)
#define KIND_COUNT   (BACKUP_CLOSING + 2)

#define OPENING_FIELDS  4
#define METADATA_FIELDS 6
#define ITEM_FIELDS     3
#define MAPPING_FIELDS  15
#define CLOSING_FIELDS  2

#define HINT_COPY       "The file is incomplete: copy it again, or export it again."
#define HINT_NO_BACKUP  "This is no Requirement Yogi backup: such a file begins with BEING."
#define HINT_COMPRESSED "The file is compressed: unpack it first."
#define HINT_CHANGED    "The file was changed after its export: use the original file."

/* What is wrong with a record: the word, the reason in a message, and what to do. */
struct fault {
	const char *word, *reason, *hint;
	enum error_kind kind; /* ERROR_NONE: ERROR_INPUT */
};

static const struct fault no_opening = {
	"no-opening", "the file does not begin with the opening record BEING", HINT_NO_BACKUP};
static const struct fault no_metadata = {
	"no-metadata", "the metadata record does not follow the opening record", HINT_CHANGED};
static const struct fault bad_metadata = {
	"bad-metadata", "the third field of the metadata record is not null", HINT_CHANGED};
static const struct fault second_metadata = {
	"second-metadata", "a second metadata record", HINT_CHANGED};
static const struct fault second_opening = {"order", "a second opening record", HINT_CHANGED};
static const struct fault late_item = {
	"order", "a data row stands behind the mapping rows", HINT_CHANGED};
static const struct fault unknown_record = {"unknown-record",
	"the record is no data row, no mapping row and no closing record", HINT_CHANGED};
static const struct fault bad_closing = {
	"unknown-record", "the closing record is not \"END,End of the file\"", HINT_CHANGED};
static const struct fault no_table = {
	"unknown-record", "the data row names no table", HINT_CHANGED};
static const struct fault after_end = {
	"after-end", "the file goes on behind its closing record", HINT_CHANGED};
static const struct fault cut_record = {
	"truncated", "the file ends in the middle of a record", HINT_COPY, ERROR_TRUNCATED};
static const struct fault no_closing = {
	"truncated", "the file ends without its closing record END", HINT_COPY, ERROR_TRUNCATED};
static const struct fault empty_file = {"no-opening", "the file is empty", HINT_COPY};

static const struct rule {
	enum state next;
	const struct fault *fault; /* NULL: allowed */
} rules[STATE_COUNT][KIND_COUNT] = {
	[STATE_START] =
		{
			[BACKUP_OPENING] = {STATE_OPENED, NULL},
			[BACKUP_METADATA] = {STATE_START, &no_opening},
			[BACKUP_ITEM] = {STATE_START, &no_opening},
			[BACKUP_MAPPING] = {STATE_START, &no_opening},
			[BACKUP_CLOSING] = {STATE_START, &no_opening},
			[KIND_UNKNOWN] = {STATE_START, &no_opening},
		},
	[STATE_OPENED] =
		{
			[BACKUP_OPENING] = {STATE_OPENED, &second_opening},
			[BACKUP_METADATA] = {STATE_ITEMS, NULL},
			[BACKUP_ITEM] = {STATE_OPENED, &no_metadata},
			[BACKUP_MAPPING] = {STATE_OPENED, &no_metadata},
			[BACKUP_CLOSING] = {STATE_OPENED, &no_metadata},
			[KIND_UNKNOWN] = {STATE_OPENED, &no_metadata},
		},
	[STATE_ITEMS] =
		{
			[BACKUP_OPENING] = {STATE_ITEMS, &second_opening},
			[BACKUP_METADATA] = {STATE_ITEMS, &second_metadata},
			[BACKUP_ITEM] = {STATE_ITEMS, NULL},
			[BACKUP_MAPPING] = {STATE_MAPPINGS, NULL},
			[BACKUP_CLOSING] = {STATE_CLOSED, NULL},
			[KIND_UNKNOWN] = {STATE_ITEMS, &unknown_record},
		},
	[STATE_MAPPINGS] =
		{
			[BACKUP_OPENING] = {STATE_MAPPINGS, &second_opening},
			[BACKUP_METADATA] = {STATE_MAPPINGS, &second_metadata},
			[BACKUP_ITEM] = {STATE_MAPPINGS, &late_item},
			[BACKUP_MAPPING] = {STATE_MAPPINGS, NULL},
			[BACKUP_CLOSING] = {STATE_CLOSED, NULL},
			[KIND_UNKNOWN] = {STATE_MAPPINGS, &unknown_record},
		},
	[STATE_CLOSED] =
		{
			[BACKUP_OPENING] = {STATE_CLOSED, &after_end},
			[BACKUP_METADATA] = {STATE_CLOSED, &after_end},
			[BACKUP_ITEM] = {STATE_CLOSED, &after_end},
			[BACKUP_MAPPING] = {STATE_CLOSED, &after_end},
			[BACKUP_CLOSING] = {STATE_CLOSED, &after_end},
			[KIND_UNKNOWN] = {STATE_CLOSED, &after_end},
		},
};

/* How many fields a kind has. Data rows and mapping rows may have more. */
static const struct width {
	const char *title;
	size_t least, most;
} widths[KIND_COUNT] = {
	[BACKUP_OPENING] = {"an opening record", OPENING_FIELDS, OPENING_FIELDS},
	[BACKUP_METADATA] = {"a metadata record", METADATA_FIELDS, METADATA_FIELDS},
	[BACKUP_ITEM] = {"a data row", ITEM_FIELDS, SIZE_MAX},
	[BACKUP_MAPPING] = {"a mapping row", MAPPING_FIELDS, SIZE_MAX},
	[BACKUP_CLOSING] = {"a closing record", CLOSING_FIELDS, CLOSING_FIELDS},
	[KIND_UNKNOWN] = {"a record", 0, SIZE_MAX},
};

struct backup_reader {
	char *name; /* as messages call the file */
	int fd;
	struct csv_source source;
	struct csv_reader *csv;
	struct counter *counter;
	uint64_t size;
	bool source_ended;
	unsigned char head[4]; /* the file's first bytes, for the hint */
	size_t head_len;
	unsigned char tail; /* the last byte read */
	uint64_t reported;  /* bytes that a task was told of */
	enum state state;
	struct slice *fields;
	size_t field_capacity;
	bool failed;
	struct error error; /* the failure, as every further call gives it */
	struct csv_position position;
	const char *problem;
	char reason[sizeof(((struct error *)NULL)->message)];
};

static ptrdiff_t read_source(void *context, void *into, size_t size)
{
	struct backup_reader *reader = context;
	ptrdiff_t got = reader->source.read(reader->source.context, into, size);

	if (got == 0)
		reader->source_ended = true;
	if (got <= 0)
		return got;
	for (ptrdiff_t i = 0; i < got && reader->head_len < sizeof(reader->head); i++)
		reader->head[reader->head_len++] = ((const unsigned char *)into)[i];
	reader->tail = ((const unsigned char *)into)[got - 1];
	counter_add_bytes(reader->counter, (struct slice){into, (size_t)got});
	return got;
}

static char *name_of(const char *path)
{
	struct str name = STR_INIT;

	if (strcmp(path, "-") == 0)
		str_add_text(&name, "standard input");
	else
		str_addf(&name, "\"%s\"", path);
	return name.at;
}

bool backup_reader_open(const char *path, const struct csv_limits *limits, bool checksum,
	struct backup_reader **out, struct error *err)
{
	struct backup_reader *reader;
	struct stat info;
	int fd;

	if (!file_open(path, &fd, err))
		return false;
	reader = xmalloc(sizeof(*reader));
	*reader = (struct backup_reader){.name = name_of(path), .fd = fd};
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
		reader->size = (uint64_t)info.st_size;
	reader->source = csv_source_fd(fd);
	reader->counter = counter_new(checksum);
	reader->csv = csv_reader_new((struct csv_source){read_source, reader}, limits);
	*out = reader;
	return true;
}

/* Keeps the failure, whose reason stands in reader->reason, and gives it to the caller. */
static enum csv_result fail(struct backup_reader *reader, enum error_kind kind, const char *hint,
	const char *detail, struct error *err)
{
	const struct csv_position *at = &reader->position;
	char field[32] = "";

	if (at->field)
		snprintf(field, sizeof(field), ", field %u", at->field);
	error_set(&reader->error, kind, "%s, line %llu, byte %llu%s: %s", reader->name,
		(unsigned long long)at->line, (unsigned long long)at->offset, field,
		reader->reason);
	if (hint && *hint)
		error_hint(&reader->error, "%s", hint);
	if (detail && *detail)
		error_detail(&reader->error, "%s", detail);
	reader->failed = true;
	*err = reader->error;
	return CSV_FAILED;
}

PRINTF(5, 6)
static enum csv_result fail_record(struct backup_reader *reader, const struct fault *fault,
	const struct csv_position *position, struct error *err, const char *format, ...)
{
	enum error_kind kind = fault->kind == ERROR_NONE ? ERROR_INPUT : fault->kind;
	va_list values;

	va_start(values, format);
	vsnprintf(reader->reason, sizeof(reader->reason), format, values);
	va_end(values);
	reader->problem = fault->word;
	reader->position = *position;
	return fail(reader, kind, fault->hint, NULL, err);
}

static const char *hint_for_no_backup(const struct backup_reader *reader)
{
	static const struct {
		const char *bytes;
		size_t len;
	} compressed[] = {{"\x1f\x8b", 2}, {"\x28\xb5\x2f\xfd", 4}, {"PK\x03\x04", 4}};

	for (size_t i = 0; i < ARRAY_LEN(compressed); i++) {
		if (reader->head_len >= compressed[i].len &&
			memcmp(reader->head, compressed[i].bytes, compressed[i].len) == 0)
			return HINT_COMPRESSED;
	}
	return HINT_NO_BACKUP;
}

/* The bytes that are no character are the file's last ones, and could be the start of one. */
static bool cuts_character(const struct backup_reader *reader)
{
	return reader->position.problem == CSV_PROBLEM_UTF8 && reader->source_ended &&
	       reader->tail >= 0x80 && counter_bytes(reader->counter) - reader->position.offset < 4;
}

/* The CSV reader's message begins with the position too, which is said here with the file. */
static const char *without_position(const char *message)
{
	const char *colon = strncmp(message, "line ", 5) == 0 ? strstr(message, ": ") : NULL;

	return colon ? colon + 2 : message;
}

static enum csv_result fail_csv(
	struct backup_reader *reader, const struct error *cause, struct error *err)
{
	enum csv_problem problem;

	reader->position = csv_reader_position(reader->csv);
	problem = reader->position.problem;
	reader->problem = csv_problem_name(problem);
	snprintf(reader->reason, sizeof(reader->reason), "%s", without_position(cause->message));
	if (reader->state != STATE_START &&
		(problem == CSV_PROBLEM_OPEN_QUOTE || cuts_character(reader))) {
		reader->problem = "truncated";
		if (problem == CSV_PROBLEM_OPEN_QUOTE)
			snprintf(reader->reason, sizeof(reader->reason),
				"the file ends inside a quoted field");
		else
			snprintf(reader->reason, sizeof(reader->reason),
				"the file ends inside a character");
		return fail(reader, ERROR_TRUNCATED, HINT_COPY, cause->detail, err);
	}
	if (reader->state == STATE_START && problem != CSV_PROBLEM_READ &&
		problem != CSV_PROBLEM_BOM)
		return fail(reader, cause->kind, hint_for_no_backup(reader), cause->detail, err);
	return fail(reader, cause->kind, cause->hint, cause->detail, err);
}

static enum csv_result fail_end(struct backup_reader *reader, struct error *err)
{
	struct csv_position position = csv_reader_position(reader->csv);
	const struct fault *fault = &no_closing;

	if (reader->state == STATE_CLOSED)
		return CSV_END;
	if (reader->state == STATE_START)
		fault = &empty_file;
	position.field = 0;
	return fail_record(reader, fault, &position, err, "%s", fault->reason);
}

static int kind_of(const struct csv_record *record)
{
	struct slice first = record->fields[0];

	if (slice_is(first, "DBBackupItem"))
		return record->count > 1 && slice_is(record->fields[1], "METADATA")
			       ? BACKUP_METADATA
			       : BACKUP_ITEM;
	if (slice_is(first, "DBBackupMapping"))
		return BACKUP_MAPPING;
	if (slice_is(first, "BEING"))
		return BACKUP_OPENING;
	return slice_is(first, "END") ? BACKUP_CLOSING : KIND_UNKNOWN;
}

static bool has_line_end(struct slice raw)
{
	return raw.len > 0 && (raw.at[raw.len - 1] == '\n' || raw.at[raw.len - 1] == '\r');
}

/* The first thing wrong with a record that stands at an allowed place; *field is where. */
static const struct fault *fault_within(int kind, const struct csv_record *csv, unsigned *field)
{
	const struct slice *fields = csv->fields;

	if (kind == BACKUP_METADATA && fields[2].len > 0 && !slice_is(fields[2], "null")) {
		*field = 3;
		return &bad_metadata;
	}
	if (kind == BACKUP_ITEM && fields[1].len == 0) {
		*field = 2;
		return &no_table;
	}
	if (kind == BACKUP_CLOSING && !slice_is(fields[1], "End of the file")) {
		*field = 2;
		return &bad_closing;
	}
	return NULL;
}

static bool check_record(
	struct backup_reader *reader, int kind, const struct csv_record *csv, struct error *err)
{
	static const struct fault field_count = {"field-count", NULL, HINT_CHANGED};
	struct csv_position at = {csv->line, csv->offset, 0, CSV_PROBLEM_NONE};
	const struct rule *rule = &rules[reader->state][kind];
	bool narrow = csv->count<widths[kind].least, wide = csv->count> widths[kind].most;
	const struct fault *fault = rule->fault;
	bool cut;

	if (!fault && !narrow && !wide)
		fault = fault_within(kind, csv, &at.field);
	/* Only the last record of a file can lack its line end; the closing record may. */
	cut = !has_line_end(csv->raw) && (kind != BACKUP_CLOSING || fault || narrow || wide) &&
	      (reader->state == STATE_START ? kind == BACKUP_OPENING
					    : reader->state != STATE_CLOSED);
	if (cut) {
		at.field = 0;
		fault = &cut_record;
	}
	if (fault) {
		if (fault == &no_opening)
			(void)fail_record(reader,
				&(struct fault){fault->word, fault->reason,
					hint_for_no_backup(reader), fault->kind},
				&at, err, "%s", fault->reason);
		else
			(void)fail_record(reader, fault, &at, err, "%s", fault->reason);
		return false;
	}
	if (narrow || wide) {
		(void)fail_record(reader, &field_count, &at, err,
			"%s has %s%zu fields, this one %zu", widths[kind].title,
			widths[kind].most == SIZE_MAX ? "at least " : "", widths[kind].least,
			csv->count);
		return false;
	}
	reader->state = rule->next;
	return true;
}

static void take_fields(struct backup_reader *reader, const struct csv_record *csv)
{
	if (csv->count > reader->field_capacity) {
		reader->field_capacity = csv->count * 2;
		reader->fields =
			xrealloc(reader->fields, reader->field_capacity * sizeof(*reader->fields));
	}
	for (size_t i = 0; i < csv->count; i++)
		reader->fields[i] = csv->fields[i].len > 0 ? csv->fields[i] : SLICE_NULL;
}

static struct backup_record record_of(
	const struct backup_reader *reader, int kind, const struct csv_record *csv)
{
	const struct slice *fields = reader->fields;
	struct backup_record record = {
		.kind = (enum backup_kind)kind,
		.fields = fields,
		.count = csv->count,
		.raw = csv->raw,
		.line = csv->line,
		.offset = csv->offset,
	};

	switch (record.kind) {
	case BACKUP_OPENING:
		record.plugin_key = fields[1];
		record.plugin_version = fields[2];
		record.oldest_version = fields[3];
		break;
	case BACKUP_METADATA:
		record.scope = slice_is(fields[3], "null") ? SLICE_NULL : fields[3];
		record.author = fields[4];
		record.exported = fields[5];
		break;
	case BACKUP_ITEM:
		record.table = fields[1];
		record.old_id = fields[2];
		break;
	case BACKUP_MAPPING:
		record.type = fields[1];
		record.key = fields[2];
		record.dependencies = fields[3];
		break;
	case BACKUP_CLOSING:
		break;
	}
	return record;
}

static bool count_record(
	struct backup_reader *reader, const struct backup_record *record, struct error *err)
{
	static const struct fault too_many = {
		"too-many-tables", NULL, "This is hardly a Requirement Yogi backup.", ERROR_LIMIT};
	struct csv_position at = {record->line, record->offset, 2, CSV_PROBLEM_NONE};
	bool ok = true;

	if (record->kind == BACKUP_ITEM)
		ok = counter_add_item(reader->counter, record->table, record->raw);
	else if (record->kind == BACKUP_MAPPING)
		ok = counter_add_mapping(reader->counter, record->type, record->raw);
	if (!ok)
		(void)fail_record(reader, &too_many, &at, err, "more than %d different %s",
			COUNTER_LIMIT,
			record->kind == BACKUP_ITEM ? "tables" : "types of mapping rows");
	return ok;
}

enum csv_result backup_reader_next(
	struct backup_reader *reader, struct backup_record *record, struct error *err)
{
	struct error cause = ERROR_INIT;
	struct backup_record read;
	struct csv_record csv;
	enum csv_result result;
	int kind;

	if (reader->failed) {
		*err = reader->error;
		return CSV_FAILED;
	}
	result = csv_reader_next(reader->csv, &csv, &cause);
	if (result == CSV_FAILED)
		return fail_csv(reader, &cause, err);
	if (result == CSV_END)
		return fail_end(reader, err);
	kind = kind_of(&csv);
	if (!check_record(reader, kind, &csv, err))
		return CSV_FAILED;
	take_fields(reader, &csv);
	read = record_of(reader, kind, &csv);
	if (!count_record(reader, &read, err))
		return CSV_FAILED;
	*record = read;
	return CSV_RECORD;
}

struct csv_position backup_reader_position(const struct backup_reader *reader)
{
	return reader->failed ? reader->position : csv_reader_position(reader->csv);
}

const char *backup_reader_problem(const struct backup_reader *reader)
{
	return reader->problem;
}

const char *backup_reader_reason(const struct backup_reader *reader)
{
	return reader->reason;
}

bool backup_reader_progress(struct backup_reader *reader, struct task *task, struct error *err)
{
	uint64_t bytes = counter_bytes(reader->counter);

	if (bytes == reader->reported)
		return true;
	task_advance(task, bytes - reader->reported);
	reader->reported = bytes;
	return task_check(task, err);
}

uint64_t backup_reader_bytes(const struct backup_reader *reader)
{
	return counter_bytes(reader->counter);
}

uint64_t backup_reader_size(const struct backup_reader *reader)
{
	return reader->size;
}

void backup_reader_sha256(struct backup_reader *reader, char out[DIGEST_HEX])
{
	counter_sha256(reader->counter, out);
}

void backup_reader_counts(struct backup_reader *reader, struct backup_counts *out)
{
	counter_result(reader->counter, out);
}

void backup_reader_free(struct backup_reader **reader)
{
	struct backup_reader *r = *reader;

	if (!r)
		return;
	csv_reader_free(&r->csv);
	counter_free(&r->counter);
	if (r->fd != STDIN_FILENO)
		close(r->fd);
	free(r->name);
	free(r->fields);
	free(r);
	*reader = NULL;
}
