"""What the tests of faults share: worlds that are small and hold a row of each kind, what must not
differ after a fault, and loops over the statements of a step.

A fault is injected by the switch of the database layer, see src/db/db.h.
"""
import contextlib
import ctypes
import fnmatch
import hashlib
import os
import shutil
import subprocess
import tempfile

import csvtext
import harness
import steps
import test_outside
import world
import world_confluence
import world_jira

KILLED = -9
ASSUMED = ("--accept", "assumed,possible")
# What is made anew each time: times, random ids. Whether there is a value counts.
VOLATILE = {"reqferry_backup": ("created", "exported"), "reqferry_change": ("changeddate",),
            "reqferry_batch": ("changeddate",), "reqferry_mapping": ("changeddate",),
            "reqferry_undo": ("undokey", "created", "undone", "deleted"),
            "reqferry_undo_row": ("undokey",), "reqferry_undo_column": ("undokey",),
            "reqferry_undo_scope": ("undokey",)}


def sanitized(t):
    """True when the program under test is a sanitizer build, which is several times slower."""
    return b"__asan_init" in t.program.read_bytes()


def quick(t):
    """A context for thousands of runs, which nobody watches but the test. Its folder lies in memory, where
    that is there: nothing waits for a disk. What a process that was killed had given to the system is
    the same on both."""
    base = "/dev/shm"
    if not (os.access(base, os.W_OK) and shutil.disk_usage(base).free > 4 << 30):
        base = t.dir
    folder = tempfile.mkdtemp(prefix="reqferry-e2e-", dir=base)
    t._stack.callback(shutil.rmtree, folder, ignore_errors=True)
    inner = harness.Context(t.program, folder)
    t._stack.callback(inner.check_sanitizers)
    t._stack.callback(inner.close)
    return inner


# --- content -----------------------------------------------------------------------------------------


def content(t, path):
    """A hash of all rows and columns, ids too, but of the record of runs and what is VOLATILE; our own
    tables count when they hold rows."""
    digest = hashlib.sha256()
    with contextlib.closing(t.sqlite(path)) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE "
                                   "'sqlite\\_%' ESCAPE '\\' ORDER BY name").fetchall():
            if table in steps.RECORDS:
                continue
            volatile = VOLATILE.get(table, ())
            names = ", ".join(f'"{row[1]}"' + (" IS NULL" if row[1] in volatile else "")
                              for row in db.execute(f'PRAGMA table_info("{table}")'))
            rows = 0
            cursor = db.cursor()
            cursor.row_factory = None
            cursor.execute(f'SELECT {names} FROM "{table}"')  # as they lie: the same steps, the same order
            while chunk := cursor.fetchmany(1000):
                digest.update(repr(chunk).encode("utf-8", "surrogatepass"))
                rows += len(chunk)
            if rows or not table.startswith("reqferry_"):
                digest.update(f"{table} {rows} {names}".encode())
    return digest.hexdigest()


def differs(t, path, other):
    """The same as comparing content(), for many rows: compares row by row by rowid, in SQL. Returns what
    differs, None if nothing does."""
    with contextlib.closing(t.sqlite(path)) as db:
        db.execute("ATTACH ? AS other", (f"{(t.dir / other).as_uri()}?mode=ro",))
        both = [{row[0] for row in db.execute(
            f"SELECT name FROM {where}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
            "ESCAPE '\\'")} for where in ("main", "other")]
        for table in sorted((both[0] | both[1]) - set(steps.RECORDS)):
            counts = [db.execute(f'SELECT count(*) FROM {where}."{table}"').fetchone()[0]
                      if table in names else 0 for where, names in zip(("main", "other"), both)]
            if counts[0] != counts[1]:
                return f"{table} has {counts[0]} rows and not {counts[1]}"
            if not counts[0]:
                continue
            volatile = VOLATILE.get(table, ())
            columns = [row[1] for row in db.execute(f'PRAGMA main.table_info("{table}")')]
            same = " AND ".join(f'(a."{one}" IS NULL) = (b."{one}" IS NULL)' if one in volatile
                                else f'a."{one}" IS b."{one}"' for one in columns)
            equal = db.execute(f'SELECT count(*) FROM main."{table}" a JOIN other."{table}" b ON '
                               f"a.rowid = b.rowid WHERE {same}").fetchone()[0]
            if equal != counts[0]:
                return f"{counts[0] - equal} rows of {table} differ"
    return None


def state_of_last_run(t, path):
    """The state that the last run is recorded in, None if there is no record."""
    with contextlib.closing(t.sqlite(path)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'reqferry_run'").fetchone():
            return None
        row = db.execute("SELECT state FROM reqferry_run ORDER BY started DESC, rowid DESC").fetchone()
        return row and row[0]


def sound(t, path, orphans=()):
    """orphans: what the check of foreign keys finds in an undisturbed database."""
    with contextlib.closing(t.sqlite(path, write=True)) as db:
        t.equal([tuple(row) for row in db.execute("PRAGMA quick_check")], [("ok",)], "quick_check")
        t.equal([tuple(row) for row in db.execute("PRAGMA foreign_key_check")
                 if tuple(row) not in orphans], [], "foreign keys")


def copy_of(t, name, orphans=()):
    """A copy of the database as the last process left it, its journal included, which is then rolled
    back or forward in the copy: the database itself stays as it was found."""
    for suffix in ("", "-wal", "-journal"):
        source, target = t.dir / f"{name}{suffix}", t.dir / f"copy-{name}{suffix}"
        if source.exists():
            shutil.copy(source, target)
        else:
            target.unlink(missing_ok=True)
    (t.dir / f"copy-{name}-shm").unlink(missing_ok=True)
    sound(t, f"copy-{name}", orphans)
    return f"copy-{name}"


def keep(t, name):
    """Remembers the database for restore()."""
    left = [path.name for path in t.dir.glob(f"{name}-*")]
    t.equal(left, [], "left behind")
    shutil.copy(t.dir / name, t.dir / f"before-{name}")


def restore(t, name):
    for path in t.dir.glob(f"{name}-*"):
        path.unlink()
    shutil.copy(t.dir / f"before-{name}", t.dir / name)


# --- worlds ------------------------------------------------------------------------------------------


def wiki(t):
    """A destination and a backup file with its manifest: rows of each kind, references that leave the
    scope in all directions, and some that are there already. Returns the INSTANCE; key "move"."""
    old, new = test_outside.origin_site(t), test_outside.destination_site(t)
    with world_confluence.Site(t.dir / "origin.db", 900_000, 2, None) as site:
        site.users, site.word = {}, "there"
        user = site.user("ada", ("ada@x.example", "Ada", True, 1))
        first, second = (row["ID"] for row in t.rows(
            "origin.db", """SELECT "ID" FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'ABC' LIMIT 2"""))
        for number, name in ((first, "one"), (second, "two")):
            site.ry("DBPROPERTY", REQUIREMENT_ID=number, TYPE="INLINE", NAME=name, VALUE='a "value"')
        site.ry("DBTRACEABILITYMATRIX", SPACEKEY="ABC", NAME="matrix", QUERY="key ~ 'R'", CREATEDUSER=user)
    with world_confluence.Site(t.dir / "destination.db", 900_000, 2, None) as site:
        site.users, site.word = {}, "here"
        site.user("ada", ("ada@x.example", "Ada", True, 1))
        number = t.rows("destination.db", """SELECT "ID" FROM "AO_32F7CE_DBREQUIREMENT"
            WHERE "SPACEKEY" = 'ABC' LIMIT 1""")[0]["ID"]
        site.ry("DBPROPERTY", REQUIREMENT_ID=number, TYPE="INLINE", NAME="here", VALUE="before")
        site.ry("DBTRACEABILITYMATRIX", SPACEKEY="ABC", NAME="here before")
    steps.export(t, old, "origin.db", "move", "move.csv", "--space", "ABC")
    return new


def wiki_mapped(t):
    url = wiki(t)
    steps.load(t, url, "destination.db", "move.csv")
    t.run("map", "auto", url, "move", "--open-ok")
    t.run("map", "set", url, "move", "SPACE", "ABC", "ABC")
    return url


def jira(t):
    """A Jira with rows to be erased and to be merged with; the backup brings requirements, links and an
    audit trail with JSON. Loaded and mapped. Returns the INSTANCE; key "trail"."""
    link, here = "11111111-1111-3000-8000-000000000001", "eeeeeeee-1111-3000-8000-000000000001"
    url = world.create(t, "jira.db", "jira")
    with world_jira.Site(t.dir / "jira.db", 400, 9, "here") as site:
        site.user("ada", None, "ada@x.example", "Ada")
        site.applink(here, "Wiki", "http://wiki.example")
        tio, other = site.project("TIO", "Toolbox"), site.project("ZZZ", "Other")
        issues = [site.issue(tio, number, f"Task {number}") for number in (1, 2, 3)]
        foreign = site.issue(other, 1, "Elsewhere")
        made = [site.ry("DBREMOTEREQUIREMENT", APPLINK=here, SPACEKEY="SG", KEY=key, BASELINE=None,
                        TITLE="as it is here", FLAGDELETED=0) for key in ("R-1", "R-9", "R-8")]
        for issue, requirement in ((issues[0], made[0]), (foreign, made[0]), (issues[1], made[1]),
                                   (foreign, made[2])):
            site.ry("DBISSUELINK", ISSUEID=issue, ISSUEKEY="x", REQUIREMENT_ID=requirement,
                    RELATIONSHIP="earlier")
        site.ry("DBRILAUDITTRAILITEM", ISSUEID=issues[0], ISSUEKEY="TIO-1", LINKS="[]", SUCCESS=1)

    def remote(number, key):
        return csvtext.item("DBREMOTEREQUIREMENT", number, None, link, "SF", key, None, "false",
                            None, "false", key, None)

    trail = '[ {"spaceKey":"SF", "url":"/requirements/SF/R-2"} ]'
    rows = [csvtext.item("DBRILAUDITTRAILITEM", 1, None, 77, "TIO-1", None, None, trail, None, trail, "true"),
            remote(2, "R-1"), remote(3, "R-2"), remote(4, "R-3"),
            csvtext.item("DBISSUELINK", 5, None, 77, "TIO-1", "implements", 2),
            csvtext.item("DBISSUELINK", 6, None, 78, "TIO-2", "implements", 3),
            csvtext.item("DBISSUELINK", 7, None, 79, "TIO-3", "left out", 4)]
    mappings = [*(csvtext.mapping("ISSUE", n + 76, title=f"Task {n}", issuekey=f"TIO-{n}")
                  for n in (1, 2, 3)),
                csvtext.mapping("APPLINK", link, title="Wiki", url="http://wiki.example"),
                csvtext.mapping("SPACE", "SF", link)]
    (t.dir / "trail.csv").write_text(
        csvtext.backup(csvtext.JIRA_PLUGIN, "TIO", rows + mappings), "utf-8", newline="")
    steps.load(t, url, "jira.db", "trail.csv")
    t.run("map", "auto", url, "trail", "--open-ok")
    t.run("map", "set", url, "trail", "SPACE", "SF", "SG", "--dependencies", link, "--force")
    t.run("map", "confirm", url, "trail", "--all", "--yes")
    t.run("map", "exclude", url, "trail", "--type", "ISSUE", "--key", "79", "--yes")
    return url


# --- loops -------------------------------------------------------------------------------------------


def statements(t, command, status=0):
    """How many statements the command runs."""
    report = t.dir / "statements"
    t.run(*command, env={"REQFERRY_FAULT": f"report:{report}"}, expect=status)
    number = int(report.read_text().split()[0])
    report.unlink()
    assert number > 5, number
    return number


class Loop:
    """One changing step, disturbed at its statements.

    name: the database; command: the step; status: with which it ends undisturbed; recorded: whether it
    is a step that reqferry_run records; there the record must be empty at first.
    """

    def __init__(self, t, name, command, status=0, recorded=True):
        self.t, self.name, self.command, self.status, self.recorded = t, name, command, status, recorded
        self.temporary = t.dir / "temporary"
        self.temporary.mkdir(exist_ok=True)
        keep(t, name)
        self.before = content(t, name)
        with contextlib.closing(t.sqlite(name)) as db:
            self.orphans = {tuple(row) for row in db.execute("PRAGMA foreign_key_check")}
        self.last = statements(t, command, status)
        self.complete = content(t, name)
        assert self.before != self.complete, "the step changes nothing"
        restore(t, name)
        self.run()
        t.equal(content(t, name), self.complete, "the content after a second undisturbed run")
        restore(t, name)
        self.files = self.listed()

    def listed(self):
        """The files that are there; the sanitizers', the harness's and our own copy aside."""
        return {path.name for path in self.t.dir.iterdir()
                if not path.name.startswith(".") and not fnmatch.fnmatch(path.name, "copy-*")}

    def run(self, fault=None, expect=None):
        env = {"SQLITE_TMPDIR": self.temporary}
        if fault:
            env["REQFERRY_FAULT"] = fault
        self.t.results.clear()
        return self.t.run(*self.command, env=env, expect=self.status if expect is None else expect)

    def left(self, what, *more):
        self.t.equal(self.listed() - {f"{self.name}{one}" for one in more}, self.files,
                     f"the files after {what}")
        self.t.equal(os.listdir(self.temporary), [], f"temporary files after {what}")

    def fault(self, kind, number):
        """One fault; returns "before" or "complete"."""
        t, fault = self.t, f"{kind}:{number}"
        expect = {"kill": KILLED, "cancel": (130, self.status), "error": (1, self.status),
                  "cut": (10, self.status)}[kind]
        restore(t, self.name)
        result = self.run(fault, expect)
        what = f"{fault} of {self.last} in {' '.join(map(str, self.command))}"
        copy = copy_of(t, self.name, self.orphans)
        found, state = content(t, copy), state_of_last_run(t, copy)
        if found not in (self.before, self.complete):
            raise harness.Failure(f"neither as before nor complete after {what}:\n{result}")
        if kind != "kill":
            self.left(what)
            done = result.status == self.status or " is done, " in result.err
            if found != (self.complete if done else self.before):
                raise harness.Failure(f"the status is not what was done after {what}:\n{result}")
        else:
            self.left(what, "-wal", "-shm")
        self.check_record(kind, state, found, what)
        if found == self.before and kind != "kill":
            assert result.err, f"{what} said nothing"
        # what an error or a cancel leaves is all in the content; a kill leaves its journal too
        if found == self.before and (kind == "kill" or number % 4 == 0):
            self.run()
            self.left(f"another run after {what}")
            t.equal(content(t, self.name), self.complete, f"another run after {what}")
        return "before" if found == self.before else "complete"

    def check_record(self, kind, state, found, what):
        if not self.recorded:
            return
        allowed = {("kill", self.before): (None, "running"), ("kill", self.complete): ("running", "done"),
                   ("error", self.before): (None, "failed"), ("error", self.complete): ("running", "done"),
                   ("cut", self.before): (None, "running"), ("cut", self.complete): ("running", "done"),
                   ("cancel", self.before): (None, "cancelled"), ("cancel", self.complete): ("done",)}
        if state not in allowed[kind, found]:
            raise harness.Failure(f"the run is recorded as {state} after {what}")

    def everywhere(self, kinds=("kill", "error", "cancel"), stride=1):
        """Each kind at every statement (or each stride-th), cut at every fifth; in a sanitizer build at
        every twelfth, each kind at others. Past the end nothing happens."""
        stride = max(stride, 12 if sanitized(self.t) else 1)
        seen = set()
        for offset, kind in enumerate((*kinds, "cut")):
            step = max(stride, 5) if kind == "cut" else stride
            for number in range(1 + offset * stride // 4, self.last + 1, step):
                seen.add((kind, self.fault(kind, number)))
            if stride > 1:  # the commit and what follows
                seen.update((kind, self.fault(kind, number)) for number in
                            range(self.last - 3 + offset, self.last + 1, 4))
            seen.add((kind, self.after_the_end(kind)))
        for kind in kinds:
            assert {(kind, "before"), (kind, "complete")} <= seen, seen

    def after_the_end(self, kind):
        restore(self.t, self.name)
        self.run(f"{kind}:{self.last + 1}")
        self.t.equal(content(self.t, self.name), self.complete, f"{kind} past the end")
        return "complete"


# --- limits ------------------------------------------------------------------------------------------


def limited(t, limit, *args, expect=(0, 1), **more):
    """Runs the program under a limit of prlimit, such as "--nofile=5"."""
    program = t.program
    t.program = shutil.which("prlimit")
    try:
        return t.run(f"{limit}:{limit.split('=')[1]}", program, *args, expect=expect, **more)
    finally:
        t.program = program


CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000


class Disk:
    """A file system of a few KiB, seen by this test and what it starts only."""

    def __init__(self, t, name, kib):
        self.folder = folder = t.dir / name
        libc = ctypes.CDLL(None, use_errno=True)
        user, group = os.getuid(), os.getgid()
        if libc.unshare(CLONE_NEWNS | (0 if user == 0 else CLONE_NEWUSER)) != 0:
            raise harness.Skip(f"no small disk can be made here: {os.strerror(ctypes.get_errno())}")
        if user:
            for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
                with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                    file.write(text)
        folder.mkdir(exist_ok=True)
        self.mount("--make-rprivate", "/")
        self.mount("-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", folder)
        t._stack.callback(subprocess.run, ["umount", folder], check=True)

    def mount(self, *args):
        ended = subprocess.run(["mount", *args], capture_output=True, encoding="utf-8", check=False)
        if ended.returncode:
            raise harness.Skip(f"no small disk can be made here: {ended.stderr.strip()}")

    def resize(self, kib):
        self.mount("-o", f"remount,size={kib}k", self.folder)

    def empty(self):
        for path in self.folder.iterdir():
            path.unlink()
