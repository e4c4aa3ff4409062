"""Situations S1 to S3 whole, through the file: export, load, map, plan, import, verify, delete. What
stands at the destination afterwards is compared with what check.py works out from the truth."""
import check
import harness
import steps
import world_confluence
import world_jira

SPACES = {"ABC", "OPS2", "~ada", "MIX"}


def compare_counts(t, done, counts):
    """The numbers that an import printed, against those that were counted in the databases."""
    for word, printed in (("erase", "erased"), ("insert", "inserted"), ("merge", "merged"),
                          ("exclude", "excluded")):
        t.equal(steps.filled(done[printed]), steps.filled(
            {table: numbers[word] for table, numbers in counts.items()}), printed)


def erased_spaces(before, spaces, everything=()):
    """Rows of the spaces, dependencies with one end in them, and whole tables."""
    inside = check.in_scope(before, spaces)
    either = check.in_scope(before, spaces, either=True)

    def erased(table, row):
        return table in everything or inside(table, row) or either(table, row)
    return erased


def test_whole_confluence_to_a_new_one(t):
    world = world_confluence.pair(t)
    truth = world.truth
    origin, before = check.read(t, "origin.db"), check.read(t, "destination.db")
    untouched = t.hashes("origin.db")
    host = {table: value for table, value in t.hashes("destination.db").items()
            if not table.startswith("AO_")}

    steps.export(t, world.origin, "origin.db", "wave-1", "wave-1.csv", "--all", expect=3)
    t.same_hashes(untouched, {table: value for table, value in t.hashes("origin.db").items()
                              if table in untouched})
    steps.load(t, world.destination, "destination.db", "wave-1.csv")
    steps.check_listed(t, world.destination, "destination.db", "wave-1")
    nothing = [key for (kind, key, _), new in truth.map.items() if kind == "USER" and not new][:1]
    score = steps.decide(t, world.destination, "destination.db", "wave-1", truth, nothing,
                         leave=[("SPACE", "GONE")])
    wrong = {key: n for key, n in score.items() if key[1] == "certain" and not key[2]}
    t.equal(wrong, {}, "certain and wrong")
    certain = sum(n for key, n in score.items() if key[1] == "certain" and key[0] == "PAGE")
    assert certain >= 12, f"only {certain} pages were mapped with certainty: {score}"

    _, done = steps.carry_out(t, world.destination, "destination.db", "wave-1", "everything")
    after = check.read(t, "destination.db")
    erased = erased_spaces(before, SPACES, ["AO_32F7CE_DBAPPLINK"])
    compare_counts(t, done, check.moved(origin, before, after, truth, erased, nothing=nothing))
    hashes = t.hashes("destination.db")
    t.same_hashes(host, {table: hashes[table] for table in host})
    line = steps.check_listed(t, world.destination, "destination.db", "wave-1")
    assert line["mappings"]["excluded"] > 0, line
    steps.delete(t, world.destination, "destination.db", "wave-1")
    steps.delete(t, world.origin, "origin.db", "wave-1")


def test_whole_jira_to_a_new_one(t):
    world = world_jira.pair(t)
    truth = world.truth
    origin, before = check.read(t, "origin.db"), check.read(t, "destination.db")
    steps.export(t, world.origin, "origin.db", "all", "jira-all.csv", "--all", expect=3)
    steps.load(t, world.destination, "destination.db", "jira-all.csv", "--key", "all")
    nothing = [key for (kind, key, _), new in truth.map.items() if kind == "USER" and not new]
    steps.decide(t, world.destination, "destination.db", "all", truth, nothing)
    _, done = steps.carry_out(t, world.destination, "destination.db", "all", "everything")
    after = check.read(t, "destination.db")
    erased = world_jira.erased(t, before, {"TIO", "NEW", "MOV"})
    compare_counts(t, done, check.moved(origin, before, after, truth, erased, nothing=nothing))
    steps.check_listed(t, world.destination, "destination.db", "all")

    # once more: nothing changes but ids, and not even the ids of merged rows
    steps.carry_out(t, world.destination, "destination.db", "all", "everything")
    check.same_but_ids(after, check.read(t, "destination.db"))
    steps.delete(t, world.destination, "destination.db", "all")


def test_confluence_to_itself_later(t):
    world = world_confluence.alone(t)
    url, name = world.origin, "origin.db"
    before = check.read(t, name)
    steps.export(t, url, name, "first", "first.csv", "--all", expect=3)  # GONE is no space here
    steps.load(t, url, name, "first.csv", "--key", "again")
    steps.automatic(t, url, name, "again")
    for row in steps.mappings(t, url, "again"):
        if row["type"] in ("ISSUE", "PROJECT"):
            assert row["certainty"] != "certain", f"cannot be known here: {row}"
        elif row["key"] != "GONE" and (row["certainty"], row["destination"]) != ("certain", row["key"]):
            raise harness.Failure(f"not certainly itself: {row}")
    steps.decide(t, url, name, "again", world.truth, leave=[("SPACE", "GONE")])
    for _ in range(2):
        _, done = steps.carry_out(t, url, name, "again", "everything")
        after = check.read(t, name)
        check.same_but_ids(before, after)
        t.equal(steps.filled(done["inserted"]), {check.short(table): len(rows)
                                                 for table, rows in before.items()}, "inserted")
        for table, rows in before.items():
            assert not rows.keys() & after[table].keys(), f"{table} has ids of erased rows"
        before = after
    second = t.run("--json", "export", url, "second", "--all", "--file", "second.csv", expect=3).json
    t.equal(second["rows"], sum(len(rows) for rows in before.values()))


def test_one_space_stays_inside_its_scope(t):
    """The destination is full: it holds what the whole Confluence brought, and then one space comes
    again. Everything of other spaces stays byte for byte, under its id."""
    world = world_confluence.pair(t)
    truth, url, name = world.truth, world.destination, "destination.db"
    origin, before = check.read(t, "origin.db"), check.read(t, name)
    steps.export(t, world.origin, "origin.db", "mix", "mix.csv", "--space", "Mix", expect=(0, 3))
    steps.load(t, url, name, "mix.csv")
    t.equal(steps.check_listed(t, url, name, "mix")["scope"], "Mix")
    nothing = [key for (kind, key, _), new in truth.map.items() if kind == "USER" and not new]
    steps.decide(t, url, name, "mix", truth, nothing, leave=[("SPACE", "GONE")])
    planned, done = steps.carry_out(t, url, name, "mix", "MIX")
    t.equal(planned["scope"], {"old": "Mix", "new": "MIX"})
    after = check.read(t, name)
    counts = check.moved(origin, before, after, truth, erased_spaces(before, {"MIX"}),
                         brings=check.in_scope(origin, {"Mix"}), nothing=nothing)
    compare_counts(t, done, counts)
    assert counts["DBREQUIREMENT"]["insert"] > 20, counts
    t.equal((counts["DBREQUIREMENT"]["erase"], counts["DBAPPLINK"]["insert"]), (0, 0))

    # ABC, where rows stand already
    before = after
    steps.export(t, world.origin, "origin.db", "abc", "abc.csv", "--space", "ABC", expect=(0, 3))
    steps.load(t, url, name, "abc.csv")
    steps.decide(t, url, name, "abc", truth, nothing, leave=[("SPACE", "GONE")])
    _, done = steps.carry_out(t, url, name, "abc", "ABC")
    counts = check.moved(origin, before, check.read(t, name), truth, erased_spaces(before, {"ABC"}),
                         brings=check.in_scope(origin, {"ABC"}), nothing=nothing)
    compare_counts(t, done, counts)
    t.equal(counts["DBREQUIREMENT"]["erase"], 6)


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
