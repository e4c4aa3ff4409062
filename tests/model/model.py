"""What an import must do, worked out in Python from the specification: not from the importer's code, and
not with SQL. It sees the case (origin, destination, decisions, options), never the program's tables.

Where a reference points at a row that the import makes, the expected row holds New(table, old id).
"""
import collections
import json
import re
from urllib.parse import unquote

import shape

New = collections.namedtuple("New", "table old")
CONFLUENCE_SCOPED = ("DBREQUIREMENT", "DBTRACEABILITYMATRIX")


def text(value):
    """A value as text without one told from the other: nothing is nothing."""
    return None if value is None or value == "" else str(value)


class Expected:
    """blockers: kinds; when there is none: stay, table -> {id: row} of what keeps id and content;
    insert, table -> {old id: row}; merge, (table, old id) -> what it may have become, existing ids and
    New; extra, table -> [row] of references put back or added; fates, (table, old id) -> fate."""

    def __init__(self):
        self.blockers = set()
        self.stay, self.insert, self.merge, self.fates = {}, {}, {}, {}
        self.extra = collections.defaultdict(list)
        self.erased = collections.Counter()
        self.outside = collections.Counter(kept=0, lost=0, keptAtOrigin=0)

    def count(self, fate):
        return collections.Counter(table for (table, _), one in self.fates.items() if one == fate)


# --- export ------------------------------------------------------------------------------------------


def exported(case):
    """(table -> {id: row} of the data rows, rows that are outside references) of the case's scope."""
    site, scope = case.origin, case.scope
    if scope is None:
        return {table: dict(rows) for table, rows in site.rows.items()}, {}
    rows = site.rows
    found = {table: {} for table in rows}
    outside = {}
    if site.product == "jira":
        for table in ("DBRILAUDITTRAILITEM", "DBISSUELINK"):
            found[table] = {number: row for number, row in rows[table].items()
                            if project_of(site, row["ISSUEID"]) == scope}
        used = {row["REQUIREMENT_ID"] for row in found["DBISSUELINK"].values()}
        found["DBREMOTEREQUIREMENT"] = {number: row for number, row in rows["DBREMOTEREQUIREMENT"].items()
                                        if number in used}
        return found, outside
    for table in CONFLUENCE_SCOPED:
        found[table] = {number: row for number, row in rows[table].items() if row["SPACEKEY"] == scope}
    inside = found["DBREQUIREMENT"]
    for table, column in (("DBPROPERTY", "REQUIREMENT_ID"), ("DBLINK", "PARENT_ID")):
        found[table] = {number: row for number, row in rows[table].items() if row[column] in inside}
    for number, row in rows["DBDEPENDENCY"].items():
        ends = [row[column] in inside for column in ("PARENT_ID", "CHILD_ID")]
        if all(ends):
            found["DBDEPENDENCY"][number] = row
        elif any(ends):
            outside[number] = row
    return found, outside


def project_of(site, issue):
    found = site.issues.get(issue)
    return found and found[0]


def needed_entities(case, found):
    """{(type, key, link)} of what the data rows refer to, the scope's own space included."""
    keys = {(kind, key, link) for table, rows in found.items() for number, row in rows.items()
            for _, (kind, key, link, _) in shape.entities(table, row)}
    if case.scope and case.product == "confluence":
        keys.add(("SPACE", case.scope, None))
    return keys


# --- the import --------------------------------------------------------------------------------------


class Import:
    def __init__(self, case, before):
        """before: table -> {id: row} of the destination, as it stands now."""
        self.case, self.before = case, before
        self.site = case.destination
        self.options = case.options
        self.expected = Expected()
        self.items, self.outside = exported(case)
        if case.reload and not case.manifest:
            self.outside = {}
        self.tables = shape.TABLES[case.product]

    def run(self):
        self.scopes = self.destination_scopes()
        self.erase()
        self.leave_out()
        self.check_mapping()
        self.transform()
        self.identities()
        self.twice()
        self.emptied()
        if self.case.product == "confluence":
            self.put_back()
            self.add_outside()
        else:
            self.sweep()
        return self.expected

    # --- mapping -----------------------------------------------------------------------------------

    def decision(self, entity):
        kind, key, link = entity[:3]
        return self.case.decisions.get((kind, key, link), (None, None, None))

    def mapped(self, entity):
        """The destination, "" for nothing, or None when it has none."""
        status, new, _ = self.decision(entity)
        if status == "MAPPED_MANUAL" and entity[0] == "USER" and not new:
            return ""
        if status not in ("MAPPED_AUTO", "MAPPED_MANUAL") or not new:
            return None
        return new if self.formed(entity[0], new) else None

    def rows(self):
        for table in self.tables:
            for number, row in self.items[table.name].items():
                yield table.name, number, row

    def leave_out(self):
        """Excluded and rejected rows, and what refers to them."""
        excluded = {(table, number) for table, number, row in self.rows()
                    if any(self.decision(entity)[0] == "EXCLUDED" and not entity[3]
                           for _, entity in shape.entities(table, row))}
        bad = {(table, number) for table, number, _ in self.rows() if (table, number) in self.case.bad}
        self.bad = bad
        rejected = self.closed(bad if self.options["reject"] else set())
        excluded = self.closed(excluded)
        fates = self.expected.fates
        for table, number, _ in self.rows():
            one = (table, number)
            if one in rejected and one in excluded:
                fates[one] = "either"
            elif one in rejected:
                fates[one] = "rejected"
            elif one in excluded:
                fates[one] = "excluded"
        for number in self.stay_with_origin():
            fates["DBLINK", number] = "excluded"
            self.expected.outside["keptAtOrigin"] += 1
        if bad - excluded and not self.options["reject"]:
            self.expected.blockers.add("bad-value")
        self.coming = {table.name: {number: row for number, row in self.items[table.name].items()
                                    if (table.name, number) not in fates} for table in self.tables}

    def comes_home(self):
        """Is it known that the backup comes from this very instance?"""
        return self.case.same and (self.case.manifest or not self.case.reload)

    def stay_with_origin(self):
        """Citations that pages of other spaces make of the old requirement, which is still here."""
        if not self.case.scope or not self.comes_home() or self.case.product == "jira" or (
                self.options["outside"] == "copy"):
            return
        origin = self.case.origin
        requirements = self.expected.stay["DBREQUIREMENT"]
        for number, row in self.items["DBLINK"].items():
            if ("DBLINK", number) in self.expected.fates or row["TYPE"] != "PAGE" or (
                    shape.true(row["ORIGIN"]) is not False or not row["DOCUMENTID"]):
                continue
            page = origin.pages[int(row["DOCUMENTID"])]
            if page[0] == self.case.scope or (
                    self.mapped(("PAGE", row["DOCUMENTID"], None)) != row["DOCUMENTID"]):
                continue
            old = origin.rows["DBREQUIREMENT"]
            place = self.place(old, row["PARENT_ID"], self.identity)
            same = sorted(one for one, here in requirements.items()
                          if self.identity(here) == self.identity(old[row["PARENT_ID"]]))
            if place < len(same) and any(
                    one["PARENT_ID"] == same[place] and one["TYPE"] == "PAGE"
                    and shape.true(one["ORIGIN"]) is False and one["DOCUMENTID"] == row["DOCUMENTID"]
                    and text(one["RELATIONSHIP"]) == text(row["RELATIONSHIP"])
                    for one in self.expected.stay["DBLINK"].values()):
                yield number

    def closed(self, out):
        out = set(out)
        while True:
            more = {(table, number) for table, number, row in self.rows()
                    if (table, number) not in out and any(
                        (to, key) in out for _, to, key in shape.references(table, row))}
            if not more:
                return out
            out |= more

    def check_mapping(self):
        blockers, accept = self.expected.blockers, self.options["accept"]
        needed = {entity[:3] for table, rows in self.coming.items() for row in rows.values()
                  for _, entity in shape.entities(table, row) if not entity[3]}
        scope = self.scope_entity()
        if scope:
            needed.add(scope)
            if self.decision(scope)[0] == "EXCLUDED":
                blockers.add("scope-excluded")
        for entity in needed:
            status, new, certainty = self.decision(entity)
            if status in (None, "UNMAPPED"):
                blockers.add("unmapped")
            if new and status == "MAPPED_AUTO" and certainty == "possible" and "possible" not in accept:
                blockers.add("possible")
        # every destination is looked at, also those that no row needs; but none that rows can do without
        uses = [entity for table, _, row in self.rows() for _, entity in shape.entities(table, row)]
        kept = {entity[:3] for entity in uses if entity[3]} - {entity[:3] for entity in uses if not entity[3]}
        for entity in (needed_entities(self.case, self.items) | self.outside_spaces()) - (kept - {scope}):
            status, new, certainty = self.decision(entity)
            if status in (None, "UNMAPPED", "EXCLUDED"):
                continue
            if status not in ("MAPPED_AUTO", "MAPPED_MANUAL") or not new and (
                    entity[0] != "USER" or status == "MAPPED_AUTO"):
                blockers.add("bad-destination")
            elif new and not self.formed(entity[0], new):
                blockers.add("bad-destination")
            elif new and not self.exists(entity[0], new) and "missing" not in accept:
                blockers.add("missing-destination")
        self.check_pages()
        self.check_file()

    def check_file(self):
        """What the file itself forbids."""
        known = self.case.manifest or not self.case.reload
        upper = [(text(row["UPPERKEY"]), row["KEY"].upper())
                 for row in self.coming.get("DBREQUIREMENT", {}).values() if text(row["UPPERKEY"])]
        # where the order of the columns is known, a copy that is wrong is made anew
        if not known and 2 * sum(one != other for one, other in upper) > len(upper):
            self.expected.blockers.add("shape")
        if not known and any(self.items.values()) and (
                "assumed" not in self.options["accept"]):
            self.expected.blockers.add("assumed-columns")

    def formed(self, kind, new):
        if kind in ("PAGE", "VERSION", "ATTACHMENT") or kind == "ISSUE" and self.case.product == "jira":
            return re.fullmatch("[0-9]+", new) is not None
        return kind != "ISSUE" or re.fullmatch("[A-Z][A-Z0-9_]*-[0-9]+", new) is not None

    def outside_spaces(self):
        requirements = self.case.origin.rows.get("DBREQUIREMENT", {})
        return {("SPACE", requirements[row[column]]["SPACEKEY"], None)
                for row in self.outside.values() for column in ("PARENT_ID", "CHILD_ID")}

    def exists(self, kind, new):
        """Is it there? What lives in another database cannot be looked up."""
        site = self.site
        jira = site.product == "jira"
        return {"USER": lambda: new in site.users, "APPLINK": lambda: new in site.links,
                "SPACE": lambda: jira or new in site.spaces,
                "PAGE": lambda: int(new) in site.pages,
                "VERSION": lambda: any(int(new) in site.versions(page) for page in site.pages),
                "ATTACHMENT": lambda: int(new) in site.attachments,
                "PROJECT": lambda: not jira or new in site.projects,
                "ISSUE": lambda: not jira or int(new) in site.issues}[kind]()

    def check_pages(self):
        """A version or attachment must be of the page that its page is mapped to."""
        if self.case.product == "jira":
            return
        pages = {key for kind, key, _ in needed_entities(self.case, self.items) if kind == "PAGE"}
        old_page = {str(number): str(page) for page, (_, versions) in self.case.origin.pages.items()
                    for number in versions.values()}
        owners = {str(number): str(page) for number, page in self.case.origin.attachments.items()}
        # all of them, also those that only rows need that are left out
        for row in self.items["DBLINK"].values():
            for _, (kind, key, link, _) in shape.entities("DBLINK", row):
                if kind not in ("VERSION", "ATTACHMENT"):
                    continue
                new = self.mapped((kind, key, link))
                page = (old_page if kind == "VERSION" else owners).get(key)
                target = page in pages and self.mapped(("PAGE", page, None))
                if not new or not target or not self.exists(kind, new):
                    continue
                fits = (int(target) in self.site.pages and int(new) in self.site.versions(int(target))
                        if kind == "VERSION" else self.site.attachments[int(new)] == int(target))
                if not fits:
                    self.expected.blockers.add("inconsistent")

    # --- scopes ------------------------------------------------------------------------------------

    def scope_entity(self):
        if self.case.scope is None:
            return None
        return "SPACE" if self.case.product == "confluence" else "PROJECT", self.case.scope, None

    def destination_scopes(self):
        """Keys of the spaces or projects that are erased."""
        erase = self.options["erase"]
        if erase == "nothing":
            return set()
        scope = self.scope_entity()
        if scope:
            return {self.mapped(scope)} - {None}
        found = set()
        for table, _, row in self.rows():
            if table in CONFLUENCE_SCOPED and row["SPACEKEY"]:
                found.add(self.mapped(("SPACE", row["SPACEKEY"], None)))
            elif "ISSUEID" in row and row["ISSUEID"] is not None:
                new = self.mapped(("ISSUE", str(row["ISSUEID"]), None))
                found.add(project_of(self.site, int(new)) if new else None)
        return found - {None}

    def brings_unowned(self, table):
        """Rows that no space or project owns are replaced by those that a whole instance brings."""
        if self.case.scope is not None or self.options["erase"] == "nothing":
            return False
        owners = {"DBPROPERTY": ["REQUIREMENT_ID"], "DBLINK": ["PARENT_ID"],
                  "DBDEPENDENCY": ["PARENT_ID", "CHILD_ID"]}.get(table) or [
                      "ISSUEID" if self.case.product == "jira" else "SPACEKEY"]
        return any(all(row[name] is None for name in owners) for row in self.items[table].values())

    def owner(self, table, row):
        """The space or project that a row of the destination belongs to, None if to none."""
        if table in CONFLUENCE_SCOPED:
            return row["SPACEKEY"]
        if "ISSUEID" in row:
            return project_of(self.site, row["ISSUEID"])
        parent = self.before["DBREQUIREMENT"].get(row.get("REQUIREMENT_ID", row.get("PARENT_ID")))
        return parent and parent["SPACEKEY"]

    def erase(self):
        self.erased = {table.name: {} for table in self.tables}
        everything = self.options["erase"] == "everything"
        whole = self.case.scope is None and self.options["erase"] != "nothing"
        for table in self.tables:
            name = table.name
            for number, row in self.before[name].items():
                if everything:
                    gone = True
                elif table.whole:
                    gone = whole
                elif name == "DBREMOTEREQUIREMENT":
                    gone = False
                elif name == "DBDEPENDENCY":
                    ends = [self.before["DBREQUIREMENT"].get(row[one]) for one in ("PARENT_ID", "CHILD_ID")]
                    keys = {end["SPACEKEY"] for end in ends if end}
                    gone = bool(keys & self.scopes) if keys else self.brings_unowned(name)
                else:
                    owner = self.owner(name, row)
                    gone = self.brings_unowned(name) if owner is None else owner in self.scopes
                if gone:
                    self.erased[name][number] = row
            self.expected.erased[name] = len(self.erased[name])
            self.expected.stay[name] = {number: row for number, row in self.before[name].items()
                                        if number not in self.erased[name]}

    def emptied(self):
        """A space or project that would lose rows must receive some."""
        if self.options["erase"] == "everything":
            return
        losing = {self.owner(table, row) for table, rows in self.erased.items() for row in rows.values()
                  if table not in ("DBDEPENDENCY", "DBAPPLINK", "DBREMOTEREQUIREMENT")} & self.scopes - {None}
        receiving = set()
        for table in self.tables:
            for row in self.expected.insert[table.name].values():
                if table.name in CONFLUENCE_SCOPED:
                    receiving.add(row["SPACEKEY"])
                elif "ISSUEID" in row:
                    receiving.add(project_of(self.site, row["ISSUEID"]))
        if losing - receiving:
            self.expected.blockers.add("emptied-scope")

    # --- new rows ----------------------------------------------------------------------------------

    def transform(self):
        for table in self.tables:
            self.expected.insert[table.name] = {
                number: self.new_row(table, row) for number, row in self.coming[table.name].items()}

    def new_row(self, table, row):
        new = {}
        for name, column in table.columns.items():
            value = shape.plain(column.kind, row[name])
            entity = shape.entity_of(table.name, row, name)
            if entity:
                target = self.mapped(entity)
                if target is None:
                    target = value if entity[3] else None
                value = shape.plain(column.kind, target)
            elif column.role == "row" and value is not None:
                value = New(column.to, value)
            elif column.role == "upper":
                value = None if row[column.to] is None else row[column.to].upper()
            elif column.role == "issue-key" and row[column.to] is not None:
                issue = self.mapped(("ISSUE", str(row[column.to]), None))
                if issue and int(issue) in self.site.issues:
                    value = self.site.issue_key(int(issue))
            elif column.role == "json" and value is not None and self.options["audit"] == "rewrite":
                value = Links(self, row["ISSUEID"]).rewrite(value)
            new[name] = value
        return new

    # --- identity ----------------------------------------------------------------------------------

    def identities(self):
        """Collisions and merges. Tables stand behind those that they refer to, so what a reference
        has become is known when it is needed."""
        self.became = {}  # (table, old id) -> existing id or New, for merged rows
        for table in self.tables:
            if table.identity:
                self.identity_of(table)
        for rows in self.expected.insert.values():
            for row in rows.values():
                for name, value in row.items():
                    if isinstance(value, New) and value in self.became:
                        row[name] = self.became[value]
        for table, rows in self.expected.insert.items():
            for number in rows:
                self.expected.fates[table, number] = "inserted"

    def key(self, table, row):
        return tuple(self.became.get(row[name], row[name]) if isinstance(row[name], New) else
                     shape.plain(table.columns[name].kind, row[name]) for name in table.identity)

    def identity_of(self, table):
        rows = self.expected.insert[table.name]
        here = collections.defaultdict(list)
        for number, row in self.expected.stay[table.name].items():
            here[self.key(table, row)].append(number)
        groups = collections.defaultdict(list)
        for number in sorted(rows):
            if (table.name, number) not in self.bad:  # no value can be told from one that is none
                groups[self.key(table, rows[number])].append(number)
        for key, numbers in groups.items():
            old = [tuple(shape.plain(table.columns[name].kind, self.coming[table.name][number][name])
                         for name in table.identity) for number in numbers]
            if not table.merge:
                if len(set(old)) > 1 or here[key]:
                    self.expected.blockers.add("collision")
                continue
            seen = collections.Counter()
            for was, number in zip(old, numbers):
                place, seen[was] = seen[was], seen[was] + 1
                if place < len(here[key]):  # rows that share an identity already are paired
                    self.merge(table, number, sorted(here[key])[place])
            for was, number in zip(old, numbers):
                if was != old[0] and number in rows:
                    first = New(table.name, numbers[0])
                    self.merge(table, number, self.became.get(first, first))

    def merge(self, table, number, target):
        self.expected.merge[table.name, number] = [target]
        self.expected.fates[table.name, number] = "merged"
        self.became[New(table.name, number)] = target
        del self.expected.insert[table.name][number]

    def twice(self):
        """Rows without an identity that say the same about the same issue as one that stays."""
        if self.case.product == "confluence" or self.options["erase"] == "everything":
            return

        def says(row):
            return tuple(shape.plain(shape.BY_NAME["DBRILAUDITTRAILITEM"].columns[name].kind, row[name])
                         for name in ("ISSUEID", "USERKEY", "COMMENT", "AUDITDATE"))

        here = {says(row) for row in self.expected.stay["DBRILAUDITTRAILITEM"].values()
                if row["ISSUEID"] is not None}
        if any(says(row) in here for number, row in self.expected.insert["DBRILAUDITTRAILITEM"].items()
               if ("DBRILAUDITTRAILITEM", number) not in self.bad):
            self.expected.blockers.add("collision")

    # --- references that leave the scope -----------------------------------------------------------

    def identity(self, requirement):
        return tuple(text(requirement[name]) for name in ("SPACEKEY", "KEY", "BASELINE"))

    def places(self):
        """Identity -> what has it afterwards, in order: ids that stay, or New."""
        found = collections.defaultdict(list)
        for number, row in sorted(self.expected.stay["DBREQUIREMENT"].items()):
            found[self.identity(row)].append(number)
        for number, row in sorted(self.expected.insert["DBREQUIREMENT"].items()):
            found[self.identity(row)].append(New("DBREQUIREMENT", number))
        return found

    @staticmethod
    def place(rows, number, identity):
        """Which of the requirements of its identity it is, counted from 0 by id."""
        return sorted(one for one, row in rows.items() if identity(row) == identity(rows[number])).index(
            number)

    def again(self, rows, number, identity=None):
        """What stands afterwards for a requirement of rows, None if nothing does."""
        wanted = identity or self.identity(rows[number])
        found = self.after[wanted]
        place = self.place(rows, number, self.identity)
        return found[place] if place < len(found) else None

    def put_back(self):
        """Erased references with one end that is not erased."""
        self.after = self.places()
        expected, requirements = self.expected, self.before["DBREQUIREMENT"]
        erased = self.erased["DBREQUIREMENT"]
        self.back = set()
        for row in self.erased["DBDEPENDENCY"].values():
            ends = [row["PARENT_ID"], row["CHILD_ID"]]
            if sum(end in erased for end in ends) != 1 or any(end not in requirements for end in ends):
                continue
            new = [self.again(requirements, end) if end in erased else end for end in ends]
            if None in new:
                expected.outside["lost"] += 1
                continue
            expected.outside["kept"] += 1
            expected.extra["DBDEPENDENCY"].append({**row, "PARENT_ID": new[0], "CHILD_ID": new[1]})
            self.back.add((text(row["RELATIONSHIP"]), *new))
        brought = {(row["PARENT_ID"], row["DOCUMENTID"], row["RELATIONSHIP"])
                   for row in self.expected.insert["DBLINK"].values()
                   if row["TYPE"] == "PAGE" and row["ORIGIN"] is False}
        for row in self.erased["DBLINK"].values():
            parent = requirements.get(row["PARENT_ID"])
            page = self.site.pages.get(int(row["DOCUMENTID"])) if (
                row["TYPE"] == "PAGE" and row["DOCUMENTID"]) else None
            if (not parent or not page or shape.true(row["ORIGIN"]) is not False
                    or page[0] == parent["SPACEKEY"] or page[0] in self.scopes
                    or self.options["erase"] == "everything"):
                continue
            new = self.again(requirements, row["PARENT_ID"])
            if new is None:
                expected.outside["lost"] += 1
            elif (new, text(row["DOCUMENTID"]), text(row["RELATIONSHIP"])) not in brought:
                expected.outside["kept"] += 1
                expected.extra["DBLINK"].append({**row, "PARENT_ID": new})

    def add_outside(self):
        """References of the origin that the manifest carries."""
        expected, origin = self.expected, self.case.origin.rows["DBREQUIREMENT"]
        there = {(text(row["RELATIONSHIP"]), row["PARENT_ID"], row["CHILD_ID"])
                 for state in (expected.stay, expected.insert)
                 for row in state["DBDEPENDENCY"].values()} | self.back
        for row in self.outside.values():
            ends, foreign = [], None
            for column in ("PARENT_ID", "CHILD_ID"):
                number = row[column]
                requirement = origin[number]
                if requirement["SPACEKEY"] == self.case.scope:
                    ends.append(New("DBREQUIREMENT", number)
                                if number in expected.insert["DBREQUIREMENT"] else None)
                    continue
                foreign = requirement
                space = self.space_for_outside(requirement["SPACEKEY"])
                wanted = (space, *self.identity(requirement)[1:])
                found = self.after.get(wanted, []) if space else []
                place = self.place(origin, number, self.identity)
                ends.append(found[place] if place < len(found) else None)
            key = (text(row["RELATIONSHIP"]), *ends)
            if self.comes_home() and self.options["outside"] == "keep" and self.tied(row):
                expected.outside["keptAtOrigin"] += 1
            elif None in ends or foreign is None:
                expected.outside["lost"] += 1
            elif key not in there:
                expected.outside["kept"] += 1
                expected.extra["DBDEPENDENCY"].append({
                    "RELATIONSHIP": row["RELATIONSHIP"], "SCHEMAVERSION": row["SCHEMAVERSION"],
                    "PARENT_ID": ends[0], "CHILD_ID": ends[1]})
                there.add(key)

    def space_for_outside(self, key):
        status, new, certainty = self.decision(("SPACE", key, None))
        if status not in ("MAPPED_AUTO", "MAPPED_MANUAL") or not new:
            return None
        if status == "MAPPED_AUTO" and certainty == "possible" and (
                "possible" not in self.options["accept"]):
            return None
        return new

    def tied(self, row):
        """Does the reference stand here still, between the old requirements, and will it stay?"""
        origin = self.case.origin.rows["DBREQUIREMENT"]
        wanted = [self.identity(origin[row[column]]) for column in ("PARENT_ID", "CHILD_ID")]
        requirements = self.expected.stay["DBREQUIREMENT"]
        for one in self.expected.stay["DBDEPENDENCY"].values():
            ends = [requirements.get(one[column]) for column in ("PARENT_ID", "CHILD_ID")]
            if all(ends) and [self.identity(end) for end in ends] == wanted and (
                    text(one["RELATIONSHIP"]) == text(row["RELATIONSHIP"])):
                return True
        return False

    # --- requirements of Confluence that lose their last link ----------------------------------------

    def sweep(self):
        if self.options["erase"] == "everything":
            return
        expected = self.expected
        had = {row["REQUIREMENT_ID"] for row in self.erased["DBISSUELINK"].values()}
        have = {row["REQUIREMENT_ID"] for rows in (expected.stay, expected.insert)
                for row in rows["DBISSUELINK"].values()}
        merged = {one for targets in expected.merge.values() for one in targets}
        for number in (had - have - merged) & set(expected.stay["DBREMOTEREQUIREMENT"]):
            del expected.stay["DBREMOTEREQUIREMENT"][number]
            expected.erased["DBREMOTEREQUIREMENT"] += 1


# --- the links in an audit trail -----------------------------------------------------------------------


class Either:
    """A text of which the segments of URLs that were rewritten may be encoded or not."""

    def __init__(self, parts):
        self.parts = parts  # text, or (key,) for a segment of a URL

    def fits(self, value):
        pattern = "".join(re.escape(part) if isinstance(part, str) else "([^/\"]*)" for part in self.parts)
        found = re.fullmatch(pattern, value or "", re.DOTALL)
        if not found:
            return False
        keys = [part[0] for part in self.parts if not isinstance(part, str)]
        return [unquote(json.loads(f'"{one}"')) for one in found.groups()] == keys

    def __repr__(self):
        return f"Either({self.parts!r})"


STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


class Links:
    def __init__(self, work, issue):
        self.work, self.issue = work, issue

    def rewrite(self, value):
        try:
            document = json.loads(value)
        except ValueError:
            return value
        if not isinstance(document, list):
            return value
        parts, last, depth, kinds, name, want = [], 0, 0, [], None, False
        place = 0
        while place < len(value):
            char = value[place]
            if char in "[{":
                kinds.append(char)
                want = char == "{"
            elif char in "]}":
                kinds.pop()
                want = False
            elif char == ",":
                want = bool(kinds) and kinds[-1] == "{"
                name = None
            elif char == '"':
                end = STRING.match(value, place).end()
                content = json.loads(value[place:end])
                if want:
                    name, want = content, False
                elif kinds == ["[", "{"]:
                    for piece, start, stop in self.change(name, content, value, place, end):
                        parts += [value[last:start], piece]
                        last = stop
                place = end
                continue
            place += 1
        parts.append(value[last:])
        return "".join(parts) if all(isinstance(part, str) for part in parts) else Either(parts)

    def change(self, name, content, value, start, end):
        if name == "spaceKey":
            new = self.space(content)
            if new is not None and new != content:
                yield json.dumps(new, ensure_ascii=False), start, end
        elif name == "url":
            # a URL may end with its space
            found = re.match(r"/requirements/([^/]+)(/|$)", content)
            if not found:
                return
            old = unquote(found.group(1))
            new = self.space(old)
            if new is not None and new != old:
                raw = value.index("/requirements/", start) + len("/requirements/")
                yield (new,), raw, value.index("/", raw) if found.group(2) else end - 1

    def space(self, key):
        """What the key is here, None if that is not known or not one."""
        work = self.work
        links = {row["APPLINK"] for row in work.items["DBREMOTEREQUIREMENT"].values()
                 if text(row["SPACEKEY"]) == key}
        found = {link: work.mapped(("SPACE", key, text(link))) for link in links}
        answers = set(found.values()) - {None}
        if len(answers) > 1:
            requirements = work.items["DBREMOTEREQUIREMENT"]
            own = set()
            for row in work.items["DBISSUELINK"].values():
                requirement = requirements.get(row["REQUIREMENT_ID"])
                if row["ISSUEID"] == self.issue and requirement and text(requirement["SPACEKEY"]) == key:
                    own.add(found[requirement["APPLINK"]])
            answers = own - {None}
        return answers.pop() if len(answers) == 1 else None
