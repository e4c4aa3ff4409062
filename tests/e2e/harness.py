"""What an end-to-end test gets: a Context, the `t` of `def test_something(t)`.

A test drives the real program as a user does, in a fresh folder of its own (`t.dir`, which is also
the current folder of every run), and looks at what it printed and at the databases it left. It may
use plain `assert`; the comparisons here say more when they fail. The environment of a run is small
and always the same: no configuration file, home in the test's folder, UTC, UTF-8.

Sanitizers' reports go to files that are looked at after every run and at the end of the test, so
that a report of a child process fails the test as well.
"""
import contextlib
import fnmatch
import hashlib
import json
import os
import pathlib
import shlex
import sqlite3
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCHEMAS = ROOT / "data" / "schema"
# A status that the program itself never ends with.
SANITIZER_STATUS = 77
PRINTED_AT_MOST = 20000


class Failure(AssertionError):
    """A check of the harness did not hold; the message says all."""


class Skip(Exception):
    """The machine lacks what the test needs; the message says what. Never for what the product lacks."""


class Result:
    """What one run of a program left: status, out, err (text), out_bytes, json, seconds."""

    def __init__(self, command, status, out, err, seconds):
        self.command = command
        self.status = status
        self.out_bytes = out
        self.out = out.decode("utf-8", "surrogateescape")
        self.err = err.decode("utf-8", "surrogateescape")
        self.seconds = seconds

    @property
    def json(self):
        """Standard output as the one JSON document that it must be."""
        try:
            return json.loads(self.out)
        except ValueError as error:
            raise Failure(f"standard output is no JSON document: {error}\n{self}") from None

    def __str__(self):
        def shown(name, text):
            if not text:
                return f"  {name}: nothing\n"
            if len(text) > PRINTED_AT_MOST:
                half = PRINTED_AT_MOST // 2
                text = f"{text[:half]}\n[... {len(text) - 2 * half} characters ...]\n{text[-half:]}"
            text = text.encode("utf-8", "backslashreplace").decode()
            return f"  {name}:\n" + "".join(f"    {line}\n" for line in text.splitlines())

        return (f"$ {' '.join(shlex.quote(str(part)) for part in self.command)}\n"
                f"  status {self.status} after {self.seconds:.2f} s\n"
                + shown("standard output", self.out) + shown("standard error", self.err))


class Context:
    """One test's folder, program and helpers."""

    def __init__(self, program, folder):
        self.program = pathlib.Path(program)
        self.dir = pathlib.Path(folder)
        self.root = ROOT
        self.results = []
        # Functions (t, args, env, expect), called before every run() and every run on a terminal: what
        # they return, if anything, is called with the Result.
        self.watchers = []
        self._stack = contextlib.ExitStack()
        self._reports = self.dir / ".sanitizer"
        self._reports.mkdir()

    # --- running -------------------------------------------------------------------------------

    def environment(self, more=None):
        """The environment of a run, with more variables (a value of None removes one)."""
        sanitizer = (f"log_path={self._reports}/report:exitcode={SANITIZER_STATUS}"
                     ":detect_stack_use_after_return=1")
        env = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.dir),
            "TMPDIR": str(self.dir),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "REQFERRY_CONFIG": str(self.dir / "no-such-configuration"),
            "ASAN_OPTIONS": sanitizer,
            "LSAN_OPTIONS": f"exitcode={SANITIZER_STATUS}",
            "UBSAN_OPTIONS": f"print_stacktrace=1:{sanitizer}",
        }
        for name, value in (more or {}).items():
            if value is None:
                env.pop(name, None)
            else:
                env[name] = str(value)
        return env

    def run(self, *args, stdin=None, env=None, expect=0, timeout=120):
        """Runs reqferry with the arguments and returns the Result.

        stdin: text, bytes, or a path object whose file is read; nothing by default. expect: the
        exit status that it must end with, a tuple of several, or None for any (but never that of
        a signal or a sanitizer's report). Past the timeout, in seconds, that process is killed.
        """
        checks = self.watch(args, env, expect)
        process = self.start(*args, stdin=stdin, env=env)
        result = process.wait(expect=expect, timeout=timeout)
        for check in checks:
            check(result)
        return result

    def watch(self, args, env=None, expect=None):
        """What the watchers want to be called with the Result of such a run."""
        return [check for check in (watcher(self, args, env, expect) for watcher in self.watchers) if check]

    def start(self, *args, stdin=None, env=None):
        """Begins a run and does not wait; the Process is killed at the end of the test."""
        process = Process(self, [str(self.program), *map(str, args)], stdin, self.environment(env))
        self._stack.callback(process.kill)
        return process

    def check_sanitizers(self):
        """Fails if any process of this test left a sanitizer's report."""
        reports = sorted(self._reports.iterdir())
        if reports:
            text = "\n".join(path.read_text("utf-8", "replace") for path in reports)
            for path in reports:
                path.unlink()
            raise Failure(f"a sanitizer reported:\n{text}")

    def close(self):
        """Ends what the test left running, closes what it left open."""
        self._stack.close()

    # --- comparing -----------------------------------------------------------------------------

    def equal(self, got, wanted, what="value"):
        if got != wanted:
            raise Failure(f"{what} is\n  {got!r}\nand not\n  {wanted!r}")

    def contains(self, text, part, what="text"):
        if part not in text:
            raise Failure(f"{what} has no {part!r}:\n{text}")

    # --- databases -----------------------------------------------------------------------------

    def url(self, name):
        """The INSTANCE argument of the SQLite database of that name in the test's folder."""
        return f"sqlite:{self.dir / name}"

    def sqlite(self, name, write=False):
        """A connection to a database file that is there; closed at the end of the test.

        Rows can be read by column name. Without write the connection cannot change anything.
        """
        path = self.dir / name
        mode = "rw" if write else "ro"
        db = sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, isolation_level=None)
        db.row_factory = sqlite3.Row
        self._stack.callback(db.close)
        return db

    def rows(self, name, query, *values):
        """All rows of one query, as a list of dictionaries."""
        with contextlib.closing(self.sqlite(name)) as db:
            return [dict(row) for row in db.execute(query, values)]

    def create(self, name, *schemas, script=None):
        """Makes a database of the DDL of the schemas, by name of their file in data/schema
        ("confluence", "requirement-yogi-confluence", ...), then runs a script of SQL in it.
        Returns its INSTANCE argument."""
        path = self.dir / name
        if path.exists():
            raise Failure(f"{path} is there already")
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
            for schema in schemas:
                db.executescript((SCHEMAS / f"{schema}.sqlite.sql").read_text("utf-8"))
            if script:
                db.executescript(script)
        return self.url(name)

    def create_confluence(self, name, script=None):
        """An empty Confluence with RY's tables."""
        return self.create(name, "confluence", "requirement-yogi-confluence", script=script)

    def create_jira(self, name, script=None):
        """An empty Jira with RY's tables."""
        return self.create(name, "jira", "requirement-yogi-jira", script=script)

    def hashes(self, name, skip=()):
        """Table -> hash of its columns and rows, in whatever order the rows lie. Tables whose
        name fits one of the patterns of skip (as in "reqferry_*") are left out."""
        found = {}
        with contextlib.closing(self.sqlite(name)) as db:
            tables = [row[0] for row in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'"
                " ESCAPE '\\' ORDER BY name")]
            for table in tables:
                if any(fnmatch.fnmatchcase(table, pattern) for pattern in skip):
                    continue
                quoted = table.replace('"', '""')
                rows = db.execute(f'SELECT * FROM "{quoted}"')
                digest = hashlib.sha256(repr([column[0] for column in rows.description]).encode())
                for line in sorted(repr(tuple(row)) for row in rows):
                    digest.update(line.encode("utf-8", "surrogatepass") + b"\n")
                found[table] = digest.hexdigest()
        return found

    def same_hashes(self, before, after):
        """Fails with the names of the tables that differ between two results of hashes()."""
        differ = [name for name in sorted(before.keys() | after.keys())
                  if before.get(name) != after.get(name)]
        if differ:
            raise Failure(f"tables differ: {', '.join(differ)}")


class Process:
    """A program that runs. Its output goes to files: a reader that is slow cannot stop it."""

    def __init__(self, context, command, stdin, env):
        self.context = context
        self.command = command
        number = len(context.results)
        self.out_path = context.dir / f".run-{number}.out"
        self.err_path = context.dir / f".run-{number}.err"
        context.results.append(f"$ {shlex.join(command)}\n  did not end\n")
        self._number = number
        self._started = time.monotonic()
        with contextlib.ExitStack() as files:
            out = files.enter_context(open(self.out_path, "wb"))
            err = files.enter_context(open(self.err_path, "wb"))
            if stdin is None:
                source = subprocess.DEVNULL
            elif isinstance(stdin, os.PathLike):
                source = files.enter_context(open(stdin, "rb"))
            else:
                path = context.dir / f".run-{number}.in"
                path.write_bytes(stdin.encode() if isinstance(stdin, str) else stdin)
                source = files.enter_context(open(path, "rb"))
            self.popen = subprocess.Popen(command, cwd=context.dir, env=env, stdin=source,
                                          stdout=out, stderr=err)

    @property
    def out(self):
        """What it wrote to standard output so far, as text."""
        return self.out_path.read_text("utf-8", "surrogateescape")

    @property
    def err(self):
        """What it wrote to standard error so far, as text."""
        return self.err_path.read_text("utf-8", "surrogateescape")

    def kill(self):
        """Kills this process, and no other; nothing if it ended."""
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait()

    def wait(self, expect=0, timeout=120):
        """Waits for the end; as Context.run(). A signal's status is the negative of its number,
        and is an error unless expect names it."""
        late = False
        try:
            self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            late = True
        finally:
            self.kill()
            result = Result(self.command, self.popen.returncode, self.out_path.read_bytes(),
                            self.err_path.read_bytes(), time.monotonic() - self._started)
            self.context.results[self._number] = str(result)
        self.context.check_sanitizers()
        if late:
            raise Failure(f"killed after {timeout} seconds:\n{result}")
        wanted = expect if isinstance(expect, tuple) else (expect,)
        status = result.status
        broken = status < 0 or status == SANITIZER_STATUS
        if status not in wanted and (expect is not None or broken):
            raise Failure(f"ended with status {status} and not "
                          f"{' or '.join(map(str, wanted))}:\n{result}")
        return result
