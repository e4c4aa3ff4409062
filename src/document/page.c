/*
 * Both looks of a page.
 */
#include "document/page.h"

#include "document/internal.h"

void page_begin(const struct page *page, const char *title)
{
	if (!page->style) {
		html_begin(page->out, title);
		return;
	}
	plain_highlight(page->out, page->style, PLAIN_STRONG, title);
	str_add_text(page->out, "\n\n");
}

void page_end(const struct page *page)
{
	if (!page->style)
		html_end(page->out);
}

void page_heading(const struct page *page, const char *title)
{
	if (!page->style) {
		html_heading(page->out, title);
		return;
	}
	str_add_char(page->out, '\n');
	plain_highlight(page->out, page->style, PLAIN_STRONG, title);
	str_add_char(page->out, '\n');
}

void page_status(const struct page *page, bool good, const char *sentence)
{
	if (page->style) {
		plain_highlight(page->out, page->style, good ? PLAIN_GOOD : PLAIN_BAD, sentence);
		str_add_char(page->out, '\n');
		return;
	}
	str_addf(page->out, "<p class=\"%s\">", good ? "good" : "bad");
	html_text(page->out, slice_of(sentence));
	str_add_text(page->out, "</p>\n");
}

void page_paragraph(const struct page *page, struct slice text)
{
	if (!page->style) {
		html_paragraph(page->out, text);
		return;
	}
	plain_safe(page->out, text);
	str_add_char(page->out, '\n');
}

void page_list(const struct page *page, bool numbered, const struct slice *items, size_t count)
{
	if (!page->style)
		str_add_text(page->out, numbered ? "<ol>\n" : "<ul>\n");
	for (size_t i = 0; i < count; i++) {
		if (!page->style) {
			str_add_text(page->out, "<li>");
			html_text(page->out, items[i]);
			str_add_text(page->out, "</li>\n");
			continue;
		}
		if (numbered)
			str_addf(page->out, "%2zu. ", i + 1);
		else
			str_add_text(page->out, "  - ");
		plain_safe(page->out, items[i]);
		str_add_char(page->out, '\n');
	}
	if (!page->style)
		str_add_text(page->out, numbered ? "</ol>\n" : "</ul>\n");
}

void page_table(const struct page *page, const char *caption, const struct html_column *columns,
	size_t count, const struct slice *cells, size_t rows)
{
	if (!page->style) {
		html_table_begin(page->out, caption, columns, count);
		for (size_t r = 0; r < rows; r++)
			html_table_row(page->out, columns, count, cells + r * count);
		html_table_end(page->out);
		return;
	}
	struct grid_column titles[GRID_COLUMNS];
	for (size_t c = 0; c < count; c++)
		titles[c] = (struct grid_column){columns[c].title, columns[c].number, 0};
	text_grid(page->out, page->style, titles, count, cells, rows);
}

void page_facts(
	const struct page *page, const char *caption, const struct slice *pairs, size_t count)
{
	static const struct html_column columns[] = {{"Fact", false}, {"Value", false}};
	if (!page->style)
		html_table_begin(page->out, caption, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < count; i++) {
		if (slice_is_empty(pairs[2 * i + 1]))
			continue;
		if (!page->style) {
			html_table_row(page->out, columns, ARRAY_LEN(columns), pairs + 2 * i);
			continue;
		}
		plain_label(page->out, pairs[2 * i].at, pairs[2 * i + 1]);
	}
	if (!page->style)
		html_table_end(page->out);
}
