"""Blockers and warnings: what they say, word for word, and that doing what a hint says helps.

A hint's command lines stand in double quotes and begin with `reqferry`; NEW in them is what only a
person knows."""
import contextlib
import re
import shlex

import steps
import tiny
from tiny import KEY, NAME


def change(t, statement, *values, name=NAME):
    """One statement by somebody who works in SQL; it must change something."""
    with contextlib.closing(t.sqlite(name, write=True)) as db:
        done = db.execute(statement, values)
        assert done.rowcount > 0, statement


def confirmed(t, rows=None, mappings=None, scope="ABC"):
    """Loaded and mapped automatically, what is only possible confirmed, and nothing set by hand."""
    url, truth = tiny.loaded(t, rows, mappings, scope)
    t.run("map", "confirm", url, KEY, "--all", "--yes")
    return url, truth


def place(url, key=KEY):
    return f"{url} {key}"


def kinds(planned):
    return sorted(one["kind"] for one in planned["blockers"])


def check(t, got, kind, message, hint, count):
    for word, wanted in (("kind", kind), ("message", message), ("hint", hint), ("count", count)):
        t.equal(got[word], wanted, word)


def blocked(t, url, kind, message, hint, *options, count=1, scope="ABC", key=KEY, name=NAME):
    """The plan has this one blocker, as JSON and as text; the import refuses with it, and every table
    of the database keeps its rows."""
    before = steps.state(t, name)
    planned = steps.plan(t, url, key, *options)
    t.equal(kinds(planned), [kind], f"blockers of {planned['blockers']}")
    check(t, planned["blockers"][0], kind, message, hint, count)
    text = t.run("plan", url, key, *options, expect=4).out
    t.contains(text, f"  1. {kind}: {message}\n     {hint}\n", "the plan")
    command = ("import", url, key, "--confirm", scope, *options)
    error = t.run("--json", *command, expect=4).json["error"]
    t.equal((error["kind"], error["message"], error["hint"]), ("blocked", message, hint))
    t.contains(t.run(*command, expect=4).err, f"reqferry: {message}\nhint: {hint}\n")
    t.run("import", url, key, "--confirm", scope, *options, "--dry-run", expect=4)
    t.same_hashes(before, steps.state(t, name))
    return planned


def commands(hint):
    return [shlex.split(one) for one in re.findall(r'"reqferry ([^"]*)"', hint)]


def follow(t, hint, which, new="NEW", expect=0):
    """Runs the commands of a hint, by their places in it. Returns the last result."""
    found = commands(hint)
    for number in which:
        result = t.run(*(new if word == "NEW" else word for word in found[number]), expect=expect)
    return result


def passes(t, url, *options, scope="ABC", key=KEY, name=NAME):
    """Nothing forbids it any more, and it can be carried out."""
    return steps.carry_out(t, url, name, key, scope, *options)


def warned(t, planned, kind, message, hint, count):
    """The plan has this warning, and no other of its kind."""
    found = [one for one in planned["warnings"] if one["kind"] == kind]
    t.equal(len(found), 1, f"warnings {kind} among {planned['warnings']}")
    check(t, found[0], kind, message, hint, count)
