/*
 * The working tables of undo: temporary, of one connection.
 *
 *     reqferry_moved  what changed since the import: tablename (with prefix), id, kind
 *     reqferry_take   the live rows that go: tablename, id
 *     reqferry_kept   rows of the scope that stay: tablename, id, kind
 *     reqferry_out    rows of the copy that do not return: tablename, id, kind, kept (the row that
 *                     stands for it, NULL when none does)
 *     reqferry_same   the identities of the kept rows of one table: id, k0, k1, ...
 */
#ifndef OPS_UNDO_WORK_H
#define OPS_UNDO_WORK_H

#include "ops/undo.h"

/* The columns that the copy holds of a table; none when it holds no row of it. */
struct undo_columns {
	const char **names;
	size_t count, room;
};

struct undoing {
	struct instance *instance;
	const struct undo_options *options;
	struct task *task;
	struct arena *arena;
	struct undo_result *out;
	struct undo_columns *columns; /* by catalogue table */
};

/*
 * Appends a template: {N} is the table's full name as a literal, {F} the same as an identifier, {I}
 * the id column as an identifier.
 */
void undo_spell(const struct undoing *undoing, const struct catalogue_table *table,
	const char *template, struct str *sql);
/* Runs a statement; $1 is the copy's key where it occurs. */
MUST_CHECK bool undo_exec(
	struct undoing *undoing, const char *sql, int64_t *changed, struct error *err);
/* The value of a column of the copy's row `u`, a row that does not return replaced by the kept one
 * that stands for it. */
void undo_value(const struct undoing *undoing, const struct catalogue_table *table,
	const char *column, struct str *sql);

/* Makes the working tables anew, and drops them. */
MUST_CHECK bool undo_work_begin(struct undoing *undoing, struct error *err);
MUST_CHECK bool undo_work_end(struct undoing *undoing, struct error *err);
/* Fills reqferry_moved. */
MUST_CHECK bool undo_compare(struct undoing *undoing, struct error *err);
/* Fills the others from it and the options. */
MUST_CHECK bool undo_decide(struct undoing *undoing, struct error *err);

#endif
