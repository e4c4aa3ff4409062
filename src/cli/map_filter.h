/*
 * The options that choose mappings, and the three edits of what they choose.
 */
#ifndef CLI_MAP_FILTER_H
#define CLI_MAP_FILTER_H

#include "cli/command.h"

/* Their places: a command's own options begin at FILTER_OPTIONS. */
enum {
	FILTER_TYPE,
	FILTER_STATUS,
	FILTER_CERTAINTY,
	FILTER_RULE,
	FILTER_SPACE,
	FILTER_FIND,
	FILTER_KEY,
	FILTER_DEPENDENCIES,
	FILTER_OPTIONS
};

#define TYPE_WORDS "APPLINK SPACE PROJECT USER PAGE VERSION ATTACHMENT ISSUE"

/* Initialisers of a command's table of options. */
#define FILTER_OPTION_TABLE                                                                        \
	[FILTER_TYPE] = {"type", "T", TYPE_WORDS, .help = "of this type"},                         \
	[FILTER_STATUS] = {"status", "S",                                                          \
		"not-mapped UNMAPPED MAPPED_AUTO MAPPED_MANUAL EXCLUDED",                          \
		.help = "in this state"},                                                          \
	[FILTER_CERTAINTY] = {"certainty", "C", "certain likely possible",                         \
		.help = "found with this certainty"},                                              \
	[FILTER_RULE] = {"rule", "R", .help = "found by this rule"},                               \
	[FILTER_SPACE] = {"space", "KEY", .help = "of this space of the origin"},                  \
	[FILTER_FIND] = {"find", "TEXT", .help = "with this text in key, title or name"},          \
	[FILTER_KEY] = {"key", "OLD", .help = "with exactly this key at the origin"},              \
	[FILTER_DEPENDENCIES] = {"dependencies", "D", .help = "with these dependencies"}

/* Reads and checks the options; *any (may be NULL) says whether there is a filter at all. */
MUST_CHECK bool filter_read(
	const struct given *given, struct mapping_filter *filter, bool *any, struct error *err);

/* The options of map confirm, clear and exclude behind the filters. */
enum { EDIT_ALL = FILTER_OPTIONS, EDIT_YES };
#define EDIT_OPTION_TABLE                                                                          \
	[EDIT_ALL] = {"all", .help = "all mappings"}, [EDIT_YES] = {"yes", .help = "do not ask"}

/* The run of these commands: `verb` is "confirm". */
MUST_CHECK bool edit_run(struct session *session, const struct given *given, enum mapping_edit edit,
	const char *verb, struct error *err);

#endif
