/*
 * reqferry map history
 *
 * The changes are streamed. As text they are read twice, first for the widths of the columns.
 */
#include "cli/commands.h"
#include "cli/map_filter.h"
#include "document/history.h"

enum { TYPE, FIND, KEY, DEPENDENCIES, LIMIT, ALL };

#define LIMIT_USUAL 50
#define PRINT_AT    65536

struct listing {
	struct session *session;
	struct db *db;
	struct slice key;
	struct mapping_history_filter filter;
	struct str out;
	struct grid grid;
	int64_t count, total;
};

static bool flush(struct listing *listing, size_t at_least, struct error *err)
{
	if (listing->out.len < at_least)
		return true;
	bool ok = session_print(listing->session, &listing->out, err);
	str_clear(&listing->out);
	return ok;
}

static bool add_json(void *context, const struct mapping_batch *batch, struct error *err)
{
	struct listing *listing = context;
	str_add_text(&listing->out, listing->count++ > 0 ? ",\n" : "");
	document_change_json(&listing->out, batch);
	return flush(listing, PRINT_AT, err);
}

static bool measure(void *context, const struct mapping_batch *batch, struct error *err UNUSED)
{
	struct listing *listing = context;
	listing->count++;
	document_changes_measure(&listing->grid, batch);
	return true;
}

static bool add_text(void *context, const struct mapping_batch *batch, struct error *err)
{
	struct listing *listing = context;
	document_changes_row(&listing->out, &listing->grid, batch);
	return flush(listing, PRINT_AT, err);
}

static bool each(struct listing *listing, mapping_batch_fn fn, struct error *err)
{
	return mapping_history(
		listing->db, listing->key, &listing->filter, fn, listing, &listing->total, err);
}

static bool list_json(struct listing *listing, struct error *err)
{
	str_add_text(&listing->out, "{\"changes\":[");
	if (!each(listing, add_json, err))
		return false;
	str_addf(&listing->out, "],\"total\":%lld}\n", (long long)listing->total);
	return flush(listing, 0, err);
}

static bool list_text(struct listing *listing, struct error *err)
{
	document_changes_begin(&listing->grid);
	if (!each(listing, measure, err))
		return false;
	if (listing->count == 0) {
		str_add_text(&listing->out, "No change fits.\n");
		return flush(listing, 0, err);
	}
	document_changes_title(&listing->out, &listing->session->style, &listing->grid);
	if (!each(listing, add_text, err))
		return false;
	if (listing->total > listing->count)
		str_addf(&listing->out, "... and %lld older: use --limit or --all\n",
			(long long)(listing->total - listing->count));
	return flush(listing, 0, err);
}

static bool read_options(
	const struct given *given, struct mapping_history_filter *filter, struct error *err)
{
	const char *limit = given->options[LIMIT];
	*filter = (struct mapping_history_filter){.type = given->options[TYPE],
		.find = given->options[FIND],
		.key = given->options[KEY],
		.dependencies = given->options[DEPENDENCIES],
		.limit = given->options[ALL] ? 0 : LIMIT_USUAL};
	if (limit && given->options[ALL])
		return FAIL(err, USAGE, "--limit and --all exclude each other");
	if (limit && (!slice_to_int64(slice_of(limit), &filter->limit) || filter->limit < 1))
		return FAIL(err, USAGE, "--limit is no number from 1 on: \"%s\"", limit);
	return true;
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct listing listing = {.session = session, .out = STR_INIT};
	struct stage_backup backup;
	if (!session_key(given->arguments[1], &listing.key, err) ||
		!read_options(given, &listing.filter, err) ||
		!session_open(session, given->arguments[0], DB_READ, &instance, err) ||
		!stage_backup_get(instance.db, listing.key, &session->arena, &backup, err))
		return false;
	listing.db = instance.db;
	bool ok = session->json ? list_json(&listing, err) : list_text(&listing, err);
	str_release(&listing.out);
	return ok;
}

const struct command command_map_history = {
	.name = "map history",
	.summary = "list what was changed in the mappings",
	.description =
		"One line for each command that changed mappings, the newest first: its number, "
		"when, who, what, and by which change it was undone. The filters choose those "
		"that touched a mapping; \"map show\" tells what each did to one mapping.\n"
		"\"3 derived\" are automatic mappings that returned to Not mapped because what "
		"they follow changed.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.options = {[TYPE] = {"type", "T", TYPE_WORDS, .help = "touched one of this type"},
		[FIND] = {"find", "TEXT", .help = "one with this text in key, title or name"},
		[KEY] = {"key", "OLD", .help = "one with exactly this key at the origin"},
		[DEPENDENCIES] = {"dependencies", "D",
			.help = "with --type and --key: which one, when several have them"},
		[LIMIT] = {"limit", "N", .help = "the newest so many; 50 unless said otherwise"},
		[ALL] = {"all", .help = "without a limit"}},
	.run = run,
};
