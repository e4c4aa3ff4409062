/*
 * reqferry demo
 */
#include "cli/commands.h"

#include "demo/story.h"

#include <jansson.h>

enum { DIR };

struct telling {
	struct session *session;
	struct str text; /* with --json: all of it */
	bool failed;     /* standard output cannot be written; the first reason */
	struct error err;
};

static void say(void *sink, const char *text)
{
	struct telling *telling = sink;
	struct str lines CLEANUP(str_release) = STR_INIT;
	if (telling->session->json) {
		str_add_text(&telling->text, text);
		return;
	}
	str_add_text(&lines, text);
	if (!telling->failed && !session_print(telling->session, &lines, &telling->err))
		telling->failed = true;
}

static bool print_story(struct telling *telling, const char *folder, struct error *err)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	json_t *document = json_pack("{ss ss}", "folder", folder, "story", telling->text.at);
	char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;
	json_decref(document);
	if (!text)
		return FAIL(err, INPUT, "the folder's name \"%s\" is not UTF-8", folder);
	str_add_text(&out, text);
	free(text);
	return session_print_json(telling->session, &out, err);
}

static bool run(struct session *session, const struct given *given, struct error *err)
{
	const char *folder = given->options[DIR] ? given->options[DIR] : "demo";
	struct telling telling = {.session = session, .text = STR_INIT, .err = ERROR_INIT};
	bool ok = demo_run(folder, &session->task, say, &telling, err);
	if (ok && telling.failed) {
		*err = telling.err;
		ok = false;
	}
	if (ok && session->json)
		ok = print_story(&telling, folder, err);
	str_release(&telling.text);
	return ok;
}

const struct command command_demo = {
	.name = "demo",
	.summary = "show a whole migration on example data",
	.description = "Makes an origin and a destination, Confluence and Jira each, as embedded "
		       "databases, moves Requirement Yogi's data from one to the other and tells "
		       "what happens. The databases stay for playing.",
	.options = {[DIR] = {"dir", "DIR", .kind = VALUE_FOLDER,
			    .help = "where to make them; ./demo otherwise"}},
	.run = run,
};
