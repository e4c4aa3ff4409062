"""Each blocker that rows and columns cause: provoked alone, word for word, and gone after what its hint
says."""
import contextlib

import csvtext
import notices
import steps
import tiny
import world
import world_jira
from notices import blocked, change, confirmed, follow, passes, place
from tiny import ASSUMED, KEY, NAME

SPACE = csvtext.mapping("SPACE", "ABC", title="Alpha")
OTHER = csvtext.mapping("SPACE", "XYZ", title="Other")
ELSEWHERE = ("If the columns of the file stand in another order, say so in a catalogue and use it with --catalogue "
             "(docs/catalogue.md); else ")
VALIDATE = f'"reqferry validate {KEY}.csv" names each place.'


def script(t, text, name=NAME):
    with contextlib.closing(t.sqlite(name, write=True)) as db:
        db.executescript(text)


def again(t, url, rows=None, mappings=None, scope="ABC"):
    """The corrected file in place of the one that was loaded."""
    t.run("delete", url, KEY)
    tiny.write(t, rows, mappings, scope)
    steps.load(t, url, NAME, f"{KEY}.csv")
    t.run("map", "auto", url, KEY, "--open-ok")
    t.run("map", "confirm", url, KEY, "--all", "--yes")


# --- values and columns ------------------------------------------------------------------------------


def test_bad_value(t):
    rows = tiny.data_rows()
    rows[1] = tiny.requirement(2, "R-2", "u2", BASELINE="two")
    url, _ = confirmed(t, rows)
    message = ('1 row cannot be imported: DBREQUIREMENT 2, "two" in column "BASELINE" of "DBREQUIREMENT" is no '
               "whole number")
    hint = (f'Leave out these rows and what refers to them with "reqferry plan {place(url)} --accept assumed '
            f'--reject", or correct the values and load them again; {VALIDATE}')
    blocked(t, url, "bad-value", message, hint, *ASSUMED)
    t.contains(follow(t, hint, [0]).out, "Nothing forbids this import")
    t.contains(follow(t, hint, [1], expect=5).out, '"two"')
    again(t, url)
    passes(t, url, *ASSUMED)


def test_bad_values(t):
    rows = [tiny.requirement(n, f"R-{n}", STORAGETYPE="x" * 99) for n in (1, 2, 3)]
    url, _ = confirmed(t, rows, [SPACE])
    planned = steps.plan(t, url, KEY, *ASSUMED)
    t.equal([(one["kind"], one["count"], one["message"]) for one in planned["blockers"]], [(
        "bad-value", 3, f'3 rows cannot be imported, the first: DBREQUIREMENT 1, "{"x" * 40}..." in column '
        '"STORAGETYPE" of "DBREQUIREMENT" is no whole number')])


def test_bad_value_that_is_left_out_forbids_nothing(t):
    rows = tiny.data_rows()
    rows[8] = tiny.link(9, 3, "maybe", "PAGE", "page", 8021, 8021)
    url, _ = confirmed(t, rows)
    t.equal(notices.kinds(steps.plan(t, url, KEY, *ASSUMED)), ["bad-value"])
    t.run("map", "exclude", url, KEY, "--type", "PAGE", "--key", "8021", "--yes")
    passes(t, url, *ASSUMED)


def test_shape_of_an_entity(t):
    """A key that no mapping row has: perhaps the column is another one."""
    rows = tiny.data_rows() + [tiny.link(20, 1, "true", "PAGE", "page", 999, 11)]
    url, _ = confirmed(t, rows)
    message = 'DBLINK.DOCUMENTID: 1 value is no entity of the backup: "999" in DBLINK 20'
    hint = f"{ELSEWHERE}give the file the mapping rows that it lacks, and load it again. {VALIDATE}"
    # its version depends on the page: type=PAGE, app=page, documentId=999 is found by type and key alone
    blocked(t, url, "shape", message, hint, *ASSUMED)
    t.contains(follow(t, hint, [0], expect=5).out, '"999"')
    again(t, url, rows, tiny.mapping_rows() + [csvtext.mapping(
        "PAGE", 999, spacekey="ABC", pagetype="PAGE", pageversion=2, title="Page 11")])
    t.run("map", "confirm", url, KEY, "--all", "--yes")
    passes(t, url, *ASSUMED)


def test_shape_of_several_entities(t):
    rows = tiny.data_rows() + [tiny.requirement(n, f"S-{n}", f"nobody-{n}") for n in (20, 21)]
    url, _ = confirmed(t, rows)
    found = steps.plan(t, url, KEY, *ASSUMED)["blockers"]
    t.equal([(one["kind"], one["count"], one["message"]) for one in found], [
        ("shape", 2, f'DBREQUIREMENT.{column}: 2 values are no entity of the backup, the first is "nobody-20" in '
                     "DBREQUIREMENT 20") for column in ("CREATEDUSER", "LASTUPDATEDUSER")])


def test_shape_of_a_row(t):
    rows = tiny.data_rows()
    rows[5] = csvtext.item("DBDEPENDENCY", 6, None, "refines", 1, 77)
    url, _ = confirmed(t, rows)
    message = 'DBDEPENDENCY.CHILD_ID: 1 value is no row of the backup: "77" in DBDEPENDENCY 6'
    hint = (f"{ELSEWHERE}give the file the rows that it lacks, or take these out, and load it again. {VALIDATE}")
    blocked(t, url, "shape", message, hint, *ASSUMED)
    del rows[5]
    again(t, url, rows)
    passes(t, url, *ASSUMED)


def test_shape_of_upper_case_copies(t):
    """Most copies are none: the column is taken for another one, unless the file's order is known."""
    rows = [tiny.requirement(n, f"r-{n}", UPPERKEY=f"r-{n}" if n < 4 else f"R-{n - 1}") for n in range(1, 6)]
    url, _ = confirmed(t, rows, [SPACE])
    # "r-1" for "r-1": letters in lower case pass, as no text is lost by them
    hint = (f"{ELSEWHERE}empty this field of these rows in the file, so that it is made anew, and load it again. "
            f"{VALIDATE}")
    t.equal(notices.kinds(steps.plan(t, url, KEY, *ASSUMED)), [])
    rows = [tiny.requirement(n, f"r-{n}", UPPERKEY=f"R-{n - 1}" if n < 4 else f"R-{n}") for n in range(1, 6)]
    again(t, url, rows, [SPACE])
    blocked(t, url, "shape", 'DBREQUIREMENT.UPPERKEY: 3 of 5 values are not KEY in upper case, the first is "R-0" in '
            "DBREQUIREMENT 1", hint, *ASSUMED, count=3)
    again(t, url, [tiny.requirement(n, f"r-{n}", UPPERKEY=None if n < 4 else f"R-{n}") for n in range(1, 6)], [SPACE])
    passes(t, url, *ASSUMED)
    t.equal([row["UPPERKEY"] for row in t.rows(
        NAME, """SELECT "UPPERKEY" FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'ABC' ORDER BY "KEY" """)],
        [f"R-{n}" for n in range(1, 6)])


def test_assumed_columns(t):
    url, _ = confirmed(t, [tiny.requirement(1, "R-1")], [SPACE])
    at = place(url)
    hint = ('Compare the file with the order that "reqferry catalogue show confluence" prints. If they agree, use '
            f'"reqferry plan {at} --accept assumed"; else say so in a catalogue and use it with --catalogue '
            "(docs/catalogue.md).")
    begin = "the file does not say in which order its columns stand, and the order of "
    blocked(t, url, "assumed-columns", f'{begin}1 table is only assumed: "DBREQUIREMENT"', hint)
    t.contains(follow(t, hint, [0]).out, "UPPERKEY")
    t.contains(follow(t, hint, [1]).out, "Nothing forbids this import")
    again(t, url)
    blocked(t, url, "assumed-columns", f'{begin}5 tables is only assumed, the first is "DBREQUIREMENT"', hint, count=5)
    passes(t, url, *ASSUMED)


def test_assumed_columns_of_another_catalogue(t):
    """Our own file says its order; one that was written with another catalogue does not say ours."""
    url, _ = tiny.destination(t)
    change(t, """DELETE FROM "AO_32F7CE_DBLINK" WHERE "DOCUMENTID" = '1'""")
    t.run("export", url, "out", "--space", "DEF", "--file", "out.csv")
    t.run("load", url, "out.csv", "--key", KEY)
    t.run("map", "auto", url, KEY, "--open-ok")
    t.equal(notices.kinds(steps.plan(t, url, KEY)), [])
    change(t, "UPDATE reqferry_backup SET cataloguehash = '00' WHERE backupkey = ?", KEY)
    found = steps.plan(t, url, KEY)["blockers"]
    t.equal([one["kind"] for one in found], ["assumed-columns"])
    t.contains(found[0]["message"], "the file was written with another catalogue, and the order of 4 tables")


def test_no_column(t):
    rows = tiny.data_rows()
    rows[3] = rows[3] + ("surplus, \"quoted\"",)
    rows[4] = rows[4] + ("", "")  # wider, but nothing in it
    url, _ = confirmed(t, rows)
    message = ('1 row of "DBPROPERTY" holds a field for which there is no column: DBPROPERTY 4 with field 9, '
               '"surplus, "quoted""')
    hint = (f'Leave the fields out with "reqferry plan {place(url)} --accept assumed,lost-columns", or add the column '
            "to a catalogue and use it with --catalogue (docs/catalogue.md).")
    blocked(t, url, "no-column", message, hint, *ASSUMED)
    t.contains(follow(t, hint, [0]).out, "they are left out")
    passes(t, url, "--accept", "assumed,lost-columns")
    t.run("write", url, KEY, "again.csv")
    t.equal((t.dir / "again.csv").read_bytes(), (t.dir / f"{KEY}.csv").read_bytes(), "what was written")


def test_no_column_far_out(t):
    rows = [tiny.requirement(n, f"R-{n}") + (None,) * 30 + ("far",) for n in (1, 2)]
    url, _ = confirmed(t, rows, [SPACE])
    found = steps.plan(t, url, KEY, *ASSUMED)["blockers"]
    t.equal([(one["kind"], one["count"], one["message"]) for one in found], [(
        "no-column", 2, '2 rows of "DBREQUIREMENT" hold a field for which there is no column, the first is '
                        "DBREQUIREMENT 1")])


MATRIX = """ALTER TABLE "AO_32F7CE_DBTRACEABILITYMATRIX" RENAME TO old;
    CREATE TABLE "AO_32F7CE_DBTRACEABILITYMATRIX" ("COLUMNS" text, "CREATEDDATE" timestamp, "CREATEDUSER"
    character varying(255), "ID" INTEGER PRIMARY KEY AUTOINCREMENT, "LASTUPDATEDDATE" timestamp, "LASTUPDATEDUSER"
    character varying(255), "NAME" character varying(255), "ORIGINALID" bigint, "QUERY" text, "SCHEMAVERSION"
    integer, "SPACEKEY" character varying(255), "EXTRA" text, "MUST" integer NOT NULL{0});
    INSERT INTO "AO_32F7CE_DBTRACEABILITYMATRIX" SELECT "COLUMNS", "CREATEDDATE", "CREATEDUSER", "ID",
    "LASTUPDATEDDATE", "LASTUPDATEDUSER", "NAME", "ORIGINALID", "QUERY", "SCHEMAVERSION", "SPACEKEY", NULL, 1
    FROM old; DROP TABLE old;"""


def test_live_column(t):
    url, _ = confirmed(t)
    script(t, MATRIX.format(""))
    message = ('the column "MUST" of "AO_32F7CE_DBTRACEABILITYMATRIX" must have a value, the catalogue does not know '
               "it, and 1 row would come in without one")
    hint = ("Give the column a default in the database, or add it to a catalogue and use it with --catalogue "
            "(docs/catalogue.md).")
    blocked(t, url, "live-column", message, hint, *ASSUMED)
    script(t, MATRIX.format(" DEFAULT 7"))
    passes(t, url, *ASSUMED)
    t.equal(steps.count(t, NAME, '"AO_32F7CE_DBTRACEABILITYMATRIX" WHERE "MUST" = 7'), 1)


def test_live_column_of_a_table_that_gets_no_rows(t):
    url, _ = confirmed(t, [tiny.requirement(1, "R-1")], [SPACE])
    script(t, MATRIX.format(""))
    passes(t, url, *ASSUMED)


def test_sequence(t):
    """Ids come from the table's own sequence: one that somebody put back is a blocker."""
    url, _ = confirmed(t, [tiny.requirement(1, "R-1")], [SPACE])
    table = "AO_32F7CE_DBREQUIREMENT"
    highest = t.rows(NAME, f'SELECT max("ID") AS n FROM "{table}"')[0]["n"]
    message = f'the sequence of "{table}" stands at 3, behind the highest id {highest}'
    mends = f"UPDATE sqlite_sequence SET seq = {highest} WHERE name = '{table}'"
    change(t, "UPDATE sqlite_sequence SET seq = 3 WHERE name = ?", table)
    blocked(t, url, "sequence", message, f"Stop the application and run in the database: {mends}", *ASSUMED)
    change(t, mends)
    t.equal(notices.kinds(steps.plan(t, url, KEY, *ASSUMED)), [])
    change(t, "DELETE FROM sqlite_sequence WHERE name = ?", table)
    mends = f"INSERT INTO sqlite_sequence (name, seq) VALUES ('{table}', {highest})"
    blocked(t, url, "sequence", message.replace("at 3", "at 0"),
            f"Stop the application and run in the database: {mends}", *ASSUMED)
    change(t, mends)
    # of tables that receive nothing it does not matter
    change(t, "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'AO_32F7CE_DBLINK'")
    _, done = passes(t, url, *ASSUMED)
    t.equal(done["inserted"]["DBREQUIREMENT"], 1)
    t.equal(t.rows(NAME, f'SELECT max("ID") AS n FROM "{table}"')[0]["n"], highest + 1)


# --- scope -------------------------------------------------------------------------------------------


def test_outside_scope(t):
    rows = [tiny.requirement(1, "R-1"), tiny.requirement(2, "R-1", SPACEKEY="XYZ")]
    url, _ = tiny.loaded(t, rows, [SPACE, OTHER])
    t.run("map", "set", url, KEY, "SPACE", "XYZ", "DEF")
    message = ('1 row of "DBREQUIREMENT" is not of the backup\'s scope "ABC": DBREQUIREMENT 2 ("XYZ", "R-1")')
    hint = (f'Leave them out with "reqferry map exclude {place(url)} --type SPACE --key XYZ --yes", and export what '
            "they belong to by itself.")
    blocked(t, url, "outside-scope", message, hint, *ASSUMED)
    follow(t, hint, [0])
    _, done = passes(t, url, *ASSUMED)
    t.equal((done["inserted"]["DBREQUIREMENT"], done["excluded"]["DBREQUIREMENT"]), (1, 1))


def test_outside_scope_several(t):
    rows = [tiny.requirement(n, f"R-{n}", SPACEKEY="XYZ" if n > 1 else "ABC") for n in range(1, 4)]
    url, _ = tiny.loaded(t, rows, [SPACE, OTHER])
    t.run("map", "set", url, KEY, "SPACE", "XYZ", "DEF")
    found = steps.plan(t, url, KEY, *ASSUMED)["blockers"]
    t.equal([(one["kind"], one["count"], one["message"]) for one in found], [(
        "outside-scope", 2, '2 rows of "DBREQUIREMENT" are not of the backup\'s scope "ABC", the first is '
                            'DBREQUIREMENT 2 ("XYZ", "R-2")')])


def test_emptied_scope(t):
    """All that would come to a space is left out, and what stands there would be erased."""
    rows = [tiny.requirement(1, "R-1", "u1")]
    url, _ = confirmed(t, rows, [SPACE, csvtext.mapping("USER", "u1", username="ada")])
    at = place(url)
    t.run("map", "exclude", url, KEY, "--type", "USER", "--key", "u1", "--yes")
    hint = (f'Check what is mapped to it with "reqferry map list {at} --type SPACE" and what was left out with '
            f'"reqferry map list {at} --status EXCLUDED"; to erase every row of Requirement Yogi here all the same, '
            f'"reqferry plan {at} --accept assumed --erase everything".')
    message = 'the space "ABC" would lose 7 rows and receive none'
    blocked(t, url, "emptied-scope", message, hint, *ASSUMED, count=7)
    t.contains(follow(t, hint, [0]).out, "ABC")
    t.contains(follow(t, hint, [1]).out, "u1")
    planned = follow(t, hint, [2]).out
    t.contains(planned, "Nothing forbids this import")
    t.run("map", "set", url, KEY, "USER", "u1", "ada")
    passes(t, url, *ASSUMED)


def test_emptied_scope_of_a_whole_backup(t):
    """One of two spaces; the other receives rows."""
    rows = [tiny.requirement(1, "R-1"), tiny.requirement(2, "X-1", "u1", SPACEKEY="XYZ")]
    url, _ = tiny.loaded(t, rows, [SPACE, OTHER, csvtext.mapping("USER", "u1", username="ada")], scope=None)
    t.run("map", "set", url, KEY, "SPACE", "XYZ", "DEF")
    t.run("map", "confirm", url, KEY, "--all", "--yes")
    t.equal(notices.kinds(steps.plan(t, url, KEY, *ASSUMED)), [])
    t.run("map", "exclude", url, KEY, "--type", "USER", "--key", "u1", "--yes")
    planned = steps.plan(t, url, KEY, *ASSUMED)
    t.equal([(one["kind"], one["message"]) for one in planned["blockers"]],
            [("emptied-scope", 'the space "DEF" would lose 7 rows and receive none')])
    t.run("import", url, KEY, *ASSUMED, "--confirm", "everything", expect=4)
    # without its space nothing of it is erased
    t.run("map", "exclude", url, KEY, "--type", "SPACE", "--key", "XYZ", "--yes")
    planned, _ = passes(t, url, *ASSUMED, scope="everything")
    t.equal(planned["eraseScopes"], {"ABC": 7})


def test_foreign_table(t):
    """A table that the catalogue does not know holds on to rows that would be erased."""
    url, _ = confirmed(t)
    script(t, """CREATE TABLE "AO_32F7CE_DBNOTE" ("ID" INTEGER PRIMARY KEY, "REQUIREMENT" bigint REFERENCES
        "AO_32F7CE_DBREQUIREMENT" ("ID"));
        INSERT INTO "AO_32F7CE_DBNOTE" SELECT NULL, "ID" FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'DEF'""")
    t.equal(notices.kinds(steps.plan(t, url, KEY, *ASSUMED)), [])  # those stay
    first, second, _ = (row["ID"] for row in t.rows(
        NAME, """SELECT "ID" FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'ABC' ORDER BY 1"""))
    change(t, 'INSERT INTO "AO_32F7CE_DBNOTE" VALUES (NULL, ?)', first)
    hint = ("Add the table to a catalogue and use it with --catalogue (docs/catalogue.md), or remove those rows "
            "first.")
    tail = ('of the table "AO_32F7CE_DBNOTE", which the catalogue does not know, {} to rows of '
            '"AO_32F7CE_DBREQUIREMENT" that would be erased')
    blocked(t, url, "foreign-table", f'1 row {tail.format("refers")}: "REQUIREMENT" = {first}', hint, *ASSUMED)
    change(t, 'INSERT INTO "AO_32F7CE_DBNOTE" VALUES (NULL, ?)', second)
    blocked(t, url, "foreign-table", f'2 rows {tail.format("refer")}, the first with "REQUIREMENT" = {first}', hint,
            *ASSUMED, count=2)
    change(t, 'DELETE FROM "AO_32F7CE_DBNOTE" WHERE "REQUIREMENT" IN (?, ?)', first, second)
    passes(t, url, *ASSUMED)


def test_foreign_column(t):
    """A column that the catalogue does not know holds on to rows that would be erased: the database would change or
    erase rows of another space with them, whatever the foreign key says about it."""
    for action in ("", " ON DELETE CASCADE", " ON DELETE SET NULL"):
        (t.dir / NAME).unlink(missing_ok=True)
        url, _ = confirmed(t)
        script(t, f"""ALTER TABLE "AO_32F7CE_DBREQUIREMENT" ADD COLUMN "MASTER_ID" bigint REFERENCES
            "AO_32F7CE_DBREQUIREMENT" ("ID"){action}""")
        first, second, _ = (row["ID"] for row in t.rows(
            NAME, """SELECT "ID" FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'ABC' ORDER BY 1"""))
        change(t, 'UPDATE "AO_32F7CE_DBREQUIREMENT" SET "MASTER_ID" = ? WHERE "ID" = ?', first, second)
        t.equal(notices.kinds(steps.plan(t, url, KEY, *ASSUMED)), [])  # both are erased
        change(t, """UPDATE "AO_32F7CE_DBREQUIREMENT" SET "MASTER_ID" = ? WHERE "ID" =
            (SELECT max("ID") FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'DEF')""", first)
        blocked(t, url, "foreign-table", '1 row of the table "AO_32F7CE_DBREQUIREMENT" refers, by a column that the '
                'catalogue does not know, to rows of "AO_32F7CE_DBREQUIREMENT" that would be erased: "MASTER_ID" = '
                f"{first}", "Add the column to a catalogue and use it with --catalogue (docs/catalogue.md), or empty "
                "it in those rows first.", *ASSUMED)
        # rows that the database erases by itself beside the others do not add up: refused, not tried here
        spared = "" if action == " ON DELETE CASCADE" else """ WHERE "SPACEKEY" = 'DEF'"""
        change(t, f'UPDATE "AO_32F7CE_DBREQUIREMENT" SET "MASTER_ID" = NULL{spared}')
        passes(t, url, *ASSUMED)


# --- identity ----------------------------------------------------------------------------------------


def test_collision_through_the_mapping(t):
    """Two spaces become one, and both have a requirement of one key."""
    rows = [tiny.requirement(1, "R-1"), tiny.requirement(2, "R-1", SPACEKEY="XYZ"),
            tiny.requirement(3, "R-1", BASELINE=1), tiny.requirement(4, "R-1", BASELINE=1)]
    url, _ = tiny.loaded(t, rows, [SPACE, OTHER], scope=None)
    at = place(url)
    t.run("map", "set", url, KEY, "SPACE", "XYZ", "ABC")
    message = ('several rows of "DBREQUIREMENT" would become one through the mapping, 1 time, namely DBREQUIREMENT 1 '
               '("ABC", "R-1") and DBREQUIREMENT 2 ("XYZ", "R-1")')
    hint = (f'Map what they name apart with "reqferry map set {at} SPACE XYZ NEW", or leave one side out with '
            f'"reqferry map exclude {at} --type SPACE --key XYZ --yes".')
    blocked(t, url, "collision", message, hint, *ASSUMED, scope="everything")
    follow(t, hint, [0], "DEF")
    t.equal(notices.kinds(steps.plan(t, url, KEY, *ASSUMED)), [])  # 3 and 4 are twins at the origin already
    t.run("map", "set", url, KEY, "SPACE", "XYZ", "ABC")
    follow(t, hint, [1])
    _, done = passes(t, url, *ASSUMED, scope="everything")
    t.equal((done["inserted"]["DBREQUIREMENT"], done["excluded"]["DBREQUIREMENT"]), (3, 1))


def test_collision_with_what_is_there(t):
    rows = [*tiny.data_rows(), tiny.requirement(20, "OLD-1"), tiny.requirement(21, "OLD-2")]
    url, _ = confirmed(t, rows)
    at = place(url)
    t.equal(notices.kinds(steps.plan(t, url, KEY, *ASSUMED)), [])
    options = (*ASSUMED, "--erase", "nothing")
    hint = (f'Let the import replace them with "reqferry plan {at} --accept assumed --erase brought", or remove the '
            "rows that are there.")
    blocked(t, url, "collision", '2 rows of "DBREQUIREMENT" are there already and would be there twice, the first is '
            'DBREQUIREMENT 20 ("ABC", "OLD-1")', hint, *options, count=2)
    change(t, """UPDATE "AO_32F7CE_DBREQUIREMENT" SET "KEY" = 'OTHER' WHERE "SPACEKEY" = 'ABC' AND "KEY" = 'OLD-2'""")
    blocked(t, url, "collision", '1 row of "DBREQUIREMENT" is there already and would be there twice: '
            'DBREQUIREMENT 20 ("ABC", "OLD-1")', hint, *options)
    t.contains(follow(t, hint, [0]).out, "Nothing forbids this import")
    change(t, """UPDATE "AO_32F7CE_DBREQUIREMENT" SET "KEY" = 'ANOTHER' WHERE "SPACEKEY" = 'ABC' AND "KEY" = 'OLD-1'""")
    passes(t, url, *options)


def test_collision_of_issues(t):
    """On Jira: two issues become one, and both are tied to the same requirement."""
    name, link = "jira.db", "11111111-1111-3000-8000-000000000001"
    url = world.create(t, name, "jira")
    with world_jira.Site(t.dir / name, 400, 9, "here") as site:
        site.applink(link, "Wiki", "http://wiki.example")
        project = site.project("TIO", "Toolbox")
        issues = [site.issue(project, n, f"Task {n}") for n in (1, 2)]
    rows = [csvtext.item("DBREMOTEREQUIREMENT", 1, None, link, "SF", "R-1", None, "false", None, "false", None, None),
            csvtext.item("DBISSUELINK", 2, None, 71, "TIO-1", "implements", 1),
            csvtext.item("DBISSUELINK", 3, None, 72, "TIO-2", "implements", 1)]
    mappings = [csvtext.mapping("ISSUE", 70 + n, title=f"Task {n}", issuekey=f"TIO-{n}") for n in (1, 2)]
    mappings += [csvtext.mapping("APPLINK", link, title="Wiki"), csvtext.mapping("SPACE", "SF", link)]
    (t.dir / f"{KEY}.csv").write_text(csvtext.backup(csvtext.JIRA_PLUGIN, "TIO", rows + mappings), "utf-8", newline="")
    t.run("load", url, f"{KEY}.csv")
    t.run("map", "auto", url, KEY, "--open-ok")
    t.run("map", "confirm", url, KEY, "--all", "--yes")
    t.equal(notices.kinds(steps.plan(t, url, KEY, *ASSUMED)), [])
    t.run("map", "set", url, KEY, "ISSUE", "72", "TIO-1")
    at = place(url)
    hint = (f'Map what they name apart with "reqferry map set {at} ISSUE 72 NEW", or leave one side out with '
            f'"reqferry map exclude {at} --type ISSUE --key 72 --yes".')
    blocked(t, url, "collision", 'several rows of "DBISSUELINK" would become one through the mapping, 1 time, namely '
            'DBISSUELINK 2 ("71", "implements") and DBISSUELINK 3 ("72", "implements")', hint, *ASSUMED, scope="TIO",
            name=name)
    follow(t, hint, [0], "TIO-2")
    passes(t, url, *ASSUMED, scope="TIO", name=name)
    t.equal([row["ISSUEID"] for row in t.rows(name, 'SELECT "ISSUEID" FROM "AO_42D05A_DBISSUELINK" ORDER BY 1')], issues)
