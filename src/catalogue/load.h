/*
 * Between load.c, which reads a catalogue's tables, and load_column.c, which reads their columns.
 * What refers to a table or a column by name can only be read when all of them are made.
 */
#ifndef CATALOGUE_LOAD_H
#define CATALOGUE_LOAD_H

#include "base/arena.h"
#include "catalogue/members.h"

/* A catalogue being made, and its tables and columns while they can be written. */
struct loader {
	struct arena *arena;
	struct catalogue *catalogue;
	struct catalogue_table *tables;
	struct catalogue_column **columns; /* of each table */
};

/* By enum known. */
extern const char *const loader_known_words[KNOWN_ASSUMED + 1];

/* A text of the file, kept in the arena. */
const char *loader_text(struct arena *arena, json_t *object, const char *name);
/* NULL as a name stands for a JSON value that is no text, and is refused. */
MUST_CHECK
bool loader_column(const struct catalogue_table *table, const char *name,
	const struct catalogue_column **out, struct error *err);
MUST_CHECK
bool loader_table(const struct catalogue *catalogue, const char *name,
	const struct catalogue_table **out, struct error *err);

/* First pass: name, type and the like. */
MUST_CHECK
bool loader_make_column(
	json_t *object, struct loader *l, struct catalogue_column *column, struct error *err);
/* Second pass: what the column means. */
MUST_CHECK
bool loader_uses(const struct catalogue_table *table, json_t *object, struct loader *l,
	struct catalogue_column *column, struct error *err);

#endif
