"""What is rare on its own and happens on every real site together."""
import contextlib
import os

import check
import csvtext
import steps
import tiny
import world
import world_confluence
import world_jira
from tiny import ASSUMED, KEY, NAME


def change(t, script, name=NAME):
    with contextlib.closing(t.sqlite(name, write=True)) as db:
        db.executescript(script)


def test_columns_that_the_catalogue_does_not_know(t):
    """Export names them; the import leaves them at their default and the rows of others alone."""
    url, _ = tiny.ready(t)
    change(t, """ALTER TABLE "AO_32F7CE_DBREQUIREMENT" ADD COLUMN "EXTRA" text;
        ALTER TABLE "AO_32F7CE_DBREQUIREMENT" ADD COLUMN "FLAG" integer NOT NULL DEFAULT 7;
        UPDATE "AO_32F7CE_DBREQUIREMENT" SET "EXTRA" = 'x', "FLAG" = 1 WHERE "KEY" = 'OLD-1';""")
    exported = t.run("--json", "export", url, "out", "--space", "ABC", "--file", "out.csv", expect=3)
    t.contains(exported.err, "EXTRA")
    t.contains(exported.err, "1 row")
    before = check.read(t, NAME)["AO_32F7CE_DBREQUIREMENT"]
    t.run("import", url, KEY, *ASSUMED, "--confirm", "ABC")
    after = check.read(t, NAME)["AO_32F7CE_DBREQUIREMENT"]
    t.equal({(row["EXTRA"], row["FLAG"]) for row in after.values() if row["SPACEKEY"] == "ABC"},
            {(None, 7)})
    for number, row in before.items():
        if row["SPACEKEY"] == "DEF":
            t.equal(after[number], row)


def test_an_empty_scope(t):
    """What was there would be lost and nothing come instead: refused, unless it is meant."""
    world = world_confluence.pair(t)
    with world_confluence.Site(t.dir / "origin.db", 900_000, 2, None) as site:
        site.space("VOID", "Void")
    with world_confluence.Site(t.dir / "destination.db", 900_000, 2, None) as site:
        site.space("VOID", "Void")
        site.ry("DBREQUIREMENT", SPACEKEY="VOID", KEY="only here", STATUS="ACTIVE")
    done = steps.export(t, world.origin, "origin.db", "void", "void.csv", "--space", "VOID")
    t.equal((done["rows"], done["mappings"]), (0, {"SPACE": 1}))
    steps.load(t, world.destination, "destination.db", "void.csv")
    steps.automatic(t, world.destination, "destination.db", "void")
    planned = steps.plan(t, world.destination, "void")
    t.equal([blocker["kind"] for blocker in planned["blockers"]], ["emptied-scope"])
    t.equal(steps.filled(planned["erase"]), {"DBREQUIREMENT": 1})
    before = steps.state(t, "destination.db")
    t.run("import", world.destination, "void", "--confirm", "VOID", expect=4)
    t.same_hashes(before, steps.state(t, "destination.db"))
    everything = sum(map(len, check.read(t, "destination.db").values()))
    _, done = steps.carry_out(t, world.destination, "destination.db", "void", "VOID", "--erase",
                              "everything")
    t.equal((sum(done["erased"].values()), steps.filled(done["inserted"])), (everything, {}))


def test_dependencies_in_another_spelling(t):
    """A vendor's file: blanks and order of the dependencies differ from ours, and surplus fields must
    come out again."""
    rows = [tiny.link(8, 1, "true", "PAGE", "page", 11, 11),
            tiny.link(9, 1, "true", "PAGE", "page", 8021, 11),
            tiny.link(10, 1, "false", "JIRA", tiny.LINK, "TIO-1"),
            tiny.link(11, 1, "false", "JIRA", tiny.LINK.replace("a", "d"), "TIO-1")]
    other = tiny.LINK.replace("a", "d")
    mappings = [one for one in tiny.mapping_rows() if one[1] not in ("VERSION", "ISSUE")] + [
        csvtext.mapping("VERSION", 11, "documentId=8021,app=page ,  type=PAGE", pageid=8021, pageversion=1),
        csvtext.mapping("VERSION", 11, " app=page,type=PAGE,documentId=11 ", pageid=11, pageversion=1),
        (*csvtext.mapping("ISSUE", "TIO-1", f" {tiny.LINK} ", issuekey="TIO-1"), "surplus", None, "x,y"),
        csvtext.mapping("ISSUE", "TIO-1", other, issuekey="TIO-1"), csvtext.mapping("APPLINK", other)]
    url, truth = tiny.destination(t)
    tiny.write(t, [tiny.requirement(1, "R-1"), *rows], mappings)
    t.run("load", url, f"{KEY}.csv")
    t.run("write", url, KEY, "again.csv")
    t.equal((t.dir / "again.csv").read_bytes(), (t.dir / f"{KEY}.csv").read_bytes())
    t.run("map", "auto", url, KEY, "--open-ok")
    for page, version in (("11", truth.of("VERSION", 12)), ("8021", truth.of("VERSION", 8021))):
        t.run("map", "set", url, KEY, "PAGE", page, truth.of("PAGE", page))
        t.run("map", "set", url, KEY, "VERSION", "11", version, "--dependencies",
              f"type=PAGE, app=page, documentId={page}")
    t.run("map", "set", url, KEY, "APPLINK", tiny.LINK, tiny.NEW_LINK)
    t.run("map", "set", url, KEY, "APPLINK", other, tiny.NEW_LINK)
    t.run("map", "set", url, KEY, "ISSUE", "TIO-1", "AAA-1", "--dependencies", tiny.LINK)
    t.run("map", "set", url, KEY, "ISSUE", "TIO-1", "BBB-2", "--dependencies", other)
    steps.carry_out(t, url, NAME, KEY, "ABC", *ASSUMED)
    found = sorted((row["TYPE"], row["DOCUMENTID"], row["VERSIONID"]) for row in t.rows(
        NAME, """SELECT l.* FROM "AO_32F7CE_DBLINK" l JOIN "AO_32F7CE_DBREQUIREMENT" r
        ON r."ID" = l."PARENT_ID" WHERE r."SPACEKEY" = 'ABC'"""))
    t.equal(found, sorted([
        ("PAGE", truth.of("PAGE", 11), truth.of("VERSION", 12)),
        ("PAGE", truth.of("PAGE", 8021), truth.of("VERSION", 8021)),
        ("JIRA", "AAA-1", None), ("JIRA", "BBB-2", None)], key=str))


def test_rows_of_no_scope_come_in_once(t):
    """Rows without a parent or a space belong to no scope: a second import of the whole must not
    double them."""
    world = world_confluence.alone(t)
    url, name = world.origin, "origin.db"
    with world_confluence.Site(t.dir / name, 900_000, 2, None) as site:
        site.ry("DBPROPERTY", REQUIREMENT_ID=None, NAME="of nobody")
        site.ry("DBTRACEABILITYMATRIX", SPACEKEY=None, NAME="of nobody")
    before = check.read(t, name)
    steps.export(t, url, name, "all", "all.csv", "--all", expect=3)
    steps.decide(t, url, name, "all", world.truth, leave=[("SPACE", "GONE")])
    steps.carry_out(t, url, name, "all", "everything")
    check.same_but_ids(before, check.read(t, name))


def test_a_backup_can_be_imported_where_it_was_exported(t):
    """Without a file: staged, mapped and imported in one database. And through standard input."""
    world = world_jira.pair(t)
    before = check.read(t, "origin.db")
    content = t.run("export", world.origin, "here", "--project", "TIO", "--file", "-", expect=(0, 3))
    content = content.out_bytes
    assert content.startswith(b"BEING,") and content.endswith(b"END,End of the file\r\n"), content[:200]
    truth = world.truth
    truth.map = {place: place[1] if new else None for place, new in truth.map.items()}
    for issue, row in ((str(row["ISSUEID"]), row) for row in before["AO_42D05A_DBISSUELINK"].values()):
        truth.map["ISSUE", issue, None] = issue
    nothing = [key for (kind, key, _), new in truth.map.items() if kind == "USER" and not new]
    for key in nothing:
        truth.map["USER", key, None] = key if key != "vanished" else None
    steps.decide(t, world.origin, "origin.db", "here", truth, ["vanished"])
    steps.carry_out(t, world.origin, "origin.db", "here", "TIO")
    after = check.read(t, "origin.db")
    mine = {str(row["id"]) for row in t.rows(
        "origin.db", "SELECT i.id FROM jiraissue i JOIN project p ON p.id = i.project WHERE p.pkey = 'TIO'")}
    for table, rows in before.items():
        for number, row in rows.items():
            if "ISSUEID" in row and str(row["ISSUEID"]) in mine:
                assert number not in after[table], f"{table} {number} is still there"
            else:
                t.equal(after[table][number], row, f"{table} {number}")
        t.equal(len(after[table]), len(rows), f"rows of {table}")
    t.run("load", world.destination, "-", "--key", "piped", stdin=content)
    t.equal(t.run("write", world.destination, "piped", "-").out_bytes, content)


def test_keys_that_differ_in_case_only(t):
    """Rows of another spelling of the space key are not the scope's."""
    url, _ = tiny.ready(t)
    with world_confluence.Site(t.dir / NAME, 9000, 1, None) as site:
        number = site.ry("DBREQUIREMENT", SPACEKEY="abc", KEY="R-1", UPPERKEY="R-1")
    before = check.read(t, NAME)["AO_32F7CE_DBREQUIREMENT"][number]
    t.equal(t.run("--json", "plan", url, KEY, *ASSUMED).json["otherCase"], {"abc": 1})
    t.contains(t.run("plan", url, KEY, *ASSUMED).out, '1 row of "abc" stays: the key differs')
    steps.carry_out(t, url, NAME, KEY, "ABC", *ASSUMED)
    t.equal(check.read(t, NAME)["AO_32F7CE_DBREQUIREMENT"][number], before)


def test_locked_databases(t):
    """Somebody else writes: the step gives up after its time, with nothing changed; reading goes on."""
    url, _ = tiny.ready(t)
    short = f"{url}?timeout=200"
    before = steps.state(t, NAME)
    with contextlib.closing(t.sqlite(NAME, write=True)) as db:
        db.execute("BEGIN IMMEDIATE")
        for command in (["load", short, f"{KEY}.csv", "--key", "two"], ["delete", short, KEY],
                        ["map", "auto", short, KEY], ["export", short, "three", "--all"],
                        ["import", short, KEY, *ASSUMED, "--confirm", "ABC"]):
            error = t.run("--json", *command, expect=11).json["error"]
            t.equal(error["kind"], "locked")
            assert error["hint"], error
        t.equal(steps.plan(t, url, KEY, *ASSUMED)["blockers"], [])
        t.equal(len(t.run("--json", "list", url).json), 1)
        db.execute("ROLLBACK")
    t.same_hashes(before, steps.state(t, NAME))
    t.run("import", url, KEY, *ASSUMED, "--confirm", "ABC")


def test_import_by_another_user_after_a_reader_looked(t):
    """The working tables of a plan are its own: nothing of them stays."""
    url, _ = tiny.ready(t)
    steps.as_reader(t, "plan", url, KEY, *ASSUMED)
    left = {row["name"] for row in t.rows(NAME, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert not left & {"reqferry_resolved", "reqferry_scope", "reqferry_erase", "reqferry_fate",
                       "reqferry_json", "reqferry_merge", "reqferry_entity"}, left
    steps.carry_out(t, url, NAME, KEY, "ABC", *ASSUMED)
    assert not list(os.scandir(t.dir / ".sanitizer"))


def test_a_page_that_went_to_the_trash_is_gone(t):
    """Not found, gone and ambiguous are different answers."""
    world = world_confluence.alone(t)
    url, name = world.origin, "origin.db"
    steps.export(t, url, name, "all", "all.csv", "--all", expect=3)
    pages = steps.mappings(t, url, "all", "--type", "PAGE")
    titles = [row["title"] for row in pages]
    page = next(row for row in pages if titles.count(row["title"]) == 1)  # no other to be taken for it
    change(t, f"UPDATE content SET content_status = 'deleted' WHERE contentid = {page['key']}", name)
    steps.automatic(t, url, name, "all")
    found = {row["key"]: row for row in steps.mappings(t, url, "all", "--type", "PAGE")}
    t.equal((found[page["key"]]["status"], found[page["key"]]["outcome"]), ("UNMAPPED", "gone"))


def test_up_to_the_limits_everything_works(t):
    """A field of 63 MiB and a record of 1,000 fields: loaded, written, imported, exported."""
    url, _ = tiny.destination(t)
    excerpt = "0123456789abcde\n" * ((63 << 20) // 16)
    wide = csvtext.item("DBPROPERTY", 2, None, 1, "INLINE", "name", "value", *map(str, range(992)))
    t.equal((len(excerpt), len(wide)), (63 << 20, 1000))
    tiny.write(t, [tiny.requirement(1, "R-1", HTMLEXCERPT=excerpt), wide],
               [csvtext.mapping("SPACE", "ABC", title="Alpha")])
    t.run("load", url, f"{KEY}.csv")
    t.run("write", url, KEY, "again.csv")
    assert (t.dir / "again.csv").read_bytes() == (t.dir / f"{KEY}.csv").read_bytes(), "not the same bytes"
    steps.automatic(t, url, NAME, KEY)
    for _ in range(2):  # the second time the long text is copied for safety and erased
        steps.carry_out(t, url, NAME, KEY, "ABC", "--accept", "assumed,lost-columns")
    t.equal(steps.count(t, NAME, '"AO_32F7CE_DBREQUIREMENT" WHERE length("HTMLEXCERPT") = ?', 63 << 20), 1)
    exported = t.run("export", url, "out", "--space", "ABC", "--file", "-")
    assert excerpt.encode() in exported.out_bytes, "the text is not in the export"


def test_two_imports_of_one_plan(t):
    """At the same time: one of them is carried out, the other is refused."""
    url, _ = tiny.ready(t)
    planned = steps.plan(t, url, KEY, *ASSUMED)["hash"]
    command = ["--json", "import", url, KEY, *ASSUMED, "--confirm", "ABC", "--plan", planned]
    running = [t.start(*command) for _ in range(3)]
    results = [process.wait(expect=(0, 4, 11)) for process in running]
    t.equal(sorted(result.status for result in results)[:2], [0, 4], "statuses")
    for result in results:
        if result.status:
            assert result.json["error"]["kind"] in ("stale-plan", "locked"), result
    t.equal(steps.count(t, NAME, """"AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'ABC'"""), 3)
    t.equal(steps.count(t, NAME, "reqferry_undo"), 1)
    steps.verify(t, url, KEY)


def test_values_that_no_file_can_hold(t):
    """NUL bytes and broken UTF-8 in a live row: named when the file is written, which is not there."""
    url, _ = tiny.destination(t)
    for key, value in (("nul", "a\0b"), ("broken", b"a\xffb")):
        with world_confluence.Site(t.dir / NAME, 9000, 1, None) as site:
            site.ry("DBREQUIREMENT", SPACEKEY="DEF", KEY=key, HTMLEXCERPT=None)
        with contextlib.closing(t.sqlite(NAME, write=True)) as db:
            db.execute("""UPDATE "AO_32F7CE_DBREQUIREMENT" SET "HTMLEXCERPT" = CAST(? AS TEXT)
                       WHERE "ID" = 9001""", (value,))
            error = t.run("--json", "export", url, key, "--space", "DEF", "--file", f"{key}.csv",
                          expect=1).json["error"]
            for word in ("DBREQUIREMENT", "9001", "field 10"):
                t.contains(error["message"], word)
            assert not (t.dir / f"{key}.csv").exists() and not list(t.dir.glob("*.manifest.json"))
            db.execute("""DELETE FROM "AO_32F7CE_DBREQUIREMENT" WHERE "ID" = 9001""")


def test_rejected_rows_are_listed(t):
    rows = tiny.data_rows()
    rows[1] = tiny.requirement(2, "R-2", "u2", BASELINE="two")
    url, _ = tiny.ready(t, rows)
    done = t.run("import", url, KEY, *ASSUMED, "--reject", "--confirm", "ABC", expect=3)
    for row in ("DBREQUIREMENT 2", "DBPROPERTY 5", "DBDEPENDENCY 6"):
        t.contains(done.out + done.err, row)


def test_a_field_of_the_greatest_length_is_written(t):
    """64 MiB can be loaded, so it can be written and exported too."""
    url, _ = tiny.destination(t)
    tiny.write(t, [tiny.requirement(1, "R-1", HTMLEXCERPT="0123456789abcde\n" * (4 << 20))],
               [csvtext.mapping("SPACE", "ABC", title="Alpha")])
    t.run("load", url, f"{KEY}.csv")
    t.run("write", url, KEY, "again.csv")
    assert (t.dir / "again.csv").read_bytes() == (t.dir / f"{KEY}.csv").read_bytes(), "not the same bytes"


def test_a_killed_step_is_noted_as_interrupted(t):
    url, _ = tiny.ready(t)
    t.run("delete", url, KEY, env={"REQFERRY_FAULT": "kill:33"}, expect=-9)
    # inside the transaction: after the run was recorded, before anything is committed
    states = [row["state"] for row in t.rows(NAME, "SELECT state FROM reqferry_run WHERE step = 'delete'")]
    t.equal(states, ["running"], "what the killed step left")
    t.run("delete", url, KEY)
    states = [row["state"] for row in
              t.rows(NAME, "SELECT state FROM reqferry_run WHERE step = 'delete' ORDER BY started")]
    t.equal(states, ["interrupted", "done"], "what the next step noted")


def test_requirements_without_the_page_that_defines_them_are_counted(t):
    """R-3 is defined on page 8021 and cited on page 11: the citation alone does not place it."""
    url, _ = tiny.ready(t)
    t.equal(t.run("--json", "plan", url, KEY, *ASSUMED).json["orphans"], 0)
    t.run("map", "exclude", url, KEY, "--type", "PAGE", "--key", "8021", "--yes")
    t.equal(t.run("--json", "plan", url, KEY, *ASSUMED).json["orphans"], 1)
    t.contains(t.run("plan", url, KEY, *ASSUMED).out, "1 requirement is left without a link to the page")


def test_empty_and_missing_are_one_identity(t):
    """A file cannot tell '' from NULL, so neither can a row that is there already be told from its copy."""
    url = world.create(t, "own.db", "jira")
    with world_jira.Site(t.dir / "own.db", 100, 1, "here") as site:
        issue = site.issue(site.project("TIO", "Tiger"), 1, "First")
        site.applink("eeeeeeee-0000-3000-8000-000000000001", "Wiki", "http://wiki.example")
        requirement = site.ry("DBREMOTEREQUIREMENT", KEY="", TITLE="without a key", SPACEKEY="ABC",
                              APPLINK="eeeeeeee-0000-3000-8000-000000000001")
        site.ry("DBISSUELINK", ISSUEID=issue, ISSUEKEY="TIO-1", RELATIONSHIP="", REQUIREMENT_ID=requirement)
    steps.export(t, url, "own.db", "tio", "tio.csv", "--project", "TIO")
    steps.automatic(t, url, "own.db", "tio")
    planned = steps.plan(t, url, "tio", "--erase", "nothing", "--accept", "possible")
    t.equal(steps.filled(planned["merge"]), {"DBREMOTEREQUIREMENT": 1})
    t.equal([one["kind"] for one in planned["blockers"]], ["collision"])
    t.contains(planned["blockers"][0]["message"], "DBISSUELINK")
