-- Our own tables, version 4: what an undo of mapping edits needs.

-- What one command changed in the mappings: a batch of reqferry_change. People see it as a "change".
CREATE TABLE reqferry_batch (
    backupkey {key} NOT NULL REFERENCES reqferry_backup (backupkey),
    batch {int64} NOT NULL,            -- from 1, unique in its backup
    kind {key} NOT NULL,               -- auto, set, confirm, clear, exclude, undo
    firstchange {int64} NOT NULL,      -- id of its first row in reqferry_change; the others follow it
    chosen {int64} NOT NULL,           -- mappings that it was about
    derived {int64} NOT NULL,          -- and those that returned to not mapped because of them
    subject {int64},                   -- id of the mapping when it was about one
    undoes {int64},                    -- undo: the batch that it took back
    undoneby {int64},                  -- the undo that took this one back; NULL: it stands
    exact {int64} NOT NULL,            -- 1: all that an undo needs was kept
    changedby {text} NOT NULL,
    changeddate {text} NOT NULL,
    PRIMARY KEY (backupkey, batch)
);

-- The candidates that mappings had before a batch that changed them (reqferry_change.candidates = 1).
CREATE TABLE reqferry_batch_candidate (
    backupkey {key} NOT NULL REFERENCES reqferry_backup (backupkey),
    batch {int64} NOT NULL,
    mapping {int64} NOT NULL,
    destinationvalue {key} NOT NULL,
    rule {text} NOT NULL,
    score {int64} NOT NULL,
    title {text},
    PRIMARY KEY (backupkey, batch, mapping, destinationvalue)
);

ALTER TABLE reqferry_change ADD COLUMN oldoutcome {text};
ALTER TABLE reqferry_change ADD COLUMN newoutcome {text};
ALTER TABLE reqferry_change ADD COLUMN oldderivedfrom {int64};
ALTER TABLE reqferry_change ADD COLUMN newderivedfrom {int64};
-- reqferry_mapping.changedby as it was. An undo puts it back with the rest: it says by whom that was
-- decided which stands in the row; changeddate says when the row was last written.
ALTER TABLE reqferry_change ADD COLUMN oldchangedby {text};
-- 1: returned to not mapped because of a mapping that it was derived from
ALTER TABLE reqferry_change ADD COLUMN derived {int64} NOT NULL DEFAULT 0;
-- 1: its candidates changed too
ALTER TABLE reqferry_change ADD COLUMN candidates {int64} NOT NULL DEFAULT 0;

-- Batches of earlier versions: the states tell which command it was. Outcomes and candidates were not
-- kept, so they cannot be undone.
INSERT INTO reqferry_batch (backupkey, batch, kind, firstchange, chosen, derived, subject, exact,
    changedby, changeddate)
SELECT s.backupkey, s.batch,
    CASE WHEN s.found > 0 THEN 'auto'
        WHEN s.excluded > 0 THEN 'exclude'
        WHEN s.confirmed > 0 THEN 'confirm'
        WHEN s.byhand > 0 THEN 'set'
        ELSE 'clear' END,
    s.firstchange,
    CASE WHEN s.kept > 0 THEN s.kept ELSE s.allrows END,
    CASE WHEN s.kept > 0 THEN s.allrows - s.kept ELSE 0 END,
    CASE WHEN s.kept = 1 THEN s.keptone WHEN s.allrows = 1 THEN s.anyone END,
    0, s.changedby, s.changeddate
FROM (SELECT c.backupkey, c.batch, MIN(c.id) AS firstchange, COUNT(*) AS allrows,
        COUNT(c.newstatus) AS kept,
        MIN(CASE WHEN c.newstatus IS NOT NULL THEN c.mapping END) AS keptone,
        MIN(c.mapping) AS anyone,
        SUM(CASE WHEN c.newstatus IN ('MAPPED_AUTO', 'UNMAPPED') THEN 1 ELSE 0 END) AS found,
        SUM(CASE WHEN c.newstatus = 'EXCLUDED' THEN 1 ELSE 0 END) AS excluded,
        SUM(CASE WHEN c.newrule IS NOT NULL THEN 1 ELSE 0 END) AS confirmed,
        SUM(CASE WHEN c.newstatus = 'MAPPED_MANUAL' THEN 1 ELSE 0 END) AS byhand,
        MIN(c.changedby) AS changedby, MIN(c.changeddate) AS changeddate
    FROM reqferry_change c JOIN reqferry_backup b ON b.backupkey = c.backupkey
    GROUP BY c.backupkey, c.batch) s;
UPDATE reqferry_change SET derived = 1 WHERE newstatus IS NULL AND EXISTS (SELECT 1 FROM reqferry_batch b
    WHERE b.backupkey = reqferry_change.backupkey AND b.batch = reqferry_change.batch AND b.derived > 0);
