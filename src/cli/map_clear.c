/*
 * reqferry map clear
 */
#include "cli/commands.h"
#include "cli/map_filter.h"

static bool run(struct session *session, const struct given *given, struct error *err)
{
	return edit_run(session, given, MAPPING_CLEAR, "clear", err);
}

const struct command command_map_clear = {
	.name = "map clear",
	.summary = "make mappings not mapped again",
	.description = "The mappings that the filters choose are as if nothing had been tried.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.options = {FILTER_OPTION_TABLE, EDIT_OPTION_TABLE},
	.run = run,
};
