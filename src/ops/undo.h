/*
 * Safety copies, and taking an import back with one.
 *
 * An import keeps of each row that it erases every live column exactly, and of each row that it
 * inserts the id and a hash of every column; an import changes no row that stays. A copy needs
 * nothing of the backup that was imported, which may be deleted meanwhile.
 *
 * Undo compares first. Since the import, a row of the scope is
 *
 *     changed    the import inserted it, and it holds something else now
 *     deleted    the import inserted it, and it is gone
 *     added      it lies in the scope, and the import did not insert it
 *     referring  it lies elsewhere, and refers to a row that the import inserted
 *     lost       it is in the safety copy, and a row that it refers to is gone
 *
 * None of these: the inserted rows vanish, the erased ones come back. Otherwise the caller says:
 * UNDO_DISCARD takes changed and added rows away too; UNDO_KEEP leaves them, with the inserted rows
 * that they refer to, and then leaves out erased rows of the same identity: what refers to such a
 * row refers to the kept one afterwards. With either, a row of a space or project that the import
 * was not about is never touched (what it refers to stays), lost rows are left out, and deleted
 * ones change nothing.
 *
 * After an import with --erase nothing, rows of the scope that refer to no inserted row are
 * nobody's business: they are not compared.
 */
#ifndef OPS_UNDO_H
#define OPS_UNDO_H

#include "ops/plan.h"

struct safety_copy {
	struct slice key, backup_key, product;
	struct slice scope; /* no value: everything */
	struct slice erase; /* brought, everything, nothing */
	struct slice created, created_by;
	struct slice undone, deleted; /* when; no value: it is not */
	int64_t number;               /* imports of the instance in their order */
	int64_t rows, bytes;          /* of the rows that were erased */
	int64_t age_days;
};

/* --- making a copy: in the import's transaction, over its working tables ---------------------- */

/* The record, its scopes and columns; *undo_key in the arena. Before anything is erased. */
MUST_CHECK bool safety_begin(struct instance *instance, const struct import_options *options,
	const struct plan *plan, struct task *task, struct arena *arena, struct slice *undo_key,
	struct error *err);
/*
 * Hashes the rows of kind 'inserted' that reqferry_undo_row names by table and id. When nothing
 * more is written. ERROR_COUNTS when one of them is not there.
 */
MUST_CHECK bool safety_seal(struct instance *instance, struct slice undo_key, struct error *err);

/* --- looking after copies --------------------------------------------------------------------- */

/*
 * Those neither undone nor deleted, oldest first, in the arena; none where nothing was staged. Only
 * reads.
 */
MUST_CHECK bool safety_list(struct instance *instance, struct arena *arena,
	struct safety_copy **out, size_t *count, struct error *err);
/*
 * The copy of that key, or the last one of that backup which is not undone. ERROR_NOT_FOUND,
 * naming the key; ERROR_REFUSED when it is undone or deleted already.
 */
MUST_CHECK bool safety_find(struct instance *instance, struct slice key, struct arena *arena,
	struct safety_copy *out, struct error *err);
/* Deletes what a copy holds of erased rows; *rows gets their number. ERROR_NOT_FOUND. */
MUST_CHECK bool safety_delete(struct instance *instance, struct slice key, struct task *task,
	int64_t *rows, struct error *err);

/* --- undo ------------------------------------------------------------------------------------- */

enum undo_changes { UNDO_REFUSE, UNDO_KEEP, UNDO_DISCARD };

struct undo_options {
	struct slice key;    /* of a backup or of a safety copy */
	const char *confirm; /* the scope's key, or "everything"; NULL: not confirmed */
	enum undo_changes changes;
};

struct undo_row {
	struct slice table;    /* without prefix */
	struct slice identity; /* what people know it by; no value when there is nothing */
	struct slice kind;     /* see the top; kept: also "needed"; left out: "identity", "lost" */
	int64_t id;
};
struct undo_rows {
	struct undo_row *list; /* the first 100 */
	size_t count;
	int64_t total;
};

struct undo_result {
	struct safety_copy copy;
	struct tallies removed, restored; /* by table */
	struct undo_rows changes;         /* since the import */
	struct undo_rows kept, left_out; /* rows that stayed, and copied rows that did not return */
	double seconds;
};

/*
 * Takes an import back in one transaction and deletes the content of its copy. ERROR_NOT_CONFIRMED,
 * ERROR_REFUSED naming a later import of the scope that comes first, or columns that are gone,
 * ERROR_CHANGED naming what changed (each change is also a warning of the task), ERROR_COUNTS when
 * what is there afterwards is not what the copy holds; nothing is changed then.
 */
MUST_CHECK bool undo_run(struct instance *instance, const struct undo_options *options,
	struct task *task, struct arena *arena, struct undo_result *out, struct error *err);

#endif
