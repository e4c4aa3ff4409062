/*
 * What the host knows, in temporary tables that rules join with: so that rules are the same whether
 * the facts are here or on the other side of application links, whatever shape the host's relations
 * have, and each is read once.
 *
 * Facts of this database are put in by SQL and narrowed down to what the backup's mappings ask for.
 * Those of the other side come through another connection: they are streamed, issues only of the
 * projects that are asked for. `place` numbers what is alike, so that a rule can stop counting.
 */
#include "mapping/internal.h"

#define PROJECTS_LIMIT 100 /* in one statement on the other side */

struct fact {
	const char *table, *columns;
	const char *const *indexes;
	enum product product; /* whose facts these are */
	bool any_product;     /* both products have them, and this instance's count */
	unsigned types;       /* a bit for each type whose rules need it */
	const char *fill;     /* the statement that fills it from this database */
	const char *stream; /* the query on the other side, without {in}; NULL: never from there */
	const char *const *names; /* its columns; ends with NULL */
};

#define FOR(type) (1u << ENTITY_##type)

/* Titles, keys and the like that open and decided mappings ask for. */
#define ASKED(column, type)                                                                        \
	"(SELECT DISTINCT w." column " AS v FROM reqferry_m_work w WHERE w.type = '" type          \
	"' AND w." column " IS NOT NULL) a"

#define PAGE_COLUMNS "p.id, p.key, p.spacekey, p.pagetype, p.title, p.created"
#define FILE_COLUMNS "p.id, p.key, p.pageid, p.spacekey, p.title, p.version"
#define ISSUE_COLUMNS                                                                              \
	"i.id AS id, i.key AS key, i.issuekey AS issuekey, i.projectkey AS projectkey,"            \
	" i.number AS number, i.summary AS summary"

/* Keys of projects that mappings of projects may lead to. */
#define ASKED_PROJECTS                                                                             \
	"(SELECT p.key FROM reqferry_m_work w JOIN reqferry_m_project p"                           \
	" ON p.key = w.key OR p.name = w.title OR p.key = w.target WHERE w.type = 'PROJECT'"       \
	" UNION SELECT k.projectkey FROM reqferry_m_work w JOIN reqferry_m_projectkey k"           \
	" ON k.key = w.key WHERE w.type = 'PROJECT')"

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct fact facts[] = {
	{
		.table = "reqferry_m_link",
		.columns = "key {key} NOT NULL, name {key}, url {key}",
		.any_product = true,
		.types = FOR(APPLINK),
		/* filled by fill_links */
	},
	{
		.table = "reqferry_m_space",
		.columns = "key {key} NOT NULL, name {key}, fold {key}",
		.indexes = LIST("key", "fold", "name"),
		.product = PRODUCT_CONFLUENCE,
		.types = FOR(SPACE),
		.fill = "INSERT INTO reqferry_m_space (key, name, fold)"
			" SELECT s.key, s.name, lower(s.key{c}) FROM {spaces} s",
		.stream = "SELECT s.key, s.name, lower(s.key{c}) FROM {spaces} s",
		.names = LIST("key", "name", "fold"),
	},
	{
		.table = "reqferry_m_page",
		.columns = "id {int64} NOT NULL, key {key} NOT NULL, spacekey {key}, "
			   "pagetype {key}, title {key}, created {key}, place {int64}",
		.indexes = LIST("id", "spacekey, title", "title"),
		.product = PRODUCT_CONFLUENCE,
		.types = FOR(SPACE) | FOR(PAGE),
		.fill = "INSERT INTO reqferry_m_page"
			" (id, key, spacekey, pagetype, title, created, place)"
			" SELECT p.id, p.key, p.spacekey, p.pagetype, p.title, p.created,"
			" ROW_NUMBER() OVER (PARTITION BY p.pagetype, p.title ORDER BY p.id) FROM ("
			"SELECT " PAGE_COLUMNS " FROM " ASKED(
				"title", "PAGE") " JOIN {pages} p ON p.title = a.v UNION "
						 "SELECT " PAGE_COLUMNS " FROM " ASKED("number",
							 "PAGE") " JOIN {pages} p ON p.id = a.v) p",
	},
	{
		.table = "reqferry_m_version",
		.columns = "key {key} NOT NULL, page {int64} NOT NULL, version {int64}, "
			   "current {int64}, title {text}",
		.indexes = LIST("page, version"),
		.product = PRODUCT_CONFLUENCE,
		.types = FOR(VERSION),
		.fill = "INSERT INTO reqferry_m_version (key, page, version, current, title)"
			" SELECT p.key, p.pageid, p.version, p.current, p.title FROM"
			" (SELECT DISTINCT m.ptargetid, m.version FROM reqferry_m_open m) a"
			" JOIN {versions} p ON p.pageid = a.ptargetid AND p.version = a.version"
			" UNION SELECT p.key, p.pageid, p.version, p.current, p.title FROM"
			" (SELECT DISTINCT m.ptargetid FROM reqferry_m_open m) a"
			" JOIN {versions} p ON p.pageid = a.ptargetid AND p.current = 1",
	},
	{
		.table = "reqferry_m_file",
		.columns = "id {int64} NOT NULL, key {key} NOT NULL, page {int64}, spacekey {key}, "
			   "title {key}, version {int64}, place {int64}",
		.indexes = LIST("id", "page, title", "spacekey, title"),
		.product = PRODUCT_CONFLUENCE,
		.types = FOR(ATTACHMENT),
		.fill = "INSERT INTO reqferry_m_file"
			" (id, key, page, spacekey, title, version, place)"
			" SELECT p.id, p.key, p.pageid, p.spacekey, p.title, p.version,"
			" ROW_NUMBER() OVER (PARTITION BY p.spacekey, p.title ORDER BY p.id) FROM ("
			"SELECT " FILE_COLUMNS " FROM " ASKED("title",
				"ATTACHMENT") " JOIN {attachments} p ON p.title = a.v UNION "
					      "SELECT " FILE_COLUMNS " FROM " ASKED("number",
						      "ATTACHMENT") " JOIN {attachments} p ON p.id "
								    "= a.v) p",
	},
	{
		.table = "reqferry_m_user",
		.columns = "key {key} NOT NULL, username {key}, fold {key}, email {key}, "
			   "local {key}, displayname {key}, active {int64}, place {int64}",
		.indexes = LIST("key", "fold", "email", "displayname"),
		.any_product = true,
		.types = FOR(USER),
		.fill = "INSERT INTO reqferry_m_user"
			" (key, username, fold, email, local, displayname, active, place) SELECT "
			"r.key, r.username, lower(r.username{c}), lower(r.email{c}), "
			"NULLIF(rtrim(lower(r.email{c}), replace(lower(r.email{c}), '@', '')), "
			"''), r.displayname, r.active, ROW_NUMBER() OVER (PARTITION BY "
			"r.displayname ORDER BY r.key{c}) FROM {users} r",
	},
	{
		.table = "reqferry_m_project",
		.columns = "key {key} NOT NULL, name {key}",
		.indexes = LIST("key", "name"),
		.product = PRODUCT_JIRA,
		.types = FOR(PROJECT) | FOR(ISSUE),
		.fill = "INSERT INTO reqferry_m_project (key, name)"
			" SELECT p.key, p.name FROM {projects} p",
		.stream = "SELECT p.key, p.name FROM {projects} p",
		.names = LIST("key", "name"),
	},
	{
		.table = "reqferry_m_projectkey",
		.columns = "key {key} NOT NULL, projectkey {key} NOT NULL",
		.indexes = LIST("key"),
		.product = PRODUCT_JIRA,
		.types = FOR(PROJECT) | FOR(ISSUE),
		.fill = "INSERT INTO reqferry_m_projectkey (key, projectkey)"
			" SELECT k.key, k.projectkey FROM {projectkeys} k WHERE k.key <> "
			"k.projectkey",
		.stream = "SELECT k.key, k.projectkey FROM {projectkeys} k"
			  " WHERE k.key <> k.projectkey",
		.names = LIST("key", "projectkey"),
	},
	{
		.table = "reqferry_m_issue",
		.columns =
			"id {int64} NOT NULL, key {key} NOT NULL, issuekey {key} NOT NULL, "
			"projectkey {key} NOT NULL, number {int64}, summary {key}, place {int64}",
		.indexes = LIST("id", "issuekey", "projectkey, number", "projectkey, summary"),
		.product = PRODUCT_JIRA,
		.types = FOR(PROJECT) | FOR(ISSUE),
		.fill = "INSERT INTO reqferry_m_issue"
			" (id, key, issuekey, projectkey, number, summary, place)"
			" SELECT i.id, i.key, i.issuekey, i.projectkey, i.number, i.summary,"
			" ROW_NUMBER() OVER (PARTITION BY i.projectkey, i.summary ORDER BY i.id)"
			" FROM (SELECT " ISSUE_COLUMNS " FROM " ASKED_PROJECTS " a"
			" JOIN {issues} i ON i.projectkey = a.key"
			" UNION SELECT " ISSUE_COLUMNS
			" FROM " ASKED("number", "ISSUE") " JOIN {issues} i ON i.id = a.v) i",
		.stream = "SELECT i.id, i.key, i.issuekey, i.projectkey, i.number, i.summary"
			  " FROM {issues} i WHERE i.projectkey IN (",
		.names = LIST("id", "key", "issuekey", "projectkey", "number", "summary"),
	},
	{
		.table = "reqferry_m_moved",
		.columns = "oldkey {key} NOT NULL, key {key} NOT NULL, issuekey {key} NOT NULL, "
			   "summary {key}",
		.indexes = LIST("oldkey"),
		.product = PRODUCT_JIRA,
		.types = FOR(ISSUE),
		.fill = "INSERT INTO reqferry_m_moved (oldkey, key, issuekey, summary)"
			" SELECT v.key, i.key, i.issuekey, i.summary FROM (SELECT m.issuekey AS v"
			" FROM reqferry_m_open m WHERE m.issuekey IS NOT NULL"
			" UNION SELECT m.ptarget || '-' || m.issuenumber FROM reqferry_m_open m"
			" WHERE m.ptarget IS NOT NULL AND m.issuenumber IS NOT NULL) a"
			" JOIN {moved} v ON v.key = a.v JOIN {issues} i ON i.id = v.issueid",
		.stream = "SELECT v.key, i.key, i.issuekey, i.summary FROM {moved} v"
			  " JOIN {issues} i ON i.id = v.issueid",
		.names = LIST("oldkey", "key", "issuekey", "summary"),
	},
};

bool facts_make(struct mapping_run *run, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(facts); i++)
		if (!sql_make_table(run->db, &run->words, facts[i].table, facts[i].columns,
			    facts[i].indexes, err))
			return false;
	run->facts = 0;
	return true;
}

bool facts_drop(struct mapping_run *run, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(facts); i++)
		if (!sql_drop_table(run->db, facts[i].table, err))
			return false;
	return true;
}

/* --- application links ------------------------------------------------------------------------ */

struct link {
	struct link *next;
	struct slice key, name, urls[2];
};

static bool read_links(
	struct mapping_run *run, struct arena *arena, struct link **out, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT, url = STR_INIT;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	sql_fill(&run->words, "SELECT e.key, e.name, e.displayurl, e.rpcurl FROM {applinks} e",
		&sql);
	if (!db_query(run->db, sql.at, NULL, 0, &rows, err))
		return false;
	for (bool row;;) {
		struct link *link;

		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		link = arena_zalloc(arena, sizeof(*link));
		link->key = arena_copy(arena, db_rows_text(rows, 0));
		link->name = arena_copy(arena, db_rows_text(rows, 1));
		for (size_t i = 0; i < 2; i++) {
			str_clear(&url);
			work_fold_url(db_rows_text(rows, 2 + i), &url);
			link->urls[i] = url.len ? arena_copy(arena, str_slice(&url)) : SLICE_NULL;
		}
		link->next = *out;
		*out = link;
	}
}

/* A row for each of its URLs. */
static bool fill_links(struct mapping_run *run, struct error *err)
{
	static const char *const columns[] = {"key", "name", "url"};
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct link *links = NULL;
	struct db_bulk *bulk;

	if (!read_links(run, &arena, &links, err) ||
		!db_bulk_open(run->db, "reqferry_m_link", columns, ARRAY_LEN(columns), &bulk, err))
		return false;
	for (const struct link *link = links; link; link = link->next) {
		for (size_t i = 0; i < 2; i++) {
			const struct db_value values[] = {
				db_slice(link->key), db_slice(link->name), db_slice(link->urls[i])};

			if (!db_bulk_row(bulk, values, err)) {
				db_bulk_discard(&bulk);
				return false;
			}
		}
	}
	return db_bulk_end(&bulk, err);
}

/* --- the other side --------------------------------------------------------------------------- */

/* Only integers are numbers in these tables: ids and issue numbers. */
static bool is_number(const char *column)
{
	return strcmp(column, "id") == 0 || strcmp(column, "number") == 0;
}

static bool copy_rows(
	struct db_rows *rows, struct db_bulk *bulk, const char *const *names, struct error *err)
{
	struct db_value values[8];
	size_t count = db_rows_columns(rows);

	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		for (size_t i = 0; i < count; i++)
			values[i] = is_number(names[i]) ? db_int(db_rows_int(rows, i))
							: db_slice(db_rows_text(rows, i));
		if (!db_bulk_row(bulk, values, err))
			return false;
	}
}

static bool stream(struct mapping_run *run, const struct fact *fact, const char *sql,
	const struct db_value *values, size_t count, struct error *err)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct db_bulk *bulk;
	size_t columns = 0;

	while (fact->names[columns])
		columns++;
	if (!db_query(run->other->db, sql, values, count, &rows, err)) {
		error_context(err, "%s on the other side", product_title(run->other->product));
		return false;
	}
	if (!db_bulk_open(run->db, fact->table, fact->names, columns, &bulk, err))
		return false;
	if (copy_rows(rows, bulk, fact->names, err))
		return db_bulk_end(&bulk, err);
	db_bulk_discard(&bulk);
	return false;
}

/* The keys of the projects that are asked for, in the arena. */
static bool asked_projects(struct mapping_run *run, struct arena *arena, struct db_value **out,
	size_t *count, struct error *err)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	int64_t total;

	if (!db_query_int(run->db, "SELECT COUNT(*) FROM " ASKED_PROJECTS " a", NULL, 0, 0, &total,
		    err) ||
		!db_query(run->db, "SELECT a.key FROM " ASKED_PROJECTS " a", NULL, 0, &rows, err))
		return false;
	*out = arena_alloc(arena, (size_t)total * sizeof(**out));
	*count = 0;
	for (bool row; *count < (size_t)total; (*count)++) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		(*out)[*count] = db_slice(arena_copy(arena, db_rows_text(rows, 0)));
	}
	return true;
}

static bool stream_issues(
	struct mapping_run *run, const struct fact *fact, const char *start, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct db_value *keys;
	size_t count;

	if (!asked_projects(run, &arena, &keys, &count, err))
		return false;
	for (size_t first = 0; first < count; first += PROJECTS_LIMIT) {
		size_t end = first + PROJECTS_LIMIT;
		CLEANUP(str_release) struct str sql = STR_INIT;

		if (end > count)
			end = count;
		str_add_text(&sql, start);
		for (size_t i = first; i < end; i++)
			str_addf(&sql, "%s$%zu", i > first ? ", " : "", i - first + 1);
		str_add_char(&sql, ')');
		if (!stream(run, fact, sql.at, keys + first, end - first, err))
			return false;
	}
	return true;
}

static bool fill_from_other(struct mapping_run *run, const struct fact *fact, struct error *err)
{
	const struct sql_words words = {.dialect = db_dialect(run->other->db),
		.host = run->other,
		.product = run->other->product};
	CLEANUP(str_release) struct str sql = STR_INIT;

	sql_fill(&words, fact->stream, &sql);
	if (sql.at[sql.len - 1] == '(')
		return stream_issues(run, fact, sql.at, err);
	return stream(run, fact, sql.at, NULL, 0, err);
}

/* --- loading ---------------------------------------------------------------------------------- */

static bool fill(struct mapping_run *run, const struct fact *fact, struct error *err)
{
	CLEANUP(str_release) struct str analyze = STR_INIT;
	bool ok = true;

	if (!fact->fill)
		ok = fill_links(run, err);
	else if (fact->any_product || fact->product == run->host->product)
		ok = sql_run(run->db, &run->words, fact->fill, NULL, 0, NULL, err);
	else if (run->other && fact->stream && fact->product == run->other->product)
		ok = fill_from_other(run, fact, err);
	str_addf(&analyze, "ANALYZE %s", fact->table);
	return ok && db_exec(run->db, analyze.at, NULL, 0, NULL, err);
}

bool facts_load(struct mapping_run *run, enum entity entity, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		if (!(facts[i].types & (1u << entity)) || (run->facts & (1u << i)))
			continue;
		if (!fill(run, &facts[i], err))
			return false;
		run->facts |= 1u << i;
	}
	return true;
}
