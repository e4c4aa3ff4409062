/*
 * Words that are spelled nearly alike: by edit distance, or because one begins with the other.
 */
#include "cli/command.h"

#define WORD_MAX 40
#define NEAR_MAX 5

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/*
 * How many letters are to be changed, added, left out or swapped with their neighbour. Words longer
 * than WORD_MAX are far from everything.
 */
static unsigned distance(const char *a, const char *b)
{
	unsigned d[WORD_MAX + 1][WORD_MAX + 1];
	size_t len_a = strlen(a), len_b = strlen(b);
	if (len_a > WORD_MAX || len_b > WORD_MAX)
		return WORD_MAX;
	for (unsigned j = 0; j <= len_b; j++)
		d[0][j] = j;
	for (unsigned i = 1; i <= len_a; i++) {
		d[i][0] = i;
		for (unsigned j = 1; j <= len_b; j++) {
			d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1,
				d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[len_a][len_b];
}

static bool is_near(const char *word, const char *other)
{
	word += strspn(word, "-");
	other += strspn(other, "-");
	size_t len = strlen(word);
	unsigned allowed = len < 4 ? 1 : len < 8 ? 2 : 3;
	return (len >= 2 && strncmp(word, other, len) == 0) || distance(word, other) <= allowed;
}

void near_words(struct str *list, const char *word, const char *const *words, size_t count)
{
	size_t found = 0;
	for (size_t i = 0; i < count && found < NEAR_MAX; i++)
		if (is_near(word, words[i]))
			str_addf(list, "%s\"%s\"", found++ > 0 ? ", " : "", words[i]);
}
