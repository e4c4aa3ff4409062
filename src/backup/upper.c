/*
 * Upper case by Unicode, compared character by character without a copy: one character folds to
 * three at most, and a queue of folded characters stands between each text and the comparison.
 */
#include <utf8proc.h>

#include "backup/upper.h"

#define FOLD_MAX 8

struct folded {
	struct slice rest;
	utf8proc_int32_t queue[FOLD_MAX];
	int at, count;
};

/* The next folded character, -1 at the end. */
static utf8proc_int32_t next(struct folded *text)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t len;
	int boundary = 0;

	if (text->at < text->count)
		return text->queue[text->at++];
	if (text->rest.len == 0)
		return -1;
	len = utf8proc_iterate(
		(const utf8proc_uint8_t *)text->rest.at, (utf8proc_ssize_t)text->rest.len, &c);
	if (len <= 0) {
		/* Not UTF-8: the byte stands for itself, beyond all characters. */
		c = 0x110000 + (unsigned char)*text->rest.at;
		text->rest.at++;
		text->rest.len--;
		return c;
	}
	text->rest.at += len;
	text->rest.len -= (size_t)len;
	len = utf8proc_decompose_char(
		utf8proc_toupper(c), text->queue, FOLD_MAX, UTF8PROC_CASEFOLD, &boundary);
	if (len <= 0 || len > FOLD_MAX)
		return c;
	text->count = (int)len;
	text->at = 1;
	return text->queue[0];
}

bool upper_matches(struct slice upper, struct slice text)
{
	struct folded a = {.rest = upper}, b = {.rest = text};
	utf8proc_int32_t x, y;

	do {
		x = next(&a);
		y = next(&b);
	} while (x == y && x != -1);
	return x == y;
}
