/*
 * What the parts of a plan share: plan.c counts, blockers.c and conflicts.c find what forbids the
 * import.
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
/* Adds a blocker about `count` things; kind and hint are static texts. */
void planner_block(struct planner *planner, const char *kind, int64_t count, const char *hint,
	const char *format, ...) PRINTF(5, 6);

/* What is not settled, and rows that cannot be imported as they are: blockers.c. */
MUST_CHECK bool planner_find_blockers(struct planner *planner, struct error *err);
/* Mappings that contradict each other, and rows that would be there twice: conflicts.c. */
MUST_CHECK bool planner_find_conflicts(struct planner *planner, struct error *err);

#endif
