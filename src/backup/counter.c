/*
 * Counts and checksums of a backup file as it passes.
 *
 * Rows of one table stand together, so the entry of the last record is tried before the dictionary.
 * The checksum of a table is over the raw bytes of its records in their order; empty lines belong
 * to the file's checksum only.
 */
#include "backup/counter.h"
#include "backup/checksum.h"
#include "base/dict.h"

struct group {
	struct dict names; /* the value is not used: entries stand in order of first appearance */
	struct {
		uint64_t rows;
		struct digest *digest; /* NULL without checksums */
		char sha256[DIGEST_HEX];
	} * counts;
	size_t last; /* the entry of the last record */
};

struct counter {
	struct checksum *checksum; /* NULL without checksums */
	struct digest *file;
	struct group tables, mappings;
	uint64_t bytes, rows;
	char sha256[DIGEST_HEX];
	bool ended;
};

static void group_init(struct group *group)
{
	*group = (struct group){.names = DICT_INIT};
	group->counts = xmalloc(COUNTER_LIMIT * sizeof(*group->counts));
}

struct counter *counter_new(bool checksum)
{
	struct counter *counter = xmalloc(sizeof(*counter));

	*counter = (struct counter){.bytes = 0};
	group_init(&counter->tables);
	group_init(&counter->mappings);
	if (checksum) {
		counter->checksum = checksum_new();
		counter->file = digest_new();
	}
	return counter;
}

void counter_add_bytes(struct counter *counter, struct slice bytes)
{
	counter->bytes += bytes.len;
	if (counter->checksum)
		checksum_add(counter->checksum, counter->file, bytes);
}

static bool find(struct counter *counter, struct group *group, struct slice name)
{
	struct dict_entry *entry;
	bool added = false;

	if (group->last < group->names.count) {
		struct slice last = dict_at(&group->names, group->last)->key;

		if (last.len == name.len &&
			(name.len == 0 || memcmp(last.at, name.at, name.len) == 0))
			return true;
	}
	if (group->names.count == COUNTER_LIMIT && !dict_find(&group->names, name))
		return false;
	entry = dict_put(&group->names, name, (int64_t)group->names.count, &added);
	group->last = (size_t)entry->value;
	if (added) {
		group->counts[group->last].rows = 0;
		group->counts[group->last].sha256[0] = '\0';
		group->counts[group->last].digest = counter->checksum ? digest_new() : NULL;
	}
	return true;
}

static bool add(struct counter *counter, struct group *group, struct slice name, struct slice raw)
{
	if (!find(counter, group, name))
		return false;
	group->counts[group->last].rows++;
	if (counter->checksum)
		checksum_add(counter->checksum, group->counts[group->last].digest, raw);
	return true;
}

bool counter_add_item(struct counter *counter, struct slice table, struct slice raw)
{
	counter->rows++;
	return add(counter, &counter->tables, table, raw);
}

bool counter_add_mapping(struct counter *counter, struct slice type, struct slice raw)
{
	return add(counter, &counter->mappings, type, raw);
}

uint64_t counter_bytes(const struct counter *counter)
{
	return counter->bytes;
}

static void end_digest(struct digest *digest, char out[DIGEST_HEX])
{
	uint8_t bytes[DIGEST_SIZE];

	digest_end(digest, bytes);
	digest_hex(bytes, out);
}

static void end_group(struct group *group)
{
	for (size_t i = 0; i < group->names.count; i++)
		end_digest(group->counts[i].digest, group->counts[i].sha256);
}

static void end(struct counter *counter)
{
	if (counter->ended)
		return;
	counter->ended = true;
	if (!counter->checksum)
		return;
	checksum_finish(counter->checksum);
	end_digest(counter->file, counter->sha256);
	end_group(&counter->tables);
	end_group(&counter->mappings);
}

static struct backup_count *group_result(const struct group *group, struct arena *arena)
{
	struct backup_count *counts =
		arena_zalloc(arena, (group->names.count + 1) * sizeof(*counts));

	for (size_t i = 0; i < group->names.count; i++) {
		counts[i].name = arena_copy(arena, dict_at(&group->names, i)->key);
		counts[i].rows = group->counts[i].rows;
		memcpy(counts[i].sha256, group->counts[i].sha256, DIGEST_HEX);
	}
	return counts;
}

void counter_result(struct counter *counter, struct backup_counts *out)
{
	end(counter);
	*out = (struct backup_counts){.arena = ARENA_INIT};
	out->tables = group_result(&counter->tables, &out->arena);
	out->table_count = counter->tables.names.count;
	out->mappings = group_result(&counter->mappings, &out->arena);
	out->mapping_count = counter->mappings.names.count;
	out->rows = counter->rows;
	out->bytes = counter->bytes;
	memcpy(out->sha256, counter->sha256, DIGEST_HEX);
}

void counter_sha256(struct counter *counter, char out[DIGEST_HEX])
{
	end(counter);
	memcpy(out, counter->sha256, DIGEST_HEX);
}

static void group_release(struct group *group)
{
	for (size_t i = 0; i < group->names.count; i++)
		digest_free(&group->counts[i].digest);
	free(group->counts);
	dict_release(&group->names);
}

void counter_free(struct counter **counter)
{
	struct counter *c = *counter;

	if (!c)
		return;
	/* The worker writes to the digests: it goes first. */
	checksum_free(&c->checksum);
	digest_free(&c->file);
	group_release(&c->tables);
	group_release(&c->mappings);
	free(c);
	*counter = NULL;
}

void backup_counts_release(struct backup_counts *counts)
{
	arena_release(&counts->arena);
	*counts = (struct backup_counts){.arena = ARENA_INIT};
}
