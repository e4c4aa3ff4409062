/*
 * Writing a backup file: records in the vendor's CSV, counted and hashed as they pass.
 *
 * What the reader would refuse is refused here too, with the table or type that it comes from: a
 * database may hold bytes that are no UTF-8 (SQLite does not mind), and a file that nobody can read
 * is worse than an error.
 */
#include "backup/counter.h"

struct backup_writer {
	struct file_out *out; /* the caller's */
	struct counter *counter;
	struct str record;
	struct slice *fields;
	size_t capacity;
};

struct backup_writer *backup_writer_new(struct file_out *out)
{
	struct backup_writer *writer = xmalloc(sizeof(*writer));

	*writer = (struct backup_writer){
		.out = out, .counter = counter_new(true), .record = STR_INIT};
	return writer;
}

/* Bytes of the well-formed UTF-8 sequence that begins here, 0 for anything else. */
static size_t sequence_len(const unsigned char *at, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t len = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;

	if (at[0] < 0xc2 || at[0] > 0xf4 || left < len)
		return 0;
	/* Over-long forms, surrogates, and what lies above U+10FFFF. */
	if (at[0] == 0xe0)
		low = 0xa0;
	else if (at[0] == 0xed)
		high = 0x9f;
	else if (at[0] == 0xf0)
		low = 0x90;
	else if (at[0] == 0xf4)
		high = 0x8f;
	if (at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	return len;
}

static const char *why_unwritable(struct slice text)
{
	const unsigned char *bytes = (const unsigned char *)text.at;

	if (text.len > csv_limits_default.field)
		return "is too long for a backup file";
	for (size_t i = 0; i < text.len;) {
		size_t len =
			bytes[i] < 0x80 ? bytes[i] != 0 : sequence_len(bytes + i, text.len - i);

		if (len == 0)
			return bytes[i] == 0 ? "holds a NUL byte" : "is not valid UTF-8";
		i += len;
	}
	return NULL;
}

/* The most bytes that the field takes in a file: quoted, its quotes doubled, and what ends it. */
static size_t written_length(struct slice text)
{
	size_t length = text.len + 4;

	for (size_t i = 0; i < text.len; i++)
		length += text.at[i] == '"';
	return length;
}

static bool check_fields(
	const struct slice *fields, size_t count, const char *title, struct error *err)
{
	size_t bytes = 0;

	if (count > csv_limits_default.fields)
		return FAIL(err, LIMIT,
			"cannot write the %s: it has %zu fields, at most %u are allowed", title,
			count, csv_limits_default.fields);
	for (size_t i = 0; i < count; i++) {
		const char *why = why_unwritable(fields[i]);

		if (why)
			return FAIL_HINT(err, INPUT, "Correct the value in the database first.",
				"cannot write field %zu of the %s \"%.*s\" \"%.*s\": it %s", i + 1,
				title, SLICE_PRINT(fields[1]),
				SLICE_PRINT(count > 2 ? fields[2] : SLICE_NULL), why);
		bytes += written_length(fields[i]);
	}
	if (bytes > csv_limits_default.record)
		return FAIL(err, LIMIT, "cannot write the %s \"%.*s\" \"%.*s\": it is too long",
			title, SLICE_PRINT(fields[1]),
			SLICE_PRINT(count > 2 ? fields[2] : SLICE_NULL));
	return true;
}

/* Puts the record together, writes it, and leaves its bytes in writer->record. */
static bool write_record(struct backup_writer *writer, const struct slice *fields, size_t count,
	const char *title, struct error *err)
{
	if (!check_fields(fields, count, title, err))
		return false;
	str_clear(&writer->record);
	csv_write_record(&writer->record, fields, count);
	if (!file_out_write(writer->out, str_slice(&writer->record), err))
		return false;
	counter_add_bytes(writer->counter, str_slice(&writer->record));
	return true;
}

/* The fields behind `lead` others, whose places are left to the caller. */
static struct slice *make_room(
	struct backup_writer *writer, size_t lead, const struct slice *fields, size_t count)
{
	if (lead + count > writer->capacity) {
		writer->capacity = (lead + count) * 2;
		writer->fields =
			xrealloc(writer->fields, writer->capacity * sizeof(*writer->fields));
	}
	if (count > 0)
		memcpy(writer->fields + lead, fields, count * sizeof(*fields));
	return writer->fields;
}

bool backup_write_opening(struct backup_writer *writer, struct slice plugin_key,
	struct slice plugin_version, struct slice oldest_version, struct error *err)
{
	const struct slice fields[] = {SLICE("BEING"), plugin_key, plugin_version, oldest_version};

	return write_record(writer, fields, ARRAY_LEN(fields), "opening record", err);
}

bool backup_write_metadata(struct backup_writer *writer, struct slice scope, struct slice author,
	struct slice exported, struct error *err)
{
	const struct slice fields[] = {
		SLICE("DBBackupItem"), SLICE("METADATA"), SLICE("null"), scope, author, exported};

	return write_record(writer, fields, ARRAY_LEN(fields), "metadata record", err);
}

bool backup_write_item(struct backup_writer *writer, struct slice table, const struct slice *fields,
	size_t count, struct error *err)
{
	struct slice *all = make_room(writer, 2, fields, count);

	all[0] = SLICE("DBBackupItem");
	all[1] = table;
	if (!write_record(writer, all, 2 + count, "row", err))
		return false;
	if (!counter_add_item(writer->counter, table, str_slice(&writer->record)))
		return FAIL(err, LIMIT, "cannot write more than %d tables", COUNTER_LIMIT);
	return true;
}

bool backup_write_mapping(
	struct backup_writer *writer, const struct slice *fields, size_t count, struct error *err)
{
	struct slice *all = make_room(writer, 1, fields, count);

	all[0] = SLICE("DBBackupMapping");
	if (!write_record(writer, all, 1 + count, "mapping row", err))
		return false;
	if (!counter_add_mapping(writer->counter, count > 0 ? fields[0] : SLICE_NULL,
		    str_slice(&writer->record)))
		return FAIL(err, LIMIT, "cannot write more than %d types of mapping rows",
			COUNTER_LIMIT);
	return true;
}

bool backup_write_closing(struct backup_writer *writer, struct error *err)
{
	const struct slice fields[] = {SLICE("END"), SLICE("End of the file")};

	return write_record(writer, fields, ARRAY_LEN(fields), "closing record", err);
}

void backup_writer_counts(struct backup_writer *writer, struct backup_counts *out)
{
	counter_result(writer->counter, out);
}

void backup_writer_free(struct backup_writer **writer)
{
	struct backup_writer *w = *writer;

	if (!w)
		return;
	counter_free(&w->counter);
	str_release(&w->record);
	free(w->fields);
	free(w);
	*writer = NULL;
}
