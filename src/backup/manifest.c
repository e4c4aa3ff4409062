/*
 * FILE.manifest.json. Its members are described in docs/format.md.
 *
 * Writing goes piece by piece, so that millions of entities need no tree in memory. Reading makes
 * the tree of the whole text (at most 256 MiB), checks each known member's type and copies what is
 * kept into the manifest's arena.
 */
#include <jansson.h>

#include "backup/manifest.h"

#define FORMAT     1
#define READ_LIMIT ((size_t)256 * 1024 * 1024)

#define HINT_DAMAGED "Copy the manifest again together with the backup file."
#define HINT_DIFFERS                                                                               \
	"The file or its manifest was changed after they were written: copy both again, or "       \
	"remove "                                                                                  \
	"the manifest to go on without it."

static char *manifest_path(const char *path)
{
	struct str name = STR_INIT;

	str_addf(&name, "%s.manifest.json", path);
	return name.at;
}

/* Writing. Every helper leaves the first failure in `err`, and does nothing after it. */

struct output {
	struct file_out *file;
	struct str text;
	bool ok;
	struct error *err;
};

static int add_to_str(const char *bytes, size_t len, void *context)
{
	str_add(context, (struct slice){bytes, len});
	return 0;
}

static void put_text(struct output *out, const char *text)
{
	str_add_text(&out->text, text);
}

static void put_json(struct output *out, json_t *value)
{
	if (!value || json_dump_callback(
			      value, add_to_str, &out->text, JSON_COMPACT | JSON_ENCODE_ANY) != 0) {
		if (out->ok)
			out->ok = FAIL(out->err, INPUT,
				"cannot write the manifest: a text is not valid UTF-8");
	}
	json_decref(value);
}

/* Adds a text member; a text without a value is left out. False when it is no UTF-8. */
static bool set_text(json_t *object, const char *name, struct slice text)
{
	if (!text.at)
		return true;
	return json_object_set_new(object, name, json_stringn(text.at, text.len)) == 0;
}

/* A finished object, or NULL when one of its members failed. */
static json_t *checked(json_t *object, bool ok)
{
	if (!ok) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *count_json(struct slice name, uint64_t rows, struct slice sha256)
{
	json_t *object = json_object();
	bool ok = set_text(object, "name", name) &&
		  json_object_set_new(object, "rows", json_integer((json_int_t)rows)) == 0 &&
		  set_text(object, "sha256", sha256);

	return checked(object, ok);
}

static json_t *file_json(const struct manifest *manifest)
{
	json_t *object = count_json(SLICE_NULL, manifest->rows, manifest->file_sha256);
	bool ok = object && json_object_set_new(object, "bytes",
				    json_integer((json_int_t)manifest->bytes)) == 0;

	return checked(object, ok);
}

static json_t *origin_json(const struct manifest *manifest)
{
	json_t *object = json_object();
	bool ok = set_text(object, "id", manifest->origin_id) &&
		  set_text(object, "product", manifest->product) &&
		  set_text(object, "hostVersion", manifest->host_version) &&
		  set_text(object, "pluginVersion", manifest->plugin_version);

	return checked(object, ok);
}

static json_t *catalogue_json(const struct manifest *manifest)
{
	json_t *object = json_object();
	bool ok = set_text(object, "hash", manifest->catalogue_hash) &&
		  json_object_set_new(
			  object, "orderAssumed", json_boolean(manifest->order_assumed)) == 0;

	return checked(object, ok);
}

static json_t *entity_json(const struct manifest_entity *entity)
{
	json_t *object = json_object();
	bool ok = set_text(object, "type", entity->type) && set_text(object, "key", entity->key) &&
		  set_text(object, "email", entity->email) &&
		  set_text(object, "displayName", entity->display_name) &&
		  set_text(object, "name", entity->name) &&
		  set_text(object, "created", entity->created);

	return checked(object, ok);
}

static json_t *outside_json(const struct manifest_outside *outside)
{
	json_t *object = json_object();
	json_t *row = json_loadb(outside->row.at ? outside->row.at : "", outside->row.len,
		JSON_REJECT_DUPLICATES, NULL);
	bool ok = json_is_object(row) && set_text(object, "table", outside->table) &&
		  json_object_set(object, "row", row) == 0;

	json_decref(row);
	return checked(object, ok);
}

/* Writes what was put together so far when it is much. */
static void pass_on(struct output *out, size_t keep)
{
	if (!out->ok || out->text.len <= keep)
		return;
	out->ok = file_out_write(out->file, str_slice(&out->text), out->err);
	str_clear(&out->text);
}

static void put_items(struct output *out, const struct manifest *manifest)
{
	put_text(out, ",\n\"entities\": [");
	for (size_t i = 0; i < manifest->entity_count && out->ok; i++) {
		put_text(out, i > 0 ? ",\n" : "\n");
		put_json(out, entity_json(&manifest->entities[i]));
		pass_on(out, 65536);
	}
	put_text(out, "\n],\n\"outside\": [");
	for (size_t i = 0; i < manifest->outside_count && out->ok; i++) {
		put_text(out, i > 0 ? ",\n" : "\n");
		put_json(out, outside_json(&manifest->outside[i]));
		pass_on(out, 65536);
	}
	put_text(out, "\n]\n}\n");
}

static void put_manifest(struct output *out, const struct manifest *manifest)
{
	str_addf(&out->text, "{\n\"format\": %d", FORMAT);
	if (manifest->tool_version.at) {
		put_text(out, ",\n\"tool\": ");
		put_json(out, json_stringn(manifest->tool_version.at, manifest->tool_version.len));
	}
	put_text(out, ",\n\"file\": ");
	put_json(out, file_json(manifest));
	put_text(out, ",\n\"tables\": [");
	for (size_t i = 0; i < manifest->table_count; i++) {
		const struct backup_count *table = &manifest->tables[i];

		put_text(out, i > 0 ? ",\n" : "\n");
		put_json(out, count_json(table->name, table->rows, slice_of(table->sha256)));
	}
	put_text(out, "\n],\n\"origin\": ");
	put_json(out, origin_json(manifest));
	if (manifest->exported.at) {
		put_text(out, ",\n\"exported\": ");
		put_json(out, json_stringn(manifest->exported.at, manifest->exported.len));
	}
	put_text(out, ",\n\"catalogue\": ");
	put_json(out, catalogue_json(manifest));
	put_items(out, manifest);
	pass_on(out, 0);
}

bool manifest_write(const char *path, const struct manifest *manifest, struct error *err)
{
	struct file_out *file CLEANUP(file_out_discard) = NULL;
	struct output out = {.text = STR_INIT, .ok = true, .err = err};
	char *name;
	bool ok;

	if (strcmp(path, "-") == 0)
		return FAIL(err, USAGE, "standard output has no place for a manifest");
	name = manifest_path(path);
	ok = file_out_open(name, &file, err);
	free(name);
	if (!ok)
		return false;
	out.file = file;
	put_manifest(&out, manifest);
	str_release(&out.text);
	return out.ok && file_out_commit(&file, err);
}

/* Reading. */

static bool fail_member(struct error *err, const char *name, const char *what)
{
	return FAIL_HINT(err, INPUT, HINT_DAMAGED, "the member \"%s\" is %s", name, what);
}

/* A member that is missing or null has no value. */
static bool get_text(
	struct arena *arena, json_t *object, const char *name, struct slice *out, struct error *err)
{
	json_t *value = json_object_get(object, name);

	if (!value || json_is_null(value)) {
		*out = SLICE_NULL;
		return true;
	}
	if (!json_is_string(value))
		return fail_member(err, name, "no text");
	*out = arena_copy(
		arena, (struct slice){json_string_value(value), json_string_length(value)});
	return true;
}

static bool get_number(json_t *object, const char *name, uint64_t *out, struct error *err)
{
	json_t *value = json_object_get(object, name);

	if (!value)
		return fail_member(err, name, "missing");
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return fail_member(err, name, "no count");
	*out = (uint64_t)json_integer_value(value);
	return true;
}

static bool get_sha256(struct arena *arena, json_t *object, struct slice *out, struct error *err)
{
	struct slice text;

	if (!get_text(arena, object, "sha256", &text, err))
		return false;
	if (!text.at)
		return fail_member(err, "sha256", "missing");
	if (text.len != DIGEST_HEX - 1 || strspn(text.at, "0123456789abcdef") != DIGEST_HEX - 1)
		return fail_member(err, "sha256", "no SHA-256 in hexadecimal digits");
	*out = text;
	return true;
}

/* A member that must be an object or a list; *out is NULL when it is missing and may be. */
static bool get_part(
	json_t *root, const char *name, bool list, bool required, json_t **out, struct error *err)
{
	json_t *value = json_object_get(root, name);

	if (!value && required)
		return fail_member(err, name, "missing");
	if (value && (list ? !json_is_array(value) : !json_is_object(value)))
		return fail_member(err, name, list ? "no list" : "no object");
	*out = value;
	return true;
}

static bool read_tables(struct manifest *manifest, json_t *root, struct error *err)
{
	json_t *list;
	size_t count;

	if (!get_part(root, "tables", true, true, &list, err))
		return false;
	count = json_array_size(list);
	manifest->tables = arena_zalloc(&manifest->arena, (count + 1) * sizeof(*manifest->tables));
	for (size_t i = 0; i < count; i++) {
		struct backup_count *table = &manifest->tables[i];
		json_t *item = json_array_get(list, i);
		struct slice sha256 = SLICE_NULL;

		if (!json_is_object(item))
			return fail_member(err, "tables", "no list of objects");
		if (!get_text(&manifest->arena, item, "name", &table->name, err) ||
			!get_number(item, "rows", &table->rows, err) ||
			!get_sha256(&manifest->arena, item, &sha256, err))
			return false;
		if (slice_is_empty(table->name))
			return fail_member(err, "name", "missing");
		memcpy(table->sha256, sha256.at, DIGEST_HEX);
	}
	manifest->table_count = count;
	return true;
}

static bool read_entities(struct manifest *manifest, json_t *root, struct error *err)
{
	struct arena *arena = &manifest->arena;
	json_t *list;
	size_t count;

	if (!get_part(root, "entities", true, false, &list, err))
		return false;
	count = json_array_size(list);
	manifest->entities = arena_zalloc(arena, (count + 1) * sizeof(*manifest->entities));
	for (size_t i = 0; i < count; i++) {
		struct manifest_entity *entity = &manifest->entities[i];
		json_t *item = json_array_get(list, i);

		if (!json_is_object(item))
			return fail_member(err, "entities", "no list of objects");
		if (!get_text(arena, item, "type", &entity->type, err) ||
			!get_text(arena, item, "key", &entity->key, err) ||
			!get_text(arena, item, "email", &entity->email, err) ||
			!get_text(arena, item, "displayName", &entity->display_name, err) ||
			!get_text(arena, item, "name", &entity->name, err) ||
			!get_text(arena, item, "created", &entity->created, err))
			return false;
		if (slice_is_empty(entity->type) || slice_is_empty(entity->key))
			return fail_member(
				err, "entities", "a list with an entity without type or key");
	}
	manifest->entity_count = count;
	return true;
}

static bool is_row_of_texts(json_t *row)
{
	const char *name;
	json_t *value;

	if (!json_is_object(row))
		return false;
	json_object_foreach(row, name, value)
	{
		if (!json_is_string(value) && !json_is_null(value))
			return false;
	}
	return true;
}

static bool read_outside(struct manifest *manifest, json_t *root, struct error *err)
{
	json_t *list;
	size_t count;

	if (!get_part(root, "outside", true, false, &list, err))
		return false;
	count = json_array_size(list);
	manifest->outside =
		arena_zalloc(&manifest->arena, (count + 1) * sizeof(*manifest->outside));
	for (size_t i = 0; i < count; i++) {
		struct manifest_outside *outside = &manifest->outside[i];
		json_t *item = json_array_get(list, i), *row = json_object_get(item, "row");
		char *text;

		if (!json_is_object(item))
			return fail_member(err, "outside", "no list of objects");
		if (!get_text(&manifest->arena, item, "table", &outside->table, err))
			return false;
		if (slice_is_empty(outside->table) || !is_row_of_texts(row))
			return fail_member(err, "outside", "no list of rows with their tables");
		text = json_dumps(row, JSON_COMPACT);
		if (!text)
			out_of_memory();
		outside->row = arena_copy(&manifest->arena, slice_of(text));
		free(text);
	}
	manifest->outside_count = count;
	return true;
}

static bool read_origin(struct manifest *manifest, json_t *root, struct error *err)
{
	struct arena *arena = &manifest->arena;
	json_t *origin, *catalogue, *assumed;

	if (!get_part(root, "origin", false, false, &origin, err) ||
		!get_part(root, "catalogue", false, false, &catalogue, err))
		return false;
	assumed = json_object_get(catalogue, "orderAssumed");
	if (assumed && !json_is_boolean(assumed))
		return fail_member(err, "orderAssumed", "neither true nor false");
	manifest->order_assumed = json_is_true(assumed);
	return get_text(arena, origin, "id", &manifest->origin_id, err) &&
	       get_text(arena, origin, "product", &manifest->product, err) &&
	       get_text(arena, origin, "hostVersion", &manifest->host_version, err) &&
	       get_text(arena, origin, "pluginVersion", &manifest->plugin_version, err) &&
	       get_text(arena, catalogue, "hash", &manifest->catalogue_hash, err) &&
	       get_text(arena, root, "exported", &manifest->exported, err) &&
	       get_text(arena, root, "tool", &manifest->tool_version, err);
}

static bool read_root(struct manifest *manifest, json_t *root, struct error *err)
{
	uint64_t format = 0;
	json_t *file;

	if (!json_is_object(root))
		return FAIL_HINT(err, INPUT, HINT_DAMAGED, "the text is no JSON object");
	if (!get_number(root, "format", &format, err))
		return false;
	if (format != FORMAT)
		return FAIL_HINT(err, UNSUPPORTED, "Use a newer reqferry to read it.",
			"its format is %llu, this program reads %d", (unsigned long long)format,
			FORMAT);
	return get_part(root, "file", false, true, &file, err) &&
	       get_number(file, "bytes", &manifest->bytes, err) &&
	       get_number(file, "rows", &manifest->rows, err) &&
	       get_sha256(&manifest->arena, file, &manifest->file_sha256, err) &&
	       read_tables(manifest, root, err) && read_origin(manifest, root, err) &&
	       read_entities(manifest, root, err) && read_outside(manifest, root, err);
}

static bool read_text(const char *name, struct manifest *out, struct error *err)
{
	struct manifest manifest = {.arena = ARENA_INIT};
	struct str text CLEANUP(str_release) = STR_INIT;
	json_error_t reason;
	json_t *root;
	bool ok;

	if (!file_read(name, READ_LIMIT, &text, err))
		return false;
	root = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, &reason);
	if (root)
		ok = read_root(&manifest, root, err);
	else
		ok = FAIL_HINT(err, INPUT, HINT_DAMAGED, "line %d: %s", reason.line, reason.text);
	json_decref(root);
	if (!ok) {
		error_context(err, "cannot read the manifest \"%s\"", name);
		manifest_release(&manifest);
		return false;
	}
	*out = manifest;
	return true;
}

bool manifest_read(const char *path, struct manifest *out, bool *found, struct error *err)
{
	bool ok = true, there;
	char *name;

	if (strcmp(path, "-") == 0) {
		*found = false;
		return true;
	}
	name = manifest_path(path);
	there = file_exists(name);
	if (there)
		ok = read_text(name, out, err);
	free(name);
	if (ok)
		*found = there;
	return ok;
}

/* Checking. */

static const struct backup_count *find_count(
	const struct backup_count *counts, size_t count, struct slice name)
{
	for (size_t i = 0; i < count; i++) {
		if (slice_equal(counts[i].name, name))
			return &counts[i];
	}
	return NULL;
}

static bool check_number(
	const char *what, uint64_t in_file, uint64_t in_manifest, struct error *err)
{
	if (in_file == in_manifest)
		return true;
	return FAIL_HINT(err, INPUT, HINT_DIFFERS,
		"the file does not match its manifest: %s: %llu in the file, %llu in the manifest",
		what, (unsigned long long)in_file, (unsigned long long)in_manifest);
}

static bool check_table(
	const struct backup_count *table, const struct backup_count *found, struct error *err)
{
	char what[128];

	snprintf(what, sizeof(what), "rows of \"%.*s\"",
		(int)(table->name.len < 80 ? table->name.len : 80), table->name.at);
	if (!check_number(what, found ? found->rows : 0, table->rows, err))
		return false;
	if (found && found->sha256[0] && strcmp(found->sha256, table->sha256) != 0)
		return FAIL_HINT(err, INPUT, HINT_DIFFERS,
			"the file does not match its manifest: the checksum of \"%.*s\" differs",
			SLICE_PRINT(table->name));
	return true;
}

bool manifest_check(
	const struct manifest *manifest, const struct backup_counts *counts, struct error *err)
{
	if (!check_number("rows", counts->rows, manifest->rows, err))
		return false;
	for (size_t i = 0; i < manifest->table_count; i++) {
		const struct backup_count *table = &manifest->tables[i];

		if (!check_table(table,
			    find_count(counts->tables, counts->table_count, table->name), err))
			return false;
	}
	for (size_t i = 0; i < counts->table_count; i++) {
		if (!find_count(manifest->tables, manifest->table_count, counts->tables[i].name))
			return FAIL_HINT(err, INPUT, HINT_DIFFERS,
				"the file does not match its manifest: it has rows of \"%.*s\", "
				"which the manifest does not name",
				SLICE_PRINT(counts->tables[i].name));
	}
	if (!check_number("bytes", counts->bytes, manifest->bytes, err))
		return false;
	if (counts->sha256[0] && !slice_is(manifest->file_sha256, counts->sha256))
		return FAIL_HINT(err, INPUT, HINT_DIFFERS,
			"the file does not match its manifest: its checksum differs");
	return true;
}

void manifest_release(struct manifest *manifest)
{
	arena_release(&manifest->arena);
	*manifest = (struct manifest){.arena = ARENA_INIT};
}
