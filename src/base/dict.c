/*
 * Hash table with linear probing. The entries stand in an array in order of insertion; the slots
 * hold their index, and are at most half full. The hash is SipHash-1-3 with a key drawn once in a
 * process: who writes a file cannot choose keys that collide.
 *
 * Threads: the key is drawn once for all threads; a table belongs to one thread at a time.
 * Limit: 2^31 entries.
 */
#include <sys/random.h>
#include <threads.h>

#include "base/dict.h"

#define MAX_ENTRIES ((size_t)1 << 31)

static uint64_t hash_key[2];
static once_flag hash_key_once = ONCE_FLAG_INIT;

static void draw_hash_key(void)
{
	struct timespec now;

	if (getrandom(hash_key, sizeof(hash_key), 0) == (ssize_t)sizeof(hash_key))
		return;
	/* No random source: still not the same in every process. */
	clock_gettime(CLOCK_REALTIME, &now);
	hash_key[0] = (uint64_t)now.tv_nsec * 0x9e3779b97f4a7c15u;
	hash_key[1] = (uint64_t)(uintptr_t)&now ^ (uint64_t)now.tv_sec;
}

static uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static uint64_t hash_of(struct slice key)
{
	uint64_t v[4], word = 0;
	size_t at, left;

	call_once(&hash_key_once, draw_hash_key);
	v[0] = hash_key[0] ^ 0x736f6d6570736575u;
	v[1] = hash_key[1] ^ 0x646f72616e646f6du;
	v[2] = hash_key[0] ^ 0x6c7967656e657261u;
	v[3] = hash_key[1] ^ 0x7465646279746573u;
	for (at = 0; key.len - at >= 8; at += 8) {
		memcpy(&word, key.at + at, 8);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	word = (uint64_t)key.len << 56;
	for (left = key.len - at; left > 0; left--)
		word |= (uint64_t)(unsigned char)key.at[at + left - 1] << (8 * (left - 1));
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The slot that holds `key`, or the free slot where it belongs. */
static size_t slot_of(const struct dict *dict, struct slice key, uint64_t hash)
{
	size_t mask = dict->slot_count - 1, slot = hash & mask;

	for (; dict->slots[slot]; slot = (slot + 1) & mask) {
		const struct dict_entry *entry = &dict->entries[dict->slots[slot] - 1];

		if (entry->hash == hash && slice_equal(entry->key, key))
			break;
	}
	return slot;
}

static void grow(struct dict *dict)
{
	size_t slot_count = dict->slot_count ? dict->slot_count * 2 : 32, mask = slot_count - 1;

	if (dict->count >= MAX_ENTRIES)
		out_of_memory();
	dict->capacity = slot_count / 2;
	dict->entries = xrealloc(dict->entries, dict->capacity * sizeof(*dict->entries));
	free(dict->slots);
	dict->slots = xmalloc(slot_count * sizeof(*dict->slots));
	memset(dict->slots, 0, slot_count * sizeof(*dict->slots));
	dict->slot_count = slot_count;
	for (size_t i = 0; i < dict->count; i++) {
		size_t slot = dict->entries[i].hash & mask;

		while (dict->slots[slot])
			slot = (slot + 1) & mask;
		dict->slots[slot] = (uint32_t)(i + 1);
	}
}

struct dict_entry *dict_put(struct dict *dict, struct slice key, int64_t value, bool *added)
{
	struct dict_entry *entry;
	uint64_t hash;
	size_t slot;

	if (!key.at)
		key = SLICE("");
	hash = hash_of(key);
	if (dict->count == dict->capacity)
		grow(dict);
	slot = slot_of(dict, key, hash);
	if (added)
		*added = dict->slots[slot] == 0;
	if (dict->slots[slot])
		return &dict->entries[dict->slots[slot] - 1];
	entry = &dict->entries[dict->count++];
	*entry = (struct dict_entry){arena_copy(&dict->keys, key), value, hash};
	dict->slots[slot] = (uint32_t)dict->count;
	return entry;
}

struct dict_entry *dict_find(const struct dict *dict, struct slice key)
{
	size_t slot;

	if (dict->count == 0)
		return NULL;
	if (!key.at)
		key = SLICE("");
	slot = slot_of(dict, key, hash_of(key));
	return dict->slots[slot] ? &dict->entries[dict->slots[slot] - 1] : NULL;
}

struct dict_entry *dict_at(const struct dict *dict, size_t i)
{
	return &dict->entries[i];
}

void dict_release(struct dict *dict)
{
	arena_release(&dict->keys);
	free(dict->entries);
	free(dict->slots);
	*dict = DICT_INIT;
}
