/*
 * reqferry: moves Requirement Yogi's data between Confluence and Jira instances.
 */
#include "cli/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
