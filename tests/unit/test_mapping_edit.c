/*
 * Tests of what surrounds the rules of the mapping: running again, history, work by hand, what is
 * derived from what, lists.
 */
#include "mapping_site.h"

/* --- running again, changes ------------------------------------------------------------------- */

static const char *state_of(struct site *site)
{
	return text_of(site,
		"SELECT group_concat(id || '|' || rev || '|' || COALESCE(status, '') || '|' || "
		"COALESCE(destinationvalue, '') || '|' || COALESCE(certainty, '') || '|' || "
		"COALESCE(rule, '') || '|' || COALESCE(outcome, '') || '|' || "
		"COALESCE(CAST(derivedfrom AS TEXT), '') || '|' || COALESCE(changeddate, ''), '; "
		"') || "
		"(SELECT '#' || group_concat(mapping || destinationvalue || rule || score, ';') "
		"FROM reqferry_candidate) || '#' || (SELECT count(*) FROM reqferry_change) "
		"FROM reqferry_mapping");
}

static void add_family(struct site *site)
{
	add_page_world(site);
	add_backup(site, "ABC", NULL);
	add(site, "SPACE", "ABC", "title=Alpha");
	add(site, "PAGE", "1", "spacekey=ABC;pagetype=PAGE;title=Start");
	add(site, "PAGE", "2", "spacekey=ABC;pagetype=PAGE;title=Twice");
	add(site, "PAGE", "3", "spacekey=ABC;pagetype=PAGE;title=Nowhere");
	add(site, "PAGE", "5", "spacekey=ABC;pagetype=PAGE;title=Brakes");
	add(site, "VERSION", "1", "pageid=1;pageversion=1");
	add(site, "VERSION", "2", "pageid=2;pageversion=1");
	add(site, "USER", "u", "username=nobody");
}

static void test_again_changes_nothing(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_family(site);
	map(site);
	const char *before = state_of(site);
	expect(site, "PAGE", "1", "500 certain: same title in the mapped space");
	assert_int_equal(number_of(site, "SELECT count(*) FROM reqferry_change"), 8);
	assert_int_equal(number_of(site, "SELECT count(DISTINCT batch) FROM reqferry_change"), 1);
	map(site);
	assert_string_equal(state_of(site), before);
	/* and nothing is left behind */
	assert_int_equal(number_of(site, "SELECT count(*) FROM temp.sqlite_master WHERE name LIKE "
					 "'reqferry%'"),
		0);
	/* when the facts change, only what they change is written */
	run(site, "DELETE FROM content WHERE contentid = 503");
	map(site);
	expect(site, "PAGE", "2", "502 certain: same title in the mapped space");
	expect(site, "VERSION", "2", "502 certain: version number of the mapped page");
	assert_int_equal(number_of(site, "SELECT count(*) FROM reqferry_change"), 10);
	assert_int_equal(
		number_of(site, "SELECT rev FROM reqferry_mapping WHERE type = 'SPACE'"), 1);
	assert_int_equal(number_of(site, "SELECT rev FROM reqferry_mapping WHERE key = '2' "
					 "AND type = 'PAGE'"),
		2);
	close_site(site);
}

static void test_manual_ones_stay(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_family(site);
	set(site, "PAGE", "1", "501");
	const struct mapping_filter filter = {.key = "3", .type = "PAGE"};
	assert_int_equal(edit(site, MAPPING_EXCLUDE, &filter), 1);
	struct mapping_auto_result result = map(site);
	expect(site, "PAGE", "1", "by hand 501");
	expect(site, "PAGE", "3", "excluded");
	/* and those that follow them follow them */
	expect(site, "VERSION", "1", "501 certain: version number of the mapped page");
	assert_int_equal(result.types[ENTITY_PAGE].manual, 1);
	assert_int_equal(result.types[ENTITY_PAGE].excluded, 1);
	assert_int_equal(result.types[ENTITY_PAGE].ambiguous, 1);
	assert_int_equal(result.types[ENTITY_PAGE].total, 4);
	/* what somebody wrote into the table is not ours to change */
	run(site, "UPDATE reqferry_mapping SET status = 'LATER' WHERE type = 'USER'");
	map(site);
	assert_string_equal(
		text_of(site, "SELECT status FROM reqferry_mapping WHERE type = 'USER'"), "LATER");
	expect_reason(site, "USER", "u", "the status \"LATER\" is not known");
	close_site(site);
}

static void test_history(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_family(site);
	map(site);
	assert_int_equal(set(site, "PAGE", "1", "501"), 1);
	expect(site, "VERSION", "1", "not mapped");
	assert_string_equal(
		text_of(site,
			"SELECT group_concat(batch || ' ' || mapping || ' ' || rev || ' ' || "
			"COALESCE(oldstatus, '-') || ' ' || COALESCE(newstatus, '-') || ' ' || "
			"COALESCE(olddestination, '-') || ' ' || COALESCE(newdestination, '-') || "
			"' ' "
			"|| COALESCE(oldcertainty, '-') || ' ' || changedby, ', ') "
			"FROM reqferry_change WHERE batch = 2"),
		"2 2 2 MAPPED_AUTO MAPPED_MANUAL 500 501 certain anna, "
		"2 6 2 MAPPED_AUTO - 500 - certain anna");
	/* setting what is set already is no change */
	assert_int_equal(set(site, "PAGE", "1", "501"), 0);
	assert_int_equal(number_of(site, "SELECT max(batch) FROM reqferry_change"), 2);
	assert_int_equal(number_of(site, "SELECT count(*) FROM reqferry_change"),
		number_of(site, "SELECT count(DISTINCT id) FROM reqferry_change"));
	close_site(site);
}

/* --- by hand ---------------------------------------------------------------------------------- */

static bool try_set(struct site *site, const char *type, const char *key, const char *dependencies,
	const char *destination, bool force, struct error *err)
{
	return mapping_set(&site->host, SLICE("b"), type, key, dependencies, destination, force,
		task(), NULL, err);
}

static void test_set_refusals(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_family(site);
	add_user(site, "k1", "twin", NULL, NULL, false);
	run(site, "INSERT INTO user_mapping VALUES ('k2', 'TWIN', 'twin2')");
	run(site, "UPDATE user_mapping SET username = 'twin' WHERE user_key = 'k2'");
	add(site, "PROJECT", "TIO", "");
	MUST_FAIL(try_set(site, "PAGES", "1", NULL, "500", false, err), ERROR_USAGE, "\"PAGES\"");
	MUST_FAIL(try_set(site, "PAGE", "99", NULL, "500", false, err), ERROR_NOT_FOUND, "\"99\"");
	MUST_FAIL(try_set(site, "PAGE", "1", NULL, "Start", false, err), ERROR_INPUT, "no page id");
	MUST_FAIL(try_set(site, "PAGE", "1", NULL, "-5", false, err), ERROR_INPUT, "no page id");
	MUST_FAIL(try_set(site, "PAGE", "1", NULL, "999", false, err), ERROR_NOT_FOUND,
		"there is no page \"999\"");
	MUST_FAIL(try_set(site, "PAGE", "1", NULL, "508", false, err), ERROR_NOT_FOUND,
		"page \"508\" is deleted here");
	MUST_FAIL(try_set(site, "PAGE", "1", NULL, "507", false, err), ERROR_NOT_FOUND, "a draft");
	MUST_FAIL(try_set(site, "PAGE", "1", NULL, "511", false, err), ERROR_NOT_FOUND,
		"old version");
	MUST_FAIL(try_set(site, "PAGE", "1", NULL, "", false, err), ERROR_INPUT, "only a USER");
	MUST_FAIL(try_set(site, "SPACE", "ABC", NULL, "", true, err), ERROR_INPUT, "only a USER");
	MUST_FAIL(
		try_set(site, "SPACE", "ABC", NULL, "XYZ", false, err), ERROR_NOT_FOUND, "\"XYZ\"");
	MUST_FAIL(try_set(site, "USER", "u", NULL, "twin", false, err), ERROR_REFUSED,
		"2 users are called \"twin\"");
	MUST_FAIL(try_set(site, "PROJECT", "TIO", NULL, "no key", false, err), ERROR_INPUT,
		"no project key");
	/* nothing of all this has changed anything */
	assert_int_equal(number_of(site, "SELECT count(*) FROM reqferry_change"), 0);
	assert_int_equal(number_of(site, "SELECT sum(rev) FROM reqferry_mapping"), 0);
	MUST(try_set(site, "PAGE", "1", NULL, "999", true, err));
	expect(site, "PAGE", "1", "by hand 999");
	close_site(site);
}

static void test_set_what_people_write(UNUSED void **state)
{
	struct site *site = new_confluence(), *jira = new_jira();

	add_family(site);
	add_user(site, "k1", "Anna", NULL, NULL, false);
	add_link(site, "aaaa", "Jira", "https://jira.example");
	add(site, "APPLINK", "x", "");
	add(site, "PROJECT", "TIO", "");
	add(site, "ISSUE", "TIO-1", "");
	set(site, "USER", "u", "k1");
	expect(site, "USER", "u", "by hand k1");
	set(site, "USER", "u", "");
	expect(site, "USER", "u", "by hand");
	expect_reason(site, "USER", "u", "mapped to nothing by hand by anna");
	set(site, "USER", "u", "ANNA");
	expect(site, "USER", "u", "by hand k1");
	expect_reason(site, "USER", "u", "set by hand by anna");
	set(site, "SPACE", "ABC", "def");
	expect(site, "SPACE", "ABC", "by hand DEF");
	set(site, "APPLINK", "x", "aaaa");
	set(site, "VERSION", "1", "511");
	/* what lives in the Jira cannot be seen here */
	str_clear(&warnings);
	set(site, "PROJECT", "TIO", "NEW");
	set(site, "ISSUE", "TIO-1", "NEW-7");
	assert_non_null(strstr(warnings.at, "\"NEW-7\" cannot be seen in this database"));
	MUST_FAIL(try_set(site, "ISSUE", "TIO-1", NULL, "100", false, err), ERROR_INPUT,
		"no issue key");

	add_project(jira, 1, "NEW", "New", "TIO");
	add_issue(jira, 100, 1, 7, "Seven");
	add_issue(jira, 101, 1, 8, "Eight");
	add_moved(jira, 101, "GONE-1");
	add_backup(jira, "TIO", NULL);
	add(jira, "ISSUE", "1", "");
	set(jira, "ISSUE", "1", "100");
	expect(jira, "ISSUE", "1", "by hand 100");
	set(jira, "ISSUE", "1", "NEW-8");
	expect(jira, "ISSUE", "1", "by hand 101");
	set(jira, "ISSUE", "1", "TIO-7");
	expect(jira, "ISSUE", "1", "by hand 100");
	set(jira, "ISSUE", "1", "GONE-1");
	expect(jira, "ISSUE", "1", "by hand 101");
	MUST_FAIL(try_set(jira, "ISSUE", "1", NULL, "NEW-9", false, err), ERROR_NOT_FOUND, "NEW-9");
	MUST_FAIL(try_set(jira, "ISSUE", "1", NULL, "7777", false, err), ERROR_NOT_FOUND, "7777");
	close_site(site);
	close_site(jira);
}

static void test_set_needs_dependencies(UNUSED void **state)
{
	struct site *site = new_jira();

	add_backup(site, "TIO", NULL);
	add(site, "SPACE", "SF", "dependencies=aaaa");
	add(site, "SPACE", "SF", "dependencies=bbbb");
	MUST_FAIL(try_set(site, "SPACE", "SF", NULL, "SG", false, err), ERROR_REFUSED,
		"their dependencies are \"aaaa\", \"bbbb\"");
	MUST_FAIL(try_set(site, "SPACE", "SF", "cccc", "SG", false, err), ERROR_NOT_FOUND, "cccc");
	MUST(try_set(site, "SPACE", "SF", " bbbb ", "SG", false, err));
	assert_string_equal(text_of(site, "SELECT destinationvalue FROM reqferry_mapping WHERE "
					  "dependencies = 'bbbb'"),
		"SG");
	assert_string_equal(text_of(site, "SELECT destinationvalue FROM reqferry_mapping WHERE "
					  "dependencies = 'aaaa'"),
		"(null)");
	/* a filter tells them apart too */
	const struct mapping_filter filter = {.key = "SF", .dependencies = "aaaa "};
	assert_int_equal(edit(site, MAPPING_EXCLUDE, &filter), 1);
	assert_string_equal(
		text_of(site, "SELECT status FROM reqferry_mapping WHERE dependencies = 'aaaa'"),
		"EXCLUDED");
	assert_string_equal(
		text_of(site, "SELECT status FROM reqferry_mapping WHERE dependencies = 'bbbb'"),
		"MAPPED_MANUAL");
	close_site(site);
}

static void test_set_resets_what_follows(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_family(site);
	map(site);
	set(site, "PAGE", "3", "513");
	str_clear(&warnings);
	/* PAGE 1, 2 and 5, VERSION 1 and 2; PAGE 3 was set by hand */
	assert_int_equal(set(site, "SPACE", "ABC", "DEF"), 5);
	expect(site, "PAGE", "1", "not mapped");
	expect(site, "PAGE", "2", "not mapped");
	expect(site, "PAGE", "3", "by hand 513");
	expect(site, "VERSION", "1", "not mapped");
	expect(site, "VERSION", "2", "not mapped");
	assert_non_null(
		strstr(warnings.at, "1 mapping set by hand that follows from it stays as it is: "
				    "PAGE \"3\""));
	assert_int_equal(number_of(site, "SELECT count(*) FROM reqferry_candidate"), 0);
	assert_int_equal(
		number_of(site, "SELECT count(*) FROM reqferry_change WHERE batch = 3"), 6);
	close_site(site);
}

static void test_confirm_clear_exclude(UNUSED void **state)
{
	struct site *site = new_confluence();
	const struct mapping_filter all = {.limit = 0}, pages = {.type = "PAGE"},
				    scope = {.type = "SPACE"}, certain = {.certainty = "certain"},
				    found = {.find = "START"},
				    rule = {.rule = "same title in the mapped space"},
				    open = {.status = "not-mapped"},
				    first = {.type = "PAGE", .limit = 1},
				    bad = {.certainty = "sure"};
	int64_t count;

	add_family(site);
	map(site);
	MUST(mapping_edit(site->db, SLICE("b"), MAPPING_CONFIRM, &all, true, task(), &count, err));
	assert_int_equal(count, 4); /* SPACE, PAGE 1 and 5, VERSION 1 */
	expect(site, "PAGE", "1", "500 certain: same title in the mapped space");
	assert_int_equal(edit(site, MAPPING_CONFIRM, &rule), 2);
	expect(site, "PAGE", "1", "by hand, confirmed 500");
	expect(site, "VERSION", "1", "500 certain: version number of the mapped page");
	assert_int_equal(edit(site, MAPPING_CONFIRM, &certain), 2);
	assert_int_equal(edit(site, MAPPING_CONFIRM, &all), 0);

	/* the scope's own space is left out, or refused when it is all that is meant */
	MUST_FAIL(mapping_edit(site->db, SLICE("b"), MAPPING_EXCLUDE, &scope, false, task(), &count,
			  err),
		ERROR_REFUSED, "SPACE \"ABC\" is what the backup covers");
	str_clear(&warnings);
	assert_int_equal(edit(site, MAPPING_EXCLUDE, &first), 1);
	assert_int_equal(edit(site, MAPPING_EXCLUDE, &found), 0);
	assert_null(strstr(warnings.at, "not excluded"));
	assert_int_equal(edit(site, MAPPING_EXCLUDE, &all), 6);
	assert_non_null(strstr(warnings.at, "it is not excluded"));
	expect(site, "SPACE", "ABC", "by hand, confirmed ABC");
	expect(site, "PAGE", "2", "excluded");
	expect_reason(site, "PAGE", "2", "excluded by anna");

	assert_int_equal(edit(site, MAPPING_CLEAR, &pages), 4);
	expect(site, "PAGE", "2", "not mapped");
	assert_int_equal(edit(site, MAPPING_CLEAR, &all), 4);
	assert_int_equal(edit(site, MAPPING_CLEAR, &all), 0);
	MUST(mapping_edit(site->db, SLICE("b"), MAPPING_EXCLUDE, &open, true, task(), &count, err));
	assert_int_equal(count, 7);
	MUST_FAIL(
		mapping_edit(site->db, SLICE("b"), MAPPING_CLEAR, &bad, false, task(), &count, err),
		ERROR_USAGE, "certain, likely, possible");
	close_site(site);
}

/* Excluding a space takes back what was found for its pages. */
static void test_exclude_resets_what_follows(UNUSED void **state)
{
	struct site *site = new_confluence();
	const struct mapping_filter def = {.type = "SPACE", .key = "DEF"};

	add_family(site);
	add(site, "SPACE", "DEF", "title=Delta");
	add(site, "PAGE", "4", "spacekey=DEF;pagetype=PAGE;title=Away");
	map(site);
	expect(site, "PAGE", "4", "504 certain: same title in the mapped space");
	assert_int_equal(edit(site, MAPPING_EXCLUDE, &def), 1);
	expect(site, "PAGE", "4", "not mapped");
	expect(site, "PAGE", "1", "500 certain: same title in the mapped space");
	map(site);
	expect(site, "PAGE", "4", "not-found");
	expect_reason(site, "PAGE", "4", "its space \"DEF\" is excluded");
	close_site(site);
}

/* --- looking ---------------------------------------------------------------------------------- */

static bool on_row(void *context, const struct mapping_row *row, UNUSED struct error *err)
{
	str_addf(context, "%.*s%.*s ", SLICE_PRINT(row->type), SLICE_PRINT(row->key));
	return true;
}

static const char *listed(struct site *site, struct mapping_filter filter)
{
	CLEANUP(str_release) struct str out = STR_INIT;

	MUST(mapping_list(site->db, SLICE("b"), &filter, on_row, &out, err));
	return arena_strdup(&arena, str_slice(&out));
}

#define LISTED(...) listed(site, (struct mapping_filter){__VA_ARGS__})

static bool stop_at_second(void *context, UNUSED const struct mapping_row *row, struct error *err)
{
	if (++*(int *)context < 2)
		return true;
	return FAIL(err, IO, "enough");
}

static void test_list(UNUSED void **state)
{
	struct site *site = new_confluence();
	const struct mapping_filter all = {.limit = 0}, bad_type = {.type = "page"},
				    bad_status = {.status = "MAPPED"};
	int rows = 0;

	add_family(site);
	add(site, "PAGE", "7", "title=100%_sure!;spacekey=DEF");
	map(site);
	assert_string_equal(LISTED(.limit = 0),
		"SPACEABC PAGE1 PAGE2 PAGE3 PAGE5 VERSION1 VERSION2 USERu PAGE7 ");
	assert_string_equal(LISTED(.type = "PAGE"), "PAGE1 PAGE2 PAGE3 PAGE5 PAGE7 ");
	assert_string_equal(LISTED(.type = "PAGE", .limit = 2), "PAGE1 PAGE2 ");
	assert_string_equal(LISTED(.type = "PAGE", .after = 3, .limit = 2), "PAGE3 PAGE5 ");
	assert_string_equal(LISTED(.status = "UNMAPPED"), "PAGE2 PAGE3 VERSION2 USERu PAGE7 ");
	assert_string_equal(LISTED(.status = "not-mapped"), "");
	assert_string_equal(LISTED(.certainty = "certain"), "SPACEABC PAGE1 PAGE5 VERSION1 ");
	assert_string_equal(LISTED(.space = "ABC"), "SPACEABC PAGE1 PAGE2 PAGE3 PAGE5 ");
	assert_string_equal(LISTED(.find = "twic"), "PAGE2 ");
	assert_string_equal(LISTED(.find = "0%_S"), "PAGE7 ");
	assert_string_equal(LISTED(.find = "%"), "PAGE7 ");
	assert_string_equal(LISTED(.find = "e!"), "PAGE7 ");
	assert_string_equal(LISTED(.key = "1"), "PAGE1 VERSION1 ");
	MUST_FAIL(mapping_list(site->db, SLICE("b"), &bad_type, on_row, NULL, err), ERROR_USAGE,
		"\"page\"");
	MUST_FAIL(mapping_list(site->db, SLICE("b"), &bad_status, on_row, NULL, err), ERROR_USAGE,
		"MAPPED_AUTO");
	MUST_FAIL(mapping_list(site->db, SLICE("b"), &all, stop_at_second, &rows, err), ERROR_IO,
		"enough");
	assert_int_equal(rows, 2);
	close_site(site);
}

/* An item: its table, old id and fields from f4 on as "f5, f7" = 'ABC', ... */
static void add_item(
	struct site *site, const char *table, int id, const char *columns, const char *values)
{
	static int place;

	run(site,
		"INSERT INTO reqferry_item (id, backupkey, tablename, oldid, width, %s) "
		"VALUES (%d, 'b', '%s', '%d', 20, %s)",
		columns, ++place, table, id, values);
}

static const char *shown_drops(struct site *site, const struct catalogue *catalogue,
	const char *type, const char *key, const char *dependencies)
{
	CLEANUP(str_release) struct str out = STR_INIT;
	struct mapping_detail detail;

	MUST(mapping_show(site->db, catalogue, SLICE("b"), type, key, dependencies, &detail, err));
	for (size_t i = 0; i < detail.exclude_count; i++)
		str_addf(&out, "%.*s %lld ", SLICE_PRINT(detail.excludes[i].table),
			(long long)detail.excludes[i].rows);
	mapping_detail_release(&detail);
	return arena_strdup(&arena, str_slice(&out));
}

static void test_show_what_excluding_drops(UNUSED void **state)
{
	struct site *site = new_confluence();
	CLEANUP(catalogue_free) struct catalogue *catalogue = NULL;

	MUST(catalogue_load(NULL, PRODUCT_CONFLUENCE, &catalogue, err));
	add_backup(site, "ABC", NULL);
	add(site, "SPACE", "ABC", "");
	add(site, "SPACE", "DEF", "");
	add(site, "USER", "u", "");
	add(site, "PAGE", "1", "");
	add(site, "ISSUE", "TIO-1", "dependencies=aaaa");
	add(site, "ISSUE", "TIO-1", "dependencies=bbbb");
	add(site, "APPLINK", "aaaa", "");
	/* SPACEKEY f5, NEWSPACEKEY f12, CREATEDUSER f14 */
	add_item(site, "DBREQUIREMENT", 1, "f5, f12, f14", "'ABC', NULL, 'u'");
	add_item(site, "DBREQUIREMENT", 2, "f5, f12, f14", "'DEF', NULL, NULL");
	add_item(site, "DBREQUIREMENT", 3, "f5, f12, f14", "'DEF', 'ABC', NULL");
	/* REQUIREMENT_ID f5 */
	add_item(site, "DBPROPERTY", 11, "f5", "'1'");
	add_item(site, "DBPROPERTY", 12, "f5", "'1'");
	add_item(site, "DBPROPERTY", 13, "f5", "'2'");
	/* PARENT_ID f6, CHILD_ID f7 */
	add_item(site, "DBDEPENDENCY", 21, "f6, f7", "'2', '1'");
	add_item(site, "DBDEPENDENCY", 22, "f6, f7", "'2', '3'");
	/* PARENT_ID f5, TYPE f7, APP f8, DOCUMENTID f9 */
	add_item(site, "DBLINK", 31, "f5, f7, f8, f9", "'1', 'PAGE', 'page', '1'");
	add_item(site, "DBLINK", 32, "f5, f7, f8, f9", "'2', 'PAGE', 'page', '1'");
	add_item(site, "DBLINK", 33, "f5, f7, f8, f9", "'2', 'JIRA', 'aaaa', 'TIO-1'");
	add_item(site, "DBLINK", 34, "f5, f7, f8, f9", "'2', 'JIRA', 'bbbb', 'TIO-1'");
	add_item(site, "DBLINK", 35, "f5, f7, f8, f9", "'2', 'EXCEL', 'page', '1'");
	/* NEWSPACEKEY keeps its row */
	assert_string_equal(shown_drops(site, catalogue, "SPACE", "ABC", NULL),
		"DBREQUIREMENT 1 DBPROPERTY 2 DBDEPENDENCY 1 DBLINK 1 ");
	assert_string_equal(shown_drops(site, catalogue, "SPACE", "DEF", NULL),
		"DBREQUIREMENT 2 DBPROPERTY 1 DBDEPENDENCY 2 DBLINK 4 ");
	assert_string_equal(shown_drops(site, catalogue, "USER", "u", NULL),
		"DBREQUIREMENT 1 DBPROPERTY 2 DBDEPENDENCY 1 DBLINK 1 ");
	assert_string_equal(shown_drops(site, catalogue, "PAGE", "1", NULL), "DBLINK 2 ");
	assert_string_equal(shown_drops(site, catalogue, "ISSUE", "TIO-1", "bbbb"), "DBLINK 1 ");
	assert_string_equal(shown_drops(site, catalogue, "APPLINK", "aaaa", NULL), "DBLINK 1 ");
	close_site(site);
}

static void test_show(UNUSED void **state)
{
	struct site *site = new_confluence();
	CLEANUP(catalogue_free) struct catalogue *catalogue = NULL;
	struct mapping_detail detail;

	MUST(catalogue_load(NULL, PRODUCT_CONFLUENCE, &catalogue, err));
	add_family(site);
	map(site);
	set(site, "PAGE", "2", "503");
	const struct mapping_filter filter = {.type = "PAGE", .key = "2"};
	edit(site, MAPPING_CLEAR, &filter);
	map(site);
	MUST(mapping_show(site->db, catalogue, SLICE("b"), "PAGE", "2", NULL, &detail, err));
	assert_true(slice_is(detail.row.fields[FIELD_TITLE], "Twice"));
	assert_true(slice_is(detail.row.outcome, "ambiguous"));
	assert_int_equal(detail.row.rev, 4);
	assert_int_equal(detail.candidate_count, 2);
	assert_true(slice_is(detail.candidates[0].destination, "502"));
	assert_true(slice_is(detail.candidates[1].destination, "503"));
	assert_true(slice_is(detail.candidates[1].title, "Twice"));
	assert_true(slice_is(detail.candidates[1].rule, "same title in the mapped space"));
	assert_int_equal(detail.candidates[1].score, 900);
	assert_int_equal(detail.history_count, 4);
	assert_true(slice_is(detail.history[1].new_status, "MAPPED_MANUAL"));
	assert_true(slice_is(detail.history[1].new_destination, "503"));
	assert_true(slice_is(detail.history[1].by, "anna"));
	assert_null(detail.history[2].new_status.at);
	assert_int_equal(detail.exclude_count, 0);
	mapping_detail_release(&detail);
	MUST_FAIL(mapping_show(site->db, catalogue, SLICE("b"), "PAGE", "99", NULL, &detail, err),
		ERROR_NOT_FOUND, "\"99\"");
	close_site(site);
}

/* --- what must not be ------------------------------------------------------------------------- */

static void test_wrong_products(UNUSED void **state)
{
	struct site *site = new_confluence(), *other = new_confluence();
	struct mapping_auto_result result;

	add_backup(site, "ABC", NULL);
	MUST_FAIL(mapping_auto(&site->host, &other->host, &site->backup, task(), &result, err),
		ERROR_WRONG_PRODUCT, "Confluence too");
	site->backup.product = SLICE("jira");
	MUST_FAIL(mapping_auto(&site->host, NULL, &site->backup, task(), &result, err),
		ERROR_WRONG_PRODUCT, "another product");
	close_site(site);
	close_site(other);
}

/* A failure on the way, here of the other side, leaves everything as it was. */
static void test_failure_changes_nothing(UNUSED void **state)
{
	struct site *site = new_confluence(), *other = new_jira();
	struct mapping_auto_result result;

	add_family(site);
	add_link(site, "aaaa", "Jira", "https://jira.example");
	add(site, "APPLINK", "aaaa", "");
	add(site, "PROJECT", "TIO", "dependencies=aaaa");
	run(other, "DROP TABLE jiraissue");
	add_project(other, 1, "TIO", "Tio", NULL);
	MUST_FAIL(mapping_auto(&site->host, &other->host, &site->backup, task(), &result, err),
		ERROR_NO_TABLES, "Jira on the other side");
	assert_int_equal(number_of(site, "SELECT count(*) FROM reqferry_change"), 0);
	assert_false(db_in_transaction(site->db));
	expect(site, "SPACE", "ABC", "not mapped");
	map(site);
	expect(site, "SPACE", "ABC", "ABC certain: same key and same name");
	close_site(site);
	close_site(other);
}

/* Types that a product does not know are said to be so, not to be missing. */
static void test_unknown_to_the_product(UNUSED void **state)
{
	struct site *site = new_jira();

	add_backup(site, "TIO", NULL);
	add(site, "PAGE", "1", "title=Start");
	map(site);
	expect(site, "PAGE", "1", "failed");
	close_site(site);
}

/* --- all ------------------------------------------------------------------------------------- */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_again_changes_nothing),
		TEST(test_manual_ones_stay),
		TEST(test_history),
		TEST(test_set_refusals),
		TEST(test_set_what_people_write),
		TEST(test_set_needs_dependencies),
		TEST(test_set_resets_what_follows),
		TEST(test_confirm_clear_exclude),
		TEST(test_exclude_resets_what_follows),
		TEST(test_list),
		TEST(test_show_what_excluding_drops),
		TEST(test_show),
		TEST(test_wrong_products),
		TEST(test_failure_changes_nothing),
		TEST(test_unknown_to_the_product),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
