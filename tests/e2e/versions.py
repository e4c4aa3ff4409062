"""Our own tables as earlier versions of the program made them, from the scripts of src/stage."""
import contextlib
import re
import sqlite3


def scripts(t):
    """Version -> its script, in SQLite's words."""
    found = {}
    for path in (t.root / "src" / "stage").glob("schema-*.sql"):
        script = path.read_text("utf-8")
        for mark, word in (("{int64}", "INTEGER"), ("{text}", "TEXT"), ("{key}", "TEXT")):
            script = script.replace(mark, word)
        found[int(path.stem.split("-")[1])] = script
    return found


def newest(t):
    return max(scripts(t))


def made(t, version):
    """A database of nothing but our tables, as the scripts up to that version make them."""
    db = sqlite3.connect(":memory:")
    for number, script in sorted(scripts(t).items()):
        if number <= version:
            db.executescript(script)
    return db


def columns(db):
    """Table -> its columns, of our own tables."""
    return {table: [tuple(row)[1:] for row in db.execute(f"PRAGMA table_info({table})")] for (table,) in
            db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'reqferry\\_%' "
                       "ESCAPE '\\'").fetchall()}


def names(db):
    return {table: [column[0] for column in found] for table, found in columns(db).items()}


def take_back(t, name, version):
    """The tables as that version would have left them: what later scripts add goes."""
    with contextlib.closing(t.sqlite(name, write=True)) as db:
        for number, script in scripts(t).items():
            if number <= version:
                continue
            for table in re.findall(r"^CREATE TABLE (\w+)", script, re.M):
                db.execute(f"DROP TABLE {table}")
            for table, column in re.findall(r"^ALTER TABLE (\w+) ADD COLUMN (\w+)", script, re.M):
                db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        db.execute("UPDATE reqferry_meta SET value = ? WHERE name = 'schema'", (str(version),))
        with contextlib.closing(made(t, version)) as wanted:
            t.equal(names(db), names(wanted))
