/*
 * Rows into staging, in bulk.
 */
#include "csv/csv.h"
#include "stage/stage.h"

#define FIELDS (CATALOGUE_LAST_FIELD - CATALOGUE_FIRST_FIELD + 1)

static const char *const item_columns[] = {"id", "backupkey", "tablename", "oldid", "width",
	"problem", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12", "f13", "f14", "f15",
	"f16", "f17", "f18", "f19", "f20", "f21", "f22", "f23", "f24", "f25", "f26", "f27", "f28",
	"f29", "f30", "f31", "f32", "more"};

static const char *const mapping_columns[] = {"id", "backupkey", "type", "key", "dependencies",
	"spacekey", "pagetype", "pageid", "userkey", "applink", "pageversion", "title", "url",
	"username", "extensiondocumentid", "issuekey", "infile", "width", "more", "rev"};

/* Fields beyond the last column, as CSV text without its line end; no value when there are none. */
static struct db_value more_fields(
	const struct slice *fields, size_t count, size_t columns, struct str *buffer)
{
	if (count <= columns)
		return db_null();
	csv_write_record(buffer, fields + columns, count - columns);
	str_truncate(buffer, buffer->len - 2);
	return db_slice(str_slice(buffer));
}

bool stage_items_open(struct db *db, struct db_bulk **bulk, struct error *err)
{
	return db_bulk_open(db, "reqferry_item", item_columns, ARRAY_LEN(item_columns), bulk, err);
}

bool stage_items_add(struct db_bulk *bulk, int64_t id, struct slice backup_key, struct slice table,
	struct slice old_id, const struct slice *fields, size_t count, struct slice problem,
	struct error *err)
{
	struct str more CLEANUP(str_release) = STR_INIT;
	struct db_value values[ARRAY_LEN(item_columns)] = {db_int(id), db_slice(backup_key),
		db_slice(table), db_slice(old_id),
		db_int((int64_t)count + CATALOGUE_FIRST_FIELD - 1), db_slice(problem)};
	for (size_t i = 0; i < FIELDS; i++)
		values[6 + i] = i < count ? db_slice(fields[i]) : db_null();
	values[6 + FIELDS] = more_fields(fields, count, FIELDS, &more);
	return db_bulk_row(bulk, values, err);
}

bool stage_mappings_open(struct db *db, struct db_bulk **bulk, struct error *err)
{
	return db_bulk_open(
		db, "reqferry_mapping", mapping_columns, ARRAY_LEN(mapping_columns), bulk, err);
}

bool stage_mappings_add(struct db_bulk *bulk, int64_t id, struct slice backup_key,
	const struct slice *fields, size_t count, bool in_file, struct error *err)
{
	struct str more CLEANUP(str_release) = STR_INIT;
	struct db_value values[ARRAY_LEN(mapping_columns)] = {db_int(id), db_slice(backup_key)};
	for (size_t i = 0; i < STAGE_MAPPING_FIELDS; i++)
		values[2 + i] = db_slice(fields[i]);
	size_t at = 2 + STAGE_MAPPING_FIELDS;
	values[at++] = db_int(in_file);
	values[at++] = db_int((int64_t)count + 1);
	values[at++] = more_fields(fields, count, STAGE_MAPPING_FIELDS, &more);
	values[at] = db_int(0);
	return db_bulk_row(bulk, values, err);
}

void stage_field_list(struct str *sql, const char *alias, unsigned first, unsigned last)
{
	for (unsigned field = first; field <= last; field++)
		str_addf(sql, "%s%s.f%u", field > first ? ", " : "", alias, field);
}
