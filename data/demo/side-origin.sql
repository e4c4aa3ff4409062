-- What makes this side the origin: Aster Robotics, before the move. The s_ tables hold the
-- differences to the common facts; the origin has none.

CREATE TEMP TABLE side (name TEXT, content_base INTEGER, content_step INTEGER, number_base INTEGER,
	issue_base INTEGER, issue_step INTEGER, user_salt INTEGER, confluence_url TEXT, jira_url TEXT,
	jira_link TEXT, certlab_link TEXT, code_link TEXT, confluence_link TEXT, build INTEGER,
	written_base INTEGER, written_step INTEGER);
INSERT INTO side VALUES ('origin', 1179650, 3, 163840, 10100, 1, 4011,
	'https://confluence.aster-robotics.example', 'https://jira.aster-robotics.example',
	'5b1f2a84-6c0e-3d57-9a43-0e1d7c82b6f5', '0c9d4e17-52ab-3f60-8e7b-91a6d3c4f208',
	'9e27b6d0-11f8-3c4a-b5d2-6a70ce983f41', '76888b66-b3e3-3eb2-bbdc-34d51bd6c884', 8804, 1179650, 3);

CREATE TEMP TABLE s_space (spacekey TEXT PRIMARY KEY, newkey TEXT);
CREATE TEMP TABLE s_title (spacekey TEXT, title TEXT, newtitle TEXT, PRIMARY KEY (spacekey, title));
CREATE TEMP TABLE s_trashed (spacekey TEXT, title TEXT);
CREATE TEMP TABLE s_twin (spacekey TEXT, title TEXT);
CREATE TEMP TABLE s_edited (spacekey TEXT, title TEXT);
CREATE TEMP TABLE s_flattened (spacekey TEXT, title TEXT, version INTEGER);
CREATE TEMP TABLE s_user (username TEXT PRIMARY KEY, newname TEXT);
CREATE TEMP TABLE s_user_gone (username TEXT);
CREATE TEMP TABLE s_file_gone (filename TEXT);
CREATE TEMP TABLE s_file_flattened (filename TEXT);
CREATE TEMP TABLE s_summary (project TEXT, number INTEGER, newsummary TEXT);
