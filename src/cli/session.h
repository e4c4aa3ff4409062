/*
 * One run of the program: what the global options said, where output goes, and the task that the
 * steps are given.
 *
 * Results go to standard output, everything else to standard error. A question is asked only when
 * both standard input and standard error are terminals.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "cli/terminal.h"
#include "document/document.h"
#include "ops/instance.h"

/* Exit statuses that are no error's. */
enum { STATUS_DONE = 0, STATUS_REMAINDER = 3, STATUS_REFUSED = 4, STATUS_FAULTS = 5 };

#define SESSION_NOTES 400

struct session {
	bool json, quiet, verbose;
	const char *catalogue; /* --catalogue; NULL: the embedded ones */
	struct document_style style;
	struct terminal terminal;
	struct task task;
	struct arena arena;               /* lives as long as the session */
	const char *notes[SESSION_NOTES]; /* the first of task_warn */
	size_t note_count;
	int status;
	const char *done; /* "the import": committed; errors from then on say that it stands */
};

/* Signals, terminals and the task. `no_color`: --no-color was given. */
void session_init(struct session *session, const char *actor, bool no_color);
void session_release(struct session *session);

/* Opens an instance as the session says. Close with instance_close, also after a failure. */
MUST_CHECK bool session_open(struct session *session, const char *name, enum db_mode mode,
	struct instance *out, struct error *err);
/* The backup key of an argument, checked. */
MUST_CHECK bool session_key(const char *text, struct slice *key, struct error *err);
struct document_notes session_notes(const struct session *session);

/* Writes text to standard output. ERROR_IO when that fails. */
MUST_CHECK bool session_print(struct session *session, const struct str *text, struct error *err);
/* The same for a JSON document: adds its line end. */
MUST_CHECK bool session_print_json(struct session *session, struct str *text, struct error *err);
/* Writes text to standard error; nobody can be told when that fails. */
void session_say(struct session *session, const struct str *text);
/* A result that is text beside a file on standard output: to standard error, not with -q. */
void session_remark(struct session *session, const struct str *text);

bool session_can_ask(const struct session *session);
/* Asks on the terminal and reads one line, without blanks around it. */
MUST_CHECK bool session_ask(
	struct session *session, const char *question, struct str *answer, struct error *err);

#endif
