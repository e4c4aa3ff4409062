/*
 * What the documents share: JSON values that cannot fail, and blocks of counts.
 *
 * Members come out in the order in which they are put. Running out of memory ends the process, so
 * none of these returns NULL.
 */
#ifndef DOCUMENT_INTERNAL_H
#define DOCUMENT_INTERNAL_H

#include "document/document.h"

#include <jansson.h>

json_t *json_new_object(void);
json_t *json_new_array(void);
/* No value gives null. Bytes that are no UTF-8 become U+FFFD. */
json_t *json_of_slice(struct slice text);
/* NULL gives null. */
json_t *json_of_text(const char *text);
json_t *json_of_int(int64_t number);
/* null for 0: a number that counts from 1, or none. */
json_t *json_of_number(int64_t number);
json_t *json_of_bool(bool value);
/* The object or array takes the value over. */
void json_put(json_t *object, const char *key, json_t *value);
void json_put_slice(json_t *object, struct slice key, json_t *value);
void json_push(json_t *array, json_t *value);
/* {"NAME": rows} */
json_t *json_of_tallies(const struct tallies *tallies);
/* Appends the document without a line end and frees it. */
void json_finish(struct str *out, json_t *document);

/*
 * A grid with its title out of cells, row by row, cut to the style's width. The cells live in the
 * arena: text_cells makes room for them.
 */
struct slice *text_cells(struct arena *arena, size_t rows, size_t columns);
void text_grid(struct str *out, const struct document_style *style,
	const struct grid_column *columns, size_t count, const struct slice *cells, size_t rows);
/* "... and 3 more" when not all are listed. */
void text_more(struct str *out, size_t listed, int64_t total);

/* "Rows by table" and the tallies with their sum, or nothing when there are none. */
void text_tallies(struct str *out, const struct document_style *style, const char *title,
	const char *column, const struct tallies *tallies);
/* The tallies side by side (GRID_COLUMNS - 1 at most), a line for each name that occurs in any of
 * them, and their sums. */
struct text_tally_column {
	const char *title;
	const struct tallies *tallies;
};
void text_tally_table(struct str *out, const struct document_style *style, const char *title,
	const struct text_tally_column *columns, size_t count);
/* "DBLINK 3, DBPROPERTY 1": those that are not 0. */
void text_tally_words(struct str *out, const struct tallies *tallies);
/* What a plan says of the import, shared by plan, import and report. */
json_t *plan_differences_json(const struct plan *plan);
json_t *plan_notes_json(const struct plan *plan);
json_t *outside_lost_json(const struct plan *plan);
/* Everything that a person should know beside the counts: of the plan and of the import. */
void plan_remarks_text(
	struct str *out, const struct document_style *style, const struct plan *plan);
void plan_scope_text(struct str *out, const struct plan *plan);
/* The tally of that name, 0 when there is none. */
int64_t tally_of(const struct tallies *tallies, struct slice name);
/* A mapping's state as the vendor's wizard calls it, and with what it is mapped to: "Mapped ! to
 * 4711".
 */
struct slice text_status(struct slice status);
/* A time of our own tables to the second: "2026-01-31T12:34:56Z". */
struct slice text_date(struct arena *arena, struct slice date);
struct slice text_state(struct arena *arena, struct slice status, struct slice destination);
/* A decimal number in a buffer that lives as long as the arena. */
struct slice text_of_int(struct arena *arena, int64_t number);

#endif
