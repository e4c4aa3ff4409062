-- Requirement Yogi's tables in a Jira database (prefix AO_42D05A_). Same conventions as for Confluence.

CREATE TABLE "AO_42D05A_DBREMOTEREQUIREMENT" (             -- D: identity APPLINK + SPACEKEY + KEY + BASELINE
    "APPLINK" character varying(255),                      -- D: application link of the Confluence that owns the requirement
    "BASELINE" integer,                                    -- D
    "FLAGDELETED" boolean,                                 -- D: the requirement is not shown if true
    "FLAGERROR" boolean,                                   -- A
    "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
    "KEY" character varying(255),                          -- D
    "LASTSYNCDATE" timestamp without time zone,            -- A (name)
    "SCHEMAVERSION" integer,
    "SPACEKEY" character varying(255),                     -- D
    "TITLE" text,                                          -- A
    "URL" text                                             -- A
);
CREATE INDEX "index_ao_42d05a_dbr_identity" ON "AO_42D05A_DBREMOTEREQUIREMENT" ("APPLINK", "SPACEKEY", "KEY");

CREATE TABLE "AO_42D05A_DBISSUELINK" (
    "ID" INTEGER PRIMARY KEY AUTOINCREMENT,                -- D
    "ISSUEID" bigint,                                      -- D: jiraissue.id
    "ISSUEKEY" character varying(255),                     -- D: for information only
    "RELATIONSHIP" character varying(255),                 -- D
    "REQUIREMENT_ID" bigint REFERENCES "AO_42D05A_DBREMOTEREQUIREMENT" ("ID"),  -- A (name)
    "SCHEMAVERSION" integer
);
CREATE INDEX "index_ao_42d05a_dbi_issue" ON "AO_42D05A_DBISSUELINK" ("ISSUEID");
CREATE INDEX "index_ao_42d05a_dbi_requirement" ON "AO_42D05A_DBISSUELINK" ("REQUIREMENT_ID");

CREATE TABLE "AO_42D05A_DBRILAUDITTRAILITEM" (             -- what the links of an issue were after each change
    "AUDITDATE" timestamp without time zone,               -- A (name)
    "COMMENT" text,                                        -- A
    "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
    "ISSUEID" bigint,                                      -- A (name)
    "ISSUEKEY" character varying(255),                     -- A (name)
    "LINKS" text,                                          -- A (name): JSON, holds the space key in "spaceKey" and in "url"
    "OLDLINKS" text,                                       -- A
    "SCHEMAVERSION" integer,
    "SUCCESS" boolean,                                     -- A (name)
    "USERKEY" character varying(255)                       -- A (name)
);
CREATE INDEX "index_ao_42d05a_dbr_issue" ON "AO_42D05A_DBRILAUDITTRAILITEM" ("ISSUEID");
