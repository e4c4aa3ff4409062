/*
 * What a product's file (confluence.c, jira.c) gives to host.c, which does the work: the host
 * tables, and SQL templates of the relations and descriptions. In a template a {word} stands for
 * a piece of SQL that depends on the database system or on what optional tables there are.
 */
#ifndef HOST_PRODUCT_H
#define HOST_PRODUCT_H

#include "host/host.h"

#define HOST_TABLE_COLUMNS 10
#define HOST_WORDS         10

/* A host table with the columns that we read; an optional one counts only with all of them. */
struct host_table {
	const char *name;
	bool optional;
	const char *columns[HOST_TABLE_COLUMNS + 1]; /* ends with NULL */
};

struct host_word {
	const char *name, *sql;
};

struct host_product {
	const struct host_table *tables; /* the first HOST_MARKS tell what product it is */
	size_t table_count;
	struct {
		const char *sql; /* NULL: the product has none */
		size_t table;    /* without this one (an optional table) it is empty */
	} relations[HOST_RELATION_COUNT];
	const struct host_description *descriptions[ENTITY_COUNT]; /* NULL: cannot be looked up */
	/* Fills in the words of this database; returns how many. */
	size_t (*words)(const struct host *host, struct arena *arena, struct host_word *words);
	/* Queries that give one text: the host's version, and Requirement Yogi's; NULL: none. */
	const char *version_sql, *ry_version_sql;
	size_t version_table, ry_version_table; /* the optional tables that they read */
};

#define HOST_MARKS 3

/* Both products spell these alike. Expressions over the account d_account. */
#define HOST_EMAIL                                                                                 \
	"NULLIF(COALESCE(NULLIF(d_account.lower_email_address, ''),"                               \
	" lower(d_account.email_address)), '')"
#define HOST_DISPLAY_NAME "NULLIF(d_account.display_name, '')"

extern const struct host_product host_confluence, host_jira;

/* True when the product's table of this index is there with its columns. */
bool host_has(const struct host *host, size_t table);
/* The template with its words replaced, in the arena. Every {word} must be among the words. */
const char *host_sql(
	struct arena *arena, const char *template, const struct host_word *words, size_t count);
/*
 * SQL for the text of a setting: what stands between <string> and </string> with XML's entities
 * decoded, else the value as it is; without blanks around it; NULL when nothing is left.
 */
const char *host_setting_text(struct arena *arena, const char *expression);
/* SQL for the day, yyyy-MM-dd, of a timestamp. */
const char *host_day(struct db *db, struct arena *arena, const char *expression);

#endif
