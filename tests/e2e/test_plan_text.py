"""The whole text of a plan, as the person reads it who must answer for it."""
import re

import csvtext
import harness
import steps
import terminal
import tiny
from test_plan_import import edit
from tiny import KEY, NAME

OPTIONS = ("--accept", "assumed,possible", "--reject")

SPACE = """\
Plan of an import

Plan           <hash>
Instance       <instance>
Backup         tiny
Scope          ABC -> DEF
File           tiny.csv
SHA-256        <hash>
Exported       2024-01-04 20:59:55
In staging     since <time>, by tester
Options        --erase brought --accept possible,assumed --reject --outside keep --audit-trail rewrite

Rows by table         backup  insert  merge  exclude  reject  erase
DBREQUIREMENT              4       3      0        0       1      3
DBPROPERTY                 3       2      0        0       1      1
DBDEPENDENCY               2       2      0        0       0      2
DBLINK                     5       2      0        3       0      1
DBTRACEABILITYMATRIX       1       1      0        0       0      1
DBAPPLINK                  0       0      0        0       0      0
total                     15      10      0        3       2      8

Each row of the backup is inserted, merged with a row that stays, excluded or rejected. Rows to be \
erased stand here now; the import keeps a safety copy of them.

Erased, by space
  DEF: 7 rows (DBREQUIREMENT 3, DBPROPERTY 1, DBDEPENDENCY 1, DBLINK 1, DBTRACEABILITYMATRIX 1)
  of no one space: 1 row (DBDEPENDENCY 1)
  1 row of "def" stays: the key differs from the scope's in case.

Excluded mappings, and the rows that are left out with them
  PAGE 11 "Page 11": 2 rows (DBLINK 2)
  PAGE 8021 "Page 8021": 1 row (DBLINK 1)
  These rows need it, or refer to such a row; each counts once. 3 excluded mappings leave no other row out.

Rows that are rejected
  DBREQUIREMENT 30: "many" in column "BASELINE" of "DBREQUIREMENT" is no whole number
  DBPROPERTY 31: it refers to a row that is left out

References to and from other places: 0 kept, 1 lost, 0 kept at the origin
  lost: DBDEPENDENCY from ABC OLD-1 to DEF OLD-1 (r): <reason>

Remarks
  2 requirements are left without a link to the page that defines it.
  2 texts are copied unchanged and name a space, page, issue or file by what it is called at the origin: \
DBREQUIREMENT.HTMLEXCERPT 1, DBTRACEABILITYMATRIX.QUERY 1.
  zone-unknown: times are copied as they are: the backup does not say in which time zone they are.
  fraction-digits: 1 time has more than 3 fraction digits: the further ones are cut off, since this \
database keeps 3.

Time and space
  <duration> on this machine. The database grows by up to <bytes>; up to <bytes> more while the \
import runs. Free there: <bytes>.

Nothing forbids this import.
To run exactly this plan, give "import" its options, --confirm DEF and
  --plan <hash>
"""


def prepared(t):
    """A space under a new key, with something of each kind but merged rows."""
    rows = tiny.data_rows()
    rows[2] = tiny.requirement(3, "R-3", CREATEDDATE="2024-01-04 19:20:08.123456",
                               HTMLEXCERPT='<a href="/display/ABC/Home">home</a>')
    rows[12] = csvtext.item("DBTRACEABILITYMATRIX", 13, None, "ABC", 7, "matrix", "spaceKey = 'ABC'", "key",
                            "u1", None, None, None)
    rows.append(tiny.requirement(30, "R-30", BASELINE="many"))
    rows.append(csvtext.item("DBPROPERTY", 31, None, 30, "INLINE", "name", "value"))
    url, _ = tiny.ready(t, rows)
    t.run("map", "set", url, KEY, "SPACE", "ABC", "DEF")
    for page in ("11", "8021"):
        steps.edit_one(t, url, KEY, "exclude", "PAGE", page)
    edit(t, "UPDATE reqferry_mapping SET status = 'EXCLUDED', destinationvalue = NULL WHERE type = 'VERSION'")
    edit(t, "UPDATE reqferry_mapping SET status = 'MAPPED_MANUAL', destinationvalue = (SELECT contentid FROM "
         "content WHERE title = 'table.xlsx') WHERE type = 'ATTACHMENT'")
    edit(t, "UPDATE reqferry_mapping SET status = 'MAPPED_MANUAL', destinationvalue = key WHERE type = 'ISSUE'")
    edit(t, "UPDATE reqferry_backup SET createdby = 'tester'")
    edit(t, """INSERT INTO "AO_32F7CE_DBDEPENDENCY" ("RELATIONSHIP", "PARENT_ID", "CHILD_ID") SELECT 'r', a."ID",
         d."ID" FROM "AO_32F7CE_DBREQUIREMENT" d JOIN "AO_32F7CE_DBREQUIREMENT" a ON d."KEY" = 'OLD-1' AND
         a."KEY" = 'OLD-1' AND d."SPACEKEY" = 'DEF' AND a."SPACEKEY" = 'ABC'""")
    edit(t, """INSERT INTO "AO_32F7CE_DBREQUIREMENT" ("SPACEKEY", "KEY") VALUES ('def', 'x')""")
    return url


def steady(text, url):
    """Without what is another in each run, and the words of a reason, which are not the plan's."""
    for pattern, word in ((r"\b[0-9a-f]{64}\b", "<hash>"), (re.escape(url), "<instance>"),
                          (r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "<time>"), (r"[0-9.]+ [kMGT]B\b", "<bytes>"),
                          (r"(Less than a|About a|About \d+) (second|minute)s?", "<duration>"),
                          (r"(?m)^(  lost: .*\): ).*$", r"\1<reason>")):
        text = re.sub(pattern, word, text)
    return text


def test_the_whole_text(t):
    url = prepared(t)
    result = t.run("plan", url, KEY, *OPTIONS)
    t.equal(result.err, "")
    got, wanted = steady(result.out, url).splitlines(), SPACE.splitlines()
    for line, (one, other) in enumerate(zip(got + [None] * len(wanted), wanted + [None])):
        if one != other:
            raise harness.Failure(f"line {line + 1} is\n{one!r}\nand not\n{other!r}\n{result}")


def test_the_same_words_fit_a_terminal(t):
    """In 80 columns no line is longer, and not a word of the text is lost."""
    url = prepared(t)
    def shown(*options, expect=0):
        """On a terminal of 80 columns; progress goes elsewhere."""
        with open(t.dir / "progress", "w", encoding="utf-8") as progress:
            run = terminal.Terminal(t, "plan", url, KEY, *options, stderr=progress)
            return terminal.without_escapes(run.wait(expect))

    def words(text):
        return steady(" ".join(text.split()), url)

    wide = t.run("plan", url, KEY, *OPTIONS).out
    text = shown(*OPTIONS)
    t.equal(words(text), words(wide), "words")
    long = [line for line in text.splitlines() if len(line) > 80 and url not in line]
    t.equal(long, [], "lines that are too long")
    refused = shown(expect=4)
    t.contains(refused, "This import is refused:")
    t.equal([line for line in refused.splitlines() if len(line) > 80 and url not in line], [])


def test_a_blocked_plan_says_what_to_do_last(t):
    url = prepared(t)
    steps.edit_one(t, url, KEY, "clear", "USER", "u2")
    result = t.run("plan", url, KEY, expect=4)
    end = result.out[result.out.index("This import is refused:"):]
    kinds = re.findall(r"(?m)^ *\d+\. ([a-z-]+): ", end)
    t.equal(kinds, [one["kind"] for one in steps.plan(t, url, KEY)["blockers"]])
    for blocker in steps.plan(t, url, KEY)["blockers"]:
        t.contains(end, f"{blocker['kind']}: {blocker['message']}\n     {blocker['hint']}\n")
    assert "To run exactly this plan" not in result.out, result
    assert result.out.endswith(steps.plan(t, url, KEY)["blockers"][-1]["hint"] + "\n"), result
    assert NAME in result.out
