"""Kills at random moments: what the tests and the long run (tests/soak/kills) share.

Which of them fell inside the step's transaction is not guessed from the clock. The process is stopped
first, and while it stands still two things are looked at: whether it is the one that holds the write
lock of the database (SQLite locks byte 120 of the -shm file for that; the kernel tells whose lock it
is), and whether the record of its run, which is committed before the transaction begins, can be read
as running. Then it is killed. If afterwards the rows are as before, the transaction was open.
"""
import contextlib
import fcntl
import os
import random
import resource
import shutil
import signal
import sqlite3
import struct
import subprocess

import csvtext
import faults
import harness
import tiny
from tiny import ASSUMED, KEY, NAME

BEFORE, COMPLETE = f"before-{NAME}", f"complete-{NAME}"
WRITE_LOCK_BYTE = 120
FLOCK = "hhqqi4x"  # struct flock: type, whence, start, length, process
# A requirement of some size, so that there is more than SQLite keeps in memory before it writes.
EXCERPT = "".join(f"<p>The door is closed before step {number} begins.</p>" for number in range(20))


def writer(path):
    """The process that holds the write lock of a database in WAL mode; None if nobody does.

    This process must not have the database open: closing the file drops its own locks on it."""
    try:
        with open(f"{path}-shm", "r+b") as file:
            asked = struct.pack(FLOCK, fcntl.F_WRLCK, os.SEEK_SET, WRITE_LOCK_BYTE, 1, 0)
            kind, *_, process = struct.unpack(FLOCK, fcntl.fcntl(file, fcntl.F_GETLK, asked))
    except FileNotFoundError:
        return None
    return process if kind != fcntl.F_UNLCK else None


def write_file(t, count):
    """A backup of `count` requirements with a property each."""
    with open(t.dir / f"{KEY}.csv", "w", encoding="utf-8", newline="") as out:
        frame = csvtext.backup(csvtext.CONFLUENCE_PLUGIN, "ABC", [("HERE",)])
        head, tail = frame.split("HERE\r\n")
        out.write(head)
        sample = csvtext.record(*tiny.requirement("NUMBER", "R-NUMBER", HTMLEXCERPT=EXCERPT))
        for number in range(1, count + 1):
            out.write(sample.replace("NUMBER", str(number)))
        sample = csvtext.record(*csvtext.item("DBPROPERTY", "NUMBER", None, "NUMBER", "INLINE", "name",
                                              'a "value", NUMBER'))
        for number in range(1, count + 1):
            out.write(sample.replace("NUMBER", str(number)))
        out.write(csvtext.record(*csvtext.mapping("SPACE", "ABC", title="Alpha")) + tail)


def prepare(t, step, count):
    """The database just before the step; returns its command."""
    for path in t.dir.glob(f"*{NAME}*"):
        path.unlink()
    url, _ = tiny.destination(t)
    write_file(t, count)
    if step == "load":
        return ["load", url, f"{KEY}.csv"]
    t.run("load", url, f"{KEY}.csv")
    t.run("map", "auto", url, KEY)
    command = ["import", url, KEY, *ASSUMED, "--confirm", "ABC"]
    t.run(*command)
    if step == "import":
        return command  # once more: what is there is copied and erased
    return ["undo", url, KEY, "--confirm", "ABC"]


class Kills:
    """A step that takes at least `least` seconds undisturbed, to be killed again and again.

    The data grow until the step needs the processor that long: then it cannot be quicker when the
    machine is less busy. If a whole run is quicker all the same, everything begins anew with more data.
    """

    def __init__(self, t, step, least):
        self.t, self.step, self.least = t, step, least
        self.count = 1_000
        self.size_up()

    def size_up(self):
        t = self.t
        while True:
            self.command = prepare(t, self.step, self.count)
            faults.keep(t, NAME)
            self.seconds = float("inf")  # the quickest whole run
            busy = self.whole_run()
            if busy >= 1.1 * self.least:
                break
            self.count = int(self.count * max(1.2, min(20, 1.2 * self.least / busy)))
        shutil.copy(t.dir / NAME, t.dir / COMPLETE)
        faults.restore(t, NAME)
        assert faults.differs(t, NAME, COMPLETE), "the step changes nothing"
        self.fresh = True   # the database is as `before`, but for records of runs
        self.killed = self.inside = self.spilled = self.kept = self.again = 0

    def whole_run(self):
        """Runs the step to its end; returns the seconds that it kept the processor busy."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.seconds = min(self.seconds, self.t.run(*self.command, timeout=900).seconds)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    def stop(self, process):
        """Stops it; False when it has ended meanwhile."""
        process.popen.send_signal(signal.SIGSTOP)
        found = os.waitid(os.P_PID, process.popen.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        return found.si_code == os.CLD_STOPPED

    def is_inside(self, process):
        if writer(self.t.dir / NAME) != process.popen.pid:
            return False
        self.spilled += (self.t.dir / f"{NAME}-wal").stat().st_size > 1 << 20
        try:
            return faults.state_of_last_run(self.t, NAME) == "running"
        except sqlite3.OperationalError:  # locked: it recovers what the last kill left, and has not begun
            return False

    def kill(self, moment):
        """Runs the step and kills it after a part (0 to 1) of its time, unless it ends before; looks at
        what is left."""
        t, inside, killed = self.t, False, False
        if not self.fresh:
            faults.restore(t, NAME)
        t.results.clear()
        process = t.start(*self.command)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.popen.wait(self.seconds * moment)
        if process.popen.poll() is None and self.stop(process):
            inside, killed = self.is_inside(process), True
        process.kill()
        result = process.wait(expect=(0, faults.KILLED))
        if not killed:
            self.seconds, self.fresh = min(self.seconds, result.seconds), False
            t.equal(faults.differs(t, NAME, COMPLETE), None, "what differs after a run that ended")
            self.check_length()
            return
        copy = faults.copy_of(t, NAME)
        change = faults.differs(t, copy, BEFORE)
        lack = change and faults.differs(t, copy, COMPLETE)
        if lack:
            raise harness.Failure(f"neither as before ({change}) nor complete ({lack}) after {moment} of "
                                  f"{self.seconds:.3f} s")
        self.killed += 1
        self.fresh = not change
        self.kept += self.fresh
        self.inside += inside and self.fresh

    def run_again(self):
        """The step once more, on what the last kill left."""
        t = self.t
        if not self.fresh:
            return
        self.whole_run()
        faults.sound(t, NAME)
        t.equal(faults.differs(t, NAME, COMPLETE), None, "what differs after another run")
        self.fresh = False
        self.again += 1
        self.check_length()

    def check_length(self):
        if self.seconds < self.least:
            print(f"    {self.step}: {self.seconds:.1f} s are too few, once more with more data")
            self.count = int(1.3 * self.count)
            self.size_up()

    def __str__(self):
        return (f"{self.step}: {self.killed} kills in runs of {self.seconds:.1f} s or more ({2 * self.count} rows), "
                f"{self.inside} inside the transaction ({self.spilled} with pages of it in the journal), "
                f"{self.kept} left all as before, {self.again} runs after a kill")


def moments(seed):
    return random.Random(seed)
