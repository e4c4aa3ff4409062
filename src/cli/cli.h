/*
 * The command line.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/* Runs the program with main's arguments and gives its exit status. Once in a process. */
int cli_main(int argc, char **argv);

#endif
