-- Our own tables, version 1. They stand in the instance's own database, beside the tables that they
-- serve, so that everything about a migration can be seen from any browser or terminal.
-- {int64}, {text} and {key} are the database's words for a 64-bit integer, unlimited text, and text
-- that is compared byte by byte. Times are UTC text, 2026-01-31T12:34:56.789Z.

-- Facts about this database: 'schema' (the version of these tables), 'instance' (this instance's id
-- as an origin, made once).
CREATE TABLE reqferry_meta (
    name {key} NOT NULL PRIMARY KEY,
    value {text}
);

-- One exported set of rows, in staging.
CREATE TABLE reqferry_backup (
    backupkey {key} NOT NULL PRIMARY KEY,
    product {text} NOT NULL,           -- confluence, jira
    pluginkey {text},
    pluginversion {text},
    oldestversion {text},
    scope {key},                       -- space or project key at the origin; NULL: everything
    author {text},
    exported {text},                   -- as in the file
    originid {text},                   -- id of the instance that it comes from; NULL: not known
    source {text},                     -- export, file, copy
    filename {text},
    sha256 {text},
    cataloguehash {text},              -- of the catalogue in whose order the fields are
    created {text} NOT NULL,
    createdby {text} NOT NULL
);

-- The data rows. Fields are text as in the file; NULL is an empty field.
CREATE TABLE reqferry_item (
    id {int64} NOT NULL,               -- place in the file, from 1, unique in its backup
    backupkey {key} NOT NULL REFERENCES reqferry_backup (backupkey),
    tablename {key} NOT NULL,          -- without prefix
    oldid {key},
    newid {int64},                     -- the id that an import gave it
    width {int64} NOT NULL,            -- fields of its record
    problem {text},                    -- why it cannot be imported; NULL: sound
    f4 {text}, f5 {text}, f6 {text}, f7 {text}, f8 {text}, f9 {text}, f10 {text}, f11 {text},
    f12 {text}, f13 {text}, f14 {text}, f15 {text}, f16 {text}, f17 {text}, f18 {text}, f19 {text},
    f20 {text}, f21 {text}, f22 {text}, f23 {text}, f24 {text}, f25 {text}, f26 {text}, f27 {text},
    f28 {text}, f29 {text}, f30 {text}, f31 {text}, f32 {text},
    more {text},                       -- fields from 33 on, as CSV
    PRIMARY KEY (backupkey, id)
);
CREATE INDEX reqferry_item_oldid ON reqferry_item (backupkey, tablename, oldid);

-- The entities that the rows refer to, and what they become here.
CREATE TABLE reqferry_mapping (
    id {int64} NOT NULL,               -- place among the mapping rows, from 1, unique in its backup
    backupkey {key} NOT NULL REFERENCES reqferry_backup (backupkey),
    type {key} NOT NULL,
    key {key} NOT NULL,
    dependencies {key},                -- as in the file
    spacekey {key},
    pagetype {text},
    pageid {key},
    userkey {text},
    applink {text},
    pageversion {text},
    title {text},
    url {text},
    username {text},
    extensiondocumentid {text},
    issuekey {text},
    status {text},                     -- NULL, UNMAPPED, MAPPED_AUTO, MAPPED_MANUAL, EXCLUDED
    destinationvalue {key},            -- the entity's key here
    certainty {text},                  -- certain, likely, possible
    rule {text},                       -- which rule decided
    outcome {text},                    -- found, not-found, ambiguous, failed, gone
    derivedfrom {int64},               -- id of the mapping that this one follows
    infile {int64} NOT NULL,           -- 1: stands in the file; 0: derived at load, not written
    width {int64} NOT NULL,
    more {text},                       -- fields from 16 on, as CSV
    rev {int64} NOT NULL,              -- grows with every change
    changedby {text},
    changeddate {text},
    PRIMARY KEY (backupkey, id)
);
CREATE INDEX reqferry_mapping_key ON reqferry_mapping (backupkey, type, key);
CREATE INDEX reqferry_mapping_derived ON reqferry_mapping (derivedfrom, backupkey);

-- What the manifest knows of entities beyond their mapping rows.
CREATE TABLE reqferry_evidence (
    backupkey {key} NOT NULL REFERENCES reqferry_backup (backupkey),
    type {key} NOT NULL,
    key {key} NOT NULL,
    email {text},
    displayname {text},
    name {text},
    created {text}                     -- yyyy-MM-dd
);
CREATE INDEX reqferry_evidence_key ON reqferry_evidence (backupkey, type, key);

-- References that leave the backup's scope, which its file cannot carry: rows with two ends of which
-- one lies in another space, with the identities of both.
CREATE TABLE reqferry_outside (
    backupkey {key} NOT NULL REFERENCES reqferry_backup (backupkey),
    id {int64} NOT NULL,               -- from 1, unique in its backup
    tablename {key} NOT NULL,          -- without prefix
    aplace {int64}, bplace {int64},    -- which of several rows of that identity; NULL: the first
    a0 {key}, a1 {key}, a2 {key}, a3 {key}, a4 {key}, a5 {key}, a6 {key}, a7 {key},  -- one end
    b0 {key}, b1 {key}, b2 {key}, b3 {key}, b4 {key}, b5 {key}, b6 {key}, b7 {key},  -- the other
    f4 {text}, f5 {text}, f6 {text}, f7 {text}, f8 {text}, f9 {text}, f10 {text}, f11 {text},
    f12 {text}, f13 {text}, f14 {text}, f15 {text}, f16 {text}, f17 {text}, f18 {text}, f19 {text},
    f20 {text}, f21 {text}, f22 {text}, f23 {text}, f24 {text}, f25 {text}, f26 {text}, f27 {text},
    f28 {text}, f29 {text}, f30 {text}, f31 {text}, f32 {text},
    PRIMARY KEY (backupkey, id)
);

-- Answers that did not decide.
CREATE TABLE reqferry_candidate (
    backupkey {key} NOT NULL REFERENCES reqferry_backup (backupkey),
    mapping {int64} NOT NULL,
    destinationvalue {key} NOT NULL,
    rule {text} NOT NULL,
    score {int64} NOT NULL,            -- 0 to 1000
    title {text},
    PRIMARY KEY (backupkey, mapping, destinationvalue)
);

-- The history of mapping edits. Changes of one command share a batch.
CREATE TABLE reqferry_change (
    backupkey {key} NOT NULL REFERENCES reqferry_backup (backupkey),
    id {int64} NOT NULL,
    batch {int64} NOT NULL,
    mapping {int64} NOT NULL,
    rev {int64} NOT NULL,              -- of the mapping after the change
    oldstatus {text}, newstatus {text},
    olddestination {text}, newdestination {text},
    oldcertainty {text}, newcertainty {text},
    oldrule {text}, newrule {text},
    changedby {text} NOT NULL,
    changeddate {text} NOT NULL,
    PRIMARY KEY (backupkey, id)
);
CREATE INDEX reqferry_change_mapping ON reqferry_change (backupkey, mapping);

-- Rules written by users.
CREATE TABLE reqferry_rule (
    backupkey {key} NOT NULL REFERENCES reqferry_backup (backupkey),
    id {int64} NOT NULL,
    rule {text} NOT NULL,
    createdby {text} NOT NULL,
    created {text} NOT NULL,
    PRIMARY KEY (backupkey, id)
);

-- Confirmed old -> new per origin, for the next backup of the same origin.
CREATE TABLE reqferry_ledger (
    originid {key} NOT NULL,
    type {key} NOT NULL,
    key {key} NOT NULL,
    dependencies {key} NOT NULL,       -- normalised; '' for none
    destinationvalue {key},
    title {text},
    spacekey {text},
    changedby {text} NOT NULL,
    changeddate {text} NOT NULL,
    PRIMARY KEY (originid, type, key, dependencies)
);

-- Every step that ran or runs. A run whose heartbeat is old and that has no end was interrupted.
CREATE TABLE reqferry_run (
    id {key} NOT NULL PRIMARY KEY,     -- random
    step {text} NOT NULL,              -- export, load, map, import, ...
    backupkey {key},
    actor {text} NOT NULL,
    host {text},                       -- machine and process
    started {text} NOT NULL,
    heartbeat {text} NOT NULL,
    ended {text},
    state {text} NOT NULL,             -- running, done, failed, cancelled, interrupted
    progress {text},
    report {text}                      -- JSON
);
CREATE INDEX reqferry_run_backup ON reqferry_run (backupkey);

-- Safety copies: what an import erases (every column, known or not), and what it inserts. An import
-- changes no row that stays. An undone copy keeps its record and its scopes only, a deleted one also
-- which rows were inserted.
CREATE TABLE reqferry_undo (
    undokey {key} NOT NULL PRIMARY KEY,
    number {int64} NOT NULL,           -- imports in their order, from 1
    backupkey {key} NOT NULL,          -- of the import; the backup itself may be gone
    product {text} NOT NULL,
    scope {key},                       -- destination scope; NULL: everything
    erase {text} NOT NULL,             -- brought, everything, nothing
    plan {text},
    audittrail {text},                 -- rewrite, keep: how the import treated it
    created {text} NOT NULL,
    createdby {text} NOT NULL,
    undone {text},                     -- when
    deleted {text}                     -- when; it cannot be undone then
);
CREATE TABLE reqferry_undo_row (
    undokey {key} NOT NULL REFERENCES reqferry_undo (undokey),
    tablename {key} NOT NULL,          -- with prefix
    rowid_ {int64} NOT NULL,           -- the row's id
    kind {key} NOT NULL,               -- erased, inserted
    content {text},                    -- JSON of every column; inserted: the SHA-256 of that text
    PRIMARY KEY (undokey, tablename, rowid_, kind)
);
-- The columns that the contents hold, in their order.
CREATE TABLE reqferry_undo_column (
    undokey {key} NOT NULL REFERENCES reqferry_undo (undokey),
    tablename {key} NOT NULL,          -- with prefix
    place {int64} NOT NULL,
    columnname {key} NOT NULL,
    PRIMARY KEY (undokey, tablename, place)
);
-- The destination spaces or projects that the import was about.
CREATE TABLE reqferry_undo_scope (
    undokey {key} NOT NULL REFERENCES reqferry_undo (undokey),
    scopekey {key} NOT NULL,
    PRIMARY KEY (undokey, scopekey)
);
