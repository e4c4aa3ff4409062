/*
 * Tests of the rules that map old ids to new ones. For each rule there is a case in which it
 * decides and one that looks alike in which it must not.
 */
#include "mapping_site.h"

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
	/* every project may have a "Stop in time" */
	add_project(site, 9, "ONE", "One", NULL);
	add_project(site, 10, "TWO", "Two", "WAS");
	add_site_issues(site, 9, 1, "");
	add_site_issues(site, 10, 2, "");
	add(site, "PROJECT", "ONE", "");
	add_issues(site, "ONE", 1);
	add(site, "PROJECT", "WAS", "");
	add_issues(site, "WAS", 3);
	add_project(site, 8, "NOW", "Then", "THEN");
	add_site_issues(site, 8, 3, " of theirs");
	add(site, "PROJECT", "THEN", "title=Then");
	add_issues(site, "THEN", 3);
	map(site);
	expect(site, "PROJECT", "ONE", "ONE likely: same key and few same summaries");
	expect(site, "PROJECT", "WAS", "TWO likely: former key and few same summaries");
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

/* --- all ------------------------------------------------------------------------------------- */

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
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
