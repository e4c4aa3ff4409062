"""Backup files as texts of the tests' own making: the dialect of spec and nothing of the program."""
import csv
import io

JIRA_PLUGIN = "com.playsql.requirementyogijira"
CONFLUENCE_PLUGIN = "com.playsql.requirementyogi"


def field(value, first=False):
    text = "" if value is None else str(value)
    if not text:
        return '""' if first and value is not None else ""
    if text[0] <= "#" or text[-1] <= " " or any(c in text for c in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def record(*values):
    return ",".join(field(value, not place) for place, value in enumerate(values)) + "\r\n"


def text(records):
    return "".join(record(*one) for one in records)


def records(content):
    """The records of a file's text."""
    return list(csv.reader(io.StringIO(content, newline=""), strict=True))


def item(table, old_id, *fields):
    return ("DBBackupItem", table, old_id, *fields)


def mapping(kind, key, dependencies=None, **fields):
    names = ("spacekey", "pagetype", "pageid", "userkey", "applink", "pageversion", "title", "url",
             "username", "extensiondocumentid", "issuekey")
    return ("DBBackupMapping", kind, key, dependencies, *(fields.get(name) for name in names))


def backup(plugin, scope, rows, version="3.7", oldest="3.4.8", author="tester",
           exported="2024-01-04 20:59:55"):
    return text([("BEING", plugin, version, oldest),
                 ("DBBackupItem", "METADATA", "null", scope, author, exported), *rows,
                 ("END", "End of the file")])
