"""The validator at its edges, through the program: what a field may be, and what becomes of it in the
database. And what bytes must not change."""
import contextlib
import unicodedata

import check
import csvtext
import notices
import steps
import tiny
from tiny import ASSUMED, KEY, NAME

SPACE = csvtext.mapping("SPACE", "ABC", title="Alpha")
MAX32, MAX64 = 2**31 - 1, 2**63 - 1
WHOLE, LARGE = "is no whole number", "is a number too large for the column"

INTEGERS = (
    ("0", 0), ("-0", 0), ("7", 7), ("007", 7), ("-007", -7), ("0" * 40 + "5", 5), ("-1", -1), (None, None),
    ("+1", WHOLE), (" 1", WHOLE), ("1 ", WHOLE), ("1.0", WHOLE), ("1e3", WHOLE), ("0x1", WHOLE), ("-", WHOLE),
    ("--1", WHOLE), ("1-", WHOLE), ("\u0661", WHOLE), ("\uff11", WHOLE), ("1\t", WHOLE), ("null", WHOLE), ("NaN", WHOLE))
EDGES32 = ((str(MAX32), MAX32), (str(-MAX32 - 1), -MAX32 - 1), (str(MAX32 + 1), LARGE), (str(-MAX32 - 2), LARGE),
           (str(MAX64), LARGE), ("9" * 30, LARGE))
EDGES64 = ((str(MAX32 + 1), MAX32 + 1), (str(MAX64), MAX64), (str(-MAX64 - 1), -MAX64 - 1), (str(MAX64 + 1), LARGE),
           (str(-MAX64 - 2), LARGE), ("9" * 30, LARGE), ("-" + "9" * 30, LARGE))
NEITHER = 'is neither "true" nor "false"'
BOOLEANS = (("true", 1), ("false", 0), (None, None), *((word, NEITHER) for word in (
    "TRUE", "True", "False", "t", "f", "1", "0", "yes", "no", " true", "true ", "null", "on")))
NO_TIME = "is no date and time"
SECOND = "2024-02-29 23:59:59"
TIMES = (
    (SECOND, f"{SECOND}.000"), (f"{SECOND}.1", f"{SECOND}.100"), (f"{SECOND}.12", f"{SECOND}.120"),
    *((f"{SECOND}.{'123456789'[:n]}", f"{SECOND}.123") for n in range(3, 10)), (f"{SECOND}.000999999", f"{SECOND}.000"),
    ("0001-01-01 00:00:00", "0001-01-01 00:00:00.000"), ("2000-02-29 00:00:00.5", "2000-02-29 00:00:00.500"),
    ("9999-12-31 23:59:59.999999999", "9999-12-31 23:59:59.999"), (None, None),
    *((text, NO_TIME) for text in (
        f"{SECOND}.1234567890", f"{SECOND}.", f"{SECOND}.a", f"{SECOND},1", f"{SECOND}Z", f"{SECOND}+01:00",
        f" {SECOND}", f"{SECOND} ", "2024-02-29T23:59:59", "2024-02-29", "2024-02-29 23:59", "23:59:59",
        "2023-02-29 00:00:00", "1900-02-29 00:00:00", "2100-02-29 00:00:00", "2024-02-30 00:00:00",
        "2024-04-31 00:00:00", "2024-00-01 00:00:00", "2024-13-01 00:00:00", "2024-01-00 00:00:00",
        "2024-01-32 00:00:00", "2024-01-01 24:00:00", "2024-01-01 23:60:00", "2024-01-01 23:59:60",
        "0000-01-01 00:00:00", "24-01-01 00:00:00", "2024-1-1 0:0:0", "10000-01-01 00:00:00",
        "-2024-01-01 00:00:00", "29.02.2024 23:59:59", "now")))
LONG = "is a text too long for the column"
TEXTS = (
    ("x" * 255, "x" * 255), ("x" * 256, LONG), ("\u00e4" * 255, "\u00e4" * 255), ("\u00e4" * 256, LONG),
    ("\U0001f600" * 255, "\U0001f600" * 255), ("\U0001f600" * 256, LONG), ("x" * 254 + "\u20ac", "x" * 254 + "\u20ac"),
    ("e\u0301" * 127 + "x", "e\u0301" * 127 + "x"), ("e\u0301" * 128, LONG), ("x" * 100_000, LONG), (" ", " "))


def matrix(number, name=None, original=None, created=None, columns=None):
    return csvtext.item("DBTRACEABILITYMATRIX", number, None, "ABC", original, name, None, columns, None, created,
                        None, None)


# column -> (rows that hold the values there, the table, texts with what becomes of them: a value or a fault)
CASES = {
    "BASELINE": (lambda n, text: tiny.requirement(n, f"B-{n}", BASELINE=text), "DBREQUIREMENT", INTEGERS + EDGES32),
    "ORIGINALID": (lambda n, text: matrix(n, original=text), "DBTRACEABILITYMATRIX", INTEGERS + EDGES64),
    "ORIGIN": (lambda n, text: csvtext.item("DBLINK", n, None, 1, text, "PAGE", "page", None, None, None, f"{n}"),
               "DBLINK", BOOLEANS),
    "LASTUPDATEDDATE": (lambda n, text: tiny.requirement(n, f"T-{n}", LASTUPDATEDDATE=text), "DBREQUIREMENT", TIMES),
    "STATUS": (lambda n, text: tiny.requirement(n, f"S-{n}", STATUS=text), "DBREQUIREMENT", TEXTS),
    "NAME": (lambda n, text: matrix(n, name=text, original=n), "DBTRACEABILITYMATRIX", TEXTS),
}


def rows_of_cases():
    """Rows in the catalogue's order, and (column, old id, text, what becomes of it)."""
    rows, cases, number = {"DBREQUIREMENT": [tiny.requirement(1, "R-1")]}, [], 1
    for column, (build, table, texts) in CASES.items():
        for text, wanted in texts:
            number += 1
            rows.setdefault(table, []).append(build(number, text))
            cases.append((column, table, str(number), text, wanted))
    order = ("DBREQUIREMENT", "DBLINK", "DBTRACEABILITYMATRIX")
    return [row for table in order for row in rows[table]], cases


def test_values_at_their_edges(t):
    """Each text of each type: named with its reason, or in the database as it should be."""
    rows, cases = rows_of_cases()
    url, _ = notices.confirmed(t, rows, [SPACE])
    problems = {row["oldid"]: row["problem"] for row in t.rows(NAME, "SELECT oldid, problem FROM reqferry_item")}
    faults = (WHOLE, LARGE, NEITHER, NO_TIME, LONG)
    for column, table, number, text, wanted in cases:
        problem = problems[number]
        if wanted in faults and isinstance(wanted, str):
            shown = text if len(text) <= 40 else f"{text[:40]}..."
            shown = "".join(" " if c < " " else c for c in shown)
            t.equal(problem, f'"{shown}" in column "{column}" of "{table}" {wanted}', f"{column} {text!r:.80}")
        else:
            t.equal(problem, None, f"{column} {text!r:.80}")
    bad = sum(1 for problem in problems.values() if problem)
    assert bad > 70, bad
    planned = steps.plan(t, url, KEY, *ASSUMED)
    t.equal([(one["kind"], one["count"]) for one in planned["blockers"]], [("bad-value", bad)])
    checked = t.run("--json", "validate", f"{KEY}.csv", expect=5).json["problems"]
    # without the database a file's lengths and widths of numbers are not known
    assert {row["message"] for row in checked if row["kind"] == "bad-value"} <= set(problems.values()), checked

    done = t.run("--json", "import", url, KEY, *ASSUMED, "--reject", "--confirm", "ABC", expect=3).json
    t.equal(sum(done["rejected"].values()), bad)
    steps.verify(t, url, KEY)
    new = {row["oldid"]: row["newid"] for row in t.rows(NAME, "SELECT oldid, newid FROM reqferry_item")}
    with contextlib.closing(t.sqlite(NAME)) as db:
        for column, table, number, text, wanted in cases:
            found = db.execute(f'SELECT "{column}" FROM "AO_32F7CE_{table}" WHERE "ID" = ?', (new[number],)).fetchone()
            if problems[number]:
                t.equal((new[number], found), (None, None), f"{column} {text!r:.80}")
            else:
                t.equal((found[0], type(found[0])), (wanted, type(wanted)), f"{column} {text!r:.80}")


def test_a_text_that_must_be_there(t):
    """An empty field is NULL, but '' in a column that must have a value."""
    url, _ = notices.confirmed(t, [tiny.requirement(1, "", UPPERKEY=None, STATUS="", HTMLEXCERPT=None)], [SPACE])
    notices.passes(t, url, *ASSUMED)
    t.equal(t.rows(NAME, """SELECT "KEY", "STATUS", "HTMLEXCERPT", "CREATEDUSER", "LASTUPDATEDDATE" FROM
            "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'ABC'"""),
            [{"KEY": "", "STATUS": None, "HTMLEXCERPT": None, "CREATEDUSER": None, "LASTUPDATEDDATE": None}])


def test_a_number_that_must_be_there(t):
    """NOT NULL and no text: nothing can stand for it."""
    url, _ = tiny.destination(t)
    with contextlib.closing(t.sqlite(NAME, write=True)) as db:
        db.executescript("""DROP TABLE "AO_32F7CE_DBTRACEABILITYMATRIX"; CREATE TABLE
            "AO_32F7CE_DBTRACEABILITYMATRIX" ("COLUMNS" text, "CREATEDDATE" timestamp NOT NULL, "CREATEDUSER" text,
            "ID" INTEGER PRIMARY KEY AUTOINCREMENT, "LASTUPDATEDDATE" timestamp, "LASTUPDATEDUSER" text, "NAME" text,
            "ORIGINALID" bigint NOT NULL, "QUERY" text, "SCHEMAVERSION" integer, "SPACEKEY" text);""")
    tiny.write(t, [matrix(1, original=1, created=SECOND), matrix(2, created=SECOND), matrix(3, original=3)], [SPACE])
    steps.load(t, url, NAME, f"{KEY}.csv")
    steps.automatic(t, url, NAME, KEY)
    t.equal([row["problem"] for row in t.rows(NAME, "SELECT problem FROM reqferry_item ORDER BY id")], [
        None, 'no value in column "ORIGINALID" of "DBTRACEABILITYMATRIX" is not allowed',
        'no value in column "CREATEDDATE" of "DBTRACEABILITYMATRIX" is not allowed'])
    t.run("import", url, KEY, *ASSUMED, "--reject", "--confirm", "ABC", expect=3)
    t.equal(steps.count(t, NAME, """"AO_32F7CE_DBTRACEABILITYMATRIX" WHERE "SPACEKEY" = 'ABC'"""), 1)


BYTES = ("".join(map(chr, range(1, 32))), "\u0085\u00a0\u2028\u2029\ufeff", "\ufffe\uffff\U0001fffe\U0010ffff",
         "\U0001f600\u200d\U0001f4a9 e\u0301", "one\r\ntwo\rthree\nfour\r\n", " both ends ", "\t", "'; DROP TABLE x; --",
         "<p a='\"'>&lt;&#0;&nbsp;</p>", '"', '""', ",", "null", "\\N", "\\", "%s%n", "\u00df\u0131\u0130\u03c2", "\x7f")


def test_bytes_that_do_not_change(t):
    """STORAGETYPE and HTMLEXCERPT pass as they are; so does every plain text, of whatever characters."""
    rows = [tiny.requirement(n + 1, f"K{n}", HTMLEXCERPT=text, STORAGETYPE=(None, 1, 2, 3, 4)[n % 5], STATUS=text)
            for n, text in enumerate(BYTES)]
    url, _ = notices.confirmed(t, rows, [SPACE])
    t.run("write", url, KEY, "again.csv")
    t.equal((t.dir / "again.csv").read_bytes(), (t.dir / f"{KEY}.csv").read_bytes(), "what was written")
    for _ in range(2):
        notices.passes(t, url, *ASSUMED)
        found = t.rows(NAME, """SELECT "KEY", CAST("HTMLEXCERPT" AS blob) AS html, CAST("STATUS" AS blob) AS status,
                       "STORAGETYPE" AS kind FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'ABC' ORDER BY "ID" """)
        t.equal([(row["KEY"], row["html"], row["status"], row["kind"]) for row in found],
                [(f"K{n}", text.encode(), text.encode(), (None, 1, 2, 3, 4)[n % 5]) for n, text in enumerate(BYTES)])
        assert found, "no rows"


def test_reject_takes_what_depends_on_it_along(t):
    """A requirement with its properties, dependencies and links; a link alone; each with its reason."""
    rows = tiny.data_rows()
    rows[1] = tiny.requirement(2, "R-2", "u2", CREATEDDATE="yesterday")
    rows[9] = tiny.link(10, 3, "TRUE", "PAGE", "page", 11, 12)
    url, truth = notices.confirmed(t, rows)
    before = check.read(t, NAME)
    done = t.run("--json", "import", url, KEY, *ASSUMED, "--reject", "--confirm", "ABC", expect=3)
    t.equal(steps.filled(done.json["rejected"]), {"DBREQUIREMENT": 1, "DBPROPERTY": 1, "DBDEPENDENCY": 2, "DBLINK": 3})
    t.equal(steps.filled(done.json["inserted"]), {"DBREQUIREMENT": 2, "DBPROPERTY": 1, "DBLINK": 2,
                                                  "DBTRACEABILITYMATRIX": 1})
    for line in ('left out: DBREQUIREMENT 2: "yesterday" in column "CREATEDDATE" of "DBREQUIREMENT" is no date and time',
                 "left out: DBPROPERTY 5: it refers to a row that was left out",
                 "left out: DBDEPENDENCY 6: it refers to a row that was left out",
                 "left out: DBDEPENDENCY 7: it refers to a row that was left out",
                 'left out: DBLINK 10: "TRUE" in column "ORIGIN" of "DBLINK" is neither "true" nor "false"',
                 "left out: DBLINK 11: it refers to a row that was left out",
                 "left out: DBLINK 12: it refers to a row that was left out"):
        t.contains(done.err, line)
        assert line in done.json["warnings"], done.json["warnings"]
    t.equal(done.err.count("left out:"), 7)
    steps.verify(t, url, KEY)
    after = check.read(t, NAME)
    mine = {table: [row for number, row in rows.items() if number not in before[table]] for table, rows in after.items()}
    t.equal(sorted(row["KEY"] for row in mine["AO_32F7CE_DBREQUIREMENT"]), ["R-1", "R-3"])
    t.equal([row["VALUE"] for row in mine["AO_32F7CE_DBPROPERTY"]], ['value, "one"'])
    t.equal(mine["AO_32F7CE_DBDEPENDENCY"], [])
    t.equal(sorted(row["DOCUMENTID"] for row in mine["AO_32F7CE_DBLINK"]),
            sorted(truth.of("PAGE", key) for key in ("11", "8021")))
    listed = t.run("ids", url, KEY).out
    t.contains(listed, "rejected")


# --- upper case --------------------------------------------------------------------------------------


def test_upper_case_is_unicodes(t):
    """UPPERKEY of every letter that has an upper case, against Python's knowledge of Unicode, which is
    Java's toUpperCase(Locale.ROOT): one letter to one, and one to several."""
    letters = [chr(c) for c in range(0x80, 0x110000) if not 0xd800 <= c < 0xe000 and chr(c).upper() != chr(c)]
    several = [c for c in letters if len(c.upper()) > 1]
    assert len(letters) > 1300 and len(several) == 102, (len(letters), len(several))
    keys = [f"{n} {c}" for n, c in enumerate(letters)] + [
        "stra\u00dfe", "STRA\u00dfE", "\ufb03", "\u0131i\u0130I", "\u03bf\u03b4\u03cc\u03c2 \u03a3\u03c3", "\u0149",
        "\u01c6\u01c5\u01c4", "a\u0345", "\u1e9e"]
    rows = [tiny.requirement(2 * n + 1, key, UPPERKEY=None) for n, key in enumerate(keys)]
    rows += [tiny.requirement(2 * n + 1_000_000, key, BASELINE=1) for n, key in enumerate(keys)]
    url, _ = notices.confirmed(t, rows, [SPACE])
    planned, _ = notices.passes(t, url, *ASSUMED)
    t.equal(planned["warnings"], [], "warnings")
    wrong = [(row["KEY"], row["UPPERKEY"], unicodedata.name(row["KEY"][-1], "?")) for row in t.rows(
        NAME, """SELECT "KEY", "UPPERKEY" FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'ABC'""")
        if row["UPPERKEY"] != row["KEY"].upper()]
    t.equal(wrong, [])
