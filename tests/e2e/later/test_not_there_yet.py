"""What the program shall do and does not do yet: tests/e2e/run BUILD --tests tests/e2e/later.

A test that holds moves up into the folder above.
"""
import check
import csvtext
import steps
import tiny
import world_confluence
from tiny import ASSUMED, KEY


def test_inbound_dependencies_are_kept(t):
    """A requirement of another space depends on one of the erased space: the dependency is put back
    where the requirement is there again."""
    world = world_confluence.alone(t)
    url, name = world.origin, "origin.db"
    before = check.read(t, name)
    crossing = {number for number, row in before["AO_32F7CE_DBDEPENDENCY"].items()
                if row["RELATIONSHIP"] == "crosses"}
    assert crossing
    steps.export(t, url, name, "abc", "abc.csv", "--space", "ABC", expect=(0, 3))
    steps.load(t, url, name, "abc.csv", "--key", "later")
    steps.decide(t, url, name, "later", world.truth, leave=[("SPACE", "GONE"), ("SPACE", "OPS")])
    planned, done = steps.carry_out(t, url, name, "later", "ABC")
    assert planned["outside"]["kept"] > 0, planned["outside"]
    t.equal(done["outside"], planned["outside"])
    check.same_but_ids(before, check.read(t, name))


def test_rejected_rows_are_listed(t):
    rows = tiny.data_rows()
    rows[1] = tiny.requirement(2, "R-2", "u2", BASELINE="two")
    url, _ = tiny.ready(t, rows)
    done = t.run("import", url, KEY, *ASSUMED, "--reject", "--confirm", "ABC", expect=3)
    for row in ("DBREQUIREMENT 2", "DBPROPERTY 5", "DBDEPENDENCY 6"):
        t.contains(done.out + done.err, row)


def test_a_field_of_the_greatest_length_is_written(t):
    """64 MiB can be loaded, so it can be written and exported too."""
    url, _ = tiny.destination(t)
    tiny.write(t, [tiny.requirement(1, "R-1", HTMLEXCERPT="0123456789abcde\n" * (4 << 20))],
               [csvtext.mapping("SPACE", "ABC", title="Alpha")])
    t.run("load", url, f"{KEY}.csv")
    t.run("write", url, KEY, "again.csv")
    assert (t.dir / "again.csv").read_bytes() == (t.dir / f"{KEY}.csv").read_bytes(), "not the same bytes"
