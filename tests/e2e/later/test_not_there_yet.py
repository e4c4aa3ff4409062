"""What the program shall do and does not do yet: tests/e2e/run BUILD --tests tests/e2e/later.

A test that holds moves up into the folder above.
"""
import check
import csvtext
import steps
import tiny
import world_confluence
import world_jira
from test_plan_import import WIKI, blocked, edit, kinds, merge_world
from tiny import ASSUMED, KEY, NAME


def test_inbound_dependencies_are_kept(t):
    """A requirement of another space depends on one of the erased space: the dependency is put back
    where the requirement is there again."""
    world = world_confluence.alone(t)
    url, name = world.origin, "origin.db"
    before = check.read(t, name)
    crossing = {number for number, row in before["AO_32F7CE_DBDEPENDENCY"].items()
                if row["RELATIONSHIP"] == "crosses"}
    assert crossing
    steps.export(t, url, name, "abc", "abc.csv", "--space", "ABC", expect=(0, 3))
    steps.load(t, url, name, "abc.csv", "--key", "later")
    steps.decide(t, url, name, "later", world.truth, leave=[("SPACE", "GONE"), ("SPACE", "OPS")])
    planned, done = steps.carry_out(t, url, name, "later", "ABC")
    assert planned["outside"]["kept"] > 0, planned["outside"]
    t.equal(done["outside"], planned["outside"])
    check.same_but_ids(before, check.read(t, name))


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


def test_rejected_rows_are_listed(t):
    rows = tiny.data_rows()
    rows[1] = tiny.requirement(2, "R-2", "u2", BASELINE="two")
    url, _ = tiny.ready(t, rows)
    done = t.run("import", url, KEY, *ASSUMED, "--reject", "--confirm", "ABC", expect=3)
    for row in ("DBREQUIREMENT 2", "DBPROPERTY 5", "DBDEPENDENCY 6"):
        t.contains(done.out + done.err, row)


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


def test_a_field_of_the_greatest_length_is_written(t):
    """64 MiB can be loaded, so it can be written and exported too."""
    url, _ = tiny.destination(t)
    tiny.write(t, [tiny.requirement(1, "R-1", HTMLEXCERPT="0123456789abcde\n" * (4 << 20))],
               [csvtext.mapping("SPACE", "ABC", title="Alpha")])
    t.run("load", url, f"{KEY}.csv")
    t.run("write", url, KEY, "again.csv")
    assert (t.dir / "again.csv").read_bytes() == (t.dir / f"{KEY}.csv").read_bytes(), "not the same bytes"
