/*
 * Version texts, and the keys of backups.
 *
 * A version is dotted numbers, then perhaps a qualifier, then perhaps "-SNAPSHOT":
 * "3.7", "3.7.0", "4.0-m2", "3.7-SNAPSHOT". Missing numbers are 0; no qualifier sorts before any.
 */
#include <strings.h>

#include "backup/file.h"

#define KEY_MAX ((size_t)100)

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_separator(char c)
{
	return c == '.' || c == '-' || c == '_' || c == '+' || c == ' ';
}

/* All but the first byte. */
static struct slice tail_of(struct slice s)
{
	return (struct slice){s.at + 1, s.len - 1};
}

/* Takes the digits at the front, without leading zeros: numbers of any length compare as text. */
static struct slice take_number(struct slice *s)
{
	struct slice number = *s;
	size_t len = 0;

	while (len < s->len && is_digit(s->at[len]))
		len++;
	s->at += len;
	s->len -= len;
	number.len = len;
	while (number.len > 0 && *number.at == '0') {
		number.at++;
		number.len--;
	}
	return number;
}

static int compare_numbers(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len > 0 ? memcmp(a.at, b.at, a.len) : 0;
}

/* Takes the next of the dotted numbers; an empty one, which is 0, when there are no more. */
static struct slice take_part(struct slice *s)
{
	struct slice rest = *s;

	if (rest.len > 0 && rest.at[0] == '.')
		rest = tail_of(rest);
	if (rest.len == 0 || !is_digit(rest.at[0]))
		return SLICE("");
	*s = rest;
	return take_number(s);
}

static bool has_part(struct slice s)
{
	return s.len > 0 &&
	       (is_digit(s.at[0]) || (s.at[0] == '.' && s.len > 1 && is_digit(s.at[1])));
}

/* Numbers inside a qualifier compare as numbers, all else by bytes: "m2" before "m10". */
static int compare_qualifiers(struct slice a, struct slice b)
{
	while (a.len > 0 && b.len > 0) {
		int order;

		if (is_digit(*a.at) && is_digit(*b.at)) {
			order = compare_numbers(take_number(&a), take_number(&b));
		} else {
			order = (unsigned char)*a.at - (unsigned char)*b.at;
			a = tail_of(a);
			b = tail_of(b);
		}
		if (order)
			return order;
	}
	return (a.len > 0) - (b.len > 0);
}

static bool cut_snapshot(struct slice *version)
{
	static const char word[] = "-SNAPSHOT";
	size_t len = sizeof(word) - 1;

	if (version->len < len || strncasecmp(version->at + version->len - len, word, len) != 0)
		return false;
	version->len -= len;
	return true;
}

int backup_version_compare(struct slice a, struct slice b)
{
	bool a_snapshot, b_snapshot;
	int order;

	if (!a.at)
		a = SLICE("");
	if (!b.at)
		b = SLICE("");
	a_snapshot = cut_snapshot(&a);
	b_snapshot = cut_snapshot(&b);
	while (has_part(a) || has_part(b)) {
		order = compare_numbers(take_part(&a), take_part(&b));
		if (order)
			return order;
	}
	while (a.len > 0 && is_separator(*a.at))
		a = tail_of(a);
	while (b.len > 0 && is_separator(*b.at))
		b = tail_of(b);
	order = compare_qualifiers(a, b);
	return order ? order : b_snapshot - a_snapshot;
}

struct slice backup_key_of_path(struct arena *arena, const char *path)
{
	static const char *const suffixes[] = {".csv", ".csv.gz", ".csv.zst"};
	const char *slash = strrchr(path, '/');
	struct slice name = slice_of(slash ? slash + 1 : path);

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		size_t len = strlen(suffixes[i]);

		if (name.len >= len &&
			strncasecmp(name.at + name.len - len, suffixes[i], len) == 0) {
			name.len -= len;
			break;
		}
	}
	return arena_copy(arena, name);
}

static bool is_key_character(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_digit(c) || c == '.' ||
	       c == '_' || c == '-';
}

bool backup_key_check(struct slice key, struct error *err)
{
	const char *hint = "Choose a backup key of letters, digits, dots, underscores and hyphens.";

	if (slice_is_empty(key))
		return FAIL_HINT(err, USAGE, hint, "the backup key is empty");
	if (key.len > KEY_MAX)
		return FAIL_HINT(err, USAGE, "Choose a shorter backup key.",
			"the backup key has %zu characters, at most %zu are allowed", key.len,
			KEY_MAX);
	for (size_t i = 0; i < key.len; i++) {
		if (!is_key_character(key.at[i]))
			return FAIL_HINT(err, USAGE, hint,
				"the backup key \"%.*s\" holds a character that is not allowed",
				SLICE_PRINT(key));
	}
	if (slice_starts_with(key, "undo-"))
		return FAIL_HINT(err, USAGE, "Choose another backup key.",
			"the backup key \"%.*s\" is reserved for safety copies", SLICE_PRINT(key));
	return true;
}
