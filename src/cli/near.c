/*
 * Words that are spelled nearly alike: by edit distance, or because one begins with the other.
 */
#include "cli/command.h"

#define WORD_MAX 40
#define NEAR_MAX 5

/* Levenshtein's distance; words longer than WORD_MAX are far from everything. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], len_a = strlen(a), len_b = strlen(b);
	if (len_a > WORD_MAX || len_b > WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= len_b; j++)
		row[j] = j;
	for (size_t i = 1; i <= len_a; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= len_b; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);
			size_t least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
			diagonal = row[j];
			row[j] = change < least ? change : least;
		}
	}
	return row[len_b];
}

static bool is_near(const char *word, const char *other)
{
	word += strspn(word, "-");
	other += strspn(other, "-");
	size_t len = strlen(word);
	size_t allowed = len < 4 ? 1 : len < 8 ? 2 : 3;
	return (len >= 2 && strncmp(word, other, len) == 0) || distance(word, other) <= allowed;
}

void near_words(struct str *list, const char *word, const char *const *words, size_t count)
{
	size_t found = 0;
	for (size_t i = 0; i < count && found < NEAR_MAX; i++)
		if (is_near(word, words[i]))
			str_addf(list, "%s\"%s\"", found++ > 0 ? ", " : "", words[i]);
}
