-- Fills Jira's own tables from the facts, with this side's ids. Issue keys are the same on both
-- sides; their ids are not.

-- --- people ------------------------------------------------------------------------------------------
INSERT INTO app_user SELECT jira_id, jira_key, lower(username) FROM w_account;
INSERT INTO cwd_directory
SELECT side.number_base + d.column1, d.column2, lower(d.column2), 1, d.column3, d.column4
FROM side, (VALUES (1, 'Jira Internal Directory', 'INTERNAL', 1), (2, 'Company LDAP', 'CONNECTOR', 0)) d;
INSERT INTO cwd_user
SELECT side.number_base + 1000 + a.id * 4 + d.column1, side.number_base + d.column1, a.username, lower(a.username),
	a.state = 'active', '2021-02-01 08:00:00.000', '2024-01-08 06:30:12.250',
	substr(a.display, 1, instr(a.display, ' ') - 1), substr(a.display, instr(a.display, ' ') + 1), a.display,
	replace(replace(lower(a.display), 'Ö', 'ö'), 'И', 'и'),
	CASE WHEN d.column1 = 1 AND a.directories = '12' THEN a.username || '@lab.aster-robotics.example' ELSE a.email END,
	CASE WHEN d.column1 = 1 AND a.directories = '12' THEN a.username || '@lab.aster-robotics.example' ELSE lower(a.email) END,
	'{PKCS5S2}not-a-real-credential', printf('ext-%06d', a.id)
FROM w_account a JOIN side JOIN (VALUES (1), (2)) d ON instr(a.directories, d.column1) > 0
WHERE a.state <> 'former';

-- --- projects and issues -----------------------------------------------------------------------------
CREATE TEMP TABLE t_project (id INTEGER PRIMARY KEY, projectid INTEGER, pkey TEXT, home TEXT);
INSERT INTO t_project
SELECT p.id, side.issue_base - 100 + p.id * 2, p.pkey, p.home
FROM w_project p JOIN side WHERE p.home = 'origin' OR side.name = 'destination';
INSERT INTO project (id, pname, url, lead, pkey, pcounter, originalkey, projecttype)
SELECT t.projectid, p.name, NULL, a.jira_key, p.pkey, 602, COALESCE(p.formerkey, p.pkey), 'software'
FROM t_project t JOIN w_project p ON p.id = t.id LEFT JOIN w_account a ON a.id = p.lead;
INSERT INTO project_key
SELECT t.projectid * 10, t.projectid, p.formerkey FROM t_project t JOIN w_project p ON p.id = t.id WHERE p.formerkey IS NOT NULL
UNION ALL SELECT t.projectid * 10 + 1, t.projectid, t.pkey FROM t_project t;

CREATE TEMP TABLE t_issue (issue INTEGER PRIMARY KEY, issueid INTEGER, key TEXT);
INSERT INTO t_issue
SELECT i.id, side.issue_base + i.id * side.issue_step % 10007, t.pkey || '-' || i.number
FROM w_issue i JOIN t_project t ON t.id = i.project JOIN side;
INSERT INTO jiraissue (id, issuenum, project, reporter, assignee, creator, issuetype, summary, description, issuestatus,
	created, updated)
SELECT x.issueid, i.number, t.projectid, r.jira_key, a.jira_key, r.jira_key,
	CASE i.project WHEN 3 THEN '10200' ELSE '10001' END, COALESCE(n.newsummary, i.summary),
	CASE WHEN i.component IS NOT NULL THEN 'See the requirements that are linked below.' || char(13, 10) || 'h3. Done when' || char(13, 10) || '* all of them are met' END,
	CASE i.h % 3 WHEN 0 THEN '10000' WHEN 1 THEN '3' ELSE '10002' END,
	strftime('%Y-%m-%d %H:%M:%S', i.created, 'unixepoch') || printf('.%03d', i.h % 1000),
	strftime('%Y-%m-%d %H:%M:%S', i.created + i.h * 30, 'unixepoch') || printf('.%03d', i.h / 3 % 1000)
FROM w_issue i JOIN t_issue x ON x.issue = i.id JOIN t_project t ON t.id = i.project JOIN w_project p ON p.id = i.project
LEFT JOIN s_summary n ON n.project = p.pkey AND n.number = i.number
LEFT JOIN w_account r ON r.id = i.reporter LEFT JOIN w_account a ON a.id = i.assignee;
INSERT INTO moved_issue_key
SELECT x.issueid * 2, i.oldkey, x.issueid FROM w_issue i JOIN t_issue x ON x.issue = i.id WHERE i.oldkey IS NOT NULL;

-- --- history -------------------------------------------------------------------------------------------
-- A change of state of many issues, and the moves.
INSERT INTO changegroup
SELECT x.issueid * 2, x.issueid, a.jira_key,
	strftime('%Y-%m-%d %H:%M:%S', i.created + i.h * 20, 'unixepoch') || printf('.%03d', i.h / 5 % 1000)
FROM w_issue i JOIN t_issue x ON x.issue = i.id LEFT JOIN w_account a ON a.id = i.reporter
WHERE i.h % 3 > 0 OR i.oldkey IS NOT NULL;
INSERT INTO changeitem
SELECT x.issueid * 4, x.issueid * 2, 'jira', 'status', '10000', 'To Do', CASE i.h % 3 WHEN 1 THEN '3' ELSE '10002' END,
	CASE i.h % 3 WHEN 1 THEN 'In Progress' ELSE 'Done' END
FROM w_issue i JOIN t_issue x ON x.issue = i.id WHERE i.h % 3 > 0
UNION ALL
SELECT x.issueid * 4 + 1, x.issueid * 2, 'jira', 'Key', NULL, i.oldkey, NULL, x.key
FROM w_issue i JOIN t_issue x ON x.issue = i.id WHERE i.oldkey IS NOT NULL;

-- --- settings --------------------------------------------------------------------------------------------
CREATE TEMP TABLE t_property (id INTEGER PRIMARY KEY, name TEXT, value TEXT);
INSERT INTO t_property
SELECT 1, 'jira.baseurl', jira_url FROM side
UNION ALL SELECT 2, 'jira.title', 'Jira' FROM side
UNION ALL SELECT 3, 'applinks.admin.' || confluence_link || '.name', 'Confluence' FROM side
UNION ALL SELECT 4, 'applinks.admin.' || confluence_link || '.display.url', confluence_url FROM side
UNION ALL SELECT 5, 'applinks.admin.' || confluence_link || '.rpc.url', confluence_url FROM side
UNION ALL SELECT 6, 'applinks.admin.' || confluence_link || '.type', 'confluence' FROM side
UNION ALL SELECT 7, 'applinks.admin.' || code_link || '.name', 'Code & reviews' FROM side
UNION ALL SELECT 8, 'applinks.admin.' || code_link || '.display.url', replace(jira_url, 'jira.', 'code.') FROM side
UNION ALL SELECT 9, 'applinks.admin.' || code_link || '.rpc.url', replace(jira_url, 'jira.', 'code.') FROM side
UNION ALL SELECT 10, 'applinks.admin.' || code_link || '.type', 'stash' FROM side;
INSERT INTO propertyentry
SELECT side.number_base + p.id, 'jira.properties', 1, p.name, 5 FROM t_property p, side;
INSERT INTO propertystring SELECT side.number_base + p.id, p.value FROM t_property p, side;
