"""What must stand at the destination, worked out from the origin's rows and the world's truth.

Nothing here asks the program: rows are read with Python's sqlite3, tables and columns are spelled
out once more, and rows are compared by content. References between rows are followed: instead of an
id stands the content of the row that it means, so that ids never matter and a row tied to the wrong
parent is found.

    before = check.read(t, "destination.db")
    ...
    check.moved(check.read(t, "origin.db"), before, check.read(t, "destination.db"), world.truth, erased)
"""
import collections
import contextlib

import harness

# Column -> what it holds. A type of entity in capitals is replaced by its destination; "SPACE?" stays
# as it is where the space has none.
CONFLUENCE = {
    "AO_32F7CE_DBREQUIREMENT": {
        "SCHEMAVERSION": "integer", "SPACEKEY": "SPACE", "KEY": "text", "BASELINE": "integer",
        "STATUS": "text", "STORAGETYPE": "integer", "HTMLEXCERPT": "text", "UPPERKEY": "text",
        "NEWSPACEKEY": "SPACE?", "NEWKEY": "text", "CREATEDUSER": "USER", "CREATEDDATE": "time",
        "LASTUPDATEDUSER": "USER", "LASTUPDATEDDATE": "time"},
    "AO_32F7CE_DBPROPERTY": {
        "SCHEMAVERSION": "integer", "REQUIREMENT_ID": "AO_32F7CE_DBREQUIREMENT", "TYPE": "text",
        "NAME": "text", "VALUE": "text"},
    "AO_32F7CE_DBDEPENDENCY": {
        "SCHEMAVERSION": "integer", "RELATIONSHIP": "text", "PARENT_ID": "AO_32F7CE_DBREQUIREMENT",
        "CHILD_ID": "AO_32F7CE_DBREQUIREMENT"},
    "AO_32F7CE_DBLINK": {
        "SCHEMAVERSION": "integer", "PARENT_ID": "AO_32F7CE_DBREQUIREMENT", "ORIGIN": "boolean",
        "TYPE": "text", "APP": "link app", "DOCUMENTID": "link document", "VERSIONID": "link version",
        "RELATIONSHIP": "text", "MARKER": "text"},
    "AO_32F7CE_DBTRACEABILITYMATRIX": {
        "SCHEMAVERSION": "integer", "SPACEKEY": "SPACE", "ORIGINALID": "integer", "NAME": "text",
        "QUERY": "text", "COLUMNS": "text", "CREATEDUSER": "USER", "CREATEDDATE": "time",
        "LASTUPDATEDUSER": "USER", "LASTUPDATEDDATE": "time"},
    "AO_32F7CE_DBAPPLINK": {"SCHEMAVERSION": "integer", "APPLINK": "APPLINK", "NAME": "text"},
}
JIRA = {
    "AO_42D05A_DBREMOTEREQUIREMENT": {
        "SCHEMAVERSION": "integer", "APPLINK": "APPLINK", "SPACEKEY": "SPACE", "KEY": "text",
        "BASELINE": "integer", "FLAGDELETED": "boolean", "LASTSYNCDATE": "time",
        "FLAGERROR": "boolean", "TITLE": "text", "URL": "text"},
    "AO_42D05A_DBRILAUDITTRAILITEM": {
        "SCHEMAVERSION": "integer", "ISSUEID": "ISSUE", "ISSUEKEY": "issue key", "USERKEY": "USER",
        "COMMENT": "text", "OLDLINKS": "trail", "AUDITDATE": "time", "LINKS": "trail",
        "SUCCESS": "boolean"},
    "AO_42D05A_DBISSUELINK": {
        "SCHEMAVERSION": "integer", "ISSUEID": "ISSUE", "ISSUEKEY": "issue key",
        "RELATIONSHIP": "text", "REQUIREMENT_ID": "AO_42D05A_DBREMOTEREQUIREMENT"},
}
# Tables whose rows become one with a row of the same identity that is there already.
MERGED = {
    "AO_42D05A_DBREMOTEREQUIREMENT": ("APPLINK", "SPACEKEY", "KEY", "BASELINE"),
    "AO_32F7CE_DBAPPLINK": ("APPLINK",),
}
BOOLEANS = {"1": True, "0": False, "true": True, "false": False, "t": True, "f": False}


class Dropped(Exception):
    """The row is left out: an entity of it is excluded, or a row that it belongs to."""


def short(table):
    return table.split("_", 2)[2]


def tables_of(rows):
    return CONFLUENCE if "AO_32F7CE_DBLINK" in rows else JIRA


def read(t, name):
    """Table -> {id: row} of all of Requirement Yogi's tables of a database."""
    found = {}
    with contextlib.closing(t.sqlite(name)) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND "
                                   "substr(name, 1, 3) = 'AO_'").fetchall():
            found[table] = {row["ID"]: dict(row) for row in db.execute(f'SELECT * FROM "{table}"')}
    return found


def canonical(kind, value):
    """One spelling for each value: NULL and '' are the same, a time has three fraction digits."""
    if value is None or value == "":
        return None
    if kind == "boolean":
        return BOOLEANS.get(str(value).lower(), value)
    if kind == "time":
        text = str(value)
        return f"{text[:19]}.{(text[20:] + '000')[:3]}"
    return str(value)


class Content:
    """The content of rows, followed through their references."""

    def __init__(self, rows, translate=None):
        self.rows, self.tables, self.translate = rows, tables_of(rows), translate
        self.known = {}

    def of(self, table, number):
        """The tuple of one row; raises Dropped."""
        if (table, number) not in self.known:
            try:
                self.known[table, number] = self.build(table, self.rows[table][number])
            except Dropped as dropped:
                self.known[table, number] = dropped
        if isinstance(self.known[table, number], Dropped):
            raise Dropped
        return self.known[table, number]

    def build(self, table, row):
        values = []
        for column, kind in self.tables[table].items():
            value = row[column]
            if kind in self.tables:
                values.append(None if value is None else self.of(kind, value))
            elif self.translate:
                values.append(canonical(kind, self.translate(row, column, kind)))
            else:
                values.append(canonical(kind, value))
        return tuple(values)

    def all(self, table, only=lambda row: True):
        """Content -> how many rows have it; and how many were dropped."""
        found, dropped = collections.Counter(), 0
        for number, row in self.rows[table].items():
            if not only(row):
                continue
            try:
                found[self.of(table, number)] += 1
            except Dropped:
                dropped += 1
        return found, dropped


class Translation:
    """Applies the truth to the columns of the origin's rows."""

    def __init__(self, truth, nothing=()):
        """nothing: keys of users that are mapped to nothing; others without counterpart are
        excluded."""
        self.truth, self.nothing = truth, set(nothing)

    def entity(self, kind, key, dependency=None):
        new = self.truth.of(kind, key, dependency)
        if new is None and not (kind == "USER" and str(key) in self.nothing):
            raise Dropped
        return new

    def __call__(self, row, column, kind):
        value = row[column]
        if kind == "issue key" and row["ISSUEID"] is not None:  # made anew, also where there was none
            return self.truth.issue_keys[self.entity("ISSUE", row["ISSUEID"])]
        if value is None or value == "":
            return None
        if kind in ("APPLINK", "USER", "ISSUE"):
            return self.entity(kind, value)
        if kind == "SPACE":
            return self.entity(kind, value, row.get("APPLINK"))
        if kind == "SPACE?":
            return self.truth.of("SPACE", value) or value
        if kind == "trail":
            return self.truth.texts[value]
        if kind == "link app":
            return self.entity("APPLINK", value) if row["TYPE"] == "JIRA" else value
        if kind == "link document":
            meant = {"PAGE": "PAGE", "JIRA": "ISSUE"}.get(row["TYPE"], "ATTACHMENT")
            return self.entity(meant, value, row["APP"])
        if kind == "link version":
            return self.entity("VERSION", value) if row["TYPE"] == "PAGE" else value
        return value


def in_scope(rows, scopes, projects=None, either=False):
    """A function (table, row) -> whether the row belongs to one of the spaces, or to one of the
    projects by {issue id: project key}. Rows with two ends: both of them, or either."""
    both = any if either else all
    requirement = rows.get("AO_32F7CE_DBREQUIREMENT", {})

    def space_of(number):
        return number is not None and requirement[number]["SPACEKEY"] in scopes

    used = {row["REQUIREMENT_ID"] for row in rows.get("AO_42D05A_DBISSUELINK", {}).values()
            if projects and projects.get(str(row["ISSUEID"])) in scopes}

    def belongs(table, row):
        if "SPACEKEY" in row and "APPLINK" not in row:
            return row["SPACEKEY"] in scopes
        if "ISSUEID" in row:
            return (projects or {}).get(str(row["ISSUEID"])) in scopes
        if "CHILD_ID" in row:
            return both(space_of(row[column]) for column in ("PARENT_ID", "CHILD_ID"))
        for column in ("REQUIREMENT_ID", "PARENT_ID"):
            if column in row:
                return space_of(row[column])
        return table == "AO_42D05A_DBREMOTEREQUIREMENT" and row["ID"] in used

    return belongs


def sample(counter, most=3):
    return "\n".join(f"  {count} x {str(content)[:1500]}" for content, count in counter.most_common(most))


def same(what, found, wanted):
    """Fails with what is lost and what is invented."""
    lost, invented = wanted - found, found - wanted
    if lost or invented:
        raise harness.Failure(f"{what}: {lost.total()} rows lost\n{sample(lost)}\n"
                              f"{invented.total()} rows invented\n{sample(invented)}")


def expect(origin, truth, brings=lambda table, row: True, nothing=()):
    """Table -> (content -> count, rows dropped) that an import into an empty place must make."""
    content = Content(origin, Translation(truth, nothing))
    return {table: content.all(table, lambda row, table=table: brings(table, row))
            for table in content.tables}


def identity(table, content):
    columns = list((CONFLUENCE | JIRA)[table])
    return tuple(content[columns.index(name)] for name in MERGED[table])


def leaving(origin, content, kept, translation, brings):
    """What the dependencies of the origin with one end outside the scope become: those whose other
    end, by its identity, stands at the destination (kept: its rows). Twins of one identity are told
    apart by their order."""
    table, ends = "AO_32F7CE_DBDEPENDENCY", ("PARENT_ID", "CHILD_ID")
    requirements = origin.get("AO_32F7CE_DBREQUIREMENT", {})

    def by_identity_of(rows):
        found = collections.defaultdict(list)
        for number in sorted(rows):
            found[tuple(rows[number][name] for name in ("SPACEKEY", "KEY", "BASELINE"))].append(number)
        return found

    here, there = by_identity_of(requirements), by_identity_of(kept)
    mine, found = Content(origin, translation), collections.Counter()
    for row in origin.get(table, {}).values():
        inside = [brings("AO_32F7CE_DBREQUIREMENT", requirements[row[end]]) for end in ends]
        if inside[0] == inside[1]:
            continue
        values = {}
        try:
            for end, own in zip(ends, inside):
                other = requirements[row[end]]
                if own:
                    values[end] = mine.of("AO_32F7CE_DBREQUIREMENT", row[end])
                    continue
                same_key = (other["KEY"], other["BASELINE"])
                twins = here[other["SPACEKEY"], *same_key]
                found_there = there[translation.truth.of("SPACE", other["SPACEKEY"]), *same_key]
                if len(twins) == len(found_there):
                    values[end] = content.of("AO_32F7CE_DBREQUIREMENT",
                                             found_there[twins.index(row[end])])
        except Dropped:
            continue
        if len(values) == 2:
            found[tuple(values.get(column, canonical(kind, row[column]))
                        for column, kind in CONFLUENCE[table].items())] += 1
    return found


def moved(origin, before, after, truth, erased, brings=lambda table, row: True, nothing=(), leaves=True):
    """Checks the destination after an import.

    erased(table, row): whether the row of `before` was to be erased. All others must be there byte
    for byte under their id; everything else must be what the origin's rows become. leaves: so must the
    dependencies that leave the scope; else they stay with the origin. Returns table -> counts:
    {"erase", "insert", "merge", "exclude"}.
    """
    counts, content = {}, Content(after)
    requirements = {number: row for number, row in before.get("AO_32F7CE_DBREQUIREMENT", {}).items()
                    if not erased("AO_32F7CE_DBREQUIREMENT", row)}
    extra = leaving(origin, content, requirements, Translation(truth, nothing), brings) if leaves else {}
    extra = collections.Counter(extra)
    for table, (wanted, dropped) in expect(origin, truth, brings, nothing).items():
        kept = {number: row for number, row in before[table].items() if not erased(table, row)}
        for number, row in kept.items():
            if after[table].get(number) != row:
                raise harness.Failure(f"{table} {number} was not to be touched:\n  {row}\n  "
                                      f"{after[table].get(number)}")
        merged = 0
        if table in MERGED:
            there = {identity(table, content.of(table, number)) for number in kept}
            for one in [one for one in wanted if identity(table, one) in there]:
                merged += wanted.pop(one)
        found, _ = content.all(table, lambda row, kept=kept: row["ID"] not in kept)
        if table == "AO_32F7CE_DBDEPENDENCY":
            same(f"{table}: references that leave the scope", found & extra, extra)
            found -= extra
        if table in MERGED or not _follows_merged(table):
            same(table, found, wanted)
        else:
            same(table, by_identity(table, found), by_identity(table, wanted))
        counts[short(table)] = {"erase": len(before[table]) - len(kept), "insert": found.total(),
                                "merge": merged, "exclude": dropped}
    return counts


def _follows_merged(table):
    return any(kind in MERGED for kind in (CONFLUENCE | JIRA)[table].values())


def by_identity(table, counter):
    """Contents with the identity of a merged row instead of its content: the row that it became one
    with kept its other columns."""
    kinds = list((CONFLUENCE | JIRA)[table].values())
    found = collections.Counter()
    for content, count in counter.items():
        found[tuple(identity(kind, value) if kind in MERGED and value is not None else value
                    for kind, value in zip(kinds, content))] += count
    return found


def same_but_ids(first, second):
    """Fails unless two readings of a database hold the same rows, ids aside."""
    one, other = Content(first), Content(second)
    for table in one.tables:
        same(table, other.all(table)[0], one.all(table)[0])
