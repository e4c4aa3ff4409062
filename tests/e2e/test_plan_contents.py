"""What a plan tells besides its counts: who loses rows, what is left out and why, what merged rows differ
in, what is copied as it is, what the import needs. Each is counted here from the tables, not asked twice
of the program."""
import json
import os
import subprocess

import csvtext
import harness
import steps
import tiny
import versions
import world_confluence
from test_plan_import import WIKI, edit, merge_world
from tiny import ASSUMED, KEY, NAME


def note(planned, kind):
    found = [one for one in planned["notes"] if one["kind"] == kind]
    assert len(found) <= 1, found
    return found[0] if found else None


# --- who loses rows ----------------------------------------------------------------------------------


def test_erased_rows_by_table_and_space(t):
    url, _ = tiny.ready(t)
    edit(t, """INSERT INTO "AO_32F7CE_DBDEPENDENCY" ("RELATIONSHIP", "PARENT_ID", "CHILD_ID") SELECT 'r', d."ID",
         a."ID" FROM "AO_32F7CE_DBREQUIREMENT" d JOIN "AO_32F7CE_DBREQUIREMENT" a ON d."KEY" = 'OLD-1' AND
         a."KEY" = 'OLD-1' AND d."SPACEKEY" = 'DEF' AND a."SPACEKEY" = 'ABC'""")
    edit(t, """INSERT INTO "AO_32F7CE_DBAPPLINK" ("APPLINK", "NAME") VALUES (?, 'Jira')""", tiny.NEW_LINK)
    one = {"DBREQUIREMENT": 3, "DBPROPERTY": 1, "DBDEPENDENCY": 1, "DBLINK": 1, "DBTRACEABILITYMATRIX": 1}
    planned = steps.plan(t, url, KEY, *ASSUMED)
    t.equal(planned["scopes"], [{"key": "ABC", "erase": one, "rows": 7, "receives": True}])
    t.equal((planned["eraseScopes"], planned["eraseScopeless"]), ({"ABC": 7}, {"DBDEPENDENCY": 1}))
    planned = steps.plan(t, url, KEY, *ASSUMED, "--erase", "everything")
    t.equal(planned["scopes"], [{"key": "ABC", "erase": one, "rows": 7, "receives": True},
                                {"key": "DEF", "erase": one, "rows": 7, "receives": False}])
    t.equal(planned["eraseScopeless"], {"DBDEPENDENCY": 1, "DBAPPLINK": 1})
    t.equal(sum(planned["erase"].values()), 7 + 7 + 2, "all that is erased")
    text = t.run("plan", url, KEY, *ASSUMED, "--erase", "everything").out
    t.contains(text, "\nErased, by space\n  ABC: 7 rows (DBREQUIREMENT 3, DBPROPERTY 1, DBDEPENDENCY 1, "
               "DBLINK 1, DBTRACEABILITYMATRIX 1)\n  DEF: 7 rows (")
    t.contains(text, "DBTRACEABILITYMATRIX 1), and receives none\n  of no one space: 2 rows (DBDEPENDENCY 1, "
               "DBAPPLINK 1)\n")
    planned = steps.plan(t, url, KEY, *ASSUMED, "--erase", "nothing")
    t.equal((planned["scopes"][0]["rows"], sum(planned["erase"].values())), (0, 0))


def test_erased_rows_by_project(t):
    url, *_ = merge_world(t)
    planned = steps.plan(t, url, "merge", *ASSUMED)
    t.equal(planned["scopes"], [{"key": "TIO", "erase": {"DBISSUELINK": 3}, "rows": 3, "receives": True}])
    t.equal(planned["eraseScopeless"], {"DBREMOTEREQUIREMENT": 1}, "the one that lost its last link")
    t.contains(t.run("plan", url, "merge", *ASSUMED).out, "\nErased, by project\n  TIO: 3 rows (DBISSUELINK 3)\n"
               "  of no one project: 1 row (DBREMOTEREQUIREMENT 1)\n")


# --- what is left out --------------------------------------------------------------------------------


def test_exclusions_name_their_mapping_and_their_cascade(t):
    url, _ = tiny.ready(t)
    planned = steps.plan(t, url, KEY, *ASSUMED)
    t.equal(planned["exclusions"], {"total": 0, "withoutRows": 0, "mappings": []})
    steps.edit_one(t, url, KEY, "exclude", "USER", "u2")   # R-2, and what hangs on it
    steps.edit_one(t, url, KEY, "exclude", "PAGE", "8021")  # a link of R-3, its place of origin
    edit(t, "UPDATE reqferry_mapping SET status = 'EXCLUDED' WHERE type = 'VERSION' AND key = '8021'")
    planned = steps.plan(t, url, KEY, *ASSUMED)
    t.equal([(one["type"], one["key"], one["title"], one["rows"], one["tables"])
             for one in planned["exclusions"]["mappings"]],
            [("USER", "u2", "bob", 6, {"DBREQUIREMENT": 1, "DBPROPERTY": 1, "DBDEPENDENCY": 2, "DBLINK": 2}),
             ("PAGE", "8021", "Page 8021", 1, {"DBLINK": 1})])
    t.equal((planned["exclusions"]["total"], planned["exclusions"]["withoutRows"]), (2, 1))
    t.equal(sum(one["rows"] for one in planned["exclusions"]["mappings"]), sum(planned["exclude"].values()))
    for table, rows in planned["backup"].items():
        t.equal(rows, sum(planned[word][table] for word in ("insert", "merge", "exclude", "reject")), table)
    t.equal(planned["orphans"], 1)
    text = t.run("plan", url, KEY, *ASSUMED).out
    t.contains(text, '  USER u2 "bob": 6 rows (DBREQUIREMENT 1, DBPROPERTY 1, DBDEPENDENCY 2, DBLINK 2)\n'
               '  PAGE 8021 "Page 8021": 1 row (DBLINK 1)\n')
    t.contains(text, "each counts once. 1 excluded mapping leaves no other row out.")
    steps.carry_out(t, url, NAME, KEY, "ABC", *ASSUMED)


def test_more_exclusions_than_are_listed(t):
    pages = range(5000, 5105)
    rows = [*tiny.data_rows(), *(tiny.link(n, 1, "false", "PAGE", "page", n) for n in pages)]
    mappings = [*tiny.mapping_rows(), *(csvtext.mapping("PAGE", n, spacekey="ABC", pagetype="PAGE", pageversion=1,
                                                        title=f"Gone {n}") for n in pages)]
    url, _ = tiny.loaded(t, rows, mappings)
    edit(t, "UPDATE reqferry_mapping SET status = 'EXCLUDED' WHERE type = 'PAGE' AND key >= '5000' AND key < '6'")
    edit(t, "UPDATE reqferry_mapping SET status = 'EXCLUDED' WHERE type = 'USER' AND key = 'u1'")
    edit(t, "UPDATE reqferry_mapping SET status = 'MAPPED_MANUAL' WHERE certainty = 'possible'")
    planned = steps.plan(t, url, KEY, *ASSUMED)
    # all those links are of the requirement that the user takes along
    t.equal([one["key"] for one in planned["exclusions"]["mappings"]][:1], ["u1"], "the largest first")
    edit(t, "UPDATE reqferry_mapping SET status = 'MAPPED_MANUAL', destinationvalue = NULL WHERE type = 'USER' "
         "AND key = 'u1'")
    planned = steps.plan(t, url, KEY, *ASSUMED)
    t.equal((planned["exclusions"]["total"], len(planned["exclusions"]["mappings"])), (105, 100))
    t.contains(t.run("plan", url, KEY, *ASSUMED).out, "  ... and 5 more mappings. These rows need it")


def test_rejected_rows_are_listed_before_they_are_left_out(t):
    rows = tiny.data_rows()
    rows[0] = tiny.requirement(1, "R-1", "u1", BASELINE="many")
    url, _ = tiny.ready(t, rows)
    planned = steps.plan(t, url, KEY, *ASSUMED, "--reject")
    t.equal(planned["rejections"]["total"], sum(planned["reject"].values()))
    first = planned["rejections"]["rows"][0]
    t.equal((first["table"], first["oldId"]), ("DBREQUIREMENT", "1"))
    t.contains(first["problem"], "BASELINE")
    t.equal([(one["table"], one["oldId"], one["problem"]) for one in planned["rejections"]["rows"][1:]],
            [("DBPROPERTY", "4", None), ("DBDEPENDENCY", "6", None), ("DBLINK", "8", None)])
    text = t.run("plan", url, KEY, *ASSUMED, "--reject").out
    t.contains(text, "\nRows that are rejected\n  DBREQUIREMENT 1: ")
    t.contains(text, "  DBLINK 8: it refers to a row that is left out\n")
    t.equal(steps.plan(t, url, KEY, *ASSUMED)["rejections"], {"total": 0, "rows": []})


# --- merged rows -------------------------------------------------------------------------------------


def test_differences_of_merged_rows(t):
    url, there, _, back = merge_world(t)
    planned = steps.plan(t, url, "merge", *ASSUMED)
    found = planned["mergeDifferences"]
    t.equal([(one["table"], one["oldId"], one["identity"], one["column"], one["kept"], one["backup"])
             for one in found["rows"]], [
        ("DBREMOTEREQUIREMENT", "1", f"{WIKI} SF R-1", "SCHEMAVERSION", "3", None),
        ("DBREMOTEREQUIREMENT", "1", f"{WIKI} SF R-1", "FLAGDELETED", "true", "false"),
        ("DBREMOTEREQUIREMENT", "1", f"{WIKI} SF R-1", "FLAGERROR", None, "false"),
        ("DBREMOTEREQUIREMENT", "1", f"{WIKI} SF R-1", "TITLE", "as it is here", "as it was there"),
        ("DBREMOTEREQUIREMENT", "1", f"{WIKI} SF R-1", "URL", "/here", None),
        ("DBREMOTEREQUIREMENT", "5", f"{WIKI} SF R-5 5", "FLAGDELETED", None, "false"),
        ("DBREMOTEREQUIREMENT", "5", f"{WIKI} SF R-5 5", "FLAGERROR", None, "false"),
        ("DBREMOTEREQUIREMENT", "5", f"{WIKI} SF R-5 5", "TITLE", None, "back"),
        # of the two that the mapping makes one, the first comes in
        ("DBREMOTEREQUIREMENT", "3", f"{WIKI} SF R-2", "TITLE", "first", "second")])
    t.equal((found["total"], found["columns"]["DBREMOTEREQUIREMENT.TITLE"]), (9, 3))
    text = t.run("plan", url, "merge", *ASSUMED).out
    t.contains(text, "\nDifferences of merged rows\n")
    t.contains(text, "DBREMOTEREQUIREMENT.TITLE 3")
    t.contains(text, f'  DBREMOTEREQUIREMENT 3 ({WIKI} SF R-2): TITLE "first", not "second"\n')
    t.contains(text, f'  DBREMOTEREQUIREMENT 1 ({WIKI} SF R-1): SCHEMAVERSION "3", not empty; FLAGDELETED "true", '
               'not "false"; FLAGERROR empty, not "false"; TITLE "as it is here", not "as it was there"; ')
    done = t.run("--json", "import", url, "merge", *ASSUMED, "--confirm", "TIO", "--report", "r.html",
                 "--report", "r.txt", "--report", "r.json").json
    t.equal(done["mergeDifferences"], found, "what the import says")
    kept = {row["ID"]: row for row in t.rows("jira.db", 'SELECT * FROM "AO_42D05A_DBREMOTEREQUIREMENT"')}
    t.equal((kept[there]["TITLE"], kept[there]["FLAGDELETED"], kept[back]["TITLE"]), ("as it is here", 1, None))
    t.equal([row["TITLE"] for row in kept.values() if row["KEY"] == "R-2"], ["first"])
    for name in ("r.html", "r.txt", "r.json"):
        report = (t.dir / name).read_text("utf-8")
        for part in ("as it was there", "as it is here", "FLAGERROR", "second"):
            t.contains(report, part, name)
    # everything is as it was brought now: only what never came in differs
    again = steps.plan(t, url, "merge", *ASSUMED)["mergeDifferences"]
    assert {one["oldId"] for one in again["rows"]} >= {"1", "3", "5"}, again


# --- what is copied as it is -------------------------------------------------------------------------


def test_texts_that_name_old_places(t):
    def matrix(number, query, columns="key"):
        return csvtext.item("DBTRACEABILITYMATRIX", number, None, "ABC", number, f"m{number}", query, columns, None,
                            None, None, None)
    named = [matrix(40, "spaceKey = 'ABC'"), matrix(41, "page = 11"), matrix(42, "jira = 'TIO-1'"),
             matrix(43, "key ~ 'x'", "link(31), ABC")]
    other = [matrix(50, "spaceKey = 'ABCD'"), matrix(51, "page = 111 OR TIO-11"), matrix(52, "key ~ 'abc'"), matrix(53, None)]
    markup = [tiny.requirement(60, "M-1", HTMLEXCERPT='<a href="/display/ABC/Home">x</a>'),
              tiny.requirement(61, "M-2", HTMLEXCERPT='<a data-page-id="8021">x</a> <i>TIO-1</i>')]
    prose = [tiny.requirement(62, "M-3", HTMLEXCERPT="<p>ABC and ABC</p>"),
             tiny.requirement(63, "M-4", HTMLEXCERPT='<a href="/display/ABCD/Home">ABC</a>')]
    url, truth = tiny.loaded(t, [*tiny.data_rows()[:3], *markup, *prose, *tiny.data_rows()[3:12], *named, *other])
    edit(t, "UPDATE reqferry_mapping SET status = 'MAPPED_MANUAL' WHERE certainty = 'possible'")
    t.run("map", "set", url, KEY, "ISSUE", "TIO-1", "NEW-1", "--force")
    planned = steps.plan(t, url, KEY, *ASSUMED)
    # ABC keeps its key: nothing leads astray by it
    t.equal(planned["textColumns"], {"DBREQUIREMENT.HTMLEXCERPT": 1, "DBTRACEABILITYMATRIX.QUERY": 2,
                                     "DBTRACEABILITYMATRIX.COLUMNS": 1})
    t.run("map", "set", url, KEY, "SPACE", "ABC", "DEF")
    for kind in ("PAGE", "VERSION", "ATTACHMENT"):
        for row in steps.mappings(t, url, KEY, "--type", kind):
            which = ("--dependencies", row["dependencies"]) if row["dependencies"] else ()
            t.run("map", "set", url, KEY, kind, row["key"], truth.of(kind, row["key"]), *which)
    planned = steps.plan(t, url, KEY, *ASSUMED)
    t.equal(planned["textColumns"], {"DBREQUIREMENT.HTMLEXCERPT": 2, "DBTRACEABILITYMATRIX.QUERY": 3,
                                     "DBTRACEABILITYMATRIX.COLUMNS": 1})
    t.equal(planned["texts"], 6)
    t.contains(t.run("plan", url, KEY, *ASSUMED).out, "6 texts are copied unchanged and name a space, page, issue or "
               "file by what it is called at the origin: DBREQUIREMENT.HTMLEXCERPT 2, ")


def test_times_with_more_digits_than_are_kept(t):
    times = ["2024-01-04 19:20:08", "2024-01-04 19:20:08.5", "2024-01-04 19:20:08.123", "2024-01-04 19:20:08.123000",
             "2024-01-04 19:20:08.1234", "2024-01-04 19:20:08.123456789"]
    rows = [tiny.requirement(n + 1, f"R-{n + 1}", CREATEDDATE=time) for n, time in enumerate(times)]
    url, _ = tiny.ready(t, rows, tiny.mapping_rows()[:1])
    planned = steps.plan(t, url, KEY, *ASSUMED)
    t.equal(note(planned, "fraction-digits")["count"], 2)
    t.contains(note(planned, "fraction-digits")["message"], "2 times have more than 3 fraction digits")
    steps.carry_out(t, url, NAME, KEY, "ABC", *ASSUMED)
    found = [row["CREATEDDATE"] for row in t.rows(NAME, """SELECT "CREATEDDATE" FROM "AO_32F7CE_DBREQUIREMENT" WHERE
                                                  "SPACEKEY" = 'ABC' ORDER BY "KEY" """)]
    t.equal(found, [f"2024-01-04 19:20:08.{digits}" for digits in ("000", "500", "123", "123", "123", "123")])
    edit(t, """UPDATE "AO_32F7CE_DBREQUIREMENT" SET "CREATEDDATE" = '2024-01-04 19:20:08.124' WHERE "KEY" = 'R-6' AND
         "SPACEKEY" = 'ABC'""")
    t.equal(steps.verify(t, url, KEY, expect=5)["differences"][0]["column"], "CREATEDDATE")


# --- zones -------------------------------------------------------------------------------------------

BERLIN = {"TZ": "CET-1CEST,M3.5.0,M10.5.0/3"}
NEW_YORK = {"TZ": "EST5EDT,M3.2.0,M11.1.0"}


def test_zones_that_differ_are_noted(t):
    old = t.create_confluence("origin.db")
    with world_confluence.Site(t.dir / "origin.db", 1000, 7, "there") as site:
        site.space("ABC", "Alpha")
        site.ry("DBREQUIREMENT", SPACEKEY="ABC", KEY="R-1", UPPERKEY="R-1", STATUS="ACTIVE")
    new = t.create_confluence("destination.db")
    with world_confluence.Site(t.dir / "destination.db", 5000, 7, "here") as site:
        site.space("ABC", "Alpha")
    t.run("export", old, "move", "--space", "ABC", "--file", "move.csv", env=BERLIN)
    t.run("load", new, "move.csv", env=NEW_YORK)
    t.run("map", "auto", new, "move")

    def notes(env):
        planned = t.run("--json", "plan", new, "move", env=env, expect=(0, 4)).json
        return {one["kind"]: one["message"] for one in planned["notes"]}

    t.equal(notes(BERLIN), {})
    zone = t.rows("destination.db", "SELECT zone FROM reqferry_backup")[0]["zone"]
    assert zone in ("+01:00", "+02:00"), zone
    t.equal(list(notes(NEW_YORK)), ["zones-differ"])
    t.contains(notes(NEW_YORK)["zones-differ"], f"a clock at {zone} from UTC")
    t.contains(t.run("plan", new, "move", env=NEW_YORK).out, "zones-differ: times are copied as they are")
    # what is written again keeps the zone of the export, wherever that happens
    t.run("write", new, "move", "again.csv", env=NEW_YORK)
    t.contains((t.dir / "again.csv.manifest.json").read_text("utf-8"), f'{zone}"')
    t.run("import", new, "move", "--confirm", "ABC", "--report", "r.html", env=NEW_YORK)
    t.contains((t.dir / "r.html").read_text("utf-8"), "from UTC")


def test_a_summer_time_is_compared_with_summer_time(t):
    url, _ = tiny.ready(t)
    kinds = {}
    for exported, zone in (("2024-01-04 12:00:00", "+01:00"), ("2024-07-04 12:00:00", "+02:00"),
                           ("2024-07-04 12:00:00", "+01:00"), ("2024-01-04 12:00:00", None),
                           ("2024-01-04 12:00:00", "somewhere"), ("never", "+01:00")):
        edit(t, "UPDATE reqferry_backup SET exported = ?, zone = ?", exported, zone)
        planned = t.run("--json", "plan", url, KEY, *ASSUMED, env=BERLIN).json
        kinds[exported, zone] = [one["kind"] for one in planned["notes"]]
    t.equal(list(kinds.values()), [[], [], ["zones-differ"], ["zone-unknown"], ["zone-unknown"], ["zone-unknown"]])


def test_tables_of_an_earlier_version_have_no_zone(t):
    """A reader's plan on tables that the last version of the program made."""
    url, _ = tiny.ready(t)
    versions.take_back(t, NAME, 2)
    planned = steps.as_reader(t, "--json", "plan", url, KEY, *ASSUMED).json
    assert note(planned, "zone-unknown"), planned["notes"]
    steps.carry_out(t, url, NAME, KEY, "ABC", *ASSUMED)
    t.equal(t.rows(NAME, "SELECT zone FROM reqferry_backup"), [{"zone": None}])


# --- what it needs -----------------------------------------------------------------------------------


def test_space_is_estimated_from_above_and_within_a_factor(t):
    """The database grows by no more than the plan said, and by at least a third of it; at first, and when as much is
    erased."""
    texts = ["<p>" + "The axis shall stop. " * 20 + "</p>", "short"]
    rows = [tiny.requirement(n, f"K-{n}", HTMLEXCERPT=texts[n % 2]) for n in range(1, 3001)]
    rows += [csvtext.item("DBPROPERTY", n, None, n - 3000, "INLINE", "name", "a value of no great length")
             for n in range(3001, 6001)]
    url, _ = tiny.ready(t, rows, tiny.mapping_rows()[:1])
    for turn in ("first", "second"):
        planned = steps.plan(t, url, KEY, *ASSUMED)
        before = os.path.getsize(t.dir / NAME)
        t.run("import", url, KEY, *ASSUMED, "--confirm", "ABC")
        grown = os.path.getsize(t.dir / NAME) - before
        if not grown <= planned["needs"]["bytes"] <= 3 * grown:
            raise harness.Failure(f"{turn}: grew by {grown}, said {planned['needs']}")
        free = os.statvfs(t.dir)
        assert 0.5 < planned["needs"]["freeBytes"] / (free.f_bavail * free.f_frsize) < 2, planned["needs"]
        assert planned["needs"]["temporaryBytes"] > planned["needs"]["bytes"], planned["needs"]
        assert planned["needs"]["seconds"] > 0, planned["needs"]
        t.equal(planned["warnings"], [], "warnings")


def test_too_little_room_is_a_warning(t):
    """On a file system that has room for the database, and little more."""
    url, _ = tiny.ready(t)
    size = os.path.getsize(t.dir / NAME) // 1024
    (t.dir / "small").mkdir()
    inside = (f"mount -t tmpfs -o size={size + 200}k tmpfs small && cp {NAME} small/ && "
              f"exec {t.program} --json plan sqlite:small/{NAME} {KEY} --accept assumed")
    result = subprocess.run(["unshare", *([] if os.getuid() == 0 else ["-r"]), "-m", "sh", "-c", inside],
                            cwd=t.dir, env=t.environment(), capture_output=True, text=True, check=False)
    if "mount:" in result.stderr or "unshare:" in result.stderr:
        raise harness.Skip(f"no file system can be mounted here: {result.stderr.strip()}")
    planned = json.loads(result.stdout)
    t.equal([one["kind"] for one in planned["warnings"]], ["space"])
    t.contains(planned["warnings"][0]["message"], "MB where the database lies, and 0 MB are free there")
    t.contains(planned["warnings"][0]["hint"], "Make room")
    assert 0 < planned["needs"]["freeBytes"] <= 200 * 1024, planned["needs"]
    t.equal(planned["blockers"], [], "blockers")
    t.equal(steps.plan(t, url, KEY, *ASSUMED)["hash"], planned["hash"], "the hash")
