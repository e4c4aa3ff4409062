/*
 * What a command is: one constant object a file, in the table of commands.c. Parsing, help, the man
 * page and the completion follow from it.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/session.h"

#define COMMAND_ARGUMENTS 6
#define COMMAND_OPTIONS   16
#define COMMAND_REPEATS   8 /* how often an option that may be repeated can be given */

/* What a value is, for completion. */
enum value_kind { VALUE_TEXT, VALUE_FILE, VALUE_FOLDER };

/* An argument that stands at its place. The last ones may be optional. */
struct argument {
	const char *name;  /* "INSTANCE" */
	const char *words; /* the words allowed, separated by blanks; NULL: any */
	enum value_kind kind;
	bool optional;
};

struct option_spec {
	const char *name;     /* without "--" */
	const char *argument; /* "DIR"; NULL: a flag */
	const char *words;    /* the words allowed, separated by blanks; NULL: any */
	const char *help;     /* what it does: no capital, no full stop */
	enum value_kind kind;
	bool list;   /* several of the words, separated by commas */
	bool repeat; /* may be given several times; at most one option of a command */
	char letter; /* its short form, 0 when it has none */
};

/* What was given: NULL where nothing was; "" for a flag. Indices are those of the command's tables.
 */
struct given {
	const char *arguments[COMMAND_ARGUMENTS];
	const char *options[COMMAND_OPTIONS];
	const char *repeated[COMMAND_REPEATS]; /* values of the option that may be repeated */
	size_t repeated_count;
};

struct command {
	const char *name;        /* "export"; "map auto" for a part of a group */
	const char *summary;     /* one line: no capital, no full stop */
	const char *description; /* paragraphs for help and man page, each one line; may be NULL */
	struct argument arguments[COMMAND_ARGUMENTS];
	struct option_spec options[COMMAND_OPTIONS]; /* up to the first without a name */
	/*
	 * Does it and prints the result. Other exit statuses than 0 and that of an error are put
	 * into session->status. False with the error set when it fails.
	 */
	bool (*run)(struct session *session, const struct given *given, struct error *err);
};

/* Every command, in the order of the help. */
extern const struct command *const commands[];
extern const size_t command_count;
/* Options that every command takes. */
enum {
	GLOBAL_JSON,
	GLOBAL_QUIET,
	GLOBAL_VERBOSE,
	GLOBAL_NO_COLOR,
	GLOBAL_AS,
	GLOBAL_CATALOGUE,
	GLOBAL_HELP,
	GLOBAL_VERSION,
	GLOBAL_COUNT
};
extern const struct option_spec global_options[GLOBAL_COUNT];

size_t command_argument_count(const struct command *command);
size_t command_option_count(const struct command *command);
/* The command of that name, or NULL. */
const struct command *command_find(const char *name);
/* True when commands have this as their first word of two: "map". */
bool command_is_group(const char *name);
/*
 * ERROR_USAGE "there is no command ..." with the names that are near, or for a group the parts that
 * it has. `name` may be the name of a group.
 */
MUST_CHECK bool command_unknown(const char *name, struct error *err);

/* "reqferry export INSTANCE KEY [--space S] ...", without a line end. */
void help_usage(struct str *out, const struct command *command);
/* The help of one command, of a group, and of the program. */
void help_command(
	struct str *out, const struct document_style *style, const struct command *command);
void help_group(struct str *out, const struct document_style *style, const char *group);
void help_program(struct str *out, const struct document_style *style);
/* The tables as JSON, for tools: what script/interface reads. */
void help_json(struct str *out);

/* Appends to *list, as `"export", "import"`, what among the words is spelled nearly as `word`. */
void near_words(struct str *list, const char *word, const char *const *words, size_t count);

#endif
