/*
 * Writing records as commons-csv's CSVPrinter does with CSVFormat.DEFAULT. The rules stand in
 * csv.h.
 *
 * They are rules about characters there and about bytes here. It is the same: the characters that
 * matter are ASCII, and no byte of a longer UTF-8 character is below 0x80.
 */
#include "csv/csv.h"

static const uint8_t needs_quotes[256] = {['"'] = 1, [','] = 1, ['\r'] = 1, ['\n'] = 1};

static bool must_quote(struct slice field, bool first)
{
	const unsigned char *at = (const unsigned char *)field.at;

	if (field.len == 0)
		return first && at;
	if (at[0] <= 0x23 || at[field.len - 1] <= 0x20)
		return true;
	for (size_t i = 0; i < field.len; i++) {
		if (needs_quotes[at[i]])
			return true;
	}
	return false;
}

static void write_quoted(struct str *out, struct slice field)
{
	const char *quote;

	str_reserve(out, field.len + 2);
	str_add_char(out, '"');
	while (field.len > 0 && (quote = memchr(field.at, '"', field.len))) {
		size_t len = (size_t)(quote - field.at) + 1;

		str_add(out, (struct slice){field.at, len});
		str_add_char(out, '"');
		field.at += len;
		field.len -= len;
	}
	str_add(out, field);
	str_add_char(out, '"');
}

void csv_write_record(struct str *out, const struct slice *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			str_add_char(out, ',');
		if (must_quote(fields[i], i == 0))
			write_quoted(out, fields[i]);
		else
			str_add(out, fields[i]);
	}
	str_add(out, SLICE("\r\n"));
}
