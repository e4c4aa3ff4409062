"""The checks of every import must be able to fail: see imports.py."""
import contextlib
import json
import sqlite3

import harness
import imports
import steps
import tiny
from tiny import ASSUMED, KEY, NAME

REQUIREMENT = '"AO_32F7CE_DBREQUIREMENT"'


def spoil(t, script):
    with contextlib.closing(sqlite3.connect(t.dir / NAME)) as db:
        db.executescript(script)


def fails(function, word):
    try:
        function()
    except harness.Failure as failure:
        assert word in str(failure), failure
    else:
        raise AssertionError(f"should have failed: {word}")


def test_fates(t):
    """An import with a row of each fate; then each part of what is compared is spoilt."""
    rows = [*tiny.data_rows(), tiny.requirement(20, "R-20", BASELINE="two")]
    url, _ = tiny.ready(t, rows)
    steps.edit_one(t, url, KEY, "exclude", "PAGE", "8021")
    imports.copy(t.dir / NAME, t.dir / "before.db")
    done = t.run("--json", "import", url, KEY, *ASSUMED, "--reject", "--confirm", "ABC", expect=3).json
    assert steps.filled(done["excluded"]) and steps.filled(done["rejected"]), done
    imports.copy(t.dir / NAME, t.dir / "good.db")

    def compare(script, printed=None):
        imports.copy(t.dir / "good.db", t.dir / "spoilt.db")
        with contextlib.closing(imports.connect(t.dir / "spoilt.db")) as db:
            db.executescript(script)
            db.execute("ATTACH ? AS old", (str(t.dir / "before.db"),))
            imports.check_fates(db, KEY, printed or done)

    compare("")
    new = t.rows(NAME, "SELECT newid, id FROM reqferry_item WHERE tablename = 'DBREQUIREMENT' AND oldid = '1'")[0]
    left = t.rows(NAME, "SELECT item FROM reqferry_outcome WHERE fate = 'excluded'")[0]["item"]
    other = t.rows(NAME, f"SELECT \"ID\" FROM {REQUIREMENT} WHERE \"SPACEKEY\" = 'DEF'")[0]["ID"]
    for script, word in (
            (f"DELETE FROM {REQUIREMENT} WHERE \"ID\" = {new['newid']}", "not in exactly one"),
            (f"UPDATE reqferry_item SET newid = NULL WHERE id = {new['id']}", "not in exactly one"),
            (f"UPDATE reqferry_item SET newid = {other} WHERE id = {new['id']}", "not in exactly one"),
            (f"UPDATE reqferry_item SET newid = newid + 1 WHERE id = {new['id']}", "under one id"),
            (f"DELETE FROM reqferry_outcome WHERE item = {left}", "not in exactly one"),
            (f"UPDATE reqferry_outcome SET fate = 'merged' WHERE item = {left}", "not in exactly one"),
            (f"UPDATE reqferry_outcome SET fate = 'rejected' WHERE item = {left}", "counted"),
            (f"INSERT INTO reqferry_outcome (backupkey, item, fate) VALUES ('{KEY}', 999, 'excluded')",
             "outcomes of no row"),
            (f"INSERT INTO reqferry_outcome (backupkey, item, fate) VALUES ('{KEY}', {new['id']}, 'excluded')",
             "not in exactly one"),
            (f"UPDATE {REQUIREMENT} SET \"NEWKEY\" = '' WHERE \"ID\" = {other}", "were changed"),
            (f"DELETE FROM {REQUIREMENT} WHERE \"ID\" = {other}", "said to be erased"),
            (f"INSERT INTO {REQUIREMENT} (\"SPACEKEY\", \"KEY\") VALUES ('DEF', 'x')", "not of the backup")):
        fails(lambda script=script: compare(script), word)
    for word in (*imports.FATES, "erased"):
        printed = json.loads(json.dumps(done))
        printed[word]["DBLINK"] = printed[word].get("DBLINK", 0) + 1
        fails(lambda printed=printed: compare("", printed), "said")


def test_exact_tells_every_value_apart(t):
    t.create("values.db", script="CREATE TABLE one (id INTEGER PRIMARY KEY, value); CREATE TABLE reqferry_x (a)")
    seen = {}
    for value in (None, "", b"", 0, 0.0, -0.0, 1, 1.0, "1", b"1", "a", "a ", "a\x00", "a\x00b"):
        with contextlib.closing(t.sqlite("values.db", write=True)) as db:
            db.execute("DELETE FROM one")
            db.execute("INSERT INTO one VALUES (1, ?)", (value,))
            db.execute("INSERT INTO reqferry_x VALUES (1)")
        found = imports.exact(t.dir / "values.db")
        t.equal(list(found), ["one"])
        assert found["one"] not in seen, (value, seen[found["one"]])
        seen[found["one"]] = value
    with contextlib.closing(t.sqlite("values.db", write=True)) as db:
        db.execute("UPDATE one SET id = 2")
    assert imports.exact(t.dir / "values.db")["one"] not in seen, "ids do not count"


def test_every_import_is_watched(t):
    """Something in the database spoils what an import does: the plain run of the program notices."""
    url, _ = tiny.ready(t)
    command = ["import", url, KEY, *ASSUMED, "--confirm", "ABC"]
    spoil(t, f"""CREATE TRIGGER spoil AFTER INSERT ON {REQUIREMENT} WHEN NEW."KEY" = 'R-3' BEGIN
        UPDATE {REQUIREMENT} SET "STATUS" = 'x' WHERE "SPACEKEY" = 'DEF' AND "KEY" = 'OLD-1'; END""")
    fails(lambda: t.run(*command), "rows of AO_32F7CE_DBREQUIREMENT that stay were changed")
    # and something that spoils the undo
    spoil(t, f"""DROP TRIGGER spoil; CREATE TRIGGER spoil AFTER DELETE ON {REQUIREMENT} WHEN OLD."KEY" = 'R-3'
        BEGIN UPDATE spaces SET spacename = 'x'; END""")
    fails(lambda: t.run(*command), "does not give back what was there: tables differ: spaces")
    spoil(t, "DROP TRIGGER spoil")
    t.run(*command)


def test_tables_are_compared_whole(t):
    t.create("old.db", script="""CREATE TABLE one (id INTEGER PRIMARY KEY, value); CREATE TABLE two (value);
        CREATE TABLE reqferry_x (a); INSERT INTO one VALUES (1, 'a'), (2, NULL), (3, 1), (4, '');
        INSERT INTO two VALUES ('x'), ('y')""")

    def compare(script):
        imports.copy(t.dir / "old.db", t.dir / "new.db")
        with contextlib.closing(imports.connect(t.dir / "new.db")) as db:
            db.executescript(script)
            db.execute("ATTACH ? AS old", (str(t.dir / "old.db"),))
            imports.same_tables(db, "what")

    compare("")
    compare("INSERT INTO reqferry_x VALUES (1)")
    for script in ("UPDATE one SET value = 'b' WHERE id = 1", "UPDATE one SET value = '' WHERE id = 2",
                   "UPDATE one SET value = 1.0 WHERE id = 3", "UPDATE one SET value = '1' WHERE id = 3",
                   "UPDATE one SET value = NULL WHERE id = 4", "UPDATE one SET value = x'' WHERE id = 4",
                   "UPDATE one SET id = 5 WHERE id = 4", "DELETE FROM one WHERE id = 4", "DELETE FROM two",
                   "INSERT INTO one VALUES (9, NULL)", "INSERT INTO two VALUES (NULL)",
                   "ALTER TABLE one ADD COLUMN more"):
        fails(lambda script=script: compare(script), "tables differ: ")
    fails(lambda: compare("CREATE TABLE three (a)"), "the tables are")
    fails(lambda: compare("DROP TABLE two"), "the tables are")
