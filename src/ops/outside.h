/*
 * References that leave a scope: rows with two ends of which one lies in another space (scope rule
 * "either"), and citations from pages of other spaces. The vendor's format cannot carry the first.
 *
 * They come from two places. What an import erases is put back where the row that it is about is
 * there again. What the origin had, from the manifest, is added where both ends are here and the
 * origin is another instance. Citations are rows of their requirement's scope, so a backup brings
 * the origin's as ordinary rows: of those only the ones that stay with the origin are left out
 * (outside_stay.c), and those of the erased scope are put back like others.
 *
 * Everything is decided once, by outside_begin, for plan and import alike, in a working table:
 *
 *     reqferry_reference  id, source (erased, manifest), tablename, origin_row (the erased row's
 *                         id, or the id in reqferry_outside), the ends a and b after the import
 *                         (a live row's id, or an item's made negative), o0 ... the columns that
 *                         tell it from others, outcome, why, words for people, newid
 *
 * Outcomes: kept; lost; there (the backup brings it, or it stands there: nothing to do and not
 * counted); origin (it stays with the origin's requirement on this same instance). What the
 * manifest calls a reference out of the scope and is none has no row here.
 *
 * The parts: outside.c decides, outside_find.c finds what was and what will be there,
 * outside_store.c fills staging at export and load and gives it to the manifest, outside_import.c
 * writes, outside_stay.c leaves the backup's own citations out that stay with the origin.
 */
#ifndef OPS_OUTSIDE_H
#define OPS_OUTSIDE_H

#include "backup/manifest.h"
#include "ops/planner.h"

/* Columns of an identity that staging has room for: a0 ... a7, b0 ... b7. */
#define OUTSIDE_COLUMNS 8
#define OUTSIDE_SHOWN   100

/* --- staging --- */

/* At export: the references that leave `scope`, and the spaces at their other ends. */
MUST_CHECK bool outside_export(
	struct instance *instance, struct slice key, struct slice scope, struct error *err);
/* At load: those of the manifest, after its evidence. ERROR_INPUT for what the catalogue does not
 * know and for values that their columns cannot hold. */
MUST_CHECK bool outside_load(struct instance *instance, struct slice key,
	const struct manifest *manifest, struct task *task, struct error *err);
/* At write: into the manifest, in its arena. */
MUST_CHECK bool outside_write(
	struct instance *instance, struct slice key, struct manifest *manifest, struct error *err);

/* --- plan and import --- */

/*
 * After the items of `table` that are left out for other reasons have their fate: those that stay
 * with the origin get theirs.
 */
MUST_CHECK bool outside_stay(struct instance *instance, const struct stage_backup *backup,
	const struct import_options *options, const struct catalogue_table *table,
	struct error *err);
/* After all else is resolved: finds them and decides. */
MUST_CHECK bool outside_begin(struct instance *instance, const struct stage_backup *backup,
	const struct import_options *options, struct error *err);
/* Drops the working tables. */
MUST_CHECK bool outside_end(struct instance *instance, struct error *err);
/* The counts and the list of what is lost, into the plan. */
MUST_CHECK bool outside_count(struct planner *planner, struct error *err);
/* The queries whose rows belong to the plan's hash: i-th, false behind the last. $1: backup key. */
bool outside_hash_query(size_t i, struct str *sql);
/* Writes those that are kept, after the backup's rows, and records them with the safety copy. */
MUST_CHECK bool outside_import(struct instance *instance, const struct plan *plan,
	struct slice undo_key, struct task *task, struct error *err);

/* --- among the parts --- */

/* What is to be known of a table whose rows can leave a scope. */
struct outside_kind {
	const struct catalogue_table *table;
	const struct catalogue_column *ends[2]; /* references to rows */
	size_t end_count;
	/* columns that, with the ends, make two rows the same reference */
	const struct catalogue_column *others[OUTSIDE_COLUMNS];
	size_t other_count;
};
/* False: rows of this table never leave a scope. */
bool outside_kind_of(const struct catalogue_table *table, struct outside_kind *out);
/* The table has an identity that can be written down: no row references, one use a column. */
bool outside_has_identity(const struct catalogue_table *table);
/* Appends ", k0, ..., k7" with a letter and a prefix such as "n." in front of each. */
void outside_columns(const char *prefix, char letter, struct str *sql);
/* Appends "x.k0 = y.k0 AND ...", each side by its prefix and letter. */
void outside_same(const char *x, char letter_x, const char *y, char letter_y, struct str *sql);
/* Appends the texts of columns of the live row `t`, '' for none, as c0 ... c7. */
void outside_texts(const struct ry *ry, const struct catalogue_column *const *columns, size_t count,
	char letter, struct str *sql);
/* Appends SELECTs of catalogue values "ry_value AS name" that ry_text_of reads again. */
void outside_values(const struct ry *ry, const struct catalogue_column *const *columns,
	size_t count, struct str *sql);
/* Appends the mapping joins that the values need. */
void outside_joins(const struct catalogue_column *const *columns, size_t count, struct str *sql);
/* The name of the temporary table with the erased rows of a kind. */
void outside_back(const struct catalogue_table *table, struct str *sql);

/* *same: the backup was exported on this very instance. */
MUST_CHECK bool outside_same_instance(struct instance *instance, const struct stage_backup *backup,
	bool *same, struct error *err);
/* Appends the condition "the live row `t` cites from a page". */
void outside_cites(
	struct instance *instance, const struct catalogue_citation *citation, struct str *sql);
/*
 * Appends the condition "the end of the staged reference `i` lies in the scope of its backup `b`";
 * false, and nothing appended, when its identity does not say. letter: 'a' or 'b'.
 */
bool outside_is_inside(const struct catalogue_table *target, char letter, struct str *sql);
/* Appends the condition "the staged reference `i` leaves the scope of its backup `b`". */
void outside_leaves(const struct outside_kind *kind, struct str *sql);
/* Drops the working tables of outside_stay. */
MUST_CHECK bool outside_drop_stay(struct instance *instance, struct error *err);

/* Appends the identity `x.k0`, ... in words: "ABC REQ-1". */
void outside_words(const char *x, char letter, struct str *sql);
/* Appends the identity of the item `x` at the origin in words: NULL unless a citation can be kept
 * with a row of its table. */
void outside_item_words(const struct catalogue *catalogue, const char *x, struct str *sql);
/* Appends " <kind> reqferry_erase e ON ..." for the live row `t` of the table. */
void outside_join_erase(const struct ry *ry, const struct catalogue_table *table, const char *kind,
	struct str *sql);
/* Appends ", <function> OVER (PARTITION BY u.k0, ... ORDER BY <order>)"; order may be NULL. */
void outside_partition(const char *function, const char *order, struct str *sql);

/* Tables that some reference can point to, each once: calls `add` for those with an identity. */
typedef bool (*outside_target_fn)(struct instance *instance, const struct catalogue_table *target,
	const void *context, struct error *err);
MUST_CHECK bool outside_for_targets(
	struct instance *instance, outside_target_fn add, const void *context, struct error *err);
/* Fills reqferry_target, what will be there under which identity: from the items and, if `live`,
 * from the rows that stay. */
MUST_CHECK bool outside_find_targets(
	struct instance *instance, const struct stage_backup *backup, bool live, struct error *err);
/* Adds those of the erased rows, with ids from 1 on, and what they need; their rows are kept in a
 * table each kind (outside_back). *erased gets their number. */
MUST_CHECK bool outside_find_erased(struct instance *instance, int64_t *erased, struct error *err);
/* Fills reqferry_brought: rows of the backup that could be the same as a reference. */
MUST_CHECK bool outside_find_brought(struct instance *instance, const struct stage_backup *backup,
	const struct outside_kind *kind, struct error *err);

#endif
