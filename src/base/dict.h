/*
 * A hash table from byte strings to 64-bit values, in order of insertion. Keys are copied into
 * the table. Keyed hashing (SipHash, random per process) so that a hostile file cannot make it
 * slow.
 */
#ifndef BASE_DICT_H
#define BASE_DICT_H

#include "base/arena.h"

struct dict {
	struct arena keys;
	struct dict_entry *entries; /* in insertion order */
	uint32_t *slots;            /* index + 1 into entries, 0 = free */
	size_t count, capacity, slot_count;
};

struct dict_entry {
	struct slice key;
	int64_t value;
	uint64_t hash;
};

#define DICT_INIT ((struct dict){.count = 0})

/*
 * The entry of `key`, added with `value` when it is missing. *added (may be NULL) says which.
 * The pointer is valid until the next dict_put. No value and empty text are the same key.
 */
struct dict_entry *dict_put(struct dict *dict, struct slice key, int64_t value, bool *added);
/* The entry of `key` or NULL. Valid until the next dict_put. */
struct dict_entry *dict_find(const struct dict *dict, struct slice key);
/* The i-th entry in insertion order, i < dict->count. */
struct dict_entry *dict_at(const struct dict *dict, size_t i);
void dict_release(struct dict *dict);

#endif
