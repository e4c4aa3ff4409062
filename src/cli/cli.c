/*
 * Reads the command line and runs the command.
 *
 * Options that all commands take may stand before and behind the command's name; those of the
 * command anywhere behind it. glibc's getopt_long does the parsing: first of the options in front
 * of the name, then of all that follows it.
 */
#include "cli/cli.h"

#include "cli/command.h"

#include <getopt.h>
#include <unistd.h>

/* The values that getopt_long gives for a long option: global ones first. */
#define OPTION_FIRST 1000

struct parser {
	const struct command *command; /* NULL while its name is not known */
	struct given given;
	const char *globals[GLOBAL_COUNT];
	struct option table[GLOBAL_COUNT + COMMAND_OPTIONS + 1];
	char letters[2 * GLOBAL_COUNT + 4];
};

static const struct option_spec *option_at(const struct parser *parser, int value)
{
	int index = value - OPTION_FIRST;
	return index < GLOBAL_COUNT ? &global_options[index]
				    : &parser->command->options[index - GLOBAL_COUNT];
}

static void add_option(struct parser *parser, size_t index, const struct option_spec *spec)
{
	parser->table[index] = (struct option){spec->name,
		spec->argument ? required_argument : no_argument, NULL, OPTION_FIRST + (int)index};
}

/* Prepares getopt_long. `first` is '+' to stop at the first word, '-' is never wanted. */
static void begin_parsing(struct parser *parser, bool stop_at_word)
{
	size_t count = parser->command ? command_option_count(parser->command) : 0;
	size_t letters = 0;
	if (stop_at_word)
		parser->letters[letters++] = '+';
	/* an option without its value is told from an unknown one */
	parser->letters[letters++] = ':';
	for (size_t i = 0; i < GLOBAL_COUNT; i++) {
		add_option(parser, i, &global_options[i]);
		if (global_options[i].letter)
			parser->letters[letters++] = global_options[i].letter;
	}
	parser->letters[letters] = '\0';
	for (size_t i = 0; i < count; i++)
		add_option(parser, GLOBAL_COUNT + i, &parser->command->options[i]);
	parser->table[GLOBAL_COUNT + count] = (struct option){.name = NULL};
	opterr = 0;
	optind = 0;
}

static bool unknown_option(const struct parser *parser, const char *text, struct error *err)
{
	const char *names[GLOBAL_COUNT + COMMAND_OPTIONS];
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct str list CLEANUP(str_release) = STR_INIT;
	size_t count = 0, len = strcspn(text, "=");
	const char *word = arena_strdup(&arena, (struct slice){text, len});
	for (; parser->table[count].name; count++)
		names[count] = arena_printf(&arena, "--%s", parser->table[count].name);
	error_set(err, ERROR_USAGE, "there is no option \"%s\"%s%s%s", word,
		parser->command ? " of \"" : "", parser->command ? parser->command->name : "",
		parser->command ? "\"" : "");
	near_words(&list, word, names, count);
	if (list.len > 0)
		error_hint(err, "Did you mean %s?", list.at);
	else
		error_hint(err, "See \"reqferry help%s%s\".", parser->command ? " " : "",
			parser->command ? parser->command->name : "");
	return false;
}

/* What getopt_long could not take: the text is the word that it looked at last. */
static bool bad_option(
	const struct parser *parser, int result, char *const *words, struct error *err)
{
	char letter[3] = {'-', (char)optopt, '\0'};
	const char *text = words[optind - 1];
	if (result == ':' && optopt >= OPTION_FIRST)
		return FAIL(err, USAGE, "the option --%s needs a value: %s",
			option_at(parser, optopt)->name, option_at(parser, optopt)->argument);
	if (optopt >= OPTION_FIRST)
		return FAIL(err, USAGE, "the option --%s takes no value",
			option_at(parser, optopt)->name);
	return unknown_option(parser, optopt != 0 ? letter : text, err);
}

/* --- values --- */

/* True when the word is among those separated by blanks. */
static bool is_among(const char *words, struct slice word)
{
	struct slice rest = slice_of(words), head;
	for (;;) {
		bool more = slice_cut(rest, ' ', &head, &rest);
		if (slice_equal(more ? head : rest, word))
			return true;
		if (!more)
			return false;
	}
}

static void add_words(struct str *list, const char *words)
{
	for (const char *at = words; *at; at++) {
		if (*at == ' ')
			str_add_text(list, ", ");
		else
			str_add_char(list, *at);
	}
}

static bool check_words(
	const char *name, const char *words, bool list, const char *value, struct error *err)
{
	struct slice rest = slice_of(value), head;
	for (bool more = true; more;) {
		more = list && slice_cut(rest, ',', &head, &rest);
		if (!more)
			head = rest;
		if (is_among(words, head))
			continue;
		struct str allowed CLEANUP(str_release) = STR_INIT;
		add_words(&allowed, words);
		error_set(err, ERROR_USAGE, "%s cannot be \"%.*s\"", name, SLICE_PRINT(head));
		error_hint(err, "Allowed %s %s.", list ? "are, separated by commas," : "are",
			allowed.at);
		return false;
	}
	return true;
}

static bool take_option(struct parser *parser, int value, const char *text, struct error *err)
{
	const struct option_spec *spec = option_at(parser, value);
	int index = value - OPTION_FIRST;
	const char **place = index < GLOBAL_COUNT ? &parser->globals[index]
						  : &parser->given.options[index - GLOBAL_COUNT];
	if (spec->repeat) {
		if (parser->given.repeated_count == COMMAND_REPEATS)
			return FAIL(err, USAGE, "the option --%s is given more than %d times",
				spec->name, COMMAND_REPEATS);
		parser->given.repeated[parser->given.repeated_count++] = text;
	} else if (*place && spec->argument)
		return FAIL(err, USAGE, "the option --%s is given twice", spec->name);
	if (spec->words) {
		struct str name CLEANUP(str_release) = STR_INIT;
		str_addf(&name, "--%s", spec->name);
		if (!check_words(name.at, spec->words, spec->list, text, err))
			return false;
	}
	*place = text ? text : "";
	return true;
}

/* Takes options up to the first other word, or up to the end. */
static bool take_options(
	struct parser *parser, int count, char **words, bool stop_at_word, struct error *err)
{
	begin_parsing(parser, stop_at_word);
	for (;;) {
		int result = getopt_long(count, words, parser->letters, parser->table, NULL);
		if (result == -1)
			return true;
		if (result == '?' || result == ':')
			return bad_option(parser, result, words, err);
		for (int i = 0; i < GLOBAL_COUNT && result < OPTION_FIRST; i++)
			if (global_options[i].letter == result)
				result = OPTION_FIRST + i;
		if (!take_option(parser, result, optarg, err))
			return false;
	}
}

/* --- the command and its arguments --- */

static void add_usage_hint(const struct command *command, struct error *err)
{
	struct str usage CLEANUP(str_release) = STR_INIT;
	help_usage(&usage, command);
	error_hint(err, "Usage: %s", usage.at);
}

static bool take_arguments(struct parser *parser, int count, char **words, struct error *err)
{
	const struct command *command = parser->command;
	size_t room = command_argument_count(command);
	if ((size_t)count > room) {
		error_set(err, ERROR_USAGE, "\"%s\" does not know what to do with \"%s\"",
			command->name, words[room]);
		add_usage_hint(command, err);
		return false;
	}
	for (size_t i = 0; i < (size_t)count; i++) {
		const struct argument *argument = &command->arguments[i];
		if (argument->words &&
			!check_words(argument->name, argument->words, false, words[i], err))
			return false;
		parser->given.arguments[i] = words[i];
	}
	for (size_t i = (size_t)count; i < room; i++) {
		if (command->arguments[i].optional)
			break;
		error_set(err, ERROR_USAGE, "\"%s\" needs %s", command->name,
			command->arguments[i].name);
		add_usage_hint(command, err);
		return false;
	}
	return true;
}

/*
 * Finds the command's name, of one word or two, and leaves the rest. *name gets what stands there,
 * NULL when nothing does.
 */
static bool take_name(struct parser *parser, struct arena *arena, int *count, char ***words,
	const char **name, struct error *err)
{
	*name = NULL;
	for (int word = 0; word < 2; word++) {
		if (!take_options(parser, *count, *words, true, err))
			return false;
		if (optind >= *count)
			return true;
		/* The word takes the place of the program's name for the next round. */
		*words += optind;
		*count -= optind;
		*name = *name ? arena_printf(arena, "%s %s", *name, (*words)[0]) : (*words)[0];
		if (!command_is_group(*name))
			return true;
	}
	return true;
}

static bool parse(struct parser *parser, struct arena *arena, int count, char **words,
	const char **name, struct error *err)
{
	if (!take_name(parser, arena, &count, &words, name, err))
		return false;
	parser->command = *name ? command_find(*name) : NULL;
	/* Help is given for what is not complete, too. */
	if (!parser->command)
		return parser->globals[GLOBAL_HELP] || parser->globals[GLOBAL_VERSION] || !*name ||
		       command_unknown(*name, err);
	if (!take_options(parser, count, words, false, err))
		return false;
	return parser->globals[GLOBAL_HELP] || parser->globals[GLOBAL_VERSION] ||
	       take_arguments(parser, count - optind, words + optind, err);
}

/* --- running --- */

static bool print_version(struct session *session, struct error *err)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	if (session->json)
		str_addf(&out, "{\"version\":\"%s\"}\n", REQFERRY_VERSION);
	else
		str_addf(&out, "reqferry %s\n", REQFERRY_VERSION);
	return session_print(session, &out, err);
}

static bool print_help(
	struct session *session, const struct command *command, const char *name, struct error *err)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	if (command)
		help_command(&out, &session->style, command);
	else if (!name)
		help_program(&out, &session->style);
	else if (command_is_group(name))
		help_group(&out, &session->style, name);
	else
		return command_unknown(name, err);
	return session_print(session, &out, err);
}

static bool run(struct session *session, struct parser *parser, const char *name, struct error *err)
{
	if (parser->globals[GLOBAL_QUIET] && parser->globals[GLOBAL_VERBOSE])
		return FAIL(err, USAGE, "--quiet and --verbose contradict each other");
	if (parser->globals[GLOBAL_AS] && !*parser->globals[GLOBAL_AS])
		return FAIL(err, USAGE, "--as needs a name");
	if (parser->globals[GLOBAL_VERSION])
		return print_version(session, err);
	if (parser->globals[GLOBAL_HELP])
		return print_help(session, parser->command, name, err);
	if (!name)
		return FAIL_HINT(err, USAGE, "\"reqferry help\" lists the commands.",
			"no command was given");
	return parser->command->run(session, &parser->given, err);
}

static void report(struct session *session, const struct error *err)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	struct error ignored = ERROR_INIT;
	document_error_text(&out, "reqferry", err, session->verbose);
	session_say(session, &out);
	if (!session->json)
		return;
	str_clear(&out);
	document_error_json(&out, err, session->verbose);
	/* When it cannot be written, standard error has told it and the status tells it. */
	if (!session_print_json(session, &out, &ignored))
		return;
}

/* --json counts for the errors of the command line itself, wherever it stands. */
static bool wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

int cli_main(int argc, char **argv)
{
	struct session session CLEANUP(session_release) = {.json = wants_json(argc, argv)};
	struct parser parser = {.command = NULL};
	struct error err = ERROR_INIT;
	const char *name = NULL;
	terminal_init(&session.terminal);
	bool ok = parse(&parser, &session.arena, argc, argv, &name, &err);
	session.json = session.json || parser.globals[GLOBAL_JSON];
	session.quiet = parser.globals[GLOBAL_QUIET] != NULL;
	session.verbose = parser.globals[GLOBAL_VERBOSE] != NULL;
	session.catalogue = parser.globals[GLOBAL_CATALOGUE];
	session_init(&session, parser.globals[GLOBAL_AS], parser.globals[GLOBAL_NO_COLOR] != NULL);
	ok = ok && run(&session, &parser, name, &err);
	if (ok)
		return session.status;
	/* Ctrl-C ends a pipeline's other programs too: what follows from that is no error of its
	 * own. */
	if (err.kind != ERROR_INTERRUPTED && err.kind != ERROR_USAGE &&
		task_should_stop(&session.task))
		error_set(&err, ERROR_INTERRUPTED, "interrupted by the user");
	if (session.done)
		error_context(&err, "%s is done, what failed came after it", session.done);
	report(&session, &err);
	return error_exit_status(err.kind);
}
