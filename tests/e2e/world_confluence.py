"""The Confluence worlds: see world.py."""
import contextlib
import random

from world import ODD, TIMES, Database, World, create

PREFIX = "AO_32F7CE_"


class Site(Database):
    """A Confluence in the making, or (without a word) one that is made and gets more."""

    def __init__(self, path, first, step, word):
        super().__init__(path, PREFIX, first, step, word)
        if word is None:
            return
        self.insert("confversion", confversionid=1, buildnumber=9012, versiontag="8.5.4")
        for number, name in ((1, "Internal"), (2, "Company LDAP")):
            self.insert("cwd_directory", id=number, directory_name=name,
                        lower_directory_name=name.lower(), active="T", directory_type="X")
            self.insert("cwd_app_dir_mapping", id=number, application_id=7, directory_id=number,
                        list_index=2 - number)
        self.users = {}

    def user(self, name, *accounts):
        """accounts: (e-mail, display name, active, directory); none: a former user."""
        key = self.hex(name)
        self.insert("user_mapping", user_key=key, username=name, lower_username=name.lower())
        for email, display, active, directory in accounts:
            self.insert("cwd_user", id=self.id(), user_name=name, lower_user_name=name.lower(),
                        active="T" if active else "F", created_date=TIMES[0], updated_date=TIMES[0],
                        display_name=display, email_address=email,
                        lower_email_address=email and email.lower(), directory_id=directory,
                        credential="{secret}never-read-this")
        self.users[name] = key
        return key

    def space(self, key, name):
        number = self.id()
        self.insert("spaces", spaceid=number, spacename=name, spacekey=key,
                    lowerspacekey=key.lower(), spacestatus="CURRENT",
                    spacetype="personal" if key.startswith("~") else "global")
        return number

    def page(self, space, title, versions=(1,), kind="PAGE", day="2023-05-17", status="current",
             body=""):
        """Returns {version: content id}; the last version is the current one, whose id is the
        page's. Old versions have rows of their own without a space."""
        ids = {}
        page = self.id()
        self.content(page, kind, title, versions[-1], day, status, None, space)
        self.insert("bodycontent", bodycontentid=self.id(), body=body, contentid=page, bodytypeid=2)
        for version in versions[:-1]:
            ids[version] = self.id()
            self.content(ids[version], kind, title, version, day, "current", page, None)
        ids[versions[-1]] = page
        return ids

    def content(self, number, kind, title, version, day, status, prevver, space, page=None):
        self.insert("content", contentid=number, contenttype=kind, title=title,
                    lowertitle=title.lower(), version=version, creationdate=f"{day} 08:30:00.000",
                    prevver=prevver, content_status=status, spaceid=space, pageid=page)

    def attachment(self, space, page, name, version):
        """The current row, and one old version with the page only through it."""
        number = self.id()
        self.content(number, "ATTACHMENT", name, version, "2023-06-01", "current", None, space, page)
        if version > 1:
            self.content(self.id(), "ATTACHMENT", name, version - 1, "2023-06-01", "current", number,
                         space)
        return number

    def applink(self, link, name, display, rpc):
        for word, value in (("name", name), ("display.url", display), ("rpc.url", rpc),
                            ("type", "jira")):
            if value:
                self.insert("bandana", bandanaid=self.id(), bandanacontext="_GLOBAL",
                            bandanakey=f"applinks.admin.{link}.{word}",
                            bandanavalue=f"<string>{value}</string>")
        return link


def definitions(keys):
    """The body of a page that defines requirements."""
    macro = ('<p>x&nbsp;<ac:structured-macro ac:name="requirement" ac:schema-version="1">'
             '<ac:parameter ac:name="type">DEFINITION</ac:parameter>'
             '<ac:parameter ac:name="key">{}</ac:parameter></ac:structured-macro></p>')
    return "".join(macro.format(key) for key in keys)


# key at the origin, name there, key and name at the destination. None: it is not there.
SPACES = [
    ("ABC", "Alpha \u03b2 & Co", "ABC", "Alpha \u03b2 & Co"),
    ("OPS", "Operations", "OPS2", "Operations"),    # another space has the key OPS there
    ("~ada", "Ada", "~ada", "Ada"),
    ("Mix", "Mixed Bag", "MIX", "Mixed Bag"),
]
LINKS = ["aaaaaaaa-0000-3000-8000-000000000001", "aaaaaaaa-0000-3000-8000-000000000002",
              "aaaaaaaa-0000-3000-8000-000000000003"]


def _users(world, old, new):
    def both(name, new_name, *accounts, new_accounts=None):
        key = old.user(name, *accounts)
        new_key = new_name and new.user(
            new_name, *(accounts if new_accounts is None else new_accounts))
        world.truth.put("USER", key, new_key)

    def account(email, display, active=True, directory=1):
        return email, display, active, directory

    both("ada", "ada", account("ada@x.example", "Ada L."))
    both("bob", "robert", account("Bob@x.example", "Bob"))
    both("carol", "carol")
    both("dave", "dave", new_accounts=[account("dave@x.example", "Dave")])
    both("erin", "erin.smith", account("erin@x.example", "Erin Smith"))
    new.user("erin", account("other@y.example", "Erin Novak"))
    both("frank", None, account("frank@x.example", "Frank"))
    both("gus", "gus", account("gus@x.example", "Gus Gray"),
         new_accounts=[account("gg@y.example", "Augustus")])
    both("\u00dcnal", "\u00dcnal", account("unal@x.example", "\u00dcnal \u00d6zg\u00fcr"))
    both("hana", "hana", account("old@x.example", "Hana (old)", False, 1),
         account("hana@x.example", "Hana", True, 2))
    both("ivan", "ivan1", account("ivan@x.example", "Ivan"))
    new.user("ivan2", account("ivan@x.example", "Ivan Two"))
    for number in range(5):
        new.user(f"stranger{number}", account(f"s{number}@z.example", f"Stranger {number}"))
    gone = old.hex("deleted user")
    world.truth.put("USER", gone, None)
    return [*old.users.values(), gone]


def _links(world, old, new):
    a, b, c = LINKS
    old.applink(a, "Our Jira", "https://jira.x.example/", "https://jira.x.example/rpc")
    new.applink(a.replace("a", "b"), "Renamed Jira", "https://JIRA.x.example", None)
    old.applink(b, "Second", None, "http://two.example:8080/jira")
    new.applink(b, "Second", None, "http://two.example:8080/jira")
    old.applink(c, "By name", "http://three.example", None)
    new.applink(c.replace("a", "c"), "By name", "http://elsewhere.example", None)
    new.applink("dddddddd-0000-3000-8000-000000000009", "Unrelated", "http://u.example", None)
    world.truth.put("APPLINK", a, a.replace("a", "b"))
    world.truth.put("APPLINK", b, b)
    world.truth.put("APPLINK", c, c.replace("a", "c"))
    for link in LINKS:
        for project in ("TIO", "OLDP"):
            moved = "NEWP" if project == "OLDP" else project
            world.truth.put("PROJECT", project, moved, link)
            for number in range(1, 8):
                world.truth.put("ISSUE", f"{project}-{number}", f"{moved}-{number}", link)


def _twin_page(world, site, space, n, title, versions, kind, day, keys):
    """The page at the destination, or what became of it."""
    case = n % 12
    twin, body, status, found = title, definitions(keys), "current", versions
    if case == 4:
        twin = f"  {title.upper()}  "
    elif case == 5 and len(keys) > 1:
        twin = f"Renamed beyond recognition {n * 7919}"
    elif case == 6:
        return None  # never arrived
    elif case == 7:
        status = "deleted"
    elif case == 8 and len(versions) > 2:
        found = versions[1:]
    ids = site.page(space, twin, found, kind, day, status, body)
    page = ids[found[-1]]
    if case == 9:
        site.page(space, title, (1,), kind, day)  # the same title twice
    elif case == 10:
        site.page(space, title, (2,), kind, day, "deleted")
        site.content(site.id(), kind, title, 5, day, "draft", page, space)
        site.content(site.id(), kind, title, 1, day, "draft", None, space)
    return None if status == "deleted" else ids


def _pages(world, old, new, rng, size):
    """Returns {origin space key: [(page id, {version: id}, [attachment id], [requirement key])]}."""
    pages = {}
    for key, name, new_key, new_name in SPACES:
        space, twin_space = old.space(key, name), new.space(new_key, new_name)
        world.truth.put("SPACE", key, new_key)
        pages[key] = []
        for n in range(12 * size):
            versions = tuple(range(1, rng.choice((2, 3, 5))))
            kind = "BLOGPOST" if n % 12 == 11 else "PAGE"
            day = f"2023-05-{1 + n % 28:02d}"
            title = f"{rng.choice(('Design', 'Notes: a, b', chr(0xc4) + 'rger'))} {n}"
            if kind == "BLOGPOST":
                title = "Weekly news"  # tells nothing without its day
                day = f"20{10 + n // 12 % 90:02d}-03-0{1 + n % 9}"
            keys = [f"REQ-{n:03d}-{i}" for i in range(1 + n % 3)]
            ids = old.page(space, title, versions, kind, day, body=definitions(keys))
            page = ids[versions[-1]]
            twin = _twin_page(world, new, twin_space, n, title, versions, kind, day, keys)
            last = twin and max(twin)
            world.truth.put("PAGE", page, twin and twin[last])
            for version, number in ids.items():
                world.truth.put("VERSION", number, twin and twin.get(version, twin[last]))
            files = []
            for i in range(n % 3):
                files.append(old.attachment(space, page, f"table {i}.xlsx", 2))
                world.truth.put("ATTACHMENT", files[-1], twin and new.attachment(
                    twin_space, twin[last], f"table {i}.xlsx", 2 + i))
            pages[key].append((page, ids, files, keys))
    decoy = new.space("OPS", "Opera House")
    for n in range(5):
        new.page(decoy, f"Aria {n}")
    new.space("ZZZ", "Unrelated")
    world.truth.put("SPACE", "GONE", None)
    return pages


def _requirements(site, rng, space, pages, users, baselines):
    """Rows of DBREQUIREMENT for the keys of the pages; returns [(id, page)]."""
    made = []
    odd = [None, "", *ODD]

    def requirement(key, baseline, page, **more):
        upper = key.upper()
        values = dict(
            SPACEKEY=space, KEY=key, BASELINE=baseline, STATUS=rng.choice(["ACTIVE", "ARCHIVED", None]),
            STORAGETYPE=rng.choice([None, 1, 2, 3, 4]), HTMLEXCERPT=rng.choice(odd), UPPERKEY=upper,
            SCHEMAVERSION=rng.choice([None, 0, 7]), NEWSPACEKEY=None, NEWKEY=None,
            CREATEDUSER=rng.choice([None, *users]), CREATEDDATE=rng.choice([None, *TIMES]),
            LASTUPDATEDUSER=rng.choice([None, *users]), LASTUPDATEDDATE=rng.choice([None, *TIMES]))
        values.update(more)
        made.append((site.ry("DBREQUIREMENT", **values), page))

    for page in pages:
        for key in page[3]:
            requirement(key, None, page)
            for baseline in range(rng.randrange(baselines + 1)):
                requirement(key, baseline, page)
    first = pages[0]
    for text in ODD:
        requirement(f"odd {text}"[:255], None, first)
    requirement("stra\u00dfe-\u0131\u01f0-\ufb01", 2147483647, first, HTMLEXCERPT="y" * 100_000)
    requirement("big", -1, first, HTMLEXCERPT='"q",\r\n\u00e9' * 12_000)
    requirement("moved away", None, first, STATUS="MOVED", NEWSPACEKEY="GONE", NEWKEY="X,1")
    requirement("moved near", None, first, STATUS="MOVED", NEWSPACEKEY="OPS", NEWKEY=" blank")
    requirement("twin", 5, first, STATUS="ACTIVE")
    requirement("twin", 5, first, STATUS="ARCHIVED")  # the same identity, as real sites have
    return made


def _link_rows(site, rng, made, pages):
    every = [page for group in pages.values() for page in group]

    def link(parent, **values):
        values = {"ORIGIN": rng.choice([0, 1, None, "true", "false"]), "TYPE": None, "APP": None,
                  "DOCUMENTID": None, "VERSIONID": None, "SCHEMAVERSION": rng.choice([None, 3]),
                  "RELATIONSHIP": rng.choice([None, "", *ODD]), "MARKER": rng.choice([None, *ODD]),
                  **values}
        site.ry("DBLINK", PARENT_ID=parent, **values)

    for parent, page in made:
        number, versions, files, _ = page
        link(parent, ORIGIN=1, TYPE="PAGE", APP="page", DOCUMENTID=str(number),
             VERSIONID=str(versions[max(versions)]))
        if rng.random() < 0.5:
            other = rng.choice(every)
            link(parent, ORIGIN=0, TYPE="PAGE", APP="page", DOCUMENTID=str(other[0]),
                 VERSIONID=str(rng.choice(list(other[1].values()))))
        if rng.random() < 0.3:
            link(parent, ORIGIN="false", TYPE="PAGE", APP="page", DOCUMENTID=str(number))
        if rng.random() < 0.5:
            link(parent, TYPE="JIRA", APP=rng.choice(LINKS), RELATIONSHIP="implements",
                 DOCUMENTID=f"{rng.choice(('TIO', 'OLDP'))}-{rng.randrange(1, 8)}")
        for file in files:
            link(parent, TYPE="EXCEL", APP="com.example.excel", DOCUMENTID=str(file),
                 VERSIONID="Sheet 1!A1")
    link(made[0][0], TYPE="PAGE", APP="page")
    link(made[0][0])


def _properties_and_dependencies(site, rng, made, others):
    odd = [None, "", *ODD]
    for parent, _ in made:
        for _ in range(rng.randrange(3)):
            site.ry("DBPROPERTY", REQUIREMENT_ID=parent, TYPE=rng.choice(["INLINE", "EXTERNAL", None]),
                    NAME=rng.choice(odd), VALUE=rng.choice(odd), SCHEMAVERSION=rng.choice([None, 1]))
    site.ry("DBPROPERTY", REQUIREMENT_ID=made[0][0], TYPE="INLINE", NAME="long", VALUE="z\r\n" * 40_000,
            SCHEMAVERSION=None)
    for parent, _ in made[::2]:
        site.ry("DBDEPENDENCY", RELATIONSHIP=rng.choice(["refines", "tests, a", None]), SCHEMAVERSION=None,
                PARENT_ID=parent, CHILD_ID=rng.choice(made)[0])
    for parent, _ in (made[0], made[0]):  # the same twice
        site.ry("DBDEPENDENCY", RELATIONSHIP="twice", SCHEMAVERSION=2, PARENT_ID=parent,
                CHILD_ID=made[1][0])
    for parent, _ in made[::7] if others else ():
        site.ry("DBDEPENDENCY", RELATIONSHIP="crosses", SCHEMAVERSION=None, PARENT_ID=parent,
                CHILD_ID=rng.choice(others)[0])


def _matrices(site, rng, space, users, count):
    for n in range(count):
        site.ry("DBTRACEABILITYMATRIX", SPACEKEY=space, ORIGINALID=rng.choice([None, n, 2 ** 53 + 1 + n]),
                NAME=rng.choice(ODD), QUERY=f"spaceKey = '{space}' AND page = {n}",
                COLUMNS=rng.choice([None, *ODD]), CREATEDUSER=rng.choice([None, *users]),
                CREATEDDATE=rng.choice([None, *TIMES]), LASTUPDATEDUSER=rng.choice([None, *users]),
                LASTUPDATEDDATE=rng.choice([None, *TIMES]), SCHEMAVERSION=rng.choice([None, 4]))


def _rows(site, rng, pages, users, baselines=2):
    others = []
    for space, group in pages.items():
        made = _requirements(site, rng, space, group, users, baselines)
        _link_rows(site, rng, made, pages)
        _properties_and_dependencies(site, rng, made, others)
        _matrices(site, rng, space, users, 6)
        others += made
    for link in LINKS:
        site.ry("DBAPPLINK", APPLINK=link, NAME=rng.choice(ODD), SCHEMAVERSION=None)


def _earlier_rows(site, rng):
    """What stands at the destination already: in a space to be overwritten, and in others."""
    made = {}
    for space in ("ABC", "OPS2", "OPS", "ZZZ"):
        made[space] = [site.ry("DBREQUIREMENT", SPACEKEY=space, KEY=f"OLD-{n}", BASELINE=None,
                               UPPERKEY=f"OLD-{n}", STATUS="ACTIVE", HTMLEXCERPT=rng.choice(ODD),
                               CREATEDUSER=rng.choice(list(site.users.values())),
                               CREATEDDATE=rng.choice(TIMES))
                       for n in range(6)]
        for parent in made[space]:
            site.ry("DBPROPERTY", REQUIREMENT_ID=parent, TYPE="INLINE", NAME="n", VALUE=rng.choice(ODD))
            site.ry("DBLINK", PARENT_ID=parent, ORIGIN=1, TYPE="PAGE", APP="page", DOCUMENTID="1",
                    VERSIONID="1")
        site.ry("DBDEPENDENCY", RELATIONSHIP="inside", PARENT_ID=made[space][0],
                CHILD_ID=made[space][1])
        site.ry("DBTRACEABILITYMATRIX", SPACEKEY=space, ORIGINALID=1, NAME="matrix", QUERY="key = 'A'")
    site.ry("DBAPPLINK", APPLINK=LINKS[1], NAME="earlier")
    site.ry("DBDEPENDENCY", RELATIONSHIP="between others", PARENT_ID=made["OPS"][0],
            CHILD_ID=made["ZZZ"][1])


def pair(t, seed=1, size=1, earlier=True, origin="origin.db", destination="destination.db"):
    """A Confluence and its twin. size: dozens of pages in each of the four spaces."""
    rng = random.Random(seed)
    world = World(create(t, origin, "confluence"), create(t, destination, "confluence"))
    with Site(t.dir / origin, 100_000, 3, "old") as old, \
            Site(t.dir / destination, 100_003, 6, "new") as new:
        users = _users(world, old, new)
        _links(world, old, new)
        pages = _pages(world, old, new, rng, size)
        _rows(old, rng, pages, users)
        if earlier:
            _earlier_rows(new, rng)
    return world


def alone(t, seed=1, size=1, name="origin.db"):
    """One Confluence on which every entity that its database can know exists. The truth: itself."""
    rng = random.Random(seed)
    world = World(create(t, name, "confluence"), None)
    scratch = World(None, None)
    with Site(t.dir / name, 100_000, 3, "old") as old, \
            Site(_scratch(t), 100_003, 6, "new") as new:
        users = _users(scratch, old, new)[:-1]
        _links(scratch, old, new)
        pages = _pages(scratch, old, new, rng, size)
        _rows(old, rng, pages, users)
    for kind, key, dependency in scratch.truth.map:
        world.truth.put(kind, key, None if key == "GONE" else key, dependency)
    return world


def _scratch(t):
    name = "scratch.db"
    with contextlib.suppress(FileNotFoundError):
        (t.dir / name).unlink()
    create(t, name, "confluence")
    return t.dir / name
