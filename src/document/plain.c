/*
 * Safe text, and grids. Widths are those of Unicode's characters as terminals show them: two
 * columns for wide ones, none for combining marks.
 */
#include "document/plain.h"

#include <stdarg.h>
#include <utf8proc.h>

#define LABEL_WIDTH 14

/* Control characters, and those that turn the direction of writing or hide text. */
static bool is_dangerous(utf8proc_int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

/* The next character: how many bytes it takes, and itself, -1 for a byte that is no UTF-8. */
static size_t next_character(struct slice text, utf8proc_int32_t *c)
{
	utf8proc_ssize_t n =
		utf8proc_iterate((const utf8proc_uint8_t *)text.at, (utf8proc_ssize_t)text.len, c);
	if (n > 0)
		return (size_t)n;
	*c = -1;
	return 1;
}

void plain_safe(struct str *out, struct slice text)
{
	while (text.len > 0) {
		utf8proc_int32_t c;
		size_t n = next_character(text, &c);
		if (c < 0)
			str_addf(out, "\\x%02x", (unsigned)(unsigned char)text.at[0]);
		else if (!is_dangerous(c))
			str_add(out, (struct slice){text.at, n});
		else if (c < 0x100)
			str_addf(out, "\\x%02x", (unsigned)c);
		else
			str_addf(out, "\\u%04x", (unsigned)c);
		text.at += n;
		text.len -= n;
	}
}

/* How many bytes of a safe text fit into `width` columns; *used gets the columns they take. */
static size_t fitting(struct slice safe, int width, int *used)
{
	size_t bytes = 0;
	*used = 0;
	while (bytes < safe.len) {
		utf8proc_int32_t c;
		struct slice rest = {safe.at + bytes, safe.len - bytes};
		size_t n = next_character(rest, &c);
		int columns = c < 0 ? 1 : utf8proc_charwidth(c);
		if (*used + columns > width)
			break;
		*used += columns;
		bytes += n;
	}
	return bytes;
}

int plain_width(struct slice safe)
{
	int used;
	fitting(safe, INT32_MAX / 2, &used);
	return used;
}

void plain_highlight(
	struct str *out, const struct document_style *style, enum plain_look look, const char *text)
{
	static const char *const codes[] = {
		[PLAIN_STRONG] = "1", [PLAIN_GOOD] = "32", [PLAIN_BAD] = "1;31"};
	if (style->colour)
		str_addf(out, "\033[%sm%s\033[0m", codes[look], text);
	else
		str_add_text(out, text);
}

void plain_label(struct str *out, const char *label, struct slice value)
{
	str_addf(out, "%-*s ", LABEL_WIDTH, label);
	if (slice_is_empty(value))
		str_add_char(out, '-');
	else
		plain_safe(out, value);
	str_add_char(out, '\n');
}

void plain_labelf(struct str *out, const char *label, const char *format, ...)
{
	struct str value CLEANUP(str_release) = STR_INIT;
	va_list values;
	va_start(values, format);
	str_vaddf(&value, format, values);
	va_end(values);
	plain_label(out, label, str_slice(&value));
}

void plain_count(struct str *out, int64_t count, const char *one, const char *many)
{
	str_addf(out, "%lld %s", (long long)count, count == 1 ? one : many);
}

void plain_wrap(struct str *out, const struct document_style *style, const char *first, int indent,
	struct slice text)
{
	struct str safe CLEANUP(str_release) = STR_INIT;
	plain_safe(&safe, text);
	str_add_text(out, first);
	int column = plain_width(slice_of(first));
	bool begun = false;
	for (struct slice rest = str_slice(&safe), word; rest.len > 0;) {
		if (!slice_cut(rest, ' ', &word, &rest)) {
			word = rest;
			rest.len = 0;
		}
		int width = plain_width(word);
		if (begun && style->width > 0 && column + 1 + width > style->width) {
			str_addf(out, "\n%*s", indent, "");
			column = indent;
			begun = false;
		}
		str_addf(out, "%s%.*s", begun ? " " : "", SLICE_PRINT(word));
		column += (begun ? 1 : 0) + width;
		begun = true;
	}
	str_add_char(out, '\n');
}

void grid_begin(struct grid *grid, const struct grid_column *columns, size_t count)
{
	*grid = (struct grid){
		.columns = columns,
		.count = count < GRID_COLUMNS ? count : GRID_COLUMNS,
	};
	for (size_t i = 0; i < grid->count; i++)
		grid->widths[i] = plain_width(slice_of(columns[i].title));
}

void grid_measure(struct grid *grid, const struct slice *cells)
{
	struct str safe CLEANUP(str_release) = STR_INIT;
	for (size_t i = 0; i < grid->count; i++) {
		str_clear(&safe);
		plain_safe(&safe, cells[i]);
		int width = plain_width(str_slice(&safe));
		if (width > grid->widths[i])
			grid->widths[i] = width;
	}
}

void grid_fit(struct grid *grid, int width)
{
	if (width <= 0)
		return;
	int surplus = -width;
	for (size_t i = 0; i < grid->count; i++)
		surplus += grid->widths[i] + (i > 0 ? 2 : 0);
	for (; surplus > 0; surplus--) {
		size_t widest = grid->count;
		for (size_t i = 0; i < grid->count; i++) {
			int least = grid->columns[i].least;
			if (least > 0 && grid->widths[i] > least &&
				(widest == grid->count || grid->widths[i] > grid->widths[widest]))
				widest = i;
		}
		if (widest == grid->count)
			return;
		grid->widths[widest]--;
	}
}

static void add_cell(struct str *line, struct slice cell, int width, bool right)
{
	struct str safe CLEANUP(str_release) = STR_INIT;
	plain_safe(&safe, cell);
	int used = plain_width(str_slice(&safe));
	if (used > width) {
		str_truncate(&safe, fitting(str_slice(&safe), width - 1, &used));
		str_add_text(&safe, "…");
		used++;
	}
	if (right)
		str_addf(line, "%*s", width - used, "");
	str_add(line, str_slice(&safe));
	if (!right)
		str_addf(line, "%*s", width - used, "");
}

static void add_cells(const struct grid *grid, const struct slice *cells, struct str *line)
{
	for (size_t i = 0; i < grid->count; i++) {
		if (i > 0)
			str_add_text(line, "  ");
		add_cell(line, cells[i], grid->widths[i], grid->columns[i].right);
	}
	while (line->len > 0 && line->at[line->len - 1] == ' ')
		str_truncate(line, line->len - 1);
}

void grid_title(const struct grid *grid, const struct document_style *style, struct str *out)
{
	struct str line CLEANUP(str_release) = STR_INIT;
	struct slice cells[GRID_COLUMNS];
	for (size_t i = 0; i < grid->count; i++)
		cells[i] = slice_of(grid->columns[i].title);
	add_cells(grid, cells, &line);
	plain_highlight(out, style, PLAIN_STRONG, line.at);
	str_add_char(out, '\n');
}

void grid_row(const struct grid *grid, const struct slice *cells, struct str *out)
{
	struct str line CLEANUP(str_release) = STR_INIT;
	add_cells(grid, cells, &line);
	str_add(out, str_slice(&line));
	str_add_char(out, '\n');
}
