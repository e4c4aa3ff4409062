/*
 * Recognises the product, probes its tables and turns its templates into SQL. What is particular to
 * a product is data in confluence.c and jira.c.
 *
 * Threads: a struct host is written once, by host_open; afterwards several threads may read it.
 */
#include "host/product.h"

#include <assert.h>

static const struct host_product *const products[PRODUCT_COUNT] = {
	[PRODUCT_CONFLUENCE] = &host_confluence,
	[PRODUCT_JIRA] = &host_jira,
};

/* The columns of the relations, for products that do not have them: '#' begins a number. */
static const char *const relation_columns[HOST_RELATION_COUNT][10] = {
	[HOST_SPACES] = {"key", "name", "lowerkey", "status", "#homepage"},
	[HOST_PAGES] = {"#id", "key", "spacekey", "pagetype", "title", "lowertitle", "#version",
		"created"},
	[HOST_VERSIONS] = {"#id", "key", "#pageid", "pagekey", "spacekey", "pagetype", "title",
		"#version", "#current"},
	[HOST_ATTACHMENTS] = {"#id", "key", "#pageid", "pagekey", "spacekey", "title", "#version"},
	[HOST_CONTENT_STATES] = {"#id", "key", "state", "spacekey", "title", "pagetype"},
	[HOST_USERS] = {"key", "username", "lowerusername", "email", "displayname", "#active"},
	[HOST_APPLINKS] = {"key", "name", "displayurl", "rpcurl", "url"},
	[HOST_PROJECTS] = {"#id", "key", "name"},
	[HOST_PROJECT_KEYS] = {"#projectid", "projectkey", "key"},
	[HOST_ISSUES] = {"#id", "key", "issuekey", "#projectid", "projectkey", "#number",
		"summary"},
	[HOST_MOVED_KEYS] = {"#issueid", "key"},
};

/* --- templates -------------------------------------------------------------------------------- */

static const char *find_word(
	const char *name, size_t len, const struct host_word *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(words[i].name) == len && memcmp(words[i].name, name, len) == 0)
			return words[i].sql;
	assert(!"a template uses a word that its product does not have");
	return "";
}

const char *host_sql(
	struct arena *arena, const char *template, const struct host_word *words, size_t count)
{
	CLEANUP(str_release) struct str sql = STR_INIT;
	const char *open, *close;

	while ((open = strchr(template, '{'))) {
		close = strchr(open, '}');
		str_add(&sql, (struct slice){template, (size_t)(open - template)});
		str_add_text(&sql, find_word(open + 1, (size_t)(close - open - 1), words, count));
		template = close + 1;
	}
	str_add_text(&sql, template);
	return arena_strdup(arena, str_slice(&sql));
}

const char *host_setting_text(struct arena *arena, const char *expression)
{
	/* '&' last: what it uncovers is text. */
	static const char *const marks[][2] = {
		{"<string>", ""},
		{"</string>", ""},
		{"<string/>", ""},
		{"&lt;", "<"},
		{"&gt;", ">"},
		{"&quot;", "\""},
		{"&#34;", "\""},
		{"&apos;", "''"},
		{"&#39;", "''"},
		{"&amp;", "&"},
	};
	static const char blanks[] = " \t\r\n";
	const char *plain = arena_printf(arena, "trim(%s, '%s')", expression, blanks);
	const char *decoded = plain;

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		decoded = arena_printf(
			arena, "replace(%s, '%s', '%s')", decoded, marks[i][0], marks[i][1]);
	return arena_printf(arena,
		"NULLIF(CASE WHEN substr(%s, 1, 7) = '<string' THEN trim(%s, '%s') ELSE %s "
		"END, '')",
		plain, decoded, blanks, plain);
}

const char *host_day(struct db *db, struct arena *arena, const char *expression)
{
	CLEANUP(str_release) struct str sql = STR_INIT;

	str_add_text(&sql, "substr(");
	dialect_apply(&sql, db_dialect(db)->timestamp_to_text_f, expression);
	str_add_text(&sql, ", 1, 10)");
	return arena_strdup(arena, str_slice(&sql));
}

/* Fills in all words of this database; returns how many. */
static size_t all_words(const struct host *host, struct arena *arena, struct host_word *words)
{
	size_t count = products[host->product]->words(host, arena, words);

	words[count++] = (struct host_word){"text", db_dialect(host->db)->type_text};
	assert(count <= HOST_WORDS);
	return count;
}

/* --- recognition ------------------------------------------------------------------------------ */

static bool count_marks(struct db *db, enum product product, size_t *count, struct error *err)
{
	size_t found = 0;

	for (size_t i = 0; i < HOST_MARKS; i++) {
		bool exists;

		if (!db_table_exists(db, products[product]->tables[i].name, &exists, err))
			return false;
		found += exists;
	}
	*count = found;
	return true;
}

/* Two of the three tables are enough to say what is missing; one may be anybody's. */
static bool recognise(struct db *db, enum product *out, struct error *err)
{
	size_t confluence, jira;

	if (!count_marks(db, PRODUCT_CONFLUENCE, &confluence, err) ||
		!count_marks(db, PRODUCT_JIRA, &jira, err))
		return false;
	if (confluence == HOST_MARKS && jira == HOST_MARKS)
		return FAIL_HINT(err, NO_TABLES, "Give the schema of one of them in the URL.",
			"the database holds the tables of both a Confluence and a Jira");
	if (confluence == jira || (confluence < 2 && jira < 2))
		return FAIL_HINT(err, NO_TABLES,
			"Check that the URL names the right database and schema "
			"(search_path), and that its user may read the tables.",
			"the database is neither a Confluence nor a Jira database");
	*out = confluence > jira ? PRODUCT_CONFLUENCE : PRODUCT_JIRA;
	return true;
}

static bool has_column(const struct db_column *columns, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(columns[i].name, name) == 0)
			return true;
	return false;
}

/* Appends what the table lacks: `table "x"`, or `columns "y", "z" of table "x"`. */
static bool find_missing(struct db *db, const struct host_table *table, struct arena *arena,
	struct str *missing, struct error *err)
{
	struct db_column *columns;
	size_t count, lacking = 0;

	if (!db_columns(db, table->name, arena, &columns, &count, err))
		return false;
	for (size_t i = 0; count > 0 && table->columns[i]; i++) {
		if (has_column(columns, count, table->columns[i]))
			continue;
		str_addf(missing, "%s\"%s\"",
			lacking        ? ", "
			: missing->len ? ", column "
				       : "column ",
			table->columns[i]);
		lacking++;
	}
	if (lacking)
		str_addf(missing, " of table \"%s\"", table->name);
	else if (count == 0)
		str_addf(missing, "%stable \"%s\"", missing->len ? ", " : "", table->name);
	return true;
}

static bool probe(struct host *host, struct arena *arena, struct error *err)
{
	const struct host_product *product = products[host->product];
	CLEANUP(str_release) struct str missing = STR_INIT;

	for (size_t i = 0; i < product->table_count; i++) {
		size_t before = missing.len;

		if (!find_missing(host->db, &product->tables[i], arena, &missing, err))
			return false;
		if (missing.len == before)
			host->present |= 1u << i;
		else if (product->tables[i].optional)
			str_truncate(&missing, before);
	}
	if (!missing.len)
		return true;
	return FAIL_HINT(err, NO_TABLES,
		"Check that the URL names the right database and schema (search_path), that "
		"its user may read all tables, and that this version of the host is supported.",
		"the %s database lacks %s", product_title(host->product), missing.at);
}

bool host_has(const struct host *host, size_t table)
{
	return host->present >> table & 1u;
}

/* --- opening ---------------------------------------------------------------------------------- */

static const char *empty_relation(
	const struct dialect *dialect, const char *const *columns, struct arena *arena)
{
	CLEANUP(str_release) struct str sql = STR_INIT;

	for (; *columns; columns++) {
		bool number = **columns == '#';

		str_addf(&sql, "%sCAST(NULL AS %s) AS %s", sql.len ? ", " : "SELECT ",
			number ? dialect->type_int64 : dialect->type_text, *columns + number);
	}
	str_add_text(&sql, " WHERE 1 = 0");
	return arena_printf(arena, "(%s)", sql.at);
}

static void prepare_relations(struct host *host, struct arena *arena)
{
	const struct host_product *product = products[host->product];
	struct host_word words[HOST_WORDS];
	size_t count = all_words(host, arena, words);

	for (size_t i = 0; i < HOST_RELATION_COUNT; i++) {
		const char *template = product->relations[i].sql;

		if (template && host_has(host, product->relations[i].table))
			host->relations[i] = arena_printf(
				arena, "(%s)", host_sql(arena, template, words, count));
		else
			host->relations[i] =
				empty_relation(db_dialect(host->db), relation_columns[i], arena);
	}
}

/*
 * A version is good to know, and no more: when the database refuses the query (no right to read the
 * table), it stays unknown. Inside a transaction a refusal spoils more than the version.
 */
static bool read_version(const struct host *host, const char *sql, size_t table,
	struct arena *arena, const char **out, struct error *err)
{
	struct error refused = ERROR_INIT;
	struct slice version = SLICE_NULL;

	*out = NULL;
	if (!sql || !host_has(host, table))
		return true;
	if (!db_query_text(host->db, sql, NULL, 0, arena, &version, &refused)) {
		if (refused.kind == ERROR_DATABASE && !db_in_transaction(host->db))
			return true;
		*err = refused;
		return false;
	}
	*out = slice_is_empty(version) ? NULL : version.at;
	return true;
}

bool host_open(struct db *db, struct arena *arena, struct host *out, struct error *err)
{
	struct host host = {.db = db};
	const struct host_product *product;

	if (!recognise(db, &host.product, err) || !probe(&host, arena, err))
		return false;
	product = products[host.product];
	prepare_relations(&host, arena);
	if (!read_version(&host, product->version_sql, product->version_table, arena, &host.version,
		    err) ||
		!read_version(&host, product->ry_version_sql, product->ry_version_table, arena,
			&host.ry_version, err))
		return false;
	*out = host;
	return true;
}

/* --- use -------------------------------------------------------------------------------------- */

const char *host_relation(const struct host *host, enum host_relation relation)
{
	return host->relations[relation];
}

void host_issue_in_project(
	const struct host *host UNUSED, const char *expression, const char *keys, struct str *sql)
{
	/* IN, so that the database may as well begin at the project's issues. */
	str_addf(sql,
		"%s IN (SELECT h_issue.id FROM jiraissue h_issue"
		" JOIN project h_project ON h_project.id = h_issue.project"
		" WHERE h_project.pkey IN (%s))",
		expression, keys);
}

static const char *describe_one(
	struct arena *arena, const char *template, const struct host_word *words, size_t count)
{
	return template ? host_sql(arena, template, words, count) : NULL;
}

bool host_describe(const struct host *host, enum entity entity, struct arena *arena,
	struct host_description *out)
{
	const struct host_description *templates = products[host->product]->descriptions[entity];
	struct host_word words[HOST_WORDS];
	size_t count;

	if (!templates)
		return false;
	count = all_words(host, arena, words);
	*out = (struct host_description){
		.joins = host_sql(arena, templates->joins, words, count),
		.found = host_sql(arena, templates->found, words, count),
		.email = describe_one(arena, templates->email, words, count),
		.display_name = describe_one(arena, templates->display_name, words, count),
		.name = describe_one(arena, templates->name, words, count),
		.created = describe_one(arena, templates->created, words, count),
	};
	for (size_t i = 0; i < FIELD_COUNT; i++)
		out->fields[i] = describe_one(arena, templates->fields[i], words, count);
	return true;
}
