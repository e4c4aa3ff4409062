/*
 * Left-overs: what earlier steps left in our own tables. Nothing here touches another table.
 */
#ifndef OPS_CLEAN_H
#define OPS_CLEAN_H

#include "ops/instance.h"

struct clean_backup {
	struct slice key;
	int64_t rows;
};
/* What was removed. Lives in the arena given. */
struct clean_result {
	struct tallies orphans; /* rows of backups that have no record, by table */
	struct clean_backup *backups;
	size_t backup_count;
	int64_t runs;
	struct tallies tables; /* tables that were dropped, with the rows that they had */
};

/*
 * In one transaction: deletes the rows of our tables whose backup has no record; with days >= 0
 * also the backups that were staged, and the records of runs that ended, before that many days.
 * Safety copies stay. Does nothing where our tables are not.
 */
MUST_CHECK bool clean_run(struct instance *instance, int64_t days, struct task *task,
	struct arena *arena, struct clean_result *out, struct error *err);

/*
 * Drops every table whose name begins with "reqferry_", in one transaction; with dry_run only
 * counts. ERROR_REFUSED while there are safety copies that were not undone, unless force; and when
 * another table refers to one of them.
 */
MUST_CHECK bool clean_all(struct instance *instance, bool force, bool dry_run, struct task *task,
	struct arena *arena, struct clean_result *out, struct error *err);

#endif
