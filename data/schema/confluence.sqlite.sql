-- The part of a Confluence Data Center database that a migration reads (Confluence 8.3 and later),
-- in SQLite's spelling for embedded instances; declared types are PostgreSQL's. Column names, types
-- and nullability are facts taken from public schema listings: only the tables and columns that are
-- needed are here. A real database has many more columns: never SELECT *, never rely on column order.

CREATE TABLE confversion (
    confversionid bigint PRIMARY KEY,
    buildnumber integer NOT NULL UNIQUE,
    installdate timestamp without time zone,
    versiontag character varying(255)
);

CREATE TABLE user_mapping (
    user_key character varying(255) PRIMARY KEY,          -- 32 hex digits; never changes
    username character varying(255) NOT NULL,             -- changes when the user is renamed
    lower_username character varying(255) UNIQUE
);

CREATE TABLE cwd_directory (
    id bigint PRIMARY KEY,
    directory_name character varying(255) NOT NULL,
    lower_directory_name character varying(255) NOT NULL UNIQUE,
    active character(1) NOT NULL,                          -- 'T' or 'F'
    directory_type character varying(32) NOT NULL
);

CREATE TABLE cwd_user (
    id bigint PRIMARY KEY,
    user_name character varying(255) NOT NULL,
    lower_user_name character varying(255) NOT NULL,
    active character(1) NOT NULL,                          -- 'T' or 'F'
    created_date timestamp without time zone NOT NULL,
    updated_date timestamp without time zone NOT NULL,
    first_name character varying(255),
    last_name character varying(255),
    display_name character varying(255),
    email_address character varying(255),
    lower_email_address character varying(255),
    external_id character varying(255),
    directory_id bigint NOT NULL REFERENCES cwd_directory (id),
    credential character varying(255),                     -- a secret: never read, log or copy it
    UNIQUE (lower_user_name, directory_id)
);

CREATE TABLE spaces (
    spaceid bigint PRIMARY KEY,
    spacename character varying(255),
    spacekey character varying(255) NOT NULL UNIQUE,       -- personal spaces begin with '~'
    lowerspacekey character varying(255) NOT NULL,
    spacedescid bigint,
    homepage bigint,
    creator character varying(255) REFERENCES user_mapping (user_key),
    creationdate timestamp without time zone,
    lastmodifier character varying(255) REFERENCES user_mapping (user_key),
    lastmoddate timestamp without time zone,
    spacetype character varying(255),                      -- 'global' or 'personal'
    spacestatus character varying(255)                     -- 'CURRENT' or 'ARCHIVED'
);
CREATE INDEX s_lspacekey_idx ON spaces (lowerspacekey);

-- Pages, blog posts, comments, attachments, drafts and all their old versions, one row each.
--   current page          prevver NULL,        content_status 'current',  spaceid set
--   historical version    prevver = current id, content_status 'current',  spaceid NULL
--   draft of a page       prevver = current id, content_status 'draft',    spaceid set
--   page in the trash     prevver NULL,        content_status 'deleted',  spaceid set
--   current attachment    prevver NULL,        contenttype 'ATTACHMENT',  pageid = container
--   old attachment        prevver = current id, contenttype 'ATTACHMENT',  spaceid set
CREATE TABLE content (
    contentid bigint PRIMARY KEY,                          -- the pageId of URLs and APIs
    hibernateversion integer DEFAULT 0 NOT NULL,           -- a lock counter, not the page version
    contenttype character varying(255) NOT NULL,           -- PAGE, BLOGPOST, ATTACHMENT, COMMENT, ...
    title character varying(255),                          -- page title, or an attachment's file name
    lowertitle character varying(255),
    version integer,                                       -- the version users see
    creator character varying(255) REFERENCES user_mapping (user_key),
    creationdate timestamp without time zone,
    lastmodifier character varying(255) REFERENCES user_mapping (user_key),
    lastmoddate timestamp without time zone,
    versioncomment text,
    prevver bigint REFERENCES content (contentid),
    content_status character varying(255),                 -- current, draft, deleted, archived
    pageid bigint REFERENCES content (contentid),
    spaceid bigint REFERENCES spaces (spaceid),
    parentid bigint REFERENCES content (contentid)
);
CREATE INDEX c_ltitle_idx ON content (lowertitle);
CREATE INDEX c_title_idx ON content (title);
CREATE INDEX c_prevver_idx ON content (prevver);
CREATE INDEX c_pageid_idx ON content (pageid);
CREATE INDEX c_parentid_idx ON content (parentid);
CREATE INDEX c_spaceid_idx ON content (spaceid);
-- (space, title) has no unique constraint: expect 0, 1 or several hits.

CREATE TABLE bodycontent (
    bodycontentid bigint PRIMARY KEY,
    body text,                                             -- storage format: an XML fragment
    contentid bigint REFERENCES content (contentid),
    bodytypeid smallint                                    -- 2 = storage format
);
CREATE INDEX body_content_idx ON bodycontent (contentid);

CREATE TABLE contentproperties (
    propertyid bigint PRIMARY KEY,
    propertyname character varying(255) NOT NULL,          -- attachments: FILESIZE, MEDIA_TYPE
    stringval character varying(255),
    longval bigint,
    dateval timestamp without time zone,
    contentid bigint REFERENCES content (contentid)
);
CREATE INDEX contentproperties_idx ON contentproperties (contentid);

-- Settings. Application links: bandanacontext '_GLOBAL', bandanakey 'applinks.admin.<uuid>.name',
-- '....admin.<uuid>.display.url', '....admin.<uuid>.rpc.url', value '<string>...</string>' (XML).
CREATE TABLE bandana (
    bandanaid bigint PRIMARY KEY,
    bandanacontext character varying(255) NOT NULL,
    bandanakey character varying(100) NOT NULL,
    bandanavalue text,
    UNIQUE (bandanacontext, bandanakey)
);

-- Templates hold storage format too.
CREATE TABLE pagetemplates (
    templateid bigint PRIMARY KEY,
    templatename character varying(255) NOT NULL,
    content text,
    spaceid bigint REFERENCES spaces (spaceid),
    prevver bigint REFERENCES pagetemplates (templateid),
    version integer,
    bodytypeid smallint
);

CREATE TABLE label (
    labelid bigint PRIMARY KEY,
    name character varying(255) NOT NULL,
    namespace character varying(255)
);
CREATE TABLE content_label (
    id bigint PRIMARY KEY,
    labelid bigint REFERENCES label (labelid),
    contentid bigint REFERENCES content (contentid)
);

-- order of user directories
CREATE TABLE cwd_app_dir_mapping (
    id bigint PRIMARY KEY,
    application_id bigint NOT NULL,
    directory_id bigint REFERENCES cwd_directory (id),
    list_index integer
);

-- Collaborative editing keeps its own copy of a page: upper-case quoted names, lower-case columns.
-- Seen: rev, history, contentid, inserted; the other columns here are placeholders. Only contentid matters to us.
CREATE TABLE "EVENTS" (
    rev character varying(255) NOT NULL,
    history character varying(255) NOT NULL,
    partition integer NOT NULL,
    sequence integer NOT NULL,
    event bytea NOT NULL,
    contentid bigint NOT NULL,
    inserted timestamp without time zone,
    PRIMARY KEY (history, partition, sequence)
);
CREATE TABLE "SNAPSHOTS" (
    key character varying(255) PRIMARY KEY,
    value bytea NOT NULL,
    contentid bigint NOT NULL,
    inserted timestamp without time zone
);
