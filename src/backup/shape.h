/*
 * Whether the records of a file fit the catalogue: what `validate` reports and what `load` writes
 * into staging come from the same checks.
 *
 * Give the records in file order: shape_scope, shape_item for each data row, shape_mapping for each
 * mapping row, then shape_end. A fault of one row's own values makes that row a problem row. A
 * column that holds what it cannot hold in the assumed order is a failed column: `load` names it
 * and import is blocked.
 *
 * Memory: 8 to 22 bytes for each row (with a report twice that), and about 200 bytes for each
 * distinct entity. Threads: one.
 */
#ifndef BACKUP_SHAPE_H
#define BACKUP_SHAPE_H

#include "backup/file.h"
#include "catalogue/catalogue.h"

/* The table of words in shape.c is the master copy. */
enum shape_kind {
	SHAPE_WIDTH,              /* "width": another width than the catalogue says */
	SHAPE_BAD_VALUE,          /* "bad-value" */
	SHAPE_UNKNOWN_TABLE,      /* "unknown-table", once for each */
	SHAPE_UNKNOWN_TYPE,       /* "unknown-type", of a mapping row */
	SHAPE_MISSING_ROW,        /* "missing-row": a reference to no row of the file */
	SHAPE_NO_MAPPING_ROW,     /* "no-mapping-row", once for each entity */
	SHAPE_UNUSED_MAPPING,     /* "unused-mapping": a mapping row that no data row needs */
	SHAPE_DUPLICATE_ID,       /* "duplicate-id" */
	SHAPE_DUPLICATE_MAPPING,  /* "duplicate-mapping" */
	SHAPE_DUPLICATE_IDENTITY, /* "duplicate-identity" */
	SHAPE_BAD_JSON,           /* "bad-json" */
	SHAPE_ORDER,              /* "order": of tables, or of old ids in a table */
	SHAPE_UPPER_KEY,          /* "upper-key": not the upper case of the column it follows */
	SHAPE_KIND_COUNT
};
const char *shape_kind_name(enum shape_kind kind);

struct shape_fault {
	enum shape_kind kind;
	uint64_t line, offset; /* of the record */
	unsigned field;        /* 0 = the whole record */
	const char *message;   /* borrowed for the call */
};
/* Faults come as they are found: those that only the end can tell come out of shape_end. */
typedef void (*shape_fault_fn)(void *context, const struct shape_fault *fault);

struct shape;

/*
 * report may be NULL: then what only a report needs (identities, JSON, order) is not checked. The
 * catalogue must outlive the shape. Caller frees.
 */
struct shape *shape_new(const struct catalogue *catalogue, shape_fault_fn report, void *context);

/* What a live database says of a column. Until told otherwise: 64 bits, no limit, not required. */
struct shape_live {
	int bits;       /* 32 or 64, of an integer */
	int64_t length; /* characters, 0 = no limit */
	bool required;  /* NOT NULL and no text: an empty field is a bad value */
};
void shape_set_live(
	struct shape *shape, const struct catalogue_column *column, const struct shape_live *live);

/* The scope of the metadata record, which needs a mapping row where the catalogue writes them. */
void shape_scope(struct shape *shape, const struct backup_record *metadata);
/*
 * Checks a data row. Returns why it cannot be imported by itself, for its `problem`, or NULL: a bad
 * value, no old id or one that was there before, a table that the catalogue does not know, a row so
 * narrow that its identity or a reference is cut off. Valid until the next call.
 */
const char *shape_item(struct shape *shape, const struct backup_record *record);
/* Checks a mapping row. Returns what is wrong (unknown type, no key, same identity again) or NULL.
 */
const char *shape_mapping(struct shape *shape, const struct backup_record *record);

/* A column that fails, and why: SHAPE_BAD_VALUE, SHAPE_NO_MAPPING_ROW, SHAPE_MISSING_ROW or
 * SHAPE_UPPER_KEY. */
struct shape_column {
	const struct catalogue_column *column;
	enum shape_kind kind;
	uint64_t failed; /* rows whose value fails */
	uint64_t values; /* rows that hold a value */
	uint64_t line;   /* of the first one that fails */
};
typedef void (*shape_column_fn)(void *context, const struct shape_column *column);
/* After the last record: settles references and mappings, then names each failed column in the
 * catalogue's order, once for each kind. column may be NULL. Once only. */
void shape_end(struct shape *shape, shape_column_fn column, void *context);
/* Frees *shape and sets it to NULL. Usable as CLEANUP(shape_free). */
void shape_free(struct shape **shape);

#endif
