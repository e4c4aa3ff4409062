/*
 * Tests of the host layer: SQLite databases of both products, made from data/schema, with a row for
 * every trap (host_rows.h), read through the relations and descriptions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/file.h"
#include "host/host.h"
#include "host_rows.h"
#include "must.h"

static char folder[] = "/tmp/reqferry-test-host-XXXXXX";
static struct arena arena; /* cleared after each test */
static struct db *db;      /* closed after each test */
static const char *database_path;
static unsigned databases;

/* --- helpers ---------------------------------------------------------------------------------- */

static void script(const char *sql)
{
	MUST(db_script(db, sql, err));
}

/* A new database as the test's connection. */
static void new_database(void)
{
	db_close(&db);
	database_path = arena_printf(&arena, "%s/%u.db", folder, databases++);
	MUST(db_open(arena_printf(&arena, "sqlite:%s", database_path), DB_CREATE, &db, err));
}

static void add_schema(const char *product)
{
	const char *path = arena_printf(&arena, "%s/schema/%s.sqlite.sql", DATA_DIR, product);
	CLEANUP(str_release) struct str text = STR_INIT;

	MUST(file_read(path, 1 << 20, &text, err));
	script(text.at);
}

static void insert(const char *const *statements, size_t count)
{
	for (size_t i = 0; i < count; i++)
		MUST(db_exec(db, statements[i], NULL, 0, NULL, err));
}

static void fill(enum product product)
{
	new_database();
	add_schema(product == PRODUCT_JIRA ? "jira" : "confluence");
	if (product == PRODUCT_JIRA)
		insert(jira_rows, ARRAY_LEN(jira_rows));
	else
		insert(confluence_rows, ARRAY_LEN(confluence_rows));
	script("CREATE TABLE given (number bigint, key text, title text, version bigint);");
}

static struct host open_host(void)
{
	struct host host;

	MUST(host_open(db, &arena, &host, err));
	return host;
}

/* A filled database of the product, opened. */
static struct host filled(enum product product)
{
	fill(product);
	return open_host();
}

/* The result as text: columns separated by '|', NULL as '-', a line for each row. */
static const char *result(const char *sql)
{
	CLEANUP(str_release) struct str text = STR_INIT;
	struct db_rows *rows;
	bool row;

	MUST(db_query(db, sql, NULL, 0, &rows, err));
	for (;;) {
		MUST(db_rows_next(rows, &row, err));
		if (!row)
			break;
		for (size_t i = 0; i < db_rows_columns(rows); i++) {
			struct slice value = db_rows_text(rows, i);

			if (i)
				str_add_char(&text, '|');
			str_add(&text, value.at ? value : SLICE("-"));
		}
		str_add_char(&text, '\n');
	}
	db_rows_end(&rows);
	return arena_strdup(&arena, str_slice(&text));
}

static const char *relation_result(const struct host *host, enum host_relation relation,
	const char *columns, const char *behind)
{
	return result(arena_printf(
		&arena, "SELECT %s FROM %s r %s", columns, host_relation(host, relation), behind));
}

#define EXPECT(host, relation, columns, behind, expected)                                          \
	assert_string_equal(relation_result(host, relation, columns, behind), expected)

/* SQL of a description over entities "(SELECT ... AS key, ... AS number)". */
static const char *description_sql(
	const struct host *host, enum entity entity, const char *entities)
{
	struct host_description is;
	CLEANUP(str_release) struct str sql = STR_INIT;
	const char *evidence[4];

	assert_true(host_describe(host, entity, &arena, &is));
	str_addf(&sql, "SELECT e.key, CASE WHEN %s THEN 1 ELSE 0 END", is.found);
	for (size_t i = 0; i < FIELD_COUNT; i++)
		str_addf(&sql, ", %s", is.fields[i] ? is.fields[i] : "NULL");
	evidence[0] = is.email;
	evidence[1] = is.display_name;
	evidence[2] = is.name;
	evidence[3] = is.created;
	for (size_t i = 0; i < ARRAY_LEN(evidence); i++)
		str_addf(&sql, ", %s", evidence[i] ? evidence[i] : "NULL");
	str_addf(&sql, " FROM %s e%s ORDER BY e.place", entities, is.joins);
	return arena_strdup(&arena, str_slice(&sql));
}

/* Entities with these keys, separated by blanks, in their order. */
static const char *entities_of(const char *keys)
{
	CLEANUP(str_release) struct str sql = STR_INIT;
	struct slice rest = slice_of(keys), key, tail;
	int place = 0;

	while (rest.len) {
		int64_t number;

		if (!slice_cut(rest, ' ', &key, &tail)) {
			key = rest;
			tail = SLICE("");
		}
		str_addf(&sql, "%sSELECT %d AS place, '%.*s' AS key, ", place ? " UNION ALL " : "(",
			place, SLICE_PRINT(key));
		place++;
		if (slice_to_int64(key, &number))
			str_addf(&sql, "%lld AS number, NULL AS dependencies", (long long)number);
		else
			str_add_text(&sql, "NULL AS number, NULL AS dependencies");
		rest = tail;
	}
	str_add_char(&sql, ')');
	return arena_strdup(&arena, str_slice(&sql));
}

/*
 * A line each: key|found|space key|page type|page id|user key|applink|page version|title|URL|
 * user name|extension document id|issue key|email|display name|name|created
 */
#define DESCRIBE(host, entity, keys, expected)                                                     \
	assert_string_equal(result(description_sql(host, entity, entities_of(keys))), expected)

/* --- recognition ------------------------------------------------------------------------------ */

static void must_refuse(const char *words)
{
	struct error err = ERROR_INIT;
	struct host host = {.version = "untouched"};

	assert_false(host_open(db, &arena, &host, &err));
	assert_string_equal(error_kind_name(err.kind), error_kind_name(ERROR_NO_TABLES));
	if (!strstr(err.message, words))
		fail_msg("\"%s\" is not in: %s", words, err.message);
	assert_true(err.hint[0]);
	assert_string_equal(host.version, "untouched");
}

static void test_recognises(void **state UNUSED)
{
	struct host host = filled(PRODUCT_CONFLUENCE);

	assert_int_equal(host.product, PRODUCT_CONFLUENCE);
	assert_ptr_equal(host.db, db);
	assert_string_equal(host.version, "8.9.0");
	assert_null(host.ry_version);
	host = filled(PRODUCT_JIRA);
	assert_int_equal(host.product, PRODUCT_JIRA);
	assert_null(host.version);
	assert_null(host.ry_version);
}

/* Tables of the other product's names do not confuse: many programs have a "project". */
static void test_recognises_beside_others(void **state UNUSED)
{
	fill(PRODUCT_CONFLUENCE);
	script("CREATE TABLE project (id int);\nCREATE TABLE app_user (id int);");
	assert_int_equal(open_host().product, PRODUCT_CONFLUENCE);
}

static void test_refuses_strangers(void **state UNUSED)
{
	new_database();
	must_refuse("neither a Confluence nor a Jira database");
	script("CREATE TABLE content (contentid int);");
	must_refuse("neither a Confluence nor a Jira database");
	script("CREATE TABLE project (id int);");
	must_refuse("neither a Confluence nor a Jira database");
	/* Requirement Yogi's tables and ours say nothing about the product */
	script("CREATE TABLE \"AO_32F7CE_DBLINK\" (\"ID\" int);");
	must_refuse("neither a Confluence nor a Jira database");
	script("CREATE TABLE spaces (spaceid int);");
	must_refuse("the Confluence database lacks");
}

static void test_refuses_both(void **state UNUSED)
{
	new_database();
	script("CREATE TABLE spaces (a int);\nCREATE TABLE content (a int);\n"
	       "CREATE TABLE user_mapping (a int);\nCREATE TABLE project (a int);\n"
	       "CREATE TABLE jiraissue (a int);\nCREATE TABLE app_user (a int);");
	must_refuse("both a Confluence and a Jira");
}

static void test_names_what_is_missing(void **state UNUSED)
{
	fill(PRODUCT_CONFLUENCE);
	script("ALTER TABLE content RENAME COLUMN content_status TO a;\n"
	       "ALTER TABLE content RENAME COLUMN prevver TO b;");
	must_refuse("lacks column \"prevver\", \"content_status\" of table \"content\"");
	script("DROP TABLE bandana;");
	must_refuse("of table \"content\", table \"bandana\"");
	script("DROP TABLE user_mapping;");
	must_refuse("table \"user_mapping\"");
	fill(PRODUCT_JIRA);
	script("ALTER TABLE jiraissue RENAME COLUMN issuenum TO a;");
	must_refuse("the Jira database lacks column \"issuenum\" of table \"jiraissue\"");
}

static void test_version_of_ry(void **state UNUSED)
{
	fill(PRODUCT_JIRA);
	script("CREATE TABLE pluginversion (id numeric(18,0) PRIMARY KEY, pluginname varchar(255),"
	       " pluginkey varchar(255), pluginversion varchar(255));\n"
	       "INSERT INTO pluginversion VALUES (1, 'x', 'com.playsql.requirementyogijira', "
	       "'3.6'),"
	       " (2, 'x', 'com.playsql.requirementyogijira', '3.7'), (3, 'x', 'other', '9');");
	assert_string_equal(open_host().ry_version, "3.7");
	script("DELETE FROM pluginversion WHERE id < 3;");
	assert_null(open_host().ry_version);
}

static int compare(void *context UNUSED, int a_len, const void *a, int b_len, const void *b)
{
	int len = a_len < b_len ? a_len : b_len, order = memcmp(a, b, (size_t)len);

	return order ? order : a_len - b_len;
}

/*
 * What the database refuses to say about its version is not known, and nothing more; inside a
 * transaction a refusal is an error. Refused is a table whose collation only its maker has.
 */
static void test_unreadable_version(void **state UNUSED)
{
	struct error refusal = ERROR_INIT;
	struct host host = {.version = "untouched"};
	sqlite3 *other;

	fill(PRODUCT_CONFLUENCE);
	assert_int_equal(sqlite3_open(database_path, &other), SQLITE_OK);
	sqlite3_create_collation(other, "private", SQLITE_UTF8, NULL, compare);
	assert_int_equal(sqlite3_exec(other,
				 "DROP TABLE confversion; CREATE TABLE confversion"
				 " (buildnumber text COLLATE private, versiontag text);"
				 "INSERT INTO confversion VALUES ('1', '8.9.0')",
				 NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(other);
	assert_true(host_open(db, &arena, &host, &refusal));
	assert_null(host.version);
	assert_int_equal(refusal.kind, ERROR_NONE);

	MUST(db_begin(db, DB_SNAPSHOT, err));
	host.version = "untouched";
	assert_false(host_open(db, &arena, &host, &refusal));
	assert_string_equal(error_kind_name(refusal.kind), error_kind_name(ERROR_DATABASE));
	assert_string_equal(host.version, "untouched");
	db_rollback(db);
}

/* --- Confluence ------------------------------------------------------------------------------- */

static void test_spaces(void **state UNUSED)
{
	struct host host = filled(PRODUCT_CONFLUENCE);

	EXPECT(&host, HOST_SPACES, "key, name, lowerkey, status, homepage", "ORDER BY key",
		"ABC|Alpha|abc|CURRENT|100\nAbc|Alpha|abc|ARCHIVED|-\n"
		"DEF|Delta|def|CURRENT|-\n~jd|Jane Doe|~jd|CURRENT|-\n");
}

static void test_pages(void **state UNUSED)
{
	struct host host = filled(PRODUCT_CONFLUENCE);

	EXPECT(&host, HOST_PAGES,
		"id, key, spacekey, pagetype, title, lowertitle, version, created", "ORDER BY id",
		"100|100|ABC|PAGE|Home|home|3|2024-01-04\n"
		"110|110|DEF|PAGE|Gaps|gaps|5|2024-01-02\n"
		"150|150|ABC|PAGE|Twin|twin|1|2024-01-02\n"
		"151|151|ABC|PAGE|Twin|twin|1|2024-01-02\n"
		"152|152|DEF|PAGE|Twin|twin|1|2024-01-02\n"
		"160|160|ABC|BLOGPOST|News|news|1|2024-02-01\n"
		"161|161|ABC|BLOGPOST|News|news|1|2024-02-02\n");
	EXPECT(&host, HOST_PAGES, "typeof(id), typeof(key), typeof(version), typeof(created)",
		"WHERE id = 100", "integer|text|integer|text\n");
}

static void test_versions(void **state UNUSED)
{
	struct host host = filled(PRODUCT_CONFLUENCE);

	EXPECT(&host, HOST_VERSIONS,
		"id, key, pageid, pagekey, spacekey, pagetype, title, version, current",
		"WHERE pageid < 150 ORDER BY id",
		"100|100|100|100|ABC|PAGE|Home|3|1\n"
		"101|101|100|100|ABC|PAGE|Start|1|0\n"
		"102|102|100|100|ABC|PAGE|Home|2|0\n"
		"110|110|110|110|DEF|PAGE|Gaps|5|1\n"
		"111|111|110|110|DEF|PAGE|Gaps|2|0\n");
	EXPECT(&host, HOST_VERSIONS, "id, current", "WHERE pageid >= 150 ORDER BY id",
		"150|1\n151|1\n152|1\n160|1\n161|1\n");
}

static void test_attachments(void **state UNUSED)
{
	struct host host = filled(PRODUCT_CONFLUENCE);

	EXPECT(&host, HOST_ATTACHMENTS, "id, key, pageid, pagekey, spacekey, title, version",
		"ORDER BY id", "200|200|100|100|ABC|a.xlsx|2\n205|205|110|110|DEF|a.xlsx|7\n");
}

static void test_content_states(void **state UNUSED)
{
	struct host host = filled(PRODUCT_CONFLUENCE);

	EXPECT(&host, HOST_CONTENT_STATES, "id, key, state, spacekey, title, pagetype",
		"WHERE id < 150 OR id >= 160 ORDER BY id",
		"100|100|current|ABC|Home|PAGE\n"
		"101|101|historical|ABC|Start|PAGE\n"
		"102|102|historical|ABC|Home|PAGE\n"
		"103|103|draft|ABC|Home, new|PAGE\n"
		"110|110|current|DEF|Gaps|PAGE\n"
		"111|111|historical|DEF|Gaps|PAGE\n"
		"120|120|draft|ABC|Never out|PAGE\n"
		"130|130|deleted|ABC|Home|PAGE\n"
		"131|131|deleted|ABC|Home|PAGE\n"
		"140|140|archived|DEF|Attic|PAGE\n"
		"160|160|current|ABC|News|BLOGPOST\n"
		"161|161|current|ABC|News|BLOGPOST\n"
		"200|200|current|ABC|a.xlsx|ATTACHMENT\n"
		"201|201|historical|ABC|a.xlsx|ATTACHMENT\n"
		"202|202|deleted|ABC|b.xlsx|ATTACHMENT\n"
		"203|203|deleted|ABC|c.xlsx|ATTACHMENT\n"
		"204|204|current|ABC|d.xlsx|ATTACHMENT\n"
		"205|205|current|DEF|a.xlsx|ATTACHMENT\n"
		"206|206|historical|DEF|a.xlsx|ATTACHMENT\n");
}

#define USER_COLUMNS "key, username, lowerusername, email, displayname, active"

static void test_users(void **state UNUSED)
{
	struct host host = filled(PRODUCT_CONFLUENCE);

	EXPECT(&host, HOST_USERS, USER_COLUMNS, "ORDER BY key",
		"u-anna|Anna|anna|anna@new.example|Anna New|1\n"
		"u-bob|bob|bob|bob@2.example|Bob 2|1\n"
		"u-carol|carol.new|carol.new|carol@new.example|Carol|1\n"
		"u-gone|gone|gone|-|-|0\n"
		"u-idle|idle|idle|idle@x.example|Idle|0\n"
		"u-loud|loud|loud|loud@x.example|Loud|1\n"
		"u-mute|mute|mute|-|-|1\n"
		"u-old|nolower|-|-|-|0\n"
		"u-shut|shut|shut|shut@x.example|Shut|0\n");
}

/* Without the table that orders directories, and with an empty one, the older directory wins. */
static void test_users_without_order(void **state UNUSED)
{
	struct host host;

	fill(PRODUCT_CONFLUENCE);
	script("DELETE FROM cwd_app_dir_mapping;");
	host = open_host();
	EXPECT(&host, HOST_USERS, "email", "WHERE key IN ('u-anna', 'u-bob') ORDER BY key",
		"anna@new.example\nbob@1.example\n");
	script("DROP TABLE cwd_app_dir_mapping;");
	host = open_host();
	EXPECT(&host, HOST_USERS, "email", "WHERE key IN ('u-anna', 'u-bob') ORDER BY key",
		"anna@new.example\nbob@1.example\n");
}

static void test_links(void **state UNUSED)
{
	struct host host = filled(PRODUCT_CONFLUENCE);

	EXPECT(&host, HOST_APPLINKS, "key, name, displayurl, rpcurl, url", "ORDER BY key",
		"l-all|R&D <Jira>|https://jira.example/?a=1&b=\"2\"|http://10.0.0.1:8080|"
		"https://jira.example/?a=1&b=\"2\"\n"
		"l-bare|Bare &amp; plain|-|-|-\n"
		"l-rpc|It's '&lt;'|-|http://rpc.example|http://rpc.example\n");
}

static void test_confluence_has_no_projects(void **state UNUSED)
{
	struct host host = filled(PRODUCT_CONFLUENCE);

	EXPECT(&host, HOST_PROJECTS, "id, key, name", "", "");
	EXPECT(&host, HOST_PROJECT_KEYS, "projectid, projectkey, key", "", "");
	EXPECT(&host, HOST_ISSUES, "id, key, issuekey, projectid, projectkey, number, summary", "",
		"");
	EXPECT(&host, HOST_MOVED_KEYS, "issueid, key", "", "");
}

/* --- Jira ------------------------------------------------------------------------------------- */

static void test_projects(void **state UNUSED)
{
	struct host host = filled(PRODUCT_JIRA);

	EXPECT(&host, HOST_PROJECTS, "id, key, name", "ORDER BY id",
		"10000|TIO|Test\n10001|NEW|Renamed\n10002|LONE|Without old keys\n");
	EXPECT(&host, HOST_PROJECT_KEYS, "projectid, projectkey, key", "ORDER BY projectid, key",
		"10000|TIO|TIO\n10001|NEW|NEW\n10001|NEW|OLD\n10001|NEW|OLDER\n"
		"10002|LONE|LONE\n");
}

static void test_issues(void **state UNUSED)
{
	struct host host = filled(PRODUCT_JIRA);

	EXPECT(&host, HOST_ISSUES, "id, key, issuekey, projectid, projectkey, number, summary",
		"ORDER BY id",
		"10100|10100|TIO-1|10000|TIO|1|Task 1\n"
		"10101|10101|TIO-2|10000|TIO|2|Same\n"
		"10200|10200|NEW-1|10001|NEW|1|Same\n"
		"10202|10202|NEW-12|10001|NEW|12|Moved\n");
	EXPECT(&host, HOST_ISSUES, "typeof(id), typeof(key), typeof(number)", "WHERE id = 10100",
		"integer|text|integer\n");
	EXPECT(&host, HOST_MOVED_KEYS, "issueid, key", "ORDER BY key",
		"10202|TIO-3\n55555|TIO-9\n10202|XYZ-9\n");
}

static void test_jira_users(void **state UNUSED)
{
	struct host host = filled(PRODUCT_JIRA);

	EXPECT(&host, HOST_USERS, USER_COLUMNS, "ORDER BY key",
		"JIRAUSER10001|Anna|anna|anna@2.example|Anna 2|1\n"
		"JIRAUSER10002|bob|bob|bob@2.example|Bob 2|0\n"
		"admin|Root|root|root@x.example|Root of all|1\n"
		"gone|gone|gone|-|-|0\n");
}

static void test_jira_links(void **state UNUSED)
{
	static const char first[] = "c-1|Confluence &amp; Co|https://wiki.example/a?b&c|%s|"
				    "https://wiki.example/a?b&c\n%s";
	static const char second[] = "c-2|Second|-|http://second.example|http://second.example\n";
	struct host host = filled(PRODUCT_JIRA);

	EXPECT(&host, HOST_APPLINKS, "key, name, displayurl, rpcurl, url", "ORDER BY key",
		arena_printf(&arena, first, "http://10.0.0.2:1990", second));
	script("DROP TABLE propertytext;");
	host = open_host();
	EXPECT(&host, HOST_APPLINKS, "key, name, displayurl, rpcurl, url", "ORDER BY key",
		arena_printf(&arena, first, "-", second));
}

static void test_jira_without_optional_tables(void **state UNUSED)
{
	struct host host;

	fill(PRODUCT_JIRA);
	script("DROP TABLE project_key;\nDROP TABLE moved_issue_key;");
	host = open_host();
	EXPECT(&host, HOST_PROJECT_KEYS, "projectid, projectkey, key", "ORDER BY projectid",
		"10000|TIO|TIO\n10001|NEW|NEW\n10002|LONE|LONE\n");
	EXPECT(&host, HOST_MOVED_KEYS, "issueid, key", "", "");
}

static void test_jira_has_no_pages(void **state UNUSED)
{
	struct host host = filled(PRODUCT_JIRA);

	EXPECT(&host, HOST_SPACES, "key, name, lowerkey, status, homepage", "", "");
	EXPECT(&host, HOST_PAGES,
		"id, key, spacekey, pagetype, title, lowertitle, version, created", "", "");
	EXPECT(&host, HOST_VERSIONS,
		"id, key, pageid, pagekey, spacekey, pagetype, title, version, current", "", "");
	EXPECT(&host, HOST_ATTACHMENTS, "id, key, pageid, pagekey, spacekey, title, version", "",
		"");
	EXPECT(&host, HOST_CONTENT_STATES, "id, key, state, spacekey, title, pagetype", "", "");
}

static void test_issue_in_project(void **state UNUSED)
{
	struct host host = filled(PRODUCT_JIRA);
	CLEANUP(str_release) struct str sql = STR_INIT;
	struct slice ids;
	struct db_value key = db_text("NEW");

	str_add_text(&sql, "SELECT group_concat(id) FROM (SELECT x.id FROM (SELECT 10100 AS id"
			   " UNION ALL SELECT 10200 UNION ALL SELECT 10202 UNION ALL SELECT 10300"
			   " UNION ALL SELECT NULL) x WHERE ");
	host_issue_in_project(&host, "x.id", "$1", &sql);
	str_add_text(&sql, " ORDER BY x.id)");
	MUST(db_query_text(db, sql.at, &key, 1, &arena, &ids, err));
	assert_true(slice_is(ids, "10200,10202"));
	str_clear(&sql);
	str_add_text(&sql, "SELECT count(*) FROM jiraissue i WHERE ");
	host_issue_in_project(&host, "i.id", "SELECT p.pkey FROM project p", &sql);
	assert_string_equal(result(sql.at), "4\n");
}

/* --- descriptions ----------------------------------------------------------------------------- */

static void test_describes_pages(void **state UNUSED)
{
	struct host host = filled(PRODUCT_CONFLUENCE);

	/* current, in the trash, archived; old version, draft, comment, attachment, none, no id */
	DESCRIBE(&host, ENTITY_PAGE, "100 160 130 140 101 103 170 200 999 x",
		"100|1|ABC|PAGE|-|-|-|3|Home|-|-|-|-|-|-|-|2024-01-04\n"
		"160|1|ABC|BLOGPOST|-|-|-|1|News|-|-|-|-|-|-|-|2024-02-01\n"
		"130|1|ABC|PAGE|-|-|-|2|Home|-|-|-|-|-|-|-|2024-01-02\n"
		"140|1|DEF|PAGE|-|-|-|1|Attic|-|-|-|-|-|-|-|2024-01-02\n"
		"101|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n"
		"103|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n"
		"170|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n"
		"200|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n"
		"999|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n"
		"x|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n");
}

static void test_describes_versions(void **state UNUSED)
{
	struct host host = filled(PRODUCT_CONFLUENCE);

	DESCRIBE(&host, ENTITY_VERSION, "100 101 102 131 103 201 170 999",
		"100|1|ABC|PAGE|100|-|-|3|Home|-|-|-|-|-|-|-|-\n"
		"101|1|ABC|PAGE|100|-|-|1|Start|-|-|-|-|-|-|-|-\n"
		"102|1|ABC|PAGE|100|-|-|2|Home|-|-|-|-|-|-|-|-\n"
		"131|1|ABC|PAGE|130|-|-|1|Home|-|-|-|-|-|-|-|-\n"
		"103|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n"
		"201|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n"
		"170|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n"
		"999|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n");
}

static void test_describes_attachments(void **state UNUSED)
{
	struct host host = filled(PRODUCT_CONFLUENCE);

	DESCRIBE(&host, ENTITY_ATTACHMENT, "200 201 203 205 100 170 x",
		"200|1|ABC|-|100|-|-|2|a.xlsx|-|-|200|-|-|-|-|-\n"
		"201|1|ABC|-|100|-|-|1|a.xlsx|-|-|201|-|-|-|-|-\n"
		"203|1|ABC|-|130|-|-|1|c.xlsx|-|-|203|-|-|-|-|-\n"
		"205|1|DEF|-|110|-|-|7|a.xlsx|-|-|205|-|-|-|-|-\n"
		"100|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n"
		"170|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n"
		"x|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n");
}

static void test_describes_others(void **state UNUSED)
{
	struct host host = filled(PRODUCT_CONFLUENCE);
	struct host_description unused;

	DESCRIBE(&host, ENTITY_USER, "u-bob u-gone u-shut BOB",
		"u-bob|1|-|-|-|-|-|-|-|-|bob|-|-|bob@2.example|Bob 2|-|-\n"
		"u-gone|1|-|-|-|-|-|-|-|-|gone|-|-|-|-|-|-\n"
		"u-shut|1|-|-|-|-|-|-|-|-|shut|-|-|shut@x.example|Shut|-|-\n"
		"BOB|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n");
	DESCRIBE(&host, ENTITY_SPACE, "ABC Abc abc ~jd",
		"ABC|1|-|-|-|-|-|-|Alpha|-|-|-|-|-|-|Alpha|-\n"
		"Abc|1|-|-|-|-|-|-|Alpha|-|-|-|-|-|-|Alpha|-\n"
		"abc|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n"
		"~jd|1|-|-|-|-|-|-|Jane Doe|-|-|-|-|-|-|Jane Doe|-\n");
	DESCRIBE(&host, ENTITY_APPLINK, "l-rpc l-bare l-space",
		"l-rpc|1|-|-|-|-|-|-|It's '&lt;'|http://rpc.example|-|-|-|-|-|-|-\n"
		"l-bare|1|-|-|-|-|-|-|Bare &amp; plain|-|-|-|-|-|-|-|-\n"
		"l-space|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n");
	assert_false(host_describe(&host, ENTITY_ISSUE, &arena, &unused));
	assert_false(host_describe(&host, ENTITY_PROJECT, &arena, &unused));
}

static void test_describes_on_jira(void **state UNUSED)
{
	static const enum entity elsewhere[] = {
		ENTITY_SPACE, ENTITY_PAGE, ENTITY_VERSION, ENTITY_ATTACHMENT};
	struct host host;
	struct host_description unused;

	fill(PRODUCT_JIRA);
	/* nothing forbids two projects with one key */
	script("INSERT INTO project (id, pname, pkey) VALUES (10009, 'Twin', 'TIO');");
	host = open_host();
	DESCRIBE(&host, ENTITY_ISSUE, "10202 10300 999 TIO-1",
		"10202|1|-|-|-|-|-|-|Moved|-|-|-|NEW-12|-|-|-|-\n"
		"10300|0|-|-|-|-|-|-|Orphan|-|-|-|-|-|-|-|-\n"
		"999|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n"
		"TIO-1|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n");
	DESCRIBE(&host, ENTITY_PROJECT, "TIO OLD",
		"TIO|1|-|-|-|-|-|-|Test|-|-|-|-|-|-|Test|-\n"
		"OLD|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n");
	DESCRIBE(&host, ENTITY_USER, "JIRAUSER10001 gone nobody",
		"JIRAUSER10001|1|-|-|-|-|-|-|-|-|Anna|-|-|anna@2.example|Anna 2|-|-\n"
		"gone|1|-|-|-|-|-|-|-|-|gone|-|-|-|-|-|-\n"
		"nobody|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n");
	DESCRIBE(&host, ENTITY_APPLINK, "c-1 c-2 c-3",
		"c-1|1|-|-|-|-|-|-|Confluence &amp; Co|https://wiki.example/a?b&c|-|-|-|-|"
		"-|-|-\n"
		"c-2|1|-|-|-|-|-|-|Second|http://second.example|-|-|-|-|-|-|-\n"
		"c-3|0|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n");
	for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
		assert_false(host_describe(&host, elsewhere[i], &arena, &unused));
}

/* --- indexes ---------------------------------------------------------------------------------- */

/*
 * No step of the plan reads a whole table but the given one and those of a few rows (o and f: the
 * order of directories), makes a copy or an index, or takes the pages of a space, or those without
 * a prevver, for few.
 */
static void must_search(const char *sql)
{
	struct db_rows *rows;
	bool row;

	MUST(db_query(db, arena_printf(&arena, "EXPLAIN QUERY PLAN %s", sql), NULL, 0, &rows, err));
	for (;;) {
		const char *step;

		MUST(db_rows_next(rows, &row, err));
		if (!row)
			break;
		step = arena_strdup(&arena, db_rows_text(rows, 3));
		if ((strncmp(step, "SCAN ", 5) == 0 && !strstr("given, o, f", step + 5)) ||
			strstr(step, "c_spaceid_idx") ||
			(strstr(step, "c_prevver_idx") && !strstr(step, " v ")) ||
			strncmp(step, "MATERIALIZE", 11) == 0 || strstr(step, "AUTOMATIC"))
			fail_msg("%s, for: %s", step, sql);
	}
	db_rows_end(&rows);
}

static void test_descriptions_use_indexes(void **state UNUSED)
{
	for (enum product p = 0; p < PRODUCT_COUNT; p++) {
		struct host host = filled(p);

		for (enum entity entity = 0; entity < ENTITY_COUNT; entity++) {
			struct host_description unused;

			if (host_describe(&host, entity, &arena, &unused))
				must_search(description_sql(&host, entity,
					"(SELECT number, key, version AS "
					"place FROM given)"));
		}
	}
}

/* The questions that mapping asks, from a table of many keys. */
static void test_relations_use_indexes(void **state UNUSED)
{
	static const struct {
		enum product product;
		enum host_relation relation;
		const char *condition;
		bool scan; /* joined, reading the relation once is as quick */
	} questions[] = {
		{PRODUCT_CONFLUENCE, HOST_SPACES, "r.key = given.title"},
		{PRODUCT_CONFLUENCE, HOST_PAGES, "r.id = given.number"},
		{PRODUCT_CONFLUENCE, HOST_PAGES,
			"r.title = given.title AND r.spacekey = given.key"},
		{PRODUCT_CONFLUENCE, HOST_PAGES,
			"r.lowertitle = given.title AND r.spacekey = given.key"},
		{PRODUCT_CONFLUENCE, HOST_PAGES, "r.title = given.title"},
		{PRODUCT_CONFLUENCE, HOST_VERSIONS, "r.id = given.number"},
		{PRODUCT_CONFLUENCE, HOST_VERSIONS,
			"r.pageid = given.number AND r.version = given.version"},
		{PRODUCT_CONFLUENCE, HOST_VERSIONS, "r.pageid = given.number AND r.current = 1"},
		{PRODUCT_CONFLUENCE, HOST_ATTACHMENTS, "r.id = given.number"},
		{PRODUCT_CONFLUENCE, HOST_ATTACHMENTS,
			"r.pageid = given.number AND r.title = given.title"},
		{PRODUCT_CONFLUENCE, HOST_ATTACHMENTS, "r.title = given.title", true},
		{PRODUCT_CONFLUENCE, HOST_CONTENT_STATES, "r.id = given.number"},
		{PRODUCT_CONFLUENCE, HOST_USERS, "r.key = given.key"},
		{PRODUCT_CONFLUENCE, HOST_USERS, "r.lowerusername = given.key"},
		{PRODUCT_JIRA, HOST_PROJECTS, "r.key = given.key"},
		{PRODUCT_JIRA, HOST_ISSUES, "r.id = given.number"},
		{PRODUCT_JIRA, HOST_ISSUES, "r.projectkey = given.key AND r.number = given.version",
			true},
		{PRODUCT_JIRA, HOST_MOVED_KEYS, "r.key = given.key"},
		{PRODUCT_JIRA, HOST_USERS, "r.lowerusername = given.key"},
	};

	for (enum product p = 0; p < PRODUCT_COUNT; p++) {
		struct host host = filled(p);

		for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
			const char *relation = host_relation(&host, questions[i].relation);

			if (questions[i].product != p)
				continue;
			if (!questions[i].scan)
				must_search(arena_printf(&arena,
					"SELECT r.* FROM given JOIN %s r ON %s", relation,
					questions[i].condition));
			must_search(arena_printf(&arena,
				"SELECT 1 FROM given WHERE EXISTS"
				" (SELECT 1 FROM %s r WHERE %s)",
				relation, questions[i].condition));
		}
	}
}

/* --- the frame -------------------------------------------------------------------------------- */

static int set_up(void **state UNUSED)
{
	arena = ARENA_INIT;
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down_one(void **state UNUSED)
{
	db_close(&db);
	arena_clear(&arena);
	return 0;
}

static int tear_down(void **state UNUSED)
{
	static const char *const suffixes[] = {"", "-wal", "-shm"};

	for (unsigned i = 0; i < databases; i++)
		for (size_t k = 0; k < ARRAY_LEN(suffixes); k++)
			unlink(arena_printf(&arena, "%s/%u.db%s", folder, i, suffixes[k]));
	rmdir(folder);
	arena_release(&arena);
	return 0;
}

#define TEST(function) cmocka_unit_test_teardown(function, tear_down_one)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_recognises),
		TEST(test_recognises_beside_others),
		TEST(test_refuses_strangers),
		TEST(test_refuses_both),
		TEST(test_names_what_is_missing),
		TEST(test_version_of_ry),
		TEST(test_unreadable_version),
		TEST(test_spaces),
		TEST(test_pages),
		TEST(test_versions),
		TEST(test_attachments),
		TEST(test_content_states),
		TEST(test_users),
		TEST(test_users_without_order),
		TEST(test_links),
		TEST(test_confluence_has_no_projects),
		TEST(test_projects),
		TEST(test_issues),
		TEST(test_jira_users),
		TEST(test_jira_links),
		TEST(test_jira_without_optional_tables),
		TEST(test_jira_has_no_pages),
		TEST(test_issue_in_project),
		TEST(test_describes_pages),
		TEST(test_describes_versions),
		TEST(test_describes_attachments),
		TEST(test_describes_others),
		TEST(test_describes_on_jira),
		TEST(test_descriptions_use_indexes),
		TEST(test_relations_use_indexes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
