/*
 * Finding structure and checking text, without state: the reader calls both for one block after the
 * other.
 *
 * Marks: every byte is written down as a mark, and the count moves on only behind a real one, so
 * that no branch depends on the text. Text: eight words at a time while all bytes are 0x01 to 0x7f;
 * else a character at a time by Unicode's table 3-7 (well-formed UTF-8 byte sequences).
 */
#include "csv/scan.h"

static const uint8_t is_mark[256] = {['"'] = 1, [','] = 1, ['\r'] = 1, ['\n'] = 1};

size_t csv_scan_marks(const char *bytes, size_t len, uint32_t *marks)
{
	const uint8_t *at = (const uint8_t *)bytes;
	size_t count = 0, i = 0;

	for (; i + 4 <= len; i += 4) {
		marks[count] = (uint32_t)i;
		count += is_mark[at[i]];
		marks[count] = (uint32_t)i + 1;
		count += is_mark[at[i + 1]];
		marks[count] = (uint32_t)i + 2;
		count += is_mark[at[i + 2]];
		marks[count] = (uint32_t)i + 3;
		count += is_mark[at[i + 3]];
	}
	for (; i < len; i++) {
		marks[count] = (uint32_t)i;
		count += is_mark[at[i]];
	}
	return count;
}

/* The length of the part at the front that is whole words of bytes 0x01 to 0x7f. */
static size_t plain_words(const uint8_t *at, size_t len)
{
	const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
	uint64_t word[8];
	size_t i = 0;

	/* A byte below 0x80 borrows into its top bit exactly when it is 0. */
	for (; i + sizeof(word) <= len; i += sizeof(word)) {
		uint64_t bad = 0;

		memcpy(word, at + i, sizeof(word));
		for (size_t k = 0; k < ARRAY_LEN(word); k++)
			bad |= word[k] | (word[k] - ones);
		if (bad & tops)
			break;
	}
	for (; i + sizeof(word[0]) <= len; i += sizeof(word[0])) {
		memcpy(word, at + i, sizeof(word[0]));
		if ((word[0] | (word[0] - ones)) & tops)
			break;
	}
	return i;
}

/*
 * The length of the character of two to four bytes at `at`; 0 when it is malformed; -1 when it is
 * good as far as the `len` bytes go, but not complete.
 */
static int long_character(const uint8_t *at, size_t len)
{
	uint8_t lead = at[0], low = 0x80, high = 0xbf;
	int size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	if (lead == 0xe0)
		low = 0xa0;
	else if (lead == 0xed)
		high = 0x9f;
	else if (lead == 0xf0)
		low = 0x90;
	else if (lead == 0xf4)
		high = 0x8f;
	for (int i = 1; i < size; i++) {
		if ((size_t)i >= len)
			return -1;
		if (at[i] < low || at[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return size;
}

size_t csv_scan_text(const char *bytes, size_t len, enum csv_problem *problem)
{
	const uint8_t *at = (const uint8_t *)bytes;
	size_t i = 0;

	*problem = CSV_PROBLEM_NONE;
	while (i < len) {
		int size;

		if (at[i] < 0x80) {
			size_t plain = plain_words(at + i, len - i);

			i += plain;
			/* What is left of plain text before the word's other byte, or before the
			 * end. */
			for (; i < len && at[i] < 0x80; i++) {
				if (at[i] == 0) {
					*problem = CSV_PROBLEM_NUL;
					return i;
				}
			}
			continue;
		}
		size = long_character(at + i, len - i);
		if (size <= 0) {
			if (size == 0)
				*problem = CSV_PROBLEM_UTF8;
			return i;
		}
		i += (size_t)size;
	}
	return i;
}
