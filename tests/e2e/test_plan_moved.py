"""An import that is given a plan refuses when something moved since, and names it."""
import contextlib
import json

import steps
import tiny
from test_plan_import import edit, merge_world
from tiny import ASSUMED, KEY, NAME

REQUIREMENT = '"AO_32F7CE_DBREQUIREMENT"'


def saved(t, url, key=KEY, *options, name="plan.json"):
    """The plan as a file, and its hash."""
    result = t.run("--json", "plan", url, key, *(options or ASSUMED))
    (t.dir / name).write_bytes(result.out_bytes)
    return result.json["hash"]


def refused(t, url, *options, plan="plan.json", key=KEY, scope="ABC", name=NAME):
    before = steps.state(t, name)
    error = t.run("--json", "import", url, key, "--confirm", scope, "--plan", plan,
                  *(options or ASSUMED), expect=4).json["error"]
    t.equal(error["kind"], "stale-plan")
    assert error["hint"], error
    t.same_hashes(before, steps.state(t, name))
    return error


def moved(t, url, wanted, *options, **more):
    """What is named, all of it: nothing else moved."""
    message = refused(t, url, *options, **more)["message"]
    t.equal(message, f"the plan no longer holds; what moved since: {wanted}")


def test_a_saved_plan_that_still_holds(t):
    url, _ = tiny.ready(t)
    saved(t, url)
    t.run("import", url, KEY, *ASSUMED, "--confirm", "ABC", "--plan", "plan.json")


def test_options_that_moved_are_named(t):
    url, _ = tiny.ready(t)
    planned = saved(t, url)
    then = "--erase brought --accept assumed --outside keep --audit-trail rewrite"
    for options, now in (
            (("--accept", "assumed,missing"),
             "--erase brought --accept missing,assumed --outside keep --audit-trail rewrite"),
            ((*ASSUMED, "--reject"),
             "--erase brought --accept assumed --reject --outside keep --audit-trail rewrite"),
            ((*ASSUMED, "--outside", "copy"),
             "--erase brought --accept assumed --outside copy --audit-trail rewrite"),
            ((*ASSUMED, "--audit-trail", "keep"),
             "--erase brought --accept assumed --outside keep --audit-trail keep")):
        wanted = f'the options (then {then}, now {now})'
        moved(t, url, wanted, *options)
        # of a hash alone as much can be known: no other options give it
        error = refused(t, url, *options, plan=planned)
        t.contains(error["message"], wanted)
        t.contains(error["message"], steps.plan(t, url, KEY, *options)["hash"])
        t.contains(error["hint"], "the plan's options")
    message = refused(t, url, *ASSUMED, "--erase", "everything")["message"]
    t.contains(message, f'the options (then {then}, now --erase everything')
    t.contains(message, "rows to be erased of DBREQUIREMENT (3 then, 6 now)")


def test_rows_of_the_backup_that_moved_are_named(t):
    url, _ = tiny.ready(t)
    saved(t, url)
    edit(t, "UPDATE reqferry_item SET f8 = 'x' WHERE tablename = 'DBPROPERTY' AND oldid = '4'")
    moved(t, url, "the backup's rows of DBPROPERTY (2, with other values)")
    edit(t, "DELETE FROM reqferry_item WHERE tablename = 'DBPROPERTY' AND oldid = '4'")
    edit(t, "UPDATE reqferry_item SET f5 = 'other' WHERE tablename = 'DBDEPENDENCY' AND oldid = '6'")
    moved(t, url, "the backup's rows of DBPROPERTY (2 then, 1 now), DBDEPENDENCY (2, with other values)")


def test_mappings_that_moved_are_named(t):
    url, truth = tiny.ready(t)
    saved(t, url)
    t.run("map", "set", url, KEY, "USER", "u1", truth.of("USER", "u2"))
    moved(t, url, '1 mapping: USER "u1"')
    # an edit by SQL, which no history has
    edit(t, "UPDATE reqferry_mapping SET destinationvalue = ? WHERE type = 'USER' AND key = 'u2'",
         truth.of("USER", "u1"))
    moved(t, url, '2 mappings: USER "u1", USER "u2"')


def test_many_mappings_that_moved_are_counted(t):
    url, _ = tiny.ready(t)
    saved(t, url)
    steps.edit_one(t, url, KEY, "exclude", "PAGE", "8021")
    edit(t, "UPDATE reqferry_mapping SET status = 'EXCLUDED', destinationvalue = NULL WHERE type IN "
         "('VERSION', 'ATTACHMENT', 'ISSUE')")
    message = refused(t, url)["message"]
    t.contains(message, '6 mappings: VERSION "11", PAGE "8021", VERSION "8021", VERSION "12", '
               'ISSUE "TIO-1" and 1 more')


def test_a_mapping_more_or_less_is_told_by_type(t):
    url, _ = tiny.ready(t)
    saved(t, url)
    edit(t, "INSERT INTO reqferry_mapping (id, backupkey, type, key, infile, width, rev) SELECT 99, "
         "backupkey, 'USER', 'u9', 1, 15, 0 FROM reqferry_backup")
    moved(t, url, "mappings of USER (2 then, 3 now)")


def test_rows_to_be_erased_that_moved_are_named(t):
    url, _ = tiny.ready(t)
    saved(t, url)
    edit(t, f"""UPDATE {REQUIREMENT} SET "STATUS" = 'ARCHIVED' WHERE "SPACEKEY" = 'ABC' AND "KEY" =
         'OLD-1'""")
    moved(t, url, "rows to be erased of DBREQUIREMENT (3, with other values)")
    edit(t, f"""INSERT INTO {REQUIREMENT} ("SPACEKEY", "KEY") VALUES ('ABC', 'NEW-1')""")
    edit(t, f"""DELETE FROM "AO_32F7CE_DBLINK" WHERE "PARENT_ID" IN (SELECT "ID" FROM {REQUIREMENT}
         WHERE "SPACEKEY" = 'ABC')""")
    moved(t, url, "rows to be erased of DBREQUIREMENT (3 then, 4 now), DBLINK (1 then, 0 now)")
    error = refused(t, url, plan=json.loads((t.dir / "plan.json").read_text())["hash"])
    t.contains(error["message"], "the backup, the mappings, the options, or rows to be erased or merged")
    t.contains(error["message"], steps.plan(t, url, KEY, *ASSUMED)["hash"])
    t.contains(error["hint"], "plan --json")


def test_merged_rows_and_issue_keys_that_moved_are_named(t):
    url, *_ = merge_world(t)
    options = {"key": "merge", "scope": "TIO", "name": "jira.db"}
    saved(t, url, "merge")
    with contextlib.closing(t.sqlite("jira.db", write=True)) as db:
        db.execute("""UPDATE "AO_42D05A_DBREMOTEREQUIREMENT" SET "TITLE" = 'now' WHERE "KEY" = 'R-1'""")
    moved(t, url, "rows here that are merged with, of DBREMOTEREQUIREMENT (2, with other values)", **options)
    saved(t, url, "merge")
    with contextlib.closing(t.sqlite("jira.db", write=True)) as db:
        db.execute("UPDATE jiraissue SET issuenum = 17 WHERE summary = 'Task 1'")
    moved(t, url, "keys of mapped issues here", **options)


def test_outside_references_that_moved_are_named(t):
    url, _ = tiny.ready(t)
    saved(t, url)
    # as the manifest of another export would say: R-1 refines a requirement of another space
    edit(t, """INSERT INTO reqferry_outside (backupkey, id, tablename, a0, a1, b0, b1, f5) VALUES
         (?, 1, 'DBDEPENDENCY', 'ABC', 'R-1', 'DEF', 'OLD-2', 'refines')""", KEY)
    moved(t, url, "references to and from other places")
    saved(t, url)
    edit(t, "UPDATE reqferry_outside SET f5 = 'verifies'")
    moved(t, url, "references to and from other places")


def test_another_catalogue_is_named(t):
    url, _ = tiny.ready(t)
    (t.dir / "catalogue").mkdir()
    for product in ("confluence", "jira"):
        text = (t.root / "data" / "catalogue" / f"{product}.json").read_text("utf-8")
        (t.dir / "catalogue" / f"{product}.json").write_text(text + "\n", "utf-8")
    saved(t, url)
    error = t.run("--json", "--catalogue", "catalogue", "import", url, KEY, *ASSUMED, "--confirm", "ABC",
                  "--plan", "plan.json", expect=4).json["error"]
    t.equal(error["message"], "the plan no longer holds; what moved since: the catalogue, or the backup's "
            "own scope")


def test_what_decides_nothing_moves_no_part(t):
    url, _ = tiny.ready(t)
    saved(t, url)
    edit(t, "UPDATE reqferry_mapping SET certainty = 'likely', changedby = 'x', changeddate = 'y', rev = 9, "
         "title = 'z', rule = 'r'")
    edit(t, "UPDATE reqferry_item SET newid = 17")
    edit(t, f"""UPDATE {REQUIREMENT} SET "HTMLEXCERPT" = 'x' WHERE "SPACEKEY" = 'DEF'""")
    edit(t, "UPDATE spaces SET spacename = 'Renamed' WHERE spacekey = 'ABC'")
    edit(t, "UPDATE reqferry_backup SET exported = '2020-02-02 00:00:00', createdby = 'x', zone = '+09:00'")
    t.run("import", url, KEY, *ASSUMED, "--confirm", "ABC", "--plan", "plan.json")


def test_documents_that_are_no_plan(t):
    url, truth = tiny.ready(t)
    planned = saved(t, url)

    def given(text, status, kind, part):
        (t.dir / "given.json").write_text(text, "utf-8")
        error = t.run("--json", "import", url, KEY, *ASSUMED, "--confirm", "ABC", "--plan", "given.json",
                      expect=status).json["error"]
        t.equal(error["kind"], kind)
        t.contains(error["message"], part)

    for text in ("", "{}", "[1]", '{"hash": 3}', "\x00", '{"hash":"%s","key":"tiny"}' % planned,
                 '{"hash":"%s","key":"tiny","parts":[{"kind":"options"}]}' % planned):
        given(text, 1, "bad-input", '"given.json" holds no plan')
    document = json.loads((t.dir / "plan.json").read_text("utf-8"))
    given(json.dumps({**document, "hash": "0" * 64}), 4, "stale-plan", "its document was changed")
    document["parts"][3]["digest"] = "0" * 64
    # the hash alone decides, whatever the parts say
    t.run("map", "set", url, KEY, "USER", "u1", truth.of("USER", "u2"))
    given(json.dumps(document), 4, "stale-plan", "its document was changed")
    given(json.dumps({**document, "key": "other"}), 4, "stale-plan", 'that of the backup "other"')
    for text in ("no-such-file.json", planned[:-1], planned.upper(), ""):
        error = refused(t, url, plan=text)
        t.equal(error["message"], f'"{text}" is neither the hash of a plan nor a file')
