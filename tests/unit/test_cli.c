/*
 * Parts of the command line that need no process of their own: the progress line and near words.
 */
#include "cli/command.h"
#include "cli/terminal.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_line(void **state UNUSED)
{
	static const struct {
		struct task_progress progress;
		uint64_t done_in_step;
		int64_t elapsed;
		int width;
		const char *line;
	} cases[] = {
		{{"sum up the plan", 0, 0, NULL}, 0, 0, 80, "sum up the plan"},
		{{"load rows", 0, 5000, "rows"}, 0, 0, 80, "load rows  0/5000 rows  0%"},
		{{"load rows", 1200, 5000, "rows"}, 1200, 999, 80,
			"load rows  1200/5000 rows  24%"},
		{{"load rows", 1200, 5000, "rows"}, 1200, 2000, 80,
			"load rows  1200/5000 rows  24%  600/s  7s left"},
		{{"load rows", 5000, 5000, "rows"}, 5000, 2000, 80,
			"load rows  5000/5000 rows  100%  2500/s"},
		/* the rate is of what this run has done */
		{{"go on", 900, 1000, "rows"}, 10, 4000, 80,
			"go on  900/1000 rows  90%  2.5/s  41s left"},
		{{"inspect", 1234567, 0, "bytes"}, 1234567, 1000, 80,
			"inspect  1.2M bytes  1.2M/s"},
		{{"inspect", 5, 100000, "rows"}, 5, 1000, 80,
			"inspect  5/100k rows  0%  5.0/s  5h 33m left"},
		{{"inspect", 500, 100000, "rows"}, 500, 1000, 80,
			"inspect  500/100k rows  0%  500/s  3m 20s left"},
		{{"load rows", 1200, 5000, "rows"}, 0, 0, 12, "load rows  …"},
		/* more than was announced: no share of it */
		{{"x", 7, 5, "rows"}, 0, 0, 80, "x  7/5 rows"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str out = STR_INIT;
		terminal_line(&out, &cases[i].progress, cases[i].done_in_step, cases[i].elapsed,
			cases[i].width);
		assert_string_equal(out.at, cases[i].line);
		str_release(&out);
	}
}

static void test_near(void **state UNUSED)
{
	static const char *const words[] = {"map", "export", "import", "--json", "verify"};
	static const struct {
		const char *word, *list;
	} cases[] = {{"mpa", "\"map\""}, {"exprot", "\"export\""},
		{"eport", "\"export\", \"import\""}, {"ver", "\"verify\""}, {"--jsn", "\"--json\""},
		{"json", "\"--json\""}, {"xyz", ""}, {"", ""}, {"m", ""}, {"impport", "\"import\""},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ""}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str list = STR_INIT;
		near_words(&list, cases[i].word, words, ARRAY_LEN(words));
		assert_string_equal(list.at, cases[i].list);
		str_release(&list);
	}
}

/* The table itself: what the parser relies on. */
static void test_table(void **state UNUSED)
{
	for (size_t i = 0; i < command_count; i++) {
		const struct command *command = commands[i];
		bool optional = false;
		assert_ptr_equal(command_find(command->name), command);
		assert_non_null(command->summary);
		assert_non_null(command->run);
		for (size_t a = 0; a < command_argument_count(command); a++) {
			/* what may be left out stands behind what may not */
			assert_false(optional && !command->arguments[a].optional);
			optional = command->arguments[a].optional;
		}
		for (size_t o = 0; o < command_option_count(command); o++) {
			const struct option_spec *spec = &command->options[o];
			assert_non_null(spec->help);
			assert_true(spec->argument || (!spec->words && !spec->list));
			for (size_t g = 0; g < GLOBAL_COUNT; g++)
				assert_string_not_equal(spec->name, global_options[g].name);
			for (size_t p = 0; p < o; p++)
				assert_string_not_equal(spec->name, command->options[p].name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
