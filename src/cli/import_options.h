/*
 * The options that plan and import share.
 */
#ifndef CLI_IMPORT_OPTIONS_H
#define CLI_IMPORT_OPTIONS_H

#include "cli/command.h"

/* Their places: a command's own options begin at IMPORT_OPTIONS. */
enum {
	IMPORT_ACCEPT,
	IMPORT_ERASE,
	IMPORT_REJECT,
	IMPORT_OUTSIDE,
	IMPORT_AUDIT_TRAIL,
	IMPORT_OPTIONS
};

/* Initialisers of a command's table of options. */
#define IMPORT_OPTION_TABLE                                                                        \
	[IMPORT_ACCEPT] = {"accept", "LIST", "possible missing assumed lost-columns",              \
		.list = true, .help = "go on in spite of these"},                                  \
	[IMPORT_ERASE] = {"erase", "WHAT", "brought everything nothing",                           \
		.help = "what is erased first; brought (the scopes that the backup brings) "       \
			"otherwise"},                                                              \
	[IMPORT_REJECT] = {"reject",                                                               \
		.help = "leave out rows that cannot be imported, and what refers to them"},        \
	[IMPORT_OUTSIDE] = {"outside", "HOW", "keep copy",                                         \
		.help = "references to other places that the origin still has: keep them there "   \
			"(the default) or copy them"},                                             \
	[IMPORT_AUDIT_TRAIL] = {"audit-trail", "HOW", "rewrite keep",                              \
		.help = "space keys in Jira's audit trail; "                                       \
			"rewrite otherwise"}

void import_options_read(const struct given *given, struct slice key, struct import_options *out);
/* Makes the plan of the options and prints it; status 4 when it has blockers. */
MUST_CHECK bool plan_print(struct session *session, struct instance *instance,
	const struct import_options *options, struct error *err);

#endif
