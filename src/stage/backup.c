/*
 * The record of a backup in staging, its counts, and its deletion.
 */
#include "stage/stage.h"

/* The columns of reqferry_backup in the order of the struct's members: one list for all queries. */
#define BACKUP_COLUMNS                                                                             \
	"backupkey, product, pluginkey, pluginversion, oldestversion, scope, author, exported, "   \
	"originid, source, filename, sha256, cataloguehash, created, createdby"

static void read_row(struct db_rows *rows, struct arena *arena, struct stage_backup *out)
{
	struct slice *const members[] = {&out->key, &out->product, &out->plugin_key,
		&out->plugin_version, &out->oldest_version, &out->scope, &out->author,
		&out->exported, &out->origin_id, &out->source, &out->file_name, &out->sha256,
		&out->catalogue_hash, &out->created, &out->created_by};
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		*members[i] = arena_copy(arena, db_rows_text(rows, i));
}

bool stage_backup_add(struct db *db, const struct stage_backup *backup, struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct slice holder;
	const struct db_value key = db_slice(backup->key);
	if (!db_query_text(db,
		    "SELECT createdby || ', ' || created FROM reqferry_backup WHERE backupkey = $1",
		    &key, 1, &arena, &holder, err))
		return false;
	if (holder.at)
		return FAIL_HINT(err, KEY_IN_USE,
			"Choose another key, or delete that backup with \"reqferry delete\".",
			"the backup key \"%.*s\" is in use (%.*s)", SLICE_PRINT(backup->key),
			SLICE_PRINT(holder));
	const struct db_value values[] = {key, db_slice(backup->product),
		db_slice(backup->plugin_key), db_slice(backup->plugin_version),
		db_slice(backup->oldest_version), db_slice(backup->scope), db_slice(backup->author),
		db_slice(backup->exported), db_slice(backup->origin_id), db_slice(backup->source),
		db_slice(backup->file_name), db_slice(backup->sha256),
		db_slice(backup->catalogue_hash), db_slice(backup->created),
		db_slice(backup->created_by)};
	return db_exec(db,
		"INSERT INTO reqferry_backup (" BACKUP_COLUMNS
		") VALUES ($1, $2, $3, $4, $5, $6, $7, "
		"$8, $9, $10, $11, $12, $13, $14, $15)",
		values, ARRAY_LEN(values), NULL, err);
}

bool stage_zone_set(struct db *db, struct slice key, struct slice zone, struct error *err)
{
	const struct db_value values[] = {db_slice(key), db_slice(zone)};
	return db_exec(db, "UPDATE reqferry_backup SET zone = $2 WHERE backupkey = $1", values, 2,
		NULL, err);
}

bool stage_zone_get(
	struct db *db, struct slice key, struct arena *arena, struct slice *zone, struct error *err)
{
	const struct db_value value = db_slice(key);
	struct db_column *columns;
	size_t count;
	*zone = SLICE_NULL;
	if (!db_columns(db, "reqferry_backup", arena, &columns, &count, err))
		return false;
	for (size_t c = 0; c < count; c++)
		if (strcmp(columns[c].name, "zone") == 0)
			return db_query_text(db,
				"SELECT zone FROM reqferry_backup WHERE backupkey = $1", &value, 1,
				arena, zone, err);
	return true;
}

/* The keys that there are, for a message. */
static void hint_keys(struct db *db, struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct stage_backup *backups;
	size_t count;
	struct error ignored = ERROR_INIT;
	if (!stage_backup_list(db, &arena, &backups, &count, &ignored))
		return;
	struct str keys CLEANUP(str_release) = STR_INIT;
	for (size_t i = 0; i < count && i < 10; i++)
		str_addf(&keys, "%s\"%.*s\"", i ? ", " : "", SLICE_PRINT(backups[i].key));
	if (count == 0)
		error_hint(err, "There is no backup here. Load or export one first.");
	else
		error_hint(err, "There %s %s%s. See \"reqferry list\".", count == 1 ? "is" : "are",
			keys.at, count > 10 ? ", ..." : "");
}

bool stage_backup_get(struct db *db, struct slice key, struct arena *arena,
	struct stage_backup *out, struct error *err)
{
	bool ready, row = false;
	if (!stage_ready(db, &ready, err))
		return false;
	if (ready) {
		struct db_rows *rows CLEANUP(db_rows_end) = NULL;
		const struct db_value value = db_slice(key);
		if (!db_query(db,
			    "SELECT " BACKUP_COLUMNS " FROM reqferry_backup WHERE backupkey = $1",
			    &value, 1, &rows, err) ||
			!db_rows_next(rows, &row, err))
			return false;
		if (row)
			read_row(rows, arena, out);
	}
	if (row)
		return true;
	error_set(err, ERROR_NOT_FOUND, "there is no backup \"%.*s\" on this instance",
		SLICE_PRINT(key));
	hint_keys(db, err);
	return false;
}

bool stage_backup_list(struct db *db, struct arena *arena, struct stage_backup **out, size_t *count,
	struct error *err)
{
	bool ready;
	*count = 0;
	*out = NULL;
	if (!stage_ready(db, &ready, err))
		return false;
	if (!ready)
		return true;
	int64_t total;
	if (!db_query_int(db, "SELECT count(*) FROM reqferry_backup", NULL, 0, 0, &total, err))
		return false;
	struct stage_backup *list = arena_alloc(arena, (size_t)total * sizeof(*list));
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_addf(&sql, "SELECT " BACKUP_COLUMNS " FROM reqferry_backup ORDER BY backupkey%s",
		db_dialect(db)->binary_collation);
	if (!db_query(db, sql.at, NULL, 0, &rows, err))
		return false;
	size_t n = 0;
	for (bool row; n < (size_t)total; n++) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		read_row(rows, arena, &list[n]);
	}
	*out = list;
	*count = n;
	return true;
}

/* What belongs to a backup, referrers first. Safety copies and runs outlive the backup that they
 * tell of. */
static const char *const backup_tables[] = {"reqferry_outcome", "reqferry_candidate",
	"reqferry_batch_candidate", "reqferry_change", "reqferry_batch", "reqferry_rule",
	"reqferry_evidence", "reqferry_outside", "reqferry_mapping", "reqferry_item",
	"reqferry_backup"};

bool stage_backup_delete(struct db *db, struct slice key, int64_t *rows, struct error *err)
{
	const struct db_value value = db_slice(key);
	for (size_t i = 0; i < ARRAY_LEN(backup_tables); i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		int64_t changed;
		str_addf(&sql, "DELETE FROM %s WHERE backupkey = $1", backup_tables[i]);
		if (!db_exec(db, sql.at, &value, 1, &changed, err))
			return false;
		if (strcmp(backup_tables[i], "reqferry_item") == 0)
			*rows = changed;
	}
	return true;
}

bool stage_orphans_delete(struct db *db, struct arena *arena, struct stage_count **out,
	size_t *count, struct error *err)
{
	struct stage_count *list = arena_alloc(arena, ARRAY_LEN(backup_tables) * sizeof(*list));
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(backup_tables); i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		const char *table = backup_tables[i];
		int64_t rows;
		str_addf(&sql,
			"DELETE FROM %s WHERE NOT EXISTS (SELECT 1 FROM reqferry_backup b WHERE "
			"b.backupkey = %s.backupkey)",
			table, table);
		if (strcmp(table, "reqferry_backup") == 0)
			continue;
		if (!db_exec(db, sql.at, NULL, 0, &rows, err))
			return false;
		if (rows > 0)
			list[n++] = (struct stage_count){slice_of(table), rows};
	}
	*out = list;
	*count = n;
	return true;
}

/* Rows of (name, count) into the arena. */
static bool read_counts(struct db *db, const char *sql, struct slice key, struct arena *arena,
	struct stage_count **out, size_t *count, struct error *err)
{
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value value = db_slice(key);
	if (!db_query(db, sql, &value, 1, &rows, err))
		return false;
	size_t n = 0, room = 0;
	struct stage_count *list = NULL;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		if (n == room) {
			room = room ? 2 * room : 16;
			struct stage_count *more = arena_alloc(arena, room * sizeof(*more));
			if (n > 0)
				memcpy(more, list, n * sizeof(*more));
			list = more;
		}
		list[n].name = arena_copy(arena, db_rows_text(rows, 0));
		list[n++].rows = db_rows_int(rows, 1);
	}
	*out = list;
	*count = n;
	return true;
}

bool stage_item_counts(struct db *db, struct slice key, struct arena *arena,
	struct stage_count **out, size_t *count, struct error *err)
{
	return read_counts(db,
		"SELECT tablename, count(*) FROM reqferry_item WHERE backupkey = $1 GROUP BY "
		"tablename "
		"ORDER BY min(id)",
		key, arena, out, count, err);
}

bool stage_mapping_counts(struct db *db, struct slice key, struct arena *arena,
	struct stage_count **out, size_t *count, struct error *err)
{
	return read_counts(db,
		"SELECT type, count(*) FROM reqferry_mapping WHERE backupkey = $1 AND infile = 1 "
		"GROUP BY type ORDER BY min(id)",
		key, arena, out, count, err);
}

bool stage_mapping_state(
	struct db *db, struct slice key, struct stage_mapping_state *out, struct error *err)
{
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value value = db_slice(key);
	bool row;
	if (!db_query(db,
		    "SELECT count(*), "
		    "sum(CASE WHEN status IN ('MAPPED_AUTO', 'MAPPED_MANUAL') THEN 1 ELSE 0 END), "
		    "sum(CASE WHEN status = 'EXCLUDED' THEN 1 ELSE 0 END) "
		    "FROM reqferry_mapping WHERE backupkey = $1",
		    &value, 1, &rows, err) ||
		!db_rows_next(rows, &row, err))
		return false;
	*out = (struct stage_mapping_state){.total = db_rows_int(rows, 0),
		.mapped = db_rows_int(rows, 1),
		.excluded = db_rows_int(rows, 2)};
	out->unmapped = out->total - out->mapped - out->excluded;
	return true;
}
