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
