/*
 * reqferry help
 */
#include "cli/commands.h"

static bool run(struct session *session, const struct given *given, struct error *err)
{
	struct str out CLEANUP(str_release) = STR_INIT;
	struct str name CLEANUP(str_release) = STR_INIT;
	str_add(&name, slice_of(given->arguments[0]));
	if (given->arguments[1])
		str_addf(&name, " %s", given->arguments[1]);
	const struct command *command = command_find(name.at);
	if (session->json) {
		help_json(&out);
		return session_print_json(session, &out, err);
	}
	if (command)
		help_command(&out, &session->style, command);
	else if (name.len == 0)
		help_program(&out, &session->style);
	else if (command_is_group(name.at))
		help_group(&out, &session->style, name.at);
	else
		return command_unknown(name.at, err);
	return session_print(session, &out, err);
}

const struct command command_help = {
	.name = "help",
	.summary = "show the commands, or tell more of one",
	.description = "With --json: all commands, arguments and options, for tools.",
	.arguments = {{"COMMAND", .optional = true}, {"PART", .optional = true}},
	.run = run,
};
