"""Reports of imports, the table of ids, and cleaning up."""
import collections
import contextlib
import csv
import datetime
import html.parser
import io
import json

import csvtext
import harness
import steps
import terminal
import tiny
from tiny import ASSUMED, KEY, NAME

NASTY = "<script>alert('1')</script> & \"q\""
FATES = ("inserted", "merged", "excluded", "rejected")


def rows_with_faults():
    """The rows of tiny and more: two with values that cannot be imported, one with a dependant."""
    return tiny.data_rows() + [
        tiny.requirement(20, "R-20", STORAGETYPE="no number"),
        csvtext.item("DBPROPERTY", 21, None, 20, "INLINE", "name", "value"),
        csvtext.item("DBDEPENDENCY", 22, None, "refines", 20, 1),
        tiny.requirement(23, "R-23", BASELINE="x")]


def in_order(rows):
    order = ["DBREQUIREMENT", "DBPROPERTY", "DBDEPENDENCY", "DBLINK", "DBTRACEABILITYMATRIX"]
    return sorted(rows, key=lambda row: order.index(row[1]))


def mapped_rows():
    nasty = csvtext.mapping("PAGE", 8021, spacekey="ABC", pagetype="PAGE", pageversion=1, title=NASTY)
    return [nasty if row[1:3] == nasty[1:3] else row
            for row in tiny.mapping_rows()]


def prepared(t):
    """Ready to be imported with --reject: a page with a nasty title and a user are excluded."""
    url, truth = tiny.loaded(t, in_order(rows_with_faults()), mapped_rows())
    steps.decide(t, url, NAME, KEY, truth)
    steps.edit_one(t, url, KEY, "exclude", "PAGE", "8021")
    steps.edit_one(t, url, KEY, "exclude", "USER", "u2")
    return url


def imported(t, *options):
    url = prepared(t)
    done = t.run("--json", "import", url, KEY, "--confirm", "ABC", *ASSUMED, "--reject", *options,
                 expect=3).json
    return url, done


# What of these rows is left out, by hand: R-2 (user u2) with its property, dependencies and links;
# the link to page 8021; the rows that cannot be imported with what refers to them.
EXCLUDED = {("DBREQUIREMENT", "2"), ("DBPROPERTY", "5"), ("DBDEPENDENCY", "6"), ("DBDEPENDENCY", "7"),
            ("DBLINK", "9"), ("DBLINK", "11"), ("DBLINK", "12")}
REJECTED = {("DBREQUIREMENT", "20"), ("DBREQUIREMENT", "23"), ("DBPROPERTY", "21"),
            ("DBDEPENDENCY", "22")}


def stored(t):
    return json.loads(t.rows(NAME, "SELECT report FROM reqferry_run WHERE step = 'import' AND "
                             "state = 'done' ORDER BY started DESC")[0]["report"])


# --- the report --------------------------------------------------------------------------------------


def check_numbers(t, report, done):
    for word in ("erased", *FATES):
        t.equal(report[word], done[word], word)
    live = {}
    for table in report["inserted"]:
        live[table] = steps.count(t, NAME, f'''"AO_32F7CE_{table}" WHERE "ID" IN (SELECT rowid_ FROM
            reqferry_undo_row WHERE kind = 'inserted' AND tablename = 'AO_32F7CE_{table}')''')
    t.equal(report["inserted"], live, "inserted")
    erased = collections.Counter({table: 0 for table in report["erased"]})
    for row in t.rows(NAME, "SELECT tablename FROM reqferry_undo_row WHERE kind = 'erased'"):
        erased[row["tablename"].removeprefix("AO_32F7CE_")] += 1
    t.equal(report["erased"], dict(erased), "erased")
    items = collections.Counter({table: 0 for table in report["inserted"]})
    for row in t.rows(NAME, "SELECT tablename FROM reqferry_item WHERE backupkey = ?", KEY):
        items[row["tablename"]] += 1
    t.equal({table: sum(report[word][table] for word in FATES) for table in items}, dict(items))
    for table, counts in report["verification"]["tables"].items():
        wanted = report["inserted"][table] + report["merged"][table]
        t.equal(counts, {"expected": wanted, "found": wanted, "different": 0}, table)


def test_report_has_every_row_that_was_left_out(t):
    url, done = imported(t)
    report = stored(t)
    rows = report["leftOut"]["rows"]
    t.equal({(row["table"], row["oldId"]) for row in rows if row["outcome"] == "excluded"}, EXCLUDED)
    t.equal({(row["table"], row["oldId"]) for row in rows if row["outcome"] == "rejected"}, REJECTED)
    t.equal((report["leftOut"]["total"], report["leftOut"]["listed"]), (len(rows), 11))
    reasons = {(row["table"], row["oldId"]): row["reason"] for row in rows}
    mappings = {(row["table"], row["oldId"]): row["mapping"] for row in rows}
    t.equal(reasons["DBREQUIREMENT", "2"], 'USER "u2" is excluded')
    t.equal(reasons["DBPROPERTY", "5"],
            'refers to DBREQUIREMENT 2, which is left out: USER "u2" is excluded')
    t.equal(reasons["DBLINK", "9"], f'PAGE "8021" ({NASTY}) is excluded')
    t.equal(mappings["DBLINK", "9"], {"type": "PAGE", "key": "8021"})
    t.contains(reasons["DBREQUIREMENT", "20"], "STORAGETYPE")
    t.contains(reasons["DBREQUIREMENT", "23"], "BASELINE")
    t.equal(reasons["DBPROPERTY", "21"], "refers to DBREQUIREMENT 20, which is left out")
    t.equal(mappings["DBPROPERTY", "21"], None)
    check_numbers(t, report, done)


def test_report_says_what_by_whom_and_when(t):
    url = prepared(t)
    planned = steps.plan(t, url, KEY, *ASSUMED, "--reject")["hash"]
    before = datetime.datetime.now(datetime.timezone.utc)
    t.run("--as", "ada the auditor", "import", url, KEY, "--confirm", "ABC", "--plan", planned, *ASSUMED,
          "--reject", expect=3)
    after = datetime.datetime.now(datetime.timezone.utc)
    report = t.run("--json", "report", url, KEY).json
    t.equal({**stored(t), "undone": None}, report)
    backup = t.rows(NAME, "SELECT * FROM reqferry_backup")[0]
    undo = t.rows(NAME, "SELECT * FROM reqferry_undo")[0]
    t.equal((report["plan"], report["actor"], report["key"], report["scope"], report["undoKey"]),
            (planned, "ada the auditor", KEY, {"old": "ABC", "new": "ABC"}, undo["undokey"]))
    t.equal((report["file"]["name"], report["file"]["sha256"]), (backup["filename"], backup["sha256"]))
    assert len(report["file"]["sha256"]) == 64, report["file"]
    t.equal(report["tool"], t.run("--version").out.strip())
    t.equal(report["options"], {"erase": "brought", "accept": ["assumed"], "reject": True,
                                "outside": "keep", "auditTrail": "rewrite"})
    t.equal(report["verification"]["ok"], True)
    times = [datetime.datetime.fromisoformat(report[name].replace("Z", "+00:00"))
             for name in ("started", "finished")]
    second = datetime.timedelta(seconds=1)
    assert before - second <= times[0] <= times[1] <= after + second, (before, times, after)
    for name in ("before", "after", "pages"):
        assert report["steps"][name], report["steps"]
    text = t.run("report", url, KEY).out
    t.equal(t.run("report", url, KEY, "--text").out, text)
    for part in (planned, "ada the auditor", report["file"]["sha256"], undo["undokey"],
                 "every row was verified", *report["steps"]["after"], *report["steps"]["pages"]):
        t.contains(text, part, "the report as text")
    t.run("report", url, KEY, "--text", "--html", expect=2)
    t.run("--json", "report", url, KEY, "--html", expect=2)


def test_report_is_of_the_last_import_and_outlives_the_backup(t):
    url, truth = tiny.ready(t)
    error = t.run("--json", "report", url, KEY, expect=1).json["error"]
    t.equal(error["kind"], "not-found")
    t.run("--as", "first", "import", url, KEY, "--confirm", "ABC", *ASSUMED)
    t.run("--as", "second", "import", url, KEY, "--confirm", "ABC", *ASSUMED)
    t.run("--as", "third", "import", url, KEY, "--confirm", "WRONG", *ASSUMED, expect=4)
    t.equal(t.run("--json", "report", url, KEY).json["actor"], "second")
    t.run("delete", url, KEY)
    report = t.run("--json", "report", url, KEY).json
    t.equal((report["actor"], report["leftOut"]), ("second", {"total": 0, "listed": 0, "rows": []}))
    t.contains(t.run("report", url, KEY).out, "None: every row of the backup")


class Page(html.parser.HTMLParser):
    """What a browser would make of it: elements, texts by cell, and whether tags are balanced."""

    EMPTY = {"meta"}

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.cells, self.attributes = [], collections.Counter(), [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attributes]
        if tag in ("td", "th"):
            self.cells.append("")
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            raise harness.Failure(f"</{tag}> closes another element")

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.cells[-1] += data


def test_html_is_whole_escaped_and_alone(t):
    url, done = imported(t)
    text = t.run("report", url, KEY, "--html").out
    page = Page(text)
    t.equal(page.open, [], "elements left open")
    assert "script" not in page.tags and "<script" not in text, "a title became a script"
    t.contains(text, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;q&quot;")
    assert f'PAGE "8021" ({NASTY}) is excluded' in page.cells, page.cells
    for name, value in [(name, value) for _, name, value in page.attributes]:
        assert name not in ("src", "href", "style") and not name.startswith("on"), (name, value)
    t.equal((page.tags["h1"], page.tags["main"], page.tags["title"]), (1, 1, 1))
    t.equal(page.tags["caption"], page.tags["table"], "captions")
    t.equal(sum(1 for tag, name, _ in page.attributes if (tag, name) == ("th", "scope")), page.tags["th"],
            "header cells with a scope")
    for table, number in EXCLUDED | REJECTED:
        assert any(page.cells[i:i + 2] == [number, table] for i in range(len(page.cells))), (table, number)


def test_report_files(t):
    url = prepared(t)
    before = steps.state(t, NAME)
    arguments = ("import", url, KEY, "--confirm", "ABC", *ASSUMED, "--reject")
    t.run(*arguments, "--report", "report.pdf", expect=2)
    t.run(*arguments, "--report", "report.txt", "--dry-run", expect=2)
    t.run(*arguments, "--report", "no/such/folder/report.txt", expect=1)
    t.run("import", url, KEY, "--confirm", "WRONG", *ASSUMED, "--reject", "--report", "refused.txt",
          expect=4)
    t.same_hashes(before, steps.state(t, NAME))
    t.equal([path.name for path in t.dir.iterdir() if "report." in path.name or "refused" in path.name],
            [], "files of imports that did not happen")
    (t.dir / "report.txt").write_text("an old report")
    t.run(*arguments, "--report", "report.txt", "--report", "report.json", "--report=report.html",
          expect=3)
    t.equal(json.loads((t.dir / "report.json").read_text()) | {"undone": None},
            t.run("--json", "report", url, KEY).json)
    t.equal((t.dir / "report.html").read_text(), t.run("report", url, KEY, "--html").out)
    t.equal((t.dir / "report.txt").read_text(), t.run("report", url, KEY, "--text").out)
    t.run(*arguments, *(f"--report={n}.txt" for n in range(9)), expect=2)
    t.run("plan", url, KEY, "--report", "x.txt", expect=2)


def test_report_limits_its_list_and_says_so(t):
    more = [csvtext.item("DBPROPERTY", 1000 + n, None, 2, "INLINE", f"n{n}", "v") for n in range(10100)]
    url, truth = tiny.loaded(t, in_order(tiny.data_rows() + more))
    steps.decide(t, url, NAME, KEY, truth)
    steps.edit_one(t, url, KEY, "exclude", "USER", "u2")
    t.run("import", url, KEY, "--confirm", "ABC", *ASSUMED)
    left_out = t.run("--json", "report", url, KEY).json["leftOut"]
    total = 10100 + len(EXCLUDED) - 1  # page 8021 is not excluded here
    t.equal((left_out["total"], left_out["listed"], len(left_out["rows"])), (total, 10000, 10000))
    wanted = f'... and {total - 10000} more: "reqferry ids" lists all {total} of them.'
    t.contains(t.run("report", url, KEY).out, wanted)
    t.contains(t.run("report", url, KEY, "--html").out, wanted.replace('"', "&quot;"))
    lines = list(csv.reader(io.StringIO(t.run("ids", url, KEY).out, newline="")))
    t.equal(sum(1 for line in lines if line[5] == "excluded" and line[0] == "row"), total)


def test_report_of_an_import_that_was_undone(t):
    url, _ = imported(t)
    edit(t, "UPDATE reqferry_undo SET undone = '2030-01-31T12:34:56.789Z'")
    t.equal(t.run("--json", "report", url, KEY).json["undone"], "2030-01-31T12:34:56.789Z")
    t.contains(t.run("report", url, KEY).out, "undone later: 2030-01-31T12:34:56.789Z")
    t.run("ids", url, KEY, expect=4)
    # the next import of the same backup was not
    t.run("import", url, KEY, "--confirm", "ABC", *ASSUMED, "--reject", expect=3)
    t.equal(t.run("--json", "report", url, KEY).json["undone"], None)
    t.run("ids", url, KEY)


# --- ids ---------------------------------------------------------------------------------------------


def ids(t, url):
    """Lines as dictionaries; what CSV and JSON say must be the same."""
    text = t.run("ids", url, KEY).out
    lines = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    t.equal(text.split("\r\n")[0], "kind,name,old id,dependencies,new id,outcome,reason")
    again = [{"kind": "row", "name": one["table"], "old id": one["oldId"], "dependencies": None,
              "new id": one["newId"], "outcome": one["outcome"], "reason": one["reason"]}
             if one["kind"] == "row" else
             {"kind": "mapping", "name": one["type"], "old id": one["key"],
              "dependencies": one["dependencies"], "new id": one["destination"],
              "outcome": one["outcome"], "reason": one["reason"]}
             for one in t.run("--json", "ids", url, KEY).json]
    t.equal([{name: value or None for name, value in line.items()} for line in lines], again, "JSON")
    return lines


def test_ids_lists_every_row_and_mapping(t):
    url, done = imported(t)
    lines = ids(t, url)
    rows = [line for line in lines if line["kind"] == "row"]
    t.equal([(line["name"], line["old id"], line["new id"] or None) for line in rows],
            [(row["tablename"], row["oldid"], None if row["newid"] is None else str(row["newid"]))
             for row in t.rows(NAME, "SELECT * FROM reqferry_item ORDER BY id")], "rows")
    counts = collections.Counter((line["name"], line["outcome"]) for line in rows)
    for word in FATES:
        t.equal({table: counts[table, word] for table in done[word]}, done[word], word)
    for line in rows:
        t.equal(line["outcome"] == "inserted", line["reason"] == "", line)
        if line["outcome"] == "inserted":
            t.equal(steps.count(t, NAME, f'"AO_32F7CE_{line["name"]}" WHERE "ID" = ?', line["new id"]), 1)
    left = {(line["name"], line["old id"]): line["reason"] for line in rows
            if line["outcome"] in ("excluded", "rejected")}
    t.equal(left, {(row["table"], row["oldId"]): row["reason"]
                   for row in stored(t)["leftOut"]["rows"]}, "reasons")
    mappings = [line for line in lines if line["kind"] == "mapping"]
    words = {"MAPPED_AUTO": "mapped", "MAPPED_MANUAL": "mapped", "EXCLUDED": "excluded",
             None: "unmapped"}
    t.equal([(line["name"], line["old id"], line["dependencies"] or None, line["new id"] or None,
              line["outcome"]) for line in mappings],
            [(row["type"], row["key"], row["dependencies"],
              row["destinationvalue"] if words[row["status"]] == "mapped" else None,
              words[row["status"]])
             for row in t.rows(NAME, "SELECT * FROM reqferry_mapping ORDER BY id")], "mappings")


def test_ids_of_merged_rows(t):
    """Two application links of the backup become one: their rows of DBAPPLINK merge."""
    other = "cccccccc-0000-3000-8000-00000000000c"
    rows = [csvtext.item("DBAPPLINK", 1, None, tiny.LINK, "Jira"),
            csvtext.item("DBAPPLINK", 2, None, other, "Jira again")]
    entities = [csvtext.mapping("APPLINK", tiny.LINK, title="Jira", url="http://jira.example"),
                csvtext.mapping("APPLINK", other, title="Jira", url="http://jira.example")]
    url, _ = tiny.destination(t)
    tiny.write(t, rows, entities, scope=None)
    steps.load(t, url, NAME, f"{KEY}.csv")
    for link in (tiny.LINK, other):
        t.run("map", "set", url, KEY, "APPLINK", link, tiny.NEW_LINK)
    done = t.run("--json", "import", url, KEY, *ASSUMED, "--confirm", "everything").json
    t.equal((done["inserted"]["DBAPPLINK"], done["merged"]["DBAPPLINK"]), (1, 1))
    first, second = [line for line in ids(t, url) if line["kind"] == "row"]
    t.equal((first["outcome"], second["outcome"]), ("inserted", "merged"))
    t.equal(second["new id"], first["new id"])
    t.contains(second["reason"], "identity")


def test_ids_needs_an_import_that_stands(t):
    url, _ = tiny.ready(t)
    t.equal(t.run("--json", "ids", url, KEY, expect=4).json["error"]["kind"], "refused")
    t.equal(t.run("--json", "ids", url, "nobody", expect=1).json["error"]["kind"], "not-found")
    t.run("import", url, KEY, "--confirm", "ABC", *ASSUMED)
    t.equal(t.run("ids", url, KEY).err, "")
    t.run("map", "set", url, KEY, "USER", "u1", "")
    t.contains(t.run("ids", url, KEY).err, "1 mapping was changed since the import")
    t.run("import", url, KEY, "--confirm", "ABC", *ASSUMED)
    line = [one for one in ids(t, url) if (one["name"], one["old id"]) == ("USER", "u1")][0]
    t.equal((line["outcome"], line["new id"]), ("nothing", ""))
    # another backup under the same key was not imported
    t.run("delete", url, KEY)
    steps.load(t, url, NAME, f"{KEY}.csv")
    t.run("ids", url, KEY, expect=4)


def test_import_replaces_what_became_of_the_rows(t):
    url, _ = imported(t)
    t.run("map", "clear", url, KEY, "--type", "USER", "--yes")
    t.run("map", "auto", url, KEY, expect=(0, 3))
    t.run("import", url, KEY, "--confirm", "ABC", *ASSUMED, "--reject", "--accept", "assumed,possible",
          expect=2)
    t.run("import", url, KEY, "--confirm", "ABC", "--reject", "--accept", "assumed,possible", expect=3)
    left = {(line["name"], line["old id"]) for line in ids(t, url)
            if line["kind"] == "row" and line["outcome"] == "excluded"}
    t.equal(left, {("DBLINK", "9")})


# --- clean -------------------------------------------------------------------------------------------


def others(t):
    return t.hashes(NAME, skip=("reqferry_*",))


def edit(t, statement, *values):
    with contextlib.closing(t.sqlite(NAME, write=True)) as db:
        db.execute(statement, values)


def test_clean_removes_orphans_and_nothing_else(t):
    url, _ = imported(t)
    edit(t, "INSERT INTO reqferry_item (id, backupkey, tablename, width) VALUES (1, 'lost', 'X', 3)")
    edit(t, "INSERT INTO reqferry_item (id, backupkey, tablename, width) VALUES (2, 'lost', 'X', 3)")
    edit(t, "INSERT INTO reqferry_mapping (id, backupkey, type, key, infile, width, rev) VALUES "
         "(1, 'lost', 'PAGE', '1', 1, 15, 0)")
    edit(t, "INSERT INTO reqferry_outcome (backupkey, item, fate) VALUES ('lost', 1, 'merged')")
    edit(t, "CREATE TABLE reqferryXnotes (text)")
    edit(t, "CREATE TABLE notes (text)")
    before = others(t)
    ours = t.hashes(NAME, skip=("AO_*", "reqferry_run"))
    done = t.run("--json", "clean", url).json
    t.equal(done, {"orphans": {"reqferry_outcome": 1, "reqferry_mapping": 1, "reqferry_item": 2},
                   "backups": [], "runs": 0, "tables": {}})
    t.same_hashes(before, others(t))
    for table in ("reqferry_item", "reqferry_mapping", "reqferry_outcome"):
        t.equal(steps.count(t, NAME, f"{table} WHERE backupkey = 'lost'"), 0)
    after = t.hashes(NAME, skip=("AO_*", "reqferry_run"))
    t.equal({name for name in ours if ours[name] != after.get(name)},
            {"reqferry_item", "reqferry_mapping", "reqferry_outcome"}, "tables that changed")
    t.equal(t.run("clean", url).out, "There was nothing to remove.\n")


def test_clean_by_age(t):
    url, _ = imported(t)
    t.run("load", url, f"{KEY}.csv", "--key", "new")
    old = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=30)).strftime(
        "%Y-%m-%dT%H:%M:%S.000Z")
    items = steps.count(t, NAME, "reqferry_item WHERE backupkey = ?", KEY)
    edit(t, "UPDATE reqferry_backup SET created = ? WHERE backupkey = ?", old, KEY)
    edit(t, "UPDATE reqferry_run SET started = ?, heartbeat = ?, ended = ? WHERE step = 'map'", old, old,
         old)
    edit(t, "UPDATE reqferry_run SET started = ?, heartbeat = ?, ended = ? WHERE step = 'import'", old,
         old, old)
    gone = steps.count(t, NAME, "reqferry_run WHERE ended = ?", old)
    assert gone > 0
    before = others(t)
    undo = {name: value for name, value in t.hashes(NAME).items() if name.startswith("reqferry_undo")}
    for days in ("31", "3000"):
        t.equal(t.run("--json", "clean", url, "--older-than", days).json["backups"], [])
    done = t.run("--json", "clean", url, "--older-than", "29").json
    t.equal(done, {"orphans": {}, "backups": [{"key": KEY, "rows": items}], "runs": gone, "tables": {}})
    t.same_hashes(before, others(t))
    after = t.hashes(NAME)
    t.same_hashes(undo, {name: after[name] for name in undo})
    t.equal([one["key"] for one in t.run("--json", "list", url).json
             if not one["key"].startswith("undo-")], ["new"])
    for table in ("reqferry_item", "reqferry_mapping", "reqferry_outcome", "reqferry_change",
                  "reqferry_batch"):
        t.equal(steps.count(t, NAME, f"{table} WHERE backupkey = ?", KEY), 0, table)
    t.equal(steps.count(t, NAME, "reqferry_item WHERE backupkey = 'new'"), items)
    for days in ("-1", "x", "", "1.5", "99999999999999999999"):
        t.run("clean", url, "--older-than", days, expect=2)


def test_clean_all(t):
    url, _ = imported(t)
    edit(t, "CREATE TABLE reqferryXnotes (text)")
    before, ours = others(t), steps.state(t, NAME)
    t.run("clean", url, "--all", expect=2)
    t.run("clean", url, "--all", "--older-than", "1", "--yes", expect=2)
    t.run("clean", url, "--yes", expect=2)
    error = t.run("--json", "clean", url, "--all", "--yes", expect=4).json["error"]
    t.equal(error["kind"], "refused")
    t.contains(error["message"], "safety cop")
    t.contains(error["hint"], "--force")
    t.same_hashes(ours, steps.state(t, NAME))
    counts = {row["name"]: steps.count(t, NAME, row["name"]) for row in t.rows(
        NAME, "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'reqferry^_%' ESCAPE '^'")}
    done = t.run("--json", "clean", url, "--all", "--yes", "--force").json
    t.equal(done, {"orphans": {}, "backups": [], "runs": 0, "tables": counts})
    t.same_hashes(before, t.hashes(NAME))
    t.equal(t.run("clean", url, "--all", "--yes").out, "There was nothing to remove.\n")
    t.equal(t.run("clean", url).out, "There was nothing to remove.\n")
    t.same_hashes(before, t.hashes(NAME))
    steps.load(t, url, NAME, f"{KEY}.csv")


def test_clean_all_refuses_what_others_refer_to(t):
    url, _ = tiny.loaded(t)
    edit(t, "CREATE TABLE notes (run TEXT REFERENCES reqferry_run (id))")
    before = t.hashes(NAME)
    error = t.run("--json", "clean", url, "--all", "--yes", expect=4).json["error"]
    t.contains(error["message"], '"notes"')
    t.same_hashes(before, t.hashes(NAME))


def test_clean_all_asks(t):
    url, _ = tiny.loaded(t)
    before = t.hashes(NAME)
    for answer in ("", "n", "no", "yesss"):
        asked = terminal.Terminal(t, "clean", url, "--all")
        asked.expect("Remove these tables")
        t.contains(asked.text, "reqferry_item")
        asked.send(f"{answer}\n")
        asked.wait(expect=4)
        t.same_hashes(before, t.hashes(NAME))
    asked = terminal.Terminal(t, "clean", url, "--all")
    asked.expect("Remove these tables")
    asked.send("y\n")
    asked.wait()
    t.equal([name for name in t.hashes(NAME) if name.startswith("reqferry_")], [])
