-- The people of both companies. home: whose they are; the origin has only its own, the destination
-- has all. directories: where their account is (1 internal, 2 LDAP). state: active, inactive, or
-- former (no account any more, but still the author of pages). oldname: the name before a rename.

CREATE TEMP TABLE w_user (id INTEGER PRIMARY KEY, home TEXT, username TEXT, display TEXT, email TEXT,
	directories TEXT, state TEXT, oldname TEXT);
INSERT INTO w_user VALUES
(1, 'origin', 'admin', 'Aster Administrator', 'it@aster-robotics.example', '1', 'active', NULL),
(2, 'origin', 'kmoreau', 'Kléa Moreau', 'klea.moreau@aster-robotics.example', '2', 'active', NULL),
(3, 'origin', 'jsmith', 'John Smith', 'john.smith@aster-robotics.example', '2', 'active', NULL),
(4, 'origin', 'moezdemir', 'Murat Özdemir', 'murat.oezdemir@aster-robotics.example', '2', 'active', NULL),
(5, 'origin', 'aweber', 'Anke Weber', 'anke.weber@aster-robotics.example', '2', 'active', 'aschmidt'),
(6, 'origin', 'lnguyen', 'Linh Nguyễn', 'linh.nguyen@aster-robotics.example', '12', 'active', NULL),
(7, 'origin', 'rhartmann', 'Rolf Hartmann', 'rolf.hartmann@aster-robotics.example', '2', 'inactive', NULL),
(8, 'origin', 'rpatel', 'Riya Patel', NULL, '', 'former', NULL),
(9, 'origin', 'ekowalska', 'Ewa Kowalska', 'ewa.kowalska@aster-robotics.example', '2', 'active', NULL),
(10, 'origin', 'tlindqvist', 'Tove Lindqvist', 'tove.lindqvist@aster-robotics.example', '2', 'active', NULL),
(11, 'origin', 'pferreira', 'Paulo Ferreira', 'paulo.ferreira@aster-robotics.example', '2', 'active', NULL),
(12, 'origin', 'snakamura', '中村 さくら', 'sakura.nakamura@aster-robotics.example', '2', 'active', NULL),
(13, 'origin', 'jnovak', 'Jiří Novák', 'jiri.novak@aster-robotics.example', '2', 'active', NULL),
(14, 'origin', 'bschulz', 'Bernd Schulz', 'bernd.schulz@aster-robotics.example', '2', 'active', NULL),
(15, 'origin', 'mdubois', 'Margaux Dubois', 'margaux.dubois@aster-robotics.example', '2', 'active', NULL),
(16, 'origin', 'obrien', 'Seán O''Brien', 'sean.obrien@aster-robotics.example', '2', 'active', NULL),
(17, 'origin', 'kjaer', 'Søren Kjær', 'soeren.kjaer@aster-robotics.example', '2', 'active', NULL),
(18, 'origin', 'gbianchi', 'Giulia Bianchi', 'giulia.bianchi@aster-robotics.example', '2', 'active', NULL),
(19, 'origin', 'dgruber', 'Dr. Dieter Gruber', 'dieter.gruber@aster-robotics.example', '2', 'active', NULL),
(20, 'origin', 'hyilmaz', 'Hatice Yılmaz', 'hatice.yilmaz@aster-robotics.example', '2', 'active', NULL),
(21, 'origin', 'wzhang', 'Wei Zhang', 'wei.zhang@aster-robotics.example', '2', 'active', NULL),
(22, 'origin', 'fmueller', 'Franz Müller', 'franz.mueller@aster-robotics.example', '2', 'active', NULL),
(23, 'origin', 'fmueller2', 'Frieda Müller', 'frieda.mueller@aster-robotics.example', '2', 'active', NULL),
(24, 'origin', 'acohen', 'Avi Cohen', 'avi.cohen@aster-robotics.example', '2', 'active', NULL),
(25, 'origin', 'nivanova', 'Нина Иванова', 'nina.ivanova@aster-robotics.example', '2', 'active', NULL),
(26, 'origin', 'cgarcia', 'Carmen García Peña', 'carmen.garcia@aster-robotics.example', '2', 'active', NULL),
(27, 'origin', 'vhaas', 'Viktor Haas', 'viktor.haas@aster-robotics.example', '2', 'active', NULL),
(28, 'origin', 'buildbot', 'Build Robot 🤖', 'buildbot@aster-robotics.example', '1', 'active', NULL),
(41, 'destination', 'jsmith', 'Jane Smithfield', 'jane.smithfield@borealis-group.example', '2', 'active', NULL),
(42, 'destination', 'siteadmin', 'Site Administrator', 'admin@borealis-group.example', '1', 'active', NULL),
(43, 'destination', 'lberg', 'Lars Berg', 'lars.berg@borealis-group.example', '2', 'active', NULL),
(44, 'destination', 'mvirtanen', 'Mikko Virtanen', 'mikko.virtanen@borealis-group.example', '2', 'active', NULL),
(45, 'destination', 'ahansen', 'Astrid Hansen', 'astrid.hansen@borealis-group.example', '2', 'active', NULL),
(46, 'destination', 'bjonsson', 'Björn Jónsson', 'bjorn.jonsson@borealis-group.example', '2', 'active', NULL),
(47, 'destination', 'iolsen', 'Ida Olsen', 'ida.olsen@borealis-group.example', '2', 'active', NULL),
(48, 'destination', 'pmaki', 'Päivi Mäki', 'paivi.maki@borealis-group.example', '2', 'active', NULL),
(49, 'destination', 'knilsen', 'Kari Nilsen', 'kari.nilsen@borealis-group.example', '2', 'inactive', NULL),
(50, 'destination', 'tsand', 'Tor Sand', 'tor.sand@borealis-group.example', '2', 'active', NULL);

-- Those who are on this side, with the names and keys that they have here. In Jira the key is the
-- first name of an old account, JIRAUSER<id> of a newer one.
CREATE TEMP TABLE w_account (id INTEGER PRIMARY KEY, home TEXT, username TEXT, display TEXT, email TEXT,
	directories TEXT, state TEXT, confluence_key TEXT, jira_id INTEGER, jira_key TEXT);
INSERT INTO w_account
SELECT u.id, u.home, COALESCE(r.newname, u.username), u.display, u.email,
	-- the destination keeps nobody twice
	CASE WHEN s.name = 'destination' AND u.directories = '12' THEN '2' ELSE u.directories END, u.state,
	printf('%08x%08x%08x%08x', 2315288709 - s.user_salt, (u.id * 2654435761 + s.user_salt) % 4294967296,
		1610612736 + s.user_salt % 4096 + u.id, (u.id * 40503 + s.user_salt * 7) % 16777216),
	s.issue_base / 2 + u.id,
	CASE WHEN s.name = u.home AND u.id % 3 <> 0 THEN COALESCE(u.oldname, u.username)
	ELSE 'JIRAUSER' || (s.issue_base / 2 + u.id) END
FROM w_user u CROSS JOIN side s LEFT JOIN s_user r ON u.home = 'origin' AND r.username = u.username
WHERE (u.home = 'origin' OR s.name = 'destination')
	AND NOT (u.home = 'origin' AND u.username IN (SELECT username FROM s_user_gone));
