/*
 * What the tests of the mapping share: small instances, and what became of their mappings. A
 * Confluence and a Jira come from data/schema, with our own tables and mapping rows as a load would
 * have left them.
 *
 * What became of a mapping is compared as one line:
 *
 *     501 certain: same title in the mapped space      automatic
 *     by hand 501        by hand, confirmed 501        manual
 *     ambiguous 501 502        not-found        gone        failed
 *     not mapped        excluded
 */
#ifndef MAPPING_SITE_H
#define MAPPING_SITE_H

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
static const char *actor = "anna"; /* who acts */

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

UNUSED static void on_warning(void *sink, const char *message)
{
	str_addf(sink, "%s\n", message);
}

UNUSED static struct task *task(void)
{
	static struct task one;

	one = (struct task){.actor = actor, .warn = on_warning, .sink = &warnings};
	return &one;
}

UNUSED static void run(struct site *site, const char *format, ...) PRINTF(2, 3);
UNUSED static void run(struct site *site, const char *format, ...)
{
	CLEANUP(str_release) struct str sql = STR_INIT;
	va_list values;

	va_start(values, format);
	str_vaddf(&sql, format, values);
	va_end(values);
	MUST(db_exec(site->db, sql.at, NULL, 0, NULL, err));
}

UNUSED static const char *text_of(struct site *site, const char *sql)
{
	struct slice text;

	MUST(db_query_text(site->db, sql, NULL, 0, &arena, &text, err));
	return text.at ? text.at : "(null)";
}

UNUSED static int64_t number_of(struct site *site, const char *sql)
{
	int64_t number;

	MUST(db_query_int(site->db, sql, NULL, 0, -1, &number, err));
	return number;
}

UNUSED static struct site *new_site(enum product product)
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

UNUSED static struct site *new_confluence(void)
{
	return new_site(PRODUCT_CONFLUENCE);
}

UNUSED static struct site *new_jira(void)
{
	return new_site(PRODUCT_JIRA);
}

UNUSED static void close_site(struct site *site)
{
	db_close(&site->db);
}

/* A backup "b" of the scope. Origin: NULL not known, "here" this instance, else another one's id.
 */
UNUSED static void add_backup(struct site *site, const char *scope, const char *origin)
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
UNUSED static void add(struct site *site, const char *type, const char *key, const char *fields)
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

UNUSED static void add_space(struct site *site, int id, const char *key, const char *name)
{
	run(site,
		"INSERT INTO spaces (spaceid, spacekey, lowerspacekey, spacename, spacestatus) "
		"VALUES (%d, '%s', lower('%s'), '%s', 'CURRENT')",
		id, key, key, name);
}

/* `what` is appended to the row: ", prevver = 1, ..." as an UPDATE would say it; may be NULL. */
UNUSED static void add_content(struct site *site, int id, const char *type, int space,
	const char *title, int version, const char *what)
{
	run(site,
		"INSERT INTO content (contentid, contenttype, spaceid, title, lowertitle, version, "
		"content_status, creationdate) VALUES (%d, '%s', %d, '%s', lower('%s'), %d, "
		"'current', '2024-05-06 10:00:00.000')",
		id, type, space, title, title, version);
	if (what)
		run(site, "UPDATE content SET %s WHERE contentid = %d", what, id);
}

UNUSED static void add_page(struct site *site, int id, int space, const char *title)
{
	add_content(site, id, "PAGE", space, title, 1, NULL);
}

UNUSED static void add_user(struct site *site, const char *key, const char *name, const char *email,
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

UNUSED static void add_link(struct site *site, const char *id, const char *name, const char *url)
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
UNUSED static void add_project(
	struct site *site, int id, const char *key, const char *name, const char *former)
{
	run(site, "INSERT INTO project (id, pname, pkey) VALUES (%d, '%s', '%s')", id, name, key);
	run(site, "INSERT INTO project_key VALUES (%d, %d, '%s')", id * 10, id, key);
	if (former)
		run(site, "INSERT INTO project_key VALUES (%d, %d, '%s')", id * 10 + 1, id, former);
}

UNUSED static void add_issue(
	struct site *site, int id, int project, int number, const char *summary)
{
	run(site,
		"INSERT INTO jiraissue (id, issuenum, project, summary) VALUES (%d, %d, %d, '%s')",
		id, number, project, summary);
}

UNUSED static void add_moved(struct site *site, int issue, const char *old_key)
{
	run(site, "INSERT INTO moved_issue_key VALUES (%d, '%s', %d)", issue * 7, old_key, issue);
}

UNUSED static struct mapping_auto_result map_with(struct site *site, const struct site *other)
{
	struct mapping_auto_result result;

	MUST(mapping_auto(
		&site->host, other ? &other->host : NULL, &site->backup, task(), &result, err));
	return result;
}

UNUSED static struct mapping_auto_result map(struct site *site)
{
	return map_with(site, NULL);
}

/* What became of it, in one line. */
UNUSED static const char *outcome_of(struct site *site, const char *type, const char *key)
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

UNUSED static void expect(struct site *site, const char *type, const char *key, const char *line)
{
	const char *got = outcome_of(site, type, key);

	if (strcmp(got, line) != 0)
		fail_msg("%s %s is \"%s\", not \"%s\"", type, key, got, line);
}

struct found_reason {
	const char *type, *key, *text;
};

UNUSED static bool on_reason(void *context, const struct mapping_row *row, UNUSED struct error *err)
{
	struct found_reason *found = context;

	if (slice_is(row->type, found->type) && slice_is(row->key, found->key))
		found->text = arena_strdup(&arena, row->reason);
	return true;
}

UNUSED static void expect_reason(
	struct site *site, const char *type, const char *key, const char *sentence)
{
	struct found_reason found = {type, key, "(no such row)"};
	const struct mapping_filter filter = {.type = type};

	MUST(mapping_list(site->db, SLICE("b"), &filter, on_reason, &found, err));
	assert_string_equal(found.text, sentence);
}

UNUSED static int64_t set(
	struct site *site, const char *type, const char *key, const char *destination)
{
	int64_t reset;

	MUST(mapping_set(
		&site->host, SLICE("b"), type, key, NULL, destination, false, task(), &reset, err));
	return reset;
}

UNUSED static int64_t edit(
	struct site *site, enum mapping_edit what, const struct mapping_filter *filter)
{
	int64_t count;

	MUST(mapping_edit(site->db, SLICE("b"), what, filter, false, task(), &count, err));
	return count;
}

UNUSED static void add_page_world(struct site *site)
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

UNUSED static int end_test(UNUSED void **state)
{
	arena_clear(&arena);
	return 0;
}

UNUSED static int remove_folder(UNUSED void **state)
{
	const char *command = arena_printf(&arena, "rm -rf %s", folder);
	int result = system(command);

	arena_release(&arena);
	str_release(&warnings);
	return result;
}

UNUSED static int make_folder(UNUSED void **state)
{
	warnings = STR_INIT;
	return mkdtemp(folder) ? 0 : -1;
}

#define TEST(function) cmocka_unit_test_teardown(function, end_test)

#endif
