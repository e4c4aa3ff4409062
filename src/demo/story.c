/*
 * Runs the main job on the demo's content and tells what happens, so that a newcomer understands
 * the product in a minute. Every number told is counted by the step itself.
 */
#include "demo/story.h"

#include "base/time.h"
#include "demo/demo.h"
#include "document/report.h"
#include "mapping/mapping.h"
#include "ops/export.h"
#include "ops/plan.h"

/* One of the two moves. */
struct move {
	const char *title, *origin, *destination, *key;
	const char *other; /* the destination behind the application link */
};

static const struct move moves[] = {
	{"Confluence", DEMO_CONFLUENCE_ORIGIN, DEMO_CONFLUENCE_DESTINATION, "aster-confluence",
		DEMO_JIRA_DESTINATION},
	{"Jira", DEMO_JIRA_ORIGIN, DEMO_JIRA_DESTINATION, "aster-jira",
		DEMO_CONFLUENCE_DESTINATION},
};

/* Pages of the demo that were renamed so that only a person knows them again: old title, new title.
 */
static const struct {
	const char *old_title, *new_title;
} renamed_pages[] = {
	{"Harmonic gear", "Harmonic Gear"},
	{"Cell door interlock: verification", "Cell  door interlock:\xc2\xa0verification"},
	{"Pr\xc3\xbc"
	 "fmittel\xc3\xbc"
	 "berwachung",
		"Pru\xcc\x88"
		"fmittelu\xcc\x88"
		"berwachung"},
	{"Emergency stop chain", "SF-01 Stopping in an emergency (ISO 13850)"},
	{"Battery pack", "AP-200 Energy storage"},
	{"Decision 007: maximum payload", "ADR-007 What the AR-7 may carry"},
	{"Protective distance calculation: design notes",
		"Protective distances, calculation: design notes"},
	{"Bin picking: verification", "AST-VV-0412 Griff in die Kiste, Pr\xc3\xbc"
				      "fbericht"},
	{"Absolute encoder: verification", "Absolute encoder: verification"},
};

struct story {
	const char *folder;
	struct task *task;
	void (*say)(void *sink, const char *text);
	void *sink;
	struct arena *arena;
};

static void PRINTF(2, 3) tell(struct story *story, const char *format, ...)
{
	struct str text CLEANUP(str_release) = STR_INIT;
	va_list values;
	va_start(values, format);
	str_vaddf(&text, format, values);
	va_end(values);
	str_add_char(&text, '\n');
	story->say(story->sink, text.at);
}

static const char *url_of(struct story *story, const char *file)
{
	return arena_printf(story->arena, "sqlite:%s/%s", story->folder, file);
}

/* The counts by table or type that are not zero, in one line. */
static void tell_tallies(struct story *story, const char *what, const struct tallies *tallies)
{
	struct str list CLEANUP(str_release) = STR_INIT;
	for (size_t i = 0; i < tallies->count; i++)
		if (tallies->list[i].rows > 0)
			str_addf(&list, "%s%.*s %lld", list.len ? ", " : "",
				SLICE_PRINT(tallies->list[i].name),
				(long long)tallies->list[i].rows);
	tell(story, "     %s: %s", what, list.len ? list.at : "nothing");
}

/* --- the origin --- */

static bool leave_origin(struct story *story, const struct move *move, const char *file,
	struct instance *origin, struct error *err)
{
	struct staged staged;
	int64_t rows;
	const struct export_options options = {.key = slice_of(move->key),
		.author = "admin",
		.plugin_version = "3.7.0",
		.oldest_version = "3.5.0"};
	if (!instance_open(url_of(story, move->origin), NULL, DB_WRITE, story->task, origin, err) ||
		!export_to_staging(origin, &options, story->task, story->arena, &staged, err))
		return false;
	tell(story,
		"  1  export   %lld rows and the %lld entities that they refer to, into staging "
		"tables",
		(long long)staged.rows, (long long)tally_total(&staged.mappings));
	tell_tallies(story, "rows", &staged.tables);
	tell_tallies(story, "entities", &staged.mappings);
	if (!write_file(origin, options.key, file, story->task, story->arena, &staged, err))
		return false;
	tell(story, "  2  write    %s, the vendor's format, and its manifest", file);
	if (!delete_backup(origin, options.key, story->task, &rows, err))
		return false;
	tell(story, "  3  delete   the staging rows at the origin (%lld)", (long long)rows);
	return true;
}

/* --- mapping --- */

static void tell_automatic(struct story *story, const struct mapping_auto_result *result)
{
	long long total = 0;
	tell(story, "     %-11s %7s %9s %8s %10s %11s %11s", "", "total", "certain", "likely",
		"possible", "ambiguous", "not found");
	for (int e = 0; e < ENTITY_COUNT; e++) {
		const struct mapping_auto_count *count = &result->types[e];
		if (!result->used[e])
			continue;
		total += count->total;
		tell(story, "     %-11s %7lld %9lld %8lld %10lld %11lld %11lld",
			entity_name((enum entity)e), (long long)count->total,
			(long long)count->certain, (long long)count->likely,
			(long long)count->possible, (long long)count->ambiguous,
			(long long)count->not_found + (long long)count->failed);
	}
	tell(story, "     %lld of %lld mapped without a person; %lld are left to look at",
		total - (long long)result->open, total, (long long)result->open);
}

/* A decision that the demo takes in place of a person. */
enum verdict { CONFIRM, SET, LEAVE_OUT };
struct decision {
	char *type, *key, *dependencies, *destination;
	enum verdict verdict;
	struct decision *next;
};

struct decisions {
	struct story *story;
	struct instance *instance;
	bool renamed; /* only the pages that a person knows again */
	struct decision *first, **last;
	int told;
};

/* The id of the page that was renamed, in the arena; NULL when this is none of them. */
static bool find_renamed(
	struct decisions *decisions, const struct mapping_row *row, char **found, struct error *err)
{
	*found = NULL;
	if (!slice_is(row->type, entity_name(ENTITY_PAGE)))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(renamed_pages); i++) {
		if (!slice_is(row->fields[FIELD_TITLE], renamed_pages[i].old_title))
			continue;
		struct str sql CLEANUP(str_release) = STR_INIT;
		struct slice key;
		const struct db_value title = db_text(renamed_pages[i].new_title);
		str_addf(&sql, "SELECT min(p.key) FROM %s p WHERE p.title = $1",
			host_relation(&decisions->instance->host, HOST_PAGES));
		if (!db_query_text(decisions->instance->db, sql.at, &title, 1,
			    decisions->story->arena, &key, err))
			return false;
		*found = arena_strdup(decisions->story->arena, key);
		return true;
	}
	return true;
}

static void tell_decision(
	struct decisions *decisions, const struct mapping_row *row, const struct decision *decision)
{
	static const char *const words[] = {"confirmed", "set by hand", "left out"};
	struct slice title = row->fields[FIELD_TITLE];
	if (slice_is_empty(title))
		title = row->fields[FIELD_USERNAME];
	if (++decisions->told > 16)
		return;
	tell(decisions->story, "     %s \"%.*s\": %.*s", decision->type,
		SLICE_PRINT(slice_is_empty(title) ? row->key : title), SLICE_PRINT(row->reason));
	tell(decisions->story, "       -> %s",
		decision->verdict == SET && !*decision->destination
			? "mapped to nothing: the rows stay, without their author"
			: words[decision->verdict]);
}

static bool on_open_mapping(void *context, const struct mapping_row *row, struct error *err)
{
	struct decisions *decisions = context;
	struct arena *arena = decisions->story->arena;
	bool possible = slice_is(row->certainty, "possible");
	if (slice_is(row->status, "MAPPED_MANUAL") || slice_is(row->status, "EXCLUDED") ||
		(slice_is(row->status, "MAPPED_AUTO") && !possible))
		return true;
	struct decision *decision = arena_alloc(arena, sizeof(*decision));
	*decision = (struct decision){.type = arena_strdup(arena, row->type),
		.key = arena_strdup(arena, row->key),
		.dependencies = arena_strdup(arena, row->dependencies),
		.verdict = possible ? CONFIRM : LEAVE_OUT};
	if (decisions->renamed) {
		decision->verdict = SET;
		if (!find_renamed(decisions, row, &decision->destination, err))
			return false;
		if (!decision->destination)
			return true;
	} else if (!possible && strcmp(decision->type, entity_name(ENTITY_USER)) == 0) {
		decision->verdict = SET;
		decision->destination = arena_strdup(arena, SLICE(""));
	}
	*decisions->last = decision;
	decisions->last = &decision->next;
	tell_decision(decisions, row, decision);
	return true;
}

static bool carry_out(struct decisions *decisions, struct slice key, struct error *err)
{
	struct task *task = decisions->story->task;
	for (const struct decision *decision = decisions->first; decision;
		decision = decision->next) {
		const struct mapping_filter one = {.type = decision->type,
			.key = decision->key,
			.dependencies = decision->dependencies};
		int64_t count;
		bool ok = decision->verdict == SET
				  ? mapping_set(&decisions->instance->host, key, decision->type,
					    decision->key, decision->dependencies,
					    decision->destination, false, task, NULL, err)
				  : mapping_edit(decisions->instance->db, key,
					    decision->verdict == CONFIRM ? MAPPING_CONFIRM
									 : MAPPING_EXCLUDE,
					    &one, false, task, &count, err);
		if (!ok)
			return false;
	}
	return true;
}

/*
 * What a person does after the automatic mapping: set the pages that were renamed, after which what
 * depends on them maps by itself; then confirm the suggestions, and leave out what has no
 * counterpart.
 */
static bool decide(struct story *story, struct instance *destination, const struct host *other,
	const struct stage_backup *backup, struct error *err)
{
	const struct mapping_filter all = {.limit = 0};
	struct mapping_auto_result again;
	tell(story, "     What a person would do now, done here by the demo:");
	for (int round = 0; round < 2; round++) {
		struct decisions decisions = {
			.story = story, .instance = destination, .renamed = round == 0};
		decisions.last = &decisions.first;
		if (!mapping_list(
			    destination->db, backup->key, &all, on_open_mapping, &decisions, err) ||
			!carry_out(&decisions, backup->key, err) ||
			(round == 0 && !mapping_auto(&destination->host, other, backup, story->task,
					       &again, err)))
			return false;
		if (decisions.told > 16)
			tell(story, "     ... and %d more", decisions.told - 16);
	}
	return true;
}

/* --- what the first move knows already --- */

struct renamed {
	struct story *story;
	struct instance *jira;
	struct slice key;
};

static bool on_space(void *context, const struct mapping_row *row, struct error *err)
{
	struct renamed *renamed = context;
	struct story *story = renamed->story;
	if (slice_is_empty(row->destination) || slice_equal(row->key, row->destination))
		return true;
	char *key = arena_strdup(story->arena, row->key);
	char *destination = arena_strdup(story->arena, row->destination);
	tell(story, "     SPACE %s is %s here, as the move of Confluence found: set by hand", key,
		destination);
	return mapping_set(&renamed->jira->host, renamed->key, "SPACE", key, NULL, destination,
		true, story->task, NULL, err);
}

/* The same key can be another company's space: what the move of Confluence found is the truth. */
static bool carry_spaces(struct story *story, struct instance *jira, struct instance *confluence,
	struct slice key, struct error *err)
{
	struct renamed renamed = {story, jira, key};
	const struct mapping_filter spaces = {.type = "SPACE"};
	return mapping_list(
		confluence->db, slice_of(moves[0].key), &spaces, on_space, &renamed, err);
}

/* --- the destination --- */

static void make_report(void *context UNUSED, const struct import_report *report, struct str *out)
{
	const struct document_notes none = {.count = 0};
	document_report_json(out, report, &none);
}

static bool import_and_verify(
	struct story *story, struct instance *destination, struct slice key, struct error *err)
{
	struct import_options options = {
		.key = key, .accept_assumed = true, .confirm = "everything", .report = make_report};
	struct import_result imported;
	struct verify_result verified;
	struct plan plan;
	if (!plan_make(destination, &options, story->task, story->arena, &plan, err))
		return false;
	tell(story, "  6  plan     what an import would do; nothing is written");
	tell_tallies(story, "erase", &plan.erase);
	tell_tallies(story, "insert", &plan.insert);
	tell_tallies(story, "leave out", &plan.exclude);
	tell(story, "     hash %.16s..., so that what is imported is what was read here",
		plan.hash);
	const struct plan_kept kept = plan_keep(&plan);
	options.plan = &kept;
	if (!import_run(destination, &options, story->task, story->arena, &imported, err))
		return false;
	tell(story,
		"     import   %lld rows inserted, %lld merged, %lld left out, in one transaction "
		"of "
		"%.1f s",
		(long long)tally_total(&imported.inserted),
		(long long)tally_total(&imported.merged),
		(long long)tally_total(&imported.excluded), imported.seconds);
	if (!verify_run(destination, key, story->task, story->arena, &verified, err))
		return false;
	int64_t rows = 0;
	for (size_t i = 0; i < verified.table_count; i++)
		rows += verified.tables[i].found;
	tell(story, "  7  verify   %lld rows compared field by field: %s", (long long)rows,
		verified.ok ? "all as they should be" : "there are differences");
	if (!verified.ok)
		return FAIL(err, COUNTS, "the demo's import was verified with %lld differences",
			(long long)verified.difference_total);
	return true;
}

static bool arrive(struct story *story, const struct move *move, const char *file,
	struct instance *destination, struct instance *other, struct error *err)
{
	struct slice key = slice_of(move->key);
	const struct load_options options = {.key = key};
	struct staged staged;
	struct stage_backup backup;
	struct mapping_auto_result automatic;
	if (!instance_open(url_of(story, move->destination), NULL, DB_WRITE, story->task,
		    destination, err) ||
		!load_file(destination, file, &options, story->task, story->arena, &staged, err) ||
		!stage_backup_get(destination->db, key, story->arena, &backup, err))
		return false;
	tell(story,
		"  4  load     %lld rows into staging tables at the destination; checksums agree",
		(long long)staged.rows);
	if (!instance_open(url_of(story, move->other), NULL, DB_READ, story->task, other, err) ||
		!mapping_auto(
			&destination->host, &other->host, &backup, story->task, &automatic, err))
		return false;
	tell(story, "  5  map      every id at the origin to its id here, by evidence");
	tell_automatic(story, &automatic);
	if (move != moves && !carry_spaces(story, destination, other, key, err))
		return false;
	return decide(story, destination, &other->host, &backup, err) &&
	       import_and_verify(story, destination, key, err);
}

static bool run_move(struct story *story, const struct move *move, struct error *err)
{
	const char *file = arena_printf(story->arena, "%s/%s.csv", story->folder, move->key);
	struct instance origin = {0}, destination = {0}, other = {0};
	tell(story, "%s", move->title);
	bool ok = leave_origin(story, move, file, &origin, err) &&
		  arrive(story, move, file, &destination, &other, err);
	instance_close(&other);
	instance_close(&origin);
	instance_close(&destination);
	if (ok)
		tell(story, "%s", "");
	return ok;
}

bool demo_run(const char *folder, struct task *task, void (*say)(void *sink, const char *text),
	void *sink, struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct story story = {folder, task, say, sink, &arena};
	int64_t started = time_monotonic_ms();
	if (!demo_content_create(folder, task, err))
		return false;
	tell(&story, "Aster Robotics moves into Borealis Group. Their pages, issues and people are "
		     "there\n"
		     "already, with new ids. Their requirements still point at the old ids.\n");
	for (size_t i = 0; i < ARRAY_LEN(moves); i++)
		if (!run_move(&story, &moves[i], err))
			return false;
	tell(&story, "Done in %.1f s. Look around:\n",
		(double)(time_monotonic_ms() - started) / 1000.0);
	tell(&story, "  reqferry list sqlite:%s/" DEMO_CONFLUENCE_DESTINATION, folder);
	tell(&story,
		"  reqferry map list sqlite:%s/" DEMO_CONFLUENCE_DESTINATION
		" aster-confluence --type PAGE --certainty likely",
		folder);
	tell(&story, "  reqferry verify sqlite:%s/" DEMO_CONFLUENCE_DESTINATION " aster-confluence",
		folder);
	return true;
}
