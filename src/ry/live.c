/*
 * The catalogue's tables as they are in one database.
 */
#include "ry/ry.h"

static const struct db_column *find(const struct db_column *all, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i].name, name) == 0)
			return &all[i];
	return NULL;
}

static bool load_table(struct db *db, const struct catalogue *catalogue,
	const struct catalogue_table *table, struct arena *arena, struct ry_live *live,
	struct error *err)
{
	struct db_column *all;
	size_t count;
	if (!db_columns(db, table->full_name, arena, &all, &count, err))
		return false;
	live->table = table;
	live->all = all;
	live->all_count = count;
	live->columns = arena_zalloc(arena, table->column_count * sizeof(*live->columns));
	live->unknown = arena_zalloc(arena, (count + 1) * sizeof(*live->unknown));
	for (size_t i = 0; i < table->column_count; i++)
		live->columns[i] = find(all, count, table->columns[i].name);
	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i].name, catalogue->id_column) != 0 &&
			!catalogue_column(table, slice_of(all[i].name)))
			live->unknown[live->unknown_count++] = all[i].name;
	return true;
}

/* Adds "TABLE" or "TABLE"."COLUMN" to a list of at most some names. */
static void add_missing(struct str *list, size_t *count, const char *table, const char *column)
{
	if (++*count > 8)
		return;
	str_addf(list, "%s\"%s\"%s%s%s", *count > 1 ? ", " : "", table, column ? ".\"" : "",
		column ? column : "", column ? "\"" : "");
}

bool ry_live_load(struct db *db, const struct catalogue *catalogue, struct arena *arena,
	struct ry *out, struct error *err)
{
	struct str missing CLEANUP(str_release) = STR_INIT;
	size_t missing_count = 0, absent_tables = 0;
	*out = (struct ry){.db = db,
		.catalogue = catalogue,
		.dialect = db_dialect(db),
		.live = arena_zalloc(arena, catalogue->table_count * sizeof(*out->live))};
	for (size_t i = 0; i < catalogue->table_count; i++) {
		struct ry_live *live = &out->live[i];
		if (!load_table(db, catalogue, &catalogue->tables[i], arena, live, err))
			return false;
		if (live->all_count == 0) {
			absent_tables++;
			add_missing(&missing, &missing_count, live->table->full_name, NULL);
			continue;
		}
		for (size_t c = 0; c < live->table->column_count; c++)
			if (!live->columns[c])
				add_missing(&missing, &missing_count, live->table->full_name,
					live->table->columns[c].name);
	}
	if (absent_tables == catalogue->table_count)
		return FAIL_HINT(err, NO_TABLES,
			"Check that the Requirement Yogi app is installed on this instance, and "
			"that the "
			"database and schema are the right ones.",
			"this %s has no tables of Requirement Yogi (\"%s...\")",
			product_title(catalogue->product), catalogue->prefix);
	if (missing_count > 0)
		return FAIL_HINT(err, NO_TABLES,
			"This version of Requirement Yogi names them differently: correct the "
			"catalogue "
			"(docs/catalogue.md) and give its folder with --catalogue.",
			"tables or columns of Requirement Yogi are missing: %s%s", missing.at,
			missing_count > 8 ? ", ..." : "");
	return true;
}
