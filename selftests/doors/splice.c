// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "doors.h"

#define FEW 16

static int pipe_with_file(void)
{
	int file = need(sys(open("/proc/self/exe", O_RDONLY | O_CLOEXEC)), NULL, "/proc/self/exe");
	int ends[2];

	need(sys(pipe(ends)), NULL, "pipe");
	pass(sys(splice(file, NULL, ends[1], NULL, FEW, 0)), NULL, "splice from a file");
	return ends[0];
}

static void file_to_pipe(const struct door *door)
{
	(void)door;
	close(pipe_with_file());
}

static void pipe_to_unix(const struct door *door)
{
	int sockets[2];

	(void)door;
	need(sys(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets)), NULL, "socketpair");
	pass(sys(splice(pipe_with_file(), NULL, sockets[0], NULL, FEW, 0)), NULL,
	     "splice to a stream socket");
}

const struct door splice_doors[] = {
	{ "splice_file", "splice() from a file to a pipe", ANY_USER, file_to_pipe, NULL },
	{ "splice_unix", "splice() from a pipe to an AF_UNIX stream", ANY_USER, pipe_to_unix, NULL },
	{ 0 },
};
