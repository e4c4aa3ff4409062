/*
 * A stored report for people, as text or as a page of HTML.
 *
 * What is read may have been written by an earlier version, or by somebody's hand: members that are
 * missing or of another type are empty texts and zeros.
 */
#include "document/internal.h"
#include "document/page.h"
#include "document/report.h"

static struct slice text_of(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	if (!json_is_string(value))
		return SLICE_NULL;
	return (struct slice){json_string_value(value), json_string_length(value)};
}

static struct slice number_of(const json_t *object, const char *name, struct arena *arena)
{
	return text_of_int(arena, json_integer_value(json_object_get(object, name)));
}

static int64_t sum_of(const json_t *counts)
{
	const char *name;
	json_t *value;
	int64_t sum = 0;
	json_object_foreach((json_t *)(uintptr_t)counts, name, value) sum +=
		json_integer_value(value);
	return sum;
}

/* --- facts --- */

static struct slice scope_text(const json_t *report, struct arena *arena)
{
	const json_t *scope = json_object_get(report, "scope");
	struct slice old = text_of(scope, "old"), new = text_of(scope, "new");
	if (!old.at)
		return SLICE("everything");
	return slice_of(arena_printf(arena, "%.*s -> %.*s", SLICE_PRINT(old), SLICE_PRINT(new)));
}

/* "--erase brought --accept assumed" */
static struct slice options_text(const json_t *report, struct arena *arena)
{
	const json_t *options = json_object_get(report, "options");
	const json_t *accept = json_object_get(options, "accept");
	struct str text CLEANUP(str_release) = STR_INIT;
	str_addf(&text, "erase %.*s, outside %.*s, audit trail %.*s",
		SLICE_PRINT(text_of(options, "erase")), SLICE_PRINT(text_of(options, "outside")),
		SLICE_PRINT(text_of(options, "auditTrail")));
	if (json_is_true(json_object_get(options, "reject")))
		str_add_text(&text, ", reject");
	for (size_t i = 0; i < json_array_size(accept); i++) {
		const char *word = json_string_value(json_array_get(accept, i));
		str_addf(&text, "%s%s", i ? " and " : ", accept ", word ? word : "");
	}
	return arena_copy(arena, str_slice(&text));
}

static struct slice staged_text(const json_t *file, struct arena *arena)
{
	struct slice when = text_of(file, "staged"), who = text_of(file, "stagedBy");
	if (!when.at)
		return SLICE_NULL;
	return slice_of(arena_printf(arena, "%.*s, by %.*s", SLICE_PRINT(when), SLICE_PRINT(who)));
}

static void add_facts(const struct page *page, const json_t *report, struct arena *arena)
{
	const json_t *file = json_object_get(report, "file");
	double seconds = json_number_value(json_object_get(report, "seconds"));
	const struct slice pairs[] = {SLICE("Backup"), text_of(report, "key"), SLICE("Scope"),
		scope_text(report, arena), SLICE("Instance"), text_of(report, "instance"),
		SLICE("Product"), text_of(report, "product"), SLICE("Database"),
		text_of(report, "database"), SLICE("File"), text_of(file, "name"), SLICE("SHA-256"),
		text_of(file, "sha256"), SLICE("Exported"), text_of(file, "exported"),
		SLICE("Exported by"), text_of(file, "author"), SLICE("Version"),
		text_of(file, "pluginVersion"), SLICE("In staging"), staged_text(file, arena),
		SLICE("Plan"), text_of(report, "plan"), SLICE("Options"),
		options_text(report, arena), SLICE("Imported by"), text_of(report, "actor"),
		SLICE("Started"), text_of(report, "started"), SLICE("Finished"),
		text_of(report, "finished"), SLICE("Time"),
		slice_of(arena_printf(arena, "%.1f seconds", seconds)), SLICE("Safety copy"),
		text_of(report, "undoKey"), SLICE("Tool"), text_of(report, "tool")};
	page_facts(page, "What was imported, by whom and when", pairs, ARRAY_LEN(pairs) / 2);
}

/* --- rows --- */

static void add_counts(const struct page *page, const json_t *report, struct arena *arena)
{
	static const char *const members[] = {
		"erased", "inserted", "merged", "excluded", "rejected"};
	static const struct html_column columns[] = {{"Table", false}, {"erased", true},
		{"inserted", true}, {"merged", true}, {"excluded", true}, {"rejected", true}};
	json_t *tables = json_object_get(report, "inserted");
	size_t count = json_object_size(tables);
	struct slice *cells = text_cells(arena, count + 1, ARRAY_LEN(columns)), *row = cells;
	const char *name;
	json_t *value;
	json_object_foreach(tables, name, value)
	{
		*row++ = slice_of(name);
		for (size_t m = 0; m < ARRAY_LEN(members); m++)
			*row++ = number_of(json_object_get(report, members[m]), name, arena);
	}
	*row++ = SLICE("total");
	for (size_t m = 0; m < ARRAY_LEN(members); m++)
		*row++ = text_of_int(arena, sum_of(json_object_get(report, members[m])));
	page_heading(page, "Rows");
	page_table(page, "Rows by table", columns, ARRAY_LEN(columns), cells, count + 1);
}

static void add_left_out(const struct page *page, const json_t *report, struct arena *arena)
{
	static const struct html_column columns[] = {
		{"Old id", true}, {"Table", false}, {"Outcome", false}, {"Reason", false}};
	const json_t *left_out = json_object_get(report, "leftOut");
	const json_t *rows = json_object_get(left_out, "rows");
	size_t count = json_array_size(rows);
	int64_t total = json_integer_value(json_object_get(left_out, "total"));
	page_heading(page, "Rows that were left out");
	if (total == 0) {
		page_paragraph(
			page, SLICE("None: every row of the backup was inserted or merged."));
		return;
	}
	struct slice *cells = text_cells(arena, count, ARRAY_LEN(columns));
	for (size_t i = 0; i < count; i++) {
		const json_t *row = json_array_get(rows, i);
		cells[4 * i] = text_of(row, "oldId");
		cells[4 * i + 1] = text_of(row, "table");
		cells[4 * i + 2] = text_of(row, "outcome");
		cells[4 * i + 3] = text_of(row, "reason");
	}
	page_table(page, "Rows that were left out, and why", columns, ARRAY_LEN(columns), cells,
		count);
	if (total > (int64_t)count)
		page_paragraph(
			page, slice_of(arena_printf(arena,
				      "... and %lld more: \"reqferry ids\" lists all %lld of them.",
				      (long long)(total - (int64_t)count), (long long)total)));
}

static void add_lost(const struct page *page, const json_t *outside, struct arena *arena)
{
	static const char *const members[] = {"table", "from", "to", "detail", "reason"};
	static const struct html_column columns[] = {{"Table", false}, {"From", false},
		{"To", false}, {"Detail", false}, {"Reason", false}};
	const json_t *rows = json_object_get(outside, "lostRows");
	size_t count = json_array_size(rows);
	int64_t total = json_integer_value(json_object_get(outside, "lost"));
	struct slice *cells = text_cells(arena, count, ARRAY_LEN(columns));
	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++)
		for (size_t m = 0; m < ARRAY_LEN(members); m++)
			cells[i * ARRAY_LEN(members) + m] =
				text_of(json_array_get(rows, i), members[m]);
	page_table(page, "References that are lost, and why", columns, ARRAY_LEN(columns), cells,
		count);
	if (total > (int64_t)count)
		page_paragraph(page, slice_of(arena_printf(arena, "... and %lld more.",
					     (long long)(total - (int64_t)count))));
}

static void add_differences(const struct page *page, const json_t *report, struct arena *arena)
{
	static const char *const members[] = {
		"table", "oldId", "identity", "column", "kept", "backup"};
	static const struct html_column columns[] = {{"Table", false}, {"Old id", true},
		{"Identity", false}, {"Column", false}, {"Kept", false}, {"In the backup", false}};
	const json_t *differences = json_object_get(report, "mergeDifferences");
	const json_t *rows = json_object_get(differences, "rows");
	size_t count = json_array_size(rows);
	int64_t total = json_integer_value(json_object_get(differences, "total"));
	if (total == 0)
		return;
	struct slice *cells = text_cells(arena, count, ARRAY_LEN(columns));
	for (size_t i = 0; i < count; i++)
		for (size_t m = 0; m < ARRAY_LEN(members); m++)
			cells[i * ARRAY_LEN(members) + m] =
				text_of(json_array_get(rows, i), members[m]);
	page_heading(page, "Differences of merged rows");
	page_paragraph(page, SLICE("Rows that were merged kept what stood here; these values of "
				   "the backup did not come in."));
	page_table(page, "Differences of merged rows", columns, ARRAY_LEN(columns), cells, count);
	if (total > (int64_t)count)
		page_paragraph(page, slice_of(arena_printf(arena, "... and %lld more.",
					     (long long)(total - (int64_t)count))));
}

/* What the plan said that a person should know. */
static void add_notes(const struct page *page, const json_t *report, struct arena *arena)
{
	const json_t *notes = json_object_get(report, "notes");
	size_t count = json_array_size(notes);
	struct slice *items = arena_zalloc(arena, (count + 1) * sizeof(*items));
	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++)
		items[i] = text_of(json_array_get(notes, i), "message");
	page_heading(page, "Notes");
	page_list(page, false, items, count);
}

static void add_outside(const struct page *page, const json_t *report, struct arena *arena)
{
	const json_t *outside = json_object_get(report, "outside");
	int64_t orphans = json_integer_value(json_object_get(report, "orphans"));
	int64_t texts = json_integer_value(json_object_get(report, "texts"));
	page_heading(page, "References to and from other places");
	page_paragraph(page,
		slice_of(arena_printf(arena, "%lld kept, %lld lost, %lld kept at the origin.",
			(long long)json_integer_value(json_object_get(outside, "kept")),
			(long long)json_integer_value(json_object_get(outside, "lost")),
			(long long)json_integer_value(json_object_get(outside, "keptAtOrigin")))));
	add_lost(page, outside, arena);
	if (orphans > 0)
		page_paragraph(page,
			slice_of(arena_printf(arena,
				"Requirements left without a link to the page that defines them: "
				"%lld.",
				(long long)orphans)));
	if (texts > 0)
		page_paragraph(page,
			slice_of(arena_printf(arena,
				"Texts copied unchanged that name a space, page, issue or file by "
				"what it is called at the origin: %lld.",
				(long long)texts)));
}

/* --- verification, warnings, steps --- */

static void add_verification(const struct page *page, const json_t *report, struct arena *arena)
{
	static const struct html_column columns[] = {
		{"Table", false}, {"expected", true}, {"found", true}, {"different", true}};
	const json_t *verification = json_object_get(report, "verification");
	json_t *tables = json_object_get(verification, "tables");
	struct slice *cells = text_cells(arena, json_object_size(tables), ARRAY_LEN(columns));
	struct slice *row = cells;
	const char *name;
	json_t *value;
	json_object_foreach(tables, name, value)
	{
		*row++ = slice_of(name);
		*row++ = number_of(value, "expected", arena);
		*row++ = number_of(value, "found", arena);
		*row++ = number_of(value, "different", arena);
	}
	page_heading(page, "Verification");
	page_paragraph(page,
		SLICE("Every row was compared with the backup and the mappings, field by field, "
		      "before the import was committed."));
	page_table(page, "Rows compared", columns, ARRAY_LEN(columns), cells,
		json_object_size(tables));
}

static void add_lines(const struct page *page, const char *title, const json_t *lines,
	bool numbered, struct arena *arena)
{
	size_t count = json_array_size(lines);
	struct slice *items = arena_zalloc(arena, count * sizeof(*items));
	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const json_t *line = json_array_get(lines, i);
		if (json_is_string(line))
			items[i] =
				(struct slice){json_string_value(line), json_string_length(line)};
	}
	page_heading(page, title);
	page_list(page, numbered, items, count);
}

static void add_page(const struct page *page, const json_t *report, struct slice undone)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	const json_t *steps = json_object_get(report, "steps");
	bool verified =
		json_is_true(json_object_get(json_object_get(report, "verification"), "ok"));
	page_begin(page, "Report of an import");
	page_status(page, verified,
		verified ? "Imported, and every row was verified." : "Imported, but not verified.");
	if (undone.at)
		page_status(page, false,
			arena_printf(&arena, "This import was undone later: %.*s.",
				SLICE_PRINT(undone)));
	add_facts(page, report, &arena);
	add_counts(page, report, &arena);
	add_left_out(page, report, &arena);
	add_differences(page, report, &arena);
	add_outside(page, report, &arena);
	add_verification(page, report, &arena);
	add_notes(page, report, &arena);
	add_lines(page, "Warnings", json_object_get(report, "warnings"), false, &arena);
	add_lines(page, "Before an import", json_object_get(steps, "before"), true, &arena);
	add_lines(page, "After this import", json_object_get(steps, "after"), true, &arena);
	add_lines(page, "Pages that show success", json_object_get(steps, "pages"), false, &arena);
	page_end(page);
}

bool report_form_of(const char *path, enum report_form *form)
{
	static const struct {
		const char *end;
		enum report_form form;
	} ends[] = {{".json", REPORT_JSON}, {".txt", REPORT_TEXT}, {".html", REPORT_HTML}};
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		if (!slice_ends_with(slice_of(path), ends[i].end))
			continue;
		*form = ends[i].form;
		return true;
	}
	return false;
}

bool document_report_print(struct str *out, enum report_form form,
	const struct document_style *style, const struct report_stored *stored, struct error *err)
{
	json_error_t why;
	json_t *report = json_loadb(stored->json.at, stored->json.len, JSON_ALLOW_NUL, &why);
	if (!json_is_object(report)) {
		json_decref(report);
		return FAIL_HINT(err, INPUT, "Look at the table \"reqferry_run\".",
			"the report that was kept of this import is no JSON object");
	}
	if (form == REPORT_JSON) {
		json_put(report, "undone", json_of_slice(stored->undone));
		json_finish(out, report);
		return true;
	}
	const struct page page = {out, form == REPORT_TEXT ? style : NULL};
	add_page(&page, report, stored->undone);
	json_decref(report);
	return true;
}
