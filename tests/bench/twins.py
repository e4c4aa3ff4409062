"""Two Confluences of any size, a twin of each other: the same spaces, pages and users under other ids.

The origin has Requirement Yogi's data, the destination has none. Everything follows from the number of
rows, so that two runs measure the same thing.
"""
import pathlib
import sqlite3

SCHEMAS = pathlib.Path(__file__).resolve().parent.parent.parent / "data" / "schema"
SPACES = ["ALPHA", "BETA", "GAMMA", "DELTA"]
APPLINK = "c5a3d1b2-0000-4000-8000-00000000000%d"
EXCERPT = ("<p>The controller shall keep the speed of the axis below %d mm/s while the guard is open, "
           "and shall report \"guard open\" within 20 ms.</p>")


def create(path):
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    for name in ("confluence", "requirement-yogi-confluence"):
        db.executescript((SCHEMAS / f"{name}.sqlite.sql").read_text("utf-8"))
    db.execute("BEGIN")
    return db


def host(db, side, pages, users):
    """Fills the host tables; side 0 is the origin, 1 the destination."""
    base = 1_000_000 + side * 500_000_000
    key = "%032x"
    db.executemany("INSERT INTO user_mapping (user_key, username, lower_username) VALUES (?, ?, ?)",
                   [(key % (u + 1 + side * 10 ** 9), f"user{u}", f"user{u}") for u in range(users)])
    db.execute("INSERT INTO cwd_directory VALUES (1, 'Internal', 'internal', 'T', 'INTERNAL')")
    db.executemany(
        "INSERT INTO cwd_user (id, user_name, lower_user_name, active, created_date, updated_date,"
        " display_name, email_address, lower_email_address, directory_id)"
        " VALUES (?, ?, ?, 'T', '2020-01-01 00:00:00.000', '2020-01-01 00:00:00.000', ?, ?, ?, 1)",
        [(base + u, f"user{u}", f"user{u}", f"User {u}", f"user{u}@example.org", f"user{u}@example.org")
         for u in range(users)])
    db.executemany(
        "INSERT INTO spaces (spaceid, spacename, spacekey, lowerspacekey, spacetype, spacestatus)"
        " VALUES (?, ?, ?, ?, 'global', 'CURRENT')",
        [(base + s, f"Space {name}", name, name.lower()) for s, name in enumerate(SPACES)])
    content = []
    for p in range(pages):
        title, page = f"Page {p} of the specification", base + 1000 + 2 * p
        content.append((page, "PAGE", title, title.lower(), 2, None, "current", base + p % len(SPACES)))
        content.append((page + 1, "PAGE", title, title.lower(), 1, page, "current", None))
    db.executemany(
        "INSERT INTO content (contentid, contenttype, title, lowertitle, version, prevver,"
        " content_status, spaceid) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", content)
    link = APPLINK % side
    db.executemany("INSERT INTO bandana (bandanaid, bandanacontext, bandanakey, bandanavalue)"
                   " VALUES (?, '_GLOBAL', ?, ?)",
                   [(1, f"applinks.admin.{link}.name", "<string>Jira</string>"),
                    (2, f"applinks.admin.{link}.display.url", "<string>https://jira.example.org</string>"),
                    (3, f"applinks.admin.{link}.rpc.url", "<string>https://jira.example.org</string>")])
    return base, key


def yogi(db, rows, pages, users, base, key):
    """rows in all: a fifth requirements, three properties to two of them, links, dependencies."""
    requirements = rows // 5
    stamp = "2024-03-05 10:20:30.%03d"
    db.executemany(
        'INSERT INTO "AO_32F7CE_DBREQUIREMENT" ("ID", "SPACEKEY", "KEY", "UPPERKEY", "STATUS", "HTMLEXCERPT",'
        ' "CREATEDUSER", "CREATEDDATE", "LASTUPDATEDUSER", "LASTUPDATEDDATE")'
        " VALUES (?, ?, ?, ?, 'ACTIVE', ?, ?, ?, ?, ?)",
        ((r + 1, SPACES[(r % pages) % len(SPACES)], f"Req-{r:06}", f"REQ-{r:06}", EXCERPT % r,
          key % (r % users + 1), stamp % (r % 1000), key % (r % users + 1), stamp % (r % 1000))
         for r in range(requirements)))
    properties = requirements * 3 // 2
    db.executemany(
        'INSERT INTO "AO_32F7CE_DBPROPERTY" ("ID", "REQUIREMENT_ID", "TYPE", "NAME", "VALUE")'
        " VALUES (?, ?, 'INLINE', ?, ?)",
        ((p + 1, p % requirements + 1, "Priority" if p % 2 else "Owner", f"value {p}")
         for p in range(properties)))
    dependencies = requirements // 2
    db.executemany(
        'INSERT INTO "AO_32F7CE_DBDEPENDENCY" ("ID", "RELATIONSHIP", "PARENT_ID", "CHILD_ID")'
        " VALUES (?, 'refines', ?, ?)",
        ((d + 1, d + 1, (d * 7 + 3) % requirements + 1) for d in range(dependencies)))
    links = rows - requirements - properties - dependencies

    def link(n):
        r, page = n % requirements, n % requirements % pages
        if n % 10 == 9:
            return (n + 1, r + 1, 0, "JIRA", APPLINK % 0, f"TIO-{n % 2000 + 1}", None, "implements")
        document = base + 1000 + 2 * page
        return (n + 1, r + 1, int(n < requirements), "PAGE", "page", str(document), str(document + n % 2), None)
    db.executemany(
        'INSERT INTO "AO_32F7CE_DBLINK" ("ID", "PARENT_ID", "ORIGIN", "TYPE", "APP", "DOCUMENTID", "VERSIONID",'
        ' "RELATIONSHIP") VALUES (?, ?, ?, ?, ?, ?, ?, ?)', (link(n) for n in range(links)))


def make(folder, rows):
    """Makes origin.db and destination.db in the folder; returns their paths."""
    folder = pathlib.Path(folder)
    pages, users = max(20, rows // 50), max(5, rows // 2000)
    paths = []
    for side, name in enumerate(("origin.db", "destination.db")):
        db = create(folder / name)
        base, key = host(db, side, pages, users)
        if side == 0:
            yogi(db, rows, pages, users, base, key)
        db.execute("COMMIT")
        db.close()
        paths.append(folder / name)
    return paths
