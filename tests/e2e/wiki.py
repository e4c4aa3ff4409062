"""Small Confluences in which a test can say of each reference what must become of it: a page a space,
requirements with a name, dependencies and citations between them."""
import collections
import contextlib

import steps
import world_confluence


class Wiki(world_confluence.Site):
    """Spaces with a page each, requirements by "SPACE KEY" or "SPACE KEY BASELINE"."""

    def __init__(self, t, name, first, word="here"):
        super().__init__(t.dir / name, first, 7, word)
        self.pages, self.made = {}, {}

    def add_space(self, key, title, page=None):
        self.pages[key] = self.page(self.space(key, title), page or f"Page of {title}")[1]

    def add(self, *names):
        for name in names:
            space, key, *baseline = name.split()
            self.made[name] = self.ry("DBREQUIREMENT", SPACEKEY=space, KEY=key, UPPERKEY=key.upper(),
                                      BASELINE=int(baseline[0]) if baseline else None, STATUS="ACTIVE")

    def depend(self, parent, child, relationship, version=None):
        self.ry("DBDEPENDENCY", PARENT_ID=self.made[parent], CHILD_ID=self.made[child],
                RELATIONSHIP=relationship, SCHEMAVERSION=version)

    def cite(self, name, space, origin=0, relationship=None, kind="PAGE"):
        self.ry("DBLINK", PARENT_ID=self.made[name], ORIGIN=origin, TYPE=kind, APP="page",
                DOCUMENTID=str(self.pages[space]), VERSIONID=str(self.pages[space]),
                RELATIONSHIP=relationship, MARKER=f"{name} by {space}")


def named(t, name):
    """Requirement's id -> its name as above."""
    return {row["ID"]: " ".join(str(one) for one in (row["SPACEKEY"], row["KEY"], row["BASELINE"])
                                if one is not None)
            for row in t.rows(name, 'SELECT * FROM "AO_32F7CE_DBREQUIREMENT"')}


def dependencies(t, name):
    names = named(t, name)
    return collections.Counter((names[row["PARENT_ID"]], names[row["CHILD_ID"]], row["RELATIONSHIP"])
                               for row in t.rows(name, 'SELECT * FROM "AO_32F7CE_DBDEPENDENCY"'))


def citations(t, name):
    names = named(t, name)
    pages = {str(row["contentid"]): row["spacekey"] for row in t.rows(
        name, "SELECT c.contentid, s.spacekey FROM content c JOIN spaces s ON s.spaceid = c.spaceid")}
    return collections.Counter((names[row["PARENT_ID"]], pages[row["DOCUMENTID"]], row["RELATIONSHIP"])
                               for row in t.rows(name, 'SELECT * FROM "AO_32F7CE_DBLINK"')
                               if row["ORIGIN"] in (0, "false") and row["TYPE"] == "PAGE")


def truth(t, name):
    """What a reader sees: both of the above."""
    return dependencies(t, name), citations(t, name)


def outside(kept=0, lost=0, origin=0):
    return {"kept": kept, "lost": lost, "keptAtOrigin": origin}


def lost(document):
    return sorted((one["from"], one["to"], one["detail"]) for one in document["outsideLost"])


def there(t, name):
    """Hashes of every table but our own."""
    return t.hashes(name, skip=("reqferry_*",))


def undo(t, url, name, before, key, scope):
    t.run("undo", url, key, "--confirm", scope)
    t.same_hashes(before, there(t, name))


def twice(t, url, name, key, scope, counts, again, wanted, *options):
    """Imports twice: the counts of references, and what stands there after each. Then each import is
    undone, and every table is as it was before it. Returns the documents of the first."""
    before, found = [], []
    for expected in (counts, again):
        before.append(there(t, name))
        planned, done = steps.carry_out(t, url, name, key, scope, *options)
        t.equal((planned["outside"], done["outside"]), (expected, expected), "counts of references")
        t.equal(truth(t, name), wanted, "dependencies and citations")
        found.append((planned, done))
    for hashes in reversed(before):
        undo(t, url, name, hashes, key, scope)
    return found[0]


def change(t, name, *statements):
    """What happens on an instance without the program."""
    with contextlib.closing(t.sqlite(name, write=True)) as db:
        for statement in statements:
            assert db.execute(statement).rowcount > 0, statement
