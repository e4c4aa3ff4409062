-- The facts that both sides and both products share: spaces, pages, requirements, issues, and who
-- refers to whom. Everything is derived from the word lists by arithmetic: h is a number between 0
-- and 2^20 that looks random, times are seconds since 1970. `home` says whose a thing is: Aster's is
-- on both sides, Borealis' only at the destination.

CREATE TEMP TABLE w_space (id INTEGER PRIMARY KEY, code TEXT UNIQUE, home TEXT, spacekey TEXT,
	name TEXT, type TEXT, creator INTEGER);
INSERT INTO w_space VALUES
(1, 'SAFE', 'origin', 'SAFE', 'Functional Safety', 'global', 19),
(2, 'PLAT', 'origin', 'PLAT', 'Robot Platform', 'global', 5),
(3, 'CELL', 'origin', 'CELL', 'Cell Integration', 'global', 11),
(4, 'REG', 'origin', 'REG', 'Compliance & Approvals', 'global', 14),
(5, '~kmoreau', 'origin', '~kmoreau', 'Kléa Moreau', 'personal', 2),
(6, 'HYD', 'destination', 'HYD', 'Hydraulics', 'global', 43),
(7, 'PLATINUM', 'destination', 'PLAT', 'Platinum Customers', 'global', 45),
(8, 'OPS', 'destination', 'OPS', 'Operations Handbook', 'global', 42);

CREATE TEMP TABLE w_day (id INTEGER PRIMARY KEY);
WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO w_day SELECT i FROM n;

-- --- pages -----------------------------------------------------------------------------------------
-- kind: home, area (overview), definition (requirements), design, verification (both cite), decision
-- (one requirement), meeting, blog. versions: the number of the current one.
CREATE TEMP TABLE w_page (id INTEGER PRIMARY KEY, space TEXT, kind TEXT, area INTEGER,
	component INTEGER, title TEXT, parent INTEGER, versions INTEGER, creator INTEGER, born INTEGER,
	h INTEGER);
INSERT INTO w_page (id, space, kind, title)
SELECT id, code, 'home', name || ' Home' FROM w_space;
INSERT INTO w_page (id, space, kind, area, title, parent)
SELECT 20 + a.id, a.space, 'area', a.id, a.name || ': overview', s.id
FROM w_area a JOIN w_space s ON s.code = a.space WHERE a.id < 27;
INSERT INTO w_page (id, space, kind, area, component, title, parent)
SELECT 400 + c.id * 5, a.space, 'definition', a.id, c.id, c.name, 20 + a.id
FROM w_component c JOIN w_area a ON a.id = c.area;
INSERT INTO w_page (id, space, kind, area, component, title, parent)
SELECT 401 + c.id * 5, a.space, 'design', a.id, c.id, c.name || ': design notes', 400 + c.id * 5
FROM w_component c JOIN w_area a ON a.id = c.area WHERE a.id < 23;
INSERT INTO w_page (id, space, kind, area, component, title, parent)
SELECT 402 + c.id * 5, a.space, 'verification', a.id, c.id, c.name || ': verification', 400 + c.id * 5
FROM w_component c JOIN w_area a ON a.id = c.area WHERE a.id < 23;
INSERT INTO w_page (id, space, kind, area, title, parent) VALUES
(2003, 'SAFE', 'decision', 31, 'Decision 003: stop category of the teach pendant', 1),
(2005, 'SAFE', 'decision', 31, 'Decision 005: no muting during set-up', 1),
(2006, 'SAFE', 'decision', 31, 'Decision 006: one safety controller per cell', 1),
(2007, 'PLAT', 'decision', 32, 'Decision 007: maximum payload', 2),
(2009, 'PLAT', 'decision', 32, 'Decision 009: voltage of the pack', 2),
(2012, 'PLAT', 'decision', 32, 'Decision 012: EtherCAT instead of our own bus', 2);
INSERT INTO w_page (id, space, kind, title, parent)
SELECT 2100 + s.id * 20 + d.id, s.code, 'meeting',
	strftime('%Y-%m-%d', 1672700400 + (d.id * 14 + s.id) * 86400, 'unixepoch')
	|| CASE s.id WHEN 1 THEN ' Safety review' WHEN 2 THEN ' Platform jour fixe' WHEN 3 THEN ' Jour fixe Zellenbau'
	ELSE ' Operations call' END, s.id
FROM w_space s JOIN w_day d ON d.id <= 10 WHERE s.id IN (1, 2, 3, 8);
-- a blog post has the same title every week
INSERT INTO w_page (id, space, kind, title)
SELECT 2300 + s.id * 30 + d.id, s.code, 'blog', CASE s.id WHEN 1 THEN 'Safety of the week' ELSE 'Weekly robotics digest' END
FROM w_space s JOIN w_day d ON d.id <= 14 WHERE s.id IN (1, 2);
INSERT INTO w_page (id, space, kind, title, parent) VALUES
(2501, 'SAFE', 'other', 'Glossary', 1), (2502, 'PLAT', 'other', 'Glossary', 2), (2503, 'CELL', 'other', 'Glossary', 3),
(2504, 'SAFE', 'other', 'How we write requirements', 1), (2505, 'PLAT', 'other', 'Team & contacts', 2),
(2506, 'CELL', 'other', 'FAQ "first week in the lab"', 3), (2507, 'REG', 'other', 'Notified bodies, prices, lead times', 4),
(2508, '~kmoreau', 'other', 'Idées, brouillons, œuvres inachevées', 5), (2509, 'OPS', 'other', 'Shift calendar', 8),
(2510, 'OPS', 'other', 'Glossary', 8), (2511, 'HYD', 'other', 'Oil types', 6), (2512, 'PLATINUM', 'other', 'Customer list', 7);

UPDATE w_page SET h = (id * 2654435761 % 4294967296) / 4096;
UPDATE w_page SET versions = CASE
	WHEN kind IN ('meeting', 'blog') THEN 1 + h % 2
	WHEN title IN ('Holding brake', 'Servo drive') THEN 4
	WHEN kind IN ('decision') THEN 1 + h % 2
	WHEN space = '~kmoreau' THEN 1
	ELSE 1 + h % 5 END;
UPDATE w_page SET
	creator = CASE WHEN space IN ('HYD', 'PLATINUM', 'OPS') THEN 41 + h % 10
		WHEN space = '~kmoreau' THEN 2 ELSE 2 + h % 26 END,
	born = CASE kind WHEN 'blog' THEN 1672734600 + (id % 30) * 7 * 86400 + h % 3600
		WHEN 'meeting' THEN 1672734600 + (id % 20) * 14 * 86400 + h % 9000
		ELSE 1612166400 + (id * 25000) + h % 86400 END;
CREATE INDEX temp.w_page_component ON w_page (component, kind);

-- All versions of all pages: number, author and time.
CREATE TEMP TABLE w_version (page INTEGER, version INTEGER, author INTEGER, saved INTEGER,
	PRIMARY KEY (page, version)) WITHOUT ROWID;
WITH RECURSIVE v (page, version, versions, creator, born, h, space) AS (
	SELECT id, 1, versions, creator, born, h, space FROM w_page
	UNION ALL SELECT page, version + 1, versions, creator, born, h, space FROM v WHERE version < versions)
INSERT INTO w_version
SELECT page, version, CASE WHEN version = 1 OR space = '~kmoreau' THEN creator
	WHEN creator > 40 THEN 41 + (h + version * 7) % 10 ELSE 2 + (h + version * 7) % 26 END,
	born + (version - 1) * (9 + h % 20) * 86400 + (version - 1) * (h % 20011)
FROM v;

-- Files on pages. area: the requirements that stand in the rows of an Excel file.
CREATE TEMP TABLE w_file (id INTEGER PRIMARY KEY, page INTEGER, filename TEXT, media TEXT, versions INTEGER,
	area INTEGER, rows INTEGER);
INSERT INTO w_file
SELECT f.column1, p.id, f.column4, f.column5, f.column6, f.column7, f.column8
FROM (VALUES
	(1, 'CELL', 'Job dispatch', 'Fleet interface list.xlsx', 'xlsx', 1, 27, 14),
	(2, 'PLAT', 'Payload identification', 'AR-7 payload table.xlsx', 'xlsx', 3, 28, 16),
	(3, 'PLAT', 'Battery pack', 'Cell supplier limits.xlsx', 'xlsx', 2, 29, 12),
	(4, 'REG', 'Radiated emission', 'Grenzwerte Funkstörung.xlsx', 'xlsx', 1, 30, 15),
	(5, 'SAFE', 'Holding brake', 'brake curve.png', 'png', 1, NULL, 0),
	(6, 'PLAT', 'Servo drive', 'data sheet AX-40.pdf', 'pdf', 2, NULL, 0),
	(7, 'PLAT', 'Battery pack', 'UN 38.3 report.pdf', 'pdf', 1, NULL, 0),
	(8, 'CELL', 'Tool changer', 'stp export.zip', 'zip', 1, NULL, 0),
	(9, 'REG', 'Typenschild', 'Entwurf Typenschild.svg', 'svg', 2, NULL, 0),
	(10, 'HYD', 'Oil cooler', 'cooler curve.xlsx', 'xlsx', 1, NULL, 0)) f
JOIN w_page p ON p.space = f.column2 AND p.title = f.column3;

-- --- requirements ------------------------------------------------------------------------------------
-- first, last: the versions of the page in which it stands. file: where an Excel requirement stands.
CREATE TEMP TABLE w_requirement (id INTEGER PRIMARY KEY, space TEXT, area INTEGER, component INTEGER,
	page INTEGER, file INTEGER, place INTEGER, key TEXT, upperkey TEXT, urlkey TEXT, status TEXT,
	first INTEGER, last INTEGER, target INTEGER, template TEXT, lo INTEGER, hi INTEGER, h INTEGER);
WITH numbered AS (
	SELECT c.id AS component, c.area, j.id AS place, p.id AS page, p.versions, a.space, a.lang,
		(SELECT COUNT(*) FROM w_common o WHERE o.lang = a.lang) AS commons,
		((c.id * 20 + j.id) * 2654435761 % 4294967296) / 4096 AS h,
		SUM(1) OVER (PARTITION BY c.area ORDER BY c.id, j.id) AS number,
		a.prefix, a.upper, a.url
	FROM w_component c JOIN w_area a ON a.id = c.area
	JOIN w_page p ON p.component = c.id AND p.kind = 'definition'
	JOIN w_day j ON j.id <= CASE a.lang WHEN 'de' THEN 10 WHEN 'fr' THEN 8
		ELSE 10 + ((c.id * 2654435761 % 4294967296) / 4096) % 5 END)
INSERT INTO w_requirement
SELECT n.component * 20 + n.place, n.space, n.area, n.component, n.page, NULL, n.place,
	n.prefix || printf('%03d', n.number), n.upper || printf('%03d', n.number), n.url || printf('%03d', n.number),
	CASE WHEN n.place > 6 AND n.versions > 1 AND n.h % 23 = 3 AND n.area < 23 THEN 'MOVED'
		WHEN n.place > 6 AND n.versions > 1 AND n.h % 29 = 5 THEN 'DELETED' ELSE 'ACTIVE' END,
	CASE WHEN n.place <= 6 THEN 1 ELSE 1 + n.h % n.versions END, n.versions, NULL,
	COALESCE(t.text, o.text), COALESCE(t.lo, o.lo), COALESCE(t.hi, o.hi), n.h
FROM numbered n
LEFT JOIN w_sentence t ON t.area = n.area AND t.place = n.place
LEFT JOIN w_common o ON n.place > 6 AND o.lang = n.lang AND o.place = (n.component * 5 + n.place) % n.commons;
-- one requirement a decision, keyed by the decision's number
INSERT INTO w_requirement
SELECT 9000 + p.id, p.space, p.area, NULL, p.id, NULL, 1, a.prefix || printf('%03d', p.id % 100),
	a.upper || printf('%03d', p.id % 100), a.url || printf('%03d', p.id % 100), 'ACTIVE', 1, p.versions, NULL,
	t.text, t.lo, t.hi, p.h
FROM w_page p JOIN w_area a ON a.id = p.area JOIN w_sentence t ON t.area = a.id AND t.place = 1
WHERE p.kind = 'decision';
-- one requirement a row of an Excel file
INSERT INTO w_requirement
SELECT 8000 + f.id * 50 + d.id, p.space, f.area, NULL, p.id, f.id, d.id, a.prefix || printf('%03d', d.id),
	a.upper || printf('%03d', d.id), a.url || printf('%03d', d.id), 'ACTIVE', 1, f.versions, NULL,
	t.text, t.lo, t.hi, ((f.id * 50 + d.id) * 2654435761 % 4294967296) / 4096
FROM w_file f JOIN w_day d ON d.id <= f.rows JOIN w_page p ON p.id = f.page JOIN w_area a ON a.id = f.area
JOIN w_sentence t ON t.area = f.area AND t.place = 1;

-- Moved and deleted ones left the page with its last version. A moved one lives on elsewhere.
UPDATE w_requirement SET last = last - 1, first = MIN(first, last - 1) WHERE status IN ('MOVED', 'DELETED');
UPDATE w_requirement SET target = (1 + h % 13) * 200 + (1 + h / 13 % 6) * 20 + 1 + h / 97 % 6 WHERE status = 'MOVED';
CREATE INDEX temp.w_requirement_component ON w_requirement (component, place);
CREATE INDEX temp.w_requirement_page ON w_requirement (page);

-- The rows of Requirement Yogi: the current requirements, and the copies that a baseline made of a
-- version of their page.
CREATE TEMP TABLE w_row (id INTEGER PRIMARY KEY, requirement INTEGER, baseline INTEGER, version INTEGER,
	status TEXT);
WITH baselines (space, areas, baseline, version) AS (VALUES
	('SAFE', 6, 1, 1), ('SAFE', 6, 2, 2), ('PLAT', 9, 1, 1), ('REG', 20, 1, 1), ('HYD', 24, 1, 1)),
every (requirement, baseline, version, status) AS (
	SELECT id, NULL, last, status FROM w_requirement
	UNION ALL
	SELECT r.id, b.baseline, b.version, 'ARCHIVED'
	FROM w_requirement r JOIN baselines b ON b.space = r.space AND r.area <= b.areas
	JOIN w_page p ON p.id = r.page
	WHERE r.file IS NULL AND p.versions > b.version AND b.version BETWEEN r.first AND r.last)
INSERT INTO w_row
SELECT 3 * ROW_NUMBER() OVER (ORDER BY s.home DESC, e.baseline IS NOT NULL, e.baseline, e.requirement) + 38,
	e.requirement, e.baseline, e.version, e.status
FROM every e JOIN w_requirement r ON r.id = e.requirement JOIN w_space s ON s.code = r.space;
CREATE INDEX temp.w_row_requirement ON w_row (requirement, baseline);

-- Which page cites which requirement with a LINK macro; place is the macro's place on the page.
CREATE TEMP TABLE w_cite (page INTEGER, place INTEGER, requirement INTEGER, relationship TEXT,
	PRIMARY KEY (page, place)) WITHOUT ROWID;
INSERT INTO w_cite
SELECT p.id, r.place, r.id, CASE p.kind WHEN 'verification' THEN 'verifies' END
FROM w_page p JOIN w_requirement r ON r.component = p.component
WHERE p.kind IN ('design', 'verification') AND r.status = 'ACTIVE'
	AND (p.kind = 'verification' OR (r.place <= 6 AND (r.h + p.h) % 4 <> 0));
-- the platform and the cells cite safety requirements, the approvals cite the platform's
INSERT INTO w_cite
SELECT p.id, 20 + k.id, (CASE WHEN p.space = 'REG' THEN 7 + p.h % 7 ELSE 1 + p.h % 6 END) * 200
	+ (1 + p.h / 7 % 6) * 20 + k.id, 'depends on'
FROM w_page p JOIN w_day k ON k.id <= 1 + p.h % 2
WHERE p.kind = 'design' AND p.space IN ('PLAT', 'CELL', 'REG');
INSERT INTO w_cite
SELECT p.id, 20 + k.id, (1 + (p.h + k.id) % 18) * 200 + (1 + p.h / 7 % 6) * 20 + 1 + (p.h / 50 + k.id) % 6, NULL
FROM w_page p JOIN w_day k ON k.id <= CASE p.kind WHEN 'meeting' THEN 3 ELSE 1 END
WHERE p.kind IN ('meeting', 'blog') AND p.space <> 'OPS' AND p.h % 3 <> 2;
INSERT INTO w_cite SELECT id, 21, 3 * 200 + 20 + 1, NULL FROM w_page WHERE title = 'Essais de préhension';
CREATE INDEX temp.w_cite_requirement ON w_cite (requirement);

-- Dependencies: inside a component, between the spaces, and Hydraulics to Platinum.
CREATE TEMP TABLE w_depends (parent INTEGER, child INTEGER, relationship TEXT);
INSERT INTO w_depends
SELECT r.component * 20 + 1 + r.h % 2, r.id, CASE r.h % 11 WHEN 0 THEN 'conflicts with' WHEN 1 THEN NULL ELSE 'refines' END
FROM w_requirement r WHERE r.component IS NOT NULL AND r.place BETWEEN 3 AND 9 AND r.h % 2 = 0;
INSERT INTO w_depends
SELECT (1 + r.h % 6) * 200 + (1 + r.h / 6 % 6) * 20 + 1 + r.h / 36 % 6, r.id, 'derives from'
FROM w_requirement r WHERE r.area BETWEEN 7 AND 18 AND r.place = 4;
INSERT INTO w_depends
SELECT r.id, (7 + r.h % 12) * 200 + (1 + r.h / 6 % 6) * 20 + 1 + r.h / 36 % 6, 'complies with'
FROM w_requirement r WHERE r.area BETWEEN 19 AND 22 AND r.place IN (2, 5);
INSERT INTO w_depends
SELECT 26 * 200 + 20 + 1, r.id, 'derives from' FROM w_requirement r WHERE r.area = 24 AND r.place = 1;

-- --- Jira --------------------------------------------------------------------------------------------
CREATE TEMP TABLE w_project (id INTEGER PRIMARY KEY, home TEXT, pkey TEXT, name TEXT, lead INTEGER,
	formerkey TEXT);
INSERT INTO w_project VALUES
(1, 'origin', 'ARM', 'AR-7 Robot Arm', 5, 'ROBO'), (2, 'origin', 'FW', 'Firmware', 13, NULL),
(3, 'origin', 'VER', 'Verification & Validation', 10, NULL),
(4, 'destination', 'HYD', 'Hydraulics', 43, NULL), (5, 'destination', 'IT', 'Internal IT', 42, NULL);

-- oldkey: the key before the issue moved from another project.
CREATE TEMP TABLE w_issue (id INTEGER PRIMARY KEY, project INTEGER, number INTEGER, component INTEGER,
	summary TEXT, oldkey TEXT, reporter INTEGER, assignee INTEGER, created INTEGER, h INTEGER);
INSERT INTO w_issue
SELECT c.id * 4 + p.id, p.id, ROW_NUMBER() OVER (PARTITION BY p.id ORDER BY c.id), c.id,
	replace(replace(CASE p.id * 10 + c.h / 3 % 4
		WHEN 10 THEN 'Mount and wire the {c}' WHEN 11 THEN 'Bring the {c} into series'
		WHEN 12 THEN 'Review the drawings, "{C}"' WHEN 13 THEN '{C}: second supplier, cost down'
		WHEN 20 THEN 'Implement the {c}' WHEN 21 THEN '{C}: state machine, "fault" and "warning" paths'
		WHEN 22 THEN 'Port the {c} to the new controller' WHEN 23 THEN 'Log the events of the {c}'
		WHEN 30 THEN 'Test the {c} against its requirements' WHEN 31 THEN '{C}: repeat the test after the change'
		WHEN 32 THEN 'Write the test specification of the {c}' WHEN 33 THEN '{C} – Prüfstand aufbauen'
		ELSE 'Work on the {c}' END, '{c}', c.phrase), '{C}', c.name),
	NULL, NULL, NULL, 0, c.h
FROM (SELECT *, (id * 2654435761 % 4294967296) / 4096 AS h FROM w_component) c
JOIN w_project p ON CASE WHEN c.area < 23 THEN p.id <= 3 WHEN c.area > 23 THEN p.id = 4 END;
INSERT INTO w_issue
SELECT 1400 + p.id * 30 + d.id, p.id, 500 + d.id, NULL,
	CASE p.id WHEN 1 THEN 'Lab week ' WHEN 2 THEN 'Build server: clean up ' WHEN 3 THEN 'Calibration of the bench, month '
	WHEN 4 THEN 'Oil change ' ELSE 'New laptop ' END || d.id, NULL, NULL, NULL, 0, d.id * 977
FROM w_project p JOIN w_day d ON d.id <= 12;
UPDATE w_issue SET oldkey = CASE number WHEN 40 THEN 'FW-601' WHEN 81 THEN 'FW-602' END
WHERE project = 1 AND number IN (40, 81);
UPDATE w_issue SET reporter = CASE WHEN project > 3 THEN 41 + h % 10 ELSE 2 + h % 26 END,
	assignee = CASE WHEN project > 3 THEN 41 + h / 10 % 10 WHEN h % 7 > 0 THEN 2 + h / 26 % 26 END,
	created = 1640995200 + id * 41000 + h % 86400;

-- Links between issues and rows of requirements; place orders the links of an issue. shownkey: the
-- key that Confluence still knows the issue by, when it was another one then.
CREATE TEMP TABLE w_issuelink (id INTEGER PRIMARY KEY, issue INTEGER, place INTEGER, row INTEGER,
	relationship TEXT, shownkey TEXT);
WITH wanted (issue, place, row, relationship) AS (
	SELECT i.id, k.id, w.id, CASE WHEN i.project = 3 THEN 'tests' WHEN i.h % 9 = 4 THEN 'blocks' ELSE 'implements' END
	FROM w_issue i JOIN w_day k ON k.id <= 1 + (i.h + i.project) % 3
	JOIN w_requirement r ON r.component = i.component AND r.place = 1 + (i.h + i.project * 2 + k.id) % 6
	JOIN w_row w ON w.requirement = r.id AND w.baseline IS NULL
	UNION ALL
	-- tests of what was moved or deleted since
	SELECT i.id, 4, w.id, 'tests'
	FROM w_issue i JOIN w_requirement r ON r.component = i.component AND r.status IN ('MOVED', 'DELETED')
		AND r.place = (SELECT MIN(place) FROM w_requirement m WHERE m.component = i.component AND m.status <> 'ACTIVE')
	JOIN w_row w ON w.requirement = r.id AND w.baseline IS NULL WHERE i.project = 3
	UNION ALL
	-- tests of a baseline
	SELECT i.id, 5, w.id, 'tests'
	FROM w_issue i JOIN w_row w ON w.requirement = i.component * 20 + 1 AND w.baseline = 1
	WHERE i.project = 3 AND i.h % 3 = 0
	UNION ALL
	-- rows of Excel files and decisions
	SELECT 11 * 4 + r.id % 100 * 40 % 520 + 1 + r.id % 3, 6, w.id, 'implements'
	FROM w_requirement r JOIN w_row w ON w.requirement = r.id WHERE r.component IS NULL AND r.id % 4 = 0)
INSERT INTO w_issuelink
SELECT 5 + 2 * ROW_NUMBER() OVER (ORDER BY p.home DESC, w.issue, w.place, w.row), w.issue,
	ROW_NUMBER() OVER (PARTITION BY w.issue ORDER BY w.place, w.row), w.row, w.relationship,
	CASE WHEN i.oldkey IS NOT NULL AND w.place = 1 THEN i.oldkey
		WHEN p.id = 1 AND i.number IN (3, 7) AND w.place = 1 THEN p.formerkey || '-' || i.number
		ELSE p.pkey || '-' || i.number END
FROM wanted w JOIN w_issue i ON i.id = w.issue JOIN w_project p ON p.id = i.project;
CREATE INDEX temp.w_issuelink_issue ON w_issuelink (issue, place);
CREATE INDEX temp.w_issuelink_row ON w_issuelink (row);
