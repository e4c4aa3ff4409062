-- What makes this side the destination: Borealis Group, after Aster's spaces, projects and accounts
-- were imported by Atlassian's own tools, which gave everything a new id. The s_ tables are the list
-- of all that a mapping by title, name and number meets; keys and titles in them are the origin's.

CREATE TEMP TABLE side (name TEXT, content_base INTEGER, content_step INTEGER, number_base INTEGER,
	issue_base INTEGER, issue_step INTEGER, user_salt INTEGER, confluence_url TEXT, jira_url TEXT,
	jira_link TEXT, certlab_link TEXT, code_link TEXT, confluence_link TEXT, build INTEGER,
	written_base INTEGER, written_step INTEGER);
INSERT INTO side VALUES ('destination', 98304002, 7919, 2392064, 48200, 37, 90217,
	'https://wiki.borealis-group.example', 'https://jira.borealis-group.example',
	'd4430c1e-8f7a-3b92-a6e5-27c1f05b9d83', '3a6be9f2-74d1-3805-bc19-e85f20a7d46c',
	'f8c15d37-a92e-3e6b-8d04-b37f61e2905a', 'c2709e5d-1b84-3f16-97ca-5e0d8b43a7f2', 9012, 1179650, 3);

-- Borealis has a space PLAT already: its Platinum customers.
CREATE TEMP TABLE s_space (spacekey TEXT PRIMARY KEY, newkey TEXT);
INSERT INTO s_space VALUES ('PLAT', 'PLATFORM');

-- Titles that were changed after the import.
CREATE TEMP TABLE s_title (spacekey TEXT, title TEXT, newtitle TEXT, PRIMARY KEY (spacekey, title));
INSERT INTO s_title VALUES
-- the same but for case, white space, or the way in which Unicode spells an umlaut
('PLAT', 'Harmonic gear', 'Harmonic Gear'),
('SAFE', 'Cell door interlock: verification', 'Cell  door interlock:' || char(160) || 'verification'),
('REG', 'Prüfmittelüberwachung', 'Pru' || char(776) || 'fmittelu' || char(776) || 'berwachung'),
-- other words, but the page still defines its requirements: several, several, and a single one
('SAFE', 'Emergency stop chain', 'SF-01 Stopping in an emergency (ISO 13850)'),
('PLAT', 'Battery pack', 'AP-200 Energy storage'),
('PLAT', 'Decision 007: maximum payload', 'ADR-007 What the AR-7 may carry'),
-- nearly the same words, and the page defines nothing
('SAFE', 'Protective distance calculation: design notes', 'Protective distances, calculation: design notes'),
-- other words, and the page defines nothing: only a person can know
('CELL', 'Bin picking: verification', 'AST-VV-0412 Griff in die Kiste, Prüfbericht');

-- deleted while tidying up
CREATE TEMP TABLE s_trashed (spacekey TEXT, title TEXT);
INSERT INTO s_trashed VALUES ('~kmoreau', 'Idées pour la main souple');
-- imported twice by mistake
CREATE TEMP TABLE s_twin (spacekey TEXT, title TEXT);
INSERT INTO s_twin VALUES ('PLAT', 'Absolute encoder: verification');
-- edited since: there is one more version
CREATE TEMP TABLE s_edited (spacekey TEXT, title TEXT);
INSERT INTO s_edited VALUES ('CELL', 'Alarm list'), ('SAFE', 'Light curtain'), ('PLAT', 'Servo drive: design notes');
-- versions that the import left out
CREATE TEMP TABLE s_flattened (spacekey TEXT, title TEXT, version INTEGER);
INSERT INTO s_flattened VALUES ('SAFE', 'Holding brake', 2), ('PLAT', 'Servo drive', 1);

-- "jsmith" belongs to somebody else at Borealis, umlauts are written differently
CREATE TEMP TABLE s_user (username TEXT PRIMARY KEY, newname TEXT);
INSERT INTO s_user VALUES ('jsmith', 'john.smith'), ('moezdemir', 'm.oezdemir');
-- left Aster before the move and got no account
CREATE TEMP TABLE s_user_gone (username TEXT);
INSERT INTO s_user_gone VALUES ('rhartmann');

CREATE TEMP TABLE s_file_gone (filename TEXT);
INSERT INTO s_file_gone VALUES ('Fleet interface list.xlsx');
CREATE TEMP TABLE s_file_flattened (filename TEXT);
INSERT INTO s_file_flattened VALUES ('Cell supplier limits.xlsx');

-- somebody reworded an issue after the import
CREATE TEMP TABLE s_summary (project TEXT, number INTEGER, newsummary TEXT);
INSERT INTO s_summary VALUES ('FW', 12, 'Obsolete - see the new backlog of the firmware team');
