/*
 * Mappings: how automatic mapping came out, lists, one in detail, and edits.
 */
#include "document/internal.h"

/* --- map auto --- */

void document_map_auto_json(struct str *out, const struct mapping_auto_result *result)
{
	json_t *types = json_new_object();
	for (int e = 0; e < ENTITY_COUNT; e++) {
		const struct mapping_auto_count *count = &result->types[e];
		if (!result->used[e])
			continue;
		json_t *object = json_new_object();
		json_put(object, "total", json_of_int(count->total));
		json_put(object, "certain", json_of_int(count->certain));
		json_put(object, "likely", json_of_int(count->likely));
		json_put(object, "possible", json_of_int(count->possible));
		json_put(object, "ambiguous", json_of_int(count->ambiguous));
		json_put(object, "notFound", json_of_int(count->not_found));
		json_put(object, "failed", json_of_int(count->failed));
		json_put(object, "manual", json_of_int(count->manual));
		json_put(object, "excluded", json_of_int(count->excluded));
		json_put(types, entity_name((enum entity)e), object);
	}
	json_t *document = json_new_object();
	json_put(document, "types", types);
	json_put(document, "open", json_of_int(result->open));
	json_finish(out, document);
}

void document_map_auto_text(struct str *out, const struct document_style *style,
	const struct mapping_auto_result *result)
{
	static const struct grid_column columns[] = {{"TYPE", false, 0}, {"TOTAL", true, 0},
		{"CERTAIN", true, 0}, {"LIKELY", true, 0}, {"POSSIBLE", true, 0},
		{"AMBIGUOUS", true, 0}, {"NOT FOUND", true, 0}, {"FAILED", true, 0},
		{"BY HAND", true, 0}, {"EXCLUDED", true, 0}};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct slice *cells = text_cells(&arena, ENTITY_COUNT, ARRAY_LEN(columns));
	size_t rows = 0;
	for (int e = 0; e < ENTITY_COUNT; e++) {
		const struct mapping_auto_count *count = &result->types[e];
		const int64_t numbers[] = {count->total, count->certain, count->likely,
			count->possible, count->ambiguous, count->not_found, count->failed,
			count->manual, count->excluded};
		if (!result->used[e])
			continue;
		struct slice *row = cells + rows++ * ARRAY_LEN(columns);
		row[0] = slice_of(entity_name((enum entity)e));
		for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
			row[i + 1] = text_of_int(&arena, numbers[i]);
	}
	text_grid(out, style, columns, ARRAY_LEN(columns), cells, rows);
	str_add_char(out, '\n');
	if (result->open == 0) {
		plain_highlight(out, style, PLAIN_GOOD, "Everything is mapped.");
		str_add_char(out, '\n');
		return;
	}
	plain_count(out, result->open, "mapping needs", "mappings need");
	str_add_text(out,
		" a person: see \"reqferry map list\" with --status UNMAPPED or --certainty "
		"possible.\n");
}

/* --- lists --- */

/* As the vendor's wizard calls the states. */
struct slice text_status(struct slice status)
{
	static const struct {
		const char *status, *shown;
	} words[] = {{"UNMAPPED", "Unmapped"}, {"MAPPED_AUTO", "Mapped !"},
		{"MAPPED_MANUAL", "Mapped ✓"}, {"EXCLUDED", "Excluded"}};
	if (!status.at)
		return SLICE("Not mapped");
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (slice_is(status, words[i].status))
			return slice_of(words[i].shown);
	return status;
}

static json_t *mapping_object(const struct mapping_row *row)
{
	json_t *object = json_new_object();
	json_put(object, "type", json_of_slice(row->type));
	json_put(object, "key", json_of_slice(row->key));
	json_put(object, "dependencies", json_of_slice(row->dependencies));
	for (int f = 0; f < FIELD_COUNT; f++)
		json_put(object, mapping_field_name((enum mapping_field)f),
			json_of_slice(row->fields[f]));
	json_put(object, "status", json_of_slice(row->status));
	json_put(object, "destination", json_of_slice(row->destination));
	json_put(object, "certainty", json_of_slice(row->certainty));
	json_put(object, "rule", json_of_slice(row->rule));
	json_put(object, "outcome", json_of_slice(row->outcome));
	json_put(object, "reason", json_of_slice(row->reason));
	json_put(object, "rev", json_of_int(row->rev));
	return object;
}

void document_mapping_json(struct str *out, const struct mapping_row *row)
{
	json_finish(out, mapping_object(row));
}

#define LIST_COLUMNS 7

/* What a person knows the entity by. */
static struct slice name_of(const struct mapping_row *row)
{
	static const enum mapping_field fields[] = {
		FIELD_TITLE, FIELD_USERNAME, FIELD_ISSUE_KEY, FIELD_URL};
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (row->fields[fields[i]].len > 0)
			return row->fields[fields[i]];
	return SLICE_NULL;
}

static void mapping_cells(const struct mapping_row *row, struct slice cells[LIST_COLUMNS])
{
	cells[0] = row->type;
	cells[1] = row->key;
	cells[2] = name_of(row);
	cells[3] = text_status(row->status);
	cells[4] = row->destination;
	cells[5] = row->certainty;
	cells[6] = row->reason;
}

void document_mappings_begin(struct grid *grid)
{
	static const struct grid_column columns[LIST_COLUMNS] = {{"TYPE", false, 0},
		{"KEY", false, 10}, {"NAME", false, 8}, {"STATUS", false, 0},
		{"DESTINATION", false, 10}, {"CERTAINTY", false, 0}, {"REASON", false, 10}};
	grid_begin(grid, columns, LIST_COLUMNS);
}

void document_mappings_measure(struct grid *grid, const struct mapping_row *row)
{
	struct slice cells[LIST_COLUMNS];
	mapping_cells(row, cells);
	grid_measure(grid, cells);
}

void document_mappings_title(struct str *out, const struct document_style *style, struct grid *grid)
{
	grid_fit(grid, style->width);
	grid_title(grid, style, out);
}

void document_mappings_row(struct str *out, const struct grid *grid, const struct mapping_row *row)
{
	struct slice cells[LIST_COLUMNS];
	mapping_cells(row, cells);
	grid_row(grid, cells, out);
}

/* --- one --- */

static json_t *candidates_json(const struct mapping_detail *detail)
{
	json_t *array = json_new_array();
	for (size_t i = 0; i < detail->candidate_count; i++) {
		const struct mapping_candidate *candidate = &detail->candidates[i];
		json_t *object = json_new_object();
		json_put(object, "destination", json_of_slice(candidate->destination));
		json_put(object, "title", json_of_slice(candidate->title));
		json_put(object, "rule", json_of_slice(candidate->rule));
		json_put(object, "score", json_of_int(candidate->score));
		json_push(array, object);
	}
	return array;
}

static json_t *history_json(const struct mapping_detail *detail)
{
	json_t *array = json_new_array();
	for (size_t i = 0; i < detail->history_count; i++) {
		const struct mapping_change *change = &detail->history[i];
		json_t *object = json_new_object();
		json_put(object, "number", json_of_int(change->number));
		json_put(object, "change", json_of_slice(change->kind));
		json_put(object, "derived", json_of_bool(change->derived));
		json_put(object, "undoes", json_of_number(change->undoes));
		json_put(object, "undoneBy", json_of_number(change->undone_by));
		json_put(object, "date", json_of_slice(change->date));
		json_put(object, "by", json_of_slice(change->by));
		json_put(object, "rule", json_of_slice(change->rule));
		json_put(object, "oldStatus", json_of_slice(change->old_status));
		json_put(object, "newStatus", json_of_slice(change->new_status));
		json_put(object, "oldDestination", json_of_slice(change->old_destination));
		json_put(object, "newDestination", json_of_slice(change->new_destination));
		json_push(array, object);
	}
	return array;
}

void document_map_show_json(struct str *out, const struct mapping_detail *detail)
{
	json_t *document = mapping_object(&detail->row);
	json_t *excludes = json_new_object();
	for (size_t i = 0; i < detail->exclude_count; i++)
		json_put_slice(
			excludes, detail->excludes[i].table, json_of_int(detail->excludes[i].rows));
	json_put(document, "candidates", candidates_json(detail));
	json_put(document, "history", history_json(detail));
	json_put(document, "excludes", excludes);
	json_finish(out, document);
}

static void candidates_text(
	struct str *out, const struct document_style *style, const struct mapping_detail *detail)
{
	static const struct grid_column columns[] = {{"CANDIDATE", false, 0}, {"NAME", false, 10},
		{"RULE", false, 0}, {"SCORE", true, 0}};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	if (detail->candidate_count == 0)
		return;
	struct slice *cells = text_cells(&arena, detail->candidate_count, ARRAY_LEN(columns));
	for (size_t i = 0; i < detail->candidate_count; i++) {
		const struct mapping_candidate *candidate = &detail->candidates[i];
		struct slice *row = cells + i * ARRAY_LEN(columns);
		row[0] = candidate->destination;
		row[1] = candidate->title;
		row[2] = candidate->rule;
		row[3] = text_of_int(&arena, candidate->score);
	}
	str_add_char(out, '\n');
	text_grid(out, style, columns, ARRAY_LEN(columns), cells, detail->candidate_count);
}

struct slice text_date(struct arena *arena, struct slice date)
{
	struct slice seconds, rest;
	if (!slice_cut(date, '.', &seconds, &rest))
		return date;
	return slice_of(arena_printf(arena, "%.*sZ", SLICE_PRINT(seconds)));
}

struct slice text_state(struct arena *arena, struct slice status, struct slice destination)
{
	struct slice word = text_status(status);
	if (slice_is_empty(destination))
		return word;
	return slice_of(
		arena_printf(arena, "%.*s to %.*s", SLICE_PRINT(word), SLICE_PRINT(destination)));
}

/* "set", "undo 7", "reset: set" */
static struct slice change_text(struct arena *arena, const struct mapping_change *change)
{
	struct str text CLEANUP(str_release) = STR_INIT;
	if (!change->kind.at)
		return SLICE_NULL;
	str_addf(&text, "%s%.*s", change->derived ? "reset: " : "", SLICE_PRINT(change->kind));
	if (change->undoes)
		str_addf(&text, " %lld", (long long)change->undoes);
	return arena_copy(arena, str_slice(&text));
}

static void history_text(
	struct str *out, const struct document_style *style, const struct mapping_detail *detail)
{
	static const struct grid_column columns[] = {{"CHANGE", true, 0}, {"WHEN", false, 0},
		{"WHO", false, 4}, {"WHAT", false, 7}, {"FROM", false, 12}, {"TO", false, 12},
		{"RULE", false, 4}};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	if (detail->history_count == 0)
		return;
	struct slice *cells = text_cells(&arena, detail->history_count, ARRAY_LEN(columns));
	for (size_t i = 0; i < detail->history_count; i++) {
		const struct mapping_change *change = &detail->history[i];
		struct slice *row = cells + i * ARRAY_LEN(columns);
		row[0] = text_of_int(&arena, change->number);
		row[1] = text_date(&arena, change->date);
		row[2] = change->by;
		row[3] = change_text(&arena, change);
		row[4] = text_state(&arena, change->old_status, change->old_destination);
		row[5] = text_state(&arena, change->new_status, change->new_destination);
		row[6] = change->rule;
	}
	str_add_char(out, '\n');
	text_grid(out, style, columns, ARRAY_LEN(columns), cells, detail->history_count);
}

void document_map_show_text(
	struct str *out, const struct document_style *style, const struct mapping_detail *detail)
{
	static const char *const labels[FIELD_COUNT] = {[FIELD_SPACE_KEY] = "Space",
		[FIELD_PAGE_TYPE] = "Page type",
		[FIELD_PAGE_ID] = "Page",
		[FIELD_USER_KEY] = "User",
		[FIELD_APPLINK] = "Link",
		[FIELD_PAGE_VERSION] = "Version",
		[FIELD_TITLE] = "Title",
		[FIELD_URL] = "URL",
		[FIELD_USERNAME] = "User name",
		[FIELD_EXTENSION_DOCUMENT_ID] = "Extension",
		[FIELD_ISSUE_KEY] = "Issue"};
	const struct mapping_row *row = &detail->row;
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	plain_label(out, "Type", row->type);
	plain_label(out, "Key", row->key);
	if (row->dependencies.len > 0)
		plain_label(out, "Dependencies", row->dependencies);
	for (int f = 0; f < FIELD_COUNT; f++)
		if (row->fields[f].len > 0)
			plain_label(out, labels[f], row->fields[f]);
	plain_label(out, "Status", text_status(row->status));
	plain_label(out, "Destination", row->destination);
	if (row->certainty.len > 0)
		plain_label(out, "Certainty", row->certainty);
	if (row->rule.len > 0)
		plain_label(out, "Rule", row->rule);
	plain_label(out, "Reason", row->reason);
	candidates_text(out, style, detail);
	history_text(out, style, detail);
	struct tallies excludes = {.count = 0};
	for (size_t i = 0; i < detail->exclude_count; i++)
		tally_add(&arena, &excludes, detail->excludes[i].table, detail->excludes[i].rows);
	text_tallies(out, style, "Excluding it drops", "rows", &excludes);
}

/* --- edits --- */

void document_map_set_json(struct str *out, const struct mapping_detail *detail, int64_t reset)
{
	json_t *document = mapping_object(&detail->row);
	json_put(document, "reset", json_of_int(reset));
	json_finish(out, document);
}

void document_map_set_text(struct str *out, const struct mapping_detail *detail, int64_t reset)
{
	const struct mapping_row *row = &detail->row;
	plain_safe(out, row->type);
	str_add_char(out, ' ');
	plain_safe(out, row->key);
	if (slice_is_empty(row->destination)) {
		str_add_text(out, " is mapped to nothing.\n");
	} else {
		str_add_text(out, " is mapped to ");
		plain_safe(out, row->destination);
		str_add_text(out, ".\n");
	}
	if (reset > 0) {
		plain_count(out, reset, "automatic mapping that was derived from it is",
			"automatic mappings that were derived from it are");
		str_add_text(out, " not mapped any more: run \"reqferry map auto\" again.\n");
	}
}

static const char *edit_name(enum mapping_edit edit)
{
	static const char *const names[] = {[MAPPING_CONFIRM] = "confirmed",
		[MAPPING_CLEAR] = "cleared",
		[MAPPING_EXCLUDE] = "excluded"};
	return names[edit];
}

void document_map_edit_json(struct str *out, enum mapping_edit edit, int64_t count)
{
	json_t *document = json_new_object();
	json_put(document, edit_name(edit), json_of_int(count));
	json_finish(out, document);
}

void document_map_edit_text(struct str *out, enum mapping_edit edit, int64_t count)
{
	plain_count(out, count, "mapping was", "mappings were");
	str_addf(out, " %s.\n", edit_name(edit));
}
