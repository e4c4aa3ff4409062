/*
 * SPACE. On a Confluence the candidates are the spaces of the same key (in any case) or the same
 * name; the evidence are the page titles that the backup names for the space: at least half of them
 * and at least 3 exist there, or all when it names fewer. `proof` is 'yes', 'no', or 'none' when
 * the backup names no pages. Two companies may both have a space HR: an equal key and name prove
 * nothing when the pages speak against it.
 *
 * On a Jira a space lives behind an application link.
 */
#include "mapping/internal.h"

#define NEAR  " JOIN reqferry_m_near n ON n.mapping = m.id"
#define THERE " JOIN reqferry_m_space s ON s.key = m.key"
#define FOUND .destination = "n.key", .title = "n.name"

/* A space of a backup that names no application link may be looked for anywhere. */
#define LINKED "(m.parent IS NULL OR m.ptarget IS NOT NULL)"

static const char *const prepare[] = {
	"DELETE FROM reqferry_m_near",
	"INSERT INTO reqferry_m_near (mapping, key, name, samekey, former, samename, nameknown)"
	" SELECT m.id, s.key, s.name, CASE WHEN s.key = m.key THEN 1 ELSE 0 END, 0,"
	" CASE WHEN s.name = m.title THEN 1 ELSE 0 END,"
	" CASE WHEN s.name IS NULL OR m.title IS NULL THEN 0 ELSE 1 END"
	" FROM reqferry_m_open m JOIN reqferry_m_space s ON s.fold = m.fold"
	" UNION SELECT m.id, s.key, s.name, CASE WHEN s.key = m.key THEN 1 ELSE 0 END, 0, 1, 1"
	" FROM reqferry_m_open m JOIN reqferry_m_space s ON s.name = m.title",
	/* the titles that the backup names, and how many of them each candidate has */
	"UPDATE reqferry_m_near SET named = t.named, there = 0"
	" FROM (SELECT m.id, COUNT(DISTINCT p.title) AS named FROM reqferry_m_open m"
	" JOIN reqferry_m_work p ON p.type = 'PAGE' AND p.spacekey = m.key GROUP BY m.id) t"
	" WHERE reqferry_m_near.mapping = t.id",
	"UPDATE reqferry_m_near SET there = t.there"
	" FROM (SELECT n.mapping, n.key, COUNT(DISTINCT p.title) AS there FROM reqferry_m_near n"
	" JOIN reqferry_m_open m ON m.id = n.mapping"
	" JOIN reqferry_m_page q ON q.spacekey = n.key"
	" JOIN reqferry_m_work p ON p.type = 'PAGE' AND p.spacekey = m.key"
	" AND p.title = q.title AND p.pagetype = q.pagetype GROUP BY n.mapping, n.key) t"
	" WHERE reqferry_m_near.mapping = t.mapping AND reqferry_m_near.key = t.key",
	"UPDATE reqferry_m_near SET proof = CASE WHEN COALESCE(named, 0) = 0 THEN 'none'"
	" WHEN there * 2 >= named AND (there >= 3 OR there = named) THEN 'yes' ELSE 'no' END",
	NULL,
};

static const struct mapping_rule rules[] = {
	{
		.name = "same key on the same instance",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.here = true,
		.joins = NEAR,
		.where = "n.samekey = 1 AND (n.samename = 1"
			 " OR (n.nameknown = 0 AND n.proof <> 'no'))",
		FOUND,
		.one = "the backup comes from this instance, and space \"{key}\" is still here",
	},
	{
		.name = "same key and same name",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.joins = NEAR,
		.where = "n.samekey = 1 AND n.samename = 1 AND n.proof <> 'no'",
		FOUND,
		.one = "a space with the same key and the same name, \"{title}\"",
	},
	{
		.name = "same key and same pages",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.joins = NEAR,
		.where = "n.samekey = 1 AND n.proof = 'yes'",
		FOUND,
		.one = "a space with the same key, and the pages that the backup names are there",
	},
	{
		.name = "same key, no pages to compare",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.joins = NEAR,
		.where = "n.samekey = 1 AND n.proof = 'none' AND n.nameknown = 0",
		FOUND,
		.one = "a space with the same key; the backup names no pages of it",
	},
	{
		.name = "same key and same name, other pages",
		.certainty = LIKELY,
		.products = ON_CONFLUENCE,
		.joins = NEAR,
		.where = "n.samekey = 1 AND n.samename = 1",
		FOUND,
		.one = "a space with the same key and the same name, but most pages that the "
		       "backup names are not there",
	},
	{
		.name = "same key in other case, same pages",
		.certainty = LIKELY,
		.products = ON_CONFLUENCE,
		.joins = NEAR " JOIN reqferry_m_space s ON s.key = n.key",
		.where = "n.samekey = 0 AND s.fold = m.fold AND n.proof = 'yes'",
		FOUND,
		.one = "a space with the same key in other case, and the pages are there",
		.several = "spaces have this key in other case, and the pages",
	},
	{
		.name = "same name, same pages",
		.certainty = LIKELY,
		.products = ON_CONFLUENCE,
		.joins = NEAR,
		.where = "n.samename = 1 AND n.proof = 'yes'",
		FOUND,
		.one = "the only space named \"{title}\" that has the pages that the backup names",
		.several = "spaces are named \"{title}\" and have the pages",
	},
	{
		.name = "same key",
		.certainty = POSSIBLE,
		.products = ON_CONFLUENCE,
		.joins = NEAR,
		.where = "n.samekey = 1",
		FOUND,
		.one = "a space with the same key, but nothing else says that it is the same",
	},
	{
		.name = "same key in other case",
		.certainty = POSSIBLE,
		.products = ON_CONFLUENCE,
		.joins = NEAR " JOIN reqferry_m_space s ON s.key = n.key",
		.where = "s.fold = m.fold",
		FOUND,
		.one = "a space with the same key in other case, but nothing else says that it is "
		       "the same",
		.several = "spaces have this key in other case",
	},
	{
		.name = "same name",
		.certainty = POSSIBLE,
		.products = ON_CONFLUENCE,
		.joins = NEAR,
		.where = "n.samename = 1",
		FOUND,
		.one = "the only space named \"{title}\", but its pages do not show that it is the "
		       "same",
		.several = "spaces are named \"{title}\"",
	},
	{
		.name = "same key in the same Confluence",
		.certainty = CERTAIN,
		.products = ON_JIRA,
		.side = SIDE_OTHER,
		.joins = THERE,
		.where = "m.ptarget = m.pkey",
		.destination = "s.key",
		.title = "s.name",
		.one = "the space is there, in the same Confluence",
	},
	{
		.name = "same key in the other Confluence",
		.certainty = LIKELY,
		.products = ON_JIRA,
		.side = SIDE_OTHER,
		.joins = THERE,
		.where = LINKED,
		.destination = "s.key",
		.title = "s.name",
		.one = "a space with the same key is there, in another Confluence",
	},
	{
		.name = "same key, not looked up",
		.certainty = LIKELY,
		.products = ON_JIRA,
		.side = SIDE_ALONE,
		.joins = "",
		.where = LINKED,
		.destination = "m.key",
		.title = "NULL",
		.one = "the same key; whether the space is there was not looked up, for want of "
		       "its Confluence",
	},
};

const struct mapping_type mapping_space = {
	.step = "map spaces",
	.rules = rules,
	.rule_count = ARRAY_LEN(rules),
	.fold = "lower(m.key{c})",
	.link = MAPPING_LINK,
	.odd = MAPPING_LINK_ODD,
	.parent = "(SELECT MIN(p.id) FROM reqferry_m_work p"
		  " WHERE p.type = 'APPLINK' AND p.key = b.link)",
	.prepare = prepare,
	.noun = "space",
	.own = "its space",
	.none = "no space with this key behind the application link",
	.alone = "no space with this key or this name",
};
