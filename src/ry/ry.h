/*
 * Requirement Yogi's rows as SQL, made from the catalogue: the one place where a catalogue column
 * becomes an SQL expression. Nothing here runs a statement except ry_live_load; every other
 * function appends text to a statement.
 *
 * Aliases: `t` is a live table of Requirement Yogi, `i` a row of reqferry_item. Working tables are
 * temporary, made by ops/resolve.c:
 *
 *     reqferry_resolved  the frozen mapping: id, type, key, dependencies (as an export writes
 * them), alone (1: its type and key occur once), status, destination, issuekey, ... reqferry_fate
 * items that are not simply inserted: item, fate (excluded, rejected, merged) reqferry_json
 * rewritten JSON fields: item, field, value
 *
 * For column n of an item the joins are named: m<n> its mapping, r<n> the item that it refers to,
 * j<n> its rewritten text.
 */
#ifndef RY_RY_H
#define RY_RY_H

#include "catalogue/catalogue.h"
#include "db/db.h"

/* A table of the catalogue as it is in the database. */
struct ry_live {
	const struct catalogue_table *table;
	const struct db_column *
		*columns;            /* by catalogue column; NULL when the live table lacks it */
	const struct db_column *all; /* every live column, in table order */
	size_t all_count;
	const char **unknown; /* live columns that the catalogue does not know (nor the id) */
	size_t unknown_count;
};

/* The tables of a catalogue in one database. Lives as long as its arena. */
struct ry {
	struct db *db;
	const struct catalogue *catalogue;
	const struct dialect *dialect;
	struct ry_live *live; /* by catalogue table */
	/* SQL condition "the issue id `expression` is of a project whose key is in (`keys`)". */
	void (*issue_in_projects)(
		const void *context, const char *expression, const char *keys, struct str *sql);
	const void *context;
};

/*
 * Looks at the live tables. ERROR_NO_TABLES, naming them, when none or some are missing, or when a
 * table lacks a column of the catalogue. The caller sets issue_in_projects afterwards.
 */
MUST_CHECK bool ry_live_load(struct db *db, const struct catalogue *catalogue, struct arena *arena,
	struct ry *out, struct error *err);

/* Which rows of a table with two ends belong to a scope. */
enum ry_edge {
	RY_INSIDE, /* both ends in the scope: a data row */
	RY_TOUCHED /* at least one end */
};
/*
 * Appends the condition "row `alias` of the table belongs to the scopes whose keys are in
 * (`keys`)"; keys is SQL: a parameter, or a SELECT of keys; NULL means everything: "1 = 1". A
 * global table belongs to no scope: "1 = 0".
 */
void ry_in_scope(const struct ry *ry, const struct catalogue_table *table, const char *alias,
	const char *keys, enum ry_edge edge, struct str *sql);

/* Appends the condition "row `alias` belongs to no scope at all, since what would say so is NULL".
 */
void ry_without_scope(const struct catalogue_table *table, const char *alias, struct str *sql);

/* The live column of the row `t` as the text of the backup file; '' and NULL both give NULL. */
void ry_text_of(const struct ry *ry, const struct catalogue_column *column, struct str *sql);
/*
 * The live column of the row `t` in the form in which ry_value gives a staged one, to compare
 * identities: '' is NULL, which staging cannot tell apart, but where the column cannot be NULL.
 */
void ry_comparable(const struct ry *ry, const struct catalogue_column *column, struct str *sql);
/* The id of the row `t` as text. */
void ry_id_text(const struct ry *ry, struct str *sql);
/* "t" with its table: FROM clause's item. */
void ry_from(const struct ry *ry, const struct catalogue_table *table, const char *alias,
	struct str *sql);
/* The quoted id column behind an alias: t."ID". */
void ry_id(const struct ry *ry, const char *alias, struct str *sql);

/*
 * What a field means in the row `i`, as SQL text: the entity type's name, or NULL where the field
 * is no entity in that row. False, and nothing appended, when the column never is an entity.
 */
bool ry_entity_type(const struct catalogue_column *column, struct str *sql);
/* The dependencies of that entity as an export writes them; NULL where it has none. */
void ry_entity_dependencies(const struct catalogue_column *column, struct str *sql);
/* Appends " LEFT JOIN reqferry_resolved m<n> ON ..." for an entity column. */
void ry_join_mapping(const struct catalogue_column *column, struct str *sql);
/* Appends " LEFT JOIN reqferry_item r<n> ON ..." for a row column; false when it is none. */
bool ry_join_row(const struct catalogue_column *column, struct str *sql);
/* Appends every join that ry_value needs for the table's columns. */
void ry_joins(const struct catalogue_table *table, struct str *sql);
/* The value that an import gives the column, over those joins, in the column's own type. */
void ry_value(const struct ry *ry, const struct catalogue_column *column, struct str *sql);

/*
 * The statement that inserts all kept items of a table: those with a newid and without a fate.
 * Parameter $1 is the backup key.
 */
void ry_insert(const struct ry *ry, const struct catalogue_table *table, struct str *sql);
/* A live row as JSON text of every live column, known or not. Row `t`. */
void ry_row_json(const struct ry *ry, const struct catalogue_table *table, struct str *sql);
/* The same of these columns only, in this order. */
void ry_columns_json(
	const struct ry *ry, const char *const *columns, size_t count, struct str *sql);

#endif
