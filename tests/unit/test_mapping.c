/*
 * Tests of the mapping of old ids to new ones. Each test has small databases of its own: a
 * Confluence and a Jira from data/schema, our own tables, and mapping rows as a load would have
 * left them. For each rule there is a case in which it decides and one that looks alike in which it
 * must not.
 *
 * What became of a mapping is compared as one line:
 *
 *     501 certain: same title in the mapped space      automatic
 *     by hand 501        by hand, confirmed 501        manual
 *     ambiguous 501 502        not-found        gone        failed
 *     not mapped        excluded
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "mapping/mapping.h"

static char folder[] = "/tmp/reqferry-test-mapping-XXXXXX";
static struct arena arena; /* cleared after each test */
static struct str warnings;

/* --- helpers ---------------------------------------------------------------------------------- */

#define MUST(call)                                                                                 \
	do {                                                                                       \
		struct error must_err = ERROR_INIT, *err = &must_err;                              \
		if (!(call))                                                                       \
			fail_msg("%s: %s [%s]", error_kind_name(err->kind), err->message,          \
				err->detail);                                                      \
	} while (0)

/* The call fails with this kind, and message or hint hold these words. */
#define MUST_FAIL(call, expected, words)                                                           \
	do {                                                                                       \
		struct error must_err = ERROR_INIT, *err = &must_err;                              \
		assert_false(call);                                                                \
		assert_string_equal(error_kind_name(err->kind), error_kind_name(expected));        \
		if (!strstr(err->message, words) && !strstr(err->hint, words))                     \
			fail_msg("\"%s\" is not in: %s (%s)", words, err->message, err->hint);     \
	} while (0)

/* One instance, perhaps with a backup "b" in staging. */
struct site {
	struct db *db;
	struct host host;
	struct stage_backup backup;
	int64_t mappings; /* added so far */
};

static void on_warning(void *sink, const char *message)
{
	str_addf(sink, "%s\n", message);
}

static struct task *task(void)
{
	static struct task one;

	one = (struct task){.actor = "anna", .warn = on_warning, .sink = &warnings};
	return &one;
}

static void run(struct site *site, const char *format, ...) PRINTF(2, 3);
static void run(struct site *site, const char *format, ...)
{
	CLEANUP(str_release) struct str sql = STR_INIT;
	va_list values;

	va_start(values, format);
	str_vaddf(&sql, format, values);
	va_end(values);
	MUST(db_exec(site->db, sql.at, NULL, 0, NULL, err));
}

static const char *text_of(struct site *site, const char *sql)
{
	struct slice text;

	MUST(db_query_text(site->db, sql, NULL, 0, &arena, &text, err));
	return text.at ? text.at : "(null)";
}

static int64_t number_of(struct site *site, const char *sql)
{
	int64_t number;

	MUST(db_query_int(site->db, sql, NULL, 0, -1, &number, err));
	return number;
}

static struct site *new_site(enum product product)
{
	static int count;
	struct site *site = arena_zalloc(&arena, sizeof(*site));
	const char *schema =
		arena_printf(&arena, "%s/schema/%s.sqlite.sql", DATA_DIR, product_name(product));
	CLEANUP(str_release) struct str script = STR_INIT;

	MUST(file_read(schema, 1 << 20, &script, err));
	MUST(db_open(
		arena_printf(&arena, "sqlite:%s/%d", folder, ++count), DB_CREATE, &site->db, err));
	MUST(db_script(site->db, script.at, err));
	MUST(stage_prepare(site->db, err));
	MUST(host_open(site->db, &arena, &site->host, err));
	return site;
}

static struct site *new_confluence(void)
{
	return new_site(PRODUCT_CONFLUENCE);
}

static struct site *new_jira(void)
{
	return new_site(PRODUCT_JIRA);
}

static void close_site(struct site *site)
{
	db_close(&site->db);
}

/* A backup "b" of the scope. Origin: NULL not known, "here" this instance, else another one's id.
 */
static void add_backup(struct site *site, const char *scope, const char *origin)
{
	const char *product = product_name(site->host.product);
	struct slice own = SLICE_NULL;

	if (origin && strcmp(origin, "here") == 0)
		MUST(stage_instance_id(site->db, &arena, &own, err));
	else
		own = slice_of(origin);
	site->backup = (struct stage_backup){.key = SLICE("b"),
		.product = slice_of(product),
		.scope = slice_of(scope),
		.origin_id = own,
		.created = SLICE("2026-01-01T00:00:00.000Z"),
		.created_by = SLICE("anna")};
	MUST(stage_backup_add(site->db, &site->backup, err));
}

/*
 * A mapping row; fields as "title=Start; spacekey=ABC", columns of reqferry_mapping, and of
 * reqferry_evidence as "evidence.email=...".
 */
static void add(struct site *site, const char *type, const char *key, const char *fields)
{
	CLEANUP(str_release) struct str columns = STR_INIT, values = STR_INIT;
	struct slice rest = slice_of(fields), piece, name, value;

	str_addf(
		&values, "%lld, 'b', '%s', '%s', 1, 15, 0", (long long)++site->mappings, type, key);
	for (bool more = rest.len > 0; more;) {
		more = slice_cut(rest, ';', &piece, &rest);
		assert_true(slice_cut(slice_trim(more ? piece : rest), '=', &name, &value));
		if (slice_starts_with(name, "evidence.")) {
			CLEANUP(str_release) struct str evidence = STR_INIT;

			db_literal(&evidence, value);
			run(site,
				"INSERT INTO reqferry_evidence (backupkey, type, key, %s) "
				"VALUES ('b', '%s', '%s', %s)",
				arena_strdup(&arena, (struct slice){name.at + 9, name.len - 9}),
				type, key, evidence.at);
			continue;
		}
		str_addf(&columns, ", %.*s", SLICE_PRINT(name));
		str_add_text(&values, ", ");
		db_literal(&values, value);
	}
	run(site,
		"INSERT INTO reqferry_mapping (id, backupkey, type, key, infile, width, rev%s) "
		"VALUES (%s)",
		columns.at, values.at);
}

static void add_space(struct site *site, int id, const char *key, const char *name)
{
	run(site,
		"INSERT INTO spaces (spaceid, spacekey, lowerspacekey, spacename, spacestatus) "
		"VALUES (%d, '%s', lower('%s'), '%s', 'CURRENT')",
		id, key, key, name);
}

/* `what` is appended to the row: ", prevver = 1, ..." as an UPDATE would say it; may be NULL. */
static void add_content(struct site *site, int id, const char *type, int space, const char *title,
	int version, const char *what)
{
	run(site,
		"INSERT INTO content (contentid, contenttype, spaceid, title, lowertitle, version, "
		"content_status, creationdate) VALUES (%d, '%s', %d, '%s', lower('%s'), %d, "
		"'current', '2024-05-06 10:00:00.000')",
		id, type, space, title, title, version);
	if (what)
		run(site, "UPDATE content SET %s WHERE contentid = %d", what, id);
}

static void add_page(struct site *site, int id, int space, const char *title)
{
	add_content(site, id, "PAGE", space, title, 1, NULL);
}

static void add_user(struct site *site, const char *key, const char *name, const char *email,
	const char *display_name, bool active)
{
	static int id;

	if (site->host.product == PRODUCT_CONFLUENCE)
		run(site, "INSERT INTO user_mapping VALUES ('%s', '%s', lower('%s'))", key, name,
			name);
	else
		run(site, "INSERT INTO app_user VALUES (%d, '%s', lower('%s'))", ++id, key, name);
	if (!email)
		return;
	run(site,
		"INSERT OR IGNORE INTO cwd_directory (id, directory_name, "
		"lower_directory_name, active, directory_type) VALUES (1, 'D', 'd', %s, 'X')",
		site->host.product == PRODUCT_CONFLUENCE ? "'T'" : "1");
	run(site,
		"INSERT INTO cwd_user (id, user_name, lower_user_name, active, created_date, "
		"updated_date, display_name, email_address, lower_email_address, directory_id) "
		"VALUES (%d, '%s', lower('%s'), %s, '2020-01-01', '2020-01-01', '%s', '%s', "
		"lower('%s'), 1)",
		++id, name, name,
		site->host.product == PRODUCT_CONFLUENCE ? active ? "'T'" : "'F'"
		: active                                 ? "1"
							 : "0",
		display_name, email, email);
}

static void add_link(struct site *site, const char *id, const char *name, const char *url)
{
	static int next = 1000;
	const char *const settings[][2] = {{"name", name}, {"display.url", url}, {"rpc.url", url}};

	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		next++;
		if (site->host.product == PRODUCT_CONFLUENCE) {
			run(site,
				"INSERT INTO bandana VALUES (%d, '_GLOBAL', "
				"'applinks.admin.%s.%s', "
				"'<string>%s</string>')",
				next, id, settings[i][0], settings[i][1]);
			continue;
		}
		run(site,
			"INSERT INTO propertyentry VALUES (%d, 'jira.properties', 1, "
			"'applinks.admin.%s.%s', 5)",
			next, id, settings[i][0]);
		run(site, "INSERT INTO propertystring VALUES (%d, '%s')", next, settings[i][1]);
	}
}

/* A project with its former keys. */
static void add_project(
	struct site *site, int id, const char *key, const char *name, const char *former)
{
	run(site, "INSERT INTO project (id, pname, pkey) VALUES (%d, '%s', '%s')", id, name, key);
	run(site, "INSERT INTO project_key VALUES (%d, %d, '%s')", id * 10, id, key);
	if (former)
		run(site, "INSERT INTO project_key VALUES (%d, %d, '%s')", id * 10 + 1, id, former);
}

static void add_issue(struct site *site, int id, int project, int number, const char *summary)
{
	run(site,
		"INSERT INTO jiraissue (id, issuenum, project, summary) VALUES (%d, %d, %d, '%s')",
		id, number, project, summary);
}

static void add_moved(struct site *site, int issue, const char *old_key)
{
	run(site, "INSERT INTO moved_issue_key VALUES (%d, '%s', %d)", issue * 7, old_key, issue);
}

static struct mapping_auto_result map_with(struct site *site, const struct site *other)
{
	struct mapping_auto_result result;

	MUST(mapping_auto(
		&site->host, other ? &other->host : NULL, &site->backup, task(), &result, err));
	return result;
}

static struct mapping_auto_result map(struct site *site)
{
	return map_with(site, NULL);
}

/* What became of it, in one line. */
static const char *outcome_of(struct site *site, const char *type, const char *key)
{
	return text_of(
		site, arena_printf(&arena,
			      "SELECT CASE "
			      "WHEN status = 'MAPPED_AUTO' THEN destinationvalue || ' ' || "
			      "certainty || ': ' || rule "
			      "WHEN status = 'MAPPED_MANUAL' THEN 'by hand' || CASE WHEN rule IS "
			      "NULL THEN '' "
			      "ELSE ', confirmed' END || COALESCE(' ' || destinationvalue, '') "
			      "WHEN status = 'EXCLUDED' THEN 'excluded' WHEN status IS NULL THEN "
			      "'not mapped' "
			      "ELSE outcome || COALESCE(' ' || (SELECT "
			      "group_concat(c.destinationvalue, ' ') FROM "
			      "(SELECT destinationvalue FROM reqferry_candidate WHERE backupkey = "
			      "'b' AND "
			      "mapping = m.id ORDER BY destinationvalue) c), '') END "
			      "FROM reqferry_mapping m WHERE type = '%s' AND key = '%s'",
			      type, key));
}

static void expect(struct site *site, const char *type, const char *key, const char *line)
{
	const char *got = outcome_of(site, type, key);

	if (strcmp(got, line) != 0)
		fail_msg("%s %s is \"%s\", not \"%s\"", type, key, got, line);
}

struct found_reason {
	const char *type, *key, *text;
};

static bool on_reason(void *context, const struct mapping_row *row, UNUSED struct error *err)
{
	struct found_reason *found = context;

	if (slice_is(row->type, found->type) && slice_is(row->key, found->key))
		found->text = arena_strdup(&arena, row->reason);
	return true;
}

static void expect_reason(
	struct site *site, const char *type, const char *key, const char *sentence)
{
	struct found_reason found = {type, key, "(no such row)"};
	const struct mapping_filter filter = {.type = type};

	MUST(mapping_list(site->db, SLICE("b"), &filter, on_reason, &found, err));
	assert_string_equal(found.text, sentence);
}

static int64_t set(struct site *site, const char *type, const char *key, const char *destination)
{
	int64_t reset;

	MUST(mapping_set(
		&site->host, SLICE("b"), type, key, NULL, destination, false, task(), &reset, err));
	return reset;
}

static int64_t edit(struct site *site, enum mapping_edit what, const struct mapping_filter *filter)
{
	int64_t count;

	MUST(mapping_edit(site->db, SLICE("b"), what, filter, false, task(), &count, err));
	return count;
}

/* --- application links ------------------------------------------------------------------------ */

static void test_applink_rules(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_link(site, "aaaa", "Jira", "https://jira.example");
	add_link(site, "bbbb", "Build", "HTTPS://Build.Example/Path/");
	add_link(site, "cccc", "Twin", "https://twin.example");
	add_link(site, "dddd", "Twin", "https://twin.example/");
	add_backup(site, "ABC", NULL);
	add(site, "APPLINK", "aaaa", "title=Other name;url=https://elsewhere.example");
	add(site, "APPLINK", "x1", "title=Jira;url=https://build.example/Path");
	/* the path's case counts */
	add(site, "APPLINK", "x2", "title=none;url=https://build.example/path");
	add(site, "APPLINK", "x3", "title=Build;url=https://new.example");
	add(site, "APPLINK", "x4", "title=none;url=https://twin.example//");
	add(site, "APPLINK", "x5", "title=Twin");
	map(site);
	expect(site, "APPLINK", "aaaa", "aaaa certain: same id");
	expect(site, "APPLINK", "x1", "bbbb certain: same URL");
	expect(site, "APPLINK", "x2", "not-found");
	expect(site, "APPLINK", "x3", "bbbb likely: same name");
	expect(site, "APPLINK", "x4", "ambiguous cccc dddd");
	expect(site, "APPLINK", "x5", "ambiguous cccc dddd");
	expect_reason(site, "APPLINK", "x4",
		"2 application links have the URL https://twin.example//: cccc, dddd");
	expect_reason(
		site, "APPLINK", "x2", "no application link with this id, this URL or this name");
	close_site(site);
}

static void test_applink_only(UNUSED void **state)
{
	struct site *site = new_jira();

	add_link(site, "aaaa", "Confluence", "https://wiki.example");
	add_backup(site, "TIO", NULL);
	add(site, "APPLINK", "x1", "title=Wiki;url=https://old.example");
	map(site);
	expect(site, "APPLINK", "x1", "aaaa possible: only link");
	/* with two of them in the backup it is a guess */
	add(site, "APPLINK", "x2", "title=Wiki 2;url=https://older.example");
	map(site);
	expect(site, "APPLINK", "x1", "not-found");
	expect(site, "APPLINK", "x2", "not-found");
	/* with one decided it is taken */
	add(site, "APPLINK", "aaaa", "");
	run(site, "DELETE FROM reqferry_mapping WHERE key = 'x2'");
	map(site);
	expect(site, "APPLINK", "aaaa", "aaaa certain: same id");
	expect(site, "APPLINK", "x1", "not-found");
	close_site(site);
}

/* --- spaces ----------------------------------------------------------------------------------- */

/* The backup names these pages of a space. */
static void add_pages(struct site *site, const char *space, const char *const *titles, size_t count)
{
	static int id = 900000;

	for (size_t i = 0; i < count; i++)
		add(site, "PAGE", arena_printf(&arena, "%d", ++id),
			arena_printf(
				&arena, "spacekey=%s;pagetype=PAGE;title=%s", space, titles[i]));
}

static const char *const titles[] = {"Start", "Brakes", "Wheels", "Motor", "Home"};

static void test_space_rules(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_space(site, 1, "ABC", "Alpha");
	add_space(site, 2, "PAGES", "New name");
	add_space(site, 3, "hr2", "Lower");
	add_space(site, 4, "NEW", "Moved space");
	add_space(site, 5, "HR", "Human Resources");
	add_space(site, 6, "NOP", "No pages");
	add_space(site, 7, "lone", "Lone");
	add_space(site, 8, "T1", "Twins");
	add_space(site, 9, "T2", "Twins");
	add_page(site, 101, 2, "Start");
	add_page(site, 102, 2, "Brakes");
	add_page(site, 103, 2, "Wheels");
	for (int i = 0; i < 4; i++) {
		add_page(site, 110 + i, 3, titles[i]);
		add_page(site, 120 + i, 4, titles[i]);
	}
	add_page(site, 131, 5, "Start");
	add_page(site, 132, 5, "Brakes");
	add_backup(site, "ABC", NULL);
	add(site, "SPACE", "ABC", "title=Alpha");
	/* 3 of 5 pages are half, and three */
	add(site, "SPACE", "PAGES", "title=Old name");
	add_pages(site, "PAGES", titles, 5);
	add(site, "SPACE", "HR2", "title=Other");
	add_pages(site, "HR2", titles, 4);
	add(site, "SPACE", "OLD", "title=Moved space");
	add_pages(site, "OLD", titles, 4);
	/* 2 of 4 pages are half, but not three: that key and name are equal is not enough */
	add(site, "SPACE", "HR", "title=Human Resources");
	add_pages(site, "HR", titles, 4);
	add(site, "SPACE", "NOP", "");
	add(site, "SPACE", "LONE", "title=Something");
	add(site, "SPACE", "GONE", "title=Lower");
	add(site, "SPACE", "TW", "title=Twins");
	add(site, "SPACE", "ZZZ", "title=Nobody");
	map(site);
	expect(site, "SPACE", "ABC", "ABC certain: same key and same name");
	expect(site, "SPACE", "PAGES", "PAGES certain: same key and same pages");
	expect(site, "SPACE", "HR2", "hr2 likely: same key in other case, same pages");
	expect(site, "SPACE", "OLD", "NEW likely: same name, same pages");
	expect(site, "SPACE", "HR", "HR likely: same key and same name, other pages");
	expect(site, "SPACE", "NOP", "NOP certain: same key, no pages to compare");
	expect(site, "SPACE", "LONE", "lone possible: same key in other case");
	expect(site, "SPACE", "GONE", "hr2 possible: same name");
	expect(site, "SPACE", "TW", "ambiguous T1 T2");
	expect(site, "SPACE", "ZZZ", "not-found");
	expect_reason(site, "SPACE", "TW", "2 spaces are named \"Twins\": T1, T2");
	expect_reason(site, "SPACE", "ZZZ", "no space with this key or this name");
	close_site(site);
}

static void test_space_evidence_threshold(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_space(site, 1, "TWO", "A");
	add_space(site, 2, "ONE", "B");
	add_space(site, 3, "DRAFT", "C");
	for (int i = 0; i < 2; i++)
		add_page(site, 100 + i, 1, titles[i]);
	add_page(site, 110, 2, titles[0]);
	/* drafts, trash, archive and old versions of other pages are no evidence */
	add_content(site, 120, "PAGE", 3, titles[0], 1, "content_status = 'draft'");
	add_content(site, 121, "PAGE", 3, titles[1], 1, "content_status = 'deleted'");
	add_content(site, 122, "PAGE", 3, titles[2], 1, "content_status = 'archived'");
	add_page(site, 123, 3, "Renamed");
	add_content(site, 124, "PAGE", 3, titles[3], 1, "prevver = 123, spaceid = NULL");
	add_backup(site, "TWO", NULL);
	/* the backup names two: both must be there */
	add(site, "SPACE", "TWO", "title=X");
	add_pages(site, "TWO", titles, 2);
	add(site, "SPACE", "ONE", "title=X");
	add_pages(site, "ONE", titles, 2);
	add(site, "SPACE", "DRAFT", "title=X");
	add_pages(site, "DRAFT", titles, 4);
	map(site);
	expect(site, "SPACE", "TWO", "TWO certain: same key and same pages");
	expect(site, "SPACE", "ONE", "ONE possible: same key");
	expect(site, "SPACE", "DRAFT", "DRAFT possible: same key");
	close_site(site);
}

static void test_space_of_this_instance(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_space(site, 1, "ABC", "Alpha");
	add_space(site, 2, "HR", "Hydraulics");
	add_backup(site, "ABC", "here");
	add(site, "SPACE", "ABC", "title=Alpha");
	add_pages(site, "ABC", titles, 5);
	/* the key was given to another space since */
	add(site, "SPACE", "HR", "title=Human Resources");
	add_pages(site, "HR", titles, 5);
	map(site);
	expect(site, "SPACE", "ABC", "ABC certain: same key on the same instance");
	expect(site, "SPACE", "HR", "HR possible: same key");
	close_site(site);
}

static void test_space_behind_a_link(UNUSED void **state)
{
	struct site *site = new_jira(), *other = new_confluence();

	add_link(site, "aaaa", "Confluence", "https://wiki.example");
	add_space(other, 1, "SF", "Safety");
	add_backup(site, "TIO", NULL);
	add(site, "APPLINK", "aaaa", "");
	add(site, "SPACE", "SF", "dependencies=aaaa");
	add(site, "SPACE", "NO", "dependencies= = aaaa ");
	map(site);
	expect(site, "SPACE", "SF", "SF likely: same key, not looked up");
	expect(site, "SPACE", "NO", "NO likely: same key, not looked up");
	map_with(site, other);
	expect(site, "SPACE", "SF", "SF certain: same key in the same Confluence");
	expect(site, "SPACE", "NO", "not-found");
	expect_reason(site, "SPACE", "NO", "no space with this key behind the application link");
	/* another Confluence may have another space of that key */
	add_link(site, "bbbb", "New", "https://new.example");
	set(site, "APPLINK", "aaaa", "bbbb");
	map_with(site, other);
	expect(site, "SPACE", "SF", "SF likely: same key in the other Confluence");
	close_site(site);
	close_site(other);
}

static void test_two_links(UNUSED void **state)
{
	struct site *site = new_jira(), *other = new_confluence();

	add_link(site, "aaaa", "One", "https://one.example");
	add_link(site, "bbbb", "Two", "https://two.example");
	add_space(other, 1, "SF", "Safety");
	add_backup(site, "TIO", NULL);
	add(site, "APPLINK", "aaaa", "");
	add(site, "APPLINK", "bbbb", "");
	add(site, "APPLINK", "gone", "title=Gone;url=https://gone.example");
	add(site, "SPACE", "SF", "dependencies=aaaa");
	add(site, "SPACE", "SG", "dependencies=bbbb");
	add(site, "SPACE", "SH", "dependencies=gone");
	str_clear(&warnings);
	map_with(site, other);
	/* whose spaces these are nobody knows */
	expect(site, "SPACE", "SF", "SF likely: same key, not looked up");
	expect(site, "SPACE", "SG", "SG likely: same key, not looked up");
	assert_non_null(strstr(warnings.at, "3 application links"));
	expect(site, "SPACE", "SH", "not-found");
	expect_reason(site, "SPACE", "SH", "its application link \"gone\" is not mapped");
	close_site(site);
	close_site(other);
}

/* --- projects --------------------------------------------------------------------------------- */

static const char *const summaries[] = {"Stop in time", "Do not catch fire", "Be quiet", "Task 1"};

/* The backup names these issues of a project: ids are not those of the site. */
static void add_issues(struct site *site, const char *project, size_t count)
{
	static int id = 700000;

	for (size_t i = 0; i < count; i++)
		add(site, "ISSUE", arena_printf(&arena, "%d", ++id),
			arena_printf(
				&arena, "issuekey=%s-%zu;title=%s", project, i + 1, summaries[i]));
}

static void add_site_issues(struct site *site, int project, size_t count, const char *suffix)
{
	for (size_t i = 0; i < count; i++)
		add_issue(site, project * 100 + (int)i, project, (int)i + 1,
			arena_printf(&arena, "%s%s", summaries[i], suffix));
}

static void test_project_rules(UNUSED void **state)
{
	struct site *site = new_jira();

	add_project(site, 1, "NAM", "Name", NULL);
	add_project(site, 2, "SUM", "Summaries", NULL);
	add_project(site, 3, "NEW", "Renamed", "OLD");
	add_project(site, 4, "HR", "Human Resources", NULL);
	add_project(site, 5, "OTHER", "Wanted", NULL);
	add_project(site, 6, "PEOPLE", "People", "STAFF");
	add_project(site, 7, "KEY", "Key", NULL);
	add_site_issues(site, 2, 3, "");
	add_site_issues(site, 3, 3, "");
	add_site_issues(site, 4, 4, " of theirs");
	add_backup(site, NULL, NULL);
	add(site, "PROJECT", "NAM", "title=Name");
	add(site, "PROJECT", "SUM", "");
	add_issues(site, "SUM", 4);
	add(site, "PROJECT", "OLD", "");
	add_issues(site, "OLD", 4);
	/* the same key and name, other issues */
	add(site, "PROJECT", "HR", "title=Human Resources");
	add_issues(site, "HR", 4);
	add(site, "PROJECT", "WANTED", "title=Wanted");
	/* theirs had the key that ours has: no more than that */
	add(site, "PROJECT", "STAFF", "title=Staff");
	add(site, "PROJECT", "KEY", "title=Lock");
	add(site, "PROJECT", "NONE", "");
	add_project(site, 8, "NOW", "Then", "THEN");
	add_site_issues(site, 8, 3, " of theirs");
	add(site, "PROJECT", "THEN", "title=Then");
	add_issues(site, "THEN", 3);
	map(site);
	expect(site, "PROJECT", "THEN", "NOW likely: former key, other summaries");
	expect(site, "PROJECT", "NAM", "NAM certain: same key and same name");
	expect(site, "PROJECT", "SUM", "SUM certain: same key and same summaries");
	expect(site, "PROJECT", "OLD", "NEW certain: former key");
	expect(site, "PROJECT", "HR", "HR likely: same key and same name, other summaries");
	expect(site, "PROJECT", "WANTED", "OTHER possible: same name");
	expect(site, "PROJECT", "STAFF", "PEOPLE possible: former key, nothing else");
	expect(site, "PROJECT", "KEY", "KEY possible: same key");
	expect(site, "PROJECT", "NONE", "not-found");
	expect_reason(site, "PROJECT", "OLD", "project \"NEW\" had the key \"OLD\" before");
	close_site(site);
}

static void test_project_of_this_instance(UNUSED void **state)
{
	struct site *site = new_jira();

	add_project(site, 1, "TIO", "Tio", NULL);
	add_project(site, 2, "NEW", "Renamed", "OLD");
	add_project(site, 3, "REUSED", "Another", NULL);
	add_site_issues(site, 3, 4, " of theirs");
	add_backup(site, NULL, "here");
	add(site, "PROJECT", "TIO", "");
	add(site, "PROJECT", "OLD", "");
	add(site, "PROJECT", "REUSED", "");
	add_issues(site, "REUSED", 4);
	map(site);
	expect(site, "PROJECT", "TIO", "TIO certain: same key on the same instance");
	expect(site, "PROJECT", "OLD", "NEW certain: former key");
	expect(site, "PROJECT", "REUSED", "REUSED possible: same key");
	close_site(site);
}

static void test_project_current_key_wins(UNUSED void **state)
{
	struct site *site = new_jira();

	/* the key of a project that was renamed was given to another one */
	add_project(site, 1, "NEW", "Renamed", NULL);
	run(site, "DROP INDEX idx_all_project_keys");
	run(site, "INSERT INTO project_key VALUES (99, 1, 'OLD')");
	add_project(site, 2, "OLD", "Young", NULL);
	add_site_issues(site, 1, 3, "");
	add_backup(site, "OLD", NULL);
	add(site, "PROJECT", "OLD", "");
	add_issues(site, "OLD", 3);
	map(site);
	expect(site, "PROJECT", "OLD", "OLD possible: same key");
	close_site(site);
}

static void test_project_behind_a_link(UNUSED void **state)
{
	struct site *site = new_confluence(), *other = new_jira();

	add_link(site, "aaaa", "Jira", "https://jira.example");
	add_project(other, 1, "TIO", "Tio", NULL);
	add_project(other, 2, "NEW", "Renamed", "OLD");
	add_project(other, 3, "HR", "Hydraulics", NULL);
	add_project(other, 4, "EXACT", "Exact", NULL);
	add_backup(site, "ABC", NULL);
	add(site, "APPLINK", "aaaa", "");
	add(site, "PROJECT", "TIO", "dependencies=aaaa");
	add(site, "PROJECT", "OLD", "dependencies=aaaa");
	add(site, "PROJECT", "HR", "dependencies=aaaa;title=Human Resources");
	add(site, "PROJECT", "EXACT", "dependencies=aaaa;title=Exact");
	add(site, "PROJECT", "NONE", "dependencies=aaaa");
	map(site);
	expect(site, "PROJECT", "TIO", "TIO likely: same key, same Jira, not looked up");
	map_with(site, other);
	expect(site, "PROJECT", "TIO", "TIO certain: same key in the same Jira");
	expect(site, "PROJECT", "OLD", "NEW certain: former key in the same Jira");
	expect(site, "PROJECT", "HR", "HR possible: same key");
	expect(site, "PROJECT", "EXACT", "EXACT certain: same key and same name");
	expect(site, "PROJECT", "NONE", "not-found");
	/* the link leads to another Jira now */
	add_link(site, "bbbb", "New Jira", "https://new.example");
	set(site, "APPLINK", "aaaa", "bbbb");
	map_with(site, other);
	expect(site, "PROJECT", "TIO", "TIO likely: same key in the other Jira");
	expect(site, "PROJECT", "OLD", "NEW possible: former key, nothing else");
	map(site);
	expect(site, "PROJECT", "TIO", "TIO possible: same key, not looked up");
	close_site(site);
	close_site(other);
}

/* --- users ------------------------------------------------------------------------------------ */

#define KEY1 "11111111111111111111111111111111"
#define KEY2 "22222222222222222222222222222222"
#define KEY3 "33333333333333333333333333333333"

static void test_user_rules(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_user(site, KEY1, "kim", "kim@new.example", "Kim", true);
	add_user(site, "u1", "anna", "anna.meier@old.example", "Anna M.", true);
	add_user(site, "u2", "bert", "bert@new.example", "Bert Brandt", true);
	add_user(site, "u3", "carl", "carl.curtius@new.example", "", true);
	add_user(site, "u4", "dora", NULL, NULL, false);
	add_user(site, "u5", "emil2", "emil@old.example", "E. Emil", true);
	add_user(site, "u6", "jsmith", "jane.smith@new.example", "Jane Smith", true);
	add_user(site, "u7", "gina.g", "gina.g@new.example", "Gina Green", true);
	add_user(site, "u8", "box1", "box@old.example", "Box One", true);
	add_user(site, "u9", "box2", "box@old.example", "Box Two", true);
	add_user(site, "v1", "left", "left@old.example", "Left", false);
	add_user(site, "v2", "t1", "t1@new.example", "Tom Twin", true);
	add_user(site, "v3", "t2", "t2@new.example", "Tom Twin", true);
	add_user(site, "v4", "lee", "lee@new.example", "Lee Two", true);
	add_backup(site, "ABC", "elsewhere");
	add(site, "USER", KEY1, "username=kim;evidence.email=kim@old.example");
	add(site, "USER", "x1", "username=Anna;evidence.email=Anna.Meier@old.example");
	add(site, "USER", "x2",
		"username=bert;evidence.email=bertram@old.example;evidence.displayname=Bert "
		"Brandt");
	add(site, "USER", "x3", "username=carl;evidence.email=carl.curtius@old.example");
	add(site, "USER", "x4", "username=dora;evidence.email=dora@old.example");
	add(site, "USER", "x5", "username=emil;evidence.email=emil@old.example");
	/* another company's jsmith, whose address begins alike */
	add(site, "USER", "x6",
		"username=jsmith;evidence.email=jane.smith@old.example;"
		"evidence.displayname=Janet Smithers");
	add(site, "USER", "x7",
		"username=gina;evidence.email=gina@old.example;evidence.displayname=Gina Green");
	/* two users with one address */
	add(site, "USER", "x8", "username=box;evidence.email=box@old.example");
	/* who has that address is not active */
	add(site, "USER", "x9", "username=lefty;evidence.email=left@old.example");
	add(site, "USER", "y1", "username=tom;evidence.displayname=Tom Twin");
	add(site, "USER", "y2", "");
	add(site, "USER", "y3", "username=nobody");
	map(site);
	expect(site, "USER", KEY1, KEY1 " certain: same key and same name");
	expect(site, "USER", "x1", "u1 certain: same name and e-mail");
	expect(site, "USER", "x2", "u2 certain: same name and display name");
	expect(site, "USER", "x3", "u3 certain: same name and local part of e-mail");
	expect(site, "USER", "x4", "u4 likely: same name, nothing else known");
	expect(site, "USER", "x5", "u5 likely: same e-mail, one active user");
	expect(site, "USER", "x6", "u6 possible: same name, nothing else agrees");
	expect(site, "USER", "x7", "u7 possible: same display name");
	expect(site, "USER", "x8", "ambiguous u8 u9");
	expect(site, "USER", "x9", "not-found");
	expect(site, "USER", "y1", "ambiguous v2 v3");
	expect(site, "USER", "y2", "failed");
	expect(site, "USER", "y3", "not-found");
	expect_reason(site, "USER", "y1", "2 users have this display name: v2, v3");
	expect_reason(site, "USER", "y2",
		"could not be looked up: the backup knows neither a name nor an e-mail address of "
		"this user");
	close_site(site);
}

/* Candidates of an earlier rule are what a later one decides among. */
static void test_later_rules_decide_among_candidates(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_user(site, "u1", "box1", "box@old.example", "Box One", true);
	add_user(site, "u2", "box2", "box@old.example", "Box Two", true);
	add_user(site, "u3", "far", "far@new.example", "Far Away", true);
	add_backup(site, "ABC", NULL);
	add(site, "USER", "x1",
		"username=b;evidence.email=box@old.example;evidence.displayname=Box Two");
	add(site, "USER", "x2",
		"username=c;evidence.email=box@old.example;evidence.displayname=Far Away");
	map(site);
	expect(site, "USER", "x1", "u2 possible: same display name");
	expect(site, "USER", "x2", "ambiguous u1 u2 u3");
	close_site(site);
}

static void test_user_on_jira(UNUSED void **state)
{
	struct site *site = new_jira();

	add_user(site, "admin", "admin", "root@theirs.example", "The Admin", true);
	add_user(site, "JIRAUSER10001", "anna", "anna@old.example", "Anna", true);
	add_backup(site, "TIO", "elsewhere");
	/* keys of a Jira are names and counters: an equal one says nothing */
	add(site, "USER", "admin",
		"username=admin;evidence.email=admin@ours.example;evidence.displayname=Root");
	add(site, "USER", "JIRAUSER10001", "username=bert;evidence.email=bert@old.example");
	map(site);
	expect(site, "USER", "admin", "admin possible: same name, nothing else agrees");
	expect(site, "USER", "JIRAUSER10001", "not-found");
	run(site, "DELETE FROM reqferry_evidence WHERE key = 'admin'");
	map(site);
	expect(site, "USER", "admin", "admin likely: same name, nothing else known");
	close_site(site);
}

static void test_user_of_this_instance(UNUSED void **state)
{
	struct site *site = new_jira();

	add_user(site, "anna", "anna", "new@x.example", "Anna New", true);
	add_user(site, "bert", "bertram", "bert@x.example", "Bert", true);
	add_backup(site, "TIO", "here");
	add(site, "USER", "anna",
		"username=anna;evidence.email=old@x.example;evidence.displayname=Anna Old");
	add(site, "USER", "bert", "username=bert");
	map(site);
	expect(site, "USER", "anna", "anna certain: same key on the same instance");
	expect(site, "USER", "bert", "bert likely: same key on the same instance, renamed");
	close_site(site);
}

/* --- pages ------------------------------------------------------------------------------------ */

static void add_page_world(struct site *site)
{
	add_space(site, 1, "ABC", "Alpha");
	add_space(site, 2, "DEF", "Delta");
	add_page(site, 500, 1, "Start");
	add_page(site, 501, 1, "Brakes");
	add_page(site, 502, 1, "Twice");
	add_page(site, 503, 1, "Twice");
	add_page(site, 504, 2, "Away");
	add_content(
		site, 505, "BLOGPOST", 1, "News", 1, "creationdate = '2024-01-01 09:00:00.000'");
	add_content(
		site, 506, "BLOGPOST", 1, "News", 1, "creationdate = '2024-01-08 09:00:00.000'");
	add_content(site, 507, "PAGE", 1, "Draft", 1, "content_status = 'draft'");
	add_content(site, 508, "PAGE", 1, "Trash", 1, "content_status = 'deleted'");
	add_content(site, 509, "PAGE", 1, "Archive", 1, "content_status = 'archived'");
	add_page(site, 510, 1, "Named now");
	add_content(site, 511, "PAGE", 1, "Named before", 1, "prevver = 510, spaceid = NULL");
	add_page(site, 512, 2, "Both");
	add_page(site, 513, 1, "Elsewhere");
	add_page(site, 514, 2, "Elsewhere");
	add_page(site, 515, 1, "Pair");
	add_page(site, 516, 1, "Pair");
}

static void test_page_rules(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_page_world(site);
	add_backup(site, "ABC", NULL);
	add(site, "SPACE", "ABC", "title=Alpha;status=MAPPED_MANUAL;destinationvalue=ABC");
	add(site, "PAGE", "500", "spacekey=ABC;pagetype=PAGE;title=Start");
	add(site, "PAGE", "91", "spacekey=ABC;pagetype=PAGE;title=Brakes");
	add(site, "PAGE", "92", "spacekey=ABC;pagetype=PAGE;title=Pair");
	add(site, "PAGE", "503", "spacekey=ABC;pagetype=PAGE;title=Twice");
	add(site, "PAGE", "93", "spacekey=ABC;pagetype=PAGE;title=Away");
	add(site, "PAGE", "94",
		"spacekey=ABC;pagetype=BLOGPOST;title=News;evidence.created=2024-01-08");
	add(site, "PAGE", "95", "spacekey=ABC;pagetype=BLOGPOST;title=News");
	add(site, "PAGE", "96", "spacekey=ABC;pagetype=PAGE;title=Draft");
	add(site, "PAGE", "97", "spacekey=ABC;pagetype=PAGE;title=Trash");
	add(site, "PAGE", "98", "spacekey=ABC;pagetype=PAGE;title=Archive");
	add(site, "PAGE", "99", "spacekey=ABC;pagetype=PAGE;title=Named before");
	/* a page that is not a blog post of the same title */
	add(site, "PAGE", "80", "spacekey=ABC;pagetype=PAGE;title=News");
	/* of a space that the backup does not map */
	add(site, "PAGE", "81", "spacekey=DEF;pagetype=PAGE;title=Elsewhere");
	add(site, "PAGE", "82", "spacekey=GHI;pagetype=PAGE;title=Elsewhere");
	/* that title has another id here, and the id another title: which of them is meant? */
	add(site, "PAGE", "501", "spacekey=ABC;pagetype=PAGE;title=Named now");
	/* two of the backup, one here: not even both can be it */
	add(site, "PAGE", "85", "spacekey=ABC;pagetype=PAGE;title=Elsewhere");
	add(site, "PAGE", "86", "spacekey=ABC;title=Elsewhere");
	add(site, "PAGE", "83", "spacekey=ABC");
	add(site, "PAGE", "84", "spacekey=ABC;pagetype=PAGE;title=brakes");
	map(site);
	expect(site, "PAGE", "500", "500 certain: same id, same title, mapped space");
	expect(site, "PAGE", "91", "501 certain: same title in the mapped space");
	expect(site, "PAGE", "92", "ambiguous 515 516");
	expect(site, "PAGE", "503", "503 certain: same id, same title, mapped space");
	expect(site, "PAGE", "93", "504 possible: same title anywhere, one page");
	expect(site, "PAGE", "94", "506 likely: same blog title and day");
	expect(site, "PAGE", "95", "ambiguous 505 506");
	expect(site, "PAGE", "96", "not-found");
	expect(site, "PAGE", "97", "not-found");
	expect(site, "PAGE", "98", "not-found");
	expect(site, "PAGE", "99", "not-found");
	expect(site, "PAGE", "80", "not-found");
	expect(site, "PAGE", "81", "514 possible: same title in the space of the same key");
	expect(site, "PAGE", "82", "ambiguous 513 514");
	expect(site, "PAGE", "501", "510 likely: same title in the mapped space, another id");
	expect(site, "PAGE", "85",
		"513 possible: same title, which several pages of the backup have");
	expect(site, "PAGE", "86",
		"513 possible: same title, which several pages of the backup have");
	expect(site, "PAGE", "83", "failed");
	expect(site, "PAGE", "84", "not-found");
	expect_reason(site, "PAGE", "91", "same title in space \"ABC\", one page");
	expect_reason(site, "PAGE", "92", "2 pages have this title in space \"ABC\": 515, 516");
	expect_reason(site, "PAGE", "97", "no page with this title in space \"ABC\"");
	expect_reason(site, "PAGE", "82", "2 pages elsewhere have this title: 513, 514");
	expect_reason(site, "PAGE", "83",
		"could not be looked up: the backup does not know the page's title: it was gone "
		"when "
		"the backup was made");
	close_site(site);
}

/* Equal ids mean nothing when the backup certainly comes from elsewhere. */
static void test_page_from_elsewhere(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_page_world(site);
	add_backup(site, "ABC", "elsewhere");
	add(site, "SPACE", "ABC", "title=Alpha;status=MAPPED_MANUAL;destinationvalue=ABC");
	add(site, "PAGE", "503", "spacekey=ABC;pagetype=PAGE;title=Twice");
	add(site, "PAGE", "501", "spacekey=ABC;pagetype=PAGE;title=Start");
	add(site, "PAGE", "508", "spacekey=ABC;pagetype=PAGE;title=Trash");
	add(site, "PAGE", "507", "spacekey=ABC;pagetype=PAGE;title=Never here");
	map(site);
	expect(site, "PAGE", "503", "ambiguous 502 503");
	expect(site, "PAGE", "501", "500 certain: same title in the mapped space");
	expect(site, "PAGE", "508", "gone");
	expect(site, "PAGE", "507", "not-found");
	expect_reason(site, "PAGE", "508",
		"the page of this id is here, but deleted, archived or a draft");
	close_site(site);
}

static void test_page_of_this_instance(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_page_world(site);
	add_backup(site, "ABC", "here");
	add(site, "SPACE", "ABC", "title=Alpha");
	/* renamed, and its title given to another page */
	add(site, "PAGE", "510", "spacekey=ABC;pagetype=PAGE;title=Start");
	/* moved to another space */
	add(site, "PAGE", "504", "spacekey=ABC;pagetype=PAGE;title=Away");
	/* deleted, and made anew */
	add(site, "PAGE", "77", "spacekey=ABC;pagetype=PAGE;title=Brakes");
	add(site, "PAGE", "508", "spacekey=ABC;pagetype=PAGE;title=Trash before");
	add(site, "PAGE", "512", "spacekey=DEF;pagetype=PAGE;title=Both");
	map(site);
	expect(site, "PAGE", "510", "510 certain: same id on the same instance");
	expect(site, "PAGE", "504", "504 certain: same id on the same instance");
	expect(site, "PAGE", "77", "501 likely: same title in the mapped space, another id");
	expect(site, "PAGE", "508", "gone");
	expect(site, "PAGE", "512", "512 certain: same id on the same instance");
	close_site(site);
}

/* One space to a new key on the same instance: the copies are meant, not the pages that stayed. */
static void test_space_copied_on_this_instance(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_space(site, 1, "ABC", "Alpha");
	add_space(site, 2, "COPY", "Copy");
	add_page(site, 500, 1, "Start");
	add_page(site, 600, 2, "Start");
	add_content(site, 510, "ATTACHMENT", 1, "a.xlsx", 1, "pageid = 500");
	add_content(site, 610, "ATTACHMENT", 2, "a.xlsx", 1, "pageid = 600");
	add_backup(site, "ABC", "here");
	add(site, "SPACE", "ABC", "title=Alpha");
	add(site, "PAGE", "500", "spacekey=ABC;pagetype=PAGE;title=Start");
	add(site, "VERSION", "500", "pageid=500;pageversion=1;spacekey=ABC");
	add(site, "ATTACHMENT", "510", "pageid=500;spacekey=ABC;title=a.xlsx;pageversion=1");
	map(site);
	expect(site, "SPACE", "ABC", "ABC certain: same key on the same instance");
	expect(site, "PAGE", "500", "500 certain: same id on the same instance");
	expect(site, "VERSION", "500", "500 certain: version number of the mapped page");
	expect(site, "ATTACHMENT", "510", "510 certain: same id on the same instance");
	assert_int_equal(set(site, "SPACE", "ABC", "COPY"), 3);
	expect(site, "PAGE", "500", "not mapped");
	expect(site, "VERSION", "500", "not mapped");
	expect(site, "ATTACHMENT", "510", "not mapped");
	expect_reason(site, "PAGE", "500", "not looked at yet");
	map(site);
	expect(site, "PAGE", "500", "600 certain: same title in the mapped space");
	expect(site, "VERSION", "500", "600 certain: version number of the mapped page");
	expect(site, "ATTACHMENT", "510",
		"610 likely: same file name and version on the mapped page");
	close_site(site);
}

/* A title that many pages have is looked at ten times, not once for each of them. */
static void test_answers_are_limited(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_space(site, 1, "ABC", "Alpha");
	for (int i = 0; i < 30; i++) {
		add_space(site, 10 + i, arena_printf(&arena, "S%d", i), "Many");
		add_page(site, 1000 + i, 10 + i, "Home");
	}
	add_backup(site, "ABC", NULL);
	add(site, "SPACE", "ABC", "title=Alpha;status=MAPPED_MANUAL;destinationvalue=ABC");
	add(site, "PAGE", "1", "spacekey=ABC;pagetype=PAGE;title=Home");
	map(site);
	assert_int_equal(number_of(site, "SELECT count(*) FROM reqferry_candidate"), 10);
	expect_reason(site, "PAGE", "1",
		"10 or more pages elsewhere have this title: 1000, 1001, 1002, ...");
	close_site(site);
}

/* --- versions and attachments ----------------------------------------------------------------- */

static void test_version_rules(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_space(site, 1, "ABC", "Alpha");
	add_content(site, 500, "PAGE", 1, "Start", 3, NULL);
	add_content(site, 490, "PAGE", 1, "Start before", 1, "prevver = 500, spaceid = NULL");
	add_content(site, 491, "PAGE", 1, "Start", 3, "prevver = 500, content_status = 'draft'");
	add_page(site, 600, 1, "Other");
	add_backup(site, "ABC", NULL);
	add(site, "SPACE", "ABC", "title=Alpha");
	add(site, "PAGE", "1", "spacekey=ABC;pagetype=PAGE;title=Start");
	add(site, "PAGE", "2", "spacekey=ABC;pagetype=PAGE");
	add(site, "PAGE", "3", "status=EXCLUDED");
	add(site, "VERSION", "11", "pageid=1;pageversion=1");
	add(site, "VERSION", "12", "pageversion=3;dependencies=type=PAGE, app=page, documentId=1");
	add(site, "VERSION", "13", "pageversion=2;dependencies=documentId=1,app=page , type=PAGE");
	add(site, "VERSION", "14", "pageid=1");
	add(site, "VERSION", "15", "pageid=2;pageversion=1");
	add(site, "VERSION", "16", "pageid=3;pageversion=1");
	add(site, "VERSION", "17", "pageversion=1;dependencies=type=PAGE");
	add(site, "VERSION", "18", "pageid=77;pageversion=1");
	struct mapping_auto_result result = map(site);
	expect(site, "VERSION", "11", "490 certain: version number of the mapped page");
	expect(site, "VERSION", "12", "500 certain: version number of the mapped page");
	expect(site, "VERSION", "13", "500 possible: current version of the mapped page");
	expect(site, "VERSION", "14", "500 possible: current version of the mapped page");
	expect(site, "VERSION", "15", "not-found");
	expect(site, "VERSION", "16", "not-found");
	expect(site, "VERSION", "17", "failed");
	expect(site, "VERSION", "18", "failed");
	expect_reason(site, "VERSION", "11", "version 1 of page 500");
	expect_reason(site, "VERSION", "15", "its page \"2\" is not mapped");
	expect_reason(site, "VERSION", "16", "its page \"3\" is excluded");
	expect_reason(site, "VERSION", "17",
		"could not be looked up: the backup does not say of which page it is a version");
	/* PAGE 2, and VERSION 13, 14, 15, 17, 18; nobody need look at a version of an excluded page
	 */
	assert_int_equal(result.open, 6);
	assert_int_equal(result.types[ENTITY_VERSION].total, 8);
	assert_int_equal(result.types[ENTITY_VERSION].certain, 2);
	assert_int_equal(result.types[ENTITY_VERSION].possible, 2);
	assert_int_equal(result.types[ENTITY_VERSION].not_found, 2);
	assert_int_equal(result.types[ENTITY_VERSION].failed, 2);
	assert_int_equal(result.types[ENTITY_PAGE].excluded, 1);
	assert_false(result.used[ENTITY_ISSUE]);
	assert_true(result.used[ENTITY_PAGE]);
	close_site(site);
}

/* A mapping is never more certain than the one that it follows. */
static void test_certainty_is_capped(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_space(site, 1, "ABC", "Theirs");
	add_content(site, 500, "PAGE", 1, "Deep", 1, NULL);
	add_backup(site, "ABC", NULL);
	add(site, "SPACE", "ABC", "title=Ours");
	add_pages(site, "ABC", titles, 5);
	add(site, "PAGE", "1", "spacekey=ABC;pagetype=PAGE;title=Deep");
	add(site, "VERSION", "1", "pageid=1;pageversion=1");
	map(site);
	expect(site, "SPACE", "ABC", "ABC possible: same key");
	expect(site, "PAGE", "1", "500 possible: same title in the mapped space");
	expect(site, "VERSION", "1", "500 possible: version number of the mapped page");
	/* confirmed, the space counts as certain */
	const struct mapping_filter filter = {.type = "SPACE"};
	assert_int_equal(edit(site, MAPPING_CONFIRM, &filter), 1);
	expect(site, "SPACE", "ABC", "by hand, confirmed ABC");
	expect(site, "PAGE", "1", "500 possible: same title in the mapped space");
	expect_reason(site, "SPACE", "ABC",
		"confirmed by anna: a space with the same key, but nothing else says that it is "
		"the "
		"same");
	map(site);
	expect(site, "PAGE", "1", "500 certain: same title in the mapped space");
	expect(site, "VERSION", "1", "500 certain: version number of the mapped page");
	close_site(site);
}

static void test_attachment_rules(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_space(site, 1, "ABC", "Alpha");
	add_page(site, 500, 1, "Start");
	add_page(site, 501, 1, "Brakes");
	add_content(site, 700, "ATTACHMENT", 1, "a.xlsx", 2, "pageid = 500");
	add_content(site, 701, "ATTACHMENT", 1, "b.xlsx", 2, "pageid = 500");
	add_content(site, 702, "ATTACHMENT", 1, "c.xlsx", 2, "pageid = 501");
	add_content(site, 703, "ATTACHMENT", 1, "old.xlsx", 1, "prevver = 700, pageid = 500");
	add_content(site, 704, "ATTACHMENT", 1, "a.xlsx", 1, "pageid = 501");
	add_content(site, 705, "ATTACHMENT", 1, "bin.xlsx", 1,
		"pageid = 500, content_status = 'deleted'");
	add_backup(site, "ABC", NULL);
	add(site, "SPACE", "ABC", "title=Alpha");
	add(site, "PAGE", "1", "spacekey=ABC;pagetype=PAGE;title=Start");
	add(site, "ATTACHMENT", "700", "pageid=1;spacekey=ABC;title=a.xlsx");
	add(site, "ATTACHMENT", "11", "pageid=1;spacekey=ABC;title=b.xlsx;pageversion=2");
	add(site, "ATTACHMENT", "12", "pageid=1;spacekey=ABC;title=a.xlsx;pageversion=9");
	/* on another page than the mapped one */
	add(site, "ATTACHMENT", "13", "pageid=1;spacekey=ABC;title=c.xlsx;pageversion=2");
	add(site, "ATTACHMENT", "14", "pageid=1;spacekey=ABC;title=old.xlsx;pageversion=1");
	/* of a page that the backup does not map */
	add(site, "ATTACHMENT", "15", "pageid=9;spacekey=ABC;title=c.xlsx");
	add(site, "ATTACHMENT", "16", "pageid=9;spacekey=ABC;title=a.xlsx");
	add(site, "ATTACHMENT", "17", "");
	add(site, "ATTACHMENT", "705", "pageid=1;spacekey=ABC;title=bin.xlsx");
	map(site);
	expect(site, "ATTACHMENT", "700", "700 certain: same id, same file name, mapped page");
	expect(site, "ATTACHMENT", "11",
		"701 likely: same file name and version on the mapped page");
	expect(site, "ATTACHMENT", "12", "700 likely: same file name on the mapped page");
	expect(site, "ATTACHMENT", "13", "not-found");
	expect(site, "ATTACHMENT", "14", "not-found");
	expect(site, "ATTACHMENT", "15", "702 possible: same file name in the mapped space");
	expect(site, "ATTACHMENT", "16", "ambiguous 700 704");
	expect(site, "ATTACHMENT", "17", "failed");
	expect(site, "ATTACHMENT", "705", "gone");
	close_site(site);
}

static void test_attachment_of_this_instance(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_space(site, 1, "ABC", "Alpha");
	add_page(site, 500, 1, "Start");
	add_page(site, 501, 1, "Brakes");
	add_content(site, 700, "ATTACHMENT", 1, "renamed.xlsx", 2, "pageid = 500");
	add_content(site, 701, "ATTACHMENT", 1, "moved.xlsx", 2, "pageid = 501");
	add_backup(site, "ABC", "here");
	add(site, "SPACE", "ABC", "title=Alpha");
	/* the backup does not map its page: it is still on it */
	add(site, "ATTACHMENT", "700", "pageid=500;spacekey=ABC;title=a.xlsx");
	add(site, "ATTACHMENT", "701", "pageid=500;spacekey=ABC;title=moved.xlsx");
	map(site);
	expect(site, "ATTACHMENT", "700", "700 certain: same id on the same instance");
	expect(site, "ATTACHMENT", "701", "701 possible: same file name in the mapped space");
	close_site(site);
}

/* --- issues ----------------------------------------------------------------------------------- */

static void test_issue_rules(UNUSED void **state)
{
	struct site *site = new_jira();

	add_project(site, 1, "NEW", "New", "TIO");
	add_project(site, 2, "AWAY", "Away", NULL);
	add_issue(site, 100, 1, 1, "Same");
	add_issue(site, 101, 1, 2, "Brakes");
	add_issue(site, 102, 2, 9, "Moved away");
	add_issue(site, 103, 1, 30, "Renumbered");
	add_issue(site, 104, 1, 4, "Other summary");
	add_issue(site, 105, 1, 50, "Twice");
	add_issue(site, 106, 1, 51, "Twice");
	add_issue(site, 107, 2, 10, "Moved and changed");
	add_issue(site, 108, 2, 11, "Far");
	add_moved(site, 102, "TIO-3");
	add_moved(site, 107, "NEW-7");
	add_backup(site, "TIO", NULL);
	add(site, "PROJECT", "TIO", "status=MAPPED_MANUAL;destinationvalue=NEW");
	add(site, "ISSUE", "100", "issuekey=NEW-1;title=Same");
	add(site, "ISSUE", "2", "issuekey=TIO-2;title=Brakes");
	add(site, "ISSUE", "3", "issuekey=TIO-3;title=Moved away");
	add(site, "ISSUE", "4", "issuekey=TIO-5;title=Renumbered");
	add(site, "ISSUE", "5", "issuekey=TIO-4;title=Another one");
	add(site, "ISSUE", "6", "issuekey=TIO-6;title=Twice");
	add(site, "ISSUE", "7", "issuekey=TIO-7;title=Before");
	add(site, "ISSUE", "8", "issuekey=TIO-8;title=Far");
	add(site, "ISSUE", "9", "");
	/* id and key are there, the summary is another */
	add(site, "ISSUE", "101", "issuekey=TIO-99;title=Nothing");
	map(site);
	expect(site, "ISSUE", "100", "100 certain: same id, same key and same summary");
	expect(site, "ISSUE", "2", "101 certain: key in the mapped project, same summary");
	expect(site, "ISSUE", "3", "102 certain: former key, same summary");
	expect(site, "ISSUE", "4", "103 likely: same summary in the mapped project, one issue");
	expect(site, "ISSUE", "5", "104 possible: same key, other summary");
	expect(site, "ISSUE", "6", "ambiguous 105 106");
	expect(site, "ISSUE", "7", "107 possible: former key, other summary");
	expect(site, "ISSUE", "8", "not-found");
	expect(site, "ISSUE", "9", "failed");
	expect(site, "ISSUE", "101", "not-found");
	expect_reason(
		site, "ISSUE", "8", "no issue with this key or this summary in project \"NEW\"");
	close_site(site);
}

/* A current key wins over a former one, and a project chosen by hand over where its issues went. */
static void test_issue_keys_that_were_used_again(UNUSED void **state)
{
	struct site *site = new_jira();

	add_project(site, 1, "TIO", "Tio", NULL);
	add_project(site, 2, "AWAY", "Away", NULL);
	add_issue(site, 100, 1, 3, "The new three");
	add_issue(site, 101, 2, 9, "The old three");
	add_issue(site, 102, 2, 10, "The old four");
	add_moved(site, 101, "TIO-3");
	add_moved(site, 102, "TIO-4");
	add_backup(site, "TIO", NULL);
	add(site, "PROJECT", "TIO", "title=Tio;status=MAPPED_MANUAL;destinationvalue=TIO");
	add(site, "ISSUE", "3", "issuekey=TIO-3;title=The old three");
	add(site, "ISSUE", "4", "issuekey=TIO-4;title=The old four");
	map(site);
	expect(site, "ISSUE", "3", "100 possible: same key, other summary");
	expect(site, "ISSUE", "4", "102 certain: former key, same summary");
	add_project(site, 3, "COPY", "Copy", NULL);
	set(site, "PROJECT", "TIO", "COPY");
	map(site);
	expect(site, "ISSUE", "4", "not-found");
	close_site(site);
}

static void test_issue_of_this_instance(UNUSED void **state)
{
	struct site *site = new_jira();

	add_project(site, 1, "TIO", "Tio", NULL);
	add_project(site, 2, "AWAY", "Away", NULL);
	add_project(site, 3, "COPY", "Copy", NULL);
	add_issue(site, 100, 1, 1, "Changed since");
	add_issue(site, 101, 2, 9, "Moved");
	add_issue(site, 102, 3, 1, "As it was");
	add_backup(site, "TIO", "here");
	add(site, "PROJECT", "TIO", "title=Tio");
	add(site, "ISSUE", "100", "issuekey=TIO-1;title=As it was");
	add(site, "ISSUE", "101", "issuekey=TIO-2;title=Moved");
	map(site);
	expect(site, "ISSUE", "100", "100 certain: same id on the same instance");
	expect(site, "ISSUE", "101", "101 certain: same id on the same instance");
	/* to a copy of the project: its issues are meant */
	set(site, "PROJECT", "TIO", "COPY");
	map(site);
	expect(site, "ISSUE", "100", "102 certain: key in the mapped project, same summary");
	expect(site, "ISSUE", "101", "not-found");
	close_site(site);
}

static void test_issue_behind_a_link(UNUSED void **state)
{
	struct site *site = new_confluence(), *other = new_jira();

	add_link(site, "aaaa", "Jira", "https://jira.example");
	add_project(other, 1, "NEW", "New", "TIO");
	add_project(other, 2, "AWAY", "Away", NULL);
	add_issue(other, 100, 1, 1, "One");
	add_issue(other, 101, 2, 9, "Two");
	add_moved(other, 101, "TIO-2");
	add_backup(site, "ABC", NULL);
	add(site, "APPLINK", "aaaa", "");
	add(site, "PROJECT", "TIO", "dependencies=aaaa");
	add(site, "PROJECT", "OFF", "dependencies=aaaa;status=EXCLUDED");
	add(site, "ISSUE", "TIO-1", "dependencies=aaaa;issuekey=TIO-1");
	add(site, "ISSUE", "TIO-2", "dependencies=aaaa");
	add(site, "ISSUE", "TIO-3", "dependencies=aaaa");
	add(site, "ISSUE", "OFF-1", "dependencies=aaaa");
	add(site, "ISSUE", "nokey", "dependencies=aaaa");
	map(site);
	expect(site, "ISSUE", "TIO-1", "TIO-1 likely: number in the mapped project, not looked up");
	map_with(site, other);
	expect(site, "PROJECT", "TIO", "NEW certain: former key in the same Jira");
	expect(site, "ISSUE", "TIO-1", "NEW-1 certain: key in the mapped project");
	expect(site, "ISSUE", "TIO-2", "AWAY-9 certain: former key in the same Jira");
	expect(site, "ISSUE", "TIO-3", "not-found");
	expect(site, "ISSUE", "OFF-1", "not-found");
	expect(site, "ISSUE", "nokey", "not-found");
	expect_reason(site, "ISSUE", "OFF-1", "its project \"OFF\" is excluded");
	/* in another Jira the project may be anybody's */
	add_link(site, "bbbb", "New", "https://new.example");
	set(site, "APPLINK", "aaaa", "bbbb");
	set(site, "PROJECT", "TIO", "NEW");
	map_with(site, other);
	expect(site, "ISSUE", "TIO-1", "NEW-1 certain: key in the mapped project");
	expect(site, "ISSUE", "TIO-2", "AWAY-9 likely: former key in the other Jira");
	close_site(site);
	close_site(other);
}

/* Two links with a project of the same key each: an issue follows the one of its own link. */
static void test_issue_of_two_links(UNUSED void **state)
{
	struct site *site = new_confluence();

	add_link(site, "aaaa", "One", "https://one.example");
	add_link(site, "bbbb", "Two", "https://two.example");
	add_backup(site, "ABC", NULL);
	add(site, "APPLINK", "aaaa", "");
	add(site, "APPLINK", "bbbb", "");
	add(site, "PROJECT", "TIO", "dependencies=aaaa;status=MAPPED_MANUAL;destinationvalue=ONE");
	add(site, "PROJECT", "TIO", "dependencies=bbbb;status=MAPPED_MANUAL;destinationvalue=TWO");
	add(site, "ISSUE", "TIO-1", "dependencies=aaaa");
	add(site, "ISSUE", "TIO-2", "dependencies=bbbb");
	add(site, "ISSUE", "TIO-3", "dependencies=cccc");
	map(site);
	expect(site, "ISSUE", "TIO-1", "ONE-1 likely: number in the mapped project, not looked up");
	expect(site, "ISSUE", "TIO-2", "TWO-2 likely: number in the mapped project, not looked up");
	expect(site, "ISSUE", "TIO-3", "not-found");
	close_site(site);
}

/* --- two companies ---------------------------------------------------------------------------- */

/* Both have a space HR, a project HR and a jsmith, with nothing in common behind them. */
static void test_two_companies(UNUSED void **state)
{
	static const char certain[] =
		"SELECT count(*) FROM reqferry_mapping WHERE certainty = 'certain'";
	struct site *confluence = new_confluence(), *jira = new_jira();

	add_space(confluence, 1, "HR", "Human Resources");
	add_page(confluence, 100, 1, "Home");
	add_page(confluence, 101, 1, "Holidays");
	add_user(confluence, KEY2, "jsmith", "john.smith@theirs.example", "John Smith", true);
	add_backup(confluence, "HR", "elsewhere");
	add(confluence, "SPACE", "HR", "title=Human Resources");
	add_pages(confluence, "HR", titles, 5);
	add(confluence, "USER", KEY1,
		"username=jsmith;evidence.email=jsmith@ours.example;evidence.displayname=Jane "
		"Smith");
	map(confluence);
	assert_int_equal(number_of(confluence, certain), 0);
	expect(confluence, "SPACE", "HR", "HR likely: same key and same name, other pages");

	add_project(jira, 1, "HR", "Human Resources", NULL);
	for (int i = 0; i < 4; i++)
		add_issue(jira, 100 + i, 1, i + 1, "Hire somebody");
	add_backup(jira, "HR", "elsewhere");
	add(jira, "PROJECT", "HR", "title=Human Resources");
	add_issues(jira, "HR", 4);
	map(jira);
	assert_int_equal(number_of(jira, certain), 0);
	close_site(confluence);
	close_site(jira);
}

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

/* --- all -------------------------------------------------------------------------------------- */

static int end_test(UNUSED void **state)
{
	arena_clear(&arena);
	return 0;
}

static int remove_folder(UNUSED void **state)
{
	const char *command = arena_printf(&arena, "rm -rf %s", folder);
	int result = system(command);

	arena_release(&arena);
	str_release(&warnings);
	return result;
}

static int make_folder(UNUSED void **state)
{
	warnings = STR_INIT;
	return mkdtemp(folder) ? 0 : -1;
}

#define TEST(function) cmocka_unit_test_teardown(function, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_applink_rules),
		TEST(test_applink_only),
		TEST(test_space_rules),
		TEST(test_space_evidence_threshold),
		TEST(test_space_of_this_instance),
		TEST(test_space_behind_a_link),
		TEST(test_two_links),
		TEST(test_project_rules),
		TEST(test_project_of_this_instance),
		TEST(test_project_current_key_wins),
		TEST(test_project_behind_a_link),
		TEST(test_user_rules),
		TEST(test_later_rules_decide_among_candidates),
		TEST(test_user_on_jira),
		TEST(test_user_of_this_instance),
		TEST(test_page_rules),
		TEST(test_page_from_elsewhere),
		TEST(test_page_of_this_instance),
		TEST(test_space_copied_on_this_instance),
		TEST(test_answers_are_limited),
		TEST(test_version_rules),
		TEST(test_certainty_is_capped),
		TEST(test_attachment_rules),
		TEST(test_attachment_of_this_instance),
		TEST(test_issue_rules),
		TEST(test_issue_keys_that_were_used_again),
		TEST(test_issue_of_this_instance),
		TEST(test_issue_behind_a_link),
		TEST(test_issue_of_two_links),
		TEST(test_two_companies),
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
