/*
 * References between rows of the file.
 *
 * Old ids are kept as hashes. A table stands before those that refer to it, so that a reference is
 * nearly always settled when it is met; one that is not waits for the end, because a file in wrong
 * order has a fault of order and no missing rows. At most OPEN_LIMIT wait: what comes after them is
 * judged at once, and so a file with more of them may be said to miss rows that come later.
 */
#include "backup/shape_parts.h"

#define OPEN_LIMIT ((size_t)1000000)
/* An id as messages show it; a whole number has 20 bytes at most. */
#define ID_SHOWN 24

struct reference {
	uint64_t hash;
	struct place place;
	uint32_t column;
	char id[ID_SHOWN];
};

void rows_init(struct rows *rows)
{
	*rows = (struct rows){.count = 0};
	idset_init(&rows->ids);
}

static uint64_t hash_of(struct shape *shape, struct slice table, struct slice id)
{
	str_clear(&shape->key);
	str_add(&shape->key, table);
	str_add_char(&shape->key, '\0');
	str_add(&shape->key, id);
	return idset_hash(&shape->rows.ids, str_slice(&shape->key));
}

bool rows_add(struct shape *shape, struct slice table, struct slice id)
{
	return idset_add(&shape->rows.ids, hash_of(shape, table, id));
}

static void tell(struct shape *shape, const struct reference *reference)
{
	const struct catalogue_column *column = shape->columns[reference->column].column;
	const struct catalogue_table *table = NULL;
	struct str *message;

	shape_fail_column(shape, reference->column, SHAPE_MISSING_ROW, 1, reference->place.line);
	if (!shape->report)
		return;
	for (size_t i = 0; i < column->use_count && !table; i++)
		table = column->uses[i].table;
	message = shape_message(shape);
	shape_quote(message, slice_of(reference->id));
	str_add_text(message, " in");
	shape_name_column(message, column);
	str_addf(message, " is the id of no row of \"%s\" in the file", table ? table->name : "");
	shape_found(shape, SHAPE_MISSING_ROW, reference->place, column->field);
}

/* Cut between characters. */
static void copy_id(char out[ID_SHOWN], struct slice id)
{
	size_t len = id.len < ID_SHOWN ? id.len : ID_SHOWN - 1;

	while (len > 0 && len < id.len && ((unsigned char)id.at[len] & 0xc0) == 0x80)
		len--;
	memcpy(out, id.at, len);
	out[len] = '\0';
}

void rows_meet(struct shape *shape, const char *table, struct slice id, struct place place,
	uint32_t column)
{
	struct rows *rows = &shape->rows;
	struct reference reference = {
		.hash = hash_of(shape, slice_of(table), id), .place = place, .column = column};

	if (idset_has(&rows->ids, reference.hash))
		return;
	copy_id(reference.id, id);
	if (rows->count == OPEN_LIMIT) {
		tell(shape, &reference);
		return;
	}
	if (rows->count == rows->capacity) {
		rows->capacity = rows->capacity ? rows->capacity * 2 : 64;
		rows->open = xrealloc(rows->open, rows->capacity * sizeof(*rows->open));
	}
	rows->open[rows->count++] = reference;
}

void rows_settle(struct shape *shape)
{
	for (size_t i = 0; i < shape->rows.count; i++) {
		if (!idset_has(&shape->rows.ids, shape->rows.open[i].hash))
			tell(shape, &shape->rows.open[i]);
	}
}

void rows_release(struct rows *rows)
{
	idset_release(&rows->ids);
	free(rows->open);
}
