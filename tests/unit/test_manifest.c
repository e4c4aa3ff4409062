/*
 * Tests of what is said of a file as a whole: its manifest, and `inspect`.
 */
#include "backup_sample.h"

#include "backup/inspect.h"
#include "backup/manifest.h"

static struct inspect_result inspect(const char *path, bool checksum)
{
	struct task task = sample_task();
	struct inspect_result result;
	struct error err = ERROR_INIT;

	if (!inspect_file(path, NULL, checksum, &task, &result, &err))
		fail_msg("%s", err.message);
	return result;
}

static void test_inspect_example(void **state)
{
	struct inspect_result result = inspect(EXAMPLE, true);

	(void)state;
	assert_true(result.complete && result.product_known);
	assert_int_equal(result.product, PRODUCT_JIRA);
	assert_true(slice_is(result.plugin_key, "com.playsql.requirementyogijira"));
	assert_true(slice_is(result.plugin_version, "3.7-SNAPSHOT"));
	assert_true(slice_is(result.oldest_version, "3.5.0"));
	assert_true(slice_is(result.scope, "TIO"));
	assert_null(result.author.at);
	assert_true(slice_is(result.exported, "2024-01-04 20:59:55"));
	assert_int_equal(result.counts.rows, 12);
	assert_int_equal(result.counts.bytes, 2524);
	assert_int_equal(result.counts.table_count, 3);
	assert_int_equal(result.counts.mapping_count, 4);
	assert_int_equal(strlen(result.counts.sha256), 64);
	inspect_release(&result);
	result = inspect(EXAMPLE, false);
	assert_string_equal(result.counts.sha256, "");
	inspect_release(&result);
}

static void test_inspect_truncated(void **state)
{
	struct slice text = sample_example();
	struct inspect_result result, whole;

	(void)state;
	result = inspect(sample_write("", (struct slice){text.at, 1600}), true);
	assert_false(result.complete);
	assert_true(slice_is(result.scope, "TIO"));
	assert_int_equal(result.counts.bytes, 1600);
	assert_in_range(result.counts.rows, 3, 11);
	/* The checksum is of what there is. */
	whole = inspect(EXAMPLE, true);
	assert_int_equal(strlen(result.counts.sha256), 64);
	assert_string_not_equal(result.counts.sha256, whole.counts.sha256);
	inspect_release(&whole);
	inspect_release(&result);
	result = inspect(sample_write("", SLICE("BEING,a")), false);
	assert_false(result.complete || result.product_known);
	assert_null(result.plugin_key.at);
	inspect_release(&result);
}

static void test_inspect_other_product(void **state)
{
	struct inspect_result result = inspect(sample_write("", SLICE(CONFLUENCE)), false);

	(void)state;
	assert_true(result.product_known);
	assert_int_equal(result.product, PRODUCT_CONFLUENCE);
	assert_int_equal(result.counts.rows, 9);
	inspect_release(&result);
	result = inspect(
		sample_write("",
			SLICE("BEING,x,1,1\r\nDBBackupItem,METADATA,null,,,d\r\n" CONFLUENCE_END)),
		false);
	assert_true(result.complete);
	assert_false(result.product_known);
	assert_null(result.scope.at);
	inspect_release(&result);
}

static void test_inspect_fails(void **state)
{
	struct task task = sample_task();
	struct inspect_result result;
	struct error err = ERROR_INIT;
	atomic_int cancelled = 1;

	(void)state;
	assert_false(inspect_file("/nonexistent", NULL, true, &task, &result, &err));
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	assert_false(
		inspect_file(sample_write("", SLICE("a,b\r\n")), NULL, true, &task, &result, &err));
	assert_int_equal(err.kind, ERROR_INPUT);
	task.cancelled = &cancelled;
	assert_false(inspect_file(EXAMPLE, NULL, true, &task, &result, &err));
	assert_int_equal(err.kind, ERROR_INTERRUPTED);
}

static uint64_t units_told, total_told;

static void note_progress(void *sink, const struct task_progress *progress)
{
	(void)sink;
	units_told = progress->done;
	total_told = progress->total;
}

static void test_inspect_tells_progress(void **state)
{
	struct task task = sample_task();
	struct inspect_result result;
	struct error err = ERROR_INIT;

	(void)state;
	task.progress = note_progress;
	assert_true(inspect_file(EXAMPLE, NULL, false, &task, &result, &err));
	assert_int_equal(units_told, 2524);
	assert_int_equal(total_told, 2524);
	inspect_release(&result);
}

/* The manifest that an export of the example would write. */
static struct manifest manifest_of(const struct inspect_result *result)
{
	static struct manifest_entity entities[2];
	static struct manifest_outside outside[1];

	entities[0] = (struct manifest_entity){.type = SLICE("USER"),
		.key = SLICE("admin"),
		.email = SLICE("a@example.org"),
		.display_name = SLICE("Ann \"A\" \xc3\x84")};
	entities[1] = (struct manifest_entity){
		.type = SLICE("PAGE"), .key = SLICE("1"), .created = SLICE("2024-01-04")};
	outside[0] = (struct manifest_outside){
		SLICE("DBDEPENDENCY"), SLICE("{\"RELATIONSHIP\":\"refines\",\"PARENT\":null}")};
	return (struct manifest){
		.arena = ARENA_INIT,
		.file_sha256 = slice_of(result->counts.sha256),
		.bytes = result->counts.bytes,
		.rows = result->counts.rows,
		.tables = result->counts.tables,
		.table_count = result->counts.table_count,
		.origin_id = SLICE("o-1"),
		.product = SLICE("jira"),
		.host_version = SLICE("9.12.0"),
		.exported = SLICE("2024-01-04T20:59:55+01:00"),
		.catalogue_hash = SLICE("abc"),
		.order_assumed = true,
		.tool_version = SLICE("0.1.0"),
		.entities = entities,
		.entity_count = ARRAY_LEN(entities),
		.outside = outside,
		.outside_count = ARRAY_LEN(outside),
	};
}

static struct manifest write_and_read(const struct manifest *manifest)
{
	struct manifest read = {.arena = ARENA_INIT};
	struct error err = ERROR_INIT;
	bool found = false;

	if (!manifest_write(sample_path, manifest, &err) ||
		!manifest_read(sample_path, &read, &found, &err))
		fail_msg("%s", err.message);
	assert_true(found);
	return read;
}

static void test_manifest_round_trip(void **state)
{
	struct inspect_result result = inspect(EXAMPLE, true);
	struct manifest manifest = manifest_of(&result), read = write_and_read(&manifest);
	struct error err = ERROR_INIT;

	(void)state;
	assert_true(slice_is(read.file_sha256, result.counts.sha256));
	assert_int_equal(read.bytes, 2524);
	assert_int_equal(read.rows, 12);
	assert_int_equal(read.table_count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_true(slice_equal(read.tables[i].name, manifest.tables[i].name));
		assert_int_equal(read.tables[i].rows, manifest.tables[i].rows);
		assert_string_equal(read.tables[i].sha256, manifest.tables[i].sha256);
	}
	assert_true(slice_is(read.origin_id, "o-1"));
	assert_true(slice_is(read.product, "jira"));
	assert_true(slice_is(read.host_version, "9.12.0"));
	assert_null(read.plugin_version.at);
	assert_true(slice_is(read.exported, "2024-01-04T20:59:55+01:00"));
	assert_true(slice_is(read.catalogue_hash, "abc"));
	assert_true(read.order_assumed);
	assert_true(slice_is(read.tool_version, "0.1.0"));
	assert_int_equal(read.entity_count, 2);
	assert_true(slice_is(read.entities[0].email, "a@example.org"));
	assert_true(slice_is(read.entities[0].display_name, "Ann \"A\" \xc3\x84"));
	assert_null(read.entities[0].name.at);
	assert_true(slice_is(read.entities[1].type, "PAGE"));
	assert_true(slice_is(read.entities[1].created, "2024-01-04"));
	assert_int_equal(read.outside_count, 1);
	assert_true(slice_is(read.outside[0].table, "DBDEPENDENCY"));
	assert_true(slice_equal(read.outside[0].row, manifest.outside[0].row));
	assert_true(manifest_check(&read, &result.counts, &err));
	manifest_release(&read);
	inspect_release(&result);
}

static void test_manifest_many_entities(void **state)
{
	struct inspect_result result = inspect(EXAMPLE, true);
	struct manifest manifest = manifest_of(&result), read;
	struct manifest_entity *entities = calloc(20000, sizeof(*entities));

	(void)state;
	assert_non_null(entities);
	for (size_t i = 0; i < 20000; i++)
		entities[i] = manifest.entities[i % 2];
	manifest.entities = entities;
	manifest.entity_count = 20000;
	read = write_and_read(&manifest);
	assert_int_equal(read.entity_count, 20000);
	assert_true(slice_is(read.entities[19999].key, "1"));
	manifest_release(&read);
	free(entities);
	inspect_release(&result);
}

static void check_difference(
	const struct manifest *manifest, const struct backup_counts *counts, const char *message)
{
	struct error err = ERROR_INIT;

	assert_false(manifest_check(manifest, counts, &err));
	assert_int_equal(err.kind, ERROR_INPUT);
	if (!strstr(err.message, message))
		fail_msg("%s", err.message);
	assert_true(strlen(err.hint) > 0);
}

static void test_manifest_differences(void **state)
{
	struct inspect_result result = inspect(EXAMPLE, true);
	struct backup_counts *counts = &result.counts;
	struct manifest manifest = manifest_of(&result);
	struct backup_count tables[3];
	struct error err = ERROR_INIT;

	(void)state;
	memcpy(tables, manifest.tables, sizeof(tables));
	manifest.tables = tables;
	assert_true(manifest_check(&manifest, counts, &err));
	manifest.rows = 13;
	check_difference(&manifest, counts, "rows: 12 in the file, 13 in the manifest");
	manifest.rows = 12;
	manifest.bytes = 1;
	check_difference(&manifest, counts, "bytes: 2524 in the file, 1 in the manifest");
	manifest.bytes = 2524;
	manifest.file_sha256 = SLICE("00");
	check_difference(&manifest, counts, "its checksum differs");
	manifest.file_sha256 = slice_of(counts->sha256);
	tables[1].rows = 4;
	check_difference(&manifest, counts, "rows of \"DBREMOTEREQUIREMENT\": 5 in the file, 4");
	tables[1].rows = 5;
	tables[2].sha256[0] ^= 1;
	check_difference(&manifest, counts, "the checksum of \"DBISSUELINK\" differs");
	tables[2].sha256[0] ^= 1;
	tables[0].name = SLICE("OTHER");
	check_difference(&manifest, counts, "rows of \"OTHER\": 0 in the file, 2");
	tables[0] = tables[1];
	check_difference(&manifest, counts, "\"DBRILAUDITTRAILITEM\", which the manifest does not");
	/* Without checksums only the numbers count. */
	manifest = manifest_of(&result);
	manifest.file_sha256 = SLICE("00");
	inspect_release(&result);
	result = inspect(EXAMPLE, false);
	manifest.tables = result.counts.tables;
	assert_true(manifest_check(&manifest, &result.counts, &err));
	inspect_release(&result);
}

#define SHA         "\"0123456789012345678901234567890123456789012345678901234567890123\""
#define FILE_MEMBER "\"file\":{\"bytes\":1,\"rows\":2,\"sha256\":" SHA "}"
#define START       "{\"format\":1," FILE_MEMBER ",\"tables\":[]"

static void test_manifest_refusals(void **state)
{
	static const struct {
		const char *text;
		enum error_kind kind;
		const char *message;
	} cases[] = {
		{"", ERROR_INPUT, "line 1: "},
		{"{", ERROR_INPUT, "line 1: "},
		{"[]", ERROR_INPUT, "no JSON object"},
		{"{\"format\":1,\"format\":1}", ERROR_INPUT, "duplicate"},
		{"{}", ERROR_INPUT, "\"format\" is missing"},
		{"{\"format\":\"1\"}", ERROR_INPUT, "\"format\" is no count"},
		{"{\"format\":2}", ERROR_UNSUPPORTED, "format is 2"},
		{"{\"format\":1}", ERROR_INPUT, "\"file\" is missing"},
		{"{\"format\":1,\"file\":[]}", ERROR_INPUT, "\"file\" is no object"},
		{"{\"format\":1,\"file\":{\"bytes\":-1}}", ERROR_INPUT, "\"bytes\" is no count"},
		{"{\"format\":1,\"file\":{\"bytes\":1,\"rows\":1}}", ERROR_INPUT,
			"\"sha256\" is missing"},
		{"{\"format\":1,\"file\":{\"bytes\":1,\"rows\":1,\"sha256\":\"ab\"}}", ERROR_INPUT,
			"\"sha256\" is no SHA-256"},
		{"{\"format\":1," FILE_MEMBER "}", ERROR_INPUT, "\"tables\" is missing"},
		{"{\"format\":1," FILE_MEMBER ",\"tables\":{}}", ERROR_INPUT,
			"\"tables\" is no list"},
		{"{\"format\":1," FILE_MEMBER ",\"tables\":[1]}", ERROR_INPUT, "list of objects"},
		{"{\"format\":1," FILE_MEMBER ",\"tables\":[{\"rows\":1,\"sha256\":" SHA "}]}",
			ERROR_INPUT, "\"name\" is missing"},
		{"{\"format\":1," FILE_MEMBER ",\"tables\":[{\"name\":1}]}", ERROR_INPUT,
			"\"name\" is no text"},
		{START ",\"origin\":7}", ERROR_INPUT, "\"origin\" is no object"},
		{START ",\"origin\":{\"id\":7}}", ERROR_INPUT, "\"id\" is no text"},
		{START ",\"exported\":7}", ERROR_INPUT, "\"exported\" is no text"},
		{START ",\"catalogue\":{\"orderAssumed\":1}}", ERROR_INPUT, "\"orderAssumed\" is"},
		{START ",\"entities\":{}}", ERROR_INPUT, "\"entities\" is no list"},
		{START ",\"entities\":[7]}", ERROR_INPUT, "list of objects"},
		{START ",\"entities\":[{\"type\":\"USER\"}]}", ERROR_INPUT, "without type or key"},
		{START ",\"entities\":[{\"type\":\"USER\",\"key\":1}]}", ERROR_INPUT,
			"\"key\" is no text"},
		{START ",\"outside\":[{\"table\":\"T\"}]}", ERROR_INPUT, "list of rows"},
		{START ",\"outside\":[{\"table\":\"T\",\"row\":{\"A\":1}}]}", ERROR_INPUT,
			"list of"},
		{START ",\"tool\":\"\xff\"}", ERROR_INPUT, "line 1: "},
	};
	struct manifest manifest;
	struct error err = ERROR_INIT;
	bool found = false;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		sample_write(".manifest.json", slice_of(cases[i].text));
		assert_false(manifest_read(sample_path, &manifest, &found, &err));
		if (err.kind != cases[i].kind || !strstr(err.message, cases[i].message) ||
			!strstr(err.message, "x.csv.manifest.json"))
			fail_msg("%s: %s", cases[i].text, err.message);
		assert_false(found);
	}
	sample_write(".manifest.json",
		SLICE(START ",\"new\":{\"x\":[1]},\"origin\":{\"id\":null,\"more\":1}}"));
	assert_true(manifest_read(sample_path, &manifest, &found, &err));
	assert_true(found);
	assert_int_equal(manifest.bytes, 1);
	assert_int_equal(manifest.rows, 2);
	assert_null(manifest.origin_id.at);
	assert_false(manifest.order_assumed);
	manifest_release(&manifest);
}

static void test_manifest_not_there(void **state)
{
	struct manifest manifest;
	struct error err = ERROR_INIT;
	bool found = true;

	(void)state;
	assert_true(manifest_read(EXAMPLE, &manifest, &found, &err));
	assert_false(found);
	found = true;
	assert_true(manifest_read("-", &manifest, &found, &err));
	assert_false(found);
}

static void test_manifest_not_written(void **state)
{
	struct inspect_result result = inspect(EXAMPLE, true);
	struct manifest manifest = manifest_of(&result);
	struct manifest_outside outside = {SLICE("T"), SLICE("[1]")};
	char name[sizeof(sample_path) + 32];
	struct error err = ERROR_INIT;

	(void)state;
	snprintf(name, sizeof(name), "%s.manifest.json", sample_path);
	unlink(name);
	assert_false(manifest_write("-", &manifest, &err));
	manifest.origin_id = SLICE("\xff");
	assert_false(manifest_write(sample_path, &manifest, &err));
	assert_int_equal(err.kind, ERROR_INPUT);
	assert_non_null(strstr(err.message, "UTF-8"));
	manifest.origin_id = SLICE_NULL;
	manifest.outside = &outside;
	assert_false(manifest_write(sample_path, &manifest, &err));
	assert_false(file_exists(name));
	inspect_release(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inspect_example),
		cmocka_unit_test(test_inspect_truncated),
		cmocka_unit_test(test_inspect_other_product),
		cmocka_unit_test(test_inspect_fails),
		cmocka_unit_test(test_inspect_tells_progress),
		cmocka_unit_test(test_manifest_round_trip),
		cmocka_unit_test(test_manifest_many_entities),
		cmocka_unit_test(test_manifest_differences),
		cmocka_unit_test(test_manifest_refusals),
		cmocka_unit_test(test_manifest_not_there),
		cmocka_unit_test(test_manifest_not_written),
	};

	return cmocka_run_group_tests(tests, sample_setup, sample_teardown);
}
