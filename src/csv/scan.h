/*
 * The two passes over raw bytes that the reader stands on. Private to this folder: how they are
 * done (bytes, words, vectors) is nobody else's business.
 */
#ifndef CSV_SCAN_H
#define CSV_SCAN_H

#include "csv/csv.h"

/* The most bytes that csv_scan_marks is asked about at once: text and marks stay in the cache. */
#define CSV_BLOCK ((size_t)16 * 1024)

/*
 * Lists where comma, quote, CR and LF stand: their positions in `bytes`, ascending. Returns how
 * many. `marks` has room for `len` positions, len <= CSV_BLOCK. Knows nothing of quoting.
 */
size_t csv_scan_marks(const char *bytes, size_t len, uint32_t *marks);

/*
 * Checks that `bytes` is UTF-8 without NUL: no overlong form, no surrogate, nothing above U+10FFFF.
 * Returns the length of the good part, which ends between characters. *problem tells why it is not
 * everything: CSV_PROBLEM_NUL or CSV_PROBLEM_UTF8 of what stands behind the good part;
 * CSV_PROBLEM_NONE when the rest, at most 3 bytes, is a character that may go on behind `len`.
 */
size_t csv_scan_text(const char *bytes, size_t len, enum csv_problem *problem);

#endif
