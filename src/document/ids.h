/*
 * The table of old and new ids: one line for each row of a backup, then one for each of its
 * mappings. As CSV with a line of titles, both kinds have the same columns:
 *
 *     kind          row, mapping
 *     name          the table; the type of the entity
 *     old id        the row's id; the entity's key
 *     dependencies  of the entity
 *     new id        the row's id here; the entity's key here
 *     outcome       inserted, merged, excluded, rejected; mapped, nothing, excluded, unmapped
 *     reason        why it was merged or left out; why it is mapped so
 *
 * Every function appends one line, or one JSON object, and cannot fail.
 */
#ifndef DOCUMENT_IDS_H
#define DOCUMENT_IDS_H

#include "document/report.h"

void document_ids_csv_title(struct str *out);
void document_ids_csv_row(struct str *out, const struct outcome *outcome);
void document_ids_csv_mapping(struct str *out, const struct mapping_row *row);
void document_ids_json_row(struct str *out, const struct outcome *outcome);
void document_ids_json_mapping(struct str *out, const struct mapping_row *row);

#endif
