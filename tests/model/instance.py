"""An instance in memory: what the host knows and Requirement Yogi's rows. The generator makes it, the
model reasons about it, and it can be written into a database of the DDL in data/schema."""
import copy
import pathlib
import shutil
import sqlite3

import shape

SCHEMAS = pathlib.Path(__file__).resolve().parent.parent.parent / "data" / "schema"
DAY = "2024-01-04 08:30:00.000"
EXTRA = "MODELEXTRA"  # a column that no catalogue knows


def template(path, product, extra):
    """An empty instance. Small pages, since every seed copies one."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA page_size = 1024")
    db.execute("BEGIN")
    for schema in (product, f"requirement-yogi-{product}"):
        for statement in (SCHEMAS / f"{schema}.sqlite.sql").read_text("utf-8").split(";\n"):
            if statement.strip():
                db.execute(statement)
    if extra:
        table = "DBREQUIREMENT" if product == "confluence" else "DBREMOTEREQUIREMENT"
        other = "DBDEPENDENCY" if product == "confluence" else "DBISSUELINK"
        for name in (table, other):
            db.execute(f'ALTER TABLE "{shape.PREFIX[product]}{name}" ADD COLUMN "{EXTRA}" text')
    db.execute("COMMIT")
    db.close()


class Site:
    def __init__(self, product):
        self.product = product
        self.spaces = {}       # key -> name
        self.pages = {}        # id -> (space key, {version: id}); the newest version has the page's id
        self.attachments = {}  # id -> page id
        self.users = []
        self.links = []
        self.projects = {}     # key -> id
        self.issues = {}       # id -> (project key, number)
        self.rows = {table.name: {} for table in shape.TABLES[product]}

    def copy(self):
        return copy.deepcopy(self)

    def versions(self, page):
        return list(self.pages[page][1].values())

    def issue_key(self, issue):
        project, number = self.issues[issue]
        return f"{project}-{number}"

    # --- into a database ---------------------------------------------------------------------------

    def write(self, blank, path):
        shutil.copyfile(blank, path)
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        (self._confluence if self.product == "confluence" else self._jira)(db)
        for table, rows in self.rows.items():
            put_rows(db, self.product, table, rows)
        db.execute("COMMIT")
        db.close()

    def _confluence(self, db):
        numbers = {}
        for number, (key, name) in enumerate(self.spaces.items(), 1):
            numbers[key] = number
            db.execute("INSERT INTO spaces (spaceid, spacename, spacekey, lowerspacekey, spacestatus) "
                       "VALUES (?, ?, ?, ?, 'CURRENT')", (number, name, key, key.lower()))
        page = ("INSERT INTO content (contentid, contenttype, title, lowertitle, version, creationdate, "
                "prevver, content_status, pageid, spaceid) VALUES (?, ?, ?, ?, ?, ?, ?, 'current', ?, ?)")
        for number, (space, versions) in self.pages.items():
            last = max(versions)
            title = f"Page {number}"
            for version, content in sorted(versions.items(), reverse=True):
                current = version == last
                db.execute(page, (content, "PAGE", title, title.lower(), version, DAY,
                                  None if current else number, None,
                                  numbers[space] if current else None))
        for number, owner in self.attachments.items():
            title = f"file {number}.xlsx"
            db.execute(page, (number, "ATTACHMENT", title, title, 1, DAY, None, owner,
                              numbers[self.pages[owner][0]]))
        for user in self.users:
            db.execute("INSERT INTO user_mapping VALUES (?, ?, ?)", (user, f"n{user}", f"n{user}"))
        for number, link in enumerate(self.links, 1):
            db.execute("INSERT INTO bandana VALUES (?, '_GLOBAL', ?, ?)", (
                number, f"applinks.admin.{link}.name", f"<string>Jira {number}</string>"))

    def _jira(self, db):
        for key, number in self.projects.items():
            db.execute("INSERT INTO project (id, pname, pkey) VALUES (?, ?, ?)", (number, f"P {key}", key))
            db.execute("INSERT INTO project_key VALUES (?, ?, ?)", (number, number, key))
        for issue, (project, number) in self.issues.items():
            db.execute("INSERT INTO jiraissue (id, issuenum, project, summary) VALUES (?, ?, ?, ?)", (
                issue, number, self.projects[project], f"Issue {issue}"))
        for number, user in enumerate(self.users, 1):
            db.execute("INSERT INTO app_user VALUES (?, ?, ?)", (number, user, f"n{user}"))
        for number, link in enumerate(self.links, 1):
            db.execute("INSERT INTO propertyentry VALUES (?, 'jira.properties', 1, ?, 5)", (
                number, f"applinks.admin.{link}.name"))
            db.execute("INSERT INTO propertystring VALUES (?, ?)", (number, f"Confluence {number}"))


def put_rows(db, product, table, rows):
    by_columns = {}
    for number, row in rows.items():
        by_columns.setdefault(tuple(row), []).append((number, *row.values()))
    for columns, values in by_columns.items():
        names = ", ".join(f'"{name}"' for name in ("ID", *columns))
        db.executemany(f'INSERT INTO "{shape.PREFIX[product]}{table}" ({names}) VALUES '
                       f"({', '.join('?' * (len(columns) + 1))})", values)


def replace_rows(path, site):
    """Brings the RY rows of a database to those of the site, as the app's own work would."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    for table, rows in site.rows.items():
        db.execute(f'DELETE FROM "{shape.PREFIX[site.product]}{table}"')
        put_rows(db, site.product, table, rows)
    db.execute("COMMIT")
    db.close()


def read(db, product):
    """Table -> {id: row} of an open database, every column that it has."""
    found = {}
    for table in shape.TABLES[product]:
        cursor = db.execute(f'SELECT * FROM "{shape.PREFIX[product]}{table.name}"')
        names = [one[0] for one in cursor.description]
        place = names.index("ID")
        found[table.name] = {row[place]: {name: value for name, value in zip(names, row) if name != "ID"}
                             for row in cursor}
    return found
