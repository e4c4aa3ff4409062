/*
 * SQLite: its words, and the SQL functions that they call:
 *
 *     reqferry_upper(text), reqferry_lower(text)   case by Unicode's rules (letter.h)
 *     reqferry_timestamp(text)                     the same time with three fraction digits
 *
 * A column of SQLite holds any type whatever it declares: booleans may be 0, 1, 'true', 'false',
 * 't' or 'f' in any case, times may have a 'T' in the middle and any number of fraction digits.
 * What fits none of this passes unchanged, as text.
 */
#include "db/letter.h"
#include "db/sqlite.h"

const struct dialect sqlite_dialect = {
	.name = "sqlite",
	.binary_collation = " COLLATE BINARY",
	.type_int64 = "INTEGER",
	.type_text = "TEXT",
	.type_key = "TEXT",
	.insert_ignore_prefix = "INSERT OR IGNORE INTO ",
	.insert_ignore_suffix = "",
	.for_update = "",
	.integer_to_text_f = "CAST({} AS TEXT)",
	.boolean_to_text_f = "(CASE lower({}) WHEN '1' THEN 'true' WHEN 't' THEN 'true' "
			     "WHEN 'true' THEN 'true' WHEN '0' THEN 'false' WHEN 'f' THEN "
			     "'false' WHEN 'false' THEN 'false' ELSE CAST({} AS TEXT) END)",
	.timestamp_to_text_f = "reqferry_timestamp({})",
	.text_to_text_f = "CAST({} AS TEXT)",
	.text_to_integer_f = "CAST({} AS INTEGER)",
	.text_to_boolean_f = "(CASE {} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)",
	.text_to_timestamp_f = "reqferry_timestamp({})",
	.key_to_integer_f = "(CASE WHEN {} NOT GLOB '*[^0-9]*' AND (length({}) BETWEEN 1 AND 18 OR "
			    "length({}) = 19 AND {} <= '9223372036854775807') "
			    "THEN CAST({} AS INTEGER) END)",
	.upper_f = "reqferry_upper({})",
	.boolean_is_true_f = "(lower({}) IN ('1', 't', 'true'))",
	.boolean_is_false_f = "(lower({}) IN ('0', 'f', 'false'))",
	.row_json_open = "reqferry_row(",
	.row_json_close = ")",
	.row_json_join = " || ",
	.row_json_f = "{}",
	.row_column_f = "reqferry_column({}, {name})",
	.fraction_digits = 3,
	.sha256_f = "reqferry_sha256({})",
};

/* The value as text; no value for NULL. Lives until the function returns. */
static struct slice argument(sqlite3_value *value)
{
	const char *text = (const char *)sqlite3_value_text(value);

	return (struct slice){text, text ? (size_t)sqlite3_value_bytes(value) : 0};
}

static void give(sqlite3_context *context, struct slice text)
{
	sqlite3_result_text64(context, text.at, text.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void map_letters(sqlite3_context *context, sqlite3_value *value,
	void (*map)(struct slice text, struct str *out))
{
	CLEANUP(str_release) struct str out = STR_INIT;
	struct slice text = argument(value);

	if (!text.at)
		return; /* the result is NULL unless something is given */
	map(text, &out);
	give(context, str_slice(&out));
}

static void upper(sqlite3_context *context, UNUSED int count, sqlite3_value **values)
{
	map_letters(context, values[0], letter_upper);
}

static void lower(sqlite3_context *context, UNUSED int count, sqlite3_value **values)
{
	map_letters(context, values[0], letter_lower);
}

#define SECONDS_LEN 19 /* of "yyyy-MM-dd HH:mm:ss" */
#define MILLIS_LEN  23

/* `yyyy-MM-dd HH:mm:ss` with or without a dot and digits, a 'T' instead of the blank allowed. */
static bool has_shape_of_time(struct slice text)
{
	static const char shape[] = "0000-00-00 00:00:00.";

	if (text.len < SECONDS_LEN)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char want = (unsigned char)(i < sizeof(shape) - 1 ? shape[i] : '0');
		unsigned char c = (unsigned char)text.at[i];

		if (want == '0' ? c < '0' || c > '9' : c != want && !(want == ' ' && c == 'T'))
			return false;
	}
	return true;
}

static void timestamp(sqlite3_context *context, UNUSED int count, sqlite3_value **values)
{
	char out[MILLIS_LEN + 1] = "0000-00-00 00:00:00.000";
	struct slice text = argument(values[0]);

	if (!text.at)
		return;
	if (!has_shape_of_time(text)) {
		give(context, text);
		return;
	}
	memcpy(out, text.at, text.len < MILLIS_LEN ? text.len : MILLIS_LEN);
	out[10] = ' ';
	give(context, (struct slice){out, MILLIS_LEN});
}

int sqlite_add_functions(sqlite3 *handle)
{
	static const struct {
		const char *name;
		void (*run)(sqlite3_context *context, int count, sqlite3_value **values);
	} functions[] = {{"reqferry_upper", upper}, {"reqferry_lower", lower},
		{"reqferry_timestamp", timestamp}};
	int result = SQLITE_OK;

	for (size_t i = 0; i < ARRAY_LEN(functions) && result == SQLITE_OK; i++)
		result = sqlite3_create_function_v2(handle, functions[i].name, 1,
			SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, functions[i].run, NULL, NULL,
			NULL);
	return result;
}
