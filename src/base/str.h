/*
 * Owned text that grows: always valid, always NUL-terminated (the NUL is not counted), may hold
 * NUL bytes. Adding cannot fail: out of memory ends the process.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/slice.h"
#include <stdarg.h>

struct str {
	char *at; /* never NULL; points to a shared empty text until something is added */
	size_t len;
	size_t cap; /* 0 while nothing is owned */
};

extern char str_empty[];
#define STR_INIT ((struct str){str_empty, 0, 0})

/* No value adds nothing. What is added must not point into `s` itself. */
void str_add(struct str *s, struct slice text);
void str_add_text(struct str *s, const char *text);
void str_add_char(struct str *s, char c);
void str_addf(struct str *s, const char *format, ...) PRINTF(2, 3);
void str_vaddf(struct str *s, const char *format, va_list values) PRINTF(2, 0);
/* Room for `more` bytes behind the text without another allocation. */
void str_reserve(struct str *s, size_t more);
/* Cuts the text to its first `len` bytes; the memory stays. */
void str_truncate(struct str *s, size_t len);
void str_clear(struct str *s);
/* Frees the text. Usable as CLEANUP(str_release). Leaves a valid empty text. */
void str_release(struct str *s);
/* Borrowed view, valid until the text changes. */
struct slice str_slice(const struct str *s);

#endif
