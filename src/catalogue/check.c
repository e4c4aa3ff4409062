/*
 * Checks a catalogue as a whole, after all that it names has been found.
 *
 * Everything else trusts what is refused here: names go into SQL between quotes and nothing more, a
 * table's rows can be inserted in the order of the tables, a scope rule leads in a few steps to a
 * column that holds the scope's key or an issue, and a column that follows another one needs no
 * second look at it.
 */
#include "catalogue/internal.h"

/* [A-Z][A-Z0-9_]*, and no longer than a database keeps. */
static MUST_CHECK bool check_name(const char *name, struct error *err)
{
	size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	if (name[0] < 'A' || name[0] > 'Z' || name[len])
		return FAIL(err, INPUT,
			"the name \"%s\" is not made of A-Z, 0-9 and _ after a letter", name);
	if (len > CATALOGUE_NAME_LIMIT)
		return FAIL(err, INPUT, "the name \"%s\" is longer than %d characters", name,
			CATALOGUE_NAME_LIMIT);
	return true;
}

/* A column whose one use is `role`, whatever the rest of the row holds. */
static bool always_is(const struct catalogue_column *column, enum role role)
{
	return column->use_count == 1 && column->uses[0].role == role;
}

static bool always_entity(const struct catalogue_column *column, enum entity entity)
{
	return always_is(column, ROLE_ENTITY) && column->uses[0].entity == entity;
}

static bool can_be_entity(const struct catalogue_column *column, enum entity entity)
{
	for (size_t i = 0; i < column->use_count; i++)
		if (column->uses[i].role == ROLE_ENTITY && column->uses[i].entity == entity)
			return true;
	return false;
}

static bool same_condition(const struct catalogue_use *a, const struct catalogue_use *b)
{
	return a->when == b->when && strcmp(a->equals, b->equals) == 0;
}

/* Every use but the last has a condition, and no two have the same. */
static MUST_CHECK bool check_conditions(const struct catalogue_column *column, struct error *err)
{
	for (size_t i = 0; i + 1 < column->use_count; i++) {
		const struct catalogue_use *use = &column->uses[i];

		if (!use->when)
			return FAIL(err, INPUT,
				"use %zu can never apply, since use %zu always does", i + 2, i + 1);
		if (use->when == column)
			return FAIL(err, INPUT, "use %zu depends on the column itself", i + 1);
		for (size_t j = 0; j < i; j++)
			if (same_condition(&column->uses[j], use))
				return FAIL(err, INPUT, "use %zu has the condition of use %zu",
					i + 1, j + 1);
	}
	return true;
}

static MUST_CHECK bool check_dependencies(
	const struct catalogue_use *use, const struct catalogue_column *column, struct error *err)
{
	for (size_t i = 0; i < use->dependency_count; i++) {
		const struct catalogue_dependency *dependency = &use->dependencies[i];
		const char *name = dependency->name;

		if (dependency->column == column)
			return FAIL(err, INPUT, "dependency %zu is the column itself", i + 1);
		if (name && name[strcspn(name, "=, \t\r\n")])
			return FAIL(err, INPUT,
				"the name of dependency %zu holds a blank, a comma or \"=\"",
				i + 1);
		for (size_t j = 0; j < i; j++)
			if (slice_equal(slice_of(name), slice_of(use->dependencies[j].name)))
				return FAIL(err, INPUT,
					"dependencies %zu and %zu have the same name", j + 1,
					i + 1);
	}
	return true;
}

static uint64_t table_bit(const struct catalogue_table *table)
{
	return (uint64_t)1 << table->index;
}

/* The tables that the rows of a table refer to, as bits. */
static uint64_t referred_tables(const struct catalogue_table *table)
{
	uint64_t found = 0;

	for (size_t i = 0; i < table->column_count; i++)
		for (size_t j = 0; j < table->columns[i].use_count; j++)
			if (table->columns[i].uses[j].table)
				found |= table_bit(table->columns[i].uses[j].table);
	return found;
}

/* Rows of `from` refer to rows of `to`, perhaps through other tables. */
static bool leads_to(const struct catalogue *catalogue, const struct catalogue_table *from,
	const struct catalogue_table *to)
{
	uint64_t reached = table_bit(from), before;

	do {
		before = reached;
		for (size_t i = 0; i < catalogue->table_count; i++)
			if (reached & table_bit(&catalogue->tables[i]))
				reached |= referred_tables(&catalogue->tables[i]);
	} while (reached != before);
	return reached & table_bit(to);
}

static MUST_CHECK bool check_row(const struct catalogue *catalogue,
	const struct catalogue_column *column, const struct catalogue_use *use, struct error *err)
{
	if (column->type != COLUMN_INTEGER)
		return FAIL(err, INPUT, "a reference to a row needs type \"integer\"");
	if (use->table->index < column->owner->index)
		return true;
	if (leads_to(catalogue, use->table, column->owner))
		return FAIL(err, INPUT, "the reference to table \"%s\" closes a cycle",
			use->table->name);
	return FAIL_HINT(err, INPUT, "Put a table behind all tables that its rows refer to.",
		"table \"%s\" is referred to here, but stands further down", use->table->name);
}

static MUST_CHECK bool check_use(const struct catalogue *catalogue,
	const struct catalogue_column *column, const struct catalogue_use *use, struct error *err)
{
	switch (use->role) {
	case ROLE_ROW:
		return check_row(catalogue, column, use, err);
	case ROLE_ENTITY:
		if (column->type != COLUMN_TEXT && column->type != COLUMN_INTEGER)
			return FAIL(err, INPUT,
				"the key of an entity needs type \"text\" or \"integer\"");
		return check_dependencies(use, column, err);
	case ROLE_ISSUE_KEY:
		if (!can_be_entity(use->follows, ENTITY_ISSUE))
			return FAIL(err, INPUT,
				"column \"%s\" holds no issue that could be followed",
				use->follows->name);
		break;
	case ROLE_UPPER:
		if (!always_is(use->follows, ROLE_PLAIN) || use->follows->type != COLUMN_TEXT)
			return FAIL(err, INPUT,
				"column \"%s\" is not plain text that could be followed",
				use->follows->name);
		break;
	case ROLE_JSON_LINKS:
	case ROLE_QUERY:
	case ROLE_MARKUP:
		break;
	case ROLE_PLAIN:
	case ROLE_OPAQUE:
		return true;
	}
	if (column->type != COLUMN_TEXT)
		return FAIL(err, INPUT, "role \"%s\" needs type \"text\"", role_name(use->role));
	return true;
}

static MUST_CHECK bool check_column(const struct catalogue *catalogue,
	const struct catalogue_table *table, const struct catalogue_column *column,
	struct error *err)
{
	bool entity = false, user = can_be_entity(column, ENTITY_USER);

	if (!check_name(column->name, err))
		return false;
	if (strcmp(column->name, catalogue->id_column) == 0)
		return FAIL(err, INPUT, "the id stands in field 3 already");
	if (catalogue_column(table, slice_of(column->name)) != column)
		return FAIL(err, INPUT, "the table has two columns of this name");
	for (size_t i = 0; i < column->use_count; i++) {
		if (!check_use(catalogue, column, &column->uses[i], err))
			return false;
		entity |= column->uses[i].role == ROLE_ENTITY;
	}
	if (!entity && column->without != WITHOUT_DROP)
		return FAIL(err, INPUT, "member \"without\" is for entities only");
	if (!user && column->nothing != WITHOUT_DROP)
		return FAIL(err, INPUT, "member \"nothing\" is for users only");
	return check_conditions(column, err);
}

/* The tables whose scope decides for the rows of a table, as bits: none if its own column does. */
static uint64_t scope_tables(const struct catalogue_table *table)
{
	uint64_t found = 0;

	if (table->scope == SCOPE_REFERENCED_BY)
		return table_bit(table->scope_columns[0]->owner);
	if (table->scope == SCOPE_ROW || table->scope == SCOPE_EITHER)
		for (size_t i = 0; i < ARRAY_LEN(table->scope_columns); i++)
			if (table->scope_columns[i])
				found |= table_bit(table->scope_columns[i]->uses[0].table);
	return found;
}

/* Every scope rule must end at a column that holds the scope's key or an issue. */
static MUST_CHECK bool check_scope_ends(const struct catalogue *catalogue, struct error *err)
{
	uint64_t sound = 0, before;

	do {
		before = sound;
		for (size_t i = 0; i < catalogue->table_count; i++) {
			const struct catalogue_table *table = &catalogue->tables[i];

			if (table->scope != SCOPE_NONE && !(scope_tables(table) & ~sound))
				sound |= table_bit(table);
		}
	} while (sound != before);
	for (size_t i = 0; i < catalogue->table_count; i++) {
		const struct catalogue_table *table = &catalogue->tables[i];

		if (table->scope != SCOPE_NONE && !(sound & table_bit(table)))
			return FAIL(err, INPUT,
				"table \"%s\": the scope rule ends at no column with the scope's "
				"key",
				table->name);
	}
	return true;
}

static MUST_CHECK bool check_scope(
	const struct catalogue *catalogue, const struct catalogue_table *table, struct error *err)
{
	const struct catalogue_column *const *columns = table->scope_columns;
	const struct catalogue_column *column = columns[0];

	switch (table->scope) {
	case SCOPE_NONE:
		return true;
	case SCOPE_COLUMN:
		if (!always_entity(column, catalogue->scope))
			return FAIL(err, INPUT, "scope column \"%s\" is not always a %s",
				column->name, entity_name(catalogue->scope));
		return true;
	case SCOPE_ISSUE:
		if (catalogue->scope != ENTITY_PROJECT)
			return FAIL(err, INPUT, "scope rule \"issue\" needs the scope PROJECT");
		if (!always_entity(column, ENTITY_ISSUE))
			return FAIL(err, INPUT, "scope column \"%s\" is not always an ISSUE",
				column->name);
		return true;
	case SCOPE_EITHER:
		if (columns[0] == columns[1])
			return FAIL(err, INPUT, "scope rule \"either\" names column \"%s\" twice",
				column->name);
		if (!always_is(columns[1], ROLE_ROW))
			column = columns[1];
		break;
	case SCOPE_REFERENCED_BY:
		if (always_is(column, ROLE_ROW) && column->uses[0].table == table)
			return true;
		return FAIL(err, INPUT, "scope column \"%s\" of table \"%s\" does not refer here",
			column->name, column->owner->name);
	case SCOPE_ROW:
		break;
	}
	if (!always_is(column, ROLE_ROW))
		return FAIL(err, INPUT, "scope column \"%s\" is not always a row", column->name);
	return true;
}

static MUST_CHECK bool check_identity(const struct catalogue_table *table, struct error *err)
{
	if (table->merge && table->identity_count == 0)
		return FAIL(err, INPUT, "rows cannot be merged without an identity");
	for (size_t i = 0; i < table->identity_count; i++)
		for (size_t j = 0; j < i; j++)
			if (table->identity[i] == table->identity[j])
				return FAIL(err, INPUT, "identity names column \"%s\" twice",
					table->identity[i]->name);
	return true;
}

static MUST_CHECK bool check_citation(const struct catalogue_table *table, struct error *err)
{
	const struct catalogue_citation *citation = table->citation;

	if (!citation)
		return true;
	if (table->scope != SCOPE_ROW)
		return FAIL(err, INPUT, "citation: rows that cite need scope rule \"row\"");
	if (citation->column->type != COLUMN_BOOLEAN)
		return FAIL(err, INPUT, "citation: column \"%s\" is not of type \"boolean\"",
			citation->column->name);
	if (!citation->use)
		return FAIL(err, INPUT, "citation: column \"%s\" never holds a PAGE",
			citation->page->name);
	return true;
}

static MUST_CHECK bool check_table(
	const struct catalogue *catalogue, const struct catalogue_table *table, struct error *err)
{
	const size_t most = CATALOGUE_LAST_FIELD - CATALOGUE_FIRST_FIELD + 1;

	if (!check_name(table->name, err) || !check_name(table->full_name, err))
		return false;
	if (catalogue_table(catalogue, slice_of(table->name)) != table)
		return FAIL(err, INPUT, "there are two tables of this name");
	if (table->column_count == 0)
		return FAIL(err, INPUT, "the table has no columns");
	if (table->column_count > most)
		return FAIL(err, INPUT, "the table has %zu columns, and there is room for %zu",
			table->column_count, most);
	for (size_t i = 0; i < table->column_count; i++) {
		if (!check_column(catalogue, table, &table->columns[i], err)) {
			error_context(err, "column \"%s\"", table->columns[i].name);
			return false;
		}
	}
	if (table->global != (table->scope == SCOPE_NONE))
		return FAIL(err, INPUT,
			table->global ? "a global table has scope \"none\""
				      : "only a global table has scope \"none\"");
	return check_scope(catalogue, table, err) && check_identity(table, err) &&
	       check_citation(table, err);
}

static MUST_CHECK bool check_entity_of(
	const struct catalogue *catalogue, const struct catalogue_column *column, struct error *err)
{
	for (size_t i = 0; i < column->use_count; i++) {
		enum entity entity = column->uses[i].entity;

		if (entity != ENTITY_NONE && !catalogue_entity(catalogue, entity))
			return FAIL(err, INPUT,
				"table \"%s\": column \"%s\": type %s is missing in member "
				"\"entities\"",
				column->owner->name, column->name, entity_name(entity));
	}
	return true;
}

static MUST_CHECK bool check_entities(const struct catalogue *catalogue, struct error *err)
{
	for (size_t i = 0; i < catalogue->entity_count; i++) {
		const struct catalogue_entity *entity = &catalogue->entities[i];

		if (catalogue_entity(catalogue, entity->entity) != entity)
			return FAIL(err, INPUT, "member \"entities\" has type %s twice",
				entity_name(entity->entity));
	}
	if (!catalogue_entity(catalogue, catalogue->scope))
		return FAIL(err, INPUT, "type %s of the scope is missing in member \"entities\"",
			entity_name(catalogue->scope));
	for (size_t i = 0; i < catalogue->table_count; i++)
		for (size_t j = 0; j < catalogue->tables[i].column_count; j++)
			if (!check_entity_of(catalogue, &catalogue->tables[i].columns[j], err))
				return false;
	return true;
}

bool catalogue_check(const struct catalogue *catalogue, struct error *err)
{
	if (!check_name(catalogue->prefix, err) || !check_name(catalogue->id_column, err))
		return false;
	if (catalogue->scope != ENTITY_SPACE && catalogue->scope != ENTITY_PROJECT)
		return FAIL(err, INPUT, "the scope is %s, neither SPACE nor PROJECT",
			entity_name(catalogue->scope));
	if (catalogue->table_count == 0 || catalogue->table_count > CATALOGUE_TABLE_LIMIT)
		return FAIL(err, INPUT, "a catalogue has 1 to %d tables, and this one %zu",
			CATALOGUE_TABLE_LIMIT, catalogue->table_count);
	for (size_t i = 0; i < catalogue->table_count; i++) {
		if (!check_table(catalogue, &catalogue->tables[i], err)) {
			error_context(err, "table \"%s\"", catalogue->tables[i].name);
			return false;
		}
	}
	return check_scope_ends(catalogue, err) && check_entities(catalogue, err);
}
