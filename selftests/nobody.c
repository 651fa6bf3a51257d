// SPDX-License-Identifier: GPL-2.0-only
/*
 * nobody PROGRAM [ARGUMENT]...
 *
 * Run a program as the user 65534 with no groups and no capabilities. Unlike
 * su(1) it needs no such user, no PAM, and no right of that user to search the
 * folders above the program.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <linux/prctl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534
#define USAGE_ERROR 125

int main(int argc, char *argv[])
{
	static char *environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	int fd;

	if (argc < 2) {
		fputs("usage: nobody PROGRAM [ARGUMENT]...\n", stderr);
		return USAGE_ERROR;
	}
	fd = open(argv[1], O_PATH | O_CLOEXEC);
	if (fd < 0) {
		perror(argv[1]);
		return USAGE_ERROR;
	}
	/* Leaving uid 0 for good clears all capabilities. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || setgroups(0, NULL) ||
	    setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY)) {
		perror("nobody");
		return USAGE_ERROR;
	}
	syscall(SYS_execveat, fd, "", argv + 1, environment, AT_EMPTY_PATH);
	perror(argv[1]);
	return USAGE_ERROR;
}
