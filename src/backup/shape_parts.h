/*
 * What the parts of the shape check share: shape.c (rows and their values), entities.c (entities
 * and mapping rows), rows.c (references between rows). Private to this folder.
 */
#ifndef BACKUP_SHAPE_PARTS_H
#define BACKUP_SHAPE_PARTS_H

#include "backup/idset.h"
#include "backup/shape.h"
#include "base/dict.h"

/* Where a record stands. */
struct place {
	uint64_t line, offset;
};

/* Rows of a column that fail for one reason. */
struct failure {
	uint64_t rows, line;
};

struct column_state {
	const struct catalogue_column *column;
	struct shape_live live;
	uint64_t values;
	struct failure failures[SHAPE_KIND_COUNT];
};

/* A table that the file names. */
struct table_state {
	const struct catalogue_table *table; /* NULL: not in the catalogue */
	struct slice name;
	unsigned least; /* fields that a row needs at least */
	uint64_t rows;
	bool has_id; /* last_id is set */
	int64_t last_id;
};

/* An entity with its dependencies: met in data rows, or mapped by a mapping row, or both. */
struct entity_state {
	struct place met, mapped;
	struct entity_use *uses; /* newest first; NULL: met by the scope only, or not met */
	uint32_t met_column;     /* of the first meeting; NO_COLUMN: the scope */
	bool is_met, is_mapped, is_used;
};
#define NO_COLUMN UINT32_MAX

struct entities {
	struct dict names; /* type NUL key NUL normalised dependencies; in order of `states` */
	struct entity_state *states; /* one for each name */
	size_t capacity;
	struct dict keys; /* type NUL key of mapping rows: the state's index, -1 for several */
	struct arena arena;
};

/* References to rows that were not there when they were met. */
struct rows {
	struct idset ids; /* table NUL old id */
	struct reference *open;
	size_t count, capacity;
};

struct shape {
	const struct catalogue *catalogue;
	shape_fault_fn report; /* may be NULL */
	void *context;
	struct column_state *columns; /* of all tables, in the catalogue's order */
	size_t column_count;
	size_t *first_column; /* of each table */
	struct dict table_names;
	struct table_state *tables; /* one for each name */
	size_t current, table_capacity;
	size_t highest; /* place in the catalogue of the last table so far, + 1 */
	struct idset identities;
	struct entities entities;
	struct rows rows;
	struct str problem, message, key, scratch;
};

/* Begins a message in shape->message; the caller adds to it and then calls shape_found. */
struct str *shape_message(struct shape *shape);
/* Adds "text", cut to 40 characters, one line. */
void shape_quote(struct str *out, struct slice text);
/* Adds ` column "C" of "T"`. */
void shape_name_column(struct str *out, const struct catalogue_column *column);
/* Reports the message as a fault. */
void shape_found(struct shape *shape, enum shape_kind kind, struct place place, unsigned field);
/* Counts a row of a column as failing. */
void shape_fail_column(
	struct shape *shape, uint32_t column, enum shape_kind kind, uint64_t rows, uint64_t line);

/* entities.c */
void entities_init(struct entities *entities);
/* The row at `place` refers to an entity. column is NO_COLUMN for the scope. */
void entities_meet(struct shape *shape, const char *type, struct slice key,
	struct slice dependencies, struct place place, uint32_t column);
/* As shape_mapping. */
const char *entities_map(struct shape *shape, const struct backup_record *record);
void entities_settle(struct shape *shape);
void entities_release(struct entities *entities);

/* rows.c */
void rows_init(struct rows *rows);
/* False when the table has a row of that id already. */
bool rows_add(struct shape *shape, struct slice table, struct slice id);
/* The row at `place` refers to a row of another table. */
void rows_meet(struct shape *shape, const char *table, struct slice id, struct place place,
	uint32_t column);
void rows_settle(struct shape *shape);
void rows_release(struct rows *rows);

#endif
