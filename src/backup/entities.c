/*
 * Entities that data rows refer to, and the mapping rows that they need.
 *
 * Mapping rows stand behind the data rows, so everything is judged at the end. An entity is type,
 * key and normalised dependencies. It has a mapping row when one agrees in all three, or when one
 * mapping row alone has its type and key.
 */
#include "backup/shape_parts.h"

/* How often a column refers to an entity. */
struct entity_use {
	struct entity_use *next;
	uint64_t rows, line;
	uint32_t column;
};

void entities_init(struct entities *entities)
{
	*entities = (struct entities){.names = DICT_INIT, .keys = DICT_INIT, .arena = ARENA_INIT};
}

/* The state of an entity, made when it is missing. Puts its name into shape->key. */
static struct entity_state *state_of(
	struct shape *shape, struct slice type, struct slice key, struct slice dependencies)
{
	struct entities *entities = &shape->entities;
	bool added = false;
	int64_t index;

	str_clear(&shape->key);
	str_add(&shape->key, type);
	str_add_char(&shape->key, '\0');
	str_add(&shape->key, key);
	str_add_char(&shape->key, '\0');
	catalogue_normalise_dependencies(dependencies, &shape->key);
	index = dict_put(
		&entities->names, str_slice(&shape->key), (int64_t)entities->names.count, &added)
			->value;
	if (!added)
		return &entities->states[index];
	if ((size_t)index == entities->capacity) {
		entities->capacity = entities->capacity ? entities->capacity * 2 : 64;
		entities->states =
			xrealloc(entities->states, entities->capacity * sizeof(*entities->states));
	}
	entities->states[index] = (struct entity_state){.met_column = NO_COLUMN};
	return &entities->states[index];
}

void entities_meet(struct shape *shape, const char *type, struct slice key,
	struct slice dependencies, struct place place, uint32_t column)
{
	struct entity_state *state = state_of(shape, slice_of(type), key, dependencies);
	struct entity_use *use = state->uses;

	if (!state->is_met) {
		state->is_met = true;
		state->met = place;
		state->met_column = column;
	}
	if (column == NO_COLUMN)
		return;
	while (use && use->column != column)
		use = use->next;
	if (!use) {
		use = arena_alloc(&shape->entities.arena, sizeof(*use));
		*use = (struct entity_use){state->uses, 0, place.line, column};
		state->uses = use;
	}
	use->rows++;
}

/* The three parts of an entity's name. */
static void split_name(
	struct slice name, struct slice *type, struct slice *key, struct slice *dependencies)
{
	struct slice rest;

	*type = name;
	*key = *dependencies = SLICE("");
	if (slice_cut(name, '\0', type, &rest))
		slice_cut(rest, '\0', key, dependencies);
}

static void add_entity(struct str *out, struct slice name)
{
	struct slice type, key, dependencies;

	split_name(name, &type, &key, &dependencies);
	shape_quote(out, type);
	str_add_char(out, ' ');
	shape_quote(out, key);
	if (dependencies.len > 0) {
		str_add_text(out, " with dependencies ");
		shape_quote(out, dependencies);
	}
}

static const char *refuse(struct shape *shape, const struct backup_record *record,
	enum shape_kind kind, unsigned field)
{
	struct place place = {record->line, record->offset};

	shape_found(shape, kind, place, field);
	return shape->message.at;
}

static const char *refuse_type(struct shape *shape, const struct backup_record *record)
{
	struct str *message = shape_message(shape);

	shape_quote(message, record->type);
	str_add_text(message, " is no type of entity");
	return refuse(shape, record, SHAPE_UNKNOWN_TYPE, 2);
}

static const char *refuse_key(struct shape *shape, const struct backup_record *record)
{
	str_add_text(shape_message(shape), "the mapping row has no key");
	return refuse(shape, record, SHAPE_BAD_VALUE, 3);
}

static const char *refuse_second(
	struct shape *shape, const struct backup_record *record, const struct entity_state *state)
{
	struct slice name =
		dict_at(&shape->entities.names, (size_t)(state - shape->entities.states))->key;
	struct str *message = shape_message(shape);

	add_entity(message, name);
	str_addf(message, " has a mapping row already, on line %llu",
		(unsigned long long)state->mapped.line);
	return refuse(shape, record, SHAPE_DUPLICATE_MAPPING, 3);
}

const char *entities_map(struct shape *shape, const struct backup_record *record)
{
	struct entities *entities = &shape->entities;
	struct entity_state *state;
	struct dict_entry *entry;
	bool added = false;

	if (entity_by_name(record->type) == ENTITY_NONE)
		return refuse_type(shape, record);
	if (slice_is_empty(record->key))
		return refuse_key(shape, record);
	state = state_of(shape, record->type, record->key, record->dependencies);
	if (state->is_mapped)
		return refuse_second(shape, record, state);
	state->is_mapped = true;
	state->mapped = (struct place){record->line, record->offset};
	str_clear(&shape->key);
	str_add(&shape->key, record->type);
	str_add_char(&shape->key, '\0');
	str_add(&shape->key, record->key);
	entry = dict_put(&entities->keys, str_slice(&shape->key), state - entities->states, &added);
	if (!added)
		entry->value = -1;
	return NULL;
}

/* The mapping row that serves the entity; NULL when there is none. */
static struct entity_state *mapping_of(struct entities *entities, size_t i)
{
	struct slice name = dict_at(&entities->names, i)->key, type, key, dependencies;
	const struct dict_entry *entry;

	if (entities->states[i].is_mapped)
		return &entities->states[i];
	split_name(name, &type, &key, &dependencies);
	entry = dict_find(&entities->keys, (struct slice){name.at, type.len + 1 + key.len});
	return entry && entry->value >= 0 ? &entities->states[entry->value] : NULL;
}

static void tell_unmapped(struct shape *shape, size_t i)
{
	const struct entity_state *state = &shape->entities.states[i];
	unsigned field = CATALOGUE_FIRST_FIELD;
	struct str *message;

	for (const struct entity_use *use = state->uses; use; use = use->next)
		shape_fail_column(shape, use->column, SHAPE_NO_MAPPING_ROW, use->rows, use->line);
	if (!shape->report)
		return;
	message = shape_message(shape);
	add_entity(message, dict_at(&shape->entities.names, i)->key);
	if (state->met_column == NO_COLUMN) {
		str_add_text(message, ", the backup's scope,");
	} else {
		str_add_text(message, " in");
		shape_name_column(message, shape->columns[state->met_column].column);
		field = shape->columns[state->met_column].column->field;
	}
	str_add_text(message, " has no mapping row");
	shape_found(shape, SHAPE_NO_MAPPING_ROW, state->met, field);
}

/* Some types are derived when a file is loaded, and their rows serve no column. */
static bool may_be_unused(const struct shape *shape, struct slice name)
{
	const struct catalogue_entity *entity;
	struct slice type, key, dependencies;

	split_name(name, &type, &key, &dependencies);
	entity = catalogue_entity(shape->catalogue, entity_by_name(type));
	return entity && !entity->written;
}

static void tell_unused(struct shape *shape, size_t i)
{
	struct slice name = dict_at(&shape->entities.names, i)->key;
	struct str *message;

	if (!shape->report || may_be_unused(shape, name))
		return;
	message = shape_message(shape);
	str_add_text(message, "no data row refers to ");
	add_entity(message, name);
	shape_found(shape, SHAPE_UNUSED_MAPPING, shape->entities.states[i].mapped, 3);
}

void entities_settle(struct shape *shape)
{
	struct entities *entities = &shape->entities;

	for (size_t i = 0; i < entities->names.count; i++) {
		struct entity_state *mapping;

		if (!entities->states[i].is_met)
			continue;
		mapping = mapping_of(entities, i);
		if (mapping)
			mapping->is_used = true;
		else
			tell_unmapped(shape, i);
	}
	for (size_t i = 0; i < entities->names.count; i++) {
		if (entities->states[i].is_mapped && !entities->states[i].is_used)
			tell_unused(shape, i);
	}
}

void entities_release(struct entities *entities)
{
	dict_release(&entities->names);
	dict_release(&entities->keys);
	free(entities->states);
	arena_release(&entities->arena);
}
