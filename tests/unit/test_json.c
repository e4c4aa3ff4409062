/*
 * The rewriting of space keys in JSON texts: what changes, what must not, and which texts are JSON.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "json/spans.h"

struct change {
	const char *from, *to;
};

/* What the callback answers, and what it was asked: the keys, each with a "|" behind it. */
struct oracle {
	const struct change *changes;
	size_t count;
	struct str asked;
};

static const struct change changes[] = {
	{"SF", "DEF"},
	{"~old", "~new"},
	{"~tilde/slash", "~n/s%"},
	{"quo\"te", "back\\slash"},
	{"ä", "Ö\n"},
	{"\xf0\x9f\x98\x80", "SMILE"},
	{"a b", "c d"},
	{"SAME", "SAME"},
	{"GONE", ""},
};

static struct slice answer(void *context, struct slice key)
{
	struct oracle *oracle = context;

	str_add(&oracle->asked, key);
	str_add_char(&oracle->asked, '|');
	for (size_t i = 0; i < oracle->count; i++)
		if (slice_is(key, oracle->changes[i].from))
			return slice_of(oracle->changes[i].to);
	return SLICE_NULL;
}

/* One row: a text, what becomes of it (NULL: not valid), how many strings change. */
struct row {
	const char *in, *out;
	unsigned changed;
};

static void check_row(const struct row *row)
{
	CLEANUP(str_release) struct str out = STR_INIT;
	struct oracle oracle = {changes, ARRAY_LEN(changes), STR_INIT};
	struct json_links_result result;

	str_add_text(&out, "before:");
	result = json_links_rewrite(slice_of(row->in), answer, &oracle, &out);
	if (!row->out && (result.valid || oracle.asked.len))
		fail_msg("taken for JSON: %s", row->in);
	if (row->out && !result.valid)
		fail_msg("not taken for JSON: %s", row->in);
	assert_memory_equal(out.at, "before:", 7);
	assert_string_equal(out.at + 7, row->out ? row->out : "");
	assert_int_equal(result.changed, row->changed);
	str_release(&oracle.asked);
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_row(&rows[i]);
}

static void test_published_example(UNUSED void **state)
{
	static const struct row rows[] = {
		{"[{\"relationship\":\"implements\",\"key\":\"SF\",\"spaceKey\":\"SF\","
		 "\"title\":\"SF\",\"url\":\"/requirements/SF/LKJ001\"}]",
			"[{\"relationship\":\"implements\",\"key\":\"SF\",\"spaceKey\":\"DEF\","
			"\"title\":\"SF\",\"url\":\"/requirements/DEF/LKJ001\"}]",
			2},
		{"[{\"spaceKey\":\"SF\"},{\"spaceKey\":\"XY\"},{\"spaceKey\":\"SF\"}]",
			"[{\"spaceKey\":\"DEF\"},{\"spaceKey\":\"XY\"},{\"spaceKey\":\"DEF\"}]", 2},
		{"[]", "[]", 0},
		{"[{}]", "[{}]", 0},
	};

	check_rows(rows, ARRAY_LEN(rows));
}

static void test_only_these_members(UNUSED void **state)
{
	static const struct row rows[] = {
		/* repeated, in any order, with blanks */
		{" [ { \"url\" : \"/requirements/SF/A\" ,\n\t\"spaceKey\"\r: \"SF\" , "
		 "\"spaceKey\":\"SF\" } ] \n",
			" [ { \"url\" : \"/requirements/DEF/A\" ,\n\t\"spaceKey\"\r: \"DEF\" , "
			"\"spaceKey\":\"DEF\" } ] \n",
			3},
		/* a name in escapes is the same name */
		{"[{\"sp\\u0061ceKey\":\"SF\",\"\\u0075rl\":\"/requirements/SF/\"}]",
			"[{\"sp\\u0061ceKey\":\"DEF\",\"\\u0075rl\":\"/requirements/DEF/\"}]", 2},
		{"[{\"spacekey\":\"SF\",\"spaceKeys\":\"SF\",\"URL\":\"/requirements/SF/\"}]",
			"[{\"spacekey\":\"SF\",\"spaceKeys\":\"SF\",\"URL\":\"/requirements/SF/"
			"\"}]",
			0},
		/* values that are no strings */
		{"[{\"spaceKey\":null,\"url\":[\"/requirements/SF/A\"]},{\"spaceKey\":1}]",
			"[{\"spaceKey\":null,\"url\":[\"/requirements/SF/A\"]},{\"spaceKey\":1}]",
			0},
		/* deeper than the objects of the top array */
		{"[[{\"spaceKey\":\"SF\"}],{\"a\":{\"spaceKey\":\"SF\"},\"spaceKey\":\"SF\"}]",
			"[[{\"spaceKey\":\"SF\"}],{\"a\":{\"spaceKey\":\"SF\"},\"spaceKey\":"
			"\"DEF\"}]",
			1},
		{"[\"spaceKey\",\"SF\",true,false,null,-1.5e+3]",
			"[\"spaceKey\",\"SF\",true,false,null,-1.5e+3]", 0},
		/* answers that change nothing, and an answer that is an empty text */
		{"[{\"spaceKey\":\"S\\u0041ME\",\"url\":\"/requirements/S%41ME/A\"}]",
			"[{\"spaceKey\":\"S\\u0041ME\",\"url\":\"/requirements/S%41ME/A\"}]", 0},
		{"[{\"spaceKey\":\"GONE\"}]", "[{\"spaceKey\":\"\"}]", 1},
		{"[{\"spaceKey\":\"\"}]", "[{\"spaceKey\":\"\"}]", 0},
	};

	check_rows(rows, ARRAY_LEN(rows));
}

static void test_urls(UNUSED void **state)
{
	static const struct row rows[] = {
		{"[{\"url\":\"/requirements/SF\"}]", "[{\"url\":\"/requirements/DEF\"}]", 1},
		{"[{\"url\":\"/requirements/SF/\"}]", "[{\"url\":\"/requirements/DEF/\"}]", 1},
		{"[{\"url\":\"/requirements/SF/SF/SF?a=SF#SF\"}]",
			"[{\"url\":\"/requirements/DEF/SF/SF?a=SF#SF\"}]", 1},
		{"[{\"url\":\"/requirements/SFX/A\"}]", "[{\"url\":\"/requirements/SFX/A\"}]", 0},
		{"[{\"url\":\"/requirements/SF?x\"}]", "[{\"url\":\"/requirements/SF?x\"}]", 0},
		{"[{\"url\":\"/requirements//SF\"}]", "[{\"url\":\"/requirements//SF\"}]", 0},
		{"[{\"url\":\"/requirements/\"}]", "[{\"url\":\"/requirements/\"}]", 0},
		{"[{\"url\":\"/requirements\"}]", "[{\"url\":\"/requirements\"}]", 0},
		{"[{\"url\":\"\"}]", "[{\"url\":\"\"}]", 0},
		{"[{\"url\":\"/wiki/requirements/SF/A\"}]",
			"[{\"url\":\"/wiki/requirements/SF/A\"}]", 0},
		{"[{\"url\":\"requirements/SF/A\"}]", "[{\"url\":\"requirements/SF/A\"}]", 0},
		{"[{\"url\":\"/Requirements/SF/A\"}]", "[{\"url\":\"/Requirements/SF/A\"}]", 0},
		/* escapes of JSON stay where nothing changes */
		{"[{\"url\":\"\\/requirements\\/\\u0053F\\/K\\u0041\"}]",
			"[{\"url\":\"\\/requirements\\/DEF\\/K\\u0041\"}]", 1},
		{"[{\"url\":\"\\u002frequirements/SF\\u002FA\"}]",
			"[{\"url\":\"\\u002frequirements/DEF\\u002FA\"}]", 1},
		/* percent signs */
		{"[{\"url\":\"/requirements/%53%46/%53\"}]",
			"[{\"url\":\"/requirements/DEF/%53\"}]", 1},
		{"[{\"url\":\"/requirements/~old/A\"}]", "[{\"url\":\"/requirements/~new/A\"}]", 1},
		{"[{\"url\":\"/requirements/%7Eold/A\"}]", "[{\"url\":\"/requirements/%7Enew/A\"}]",
			1},
		{"[{\"url\":\"/requirements/%7eold\"}]", "[{\"url\":\"/requirements/%7Enew\"}]", 1},
		{"[{\"url\":\"/requirements/~tilde%2Fslash/A\"}]",
			"[{\"url\":\"/requirements/~n%2Fs%25/A\"}]", 1},
		{"[{\"url\":\"/requirements/a%20b/A\"}]", "[{\"url\":\"/requirements/c%20d/A\"}]",
			1},
		{"[{\"url\":\"/requirements/a b/A\"}]", "[{\"url\":\"/requirements/c%20d/A\"}]", 1},
		{"[{\"url\":\"/requirements/%C3%A4\"}]", "[{\"url\":\"/requirements/%C3%96%0A\"}]",
			1},
		{"[{\"url\":\"/requirements/quo%22te/A\"}]",
			"[{\"url\":\"/requirements/back%5Cslash/A\"}]", 1},
		/* hexadecimal digits of either case; a plus is a plus */
		{"[{\"url\":\"/requirements/%c3%a4/%c3%a4\"}]",
			"[{\"url\":\"/requirements/%C3%96%0A/%c3%a4\"}]", 1},
		{"[{\"url\":\"/requirements/%73f/A\"},{\"url\":\"/requirements/a+b/A\"}]",
			"[{\"url\":\"/requirements/%73f/A\"},{\"url\":\"/requirements/a+b/A\"}]",
			0},
		/* escapes and percent signs mixed; a key that begins another one */
		{"[{\"url\":\"/requirements/\\u0025%35%33F/A\"}]",
			"[{\"url\":\"/requirements/\\u0025%35%33F/A\"}]", 0},
		{"[{\"url\":\"/requirements/\\u002553F/A\"}]",
			"[{\"url\":\"/requirements/DEF/A\"}]", 1},
		{"[{\"url\":\"/requirements/SFF/A\"},{\"url\":\"/requirements/S/A\"}]",
			"[{\"url\":\"/requirements/SFF/A\"},{\"url\":\"/requirements/S/A\"}]", 0},
		/* percent signs that encode nothing stand for themselves */
		{"[{\"url\":\"/requirements/SF%/A\"}]", "[{\"url\":\"/requirements/SF%/A\"}]", 0},
		{"[{\"url\":\"/requirements/SF%4\"}]", "[{\"url\":\"/requirements/SF%4\"}]", 0},
	};

	check_rows(rows, ARRAY_LEN(rows));
}

static void test_escapes(UNUSED void **state)
{
	static const struct row rows[] = {
		{"[{\"spaceKey\":\"quo\\\"te\"}]", "[{\"spaceKey\":\"back\\\\slash\"}]", 1},
		{"[{\"spaceKey\":\"\\u00e4\"}]", "[{\"spaceKey\":\"Ö\\u000a\"}]", 1},
		{"[{\"spaceKey\":\"\\u00E4\"}]", "[{\"spaceKey\":\"Ö\\u000a\"}]", 1},
		{"[{\"spaceKey\":\"ä\"}]", "[{\"spaceKey\":\"Ö\\u000a\"}]", 1},
		{"[{\"spaceKey\":\"\\ud83d\\ude00\"}]", "[{\"spaceKey\":\"SMILE\"}]", 1},
		{"[{\"spaceKey\":\"\\uD83D\\uDE00\"}]", "[{\"spaceKey\":\"SMILE\"}]", 1},
		/* halves of pairs are JSON, and no characters */
		{"[{\"spaceKey\":\"\\ud83d\"}]", "[{\"spaceKey\":\"\\ud83d\"}]", 0},
		{"[{\"spaceKey\":\"\\ude00\\ud83d\"}]", "[{\"spaceKey\":\"\\ude00\\ud83d\"}]", 0},
		{"[{\"spaceKey\":\"\\ud83d\\u0041\"}]", "[{\"spaceKey\":\"\\ud83d\\u0041\"}]", 0},
		{"[{\"spaceKey\":\"\\ud83dSFSFSF\"}]", "[{\"spaceKey\":\"\\ud83dSFSFSF\"}]", 0},
		{"[{\"url\":\"/requirements/\\ud83d/\"}]", "[{\"url\":\"/requirements/\\ud83d/\"}]",
			0},
		{"[{\"url\":\"/requirements/SF/\\ud83d\"}]",
			"[{\"url\":\"/requirements/DEF/\\ud83d\"}]", 1},
		{"[{\"title\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\",\"spaceKey\":\"SF\"}]",
			"[{\"title\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\",\"spaceKey\":\"DEF\"}]",
			1},
	};

	check_rows(rows, ARRAY_LEN(rows));
}

/* What the callback is asked, in order; it is never asked about what is no text. */
static void test_questions(UNUSED void **state)
{
	static const struct {
		const char *in, *asked;
	} rows[] = {
		{"[{\"spaceKey\":\"A\",\"url\":\"/requirements/%42/SF\",\"key\":\"C\"}]", "A|B|"},
		{"[{\"spaceKey\":\"\\b\\f\\n\\r\\t\\/\\\\\\\"\"}]", "\b\f\n\r\t/\\\"|"},
		{"[{\"url\":\"/requirements/100%/\"}]", "100%|"},
		{"[{\"url\":\"/requirements/%4/%G0/\"}]", "%4|"},
		{"[{\"spaceKey\":\"\\u0000\",\"url\":\"/requirements/%00\"}]", ""},
		{"[{\"url\":\"/requirements/%FF\"},{\"url\":\"/requirements/%C3\"}]", ""},
		{"[{\"url\":\"/requirements/%C0%80\"},{\"url\":\"/requirements/%E0%80%80\"}]", ""},
		{"[{\"url\":\"/requirements/%ED%A0%80\"},{\"url\":\"/requirements/%F4%90%80%80\"}]",
			""},
		{"[{\"url\":\"/requirements/%F0%8F%80%80\"},{\"url\":\"/requirements/%C3A\"}]", ""},
		{"[{\"url\":\"/requirements/%E2%82%AC\"},{\"url\":\"/requirements/%F4%8F%BF%BF\"}]",
			"€|\xf4\x8f\xbf\xbf|"},
		{"[{\"url\":\"/requirements/%ED%9F%BF\"},{\"url\":\"/requirements/%F0%90%80%80\"}]",
			"\xed\x9f\xbf|\xf0\x90\x80\x80|"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(str_release) struct str out = STR_INIT;
		struct oracle oracle = {NULL, 0, STR_INIT};

		assert_true(json_links_rewrite(slice_of(rows[i].in), answer, &oracle, &out).valid);
		assert_string_equal(oracle.asked.at, rows[i].asked);
		assert_string_equal(out.at, rows[i].in);
		str_release(&oracle.asked);
	}
}

static void test_invalid(UNUSED void **state)
{
	static const char *const texts[] = {"", " ", "null", "\"SF\"", "1", "{}",
		"{\"spaceKey\":\"SF\"}", "[", "]", "[1", "[1,", "[1,]", "[,]", "[,1]", "[1 2]",
		"[1]]", "[1]x", "[1],", "[][]", "[{]", "[{]}", "[{\"a\"}]", "[{\"a\":}]",
		"[{\"a\":1,}]", "[{,}]", "[{\"a\" 1}]", "[{a:1}]", "[{'a':1}]", "[{1:1}]",
		"[{\"a\":1 \"b\":2}]", "[01]", "[-]", "[+1]", "[1.]", "[.5]", "[1e]", "[1e+]",
		"[1.e1]", "[0x1]", "[--1]", "[-01]", "[Infinity]", "[NaN]", "[tru]", "[truE]",
		"[nulll]", "[fals", "[\"a]", "[\"\\x\"]", "[\"\\u12\"]", "[\"\\u12G4\"]", "[\"\\",
		"[\"\\u", "[\"a\nb\"]", "[\"\t\"]", "[\"\x1f\"]", "[/* */]", "[1]//",
		"\xef\xbb\xbf[]", "[{\"spaceKey\":\"SF\"},]", "[{\"spaceKey\":\"SF\"}", "\v[]",
		"[]\f"};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		check_row(&(struct row){texts[i], NULL, 0});
}

static void test_no_value_and_nul(UNUSED void **state)
{
	CLEANUP(str_release) struct str out = STR_INIT;
	struct oracle oracle = {changes, ARRAY_LEN(changes), STR_INIT};

	assert_false(json_links_rewrite(SLICE_NULL, answer, &oracle, &out).valid);
	assert_false(json_links_rewrite(SLICE("[]\0"), answer, &oracle, &out).valid);
	assert_false(json_links_rewrite(SLICE("[\"\0\"]"), answer, &oracle, &out).valid);
	assert_false(json_links_rewrite(SLICE("[\"\\\0\"]"), answer, &oracle, &out).valid);
	assert_int_equal(out.len, 0);
	assert_int_equal(oracle.asked.len, 0);
}

static bool nested(const char *open, const char *close, int depth)
{
	CLEANUP(str_release) struct str text = STR_INIT, out = STR_INIT;
	struct oracle oracle = {changes, ARRAY_LEN(changes), STR_INIT};

	for (int i = 0; i < depth - 1; i++)
		str_add_text(&text, i ? open : "[");
	str_add_text(&text, "[]");
	for (int i = depth - 2; i >= 0; i--)
		str_add_text(&text, i ? close : "]");
	return json_links_rewrite(str_slice(&text), answer, &oracle, &out).valid;
}

static void test_depth(UNUSED void **state)
{
	assert_true(nested("[", "]", 200));
	assert_false(nested("[", "]", 201));
	assert_true(nested("{\"a\":", "}", 200));
	assert_false(nested("{\"a\":", "}", 201));
	assert_false(nested("[", "]", 1000000));
}

/* A text of 100,000 links: each is changed, in time that grows with the text only. */
static void test_huge(UNUSED void **state)
{
	CLEANUP(str_release) struct str text = STR_INIT, out = STR_INIT;
	struct oracle oracle = {changes, ARRAY_LEN(changes), STR_INIT};
	struct json_links_result result;

	for (int i = 0; i < 100000; i++)
		str_addf(&text, "%s{\"spaceKey\":\"SF\",\"url\":\"/requirements/SF/K-%d\"}",
			i ? "," : "[", i);
	str_add_char(&text, ']');
	result = json_links_rewrite(str_slice(&text), answer, &oracle, &out);
	assert_true(result.valid);
	assert_int_equal(result.changed, 200000);
	assert_int_equal(out.len, text.len + 200000);
	str_release(&oracle.asked);
}

/* A small generator: its numbers are the same on each run. */
static uint64_t next_number(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

static void add_random_blanks(struct str *out, uint64_t *seed)
{
	while (next_number(seed) % 4 == 0)
		str_add_char(out, " \t\n\r"[next_number(seed) % 4]);
}

static void add_random_string(struct str *out, uint64_t *seed)
{
	static const char *const pieces[] = {"SF", "spaceKey", "url", "/requirements/", "/", "\\/",
		"\\u0053", "%53", "%7E", "~", "\\ud83d\\ude00", "\\ud800", "ä", "\\\"", "\\\\",
		"\\n", "%", "x", " "};

	str_add_text(out, next_number(seed) % 2 ? "\"" : "\"/requirements/");
	while (next_number(seed) % 4)
		str_add_text(out, pieces[next_number(seed) % ARRAY_LEN(pieces)]);
	str_add_char(out, '"');
}

static void add_random_name(struct str *out, uint64_t *seed)
{
	uint64_t pick = next_number(seed) % 3;

	if (pick == 2)
		add_random_string(out, seed);
	else
		str_add_text(out, pick ? "\"spaceKey\"" : "\"url\"");
	add_random_blanks(out, seed);
	str_add_char(out, ':');
	add_random_blanks(out, seed);
}

static void add_random_value(struct str *out, uint64_t *seed, unsigned depth, char open)
{
	static const char *const words[] = {
		"true", "false", "null", "0", "-0.5E-7", "12e3", "1.25"};

	if (!open)
		open = "sssowo["[next_number(seed) % (depth < 4 ? 7 : 3)];
	if (open == 's') {
		add_random_string(out, seed);
	} else if (open == 'w') {
		str_add_text(out, words[next_number(seed) % ARRAY_LEN(words)]);
	} else {
		str_add_char(out, open == 'o' ? '{' : '[');
		add_random_blanks(out, seed);
		for (bool first = true; next_number(seed) % 5; first = false) {
			if (!first)
				str_add_char(out, ',');
			add_random_blanks(out, seed);
			if (open == 'o')
				add_random_name(out, seed);
			add_random_value(out, seed, depth + 1, 0);
			add_random_blanks(out, seed);
		}
		str_add_char(out, open == 'o' ? '}' : ']');
	}
}

static struct slice keep(void *context, UNUSED struct slice key)
{
	++*(unsigned *)context;
	return SLICE_NULL;
}

static struct slice replace_all(void *context, UNUSED struct slice key)
{
	++*(unsigned *)context;
	return SLICE("N\"E\\W ~/");
}

/* Random JSON: kept keys keep every byte; replaced keys give JSON that says the new key. */
static void test_random_texts(UNUSED void **state)
{
	uint64_t seed = 42;
	unsigned total = 0;

	for (int i = 0; i < 20000; i++) {
		CLEANUP(str_release) struct str text = STR_INIT, out = STR_INIT, again = STR_INIT;
		struct json_links_result result;
		unsigned asked = 0, replaced = 0;

		add_random_blanks(&text, &seed);
		add_random_value(&text, &seed, 0, '[');
		add_random_blanks(&text, &seed);
		result = json_links_rewrite(str_slice(&text), keep, &asked, &out);
		if (!result.valid || !slice_equal(str_slice(&text), str_slice(&out)))
			fail_msg("changed: %s", text.at);
		assert_int_equal(result.changed, 0);
		str_clear(&out);
		result = json_links_rewrite(str_slice(&text), replace_all, &replaced, &out);
		assert_true(result.valid);
		assert_int_equal(replaced, asked);
		assert_int_equal(result.changed, asked);
		replaced = 0;
		result = json_links_rewrite(str_slice(&out), replace_all, &replaced, &again);
		if (!result.valid || result.changed || replaced != asked)
			fail_msg("not the new key in: %s", out.at);
		assert_string_equal(again.at, out.at);
		total += asked;
	}
	/* The texts do hold keys: otherwise nothing above was seen at work. */
	assert_in_range(total, 10000, UINT32_MAX);
}

/* Every beginning of a valid text is no valid text. */
static void test_cut_texts(UNUSED void **state)
{
	static const char text[] = "[{\"spaceKey\":\"S\\u0046\",\"n\":[-1.5e+3,true,null,{}],"
				   "\"url\":\"/requirements/%53F/A\"}, \"x\"]";

	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		CLEANUP(str_release) struct str out = STR_INIT;
		struct oracle oracle = {changes, ARRAY_LEN(changes), STR_INIT};
		/* A copy of its own length, so that a sanitizer sees a read behind it. */
		char *copy = memcpy(xmalloc(len ? len : 1), text, len);

		assert_false(
			json_links_rewrite((struct slice){copy, len}, answer, &oracle, &out).valid);
		assert_int_equal(oracle.asked.len, 0);
		assert_int_equal(out.len, 0);
		free(copy);
	}
	check_row(&(struct row){text,
		"[{\"spaceKey\":\"DEF\",\"n\":[-1.5e+3,true,null,{}],"
		"\"url\":\"/requirements/DEF/A\"}, \"x\"]",
		2});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published_example),
		cmocka_unit_test(test_only_these_members),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_no_value_and_nul),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_random_texts),
		cmocka_unit_test(test_cut_texts),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
