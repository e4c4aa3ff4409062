/*
 * PROJECT. Where a Jira is at hand (this instance, or the other side), the candidates are the
 * projects that have the key, had it, or have the name; the evidence are the summaries of the
 * issues that the backup names: `proof` is 'yes' when at least half of them and at least 3 agree,
 * 'few' when half are fewer than 3 (every project may have a "Task 1"), 'no', or 'none' when it
 * names none. On the very instance of origin an issue that kept its id agrees too, and few are
 * enough.
 *
 * On a Confluence a project lives behind an application link.
 */
#include "mapping/internal.h"

#define NEAR  " JOIN reqferry_m_near n ON n.mapping = m.id"
#define FOUND .destination = "n.key", .title = "n.name"

#define LINKED     "(m.parent IS NULL OR m.ptarget IS NOT NULL)"
#define SAME_JIRA  "m.ptarget = m.pkey"
#define NAME_SPOKE "(n.nameknown = 1 AND n.samename = 0)" /* against it */

#define NAMES                                                                                      \
	" CASE WHEN p.name = m.title THEN 1 ELSE 0 END,"                                           \
	" CASE WHEN p.name IS NULL OR m.title IS NULL THEN 0 ELSE 1 END"                           \
	" FROM reqferry_m_open m"

static const char *const prepare[] = {
	"DELETE FROM reqferry_m_near",
	"INSERT INTO reqferry_m_near (mapping, key, name, samekey, former, samename, nameknown)"
	" SELECT m.id, p.key, p.name, 1, 0," NAMES " JOIN reqferry_m_project p ON p.key = m.key",
	/* a current key wins over a former one */
	"INSERT INTO reqferry_m_near (mapping, key, name, samekey, former, samename, nameknown)"
	" SELECT DISTINCT m.id, p.key, p.name, 0, 1," NAMES
	" JOIN reqferry_m_projectkey k ON k.key = m.key"
	" JOIN reqferry_m_project p ON p.key = k.projectkey"
	" WHERE NOT EXISTS (SELECT 1 FROM reqferry_m_near n WHERE n.mapping = m.id)",
	"INSERT INTO reqferry_m_near (mapping, key, name, samekey, former, samename, nameknown)"
	" SELECT m.id, p.key, p.name, 0, 0, 1, 1 FROM reqferry_m_open m"
	" JOIN reqferry_m_project p ON p.name = m.title"
	" WHERE NOT EXISTS (SELECT 1 FROM reqferry_m_near n WHERE n.mapping = m.id"
	" AND n.key = p.key)",
	"UPDATE reqferry_m_near SET named = t.named, there = 0"
	" FROM (SELECT i.parent, COUNT(*) AS named FROM reqferry_m_work i"
	" WHERE i.type = 'ISSUE' AND i.title IS NOT NULL GROUP BY i.parent) t"
	" WHERE reqferry_m_near.mapping = t.parent",
	"UPDATE reqferry_m_near SET there = t.there"
	" FROM (SELECT n.mapping, n.key, COUNT(*) AS there FROM reqferry_m_near n"
	" JOIN reqferry_m_issue q ON q.projectkey = n.key"
	" JOIN reqferry_m_work i ON i.type = 'ISSUE' AND i.parent = n.mapping"
	" AND i.issuenumber = q.number"
	" AND (i.title = q.summary OR ({here} AND i.number = q.id AND i.title IS NOT NULL))"
	" GROUP BY n.mapping, n.key) t"
	" WHERE reqferry_m_near.mapping = t.mapping AND reqferry_m_near.key = t.key",
	"UPDATE reqferry_m_near SET proof = CASE WHEN COALESCE(named, 0) = 0 THEN 'none'"
	" WHEN there * 2 < named THEN 'no' WHEN there >= 3 OR {here} THEN 'yes' ELSE 'few' END",
	NULL,
};

static const struct mapping_rule rules[] = {
	{
		.name = "same key on the same instance",
		.certainty = CERTAIN,
		.products = ON_JIRA,
		.here = true,
		.joins = NEAR,
		.where = "n.samekey = 1 AND (n.samename = 1"
			 " OR (n.nameknown = 0 AND n.proof <> 'no'))",
		FOUND,
		.one = "the backup comes from this instance, and project \"{key}\" is still here",
	},
	{
		.name = "same key and same name",
		.certainty = CERTAIN,
		.products = ON_BOTH,
		.joins = NEAR,
		.where = LINKED " AND n.samekey = 1 AND n.samename = 1 AND n.proof <> 'no'",
		FOUND,
		.one = "a project with the same key and the same name",
	},
	{
		.name = "same key and same summaries",
		.certainty = CERTAIN,
		.products = ON_JIRA,
		.joins = NEAR,
		.where = "n.samekey = 1 AND n.proof = 'yes'",
		FOUND,
		.one = "a project with the same key, and its issues have the summaries that the "
		       "backup names",
	},
	{
		.name = "same key in the same Jira",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.side = SIDE_OTHER,
		.joins = NEAR,
		.where = SAME_JIRA " AND n.samekey = 1 AND NOT " NAME_SPOKE,
		FOUND,
		.one = "the project is there, in the same Jira",
	},
	{
		.name = "former key",
		.certainty = CERTAIN,
		.products = ON_JIRA,
		.joins = NEAR,
		.where = "n.former = 1 AND ({here} OR n.samename = 1 OR n.proof = 'yes')"
			 " AND n.proof <> 'no'",
		FOUND,
		.one = "project \"{destination}\" had the key \"{key}\" before",
		.several = "projects had this key",
	},
	{
		.name = "former key in the same Jira",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.side = SIDE_OTHER,
		.joins = NEAR,
		.where = SAME_JIRA " AND n.former = 1",
		FOUND,
		.one = "project \"{destination}\" had the key \"{key}\" before, in the same Jira",
		.several = "projects had this key",
	},
	{
		.name = "same key and few same summaries",
		.certainty = LIKELY,
		.products = ON_JIRA,
		.joins = NEAR,
		.where = "n.samekey = 1 AND n.proof = 'few'",
		FOUND,
		.one = "a project with the same key, and the few issues that the backup names "
		       "have the same summaries",
	},
	{
		.name = "former key and few same summaries",
		.certainty = LIKELY,
		.products = ON_JIRA,
		.joins = NEAR,
		.where = "n.former = 1 AND n.proof = 'few'",
		FOUND,
		.one = "project \"{destination}\" had the key \"{key}\" before, and the few issues "
		       "that the backup names have the same summaries",
		.several = "projects had this key",
	},
	{
		.name = "same key and same name, other summaries",
		.certainty = LIKELY,
		.products = ON_BOTH,
		.joins = NEAR,
		.where = LINKED " AND n.samekey = 1 AND n.samename = 1",
		FOUND,
		.one = "a project with the same key and the same name, but most issues have other "
		       "summaries",
	},
	{
		.name = "former key, other summaries",
		.certainty = LIKELY,
		.products = ON_JIRA,
		.joins = NEAR,
		.where = "n.former = 1 AND ({here} OR n.samename = 1)",
		FOUND,
		.one = "project \"{destination}\" had the key \"{key}\" before, but most issues "
		       "have other summaries",
		.several = "projects had this key",
	},
	{
		.name = "same key in the other Jira",
		.certainty = LIKELY,
		.products = ON_CONFLUENCE,
		.side = SIDE_OTHER,
		.joins = NEAR,
		.where = LINKED " AND n.samekey = 1 AND NOT " NAME_SPOKE,
		FOUND,
		.one = "a project with the same key is there, in another Jira",
	},
	{
		.name = "same key, same Jira, not looked up",
		.certainty = LIKELY,
		.products = ON_CONFLUENCE,
		.side = SIDE_ALONE,
		.joins = "",
		.where = SAME_JIRA,
		.destination = "m.key",
		.title = "NULL",
		.one = "the same key in the same Jira; whether the project is there was not looked "
		       "up, for want of the Jira",
	},
	{
		.name = "same key, not looked up",
		.certainty = POSSIBLE,
		.products = ON_CONFLUENCE,
		.side = SIDE_ALONE,
		.joins = "",
		.where = LINKED,
		.destination = "m.key",
		.title = "NULL",
		.one = "the same key in another Jira; whether the project is there was not looked "
		       "up, for want of the Jira",
	},
	{
		.name = "same key",
		.certainty = POSSIBLE,
		.products = ON_BOTH,
		.joins = NEAR,
		.where = LINKED " AND n.samekey = 1",
		FOUND,
		.one = "a project with the same key, but nothing else says that it is the same",
	},
	{
		.name = "former key, nothing else",
		.certainty = POSSIBLE,
		.products = ON_BOTH,
		.joins = NEAR,
		.where = LINKED " AND n.former = 1",
		FOUND,
		.one = "project \"{destination}\" had the key \"{key}\" before, but nothing else "
		       "says that it is the same",
		.several = "projects had this key",
	},
	{
		.name = "same name",
		.certainty = POSSIBLE,
		.products = ON_BOTH,
		.joins = NEAR,
		.where = LINKED " AND n.samename = 1",
		FOUND,
		.one = "the only project of this name, but its key is another",
		.several = "projects have this name",
	},
};

const struct mapping_type mapping_project = {
	.step = "map projects",
	.rules = rules,
	.rule_count = ARRAY_LEN(rules),
	.link = MAPPING_LINK,
	.odd = MAPPING_LINK_ODD,
	.parent = "(SELECT MIN(p.id) FROM reqferry_m_work p"
		  " WHERE p.type = 'APPLINK' AND p.key = b.link)",
	.prepare = prepare,
	.noun = "project",
	.own = "its project",
	.none = "no project with this key behind the application link",
	.alone = "no project that has, or had, this key",
};
