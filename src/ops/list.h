/*
 * What is staged on an instance.
 */
#ifndef OPS_LIST_H
#define OPS_LIST_H

#include "ops/undo.h"

struct listed {
	struct stage_backup backup;
	int64_t rows; /* items */
	struct stage_mapping_state mappings;
	const struct safety_copy
		*copy; /* the entry is a safety copy, and not a backup; else NULL */
};

/*
 * All staged backups by key, then all safety copies of imports that can be undone, in the arena;
 * none where nothing was ever staged. Only reads.
 */
MUST_CHECK bool backups_list(struct instance *instance, struct arena *arena, struct listed **out,
	size_t *count, struct error *err);

#endif
