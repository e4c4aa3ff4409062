/*
 * Templates of SQL (the words are listed in internal.h), and temporary tables.
 */
#include "mapping/internal.h"

static const char *const relation_words[HOST_RELATION_COUNT] = {
	[HOST_SPACES] = "spaces",
	[HOST_PAGES] = "pages",
	[HOST_VERSIONS] = "versions",
	[HOST_ATTACHMENTS] = "attachments",
	[HOST_CONTENT_STATES] = "states",
	[HOST_USERS] = "users",
	[HOST_APPLINKS] = "applinks",
	[HOST_PROJECTS] = "projects",
	[HOST_PROJECT_KEYS] = "projectkeys",
	[HOST_ISSUES] = "issues",
	[HOST_MOVED_KEYS] = "moved",
};

static const char *word_of(const struct sql_words *words, struct slice name)
{
	const struct {
		const char *name, *text;
	} plain[] = {
		{"int64", words->dialect->type_int64},
		{"text", words->dialect->type_text},
		{"key", words->dialect->type_key},
		{"c", words->dialect->binary_collation},
		{"here", words->origin == ORIGIN_HERE ? "1 = 1" : "1 = 0"},
		{"elsewhere", words->origin == ORIGIN_ELSEWHERE ? "1 = 1" : "1 = 0"},
		/* elsewhere an issue's key is its issue key */
		{"issuekey", words->product == PRODUCT_JIRA ? "m.issuekey"
							    : "COALESCE(m.issuekey, m.key)"},
	};

	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		if (slice_is(name, plain[i].name))
			return plain[i].text;
	for (size_t i = 0; words->host && i < HOST_RELATION_COUNT; i++)
		if (slice_is(name, relation_words[i]))
			return host_relation(words->host, (enum host_relation)i);
	return NULL;
}

/* The brace that closes the one before `at`; the end of the text when there is none. */
static const char *closing(const char *at)
{
	for (int depth = 1; *at; at++) {
		depth += (*at == '{') - (*at == '}');
		if (depth == 0)
			break;
	}
	return at;
}

static void fill_word(const struct sql_words *words, struct slice name, struct str *sql)
{
	const char *text = word_of(words, name);

	if (text) {
		str_add_text(sql, text);
	} else if (slice_starts_with(name, "int:")) {
		CLEANUP(str_release) struct str inner = STR_INIT, expression = STR_INIT;

		str_add(&inner, (struct slice){name.at + 4, name.len - 4});
		sql_fill(words, inner.at, &expression);
		dialect_apply(sql, words->dialect->key_to_integer_f, expression.at);
	} else {
		/* not a word: the database will refuse it, with the statement in the detail */
		str_addf(sql, "{%.*s}", SLICE_PRINT(name));
	}
}

void sql_fill(const struct sql_words *words, const char *template, struct str *sql)
{
	for (const char *open; (open = strchr(template, '{'));) {
		const char *close = closing(open + 1);

		str_add(sql, (struct slice){template, (size_t)(open - template)});
		fill_word(words, (struct slice){open + 1, (size_t)(close - open - 1)}, sql);
		template = *close ? close + 1 : close;
	}
	str_add_text(sql, template);
}

bool sql_run(struct db *db, const struct sql_words *words, const char *template,
	const struct db_value *values, size_t count, int64_t *changed, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;

	sql_fill(words, template, &sql);
	return db_exec(db, sql.at, values, count, changed, err);
}

bool sql_drop_table(struct db *db, const char *table, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;

	str_addf(&sql, "DROP TABLE IF EXISTS %s", table);
	return db_exec(db, sql.at, NULL, 0, NULL, err);
}

bool sql_make_table(struct db *db, const struct sql_words *words, const char *table,
	const char *columns, const char *const *indexes, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;

	if (!sql_drop_table(db, table, err))
		return false;
	str_addf(&sql, "CREATE TEMPORARY TABLE %s (", table);
	sql_fill(words, columns, &sql);
	str_add_char(&sql, ')');
	if (!db_exec(db, sql.at, NULL, 0, NULL, err))
		return false;
	for (size_t i = 0; indexes && indexes[i]; i++) {
		str_clear(&sql);
		str_addf(&sql, "CREATE INDEX %s_%zu ON %s (%s)", table, i + 1, table, indexes[i]);
		if (!db_exec(db, sql.at, NULL, 0, NULL, err))
			return false;
	}
	return true;
}
