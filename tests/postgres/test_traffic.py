"""The app works on while an import runs."""
import pgsite
import tiny

ADD = ('INSERT INTO "AO_32F7CE_DBREQUIREMENT" ("SPACEKEY", "KEY", "UPPERKEY", "STATUS") VALUES '
       "('{0}', 'NEW-{1}', 'NEW-{1}', 'ACTIVE');")


def held_up(t, site):
    """An import that has read its plan and erases: it waits for a row of its scope."""
    app = site.session()
    app.run('BEGIN; SELECT 1 FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = \'ABC\' FOR UPDATE;')
    running = t.start(*pgsite.import_arguments(site, timeout=120000))
    site.waiting()
    return app, running


def test_traffic_in_the_scope_rolls_the_import_back(t):
    site = pgsite.ready(t)
    app, running = held_up(t, site)
    site.sql(ADD.format("ABC", 1), "confluence")
    app.run("ROLLBACK;")
    before = site.everything()
    result = running.wait(expect=4)
    t.contains(result.err, "scope changed: 1 row")
    t.equal(site.everything(), before, "the app's tables")
    t.run(*pgsite.import_arguments(site))


def test_traffic_in_another_scope_is_neither_lost_nor_delayed(t):
    site = pgsite.ready(t)
    app, running = held_up(t, site)
    tables = [table for table in site.everything() if table.startswith("AO_")]
    for number in range(20):
        site.sql("SET lock_timeout = 500;" + ADD.format("DEF", number), "confluence")
    site.sql("SET lock_timeout = 500; UPDATE \"AO_32F7CE_DBREQUIREMENT\" SET \"STATUS\" = 'ARCHIVED' WHERE "
             "\"SPACEKEY\" = 'DEF'", "confluence")
    held = site.sql("SELECT DISTINCT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE "
                    "c.relkind = 'r' AND l.locktype = 'relation' AND c.relname = ANY (string_to_array('{}', ',')) AND l.mode NOT IN "
                    "('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')".format(",".join(tables)))
    t.equal(held, "", "locks that would delay the app")
    app.run("ROLLBACK;")
    running.wait(expect=0)
    t.equal(site.number('SELECT count(*) FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = \'DEF\' AND "STATUS" = '
                        "'ARCHIVED'"), 23, "rows of the other space")


def test_a_lock_of_the_app_ends_the_import_after_the_timeout(t):
    site = pgsite.ready(t)
    before = site.everything()
    app = site.session()
    app.run('BEGIN; SELECT 1 FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = \'ABC\' FOR UPDATE;')
    failed = t.run(*pgsite.import_arguments(site, timeout=300), expect=11, timeout=20)
    t.contains(failed.err, 'table "AO_32F7CE_DBREQUIREMENT" of "')
    t.contains(failed.err, "is locked by another program")
    app.run("ROLLBACK; BEGIN; LOCK TABLE \"AO_32F7CE_DBREQUIREMENT\";")
    failed = t.run(*pgsite.import_arguments(site, timeout=300), expect=11, timeout=20)
    t.contains(failed.err, "rows or tables of ")
    app.run("ROLLBACK;")
    t.equal(site.everything(), before, "the app's tables")


def test_a_limit_of_the_server_is_named(t):
    site = pgsite.ready(t)
    before = site.everything()
    app = site.session()
    app.run('BEGIN; SELECT 1 FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = \'ABC\' FOR UPDATE;')
    site.sql(f'ALTER ROLE confluence IN DATABASE "{site.name}" SET statement_timeout = 1500')
    failed = t.run("import", site.url(timeout=60000), tiny.KEY, "--confirm", "ABC", *tiny.ASSUMED, expect=1)
    t.contains(failed.err, "a statement took longer than")
    t.contains(failed.err, "statement_timeout")
    app.run("ROLLBACK;")
    t.equal(site.everything(), before, "the app's tables")
