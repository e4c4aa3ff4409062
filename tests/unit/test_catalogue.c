/*
 * The catalogue: that both built-in ones say what they should, and what values and dependencies are
 * made of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalogue/catalogue.h"

static struct catalogue *load_embedded(enum product product)
{
	struct catalogue *catalogue = NULL;
	struct error err = ERROR_INIT;

	if (!catalogue_load(NULL, product, &catalogue, &err))
		fail_msg("%s", err.message);
	return catalogue;
}

static const struct catalogue_column *column_of(
	const struct catalogue *catalogue, const char *table_name, const char *name)
{
	const struct catalogue_table *table = catalogue_table(catalogue, slice_of(table_name));

	assert_non_null(table);
	assert_non_null(catalogue_column(table, slice_of(name)));
	return catalogue_column(table, slice_of(name));
}

/* What the two catalogues must say, table by table; columns in file order from field 4 on. */
struct expected_table {
	enum product product;
	const char *name, *full_name;
	unsigned width;
	bool global, merge;
	enum scope_rule scope;
	const char *columns, *identity;
};

static const struct expected_table expected_tables[] = {
	{PRODUCT_JIRA, "DBRILAUDITTRAILITEM", "AO_42D05A_DBRILAUDITTRAILITEM", 12, false, false,
		SCOPE_ISSUE,
		"SCHEMAVERSION:i ISSUEID:i ISSUEKEY:t USERKEY:t COMMENT:t OLDLINKS:t AUDITDATE:d "
		"LINKS:t SUCCESS:b",
		""},
	{PRODUCT_JIRA, "DBREMOTEREQUIREMENT", "AO_42D05A_DBREMOTEREQUIREMENT", 13, false, true,
		SCOPE_REFERENCED_BY,
		"SCHEMAVERSION:i APPLINK:t SPACEKEY:t KEY:t BASELINE:i FLAGDELETED:b "
		"LASTSYNCDATE:d "
		"FLAGERROR:b TITLE:t URL:t",
		"APPLINK SPACEKEY KEY BASELINE"},
	{PRODUCT_JIRA, "DBISSUELINK", "AO_42D05A_DBISSUELINK", 8, false, false, SCOPE_ISSUE,
		"SCHEMAVERSION:i ISSUEID:i ISSUEKEY:t RELATIONSHIP:t REQUIREMENT_ID:i",
		"ISSUEID RELATIONSHIP REQUIREMENT_ID"},
	{PRODUCT_CONFLUENCE, "DBREQUIREMENT", "AO_32F7CE_DBREQUIREMENT", 17, false, false,
		SCOPE_COLUMN,
		"SCHEMAVERSION:i SPACEKEY:t KEY:t BASELINE:i STATUS:t STORAGETYPE:i HTMLEXCERPT:t "
		"UPPERKEY:t NEWSPACEKEY:t NEWKEY:t CREATEDUSER:t CREATEDDATE:d LASTUPDATEDUSER:t "
		"LASTUPDATEDDATE:d",
		"SPACEKEY KEY BASELINE"},
	{PRODUCT_CONFLUENCE, "DBPROPERTY", "AO_32F7CE_DBPROPERTY", 8, false, false, SCOPE_ROW,
		"SCHEMAVERSION:i REQUIREMENT_ID:i TYPE:t NAME:t VALUE:t", ""},
	{PRODUCT_CONFLUENCE, "DBDEPENDENCY", "AO_32F7CE_DBDEPENDENCY", 7, false, false,
		SCOPE_EITHER, "SCHEMAVERSION:i RELATIONSHIP:t PARENT_ID:i CHILD_ID:i",
		"RELATIONSHIP PARENT_ID CHILD_ID"},
	{PRODUCT_CONFLUENCE, "DBLINK", "AO_32F7CE_DBLINK", 12, false, false, SCOPE_ROW,
		"SCHEMAVERSION:i PARENT_ID:i ORIGIN:b TYPE:t APP:t DOCUMENTID:t VERSIONID:t "
		"RELATIONSHIP:t MARKER:t",
		""},
	{PRODUCT_CONFLUENCE, "DBTRACEABILITYMATRIX", "AO_32F7CE_DBTRACEABILITYMATRIX", 13, false,
		false, SCOPE_COLUMN,
		"SCHEMAVERSION:i SPACEKEY:t ORIGINALID:i NAME:t QUERY:t COLUMNS:t CREATEDUSER:t "
		"CREATEDDATE:d LASTUPDATEDUSER:t LASTUPDATEDDATE:d",
		"SPACEKEY ORIGINALID"},
	{PRODUCT_CONFLUENCE, "DBAPPLINK", "AO_32F7CE_DBAPPLINK", 6, true, true, SCOPE_NONE,
		"SCHEMAVERSION:i APPLINK:t NAME:t", "APPLINK"},
};

static void check_table(const struct catalogue_table *table, const struct expected_table *want)
{
	CLEANUP(str_release) struct str columns = STR_INIT, identity = STR_INIT;

	assert_string_equal(table->name, want->name);
	assert_string_equal(table->full_name, want->full_name);
	assert_int_equal(table->width, want->width);
	assert_int_equal(table->global, want->global);
	assert_int_equal(table->merge, want->merge);
	assert_int_equal(table->scope, want->scope);
	for (size_t i = 0; i < table->column_count; i++) {
		const struct catalogue_column *column = &table->columns[i];

		assert_int_equal(column->field, 4 + i);
		assert_ptr_equal(column->owner, table);
		assert_ptr_equal(catalogue_column(table, slice_of(column->name)), column);
		str_addf(&columns, "%s%s:%c", i ? " " : "", column->name, "tibd"[column->type]);
	}
	assert_string_equal(columns.at, want->columns);
	for (size_t i = 0; i < table->identity_count; i++)
		str_addf(&identity, "%s%s", i ? " " : "", table->identity[i]->name);
	assert_string_equal(identity.at, want->identity);
}

static void test_embedded_citation(UNUSED void **state)
{
	CLEANUP(catalogue_free) struct catalogue *catalogue = load_embedded(PRODUCT_CONFLUENCE);
	size_t found = 0;

	for (size_t i = 0; i < catalogue->table_count; i++) {
		const struct catalogue_citation *citation = catalogue->tables[i].citation;

		if (!citation)
			continue;
		found++;
		assert_string_equal(catalogue->tables[i].name, "DBLINK");
		assert_string_equal(citation->column->name, "ORIGIN");
		assert_false(citation->is);
		assert_string_equal(citation->page->name, "DOCUMENTID");
		assert_int_equal(citation->use->entity, ENTITY_PAGE);
		assert_string_equal(citation->use->equals, "PAGE");
		assert_int_equal(citation->same_count, 1);
		assert_string_equal(citation->same[0]->name, "RELATIONSHIP");
	}
	assert_int_equal(found, 1);
}

static void test_embedded_tables(UNUSED void **state)
{
	for (enum product product = 0; product < PRODUCT_COUNT; product++) {
		CLEANUP(catalogue_free) struct catalogue *catalogue = load_embedded(product);
		size_t next = 0;

		assert_int_equal(catalogue->product, product);
		for (size_t i = 0; i < ARRAY_LEN(expected_tables); i++) {
			if (expected_tables[i].product != product)
				continue;
			assert_in_range(next, 0, catalogue->table_count - 1);
			assert_int_equal(catalogue->tables[next].index, next);
			check_table(&catalogue->tables[next++], &expected_tables[i]);
		}
		assert_int_equal(next, catalogue->table_count);
		assert_null(catalogue_table(catalogue, SLICE("DBNOTHING")));
		assert_null(catalogue_table(catalogue, SLICE_NULL));
		assert_null(catalogue_column(&catalogue->tables[0], SLICE("ID")));
	}
}

static void test_embedded_heads(UNUSED void **state)
{
	CLEANUP(catalogue_free) struct catalogue *jira = load_embedded(PRODUCT_JIRA);
	CLEANUP(catalogue_free) struct catalogue *confluence = load_embedded(PRODUCT_CONFLUENCE);

	assert_string_equal(jira->plugin_key, "com.playsql.requirementyogijira");
	assert_string_equal(confluence->plugin_key, "com.playsql.requirementyogi");
	assert_string_equal(jira->plugin_version, "3.7");
	assert_string_equal(jira->oldest_version, "3.4.8");
	assert_string_equal(jira->prefix, "AO_42D05A_");
	assert_string_equal(confluence->prefix, "AO_32F7CE_");
	assert_string_equal(jira->id_column, "ID");
	assert_int_equal(jira->scope, ENTITY_PROJECT);
	assert_int_equal(confluence->scope, ENTITY_SPACE);
	assert_true(jira->assumed && confluence->assumed);
	assert_int_equal(strlen(jira->hash), 64);
	assert_string_not_equal(jira->hash, confluence->hash);
	for (size_t i = 0; i < confluence->table_count; i++) {
		const struct catalogue_table *table = &confluence->tables[i];

		assert_true(catalogue_table_is_assumed(table));
		for (size_t j = 0; j < table->column_count; j++)
			assert_int_equal(table->columns[j].known, KNOWN_ASSUMED);
	}
}

static void test_embedded_known_jira(UNUSED void **state)
{
	static const char *const documented[] = {"APPLINK", "SPACEKEY", "KEY", "BASELINE",
		"FLAGDELETED", "ISSUEID", "ISSUEKEY", "RELATIONSHIP"};
	CLEANUP(catalogue_free) struct catalogue *jira = load_embedded(PRODUCT_JIRA);

	for (size_t i = 0; i < jira->table_count; i++) {
		const struct catalogue_table *table = &jira->tables[i];
		bool audit = strcmp(table->name, "DBRILAUDITTRAILITEM") == 0;

		/* The published example is only imported with --accept assumed. */
		assert_true(catalogue_table_is_assumed(table));
		for (size_t j = 0; j < table->column_count; j++) {
			enum known want = KNOWN_ASSUMED;

			for (size_t k = 0; k < ARRAY_LEN(documented); k++)
				if (!audit && strcmp(documented[k], table->columns[j].name) == 0)
					want = KNOWN_DOCUMENTED;
			assert_int_equal(table->columns[j].known, want);
		}
	}
}

/* Each entity column's uses: what stands for which entity, and its dependencies in words. */
struct expected_use {
	enum product product;
	const char *table, *column, *type; /* `type`: the TYPE of the row, or NULL */
	enum role role;
	enum entity entity;
	const char *dependencies;
};

static const struct expected_use expected_uses[] = {
	{PRODUCT_JIRA, "DBISSUELINK", "SCHEMAVERSION", NULL, ROLE_OPAQUE, ENTITY_NONE, ""},
	{PRODUCT_JIRA, "DBISSUELINK", "ISSUEID", NULL, ROLE_ENTITY, ENTITY_ISSUE, ""},
	{PRODUCT_JIRA, "DBISSUELINK", "ISSUEKEY", NULL, ROLE_ISSUE_KEY, ENTITY_NONE, ""},
	{PRODUCT_JIRA, "DBISSUELINK", "RELATIONSHIP", NULL, ROLE_PLAIN, ENTITY_NONE, ""},
	{PRODUCT_JIRA, "DBISSUELINK", "REQUIREMENT_ID", NULL, ROLE_ROW, ENTITY_NONE, ""},
	{PRODUCT_JIRA, "DBREMOTEREQUIREMENT", "APPLINK", NULL, ROLE_ENTITY, ENTITY_APPLINK, ""},
	{PRODUCT_JIRA, "DBREMOTEREQUIREMENT", "SPACEKEY", NULL, ROLE_ENTITY, ENTITY_SPACE, "<5>"},
	{PRODUCT_JIRA, "DBRILAUDITTRAILITEM", "ISSUEID", NULL, ROLE_ENTITY, ENTITY_ISSUE, ""},
	{PRODUCT_JIRA, "DBRILAUDITTRAILITEM", "ISSUEKEY", NULL, ROLE_ISSUE_KEY, ENTITY_NONE, ""},
	{PRODUCT_JIRA, "DBRILAUDITTRAILITEM", "USERKEY", NULL, ROLE_ENTITY, ENTITY_USER, ""},
	{PRODUCT_JIRA, "DBRILAUDITTRAILITEM", "LINKS", NULL, ROLE_JSON_LINKS, ENTITY_NONE, ""},
	{PRODUCT_JIRA, "DBRILAUDITTRAILITEM", "OLDLINKS", NULL, ROLE_JSON_LINKS, ENTITY_NONE, ""},
	{PRODUCT_CONFLUENCE, "DBREQUIREMENT", "SPACEKEY", NULL, ROLE_ENTITY, ENTITY_SPACE, ""},
	{PRODUCT_CONFLUENCE, "DBREQUIREMENT", "HTMLEXCERPT", NULL, ROLE_MARKUP, ENTITY_NONE, ""},
	{PRODUCT_CONFLUENCE, "DBREQUIREMENT", "UPPERKEY", NULL, ROLE_UPPER, ENTITY_NONE, ""},
	{PRODUCT_CONFLUENCE, "DBREQUIREMENT", "NEWSPACEKEY", NULL, ROLE_ENTITY, ENTITY_SPACE, ""},
	{PRODUCT_CONFLUENCE, "DBREQUIREMENT", "CREATEDUSER", NULL, ROLE_ENTITY, ENTITY_USER, ""},
	{PRODUCT_CONFLUENCE, "DBPROPERTY", "REQUIREMENT_ID", NULL, ROLE_ROW, ENTITY_NONE, ""},
	{PRODUCT_CONFLUENCE, "DBTRACEABILITYMATRIX", "QUERY", NULL, ROLE_QUERY, ENTITY_NONE, ""},
	{PRODUCT_CONFLUENCE, "DBTRACEABILITYMATRIX", "COLUMNS", NULL, ROLE_QUERY, ENTITY_NONE, ""},
	{PRODUCT_CONFLUENCE, "DBAPPLINK", "APPLINK", NULL, ROLE_ENTITY, ENTITY_APPLINK, ""},
	{PRODUCT_CONFLUENCE, "DBLINK", "PARENT_ID", "PAGE", ROLE_ROW, ENTITY_NONE, ""},
	{PRODUCT_CONFLUENCE, "DBLINK", "APP", "PAGE", ROLE_PLAIN, ENTITY_NONE, ""},
	{PRODUCT_CONFLUENCE, "DBLINK", "APP", "JIRA", ROLE_ENTITY, ENTITY_APPLINK, ""},
	{PRODUCT_CONFLUENCE, "DBLINK", "APP", "EXCEL", ROLE_PLAIN, ENTITY_NONE, ""},
	{PRODUCT_CONFLUENCE, "DBLINK", "DOCUMENTID", "PAGE", ROLE_ENTITY, ENTITY_PAGE, ""},
	{PRODUCT_CONFLUENCE, "DBLINK", "DOCUMENTID", "JIRA", ROLE_ENTITY, ENTITY_ISSUE, "<8>"},
	{PRODUCT_CONFLUENCE, "DBLINK", "DOCUMENTID", "EXCEL", ROLE_ENTITY, ENTITY_ATTACHMENT,
		"type=EXCEL, app=<8>"},
	{PRODUCT_CONFLUENCE, "DBLINK", "DOCUMENTID", NULL, ROLE_ENTITY, ENTITY_ATTACHMENT,
		"type=, app=<8>"},
	{PRODUCT_CONFLUENCE, "DBLINK", "VERSIONID", "PAGE", ROLE_ENTITY, ENTITY_VERSION,
		"type=PAGE, app=<8>, documentId=<9>"},
	{PRODUCT_CONFLUENCE, "DBLINK", "VERSIONID", "JIRA", ROLE_PLAIN, ENTITY_NONE, ""},
	{PRODUCT_CONFLUENCE, "DBLINK", "VERSIONID", NULL, ROLE_PLAIN, ENTITY_NONE, ""},
};

/* A row whose fields hold "<5>" in field 5 and so on, but for DBLINK's TYPE in field 7. */
static void make_row(struct slice *fields, char texts[][8], const char *type)
{
	for (unsigned i = 0; i < CATALOGUE_LAST_FIELD; i++) {
		int len = snprintf(texts[i], 8, "<%u>", i + 1);

		fields[i] = (struct slice){texts[i], (size_t)len};
	}
	fields[6] = slice_of(type);
}

static void test_embedded_uses(UNUSED void **state)
{
	CLEANUP(catalogue_free) struct catalogue *jira = load_embedded(PRODUCT_JIRA);
	CLEANUP(catalogue_free) struct catalogue *confluence = load_embedded(PRODUCT_CONFLUENCE);
	struct slice fields[CATALOGUE_LAST_FIELD];
	char texts[CATALOGUE_LAST_FIELD][8];

	for (size_t i = 0; i < ARRAY_LEN(expected_uses); i++) {
		const struct expected_use *want = &expected_uses[i];
		CLEANUP(str_release) struct str text = STR_INIT;
		const struct catalogue_use *use;
		size_t count = ARRAY_LEN(fields);

		make_row(fields, texts, want->type);
		use = catalogue_use_of(column_of(want->product == PRODUCT_JIRA ? jira : confluence,
					       want->table, want->column),
			fields, count);
		assert_int_equal(use->role, want->role);
		assert_int_equal(use->entity, want->entity);
		assert_int_equal(use->table != NULL, want->role == ROLE_ROW);
		assert_int_equal(use->follows != NULL,
			want->role == ROLE_ISSUE_KEY || want->role == ROLE_UPPER);
		catalogue_dependencies(use, fields, count, &text);
		assert_string_equal(text.at, want->dependencies);
	}
}

static void test_embedded_references(UNUSED void **state)
{
	CLEANUP(catalogue_free) struct catalogue *jira = load_embedded(PRODUCT_JIRA);
	CLEANUP(catalogue_free) struct catalogue *confluence = load_embedded(PRODUCT_CONFLUENCE);
	const struct catalogue_table *remote = catalogue_table(jira, SLICE("DBREMOTEREQUIREMENT"));
	const struct catalogue_table *dependency =
		catalogue_table(confluence, SLICE("DBDEPENDENCY"));
	const struct catalogue_column *link = column_of(jira, "DBISSUELINK", "REQUIREMENT_ID");
	const struct catalogue_column *upper = column_of(confluence, "DBREQUIREMENT", "UPPERKEY");

	assert_ptr_equal(link->uses[0].table, remote);
	assert_ptr_equal(remote->scope_columns[0], link);
	assert_null(remote->scope_columns[1]);
	assert_string_equal(dependency->scope_columns[0]->name, "PARENT_ID");
	assert_string_equal(dependency->scope_columns[1]->name, "CHILD_ID");
	assert_ptr_equal(upper->uses[0].follows, column_of(confluence, "DBREQUIREMENT", "KEY"));
	assert_ptr_equal(column_of(jira, "DBISSUELINK", "ISSUEKEY")->uses[0].follows,
		column_of(jira, "DBISSUELINK", "ISSUEID"));
}

/* `without` is drop but for one column; `nothing` is null for users. */
static void test_embedded_without(UNUSED void **state)
{
	unsigned users = 0, kept = 0;

	for (enum product product = 0; product < PRODUCT_COUNT; product++) {
		CLEANUP(catalogue_free) struct catalogue *catalogue = load_embedded(product);

		for (size_t i = 0; i < catalogue->table_count; i++) {
			for (size_t j = 0; j < catalogue->tables[i].column_count; j++) {
				const struct catalogue_column *c = &catalogue->tables[i].columns[j];
				bool user = c->uses[0].entity == ENTITY_USER;
				bool keep = strcmp(c->name, "NEWSPACEKEY") == 0;

				assert_int_equal(c->without, keep ? WITHOUT_KEEP : WITHOUT_DROP);
				assert_int_equal(c->nothing, user ? WITHOUT_NULL : WITHOUT_DROP);
				users += user;
				kept += keep;
			}
		}
	}
	assert_int_equal(users, 5);
	assert_int_equal(kept, 1);
}

static void test_embedded_entities(UNUSED void **state)
{
	static const struct {
		enum product product;
		enum entity entity;
		bool written;
		const char *fields;
	} rows[] = {
		{PRODUCT_JIRA, ENTITY_SPACE, true, ""},
		{PRODUCT_JIRA, ENTITY_USER, true, " username"},
		{PRODUCT_JIRA, ENTITY_APPLINK, true, " title url"},
		{PRODUCT_JIRA, ENTITY_ISSUE, true, " title issueKey"},
		{PRODUCT_JIRA, ENTITY_PROJECT, false, ""},
		{PRODUCT_CONFLUENCE, ENTITY_SPACE, true, " title"},
		{PRODUCT_CONFLUENCE, ENTITY_USER, true, " username"},
		{PRODUCT_CONFLUENCE, ENTITY_APPLINK, true, " title url"},
		{PRODUCT_CONFLUENCE, ENTITY_ISSUE, true, " issueKey"},
		{PRODUCT_CONFLUENCE, ENTITY_PROJECT, false, ""},
		{PRODUCT_CONFLUENCE, ENTITY_PAGE, true, " spaceKey pageType pageVersion title"},
		{PRODUCT_CONFLUENCE, ENTITY_VERSION, true,
			" spaceKey pageType pageId pageVersion title"},
		{PRODUCT_CONFLUENCE, ENTITY_ATTACHMENT, true,
			" spaceKey pageId pageVersion title extensionDocumentId"},
	};
	CLEANUP(catalogue_free) struct catalogue *jira = load_embedded(PRODUCT_JIRA);
	CLEANUP(catalogue_free) struct catalogue *confluence = load_embedded(PRODUCT_CONFLUENCE);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(str_release) struct str fields = STR_INIT;
		const struct catalogue_entity *entity = catalogue_entity(
			rows[i].product == PRODUCT_JIRA ? jira : confluence, rows[i].entity);

		assert_non_null(entity);
		assert_int_equal(entity->written, rows[i].written);
		for (enum mapping_field f = 0; f < FIELD_COUNT; f++)
			if (entity->fields[f])
				str_addf(&fields, " %s", mapping_field_name(f));
		assert_string_equal(fields.at, rows[i].fields);
	}
	assert_int_equal(jira->entity_count + confluence->entity_count, ARRAY_LEN(rows));
	assert_null(catalogue_entity(jira, ENTITY_PAGE));
}

static void test_names(UNUSED void **state)
{
	for (enum entity e = 0; e < ENTITY_COUNT; e++)
		assert_int_equal(entity_by_name(slice_of(entity_name(e))), e);
	assert_string_equal(entity_name(ENTITY_ATTACHMENT), "ATTACHMENT");
	assert_int_equal(entity_by_name(SLICE("space")), ENTITY_NONE);
	assert_int_equal(entity_by_name(SLICE("SPACES")), ENTITY_NONE);
	assert_int_equal(entity_by_name(SLICE_NULL), ENTITY_NONE);
	assert_string_equal(product_name(PRODUCT_JIRA), "jira");
	assert_string_equal(product_title(PRODUCT_CONFLUENCE), "Confluence");
	for (enum mapping_field f = 0; f < FIELD_COUNT; f++) {
		const char *name = mapping_field_name(f), *column = mapping_field_column(f);

		assert_int_equal(strlen(name), strlen(column));
		for (size_t i = 0; name[i]; i++)
			assert_int_equal(name[i] | 0x20, column[i]);
	}
	assert_int_equal(FIELD_COUNT + 4, MAPPING_WIDTH);
}

#define TOO_LARGE "is a number too large for the column"
#define NO_NUMBER "is no whole number"
#define NO_TRUTH  "is neither \"true\" nor \"false\""
#define NO_TIME   "is no date and time"
#define TOO_LONG  "is a text too long for the column"

static void test_values(UNUSED void **state)
{
	static const struct {
		enum column_type type;
		const char *text;
		int bits;
		int64_t length;
		const char *why;
	} rows[] = {
		{COLUMN_INTEGER, NULL, 32, 0, NULL}, {COLUMN_INTEGER, "", 32, 0, NULL},
		{COLUMN_INTEGER, "0", 32, 0, NULL}, {COLUMN_INTEGER, "-0", 32, 0, NULL},
		{COLUMN_INTEGER, "2147483647", 32, 0, NULL},
		{COLUMN_INTEGER, "2147483648", 32, 0, TOO_LARGE},
		{COLUMN_INTEGER, "-2147483648", 32, 0, NULL},
		{COLUMN_INTEGER, "-2147483649", 32, 0, TOO_LARGE},
		{COLUMN_INTEGER, "0002147483647", 32, 0, NULL},
		{COLUMN_INTEGER, "9223372036854775807", 64, 0, NULL},
		{COLUMN_INTEGER, "9223372036854775808", 64, 0, TOO_LARGE},
		{COLUMN_INTEGER, "-9223372036854775808", 64, 0, NULL},
		{COLUMN_INTEGER, "-9223372036854775809", 64, 0, TOO_LARGE},
		{COLUMN_INTEGER, "99999999999999999999999999", 32, 0, TOO_LARGE},
		{COLUMN_INTEGER, "-", 64, 0, NO_NUMBER}, {COLUMN_INTEGER, "+1", 64, 0, NO_NUMBER},
		{COLUMN_INTEGER, "--1", 64, 0, NO_NUMBER}, {COLUMN_INTEGER, " 1", 64, 0, NO_NUMBER},
		{COLUMN_INTEGER, "1 ", 64, 0, NO_NUMBER}, {COLUMN_INTEGER, "1.0", 64, 0, NO_NUMBER},
		{COLUMN_INTEGER, "1e3", 64, 0, NO_NUMBER},
		{COLUMN_INTEGER, "0x1", 64, 0, NO_NUMBER},
		{COLUMN_INTEGER, "true", 64, 0, NO_NUMBER},
		{COLUMN_INTEGER, "\xd9\xa1", 64, 0, NO_NUMBER}, {COLUMN_BOOLEAN, "", 64, 0, NULL},
		{COLUMN_BOOLEAN, "true", 64, 0, NULL}, {COLUMN_BOOLEAN, "false", 64, 0, NULL},
		{COLUMN_BOOLEAN, "TRUE", 64, 0, NO_TRUTH}, {COLUMN_BOOLEAN, "t", 64, 0, NO_TRUTH},
		{COLUMN_BOOLEAN, "1", 64, 0, NO_TRUTH}, {COLUMN_BOOLEAN, "true ", 64, 0, NO_TRUTH},
		{COLUMN_TIMESTAMP, NULL, 64, 0, NULL},
		{COLUMN_TIMESTAMP, "2024-01-04 19:20:18.015", 64, 0, NULL},
		{COLUMN_TIMESTAMP, "2024-01-04 19:20:18", 64, 0, NULL},
		{COLUMN_TIMESTAMP, "2023-02-29 19:20:18", 64, 0, NO_TIME},
		{COLUMN_TIMESTAMP, "2024-01-04", 64, 0, NO_TIME},
		{COLUMN_TIMESTAMP, "2024-01-04T19:20:18", 64, 0, NO_TIME},
		{COLUMN_TIMESTAMP, "2024-01-04 19:20:18.0123456789", 64, 0, NO_TIME},
		{COLUMN_TEXT, NULL, 64, 1, NULL}, {COLUMN_TEXT, "abc", 64, 0, NULL},
		{COLUMN_TEXT, "abc", 64, 3, NULL}, {COLUMN_TEXT, "abcd", 64, 3, TOO_LONG},
		{COLUMN_TEXT, "äöü", 64, 3, NULL}, {COLUMN_TEXT, "äöüß", 64, 3, TOO_LONG},
		{COLUMN_TEXT, "\xf0\x9f\x98\x80", 64, 1, NULL},
		{COLUMN_TEXT, "\xf0\x9f\x98\x80x", 64, 1, TOO_LONG},
		{COLUMN_TEXT, "a\xcc\x88", 64, 1, TOO_LONG}, /* two characters that look like one */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *why = catalogue_check_value(
			rows[i].type, slice_of(rows[i].text), rows[i].bits, rows[i].length);

		if (!slice_equal(slice_of(why), slice_of(rows[i].why)))
			fail_msg("\"%s\" %s, instead of: %s", rows[i].text, why ? why : "passes",
				rows[i].why ? rows[i].why : "passes");
	}
}

static void test_normalise(UNUSED void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{NULL, ""},
		{"", ""},
		{" ", ""},
		{",", ""},
		{" , ,", ""},
		{"=", ""},
		{"type=PAGE, app=page, documentId=271532", "app=page,documentId=271532,type=PAGE"},
		{"documentId=271532,type=PAGE,app=page", "app=page,documentId=271532,type=PAGE"},
		{"  type = PAGE ,\tapp= page\t", "app=page,type=PAGE"},
		{"76888b66-b3e3-3eb2-bbdc-34d51bd6c884", "=76888b66-b3e3-3eb2-bbdc-34d51bd6c884"},
		{" 76888b66 ", "=76888b66"},
		{"=76888b66", "=76888b66"},
		{"type=JIRA, app=", "app=,type=JIRA"},
		{"type=, app=", "app=,type="},
		{"b=1, x, a=2", "=x,a=2,b=1"},
		{"a=1,a=1", "a=1"},
		{"a=2,a=1,a=2", "a=1,a=2"},
		{"a=b=c", "a=b=c"},
		{"app=two words", "app=two words"},
		{"B=1,a=1", "B=1,a=1"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(str_release) struct str out = STR_INIT, again = STR_INIT;

		str_add_text(&out, "before:");
		catalogue_normalise_dependencies(slice_of(rows[i].in), &out);
		assert_memory_equal(out.at, "before:", 7);
		assert_string_equal(out.at + 7, rows[i].out);
		catalogue_normalise_dependencies(slice_of(rows[i].out), &again);
		assert_string_equal(again.at, rows[i].out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_embedded_tables),
		cmocka_unit_test(test_embedded_citation),
		cmocka_unit_test(test_embedded_heads),
		cmocka_unit_test(test_embedded_known_jira),
		cmocka_unit_test(test_embedded_uses),
		cmocka_unit_test(test_embedded_references),
		cmocka_unit_test(test_embedded_without),
		cmocka_unit_test(test_embedded_entities),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_normalise),
	};

	return cmocka_run_group_tests_name("catalogue", tests, NULL, NULL);
}
