/*
 * Borrowed text: comparing, cutting, reading numbers. No memory is taken or freed here.
 */
#include "base/slice.h"

struct slice slice_of(const char *text)
{
	if (!text)
		return SLICE_NULL;
	return (struct slice){text, strlen(text)};
}

bool slice_is_empty(struct slice s)
{
	return !s.at || s.len == 0;
}

bool slice_equal(struct slice a, struct slice b)
{
	if (!a.at || !b.at)
		return !a.at && !b.at;
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool slice_is(struct slice s, const char *text)
{
	return slice_equal(s, slice_of(text));
}

int slice_compare(struct slice a, struct slice b)
{
	int order;

	if (!a.at || !b.at)
		return (a.at != NULL) - (b.at != NULL);
	order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);
	if (order)
		return order < 0 ? -1 : 1;
	return (a.len > b.len) - (a.len < b.len);
}

bool slice_starts_with(struct slice s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.at && s.len >= len && memcmp(s.at, prefix, len) == 0;
}

bool slice_ends_with(struct slice s, const char *suffix)
{
	size_t len = strlen(suffix);

	return s.at && s.len >= len && memcmp(s.at + s.len - len, suffix, len) == 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct slice slice_trim(struct slice s)
{
	while (s.len && is_blank(s.at[0])) {
		s.at++;
		s.len--;
	}
	while (s.len && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

bool slice_cut(struct slice s, char separator, struct slice *head, struct slice *tail)
{
	const char *found = s.len ? memchr(s.at, separator, s.len) : NULL;

	if (!found)
		return false;
	*head = (struct slice){s.at, (size_t)(found - s.at)};
	*tail = (struct slice){found + 1, s.len - head->len - 1};
	return true;
}

bool slice_to_int64(struct slice s, int64_t *out)
{
	bool negative = s.len && s.at[0] == '-';
	int64_t value = 0;
	size_t i = negative;

	if (i >= s.len)
		return false;
	for (; i < s.len; i++) {
		int digit = s.at[i] - '0';

		if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value))
			return false;
		/* Counted downwards below zero: the smallest number has no positive twin. */
		if (__builtin_add_overflow(value, negative ? -digit : digit, &value))
			return false;
	}
	*out = value;
	return true;
}
