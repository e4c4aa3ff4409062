"""The history of mappings and undo: every column as before, whoever did what in between."""
import contextlib
import random
import shutil

import harness
import steps
import terminal
import tiny
import versions
from tiny import ASSUMED, KEY, NAME

CHANGE_KEYS = ("number", "date", "by", "change", "text", "mappings", "derived", "undoes", "undoneBy",
               "undoable", "type", "key", "dependencies", "oldStatus", "newStatus", "oldDestination",
               "newDestination")
# What a look-up or a person decides of a mapping; an undo restores it exactly.
DECIDED = ("status", "destinationvalue", "certainty", "rule", "outcome", "derivedfrom")
FOUND = ("UNMAPPED", "MAPPED_AUTO")
LEAVES = ("USER", "VERSION", "ATTACHMENT", "ISSUE")


def snapshot(t, name=NAME, key=KEY):
    """Id of a mapping -> its whole row with its candidates; not what only says that it was written."""
    found = {}
    with contextlib.closing(t.sqlite(name)) as db:
        for row in db.execute("SELECT * FROM reqferry_mapping WHERE backupkey = ?", (key,)):
            row = dict(row)
            del row["rev"], row["changeddate"]
            row["candidates"] = [tuple(one) for one in db.execute(
                "SELECT destinationvalue, rule, score, title FROM reqferry_candidate WHERE backupkey = ? "
                "AND mapping = ? ORDER BY destinationvalue", (key, row["id"]))]
            found[row["id"]] = row
    return found


def same(got, wanted, what="mappings"):
    for number in sorted(got.keys() | wanted.keys()):
        if got.get(number) != wanted.get(number):
            raise harness.Failure(f"{what}: {number} is\n  {got.get(number)}\nand not\n  "
                                  f"{wanted.get(number)}")


def edit(t, statement, *values, name=NAME):
    with contextlib.closing(t.sqlite(name, write=True)) as db:
        return db.execute(statement, values).rowcount


def as_user(t, who, *args, expect=0, **more):
    return t.run("--as", who, *args, expect=expect, **more)


def undo(t, url, who, *options, expect=0):
    return as_user(t, who, "--json", "map", "undo", url, KEY, "--yes", *options, expect=expect).json


def history(t, url, *options):
    """The document of `map history`, held against the table of mappings' changes."""
    document = t.run("--json", "map", "history", url, KEY, *options).json
    t.equal(list(document), ["changes", "total"])
    for change in document["changes"]:
        t.equal(tuple(change), CHANGE_KEYS)
        rows = t.rows(NAME, "SELECT derived, changedby, changeddate FROM reqferry_change WHERE backupkey = "
                      "? AND batch = ?", KEY, change["number"])
        t.equal((len(rows), sum(row["derived"] for row in rows)),
                (change["mappings"] + change["derived"], change["derived"]), "rows of the change")
        t.equal({(row["changedby"], row["changeddate"]) for row in rows},
                {(change["by"], change["date"])} if rows else set())
    return document


def refused(t, url, who, kind, *options, words=(), status=4):
    """Neither a dry run nor an undo goes, and nothing changes."""
    before = steps.state(t, NAME)
    shown = as_user(t, who, "--json", "map", "undo", url, KEY, "--dry-run", *options, expect=status).json
    error = undo(t, url, who, *options, expect=status)["error"]
    t.equal(shown["error"], error)
    t.equal(error["kind"], kind)
    for word in words:
        t.contains(f"{error['message']}\n{error['hint']}", word)
    t.same_hashes(before, steps.state(t, NAME))


# --- one person --------------------------------------------------------------------------------------


def test_step_by_step(t):
    """Each command that changes mappings is one change, and undoing goes back one by one."""
    url, _ = tiny.destination(t)
    tiny.write(t)
    t.run("load", url, f"{KEY}.csv")
    with t.sqlite(NAME, write=True) as db:
        db.execute("UPDATE content SET title = 'Page 11', lowertitle = 'page 11' WHERE title = 'Page 8021'")
    page = t.rows(NAME, "SELECT max(contentid) AS id FROM content WHERE title = 'Page 11'")[0]["id"]
    commands = [
        (("auto", url, KEY, "--open-ok"), "auto: 12 mappings"),
        (("confirm", url, KEY, "--type", "USER", "--yes"), "confirm: 2 mappings"),
        (("confirm", url, KEY, "--key", "ABC", "--yes"), "confirm SPACE ABC -> ABC"),
        (("set", url, KEY, "SPACE", "ABC", "DEF"), "set SPACE ABC -> DEF, 6 derived"),
        (("auto", url, KEY, "--open-ok"), "auto: 6 mappings"),
        (("set", url, KEY, "PAGE", "8021", page), f"set PAGE 8021 -> {page}, 1 derived"),
        (("auto", url, KEY, "--open-ok"), "auto: 1 mapping"),
        (("set", url, KEY, "USER", "u1", ""), "set USER u1 -> nothing"),
        (("exclude", url, KEY, "--type", "ATTACHMENT", "--yes"), "exclude ATTACHMENT 31"),
        (("clear", url, KEY, "--key", "u2", "--yes"), "clear USER u2"),
        (("clear", url, KEY, "--all", "--yes"), "clear: 11 mappings"),
    ]
    before, texts = [], []
    for command, text in commands:
        before.append(snapshot(t))
        as_user(t, "anna", "map", *command)
        texts.append(history(t, url)["changes"][0]["text"])
    t.equal(texts, [text for _, text in commands])
    for number in range(len(commands), 0, -1):
        now = snapshot(t)
        shown = as_user(t, "anna", "--json", "map", "undo", url, KEY, "--dry-run").json
        t.equal((shown["number"], shown["dryRun"], shown["undone"]["number"]), (None, True, number))
        same(snapshot(t), now)
        done = undo(t, url, "anna")
        t.equal((done["number"], done["dryRun"]), (2 * len(commands) - number + 1, False))
        t.equal({word: value for word, value in done.items() if word not in ("number", "dryRun")},
                {word: value for word, value in shown.items() if word not in ("number", "dryRun")})
        t.equal((done["asBefore"], done["derived"]), (0, 0))
        same(snapshot(t), before[number - 1], f"after the undo of {texts[number - 1]}")
    refused(t, url, "anna", "not-found", status=1)
    document = history(t, url)
    t.equal(document["total"], 2 * len(commands))
    t.equal([change["undoneBy"] for change in document["changes"]],
            [None] * len(commands) + list(range(len(commands) + 1, 2 * len(commands) + 1)))
    t.equal([change["undoes"] for change in document["changes"][:len(commands)]],
            list(range(1, len(commands) + 1)))
    assert not any(change["undoable"] for change in document["changes"])
    # the same once more, up to the first step
    as_user(t, "anna", "map", "auto", url, KEY, "--open-ok")
    same({n: {**row, "changedby": None} for n, row in snapshot(t).items()},
         {n: {**row, "changedby": None} for n, row in before[1].items()})


def test_rev_grows(t):
    url, _ = tiny.loaded(t)
    as_user(t, "anna", "map", "set", url, KEY, "USER", "u1", "")
    undo(t, url, "bob", "--change", "2")
    row = t.rows(NAME, "SELECT rev, changedby, changeddate FROM reqferry_mapping WHERE key = 'u1'")[0]
    t.equal(row["rev"], 3)
    t.equal(row["changeddate"], history(t, url)["changes"][0]["date"])
    # nothing else is written
    t.equal({one["rev"] for one in t.rows(NAME, "SELECT rev FROM reqferry_mapping WHERE key <> 'u1'")}, {1})


# --- several people, and SQL -------------------------------------------------------------------------


def test_changed_since_by_somebody_else(t):
    url, _ = tiny.loaded(t)
    before = snapshot(t)
    as_user(t, "anna", "map", "exclude", url, KEY, "--type", "USER", "--yes")
    as_user(t, "bob", "map", "set", url, KEY, "USER", "u2", "")
    refused(t, url, "anna", "changed", words=[
        "1 of the mappings of change 2 was changed since", "USER \"u2\" by bob (change 3: set USER u2 -> "
        "nothing)", "Undo change 3 first (--change 3)"])
    undo(t, url, "anna", "--change", "3")
    undo(t, url, "anna")
    same(snapshot(t), before)
    refused(t, url, "anna", "not-found", words=["no change by anna"], status=1)
    refused(t, url, "anna", "not-found", "--change", "99", words=["no change 99"], status=1)
    refused(t, url, "anna", "refused", "--change", "3", words=["undone already, by change 4"])
    refused(t, url, "anna", "refused", "--change", "4", words=["itself an undo, of change 3"])


def test_changed_since_in_sql(t):
    url, _ = tiny.loaded(t)
    as_user(t, "anna", "map", "confirm", url, KEY, "--type", "USER", "--yes")
    old = t.rows(NAME, "SELECT destinationvalue AS d FROM reqferry_mapping WHERE key = 'u2'")[0]["d"]
    for status, value in (("EXCLUDED", old), ("MAPPED_MANUAL", "other"), ("MAPPED_MANUAL", None),
                          (None, old)):
        edit(t, "UPDATE reqferry_mapping SET status = ?, destinationvalue = ? WHERE key = 'u2'", status, value)
        refused(t, url, "anna", "changed", words=["USER \"u2\" in SQL", "Put them back in SQL"])
    edit(t, "UPDATE reqferry_mapping SET status = 'MAPPED_MANUAL', destinationvalue = ? WHERE key = 'u2'", old)
    edit(t, "UPDATE reqferry_mapping SET status = 'EXCLUDED' WHERE type = 'PAGE'")
    edited = snapshot(t)
    done = undo(t, url, "anna")
    t.equal(done["restored"], 2)
    # what was edited in SQL elsewhere stays
    now = snapshot(t)
    for number, row in edited.items():
        if row["type"] != "USER":
            t.equal(now[number], row)


def test_changed_while_asked(t):
    """What was asked about is what is undone, and not when somebody was faster."""
    url, _ = tiny.loaded(t)
    as_user(t, "anna", "map", "exclude", url, KEY, "--type", "USER", "--yes")
    run = terminal.Terminal(t, "--as", "anna", "map", "undo", url, KEY)
    run.expect("Undo it? [y/N] ")
    as_user(t, "bob", "map", "clear", url, KEY, "--key", "u2", "--yes")
    now = snapshot(t)
    run.send("y\n")
    t.contains(" ".join(run.wait(expect=4).split()), "changed since: USER \"u2\" by bob (change 3")
    same(snapshot(t), now)
    undo(t, url, "bob")
    # another change of one's own comes in between: it is not the one that was asked about
    run = terminal.Terminal(t, "--as", "anna", "map", "undo", url, KEY)
    run.expect("Undo it? [y/N] ")
    as_user(t, "anna", "map", "clear", url, KEY, "--key", "31", "--yes")
    run.send("y\n")
    t.contains(run.wait(), "Undone         change 2")
    t.equal({row["status"] for row in snapshot(t).values() if row["type"] == "USER"}, {"MAPPED_AUTO"})
    t.equal({row["status"] for row in snapshot(t).values() if row["type"] == "ATTACHMENT"}, {None})


# --- at random ---------------------------------------------------------------------------------------


def target(row):
    excluded = row["status"] == "EXCLUDED"
    return excluded, row["destinationvalue"] if row["status"] in ("MAPPED_AUTO", "MAPPED_MANUAL") else None


def decided(row):
    return tuple(row[word] for word in DECIDED)


class Model:
    """What happened, as snapshots; and from them what an undo must do. It knows no batch of the
    program's: only who ran what, and the mappings before and after."""

    def __init__(self):
        self.log = []

    def add(self, who, before, after, undoes=None, reset=()):
        touched = {n for n in after if decided(before[n]) != decided(after[n])
                   or before[n]["candidates"] != after[n]["candidates"]}
        if undoes is None and not touched:
            return
        self.log.append({"by": who, "before": before, "after": after, "touched": touched, "undone": False,
                         "undoes": undoes, "reset": set(reset), "number": len(self.log) + 1})

    def last(self, who):
        return next((one for one in reversed(self.log) if one["by"] == who and one["undoes"] is None
                     and not one["undone"]), None)

    def stands(self, one, n):
        """Whether a change still decides about a mapping."""
        return n in one["reset"] if one["undoes"] else n in one["touched"] and not one["undone"]

    def undo(self, change, now):
        """The mappings after the undo and the ids reset; None when it must be refused."""
        before, after = change["before"], change["after"]
        later = self.log[change["number"]:]
        final, back, reset = dict(now), set(), set()
        for n in change["touched"]:
            others = any(self.stands(one, n) for one in later)
            only_candidates = decided(before[n]) == decided(after[n])
            if decided(now[n]) == decided(before[n]) and not (only_candidates and not others):
                continue
            if not only_candidates and (others or decided(now[n]) != decided(after[n])):
                return None
            candidates = before[n]["candidates"] if before[n]["candidates"] != after[n]["candidates"] else (
                now[n]["candidates"])
            final[n] = {**before[n], "candidates": candidates}
            back.add(n)
        again = True
        while again:
            again = False
            for n, row in final.items():
                parent = row["derivedfrom"]
                if n in reset or row["status"] not in FOUND or parent is None:
                    continue
                if n in back:
                    gone = parent in reset or (parent not in change["touched"]
                                               and target(after[parent]) != target(now[parent]))
                else:
                    gone = parent in reset or (parent in back and target(now[parent]) != target(before[parent])
                                               and decided(now[n]) != decided(after[n]))
                if gone:
                    reset.add(n)
                    again = True
            for n in reset:
                final[n] = {**final[n], **dict.fromkeys(DECIDED), "candidates": []}
        return final, reset


def random_edit(t, url, rng, pages):
    """The arguments of a command that may change mappings."""
    rows = list(snapshot(t).values())
    row = rng.choice(rows)
    filters = rng.choice([("--type", row["type"]), ("--type", row["type"], "--key", row["key"]),
                          ("--find", rng.choice("128aT")), ("--certainty", "certain")])
    kind = rng.choice(["auto", "auto", "auto", "set", "set", "set", "confirm", "clear", "exclude"])
    if kind == "auto":
        return ("map", "auto", url, KEY, "--open-ok")
    if kind != "set":
        return ("map", kind, url, KEY, *filters, "--yes")
    old, new = rng.choice([("SPACE", ("ABC",)), ("PAGE", ("11", "8021")), ("VERSION", ("12", "8021")),
                           ("USER", ("u1", "u2")), ("PROJECT", ("TIO",))]), None
    key = rng.choice(old[1])
    new = {"SPACE": rng.choice(["ABC", "DEF"]), "PROJECT": rng.choice(["TIO", "NEW"]),
           "USER": ""}.get(old[0], str(rng.choice(pages)))
    return ("map", "set", url, KEY, old[0], key, new, "--force")


def change_host(t, rng, pages):
    """Titles of pages change places, so that a look-up finds something else, several or none."""
    edit(t, "UPDATE content SET title = ?1, lowertitle = lower(?1) WHERE contentid = ?2",
         rng.choice(["Page 11", "Page 8021", "Elsewhere"]), rng.choice(pages))


def random_walk(t, url, seed, people, length, sql):
    rng = random.Random(seed)
    model, undone = Model(), 0
    pages = [row["id"] for row in t.rows(NAME, "SELECT contentid AS id FROM content WHERE contenttype = "
                                         "'PAGE' AND prevver IS NULL")]
    for step in range(length):
        who = rng.choice(people)
        if rng.random() < 0.2:
            change_host(t, rng, pages)
        if sql and rng.random() < 0.15:
            # of mappings that no other follows: what follows an edit in SQL is for `map auto` to find
            edit(t, "UPDATE reqferry_mapping SET status = ?, destinationvalue = ? WHERE id = ?",
                 *rng.choice([("EXCLUDED", None), (None, None), ("MAPPED_MANUAL", "7")]),
                 rng.choice([row["id"] for row in snapshot(t).values() if row["type"] in LEAVES]))
        before = snapshot(t)
        if step < 3 or rng.random() < 0.55:
            as_user(t, who, *random_edit(t, url, rng, pages), expect=(0, 4))
            model.add(who, before, snapshot(t))
            continue
        change = model.last(who)
        if not change:
            undo(t, url, who, expect=1)
            same(snapshot(t), before)
            continue
        wanted = model.undo(change, before)
        what = f"seed {seed}, step {step}, undo of {change['number']} by {who}"
        if wanted is None:
            t.equal(undo(t, url, who, expect=4)["error"]["kind"], "changed", what)
            same(snapshot(t), before, what)
            continue
        final, reset = wanted
        done = undo(t, url, who)
        now = snapshot(t)
        # who decided is not kept of what was reset
        same({n: {**row, "changedby": None} if n in reset else row for n, row in now.items()},
             {n: {**row, "changedby": None} if n in reset else row for n, row in final.items()}, what)
        t.equal((done["undone"]["number"], done["derived"]), (change["number"], len(reset)), what)
        if len(people) == 1 and not sql:
            same(now, change["before"], what)
        change["undone"] = True
        model.add(who, before, now, change["number"], reset)
        undone += 1
    document = history(t, url, "--all")
    t.equal([(one["number"], one["by"], one["undoes"]) for one in reversed(document["changes"])],
            [(one["number"], one["by"], one["undoes"]) for one in model.log])
    return undone


def walks(t, people, sql, seeds, length):
    url, _ = tiny.destination(t)
    tiny.write(t)
    t.run("load", url, f"{KEY}.csv")
    shutil.copy(t.dir / NAME, t.dir / "start")
    undone = 0
    for seed in seeds:
        for path in t.dir.glob(f"{NAME}*"):
            path.unlink()
        shutil.copy(t.dir / "start", t.dir / NAME)
        undone += random_walk(t, url, seed, people, length, sql)
    assert undone > 3 * len(seeds), undone


def test_random_edits_of_one_person(t):
    walks(t, ["anna"], False, range(1, 4), 36)


def test_random_edits_of_two_people(t):
    walks(t, ["anna", "bob"], False, range(11, 14), 36)


def test_random_edits_and_sql(t):
    walks(t, ["anna", "bob"], True, range(21, 24), 36)


for walk in (test_random_edits_of_one_person, test_random_edits_of_two_people, test_random_edits_and_sql):
    walk.timeout = 600


# --- the commands ------------------------------------------------------------------------------------


def test_list_is_cut_honestly(t):
    url, _ = tiny.loaded(t)
    for number in range(27):
        as_user(t, "anna", "map", "set", url, KEY, "USER", "u1", "")
        as_user(t, "bob", "map", "clear", url, KEY, "--key", "u1", "--yes")
    document = history(t, url)
    t.equal((len(document["changes"]), document["total"], document["changes"][0]["number"]), (50, 55, 55))
    t.equal([len(history(t, url, *more)["changes"]) for more in (("--all",), ("--limit", "3"), (
        "--limit", "100"))], [55, 3, 55])
    shown = t.run("map", "history", url, KEY).out.splitlines()
    t.equal((len(shown), shown[-1]), (52, "... and 5 older: use --limit or --all"))
    assert "older" not in t.run("map", "history", url, KEY, "--all").out
    t.equal(t.run("map", "history", url, KEY, "--find", "nothing like it").out, "No change fits.\n")
    t.equal(history(t, url, "--type", "PAGE")["total"], 1)
    t.equal(history(t, url, "--find", "ADA", "--limit", "2")["total"], 55)
    t.equal(history(t, url, "--type", "ISSUE", "--key", "TIO-1", "--dependencies", tiny.LINK)["total"], 1)
    for wrong in (("--limit", "0"), ("--limit", "x"), ("--limit", "5", "--all"), ("--type", "page"),
                  ("--dependencies", "x"), ("--type", "ISSUE", "--dependencies", "x")):
        t.run("map", "history", url, KEY, *wrong, expect=2)
    t.run("map", "history", url, KEY, "--type", "ISSUE", "--key", "TIO-1", "--dependencies", "x", expect=1)
    t.run("map", "history", url, "nothing", expect=1)
    t.run("map", "undo", url, "nothing", expect=1)
    for wrong in ("0", "-1", "x", ""):
        t.run("map", "undo", url, KEY, "--change", wrong, expect=2)


def test_on_a_terminal(t):
    url, _ = tiny.loaded(t)
    as_user(t, "anna", "map", "set", url, KEY, "SPACE", "ABC", "DEF")
    as_user(t, "somebody-with-a-very-long-name@corporation.example", "map", "exclude", url, KEY, "--type",
            "USER", "--yes")
    undo(t, url, "anna")
    commands = (("map", "history", url, KEY), ("map", "show", url, KEY, "SPACE", "ABC"),
                ("map", "undo", url, KEY, "--change", "3", "--dry-run"))
    for command in commands:
        shown = terminal.without_escapes(terminal.Terminal(t, "-q", *command).wait())
        assert max(map(len, shown.splitlines())) <= 80, shown
    lines = terminal.without_escapes(terminal.Terminal(t, *commands[0]).wait()).splitlines()
    t.equal(lines[0].split(), ["CHANGE", "WHEN", "WHO", "WHAT", "UNDONE"])
    t.contains(lines[1], "undo 2: 7 mappings")
    t.contains(lines[3], "set SPACE ABC -> D")
    assert lines[3].endswith(" 4"), lines
    t.contains(t.run("map", "show", url, KEY, "PAGE", "11").out, "reset: set")
    shown = t.run("--json", "map", "show", url, KEY, "PAGE", "11").json["history"]
    t.equal([(one["number"], one["change"], one["derived"], one["undoes"], one["undoneBy"]) for one in shown],
            [(1, "auto", False, None, None), (2, "set", True, None, 4), (4, "undo", False, 2, None)])


def test_question_before_many(t):
    url, _ = tiny.loaded(t)
    as_user(t, "anna", "map", "set", url, KEY, "USER", "u1", "")
    as_user(t, "anna", "map", "exclude", url, KEY, "--type", "USER", "--yes")
    before = t.hashes(NAME)
    result = as_user(t, "anna", "map", "undo", url, KEY, expect=2, stdin="y\n")
    t.contains(result.err, "undoing change 3 changes 2 mappings")
    t.contains(result.err, "--yes")
    for answer in ("n\n", "\n", "\x04"):
        run = terminal.Terminal(t, "--as", "anna", "map", "undo", url, KEY)
        run.expect("Undo it? [y/N] ")
        t.contains(run.text, "exclude: 2 mappings")
        t.contains(run.text, "2 mappings return to what they were.")
        run.send(answer)
        t.contains(run.wait(expect=4), "nothing was changed")
    t.same_hashes(before, t.hashes(NAME))
    run = terminal.Terminal(t, "--as", "anna", "map", "undo", url, KEY)
    run.expect("Undo it? [y/N] ")
    run.send("yes\n")
    t.contains(run.wait(), "Undone         change 3")
    # of one mapping nobody is asked
    t.contains(as_user(t, "anna", "map", "undo", url, KEY).out, "Undone         change 2")
    t.contains(as_user(t, "anna", "map", "undo", url, KEY, "--change", "1", "--yes").out,
               "Running \"reqferry map auto\" again finds the same")


def test_readers_may_look(t):
    url, _ = tiny.loaded(t)
    as_user(t, "anna", "map", "exclude", url, KEY, "--type", "USER", "--yes")
    before = t.hashes(NAME)
    t.equal(steps.as_reader(t, "--json", "map", "history", url, KEY).json["total"], 2)
    shown = steps.as_reader(t, "--as", "anna", "--json", "map", "undo", url, KEY, "--dry-run").json
    t.equal((shown["dryRun"], shown["restored"], len(shown["mappings"])), (True, 2, 2))
    steps.as_reader(t, "--as", "anna", "map", "undo", url, KEY, "--yes", expect=1)
    t.same_hashes(before, t.hashes(NAME))


def test_after_an_import(t):
    """It touches no data; a plan made before no longer holds; what was imported is still told."""
    url, _ = tiny.ready(t)
    as_user(t, "anna", "map", "set", url, KEY, "USER", "u1", "")
    plan = steps.plan(t, url, KEY, *ASSUMED)
    t.run("import", url, KEY, *ASSUMED, "--confirm", "ABC", "--plan", plan["hash"])
    before = t.hashes(NAME, skip=("reqferry_*",))
    undo(t, url, "anna")
    t.same_hashes(before, t.hashes(NAME, skip=("reqferry_*",)))
    steps.verify(t, url, KEY, expect=5)
    t.contains(t.run("ids", url, KEY).err, "changed")
    error = t.run("--json", "import", url, KEY, *ASSUMED, "--confirm", "ABC", "--plan", plan["hash"],
                  expect=4).json["error"]
    t.equal(error["kind"], "stale-plan")
    steps.carry_out(t, url, NAME, KEY, "ABC", *ASSUMED)


def test_goes_with_its_backup(t):
    url, _ = tiny.loaded(t)
    steps.load(t, url, NAME, f"{KEY}.csv", "--key", "other")
    t.run("map", "auto", url, "other", "--open-ok")
    t.run("map", "clear", url, KEY, "--all", "--yes")
    other = snapshot(t, key="other")
    tables = ("reqferry_batch", "reqferry_change", "reqferry_batch_candidate")
    t.run("delete", url, KEY)
    t.equal([steps.count(t, NAME, f"{table} WHERE backupkey = ?", KEY) for table in tables], [0, 0, 0])
    t.equal(steps.count(t, NAME, "reqferry_batch"), 1)
    same(snapshot(t, key="other"), other)
    edit(t, "INSERT INTO reqferry_batch (backupkey, batch, kind, firstchange, chosen, derived, exact, "
         "changedby, changeddate) VALUES ('lost', 1, 'set', 1, 1, 0, 1, 'x', 'x')")
    t.equal(t.run("--json", "clean", url).json["orphans"], {"reqferry_batch": 1})
    t.run("clean", url, "--all", "--yes")
    t.equal([table for table in t.hashes(NAME) if table.startswith("reqferry_")], [])


# --- tables of earlier versions ----------------------------------------------------------------------


def test_tables_of_version_2(t):
    url, _ = tiny.loaded(t)
    as_user(t, "anna", "map", "set", url, KEY, "SPACE", "ABC", "DEF")
    as_user(t, "anna", "map", "auto", url, KEY, "--open-ok")
    as_user(t, "bob", "map", "confirm", url, KEY, "--type", "USER", "--yes")
    as_user(t, "bob", "map", "exclude", url, KEY, "--type", "PAGE", "--yes")
    as_user(t, "bob", "map", "clear", url, KEY, "--key", "TIO-1", "--yes")
    as_user(t, "bob", "map", "clear", url, KEY, "--type", "USER", "--yes")
    wanted = history(t, url)["changes"]
    show = t.run("--json", "map", "show", url, KEY, "PAGE", "11").json
    now = snapshot(t)
    versions.take_back(t, NAME, 2)
    before = t.hashes(NAME)
    # a reader cannot bring them up to date, and is told
    for command in ("history", "undo"):
        more = ("--dry-run",) if command == "undo" else ()
        error = steps.as_reader(t, "--json", "map", command, url, KEY, *more, expect=4).json["error"]
        t.equal(error["kind"], "wrong-version")
        t.contains(error["hint"], "map auto")
    old = steps.as_reader(t, "--json", "map", "show", url, KEY, "PAGE", "11").json
    t.equal([{**one, "change": None, "derived": False} for one in show["history"]], old["history"])
    t.contains(t.run("map", "show", url, KEY, "PAGE", "11").out, "Not mapped")
    t.same_hashes(before, t.hashes(NAME))
    # a command that writes does
    as_user(t, "carla", "map", "set", url, KEY, "USER", "u2", "")
    found = history(t, url)["changes"]
    t.equal([{**one, "undoable": True} for one in found[1:]], wanted)
    assert not any(one["undoable"] for one in found[1:])
    refused(t, url, "bob", "refused", words=["change 7", "earlier version of reqferry"])
    undo(t, url, "carla")
    same(snapshot(t), now)
    with contextlib.closing(t.sqlite(NAME)) as db, contextlib.closing(
            versions.made(t, versions.newest(t))) as made:
        t.equal(versions.columns(db), versions.columns(made))
