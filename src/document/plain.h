/*
 * Plain text for people: made safe for a terminal, measured in its columns, laid out in a grid.
 *
 * A grid is filled in two passes over the same rows, so that rows can be streamed: measure each,
 * fit, then write each.
 */
#ifndef DOCUMENT_PLAIN_H
#define DOCUMENT_PLAIN_H

#include "base/str.h"

/* How text may look where it goes. All zero: plain text of any width, as for a file. */
struct document_style {
	bool colour;
	int width; /* columns of the terminal; 0 = never cut */
};

/*
 * Appends the text with all that could move a cursor, change colours or turn the direction of
 * writing as \x1b or \u202e, and bytes that are no UTF-8 as \xff.
 */
void plain_safe(struct str *out, struct slice text);
/* The columns that a text of plain_safe takes. */
int plain_width(struct slice safe);

enum plain_look { PLAIN_STRONG, PLAIN_GOOD, PLAIN_BAD };
/* Appends a text of ours, highlighted when the style has colour. */
void plain_highlight(struct str *out, const struct document_style *style, enum plain_look look,
	const char *text);

/* "Scope      ABC" with the label padded to a common width; no value is shown as "-". */
void plain_label(struct str *out, const char *label, struct slice value);
void PRINTF(3, 4) plain_labelf(struct str *out, const char *label, const char *format, ...);
/* "1 row", "2 rows": appends the number and the noun that fits. */
void plain_count(struct str *out, int64_t count, const char *one, const char *many);

/*
 * Appends lines of at most the style's width, broken at blanks: the first begins with `first`, the
 * others with as many blanks as `indent` says. One line when the width is 0. Makes the text safe.
 */
void plain_wrap(struct str *out, const struct document_style *style, const char *first, int indent,
	struct slice text);

#define GRID_COLUMNS 12

struct grid_column {
	const char *title;
	bool right; /* numbers */
	int least;  /* may be cut down to so many columns; 0 = never cut */
};

struct grid {
	const struct grid_column *columns;
	size_t count;
	int widths[GRID_COLUMNS];
};

/* At most GRID_COLUMNS columns, which must outlive the grid. */
void grid_begin(struct grid *grid, const struct grid_column *columns, size_t count);
/* Takes the widths of a row's cells into account. No value is an empty cell. */
void grid_measure(struct grid *grid, const struct slice *cells);
/* Cuts columns down, the widest first, until a row fits; does nothing for width 0. */
void grid_fit(struct grid *grid, int width);
void grid_title(const struct grid *grid, const struct document_style *style, struct str *out);
/* One line; cells that do not fit end with an ellipsis. No blanks at the line's end. */
void grid_row(const struct grid *grid, const struct slice *cells, struct str *out);

#endif
