"""References that leave the scope: dependencies with one end in another space, citations from pages of
other spaces. What must stand afterwards is spelled out here, row by row; nothing asks the program."""
import collections
import contextlib
import json

import check
import steps
import world
from wiki import Wiki, change, citations, dependencies, lost, outside, there, twice, undo

OLD, NEW = "origin.db", "destination.db"


def origin_site(t):
    url = world.create(t, OLD, "confluence")
    with Wiki(t, OLD, 1000) as site:
        for key, title in (("ABC", "Alpha"), ("OPS", "Operations"), ("XYZ", "Extra")):
            site.add_space(key, title)
        site.add("ABC R-1", "ABC R-2", "ABC R-3", "ABC R-1 4", "OPS O-1", "OPS O-2", "OPS O-3", "XYZ X-1")
        site.depend("ABC R-1", "ABC R-2", "inside")
        site.depend("OPS O-1", "ABC R-1", "refines", 7)
        site.depend("OPS O-1", "ABC R-1 4", "refines")
        site.depend("ABC R-2", "OPS O-1", None)
        site.depend("ABC R-2", "OPS O-2", "tests, \"a\"")
        site.depend("XYZ X-1", "ABC R-3", "extra")
        site.depend("OPS O-1", "OPS O-2", "between others")
        site.cite("ABC R-1", "ABC", origin=1)
    return url


def destination_site(t):
    url = world.create(t, NEW, "confluence")
    with Wiki(t, NEW, 5000) as site:
        for key, title in (("ABC", "Alpha"), ("OPS2", "Operations"), ("DEF", "Delta")):
            site.add_space(key, title)
        site.add("ABC R-1", "ABC R-9", "ABC R-1 8", "DEF D-1", "OPS2 O-1", "OPS2 O-3")
        site.depend("DEF D-1", "ABC R-1", "needs", 3)
        site.depend("ABC R-1", "DEF D-1", "back")
        site.depend("DEF D-1", "ABC R-9", "needs")        # R-9 does not come again
        site.depend("DEF D-1", "ABC R-1 8", "needs")      # nor does baseline 8
        site.depend("ABC R-9", "ABC R-1", "inside, old")
        site.depend("DEF D-1", "OPS2 O-1", "between others")
        site.cite("ABC R-1", "DEF", "false", "verifies")
        site.cite("ABC R-1", "DEF", "false", "verifies")  # at two places of the page
        site.cite("ABC R-9", "DEF")
        site.cite("ABC R-1", "ABC")                       # inside the scope: erased
        site.cite("ABC R-1", "OPS2", origin=1)            # no citation
        site.cite("ABC R-1", "OPS2", origin=None)         # nobody knows
        site.cite("DEF D-1", "ABC")                       # of another scope
    return url


def arrived(t):
    """Exported, loaded, mapped: SPACE OPS is left as the automatic mapping leaves it."""
    old, new = origin_site(t), destination_site(t)
    steps.export(t, old, OLD, "move", "move.csv", "--space", "ABC")
    steps.load(t, new, NEW, "move.csv")
    steps.automatic(t, new, NEW, "move")
    t.run("map", "set", new, "move", "SPACE", "ABC", "ABC")
    for row in steps.mappings(t, new, "move", "--type", "PAGE") + steps.mappings(
            t, new, "move", "--type", "VERSION"):
        assert row["status"] == "MAPPED_AUTO", row
    return old, new


LOST = [("ABC R-2", "OPS O-2", 'tests, "a"'), ("DEF D-1", "ABC R-1 8", "needs"),
        ("DEF D-1", "ABC R-9", "needs"), ("XYZ X-1", "ABC R-3", "extra")]
INSIDE = [("ABC R-1", "ABC R-2", "inside"), ("DEF D-1", "OPS2 O-1", "between others")]
BACK = [("DEF D-1", "ABC R-1", "needs"), ("ABC R-1", "DEF D-1", "back")]
ADDED = [("OPS2 O-1", "ABC R-1", "refines"), ("OPS2 O-1", "ABC R-1 4", "refines"),
         ("ABC R-2", "OPS2 O-1", None)]
CITED = {("ABC R-1", "DEF", "verifies"): 2, ("DEF D-1", "ABC", None): 1}


def test_export_writes_them_into_the_manifest(t):
    old = origin_site(t)
    before = t.hashes(OLD)
    steps.export(t, old, OLD, "move", "move.csv", "--space", "ABC")
    rows = json.loads((t.dir / "move.csv.manifest.json").read_text())["outside"]
    t.equal({one["table"] for one in rows}, {"DBDEPENDENCY"})

    def end(row, word):
        return [row[f"{word}.{column}"] for column in ("SPACEKEY", "KEY", "BASELINE")
                if f"{word}.{column}" in row]

    t.equal(sorted((" ".join(end(one["row"], "PARENT_ID")), " ".join(end(one["row"], "CHILD_ID")),
                    one["row"].get("RELATIONSHIP", ""), one["row"].get("SCHEMAVERSION")) for one in rows),
            [("ABC R-2", "OPS O-1", "", None), ("ABC R-2", "OPS O-2", 'tests, "a"', None),
             ("OPS O-1", "ABC R-1", "refines", "7"), ("OPS O-1", "ABC R-1 4", "refines", None),
             ("XYZ X-1", "ABC R-3", "extra", None)])
    # a backup that was loaded is written with the same ones; a whole instance has nothing outside
    steps.load(t, old, OLD, "move.csv", "--key", "again")
    t.run("write", old, "again", "again.csv")
    t.equal(json.loads((t.dir / "again.csv.manifest.json").read_text())["outside"], rows)
    t.equal((t.dir / "again.csv").read_bytes(), (t.dir / "move.csv").read_bytes(), "the file")
    steps.export(t, old, OLD, "all", "all.csv", "--all")
    t.equal(json.loads((t.dir / "all.csv.manifest.json").read_text())["outside"], [])
    for key in ("move", "again", "all"):
        steps.delete(t, old, OLD, key)
    t.equal(steps.count(t, OLD, "reqferry_outside"), 0)
    after = t.hashes(OLD)
    t.same_hashes(before, {table: after[table] for table in before})


def test_to_another_instance(t):
    """Every constellation of an import into a space that has rows already."""
    _, new = arrived(t)
    spaces = {row["key"]: row for row in steps.mappings(t, new, "move", "--type", "SPACE")}
    t.equal(sorted(spaces), ["ABC", "OPS", "XYZ"], "spaces to map")
    assert spaces["OPS"]["title"] == "Operations" and spaces["OPS"]["certainty"] == "possible", spaces
    # a guess that nobody confirmed is not built upon
    before = t.hashes(NEW)
    planned = steps.plan(t, new, "move")
    t.equal(planned["blockers"], [])
    t.equal(planned["outside"], outside(kept=4, lost=8))
    t.same_hashes(before, t.hashes(NEW))
    t.run("map", "confirm", new, "move", "--type", "SPACE", "--find", "OPS", "--yes")

    planned, done = steps.carry_out(t, new, NEW, "move", "ABC")
    t.equal(planned["outside"], outside(kept=7, lost=5))
    t.equal(done["outside"], planned["outside"])
    t.equal(lost(planned), sorted([*LOST, ("ABC R-9", "DEF, page Page of Delta", None)],
                                  key=lambda one: tuple(map(str, one))))
    reasons = {one["from"]: one["reason"] for one in planned["outsideLost"]}
    t.contains(reasons["XYZ X-1"], "not mapped")
    t.contains(reasons["ABC R-2"], "not on this instance")
    t.contains(reasons["ABC R-9"], "does not come again")
    t.equal(dependencies(t, NEW), collections.Counter(INSIDE + BACK + ADDED))
    t.equal(citations(t, NEW), collections.Counter(CITED))
    # every column came back, and what was added has those of the manifest
    versions = {row["RELATIONSHIP"]: row["SCHEMAVERSION"] for row in t.rows(
        NEW, 'SELECT * FROM "AO_32F7CE_DBDEPENDENCY" WHERE "SCHEMAVERSION" IS NOT NULL')}
    t.equal(versions, {"needs": 3, "refines": 7})
    t.equal(sorted(row["MARKER"] for row in t.rows(
        NEW, """SELECT * FROM "AO_32F7CE_DBLINK" WHERE "RELATIONSHIP" = 'verifies'""")),
        ["ABC R-1 by DEF"] * 2)

    # once more: nothing is there twice, nothing more is lost but what is not there at all
    after = check.read(t, NEW)
    planned, _ = steps.carry_out(t, new, NEW, "move", "ABC")
    t.equal(planned["outside"], outside(kept=7, lost=2))
    check.same_but_ids(after, check.read(t, NEW))
    t.contains(t.run("plan", new, "move").out, "lost: DBDEPENDENCY from ABC R-2 to OPS O-2")


def test_undo_takes_them_away(t):
    _, new = arrived(t)
    t.run("map", "set", new, "move", "SPACE", "OPS", "OPS2")
    before = check.read(t, NEW)
    _, done = steps.carry_out(t, new, NEW, "move", "ABC")
    t.equal(done["outside"], outside(kept=7, lost=5))
    t.run("undo", new, "move", "--confirm", "ABC")
    t.equal(check.read(t, NEW), before)


def test_without_a_manifest(t):
    """Those of the erased scope are put back all the same."""
    old, new = origin_site(t), destination_site(t)
    steps.export(t, old, OLD, "move", "move.csv", "--space", "ABC")
    (t.dir / "move.csv.manifest.json").unlink()
    steps.load(t, new, NEW, "move.csv")
    steps.automatic(t, new, NEW, "move")
    t.run("map", "set", new, "move", "SPACE", "ABC", "ABC")
    planned, _ = steps.carry_out(t, new, NEW, "move", "ABC", "--accept", "assumed")
    t.equal(planned["outside"], outside(kept=4, lost=3))
    t.equal(dependencies(t, NEW), collections.Counter(INSIDE + BACK))
    t.equal(citations(t, NEW), collections.Counter(CITED))


def test_erasing_everything_leaves_nothing_outside(t):
    _, new = arrived(t)
    t.run("map", "set", new, "move", "SPACE", "OPS", "OPS2")
    planned = steps.plan(t, new, "move", "--erase", "everything")
    t.equal(planned["outside"], outside(lost=5))


def test_excluded_requirements_lose_theirs(t):
    """The backup's requirement is left out: nothing can be tied to it."""
    _, new = arrived(t)
    t.run("map", "set", new, "move", "SPACE", "OPS", "OPS2")
    with contextlib.closing(t.sqlite(NEW, write=True)) as db:
        db.execute("UPDATE reqferry_item SET problem = 'is bad' WHERE tablename = 'DBREQUIREMENT' AND "
                   "f6 = 'R-1' AND f7 IS NULL")
    planned = steps.plan(t, new, "move", "--reject")
    t.equal(planned["outside"], outside(kept=2, lost=10))
    reasons = {one["from"]: one["reason"] for one in planned["outsideLost"]}
    t.equal(reasons["OPS O-1"], "the row that it is about does not come in")
    t.equal(reasons["DEF D-1"], "the row that it is about does not come again")
    t.run("import", new, "move", "--confirm", "ABC", "--reject", "--plan", planned["hash"], expect=3)
    t.equal(dependencies(t, NEW), collections.Counter([INSIDE[1], *ADDED[1:]]))
    t.equal(citations(t, NEW), collections.Counter({("DEF D-1", "ABC", None): 1}))


def test_the_backup_brings_the_same_one(t):
    """To itself: the citations come as rows of the backup, the dependencies are put back once."""
    new = destination_site(t)
    before = check.read(t, NEW)
    steps.export(t, new, NEW, "self", "self.csv", "--space", "ABC")
    steps.load(t, new, NEW, "self.csv", "--key", "later")
    for key in ("self", "later"):
        steps.automatic(t, new, NEW, key)
        t.run("map", "confirm", new, key, "--certainty", "possible", "--yes")
        planned, done = steps.carry_out(t, new, NEW, key, "ABC")
        t.equal((planned["outside"], done["outside"]), (outside(kept=4), outside(kept=4)))
        check.same_but_ids(before, check.read(t, NEW))


def space_renamed(t):
    """One instance; space NEW is to hold what ABC holds."""
    url = world.create(t, OLD, "confluence")
    with Wiki(t, OLD, 1000) as site:
        for key, title in (("ABC", "Alpha"), ("OPS", "Operations"), ("NEW", "New")):
            site.add_space(key, title)
        site.add("ABC R-1", "ABC R-2", "OPS O-1", "OPS O-2", "NEW R-9")
        site.depend("ABC R-1", "ABC R-2", "inside")
        site.depend("OPS O-1", "ABC R-1", "inbound")
        site.depend("OPS O-1", "ABC R-1", "inbound")      # twice at the origin
        site.depend("ABC R-2", "OPS O-2", "outbound")
        site.depend("OPS O-2", "NEW R-9", "goes")
    steps.export(t, url, OLD, "move", "move.csv", "--space", "ABC")
    return url


def test_a_new_key_on_the_same_instance(t):
    """Both spaces coexist: what points at the old one stays there."""
    url = space_renamed(t)
    before = check.read(t, OLD)
    t.run("map", "set", url, "move", "SPACE", "ABC", "NEW")
    t.run("map", "auto", url, "move", expect=(0, 3))
    planned, done = steps.carry_out(t, url, OLD, "move", "NEW")
    t.equal(planned["outside"], outside(origin=3, lost=1))
    t.equal(done["outside"], planned["outside"])
    t.equal(lost(planned), [("OPS O-2", "NEW R-9", "goes")])
    t.equal(dependencies(t, OLD), collections.Counter([
        ("ABC R-1", "ABC R-2", "inside"), ("OPS O-1", "ABC R-1", "inbound"),
        ("OPS O-1", "ABC R-1", "inbound"), ("ABC R-2", "OPS O-2", "outbound"),
        ("NEW R-1", "NEW R-2", "inside")]))
    after = check.read(t, OLD)
    old = check.in_scope(before, {"ABC", "OPS"}, either=True)
    for table, rows in before.items():
        for number, row in rows.items():
            if old(table, row) and row.get("RELATIONSHIP") != "goes":
                t.equal(after[table].get(number), row, f"{table} {number}")


def test_a_new_key_with_copies(t):
    url = space_renamed(t)
    t.run("map", "set", url, "move", "SPACE", "ABC", "NEW")
    t.run("map", "auto", url, "move", expect=(0, 3))
    kept = steps.plan(t, url, "move")
    copied = steps.plan(t, url, "move", "--outside", "copy")
    assert kept["hash"] != copied["hash"]
    wanted = collections.Counter([
        ("ABC R-1", "ABC R-2", "inside"), ("OPS O-1", "ABC R-1", "inbound"),
        ("OPS O-1", "ABC R-1", "inbound"), ("ABC R-2", "OPS O-2", "outbound"),
        ("NEW R-1", "NEW R-2", "inside"), ("OPS O-1", "NEW R-1", "inbound"),
        ("NEW R-2", "OPS O-2", "outbound")])
    for gone in (1, 0):  # the second time they are put back, and not added again
        planned, _ = steps.carry_out(t, url, OLD, "move", "NEW", "--outside", "copy")
        t.equal(planned["outside"], outside(kept=2, lost=gone))
        t.equal(dependencies(t, OLD), wanted)
    # and without copying they are erased rows like others: kept
    planned, _ = steps.carry_out(t, url, OLD, "move", "NEW")
    t.equal(planned["outside"], outside(kept=2, origin=3))
    t.equal(dependencies(t, OLD), wanted)


def test_rows_that_share_an_identity(t):
    """Each of two twins keeps its own dependency."""
    url = world.create(t, OLD, "confluence")
    with Wiki(t, OLD, 1000) as site:
        for key, title in (("ABC", "Alpha"), ("OPS", "Operations")):
            site.add_space(key, title)
        site.add("OPS O-1", "OPS O-2")
        for number, status in enumerate(("ACTIVE", "ARCHIVED"), 1):
            twin = site.ry("DBREQUIREMENT", SPACEKEY="ABC", KEY="twin", UPPERKEY="TWIN",
                           BASELINE=5, STATUS=status)
            site.made["twin"] = twin
            site.depend(f"OPS O-{number}", "twin", status)
    before = check.read(t, OLD)
    steps.export(t, url, OLD, "twins", "twins.csv", "--space", "ABC")
    steps.load(t, url, OLD, "twins.csv", "--key", "later")
    steps.automatic(t, url, OLD, "later")
    planned, _ = steps.carry_out(t, url, OLD, "later", "ABC")
    t.equal(planned["outside"], outside(kept=2))
    check.same_but_ids(before, check.read(t, OLD))


def test_the_plan_moves_with_the_other_end(t):
    _, new = arrived(t)
    t.run("map", "set", new, "move", "SPACE", "OPS", "OPS2")
    first = steps.plan(t, new, "move")
    with contextlib.closing(t.sqlite(NEW, write=True)) as db:
        db.execute("""INSERT INTO "AO_32F7CE_DBREQUIREMENT" ("SPACEKEY", "KEY") VALUES ('OPS2', 'O-2')""")
    second = steps.plan(t, new, "move")
    t.equal((first["outside"], second["outside"]), (outside(7, 5), outside(8, 4)))
    assert first["hash"] != second["hash"]
    t.run("import", new, "move", "--confirm", "ABC", "--plan", first["hash"], expect=4)


def test_a_manifest_that_cannot_be_meant(t):
    old, new = origin_site(t), destination_site(t)
    steps.export(t, old, OLD, "move", "move.csv", "--space", "ABC")
    path = t.dir / "move.csv.manifest.json"
    good = json.loads(path.read_text())
    for table, member, value, word in (
            ("DBNOTHING", "RELATIONSHIP", "x", "DBNOTHING"), ("DBDEPENDENCY", "NOTHING", "x", "NOTHING"),
            ("DBDEPENDENCY", "PARENT_ID", "12", "PARENT_ID"),
            ("DBDEPENDENCY", "PARENT_ID.NOTHING", "x", "PARENT_ID.NOTHING"),
            ("DBDEPENDENCY", "CHILD_ID.BASELINE", "four", "no whole number"),
            ("DBDEPENDENCY", "CHILD_ID#", "0", "no place"),
            ("DBDEPENDENCY", "CHILD_ID#", "9" * 30, "no place"), ("DBDEPENDENCY", "RELATIONSHIP#", "1", "no such"),
            ("DBDEPENDENCY", "PARENT_ID.KEY", "y" * 300, "too long"),
            ("DBDEPENDENCY", "PARENT_ID.BASELINE", "9" * 30, "too large"),
            ("DBDEPENDENCY", "SCHEMAVERSION", "1; DROP TABLE x", "no whole number"),
            ("DBDEPENDENCY", "RELATIONSHIP", 7, "outside"), ("DBDEPENDENCY", "RELATIONSHIP", ["x"], "outside"),
            ("DBDEPENDENCY", "RELATIONSHIP", "a\0b", "\\u0000"), ("DBLINK", "RELATIONSHIP", "x", "two ends"),
            ("", "RELATIONSHIP", "x", "outside"),
            ("DBDEPENDENCY", "RELATIONSHIP", "y" * 300, "too long")):
        bad = json.loads(json.dumps(good))
        bad["outside"][0]["table"] = table
        bad["outside"][0]["row"][member] = value
        path.write_text(json.dumps(bad))
        before = steps.state(t, NEW)
        t.contains(t.run("load", new, "move.csv", expect=1).err, word)
        t.same_hashes(before, steps.state(t, NEW))


def crowded(t, twins):
    """Two spaces that become one, a space that is left out, and as many twins as said."""
    url, new = world.create(t, OLD, "confluence"), world.create(t, NEW, "confluence")
    with Wiki(t, OLD, 1000) as site:
        for key, title in (("ABC", "Alpha"), ("OPS", "Operations"), ("OPX", "Operators"), ("TWO", "Twins"),
                           ("XYZ", "Extra")):
            site.add_space(key, title)
        site.add("ABC R-1", "OPS O-1", "OPX O-1", "XYZ X-1")
        for relationship in ("first", "second"):
            site.add("TWO twin 5")
            site.depend("ABC R-1", "TWO twin 5", relationship)
        site.depend("OPS O-1", "ABC R-1", "same")
        site.depend("OPX O-1", "ABC R-1", "same")
        site.depend("OPX O-1", "ABC R-1", "another")
        site.depend("XYZ X-1", "ABC R-1", "left out")
    with Wiki(t, NEW, 5000) as site:
        for key, title in (("ABC", "Alpha"), ("OPS2", "Operation"), ("TWO", "Twins"), ("XYZ", "Extra")):
            site.add_space(key, title)
        site.add("OPS2 O-1", "XYZ X-1", *["TWO twin 5"] * twins)
    steps.export(t, url, OLD, "move", "move.csv", "--space", "ABC")
    steps.load(t, new, NEW, "move.csv")
    steps.automatic(t, new, NEW, "move")
    for key, found in (("ABC", "ABC"), ("OPS", "OPS2"), ("OPX", "OPS2"), ("TWO", "TWO")):
        t.run("map", "set", new, "move", "SPACE", key, found)
    steps.edit_one(t, new, "move", "exclude", "SPACE", "XYZ")
    return new


def twins_of(t):
    """Relationship -> which of the twins it leads to, by their ids."""
    ids = [row["ID"] for row in t.rows(
        NEW, """SELECT "ID" FROM "AO_32F7CE_DBREQUIREMENT" WHERE "KEY" = 'twin' ORDER BY 1""")]
    return {row["RELATIONSHIP"]: ids.index(row["CHILD_ID"]) for row in t.rows(
        NEW, """SELECT * FROM "AO_32F7CE_DBDEPENDENCY" WHERE "RELATIONSHIP" IN ('first', 'second')""")}


def test_references_that_become_the_same(t):
    """Two spaces are one here: what they said both is said once. A space that is left out keeps no
    reference. Of twins the n-th stands for the n-th, and the last for those that are not here."""
    for twins, places in ((1, {"first": 0, "second": 0}), (2, {"first": 0, "second": 1}),
                          (3, {"first": 0, "second": 1})):
        new = crowded(t, twins)
        before = there(t, NEW)
        wanted = collections.Counter([
            ("ABC R-1", "TWO twin 5", "first"), ("ABC R-1", "TWO twin 5", "second"),
            ("OPS2 O-1", "ABC R-1", "same"), ("OPS2 O-1", "ABC R-1", "another")])
        planned, _ = twice(t, new, NEW, "move", "ABC", outside(kept=4, lost=1), outside(kept=4, lost=1),
                           (wanted, collections.Counter()))
        t.equal(lost(planned), [("XYZ X-1", "ABC R-1", "left out")])
        t.contains(planned["outsideLost"][0]["reason"], "not mapped")
        steps.carry_out(t, new, NEW, "move", "ABC")
        t.equal(twins_of(t), places, f"{twins} twins")
        undo(t, new, NEW, before, "move", "ABC")
        for name in (OLD, NEW):
            (t.dir / name).unlink()


def test_erasing_nothing(t):
    """Into a space without rows: those of the manifest are added, and nothing is put back."""
    old, new = origin_site(t), world.create(t, NEW, "confluence")
    with Wiki(t, NEW, 5000) as site:
        for key, title in (("ABC", "Alpha"), ("OPS2", "Operations"), ("DEF", "Delta")):
            site.add_space(key, title)
        site.add("DEF D-1", "OPS2 O-1", "OPS2 O-3")
        site.depend("DEF D-1", "OPS2 O-1", "between others")
    before = there(t, NEW)
    steps.export(t, old, OLD, "move", "move.csv", "--space", "ABC")
    steps.load(t, new, NEW, "move.csv")
    steps.automatic(t, new, NEW, "move")
    for key, found in (("ABC", "ABC"), ("OPS", "OPS2")):
        t.run("map", "set", new, "move", "SPACE", key, found)
    planned, _ = steps.carry_out(t, new, NEW, "move", "ABC", "--erase", "nothing")
    t.equal(planned["outside"], outside(kept=3, lost=2))
    t.equal(dependencies(t, NEW), collections.Counter(INSIDE + ADDED))
    # once more they would be there twice
    planned = steps.plan(t, new, "move", "--erase", "nothing")
    assert "collision" in {one["kind"] for one in planned["blockers"]}, planned["blockers"]
    undo(t, new, NEW, before, "move", "ABC")


def test_erasing_everything(t):
    """Nothing stays that a reference could lead to."""
    _, new = arrived(t)
    t.run("map", "set", new, "move", "SPACE", "OPS", "OPS2")
    inside = collections.Counter(INSIDE[:1])
    planned, _ = twice(t, new, NEW, "move", "ABC", outside(lost=5), outside(lost=5),
                       (inside, collections.Counter()), "--erase", "everything")
    t.equal(lost(planned), sorted(
        [("ABC R-2", "OPS O-1", None), ("ABC R-2", "OPS O-2", 'tests, "a"'), ("OPS O-1", "ABC R-1", "refines"),
         ("OPS O-1", "ABC R-1 4", "refines"), ("XYZ X-1", "ABC R-3", "extra")],
        key=lambda one: tuple(map(str, one))))


def test_a_page_that_is_archived_still_cites(t):
    """So does one in the trash: it can come back."""
    _, new = arrived(t)
    for status in ("archived", "deleted"):
        change(t, NEW, f"UPDATE content SET content_status = '{status}' WHERE title = 'Page of Delta'")
        planned, _ = steps.carry_out(t, new, NEW, "move", "ABC")
        t.equal(citations(t, NEW), collections.Counter(CITED))
    t.equal(planned["outside"]["kept"], 4)


def test_a_manifest_that_lies(t):
    """What it calls a reference that leaves the space is not always one: such are ignored, said so,
    and written again as they were."""
    old, new = origin_site(t), destination_site(t)
    steps.export(t, old, OLD, "move", "move.csv", "--space", "ABC")
    path = t.dir / "move.csv.manifest.json"
    good = json.loads(path.read_text())

    def lie(parent, child):
        row = {"RELATIONSHIP": "a lie"}
        for end, name in (("PARENT_ID", parent), ("CHILD_ID", child)):
            if name:
                row[f"{end}.SPACEKEY"], row[f"{end}.KEY"] = name.split()
        return {"table": "DBDEPENDENCY", "row": row}

    for lies, words in (
            ([lie("OPS O-1", "OPS O-3")], "1 reference of the manifest does not leave"),
            ([lie("OPS O-1", "OPS O-3"), lie("ABC R-2", "ABC R-1"), lie(None, None), lie("OPS O-1", None)],
             "4 references of the manifest do not leave")):
        path.write_text(json.dumps({**good, "outside": good["outside"] + lies}))
        t.contains(t.run("load", new, "move.csv").err, words)
        steps.automatic(t, new, NEW, "move")
        t.run("map", "set", new, "move", "SPACE", "ABC", "ABC")
        t.run("map", "set", new, "move", "SPACE", "OPS", "OPS2")
        t.equal(steps.plan(t, new, "move")["outside"], outside(kept=7, lost=5))
        t.run("write", new, "move", "again.csv")
        t.equal(json.loads((t.dir / "again.csv.manifest.json").read_text())["outside"],
                good["outside"] + lies, "written again")
        if len(lies) == 1:
            steps.delete(t, new, NEW, "move")
            (t.dir / "again.csv").unlink()
            (t.dir / "again.csv.manifest.json").unlink()
    steps.carry_out(t, new, NEW, "move", "ABC")
    t.equal(dependencies(t, NEW), collections.Counter(INSIDE + BACK + ADDED))
    # a whole instance has nothing outside: all of it is a lie
    steps.export(t, old, OLD, "all", "all.csv", "--all")
    path = t.dir / "all.csv.manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "outside": good["outside"]}))
    t.contains(t.run("load", new, "all.csv").err, "5 references of the manifest do not leave")
    steps.automatic(t, new, NEW, "all")
    t.equal(steps.plan(t, new, "all")["outside"]["lost"], 0)


def test_dependencies_of_nothing_are_replaced(t):
    """Both ends are empty: no reference that leaves anything, so the backup's rows take their place."""
    url = world.create(t, OLD, "confluence")
    with Wiki(t, OLD, 1000) as site:
        site.add_space("ABC", "Alpha")
        site.add("ABC R-1")
        site.ry("DBDEPENDENCY", PARENT_ID=None, CHILD_ID=None, RELATIONSHIP="of nothing")
    steps.export(t, url, OLD, "all", "all.csv", "--all")
    steps.automatic(t, url, OLD, "all")
    before = check.read(t, OLD)
    for _ in range(2):
        planned, _ = steps.carry_out(t, url, OLD, "all", "everything")
        t.equal(planned["outside"], outside())
        check.same_but_ids(before, check.read(t, OLD))
