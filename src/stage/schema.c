/*
 * Makes our tables and brings them to the version of this program.
 *
 * The statements of each version stand in schema-<n>.sql; a database moves from version to version
 * in one transaction. Everything here may run in two processes at once: the write transaction is
 * taken before the version is looked at.
 */
#include "stage/stage.h"

#include <sys/random.h>

extern const char embedded_schema_1_sql[], embedded_schema_2_sql[], embedded_schema_3_sql[],
	embedded_schema_4_sql[];

/* Version n is reached by the n-th script. */
static const char *const versions[] = {
	embedded_schema_1_sql, embedded_schema_2_sql, embedded_schema_3_sql, embedded_schema_4_sql};

_Static_assert(ARRAY_LEN(versions) == STAGE_SCHEMA_VERSION, "one script a version");

void stage_random_id(char out[33])
{
	uint8_t bytes[16];
	size_t got = 0;
	while (got < sizeof(bytes)) {
		ssize_t n = getrandom(bytes + got, sizeof(bytes) - got, 0);
		if (n > 0)
			got += (size_t)n;
	}
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* Our column types in the words of the database. */
static void spell_types(const struct dialect *dialect, const char *script, struct str *out)
{
	const struct {
		const char *mark, *word;
	} words[] = {
		{"{int64}", dialect->type_int64},
		{"{text}", dialect->type_text},
		{"{key}", dialect->type_key},
	};
	while (*script) {
		size_t w = 0;
		while (w < ARRAY_LEN(words) &&
			strncmp(script, words[w].mark, strlen(words[w].mark)) != 0)
			w++;
		if (w < ARRAY_LEN(words)) {
			str_add_text(out, words[w].word);
			script += strlen(words[w].mark);
		} else {
			str_add_char(out, *script++);
		}
	}
}

static bool read_version(struct db *db, int64_t *version, struct error *err)
{
	bool exists;
	if (!db_table_exists(db, "reqferry_meta", &exists, err))
		return false;
	if (!exists) {
		*version = 0;
		return true;
	}
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct slice text;
	if (!db_query_text(db, "SELECT value FROM reqferry_meta WHERE name = 'schema'", NULL, 0,
		    &arena, &text, err))
		return false;
	if (!slice_to_int64(text, version) || *version < 0)
		return FAIL_HINT(err, DATABASE, "Look at the table \"reqferry_meta\".",
			"the version of reqferry's own tables cannot be read: \"%.*s\"",
			SLICE_PRINT(text));
	return true;
}

static bool set_meta(struct db *db, const char *name, struct slice value, struct error *err)
{
	const struct db_value values[] = {db_text(name), db_slice(value)};
	return db_exec(db, "DELETE FROM reqferry_meta WHERE name = $1", values, 1, NULL, err) &&
	       db_exec(db, "INSERT INTO reqferry_meta (name, value) VALUES ($1, $2)", values, 2,
		       NULL, err);
}

/* Inside a write transaction: applies the versions that are missing. */
static bool migrate(struct db *db, struct error *err)
{
	int64_t version;
	if (!read_version(db, &version, err))
		return false;
	for (size_t next = (size_t)version; next < ARRAY_LEN(versions); next++) {
		struct str script CLEANUP(str_release) = STR_INIT;
		spell_types(db_dialect(db), versions[next], &script);
		if (!db_script(db, script.at, err)) {
			error_context(err, "making reqferry's own tables");
			return false;
		}
		char number[24];
		snprintf(number, sizeof(number), "%zu", next + 1);
		if (!set_meta(db, "schema", slice_of(number), err))
			return false;
	}
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct slice instance;
	if (!stage_instance_id(db, &arena, &instance, err))
		return false;
	if (slice_is_empty(instance)) {
		char id[33];
		stage_random_id(id);
		return set_meta(db, "instance", slice_of(id), err);
	}
	return true;
}

bool stage_prepare(struct db *db, struct error *err)
{
	int64_t version;
	if (!read_version(db, &version, err))
		return false;
	if (version > STAGE_SCHEMA_VERSION)
		return FAIL_HINT(err, WRONG_VERSION,
			"Use the newest reqferry that worked on this database.",
			"reqferry's own tables are of version %lld, this program knows version %d",
			(long long)version, STAGE_SCHEMA_VERSION);
	if (version == STAGE_SCHEMA_VERSION)
		return true;
	if (!stage_begin_locked(db, SLICE_NULL, "prepare", "reqferry", err))
		return false;
	if (migrate(db, err) && db_commit(db, err))
		return true;
	db_rollback(db);
	return false;
}

bool stage_ready(struct db *db, bool *ready, struct error *err)
{
	return db_table_exists(db, "reqferry_backup", ready, err);
}

bool stage_instance_id(struct db *db, struct arena *arena, struct slice *id, struct error *err)
{
	bool exists;
	if (!db_table_exists(db, "reqferry_meta", &exists, err))
		return false;
	if (!exists) {
		*id = SLICE_NULL;
		return true;
	}
	return db_query_text(db, "SELECT value FROM reqferry_meta WHERE name = 'instance'", NULL, 0,
		arena, id, err);
}
