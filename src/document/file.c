/*
 * What can be said of a file alone.
 */
#include "document/internal.h"

/* --- inspect --- */

static json_t *counts_json(const struct backup_count *counts, size_t count)
{
	json_t *object = json_new_object();
	for (size_t i = 0; i < count; i++)
		json_put_slice(object, counts[i].name, json_of_int((int64_t)counts[i].rows));
	return object;
}

void document_inspect_json(struct str *out, const struct inspect_result *result)
{
	const struct backup_counts *counts = &result->counts;
	json_t *document = json_new_object();
	json_put(document, "product",
		json_of_text(result->product_known ? product_name(result->product) : NULL));
	json_put(document, "pluginKey", json_of_slice(result->plugin_key));
	json_put(document, "pluginVersion", json_of_slice(result->plugin_version));
	json_put(document, "oldestCompatibleVersion", json_of_slice(result->oldest_version));
	json_put(document, "scope", json_of_slice(result->scope));
	json_put(document, "author", json_of_slice(result->author));
	json_put(document, "exported", json_of_slice(result->exported));
	json_put(document, "complete", json_of_bool(result->complete));
	json_put(document, "tables", counts_json(counts->tables, counts->table_count));
	json_put(document, "mappings", counts_json(counts->mappings, counts->mapping_count));
	json_put(document, "rows", json_of_int((int64_t)counts->rows));
	json_put(document, "bytes", json_of_int((int64_t)counts->bytes));
	if (counts->sha256[0])
		json_put(document, "sha256", json_of_text(counts->sha256));
	json_finish(out, document);
}

static void counts_text(struct str *out, const struct document_style *style, const char *title,
	const struct backup_count *counts, size_t count)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct tallies tallies = {.count = 0};
	for (size_t i = 0; i < count; i++)
		tally_add(&arena, &tallies, counts[i].name, (int64_t)counts[i].rows);
	text_tallies(out, style, title, "rows", &tallies);
}

void document_inspect_text(struct str *out, const struct document_style *style, const char *path,
	const struct inspect_result *result)
{
	const struct backup_counts *counts = &result->counts;
	plain_label(out, "File", slice_of(path));
	plain_labelf(out, "Product", "%s (%.*s)",
		result->product_known ? product_title(result->product) : "unknown",
		SLICE_PRINT(result->plugin_key));
	plain_labelf(out, "Written by", "Requirement Yogi %.*s, to be read by %.*s and later",
		SLICE_PRINT(result->plugin_version), SLICE_PRINT(result->oldest_version));
	plain_label(out, "Scope", result->scope.at ? result->scope : SLICE("everything"));
	plain_label(out, "Author", result->author);
	plain_label(out, "Exported", result->exported);
	plain_label(out, "Complete",
		result->complete ? SLICE("yes") : SLICE("no, the file ends early"));
	plain_labelf(out, "Size", "%llu bytes", (unsigned long long)counts->bytes);
	if (counts->sha256[0])
		plain_label(out, "SHA-256", slice_of(counts->sha256));
	counts_text(out, style, "Rows by table", counts->tables, counts->table_count);
	counts_text(out, style, "Entities by type", counts->mappings, counts->mapping_count);
}

/* --- validate --- */

void document_validate_json(struct str *out, const struct document_validation *validation)
{
	json_t *problems = json_new_array();
	for (size_t i = 0; i < validation->count; i++) {
		const struct validate_problem *problem = &validation->problems[i];
		json_t *object = json_new_object();
		json_put(object, "line", json_of_int((int64_t)problem->line));
		json_put(object, "offset", json_of_int((int64_t)problem->offset));
		json_put(object, "field", json_of_int(problem->field));
		json_put(object, "kind", json_of_text(problem->kind));
		json_put(object, "message", json_of_text(problem->message));
		json_push(problems, object);
	}
	json_t *document = json_new_object();
	json_put(document, "ok", json_of_bool(validation->total == 0));
	json_put(document, "problems", problems);
	json_put(document, "count", json_of_int((int64_t)validation->total));
	json_finish(out, document);
}

static void problem_text(struct str *out, const struct validate_problem *problem)
{
	if (problem->line == 0)
		str_add_text(out, "whole file");
	else
		str_addf(out, "line %llu, byte %llu", (unsigned long long)problem->line,
			(unsigned long long)problem->offset);
	if (problem->field > 0)
		str_addf(out, ", field %u", problem->field);
	str_addf(out, ": %s: ", problem->kind);
	plain_safe(out, slice_of(problem->message));
	str_add_char(out, '\n');
}

void document_validate_text(struct str *out, const struct document_style *style,
	const struct document_validation *validation)
{
	for (size_t i = 0; i < validation->count; i++)
		problem_text(out, &validation->problems[i]);
	if (validation->count < validation->total)
		str_addf(out, "... and %llu more\n",
			(unsigned long long)(validation->total - validation->count));
	plain_safe(out, slice_of(validation->path));
	str_add_text(out, ": ");
	if (validation->total == 0) {
		plain_highlight(out, style, PLAIN_GOOD, "no problems");
	} else {
		struct str found CLEANUP(str_release) = STR_INIT;
		plain_count(&found, (int64_t)validation->total, "problem", "problems");
		plain_highlight(out, style, PLAIN_BAD, found.at);
	}
	str_add_char(out, '\n');
}
