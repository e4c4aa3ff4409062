/*
 * A row of SQLite as text, exactly, and back:
 *
 *     reqferry_row(name, value, ...)   a JSON object of the pairs
 *     reqferry_column(row, name)       the value of that name, of the type that it had
 *     reqferry_sha256(text)            of its bytes, in lower-case hexadecimal digits
 *
 * A value is null, a whole number of 64 bits, or a JSON string where it is text of UTF-8 without a
 * NUL; so people can read a row. What JSON cannot say exactly is an object of one pair:
 *
 *     {"real":"3ff8000000000000"}      the bits of an IEEE number
 *     {"text":"ff00"}                  text of other bytes
 *     {"blob":"ff00"}                  bytes
 *
 * A row of many columns may be several objects, one behind the other. The reader takes what the
 * writer makes, and no other JSON; anything else, a missing name included, is an error.
 */
#include "base/digest.h"
#include "db/sqlite.h"

#include <utf8proc.h>

/* --- writing ---------------------------------------------------------------------------------- */

static bool is_plain_text(const uint8_t *at, size_t len)
{
	while (len > 0) {
		utf8proc_int32_t letter;
		utf8proc_ssize_t used = utf8proc_iterate(at, (utf8proc_ssize_t)len, &letter);

		if (used <= 0 || letter == 0)
			return false;
		at += used;
		len -= (size_t)used;
	}
	return true;
}

static void add_string(struct str *out, struct slice text)
{
	size_t from = 0;

	str_add_char(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		str_add(out, (struct slice){text.at + from, i - from});
		if (c < 0x20)
			str_addf(out, "\\u%04x", c);
		else
			str_addf(out, "\\%c", c);
		from = i + 1;
	}
	str_add(out, (struct slice){text.at + from, text.len - from});
	str_add_char(out, '"');
}

static void add_bytes(struct str *out, const char *kind, const uint8_t *at, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	str_addf(out, "{\"%s\":\"", kind);
	str_reserve(out, 2 * len);
	for (size_t i = 0; i < len; i++) {
		str_add_char(out, digits[at[i] >> 4]);
		str_add_char(out, digits[at[i] & 15]);
	}
	str_add_text(out, "\"}");
}

static void add_value(struct str *out, sqlite3_value *value)
{
	const uint8_t *bytes;
	size_t len;
	double number;
	uint64_t bits;

	switch (sqlite3_value_type(value)) {
	case SQLITE_NULL:
		str_add_text(out, "null");
		break;
	case SQLITE_INTEGER:
		str_addf(out, "%lld", (long long)sqlite3_value_int64(value));
		break;
	case SQLITE_FLOAT:
		number = sqlite3_value_double(value);
		memcpy(&bits, &number, sizeof(bits));
		str_addf(out, "{\"real\":\"%016llx\"}", (unsigned long long)bits);
		break;
	case SQLITE_BLOB:
		bytes = sqlite3_value_blob(value);
		add_bytes(out, "blob", bytes, (size_t)sqlite3_value_bytes(value));
		break;
	default:
		bytes = sqlite3_value_text(value);
		len = (size_t)sqlite3_value_bytes(value);
		if (is_plain_text(bytes, len))
			add_string(out, (struct slice){(const char *)bytes, len});
		else
			add_bytes(out, "text", bytes, len);
	}
}

static void row(sqlite3_context *context, int count, sqlite3_value **values)
{
	CLEANUP(str_release) struct str out = STR_INIT;

	for (int i = 0; i + 1 < count; i += 2) {
		str_add_char(&out, i ? ',' : '{');
		add_string(&out, slice_of((const char *)sqlite3_value_text(values[i])));
		str_add_char(&out, ':');
		add_value(&out, values[i + 1]);
	}
	str_add_char(&out, '}');
	sqlite3_result_text64(context, out.at, out.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Where a string's closing quote stands; NULL when it has none. `at`: behind the opening one. */
static const char *string_end(const char *at, const char *end)
{
	while (at < end && *at != '"')
		at += *at == '\\' ? 2 : 1;
	return at < end ? at : NULL;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What stands between the quotes, its escapes undone. */
static bool read_string(const char *at, const char *end, struct str *out)
{
	while (at < end) {
		const char *mark = memchr(at, '\\', (size_t)(end - at));

		str_add(out, (struct slice){at, (size_t)((mark ? mark : end) - at)});
		if (!mark)
			return true;
		if (end - mark >= 6 && mark[1] == 'u' && hex_value(mark[4]) >= 0 &&
			hex_value(mark[5]) >= 0) {
			str_add_char(out, (char)(hex_value(mark[4]) * 16 + hex_value(mark[5])));
			at = mark + 6;
		} else if (end - mark >= 2 && (mark[1] == '"' || mark[1] == '\\')) {
			str_add_char(out, mark[1]);
			at = mark + 2;
		} else {
			return false;
		}
	}
	return true;
}

static bool read_bytes(struct slice digits, struct str *out)
{
	if (digits.len % 2)
		return false;
	str_reserve(out, digits.len / 2);
	for (size_t i = 0; i < digits.len; i += 2) {
		int high = hex_value(digits.at[i]), low = hex_value(digits.at[i + 1]);

		if (high < 0 || low < 0)
			return false;
		str_add_char(out, (char)(high * 16 + low));
	}
	return true;
}

static bool give_real(sqlite3_context *context, struct slice bytes)
{
	uint64_t bits = 0;
	double number;

	if (bytes.len != sizeof(bits))
		return false;
	for (size_t i = 0; i < sizeof(bits); i++)
		bits = bits << 8 | (uint8_t)bytes.at[i];
	memcpy(&number, &bits, sizeof(number));
	sqlite3_result_double(context, number);
	return true;
}

/* {"real":"..."} and its like; `value` is what stands inside the braces. */
static bool give_object(sqlite3_context *context, struct slice value)
{
	static const char shape[] = "\"kind\":\"";
	CLEANUP(str_release) struct str bytes = STR_INIT;
	size_t head = sizeof(shape) - 1;

	if (value.len < head + 1 ||
		!read_bytes((struct slice){value.at + head, value.len - head - 1}, &bytes))
		return false;
	if (slice_starts_with(value, "\"real\":\""))
		return give_real(context, str_slice(&bytes));
	if (slice_starts_with(value, "\"text\":\""))
		sqlite3_result_text64(context, bytes.at, bytes.len, SQLITE_TRANSIENT, SQLITE_UTF8);
	else if (slice_starts_with(value, "\"blob\":\""))
		sqlite3_result_blob64(context, bytes.at, bytes.len, SQLITE_TRANSIENT);
	else
		return false;
	return true;
}

static bool give_value(sqlite3_context *context, struct slice value)
{
	CLEANUP(str_release) struct str text = STR_INIT;
	int64_t number;

	if (slice_is(value, "null"))
		return true; /* the result is NULL unless something is given */
	if (slice_to_int64(value, &number)) {
		sqlite3_result_int64(context, number);
		return true;
	}
	if (value.len < 2)
		return false;
	if (value.at[0] == '{')
		return give_object(context, (struct slice){value.at + 1, value.len - 2});
	if (value.at[0] != '"' || !read_string(value.at + 1, value.at + value.len - 1, &text))
		return false;
	sqlite3_result_text64(context, text.at, text.len, SQLITE_TRANSIENT, SQLITE_UTF8);
	return true;
}

/* The end of the value that begins at `at`; NULL when it has none. */
static const char *value_end(const char *at, const char *end)
{
	const char *close;

	if (at < end && *at == '"') {
		close = string_end(at + 1, end);
		return close ? close + 1 : NULL;
	}
	if (at < end && *at == '{') {
		/* nothing but a name and digits stands inside */
		close = memchr(at, '}', (size_t)(end - at));
		return close ? close + 1 : NULL;
	}
	while (at < end && *at != ',' && *at != '}')
		at++;
	return at < end ? at : NULL;
}

/* Finds the value of a name. */
static bool find_value(struct slice text, struct slice name, struct slice *value)
{
	CLEANUP(str_release) struct str found = STR_INIT;
	const char *at = text.at, *end = text.at + text.len;

	while (end - at > 2) {
		const char *close, *behind;

		/* "{" or "," before a pair, "}{" between two objects */
		at += at[0] == '}' && at[1] == '{' ? 2 : 1;
		if (at >= end || *at != '"' || !(close = string_end(at + 1, end)) ||
			end - close < 2 || close[1] != ':')
			return false;
		behind = value_end(close + 2, end);
		str_clear(&found);
		if (!behind || !read_string(at + 1, close, &found))
			return false;
		if (slice_equal(str_slice(&found), name)) {
			*value = (struct slice){close + 2, (size_t)(behind - close - 2)};
			return true;
		}
		at = behind;
	}
	return false;
}

static void column(sqlite3_context *context, UNUSED int count, sqlite3_value **values)
{
	struct slice text = {(const char *)sqlite3_value_text(values[0]), 0}, value;
	struct slice name = {(const char *)sqlite3_value_text(values[1]), 0};

	if (!text.at || !name.at)
		return;
	text.len = (size_t)sqlite3_value_bytes(values[0]);
	name.len = (size_t)sqlite3_value_bytes(values[1]);
	if (!find_value(text, name, &value) || !give_value(context, value))
		sqlite3_result_error(context, "a row of a safety copy is damaged", -1);
}

static void sha256(sqlite3_context *context, UNUSED int count, sqlite3_value **values)
{
	const unsigned char *text = sqlite3_value_text(values[0]);
	struct digest *digest CLEANUP(digest_free) = NULL;
	uint8_t bytes[DIGEST_SIZE];
	char hex[DIGEST_HEX];

	if (!text)
		return;
	digest = digest_new();
	digest_add(digest, text, (size_t)sqlite3_value_bytes(values[0]));
	digest_end(digest, bytes);
	digest_hex(bytes, hex);
	sqlite3_result_text(context, hex, -1, SQLITE_TRANSIENT);
}

int sqlite_add_row_functions(sqlite3 *handle)
{
	static const struct {
		const char *name;
		int count;
		void (*run)(sqlite3_context *context, int count, sqlite3_value **values);
	} functions[] = {{"reqferry_row", -1, row}, {"reqferry_column", 2, column},
		{"reqferry_sha256", 1, sha256}};
	int result = SQLITE_OK;

	for (size_t i = 0; i < ARRAY_LEN(functions) && result == SQLITE_OK; i++)
		result = sqlite3_create_function_v2(handle, functions[i].name, functions[i].count,
			SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, functions[i].run, NULL, NULL,
			NULL);
	return result;
}
