/*
 * Documents: the members of each JSON document, which are part of the interface, and text that is
 * safe for a terminal.
 */
#include "document/document.h"
#include "document/history.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct document_style plain = {false, 0};

/* The members of an object, in order, separated by blanks. */
static void assert_members(json_t *object, const char *expected)
{
	struct str names = STR_INIT;
	const char *name;
	json_t *value;

	assert_true(json_is_object(object));
	json_object_foreach(object, name, value)
		str_addf(&names, "%s%s", names.len > 0 ? " " : "", name);
	assert_string_equal(names.at, expected);
	str_release(&names);
}

static json_t *parse(struct str *text)
{
	json_error_t error;
	json_t *document = json_loadb(text->at, text->len, JSON_REJECT_DUPLICATES, &error);

	if (!document)
		fail_msg("%s: %s", error.text, text->at);
	str_release(text);
	return document;
}

/* The member behind a path such as "plan.scope.new" or "list.0.key". */
static json_t *at(json_t *document, const char *path)
{
	struct slice rest = slice_of(path), name;
	int64_t index;

	while (rest.at && document) {
		if (!slice_cut(rest, '.', &name, &rest)) {
			name = rest;
			rest = SLICE_NULL;
		}
		document = slice_to_int64(name, &index)
				   ? json_array_get(document, (size_t)index)
				   : json_object_getn(document, name.at, name.len);
	}
	if (!document)
		fail_msg("there is no %s", path);
	return document;
}

static void assert_text(json_t *document, const char *path, const char *expected)
{
	json_t *value = at(document, path);

	if (!expected) {
		assert_true(json_is_null(value));
		return;
	}
	assert_true(json_is_string(value));
	assert_string_equal(json_string_value(value), expected);
}

static void assert_int(json_t *document, const char *path, int64_t expected)
{
	json_t *value = at(document, path);

	assert_true(json_is_integer(value));
	assert_int_equal(json_integer_value(value), expected);
}

static void assert_has(const struct str *text, const char *part)
{
	if (!strstr(text->at, part))
		fail_msg("no \"%s\" in:\n%s", part, text->at);
}

static struct tallies tallies_of(struct arena *arena, const char *name, int64_t rows)
{
	struct tallies tallies = {.count = 0};

	tally_add(arena, &tallies, slice_of(name), rows);
	return tallies;
}

/* --- plain text ---------------------------------------------------------------------------------
 */

static void test_safe(void **state UNUSED)
{
	static const struct {
		const char *text, *safe;
	} cases[] = {{"plain äöü 日本", "plain äöü 日本"}, {"\033[31mred\a", "\\x1b[31mred\\x07"},
		{"a\nb\tc\r", "a\\x0ab\\x09c\\x0d"}, {"\xc2\x9b", "\\x9b"},
		{"\xe2\x80\xaegnp", "\\u202egnp"}, {"\xff\xfe", "\\xff\\xfe"},
		{"cut \xe6\x97", "cut \\xe6\\x97"}, {"\x7f", "\\x7f"}, {"", ""}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str out = STR_INIT;
		plain_safe(&out, slice_of(cases[i].text));
		assert_string_equal(out.at, cases[i].safe);
		str_release(&out);
	}
}

static void test_width(void **state UNUSED)
{
	assert_int_equal(plain_width(SLICE("abc")), 3);
	assert_int_equal(plain_width(SLICE("äöü")), 3);
	assert_int_equal(plain_width(SLICE("日本")), 4);
	assert_int_equal(plain_width(SLICE("e\xcc\x81")), 1);
	assert_int_equal(plain_width(SLICE("")), 0);
}

static void add_grid(struct str *out, int width, const struct slice *cells, size_t rows)
{
	static const struct grid_column columns[] = {
		{"NAME", false, 4}, {"N", true, 0}, {"TEXT", false, 6}};
	struct grid grid;

	grid_begin(&grid, columns, 3);
	for (size_t i = 0; i < rows; i++)
		grid_measure(&grid, cells + 3 * i);
	grid_fit(&grid, width);
	grid_title(&grid, &plain, out);
	for (size_t i = 0; i < rows; i++)
		grid_row(&grid, cells + 3 * i, out);
}

static void test_grid(void **state UNUSED)
{
	const struct slice cells[] = {SLICE("short"), SLICE("7"), SLICE("a text of some length"),
		SLICE("日本語日本語"), SLICE("12345"), SLICE_NULL};
	struct str out = STR_INIT;

	add_grid(&out, 0, cells, 2);
	assert_string_equal(out.at, "NAME              N  TEXT\n"
				    "short             7  a text of some length\n"
				    "日本語日本語  12345\n");
	str_clear(&out);
	add_grid(&out, 26, cells, 2);
	assert_string_equal(out.at, "NAME          N  TEXT\n"
				    "short         7  a text o…\n"
				    "日本語…   12345\n");
	/* never cut below what a column needs at least */
	str_clear(&out);
	add_grid(&out, 1, cells, 2);
	assert_string_equal(out.at, "NAME      N  TEXT\n"
				    "sho…      7  a tex…\n"
				    "日…   12345\n");
	str_release(&out);
}

static void test_colour(void **state UNUSED)
{
	const struct document_style colour = {true, 0};
	struct str out = STR_INIT;

	plain_highlight(&out, &plain, PLAIN_BAD, "x");
	assert_string_equal(out.at, "x");
	plain_highlight(&out, &colour, PLAIN_BAD, "x");
	assert_string_equal(out.at, "x\033[1;31mx\033[0m");
	str_release(&out);
}

/* --- errors -------------------------------------------------------------------------------------
 */

static void test_error(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	struct str out = STR_INIT;
	json_t *document;

	error_set(&err, ERROR_KEY_IN_USE, "the backup key \"%s\" is in use", "a");
	document_error_json(&out, &err, false);
	document = parse(&out);
	assert_members(document, "error");
	assert_members(at(document, "error"), "kind message hint");
	assert_text(document, "error.kind", "key-in-use");
	assert_text(document, "error.message", "the backup key \"a\" is in use");
	assert_text(document, "error.hint", NULL);
	json_decref(document);

	error_hint(&err, "Choose another.");
	error_detail(&err, "SELECT 1\nFROM x");
	document_error_json(&out, &err, true);
	document = parse(&out);
	assert_members(at(document, "error"), "kind message hint detail");
	assert_text(document, "error.hint", "Choose another.");
	json_decref(document);

	document_error_text(&out, "reqferry", &err, false);
	assert_string_equal(
		out.at, "reqferry: the backup key \"a\" is in use\nhint: Choose another.\n");
	str_clear(&out);
	document_error_text(&out, "reqferry", &err, true);
	assert_has(&out, "\ndetail: SELECT 1\n        FROM x\n");
	str_release(&out);
}

/* --- files --------------------------------------------------------------------------------------
 */

static void test_inspect(void **state UNUSED)
{
	struct backup_count tables[] = {{.name = SLICE("DBISSUELINK"), .rows = 5}};
	struct backup_count mappings[] = {{.name = SLICE("ISSUE"), .rows = 1}};
	struct inspect_result result = {.plugin_key = SLICE("com.playsql.requirementyogijira"),
		.plugin_version = SLICE("3.7-SNAPSHOT"),
		.oldest_version = SLICE("3.5.0"),
		.product_known = true,
		.product = PRODUCT_JIRA,
		.scope = SLICE("TIO"),
		.exported = SLICE("2024-01-04 20:59:55"),
		.complete = true,
		.counts = {.tables = tables,
			.mappings = mappings,
			.table_count = 1,
			.mapping_count = 1,
			.rows = 12,
			.bytes = 2524,
			.sha256 = "abcd"}};
	struct str out = STR_INIT;

	document_inspect_json(&out, &result);
	/* the example of the interface's description, with its own checksum */
	assert_string_equal(out.at,
		"{\"product\":\"jira\",\"pluginKey\":\"com.playsql.requirementyogijira\","
		"\"pluginVersion\":\"3.7-SNAPSHOT\",\"oldestCompatibleVersion\":\"3.5.0\","
		"\"scope\":\"TIO\",\"author\":null,\"exported\":\"2024-01-04 20:59:55\","
		"\"complete\":true,\"tables\":{\"DBISSUELINK\":5},\"mappings\":{\"ISSUE\":1},"
		"\"rows\":12,\"bytes\":2524,\"sha256\":\"abcd\"}");
	str_clear(&out);
	result.counts.sha256[0] = '\0';
	result.product_known = false;
	document_inspect_json(&out, &result);
	json_t *document = parse(&out);
	assert_members(document, "product pluginKey pluginVersion oldestCompatibleVersion scope "
				 "author exported complete tables mappings rows bytes");
	assert_text(document, "product", NULL);
	json_decref(document);

	result.complete = false;
	document_inspect_text(&out, &plain, "a.csv", &result);
	assert_has(&out, "Complete       no");
	assert_has(&out, "DBISSUELINK       5\n");
	str_release(&out);
}

static void test_validate(void **state UNUSED)
{
	struct validate_problem problems[] = {{7, 812, 5, "bad-value", "\"x\" is no whole number"},
		{0, 0, 0, "manifest", "differs"}};
	struct document_validation validation = {"a.csv", problems, 2, 3};
	struct str out = STR_INIT;

	document_validate_json(&out, &validation);
	json_t *document = parse(&out);
	assert_members(document, "ok problems count");
	assert_true(json_is_false(at(document, "ok")));
	assert_members(at(document, "problems.0"), "line offset field kind message");
	assert_int(document, "problems.0.line", 7);
	assert_int(document, "problems.0.offset", 812);
	assert_int(document, "problems.0.field", 5);
	assert_int(document, "count", 3);
	json_decref(document);

	document_validate_text(&out, &plain, &validation);
	assert_string_equal(out.at,
		"line 7, byte 812, field 5: bad-value: \"x\" is no whole number\n"
		"whole file: manifest: differs\n"
		"... and 1 more\n"
		"a.csv: 3 problems\n");
	str_clear(&out);
	validation = (struct document_validation){"a.csv", NULL, 0, 0};
	document_validate_json(&out, &validation);
	assert_string_equal(out.at, "{\"ok\":true,\"problems\":[],\"count\":0}");
	str_release(&out);
}

/* --- staging ------------------------------------------------------------------------------------
 */

static void test_staged(void **state UNUSED)
{
	struct arena arena = ARENA_INIT;
	const char *const notes[] = {"one", "two"};
	struct staged staged = {.key = SLICE("k"),
		.scope = SLICE("ABC"),
		.tables = tallies_of(&arena, "DBLINK", 3),
		.mappings = tallies_of(&arena, "PAGE", 2),
		.rows = 3,
		.vanished = 1};
	struct document_staged document = {"loaded", &staged, "a.csv", {notes, 2}};
	struct str out = STR_INIT;

	tally_add(&arena, &staged.tables, SLICE("DBAPPLINK"), 0);
	document_staged_json(&out, &document);
	json_t *json = parse(&out);
	assert_members(json, "key scope tables mappings rows vanished unknownColumns problems file "
			     "warnings");
	assert_members(at(json, "tables"), "DBLINK DBAPPLINK");
	assert_int(json, "tables.DBLINK", 3);
	assert_int(json, "mappings.PAGE", 2);
	assert_int(json, "rows", 3);
	assert_text(json, "warnings.1", "two");
	json_decref(json);

	staged.scope = SLICE_NULL;
	document_staged_json(&out, &document);
	json = parse(&out);
	assert_text(json, "scope", NULL);
	json_decref(json);
	document_staged_text(&out, &plain, &document);
	assert_has(&out, "Scope          everything\n");
	assert_has(&out, "DBLINK              3\n");
	str_release(&out);
	arena_release(&arena);
}

static void test_list(void **state UNUSED)
{
	struct listed listed = {.backup = {.key = SLICE("k"),
					.scope = SLICE("ABC"),
					.product = SLICE("jira"),
					.created = SLICE("2026-01-31T12:34:56.789Z")},
		.rows = 7,
		.mappings = {4, 2, 1, 1}};
	struct str out = STR_INIT;

	document_list_json(&out, &listed, 1);
	json_t *document = parse(&out);
	assert_members(
		at(document, "0"), "key scope product rows mappings created createdBy source");
	assert_members(at(document, "0.mappings"), "total mapped unmapped excluded");
	assert_int(document, "0.mappings.total", 4);
	assert_int(document, "0.mappings.mapped", 2);
	assert_text(document, "0.created", "2026-01-31T12:34:56.789Z");
	json_decref(document);
	document_list_json(&out, NULL, 0);
	assert_string_equal(out.at, "[]");
	str_clear(&out);
	document_list_text(&out, &plain, NULL, 0);
	assert_string_equal(out.at, "There is no backup here.\n");
	str_release(&out);
}

static void test_delete(void **state UNUSED)
{
	struct str out = STR_INIT;

	document_delete_json(&out, SLICE("k"), 12);
	assert_string_equal(out.at, "{\"key\":\"k\",\"rows\":12}");
	str_clear(&out);
	document_delete_text(&out, SLICE("k"), 1);
	assert_string_equal(out.at, "Deleted the backup \"k\" with 1 row.\n");
	str_release(&out);
}

/* --- mapping ------------------------------------------------------------------------------------
 */

static void test_map_auto(void **state UNUSED)
{
	struct mapping_auto_result result = {.open = 2};
	struct str out = STR_INIT;

	result.used[ENTITY_PAGE] = true;
	result.types[ENTITY_PAGE] = (struct mapping_auto_count){.total = 9,
		.certain = 1,
		.likely = 2,
		.possible = 3,
		.ambiguous = 4,
		.not_found = 5,
		.failed = 6,
		.manual = 7,
		.excluded = 8};
	document_map_auto_json(&out, &result);
	assert_string_equal(out.at,
		"{\"types\":{\"PAGE\":{\"total\":9,\"certain\":1,\"likely\":2,\"possible\":3,"
		"\"ambiguous\":4,\"notFound\":5,\"failed\":6,\"manual\":7,\"excluded\":8}},"
		"\"open\":2}");
	str_clear(&out);
	document_map_auto_text(&out, &plain, &result);
	assert_has(&out, "PAGE      9        1       2         3          4          5       6"
			 "        7         8\n");
	assert_has(&out, "2 mappings need a person");
	str_release(&out);
}

#define MAPPING_MEMBERS                                                                            \
	"type key dependencies spaceKey pageType pageId userKey applink pageVersion title url "    \
	"username extensionDocumentId issueKey status destination certainty rule outcome reason "  \
	"rev"

static struct mapping_row sample_row(void)
{
	struct mapping_row row = {.type = SLICE("PAGE"),
		.key = SLICE("123"),
		.status = SLICE("MAPPED_AUTO"),
		.destination = SLICE("456"),
		.certainty = SLICE("certain"),
		.reason = SLICE("same title in space DEF, one page"),
		.rev = 3};
	row.fields[FIELD_TITLE] = SLICE("A\033[2Jtitle");
	row.fields[FIELD_SPACE_KEY] = SLICE("ABC");
	return row;
}

static void test_mapping(void **state UNUSED)
{
	struct mapping_row row = sample_row();
	struct str out = STR_INIT;
	struct grid grid;

	document_mapping_json(&out, &row);
	json_t *document = parse(&out);
	assert_members(document, MAPPING_MEMBERS);
	assert_text(document, "title", "A\033[2Jtitle");
	assert_text(document, "spaceKey", "ABC");
	assert_text(document, "dependencies", NULL);
	assert_int(document, "rev", 3);
	json_decref(document);

	/* text from a database that is no UTF-8 still makes a document */
	row.key = SLICE("1\xff");
	row.status = SLICE_NULL;
	document_mapping_json(&out, &row);
	document = parse(&out);
	assert_text(document, "key", "1\xef\xbf\xbd");
	assert_text(document, "status", NULL);
	json_decref(document);

	row = sample_row();
	document_mappings_begin(&grid);
	document_mappings_measure(&grid, &row);
	document_mappings_title(&out, &plain, &grid);
	document_mappings_row(&out, &grid, &row);
	assert_has(&out,
		"\nPAGE  123  A\\x1b[2Jtitle  Mapped !  456          certain    same title "
		"in space DEF, one page\n");
	str_release(&out);
}

static void test_map_show(void **state UNUSED)
{
	struct mapping_candidate candidates[] = {
		{SLICE("9"), SLICE("close-title"), SLICE("B"), 90}};
	struct mapping_change history[] = {{.new_status = SLICE("MAPPED_AUTO"),
		.new_destination = SLICE("456"),
		.by = SLICE("ann"),
		.date = SLICE("2026-01-31"),
		.number = 3,
		.kind = SLICE("set"),
		.derived = true,
		.undone_by = 4}};
	struct mapping_drop excludes[] = {{SLICE("DBLINK"), 12}};
	struct mapping_detail detail = {.row = sample_row(),
		.candidates = candidates,
		.history = history,
		.excludes = excludes,
		.candidate_count = 1,
		.history_count = 1,
		.exclude_count = 1};
	struct str out = STR_INIT;

	document_map_show_json(&out, &detail);
	json_t *document = parse(&out);
	assert_members(document, MAPPING_MEMBERS " candidates history excludes");
	assert_members(at(document, "candidates.0"), "destination title rule score");
	assert_members(at(document, "history.0"),
		"number change derived undoes undoneBy date by rule oldStatus newStatus "
		"oldDestination newDestination");
	assert_int(document, "excludes.DBLINK", 12);
	json_decref(document);
	document_map_show_text(&out, &plain, &detail);
	assert_has(&out, "Title          A\\x1b[2Jtitle\n");
	assert_has(&out, "reset: set  Not mapped  Mapped ! to 456\n");
	str_clear(&out);

	document_map_set_json(&out, &detail, 4);
	document = parse(&out);
	assert_members(document, MAPPING_MEMBERS " reset");
	assert_int(document, "reset", 4);
	json_decref(document);
	document_map_set_text(&out, &detail, 0);
	assert_string_equal(out.at, "PAGE 123 is mapped to 456.\n");
	str_clear(&out);
	document_map_edit_json(&out, MAPPING_CLEAR, 5);
	assert_string_equal(out.at, "{\"cleared\":5}");
	str_release(&out);
}

static void test_map_history(void **state UNUSED)
{
	const struct mapping_batch set = {.number = 7,
		.kind = CHANGE_SET,
		.by = SLICE("ann"),
		.date = SLICE("2026-01-31"),
		.chosen = 1,
		.derived = 3,
		.undone_by = 8,
		.exact = true,
		.type = SLICE("PAGE"),
		.key = SLICE("1\x1b[2J"),
		.new_status = SLICE("MAPPED_MANUAL"),
		.new_destination = SLICE("456")};
	const struct mapping_batch undo = {.number = 8,
		.kind = CHANGE_UNDO,
		.by = SLICE("bob"),
		.date = SLICE("2026-01-31"),
		.chosen = 4,
		.undoes = 7,
		.exact = true};
	struct str out = STR_INIT;
	struct grid grid;

	document_change_json(&out, &set);
	json_t *document = parse(&out);
	assert_members(document,
		"number date by change text mappings derived undoes undoneBy undoable type key "
		"dependencies oldStatus newStatus oldDestination newDestination");
	assert_text(document, "change", "set");
	assert_true(json_is_null(at(document, "undoes")));
	assert_int(document, "undoneBy", 8);
	assert_true(json_is_false(at(document, "undoable")));
	json_decref(document);
	document_changes_begin(&grid);
	document_changes_measure(&grid, &set);
	document_changes_measure(&grid, &undo);
	document_changes_title(&out, &plain, &grid);
	document_changes_row(&out, &grid, &undo);
	document_changes_row(&out, &grid, &set);
	assert_string_equal(out.at,
		"CHANGE  WHEN        WHO  WHAT                                 UNDONE\n"
		"     8  2026-01-31  bob  undo 7: 4 mappings\n"
		"     7  2026-01-31  ann  set PAGE 1\\x1b[2J -> 456, 3 derived       8\n");
	str_release(&out);
}

static void test_map_undo(void **state UNUSED)
{
	struct mapping_undo_row rows[] = {{.type = SLICE("PAGE"),
						  .key = SLICE("1"),
						  .old_status = SLICE("EXCLUDED"),
						  .new_status = SLICE("MAPPED_AUTO"),
						  .new_destination = SLICE("456")},
		{.type = SLICE("VERSION"),
			.key = SLICE("2"),
			.old_status = SLICE("UNMAPPED"),
			.derived = true}};
	struct mapping_undo_result result = {.undone = {.number = 7,
						     .kind = CHANGE_AUTO,
						     .by = SLICE("ann"),
						     .date = SLICE("2026-01-31"),
						     .chosen = 12,
						     .exact = true},
		.number = 8,
		.restored = 11,
		.as_before = 1,
		.derived = 1,
		.rows = rows,
		.count = 2};
	struct str out = STR_INIT;

	document_map_undo_json(&out, &result);
	json_t *document = parse(&out);
	assert_members(document, "number dryRun undone restored asBefore derived mappings");
	assert_members(at(document, "mappings.1"),
		"type key dependencies oldStatus newStatus oldDestination newDestination derived");
	assert_true(json_is_false(at(document, "dryRun")));
	assert_int(document, "undone.number", 7);
	json_decref(document);
	document_map_undo_text(&out, &plain, &result);
	assert_string_equal(out.at,
		"Undone         change 7\nWhat           auto: 12 mappings\n"
		"Who            ann\nWhen           2026-01-31\n\n"
		"11 mappings return to what they were.\n"
		"1 mapping is so already and is left alone.\n"
		"1 automatic mapping returns to Not mapped, as what it follows changes: run "
		"\"reqferry map auto\" again.\n\n"
		"TYPE     KEY  FROM      TO\n"
		"PAGE     1    Excluded  Mapped ! to 456\n"
		"VERSION  2    Unmapped  Not mapped\n"
		"... and 10 more\n\n"
		"Running \"reqferry map auto\" again finds the same, unless something else "
		"changes.\n");
	str_clear(&out);
	result.number = 0;
	document_map_undo_text(&out, &plain, &result);
	assert_has(&out, "To undo        change 7\n");
	assert_has(&out, "Nothing was changed.\n");
	str_clear(&out);
	document_map_undo_preview(&out, &result);
	assert_has(&out, "Who            ann\nWhen           2026-01-31\n\n11 mappings return");
	str_release(&out);
}

/* --- plan, import, verify -----------------------------------------------------------------------
 */

static struct plan sample_plan(struct arena *arena)
{
	struct outside_lost *lost = arena_alloc(arena, sizeof(*lost));
	*lost = (struct outside_lost){.table = SLICE("DBDEPENDENCY"),
		.from = SLICE("OPS O-1"),
		.to = SLICE("ABC R-1"),
		.reason = SLICE("it is not there")};
	struct plan plan = {.key = SLICE("k"),
		.old_scope = SLICE("ABC"),
		.new_scope = SLICE("DEF"),
		.erase = tallies_of(arena, "DBLINK", 10),
		.insert = tallies_of(arena, "DBREQUIREMENT", 12),
		.merge = tallies_of(arena, "DBLINK", 0),
		.unresolved_total = 0,
		.outside_kept = 1,
		.outside_lost = 2,
		.outside_lost_list = lost,
		.outside_lost_count = 1,
		.outside_at_origin = 3};
	memset(plan.hash, 'a', 64);
	return plan;
}

#define PLAN_MEMBERS                                                                               \
	"key scope instance options backup erase insert merge exclude reject eraseScopes "         \
	"eraseScopeless scopes exclusions rejections mergeDifferences unresolved "                 \
	"unresolvedTotal outside outsideLost texts textColumns orphans otherCase needs notes "     \
	"warnings blockers hash parts marks"

static void test_plan(void **state UNUSED)
{
	struct arena arena = ARENA_INIT;
	struct plan plan = sample_plan(&arena);
	struct str out = STR_INIT;

	document_plan_json(&out, &plan);
	json_t *document = parse(&out);
	assert_members(document, PLAN_MEMBERS);
	assert_members(at(document, "scope"), "old new");
	assert_text(document, "scope.new", "DEF");
	assert_members(at(document, "outside"), "kept lost keptAtOrigin");
	assert_int(document, "outside.keptAtOrigin", 3);
	assert_int_equal(json_array_size(at(document, "outsideLost")), 1);
	json_t *lost = json_array_get(at(document, "outsideLost"), 0);
	assert_members(lost, "table from to detail reason");
	assert_string_equal(json_string_value(json_object_get(lost, "to")), "ABC R-1");
	assert_true(json_is_null(json_object_get(lost, "detail")));
	assert_int(document, "erase.DBLINK", 10);
	json_decref(document);
	document_plan_text(&out, &plain, &plan);
	assert_has(&out, "Scope          ABC -> DEF\n");
	assert_has(&out, "DBREQUIREMENT       0      12      0        0       0      0\n");
	assert_has(&out, "total               0      12      0        0       0     10\n");
	assert_has(&out, "  lost: DBDEPENDENCY from OPS O-1 to ABC R-1: it is not there\n");
	assert_has(&out, "... and 1 more");
	assert_has(&out, "Nothing forbids this import.\n");
	assert_has(&out, "--confirm DEF and\n  --plan aaaa");
	str_release(&out);
	arena_release(&arena);
}

/* A slice that can initialise what is static. */
#define CONSTANT(literal)                                                                          \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}

/* A plan with one of each that is told beside the counts. */
static struct plan detailed_plan(struct arena *arena)
{
	static struct plan_scope scope = {.key = CONSTANT("DEF"), .erased = 10};
	static struct plan_exclusion exclusion = {.type = CONSTANT("PAGE"),
		.key = CONSTANT("12"),
		.title = CONSTANT("A\x1b[2J"),
		.rows = 3};
	static struct plan_rejection rejection = {
		CONSTANT("DBLINK"), CONSTANT("7"), CONSTANT("is no number")};
	static struct merge_difference differences[] = {
		{CONSTANT("DBREMOTE"), CONSTANT("4"), CONSTANT("X R-1"), CONSTANT("TITLE"),
			CONSTANT("here"), {NULL, 0}},
		{CONSTANT("DBREMOTE"), CONSTANT("4"), CONSTANT("X R-1"), CONSTANT("URL"), {NULL, 0},
			CONSTANT("there")},
		{CONSTANT("DBREMOTE"), CONSTANT("5"), CONSTANT("X R-2"), CONSTANT("URL"),
			CONSTANT("a"), CONSTANT("b")}};
	static struct plan_note note = {"zones-differ", "times are of another zone", 1};
	static struct plan_part parts[] = {
		{.kind = CONSTANT("options")}, {CONSTANT("erase"), CONSTANT("DBLINK"), 10, 99, ""}};
	struct plan plan = sample_plan(arena);
	scope.erase = tallies_of(arena, "DBLINK", 10);
	exclusion.tables = tallies_of(arena, "DBLINK", 3);
	memset(parts[0].digest, '1', 64);
	memset(parts[1].digest, '2', 64);
	plan.scopes = &scope;
	plan.scope_count = 1;
	plan.place = "space";
	plan.exclusions = &exclusion;
	plan.exclusion_count = 1;
	plan.exclusion_total = 3;
	plan.exclusion_idle = 1;
	plan.reject = tallies_of(arena, "DBLINK", 2);
	plan.rejections = &rejection;
	plan.rejection_count = 1;
	plan.differences = differences;
	plan.difference_count = ARRAY_LEN(differences);
	plan.difference_total = 4;
	plan.difference_columns = tallies_of(arena, "DBREMOTE.URL", 3);
	plan.notes = &note;
	plan.note_count = 1;
	plan.needs =
		(struct plan_needs){.seconds = 90, .bytes = 12345678, .temporary = 999, .free = -1};
	plan.parts = parts;
	plan.part_count = ARRAY_LEN(parts);
	plan.options = SLICE("--erase brought");
	plan.marks = SLICE("12345678");
	return plan;
}

static void test_plan_details(void **state UNUSED)
{
	struct arena arena = ARENA_INIT;
	struct plan plan = detailed_plan(&arena);
	struct str out = STR_INIT;
	static const char *const lines[] = {
		"\nErased, by space\n  DEF: 10 rows (DBLINK 10), and receives none\n",
		"  PAGE 12 \"A\\x1b[2J\": 3 rows (DBLINK 3)\n  ... and 2 more mappings. ",
		"1 excluded mapping leaves no other row out.\n",
		"  DBLINK 7: is no number\n  ... and 1 more\n",
		"  DBREMOTE 4 (X R-1): TITLE \"here\", not empty; URL empty, not \"there\"\n"
		"  DBREMOTE 5 (X R-2): URL \"a\", not \"b\"\n  ... and 1 more\n",
		"  zones-differ: times are of another zone.\n",
		"  About 90 seconds on this machine. The database grows by up to 12 MB; up to 1.0 "
		"kB "
		"more while the import runs. How much is free there cannot be seen from here.\n"};

	document_plan_json(&out, &plan);
	json_t *document = parse(&out);
	assert_members(document, PLAN_MEMBERS);
	assert_members(at(document, "scopes.0"), "key erase rows receives");
	assert_members(at(document, "exclusions"), "total withoutRows mappings");
	assert_members(
		at(document, "exclusions.mappings.0"), "type key dependencies title rows tables");
	assert_members(at(document, "rejections"), "total rows");
	assert_members(at(document, "rejections.rows.0"), "table oldId problem");
	assert_members(at(document, "mergeDifferences"), "total columns rows");
	assert_members(
		at(document, "mergeDifferences.rows.0"), "table oldId identity column kept backup");
	assert_members(at(document, "needs"), "seconds bytes temporaryBytes freeBytes");
	assert_true(json_is_null(at(document, "needs.freeBytes")));
	assert_members(at(document, "notes.0"), "kind message count");
	assert_members(at(document, "parts.1"), "kind name rows digest");
	json_decref(document);
	document_plan_text(&out, &plain, &plan);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		assert_has(&out, lines[i]);
	str_release(&out);
	arena_release(&arena);
}

static void test_plan_is_read_again(void **state UNUSED)
{
	struct arena arena = ARENA_INIT;
	struct plan plan = detailed_plan(&arena);
	struct str json = STR_INIT;
	struct plan_kept kept;
	struct error err = ERROR_INIT;

	document_plan_json(&json, &plan);
	assert_true(document_plan_read(str_slice(&json), "p.json", &arena, &kept, &err));
	assert_true(slice_is(kept.hash, plan.hash) && slice_is(kept.key, "k"));
	assert_true(slice_is(kept.options, "--erase brought") && slice_is(kept.marks, "12345678"));
	assert_int_equal(kept.part_count, 2);
	assert_null(kept.parts[0].name.at);
	assert_true(
		slice_is(kept.parts[1].kind, "erase") && slice_is(kept.parts[1].name, "DBLINK"));
	assert_int_equal(kept.parts[1].rows, 10);
	assert_string_equal(kept.parts[1].digest, plan.parts[1].digest);
	/* cut anywhere it is none */
	for (size_t len = 0; len < json.len; len++)
		assert_false(document_plan_read(
			(struct slice){json.at, len}, "p.json", &arena, &kept, &err));
	assert_string_equal(err.message, "\"p.json\" holds no plan");
	str_release(&json);
	arena_release(&arena);
}

static void test_wrapping(void **state UNUSED)
{
	static const struct document_style narrow = {.width = 12};
	struct str out = STR_INIT;

	plain_wrap(&out, &narrow, "  ", 4, SLICE("one two three four"));
	assert_string_equal(out.at, "  one two\n    three\n    four\n");
	str_clear(&out);
	plain_wrap(&out, &narrow, "- ", 2, SLICE("longer-than-a-line \x1b[2J é é é é é"));
	assert_string_equal(out.at, "- longer-than-a-line\n  \\x1b[2J é\n  é é é é\n");
	str_clear(&out);
	plain_wrap(&out, &plain, "- ", 2, SLICE("one two three four five"));
	assert_string_equal(out.at, "- one two three four five\n");
	str_release(&out);
}

static void test_plan_blocked(void **state UNUSED)
{
	struct arena arena = ARENA_INIT;
	struct plan plan = sample_plan(&arena);
	struct blocker blocker = {"unmapped", "2 entities are not mapped", "Map them.", 2};
	struct unresolved unresolved = {.type = SLICE("PAGE"), .key = SLICE("123")};
	struct str out = STR_INIT;

	plan.blockers = &blocker;
	plan.blocker_count = 1;
	plan.unresolved = &unresolved;
	plan.unresolved_count = 1;
	plan.unresolved_total = 2;
	document_plan_json(&out, &plan);
	json_t *document = parse(&out);
	assert_members(at(document, "blockers.0"), "kind message hint count");
	assert_members(at(document, "unresolved.0"), "type key dependencies status title");
	assert_int(document, "unresolvedTotal", 2);
	json_decref(document);
	document_plan_text(&out, &plain, &plan);
	assert_has(&out, "This import is refused:\n  1. unmapped: 2 entities are not mapped\n"
			 "     Map them.\n");
	assert_has(&out, "... and 1 more\n");
	assert_null(strstr(out.at, "Nothing forbids"));
	str_release(&out);
	arena_release(&arena);
}

static void test_import(void **state UNUSED)
{
	struct arena arena = ARENA_INIT;
	const char *const texts[] = {"note"};
	const struct document_notes notes = {texts, 1};
	struct import_result result = {.plan = sample_plan(&arena),
		.erased = tallies_of(&arena, "DBLINK", 10),
		.inserted = tallies_of(&arena, "DBLINK", 12),
		.undo_key = SLICE("undo-k-1"),
		.verified = true,
		.seconds = 0.1};
	struct str out = STR_INIT;

	document_import_json(&out, &result, &notes);
	assert_has(&out, "\"seconds\":0.1,");
	json_t *document = parse(&out);
	assert_members(document,
		"key scope erased inserted merged excluded rejected mergeDifferences outside "
		"outsideLost undoKey verified seconds plan notes warnings");
	assert_text(document, "undoKey", "undo-k-1");
	assert_int(document, "inserted.DBLINK", 12);
	json_decref(document);
	document_import_text(&out, &plain, &result);
	assert_has(&out, "Safety copy    undo-k-1\n");
	assert_has(&out, "DBLINK             10        12       0         0         0\n");
	str_release(&out);
	arena_release(&arena);
}

static void test_verify(void **state UNUSED)
{
	struct verify_count counts[] = {{SLICE("DBLINK"), 3, 2, 1}};
	struct difference differences[] = {{.table = SLICE("DBLINK"),
		.old_id = SLICE("1"),
		.expected = SLICE("a\nb"),
		.kind = "missing"}};
	struct verify_result result = {.tables = counts,
		.table_count = 1,
		.differences = differences,
		.difference_count = 1,
		.difference_total = 1};
	struct str out = STR_INIT;

	document_verify_json(&out, &result);
	json_t *document = parse(&out);
	assert_members(document, "ok tables differences count");
	assert_members(at(document, "tables.DBLINK"), "expected found different");
	assert_members(
		at(document, "differences.0"), "table oldId newId column kind expected found");
	assert_text(document, "differences.0.expected", "a\nb");
	assert_text(document, "differences.0.column", NULL);
	json_decref(document);
	document_verify_text(&out, &plain, &result);
	assert_has(&out, "a\\x0ab");
	assert_has(&out, "\n1 difference.\n");
	str_release(&out);
}

static void test_checks(void **state UNUSED)
{
	struct check list[] = {{"product", CHECK_GOOD, "Jira 9", NULL},
		{"missing-table", CHECK_FAULT, "there is no table \"X\"", "Install it."}};
	struct checks checks = {list, 2, 2, 1};
	struct str out = STR_INIT;

	document_checks_json(&out, &checks);
	json_t *document = parse(&out);
	assert_members(document, "ok checks");
	assert_true(json_is_false(at(document, "ok")));
	assert_members(at(document, "checks.1"), "name state message hint");
	assert_text(document, "checks.1.state", "fault");
	assert_text(document, "checks.0.hint", NULL);
	json_decref(document);
	document_checks_text(&out, &plain, "sqlite:x", &checks);
	assert_string_equal(out.at, "good   product           Jira 9\n"
				    "fault  missing-table     there is no table \"X\"\n"
				    "                         Install it.\n"
				    "sqlite:x: 1 fault\n");
	str_release(&out);
}

static void test_catalogue(void **state UNUSED)
{
	struct str out = STR_INIT;
	struct error err = ERROR_INIT;
	struct catalogue *catalogue;

	assert_true(catalogue_load(NULL, PRODUCT_CONFLUENCE, &catalogue, &err));
	document_catalogue_text(&out, &plain, catalogue);
	assert_has(&out, "\nAO_32F7CE_DBLINK (insert)\n");
	assert_has(&out, "entity PAGE when TYPE is PAGE; entity ISSUE when TYPE is JIRA; entity "
			 "ATTACHMENT\n");
	catalogue_free(&catalogue);
	str_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_safe),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_grid),
		cmocka_unit_test(test_colour),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_inspect),
		cmocka_unit_test(test_validate),
		cmocka_unit_test(test_staged),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_delete),
		cmocka_unit_test(test_map_auto),
		cmocka_unit_test(test_mapping),
		cmocka_unit_test(test_map_show),
		cmocka_unit_test(test_map_history),
		cmocka_unit_test(test_map_undo),
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_plan_details),
		cmocka_unit_test(test_plan_is_read_again),
		cmocka_unit_test(test_wrapping),
		cmocka_unit_test(test_plan_blocked),
		cmocka_unit_test(test_import),
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_catalogue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
