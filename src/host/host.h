/*
 * What Confluence and Jira know, as SQL that the rest of the program builds upon: relations with
 * the same columns whatever the product, the version and the database system.
 *
 * A relation is the text of a SELECT in parentheses, to be used as a table: "FROM (...) p". The
 * text is made for one connection's dialect. Host tables are only read. Never SELECT *; needed
 * columns are probed once, and a missing one is named. Credentials and tokens are never read.
 *
 * Facts about the tables: docs/databases.md.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "catalogue/catalogue.h"
#include "db/db.h"

/*
 * The relations and their columns. Ids are 64-bit numbers called `id`; `key` is always the text
 * that a mapping has as its key or destination. A relation that the product does not have is empty
 * (host_relation gives a SELECT without rows, with the right columns).
 */
enum host_relation {
	/* Spaces: key, name, lowerkey, status, homepage */
	HOST_SPACES,
	/* Current pages and blog posts: id, key, spacekey, pagetype (PAGE, BLOGPOST), title,
	 * lowertitle, version, created (yyyy-MM-dd). Drafts, trash, archived pages and old versions
	 * are not in it. */
	HOST_PAGES,
	/* Every version of current pages, the current one included: id, key, pageid (number),
	 * pagekey, spacekey, pagetype, title (that version's own, else the page's), version,
	 * current (1 or 0) */
	HOST_VERSIONS,
	/* Current attachments of current pages: id, key, pageid (number), pagekey, spacekey, title
	 * (file name), version. */
	HOST_ATTACHMENTS,
	/* Ids of pages, blog posts and attachments in any state, with why they are not current: id,
	 * key, state (current, draft, deleted, archived, historical), spacekey, title, pagetype
	 * (PAGE, BLOGPOST, ATTACHMENT). An old version, and an attachment, of a page that is
	 * deleted or archived is so too. To tell "gone" from "never". */
	HOST_CONTENT_STATES,
	/* Users: key, username, lowerusername (NULL: not known), email (lower case), displayname,
	 * active (1 or 0; no account: email and displayname NULL, active 0). One row a user: with
	 * several directories the first active one in the host's order. */
	HOST_USERS,
	/* Application links: key, name, displayurl, rpcurl, url (display, else RPC). */
	HOST_APPLINKS,
	/* Projects: id, key, name. */
	HOST_PROJECTS,
	/* Every key a project has had: projectid, projectkey (the current one), key. */
	HOST_PROJECT_KEYS,
	/* Issues: id, key (text of the id), issuekey, projectid, projectkey, number, summary. */
	HOST_ISSUES,
	/* Keys of moved issues: issueid, key (the old issue key). */
	HOST_MOVED_KEYS,
	HOST_RELATION_COUNT
};

/* The host of a connection. Lives as long as its arena; borrows the connection. */
struct host {
	struct db *db;
	enum product product;
	const char *relations[HOST_RELATION_COUNT];
	const char *version;    /* of Confluence or Jira; NULL when not readable */
	const char *ry_version; /* of Requirement Yogi; NULL when not readable */
	unsigned present;       /* a bit for each host table that is there: private */
};

/*
 * Recognises the product from the tables and prepares the relations in the arena. ERROR_NO_TABLES
 * when the database is neither a Confluence nor a Jira (both, or none), or lacks a needed table or
 * column, which is named.
 */
MUST_CHECK bool host_open(struct db *db, struct arena *arena, struct host *out, struct error *err);

/* A relation's SQL. */
const char *host_relation(const struct host *host, enum host_relation relation);

/*
 * SQL condition "issue id `expression` belongs to a project whose key is in (`keys`)" (Jira only),
 * where keys is SQL: a parameter such as "$2", or a SELECT of keys. A NULL id belongs to none.
 * Appends to *sql.
 */
void host_issue_in_project(
	const struct host *host, const char *expression, const char *keys, struct str *sql);

/*
 * How an entity is described: joins to append behind a table `e` that has the columns key (text),
 * number (the key as a number or NULL) and dependencies; and for each descriptive field of a
 * mapping row an expression over those joins, NULL where the type does not have it. `found` is a
 * condition that holds when the entity exists. Used by export (what is it called here?) and by plan
 * (is the destination there?). The joins never multiply rows.
 */
struct host_description {
	const char *joins;
	const char *fields[FIELD_COUNT];
	const char *found;
	/* evidence beyond the vendor's fields; NULL where there is none */
	const char *email, *display_name, *name, *created;
};
/* False when this product's database cannot look the entity up (an ISSUE on a Confluence). */
MUST_CHECK bool host_describe(const struct host *host, enum entity entity, struct arena *arena,
	struct host_description *out);

#endif
