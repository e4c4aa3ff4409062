"""What only looks writes nothing: as a user without write rights, on the bytes of every file and the hash
of every table, for both products, before an import and after it."""
import hashlib

import linked
import steps
from linked import BACK, LINK

NEW = "new.db"


def bytes_of(t):
    """Name -> hash, of every file of the test's databases."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(t.dir.glob("*.db*"))}


def ready(t, product):
    """The program's arguments for a backup "move" that is loaded and mapped as far as it goes by itself."""
    if product == "confluence":
        old = linked.Wiki(t, "old.db", 1_000, 3).fill("TIO").fill_links()
        new = linked.Wiki(t, NEW, 5_000, 3).fill("TIO", word="earlier")
        scope, option, row = "REQ", "--space", ("APPLINK", LINK)
    else:
        old = linked.Jira(t, "old.db", 1_000, 3).fill("TIO")
        new = linked.Jira(t, NEW, 5_000, 3).fill("TIO", word="earlier")
        scope, option, row = "TIO", "--project", ("APPLINK", BACK)
    steps.export(t, old.url, old.name, "move", "move.csv", option, scope)
    steps.load(t, new.url, NEW, "move.csv")
    steps.automatic(t, new.url, NEW, "move")
    return new.url, scope, row


def looks(t, url, scope, row):
    """Every command that only looks, before the import, with the statuses that it may end with."""
    return [
        (("plan", url, "move"), 0), (("plan", url, "move", "--erase", "everything"), 0),
        (("plan", url, "move", "--erase", "nothing"), 4), (("--json", "plan", url, "move", "--reject"), 0),
        (("import", url, "move", "--dry-run"), 0),
        (("import", url, "move", "--dry-run", "--confirm", scope, "--erase", "everything"), 0),
        (("--json", "import", url, "move", "--dry-run", "--erase", "nothing"), 4),
        (("list", url), 0), (("--json", "list", url), 0), (("map", "list", url, "move"), 0),
        (("--json", "map", "list", url, "move", "--status", "MAPPED_AUTO"), 0),
        (("map", "show", url, "move", *row), 0), (("--json", "map", "show", url, "move", *row), 0),
        (("instance", "check", url), (0, 5)), (("write", url, "move", "-"), 0),
        (("catalogue", "check", url), (0, 5))]


def unchanged(t, commands):
    for arguments, expected in commands:
        before, files = t.hashes(NEW), bytes_of(t)
        steps.as_reader(t, *arguments, expect=expected)
        t.equal(bytes_of(t), files, f"bytes after {arguments}")
        t.same_hashes(before, t.hashes(NEW))


def look(t, product):
    url, scope, row = ready(t, product)
    unchanged(t, looks(t, url, scope, row) + [(("verify", url, "move"), 4), (("ids", url, "move"), 4)])
    dry = steps.as_reader(t, "--json", "import", url, "move", "--dry-run").json
    t.equal(steps.plan(t, url, "move")["hash"], dry["hash"])
    # a reader may not import, and nothing is half done
    before, files = t.hashes(NEW), bytes_of(t)
    error = steps.as_reader(t, "--json", "import", url, "move", "--confirm", scope, expect=1).json["error"]
    assert error["message"] and error["hint"], error
    t.equal(bytes_of(t), files)
    t.same_hashes(before, t.hashes(NEW))

    steps.carry_out(t, url, NEW, "move", scope)
    unchanged(t, looks(t, url, scope, row) + [
        (("verify", url, "move"), 0), (("--json", "verify", url, "move"), 0), (("ids", url, "move"), 0),
        (("report", url, "move"), 0), (("--json", "report", url, "move"), 0)])
    for command in (("undo", url, "move", "--confirm", scope), ("map", "auto", url, "move"),
                    ("delete", url, "move"), ("map", "exclude", url, "move", "--type", "USER", "--yes")):
        before, files = t.hashes(NEW), bytes_of(t)
        steps.as_reader(t, *command, expect=1)
        t.equal(bytes_of(t), files, f"bytes after {command}")
        t.same_hashes(before, t.hashes(NEW))


def test_confluence(t):
    look(t, "confluence")


def test_jira(t):
    look(t, "jira")
