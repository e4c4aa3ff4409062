/*
 * Reading a catalogue: that a broken one is refused with a message that names the place.
 *
 * The refusals start from one small catalogue that is valid; each row changes one place of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "catalogue/catalogue.h"

static const struct catalogue_column *column_of(
	const struct catalogue *catalogue, const char *table_name, const char *name)
{
	const struct catalogue_table *table = catalogue_table(catalogue, slice_of(table_name));

	assert_non_null(table);
	assert_non_null(catalogue_column(table, slice_of(name)));
	return catalogue_column(table, slice_of(name));
}

/* A small catalogue with every role, scope rule and kind of use. */
static const char base_text[] =
	"{'product':'jira','pluginKey':'k','pluginVersion':'2','oldestVersion':'1',"
	"'tablePrefix':'P_','idColumn':'ID','scope':'PROJECT','tables':["
	"{'name':'A','import':'merge','scope':{'referencedBy':{'table':'C','column':'A_ID'}},"
	"'identity':['KEY','N'],'columns':["
	"{'name':'KEY','type':'text','known':'documented','role':'plain'},"
	"{'name':'UP','type':'text','known':'example','role':'upper','column':'KEY'},"
	"{'name':'N','type':'integer','known':'documented','role':'opaque'}]},"
	"{'name':'B','import':'insert','scope':{'issue':'I'},'columns':["
	"{'name':'I','type':'integer','known':'documented','role':'entity','entity':'ISSUE'},"
	"{'name':'IK','type':'text','known':'documented','role':'issue-key','column':'I'},"
	"{'name':'P','type':'text','known':'documented','role':'entity','entity':'PROJECT'},"
	"{'name':'T','type':'text','known':'documented','role':'plain'},"
	"{'name':'D','type':'text','known':'documented','without':'keep','uses':["
	"{'when':{'T':'X'},'role':'entity','entity':'USER','dependencies':["
	"{'name':'t','column':'T'},{'name':'p','column':'P'},{'column':'IK'}]},"
	"{'when':{'T':'Y'},'role':'query'}]}]},"
	"{'name':'C','import':'insert','scope':{'row':'B_ID'},'columns':["
	"{'name':'A_ID','type':'integer','known':'documented','role':'row','table':'A'},"
	"{'name':'B_ID','type':'integer','known':'documented','role':'row','table':'B'}]},"
	"{'name':'E','import':'insert','scope':{'either':['B1','B2']},'columns':["
	"{'name':'B1','type':'integer','known':'documented','role':'row','table':'B'},"
	"{'name':'B2','type':'integer','known':'documented','role':'row','table':'B'}]},"
	"{'name':'F','import':'insert','scope':{'column':'P'},'columns':["
	"{'name':'P','type':'text','known':'documented','role':'entity','entity':'PROJECT'},"
	"{'name':'J','type':'text','known':'documented','role':'json-links'},"
	"{'name':'U','type':'text','known':'documented','role':'entity','entity':'USER',"
	"'nothing':'null'}]},"
	"{'name':'G','global':true,'import':'insert','scope':'none','columns':["
	"{'name':'M','type':'text','known':'documented','role':'markup'},"
	"{'name':'W','type':'timestamp','known':'documented','role':'plain'},"
	"{'name':'O','type':'boolean','known':'documented','role':'plain'}]}],"
	"'entities':["
	"{'type':'PROJECT','known':'assumed','written':false,'fields':[]},"
	"{'type':'USER','known':'example','written':true,'fields':['username']},"
	"{'type':'ISSUE','known':'example','written':true,'fields':['title','issueKey']}]}";

/* A folder of this run's own, with the two files that a test may write there. */
static char folder[] = "/tmp/reqferry-catalogue-XXXXXX";

static int make_folder(UNUSED void **state)
{
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(UNUSED void **state)
{
	CLEANUP(str_release) struct str path = STR_INIT;

	str_addf(&path, "%s/jira.json", folder);
	unlink(path.at);
	return rmdir(folder);
}

/* Writes jira.json with the first `find` of `text` replaced; ' stands for ". */
static void write_file(const char *text, const char *find, const char *replace)
{
	CLEANUP(str_release) struct str path = STR_INIT, content = STR_INIT;
	const char *at = strstr(text, find);
	FILE *file;

	if (!at)
		fail_msg("a test changes what is not there: %s", find);
	str_add(&content, (struct slice){text, (size_t)(at - text)});
	str_add_text(&content, replace);
	str_add_text(&content, at + strlen(find));
	for (size_t i = 0; i < content.len; i++)
		if (content.at[i] == '\'')
			content.at[i] = '"';
	str_addf(&path, "%s/jira.json", folder);
	file = fopen(path.at, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(content.at, 1, content.len, file), content.len);
	assert_int_equal(fclose(file), 0);
}

static void test_small_catalogue(UNUSED void **state)
{
	CLEANUP(catalogue_free) struct catalogue *catalogue = NULL;
	struct slice fields[8] = {[6] = SLICE("X"), [5] = SLICE("PRO")};
	CLEANUP(str_release) struct str text = STR_INIT;
	const struct catalogue_column *column;
	struct error err = ERROR_INIT;

	write_file(base_text, "", "");
	if (!catalogue_load(folder, PRODUCT_JIRA, &catalogue, &err))
		fail_msg("%s", err.message);
	assert_false(catalogue->assumed);
	assert_false(catalogue_table_is_assumed(&catalogue->tables[0]));
	/* Without a use that applies, the column is copied. */
	column = column_of(catalogue, "B", "D");
	assert_int_equal(column->use_count, 3);
	assert_int_equal(catalogue_use_of(column, fields, 8)->entity, ENTITY_USER);
	catalogue_dependencies(catalogue_use_of(column, fields, 8), fields, 8, &text);
	assert_string_equal(text.at, "t=X, p=PRO");
	str_clear(&text);
	catalogue_dependencies(catalogue_use_of(column, fields, 8), fields, 4, &text);
	assert_string_equal(text.at, "t=, p=");
	fields[4] = SLICE("K-1");
	str_clear(&text);
	catalogue_dependencies(catalogue_use_of(column, fields, 8), fields, 8, &text);
	assert_string_equal(text.at, "t=X, p=PRO, K-1");
	fields[6] = SLICE("Y");
	assert_int_equal(catalogue_use_of(column, fields, 8)->role, ROLE_QUERY);
	assert_int_equal(catalogue_use_of(column, fields, 6)->role, ROLE_PLAIN);
	fields[6] = SLICE("x");
	assert_int_equal(catalogue_use_of(column, fields, 8)->role, ROLE_PLAIN);
	fields[6] = SLICE_NULL;
	assert_int_equal(catalogue_use_of(column, fields, 8)->role, ROLE_PLAIN);
	assert_int_equal(catalogue_use_of(column, fields, 0)->entity, ENTITY_NONE);
}

static void test_known_changes_assumed(UNUSED void **state)
{
	CLEANUP(catalogue_free) struct catalogue *catalogue = NULL;
	struct error err = ERROR_INIT;

	write_file(
		base_text, "'known':'example','role':'upper'", "'known':'assumed','role':'upper'");
	assert_true(catalogue_load(folder, PRODUCT_JIRA, &catalogue, &err));
	assert_true(catalogue->assumed);
	assert_true(catalogue_table_is_assumed(&catalogue->tables[0]));
	assert_false(catalogue_table_is_assumed(&catalogue->tables[1]));
}

static void expect_refused(enum product product, const char *message)
{
	struct catalogue *catalogue = NULL;
	struct error err = ERROR_INIT;

	if (catalogue_load(folder, product, &catalogue, &err)) {
		catalogue_free(&catalogue);
		fail_msg("accepted, instead of: %s", message);
	}
	assert_null(catalogue);
	assert_int_equal(err.kind, ERROR_INPUT);
	if (!strstr(err.message, message))
		fail_msg("the message is: %s\ninstead of: %s", err.message, message);
	assert_non_null(strstr(err.message, "/jira.json\": "));
}

struct refusal {
	const char *find, *replace, *message;
};

static void check_refusals(const struct refusal *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		write_file(base_text, rows[i].find, rows[i].replace);
		expect_refused(PRODUCT_JIRA, rows[i].message);
	}
}

static void test_refused_shape(UNUSED void **state)
{
	static const struct refusal rows[] = {
		{base_text, "", "line 1: not valid JSON"},
		{base_text, "[]", "an object is needed here, with member \"product\""},
		{"{'product'", "{'product':'jira','product'",
			"not valid JSON: duplicate object key"},
		{"'jira'", "'confluence'", "a catalogue for \"confluence\", not for \"jira\""},
		{"'pluginKey':'k',", "", "member \"pluginKey\" is missing"},
		{"'pluginKey':'k'", "'pluginKey':''", "member \"pluginKey\" is not a text"},
		{"'pluginKey':'k'", "'pluginKeys':'k'", "unknown member \"pluginKeys\""},
		{"'scope':'PROJECT'", "'scope':'PROJECTS'", "there is no entity type \"PROJECTS\""},
		{"'scope':'PROJECT'", "'scope':'USER'",
			"the scope is USER, neither SPACE nor PROJECT"},
		{"'tables':[", "'tables':[3,", "table 1: an object is needed here"},
		{"'import':'merge'", "'import':'replace'",
			"table \"A\": member \"import\" is \"replace\", not one of \"insert\", "
			"\"merge\""},
		{"'import':'merge',", "", "table \"A\": member \"import\" is missing"},
		{"'global':true", "'global':1",
			"table \"G\": member \"global\" is not true or false"},
		{"'columns':[", "'columns':[[],", "table \"A\": column 1: an object is needed"},
		{"{'name':'KEY',", "{", "table \"A\": column 1: member \"name\" is missing"},
		{"'type':'text',", "", "table \"A\": column \"KEY\": member \"type\" is missing"},
		{"'type':'text'", "'type':'varchar'",
			"table \"A\": column \"KEY\": member \"type\" is \"varchar\", not one of"},
		{"'known':'documented',", "", "column \"KEY\": member \"known\" is missing"},
		{"'known':'documented'", "'known':'sure'",
			"column \"KEY\": member \"known\" is \"sure\""},
		{"'role':'plain'}", "'role':'plain','rol':1}",
			"column \"KEY\": unknown member \"rol\""},
		{"'without':'keep'", "'without':'ignore'", "column \"D\": member \"without\" is"},
		{"'identity':['KEY'", "'identity':[1",
			"table \"A\": identity: the name of a column"},
		{"'scope':{'issue':'I'},", "'scope':{'issue':'I'},'citation':'T',",
			"table \"B\": member \"citation\" is not an object"},
		{"'scope':{'issue':'I'},", "'scope':{'issue':'I'},'citation':{'column':'T'},",
			"table \"B\": citation: member \"is\" is missing"},
		{"'scope':{'issue':'I'},",
			"'scope':{'issue':'I'},'citation':{'column':'T','is':'no','page':'D'},",
			"table \"B\": citation: member \"is\" is \"no\""},
		{"'scope':{'issue':'I'},",
			"'scope':{'issue':'I'},'citation':{'column':'T','is':'true','page':'Z'},",
			"table \"B\": citation: there is no column \"Z\""},
		{"{'type':'PROJECT'", "{'type':'PROJEKT'", "entity 1: there is no entity type"},
		{"'fields':['username']", "'fields':['nickname']",
			"entity 2: a mapping row has no field \"nickname\""},
		{"'fields':['username']", "'fields':[null]",
			"entity 2: a mapping row has no field"},
		{"'written':true", "'written':'yes'",
			"entity 2: member \"written\" is not true or"},
	};

	check_refusals(rows, ARRAY_LEN(rows));
	write_file(base_text, "", "");
	/* The other product's file is not there. */
	{
		struct catalogue *catalogue = NULL;
		struct error err = ERROR_INIT;

		assert_false(catalogue_load(folder, PRODUCT_CONFLUENCE, &catalogue, &err));
		assert_non_null(strstr(err.message, "confluence.json"));
		assert_null(catalogue);
	}
}

static void test_refused_uses(UNUSED void **state)
{
	static const struct refusal rows[] = {
		{"'role':'plain'", "'role':'plan'", "column \"KEY\": there is no role \"plan\""},
		{",'role':'plain'", "", "column \"KEY\": a column has either member \"role\" or"},
		{"'role':'plain'", "'role':'plain','uses':[{'role':'plain'}]",
			"either member \"role\""},
		{"'without':'keep',", "'without':'keep','table':'A',",
			"column \"D\": member \"table\" stands beside \"uses\""},
		{"'role':'plain'", "'uses':[]", "column \"KEY\": member \"uses\" is empty"},
		{"'role':'plain'", "'uses':[3]", "column \"KEY\": use 1: an object is needed"},
		{",'role':'query'", ",'role':'query','x':1",
			"column \"D\": use 2: unknown member \"x\""},
		{"'role':'plain'", "'role':'plain','entity':'USER'",
			"column \"KEY\": role \"plain\" has no member \"entity\""},
		{"'role':'plain'", "'role':'plain','dependencies':[]",
			"column \"KEY\": role \"plain\" has no member \"dependencies\""},
		{"'role':'upper','column':'KEY'", "'role':'upper'",
			"column \"UP\": role \"upper\" needs member \"column\""},
		{"'column':'KEY'", "'column':'NO'",
			"column \"UP\": there is no column \"NO\" in table \"A\""},
		{"'column':'KEY'", "'column':'N'",
			"column \"N\" is not plain text that could be followed"},
		{"'column':'KEY'", "'column':'UP'",
			"column \"UP\" is not plain text that could be"},
		{"'column':'I'", "'column':'T'", "column \"IK\": column \"T\" holds no issue"},
		{"'entity':'ISSUE'", "'entity':'TICKET'", "there is no entity type \"TICKET\""},
		{"'table':'A'", "'table':'Z'",
			"table \"C\": column \"A_ID\": there is no table \"Z\""},
		{"{'T':'X'}", "{'Z':'X'}",
			"column \"D\": use 1: there is no column \"Z\" in table \"B\""},
		{"{'T':'X'}", "{'T':''}", "use 1: the value in member \"when\" is not a text"},
		{"{'T':'X'}", "{'T':true}", "use 1: the value in member \"when\" is not a text"},
		{"{'T':'X'}", "{}", "use 1: member \"when\" does not name exactly one column"},
		{"{'T':'X'}", "{'T':'X','P':'X'}",
			"member \"when\" does not name exactly one column"},
		{"{'T':'X'}", "{'D':'X'}", "column \"D\": use 1 depends on the column itself"},
		{"{'T':'Y'}", "{'T':'X'}", "column \"D\": use 2 has the condition of use 1"},
		{"'when':{'T':'X'},", "", "column \"D\": use 2 can never apply, since use 1"},
		{"{'name':'t','column':'T'}", "{'name':'t','column':'Z'}",
			"use 1: dependency 1: there is no column \"Z\""},
		{"{'name':'t','column':'T'}", "{'name':'t'}",
			"use 1: dependency 1: member \"column\" is missing"},
		{"{'name':'t','column':'T'}", "{'name':'t','column':'D'}",
			"dependency 1 is the column"},
		{"'name':'t'", "'name':'t='", "the name of dependency 1 holds a blank, a comma"},
		{"'name':'p'", "'name':'t'", "dependencies 1 and 2 have the same name"},
		{"{'name':'t','column':'T'}", "{'column':'T'}",
			"dependencies 1 and 3 have the same name"},
	};

	check_refusals(rows, ARRAY_LEN(rows));
}

static void test_refused_types(UNUSED void **state)
{
	static const struct refusal rows[] = {
		{"'UP','type':'text'", "'UP','type':'integer'",
			"\"UP\": role \"upper\" needs type \"text\""},
		{"'IK','type':'text'", "'IK','type':'integer'", "role \"issue-key\" needs type"},
		{"'J','type':'text'", "'J','type':'boolean'", "role \"json-links\" needs type"},
		{"'M','type':'text'", "'M','type':'timestamp'", "role \"markup\" needs type"},
		{"'D','type':'text'", "'D','type':'integer'", "role \"query\" needs type"},
		{"'A_ID','type':'integer'", "'A_ID','type':'text'",
			"table \"C\": column \"A_ID\": a reference to a row needs type "
			"\"integer\""},
		{"'I','type':'integer'", "'I','type':'boolean'",
			"column \"I\": the key of an entity needs type"},
		{"'role':'plain'", "'role':'plain','without':'null'",
			"column \"KEY\": member \"without\" is for entities only"},
		{"'entity':'ISSUE'", "'entity':'ISSUE','nothing':'null'",
			"column \"I\": member \"nothing\" is for users only"},
	};

	check_refusals(rows, ARRAY_LEN(rows));
}

static void test_refused_names(UNUSED void **state)
{
	static const struct refusal rows[] = {
		{"'name':'F'", "'name':'f'", "table \"f\": the name \"f\" is not made of A-Z"},
		{"'name':'G'", "'name':'G-1'", "the name \"G-1\" is not made of"},
		{"'name':'G'", "'name':'_G'", "the name \"_G\" is not made of"},
		{"'name':'W'", "'name':'W\\u00c4'", "table \"G\": column \"W"},
		{"'name':'W'", "'name':'W\\u0000'", "not valid JSON"},
		{"'name':'W'", "'name':'9W'", "the name \"9W\" is not made of"},
		{"'name':'W'", "'name':'W;'", "the name \"W;\" is not made of"},
		{"'name':'W'",
			"'name':'W234567890123456789012345678901234567890123456789012345678901234'",
			"is longer than 63 characters"},
		{"'name':'G'",
			"'name':'G2345678901234567890123456789012345678901234567890123456789012'",
			"is longer than 63 characters"},
		{"'P_'", "'p_'", "the name \"p_\" is not made of"},
		{"'ID'", "'id'", "the name \"id\" is not made of"},
		{"'name':'W'", "'name':'ID'",
			"table \"G\": column \"ID\": the id stands in field 3"},
		{"'name':'W'", "'name':'M'",
			"table \"G\": column \"M\": the table has two columns"},
		{"'name':'F'", "'name':'B'", "table \"B\": there are two tables of this name"},
	};

	check_refusals(rows, ARRAY_LEN(rows));
}

static void test_refused_tables(UNUSED void **state)
{
	static const struct refusal rows[] = {
		{"'identity':['KEY','N']", "'identity':['KEY','Z']",
			"table \"A\": identity: there is no column \"Z\" in table \"A\""},
		{"'identity':['KEY','N']", "'identity':['KEY','KEY']",
			"names column \"KEY\" twice"},
		{"'scope':{'issue':'I'},",
			"'scope':{'issue':'I'},'citation':{'column':'T','is':'true','page':'D'},",
			"table \"B\": citation: rows that cite need scope rule \"row\""},
		{"'scope':{'row':'B_ID'},",
			"'scope':{'row':'B_ID'},'citation':{'column':'A_ID','is':'true',"
			"'page':'A_ID'},",
			"table \"C\": citation: column \"A_ID\" is not of type \"boolean\""},
		{"'identity':['KEY','N'],", "",
			"table \"A\": rows cannot be merged without an identity"},
		{"'role':'row','table':'B'}]},{'name':'F'",
			"'role':'row','table':'E'}]},{'name':'F'",
			"table \"E\": column \"B2\": the reference to table \"E\" closes a cycle"},
		{"'role':'row','table':'B'}]},{'name':'E'",
			"'role':'row','table':'E'}]},{'name':'E'",
			"\"B_ID\": table \"E\" is referred to here, but stands further down"},
		{"'name':'N','type':'integer','known':'documented','role':'opaque'",
			"'name':'N','type':'integer','known':'documented','role':'row','table':'C'",
			"table \"A\": column \"N\": the reference to table \"C\" closes a cycle"},
		{"'global':true,", "", "table \"G\": only a global table has scope \"none\""},
		{"'import':'insert'", "'global':true,'import':'insert'",
			"table \"B\": a global table has scope \"none\""},
		{"{'issue':'I'}", "{'issue':'T'}",
			"table \"B\": scope column \"T\" is not always an"},
		{"{'issue':'I'}", "{'issue':'Z'}",
			"table \"B\": there is no column \"Z\" in table"},
		{"{'issue':'I'}", "{'issue':['I']}", "table \"B\": the name of a column is needed"},
		{"{'issue':'I'}", "{'issues':'I'}",
			"table \"B\": member \"scope\" is no scope rule"},
		{"{'issue':'I'}", "'nothing'", "table \"B\": member \"scope\" is no scope rule"},
		{"{'issue':'I'}", "{}", "table \"B\": member \"scope\" is no scope rule"},
		{"{'issue':'I'}", "{'issue':'I','row':'I'}", "member \"scope\" is no scope rule"},
		{"{'column':'P'}", "{'column':'U'}", "scope column \"U\" is not always a PROJECT"},
		{"{'column':'P'}", "{'column':'J'}", "scope column \"J\" is not always a PROJECT"},
		{"{'row':'B_ID'}", "{'row':'Z'}", "table \"C\": there is no column \"Z\""},
		{"{'issue':'I'}", "{'row':'I'}",
			"table \"B\": scope column \"I\" is not always a row"},
		{"['B1','B2']", "['B1','B1']", "scope rule \"either\" names column \"B1\" twice"},
		{"['B1','B2']", "['B1']", "scope rule \"either\" does not name two columns"},
		{"['B1','B2']", "'B1'", "scope rule \"either\" does not name two columns"},
		{"'B2','type':'integer','known':'documented','role':'row','table':'B'",
			"'B2','type':'integer','known':'documented','role':'plain'",
			"scope column \"B2\" is not always a row"},
		{"'B1','type':'integer','known':'documented','role':'row','table':'B'",
			"'B1','type':'integer','known':'documented','role':'plain'",
			"scope column \"B1\" is not always a row"},
		{"'table':'C','column':'A_ID'", "'table':'C','column':'B_ID'",
			"table \"A\": scope column \"B_ID\" of table \"C\" does not refer here"},
		{"'table':'C','column':'A_ID'", "'table':'Z','column':'A_ID'", "no table \"Z\""},
		{"'table':'C','column':'A_ID'", "'table':'C'", "member \"column\" is missing"},
		{"{'row':'B_ID'}", "{'row':'A_ID'}",
			"table \"A\": the scope rule ends at no column with the scope's key"},
		{"'scope':'PROJECT'", "'scope':'SPACE'",
			"table \"B\": scope rule \"issue\" needs the scope PROJECT"},
		{"{'type':'PROJECT','known':'assumed','written':false,'fields':[]},", "",
			"type PROJECT of the scope is missing in member \"entities\""},
		{"{'type':'USER','known':'example','written':true,'fields':['username']},", "",
			"table \"B\": column \"D\": type USER is missing in member \"entities\""},
		{"{'type':'USER'", "{'type':'PROJECT'",
			"member \"entities\" has type PROJECT twice"},
	};

	check_refusals(rows, ARRAY_LEN(rows));
}

/* Thirty columns, no columns, no tables, 65 tables, and a file beyond a megabyte. */
static void test_refused_sizes(UNUSED void **state)
{
	static const char column[] =
		"{'name':'X%u','type':'text','known':'documented','role':'plain'},";
	static const char table[] = "{'name':'X%u','global':true,'import':'insert','scope':'none',"
				    "'columns':[{'name':'Y','type':'text','known':'documented',"
				    "'role':'plain'}]},";
	CLEANUP(str_release) struct str columns = STR_INIT, tables = STR_INIT, large = STR_INIT;
	CLEANUP(catalogue_free) struct catalogue *catalogue = NULL;
	struct error err = ERROR_INIT;

	str_add_text(&columns, "'scope':'none','columns':[");
	for (unsigned i = 0; i < 26; i++)
		str_addf(&columns, "%.*s%u%s", (int)(strstr(column, "%u") - column), column, i,
			strstr(column, "%u") + 2);
	write_file(base_text, "'scope':'none','columns':[", columns.at);
	assert_true(catalogue_load(folder, PRODUCT_JIRA, &catalogue, &err));
	assert_int_equal(catalogue->tables[5].width, CATALOGUE_LAST_FIELD);
	str_addf(&columns, "%.*sZ%s", (int)(strstr(column, "%u") - column), column,
		strstr(column, "%u") + 2);
	write_file(base_text, "'scope':'none','columns':[", columns.at);
	expect_refused(
		PRODUCT_JIRA, "table \"G\": the table has 30 columns, and there is room for 29");
	write_file(base_text, "'tables':[",
		"'tables':[{'name':'X','global':true,'import':'insert','scope':'none',"
		"'columns':[]},");
	expect_refused(PRODUCT_JIRA, "table \"X\": the table has no columns");

	str_add_text(&tables, "'tables':[");
	for (unsigned i = 0; i < 59; i++)
		str_addf(&tables, "%.*s%u%s", (int)(strstr(table, "%u") - table), table, i,
			strstr(table, "%u") + 2);
	write_file(base_text, "'tables':[", tables.at);
	expect_refused(PRODUCT_JIRA, "a catalogue has 1 to 64 tables, and this one 65");
	write_file("{'product':'jira','pluginKey':'k','pluginVersion':'2','oldestVersion':'1',"
		   "'tablePrefix':'P_','idColumn':'ID','scope':'SPACE','tables':[],'entities':[]}",
		"", "");
	expect_refused(PRODUCT_JIRA, "a catalogue has 1 to 64 tables, and this one 0");

	for (size_t i = 0; i < 1 << 20; i++)
		str_add_char(&large, ' ');
	write_file(base_text, "{'product'", large.at);
	{
		struct catalogue *none = NULL;

		assert_false(catalogue_load(folder, PRODUCT_JIRA, &none, &err));
		assert_int_equal(err.kind, ERROR_LIMIT);
	}
}

/* The text of a built-in catalogue, written to a folder, loads as the same catalogue. */
static void test_embedded_text(UNUSED void **state)
{
	CLEANUP(catalogue_free) struct catalogue *embedded = NULL, *loaded = NULL, *changed = NULL;
	struct error err = ERROR_INIT;

	assert_true(catalogue_load(NULL, PRODUCT_JIRA, &embedded, &err));
	assert_null(memchr(
		catalogue_embedded(PRODUCT_JIRA).at, '\'', catalogue_embedded(PRODUCT_JIRA).len));
	write_file(catalogue_embedded(PRODUCT_JIRA).at, "", "");
	assert_true(catalogue_load(folder, PRODUCT_JIRA, &loaded, &err));
	assert_string_equal(loaded->hash, embedded->hash);
	write_file(catalogue_embedded(PRODUCT_JIRA).at, "\"COMMENT\"", "\"REMARK\"");
	assert_true(catalogue_load(folder, PRODUCT_JIRA, &changed, &err));
	assert_string_not_equal(changed->hash, embedded->hash);
	assert_int_equal(column_of(changed, "DBRILAUDITTRAILITEM", "REMARK")->field, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_catalogue),
		cmocka_unit_test(test_known_changes_assumed),
		cmocka_unit_test(test_refused_shape),
		cmocka_unit_test(test_refused_uses),
		cmocka_unit_test(test_refused_types),
		cmocka_unit_test(test_refused_names),
		cmocka_unit_test(test_refused_tables),
		cmocka_unit_test(test_refused_sizes),
		cmocka_unit_test(test_embedded_text),
	};

	return cmocka_run_group_tests_name("catalogue_load", tests, make_folder, remove_folder);
}
