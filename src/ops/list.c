/*
 * The staged backups with their counts, and the safety copies.
 */
#include "ops/list.h"

static bool list_one(
	struct instance *instance, struct arena *arena, struct listed *out, struct error *err)
{
	struct stage_count *counts;
	size_t count;
	if (!stage_item_counts(instance->db, out->backup.key, arena, &counts, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		out->rows += counts[i].rows;
	return stage_mapping_state(instance->db, out->backup.key, &out->mappings, err);
}

bool backups_list(struct instance *instance, struct arena *arena, struct listed **out,
	size_t *count, struct error *err)
{
	struct stage_backup *backups;
	struct safety_copy *copies;
	size_t total, copy_count;
	if (!stage_backup_list(instance->db, arena, &backups, &total, err) ||
		!safety_list(instance, arena, &copies, &copy_count, err))
		return false;
	struct listed *list = arena_zalloc(arena, (total + copy_count) * sizeof(*list));
	for (size_t i = 0; i < total; i++) {
		list[i].backup = backups[i];
		if (!list_one(instance, arena, &list[i], err))
			return false;
	}
	for (size_t i = 0; i < copy_count; i++)
		list[total + i].copy = &copies[i];
	*out = list;
	*count = total + copy_count;
	return true;
}
