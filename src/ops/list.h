/*
 * What is staged on an instance.
 */
#ifndef OPS_LIST_H
#define OPS_LIST_H

#include "ops/instance.h"

struct listed {
	struct stage_backup backup;
	int64_t rows; /* items */
	struct stage_mapping_state mappings;
};

/* All staged backups by key, in the arena; none where nothing was ever staged. Only reads. */
MUST_CHECK bool backups_list(struct instance *instance, struct arena *arena, struct listed **out,
	size_t *count, struct error *err);

#endif
