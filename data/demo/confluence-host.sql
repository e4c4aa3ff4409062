-- Fills Confluence's own tables from the facts, with this side's ids.
-- Content ids: a number n for every row of content (page * 8 for a current page, + version for an old
-- version, 40000 and more for everything else) becomes base + n * step modulo a prime: unique, and in
-- another order on each side. Page bodies are what the authors wrote: ids and space keys of the origin
-- stay in them after a move, which is what `relink` is for.

INSERT INTO confversion SELECT number_base + 1, build, '2021-01-31 09:12:44.000', CASE build WHEN 8804 THEN '8.5.4' ELSE '8.9.2' END FROM side;

-- --- people ------------------------------------------------------------------------------------------
INSERT INTO user_mapping SELECT confluence_key, username, lower(username) FROM w_account;
INSERT INTO cwd_directory
SELECT number_base + d.column1, d.column2, d.column3, 'T', d.column4
FROM side, (VALUES (1, 'Confluence Internal Directory', 'confluence internal directory', 'INTERNAL'),
	(2, 'Company LDAP', 'company ldap', 'CONNECTOR')) d;
INSERT INTO cwd_app_dir_mapping
SELECT number_base + 10 + d.column1, number_base + 20, number_base + d.column1, 2 - d.column1
FROM side, (VALUES (1), (2)) d;
INSERT INTO cwd_user
SELECT number_base + 1000 + a.id * 4 + d.column1, a.username, lower(a.username),
	CASE a.state WHEN 'active' THEN 'T' ELSE 'F' END, '2021-02-01 08:00:00.000', '2024-01-08 06:30:12.250',
	substr(a.display, 1, instr(a.display, ' ') - 1), substr(a.display, instr(a.display, ' ') + 1), a.display,
	-- the second account of somebody who has two has an address of its own
	CASE WHEN d.column1 = 1 AND a.directories = '12' THEN a.username || '@lab.aster-robotics.example' ELSE a.email END,
	CASE WHEN d.column1 = 1 AND a.directories = '12' THEN a.username || '@lab.aster-robotics.example' ELSE lower(a.email) END,
	printf('ext-%06d', a.id), s.number_base + d.column1, '{PKCS5S2}not-a-real-credential'
FROM w_account a JOIN side s JOIN (VALUES (1), (2)) d ON instr(a.directories, d.column1) > 0
WHERE a.state <> 'former';

-- --- spaces ------------------------------------------------------------------------------------------
CREATE TEMP TABLE t_space (code TEXT PRIMARY KEY, spaceid INTEGER, spacekey TEXT, home TEXT, number INTEGER);
INSERT INTO t_space
SELECT s.code, side.number_base + 40 + s.id, COALESCE(k.newkey, s.spacekey), s.home, s.id
FROM w_space s JOIN side LEFT JOIN s_space k ON s.home = 'origin' AND k.spacekey = s.spacekey
WHERE s.home = 'origin' OR side.name = 'destination';
INSERT INTO spaces (spaceid, spacename, spacekey, lowerspacekey, spacedescid, homepage, creator, creationdate,
	lastmodifier, lastmoddate, spacetype, spacestatus)
SELECT t.spaceid, w.name, t.spacekey, lower(t.spacekey),
	side.content_base + (72000 + w.id) * side.content_step % 1000003,
	side.content_base + w.id * 8 * side.content_step % 1000003, a.confluence_key,
	'2021-02-01 08:15:00.000', a.confluence_key, '2023-11-20 10:05:31.120', w.type, 'CURRENT'
FROM t_space t JOIN w_space w ON w.code = t.code JOIN side LEFT JOIN w_account a ON a.id = w.creator;

-- --- pages and their versions --------------------------------------------------------------------------
-- The pages of this side. current: its newest version here. state: its content_status.
CREATE TEMP TABLE t_page (page INTEGER PRIMARY KEY, contentid INTEGER, spaceid INTEGER, title TEXT,
	current INTEGER, state TEXT);
INSERT INTO t_page
SELECT p.id, side.content_base + p.id * 8 * side.content_step % 1000003, t.spaceid, COALESCE(n.newtitle, p.title),
	p.versions + (e.title IS NOT NULL), CASE WHEN g.title IS NULL THEN 'current' ELSE 'deleted' END
FROM w_page p JOIN t_space t ON t.code = p.space JOIN side
LEFT JOIN s_title n ON n.spacekey = p.space AND n.title = p.title
LEFT JOIN s_edited e ON e.spacekey = p.space AND e.title = p.title
LEFT JOIN s_trashed g ON g.spacekey = p.space AND g.title = p.title;

-- source: the version of the facts whose text it has.
CREATE TEMP TABLE t_version (page INTEGER, version INTEGER, contentid INTEGER, source INTEGER,
	author INTEGER, saved INTEGER, PRIMARY KEY (page, version)) WITHOUT ROWID;
INSERT INTO t_version
SELECT v.page, v.version, side.content_base
	+ (v.page * 8 + CASE v.version WHEN t.current THEN 0 ELSE v.version END) * side.content_step % 1000003,
	v.version, v.author, v.saved
FROM w_version v JOIN t_page t ON t.page = v.page JOIN w_page p ON p.id = v.page JOIN side
WHERE NOT EXISTS (SELECT 1 FROM s_flattened f
	WHERE f.spacekey = p.space AND f.title = p.title AND f.version = v.version);
INSERT INTO t_version
SELECT t.page, t.current, t.contentid, p.versions, 42, 1709280000 + t.page * 60
FROM t_page t JOIN w_page p ON p.id = t.page WHERE t.current > p.versions;

INSERT INTO content (contentid, hibernateversion, contenttype, title, version, creator, creationdate, lastmodifier,
	lastmoddate, content_status, spaceid)
SELECT side.content_base + (72000 + w.id) * side.content_step % 1000003, 1, 'SPACEDESCRIPTION', w.name, 1, NULL,
	'2021-02-01 08:15:00.000', NULL, '2021-02-01 08:15:00.000', 'current', t.spaceid
FROM t_space t JOIN w_space w ON w.code = t.code JOIN side;
INSERT INTO content (contentid, hibernateversion, contenttype, title, version, creator, creationdate, lastmodifier,
	lastmoddate, versioncomment, prevver, content_status, spaceid, parentid)
SELECT v.contentid, 3 + v.version, CASE p.kind WHEN 'blog' THEN 'BLOGPOST' ELSE 'PAGE' END,
	-- a page that had another name in its youth
	CASE WHEN p.title = 'Brake test cycle' AND v.version < t.current THEN 'Brake check (working title)' ELSE t.title END,
	v.version, c.confluence_key,
	strftime('%Y-%m-%d %H:%M:%S', p.born, 'unixepoch') || printf('.%03d', p.h % 1000), a.confluence_key,
	strftime('%Y-%m-%d %H:%M:%S', v.saved, 'unixepoch') || printf('.%03d', (p.h + v.version) % 1000),
	CASE WHEN v.version > p.versions THEN 'after the move' WHEN v.version > 1 AND p.h % 4 = 0
		THEN 'comments of the review, "round ' || v.version || '"' END,
	CASE WHEN v.version < t.current THEN t.contentid END, t.state,
	CASE WHEN v.version = t.current THEN t.spaceid END,
	CASE WHEN v.version = t.current AND p.kind <> 'blog' THEN u.contentid END
FROM t_version v JOIN t_page t ON t.page = v.page JOIN w_page p ON p.id = v.page
LEFT JOIN t_page u ON u.page = p.parent
LEFT JOIN w_account c ON c.id = p.creator LEFT JOIN w_account a ON a.id = v.author
ORDER BY v.page, v.version DESC;
-- history keeps the status of its time
UPDATE content SET content_status = 'current' WHERE prevver IS NOT NULL;

-- --- bodies --------------------------------------------------------------------------------------------
-- What a requirement says in a version.
CREATE TEMP TABLE t_text (requirement INTEGER, version INTEGER, html TEXT,
	PRIMARY KEY (requirement, version)) WITHOUT ROWID;
INSERT INTO t_text
SELECT q.id, q.version, CASE WHEN substr(q.text, 1, 1) IN ('<', '-') OR q.text GLOB '=*' THEN q.text
	ELSE '<p>' || q.text || '</p>' END
FROM (SELECT r.id, v.version, replace(replace(replace(replace(r.template, '{c}', COALESCE(c.phrase, '')),
		'{C}', COALESCE(c.name, '')), '{crlf}', char(13, 10)),
		'{n}', r.lo + (r.h / 3 + CASE WHEN r.h % 3 = 0 THEN v.version ELSE 1 END) % (r.hi - r.lo + 1)) AS text
	FROM w_requirement r JOIN t_space t ON t.code = r.space
	JOIN w_version v ON v.page = r.page AND r.file IS NULL AND v.version BETWEEN r.first AND r.last
	LEFT JOIN w_component c ON c.id = r.component
	UNION ALL
	SELECT r.id, r.last, replace(r.template, '{n}', r.lo + r.h / 3 % (r.hi - r.lo + 1))
	FROM w_requirement r JOIN t_space t ON t.code = r.space WHERE r.file IS NOT NULL) q;

-- The pieces of each body, in order of place.
CREATE TEMP TABLE t_part (page INTEGER, version INTEGER, place INTEGER, html TEXT,
	PRIMARY KEY (page, version, place)) WITHOUT ROWID;
INSERT INTO t_part
SELECT p.id, v.version, 0, CASE p.kind
	WHEN 'home' THEN '<p>Welcome to <strong>' || replace(p.title, '&', '&amp;') || '</strong>.&nbsp;Start with the overviews below.</p><ac:structured-macro ac:name="children" ac:schema-version="2" ac:macro-id="' || printf('%08x-5c11-4e0a-9d27-%012x', p.h, p.id) || '" />'
	WHEN 'area' THEN '<p>All requirements on this subject, by page. Terms: see&nbsp;<ac:link><ri:page ri:content-title="Glossary" /></ac:link>.</p>'
		|| '<ac:structured-macro ac:name="requirement-report" ac:schema-version="1" ac:macro-id="' || printf('%08x-77aa-4b1c-8e90-%012x', p.h, p.id) || '"><ac:parameter ac:name="query">'
		|| CASE WHEN s.home = 'destination' OR p.area % 3 = 0 THEN 'spaceKey = ''' || s.spacekey || ''' AND key ~ ''' || a.prefix || '%'''
			WHEN p.area % 3 = 1 THEN 'page = ' || (side.written_base + (400 + (p.area * 10 + 1) * 5) * 8 * side.written_step % 1000003) || ' OR (spaceKey = ''' || s.spacekey || ''' AND @Priority = ''Must'')'
			ELSE 'jira = ''FW-' || (p.area + 3) || ''' AND spaceKey = ''' || s.spacekey || '''' END
		|| '</ac:parameter><ac:parameter ac:name="columns">key,text,@Priority,to(refines)</ac:parameter></ac:structured-macro>'
	WHEN 'definition' THEN '<h1>Scope</h1><p>This page states what we demand of &ldquo;' || c.phrase || '&rdquo; (version ' || v.version || ').&nbsp;Source: ' || a.source
		|| '</p><table class="wrapped"><tbody><tr><th>Key</th><th>Requirement</th><th>Priority</th></tr>'
	WHEN 'decision' THEN '<p>Options were weighed by the board. Result:</p><table><tbody>'
	WHEN 'design' THEN '<h2>Concept</h2><p>How the ' || c.phrase || ' is built, and why. Sketches are in the lab book; numbers here are the ones that count.</p><ul>'
	WHEN 'verification' THEN '<h2>Tests of the ' || c.phrase || '</h2><table><tbody><tr><th>Requirement</th><th>Result</th><th>Remark</th></tr>'
	WHEN 'meeting' THEN '<p><time datetime="' || substr(p.title, 1, 10) || '" />&nbsp;&ndash; present: '
		|| COALESCE((SELECT group_concat('<ac:link><ri:user ri:userkey="' || u.confluence_key || '" /></ac:link>', ', ')
			FROM w_account u WHERE u.id IN (p.creator, 2 + p.h % 5, 9 + p.h % 11)), 'nobody') || '</p>'
		|| CASE p.id % 20 WHEN 4 THEN '<p>Paste from the old system:' || char(11) || 'kept as it came.</p>' ELSE '' END || '<ul>'
	WHEN 'blog' THEN '<p>This week in the lab 🤖: fewer stops, more tests, and cake on Friday.</p><ul>'
	ELSE '<p>' || replace(p.title, '&', '&amp;') || ' &rarr; ask before you change this page.</p>' END
FROM w_page p JOIN t_page t ON t.page = p.id JOIN w_version v ON v.page = p.id JOIN w_space s ON s.code = p.space
JOIN side LEFT JOIN w_area a ON a.id = p.area LEFT JOIN w_component c ON c.id = p.component;
-- definitions, in three spellings of the macro
INSERT INTO t_part
SELECT r.page, x.version, r.place, '<tr><td>'
	|| CASE WHEN p.h % 17 = 3 THEN '<ac:macro ac:name="requirement">' ELSE
		'<ac:structured-macro ac:name="requirement" ac:schema-version="1" ac:macro-id="' || printf('%08x-21d0-4c3f-a6b2-%012x', r.h, r.id) || '">' END
	|| CASE WHEN r.h % 2 = 0 THEN '<ac:parameter ac:name="type">DEFINITION</ac:parameter>' ELSE '' END
	|| '<ac:parameter ac:name="key">' || CASE WHEN r.h % 5 = 0 THEN r.urlkey ELSE r.key END || '</ac:parameter>'
	|| CASE WHEN r.h % 2 = 1 THEN '<ac:parameter ac:name="type">DEFINITION</ac:parameter>' ELSE '' END
	|| CASE WHEN p.h % 17 = 3 THEN '</ac:macro>' ELSE '</ac:structured-macro>' END
	|| '</td><td>' || x.html || '</td><td>'
	|| '<ac:structured-macro ac:name="requirement-property" ac:schema-version="1" ac:macro-id="' || printf('%08x-90fe-4a57-b1c4-%012x', r.h, r.id)
	|| '"><ac:parameter ac:name="name">Priority</ac:parameter><ac:rich-text-body><p>'
	|| CASE r.h % 5 WHEN 0 THEN 'Could' WHEN 1 THEN 'Should' ELSE 'Must' END || '</p></ac:rich-text-body></ac:structured-macro></td></tr>'
FROM w_requirement r JOIN t_text x ON x.requirement = r.id JOIN w_page p ON p.id = r.page WHERE r.file IS NULL;
-- citations; a macro that links into another space names it
INSERT INTO t_part
SELECT p.id, v.version, k.place, CASE p.kind WHEN 'verification' THEN '<tr><td>' ELSE '<li><p>' END
	|| '<ac:structured-macro ac:name="requirement" ac:schema-version="1" ac:macro-id="' || printf('%08x-3f08-4d66-9b15-%04x%08x', r.h, p.id, k.place) || '">'
	|| CASE WHEN r.space <> p.space THEN '<ac:parameter ac:name="spaceKey">' || s.spacekey || '</ac:parameter>' ELSE '' END
	|| CASE WHEN p.kind = 'meeting' AND p.h % 4 = 0 THEN '' ELSE '<ac:parameter ac:name="type">LINK</ac:parameter>' END
	|| '<ac:parameter ac:name="key">' || r.key || '</ac:parameter></ac:structured-macro>'
	|| CASE p.kind WHEN 'verification' THEN '</td><td><ac:structured-macro ac:name="ry-test-result" ac:schema-version="1"><ac:parameter ac:name="result">'
			|| CASE (r.h + v.version) % 9 WHEN 0 THEN 'failed' WHEN 1 THEN 'open' ELSE 'passed' END
			|| '</ac:parameter></ac:structured-macro></td><td>' || CASE r.h % 4 WHEN 0 THEN 'measured twice, &plusmn;2&nbsp;%' WHEN 1 THEN 'see the protocol' ELSE '&nbsp;' END || '</td></tr>'
		WHEN 'design' THEN ' is met by ' || CASE r.h % 5 WHEN 0 THEN 'the layout of the board' WHEN 1 THEN 'the choice of the part, with 20&nbsp;% reserve'
			WHEN 2 THEN 'software, tested on the bench' WHEN 3 THEN 'two independent channels' ELSE 'the housing; drawing 7-' || (r.h % 9000 + 1000) END || '.</p></li>'
		ELSE ' was discussed; no change.</p></li>' END
FROM w_cite k JOIN t_page t ON t.page = k.page JOIN w_page p ON p.id = k.page JOIN w_version v ON v.page = p.id
JOIN w_requirement r ON r.id = k.requirement JOIN w_space s ON s.code = r.space;
INSERT INTO t_part
SELECT p.id, v.version, 1000, CASE WHEN p.kind IN ('definition', 'decision', 'verification') THEN '</tbody></table>' ELSE '</ul>' END
	|| CASE WHEN p.kind = 'design' AND p.h % 6 = 0 THEN '<ac:structured-macro ac:name="code" ac:schema-version="1"><ac:parameter ac:name="language">c</ac:parameter><ac:plain-text-body><![CDATA[if (state < 3 && limit > 0)'
		|| char(10) || '	stop("' || c.phrase || '");]]></ac:plain-text-body></ac:structured-macro>' ELSE '' END
FROM w_page p JOIN t_page t ON t.page = p.id JOIN w_version v ON v.page = p.id LEFT JOIN w_component c ON c.id = p.component
WHERE p.kind IN ('definition', 'decision', 'verification', 'design', 'meeting', 'blog');
-- macros that are only shown, not used
INSERT INTO t_part
SELECT p.id, v.version, 1000, '<p>A requirement looks like this in the source of a page:</p><ac:structured-macro ac:name="code" ac:schema-version="1"><ac:plain-text-body><![CDATA[<ac:structured-macro ac:name="requirement"><ac:parameter ac:name="spaceKey">PLAT</ac:parameter><ac:parameter ac:name="type">DEFINITION</ac:parameter><ac:parameter ac:name="key">BAT-001</ac:parameter></ac:structured-macro>]]></ac:plain-text-body></ac:structured-macro>'
FROM w_page p JOIN t_page t ON t.page = p.id JOIN w_version v ON v.page = p.id WHERE p.title = 'How we write requirements';

CREATE TEMP TABLE t_body (page INTEGER, version INTEGER, body TEXT, PRIMARY KEY (page, version));
INSERT INTO t_body SELECT page, version, group_concat(html, '') FROM t_part GROUP BY page, version;
INSERT INTO bodycontent (bodycontentid, body, contentid, bodytypeid)
SELECT side.number_base + 100000 + v.page * 8 + v.version, b.body || CASE WHEN v.source < v.version THEN '<p>Moved to the Borealis wiki.</p>' ELSE '' END,
	v.contentid, 2
FROM t_version v JOIN t_body b ON b.page = v.page AND b.version = v.source JOIN side;

-- --- drafts, trash, comments, files ------------------------------------------------------------------------
-- Atlassian's import brings no drafts and no trash. What is in the trash has the title of a living page.
INSERT INTO content (contentid, hibernateversion, contenttype, title, version, creator, creationdate, lastmodifier,
	lastmoddate, prevver, content_status, spaceid, parentid)
SELECT side.content_base + (60000 + t.page) * side.content_step % 1000003, 1, 'PAGE', t.title, t.current, a.confluence_key,
	'2023-12-04 15:20:00.000', a.confluence_key, '2024-01-09 11:45:10.500', t.contentid, 'draft', t.spaceid, NULL
FROM t_page t JOIN w_page p ON p.id = t.page JOIN t_space s ON s.code = p.space JOIN side ON side.name = s.home
LEFT JOIN w_account a ON a.id = p.creator WHERE p.kind IN ('definition', 'design') AND p.h % 23 = 1;
INSERT INTO content (contentid, hibernateversion, contenttype, title, version, creator, creationdate, lastmodifier,
	lastmoddate, content_status, spaceid, parentid)
SELECT side.content_base + (64000 + t.page) * side.content_step % 1000003, 2, 'PAGE',
	CASE WHEN p.h % 2 = 0 THEN t.title ELSE 'Untitled' END, 1, a.confluence_key,
	'2022-05-17 09:00:00.000', a.confluence_key, '2022-05-17 09:30:00.000',
	CASE WHEN p.h % 2 = 0 THEN 'deleted' ELSE 'draft' END, t.spaceid, NULL
FROM t_page t JOIN w_page p ON p.id = t.page JOIN t_space s ON s.code = p.space JOIN side ON side.name = s.home
LEFT JOIN w_account a ON a.id = p.creator WHERE p.kind IN ('definition', 'verification') AND p.h % 29 IN (4, 5);
INSERT INTO content (contentid, hibernateversion, contenttype, title, version, creator, creationdate, lastmodifier,
	lastmoddate, content_status, pageid)
SELECT side.content_base + (50000 + t.page) * side.content_step % 1000003, 1, 'COMMENT', NULL, 1, a.confluence_key,
	'2023-03-02 13:14:15.000', a.confluence_key, '2023-03-02 13:14:15.000', 'current', t.contentid
FROM t_page t JOIN w_page p ON p.id = t.page JOIN side LEFT JOIN w_account a ON a.id = p.creator
WHERE p.kind = 'definition' AND p.h % 9 = 0;
-- a page that was imported twice
INSERT INTO content (contentid, hibernateversion, contenttype, title, version, creator, creationdate, lastmodifier,
	lastmoddate, content_status, spaceid, parentid)
SELECT side.content_base + (68000 + t.page) * side.content_step % 1000003, 1, 'PAGE', t.title, t.current, a.confluence_key,
	strftime('%Y-%m-%d %H:%M:%S', p.born, 'unixepoch') || '.000', a.confluence_key, '2024-02-27 17:03:20.000', 'current',
	t.spaceid, u.contentid
FROM s_twin w JOIN w_page p ON p.space = w.spacekey AND p.title = w.title JOIN t_page t ON t.page = p.id JOIN side
LEFT JOIN t_page u ON u.page = p.parent LEFT JOIN w_account a ON a.id = p.creator;

-- bodies of these: the text of the page, with a line more in a draft
INSERT INTO bodycontent (bodycontentid, body, contentid, bodytypeid)
SELECT side.number_base + 160000 + k.column1 + t.page, CASE k.column1 WHEN 50000 THEN '<p>Is this still true?</p>'
	WHEN 60000 THEN b.body || '<p>Draft: another limit is proposed, see mail.</p>' ELSE b.body END, x.contentid, 2
FROM (VALUES (50000), (60000), (64000), (68000)) k JOIN side JOIN t_page t
JOIN content x ON x.contentid = side.content_base + (k.column1 + t.page) * side.content_step % 1000003
JOIN w_page p ON p.id = t.page JOIN t_body b ON b.page = t.page AND b.version = p.versions;

-- version NULL in t_file means that the file is not here; old versions have the number + version
CREATE TEMP TABLE t_file (file INTEGER PRIMARY KEY, contentid INTEGER, current INTEGER);
INSERT INTO t_file
SELECT f.id, side.content_base + (40000 + f.id * 8) * side.content_step % 1000003,
	CASE WHEN f.filename IN (SELECT filename FROM s_file_flattened) THEN 1 ELSE f.versions END
FROM w_file f JOIN t_page t ON t.page = f.page JOIN side
WHERE f.filename NOT IN (SELECT filename FROM s_file_gone);
INSERT INTO content (contentid, hibernateversion, contenttype, title, version, creator, creationdate, lastmodifier,
	lastmoddate, prevver, content_status, pageid, spaceid)
SELECT side.content_base + (40000 + f.id * 8 + CASE d.id WHEN x.current THEN 0 ELSE d.id END) * side.content_step % 1000003,
	1, 'ATTACHMENT', f.filename, d.id, a.confluence_key, '2022-09-01 10:00:00.000', a.confluence_key,
	printf('2022-09-%02d 10:00:00.000', d.id * 3), CASE WHEN d.id < x.current THEN x.contentid END, 'current',
	t.contentid, t.spaceid
FROM t_file x JOIN w_file f ON f.id = x.file JOIN w_day d ON d.id <= x.current JOIN t_page t ON t.page = f.page
JOIN w_page p ON p.id = f.page JOIN side LEFT JOIN w_account a ON a.id = p.creator ORDER BY f.id, d.id DESC;
INSERT INTO contentproperties
SELECT side.number_base + 5000 + x.file * 2 + k.column1, k.column2,
	CASE k.column1 WHEN 1 THEN CASE f.media WHEN 'xlsx' THEN 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
		WHEN 'png' THEN 'image/png' WHEN 'svg' THEN 'image/svg+xml' ELSE 'application/' || f.media END END,
	CASE k.column1 WHEN 0 THEN 18231 + x.file * 4099 END, NULL, x.contentid
FROM t_file x JOIN w_file f ON f.id = x.file JOIN side, (VALUES (0, 'FILESIZE'), (1, 'MEDIA_TYPE')) k;

-- --- settings --------------------------------------------------------------------------------------------
INSERT INTO bandana
SELECT number_base + 7000 + k.column1, '_GLOBAL', k.column2, k.column3
FROM side, (VALUES
	(1, 'atlassian.confluence.settings', (SELECT '<com.atlassian.confluence.setup.settings.Settings><baseUrl>' || confluence_url || '</baseUrl><siteTitle>Wiki</siteTitle></com.atlassian.confluence.setup.settings.Settings>' FROM side)),
	(2, 'applinks.global.application.ids', (SELECT '<list><string>' || jira_link || '</string><string>' || certlab_link || '</string><string>' || code_link || '</string></list>' FROM side))) k;
WITH links (number, id, type, name, url, rpc) AS (
	SELECT 10, jira_link, 'jira', 'Engineering Jira', jira_url, jira_url FROM side
	UNION ALL SELECT 20, certlab_link, 'jira', 'CertLab Jira', 'https://tickets.certlab.example/jira/', 'https://tickets.certlab.example/jira' FROM side
	UNION ALL SELECT 30, code_link, 'stash', 'Code & reviews', replace(jira_url, 'jira.', 'code.'), replace(jira_url, 'jira.', 'code.') FROM side)
INSERT INTO bandana
SELECT side.number_base + 7000 + l.number + k.column1, '_GLOBAL', 'applinks.admin.' || l.id || '.' || k.column2,
	'<string>' || CASE k.column1 WHEN 1 THEN replace(l.name, '&', '&amp;') WHEN 2 THEN l.url WHEN 3 THEN l.rpc ELSE l.type END || '</string>'
FROM links l, side, (VALUES (1, 'name'), (2, 'display.url'), (3, 'rpc.url'), (4, 'type')) k;

INSERT INTO pagetemplates
SELECT side.number_base + 7500 + t.number, 'Requirements page', '<h1>Scope</h1><table><tbody><tr><td><ac:structured-macro ac:name="requirement" ac:schema-version="1"><ac:parameter ac:name="type">DEFINITION</ac:parameter><ac:parameter ac:name="key">NEW-001</ac:parameter></ac:structured-macro></td><td>The &hellip; shall &hellip;</td></tr></tbody></table>',
	t.spaceid, NULL, 1, 2
FROM t_space t JOIN side WHERE t.number <= 4;
INSERT INTO label SELECT number_base + 7600 + k.column1, k.column2, 'global' FROM side, (VALUES (1, 'requirements'), (2, 'verification')) k;
INSERT INTO content_label
SELECT side.number_base + 8000 + t.page, side.number_base + CASE p.kind WHEN 'definition' THEN 7601 ELSE 7602 END, t.contentid
FROM t_page t JOIN w_page p ON p.id = t.page JOIN side WHERE p.kind IN ('definition', 'verification');
-- collaborative editing remembers pages that were open lately
INSERT INTO "SNAPSHOTS" SELECT '/Synchrony-' || t.contentid || '/confluence-' || t.contentid, x'53796e63', t.contentid, '2024-01-09 11:45:11.000'
FROM t_page t JOIN w_page p ON p.id = t.page JOIN t_space s ON s.code = p.space JOIN side ON side.name = s.home WHERE p.h % 31 = 2;
INSERT INTO "EVENTS" SELECT printf('%040x', t.contentid), 'h' || t.contentid, 0, 1, x'00', t.contentid, '2024-01-09 11:45:10.000'
FROM t_page t JOIN w_page p ON p.id = t.page JOIN t_space s ON s.code = p.space JOIN side ON side.name = s.home WHERE p.h % 31 = 2;

-- Java lower-cases by Unicode's rules, SQLite only ASCII.
UPDATE content SET lowertitle = replace(replace(replace(replace(replace(replace(lower(title), 'Ä', 'ä'), 'Ö', 'ö'), 'Ü', 'ü'),
	'É', 'é'), 'À', 'à'), 'Œ', 'œ') WHERE title IS NOT NULL;
