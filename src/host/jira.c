/*
 * Jira's tables. It declares no foreign keys and few unique ones, so what must be one row is made
 * one by a look-up of the smallest id.
 *
 * Ids are numeric(18,0). They print and compare as the whole numbers that they are; a CAST would
 * only keep the databases from using Jira's indexes.
 */
#include "host/product.h"

enum {
	PROJECTS,
	ISSUES,
	USERS,
	DIRECTORIES,
	ACCOUNTS,
	SETTINGS,
	SHORT_VALUES,
	LONG_VALUES,
	PROJECT_KEYS,
	MOVED_KEYS,
	PLUGINS
};

static const struct host_table tables[] = {
	[PROJECTS] = {"project", false, {"id", "pname", "pkey"}},
	[ISSUES] = {"jiraissue", false, {"id", "issuenum", "project", "summary"}},
	[USERS] = {"app_user", false, {"id", "user_key", "lower_user_name"}},
	[DIRECTORIES] = {"cwd_directory", false, {"id", "active", "directory_position"}},
	[ACCOUNTS] = {"cwd_user", false,
		{"id", "directory_id", "user_name", "lower_user_name", "active", "display_name",
			"email_address", "lower_email_address"}},
	[SETTINGS] = {"propertyentry", false, {"id", "entity_name", "entity_id", "property_key"}},
	[SHORT_VALUES] = {"propertystring", false, {"id", "propertyvalue"}},
	[LONG_VALUES] = {"propertytext", true, {"id", "propertyvalue"}},
	[PROJECT_KEYS] = {"project_key", true, {"project_id", "project_key"}},
	[MOVED_KEYS] = {"moved_issue_key", true, {"old_issue_key", "issue_id"}},
	[PLUGINS] = {"pluginversion", true, {"id", "pluginkey", "pluginversion"}},
};

/* --- pieces ----------------------------------------------------------------------------------- */

/* Behind a d_user: the account that counts, and its directory. */
#define ACCOUNT_JOINS                                                                              \
	" LEFT JOIN cwd_user d_account ON d_account.id ="                                          \
	" (SELECT a.id FROM cwd_user a JOIN cwd_directory b ON b.id = a.directory_id"              \
	" WHERE a.lower_user_name = d_user.lower_user_name"                                        \
	" ORDER BY CASE WHEN a.active = 1 AND b.active = 1 THEN 0 ELSE 1 END,"                     \
	" COALESCE(b.directory_position, 2147483647), b.id, a.id LIMIT 1)"                         \
	" LEFT JOIN cwd_directory d_directory ON d_directory.id = d_account.directory_id"

/* An account knows how its name is spelled; without one there is only the lower-case name. */
#define USER_NAME "COALESCE(d_account.user_name, d_user.lower_user_name)"

/* Behind an e with the link's id: one of its settings. */
#define LINK_JOIN(alias, name)                                                                     \
	" LEFT JOIN propertyentry " alias " ON " alias ".id ="                                     \
	" (SELECT MIN(x.id) FROM propertyentry x"                                                  \
	" WHERE x.entity_name = 'jira.properties' AND x.entity_id = 1"                             \
	" AND x.property_key = 'applinks.admin.' || e.key || '" name "')"                          \
	" LEFT JOIN propertystring " alias "_short ON " alias "_short.id = " alias ".id"
#define LINK_JOINS                                                                                 \
	LINK_JOIN("d_name", ".name")                                                               \
	LINK_JOIN("d_display", ".display.url")                                                     \
	LINK_JOIN("d_rpc", ".rpc.url") "{long_joins}"

static const char long_joins[] =
	" LEFT JOIN propertytext d_name_long ON d_name_long.id = d_name.id"
	" LEFT JOIN propertytext d_display_long ON d_display_long.id = d_display.id"
	" LEFT JOIN propertytext d_rpc_long ON d_rpc_long.id = d_rpc.id";

/* --- relations and descriptions --------------------------------------------------------------- */

static const char users[] =
	"SELECT d_user.user_key AS key, " USER_NAME " AS username,"
	" d_user.lower_user_name AS lowerusername, " HOST_EMAIL " AS email, " HOST_DISPLAY_NAME
	" AS displayname,"
	" CASE WHEN d_account.active = 1 AND d_directory.active = 1 THEN 1 ELSE 0 END AS active"
	" FROM app_user d_user" ACCOUNT_JOINS;

/* 15 characters in front of the id, 5 behind it; an id holds no dots, other settings' names do. */
static const char links[] =
	"SELECT e.key AS key, {name} AS name, {display} AS displayurl, {rpc} AS rpcurl,"
	" COALESCE({display}, {rpc}) AS url"
	" FROM (SELECT substr(b.property_key, 16, length(b.property_key) - 20) AS key"
	" FROM propertyentry b WHERE b.entity_name = 'jira.properties' AND b.entity_id = 1"
	" AND b.property_key LIKE 'applinks.admin._%.name'"
	" AND length(replace(b.property_key, '.', '')) = length(b.property_key) - 3"
	" GROUP BY b.property_key) e" LINK_JOINS;

static const char projects[] = "SELECT p.id AS id, p.pkey AS key, p.pname AS name FROM project p";

/* The current key stands in project_key too; project decides what it is. */
static const char project_keys[] =
	"SELECT p.id AS projectid, p.pkey AS projectkey, p.pkey AS key FROM project p"
	"{former_keys}";
static const char former_keys[] =
	" UNION ALL SELECT p.id AS projectid, p.pkey AS projectkey, k.project_key AS key"
	" FROM project_key k JOIN project p ON p.id = k.project_id WHERE k.project_key <> p.pkey";

static const char issues[] =
	"SELECT i.id AS id, CAST(i.id AS {text}) AS key,"
	" p.pkey || '-' || CAST(i.issuenum AS {text}) AS issuekey, p.id AS projectid,"
	" p.pkey AS projectkey, i.issuenum AS number, i.summary AS summary"
	" FROM jiraissue i JOIN project p ON p.id = i.project";

static const char moved_keys[] =
	"SELECT k.issue_id AS issueid, k.old_issue_key AS key FROM moved_issue_key k";

static const struct host_description user = {
	.joins = " LEFT JOIN app_user d_user ON d_user.user_key = e.key" ACCOUNT_JOINS,
	.found = "d_user.user_key IS NOT NULL",
	.fields = {[FIELD_USERNAME] = USER_NAME},
	.email = HOST_EMAIL,
	.display_name = HOST_DISPLAY_NAME,
};

static const struct host_description project = {
	.joins = " LEFT JOIN project d_project ON d_project.id ="
		 " (SELECT MIN(x.id) FROM project x WHERE x.pkey = e.key)",
	.found = "d_project.id IS NOT NULL",
	.fields = {[FIELD_TITLE] = "d_project.pname"},
	.name = "d_project.pname",
};

/* An issue whose project is gone has no key: nobody can open it. */
static const struct host_description issue = {
	.joins = " LEFT JOIN jiraissue d_issue ON d_issue.id = e.number"
		 " LEFT JOIN project d_project ON d_project.id = d_issue.project",
	.found = "d_project.id IS NOT NULL",
	.fields =
		{
			[FIELD_TITLE] = "d_issue.summary",
			[FIELD_ISSUE_KEY] =
				"d_project.pkey || '-' || CAST(d_issue.issuenum AS {text})",
		},
};

static const struct host_description link = {
	.joins = LINK_JOINS,
	.found = "d_name.id IS NOT NULL",
	.fields = {[FIELD_TITLE] = "{name}", [FIELD_URL] = "COALESCE({display}, {rpc})"},
};

static size_t words(const struct host *host, struct arena *arena, struct host_word *out)
{
	static const char *const settings[] = {"name", "display", "rpc"};
	bool long_values = host_has(host, LONG_VALUES);
	bool keys = host_has(host, PROJECT_KEYS);
	size_t count = 0;

	out[count++] = (struct host_word){"former_keys", keys ? former_keys : ""};
	out[count++] = (struct host_word){"long_joins", long_values ? long_joins : ""};
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		const char *value = arena_printf(arena,
			long_values ? "COALESCE(d_%s_short.propertyvalue,"
				      " d_%s_long.propertyvalue)"
				    : "d_%s_short.propertyvalue",
			settings[i], settings[i]);

		out[count++] = (struct host_word){settings[i], host_setting_text(arena, value)};
	}
	return count;
}

const struct host_product host_jira = {
	.tables = tables,
	.table_count = ARRAY_LEN(tables),
	.relations =
		{
			[HOST_USERS] = {users, ACCOUNTS},
			[HOST_APPLINKS] = {links, SETTINGS},
			[HOST_PROJECTS] = {projects, PROJECTS},
			[HOST_PROJECT_KEYS] = {project_keys, PROJECTS},
			[HOST_ISSUES] = {issues, ISSUES},
			[HOST_MOVED_KEYS] = {moved_keys, MOVED_KEYS},
		},
	.descriptions =
		{
			[ENTITY_APPLINK] = &link,
			[ENTITY_PROJECT] = &project,
			[ENTITY_USER] = &user,
			[ENTITY_ISSUE] = &issue,
		},
	.words = words,
	.ry_version_sql =
		"SELECT pluginversion FROM pluginversion"
		" WHERE pluginkey = 'com.playsql.requirementyogijira' ORDER BY id DESC LIMIT 1",
	.ry_version_table = PLUGINS,
};
