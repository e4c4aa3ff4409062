/*
 * Results as documents, written once for every front end: as JSON whose members are part of the
 * program's interface, and as text for people. Each function appends to *out and cannot fail; text
 * documents end with a line end, JSON documents do not.
 *
 * Text of rows and files is made safe for a terminal in text documents (plain.h). Nothing here
 * prints, and nothing here knows a password: instances are shown by their redacted name.
 */
#ifndef DOCUMENT_DOCUMENT_H
#define DOCUMENT_DOCUMENT_H

#include "backup/inspect.h"
#include "document/plain.h"
#include "mapping/mapping.h"
#include "ops/check.h"
#include "ops/export.h"
#include "ops/list.h"
#include "ops/plan.h"

/* Notes that the step gave while it ran. */
struct document_notes {
	const char *const *list;
	size_t count;
};

/* --- files --- */

void document_inspect_json(struct str *out, const struct inspect_result *result);
void document_inspect_text(struct str *out, const struct document_style *style, const char *path,
	const struct inspect_result *result);

struct document_validation {
	const char *path;
	struct validate_problem *problems; /* with messages that live as long as this */
	size_t count;                      /* those listed */
	uint64_t total;                    /* those there are */
};
void document_validate_json(struct str *out, const struct document_validation *validation);
void document_validate_text(struct str *out, const struct document_style *style,
	const struct document_validation *validation);

/* --- staging --- */

/* What export, write and load say. `done` is a word for people: "exported". */
struct document_staged {
	const char *done;
	const struct staged *staged;
	const char *file; /* read or written; NULL: none */
	struct document_notes notes;
};
void document_staged_json(struct str *out, const struct document_staged *document);
void document_staged_text(struct str *out, const struct document_style *style,
	const struct document_staged *document);

void document_list_json(struct str *out, const struct listed *list, size_t count);
void document_list_text(struct str *out, const struct document_style *style,
	const struct listed *list, size_t count);

void document_delete_json(struct str *out, struct slice key, int64_t rows);
void document_delete_text(struct str *out, struct slice key, int64_t rows);

/* --- mapping --- */

void document_map_auto_json(struct str *out, const struct mapping_auto_result *result);
void document_map_auto_text(struct str *out, const struct document_style *style,
	const struct mapping_auto_result *result);

/* One element of the list. */
void document_mapping_json(struct str *out, const struct mapping_row *row);
/* The list as a grid, row by row: begin, measure each row, fit and title, write each row. */
void document_mappings_begin(struct grid *grid);
void document_mappings_measure(struct grid *grid, const struct mapping_row *row);
void document_mappings_title(
	struct str *out, const struct document_style *style, struct grid *grid);
void document_mappings_row(struct str *out, const struct grid *grid, const struct mapping_row *row);

void document_map_show_json(struct str *out, const struct mapping_detail *detail);
void document_map_show_text(
	struct str *out, const struct document_style *style, const struct mapping_detail *detail);

/* After map set: the mapping as it is now, and how many derived ones went back to not mapped. */
void document_map_set_json(struct str *out, const struct mapping_detail *detail, int64_t reset);
void document_map_set_text(struct str *out, const struct mapping_detail *detail, int64_t reset);

void document_map_edit_json(struct str *out, enum mapping_edit edit, int64_t count);
void document_map_edit_text(struct str *out, enum mapping_edit edit, int64_t count);

/* --- plan, import, verify --- */

void document_plan_json(struct str *out, const struct plan *plan);
/*
 * Reads a document of document_plan_json again, as far as an import compares it, into the arena.
 * ERROR_INPUT, naming `path`, when it is none.
 */
MUST_CHECK bool document_plan_read(struct slice json, const char *path, struct arena *arena,
	struct plan_kept *out, struct error *err);
void document_plan_text(
	struct str *out, const struct document_style *style, const struct plan *plan);

void document_import_json(
	struct str *out, const struct import_result *result, const struct document_notes *notes);
void document_import_text(
	struct str *out, const struct document_style *style, const struct import_result *result);

void document_verify_json(struct str *out, const struct verify_result *result);
void document_verify_text(
	struct str *out, const struct document_style *style, const struct verify_result *result);

/* --- checks, catalogue, errors --- */

void document_checks_json(struct str *out, const struct checks *checks);
/* `subject`: what was checked, for the last line. */
void document_checks_text(struct str *out, const struct document_style *style, const char *subject,
	const struct checks *checks);

void document_catalogue_text(
	struct str *out, const struct document_style *style, const struct catalogue *catalogue);

/* With the detail only when `verbose`. */
void document_error_json(struct str *out, const struct error *err, bool verbose);
/* Lines "<program>: <message>", "hint: ...", and with `verbose` "detail: ...". */
void document_error_text(
	struct str *out, const char *program, const struct error *err, bool verbose);

#endif
