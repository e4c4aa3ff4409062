/*
 * Text around SQL that needs no connection: values, quoting, templates, URLs without secrets.
 */
#include "db/db.h"

#include <ctype.h>

/* --- values --------------------------------------------------------------------------------- */

struct db_value db_null(void)
{
	return (struct db_value){.kind = DB_NULL};
}

struct db_value db_int(int64_t number)
{
	return (struct db_value){.kind = DB_INT, .number = number};
}

struct db_value db_slice(struct slice text)
{
	return text.at ? (struct db_value){.kind = DB_TEXT, .text = text} : db_null();
}

struct db_value db_text(const char *text)
{
	return db_slice(slice_of(text));
}

/* --- words ------------------------------------------------------------------------------------ */

void dialect_apply(struct str *sql, const char *template, const char *expression)
{
	const char *hole;

	while ((hole = strstr(template, "{}"))) {
		str_add(sql, (struct slice){template, (size_t)(hole - template)});
		str_add_text(sql, expression);
		template = hole + 2;
	}
	str_add_text(sql, template);
}

void dialect_row_column(struct str *sql, const struct dialect *dialect, const char *row,
	const char *table, const char *column)
{
	const char *template = dialect->row_column_f;

	while (*template) {
		if (strncmp(template, "{}", 2) == 0) {
			str_add_text(sql, row);
			template += 2;
		} else if (strncmp(template, "{table}", 7) == 0) {
			db_identifier(sql, table);
			template += 7;
		} else if (strncmp(template, "{column}", 8) == 0) {
			db_identifier(sql, column);
			template += 8;
		} else if (strncmp(template, "{name}", 6) == 0) {
			db_literal(sql, slice_of(column));
			template += 6;
		} else {
			str_add_char(sql, *template ++);
		}
	}
}

static void add_quoted(struct str *sql, struct slice text, char quote)
{
	str_add_char(sql, quote);
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == quote)
			str_add_char(sql, quote);
		str_add_char(sql, text.at[i]);
	}
	str_add_char(sql, quote);
}

void db_identifier(struct str *sql, const char *name)
{
	add_quoted(sql, slice_of(name), '"');
}

void db_literal(struct str *sql, struct slice text)
{
	if (!text.at)
		str_add_text(sql, "NULL");
	else
		add_quoted(sql, text, '\'');
}

/* --- URLs ------------------------------------------------------------------------------------- */

/* True for what follows the colon in "host:5432/name?user=a@b", cut at the "@". */
static bool is_port_and_parameters(const char *at, const char *end)
{
	const char *query = memchr(at, '?', (size_t)(end - at));

	while (at < end && isdigit((unsigned char)*at))
		at++;
	return query && (*at == '/' || *at == '?') && memchr(query, '=', (size_t)(end - query));
}

static const char *last_at_sign(const char *from, const char *end)
{
	const char *at = NULL;

	for (; from < end; from++) {
		if (*from == '@')
			at = from;
	}
	return at;
}

/*
 * Appends `user@` of what follows "://" and gives where the rest begins. A password that should
 * have been percent-encoded may hold any of "@:/?": rather too much is left out than too little.
 */
static const char *redact_user(const char *at, const char *end, struct str *out)
{
	const char *query = memchr(at, '?', (size_t)(end - at));
	const char *sign = last_at_sign(at, query ? query : end);
	const char *colon;

	if (!sign)
		sign = last_at_sign(at, end);
	if (!sign)
		return at;
	colon = memchr(at, ':', (size_t)(sign - at));
	if (!colon || is_port_and_parameters(colon + 1, sign))
		return at;
	str_add(out, (struct slice){at, (size_t)(colon - at)});
	return sign;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* True when the parameter's name, which may be percent-encoded, ends in "password". */
static bool is_password(struct slice parameter)
{
	static const char word[] = "password";
	struct slice name, value;
	size_t have = 0;
	char last[sizeof(word) - 1] = {0};

	if (!slice_cut(parameter, '=', &name, &value))
		name = parameter;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (c == '%' && i + 2 < name.len && hex_digit(name.at[i + 1]) >= 0 &&
			hex_digit(name.at[i + 2]) >= 0) {
			c = (char)(hex_digit(name.at[i + 1]) * 16 + hex_digit(name.at[i + 2]));
			i += 2;
		}
		memmove(last, last + 1, sizeof(last) - 1);
		last[sizeof(last) - 1] = (char)tolower((unsigned char)c);
		have++;
	}
	return have >= sizeof(last) && memcmp(last, word, sizeof(last)) == 0;
}

void db_redact(const char *url, struct str *out)
{
	const char *at = url, *end = url + strlen(url);
	const char *authority = strstr(url, "://");
	struct slice place, parameters, parameter, rest;
	char separator = '?';

	if (authority) {
		str_add(out, (struct slice){url, (size_t)(authority + 3 - url)});
		at = redact_user(authority + 3, end, out);
	}
	if (!slice_cut((struct slice){at, (size_t)(end - at)}, '?', &place, &parameters)) {
		str_add_text(out, at);
		return;
	}
	str_add(out, place);
	while (parameters.at) {
		if (!slice_cut(parameters, '&', &parameter, &rest)) {
			parameter = parameters;
			rest = SLICE_NULL;
		}
		if (!is_password(parameter)) {
			str_add_char(out, separator);
			str_add(out, parameter);
			separator = '&';
		}
		parameters = rest;
	}
}
