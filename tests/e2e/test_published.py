"""The one backup file that the vendor published: through staging unchanged, and through a whole
migration with nothing changed but ids."""
import collections
import contextlib

import csvtext
import steps
import world
import world_jira

FILE = "jira-published-example.csv"
LINK = "76888b66-b3e3-3eb2-bbdc-34d51bd6c884"
NEW_LINK = "01234567-0000-3000-8000-00000000beef"


def published(t):
    content = (t.root / "tests" / "fixtures" / FILE).read_bytes()
    (t.dir / FILE).write_bytes(content)
    return content


def destination(t, name="jira.db"):
    """Another Jira that has the issue, the user and the link under other ids; its project has another
    key, and the Confluence's space too. Returns its INSTANCE and the issue's id."""
    url = world.create(t, name, "jira")
    with world_jira.Site(t.dir / name, 20_000, 11, "new") as site:
        for number in range(3):
            site.user(f"someone{number}", None, f"s{number}@x.example", f"Some One {number}")
        site.user("admin", None, "admin@x.example", "Admin")
        site.applink(NEW_LINK, "Wiki", "http://confluence.local:1991/confluence/")
        other = site.project("ZZZ", "Others")
        issue = site.issue(site.project("NIO", "New toolbox"), 7, "Task 1")
        unrelated = site.ry("DBREMOTEREQUIREMENT", APPLINK=NEW_LINK, SPACEKEY="SG", KEY="unrelated")
        site.ry("DBISSUELINK", ISSUEID=site.issue(other, 1, "Other"), ISSUEKEY="ZZZ-1",
                REQUIREMENT_ID=unrelated)
    return url, issue


def mapped(t):
    published(t)
    url, issue = destination(t)
    steps.load(t, url, "jira.db", FILE, "--key", "tio")
    t.run("map", "auto", url, "tio", "--open-ok")
    t.run("map", "set", url, "tio", "PROJECT", "TIO", "NIO")
    t.run("map", "set", url, "tio", "SPACE", "SF", "SG", "--force")
    t.run("map", "auto", url, "tio", "--open-ok")
    rows = {row["type"]: row for row in steps.mappings(t, url, "tio")}
    user = t.rows("jira.db", "SELECT user_key FROM app_user WHERE lower_user_name = 'admin'")[0]
    t.equal({kind: row["destination"] for kind, row in rows.items()},
            {"ISSUE": str(issue), "USER": user["user_key"], "APPLINK": NEW_LINK, "SPACE": "SG",
             "PROJECT": "NIO"})
    t.run("map", "confirm", url, "tio", "--all", "--yes")
    return url


def test_passes_through_staging_unchanged(t):
    content = published(t)
    url, _ = destination(t)
    loaded = steps.load(t, url, "jira.db", FILE)
    t.equal((loaded["key"], loaded["scope"], loaded["rows"]), ("jira-published-example", "TIO", 12))
    t.equal(loaded["tables"], {"DBRILAUDITTRAILITEM": 2, "DBREMOTEREQUIREMENT": 5, "DBISSUELINK": 5})
    t.run("write", url, "jira-published-example", "again.csv")
    t.equal((t.dir / "again.csv").read_bytes(), content)
    t.equal(t.run("write", url, "jira-published-example", "-").out_bytes, content)
    # and what was written loads again, with its manifest
    steps.load(t, url, "jira.db", "again.csv", "--key", "second")
    t.run("write", url, "second", "third.csv")
    t.equal((t.dir / "third.csv").read_bytes(), content)


def test_is_refused_while_its_columns_are_assumed(t):
    url = mapped(t)
    before = steps.state(t, "jira.db")
    planned = steps.plan(t, url, "tio")
    t.equal([blocker["kind"] for blocker in planned["blockers"]], ["assumed-columns"])
    refused = t.run("--json", "import", url, "tio", "--confirm", "NIO", expect=4).json["error"]
    assert refused["kind"] and "order" in refused["message"] and refused["hint"], refused
    t.same_hashes(before, steps.state(t, "jira.db"))


def test_comes_out_of_a_migration_with_other_ids_only(t):
    url = mapped(t)
    before = t.hashes("jira.db", skip=("reqferry_*", "AO_*"))
    steps.carry_out(t, url, "jira.db", "tio", "NIO", "--accept", "assumed")
    t.same_hashes(before, t.hashes("jira.db", skip=("reqferry_*", "AO_*")))
    steps.export(t, url, "jira.db", "back", "back.csv", "--project", "NIO", "--author", "",
                 "--exported-at", "2024-01-04 20:59:55", "--plugin-version", "3.7-SNAPSHOT",
                 "--oldest-version", "3.5.0")
    old = csvtext.records(published(t).decode())
    new = csvtext.records((t.dir / "back.csv").read_text("utf-8"))
    t.equal(len(new), len(old), "records")

    # the mappings give the renaming of entities, and the rows' order that of row ids
    user, issue = (next(record[2] for record in new if record[:2] == ["DBBackupMapping", kind])
                   for kind in ("USER", "ISSUE"))
    names = {"TIO": "NIO", "TIO-1": "NIO-7", "10100": issue, "admin": user, LINK: NEW_LINK, "SF": "SG"}
    ids = collections.defaultdict(dict)
    for one, other in zip(old, new):
        if one[0] == "DBBackupItem" and one[1] != "METADATA":
            ids[one[1]][one[2]] = other[2]
    for table, renamed in ids.items():
        t.equal(len(set(renamed.values())), len(renamed), f"different new ids of {table}")
        t.equal(sorted(renamed.values(), key=int), list(renamed.values()), f"order of {table}")

    def rename(one):
        one = list(one)
        if one[0] == "DBBackupItem" and one[1] != "METADATA":
            one[2] = ids[one[1]][one[2]]
            if one[1] == "DBISSUELINK":
                one[7] = ids["DBREMOTEREQUIREMENT"][one[7]]
            if one[1] == "DBRILAUDITTRAILITEM":
                one[10] = one[10].replace('"SF"', '"SG"').replace("/requirements/SF/",
                                                                  "/requirements/SG/")
        if one[:2] == ["DBBackupMapping", "APPLINK"]:
            one[10:12] = ["Wiki", "http://confluence.local:1991/confluence/"]  # as it is called here
        if one[:2] == ["DBBackupMapping", "USER"]:
            return [*one[:2], user, *one[3:]]  # the name stays
        return [names.get(value, value) for value in one]

    t.equal((t.dir / "back.csv").read_bytes().decode(), csvtext.text(map(rename, old)))
    with contextlib.closing(t.sqlite("jira.db")) as db:
        t.equal(db.execute('SELECT count(*) FROM "AO_42D05A_DBISSUELINK" WHERE "ISSUEKEY" = ?',
                           ("ZZZ-1",)).fetchone()[0], 1)
