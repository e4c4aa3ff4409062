"""Locks of reqferry on a server: who holds one is told, and they vanish with the connection."""
import re

import pgsite
import tiny

HOLD = 'BEGIN; SELECT 1 FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = \'ABC\' FOR UPDATE;'


def held_up(t, site):
    """An import that waits for rows that the app has in hand, and the app."""
    app = site.session()
    app.run(HOLD)
    running = t.start("--as", "anna", *pgsite.import_arguments(site, timeout=120000))
    site.waiting()
    return app, running


def refused(t, result, step="import"):
    t.contains(result.err, f'there runs "{step}" of "tiny", begun by "anna" at ')
    assert re.search(r"at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* \(\S+, process \d+\)", result.err), result.err
    t.contains(result.err, "Wait until it is done, or stop it, and try again. On the server it is process ")


def test_a_second_import_is_told_who_holds_the_lock_and_waits_for_nothing(t):
    site = pgsite.ready(t)
    app, running = held_up(t, site)
    second = t.run("--as", "ben", *pgsite.import_arguments(site, timeout=60000), expect=11, timeout=20)
    refused(t, second)
    t.contains(second.err, "the instance is locked")
    # refused before anything was planned or recorded
    t.equal(site.number("SELECT count(*) FROM reqferry_run WHERE step = 'import'"), 1, "imports recorded")
    failed = t.run("--json", "--as", "ben", *pgsite.import_arguments(site), expect=11).json
    t.equal(failed["error"]["kind"], "locked")
    # reading takes no lock
    t.run("--json", "plan", site.url(), tiny.KEY, *tiny.ASSUMED)
    t.run("list", site.url())
    # nor does another backup
    t.run("load", site.url(), f"{tiny.KEY}.csv", "--key", "other")
    app.run("ROLLBACK;")
    running.wait(expect=0)
    t.run("--as", "ben", *pgsite.import_arguments(site))


def test_the_backup_of_a_running_import_cannot_be_edited_or_deleted(t):
    site = pgsite.ready(t)
    app, running = held_up(t, site)
    url = site.url(timeout=300)
    refused(t, t.run("map", "clear", url, tiny.KEY, "--type", "USER", "--yes", expect=11))
    refused(t, t.run("map", "auto", url, tiny.KEY, expect=11))
    refused(t, t.run("delete", url, tiny.KEY, expect=11))
    app.run("ROLLBACK;")
    running.wait(expect=0)


def test_the_lock_of_a_killed_process_is_gone_and_its_run_interrupted(t):
    site = pgsite.ready(t)
    before = site.everything()
    app, running = held_up(t, site)
    running.kill()
    app.run("ROLLBACK;")
    site.wait_for("SELECT (count(*) = 0)::int FROM pg_locks WHERE locktype = 'advisory'", "the lock is gone")
    t.equal(site.everything(), before, "the tables")
    t.run("--as", "ben", *pgsite.import_arguments(site))
    t.equal(site.sql("SELECT actor, state FROM reqferry_run WHERE step = 'import' ORDER BY started"),
            "anna|interrupted\nben|done", "the runs")


def test_a_run_whose_connection_was_ended_by_the_server_is_interrupted(t):
    """The process lives, perhaps on another machine: its connection says that it is over."""
    site = pgsite.ready(t)
    site.sql("INSERT INTO reqferry_run (id, step, actor, host, started, heartbeat, state) VALUES ('x', 'import', "
             "'anna', 'elsewhere, process 1', '2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z', 'running')")
    app, running = held_up(t, site)
    site.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
             "wait_event_type = 'Lock'")
    result = running.wait(expect=10)
    t.contains(result.err, "ended the connection")
    app.run("ROLLBACK;")
    t.run("--as", "ben", *pgsite.import_arguments(site))
    t.equal(site.sql("SELECT actor, state FROM reqferry_run WHERE step = 'import' ORDER BY started"),
            "anna|interrupted\nanna|interrupted\nben|done", "the runs")


def test_two_maps_at_once_lose_nothing(t):
    site = pgsite.ready(t)
    url = site.url()
    rows = site.sql("SELECT type, key, dependencies FROM reqferry_mapping WHERE backupkey = 'tiny' AND status IS "
                    "NOT NULL ORDER BY id").splitlines()
    assert len(rows) > 4, rows
    changes = site.number("SELECT count(*) FROM reqferry_change")
    running = [t.start("map", "exclude", url, tiny.KEY, "--type", kind, "--yes") for kind in ("USER", "ISSUE", "APPLINK")]
    running += [t.start("map", "confirm", url, tiny.KEY, "--all", "--yes") for _ in range(2)]
    for process in running:
        process.wait(expect=0)
    t.equal(site.number("SELECT count(*) FROM reqferry_mapping WHERE type IN ('USER', 'ISSUE', 'APPLINK') AND status "
                        "<> 'EXCLUDED'"), 0, "mappings that lost their edit")
    t.equal(site.number("SELECT count(*) - count(DISTINCT id) FROM reqferry_change"), 0, "changes of one number")
    assert site.number("SELECT count(*) FROM reqferry_change") > changes


def test_a_map_that_waits_in_vain_names_who_edits(t):
    site = pgsite.ready(t)
    app = site.session()
    app.run("BEGIN; SELECT 1 FROM reqferry_mapping WHERE type = 'USER' FOR UPDATE;")
    first = t.start("--as", "anna", "map", "exclude", site.url(timeout=120000), tiny.KEY, "--type", "USER", "--yes")
    site.waiting()
    second = t.run("--as", "ben", "map", "exclude", site.url(timeout=200), tiny.KEY, "--type", "ISSUE", "--yes", expect=11)
    t.contains(second.err, 'the backup "tiny" is locked; there runs "reqferry 2')
    t.contains(second.err, "map anna (")
    t.contains(second.err, "On the server it is process ")
    app.run("ROLLBACK;")
    first.wait(expect=0)


def test_two_first_steps_make_the_tables_once(t):
    tiny.write(t)
    site = pgsite.Site(t)
    running = [t.start("load", site.url(), f"{tiny.KEY}.csv", "--key", f"k{number}") for number in range(4)]
    for process in running:
        process.wait(expect=0)
    t.equal(site.number("SELECT count(*) FROM reqferry_backup"), 4, "backups")


def test_two_instances_in_two_schemas_of_a_database_have_locks_of_their_own(t):
    site = pgsite.ready(t)
    app, running = held_up(t, site)
    site.sql("CREATE SCHEMA other AUTHORIZATION confluence", "confluence")
    for schema in ("confluence", "requirement-yogi-confluence"):
        site.sql("SET search_path = other;\n" + (pgsite.SCHEMAS / f"{schema}.postgresql.sql").read_text("utf-8"),
                 "confluence")
    other = site.url(schema="other")
    t.run("load", other, f"{tiny.KEY}.csv")
    failed = t.run("import", other, tiny.KEY, "--confirm", "ABC", *tiny.ASSUMED, expect=4)
    assert "locked" not in failed.err, failed.err
    app.run("ROLLBACK;")
    running.wait(expect=0)
