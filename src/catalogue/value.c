/*
 * Texts of a row: whether a field can be a value of its column, and the dependencies that stand in
 * the mapping rows.
 *
 * Dependencies are a set of name=value pairs, joined by commas. A piece without "=" is a bare
 * value, a pair without a name. Blanks around names and values and the order of the pairs mean
 * nothing.
 */
#include "base/arena.h"
#include "base/time.h"
#include "catalogue/catalogue.h"

struct pair {
	struct slice name, value;
};

static bool is_whole_number(struct slice text)
{
	size_t i = text.at[0] == '-';

	if (i == text.len)
		return false;
	for (; i < text.len; i++)
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
	return true;
}

static int64_t count_characters(struct slice text)
{
	int64_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.at[i] & 0xC0) != 0x80;
	return count;
}

static const char *check_integer(struct slice text, int bits)
{
	int64_t value;

	if (!is_whole_number(text))
		return "is no whole number";
	if (!slice_to_int64(text, &value))
		return "is a number too large for the column";
	if (bits <= 32 && (value < INT32_MIN || value > INT32_MAX))
		return "is a number too large for the column";
	return NULL;
}

const char *catalogue_check_value(
	enum column_type type, struct slice text, int bits, int64_t length)
{
	if (slice_is_empty(text))
		return NULL;
	switch (type) {
	case COLUMN_INTEGER:
		return check_integer(text, bits);
	case COLUMN_BOOLEAN:
		return slice_is(text, "true") || slice_is(text, "false")
			       ? NULL
			       : "is neither \"true\" nor \"false\"";
	case COLUMN_TIMESTAMP:
		return time_is_timestamp(text) ? NULL : "is no date and time";
	case COLUMN_TEXT:
		break;
	}
	/* Characters are never more than bytes: most texts need no count. */
	if (length > 0 && text.len > (uint64_t)length && count_characters(text) > length)
		return "is a text too long for the column";
	return NULL;
}

void catalogue_dependencies(
	const struct catalogue_use *use, const struct slice *fields, size_t count, struct str *out)
{
	bool first = true;

	for (size_t i = 0; i < use->dependency_count; i++) {
		const struct catalogue_dependency *dependency = &use->dependencies[i];
		unsigned field = dependency->column->field;
		struct slice value = field <= count ? fields[field - 1] : SLICE_NULL;

		if (!dependency->name && slice_is_empty(value))
			continue;
		if (!first)
			str_add_text(out, ", ");
		first = false;
		if (dependency->name) {
			str_add_text(out, dependency->name);
			str_add_char(out, '=');
		}
		str_add(out, value);
	}
}

static int compare_pairs(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;
	int order = slice_compare(a->name, b->name);

	return order ? order : slice_compare(a->value, b->value);
}

static bool same_pair(const struct pair *a, const struct pair *b)
{
	return slice_equal(a->name, b->name) && slice_equal(a->value, b->value);
}

/* False: the piece says nothing. */
static bool read_pair(struct slice piece, struct pair *out)
{
	struct pair pair;

	if (!slice_cut(piece, '=', &pair.name, &pair.value))
		pair = (struct pair){SLICE(""), piece};
	pair.name = slice_trim(pair.name);
	pair.value = slice_trim(pair.value);
	*out = pair;
	return pair.name.len || pair.value.len;
}

void catalogue_normalise_dependencies(struct slice text, struct str *out)
{
	size_t count = 0, limit = 1;
	struct pair *pairs;
	struct slice piece;
	bool more = !slice_is_empty(text);

	if (!more)
		return;
	for (size_t i = 0; i < text.len; i++)
		limit += text.at[i] == ',';
	pairs = xmalloc(limit * sizeof(*pairs));
	while (more) {
		more = slice_cut(text, ',', &piece, &text);
		count += read_pair(more ? piece : text, &pairs[count]);
	}
	qsort(pairs, count, sizeof(*pairs), compare_pairs);
	for (size_t i = 0; i < count; i++) {
		if (i && same_pair(&pairs[i - 1], &pairs[i]))
			continue;
		if (i)
			str_add_char(out, ',');
		str_add(out, pairs[i].name);
		str_add_char(out, '=');
		str_add(out, pairs[i].value);
	}
	free(pairs);
}
