/*
 * What was changed in the mappings of a backup, and taking it back.
 *
 * Everything that one command changed is one change, with a number that counts from 1 in its
 * backup. An undo puts back every column of every mapping that its change touched, and their
 * candidates; only `rev` grows and `changeddate` is that of the undo. It is a change of its own and
 * is never undone itself: what it took back is done again by hand.
 *
 * A change stands until it is undone. Anybody's standing change can be undone by its number, as
 * long as none of its mappings was changed since by a change that still stands, or in SQL. So
 * undoing one's own last change, again and again, leads back step by step.
 */
#ifndef MAPPING_HISTORY_H
#define MAPPING_HISTORY_H

#include "mapping/mapping.h"

enum mapping_change_kind {
	CHANGE_AUTO,
	CHANGE_SET,
	CHANGE_CONFIRM,
	CHANGE_CLEAR,
	CHANGE_EXCLUDE,
	CHANGE_UNDO
};
#define MAPPING_CHANGE_KINDS (CHANGE_UNDO + 1)
/* "auto", "set", ...: the command's second word. */
const char *mapping_change_word(enum mapping_change_kind kind);
/* The kind of a word; CHANGE_AUTO for one that is none. */
enum mapping_change_kind mapping_change_kind(struct slice word);

struct mapping_batch {
	int64_t number;
	enum mapping_change_kind kind;
	struct slice by, date;
	int64_t chosen;    /* mappings that it was about */
	int64_t derived;   /* and those that returned to not mapped because of them */
	int64_t undoes;    /* CHANGE_UNDO: the change that it took back; else 0 */
	int64_t undone_by; /* the undo that took it back; 0: it stands */
	bool exact;        /* all was kept that an undo needs */
	/* When it was about one mapping; else without values. */
	struct slice type, key, dependencies;
	struct slice old_status, new_status, old_destination, new_destination;
};
/* True when `map undo` may take it. */
bool mapping_batch_stands(const struct mapping_batch *batch);
/* "set PAGE 123 -> 456", "confirm: 12 mappings", "undo 7: 3 mappings". Appends to *out. */
void mapping_batch_text(const struct mapping_batch *batch, struct str *out);

/* Which changes; NULL members do not filter. */
struct mapping_history_filter {
	/* Those that touched a mapping with these. */
	const char *type, *find, *key;
	const char *dependencies; /* with type and key only: ERROR_USAGE */
	int64_t limit;            /* the newest; 0: all */
};
typedef bool (*mapping_batch_fn)(
	void *context, const struct mapping_batch *batch, struct error *err);
/*
 * Calls back for each change, the newest first; *total gets how many fit, whatever the limit.
 * Slices live until the callback returns. ERROR_NOT_FOUND when there are dependencies and no such
 * mapping, ERROR_WRONG_VERSION when our tables are of a version that kept no list.
 */
MUST_CHECK bool mapping_history(struct db *db, struct slice backup_key,
	const struct mapping_history_filter *filter, mapping_batch_fn fn, void *context,
	int64_t *total, struct error *err);

/* A mapping that an undo changes, and from what to what. */
struct mapping_undo_row {
	struct slice type, key, dependencies;
	struct slice old_status, new_status, old_destination, new_destination;
	bool derived; /* not put back, but returned to not mapped */
};
#define MAPPING_UNDO_ROWS 50
struct mapping_undo_result {
	struct mapping_batch undone;
	int64_t number;                /* of the undo; 0 after a dry run */
	int64_t restored;              /* mappings put back */
	int64_t as_before;             /* left alone: they are already as they were */
	int64_t derived;               /* returned to not mapped: what they follow changed */
	struct mapping_undo_row *rows; /* the first MAPPING_UNDO_ROWS */
	size_t count;
};
/*
 * Takes a change back: that of this number, or for 0 the last standing one of the task's actor.
 * The result lives in the arena. With dry_run nothing is written, and a connection that may only
 * read is enough. ERROR_NOT_FOUND when there is none, ERROR_REFUSED for a change that cannot be
 * undone at all, ERROR_CHANGED, naming mappings and changes, when some were changed since.
 */
MUST_CHECK bool mapping_undo(struct db *db, struct slice backup_key, int64_t number, bool dry_run,
	struct task *task, struct arena *arena, struct mapping_undo_result *out, struct error *err);

#endif
