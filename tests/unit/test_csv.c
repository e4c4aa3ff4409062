/*
 * Tests of reading and writing CSV. What is read is compared as a text: "[a][b]/" is a record of
 * two fields, "!bad-quoting 1:4:1" a problem at line 1, offset 4, field 1. Every input is read with
 * several sizes of reads, down to one byte at a time.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "csv/csv.h"

static const size_t read_sizes[] = {SIZE_MAX, 1, 2, 3, 7};

/* A source over memory that gives at most `step` bytes at once, and may fail at its end. */
struct memory {
	struct slice left;
	size_t step;
	int failure; /* errno at the end, 0 = an ordinary end */
	bool ended;  /* nobody may ask again */
};

static ptrdiff_t read_memory(void *context, void *into, size_t size)
{
	struct memory *memory = context;
	size_t len = memory->left.len;

	assert_true(size > 0);
	assert_false(memory->ended);
	memory->ended = len == 0;
	if (len == 0 && memory->failure) {
		errno = memory->failure;
		return -1;
	}
	if (len > memory->step)
		len = memory->step;
	if (len > size)
		len = size;
	if (len > 0)
		memcpy(into, memory->left.at, len);
	memory->left.at += len;
	memory->left.len -= len;
	return (ptrdiff_t)len;
}

/* The record says of itself what the input says: bytes, offset, line. */
static void check_place(const struct csv_record *record, struct slice input)
{
	uint64_t line = 1;

	assert_true(record->count > 0);
	assert_true(record->offset + record->raw.len <= input.len);
	assert_memory_equal(record->raw.at, input.at + record->offset, record->raw.len);
	for (size_t i = 0; i < record->offset; i++) {
		if (input.at[i] == '\r' ||
			(input.at[i] == '\n' && (i == 0 || input.at[i - 1] != '\r')))
			line++;
	}
	assert_int_equal(record->line, line);
	for (size_t i = 0; i < record->count; i++)
		assert_non_null(record->fields[i].at);
}

static void dump_record(struct str *out, const struct csv_record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		str_add_char(out, '[');
		str_add(out, record->fields[i]);
		str_add_char(out, ']');
	}
	str_add_char(out, '/');
}

/* Appends all that is read, and the problem. */
static void dump(struct str *out, struct slice input, size_t step, int failure,
	const struct csv_limits *limits)
{
	struct memory memory = {input, step, failure, false};
	struct csv_reader *reader CLEANUP(csv_reader_free) =
		csv_reader_new((struct csv_source){read_memory, &memory}, limits);
	struct csv_record record;
	struct error err = ERROR_INIT, again = ERROR_INIT;
	struct csv_position position;
	enum csv_result result;

	while ((result = csv_reader_next(reader, &record, &err)) == CSV_RECORD) {
		check_place(&record, input);
		dump_record(out, &record);
		assert_int_equal(
			csv_reader_position(reader).offset, record.offset + record.raw.len);
	}
	assert_int_equal(csv_reader_next(reader, &record, &again), result);
	position = csv_reader_position(reader);
	if (result == CSV_END) {
		assert_int_equal(position.problem, CSV_PROBLEM_NONE);
		assert_int_equal(position.offset, input.len);
		return;
	}
	assert_string_equal(again.message, err.message);
	str_addf(out, "!%s %d:%d:%u", csv_problem_name(position.problem), (int)position.line,
		(int)position.offset, position.field);
}

static void assert_reads(struct slice input, const struct csv_limits *limits, const char *want)
{
	for (size_t i = 0; i < ARRAY_LEN(read_sizes); i++) {
		struct str got CLEANUP(str_release) = STR_INIT;

		dump(&got, input, read_sizes[i], 0, limits);
		if (!slice_is(str_slice(&got), want))
			fail_msg("reading \"%.*s\" by %zu: got %s, want %s", SLICE_PRINT(input),
				read_sizes[i], got.at, want);
	}
}

/* A slice in a table: SLICE is no constant. */
#define T(literal)                                                                                 \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}

struct reading {
	struct slice input;
	const char *want;
};

static void assert_readings(const struct reading *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_reads(cases[i].input, NULL, cases[i].want);
}

static void test_records(void **state UNUSED)
{
	static const struct reading cases[] = {
		{T(""), ""},
		{T("\r\n\n\r\r\n"), ""},
		{T("a"), "[a]/"},
		{T("a,b\r\nc,d\r\n"), "[a][b]/[c][d]/"},
		{T("a\rb\nc\r\nd"), "[a]/[b]/[c]/[d]/"},
		{T("a\n\rb"), "[a]/[b]/"},
		{T("a\r\r\nb"), "[a]/[b]/"},
		{T("\n\r\n\ra\n\n"), "[a]/"},
		{T(","), "[][]/"},
		{T(",\n"), "[][]/"},
		{T("a,"), "[a][]/"},
		{T(",a,,b,"), "[][a][][b][]/"},
		{T(" a , b \n \n"), "[ a ][ b ]/[ ]/"},
		{T("a\"b,\"\n"), "!open-quote 1:4:2"},
		{T("a\"b\"\"c\",d\n"), "[a\"b\"\"c\"][d]/"},
		{T(" \"a\"\n"), "[ \"a\"]/"},
		{T("'a',#b\n#c\n"), "['a'][#b]/[#c]/"},
		{T("a\tb\x01\x1f\x7f\n"), "[a\tb\x01\x1f\x7f]/"},
		{T("\xef\xbb"), "!bad-utf8 1:0:1"},
		{T("\xc3\xa9,\xe2\x82\xac,\xf0\x9f\x98\x80\n"),
			"[\xc3\xa9][\xe2\x82\xac][\xf0\x9f\x98\x80]/"},
	};

	assert_readings(cases, ARRAY_LEN(cases));
}

static void test_quoted(void **state UNUSED)
{
	static const struct reading cases[] = {
		{T("\"\""), "[]/"},
		{T("\"\"\r\n"), "[]/"},
		{T("\"\",\"\"\r\n"), "[][]/"},
		{T("\"\"\"\""), "[\"]/"},
		{T("\"\"\"\"\"\""), "[\"\"]/"},
		{T("\"a\"\"b\",\"\"\"c\",\"d\"\"\"\r\ne\r\n"), "[a\"b][\"c][d\"]/[e]/"},
		{T("x,\"a\"\"b\",y,\"c\"\"\",z"), "[x][a\"b][y][c\"][z]/"},
		{T("\"a,b\",\"c\r\nd\re\nf\"\r\n"), "[a,b][c\r\nd\re\nf]/"},
		{T("\"a\" \t\x0b\x0c\x1c\x1d\x1e\x1f,b\n"), "[a][b]/"},
		{T("\"a\"\xe2\x80\x83\xe3\x80\x80\xe1\x9a\x80\xe2\x81\x9f\xe2\x80\xa8\xe2\x80\xa9"),
			"[a]/"},
		{T("\"a\"  \r\n\"b\" "), "[a]/[b]/"},
		{T("\"\r\n\",\r\n\"\n\""), "[\r\n][]/[\n]/"},
	};

	assert_readings(cases, ARRAY_LEN(cases));
}

static void test_problems(void **state UNUSED)
{
	static const struct reading cases[] = {
		{T("\""), "!open-quote 1:0:1"},
		{T("\"a\"\""), "!open-quote 1:0:1"},
		{T("a\r\nb,\"c\r\nd"), "[a]/!open-quote 2:5:2"},
		{T("\"a\nb\",\"c\nd"), "!open-quote 2:6:2"},
		{T("\"a\"x"), "!bad-quoting 1:3:1"},
		{T("\"a\" \"b\""), "!bad-quoting 1:4:1"},
		{T("\"a\nb\r\nc\rd\" x,"), "!bad-quoting 4:11:1"},
		{T("\"a\"\xc2\xa0,"), "!bad-quoting 1:3:1"},
		{T("\"a\"\xc2\x85\n"), "!bad-quoting 1:3:1"},
		{T("\"a\"\xe2\x80\x87\n"), "!bad-quoting 1:3:1"},
		{T("\"a\"\xe2\x80\xaf\n"), "!bad-quoting 1:3:1"},
		{T("\"a\" \xf0\x9f\x98\x80"), "!bad-quoting 1:4:1"},
		{T("\"a\"\x08\n"), "!bad-quoting 1:3:1"},
		{T("\"a\"\x0e\n"), "!bad-quoting 1:3:1"},
		{T("\"a\"\x1b\n"), "!bad-quoting 1:3:1"},
		{T("\"a\"x\xff"), "!bad-quoting 1:3:1"},
		{T("\"a\" \xff"), "!bad-utf8 1:4:1"},
		{T("a\0b"), "!nul-byte 1:1:1"},
		{T("a\nb,c\0"), "[a]/!nul-byte 2:5:2"},
		{T("a\r\n\0"), "[a]/!nul-byte 2:3:1"},
		{T("a\r\0"), "[a]/!nul-byte 2:2:1"},
		{T("\"\r\n\r\r\n\0"), "!nul-byte 4:6:1"},
		{T("a,b\n\n\nc\xffx\n"), "[a][b]/!bad-utf8 4:7:1"},
		{T("a\xe2\x82"), "!bad-utf8 1:1:1"},
		{T("a\xe2\"\n"), "!bad-utf8 1:1:1"},
		{T("\"\xf0\x9f\x98\"\n"), "!bad-utf8 1:1:1"},
		{T("\xff\xfe\x61\0"), "!bad-utf8 1:0:1"},
		{T("\xef\xbb\xbf"), "!byte-order-mark 1:0:0"},
		{T("\xef\xbb\xbf\"a\""), "!byte-order-mark 1:0:0"},
		{T("\xef\xbb\xbe\n"), "[\xef\xbb\xbe]/"},
		{T("a\n\xef\xbb\xbf,\xef\xbb\xbf\n"), "[a]/[\xef\xbb\xbf][\xef\xbb\xbf]/"},
	};

	assert_readings(cases, ARRAY_LEN(cases));
}

static void test_messages(void **state UNUSED)
{
	static const struct {
		const char *input;
		enum error_kind kind;
		const char *message, *hint;
	} cases[] = {
		{"a\nb,\"c\"x", ERROR_INPUT,
			"line 2, offset 7, field 2: a quoted field goes on behind its closing "
			"quote",
			"A quote inside a quoted field must be written twice."},
		{"\"a", ERROR_TRUNCATED,
			"line 1, offset 0, field 1: the file ends inside the quoted field that "
			"begins "
			"here",
			"The file was cut off, or a quote is missing or too many."},
		{"\xef\xbb\xbf", ERROR_INPUT,
			"line 1, offset 0: the file begins with a byte order mark",
			"Save the file as UTF-8 without a byte order mark."},
		{"aaaaaa", ERROR_LIMIT,
			"line 1, offset 0, field 1: the field is longer than the limit of 5 bytes",
			""},
		{"a\naaaa,aaaa,", ERROR_LIMIT,
			"line 2, offset 2: the record that begins here is longer than the limit of "
			"9 "
			"bytes",
			""},
		{",,,", ERROR_LIMIT,
			"line 1, offset 3, field 4: the record has more fields than the limit of 3",
			""},
	};
	const struct csv_limits limits = {.field = 5, .record = 9, .fields = 3};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct memory memory = {slice_of(cases[i].input), 4, 0, false};
		struct csv_reader *reader CLEANUP(csv_reader_free) =
			csv_reader_new((struct csv_source){read_memory, &memory}, &limits);
		struct csv_record record;
		struct error err = ERROR_INIT;
		enum csv_result result;

		do
			result = csv_reader_next(reader, &record, &err);
		while (result == CSV_RECORD);
		assert_int_equal(result, CSV_FAILED);
		assert_string_equal(err.message, cases[i].message);
		assert_string_equal(err.hint, cases[i].hint);
		assert_int_equal(err.kind, cases[i].kind);
	}
}

static void test_limits(void **state UNUSED)
{
	static const struct {
		struct csv_limits limits;
		const char *input, *want;
	} cases[] = {
		{{5, 20, 3}, "aaaaa,\"bbbbb\",c\n", "[aaaaa][bbbbb][c]/"},
		{{5, 20, 3}, "aaaaaa,b\n", "!field-too-long 1:0:1"},
		{{5, 20, 3}, "a,b,cccccc", "!field-too-long 1:4:3"},
		{{5, 20, 3}, "a,\"bbbbbb\"\n", "!field-too-long 1:2:2"},
		/* Without the quotes and with single ones. */
		{{5, 20, 3}, "\"\"\"\"\"\"\"\"\"\"\"\"", "[\"\"\"\"\"]/"},
		{{5, 20, 3}, "\"\"\"\"\"\"\"\"\"\"\"\"\"\"", "!field-too-long 1:0:1"},
		{{5, 20, 3}, "\"\"\"\"\"\"\"\"\"\"\"", "!open-quote 1:0:1"},
		{{5, 20, 3}, "\"aaaaa\"               \n", "!record-too-long 1:0:0"},
		{{5, 20, 3}, "\"aaaaa\"            \n", "[aaaaa]/"},
		/* The field limit is met first, though the record never ends. */
		{{5, 20, 3}, "\"a\n\"\nb,\"ccccccccccccccccccccccccccccc",
			"[a\n]/!field-too-long 3:7:2"},
		{{50, 20, 3}, "\"a\n\"\nb,\"ccccccccccccccccccccccccccccc",
			"[a\n]/!record-too-long 3:5:0"},
		{{50, 20, 3}, "b,ccccccccccccccccccccccccccccc", "!record-too-long 1:0:0"},
		/* The line end counts. */
		{{50, 5, 3}, "aaaa\naaaa\r", "[aaaa]/[aaaa]/"},
		{{50, 5, 3}, "aaa\r\n\r\naaaa\r\n", "[aaa]/!record-too-long 3:7:0"},
		{{50, 5, 3}, "aaaaa", "[aaaaa]/"},
		{{50, 5, 3}, "aaaaa\n", "!record-too-long 1:0:0"},
		{{50, 5, 3}, "\"aaa\"\n", "!record-too-long 1:0:0"},
		{{50, 5, 3}, "\"aaa\"x", "!record-too-long 1:0:0"},
		{{50, 5, 3}, "\"aa\"x,", "!bad-quoting 1:4:1"},
		{{50, 5, 3}, "\n\n\n\n\n\n\n\na", "[a]/"},
		{{50, 5, 3}, "aaaa\xe2\x82\xac", "!record-too-long 1:0:0"},
		{{50, 5, 3}, "aaaa\xe2\x82\n", "!bad-utf8 1:4:1"},
		{{50, 5, 3}, "aaaaa\xff", "!bad-utf8 1:5:1"},
		{{50, 5, 3}, "aaaaaa\xff", "!record-too-long 1:0:0"},
		{{50, 20, 3}, "a,b,c\n,,\n,,,", "[a][b][c]/[][][]/!too-many-fields 3:12:4"},
		{{50, 20, 3}, "a,\"\nb\",c,d\n", "!too-many-fields 2:9:4"},
		{{50, 20, 1}, "a\n\"b\"\n\"c\",", "[a]/[b]/!too-many-fields 3:10:2"},
		{{0, 20, 3}, ",\n\"\"\na", "[][]/[]/!field-too-long 3:5:1"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_reads(slice_of(cases[i].input), &cases[i].limits, cases[i].want);
}

static void test_default_limits(void **state UNUSED)
{
	struct str input CLEANUP(str_release) = STR_INIT, got CLEANUP(str_release) = STR_INIT;

	assert_int_equal(csv_limits_default.field, 64 << 20);
	assert_int_equal(csv_limits_default.record, 128 << 20);
	for (int i = 1; i < 1000; i++)
		str_add_char(&input, ',');
	dump(&got, str_slice(&input), SIZE_MAX, 0, NULL);
	assert_int_equal(got.len, 2001);
	str_clear(&got);
	str_add_char(&input, ',');
	dump(&got, str_slice(&input), SIZE_MAX, 0, NULL);
	assert_string_equal(got.at, "!too-many-fields 1:1000:1001");
}

static void test_failing_source(void **state UNUSED)
{
	static const struct {
		const char *input, *want;
	} cases[] = {
		{"", "!read-error 1:0:0"},
		{"a\nb,c", "[a]/!read-error 2:5:0"},
		{"a\r", "[a]/!read-error 2:2:0"},
		{"a\r\n", "[a]/!read-error 2:3:0"},
		{"\"a\"", "!read-error 1:3:0"},
		{"\"a\" x", "!bad-quoting 1:4:1"},
		{"\"a", "!read-error 1:2:0"},
		{"\"a\"\xe2\x80", "!read-error 1:3:0"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t k = 0; k < ARRAY_LEN(read_sizes); k++) {
			struct str got CLEANUP(str_release) = STR_INIT;

			dump(&got, slice_of(cases[i].input), read_sizes[k], EIO, NULL);
			assert_string_equal(got.at, cases[i].want);
		}
	}
}

static void test_descriptor(void **state UNUSED)
{
	struct csv_reader *reader CLEANUP(csv_reader_free) = NULL;
	struct csv_record record;
	struct error err = ERROR_INIT;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "a,b\r\nc", 6), 6);
	assert_int_equal(close(ends[1]), 0);
	reader = csv_reader_new(csv_source_fd(ends[0]), NULL);
	assert_int_equal(csv_reader_next(reader, &record, &err), CSV_RECORD);
	assert_int_equal(record.count, 2);
	assert_true(slice_is(record.raw, "a,b\r\n"));
	assert_int_equal(csv_reader_next(reader, &record, &err), CSV_RECORD);
	assert_true(slice_is(record.fields[0], "c"));
	assert_int_equal(csv_reader_next(reader, &record, &err), CSV_END);
	csv_reader_free(&reader);
	assert_null(reader);
	assert_int_equal(close(ends[0]), 0);

	reader = csv_reader_new(csv_source_fd(ends[0]), NULL);
	assert_int_equal(csv_reader_next(reader, &record, &err), CSV_FAILED);
	assert_int_equal(err.kind, ERROR_IO);
	assert_string_equal(err.message, "line 1, offset 0: reading failed: Bad file descriptor");
}

static size_t encode(uint32_t c, char *at)
{
	if (c < 0x80) {
		at[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		at[0] = (char)(0xc0 | c >> 6);
		at[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		at[0] = (char)(0xe0 | c >> 12);
		at[1] = (char)(0x80 | (c >> 6 & 0x3f));
		at[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	at[0] = (char)(0xf0 | c >> 18);
	at[1] = (char)(0x80 | (c >> 12 & 0x3f));
	at[2] = (char)(0x80 | (c >> 6 & 0x3f));
	at[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* What may stand behind a closing quote: the characters of Java's Character.isWhitespace. */
static void test_white_space(void **state UNUSED)
{
	static const uint32_t blanks[] = {0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x1f,
		0x20, ',', 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2008,
		0x2009, 0x200a, 0x2028, 0x2029, 0x205f, 0x3000};
	size_t known = 0;

	for (uint32_t c = 1; c < 0x3100; c++) {
		char input[12] = "\"a\"";
		size_t len = 3 + encode(c, input + 3);
		struct str got CLEANUP(str_release) = STR_INIT;
		bool blank = known < ARRAY_LEN(blanks) && blanks[known] == c;

		known += blank;
		dump(&got, (struct slice){input, len}, SIZE_MAX, 0, NULL);
		if ((got.at[0] == '[') != blank)
			fail_msg("U+%04X: %s", (unsigned)c, got.at);
	}
	assert_int_equal(known, ARRAY_LEN(blanks));
}

static void test_every_character(void **state UNUSED)
{
	struct str input CLEANUP(str_release) = STR_INIT, got CLEANUP(str_release) = STR_INIT;
	struct str want CLEANUP(str_release) = STR_INIT;
	char bytes[4];

	str_add_char(&input, '"');
	for (uint32_t c = 1; c <= 0x10ffff; c++) {
		if (c == '"' || (c >= 0xd800 && c <= 0xdfff))
			continue;
		str_add(&input, (struct slice){bytes, encode(c, bytes)});
	}
	str_add(&want, (struct slice){input.at + 1, input.len - 1});
	str_add_char(&input, '"');
	dump(&got, str_slice(&input), 1000, 0, NULL);
	assert_int_equal(got.len, want.len + 3);
	assert_memory_equal(got.at + 1, want.at, want.len);
}

static void test_malformed(void **state UNUSED)
{
	static const char *const texts[] = {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2x",
		"\xc3\xc3", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xe1\x80", "\xe1\x80x", "\xe1x\x80",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xef\xbf\xc0", "\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf", "\xf1\x80\x80", "\xf1\x80\x80x", "\xf1\x80x\x80",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff"};

	/* At every place in the words by which plain text is skipped. */
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		for (size_t before = 0; before < 80; before++) {
			char input[200], want[40];
			size_t len = strlen(texts[i]);

			memset(input, 'a', sizeof(input));
			memcpy(input + before, texts[i], len);
			snprintf(want, sizeof(want), "!bad-utf8 1:%zu:1", before);
			assert_reads((struct slice){input, before + len}, NULL, want);
			assert_reads((struct slice){input, sizeof(input)}, NULL, want);
		}
	}
	for (size_t before = 0; before < 80; before++) {
		char input[200], want[40];

		memset(input, 'a', sizeof(input));
		input[before] = '\0';
		snprintf(want, sizeof(want), "!nul-byte 1:%zu:1", before);
		assert_reads((struct slice){input, sizeof(input)}, NULL, want);
	}
}

/*
 * An awkward end behind a long field, so that the border of a block or of a read falls on each of
 * its bytes. What is wanted begins behind the long field; a problem's place is not compared.
 */
static void test_borders(void **state UNUSED)
{
	static const struct reading ends[] = {
		{T("\r\n\xe2\x82\xac,\"\"\"\"\r\n"), "]/[\xe2\x82\xac][\"]/"},
		{T("\r\r\n\n\"a\"\xe2\x80\x83\r\n\"\r\n\",\xf0\x9f\x98\x80"),
			"]/[a]/[\r\n][\xf0\x9f\x98\x80]/"},
		{T(",\"\"\"a\"\"\r\n\"\"\",\"\"\r\nb\r\n"), "][\"a\"\r\n\"][]/[b]/"},
		{T("\n\"a\"  x"), "]/!bad-quoting"},
		{T("\n\"a\r\n\xe2\x82x"), "]/!bad-utf8"},
		{T("\r\n\xf0\x9f\x98\0"), "]/!bad-utf8"},
	};
	static const size_t borders[] = {16384, 32768, 65536, 131072};

	for (size_t b = 0; b < ARRAY_LEN(borders); b++) {
		for (size_t e = 0; e < ARRAY_LEN(ends); e++) {
			for (size_t back = 0; back <= ends[e].input.len + 1; back++) {
				size_t len = borders[b] - back;
				struct str input CLEANUP(str_release) = STR_INIT;
				struct str got CLEANUP(str_release) = STR_INIT;
				char *problem;

				str_reserve(&input, len);
				memset(input.at, 'x', len);
				input.len = len;
				str_add(&input, ends[e].input);
				dump(&got, str_slice(&input), SIZE_MAX, 0, NULL);
				problem = strchr(got.at, ' ');
				str_truncate(&got, problem ? (size_t)(problem - got.at) : got.len);
				assert_int_equal(got.len, 1 + len + strlen(ends[e].want));
				assert_memory_equal(got.at + 1, input.at, len);
				assert_string_equal(got.at + 1 + len, ends[e].want);
			}
		}
	}
}

/* Records longer than the window, with fields that must move with it. */
static void test_long_records(void **state UNUSED)
{
	static const size_t steps[] = {SIZE_MAX, 4096, 100001};

	for (size_t s = 0; s < ARRAY_LEN(steps); s++) {
		struct str input CLEANUP(str_release) = STR_INIT;
		struct str got CLEANUP(str_release) = STR_INIT;
		struct str want CLEANUP(str_release) = STR_INIT;

		for (size_t record = 0; record < 5; record++) {
			for (size_t field = 0; field < 30; field++) {
				size_t len = (record * 7 + field * 13) % 11 * 10007;
				bool quoted = field % 3 == 1;

				str_add_text(&input, field == 0 ? "" : ",");
				str_add_text(&want, "[");
				str_add_text(&input, quoted ? "\"" : "");
				for (size_t i = 0; i < len; i++) {
					char c = (char)('a' + i % 23);

					str_add_char(&input, c);
					str_add_char(&want, c);
					if (quoted && i % 1000 == 0) {
						str_add_text(&input, "\"\"\n");
						str_add_text(&want, "\"\n");
					}
				}
				str_add_text(&input, quoted ? "\"" : "");
				str_add_text(&want, "]");
			}
			str_add_text(&input, "\r\n");
			str_add_text(&want, "/");
		}
		dump(&got, str_slice(&input), steps[s], 0, NULL);
		assert_true(slice_equal(str_slice(&got), str_slice(&want)));
	}
}

static void test_writing(void **state UNUSED)
{
	static const struct {
		struct slice fields[3];
		size_t count;
		const char *want;
	} cases[] = {
		{{{NULL, 0}}, 0, "\r\n"},
		{{{NULL, 0}}, 1, "\r\n"},
		{{T("")}, 1, "\"\"\r\n"},
		{{{NULL, 0}, {NULL, 0}}, 2, ",\r\n"},
		{{T(""), T(""), T("")}, 3, "\"\",,\r\n"},
		{{T("a"), T("b")}, 2, "a,b\r\n"},
		{{T("a,b"), T("a\"b"), T("\"")}, 3, "\"a,b\",\"a\"\"b\",\"\"\"\"\r\n"},
		{{T("a\rb"), T("a\nb"), T("a\r\nb")}, 3, "\"a\rb\",\"a\nb\",\"a\r\nb\"\r\n"},
		{{T(" a"), T("a "), T(" ")}, 3, "\" a\",\"a \",\" \"\r\n"},
		{{T("!a"), T("#a"), T("$a")}, 3, "\"!a\",\"#a\",$a\r\n"},
		{{T("a!"), T("a\x1f"),
			 T("\x01"
			   "a")},
			3,
			"a!,\"a\x1f\",\"\x01"
			"a\"\r\n"},
		{{T("a\tb"), T("a\t"), T("a#b")}, 3, "a\tb,\"a\t\",a#b\r\n"},
		{{T("'a"), T("-1"), T("=@null")}, 3, "'a,-1,=@null\r\n"},
		{{T("\xc3\xa9"), T("\xc2\xa0"), T("\xe2\x80\x83")}, 3,
			"\xc3\xa9,\xc2\xa0,\xe2\x80\x83\r\n"},
		{{T("\"\"a\"\""), T("a\""), T("a")}, 3, "\"\"\"\"\"a\"\"\"\"\",\"a\"\"\",a\r\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str out CLEANUP(str_release) = STR_INIT;

		str_add_text(&out, "before");
		csv_write_record(&out, cases[i].fields, cases[i].count);
		assert_memory_equal(out.at, "before", 6);
		assert_string_equal(out.at + 6, cases[i].want);
	}
}

/* Every pair of bytes that is text comes back as it was written, as first field and as second. */
static void test_round_trip(void **state UNUSED)
{
	struct str out CLEANUP(str_release) = STR_INIT, got CLEANUP(str_release) = STR_INIT;
	struct str want CLEANUP(str_release) = STR_INIT;

	for (int a = 1; a < 128; a++) {
		for (int b = 1; b < 128; b++) {
			char text[2] = {(char)a, (char)b};
			const struct slice fields[] = {{text, 2}, {text, 2}};

			csv_write_record(&out, fields, 2);
			str_addf(&want, "[%c%c][%c%c]/", a, b, a, b);
		}
	}
	dump(&got, str_slice(&out), 1000, 0, NULL);
	assert_true(slice_equal(str_slice(&got), str_slice(&want)));
}

static void test_problem_names(void **state UNUSED)
{
	for (int i = CSV_PROBLEM_NONE; i <= CSV_PROBLEM_READ; i++) {
		assert_non_null(csv_problem_name(i));
		for (int k = CSV_PROBLEM_NONE; k < i; k++)
			assert_string_not_equal(csv_problem_name(i), csv_problem_name(k));
	}
	assert_string_equal(csv_problem_name(CSV_PROBLEM_FIELDS_LIMIT), "too-many-fields");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_quoted),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_default_limits),
		cmocka_unit_test(test_failing_source),
		cmocka_unit_test(test_descriptor),
		cmocka_unit_test(test_white_space),
		cmocka_unit_test(test_every_character),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_borders),
		cmocka_unit_test(test_long_records),
		cmocka_unit_test(test_writing),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_problem_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
