"""A fault at every statement of every changing step: as before or complete, and a second run ends well.

See faults.Loop for what is looked at after each fault, and for the stride in a sanitizer build.
"""
import contextlib
import os

import faults
import harness
from faults import ASSUMED

WIKI, JIRA = "destination.db", "jira.db"


def loop(t, name, *command, stride=1, **more):
    """Disturbs the step everywhere. The record of what was run before is emptied, so that the last run
    in it is the step's."""
    with contextlib.closing(t.sqlite(name, write=True)) as db:
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'reqferry_run'").fetchone():
            db.execute("DELETE FROM reqferry_run")
    faults.Loop(t, name, list(command), **more).everywhere(stride=stride)


def test_load(t):
    """The first step ever on this instance: it makes our tables, too."""
    t = faults.quick(t)
    loop(t, WIKI, "load", faults.wiki(t), "move.csv")


def test_import_on_a_confluence(t):
    t = faults.quick(t)
    loop(t, WIKI, "import", faults.wiki_mapped(t), "move", *ASSUMED, "--confirm", "ABC")


def test_import_on_a_jira(t):
    t = faults.quick(t)
    loop(t, JIRA, "import", faults.jira(t), "trail", *ASSUMED, "--confirm", "TIO")


def test_undo_on_a_confluence(t):
    t = faults.quick(t)
    url = faults.wiki_mapped(t)
    t.run("import", url, "move", *ASSUMED, "--confirm", "ABC")
    loop(t, WIKI, "undo", url, "move", "--confirm", "ABC")


def test_undo_on_a_jira(t):
    t = faults.quick(t)
    url = faults.jira(t)
    t.run("import", url, "trail", *ASSUMED, "--confirm", "TIO")
    loop(t, JIRA, "undo", url, "trail", "--confirm", "TIO")


def test_delete(t):
    """A backup that was imported, then its safety copy."""
    t = faults.quick(t)
    url = faults.jira(t)
    copy = t.run("--json", "import", url, "trail", *ASSUMED, "--confirm", "TIO").json["undoKey"]
    loop(t, JIRA, "delete", url, "trail")
    loop(t, JIRA, "delete", url, copy, "--force")


def test_clean(t):
    t = faults.quick(t)
    url = faults.jira(t)
    with contextlib.closing(t.sqlite(JIRA, write=True)) as db:
        db.executescript("""UPDATE reqferry_backup SET created = '2020' || substr(created, 5);
            INSERT INTO reqferry_evidence (backupkey, type, key) VALUES ('nobody', 'USER', 'u');""")
    loop(t, JIRA, "clean", url, "--older-than", "30")


def test_clean_all(t):
    t = faults.quick(t)
    loop(t, JIRA, "clean", faults.jira(t), "--all", "--yes", "--force", recorded=False)


def test_map(t):
    t = faults.quick(t)
    url = faults.wiki(t)
    t.run("load", url, "move.csv")
    loop(t, WIKI, "map", "auto", url, "move", "--open-ok", recorded=False, stride=3)
    loop(t, WIKI, "map", "set", url, "move", "SPACE", "ABC", "DEF", recorded=False)
    loop(t, WIKI, "map", "exclude", url, "move", "--type", "USER", "--yes", recorded=False)
    loop(t, WIKI, "map", "undo", url, "move", "--yes", recorded=False)


def test_export(t):
    t = faults.quick(t)
    loop(t, WIKI, "export", faults.wiki_mapped(t), "out", "--space", "ABC")


def test_a_killed_export_leaves_no_part_of_its_file(t):
    """Killed while it writes the file, whose rows are in staging by then."""
    t = faults.quick(t)
    try:
        os.close(os.open(t.dir, os.O_TMPFILE | os.O_WRONLY))
    except OSError as error:
        raise harness.Skip(f"no files without a name on this file system: {error}") from None
    url = faults.wiki_mapped(t)
    faults.keep(t, WIKI)
    command = ["export", url, "out", "--space", "ABC", "--file", "out.csv", "--exported-at",
               "2024-01-04 20:59:55"]
    last = faults.statements(t, command)
    wanted = sorted(["out.csv", "out.csv.manifest.json"])
    t.equal(sorted(path.name for path in t.dir.glob("out.csv*")), wanted)
    complete = (t.dir / "out.csv").read_bytes()
    writing = 0
    for number in range(last // 2, last + 1):
        for path in t.dir.glob("out.csv*"):
            path.unlink()
        faults.restore(t, WIKI)
        t.run(*command, env={"REQFERRY_FAULT": f"kill:{number}"}, expect=faults.KILLED)
        t.equal([path.name for path in t.dir.glob("out.csv*")], [], f"files after kill:{number} of {last}")
        if faults.state_of_last_run(t, faults.copy_of(t, WIKI)) != "done":
            continue
        writing += 1
        t.run("write", url, "out", "out.csv")
        assert (t.dir / "out.csv").read_bytes() == complete, "another file"
    assert writing > 3, writing


for test in (test_load, test_import_on_a_confluence, test_import_on_a_jira, test_undo_on_a_confluence,
             test_undo_on_a_jira, test_delete, test_clean, test_clean_all, test_map, test_export):
    test.timeout = 900
