/*
 * Upper and lower case as Java's String.toUpperCase(Locale.ROOT) and toLowerCase(Locale.ROOT) have
 * them, for SQL functions. The apps under migration are written in Java and keep such texts in
 * columns of their own, so a database's own lower() and upper(), often ASCII only, will not do.
 */
#ifndef DB_LETTER_H
#define DB_LETTER_H

#include "base/str.h"

/* Append the text to *out. Bytes that are not UTF-8 stay as they are. */
void letter_upper(struct slice text, struct str *out);
void letter_lower(struct slice text, struct str *out);

#endif
