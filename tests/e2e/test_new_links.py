"""S7: the application links are new at the destination. They are recognised by id, then by URL, then by
name, and everything that names one follows: on a Confluence DBLINK and the global table of links, on a
Jira the requirements of other sites, whose identity the link is a part of, and the audit trail."""
import check
import linked
import steps
import world
from linked import COUNT

OLD, NEW = "old.db", "new.db"
SAME = "aaaaaaaa-0000-3000-8000-000000000001"
BY_URL, BY_URL_NEW = "bbbbbbbb-0000-3000-8000-000000000002", "bbbbbbbb-0000-3000-8000-0000000000f2"
BY_NAME, BY_NAME_NEW = "cccccccc-0000-3000-8000-000000000003", "cccccccc-0000-3000-8000-0000000000f3"
OTHER = "dddddddd-0000-3000-8000-0000000000f4"
# One kept its id and nothing else. One has its URL in another spelling, and a name that another link had.
# One has its name only. The last has nothing to do with any.
OLD_LINKS = [(SAME, "First", "https://one.example"),
             (BY_URL, "Second", "https://two.example:8443/app"),
             (BY_NAME, "Third", "https://three.example")]
NEW_LINKS = [(SAME, "Renamed", "https://moved.example"),
             (BY_URL_NEW, "First", "https://TWO.Example:8443/app/"),
             (BY_NAME_NEW, "Third", "https://elsewhere.example"),
             (OTHER, "Unrelated", "https://two.example/app")]
BECOMES = {SAME: SAME, BY_URL: BY_URL_NEW, BY_NAME: BY_NAME_NEW}


def check_links(t, url, key):
    """What the automatic mapping says of the links, and how sure it is."""
    found = {row["key"]: row for row in steps.mappings(t, url, key, "--type", "APPLINK")}
    t.equal({link: (row["destination"], row["rule"], row["certainty"]) for link, row in found.items()},
            {SAME: (SAME, "same id", "certain"), BY_URL: (BY_URL_NEW, "same URL", "certain"),
             BY_NAME: (BY_NAME_NEW, "same name", "likely")})


def wikis(t):
    old = linked.Wiki(t, OLD, 1_000, 3, OLD_LINKS).fill("TIO", word="old").fill_links("old")
    new = linked.Wiki(t, NEW, 1_004, 7, NEW_LINKS)
    truth = linked.issue_truth(linked.wiki_truth(world.Truth(), old, new), "TIO", "TIO", BECOMES)
    return old, new, truth


def test_confluence(t):
    old, new, truth = wikis(t)
    with new.site() as site:  # of a link that stays, and of one that the backup brings
        site.ry("DBAPPLINK", APPLINK=OTHER, NAME="theirs")
        site.ry("DBAPPLINK", APPLINK=BY_URL_NEW, NAME="theirs too")
    origin, before = check.read(t, OLD), check.read(t, NEW)
    steps.export(t, old.url, OLD, "all", "all.csv", "--all")
    steps.load(t, new.url, NEW, "all.csv")
    steps.automatic(t, new.url, NEW, "all")
    check_links(t, new.url, "all")
    t.run("map", "confirm", new.url, "all", "--all", "--yes")
    for row in steps.mappings(t, new.url, "all"):
        t.equal(row["destination"], truth.of(row["type"], row["key"], steps.dependency(row)), row)

    planned, _ = steps.carry_out(t, new.url, NEW, "all", "everything")
    t.equal(steps.filled(planned["erase"]), {"DBAPPLINK": 2})
    after = check.read(t, NEW)
    check.moved(origin, before, after, truth, lambda table, row: table == "AO_32F7CE_DBAPPLINK")
    t.equal({row["APP"] for row in after["AO_32F7CE_DBLINK"].values() if row["TYPE"] == "JIRA"},
            set(BECOMES.values()))


def test_confluence_merges_the_table_of_links(t):
    """With nothing erased, the row of a link that is there stays as it is, and the others are added."""
    old, new, truth = wikis(t)
    with new.site() as site:
        kept = site.ry("DBAPPLINK", APPLINK=BY_URL_NEW, NAME="theirs")
        site.ry("DBAPPLINK", APPLINK=OTHER, NAME="unrelated")
        site.ry("DBAPPLINK", APPLINK=BY_URL, NAME="the old id")
    origin, before = check.read(t, OLD), check.read(t, NEW)
    steps.export(t, old.url, OLD, "all", "all.csv", "--all")
    steps.load(t, new.url, NEW, "all.csv")
    steps.automatic(t, new.url, NEW, "all")
    t.run("map", "confirm", new.url, "all", "--all", "--yes")
    _, done = steps.carry_out(t, new.url, NEW, "all", "everything", "--erase", "nothing")
    t.equal((steps.filled(done["erased"]), steps.filled(done["merged"]), done["inserted"]["DBAPPLINK"]),
            ({}, {"DBAPPLINK": 1}, 2))
    after = check.read(t, NEW)
    check.moved(origin, before, after, truth, lambda table, row: False)
    t.equal(after["AO_32F7CE_DBAPPLINK"][kept]["NAME"], "theirs")


def test_confluence_ambiguous_names(t):
    """Two links have the name: neither is taken, the plan waits for a person, and then it follows."""
    old, new, truth = wikis(t)
    with new.site() as site:
        site.applink(OTHER.replace("d", "e"), "Third", "https://third.example", None)
    steps.export(t, old.url, OLD, "one", "one.csv", "--space", "REQ")
    steps.load(t, new.url, NEW, "one.csv")
    steps.automatic(t, new.url, NEW, "one")
    found = {row["key"]: row for row in steps.mappings(t, new.url, "one", "--type", "APPLINK")}
    t.equal((found[BY_NAME]["status"], found[BY_NAME]["outcome"]), ("UNMAPPED", "ambiguous"))
    shown = t.run("--json", "map", "show", new.url, "one", "APPLINK", BY_NAME).json
    t.equal(sorted(one["destination"] for one in shown["candidates"]), [BY_NAME_NEW, OTHER.replace("d", "e")])
    assert "unmapped" in [one["kind"] for one in steps.plan(t, new.url, "one")["blockers"]]
    t.run("map", "set", new.url, "one", "APPLINK", BY_NAME, BY_NAME_NEW)
    steps.automatic(t, new.url, NEW, "one")
    t.run("map", "confirm", new.url, "one", "--all", "--yes")
    origin, before = check.read(t, OLD), check.read(t, NEW)
    steps.carry_out(t, new.url, NEW, "one", "REQ")
    check.moved(origin, before, check.read(t, NEW), truth, lambda table, row: False,
                brings=check.in_scope(origin, {"REQ"}))


def jiras(t):
    """The space REQ is named alike behind every link, and is another one behind one of them."""
    old = linked.Jira(t, OLD, 2_000, 1, OLD_LINKS, {"TIO": ("Toolbox",)}).fill("TIO", word="old")
    new = linked.Jira(t, NEW, 5_000, 3, NEW_LINKS, {"TIO": ("Toolbox",), "ZZZ": ("Others",)})
    spaces = {("REQ", SAME): "REQ", ("REQ", BY_URL): "REQ", ("REQ", BY_NAME): "REQ"}
    return old, new, linked.jira_truth(world.Truth(), old, new, {"TIO": "TIO"}, spaces, BECOMES)


def test_jira(t):
    old, new, truth = jiras(t)
    new.links = [BY_URL_NEW, BY_URL]  # rows under the new id, and under the old one that is no link here
    new.fill("ZZZ", word="theirs")
    origin, before = check.read(t, OLD), check.read(t, NEW)
    steps.export(t, old.url, OLD, "tio", "tio.csv", "--project", "TIO")
    steps.load(t, new.url, NEW, "tio.csv")
    steps.automatic(t, new.url, NEW, "tio")
    check_links(t, new.url, "tio")
    t.run("map", "confirm", new.url, "tio", "--all", "--yes")
    mine = {str(issue): "TIO" for issue in old.issues["TIO"].values()}
    _, done = steps.carry_out(t, new.url, NEW, "tio", "TIO")
    # a requirement is the same only behind the same link: eight stand there under the new id
    t.equal((done["merged"]["DBREMOTEREQUIREMENT"], done["inserted"]["DBREMOTEREQUIREMENT"]),
            (COUNT, 2 * COUNT))
    after = check.read(t, NEW)
    check.moved(origin, before, after, truth, lambda table, row: False,
                brings=check.in_scope(origin, {"TIO"}, mine))
    # once more: the links of the project are replaced, nothing else
    steps.carry_out(t, new.url, NEW, "tio", "TIO")
    check.same_but_ids(after, check.read(t, NEW))


def test_jira_with_a_renamed_space_behind_one_link(t):
    """The audit trail names spaces without their link. Where the links map a space differently, the issue's
    own links say which is meant."""
    old, new, truth = jiras(t)
    with old.site() as site:  # issue 1 is tied through one link only, issue 2 through several
        site.sqlite.execute(
            'DELETE FROM "AO_42D05A_DBISSUELINK" WHERE "ISSUEID" = ? AND "REQUIREMENT_ID" NOT IN (SELECT "ID" '
            'FROM "AO_42D05A_DBREMOTEREQUIREMENT" WHERE "APPLINK" = ?)', (old.issues["TIO"][1], BY_NAME))
    steps.export(t, old.url, OLD, "tio", "tio.csv", "--project", "TIO")
    steps.load(t, new.url, NEW, "tio.csv")
    steps.automatic(t, new.url, NEW, "tio")
    t.run("map", "set", new.url, "tio", "SPACE", "REQ", "RENAMED", "--dependencies", BY_NAME, "--force")
    t.run("map", "confirm", new.url, "tio", "--all", "--yes")
    truth.put("SPACE", "REQ", "RENAMED", BY_NAME)
    mine = {str(issue): "TIO" for issue in old.issues["TIO"].values()}
    origin, before = check.read(t, OLD), check.read(t, NEW)
    for n in range(1, COUNT + 1):  # what cannot be told is copied
        truth.texts[linked.trail_of("REQ", n)] = linked.trail_of("RENAMED" if n == 1 else "REQ", n)
    steps.carry_out(t, new.url, NEW, "tio", "TIO")
    check.moved(origin, before, check.read(t, NEW), truth, lambda table, row: False,
                brings=check.in_scope(origin, {"TIO"}, mine))


def test_jira_many_links_become_one(t):
    """The two links lead to one Confluence now: requirements that differed by the link alone are one."""
    old, new, truth = jiras(t)
    steps.export(t, old.url, OLD, "tio", "tio.csv", "--project", "TIO")
    steps.load(t, new.url, NEW, "tio.csv")
    steps.automatic(t, new.url, NEW, "tio")
    t.run("map", "set", new.url, "tio", "APPLINK", BY_NAME, BY_URL_NEW)
    steps.automatic(t, new.url, NEW, "tio")
    t.run("map", "confirm", new.url, "tio", "--all", "--yes")
    planned = steps.plan(t, new.url, "tio")
    t.equal(planned["merge"]["DBREMOTEREQUIREMENT"], COUNT)
    # and so are the links of each issue: that is no merge, and is not done behind anybody's back
    t.equal([one["kind"] for one in planned["blockers"]], ["collision"])
    t.contains(planned["blockers"][0]["message"], "DBISSUELINK")
