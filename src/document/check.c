/*
 * Checks of an instance, and the catalogue itself.
 */
#include "document/internal.h"

void document_checks_json(struct str *out, const struct checks *checks)
{
	json_t *array = json_new_array();
	for (size_t i = 0; i < checks->count; i++) {
		const struct check *check = &checks->list[i];
		json_t *object = json_new_object();
		json_put(object, "name", json_of_text(check->name));
		json_put(object, "state", json_of_text(check_state_name(check->state)));
		json_put(object, "message", json_of_text(check->message));
		json_put(object, "hint", json_of_text(check->hint));
		json_push(array, object);
	}
	json_t *document = json_new_object();
	json_put(document, "ok", json_of_bool(checks->faults == 0));
	json_put(document, "checks", array);
	json_finish(out, document);
}

void document_checks_text(struct str *out, const struct document_style *style, const char *subject,
	const struct checks *checks)
{
	for (size_t i = 0; i < checks->count; i++) {
		const struct check *check = &checks->list[i];
		static const enum plain_look looks[] = {[CHECK_GOOD] = PLAIN_GOOD,
			[CHECK_NOTE] = PLAIN_STRONG,
			[CHECK_FAULT] = PLAIN_BAD};
		plain_highlight(out, style, looks[check->state], check_state_name(check->state));
		str_addf(out, "%*s%-17s ", 7 - (int)strlen(check_state_name(check->state)), "",
			check->name);
		plain_safe(out, slice_of(check->message));
		str_add_char(out, '\n');
		if (check->hint) {
			str_addf(out, "%25s", "");
			plain_safe(out, slice_of(check->hint));
			str_add_char(out, '\n');
		}
	}
	plain_safe(out, slice_of(subject));
	str_add_text(out, ": ");
	if (checks->faults == 0) {
		plain_highlight(out, style, PLAIN_GOOD, "no faults");
	} else {
		struct str found CLEANUP(str_release) = STR_INIT;
		plain_count(&found, (int64_t)checks->faults, "fault", "faults");
		plain_highlight(out, style, PLAIN_BAD, found.at);
	}
	str_add_char(out, '\n');
}

/* --- the catalogue --- */

/* "entity PAGE when TYPE is PAGE", for each use. */
static void add_use(struct str *out, const struct catalogue_use *use)
{
	static const char *const roles[] = {[ROLE_PLAIN] = "",
		[ROLE_ROW] = "row of",
		[ROLE_ENTITY] = "entity",
		[ROLE_ISSUE_KEY] = "issue key of",
		[ROLE_UPPER] = "upper case of",
		[ROLE_JSON_LINKS] = "JSON links",
		[ROLE_QUERY] = "search",
		[ROLE_MARKUP] = "markup",
		[ROLE_OPAQUE] = "opaque"};
	if (out->len > 0)
		str_add_text(out, "; ");
	str_add_text(out, roles[use->role]);
	if (use->role == ROLE_ENTITY)
		str_addf(out, " %s", entity_name(use->entity));
	else if (use->table)
		str_addf(out, " %s", use->table->name);
	else if (use->follows)
		str_addf(out, " %s", use->follows->name);
	if (use->when)
		str_addf(out, " when %s is %s", use->when->name, use->equals);
}

static void table_text(
	struct str *out, const struct document_style *style, const struct catalogue_table *table)
{
	static const struct grid_column columns[] = {{"FIELD", true, 0}, {"COLUMN", false, 0},
		{"TYPE", false, 0}, {"NAME AND PLACE", false, 0}, {"MEANING", false, 0}};
	static const char *const types[] = {[COLUMN_TEXT] = "text",
		[COLUMN_INTEGER] = "integer",
		[COLUMN_BOOLEAN] = "boolean",
		[COLUMN_TIMESTAMP] = "timestamp"};
	static const char *const known[] = {[KNOWN_DOCUMENTED] = "documented",
		[KNOWN_EXAMPLE] = "example",
		[KNOWN_ASSUMED] = "assumed"};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct slice *cells = text_cells(&arena, table->column_count, ARRAY_LEN(columns));
	for (size_t c = 0; c < table->column_count; c++) {
		const struct catalogue_column *column = &table->columns[c];
		struct slice *row = cells + c * ARRAY_LEN(columns);
		struct str uses CLEANUP(str_release) = STR_INIT;
		for (size_t u = 0; u < column->use_count; u++)
			add_use(&uses, &column->uses[u]);
		row[0] = text_of_int(&arena, column->field);
		row[1] = slice_of(column->name);
		row[2] = slice_of(types[column->type]);
		row[3] = slice_of(known[column->known]);
		row[4] = arena_copy(&arena, str_slice(&uses));
	}
	str_add_char(out, '\n');
	plain_highlight(out, style, PLAIN_STRONG, table->full_name);
	str_addf(out, " (%s%s)\n", table->merge ? "merge" : "insert",
		table->global ? ", global" : "");
	text_grid(out, style, columns, ARRAY_LEN(columns), cells, table->column_count);
}

void document_catalogue_text(
	struct str *out, const struct document_style *style, const struct catalogue *catalogue)
{
	plain_label(out, "Product", slice_of(product_title(catalogue->product)));
	plain_label(out, "App", slice_of(catalogue->plugin_key));
	plain_labelf(out, "Files", "of version %s and later", catalogue->oldest_version);
	plain_label(out, "SHA-256", slice_of(catalogue->hash));
	if (catalogue->assumed)
		plain_label(out, "Note", SLICE("the names or places of some columns are assumed"));
	for (size_t t = 0; t < catalogue->table_count; t++)
		table_text(out, style, &catalogue->tables[t]);
}
