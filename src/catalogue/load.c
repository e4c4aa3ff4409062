/*
 * Reads a catalogue's JSON text.
 *
 * Every object of the file has its shape in a table of members: unknown members, missing ones and
 * values of another kind are refused before anything is read. Loading takes two passes, since a
 * column may name a table or a column that comes later: the first makes all tables and columns,
 * the second resolves what they refer to. Then catalogue_check looks at the whole.
 *
 * The catalogue and all it points to live in one arena behind it. The text is at most 1 MiB.
 * Errors are made at the lowest place and get "table ..." and "column ..." in front on the way up.
 */
#include "catalogue/load.h"
#include "base/digest.h"
#include "base/file.h"
#include "catalogue/internal.h"

#define FILE_LIMIT (1u << 20)

/* What catalogue_load hands out: the catalogue comes first, so that its address is the owner's. */
struct owner {
	struct catalogue catalogue;
	struct arena arena;
};

static const struct member catalogue_members[] = {
	{"product", TEXT, REQUIRED},
	{"pluginKey", TEXT, REQUIRED},
	{"pluginVersion", TEXT, REQUIRED},
	{"oldestVersion", TEXT, REQUIRED},
	{"tablePrefix", TEXT, REQUIRED},
	{"idColumn", TEXT, REQUIRED},
	{"scope", TEXT, REQUIRED},
	{"tables", LIST, REQUIRED},
	{"entities", LIST, REQUIRED},
};

static const struct member table_members[] = {
	{"name", TEXT, REQUIRED},
	{"global", TRUTH, OPTIONAL},
	{"import", TEXT, REQUIRED},
	{"scope", ANY, REQUIRED},
	{"identity", LIST, OPTIONAL},
	{"citation", OBJECT, OPTIONAL},
	{"columns", LIST, REQUIRED},
};

static const struct member citation_members[] = {
	{"column", TEXT, REQUIRED},
	{"is", TEXT, REQUIRED},
	{"page", TEXT, REQUIRED},
	{"same", LIST, OPTIONAL},
};

static const struct member entity_members[] = {
	{"type", TEXT, REQUIRED},
	{"known", TEXT, REQUIRED},
	{"written", TRUTH, REQUIRED},
	{"fields", LIST, REQUIRED},
};

static const struct member referrer_members[] = {
	{"table", TEXT, REQUIRED},
	{"column", TEXT, REQUIRED},
};

static const char *const truth_words[] = {"false", "true"};
static const char *const import_words[] = {"insert", "merge"};

/* The scope rules that are written as an object of one member, by its name. */
static const struct {
	const char *name;
	enum scope_rule rule;
} scope_rules[] = {
	{"column", SCOPE_COLUMN},
	{"row", SCOPE_ROW},
	{"issue", SCOPE_ISSUE},
	{"either", SCOPE_EITHER},
	{"referencedBy", SCOPE_REFERENCED_BY},
};

/* Puts what is known of the failing place in front; an object without a name shows its number. */
static bool in_place(const char *what, json_t *object, size_t i, struct error *err)
{
	const char *name = member_text(object, "name");

	if (name)
		error_context(err, "%s \"%s\"", what, name);
	else
		error_context(err, "%s %zu", what, i + 1);
	return false;
}

static MUST_CHECK bool make_table(json_t *object, struct loader *l, struct catalogue_table *table,
	struct catalogue_column **out, struct error *err)
{
	struct catalogue_column *columns;
	json_t *list, *item;
	unsigned import;
	size_t i;

	if (!MEMBER_CHECK(object, table_members, err) ||
		!MEMBER_WORD(object, "import", import_words, &import, err))
		return false;
	list = json_object_get(object, "columns");
	columns = arena_zalloc(l->arena, json_array_size(list) * sizeof(*columns));
	table->name = loader_text(l->arena, object, "name");
	table->full_name = arena_printf(l->arena, "%s%s", l->catalogue->prefix, table->name);
	table->global = json_is_true(json_object_get(object, "global"));
	table->merge = import == 1;
	table->columns = columns;
	table->column_count = json_array_size(list);
	table->width = CATALOGUE_FIRST_FIELD - 1 + (unsigned)table->column_count;
	json_array_foreach(list, i, item)
	{
		if (!loader_make_column(item, l, &columns[i], err))
			return in_place("column", item, i, err);
		columns[i].field = CATALOGUE_FIRST_FIELD + (unsigned)i;
		columns[i].owner = table;
		l->catalogue->assumed |= columns[i].known == KNOWN_ASSUMED;
	}
	*out = columns;
	return true;
}

static MUST_CHECK bool load_referrer(const struct catalogue *catalogue, json_t *object,
	const struct catalogue_column **out, struct error *err)
{
	const struct catalogue_table *referrer;

	return MEMBER_CHECK(object, referrer_members, err) &&
	       loader_table(catalogue, member_text(object, "table"), &referrer, err) &&
	       loader_column(referrer, member_text(object, "column"), out, err);
}

static MUST_CHECK bool load_scope_column(
	struct catalogue_table *table, json_t *name, size_t i, struct error *err)
{
	return loader_column(table, json_string_value(name), &table->scope_columns[i], err);
}

static MUST_CHECK bool load_scope(const struct catalogue *catalogue, json_t *scope,
	struct catalogue_table *table, struct error *err)
{
	const char *text = json_string_value(scope);
	const char *name = json_object_iter_key(json_object_iter(scope));
	size_t i = 0;

	table->scope = SCOPE_NONE;
	if (text && strcmp(text, "none") == 0)
		return true;
	while (i < ARRAY_LEN(scope_rules) && name && strcmp(scope_rules[i].name, name) != 0)
		i++;
	if (json_object_size(scope) != 1 || i == ARRAY_LEN(scope_rules))
		return FAIL(err, INPUT, "member \"scope\" is no scope rule");
	scope = json_object_get(scope, name);
	table->scope = scope_rules[i].rule;
	switch (table->scope) {
	case SCOPE_REFERENCED_BY:
		return load_referrer(catalogue, scope, &table->scope_columns[0], err);
	case SCOPE_EITHER:
		if (json_array_size(scope) != 2)
			return FAIL(err, INPUT, "scope rule \"either\" does not name two columns");
		return load_scope_column(table, json_array_get(scope, 0), 0, err) &&
		       load_scope_column(table, json_array_get(scope, 1), 1, err);
	default:
		return load_scope_column(table, scope, 0, err);
	}
}

static MUST_CHECK bool load_names(json_t *list, struct loader *l, struct catalogue_table *table,
	const struct catalogue_column *const **out, size_t *count, struct error *err)
{
	const struct catalogue_column **columns;
	json_t *item;
	size_t i;

	columns = arena_zalloc(l->arena, json_array_size(list) * sizeof(struct catalogue_column *));
	json_array_foreach(list, i, item)
	{
		if (!loader_column(table, json_string_value(item), &columns[i], err))
			return false;
	}
	*out = columns;
	*count = json_array_size(list);
	return true;
}

static MUST_CHECK bool load_identity(
	json_t *list, struct loader *l, struct catalogue_table *table, struct error *err)
{
	if (load_names(list, l, table, &table->identity, &table->identity_count, err))
		return true;
	error_context(err, "identity");
	return false;
}

static MUST_CHECK bool load_citation(
	json_t *object, struct loader *l, struct catalogue_table *table, struct error *err)
{
	struct catalogue_citation *citation;
	unsigned is;

	if (!object)
		return true;
	citation = arena_zalloc(l->arena, sizeof(*citation));
	if (!MEMBER_CHECK(object, citation_members, err) ||
		!MEMBER_WORD(object, "is", truth_words, &is, err) ||
		!loader_column(table, member_text(object, "column"), &citation->column, err) ||
		!loader_column(table, member_text(object, "page"), &citation->page, err) ||
		!load_names(json_object_get(object, "same"), l, table, &citation->same,
			&citation->same_count, err)) {
		error_context(err, "citation");
		return false;
	}
	citation->is = is == 1;
	for (size_t u = citation->page->use_count; u-- > 0;)
		if (citation->page->uses[u].entity == ENTITY_PAGE)
			citation->use = &citation->page->uses[u];
	table->citation = citation;
	return true;
}

/* The second pass over a table: all names can be resolved now. */
static MUST_CHECK bool load_table(json_t *object, struct loader *l, struct catalogue_table *table,
	struct catalogue_column *columns, struct error *err)
{
	json_t *list = json_object_get(object, "columns"), *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (!loader_uses(table, item, l, &columns[i], err))
			return in_place("column", item, i, err);
	}
	return load_scope(l->catalogue, json_object_get(object, "scope"), table, err) &&
	       load_identity(json_object_get(object, "identity"), l, table, err) &&
	       load_citation(json_object_get(object, "citation"), l, table, err);
}

static MUST_CHECK bool load_tables(json_t *list, struct loader *l, struct error *err)
{
	size_t count = json_array_size(list), i;
	json_t *item;

	l->tables = arena_zalloc(l->arena, count * sizeof(*l->tables));
	l->columns = arena_zalloc(l->arena, count * sizeof(struct catalogue_column *));
	l->catalogue->tables = l->tables;
	l->catalogue->table_count = count;
	json_array_foreach(list, i, item)
	{
		l->tables[i].index = i;
		if (!make_table(item, l, &l->tables[i], &l->columns[i], err))
			return in_place("table", item, i, err);
	}
	json_array_foreach(list, i, item)
	{
		if (!load_table(item, l, &l->tables[i], l->columns[i], err))
			return in_place("table", item, i, err);
	}
	return true;
}

static MUST_CHECK bool load_fields(json_t *list, bool fields[FIELD_COUNT], struct error *err)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *text = json_string_value(item);
		enum mapping_field field = 0;

		while (text && field < FIELD_COUNT && strcmp(mapping_field_name(field), text) != 0)
			field++;
		if (!text || field == FIELD_COUNT)
			return FAIL(
				err, INPUT, "a mapping row has no field \"%s\"", text ? text : "");
		fields[field] = true;
	}
	return true;
}

static MUST_CHECK bool load_entity(
	json_t *object, struct catalogue_entity *entity, struct error *err)
{
	unsigned known;

	if (!MEMBER_CHECK(object, entity_members, err) ||
		!member_entity(object, "type", &entity->entity, err) ||
		!MEMBER_WORD(object, "known", loader_known_words, &known, err))
		return false;
	entity->known = known;
	entity->written = json_is_true(json_object_get(object, "written"));
	return load_fields(json_object_get(object, "fields"), entity->fields, err);
}

static MUST_CHECK bool load_entities(json_t *list, struct loader *l, struct error *err)
{
	struct catalogue_entity *entities;
	json_t *item;
	size_t i;

	entities = arena_zalloc(l->arena, json_array_size(list) * sizeof(*entities));
	json_array_foreach(list, i, item)
	{
		if (!load_entity(item, &entities[i], err)) {
			error_context(err, "entity %zu", i + 1);
			return false;
		}
	}
	l->catalogue->entities = entities;
	l->catalogue->entity_count = json_array_size(list);
	return true;
}

static MUST_CHECK bool load_root(json_t *root, struct loader *l, struct error *err)
{
	struct catalogue *catalogue = l->catalogue;
	const char *product;

	if (!MEMBER_CHECK(root, catalogue_members, err))
		return false;
	product = member_text(root, "product");
	if (strcmp(product, product_name(catalogue->product)) != 0)
		return FAIL(err, INPUT, "this is a catalogue for \"%s\", not for \"%s\"", product,
			product_name(catalogue->product));
	catalogue->plugin_key = loader_text(l->arena, root, "pluginKey");
	catalogue->plugin_version = loader_text(l->arena, root, "pluginVersion");
	catalogue->oldest_version = loader_text(l->arena, root, "oldestVersion");
	catalogue->prefix = loader_text(l->arena, root, "tablePrefix");
	catalogue->id_column = loader_text(l->arena, root, "idColumn");
	return member_entity(root, "scope", &catalogue->scope, err) &&
	       load_tables(json_object_get(root, "tables"), l, err) &&
	       load_entities(json_object_get(root, "entities"), l, err) &&
	       catalogue_check(catalogue, err);
}

static void make_hash(struct slice text, char out[DIGEST_HEX])
{
	CLEANUP(digest_free) struct digest *digest = digest_new();
	uint8_t bytes[DIGEST_SIZE];

	digest_add(digest, text.at, text.len);
	digest_end(digest, bytes);
	digest_hex(bytes, out);
}

static void free_json(json_t **value)
{
	json_decref(*value);
}

bool catalogue_parse(
	struct slice text, enum product product, struct catalogue **out, struct error *err)
{
	CLEANUP(catalogue_free) struct catalogue *catalogue = NULL;
	CLEANUP(free_json) json_t *root = NULL;
	struct owner *owner;
	struct loader loader;
	json_error_t problem;

	root = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, &problem);
	if (!root)
		return FAIL(err, INPUT, "line %d: not valid JSON: %s", problem.line, problem.text);
	owner = xmalloc(sizeof(*owner));
	*owner = (struct owner){.catalogue = {.product = product}, .arena = ARENA_INIT};
	catalogue = &owner->catalogue;
	loader = (struct loader){.arena = &owner->arena, .catalogue = catalogue};
	if (!load_root(root, &loader, err))
		return false;
	make_hash(text, catalogue->hash);
	*out = catalogue;
	catalogue = NULL;
	return true;
}

bool catalogue_load(
	const char *folder, enum product product, struct catalogue **out, struct error *err)
{
	CLEANUP(str_release) struct str path = STR_INIT, text = STR_INIT;

	if (!folder) {
		if (catalogue_parse(catalogue_embedded(product), product, out, err))
			return true;
		error_context(err, "built-in catalogue \"%s\"", product_name(product));
		return false;
	}
	str_addf(&path, "%s/%s.json", folder, product_name(product));
	if (!file_read(path.at, FILE_LIMIT, &text, err))
		return false;
	if (catalogue_parse(str_slice(&text), product, out, err))
		return true;
	error_context(err, "catalogue \"%s\"", path.at);
	return false;
}

void catalogue_free(struct catalogue **catalogue)
{
	struct owner *owner = (struct owner *)*catalogue;

	*catalogue = NULL;
	if (!owner)
		return;
	arena_release(&owner->arena);
	free(owner);
}
