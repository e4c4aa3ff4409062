/*
 * An array that doubles when it is full.
 */
#include "db/collect.h"

#define FIRST_CAPACITY 16

bool collect_rows(const struct db_driver *driver, struct db *db, const char *sql,
	const char *parameter, size_t size, collect_fn read, struct arena *arena, void **items,
	size_t *count, struct error *err)
{
	struct db_value value = db_text(parameter);
	size_t found = 0, capacity = FIRST_CAPACITY;
	char *array = arena_zalloc(arena, capacity * size);
	struct db_rows *rows;
	bool row, ok;

	if (!driver->query(db, sql, &value, 1, &rows, err))
		return false;
	rows->db = db; /* as db.c does */
	while ((ok = driver->rows_next(rows, &row, err)) && row) {
		if (found == capacity) {
			char *larger = arena_zalloc(arena, 2 * capacity * size);

			memcpy(larger, array, capacity * size);
			array = larger;
			capacity *= 2;
		}
		read(rows, arena, array + found++ * size);
	}
	driver->rows_end(rows);
	if (!ok)
		return false;
	*items = array;
	*count = found;
	return true;
}

static const char *text_of(struct db_rows *rows, size_t column, struct arena *arena)
{
	return arena_strdup(arena, rows->db->driver->rows_text(rows, column));
}

static void read_name(struct db_rows *rows, struct arena *arena, void *item)
{
	*(const char **)item = text_of(rows, 0, arena);
}

bool collect_names(const struct db_driver *driver, struct db *db, const char *sql,
	const char *parameter, struct arena *arena, const char ***names, size_t *count,
	struct error *err)
{
	void *items;

	if (!collect_rows(driver, db, sql, parameter, sizeof(**names), read_name, arena, &items,
		    count, err))
		return false;
	*names = items;
	return true;
}

static void read_foreign_key(struct db_rows *rows, struct arena *arena, void *item)
{
	*(struct db_foreign_key *)item = (struct db_foreign_key){
		.table = text_of(rows, 0, arena),
		.column = text_of(rows, 1, arena),
		.to_table = text_of(rows, 2, arena),
		.to_column = text_of(rows, 3, arena),
	};
}

bool collect_foreign_keys(const struct db_driver *driver, struct db *db, const char *sql,
	const char *parameter, struct arena *arena, struct db_foreign_key **keys, size_t *count,
	struct error *err)
{
	void *items;

	if (!collect_rows(driver, db, sql, parameter, sizeof(**keys), read_foreign_key, arena,
		    &items, count, err))
		return false;
	*keys = items;
	return true;
}
