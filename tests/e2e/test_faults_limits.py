"""Too few file handles; databases and folders that may not be written; databases that others lock."""
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time

import faults
import harness
import tiny
from tiny import ASSUMED, KEY, NAME

HOLDER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    db.execute(statement).fetchall()
print("locked", flush=True)
sys.stdin.read()
"""
# The loader has not found the libraries: that was before our first line.
NOT_LOADED = 127


def changing(t, url):
    """Every changing step by a name, each of which would do something."""
    copy = t.rows(NAME, "SELECT undokey FROM reqferry_undo")[0]["undokey"]
    return {
        "load": ["load", url, f"{KEY}.csv", "--key", "two"],
        "export": ["export", url, "three", "--all"],
        "map auto": ["map", "auto", url, KEY],
        "map set": ["map", "set", url, KEY, "USER", "u1", ""],
        "map exclude": ["map", "exclude", url, KEY, "--type", "USER", "--yes"],
        "import": ["import", url, KEY, *ASSUMED, "--confirm", "ABC"],
        "undo": ["undo", url, KEY, "--confirm", "ABC"],
        "delete": ["delete", url, KEY],
        "delete a copy": ["delete", url, copy, "--force"],
        "clean": ["clean", url, "--older-than", "0"],
        "clean all": ["clean", url, "--all", "--yes", "--force"],
    }


def imported(t):
    url, _ = tiny.ready(t)
    t.run("import", url, KEY, *ASSUMED, "--confirm", "ABC")
    return url


# --- file handles ------------------------------------------------------------------------------------


def test_too_few_file_handles(t):
    """From none to enough: never a crash, a hang or half a result."""
    t = faults.quick(t)
    url = faults.wiki_mapped(t)
    steps_of = {
        "load": ["load", url, "move.csv", "--key", "two"],
        "export": ["export", url, "out", "--space", "ABC", "--file", "out.csv"],
        "import": ["import", url, "move", *faults.ASSUMED, "--confirm", "ABC"],
        "undo": ["undo", url, "move", "--confirm", "ABC"],
    }
    for name, command in steps_of.items():
        if name != "load":
            faults.restore(t, "destination.db")
        if name == "undo":
            t.run(*steps_of["import"])
        faults.keep(t, "destination.db")
        before = faults.content(t, "destination.db")
        t.run(*command)
        complete = faults.content(t, "destination.db")
        failed, handles = 0, 3
        while True:
            faults.restore(t, "destination.db")
            for path in t.dir.glob("out.csv*"):
                path.unlink()
            result = faults.limited(t, f"--nofile={handles}", "--json", *command, timeout=30,
                                    expect=(0, 1, NOT_LOADED))
            found = faults.content(t, "destination.db")
            files = sorted(path.name for path in t.dir.glob("out.csv*"))
            if result.status == 0:
                break
            what = f"{name} with {handles} handles"
            if result.status == NOT_LOADED:
                t.contains(result.err, "cannot open shared object file")
            else:
                error = result.json["error"]
                t.equal(error["kind"], "io", what)
                t.contains(error["hint"], "ulimit -n", what)
                failed += 1
            t.equal(files, [], f"files after {what}")
            if found != before and not (name == "export" and "in staging" in result.err):
                raise harness.Failure(f"half a result of {what}:\n{result}")
            handles += 1
            assert handles < 40, result
        t.equal(found, complete, f"the content after {name} with {handles} handles")
        assert failed >= 2, f"{name} works with {handles} handles"


# --- rights ------------------------------------------------------------------------------------------


def test_what_may_not_be_written(t):
    """The file, its folder, or both: every changing step is refused and names what it cannot write."""
    url = imported(t)
    before = t.hashes(NAME)
    commands = changing(t, url)
    program, folder = t.program, t.dir / "rights"
    folder.mkdir()
    here = folder / NAME
    for file_mode, folder_mode in ((0o444, 0o777), (0o666, 0o555), (0o444, 0o555)):
        os.chmod(folder, 0o755)
        here.unlink(missing_ok=True)
        here.write_bytes((t.dir / NAME).read_bytes())
        os.chmod(here, file_mode)
        os.chmod(folder, folder_mode)
        for name, command in commands.items():
            command = [str(one).replace(url, f"sqlite:{here}") for one in command]
            error = as_nobody(t, program, "--json", *command, expect=1).json["error"]
            what = f"{name} with {file_mode:o} in {folder_mode:o}"
            t.equal(error["kind"], "read-only", what)
            t.contains(error["message"], NAME)
            t.contains(error["hint"], "user", what)
            t.equal([path.name for path in folder.iterdir()], [NAME], what)
    os.chmod(folder, 0o755)
    t.same_hashes(before, t.hashes(f"rights/{NAME}"))


def as_nobody(t, program, *args, **more):
    """As a user who owns nothing; all but the rights of the database's folder are as ever."""
    if os.getuid() != 0:
        return t.run(*args, **more)
    own = t.dir / "reqferry"
    if not own.exists():
        own.write_bytes(program.read_bytes())
        os.chmod(own, 0o755)
        os.chmod(t.dir, 0o755)
        os.chmod(t.dir / ".sanitizer", 0o777)
    t.program = "/usr/bin/setpriv"
    try:
        return t.run("--reuid=65534", "--regid=65534", "--clear-groups", own, *args, **more)
    finally:
        t.program = program


# --- locks -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def held(t, *statements):
    """Another program that holds a lock, until the block ends."""
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, t.dir / NAME, *statements],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"locked\n"
        yield holder
    finally:
        holder.communicate()


def locked(t, commands, *words):
    for name, command in commands.items():
        result = t.run("--json", *command, expect=11)
        error = result.json["error"]
        t.equal(error["kind"], "locked", name)
        t.contains(error["hint"], "Wait until", name)
        for word in words:
            t.contains(error["message"], word, name)
        assert 0.3 <= result.seconds < 20, f"{name} waited {result.seconds} s"


def test_locked_by_another_writer(t):
    """Every changing step gives up after its time, with nothing changed."""
    url = imported(t)
    before = t.hashes(NAME)
    commands = changing(t, f"{url}?timeout=300")
    for statements in (["BEGIN IMMEDIATE"], ["BEGIN EXCLUSIVE"],
                       ["PRAGMA locking_mode = EXCLUSIVE", "BEGIN IMMEDIATE", "DELETE FROM bandana"]):
        with held(t, *statements):
            locked(t, commands, NAME, "locked by another program")
    # and in the mode of a database that reqferry has not met yet
    with contextlib.closing(sqlite3.connect(t.dir / NAME, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    for statements in (["BEGIN IMMEDIATE"], ["BEGIN EXCLUSIVE"]):
        with held(t, *statements):
            locked(t, commands, NAME, "locked by another program")
    t.same_hashes(before, t.hashes(NAME))
    for name in ("map auto", "import", "undo"):
        t.run(*commands[name], expect=(0, 3))


def slow(t):
    """A trigger that makes the erasing of one row last for ever, in one statement."""
    with contextlib.closing(t.sqlite(NAME, write=True)) as db:
        db.execute("""CREATE TRIGGER slow AFTER DELETE ON "AO_32F7CE_DBTRACEABILITYMATRIX" BEGIN
            DELETE FROM "AO_32F7CE_DBAPPLINK" WHERE "ID" IN (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL
            SELECT x + 1 FROM n WHERE x > 0) SELECT -count(*) FROM n); END""")


def wait_for(what, process):
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end and process.popen.poll() is None, process.err
        time.sleep(0.02)


def has_open(process, name):
    folder = f"/proc/{process.popen.pid}/fd"
    with contextlib.suppress(FileNotFoundError):
        return any(os.readlink(f"{folder}/{one}").endswith(name) for one in os.listdir(folder))
    return False


def cpu_seconds(process):
    with open(f"/proc/{process.popen.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_cancel_in_a_long_statement(t):
    """The signals of Ctrl-C and of a service manager interrupt a statement that would never end."""
    url, _ = tiny.ready(t)
    slow(t)
    before = faults.content(t, NAME)
    for number in (signal.SIGINT, signal.SIGTERM):
        process = t.start("import", url, KEY, *ASSUMED, "--confirm", "ABC")
        # more than the whole import takes without the trigger: it is in that statement
        wait_for(lambda: cpu_seconds(process) > 1.5, process)
        t.equal(faults.state_of_last_run(t, NAME), "running")
        sent = time.monotonic()
        process.popen.send_signal(number)
        result = process.wait(expect=130, timeout=20)
        assert time.monotonic() - sent < 5, "the statement was not interrupted at once"
        t.contains(result.err, "interrupted")
        t.equal(faults.state_of_last_run(t, NAME), "cancelled")
        t.equal(faults.content(t, NAME), before, "the content after it was cancelled")
        faults.sound(t, NAME)
    with contextlib.closing(t.sqlite(NAME, write=True)) as db:
        db.execute("DROP TRIGGER slow")
    t.run("import", url, KEY, *ASSUMED, "--confirm", "ABC")


def test_the_step_that_holds_the_lock_is_named(t):
    """Another step of reqferry runs: whose, which, since when. Waiting for it can be cancelled, too."""
    url, _ = tiny.ready(t)
    slow(t)
    before = faults.content(t, NAME)
    running = t.start("--as", "ann", "import", url, KEY, *ASSUMED, "--confirm", "ABC")
    wait_for(lambda: cpu_seconds(running) > 1.5, running)
    short = f"{url}?timeout=300"
    started = t.rows(NAME, "SELECT started FROM reqferry_run WHERE state = 'running'")[0]["started"]
    locked(t, {"load": ["load", short, f"{KEY}.csv", "--key", "two"], "delete": ["delete", short, KEY],
               "import": ["import", short, KEY, *ASSUMED, "--confirm", "ABC"],
               "map auto": ["map", "auto", short, KEY], "clean": ["clean", short],
               "map set": ["map", "set", short, KEY, "USER", "u1", ""]},
           f'"import" of "{KEY}", begun by "ann" at {started}', f"process {running.popen.pid}")
    t.equal(t.run("--json", "list", url).json[0]["key"], KEY)
    waiting = t.start("delete", f"{url}?timeout=600000", KEY)
    wait_for(lambda: has_open(waiting, f"{NAME}-shm"), waiting)
    waiting.popen.send_signal(signal.SIGINT)
    t.contains(waiting.wait(expect=130, timeout=20).err, "interrupted")
    running.popen.send_signal(signal.SIGINT)
    running.wait(expect=130, timeout=20)
    t.equal(faults.content(t, NAME), before)
    # a run whose process is gone holds nothing
    with contextlib.closing(t.sqlite(NAME, write=True)) as db:
        db.execute("UPDATE reqferry_run SET state = 'running'")
    with held(t, "BEGIN IMMEDIATE"):
        error = t.run("--json", "delete", short, KEY, expect=11).json["error"]
        assert "ann" not in error["message"], error
