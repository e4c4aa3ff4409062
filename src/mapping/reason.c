/*
 * Why a mapping is as it is, as one sentence without a capital and without a full stop. Most of it
 * are the sentences of the rules and types (rules/), where a word in braces stands for
 *
 *     {key} {title} {username} {url} {issuekey} {version}   the mapping's own fields
 *     {destination}                                         what it is mapped to
 *     {parent} {parentkey}                                  what the mapping that it follows is
 *                                                           mapped to, and that one's key
 *
 * A field that is not known shows as a question mark.
 */
#include "mapping/internal.h"

static struct slice word_of(
	const struct mapping_row *row, const struct reason_facts *facts, struct slice name)
{
	const struct {
		const char *name;
		struct slice text;
	} words[] = {
		{"key", row->key},
		{"title", row->fields[FIELD_TITLE]},
		{"username", row->fields[FIELD_USERNAME]},
		{"url", row->fields[FIELD_URL]},
		{"issuekey", row->fields[FIELD_ISSUE_KEY]},
		{"version", row->fields[FIELD_PAGE_VERSION]},
		{"destination", row->destination},
		{"parent", facts->parent_destination},
		{"parentkey", facts->parent_key},
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (slice_is(name, words[i].name))
			return words[i].text;
	return SLICE_NULL;
}

static void fill_in(const char *sentence, const struct mapping_row *row,
	const struct reason_facts *facts, struct str *out)
{
	for (const char *open; (open = strchr(sentence, '{'));) {
		const char *close = open + strcspn(open, "}");
		struct slice word =
			word_of(row, facts, (struct slice){open + 1, (size_t)(close - open - 1)});

		str_add(out, (struct slice){sentence, (size_t)(open - sentence)});
		str_add(out, slice_is_empty(word) ? SLICE("?") : word);
		sentence = *close ? close + 1 : close;
	}
	str_add_text(out, sentence);
}

static void add_by(struct str *out, const char *what, struct slice who)
{
	str_add_text(out, what);
	if (!slice_is_empty(who))
		str_addf(out, " by %.*s", SLICE_PRINT(who));
}

static void add_rule(const struct mapping_row *row, const struct reason_facts *facts,
	enum entity entity, struct str *out)
{
	const struct mapping_rule *rule = mapping_rule(entity, row->rule);

	if (rule)
		fill_in(rule->one, row, facts, out);
	else
		str_addf(out, "found by the rule \"%.*s\"", SLICE_PRINT(row->rule));
}

static void add_manual(const struct mapping_row *row, const struct reason_facts *facts,
	enum entity entity, struct str *out)
{
	if (slice_is_empty(row->destination)) {
		add_by(out, "mapped to nothing by hand", facts->changed_by);
	} else if (row->rule.at) {
		add_by(out, "confirmed", facts->changed_by);
		str_add_text(out, ": ");
		add_rule(row, facts, entity, out);
	} else {
		add_by(out, "set by hand", facts->changed_by);
	}
}

static void add_ambiguous(const struct mapping_row *row, const struct reason_facts *facts,
	enum entity entity, struct str *out)
{
	const struct mapping_rule *rule = mapping_rule(entity, facts->candidate_rule);

	/* rules stop looking at ANSWERS_LIMIT */
	str_addf(out, "%lld %s", (long long)facts->candidates,
		facts->candidates >= strtoll(ANSWERS_LIMIT, NULL, 10) ? "or more " : "");
	if (rule && rule->several)
		fill_in(rule->several, row, facts, out);
	else
		str_addf(out, "%ss might be it", mapping_type(entity)->noun);
	if (facts->candidate_list.len)
		str_addf(out, ": %.*s", SLICE_PRINT(facts->candidate_list));
}

/* It follows a mapping that leads nowhere: that explains more than the search that failed. */
static bool add_parent_trouble(const struct reason_facts *facts, struct str *out)
{
	enum entity parent = entity_by_name(facts->parent_type);
	const char *trouble = NULL;

	if (parent == ENTITY_NONE)
		return false;
	if (slice_is(facts->parent_status, "EXCLUDED"))
		trouble = "is excluded";
	else if (!slice_is(facts->parent_status, "MAPPED_AUTO") &&
		 !slice_is(facts->parent_status, "MAPPED_MANUAL"))
		trouble = "is not mapped";
	if (!trouble)
		return false;
	str_addf(out, "%s \"%.*s\" %s", mapping_type(parent)->own, SLICE_PRINT(facts->parent_key),
		trouble);
	return true;
}

static void add_unmapped(const struct mapping_row *row, const struct reason_facts *facts,
	enum entity entity, struct str *out)
{
	const struct mapping_type *type = mapping_type(entity);

	if (slice_is(row->outcome, "ambiguous")) {
		add_ambiguous(row, facts, entity, out);
	} else if (slice_is(row->outcome, "gone")) {
		str_addf(out, "the %s of this id is here, but deleted, archived or a draft",
			type->noun);
	} else if (slice_is(row->outcome, "failed")) {
		str_add_text(out, "could not be looked up: ");
		fill_in(type->blind ? type->blind : "this product knows no such things", row, facts,
			out);
	} else if (!add_parent_trouble(facts, out)) {
		fill_in(facts->parent_type.at && type->none ? type->none : type->alone, row, facts,
			out);
	}
}

void reason_make(const struct mapping_row *row, const struct reason_facts *facts, struct str *out)
{
	enum entity entity = entity_by_name(row->type);

	if (slice_is_empty(row->status))
		str_add_text(out, "not looked at yet");
	else if (entity == ENTITY_NONE)
		str_addf(out, "there is no entity type \"%.*s\"", SLICE_PRINT(row->type));
	else if (slice_is(row->status, "MAPPED_AUTO"))
		add_rule(row, facts, entity, out);
	else if (slice_is(row->status, "MAPPED_MANUAL"))
		add_manual(row, facts, entity, out);
	else if (slice_is(row->status, "EXCLUDED"))
		add_by(out, "excluded", facts->changed_by);
	else if (slice_is(row->status, "UNMAPPED"))
		add_unmapped(row, facts, entity, out);
	else
		str_addf(out, "the status \"%.*s\" is not known", SLICE_PRINT(row->status));
}
