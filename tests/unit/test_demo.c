/*
 * Tests of the demo's content: made once into a folder of its own, then asked by SQL whether it
 * hangs together, within an instance, between the two products of a side, and between the sides.
 * Each "none" query lists what would be wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "db/db.h"
#include "demo/demo.h"
#include "must.h"

static char folder[] = "/tmp/reqferry-test-demo-XXXXXX";
static struct arena arena;
static struct db *origin, *destination;           /* Confluence, with its Jira as "jira" */
static struct db *jira_origin, *jira_destination; /* Jira, with its Confluence as "confluence" */

static const char *const files[] = {DEMO_CONFLUENCE_ORIGIN, DEMO_CONFLUENCE_DESTINATION,
	DEMO_JIRA_ORIGIN, DEMO_JIRA_DESTINATION};

/* --- helpers ---------------------------------------------------------------------------------- */

static const char *path_in(const char *name, const char *file)
{
	return arena_printf(&arena, "%s/%s/%s", folder, name, file);
}

static int64_t number(struct db *db, const char *sql)
{
	int64_t value = 0;

	MUST(db_query_int(db, sql, NULL, 0, INT64_MIN, &value, err));
	return value;
}

/* The query gives no row; the first one is shown. */
static void none(struct db *db, const char *sql)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	CLEANUP(str_release) struct str text = STR_INIT;
	bool row = false;

	MUST(db_query(db, sql, NULL, 0, &rows, err));
	MUST(db_rows_next(rows, &row, err));
	for (size_t i = 0; row && i < db_rows_columns(rows); i++) {
		str_add_char(&text, ' ');
		str_add(&text, db_rows_text(rows, i));
	}
	if (row)
		fail_msg("%s gives%s", sql, text.at);
}

static void at_least(struct db *db, int64_t least, const char *sql)
{
	int64_t value = number(db, sql);

	if (value < least)
		fail_msg(
			"%s gives %lld, not %lld or more", sql, (long long)value, (long long)least);
}

static void exactly(struct db *db, int64_t expected, const char *sql)
{
	int64_t value = number(db, sql);

	if (value != expected)
		fail_msg("%s gives %lld, not %lld", sql, (long long)value, (long long)expected);
}

static struct db *open_beside(const char *file, const char *other_name, const char *other)
{
	struct db *db = NULL;
	const char *other_path = path_in("demo", other);

	MUST(db_open(arena_printf(&arena, "sqlite:%s", path_in("demo", file)), DB_READ, &db, err));
	MUST(db_exec(db, arena_printf(&arena, "ATTACH '%s' AS %s", other_path, other_name), NULL, 0,
		NULL, err));
	return db;
}

static void attach(struct db *db, const char *name, const char *file)
{
	const char *path = path_in("demo", file);

	MUST(db_exec(
		db, arena_printf(&arena, "ATTACH '%s' AS %s", path, name), NULL, 0, NULL, err));
}

static int set_up(void **state UNUSED)
{
	struct task task = {.actor = "test"};

	if (!mkdtemp(folder))
		return -1;
	MUST(demo_content_create(arena_printf(&arena, "%s/demo", folder), &task, err));
	origin = open_beside(DEMO_CONFLUENCE_ORIGIN, "jira", DEMO_JIRA_ORIGIN);
	destination = open_beside(DEMO_CONFLUENCE_DESTINATION, "jira", DEMO_JIRA_DESTINATION);
	jira_origin = open_beside(DEMO_JIRA_ORIGIN, "confluence", DEMO_CONFLUENCE_ORIGIN);
	jira_destination =
		open_beside(DEMO_JIRA_DESTINATION, "confluence", DEMO_CONFLUENCE_DESTINATION);
	attach(origin, "other", DEMO_CONFLUENCE_DESTINATION);
	attach(jira_origin, "other", DEMO_JIRA_DESTINATION);
	return 0;
}

static int tear_down(void **state UNUSED)
{
	db_close(&origin);
	db_close(&destination);
	db_close(&jira_origin);
	db_close(&jira_destination);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		unlink(path_in("demo", files[i]));
		unlink(path_in("again", files[i]));
	}
	rmdir(arena_printf(&arena, "%s/demo", folder));
	rmdir(arena_printf(&arena, "%s/again", folder));
	rmdir(folder);
	arena_release(&arena);
	return 0;
}

/* --- one instance -------------------------------------------------------------------------------
 */

static void test_foreign_keys_are_clean(void **state UNUSED)
{
	none(origin, "PRAGMA main.foreign_key_check");
	none(destination, "PRAGMA main.foreign_key_check");
	none(jira_origin, "PRAGMA main.foreign_key_check");
	none(jira_destination, "PRAGMA main.foreign_key_check");
}

static void test_origin_has_the_promised_size(void **state UNUSED)
{
	at_least(origin, 300,
		"SELECT count(*) FROM content WHERE contenttype = 'PAGE' AND prevver IS NULL AND "
		"content_status = 'current'");
	at_least(origin, 800,
		"SELECT count(*) FROM content WHERE contenttype = 'PAGE' AND prevver IS NOT NULL "
		"AND content_status = 'current'");
	exactly(origin, 5,
		"SELECT max(version) FROM content WHERE contenttype = 'PAGE' AND prevver IS NULL");
	at_least(origin, 20,
		"SELECT count(*) FROM content WHERE contenttype = 'BLOGPOST' AND prevver IS NULL");
	at_least(origin, 10, "SELECT count(*) FROM content WHERE content_status = 'draft'");
	at_least(origin, 5, "SELECT count(*) FROM content WHERE content_status = 'deleted'");
	at_least(origin, 9, "SELECT count(*) FROM content WHERE contenttype = 'ATTACHMENT'");
	exactly(origin, 5, "SELECT count(*) FROM spaces");
	exactly(origin, 1, "SELECT count(*) FROM spaces WHERE spacekey LIKE '~%'");
	at_least(origin, 25, "SELECT count(*) FROM user_mapping");
	at_least(jira_origin, 250, "SELECT count(*) FROM jiraissue");
	exactly(jira_origin, 3, "SELECT count(*) FROM project");
	exactly(jira_origin, 4, "SELECT count(*) FROM project_key");
	exactly(jira_origin, 2, "SELECT count(*) FROM moved_issue_key");
}

static void test_origin_has_every_kind_of_row(void **state UNUSED)
{
	at_least(origin, 1500,
		"SELECT count(*) FROM AO_32F7CE_DBREQUIREMENT WHERE STATUS = 'ACTIVE'");
	at_least(origin, 400,
		"SELECT count(*) FROM AO_32F7CE_DBREQUIREMENT WHERE STATUS = 'ARCHIVED' AND "
		"BASELINE IS NOT NULL");
	at_least(origin, 10,
		"SELECT count(*) FROM AO_32F7CE_DBREQUIREMENT WHERE STATUS = 'DELETED'");
	at_least(origin, 10,
		"SELECT count(*) FROM AO_32F7CE_DBREQUIREMENT WHERE STATUS = 'MOVED' AND NEWKEY IS "
		"NOT NULL AND NEWSPACEKEY IS NOT NULL");
	at_least(origin, 3000, "SELECT count(*) FROM AO_32F7CE_DBPROPERTY WHERE TYPE = 'INLINE'");
	at_least(origin, 500, "SELECT count(*) FROM AO_32F7CE_DBPROPERTY WHERE TYPE = 'EXTERNAL'");
	at_least(origin, 500, "SELECT count(*) FROM AO_32F7CE_DBDEPENDENCY");
	at_least(origin, 50,
		"SELECT count(*) FROM AO_32F7CE_DBDEPENDENCY d JOIN AO_32F7CE_DBREQUIREMENT p ON "
		"p.ID = d.PARENT_ID JOIN AO_32F7CE_DBREQUIREMENT c ON c.ID = d.CHILD_ID WHERE "
		"p.SPACEKEY <> c.SPACEKEY");
	at_least(origin, 2000,
		"SELECT count(*) FROM AO_32F7CE_DBLINK WHERE TYPE = 'PAGE' AND ORIGIN = 1");
	at_least(origin, 2000,
		"SELECT count(*) FROM AO_32F7CE_DBLINK WHERE TYPE = 'PAGE' AND ORIGIN = 0");
	at_least(origin, 100,
		"SELECT count(DISTINCT VERSIONID) FROM AO_32F7CE_DBLINK l JOIN content c ON "
		"c.contentid = l.VERSIONID WHERE c.prevver IS NOT NULL");
	at_least(origin, 500, "SELECT count(*) FROM AO_32F7CE_DBLINK WHERE TYPE = 'JIRA'");
	at_least(origin, 50, "SELECT count(*) FROM AO_32F7CE_DBLINK WHERE TYPE = 'EXCEL'");
	at_least(origin, 10, "SELECT count(*) FROM AO_32F7CE_DBTRACEABILITYMATRIX");
	exactly(origin, 2, "SELECT count(*) FROM AO_32F7CE_DBAPPLINK");
	at_least(jira_origin, 500, "SELECT count(*) FROM AO_42D05A_DBISSUELINK");
	at_least(jira_origin, 500, "SELECT count(*) FROM AO_42D05A_DBRILAUDITTRAILITEM");
	at_least(jira_origin, 5,
		"SELECT count(*) FROM AO_42D05A_DBREMOTEREQUIREMENT WHERE FLAGDELETED = 1");
	at_least(jira_origin, 5,
		"SELECT count(*) FROM AO_42D05A_DBREMOTEREQUIREMENT WHERE ID NOT IN (SELECT "
		"REQUIREMENT_ID FROM AO_42D05A_DBISSUELINK)");
}

static void test_texts_are_hard_for_csv(void **state UNUSED)
{
	at_least(origin, 20,
		"SELECT count(*) FROM AO_32F7CE_DBREQUIREMENT WHERE instr(HTMLEXCERPT, char(34)) "
		"AND instr(HTMLEXCERPT, ',')");
	at_least(origin, 20,
		"SELECT count(*) FROM AO_32F7CE_DBREQUIREMENT WHERE instr(HTMLEXCERPT, char(13, "
		"10))");
	at_least(origin, 20,
		"SELECT count(*) FROM AO_32F7CE_DBREQUIREMENT WHERE instr(HTMLEXCERPT, char(10)) "
		"AND NOT instr(HTMLEXCERPT, char(13))");
	at_least(origin, 20,
		"SELECT count(*) FROM AO_32F7CE_DBREQUIREMENT WHERE HTMLEXCERPT GLOB '*[' || "
		"char(65536) || '-' || char(1114111) || ']*'");
	at_least(origin, 20,
		"SELECT count(*) FROM AO_32F7CE_DBREQUIREMENT WHERE HTMLEXCERPT GLOB '*ä*' OR "
		"HTMLEXCERPT GLOB '*é*'");
	at_least(origin, 3, "SELECT count(*) FROM AO_32F7CE_DBPROPERTY WHERE VALUE GLOB '=*'");
	at_least(origin, 3, "SELECT count(*) FROM AO_32F7CE_DBPROPERTY WHERE VALUE GLOB ' * '");
}

/* What one row names is there, and named once. */
static void check_confluence(struct db *db)
{
	none(db, "SELECT l.ID, l.DOCUMENTID, l.VERSIONID FROM AO_32F7CE_DBLINK l WHERE TYPE = "
		 "'PAGE' AND NOT EXISTS (SELECT 1 FROM content p JOIN content v ON v.contentid = "
		 "CAST(l.VERSIONID AS INTEGER) AND (v.contentid = p.contentid OR v.prevver = "
		 "p.contentid) WHERE p.contentid = CAST(l.DOCUMENTID AS INTEGER) AND p.prevver IS "
		 "NULL AND p.content_status = 'current' AND v.content_status = 'current')");
	none(db, "SELECT l.ID, l.DOCUMENTID FROM AO_32F7CE_DBLINK l WHERE TYPE = 'EXCEL' AND NOT "
		 "EXISTS (SELECT 1 FROM content c WHERE c.contentid = CAST(l.DOCUMENTID AS "
		 "INTEGER) AND c.contenttype = 'ATTACHMENT' AND c.prevver IS NULL)");
	none(db, "SELECT ID, DOCUMENTID FROM AO_32F7CE_DBLINK WHERE TYPE = 'JIRA' AND DOCUMENTID "
		 "NOT IN (SELECT k.project_key || '-' || i.issuenum FROM jira.jiraissue i JOIN "
		 "jira.project_key k ON k.project_id = i.project UNION SELECT old_issue_key FROM "
		 "jira.moved_issue_key)");
	none(db, "SELECT APP FROM AO_32F7CE_DBLINK l WHERE TYPE = 'JIRA' AND NOT EXISTS (SELECT 1 "
		 "FROM bandana WHERE bandanakey = 'applinks.admin.' || l.APP || '.name')");
	none(db, "SELECT APPLINK FROM AO_32F7CE_DBAPPLINK a WHERE NOT EXISTS (SELECT 1 FROM "
		 "bandana WHERE bandanakey = 'applinks.admin.' || a.APPLINK || '.rpc.url')");
	none(db, "SELECT ID FROM AO_32F7CE_DBREQUIREMENT WHERE CREATEDUSER NOT IN (SELECT user_key "
		 "FROM user_mapping) OR LASTUPDATEDUSER NOT IN (SELECT user_key FROM user_mapping) "
		 "OR SPACEKEY NOT IN (SELECT spacekey FROM spaces) OR HTMLEXCERPT IS NULL OR "
		 "CREATEDDATE IS NULL OR LASTUPDATEDDATE < CREATEDDATE");
	none(db, "SELECT r.ID, NEWKEY FROM AO_32F7CE_DBREQUIREMENT r WHERE NEWKEY IS NOT NULL AND "
		 "NOT EXISTS (SELECT 1 FROM AO_32F7CE_DBREQUIREMENT n WHERE n.SPACEKEY = "
		 "r.NEWSPACEKEY AND n.KEY = r.NEWKEY AND n.STATUS = 'ACTIVE')");
	none(db, "SELECT ID FROM AO_32F7CE_DBREQUIREMENT WHERE (STATUS = 'ARCHIVED') <> (BASELINE "
		 "IS NOT NULL) OR (STATUS = 'MOVED') <> (NEWKEY IS NOT NULL)");
	none(db, "SELECT SPACEKEY, KEY, BASELINE FROM AO_32F7CE_DBREQUIREMENT GROUP BY 1, 2, 3 "
		 "HAVING count(*) > 1");
	none(db, "SELECT RELATIONSHIP, PARENT_ID, CHILD_ID FROM AO_32F7CE_DBDEPENDENCY GROUP BY 1, "
		 "2, 3 HAVING count(*) > 1");
	none(db, "SELECT SPACEKEY, ORIGINALID FROM AO_32F7CE_DBTRACEABILITYMATRIX GROUP BY 1, 2 "
		 "HAVING count(*) > 1");
	/* every one has exactly one place where it is defined */
	none(db, "SELECT r.ID FROM AO_32F7CE_DBREQUIREMENT r LEFT JOIN AO_32F7CE_DBLINK l ON "
		 "l.PARENT_ID = r.ID AND l.ORIGIN = 1 GROUP BY r.ID HAVING count(l.ID) <> 1");
}

static void test_confluence_rows_refer_to_what_exists(void **state UNUSED)
{
	check_confluence(origin);
	check_confluence(destination);
}

static void test_pages_hold_the_macros_of_their_requirements(void **state UNUSED)
{
	/* in the version that the link names, whatever the spelling of the macro and the key */
	static const char query[] =
		"SELECT r.KEY, l.VERSIONID FROM AO_32F7CE_DBLINK l JOIN AO_32F7CE_DBREQUIREMENT r "
		"ON r.ID = l.PARENT_ID JOIN bodycontent b ON b.contentid = CAST(l.VERSIONID AS "
		"INTEGER) WHERE l.TYPE = 'PAGE' AND NOT instr(replace(replace(b.body, '%C3%BC', "
		"'ü'), '%20', ' '), '<ac:parameter ac:name=\"key\">' || r.KEY || '</')";

	none(origin, query);
	none(destination, query);
	at_least(origin, 1000,
		"SELECT count(*) FROM bodycontent WHERE instr(body, '>DEFINITION<') OR instr(body, "
		"'>LINK<')");
	at_least(origin, 10,
		"SELECT count(*) FROM bodycontent WHERE instr(body, 'requirement-report')");
	at_least(origin, 10,
		"SELECT count(*) FROM bodycontent WHERE instr(body, '<ac:macro ac:name')");
	none(origin, "SELECT contentid FROM content c WHERE contenttype IN ('PAGE', 'BLOGPOST') "
		     "AND NOT EXISTS (SELECT 1 FROM bodycontent b WHERE b.contentid = "
		     "c.contentid)");
}

static void check_jira(struct db *db)
{
	none(db, "SELECT ISSUEID FROM (SELECT ISSUEID FROM AO_42D05A_DBISSUELINK UNION SELECT "
		 "ISSUEID FROM AO_42D05A_DBRILAUDITTRAILITEM) WHERE ISSUEID NOT IN (SELECT id FROM "
		 "jiraissue)");
	none(db, "SELECT USERKEY FROM AO_42D05A_DBRILAUDITTRAILITEM WHERE USERKEY NOT IN (SELECT "
		 "user_key FROM app_user)");
	none(db, "SELECT APPLINK FROM AO_42D05A_DBREMOTEREQUIREMENT r WHERE NOT EXISTS (SELECT 1 "
		 "FROM propertyentry e JOIN propertystring s ON s.id = e.id WHERE e.property_key = "
		 "'applinks.admin.' || r.APPLINK || '.name' AND s.propertyvalue = 'Confluence')");
	none(db, "SELECT ID FROM AO_42D05A_DBRILAUDITTRAILITEM WHERE json_valid(LINKS) IS NOT 1 OR "
		 "(OLDLINKS IS NOT NULL AND NOT json_valid(OLDLINKS))");
	none(db, "SELECT APPLINK, SPACEKEY, KEY, BASELINE FROM AO_42D05A_DBREMOTEREQUIREMENT GROUP "
		 "BY 1, 2, 3, 4 HAVING count(*) > 1");
	none(db, "SELECT ISSUEID, RELATIONSHIP, REQUIREMENT_ID FROM AO_42D05A_DBISSUELINK GROUP BY "
		 "1, 2, 3 HAVING count(*) > 1");
	/* the last trail of an issue lists the links that it has */
	none(db, "SELECT t.ISSUEID FROM AO_42D05A_DBRILAUDITTRAILITEM t WHERE t.ID = (SELECT "
		 "max(ID) FROM AO_42D05A_DBRILAUDITTRAILITEM m WHERE m.ISSUEID = t.ISSUEID) AND "
		 "json_array_length(t.LINKS) <> (SELECT count(*) FROM AO_42D05A_DBISSUELINK l "
		 "WHERE l.ISSUEID = t.ISSUEID)");
}

static void test_jira_rows_refer_to_what_exists(void **state UNUSED)
{
	check_jira(jira_origin);
	check_jira(jira_destination);
}

/* --- the two products of a side
 * ------------------------------------------------------------------- */

static void test_both_products_know_the_same_links(void **state UNUSED)
{
#define CONFLUENCE_LINKS                                                                           \
	"SELECT r.SPACEKEY, r.KEY, r.BASELINE, l.DOCUMENTID, l.RELATIONSHIP FROM "                 \
	"confluence.AO_32F7CE_DBLINK l JOIN confluence.AO_32F7CE_DBREQUIREMENT r ON r.ID = "       \
	"l.PARENT_ID WHERE l.TYPE = 'JIRA'"
#define JIRA_LINKS                                                                                 \
	"SELECT r.SPACEKEY, r.KEY, r.BASELINE, l.ISSUEKEY, l.RELATIONSHIP FROM "                   \
	"main.AO_42D05A_DBISSUELINK l JOIN main.AO_42D05A_DBREMOTEREQUIREMENT r ON r.ID = "        \
	"l.REQUIREMENT_ID"
	struct db *sides[] = {jira_origin, jira_destination};

	for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
		none(sides[i], CONFLUENCE_LINKS " EXCEPT " JIRA_LINKS);
		none(sides[i], JIRA_LINKS " EXCEPT " CONFLUENCE_LINKS);
		exactly(sides[i], number(sides[i], "SELECT count(*) FROM (" JIRA_LINKS ")"),
			"SELECT count(*) FROM (" CONFLUENCE_LINKS ")");
	}
	/* each product has an id of its own for the link to the other */
	none(jira_origin, "SELECT APP FROM confluence.AO_32F7CE_DBLINK WHERE APP IN (SELECT "
			  "APPLINK FROM main.AO_42D05A_DBREMOTEREQUIREMENT)");
}

/* --- the two sides
 * ---------------------------------------------------------------------------------- */

static void test_no_id_is_the_same_on_both_sides(void **state UNUSED)
{
	none(origin,
		"SELECT contentid FROM main.content INTERSECT SELECT contentid FROM other.content");
	none(origin, "SELECT spaceid FROM main.spaces INTERSECT SELECT spaceid FROM other.spaces");
	none(origin, "SELECT user_key FROM main.user_mapping INTERSECT SELECT user_key FROM "
		     "other.user_mapping");
	none(origin, "SELECT id FROM main.cwd_user INTERSECT SELECT id FROM other.cwd_user");
	none(origin, "SELECT bodycontentid FROM main.bodycontent INTERSECT SELECT bodycontentid "
		     "FROM other.bodycontent");
	none(origin, "SELECT bandanakey FROM main.bandana WHERE bandanakey LIKE 'applinks.admin.%' "
		     "INTERSECT SELECT bandanakey FROM other.bandana");
	none(jira_origin, "SELECT id FROM main.jiraissue INTERSECT SELECT id FROM other.jiraissue");
	none(jira_origin, "SELECT id FROM main.project INTERSECT SELECT id FROM other.project");
	none(jira_origin,
		"SELECT user_key FROM main.app_user INTERSECT SELECT user_key FROM other.app_user");
	none(jira_origin,
		"SELECT property_key FROM main.propertyentry WHERE property_key LIKE "
		"'applinks.admin.%' INTERSECT SELECT property_key FROM other.propertyentry");
}

/* The current pages that links name, and how many of that title the destination has. */
#define SAME_TITLES                                                                                \
	"SELECT p.title, (SELECT count(*) FROM other.content d JOIN other.spaces t ON t.spaceid "  \
	"= d.spaceid WHERE d.prevver IS NULL AND d.content_status = 'current' AND d.contenttype "  \
	"= p.contenttype AND d.title = p.title AND t.spacekey = replace(s.spacekey, 'PLAT', "      \
	"'PLATFORM') AND (p.contenttype = 'PAGE' OR date(d.creationdate) = "                       \
	"date(p.creationdate))) AS hits FROM main.content p JOIN main.spaces s ON s.spaceid = "    \
	"p.spaceid WHERE p.prevver IS NULL AND p.content_status = 'current' AND p.contentid IN "   \
	"(SELECT CAST(DOCUMENTID AS INTEGER) FROM main.AO_32F7CE_DBLINK WHERE TYPE = 'PAGE')"

static void test_few_pages_need_a_person(void **state UNUSED)
{
	at_least(origin, 400, "SELECT count(*) FROM (" SAME_TITLES ") WHERE hits = 1");
	/* eight titles changed, one page deleted */
	exactly(origin, 9, "SELECT count(*) FROM (" SAME_TITLES ") WHERE hits = 0");
	exactly(origin, 1, "SELECT count(*) FROM (" SAME_TITLES ") WHERE hits = 2");
	exactly(destination, 1, "SELECT count(*) FROM content WHERE content_status = 'deleted'");
	/* two versions that links name are missing */
	exactly(origin, 2,
		"SELECT count(*) FROM (SELECT DISTINCT l.DOCUMENTID, l.VERSIONID FROM "
		"main.AO_32F7CE_DBLINK l WHERE TYPE = 'PAGE') l JOIN main.content v ON "
		"v.contentid = CAST(l.VERSIONID AS INTEGER) JOIN main.content p ON p.contentid = "
		"CAST(l.DOCUMENTID AS INTEGER) WHERE EXISTS (SELECT 1 FROM other.content o WHERE "
		"o.title = p.title AND o.prevver IS NULL) AND NOT EXISTS (SELECT 1 FROM "
		"other.content o JOIN other.content n ON n.contentid = o.contentid OR n.prevver = "
		"o.contentid WHERE o.title = p.title AND o.prevver IS NULL AND n.version = "
		"v.version)");
}

static void test_few_other_things_need_a_person(void **state UNUSED)
{
	exactly(origin, 3,
		"SELECT count(*) FROM main.user_mapping o WHERE NOT EXISTS (SELECT 1 FROM "
		"other.user_mapping d WHERE d.username = o.username AND (SELECT email_address FROM "
		"other.cwd_user WHERE user_name = d.username) IS (SELECT email_address FROM "
		"main.cwd_user WHERE user_name = o.username ORDER BY directory_id DESC LIMIT 1))");
	exactly(origin, 2,
		"SELECT count(*) FROM main.user_mapping o WHERE username NOT IN (SELECT username "
		"FROM other.user_mapping)");
	exactly(origin, 1,
		"SELECT count(*) FROM main.user_mapping WHERE username NOT IN (SELECT user_name "
		"FROM main.cwd_user)");
	exactly(origin, 1,
		"SELECT count(*) FROM (SELECT user_name FROM main.cwd_user GROUP BY 1 "
		"HAVING count(*) = 2)");
	exactly(origin, 1,
		"SELECT count(*) FROM main.content WHERE contenttype = 'ATTACHMENT' AND title NOT "
		"IN (SELECT title FROM other.content WHERE title IS NOT NULL)");
	exactly(origin, 1,
		"SELECT count(*) FROM main.spaces WHERE spacename NOT IN (SELECT spacename FROM "
		"other.spaces WHERE spacekey = main.spaces.spacekey)");
	exactly(jira_origin, 1,
		"SELECT count(*) FROM main.jiraissue i JOIN main.project p ON p.id = i.project "
		"JOIN other.project q ON q.pkey = p.pkey JOIN other.jiraissue j ON j.project = "
		"q.id AND j.issuenum = i.issuenum WHERE j.summary <> i.summary");
	none(jira_origin,
		"SELECT p.pkey, i.issuenum FROM main.jiraissue i JOIN main.project p ON p.id = "
		"i.project EXCEPT SELECT p.pkey, i.issuenum FROM other.jiraissue i JOIN "
		"other.project p ON p.id = i.project");
	/* who was renamed at the origin keeps the first name as the key */
	exactly(jira_origin, 1,
		"SELECT count(*) FROM main.app_user WHERE user_key NOT LIKE 'JIRAUSER%' AND "
		"user_key <> lower_user_name");
}

static void test_destination_has_only_its_own_requirements(void **state UNUSED)
{
	none(destination, "SELECT SPACEKEY FROM AO_32F7CE_DBREQUIREMENT WHERE SPACEKEY NOT IN "
			  "('HYD', 'PLAT') UNION SELECT SPACEKEY FROM "
			  "AO_32F7CE_DBTRACEABILITYMATRIX WHERE SPACEKEY NOT IN ('HYD', 'PLAT')");
	at_least(destination, 50, "SELECT count(*) FROM AO_32F7CE_DBREQUIREMENT");
	at_least(destination, 10,
		"SELECT count(*) FROM AO_32F7CE_DBREQUIREMENT WHERE SPACEKEY = 'PLAT'");
	exactly(destination, 1,
		"SELECT count(*) FROM spaces WHERE spacekey = 'PLATFORM' AND "
		"spacename = 'Robot Platform'");
	none(jira_destination, "SELECT SPACEKEY FROM AO_42D05A_DBREMOTEREQUIREMENT WHERE SPACEKEY "
			       "NOT IN ('HYD', 'PLAT')");
	at_least(jira_destination, 10, "SELECT count(*) FROM AO_42D05A_DBISSUELINK");
}

/* --- making it
 * -------------------------------------------------------------------------------------- */

static void test_an_existing_database_is_refused(void **state UNUSED)
{
	struct task task = {.actor = "test"};
	struct error failed = ERROR_INIT;
	const char *again = arena_printf(&arena, "%s/again", folder);
	const char *path = path_in("again", DEMO_JIRA_ORIGIN);
	CLEANUP(str_release) struct str text = STR_INIT;
	CLEANUP(file_out_discard) struct file_out *out = NULL;

	assert_int_equal(mkdir(again, 0700), 0);
	MUST(file_out_open(path, &out, err));
	MUST(file_out_write(out, SLICE("somebody's"), err));
	MUST(file_out_commit(&out, err));
	assert_false(demo_content_create(again, &task, &failed));
	assert_string_equal(error_kind_name(failed.kind), "refused");
	assert_non_null(strstr(failed.message, DEMO_JIRA_ORIGIN));
	assert_true(*failed.hint);
	MUST(file_read(path, 100, &text, err));
	assert_string_equal(text.at, "somebody's");
	assert_int_equal(unlink(path), 0);
	/* the others are gone again: the folder, which was there before, is empty */
	assert_int_equal(rmdir(again), 0);
}

static void test_no_folder_above(void **state UNUSED)
{
	struct task task = {.actor = "test"};
	struct error failed = ERROR_INIT;

	assert_false(
		demo_content_create(arena_printf(&arena, "%s/no/where", folder), &task, &failed));
	assert_string_equal(error_kind_name(failed.kind), "io");
}

/* Cancels when the first database is done. */
static void cancel_after_one(void *sink, const struct task_progress *progress)
{
	if (progress->done == 1)
		atomic_store((atomic_int *)sink, 1);
}

static void test_a_failure_leaves_nothing(void **state UNUSED)
{
	atomic_int cancelled = 0;
	struct task task = {.actor = "test",
		.cancelled = &cancelled,
		.progress = cancel_after_one,
		.sink = &cancelled};
	struct error failed = ERROR_INIT;
	const char *again = arena_printf(&arena, "%s/again", folder);

	assert_false(demo_content_create(again, &task, &failed));
	assert_string_equal(error_kind_name(failed.kind), "interrupted");
	assert_int_equal(atomic_load(&cancelled), 1);
	assert_false(file_exists(again));
}

static void test_the_content_is_the_same_every_time(void **state UNUSED)
{
	static const char *const sums[] = {"content", "contentid, title, lastmoddate",
		"bodycontent", "contentid, body", "AO_32F7CE_DBREQUIREMENT", "ID, KEY, HTMLEXCERPT",
		"AO_32F7CE_DBLINK", "ID, DOCUMENTID, VERSIONID"};
	struct task task = {.actor = "test"};
	const char *again = arena_printf(&arena, "%s/again", folder);
	CLEANUP(db_close) struct db *db = NULL;

	MUST(demo_content_create(again, &task, err));
	MUST(db_open(arena_printf(&arena, "sqlite:%s", path_in("again", DEMO_CONFLUENCE_ORIGIN)),
		DB_READ, &db, err));
	MUST(db_exec(db,
		arena_printf(
			&arena, "ATTACH '%s' AS first", path_in("demo", DEMO_CONFLUENCE_ORIGIN)),
		NULL, 0, NULL, err));
	for (size_t i = 0; i < ARRAY_LEN(sums); i += 2)
		none(db, arena_printf(&arena,
				 "SELECT %s FROM main.%s EXCEPT SELECT %s FROM first.%s",
				 sums[i + 1], sums[i], sums[i + 1], sums[i]));
	exactly(db, number(db, "SELECT count(*) FROM first.AO_32F7CE_DBLINK"),
		"SELECT count(*) FROM main.AO_32F7CE_DBLINK");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_foreign_keys_are_clean),
		cmocka_unit_test(test_origin_has_the_promised_size),
		cmocka_unit_test(test_origin_has_every_kind_of_row),
		cmocka_unit_test(test_texts_are_hard_for_csv),
		cmocka_unit_test(test_confluence_rows_refer_to_what_exists),
		cmocka_unit_test(test_pages_hold_the_macros_of_their_requirements),
		cmocka_unit_test(test_jira_rows_refer_to_what_exists),
		cmocka_unit_test(test_both_products_know_the_same_links),
		cmocka_unit_test(test_no_id_is_the_same_on_both_sides),
		cmocka_unit_test(test_few_pages_need_a_person),
		cmocka_unit_test(test_few_other_things_need_a_person),
		cmocka_unit_test(test_destination_has_only_its_own_requirements),
		cmocka_unit_test(test_an_existing_database_is_refused),
		cmocka_unit_test(test_no_folder_above),
		cmocka_unit_test(test_a_failure_leaves_nothing),
		cmocka_unit_test(test_the_content_is_the_same_every_time),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
