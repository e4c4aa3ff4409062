/*
 * Borrowed text: a pointer and a length, not terminated, not owned. How long the bytes live is
 * said by the function that hands a slice out. at == NULL means "no value" (SQL's NULL, an empty
 * field of a backup file); a slice with at != NULL and len == 0 is an empty text.
 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include "base/macros.h"

struct slice {
	const char *at;
	size_t len;
};

#define SLICE_NULL ((struct slice){NULL, 0})
/* A slice of a string literal. */
#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})
/* The two arguments of printf's "%.*s". */
#define SLICE_PRINT(s) (int)(s).len, ((s).at ? (s).at : "")

/* The slice of a C string; NULL gives SLICE_NULL. Lives as long as the string. */
struct slice slice_of(const char *text);
/* No value or no bytes. */
bool slice_is_empty(struct slice s);
/* Same bytes. No value equals only no value. */
bool slice_equal(struct slice a, struct slice b);
/* Same bytes as a C string. */
bool slice_is(struct slice s, const char *text);
/* Byte order as memcmp, the shorter first; no value before everything. */
int slice_compare(struct slice a, struct slice b);
bool slice_starts_with(struct slice s, const char *prefix);
bool slice_ends_with(struct slice s, const char *suffix);
/* Blanks (space, tab) cut off both ends. */
struct slice slice_trim(struct slice s);
/*
 * Cuts at the first `separator`: *head is what stands before it, *tail what follows it.
 * False, and nothing written, when there is none.
 */
bool slice_cut(struct slice s, char separator, struct slice *head, struct slice *tail);
/*
 * A whole decimal number `-?[0-9]+` of any number of leading zeros that fits 64 bits.
 * False, and nothing written, for anything else.
 */
bool slice_to_int64(struct slice s, int64_t *out);

#endif
