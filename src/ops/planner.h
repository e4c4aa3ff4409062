/*
 * What the parts of a plan share: plan.c counts, blockers.c and conflicts.c find what forbids the
 * import, warnings.c what somebody should know before it. Messages say how many and name the
 * first; hints hold command lines that can be run as they stand, but for NEW, the destination that
 * only a person knows.
 */
#ifndef OPS_PLANNER_H
#define OPS_PLANNER_H

#include "ops/resolve.h"

struct planner {
	struct instance *instance;
	const struct stage_backup *backup;
	const struct import_options *options;
	struct arena *arena;
	struct plan *plan;
	int64_t scope_mapping; /* id of the scope's own mapping; 0 = none */
};

/* The query's number; $1, where it stands in the query, is the backup key. */
MUST_CHECK bool planner_count(
	struct planner *planner, const char *sql, int64_t *out, struct error *err);
/* Adds a blocker about `count` things. `kind` is a static text, the others are copied. */
void planner_block(struct planner *planner, const char *kind, int64_t count, const char *hint,
	const char *format, ...) PRINTF(5, 6);
/* The same for what forbids nothing. */
void planner_warn(struct planner *planner, const char *kind, int64_t count, const char *hint,
	const char *format, ...) PRINTF(5, 6);

/* --- words of messages and hints (words.c) --- */

/* A mapping, as messages name it. */
struct planner_mapping {
	struct slice type, key, dependencies, title, status, destination;
	bool alone; /* type and key occur once: the dependencies need not be said */
	bool is_scope;
};
/*
 * The mappings that the SQL condition over reqferry_resolved r holds for, in their order: how many
 * there are, and the first `room` of them.
 */
MUST_CHECK bool planner_mappings(struct planner *planner, const char *condition,
	struct planner_mapping *list, size_t room, int64_t *count, struct error *err);
/* Appends `PAGE "8021" ("its title")`. */
void planner_name(const struct planner_mapping *mapping, struct str *out);

/* Appends a text for messages, quoted, one line, cut to 60 characters. */
void planner_quote(struct slice text, struct str *out);
/* Appends the word as a shell takes it. */
void planner_word(struct slice word, struct str *out);
/* Appends `"reqferry VERB INSTANCE KEYmore"`. */
void planner_command(
	const struct planner *planner, const char *verb, const char *more, struct str *out);
/* The same of a verb of `map` and a mapping: `map set` with NEW, the others with filters. */
void planner_map_command(const struct planner *planner, const char *verb,
	const struct planner_mapping *mapping, struct str *out);
/*
 * The plan with the options that it has, and more: `accept` a word for --accept, `more` what stands
 * behind, such as " --reject". Both may be NULL.
 */
void planner_again(
	const struct planner *planner, const char *accept, const char *more, struct str *out);
/* `"reqferry validate FILE" names each place`; something as good where there is no file. */
void planner_validate(const struct planner *planner, struct str *out);
/* Appends the item's table, old id and what its identity says: `DBREQUIREMENT 20 (ABC, R-1)`. */
MUST_CHECK bool planner_item(struct planner *planner, const struct catalogue_table *table,
	int64_t item, struct str *out, struct error *err);

/* Appends a field of an item: `"999" in DBLINK 8`. */
MUST_CHECK bool planner_value(struct planner *planner, const struct catalogue_table *table,
	const struct catalogue_column *column, int64_t item, struct str *out, struct error *err);

/* --- what several parts look at --- */

/*
 * Appends the SQL condition that the mapping whose id the expression is does not serve such columns
 * alone that stay as they are without a mapping: those can never forbid an import.
 */
void planner_not_only_kept(const struct planner *planner, const char *id, struct str *sql);

struct planner_upper {
	int64_t values,
		failed; /* of the items that come in: with a value, of these not upper case */
	int64_t first;  /* item */
};
/* Values of an upper-case copy that are not; see resolve_upper. */
MUST_CHECK bool planner_upper(struct planner *planner, const struct catalogue_column *column,
	struct planner_upper *out, struct error *err);
/* Items of the table with fields for which there is no column; *first names one and its field. */
MUST_CHECK bool planner_surplus(struct planner *planner, const struct catalogue_table *table,
	int64_t *count, struct str *first, struct error *err);

/* SQL for "item i comes in": it is inserted, or merged. Needs a LEFT JOIN reqferry_fate x. */
#define ITEM_COMES_IN "(x.item IS NULL OR x.fate = 'merged')"
#define JOIN_FATE     " LEFT JOIN reqferry_fate x ON x.item = i.id"

/* --- parts --- */

/* Adds a note; kind is a static text. */
void planner_note(struct planner *planner, const char *kind, int64_t count, const char *format, ...)
	PRINTF(4, 5);

/* Scopes, exclusions, differences of merged rows: plan_details.c. */
MUST_CHECK bool planner_find_scopes(struct planner *planner, struct error *err);
MUST_CHECK bool planner_find_exclusions(struct planner *planner, struct error *err);
MUST_CHECK bool planner_find_rejections(struct planner *planner, struct error *err);
MUST_CHECK bool planner_find_differences(struct planner *planner, struct error *err);

/*
 * Texts that name old places, and times with more digits than the database keeps, found row by row
 * while all rows are read anyway: plan_texts.c.
 */
struct plan_texts;
MUST_CHECK bool plan_texts_new(struct instance *instance, const struct stage_backup *backup,
	struct plan_texts **out, struct error *err);
/* The row's fields from field 4 on stand in the columns from `first` on. */
void plan_texts_row(struct plan_texts *texts, const struct catalogue_table *table,
	struct db_rows *rows, size_t first);
/* What was found, into the plan. */
void plan_texts_tell(const struct plan_texts *texts, struct planner *planner);
/* Usable as CLEANUP(plan_texts_free). */
void plan_texts_free(struct plan_texts **texts);

/* Time and space, and whether the zones differ: plan_needs.c. `elapsed`: what planning took, ms. */
void planner_find_needs(struct planner *planner, int64_t elapsed);
MUST_CHECK bool planner_compare_zones(struct planner *planner, struct error *err);

/* What is not settled, and rows that cannot be imported as they are: blockers.c. */
MUST_CHECK bool planner_find_blockers(struct planner *planner, struct error *err);
/* Mappings that contradict each other, and rows that would be there twice: conflicts.c. */
MUST_CHECK bool planner_find_conflicts(struct planner *planner, struct error *err);
/* One of them, for tables without an identity: twice.c. */
MUST_CHECK bool planner_block_twice(struct planner *planner, struct error *err);
/* What forbids nothing: warnings.c. */
MUST_CHECK bool planner_find_warnings(struct planner *planner, struct error *err);

#endif
