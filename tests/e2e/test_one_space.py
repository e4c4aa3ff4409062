"""S4: one space goes into a destination that is full of other spaces, with rows of all tables. What is not
the space's stays as it is, byte for byte: rows of other spaces, the global tables, the host's tables.
Dependencies between the space and others are kept, or reported."""
import check
import steps
import world_confluence
import world_jira

OLD, NEW = "origin.db", "destination.db"
KEEP = [("SPACE", "GONE")]


def host(t, name=NEW):
    return t.hashes(name, skip=("reqferry_*", "AO_*"))


def full(t):
    """A destination that holds the whole origin already, and spaces of its own. Returns the world and the
    users that are mapped to nothing."""
    world = world_confluence.pair(t)
    nothing = [key for (kind, key, _), new in world.truth.map.items() if kind == "USER" and not new]
    steps.export(t, world.origin, OLD, "all", "all.csv", "--all", expect=3)
    steps.load(t, world.destination, NEW, "all.csv")
    steps.settle(t, world.destination, NEW, "all", world.truth, nothing, leave=KEEP)
    steps.carry_out(t, world.destination, NEW, "all", "everything")
    return world, nothing


def arrive(t, world, nothing, space, key):
    steps.export(t, world.origin, OLD, key, f"{key}.csv", "--space", space, expect=(0, 3))
    steps.load(t, world.destination, NEW, f"{key}.csv")
    steps.settle(t, world.destination, NEW, key, world.truth, nothing, leave=KEEP)


def spaces_of(rows, number):
    requirement = rows["AO_32F7CE_DBREQUIREMENT"]
    row = rows["AO_32F7CE_DBDEPENDENCY"][number]
    return {requirement[row[end]]["SPACEKEY"] for end in ("PARENT_ID", "CHILD_ID")}


def inbound(t):
    """Requirement Z of another space depends on two that the origin does not have, and on one that it has."""
    with world_confluence.Site(t.dir / NEW, 900_000, 1, None) as site:
        zed = site.ry("DBREQUIREMENT", SPACEKEY="ZZZ", KEY="Z", UPPERKEY="Z", STATUS="ACTIVE")
        added = [site.ry("DBREQUIREMENT", SPACEKEY="ABC", KEY=f"ADDED-{n}", UPPERKEY=f"ADDED-{n}") for n in (1, 2)]
        there = site.sqlite.execute('SELECT min("ID") FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = \'ABC\' '
                                    'AND "KEY" = \'REQ-000-0\' AND "BASELINE" IS NULL').fetchone()[0]
        for number, child in enumerate((*added, there)):
            site.ry("DBDEPENDENCY", RELATIONSHIP=f"needs {number}", PARENT_ID=zed, CHILD_ID=child)
    return zed


def collides(t, url, key, scope):
    """With nothing erased, every identity that exists already is counted and named by its table."""
    before = steps.state(t, NEW)
    planned = steps.plan(t, url, key, "--erase", "nothing")
    t.equal(steps.filled(planned["erase"]), {})
    t.equal({one["kind"] for one in planned["blockers"]}, {"collision"})
    text = " ".join(one["message"] for one in planned["blockers"])
    for table in ("DBREQUIREMENT", "DBTRACEABILITYMATRIX"):
        t.contains(text, f'"{table}"')
    error = t.run("--json", "import", url, key, "--confirm", scope, "--erase", "nothing", expect=4).json["error"]
    t.equal(error["kind"], "blocked")
    t.same_hashes(before, steps.state(t, NEW))


def test_each_space_again(t):
    """The whole came first: then each of its spaces by itself ends in the same data, with the dependencies
    from and to the others."""
    world, nothing = full(t)
    url, before, settings = world.destination, check.read(t, NEW), host(t)
    globals_ = before["AO_32F7CE_DBAPPLINK"]
    crossing = {number for number in before["AO_32F7CE_DBDEPENDENCY"] if len(spaces_of(before, number)) > 1}
    assert len(crossing) > 5, "the world has no dependencies between spaces"
    for space, key, new in (("ABC", "abc", "ABC"), ("OPS", "ops", "OPS2"), ("Mix", "mix", "MIX")):
        arrive(t, world, nothing, space, key)
        collides(t, url, key, new)
        planned, _ = steps.carry_out(t, url, NEW, key, new)
        assert planned["outside"]["kept"] > 0, planned["outside"]
        t.equal(planned["eraseScopes"].keys(), {new})
        after = check.read(t, NEW)
        check.same_but_ids(before, after)
        t.equal(after["AO_32F7CE_DBAPPLINK"], globals_, "the global table")
        going = check.in_scope(before, {new}, either=True)
        for table, rows in before.items():
            for number, row in rows.items():
                if not going(table, row):
                    t.equal(after[table].get(number), row, f"{table} {number}")
        before = after
    t.same_hashes(settings, host(t))

    # inbound dependencies whose end does not come are reported, the others are kept
    zed = inbound(t)
    text = t.run("plan", url, "abc").out
    planned, _ = steps.carry_out(t, url, NEW, "abc", "ABC")
    mine = [one for one in planned["outsideLost"] if one["from"] == "ZZZ Z"]
    t.equal(sorted((one["to"], one["detail"]) for one in mine),
            [("ABC ADDED-1", "needs 0"), ("ABC ADDED-2", "needs 1")])
    for one in mine:
        t.contains(one["reason"], "does not come again")
        assert any("ZZZ Z" in line and one["to"] in line for line in text.splitlines()), text
    left = t.rows(NEW, 'SELECT d."RELATIONSHIP" AS r, c."KEY" AS k FROM "AO_32F7CE_DBDEPENDENCY" d JOIN '
                  '"AO_32F7CE_DBREQUIREMENT" c ON c."ID" = d."CHILD_ID" WHERE d."PARENT_ID" = ?', zed)
    t.equal([(row["r"], row["k"]) for row in left], [("needs 2", "REQ-000-0")])


# --- what is erased ----------------------------------------------------------------------------------


def test_erase_nothing_into_an_empty_space(t):
    world = world_confluence.pair(t)
    nothing = [key for (kind, key, _), new in world.truth.map.items() if kind == "USER" and not new]
    arrive(t, world, nothing, "Mix", "mix")
    origin, before = check.read(t, OLD), check.read(t, NEW)
    _, done = steps.carry_out(t, world.destination, NEW, "mix", "MIX", "--erase", "nothing")
    t.equal(steps.filled(done["erased"]), {})
    check.moved(origin, before, check.read(t, NEW), world.truth, lambda table, row: False,
                brings=check.in_scope(origin, {"Mix"}), nothing=nothing)


def test_erase_everything(t):
    """As the vendor does: every row of every table goes, of whatever space. The plan names each space."""
    world = world_confluence.pair(t)
    nothing = [key for (kind, key, _), new in world.truth.map.items() if kind == "USER" and not new]
    arrive(t, world, nothing, "Mix", "mix")
    origin, before = check.read(t, OLD), check.read(t, NEW)
    planned = steps.plan(t, world.destination, "mix", "--erase", "everything")
    spaces = {row["SPACEKEY"] for row in before["AO_32F7CE_DBREQUIREMENT"].values()}
    assert len(spaces) == 4 and spaces <= planned["eraseScopes"].keys(), (spaces, planned["eraseScopes"])
    _, done = steps.carry_out(t, world.destination, NEW, "mix", "MIX", "--erase", "everything")
    t.equal(done["erased"], {check.short(table): len(rows) for table, rows in before.items()})
    check.moved(origin, before, check.read(t, NEW), world.truth, lambda table, row: True,
                brings=check.in_scope(origin, {"Mix"}), nothing=nothing)


def test_a_whole_backup_that_empties_a_space(t):
    """All rows of one space are left out: it would only lose. Refused and named, but with everything."""
    world = world_confluence.pair(t)
    truth, url = world.truth, world.destination
    nothing = [key for (kind, key, _), new in truth.map.items() if kind == "USER" and not new]
    steps.export(t, world.origin, OLD, "all", "all.csv", "--all", expect=3)
    steps.load(t, url, NEW, "all.csv")
    steps.settle(t, url, NEW, "all", truth, nothing, leave=KEEP)
    with t.sqlite(NEW, write=True) as db:
        db.execute("UPDATE reqferry_item SET problem = 'spoiled' WHERE tablename IN ('DBREQUIREMENT', "
                   "'DBTRACEABILITYMATRIX') AND f5 = 'ABC'")
    before = steps.state(t, NEW)
    blockers = steps.plan(t, url, "all", "--reject")["blockers"]
    t.equal([one["kind"] for one in blockers], ["emptied-scope"])
    t.contains(blockers[0]["message"], '"ABC"')
    t.contains(blockers[0]["hint"], "--erase everything")
    t.run("import", url, "all", "--confirm", "everything", "--reject", expect=4)
    t.same_hashes(before, steps.state(t, NEW))
    t.run("import", url, "all", "--confirm", "everything", "--reject", "--erase", "everything", expect=3)
    left = {row["SPACEKEY"] for row in check.read(t, NEW)["AO_32F7CE_DBREQUIREMENT"].values()}
    assert left and not left & {"ABC", "OPS", "ZZZ"}, left


# --- the same on a Jira ------------------------------------------------------------------------------


def test_one_project(t):
    """A project into a Jira full of others: with what is brought, nothing and everything erased."""
    world = world_jira.pair(t)
    truth, url = world.truth, world.destination
    nothing = [key for (kind, key, _), new in truth.map.items() if kind == "USER" and not new]
    origin, before = check.read(t, OLD), check.read(t, NEW)
    projects = {str(row["id"]): row["pkey"] for row in t.rows(
        OLD, "SELECT i.id, p.pkey FROM jiraissue i JOIN project p ON p.id = i.project")}
    steps.export(t, world.origin, OLD, "tio", "tio.csv", "--project", "TIO", expect=(0, 3))
    steps.load(t, url, NEW, "tio.csv")
    steps.settle(t, url, NEW, "tio", truth, nothing)
    settings, brings = host(t), check.in_scope(origin, {"TIO"}, projects)
    steps.carry_out(t, url, NEW, "tio", "TIO")
    after = check.read(t, NEW)
    check.moved(origin, before, after, truth, world_jira.erased(t, before, {"TIO"}), brings=brings,
                nothing=nothing)
    steps.carry_out(t, url, NEW, "tio", "TIO")
    check.same_but_ids(after, check.read(t, NEW))
    # identities that are there: links collide, requirements become one
    planned = steps.plan(t, url, "tio", "--erase", "nothing")
    t.equal({one["kind"] for one in planned["blockers"]}, {"collision"})
    t.equal(planned["merge"]["DBREMOTEREQUIREMENT"] + planned["insert"]["DBREMOTEREQUIREMENT"] +
            planned["exclude"]["DBREMOTEREQUIREMENT"], steps.count(
                t, NEW, "reqferry_item WHERE backupkey = 'tio' AND tablename = 'DBREMOTEREQUIREMENT'"))
    t.equal(planned["insert"]["DBREMOTEREQUIREMENT"], 0)
    _, done = steps.carry_out(t, url, NEW, "tio", "TIO", "--erase", "everything")
    assert sum(done["erased"].values()) > sum(done["inserted"].values()), done
    check.moved(origin, after, check.read(t, NEW), truth, lambda table, row: True, brings=brings,
                nothing=nothing)
    t.same_hashes(settings, host(t))


def test_a_project_that_would_only_lose(t):
    """All issues of the project are left out."""
    world = world_jira.pair(t)
    url = world.destination
    nothing = [key for (kind, key, _), new in world.truth.map.items() if kind == "USER" and not new]
    steps.export(t, world.origin, OLD, "tio", "tio.csv", "--project", "TIO", expect=(0, 3))
    steps.load(t, url, NEW, "tio.csv")
    steps.settle(t, url, NEW, "tio", world.truth, nothing)
    t.run("map", "exclude", url, "tio", "--type", "ISSUE", "--yes")
    planned = steps.plan(t, url, "tio")
    t.equal([one["kind"] for one in planned["blockers"]], ["emptied-scope"])
    t.contains(planned["blockers"][0]["message"], '"TIO"')
    before = check.read(t, NEW)
    steps.carry_out(t, url, NEW, "tio", "TIO", "--erase", "everything")
    assert not check.read(t, NEW)["AO_42D05A_DBISSUELINK"] and before["AO_42D05A_DBISSUELINK"]
