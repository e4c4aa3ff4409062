/*
 * What a person writes as a destination: ids and keys as they are, users by name too, issues by
 * issue key too, spaces in any case. The forms are tried in order; the first that finds something
 * wins.
 */
#include "mapping/internal.h"

#include <ctype.h>

/* One way to look something up: rows (key) of what fits the text $1, or the number $2. */
struct look_up {
	enum entity entity;
	bool by_number; /* only for texts that are a number */
	const char *sql;
};

#define ONE(relation) "SELECT x.key FROM {" relation "} x WHERE "

static const struct look_up look_ups[] = {
	{ENTITY_APPLINK, false, ONE("applinks") "x.key = $1"},
	{ENTITY_SPACE, false, ONE("spaces") "x.key = $1"},
	{ENTITY_SPACE, false, ONE("spaces") "lower(x.key{c}) = lower($1)"},
	{ENTITY_PROJECT, false, ONE("projects") "x.key = $1"},
	{ENTITY_USER, false, ONE("users") "x.key = $1"},
	{ENTITY_USER, false, ONE("users") "x.username = $1 OR x.lowerusername = lower($1)"},
	{ENTITY_PAGE, true, ONE("pages") "x.id = $2"},
	{ENTITY_VERSION, true, ONE("versions") "x.id = $2"},
	{ENTITY_ATTACHMENT, true, ONE("attachments") "x.id = $2"},
	{ENTITY_ISSUE, true, ONE("issues") "x.id = $2"},
	/* an issue key as Jira resolves it: current, of a renamed project, of a moved issue */
	{ENTITY_ISSUE, false, ONE("issues") "x.projectkey = $3 AND x.number = $2"},
	{ENTITY_ISSUE, false,
		"SELECT x.key FROM {projectkeys} k JOIN {issues} x ON x.projectkey = k.projectkey "
		"WHERE k.key = $3 AND x.number = $2"},
	{ENTITY_ISSUE, false,
		"SELECT x.key FROM {moved} k JOIN {issues} x ON x.id = k.issueid WHERE k.key = $1"},
};

/* "PROJ-12" taken apart; false when it is no issue key. */
static bool cut_issue_key(struct slice text, struct slice *project, int64_t *number)
{
	struct slice tail;

	if (!slice_cut(text, '-', project, &tail) || !project->len || !tail.len ||
		!isdigit((unsigned char)tail.at[0]))
		return false;
	return slice_to_int64(tail, number);
}

static bool has_only(struct slice text, const char *others)
{
	for (size_t i = 0; i < text.len; i++)
		if (!isalnum((unsigned char)text.at[i]) && !strchr(others, text.at[i]))
			return false;
	return text.len > 0;
}

static bool check_form(const struct host *host, enum entity entity, struct slice text,
	struct slice *project, int64_t *number, struct error *err)
{
	const char *noun = mapping_type(entity)->noun;
	bool is_number = text.len <= 18 && text.at[0] != '-' && slice_to_int64(text, number);

	switch (entity) {
	case ENTITY_PAGE:
	case ENTITY_VERSION:
	case ENTITY_ATTACHMENT:
		return is_number || FAIL_HINT(err, INPUT, "Give the id: a number.",
					    "\"%.*s\" is no %s id", SLICE_PRINT(text), noun);
	case ENTITY_ISSUE:
		if (is_number && host->product == PRODUCT_JIRA)
			return true;
		return cut_issue_key(text, project, number) ||
		       FAIL_HINT(err, INPUT, "Give an issue key, such as PROJ-12.",
			       "\"%.*s\" is no issue key", SLICE_PRINT(text));
	case ENTITY_PROJECT:
		return has_only(text, "_") ||
		       FAIL(err, INPUT, "\"%.*s\" is no project key", SLICE_PRINT(text));
	default:
		return true;
	}
}

static bool look(const struct host *host, const struct look_up *how, const struct db_value *values,
	struct arena *arena, struct slice *key, int64_t *count, struct error *err)
{
	const struct sql_words words = {
		.dialect = db_dialect(host->db), .host = host, .product = host->product};
	CLEANUP(str_release) struct str sql = STR_INIT;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	sql_fill(&words, how->sql, &sql);
	if (!db_query(host->db, sql.at, values, 3, &rows, err))
		return false;
	for (*count = 0; *count < 10; (*count)++) {
		bool row;

		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		*key = arena_copy(arena, db_rows_text(rows, 0));
	}
	return true;
}

/* Content that is not current is known too: the message should say so. */
static bool fail_missing(
	const struct host *host, enum entity entity, struct slice text, struct error *err)
{
	const struct sql_words words = {.dialect = db_dialect(host->db), .host = host};
	const char *noun = mapping_type(entity)->noun;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(str_release) struct str sql = STR_INIT;
	struct slice state = SLICE_NULL;
	int64_t id;

	if ((entity == ENTITY_PAGE || entity == ENTITY_ATTACHMENT) && slice_to_int64(text, &id)) {
		const struct db_value value = db_int(id);

		sql_fill(&words, "SELECT s.state FROM {states} s WHERE s.id = $1", &sql);
		if (!db_query_text(host->db, sql.at, &value, 1, &arena, &state, err))
			return false;
	}
	if (slice_is(state, "deleted") || slice_is(state, "archived") || slice_is(state, "draft"))
		error_set(err, ERROR_NOT_FOUND, "the %s \"%.*s\" is %s%.*s here", noun,
			SLICE_PRINT(text), slice_is(state, "draft") ? "a " : "",
			SLICE_PRINT(state));
	else if (slice_is(state, "historical"))
		error_set(err, ERROR_NOT_FOUND, "\"%.*s\" is an old version, not a current %s",
			SLICE_PRINT(text), noun);
	else
		error_set(err, ERROR_NOT_FOUND, "there is no %s \"%.*s\" on this instance", noun,
			SLICE_PRINT(text));
	error_hint(err, "Check it, or use --force to set it all the same.");
	return false;
}

/* Spaces live in a Confluence, projects and issues in a Jira; links and users are everywhere. */
static bool can_look_up(const struct host *host, enum entity entity)
{
	switch (entity) {
	case ENTITY_APPLINK:
	case ENTITY_USER:
		return true;
	case ENTITY_PROJECT:
	case ENTITY_ISSUE:
		return host->product == PRODUCT_JIRA;
	default:
		return host->product == PRODUCT_CONFLUENCE;
	}
}

bool destination_find(const struct host *host, enum entity entity, struct slice text,
	struct arena *arena, struct slice *key, bool *checked, struct error *err)
{
	struct slice project = SLICE_NULL, found = SLICE_NULL;
	int64_t number = -1, count = 0;

	if (!check_form(host, entity, text, &project, &number, err))
		return false;
	*checked = can_look_up(host, entity);
	if (!*checked) {
		*key = arena_copy(arena, text);
		return true;
	}
	const struct db_value values[] = {db_slice(text), db_int(number), db_slice(project)};
	for (size_t i = 0; i < ARRAY_LEN(look_ups) && count == 0; i++) {
		const struct look_up *how = &look_ups[i];

		if (how->entity != entity || (how->by_number && project.at) ||
			(entity == ENTITY_ISSUE && !how->by_number && !project.at))
			continue;
		if (!look(host, how, values, arena, &found, &count, err))
			return false;
	}
	if (count > 1)
		return FAIL_HINT(err, REFUSED, "Give the key or id instead.",
			"%lld %ss are called \"%.*s\"", (long long)count,
			mapping_type(entity)->noun, SLICE_PRINT(text));
	if (count == 0)
		return fail_missing(host, entity, text, err);
	*key = found;
	return true;
}
