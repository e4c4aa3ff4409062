/*
 * What all commands share.
 */
#include "cli/session.h"

#include "backup/file.h"

#include <errno.h>
#include <pwd.h>
#include <unistd.h>

static void on_progress(void *sink, const struct task_progress *progress)
{
	struct session *session = sink;
	terminal_progress(&session->terminal, progress);
}

static void on_warning(void *sink, const char *message)
{
	struct session *session = sink;
	if (session->note_count < SESSION_NOTES)
		session->notes[session->note_count++] =
			arena_strdup(&session->arena, slice_of(message));
	if (session->quiet)
		return;
	struct str line CLEANUP(str_release) = STR_INIT;
	str_add_text(&line, "reqferry: warning: ");
	plain_safe(&line, slice_of(message));
	str_add_char(&line, '\n');
	session_say(session, &line);
}

/* The login name. */
static const char *default_actor(struct arena *arena)
{
	const char *user = getenv("USER");
	if (user && *user)
		return user;
	/* one thread runs */
	// cppcheck-suppress getpwuidCalled
	const struct passwd *entry = getpwuid(getuid());
	return entry ? arena_strdup(arena, slice_of(entry->pw_name)) : "unknown";
}

void session_init(struct session *session, const char *actor, bool no_color)
{
	session->task = (struct task){.actor = actor ? actor : default_actor(&session->arena),
		.cancelled = signals_install(),
		.progress = on_progress,
		.warn = on_warning,
		.sink = session};
	if (session->quiet)
		session->terminal.progress = false;
	if (session->terminal.out) {
		session->style.width = terminal_width(STDOUT_FILENO);
		session->style.colour = !no_color && terminal_wants_colour();
	}
}

void session_release(struct session *session)
{
	terminal_clear(&session->terminal);
	arena_release(&session->arena);
}

bool session_open(struct session *session, const char *name, enum db_mode mode,
	struct instance *out, struct error *err)
{
	return instance_open(name, session->catalogue, mode, &session->task, out, err);
}

bool session_key(const char *text, struct slice *key, struct error *err)
{
	if (!backup_key_check(slice_of(text), err))
		return false;
	*key = slice_of(text);
	return true;
}

struct document_notes session_notes(const struct session *session)
{
	return (struct document_notes){session->notes, session->note_count};
}

bool session_print(struct session *session, const struct str *text, struct error *err)
{
	terminal_clear(&session->terminal);
	if (terminal_write(STDOUT_FILENO, str_slice(text)))
		return true;
	return FAIL(err, IO, "standard output cannot be written: %s", strerror(errno));
}

bool session_print_json(struct session *session, struct str *text, struct error *err)
{
	str_add_char(text, '\n');
	return session_print(session, text, err);
}

void session_say(struct session *session, const struct str *text)
{
	terminal_clear(&session->terminal);
	terminal_write(STDERR_FILENO, str_slice(text));
}

void session_remark(struct session *session, const struct str *text)
{
	if (!session->quiet)
		session_say(session, text);
}

bool session_can_ask(const struct session *session)
{
	return session->terminal.in && session->terminal.err;
}

bool session_ask(
	struct session *session, const char *question, struct str *answer, struct error *err)
{
	struct str text CLEANUP(str_release) = STR_INIT;
	char c;
	str_add_text(&text, question);
	session_say(session, &text);
	str_clear(answer);
	for (;;) {
		bool there = terminal_wait();
		int reason = errno;
		if (!task_check(&session->task, err))
			return false;
		if (!there && reason != EINTR)
			return FAIL(err, IO, "standard input cannot be read: %s", strerror(reason));
		if (!there)
			continue;
		/* A line is short, and its end must not be read beyond. */
		if (read(STDIN_FILENO, &c, 1) <= 0 || c == '\n')
			break;
		if (answer->len < 1000)
			str_add_char(answer, c);
	}
	struct slice trimmed = slice_trim(str_slice(answer));
	struct str line = STR_INIT;
	str_add(&line, trimmed);
	str_release(answer);
	*answer = line;
	return task_check(&session->task, err);
}
