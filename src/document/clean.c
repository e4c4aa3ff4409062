/*
 * What was cleaned away.
 */
#include "document/clean.h"

#include "document/internal.h"

void document_clean_json(struct str *out, const struct clean_result *result)
{
	json_t *backups = json_new_array();
	for (size_t i = 0; i < result->backup_count; i++) {
		json_t *backup = json_new_object();
		json_put(backup, "key", json_of_slice(result->backups[i].key));
		json_put(backup, "rows", json_of_int(result->backups[i].rows));
		json_push(backups, backup);
	}
	json_t *document = json_new_object();
	json_put(document, "orphans", json_of_tallies(&result->orphans));
	json_put(document, "backups", backups);
	json_put(document, "runs", json_of_int(result->runs));
	json_put(document, "tables", json_of_tallies(&result->tables));
	json_finish(out, document);
}

void document_clean_text(
	struct str *out, const struct document_style *style, const struct clean_result *result)
{
	if (result->tables.count > 0) {
		const struct text_tally_column columns[] = {{"rows", &result->tables}};
		text_tally_table(out, style, "Tables removed", columns, 1);
		return;
	}
	if (result->orphans.count > 0) {
		const struct text_tally_column columns[] = {{"removed", &result->orphans}};
		text_tally_table(out, style, "Rows without a backup", columns, 1);
	}
	for (size_t i = 0; i < result->backup_count; i++)
		document_delete_text(out, result->backups[i].key, result->backups[i].rows);
	if (result->runs > 0) {
		str_add_text(out, "Deleted ");
		plain_count(out, result->runs, "record of a run", "records of runs");
		str_add_text(out, ".\n");
	}
	if (result->orphans.count + result->backup_count == 0 && result->runs == 0)
		str_add_text(out, "There was nothing to remove.\n");
}
