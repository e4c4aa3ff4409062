/*
 * PostgreSQL: its words.
 *
 * Upper and lower case follow the rules of ICU's root locale, which are Unicode's full ones, as
 * Java's are; a server without ICU has the collation not, and says so when it is asked.
 */
#include "db/postgres.h"

const struct dialect postgres_dialect = {
	.name = "postgresql",
	.binary_collation = " COLLATE \"C\"",
	.type_int64 = "bigint",
	.type_text = "text",
	.type_key = "text COLLATE \"C\"",
	.insert_ignore_prefix = "INSERT INTO ",
	.insert_ignore_suffix = " ON CONFLICT DO NOTHING",
	.for_update = " FOR UPDATE",
	.integer_to_text_f = "CAST({} AS text)",
	.boolean_to_text_f = "(CASE WHEN {} THEN 'true' WHEN NOT {} THEN 'false' END)",
	.timestamp_to_text_f = "to_char(date_trunc('milliseconds', {}), 'YYYY-MM-DD "
			       "HH24:MI:SS.MS')",
	.text_to_text_f = "CAST({} AS text)",
	.text_to_integer_f = "CAST({} AS bigint)",
	.text_to_boolean_f = "CAST({} AS boolean)",
	.text_to_timestamp_f = "CAST({} AS timestamp)",
	.key_to_integer_f = "(CASE WHEN {} ~ '^[0-9]{1,18}$' OR ({} ~ '^[0-9]{19}$' AND {} COLLATE "
			    "\"C\" <= '9223372036854775807') THEN CAST({} AS bigint) END)",
	.upper_f = "upper({} COLLATE \"und-x-icu\")",
	.boolean_is_true_f = "({})",
	.boolean_is_false_f = "(NOT {})",
	/*
	 * JSON as the server writes and reads it is exact for every type, and keeps a json column's
	 * own text; only a JSON null in such a column comes back as no value. An argument list ends
	 * at 100 arguments, so pairs are joined as text, without their braces.
	 */
	.row_json_open = "substr(left(CAST(json_build_object(",
	.row_json_close = ") AS text), -1), 2)",
	.row_json_join = " || ', ' || ",
	.row_json_f = "('{' || {} || '}')",
	.row_column_f = "(json_populate_record(CAST(NULL AS {table}), CAST({} AS json))).{column}",
	.fraction_digits = 6,
	.sha256_f = "encode(sha256(convert_to({}, 'UTF8')), 'hex')",
};
