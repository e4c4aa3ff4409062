/*
 * reqferry ids
 *
 * Rows and mappings are streamed: memory does not grow with their number.
 */
#include "document/ids.h"
#include "cli/commands.h"

#define PRINT_AT 65536

struct listing {
	struct session *session;
	struct str out;
	bool first; /* of the JSON array */
};

static bool flush(struct listing *listing, size_t at_least, struct error *err)
{
	if (listing->out.len < at_least)
		return true;
	bool ok = session_print(listing->session, &listing->out, err);
	str_clear(&listing->out);
	return ok;
}

static void separate(struct listing *listing)
{
	str_add_text(&listing->out, listing->first ? "[" : ",\n");
	listing->first = false;
}

static bool add_row(void *context, const struct outcome *outcome, struct error *err)
{
	struct listing *listing = context;
	if (listing->session->json) {
		separate(listing);
		document_ids_json_row(&listing->out, outcome);
	} else {
		document_ids_csv_row(&listing->out, outcome);
	}
	return flush(listing, PRINT_AT, err);
}

static bool add_mapping(void *context, const struct mapping_row *row, struct error *err)
{
	struct listing *listing = context;
	if (listing->session->json) {
		separate(listing);
		document_ids_json_mapping(&listing->out, row);
	} else {
		document_ids_csv_mapping(&listing->out, row);
	}
	return flush(listing, PRINT_AT, err);
}

static bool list(
	struct listing *listing, struct instance *instance, struct slice key, struct error *err)
{
	const struct mapping_filter all = {.type = NULL};
	int64_t changed;
	if (!outcomes_check(instance, key, &changed, err))
		return false;
	if (changed > 0)
		task_warn(&listing->session->task,
			"%lld mapping%s changed since the import; listed as %s now",
			(long long)changed, changed == 1 ? " was" : "s were",
			changed == 1 ? "it is" : "they are");
	if (!listing->session->json)
		document_ids_csv_title(&listing->out);
	if (!outcomes_each(instance, key, false, add_row, listing, err) ||
		!mapping_list(instance->db, key, &all, add_mapping, listing, err))
		return false;
	if (listing->session->json)
		str_add_text(&listing->out, listing->first ? "[]\n" : "]\n");
	return flush(listing, 0, err);
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct instance instance CLEANUP(instance_close) = {.db = NULL};
	struct listing listing = {.session = session, .out = STR_INIT, .first = true};
	struct slice key;
	if (!session_key(given->arguments[1], &key, err) ||
		!session_open(session, given->arguments[0], DB_READ, &instance, err) ||
		!db_begin(instance.db, DB_SNAPSHOT, err))
		return false;
	bool ok = list(&listing, &instance, key, err);
	db_rollback(instance.db);
	str_release(&listing.out);
	return ok;
}

const struct command command_ids = {
	.name = "ids",
	.summary = "list old and new ids after an import",
	.description =
		"Writes CSV to standard output: a line of titles, a line for each row of the "
		"backup, and a line for each of its mappings. Columns: kind (row, mapping), name "
		"(table or type), old id, dependencies, new id, outcome (inserted, merged, "
		"excluded, rejected; for mappings mapped, nothing, excluded, unmapped), reason.\n"
		"It is about the last import of the backup, which must not have been undone.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.run = run,
};
