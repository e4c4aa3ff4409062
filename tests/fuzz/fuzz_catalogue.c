/*
 * Fuzzes the reading of a catalogue, and the two texts of dependencies. A catalogue that is
 * accepted keeps the promises that the rest of the program builds on, whatever stood in the file.
 */
#include "base/arena.h"
#include "catalogue/internal.h"

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void use_column(const struct catalogue_column *column, const struct slice *fields)
{
	CLEANUP(str_release) struct str text = STR_INIT;
	const struct catalogue_use *use = catalogue_use_of(column, fields, CATALOGUE_LAST_FIELD);

	expect(column->use_count > 0 && !column->uses[column->use_count - 1].when);
	expect(use >= column->uses && use < column->uses + column->use_count);
	expect(column->field >= CATALOGUE_FIRST_FIELD && column->field <= CATALOGUE_LAST_FIELD);
	for (size_t i = 0; i < column->use_count; i++)
		if (column->uses[i].role == ROLE_ROW)
			expect(column->uses[i].table->index < column->owner->index);
	catalogue_dependencies(use, fields, CATALOGUE_LAST_FIELD, &text);
}

static void use_catalogue(const struct catalogue *catalogue, struct slice text)
{
	struct slice fields[CATALOGUE_LAST_FIELD];

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		fields[i] = text;
	for (size_t i = 0; i < catalogue->table_count; i++)
		for (size_t j = 0; j < catalogue->tables[i].column_count; j++)
			use_column(&catalogue->tables[i].columns[j], fields);
}

/* Normalising twice is normalising once. */
static void use_dependencies(struct slice text)
{
	CLEANUP(str_release) struct str once = STR_INIT, twice = STR_INIT;

	catalogue_normalise_dependencies(text, &once);
	catalogue_normalise_dependencies(str_slice(&once), &twice);
	expect(slice_equal(str_slice(&once), str_slice(&twice)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(catalogue_free) struct catalogue *catalogue = NULL;
	struct slice text = {(const char *)data, size};
	struct error err = ERROR_INIT;

	use_dependencies(text);
	if (catalogue_parse(text, PRODUCT_JIRA, &catalogue, &err))
		use_catalogue(catalogue, text);
	else
		expect(!catalogue && err.kind == ERROR_INPUT && err.message[0]);
	return 0;
}
