/*
 * One mapping in full.
 */
#include "mapping/internal.h"

struct keeper {
	struct arena *arena;
	struct mapping_row *row;
};

/* Keeps the row beyond the callback. */
static bool keep_row(void *context, const struct mapping_row *row, UNUSED struct error *err)
{
	const struct keeper *keeper = context;
	struct mapping_row *kept = keeper->row;
	struct slice *const texts[] = {&kept->type, &kept->key, &kept->dependencies, &kept->status,
		&kept->destination, &kept->certainty, &kept->rule, &kept->outcome, &kept->reason};

	*kept = *row;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = arena_copy(keeper->arena, *texts[i]);
	for (size_t f = 0; f < FIELD_COUNT; f++)
		kept->fields[f] = arena_copy(keeper->arena, kept->fields[f]);
	return true;
}

/* The rows of a query whose columns but the last `numbers` are texts, into an array of structs. */
struct reader {
	size_t size;  /* of an element */
	size_t texts; /* slices that it begins with */
	bool number;  /* an int64_t follows them */
};

static bool read_all(struct db *db, const char *sql, struct slice backup_key, int64_t id,
	const struct reader *reader, struct arena *arena, void *out, size_t *count,
	struct error *err)
{
	const struct db_value values[] = {db_slice(backup_key), db_int(id)};
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	size_t room = 0, n = 0;
	char *list = NULL;

	if (!db_query(db, sql, values, ARRAY_LEN(values), &rows, err))
		return false;
	for (bool row;; n++) {
		struct slice *texts;

		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		if (n == room) {
			char *more =
				arena_alloc(arena, (room = room ? 2 * room : 8) * reader->size);

			if (n)
				memcpy(more, list, n * reader->size);
			list = more;
		}
		texts = (void *)(list + n * reader->size);
		for (size_t i = 0; i < reader->texts; i++)
			texts[i] = arena_copy(arena, db_rows_text(rows, i));
		if (reader->number)
			*(int64_t *)(void *)&texts[reader->texts] =
				db_rows_int(rows, reader->texts);
	}
	memcpy(out, &list, sizeof(list));
	*count = n;
	return true;
}

static bool read_candidates(
	struct db *db, struct slice backup_key, struct mapping_detail *out, struct error *err)
{
	static const struct reader reader = {sizeof(struct mapping_candidate), 3, true};
	CLEANUP(str_release) struct str sql = STR_INIT;

	_Static_assert(offsetof(struct mapping_candidate, score) == 3 * sizeof(struct slice),
		"the score follows three texts");
	str_addf(&sql,
		"SELECT destinationvalue, rule, title, score FROM reqferry_candidate WHERE "
		"backupkey = $1 AND mapping = $2 ORDER BY score DESC, length(destinationvalue), "
		"destinationvalue%s",
		db_dialect(db)->binary_collation);
	return read_all(db, sql.at, backup_key, out->row.id, &reader, &out->arena, &out->candidates,
		&out->candidate_count, err);
}

static bool read_history(
	struct db *db, struct slice backup_key, struct mapping_detail *out, struct error *err)
{
	static const struct reader reader = {sizeof(struct mapping_change), 7, false};

	_Static_assert(sizeof(struct mapping_change) == 7 * sizeof(struct slice), "only texts");
	return read_all(db,
		"SELECT oldstatus, newstatus, olddestination, newdestination, newrule, changedby, "
		"changeddate FROM reqferry_change WHERE backupkey = $1 AND mapping = $2 ORDER BY "
		"id",
		backup_key, out->row.id, &reader, &out->arena, &out->history, &out->history_count,
		err);
}

bool mapping_show(struct db *db, const struct catalogue *catalogue, struct slice backup_key,
	const char *type, const char *key, const char *dependencies, struct mapping_detail *out,
	struct error *err)
{
	struct mapping_detail detail = {.arena = ARENA_INIT};
	struct keeper keeper = {&detail.arena, &detail.row};
	struct mapping_filter filter = {.limit = 1};
	int64_t id;

	if (!find_mapping(db, backup_key, type, key, dependencies, &id, err))
		return false;
	filter.after = id - 1;
	if (mapping_list(db, backup_key, &filter, keep_row, &keeper, err) &&
		read_candidates(db, backup_key, &detail, err) &&
		read_history(db, backup_key, &detail, err) &&
		drop_count(db, catalogue, backup_key, id, &detail.arena, &detail.excludes,
			&detail.exclude_count, err)) {
		*out = detail;
		return true;
	}
	arena_release(&detail.arena);
	return false;
}

void mapping_detail_release(struct mapping_detail *detail)
{
	arena_release(&detail->arena);
}
