-- Our own tables, version 3: the zone of a backup's times, which the vendor's file does not carry.

-- Offset from UTC of the origin's clock at the export, as +01:00; NULL: not known.
ALTER TABLE reqferry_backup ADD COLUMN zone {text};
