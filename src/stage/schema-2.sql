-- Our own tables, version 2: what became of the rows that an import did not simply insert.

-- The last import of a backup. A row of the backup that does not stand here was inserted.
CREATE TABLE reqferry_outcome (
    backupkey {key} NOT NULL REFERENCES reqferry_backup (backupkey),
    item {int64} NOT NULL,             -- id in reqferry_item
    fate {key} NOT NULL,               -- merged, excluded, rejected
    mapping {int64},                   -- excluded: id of the mapping whose exclusion it follows from
    parent {int64},                    -- left out with this item, which it refers to
    PRIMARY KEY (backupkey, item)
);
