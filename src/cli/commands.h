/*
 * Every command, each from the file of its name.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

extern const struct command command_demo, command_export, command_write, command_load, command_list,
	command_delete, command_map_auto, command_map_list, command_map_show, command_map_set,
	command_map_confirm, command_map_clear, command_map_exclude, command_plan, command_import,
	command_verify, command_undo, command_inspect, command_validate, command_instance_check,
	command_catalogue_show, command_catalogue_check, command_help, command_ids, command_report,
	command_clean, command_map_history, command_map_undo;

#endif
