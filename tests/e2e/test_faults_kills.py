"""Killed from outside at random moments: as before or complete, and another run ends well."""
import contextlib
import sqlite3
import subprocess
import sys

import faults
import kills
import tiny

LOCKER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


def test_the_write_lock_is_seen(t):
    """The proof that a kill fell inside a transaction must itself be able to fail."""
    tiny.destination(t)
    path = t.dir / tiny.NAME
    t.equal(kills.writer(path), None, "without a journal")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        holder = subprocess.Popen([sys.executable, "-c", LOCKER, path], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        holder.stdout.readline()
        t.equal(kills.writer(path), holder.pid, "the holder of the lock")
        holder.communicate()
        db.execute("SELECT count(*) FROM content").fetchone()
        t.equal(kills.writer(path), None, "with a reader only")


def test_import_killed_at_random(t):
    """50 kills of an import of at least 3 s, of which at least 40 fall inside its transaction; every
    third is followed by a whole run, the others by the next killed one. Fewer in a sanitizer build."""
    wanted = 9 if faults.sanitized(t) else 50
    step = kills.Kills(faults.quick(t), "import", least=3.0)
    moments = kills.moments(42)
    while step.killed < wanted:
        step.kill(moments.uniform(0.0, 0.97))
        if step.killed % 3 == 0:
            step.run_again()
    print(f"    {step}")
    assert step.inside >= wanted * 4 // 5 and step.again >= wanted // 4, str(step)


def test_load_killed_at_random(t):
    wanted = 6 if faults.sanitized(t) else 30
    step = kills.Kills(faults.quick(t), "load", least=1.0)
    moments = kills.moments(41)
    while step.killed < wanted:
        step.kill(moments.uniform(0.0, 1.05))
        if step.killed % 5 == 0:
            step.run_again()
    print(f"    {step}")
    assert step.inside >= wanted // 2, str(step)


test_import_killed_at_random.timeout = 1200
test_load_killed_at_random.timeout = 600
