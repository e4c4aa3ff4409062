"""A migration step by step, as a user runs it, and what every step must hold to.

The documents that the program prints are checked here against the databases, so that each test that
migrates checks them too.
"""
import collections
import contextlib
import fnmatch
import os
import shutil

import harness

TYPES = ("APPLINK", "SPACE", "PROJECT", "USER", "PAGE", "VERSION", "ATTACHMENT", "ISSUE")
# Tables that change although nothing of anybody's changed: the record of runs, and facts about our own.
RECORDS = ("reqferry_run", "reqferry_meta")


def state(t, name):
    """Table -> hash of everything that must not change when a command fails. Our own tables may
    have been made meanwhile, empty."""
    hashes = t.hashes(name, skip=RECORDS)
    with contextlib.closing(t.sqlite(name)) as db:
        for table in [one for one in hashes if fnmatch.fnmatchcase(one, "reqferry_*")]:
            if not db.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")').fetchone()[0]:
                del hashes[table]
    return hashes


def count(t, name, query, *values):
    return t.rows(name, f"SELECT count(*) AS n FROM {query}", *values)[0]["n"]


def dependency(row):
    """The application link that an entity depends on, None where it depends on something else."""
    text = row["dependencies"]
    return text if text and row["type"] in ("ISSUE", "PROJECT", "SPACE") else None


def has_keys(t, document, *keys):
    for key in keys:
        if key not in document:
            raise harness.Failure(f"the document has no {key!r}: {document}")


def as_reader(t, *args, expect=0, **more):
    """Runs the program as a user who may read the test's folder and write nothing in it."""
    program = t.program
    if os.getuid() == 0:
        own = t.dir / "reqferry"  # that user may not even see the build folder
        if not own.exists():
            shutil.copy(program, own)
            os.chmod(own, 0o755)
        args = ("--reuid=65534", "--regid=65534", "--clear-groups", own, *args)
        t.program = shutil.which("setpriv")
    os.chmod(t.dir / ".sanitizer", 0o777)
    for path in t.dir.glob("*.db*"):
        os.chmod(path, 0o444)
    os.chmod(t.dir, 0o555)
    try:
        return t.run(*args, expect=expect, **more)
    finally:
        t.program = program
        os.chmod(t.dir, 0o755)
        for path in t.dir.glob("*.db*"):
            os.chmod(path, 0o644)


# --- documents ---------------------------------------------------------------------------------------


def check_staged(t, name, key, document):
    """What `export` and `load` print, against the staging tables."""
    has_keys(t, document, "key", "scope", "tables", "mappings", "rows")
    t.equal(document["key"], key)
    tables = {row["tablename"]: row["n"] for row in t.rows(
        name, "SELECT tablename, count(*) AS n FROM reqferry_item WHERE backupkey = ? GROUP BY 1", key)}
    mappings = {row["type"]: row["n"] for row in t.rows(
        name, "SELECT type, count(*) AS n FROM reqferry_mapping WHERE backupkey = ? AND infile = 1 "
        "GROUP BY 1", key)}
    t.equal({table: n for table, n in document["tables"].items() if n}, tables, "tables")
    t.equal({kind: n for kind, n in document["mappings"].items() if n and kind != "PROJECT"}, mappings,
            "mappings")
    t.equal(document["rows"], sum(tables.values()), "rows")


def check_listed(t, url, name, key):
    """The line of `list`, against the staging tables."""
    lines = [one for one in t.run("--json", "list", url).json if one["key"] == key]
    t.equal(len(lines), 1, f"lines of {key}")
    line = lines[0]
    has_keys(t, line, "scope", "product", "rows", "mappings", "created")
    t.equal(line["rows"], count(t, name, "reqferry_item WHERE backupkey = ?", key), "rows")
    mappings = collections.Counter()
    for row in t.rows(name, "SELECT status FROM reqferry_mapping WHERE backupkey = ?", key):
        mappings["total"] += 1
        mappings[{"MAPPED_AUTO": "mapped", "MAPPED_MANUAL": "mapped", "EXCLUDED": "excluded"}.get(
            row["status"], "unmapped")] += 1
    t.equal({word: line["mappings"][word] for word in ("total", "mapped", "unmapped", "excluded")},
            {word: mappings[word] for word in ("total", "mapped", "unmapped", "excluded")}, "mappings")
    return line


def check_auto(t, name, key, document):
    """What `map auto` prints, against the mapping table."""
    wanted = {}
    for row in t.rows(name, "SELECT type, status, certainty, outcome FROM reqferry_mapping "
                      "WHERE backupkey = ?", key):
        counts = wanted.setdefault(row["type"], collections.Counter())
        counts["total"] += 1
        if row["status"] == "MAPPED_AUTO":
            counts[row["certainty"]] += 1
        elif row["status"] == "UNMAPPED":
            counts[{"ambiguous": "ambiguous", "failed": "failed"}.get(row["outcome"], "notFound")] += 1
    words = ("total", "certain", "likely", "possible", "ambiguous", "notFound", "failed")
    t.equal({kind: {word: counts[word] for word in words} for kind, counts in
             document["types"].items() if counts["total"]},
            {kind: {word: counts[word] for word in words} for kind, counts in wanted.items()},
            "counts of map auto")


# --- steps -------------------------------------------------------------------------------------------


def export(t, url, name, key, file, *scope, expect=0):
    result = t.run("--json", "export", url, key, "--file", file, *scope, expect=expect)
    check_staged(t, name, key, result.json)
    assert (t.dir / f"{file}.manifest.json").exists(), "no manifest"
    return result.json


def load(t, url, name, file, *options):
    result = t.run("--json", "load", url, file, *options)
    key = options[options.index("--key") + 1] if "--key" in options else file.split("/")[-1][:-4]
    check_staged(t, name, key, result.json)
    return result.json


def automatic(t, url, name, key, *options):
    """Maps automatically; the exit status must say whether something stays open."""
    result = t.run("--json", "map", "auto", url, key, *options, expect=(0, 3))
    check_auto(t, name, key, result.json)
    open_rows = count(t, name, "reqferry_mapping WHERE backupkey = ? AND (status IS NULL OR status = "
                      "'UNMAPPED' OR status = 'MAPPED_AUTO' AND certainty = 'possible')", key)
    t.equal(result.status, 3 if open_rows else 0, "status of map auto")
    return result.json["types"]


def mappings(t, url, key, *filters):
    found = t.run("--json", "map", "list", url, key, *filters).json
    for row in found:
        has_keys(t, row, "type", "key", "dependencies", "spaceKey", "pageType", "pageId", "userKey",
                 "applink", "pageVersion", "title", "url", "username", "extensionDocumentId",
                 "issueKey", "status", "destination", "certainty", "rule", "outcome", "reason")
        assert row["reason"], f"no reason: {row}"
    return found


def edit_one(t, url, key, verb, kind, old):
    """map exclude, clear or confirm of one mapping: the filter must fit nothing else."""
    filters = ("--type", kind, "--find", old)
    found = [(row["key"], row["dependencies"]) for row in mappings(t, url, key, *filters)]
    if [one for one, _ in found] != [old]:
        raise harness.Failure(f"{filters} finds {found}")
    return t.run("map", verb, url, key, *filters, "--yes")


def exclude_one(t, url, name, key, row):
    """As a user who works in SQL does it: the filters of the command line name no single key."""
    with contextlib.closing(t.sqlite(name, write=True)) as db:
        done = db.execute("UPDATE reqferry_mapping SET status = 'EXCLUDED', destinationvalue = NULL WHERE "
                          "backupkey = ? AND type = ? AND key = ? AND dependencies IS ?",
                          (key, row["type"], row["key"], row["dependencies"]))
        assert done.rowcount == 1, row


def decide_one(t, url, name, key, row, new, nothing):
    """Brings one mapping to the truth by hand, as far as it must; returns whether it changed."""
    which = (("--dependencies", row["dependencies"]) if row["dependencies"] else ())
    mapped = row["status"] in ("MAPPED_AUTO", "MAPPED_MANUAL")
    if row["certainty"] == "certain" and row["destination"] != new:
        raise harness.Failure(f"certain, but wrong: should be {new!r}: {row}")
    if new is None:
        if row["type"] == "USER" and row["key"] in nothing:
            t.run("map", "set", url, key, row["type"], row["key"], "", *which)
        else:
            exclude_one(t, url, name, key, row)
        return True
    if mapped and row["destination"] == new:
        return False
    t.run("map", "set", url, key, row["type"], row["key"], new, *which)
    return True


def decide(t, url, name, key, truth, nothing=(), leave=()):
    """Automatic mapping, then by hand what it left open or only guessed, type by type; what depends
    on a decision is mapped automatically again. Certain mappings must be right. leave: pairs of type
    and key that stay unmapped. Returns (type, certainty, right) -> count of the first run."""
    automatic(t, url, name, key)
    score = collections.Counter()
    for row in mappings(t, url, key):
        new = truth.of(row["type"], row["key"], dependency(row))
        score[row["type"], row["certainty"], row["destination"] == new] += 1
    for kind in TYPES:
        changed = False
        for row in mappings(t, url, key, "--type", kind):
            new = truth.of(kind, row["key"], dependency(row))
            if (kind, row["key"]) in leave or (kind == "VERSION" and new is None):
                continue
            changed |= decide_one(t, url, name, key, row, new, nothing)
        t.run("map", "confirm", url, key, "--type", kind, "--certainty", "possible", "--yes")
        if changed:
            automatic(t, url, name, key)
    return score


def settle(t, url, name, key, truth, nothing=(), leave=()):
    """As decide(), where the mapping is not what the test is about: written into the table, as a user who
    works in SQL would."""
    automatic(t, url, name, key)
    with contextlib.closing(t.sqlite(name, write=True)) as db:
        db.execute("BEGIN")
        for row in db.execute("SELECT id, type, key, dependencies FROM reqferry_mapping WHERE backupkey = ?",
                              (key,)).fetchall():
            if (row["type"], row["key"]) in leave:
                continue
            new = truth.of(row["type"], row["key"], dependency(row))
            excluded = new is None and not (row["type"] == "USER" and row["key"] in nothing)
            db.execute("UPDATE reqferry_mapping SET status = ?, destinationvalue = ?, certainty = NULL WHERE "
                       "backupkey = ? AND id = ?", ("EXCLUDED" if excluded else "MAPPED_MANUAL", new, key,
                                                    row["id"]))
        db.execute("COMMIT")


def plan(t, url, key, *options):
    document = t.run("--json", "plan", url, key, *options, expect=(0, 4)).json
    has_keys(t, document, "scope", "erase", "insert", "merge", "exclude", "reject", "unresolved",
             "outside", "blockers", "hash")
    has_keys(t, document["outside"], "kept", "lost", "keptAtOrigin")
    for blocker in document["blockers"]:
        assert blocker["kind"] and blocker["message"] and blocker["hint"], blocker
    return document


def filled(counts):
    return {table: n for table, n in counts.items() if n}


def carry_out(t, url, name, key, confirm, *options):
    """plan, import with the plan's hash, verify. Returns the documents of plan and import. (What became of
    each row, and undo, are checked for every import: see imports.py.)"""
    planned = plan(t, url, key, *options)
    t.equal(planned["blockers"], [], "blockers")
    done = t.run("--json", "import", url, key, "--confirm", confirm, "--plan", planned["hash"],
                 *options).json
    has_keys(t, done, "key", "scope", "erased", "inserted", "merged", "excluded", "rejected", "outside",
             "undoKey", "verified", "seconds")
    t.equal((done["key"], done["verified"]), (key, True))
    for before, after in (("erase", "erased"), ("insert", "inserted"), ("merge", "merged"),
                          ("exclude", "excluded"), ("reject", "rejected")):
        t.equal(filled(done[after]), filled(planned[before]), after)
    rows = count(t, name, "reqferry_item WHERE backupkey = ?", key)
    t.equal(sum(sum(done[word].values()) for word in ("inserted", "merged", "excluded", "rejected")),
            rows, "inserted + merged + excluded + rejected")
    verify(t, url, key)
    return planned, done


def verify(t, url, key, expect=0):
    document = t.run("--json", "verify", url, key, expect=expect).json
    has_keys(t, document, "ok", "tables", "differences")
    t.equal(document["ok"], expect == 0, "ok of verify")
    if expect == 0:
        t.equal(document["differences"], [], "differences")
        for table, counts in document["tables"].items():
            t.equal((counts["found"], counts["different"]), (counts["expected"], 0), table)
    return document


def delete(t, url, name, key):
    """Deletes the staged backup; nothing else may change."""
    before = {table: value for table, value in t.hashes(name).items()
              if not table.startswith("reqferry_")}
    t.run("delete", url, key)
    for table in ("reqferry_backup", "reqferry_item", "reqferry_mapping"):
        t.equal(count(t, name, f"{table} WHERE backupkey = ?", key), 0, f"rows in {table}")
    after = t.hashes(name)
    t.same_hashes(before, {table: after[table] for table in before})
    t.equal([one for one in t.run("--json", "list", url).json if one["key"] == key], [])
