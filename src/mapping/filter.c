/*
 * Filters as SQL, and the one mapping that somebody names.
 */
#include "mapping/internal.h"

#define NOT_MAPPED  "not-mapped"
#define NAMED_LIMIT 5 /* dependencies in a message */

static const char *const statuses[] = {
	NOT_MAPPED, "UNMAPPED", "MAPPED_AUTO", "MAPPED_MANUAL", "EXCLUDED", NULL};
static const char *const certainties[] = {"certain", "likely", "possible", NULL};

static bool check_word(
	const char *what, const char *word, const char *const *words, struct error *err)
{
	CLEANUP(str_release) struct str list = STR_INIT;

	for (size_t i = 0; words[i]; i++) {
		if (!word || strcmp(word, words[i]) == 0)
			return true;
		str_addf(&list, "%s%s", i ? ", " : "", words[i]);
	}
	error_set(err, ERROR_USAGE, "there is no %s \"%s\"", what, word);
	error_hint(err, "Use one of: %s.", list.at);
	return false;
}

static bool check_type(const char *type, struct error *err)
{
	const char *names[ENTITY_COUNT + 1] = {NULL};

	for (enum entity e = 0; e < ENTITY_COUNT; e++)
		names[e] = entity_name(e);
	return check_word("type", type, names, err);
}

bool mapping_filter_check(const struct mapping_filter *filter, struct error *err)
{
	return check_type(filter->type, err) &&
	       check_word("status", filter->status, statuses, err) &&
	       check_word("certainty", filter->certainty, certainties, err);
}

/* --- conditions ------------------------------------------------------------------------------- */

/* Adds the condition with every "$" replaced by the value's parameter. */
static void add_condition(struct filter_sql *out, const char *condition, struct slice value)
{
	out->values[out->count++] = db_slice(value);
	str_add_text(&out->where, " AND ");
	for (; *condition; condition++) {
		str_add_char(&out->where, *condition);
		if (*condition == '$')
			str_addf(&out->where, "%zu", out->count);
	}
}

/* "%text%" with what LIKE would take for a wildcard escaped by "!". */
static void make_pattern(const char *text, struct str *out)
{
	str_add_char(out, '%');
	for (; *text; text++) {
		if (strchr("%_!", *text))
			str_add_char(out, '!');
		str_add_char(out, *text);
	}
	str_add_char(out, '%');
}

void filter_make(
	struct slice backup_key, const struct mapping_filter *filter, struct filter_sql *out)
{
	const struct {
		const char *value, *condition;
	} equal[] = {
		{filter->type, "m.type = $"},
		{filter->certainty, "m.certainty = $"},
		{filter->rule, "m.rule = $"},
		{filter->key, "m.key = $"},
		{filter->space, "(m.spacekey = $ OR (m.type = 'SPACE' AND m.key = $))"},
	};

	*out = (struct filter_sql){.where = STR_INIT, .find = STR_INIT, .count = 1};
	out->values[0] = db_slice(backup_key);
	str_add_text(&out->where, "m.backupkey = $1");
	for (size_t i = 0; i < ARRAY_LEN(equal); i++)
		if (equal[i].value)
			add_condition(out, equal[i].condition, slice_of(equal[i].value));
	if (filter->status && strcmp(filter->status, NOT_MAPPED) == 0)
		str_add_text(&out->where, " AND COALESCE(m.status, '') = ''");
	else if (filter->status)
		add_condition(out, "m.status = $", slice_of(filter->status));
	if (filter->find) {
		make_pattern(filter->find, &out->find);
		/* letters of ASCII in any case */
		add_condition(out,
			"lower(m.key || ' ' || COALESCE(m.title, '') || ' ' || "
			"COALESCE(m.username, '') || ' ' || COALESCE(m.issuekey, '') || ' ' || "
			"COALESCE(m.url, '') || ' ' || COALESCE(m.destinationvalue, '')) "
			"LIKE lower($) ESCAPE '!'",
			str_slice(&out->find));
	}
}

void filter_release(struct filter_sql *filter)
{
	str_release(&filter->where);
	str_release(&filter->find);
}

static bool same_dependencies(struct slice a, struct slice b)
{
	CLEANUP(str_release) struct str left = STR_INIT, right = STR_INIT;

	catalogue_normalise_dependencies(a, &left);
	catalogue_normalise_dependencies(b, &right);
	return slice_equal(str_slice(&left), str_slice(&right));
}

bool filter_dependencies(const struct mapping_filter *filter, struct slice text)
{
	return !filter->dependencies || same_dependencies(text, slice_of(filter->dependencies));
}

/* --- one mapping ------------------------------------------------------------------------------ */

static bool fail_several(
	const char *type, const char *key, int64_t count, struct slice list, struct error *err)
{
	return FAIL_HINT(err, REFUSED, "Say which with --dependencies.",
		"%lld mappings of type %s have the key \"%s\"; their dependencies are %.*s%s",
		(long long)count, type, key, SLICE_PRINT(list), count > NAMED_LIMIT ? ", ..." : "");
}

static bool fail_none(const char *type, const char *key, const char *dependencies, int64_t others,
	struct error *err)
{
	if (others == 0)
		return FAIL_HINT(err, NOT_FOUND, "See \"reqferry map list\".",
			"the backup has no mapping of type %s with the key \"%s\"", type, key);
	return FAIL_HINT(err, NOT_FOUND, "See \"reqferry map list\".",
		"the backup has no mapping of type %s with the key \"%s\" and the dependencies "
		"\"%s\"",
		type, key, dependencies);
}

bool find_mapping(struct db *db, struct slice backup_key, const char *type, const char *key,
	const char *dependencies, int64_t *id, struct error *err)
{
	const struct db_value values[] = {db_slice(backup_key), db_text(type), db_text(key)};
	CLEANUP(str_release) struct str list = STR_INIT;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	int64_t fitting = 0, others = 0, found = 0;

	if (!check_type(type, err) || !db_query(db,
					      "SELECT m.id, m.dependencies FROM reqferry_mapping "
					      "m WHERE m.backupkey = $1 AND m.type = $2 AND "
					      "m.key = $3 ORDER BY m.id",
					      values, ARRAY_LEN(values), &rows, err))
		return false;
	for (bool row;;) {
		struct slice text;

		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		text = db_rows_text(rows, 1);
		if (dependencies && !same_dependencies(text, slice_of(dependencies))) {
			others++;
			continue;
		}
		found = db_rows_int(rows, 0);
		if (fitting++ < NAMED_LIMIT)
			str_addf(&list, "%s\"%.*s\"", list.len ? ", " : "", SLICE_PRINT(text));
	}
	if (fitting > 1)
		return fail_several(type, key, fitting, str_slice(&list), err);
	if (fitting == 0)
		return fail_none(type, key, dependencies, others, err);
	*id = found;
	return true;
}
