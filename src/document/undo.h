/*
 * What an undo did, and safety copies. As in document.h.
 */
#ifndef DOCUMENT_UNDO_H
#define DOCUMENT_UNDO_H

#include "document/document.h"
#include "ops/undo.h"

void document_undo_json(struct str *out, const struct undo_result *result);
void document_undo_text(
	struct str *out, const struct document_style *style, const struct undo_result *result);
/* What an undo would be about, for a question. */
void document_copy_text(struct str *out, const struct safety_copy *copy);

/* After the deletion of a safety copy of so many rows. */
void document_copy_deleted_json(struct str *out, struct slice key, int64_t rows);
void document_copy_deleted_text(struct str *out, struct slice key, int64_t rows);

#endif
