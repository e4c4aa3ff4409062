/*
 * Tests of `validate`, and of the shape check of `load` that it shares. Most cases are the
 * published example or a small Confluence file with one change; what comes out is compared as a
 * text, "kind line:field" for each problem.
 */
#include "backup_sample.h"

#include "backup/inspect.h"
#include "backup/manifest.h"
#include "backup/shape.h"
#include "backup/upper.h"

struct found {
	struct str list, messages;
};

static void note_problem(void *context, const struct validate_problem *problem)
{
	struct found *found = context;

	str_addf(&found->list, "%s%s %llu:%u", found->list.len ? ", " : "", problem->kind,
		(unsigned long long)problem->line, problem->field);
	str_addf(&found->messages, "%s\n", problem->message);
	/* The place is the record's, unless it is the file as a whole. */
	if (problem->line > 1)
		assert_true(problem->offset > 0);
}

static uint64_t validate(
	const char *path, const struct validate_options *options, struct found *found)
{
	struct task task = sample_task();
	struct error err = ERROR_INIT;
	uint64_t count = 0;

	*found = (struct found){STR_INIT, STR_INIT};
	if (!validate_file(path, options, &task, note_problem, found, &count, &err))
		fail_msg("%s", err.message);
	return count;
}

static void release(struct found *found)
{
	str_release(&found->list);
	str_release(&found->messages);
}

static void expect(struct slice text, const char *list, const char *message)
{
	struct found found;

	validate(sample_write("", text), NULL, &found);
	if (strcmp(found.list.at, list) != 0 || !strstr(found.messages.at, message))
		fail_msg("wanted %s (%s)\ngot %s\n%s", list, message, found.list.at,
			found.messages.at);
	release(&found);
}

struct change {
	const char *find;
	const char *with;
	const char *list;    /* the problems then found */
	const char *message; /* a part of them */
};

static void expect_changes(struct slice text, const struct change *changes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct str changed =
			sample_replace(text, changes[i].find, slice_of(changes[i].with));

		expect(str_slice(&changed), changes[i].list, changes[i].message);
		str_release(&changed);
	}
}

static void test_sound_files(void **state)
{
	struct str text;

	(void)state;
	expect(sample_example(), "", "");
	expect(SLICE(CONFLUENCE), "", "");
	/* A reader's leave: any line end, empty lines, no scope, dependencies in other order. */
	text = sample_replace(SLICE(CONFLUENCE), "\"type=PAGE, app=page, documentId=500\"",
		SLICE("\"documentId=500,app = page,type=PAGE\""));
	expect(str_slice(&text), "", "");
	str_release(&text);
	text = sample_replace(SLICE(CONFLUENCE), "\r\nDBBackupItem,METADATA,null,ABC",
		SLICE("\n\r\n\nDBBackupItem,METADATA,,"));
	expect(str_slice(&text), "", "");
	str_release(&text);
	/* One mapping row alone with its type and key serves every entity of them. */
	text = sample_replace(
		SLICE(CONFLUENCE), "\"type=PAGE, app=page, documentId=500\"", SLICE("something"));
	expect(str_slice(&text), "", "");
	str_release(&text);
	/* Rows of types that a load derives are never unused. */
	text = sample_replace(
		sample_example(), "END,", SLICE("DBBackupMapping,PROJECT,TIO,,,,,,,,,,,,\r\nEND,"));
	expect(str_slice(&text), "", "");
	str_release(&text);
}

static void test_jira_changes(void **state)
{
	static const struct change changes[] = {
		{"DBISSUELINK,6,,10100", "DBISSUELINK,6,,1010x",
			"bad-value 10:5, no-mapping-row 10:5",
			"\"1010x\" in column \"ISSUEID\" of \"DBISSUELINK\" is no whole number"},
		{"DBISSUELINK,6,,10100", "DBISSUELINK,6,,99999999999999999999",
			"bad-value 10:5, no-mapping-row 10:5", "too large"},
		{"LKJ001,,false", "LKJ001,,no", "bad-value 5:9",
			"\"no\" in column \"FLAGDELETED\" of \"DBREMOTEREQUIREMENT\" is neither"},
		{"2024-01-04 19:20:08.336", "2024-02-30 19:20:08.336", "bad-value 5:10",
			"\"LASTSYNCDATE\" of \"DBREMOTEREQUIREMENT\" is no date"},
		{"LKJ001,,false",
			"LKJ001,xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\xc3\xa9yyyy,false",
			"bad-value 5:8",
			"\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\xc3\xa9...\" in column"},
		{"DBISSUELINK,6,", "DBISSUELINK,,", "bad-value 10:3", "no old id"},
		{"DBISSUELINK,6,", "DBISSUELINK,x,", "bad-value 10:3", "\"x\" is no whole number"},
		{"DBISSUELINK,7,", "DBISSUELINK,6,", "duplicate-id 11:3",
			"\"6\" of \"DBISSUELINK\" was there before"},
		{"DBISSUELINK,7,", "DBISSUELINK,11,", "order 12:3", "8 stands behind 11"},
		{"implements,1\r\n", "implements,1,x\r\n", "width 10:0",
			"a row of \"DBISSUELINK\" has 8 fields, this one 9"},
		{"implements,1\r\n", "implements\r\n", "width 10:0", "8 fields, this one 7"},
		{"DBISSUELINK,10,", "DBNEW,10,", "unknown-table 14:2",
			"\"DBNEW\" is no table of the catalogue"},
		{"DBBackupMapping,USER,admin", "DBBackupMapping,PERSON,admin",
			"no-mapping-row 3:7, unknown-type 16:2", "\"PERSON\" is no type of entity"},
		{"DBBackupMapping,USER,admin", "DBBackupMapping,USER,",
			"no-mapping-row 3:7, bad-value 16:3", "the mapping row has no key"},
		{"implements,8\r\n", "implements,2\r\n", "missing-row 13:8",
			"\"2\" in column \"REQUIREMENT_ID\" of \"DBISSUELINK\" is the id of no row "
			"of "
			"\"DBREMOTEREQUIREMENT\""},
		{"DBBackupMapping,ISSUE,10100,", "DBBackupMapping,ISSUE,10101,",
			"no-mapping-row 3:5, unused-mapping 15:3",
			"\"ISSUE\" \"10100\" in column \"ISSUEID\" of \"DBRILAUDITTRAILITEM\" has "
			"no "
			"mapping row"},
		{"DBBackupMapping,USER,",
			"DBBackupMapping,USER,admin,,,,,,,,,,,,\r\nDBBackupMapping,USER,",
			"duplicate-mapping 17:3",
			"\"USER\" \"admin\" has a mapping row already, on line 16"},
		{"implements,6\r\n", "implements,1\r\n", "duplicate-identity 11:0",
			"ISSUEID=\"10100\" RELATIONSHIP=\"implements\" REQUIREMENT_ID=\"1\""},
		{"SF,RRR-003,", "SF,LKJ001,", "duplicate-identity 6:0", "BASELINE=\"\""},
		{"\"[{\"\"relationship", "\"{[\"\"relationship", "bad-json 3:11",
			"\"LINKS\" of \"DBRILAUDITTRAILITEM\" is no JSON"},
		{"2024-01-04 20:59:55", "04/01/2024", "bad-date 2:6", "\"04/01/2024\" is no date"},
		{"2024-01-04 20:59:55", "", "bad-date 2:6", "no date"},
		{"yogijira,3.7", "yogi2,3.7", "unknown-plugin 1:2", "com.playsql.requirementyogi2"},
		{"\"[{\"\"rel", "\"[{\"rel", "bad-quoting 3:11", ""},
		{"DBISSUELINK,10,", "DBISSUELINK,10,\xff", "bad-utf8 14:4", ""},
		{"END,End of the file\r\n", "", "truncated 19:0", "without its closing record"},
		{"END,", "DBBackupItem,T,1\r\nEND,", "order 19:0", "behind the mapping rows"},
	};

	(void)state;
	expect_changes(sample_example(), changes, ARRAY_LEN(changes));
}

static void test_confluence_changes(void **state)
{
	static const struct change changes[] = {
		{",STRASSE,",
			",STRA\xc3\x9f"
			"E,",
			"", ""},
		{",STRASSE,", ",STRASE,", "upper-key 3:11",
			"\"STRASE\" in column \"UPPERKEY\" of \"DBREQUIREMENT\" is not the upper "
			"case "
			"of \"KEY\", \"Stra\xc3\x9f"
			"e\""},
		/* Columns in wrong order show by themselves. */
		{"ACTIVE,0,<p>one</p>,STRASSE,,,u1", "ACTIVE,0,STRASSE,<p>one</p>,,,u1",
			"upper-key 3:11", ""},
		{"DBREQUIREMENT,1,,ABC,", "DBREQUIREMENT,1,,XYZ,", "no-mapping-row 3:5",
			"\"SPACE\" \"XYZ\""},
		{"true,PAGE,page,500,600", "true,PAGE,page,501,600",
			"no-mapping-row 7:9, unused-mapping 14:3", "\"PAGE\" \"501\""},
		/* The dependencies name another page, but the version is the only one of its key.
		 */
		{"documentId=500", "documentId=501", "", ""},
		{"al-1,TIO-1", "al-2,TIO-1", "no-mapping-row 8:8",
			"\"APPLINK\" \"al-2\" in column \"APP\" of \"DBLINK\""},
		{"DBDEPENDENCY,1,,refines,1,2", "DBDEPENDENCY,1,,refines,1,3", "missing-row 6:7",
			"\"CHILD_ID\""},
		{"null,ABC,", "null,OLD,", "no-mapping-row 2:4", "the backup's scope"},
		{"DBBackupMapping,USER,u1", "DBBackupMapping,USER,u2",
			"no-mapping-row 3:14, unused-mapping 13:3", ""},
		{"DBBackupMapping,PAGE,500,,ABC,PAGE,,,,1,Title,,,,",
			"DBBackupMapping,PAGE,500,,ABC,PAGE,,,,1,Title,,,,,", "width 14:0",
			"a mapping row has 15 fields, this one 16"},
	};

	(void)state;
	expect_changes(SLICE(CONFLUENCE), changes, ARRAY_LEN(changes));
}

/* Two spaces of one key need their own mapping rows once there are several of that key. */
static void test_dependencies_count_when_several(void **state)
{
	struct str text = sample_replace(SLICE(CONFLUENCE), "DBBackupMapping,ATTACHMENT,700",
		SLICE("DBBackupMapping,ATTACHMENT,700,\"type=WORD, "
		      "app=page\",,,,,,,,,,,\r\nDBBackupMapping,ATTACHMENT,700"));
	struct str both;

	(void)state;
	expect(str_slice(&text), "unused-mapping 18:3", "\"app=page,type=WORD\"");
	both = sample_replace(str_slice(&text), ",\"type=EXCEL, app=page\"", SLICE(",type=PDF"));
	expect(str_slice(&both), "no-mapping-row 9:9, unused-mapping 18:3, unused-mapping 19:3",
		"\"ATTACHMENT\" \"700\" with dependencies \"app=page,type=EXCEL\"");
	str_release(&both);
	str_release(&text);
}

static void test_order_of_tables(void **state)
{
	(void)state;
	/* References forward are faults of order and no missing rows. */
	expect(SLICE(CONFLUENCE_HEAD CONFLUENCE_ROWS CONFLUENCE_REQUIREMENTS CONFLUENCE_MAPPINGS
			       CONFLUENCE_END),
		"order 10:2", "rows of \"DBREQUIREMENT\" stand behind those of \"DBAPPLINK\"");
	expect(SLICE(CONFLUENCE_HEAD CONFLUENCE_REQUIREMENTS CONFLUENCE_ROWS
		       "DBBackupItem,DBREQUIREMENT,3,,ABC,R-3,,ACTIVE,0,,R-3,,,,,,\r\n"
		       "DBBackupItem,DBREQUIREMENT,4,,ABC,R-4,,ACTIVE,0,,,,,,,,"
		       "\r\n" CONFLUENCE_MAPPINGS CONFLUENCE_END),
		"order 12:2", "rows of \"DBREQUIREMENT\" stand in several places");
}

static void test_first_problems_in_file_order(void **state)
{
	struct str text CLEANUP(str_release) = STR_INIT;
	struct validate_options options = {.limit = 3};
	struct found found;

	(void)state;
	str_add_text(&text, CONFLUENCE_HEAD);
	for (int i = 1; i <= 100; i++)
		str_addf(&text, "DBBackupItem,DBAPPLINK,%d,%s,a%d,\r\n", i, i > 50 ? "x" : "", i);
	str_add_text(&text, CONFLUENCE_END);
	/* The scope and 100 links have no mapping row, 50 rows have a bad value. */
	assert_int_equal(validate(sample_write("", str_slice(&text)), &options, &found), 151);
	assert_string_equal(
		found.list.at, "no-mapping-row 2:4, no-mapping-row 3:5, no-mapping-row 4:5");
	release(&found);
	options.limit = 0;
	assert_int_equal(validate(sample_path, &options, &found), 151);
	assert_non_null(strstr(found.list.at, "no-mapping-row 52:5, bad-value 53:4, no-mapping-"));
	release(&found);
}

static void test_manifest_beside_the_file(void **state)
{
	struct slice text = sample_example();
	struct task task = sample_task();
	struct inspect_result result;
	struct manifest manifest = {.arena = ARENA_INIT};
	struct error err = ERROR_INIT;
	struct str changed;

	(void)state;
	assert_true(inspect_file(EXAMPLE, NULL, true, &task, &result, &err));
	manifest.file_sha256 = slice_of(result.counts.sha256);
	manifest.bytes = result.counts.bytes;
	manifest.rows = result.counts.rows;
	manifest.tables = result.counts.tables;
	manifest.table_count = result.counts.table_count;
	assert_true(manifest_write(sample_path, &manifest, &err));
	expect(text, "", "");
	changed = sample_replace(text, "Task 1", SLICE("Task 2"));
	expect(str_slice(&changed), "manifest 0:0", "its checksum differs");
	str_release(&changed);
	changed = sample_replace(text, "LKJ003\"\",\"\"spaceKey", SLICE("LKJ004\"\",\"\"spaceKey"));
	expect(str_slice(&changed), "manifest 0:0", "checksum of \"DBRILAUDITTRAILITEM\"");
	str_release(&changed);
	sample_write(".manifest.json", SLICE("{}"));
	expect(text, "manifest 0:0", "\"format\" is missing");
	assert_int_equal(unlink(sample_write(".manifest.json", SLICE(""))), 0);
	expect(text, "", "");
	inspect_release(&result);
}

static void test_unreadable(void **state)
{
	struct task task = sample_task();
	struct error err = ERROR_INIT;
	uint64_t count = 7;
	atomic_int cancelled = 1;

	(void)state;
	assert_false(
		validate_file("/nonexistent/x", NULL, &task, note_problem, NULL, &count, &err));
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	assert_false(validate_file("/tmp", NULL, &task, note_problem, NULL, &count, &err));
	assert_int_equal(err.kind, ERROR_IO);
	task.cancelled = &cancelled;
	assert_false(validate_file(EXAMPLE, NULL, &task, note_problem, NULL, &count, &err));
	assert_int_equal(err.kind, ERROR_INTERRUPTED);
	assert_int_equal(count, 7);
}

/* Writes jira.json into the temporary folder, or removes it. */
static void put_catalogue(const char *text)
{
	char name[sizeof(sample_path)];
	FILE *file;

	snprintf(name, sizeof(name), "%s/jira.json", sample_folder);
	if (!text) {
		assert_int_equal(unlink(name), 0);
		return;
	}
	file = fopen(name, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void test_catalogue_folder(void **state)
{
	struct validate_options options = {.catalogue_folder = DATA_DIR "/catalogue"};
	struct task task = sample_task();
	struct error err = ERROR_INIT;
	struct found found;
	uint64_t count = 0;

	(void)state;
	assert_int_equal(validate(EXAMPLE, &options, &found), 0);
	release(&found);
	/* The temporary folder holds no catalogue, and then one that is none. */
	options.catalogue_folder = sample_folder;
	assert_int_equal(validate(EXAMPLE, &options, &found), 1);
	assert_string_equal(found.list.at, "unknown-plugin 1:2");
	release(&found);
	put_catalogue("{}");
	assert_false(validate_file(EXAMPLE, &options, &task, note_problem, NULL, &count, &err));
	assert_int_equal(err.kind, ERROR_INPUT);
	put_catalogue(NULL);
}

/* The shape check as `load` uses it: problems of rows, and failed columns. */

struct loaded {
	struct str problems, columns;
};

static void note_column(void *context, const struct shape_column *column)
{
	struct loaded *loaded = context;

	str_addf(&loaded->columns, "%s.%s %s %llu/%llu %llu\n", column->column->owner->name,
		column->column->name, shape_kind_name(column->kind),
		(unsigned long long)column->failed, (unsigned long long)column->values,
		(unsigned long long)column->line);
}

static void load(struct slice text, enum product product, const char *table, const char *column,
	struct shape_live live, struct loaded *loaded)
{
	const char *path = sample_write("", text);
	struct catalogue *catalogue CLEANUP(catalogue_free) = NULL;
	struct shape *shape CLEANUP(shape_free) = NULL;
	struct backup_reader *reader;
	struct backup_record record;
	struct error err = ERROR_INIT;
	const char *problem;

	*loaded = (struct loaded){STR_INIT, STR_INIT};
	assert_true(catalogue_load(NULL, product, &catalogue, &err));
	shape = shape_new(catalogue, NULL, NULL);
	if (table)
		shape_set_live(shape,
			catalogue_column(
				catalogue_table(catalogue, slice_of(table)), slice_of(column)),
			&live);
	assert_true(backup_reader_open(path, NULL, false, &reader, &err));
	while (backup_reader_next(reader, &record, &err) == CSV_RECORD) {
		if (record.kind == BACKUP_METADATA)
			shape_scope(shape, &record);
		if (record.kind != BACKUP_ITEM && record.kind != BACKUP_MAPPING)
			continue;
		problem = record.kind == BACKUP_ITEM ? shape_item(shape, &record)
						     : shape_mapping(shape, &record);
		if (problem)
			str_addf(&loaded->problems, "%llu: %s\n", (unsigned long long)record.line,
				problem);
	}
	backup_reader_free(&reader);
	shape_end(shape, note_column, loaded);
}

static void expect_load(struct slice text, enum product product, const char *find, const char *with,
	const char *problems, const char *columns)
{
	struct str changed = sample_replace(text, find, slice_of(with));
	struct loaded loaded;

	load(str_slice(&changed), product, NULL, NULL, (struct shape_live){0}, &loaded);
	assert_string_equal(loaded.problems.at, problems);
	assert_string_equal(loaded.columns.at, columns);
	str_release(&loaded.problems);
	str_release(&loaded.columns);
	str_release(&changed);
}

static void test_load_problems(void **state)
{
	struct slice jira = sample_example();

	(void)state;
	expect_load(jira, PRODUCT_JIRA, "TIO", "TIO", "", "");
	expect_load(jira, PRODUCT_JIRA, "LKJ001,,false", "LKJ001,x,no",
		"5: \"x\" in column \"BASELINE\" of \"DBREMOTEREQUIREMENT\" is no whole number\n",
		"DBREMOTEREQUIREMENT.BASELINE bad-value 1/1 5\n"
		"DBREMOTEREQUIREMENT.FLAGDELETED bad-value 1/5 5\n");
	expect_load(jira, PRODUCT_JIRA, "DBISSUELINK,7,", "DBISSUELINK,6,",
		"11: the old id \"6\" of \"DBISSUELINK\" was there before\n", "");
	expect_load(jira, PRODUCT_JIRA, "DBISSUELINK,7,", "DBISSUELINK,,",
		"11: the row has no old id\n", "");
	expect_load(jira, PRODUCT_JIRA, "DBISSUELINK,7,", "DBNEW,7,",
		"11: \"DBNEW\" is no table of the catalogue\n", "");
	/* Wider is no problem of the row; so narrow that its identity is cut is one. */
	expect_load(jira, PRODUCT_JIRA, "implements,6\r\n", "implements,6,x\r\n", "", "");
	expect_load(jira, PRODUCT_JIRA, "implements,6\r\n", "implements\r\n",
		"11: a row of \"DBISSUELINK\" has 8 fields, this one 7\n", "");
	expect_load(jira, PRODUCT_JIRA, "false,,\r\n", "false\r\n", "", "");
	/* Two rows of one identity, unsorted ids and bad JSON go in as they are. */
	expect_load(jira, PRODUCT_JIRA, "implements,6\r\n", "implements,1\r\n", "", "");
	expect_load(jira, PRODUCT_JIRA, "DBISSUELINK,7,", "DBISSUELINK,70,", "", "");
	expect_load(jira, PRODUCT_JIRA, "\"[{\"\"rel", "\"{[\"\"rel", "", "");
	expect_load(jira, PRODUCT_JIRA, "DBBackupMapping,USER,", "DBBackupMapping,USERS,",
		"16: \"USERS\" is no type of entity\n",
		"DBRILAUDITTRAILITEM.USERKEY no-mapping-row 2/2 3\n");
}

static void test_load_columns(void **state)
{
	struct slice jira = sample_example(), confluence = SLICE(CONFLUENCE);

	(void)state;
	expect_load(jira, PRODUCT_JIRA, "implements,8\r\n", "implements,2\r\n", "",
		"DBISSUELINK.REQUIREMENT_ID missing-row 1/5 13\n");
	expect_load(jira, PRODUCT_JIRA, "DBBackupMapping,ISSUE,10100", "DBBackupMapping,ISSUE,1",
		"",
		"DBRILAUDITTRAILITEM.ISSUEID no-mapping-row 2/2 3\n"
		"DBISSUELINK.ISSUEID no-mapping-row 5/5 10\n");
	/* SPACEKEY and KEY in the other order. */
	expect_load(confluence, PRODUCT_CONFLUENCE, "ABC,R-2,,ACTIVE,0,,R-2",
		"R-2,ABC,,ACTIVE,0,,R-2", "",
		"DBREQUIREMENT.SPACEKEY no-mapping-row 1/2 4\n"
		"DBREQUIREMENT.UPPERKEY upper-key 1/2 4\n");
	expect_load(confluence, PRODUCT_CONFLUENCE, "2024-01-01 10:00:00.000,,\r\n",
		",2024-01-01 10:00:00.000,\r\n", "",
		"DBREQUIREMENT.LASTUPDATEDUSER no-mapping-row 1/2 4\n");
}

static void expect_live(struct shape_live live, const char *column, const char *problems)
{
	struct loaded loaded;

	load(SLICE(CONFLUENCE), PRODUCT_CONFLUENCE, "DBREQUIREMENT", column, live, &loaded);
	assert_string_equal(loaded.problems.at, problems);
	str_release(&loaded.problems);
	str_release(&loaded.columns);
}

static void test_load_knows_live_columns(void **state)
{
	(void)state;
	expect_live((struct shape_live){64, 6, false}, "KEY", "");
	expect_live((struct shape_live){64, 5, false}, "KEY",
		"3: \"Stra\xc3\x9f"
		"e\" in column \"KEY\" of \"DBREQUIREMENT\" is a text too long for the column\n");
	expect_live((struct shape_live){64, 0, true}, "KEY", "");
	expect_live((struct shape_live){64, 0, true}, "LASTUPDATEDDATE",
		"4: no value in column \"LASTUPDATEDDATE\" of \"DBREQUIREMENT\" is not allowed\n");
	/* An empty text in a required text column is '' and no problem. */
	expect_live((struct shape_live){64, 0, true}, "NEWKEY", "");
}

static void test_many_rows(void **state)
{
	struct str text CLEANUP(str_release) = STR_INIT;

	(void)state;
	str_add_text(&text, CONFLUENCE_HEAD);
	for (int i = 1; i <= 30000; i++)
		str_addf(&text, "DBBackupItem,DBREQUIREMENT,%d,,ABC,R-%d,,ACTIVE,0,,R-%d,,,,,,\r\n",
			i, i, i);
	for (int i = 1; i <= 30000; i++)
		str_addf(&text, "DBBackupItem,DBPROPERTY,%d,,%d,T,N,V\r\n", i, 30001 - i);
	str_add_text(&text, "DBBackupItem,DBPROPERTY,30001,,30001,T,N,V\r\n"
			    "DBBackupMapping,SPACE,ABC,,,,,,,,,,,,\r\n" CONFLUENCE_END);
	expect(str_slice(&text), "missing-row 60003:5", "30001");
}

static void test_upper(void **state)
{
	static const struct {
		const char *upper, *text;
		bool same;
	} cases[] = {
		{"", "", true},
		{"ABC-1", "abc-1", true},
		{"ABC-1", "ABC-1", true},
		{"ABC-1", "ABC-2", false},
		{"ABC", "ABCD", false},
		{"ABCD", "ABC", false},
		{"STRASSE",
			"stra\xc3\x9f"
			"e",
			true},
		{"STRA\xc3\x9f"
		 "E",
			"stra\xc3\x9f"
			"e",
			true},
		{"\xc3\x84", "\xc3\xa4", true},
		{"A", "\xc3\xa4", false},
		{"I", "\xc4\xb1", true},        /* dotless i */
		{"\xce\xa3", "\xcf\x82", true}, /* final sigma */
		{"\xef\xac\x80", "ff", true},   /* ligature */
		{"\xd0\x96", "\xd0\xb6", true}, /* Cyrillic */
		{"\xe6\xbc\xa2", "\xe6\xbc\xa2", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(upper_matches(slice_of(cases[i].upper), slice_of(cases[i].text)),
			cases[i].same);
	assert_false(upper_matches(SLICE("A"), SLICE_NULL));
	assert_false(upper_matches(SLICE("\xff"), SLICE("\xfe")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound_files),
		cmocka_unit_test(test_jira_changes),
		cmocka_unit_test(test_confluence_changes),
		cmocka_unit_test(test_dependencies_count_when_several),
		cmocka_unit_test(test_order_of_tables),
		cmocka_unit_test(test_first_problems_in_file_order),
		cmocka_unit_test(test_manifest_beside_the_file),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_catalogue_folder),
		cmocka_unit_test(test_load_problems),
		cmocka_unit_test(test_load_columns),
		cmocka_unit_test(test_load_knows_live_columns),
		cmocka_unit_test(test_many_rows),
		cmocka_unit_test(test_upper),
	};

	return cmocka_run_group_tests(tests, sample_setup, sample_teardown);
}
