-- Fills Requirement Yogi's tables in Confluence with the rows of the spaces that are at home on this
-- side: Aster's at the origin, Borealis' own at the destination. Runs behind confluence-host.sql.

CREATE TEMP TABLE t_home (code TEXT PRIMARY KEY, spacekey TEXT);
INSERT INTO t_home SELECT t.code, t.spacekey FROM t_space t JOIN side ON side.name = t.home;
-- The rows of this side with what most statements need.
CREATE TEMP TABLE t_row (id INTEGER PRIMARY KEY, requirement INTEGER, baseline INTEGER, version INTEGER,
	status TEXT, spacekey TEXT, space TEXT);
INSERT INTO t_row
SELECT w.id, w.requirement, w.baseline, w.version, w.status, t.spacekey, t.code
FROM w_row w JOIN w_requirement r ON r.id = w.requirement JOIN t_home t ON t.code = r.space;

INSERT INTO "AO_32F7CE_DBREQUIREMENT" ("ID", "SPACEKEY", "KEY", "BASELINE", "STATUS", "STORAGETYPE", "HTMLEXCERPT",
	"UPPERKEY", "NEWSPACEKEY", "NEWKEY", "CREATEDUSER", "CREATEDDATE", "LASTUPDATEDUSER", "LASTUPDATEDDATE")
SELECT w.id, w.spacekey, r.key, w.baseline, w.status, NULLIF(r.h % 8, 0) % 5,
	x.html, r.upperkey, n.spacekey, g.key, c.confluence_key,
	strftime('%Y-%m-%d %H:%M:%S', f.saved, 'unixepoch') || printf('.%03d', r.h % 1000), a.confluence_key,
	strftime('%Y-%m-%d %H:%M:%S', l.saved, 'unixepoch') || printf('.%03d', r.h % 1000)
FROM t_row w JOIN w_requirement r ON r.id = w.requirement
LEFT JOIN t_text x ON x.requirement = r.id AND x.version = w.version
LEFT JOIN w_requirement g ON g.id = r.target AND w.baseline IS NULL LEFT JOIN t_home n ON n.code = g.space
LEFT JOIN w_version f ON f.page = r.page AND f.version = r.first
LEFT JOIN w_version l ON l.page = r.page AND l.version = w.version
LEFT JOIN w_account c ON c.id = f.author LEFT JOIN w_account a ON a.id = COALESCE(l.author, f.author) ORDER BY w.id;
UPDATE "AO_32F7CE_DBREQUIREMENT" SET "STORAGETYPE" = NULL WHERE "STORAGETYPE" = 0;

-- INLINE properties stand on the page, EXTERNAL ones were typed in beside it.
INSERT INTO "AO_32F7CE_DBPROPERTY" ("ID", "REQUIREMENT_ID", "TYPE", "NAME", "VALUE")
SELECT w.id * 8 + k.column1, w.id, k.column2, k.column3, CASE k.column1
	WHEN 1 THEN CASE r.h % 5 WHEN 0 THEN 'Could' WHEN 1 THEN 'Should' ELSE 'Must' END
	WHEN 2 THEN CASE r.h / 5 % 4 WHEN 0 THEN 'Test' WHEN 1 THEN 'Analysis' WHEN 2 THEN 'Inspection' ELSE 'Demonstration, with the customer' END
	WHEN 3 THEN (SELECT display FROM w_user WHERE id = CASE WHEN u.id > 40 THEN u.id ELSE 2 + r.h / 3 % 26 END)
	WHEN 4 THEN a.source
	WHEN 5 THEN 'PL ' || substr('cde', 1 + r.h % 3, 1) || ', Cat. ' || (2 + r.h % 2)
	ELSE CASE r.h / 11 % 8 WHEN 0 THEN '=SUM(B2:B' || (3 + r.h % 9) || ')' WHEN 1 THEN '-40 °C … +85 °C' WHEN 2 THEN '+24 V'
		WHEN 3 THEN '@supplier: please confirm' WHEN 4 THEN '''quoted'' and "double quoted"' WHEN 5 THEN 'line one' || char(10) || 'line two'
		WHEN 6 THEN ' padded ' ELSE 'Größe "L", 100 % – naïve café 𝛑≈3,14' END END
FROM t_row w JOIN w_requirement r ON r.id = w.requirement JOIN w_area a ON a.id = r.area
JOIN w_page p ON p.id = r.page LEFT JOIN w_account u ON u.id = p.creator
JOIN (VALUES (1, 'INLINE', 'Priority'), (2, 'INLINE', 'Verification'), (3, 'EXTERNAL', 'Owner'), (4, 'EXTERNAL', 'Source'),
	(5, 'INLINE', 'Performance level'), (6, 'EXTERNAL', 'Note, "free text"')) k
ON CASE k.column1 WHEN 1 THEN 1 WHEN 2 THEN r.h % 2 = 0 WHEN 3 THEN r.h % 3 = 0 WHEN 4 THEN r.h % 6 = 1
	WHEN 5 THEN r.space = 'SAFE' AND r.h % 4 = 1 ELSE r.h % 37 = 7 END;

-- Between current rows, and between the copies of one baseline.
INSERT INTO "AO_32F7CE_DBDEPENDENCY" ("ID", "PARENT_ID", "CHILD_ID", "RELATIONSHIP")
SELECT 2 * ROW_NUMBER() OVER (ORDER BY c.id, p.id) + 7, p.id, c.id, d.relationship
FROM w_depends d JOIN t_row p ON p.requirement = d.parent JOIN t_row c ON c.requirement = d.child
	AND (c.baseline = p.baseline AND c.space = p.space OR (c.baseline IS NULL AND p.baseline IS NULL));

-- Where it is defined, where it is cited, and the issues.
INSERT INTO "AO_32F7CE_DBLINK" ("ID", "PARENT_ID", "ORIGIN", "TYPE", "APP", "DOCUMENTID", "VERSIONID", "RELATIONSHIP", "MARKER")
SELECT 3 * ROW_NUMBER() OVER (ORDER BY q.parent, q.sort, q.document) + 11, q.parent, q.sort = 0, q.type, q.app, q.document,
	q.version, q.relationship, q.marker
FROM (
	SELECT w.id AS parent, 0 AS sort, 'PAGE' AS type, 'page' AS app, t.contentid AS document, v.contentid AS version,
		NULL AS relationship, printf('%08x-21d0-4c3f-a6b2-%012x', r.h, r.id) AS marker
	FROM t_row w JOIN w_requirement r ON r.id = w.requirement AND r.file IS NULL
	JOIN t_page t ON t.page = r.page JOIN t_version v ON v.page = r.page AND v.version = w.version
	UNION ALL
	SELECT w.id, 0, 'EXCEL', 'com.playsql.requirementyogi.excel', f.contentid, NULL, NULL, 'Sheet1!A' || (r.place + 1)
	FROM t_row w JOIN w_requirement r ON r.id = w.requirement JOIN t_file f ON f.file = r.file
	UNION ALL
	SELECT w.id, 1, 'PAGE', 'page', t.contentid, v.contentid, k.relationship,
		printf('%08x-3f08-4d66-9b15-%04x%08x', r.h, k.page, k.place)
	FROM w_cite k JOIN t_page t ON t.page = k.page JOIN t_version v ON v.page = k.page AND v.version = t.current
	JOIN t_row w ON w.requirement = k.requirement AND w.baseline IS NULL JOIN w_requirement r ON r.id = k.requirement
	UNION ALL
	-- the first baseline remembers the test pages of its time
	SELECT w.id, 1, 'PAGE', 'page', t.contentid, v.contentid, k.relationship,
		printf('%08x-3f08-4d66-9b15-%04x%08x', r.h, k.page, k.place)
	FROM w_cite k JOIN t_page t ON t.page = k.page JOIN t_version v ON v.page = k.page AND v.version = 1
	JOIN t_row w ON w.requirement = k.requirement AND w.baseline = 1 JOIN w_requirement r ON r.id = k.requirement
	WHERE k.relationship = 'verifies'
	UNION ALL
	SELECT w.id, 2, 'JIRA', s.jira_link, l.shownkey, NULL, l.relationship, NULL
	FROM w_issuelink l JOIN t_row w ON w.id = l.row JOIN side s) q;

INSERT INTO "AO_32F7CE_DBTRACEABILITYMATRIX" ("ID", "SPACEKEY", "ORIGINALID", "NAME", "QUERY", "COLUMNS", "CREATEDUSER",
	"CREATEDDATE", "LASTUPDATEDUSER", "LASTUPDATEDDATE")
SELECT 4 + k.column1, t.spacekey, 100 + k.column1 * 7, k.column3, k.column4, k.column5, c.confluence_key,
	printf('2023-02-%02d 09:30:00.125', k.column1), a.confluence_key, printf('2023-10-%02d 16:05:42.900', k.column1)
FROM (VALUES
	(1, 'SAFE', 'Safety: requirement to test', 'spaceKey = ''SAFE'' AND key ~ ''ESTOP-%''', 'key,text,@Priority,jira(tests)', 19, 10),
	(2, 'SAFE', 'Baseline 1 against baseline 2', 'spaceKey = ''SAFE'' AND baseline = 1', 'key,text,baseline(2)', 19, 19),
	(3, 'SAFE', 'What depends on the brakes', 'spaceKey = ''SAFE'' AND key ~ ''BRK-%''', 'key,from(derives from),from(refines)', 14, 3),
	(4, 'PLAT', 'Platform: derived requirements', 'spaceKey = ''PLAT'' AND to(derives from) = ''SAFE''', 'key,text,to(derives from),@Owner', 5, 13),
	(5, 'PLAT', 'Battery, for the "transport" audit', 'spaceKey = ''PLAT'' AND key ~ ''BAT-%'' AND @Priority = ''Must''', 'key,text,@Source,page', 26, 4),
	(6, 'PLAT', 'Issue FW-21 and what it touches', 'jira = ''FW-21''', 'key,text,jira(implements)', 13, 13),
	(7, 'CELL', 'Cell: all requirements of the dispatcher', (SELECT 'page = ' || contentid FROM t_page WHERE title = 'Job dispatch'), 'key,text,@Priority', 11, 7),
	(8, 'CELL', 'From the Excel list', (SELECT 'excel = ''' || contentid || '''' FROM t_file WHERE file = 1), 'key,text', 11, 11),
	(9, 'REG', 'Konformität: Nachweise für die Prüfstelle', 'spaceKey = ''REG'' AND key ~ ''Prüf-%''', 'key,text,to(complies with)', 14, 22),
	(10, 'REG', 'EMC', 'spaceKey = ''REG'' AND key ~ ''EMC 4.2-%''', 'key,text,jira(tests)', 14, 8),
	(11, '~kmoreau', 'Mes essais', 'spaceKey = ''~kmoreau''', 'key,text', 2, 2),
	(12, 'HYD', 'Pumps', 'spaceKey = ''HYD'' AND key ~ ''HYP-%''', 'key,text', 43, 44),
	(13, 'PLATINUM', 'Promises to Platinum customers', 'spaceKey = ''PLAT''', 'key,text,@Owner', 45, 45)) k
JOIN t_home t ON t.code = k.column2
LEFT JOIN w_account c ON c.id = k.column6 LEFT JOIN w_account a ON a.id = k.column7;

INSERT INTO "AO_32F7CE_DBAPPLINK" ("ID", "APPLINK", "NAME")
SELECT 1, jira_link, 'Engineering Jira' FROM side UNION ALL SELECT 2, certlab_link, 'CertLab Jira' FROM side WHERE name = 'origin';
