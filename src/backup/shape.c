/*
 * The shape check: rows and their values against the catalogue.
 *
 * One pass. Values, widths and order are judged at once; references between rows in rows.c,
 * entities in entities.c. Every finding builds its message in shape->message and ends in
 * shape_found; without a report only those of a row's own problem do so.
 */
#include "backup/shape_parts.h"
#include "backup/upper.h"
#include "json/spans.h"

#define SHOWN_CHARACTERS 40

static const char *const kind_names[SHAPE_KIND_COUNT] = {
	[SHAPE_WIDTH] = "width",
	[SHAPE_BAD_VALUE] = "bad-value",
	[SHAPE_UNKNOWN_TABLE] = "unknown-table",
	[SHAPE_UNKNOWN_TYPE] = "unknown-type",
	[SHAPE_MISSING_ROW] = "missing-row",
	[SHAPE_NO_MAPPING_ROW] = "no-mapping-row",
	[SHAPE_UNUSED_MAPPING] = "unused-mapping",
	[SHAPE_DUPLICATE_ID] = "duplicate-id",
	[SHAPE_DUPLICATE_MAPPING] = "duplicate-mapping",
	[SHAPE_DUPLICATE_IDENTITY] = "duplicate-identity",
	[SHAPE_BAD_JSON] = "bad-json",
	[SHAPE_ORDER] = "order",
	[SHAPE_UPPER_KEY] = "upper-key",
};

const char *shape_kind_name(enum shape_kind kind)
{
	return kind_names[kind];
}

struct shape *shape_new(const struct catalogue *catalogue, shape_fault_fn report, void *context)
{
	struct shape *shape = xmalloc(sizeof(*shape));
	size_t count = 0, next = 0;

	*shape = (struct shape){
		.catalogue = catalogue,
		.report = report,
		.context = context,
		.table_names = DICT_INIT,
		.current = SIZE_MAX,
		.problem = STR_INIT,
		.message = STR_INIT,
		.key = STR_INIT,
		.scratch = STR_INIT,
	};
	for (size_t i = 0; i < catalogue->table_count; i++)
		count += catalogue->tables[i].column_count;
	shape->column_count = count;
	shape->columns = xmalloc((count + 1) * sizeof(*shape->columns));
	shape->first_column = xmalloc((catalogue->table_count + 1) * sizeof(size_t));
	for (size_t i = 0; i < catalogue->table_count; i++) {
		const struct catalogue_table *table = &catalogue->tables[i];

		shape->first_column[i] = next;
		for (size_t c = 0; c < table->column_count; c++)
			shape->columns[next++] = (struct column_state){
				.column = &table->columns[c], .live = {.bits = 64}};
	}
	idset_init(&shape->identities);
	entities_init(&shape->entities);
	rows_init(&shape->rows);
	return shape;
}

static uint32_t column_index(const struct shape *shape, const struct catalogue_column *column)
{
	size_t first = shape->first_column[column->owner->index];

	return (uint32_t)(first + (size_t)(column - column->owner->columns));
}

void shape_set_live(
	struct shape *shape, const struct catalogue_column *column, const struct shape_live *live)
{
	shape->columns[column_index(shape, column)].live = *live;
}

struct str *shape_message(struct shape *shape)
{
	str_clear(&shape->message);
	return &shape->message;
}

void shape_quote(struct str *out, struct slice text)
{
	size_t len = 0, characters = 0;

	for (; len < text.len; len++) {
		bool begins = ((unsigned char)text.at[len] & 0xc0) != 0x80;

		if (begins && characters++ == SHOWN_CHARACTERS)
			break;
	}
	str_add_char(out, '"');
	for (size_t i = 0; i < len; i++) {
		bool control = (unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f;

		if (control)
			str_add_char(out, ' ');
		else
			str_add_char(out, text.at[i]);
	}
	str_add_text(out, len < text.len ? "...\"" : "\"");
}

void shape_name_column(struct str *out, const struct catalogue_column *column)
{
	str_addf(out, " column \"%s\" of \"%s\"", column->name, column->owner->name);
}

void shape_found(struct shape *shape, enum shape_kind kind, struct place place, unsigned field)
{
	struct shape_fault fault = {kind, place.line, place.offset, field, shape->message.at};

	if (shape->report)
		shape->report(shape->context, &fault);
}

void shape_fail_column(
	struct shape *shape, uint32_t column, enum shape_kind kind, uint64_t rows, uint64_t line)
{
	struct failure *failure = &shape->columns[column].failures[kind];

	if (failure->rows == 0 || line < failure->line)
		failure->line = line;
	failure->rows += rows;
}

static struct place place_of(const struct backup_record *record)
{
	return (struct place){record->line, record->offset};
}

/* Reports the message, and makes it the row's problem if it is the first. */
static void found_problem(struct shape *shape, enum shape_kind kind,
	const struct backup_record *record, unsigned field)
{
	if (shape->problem.len == 0)
		str_add(&shape->problem, str_slice(&shape->message));
	shape_found(shape, kind, place_of(record), field);
}

/* A row needs its identity and its references to other rows. */
static unsigned least_width(const struct catalogue_table *table)
{
	unsigned least = CATALOGUE_FIRST_FIELD - 1;

	for (size_t i = 0; i < table->identity_count; i++) {
		if (table->identity[i]->field > least)
			least = table->identity[i]->field;
	}
	for (size_t i = 0; i < table->column_count; i++) {
		if (table->columns[i].uses[0].role == ROLE_ROW && table->columns[i].field > least)
			least = table->columns[i].field;
	}
	return least;
}

/* The table's place among shape->tables. */
static size_t find_table(struct shape *shape, struct slice name)
{
	struct dict_entry *entry;
	struct table_state *state;
	bool added = false;

	if (shape->current < shape->table_names.count &&
		slice_equal(shape->tables[shape->current].name, name))
		return shape->current;
	entry = dict_put(&shape->table_names, name, (int64_t)shape->table_names.count, &added);
	if (!added)
		return (size_t)entry->value;
	if (shape->table_names.count > shape->table_capacity) {
		shape->table_capacity = shape->table_capacity ? shape->table_capacity * 2 : 16;
		shape->tables =
			xrealloc(shape->tables, shape->table_capacity * sizeof(*shape->tables));
	}
	state = &shape->tables[entry->value];
	*state = (struct table_state){
		.table = catalogue_table(shape->catalogue, name), .name = entry->key};
	if (state->table)
		state->least = least_width(state->table);
	return (size_t)entry->value;
}

/* Makes the row's table the current one; a table in a wrong place is one fault. */
static struct table_state *enter_table(struct shape *shape, const struct backup_record *record)
{
	size_t index = find_table(shape, record->table);
	struct table_state *state = &shape->tables[index];
	struct str *message;

	if (index == shape->current)
		return state;
	shape->current = index;
	message = shape_message(shape);
	if (state->rows > 0) {
		str_add_text(message, "rows of ");
		shape_quote(message, state->name);
		str_add_text(message, " stand in several places");
		shape_found(shape, SHAPE_ORDER, place_of(record), 2);
	} else if (state->table && state->table->index + 1 < shape->highest) {
		str_addf(message, "rows of \"%s\" stand behind those of \"%s\"", state->table->name,
			shape->catalogue->tables[shape->highest - 1].name);
		shape_found(shape, SHAPE_ORDER, place_of(record), 2);
	}
	if (state->table && state->table->index + 1 > shape->highest)
		shape->highest = state->table->index + 1;
	return state;
}

static void check_old_id(
	struct shape *shape, struct table_state *state, const struct backup_record *record)
{
	const char *why = catalogue_check_value(COLUMN_INTEGER, record->old_id, 64, 0);
	struct str *message = shape_message(shape);
	int64_t id;

	if (slice_is_empty(record->old_id)) {
		str_add_text(message, "the row has no old id");
		found_problem(shape, SHAPE_BAD_VALUE, record, 3);
		return;
	}
	if (why) {
		str_add_text(message, "the old id ");
		shape_quote(message, record->old_id);
		str_addf(message, " %s", why);
		found_problem(shape, SHAPE_BAD_VALUE, record, 3);
	}
	if (!rows_add(shape, record->table, record->old_id)) {
		shape_message(shape);
		str_add_text(message, "the old id ");
		shape_quote(message, record->old_id);
		str_add_text(message, " of ");
		shape_quote(message, record->table);
		str_add_text(message, " was there before");
		found_problem(shape, SHAPE_DUPLICATE_ID, record, 3);
	}
	if (why || !slice_to_int64(record->old_id, &id))
		return;
	if (state->has_id && id < state->last_id) {
		shape_message(shape);
		str_addf(message, "the old id %lld stands behind %lld: ids of a table ascend",
			(long long)id, (long long)state->last_id);
		shape_found(shape, SHAPE_ORDER, place_of(record), 3);
	}
	state->has_id = true;
	state->last_id = id;
}

static void check_width(
	struct shape *shape, const struct table_state *state, const struct backup_record *record)
{
	struct str *message;

	if (record->count == state->table->width)
		return;
	message = shape_message(shape);
	str_addf(message, "a row of \"%s\" has %u fields, this one %zu", state->table->name,
		state->table->width, record->count);
	if (record->count < state->least)
		found_problem(shape, SHAPE_WIDTH, record, 0);
	else
		shape_found(shape, SHAPE_WIDTH, place_of(record), 0);
}

static void bad_value(struct shape *shape, const struct backup_record *record, uint32_t column,
	struct slice value, const char *why)
{
	const struct catalogue_column *c = shape->columns[column].column;
	struct str *message = shape_message(shape);

	if (value.at)
		shape_quote(message, value);
	else
		str_add_text(message, "no value");
	str_add_text(message, " in");
	shape_name_column(message, c);
	str_addf(message, " %s", why);
	shape_fail_column(shape, column, SHAPE_BAD_VALUE, 1, record->line);
	found_problem(shape, SHAPE_BAD_VALUE, record, c->field);
}

static void check_upper(struct shape *shape, const struct backup_record *record, uint32_t column,
	struct slice value, const struct catalogue_column *follows)
{
	struct slice text =
		follows->field <= record->count ? record->fields[follows->field - 1] : SLICE_NULL;
	struct str *message;

	if (upper_matches(value, text))
		return;
	shape_fail_column(shape, column, SHAPE_UPPER_KEY, 1, record->line);
	if (!shape->report)
		return;
	message = shape_message(shape);
	shape_quote(message, value);
	str_add_text(message, " in");
	shape_name_column(message, shape->columns[column].column);
	str_addf(message, " is not the upper case of \"%s\", ", follows->name);
	shape_quote(message, text);
	shape_found(shape, SHAPE_UPPER_KEY, place_of(record), shape->columns[column].column->field);
}

static struct slice keep_key(void *context, struct slice key)
{
	(void)context;
	(void)key;
	return SLICE_NULL;
}

static void check_json(struct shape *shape, const struct backup_record *record,
	const struct catalogue_column *column, struct slice value)
{
	struct str *message;

	if (!shape->report)
		return;
	str_clear(&shape->scratch);
	if (json_links_rewrite(value, keep_key, NULL, &shape->scratch).valid)
		return;
	message = shape_message(shape);
	shape_quote(message, value);
	str_add_text(message, " in");
	shape_name_column(message, column);
	str_add_text(message, " is no JSON list of links");
	shape_found(shape, SHAPE_BAD_JSON, place_of(record), column->field);
}

static void check_role(
	struct shape *shape, const struct backup_record *record, uint32_t index, struct slice value)
{
	const struct catalogue_column *column = shape->columns[index].column;
	const struct catalogue_use *use = catalogue_use_of(column, record->fields, record->count);

	switch (use->role) {
	case ROLE_ROW:
		rows_meet(shape, use->table->name, value, place_of(record), index);
		break;
	case ROLE_ENTITY:
		str_clear(&shape->scratch);
		catalogue_dependencies(use, record->fields, record->count, &shape->scratch);
		entities_meet(shape, entity_name(use->entity), value, str_slice(&shape->scratch),
			place_of(record), index);
		break;
	case ROLE_UPPER:
		check_upper(shape, record, index, value, use->follows);
		break;
	case ROLE_JSON_LINKS:
		check_json(shape, record, column, value);
		break;
	case ROLE_PLAIN:
	case ROLE_ISSUE_KEY:
	case ROLE_QUERY:
	case ROLE_MARKUP:
	case ROLE_OPAQUE:
		break;
	}
}

static void check_columns(struct shape *shape, const struct catalogue_table *table,
	const struct backup_record *record)
{
	uint32_t index = (uint32_t)shape->first_column[table->index];

	for (size_t i = 0; i < table->column_count; i++, index++) {
		struct column_state *state = &shape->columns[index];
		const struct catalogue_column *column = state->column;
		struct slice value = column->field <= record->count
					     ? record->fields[column->field - 1]
					     : SLICE_NULL;
		const char *why;

		if (slice_is_empty(value)) {
			if (state->live.required && column->type != COLUMN_TEXT)
				bad_value(shape, record, index, SLICE_NULL, "is not allowed");
			continue;
		}
		state->values++;
		why = catalogue_check_value(
			column->type, value, state->live.bits, state->live.length);
		if (why)
			bad_value(shape, record, index, value, why);
		check_role(shape, record, index, value);
	}
}

/* No value equals no value, as an import compares identities. */
static void check_identity(struct shape *shape, const struct catalogue_table *table,
	const struct backup_record *record)
{
	struct str *message;

	if (!shape->report || table->identity_count == 0 || record->count < table->width)
		return;
	str_clear(&shape->key);
	str_add_text(&shape->key, table->name);
	for (size_t i = 0; i < table->identity_count; i++) {
		str_add_char(&shape->key, '\0');
		str_add(&shape->key, record->fields[table->identity[i]->field - 1]);
	}
	if (idset_add(&shape->identities, idset_hash(&shape->identities, str_slice(&shape->key))))
		return;
	message = shape_message(shape);
	str_addf(message, "another row of \"%s\" has the same identity:", table->name);
	for (size_t i = 0; i < table->identity_count; i++) {
		str_addf(message, " %s=", table->identity[i]->name);
		shape_quote(message, record->fields[table->identity[i]->field - 1]);
	}
	shape_found(shape, SHAPE_DUPLICATE_IDENTITY, place_of(record), 0);
}

void shape_scope(struct shape *shape, const struct backup_record *metadata)
{
	const struct catalogue_entity *entity =
		catalogue_entity(shape->catalogue, shape->catalogue->scope);

	if (!slice_is_empty(metadata->scope) && entity && entity->written)
		entities_meet(shape, entity_name(shape->catalogue->scope), metadata->scope,
			SLICE_NULL, place_of(metadata), NO_COLUMN);
}

const char *shape_item(struct shape *shape, const struct backup_record *record)
{
	struct table_state *state = enter_table(shape, record);

	str_clear(&shape->problem);
	check_old_id(shape, state, record);
	if (state->table) {
		check_width(shape, state, record);
		check_columns(shape, state->table, record);
		check_identity(shape, state->table, record);
	} else {
		struct str *message = shape_message(shape);

		shape_quote(message, state->name);
		str_add_text(message, " is no table of the catalogue");
		if (shape->problem.len == 0)
			str_add(&shape->problem, str_slice(message));
		if (state->rows == 0)
			shape_found(shape, SHAPE_UNKNOWN_TABLE, place_of(record), 2);
	}
	state->rows++;
	return shape->problem.len > 0 ? shape->problem.at : NULL;
}

static void check_mapping_width(struct shape *shape, const struct backup_record *record)
{
	if (record->count == MAPPING_WIDTH)
		return;
	str_addf(shape_message(shape), "a mapping row has %d fields, this one %zu", MAPPING_WIDTH,
		record->count);
	shape_found(shape, SHAPE_WIDTH, place_of(record), 0);
}

const char *shape_mapping(struct shape *shape, const struct backup_record *record)
{
	check_mapping_width(shape, record);
	return entities_map(shape, record);
}

void shape_end(struct shape *shape, shape_column_fn column, void *context)
{
	rows_settle(shape);
	entities_settle(shape);
	for (size_t i = 0; i < shape->column_count && column; i++) {
		const struct column_state *state = &shape->columns[i];

		for (enum shape_kind kind = 0; kind < SHAPE_KIND_COUNT; kind++) {
			const struct failure *failure = &state->failures[kind];
			struct shape_column failed = {
				state->column, kind, failure->rows, state->values, failure->line};

			if (failure->rows > 0)
				column(context, &failed);
		}
	}
}

void shape_free(struct shape **shape)
{
	struct shape *s = *shape;

	if (!s)
		return;
	rows_release(&s->rows);
	entities_release(&s->entities);
	idset_release(&s->identities);
	dict_release(&s->table_names);
	free(s->tables);
	free(s->columns);
	free(s->first_column);
	str_release(&s->problem);
	str_release(&s->message);
	str_release(&s->key);
	str_release(&s->scratch);
	free(s);
	*shape = NULL;
}
