/*
 * Tests of the history of mappings and of undo: every column and every candidate as before, whoever
 * did what in between.
 */
#include "mapping/history.h"

#include "mapping_site.h"

/* --- helpers ---------------------------------------------------------------------------------- */

/* Every mapping and candidate: all that an undo restores. */
static const char *state_of(struct site *site)
{
	return text_of(site,
		"SELECT (SELECT group_concat(id || '|' || COALESCE(status, '-') || '|' || "
		"COALESCE(destinationvalue, '-') || '|' || COALESCE(certainty, '-') || '|' || "
		"COALESCE(rule, '-') || '|' || COALESCE(outcome, '-') || '|' || "
		"COALESCE(CAST(derivedfrom AS TEXT), '-') || '|' || COALESCE(changedby, '-'), "
		"char(10)) "
		"FROM (SELECT * FROM reqferry_mapping ORDER BY id)) || char(10) || "
		"COALESCE((SELECT group_concat(mapping || destinationvalue || rule || score || "
		"COALESCE(title, '-'), ';') FROM (SELECT * FROM reqferry_candidate ORDER BY "
		"mapping, "
		"destinationvalue)), '')");
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

static bool try_undo(struct site *site, int64_t number, bool dry_run,
	struct mapping_undo_result *result, struct error *err)
{
	return mapping_undo(site->db, SLICE("b"), number, dry_run, task(), &arena, result, err);
}

/* Undoes as `who` and returns what the result says, as "restored asBefore derived". */
static const char *undo_as(struct site *site, const char *who, int64_t number)
{
	struct mapping_undo_result result;

	actor = who;
	MUST(try_undo(site, number, false, &result, err));
	actor = "anna";
	assert_int_equal(result.number,
		number_of(site, "SELECT max(batch) FROM reqferry_batch WHERE kind = 'undo'"));
	return arena_printf(&arena, "%lld %lld %lld", (long long)result.restored,
		(long long)result.as_before, (long long)result.derived);
}

static void refuse(
	struct site *site, const char *who, int64_t number, enum error_kind kind, const char *words)
{
	const char *before = state_of(site);
	int64_t changes = number_of(site, "SELECT count(*) FROM reqferry_change");
	struct mapping_undo_result result;

	actor = who;
	MUST_FAIL(try_undo(site, number, true, &result, err), kind, words);
	MUST_FAIL(try_undo(site, number, false, &result, err), kind, words);
	actor = "anna";
	assert_false(db_in_transaction(site->db));
	assert_string_equal(state_of(site), before);
	assert_int_equal(number_of(site, "SELECT count(*) FROM reqferry_change"), changes);
}

static bool on_batch(void *context, const struct mapping_batch *batch, UNUSED struct error *err)
{
	struct str *out = context;

	str_addf(out, "%lld %.*s ", (long long)batch->number, SLICE_PRINT(batch->by));
	mapping_batch_text(batch, out);
	if (batch->undone_by)
		str_addf(out, " (%lld)", (long long)batch->undone_by);
	str_add_char(out, '\n');
	return true;
}

static const char *history(struct site *site, struct mapping_history_filter filter, int64_t *total)
{
	CLEANUP(str_release) struct str out = STR_INIT;

	MUST(mapping_history(site->db, SLICE("b"), &filter, on_batch, &out, total, err));
	return arena_strdup(&arena, str_slice(&out));
}

#define HISTORY(...) history(site, (struct mapping_history_filter){__VA_ARGS__}, &total)

/* --- back, step by step ----------------------------------------------------------------------- */

static void test_step_by_step(UNUSED void **state)
{
	static const struct mapping_filter pages = {.type = "PAGE"}, twice = {.find = "Twice"},
					   all = {.limit = 0};
	struct site *site = new_confluence();
	const char *states[8];
	int64_t total;
	int n = 0;

	add_family(site);
	states[n++] = state_of(site);
	map(site);
	states[n++] = state_of(site);
	edit(site, MAPPING_CONFIRM, &pages);
	states[n++] = state_of(site);
	set(site, "SPACE", "ABC", "DEF");
	states[n++] = state_of(site);
	map(site);
	states[n++] = state_of(site);
	edit(site, MAPPING_EXCLUDE, &twice);
	states[n++] = state_of(site);
	edit(site, MAPPING_CLEAR, &all);
	states[n++] = state_of(site);
	set(site, "USER", "u", "");
	assert_string_equal(
		HISTORY(.limit = 2), "7 anna set USER u -> nothing\n6 anna clear: 7 mappings\n");
	assert_int_equal(total, 7);
	while (n > 0) {
		undo_as(site, "anna", 0);
		assert_string_equal(state_of(site), states[--n]);
	}
	refuse(site, "anna", 0, ERROR_NOT_FOUND, "no change by anna");
	/* and nothing is left behind */
	assert_int_equal(number_of(site, "SELECT count(*) FROM temp.sqlite_master WHERE name LIKE "
					 "'reqferry%'"),
		0);
	/* the same again */
	map(site);
	assert_string_equal(state_of(site), states[1]);
	close_site(site);
}

/* Two answers become others: no column of the mapping changes, its candidates do. */
static void test_candidates_alone(UNUSED void **state)
{
	struct site *site = new_confluence();
	const char *before;
	int64_t total;

	add_family(site);
	map(site);
	expect(site, "PAGE", "2", "ambiguous 502 503");
	before = state_of(site);
	run(site, "DELETE FROM content WHERE contentid = 503");
	add_page(site, 520, 1, "Twice");
	map(site);
	expect(site, "PAGE", "2", "ambiguous 502 520");
	assert_string_equal(HISTORY(.limit = 1), "2 anna auto: 1 mapping\n");
	assert_string_equal(undo_as(site, "anna", 0), "1 0 0");
	assert_string_equal(state_of(site), before);
	close_site(site);
}

static void test_reason_names_who_decided(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_family(site);
	map(site);
	set(site, "PAGE", "3", "513");
	actor = "bob";
	set(site, "PAGE", "3", "501");
	actor = "anna";
	undo_as(site, "carla", 3);
	expect_reason(site, "PAGE", "3", "set by hand by anna");
	assert_string_equal(
		text_of(site, "SELECT changedby FROM reqferry_batch WHERE batch = 4"), "carla");
	close_site(site);
}

/* --- others ----------------------------------------------------------------------------------- */

static void test_two_people(UNUSED void **state)
{
	static const struct mapping_filter pages = {.type = "PAGE"};
	struct site *site = new_confluence();
	int64_t total;

	add_family(site);
	map(site);
	edit(site, MAPPING_EXCLUDE, &pages);
	actor = "bob";
	set(site, "USER", "u", "");
	set(site, "PAGE", "3", "513");
	refuse(site, "anna", 0, ERROR_CHANGED,
		"1 of the mappings of change 2 was changed since: PAGE \"3\" by bob (change 4: set "
		"PAGE 3 -> 513)");
	refuse(site, "anna", 0, ERROR_CHANGED, "Undo change 4 first (--change 4)");
	refuse(site, "bob", 2, ERROR_CHANGED, "change 4");
	refuse(site, "carla", 0, ERROR_NOT_FOUND, "change 4 by bob");
	assert_string_equal(undo_as(site, "anna", 4), "1 0 0");
	/* what bob did to another mapping stays */
	assert_string_equal(undo_as(site, "anna", 0), "6 0 0");
	expect(site, "PAGE", "1", "500 certain: same title in the mapped space");
	expect(site, "USER", "u", "by hand");
	assert_string_equal(
		HISTORY(.key = "u"), "3 bob set USER u -> nothing\n1 anna auto: 8 mappings\n");
	assert_string_equal(HISTORY(.type = "USER", .key = "u", .dependencies = ""),
		"3 bob set USER u -> nothing\n1 anna auto: 8 mappings\n");
	assert_string_equal(HISTORY(.find = "brakes"), "6 anna undo 2: 6 mappings\n2 anna exclude: "
						       "4 mappings, 2 derived (6)\n1 anna auto: 8 "
						       "mappings\n");
	assert_string_equal(HISTORY(.key = "99"), "");
	close_site(site);
}

static void test_edits_in_sql(UNUSED void **state)
{
	static const struct mapping_filter pages = {.type = "PAGE"};
	struct site *site = new_confluence();
	const char *before;

	add_family(site);
	map(site);
	before = state_of(site);
	edit(site, MAPPING_EXCLUDE, &pages);
	run(site, "UPDATE reqferry_mapping SET status = 'MAPPED_MANUAL', destinationvalue = '501' "
		  "WHERE type = 'PAGE' AND key IN ('1', '5')");
	refuse(site, "anna", 0, ERROR_CHANGED,
		"2 of the mappings of change 2 were changed since: PAGE \"1\" in SQL, PAGE \"5\" "
		"in SQL");
	refuse(site, "anna", 0, ERROR_CHANGED, "Put them back in SQL");
	/* put back as it was before the change is as good as undone */
	run(site, "UPDATE reqferry_mapping SET status = 'EXCLUDED', destinationvalue = NULL WHERE "
		  "type = 'PAGE' AND key = '1'");
	run(site, "UPDATE reqferry_mapping SET status = 'MAPPED_AUTO', destinationvalue = '501', "
		  "certainty = 'certain', rule = 'same title in the mapped space', outcome = "
		  "'found' WHERE type = 'PAGE' AND key = '5'");
	assert_string_equal(undo_as(site, "anna", 0), "5 1 0");
	assert_string_equal(state_of(site), before);
	/* a mapping that is gone */
	set(site, "PAGE", "3", "513");
	run(site, "DELETE FROM reqferry_mapping WHERE type = 'PAGE' AND key = '3'");
	refuse(site, "anna", 0, ERROR_CHANGED, "mapping 4 was deleted in SQL");
	/* nothing to do is noted too */
	close_site(site);
}

static void test_put_back_by_hand(UNUSED void **state)
{
	static const struct mapping_filter user = {.type = "USER"};
	struct site *site = new_confluence();
	int64_t total;

	add_family(site);
	set(site, "USER", "u", "");
	actor = "bob";
	edit(site, MAPPING_CLEAR, &user);
	assert_string_equal(undo_as(site, "anna", 1), "0 1 0");
	assert_string_equal(HISTORY(.limit = 0), "3 anna undo 1: 0 mappings\n2 bob clear USER u\n1 "
						 "anna set USER u -> nothing (3)\n");
	close_site(site);
}

/* --- what follows ----------------------------------------------------------------------------- */

/* Found since, for a mapping that is put back: it returns to not mapped. */
static void test_found_since(UNUSED void **state)
{
	struct site *site = new_confluence();
	int64_t total;

	add_family(site);
	set(site, "SPACE", "ABC", "DEF");
	actor = "bob";
	add_page(site, 530, 2, "Start");
	map(site);
	set(site, "PAGE", "5", "501");
	expect(site, "PAGE", "1", "530 certain: same title in the mapped space");
	str_clear(&warnings);
	/* PAGE 1, 2, 3 and VERSION 1, 2 */
	assert_string_equal(undo_as(site, "anna", 0), "1 0 5");
	expect(site, "SPACE", "ABC", "not mapped");
	expect(site, "PAGE", "1", "not mapped");
	expect(site, "VERSION", "1", "not mapped");
	expect(site, "PAGE", "5", "by hand 501");
	assert_non_null(strstr(warnings.at, "1 mapping set by hand that follows from it stays"));
	assert_string_equal(HISTORY(.limit = 1), "4 anna undo 1: 1 mapping, 5 derived\n");
	/* it is not bob's any more, but what he did is gone already */
	assert_string_equal(undo_as(site, "bob", 3), "0 0 1");
	expect(site, "PAGE", "5", "not mapped");
	assert_string_equal(undo_as(site, "bob", 2), "1 6 0");
	assert_int_equal(
		number_of(site, "SELECT count(*) FROM reqferry_mapping WHERE status IS NOT NULL"),
		0);
	close_site(site);
}

/* Put back, but what it follows was changed since: it returns to not mapped instead. */
static void test_stale(UNUSED void **state)
{
	static const struct mapping_filter version = {.type = "VERSION", .key = "1"};
	struct site *site = new_confluence();

	add_family(site);
	map(site);
	edit(site, MAPPING_CONFIRM, &version);
	actor = "bob";
	set(site, "PAGE", "1", "501");
	expect(site, "VERSION", "1", "by hand, confirmed 500");
	assert_string_equal(undo_as(site, "anna", 0), "0 0 1");
	expect(site, "VERSION", "1", "not mapped");
	expect(site, "PAGE", "1", "by hand 501");
	refuse(site, "anna", 0, ERROR_CHANGED, "PAGE \"1\" by bob (change 3: ");
	assert_string_equal(undo_as(site, "bob", 0), "1 0 0");
	/* the run that found VERSION 1 is undone, and it is not mapped already */
	assert_string_equal(undo_as(site, "anna", 0), "7 1 0");
	close_site(site);
}

/* What did not change when its parent did is right again afterwards. */
static void test_unchanged_child(UNUSED void **state)
{
	struct site *site = new_confluence();
	const char *before;

	add_family(site);
	map(site);
	before = state_of(site);
	expect(site, "PAGE", "3", "not-found");
	/* the space is another one now; PAGE 3 is not found there either */
	run(site,
		"UPDATE spaces SET spacekey = 'XYZ', lowerspacekey = 'xyz' WHERE spacekey = 'ABC'");
	map(site);
	expect(site, "SPACE", "ABC", "XYZ likely: same name, same pages");
	expect(site, "PAGE", "3", "not-found");
	undo_as(site, "anna", 0);
	assert_string_equal(state_of(site), before);
	close_site(site);
}

/* --- refusals --------------------------------------------------------------------------------- */

static void test_refusals(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_family(site);
	refuse(site, "anna", 0, ERROR_NOT_FOUND, "map history");
	refuse(site, "anna", 1, ERROR_NOT_FOUND, "no change 1");
	set(site, "USER", "u", "");
	undo_as(site, "anna", 0);
	refuse(site, "anna", 1, ERROR_REFUSED, "undone already, by change 2");
	refuse(site, "anna", 2, ERROR_REFUSED, "itself an undo, of change 1");
	set(site, "USER", "u", "");
	run(site, "UPDATE reqferry_batch SET exact = 0 WHERE batch = 3");
	refuse(site, "anna", 0, ERROR_REFUSED, "earlier version of reqferry");
	run(site, "DROP TABLE reqferry_batch");
	int64_t total;
	struct mapping_undo_result result;
	const struct mapping_history_filter all = {.limit = 0};
	MUST_FAIL(try_undo(site, 0, true, &result, err), ERROR_WRONG_VERSION, "map auto");
	MUST_FAIL(mapping_history(site->db, SLICE("b"), &all, on_batch, NULL, &total, err),
		ERROR_WRONG_VERSION, "map auto");
	close_site(site);
}

static void test_bad_filters(UNUSED void **state)
{
	struct site *site = new_confluence();
	const struct mapping_history_filter type = {.type = "page"}, key = {.dependencies = "x"},
					    none = {.type = "USER",
						    .key = "u",
						    .dependencies = "x"};
	CLEANUP(str_release) struct str out = STR_INIT;
	int64_t total;

	add_family(site);
	MUST_FAIL(mapping_history(site->db, SLICE("b"), &type, on_batch, &out, &total, err),
		ERROR_USAGE, "PAGE");
	MUST_FAIL(mapping_history(site->db, SLICE("b"), &key, on_batch, &out, &total, err),
		ERROR_USAGE, "--key");
	MUST_FAIL(mapping_history(site->db, SLICE("b"), &none, on_batch, &out, &total, err),
		ERROR_NOT_FOUND, "\"x\"");
	close_site(site);
}

static void test_dry_run(UNUSED void **state)
{
	static const struct mapping_filter pages = {.type = "PAGE"};
	struct site *site = new_confluence();
	struct mapping_undo_result result;
	const char *before;

	add_family(site);
	map(site);
	edit(site, MAPPING_CLEAR, &pages);
	before = state_of(site);
	MUST(try_undo(site, 0, true, &result, err));
	assert_int_equal(result.number, 0);
	assert_int_equal(result.undone.number, 2);
	assert_int_equal(result.restored, 6);
	assert_int_equal(result.count, 6);
	assert_true(slice_is(result.rows[0].key, "1"));
	assert_null(result.rows[0].old_status.at);
	assert_true(slice_is(result.rows[0].new_destination, "500"));
	assert_string_equal(state_of(site), before);
	assert_int_equal(number_of(site, "SELECT max(batch) FROM reqferry_batch"), 2);
	close_site(site);
}

static void test_deleted_with_its_backup(UNUSED void **state)
{
	struct site *site = new_confluence();
	int64_t rows;

	add_family(site);
	map(site);
	run(site, "DELETE FROM content WHERE contentid = 503");
	map(site);
	assert_int_not_equal(number_of(site, "SELECT count(*) FROM reqferry_batch_candidate"), 0);
	MUST(stage_backup_delete(site->db, SLICE("b"), &rows, err));
	assert_int_equal(number_of(site, "SELECT (SELECT count(*) FROM reqferry_batch) + (SELECT "
					 "count(*) FROM reqferry_change) + (SELECT count(*) FROM "
					 "reqferry_batch_candidate)"),
		0);
	close_site(site);
}

/* --- all -------------------------------------------------------------------------------------- */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_step_by_step),
		TEST(test_candidates_alone),
		TEST(test_reason_names_who_decided),
		TEST(test_two_people),
		TEST(test_edits_in_sql),
		TEST(test_put_back_by_hand),
		TEST(test_found_since),
		TEST(test_stale),
		TEST(test_unchanged_child),
		TEST(test_refusals),
		TEST(test_bad_filters),
		TEST(test_dry_run),
		TEST(test_deleted_with_its_backup),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
