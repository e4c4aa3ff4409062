/*
 * The report of an import: its members, which are part of the interface, its forms, and that no
 * text of a row becomes markup.
 */
#include "document/ids.h"
#include "document/page.h"
#include "document/report.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct document_style plain = {false, 0};

static void assert_has(const struct str *text, const char *part)
{
	if (!strstr(text->at, part))
		fail_msg("no \"%s\" in:\n%s", part, text->at);
}

static void assert_has_not(const struct str *text, const char *part)
{
	if (strstr(text->at, part))
		fail_msg("\"%s\" in:\n%s", part, text->at);
}

static void assert_members(const json_t *object, const char *expected)
{
	struct str names CLEANUP(str_release) = STR_INIT;
	const char *name;
	json_t *value;
	assert_true(json_is_object(object));
	json_object_foreach((json_t *)(uintptr_t)object, name, value)
		str_addf(&names, "%s%s", names.len > 0 ? " " : "", name);
	assert_string_equal(names.at, expected);
}

static struct tallies tallies_of(struct arena *arena, int64_t rows)
{
	struct tallies tallies = {.count = 0};
	tally_add(arena, &tallies, SLICE("DBLINK"), rows);
	return tallies;
}

/* The JSON of a report with one row left out of `total`. */
static void make(struct str *out, const char *product, bool scoped, int64_t total)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct outcome outcome = {.table = SLICE("DBLINK"),
		.old_id = SLICE("7"),
		.fate = SLICE("excluded"),
		.type = SLICE("PAGE"),
		.key = SLICE("12"),
		.title = SLICE("<b>\"a\" & 'b'</b>")};
	struct outside_lost lost = {SLICE("DBDEPENDENCY"), SLICE("DEF <R-1>"), SLICE("XYZ R-2"),
		SLICE("refines"), SLICE("XYZ R-2 is not here")};
	struct verify_count counts[] = {{SLICE("DBLINK"), 3, 3, 0}};
	const struct verify_result verified = {.ok = true, .tables = counts, .table_count = 1};
	const struct import_result result = {
		.plan = {.key = SLICE("k"),
			.old_scope = scoped ? SLICE("ABC") : SLICE_NULL,
			.new_scope = scoped ? SLICE("DEF") : SLICE_NULL,
			.hash = "1234",
			.outside_lost = 5,
			.outside_lost_list = &lost,
			.outside_lost_count = 1,
			.orphans = 2,
			.backup = {.file_name = SLICE("k.csv"), .sha256 = SLICE("abcd")}},
		.erased = tallies_of(&arena, 1),
		.inserted = tallies_of(&arena, 2),
		.merged = tallies_of(&arena, 1),
		.excluded = tallies_of(&arena, total),
		.rejected = tallies_of(&arena, 0),
		.undo_key = SLICE("undo-k"),
		.verified = true,
		.seconds = 0.1};
	const struct import_options options = {.accept_missing = true, .keep_audit_trail = true};
	const struct import_report report = {.result = &result,
		.options = &options,
		.verified = &verified,
		.actor = "<i>ada</i>",
		.database = "SQLite",
		.product = product,
		.instance = SLICE("wiki"),
		.started = "2026-01-31T12:34:56.789Z",
		.finished = "2026-01-31T12:34:57.789Z",
		.left_out = &outcome,
		.left_out_count = 1,
		.left_out_total = total};
	const char *const texts[] = {"a note"};
	const struct document_notes notes = {texts, 1};
	document_report_json(out, &report, &notes);
}

static void print(
	struct str *out, enum report_form form, const struct str *json, const char *undone)
{
	struct error err = ERROR_INIT;
	const struct report_stored stored = {str_slice(json), slice_of(undone)};
	str_clear(out);
	if (!document_report_print(out, form, &plain, &stored, &err))
		fail_msg("%s", err.message);
}

static void test_members(void **state UNUSED)
{
	struct str json CLEANUP(str_release) = STR_INIT, again CLEANUP(str_release) = STR_INIT;
	json_error_t why;
	make(&json, "confluence", true, 1);
	json_t *report = json_loads(json.at, JSON_REJECT_DUPLICATES, &why);
	assert_members(report, "report tool key scope instance product database file plan options "
			       "actor started finished seconds undoKey erased inserted merged "
			       "excluded rejected mergeDifferences outside texts orphans "
			       "leftOut notes verification warnings steps");
	assert_members(json_object_get(report, "file"),
		"name sha256 exported author pluginVersion origin source staged stagedBy");
	assert_members(json_object_get(report, "outside"), "kept lost keptAtOrigin lostRows");
	assert_members(json_object_get(report, "leftOut"), "total listed rows");
	assert_members(
		json_array_get(json_object_get(json_object_get(report, "leftOut"), "rows"), 0),
		"table oldId outcome reason mapping");
	assert_members(json_object_get(report, "steps"), "before after pages");
	json_decref(report);
	print(&again, REPORT_JSON, &json, "2026-02-01");
	assert_has(&again, "\"undone\":\"2026-02-01\"}");
	assert_has(&again, "\"seconds\":0.1,");
}

static void test_text(void **state UNUSED)
{
	struct str json CLEANUP(str_release) = STR_INIT, text CLEANUP(str_release) = STR_INIT;
	make(&json, "confluence", true, 1);
	print(&text, REPORT_TEXT, &json, NULL);
	assert_has(&text, "Scope          ABC -> DEF\n");
	assert_has(&text, "SHA-256        abcd\n");
	assert_has(&text, "DBLINK       1         2       1         1         0\n");
	assert_has(
		&text, "     7  DBLINK  excluded  PAGE \"12\" (<b>\"a\" & 'b'</b>) is excluded\n");
	assert_has(&text, "0 kept, 5 lost, 0 kept at the origin.\n");
	assert_has(&text, "DBDEPENDENCY  DEF <R-1>  XYZ R-2  refines  XYZ R-2 is not here\n");
	assert_has(&text, "... and 4 more.\n");
	assert_has(&text, "accept missing");
	assert_has(&text, "  - a note\n");
	assert_has(&text, "  - /requirements/DEF/KEY,");
	assert_has_not(&text, "%s");
	assert_has_not(&text, "undone");
	assert_has_not(&text, "more:");
}

static void test_more_than_listed(void **state UNUSED)
{
	struct str json CLEANUP(str_release) = STR_INIT, text CLEANUP(str_release) = STR_INIT;
	make(&json, "jira", false, 10001);
	print(&text, REPORT_TEXT, &json, "2026-02-01T00:00:00.000Z");
	assert_has(&text, "... and 10000 more: \"reqferry ids\" lists all 10001 of them.\n");
	assert_has(&text, "Scope          everything\n");
	assert_has(&text, "/browse/PROJECT-NUMBER,");
	assert_has(&text, "This import was undone later: 2026-02-01T00:00:00.000Z.\n");
}

static void test_html(void **state UNUSED)
{
	struct str json CLEANUP(str_release) = STR_INIT, text CLEANUP(str_release) = STR_INIT;
	make(&json, "jira", true, 1);
	print(&text, REPORT_HTML, &json, "<u>now</u>");
	assert_has(&text, "(&lt;b&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/b&gt;)");
	assert_has(&text, "&lt;i&gt;ada&lt;/i&gt;");
	assert_has(&text, "<td>DEF &lt;R-1&gt;</td>");
	assert_has(&text, "&lt;u&gt;now&lt;/u&gt;");
	assert_has_not(&text, "<b>");
	assert_has_not(&text, "<i>");
	assert_has_not(&text, "<u>");
	assert_has_not(&text, "<script");
	assert_has(&text, "<th scope=\"row\" class=\"number\">7</th><td>DBLINK</td>");
}

static void test_escape(void **state UNUSED)
{
	static const struct {
		const char *text, *html;
	} cases[] = {
		{"", ""},
		{"plain \xc3\xa9", "plain \xc3\xa9"},
		{"</td><script>x</script>", "&lt;/td&gt;&lt;script&gt;x&lt;/script&gt;"},
		{"&amp;", "&amp;amp;"},
		{"\" onload='x'", "&quot; onload=&#39;x&#39;"},
		/* what hides or turns text is shown, what is no UTF-8 too */
		{"\xe2\x80\xae\x01\xff<", "\\u202e\\x01\\xff&lt;"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str out CLEANUP(str_release) = STR_INIT;
		html_text(&out, slice_of(cases[i].text));
		assert_string_equal(out.at, cases[i].html);
	}
}

static void test_damaged(void **state UNUSED)
{
	static const char *const bad[] = {"", "no JSON", "[]", "null", "{\"report\":"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct str out CLEANUP(str_release) = STR_INIT;
		struct error err = ERROR_INIT;
		const struct report_stored stored = {slice_of(bad[i]), SLICE_NULL};
		assert_false(document_report_print(&out, REPORT_HTML, &plain, &stored, &err));
		assert_int_equal(err.kind, ERROR_INPUT);
		assert_int_equal(out.len, 0);
	}
	/* members of other types than ours */
	static const char *const odd[] = {"{}",
		"{\"leftOut\":{\"total\":3,\"rows\":[1,null,{\"oldId\":7}]},\"inserted\":[],"
		"\"scope\":{\"old\":1},\"steps\":{\"before\":[1,{}]},\"warnings\":\"x\","
		"\"options\":{\"accept\":[{}]},\"verification\":{\"tables\":{\"T\":1}}}"};
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		struct str json CLEANUP(str_release) = STR_INIT,
				out CLEANUP(str_release) = STR_INIT;
		str_add_text(&json, odd[i]);
		print(&out, REPORT_TEXT, &json, NULL);
		assert_has(&out, "Imported, but not verified.\n");
		print(&out, REPORT_HTML, &json, NULL);
		assert_has(&out, "</html>\n");
	}
}

static void test_form(void **state UNUSED)
{
	enum report_form form;
	assert_true(report_form_of("a/b.json", &form) && form == REPORT_JSON);
	assert_true(report_form_of("b.txt", &form) && form == REPORT_TEXT);
	assert_true(report_form_of("b.html", &form) && form == REPORT_HTML);
	static const char *const others[] = {"", "-", "html", "b.htm", "b.html.gz", "b.HTML"};
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_false(report_form_of(others[i], &form));
}

static void test_reasons(void **state UNUSED)
{
	static const struct {
		struct outcome outcome;
		const char *reason;
	} cases[] = {
		{{.fate = {"inserted", 8}}, ""},
		{{.fate = {"merged", 6}}, "became one with a row of the same identity"},
		{{.fate = {"rejected", 8}, .problem = {"no number", 9}}, "no number"},
		{{.fate = {"rejected", 8}, .parent_table = {"T", 1}, .parent_id = {"5", 1}},
			"refers to T 5, which is left out"},
		{{.fate = {"excluded", 8}, .type = {"USER", 4}, .key = {"u", 1}},
			"USER \"u\" is excluded"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str out CLEANUP(str_release) = STR_INIT;
		document_outcome_reason(&out, &cases[i].outcome);
		assert_string_equal(out.at, cases[i].reason);
	}
}

static void test_ids(void **state UNUSED)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	const struct mapping_row rows[] = {
		{.type = SLICE("USER"),
			.key = SLICE("u,1"),
			.status = SLICE("MAPPED_MANUAL"),
			.destination = SLICE(""),
			.reason = SLICE("r")},
		{.type = SLICE("PAGE"),
			.key = SLICE("1"),
			.status = SLICE("EXCLUDED"),
			.destination = SLICE("9"),
			.reason = SLICE("r")},
		{.type = SLICE("PAGE"), .key = SLICE("2"), .reason = SLICE("r")},
		{.type = SLICE("PAGE"),
			.key = SLICE("3"),
			.dependencies = SLICE("a=b"),
			.status = SLICE("MAPPED_AUTO"),
			.destination = SLICE("8"),
			.reason = SLICE("r")},
	};
	const struct outcome outcome = {.table = SLICE("T"),
		.old_id = SLICE("1"),
		.new_id = SLICE("2"),
		.fate = SLICE("inserted")};
	document_ids_csv_title(&out);
	document_ids_csv_row(&out, &outcome);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		document_ids_csv_mapping(&out, &rows[i]);
	assert_string_equal(out.at, "kind,name,old id,dependencies,new id,outcome,reason\r\n"
				    "row,T,1,,2,inserted,\r\n"
				    "mapping,USER,\"u,1\",,,nothing,r\r\n"
				    "mapping,PAGE,1,,,excluded,r\r\n"
				    "mapping,PAGE,2,,,unmapped,r\r\n"
				    "mapping,PAGE,3,a=b,8,mapped,r\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_more_than_listed),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
