"""Two companies that never met have the same names for other things: a space HR, a project TIO, people,
application links. None of it may be taken for the same with certainty, nothing is imported before a person
decided, and whatever that person confirms, the plan names all that would be erased."""
import check
import harness
import linked
import steps
from linked import BACK, COUNT, LINK

OLD, NEW = "aster.db", "borealis.db"
LINK_THERE, BACK_THERE = LINK.replace("1", "5"), BACK.replace("2", "6")


def wikis(t, title, name="Company Jira"):
    """title: what the second company calls its space HR. Both have a page "Home" in it."""
    old = linked.Wiki(t, OLD, 1_000, 3, [(LINK, "Company Jira", "https://jira.aster.example")], "HR",
                      "Human Resources", word="aster", topic="Hiring")
    new = linked.Wiki(t, NEW, 1_000, 3, [(LINK_THERE, name, "https://jira.borealis.example")], "HR", title,
                      word="borealis", topic="Payroll")
    for wiki in (old, new):
        with wiki.site() as site:
            number = site.sqlite.execute("SELECT spaceid FROM spaces").fetchone()[0]
            wiki.pages[0] = site.page(number, "Home", (1, 2))
        wiki.fill("TIO", word=wiki.word).fill_links(wiki.word)
    with new.site() as site:
        new.other = new.add_space(site, "ASTER", "What came from Aster")
    return old, new


def jiras(t, title):
    old = linked.Jira(t, OLD, 2_000, 1, [(BACK, "Company wiki", "https://wiki.aster.example")],
                      {"TIO": ("Toolbox",)}, word="aster", topic="Hammer").fill("TIO", "HR", "aster")
    new = linked.Jira(t, NEW, 2_000, 1, [(BACK_THERE, "Company wiki", "https://wiki.borealis.example")],
                      {"TIO": (title,), "AST": ("Aster",)}, word="borealis", topic="Saw")
    new.fill("TIO", "HR", "borealis").fill("AST", "HR", "borealis")
    return old, new


def nothing_certain(t, url, key):
    """Of what the two have the same names for."""
    found = steps.mappings(t, url, key)
    for row in found:
        if row["status"] == "MAPPED_AUTO" and row["certainty"] == "certain":
            raise harness.Failure(f"certain, but another company's: {row}")
    return {(row["type"], row["key"]): row for row in found}


def refuses(t, url, name, key, scope):
    """Without a decision the plan is blocked, and the import changes nothing."""
    before = steps.state(t, name)
    kinds = {one["kind"] for one in steps.plan(t, url, key)["blockers"]}
    assert kinds & {"unmapped", "possible"}, kinds
    t.equal(t.run("--json", "import", url, key, "--confirm", scope, expect=4).json["error"]["kind"], "blocked")
    t.same_hashes(before, steps.state(t, name))


def confirm_all(t, url, name, key):
    """The careless person: confirms whatever was found, leaves out the rest."""
    t.run("map", "confirm", url, key, "--all", "--yes")
    t.run("map", "exclude", url, key, "--status", "UNMAPPED", "--yes")
    steps.automatic(t, url, name, key)
    t.run("map", "confirm", url, key, "--all", "--yes")
    for status in ("UNMAPPED", "NONE"):
        if [row for row in steps.mappings(t, url, key) if (row["status"] or "NONE") == status]:
            t.run("map", "exclude", url, key, "--status", status, "--yes")


def names_all(t, url, name, key, scope, before, going):
    """The plan's counts are those of the rows that are there, per table and per scope, in the document and
    in what a person reads; the import erases these and no others."""
    wanted = {check.short(table): sum(going(table, row) for row in rows.values())
              for table, rows in before.items()}
    planned = steps.plan(t, url, key)
    t.equal(planned["blockers"], [])
    t.equal(steps.filled(planned["erase"]), steps.filled(wanted), "what is erased")
    t.equal(sum(planned["eraseScopes"].values()), sum(n for table, n in wanted.items() if n and table not in
                                                      ("DBAPPLINK", "DBREMOTEREQUIREMENT")))
    t.equal(set(planned["eraseScopes"]), {scope})
    text = t.run("plan", url, key).out
    for table, n in steps.filled(wanted).items():
        t.contains(text, f"{table}")
        assert any(table in line and str(n) in line.split() for line in text.splitlines()), (table, n, text)
    t.contains(text, scope)
    steps.carry_out(t, url, name, key, scope)
    after = check.read(t, name)
    for table, rows in before.items():
        t.equal({number for number in rows if number not in after[table]},
                {number for number, row in rows.items() if going(table, row)}, f"rows erased in {table}")


def confluence(t, title, link):
    old, new = wikis(t, title, link)
    steps.export(t, old.url, OLD, "hr", "hr.csv", "--space", "HR")
    steps.load(t, new.url, NEW, "hr.csv")
    steps.automatic(t, new.url, NEW, "hr")
    rows = nothing_certain(t, new.url, "hr")
    t.equal(rows["SPACE", "HR"]["certainty"], "likely" if title == "Human Resources" else "possible")
    for name in linked.PEOPLE:
        t.equal(rows["USER", old.users[name]]["certainty"], "possible")
    t.equal(rows["APPLINK", LINK]["certainty"], "likely" if link == "Company Jira" else "possible")
    refuses(t, new.url, NEW, "hr", "HR")
    return old, new


def test_confluence_of_the_same_name(t):
    _, new = confluence(t, "Human Resources", "Company Jira")
    confirm_all(t, new.url, NEW, "hr")
    before = check.read(t, NEW)
    names_all(t, new.url, NEW, "hr", "HR", before, check.in_scope(before, {"HR"}))


def test_confluence_of_another_name(t):
    """... into another key, where the other company's space HR stays as it was."""
    old, new = confluence(t, "Hors route", "Their Jira")
    before = check.read(t, NEW)
    with new.site() as site:
        number = site.sqlite.execute("SELECT spaceid FROM spaces WHERE spacekey = 'ASTER'").fetchone()[0]
        for page in range(2, 5):
            site.page(number, f"Hiring {page}", (1, 2))
        site.page(number, "Home", (1, 2))
        site.applink(LINK, "Aster's Jira", "https://jira.aster.example", None)
    everything = t.hashes(NEW, skip=("reqferry_*", "AO_*"))
    t.run("map", "set", new.url, "hr", "SPACE", "HR", "ASTER")
    steps.automatic(t, new.url, NEW, "hr")
    for name in linked.PEOPLE:
        t.run("map", "set", new.url, "hr", "USER", old.users[name], "")
    t.run("map", "confirm", new.url, "hr", "--all", "--yes")
    planned, done = steps.carry_out(t, new.url, NEW, "hr", "ASTER")
    t.equal((steps.filled(planned["erase"]), steps.filled(planned["eraseScopes"]),
             done["inserted"]["DBREQUIREMENT"]), ({}, {}, COUNT))
    after = check.read(t, NEW)
    for table, rows in before.items():
        t.equal({number: after[table].get(number) for number in rows}, rows, table)
    t.same_hashes(everything, t.hashes(NEW, skip=("reqferry_*", "AO_*")))


def test_confluence_beside_its_jira(t):
    """With the other company's Jira at hand: the project has another name there, or the same."""
    for word, title in (("same", "Toolbox"), ("another", "Toasters")):
        t.dir.joinpath(OLD).unlink(missing_ok=True)
        t.dir.joinpath(NEW).unlink(missing_ok=True)
        old, new = wikis(t, "Human Resources")
        jira = linked.Jira(t, f"{word}.db", 2_000, 1, projects={"TIO": (title,)}, topic="Saw")
        steps.export(t, old.url, OLD, "hr", "hr.csv", "--space", "HR")
        steps.load(t, new.url, NEW, "hr.csv")
        steps.automatic(t, new.url, NEW, "hr", "--jira", jira.url)
        rows = nothing_certain(t, new.url, "hr")
        assert rows["PROJECT", "TIO"]["certainty"] in ("likely", "possible"), rows["PROJECT", "TIO"]
        refuses(t, new.url, NEW, "hr", "HR")


def jira(t, title):
    old, new = jiras(t, title)
    steps.export(t, old.url, OLD, "tio", "tio.csv", "--project", "TIO")
    steps.load(t, new.url, NEW, "tio.csv")
    steps.automatic(t, new.url, NEW, "tio")
    rows = nothing_certain(t, new.url, "tio")
    assert rows["PROJECT", "TIO"]["certainty"] in ("likely", "possible"), rows["PROJECT", "TIO"]
    for n in range(1, COUNT + 1):
        row = rows["ISSUE", str(old.issues["TIO"][n])]
        assert row["status"] == "UNMAPPED" or row["certainty"] == "possible", row
    refuses(t, new.url, NEW, "tio", "TIO")
    return old, new


def test_jira_of_the_same_name(t):
    _, new = jira(t, "Toolbox")
    confirm_all(t, new.url, NEW, "tio")
    before = check.read(t, NEW)
    mine = {str(issue): "TIO" for issue in new.issues["TIO"].values()}
    inside = check.in_scope(before, {"TIO"}, mine)
    # the requirements are used by the other project too, and stay
    names_all(t, new.url, NEW, "tio", "TIO", before,
              lambda table, row: table != "AO_42D05A_DBREMOTEREQUIREMENT" and inside(table, row))


def test_jira_of_another_name(t):
    """... into another project, where the other company's TIO stays as it was."""
    old, new = jira(t, "Toasters")
    before = check.read(t, NEW)
    t.run("map", "set", new.url, "tio", "PROJECT", "TIO", "AST")
    with new.site() as site:
        site.applink(BACK, "Aster's wiki", "https://wiki.aster.example")
    for n in range(1, COUNT + 1):
        t.run("map", "set", new.url, "tio", "ISSUE", old.issues["TIO"][n], new.issues["AST"][n])
    steps.automatic(t, new.url, NEW, "tio")
    for name in linked.PEOPLE:
        t.run("map", "set", new.url, "tio", "USER", old.users[name], "")
    t.run("map", "confirm", new.url, "tio", "--all", "--yes")
    planned, _ = steps.carry_out(t, new.url, NEW, "tio", "AST")
    t.equal(planned["eraseScopes"], {"AST": 2 * COUNT})
    after = check.read(t, NEW)
    theirs = {str(issue) for issue in new.issues["TIO"].values()}
    for table, rows in before.items():
        for number, row in rows.items():
            if str(row.get("ISSUEID")) in theirs or table == "AO_42D05A_DBREMOTEREQUIREMENT":
                t.equal(after[table].get(number), row, f"{table} {number}")
