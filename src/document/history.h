/*
 * What was changed in mappings, and what an undo of it did. As in document.h.
 */
#ifndef DOCUMENT_HISTORY_H
#define DOCUMENT_HISTORY_H

#include "document/document.h"
#include "mapping/history.h"

/* One change: an element of the list. */
void document_change_json(struct str *out, const struct mapping_batch *batch);
/* The list as a grid, row by row: begin, measure each row, fit and title, write each row. */
void document_changes_begin(struct grid *grid);
void document_changes_measure(struct grid *grid, const struct mapping_batch *batch);
void document_changes_title(struct str *out, const struct document_style *style, struct grid *grid);
void document_changes_row(
	struct str *out, const struct grid *grid, const struct mapping_batch *batch);

/* After an undo, or a dry run of one (result->number is 0). */
void document_map_undo_json(struct str *out, const struct mapping_undo_result *result);
void document_map_undo_text(struct str *out, const struct document_style *style,
	const struct mapping_undo_result *result);
/* What an undo would be about, for a question. */
void document_map_undo_preview(struct str *out, const struct mapping_undo_result *result);

#endif
