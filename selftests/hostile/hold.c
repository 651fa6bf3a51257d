// SPDX-License-Identifier: GPL-2.0-only
/*
 * hold list|read|write PATH
 *
 * List a directory, read a file or write to one, with memory that this user's
 * own FUSE server never brings in. Prints "held" once the kernel waits for that
 * memory, and goes on waiting. If the call ends instead, prints "ok N" and exits
 * 0, or the name of its errno, "open" before it if it is open(2) that failed, and
 * exits 1. Exits 4, with the reason, if no such memory can be had.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../errname.h"
#include "held.h"

#define USAGE_ERROR 2
#define SKIP 4

static long call(const char *what, int fd, void *memory)
{
	if (!strcmp(what, "list"))
		return syscall(SYS_getdents64, fd, memory, HELD_PAGE);
	if (!strcmp(what, "read"))
		return read(fd, memory, HELD_PAGE);
	return write(fd, memory, HELD_PAGE);
}

/* In a process of its own, for it cannot say that it waits. */
static void try(const char *what, const char *path, void *memory)
{
	int fd = open(path, strcmp(what, "write") ? O_RDONLY : O_WRONLY);
	long n;

	if (fd < 0) {
		printf("open %s\n", errname(errno));
		exit(1);
	}
	n = call(what, fd, memory);
	if (n < 0)
		puts(errname(errno));
	else
		printf("ok %ld\n", n);
	exit(n < 0);
}

int main(int argc, char *argv[])
{
	struct held h;
	int err, status;
	pid_t pid;

	if (argc != 3 || (strcmp(argv[1], "list") && strcmp(argv[1], "read") &&
			  strcmp(argv[1], "write"))) {
		fputs("usage: hold list|read|write PATH\n", stderr);
		return USAGE_ERROR;
	}
	err = own_mounts(0);
	if (!err)
		err = held_by_fuse(&h, 1);
	if (err) {
		printf("no memory to be held: %s\n", errname(err));
		return SKIP;
	}
	pid = fork();
	if (!pid)
		try(argv[1], argv[2], held_page(&h, 0));
	while (!*h.touched) {
		if (pid < 0 || waitpid(pid, &status, WNOHANG))
			break;
		usleep(1000);
	}
	if (*h.touched) {
		puts("held");
		fflush(stdout);
		waitpid(pid, &status, 0);
	}
	kill(h.server, SIGKILL);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
