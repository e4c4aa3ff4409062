/*
 * What a person writes as a destination: ids and keys as they are, users by name too, issues by
 * issue key too, spaces in any case. The forms are tried in order; the first that finds something
 * wins.
 */
#include "mapping/internal.h"

#include <ctype.h>

/* What a way to look something up begins with, and its parameters. */
enum by {
	BY_TEXT,      /* $1: the text */
	BY_NUMBER,    /* $1: the text as a number; only for texts that are one */
	BY_ISSUE_KEY, /* $1, $2: project and number; only for texts that are an issue key */
	BY_ISSUE_TEXT /* $1: the text; only for texts that are an issue key */
};

/* The query gives the keys of what fits. */
struct look_up {
	enum entity entity;
	enum by by;
	const char *sql;
};

#define ONE(relation) "SELECT x.key FROM {" relation "} x WHERE "

static const struct look_up look_ups[] = {
	{ENTITY_APPLINK, BY_TEXT, ONE("applinks") "x.key = $1"},
	{ENTITY_SPACE, BY_TEXT, ONE("spaces") "x.key = $1"},
	{ENTITY_SPACE, BY_TEXT, ONE("spaces") "lower(x.key{c}) = lower($1)"},
	{ENTITY_PROJECT, BY_TEXT, ONE("projects") "x.key = $1"},
	{ENTITY_USER, BY_TEXT, ONE("users") "x.key = $1"},
	{ENTITY_USER, BY_TEXT, ONE("users") "x.username = $1 OR x.lowerusername = lower($1)"},
	{ENTITY_PAGE, BY_NUMBER, ONE("pages") "x.id = $1"},
	{ENTITY_VERSION, BY_NUMBER, ONE("versions") "x.id = $1"},
	{ENTITY_ATTACHMENT, BY_NUMBER, ONE("attachments") "x.id = $1"},
	{ENTITY_ISSUE, BY_NUMBER, ONE("issues") "x.id = $1"},
	/* an issue key as Jira resolves it: current, of a renamed project, of a moved issue */
	{ENTITY_ISSUE, BY_ISSUE_KEY, ONE("issues") "x.projectkey = $1 AND x.number = $2"},
	{ENTITY_ISSUE, BY_ISSUE_KEY,
		"SELECT x.key FROM {projectkeys} k JOIN {issues} x ON x.projectkey = k.projectkey "
		"WHERE k.key = $1 AND x.number = $2"},
	{ENTITY_ISSUE, BY_ISSUE_TEXT,
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
	bool is_number = text.len > 0 && text.at[0] != '-' && slice_to_int64(text, number);

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

/* What a person wrote, taken apart. */
struct written {
	struct slice text, project; /* project: no value unless it is an issue key */
	int64_t number;
};

static bool look(const struct host *host, const struct look_up *how, const struct written *written,
	struct arena *arena, struct slice *key, int64_t *count, struct error *err)
{
	const struct sql_words words = {
		.dialect = db_dialect(host->db), .host = host, .product = host->product};
	const struct db_value number = db_int(written->number);
	const struct db_value values[][2] = {
		[BY_TEXT] = {db_slice(written->text)},
		[BY_NUMBER] = {number},
		[BY_ISSUE_KEY] = {db_slice(written->project), number},
		[BY_ISSUE_TEXT] = {db_slice(written->text)},
	};
	CLEANUP(str_release) struct str sql = STR_INIT;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	sql_fill(&words, how->sql, &sql);
	if (!db_query(
		    host->db, sql.at, values[how->by], how->by == BY_ISSUE_KEY ? 2 : 1, &rows, err))
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
	struct written written = {.text = text, .project = SLICE_NULL};
	struct slice found = SLICE_NULL;
	int64_t count = 0;

	if (!check_form(host, entity, text, &written.project, &written.number, err))
		return false;
	*checked = can_look_up(host, entity);
	if (!*checked) {
		*key = arena_copy(arena, text);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(look_ups) && count == 0; i++) {
		const struct look_up *how = &look_ups[i];
		bool issue_key = how->by == BY_ISSUE_KEY || how->by == BY_ISSUE_TEXT;

		if (how->entity != entity || (how->by == BY_NUMBER && written.project.at) ||
			(issue_key && !written.project.at))
			continue;
		if (!look(host, how, &written, arena, &found, &count, err))
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
