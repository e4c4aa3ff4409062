"""S6: a Jira project gets another key, or moves to another Jira. Both sides follow: the Jira's rows and the
Confluence's links to issues. Old issue keys are resolved by the host's history of keys."""
import check
import imports
import linked
import steps
import world
from linked import BACK, COUNT, LINK

WIKI, JIRA, NEW = "wiki.db", "jira.db", "new.db"


def both(t):
    """A wiki and a Jira whose project TIO is exported from both."""
    wiki = linked.Wiki(t, WIKI, 1_000, 3).fill("TIO", word="a").fill_links()
    jira = linked.Jira(t, JIRA, 2_000, 1, projects={"TIO": ("Toolbox",), "ZZZ": ("Others",)})
    jira.fill("TIO").fill("ZZZ")
    return wiki, jira


def exported(t, wiki, jira):
    """The files wiki.csv and jira.csv."""
    steps.export(t, wiki.url, wiki.name, "wiki", "wiki.csv", "--space", "REQ")
    steps.export(t, jira.url, jira.name, "jira", "jira.csv", "--project", "TIO")
    for one, key in ((wiki, "wiki"), (jira, "jira")):
        steps.delete(t, one.url, one.name, key)


def agrees(t, url, key, truth, certain=(), likely=()):
    """Every mapping is what the truth says; of which types it is certain, of which likely."""
    seen = set()
    for row in steps.mappings(t, url, key):
        t.equal(row["destination"], truth.of(row["type"], row["key"], steps.dependency(row)),
                f"{row['type']} {row['key']} ({row['reason']})")
        seen.add((row["type"], row["certainty"]))
    for types, word in ((certain, "certain"), (likely, "likely")):
        for kind in types:
            t.equal({found for one, found in seen if one == kind}, {word}, f"certainty of {kind}")


def jira_rows(t, name):
    """(issue key, its key in the row, requirement) of all links, and (issue key, key in the row) of the
    audit trail."""
    key = "(SELECT p.pkey || '-' || i.issuenum FROM jiraissue i JOIN project p ON p.id = i.project WHERE " \
          'i.id = x."ISSUEID")'
    links = t.rows(name, f'SELECT {key} AS issue, x."ISSUEKEY" AS k, r."SPACEKEY" || \' \' || r."KEY" AS r FROM '
                   '"AO_42D05A_DBISSUELINK" x JOIN "AO_42D05A_DBREMOTEREQUIREMENT" r ON '
                   'r."ID" = x."REQUIREMENT_ID"')
    trail = t.rows(name, f'SELECT {key} AS issue, x."ISSUEKEY" AS k FROM "AO_42D05A_DBRILAUDITTRAILITEM" x')
    return (sorted((row["issue"], row["k"], row["r"]) for row in links),
            sorted((row["issue"], row["k"]) for row in trail))


def wiki_keys(t, name):
    return sorted((row["r"], row["app"], row["k"]) for row in t.rows(
        name, 'SELECT r."KEY" AS r, l."APP" AS app, l."DOCUMENTID" AS k FROM "AO_32F7CE_DBLINK" l JOIN '
        '"AO_32F7CE_DBREQUIREMENT" r ON r."ID" = l."PARENT_ID" WHERE l."TYPE" = \'JIRA\''))


def test_renamed_on_the_same_jira(t):
    wiki, jira = both(t)
    exported(t, wiki, jira)
    jira.rename("TIO", "NEW")

    # the Jira: its rows name the old key, until the backup comes in again
    truth = linked.jira_truth(world.Truth(), jira, jira, {"TIO": "NEW"}, {("REQ", BACK): "REQ"}, {BACK: BACK})
    before = check.read(t, JIRA)
    steps.load(t, jira.url, JIRA, "jira.csv")
    steps.automatic(t, jira.url, JIRA, "jira", "--confluence", wiki.url)
    agrees(t, jira.url, "jira", truth, certain=("PROJECT", "ISSUE", "USER", "APPLINK", "SPACE"))
    planned, done = steps.carry_out(t, jira.url, JIRA, "jira", "NEW")
    t.equal(planned["scope"], {"old": "TIO", "new": "NEW"})
    rows = {"DBRILAUDITTRAILITEM": COUNT, "DBISSUELINK": COUNT}
    t.equal([steps.filled(done[word]) for word in ("erased", "inserted", "merged")],
            [rows, rows, {"DBREMOTEREQUIREMENT": COUNT}])
    mine = {str(issue): "NEW" for issue in jira.issues["TIO"].values()}
    check.moved(before, before, check.read(t, JIRA), truth, check.in_scope(before, {"NEW"}, mine),
                brings=check.in_scope(before, {"NEW"}, mine))
    links, trail = jira_rows(t, JIRA)
    t.equal(links, sorted([(f"{key}-{n}", f"{key}-{n}", f"REQ R-{n}") for n in range(1, COUNT + 1)
                           for key in ("NEW", "ZZZ")]))
    t.equal(trail, sorted([(f"{key}-{n}",) * 2 for n in range(1, COUNT + 1) for key in ("NEW", "ZZZ")]))

    # the Confluence: the keys in its links are resolved by the Jira's history
    truth = linked.issue_truth(linked.wiki_truth(world.Truth(), wiki, wiki), "TIO", "NEW")
    before = check.read(t, WIKI)
    steps.load(t, wiki.url, WIKI, "wiki.csv")
    steps.automatic(t, wiki.url, WIKI, "wiki", "--jira", jira.url)
    agrees(t, wiki.url, "wiki", truth, certain=("PROJECT", "ISSUE", "USER", "APPLINK", "SPACE", "PAGE"))
    steps.carry_out(t, wiki.url, WIKI, "wiki", "REQ")
    check.moved(before, before, check.read(t, WIKI), truth, check.in_scope(before, {"REQ"}),
                brings=check.in_scope(before, {"REQ"}))
    t.equal(wiki_keys(t, WIKI), sorted((f"R-{n}", LINK, f"NEW-{n}") for n in range(1, COUNT + 1)))


def test_renamed_before_the_export(t):
    """Both sides are exported after the renaming: the rows still name the old key."""
    wiki, jira = both(t)
    jira.rename("TIO", "NEW")
    steps.export(t, jira.url, JIRA, "jira", "jira.csv", "--project", "NEW")
    steps.automatic(t, jira.url, JIRA, "jira", "--confluence", wiki.url)
    steps.carry_out(t, jira.url, JIRA, "jira", "NEW")
    links, trail = jira_rows(t, JIRA)
    t.equal([one[:2] for one in links], sorted((f"{key}-{n}",) * 2 for n in range(1, COUNT + 1)
                                               for key in ("NEW", "ZZZ")))
    t.equal({key for _, key in trail}, {f"{key}-{n}" for n in range(1, COUNT + 1) for key in ("NEW", "ZZZ")})
    steps.export(t, wiki.url, WIKI, "wiki", "wiki.csv", "--space", "REQ")
    steps.automatic(t, wiki.url, WIKI, "wiki", "--jira", jira.url)
    steps.carry_out(t, wiki.url, WIKI, "wiki", "REQ")
    t.equal(wiki_keys(t, WIKI), sorted((f"R-{n}", LINK, f"NEW-{n}") for n in range(1, COUNT + 1)))


def test_single_issues_moved(t):
    """Two issues went to other projects: the Confluence's links follow them one by one."""
    wiki, jira = both(t)
    jira.move("TIO", 3, "ZZZ", 33)
    jira.move("TIO", 4, "ZZZ", 44)
    steps.export(t, wiki.url, WIKI, "wiki", "wiki.csv", "--space", "REQ")
    steps.automatic(t, wiki.url, WIKI, "wiki", "--jira", jira.url)
    truth = linked.issue_truth(linked.wiki_truth(world.Truth(), wiki, wiki), "TIO", "TIO")
    truth.put("ISSUE", "TIO-3", "ZZZ-33", LINK)
    truth.put("ISSUE", "TIO-4", "ZZZ-44", LINK)
    agrees(t, wiki.url, "wiki", truth, certain=("ISSUE", "PROJECT"))
    before = check.read(t, WIKI)
    steps.carry_out(t, wiki.url, WIKI, "wiki", "REQ")
    check.moved(before, before, check.read(t, WIKI), truth, check.in_scope(before, {"REQ"}),
                brings=check.in_scope(before, {"REQ"}))


def test_an_issue_that_left_the_project(t):
    """On the Jira, a backup of the project names an issue that is in another project now, whose rows are not
    erased: it would be there twice. Refused, until it is left out; then it stays as it is."""
    wiki, jira = both(t)
    exported(t, wiki, jira)
    jira.move("TIO", 3, "ZZZ", 33)
    steps.load(t, jira.url, JIRA, "jira.csv")
    steps.automatic(t, jira.url, JIRA, "jira", "--confluence", wiki.url)
    issue = str(jira.issues["TIO"][3])
    found = {row["key"]: row for row in steps.mappings(t, jira.url, "jira", "--type", "ISSUE")}
    t.equal((found[issue]["destination"], found[issue]["certainty"]), (issue, "certain"))
    blockers = steps.plan(t, jira.url, "jira")["blockers"]
    t.equal([one["kind"] for one in blockers], ["collision"])
    t.contains(blockers[0]["message"], "DBISSUELINK")
    t.run("map", "exclude", jira.url, "jira", "--type", "ISSUE", "--key", issue, "--yes")
    before = check.read(t, JIRA)
    _, done = steps.carry_out(t, jira.url, JIRA, "jira", "TIO")
    t.equal(steps.filled(done["excluded"]), {"DBISSUELINK": 1, "DBRILAUDITTRAILITEM": 1})
    after = check.read(t, JIRA)
    check.same_but_ids(before, after)
    for table in ("AO_42D05A_DBISSUELINK", "AO_42D05A_DBRILAUDITTRAILITEM"):
        for number, row in before[table].items():
            if str(row["ISSUEID"]) == issue:
                t.equal(after[table].get(number), row, f"{table} {number}")


def other_jira(t):
    """Another Jira that has the issues in a project NIO of another name, with other ids; some rows are
    there already."""
    new = linked.Jira(t, NEW, 7_000, 5, projects={"NIO": ("Toolbox",), "ZZZ": ("Strangers",)},
                      links=[(BACK, "Company wiki", "https://wiki.example/confluence")])
    new.change("UPDATE project SET pname = 'Instruments' WHERE pkey = 'NIO'")
    new.fill("ZZZ", word="strangers'")
    return new


def test_moved_to_another_jira_by_hand(t):
    """The project has neither its key nor its name there: a person maps it, the issues follow."""
    wiki, jira = both(t)
    exported(t, wiki, jira)
    new = other_jira(t)
    truth = linked.jira_truth(world.Truth(), jira, new, {"TIO": "NIO"}, {("REQ", BACK): "REQ"}, {BACK: BACK})
    origin, before = check.read(t, JIRA), check.read(t, NEW)
    steps.load(t, new.url, NEW, "jira.csv")
    steps.automatic(t, new.url, NEW, "jira")
    rows = {(row["type"], row["key"]): row for row in steps.mappings(t, new.url, "jira")}
    t.equal(rows["PROJECT", "TIO"]["status"], "UNMAPPED")
    assert not any(row["certainty"] == "certain" for row in rows.values() if row["type"] == "ISSUE"), rows
    t.equal([one["kind"] for one in steps.plan(t, new.url, "jira")["blockers"]][:1], ["unmapped"])
    t.run("map", "set", new.url, "jira", "PROJECT", "TIO", "NIO")
    steps.automatic(t, new.url, NEW, "jira", "--confluence", wiki.url)
    agrees(t, new.url, "jira", truth, certain=("ISSUE",))
    mine = {str(issue): "TIO" for issue in jira.issues["TIO"].values()}
    planned, _ = steps.carry_out(t, new.url, NEW, "jira", "NIO")
    t.equal(planned["scope"], {"old": "TIO", "new": "NIO"})
    check.moved(origin, before, check.read(t, NEW), truth, lambda table, row: False,
                brings=check.in_scope(origin, {"TIO"}, mine))
    # of the eight requirements that the strangers use already, none is there twice
    t.equal(steps.count(t, NEW, '"AO_42D05A_DBREMOTEREQUIREMENT"'), COUNT)
    links, _ = jira_rows(t, NEW)
    t.equal(links, sorted((f"{key}-{n}", f"{key}-{n}", f"REQ R-{n}") for n in range(1, COUNT + 1)
                          for key in ("NIO", "ZZZ")))

    # the Confluence gets a link to the new Jira, beside the old one
    new_link = LINK.replace("1", "3")
    with wiki.site() as site:
        site.applink(new_link, "New Jira", "https://new.example", None)
    truth = linked.issue_truth(linked.wiki_truth(world.Truth(), wiki, wiki), "TIO", "NIO", {LINK: new_link})
    before = check.read(t, WIKI)
    steps.load(t, wiki.url, WIKI, "wiki.csv")
    t.run("map", "set", wiki.url, "wiki", "APPLINK", LINK, new_link)
    steps.automatic(t, wiki.url, WIKI, "wiki", "--jira", new.url)
    t.equal({row["status"] for row in steps.mappings(t, wiki.url, "wiki", "--type", "ISSUE")}, {"UNMAPPED"})
    t.run("map", "set", wiki.url, "wiki", "PROJECT", "TIO", "NIO")
    steps.automatic(t, wiki.url, WIKI, "wiki", "--jira", new.url)
    agrees(t, wiki.url, "wiki", truth, certain=("ISSUE",))
    steps.carry_out(t, wiki.url, WIKI, "wiki", "REQ")
    check.moved(before, before, check.read(t, WIKI), truth, check.in_scope(before, {"REQ"}),
                brings=check.in_scope(before, {"REQ"}))
    t.equal(wiki_keys(t, WIKI), sorted((f"R-{n}", new_link, f"NIO-{n}") for n in range(1, COUNT + 1)))
    # the settings' table is global: its row names the old link still
    t.equal([row["APPLINK"] for row in t.rows(WIKI, 'SELECT * FROM "AO_32F7CE_DBAPPLINK"')], [LINK])


def test_moved_to_another_jira_that_knows_the_old_key(t):
    """The new Jira's project had the old key: the history alone shows it, and summaries confirm it."""
    wiki, jira = both(t)
    exported(t, wiki, jira)
    new = linked.Jira(t, NEW, 7_000, 5, projects={"NIO": ("Toolbox", "TIO"), "ZZZ": ("Strangers",)})
    new.move("NIO", 5, "ZZZ", 55)
    new.change("UPDATE moved_issue_key SET old_issue_key = 'TIO-5'")
    truth = linked.jira_truth(world.Truth(), jira, new, {"TIO": "NIO"}, {("REQ", BACK): "REQ"}, {BACK: BACK})
    truth.issue_keys[truth.of("ISSUE", jira.issues["TIO"][5])] = "ZZZ-55"
    origin, before = check.read(t, JIRA), check.read(t, NEW)
    steps.load(t, new.url, NEW, "jira.csv")
    steps.automatic(t, new.url, NEW, "jira", "--confluence", wiki.url)
    agrees(t, new.url, "jira", truth, certain=("PROJECT", "ISSUE"))
    steps.carry_out(t, new.url, NEW, "jira", "NIO")
    mine = {str(issue): "TIO" for issue in jira.issues["TIO"].values()}
    check.moved(origin, before, check.read(t, NEW), truth, lambda table, row: False,
                brings=check.in_scope(origin, {"TIO"}, mine))


def test_rows_of_a_moved_issue_come_once(t):
    """The issue is in another project there, and has no row with an identity: nothing of that project is
    erased, so a second import would double its audit trail. Refused; after an undo it can be imported again."""
    wiki, jira = both(t)
    with jira.site() as site:
        site.sqlite.execute('DELETE FROM "AO_42D05A_DBISSUELINK" WHERE "ISSUEID" = ?', (jira.issues["TIO"][5],))
        site.sqlite.execute('UPDATE "AO_42D05A_DBRILAUDITTRAILITEM" SET "USERKEY" = NULL, "COMMENT" = \'\' WHERE '
                            '"ISSUEID" = ?', (jira.issues["TIO"][5],))
    exported(t, wiki, jira)
    new = linked.Jira(t, NEW, 7_000, 5, projects={"NIO": ("Toolbox", "TIO"), "ZZZ": ("Strangers",)})
    new.move("NIO", 5, "ZZZ", 55)
    new.change("UPDATE moved_issue_key SET old_issue_key = 'TIO-5'")
    with new.site() as site:  # what the issue got there itself does not matter
        site.ry("DBRILAUDITTRAILITEM", ISSUEID=new.issues["NIO"][5], ISSUEKEY="ZZZ-55", COMMENT="later",
                AUDITDATE=world.TIMES[0], LINKS="[]", SUCCESS=1)
    steps.load(t, new.url, NEW, "jira.csv")
    steps.automatic(t, new.url, NEW, "jira", "--confluence", wiki.url)
    before = imports.exact(t.dir / NEW)
    steps.carry_out(t, new.url, NEW, "jira", "NIO")
    after = check.read(t, NEW)
    for options in ((), ("--erase", "nothing")):
        blockers = [one for one in steps.plan(t, new.url, "jira", *options)["blockers"]
                    if "DBRILAUDITTRAILITEM" in one["message"]]
        t.equal([(one["kind"], one["count"]) for one in blockers], [("collision", 8 if options else 1)])
        t.contains(blockers[0]["message"], "would be there twice")
        for word in ("map exclude", "undo"):
            t.contains(blockers[0]["hint"], word)
    t.equal(steps.plan(t, new.url, "jira", "--erase", "everything")["blockers"], [])
    t.run("undo", new.url, "jira", "--confirm", "NIO")
    imports.same(before, imports.exact(t.dir / NEW), "undo")
    steps.carry_out(t, new.url, NEW, "jira", "NIO")
    check.same_but_ids(after, check.read(t, NEW))
