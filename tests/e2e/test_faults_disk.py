"""Disks that are full, limits on the size of files, full temporary folders: the step fails with a
message that says so and what to do, nothing is changed, and with room it ends well.

The room grows in small steps, so that the step fails at many places: opening, the record of the run,
the transaction, its commit.
"""
import shutil

import faults
import harness
import kills
import tiny
from faults import ASSUMED

WIKI = "destination.db"
PLENTY = 64 << 10  # KiB


def loading(t):
    return ["load", faults.wiki(t), "move.csv"]


def importing(t):
    return ["import", faults.wiki_mapped(t), "move", *ASSUMED, "--confirm", "ABC"]


def undoing(t):
    url = faults.wiki_mapped(t)
    t.run("import", url, "move", *ASSUMED, "--confirm", "ABC")
    return ["undo", url, "move", "--confirm", "ABC"]


def undisturbed(t, command):
    """The contents before and after; the database is left as before."""
    faults.keep(t, WIKI)
    before = faults.content(t, WIKI)
    t.run(*command)
    complete = faults.content(t, WIKI)
    assert before != complete
    faults.restore(t, WIKI)
    return before, complete


def told(result, *words):
    """A failed run says why and what to do."""
    error = result.json["error"]
    if error["kind"] != "io" or not error["hint"] or not any(
            word in error["message"] + error["hint"] for word in words):
        raise harness.Failure(f"the message does not say what is full:\n{result}")


def found_outside(t, folder):
    """The content of the database in the folder, looked at in a copy elsewhere."""
    for suffix in ("", "-wal", "-journal"):
        target = t.dir / f"copy-{WIKI}{suffix}"
        target.unlink(missing_ok=True)
        if (folder / f"{WIKI}{suffix}").exists():
            shutil.copy(folder / f"{WIKI}{suffix}", target)
    (t.dir / f"copy-{WIKI}-shm").unlink(missing_ok=True)
    faults.sound(t, f"copy-{WIKI}")
    return faults.content(t, f"copy-{WIKI}")


def grow(t, command, step):
    """The step on a disk that grows by `step` KiB until it succeeds."""
    before, complete = undisturbed(t, command)
    disk = faults.Disk(t, "disk", PLENTY)
    url = t.url(f"disk/{WIKI}")
    command = ["--json", *(url if one == t.url(WIKI) else one for one in command)]
    size, failures, messages = (t.dir / WIKI).stat().st_size >> 10, 0, set()
    while True:
        disk.resize(PLENTY)
        disk.empty()
        shutil.copy(t.dir / WIKI, disk.folder / WIKI)
        disk.resize(size)
        t.results.clear()
        result = t.run(*command, expect=(0, 1))
        found = found_outside(t, disk.folder)
        if result.status == 0:
            t.equal(found, complete, f"the content after success with {size} KiB")
            break
        told(result, "disk is full")
        t.equal(found, before, f"the content after {size} KiB were full")
        messages.add(result.json["error"]["message"])
        failures += 1
        disk.resize(PLENTY)
        t.run(*command)
        t.equal(found_outside(t, disk.folder), complete, f"the content after room was made at {size} KiB")
        size += step
    assert failures >= 8, (failures, messages)


def test_load_on_a_full_disk(t):
    t = faults.quick(t)
    grow(t, loading(t), 32 if faults.sanitized(t) else 8)


def test_import_on_a_full_disk(t):
    t = faults.quick(t)
    grow(t, importing(t), 16 if faults.sanitized(t) else 4)


def test_undo_on_a_full_disk(t):
    t = faults.quick(t)
    grow(t, undoing(t), 12 if faults.sanitized(t) else 4)


def test_limits_on_the_size_of_files(t):
    """What can be had everywhere: the process may not write files of more than so many bytes."""
    step = (24 if faults.sanitized(t) else 16) << 10
    for prepare in (loading, importing, undoing):
        inner = faults.quick(t)
        command = prepare(inner)
        before, complete = undisturbed(inner, command)
        limit, failures = 0, 0
        while True:
            faults.restore(inner, WIKI)
            inner.results.clear()
            result = faults.limited(inner, f"--fsize={limit}", "--json", *command)
            copy = faults.copy_of(inner, WIKI)
            found = faults.content(inner, copy)
            if result.status == 0:
                inner.equal(found, complete, f"the content after success with {limit} bytes")
                break
            if limit > 4096:  # else not even the message can be written: the output is a file, too
                told(result, "ulimit -f")
            inner.equal(found, before, f"the content after a limit of {limit} bytes")
            failures += 1
            inner.run(*command)
            inner.equal(faults.content(inner, WIKI), complete, f"the content after a limit of {limit} bytes")
            limit += step
        assert failures >= 3, failures


def test_a_full_folder_for_temporary_files(t):
    t = faults.quick(t)
    url, _ = tiny.destination(t)
    kills.write_file(t, 3000)
    t.run("load", url, "tiny.csv")
    t.run("map", "auto", url, "tiny")
    before = faults.content(t, tiny.NAME)
    disk = faults.Disk(t, "temporary", 16)
    command = ["--json", "import", url, "tiny", *tiny.ASSUMED, "--confirm", "ABC"]
    for kib in (16, 64, 256):
        disk.resize(kib)
        told(t.run(*command, env={"SQLITE_TMPDIR": disk.folder}, expect=1), "temporary")
        t.equal(faults.content(t, tiny.NAME), before, "the content after a full temporary folder")
        t.equal(list(disk.folder.iterdir()), [], "left in the temporary folder")
    disk.resize(PLENTY)
    t.run(*command, env={"SQLITE_TMPDIR": disk.folder})
    t.equal(list(disk.folder.iterdir()), [], "left in the temporary folder")


def test_files_on_a_full_disk(t):
    """A file that does not fit does not appear, nor its manifest; one that was there stays."""
    url, _ = tiny.destination(t)
    kills.write_file(t, 500)
    t.run("load", url, "tiny.csv")
    disk = faults.Disk(t, "disk", 64)
    whole = 4 * -(-(t.dir / "tiny.csv").stat().st_size // 4096)  # in whole pages: no room for a manifest
    for kib in (8, 128, whole // 2, whole - 8, whole):
        disk.resize(PLENTY)
        disk.empty()
        disk.resize(kib)
        told(t.run("--json", "write", url, "tiny", "disk/out.csv", expect=1), "Make room")
        t.equal(list(disk.folder.iterdir()), [], f"left on a disk of {kib} KiB")
    (disk.folder / "out.csv").write_text("as it was")
    t.run("write", url, "tiny", "disk/out.csv", expect=1)
    t.equal([path.name for path in disk.folder.iterdir()], ["out.csv"])
    t.equal((disk.folder / "out.csv").read_text(), "as it was")
    disk.resize(PLENTY)
    t.run("write", url, "tiny", "disk/out.csv")
    t.equal((disk.folder / "out.csv").read_bytes(), (t.dir / "tiny.csv").read_bytes())


def test_what_is_done_is_said_when_the_result_cannot_be_shown(t):
    """Standard output is full: the import stands, and the message says so."""
    url, _ = tiny.ready(t)
    command = ["import", url, tiny.KEY, *tiny.ASSUMED, "--confirm", "ABC"]
    process = harness.Process(t, ["sh", "-c", '"$0" "$@" >/dev/full', str(t.program), *command], None,
                              t.environment())
    result = process.wait(expect=1)
    t.contains(result.err, "the import is done")
    t.contains(result.err, "No space left on device")
    t.run("verify", url, tiny.KEY)


for test in (test_load_on_a_full_disk, test_import_on_a_full_disk, test_undo_on_a_full_disk,
             test_limits_on_the_size_of_files):
    test.timeout = 600
