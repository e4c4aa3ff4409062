-- Fills Requirement Yogi's tables in Jira with the rows of the projects that are at home on this side.
-- Runs behind jira-host.sql. A requirement is known by the keys that the Confluence of the side has.

-- One row for each requirement (or copy in a baseline) that an issue links to, and a few that no
-- issue links to any more.
CREATE TEMP TABLE t_remote (row INTEGER PRIMARY KEY, id INTEGER, spacekey TEXT, key TEXT, urlkey TEXT);
INSERT INTO t_remote
SELECT w.id, 2 * ROW_NUMBER() OVER (ORDER BY w.id) + 1, s.spacekey, r.key, r.urlkey
FROM w_row w JOIN w_requirement r ON r.id = w.requirement JOIN w_space s ON s.code = r.space
JOIN side ON side.name = s.home
WHERE EXISTS (SELECT 1 FROM w_issuelink l WHERE l.row = w.id) OR (w.baseline IS NULL AND r.h % 101 = 1);
INSERT INTO "AO_42D05A_DBREMOTEREQUIREMENT" ("ID", "APPLINK", "SPACEKEY", "KEY", "BASELINE", "FLAGDELETED", "LASTSYNCDATE",
	"FLAGERROR", "TITLE", "URL")
SELECT t.id, side.confluence_link, t.spacekey, t.key, w.baseline, w.status IN ('MOVED', 'DELETED'),
	CASE WHEN r.h % 9 > 0 THEN strftime('%Y-%m-%d %H:%M:%S', 1703840000 + r.h, 'unixepoch') || printf('.%03d', r.h % 1000) END,
	r.h % 83 = 5, CASE r.h % 7 WHEN 3 THEN t.key || ' "current"' END,
	CASE r.h % 7 WHEN 3 THEN '/requirements/' || t.spacekey || '/' || t.urlkey END
FROM t_remote t JOIN w_row w ON w.id = t.row JOIN w_requirement r ON r.id = w.requirement JOIN side;

-- ISSUEKEY is the key of the time of linking: a few issues have another one now.
INSERT INTO "AO_42D05A_DBISSUELINK" ("ID", "ISSUEID", "ISSUEKEY", "RELATIONSHIP", "REQUIREMENT_ID")
SELECT l.id, x.issueid, l.shownkey, l.relationship, t.id
FROM w_issuelink l JOIN t_issue x ON x.issue = l.issue JOIN t_remote t ON t.row = l.row
ORDER BY l.id;

-- After each link, all links of the issue as JSON.
INSERT INTO "AO_42D05A_DBRILAUDITTRAILITEM" ("ID", "ISSUEID", "ISSUEKEY", "USERKEY", "COMMENT", "OLDLINKS", "AUDITDATE",
	"LINKS", "SUCCESS")
SELECT l.id * 2 + 1, x.issueid, l.shownkey, a.jira_key,
	CASE WHEN i.h % 13 = 2 THEN 'linked in the review, "round ' || l.place || '", see minutes' END,
	CASE WHEN l.place > 1 AND i.h % 4 = 1 THEN (
		SELECT '[' || group_concat(json_object('relationship', o.relationship, 'key', t.key, 'spaceKey', t.spacekey,
			'title', t.key, 'url', '/requirements/' || t.spacekey || '/' || t.urlkey)) || ']'
		FROM w_issuelink o JOIN t_remote t ON t.row = o.row WHERE o.issue = l.issue AND o.place < l.place) END,
	strftime('%Y-%m-%d %H:%M:%S', i.created + i.h * 3 + l.place * 41, 'unixepoch') || printf('.%03d', (i.h + l.place) % 1000),
	(SELECT '[' || group_concat(json_object('relationship', o.relationship, 'key', t.key, 'spaceKey', t.spacekey,
			'title', t.key, 'url', '/requirements/' || t.spacekey || '/' || t.urlkey)) || ']'
		FROM w_issuelink o JOIN t_remote t ON t.row = o.row WHERE o.issue = l.issue AND o.place <= l.place),
	i.h % 97 <> 11
FROM w_issuelink l JOIN w_issue i ON i.id = l.issue JOIN t_issue x ON x.issue = l.issue
JOIN t_remote r ON r.row = l.row LEFT JOIN w_account a ON a.id = COALESCE(i.assignee, i.reporter)
ORDER BY l.id;
