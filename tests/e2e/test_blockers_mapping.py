"""Each blocker that mappings cause: provoked alone, word for word, and gone after what its hint says."""
import csvtext
import notices
import steps
import tiny
from notices import blocked, change, follow, passes, place
from tiny import ASSUMED, KEY, NAME

NOBODY, NOBODY_ELSE = "f" * 32, "e" * 32


def status(t, kind, key, words, *values):
    change(t, f"UPDATE reqferry_mapping SET {words} WHERE type = ? AND key = ?", *values, kind, key)


def test_unmapped(t):
    url, _ = tiny.ready(t)
    at = place(url)
    status(t, "PAGE", "8021", "status = 'UNMAPPED', destinationvalue = NULL, outcome = 'not-found'")
    message = '1 entity is not mapped: PAGE "8021" ("Page 8021")'
    hint = (f'Map it with "reqferry map set {at} PAGE 8021 NEW", or leave out what needs it with '
            f'"reqferry map exclude {at} --type PAGE --key 8021 --yes".')
    planned = blocked(t, url, "unmapped", message, hint, *ASSUMED)
    t.equal([(row["type"], row["key"], row["status"], row["title"]) for row in planned["unresolved"]],
            [("PAGE", "8021", "UNMAPPED", "Page 8021")])
    t.contains(t.run("plan", url, KEY, *ASSUMED, expect=4).out, "Page 8021")
    follow(t, hint, [1])  # leave it out
    _, done = passes(t, url, *ASSUMED)
    t.equal(steps.filled(done["excluded"]), {"DBLINK": 1})


def test_unmapped_several(t):
    url, truth = tiny.ready(t)
    at = place(url)
    follow(t, f'"reqferry map clear {at} --type USER --yes"', [0])
    message = '2 entities are not mapped, the first is USER "u1" ("ada")'
    hint = (f'They were not looked for yet: run "reqferry map auto {at}". Map each with "reqferry map set '
            f'{at} USER u1 NEW", or leave out what needs it with "reqferry map exclude {at} --type USER '
            '--key u1 --yes".')
    blocked(t, url, "unmapped", message, hint, *ASSUMED, count=2)
    follow(t, hint, [1], truth.of("USER", "u1"))
    message = '1 entity is not mapped: USER "u2" ("bob")'
    hint = (f'It was not looked for yet: run "reqferry map auto {at}". Map it with "reqferry map set '
            f'{at} USER u2 NEW", or leave out what needs it with "reqferry map exclude {at} --type USER '
            '--key u2 --yes".')
    blocked(t, url, "unmapped", message, hint, *ASSUMED)
    follow(t, hint, [0])
    passes(t, url, *ASSUMED)


def test_unmapped_some_were_tried(t):
    url, _ = tiny.ready(t)
    follow(t, f'"reqferry map clear {place(url)} --type USER --yes"', [0])
    status(t, "USER", "u2", "status = 'UNMAPPED', outcome = 'ambiguous'")
    hint = steps.plan(t, url, KEY, *ASSUMED)["blockers"][0]["hint"]
    t.contains(hint, 'Some were not looked for yet: run "reqferry map auto')


def test_unmapped_of_several_dependencies(t):
    """The command of the hint says which mapping row is meant."""
    other = tiny.LINK.replace("a", "c")
    mappings = tiny.mapping_rows() + [csvtext.mapping("APPLINK", other, title="Jira"),
                                      csvtext.mapping("ISSUE", "TIO-1", other, issuekey="TIO-1")]
    rows = tiny.data_rows() + [tiny.link(20, 3, "false", "JIRA", other, "TIO-1")]
    url, _ = tiny.loaded(t, rows, mappings)
    for kind, new in (("APPLINK", tiny.NEW_LINK),):
        for old in (tiny.LINK, other):
            t.run("map", "set", url, KEY, kind, old, new)
    steps.automatic(t, url, NAME, KEY)
    change(t, "UPDATE reqferry_mapping SET status = 'MAPPED_MANUAL', destinationvalue = 'TIO-1' WHERE "
              "type = 'ISSUE' AND dependencies = ?", tiny.LINK)
    change(t, "UPDATE reqferry_mapping SET status = 'UNMAPPED', destinationvalue = NULL WHERE "
              "type = 'ISSUE' AND dependencies = ?", other)
    follow(t, f'"reqferry map confirm {place(url)} --all --yes"', [0])
    hint = steps.plan(t, url, KEY, *ASSUMED)["blockers"][0]["hint"]
    t.contains(hint, f'map set {place(url)} ISSUE TIO-1 NEW --dependencies {other}"')
    follow(t, hint, [0], "TIO-2")
    t.equal(t.rows(NAME, "SELECT destinationvalue FROM reqferry_mapping WHERE type = 'ISSUE' ORDER BY id"),
            [{"destinationvalue": "TIO-1"}, {"destinationvalue": "TIO-2"}])
    passes(t, url, *ASSUMED)


def test_unmapped_scope(t):
    url, _ = tiny.ready(t, [tiny.requirement(1, "R-1")], [csvtext.mapping("SPACE", "ABC", title="Alpha")])
    status(t, "SPACE", "ABC", "status = 'UNMAPPED', destinationvalue = NULL")
    hint = f'Map it with "reqferry map set {place(url)} SPACE ABC NEW": it is what the backup covers.'
    blocked(t, url, "unmapped", '1 entity is not mapped: SPACE "ABC" ("Alpha")', hint, *ASSUMED)
    follow(t, hint, [0], "ABC")
    passes(t, url, *ASSUMED)


def test_unmapped_with_words_that_a_shell_would_take(t):
    """Keys with quotes, blanks and a tilde: the command can be pasted as it is."""
    key = "~o'h ara$x"
    url, truth = notices.confirmed(t, tiny.data_rows() + [tiny.requirement(20, "R-9", key)],
                                   tiny.mapping_rows() + [csvtext.mapping("USER", key, username="nobody")])
    hint = steps.plan(t, url, KEY, *ASSUMED)["blockers"][0]["hint"]
    t.contains(hint, f"map set {place(url)} USER '~o'\\''h ara$x' NEW")
    follow(t, hint, [0], truth.of("USER", "u1"))
    passes(t, url, *ASSUMED)


def test_possible(t):
    url, truth = tiny.ready(t)
    at = place(url)
    status(t, "USER", "u1", "status = 'MAPPED_AUTO', certainty = 'possible'")
    hint = (f'Look at them with "reqferry map list {at} --certainty possible", and confirm them with '
            f'"reqferry map confirm {at} --certainty possible --yes" or accept them with "reqferry plan '
            f'{at} --accept assumed,possible".')
    wanted = f'USER "u1" ("ada"), mapped to "{truth.of("USER", "u1")}"'
    blocked(t, url, "possible", f"1 possible mapping is not confirmed: {wanted}", hint, *ASSUMED)
    status(t, "USER", "u2", "status = 'MAPPED_AUTO', certainty = 'possible'")
    blocked(t, url, "possible", f"2 possible mappings are not confirmed, the first is {wanted}", hint,
            *ASSUMED, count=2)
    t.contains(follow(t, hint, [0]).out, "ada")
    t.contains(follow(t, hint, [2]).out, "Nothing forbids this import")  # accepted
    follow(t, hint, [1])  # confirmed
    passes(t, url, *ASSUMED)


def test_possible_of_what_is_left_out(t):
    """A suggestion that no row needs forbids nothing."""
    url, _ = tiny.ready(t, tiny.data_rows()[:3] + tiny.data_rows()[8:9])
    status(t, "PAGE", "11", "status = 'MAPPED_AUTO', certainty = 'possible'")
    t.equal(notices.kinds(steps.plan(t, url, KEY, *ASSUMED)), [])


def test_bad_destination(t):
    url, truth = tiny.ready(t)
    at = place(url)
    hint = (f'The mapping table was edited: set it again with "reqferry map set {at} PAGE 8021 NEW" or clear '
            f'it with "reqferry map clear {at} --type PAGE --key 8021 --yes", then run "reqferry map auto {at}" '
            "for what follows it.")
    begin = ("1 mapping has an unknown status or a destination that cannot be one: "
             'PAGE "8021" ("Page 8021")')
    right = truth.of("PAGE", "8021")
    for words, says in (("status = 'MAPPED_BY_HAND'", 'has the status "MAPPED_BY_HAND"'),
                        ("status = 'excluded'", 'has the status "excluded"'),
                        ("status = 'MAPPED_MANUAL', destinationvalue = NULL", "is mapped to nothing"),
                        ("status = 'MAPPED_AUTO', destinationvalue = ''", "is mapped to nothing"),
                        ("destinationvalue = 'Page 8021'", 'is mapped to "Page 8021"'),
                        (f"destinationvalue = '0{right}'", f'is mapped to "0{right}"'),
                        (f"destinationvalue = '{right} '", f'is mapped to "{right} "')):
        status(t, "PAGE", "8021", words)
        blocked(t, url, "bad-destination", f"{begin} {says}", hint, *ASSUMED)
        follow(t, hint, [0, 2], right)
        t.equal(notices.kinds(steps.plan(t, url, KEY, *ASSUMED)), [], says)
    status(t, "PAGE", "8021", "destinationvalue = '1.5'")
    follow(t, hint, [1, 2])
    passes(t, url, *ASSUMED)


def test_bad_destination_several(t):
    url, _ = tiny.ready(t)
    for number, (kind, key) in enumerate((("USER", "u1"), ("PAGE", "8021"), ("VERSION", "8021"),
                                          ("APPLINK", tiny.LINK), ("ISSUE", "TIO-1"))):
        status(t, kind, key, f"status = 'X{number}'")
    planned = steps.plan(t, url, KEY, *ASSUMED)
    message = planned["blockers"][0]["message"]
    t.equal(message, '5 mappings have an unknown status or a destination that cannot be one: USER "u1" ("ada") '
            'has the status "X0"; PAGE "8021" ("Page 8021") has the status "X1"; VERSION "8021" ("Page 8021") '
            'has the status "X2"; and 2 more')
    t.equal(planned["blockers"][0]["count"], 5)
    status(t, "ISSUE", "TIO-1", "status = 'MAPPED_MANUAL', destinationvalue = 'no issue key'")
    for word in ("-1", "TIO-", "TIO"):
        status(t, "ISSUE", "TIO-1", "destinationvalue = ?", word)
        t.equal(steps.plan(t, url, KEY, *ASSUMED)["blockers"][0]["count"], 5, word)


def test_missing_destination(t):
    url, truth = tiny.ready(t)
    at = place(url)
    t.run("map", "set", url, KEY, "USER", "u1", NOBODY, expect=1)
    t.run("map", "set", url, KEY, "USER", "u1", NOBODY, "--force")
    hint = (f'Map it again with "reqferry map set {at} USER u1 NEW", or import it all the same with '
            f'"reqferry plan {at} --accept assumed,missing".')
    says = f'USER "u1" ("ada") is mapped to "{NOBODY}"'
    blocked(t, url, "missing-destination", f"1 destination does not exist on this instance: {says}", hint,
            *ASSUMED)
    t.run("map", "set", url, KEY, "USER", "u2", NOBODY_ELSE, "--force")
    blocked(t, url, "missing-destination", f"2 destinations do not exist on this instance, the first: {says}",
            hint.replace("Map it again", "Map each again"), *ASSUMED, count=2)
    t.contains(follow(t, hint, [1]).out, "Nothing forbids this import")
    follow(t, hint, [0], truth.of("USER", "u1"))
    passes(t, url, "--accept", "assumed,missing")
    t.equal(steps.count(t, NAME, '"AO_32F7CE_DBREQUIREMENT" WHERE "CREATEDUSER" = ?', NOBODY_ELSE), 1)


def test_missing_destination_that_was_deleted(t):
    """Of each type that this instance can look up."""
    url, truth = tiny.ready(t)
    page = truth.of("PAGE", "8021")
    change(t, "UPDATE content SET content_status = 'deleted' WHERE contentid = ?", page)
    blocker = steps.plan(t, url, KEY, *ASSUMED)["blockers"]
    t.equal([(one["kind"], one["count"]) for one in blocker], [("missing-destination", 2)])  # and its version
    t.contains(blocker[0]["message"], f'PAGE "8021" ("Page 8021") is mapped to "{page}"')
    change(t, "UPDATE content SET content_status = 'current' WHERE contentid = ?", page)
    change(t, "DELETE FROM content WHERE contentid = ?", truth.of("ATTACHMENT", "31"))
    t.contains(steps.plan(t, url, KEY, *ASSUMED)["blockers"][0]["message"], 'ATTACHMENT "31" ("table.xlsx")')


def test_scope_excluded(t):
    url, _ = tiny.ready(t)
    t.run("map", "exclude", url, KEY, "--type", "SPACE", "--key", "ABC", "--yes", expect=4)
    status(t, "SPACE", "ABC", "status = 'EXCLUDED', destinationvalue = NULL")
    hint = (f'Map it with "reqferry map set {place(url)} SPACE ABC NEW", then run "reqferry map auto '
            f'{place(url)}" for what follows it.')
    blocked(t, url, "scope-excluded", 'the backup\'s own space "ABC" is excluded', hint, *ASSUMED)
    follow(t, hint, [0, 1], "ABC")
    passes(t, url, *ASSUMED)


def test_inconsistent_version(t):
    url, truth = tiny.ready(t)
    at = place(url)
    wrong = truth.of("VERSION", "12")
    t.run("map", "set", url, KEY, "VERSION", "8021", wrong, "--force")
    message = ('1 version is not of the page that the mapping gives: VERSION "8021" ("Page 8021") is mapped to '
               f'"{wrong}"')
    hint = (f'Clear it with "reqferry map clear {at} --type VERSION --key 8021 --yes" and run "reqferry map auto '
            f'{at}", or set what belongs to the page with "reqferry map set {at} VERSION 8021 NEW".')
    blocked(t, url, "inconsistent", message, hint, *ASSUMED)
    follow(t, hint, [0, 1])
    passes(t, url, *ASSUMED)


def test_inconsistent_attachments(t):
    """The page of two files is mapped to another one."""
    mappings = tiny.mapping_rows() + [csvtext.mapping(
        "ATTACHMENT", 32, "type=EXCEL, app=com.example.excel", spacekey="ABC", pageid=11, pageversion=1,
        title="table.xlsx", extensiondocumentid=32)]
    rows = [tiny.requirement(1, "R-1"), tiny.link(2, 1, "true", "EXCEL", "com.example.excel", 31),
            tiny.link(3, 1, "true", "EXCEL", "com.example.excel", 32)]
    url, truth = notices.confirmed(t, rows, mappings)
    files = truth.of("ATTACHMENT", "31")
    for key in ("31", "32"):
        t.run("map", "set", url, KEY, "ATTACHMENT", key, files)
    # as somebody does who edits the table: nothing that follows the page is reset
    for kind, key in (("PAGE", "11"), ("VERSION", "11"), ("VERSION", "12")):
        status(t, kind, key, "status = 'MAPPED_MANUAL', destinationvalue = ?", truth.of("PAGE", "8021"))
    message = ('2 attachments are not of the page that the mapping gives, the first: ATTACHMENT "31" '
               f'("table.xlsx") is mapped to "{files}"')
    at = place(url)
    hint = (f'Clear it with "reqferry map clear {at} --type ATTACHMENT --key 31 --yes" and run "reqferry map '
            f'auto {at}", or set what belongs to the page with "reqferry map set {at} ATTACHMENT 31 NEW".')
    blocked(t, url, "inconsistent", message, hint, *ASSUMED, count=2)


def test_duplicate_mapping(t):
    url, truth = tiny.destination(t)
    double = csvtext.mapping("USER", "u1", username="ada")
    tiny.write(t, mappings=tiny.mapping_rows() + [double])
    t.contains(t.run("load", url, f"{KEY}.csv").err, '"USER" "u1" has a mapping row already')
    steps.automatic(t, url, NAME, KEY)
    change(t, "UPDATE reqferry_mapping SET status = 'MAPPED_MANUAL', destinationvalue = ? WHERE type = 'USER' "
              "AND key = 'u1'", truth.of("USER", "u1"))
    follow(t, f'"reqferry map confirm {place(url)} --all --yes"', [0])
    hint = ("Leave one mapping row of each in the file and load it again. "
            f'"reqferry validate {KEY}.csv" names each place.')
    blocked(t, url, "duplicate-mapping", '1 entity has several mapping rows: USER "u1" ("ada")', hint, *ASSUMED)
    t.contains(follow(t, hint, [0], expect=5).out, "has a mapping row already")
    t.run("delete", url, KEY)
    tiny.write(t)
    steps.load(t, url, NAME, f"{KEY}.csv")
    steps.decide(t, url, NAME, KEY, truth)
    passes(t, url, *ASSUMED)


# --- what never forbids an import ----------------------------------------------------------------------


def moved_rows():
    return [tiny.requirement(1, "R-1", STATUS="MOVED", NEWSPACEKEY="FAR", NEWKEY="F-1"),
            tiny.requirement(2, "R-2", NEWSPACEKEY="ABC", NEWKEY="R-1")]


def new_spaces(t):
    return [row["NEWSPACEKEY"] for row in t.rows(
        NAME, """SELECT "NEWSPACEKEY" FROM "AO_32F7CE_DBREQUIREMENT" WHERE "SPACEKEY" = 'ABC' ORDER BY "KEY" """)]


def test_a_space_that_never_moves(t):
    """NEWSPACEKEY stays as it is unless its space is mapped, and forbids nothing."""
    url, _ = notices.confirmed(t, moved_rows(), [csvtext.mapping("SPACE", "ABC", title="Alpha"),
                                                 csvtext.mapping("SPACE", "FAR", title="Far away")])
    for words, wanted in (
            ("status = NULL, destinationvalue = NULL", "FAR"),
            ("status = 'UNMAPPED', destinationvalue = NULL", "FAR"),
            ("status = 'EXCLUDED', destinationvalue = NULL", "FAR"),
            ("status = 'MAPPED_MANUAL', destinationvalue = NULL", "FAR"),
            ("status = 'NO_SUCH_STATUS', destinationvalue = 'DEF'", "FAR"),
            ("status = 'MAPPED_AUTO', certainty = 'possible', destinationvalue = 'DEF'", "DEF"),
            ("status = 'MAPPED_MANUAL', destinationvalue = 'NOWHERE'", "NOWHERE"),
            ("status = 'MAPPED_MANUAL', destinationvalue = 'DEF'", "DEF")):
        status(t, "SPACE", "FAR", words)
        passes(t, url, *ASSUMED)
        t.equal(new_spaces(t), [wanted, "ABC"], words)


def test_a_space_without_a_mapping_row_that_never_moves(t):
    url, _ = notices.confirmed(t, moved_rows(), [csvtext.mapping("SPACE", "ABC", title="Alpha")])
    passes(t, url, *ASSUMED)
    t.equal(new_spaces(t), ["FAR", "ABC"])
