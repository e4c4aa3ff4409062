"""What must be refused: each case with a message that says where and why, its exit status, and every
table as it was."""
import json
import os

import csvtext
import harness
import steps
import world
import world_jira

LINK = "11111111-0000-3000-8000-000000000001"


def jira(t, name="jira.db"):
    url = world.create(t, name, "jira")
    with world_jira.Site(t.dir / name, 1000, 7, "x") as site:
        site.user("ada", "ada", "ada@x.example", "Ada")
        site.applink(LINK, "Wiki", "http://wiki.example")
        issue = site.issue(site.project("TIO", "Toolbox"), 1, "Task")
        requirement = site.ry("DBREMOTEREQUIREMENT", APPLINK=LINK, SPACEKEY="SF", KEY="there before")
        site.ry("DBISSUELINK", ISSUEID=issue, ISSUEKEY="TIO-1", REQUIREMENT_ID=requirement)
    return url


def rows(*more):
    """A small backup's rows, with more data rows in front of the mapping rows."""
    return [
        csvtext.item("DBREMOTEREQUIREMENT", 1, None, LINK, "SF", 'K "1"', None, "false", None, "false",
                     "a,b\r\nc", None),
        csvtext.item("DBISSUELINK", 2, None, 10100, "TIO-1", "implements", 1),
        *more,
        csvtext.mapping("APPLINK", LINK, title="Wiki", url="http://wiki.example"),
        csvtext.mapping("SPACE", "SF", LINK),
        csvtext.mapping("ISSUE", 10100, title="Task", issuekey="TIO-1")]


def good(*more, **options):
    return csvtext.backup(csvtext.JIRA_PLUGIN, "TIO", rows(*more), **options).encode()


def line_of(content, part):
    """Where the record begins that holds the part: line and byte, from 1 and 0 or 1 on."""
    at = content.rindex(b"\r\n", 0, content.index(part)) + 2
    return content[:at].count(b"\n") + 1, at


def refuse(t, url, name, command, status, *words, kind=None, env=None):
    """Runs a command that must fail: its error document, its message for people, nothing changed."""
    before = steps.state(t, name) if name else None
    error = t.run("--json", *command, expect=status, env=env).json["error"]
    steps.has_keys(t, error, "kind", "message", "hint")
    said = error["message"] + " " + (error["hint"] or "")
    for word in words:
        if str(word).lower() not in said.lower():
            raise harness.Failure(f"nothing about {word!r}: {error}")
    if kind:
        t.equal(error["kind"], kind, "kind")
    people = t.run(*command, expect=status, env=env)
    t.contains(people.err, error["message"])
    t.equal(people.out, "", "standard output")
    if name:
        t.same_hashes(before, steps.state(t, name))
        t.equal([one["key"] for one in t.run("--json", "list", url).json], [], "backups")
    return error


def refuse_file(t, url, content, *words, status=1, kind="bad-input", file="bad.csv", **options):
    (t.dir / file).write_bytes(content)
    return refuse(t, url, "jira.db", ["load", url, file], status, file, *words, kind=kind, **options)


def test_good_file_loads(t):
    """The base of the cases below is sound: they fail for their own reason."""
    url = jira(t)
    (t.dir / "good.csv").write_bytes(good())
    t.equal(steps.load(t, url, "jira.db", "good.csv")["rows"], 2)


def test_empty_and_binary_files(t):
    url = jira(t)
    refuse_file(t, url, b"", "empty", kind=None)
    refuse_file(t, url, b"\r\n\r\n", kind=None)
    refuse_file(t, url, bytes(range(256)) * 40, "line 1", kind="bad-input")
    refuse_file(t, url, b"PK\x03\x04" + bytes(500), "line 1")
    refuse_file(t, url, b"name,age\r\nada,36\r\n", "line 1")
    refuse_file(t, url, b"x" * 5000, "line 1")


def test_truncated_files(t):
    url = jira(t)
    content = good()
    end = content.index(b"END,End of the file")
    refuse_file(t, url, content[:end], "END", kind="truncated")
    refuse_file(t, url, content[:end + 2], kind=None)
    quoted = content.index(b'"a,b') + 3
    refuse_file(t, url, content[:quoted], "quote", kind="truncated")
    refuse_file(t, url, content[:content.index(b"DBISSUELINK")], kind=None)
    for cut in range(0, len(content) - 3, max(1, len(content) // 25)):
        (t.dir / "cut.csv").write_bytes(content[:cut])
        t.run("load", url, "cut.csv", expect=1)
    t.equal(t.run("--json", "list", url).json, [])


def test_wrong_records(t):
    url = jira(t)
    content = good().decode()
    lines = content.split("\r\nDBBackupItem,DBISSUELINK")
    meta = next(line for line in content.splitlines(True) if "METADATA" in line)
    bad = {
        "two metadata records": content.replace(meta, meta * 2),
        "no metadata record": content.replace(meta, ""),
        "metadata too short": content.replace(meta, "DBBackupItem,METADATA,null\r\n"),
        "opening too short": content.replace(",3.7,3.4.8", ""),
        "no opening": content.split("\r\n", 1)[1],
        "opening twice": content.replace(meta, meta + content.splitlines(True)[0]),
        "item too short": content.replace(meta, meta + "DBBackupItem,DBISSUELINK\r\n"),
        "mapping too short": content.replace("DBBackupMapping,APPLINK", "DBBackupMapping,USER,x,,\r\n"
                                             "DBBackupMapping,APPLINK"),
        "item behind mappings": content.replace("\r\nEND", "\r\nDBBackupItem,DBISSUELINK" + lines[1]
                                                .split("\r\n")[0] + "\r\nEND"),
        "record behind the end": content + meta,
        "unknown record": content.replace(meta, meta + "DBBackupThing,1\r\n"),
        "field behind a quote": content.replace('"K ""1"""', '"K"1'),
    }
    for name, text in bad.items():
        assert text != content, name
        error = refuse_file(t, url, text.encode(), "line", kind=None)
        assert any(word in error["message"] for word in ("byte", "field", "line")), (name, error)


def test_bytes_that_are_no_text(t):
    url = jira(t)
    content = good()
    line, at = line_of(content, b'"K ""1"""')
    spot = content.index(b'"K ""1"""') + 1
    for bad, word in ((b"\0", "NUL"), (b"\xff", "UTF-8"), (b"\xc3(", "UTF-8"), (b"\xed\xa0\x80", "UTF-8"),
                      (b"\xf5\x80\x80\x80", "UTF-8"), (b"\xe2\x82", "UTF-8")):
        error = refuse_file(t, url, content[:spot] + bad + content[spot:], word, f"line {line}",
                            "field 7", "byte")
        assert str(spot) in error["message"] or str(spot + 1) in error["message"], (spot, error)
    refuse_file(t, url, b"\xef\xbb\xbf" + content, "byte order mark", "line 1")
    assert at < spot


def test_field_over_the_limit(t):
    url = jira(t)
    head, tail = good().split(b"a,b", 1)
    line, _ = line_of(good(), b"a,b")
    refuse_file(t, url, head + b"a,b" + b"x" * (64 << 20) + tail, f"line {line}", kind="limit")
    wide = csvtext.item("DBISSUELINK", 3, *[None] * 1100)
    refuse_file(t, url, good(wide), "field", "line", kind="limit")


def test_unknown_tables_and_types(t):
    url = jira(t)
    content = good(csvtext.item("DBNEWTHING", 1, "x"))
    line, _ = line_of(content, b"DBNEWTHING")
    refuse_file(t, url, content, "DBNEWTHING", f"line {line}", "field 2")
    content = good().replace(b"DBBackupMapping,APPLINK", b"DBBackupMapping,GALAXY")
    refuse_file(t, url, content, "GALAXY", "line", "field 2")
    content = good().replace(b"DBBackupMapping,SPACE,SF", b"DBBackupMapping,SPACE,")
    refuse_file(t, url, content, "key", "line", "field 3")


def test_wrong_product_and_versions(t):
    url = jira(t)
    other = csvtext.backup(csvtext.CONFLUENCE_PLUGIN, "ABC", [])
    refuse_file(t, url, other.encode(), "com.playsql.requirementyogi", "Jira", status=4,
                kind="wrong-product")
    refuse_file(t, url, other.replace("requirementyogi,", "something.else,").encode(), status=4,
                kind="wrong-product")
    (t.dir / "config.ini").write_text(f"[instance here]\nurl = {url}\nry_version = 3.6.2\n")
    env = {"REQFERRY_CONFIG": t.dir / "config.ini"}

    def versioned(version, oldest):
        (t.dir / "v.csv").write_bytes(good(version=version, oldest=oldest))
        return ["load", "here", "v.csv"]

    for version, oldest, word in (("3.7", "3.6.3", "3.6.3"), ("4.0", "3.10", "3.10"),
                                  ("3.7", "3.6.10-SNAPSHOT", "3.6.10-SNAPSHOT"),
                                  ("3.4.7", "3.4", "3.4.7"), ("3.4.8-SNAPSHOT", "3.4", "3.4.8")):
        refuse(t, url, "jira.db", versioned(version, oldest), 4, "v.csv", word, kind="wrong-version",
               env=env)
    for version, oldest in (("3.7", "3.6.2"), ("3.4.8", "3.4.8"), ("99.0", "3.6.2-SNAPSHOT")):
        t.run(*versioned(version, oldest), env=env)
        t.run("delete", url, "v")
    # without a known version here nothing can be compared, and that is said
    (t.dir / "v.csv").write_bytes(good(version="9", oldest="9"))
    t.contains(t.run("load", url, "v.csv").err, "version")


def test_rows_of_another_width(t):
    """Surplus fields stay in staging and in what is written; an import would lose them."""
    url = jira(t)
    content = good(csvtext.item("DBISSUELINK", 3, None, 10100, "TIO-1", "verifies", 1, "surplus,1"),
                   csvtext.item("DBISSUELINK", 4, None, 10100, "TIO-1", "verifies", 1,
                                *[None] * 40, "far"))
    (t.dir / "wide.csv").write_bytes(content)
    result = t.run("load", url, "wide.csv")
    t.contains(result.err, "fields")
    t.run("write", url, "wide", "again.csv")
    t.equal((t.dir / "again.csv").read_bytes(), content)
    kinds = [blocker["kind"] for blocker in steps.plan(t, url, "wide", "--accept", "assumed")["blockers"]]
    assert "no-column" in kinds, kinds
    kinds = [blocker["kind"] for blocker in steps.plan(
        t, url, "wide", "--accept", "assumed,lost-columns")["blockers"]]
    assert "no-column" not in kinds, kinds


def test_values_of_a_wrong_type(t):
    """Such a file can be loaded, so that it can be looked at, but not imported as it is."""
    url = jira(t)
    base = [None, LINK, "SF", "K", None, "false", None, "false", None, None]

    def requirement(number, place, value):
        fields = list(base)
        fields[place], fields[3] = value, f"K{number}"
        return csvtext.item("DBREMOTEREQUIREMENT", number, *fields)

    bad = [requirement(10, 4, "many"), requirement(11, 4, "99999999999"), requirement(12, 4, "1.5"),
           requirement(13, 5, "yes"), requirement(14, 5, "TRUE"), requirement(15, 6, "2024-13-01 00:00:00"),
           requirement(16, 6, "2023-02-29 10:00:00.000"), requirement(17, 6, "yesterday"),
           requirement(18, 2, "S" * 256), csvtext.item("DBREMOTEREQUIREMENT", None, *base),
           csvtext.item("DBREMOTEREQUIREMENT", 1, *base), csvtext.item("DBISSUELINK", 19, None)]
    sound = [requirement(30, 4, "-5"), requirement(31, 6, "2024-02-29 00:00:00"),
             requirement(32, 6, "2024-02-29 00:00:00.123456789"), requirement(33, 2, "S" * 255)]
    (t.dir / "values.csv").write_bytes(good(*bad, *sound))
    t.run("load", url, "values.csv")
    problems = {row["oldid"]: row["problem"] for row in t.rows(
        "jira.db", "SELECT oldid, problem FROM reqferry_item WHERE problem IS NOT NULL")}
    # of the two rows with the id 1 the second is the bad one
    t.equal(sorted(problems, key=str), sorted([None, "1", *map(str, range(10, 20))], key=str))
    planned = steps.plan(t, url, "values", "--accept", "assumed")
    blocker = next(one for one in planned["blockers"] if one["kind"] == "bad-value")
    t.contains(blocker["message"], str(len(bad)))
    before = steps.state(t, "jira.db")
    t.run("import", url, "values", "--confirm", "TIO", "--accept", "assumed", expect=4)
    t.same_hashes(before, steps.state(t, "jira.db"))


def test_key_in_use_and_bad_keys(t):
    url = jira(t)
    (t.dir / "good.csv").write_bytes(good())
    t.run("load", url, "good.csv")
    before = steps.state(t, "jira.db")
    for command in (["load", url, "good.csv"], ["export", url, "good", "--all"]):
        error = t.run("--json", *command, expect=4).json["error"]
        t.equal(error["kind"], "key-in-use")
        t.contains(error["message"], "good")
    for key in ("undo-1", "a b", "\u00e4", "k" * 101, "../x", ""):
        assert t.run("load", url, "good.csv", "--key", key, expect=(1, 2, 4)).err
    t.run("load", url, "-", stdin=good(), expect=(1, 2))
    t.same_hashes(before, steps.state(t, "jira.db"))
    t.run("load", url, "-", "--key", "k" * 100, stdin=good())


def test_unknown_keys(t):
    url = jira(t)
    for command in (["write", url, "nope", "x.csv"], ["delete", url, "nope"], ["map", "auto", url, "nope"],
                    ["map", "list", url, "nope"], ["map", "set", url, "nope", "USER", "a", "b"],
                    ["plan", url, "nope"], ["import", url, "nope", "--confirm", "TIO"],
                    ["verify", url, "nope"]):
        refuse(t, url, "jira.db", command, 1, "nope", kind="not-found")
    assert not (t.dir / "x.csv").exists()
    refuse(t, url, "jira.db", ["export", url, "k", "--project", "NOPE"], 1, "NOPE", kind="not-found")
    refuse(t, url, "jira.db", ["export", url, "k", "--project", "tio"], 1, "tio", "TIO", kind="not-found")
    refuse(t, url, "jira.db", ["export", url, "k", "--space", "ABC"], 2, kind="usage")


def test_manifest_mismatch(t):
    url = jira(t)
    t.run("export", url, "out", "--all", "--file", "out.csv")
    t.run("delete", url, "out")
    content = (t.dir / "out.csv").read_bytes()
    manifest = (t.dir / "out.csv.manifest.json").read_text("utf-8")
    assert b"there before" in content

    def with_manifest(text, data=content):
        (t.dir / "out.csv").write_bytes(data)
        (t.dir / "out.csv.manifest.json").write_text(text, "utf-8")

    with_manifest(manifest, content.replace(b"there before", b"there behind"))
    refuse(t, url, "jira.db", ["load", url, "out.csv"], 1, "out.csv", "manifest", kind="bad-input")
    with_manifest(manifest, content.replace(b"there before", b"there"))
    refuse(t, url, "jira.db", ["load", url, "out.csv"], 1, "out.csv", kind="bad-input")
    facts = json.loads(manifest)
    counts = [json.loads(manifest) for _ in range(3)]
    counts[0]["file"]["rows"] += 1
    counts[1]["tables"][0]["rows"] += 1
    counts[2]["file"]["bytes"] = "many"
    for broken in (manifest[:-20], "[]", *map(json.dumps, counts)):
        assert broken != json.dumps(facts)
        with_manifest(broken)
        refuse(t, url, "jira.db", ["load", url, "out.csv"], 1, "out.csv", kind="bad-input")
    with_manifest(manifest)
    t.run("load", url, "out.csv")


def test_what_is_no_instance(t):
    jira(t)
    (t.dir / "good.csv").write_bytes(good())

    def load(url, status, *words, **more):
        refuse(t, url, None, ["load", url, "good.csv"], status, *words, **more)

    (t.dir / "text.db").write_text("this is no database, " * 500)
    load(t.url("text.db"), 1, "text.db", kind="bad-input")
    load(t.url("missing.db"), 10, "missing.db", kind="unreachable")
    assert not (t.dir / "missing.db").exists()
    load(t.url("no/such/folder.db"), 10, "folder.db")
    load(f"sqlite:{t.dir}", 10, "folder")
    for name, schemas, words in (("empty.db", (), ("neither",)),
                                 ("plain.db", ("jira",), ("Requirement Yogi", "AO_42D05A_")),
                                 ("both.db", ("jira", "confluence"), ())):
        if name == "both.db":
            t.create(name, script="CREATE TABLE jiraissue (id); CREATE TABLE content (contentid);")
        else:
            t.create(name, *schemas)
        before = t.hashes(name)
        load(t.url(name), 1, *words, kind="no-tables")
        t.same_hashes(before, t.hashes(name))
    script = 'ALTER TABLE "AO_42D05A_DBISSUELINK" RENAME COLUMN "RELATIONSHIP" TO "REL"'
    load(t.create_jira("renamed.db", script=script), 1, "RELATIONSHIP", "DBISSUELINK", kind="no-tables")
    script = 'DROP TABLE "AO_42D05A_DBISSUELINK"'
    load(t.create_jira("dropped.db", script=script), 1, "DBISSUELINK", kind="no-tables")
    load(t.create_jira("host.db", script="ALTER TABLE project RENAME COLUMN pkey TO pk"), 1, "pkey",
         "project", kind="no-tables")
    load("nowhere", 2, "nowhere", kind="usage")
    load("postgresql://ada:secret@localhost/x", 2, "password", kind="usage")
    load("oracle://x", 1, "oracle", kind="unsupported")
    (t.dir / "text.db").unlink()


def test_missing_and_unreadable_files(t):
    url = jira(t)
    refuse(t, url, "jira.db", ["load", url, "nope.csv"], 1, "nope.csv", kind="not-found")
    (t.dir / "folder.csv").mkdir()
    refuse(t, url, "jira.db", ["load", url, "folder.csv"], 1, "folder.csv", kind=None)
    t.run("export", url, "k", "--all")
    before = steps.state(t, "jira.db")
    refuse_write = t.run("--json", "write", url, "k", "no/such/folder/x.csv", expect=1).json["error"]
    t.contains(refuse_write["message"], "no/such/folder")
    t.same_hashes(before, steps.state(t, "jira.db"))


def test_read_only_database(t):
    url = jira(t)
    (t.dir / "good.csv").write_bytes(good())
    os.chmod(t.dir / "good.csv", 0o644)
    t.run("load", url, "good.csv", "--key", "staged")
    before = t.hashes("jira.db")
    for command in (["load", url, "good.csv"], ["export", url, "k", "--all"], ["delete", url, "staged"],
                    ["map", "auto", url, "staged"],
                    ["import", url, "staged", "--confirm", "TIO", "--accept", "assumed"]):
        error = steps.as_reader(t, "--json", *command, expect=1).json["error"]
        t.equal(error["kind"], "read-only")
        t.contains(error["message"], "jira.db")
        t.same_hashes(before, t.hashes("jira.db"))
    # a reader's rights are enough to read
    t.equal([one["key"] for one in steps.as_reader(t, "--json", "list", url).json], ["staged"])
    steps.as_reader(t, "map", "list", url, "staged")
    steps.as_reader(t, "write", url, "staged", "-")


def test_wrong_use(t):
    url = jira(t)
    for command in ([], ["no-such-command"], ["load"], ["load", url], ["load", url, "a", "b", "c"],
                    ["load", url, "x.csv", "--no-such-option"], ["plan", url], ["map"], ["map", "nothing"],
                    ["import", url, "k", "--erase", "maybe"], ["import", url, "k", "--accept", "all"],
                    ["export", url, "k", "--space", "A", "--project", "B"],
                    ["map", "list", url, "k", "--type", "GALAXY"]):
        result = t.run(*command, expect=2)
        assert result.err and not result.out, command
