/*
 * Names of things, and look-ups in a loaded catalogue. The enumerations' tables here are the master
 * copies. Look-ups are linear: a catalogue has a handful of tables of at most 29 columns.
 *
 * Threads: nothing here changes a catalogue.
 */
#include "catalogue/catalogue.h"

static const char *const entity_names[ENTITY_COUNT] = {
	[ENTITY_APPLINK] = "APPLINK",
	[ENTITY_SPACE] = "SPACE",
	[ENTITY_PROJECT] = "PROJECT",
	[ENTITY_USER] = "USER",
	[ENTITY_PAGE] = "PAGE",
	[ENTITY_VERSION] = "VERSION",
	[ENTITY_ATTACHMENT] = "ATTACHMENT",
	[ENTITY_ISSUE] = "ISSUE",
};

extern const char embedded_confluence_json[], embedded_jira_json[];
extern const size_t embedded_confluence_json_len, embedded_jira_json_len;

static const struct {
	const char *name, *title, *text;
	const size_t *len;
} products[PRODUCT_COUNT] = {
	[PRODUCT_CONFLUENCE] = {"confluence", "Confluence", embedded_confluence_json,
		&embedded_confluence_json_len},
	[PRODUCT_JIRA] = {"jira", "Jira", embedded_jira_json, &embedded_jira_json_len},
};

static const struct {
	const char *name, *column;
} mapping_fields[FIELD_COUNT] = {
	[FIELD_SPACE_KEY] = {"spaceKey", "spacekey"},
	[FIELD_PAGE_TYPE] = {"pageType", "pagetype"},
	[FIELD_PAGE_ID] = {"pageId", "pageid"},
	[FIELD_USER_KEY] = {"userKey", "userkey"},
	[FIELD_APPLINK] = {"applink", "applink"},
	[FIELD_PAGE_VERSION] = {"pageVersion", "pageversion"},
	[FIELD_TITLE] = {"title", "title"},
	[FIELD_URL] = {"url", "url"},
	[FIELD_USERNAME] = {"username", "username"},
	[FIELD_EXTENSION_DOCUMENT_ID] = {"extensionDocumentId", "extensiondocumentid"},
	[FIELD_ISSUE_KEY] = {"issueKey", "issuekey"},
};

const char *entity_name(enum entity entity)
{
	return entity < ENTITY_COUNT ? entity_names[entity] : "NONE";
}

enum entity entity_by_name(struct slice name)
{
	for (enum entity e = 0; e < ENTITY_COUNT; e++)
		if (slice_is(name, entity_names[e]))
			return e;
	return ENTITY_NONE;
}

const char *product_name(enum product product)
{
	return products[product].name;
}

const char *product_title(enum product product)
{
	return products[product].title;
}

struct slice catalogue_embedded(enum product product)
{
	return (struct slice){products[product].text, *products[product].len};
}

const char *mapping_field_name(enum mapping_field field)
{
	return mapping_fields[field].name;
}

const char *mapping_field_column(enum mapping_field field)
{
	return mapping_fields[field].column;
}

const struct catalogue_table *catalogue_table(const struct catalogue *catalogue, struct slice name)
{
	for (size_t i = 0; i < catalogue->table_count; i++)
		if (slice_is(name, catalogue->tables[i].name))
			return &catalogue->tables[i];
	return NULL;
}

const struct catalogue_column *catalogue_column(
	const struct catalogue_table *table, struct slice name)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (slice_is(name, table->columns[i].name))
			return &table->columns[i];
	return NULL;
}

const struct catalogue_entity *catalogue_entity(
	const struct catalogue *catalogue, enum entity entity)
{
	for (size_t i = 0; i < catalogue->entity_count; i++)
		if (catalogue->entities[i].entity == entity)
			return &catalogue->entities[i];
	return NULL;
}

const struct catalogue_use *catalogue_use_of(
	const struct catalogue_column *column, const struct slice *fields, size_t count)
{
	const struct catalogue_use *use = column->uses;

	/* The loader gives every column a last use without a condition. */
	for (; use->when; use++)
		if (use->when->field <= count &&
			slice_is(fields[use->when->field - 1], use->equals))
			break;
	return use;
}

bool catalogue_table_is_assumed(const struct catalogue_table *table)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i].known == KNOWN_ASSUMED)
			return true;
	return false;
}
