/*
 * Reading the rows of a query into an array: what the drivers' looks into their catalogues share.
 */
#ifndef DB_COLLECT_H
#define DB_COLLECT_H

#include "db/driver.h"

/* Fills one item, cleared to zero, from the current row; texts go into the arena. */
typedef void (*collect_fn)(struct db_rows *rows, struct arena *arena, void *item);

/*
 * Runs a query with one text parameter and reads each row as one item of `size` bytes, into an
 * array in the arena. The driver is called directly: nothing is counted by the fault switch.
 */
MUST_CHECK bool collect_rows(const struct db_driver *driver, struct db *db, const char *sql,
	const char *parameter, size_t size, collect_fn read, struct arena *arena, void **items,
	size_t *count, struct error *err);
/* The same for one name a row, and for table, column, to table, to column. */
MUST_CHECK bool collect_names(const struct db_driver *driver, struct db *db, const char *sql,
	const char *parameter, struct arena *arena, const char ***names, size_t *count,
	struct error *err);
MUST_CHECK bool collect_foreign_keys(const struct db_driver *driver, struct db *db, const char *sql,
	const char *parameter, struct arena *arena, struct db_foreign_key **keys, size_t *count,
	struct error *err);

#endif
