/*
 * A plan's document, read again: what an import compares to say what moved since. The hash decides
 * whether anything did; a document that was changed by hand cannot make an import run.
 */
#include "document/internal.h"

static bool read_text(
	const json_t *object, const char *name, struct arena *arena, struct slice *out)
{
	const json_t *value = json_object_get(object, name);
	*out = SLICE_NULL;
	if (!value || json_is_null(value))
		return true;
	if (!json_is_string(value))
		return false;
	*out = arena_copy(
		arena, (struct slice){json_string_value(value), json_string_length(value)});
	return true;
}

static bool read_part(const json_t *object, struct arena *arena, struct plan_part *out)
{
	struct slice digest;
	*out = (struct plan_part){.rows = json_integer_value(json_object_get(object, "rows"))};
	if (!read_text(object, "kind", arena, &out->kind) || !out->kind.at ||
		!read_text(object, "name", arena, &out->name) ||
		!read_text(object, "digest", arena, &digest) || digest.len != 64)
		return false;
	memcpy(out->digest, digest.at, 64);
	return true;
}

static bool read_plan(const json_t *document, struct arena *arena, struct plan_kept *out)
{
	const json_t *parts = json_object_get(document, "parts");
	if (!read_text(document, "hash", arena, &out->hash) || out->hash.len != 64 ||
		!read_text(document, "key", arena, &out->key) || !out->key.at ||
		!read_text(document, "options", arena, &out->options) ||
		!read_text(document, "marks", arena, &out->marks) || !json_is_array(parts))
		return false;
	out->part_count = json_array_size(parts);
	out->parts = arena_zalloc(arena, (out->part_count + 1) * sizeof(*out->parts));
	for (size_t i = 0; i < out->part_count; i++)
		if (!read_part(json_array_get(parts, i), arena, &out->parts[i]))
			return false;
	return true;
}

bool document_plan_read(struct slice json, const char *path, struct arena *arena,
	struct plan_kept *out, struct error *err)
{
	struct plan_kept kept = {.key = SLICE_NULL};
	json_error_t why;
	json_t *document = json_loadb(json.at, json.len, JSON_ALLOW_NUL, &why);
	bool ok = read_plan(document, arena, &kept);
	json_decref(document);
	if (!ok)
		return FAIL_HINT(err, INPUT,
			"--plan takes a plan's hash, or the file of \"reqferry --json plan\".",
			"\"%s\" holds no plan", path);
	*out = kept;
	return true;
}
