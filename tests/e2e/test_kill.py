"""Killed anywhere, the database is either as before or complete, and the step can be run again.

Real processes are killed at moments spread over the duration of an undisturbed run; and, with the
switch of the database layer, before chosen statements, which are also made to fail.
"""
import contextlib
import hashlib
import random
import shutil
import subprocess

import csvtext
import harness
import steps
import tiny
from tiny import ASSUMED, KEY, NAME

KILLS = 50
# Seconds that an undisturbed run is to take at least; the data grows until it does.
LONG_ENOUGH = 1.0
FIRST_ROWS, MOST_ROWS = 6_000, 640_000
KILLED = -9


def write_file(t, count):
    """A backup of `count` requirements with a property each."""
    with open(t.dir / f"{KEY}.csv", "w", encoding="utf-8", newline="") as out:
        frame = csvtext.backup(csvtext.CONFLUENCE_PLUGIN, "ABC", [("HERE",)])
        head, tail = frame.split("HERE\r\n")
        out.write(head)
        sample = csvtext.record(*tiny.requirement("NUMBER", "R-NUMBER"))
        for number in range(1, count + 1):
            out.write(sample.replace("NUMBER", str(number)))
        sample = csvtext.record(*csvtext.item("DBPROPERTY", "NUMBER", None, "NUMBER", "INLINE", "name",
                                              'a "value", NUMBER'))
        for number in range(1, count + 1):
            out.write(sample.replace("NUMBER", str(number)))
        out.write(csvtext.record(*csvtext.mapping("SPACE", "ABC", title="Alpha")) + tail)


def content(t, name=NAME):
    """A hash of everything but the record of runs and what is made anew each time (times, random
    ids, the new ids of rows). Quicker than harness.hashes() for many rows."""
    volatile = {"reqferry_backup": ("created",), "reqferry_item": ("newid",),
                "reqferry_undo": ("undokey", "created"), "reqferry_undo_row": ("undokey", "rowid_"),
                "reqferry_undo_column": ("undokey",), "reqferry_undo_scope": ("undokey",),
                "reqferry_change": ("changeddate",), "reqferry_batch": ("changeddate",),
                "reqferry_mapping": ("changeddate",)}
    digest = hashlib.sha256()
    with contextlib.closing(t.sqlite(name)) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE "
                                   "'sqlite\\_%' ESCAPE '\\' ORDER BY name").fetchall():
            if table in steps.RECORDS:
                continue
            ours = table.startswith("AO_")
            columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')
                       if row[1] not in volatile.get(table, ()) and not (
                           ours and row[1] in ("ID", "REQUIREMENT_ID", "PARENT_ID", "CHILD_ID"))]
            names, rows = ", ".join(f'"{column}"' for column in columns), 0
            cursor = db.cursor()
            cursor.row_factory = None
            cursor.execute(f'SELECT {names} FROM "{table}"')  # as they lie: the same steps, the same order
            while chunk := cursor.fetchmany(1000):
                digest.update(repr(chunk).encode("utf-8", "surrogatepass"))
                rows += len(chunk)
            if rows or not table.startswith("reqferry_"):
                digest.update(f"{table} {rows}".encode())
    return digest.hexdigest()


def sound(t):
    # for writing, as the next command would: what a killed one left in its journal is rolled back
    with contextlib.closing(t.sqlite(NAME, write=True)) as db:
        t.equal([tuple(row) for row in db.execute("PRAGMA quick_check")], [("ok",)], "quick_check")
        t.equal([tuple(row) for row in db.execute("PRAGMA foreign_key_check")], [], "foreign keys")


def size_up(t, prepare, command):
    """Grows the data until an undisturbed run is long enough; returns its seconds. The database is
    left as `prepare` makes it, a copy of it stands beside."""
    count = FIRST_ROWS
    while True:
        prepare(count)
        for path in t.dir.glob(f"{NAME}-*"):
            raise harness.Failure(f"left behind: {path}")
        shutil.copy(t.dir / NAME, t.dir / "before.db")
        seconds = t.run(*command).seconds
        if seconds >= LONG_ENOUGH or count >= MOST_ROWS:
            return seconds
        count = min(MOST_ROWS, int(count * max(1.5, 1.3 * LONG_ENOUGH / seconds)))


def restore(t):
    for path in t.dir.glob(f"{NAME}-*"):
        path.unlink()
    shutil.copy(t.dir / "before.db", t.dir / NAME)


def kill_at_random(t, prepare, command, seed):
    """Kills the command at moments spread over its duration; returns how many ended as before."""
    seconds = size_up(t, prepare, command)
    complete = content(t)
    restore(t)
    before = content(t)
    assert before != complete
    moments = random.Random(seed)
    kept = killed = 0
    for number in range(KILLS):
        # a little beyond the end, so that the commit and the exit are met too
        moment = seconds * 1.05 * (number + moments.random()) / KILLS
        process = t.start(*command)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.popen.wait(moment)
        process.kill()
        result = process.wait(expect=(0, KILLED))
        killed += result.status == KILLED
        if result.status == 0:  # the machine has more time for us now
            seconds = min(seconds, result.seconds)
        sound(t)
        found = content(t)
        if found not in (before, complete):
            raise harness.Failure(f"neither as before nor complete after {moment:.3f} of {seconds:.3f} s")
        kept += found == before
        if number % 10 == 9 and found == before:
            t.run(*command)
            sound(t)
            t.equal(content(t), complete, "the content after another run")
            found = complete
        if found != before:
            restore(t)
    assert kept >= KILLS // 3 and killed >= KILLS // 3, (kept, killed, seconds)
    t.run(*command)
    t.equal(content(t), complete, "the content after the last run")


def test_load_killed_at_random(t):
    def prepare(count):
        for path in (t.dir / NAME, t.dir / "before.db"):
            path.unlink(missing_ok=True)
        tiny.destination(t)
        write_file(t, count)

    kill_at_random(t, prepare, ["load", t.url(NAME), f"{KEY}.csv"], seed=41)


def test_import_killed_at_random(t):
    def prepare(count):
        for path in (t.dir / NAME, t.dir / "before.db"):
            path.unlink(missing_ok=True)
        url, _ = tiny.destination(t)
        write_file(t, count)
        t.run("load", url, f"{KEY}.csv")
        t.run("map", "auto", url, KEY)

    kill_at_random(t, prepare, ["import", t.url(NAME), KEY, *ASSUMED, "--confirm", "ABC"], seed=42)


# --- at statements -----------------------------------------------------------------------------------


def statements(t, command):
    """How many statements the command runs."""
    report = t.dir / "statements"
    t.run(*command, env={"REQFERRY_FAULT": f"report:{report}"})
    number = int(report.read_text().split()[0])
    assert number > 5, number
    return number


def fault_everywhere(t, command, points):
    shutil.copy(t.dir / NAME, t.dir / "before.db")
    before = content(t)
    last = statements(t, command)
    complete = content(t)
    assert before != complete
    numbers = sorted({1 + round(place * (last - 1) / (points - 1)) for place in range(points)})
    kinds = set()
    for place, number in enumerate(numbers):
        kind = ("kill", "error", "cut")[place % 3]
        restore(t)
        result = t.run(*command, env={"REQFERRY_FAULT": f"{kind}:{number}"}, expect=None if kind != "kill"
                       else KILLED)
        kinds.add((kind, result.status))
        if kind != "kill":
            assert result.err or result.status == 0, f"{kind}:{number} said nothing"
        sound(t)
        found = content(t)
        if found not in (before, complete) or found == complete and kind != "kill" and result.status:
            raise harness.Failure(f"neither as before nor complete after {kind}:{number} of {last}")
        if found == before:
            assert result.status != 0, f"{kind}:{number} was not noticed"
            t.run(*command)
        t.equal(content(t), complete, f"another run after {kind}:{number}")
    assert {("kill", KILLED), ("error", 1), ("cut", 10)} <= kinds, kinds


def test_load_with_faults_at_statements(t):
    url, _ = tiny.destination(t)
    tiny.write(t)
    fault_everywhere(t, ["load", url, f"{KEY}.csv"], 40)


def test_import_with_faults_at_statements(t):
    url, _ = tiny.ready(t)
    fault_everywhere(t, ["import", url, KEY, *ASSUMED, "--confirm", "ABC"], 60)


def test_disturbed_runs_are_recorded(t):
    """A killed run has no end in the record, a failed one says that it failed."""
    url, _ = tiny.ready(t)
    command = ["import", url, KEY, *ASSUMED, "--confirm", "ABC"]
    shutil.copy(t.dir / NAME, t.dir / "before.db")
    last = statements(t, command)
    restore(t)
    t.run(*command, env={"REQFERRY_FAULT": f"kill:{last // 2}"}, expect=KILLED)
    t.run(*command, env={"REQFERRY_FAULT": f"error:{last // 2}"}, expect=1)
    states = [row["state"] for row in t.rows(
        NAME, "SELECT state FROM reqferry_run WHERE step = 'import' ORDER BY started")]
    assert states[-1] == "failed" and states[-2] in ("running", "interrupted"), states
