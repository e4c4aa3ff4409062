/*
 * Lines of the table of old and new ids.
 */
#include "document/ids.h"

#include "csv/csv.h"
#include "document/internal.h"

static struct slice outcome_of(const struct mapping_row *row)
{
	if (slice_is(row->status, "EXCLUDED"))
		return SLICE("excluded");
	if (!slice_is(row->status, "MAPPED_AUTO") && !slice_is(row->status, "MAPPED_MANUAL"))
		return SLICE("unmapped");
	return slice_is_empty(row->destination) ? SLICE("nothing") : SLICE("mapped");
}

/* What a mapping that does not count may still hold is no destination. */
static struct slice destination_of(const struct mapping_row *row)
{
	return slice_is(outcome_of(row), "mapped") ? row->destination : SLICE_NULL;
}

void document_ids_csv_title(struct str *out)
{
	static const struct slice titles[] = {{"kind", 4}, {"name", 4}, {"old id", 6},
		{"dependencies", 12}, {"new id", 6}, {"outcome", 7}, {"reason", 6}};
	csv_write_record(out, titles, ARRAY_LEN(titles));
}

void document_ids_csv_row(struct str *out, const struct outcome *outcome)
{
	struct str reason CLEANUP(str_release) = STR_INIT;
	document_outcome_reason(&reason, outcome);
	const struct slice fields[] = {SLICE("row"), outcome->table, outcome->old_id, SLICE_NULL,
		outcome->new_id, outcome->fate, str_slice(&reason)};
	csv_write_record(out, fields, ARRAY_LEN(fields));
}

void document_ids_csv_mapping(struct str *out, const struct mapping_row *row)
{
	const struct slice fields[] = {SLICE("mapping"), row->type, row->key, row->dependencies,
		destination_of(row), outcome_of(row), row->reason};
	csv_write_record(out, fields, ARRAY_LEN(fields));
}

void document_ids_json_row(struct str *out, const struct outcome *outcome)
{
	struct str reason CLEANUP(str_release) = STR_INIT;
	document_outcome_reason(&reason, outcome);
	json_t *object = json_new_object();
	json_put(object, "kind", json_of_text("row"));
	json_put(object, "table", json_of_slice(outcome->table));
	json_put(object, "oldId", json_of_slice(outcome->old_id));
	json_put(object, "newId", json_of_slice(outcome->new_id));
	json_put(object, "outcome", json_of_slice(outcome->fate));
	json_put(object, "reason", json_of_slice(reason.len > 0 ? str_slice(&reason) : SLICE_NULL));
	json_finish(out, object);
}

void document_ids_json_mapping(struct str *out, const struct mapping_row *row)
{
	json_t *object = json_new_object();
	json_put(object, "kind", json_of_text("mapping"));
	json_put(object, "type", json_of_slice(row->type));
	json_put(object, "key", json_of_slice(row->key));
	json_put(object, "dependencies", json_of_slice(row->dependencies));
	json_put(object, "destination", json_of_slice(destination_of(row)));
	json_put(object, "outcome", json_of_slice(outcome_of(row)));
	json_put(object, "reason", json_of_slice(row->reason));
	json_finish(out, object);
}
