"""Situation S5: a space gets a new key on the same instance. Confluence copied the space, so that both
are there; the requirements of the old one come into the new one, and what other spaces say of the old
one stays said of the old one. First small spaces, in which each reference is spelled out; then whole
worlds with the Jira side, against what check.py works out from the rows before."""
import collections
import csv
import io
import json

import check
import steps
import wiki
import world
import world_confluence
import world_jira
from wiki import change, outside, twice

NAME = "wiki.db"
LINK, REQUIREMENT, DEPENDENCY = '"AO_32F7CE_DBLINK"', '"AO_32F7CE_DBREQUIREMENT"', '"AO_32F7CE_DBDEPENDENCY"'
INSIDE = {("DEF R-1", "DEF", "inside"): 1}
# What the pages of other spaces cite: the copied space's too.
PLAN = {("ABC R-1", "OPS", "verifies"): 2, ("ABC R-1 4", "OPS", "verifies"): 1}
REST = {("ABC R-2", "XYZ", None): 1, ("ABC R-3", "DEF", "by the copy"): 1}
BEFORE = {("ABC R-1", "ABC", "inside"): 1, **PLAN, **REST}
ALONE = {("OPS O-1", "ABC R-1", "refines"): 1}


def of_copy(cited, space="DEF"):
    """The same of the copy's requirements."""
    return {(name.replace("ABC", space), page, word): n for (name, page, word), n in cited.items()}


def wanted(dependencies, *citations):
    total = collections.Counter()
    for one in citations:
        total.update(one)
    return collections.Counter(dependencies), total


def small(t):
    url = world.create(t, NAME, "confluence")
    with wiki.Wiki(t, NAME, 1000) as site:
        for key, title, page in (("ABC", "Alpha", "Manual"), ("OPS", "Operations", "Test plan"),
                                 ("OPS2", "More", "More"), ("XYZ", "Extra", "Notes"), ("DEF", "Delta", "Manual")):
            site.add_space(key, title, page)
        site.add("ABC R-1", "ABC R-2", "ABC R-3", "ABC R-1 4", "OPS O-1", "OPS2 O-1")
        site.cite("ABC R-1", "ABC", origin=1)
        site.cite("ABC R-1", "ABC", relationship="inside")
        site.cite("ABC R-1", "OPS", relationship="verifies")
        site.cite("ABC R-1", "OPS", "false", "verifies")    # at two places of the page
        site.cite("ABC R-1", "OPS", origin=None, relationship="verifies")  # nobody knows: no citation
        site.cite("ABC R-1 4", "OPS", "false", "verifies")
        site.cite("ABC R-2", "XYZ")
        site.cite("ABC R-3", "DEF", relationship="by the copy")
        site.cite("OPS O-1", "XYZ")
        site.depend("OPS O-1", "ABC R-1", "refines")
    steps.export(t, url, NAME, "move", "move.csv", "--space", "ABC")
    t.run("map", "set", url, "move", "SPACE", "ABC", "DEF")
    steps.automatic(t, url, NAME, "move")
    assert all(row["certainty"] == "certain" for row in steps.mappings(t, url, "move", "--type", "PAGE"))
    return url


OTHERS = {("OPS O-1", "XYZ", None): 1}  # of another scope: never touched
KEPT = wanted(ALONE, BEFORE, OTHERS, INSIDE)


def row_of(name):
    space, key, *baseline = name.split()
    return (f"""SELECT "ID" FROM {REQUIREMENT} WHERE "SPACEKEY" = '{space}' AND "KEY" = '{key}' AND """
            f""""BASELINE" IS {baseline[0] if baseline else 'NULL'}""")


def remove(t, *names):
    """Requirements go, with all that refers to them."""
    for name in names:
        one = row_of(name)
        with_nothing = [f'DELETE FROM {LINK} WHERE "PARENT_ID" IN ({one})',
                        f'DELETE FROM {DEPENDENCY} WHERE "PARENT_ID" IN ({one}) OR "CHILD_ID" IN ({one})']
        db = t.sqlite(NAME, write=True)
        for statement in with_nothing:
            db.execute(statement)
        change(t, NAME, f'DELETE FROM {REQUIREMENT} WHERE "ID" IN ({one})')


def test_citations_stay_with_the_origin(t):
    url = small(t)
    planned, done = twice(t, url, NAME, "move", "DEF", outside(origin=6), outside(origin=6), KEPT)
    t.equal(planned["exclude"]["DBLINK"], 5)
    t.equal(steps.filled(done["inserted"]), {"DBREQUIREMENT": 4, "DBLINK": 3})


def test_copies_on_demand(t):
    url = small(t)
    kept = steps.plan(t, url, "move")
    copied = wanted(ALONE | {("OPS O-1", "DEF R-1", "refines"): 1}, BEFORE, OTHERS, of_copy(PLAN | REST), INSIDE)
    planned, _ = twice(t, url, NAME, "move", "DEF", outside(kept=1), outside(kept=1), copied,
                       "--outside", "copy")
    assert planned["hash"] != kept["hash"]
    t.equal(steps.filled(planned["exclude"]), {})
    # copied once, they stay: a later import puts back what it erases, but for what is of the copy itself
    steps.carry_out(t, url, NAME, "move", "DEF", "--outside", "copy")
    planned, _ = steps.carry_out(t, url, NAME, "move", "DEF")
    t.equal(planned["outside"], outside(kept=5, origin=6))
    dependencies, cited = copied
    t.equal(wiki.truth(t, NAME), (dependencies, cited - collections.Counter({("DEF R-3", "DEF", "by the copy"): 1})))


def test_a_requirement_that_is_gone_at_the_origin(t):
    """What cited it has no other place any more: it comes in, and so does the dependency."""
    url = small(t)
    first = steps.plan(t, url, "move")
    remove(t, "ABC R-1")
    gone = {("ABC R-1", "ABC", "inside"), ("ABC R-1", "OPS", "verifies")}
    left = {one: n for one, n in BEFORE.items() if one not in gone}
    t.run("import", url, "move", "--confirm", "DEF", "--plan", first["hash"], expect=4)
    planned, _ = twice(t, url, NAME, "move", "DEF", outside(kept=1, origin=3), outside(kept=1, origin=3),
                       wanted({("OPS O-1", "DEF R-1", "refines"): 1}, left, OTHERS, INSIDE,
                              of_copy({("ABC R-1", "OPS", "verifies"): 2})))
    t.equal(planned["exclude"]["DBLINK"], 3)


def test_a_citation_that_is_gone_at_the_origin(t):
    """One of two at two places of the page: the page still cites it. Both: it does not."""
    url = small(t)
    first = steps.plan(t, url, "move")
    again = f"""SELECT "ID" FROM {LINK} WHERE "ORIGIN" IN (0, 'false') AND "PARENT_ID" IN ({row_of('ABC R-1')})
                AND "RELATIONSHIP" = 'verifies'"""
    change(t, NAME, f'DELETE FROM {LINK} WHERE "ID" IN ({again} LIMIT 1)')
    planned = steps.plan(t, url, "move")
    t.equal((planned["outside"], planned["hash"]), (outside(origin=6), first["hash"]))
    change(t, NAME, f'DELETE FROM {LINK} WHERE "ID" IN ({again})')
    planned = steps.plan(t, url, "move")
    t.equal(planned["outside"], outside(origin=4))
    assert planned["hash"] != first["hash"]
    left = {one: n for one, n in BEFORE.items() if one != ("ABC R-1", "OPS", "verifies")}
    twice(t, url, NAME, "move", "DEF", outside(origin=4), outside(origin=4),
          wanted(ALONE, left, OTHERS, INSIDE, of_copy({("ABC R-1", "OPS", "verifies"): 2})))


def test_another_relationship_is_another_citation(t):
    url = small(t)
    change(t, NAME, f"""UPDATE {LINK} SET "RELATIONSHIP" = 'is a note of' WHERE "PARENT_ID" IN
                        ({row_of('ABC R-2')})""")
    left = {one: n for one, n in BEFORE.items() if one != ("ABC R-2", "XYZ", None)}
    twice(t, url, NAME, "move", "DEF", outside(origin=5), outside(origin=5),
          wanted(ALONE, left, {("ABC R-2", "XYZ", "is a note of"): 1}, OTHERS, INSIDE,
                 of_copy({("ABC R-2", "XYZ", None): 1})))


def test_a_page_that_moved_or_is_left_out(t):
    """Mapped to another page it is no page that cites the old requirement; left out it is left out."""
    url = small(t)
    pages = {row["title"]: row["key"] for row in steps.mappings(t, url, "move", "--type", "PAGE")
             if row["spaceKey"] != "ABC"}
    t.run("map", "set", url, "move", "PAGE", pages["Test plan"], pages["Notes"])
    t.run("map", "auto", url, "move", expect=(0, 3))
    steps.exclude_one(t, url, NAME, "move", {"type": "PAGE", "key": pages["Manual"], "dependencies": None})
    moved = {("DEF R-1", "XYZ", "verifies"): 2, ("DEF R-1 4", "XYZ", "verifies"): 1}
    planned, _ = twice(t, url, NAME, "move", "DEF", outside(origin=2), outside(origin=2),
                       wanted(ALONE, BEFORE, OTHERS, INSIDE, moved))
    t.equal(planned["exclude"]["DBLINK"], 2)
    steps.carry_out(t, url, NAME, "move", "DEF")
    reasons = collections.Counter(row["reason"] for row in t.run("--json", "ids", url, "move").json
                                  if row["outcome"] == "excluded" and row["kind"] == "row")
    t.equal(reasons, {f'PAGE "{pages["Manual"]}" (Manual) is excluded': 1,
                      f'kept at the origin: PAGE "{pages["Notes"]}" (Notes) still cites ABC R-2': 1})


def test_erase_nothing_and_everything(t):
    url = small(t)
    before = wiki.there(t, NAME)
    planned, _ = steps.carry_out(t, url, NAME, "move", "DEF", "--erase", "nothing")
    t.equal((planned["outside"], wiki.truth(t, NAME)), (outside(origin=6), KEPT))
    wiki.undo(t, url, NAME, before, "move", "DEF")
    # the old requirements go as well: nothing can stay with them
    planned, _ = twice(t, url, NAME, "move", "DEF", outside(lost=1), outside(lost=1),
                       wanted({}, INSIDE, of_copy(PLAN | REST)), "--erase", "everything")
    t.equal(steps.filled(planned["exclude"]), {})


def test_a_rejected_requirement_takes_its_citations(t):
    url = small(t)
    change(t, NAME, "UPDATE reqferry_item SET problem = 'is bad' WHERE tablename = 'DBREQUIREMENT' AND "
                    "f6 = 'R-1' AND f7 IS NULL")
    before = wiki.there(t, NAME)
    planned = steps.plan(t, url, "move", "--reject")
    t.equal((planned["outside"], planned["reject"]["DBLINK"]), (outside(origin=4), 5))
    t.run("import", url, "move", "--confirm", "DEF", "--reject", "--plan", planned["hash"], expect=3)
    t.equal(wiki.truth(t, NAME), wanted(ALONE, BEFORE, OTHERS))
    steps.verify(t, url, "move")
    wiki.undo(t, url, NAME, before, "move", "DEF")


def test_another_instance_is_no_origin(t):
    """The same pages under the same ids, but nobody knows that it is the same instance: they come."""
    url = small(t)
    steps.export(t, url, NAME, "twin", "twin.csv", "--space", "ABC")
    (t.dir / "twin.csv.manifest.json").unlink()
    for options in ((), ("--origin", "somewhere else")):
        steps.load(t, url, NAME, "twin.csv", "--key", "other", *options)
        t.run("map", "set", url, "other", "SPACE", "ABC", "DEF")
        for row in steps.mappings(t, url, "other", "--type", "PAGE"):
            if row["spaceKey"] != "ABC":
                t.run("map", "set", url, "other", "PAGE", row["key"], row["key"])
        t.run("map", "auto", url, "other", expect=(0, 3))
        t.run("map", "confirm", url, "other", "--certainty", "possible", "--yes")
        twice(t, url, NAME, "other", "DEF", outside(), outside(),
              wanted(ALONE, BEFORE, OTHERS, INSIDE, of_copy(PLAN | REST)), "--accept", "assumed")
        steps.delete(t, url, NAME, "other")


def test_what_is_said_of_them(t):
    """Reports and the table of ids name each; verify looks at the origin, whenever it runs."""
    url = small(t)
    pages = {row["spaceKey"]: row["key"] for row in steps.mappings(t, url, "move", "--type", "PAGE")}
    sentences = collections.Counter({
        f'kept at the origin: PAGE "{pages["OPS"]}" (Test plan) still cites ABC R-1': 2,
        f'kept at the origin: PAGE "{pages["OPS"]}" (Test plan) still cites ABC R-1 4': 1,
        f'kept at the origin: PAGE "{pages["XYZ"]}" (Notes) still cites ABC R-2': 1,
        f'kept at the origin: PAGE "{pages["DEF"]}" (Manual) still cites ABC R-3': 1})
    t.contains(t.run("plan", url, "move").out, "0 kept, 0 lost, 6 kept at the origin")
    t.run("import", url, "move", "--confirm", "DEF", "--report", "r.json", "--report", "r.html")
    report = t.run("--json", "report", url, "move").json
    t.equal(collections.Counter(row["reason"] for row in report["leftOut"]["rows"]), sentences)
    t.equal({(row["table"], row["outcome"], str(row["mapping"])) for row in report["leftOut"]["rows"]},
            {("DBLINK", "excluded", "None")})
    t.equal((report["leftOut"]["total"], report["outside"]["keptAtOrigin"]), (5, 6))
    text = t.run("report", url, "move").out
    page = (t.dir / "r.html").read_text()
    for one in ("still cites ABC R-1 4", "6 kept at the origin"):
        t.contains(text, one)
        t.contains(page, one)
    rows = list(csv.DictReader(io.StringIO(t.run("ids", url, "move").out)))
    t.equal(collections.Counter(row["reason"] for row in rows if row["kind"] == "row" and row["reason"]),
            sentences)
    t.equal({(row["outcome"], row["new id"]) for row in rows if row["reason"] in sentences},
            {("excluded", "")})

    steps.verify(t, url, "move")
    link = {row["reason"]: row["old id"] for row in rows if "ABC R-2" in row["reason"]}.popitem()[1]
    change(t, NAME, f"""DELETE FROM {LINK} WHERE "PARENT_ID" IN ({row_of('ABC R-2')})""")
    found = steps.verify(t, url, "move", expect=5)
    t.equal([(one["table"], one["oldId"], one["kind"]) for one in found["differences"]],
            [("DBLINK", link, "missing")])
    t.contains(found["differences"][0]["expected"], "kept at the origin")
    # a page that was moved into the old space is not outside any more
    change(t, NAME, "UPDATE content SET spaceid = (SELECT spaceid FROM spaces WHERE spacekey = 'ABC') WHERE "
                    "title = 'Test plan'")
    t.equal(len(steps.verify(t, url, "move", expect=5)["differences"]), 4)


def test_twins_have_their_own_citations(t):
    """Two requirements of one identity, one of which is cited: the other's citation is not there."""
    url = world.create(t, NAME, "confluence")
    with wiki.Wiki(t, NAME, 1000) as site:
        for key, title, page in (("ABC", "Alpha", "Manual"), ("OPS", "Operations", "Test plan"),
                                 ("DEF", "Delta", "Manual")):
            site.add_space(key, title, page)
        for word in ("first", "second"):
            site.add("ABC twin 5")
            site.cite("ABC twin 5", "OPS", relationship=word)
    steps.export(t, url, NAME, "move", "move.csv", "--space", "ABC")
    t.run("map", "set", url, "move", "SPACE", "ABC", "DEF")
    steps.automatic(t, url, NAME, "move")
    both = {("ABC twin 5", "OPS", "first"): 1, ("ABC twin 5", "OPS", "second"): 1}
    twice(t, url, NAME, "move", "DEF", outside(origin=2), outside(origin=2), wanted({}, both))
    change(t, NAME, f"""DELETE FROM {LINK} WHERE "RELATIONSHIP" = 'second'""")
    twice(t, url, NAME, "move", "DEF", outside(origin=1), outside(origin=1),
          wanted({}, {("ABC twin 5", "OPS", "first"): 1, ("DEF twin 5", "OPS", "second"): 1}))


def test_dependencies_of_a_space_that_moved_as_well(t):
    """The other end has another key here: it is tied to the copy as the old one is to the old one.
    Where its requirement is not there, or its space is left out, nothing is lost: it stands there
    between the old ones."""
    url = small(t)
    moved = wanted(ALONE | {("OPS2 O-1", "DEF R-1", "refines"): 1}, BEFORE, OTHERS, INSIDE)
    page = [row["key"] for row in steps.mappings(t, url, "move", "--type", "PAGE") if row["spaceKey"] == "OPS"][0]
    t.run("map", "set", url, "move", "SPACE", "OPS", "OPS2")
    t.run("map", "set", url, "move", "PAGE", page, page)
    steps.automatic(t, url, NAME, "move")
    before = steps.plan(t, url, "move")
    twice(t, url, NAME, "move", "DEF", outside(kept=1, origin=5), outside(kept=1, origin=5), moved)
    change(t, NAME, f"""DELETE FROM {REQUIREMENT} WHERE "SPACEKEY" = 'OPS2'""")
    planned, _ = twice(t, url, NAME, "move", "DEF", outside(origin=6), outside(origin=6), KEPT)
    assert planned["hash"] != before["hash"]
    steps.edit_one(t, url, "move", "exclude", "SPACE", "OPS")
    twice(t, url, NAME, "move", "DEF", outside(origin=6), outside(origin=6), KEPT)


def test_the_other_end_is_gone(t):
    url = small(t)
    remove(t, "OPS O-1")
    planned, _ = twice(t, url, NAME, "move", "DEF", outside(lost=1, origin=5), outside(lost=1, origin=5),
                       wanted({}, BEFORE, INSIDE))
    t.equal(wiki.lost(planned), [("OPS O-1", "ABC R-1", "refines")])
    t.contains(planned["outsideLost"][0]["reason"], "not on this instance")


def test_references_to_the_copy_come_again(t):
    """What cites or refines the copy's requirements before the import does so afterwards, beside what
    stays with the origin."""
    url = small(t)
    with wiki.Wiki(t, NAME, 9000, None) as site:
        site.pages = {row["spacekey"]: row["contentid"] for row in t.rows(
            NAME, "SELECT c.contentid, s.spacekey FROM content c JOIN spaces s ON s.spaceid = c.spaceid")}
        site.add("DEF R-1", "DEF R-8")
        site.made["OPS O-1"] = t.rows(NAME, row_of("OPS O-1"))[0]["ID"]
        site.cite("DEF R-1", "OPS", relationship="verifies")
        site.cite("DEF R-8", "OPS", relationship="verifies")   # does not come again
        site.cite("DEF R-1", "DEF", relationship="inside, old")
        site.depend("OPS O-1", "DEF R-1", "refines the copy")
    again = wanted(ALONE | {("OPS O-1", "DEF R-1", "refines the copy"): 1}, BEFORE, OTHERS, INSIDE,
                   {("DEF R-1", "OPS", "verifies"): 1})
    twice(t, url, NAME, "move", "DEF", outside(kept=2, lost=1, origin=6), outside(kept=2, origin=6), again)


# --- whole worlds ------------------------------------------------------------------------------------

WIKI, JIRA = "origin.db", "jira.db"
A, B = world_jira.LINKS  # this Confluence, and another one that has a space ABC too


def copied_by_confluence(t, truth):
    """Space DEF: the pages of ABC under new ids, each with one version; ABC is still there. What
    Requirement Yogi has made of some of them meanwhile is to be overwritten."""
    with world_confluence.Site(t.dir / WIKI, 900_000, 1, None) as site:
        space, pages = site.space("DEF", "Alpha, copied"), site.sqlite.execute(
            "SELECT c.contentid, c.title, c.contenttype, substr(c.creationdate, 1, 10), b.body FROM content c "
            "JOIN spaces s ON s.spaceid = c.spaceid JOIN bodycontent b ON b.contentid = c.contentid WHERE "
            "s.spacekey = 'ABC' AND c.prevver IS NULL AND c.contenttype IN ('PAGE', 'BLOGPOST')").fetchall()
        for page, title, kind, day, body in pages:
            copy = site.page(space, title, (1,), kind, day, body=body)[1]
            truth.put("PAGE", page, copy)
            for (version,) in site.sqlite.execute("SELECT contentid FROM content WHERE (prevver = ? OR contentid "
                                                  "= ?) AND contenttype <> 'ATTACHMENT'", (page, page)).fetchall():
                truth.put("VERSION", version, copy)
            for file, name in site.sqlite.execute(
                    "SELECT contentid, title FROM content WHERE contenttype = 'ATTACHMENT' AND prevver IS NULL "
                    "AND pageid = ?", (page,)).fetchall():
                truth.put("ATTACHMENT", file, site.attachment(space, copy, name, 1))
        truth.put("SPACE", "ABC", "DEF")
        for n in range(3):
            made = site.ry("DBREQUIREMENT", SPACEKEY="DEF", KEY=f"OLD-{n}", UPPERKEY=f"OLD-{n}")
            site.ry("DBPROPERTY", REQUIREMENT_ID=made, NAME="n", VALUE="old")


def spaces_of_pages(t):
    return {str(row["contentid"]): row["spacekey"] for row in t.rows(
        WIKI, "SELECT c.contentid, s.spacekey FROM content c JOIN spaces s ON s.spaceid = c.spaceid WHERE "
        "c.prevver IS NULL")}


def staying(rows, pages):
    """A function (table, row) -> whether the row is a citation of ABC by a page of another space."""
    requirements = rows["AO_32F7CE_DBREQUIREMENT"]

    def stays(table, row):
        return (table == "AO_32F7CE_DBLINK" and row["ORIGIN"] in (0, "false") and row["TYPE"] == "PAGE"
                and requirements[row["PARENT_ID"]]["SPACEKEY"] == "ABC"
                and pages.get(row["DOCUMENTID"], "ABC") != "ABC")
    return stays


def crossing(rows):
    """How many dependencies of ABC have their other end elsewhere."""
    requirements = rows["AO_32F7CE_DBREQUIREMENT"]
    return sum(len({requirements[row[end]]["SPACEKEY"] == "ABC" for end in ("PARENT_ID", "CHILD_ID")}) == 2
               for row in rows["AO_32F7CE_DBDEPENDENCY"].values())


def delete_space(t, key):
    """As Confluence and Requirement Yogi do it: the pages, the rows, and what refers to them."""
    of_space = f"""(SELECT "ID" FROM {REQUIREMENT} WHERE "SPACEKEY" = '{key}')"""
    contents = f"SELECT contentid FROM content WHERE spaceid = (SELECT spaceid FROM spaces WHERE spacekey = '{key}')"
    change(t, WIKI,
           f'DELETE FROM "AO_32F7CE_DBPROPERTY" WHERE "REQUIREMENT_ID" IN {of_space}',
           f'DELETE FROM {DEPENDENCY} WHERE "PARENT_ID" IN {of_space} OR "CHILD_ID" IN {of_space}',
           f'DELETE FROM {LINK} WHERE "PARENT_ID" IN {of_space}',
           f"""DELETE FROM "AO_32F7CE_DBTRACEABILITYMATRIX" WHERE "SPACEKEY" = '{key}'""",
           f"""DELETE FROM {REQUIREMENT} WHERE "SPACEKEY" = '{key}'""",
           f"DELETE FROM content WHERE prevver IN ({contents}) OR pageid IN ({contents})",
           f"DELETE FROM content WHERE contentid IN ({contents})",
           f"DELETE FROM spaces WHERE spacekey = '{key}'")


def confluence_side(t, deleted):
    """Returns the INSTANCE, and a function that undoes the import and checks that all is as before."""
    made = world_confluence.alone(t)
    truth, url = made.truth, made.origin
    copied_by_confluence(t, truth)
    origin, pages = check.read(t, WIKI), spaces_of_pages(t)
    steps.export(t, url, WIKI, "abc", "abc.csv", "--space", "ABC", expect=(0, 3))
    if deleted:
        delete_space(t, "ABC")
    before, hashes = check.read(t, WIKI), wiki.there(t, WIKI)
    steps.load(t, url, WIKI, "abc.csv", "--key", "renamed")
    t.run("map", "set", url, "renamed", "SPACE", "ABC", "DEF")
    steps.automatic(t, url, WIKI, "renamed")
    for row in steps.mappings(t, url, "renamed", "--type", "PAGE"):
        wanted_page = truth.of("PAGE", row["key"])
        t.equal((row["destination"], row["status"]), (wanted_page, "MAPPED_AUTO"), f"page {row['title']}")
        assert row["certainty"] == "certain" or row["pageType"] == "BLOGPOST", row
    steps.decide(t, url, WIKI, "renamed", truth, leave=[("SPACE", "GONE")])

    inside, stays = check.in_scope(origin, {"ABC"}), staying(origin, pages)
    planned, done = steps.carry_out(t, url, WIKI, "renamed", "DEF")
    after = check.read(t, WIKI)
    left = 0 if deleted else sum(stays("AO_32F7CE_DBLINK", row) for row in origin["AO_32F7CE_DBLINK"].values())
    counts = check.moved(origin, before, after, truth, check.in_scope(before, {"DEF"}), leaves=deleted,
                         brings=lambda table, row: inside(table, row) and (deleted or not stays(table, row)))
    outside_now = crossing(origin)
    assert outside_now > 5 and (deleted or left > 5), (outside_now, left)
    t.equal(planned["outside"], outside(kept=outside_now) if deleted else outside(origin=outside_now + left))
    t.equal(steps.filled(done["excluded"]), {"DBLINK": left} if left else {})
    t.equal({table: n - (outside_now if deleted and table == "DBDEPENDENCY" else 0) for table, n in
             ((table, len(after[f"AO_32F7CE_{table}"]) - len(before[f"AO_32F7CE_{table}"]) + numbers["erase"])
              for table, numbers in counts.items())}, {table: done["inserted"][table] for table in counts})
    if not deleted:  # not one byte of the old space
        old = check.in_scope(before, {"ABC"}, either=True)
        for table, rows in before.items():
            for number, row in rows.items():
                assert not old(table, row) or after[table][number] == row, f"{table} {number}"

    def undone():
        steps.verify(t, url, "renamed")
        wiki.undo(t, url, WIKI, hashes, "renamed", "DEF")
    return undone


def trails(space, key, link):
    """Texts of an audit trail and what they become; the same for all issues of one link."""
    def text(key):
        return (f'[{{"relationship":"tests","spaceKey":"{key}", "url":"/requirements/{key}/R%2C1",'
                f'"title":"{space}"}},{{"link":"{link}"}}]')
    alike = f'[{{"space":"{space}","url":"/browse/{space}/R-1","link":"{link}"}}]'
    torn = f'[{{"spaceKey":"{space}","link":"{link}"'
    return {text(space): text(key), alike: alike, torn: torn}


def jira_site(t):
    """Issues of two projects, linked to requirements of ABC in this Confluence and in another one.
    Returns the INSTANCE, the truth and {issue id: project}."""
    url, truth, projects = world.create(t, JIRA, "jira"), world.Truth(), {}
    with world_jira.Site(t.dir / JIRA, 10_000, 1, "jira") as site:
        user = site.user("ada", None, "ada@x.example", "Ada")
        truth.put("USER", user, user)
        site.applink(A, "Wiki", "http://wiki.x.example")
        site.applink(B, "Other wiki", "http://other.x.example")
        for link in (A, B):
            truth.put("APPLINK", link, link)
            truth.put("SPACE", "ABC", "DEF" if link == A else "ABC", link)
        truth.put("SPACE", "OPS", "OPS", A)
        truth.put("PROJECT", "TIO", "TIO")
        remote = {(link, space, n): site.ry("DBREMOTEREQUIREMENT", APPLINK=link, SPACEKEY=space, KEY=f"R-{n}",
                                            BASELINE=n % 2 or None, TITLE=f"{space} {n}", FLAGERROR=0)
                  for link, space in ((A, "ABC"), (B, "ABC"), (A, "OPS"), (A, "DEF")) for n in range(8)
                  if space != "DEF" or n in (1, 6)}
        for key in ("TIO", "ZZZ"):
            project = site.project(key, key)
            for n in range(1, 25):
                issue = site.issue(project, n, f"{key} {n}")
                projects[str(issue)] = key
                truth.put("ISSUE", issue, issue)
                truth.issue_keys[str(issue)] = f"{key}-{n}"
                link = B if n % 3 == 0 else A
                # of project ZZZ only some: what it does not link loses its last link
                for space, number in (("ABC", n % 8), ("OPS", n % 8)):
                    if (link, space, number) in remote and (key == "TIO" or number > 3):
                        site.ry("DBISSUELINK", ISSUEID=issue, ISSUEKEY=f"{key}-{n}", RELATIONSHIP="tests",
                                REQUIREMENT_ID=remote[link, space, number])
                if key == "ZZZ":
                    site.ry("DBISSUELINK", ISSUEID=issue, ISSUEKEY=f"{key}-{n}", RELATIONSHIP="of the copy",
                            REQUIREMENT_ID=remote[A, "DEF", 6])
                texts = trails("ABC", "DEF" if link == A else "ABC", link) | trails("OPS", "OPS", link)
                truth.texts.update(texts)
                for text in texts:
                    site.ry("DBRILAUDITTRAILITEM", ISSUEID=issue, ISSUEKEY=f"{key}-{n}", USERKEY=user,
                            LINKS=text, OLDLINKS=None, SUCCESS=1)
    return url, truth, projects


def jira_side(t):
    """The project comes again, and its links lead to the copy. Returns as confluence_side does."""
    url, truth, projects = jira_site(t)
    before, hashes = check.read(t, JIRA), wiki.there(t, JIRA)
    steps.export(t, url, JIRA, "tio", "tio.csv", "--project", "TIO")
    steps.load(t, url, JIRA, "tio.csv", "--key", "again")
    steps.automatic(t, url, JIRA, "again")
    for row in steps.mappings(t, url, "again", "--type", "ISSUE"):
        t.equal((row["destination"], row["certainty"]), (row["key"], "certain"))
    t.run("map", "set", url, "again", "SPACE", "ABC", "DEF", "--dependencies", A)
    steps.decide(t, url, JIRA, "again", truth)
    planned, done = steps.carry_out(t, url, JIRA, "again", "TIO")
    t.equal(planned["outside"], outside())

    links = before["AO_42D05A_DBISSUELINK"].values()
    used = {key: {row["REQUIREMENT_ID"] for row in links if projects[str(row["ISSUEID"])] == key}
            for key in ("TIO", "ZZZ")}
    brought = check.in_scope(before, {"TIO"}, projects)

    def erased(table, row):
        if table != "AO_42D05A_DBREMOTEREQUIREMENT":
            return projects[str(row["ISSUEID"])] == "TIO"
        # those of other spaces, and of the other Confluence, come again and are merged
        return (row["ID"] in used["TIO"] - used["ZZZ"] and (row["APPLINK"], row["SPACEKEY"]) == (A, "ABC"))

    after = check.read(t, JIRA)
    counts = check.moved(before, before, after, truth, erased, brings=brought)
    for word, printed in (("erase", "erased"), ("insert", "inserted"), ("merge", "merged")):
        t.equal(steps.filled(done[printed]), steps.filled(
            {table: numbers[word] for table, numbers in counts.items()}), printed)
    assert counts["DBREMOTEREQUIREMENT"]["erase"] == 4 and counts["DBREMOTEREQUIREMENT"]["merge"] > 4, counts
    # nothing of the project leads to the old space in this Confluence any more, all of it to the copy
    spaces = {number: (row["APPLINK"], row["SPACEKEY"]) for number, row in
              after["AO_42D05A_DBREMOTEREQUIREMENT"].items()}
    found = collections.Counter(spaces[row["REQUIREMENT_ID"]] for row in after["AO_42D05A_DBISSUELINK"].values()
                                if projects[str(row["ISSUEID"])] == "TIO")
    t.equal(found, collections.Counter({(A, "DEF"): 16, (B, "ABC"): 8, (A, "OPS"): 16}))

    def undone():
        steps.verify(t, url, "again")
        wiki.undo(t, url, JIRA, hashes, "again", "TIO")
    return undone


def test_a_copied_space_and_its_jira(t):
    """Both spaces are there."""
    undo_wiki = confluence_side(t, deleted=False)
    undo_jira = jira_side(t)
    undo_jira()
    undo_wiki()


def test_a_copied_space_whose_old_one_was_deleted(t):
    """Nothing is left at the old place: all that led there leads to the copy."""
    undo_wiki = confluence_side(t, deleted=True)
    undo_jira = jira_side(t)
    undo_wiki()
    undo_jira()


def test_many_references(t):
    """10,000 dependencies and 10,000 citations that leave the space: minutes would be a wrong query.
    Many are of the same two requirements, as on sites where everything refines one."""
    count = 10_000
    url = world.create(t, NAME, "confluence")
    with wiki.Wiki(t, NAME, 1000) as site:
        for key, title, page in (("ABC", "Alpha", "Manual"), ("OPS", "Operations", "Test plan"),
                                 ("DEF", "Delta", "Manual")):
            site.add_space(key, title, page)
        names = [(f"ABC R-{n}", f"OPS O-{n}") for n in range(count // 2)]
        for pair in names:
            site.add(*pair)
        for n in range(count):
            pair = names[n] if n < len(names) else names[0]
            site.depend(*pair, f"tests {n}")
            site.cite(pair[0], "OPS", relationship=f"cites {n}")
    before = wiki.truth(t, NAME)
    steps.export(t, url, NAME, "move", "move.csv", "--space", "ABC")
    t.equal(len(json.loads((t.dir / "move.csv.manifest.json").read_text())["outside"]), count)
    steps.load(t, url, NAME, "move.csv", "--key", "later")
    t.run("map", "set", url, "later", "SPACE", "ABC", "DEF")
    steps.automatic(t, url, NAME, "later")
    hashes = wiki.there(t, NAME)
    for options, counts in (((), outside(origin=2 * count)), (("--outside", "copy"), outside(kept=count))):
        planned, _ = steps.carry_out(t, url, NAME, "later", "DEF", *options)
        t.equal(planned["outside"], counts)
    dependencies, cited = before
    t.equal(wiki.truth(t, NAME), (
        dependencies + collections.Counter({(one.replace("ABC", "DEF"), other, word): n
                                            for (one, other, word), n in dependencies.items()}),
        cited + collections.Counter(of_copy(cited))))
    # all of them are erased and put back
    planned, _ = steps.carry_out(t, url, NAME, "later", "DEF")
    t.equal(planned["outside"], outside(kept=2 * count, origin=2 * count))
    for _ in range(3):
        t.run("undo", url, "later", "--confirm", "DEF")
    t.same_hashes(hashes, wiki.there(t, NAME))


test_many_references.timeout = 900
