/*
 * model_launch: runs many command lines of the program without starting it anew for each.
 *
 * A line of standard input is a folder and the arguments, parted by tabs. Each line runs in a child
 * process in that folder, through the program's own main function, standard output into the file
 * "out" there and standard error into "err". When the child has ended, its exit status is written
 * to standard output as a line; that of a child that a signal ended is 128 and the signal's number.
 * The launcher itself opens no database, so every child begins as a fresh process of the program
 * does. It ends with its input.
 */
#include "cli/cli.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS = 64 };

static void redirect(const char *path, int to, int flags)
{
	int file = open(path, flags | O_CLOEXEC, 0600);
	if (file < 0 || dup2(file, to) < 0) {
		perror(path);
		_exit(126);
	}
}

/* The child: never returns. */
static void run(const char *folder, int argc, char **argv)
{
	if (chdir(folder) != 0) {
		perror(folder);
		_exit(126);
	}
	redirect("/dev/null", STDIN_FILENO, O_RDONLY);
	redirect("out", STDOUT_FILENO, O_WRONLY | O_CREAT | O_TRUNC);
	redirect("err", STDERR_FILENO, O_WRONLY | O_CREAT | O_TRUNC);
	exit(cli_main(argc, argv));
}

static int wait_for(pid_t child)
{
	int status = 0;
	if (waitpid(child, &status, 0) != child)
		return 125;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length = 0;
	while ((length = getline(&line, &room, stdin)) > 0) {
		char name[] = "reqferry";
		char *argv[ARGUMENTS + 2] = {name};
		int argc = 1;
		char *rest = line;
		line[length - 1] = '\0';
		const char *folder = strsep(&rest, "\t");
		while (rest != NULL && argc <= ARGUMENTS)
			argv[argc++] = strsep(&rest, "\t");
		pid_t child = fork();
		if (child == 0)
			run(folder, argc, argv);
		printf("%d\n", child < 0 ? 125 : wait_for(child));
		fflush(stdout);
	}
	free(line);
	return 0;
}
