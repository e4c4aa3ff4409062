"""The links in an audit trail: only the space's key in `spaceKey` and in `url` changes, every other byte
stays; what is no JSON is copied and counted; what cannot be decided is copied and listed."""
import csvtext
import notices
import steps
import world
import world_jira
from tiny import ASSUMED, KEY

NAME = "jira.db"
LINK, SECOND = "11111111-1111-3000-8000-000000000001", "22222222-1111-3000-8000-000000000002"
SPACES = {"SF": "NEW", "SFX": "OTHER", "~ada": "~ada.b", "A/B \u00e9": "C\"D%", "KEEP": "KEEP", "GONE": None}

# a text, and what becomes of it; None: it stays
TEXTS = (
    ('[]', None),
    ('[{"spaceKey":"SF","url":"/requirements/SF/R-1"}]', '[{"spaceKey":"NEW","url":"/requirements/NEW/R-1"}]'),
    # blanks, order of members, unknown members, escapes elsewhere
    (' [ {\t"url" : "/requirements/SF/caf\\u00e9 \\"SF\\"" ,\r\n "b":[1.50,-0e+2,null], "spaceKey"\n:"SF" } ] ',
     ' [ {\t"url" : "/requirements/NEW/caf\\u00e9 \\"SF\\"" ,\r\n "b":[1.50,-0e+2,null], "spaceKey"\n:"NEW" } ] '),
    # a key that begins another one
    ('[{"spaceKey":"SFX"},{"url":"/requirements/SFX/SF/SFX"},{"spaceKey":"SFXY"},{"spaceKey":"S"}]',
     '[{"spaceKey":"OTHER"},{"url":"/requirements/OTHER/SF/SFX"},{"spaceKey":"SFXY"},{"spaceKey":"S"}]'),
    # members of one name, the key in escapes
    ('[{"spaceKey":"SF","spaceKey":"\\u0053\\u0046","spaceKey":"x"}]',
     '[{"spaceKey":"NEW","spaceKey":"NEW","spaceKey":"x"}]'),
    ('[{"url":"\\/requirements\\/S\\u0046\\/a\\/b"}]', '[{"url":"\\/requirements\\/NEW\\/a\\/b"}]'),
    # percent signs: digits of either case, what must be encoded, tildes as they were
    ('[{"url":"/requirements/%53%46/%53"}]', '[{"url":"/requirements/NEW/%53"}]'),
    ('[{"url":"/requirements/~ada/1"},{"url":"/requirements/%7eada/1"},{"spaceKey":"~ada"}]',
     '[{"url":"/requirements/~ada.b/1"},{"url":"/requirements/%7Eada.b/1"},{"spaceKey":"~ada.b"}]'),
    ('[{"url":"/requirements/A%2fB%20%c3%a9/1"},{"url":"/requirements/A%2FB %C3%A9"},{"spaceKey":"A\\/B \u00e9"}]',
     '[{"url":"/requirements/C%22D%25/1"},{"url":"/requirements/C%22D%25"},{"spaceKey":"C\\"D%"}]'),
    ('[{"url":"/requirements/A%2FB+%C3%A9/1"},{"url":"/requirements/SF%/1"}]', None),
    # not these places
    ('[{"url":"http://x/requirements/SF/1","title":"SF","key":"SF","spacekey":"SF"}]', None),
    ('[{"a":{"spaceKey":"SF","url":"/requirements/SF/1"}},["spaceKey","SF"],[{"spaceKey":"SF"}],"SF"]', None),
    ('[{"spaceKey":["SF"]},{"spaceKey":null},{"url":7}]', None),
    ('[{"spaceKey":"sf"},{"spaceKey":" SF"},{"spaceKey":"KEEP"},{"spaceKey":"UNKNOWN"}]', None),
    ('[{"spaceKey":"\\ud800","url":"/requirements/%FF/1","title":"\\ud800\\u0000"}]', None),
    # 200 deep is the limit
    ('[' * 200 + ']' * 200, None),
    ('[{"spaceKey":"SF","x":' + '[' * 198 + ']' * 198 + '}]', '[{"spaceKey":"NEW","x":' + '[' * 198 + ']' * 198 + '}]'),
    ('[' + ','.join(['{"spaceKey":"SF","url":"/requirements/SF/%d"}' % n for n in range(20_000)]) + ']',
     '[' + ','.join(['{"spaceKey":"NEW","url":"/requirements/NEW/%d"}' % n for n in range(20_000)]) + ']'))
INVALID = ('{"spaceKey":"SF"}', '[{"spaceKey":"SF"}', '[{"spaceKey":"SF"}] x', "[{'spaceKey':'SF'}]", 'null', 'SF',
           '[{"spaceKey":"SF",}]', '[' * 201 + ']' * 201, '[{"spaceKey":"SF","x":"a\nb"}]', ' ')


def site(t, issues=1):
    url = world.create(t, NAME, "jira")
    with world_jira.Site(t.dir / NAME, 400, 9, "here") as made:
        for link in (LINK, SECOND):
            made.applink(link, f"Wiki {link[0]}", f"http://{link[0]}.example")
        project = made.project("TIO", "Toolbox")
        for number in range(1, issues + 1):
            made.issue(project, number, f"Task {number}")
    return url


def trail(number, links, old=None, issue=1):
    return csvtext.item("DBRILAUDITTRAILITEM", number, None, 70 + issue, f"TIO-{issue}", None, None, old, None, links,
                        "true")


def loaded(t, url, rows, spaces, issues=1):
    """spaces: (key, application link) -> the key here, None when it is left out."""
    links = sorted({link for _, link in spaces})
    mappings = [csvtext.mapping("ISSUE", 70 + n, title=f"Task {n}", issuekey=f"TIO-{n}") for n in range(1, issues + 1)]
    mappings += [csvtext.mapping("APPLINK", link, title=f"Wiki {link[0]}") for link in links]
    mappings += [csvtext.mapping("SPACE", key, link) for key, link in spaces]
    (t.dir / f"{KEY}.csv").write_bytes(csvtext.backup(csvtext.JIRA_PLUGIN, "TIO", rows + mappings).encode())
    t.run("load", url, f"{KEY}.csv")
    t.run("map", "auto", url, KEY, "--open-ok")
    for (key, link), new in spaces.items():
        if new is None:
            t.run("map", "exclude", url, KEY, "--type", "SPACE", "--key", key, "--dependencies", link, "--yes")
        else:
            t.run("map", "set", url, KEY, "SPACE", key, new, "--dependencies", link)
    t.run("map", "confirm", url, KEY, "--all", "--yes")


def imported(t, url, *options):
    planned = steps.plan(t, url, KEY, *ASSUMED, *options)
    t.equal(planned["blockers"], [])
    done = t.run("--json", "import", url, KEY, *ASSUMED, *options, "--confirm", "TIO")
    steps.verify(t, url, KEY)
    return done


def texts(t):
    return t.rows(NAME, 'SELECT "LINKS", "OLDLINKS" FROM "AO_42D05A_DBRILAUDITTRAILITEM" ORDER BY "ID"')


def test_only_the_spans_change(t):
    url = site(t)
    rows = [trail(n + 1, text, text) for n, (text, _) in enumerate(TEXTS)]
    loaded(t, url, rows, {(key, LINK): new for key, new in SPACES.items()})
    done = imported(t, url)
    for (text, wanted), found in zip(TEXTS, texts(t), strict=True):
        for column in ("LINKS", "OLDLINKS"):
            t.equal(found[column], text if wanted is None else wanted, f"{column} of {text:.200}")
    assert "JSON" not in done.err, done.err
    # once more: what is here now is not looked at
    imported(t, url)
    t.equal([row["LINKS"] for row in texts(t)], [wanted or text for text, wanted in TEXTS])


def test_what_is_no_json_is_copied_and_counted(t):
    url = site(t)
    rows = [trail(1, INVALID[0], '[{"spaceKey":"SF"}]')]
    loaded(t, url, rows, {("SF", LINK): "NEW"})
    t.contains(t.run("validate", f"{KEY}.csv", expect=5).out, "is no JSON list of links")
    message = "1 text of the audit trail is no valid JSON: copied unchanged"
    done = imported(t, url)
    assert message in done.json["warnings"], done.json["warnings"]
    t.contains(done.err, f"warning: {message}\n")
    t.equal(texts(t), [{"LINKS": INVALID[0], "OLDLINKS": '[{"spaceKey":"NEW"}]'}])
    t.run("delete", url, KEY)
    loaded(t, url, [trail(n + 1, text) for n, text in enumerate(INVALID)], {("SF", LINK): "NEW"})
    message = f"{len(INVALID)} texts of the audit trail are no valid JSON: copied unchanged"
    done = imported(t, url)
    assert message in done.json["warnings"], done.json["warnings"]
    t.equal([row["LINKS"] for row in texts(t)], list(INVALID))


def test_a_space_of_several_links(t):
    """The link that the issue's own requirements come from decides; else the name stays, and each text is
    listed."""
    url = site(t, issues=4)
    text = '[{{"spaceKey":"{0}","url":"/requirements/{0}/1"}},{{"spaceKey":"{1}"}}]'

    def remote(number, link):
        return csvtext.item("DBREMOTEREQUIREMENT", number, None, link, "SF", f"K-{number}", None, "false", None,
                            "false", None, None)

    def tie(number, issue, requirement):
        return csvtext.item("DBISSUELINK", number, None, 70 + issue, f"TIO-{issue}", "r", requirement)

    before = text.format("SF", "SFX")
    rows = [*(trail(n, before, before if n == 4 else None, issue=n) for n in range(1, 5)), remote(5, LINK),
            remote(6, SECOND), tie(7, 1, 5), tie(8, 2, 6), tie(9, 3, 5), tie(10, 3, 6)]
    loaded(t, url, rows, {("SF", LINK): "ONE", ("SF", SECOND): "TWO", ("SFX", LINK): "SAME", ("SFX", SECOND): "SAME"},
           issues=4)
    done = imported(t, url)
    unclear = text.format("SF", "SAME")
    t.equal(texts(t), [{"LINKS": text.format("ONE", "SAME"), "OLDLINKS": None},
                       {"LINKS": text.format("TWO", "SAME"), "OLDLINKS": None},
                       {"LINKS": unclear, "OLDLINKS": None}, {"LINKS": unclear, "OLDLINKS": unclear}])
    tail = ": several application links map a space differently: its name is copied unchanged"
    listed = [one for one in done.json["warnings"] if one.endswith(tail)]
    t.equal(sorted(listed), sorted(f'DBRILAUDITTRAILITEM {row}, column "{column}"{tail}' for row, column in
                                   ((3, "LINKS"), (4, "LINKS"), (4, "OLDLINKS"))))
    assert ("3 texts of the audit trail name a space that several application links map differently: that name is "
            "copied unchanged") in done.json["warnings"], done.json["warnings"]


def test_one_text_that_several_links_leave_open(t):
    url = site(t)
    loaded(t, url, [trail(1, '[{"spaceKey":"SF"}]')], {("SF", LINK): "ONE", ("SF", SECOND): "TWO"})
    found = imported(t, url).json["warnings"]
    assert ("1 text of the audit trail names a space that several application links map differently: that name is "
            "copied unchanged") in found, found


def test_the_audit_trail_can_be_left_alone(t):
    url = site(t)
    rows = [trail(n + 1, text) for n, text in enumerate((TEXTS[1][0], TEXTS[2][0], INVALID[1]))]
    loaded(t, url, rows, {("SF", LINK): "NEW"})
    done = imported(t, url, "--audit-trail", "keep")
    t.equal([row["LINKS"] for row in texts(t)], [TEXTS[1][0], TEXTS[2][0], INVALID[1]])
    assert "JSON" not in done.err, done.err
    notices.passes(t, url, *ASSUMED, scope="TIO", name=NAME)  # and rewritten after all
    t.equal([row["LINKS"] for row in texts(t)], [TEXTS[1][1], TEXTS[2][1], INVALID[1]])
