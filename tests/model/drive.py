"""Runs a case through the real program and compares with the model."""
import json
import os
import pathlib
import random
import select
import signal
import sqlite3
import subprocess

import compare
import make
import model
from compare import Difference
from instance import read, replace_rows, template

KEY = "model"
TIMEOUT = 120


class Program:
    """The program as a user calls it, with an environment that is always the same. A launcher, when there
    is one, runs the command lines in children of its own, which saves starting the program each time."""

    def __init__(self, path, launcher, folder):
        self.path = str(path)
        self.environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(folder), "TMPDIR": str(folder),
            "LANG": "C.UTF-8", "TZ": "UTC", "REQFERRY_CONFIG": os.path.join(folder, "none"),
            "ASAN_OPTIONS": "exitcode=77", "LSAN_OPTIONS": "exitcode=77",
            "UBSAN_OPTIONS": "print_stacktrace=1:exitcode=77"}
        self.process = launcher and subprocess.Popen(
            [launcher], env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            start_new_session=True)

    def call(self, args, folder):
        """(status, standard output, standard error)"""
        if not self.process:
            done = subprocess.run([self.path, *args], cwd=folder, env=self.environment, timeout=TIMEOUT,
                                  stdin=subprocess.DEVNULL, capture_output=True, check=False)
            return done.returncode, done.stdout, done.stderr
        self.process.stdin.write("\t".join([str(folder), *args]) + "\n")
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], TIMEOUT)[0]:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise TimeoutError(f"{args} took longer than {TIMEOUT} s")
        status = int(self.process.stdout.readline())
        folder = pathlib.Path(folder)
        return status, (folder / "out").read_bytes(), (folder / "err").read_bytes()

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait(TIMEOUT)
            self.process.stdout.close()


class Run:
    """One seed in a folder of its own."""

    def __init__(self, program, blanks, folder, seed, mutate=False):
        self.program, self.blanks, self.folder = program, blanks, pathlib.Path(folder)
        self.case = make.Case(seed)
        self.mutate = mutate
        self.log = []
        self.mutations = 0

    # --- the program -------------------------------------------------------------------------------

    def call(self, *args, expect=(0,)):
        status, out, err = self.program.call(["--json", *map(str, args)], self.folder)
        self.log.append(f"$ {' '.join(map(str, args))} -> {status}\n" + (
            err.decode("utf-8", "replace") + out.decode("utf-8", "replace")[:3000]))
        if status not in expect:
            raise Difference(f"{args[0]} ended with {status}, not {expect}:\n{self.log[-1]}")
        try:
            return status, json.loads(out)
        except ValueError:
            raise Difference(f"{args[0]} printed no JSON:\n{self.log[-1]}") from None

    def url(self):
        return f"sqlite:{self.name}"

    def open(self, write=False):
        db = sqlite3.connect(self.folder / self.name, isolation_level=None)
        if write:
            db.execute("PRAGMA synchronous = OFF")
        return db

    def state(self):
        db = self.open()
        try:
            return read(db, self.case.product)
        finally:
            db.close()

    def options(self):
        chosen, args = self.case.options, []
        if chosen["erase"] != "brought":
            args += ["--erase", chosen["erase"]]
        if chosen["outside"] == "copy" and self.case.product == "confluence":
            args += ["--outside", "copy"]
        if chosen["audit"] == "keep":
            args += ["--audit-trail", "keep"]
        if chosen["reject"]:
            args.append("--reject")
        if chosen["accept"]:
            args += ["--accept", ",".join(sorted(chosen["accept"]))]
        return args

    @staticmethod
    def same_blockers(plan, wanted):
        kinds = {one["kind"] for one in plan["blockers"]}
        if kinds != wanted:
            raise Difference(f"plan has the blockers {sorted(kinds)}, should have {sorted(wanted)}: "
                             + "\n".join(one["message"] for one in plan["blockers"]))

    # --- steps -------------------------------------------------------------------------------------

    def run(self):
        """Raises Difference; returns "blocked" or "imported"."""
        self.stage()
        self.map()
        before = self.state()
        work = model.Import(self.case, before)
        expected = work.run()
        self.expected = expected
        status, plan = self.call("plan", self.url(), KEY, *self.options(), expect=(0, 4))
        self.same_blockers(plan, expected.blockers)
        if (status == 4) != bool(expected.blockers):
            raise Difference(f"plan ended with {status} and has the blockers {sorted(expected.blockers)}")
        if self.state() != before:
            raise Difference("plan changed rows")
        if expected.blockers:
            self.refused(plan, before)
            return "blocked"
        if self.case.stale:
            self.moved(plan)
        after = self.imported(plan, before)
        if self.case.again and self.case.options["erase"] != "nothing":
            self.again(after)
        self.undo(before)
        return "imported"

    def stage(self):
        case = self.case
        scope = (["--all"] if case.scope is None else
                 ["--space" if case.product == "confluence" else "--project", case.scope])
        self.name = "destination.db"
        if case.same:
            rows, case.destination.rows = case.destination.rows, case.origin.rows
            case.destination.write(self.blanks[case.product, case.extra], self.folder / self.name)
            case.destination.rows = rows
            key = "earlier" if case.reload else KEY
            self.call("export", self.url(), key, *scope, *(["--file", "file.csv"] if case.reload else []),
                      expect=(0, 3))
        else:
            case.origin.write(self.blanks[case.product, False], self.folder / "origin.db")
            case.destination.write(self.blanks[case.product, case.extra], self.folder / self.name)
            self.call("export", "sqlite:origin.db", "earlier", *scope, "--file", "file.csv", expect=(0, 3))
        if not case.same or case.reload:
            if not case.manifest:
                (self.folder / "file.csv.manifest.json").unlink()
            self.call("load", self.url(), "file.csv", "--key", KEY)
        if case.same:
            replace_rows(self.folder / self.name, case.destination)

    def map(self):
        db = self.open(write=True)
        rows = db.execute("SELECT id, type, key, dependencies, infile FROM reqferry_mapping WHERE "
                          "backupkey = ?", (KEY,)).fetchall()
        items, _ = model.exported(self.case)
        wanted = model.needed_entities(self.case, items)
        found = set()
        changes = []
        for number, kind, key, dependencies, infile in rows:
            link = dependencies if kind in ("ISSUE", "PROJECT", "SPACE") and dependencies else None
            if infile:
                found.add((kind, key, link))
            decision = self.case.decisions.get((kind, key, link))
            if kind == "PROJECT" and decision is None:
                decision = ("MAPPED_MANUAL", key, None)
            if decision is None:
                decision = (None, None, None)
            changes.append((*decision, KEY, number))
        if found != wanted:
            db.close()
            raise Difference(f"mapping rows {sorted(map(str, found - wanted))} too many, "
                             f"{sorted(map(str, wanted - found))} missing")
        db.execute("BEGIN")
        db.executemany("UPDATE reqferry_mapping SET status = ?, destinationvalue = ?, certainty = ? WHERE "
                       "backupkey = ? AND id = ?", changes)
        db.execute("COMMIT")
        db.close()
        by_command = [row for row, change in zip(rows, changes)
                      if row[4] and (change[0] == "EXCLUDED" or change[0] == "MAPPED_MANUAL" and change[1])]
        for _, kind, key, dependencies, _ in random.Random(self.case.seed).sample(
                by_command, min(self.case.by_command, len(by_command))):
            link = dependencies if kind in ("ISSUE", "PROJECT", "SPACE") and dependencies else None
            status, new, _ = self.case.decisions[kind, key, link]
            depends = ["--dependencies", dependencies] if dependencies else []
            if status == "MAPPED_MANUAL":
                self.call("map", "set", self.url(), KEY, kind, key, new, *depends, "--force")

    def confirm(self):
        case = self.case
        if case.scope is None:
            return "everything"
        kind = "SPACE" if case.product == "confluence" else "PROJECT"
        return case.decisions.get((kind, case.scope, None), (None, None))[1] or case.scope

    def refused(self, plan, before):
        self.call("import", self.url(), KEY, "--confirm", self.confirm(), "--plan", plan["hash"],
                  *self.options(), expect=(4,))
        if self.state() != before:
            raise Difference("an import that was refused changed rows")

    def moved(self, plan):
        """Something that decides moves, the import refuses; it moves back, and the plan holds again."""
        before = self.state()
        db = self.open(write=True)
        rows = db.execute("SELECT id, f4 FROM reqferry_item WHERE backupkey = ?", (KEY,)).fetchall()
        if rows:
            number, value = random.Random(self.case.seed).choice(rows)
            change = "UPDATE reqferry_item SET f4 = ? WHERE backupkey = ? AND id = ?"
            db.execute(change, ("99", KEY, number))
            self.call("import", self.url(), KEY, "--confirm", self.confirm(), "--plan", plan["hash"],
                      *self.options(), expect=(4,))
            db.execute(change, (value, KEY, number))
            if self.state() != before:
                raise Difference("an import that refused a plan of before changed rows")
        db.close()

    def do_import(self, plan):
        rejected = sum(plan["reject"].values())
        _, done = self.call("import", self.url(), KEY, "--confirm", self.confirm(), "--plan", plan["hash"],
                            *self.options(), expect=(3 if rejected else 0,))
        return done

    def imported(self, plan, before):
        done = self.do_import(plan)
        after = self.state()
        items = self.items()
        compare.Comparison(self.case, self.expected, before, after, items).check()
        self.numbers(plan, done)
        self.call("verify", self.url(), KEY)
        if self.mutate:
            self.damage(before, after, items)
        return after

    def items(self):
        db = self.open()
        found = {(table, old): (fate or "inserted", new) for table, old, fate, new in db.execute(
            "SELECT i.tablename, i.oldid, o.fate, i.newid FROM reqferry_item i LEFT JOIN reqferry_outcome o "
            "ON o.backupkey = i.backupkey AND o.item = i.id WHERE i.backupkey = ?", (KEY,))}
        count = db.execute("SELECT (SELECT count(*) FROM reqferry_item WHERE backupkey = ?1), (SELECT count(*)"
                           " FROM reqferry_outcome WHERE backupkey = ?1)", (KEY,)).fetchone()
        db.close()
        if count[0] != len(found) or count[1] != sum(fate != "inserted" for fate, _ in found.values()):
            raise Difference("an old id is not in exactly one of inserted, merged, excluded, rejected")
        self.expected.fates = {(table, str(old)): fate for (table, old), fate in self.expected.fates.items()}
        return found

    def numbers(self, plan, done):
        """What plan and import print, against the model."""
        expected = self.expected
        for before, after, counts in (
                ("erase", "erased", expected.erased), ("insert", "inserted", expected.count("inserted")),
                ("merge", "merged", expected.count("merged")), ("exclude", "excluded", None),
                ("reject", "rejected", None)):
            for document, word in ((plan, before), (done, after)):
                found = {table: n for table, n in document[word].items() if n}
                if counts is None:
                    continue
                if found != {table: n for table, n in counts.items() if n}:
                    raise Difference(f"{word}: {found}, should be {dict(counts)}")
        for document in (plan, done):
            if document["outside"] != dict(expected.outside):
                raise Difference(f"outside: {document['outside']}, should be {dict(expected.outside)}")
        left_out = expected.count("either") + expected.count("excluded") + expected.count("rejected")
        found = sum(plan["exclude"].values()) + sum(plan["reject"].values())
        if sum(left_out.values()) != found:
            raise Difference(f"{found} rows left out, should be {dict(left_out)}")

    def again(self, after):
        """A second import changes nothing but ids, and taking it back not even these. It may be refused:
        rows of issues that are in another project now would be there twice."""
        blockers = model.Import(self.case, after).run().blockers
        _, plan = self.call("plan", self.url(), KEY, *self.options(), expect=(4 if blockers else 0,))
        self.same_blockers(plan, blockers)
        if blockers:
            return
        self.do_import(plan)
        compare.same_data(self.case.product, after, self.state())
        self.undo(after)

    def undo(self, before):
        self.call("undo", self.url(), KEY, "--confirm", self.confirm())
        now = self.state()
        for table, rows in before.items():
            if now[table] != rows or any(
                    type(now[table][number][name]) is not type(value)
                    for number, row in rows.items() for name, value in row.items()):
                raise Difference(f"{table} is not as before after undo")

    def damage(self, before, after, items):
        """Every damage must be found, or the comparison is worth nothing."""
        named = {(table, new) for (table, _), (_, new) in items.items()}
        fresh = {table: {number for number in rows if number not in before[table]
                         and (table, number) not in named} for table, rows in after.items()}
        for name, state in compare.damages(self.case.product, after, random.Random(self.case.seed), fresh):
            self.mutations += 1
            try:
                compare.Comparison(self.case, self.expected, before, state, items).check()
            except Difference:
                continue
            raise Difference(f"the comparison does not see that {name}")


def blanks(folder):
    """Empty instances to copy: (product, with a column that no catalogue knows) -> path."""
    found = {}
    for product in ("confluence", "jira"):
        for extra in (False, True):
            found[product, extra] = os.path.join(folder, f"blank-{product}-{int(extra)}.db")
            template(found[product, extra], product, extra)
    return found
