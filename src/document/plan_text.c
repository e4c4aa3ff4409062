/*
 * A plan for a person who has to answer for it: what is erased, what comes in, what is left out and
 * why, what changes its meaning, what it needs, and what forbids it. Everything that may be longer
 * than a line is wrapped, only grids are cut.
 */
#include "document/internal.h"

#define ROWS_SHOWN 20 /* of a list that can be long; JSON has more */

static void heading(struct str *out, const struct document_style *style, const char *title)
{
	str_add_char(out, '\n');
	plain_highlight(out, style, PLAIN_STRONG, title);
	str_add_char(out, '\n');
}

static void headingf(struct str *out, const struct document_style *style, const char *format, ...)
	PRINTF(3, 4);
static void headingf(struct str *out, const struct document_style *style, const char *format, ...)
{
	struct str title CLEANUP(str_release) = STR_INIT;
	va_list values;
	va_start(values, format);
	str_vaddf(&title, format, values);
	va_end(values);
	heading(out, style, title.at);
}

/* A wrapped line under a heading. */
static void item(struct str *out, const struct document_style *style, const struct str *text)
{
	plain_wrap(out, style, "  ", 4, str_slice(text));
}

/* --- head --- */

/* What --confirm asks for: empty while the scope is not mapped. */
static struct slice scope_word(const struct plan *plan)
{
	return plan->old_scope.at ? plan->new_scope : SLICE("everything");
}

void plan_scope_text(struct str *out, const struct plan *plan)
{
	if (!plan->old_scope.at) {
		plain_label(out, "Scope", SLICE("everything"));
		return;
	}
	plain_labelf(out, "Scope", "%.*s -> %.*s", SLICE_PRINT(plan->old_scope),
		SLICE_PRINT(plan->new_scope.at ? plan->new_scope : SLICE("not mapped")));
}

static void head(struct str *out, const struct document_style *style, const struct plan *plan)
{
	const struct stage_backup *backup = &plan->backup;
	plain_highlight(out, style, PLAIN_STRONG, "Plan of an import");
	str_add_text(out, "\n\n");
	plain_label(out, "Plan", slice_of(plan->hash));
	if (plan->instance.len > 0)
		plain_label(out, "Instance", plan->instance);
	plain_label(out, "Backup", plan->key);
	plan_scope_text(out, plan);
	if (backup->file_name.len > 0)
		plain_label(out, "File", backup->file_name);
	if (backup->sha256.len > 0)
		plain_label(out, "SHA-256", backup->sha256);
	if (backup->exported.len > 0)
		plain_label(out, "Exported", backup->exported);
	if (backup->created_by.len > 0)
		plain_labelf(out, "In staging", "since %.*s, by %.*s", SLICE_PRINT(backup->created),
			SLICE_PRINT(backup->created_by));
	if (plan->options.len > 0)
		plain_wrap(out, style, "Options        ", 15, plan->options);
	str_add_char(out, '\n');
}

/* --- rows --- */

static void row_counts(struct str *out, const struct document_style *style, const struct plan *plan)
{
	const struct text_tally_column columns[] = {{"backup", &plan->brought},
		{"insert", &plan->insert}, {"merge", &plan->merge}, {"exclude", &plan->exclude},
		{"reject", &plan->reject}, {"erase", &plan->erase}};
	text_tally_table(out, style, "Rows by table", columns, ARRAY_LEN(columns));
	str_add_char(out, '\n');
	plain_wrap(out, style, "", 0,
		SLICE("Each row of the backup is inserted, merged with a row that stays, excluded "
		      "or rejected. Rows to be erased stand here now; the import keeps a safety "
		      "copy of them."));
}

static void add_rows(struct str *line, int64_t count, const struct tallies *tables)
{
	plain_count(line, count, "row", "rows");
	if (count == 0)
		return;
	str_add_text(line, " (");
	text_tally_words(line, tables);
	str_add_char(line, ')');
}

static void erased(struct str *out, const struct document_style *style, const struct plan *plan)
{
	int64_t scopeless = tally_total(&plan->erase_scopeless);
	if (plan->scope_count == 0 && scopeless == 0)
		return;
	headingf(out, style, "Erased, by %s", plan->place ? plan->place : "space or project");
	for (size_t i = 0; i < plan->scope_count; i++) {
		const struct plan_scope *scope = &plan->scopes[i];
		struct str line CLEANUP(str_release) = STR_INIT;
		str_addf(&line, "%.*s: ", SLICE_PRINT(scope->key));
		add_rows(&line, scope->erased, &scope->erase);
		if (!scope->receives)
			str_add_text(&line, ", and receives none");
		item(out, style, &line);
	}
	if (scopeless > 0) {
		struct str line CLEANUP(str_release) = STR_INIT;
		str_addf(&line, "of no one %s: ", plan->place ? plan->place : "space or project");
		add_rows(&line, scopeless, &plan->erase_scopeless);
		item(out, style, &line);
	}
}

static void other_case(struct str *out, const struct document_style *style, const struct plan *plan)
{
	for (size_t i = 0; i < plan->other_case.count; i++) {
		const struct tally *tally = &plan->other_case.list[i];
		struct str line CLEANUP(str_release) = STR_INIT;
		plain_count(&line, tally->rows, "row of ", "rows of ");
		str_addf(&line, "\"%.*s\" %s: the key differs from the scope's in case.",
			SLICE_PRINT(tally->name), tally->rows == 1 ? "stays" : "stay");
		item(out, style, &line);
	}
}

/* --- what is left out --- */

static void excluded(struct str *out, const struct document_style *style, const struct plan *plan)
{
	int64_t more = plan->exclusion_total - (int64_t)plan->exclusion_count;
	struct str line CLEANUP(str_release) = STR_INIT;
	if (plan->exclusion_total + plan->exclusion_idle == 0)
		return;
	heading(out, style, "Excluded mappings, and the rows that are left out with them");
	for (size_t i = 0; i < plan->exclusion_count; i++) {
		const struct plan_exclusion *exclusion = &plan->exclusions[i];
		str_clear(&line);
		str_addf(&line, "%.*s %.*s", SLICE_PRINT(exclusion->type),
			SLICE_PRINT(exclusion->key));
		if (exclusion->title.len > 0 && !slice_equal(exclusion->title, exclusion->key))
			str_addf(&line, " \"%.*s\"", SLICE_PRINT(exclusion->title));
		str_add_text(&line, ": ");
		add_rows(&line, exclusion->rows, &exclusion->tables);
		item(out, style, &line);
	}
	str_clear(&line);
	if (more > 0)
		str_addf(&line, "... and %lld more mappings. ", (long long)more);
	if (plan->exclusion_total > 0)
		str_add_text(
			&line, "These rows need it, or refer to such a row; each counts once. ");
	if (plan->exclusion_idle > 0)
		str_addf(&line, "%lld excluded mapping%s no %srow out.",
			(long long)plan->exclusion_idle,
			plan->exclusion_idle == 1 ? " leaves" : "s leave",
			plan->exclusion_total > 0 ? "other " : "");
	while (line.len > 0 && line.at[line.len - 1] == ' ')
		str_truncate(&line, line.len - 1);
	if (line.len > 0)
		item(out, style, &line);
}

static void rejected(struct str *out, const struct document_style *style, const struct plan *plan)
{
	size_t count = 0;
	if (plan->rejection_count == 0)
		return;
	heading(out, style, "Rows that are rejected");
	for (; count < plan->rejection_count && count < ROWS_SHOWN; count++) {
		const struct plan_rejection *rejection = &plan->rejections[count];
		struct str line CLEANUP(str_release) = STR_INIT;
		str_addf(&line, "%.*s %.*s: %.*s", SLICE_PRINT(rejection->table),
			SLICE_PRINT(rejection->old_id),
			SLICE_PRINT(rejection->problem.at
					    ? rejection->problem
					    : SLICE("it refers to a row that is left out")));
		item(out, style, &line);
	}
	if (tally_total(&plan->reject) > (int64_t)count)
		str_addf(out, "  ... and %lld more\n",
			(long long)(tally_total(&plan->reject) - (int64_t)count));
}

/* --- merged rows --- */

#define VALUE_SHOWN 60

/* A value in quotes, its end cut off when it is long. */
static void add_value(struct str *line, struct slice value)
{
	struct slice shown = value;
	if (slice_is_empty(value)) {
		str_add_text(line, "empty");
		return;
	}
	if (shown.len > VALUE_SHOWN) {
		shown.len = VALUE_SHOWN;
		while (shown.len > 0 && ((unsigned char)shown.at[shown.len] & 0xc0) == 0x80)
			shown.len--;
	}
	str_addf(line, "\"%.*s%s\"", SLICE_PRINT(shown), shown.len < value.len ? "…" : "");
}

/* The differences of one row, from the first on; returns how many there are. */
static size_t row_differences(struct str *line, const struct merge_difference *first, size_t count)
{
	size_t n = 0;
	str_addf(line, "%.*s %.*s (%.*s): ", SLICE_PRINT(first->table), SLICE_PRINT(first->old_id),
		SLICE_PRINT(first->identity));
	for (; n < count && slice_equal(first[n].old_id, first->old_id) &&
		slice_equal(first[n].table, first->table);
		n++) {
		str_addf(line, "%s%.*s ", n ? "; " : "", SLICE_PRINT(first[n].column));
		add_value(line, first[n].kept);
		str_add_text(line, ", not ");
		add_value(line, first[n].brought);
	}
	return n;
}

static void differences(
	struct str *out, const struct document_style *style, const struct plan *plan)
{
	struct str line CLEANUP(str_release) = STR_INIT;
	size_t shown = 0;
	if (plan->difference_total == 0)
		return;
	heading(out, style, "Differences of merged rows");
	str_add_text(&line, "Rows that are merged keep what stands here. Columns in which the "
			    "backup says otherwise: ");
	text_tally_words(&line, &plan->difference_columns);
	str_add_char(&line, '.');
	item(out, style, &line);
	for (size_t rows = 0; rows < ROWS_SHOWN && shown < plan->difference_count; rows++) {
		str_clear(&line);
		shown += row_differences(
			&line, plan->differences + shown, plan->difference_count - shown);
		item(out, style, &line);
	}
	if (plan->difference_total > (int64_t)shown)
		str_addf(out, "  ... and %lld more\n",
			(long long)(plan->difference_total - (int64_t)shown));
}

/* --- references and texts --- */

static void outside(struct str *out, const struct document_style *style, const struct plan *plan)
{
	struct str line CLEANUP(str_release) = STR_INIT;
	if (plan->outside_kept + plan->outside_lost + plan->outside_at_origin == 0)
		return;
	str_addf(&line,
		"References to and from other places: %lld kept, %lld lost, %lld kept at "
		"the origin",
		(long long)plan->outside_kept, (long long)plan->outside_lost,
		(long long)plan->outside_at_origin);
	heading(out, style, line.at);
	for (size_t i = 0; i < plan->outside_lost_count; i++) {
		const struct outside_lost *lost = &plan->outside_lost_list[i];
		str_clear(&line);
		str_addf(&line, "lost: %.*s from %.*s to %.*s", SLICE_PRINT(lost->table),
			SLICE_PRINT(lost->from), SLICE_PRINT(lost->to));
		if (!slice_is_empty(lost->detail))
			str_addf(&line, " (%.*s)", SLICE_PRINT(lost->detail));
		str_addf(&line, ": %.*s", SLICE_PRINT(lost->reason));
		item(out, style, &line);
	}
	if (plan->outside_lost > (int64_t)plan->outside_lost_count)
		str_addf(out, "  ... and %lld more\n",
			(long long)(plan->outside_lost - (int64_t)plan->outside_lost_count));
}

static void notes(struct str *out, const struct document_style *style, const struct plan *plan)
{
	if (plan->orphans + plan->texts == 0 && plan->note_count == 0)
		return;
	heading(out, style, "Remarks");
	if (plan->orphans > 0) {
		struct str line CLEANUP(str_release) = STR_INIT;
		plain_count(&line, plan->orphans, "requirement is", "requirements are");
		str_add_text(&line, " left without a link to the page that defines it.");
		item(out, style, &line);
	}
	if (plan->texts > 0) {
		struct str line CLEANUP(str_release) = STR_INIT;
		plain_count(&line, plan->texts, "text is copied unchanged and names",
			"texts are copied unchanged and name");
		str_add_text(&line, " a space, page, issue or file by what it is called at the "
				    "origin: ");
		text_tally_words(&line, &plan->text_columns);
		str_add_char(&line, '.');
		item(out, style, &line);
	}
	for (size_t i = 0; i < plan->note_count; i++) {
		struct str line CLEANUP(str_release) = STR_INIT;
		str_addf(&line, "%s: %s.", plan->notes[i].kind, plan->notes[i].message);
		item(out, style, &line);
	}
}

void plan_remarks_text(struct str *out, const struct document_style *style, const struct plan *plan)
{
	excluded(out, style, plan);
	rejected(out, style, plan);
	differences(out, style, plan);
	outside(out, style, plan);
	notes(out, style, plan);
}

/* --- what it needs, what forbids it --- */

static void add_bytes(struct str *out, int64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB"};
	double number = (double)bytes / 1000;
	size_t unit = 0;
	for (; number >= 1000 && unit + 1 < ARRAY_LEN(units); unit++)
		number /= 1000;
	str_addf(out, number < 10 ? "%.1f %s" : "%.0f %s", number, units[unit]);
}

static void needs(struct str *out, const struct document_style *style, const struct plan *plan)
{
	const struct plan_needs *needed = &plan->needs;
	struct str line CLEANUP(str_release) = STR_INIT;
	if (needed->bytes == 0)
		return;
	heading(out, style, "Time and space");
	if (needed->seconds < 1)
		str_add_text(&line, "Less than a second");
	else if (needed->seconds < 1.5)
		str_add_text(&line, "About a second");
	else if (needed->seconds < 120)
		str_addf(&line, "About %.0f seconds", needed->seconds);
	else
		str_addf(&line, "About %.0f minutes", needed->seconds / 60);
	str_add_text(&line, " on this machine. The database grows by up to ");
	add_bytes(&line, needed->bytes);
	str_add_text(&line, "; up to ");
	add_bytes(&line, needed->temporary);
	str_add_text(&line, " more while the import runs. ");
	if (needed->free < 0) {
		str_add_text(&line, "How much is free there cannot be seen from here.");
	} else {
		str_add_text(&line, "Free there: ");
		add_bytes(&line, needed->free);
		str_add_char(&line, '.');
	}
	item(out, style, &line);
}

static void unresolved(struct str *out, const struct document_style *style, const struct plan *plan)
{
	static const struct grid_column columns[] = {{"NOT RESOLVED", false, 0}, {"KEY", false, 10},
		{"NAME", false, 10}, {"DEPENDENCIES", false, 10}};
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	if (plan->unresolved_count == 0)
		return;
	struct slice *cells = text_cells(&arena, plan->unresolved_count, ARRAY_LEN(columns));
	for (size_t i = 0; i < plan->unresolved_count; i++) {
		const struct unresolved *one = &plan->unresolved[i];
		struct slice *row = cells + i * ARRAY_LEN(columns);
		row[0] = one->type;
		row[1] = one->key;
		row[2] = one->title;
		row[3] = one->dependencies;
	}
	str_add_char(out, '\n');
	text_grid(out, style, columns, ARRAY_LEN(columns), cells, plan->unresolved_count);
	text_more(out, plan->unresolved_count, plan->unresolved_total);
}

static void notices(struct str *out, const struct document_style *style, const struct blocker *list,
	size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char number[40];
		snprintf(number, sizeof(number), "%3zu. ", i + 1);
		struct str line CLEANUP(str_release) = STR_INIT;
		str_addf(&line, "%s: %s", list[i].kind, list[i].message);
		plain_wrap(out, style, number, 5, str_slice(&line));
		if (list[i].hint && list[i].hint[0])
			plain_wrap(out, style, "     ", 5, slice_of(list[i].hint));
	}
}

static void warnings(struct str *out, const struct document_style *style, const struct plan *plan)
{
	if (plan->warning_count == 0)
		return;
	heading(out, style, "Good to know before:");
	notices(out, style, plan->warnings, plan->warning_count);
}

static void verdict(struct str *out, const struct document_style *style, const struct plan *plan)
{
	str_add_char(out, '\n');
	if (plan->blocker_count == 0) {
		plain_highlight(out, style, PLAIN_GOOD, "Nothing forbids this import.");
		str_add_text(out, "\nTo run exactly this plan, give \"import\" its options, "
				  "--confirm ");
		plain_safe(out, scope_word(plan));
		str_addf(out, " and\n  --plan %s\n", plan->hash);
		return;
	}
	plain_highlight(out, style, PLAIN_BAD, "This import is refused:");
	str_add_char(out, '\n');
	notices(out, style, plan->blockers, plan->blocker_count);
}

void document_plan_text(
	struct str *out, const struct document_style *style, const struct plan *plan)
{
	head(out, style, plan);
	row_counts(out, style, plan);
	erased(out, style, plan);
	other_case(out, style, plan);
	plan_remarks_text(out, style, plan);
	needs(out, style, plan);
	unresolved(out, style, plan);
	warnings(out, style, plan);
	verdict(out, style, plan);
}
