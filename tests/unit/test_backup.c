/*
 * Tests of the backup file: reading, writing, what is refused and where, versions and keys.
 */
#include "backup_sample.h"

#include "backup/file.h"

#define EXAMPLE_SHA256 "fa78e85ab9940804c09c0349277afb9977f0664a0a0ff835c973a4a706db2bbc"

static struct backup_reader *open_reader(const char *path, bool checksum)
{
	struct backup_reader *reader = NULL;
	struct error err = ERROR_INIT;

	if (!backup_reader_open(path, NULL, checksum, &reader, &err))
		fail_msg("%s", err.message);
	return reader;
}

static void test_example_reads(void **state)
{
	static const enum backup_kind kinds[] = {BACKUP_OPENING, BACKUP_METADATA, BACKUP_ITEM,
		BACKUP_ITEM, BACKUP_ITEM, BACKUP_ITEM, BACKUP_ITEM, BACKUP_ITEM, BACKUP_ITEM,
		BACKUP_ITEM, BACKUP_ITEM, BACKUP_ITEM, BACKUP_ITEM, BACKUP_ITEM, BACKUP_MAPPING,
		BACKUP_MAPPING, BACKUP_MAPPING, BACKUP_MAPPING, BACKUP_CLOSING};
	struct backup_reader *reader = open_reader(EXAMPLE, true);
	struct slice text = sample_example();
	struct backup_record record;
	struct error err;
	uint64_t offset = 0;

	(void)state;
	assert_int_equal(backup_reader_size(reader), text.len);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		assert_int_equal(backup_reader_next(reader, &record, &err), CSV_RECORD);
		assert_int_equal(record.kind, kinds[i]);
		assert_int_equal(record.line, i + 1);
		assert_int_equal(record.offset, offset);
		assert_memory_equal(record.raw.at, text.at + offset, record.raw.len);
		offset += record.raw.len;
		if (i == 0) {
			assert_true(slice_is(record.plugin_key, "com.playsql.requirementyogijira"));
			assert_true(slice_is(record.plugin_version, "3.7-SNAPSHOT"));
			assert_true(slice_is(record.oldest_version, "3.5.0"));
		} else if (i == 1) {
			assert_true(slice_is(record.scope, "TIO"));
			assert_null(record.author.at);
			assert_true(slice_is(record.exported, "2024-01-04 20:59:55"));
		} else if (i == 2) {
			assert_true(slice_is(record.table, "DBRILAUDITTRAILITEM"));
			assert_true(slice_is(record.old_id, "2"));
			assert_int_equal(record.count, 12);
			assert_null(record.fields[3].at);
			assert_true(slice_starts_with(record.fields[10], "[{\"relationship\""));
		} else if (i == 17) {
			assert_true(slice_is(record.type, "SPACE"));
			assert_true(slice_is(record.key, "SF"));
			assert_true(slice_starts_with(record.dependencies, "76888b66-"));
			assert_int_equal(record.count, 15);
		}
	}
	assert_int_equal(backup_reader_next(reader, &record, &err), CSV_END);
	assert_int_equal(backup_reader_next(reader, &record, &err), CSV_END);
	assert_int_equal(backup_reader_bytes(reader), text.len);
	backup_reader_free(&reader);
	assert_null(reader);
}

static void check_example_counts(const struct backup_counts *counts)
{
	assert_int_equal(counts->table_count, 3);
	assert_true(slice_is(counts->tables[0].name, "DBRILAUDITTRAILITEM"));
	assert_int_equal(counts->tables[0].rows, 2);
	assert_true(slice_is(counts->tables[1].name, "DBREMOTEREQUIREMENT"));
	assert_int_equal(counts->tables[1].rows, 5);
	assert_true(slice_is(counts->tables[2].name, "DBISSUELINK"));
	assert_int_equal(counts->tables[2].rows, 5);
	assert_int_equal(counts->mapping_count, 4);
	assert_true(slice_is(counts->mappings[0].name, "ISSUE"));
	assert_int_equal(counts->mappings[3].rows, 1);
	assert_int_equal(counts->rows, 12);
	assert_int_equal(counts->bytes, 2524);
	assert_string_equal(counts->sha256, EXAMPLE_SHA256);
}

/* SHA-256 of the example's bytes from one text to another. */
static void hash_between(const char *from, const char *to, char out[DIGEST_HEX])
{
	struct slice text = sample_example();
	const char *start = memmem(text.at, text.len, from, strlen(from));
	const char *end = memmem(text.at, text.len, to, strlen(to));
	struct digest *digest CLEANUP(digest_free) = digest_new();
	uint8_t bytes[DIGEST_SIZE];

	assert_true(start && end && start < end);
	digest_add(digest, start, (size_t)(end - start));
	digest_end(digest, bytes);
	digest_hex(bytes, out);
}

static bool copy_records(
	struct backup_reader *reader, struct backup_writer *writer, struct error *err)
{
	struct backup_record r;
	enum csv_result got;
	bool ok = true;

	while (ok && (got = backup_reader_next(reader, &r, err)) == CSV_RECORD) {
		switch (r.kind) {
		case BACKUP_OPENING:
			ok = backup_write_opening(
				writer, r.plugin_key, r.plugin_version, r.oldest_version, err);
			break;
		case BACKUP_METADATA:
			ok = backup_write_metadata(writer, r.scope, r.author, r.exported, err);
			break;
		case BACKUP_ITEM:
			ok = backup_write_item(writer, r.table, r.fields + 2, r.count - 2, err);
			break;
		case BACKUP_MAPPING:
			ok = backup_write_mapping(writer, r.fields + 1, r.count - 1, err);
			break;
		case BACKUP_CLOSING:
			ok = backup_write_closing(writer, err);
			break;
		}
	}
	return ok && got == CSV_END;
}

static void check_same_counts(const struct backup_counts *a, const struct backup_counts *b)
{
	assert_int_equal(a->bytes, b->bytes);
	assert_string_equal(a->sha256, b->sha256);
	assert_int_equal(a->table_count, b->table_count);
	assert_int_equal(a->mapping_count, b->mapping_count);
	for (size_t i = 0; i < a->table_count; i++)
		assert_string_equal(a->tables[i].sha256, b->tables[i].sha256);
	for (size_t i = 0; i < a->mapping_count; i++)
		assert_string_equal(a->mappings[i].sha256, b->mappings[i].sha256);
}

/* Reads a file and writes it to sample_path; the two must be the same. Returns what was read. */
static struct backup_counts rewrite(const char *path)
{
	struct backup_reader *reader = open_reader(path, true);
	struct backup_counts read, written;
	struct backup_writer *writer;
	struct file_out *out;
	struct error err = ERROR_INIT;
	struct str before = STR_INIT, after = STR_INIT;
	char sha256[DIGEST_HEX];

	assert_true(file_out_open(sample_path, &out, &err));
	writer = backup_writer_new(out);
	if (!copy_records(reader, writer, &err))
		fail_msg("%s", err.message);
	assert_true(file_out_commit(&out, &err));
	backup_reader_sha256(reader, sha256);
	backup_reader_counts(reader, &read);
	assert_string_equal(sha256, read.sha256);
	backup_writer_counts(writer, &written);
	check_same_counts(&read, &written);
	assert_true(file_read(path, 1 << 28, &before, &err));
	assert_true(file_read(sample_path, 1 << 28, &after, &err));
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.at, after.at, before.len);
	str_release(&before);
	str_release(&after);
	backup_counts_release(&written);
	backup_writer_free(&writer);
	backup_reader_free(&reader);
	return read;
}

static void test_example_rewritten_is_the_same(void **state)
{
	struct backup_counts counts = rewrite(EXAMPLE);
	char sha256[DIGEST_HEX];

	(void)state;
	check_example_counts(&counts);
	hash_between("DBBackupItem,DBISSUELINK,6", "DBBackupMapping,ISSUE", sha256);
	assert_string_equal(counts.tables[2].sha256, sha256);
	hash_between("DBBackupMapping,USER", "DBBackupMapping,APPLINK", sha256);
	assert_string_equal(counts.mappings[1].sha256, sha256);
	backup_counts_release(&counts);
}

static void test_no_checksum(void **state)
{
	struct backup_reader *reader = open_reader(EXAMPLE, false);
	struct backup_counts counts;
	struct backup_record record;
	struct error err;
	char sha256[DIGEST_HEX] = "x";

	(void)state;
	while (backup_reader_next(reader, &record, &err) == CSV_RECORD)
		continue;
	backup_reader_counts(reader, &counts);
	assert_int_equal(counts.rows, 12);
	assert_string_equal(counts.sha256, "");
	assert_string_equal(counts.tables[0].sha256, "");
	backup_reader_sha256(reader, sha256);
	assert_string_equal(sha256, "");
	backup_counts_release(&counts);
	backup_reader_free(&reader);
}

/* Larger than the ring of blocks that hands bytes to the second thread; tables and types alternate.
 */
static void test_large_file(void **state)
{
	struct digest *digest CLEANUP(digest_free) = digest_new();
	struct str text CLEANUP(str_release) = STR_INIT;
	struct backup_counts counts;
	uint8_t bytes[DIGEST_SIZE];
	char sha256[DIGEST_HEX], name[sizeof(sample_path) + 64];

	(void)state;
	str_add_text(&text, CONFLUENCE_HEAD);
	for (int i = 1; i <= 40000; i++)
		str_addf(&text, "DBBackupItem,%s,%d,,\"a \"\"text\"\"\r\nof two lines, %d\",%d\r\n",
			i % 3 ? "ONE" : "TWO", i, i * 7, i);
	for (int i = 1; i <= 20000; i++)
		str_addf(&text, "DBBackupMapping,%s,%d,,,,,,,,A title,,,,\r\n",
			i % 2 ? "PAGE" : "VERSION", i);
	str_add_text(&text, CONFLUENCE_END);
	snprintf(name, sizeof(name), "%s", sample_write(".large", str_slice(&text)));
	counts = rewrite(name);
	digest_add(digest, text.at, text.len);
	digest_end(digest, bytes);
	digest_hex(bytes, sha256);
	assert_string_equal(counts.sha256, sha256);
	assert_int_equal(counts.rows, 40000);
	assert_int_equal(counts.tables[1].rows, 13333);
	assert_int_equal(counts.mappings[0].rows, 10000);
	backup_counts_release(&counts);
	unlink(name);
}

struct refusal {
	const char *text;
	enum error_kind kind;
	const char *problem;
	uint64_t line, offset;
	unsigned field;
	const char *message, *hint; /* parts of them */
};

#define B "BEING,k,1,1\r\n"
#define M "DBBackupItem,METADATA,null,,,d\r\n"
#define I "DBBackupItem,T,1,\r\n"
#define P "DBBackupMapping,USER,u,,,,,,,,,,,,\r\n"
#define E "END,End of the file\r\n"

static const struct refusal refusals[] = {
	{"", ERROR_INPUT, "no-opening", 1, 0, 0, "empty", "incomplete"},
	{"\r\n\r\n", ERROR_INPUT, "no-opening", 3, 4, 0, "empty", "incomplete"},
	{"a,b\r\n", ERROR_INPUT, "no-opening", 1, 0, 0, "BEING", "no Requirement Yogi backup"},
	{"being,k,1,1\r\n", ERROR_INPUT, "no-opening", 1, 0, 0, "BEING", "no Requirement"},
	{"BEI", ERROR_INPUT, "no-opening", 1, 0, 0, "BEING", "no Requirement Yogi"},
	{M B, ERROR_INPUT, "no-opening", 1, 0, 0, "BEING", "no Requirement Yogi"},
	{"\x7f"
	 "ELF\x02\x01\x81",
		ERROR_INPUT, "bad-utf8", 1, 6, 1, "x.csv", "no Requirement"},
	{"\x1f\x8b\x08\xff\xff", ERROR_INPUT, "bad-utf8", 1, 1, 1, "x.csv", "compressed"},
	{"\x28\xb5\x2f\xfd\x04", ERROR_INPUT, "bad-utf8", 1, 1, 1, "x.csv", "compressed"},
	{"PK\x03\x04\xff", ERROR_INPUT, "bad-utf8", 1, 4, 1, "x.csv", "compressed"},
	{"\xef\xbb\xbf" B M E, ERROR_INPUT, "byte-order-mark", 1, 0, 0, "x.csv", ""},
	{"BEING,k,1\r\n" M E, ERROR_INPUT, "field-count", 1, 0, 0, "4 fields, this one 3", "orig"},
	{"BEING,k,1,1,1\r\n" M E, ERROR_INPUT, "field-count", 1, 0, 0, "this one 5", "original"},
	{B, ERROR_TRUNCATED, "truncated", 2, 13, 0, "closing record", "copy it again"},
	{B I M E, ERROR_INPUT, "no-metadata", 2, 13, 0, "metadata", "original"},
	{B E, ERROR_INPUT, "no-metadata", 2, 13, 0, "metadata", "original"},
	{B B M E, ERROR_INPUT, "order", 2, 13, 0, "second opening", "original"},
	{B "DBBackupItem,METADATA,null,,\r\n", ERROR_INPUT, "field-count", 2, 13, 0,
		"6 fields, this one 5", ""},
	{B "DBBackupItem,METADATA,null,,,d,\r\n", ERROR_INPUT, "field-count", 2, 13, 0,
		"6 fields, this one 7", ""},
	{B "DBBackupItem,METADATA,7,,,d\r\n", ERROR_INPUT, "bad-metadata", 2, 13, 3, "null", ""},
	{B M M E, ERROR_INPUT, "second-metadata", 3, 45, 0, "second metadata", "original"},
	{B M B E, ERROR_INPUT, "order", 3, 45, 0, "second opening", "original"},
	{B M "DBBackupItem,T\r\n" E, ERROR_INPUT, "field-count", 3, 45, 0,
		"at least 3 fields, this one 2", ""},
	{B M "DBBackupItem,,1\r\n" E, ERROR_INPUT, "unknown-record", 3, 45, 2, "no table", ""},
	{B M "dbbackupitem,T,1\r\n" E, ERROR_INPUT, "unknown-record", 3, 45, 0, "no data row", ""},
	{B M I "DBBackupMapping,USER,u,,,,,,,,,,,\r\n" E, ERROR_INPUT, "field-count", 4, 64, 0,
		"at least 15 fields, this one 14", ""},
	{B M P I E, ERROR_INPUT, "order", 4, 81, 0, "data row stands behind", "original"},
	{B M P M E, ERROR_INPUT, "second-metadata", 4, 81, 0, "second", ""},
	{B M I, ERROR_TRUNCATED, "truncated", 4, 64, 0, "without its closing record", "copy it"},
	{B M P, ERROR_TRUNCATED, "truncated", 4, 81, 0, "without its closing record", "copy it"},
	{B M "DBBackupIt", ERROR_TRUNCATED, "truncated", 3, 45, 0, "middle of a record", "copy"},
	{B M "DBBackupItem,T,12", ERROR_TRUNCATED, "truncated", 3, 45, 0, "middle", "copy it"},
	{B M "DBBackupItem,T,1,\"half\r\n", ERROR_TRUNCATED, "truncated", 3, 62, 4,
		"inside a quoted field", "copy it again"},
	{B M "DBBackupItem,T,1,\xc3", ERROR_TRUNCATED, "truncated", 3, 62, 4, "inside a character",
		"copy it again"},
	{B M "DBBackupItem,T,1,\xc3\r\n", ERROR_INPUT, "bad-utf8", 3, 62, 4, "x.csv", ""},
	{B M "DBBackupItem,T,1,\"a\"b\r\n" E, ERROR_INPUT, "bad-quoting", 3, 65, 4, "x.csv", ""},
	{B M "END,End of the f", ERROR_TRUNCATED, "truncated", 3, 45, 0, "middle", "copy it"},
	{B M "END", ERROR_TRUNCATED, "truncated", 3, 45, 0, "middle of a record", "copy it"},
	{B M "END\r\n", ERROR_INPUT, "field-count", 3, 45, 0, "2 fields, this one 1", ""},
	{B M "END,of all\r\n", ERROR_INPUT, "unknown-record", 3, 45, 2, "closing record is not",
		""},
	{B M E I, ERROR_INPUT, "after-end", 4, 66, 0, "goes on behind", "original"},
	{B M E "x", ERROR_INPUT, "after-end", 4, 66, 0, "goes on behind", "original"},
	{B M E E, ERROR_INPUT, "after-end", 4, 66, 0, "goes on behind", "original"},
};

static void check_refusal(const struct refusal *refusal, struct slice text)
{
	struct backup_reader *reader = open_reader(sample_write("", text), true);
	struct error err = ERROR_INIT, again = ERROR_INIT;
	struct backup_record record;
	struct csv_position at;
	enum csv_result got;
	char place[160];

	while ((got = backup_reader_next(reader, &record, &err)) == CSV_RECORD)
		continue;
	assert_int_equal(got, CSV_FAILED);
	at = backup_reader_position(reader);
	snprintf(place, sizeof(place), "\"%s\", line %llu, byte %llu", sample_path,
		(unsigned long long)refusal->line, (unsigned long long)refusal->offset);
	if (strcmp(backup_reader_problem(reader), refusal->problem) != 0 ||
		err.kind != refusal->kind || at.line != refusal->line ||
		at.offset != refusal->offset || at.field != refusal->field ||
		strncmp(err.message, place, strlen(place)) != 0 ||
		!strstr(err.message, refusal->message) || !strstr(err.hint, refusal->hint))
		fail_msg("%.80s\n%s %llu:%llu:%u %s\n%s", refusal->text,
			backup_reader_problem(reader), (unsigned long long)at.line,
			(unsigned long long)at.offset, at.field, err.message, err.hint);
	assert_true(strlen(backup_reader_reason(reader)) > 0);
	assert_null(strstr(backup_reader_reason(reader), "line "));
	assert_int_equal(backup_reader_next(reader, &record, &again), CSV_FAILED);
	assert_string_equal(again.message, err.message);
	assert_string_equal(again.hint, err.hint);
	backup_reader_free(&reader);
}

static void test_refusals(void **state)
{
	const struct refusal nul = {"NUL", ERROR_INPUT, "nul-byte", 3, 63, 4, "x.csv", ""};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
		check_refusal(&refusals[i], slice_of(refusals[i].text));
	check_refusal(&nul, SLICE(B M "DBBackupItem,T,1,a\0b\r\n" E));
}

/* Reads all; the kind of error it ends with, or ERROR_NONE. */
static enum error_kind kind_of_end(
	struct slice text, const struct csv_limits *limits, struct error *err)
{
	const char *path = sample_write("", text);
	struct backup_reader *reader;
	struct backup_record record;
	enum csv_result got;

	assert_true(backup_reader_open(path, limits, false, &reader, err));
	while ((got = backup_reader_next(reader, &record, err)) == CSV_RECORD)
		continue;
	backup_reader_free(&reader);
	return got == CSV_END ? ERROR_NONE : err->kind;
}

static void test_accepted(void **state)
{
	static const char *const texts[] = {
		B M E,
		B M "END,End of the file",
		B M "END,End of the file\n\n\r\n",
		"\r\n\nBEING,k,1,1\nDBBackupItem,METADATA,,,,d\rEND,End of the file\r",
		B M "DBBackupItem,T,\r\n" E,
		B M "DBBackupMapping,WHAT,,,,,,,,,,,,,,more,more\r\n" E,
		B M P P E,
		"\"BEING\",\"k\" ,1,1\r\n" M E,
	};
	struct error err = ERROR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (kind_of_end(slice_of(texts[i]), NULL, &err) != ERROR_NONE)
			fail_msg("%s", err.message);
	}
}

static void test_scope_null(void **state)
{
	struct backup_reader *reader = open_reader(
		sample_write("", SLICE(B "DBBackupItem,METADATA,null,null,,d\r\n" E)), false);
	struct backup_record record;
	struct error err;

	(void)state;
	assert_int_equal(backup_reader_next(reader, &record, &err), CSV_RECORD);
	assert_int_equal(backup_reader_next(reader, &record, &err), CSV_RECORD);
	assert_null(record.scope.at);
	backup_reader_free(&reader);
}

/* Wherever the example is cut, it is refused, and as truncated once it is known to be a backup. */
static void test_every_cut_is_refused(void **state)
{
	struct slice text = sample_example();
	struct error err = ERROR_INIT;

	(void)state;
	for (size_t len = 0; len < text.len - 2; len++) {
		enum error_kind kind = kind_of_end((struct slice){text.at, len}, NULL, &err);

		if (kind != (len < 5 ? ERROR_INPUT : ERROR_TRUNCATED))
			fail_msg("cut at %zu: %s", len, err.message);
	}
	assert_int_equal(
		kind_of_end((struct slice){text.at, text.len - 2}, NULL, &err), ERROR_NONE);
}

static void test_limits(void **state)
{
	struct csv_limits limits = {10, 1000, 20};
	struct str text CLEANUP(str_release) = STR_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(
		kind_of_end(SLICE(B M "DBBackupItem,T,1\r\n" E), &limits, &err), ERROR_LIMIT);
	str_add_text(&text, B M);
	for (int i = 0; i < 1000; i++)
		str_addf(&text, "DBBackupItem,T%d,1\r\n", i);
	str_add_text(&text, E);
	assert_int_equal(kind_of_end(str_slice(&text), NULL, &err), ERROR_NONE);
	str_truncate(&text, text.len - strlen(E));
	str_add_text(&text, "DBBackupItem,T0,2\r\nDBBackupItem,T1000,1\r\n" E);
	assert_int_equal(kind_of_end(str_slice(&text), NULL, &err), ERROR_LIMIT);
	assert_non_null(strstr(err.message, "line 1004,"));
	assert_non_null(strstr(err.message, "more than 1000 different tables"));
}

static void test_standard_input(void **state)
{
	int old = dup(STDIN_FILENO), ends[2];
	static const char text[] = B "x\r\n";
	struct backup_reader *reader;
	struct backup_record record;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], text, sizeof(text) - 1), sizeof(text) - 1);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	reader = open_reader("-", true);
	assert_int_equal(backup_reader_size(reader), 0);
	assert_int_equal(backup_reader_next(reader, &record, &err), CSV_RECORD);
	assert_int_equal(backup_reader_next(reader, &record, &err), CSV_FAILED);
	assert_non_null(strstr(err.message, "standard input, line 2, byte 13: "));
	backup_reader_free(&reader);
	/* Standard input itself stays open. */
	assert_true(dup2(old, STDIN_FILENO) == STDIN_FILENO);
	close(old);
}

static void test_missing_file(void **state)
{
	struct backup_reader *reader = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	assert_false(backup_reader_open("/nonexistent/x.csv", NULL, true, &reader, &err));
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	assert_null(reader);
}

static void test_writer_refuses(void **state)
{
	const struct {
		struct slice value;
		const char *message;
	} cases[] = {
		{SLICE("a\xff"), "field 4 of the row \"T\" \"1\": it is not valid UTF-8"},
		{SLICE("a\xc3"), "not valid UTF-8"},
		{SLICE("\xed\xa0\x80"), "not valid UTF-8"},
		{SLICE("\xc0\x80"), "not valid UTF-8"},
		{SLICE("\xf4\x90\x80\x80"), "not valid UTF-8"},
		{SLICE("a\0b"), "holds a NUL byte"},
	};
	struct slice good[] = {SLICE("1"), SLICE("\xf4\x8f\xbf\xbf\xe2\x82\xac\xc3\xa9")};
	struct file_out *out CLEANUP(file_out_discard) = NULL;
	struct backup_writer *writer;
	struct error err = ERROR_INIT;

	(void)state;
	assert_true(file_out_open(sample_path, &out, &err));
	writer = backup_writer_new(out);
	assert_true(backup_write_item(writer, SLICE("T"), good, 2, &err));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct slice fields[] = {SLICE("1"), cases[i].value};

		assert_false(backup_write_item(writer, SLICE("T"), fields, 2, &err));
		assert_int_equal(err.kind, ERROR_INPUT);
		if (!strstr(err.message, cases[i].message))
			fail_msg("%s", err.message);
	}
	backup_writer_free(&writer);
}

static void test_versions(void **state)
{
	/* Ascending. */
	static const char *const ascending[] = {"", "1", "2.9", "3.4.8", "3.5.0", "3.6.11-SNAPSHOT",
		"3.6.11", "3.7-SNAPSHOT", "3.7", "3.7-beta", "3.7-m2-SNAPSHOT", "3.7-m2", "3.7-m10",
		"3.7.1-SNAPSHOT", "3.7.1", "3.7.10", "3.10", "4", "4.0.0.1", "10.0",
		"99999999999999999999.1", "100000000000000000000"};
	static const char *const equal[][2] = {{"3.7", "3.7.0"}, {"3.07", "3.7"}, {"4", "4.0.0"},
		{"3.7-SNAPSHOT", "3.7.0-snapshot"}, {"1.0-m2", "1-m02"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ascending); i++) {
		for (size_t k = 0; k < ARRAY_LEN(ascending); k++) {
			int order = backup_version_compare(
				slice_of(ascending[i]), slice_of(ascending[k]));

			if ((order > 0) - (order < 0) != (i > k) - (i < k))
				fail_msg("%s, %s: %d", ascending[i], ascending[k], order);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(equal); i++)
		assert_int_equal(
			backup_version_compare(slice_of(equal[i][0]), slice_of(equal[i][1])), 0);
	assert_true(backup_version_compare(SLICE_NULL, SLICE("1")) < 0);
}

static void test_keys(void **state)
{
	static const char *const paths[][2] = {{"a.csv", "a"}, {"/x/y.z/b.csv.gz", "b"},
		{"c.csv.zst", "c"}, {"./d.txt", "d.txt"}, {"E.CSV", "E"}, {"f.csv.csv", "f.csv"},
		{"/x/.csv", ""}, {"g", "g"}, {"x.gz", "x.gz"}};
	static const char *const good[] = {"a", "A-z_0.9", "..", "undo", "Undo-x"};
	static const char *const bad[] = {"", "a b", "a/b", "\xc3\xa9", "undo-", "undo-abc", "a\n"};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct error err = ERROR_INIT;
	char key[102];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_true(slice_is(backup_key_of_path(&arena, paths[i][0]), paths[i][1]));
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(backup_key_check(slice_of(good[i]), &err));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(backup_key_check(slice_of(bad[i]), &err));
		assert_int_equal(err.kind, ERROR_USAGE);
	}
	memset(key, 'k', sizeof(key));
	assert_true(backup_key_check((struct slice){key, 100}, &err));
	assert_false(backup_key_check((struct slice){key, 101}, &err));
	assert_false(backup_key_check(SLICE_NULL, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example_reads),
		cmocka_unit_test(test_example_rewritten_is_the_same),
		cmocka_unit_test(test_no_checksum),
		cmocka_unit_test(test_large_file),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_scope_null),
		cmocka_unit_test(test_every_cut_is_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_missing_file),
		cmocka_unit_test(test_writer_refuses),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, sample_setup, sample_teardown);
}
