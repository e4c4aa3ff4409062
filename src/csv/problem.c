/*
 * What can be wrong with a file, in words. The table is the master copy of the problems' names.
 */
#include "csv/problem.h"

static const struct problem {
	const char *name;
	enum error_kind kind;
	const char *text; /* what stands behind "line 1, offset 2, field 3: " */
	const char *hint;
} problems[] = {
	[CSV_PROBLEM_NONE] = {"none", ERROR_NONE, "no problem", ""},
	[CSV_PROBLEM_QUOTE] = {"bad-quoting", ERROR_INPUT,
		"a quoted field goes on behind its closing quote",
		"A quote inside a quoted field must be written twice."},
	[CSV_PROBLEM_OPEN_QUOTE] = {"open-quote", ERROR_TRUNCATED,
		"the file ends inside the quoted field that begins here",
		"The file was cut off, or a quote is missing or too many."},
	[CSV_PROBLEM_NUL] = {"nul-byte", ERROR_INPUT, "NUL bytes are not allowed", ""},
	[CSV_PROBLEM_UTF8] = {"bad-utf8", ERROR_INPUT, "the text is not valid UTF-8",
		"Use the file as it was exported: another program may have saved it in "
		"another encoding."},
	[CSV_PROBLEM_BOM] = {"byte-order-mark", ERROR_INPUT,
		"the file begins with a byte order mark",
		"Save the file as UTF-8 without a byte order mark."},
	[CSV_PROBLEM_FIELD_LIMIT] = {"field-too-long", ERROR_LIMIT,
		"the field is longer than the limit", ""},
	[CSV_PROBLEM_RECORD_LIMIT] = {"record-too-long", ERROR_LIMIT,
		"the record that begins here is longer than the limit", ""},
	[CSV_PROBLEM_FIELDS_LIMIT] = {"too-many-fields", ERROR_LIMIT,
		"the record has more fields than the limit", ""},
	[CSV_PROBLEM_READ] = {"read-error", ERROR_IO, "reading failed", ""},
};

const char *csv_problem_name(enum csv_problem problem)
{
	return (size_t)problem < ARRAY_LEN(problems) ? problems[problem].name : "none";
}

void csv_problem_describe(
	enum csv_problem problem, const struct csv_limits *limits, int failure, struct error *err)
{
	const struct problem *text = &problems[problem];

	switch (problem) {
	case CSV_PROBLEM_READ:
		error_set(err, text->kind, "%s: %s", text->text, strerror(failure));
		break;
	case CSV_PROBLEM_FIELD_LIMIT:
		error_set(err, text->kind, "%s of %zu bytes", text->text, limits->field);
		break;
	case CSV_PROBLEM_RECORD_LIMIT:
		error_set(err, text->kind, "%s of %zu bytes", text->text, limits->record);
		break;
	case CSV_PROBLEM_FIELDS_LIMIT:
		error_set(err, text->kind, "%s of %u", text->text, limits->fields);
		break;
	default:
		error_set(err, text->kind, "%s", text->text);
	}
	error_hint(err, "%s", text->hint);
}
