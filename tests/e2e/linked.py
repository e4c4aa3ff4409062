"""A Confluence and a Jira that are linked to each other, small enough to read: eight requirements on
four pages, each tied to the issue of its number. For situations in which the one moves and the other
has to follow. What a test changes at a site, it changes with the site's own words.

    wiki = linked.Wiki(t, "wiki.db", 1000, 3, [(LINK, "Jira", "http://jira.example")]).fill("TIO")
    jira = linked.Jira(t, "jira.db", 2000, 1, [(BACK, "Wiki", "http://wiki.example")]).fill(...)
"""
import contextlib

import world
import world_confluence
import world_jira

COUNT = 8
LINK, BACK = "11111111-0000-3000-8000-000000000001", "22222222-0000-3000-8000-000000000002"
JIRA = (LINK, "Company Jira", "https://jira.example")
WIKI = (BACK, "Company wiki", "https://wiki.example/confluence")
PEOPLE = ("ada", "bob")


class Wiki:
    """Space `space`, named `title`, with pages 1 to 4 in versions 1 and 2."""

    def __init__(self, t, name, first, step, links=(JIRA,), space="REQ", title="Requirements",
                 people=PEOPLE, word="company", topic="Page"):
        self.t, self.name, self.url = t, name, world.create(t, name, "confluence")
        self.space, self.word, self.topic = space, word, topic
        self.links = [one[0] for one in links]
        self.first, self.step = first, step
        with self.site(True) as site:
            self.users = {one: site.user(one, (f"{one}@{self.word}.example", f"{one} of {self.word}", True, 1))
                          for one in people}
            for link, label, address in links:
                site.applink(link, label, address, None)
            self.pages = self.add_space(site, space, title)

    def site(self, new=False):
        self.first += 0 if new else 100_000
        return world_confluence.Site(self.t.dir / self.name, self.first, self.step, self.name if new else None)

    def add_space(self, site, key, title):
        number = site.space(key, title)
        return [site.page(number, f"{self.topic} {n}", (1, 2)) for n in range(1, 5)]

    def fill(self, project, space=None, pages=None, word=""):
        """Rows of every table; requirement n is tied to the issue `project`-n, behind each link."""
        pages, space = pages or self.pages, space or self.space
        people = list(self.users.values())
        with self.site() as site:
            made = []
            for n in range(1, COUNT + 1):
                made.append(site.ry(
                    "DBREQUIREMENT", SPACEKEY=space, KEY=f"R-{n}", UPPERKEY=f"R-{n}", STATUS="ACTIVE",
                    BASELINE=None if n < 7 else n, HTMLEXCERPT=f"<p>{word} {n}</p>", CREATEDUSER=people[n % 2],
                    CREATEDDATE=world.TIMES[0]))
                page = pages[n % 4]
                site.ry("DBLINK", PARENT_ID=made[-1], ORIGIN=1, TYPE="PAGE", APP="page",
                        DOCUMENTID=str(page[2]), VERSIONID=str(page[1 + n % 2]))
                for link in self.links if project else ():
                    site.ry("DBLINK", PARENT_ID=made[-1], ORIGIN=0, TYPE="JIRA", APP=link,
                            DOCUMENTID=f"{project}-{n}", RELATIONSHIP="implements")
                site.ry("DBPROPERTY", REQUIREMENT_ID=made[-1], TYPE="INLINE", NAME="n", VALUE=f"{word}{n}")
            for parent, child in zip(made, made[1:]):
                site.ry("DBDEPENDENCY", RELATIONSHIP="refines", PARENT_ID=parent, CHILD_ID=child)
            site.ry("DBTRACEABILITYMATRIX", SPACEKEY=space, ORIGINALID=1, NAME=f"matrix {word}",
                    QUERY="key ~ 'R'", CREATEDUSER=people[0])
        return self

    def fill_links(self, word="link"):
        """Rows of the global table: one for each application link."""
        with self.site() as site:
            for n, link in enumerate(self.links):
                site.ry("DBAPPLINK", APPLINK=link, NAME=f"{word} {n}")
        return self


class Jira:
    """Projects with issues 1 to 8, "Task n of <title>"; projects: key -> (title, former keys)."""

    def __init__(self, t, name, first, step, links=(WIKI,), projects=None, people=PEOPLE, word="company",
                 topic="Task"):
        self.t, self.name, self.url = t, name, world.create(t, name, "jira")
        self.word, self.first, self.step = word, first, step
        self.links = [one[0] for one in links]
        self.projects, self.issues = {}, {}
        with self.site(True) as site:
            self.users = {one: site.user(one, None, f"{one}@{self.word}.example", f"{one} of {self.word}")
                          for one in people}
            for link, label, address in links:
                site.applink(link, label, address)
            for key, (title, *former) in (projects or {"TIO": ("Toolbox",)}).items():
                self.projects[key] = site.project(key, title, *former)
                self.issues[key] = {n: site.issue(self.projects[key], n, f"{topic} {n} of {title}")
                                    for n in range(1, COUNT + 1)}

    def site(self, new=False):
        self.first += 0 if new else 100_000
        return world_jira.Site(self.t.dir / self.name, self.first, self.step, self.name if new else None)

    def fill(self, project, space="REQ", word=""):
        """Rows of every table: issue n is tied to the requirement R-n of the space, behind each link."""
        people = list(self.users.values())
        with self.site() as site:
            for n, issue in self.issues[project].items():
                key = f"{project}-{n}"
                for link in self.links:
                    remote = self.remote(site, link, space, n, word)
                    site.ry("DBISSUELINK", ISSUEID=issue, ISSUEKEY=key, RELATIONSHIP="implements",
                            REQUIREMENT_ID=remote)
                trail = trail_of(space, n)
                site.ry("DBRILAUDITTRAILITEM", ISSUEID=issue, ISSUEKEY=key, USERKEY=people[n % 2],
                        COMMENT=f"{word} {n}", OLDLINKS="[]", LINKS=trail, AUDITDATE=world.TIMES[0], SUCCESS=1)
        return self

    @staticmethod
    def remote(site, link, space, n, word):
        """The requirement's row, made at its first use."""
        found = site.sqlite.execute(
            'SELECT "ID" FROM "AO_42D05A_DBREMOTEREQUIREMENT" WHERE "APPLINK" = ? AND "SPACEKEY" = ? AND '
            '"KEY" = ?', (link, space, f"R-{n}")).fetchone()
        return found[0] if found else site.ry(
            "DBREMOTEREQUIREMENT", APPLINK=link, SPACEKEY=space, KEY=f"R-{n}",
            BASELINE=None if n < 7 else n, TITLE=f"{word} {n}", URL=f"/requirements/{space}/R-{n}")

    def change(self, statement, *values):
        with contextlib.closing(self.t.sqlite(self.name, write=True)) as db:
            assert db.execute(statement, values).rowcount > 0, statement

    def rename(self, project, new):
        """As Jira does it: the old key stays in the project's history."""
        with self.site() as site:
            site.insert("project_key", id=site.id(), project_id=self.projects[project], project_key=new)
        self.change("UPDATE project SET pkey = ? WHERE id = ?", new, self.projects[project])

    def move(self, project, n, into, number):
        """The issue goes to another project; its old key stays in the history."""
        issue = self.issues[project][n]
        with self.site() as site:
            site.insert("moved_issue_key", id=site.id(), old_issue_key=f"{project}-{n}", issue_id=issue)
        self.change("UPDATE jiraissue SET project = ?, issuenum = ? WHERE id = ?", self.projects[into], number,
                    issue)


def trail_of(space, n):
    return (f'[{{"relationship":"implements","key":"R-{n}","spaceKey":"{space}","title":"T",'
            f'"url":"/requirements/{space}/R-{n}"}}]')


def wiki_truth(truth, old, new):
    """What the entities of one wiki are on another (or on itself), but for issues and links."""
    truth.put("SPACE", old.space, new.space)
    for name, key in old.users.items():
        truth.put("USER", key, new.users[name])
    for page, twin in zip(old.pages, new.pages):
        truth.put("PAGE", page[2], twin[2])
        for version, number in page.items():
            truth.put("VERSION", number, twin[version])
    return truth


def issue_truth(truth, old, new, links=None, count=COUNT):
    """On a wiki: project `old` is `new` behind each of the links, {old link: new link}."""
    for link, target in (links or {LINK: LINK}).items():
        truth.put("APPLINK", link, target)
        truth.put("PROJECT", old, new, link)
        for n in range(1, count + 1):
            truth.put("ISSUE", f"{old}-{n}", f"{new}-{n}", link)
    return truth


def jira_truth(truth, old, new, projects, spaces, links):
    """projects: {old key: new key}; spaces: {(old key, old link): new key}; links: {old: new}."""
    for name, key in old.users.items():
        truth.put("USER", key, new.users[name])
    for link, target in links.items():
        truth.put("APPLINK", link, target)
    for (space, link), target in spaces.items():
        truth.put("SPACE", space, target, link)
        for n in range(1, COUNT + 1):
            truth.texts[trail_of(space, n)] = trail_of(target, n)
    truth.texts["[]"] = "[]"
    for project, target in projects.items():
        truth.put("PROJECT", project, target)
        for n, issue in old.issues[project].items():
            twin = new.issues[target if target in new.issues else project][n]
            truth.put("ISSUE", issue, twin)
            truth.issue_keys[str(twin)] = f"{target}-{n}"
    return truth
