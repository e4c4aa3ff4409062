"""From a seed to a case: an origin, a destination, what to export, what each entity is mapped to, and
the options of the import. Nothing here knows what must come out."""
import json
import random
from urllib.parse import quote

import shape
from instance import EXTRA, Site

SPACES = ["ABC", "DEF", "abc", "~ada", "OPS", "X1", "D", "GHI2"]
PROJECTS = ["TIO", "NEW", "T", "OPS", "AB2"]
USERS = ["8a01", "8a02", "8a03", "admin", "8a05", "u6"]
LINKS = ["aaaaaaaa-0000-3000-8000-000000000001", "aaaaaaaa-0000-3000-8000-000000000002",
         "bbbbbbbb-0000-3000-8000-000000000003"]
KEYS = ["R-1", "R-2", "R-3", "r-1", "R 4", "stra\u00dfe", "\u00c4-1", "R,5", 'R"6', "R-10", "R/7"]
TEXTS = [None, None, "", "x", "a, \"b\"", " lead", "tail ", "line\r\nbreak", "#1", "null", "\u65e5\u672c",
         "true", "0012", "it's", "<p>&nbsp;</p>", "\\"]
TIMES = [None, "2024-01-04 19:20:18", "2024-01-04 19:20:18.5", "2024-02-29 00:00:00.000",
         "1999-07-01 12:00:00.123"]
RELATIONSHIPS = [None, "refines", "tests", "a, b", ""]
# What exists nowhere, and what cannot be an id of its kind.
MISSING = {"SPACE": "GONE9", "PAGE": "999991", "VERSION": "999992", "ATTACHMENT": "999993", "USER": "nobody9",
           "APPLINK": "cccccccc-0000-3000-8000-000000000009", "ISSUE": "999994"}
FORMLESS = {"PAGE": "12x", "VERSION": "-", "ATTACHMENT": " 7", "ISSUE": "nothing"}


class Case:
    """What a seed means. decisions: (type, key, link) -> (status, destination, certainty)."""

    def __init__(self, seed):
        self.seed = seed
        self.rng = random.Random(seed)
        rng = self.rng
        self.product = "confluence" if rng.random() < 0.6 else "jira"
        self.same = rng.random() < 0.35       # back into the instance that it comes from
        self.extra = rng.random() < 0.15      # the destination has a column that no catalogue knows
        self.scope = None
        self.reload = True                    # through the file
        self.manifest = rng.random() >= 0.1   # it is still there when the file is loaded
        self.stale = rng.random() < 0.05       # something moves between plan and import
        self.options = {}
        self.decisions = {}
        self.bad = set()                      # (table, old id) of rows that cannot be imported
        self.by_command = 0                   # mappings set with the program and not by SQL
        self.again = rng.random() < 0.15       # import a second time
        _Maker(self).make()


class _Maker:
    def __init__(self, case):
        self.case, self.rng = case, case.rng
        rng = self.rng
        self.p_duplicate = rng.choice([0, 0, 0, 0.15])
        self.p_exclude = rng.choice([0, 0, 0.05, 0.3])
        self.p_nothing = rng.choice([0, 0.3])
        self.p_many = rng.choice([0, 0, 0, 0.15, 0.6])
        self.p_trouble = rng.choice([0] * 7 + [0.1])
        self.troubles = [rng.choice(["unmapped", "possible", "missing", "bad", "inconsistent"])]
        self.p_orphan = rng.choice([0, 0, 0, 0.3])  # rows that no scope owns
        self.p_stray = rng.random() < 0.1  # issues that went to other projects than their own
        self.next = {}

    def make(self):
        case, rng = self.case, self.rng
        case.origin = self.site(rng.choice([0, 3, 5, 8]))
        if case.same:
            case.destination = case.origin.copy()
            if case.product == "confluence":
                for key in rng.sample(SPACES, 2):
                    self.space(case.destination, key)
        else:
            self.next = {}
            case.destination = self.site(rng.choice([0, 3, 5, 8]))
        homes = list(case.origin.spaces if case.product == "confluence" else case.origin.projects)
        if homes and rng.random() < 0.65:
            case.scope = rng.choice(homes)
        self.options()
        if case.product == "confluence":
            self.map_confluence()
        else:
            self.map_jira()
        if case.same:
            self.meanwhile()
            case.reload = rng.random() < 0.7
        if case.extra:
            self.fill_extra()
        self.spoil()
        case.by_command = rng.choice([0] * 12 + [1, 2])

    def options(self):
        case, rng = self.case, self.rng
        case.options = {"erase": rng.choice(["brought"] * 6 + ["everything", "nothing"]),
                        "outside": rng.choice(["keep"] * 4 + ["copy"]),
                        "audit": rng.choice(["rewrite"] * 5 + ["keep"]),
                        "reject": rng.random() < 0.5,
                        "accept": set()}
        for word in ("possible", "missing", "assumed"):
            if rng.random() < 0.5:
                case.options["accept"].add(word)

    # --- instances ---------------------------------------------------------------------------------

    def id(self, what, most=400):
        """A new id for a kind of thing; ids of different kinds overlap on purpose."""
        used = self.next.setdefault(what, set())
        while True:
            number = self.rng.randint(1, most)
            if number not in used:
                used.add(number)
                return number

    def space(self, site, key):
        rng = self.rng
        if key in site.spaces:
            return
        site.spaces[key] = f"Space {key}"
        for _ in range(rng.randint(0, 3)):
            page = self.id("content")
            versions = {}
            for version in range(1, rng.choice((1, 1, 2, 3))):
                versions[version] = self.id("content")
            versions[len(versions) + 1] = page
            site.pages[page] = (key, versions)
            if rng.random() < 0.3:
                site.attachments[self.id("content")] = page

    def site(self, size):
        case, rng = self.case, self.rng
        site = Site(case.product)
        site.users = rng.sample(USERS, rng.randint(1, 4))
        site.links = rng.sample(LINKS, rng.randint(1, 3))
        if case.product == "confluence":
            for key in rng.sample(SPACES, rng.randint(1, 4)):
                self.space(site, key)
            self.confluence_rows(site, size)
        else:
            for key in rng.sample(PROJECTS, rng.randint(1, 3)):
                site.projects[key] = self.id("project")
                for number in rng.sample(range(1, 9), rng.randint(0, 4)):
                    site.issues[self.id("issue")] = (key, number)
            self.jira_rows(site, size)
        return site

    def add(self, site, table, **values):
        number = self.id(table, 900)
        row = {name: None for name in shape.BY_NAME[table].columns}
        row["SCHEMAVERSION"] = self.rng.choice([None, None, 1, 7])
        row.update(values)
        site.rows[table][number] = row
        return number

    def user(self, site):
        return self.rng.choice([None, *site.users])

    def confluence_rows(self, site, size):
        rng = self.rng
        for space in site.spaces:
            taken = set()
            for _ in range(rng.randint(0, size)):
                key, baseline = rng.choice(KEYS), rng.choice([None, None, None, 1, 2])
                if (key, baseline) in taken and rng.random() >= self.p_duplicate:
                    continue
                taken.add((key, baseline))
                self.requirement(site, space, key, baseline)
            for _ in range(rng.randint(0, 2)):
                original = rng.choice([None, 1, 2, 3, 2 ** 53 + 1])
                if (original,) in taken and rng.random() >= self.p_duplicate:
                    continue
                taken.add((original,))
                self.matrix(site, space, original)
        self.satellites(site, list(site.rows["DBREQUIREMENT"]), size)
        for link in site.links:
            if rng.random() < 0.6:
                self.add(site, "DBAPPLINK", APPLINK=link, NAME=rng.choice(TEXTS))
        if rng.random() < self.p_orphan:
            self.add(site, "DBPROPERTY", NAME="orphan", TYPE=rng.choice(["INLINE", None]))
        if rng.random() < self.p_orphan:
            self.add(site, "DBLINK", MARKER="orphan")
        if rng.random() < self.p_orphan:
            self.matrix(site, None, rng.choice([None, 1]))
        if rng.random() < self.p_orphan:
            self.add(site, "DBDEPENDENCY", RELATIONSHIP="orphan")

    def requirement(self, site, space, key, baseline):
        rng = self.rng
        moved = rng.random() < 0.1
        return self.add(
            site, "DBREQUIREMENT", SPACEKEY=space, KEY=key, BASELINE=baseline,
            STATUS="MOVED" if moved else rng.choice(["ACTIVE", "ARCHIVED", None]),
            STORAGETYPE=rng.choice([None, 1, 4]), HTMLEXCERPT=rng.choice(TEXTS), UPPERKEY=key.upper(),
            NEWSPACEKEY=rng.choice([*site.spaces, "NOWHERE"]) if moved else None,
            NEWKEY="N" if moved else None, CREATEDUSER=self.user(site), CREATEDDATE=rng.choice(TIMES),
            LASTUPDATEDUSER=self.user(site), LASTUPDATEDDATE=rng.choice(TIMES))

    def matrix(self, site, space, original):
        rng = self.rng
        self.add(site, "DBTRACEABILITYMATRIX", SPACEKEY=space, ORIGINALID=original, NAME=rng.choice(TEXTS),
                 QUERY=f"spaceKey = '{space}'", COLUMNS=rng.choice(TEXTS), CREATEDUSER=self.user(site),
                 CREATEDDATE=rng.choice(TIMES), LASTUPDATEDUSER=self.user(site),
                 LASTUPDATEDDATE=rng.choice(TIMES))

    def satellites(self, site, parents, size):
        """Properties, dependencies and links of requirements."""
        rng = self.rng
        for parent in parents:
            for _ in range(rng.choice((0, 0, 1, 2))):
                self.add(site, "DBPROPERTY", REQUIREMENT_ID=parent, TYPE=rng.choice(["INLINE", "EXTERNAL"]),
                         NAME=rng.choice(TEXTS), VALUE=rng.choice(TEXTS))
            for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
                self.link(site, parent)
        seen = set()
        for _ in range(rng.randint(0, 2 * size) if len(parents) > 1 else 0):
            parent, child = rng.choice(parents), rng.choice(parents)
            relationship = rng.choice(RELATIONSHIPS)
            if (parent, child, relationship or None) in seen and rng.random() >= self.p_duplicate:
                continue
            seen.add((parent, child, relationship or None))
            self.add(site, "DBDEPENDENCY", PARENT_ID=parent, CHILD_ID=child, RELATIONSHIP=relationship)

    def link(self, site, parent):
        rng = self.rng
        kind = rng.choice(["PAGE"] * 5 + ["JIRA", "EXCEL", None])
        values = {"PARENT_ID": parent, "ORIGIN": rng.choice([0, 1, 1, "true", "false", None]),
                  "RELATIONSHIP": rng.choice(RELATIONSHIPS), "MARKER": rng.choice(TEXTS), "TYPE": kind}
        if kind == "PAGE" and site.pages:
            own = [one for one, (space, _) in site.pages.items()
                   if space == site.rows["DBREQUIREMENT"][parent]["SPACEKEY"]]
            page = rng.choice(own if own and rng.random() < 0.5 else list(site.pages))
            values.update(APP="page", DOCUMENTID=str(page),
                          VERSIONID=rng.choice([None, str(rng.choice(site.versions(page)))]))
        elif kind == "JIRA":
            values.update(APP=rng.choice(site.links), DOCUMENTID=f"TIO-{rng.randint(1, 5)}")
        elif kind == "EXCEL" and site.attachments:
            values.update(APP="com.example.excel", DOCUMENTID=str(rng.choice(list(site.attachments))),
                          VERSIONID="Sheet 1!A1")
        self.add(site, "DBLINK", **values)

    def jira_rows(self, site, size):
        rng = self.rng
        spaces = rng.sample(SPACES, rng.randint(1, 3))
        remote, taken = [], set()
        for _ in range(rng.randint(0, 2 * size)):
            link, space = rng.choice(site.links), rng.choice(spaces)
            key, baseline = rng.choice(KEYS), rng.choice([None, None, None, 1, 2])
            if (link, space, key, baseline) in taken and rng.random() >= self.p_duplicate:
                continue
            taken.add((link, space, key, baseline))
            remote.append(self.add(
                site, "DBREMOTEREQUIREMENT", APPLINK=link, SPACEKEY=space, KEY=key, BASELINE=baseline,
                FLAGDELETED=rng.choice([0, 1, "true", None]), LASTSYNCDATE=rng.choice(TIMES),
                FLAGERROR=rng.choice([0, 1, None]), TITLE=rng.choice(TEXTS),
                URL=f"/requirements/{quote(space)}/{quote(key, safe='')}"))
        self.issue_rows(site, list(site.issues), remote, spaces, size)
        if rng.random() < self.p_orphan:
            self.add(site, "DBRILAUDITTRAILITEM", COMMENT="orphan", LINKS="[]")
        if rng.random() < self.p_orphan:
            self.add(site, "DBISSUELINK", RELATIONSHIP="orphan",
                     REQUIREMENT_ID=rng.choice([None, *remote]))

    def issue_rows(self, site, issues, remote, spaces, size):
        rng = self.rng
        seen = set()
        for _ in range(rng.randint(0, 2 * size) if issues else 0):
            issue = rng.choice(issues)
            if remote and rng.random() < 0.65:
                requirement, relationship = rng.choice(remote), rng.choice(RELATIONSHIPS)
                if (issue, requirement, relationship or None) in seen and rng.random() >= self.p_duplicate:
                    continue
                seen.add((issue, requirement, relationship or None))
                self.add(site, "DBISSUELINK", ISSUEID=issue, ISSUEKEY=site.issue_key(issue),
                         RELATIONSHIP=relationship, REQUIREMENT_ID=requirement)
            else:
                self.add(site, "DBRILAUDITTRAILITEM", ISSUEID=issue, ISSUEKEY=site.issue_key(issue),
                         USERKEY=self.user(site), COMMENT=rng.choice(TEXTS),
                         OLDLINKS=self.links(spaces), AUDITDATE=rng.choice(TIMES[3:]),
                         LINKS=self.links(spaces), SUCCESS=rng.choice([0, 1, None]))

    def links(self, spaces):
        rng = self.rng
        if rng.random() < 0.1:
            return rng.choice([None, "", "no JSON {", "[1, 2", '{"spaceKey": "ABC"}', "[]", "null"])
        found = []
        for _ in range(rng.randint(1, 3)):
            space, other = rng.choice([*spaces, "NONE"]), rng.choice([*spaces, "NONE"])
            segment = rng.choice([space, quote(space, safe=""),
                                  "".join(f"%{ord(one):02x}" for one in space)])
            text = json.dumps(space) if rng.random() < 0.8 else '"' + "".join(
                f"\\u{ord(one):04x}" for one in space) + '"'
            members = [f'"spaceKey":{rng.choice(["", " "])}{text}',
                       f'"url" : "/requirements/{segment}/{quote(rng.choice(KEYS), safe="")}"',
                       f'"key": {json.dumps(rng.choice(KEYS), ensure_ascii=rng.random() < 0.5)}',
                       f'"old":{{"spaceKey":"{other}"}}', f'"link":"/requirements/{other}/R"',
                       '"n": 1.50e1']
            rng.shuffle(members)
            found.append("{" + ", ".join(members[:rng.randint(1, len(members))]) + "}")
        if rng.random() < 0.1:
            found.append(rng.choice(["7", '"text"', '[{"spaceKey":"ABC"}]', '{"spaceKey":5}',
                                     '{"url":"https://x.example/requirements/ABC/R"}',
                                     '{"url":"/requirements/ABC"}']))
        return rng.choice(["[{}]", "[ {}\n]", " [{}] "]).format(",".join(found))

    # --- the time between export and import, and faults --------------------------------------------

    def meanwhile(self):
        """The instance that the backup comes from went on."""
        case, rng = self.case, self.rng
        rows = case.origin.rows
        case.destination.rows = {table: {number: dict(row) for number, row in found.items()}
                                 for table, found in rows.items()}
        rows = case.destination.rows
        for _ in range(rng.choice((0, 0, 2, 5))):
            table = rng.choice(list(rows))
            if not rows[table]:
                continue
            number = rng.choice(list(rows[table]))
            if rng.random() < 0.5:
                self.remove(rows, table, number)
            elif "COMMENT" in rows[table][number]:
                rows[table][number]["COMMENT"] = "changed"
            elif table == "DBREQUIREMENT":
                rows[table][number]["HTMLEXCERPT"] = "changed"
        if case.product == "confluence" and rng.random() < 0.4:
            self.confluence_extra_rows()

    def confluence_extra_rows(self):
        """More requirements, also in the spaces that the origin did not have."""
        site, rng = self.case.destination, self.rng
        taken = {(row["SPACEKEY"], row["KEY"], row["BASELINE"])
                 for row in site.rows["DBREQUIREMENT"].values()}
        made = []
        for _ in range(rng.randint(1, 5)):
            identity = rng.choice(list(site.spaces)), rng.choice(KEYS), rng.choice([None, 1])
            if identity not in taken:
                taken.add(identity)
                made.append(self.requirement(site, *identity))
        if made:
            self.satellites(site, made, 2)

    @staticmethod
    def remove(rows, table, number):
        del rows[table][number]
        for other, found in rows.items():
            for one in [one for one, row in found.items()
                        if (table, number) in [(to, key) for _, to, key in shape.references(other, row)]]:
                if one in found:
                    _Maker.remove(rows, other, one)

    def fill_extra(self):
        case, rng = self.case, self.rng
        for table in ("DBREQUIREMENT", "DBDEPENDENCY", "DBREMOTEREQUIREMENT", "DBISSUELINK"):
            for row in case.destination.rows.get(table, {}).values():
                row[EXTRA] = rng.choice([None, "", "kept"])

    def spoil(self):
        """Rows of the backup that cannot be imported. The values stand at the origin, and where it is
        the destination too, there as well."""
        case, rng = self.case, self.rng
        if rng.random() < 0.02 and case.origin.rows.get("DBREQUIREMENT"):
            number = rng.choice(list(case.origin.rows["DBREQUIREMENT"]))
            case.origin.rows["DBREQUIREMENT"][number]["UPPERKEY"] = rng.choice(["wrong", None])
        if rng.random() >= 0.12:
            return
        where = {"DBREQUIREMENT": ("STORAGETYPE", "CREATEDDATE"), "DBPROPERTY": ("SCHEMAVERSION",),
                 "DBLINK": ("ORIGIN",), "DBISSUELINK": ("SCHEMAVERSION",),
                 "DBREMOTEREQUIREMENT": ("FLAGDELETED", "LASTSYNCDATE"),
                 "DBRILAUDITTRAILITEM": ("AUDITDATE",)}
        for _ in range(rng.randint(1, 3)):
            table = rng.choice([one for one in where if one in case.origin.rows])
            if not case.origin.rows[table]:
                continue
            number = rng.choice(list(case.origin.rows[table]))
            case.origin.rows[table][number][rng.choice(where[table])] = rng.choice(["bad", "1x", "yes"])
            case.bad.add((table, number))

    # --- mapping -----------------------------------------------------------------------------------

    def choose(self, kind, key, options, link=None, used=None):
        """Decides on one entity: usually one of the options that no other one has."""
        rng, decisions = self.rng, self.case.decisions
        if rng.random() < self.p_exclude and not self.is_scope(kind, key):
            decision = ("EXCLUDED", None, None)
        elif kind == "USER" and rng.random() < self.p_nothing:
            decision = ("MAPPED_MANUAL", rng.choice(["", None]), None)
        else:
            used = used if used is not None else set()
            free = [one for one in options if one not in used]
            if options and (not free or rng.random() < self.p_many):
                free = list(options)
            if free:
                new = rng.choice(free)
                used.add(new)
                decision = self.mapped(kind, str(new))
            elif self.is_scope(kind, key):
                decision = self.mapped(kind, key)
            else:
                decision = ("EXCLUDED", None, None)
        decisions[kind, str(key), link] = decision
        return decision

    def is_scope(self, kind, key):
        return kind == ("SPACE" if self.case.product == "confluence" else "PROJECT") and (
            key == self.case.scope)

    def mapped(self, kind, new):
        rng = self.rng
        certainty = rng.choice([None, "certain", "likely"])
        status = "MAPPED_AUTO" if certainty else "MAPPED_MANUAL"
        if rng.random() < self.p_trouble:
            trouble = self.troubles[0]
            if trouble == "unmapped":
                return rng.choice([None, "UNMAPPED"]), None, None
            if trouble == "possible":
                return "MAPPED_AUTO", new, "possible"
            if trouble == "missing" and kind in MISSING:
                elsewhere = kind == "ISSUE" and self.case.product == "confluence"
                return status, "GONE-99" if elsewhere else MISSING[kind], certainty
            if trouble == "bad":
                return rng.choice([("MAPPED", new, None), ("MAPPED_AUTO", "", "certain"),
                                   (status, FORMLESS.get(kind, ""), certainty)])
        return status, new, certainty

    def itself(self, kind, key, link=None):
        """On the same instance most things stay what they are."""
        rng = self.rng
        if rng.random() < self.p_exclude and not self.is_scope(kind, key):
            decision = ("EXCLUDED", None, None)
        else:
            decision = self.mapped(kind, str(key))
        self.case.decisions[kind, str(key), link] = decision

    def destination_of(self, kind, key, link=None):
        status, new, _ = self.case.decisions.get((kind, str(key), link), (None, None, None))
        return new if status in ("MAPPED_AUTO", "MAPPED_MANUAL") and new else None

    def map_confluence(self):
        case, rng = self.case, self.rng
        old, new = case.origin, case.destination
        self.spaces_confluence(old, new)
        if case.same:
            for kind, keys in (("USER", old.users), ("APPLINK", old.links)):
                for key in keys:
                    self.itself(kind, key)
            for link in old.links:
                for number in range(1, 6):
                    self.itself("ISSUE", f"TIO-{number}", link)
        else:
            used = set()
            for key in old.users:
                self.choose("USER", key, new.users, used=used)
            used = set()
            for key in old.links:
                self.choose("APPLINK", key, new.links, used=used)
            for link in old.links:
                used = set()
                for number in range(1, 6):
                    self.choose("ISSUE", f"TIO-{number}", [f"NEW-{one}" for one in range(1, 9)], link, used)
        used, files = set(), set()
        moved = case.same and self.destination_of("SPACE", case.scope) != case.scope
        for page, (space, versions) in old.pages.items():
            if case.same and not (moved and space == case.scope):
                self.itself("PAGE", page)
            else:
                target = self.destination_of("SPACE", space)
                here = [one for one, (home, _) in new.pages.items() if home == target]
                if not here or rng.random() < 0.1:
                    here = list(new.pages)
                self.choose("PAGE", page, here, used=used)
            here = self.destination_of("PAGE", page)
            here = next((one for one in new.pages if str(one) == here), None)
            for number in versions.values():
                self.version(number, here, page)
            for number in [one for one, owner in old.attachments.items() if owner == page]:
                if here == page and number in new.attachments:
                    self.itself("ATTACHMENT", number)
                else:
                    self.choose("ATTACHMENT", number, [
                        one for one, owner in new.attachments.items() if owner == here], used=files)

    def version(self, number, here, page):
        rng, case = self.rng, self.case
        if here is None:
            case.decisions["VERSION", str(number), None] = rng.choice([
                (None, None, None), ("UNMAPPED", None, None), ("EXCLUDED", None, None)])
        elif here == page and case.same:
            self.itself("VERSION", number)
        else:
            options = case.destination.versions(here)
            if self.p_trouble and self.troubles[0] == "inconsistent" and rng.random() < 0.2:
                options = [one for home in case.destination.pages
                           for one in case.destination.versions(home)]
            self.choose("VERSION", number, options, used=set())

    def spaces_confluence(self, old, new):
        case, rng = self.case, self.rng
        if case.same and case.scope is None:
            for key in (*old.spaces, "NOWHERE"):
                self.itself("SPACE", key)
        elif case.same:
            for key in old.spaces:
                self.itself("SPACE", key)
            if rng.random() < 0.6:
                others = [key for key in new.spaces if key != case.scope]
                if others:
                    case.decisions["SPACE", case.scope, None] = ("MAPPED_MANUAL", rng.choice(others), None)
        else:
            used = set()
            for key in sorted(old.spaces, key=lambda one: one != case.scope):
                options = [one for one in new.spaces]
                if case.scope not in (None, key) and rng.random() < 0.9:
                    # one space into the scope's own would make strangers of its references
                    options = [one for one in options
                               if one != self.destination_of("SPACE", case.scope)]
                self.choose("SPACE", key, options, used=used)
        case.decisions["SPACE", "NOWHERE", None] = rng.choice([
            (None, None, None), ("UNMAPPED", None, None), ("EXCLUDED", None, None)])

    def map_jira(self):
        case, rng = self.case, self.rng
        old, new = case.origin, case.destination
        used = set()
        for key in old.users:
            if case.same:
                self.itself("USER", key)
            else:
                self.choose("USER", key, new.users, used=used)
        used = set()
        for key in old.links:
            if case.same:
                self.itself("APPLINK", key)
            else:
                self.choose("APPLINK", key, new.links, used=used)
        for link in old.links:
            used = set()
            for key in SPACES:
                if rng.random() < 0.5:
                    self.itself("SPACE", key, link)
                else:
                    self.choose("SPACE", key, SPACES, link, used)
        self.projects_jira(old, new)

    def projects_jira(self, old, new):
        case, rng = self.case, self.rng
        used = set()
        stays = case.same and rng.random() < 0.7
        for key in sorted(old.projects, key=lambda one: one != case.scope):
            if stays or not new.projects:
                case.decisions["PROJECT", key, None] = ("MAPPED_MANUAL", key, None)
            else:
                free = [one for one in new.projects if one not in used] or list(new.projects)
                target = rng.choice(free)
                used.add(target)
                case.decisions["PROJECT", key, None] = ("MAPPED_MANUAL", target, None)
        used = set()
        for issue, (project, _) in old.issues.items():
            if stays:
                self.itself("ISSUE", issue)
                continue
            target = self.destination_of("PROJECT", project)
            here = [one for one, (home, _) in new.issues.items() if home == target or self.p_stray]
            self.choose("ISSUE", issue, here, used=used)
