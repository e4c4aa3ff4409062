/*
 * A document of headings, tables and lists, said once and shown as plain text or as HTML.
 */
#ifndef DOCUMENT_PAGE_H
#define DOCUMENT_PAGE_H

#include "document/html.h"
#include "document/plain.h"

struct page {
	struct str *out;
	const struct document_style *style; /* of text; NULL: HTML */
};

void page_begin(const struct page *page, const char *title);
void page_end(const struct page *page);
void page_heading(const struct page *page, const char *title);
/* A sentence of ours that says how it came out. */
void page_status(const struct page *page, bool good, const char *sentence);
void page_paragraph(const struct page *page, struct slice text);
/* Several lines; numbered when their order matters. */
void page_list(const struct page *page, bool numbered, const struct slice *items, size_t count);
/* At most GRID_COLUMNS columns; `cells` row by row. */
void page_table(const struct page *page, const char *caption, const struct html_column *columns,
	size_t count, const struct slice *cells, size_t rows);
/* Pairs of label and value: no value is left out. */
void page_facts(
	const struct page *page, const char *caption, const struct slice *pairs, size_t count);

#endif
