"""What the program shall do and does not do yet: tests/e2e/run BUILD --tests tests/e2e/later.

A test that holds moves up into the folder above.
"""
import check
import csvtext
import steps
import tiny
import world_confluence
from tiny import ASSUMED, KEY


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
