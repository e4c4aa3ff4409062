/*
 * The table of all commands, and of the options that all of them take.
 */
#include "cli/commands.h"

const struct command *const commands[] = {
	&command_demo,
	&command_export,
	&command_write,
	&command_load,
	&command_list,
	&command_delete,
	&command_clean,
	&command_map_auto,
	&command_map_list,
	&command_map_show,
	&command_map_set,
	&command_map_confirm,
	&command_map_clear,
	&command_map_exclude,
	&command_map_history,
	&command_map_undo,
	&command_plan,
	&command_import,
	&command_verify,
	&command_undo,
	&command_report,
	&command_ids,
	&command_inspect,
	&command_validate,
	&command_instance_check,
	&command_catalogue_show,
	&command_catalogue_check,
	&command_help,
};
const size_t command_count = ARRAY_LEN(commands);

const struct option_spec global_options[GLOBAL_COUNT] = {
	[GLOBAL_JSON] = {"json", .help = "print one JSON document"},
	[GLOBAL_QUIET] = {"quiet", .letter = 'q', .help = "no warnings and no progress"},
	[GLOBAL_VERBOSE] = {"verbose", .letter = 'v',
		.help = "with errors, also what the database said and the SQL"},
	[GLOBAL_NO_COLOR] = {"no-color", .help = "no colours (as with NO_COLOR set)"},
	[GLOBAL_AS] = {"as", "NAME", .help = "who acts, for the records; the login name otherwise"},
	[GLOBAL_CATALOGUE] = {"catalogue", "DIR", .kind = VALUE_FOLDER,
		.help = "use the catalogues in this folder instead of those built in"},
	[GLOBAL_HELP] = {"help", .letter = 'h', .help = "show help and do nothing else"},
	[GLOBAL_VERSION] = {"version", .help = "show the version and do nothing else"},
};

size_t command_argument_count(const struct command *command)
{
	size_t n = 0;
	while (n < COMMAND_ARGUMENTS && command->arguments[n].name)
		n++;
	return n;
}

size_t command_option_count(const struct command *command)
{
	size_t n = 0;
	while (n < COMMAND_OPTIONS && command->options[n].name)
		n++;
	return n;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < command_count; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

bool command_is_group(const char *name)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < command_count; i++)
		if (strncmp(commands[i]->name, name, len) == 0 && commands[i]->name[len] == ' ')
			return true;
	return false;
}

/* The parts of a group: `"map auto", "map list"`. */
static void add_parts(struct str *list, const char *group)
{
	size_t len = strlen(group);
	for (size_t i = 0; i < command_count; i++)
		if (strncmp(commands[i]->name, group, len) == 0 && commands[i]->name[len] == ' ')
			str_addf(list, "%s\"%s\"", list->len > 0 ? ", " : "", commands[i]->name);
}

/* Names of commands, and of groups: someone may have misspelled "map". */
static void add_near(struct str *list, const char *name)
{
	const char *names[2 * 64];
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	size_t count = 0;
	for (size_t i = 0; i < command_count && count + 2 < ARRAY_LEN(names); i++) {
		struct slice group, part;
		names[count++] = commands[i]->name;
		if (slice_cut(slice_of(commands[i]->name), ' ', &group, &part) &&
			(count < 2 || strcmp(names[count - 2], commands[i]->name) != 0))
			names[count++] = arena_strdup(&arena, group);
	}
	near_words(list, name, names, count);
}

bool command_unknown(const char *name, struct error *err)
{
	struct str list CLEANUP(str_release) = STR_INIT;
	struct slice group, part;
	if (command_is_group(name)) {
		error_set(err, ERROR_USAGE, "\"%s\" is not a command by itself", name);
		add_parts(&list, name);
		error_hint(err, "There are %s.", list.at);
		return false;
	}
	error_set(err, ERROR_USAGE, "there is no command \"%s\"", name);
	add_near(&list, name);
	if (list.len > 0) {
		error_hint(err, "Did you mean %s?", list.at);
	} else if (slice_cut(slice_of(name), ' ', &group, &part)) {
		struct arena arena CLEANUP(arena_release) = ARENA_INIT;
		add_parts(&list, arena_strdup(&arena, group));
		error_hint(err, "There are %s.", list.at);
	} else {
		error_hint(err, "\"reqferry help\" lists the commands.");
	}
	return false;
}
