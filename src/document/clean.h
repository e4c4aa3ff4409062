/*
 * What `clean` removed, or would remove.
 */
#ifndef DOCUMENT_CLEAN_H
#define DOCUMENT_CLEAN_H

#include "document/document.h"
#include "ops/clean.h"

void document_clean_json(struct str *out, const struct clean_result *result);
void document_clean_text(
	struct str *out, const struct document_style *style, const struct clean_result *result);

#endif
