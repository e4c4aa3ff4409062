"""Each warning: provoked, word for word, in standard error and in the JSON document, with what is done all
the same. And the refusals that are no blockers of a plan: products and versions of a file."""
import contextlib

import csvtext
import notices
import steps
import tiny
import world
import world_jira
from notices import change, confirmed, passes, warned
from tiny import ASSUMED, KEY, NAME

SPACE = csvtext.mapping("SPACE", "ABC", title="Alpha")
HERE_UNKNOWN = "the version of Requirement Yogi here is not known, so it was not compared with the backup's"
DUMMY = "the version of Requirement Yogi here is not known: the backup says \"3.7\" (set ry_version in the configuration, "\
        "or use --plugin-version)"


def warnings(t, *command, expect=0):
    """The warnings of a command in its JSON document, which stand on standard error too."""
    result = t.run("--json", *command, expect=expect)
    for one in result.json["warnings"]:
        t.contains(result.err, f"reqferry: warning: {one}\n")
    return result.json["warnings"]


def only(t, found, *wanted):
    t.equal(sorted(found), sorted(wanted), "warnings")


# --- plan and import ---------------------------------------------------------------------------------


def test_upper_case_copies_are_made_anew(t):
    """A few copies that are none: so it is at the origin. Those that programs may write otherwise stay."""
    keys = {"r-1": "R-1", "stra\u00dfe": "STRA\u00dfE", "Stra\u00dfe 2": "STRASSE 2", "\ufb01n": "\ufb01N", "dim": "D\u0130M",
            "\u10d0": "\u10d0", "wrong": "SOMETHING", "none": None, "xyz": "R-1"}
    rows = [tiny.requirement(n, key, UPPERKEY=upper) for n, (key, upper) in enumerate(keys.items(), 1)]
    url, _ = confirmed(t, rows, [SPACE])
    planned = steps.plan(t, url, KEY, *ASSUMED)
    message = ('DBREQUIREMENT.UPPERKEY: 3 values are not KEY in upper case and are made anew, the first is "D\u0130M" in '
               "DBREQUIREMENT 5")
    hint = "Look at these rows at the origin if you did not expect them."
    warned(t, planned, "upper-key", message, hint, 3)
    t.contains(t.run("plan", url, KEY, *ASSUMED).out, f"Good to know before:\n  1. upper-key: {message}\n     {hint}\n")
    found = warnings(t, "import", url, KEY, *ASSUMED, "--confirm", "ABC")
    only(t, found, message)
    steps.verify(t, url, KEY)
    t.equal({row["KEY"]: row["UPPERKEY"] for row in t.rows(
        NAME, """SELECT "KEY", "UPPERKEY" FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'ABC'""")},
        {**keys, "dim": "DIM", "wrong": "WRONG", "none": "NONE", "xyz": "XYZ"})
    # verify knows what they should be
    change(t, """UPDATE "AO_32F7CE_DBREQUIREMENT" SET "UPPERKEY" = 'SOMETHING' WHERE "KEY" = 'wrong'""")
    t.equal([one["column"] for one in steps.verify(t, url, KEY, expect=5)["differences"]], ["UPPERKEY"])


def test_an_upper_case_copy_alone(t):
    url, _ = confirmed(t, [tiny.requirement(n, f"r-{n}", UPPERKEY="X" if n == 2 else f"R-{n}") for n in (1, 2, 3)], [SPACE])
    warned(t, steps.plan(t, url, KEY, *ASSUMED), "upper-key",
           'DBREQUIREMENT.UPPERKEY: 1 value is not KEY in upper case and is made anew: "X" in DBREQUIREMENT 2',
           "Look at these rows at the origin if you did not expect them.", 1)


def test_upper_case_copies_of_a_known_order(t):
    """Our own file says in which order its columns stand: then no number of odd copies forbids anything."""
    url, _ = tiny.destination(t)
    change(t, """UPDATE "AO_32F7CE_DBREQUIREMENT" SET "UPPERKEY" = 'all ' || "ID" """)
    change(t, """DELETE FROM "AO_32F7CE_DBLINK" WHERE "DOCUMENTID" = '1'""")
    t.run("export", url, "out", "--space", "DEF", "--file", "out.csv")
    t.run("load", url, "out.csv", "--key", KEY)
    t.run("map", "auto", url, KEY, "--open-ok")
    planned, _ = passes(t, url, scope="DEF")
    t.equal([(one["kind"], one["count"]) for one in planned["warnings"]], [("upper-key", 3)])


def test_lost_columns_are_listed(t):
    rows = tiny.data_rows()
    rows[3] = rows[3] + ("first",)
    url, _ = confirmed(t, rows)
    options = ("--accept", "assumed,lost-columns")
    message = ('1 row of "DBPROPERTY" has fields for which there is no column, and they are left out: DBPROPERTY 4 with '
               'field 9, "first"')
    warned(t, steps.plan(t, url, KEY, *options), "lost-columns", message, "Keep the file: the fields stay in it.", 1)
    only(t, warnings(t, "import", url, KEY, *options, "--confirm", "ABC"), message)
    t.run("delete", url, KEY)
    rows[4] = rows[4] + ("", "second")
    tiny.write(t, rows)
    t.run("load", url, f"{KEY}.csv")
    warned(t, steps.plan(t, url, KEY, *options), "lost-columns",
           '2 rows of "DBPROPERTY" have fields for which there is no column, and they are left out, the first is '
           'DBPROPERTY 4 with field 9, "first"', "Keep the file: the fields stay in it.", 2)


def test_rows_of_one_identity_go_in_as_they_are(t):
    """No value equals no value; what is so at the origin already is so afterwards."""
    rows = [tiny.requirement(1, "R-1"), tiny.requirement(2, "R-1", HTMLEXCERPT="again"), tiny.requirement(3, "R-1", BASELINE=1),
            tiny.requirement(4, "R-1", BASELINE=1), tiny.requirement(5, "R-1", BASELINE=1), tiny.requirement(6, "r-1"),
            tiny.requirement(7, "R-1", BASELINE="01", HTMLEXCERPT="07"),
            csvtext.item("DBDEPENDENCY", 8, None, None, 1, 2), csvtext.item("DBDEPENDENCY", 9, None, None, 1, 2)]
    url, _ = confirmed(t, rows, [SPACE])
    planned = steps.plan(t, url, KEY, *ASSUMED)
    t.equal(planned["blockers"], [])
    hint = "They are so at the origin: look at them there."
    t.equal([(one["kind"], one["message"], one["hint"], one["count"]) for one in planned["warnings"]], [
        ("same-identity", '5 rows of "DBREQUIREMENT" share 2 identities already in the backup and go in as they are, the '
                          'first is DBREQUIREMENT 1 ("ABC", "R-1")', hint, 5),
        ("same-identity", '2 rows of "DBDEPENDENCY" share 1 identity already in the backup and go in as they are, the first '
                          "is DBDEPENDENCY 8", hint, 2)])
    for _ in range(2):
        passes(t, url, *ASSUMED)
        t.equal([(row["KEY"], row["BASELINE"], row["HTMLEXCERPT"]) for row in t.rows(
            NAME, """SELECT * FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'ABC' ORDER BY "ID" """)], [
                ("R-1", None, "<p>R-1</p>"), ("R-1", None, "again"), *[("R-1", 1, "<p>R-1</p>")] * 3,
                ("r-1", None, "<p>r-1</p>"), ("R-1", 1, "07")])


def test_more_rejected_rows_than_are_told(t):
    rows = [tiny.requirement(n, f"R-{n}", BASELINE="x" if n > 1 else None) for n in range(1, 104)]
    url, _ = confirmed(t, rows, [SPACE])
    found = warnings(t, "import", url, KEY, *ASSUMED, "--reject", "--confirm", "ABC", expect=3)
    t.equal(len(found), 101)
    t.equal(found[-1], '2 more rows were left out: see "reqferry ids"')
    t.equal(t.run("ids", url, KEY).out.count("rejected"), 102)


# --- load --------------------------------------------------------------------------------------------


def load_text(t, url, content, expect=0):
    (t.dir / "file.csv").write_bytes(content.encode())
    return t.run("--json", "load", url, "file.csv", expect=expect)


def test_load_warns_of_widths_and_columns(t):
    rows = tiny.data_rows()
    rows[2] = tiny.requirement(3, "R-3", UPPERKEY="other", BASELINE="x")
    rows[3] = rows[3] + ("surplus",)
    rows[4] = rows[4][:-1]
    tiny.write(t, rows)
    url, _ = tiny.destination(t)
    only(t, warnings(t, "load", url, f"{KEY}.csv"), HERE_UNKNOWN,
         'line 6: a row of "DBPROPERTY" has 9 fields, the catalogue says 8: surplus fields stay in staging and in written '
         "files", "DBREQUIREMENT.UPPERKEY: 1 of 3 values fail (upper-key), the first in line 5",
         "DBREQUIREMENT.BASELINE: 1 of 1 values fail (bad-value), the first in line 5")
    t.run("write", url, KEY, "again.csv")
    t.equal((t.dir / "again.csv").read_bytes(), (t.dir / f"{KEY}.csv").read_bytes())
    # a row that is too short lacks its last column only
    t.run("map", "auto", url, KEY, "--open-ok")
    t.run("map", "confirm", url, KEY, "--all", "--yes")
    t.run("import", url, KEY, "--accept", "assumed,lost-columns", "--reject", "--confirm", "ABC", expect=3)
    t.equal(steps.count(t, NAME, """"AO_32F7CE_DBPROPERTY" WHERE "TYPE" = 'EXTERNAL' AND "VALUE" IS NULL"""), 1)


def test_load_warns_of_a_second_mapping_row(t):
    url, _ = tiny.destination(t)
    tiny.write(t, [tiny.requirement(1, "R-1")], [SPACE, SPACE])
    only(t, warnings(t, "load", url, f"{KEY}.csv"), HERE_UNKNOWN,
         'line 5: "SPACE" "ABC" has a mapping row already, on line 4')


def test_versions_of_a_file(t):
    """Older than the format, newer than what is here, or nothing known: number by number."""
    url = world.create(t, "jira.db", "jira")
    with contextlib.closing(t.sqlite("jira.db", write=True)) as db:
        db.executescript("CREATE TABLE pluginversion (id numeric(18,0), pluginkey text, pluginversion text);"
                         "INSERT INTO pluginversion VALUES (1, 'com.playsql.requirementyogijira', '3.10.1')")

    def load(version, oldest, expect=0):
        t.run("delete", url, "file", expect=(0, 1))
        return load_text(t, url, csvtext.backup(csvtext.JIRA_PLUGIN, "TIO", [], version, oldest), expect)

    for version, oldest in (("3.4.8", "3.4.8"), ("3.10.1", "3.10.1"), ("4.0", "3.9.99"), ("3.10.2-SNAPSHOT", "3.10"),
                            ("3.10.1", "3.10.1-SNAPSHOT")):
        t.equal(load(version, oldest).json["warnings"], [], f"{version} {oldest}")
    for version in ("3.4.7", "3.4.8-SNAPSHOT", "2.99", "3"):
        error = load(version, "1.0", 4).json["error"]
        t.equal(error, {"kind": "wrong-version", "message": f'"file.csv" is too old: it was written by Requirement Yogi '
                        f"{version}, and files are understood from 3.4.8 on",
                        "hint": "Update Requirement Yogi at the origin and export again."})
    for oldest in ("3.10.2", "3.11", "4", "3.10.2-SNAPSHOT"):
        error = load("5.0", oldest, 4).json["error"]
        t.equal(error, {"kind": "wrong-version", "message": f'"file.csv" is too new: it needs Requirement Yogi {oldest}, and '
                        "here is 3.10.1", "hint": "Update Requirement Yogi here first."})
    t.equal(t.run("--json", "list", url).json, [], "what was refused is not there")


def test_a_file_of_the_other_product(t):
    url, _ = tiny.destination(t)
    error = load_text(t, url, csvtext.backup(csvtext.JIRA_PLUGIN, "TIO", []), 4).json["error"]
    t.equal(error["kind"], "wrong-product")
    t.contains(error["message"], '"file.csv" is a backup of "com.playsql.requirementyogijira", but')
    t.equal(error["hint"], "A Confluence backup is loaded on a Confluence, a Jira backup on a Jira.")


# --- export and write --------------------------------------------------------------------------------


def test_export_names_what_is_gone(t):
    """Entities that no longer exist: the file has their keys alone, and the exit status says so."""
    url, _ = tiny.destination(t)
    found = warnings(t, "export", url, "one", "--space", "ABC", "--file", "one.csv", expect=3)
    assumed = ("the order of the columns is assumed: the vendor's own importer may read this file differently (see "
               '"reqferry catalogue show")')
    only(t, found, DUMMY, "1 entity that the rows refer to no longer exists here: only the key is known", assumed)
    t.contains((t.dir / "one.csv").read_bytes(), b"\r\nDBBackupMapping,PAGE,1,,,,,,,,,,,,\r\n")
    change(t, """UPDATE "AO_32F7CE_DBREQUIREMENT" SET "CREATEDUSER" = 'former' WHERE "SPACEKEY" = 'ABC'""")
    only(t, warnings(t, "export", url, "two", "--space", "ABC", expect=3), DUMMY,
         "2 entities that the rows refer to no longer exist here: only the key is known")
    only(t, warnings(t, "write", url, "two", "two.csv"), assumed)
    change(t, """UPDATE "AO_32F7CE_DBREQUIREMENT" SET "CREATEDUSER" = NULL""")
    change(t, """DELETE FROM "AO_32F7CE_DBLINK" WHERE "DOCUMENTID" = '1'""")
    only(t, warnings(t, "export", url, "three", "--space", "ABC", "--plugin-version", "3.8"))


def test_export_names_columns_that_it_does_not_know(t):
    url, _ = tiny.destination(t)
    change(t, """DELETE FROM "AO_32F7CE_DBLINK" WHERE "DOCUMENTID" = '1'""")
    with contextlib.closing(t.sqlite(NAME, write=True)) as db:
        db.executescript("""ALTER TABLE "AO_32F7CE_DBREQUIREMENT" ADD COLUMN "SECRET" text;
            ALTER TABLE "AO_32F7CE_DBPROPERTY" ADD COLUMN "EMPTY" integer;
            UPDATE "AO_32F7CE_DBREQUIREMENT" SET "SECRET" = 'x' WHERE "SPACEKEY" = 'ABC' AND "KEY" = 'OLD-1';
            UPDATE "AO_32F7CE_DBREQUIREMENT" SET "SECRET" = 'x' WHERE "SPACEKEY" = 'DEF';""")
    secret = 'column "AO_32F7CE_DBREQUIREMENT"."SECRET" is not in the catalogue and is not exported: '
    empty = 'column "AO_32F7CE_DBPROPERTY"."EMPTY" is not in the catalogue and is not exported: 0 rows hold a value'
    for key, space, rows in (("a", "ABC", "1 row holds a value"), ("b", "DEF", "3 rows hold a value")):
        only(t, warnings(t, "export", url, key, "--space", space, "--plugin-version", "3.8", expect=3), secret + rows, empty)


# --- mapping -----------------------------------------------------------------------------------------


def err_of(t, *command, expect=0):
    return t.run(*command, expect=expect).err


def test_map_set_says_what_it_cannot_see(t):
    url, _ = confirmed(t)
    t.equal(err_of(t, "map", "set", url, KEY, "ISSUE", "TIO-1", "TIO-2"),
            'reqferry: warning: the issue "TIO-2" cannot be seen in this database: whether it is there was not checked\n')


def test_map_exclude_spares_the_scope(t):
    url, _ = confirmed(t)
    t.contains(err_of(t, "map", "exclude", url, KEY, "--find", "A", "--yes"),
               'reqferry: warning: SPACE "ABC" is what the backup covers: it is not excluded\n')
    t.equal(t.rows(NAME, "SELECT status FROM reqferry_mapping WHERE type = 'SPACE'"), [{"status": "MAPPED_MANUAL"}])


def test_ids_says_that_mappings_changed(t):
    url, truth = confirmed(t)
    passes(t, url, *ASSUMED)
    t.equal(err_of(t, "ids", url, KEY), "")
    t.run("map", "set", url, KEY, "USER", "u1", truth.of("USER", "u2"))
    t.equal(err_of(t, "ids", url, KEY),
            "reqferry: warning: 1 mapping was changed since the import; listed as it is now\n")
    t.run("map", "set", url, KEY, "USER", "u2", truth.of("USER", "u1"))
    t.equal(err_of(t, "ids", url, KEY),
            "reqferry: warning: 2 mappings were changed since the import; listed as they are now\n")


def test_map_auto_looks_at_no_other_side_of_several(t):
    """A Jira backup of two application links, and one Confluence."""
    wiki, _ = tiny.destination(t)
    url = world.create(t, "jira.db", "jira")
    with world_jira.Site(t.dir / "jira.db", 400, 9, "here") as site:
        site.issue(site.project("TIO", "Toolbox"), 1, "Task 1")
    links = ["11111111-1111-3000-8000-000000000001", "22222222-1111-3000-8000-000000000002"]
    rows = [csvtext.item("DBREMOTEREQUIREMENT", n, None, link, "SF", "R-1", None, "false", None, "false", None, None)
            for n, link in enumerate(links)]
    rows += [csvtext.mapping("APPLINK", link) for link in links] + [csvtext.mapping("SPACE", "SF", link) for link in links]
    load_text(t, url, csvtext.backup(csvtext.JIRA_PLUGIN, "TIO", rows))
    t.contains(err_of(t, "map", "auto", url, "file", "--confluence", wiki, "--open-ok"),
               "reqferry: warning: the backup refers to 2 application links, and Confluence given is only one of their sides: "
               "it is not looked at\n")
