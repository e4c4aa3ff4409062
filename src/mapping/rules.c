/*
 * The types in the order in which they are mapped. Their rules are in rules/, one file for types
 * that belong together.
 */
#include "mapping/internal.h"

static const struct mapping_type *const types[ENTITY_COUNT] = {
	[ENTITY_APPLINK] = &mapping_applink,
	[ENTITY_SPACE] = &mapping_space,
	[ENTITY_PROJECT] = &mapping_project,
	[ENTITY_USER] = &mapping_user,
	[ENTITY_PAGE] = &mapping_page,
	[ENTITY_VERSION] = &mapping_version,
	[ENTITY_ATTACHMENT] = &mapping_attachment,
	[ENTITY_ISSUE] = &mapping_issue,
};

const struct mapping_type *mapping_type(enum entity entity)
{
	return types[entity];
}

const struct mapping_rule *mapping_rule(enum entity entity, struct slice name)
{
	const struct mapping_type *type = types[entity];

	for (size_t i = 0; i < type->rule_count; i++)
		if (slice_is(name, type->rules[i].name))
			return &type->rules[i];
	return NULL;
}

bool mapping_rule_applies(const struct mapping_rule *rule, const struct mapping_run *run)
{
	if (!(rule->products & (1u << run->words.product)))
		return false;
	if (rule->here && run->words.origin != ORIGIN_HERE)
		return false;
	return rule->side == SIDE_ANY || (rule->side == SIDE_OTHER) == (run->other != NULL);
}
