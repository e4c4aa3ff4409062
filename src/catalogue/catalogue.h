/*
 * Requirement Yogi's tables as data: the only place that knows them is one JSON file per product
 * (in data/catalogue), embedded in the program and replaceable with --catalogue DIR. The C code
 * holds no table and no column name of Requirement Yogi.
 *
 * A catalogue is loaded once, is checked as a whole (catalogue_load), and is never changed: every
 * pointer below lives as long as the catalogue and may be read by several threads.
 *
 * Shape of the file: see docs/catalogue.md. Order matters: tables and columns stand in the order of
 * the backup file, and a table stands behind every table that its rows refer to.
 */
#ifndef CATALOGUE_CATALOGUE_H
#define CATALOGUE_CATALOGUE_H

#include "base/error.h"
#include "base/str.h"

/* The data fields of an item in staging: fields 4 to 32 of the file, 29 columns at most. */
#define CATALOGUE_FIRST_FIELD 4
#define CATALOGUE_LAST_FIELD  32
#define CATALOGUE_TABLE_LIMIT 64

enum product { PRODUCT_CONFLUENCE, PRODUCT_JIRA, PRODUCT_COUNT };

/* Things outside Requirement Yogi that its rows refer to, in the order in which they are mapped. */
enum entity {
	ENTITY_APPLINK,
	ENTITY_SPACE,
	ENTITY_PROJECT,
	ENTITY_USER,
	ENTITY_PAGE,
	ENTITY_VERSION,
	ENTITY_ATTACHMENT,
	ENTITY_ISSUE,
	ENTITY_COUNT,
	ENTITY_NONE = ENTITY_COUNT
};

/* "SPACE" */
const char *entity_name(enum entity entity);
/* ENTITY_NONE when there is no such type. */
enum entity entity_by_name(struct slice name);
/* "confluence", and "Confluence" for messages. */
const char *product_name(enum product product);
const char *product_title(enum product product);

enum column_type { COLUMN_TEXT, COLUMN_INTEGER, COLUMN_BOOLEAN, COLUMN_TIMESTAMP };

/* How sure we are of a name or an order. */
enum known { KNOWN_DOCUMENTED, KNOWN_EXAMPLE, KNOWN_ASSUMED };

enum role {
	ROLE_PLAIN,      /* copied */
	ROLE_ROW,        /* the id of a row of another table */
	ROLE_ENTITY,     /* the key of an entity, replaced by its mapping */
	ROLE_ISSUE_KEY,  /* follows the mapped ISSUE of another column */
	ROLE_UPPER,      /* another column in upper case */
	ROLE_JSON_LINKS, /* JSON array of links that hold space keys */
	ROLE_QUERY,      /* search syntax: copied, counted */
	ROLE_MARKUP,     /* HTML: copied, counted */
	ROLE_OPAQUE      /* copied, never interpreted */
};

/* What happens to a row when the entity of a column is excluded, or unmapped. */
enum without { WITHOUT_DROP, WITHOUT_NULL, WITHOUT_KEEP };

/* One name=value pair of an entity's dependencies; name NULL is a bare value. */
struct catalogue_dependency {
	const char *name;
	const struct catalogue_column *column; /* of the same row, gives the value */
};

/* What a column means, perhaps only while another column of the row holds a value. */
struct catalogue_use {
	/* NULL: always; as the last of several: otherwise. The last use of a column has none. */
	const struct catalogue_column *when;
	const char *equals; /* the text that `when` must hold */
	enum role role;
	enum entity entity;                              /* ROLE_ENTITY, else ENTITY_NONE */
	const struct catalogue_table *table;             /* ROLE_ROW: the table referred to */
	const struct catalogue_column *follows;          /* ROLE_ISSUE_KEY, ROLE_UPPER */
	const struct catalogue_dependency *dependencies; /* ROLE_ENTITY */
	size_t dependency_count;
};

struct catalogue_column {
	const char *name; /* upper case, as in the database */
	enum column_type type;
	enum known known;
	unsigned field; /* 4 to 32: its place in the file and its column f<field> in staging */
	const struct catalogue_use *uses; /* at least one; the first that applies counts */
	size_t use_count;
	enum without without; /* excluded or (keep) unmapped */
	enum without nothing; /* a USER mapped to nothing: WITHOUT_NULL */
	const struct catalogue_table *owner;
};

/* Which rows belong to a space or project. */
enum scope_rule {
	SCOPE_COLUMN,        /* a column holds the scope's key */
	SCOPE_ROW,           /* as the row that a column refers to */
	SCOPE_ISSUE,         /* a column holds the id of an issue of the project */
	SCOPE_EITHER,        /* either of two rows; a data row when both are inside */
	SCOPE_REFERENCED_BY, /* when a row of the scope in another table refers to it */
	SCOPE_NONE           /* global: whole-instance exports only */
};

/*
 * Which rows of a table cite from elsewhere: those whose boolean column says that the row is no
 * place of origin, and whose page may lie in another space than the row that it belongs to.
 */
struct catalogue_citation {
	const struct catalogue_column *column;
	bool is; /* the value of a row that cites */
	const struct catalogue_column *page;
	const struct catalogue_use *use;            /* of the page's column: the one of type PAGE */
	const struct catalogue_column *const *same; /* columns that tell two citations of one row
						       by one page apart; may be empty */
	size_t same_count;
};

struct catalogue_table {
	const char *name;      /* as in the file: without prefix */
	const char *full_name; /* as in the database: with prefix */
	bool global;
	bool merge; /* import: merge with an existing row of the same identity, else insert */
	enum scope_rule scope;
	/* By the rule: 1, 1, 1, 2, 1 (a column of the referrer), 0; the others are NULL. */
	const struct catalogue_column *scope_columns[2];
	const struct catalogue_column *const *identity; /* may be empty */
	size_t identity_count;
	const struct catalogue_citation *citation; /* NULL: its rows cite nothing */
	const struct catalogue_column *columns;    /* in file order from field 4 on */
	size_t column_count;
	unsigned width; /* fields of its record in the file: 3 + column_count */
	size_t index;   /* in the catalogue's tables */
};

/* The descriptive fields of a mapping row, in file order from field 5 on. */
enum mapping_field {
	FIELD_SPACE_KEY,
	FIELD_PAGE_TYPE,
	FIELD_PAGE_ID,
	FIELD_USER_KEY,
	FIELD_APPLINK,
	FIELD_PAGE_VERSION,
	FIELD_TITLE,
	FIELD_URL,
	FIELD_USERNAME,
	FIELD_EXTENSION_DOCUMENT_ID,
	FIELD_ISSUE_KEY,
	FIELD_COUNT
};
#define MAPPING_WIDTH 15

/* "spaceKey" as in JSON documents, and "spacekey" as the staging column is called. */
const char *mapping_field_name(enum mapping_field field);
const char *mapping_field_column(enum mapping_field field);

struct catalogue_entity {
	enum entity entity;
	enum known known;
	bool written;             /* its mapping rows stand in the file (PROJECT's do not) */
	bool fields[FIELD_COUNT]; /* the descriptive fields that an export writes */
};

struct catalogue {
	enum product product;
	const char *plugin_key;     /* "com.playsql.requirementyogi" */
	const char *plugin_version; /* written when the instance's own is not known */
	const char *oldest_version; /* the oldest plugin version whose files have this shape */
	const char *prefix;         /* "AO_32F7CE_" */
	const char *id_column;      /* "ID" */
	enum entity scope;          /* ENTITY_SPACE or ENTITY_PROJECT */
	bool assumed;               /* some column is assumed */
	const struct catalogue_table *tables;
	size_t table_count;
	const struct catalogue_entity *entities; /* of every type that its columns use */
	size_t entity_count;
	char hash[65]; /* SHA-256 of the file's text, hexadecimal */
};

/*
 * Loads the catalogue of a product from `folder`/<product>.json, or the embedded one when folder is
 * NULL. Refuses (ERROR_INPUT, naming table and column) unknown members, unknown references, cycles,
 * tables before those they refer to, names twice, more than 29 columns, names that are not
 * [A-Z][A-Z0-9_]*. Caller frees.
 */
MUST_CHECK
bool catalogue_load(
	const char *folder, enum product product, struct catalogue **out, struct error *err);
/* Frees *catalogue and sets it to NULL. Usable as CLEANUP(catalogue_free). */
void catalogue_free(struct catalogue **catalogue);
/* The JSON text of the embedded catalogue. Static. */
struct slice catalogue_embedded(enum product product);

const struct catalogue_table *catalogue_table(const struct catalogue *catalogue, struct slice name);
const struct catalogue_column *catalogue_column(
	const struct catalogue_table *table, struct slice name);
const struct catalogue_entity *catalogue_entity(
	const struct catalogue *catalogue, enum entity entity);
/* The use that applies to a row whose field n (from 1) is fields[n - 1]; count fields are there. */
const struct catalogue_use *catalogue_use_of(
	const struct catalogue_column *column, const struct slice *fields, size_t count);
/* A table of the backup holds columns whose name or order is only assumed. */
bool catalogue_table_is_assumed(const struct catalogue_table *table);
/* The text of a row's dependencies for a use, as an export writes it. Appends to *out. */
void catalogue_dependencies(
	const struct catalogue_use *use, const struct slice *fields, size_t count, struct str *out);
/*
 * Dependencies brought to one form for comparing: pairs sorted by name, no blanks,
 * "name=value,name=value", a bare value as "=value". Appends to *out.
 */
void catalogue_normalise_dependencies(struct slice text, struct str *out);

/*
 * The validator: why a field's text cannot be a value of the column, or NULL when it can. An empty
 * field is no value and always passes. `bits` (32 or 64) and `length` (characters, 0 = no limit)
 * are the live column's; 64 and 0 when it is not known. Static text: "is no whole number".
 */
const char *catalogue_check_value(
	enum column_type type, struct slice text, int bits, int64_t length);

#endif
