"""The rights that docs/grants-*.sql give are enough for each role's steps, and what is missing is named."""
import pathlib

import pgsite
import tiny

ROLES = ("reqferry_reader", "reqferry_mapper", "reqferry_writer")


def granted(t):
    """A site with the documented rights, whose reqferry tables are the mapper's."""
    tiny.ready(t)
    site = pgsite.Site(t, "reqferry_reader")
    site.copy(t.dir / tiny.NAME)
    site.sql((pathlib.Path(t.root) / "docs" / "grants-confluence.sql").read_text("utf-8"))
    t.run("--quiet", "load", site.url("reqferry_mapper"), f"{tiny.KEY}.csv")
    site.copy(t.dir / tiny.NAME, "reqferry")
    t.results.clear()
    return site


def test_each_role_can_do_its_steps(t):
    site = granted(t)
    before = site.everything()
    reader, mapper = site.url("reqferry_reader"), site.url("reqferry_mapper")
    planned = t.run("--json", "plan", reader, tiny.KEY, *tiny.ASSUMED).json
    t.equal(planned["blockers"], [])
    t.run("import", reader, tiny.KEY, "--dry-run", *tiny.ASSUMED)
    t.run("list", reader)
    t.run("instance", "check", reader)
    t.run("load", mapper, f"{tiny.KEY}.csv", "--key", "out")
    t.run("map", "auto", mapper, tiny.KEY, expect=(0, 3))
    t.run("delete", mapper, "out")
    t.run("export", mapper, "back", "--space", "ABC", expect=(0, 3))
    t.run("delete", mapper, "back")
    t.equal(site.everything(), before, "the app's tables")
    done = t.run("--json", *pgsite.import_arguments(site, user="reqferry_writer")).json
    t.run("verify", reader, tiny.KEY)
    t.run("undo", site.url("reqferry_writer"), done["undoKey"], "--confirm", "ABC")
    t.equal(site.everything(), before, "the app's tables after undo")
    assert done["verified"]
    owners = site.sql("SELECT DISTINCT tableowner FROM pg_tables WHERE tablename LIKE 'reqferry%'")
    t.equal(owners, "reqferry_mapper", "owner of our tables")


def test_a_missing_right_is_named_with_the_grant_that_mends_it(t):
    site = granted(t)
    before = site.everything()
    failed = t.run(*pgsite.import_arguments(site, user="reqferry_mapper"), expect=4)
    t.contains(failed.err, 'the role "reqferry_mapper" lacks the right DELETE on table "AO_32F7CE_')
    t.contains(failed.err, 'GRANT DELETE ON table "AO_32F7CE_')
    failed = t.run("load", site.url(), f"{tiny.KEY}.csv", "--key", "k", expect=4)
    t.contains(failed.err, 'the role "reqferry_reader" lacks the right INSERT on table "reqferry_run"')
    site.sql('REVOKE SELECT ON spaces FROM reqferry_reader')
    failed = t.run("plan", site.url(), tiny.KEY, *tiny.ASSUMED, expect=4)
    t.contains(failed.err, 'lacks the right SELECT on table "spaces"')
    t.contains(failed.err, 'GRANT SELECT ON table "spaces" TO "reqferry_reader"')
    t.equal(site.everything(), before, "the app's tables")


def test_the_grant_that_is_told_is_enough(t):
    site = granted(t)
    site.sql("REVOKE INSERT, DELETE ON ALL TABLES IN SCHEMA public FROM reqferry_writer; "
             "REVOKE USAGE ON ALL SEQUENCES IN SCHEMA public FROM reqferry_writer")
    for _ in range(40):
        result = t.run(*pgsite.import_arguments(site, user="reqferry_writer"), expect=(0, 4))
        if result.status == 0:
            return
        site.sql(result.err.split("Run as its owner: ")[1].split(";")[0])
    raise AssertionError("rights are still missing")


def test_nobody_may_make_the_tables(t):
    tiny.write(t)
    site = pgsite.Site(t, "reqferry_mapper")
    site.sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    site.sql((pathlib.Path(t.root) / "docs" / "grants-confluence.sql").read_text("utf-8"))
    site.sql("REVOKE CREATE ON SCHEMA public FROM reqferry_mapper")
    failed = t.run("load", site.url(), f"{tiny.KEY}.csv", expect=4)
    t.contains(failed.err, 'GRANT CREATE ON schema "public" TO "reqferry_mapper"')


def test_the_rights_for_jira_fit_its_tables(t):
    site = pgsite.Site(t, "reqferry_reader", "jira")
    site.sql((pathlib.Path(t.root) / "docs" / "grants-jira.sql").read_text("utf-8"))
    checks = t.run("--json", "instance", "check", site.url(), expect=(0, 5)).json
    assert checks, checks
    t.equal(site.sql("SELECT has_column_privilege('reqferry_reader', 'cwd_user', 'credential', 'SELECT')"), "f")
