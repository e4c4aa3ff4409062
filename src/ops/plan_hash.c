/*
 * The plan's hash: SHA-256 over everything that decides what an import does, so that two plans with
 * the same hash do the same.
 *
 *     the catalogue's hash and the options
 *     items:      table, old id, width, problem, every field
 *     mappings:   type, key, dependencies, status, destination
 *     facts:      the issue keys of mapped issues
 *     to erase:   table, id and every column of each live row
 *     outside:    what becomes of references that leave the scope, and those of the manifest
 *     to merge:   the same of each live row that an item is merged into
 *
 * Not in it: new ids, certainty, dates, names. Each row is hashed alone and the digests are added
 * up, so the order in which the database gives the rows does not matter.
 */
#include "base/digest.h"
#include "ops/outside.h"

struct hasher {
	struct instance *instance;
	struct task *task;
	struct digest *total, *row;
};

/* Adds the sum of the query's rows to the total. */
static bool add_rows(struct hasher *hasher, const char *sql, const struct db_value *values,
	size_t count, struct error *err)
{
	struct digest_sum sum = {{0}};
	uint8_t digest[DIGEST_SIZE];
	uint64_t rows_done = 0;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	if (!db_query(hasher->instance->db, sql, values, count, &rows, err))
		return false;
	size_t columns = db_rows_columns(rows);
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		for (size_t c = 0; c < columns; c++)
			digest_add_field(hasher->row, db_rows_text(rows, c));
		digest_end(hasher->row, digest);
		digest_sum_add(&sum, digest);
		if ((++rows_done & 0x3fff) == 0)
			task_advance(hasher->task, 0x4000);
	}
	digest_sum_bytes(&sum, digest);
	digest_add(hasher->total, digest, sizeof(digest));
	return true;
}

static bool add_items(struct hasher *hasher, struct slice key, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	const struct db_value value = db_slice(key);
	str_add_text(&sql, "SELECT i.tablename, i.oldid, i.width, i.problem, ");
	stage_field_list(&sql, "i", CATALOGUE_FIRST_FIELD, CATALOGUE_LAST_FIELD);
	str_add_text(&sql, ", i.more FROM reqferry_item i WHERE i.backupkey = $1");
	return add_rows(hasher, sql.at, &value, 1, err);
}

/* The live rows of each table that `which` selects by their id: a query with the column `id`. */
static bool add_live(struct hasher *hasher, const char *which, bool full_name, struct error *err)
{
	const struct ry *ry = &hasher->instance->ry;
	for (size_t t = 0; t < hasher->instance->catalogue->table_count; t++) {
		const struct catalogue_table *table = &hasher->instance->catalogue->tables[t];
		struct str sql CLEANUP(str_release) = STR_INIT;
		str_add_text(&sql, "SELECT ");
		db_literal(&sql, slice_of(table->full_name));
		str_add_text(&sql, ", ");
		ry_row_json(ry, table, &sql);
		str_add_text(&sql, " FROM ");
		ry_from(ry, table, "t", &sql);
		str_add_text(&sql, " WHERE ");
		ry_id(ry, "t", &sql);
		str_addf(&sql, " IN (%s", which);
		db_literal(&sql, slice_of(full_name ? table->full_name : table->name));
		str_add_char(&sql, ')');
		if (!add_rows(hasher, sql.at, NULL, 0, err))
			return false;
	}
	return true;
}

static void add_options(struct hasher *hasher, const struct stage_backup *backup,
	const struct import_options *options)
{
	char text[96];
	snprintf(text, sizeof(text),
		"1 erase=%d possible=%d missing=%d assumed=%d lost=%d reject=%d "
		"outside=%d keep=%d",
		options->erase, options->accept_possible, options->accept_missing,
		options->accept_assumed, options->accept_lost_columns, options->reject,
		options->outside_copy, options->keep_audit_trail);
	digest_add_field(hasher->total, slice_of(text));
	digest_add_field(hasher->total, slice_of(hasher->instance->catalogue->hash));
	digest_add_field(hasher->total, backup->catalogue_hash);
	digest_add_field(hasher->total, backup->scope);
}

static bool add_outside(struct hasher *hasher, struct slice key, struct error *err)
{
	const struct db_value value = db_slice(key);
	for (size_t i = 0;; i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		if (!outside_hash_query(i, &sql))
			return true;
		if (!add_rows(hasher, sql.at, &value, strstr(sql.at, "$1") ? 1 : 0, err))
			return false;
	}
}

bool plan_hash(struct instance *instance, const struct stage_backup *backup,
	const struct import_options *options, struct task *task, char out[65], struct error *err)
{
	struct digest *total CLEANUP(digest_free) = digest_new();
	struct digest *row CLEANUP(digest_free) = digest_new();
	struct hasher hasher = {instance, task, total, row};
	uint8_t digest[DIGEST_SIZE];
	task_step(task, "sum up the plan", "rows", 0);
	add_options(&hasher, backup, options);
	if (!add_items(&hasher, backup->key, err) || !add_outside(&hasher, backup->key, err) ||
		!add_rows(&hasher,
			"SELECT type, key, dependencies, status, destination FROM "
			"reqferry_resolved",
			NULL, 0, err) ||
		!add_rows(&hasher,
			"SELECT destination, issuekey FROM reqferry_resolved WHERE issuekey IS "
			"NOT NULL",
			NULL, 0, err) ||
		!add_live(&hasher, "SELECT e.id FROM reqferry_erase e WHERE e.tablename = ", true,
			err) ||
		!add_live(&hasher,
			"SELECT x.newid FROM reqferry_fate x WHERE x.fate = 'merged' AND x.newid "
			"IS NOT NULL AND x.tablename = ",
			false, err))
		return false;
	digest_end(total, digest);
	digest_hex(digest, out);
	return true;
}
