"""A Confluence in a PostgreSQL database of its own, for tests beside tests/postgres/with-server.

The tables belong to the role "confluence", as they do where the app made them; "reqferry" owns nothing
of the app. Rows are brought from an SQLite database of the same tables (tests/e2e/tiny.py)."""
import contextlib
import csv
import io
import os
import pathlib
import secrets
import sqlite3
import subprocess
import time

import tiny

from harness import SCHEMAS, Failure

NULL = "\\N"


def server():
    return os.environ["REQFERRY_TEST_POSTGRES"]


def psql(database, sql, user="admin", expect=0, stdin=None):
    done = subprocess.run(
        ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", server(), "-U", user, "-d", database,
         *(["-c", sql] if stdin is not None else ["-f", "-"])],
        input=sql if stdin is None else stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        check=False)
    if expect is not None and (done.returncode != 0) != bool(expect):
        raise Failure(f"psql ended with {done.returncode}: {sql[:2000]}\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


class Session:
    """A psql that stays: a transaction of somebody else."""

    def __init__(self, database, user="confluence"):
        self.process = subprocess.Popen(
            ["psql", "-X", "-q", "-A", "-t", "-h", server(), "-U", user, "-d", database], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")

    def run(self, sql):
        self.process.stdin.write(f"{sql}\n\\echo done.\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == "done.\n":
                break
            lines.append(line.rstrip("\n"))
        text = "\n".join(lines)
        if "ERROR" in text:
            raise Failure(f"{sql}: {text}")
        return text

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class Site:
    def __init__(self, t, user="confluence", product="confluence"):
        self.t, self.user = t, user
        self.name = f"t{secrets.token_hex(6)}"
        psql("postgres", f'CREATE DATABASE "{self.name}" OWNER confluence TEMPLATE template0')
        t._stack.callback(psql, "postgres", f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        for schema in (product, f"requirement-yogi-{product}"):
            psql(self.name, (SCHEMAS / f"{schema}.postgresql.sql").read_text("utf-8"), "confluence")

    def url(self, user=None, **parameters):
        more = "".join(f"&{name}={value}" for name, value in parameters.items())
        return f"postgresql://{user or self.user}@/{self.name}?host={server()}{more}"

    def sql(self, sql, user="admin", expect=0):
        return psql(self.name, sql, user, expect)

    def number(self, sql):
        return int(self.sql(sql) or 0)

    def session(self, user="confluence"):
        session = Session(self.name, user)
        self.t._stack.callback(session.close)
        return session

    def copy(self, path, prefix=""):
        """Rows of all tables that begin so."""
        script = ["SET session_replication_role = replica;"]
        with contextlib.closing(sqlite3.connect(path)) as db:
            for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE "
                                       "'sqlite%' AND (name LIKE 'reqferry%') = (? <> '')", (prefix,)).fetchall():
                rows = db.execute(f'SELECT * FROM "{table}"')
                columns = ", ".join(f'"{column[0]}"' for column in rows.description)
                out = io.StringIO()
                csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
                    [NULL if value is None else value for value in row] for row in rows)
                if not out.getvalue():
                    continue
                script += [f'DELETE FROM "{table}";' if prefix else "",
                           f"COPY \"{table}\" ({columns}) FROM STDIN WITH (FORMAT csv, NULL '{NULL}', "
                           f"FORCE_NULL ({columns}));", out.getvalue() + "\\.\n"]
        psql(self.name, "\n".join(script))
        for line in psql(self.name, "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid "
                         "= c.oid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND "
                         "c.relkind = 'r' AND c.relname LIKE 'AO\\_%' AND a.attname = 'ID'").splitlines():
            table, column = line.split("|")
            psql(self.name, f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), coalesce((SELECT "
                 f'max("{column}") FROM "{table}"), 0) + 1, false)')

    def wait_for(self, sql, what):
        """Until the query gives something."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            found = self.sql(sql)
            if found and found != "0":
                return found
            time.sleep(0.05)
        raise Failure(f"{what}: not within 60 s")

    def waiting(self):
        return self.wait_for("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                             "wait_event_type = 'Lock'", "somebody waits for a lock")

    def everything(self):
        """All rows of all tables but our own, as one text for each table."""
        tables = self.sql("SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname "
                          "= 'public' AND relkind = 'r' AND relname NOT LIKE 'reqferry%' ORDER BY 1").splitlines()
        return {table: self.sql(f'SELECT t::text FROM "{table}" t ORDER BY 1') for table in tables}


def ready(t, user="confluence", **more):
    """A site with a backup that is loaded and mapped: only the assumed columns forbid its import."""
    tiny.ready(t, **more)
    site = Site(t, user)
    site.copy(t.dir / tiny.NAME)
    t.run("--quiet", "load", site.url("confluence"), pathlib.Path(t.dir) / f"{tiny.KEY}.csv")
    site.copy(t.dir / tiny.NAME, "reqferry")
    t.results.clear()
    return site


def import_arguments(site, key=tiny.KEY, user=None, **parameters):
    return ("import", site.url(user, **parameters), key, "--confirm", "ABC", *tiny.ASSUMED)
