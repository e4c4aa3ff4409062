/*
 * Reads one column of a catalogue: what it is, and what it means (its uses).
 */
#include "catalogue/internal.h"
#include "catalogue/load.h"

/* A column has one use, written into it, or a list of uses. */
static const struct member column_members[] = {
	{"name", TEXT, REQUIRED},
	{"type", TEXT, REQUIRED},
	{"known", TEXT, REQUIRED},
	{"without", TEXT, OPTIONAL},
	{"nothing", TEXT, OPTIONAL},
	{"uses", LIST, OPTIONAL},
	{"role", TEXT, OPTIONAL},
	{"entity", TEXT, OPTIONAL},
	{"table", TEXT, OPTIONAL},
	{"column", TEXT, OPTIONAL},
	{"dependencies", LIST, OPTIONAL},
};

static const struct member use_members[] = {
	{"when", OBJECT, OPTIONAL},
	{"role", TEXT, REQUIRED},
	{"entity", TEXT, OPTIONAL},
	{"table", TEXT, OPTIONAL},
	{"column", TEXT, OPTIONAL},
	{"dependencies", LIST, OPTIONAL},
};

static const struct member dependency_members[] = {
	{"name", TEXT, OPTIONAL},
	{"column", TEXT, REQUIRED},
};

static const char *const type_words[] = {
	[COLUMN_TEXT] = "text",
	[COLUMN_INTEGER] = "integer",
	[COLUMN_BOOLEAN] = "boolean",
	[COLUMN_TIMESTAMP] = "timestamp",
};
static const char *const without_words[] = {
	[WITHOUT_DROP] = "drop",
	[WITHOUT_NULL] = "null",
	[WITHOUT_KEEP] = "keep",
};
const char *const loader_known_words[] = {
	[KNOWN_DOCUMENTED] = "documented",
	[KNOWN_EXAMPLE] = "example",
	[KNOWN_ASSUMED] = "assumed",
};
/* The roles, and the member that each of them needs. */
static const struct {
	const char *name, *needs;
} roles[] = {
	[ROLE_PLAIN] = {"plain", NULL},
	[ROLE_ROW] = {"row", "table"},
	[ROLE_ENTITY] = {"entity", "entity"},
	[ROLE_ISSUE_KEY] = {"issue-key", "column"},
	[ROLE_UPPER] = {"upper", "column"},
	[ROLE_JSON_LINKS] = {"json-links", NULL},
	[ROLE_QUERY] = {"query", NULL},
	[ROLE_MARKUP] = {"markup", NULL},
	[ROLE_OPAQUE] = {"opaque", NULL},
};

const char *role_name(enum role role)
{
	return roles[role].name;
}

const char *loader_text(struct arena *arena, json_t *object, const char *name)
{
	return arena_strdup(arena, slice_of(member_text(object, name)));
}

bool loader_column(const struct catalogue_table *table, const char *name,
	const struct catalogue_column **out, struct error *err)
{
	const struct catalogue_column *column;

	if (!name)
		return FAIL(err, INPUT, "the name of a column is needed, as a text");
	column = catalogue_column(table, slice_of(name));
	if (!column)
		return FAIL(
			err, INPUT, "there is no column \"%s\" in table \"%s\"", name, table->name);
	*out = column;
	return true;
}

bool loader_table(const struct catalogue *catalogue, const char *name,
	const struct catalogue_table **out, struct error *err)
{
	const struct catalogue_table *table = catalogue_table(catalogue, slice_of(name));

	if (!table)
		return FAIL(err, INPUT, "there is no table \"%s\"", name);
	*out = table;
	return true;
}

static MUST_CHECK bool load_condition(const struct catalogue_table *table, json_t *when,
	struct loader *l, struct catalogue_use *use, struct error *err)
{
	json_t *value = json_object_iter_value(json_object_iter(when));

	if (!when)
		return true;
	if (json_object_size(when) != 1)
		return FAIL(err, INPUT, "member \"when\" does not name exactly one column");
	if (!member_is_kind(value, TEXT))
		return FAIL(err, INPUT, "the value in member \"when\" is not %s",
			member_kind_title(TEXT));
	use->equals = arena_strdup(l->arena, slice_of(json_string_value(value)));
	return loader_column(table, json_object_iter_key(json_object_iter(when)), &use->when, err);
}

static MUST_CHECK bool load_dependencies(const struct catalogue_table *table, json_t *list,
	struct loader *l, struct catalogue_use *use, struct error *err)
{
	struct catalogue_dependency *dependencies;
	json_t *item;
	size_t i;

	if (!list)
		return true;
	dependencies = arena_zalloc(l->arena, json_array_size(list) * sizeof(*dependencies));
	json_array_foreach(list, i, item)
	{
		if (!MEMBER_CHECK(item, dependency_members, err) ||
			!loader_column(
				table, member_text(item, "column"), &dependencies[i].column, err)) {
			error_context(err, "dependency %zu", i + 1);
			return false;
		}
		dependencies[i].name = loader_text(l->arena, item, "name");
	}
	use->dependencies = dependencies;
	use->dependency_count = json_array_size(list);
	return true;
}

/* The first member of a use that is there and is not called `needed`; NULL when there is none. */
static const char *stray_member(json_t *object, const char *needed, bool dependencies)
{
	static const char *const members[] = {"table", "entity", "column"};

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (json_object_get(object, members[i]) &&
			(!needed || strcmp(needed, members[i]) != 0))
			return members[i];
	return !dependencies && json_object_get(object, "dependencies") ? "dependencies" : NULL;
}

/* Members that a role has no need of are refused, so that no mistake goes unnoticed. */
static MUST_CHECK bool check_role_members(json_t *object, enum role role, struct error *err)
{
	const char *needs = roles[role].needs;
	const char *stray = stray_member(object, needs, role == ROLE_ENTITY);

	if (needs && !json_object_get(object, needs))
		return FAIL(err, INPUT, "role \"%s\" needs member \"%s\"", role_name(role), needs);
	if (stray)
		return FAIL(err, INPUT, "role \"%s\" has no member \"%s\"", role_name(role), stray);
	return true;
}

/* `object` is a use, or a column that holds its one use. */
static MUST_CHECK bool load_use(const struct catalogue_table *table, json_t *object,
	struct loader *l, struct catalogue_use *use, struct error *err)
{
	const char *text = member_text(object, "role");

	while (use->role < ARRAY_LEN(roles) && strcmp(role_name(use->role), text) != 0)
		use->role++;
	if (use->role == ARRAY_LEN(roles))
		return FAIL(err, INPUT, "there is no role \"%s\"", text);
	if (!check_role_members(object, use->role, err))
		return false;
	if (use->role == ROLE_ENTITY && !member_entity(object, "entity", &use->entity, err))
		return false;
	if (use->role == ROLE_ROW &&
		!loader_table(l->catalogue, member_text(object, "table"), &use->table, err))
		return false;
	if ((use->role == ROLE_ISSUE_KEY || use->role == ROLE_UPPER) &&
		!loader_column(table, member_text(object, "column"), &use->follows, err))
		return false;
	return load_condition(table, json_object_get(object, "when"), l, use, err) &&
	       load_dependencies(table, json_object_get(object, "dependencies"), l, use, err);
}

static MUST_CHECK bool load_use_list(const struct catalogue_table *table, json_t *list,
	struct loader *l, struct catalogue_use *uses, struct error *err)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (!MEMBER_CHECK(item, use_members, err) ||
			!load_use(table, item, l, &uses[i], err)) {
			error_context(err, "use %zu", i + 1);
			return false;
		}
	}
	return true;
}

bool loader_uses(const struct catalogue_table *table, json_t *object, struct loader *l,
	struct catalogue_column *column, struct error *err)
{
	json_t *list = json_object_get(object, "uses");
	size_t count = list ? json_array_size(list) : 1;
	const char *stray = list ? stray_member(object, NULL, false) : NULL;
	struct catalogue_use *uses;

	if (!list == !member_text(object, "role"))
		return FAIL(err, INPUT, "a column has either member \"role\" or member \"uses\"");
	if (count == 0)
		return FAIL(err, INPUT, "member \"uses\" is empty");
	if (stray)
		return FAIL(
			err, INPUT, "member \"%s\" stands beside \"uses\", not in a use", stray);
	/* One more: what holds when no condition applies. */
	uses = arena_zalloc(l->arena, (count + 1) * sizeof(*uses));
	for (size_t i = 0; i <= count; i++)
		uses[i].entity = ENTITY_NONE;
	if (list ? !load_use_list(table, list, l, uses, err)
		 : !load_use(table, object, l, &uses[0], err))
		return false;
	column->uses = uses;
	column->use_count = uses[count - 1].when ? count + 1 : count;
	return true;
}

bool loader_make_column(
	json_t *object, struct loader *l, struct catalogue_column *column, struct error *err)
{
	unsigned type, known, without, nothing;

	if (!MEMBER_CHECK(object, column_members, err) ||
		!MEMBER_WORD(object, "type", type_words, &type, err) ||
		!MEMBER_WORD(object, "known", loader_known_words, &known, err) ||
		!MEMBER_WORD(object, "without", without_words, &without, err) ||
		!MEMBER_WORD(object, "nothing", without_words, &nothing, err))
		return false;
	column->name = loader_text(l->arena, object, "name");
	column->type = type;
	column->known = known;
	column->without = without;
	column->nothing = nothing;
	return true;
}
