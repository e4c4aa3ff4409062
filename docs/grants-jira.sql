-- Rights on a Jira database in PostgreSQL for reqferry, for psql, as the owner of the tables or a
-- superuser, once:
--
--     psql -d DATABASE -f docs/grants-jira.sql
--
-- Three roles, none of which owns a table of the app; make them first (CREATE ROLE ... LOGIN). In a
-- schema other than "public": SET search_path before, and replace "public" here.
--
--     reqferry_reader   instance check, plan, import --dry-run, verify, lists
--     reqferry_mapper   besides: load, map, delete (and export); makes and owns the tables reqferry_*
--     reqferry_writer   besides: import, undo
--
-- The first step in a database is one of the mapper, as "reqferry load": it makes the tables
-- reqferry_*. Where the reader or the writer is missing, leave its lines out.

GRANT USAGE ON SCHEMA public TO reqferry_reader, reqferry_mapper, reqferry_writer;
GRANT CREATE ON SCHEMA public TO reqferry_mapper;

-- plan and verify work in temporary tables: everybody may make them unless that was revoked
SELECT format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO reqferry_reader, reqferry_mapper, reqferry_writer',
    current_database()) \gexec

-- The app's own tables: read only, and no passwords (cwd_user by columns).
SELECT format('GRANT SELECT ON %s TO reqferry_reader, reqferry_mapper, reqferry_writer', c.oid::regclass)
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname IN (
        'project', 'project_key', 'jiraissue', 'moved_issue_key', 'app_user',
        'cwd_directory', 'propertyentry', 'propertystring', 'propertytext', 'pluginversion') \gexec
GRANT SELECT (id, directory_id, user_name, lower_user_name, active, display_name, email_address, lower_email_address)
    ON cwd_user TO reqferry_reader, reqferry_mapper, reqferry_writer;

-- Requirement Yogi's tables and their sequences. SELECT on a sequence lets a plan see where it stands.
SELECT format('GRANT SELECT ON %s TO reqferry_reader, reqferry_mapper, reqferry_writer', c.oid::regclass)
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S')
    AND c.relname LIKE 'AO_42D05A\_%' \gexec
SELECT format(CASE c.relkind WHEN 'S' THEN 'GRANT USAGE ON %s TO reqferry_writer'
        ELSE 'GRANT INSERT, DELETE ON %s TO reqferry_writer' END, CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END
        || c.oid::regclass)
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S')
    AND c.relname LIKE 'AO_42D05A\_%' \gexec

-- Our tables: the writer may do with them what the mapper may, the reader reads them.
GRANT reqferry_mapper TO reqferry_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE reqferry_mapper IN SCHEMA public GRANT SELECT ON TABLES TO reqferry_reader;
SELECT format('GRANT SELECT ON %s TO reqferry_reader', c.oid::regclass)
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    AND c.relname LIKE 'reqferry\_%' \gexec
