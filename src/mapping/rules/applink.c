/*
 * APPLINK: application links. A link's id is made from the instance behind it, so the same id is
 * the same instance.
 *
 * The host does not tell of what kind a link is; "the only link" is the only one at all, and only
 * for a backup that has one left.
 */
#include "mapping/internal.h"

#define LINKS " JOIN reqferry_m_link f ON "
#define FOUND .destination = "f.key", .title = "f.name"

static const struct mapping_rule rules[] = {
	{
		.name = "same id",
		.certainty = CERTAIN,
		.products = ON_BOTH,
		.joins = LINKS "f.key = m.key",
		FOUND,
		.one = "an application link with the same id",
		.several = "application links have this id",
	},
	{
		.name = "same URL",
		.certainty = CERTAIN,
		.products = ON_BOTH,
		.joins = LINKS "f.url = m.fold",
		FOUND,
		.one = "an application link with the same URL, {url}",
		.several = "application links have the URL {url}",
	},
	{
		.name = "same name",
		.certainty = LIKELY,
		.products = ON_BOTH,
		.joins = LINKS "f.name = m.title",
		FOUND,
		.one = "the only application link named \"{title}\"",
		.several = "application links are named \"{title}\"",
	},
	{
		.name = "only link",
		.certainty = POSSIBLE,
		.products = ON_BOTH,
		.joins = LINKS "f.key IS NOT NULL",
		.where = "(SELECT COUNT(DISTINCT x.key) FROM reqferry_m_link x) = 1"
			 " AND (SELECT COUNT(*) FROM reqferry_m_open x) = 1"
			 " AND NOT EXISTS (SELECT 1 FROM reqferry_m_work x"
			 " WHERE x.type = 'APPLINK' AND x.target = f.key)",
		FOUND,
		.one = "the only application link here",
		.several = "application links are here",
	},
};

const struct mapping_type mapping_applink = {
	.step = "map application links",
	.rules = rules,
	.rule_count = ARRAY_LEN(rules),
	.fold = "NULLIF(o.url, '')",
	.odd = "m.url IS NOT NULL",
	.noun = "application link",
	.own = "its application link",
	.alone = "no application link with this id, this URL or this name",
};
