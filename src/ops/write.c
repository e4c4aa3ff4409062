/*
 * Step 2: a staged backup as the vendor's file, with our manifest beside it.
 */
#include "backup/manifest.h"
#include "csv/csv.h"
#include "ops/internal.h"
#include "ops/outside.h"

/* Fields of one record: those with columns of their own and those kept as CSV behind them. */
struct fields {
	struct slice *list; /* in the arena */
	size_t count;
};

struct memory {
	struct slice rest;
};

static ptrdiff_t read_memory(void *context, void *into, size_t size)
{
	struct memory *memory = context;
	size_t n = memory->rest.len < size ? memory->rest.len : size;
	memcpy(into, memory->rest.at, n);
	memory->rest.at += n;
	memory->rest.len -= n;
	return (ptrdiff_t)n;
}

/*
 * Reads `width` fields of the row: `columns` of them from column `first` on, the others from the
 * CSV text in column `more`. Slices live until the next row, copies in the arena.
 */
static bool row_fields(struct db_rows *rows, size_t first, size_t columns, size_t more,
	size_t width, struct arena *arena, struct fields *out, struct error *err)
{
	out->list = arena_alloc(arena, width * sizeof(*out->list));
	out->count = width;
	for (size_t i = 0; i < width && i < columns; i++)
		out->list[i] = db_rows_text(rows, first + i);
	if (width <= columns)
		return true;
	for (size_t i = columns; i < width; i++)
		out->list[i] = SLICE_NULL;
	struct memory memory = {db_rows_text(rows, more)};
	struct csv_reader *reader CLEANUP(csv_reader_free) =
		csv_reader_new((struct csv_source){read_memory, &memory}, NULL);
	struct csv_record record;
	enum csv_result result = csv_reader_next(reader, &record, err);
	if (result == CSV_FAILED)
		return false;
	for (size_t i = 0; result == CSV_RECORD && i < record.count && columns + i < width; i++)
		out->list[columns + i] = arena_copy(arena, record.fields[i]);
	return true;
}

static bool write_items(struct instance *instance, struct slice key, struct backup_writer *writer,
	struct task *task, struct error *err)
{
	enum { FIELDS = CATALOGUE_LAST_FIELD - CATALOGUE_FIRST_FIELD + 1 };
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value value = db_slice(key);
	str_add_text(&sql, "SELECT i.tablename, i.width, i.oldid, ");
	stage_field_list(&sql, "i", CATALOGUE_FIRST_FIELD, CATALOGUE_LAST_FIELD);
	str_add_text(&sql, ", i.more FROM reqferry_item i WHERE i.backupkey = $1 ORDER BY i.id");
	if (!db_query(instance->db, sql.at, &value, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		struct fields fields;
		arena_clear(&arena);
		/* the old id and what follows: two fields of the record stand before it */
		if (!row_fields(rows, 2, FIELDS + 1, 3 + FIELDS, (size_t)db_rows_int(rows, 1) - 2,
			    &arena, &fields, err) ||
			!backup_write_item(
				writer, db_rows_text(rows, 0), fields.list, fields.count, err))
			return false;
		task_advance(task, 1);
	}
}

static bool write_mappings(struct instance *instance, struct slice key,
	struct backup_writer *writer, struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value value = db_slice(key);
	str_add_text(&sql, "SELECT m.width, m.type, m.key, m.dependencies");
	for (int f = 0; f < FIELD_COUNT; f++)
		str_addf(&sql, ", m.%s", mapping_field_column((enum mapping_field)f));
	str_add_text(&sql,
		", m.more FROM reqferry_mapping m WHERE m.backupkey = $1 AND m.infile = 1 "
		"ORDER BY m.id");
	if (!db_query(instance->db, sql.at, &value, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		struct fields fields;
		arena_clear(&arena);
		if (!row_fields(rows, 1, STAGE_MAPPING_FIELDS, 1 + STAGE_MAPPING_FIELDS,
			    (size_t)db_rows_int(rows, 0) - 1, &arena, &fields, err) ||
			!backup_write_mapping(writer, fields.list, fields.count, err))
			return false;
	}
}

static bool read_evidence(
	struct instance *instance, struct slice key, struct manifest *manifest, struct error *err)
{
	const struct db_value value = db_slice(key);
	int64_t count;
	if (!db_query_int(instance->db,
		    "SELECT count(*) FROM reqferry_evidence WHERE backupkey = $1", &value, 1, 0,
		    &count, err))
		return false;
	manifest->entities =
		arena_alloc(&manifest->arena, (size_t)count * sizeof(*manifest->entities));
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const char *collation = db_dialect(instance->db)->binary_collation;
	str_addf(&sql,
		"SELECT type, key, email, displayname, name, created FROM reqferry_evidence "
		"WHERE backupkey = $1 ORDER BY type%s, key%s",
		collation, collation);
	if (!db_query(instance->db, sql.at, &value, 1, &rows, err))
		return false;
	for (bool row; manifest->entity_count < (size_t)count;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		struct slice columns[6];
		for (size_t c = 0; c < ARRAY_LEN(columns); c++)
			columns[c] = arena_copy(&manifest->arena, db_rows_text(rows, c));
		manifest->entities[manifest->entity_count++] =
			(struct manifest_entity){.type = columns[0],
				.key = columns[1],
				.email = columns[2],
				.display_name = columns[3],
				.name = columns[4],
				.created = columns[5]};
	}
	return true;
}

static bool write_manifest(struct instance *instance, const struct stage_backup *backup,
	const struct backup_counts *counts, const char *path, struct error *err)
{
	struct manifest manifest = {.arena = ARENA_INIT,
		.file_sha256 = slice_of(counts->sha256),
		.bytes = counts->bytes,
		.rows = counts->rows,
		.tables = counts->tables,
		.table_count = counts->table_count,
		.origin_id = backup->origin_id,
		.product = backup->product,
		.host_version = slice_of(instance->host.version),
		.plugin_version = backup->plugin_version,
		.catalogue_hash = backup->catalogue_hash,
		.tool_version = SLICE(REQFERRY_VERSION)};
	struct slice zone;
	/* of the clock that exported it, which need not be this one's */
	if (!stage_zone_get(instance->db, backup->key, &manifest.arena, &zone, err)) {
		arena_release(&manifest.arena);
		return false;
	}
	if (zone.len == 6 && backup->exported.len == 19)
		manifest.exported = slice_of(arena_printf(&manifest.arena, "%.10sT%.8s%.*s",
			backup->exported.at, backup->exported.at + 11, SLICE_PRINT(zone)));
	for (size_t i = 0; i < counts->table_count; i++) {
		const struct catalogue_table *table =
			catalogue_table(instance->catalogue, counts->tables[i].name);
		manifest.order_assumed |= table && catalogue_table_is_assumed(table);
	}
	bool ok = read_evidence(instance, backup->key, &manifest, err) &&
		  outside_write(instance, backup->key, &manifest, err) &&
		  manifest_write(path, &manifest, err);
	arena_release(&manifest.arena);
	return ok;
}

/* The whole file, from one state of the database. */
static bool write_records(struct instance *instance, const struct stage_backup *backup,
	struct backup_writer *writer, struct task *task, struct error *err)
{
	return backup_write_opening(writer, backup->plugin_key, backup->plugin_version,
		       backup->oldest_version, err) &&
	       backup_write_metadata(
		       writer, backup->scope, backup->author, backup->exported, err) &&
	       write_items(instance, backup->key, writer, task, err) &&
	       write_mappings(instance, backup->key, writer, err) &&
	       backup_write_closing(writer, err);
}

static bool write_all(struct instance *instance, const struct stage_backup *backup,
	const char *path, struct task *task, struct error *err)
{
	struct file_out *file CLEANUP(file_out_discard) = NULL;
	if (!file_out_open(path, &file, err))
		return false;
	struct backup_writer *writer CLEANUP(backup_writer_free) = backup_writer_new(file);
	if (!write_records(instance, backup, writer, task, err))
		return false;
	struct backup_counts counts;
	backup_writer_counts(writer, &counts);
	/* The file is safe on the disk before its manifest appears, and appears after it. */
	bool to_file = strcmp(path, "-") != 0;
	bool ok = file_out_sync(file, err) &&
		  (!to_file || write_manifest(instance, backup, &counts, path, err)) &&
		  file_out_commit(&file, err);
	backup_counts_release(&counts);
	return ok;
}

bool write_file(struct instance *instance, struct slice key, const char *path, struct task *task,
	struct arena *arena, struct staged *out, struct error *err)
{
	struct stage_backup backup;
	struct staged result = {.key = key};
	if (!stage_backup_get(instance->db, key, arena, &backup, err))
		return false;
	result.scope = backup.scope;
	if (!db_begin(instance->db, DB_SNAPSHOT, err))
		return false;
	bool ok = staged_counts(instance, key, arena, &result, err);
	if (ok) {
		task_step(task, "write the file", "rows", (uint64_t)result.rows);
		ok = write_all(instance, &backup, path, task, err);
	}
	db_rollback(instance->db);
	if (!ok)
		return false;
	for (size_t i = 0; i < result.tables.count; i++) {
		const struct catalogue_table *table =
			catalogue_table(instance->catalogue, result.tables.list[i].name);
		if (table && catalogue_table_is_assumed(table)) {
			task_warn(task, "the order of the columns is assumed: the vendor's own "
					"importer may read "
					"this file differently (see \"reqferry catalogue show\")");
			break;
		}
	}
	*out = result;
	return true;
}
