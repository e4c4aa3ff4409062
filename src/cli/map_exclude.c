/*
 * reqferry map exclude
 */
#include "cli/commands.h"
#include "cli/map_filter.h"

static bool run(struct session *session, const struct given *given, struct error *err)
{
	return edit_run(session, given, MAPPING_EXCLUDE, "exclude", err);
}

const struct command command_map_exclude = {
	.name = "map exclude",
	.summary = "leave entities out",
	.description =
		"Rows that refer to the entities that the filters choose are left out of the "
		"import, with the rows that refer to those. \"map show\" tells what that drops.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.options = {FILTER_OPTION_TABLE, EDIT_OPTION_TABLE},
	.run = run,
};
