/*
 * Errors.
 */
#include "document/internal.h"

static json_t *text_or_null(const char *text)
{
	return json_of_text(text[0] ? text : NULL);
}

void document_error_json(struct str *out, const struct error *err, bool verbose)
{
	json_t *error = json_new_object();
	json_put(error, "kind", json_of_text(error_kind_name(err->kind)));
	json_put(error, "message", json_of_text(err->message));
	json_put(error, "hint", text_or_null(err->hint));
	if (verbose)
		json_put(error, "detail", text_or_null(err->detail));
	json_t *document = json_new_object();
	json_put(document, "error", error);
	json_finish(out, document);
}

/* The detail may be SQL of several lines, which stay lines. */
static void add_detail(struct str *out, struct slice detail)
{
	struct slice line;
	str_add_text(out, "detail: ");
	while (slice_cut(detail, '\n', &line, &detail)) {
		plain_safe(out, line);
		str_add_text(out, "\n        ");
	}
	plain_safe(out, detail);
	str_add_char(out, '\n');
}

void document_error_text(
	struct str *out, const char *program, const struct error *err, bool verbose)
{
	str_addf(out, "%s: ", program);
	plain_safe(out, slice_of(err->message));
	str_add_char(out, '\n');
	if (err->hint[0]) {
		str_add_text(out, "hint: ");
		plain_safe(out, slice_of(err->hint));
		str_add_char(out, '\n');
	}
	if (verbose && err->detail[0])
		add_detail(out, slice_of(err->detail));
}
