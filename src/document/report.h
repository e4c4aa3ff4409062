/*
 * The report of an import. It is made once, as JSON, while the import's transaction is open; every
 * other form is made from that JSON, at any time later.
 */
#ifndef DOCUMENT_REPORT_H
#define DOCUMENT_REPORT_H

#include "document/document.h"
#include "ops/report.h"

/* Appends the report as JSON. */
void document_report_json(
	struct str *out, const struct import_report *report, const struct document_notes *notes);

enum report_form { REPORT_JSON, REPORT_TEXT, REPORT_HTML };
/* The form of a file by its name: .json, .txt, .html. False when it is none of them. */
bool report_form_of(const char *path, enum report_form *form);
/*
 * Appends a stored report in that form; text as the style says. As JSON it is what was stored, with
 * the member "undone". ERROR_INPUT when the stored text is no report.
 */
MUST_CHECK bool document_report_print(struct str *out, enum report_form form,
	const struct document_style *style, const struct report_stored *stored, struct error *err);

/* Why a row was merged or left out, in one sentence without a full stop; nothing when inserted. */
void document_outcome_reason(struct str *out, const struct outcome *outcome);

#endif
