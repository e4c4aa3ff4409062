/*
 * reqferry map list
 *
 * The rows are streamed. As text they are read twice, first for the widths of the columns.
 */
#include "cli/commands.h"
#include "cli/map_filter.h"

enum { LIMIT = FILTER_OPTIONS };

#define PRINT_AT 65536

struct listing {
	struct session *session;
	struct str out;
	struct grid grid;
	size_t count;
};

static bool flush(struct listing *listing, size_t at_least, struct error *err)
{
	if (listing->out.len < at_least)
		return true;
	bool ok = session_print(listing->session, &listing->out, err);
	str_clear(&listing->out);
	return ok;
}

static bool add_json(void *context, const struct mapping_row *row, struct error *err)
{
	struct listing *listing = context;
	str_add_text(&listing->out, listing->count++ > 0 ? ",\n" : "");
	document_mapping_json(&listing->out, row);
	return flush(listing, PRINT_AT, err);
}

static bool measure(void *context, const struct mapping_row *row, struct error *err UNUSED)
{
	struct listing *listing = context;
	listing->count++;
	document_mappings_measure(&listing->grid, row);
	return true;
}

static bool add_text(void *context, const struct mapping_row *row, struct error *err)
{
	struct listing *listing = context;
	document_mappings_row(&listing->out, &listing->grid, row);
	return flush(listing, PRINT_AT, err);
}

static bool list_json(struct listing *listing, struct db *db, struct slice key,
	const struct mapping_filter *filter, struct error *err)
{
	str_add_char(&listing->out, '[');
	if (!mapping_list(db, key, filter, add_json, listing, err))
		return false;
	str_add_text(&listing->out, "]\n");
	return flush(listing, 0, err);
}

static bool list_text(struct listing *listing, struct db *db, struct slice key,
	const struct mapping_filter *filter, struct error *err)
{
	document_mappings_begin(&listing->grid);
	if (!mapping_list(db, key, filter, measure, listing, err))
		return false;
	if (listing->count == 0) {
		str_add_text(&listing->out, "No mapping fits.\n");
		return flush(listing, 0, err);
	}
	document_mappings_title(&listing->out, &listing->session->style, &listing->grid);
	return mapping_list(db, key, filter, add_text, listing, err) && flush(listing, 0, err);
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct listing listing = {.session = session, .out = STR_INIT};
	struct stage_backup backup;
	struct mapping_filter filter;
	struct slice key;
	const char *limit = given->options[LIMIT];
	if (!session_key(given->arguments[1], &key, err) || !filter_read(given, &filter, NULL, err))
		return false;
	if (limit && (!slice_to_int64(slice_of(limit), &filter.limit) || filter.limit < 1))
		return FAIL(err, USAGE, "--limit is no number from 1 on: \"%s\"", limit);
	if (!session_open(session, given->arguments[0], DB_READ, &instance, err) ||
		!stage_backup_get(instance.db, key, &session->arena, &backup, err))
		return false;
	bool ok = session->json ? list_json(&listing, instance.db, key, &filter, err)
				: list_text(&listing, instance.db, key, &filter, err);
	str_release(&listing.out);
	return ok;
}

const struct command command_map_list = {
	.name = "map list",
	.summary = "list mappings",
	.description =
		"Old and new side by side, with the reason in one sentence. On a terminal long "
		"texts are cut; elsewhere nothing is.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.options = {FILTER_OPTION_TABLE, [LIMIT] = {"limit", "N", .help = "at most so many"}},
	.run = run,
};
