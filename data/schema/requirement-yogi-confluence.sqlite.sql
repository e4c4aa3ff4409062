-- Requirement Yogi's tables in a Confluence database (prefix AO_32F7CE_), in SQLite's spelling for embedded
-- instances: quoted upper-case names, columns in alphabetical order, ID from sqlite_sequence. Declared
-- types are PostgreSQL's. What the vendor documents is marked D, what is assumed here is marked A.
-- An assumed name can be different on a customer's site: the tool reads such names from its catalogue.

CREATE TABLE "AO_32F7CE_DBREQUIREMENT" (                   -- D: identity SPACEKEY + KEY + BASELINE
    "BASELINE" integer,                                    -- D: NULL for the current requirement, a number for an archived copy
    "CREATEDDATE" timestamp without time zone,             -- D
    "CREATEDUSER" character varying(255),                  -- D: user key
    "HTMLEXCERPT" text,                                    -- D: the description
    "ID" INTEGER PRIMARY KEY AUTOINCREMENT,                -- D
    "KEY" character varying(255) NOT NULL,                 -- D
    "LASTUPDATEDDATE" timestamp without time zone,         -- D
    "LASTUPDATEDUSER" character varying(255),              -- D: user key
    "NEWKEY" character varying(255),                       -- D: where a MOVED requirement went
    "NEWSPACEKEY" character varying(255),                  -- D
    "SCHEMAVERSION" integer,                               -- D
    "SPACEKEY" character varying(255) NOT NULL,            -- D
    "STATUS" character varying(255),                       -- D: ACTIVE, ARCHIVED, MOVED, DELETED
    "STORAGETYPE" integer,                                 -- D: NULL or 1, 2, 3, 4; never to be changed by a migration
    "UPPERKEY" character varying(255)                      -- D: the key in upper case
);
CREATE INDEX "index_ao_32f7ce_dbr_identity" ON "AO_32F7CE_DBREQUIREMENT" ("SPACEKEY", "KEY", "BASELINE");

CREATE TABLE "AO_32F7CE_DBPROPERTY" (
    "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
    "NAME" character varying(255),                         -- A (name)
    "REQUIREMENT_ID" bigint REFERENCES "AO_32F7CE_DBREQUIREMENT" ("ID"),  -- A (name)
    "SCHEMAVERSION" integer,
    "TYPE" character varying(255),                         -- D: INLINE or EXTERNAL
    "VALUE" text                                           -- A (name)
);
CREATE INDEX "index_ao_32f7ce_dbp_requirement" ON "AO_32F7CE_DBPROPERTY" ("REQUIREMENT_ID");

CREATE TABLE "AO_32F7CE_DBDEPENDENCY" (                    -- D: identity RELATIONSHIP + PARENT_ID + CHILD_ID
    "CHILD_ID" bigint REFERENCES "AO_32F7CE_DBREQUIREMENT" ("ID"),
    "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
    "PARENT_ID" bigint REFERENCES "AO_32F7CE_DBREQUIREMENT" ("ID"),
    "RELATIONSHIP" character varying(255),
    "SCHEMAVERSION" integer
);
CREATE INDEX "index_ao_32f7ce_dbd_parent" ON "AO_32F7CE_DBDEPENDENCY" ("PARENT_ID");
CREATE INDEX "index_ao_32f7ce_dbd_child" ON "AO_32F7CE_DBDEPENDENCY" ("CHILD_ID");

CREATE TABLE "AO_32F7CE_DBLINK" (
    "APP" character varying(255),                          -- D: TYPE PAGE: 'page'; TYPE JIRA: the application link; else an extension's key
    "DOCUMENTID" character varying(255),                   -- D: PAGE: page id; JIRA: issue key; extension: attachment id
    "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
    "MARKER" character varying(255),                       -- A (name): place in the document
    "ORIGIN" boolean,                                      -- D: true = where the requirement is defined, false = where it is cited
    "PARENT_ID" bigint REFERENCES "AO_32F7CE_DBREQUIREMENT" ("ID"),      -- D
    "RELATIONSHIP" character varying(255),                 -- D
    "SCHEMAVERSION" integer,
    "TYPE" character varying(255),                         -- D: PAGE, JIRA, ...
    "VERSIONID" character varying(255)                     -- A (name): the content id of that page version
);
CREATE INDEX "index_ao_32f7ce_dbl_parent" ON "AO_32F7CE_DBLINK" ("PARENT_ID");

CREATE TABLE "AO_32F7CE_DBTRACEABILITYMATRIX" (            -- D: identity SPACEKEY + ORIGINALID
    "COLUMNS" text,                                        -- A (name): column list of the matrix
    "CREATEDDATE" timestamp without time zone,
    "CREATEDUSER" character varying(255),
    "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
    "LASTUPDATEDDATE" timestamp without time zone,
    "LASTUPDATEDUSER" character varying(255),
    "NAME" character varying(255),                         -- A (name)
    "ORIGINALID" bigint,
    "QUERY" text,                                          -- A (name): Requirement Yogi search syntax
    "SCHEMAVERSION" integer,
    "SPACEKEY" character varying(255)
);

CREATE TABLE "AO_32F7CE_DBAPPLINK" (                       -- D: the Jira applications known to Confluence. Global: whole-instance exports only
    "APPLINK" character varying(255),                      -- A (name)
    "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
    "NAME" character varying(255),                         -- A (name)
    "SCHEMAVERSION" integer
);
