"""The command line itself: help, wrong use, exit statuses, terminals, questions, interruptions."""
import json
import os
import re
import signal
import subprocess
import time

import harness
import terminal
import tiny

SECRET = "hunter2"


def shell(t, script, *args, expect=0, env=None):
    """Runs a script of sh in which $P is the program and $1 ... are the arguments."""
    process = harness.Process(t, ["sh", "-c", script, "sh", *map(str, args)], None,
                              t.environment({"P": t.program, **(env or {})}))
    t._stack.callback(process.kill)
    return process.wait(expect=expect)


def table(t):
    return t.run("help", "--json").json


def usage_error(t, *args, words=(), **more):
    """The run must be refused as wrong use, with all of the words in what it says."""
    result = t.run(*args, expect=2, **more)
    t.equal(result.out, "", "standard output")
    assert result.err.startswith("reqferry: "), result
    for word in words:
        t.contains(result.err, word, "standard error")
    return result


# --- help --------------------------------------------------------------------------------------------


def test_help_lists_every_command(t):
    result = t.run("help")
    t.equal(t.run("--help").out, result.out)
    t.equal(t.run("-h").out, result.out)
    commands = table(t)["commands"]
    assert len(commands) > 15
    for command in commands:
        t.contains(result.out, f"\n  {command['name']} ")
        t.contains(result.out, command["summary"])
    assert max(map(len, result.out.splitlines())) <= 100


def test_help_of_every_command(t):
    document = table(t)
    for command in document["commands"]:
        words = command["name"].split()
        shown = t.run("help", *words).out
        t.equal(t.run(*words, "--help").out, shown)
        t.contains(shown, f"  reqferry {command['name']}")
        assert max(map(len, shown.splitlines())) <= 100, shown
        for option in command["options"] + document["options"]:
            names = f"--{option['name']}" + (f" {option['argument']}" if option["argument"] else "")
            t.contains(shown, names)
            t.contains(" ".join(shown.split()), option["help"])
    t.contains(t.run("help", "map").out, "map exclude INSTANCE KEY")
    usage_error(t, "help", "nothing", words=['there is no command "nothing"'])


def test_version(t):
    result = t.run("--version")
    assert re.fullmatch(r"reqferry \d+\.\d+\.\d+\n", result.out), result
    t.equal(t.run("--version", "--json").json, {"version": result.out.split()[1]})
    t.equal(t.run("list", "--version").out, result.out)


def test_manual_and_completion_follow(t):
    """docs/reqferry.1 and completion/reqferry.bash are what script/interface makes of the table."""
    subprocess.run([t.root / "script" / "interface", t.program, "--check"], check=True)


def complete(t, *words):
    """What bash offers for the last of the words."""
    script = ('. "$1"; shift; COMP_WORDS=(reqferry "$@"); COMP_CWORD=$#; _reqferry; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    ended = subprocess.run(["bash", "-c", script, "bash",
                            t.root / "completion" / "reqferry.bash", *words],
                           stdout=subprocess.PIPE, encoding="utf-8", check=True, cwd=t.dir)
    return ended.stdout.split()


def test_completion_in_bash(t):
    document = table(t)
    names = {command["name"].split()[0] for command in document["commands"]}
    t.equal(set(complete(t, "")), names)
    t.equal(complete(t, "ex"), ["export"])
    t.equal(complete(t, "--as", "ann", "map", "c"), ["confirm", "clear"])
    t.equal(complete(t, "import", "sqlite", ":", "a.db", "k", "--erase", ""),
            ["brought", "everything", "nothing"])
    t.equal(complete(t, "map", "set", "x", "k", "PA"), ["PAGE"])
    (t.dir / "a.csv").touch()
    t.equal(complete(t, "inspect", "a"), ["a.csv"])
    for command in document["commands"]:
        offered = complete(t, *command["name"].split(), "--")
        for option in command["options"] + document["options"]:
            assert f"--{option['name']}" in offered, (command["name"], option["name"], offered)


# --- wrong use ---------------------------------------------------------------------------------------


def test_unknown_words_name_near_ones(t):
    usage_error(t, words=["no command was given"])
    usage_error(t, "exprot", words=['there is no command "exprot"', 'Did you mean "export"?'])
    usage_error(t, "mpa", words=['"map"'])
    usage_error(t, "map", words=["not a command by itself", '"map auto"', '"map exclude"'])
    usage_error(t, "map", "lsit", words=['"map list"'])
    usage_error(t, "undoo", "a", "b", words=['Did you mean "undo"?'])
    usage_error(t, "--jsn", "list", words=['there is no option "--jsn"', '"--json"'])
    usage_error(t, "list", "x", "--jsn", words=['"--jsn" of "list"', '"--json"'])
    usage_error(t, "list", "-x", "y", words=['"-x"'])
    usage_error(t, "list", "x", "--space", "A", words=['no option "--space" of "list"'])


def test_wrong_arguments(t):
    usage_error(t, "list", words=['"list" needs INSTANCE', "Usage: reqferry list INSTANCE"])
    usage_error(t, "write", "a", "b", words=["needs FILE"])
    usage_error(t, "list", "a", "b", words=['does not know what to do with "b"'])
    usage_error(t, "list", "a", "--as", words=["--as needs a value: NAME"])
    usage_error(t, "list", "a", "--as=", words=["--as needs a name"])
    usage_error(t, "list", "a", "--json=1", words=["--json takes no value"])
    usage_error(t, "list", "a", "--as", "b", "--as", "c", words=["--as is given twice"])
    usage_error(t, "list", "a", "-q", "-v", words=["--quiet and --verbose"])
    usage_error(t, "map", "show", "a", "k", "PGAE", "1", words=['TYPE cannot be "PGAE"', "PAGE"])
    usage_error(t, "plan", "a", "k", "--erase", "all", words=['--erase cannot be "all"', "everything"])
    usage_error(t, "plan", "a", "k", "--accept", "possible,mising",
                words=['--accept cannot be "mising"', "lost-columns"])
    usage_error(t, "plan", "a", "k", "--accept", "possible,", words=['--accept cannot be ""'])
    usage_error(t, "catalogue", "show", "jra", words=["PRODUCT", "jira"])
    usage_error(t, "plan", "a", "bad key", words=['"bad key"'])
    usage_error(t, "load", "a", "b", "--key", "undo-1", words=["reserved"])
    usage_error(t, "undo", "a", "k", "--keep-changes", "--discard-changes", words=["together"])
    usage_error(t, "list", "nobody", words=['no instance "nobody"'])


def test_wrong_combinations(t):
    url = t.create_confluence("c.db")
    jira = t.create_jira("j.db")
    export = ("export", url, "k")
    usage_error(t, *export, words=["--space", "--all"])
    usage_error(t, *export, "--all", "--space", "A", words=["exclude each other"])
    usage_error(t, *export, "--project", "P", words=["--space KEY"])
    usage_error(t, "export", jira, "k", "--space", "A", words=["--project KEY"])
    for bad in ("2024", "2024-02-30 00:00:00", "2024-01-01T00:00:00", "2024-01-01 00:00:00.5"):
        usage_error(t, *export, "--all", "--exported-at", bad, words=[bad])
    usage_error(t, "load", url, "-", words=["--key"])
    result = t.run(*export, "--all", "--file", "-", "--json", expect=2)
    t.equal(result.json["error"]["kind"], "usage")
    usage_error(t, "map", "confirm", url, "k", "--yes", words=["--all"])
    usage_error(t, "map", "clear", url, "k", "--yes", "--all", "--type", "PAGE",
                words=["exclude each other"])
    usage_error(t, "map", "list", url, "k", "--limit", "0", words=["--limit"])
    assert not [name for name in t.hashes("c.db") if name.startswith("reqferry")]


def test_json_errors(t):
    for args in (("exprot", "--json"), ("--json", "list"), ("list", "x", "--json", "--nonsense")):
        result = t.run(*args, expect=2)
        t.equal(list(result.json), ["error"])
        t.equal(set(result.json["error"]), {"kind", "message", "hint"})
        t.equal(result.json["error"]["kind"], "usage")
        t.contains(result.err, result.json["error"]["message"])
    result = t.run("list", t.url("none.db"), "--json", expect=10)
    t.equal(result.json["error"]["kind"], "unreachable")


def test_options_may_stand_anywhere(t):
    url = t.create_confluence("c.db")
    for args in (("--json", "list", url), ("list", "--json", url), ("list", url, "--json"),
                 ("list", "--json", "--", url)):
        t.equal(t.run(*args).json, [])
    tiny.write(t)
    url, _ = tiny.destination(t)
    t.run("--as", "ann", "load", "--key", "a", url, "tiny.csv")
    t.run("load", url, "tiny.csv", "--key=b", "--as=bob")
    t.run("load", url, "tiny.csv", "--key", "c", env={"USER": "eve"})
    rows = t.run("list", url, "--json").json
    t.equal([(row["key"], row["createdBy"]) for row in rows],
            [("a", "ann"), ("b", "bob"), ("c", "eve")])


def test_passwords_are_never_shown(t):
    for url in (f"postgresql://ann:{SECRET}@127.0.0.1:1/db", f"sqlite:a.db?password={SECRET}",
                f"postgresql://127.0.0.1:1/db?password={SECRET}"):
        for more in ((), ("-v",), ("--json", "-v")):
            result = t.run("list", url, *more, expect=2)
            assert SECRET not in result.out + result.err, result
            t.contains(result.err, "password")


# --- output ------------------------------------------------------------------------------------------


def test_full_disk(t):
    url, _ = tiny.loaded(t)
    for args in (("help",), ("--version",), ("list", url), ("list", url, "--json"),
                 ("map", "list", url, "tiny"), ("map", "list", url, "tiny", "--json"),
                 ("plan", url, "tiny"), ("inspect", "tiny.csv"), ("write", url, "tiny", "-")):
        # plan's own status 4 must not hide it
        result = shell(t, '"$P" "$@" >/dev/full', *args, expect=1)
        t.contains(result.err, "No space left on device")


def test_closed_files(t):
    url = t.create_confluence("c.db")
    result = shell(t, '"$P" list "$1" >&-', url, expect=1)
    t.contains(result.err, "standard output cannot be written")
    # the database must not become standard error, nor the other way round
    before = (t.dir / "c.db").read_bytes()
    shell(t, '"$P" list "$1" 2>&- <&-', url)
    shell(t, '"$P" nothing >&- 2>&- <&-', expect=2)
    t.equal((t.dir / "c.db").read_bytes(), before)


def test_broken_pipe(t):
    nobody, pipe = os.pipe()
    os.close(nobody)
    ended = subprocess.run([t.program, "help"], stdout=pipe, stderr=subprocess.PIPE, check=False,
                           env=t.environment())
    os.close(pipe)
    t.equal(ended.returncode, 1)
    t.contains(ended.stderr.decode(), "standard output cannot be written: Broken pipe")


def test_quiet_and_verbose(t):
    url, _ = tiny.loaded(t)
    t.contains(t.run("write", url, "tiny", "a.csv").err, "reqferry: warning: ")
    t.equal(t.run("write", url, "tiny", "b.csv", "-q").err, "")
    with t.sqlite("wiki.db", write=True) as db:
        db.execute("DROP TABLE reqferry_mapping")
    for command in (("list", url), ("map", "list", url, "tiny")):
        assert "detail:" not in t.run(*command, expect=1).err
        t.contains(t.run(*command, "-v", expect=1).err, "\ndetail: ")
        assert "detail" not in t.run(*command, "--json", expect=1).json["error"]
        t.contains(t.run(*command, "--json", "-v", expect=1).json["error"]["detail"], "mapping")


def test_write_to_standard_output(t):
    url, _ = tiny.loaded(t)
    result = t.run("write", url, "tiny", "-")
    t.equal(result.out_bytes, (t.dir / "tiny.csv").read_bytes(), "the backup")
    t.contains(result.err, "DBREQUIREMENT")
    t.equal(t.run("write", url, "tiny", "-", "-q").err, "")
    result = t.run("load", url, "-", "--key", "again", stdin=result.out_bytes)
    t.contains(result.out, "DBREQUIREMENT")


def test_shown_text_is_safe(t):
    evil = "\x1b[2J\u202eevil\x07"
    mappings = tiny.mapping_rows()
    mappings[0] = mappings[0].replace("Alpha", evil) if isinstance(mappings[0], str) else [
        evil if field == "Alpha" else field for field in mappings[0]]
    url, _ = tiny.loaded(t, mappings=mappings)
    shown = t.run("map", "list", url, "tiny", "--type", "SPACE").out
    t.contains(shown, "\\x1b[2J\\u202eevil\\x07")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", shown), repr(shown)
    t.equal(t.run("map", "list", url, "tiny", "--type", "SPACE", "--json").json[0]["title"], evil)
    shown = t.run("map", "show", url, "tiny", "SPACE", "ABC").out
    t.contains(shown, "Title          \\x1b[2J\\u202eevil\\x07\n")


# --- exit statuses -----------------------------------------------------------------------------------


def test_statuses_of_mapping_and_plan(t):
    mappings = [*tiny.mapping_rows()]
    url, _ = tiny.destination(t)
    tiny.write(t, mappings=mappings)
    t.run("load", url, "tiny.csv")
    with t.sqlite("wiki.db", write=True) as db:
        db.execute("UPDATE content SET title = 'Else', lowertitle = 'else' WHERE title = 'Page 8021'")
    opened = t.run("map", "auto", url, "tiny", "--json", expect=3).json["open"]
    assert opened > 0
    t.run("map", "auto", url, "tiny", "--open-ok")
    plan = t.run("plan", url, "tiny", "--json", expect=4).json
    assert "unmapped" in {blocker["kind"] for blocker in plan["blockers"]}, plan
    t.equal(t.run("import", url, "tiny", "--dry-run", "--json", expect=4).json["hash"], plan["hash"])
    result = t.run("import", url, "tiny", "--confirm", "ABC", "--json", expect=4)
    t.equal(result.json["error"]["kind"], "blocked")
    t.run("map", "show", url, "tiny", "PAGE", "404", expect=1)
    t.run("verify", url, "tiny", expect=4)


def test_statuses_of_import_and_verify(t):
    url, _ = tiny.ready(t)
    before = t.hashes("wiki.db")
    plan = t.run("plan", url, "tiny", *tiny.ASSUMED, "--json").json
    for more in ((), ("--confirm", "DEF"), ("--confirm", "ABC", "--plan", "0" * 64)):
        t.run("import", url, "tiny", *tiny.ASSUMED, *more, expect=4)
    t.run("import", url, "tiny", *tiny.ASSUMED, "--dry-run")
    t.same_hashes({k: v for k, v in before.items() if k.startswith("AO_")},
                  {k: v for k, v in t.hashes("wiki.db").items() if k.startswith("AO_")})
    document = t.run("import", url, "tiny", *tiny.ASSUMED, "--confirm", "ABC", "--plan", plan["hash"],
                     "--json").json
    t.equal(document["scope"], {"old": "ABC", "new": "ABC"})
    assert document["verified"] and document["seconds"] >= 0, document
    t.run("verify", url, "tiny")
    with t.sqlite("wiki.db", write=True) as db:
        db.execute("UPDATE \"AO_32F7CE_DBPROPERTY\" SET \"VALUE\" = 'x' WHERE \"VALUE\" LIKE 'value,%'")
    result = t.run("verify", url, "tiny", "--json", expect=5).json
    t.equal((result["ok"], result["count"]), (False, 1))
    t.equal(result["differences"][0]["found"], "x")
    t.contains(t.run("verify", url, "tiny", expect=5).out, "1 difference.")


def test_statuses_of_files(t):
    tiny.write(t)
    document = t.run("inspect", "tiny.csv", "--json").json
    t.equal(len(document["sha256"]), 64)
    assert "sha256" not in t.run("inspect", "tiny.csv", "--json", "--no-checksum").json
    content = (t.dir / "tiny.csv").read_bytes()
    (t.dir / "cut.csv").write_bytes(content[:-25])
    t.equal(t.run("inspect", "cut.csv", "--json").json["complete"], False)
    result = t.run("validate", "cut.csv", "--json", expect=5).json
    t.equal(result["ok"], False)
    t.equal(list(result["problems"][0]), ["line", "offset", "field", "kind", "message"])
    t.contains(t.run("validate", "cut.csv", expect=5).out, "cut.csv: ")
    t.run("validate", "missing.csv", expect=1)
    t.run("inspect", "missing.csv", expect=1)


def test_export_with_a_remainder(t):
    url, _ = tiny.destination(t)
    # the rows that are there refer to a page 1, which is not
    result = t.run("export", url, "one", "--space", "ABC", "--json", expect=3).json
    assert result["vanished"] > 0 and result["warnings"], result
    with t.sqlite("wiki.db", write=True) as db:
        db.execute('DELETE FROM "AO_32F7CE_DBLINK"')
    at = "2024-01-04 20:59:55"
    result = t.run("export", url, "two", "--space", "ABC", "--file", "two.csv", "--json",
                   "--exported-at", at, "--author", "u9", "--plugin-version", "3.6.1",
                   "--oldest-version", "3.5.1").json
    t.equal((result["vanished"], result["file"]), (0, "two.csv"))
    document = t.run("inspect", "two.csv", "--json").json
    t.equal([document[key] for key in ("exported", "author", "pluginVersion",
                                       "oldestCompatibleVersion", "scope")],
            [at, "u9", "3.6.1", "3.5.1", "ABC"])
    # what cannot be written does not undo the export
    result = t.run("export", url, "three", "--space", "ABC", "--file", "no/such.csv", expect=1)
    t.contains(result.err, "in staging")
    t.contains(t.run("list", url).out, "three")
    t.run("export", url, "four", "--space", "NONE", expect=1)
    t.run("export", url, "two", "--all", expect=4)
    t.run("delete", url, "two")
    t.run("delete", url, "two", expect=1)


def test_checks(t):
    url = t.create_confluence("c.db")
    before = t.hashes("c.db")
    t.run("catalogue", "check", url)
    result = t.run("instance", "check", url, "--json").json
    t.equal(result["ok"], True)
    assert {check["name"] for check in result["checks"]} >= {"product", "write", "ids", "catalogue"}
    t.equal(t.hashes("c.db"), before)
    with t.sqlite("c.db", write=True) as db:
        db.executescript("""
            ALTER TABLE "AO_32F7CE_DBPROPERTY" RENAME COLUMN "VALUE" TO "Value";
            ALTER TABLE "AO_32F7CE_DBLINK" ADD COLUMN "EXTRA" text;
            ALTER TABLE "AO_32F7CE_DBAPPLINK" DROP COLUMN "NAME";
            ALTER TABLE "AO_32F7CE_DBAPPLINK" ADD COLUMN "NAME" boolean;
            DROP TABLE "AO_32F7CE_DBTRACEABILITYMATRIX";
        """)
    result = t.run("catalogue", "check", url, "--json", expect=5).json
    found = sorted((check["name"], check["message"]) for check in result["checks"])
    t.equal([name for name, _ in found], ["missing-column", "missing-table", "unknown-column",
                                          "unknown-column", "wrong-type"])
    shown = t.run("catalogue", "check", url, expect=5).out
    for part in ('"AO_32F7CE_DBPROPERTY" has no column "VALUE"', '"Value": correct its name',
                 'no table "AO_32F7CE_DBTRACEABILITYMATRIX"', '"AO_32F7CE_DBLINK"."EXTRA" is not',
                 '"NAME" is of type boolean, the catalogue says text', ": 5 faults\n"):
        t.contains(shown, part)


def test_catalogue_show(t):
    shown = t.run("catalogue", "show", "jira").out
    t.contains(shown, "\nAO_42D05A_DBISSUELINK (insert)\n")
    assert "AO_32F7CE" not in shown
    document = t.run("catalogue", "show", "--json").json
    t.equal(list(document), ["confluence", "jira"])
    (t.dir / "mine").mkdir()
    changed = document["jira"] | {"pluginVersion": "9.9.9"}
    (t.dir / "mine" / "jira.json").write_text(json.dumps(changed))
    mine = t.run("catalogue", "show", "jira", "--catalogue", "mine", "--json").json
    t.equal(mine, {"jira": changed})


# --- questions ---------------------------------------------------------------------------------------


def test_no_questions_without_a_terminal(t):
    url, _ = tiny.loaded(t)
    before = t.hashes("wiki.db")
    usage_error(t, "map", "clear", url, "tiny", "--all", words=["--yes"], stdin="y\n")
    result = t.run("import", url, "tiny", "--accept", "assumed,possible", expect=4, stdin="ABC\n")
    t.contains(result.err, "--confirm")
    # a terminal on one side only is not enough
    with open(t.dir / "err", "wb") as err:
        terminal.Terminal(t, "map", "clear", url, "tiny", "--all", stderr=err).wait(expect=2)
    t.same_hashes({k: v for k, v in before.items() if k != "reqferry_run"},
                  {k: v for k, v in t.hashes("wiki.db").items() if k != "reqferry_run"})


def test_question_of_many(t):
    url, _ = tiny.loaded(t)
    before = t.hashes("wiki.db")
    for answer in ("n\n", "\n", "maybe\n", "\x04"):
        run = terminal.Terminal(t, "map", "clear", url, "tiny", "--type", "PAGE")
        run.expect("clear 2 mappings? [y/N] ")
        run.send(answer)
        t.contains(run.wait(expect=4), "nothing was changed")
    t.same_hashes(before, t.hashes("wiki.db"))
    run = terminal.Terminal(t, "map", "clear", url, "tiny", "--type", "PAGE")
    run.expect("[y/N] ")
    run.send(" Y \n")
    t.contains(run.wait(), "2 mappings were cleared.")
    t.equal({row["status"] for row in t.run("map", "list", url, "tiny", "--type", "PAGE",
                                            "--json").json}, {None})
    # nothing to ask about
    t.contains(terminal.Terminal(t, "map", "confirm", url, "tiny", "--find", "nowhere").wait(),
               "0 mappings were confirmed.")


def test_question_before_an_import(t):
    url, _ = tiny.ready(t)
    before = t.hashes("wiki.db", skip=("reqferry_run",))
    run = terminal.Terminal(t, "import", url, "tiny", *tiny.ASSUMED)
    run.expect('type "ABC": ')
    t.contains(terminal.without_escapes(run.text), "Rows by table")
    run.send("DEF\n")
    t.contains(run.wait(expect=4), "was not confirmed")
    t.same_hashes(before, t.hashes("wiki.db", skip=("reqferry_run",)))
    # what was shown is what is imported
    run = terminal.Terminal(t, "import", url, "tiny", *tiny.ASSUMED)
    run.expect('type "ABC": ')
    t.run("map", "set", url, "tiny", "USER", "u1", "")
    run.send("ABC\n")
    t.contains(run.wait(expect=4), "the plan no longer holds")
    run = terminal.Terminal(t, "import", url, "tiny", *tiny.ASSUMED)
    run.expect('type "ABC": ')
    run.send("ABC\n")
    t.contains(run.wait(), "every row was verified")


# --- terminals ---------------------------------------------------------------------------------------


def test_colours(t):
    url, _ = tiny.loaded(t)
    command = ("plan", url, "tiny", "--accept", "assumed,possible")
    shown = terminal.Terminal(t, *command).wait()
    t.contains(shown, "\x1b[1m")
    for more, env in (((), {"NO_COLOR": "1"}), (("--no-color",), {}), ((), {"TERM": "dumb"})):
        shown = terminal.Terminal(t, *command, *more, "-q", env=env).wait()
        assert "\x1b" not in shown, repr(shown)
    t.contains(terminal.Terminal(t, *command, env={"NO_COLOR": ""}).wait(), "\x1b[1m")
    assert "\x1b" not in t.run(*command).out
    shown = terminal.Terminal(t, *command, "--json", "-q").wait()
    json.loads(shown)


def test_lists_fit_the_terminal(t):
    url, _ = tiny.loaded(t)
    command = ("map", "list", url, "tiny", "--no-color", "-q")
    whole = t.run(*command).out
    assert max(map(len, whole.splitlines())) > 110 and "…" not in whole, whole
    shown = terminal.Terminal(t, *command, columns=110).wait()
    lines = shown.splitlines()
    t.equal(len(lines), len(whole.splitlines()))
    assert max(map(len, lines)) <= 110 and "…" in shown, shown
    # to a file, nothing is cut, whatever the terminal
    with open(t.dir / "list", "wb") as out:
        terminal.Terminal(t, *command, columns=60, stdout=out).wait()
    t.equal((t.dir / "list").read_text(), whole)


def test_progress_line(t):
    url, _ = tiny.destination(t)
    tiny.write(t)
    with open(t.dir / "out", "wb") as out:
        shown = terminal.Terminal(t, "load", url, "tiny.csv", stdout=out).wait()
        # drawn, and taken away at the end and before the warnings
        drawn = shown.split("\r\x1b[K")
        assert len(drawn) > 2, repr(shown)
        assert shown.endswith("\r\x1b[K") or drawn[-1].startswith("reqferry: "), repr(shown)
        assert all(part.startswith("reqferry: ") for part in drawn if "\n" in part), repr(shown)
        assert max(len(part) for part in drawn if "\n" not in part) < 80, repr(shown)
        for more, env in ((("-q",), {}), ((), {"TERM": "dumb"})):
            shown = terminal.Terminal(t, "load", url, "tiny.csv", "--key", f"k{len(more)}", *more,
                                      stdout=out, env=env).wait()
            assert "\r\x1b" not in shown, repr(shown)
    assert "\r" not in t.run("load", url, "tiny.csv", "--key", "last").err


# --- interruptions -----------------------------------------------------------------------------------


def begun_load(t):
    """A load from a pipe that has given half of a file: the process, the pipe, the other half."""
    url, _ = tiny.destination(t)
    tiny.write(t, rows=tiny.data_rows())
    content = (t.dir / "tiny.csv").read_bytes()
    os.mkfifo(t.dir / "pipe")
    holder = os.open(t.dir / "pipe", os.O_RDWR)
    process = t.start("load", url, "-", "--key", "k", stdin=t.dir / "pipe")
    os.write(holder, content[:400])
    # the run is recorded before anything is read
    end = time.monotonic() + 60
    while True:
        tables = t.rows("wiki.db", "SELECT name FROM sqlite_master WHERE name = 'reqferry_run'")
        if tables and t.rows("wiki.db", "SELECT 1 FROM reqferry_run"):
            return process, holder, content[400:]
        assert time.monotonic() < end and process.popen.poll() is None
        time.sleep(0.02)


def send_signal(process, number):
    """Sends a signal and waits until the program has got it."""
    process.popen.send_signal(number)
    end = time.monotonic() + 60
    while True:
        with open(f"/proc/{process.popen.pid}/status", encoding="ascii") as file:
            pending = [int(line.split()[1], 16) for line in file
                       if line.startswith(("SigPnd", "ShdPnd"))]
        if not any(pending):
            return
        assert time.monotonic() < end
        time.sleep(0.01)


def test_interrupt_cancels_cleanly(t):
    for number in (signal.SIGINT, signal.SIGTERM):
        process, holder, rest = begun_load(t)
        send_signal(process, number)
        os.write(holder, rest)
        os.close(holder)
        result = process.wait(expect=130)
        t.contains(result.err, "interrupted")
        t.equal(t.rows("wiki.db", "SELECT 1 FROM reqferry_backup"), [])
        t.equal(t.rows("wiki.db", "SELECT 1 FROM reqferry_item"), [])
        for name in ("pipe", "wiki.db", "tiny.csv"):
            (t.dir / name).unlink()


def test_second_interrupt_ends_at_once(t):
    process, holder, _ = begun_load(t)
    send_signal(process, signal.SIGINT)
    assert process.popen.poll() is None
    process.popen.send_signal(signal.SIGINT)
    process.wait(expect=130, timeout=10)
    os.close(holder)
    t.equal(t.rows("wiki.db", "SELECT 1 FROM reqferry_backup"), [])


def test_interrupt_at_a_question(t):
    url, _ = tiny.loaded(t)
    before = t.hashes("wiki.db")
    run = terminal.Terminal(t, "map", "clear", url, "tiny", "--all")
    run.expect("[y/N] ")
    run.send("\x03")
    t.contains(run.wait(expect=130), "interrupted")
    t.same_hashes(before, t.hashes("wiki.db"))


def test_ignored_signals_stay_ignored(t):
    url = t.create_confluence("c.db")
    script = 'trap "" INT; "$P" list "$1" & kill -INT $!; wait $!'
    shell(t, script, url)
