/*
 * Case mapping, Unicode's full one: utf8proc has the mappings of one letter to one letter; those of
 * one to several (SpecialCasing.txt, the part that depends on no language) are the table below,
 * complete; the one mapping that depends on its surroundings is the sigma at a word's end. Nothing
 * of SpecialCasing.txt is left out but the rules for Lithuanian, Turkish and Azeri.
 */
#include "db/letter.h"

#include <utf8proc.h>

struct expansion {
	int32_t letter;
	int32_t upper[3]; /* ends early with 0 */
};

/* Sorted by letter. */
static const struct expansion expansions[] = {
	{0x00DF, {0x0053, 0x0053}},
	{0x0149, {0x02BC, 0x004E}},
	{0x01F0, {0x004A, 0x030C}},
	{0x0390, {0x0399, 0x0308, 0x0301}},
	{0x03B0, {0x03A5, 0x0308, 0x0301}},
	{0x0587, {0x0535, 0x0552}},
	{0x1E96, {0x0048, 0x0331}},
	{0x1E97, {0x0054, 0x0308}},
	{0x1E98, {0x0057, 0x030A}},
	{0x1E99, {0x0059, 0x030A}},
	{0x1E9A, {0x0041, 0x02BE}},
	{0x1F50, {0x03A5, 0x0313}},
	{0x1F52, {0x03A5, 0x0313, 0x0300}},
	{0x1F54, {0x03A5, 0x0313, 0x0301}},
	{0x1F56, {0x03A5, 0x0313, 0x0342}},
	{0x1F80, {0x1F08, 0x0399}},
	{0x1F81, {0x1F09, 0x0399}},
	{0x1F82, {0x1F0A, 0x0399}},
	{0x1F83, {0x1F0B, 0x0399}},
	{0x1F84, {0x1F0C, 0x0399}},
	{0x1F85, {0x1F0D, 0x0399}},
	{0x1F86, {0x1F0E, 0x0399}},
	{0x1F87, {0x1F0F, 0x0399}},
	{0x1F88, {0x1F08, 0x0399}},
	{0x1F89, {0x1F09, 0x0399}},
	{0x1F8A, {0x1F0A, 0x0399}},
	{0x1F8B, {0x1F0B, 0x0399}},
	{0x1F8C, {0x1F0C, 0x0399}},
	{0x1F8D, {0x1F0D, 0x0399}},
	{0x1F8E, {0x1F0E, 0x0399}},
	{0x1F8F, {0x1F0F, 0x0399}},
	{0x1F90, {0x1F28, 0x0399}},
	{0x1F91, {0x1F29, 0x0399}},
	{0x1F92, {0x1F2A, 0x0399}},
	{0x1F93, {0x1F2B, 0x0399}},
	{0x1F94, {0x1F2C, 0x0399}},
	{0x1F95, {0x1F2D, 0x0399}},
	{0x1F96, {0x1F2E, 0x0399}},
	{0x1F97, {0x1F2F, 0x0399}},
	{0x1F98, {0x1F28, 0x0399}},
	{0x1F99, {0x1F29, 0x0399}},
	{0x1F9A, {0x1F2A, 0x0399}},
	{0x1F9B, {0x1F2B, 0x0399}},
	{0x1F9C, {0x1F2C, 0x0399}},
	{0x1F9D, {0x1F2D, 0x0399}},
	{0x1F9E, {0x1F2E, 0x0399}},
	{0x1F9F, {0x1F2F, 0x0399}},
	{0x1FA0, {0x1F68, 0x0399}},
	{0x1FA1, {0x1F69, 0x0399}},
	{0x1FA2, {0x1F6A, 0x0399}},
	{0x1FA3, {0x1F6B, 0x0399}},
	{0x1FA4, {0x1F6C, 0x0399}},
	{0x1FA5, {0x1F6D, 0x0399}},
	{0x1FA6, {0x1F6E, 0x0399}},
	{0x1FA7, {0x1F6F, 0x0399}},
	{0x1FA8, {0x1F68, 0x0399}},
	{0x1FA9, {0x1F69, 0x0399}},
	{0x1FAA, {0x1F6A, 0x0399}},
	{0x1FAB, {0x1F6B, 0x0399}},
	{0x1FAC, {0x1F6C, 0x0399}},
	{0x1FAD, {0x1F6D, 0x0399}},
	{0x1FAE, {0x1F6E, 0x0399}},
	{0x1FAF, {0x1F6F, 0x0399}},
	{0x1FB2, {0x1FBA, 0x0399}},
	{0x1FB3, {0x0391, 0x0399}},
	{0x1FB4, {0x0386, 0x0399}},
	{0x1FB6, {0x0391, 0x0342}},
	{0x1FB7, {0x0391, 0x0342, 0x0399}},
	{0x1FBC, {0x0391, 0x0399}},
	{0x1FC2, {0x1FCA, 0x0399}},
	{0x1FC3, {0x0397, 0x0399}},
	{0x1FC4, {0x0389, 0x0399}},
	{0x1FC6, {0x0397, 0x0342}},
	{0x1FC7, {0x0397, 0x0342, 0x0399}},
	{0x1FCC, {0x0397, 0x0399}},
	{0x1FD2, {0x0399, 0x0308, 0x0300}},
	{0x1FD3, {0x0399, 0x0308, 0x0301}},
	{0x1FD6, {0x0399, 0x0342}},
	{0x1FD7, {0x0399, 0x0308, 0x0342}},
	{0x1FE2, {0x03A5, 0x0308, 0x0300}},
	{0x1FE3, {0x03A5, 0x0308, 0x0301}},
	{0x1FE4, {0x03A1, 0x0313}},
	{0x1FE6, {0x03A5, 0x0342}},
	{0x1FE7, {0x03A5, 0x0308, 0x0342}},
	{0x1FF2, {0x1FFA, 0x0399}},
	{0x1FF3, {0x03A9, 0x0399}},
	{0x1FF4, {0x038F, 0x0399}},
	{0x1FF6, {0x03A9, 0x0342}},
	{0x1FF7, {0x03A9, 0x0342, 0x0399}},
	{0x1FFC, {0x03A9, 0x0399}},
	{0xFB00, {0x0046, 0x0046}},
	{0xFB01, {0x0046, 0x0049}},
	{0xFB02, {0x0046, 0x004C}},
	{0xFB03, {0x0046, 0x0046, 0x0049}},
	{0xFB04, {0x0046, 0x0046, 0x004C}},
	{0xFB05, {0x0053, 0x0054}},
	{0xFB06, {0x0053, 0x0054}},
	{0xFB13, {0x0544, 0x0546}},
	{0xFB14, {0x0544, 0x0535}},
	{0xFB15, {0x0544, 0x053B}},
	{0xFB16, {0x054E, 0x0546}},
	{0xFB17, {0x0544, 0x053D}},
};

#define CAPITAL_I_WITH_DOT 0x0130
#define COMBINING_DOT      0x0307
#define CAPITAL_SIGMA      0x03A3
#define SMALL_SIGMA        0x03C3
#define FINAL_SIGMA        0x03C2

static int compare_expansions(const void *a, const void *b)
{
	int32_t x = ((const struct expansion *)a)->letter;
	int32_t y = ((const struct expansion *)b)->letter;

	return (x > y) - (x < y);
}

static void add_letter(struct str *out, int32_t letter)
{
	utf8proc_uint8_t bytes[4];
	utf8proc_ssize_t len = utf8proc_encode_char(letter, bytes);

	str_add(out, (struct slice){(const char *)bytes, (size_t)len});
}

/* The letter that begins at `at`; its length in bytes, or 0 for a byte that begins none. */
static size_t read_letter(struct slice text, size_t at, int32_t *letter)
{
	utf8proc_ssize_t len = utf8proc_iterate(
		(const utf8proc_uint8_t *)text.at + at, (utf8proc_ssize_t)(text.len - at), letter);

	return len > 0 ? (size_t)len : 0;
}

void letter_upper(struct slice text, struct str *out)
{
	int32_t letter;

	str_reserve(out, text.len);
	for (size_t at = 0, len; at < text.len; at += len ? len : 1) {
		const struct expansion *found;

		len = read_letter(text, at, &letter);
		if (!len) {
			str_add_char(out, text.at[at]);
			continue;
		}
		found = letter < 0x80 ? NULL
				      : bsearch(&(struct expansion){.letter = letter}, expansions,
						ARRAY_LEN(expansions), sizeof(*expansions),
						compare_expansions);
		if (!found) {
			add_letter(out, utf8proc_toupper(letter));
			continue;
		}
		for (size_t i = 0; i < ARRAY_LEN(found->upper) && found->upper[i]; i++)
			add_letter(out, found->upper[i]);
	}
}

static bool is_cased(int32_t letter)
{
	switch (utf8proc_category(letter)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
		return true;
	default:
		return (letter >= 0x2160 && letter <= 0x217F) ||
		       (letter >= 0x24B6 && letter <= 0x24E9);
	}
}

/* What stands inside a word without being a letter of it. */
static bool is_case_ignorable(int32_t letter)
{
	static const int32_t marks[] = {'\'', '.', ':', 0x00B7, 0x0387, 0x055F, 0x05F4, 0x2018,
		0x2019, 0x2024, 0x2027, 0xFE13, 0xFE52, 0xFE55, 0xFF07, 0xFF0E, 0xFF1A};

	switch (utf8proc_category(letter)) {
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_SK:
		return true;
	default:
		break;
	}
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (letter == marks[i])
			return true;
	}
	return false;
}

/* Whether the next letter from `at` on, those to be ignored skipped, has a case. */
static bool cased_follows(struct slice text, size_t at)
{
	int32_t letter;

	for (size_t len; at < text.len; at += len) {
		len = read_letter(text, at, &letter);
		if (!len)
			return false;
		if (!is_case_ignorable(letter))
			return is_cased(letter);
	}
	return false;
}

void letter_lower(struct slice text, struct str *out)
{
	bool cased_before = false;
	int32_t letter;

	str_reserve(out, text.len);
	for (size_t at = 0, len; at < text.len; at += len ? len : 1) {
		len = read_letter(text, at, &letter);
		if (!len) {
			str_add_char(out, text.at[at]);
			cased_before = false;
			continue;
		}
		if (letter == CAPITAL_SIGMA) {
			bool final = cased_before && !cased_follows(text, at + len);

			add_letter(out, final ? FINAL_SIGMA : SMALL_SIGMA);
		} else if (letter == CAPITAL_I_WITH_DOT) {
			add_letter(out, 'i');
			add_letter(out, COMBINING_DOT);
		} else {
			add_letter(out, utf8proc_tolower(letter));
		}
		if (!is_case_ignorable(letter))
			cased_before = is_cased(letter);
	}
}
