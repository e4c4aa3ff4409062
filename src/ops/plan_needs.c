/*
 * What an import needs, and whether the two sides keep the same time.
 *
 * Time: planning has just read the same rows on the same machine, so what it took, times how much
 * longer an import takes than its plan, is what an import takes. That ratio is measured
 * (docs/benchmarks.md).
 *
 * Space: the bytes of the values were counted while they were hashed. They come in once as rows;
 * what is erased goes into the safety copy, with a checksum of each row that comes in; and staging
 * notes each row's new id, for which databases write the row anew. What a row costs besides its
 * values was measured on SQLite: see below. Room that erased rows leave is not counted on, nor that
 * databases use it again, so the figure is an upper one. While the import runs, what is changed and
 * what is new stands in the journal once more.
 */
#include "base/time.h"
#include "ops/planner.h"

#define TIMES_OF_PLAN 3.5 /* an import takes so much longer than its plan */
/* Bytes of a row besides its values: the row and its indexes, and its line in the safety copy. */
#define ROW_BYTES  100
#define COPY_BYTES 220
#define STEP_BYTES (256 * 1024) /* of an import, however small: our tables, the report */

static void sum_parts(const struct plan *plan, const char *kind, int64_t *rows, int64_t *bytes)
{
	*rows = *bytes = 0;
	for (size_t i = 0; i < plan->part_count; i++) {
		if (!slice_is(plan->parts[i].kind, kind))
			continue;
		*rows += plan->parts[i].rows;
		*bytes += plan->parts[i].bytes;
	}
}

void planner_find_needs(struct planner *planner, int64_t elapsed)
{
	struct plan *plan = planner->plan;
	struct plan_needs *needs = &plan->needs;
	int64_t rows, bytes, erased, erased_bytes;
	sum_parts(plan, "backup", &rows, &bytes);
	sum_parts(plan, "erase", &erased, &erased_bytes);
	needs->seconds = (double)elapsed / 1000.0 * TIMES_OF_PLAN;
	needs->bytes = STEP_BYTES + bytes + rows * ROW_BYTES + erased_bytes +
		       (rows + erased) * COPY_BYTES + bytes;
	needs->temporary = needs->bytes + bytes + erased_bytes;
	if (!db_free_bytes(planner->instance->db, &needs->free))
		needs->free = -1;
	if (needs->free >= 0 && needs->free < needs->bytes + needs->temporary)
		planner_warn(planner, "space", 1,
			"Make room there first; an import that runs out of it changes nothing.",
			"the import may need %lld MB where the database lies, and %lld MB are free "
			"there",
			(long long)(needs->bytes + needs->temporary) / 1000000 + 1,
			(long long)needs->free / 1000000);
}

bool planner_compare_zones(struct planner *planner, struct error *err)
{
	const struct stage_backup *backup = planner->backup;
	struct slice zone;
	char here[7];
	if (!stage_zone_get(planner->instance->db, backup->key, planner->arena, &zone, err))
		return false;
	if (!zone.at || !time_local_offset_at(backup->exported, zone, here)) {
		planner_note(planner, "zone-unknown", 1,
			"times are copied as they are: the backup does not say in which time zone "
			"they are");
		return true;
	}
	if (!slice_is(zone, here))
		planner_note(planner, "zones-differ", 1,
			"times are copied as they are: they are of a clock at %.*s from UTC, and "
			"this machine's was at %s then",
			SLICE_PRINT(zone), here);
	return true;
}
