/*
 * reqferry map confirm
 */
#include "cli/commands.h"
#include "cli/map_filter.h"

static bool run(struct session *session, const struct given *given, struct error *err)
{
	return edit_run(session, given, MAPPING_CONFIRM, "confirm", err);
}

const struct command command_map_confirm = {
	.name = "map confirm",
	.summary = "make found mappings a person's decision",
	.description = "Automatic mappings that the filters choose become a person's, and "
		       "automatic mapping leaves them alone from then on.",
	.arguments = {{"INSTANCE"}, {"KEY"}},
	.options = {FILTER_OPTION_TABLE, EDIT_OPTION_TABLE},
	.run = run,
};
