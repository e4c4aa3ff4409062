/*
 * Confluence's tables. The meaning of the rows of `content`, which is what most of this is about:
 *
 *     current page          prevver NULL,         content_status 'current', spaceid set
 *     old version of it     prevver = current id, content_status 'current', spaceid NULL
 *     draft of it           prevver = current id, content_status 'draft'
 *     page never published  prevver NULL,         content_status 'draft'
 *     page in the trash     prevver NULL,         content_status 'deleted'
 *     archived page         prevver NULL,         content_status 'archived'
 *
 * Attachments are rows of their own with pageid = the page. Relations and descriptions share
 * aliases (d_...), so that words and joins serve both.
 */
#include "host/product.h"

enum { SPACES, CONTENT, USER_MAPPING, DIRECTORIES, ACCOUNTS, SETTINGS, DIRECTORY_ORDER, VERSIONS };

static const struct host_table tables[] = {
	[SPACES] = {"spaces", false,
		{"spaceid", "spacename", "spacekey", "lowerspacekey", "homepage", "spacestatus"}},
	[CONTENT] = {"content", false,
		{"contentid", "contenttype", "title", "lowertitle", "version", "creationdate",
			"prevver", "content_status", "pageid", "spaceid"}},
	[USER_MAPPING] = {"user_mapping", false, {"user_key", "username", "lower_username"}},
	[DIRECTORIES] = {"cwd_directory", false, {"id", "active"}},
	[ACCOUNTS] = {"cwd_user", false,
		{"id", "lower_user_name", "active", "display_name", "email_address",
			"lower_email_address", "directory_id"}},
	[SETTINGS] = {"bandana", false, {"bandanacontext", "bandanakey", "bandanavalue"}},
	[DIRECTORY_ORDER] = {"cwd_app_dir_mapping", true,
		{"application_id", "directory_id", "list_index"}},
	[VERSIONS] = {"confversion", true, {"buildnumber", "versiontag"}},
};

/* --- pieces ----------------------------------------------------------------------------------- */

/*
 * Behind a d_user: the account that counts, and its directory. The accounts of one name are few and
 * found by an index.
 */
#define ACCOUNT_JOINS                                                                              \
	" LEFT JOIN cwd_user d_account ON d_account.id ="                                          \
	" (SELECT a.id FROM cwd_user a JOIN cwd_directory b ON b.id = a.directory_id"              \
	" WHERE a.lower_user_name = d_user.lower_username"                                         \
	" ORDER BY CASE WHEN a.active = 'T' AND b.active = 'T' THEN 0 ELSE 1 END, {order}b.id,"    \
	" a.id LIMIT 1)"                                                                           \
	" LEFT JOIN cwd_directory d_directory ON d_directory.id = d_account.directory_id"

/*
 * Confluence's own application is the first that it makes at setup. Others let Jira and the like
 * ask Confluence for users, in an order of their own.
 */
static const char order[] =
	"COALESCE((SELECT MIN(o.list_index) FROM cwd_app_dir_mapping o"
	" WHERE o.directory_id = b.id AND o.application_id ="
	" (SELECT MIN(f.application_id) FROM cwd_app_dir_mapping f)), 2147483647), ";

/* Behind an e with the link's id: one of its settings. */
#define LINK_JOIN(alias, name)                                                                     \
	" LEFT JOIN bandana " alias " ON " alias ".bandanacontext = '_GLOBAL'"                     \
	" AND " alias ".bandanakey = 'applinks.admin.' || e.key || '" name "'"
#define LINK_JOINS                                                                                 \
	LINK_JOIN("d_name", ".name")                                                               \
	LINK_JOIN("d_display", ".display.url")                                                     \
	LINK_JOIN("d_rpc", ".rpc.url")

/* --- relations and descriptions --------------------------------------------------------------- */

static const char spaces[] =
	"SELECT s.spacekey AS key, s.spacename AS name, s.lowerspacekey AS lowerkey,"
	" s.spacestatus AS status, s.homepage AS homepage FROM spaces s";

/*
 * Two things keep SQLite, which has no statistics here, from taking many rows for few: the space
 * comes last, by CROSS JOIN (else it reads all pages of a space to find one title), and NOT (... IS
 * NOT NULL) hides the index on prevver (else it reads all rows without one). PostgreSQL sees a join
 * and an IS NULL as any other.
 */
static const char pages[] =
	"SELECT d_page.contentid AS id, CAST(d_page.contentid AS {text}) AS key,"
	" s.spacekey AS spacekey, d_page.contenttype AS pagetype, d_page.title AS title,"
	" d_page.lowertitle AS lowertitle, d_page.version AS version, {created} AS created"
	" FROM content d_page CROSS JOIN spaces s WHERE s.spaceid = d_page.spaceid"
	" AND d_page.contenttype IN ('PAGE', 'BLOGPOST')"
	" AND NOT (d_page.prevver IS NOT NULL) AND d_page.content_status = 'current'";

/* OR finds versions and page from either side by an index; a COALESCE would find only the page. */
static const char versions[] =
	"SELECT v.contentid AS id, CAST(v.contentid AS {text}) AS key, p.contentid AS pageid,"
	" CAST(p.contentid AS {text}) AS pagekey, s.spacekey AS spacekey,"
	" p.contenttype AS pagetype, COALESCE(v.title, p.title) AS title, v.version AS version,"
	" CASE WHEN v.prevver IS NULL THEN 1 ELSE 0 END AS current"
	" FROM content v JOIN content p ON v.contentid = p.contentid OR v.prevver = p.contentid"
	" CROSS JOIN spaces s WHERE s.spaceid = p.spaceid AND v.content_status = 'current'"
	" AND p.contenttype IN ('PAGE', 'BLOGPOST')"
	" AND NOT (p.prevver IS NOT NULL) AND p.content_status = 'current'";

static const char attachments[] =
	"SELECT a.contentid AS id, CAST(a.contentid AS {text}) AS key, p.contentid AS pageid,"
	" CAST(p.contentid AS {text}) AS pagekey, s.spacekey AS spacekey, a.title AS title,"
	" a.version AS version"
	" FROM content a JOIN content p ON p.contentid = a.pageid"
	" CROSS JOIN spaces s WHERE s.spaceid = p.spaceid AND a.contenttype = 'ATTACHMENT'"
	" AND NOT (a.prevver IS NOT NULL) AND a.content_status = 'current'"
	" AND p.contenttype IN ('PAGE', 'BLOGPOST')"
	" AND NOT (p.prevver IS NOT NULL) AND p.content_status = 'current'";

/*
 * m is the current row of an old version or a draft, h the page that holds an attachment: what they
 * have lost is lost for c too.
 */
static const char content_states[] =
	"SELECT c.contentid AS id, CAST(c.contentid AS {text}) AS key,"
	" CASE WHEN c.content_status <> 'current' THEN c.content_status"
	" WHEN m.content_status <> 'current' THEN m.content_status"
	" WHEN h.content_status <> 'current' THEN h.content_status"
	" WHEN c.prevver IS NOT NULL THEN 'historical' ELSE c.content_status END AS state,"
	" s.spacekey AS spacekey, COALESCE(c.title, m.title) AS title, c.contenttype AS pagetype"
	" FROM content c LEFT JOIN content m ON m.contentid = c.prevver"
	" LEFT JOIN content h ON h.contentid ="
	" CASE WHEN c.contenttype = 'ATTACHMENT' THEN COALESCE(c.pageid, m.pageid) END"
	" LEFT JOIN spaces s ON s.spaceid = COALESCE(c.spaceid, m.spaceid, h.spaceid)"
	" WHERE c.contenttype IN ('PAGE', 'BLOGPOST', 'ATTACHMENT')";

static const char users[] =
	"SELECT d_user.user_key AS key, d_user.username AS username,"
	" d_user.lower_username AS lowerusername, " HOST_EMAIL " AS email, " HOST_DISPLAY_NAME
	" AS displayname,"
	" CASE WHEN d_account.active = 'T' AND d_directory.active = 'T' THEN 1 ELSE 0 END"
	" AS active FROM user_mapping d_user" ACCOUNT_JOINS;

/* 15 characters in front of the id, 5 behind it; an id holds no dots, other settings' names do. */
static const char links[] =
	"SELECT e.key AS key, {name} AS name, {display} AS displayurl, {rpc} AS rpcurl,"
	" COALESCE({display}, {rpc}) AS url"
	" FROM (SELECT substr(b.bandanakey, 16, length(b.bandanakey) - 20) AS key FROM bandana b"
	" WHERE b.bandanacontext = '_GLOBAL' AND b.bandanakey LIKE 'applinks.admin._%.name'"
	" AND length(replace(b.bandanakey, '.', '')) = length(b.bandanakey) - 3) e" LINK_JOINS;

/* Whatever the state of the page: a page in the trash has a name too. */
static const struct host_description page = {
	.joins = " LEFT JOIN content d_page ON d_page.contentid = e.number"
		 " AND d_page.contenttype IN ('PAGE', 'BLOGPOST') AND d_page.prevver IS NULL"
		 " LEFT JOIN spaces d_space ON d_space.spaceid = d_page.spaceid",
	.found = "d_page.contentid IS NOT NULL",
	.fields =
		{
			[FIELD_SPACE_KEY] = "d_space.spacekey",
			[FIELD_PAGE_TYPE] = "d_page.contenttype",
			[FIELD_PAGE_VERSION] = "CAST(d_page.version AS {text})",
			[FIELD_TITLE] = "d_page.title",
		},
	.created = "{created}",
};

/* A row with a prevver that is not 'current' is a draft. */
static const struct host_description version = {
	.joins = " LEFT JOIN content d_version ON d_version.contentid = e.number"
		 " AND d_version.contenttype IN ('PAGE', 'BLOGPOST')"
		 " AND (d_version.prevver IS NULL OR d_version.content_status = 'current')"
		 " LEFT JOIN content d_page"
		 " ON d_page.contentid = COALESCE(d_version.prevver, d_version.contentid)"
		 " LEFT JOIN spaces d_space ON d_space.spaceid = d_page.spaceid",
	.found = "d_page.contentid IS NOT NULL",
	.fields =
		{
			[FIELD_SPACE_KEY] = "d_space.spacekey",
			[FIELD_PAGE_TYPE] = "d_page.contenttype",
			[FIELD_PAGE_ID] = "CAST(d_page.contentid AS {text})",
			[FIELD_PAGE_VERSION] = "CAST(d_version.version AS {text})",
			[FIELD_TITLE] = "COALESCE(d_version.title, d_page.title)",
		},
};

/* An old version of an attachment has its page perhaps only through the current one. */
static const struct host_description attachment = {
	.joins = " LEFT JOIN content d_file ON d_file.contentid = e.number"
		 " AND d_file.contenttype = 'ATTACHMENT'"
		 " LEFT JOIN content d_newest ON d_newest.contentid = d_file.prevver"
		 " LEFT JOIN content d_page"
		 " ON d_page.contentid = COALESCE(d_file.pageid, d_newest.pageid)"
		 " LEFT JOIN spaces d_space"
		 " ON d_space.spaceid = COALESCE(d_page.spaceid, d_file.spaceid)",
	.found = "d_file.contentid IS NOT NULL",
	.fields =
		{
			[FIELD_SPACE_KEY] = "d_space.spacekey",
			[FIELD_PAGE_ID] = "CAST(d_page.contentid AS {text})",
			[FIELD_PAGE_VERSION] = "CAST(d_file.version AS {text})",
			[FIELD_TITLE] = "COALESCE(d_file.title, d_newest.title)",
			[FIELD_EXTENSION_DOCUMENT_ID] = "CAST(d_file.contentid AS {text})",
		},
};

static const struct host_description user = {
	.joins = " LEFT JOIN user_mapping d_user ON d_user.user_key = e.key" ACCOUNT_JOINS,
	.found = "d_user.user_key IS NOT NULL",
	.fields = {[FIELD_USERNAME] = "d_user.username"},
	.email = HOST_EMAIL,
	.display_name = HOST_DISPLAY_NAME,
};

static const struct host_description space = {
	.joins = " LEFT JOIN spaces d_space ON d_space.spacekey = e.key",
	.found = "d_space.spacekey IS NOT NULL",
	.fields = {[FIELD_TITLE] = "d_space.spacename"},
	.name = "d_space.spacename",
};

static const struct host_description link = {
	.joins = LINK_JOINS,
	.found = "d_name.bandanakey IS NOT NULL",
	.fields = {[FIELD_TITLE] = "{name}", [FIELD_URL] = "COALESCE({display}, {rpc})"},
};

static size_t words(const struct host *host, struct arena *arena, struct host_word *out)
{
	size_t count = 0;

	out[count++] = (struct host_word){"order", host_has(host, DIRECTORY_ORDER) ? order : ""};
	out[count++] =
		(struct host_word){"created", host_day(host->db, arena, "d_page.creationdate")};
	out[count++] = (struct host_word){"name", host_setting_text(arena, "d_name.bandanavalue")};
	out[count++] =
		(struct host_word){"display", host_setting_text(arena, "d_display.bandanavalue")};
	out[count++] = (struct host_word){"rpc", host_setting_text(arena, "d_rpc.bandanavalue")};
	return count;
}

const struct host_product host_confluence = {
	.tables = tables,
	.table_count = ARRAY_LEN(tables),
	.relations =
		{
			[HOST_SPACES] = {spaces, SPACES},
			[HOST_PAGES] = {pages, CONTENT},
			[HOST_VERSIONS] = {versions, CONTENT},
			[HOST_ATTACHMENTS] = {attachments, CONTENT},
			[HOST_CONTENT_STATES] = {content_states, CONTENT},
			[HOST_USERS] = {users, ACCOUNTS},
			[HOST_APPLINKS] = {links, SETTINGS},
		},
	.descriptions =
		{
			[ENTITY_APPLINK] = &link,
			[ENTITY_SPACE] = &space,
			[ENTITY_USER] = &user,
			[ENTITY_PAGE] = &page,
			[ENTITY_VERSION] = &version,
			[ENTITY_ATTACHMENT] = &attachment,
		},
	.words = words,
	.version_sql = "SELECT versiontag FROM confversion WHERE versiontag IS NOT NULL"
		       " ORDER BY buildnumber DESC LIMIT 1",
	.version_table = VERSIONS,
};
