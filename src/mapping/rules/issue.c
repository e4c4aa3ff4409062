/*
 * ISSUE. On a Jira the key of a mapping is the issue's id, on a Confluence the issue key. Its
 * parent is its project.
 *
 * An issue key is resolved as Jira does it: the current key, then the project's former keys (those
 * are in the mapping of the project), then the keys of moved issues. A current key wins over a
 * former one, whatever the summaries say.
 */
#include "mapping/internal.h"

#define ISSUES " JOIN reqferry_m_issue q ON "
#define FOUND  .destination = "q.key", .title = "q.summary"

#define NUMBER_THERE "q.projectkey = m.ptarget AND q.number = m.issuenumber"
/* The project is what it was, under whatever key; not one that somebody chose instead of it. */
#define SAME_PROJECT                                                                               \
	"(m.ptarget IS NULL OR m.ptarget = m.pkey OR EXISTS (SELECT 1 FROM reqferry_m_projectkey " \
	"k"                                                                                        \
	" WHERE k.key = m.pkey AND k.projectkey = m.ptarget))"

#define MOVED                                                                                      \
	" JOIN reqferry_m_moved q ON (q.oldkey = m.issuekey"                                       \
	" OR q.oldkey = m.ptarget || '-' || m.issuenumber)"
#define NO_CURRENT_KEY "NOT EXISTS (SELECT 1 FROM reqferry_m_issue x WHERE x.issuekey = m.issuekey)"

/* The application link of the issue leads to the instance that it led to. */
#define SAME_JIRA                                                                                  \
	"EXISTS (SELECT 1 FROM reqferry_m_work l WHERE l.type = 'APPLINK' AND l.key = m.link"      \
	" AND l.target = l.key)"
#define LINKED                                                                                     \
	"EXISTS (SELECT 1 FROM reqferry_m_work l WHERE l.type = 'APPLINK' AND l.key = m.link"      \
	" AND l.target IS NOT NULL)"

static const struct mapping_rule rules[] = {
	{
		.name = "same id on the same instance",
		.certainty = CERTAIN,
		.products = ON_JIRA,
		.here = true,
		.joins = ISSUES "q.id = m.number",
		.where = "(m.parent IS NULL OR q.projectkey = m.ptarget OR " SAME_PROJECT ")",
		FOUND,
		.one = "the backup comes from this instance, and the issue is still here",
	},
	{
		.name = "same id, same key and same summary",
		.certainty = CERTAIN,
		.products = ON_JIRA,
		.joins = ISSUES "q.id = m.number",
		.where = "q.issuekey = m.issuekey AND q.summary = m.title"
			 " AND (m.ptarget IS NULL OR q.projectkey = m.ptarget)",
		FOUND,
		.one = "same id, same key {issuekey} and same summary",
	},
	{
		.name = "key in the mapped project, same summary",
		.certainty = CERTAIN,
		.products = ON_JIRA,
		.joins = ISSUES NUMBER_THERE,
		.where = "q.summary = m.title",
		FOUND,
		.one = "same number and same summary in project \"{parent}\"",
	},
	{
		.name = "former key, same summary",
		.certainty = CERTAIN,
		.products = ON_JIRA,
		.joins = MOVED,
		.where = "q.summary = m.title AND " NO_CURRENT_KEY " AND " SAME_PROJECT,
		FOUND,
		.one = "the issue had the key {issuekey} before it was moved, and has the same "
		       "summary",
		.several = "moved issues had this key",
	},
	{
		.name = "same summary in the mapped project, one issue",
		.certainty = LIKELY,
		.products = ON_JIRA,
		.joins = ISSUES "q.projectkey = m.ptarget AND q.summary = m.title",
		.where = "q.place <= " ANSWERS_LIMIT,
		FOUND,
		.one = "same summary in project \"{parent}\", one issue, but its number is another",
		.several = "issues have this summary in project \"{parent}\"",
	},
	{
		.name = "same key, other summary",
		.certainty = POSSIBLE,
		.products = ON_JIRA,
		.joins = ISSUES "q.projectkey = COALESCE(m.ptarget, m.project)"
				" AND q.number = m.issuenumber",
		FOUND,
		.one = "same number in the project, but another summary",
	},
	{
		.name = "former key, other summary",
		.certainty = POSSIBLE,
		.products = ON_JIRA,
		.joins = MOVED,
		.where = NO_CURRENT_KEY " AND " SAME_PROJECT,
		FOUND,
		.one = "an issue had the key {issuekey} before it was moved, but has another "
		       "summary",
		.several = "moved issues had this key",
	},
	{
		.name = "key in the mapped project",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.side = SIDE_OTHER,
		.joins = ISSUES NUMBER_THERE,
		.destination = "q.issuekey",
		.title = "q.summary",
		.one = "issue {destination} is there, in the project that \"{parentkey}\" is "
		       "mapped to",
	},
	{
		.name = "former key in the same Jira",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.side = SIDE_OTHER,
		.joins = MOVED,
		.where = NO_CURRENT_KEY " AND " SAME_PROJECT " AND " SAME_JIRA,
		.destination = "q.issuekey",
		.title = "q.summary",
		.one = "the issue was moved and is {destination} now, in the same Jira",
		.several = "moved issues had this key",
	},
	{
		.name = "former key in the other Jira",
		.certainty = LIKELY,
		.products = ON_CONFLUENCE,
		.side = SIDE_OTHER,
		.joins = MOVED,
		.where = NO_CURRENT_KEY " AND " SAME_PROJECT " AND " LINKED,
		.destination = "q.issuekey",
		.title = "q.summary",
		.one = "an issue had this key and is {destination} now, in another Jira",
		.several = "moved issues had this key",
	},
	{
		.name = "number in the mapped project, not looked up",
		.certainty = LIKELY,
		.products = ON_CONFLUENCE,
		.side = SIDE_ALONE,
		.joins = "",
		.where = "m.ptarget IS NOT NULL AND m.issuenumber IS NOT NULL",
		.destination = "m.ptarget || '-' || m.issuenumber",
		.title = "NULL",
		.one = "the same number in project \"{parent}\"; whether the issue is there was "
		       "not looked up, for want of the Jira",
	},
};

const struct mapping_type mapping_issue = {
	.step = "map issues",
	.rules = rules,
	.rule_count = ARRAY_LEN(rules),
	.link = MAPPING_LINK,
	.has_issue_key = true,
	.odd = MAPPING_LINK_ODD,
	/* a project of the same link; else, where the key is there once, that one */
	.parent = "COALESCE((SELECT MIN(p.id) FROM reqferry_m_work p"
		  " WHERE p.type = 'PROJECT' AND p.key = b.project AND p.link = b.link),"
		  " (SELECT CASE WHEN COUNT(*) = 1 THEN MIN(p.id) END FROM reqferry_m_work p"
		  " WHERE p.type = 'PROJECT' AND p.key = b.project))",
	.known = "m.issuekey IS NOT NULL OR m.title IS NOT NULL",
	.noun = "issue",
	.own = "its issue",
	.none = "no issue with this key or this summary in project \"{parent}\"",
	.alone = "no issue with this key",
	.blind = "the backup knows nothing of the issue: it was gone when the backup was made",
};
