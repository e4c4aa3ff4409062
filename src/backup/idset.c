/*
 * Open addressing with linear probing, at most three quarters full. The hash is SipHash-1-3 with a
 * random key for each set, so that who writes a file can neither make it slow nor make two ids look
 * the same.
 */
#include <sys/random.h>

#include "backup/idset.h"
#include "base/arena.h"

#define FIRST_SLOTS ((size_t)64)

void idset_init(struct idset *set)
{
	*set = (struct idset){.count = 0};
	if (getrandom(set->key, sizeof(set->key), 0) != (ssize_t)sizeof(set->key))
		set->key[0] = (uint64_t)(uintptr_t)set * 0x9e3779b97f4a7c15u;
}

static uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] = rotate(v[2], 32);
}

uint64_t idset_hash(const struct idset *set, struct slice text)
{
	uint64_t v[4] = {set->key[0] ^ 0x736f6d6570736575u, set->key[1] ^ 0x646f72616e646f6du,
		set->key[0] ^ 0x6c7967656e657261u, set->key[1] ^ 0x7465646279746573u};
	uint64_t word, hash;
	size_t at = 0;

	for (; text.len - at >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, text.at + at, sizeof(word));
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	word = (uint64_t)text.len << 56;
	for (int shift = 0; at < text.len; at++, shift += 8)
		word |= (uint64_t)(unsigned char)text.at[at] << shift;
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	hash = v[0] ^ v[1] ^ v[2] ^ v[3];
	return hash ? hash : 1;
}

/* The slot that holds the hash, or the free one where it belongs. */
static size_t slot_of(const struct idset *set, uint64_t hash)
{
	size_t mask = set->slot_count - 1, slot = hash & mask;

	while (set->slots[slot] && set->slots[slot] != hash)
		slot = (slot + 1) & mask;
	return slot;
}

static void grow(struct idset *set)
{
	struct idset bigger = *set;

	bigger.slot_count = set->slot_count ? set->slot_count * 2 : FIRST_SLOTS;
	bigger.slots = calloc(bigger.slot_count, sizeof(*bigger.slots));
	if (!bigger.slots)
		out_of_memory();
	for (size_t i = 0; i < set->slot_count; i++) {
		if (set->slots[i])
			bigger.slots[slot_of(&bigger, set->slots[i])] = set->slots[i];
	}
	free(set->slots);
	*set = bigger;
}

bool idset_add(struct idset *set, uint64_t hash)
{
	size_t slot;

	if (set->count >= set->slot_count / 4 * 3)
		grow(set);
	slot = slot_of(set, hash);
	if (set->slots[slot])
		return false;
	set->slots[slot] = hash;
	set->count++;
	return true;
}

bool idset_has(const struct idset *set, uint64_t hash)
{
	return set->count > 0 && set->slots[slot_of(set, hash)] == hash;
}

void idset_release(struct idset *set)
{
	free(set->slots);
	*set = (struct idset){.count = 0};
}
