/*
 * JSON values by jansson, and blocks of counts.
 */
#include "base/dict.h"
#include "document/internal.h"

#include <utf8proc.h>

static json_t *need(json_t *value)
{
	if (!value)
		out_of_memory();
	return value;
}

json_t *json_new_object(void)
{
	return need(json_object());
}

json_t *json_new_array(void)
{
	return need(json_array());
}

/* Appends the text with U+FFFD for each byte that is no UTF-8. */
static void add_valid(struct str *out, struct slice text)
{
	while (text.len > 0) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate(
			(const utf8proc_uint8_t *)text.at, (utf8proc_ssize_t)text.len, &c);
		if (n > 0)
			str_add(out, (struct slice){text.at, (size_t)n});
		else
			str_add_text(out, "\xef\xbf\xbd");
		size_t step = n > 0 ? (size_t)n : 1;
		text.at += step;
		text.len -= step;
	}
}

json_t *json_of_slice(struct slice text)
{
	if (!text.at)
		return need(json_null());
	json_t *value = json_stringn(text.at, text.len);
	if (value)
		return value;
	struct str valid CLEANUP(str_release) = STR_INIT;
	add_valid(&valid, text);
	return need(json_stringn(valid.at, valid.len));
}

json_t *json_of_text(const char *text)
{
	return json_of_slice(slice_of(text));
}

json_t *json_of_int(int64_t number)
{
	return need(json_integer(number));
}

json_t *json_of_number(int64_t number)
{
	return number ? json_of_int(number) : json_of_slice(SLICE_NULL);
}

json_t *json_of_bool(bool value)
{
	return need(json_boolean(value));
}

void json_put_slice(json_t *object, struct slice key, json_t *value)
{
	struct str valid CLEANUP(str_release) = STR_INIT;
	add_valid(&valid, key);
	if (json_object_setn_new(object, valid.at, valid.len, value) != 0)
		out_of_memory();
}

void json_put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		out_of_memory();
}

void json_push(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) != 0)
		out_of_memory();
}

json_t *json_of_tallies(const struct tallies *tallies)
{
	json_t *object = json_new_object();
	for (size_t i = 0; i < tallies->count; i++)
		json_put_slice(object, tallies->list[i].name, json_of_int(tallies->list[i].rows));
	return object;
}

static int append(const char *buffer, size_t size, void *out)
{
	str_add(out, (struct slice){buffer, size});
	return 0;
}

void json_finish(struct str *out, json_t *document)
{
	/* the precision keeps 0.1 from being shown as 0.10000000000000001 */
	if (json_dump_callback(document, append, out,
		    JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(12)) != 0)
		out_of_memory();
	json_decref(document);
}

/* --- counts as text --------------------------------------------------------------------------- */

struct slice text_of_int(struct arena *arena, int64_t number)
{
	return slice_of(arena_printf(arena, "%lld", (long long)number));
}

struct slice *text_cells(struct arena *arena, size_t rows, size_t columns)
{
	return arena_zalloc(arena, rows * columns * sizeof(struct slice));
}

void text_grid(struct str *out, const struct document_style *style,
	const struct grid_column *columns, size_t count, const struct slice *cells, size_t rows)
{
	struct grid grid;
	grid_begin(&grid, columns, count);
	for (size_t r = 0; r < rows; r++)
		grid_measure(&grid, cells + r * count);
	grid_fit(&grid, style->width);
	grid_title(&grid, style, out);
	for (size_t r = 0; r < rows; r++)
		grid_row(&grid, cells + r * count, out);
}

void text_more(struct str *out, size_t listed, int64_t total)
{
	if (total > (int64_t)listed)
		str_addf(out, "... and %lld more\n", (long long)(total - (int64_t)listed));
}

int64_t tally_of(const struct tallies *tallies, struct slice name)
{
	for (size_t i = 0; i < tallies->count; i++)
		if (slice_equal(tallies->list[i].name, name))
			return tallies->list[i].rows;
	return 0;
}

void text_tallies(struct str *out, const struct document_style *style, const char *title,
	const char *column, const struct tallies *tallies)
{
	if (tallies->count == 0)
		return;
	str_add_char(out, '\n');
	const struct text_tally_column columns[] = {{column, tallies}};
	text_tally_table(out, style, title, columns, 1);
}

/* The names of all tallies in their order, each once. */
static struct dict names_of(const struct text_tally_column *columns, size_t count)
{
	struct dict names = DICT_INIT;
	for (size_t c = 0; c < count; c++)
		for (size_t i = 0; i < columns[c].tallies->count; i++)
			dict_put(&names, columns[c].tallies->list[i].name, 0, NULL);
	return names;
}

void text_tally_words(struct str *out, const struct tallies *tallies)
{
	bool first = true;
	for (size_t i = 0; i < tallies->count; i++) {
		if (tallies->list[i].rows == 0)
			continue;
		str_addf(out, "%s%.*s %lld", first ? "" : ", ", SLICE_PRINT(tallies->list[i].name),
			(long long)tallies->list[i].rows);
		first = false;
	}
}

void text_tally_table(struct str *out, const struct document_style *style, const char *title,
	const struct text_tally_column *columns, size_t count)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct dict names CLEANUP(dict_release) = names_of(columns, count);
	struct grid_column titles[GRID_COLUMNS] = {{title, false, 0}};
	struct slice *cells = text_cells(&arena, names.count + 1, count + 1);
	for (size_t c = 0; c < count; c++)
		titles[c + 1] = (struct grid_column){columns[c].title, true, 0};
	for (size_t i = 0; i <= names.count; i++) {
		struct slice *row = cells + i * (count + 1);
		bool last = i == names.count;
		row[0] = last ? SLICE("total") : dict_at(&names, i)->key;
		for (size_t c = 0; c < count; c++)
			row[c + 1] =
				text_of_int(&arena, last ? tally_total(columns[c].tallies)
							 : tally_of(columns[c].tallies, row[0]));
	}
	text_grid(out, style, titles, count + 1, cells, names.count + 1);
}
