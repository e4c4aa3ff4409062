"""What plan says and what import does about it: rights, hashes, what is left out. Blockers are in
test_blockers_*.py."""
import contextlib
import shutil
import signal
import subprocess

import check
import csvtext
import harness
import steps
import tiny
import world
import world_jira
from tiny import ASSUMED, KEY, NAME


def kinds(planned):
    return sorted(blocker["kind"] for blocker in planned["blockers"])


def steady(planned):
    """The plan without what is measured anew each time."""
    return {name: value for name, value in planned.items() if name != "needs"}


def edit(t, statement, *values):
    with t.sqlite(NAME, write=True) as db:
        db.execute("PRAGMA foreign_keys = ON")
        assert db.execute(statement, values).rowcount > 0, statement


# --- the plan ----------------------------------------------------------------------------------------


def test_tiny_migration(t):
    """The base of what follows: every row arrives."""
    url, truth = tiny.ready(t)
    before = check.read(t, NAME)
    planned, done = steps.carry_out(t, url, NAME, KEY, "ABC", *ASSUMED)
    t.equal(steps.filled(done["inserted"]), {"DBREQUIREMENT": 3, "DBPROPERTY": 2, "DBDEPENDENCY": 2,
                                             "DBLINK": 5, "DBTRACEABILITYMATRIX": 1})
    t.equal(steps.filled(planned["erase"]), {"DBREQUIREMENT": 3, "DBPROPERTY": 1, "DBDEPENDENCY": 1,
                                             "DBLINK": 1, "DBTRACEABILITYMATRIX": 1})
    t.equal(planned["scope"], {"old": "ABC", "new": "ABC"})
    after = check.read(t, NAME)
    others = check.in_scope(before, {"DEF"})
    for table, rows in before.items():
        for number, row in rows.items():
            t.equal(after[table].get(number), row if others(table, row) else None, f"{table} {number}")
    links = sorted((row["TYPE"], row["DOCUMENTID"], row["VERSIONID"]) for number, row in
                   after["AO_32F7CE_DBLINK"].items() if number not in before["AO_32F7CE_DBLINK"])
    t.equal(links, sorted([
        ("PAGE", truth.of("PAGE", 11), truth.of("VERSION", 11)),
        ("PAGE", truth.of("PAGE", 8021), truth.of("VERSION", 8021)),
        ("PAGE", truth.of("PAGE", 11), truth.of("VERSION", 12)),
        ("JIRA", "TIO-1", None), ("EXCEL", truth.of("ATTACHMENT", 31), None)], key=str), "links")


def test_plan_needs_a_readers_rights_and_writes_nothing(t):
    url, _ = tiny.ready(t)
    before = t.hashes(NAME)
    first = steady(steps.plan(t, url, KEY, *ASSUMED))
    t.equal(steady(steps.plan(t, url, KEY, *ASSUMED)), first, "a second plan")
    t.same_hashes(before, t.hashes(NAME))
    read = steps.as_reader(t, "--json", "plan", url, KEY, *ASSUMED).json
    t.equal(steady(read), first, "the plan of a reader")
    dry = steps.as_reader(t, "--json", "import", url, KEY, *ASSUMED, "--confirm", "ABC",
                                   "--dry-run").json
    t.equal(dry["hash"], first["hash"], "a dry run's plan")
    t.run("import", url, KEY, *ASSUMED, "--dry-run")
    t.same_hashes(before, t.hashes(NAME))


def test_plan_hash_moves_with_what_decides(t):
    url, truth = tiny.ready(t)
    seen = {}

    def sum_up(what, *options):
        found = steps.plan(t, url, KEY, *(options or ASSUMED))["hash"]
        assert len(found) == 64, found
        if found in seen.values():
            raise harness.Failure(f"the hash after {what} is that of another plan: {seen}")
        seen[what] = found

    sum_up("the first plan")
    for options in (("--accept", "assumed,possible"), ("--accept", "assumed,missing"),
                    ("--accept", "assumed,lost-columns"), (*ASSUMED, "--erase", "nothing"),
                    (*ASSUMED, "--erase", "everything"), (*ASSUMED, "--reject")):
        sum_up(options, *options)
    t.run("map", "set", url, KEY, "USER", "u1", truth.of("USER", "u2"))
    sum_up("a mapping by hand")
    edit(t, "UPDATE reqferry_mapping SET destinationvalue = ? WHERE type = 'USER' AND key = 'u2'",
         truth.of("USER", "u1"))
    sum_up("a mapping by SQL")
    steps.edit_one(t, url, KEY, "exclude", "PAGE", "8021")
    sum_up("an exclusion")
    edit(t, "UPDATE reqferry_item SET f10 = 'other' WHERE tablename = 'DBREQUIREMENT' AND oldid = '1'")
    sum_up("an item")
    for statement in (
            """UPDATE "AO_32F7CE_DBREQUIREMENT" SET "HTMLEXCERPT" = 'now' WHERE "SPACEKEY" = 'ABC'""",
            """UPDATE "AO_32F7CE_DBREQUIREMENT" SET "HTMLEXCERPT" = '' WHERE "SPACEKEY" = 'ABC'""",
            """INSERT INTO "AO_32F7CE_DBREQUIREMENT" ("SPACEKEY", "KEY") VALUES ('ABC', 'NEW-1')""",
            """DELETE FROM "AO_32F7CE_DBLINK" WHERE "PARENT_ID" IN (SELECT "ID" FROM
            "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'ABC')"""):
        edit(t, statement)
        sum_up(statement)
    last = list(seen.values())[-1]
    # what decides nothing
    edit(t, "UPDATE reqferry_mapping SET certainty = 'likely', changedby = 'x', changeddate = 'y', rev = 9")
    edit(t, "UPDATE reqferry_item SET newid = 17")
    edit(t, """UPDATE "AO_32F7CE_DBREQUIREMENT" SET "HTMLEXCERPT" = 'x' WHERE "SPACEKEY" = 'DEF'""")
    t.equal(steps.plan(t, url, KEY, *ASSUMED)["hash"], last)


def test_import_needs_its_plan_and_its_confirmation(t):
    url, truth = tiny.ready(t)
    planned = steps.plan(t, url, KEY, *ASSUMED)["hash"]

    def refused(kind, *options):
        before = steps.state(t, NAME)
        error = t.run("--json", "import", url, KEY, *ASSUMED, *options, expect=4).json["error"]
        t.equal(error["kind"], kind)
        assert error["hint"], error
        t.same_hashes(before, steps.state(t, NAME))
        return error

    t.contains(refused("not-confirmed")["hint"], "--confirm ABC")
    refused("not-confirmed", "--plan", planned)
    for word in ("DEF", "abc", "everything", "", "ABC "):
        refused("not-confirmed", "--confirm", word)
    for wrong in ("0" * 64, planned[:-1], planned.upper(), ""):
        refused("stale-plan", "--confirm", "ABC", "--plan", wrong)
    edit(t, """UPDATE "AO_32F7CE_DBREQUIREMENT" SET "STATUS" = 'ARCHIVED' WHERE "SPACEKEY" = 'ABC'""")
    refused("stale-plan", "--confirm", "ABC", "--plan", planned)
    planned = steps.plan(t, url, KEY, *ASSUMED)["hash"]
    t.run("map", "set", url, KEY, "USER", "u1", truth.of("USER", "u2"))
    refused("stale-plan", "--confirm", "ABC", "--plan", planned)
    planned = steps.plan(t, url, KEY, *ASSUMED)["hash"]
    refused("stale-plan", "--confirm", "ABC", "--plan", planned, "--reject")
    t.run("import", url, KEY, *ASSUMED, "--confirm", "ABC", "--plan", planned)
    refused("stale-plan", "--confirm", "ABC", "--plan", planned)


# --- what is erased, left out, merged ----------------------------------------------------------------


def test_erase_everything_and_nothing(t):
    url, _ = tiny.ready(t)
    before = check.read(t, NAME)
    _, done = steps.carry_out(t, url, NAME, KEY, "ABC", *ASSUMED, "--erase", "nothing")
    t.equal(steps.filled(done["erased"]), {})
    after = check.read(t, NAME)
    for table, rows in before.items():
        for number, row in rows.items():
            t.equal(after[table].get(number), row, f"{table} {number}")
    everything = {check.short(table): len(rows) for table, rows in after.items()}
    planned = steps.plan(t, url, KEY, *ASSUMED, "--erase", "everything")
    t.equal(steps.filled(planned["erase"]), steps.filled(everything))


def test_a_scope_that_exists_nowhere_erases_nothing(t):
    """Space ABC goes to DEF: ABC is not touched."""
    url, truth = tiny.ready(t)
    before = check.read(t, NAME)
    t.run("map", "set", url, KEY, "SPACE", "ABC", "DEF")
    steps.automatic(t, url, NAME, KEY)
    for kind in ("PAGE", "VERSION", "ATTACHMENT"):
        for row in steps.mappings(t, url, KEY, "--type", kind):
            t.run("map", "set", url, KEY, kind, row["key"], truth.of(kind, row["key"]))
    t.run("map", "confirm", url, KEY, "--all", "--yes")
    planned, _ = steps.carry_out(t, url, NAME, KEY, "DEF", *ASSUMED)
    t.equal(planned["scope"], {"old": "ABC", "new": "DEF"})
    after = check.read(t, NAME)
    kept = check.in_scope(before, {"ABC"})
    for table, rows in before.items():
        for number, row in rows.items():
            t.equal(after[table].get(number), row if kept(table, row) else None, f"{table} {number}")


def test_exclusion_drops_what_depends_on_it(t):
    url, _ = tiny.ready(t)
    steps.edit_one(t, url, KEY, "exclude", "USER", "u1")
    planned, done = steps.carry_out(t, url, NAME, KEY, "ABC", *ASSUMED)
    # R-1 and the matrix are u1's; with R-1 go its property, its dependency and its link
    t.equal(steps.filled(done["excluded"]), {"DBREQUIREMENT": 1, "DBPROPERTY": 1, "DBDEPENDENCY": 1,
                                             "DBLINK": 1, "DBTRACEABILITYMATRIX": 1})
    t.equal(steps.filled(done["inserted"]), {"DBREQUIREMENT": 2, "DBPROPERTY": 1, "DBDEPENDENCY": 1,
                                             "DBLINK": 4})
    shown = t.run("--json", "map", "show", url, KEY, "USER", "u1").json
    t.equal({one["table"]: one["rows"] for one in shown["excludes"]} if isinstance(
        shown["excludes"], list) else shown["excludes"], steps.filled(done["excluded"]))


def test_user_mapped_to_nothing(t):
    url, truth = tiny.ready(t)
    t.run("map", "set", url, KEY, "USER", "u1", "")
    t.run("map", "set", url, KEY, "PAGE", "11", "", expect=(1, 2, 4))
    _, done = steps.carry_out(t, url, NAME, KEY, "ABC", *ASSUMED)
    t.equal(steps.filled(done["excluded"]), {})
    rows = {row["KEY"]: row for row in t.rows(
        NAME, """SELECT * FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'ABC'""")}
    t.equal((rows["R-1"]["CREATEDUSER"], rows["R-2"]["CREATEDUSER"]), (None, truth.of("USER", "u2")))


def test_rejected_rows_are_left_out_and_listed(t):
    rows = tiny.data_rows()
    rows[1] = tiny.requirement(2, "R-2", "u2", BASELINE="two")
    url, _ = tiny.ready(t, rows)
    t.equal(kinds(steps.plan(t, url, KEY, *ASSUMED)), ["bad-value"])
    planned = steps.plan(t, url, KEY, *ASSUMED, "--reject")
    t.equal(kinds(planned), [])
    result = t.run("--json", "import", url, KEY, *ASSUMED, "--reject", "--confirm", "ABC", "--plan",
                   planned["hash"], expect=3)
    done = result.json
    # R-2 with its property, both dependencies, its two links
    t.equal(steps.filled(done["rejected"]), {"DBREQUIREMENT": 1, "DBPROPERTY": 1, "DBDEPENDENCY": 2,
                                             "DBLINK": 2})
    t.equal(sum(sum(done[word].values()) for word in ("inserted", "merged", "excluded", "rejected")),
            len(rows), "the equation")
    steps.verify(t, url, KEY)
    t.equal(steps.count(t, NAME, """"AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'ABC'"""), 2)


def test_faults_are_found_by_verify(t):
    """Each change of an imported row is named with its ids and its column."""
    url, _ = tiny.ready(t)
    steps.carry_out(t, url, NAME, KEY, "ABC", *ASSUMED)
    new = {row["oldid"]: row["newid"] for row in t.rows(NAME, "SELECT oldid, newid FROM reqferry_item")}
    edit(t, """UPDATE "AO_32F7CE_DBREQUIREMENT" SET "HTMLEXCERPT" = 'x' WHERE "ID" = ?""", new["1"])
    edit(t, """UPDATE "AO_32F7CE_DBLINK" SET "PARENT_ID" = ? WHERE "ID" = ?""", new["1"], new["9"])
    edit(t, """DELETE FROM "AO_32F7CE_DBPROPERTY" WHERE "ID" = ?""", new["5"])
    found = steps.verify(t, url, KEY, expect=5)
    t.equal({(one["table"], str(one["oldId"]), one["column"], one["kind"]) for one in found["differences"]},
            {("DBREQUIREMENT", "1", "HTMLEXCERPT", "different"), ("DBLINK", "9", "PARENT_ID", "different"),
             ("DBPROPERTY", "5", None, "missing")})
    t.equal(found["tables"]["DBPROPERTY"], {"expected": 2, "found": 1, "different": 0})
    t.equal(found["tables"]["DBLINK"], {"expected": 5, "found": 5, "different": 1})


def test_verify_before_any_import_is_refused(t):
    url, _ = tiny.ready(t)
    t.run("verify", url, KEY, expect=4)


# --- merging -----------------------------------------------------------------------------------------

WIKI = "eeeeeeee-1111-3000-8000-000000000001"


def merge_world(t):
    """A Jira with a requirement that the backup brings too, tied to an issue of another project."""
    url = world.create(t, "jira.db", "jira")
    with world_jira.Site(t.dir / "jira.db", 400, 9, "here") as site:
        site.user("ada", None, "ada@x.example", "Ada")
        for link in (WIKI, WIKI.replace("e", "f")):
            site.applink(link, f"Wiki {link[0]}", f"http://{link[0]}.example")
        issue = site.issue(site.project("TIO", "Toolbox"), 1, "Task 1")
        other = site.issue(site.project("ZZZ", "Other"), 1, "Other")
        there = site.ry("DBREMOTEREQUIREMENT", APPLINK=WIKI, SPACEKEY="SF", KEY="R-1", BASELINE=None,
                        TITLE="as it is here", URL="/here", FLAGDELETED=1, SCHEMAVERSION=3)
        gone = site.ry("DBREMOTEREQUIREMENT", APPLINK=WIKI, SPACEKEY="SF", KEY="R-9", BASELINE=None)
        back = site.ry("DBREMOTEREQUIREMENT", APPLINK=WIKI, SPACEKEY="SF", KEY="R-5", BASELINE=5)
        for row, requirement in ((other, there), (issue, there), (issue, gone), (issue, back)):
            site.ry("DBISSUELINK", ISSUEID=row, ISSUEKEY="x", REQUIREMENT_ID=requirement,
                    RELATIONSHIP="earlier")

    def remote(number, link, space, key, title, baseline=None):
        return csvtext.item("DBREMOTEREQUIREMENT", number, None, link, space, key, baseline, "false",
                            None, "false", title, None)

    def tie(number, requirement, relationship="implements"):
        return csvtext.item("DBISSUELINK", number, None, 77, "TIO-1", relationship, requirement)

    old, second = "11111111-1111-3000-8000-000000000001", "22222222-1111-3000-8000-000000000002"
    rows = [remote(1, old, "SF", "R-1", "as it was there"), remote(2, old, "SF", "R-2", "first"),
            remote(3, second, "SF", "R-2", "second"), remote(4, old, "SF", "R-1", "baseline", 1),
            remote(5, old, "SF", "R-5", "back", 5),
            tie(10, 1), tie(11, 2), tie(12, 3, "verifies"), tie(13, 4), tie(14, 5)]
    mappings = [csvtext.mapping("ISSUE", 77, title="Task 1", issuekey="TIO-1"),
                csvtext.mapping("APPLINK", old), csvtext.mapping("SPACE", "SF", old),
                csvtext.mapping("APPLINK", second), csvtext.mapping("SPACE", "SF", second)]
    (t.dir / "merge.csv").write_text(
        csvtext.backup(csvtext.JIRA_PLUGIN, "TIO", rows + mappings), "utf-8", newline="")
    steps.load(t, url, "jira.db", "merge.csv")
    t.run("map", "auto", url, "merge", "--open-ok")
    for link in (old, second):
        t.run("map", "set", url, "merge", "APPLINK", link, WIKI)
        t.run("map", "set", url, "merge", "SPACE", "SF", "SF", "--dependencies", link, "--force")
    t.run("map", "auto", url, "merge", "--open-ok")
    t.run("map", "confirm", url, "merge", "--all", "--yes")
    return url, there, gone, back


def test_rows_that_exist_already_are_merged(t):
    url, there, gone, back = merge_world(t)
    before = check.read(t, "jira.db")["AO_42D05A_DBREMOTEREQUIREMENT"]
    ambiguous = t.run("map", "set", url, "merge", "SPACE", "SF", "SX", "--force", expect=4).err
    t.contains(ambiguous, "dependencies")
    planned, done = steps.carry_out(t, url, "jira.db", "merge", "TIO", *ASSUMED)
    # stand there; of the two R-2, which differ in their link only, one is left
    t.equal(steps.filled(done["merged"]), {"DBREMOTEREQUIREMENT": 3})
    t.equal(steps.filled(done["inserted"]), {"DBREMOTEREQUIREMENT": 2, "DBISSUELINK": 5})
    t.equal(steps.filled(planned["erase"]), {"DBREMOTEREQUIREMENT": 1, "DBISSUELINK": 3})
    after = check.read(t, "jira.db")
    requirements = after["AO_42D05A_DBREMOTEREQUIREMENT"]
    t.equal(requirements[there], before[there], "the row that was there")
    t.equal(requirements[back], before[back], "the row that comes again")
    assert gone not in requirements, "R-9 lost its last link and is still there"
    t.equal(sorted((row["KEY"], row["BASELINE"], row["TITLE"]) for row in requirements.values()
                   if row["ID"] not in before), [("R-1", 1, "baseline"), ("R-2", None, "first")])
    ties = sorted((requirements[row["REQUIREMENT_ID"]]["KEY"], row["RELATIONSHIP"])
                  for row in after["AO_42D05A_DBISSUELINK"].values())
    t.equal(ties, [("R-1", "earlier"), ("R-1", "implements"), ("R-1", "implements"),
                   ("R-2", "implements"), ("R-2", "verifies"), ("R-5", "implements")])
    # once more: everything merges
    _, done = steps.carry_out(t, url, "jira.db", "merge", "TIO", *ASSUMED)
    check.same_but_ids(after, check.read(t, "jira.db"))


def test_a_space_that_links_map_differently(t):
    """In the audit trail: the space that the issue's own links use; where they leave it open the text
    stays as it is."""
    url, *_ = merge_world(t)
    t.run("delete", url, "merge")
    old, second = "11111111-1111-3000-8000-000000000001", "22222222-1111-3000-8000-000000000002"

    def trail(number, issue):
        text = '[ {"spaceKey":"SF", "url":"/requirements/SF/R-2"} ]'
        return csvtext.item("DBRILAUDITTRAILITEM", number, None, issue, f"TIO-{issue}", None, None, None,
                            None, text, "true")

    def remote(number, link):
        return csvtext.item("DBREMOTEREQUIREMENT", number, None, link, "SF", f"K-{number}", None, "false",
                            None, "false", None, None)

    with world_jira.Site(t.dir / "jira.db", 4000, 9, None) as site:
        project = t.rows("jira.db", "SELECT id FROM project WHERE pkey = 'TIO'")[0]["id"]
        for number in (77, 78, 79):
            site.issue(project, number, f"Task {number}")
    rows = [trail(1, 77), trail(2, 78), trail(3, 79), remote(4, old), remote(5, second),
            csvtext.item("DBISSUELINK", 6, None, 77, "TIO-77", "r", 5),
            csvtext.item("DBISSUELINK", 7, None, 78, "TIO-78", "r", 4),
            csvtext.item("DBISSUELINK", 8, None, 79, "TIO-79", "r", 4),
            csvtext.item("DBISSUELINK", 9, None, 79, "TIO-79", "r", 5)]
    mappings = [*(csvtext.mapping("ISSUE", n, title=f"Task {n}", issuekey=f"TIO-{n}") for n in
                  (77, 78, 79)), csvtext.mapping("APPLINK", old), csvtext.mapping("SPACE", "SF", old),
                csvtext.mapping("APPLINK", second), csvtext.mapping("SPACE", "SF", second)]
    (t.dir / "trail.csv").write_text(
        csvtext.backup(csvtext.JIRA_PLUGIN, "TIO", rows + mappings), "utf-8", newline="")
    t.run("load", url, "trail.csv")
    t.run("map", "auto", url, "trail", "--open-ok")
    for link, new, space in ((old, WIKI, "SA"), (second, WIKI.replace("e", "f"), "SB")):
        t.run("map", "set", url, "trail", "APPLINK", link, new)
        t.run("map", "set", url, "trail", "SPACE", "SF", space, "--dependencies", link, "--force")
    t.run("map", "auto", url, "trail", "--open-ok")
    t.run("map", "confirm", url, "trail", "--all", "--yes")
    steps.carry_out(t, url, "jira.db", "trail", "TIO", *ASSUMED)
    found = {row["ISSUEKEY"]: row["LINKS"] for row in t.rows(
        "jira.db", 'SELECT "ISSUEKEY", "LINKS" FROM "AO_42D05A_DBRILAUDITTRAILITEM"')}
    template = '[ {{"spaceKey":"{0}", "url":"/requirements/{0}/R-2"}} ]'
    t.equal(found, {"TIO-77": template.format("SB"), "TIO-78": template.format("SA"),
                    "TIO-79": template.format("SF")})


def test_audit_trail_can_be_kept(t):
    made = world_jira.pair(t)
    truth, url, name = made.truth, made.destination, "destination.db"
    origin, before = check.read(t, "origin.db"), check.read(t, name)
    steps.export(t, made.origin, "origin.db", "all", "all.csv", "--all", expect=3)
    steps.load(t, url, name, "all.csv")
    nothing = [key for (kind, key, _), new in truth.map.items() if kind == "USER" and not new]
    steps.decide(t, url, name, "all", truth, nothing)
    steps.carry_out(t, url, name, "all", "everything", "--audit-trail", "keep")
    truth.texts = {text: text for text in truth.texts}
    check.moved(origin, before, check.read(t, name), truth,
                world_jira.erased(t, before, {"TIO", "NEW", "MOV"}), nothing=nothing)


# --- interrupted -------------------------------------------------------------------------------------


def test_interrupted_import_changes_nothing(t):
    """Ctrl-C early, in the middle and late."""
    url, _ = tiny.destination(t)
    count = 8_000
    rows = [tiny.requirement(n, f"R-{n}") for n in range(1, count + 1)]
    rows += [csvtext.item("DBPROPERTY", n, None, n, "INLINE", "name", f"value {n}" * 5)
             for n in range(1, count + 1)]
    tiny.write(t, rows, [csvtext.mapping("SPACE", "ABC", title="Alpha")])
    t.run("load", url, f"{KEY}.csv")
    t.run("map", "auto", url, KEY)
    shutil.copy(t.dir / NAME, t.dir / "before.db")
    command = ["import", url, KEY, *ASSUMED, "--confirm", "ABC"]
    seconds, stopped = t.run(*command).seconds, 0
    for part in (0.1, 0.3, 0.5, 0.7):
        shutil.copy(t.dir / "before.db", t.dir / NAME)
        before = steps.state(t, NAME)
        process = t.start(*command)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.popen.wait(part * seconds)
        process.popen.send_signal(signal.SIGINT)
        result = process.wait(expect=(0, 130))
        if result.status == 0:
            continue  # the machine was quicker than before
        stopped += 1
        assert result.err, "nothing was said"
        t.same_hashes(before, steps.state(t, NAME))
        states = [row["state"] for row in t.rows(
            NAME, "SELECT state FROM reqferry_run WHERE step = 'import'")]
        assert states in ([], ["cancelled"]), states
    assert stopped >= 2, "no import could be interrupted"
    steps.carry_out(t, url, NAME, KEY, "ABC", *ASSUMED)
