/*
 * The frame of a page, and tables.
 */
#include "document/html.h"

#include "document/plain.h"

/* Contrast of text on its ground: light 16.6 and 7.5 : 1, dark 14.6 and 9.3 : 1. */
static const char style[] =
	":root{color-scheme:light dark;--ground:#fff;--text:#1b1f24;--soft:#4d5560;--line:#8c959f;"
	"--head:#eef1f4;--good:#0a5c2b;--bad:#9b1c1c;--focus:#0b57d0}"
	"@media(prefers-color-scheme:dark){:root{--ground:#14181d;--text:#e6e9ed;--soft:#b4bcc6;"
	"--line:#6b7480;--head:#222930;--good:#7ee2a0;--bad:#ffb1a8;--focus:#8ab4f8}}"
	"body{margin:0;background:var(--ground);color:var(--text);"
	"font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",sans-serif}"
	"main{max-width:64rem;margin:0 auto;padding:1.5rem}"
	"h1{font-size:1.75rem;line-height:1.2;margin:0 0 .5rem}"
	"h2{font-size:1.25rem;margin:2rem 0 .5rem}"
	"p,ul,ol{margin:.5rem 0}li{margin:.25rem 0}"
	".good,.bad{font-weight:600;border-left:.4rem solid;padding:.25rem .75rem}"
	".good{color:var(--good)}.bad{color:var(--bad)}"
	".scroll{overflow-x:auto}.scroll:focus-visible{outline:3px solid var(--focus)}"
	"table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}"
	"caption{text-align:left;color:var(--soft);padding:.25rem 0}"
	"th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;"
	"vertical-align:top}td:last-child{overflow-wrap:anywhere}"
	"th{font-weight:600}thead th{background:var(--head)}"
	".number{text-align:right;white-space:nowrap}"
	"@media print{:root{--ground:#fff;--text:#000;--soft:#333;--line:#666;--head:#eee;"
	"--good:#000;--bad:#000}body{font-size:10pt}main{max-width:none;padding:0}"
	".scroll{overflow:visible}thead{display:table-header-group}tr{break-inside:avoid}"
	"h2{break-after:avoid}}";

void html_text(struct str *out, struct slice text)
{
	struct str safe CLEANUP(str_release) = STR_INIT;
	plain_safe(&safe, text);
	for (size_t i = 0; i < safe.len; i++) {
		switch (safe.at[i]) {
		case '&':
			str_add_text(out, "&amp;");
			break;
		case '<':
			str_add_text(out, "&lt;");
			break;
		case '>':
			str_add_text(out, "&gt;");
			break;
		case '"':
			str_add_text(out, "&quot;");
			break;
		case '\'':
			str_add_text(out, "&#39;");
			break;
		default:
			str_add_char(out, safe.at[i]);
		}
	}
}

void html_begin(struct str *out, const char *title)
{
	str_add_text(out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'\">\n<title>");
	html_text(out, slice_of(title));
	str_addf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n<h1>", style);
	html_text(out, slice_of(title));
	str_add_text(out, "</h1>\n");
}

void html_end(struct str *out)
{
	str_add_text(out, "</main>\n</body>\n</html>\n");
}

void html_heading(struct str *out, const char *title)
{
	str_add_text(out, "<h2>");
	html_text(out, slice_of(title));
	str_add_text(out, "</h2>\n");
}

void html_paragraph(struct str *out, struct slice text)
{
	str_add_text(out, "<p>");
	html_text(out, text);
	str_add_text(out, "</p>\n");
}

static void cell(
	struct str *out, const char *tag, const char *scope, bool number, struct slice text)
{
	str_addf(out, "<%s", tag);
	if (scope)
		str_addf(out, " scope=\"%s\"", scope);
	str_add_text(out, number ? " class=\"number\">" : ">");
	html_text(out, text);
	str_addf(out, "</%s>", tag);
}

void html_table_begin(
	struct str *out, const char *caption, const struct html_column *columns, size_t count)
{
	str_add_text(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
	html_text(out, slice_of(caption));
	str_add_text(out, "\">\n<table>\n<caption>");
	html_text(out, slice_of(caption));
	str_add_text(out, "</caption>\n<thead><tr>");
	for (size_t c = 0; c < count; c++)
		cell(out, "th", "col", columns[c].number, slice_of(columns[c].title));
	str_add_text(out, "</tr></thead>\n<tbody>\n");
}

void html_table_row(
	struct str *out, const struct html_column *columns, size_t count, const struct slice *cells)
{
	str_add_text(out, "<tr>");
	for (size_t c = 0; c < count; c++)
		cell(out, c == 0 ? "th" : "td", c == 0 ? "row" : NULL, columns[c].number, cells[c]);
	str_add_text(out, "</tr>\n");
}

void html_table_end(struct str *out)
{
	str_add_text(out, "</tbody>\n</table>\n</div>\n");
}
