/*
 * Building of error messages, and the one table of kinds.
 *
 * Every text is put together beside its place first: the values of a format may point into the
 * very error that is written.
 */
#include <errno.h>
#include <stdarg.h>

#include "base/error.h"

static const struct kind {
	const char *name;
	int exit_status;
} kinds[] = {
	[ERROR_NONE] = {"none", 0},
	[ERROR_USAGE] = {"usage", 2},
	[ERROR_INPUT] = {"bad-input", 1},
	[ERROR_LIMIT] = {"limit", 1},
	[ERROR_TRUNCATED] = {"truncated", 1},
	[ERROR_NOT_FOUND] = {"not-found", 1},
	[ERROR_UNSUPPORTED] = {"unsupported", 1},
	[ERROR_DATABASE] = {"database", 1},
	[ERROR_READ_ONLY] = {"read-only", 1},
	[ERROR_NO_TABLES] = {"no-tables", 1},
	[ERROR_COUNTS] = {"counts-differ", 1},
	[ERROR_IO] = {"io", 1},
	[ERROR_WRONG_PRODUCT] = {"wrong-product", 4},
	[ERROR_WRONG_VERSION] = {"wrong-version", 4},
	[ERROR_KEY_IN_USE] = {"key-in-use", 4},
	[ERROR_BLOCKED] = {"blocked", 4},
	[ERROR_STALE_PLAN] = {"stale-plan", 4},
	[ERROR_NOT_CONFIRMED] = {"not-confirmed", 4},
	[ERROR_CHANGED] = {"changed", 4},
	[ERROR_REFUSED] = {"refused", 4},
	[ERROR_UNREACHABLE] = {"unreachable", 10},
	[ERROR_LOCKED] = {"locked", 11},
	[ERROR_AUTHENTICATION] = {"authentication", 12},
	[ERROR_INTERRUPTED] = {"interrupted", 130},
};

static const struct kind *kind_of(enum error_kind kind)
{
	if ((size_t)kind >= ARRAY_LEN(kinds) || !kinds[kind].name)
		return &kinds[ERROR_INPUT];
	return &kinds[kind];
}

/* Cuts an unfinished UTF-8 sequence off the end of a text that was cut by its size. */
static void cut_at_boundary(char *text)
{
	size_t len = strlen(text), start = len;
	unsigned char lead;
	size_t need;

	while (start > 0 && len - start < 3 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start == 0)
		return;
	lead = (unsigned char)text[start - 1];
	need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
	if (need > len - start + 1)
		text[start - 1] = '\0';
}

/* Formats into `into` of `size` bytes by way of `scratch` of the same size. */
PRINTF(4, 0)
static void put(char *into, char *scratch, size_t size, const char *format, va_list values)
{
	int len = vsnprintf(scratch, size, format, values);

	if (len < 0)
		scratch[0] = '\0';
	else if ((size_t)len >= size)
		cut_at_boundary(scratch);
	memcpy(into, scratch, strlen(scratch) + 1);
}

/* A message or hint stays one line, whatever a file or a database put into its values. */
static void make_one_line(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		text[--len] = '\0';
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = ' ';
	}
}

void error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
	char scratch[sizeof(err->message)];
	va_list values;

	va_start(values, format);
	put(err->message, scratch, sizeof(scratch), format, values);
	va_end(values);
	make_one_line(err->message);
	err->kind = kind;
	err->hint[0] = '\0';
	err->detail[0] = '\0';
}

void error_hint(struct error *err, const char *format, ...)
{
	char scratch[sizeof(err->hint)];
	va_list values;

	va_start(values, format);
	put(err->hint, scratch, sizeof(scratch), format, values);
	va_end(values);
	make_one_line(err->hint);
}

void error_detail(struct error *err, const char *format, ...)
{
	char scratch[sizeof(err->detail)];
	va_list values;

	va_start(values, format);
	put(err->detail, scratch, sizeof(scratch), format, values);
	va_end(values);
}

void error_context(struct error *err, const char *format, ...)
{
	char scratch[sizeof(err->message)], context[sizeof(err->message)];
	size_t len, room, rest;
	va_list values;

	va_start(values, format);
	put(context, scratch, sizeof(scratch), format, values);
	va_end(values);
	make_one_line(context);
	len = strlen(context);
	if (len + 2 >= sizeof(scratch))
		return;
	room = sizeof(scratch) - 1 - len - 2;
	rest = strlen(err->message);
	memmove(err->message + len + 2, err->message, rest < room ? rest : room);
	memcpy(err->message, context, len);
	memcpy(err->message + len, ": ", 2);
	err->message[len + 2 + (rest < room ? rest : room)] = '\0';
	if (rest > room)
		cut_at_boundary(err->message);
}

bool error_hint_errno(struct error *err, int reason)
{
	static const struct {
		int reason;
		const char *hint;
	} known[] = {
		{ENOSPC, "Make room on that disk and try again."},
		{EDQUOT, "Make room within the quota of that disk and try again."},
		{EFBIG, "The process may not write files of that size: raise the limit (ulimit -f) "
			"and try again."},
		{EMFILE, "The process may not open more files: raise the limit (ulimit -n) and try "
			 "again."},
		{ENFILE,
			"The system has no more file handles: close other programs and try again."},
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (known[i].reason == reason) {
			error_hint(err, "%s", known[i].hint);
			return true;
		}
	}
	return false;
}

const char *error_kind_name(enum error_kind kind)
{
	return kind_of(kind)->name;
}

int error_exit_status(enum error_kind kind)
{
	return kind_of(kind)->exit_status;
}
