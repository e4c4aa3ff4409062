/*
 * Rows for the tests of the host layer: one row, or a few, for every trap that the host tables
 * hold. Plain INSERT statements that SQLite and PostgreSQL both take.
 */
#ifndef TESTS_HOST_ROWS_H
#define TESTS_HOST_ROWS_H

static const char *const confluence_rows[] = {
	"INSERT INTO confversion (confversionid, buildnumber, installdate, versiontag) VALUES"
	" (1, 9012, '2023-08-01 10:00:00', '8.5.1'),"
	" (2, 900, '2015-01-01 10:00:00', '5.6'),"
	" (3, 9111, '2024-03-01 10:00:00', '8.9.0'),"
	" (4, 9112, '2024-03-02 10:00:00', NULL)",

	"INSERT INTO user_mapping (user_key, username, lower_username) VALUES"
	" ('u-anna', 'Anna', 'anna'),"            /* inactive in one directory, active in another */
	" ('u-bob', 'bob', 'bob'),"               /* active in both: the order decides */
	" ('u-gone', 'gone', 'gone'),"            /* former user */
	" ('u-carol', 'carol.new', 'carol.new')," /* renamed; somebody else has the old name */
	" ('u-idle', 'idle', 'idle'),"            /* inactive account only */
	" ('u-shut', 'shut', 'shut'),"            /* active account in a disabled directory */
	" ('u-loud', 'loud', 'loud'),"            /* e-mail only in capitals */
	" ('u-mute', 'mute', 'mute'),"            /* empty e-mail and display name */
	" ('u-old', 'nolower', NULL)",

	"INSERT INTO cwd_directory (id, directory_name, lower_directory_name, active, "
	"directory_type)"
	" VALUES (1, 'Internal', 'internal', 'T', 'INTERNAL'), (2, 'LDAP', 'ldap', 'T', "
	"'CONNECTOR'),"
	" (3, 'Old', 'old', 'F', 'CONNECTOR')",
	/* application 7 is another one that asks Confluence, in another order */
	"INSERT INTO cwd_app_dir_mapping (id, application_id, directory_id, list_index) VALUES"
	" (1, 5, 1, 1), (2, 5, 2, 0), (3, 5, 3, 2), (4, 7, 1, 0), (5, 7, 2, 1), (6, 7, 3, 2)",
	"INSERT INTO cwd_user (id, user_name, lower_user_name, active, created_date, updated_date,"
	" display_name, email_address, lower_email_address, directory_id, credential) VALUES"
	" (11, 'anna', 'anna', 'F', '2020-01-01 00:00:00', '2020-01-01 00:00:00', 'Anna Old',"
	"  'anna@old.example', 'anna@old.example', 2, 'secret'),"
	" (12, 'Anna', 'anna', 'T', '2020-01-01 00:00:00', '2020-01-01 00:00:00', 'Anna New',"
	"  'Anna@New.example', 'anna@new.example', 1, 'secret'),"
	" (13, 'bob', 'bob', 'T', '2020-01-01 00:00:00', '2020-01-01 00:00:00', 'Bob 1',"
	"  'bob@1.example', 'bob@1.example', 1, 'secret'),"
	" (14, 'bob', 'bob', 'T', '2020-01-01 00:00:00', '2020-01-01 00:00:00', 'Bob 2',"
	"  'bob@2.example', 'bob@2.example', 2, 'secret'),"
	" (15, 'carol', 'carol', 'T', '2020-01-01 00:00:00', '2020-01-01 00:00:00', 'Other Carol',"
	"  'carol@other.example', 'carol@other.example', 1, 'secret'),"
	" (16, 'carol.new', 'carol.new', 'T', '2020-01-01 00:00:00', '2020-01-01 00:00:00', "
	"'Carol',"
	"  'carol@new.example', 'carol@new.example', 1, 'secret'),"
	" (17, 'idle', 'idle', 'F', '2020-01-01 00:00:00', '2020-01-01 00:00:00', 'Idle',"
	"  'idle@x.example', 'idle@x.example', 1, 'secret'),"
	" (18, 'shut', 'shut', 'T', '2020-01-01 00:00:00', '2020-01-01 00:00:00', 'Shut',"
	"  'shut@x.example', 'shut@x.example', 3, 'secret'),"
	" (19, 'loud', 'loud', 'T', '2020-01-01 00:00:00', '2020-01-01 00:00:00', 'Loud',"
	"  'LOUD@X.example', NULL, 1, 'secret'),"
	" (20, 'mute', 'mute', 'T', '2020-01-01 00:00:00', '2020-01-01 00:00:00', '', '', '', 1,"
	"  'secret')",

	"INSERT INTO spaces (spaceid, spacename, spacekey, lowerspacekey, homepage, spacetype,"
	" spacestatus) VALUES (1, 'Alpha', 'ABC', 'abc', 100, 'global', 'CURRENT'),"
	" (2, 'Delta', 'DEF', 'def', NULL, 'global', 'CURRENT'),"
	" (3, 'Jane Doe', '~jd', '~jd', NULL, 'personal', 'CURRENT'),"
	" (4, 'Alpha', 'Abc', 'abc', NULL, 'global', 'ARCHIVED')",

	/* pages; 100 has old versions, one without a title, and a draft */
	"INSERT INTO content (contentid, contenttype, title, lowertitle, version, creationdate,"
	" prevver, content_status, pageid, spaceid) VALUES"
	" (100, 'PAGE', 'Home', 'home', 3, '2024-01-04 23:59:59.999', NULL, 'current', NULL, 1),"
	" (101, 'PAGE', 'Start', 'start', 1, '2024-01-02', 100, 'current', NULL, NULL),"
	" (102, 'PAGE', NULL, NULL, 2, '2024-01-03 10:00:00', 100, 'current', NULL, NULL),"
	" (103, 'PAGE', 'Home, new', 'home, new', 1, '2024-01-05 10:00:00', 100, 'draft', NULL, 1),"
	/* versions 1, 3 and 4 are missing; the old one has kept its space */
	" (110, 'PAGE', 'Gaps', 'gaps', 5, '2024-01-02', NULL, 'current', NULL, 2),"
	" (111, 'PAGE', 'Gaps', 'gaps', 2, '2024-01-02', 110, 'current', NULL, 2),"
	" (120, 'PAGE', 'Never out', 'never out', 1, '2024-01-02', NULL, 'draft', NULL, 1),"
	" (130, 'PAGE', 'Home', 'home', 2, '2024-01-02', NULL, 'deleted', NULL, 1),"
	" (131, 'PAGE', 'Home', 'home', 1, '2024-01-02', 130, 'current', NULL, NULL),"
	" (140, 'PAGE', 'Attic', 'attic', 1, '2024-01-02', NULL, 'archived', NULL, 2),"
	" (150, 'PAGE', 'Twin', 'twin', 1, '2024-01-02', NULL, 'current', NULL, 1),"
	" (151, 'PAGE', 'Twin', 'twin', 1, '2024-01-02', NULL, 'current', NULL, 1),"
	" (152, 'PAGE', 'Twin', 'twin', 1, '2024-01-02', NULL, 'current', NULL, 2),"
	/* blog posts of one title, another day */
	" (160, 'BLOGPOST', 'News', 'news', 1, '2024-02-01 00:00:00', NULL, 'current', NULL, 1),"
	" (161, 'BLOGPOST', 'News', 'news', 1, '2024-02-02 00:00:00', NULL, 'current', NULL, 1),"
	/* a comment and a space description are no pages */
	" (170, 'COMMENT', NULL, NULL, 1, '2024-01-02', NULL, 'current', 100, NULL),"
	" (180, 'SPACEDESCRIPTION', NULL, NULL, 1, '2024-01-02', NULL, 'current', NULL, 1)",
	/* attachments: of a page with an old version, deleted, of a page in the trash, of a comment
	 */
	"INSERT INTO content (contentid, contenttype, title, lowertitle, version, creationdate,"
	" prevver, content_status, pageid, spaceid) VALUES"
	" (200, 'ATTACHMENT', 'a.xlsx', 'a.xlsx', 2, '2024-01-02', NULL, 'current', 100, 1),"
	" (201, 'ATTACHMENT', 'a.xlsx', 'a.xlsx', 1, '2024-01-02', 200, 'current', NULL, 1),"
	" (202, 'ATTACHMENT', 'b.xlsx', 'b.xlsx', 1, '2024-01-02', NULL, 'deleted', 100, 1),"
	" (203, 'ATTACHMENT', 'c.xlsx', 'c.xlsx', 1, '2024-01-02', NULL, 'current', 130, 1),"
	" (204, 'ATTACHMENT', 'd.xlsx', 'd.xlsx', 1, '2024-01-02', NULL, 'current', 170, 1),"
	" (205, 'ATTACHMENT', 'a.xlsx', 'a.xlsx', 7, '2024-01-02', NULL, 'current', 110, NULL),"
	" (206, 'ATTACHMENT', 'a.xlsx', 'a.xlsx', 6, '2024-01-02', 205, 'current', 110, 2)",

	"INSERT INTO bandana (bandanaid, bandanacontext, bandanakey, bandanavalue) VALUES"
	" (1, '_GLOBAL', 'applinks.admin.l-all.name', '<string>R&amp;D &lt;Jira&gt;</string>'),"
	" (2, '_GLOBAL', 'applinks.admin.l-all.display.url',"
	"  '  <string>https://jira.example/?a=1&amp;b=&quot;2&quot;</string>\n'),"
	" (3, '_GLOBAL', 'applinks.admin.l-all.rpc.url', '<string>http://10.0.0.1:8080</string>'),"
	" (4, '_GLOBAL', 'applinks.admin.l-rpc.name', '<string>\n\tIt&apos;s &#39;&amp;lt;&#39;\n"
	"</string>'),"
	" (5, '_GLOBAL', 'applinks.admin.l-rpc.rpc.url', '<string>http://rpc.example</string>'),"
	" (6, '_GLOBAL', 'applinks.admin.l-rpc.display.url', '<string/>'),"
	" (7, '_GLOBAL', 'applinks.admin.l-bare.name', ' Bare &amp; plain '),"
	/* none of these is a link */
	" (8, '_GLOBAL', 'applinks.admin.l-all.auth.oauth.name', '<string>x</string>'),"
	" (9, '_GLOBAL', 'applinks.global.application.name', '<string>x</string>'),"
	" (10, 'SPACE', 'applinks.admin.l-space.name', '<string>x</string>'),"
	" (11, '_GLOBAL', 'applinks.admin..name', '<string>x</string>'),"
	" (12, '_GLOBAL', 'applinks.admin.l-noname.rpc.url', '<string>x</string>')",
};

static const char *const jira_rows[] = {
	"INSERT INTO project (id, pname, pkey, originalkey) VALUES (10000, 'Test', 'TIO', 'TIO'),"
	" (10001, 'Renamed', 'NEW', 'OLD'), (10002, 'Without old keys', 'LONE', 'LONE')",
	/* the current key stands there too; LONE's is missing, as after a repair by hand */
	"INSERT INTO project_key (id, project_id, project_key) VALUES (1, 10000, 'TIO'),"
	" (2, 10001, 'OLD'), (3, 10001, 'NEW'), (4, 10001, 'OLDER'), (5, 99999, 'LOST')",
	/* 10202 moved from TIO to NEW; project 99999 is gone */
	"INSERT INTO jiraissue (id, pkey, issuenum, project, summary) VALUES"
	" (10100, NULL, 1, 10000, 'Task 1'), (10101, NULL, 2, 10000, 'Same'),"
	" (10200, NULL, 1, 10001, 'Same'), (10202, NULL, 12, 10001, 'Moved'),"
	" (10300, NULL, 1, 99999, 'Orphan')",
	"INSERT INTO moved_issue_key (id, old_issue_key, issue_id) VALUES (1, 'TIO-3', 10202),"
	" (2, 'XYZ-9', 10202), (3, 'TIO-9', 55555)",

	"INSERT INTO app_user (id, user_key, lower_user_name) VALUES (1, 'admin', 'root'),"
	" (2, 'JIRAUSER10001', 'anna'), (3, 'JIRAUSER10002', 'bob'), (4, 'gone', 'gone')",
	"INSERT INTO cwd_directory (id, directory_name, active, directory_position) VALUES"
	" (1, 'Internal', 1, 1), (2, 'LDAP', 1, 0), (3, 'Off', 0, 2)",
	"INSERT INTO cwd_user (id, directory_id, user_name, lower_user_name, active, display_name,"
	" email_address, lower_email_address, credential) VALUES"
	" (1, 1, 'Root', 'root', 1, 'Root of all', 'Root@X.example', 'root@x.example', 'secret'),"
	" (2, 1, 'anna', 'anna', 1, 'Anna 1', 'anna@1.example', 'anna@1.example', 'secret'),"
	" (3, 2, 'Anna', 'anna', 1, 'Anna 2', 'anna@2.example', 'anna@2.example', 'secret'),"
	" (4, 2, 'bob', 'bob', 0, 'Bob 2', 'bob@2.example', 'bob@2.example', 'secret'),"
	" (5, 3, 'bob', 'bob', 1, 'Bob 3', 'bob@3.example', 'bob@3.example', 'secret'),"
	/* an account in a directory that is gone does not count */
	" (6, 9, 'gone', 'gone', 1, 'Ghost', 'ghost@x.example', 'ghost@x.example', 'secret')",

	"INSERT INTO propertyentry (id, entity_name, entity_id, property_key, propertytype) VALUES"
	" (1, 'jira.properties', 1, 'applinks.admin.c-1.name', 5),"
	" (2, 'jira.properties', 1, 'applinks.admin.c-1.display.url', 5),"
	" (3, 'jira.properties', 1, 'applinks.admin.c-1.rpc.url', 6),"
	" (4, 'jira.properties', 1, 'applinks.admin.c-2.name', 5),"
	" (5, 'jira.properties', 1, 'applinks.admin.c-2.rpc.url', 5),"
	/* twice, of another entity, and no name of a link */
	" (6, 'jira.properties', 1, 'applinks.admin.c-2.name', 5),"
	" (7, 'other', 1, 'applinks.admin.c-3.name', 5),"
	" (8, 'jira.properties', 2, 'applinks.admin.c-4.name', 5),"
	" (9, 'jira.properties', 1, 'applinks.admin.c-1.x.name', 5)",
	"INSERT INTO propertystring (id, propertyvalue) VALUES (1, 'Confluence &amp; Co'),"
	" (2, '<string>https://wiki.example/a?b&amp;c</string>'), (4, ' Second '),"
	" (5, 'http://second.example'), (6, 'Twice'), (7, 'x'), (8, 'x'), (9, 'x')",
	"INSERT INTO propertytext (id, propertyvalue) VALUES (3, 'http://10.0.0.2:1990')",
};

#endif
