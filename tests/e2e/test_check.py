"""The checker of content itself: each kind of damage must be found. Nothing is run here."""
import copy

import check
import harness
import world_confluence
import world_jira

REQUIREMENT, PROPERTY, LINK = (f"AO_32F7CE_{name}" for name in ("DBREQUIREMENT", "DBPROPERTY", "DBLINK"))
DEPENDENCY = "AO_32F7CE_DBDEPENDENCY"


def fails(function, *words):
    try:
        function()
    except harness.Failure as failure:
        for word in words:
            assert word in str(failure), failure
    else:
        raise AssertionError("the damage was not found")


def renumbered(rows, by):
    """The same content under other ids."""
    moved = {}
    for table, found in rows.items():
        moved[table] = {}
        for number, row in found.items():
            row = dict(row, ID=number + by)
            for column in ("REQUIREMENT_ID", "PARENT_ID", "CHILD_ID"):
                if row.get(column) is not None:
                    row[column] += by
            moved[table][number + by] = row
    return moved


def an_id(rows, table, **values):
    return next(number for number, row in rows[table].items()
                if all(row[name] == value for name, value in values.items()))


def test_damage_of_a_confluence_is_found(t):
    world = world_confluence.alone(t)
    origin = check.read(t, "origin.db")
    good = renumbered(origin, 5_000_000)
    check.same_but_ids(origin, good)
    counts = check.moved(origin, origin, good, world.truth, lambda table, row: True)
    assert counts["DBREQUIREMENT"]["insert"] == counts["DBREQUIREMENT"]["erase"] > 300, counts
    others = [an_id(good, REQUIREMENT, KEY=key, SPACEKEY="ABC") for key in ("REQ-000-0", "REQ-001-0")]

    def value(rows, table, column, new, number=None):
        rows[table][number or next(iter(rows[table]))][column] = new

    damage = {
        "a value": lambda rows: value(rows, REQUIREMENT, "STORAGETYPE", 99),
        "a blank": lambda rows: value(rows, REQUIREMENT, "HTMLEXCERPT", " now "),
        "a boolean": lambda rows: value(rows, LINK, "ORIGIN", 0 if rows[LINK][an_id(
            rows, LINK, ORIGIN=1)] else 1, an_id(rows, LINK, ORIGIN=1)),
        "a time": lambda rows: value(rows, REQUIREMENT, "CREATEDDATE", "2024-01-04 19:20:18.016",
                                     an_id(rows, REQUIREMENT, CREATEDDATE="2024-01-04 19:20:18.015")),
        "another user": lambda rows: value(rows, REQUIREMENT, "CREATEDUSER", "nobody"),
        "another page": lambda rows: value(rows, LINK, "DOCUMENTID", "1"),
        "another parent": lambda rows: value(rows, PROPERTY, "REQUIREMENT_ID", others[1], an_id(
            rows, PROPERTY, REQUIREMENT_ID=next(row["REQUIREMENT_ID"] for row in rows[PROPERTY].values()
                                                if row["REQUIREMENT_ID"] != others[1]))),
        "ends swapped": lambda rows: rows[DEPENDENCY][next(iter(rows[DEPENDENCY]))].update(
            PARENT_ID=others[0], CHILD_ID=others[1], RELATIONSHIP="swapped"),
        "a row lost": lambda rows: rows[LINK].pop(next(iter(rows[LINK]))),
        "a row twice": lambda rows: rows[LINK].update({1: dict(next(iter(rows[LINK].values())), ID=1)}),
    }
    for what, harm in damage.items():
        bad = copy.deepcopy(good)
        harm(bad)
        assert bad != good, what
        fails(lambda bad=bad: check.moved(origin, origin, bad, world.truth, lambda table, row: True))
        fails(lambda bad=bad: check.same_but_ids(origin, bad))

    # rows that were not to be touched
    kept = check.in_scope(origin, {"Mix"})
    both = {table: {**rows, **{number: row for number, row in origin[table].items()
                               if kept(table, row)}} for table, rows in good.items()}

    def of_others(after):
        check.moved(origin, origin, after, world.truth, lambda table, row: not kept(table, row))

    of_others(both)
    number = an_id(origin, REQUIREMENT, SPACEKEY="Mix")
    for harm in (lambda rows: rows[REQUIREMENT][number].update(STATUS="other"),
                 lambda rows: rows[REQUIREMENT][number].update(CREATEDDATE="2024-01-04 19:20:18.5000")):
        bad = copy.deepcopy(both)
        harm(bad)
        fails(lambda bad=bad: of_others(bad), "not to be touched")


def test_wrong_truth_of_a_jira_is_found(t):
    """What the origin's rows become depends on every entity that they name."""
    world = world_jira.pair(t)
    origin = check.read(t, "origin.db")
    wanted = {table: found for table, (found, _) in check.expect(origin, world.truth).items()}
    used = {("ISSUE", str(row["ISSUEID"]), None) for row in origin["AO_42D05A_DBISSUELINK"].values()}
    used |= {("APPLINK", row["APPLINK"], None) for row in origin["AO_42D05A_DBREMOTEREQUIREMENT"].values()}
    used |= {("SPACE", row["SPACEKEY"], row["APPLINK"]) for row in
             origin["AO_42D05A_DBREMOTEREQUIREMENT"].values()}
    checked = 0
    for place in sorted(used, key=str):
        right = world.truth.map[place]
        world.truth.map[place] = None if right is not None else "10100"
        world.truth.issue_keys["10100"] = world.truth.issue_keys.get("10100", "TIO-0")
        now = {table: found for table, (found, _) in check.expect(origin, world.truth).items()}
        assert now != wanted, place
        world.truth.map[place] = right
        checked += 1
    assert checked > 20, checked
    seen = 0
    for text, right in list(world.truth.texts.items()):  # some stand in rows that are dropped only
        world.truth.texts[text] = "other"
        now = {table: found for table, (found, _) in check.expect(origin, world.truth).items()}
        seen += now != wanted
        world.truth.texts[text] = right
    assert seen > len(world.truth.texts) // 2, seen
