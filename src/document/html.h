/*
 * HTML pages that stand alone: no script, nothing loaded, every text escaped by html_text.
 *
 * They follow the reader's choice of light or dark, print in black on white, and keep to WCAG 2.2
 * AA: headings in order, tables with captions and header cells, contrast of text at least 4.5 : 1,
 * states in words and not by colour alone, wide tables in a region that the keyboard can scroll.
 */
#ifndef DOCUMENT_HTML_H
#define DOCUMENT_HTML_H

#include "base/str.h"

/*
 * Appends the text made safe (plain_safe) and with & < > " ' as entities: for the content of an
 * element or a value in quotes, and nowhere else.
 */
void html_text(struct str *out, struct slice text);

/* The page up to <main> with its <h1>, and its end. */
void html_begin(struct str *out, const char *title);
void html_end(struct str *out);
/* <h2>. `title` is ours. */
void html_heading(struct str *out, const char *title);
/* <p> with a text. */
void html_paragraph(struct str *out, struct slice text);

/* A column of a table: numbers stand to the right. */
struct html_column {
	const char *title;
	bool number;
};
/* A table with a caption; the first cell of each row is its header. */
void html_table_begin(
	struct str *out, const char *caption, const struct html_column *columns, size_t count);
void html_table_row(struct str *out, const struct html_column *columns, size_t count,
	const struct slice *cells);
void html_table_end(struct str *out);

#endif
