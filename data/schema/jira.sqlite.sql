-- The part of a Jira Data Center database that a migration reads, in SQLite's spelling for
-- embedded instances. Declared types are PostgreSQL's.
-- Jira declares no foreign keys. numeric(18,0) holds whole numbers: read it as a 64-bit integer.

CREATE TABLE project (
    id numeric(18,0) PRIMARY KEY,
    pname character varying(255),
    url character varying(255),
    lead character varying(255),                           -- user key
    pkey character varying(255),                           -- the current key
    pcounter numeric(18,0),
    originalkey character varying(255),
    projecttype character varying(255)
);
CREATE INDEX idx_project_key ON project (pkey);

-- every key that the project has had, the current one included
CREATE TABLE project_key (
    id numeric(18,0) PRIMARY KEY,
    project_id numeric(18,0),
    project_key character varying(255)
);
CREATE UNIQUE INDEX idx_all_project_keys ON project_key (project_key);

CREATE TABLE jiraissue (
    id numeric(18,0) PRIMARY KEY,
    pkey character varying(255),                           -- legacy: NULL; the key is project.pkey || '-' || issuenum
    issuenum numeric(18,0),
    project numeric(18,0),
    reporter character varying(255),                       -- user key
    assignee character varying(255),
    creator character varying(255),
    issuetype character varying(255),
    summary character varying(255),
    description text,
    issuestatus character varying(255),
    created timestamp with time zone,
    updated timestamp with time zone
);
CREATE INDEX issue_proj_num ON jiraissue (issuenum, project);
CREATE INDEX issue_proj_status ON jiraissue (project, issuestatus);

-- an issue that moved between projects keeps its old keys here
CREATE TABLE moved_issue_key (
    id numeric(18,0) PRIMARY KEY,
    old_issue_key character varying(255),
    issue_id numeric(18,0)
);
CREATE UNIQUE INDEX idx_old_issue_key ON moved_issue_key (old_issue_key);

CREATE TABLE app_user (
    id numeric(18,0) PRIMARY KEY,
    user_key character varying(255) UNIQUE,                -- first user name, or JIRAUSER<id>; never changes
    lower_user_name character varying(255) UNIQUE          -- changes when the user is renamed
);

CREATE TABLE cwd_directory (
    id numeric(18,0) PRIMARY KEY,
    directory_name character varying(255),
    lower_directory_name character varying(255),
    active numeric(9,0),                                   -- 1 or 0
    directory_type character varying(60),
    directory_position numeric(18,0)                       -- look-up order
);

CREATE TABLE cwd_user (
    id numeric(18,0) PRIMARY KEY,
    directory_id numeric(18,0),
    user_name character varying(255),
    lower_user_name character varying(255),
    active numeric(9,0),                                   -- 1 or 0: not as in Confluence
    created_date timestamp with time zone,
    updated_date timestamp with time zone,
    first_name character varying(255),
    last_name character varying(255),
    display_name character varying(255),
    lower_display_name character varying(255),
    email_address character varying(255),
    lower_email_address character varying(255),
    credential character varying(255),                     -- a secret: never read, log or copy it
    external_id character varying(255)
);
CREATE INDEX idx_user_lower_name ON cwd_user (lower_user_name, directory_id);
CREATE INDEX idx_user_lower_email ON cwd_user (lower_email_address);

-- issue history: *value holds ids, *string the names at that time
CREATE TABLE changegroup (
    id numeric(18,0) PRIMARY KEY,
    issueid numeric(18,0),
    author character varying(255),
    created timestamp with time zone
);
CREATE TABLE changeitem (
    id numeric(18,0) PRIMARY KEY,
    groupid numeric(18,0),
    fieldtype character varying(255),
    field character varying(255),
    oldvalue text,
    oldstring text,
    newvalue text,
    newstring text
);
CREATE INDEX chggroup_issue ON changegroup (issueid);
CREATE INDEX chgitem_chggrp ON changeitem (groupid);

-- settings. Application links: entity_name 'jira.properties', entity_id 1,
-- property_key 'applinks.admin.<uuid>.name' / '.display.url' / '.rpc.url', value in propertystring by the same id.
CREATE TABLE propertyentry (
    id numeric(18,0) PRIMARY KEY,
    entity_name character varying(255),
    entity_id numeric(18,0),
    property_key character varying(255),
    propertytype numeric(9,0)                              -- 5 = propertystring, 6 = propertytext
);
CREATE INDEX osproperty_propertykey ON propertyentry (property_key);
CREATE TABLE propertystring (
    id numeric(18,0) PRIMARY KEY,
    propertyvalue text
);
CREATE TABLE propertytext (
    id numeric(18,0) PRIMARY KEY,
    propertyvalue text
);
