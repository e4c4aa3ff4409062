"""Import after import into the same scope, into tables with columns that the catalogue does not know: each
undo gives back, to the bit, what stood before the import that it takes back. (That a single import's undo
does is checked for every import of every test: see imports.py.)"""
import contextlib

import check
import imports
import linked
import steps
from linked import LINK

NEW = "new.db"
# NULL, '', blobs and floats, texts that look like numbers: apart from each other they must come back.
VALUES = (None, "", b"", b"\x00\xff", 0, 1, 1.0, -0.0, 0.1, 1e300, float("inf"), 2**63 - 1, "1", "1.0", " ",
          "NULL", "a\x00b", "\u00fc\U0001d11e")


def add_columns(t, name):
    """To each of Requirement Yogi's tables: a column of no type, one with a default, one that must be there;
    every row gets other values."""
    with contextlib.closing(t.sqlite(name, write=True)) as db:
        tables = [table for table in imports.tables(db) if table.startswith("AO_")]
        assert len(tables) in (3, 6), tables
        for table in tables:
            db.execute(f'ALTER TABLE "{table}" ADD COLUMN "later ""on\'" anything')
            db.execute(f'ALTER TABLE "{table}" ADD COLUMN "preset" text DEFAULT \'as ever\'')
            db.execute(f'ALTER TABLE "{table}" ADD COLUMN "needed" integer NOT NULL DEFAULT 7')
            for number, (row,) in enumerate(db.execute(f'SELECT "ID" FROM "{table}"').fetchall()):
                db.execute(f'UPDATE "{table}" SET "later ""on\'" = ?, "preset" = ?, "needed" = ? WHERE "ID" = ?',
                           (VALUES[number % len(VALUES)], VALUES[-1 - number % len(VALUES)], number, row))
        # in known columns too, where NULL and '' are the same for an import and not for a safety copy
        for table, column in (("AO_32F7CE_DBREQUIREMENT", "NEWKEY"), ("AO_42D05A_DBRILAUDITTRAILITEM", "COMMENT")):
            if table in tables:
                db.execute(f'UPDATE "{table}" SET "{column}" = CASE WHEN "ID" % 2 = 0 THEN \'\' END')


def again(t, url, scope, other):
    """One backup twice, then another one into the same scope, once more the first; then all of it back."""
    states, keys = [], []
    for key in ("move", "move", other, "move"):
        states.append(imports.exact(t.dir / NEW))
        _, done = steps.carry_out(t, url, NEW, key, scope)
        keys.append(done["undoKey"])
    t.equal(len(set(keys)), len(keys), "safety copies")
    rows = check.read(t, NEW)
    for one, key in zip(reversed(states), reversed(keys)):
        assert imports.exact(t.dir / NEW) != one, "an import that changed nothing"
        t.run("undo", url, key, "--confirm", scope)
        imports.same(one, imports.exact(t.dir / NEW), f"undo of {key}")
    return rows


def loaded(t, old, new, key, *scope):
    steps.export(t, old.url, old.name, key, f"{key}.csv", *scope)
    steps.load(t, new.url, NEW, f"{key}.csv")
    steps.automatic(t, new.url, NEW, key)
    t.run("map", "confirm", new.url, key, "--all", "--yes")


def extra_columns(t):
    """Of the dependencies between two spaces: everything but ids."""
    return sorted(map(repr, ([row["p"], row["c"], row['later "on\''], row["preset"], row["needed"],
                              row["RELATIONSHIP"], row["SCHEMAVERSION"]] for row in t.rows(
        NEW, 'SELECT d.*, p."SPACEKEY" || \' \' || p."KEY" AS p, c."SPACEKEY" || \' \' || c."KEY" AS c FROM '
        '"AO_32F7CE_DBDEPENDENCY" d JOIN "AO_32F7CE_DBREQUIREMENT" p ON p."ID" = d."PARENT_ID" JOIN '
        '"AO_32F7CE_DBREQUIREMENT" c ON c."ID" = d."CHILD_ID" WHERE p."SPACEKEY" <> c."SPACEKEY"'))))


def test_confluence(t):
    old = linked.Wiki(t, "old.db", 1_000, 3).fill("TIO")
    new = linked.Wiki(t, NEW, 5_000, 3)
    with new.site() as site:
        pages = new.add_space(site, "OPS", "Operations")
        new.add_space(site, "XYZ", "Other")
    new.fill("TIO", word="earlier").fill("TIO", "OPS", pages, "other").fill_links()
    with new.site() as site:  # between the spaces, both ways
        ids = {(space, key): row for row, space, key in site.sqlite.execute(
            'SELECT "ID", "SPACEKEY", "KEY" FROM "AO_32F7CE_DBREQUIREMENT"')}
        for n in range(1, 5):
            site.ry("DBDEPENDENCY", PARENT_ID=ids["OPS", f"R-{n}"], CHILD_ID=ids["REQ", f"R-{n}"])
            site.ry("DBDEPENDENCY", PARENT_ID=ids["REQ", f"R-{n}"], CHILD_ID=ids["OPS", "R-8"],
                    RELATIONSHIP="", SCHEMAVERSION=n)
            site.ry("DBLINK", PARENT_ID=ids["REQ", f"R-{n}"], ORIGIN=0, TYPE="PAGE", APP="page",
                    DOCUMENTID=str(pages[0][2]), VERSIONID=str(pages[0][2]))
    loaded(t, old, new, "move", "--space", "REQ")
    second = linked.Wiki(t, "second.db", 9_000, 3, space="XYZ", title="Other").fill("TIO", word="another")
    loaded(t, second, new, "other", "--space", "XYZ")
    t.run("map", "set", new.url, "other", "SPACE", "XYZ", "REQ")
    steps.automatic(t, new.url, NEW, "other")
    t.run("map", "confirm", new.url, "other", "--all", "--yes")
    add_columns(t, NEW)
    crossing = extra_columns(t)
    assert len(crossing) == 8, crossing
    _, done = steps.carry_out(t, new.url, NEW, "move", "REQ")
    t.equal(done["outside"]["kept"], 8 + 4)  # and the citations
    t.equal(extra_columns(t), crossing, "columns of the dependencies that were put back")
    rows = again(t, new.url, "REQ", "other")
    for row in rows["AO_32F7CE_DBREQUIREMENT"].values():
        if row["SPACEKEY"] == "REQ":
            t.equal((row['later "on\''], row["preset"], row["needed"]), (None, "as ever", 7))


def test_whole_confluence(t):
    """Global tables too, with the spaces that are brought erased, and with everything erased."""
    old = linked.Wiki(t, "old.db", 1_000, 3).fill("TIO").fill_links()
    new = linked.Wiki(t, NEW, 5_000, 3)
    with new.site() as site:
        pages = new.add_space(site, "OPS", "Operations")
    new.fill("TIO", word="earlier").fill("TIO", "OPS", pages, "other").fill_links("earlier")
    add_columns(t, NEW)
    loaded(t, old, new, "move", "--all")
    for options in ((), ("--erase", "everything")):
        before = imports.exact(t.dir / NEW)
        _, done = steps.carry_out(t, new.url, NEW, "move", "everything", *options)
        t.equal(done["erased"]["DBAPPLINK"], 1)
        t.run("undo", new.url, "move", "--confirm", "everything")
        imports.same(before, imports.exact(t.dir / NEW), f"undo {options}")
    with new.site() as site:
        for table in ("DBREQUIREMENT", "DBTRACEABILITYMATRIX"):
            site.sqlite.execute(f'UPDATE "AO_32F7CE_{table}" SET "SPACEKEY" = \'ELSE\' WHERE "SPACEKEY" = \'REQ\'')
    before = imports.exact(t.dir / NEW)
    _, done = steps.carry_out(t, new.url, NEW, "move", "everything", "--erase", "nothing")
    t.equal((done["merged"]["DBAPPLINK"], steps.filled(done["erased"])), (1, {}))
    t.run("undo", new.url, "move", "--confirm", "everything")
    imports.same(before, imports.exact(t.dir / NEW), "undo of a merge")
    t.equal([row["APPLINK"] for row in t.rows(NEW, 'SELECT * FROM "AO_32F7CE_DBAPPLINK"')], [LINK])


def test_jira(t):
    """Requirements that several projects use: some become one with those of the backup, some lose their last
    link and go."""
    old = linked.Jira(t, "old.db", 1_000, 3).fill("TIO")
    new = linked.Jira(t, NEW, 5_000, 3, projects={"TIO": ("Toolbox",), "ZZZ": ("Others",)})
    new.fill("TIO", "ELSE", "earlier").fill("ZZZ", "REQ", "other")
    second = linked.Jira(t, "second.db", 9_000, 3, projects={"TIO": ("Toolbox",)}).fill("TIO", "ELSE", "x")
    loaded(t, old, new, "move", "--project", "TIO")
    loaded(t, second, new, "other", "--project", "TIO")
    add_columns(t, NEW)
    again(t, new.url, "TIO", "other")
