"""Requirement Yogi's tables as the specification describes them, for the model alone.

Written by hand from docs/catalogue.md and the vendor's description, not read from data/catalogue:
what both took from one file could be wrong in both.
"""
import re

PREFIX = {"confluence": "AO_32F7CE_", "jira": "AO_42D05A_"}


class Column:
    """kind: text, integer, boolean, timestamp. role: plain, row, entity, keep (an entity without which
    the row stays as it is), upper, issue-key, json, link (what it means depends on TYPE)."""

    def __init__(self, kind, role="plain", to=None):
        self.kind, self.role, self.to = kind, role, to


class Table:
    def __init__(self, name, columns, identity=(), merge=False, whole=False):
        self.name, self.columns, self.identity = name, columns, identity
        self.merge, self.whole = merge, whole


def _text(*names):
    return {name: Column("text") for name in names}


CONFLUENCE = [
    Table("DBREQUIREMENT", {
        "SCHEMAVERSION": Column("integer"), "SPACEKEY": Column("text", "entity", "SPACE"), **_text("KEY"),
        "BASELINE": Column("integer"), **_text("STATUS"), "STORAGETYPE": Column("integer"),
        **_text("HTMLEXCERPT"), "UPPERKEY": Column("text", "upper", "KEY"),
        "NEWSPACEKEY": Column("text", "keep", "SPACE"), **_text("NEWKEY"),
        "CREATEDUSER": Column("text", "entity", "USER"), "CREATEDDATE": Column("timestamp"),
        "LASTUPDATEDUSER": Column("text", "entity", "USER"), "LASTUPDATEDDATE": Column("timestamp"),
    }, identity=("SPACEKEY", "KEY", "BASELINE")),
    Table("DBPROPERTY", {
        "SCHEMAVERSION": Column("integer"), "REQUIREMENT_ID": Column("integer", "row", "DBREQUIREMENT"),
        **_text("TYPE", "NAME", "VALUE"),
    }),
    Table("DBDEPENDENCY", {
        "SCHEMAVERSION": Column("integer"), **_text("RELATIONSHIP"),
        "PARENT_ID": Column("integer", "row", "DBREQUIREMENT"),
        "CHILD_ID": Column("integer", "row", "DBREQUIREMENT"),
    }, identity=("RELATIONSHIP", "PARENT_ID", "CHILD_ID")),
    Table("DBLINK", {
        "SCHEMAVERSION": Column("integer"), "PARENT_ID": Column("integer", "row", "DBREQUIREMENT"),
        "ORIGIN": Column("boolean"), **_text("TYPE"), "APP": Column("text", "link"),
        "DOCUMENTID": Column("text", "link"), "VERSIONID": Column("text", "link"),
        **_text("RELATIONSHIP", "MARKER"),
    }),
    Table("DBTRACEABILITYMATRIX", {
        "SCHEMAVERSION": Column("integer"), "SPACEKEY": Column("text", "entity", "SPACE"),
        "ORIGINALID": Column("integer"), **_text("NAME", "QUERY", "COLUMNS"),
        "CREATEDUSER": Column("text", "entity", "USER"), "CREATEDDATE": Column("timestamp"),
        "LASTUPDATEDUSER": Column("text", "entity", "USER"), "LASTUPDATEDDATE": Column("timestamp"),
    }, identity=("SPACEKEY", "ORIGINALID")),
    Table("DBAPPLINK", {
        "SCHEMAVERSION": Column("integer"), "APPLINK": Column("text", "entity", "APPLINK"), **_text("NAME"),
    }, identity=("APPLINK",), merge=True, whole=True),
]

JIRA = [
    Table("DBRILAUDITTRAILITEM", {
        "SCHEMAVERSION": Column("integer"), "ISSUEID": Column("integer", "entity", "ISSUE"),
        "ISSUEKEY": Column("text", "issue-key", "ISSUEID"), "USERKEY": Column("text", "entity", "USER"),
        **_text("COMMENT"), "OLDLINKS": Column("text", "json"), "AUDITDATE": Column("timestamp"),
        "LINKS": Column("text", "json"), "SUCCESS": Column("boolean"),
    }),
    Table("DBREMOTEREQUIREMENT", {
        "SCHEMAVERSION": Column("integer"), "APPLINK": Column("text", "entity", "APPLINK"),
        "SPACEKEY": Column("text", "entity", "SPACE"), **_text("KEY"), "BASELINE": Column("integer"),
        "FLAGDELETED": Column("boolean"), "LASTSYNCDATE": Column("timestamp"),
        "FLAGERROR": Column("boolean"), **_text("TITLE", "URL"),
    }, identity=("APPLINK", "SPACEKEY", "KEY", "BASELINE"), merge=True),
    Table("DBISSUELINK", {
        "SCHEMAVERSION": Column("integer"), "ISSUEID": Column("integer", "entity", "ISSUE"),
        "ISSUEKEY": Column("text", "issue-key", "ISSUEID"), **_text("RELATIONSHIP"),
        "REQUIREMENT_ID": Column("integer", "row", "DBREMOTEREQUIREMENT"),
    }, identity=("ISSUEID", "RELATIONSHIP", "REQUIREMENT_ID")),
]

TABLES = {"confluence": CONFLUENCE, "jira": JIRA}
BY_NAME = {table.name: table for table in CONFLUENCE + JIRA}


def entity_of(table, row, name):
    """(type, key, application link that it depends on or None, may the row stay without it) of a
    column of a row, or None if it refers to no entity."""
    column, value = BY_NAME[table].columns[name], row[name]
    if value is None or value == "":
        return None
    value = str(value)
    if column.role in ("entity", "keep"):
        link = row["APPLINK"] or None if table == "DBREMOTEREQUIREMENT" and column.to == "SPACE" else None
        return column.to, value, link, column.role == "keep"
    if column.role != "link":
        return None
    kind = row["TYPE"]
    if name == "APP":
        return ("APPLINK", value, None, False) if kind == "JIRA" else None
    if name == "VERSIONID":
        return ("VERSION", value, None, False) if kind == "PAGE" else None
    if kind == "PAGE":
        return "PAGE", value, None, False
    if kind == "JIRA":
        return "ISSUE", value, row["APP"] or None, False
    return "ATTACHMENT", value, None, False


def entities(table, row):
    """(column, entity) of every reference of a row to an entity."""
    for name in BY_NAME[table].columns:
        found = entity_of(table, row, name)
        if found:
            yield name, found


def references(table, row):
    """(column, table, id) of every reference of a row to a row."""
    for name, column in BY_NAME[table].columns.items():
        if column.role == "row" and row[name] is not None:
            yield name, column.to, row[name]


def true(value):
    """A boolean as databases of several kinds hold it: True, False or None."""
    if value is None or value == "":
        return None
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower(), value)


def plain(kind, value):
    """A value as it compares after a way through a file: empty is nothing, a time has three digits."""
    if value is None or value == "":
        return None
    if kind == "boolean":
        return true(value)
    if kind == "integer":
        return int(value) if re.fullmatch("-?[0-9]+", str(value)) else value
    if kind == "timestamp":
        whole, _, fraction = str(value).partition(".")
        return f"{whole}.{fraction[:3]:0<3}"
    return str(value)
