"""The Jira worlds: see world.py."""
import json
import random
from urllib.parse import quote

from world import ODD, TIMES, Database, World, create

PREFIX = "AO_42D05A_"
LINKS = ["eeeeeeee-0000-3000-8000-000000000001", "eeeeeeee-0000-3000-8000-000000000002"]


class Site(Database):
    """A Jira in the making, or (without a word) one that is made and gets more."""

    def __init__(self, path, first, step, word):
        super().__init__(path, PREFIX, first, step, word)
        if word is None:
            return
        for number, name in ((1, "Internal"), (2, "LDAP")):
            self.insert("cwd_directory", id=number, directory_name=name,
                        lower_directory_name=name.lower(), active=1, directory_type="X",
                        directory_position=number)

    def user(self, name, key=None, email=None, display=None):
        """Without an e-mail: a former user."""
        number = self.id()
        key = key or f"JIRAUSER{number}"
        self.insert("app_user", id=number, user_key=key, lower_user_name=name.lower())
        if email:
            self.insert("cwd_user", id=self.id(), directory_id=1, user_name=name,
                        lower_user_name=name.lower(), active=1, display_name=display,
                        lower_display_name=display.lower(), email_address=email,
                        lower_email_address=email.lower(), credential="never-read-this")
        return key

    def project(self, key, name, *former):
        number = self.id()
        self.insert("project", id=number, pname=name, pkey=key, originalkey=(former or (key,))[0],
                    pcounter=99, projecttype="software")
        for every in (key, *former):
            self.insert("project_key", id=self.id(), project_id=number, project_key=every)
        return number

    def issue(self, project, number, summary, *former):
        issue = self.id()
        self.insert("jiraissue", id=issue, issuenum=number, project=project, summary=summary,
                    issuetype="1", created=TIMES[0], updated=TIMES[0])
        for key in former:
            self.insert("moved_issue_key", id=self.id(), old_issue_key=key, issue_id=issue)
        return issue

    def applink(self, link, name, display, rpc=None):
        for word, value in (("name", name), ("display.url", display), ("rpc.url", rpc)):
            if value:
                number = self.id()
                self.insert("propertyentry", id=number, entity_name="jira.properties", entity_id=1,
                            property_key=f"applinks.admin.{link}.{word}", propertytype=5)
                self.insert("propertystring", id=number, propertyvalue=value)


def _users(world, old, new):
    def both(name, new_name, email=None, display=None, key=None):
        old_key = old.user(name, key or None, email, display)
        world.truth.put("USER", old_key, new_name and new.user(new_name, None, email, display))
        return old_key

    keys = [both("admin", "admin", "admin@x.example", "The Admin", "admin"),
            both("bob", "robert", "bob@x.example", "Bob", "bob"),
            both("carol", "carol"),
            both("Frank", None, "frank@x.example", "Frank"),
            both("\u00dcnal", "\u00dcnal", "unal@x.example", "\u00dcnal", "\u00fcnal"),
            "vanished"]
    world.truth.put("USER", "vanished", None)
    new.user("stranger", "bob", "s@x.example", "Stranger")  # bob's key there is somebody else
    return keys


def _links(world, old, new):
    """Spaces live elsewhere: a key under one link."""
    a, b = LINKS
    old.applink(a, "Wiki", "http://wiki.x.example:1991/confluence")
    new.applink(a.replace("e", "f"), "New wiki", "http://WIKI.x.example:1991/confluence/")
    old.applink(b, "Other wiki", None, "http://other.example")
    new.applink(b, "Other wiki", None, "http://other.example")
    world.truth.put("APPLINK", a, a.replace("e", "f"))
    world.truth.put("APPLINK", b, b)
    for key, new_key in (("SF", "SFX"), ("~ada", "~ada"), ("A/B \u00e9", "A/B \u00e9"), ("KEEP", "KEEP")):
        world.truth.put("SPACE", key, new_key, a)
    world.truth.put("SPACE", "SF", "SFX", b)
    world.truth.put("SPACE", "PRO", "PRO2", b)


def _issues(world, old, new, size):
    """Returns {project key: [(issue id, issue key)]} of the origin."""
    found = {}
    for key, new_key, name in (("TIO", "TIO", "Toolbox"), ("OLD", "NEW", "Renamed one"),
                               ("MOV", "MOV", "Moving out")):
        project = old.project(key, name)
        twin = new.project(new_key, name, *(() if key == new_key else (key,)))
        world.truth.put("PROJECT", key, new_key)
        found[key] = []
        for n in range(1, 8 * size + 1):
            summary = f"{key}: {ODD[n % 30]}"[:200]
            issue = old.issue(project, n, summary)
            found[key].append((issue, f"{key}-{n}"))
            if n % 8 == 5:
                world.truth.put("ISSUE", issue, None)
                continue
            number, into, former = n, twin, ()
            if key == "MOV" and n % 2:
                number, into, former = 1000 + n, found["target"], (f"MOV-{n}",)
            twin_issue = new.issue(into, number, summary, *former)
            world.truth.put("ISSUE", issue, twin_issue)
            here = "TIO" if former else new_key
            world.truth.issue_keys[str(twin_issue)] = f"{here}-{number}"
        if key == "TIO":
            found["target"] = twin
    del found["target"]
    other = new.project("ZZZ", "Unrelated")
    for n in range(1, 10):
        new.issue(other, n, f"unrelated {n}")
    return found


def _trail(rng, truth, spaces):
    """A text of an audit trail; the truth learns what it becomes. Pairs of (space, new space)."""
    shape = rng.randrange(8)
    space, new = rng.choice(spaces)

    def build(key):
        plain = json.dumps(key)[1:-1]
        literal = json.dumps(key, ensure_ascii=False)[1:-1]
        path = quote(key, safe="~")
        if shape == 0:
            return (f'[{{"relationship":"implements","key":"R,1","spaceKey":"{literal}","title":"T",'
                    f'"url":"/requirements/{path}/R%2C1"}}]')
        if shape == 1:  # odd spacing, unknown members, an escape elsewhere
            return (f' [ {{ "url" : "/requirements/{path}/SF/x" ,\n\t"spaceKey":"{literal}", '
                    f'"more":{{"spaceKey":"SF"}}, "title":"caf\\u00e9 \\"SF\\"" }} ] ')
        if shape == 2:  # two objects, other strings that look alike
            return (f'[{{"spaceKey":"{literal}","note":"/requirements/SF/1"}},'
                    f'{{"key":"SF","url":"/requirements/{path}/SF"}}]')
        if shape == 3:
            return f'[{{"spaceKey": "{literal}"}}, 1, null, ["spaceKey", "SF"]]'
        if shape == 4:
            return "[]"
        if shape == 5:
            return f'{{"spaceKey":"{plain}"}}'  # no array: copied
        if shape == 6:
            return f'[{{"spaceKey":"{literal}"'  # torn: copied
        return f'[{{"url":"http://x/requirements/{path}/1","spaceKey":"other"}}]'

    text = build(space)
    if shape in (5, 6, 7):
        wanted = text
    else:
        wanted = build(new)
    truth.texts[text] = wanted
    return text


def _rows(site, rng, world, issues, users, count):
    a, b = LINKS
    spaces = [("SF", a), ("SF", b), ("~ada", a), ("A/B \u00e9", a), ("KEEP", a), ("PRO", b)]
    renamed = [(key, world.truth.of("SPACE", key, link)) for key, link in spaces]
    remote = []
    for n in range(count):
        space, link = spaces[n % len(spaces)]
        remote.append(site.ry(
            "DBREMOTEREQUIREMENT", APPLINK=link, SPACEKEY=space, KEY=f"R-{n} {ODD[n % len(ODD)]}"[:255],
            BASELINE=rng.choice([None, 1, 2]) if n else 9, FLAGDELETED=rng.choice([0, 1, None, "true"]),
            FLAGERROR=rng.choice([0, 1, None, "false"]), LASTSYNCDATE=rng.choice([None, *TIMES]),
            TITLE=rng.choice([None, *ODD, "t" * 5000]), URL=rng.choice([None, *ODD]),
            SCHEMAVERSION=rng.choice([None, 2])))
    for n, (issue, key) in enumerate(issues):
        for requirement in rng.sample(remote[:-3], min(3, len(remote) - 3)):  # some have no link
            site.ry("DBISSUELINK", ISSUEID=issue, ISSUEKEY=key, REQUIREMENT_ID=requirement,
                    RELATIONSHIP=rng.choice(["implements", None, *ODD]), SCHEMAVERSION=rng.choice([None, 1]))
        for _ in range(2):
            site.ry("DBRILAUDITTRAILITEM", ISSUEID=issue, ISSUEKEY=rng.choice([key, None]),
                    USERKEY=rng.choice([None, *users]), COMMENT=rng.choice([None, "", *ODD]),
                    OLDLINKS=rng.choice([None, _trail(rng, world.truth, renamed)]),
                    LINKS=_trail(rng, world.truth, renamed), AUDITDATE=rng.choice([None, *TIMES]),
                    SUCCESS=rng.choice([0, 1, None, "true"]), SCHEMAVERSION=None)
    return remote


def pair(t, seed=1, size=1, earlier=True, origin="origin.db", destination="destination.db"):
    """A Jira and its twin. size: times eight issues in each of three projects."""
    rng = random.Random(seed)
    world = World(create(t, origin, "jira"), create(t, destination, "jira"))
    with Site(t.dir / origin, 10_000, 1, "old") as old, \
            Site(t.dir / destination, 10_050, 2, "new") as new:
        users = _users(world, old, new)
        _links(world, old, new)
        issues = _issues(world, old, new, size)
        every = [issue for group in issues.values() for issue in group]
        _rows(old, rng, world, every, users, 20 * size)
        if earlier:
            _earlier_issue_rows(world, new)
    return world


def _earlier_issue_rows(world, site):
    """At the destination: links of an issue that will be overwritten, links of another project to a
    requirement that the backup brings too, one without any link."""
    def issue(where):
        return site.sqlite.execute(
            "SELECT i.id, p.pkey || '-' || i.issuenum FROM jiraissue i JOIN project p ON p.id = i.project"
            " WHERE p.pkey = ? ORDER BY i.issuenum", (where,)).fetchone()

    link = world.truth.of("APPLINK", LINKS[0])
    mine, other = issue("TIO"), issue("ZZZ")
    left = site.ry("DBREMOTEREQUIREMENT", APPLINK=link, SPACEKEY="SFX", KEY="only of TIO", BASELINE=None)
    shared = site.ry("DBREMOTEREQUIREMENT", APPLINK=link, SPACEKEY="SFX", KEY="R-0 plain", BASELINE=9,
                     TITLE="kept as it is")
    site.ry("DBREMOTEREQUIREMENT", APPLINK=link, SPACEKEY="ZED", KEY="of nobody", BASELINE=None)
    for row, key, requirement in ((*mine, left), (*mine, shared), (*other, shared)):
        site.ry("DBISSUELINK", ISSUEID=row, ISSUEKEY=key, REQUIREMENT_ID=requirement,
                RELATIONSHIP="earlier")
        site.ry("DBRILAUDITTRAILITEM", ISSUEID=row, ISSUEKEY=key, LINKS="[]", COMMENT="earlier")


def erased(t, before, projects, name="destination.db"):
    """A function (table, row) -> whether an import of the whole origin erases the destination's row:
    rows of the projects' issues, and requirements whose last link goes and which do not come again."""
    of_issue = {str(row["id"]): row["pkey"] for row in t.rows(
        name, "SELECT i.id, p.pkey FROM jiraissue i JOIN project p ON p.id = i.project")}
    links = before[f"{PREFIX}DBISSUELINK"].values()
    going = {row["REQUIREMENT_ID"] for row in links if of_issue.get(str(row["ISSUEID"])) in projects}
    staying = {row["REQUIREMENT_ID"] for row in links
               if of_issue.get(str(row["ISSUEID"])) not in projects}

    def is_erased(table, row):
        if table == f"{PREFIX}DBREMOTEREQUIREMENT":
            return row["ID"] in going - staying and row["KEY"] == "only of TIO"
        return of_issue.get(str(row["ISSUEID"])) in projects
    return is_erased
