/*
 * PAGE, and VERSION and ATTACHMENT, which follow a page. The parent of a page is its space, that of
 * a version its page, that of an attachment its page, or its space when the backup does not name
 * the page.
 *
 * Facts hold current pages only: drafts, trash, archived pages and old versions are never an
 * answer. Ids of two young instances overlap, so the same id alone says nothing, unless the backup
 * comes from this very instance; there it says more than a title, which may have passed to another
 * page.
 *
 * Not there yet, in the order of the rules: a title that is equal after normalisation (likely), the
 * page that defines the requirements that the backup says it defines, a close title (possible).
 */
#include "mapping/internal.h"

#define PAGES     " JOIN reqferry_m_page q ON "
#define SAME_TYPE "q.pagetype = m.pagetype"
#define FOUND     .destination = "q.key", .title = "q.title"

/* The page of the same id, when it lies in the mapped space under another title. */
#define RIVAL                                                                                      \
	" LEFT JOIN reqferry_m_page x ON x.id = m.number AND x.spacekey = m.ptarget"               \
	" AND x.title <> m.title"
/* The space is what it was, and so would the page be. */
#define ID_COUNTS "(({here} AND m.ptarget = m.pkey) OR (x.id IS NOT NULL AND NOT ({elsewhere})))"

/*
 * A page in the trash can have the title of a current one, and a file does not say which is which:
 * where several pages of the backup share a title, the title alone cannot say which one is meant.
 */
#define TWIN "m.twin = 1"

static const struct mapping_rule page_rules[] = {
	{
		.name = "same id on the same instance",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.here = true,
		.joins = PAGES "q.id = m.number",
		.where = "(m.parent IS NULL OR m.ptarget = m.pkey OR q.spacekey = m.ptarget)",
		FOUND,
		.one = "the backup comes from this instance, and the page is still here",
	},
	{
		.name = "same id, same title, mapped space",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.joins = PAGES "q.id = m.number",
		.where = "q.title = m.title AND q.spacekey = m.ptarget AND NOT ({elsewhere})"
			 " AND (q.pagetype = 'PAGE' OR q.created = m.created)",
		FOUND,
		.one = "same id and same title in space \"{parent}\"",
	},
	{
		.name = "same title in the mapped space",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.joins = PAGES "q.spacekey = m.ptarget AND q.title = m.title" RIVAL,
		.where = SAME_TYPE " AND q.pagetype = 'PAGE' AND NOT " ID_COUNTS " AND NOT " TWIN,
		FOUND,
		.one = "same title in space \"{parent}\", one page",
		.several = "pages have this title in space \"{parent}\"",
	},
	{
		.name = "same title in the mapped space, another id",
		.certainty = LIKELY,
		.products = ON_CONFLUENCE,
		.joins = PAGES "q.spacekey = m.ptarget AND q.title = m.title" RIVAL,
		.where = SAME_TYPE " AND q.pagetype = 'PAGE' AND " ID_COUNTS " AND NOT " TWIN,
		FOUND,
		.one = "same title in space \"{parent}\", one page, but it is not the page that "
		       "had the id",
		.several = "pages have this title in space \"{parent}\"",
	},
	{
		.name = "same blog title and day",
		.certainty = LIKELY,
		.products = ON_CONFLUENCE,
		.joins = PAGES "q.spacekey = m.ptarget AND q.title = m.title",
		.where = "m.pagetype = 'BLOGPOST' AND q.pagetype = 'BLOGPOST'"
			 " AND q.created = m.created",
		FOUND,
		.one = "a blog post of the same title and day in space \"{parent}\"",
		.several = "blog posts of this day have this title in space \"{parent}\"",
	},
	{
		.name = "same title, which several pages of the backup have",
		.certainty = POSSIBLE,
		.products = ON_CONFLUENCE,
		.joins = PAGES "q.spacekey = m.ptarget AND q.title = m.title",
		.where = SAME_TYPE " AND q.pagetype = 'PAGE' AND " TWIN,
		FOUND,
		.one = "same title in space \"{parent}\", one page, but several pages of the "
		       "backup have it",
		.several =
			"pages have this title in space \"{parent}\", and so have several of the "
			"backup",
	},
	{
		.name = "same title in the space of the same key",
		.certainty = POSSIBLE,
		.products = ON_CONFLUENCE,
		.joins = PAGES "q.spacekey = m.spacekey AND q.title = m.title",
		.where = "m.parent IS NULL AND " SAME_TYPE,
		FOUND,
		.one = "same title in the space of the same key, which the backup does not map",
		.several = "pages have this title in the space of the same key",
	},
	{
		.name = "same title anywhere, one page",
		.certainty = POSSIBLE,
		.products = ON_CONFLUENCE,
		.joins = PAGES "q.title = m.title",
		.where = SAME_TYPE " AND q.place <= " ANSWERS_LIMIT,
		FOUND,
		.one = "the only page of this title, but it is not in the mapped space",
		.several = "pages elsewhere have this title",
	},
};

const struct mapping_type mapping_page = {
	.step = "map pages",
	.rules = page_rules,
	.rule_count = ARRAY_LEN(page_rules),
	.parent = "(SELECT MIN(p.id) FROM reqferry_m_work p"
		  " WHERE p.type = 'SPACE' AND p.key = b.spacekey)",
	.alike = "m.spacekey, COALESCE(m.pagetype, 'PAGE'), m.title",
	.known = "m.title IS NOT NULL",
	.may_be_gone = true,
	.noun = "page",
	.own = "its page",
	.none = "no page with this title in space \"{parent}\"",
	.alone = "no page with this title",
	.blind = "the backup does not know the page's title: it was gone when the backup was made",
};

/* --- versions --------------------------------------------------------------------------------- */

#define VERSIONS " JOIN reqferry_m_version q ON q.page = m.ptargetid"

static const struct mapping_rule version_rules[] = {
	{
		.name = "version number of the mapped page",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.joins = VERSIONS " AND q.version = m.version",
		FOUND,
		.one = "version {version} of page {parent}",
		.several = "versions of page {parent} have the number {version}",
	},
	{
		.name = "current version of the mapped page",
		.certainty = POSSIBLE,
		.products = ON_CONFLUENCE,
		.joins = VERSIONS " AND q.current = 1",
		FOUND,
		.one = "the current version of page {parent}; the one that the backup means is not "
		       "there",
	},
};

/* "type=PAGE, app=page, documentId=123", as an export spells it */
#define CANONICAL "'type=PAGE, app=page, documentId='"
#define IS_CANONICAL                                                                               \
	"(substr(m.dependencies, 1, length(" CANONICAL ")) = " CANONICAL                           \
	" AND rtrim(substr(m.dependencies, length(" CANONICAL ") + 1), '0123456789') = '')"

const struct mapping_type mapping_version = {
	.step = "map page versions",
	.rules = version_rules,
	.rule_count = ARRAY_LEN(version_rules),
	.page = "NULLIF(COALESCE(m.pageid, o.page, CASE WHEN " IS_CANONICAL
		" THEN substr(m.dependencies, length(" CANONICAL ") + 1) END), '')",
	.odd = "m.pageid IS NULL AND m.dependencies IS NOT NULL AND NOT " IS_CANONICAL,
	.parent = "(SELECT MIN(p.id) FROM reqferry_m_work p"
		  " WHERE p.type = 'PAGE' AND p.key = b.page)",
	.known = "m.parent IS NOT NULL",
	.noun = "page version",
	.own = "its page version",
	.none = "page {parent} has no version here",
	.alone = "the page has no version here",
	.blind = "the backup does not say of which page it is a version",
};

/* --- attachments ------------------------------------------------------------------------------ */

#define FILES   " JOIN reqferry_m_file q ON "
#define ON_PAGE "q.page = m.ptargetid AND m.ptype = 'PAGE'"

static const struct mapping_rule attachment_rules[] = {
	{
		.name = "same id on the same instance",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.here = true,
		.joins = FILES "q.id = m.number",
		.where = "(" ON_PAGE " OR (q.page = m.pageid AND (m.parent IS NULL"
			 " OR (m.ptype = 'SPACE' AND m.ptarget = m.pkey))))",
		FOUND,
		.one = "the backup comes from this instance, and the attachment is still here",
	},
	{
		.name = "same id, same file name, mapped page",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.joins = FILES "q.id = m.number",
		.where = "q.title = m.title AND NOT ({elsewhere}) AND " ON_PAGE,
		FOUND,
		.one = "same id and same file name on page {parent}",
	},
	{
		.name = "same file name and version on the mapped page",
		.certainty = LIKELY,
		.products = ON_CONFLUENCE,
		.joins = FILES ON_PAGE " AND q.title = m.title",
		.where = "q.version = m.version",
		FOUND,
		.one = "same file name and version on page {parent}",
		.several = "attachments of page {parent} have this file name and version",
	},
	{
		.name = "same file name on the mapped page",
		.certainty = LIKELY,
		.products = ON_CONFLUENCE,
		.joins = FILES ON_PAGE " AND q.title = m.title",
		FOUND,
		.one = "same file name on page {parent}, another version",
		.several = "attachments of page {parent} have this file name",
	},
	{
		.name = "same file name in the mapped space",
		.certainty = POSSIBLE,
		.products = ON_CONFLUENCE,
		.joins = FILES "q.spacekey = m.ptarget AND m.ptype = 'SPACE' AND q.title = m.title",
		.where = "q.place <= " ANSWERS_LIMIT,
		FOUND,
		.one = "the only attachment of this file name in space \"{parent}\"; the backup "
		       "does not map its page",
		.several = "attachments have this file name in space \"{parent}\"",
	},
};

const struct mapping_type mapping_attachment = {
	.step = "map attachments",
	.rules = attachment_rules,
	.rule_count = ARRAY_LEN(attachment_rules),
	.page = "NULLIF(m.pageid, '')",
	.parent = "COALESCE((SELECT MIN(p.id) FROM reqferry_m_work p"
		  " WHERE p.type = 'PAGE' AND p.key = b.page), (SELECT MIN(p.id) FROM "
		  "reqferry_m_work p WHERE p.type = 'SPACE' AND p.key = b.spacekey))",
	.known = "m.title IS NOT NULL AND m.parent IS NOT NULL",
	.may_be_gone = true,
	.noun = "attachment",
	.own = "its attachment",
	.none = "no attachment with this file name there",
	.alone = "no attachment with this file name",
	.blind = "the backup does not say what it is called and where it was attached",
};
