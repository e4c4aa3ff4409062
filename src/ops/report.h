/*
 * What became of each row of an import, and the report that every import leaves.
 *
 * The working tables of an import are gone when it ends; what they say of the rows that were not
 * simply inserted is kept in reqferry_outcome. The report lists the first REPORT_ROWS rows that
 * were left out and their number; outcomes_each gives all of them, at any time later.
 */
#ifndef OPS_REPORT_H
#define OPS_REPORT_H

#include "ops/plan.h"

#define REPORT_ROWS 10000

/* One row of the backup after its last import. Slices live until the callback returns. */
struct outcome {
	struct slice table, old_id, new_id;   /* new_id: no value when it was left out */
	struct slice fate;                    /* inserted, merged, excluded, rejected */
	struct slice problem;                 /* why it was rejected by itself */
	struct slice type, key, title;        /* of the mapping whose exclusion it follows from */
	struct slice parent_table, parent_id; /* the row that it refers to and was left out with */
	struct slice cites; /* it stays with the origin: what the page of the mapping cites there */
};
typedef bool (*outcome_fn)(void *context, const struct outcome *outcome, struct error *err);

/*
 * Calls back for each row of the backup in file order, streamed; with left_out only for excluded
 * and rejected ones. Stops at the first false.
 */
MUST_CHECK bool outcomes_each(struct instance *instance, struct slice key, bool left_out,
	outcome_fn fn, void *context, struct error *err);

/*
 * Inside a snapshot or a transaction: whether the backup's last import stands. ERROR_REFUSED when
 * it was never imported, its import was undone, or an earlier version of the program imported it.
 * *changed gets the number of mappings that were changed since.
 */
MUST_CHECK bool outcomes_check(
	struct instance *instance, struct slice key, int64_t *changed, struct error *err);

/* Keeps the fates of the working tables; what an earlier import left is replaced. */
MUST_CHECK bool outcomes_keep(
	struct instance *instance, const struct stage_backup *backup, struct error *err);

/* What a report is made of. It lives as long as the call of import_report_fn. */
struct import_report {
	const struct import_result *result;
	const struct import_options *options;
	const struct verify_result *verified;
	const char *actor, *database, *product;
	struct slice instance; /* its name, without a password */
	char started[25], finished[25];
	struct outcome *left_out;
	size_t left_out_count;
	int64_t left_out_total;
};

/* Reads the rows that were left out into *out. */
MUST_CHECK bool report_left_out(struct instance *instance, struct slice key, struct arena *arena,
	struct import_report *out, struct error *err);

/* The report of an import as it is kept. */
struct report_stored {
	struct slice json;
	struct slice undone; /* when the import was undone; no value: it was not */
};
/* That of the backup's last import, in the arena. ERROR_NOT_FOUND. The backup may be gone. */
MUST_CHECK bool report_last(struct instance *instance, struct slice key, struct arena *arena,
	struct report_stored *out, struct error *err);

#endif
