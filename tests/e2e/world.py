"""Worlds to migrate: an origin and a destination that hold the same people, pages and issues under
other ids, and the truth about which is which.

A world is made of a seed and has nothing to do with the demo. Python's sqlite3 writes it straight
into databases of the DDL in data/schema. What the destination has differently is what sites have
after a real move: other ids (of which many collide with the origin's ids of something else), renamed
and former users, another space under a known key, pages that were retitled, deleted or trashed,
missing versions, other application links, moved issues. Rows of Requirement Yogi have every column
set, NULL and odd in some of them.

    world = world_confluence.pair(t)      origin.db, destination.db in the test's folder
    world.truth.of("PAGE", "100039")      -> "100123", or None: it has no counterpart

This file holds what both products share; the worlds are in world_confluence.py and world_jira.py.
"""
import contextlib
import hashlib
import sqlite3

import harness

# Texts that CSV, SQL or JSON could trip over. None is longer than 255 characters.
ODD = [
    "plain", 'a "quoted" text', "comma, semicolon;", "line\nbreak", "lone\rCR", "CR LF\r\nend",
    " leading blank", "trailing blank ", "\ttab first", "#hash", "!bang", "'apostrophe", "=1+1", "-5",
    "@at", "null", "NULL", "END", "BEING", "true", "12", "0012", "1e5", "\u00a0no-break space",
    "\u2003em space\u2003", "emoji \U0001f98a \U0001d4b3", "caf\u00e9 and cafe\u0301",
    "\u65e5\u672c\u8a9e", '""', '"', ",", "\r\n", "\\", "back\\slash\\\"", "%20", "\u001funit",
    "\ufeffmark inside", "x" * 255, "<p>&nbsp;</p>", " ", "$1 {} %s :name ?1", "it''s",
]
# Fraction digits as other writers leave them; an export writes three.
TIMES = ["2024-01-04 19:20:18", "2024-01-04 19:20:18.5", "2024-02-29 00:00:00.000",
         "2024-01-04 19:20:18.015", "2023-12-31 23:59:59.999999", "1999-07-01 12:00:00.123456789"]


class Truth:
    """What each entity of the origin is at the destination."""

    def __init__(self):
        self.map = {}
        self.issue_keys = {}  # id of an issue at the destination -> its key there
        self.texts = {}       # text of an audit trail at the origin -> what it must become

    def put(self, kind, key, new, dependency=None):
        """dependency: the application link, where the same key occurs under several."""
        self.map[kind, str(key), dependency] = None if new is None else str(new)

    def of(self, kind, key, dependency=None):
        """The destination; None: there is none, the entity is to be excluded or mapped to nothing.
        KeyError: the world has no such entity."""
        if (kind, str(key), dependency) in self.map:
            return self.map[kind, str(key), dependency]
        return self.map[kind, str(key), None]


class World:
    def __init__(self, origin, destination):
        self.origin, self.destination, self.truth = origin, destination, Truth()


class Database:
    """Writes one instance: rows of any table, ids from a sequence of its own."""

    def __init__(self, path, prefix, first, step, word):
        self.prefix, self.word = prefix, word
        self._next, self._step = first, step
        self.sqlite = sqlite3.connect(path, isolation_level=None)
        self.sqlite.execute("BEGIN")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sqlite.execute("COMMIT")
        self.sqlite.close()

    def id(self):
        self._next += self._step
        return self._next

    def hex(self, name):
        return hashlib.md5(f"{self.word} {name}".encode()).hexdigest()

    def insert(self, table, **values):
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" * len(values))
        self.sqlite.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})',
                            tuple(values.values()))

    def ry(self, table, **values):
        """A row of Requirement Yogi with a fresh id, which is returned."""
        values["ID"] = self.id()
        self.insert(self.prefix + table, **values)
        return values["ID"]


def create(t, name, product):
    """An empty instance, as t.create() makes it, but in one transaction."""
    url = t.create(name)
    script = "".join((harness.SCHEMAS / f"{schema}.sqlite.sql").read_text("utf-8")
                     for schema in (product, f"requirement-yogi-{product}"))
    with contextlib.closing(t.sqlite(name, write=True)) as db:
        db.executescript(f"BEGIN;{script}COMMIT;")
    return url
