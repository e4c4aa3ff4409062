"""A migration that fits on a page: a backup file of one Confluence space with a row of each kind, and
a destination where everything that it names exists under another id."""
import csvtext
import steps
import world
import world_confluence

LINK, NEW_LINK = "aaaaaaaa-0000-3000-8000-00000000000a", "bbbbbbbb-0000-3000-8000-00000000000b"
NAME = "wiki.db"
KEY = "tiny"
ASSUMED = ("--accept", "assumed")


def requirement(number, key, user=None, **more):
    values = {"SCHEMAVERSION": None, "SPACEKEY": "ABC", "KEY": key, "BASELINE": None, "STATUS": "ACTIVE",
              "STORAGETYPE": 1, "HTMLEXCERPT": f"<p>{key}</p>", "UPPERKEY": key.upper(),
              "NEWSPACEKEY": None, "NEWKEY": None, "CREATEDUSER": user,
              "CREATEDDATE": "2024-01-04 19:20:08.336", "LASTUPDATEDUSER": user,
              "LASTUPDATEDDATE": None, **more}
    return csvtext.item("DBREQUIREMENT", number, *values.values())


def link(number, parent, origin, kind, app, document, version=None):
    return csvtext.item("DBLINK", number, None, parent, origin, kind, app, document, version, None, "m")


def data_rows():
    return [
        requirement(1, "R-1", "u1"), requirement(2, "R-2", "u2"), requirement(3, "R-3"),
        csvtext.item("DBPROPERTY", 4, None, 1, "INLINE", "name", "value, \"one\""),
        csvtext.item("DBPROPERTY", 5, None, 2, "EXTERNAL", "name", None),
        csvtext.item("DBDEPENDENCY", 6, None, "refines", 1, 2),
        csvtext.item("DBDEPENDENCY", 7, None, "refines", 2, 3),
        link(8, 1, "true", "PAGE", "page", 11, 11),
        link(9, 3, "true", "PAGE", "page", 8021, 8021),
        link(10, 3, "false", "PAGE", "page", 11, 12),
        link(11, 2, "false", "JIRA", LINK, "TIO-1"),
        link(12, 2, "true", "EXCEL", "com.example.excel", 31),
        csvtext.item("DBTRACEABILITYMATRIX", 13, None, "ABC", 7, "matrix", "key ~ 'R'", "key",
                     "u1", None, None, None)]


def mapping_rows():
    def version(key, page, number):
        return csvtext.mapping("VERSION", key, f"type=PAGE, app=page, documentId={page}", spacekey="ABC",
                               pagetype="PAGE", pageid=page, pageversion=number, title=f"Page {page}")
    return [
        csvtext.mapping("SPACE", "ABC", title="Alpha"),
        csvtext.mapping("USER", "u1", username="ada"),
        csvtext.mapping("USER", "u2", username="bob"),
        csvtext.mapping("PAGE", 11, spacekey="ABC", pagetype="PAGE", pageversion=2, title="Page 11"),
        version(11, 11, 2),
        csvtext.mapping("PAGE", 8021, spacekey="ABC", pagetype="PAGE", pageversion=1, title="Page 8021"),
        version(8021, 8021, 1), version(12, 11, 1),
        csvtext.mapping("APPLINK", LINK, title="Jira", url="http://jira.example"),
        csvtext.mapping("ISSUE", "TIO-1", LINK, issuekey="TIO-1"),
        csvtext.mapping("ATTACHMENT", 31, "type=EXCEL, app=com.example.excel", spacekey="ABC", pageid=11,
                        pageversion=1, title="table.xlsx", extensiondocumentid=31)]


def write(t, rows=None, mappings=None, scope="ABC", name=f"{KEY}.csv"):
    content = csvtext.backup(csvtext.CONFLUENCE_PLUGIN, scope, (rows or data_rows()) + (
        mappings or mapping_rows()))
    (t.dir / name).write_bytes(content.encode())
    (t.dir / name).chmod(0o644)


def destination(t, name=NAME):
    """Returns the INSTANCE and the truth. Spaces ABC and DEF hold rows already."""
    url, truth = world.create(t, name, "confluence"), world.Truth()
    with world_confluence.Site(t.dir / name, 500, 7, "here") as site:
        for old, user in (("u1", "ada"), ("u2", "bob")):
            truth.put("USER", old, site.user(user, (f"{user}@x.example", user, True, 1)))
        space = site.space("ABC", "Alpha")
        site.page(site.space("DEF", "Delta"), "Page 11")
        first = site.page(space, "Page 11", (1, 2))
        second = site.page(space, "Page 8021")
        for kind, old, new in (("SPACE", "ABC", "ABC"), ("PAGE", 11, first[2]), ("VERSION", 11, first[2]),
                               ("VERSION", 12, first[1]), ("PAGE", 8021, second[1]),
                               ("VERSION", 8021, second[1])):
            truth.put(kind, old, new)
        truth.put("ATTACHMENT", 31, site.attachment(space, first[2], "table.xlsx", 1))
        site.applink(NEW_LINK, "Jira", "http://jira.example", None)
        for kind, old, new in (("APPLINK", LINK, NEW_LINK), ("PROJECT", "TIO", "TIO"),
                               ("ISSUE", "TIO-1", "TIO-1")):
            truth.put(kind, old, new)
        for key in ("ABC", "DEF"):
            made = [site.ry("DBREQUIREMENT", SPACEKEY=key, KEY=f"OLD-{n}", UPPERKEY=f"OLD-{n}",
                            STATUS="ACTIVE") for n in range(3)]
            site.ry("DBPROPERTY", REQUIREMENT_ID=made[0], NAME="n", VALUE="old")
            site.ry("DBDEPENDENCY", RELATIONSHIP="r", PARENT_ID=made[0], CHILD_ID=made[1])
            site.ry("DBLINK", PARENT_ID=made[0], ORIGIN=1, TYPE="PAGE", APP="page", DOCUMENTID="1")
            site.ry("DBTRACEABILITYMATRIX", SPACEKEY=key, ORIGINALID=1, NAME="old")
    return url, truth


def loaded(t, rows=None, mappings=None, scope="ABC"):
    """Loaded, and mapped as far as it goes by itself."""
    url, truth = destination(t)
    write(t, rows, mappings, scope)
    steps.load(t, url, NAME, f"{KEY}.csv")
    steps.automatic(t, url, NAME, KEY)
    return url, truth


def ready(t, rows=None, mappings=None, scope="ABC"):
    """Loaded and mapped: nothing but the assumed columns forbids the import."""
    url, truth = loaded(t, rows, mappings, scope)
    steps.decide(t, url, NAME, KEY, truth)
    return url, truth
