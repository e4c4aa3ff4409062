/*
 * Help, made from the tables of the commands.
 */
#include "cli/command.h"

#include <jansson.h>

#define HELP_WIDTH 100

/* "--file FILE", "-q, --quiet" */
static void add_option_name(struct str *out, const struct option_spec *spec)
{
	if (spec->letter)
		str_addf(out, "-%c, ", spec->letter);
	str_addf(out, "--%s", spec->name);
	if (spec->argument)
		str_addf(out, " %s", spec->argument);
}

static void add_argument_name(struct str *out, const struct argument *argument)
{
	str_addf(out, argument->optional ? "[%s]" : "%s", argument->name);
}

void help_usage(struct str *out, const struct command *command)
{
	str_addf(out, "reqferry %s", command->name);
	for (size_t i = 0; i < command_argument_count(command); i++) {
		str_add_char(out, ' ');
		add_argument_name(out, &command->arguments[i]);
	}
	for (size_t i = 0; i < command_option_count(command); i++) {
		const struct option_spec *spec = &command->options[i];
		str_addf(out, " [--%s%s%s]", spec->name, spec->argument ? " " : "",
			spec->argument ? spec->argument : "");
	}
}

/* Adds the text broken at blanks, every line but the first indented. */
static void add_wrapped(struct str *out, const char *text, int width, int indent)
{
	int column = indent;
	bool first = true;
	while (*text) {
		int len = (int)strcspn(text, " ");
		if (!first && column + 1 + len > width) {
			str_addf(out, "\n%*s", indent, "");
			column = indent;
		} else if (!first) {
			str_add_char(out, ' ');
			column++;
		}
		str_add(out, (struct slice){text, (size_t)len});
		column += len;
		text += len;
		text += *text == ' ';
		first = false;
	}
	str_add_char(out, '\n');
}

static int help_width(const struct document_style *style)
{
	return style->width >= 40 && style->width < HELP_WIDTH ? style->width : HELP_WIDTH;
}

/* A line of a list: a name, padded, and what it is. */
static void add_item(struct str *out, const struct document_style *style, const char *name,
	int width, const char *text)
{
	str_addf(out, "  %-*s  ", width, name);
	if ((int)strlen(name) > width)
		str_addf(out, "\n  %*s  ", width, "");
	add_wrapped(out, text, help_width(style), width + 4);
}

static void add_heading(struct str *out, const struct document_style *style, const char *text)
{
	str_add_char(out, '\n');
	plain_highlight(out, style, PLAIN_STRONG, text);
	str_add_char(out, '\n');
}

/* "write it to a file; one of a, b, c" */
static void add_meaning(struct str *out, const struct option_spec *spec)
{
	str_add_text(out, spec->help);
	if (!spec->words)
		return;
	str_add_text(out, spec->list ? "; a list of " : "; one of ");
	for (const char *at = spec->words; *at; at++) {
		if (*at == ' ')
			str_add_text(out, ", ");
		else
			str_add_char(out, *at);
	}
}

static void add_options(struct str *out, const struct document_style *style, const char *title,
	const struct option_spec *options, size_t count)
{
	if (count == 0)
		return;
	add_heading(out, style, title);
	for (size_t i = 0; i < count; i++) {
		struct str name CLEANUP(str_release) = STR_INIT,
				text CLEANUP(str_release) = STR_INIT;
		add_option_name(&name, &options[i]);
		add_meaning(&text, &options[i]);
		add_item(out, style, name.at, 24, text.at);
	}
}

/* Paragraphs, broken into lines. */
static void add_description(struct str *out, const struct document_style *style, const char *text)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct slice rest = slice_of(text), line;
	while (rest.at) {
		if (!slice_cut(rest, '\n', &line, &rest)) {
			line = rest;
			rest = SLICE_NULL;
		}
		str_add_char(out, '\n');
		add_wrapped(out, arena_strdup(&arena, line), help_width(style), 0);
	}
}

void help_command(
	struct str *out, const struct document_style *style, const struct command *command)
{
	struct str usage CLEANUP(str_release) = STR_INIT;
	str_addf(out, "reqferry %s: %s\n", command->name, command->summary);
	add_heading(out, style, "Usage");
	help_usage(&usage, command);
	str_add_text(out, "  ");
	add_wrapped(out, usage.at, help_width(style), 6);
	if (command->description)
		add_description(out, style, command->description);
	add_options(out, style, "Options", command->options, command_option_count(command));
	add_options(out, style, "Options of every command", global_options, GLOBAL_COUNT);
}

static void add_command_line(
	struct str *out, const struct document_style *style, const struct command *command)
{
	struct str name CLEANUP(str_release) = STR_INIT;
	str_add_text(&name, command->name);
	for (size_t i = 0; i < command_argument_count(command); i++) {
		str_add_char(&name, ' ');
		add_argument_name(&name, &command->arguments[i]);
	}
	add_item(out, style, name.at, 34, command->summary);
}

void help_group(struct str *out, const struct document_style *style, const char *group)
{
	size_t len = strlen(group);
	str_addf(out, "reqferry %s has these commands:\n\n", group);
	for (size_t i = 0; i < command_count; i++)
		if (strncmp(commands[i]->name, group, len) == 0 && commands[i]->name[len] == ' ')
			add_command_line(out, style, commands[i]);
	str_addf(out, "\n\"reqferry help %s COMMAND\" tells more of each.\n", group);
}

void help_program(struct str *out, const struct document_style *style)
{
	str_add_text(out,
		"reqferry moves Requirement Yogi's data between Confluence and Jira instances.\n");
	add_heading(out, style, "Usage");
	str_add_text(out, "  reqferry [OPTION]... COMMAND [ARGUMENT]...\n");
	add_heading(out, style, "Commands");
	for (size_t i = 0; i < command_count; i++)
		add_command_line(out, style, commands[i]);
	add_options(out, style, "Options of every command", global_options, GLOBAL_COUNT);
	add_description(out, style,
		"INSTANCE is a name from the configuration file or a URL such as "
		"sqlite:/srv/confluence.db. KEY is the name of a backup: letters, digits, dots, "
		"underscores and hyphens. FILE - is standard input or output.");
	add_description(out, style,
		"\"reqferry help COMMAND\" tells more. To see a whole migration, run \"reqferry "
		"demo\". Exit status: 0 done, 1 failed, 2 wrong use, 3 done with a remainder, 4 "
		"refused, 5 a check found faults, 10 not reachable, 11 locked, 12 authentication "
		"failed, 130 interrupted.");
}

/* --- for tools --- */

static const char *const kinds[] = {
	[VALUE_TEXT] = "text", [VALUE_FILE] = "file", [VALUE_FOLDER] = "folder"};

static json_t *option_json(const struct option_spec *spec)
{
	const char letter[2] = {spec->letter, '\0'};
	return json_pack("{ss ss? ss? sb ss ss ss?}", "name", spec->name, "letter",
		spec->letter ? letter : NULL, "argument", spec->argument, "list", spec->list,
		"kind", kinds[spec->kind], "help", spec->help, "words", spec->words);
}

static json_t *options_json(const struct option_spec *options, size_t count)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, option_json(&options[i]));
	return array;
}

static json_t *command_json(const struct command *command)
{
	json_t *arguments = json_array();
	for (size_t i = 0; i < command_argument_count(command); i++) {
		const struct argument *argument = &command->arguments[i];
		json_array_append_new(
			arguments, json_pack("{ss sb ss ss?}", "name", argument->name, "optional",
					   argument->optional, "kind", kinds[argument->kind],
					   "words", argument->words));
	}
	return json_pack("{ss ss ss? so so}", "name", command->name, "summary", command->summary,
		"description", command->description, "arguments", arguments, "options",
		options_json(command->options, command_option_count(command)));
}

void help_json(struct str *out)
{
	json_t *list = json_array();
	for (size_t i = 0; i < command_count; i++)
		json_array_append_new(list, command_json(commands[i]));
	json_t *document = json_pack("{ss so so}", "version", REQFERRY_VERSION, "options",
		options_json(global_options, GLOBAL_COUNT), "commands", list);
	char *text = json_dumps(document, JSON_COMPACT);
	if (!text)
		out_of_memory();
	str_add_text(out, text);
	free(text);
	json_decref(document);
}
