"""Every import that a test runs with Context.run() or on a terminal and that succeeds is checked here,
whatever else the test is about:

* Every row of the backup is in exactly one of inserted, merged, excluded and rejected: sets of old ids
  and places in staging, compared in SQL with the live tables before and after, and with the counts
  that were printed. What is left out made no live row; rows that stay are the same to the bit.
* Undo, on a copy of the database, gives back every table of the database but our own.

Nothing of it touches the test's database. Runs with an injected fault are left alone: their tests
compare the whole database themselves.
"""
import contextlib
import hashlib
import json
import pathlib
import shutil
import sqlite3
import subprocess

from harness import Failure

FATES = ("inserted", "merged", "excluded", "rejected")


def copy(path, to):
    """A database with what its write-ahead log holds. By another process: closing a file that SQLite has
    open in this one would drop its locks."""
    for end in ("", "-wal"):
        if pathlib.Path(f"{path}{end}").exists():
            subprocess.run(["cp", f"{path}{end}", f"{to}{end}"], check=True)


def connect(path):
    db = sqlite3.connect(path, isolation_level=None)
    db.text_factory = lambda text: text.decode("utf-8", "surrogateescape")  # as broken as it may be
    return db


def tables(db, schema="main"):
    """The names of all tables but our own and SQLite's."""
    return [name for (name,) in db.execute(
        f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\' AND name NOT LIKE 'reqferry\\_%' ESCAPE '\\' ORDER BY name")]


def exact(path):
    """Table -> hash of its columns and of its rows, value for value with their types, ids included;
    not our own tables."""
    found = {}
    with contextlib.closing(connect(path)) as db:
        for table in tables(db):
            rows = db.execute(f'SELECT * FROM "{table}"')
            digest = hashlib.sha256(repr([column[0] for column in rows.description]).encode())
            for line in sorted(map(repr, rows)):
                digest.update(line.encode("utf-8", "surrogatepass"))
            found[table] = digest.hexdigest()
    return found


def changed(db, table):
    """SQL: FROM and WHERE for rows `a` of main and `b` of old with one id that differ in a value or its
    type."""
    name = f'"{table}"'
    columns = [row[1].replace('"', '""') for row in db.execute(f"PRAGMA main.table_info({name})")]
    differ = " OR ".join(f'a."{one}" IS NOT b."{one}" OR typeof(a."{one}") <> typeof(b."{one}")'
                         for one in columns)
    return f"FROM main.{name} a JOIN old.{name} b ON b.rowid = a.rowid WHERE {differ}"


def same_tables(db, what):
    """Compares main with old, all tables but our own, ids included. As exact() does, but for the sign of
    zero, and without taking every value in hand."""
    names, differ = tables(db), []
    if names != tables(db, "old"):
        raise Failure(f"{what}: the tables are {names}, they were {tables(db, 'old')}")
    for table in names:
        columns, counts = ([db.execute(query.format(schema, table)).fetchall() for schema in ("main", "old")]
                           for query in ('PRAGMA {}.table_info("{}")', 'SELECT count(*) FROM {}."{}"'))
        if columns[0] != columns[1] or counts[0] != counts[1] or db.execute(
                f"SELECT 1 {changed(db, table)} LIMIT 1").fetchone() or counts[0] != db.execute(
                f'SELECT count(*) FROM main."{table}" a JOIN old."{table}" b ON b.rowid = a.rowid').fetchall():
            differ.append(table)
    if differ:
        raise Failure(f"{what}: tables differ: {', '.join(differ)}")


def same(before, after, what):
    differ = [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
    if differ:
        raise Failure(f"{what}: tables differ: {', '.join(differ)}")


def watch(t, args, env, expect):
    """Called before a run: returns what is to be called with its result, None if it imports nothing."""
    args = [str(one) for one in args]
    at = args.index("import") if "import" in args else 0
    if "import" not in args or "map" in args[:at] or "--dry-run" in args or (env or {}).get("REQFERRY_FAULT"):
        return None
    expected = expect if isinstance(expect, tuple) else (expect,)
    if not {0, 3, None} & set(expected) or not args[at + 1:at + 2] or not args[at + 1].startswith("sqlite:"):
        return None
    return Import(t, args, at)


class Import:
    """One import, from before it runs."""

    def __init__(self, t, args, at):
        self.t, self.args, self.key = t, args, args[at + 2]
        self.path = t.dir / args[at + 1].removeprefix("sqlite:").split("?")[0]
        self.folder = t.dir / f".import-{len(t.results)}"
        self.folder.mkdir()
        self.before, self.after = self.folder / "before.db", self.folder / "after.db"
        copy(self.path, self.before)

    def __call__(self, result):
        if result.status in (0, 3):
            copy(self.path, self.after)
            with contextlib.closing(connect(self.after)) as db:
                db.execute("ATTACH ? AS old", (str(self.before),))
                check_fates(db, self.key, self.printed(db, result))
            self.check_undo()
        shutil.rmtree(self.folder)

    def printed(self, db, result):
        """The document that was printed, or kept where text was printed."""
        if "--json" in self.args:
            return result.json
        (report,) = db.execute("SELECT report FROM reqferry_run WHERE step = 'import' AND backupkey = ? AND "
                               "state = 'done' ORDER BY started DESC LIMIT 1", (self.key,)).fetchone()
        return json.loads(report)

    def scope(self):
        """The word that confirms, as the safety copy has it: a person may have typed it."""
        with contextlib.closing(connect(self.after)) as db:
            (scope,) = db.execute("SELECT scope FROM reqferry_undo WHERE backupkey = ? ORDER BY number DESC "
                                  "LIMIT 1", (self.key,)).fetchone()
        return scope or "everything"

    def check_undo(self):
        more = []
        if "--catalogue" in self.args:
            at = self.args.index("--catalogue")
            more = self.args[at:at + 2]
        self.t.run("--json", *more, "undo", f"sqlite:{self.after}", self.key, "--confirm",
                   self.scope())
        with contextlib.closing(connect(self.after)) as db:
            db.execute("ATTACH ? AS old", (str(self.before),))
            same_tables(db, f"undo of the import of {self.key!r} does not give back what was there")


# --- what became of each row -------------------------------------------------------------------------


def live_tables(db, key):
    """Name in the backup -> name in the database, of all of Requirement Yogi's tables."""
    known = {name.split("_", 2)[2]: name for name in tables(db) if name.startswith("AO_")}
    for (name,) in db.execute("SELECT DISTINCT tablename FROM reqferry_item WHERE backupkey = ?", (key,)):
        if name not in known:
            raise Failure(f"the backup has rows of {name!r}, which is no table here")
    return known


def sort_rows(db, key, table, live):
    """Puts the rows of one table of the backup into the sets in which they are."""
    items = ("INSERT INTO fate SELECT i.id, i.tablename, i.oldid, '{}', i.newid FROM reqferry_item i "
             "LEFT JOIN reqferry_outcome o ON o.backupkey = i.backupkey AND o.item = i.id "
             "WHERE i.backupkey = ?1 AND i.tablename = ?2 AND ")
    stands = f'EXISTS (SELECT 1 FROM main."{live}" l WHERE l."ID" = i.newid)'
    stood = f'EXISTS (SELECT 1 FROM old."{live}" l WHERE l."ID" = i.newid)'
    fresh = "i.newid IN (SELECT f.newid FROM fate f WHERE f.tablename = ?2 AND f.word = 'inserted')"
    db.execute(items.format("inserted") + f"o.item IS NULL AND {stands} AND NOT {stood}", (key, table))
    db.execute(items.format("merged") + f"o.fate = 'merged' AND {stands} AND ({stood} OR {fresh})",
               (key, table))
    for word in ("excluded", "rejected"):
        db.execute(items.format(word) + f"o.fate = '{word}' AND i.newid IS NULL", (key, table))


def nothing(db, what, query, *values):
    found = db.execute(query + " LIMIT 5", values).fetchall()
    if found:
        raise Failure(f"{what}: {', '.join(map(str, found))}")


def check_sets(db, key):
    nothing(db, "rows of the backup that are not in exactly one of the sets (table, old id, place, sets)",
            "SELECT i.tablename, i.oldid, i.id, group_concat(f.word) FROM old.reqferry_item i LEFT JOIN fate f "
            "ON f.item = i.id AND f.tablename = i.tablename AND f.oldid IS i.oldid WHERE i.backupkey = ? "
            "GROUP BY i.id HAVING count(f.item) <> 1", key)
    nothing(db, "rows that the backup did not have",
            "SELECT f.* FROM fate f LEFT JOIN old.reqferry_item i ON i.backupkey = ? AND i.id = f.item "
            "WHERE i.id IS NULL", key)
    nothing(db, "outcomes of no row", "SELECT o.* FROM reqferry_outcome o LEFT JOIN fate f ON f.item = o.item "
            "AND f.word = o.fate WHERE o.backupkey = ? AND f.item IS NULL", key)
    nothing(db, "two rows were inserted under one id", "SELECT tablename, newid, count(*) FROM fate "
            "WHERE word = 'inserted' GROUP BY 1, 2 HAVING count(*) > 1")


def check_live(db, table, live, printed):
    """The live table before and after: what came, what went, what stayed. Returns how many rows came
    that are not of the backup."""
    name = f'"{live}"'
    gone = db.execute(f'SELECT count(*) FROM old.{name} b WHERE NOT EXISTS (SELECT 1 FROM main.{name} a WHERE '
                      'a."ID" = b."ID")').fetchone()[0]
    if gone != printed["erased"].get(table, 0):
        raise Failure(f"{gone} rows of {live} went, {printed['erased'].get(table, 0)} were said to be erased")
    nothing(db, f"rows of {live} that stay were changed", f'SELECT a."ID" {changed(db, live)}')
    return db.execute(
        f'SELECT count(*) FROM main.{name} a WHERE NOT EXISTS (SELECT 1 FROM old.{name} b WHERE b."ID" = a."ID")'
        " AND NOT EXISTS (SELECT 1 FROM fate f WHERE f.word = 'inserted' AND f.tablename = ? AND "
        'f.newid = a."ID")', (table,)).fetchone()[0]


def check_fates(db, key, printed):
    """main: the database after the import, old: before. printed: the import's document or report."""
    db.execute("CREATE TEMPORARY TABLE fate (item INTEGER, tablename TEXT, oldid TEXT, word TEXT, newid INTEGER)")
    known, more = live_tables(db, key), 0
    for table, live in known.items():
        sort_rows(db, key, table, live)
    db.execute("CREATE INDEX temp.fate_item ON fate (item)")
    db.execute("CREATE INDEX temp.fate_new ON fate (tablename, newid)")
    check_sets(db, key)
    for table, live in known.items():
        more += check_live(db, table, live, printed)
    if more != printed["outside"]["kept"]:
        raise Failure(f"{more} rows came that are not of the backup; references that leave the scope: "
                      f"{printed['outside']}")
    for word in FATES:
        counted = dict(db.execute("SELECT tablename, count(*) FROM fate WHERE word = ? GROUP BY 1", (word,)))
        said = {table: n for table, n in printed[word].items() if n}
        if counted != said:
            raise Failure(f"{word}: counted {counted}, said {said}")
