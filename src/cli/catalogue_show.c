/*
 * reqferry catalogue show
 */
#include "cli/commands.h"

#include "base/file.h"

#define CATALOGUE_MAX (16u * 1024 * 1024)

/* The file's own text: what JSON documents show. */
static bool add_json(struct str *out, const char *folder, enum product product, struct error *err)
{
	struct str path CLEANUP(str_release) = STR_INIT, text CLEANUP(str_release) = STR_INIT;
	if (!folder) {
		str_add(out, catalogue_embedded(product));
		return true;
	}
	str_addf(&path, "%s/%s.json", folder, product_name(product));
	if (!file_read(path.at, CATALOGUE_MAX, &text, err))
		return false;
	str_add(out, str_slice(&text));
	return true;
}

static bool add(struct session *session, enum product product, struct str *out, struct error *err)
{
	struct catalogue *catalogue CLEANUP(catalogue_free) = NULL;
	if (!catalogue_load(session->catalogue, product, &catalogue, err))
		return false;
	if (!session->json) {
		if (out->len > 0)
			str_add_char(out, '\n');
		document_catalogue_text(out, &session->style, catalogue);
		return true;
	}
	str_addf(out, "%s\"%s\":", out->len > 0 ? "," : "{", product_name(product));
	return add_json(out, session->catalogue, product, err);
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	const char *wanted = given->arguments[0];
	for (int p = 0; p < PRODUCT_COUNT; p++)
		if ((!wanted || strcmp(wanted, product_name((enum product)p)) == 0) &&
			!add(session, (enum product)p, &out, err))
			return false;
	if (!session->json)
		return session_print(session, &out, err);
	str_add_char(&out, '}');
	return session_print_json(session, &out, err);
}

const struct command command_catalogue_show = {
	.name = "catalogue show",
	.summary = "show the tables and columns that are known",
	.description =
		"Requirement Yogi's tables as the program knows them, and how sure each name and "
		"place is.",
	.arguments = {{"PRODUCT", "confluence jira", .optional = true}},
	.run = run,
};
