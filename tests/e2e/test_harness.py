"""The harness itself: each of its checks must be able to fail. The program under test is the shell."""
import os
import pathlib
import re
import subprocess
import sys
import time

import harness

RUNNER = pathlib.Path(__file__).with_name("run")


def fails(function, *words):
    try:
        function()
    except harness.Failure as failure:
        for word in words:
            assert word in str(failure), failure
    else:
        raise AssertionError("should have failed")


def shell(t):
    folder = t.dir / "inner"
    folder.mkdir()
    return harness.Context("/bin/sh", folder)


def test_run_returns_what_was_printed(t):
    sh = shell(t)
    result = sh.run("-c", 'cat; echo "oh" >&2; exit 3', stdin='{"a": [1]}', expect=3)
    t.equal((result.status, result.json, result.err), (3, {"a": [1]}, "oh\n"))
    t.equal(sh.run("-c", "cat", stdin=b"\xff\r\n").out_bytes, b"\xff\r\n")
    t.equal(sh.run("-c", "exit 4", expect=(3, 4)).status, 4)
    t.equal(sh.run("-c", "exit 9", expect=None).status, 9)
    fails(lambda: sh.run("-c", "echo no").json, "no JSON")


def test_run_fails_on_another_status(t):
    sh = shell(t)
    fails(lambda: sh.run("-c", "echo said; exit 1"), "status 1 and not 0", "said")
    fails(lambda: sh.run("-c", "true", expect=2), "status 0 and not 2")
    fails(lambda: sh.run("-c", "kill -SEGV $$", expect=None), "status -11")
    t.equal(sh.run("-c", "kill -KILL $$", expect=-9).status, -9)


def test_environment_is_small(t):
    os.environ["REQFERRY_STRAY"] = "1"
    out = shell(t).run("-c", "env", env={"MORE": "x", "TZ": None}).out
    t.contains(out, "MORE=x\n")
    t.contains(out, "/no-such-configuration\n")
    assert "STRAY" not in out and "TZ=" not in out, out


def test_timeout_kills_the_process(t):
    sh = shell(t)
    began = time.monotonic()
    fails(lambda: sh.run("-c", "echo $$; exec sleep 60", timeout=0.5), "killed after 0.5 seconds")
    assert time.monotonic() - began < 20
    pid = int(re.search(r"^    (\d+)$", sh.results[-1], re.M).group(1))
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return
    raise AssertionError(f"process {pid} still runs")


def test_sanitizer_report_of_a_child_fails(t):
    sh = shell(t)
    script = 'p=${ASAN_OPTIONS#*log_path=}; echo "heap trouble" >"${p%%:*}.1"'
    fails(lambda: sh.run("-c", f"({script})"), "heap trouble")
    fails(lambda: sh.run("-c", f"exit {harness.SANITIZER_STATUS}", expect=None), "status 77")


def test_hashes_see_every_change(t):
    script = "CREATE TABLE a (x, y); CREATE TABLE reqferry_b (x); INSERT INTO a VALUES (1, 'p'), (2, NULL);"
    t.create("one", script=script)
    t.create("two", script=script.replace("(1, 'p'), (2, NULL)", "(2, NULL), (1, 'p')"))
    before = t.hashes("one")
    t.equal(sorted(before), ["a", "reqferry_b"])
    t.same_hashes(before, t.hashes("two"))
    for change in ("UPDATE a SET y = '' WHERE x = 2", "UPDATE a SET x = '2' WHERE x = 2",
                   "INSERT INTO a VALUES (2, NULL)", "DELETE FROM a WHERE x = 2"):
        db = t.sqlite("two", write=True)
        db.execute("BEGIN")
        db.execute(change)
        db.execute("COMMIT")
        fails(lambda: t.same_hashes(before, t.hashes("two")), "tables differ: a")
        db.executescript("DELETE FROM a; INSERT INTO a VALUES (1, 'p'), (2, NULL);")
    db.execute("INSERT INTO reqferry_b VALUES (1)")
    fails(lambda: t.same_hashes(before, t.hashes("two")), "reqferry_b")
    t.equal(t.hashes("two", skip=["reqferry_*"]).keys(), {"a"})


def test_instances_have_their_tables(t):
    assert t.create_confluence("c.db").startswith("sqlite:/")
    t.create_jira("j.db")
    t.contains(t.hashes("c.db"), "content")
    t.contains(t.hashes("j.db"), "jiraissue")
    for name, prefix in (("c.db", "AO_32F7CE_"), ("j.db", "AO_42D05A_")):
        assert any(table.startswith(prefix) for table in t.hashes(name)), prefix
    fails(lambda: t.create("c.db"), "there already")


INNER = '''
import time

def test_good(t):
    t.run("-c", "true")

def test_bad_status(t):
    t.run("-c", "echo said-before")
    t.run("-c", "exit 5")

def test_bad_value(t):
    t.equal(1, 2, "number")

def test_dies(t):
    import os
    os._exit(0)

def test_hangs(t):
    t.run("-c", "echo pid $$; exec sleep 600")
test_hangs.timeout = 1
'''


def test_runner_counts(t):
    tests = t.dir / "tests"
    tests.mkdir()
    (tests / "test_inner.py").write_text(INNER)
    (tests / "test_torn.py").write_text("def test_x(t:\n")

    def runner(*args):
        ended = subprocess.run([sys.executable, RUNNER, "--tests", tests, "--reqferry", "/bin/sh", *args],
                               stdout=subprocess.PIPE, encoding="utf-8", timeout=120, check=False)
        return ended.returncode, ended.stdout

    status, out = runner()
    t.equal((status, out.splitlines()[-1]), (1, "1 passed, 5 failed"))
    for part in ("ok      test_inner.test_good", "said-before", "status 5 and not 0", "number is",
                 "process died", "not done after 1 seconds", "SyntaxError"):
        t.contains(out, part)
    pid = int(re.search(r"^ +pid (\d+)$", out, re.M).group(1))
    assert not pathlib.Path(f"/proc/{pid}").exists(), "the hanging test's process still runs"
    status, out = runner("--only", "inner.test_go*")
    t.equal((status, out.splitlines()[-1]), (0, "1 passed, 0 failed"))
    status, out = runner("--only", "nothing-of-the-kind")
    t.equal((status, out.splitlines()[-1]), (1, "0 passed, 0 failed"))
