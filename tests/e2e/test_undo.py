"""Undo: every table is as before the import, to the bit; what changed since is never lost in silence."""
import contextlib
import sqlite3

import check
import csvtext
import harness
import steps
import tiny
from test_plan_import import edit, merge_world
from tiny import ASSUMED, KEY, NAME

OURS = ("reqferry_*",)
REQUIREMENT, LINK, PROPERTY = (f'"AO_32F7CE_DB{name}"' for name in ("REQUIREMENT", "LINK", "PROPERTY"))


def exact(t, name=NAME):
    """Table -> every row with the type and the bytes of every value; not our own tables."""
    found = {}
    with contextlib.closing(t.sqlite(name)) as db:
        db.text_factory = bytes
        tables = [row[0].decode() for row in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            " AND name NOT LIKE 'reqferry\\_%' ESCAPE '\\'")]
        for table in tables:
            columns = [row[1].decode().replace('"', '""') for row in db.execute(f'PRAGMA table_info("{table}")')]
            wanted = ", ".join(f'typeof("{one}"), CAST("{one}" AS BLOB)' for one in columns)
            reals = ", ".join(f'"{one}"' for one in columns)
            found[table] = sorted(repr((tuple(row), tuple(other))) for row, other in zip(
                db.execute(f'SELECT {wanted} FROM "{table}" ORDER BY rowid').fetchall(),
                db.execute(f'SELECT {reals} FROM "{table}" ORDER BY rowid').fetchall()))
    return found


def same(before, after):
    for table in sorted(before.keys() | after.keys()):
        lost = [row for row in before.get(table, []) if row not in after.get(table, [])]
        new = [row for row in after.get(table, []) if row not in before.get(table, [])]
        if lost or new or len(before[table]) != len(after[table]):
            raise harness.Failure(f"{table}: lost {lost[:3]}\n{table}: new {new[:3]}")


def do_import(t, url, key=KEY, scope="ABC", *options):
    return t.run("--json", "import", url, key, *ASSUMED, "--confirm", scope, *options).json


def undo(t, url, key=KEY, scope="ABC", *options):
    done = t.run("--json", "undo", url, key, "--confirm", scope, *options).json
    steps.has_keys(t, done, "key", "undoKey", "scope", "removed", "restored", "changes", "kept", "leftOut",
                   "counts", "seconds")
    with contextlib.closing(t.sqlite(NAME if (t.dir / NAME).exists() else "jira.db")) as db:
        t.equal([tuple(row) for row in db.execute("PRAGMA foreign_key_check")], [], "foreign keys")
    return done


def refused(t, url, kind, key=KEY, scope="ABC", *options, words=(), name=NAME):
    """Undo ends with status 4 and that kind of error, and nothing changes."""
    before = steps.state(t, name)
    confirm = ("--confirm", scope) if scope is not None else ()
    result = t.run("--json", "undo", url, key, *confirm, *options, expect=4)
    error = result.json["error"]
    t.equal(error["kind"], kind)
    for word in words:
        t.contains(error["message"] + "\n" + error["hint"] + "\n" + result.err, word)
    t.same_hashes(before, steps.state(t, name))
    return error


def new_ids(t, name=NAME):
    return {(row["tablename"], row["oldid"]): row["newid"] for row in t.rows(
        name, "SELECT tablename, oldid, newid FROM reqferry_item")}


# --- as before ---------------------------------------------------------------------------------------


def test_undo_restores_every_table(t):
    url, _ = tiny.ready(t)
    before = exact(t)
    done = do_import(t, url)
    assert exact(t) != before
    undone = undo(t, url)
    same(before, exact(t))
    t.equal(steps.filled(undone["removed"]), steps.filled(done["inserted"]))
    t.equal(steps.filled(undone["restored"]), steps.filled(done["erased"]))
    t.equal((undone["key"], undone["undoKey"], undone["scope"]), (KEY, done["undoKey"], "ABC"))
    t.equal((undone["changes"], undone["kept"], undone["leftOut"]), ([], [], []))
    t.equal(steps.count(t, NAME, "reqferry_undo_row"), 0, "what is left of the copy")
    assert t.rows(NAME, "SELECT undone FROM reqferry_undo")[0]["undone"]
    t.equal([(row["step"], row["state"]) for row in t.rows(
        NAME, "SELECT step, state FROM reqferry_run WHERE step = 'undo'")], [("undo", "done")])
    t.contains(t.run("--json", "verify", url, KEY, expect=4).json["error"]["message"], "undone")
    refused(t, url, "refused", words=["already"])
    # and once more from the beginning
    do_import(t, url)
    steps.verify(t, url, KEY)
    text = t.run("undo", url, KEY, "--confirm", "ABC").out
    t.contains(text, "The import was undone.")
    same(before, exact(t))


def test_undo_needs_nothing_of_the_backup(t):
    url, _ = tiny.ready(t)
    before = exact(t)
    key = do_import(t, url)["undoKey"]
    steps.delete(t, url, NAME, KEY)
    undo(t, url, key)
    same(before, exact(t))


def test_every_kind_of_value_comes_back(t):
    """Columns that the catalogue does not know, NULL and '' apart, all storage classes."""
    url, _ = tiny.ready(t)
    with t.sqlite(NAME, write=True) as db:
        db.execute(f'ALTER TABLE {REQUIREMENT} ADD COLUMN "X ""Y\'s\\" anything')
        db.execute(f'ALTER TABLE {REQUIREMENT} ADD COLUMN "plain" DEFAULT 7')
        values = [None, "", "NULL", 0, -1, 2**63 - 1, -2**63, 2**53 + 1, 0.1, 1.0, -0.0, 1e300, 5e-324,
                  1 / 3, float("inf"), -float("inf"), "1", "1.0", " 1 ", "x'00'", b"", b"\x00\xff", b"abc",
                  "a\x00b", "\x00", "\x7f\x01\x1f", 'q"\\\\"{}:,', "ü€𝄞\u2028\ufffe", "{\"real\":\"00\"}",
                  "line\r\nend\t", "é" * 70000]
        for number, value in enumerate(values):
            db.execute(f'INSERT INTO {REQUIREMENT} ("SPACEKEY", "KEY", "X ""Y\'s\\", "STATUS", "BASELINE") '
                       "VALUES ('ABC', ?, ?, ?, ?)", (f"V-{number}", value, value, number))
        for broken in ("c328", "ff", "eda080", "f0288cbc00"):
            db.execute(f'INSERT INTO {REQUIREMENT} ("SPACEKEY", "KEY", "X ""Y\'s\\", "HTMLEXCERPT") VALUES '
                       f"('ABC', '{broken}', CAST(x'{broken}' AS TEXT), CAST(x'{broken}' AS TEXT))")
        db.execute(f'UPDATE {REQUIREMENT} SET "plain" = NULL WHERE "KEY" = \'V-1\'')
    before = exact(t)
    assert "real" in repr(before) and "blob" in repr(before)
    done = do_import(t, url)
    t.equal(done["erased"]["DBREQUIREMENT"], 3 + len(values) + 4)
    assert exact(t) != before
    undo(t, url)
    same(before, exact(t))


def test_a_table_of_very_many_columns(t):
    url, _ = tiny.ready(t)
    with t.sqlite(NAME, write=True) as db:
        for number in range(120):
            db.execute(f'ALTER TABLE {REQUIREMENT} ADD COLUMN "C{number}" DEFAULT {number}')
        db.execute(f'UPDATE {REQUIREMENT} SET "C119" = \'last\', "C60" = x\'00\'')
    before = exact(t)
    do_import(t, url)
    undo(t, url)
    same(before, exact(t))


def test_two_imports_are_undone_in_reverse_order(t):
    url, _ = tiny.ready(t)
    states, keys = [], []
    for _ in range(2):
        states.append(exact(t))
        keys.append(do_import(t, url)["undoKey"])
    refused(t, url, "refused", keys[0], words=[keys[1], "later"])
    undo(t, url)  # by the backup's key: the last one
    same(states[1], exact(t))
    undo(t, url)
    same(states[0], exact(t))
    refused(t, url, "refused", words=["already"])


def delta(t, url, name="other", scope="DEF"):
    """Another backup, of space XYZ that becomes DEF."""
    rows = [tiny.requirement(1, "N-1", SPACEKEY="XYZ"), tiny.requirement(2, "N-2", SPACEKEY="XYZ"),
            csvtext.item("DBPROPERTY", 4, None, 1, "INLINE", "name", "value")]
    tiny.write(t, rows, [csvtext.mapping("SPACE", "XYZ", title="Xi")], scope="XYZ", name=f"{name}.csv")
    steps.load(t, url, NAME, f"{name}.csv")
    t.run("map", "auto", url, name, "--open-ok")
    t.run("map", "set", url, name, "SPACE", "XYZ", scope)
    t.run("map", "confirm", url, name, "--all", "--yes")


def test_imports_into_other_scopes_do_not_matter(t):
    url, _ = tiny.ready(t)
    delta(t, url)
    before = exact(t)
    do_import(t, url)
    do_import(t, url, "other", "DEF")
    later = exact(t)
    undo(t, url)
    found = check.read(t, NAME)
    spaces = {row["SPACEKEY"]: row["KEY"] for row in found["AO_32F7CE_DBREQUIREMENT"].values()}
    t.equal(spaces, {"ABC": "OLD-2", "DEF": "N-2"})
    do_import(t, url)
    undo(t, url)
    undo(t, url, "other", "DEF")
    same(before, exact(t))
    assert later != before


def test_whole_instance(t):
    """Every space that came, and the global tables; a space that did not come is none of its business."""
    rows = [tiny.requirement(1, "R-1"), csvtext.item("DBAPPLINK", 2, None, tiny.LINK, "Jira")]
    mappings = [csvtext.mapping("SPACE", "ABC", title="Alpha"),
                csvtext.mapping("APPLINK", tiny.LINK, title="Jira", url="http://jira.example")]
    url, _ = tiny.loaded(t, rows, mappings, scope=None)
    t.run("map", "confirm", url, KEY, "--all", "--yes")
    edit(t, 'INSERT INTO "AO_32F7CE_DBAPPLINK" ("APPLINK", "NAME") VALUES (\'mine\', \'\')')
    before = exact(t)
    done = do_import(t, url, KEY, "everything")
    t.equal(done["erased"]["DBAPPLINK"], 1)
    t.equal(t.rows(NAME, "SELECT scopekey FROM reqferry_undo_scope"), [{"scopekey": "ABC"}])
    edit(t, f'UPDATE {REQUIREMENT} SET "HTMLEXCERPT" = \'x\' WHERE "SPACEKEY" = \'DEF\'')
    refused(t, url, "not-confirmed", KEY, "ABC")
    edit(t, 'INSERT INTO "AO_32F7CE_DBAPPLINK" ("APPLINK", "NAME") VALUES (\'new\', \'\')')
    refused(t, url, "changed", KEY, "everything", words=["DBAPPLINK"])
    undo(t, url, KEY, "everything", "--discard-changes")
    edit(t, f'UPDATE {REQUIREMENT} SET "HTMLEXCERPT" = NULL WHERE "SPACEKEY" = \'DEF\'')
    same(before, exact(t))


def test_erase_everything_and_nothing(t):
    url, _ = tiny.ready(t)
    before = exact(t)
    do_import(t, url, KEY, "ABC", "--erase", "everything")
    undo(t, url)
    same(before, exact(t))
    do_import(t, url, KEY, "ABC", "--erase", "nothing")
    # a row that was there before, and one that has nothing to do with the import
    edit(t, f'UPDATE {REQUIREMENT} SET "STATUS" = \'X\' WHERE "KEY" = \'OLD-1\'')
    undo(t, url)
    edit(t, f'UPDATE {REQUIREMENT} SET "STATUS" = \'ACTIVE\' WHERE "KEY" = \'OLD-1\'')
    same(before, exact(t))
    do_import(t, url, KEY, "ABC", "--erase", "nothing")
    edit(t, f'INSERT INTO {PROPERTY} ("REQUIREMENT_ID", "NAME") VALUES (?, \'added\')',
         new_ids(t)["DBREQUIREMENT", "1"])
    refused(t, url, "changed", words=["DBPROPERTY"])
    undo(t, url, KEY, "ABC", "--discard-changes")
    same(before, exact(t))


def test_references_that_leave_the_scope(t):
    """Dependencies with one end in another space: erased with the scope, put back by the import."""
    url, _ = tiny.ready(t, [*tiny.data_rows(), tiny.requirement(20, "OLD-1")])
    ids = {(row["SPACEKEY"], row["KEY"]): row["ID"] for row in t.rows(
        NAME, f'SELECT "SPACEKEY", "KEY", "ID" FROM {REQUIREMENT}')}
    for parent, child in ((("ABC", "OLD-1"), ("DEF", "OLD-2")), (("DEF", "OLD-1"), ("ABC", "OLD-1")),
                          (("DEF", "OLD-1"), ("ABC", "OLD-2"))):
        edit(t, 'INSERT INTO "AO_32F7CE_DBDEPENDENCY" ("RELATIONSHIP", "PARENT_ID", "CHILD_ID") VALUES '
             "('x', ?, ?)", ids[parent], ids[child])
    before = exact(t)
    do_import(t, url)
    undo(t, url)
    same(before, exact(t))


# --- confirmation and keys ---------------------------------------------------------------------------


def test_undo_needs_its_confirmation(t):
    url, _ = tiny.ready(t)
    error = t.run("--json", "undo", url, KEY, "--confirm", "ABC", expect=1).json["error"]
    t.equal(error["kind"], "not-found")
    do_import(t, url)
    t.contains(refused(t, url, "not-confirmed", KEY, None)["hint"], "--confirm ABC")
    for word in ("DEF", "abc", "everything", ""):
        refused(t, url, "not-confirmed", KEY, word)
    for key in ("undo-nothing", "nothing"):
        t.equal(t.run("--json", "undo", url, key, "--confirm", "ABC", expect=1).json["error"]["kind"],
                "not-found")
    t.run("undo", url, KEY, "--keep-changes", "--discard-changes", expect=2)


def test_list_and_delete(t):
    url, _ = tiny.ready(t)
    t.equal([one["key"] for one in t.run("--json", "list", url).json], [KEY])
    before = exact(t)
    key = do_import(t, url)["undoKey"]
    edit(t, "UPDATE reqferry_undo SET created = '2020-02-28' || substr(created, 11)")
    listed = t.run("--json", "list", url).json
    t.equal([one["key"] for one in listed], [KEY, key])
    copy = listed[1]
    t.equal({word: copy[word] for word in ("kind", "backup", "scope", "product", "rows")},
            {"kind": "safety copy", "backup": KEY, "scope": "ABC", "product": "confluence", "rows": 7})
    assert copy["bytes"] > 7 * 20, copy
    days = t.rows(NAME, "SELECT CAST(julianday(date('now')) - julianday('2020-02-28') AS INTEGER) AS n")
    assert abs(copy["ageDays"] - days[0]["n"]) <= 1, copy
    t.contains(t.run("list", url).out, key)
    imported = exact(t)
    t.equal(t.run("--json", "delete", url, key, expect=4).json["error"]["kind"], "refused")
    t.equal(t.run("--json", "delete", url, "undo-nothing", "--force", expect=1).json["error"]["kind"],
            "not-found")
    t.equal(t.run("--json", "delete", url, key, "--force").json["rows"], 7)
    same(imported, exact(t))
    t.equal([one["key"] for one in t.run("--json", "list", url).json], [KEY])
    refused(t, url, "refused", words=["deleted"])
    refused(t, url, "refused", key, words=["deleted"])
    t.run("delete", url, key, "--force", expect=1)
    steps.verify(t, url, KEY)
    # a later import can be undone as ever
    do_import(t, url)
    undo(t, url)
    same(imported, exact(t))
    assert before != imported


# --- changes since -----------------------------------------------------------------------------------


def changed_world(t):
    """Imported; then a requirement changed, a link deleted, a property and a requirement added."""
    rows = [*tiny.data_rows(), tiny.requirement(20, "OLD-1"), tiny.requirement(21, "OLD-2")]
    url, _ = tiny.ready(t, rows)
    before = exact(t)
    do_import(t, url)
    new = new_ids(t)
    edit(t, f'UPDATE {REQUIREMENT} SET "HTMLEXCERPT" = \'edited\' WHERE "ID" = ?', new["DBREQUIREMENT", "20"])
    edit(t, f'DELETE FROM {LINK} WHERE "ID" = ?', new["DBLINK", "11"])
    edit(t, f'INSERT INTO {PROPERTY} ("REQUIREMENT_ID", "NAME") VALUES (?, \'added\')',
         new["DBREQUIREMENT", "2"])
    edit(t, f'INSERT INTO {REQUIREMENT} ("SPACEKEY", "KEY") VALUES (\'ABC\', \'OLD-0\')')
    return url, before, new


def test_changes_refuse_undo_and_are_named(t):
    url, before, new = changed_world(t)
    error = refused(t, url, "changed", words=[
        f"DBREQUIREMENT {new['DBREQUIREMENT', '20']} (changed)", "(added)", "(deleted)", "4 rows",
        "ABC OLD-1 -", "ABC OLD-0 -"])
    t.contains(error["hint"], "--keep-changes")
    t.contains(error["hint"], "--discard-changes")


def test_discard_changes_restores_the_copy(t):
    url, before, new = changed_world(t)
    done = undo(t, url, KEY, "ABC", "--discard-changes")
    same(before, exact(t))
    t.equal(sorted(row["kind"] for row in done["changes"]), ["added", "added", "changed", "deleted"])
    t.equal((done["kept"], done["leftOut"]), ([], []))
    t.equal(done["counts"], {"changes": 4, "kept": 0, "leftOut": 0})


def test_keep_changes(t):
    url, before, new = changed_world(t)
    olds = {row["KEY"]: row["ID"] for row in t.rows(
        NAME, "SELECT rowid_ AS ID, json_extract(content, '$.KEY') AS KEY FROM reqferry_undo_row WHERE "
        "kind = 'erased' AND tablename = 'AO_32F7CE_DBREQUIREMENT'")}
    added = t.rows(NAME, f'SELECT "ID" FROM {REQUIREMENT} WHERE "KEY" = \'OLD-0\' AND "SPACEKEY" = \'ABC\'')
    done = undo(t, url, KEY, "ABC", "--keep-changes")
    found = check.read(t, NAME)
    mine = {row["KEY"]: row for row in found["AO_32F7CE_DBREQUIREMENT"].values() if row["SPACEKEY"] == "ABC"}
    # OLD-0 was added, OLD-1 edited, R-2 carries the added property; OLD-2 is restored, R-1 is gone
    t.equal({key: row["ID"] for key, row in mine.items()}, {
        "OLD-0": added[0]["ID"], "OLD-1": new["DBREQUIREMENT", "20"], "OLD-2": olds["OLD-2"],
        "R-2": new["DBREQUIREMENT", "2"]})
    t.equal(mine["OLD-1"]["HTMLEXCERPT"], "edited")
    t.equal(sorted((row["table"], row["kind"]) for row in done["kept"]), [
        ("DBPROPERTY", "added"), ("DBREQUIREMENT", "added"), ("DBREQUIREMENT", "changed"),
        ("DBREQUIREMENT", "needed")])
    t.equal(sorted((row["id"], row["kind"], row["identity"]) for row in done["leftOut"]), [
        (olds["OLD-0"], "identity", "ABC OLD-0 -"), (olds["OLD-1"], "identity", "ABC OLD-1 -")])
    # what referred to the old rows refers to those that stand for them
    scope = {row["ID"] for row in mine.values()}
    old = [row for row in found["AO_32F7CE_DBPROPERTY"].values() if row["REQUIREMENT_ID"] in scope]
    t.equal(sorted((row["REQUIREMENT_ID"], row["NAME"]) for row in old),
            sorted([(added[0]["ID"], "n"), (new["DBREQUIREMENT", "2"], "added")]))
    dependency = [(row["PARENT_ID"], row["CHILD_ID"]) for row in found["AO_32F7CE_DBDEPENDENCY"].values()
                  if row["PARENT_ID"] in scope]
    t.equal(dependency, [(added[0]["ID"], new["DBREQUIREMENT", "20"])])
    t.equal(steps.filled(done["restored"]), {"DBREQUIREMENT": 1, "DBPROPERTY": 1, "DBDEPENDENCY": 1,
                                             "DBLINK": 1, "DBTRACEABILITYMATRIX": 1})


def test_a_row_that_moved_into_the_scope(t):
    url, _ = tiny.ready(t)
    do_import(t, url)
    edit(t, f'UPDATE {REQUIREMENT} SET "SPACEKEY" = \'ABC\' WHERE "SPACEKEY" = \'DEF\' AND "KEY" = \'OLD-2\'')
    refused(t, url, "changed", words=["(added)"])
    # and one that moved out
    edit(t, f'UPDATE {REQUIREMENT} SET "SPACEKEY" = \'DEF\' WHERE "SPACEKEY" = \'ABC\' AND "KEY" = \'OLD-2\'')
    edit(t, f'UPDATE {REQUIREMENT} SET "SPACEKEY" = \'DEF\' WHERE "SPACEKEY" = \'ABC\' AND "KEY" = \'R-3\'')
    refused(t, url, "changed", words=["DBREQUIREMENT"])


def test_every_column_of_an_inserted_row_counts(t):
    url, _ = tiny.ready(t)
    with t.sqlite(NAME, write=True) as db:
        db.execute(f'ALTER TABLE {REQUIREMENT} ADD COLUMN "EXTRA" anything')
    before = exact(t)
    do_import(t, url)
    row = new_ids(t)["DBREQUIREMENT", "3"]
    for column, value, back in (("EXTRA", "", None), ("EXTRA", 0, None), ("LASTUPDATEDDATE", "", None),
                                ("HTMLEXCERPT", "<p>R-3</p> ", "<p>R-3</p>"), ("STORAGETYPE", 2, 1)):
        edit(t, f'UPDATE {REQUIREMENT} SET "{column}" = ? WHERE "ID" = ?', value, row)
        refused(t, url, "changed", words=[f"DBREQUIREMENT {row} (changed)"])
        edit(t, f'UPDATE {REQUIREMENT} SET "{column}" = ? WHERE "ID" = ?', back, row)
    undo(t, url)
    same(before, exact(t))


def test_a_row_that_refers_to_what_is_gone(t):
    """A dependency of the scope on a requirement of another space, which is deleted since."""
    url, _ = tiny.ready(t)
    ids = {(row["SPACEKEY"], row["KEY"]): row["ID"] for row in t.rows(
        NAME, f'SELECT "SPACEKEY", "KEY", "ID" FROM {REQUIREMENT}')}
    edit(t, 'INSERT INTO "AO_32F7CE_DBDEPENDENCY" ("RELATIONSHIP", "PARENT_ID", "CHILD_ID") VALUES '
         "('x', ?, ?)", ids["ABC", "OLD-1"], ids["DEF", "OLD-2"])
    do_import(t, url)
    edit(t, f'DELETE FROM {REQUIREMENT} WHERE "ID" = ?', ids["DEF", "OLD-2"])
    refused(t, url, "changed", words=["DBDEPENDENCY", "(lost)"])
    done = undo(t, url, KEY, "ABC", "--discard-changes")
    t.equal([(row["table"], row["kind"]) for row in done["leftOut"]], [("DBDEPENDENCY", "lost")])
    t.equal(done["restored"]["DBDEPENDENCY"], 1)


# --- columns -----------------------------------------------------------------------------------------


def test_columns_that_come_and_go(t):
    url, _ = tiny.ready(t)
    with t.sqlite(NAME, write=True) as db:
        db.execute(f'ALTER TABLE {REQUIREMENT} ADD COLUMN "OLDCOLUMN" DEFAULT \'o\'')
    do_import(t, url)
    with t.sqlite(NAME, write=True) as db:
        db.execute(f'ALTER TABLE {REQUIREMENT} ADD COLUMN "NEWCOLUMN" DEFAULT \'d\'')
        db.execute(f'ALTER TABLE {REQUIREMENT} DROP COLUMN "OLDCOLUMN"')
    refused(t, url, "refused", words=['"AO_32F7CE_DBREQUIREMENT"."OLDCOLUMN"'])
    with t.sqlite(NAME, write=True) as db:
        db.execute(f'ALTER TABLE {REQUIREMENT} ADD COLUMN "OLDCOLUMN" DEFAULT \'o\'')
    undo(t, url)
    t.equal({(row["NEWCOLUMN"], row["OLDCOLUMN"]) for row in t.rows(
        NAME, f'SELECT * FROM {REQUIREMENT} WHERE "SPACEKEY" = \'ABC\'')}, {("d", "o")})


# --- merged rows -------------------------------------------------------------------------------------


def test_merged_rows(t):
    url, there, gone, back = merge_world(t)
    before = exact(t, "jira.db")
    do_import(t, url, "merge", "TIO")
    undo(t, url, "merge", "TIO")
    same(before, exact(t, "jira.db"))


def test_inserted_rows_that_others_refer_to(t):
    """A link of another project to a requirement that the import brought: not ours to delete."""
    url, there, gone, back = merge_world(t)
    before = check.read(t, "jira.db")
    do_import(t, url, "merge", "TIO")
    brought = t.rows("jira.db", "SELECT newid FROM reqferry_item WHERE oldid = '2'")[0]["newid"]
    other = t.rows("jira.db", 'SELECT l."ISSUEID" AS id FROM "AO_42D05A_DBISSUELINK" l JOIN jiraissue i ON '
                   "i.id = l.\"ISSUEID\" JOIN project p ON p.id = i.project WHERE p.pkey = 'ZZZ'")[0]["id"]
    with t.sqlite("jira.db", write=True) as db:
        link = db.execute('INSERT INTO "AO_42D05A_DBISSUELINK" ("ISSUEID", "REQUIREMENT_ID", "RELATIONSHIP")'
                          " VALUES (?, ?, 'since')", (other, brought)).lastrowid
    refused(t, url, "changed", "merge", "TIO", words=[f"DBISSUELINK {link} (referring)"], name="jira.db")
    done = undo(t, url, "merge", "TIO", "--discard-changes")
    t.equal([(row["id"], row["kind"]) for row in done["kept"]], [(brought, "needed")])
    after = check.read(t, "jira.db")
    for table, rows in before.items():
        more = {number for number in after[table] if number not in rows}
        t.equal(more, {"AO_42D05A_DBISSUELINK": {link}, "AO_42D05A_DBREMOTEREQUIREMENT": {brought}}.get(
            table, set()), f"rows too many in {table}")
        t.equal({number: after[table].get(number) for number in rows}, rows, table)


# --- checks before the commit ------------------------------------------------------------------------


def test_an_undo_that_does_not_fit_is_rolled_back(t):
    """A trigger that changes what is restored: the counts and values are checked before the commit."""
    url, _ = tiny.ready(t)
    do_import(t, url)
    before = exact(t)
    for body in (f"DELETE FROM {REQUIREMENT} WHERE \"ID\" = NEW.\"ID\"",
                 f"UPDATE {REQUIREMENT} SET \"STATUS\" = 'x' WHERE \"ID\" = NEW.\"ID\""):
        with t.sqlite(NAME, write=True) as db:
            db.execute(f"CREATE TRIGGER spoil AFTER INSERT ON {REQUIREMENT} WHEN NEW.\"KEY\" = 'OLD-2' "
                       f"BEGIN {body}; END")
        error = t.run("--json", "undo", url, KEY, "--confirm", "ABC", expect=1).json["error"]
        t.equal(error["kind"], "counts-differ")
        with contextlib.closing(sqlite3.connect(t.dir / NAME)) as db:
            db.execute("DROP TRIGGER spoil")
        same(before, exact(t))
    undo(t, url)
