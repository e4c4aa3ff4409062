/*
 * Tests of the base layer.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/dict.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "base/task.h"
#include "base/time.h"

static void test_slice_basics(void **state UNUSED)
{
	assert_true(slice_equal(SLICE_NULL, SLICE_NULL));
	assert_false(slice_equal(SLICE_NULL, SLICE("")));
	assert_true(slice_equal(SLICE("ab"), slice_of("ab")));
	assert_false(slice_equal(SLICE("ab"), SLICE("ac")));
	assert_false(slice_equal(SLICE("ab"), SLICE("abc")));
	assert_true(slice_is_empty(SLICE_NULL));
	assert_true(slice_is_empty(SLICE("")));
	assert_false(slice_is_empty(SLICE(" ")));
	assert_null(slice_of(NULL).at);
	assert_true(slice_is(SLICE("x"), "x"));
	assert_false(slice_is(SLICE_NULL, ""));
	assert_true(slice_starts_with(SLICE("abc"), "ab"));
	assert_false(slice_starts_with(SLICE("a"), "ab"));
	assert_false(slice_starts_with(SLICE_NULL, ""));
	assert_true(slice_ends_with(SLICE("abc"), "bc"));
	assert_false(slice_ends_with(SLICE("c"), "bc"));
	assert_true(slice_is(slice_trim(SLICE(" \ta b\t ")), "a b"));
	assert_true(slice_is(slice_trim(SLICE(" \t ")), ""));
}

static void test_slice_order(void **state UNUSED)
{
	static const char *const ordered[] = {NULL, "", "a", "a\x01", "ab", "b", "\xc3\xa9"};

	for (size_t i = 0; i < ARRAY_LEN(ordered); i++) {
		for (size_t k = 0; k < ARRAY_LEN(ordered); k++) {
			int order = slice_compare(slice_of(ordered[i]), slice_of(ordered[k]));

			assert_int_equal(order, (i > k) - (i < k));
		}
	}
}

static void test_slice_cut(void **state UNUSED)
{
	struct slice head = SLICE("kept"), tail = SLICE("kept");

	assert_false(slice_cut(SLICE("abc"), '=', &head, &tail));
	assert_false(slice_cut(SLICE_NULL, '=', &head, &tail));
	assert_true(slice_is(head, "kept"));
	assert_true(slice_is(tail, "kept"));
	assert_true(slice_cut(SLICE("a=b=c"), '=', &head, &tail));
	assert_true(slice_is(head, "a"));
	assert_true(slice_is(tail, "b=c"));
	assert_true(slice_cut(SLICE("="), '=', &head, &tail));
	assert_true(slice_is(head, ""));
	assert_true(slice_is(tail, ""));
}

static void test_slice_to_int64(void **state UNUSED)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} cases[] = {
		{"0", true, 0},
		{"-0", true, 0},
		{"00042", true, 42},
		{"-17", true, -17},
		{"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN},
		{"000000000000000000000000000000000001", true, 1},
		{"9223372036854775808", false, 0},
		{"-9223372036854775809", false, 0},
		{"92233720368547758070", false, 0},
		{"", false, 0},
		{NULL, false, 0},
		{"-", false, 0},
		{"--1", false, 0},
		{"+1", false, 0},
		{" 1", false, 0},
		{"1 ", false, 0},
		{"1.0", false, 0},
		{"1e3", false, 0},
		{"0x1", false, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t value = 77;

		assert_int_equal(slice_to_int64(slice_of(cases[i].text), &value), cases[i].ok);
		assert_true(value == (cases[i].ok ? cases[i].value : 77));
	}
}

static void test_arena(void **state UNUSED)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	char *small[1000];

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_LEN(small); i++) {
			size_t size = i % 97 == 0 ? 70000 : i % 50;

			small[i] = arena_zalloc(&arena, size + 1);
			assert_int_equal((uintptr_t)small[i] % 16, 0);
			for (size_t k = 0; k <= size; k++)
				assert_int_equal(small[i][k], 0);
			memset(small[i], (int)(i % 251), size + 1);
		}
		for (size_t i = 0; i < ARRAY_LEN(small); i++) {
			size_t size = i % 97 == 0 ? 70000 : i % 50;

			assert_int_equal((unsigned char)small[i][0], i % 251);
			assert_int_equal((unsigned char)small[i][size], i % 251);
		}
		arena_clear(&arena);
	}
	assert_string_equal(arena_printf(&arena, "%s-%d", "x", 42), "x-42");
	assert_string_equal(arena_strdup(&arena, SLICE("abc")), "abc");
	assert_null(arena_strdup(&arena, SLICE_NULL));
	assert_null(arena_copy(&arena, SLICE_NULL).at);
	assert_non_null(arena_copy(&arena, SLICE("")).at);
	assert_true(slice_equal(arena_copy(&arena, SLICE("a\0b")), SLICE("a\0b")));
	arena_release(&arena);
	assert_null(arena.block);
	assert_non_null(arena_alloc(&arena, 0));
	arena_release(&arena);
	assert_non_null(memset(arena_alloc(&arena, 100000), 1, 100000));
}

static void test_str(void **state UNUSED)
{
	struct str s CLEANUP(str_release) = STR_INIT, want CLEANUP(str_release) = STR_INIT;

	assert_string_equal(s.at, "");
	str_add(&s, SLICE_NULL);
	str_truncate(&s, 0);
	str_clear(&s);
	assert_int_equal(s.cap, 0);
	for (int i = 0; i < 300; i++)
		str_addf(&s, "%d,", i);
	for (int i = 0; i < 300; i++) {
		char text[8];

		snprintf(text, sizeof(text), "%d", i);
		str_add_text(&want, text);
		str_add_char(&want, ',');
	}
	assert_true(slice_equal(str_slice(&s), str_slice(&want)));
	assert_int_equal(s.at[s.len], 0);
	str_truncate(&s, 5);
	assert_string_equal(s.at, "0,1,2");
	str_truncate(&s, 50);
	assert_string_equal(s.at, "0,1,2");
	str_clear(&s);
	str_add(&s, SLICE("a\0b"));
	assert_int_equal(s.len, 3);
	assert_memory_equal(s.at, "a\0b", 4);
	str_release(&s);
	assert_string_equal(s.at, "");
}

static void test_error_kinds(void **state UNUSED)
{
	static const struct {
		enum error_kind kind;
		const char *name;
		int exit_status;
	} cases[] = {
		{ERROR_NONE, "none", 0},
		{ERROR_USAGE, "usage", 2},
		{ERROR_INPUT, "bad-input", 1},
		{ERROR_COUNTS, "counts-differ", 1},
		{ERROR_BLOCKED, "blocked", 4},
		{ERROR_REFUSED, "refused", 4},
		{ERROR_UNREACHABLE, "unreachable", 10},
		{ERROR_LOCKED, "locked", 11},
		{ERROR_AUTHENTICATION, "authentication", 12},
		{ERROR_INTERRUPTED, "interrupted", 130},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_string_equal(error_kind_name(cases[i].kind), cases[i].name);
		assert_int_equal(error_exit_status(cases[i].kind), cases[i].exit_status);
	}
	/* Every kind has a word of its own. */
	for (int i = ERROR_NONE; i <= ERROR_INTERRUPTED; i++) {
		for (int k = ERROR_NONE; k < i; k++)
			assert_string_not_equal(error_kind_name(i), error_kind_name(k));
	}
}

static bool fail_with_hint(struct error *err)
{
	return FAIL_HINT(err, LOCKED, "Wait a little.", "\"%s\" is locked", "x");
}

static void test_error_texts(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	char text[2000];
	size_t len;

	assert_false(fail_with_hint(&err));
	assert_int_equal(err.kind, ERROR_LOCKED);
	assert_string_equal(err.message, "\"x\" is locked");
	assert_string_equal(err.hint, "Wait a little.");
	error_detail(&err, "SELECT %d;\nmore", 1);
	assert_string_equal(err.detail, "SELECT 1;\nmore");
	error_context(&err, "cannot load \"%s\"", "f.csv");
	assert_string_equal(err.message, "cannot load \"f.csv\": \"x\" is locked");
	assert_string_equal(err.hint, "Wait a little.");
	error_set(&err, ERROR_INPUT, "a\nb\x1b[31m%s\n", err.message);
	assert_string_equal(err.message, "a b [31mcannot load \"f.csv\": \"x\" is locked");
	assert_string_equal(err.hint, "");
	assert_string_equal(err.detail, "");

	/* Cut between characters, with one to four bytes each, at every phase. */
	for (size_t shift = 0; shift < 4; shift++) {
		static const char *const characters[] = {
			"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};

		for (size_t c = 0; c < ARRAY_LEN(characters); c++) {
			size_t size = c + 1;

			memset(text, 'a', shift);
			for (len = shift; len + size < sizeof(text); len += size)
				memcpy(text + len, characters[c], size);
			text[len] = '\0';
			error_set(&err, ERROR_INPUT, "%s", text);
			assert_int_equal(strlen(err.message),
				shift + (sizeof(err.message) - 1 - shift) / size * size);
			error_context(&err, "more");
			assert_int_equal(strlen(err.message),
				shift + 6 + (sizeof(err.message) - 7 - shift) / size * size);
			assert_memory_equal(err.message, "more: ", 6);
		}
	}
}

static void test_dict(void **state UNUSED)
{
	struct dict dict CLEANUP(dict_release) = DICT_INIT;
	const int count = 20000;
	bool added;

	assert_null(dict_find(&dict, SLICE("x")));
	for (int i = 0; i < count; i++) {
		char key[16];
		int len = snprintf(key, sizeof(key), "%0*d", i % 9, i);

		dict_put(&dict, (struct slice){key, (size_t)len}, i, &added);
		memset(key, 'x', sizeof(key)); /* the table has its own copy */
		assert_true(added);
	}
	assert_int_equal(dict.count, count);
	for (int i = 0; i < count; i++) {
		char key[16];
		int len = snprintf(key, sizeof(key), "%0*d", i % 9, i);
		struct slice slice = {key, (size_t)len};

		assert_non_null(dict_find(&dict, slice));
		assert_int_equal(dict_find(&dict, slice)->value, i);
		assert_int_equal(dict_put(&dict, slice, 99, &added)->value, i);
		assert_false(added);
		assert_true(slice_equal(dict_at(&dict, (size_t)i)->key, slice));
	}
	assert_null(dict_find(&dict, SLICE("x")));
	dict_put(&dict, SLICE_NULL, 5, NULL);
	assert_int_equal(dict_find(&dict, SLICE(""))->value, 5);
	dict_put(&dict, SLICE("a\0b"), 6, &added);
	assert_true(added);
	dict_put(&dict, SLICE("a\0c"), 7, &added);
	assert_true(added);
	dict_find(&dict, SLICE("a\0b"))->value = 8;
	assert_int_equal(dict_find(&dict, SLICE("a\0b"))->value, 8);
}

struct seen {
	int reports;
	struct task_progress last;
	char note[100];
};

static void see_progress(void *sink, const struct task_progress *progress)
{
	struct seen *seen = sink;

	seen->reports++;
	seen->last = *progress;
}

static void see_note(void *sink, const char *message)
{
	struct seen *seen = sink;

	snprintf(seen->note, sizeof(seen->note), "%s", message);
}

static void test_task(void **state UNUSED)
{
	struct seen seen = {0};
	struct task task = {.actor = "me"};
	struct error err = ERROR_INIT;
	atomic_int cancelled = 0;

	task_step(&task, "load", "rows", 10);
	task_warn(&task, "nobody hears it");
	task.progress = see_progress;
	task.warn = see_note;
	task.sink = &seen;
	task_step(&task, "load", "rows", 10);
	task_advance(&task, 3);
	task_advance(&task, 4);
	assert_int_equal(seen.reports, 3);
	assert_int_equal(seen.last.done, 7);
	assert_int_equal(seen.last.total, 10);
	assert_string_equal(seen.last.step, "load");
	assert_string_equal(seen.last.unit, "rows");
	task_step(&task, "next", "bytes", 0);
	assert_int_equal(seen.last.done, 0);
	task_warn(&task, "%d rows\nskipped", 3);
	assert_string_equal(seen.note, "3 rows skipped");

	assert_true(task_check(&task, &err));
	task.cancelled = &cancelled;
	task.deadline = time_monotonic_ms() + 100000;
	assert_true(task_check(&task, &err));
	assert_int_equal(err.kind, ERROR_NONE);
	cancelled = 1;
	assert_true(task_should_stop(&task));
	assert_false(task_check(&task, &err));
	assert_int_equal(err.kind, ERROR_INTERRUPTED);
	assert_string_equal(err.message, "interrupted by the user");
	cancelled = 0;
	task.deadline = time_monotonic_ms() - 1;
	assert_false(task_check(&task, &err));
	assert_string_equal(err.message, "stopped because its time limit has passed");
}

static void test_timestamps(void **state UNUSED)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
		{"2024-01-04 20:59:55", true},
		{"2024-01-04 20:59:55.1", true},
		{"2024-01-04 20:59:55.123", true},
		{"2024-01-04 20:59:55.123456789", true},
		{"0001-01-01 00:00:00", true},
		{"9999-12-31 23:59:59", true},
		{"2024-02-29 00:00:00", true},
		{"2000-02-29 00:00:00", true},
		{"2023-02-29 00:00:00", false},
		{"1900-02-29 00:00:00", false},
		{"2024-04-31 00:00:00", false},
		{"2024-01-32 00:00:00", false},
		{"2024-00-01 00:00:00", false},
		{"2024-13-01 00:00:00", false},
		{"2024-01-00 00:00:00", false},
		{"0000-01-01 00:00:00", false},
		{"2024-01-04 24:00:00", false},
		{"2024-01-04 23:60:00", false},
		{"2024-01-04 23:59:60", false},
		{"2024-01-04 20:59:55.", false},
		{"2024-01-04 20:59:55.1234567890", false},
		{"2024-01-04 20:59:55,123", false},
		{"2024-01-04T20:59:55", false},
		{"2024-01-04 20:59:55Z", false},
		{"2024-01-04 20:59:5", false},
		{"2024-1-04 20:59:550", false},
		{"2024-01-04 20:59:55.12x", false},
		{"-024-01-04 20:59:55", false},
		{"", false},
		{NULL, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (time_is_timestamp(slice_of(cases[i].text)) != cases[i].ok)
			fail_msg("\"%s\"", cases[i].text);
	}
}

static void test_clocks(void **state UNUSED)
{
	int64_t start = time_monotonic_ms();
	char utc[25], local[20], offset[7];
	char *old = getenv("TZ");

	assert_null(old); /* the test sets its own zones */
	setenv("TZ", "XXX-05:30", 1);
	tzset();
	time_local_offset(offset);
	assert_string_equal(offset, "+05:30");
	setenv("TZ", "XXX+03:00", 1);
	tzset();
	time_local_offset(offset);
	assert_string_equal(offset, "-03:00");
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	static const struct {
		const char *local, *zone, *here;
	} moments[] = {{"2024-01-04 12:00:00", "+01:00", "+01:00"},
		{"2024-07-04 12:00:00", "-08:00", "+02:00"},
		/* the moment counts: it is still winter in the first, summer in the second */
		{"2024-03-31 02:30:00", "+02:00", "+01:00"},
		{"2024-03-31 01:30:00", "+00:00", "+02:00"},
		{"2024-07-04 12:00:00.123", "+00:00", "+02:00"}};
	for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
		assert_true(time_local_offset_at(
			slice_of(moments[i].local), slice_of(moments[i].zone), offset));
		assert_string_equal(offset, moments[i].here);
	}
	static const char *const wrong[][2] = {{"2024-01-04", "+01:00"},
		{"2024-13-04 12:00:00", "+01:00"}, {"2024-01-04 12:00:00", "01:00"},
		{"2024-01-04 12:00:00", "+1:000"}, {"2024-01-04 12:00:00", ""}, {NULL, "+01:00"},
		{"2024-01-04 12:00:00", NULL}};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_false(
			time_local_offset_at(slice_of(wrong[i][0]), slice_of(wrong[i][1]), offset));
	unsetenv("TZ");
	tzset();
	time_now_local(local);
	assert_true(time_is_timestamp(slice_of(local)));
	time_now_utc(utc);
	assert_int_equal(strlen(utc), 24);
	assert_int_equal(utc[10], 'T');
	assert_int_equal(utc[23], 'Z');
	utc[10] = ' ';
	assert_true(time_is_timestamp((struct slice){utc, 23}));
	assert_true(time_monotonic_ms() >= start);
}

static void test_digest(void **state UNUSED)
{
	struct digest *digest CLEANUP(digest_free) = digest_new();
	uint8_t one[DIGEST_SIZE], two[DIGEST_SIZE];
	char hex[DIGEST_HEX];

	digest_add(digest, "a", 1);
	digest_add(digest, "bc", 2);
	digest_end(digest, one);
	digest_hex(one, hex);
	assert_string_equal(
		hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_end(digest, one);
	digest_hex(one, hex);
	assert_string_equal(
		hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	/* Where one field ends and the next begins matters, and so does having no value. */
	digest_add_field(digest, SLICE("ab"));
	digest_add_field(digest, SLICE("c"));
	digest_end(digest, one);
	digest_add_field(digest, SLICE("a"));
	digest_add_field(digest, SLICE("bc"));
	digest_end(digest, two);
	assert_memory_not_equal(one, two, DIGEST_SIZE);
	digest_add_field(digest, SLICE(""));
	digest_end(digest, one);
	digest_add_field(digest, SLICE_NULL);
	digest_end(digest, two);
	assert_memory_not_equal(one, two, DIGEST_SIZE);
	digest_free(&digest);
	assert_null(digest);
}

static void test_digest_sum(void **state UNUSED)
{
	struct digest_sum forward = {{0}}, backward = {{0}}, carry = {{0}};
	uint8_t digests[5][DIGEST_SIZE], one[DIGEST_SIZE], two[DIGEST_SIZE], want[DIGEST_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(digests); i++)
		memset(digests[i], (int)(0x37 * (i + 1)), DIGEST_SIZE);
	for (size_t i = 0; i < ARRAY_LEN(digests); i++) {
		digest_sum_add(&forward, digests[i]);
		digest_sum_add(&backward, digests[ARRAY_LEN(digests) - 1 - i]);
	}
	digest_sum_bytes(&forward, one);
	digest_sum_bytes(&backward, two);
	assert_memory_equal(one, two, DIGEST_SIZE);
	digest_sum_add(&forward, digests[0]);
	digest_sum_bytes(&forward, two);
	assert_memory_not_equal(one, two, DIGEST_SIZE);

	/* The carry runs through all parts: (2^256 - 1) + 2 = 1. */
	memset(one, 0xff, DIGEST_SIZE);
	memset(two, 0, DIGEST_SIZE);
	two[DIGEST_SIZE - 1] = 2;
	memset(want, 0, DIGEST_SIZE);
	want[DIGEST_SIZE - 1] = 1;
	digest_sum_add(&carry, one);
	digest_sum_add(&carry, two);
	digest_sum_bytes(&carry, one);
	assert_memory_equal(one, want, DIGEST_SIZE);
}

/* A folder of its own for each test of files. */
static int make_folder(void **state)
{
	char *folder = xstrdup("/tmp/test_base.XXXXXX");

	*state = mkdtemp(folder);
	return *state && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
	int status = chdir("/") == 0 && rmdir(*state) == 0 ? 0 : -1;

	free(*state);
	return status;
}

static void assert_content(const char *path, const char *want)
{
	struct str text CLEANUP(str_release) = STR_INIT;
	struct error err = ERROR_INIT;

	assert_true(file_read(path, 10000000, &text, &err));
	assert_true(slice_is(str_slice(&text), want));
}

static mode_t mode_of(const char *path)
{
	struct stat info;

	assert_int_equal(stat(path, &info), 0);
	return info.st_mode & 0777;
}

static void write_file(const char *path, const char *text)
{
	struct error err = ERROR_INIT;
	struct file_out *out = NULL;

	assert_true(file_out_open(path, &out, &err));
	assert_true(file_out_write(out, slice_of(text), &err));
	assert_true(file_out_commit(&out, &err));
	assert_null(out);
}

static void test_file_out(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	struct file_out *out = NULL;

	assert_false(file_exists("f"));
	assert_true(file_out_open("f", &out, &err));
	assert_true(file_out_write(out, SLICE("abc"), &err));
	assert_false(file_exists("f"));
	assert_true(file_out_commit(&out, &err));
	assert_content("f", "abc");
	assert_int_equal(mode_of("f"), 0600);

	assert_int_equal(chmod("f", 0640), 0);
	assert_int_equal(symlink("f", "link"), 0);
	write_file("link", "new");
	assert_content("f", "new");
	assert_int_equal(mode_of("f"), 0640);
	assert_int_equal(unlink("link"), 0);

	assert_true(file_out_open("f", &out, &err));
	assert_true(file_out_write(out, SLICE("half"), &err));
	file_out_discard(&out);
	assert_null(out);
	assert_content("f", "new");
	assert_int_equal(unlink("f"), 0); /* the folder is empty again: remove_folder checks */
	write_file("/dev/null", "gone");
	assert_true(file_exists("/dev/null"));
}

static void test_file_large(void **state UNUSED)
{
	struct str want CLEANUP(str_release) = STR_INIT, text CLEANUP(str_release) = STR_INIT;
	struct error err = ERROR_INIT;
	struct file_out *out = NULL;

	assert_true(file_out_open("big", &out, &err));
	for (size_t i = 0; i < 40; i++) {
		size_t start = want.len;

		while (want.len - start < i * 17001)
			str_addf(&want, "%zu,", want.len);
		assert_true(file_out_write(
			out, (struct slice){want.at + start, want.len - start}, &err));
	}
	assert_true(file_out_commit(&out, &err));
	assert_true(file_read("big", want.len, &text, &err));
	assert_true(slice_equal(str_slice(&want), str_slice(&text)));
	str_clear(&text);
	assert_false(file_read("big", want.len - 1, &text, &err));
	assert_int_equal(err.kind, ERROR_LIMIT);
	assert_int_equal(text.len, 0);
	assert_int_equal(unlink("big"), 0);
}

static void test_file_failures(void **state UNUSED)
{
	struct str text CLEANUP(str_release) = STR_INIT;
	struct error err = ERROR_INIT;
	struct file_out *out = NULL;
	int fd = -7;

	assert_false(file_open("missing", &fd, &err));
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	assert_string_equal(err.message, "cannot open \"missing\": No such file or directory");
	assert_false(file_open(".", &fd, &err));
	assert_int_equal(err.kind, ERROR_IO);
	assert_int_equal(fd, -7);
	assert_true(file_open("-", &fd, &err));
	assert_int_equal(fd, 0);
	assert_false(file_read("missing", 10, &text, &err));
	assert_false(file_out_open("missing/f", &out, &err));
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	assert_false(file_out_open(".", &out, &err));
	assert_string_equal(err.message, "cannot write \".\": it is a folder");
	assert_null(out);
	assert_true(file_out_open("/dev/full", &out, &err));
	assert_true(file_out_write(out, SLICE("abc"), &err));
	assert_false(file_out_commit(&out, &err));
	assert_int_equal(err.kind, ERROR_IO);
	assert_string_equal(err.message, "cannot write \"/dev/full\": No space left on device");
	assert_null(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slice_basics),
		cmocka_unit_test(test_slice_order),
		cmocka_unit_test(test_slice_cut),
		cmocka_unit_test(test_slice_to_int64),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_str),
		cmocka_unit_test(test_error_kinds),
		cmocka_unit_test(test_error_texts),
		cmocka_unit_test(test_dict),
		cmocka_unit_test(test_task),
		cmocka_unit_test(test_timestamps),
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_digest_sum),
		cmocka_unit_test_setup_teardown(test_file_out, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_file_large, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_file_failures, make_folder, remove_folder),
	};

	unsetenv("TZ");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
