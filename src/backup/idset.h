/*
 * A set of texts that keeps 8 bytes of each: a keyed 64-bit hash, not the text. A text that is in
 * the set is always found; one that is not is taken for another with a probability of about
 * n / 2^64, n texts in the set. Internal to this folder.
 */
#ifndef BACKUP_IDSET_H
#define BACKUP_IDSET_H

#include "base/slice.h"

struct idset {
	uint64_t *slots; /* 0 = free */
	size_t count, slot_count;
	uint64_t key[2];
};

void idset_init(struct idset *set);
/* The hash of a text in this set, never 0. */
uint64_t idset_hash(const struct idset *set, struct slice text);
/* True when it was not there before. */
bool idset_add(struct idset *set, uint64_t hash);
bool idset_has(const struct idset *set, uint64_t hash);
void idset_release(struct idset *set);

#endif
