/*
 * reqferry_m_work: every mapping of a backup with what is known of it, in a form that rules can
 * join with.
 *
 *     mine       1: automatic mapping may change it
 *     open       1: and has not decided yet
 *     target     what it is mapped to; NULL: to nothing, or not mapped
 *     certainty  as a number (enum certainty); 0 for what a person decided
 *     parent     id of the mapping that it follows
 *     twin       1: the backup has several such rows (struct mapping_type: alike)
 *
 * reqferry_m_open are the open ones of the type at hand with what their parents are mapped to
 * (ptype, pkey, ptarget; ptargetid is that as a number, pcertainty 0 when it is not mapped): what
 * rules read.
 *
 * The rows are put in type by type, parents before children. Dependencies are taken apart by SQL
 * where they are spelled as an export spells them; the others, and URLs, go through C in chunks
 * (reqferry_m_odd).
 *
 * Lower case is that of ASCII: names of users, e-mail addresses and space keys hardly ever hold
 * other letters, and those must then agree exactly.
 */
#include "mapping/internal.h"

#include <ctype.h>

#define CHUNK 5000

static const char work_columns[] =
	"id {int64} NOT NULL PRIMARY KEY, type {key} NOT NULL, key {key} NOT NULL, number "
	"{int64}, fold {key}, link {key}, spacekey {key}, pagetype {key}, page {key}, version "
	"{int64}, title {key}, created {key}, email {key}, local {key}, displayname {key}, "
	"issuekey {key}, project {key}, issuenumber {int64}, parent {int64}, mine {int64} NOT "
	"NULL, open {int64} NOT NULL, twin {int64} NOT NULL, status {key}, target {key}, "
	"certainty {int64}, rule {key}, outcome {key}";
static const char *const work_indexes[] = {"type, key", NULL};

static const char open_columns[] =
	"id {int64} NOT NULL PRIMARY KEY, key {key} NOT NULL, number {int64}, fold {key}, link "
	"{key}, spacekey {key}, pagetype {key}, pageid {int64}, version {int64}, title {key}, "
	"created {key}, email {key}, local {key}, displayname {key}, issuekey {key}, project "
	"{key}, issuenumber {int64}, twin {int64}, parent {int64}, ptype {key}, pkey {key}, "
	"ptarget {key}, ptargetid {int64}, pcertainty {int64}";

static const char odd_columns[] =
	"id {int64} NOT NULL PRIMARY KEY, link {key}, page {key}, url {key}";

static const char answer_columns[] = "mapping {int64} NOT NULL, destination {key} NOT NULL, title "
				     "{text}, certainty {int64} NOT NULL";

static const char option_columns[] =
	"mapping {int64} NOT NULL, destination {key} NOT NULL, rule {key} NOT NULL, "
	"score {int64} NOT NULL, title {text}, PRIMARY KEY (mapping, destination)";

static const char near_columns[] =
	"mapping {int64} NOT NULL, key {key} NOT NULL, name {key}, samekey {int64} NOT NULL, "
	"former {int64} NOT NULL, samename {int64} NOT NULL, nameknown {int64} NOT NULL, "
	"named {int64}, there {int64}, proof {key}";
static const char *const near_indexes[] = {"mapping", NULL};

static const struct {
	const char *name, *columns;
	const char *const *indexes;
} tables[] = {
	{"reqferry_m_work", work_columns, work_indexes},
	{"reqferry_m_odd", odd_columns, NULL},
	{"reqferry_m_open", open_columns, NULL},
	{"reqferry_m_answer", answer_columns, NULL},
	{"reqferry_m_option", option_columns, NULL},
	{"reqferry_m_near", near_columns, near_indexes},
};

/* --- what only C can read --------------------------------------------------------------------- */

void work_fold_url(struct slice url, struct str *out)
{
	static const char mark[] = "://";
	const char *scheme;
	size_t path;

	if (!url.at)
		return;
	scheme = memmem(url.at, url.len, mark, sizeof(mark) - 1);
	path = scheme ? (size_t)(scheme - url.at) + sizeof(mark) - 1 : 0;
	while (url.len > path && url.at[url.len - 1] == '/')
		url.len--;
	while (path < url.len && url.at[path] != '/')
		path++;
	for (size_t i = 0; i < url.len; i++) {
		char letter = url.at[i];
		if (i < path)
			letter = (char)tolower((unsigned char)letter);
		str_add_char(out, letter);
	}
}

/* The value of `name` in normalised dependencies; "" is the bare value. */
static struct slice dependency(struct slice normalised, const char *name)
{
	struct slice piece, key, value;
	bool more = !slice_is_empty(normalised);

	while (more) {
		more = slice_cut(normalised, ',', &piece, &normalised);
		if (slice_cut(more ? piece : normalised, '=', &key, &value) && slice_is(key, name))
			return value;
	}
	return SLICE_NULL;
}

struct odd {
	int64_t id;
	struct slice link, page, url;
};

static void read_odd(struct slice type, struct slice dependencies, struct slice url,
	struct arena *arena, struct odd *out)
{
	CLEANUP(str_release) struct str text = STR_INIT;

	if (slice_is(type, entity_name(ENTITY_APPLINK))) {
		work_fold_url(url, &text);
		out->url = arena_copy(arena, str_slice(&text));
		return;
	}
	catalogue_normalise_dependencies(dependencies, &text);
	out->link = arena_copy(arena, dependency(str_slice(&text), ""));
	out->page = arena_copy(arena, dependency(str_slice(&text), "documentId"));
}

/* The SELECT for odd rows behind id $2. */
static void odd_query(const struct mapping_run *run, struct str *sql)
{
	str_add_text(sql, "SELECT m.id, m.type, m.dependencies, m.url FROM reqferry_mapping m "
			  "WHERE m.backupkey = $1 AND m.id > $2 AND (1 = 0");
	for (enum entity e = 0; e < ENTITY_COUNT; e++) {
		if (!mapping_type(e)->odd)
			continue;
		str_addf(sql, " OR (m.type = '%s' AND ", entity_name(e));
		sql_fill(&run->words, mapping_type(e)->odd, sql);
		str_add_char(sql, ')');
	}
	str_addf(sql, ") ORDER BY m.id LIMIT %d", CHUNK);
}

static bool read_chunk(struct mapping_run *run, const char *sql, int64_t after, struct arena *arena,
	struct odd *list, size_t *count, struct error *err)
{
	const struct db_value values[] = {db_slice(run->backup_key), db_int(after)};
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	bool row = true;

	*count = 0;
	if (!db_query(run->db, sql, values, ARRAY_LEN(values), &rows, err))
		return false;
	while (*count < CHUNK) {
		struct odd *odd = &list[*count];

		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		*odd = (struct odd){.id = db_rows_int(rows, 0)};
		read_odd(db_rows_text(rows, 1), db_rows_text(rows, 2), db_rows_text(rows, 3), arena,
			odd);
		(*count)++;
	}
	return true;
}

static bool write_chunk(
	struct mapping_run *run, const struct odd *list, size_t count, struct error *err)
{
	static const char *const columns[] = {"id", "link", "page", "url"};
	struct db_bulk *bulk;

	if (!db_bulk_open(run->db, "reqferry_m_odd", columns, ARRAY_LEN(columns), &bulk, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct db_value values[] = {db_int(list[i].id), db_slice(list[i].link),
			db_slice(list[i].page), db_slice(list[i].url)};

		if (!db_bulk_row(bulk, values, err)) {
			db_bulk_discard(&bulk);
			return false;
		}
	}
	return db_bulk_end(&bulk, err);
}

static bool fill_odd(struct mapping_run *run, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(str_release) struct str sql = STR_INIT;
	struct odd *list = xmalloc(CHUNK * sizeof(*list));
	size_t count = CHUNK;
	int64_t after = 0;
	bool ok = true;

	odd_query(run, &sql);
	while (ok && count == CHUNK) {
		arena_clear(&arena);
		ok = read_chunk(run, sql.at, after, &arena, list, &count, err);
		if (!ok || count == 0)
			break;
		after = list[count - 1].id;
		ok = write_chunk(run, list, count, err);
	}
	free(list);
	return ok;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* "PROJ-" of "PROJ-12". */
#define KEY_PREFIX "rtrim({issuekey}, '0123456789')"
#define IS_ISSUE_KEY                                                                               \
	KEY_PREFIX " <> {issuekey} AND length(" KEY_PREFIX ") > 1"                                 \
		   " AND substr(" KEY_PREFIX ", length(" KEY_PREFIX "), 1) = '-'"

static const char project_expression[] =
	"CASE WHEN " IS_ISSUE_KEY " THEN substr(" KEY_PREFIX ", 1, length(" KEY_PREFIX ") - 1) END";
static const char number_expression[] =
	"CASE WHEN " IS_ISSUE_KEY " THEN {int:substr({issuekey}, length(" KEY_PREFIX ") + 1)} END";

/* "anna@" of "anna@example.org"; nothing of what is no address. */
static const char local_part[] = "NULLIF(rtrim(b.email, replace(b.email, '@', '')), '')";

#define EVIDENCE                                                                                   \
	" LEFT JOIN (SELECT v.key, MIN(v.email) AS email, MIN(v.displayname) AS displayname,"      \
	" MIN(v.name) AS name, MIN(v.created) AS created FROM reqferry_evidence v"                 \
	" WHERE v.backupkey = $1 AND v.type = $2 GROUP BY v.key) v ON v.key = m.key"

static const char *or_null(const char *expression)
{
	return expression ? expression : "NULL";
}

/* What is read out of the mappings of a type: SELECT list and source of `b`. */
static void source_template(const struct mapping_type *type, struct str *out)
{
	str_addf(out,
		"SELECT m.id, m.key, %s AS fold, %s AS link, m.spacekey, "
		"COALESCE(m.pagetype, 'PAGE') AS pagetype, %s AS page, "
		"{int:m.pageversion} AS version, COALESCE(m.title, v.name) AS title, v.created, "
		"lower(v.email{c}) AS email, v.displayname, ",
		or_null(type->fold), or_null(type->link), or_null(type->page));
	if (type->has_issue_key)
		str_addf(out, "{issuekey} AS issuekey, %s AS project, %s AS issuenumber, ",
			project_expression, number_expression);
	else
		str_add_text(out, "NULL AS issuekey, NULL AS project, CAST(NULL AS {int64}) AS "
				  "issuenumber, ");
	if (type->alike)
		str_addf(out,
			"CASE WHEN COUNT(*) OVER (PARTITION BY %s) > 1 THEN 1 ELSE 0 END AS twin, ",
			type->alike);
	else
		str_add_text(out, "0 AS twin, ");
	/* a mapping whose status is no word of ours is left to who wrote it */
	str_add_text(out,
		"CASE WHEN COALESCE(m.status, '') IN ('', 'UNMAPPED', 'MAPPED_AUTO') THEN 1 ELSE 0 "
		"END AS mine, m.status, m.destinationvalue AS target FROM reqferry_mapping m"
		" LEFT JOIN reqferry_m_odd o ON o.id = m.id" EVIDENCE
		" WHERE m.backupkey = $1 AND m.type = $2");
}

static void rows_template(const struct mapping_type *type, struct str *out)
{
	str_addf(out,
		"INSERT INTO reqferry_m_work (id, type, key, number, fold, link, spacekey, "
		"pagetype, page, version, title, created, email, local, displayname, issuekey, "
		"project, issuenumber, twin, parent, mine, open, status, target, certainty) "
		"SELECT b.id, $2, b.key, {int:b.key}, b.fold, b.link, b.spacekey, b.pagetype, "
		"b.page, b.version, b.title, b.created, b.email, %s, b.displayname, b.issuekey, "
		"b.project, b.issuenumber, b.twin, %s, b.mine, b.mine, b.status, "
		"CASE WHEN b.status = 'MAPPED_MANUAL' THEN NULLIF(b.target, '') END, "
		"CASE WHEN b.status = 'MAPPED_MANUAL' THEN 0 END FROM (",
		local_part, or_null(type->parent));
	source_template(type, out);
	str_add_text(out, ") b");
}

static bool fill_type(struct mapping_run *run, enum entity entity, struct error *err)
{
	const struct db_value values[] = {db_slice(run->backup_key), db_text(entity_name(entity))};
	CLEANUP(str_release) struct str template = STR_INIT;

	rows_template(mapping_type(entity), &template);
	return sql_run(run->db, &run->words, template.at, values, ARRAY_LEN(values), NULL, err);
}

/* --- the table as a whole --------------------------------------------------------------------- */

bool work_make(struct mapping_run *run, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		if (!sql_make_table(run->db, &run->words, tables[i].name, tables[i].columns,
			    tables[i].indexes, err))
			return false;
	if (!fill_odd(run, err))
		return false;
	for (enum entity e = 0; e < ENTITY_COUNT; e++)
		if (!fill_type(run, e, err))
			return false;
	return db_exec(run->db, "ANALYZE reqferry_m_work", NULL, 0, NULL, err);
}

bool work_drop(struct mapping_run *run, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		if (!sql_drop_table(run->db, tables[i].name, err))
			return false;
	return true;
}

bool work_open(struct mapping_run *run, enum entity entity, int64_t *count, struct error *err)
{
	/* its parent is excluded: nobody wants to know */
	static const char skip[] =
		"UPDATE reqferry_m_work SET open = 0, status = 'UNMAPPED', outcome = 'not-found' "
		"WHERE type = $1 AND open = 1 AND parent IN (SELECT p.id FROM reqferry_m_work p "
		"WHERE p.status = 'EXCLUDED')";
	static const char fill[] =
		"INSERT INTO reqferry_m_open (id, key, number, fold, link, spacekey, pagetype, "
		"pageid, version, title, created, email, local, displayname, issuekey, project, "
		"issuenumber, twin, parent, ptype, pkey, ptarget, ptargetid, pcertainty) SELECT "
		"w.id, w.key, w.number, w.fold, w.link, w.spacekey, w.pagetype, {int:w.page}, "
		"w.version, w.title, w.created, w.email, w.local, w.displayname, w.issuekey, "
		"w.project, w.issuenumber, w.twin, w.parent, p.type, p.key, p.target, "
		"{int:p.target}, CASE WHEN p.target IS NULL THEN 0 ELSE p.certainty END FROM "
		"reqferry_m_work w LEFT JOIN reqferry_m_work p ON p.id = w.parent WHERE w.type = "
		"$1 AND w.open = 1";
	const struct db_value type = db_text(entity_name(entity));

	return db_exec(run->db, "DELETE FROM reqferry_m_open", NULL, 0, NULL, err) &&
	       db_exec(run->db, skip, &type, 1, NULL, err) &&
	       sql_run(run->db, &run->words, fill, &type, 1, count, err) &&
	       db_exec(run->db, "ANALYZE reqferry_m_open", NULL, 0, NULL, err);
}
