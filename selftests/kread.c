// SPDX-License-Identifier: GPL-2.0-only
/*
 * kread FILE
 * kread --fd N
 *
 * Copy FILE, or what the inherited descriptor N still has, to the standard
 * output. If that fails, print the name of the errno there instead, "open"
 * before it if it is open(2) that failed, and exit 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "errname.h"

#define USAGE_ERROR 2

static void usage(void)
{
	fputs("usage: kread FILE | kread --fd N\n", stderr);
	exit(USAGE_ERROR);
}

static int open_argument(int argc, char *argv[])
{
	char *end;
	long fd;

	if (argc == 2 && argv[1][0] != '-')
		return open(argv[1], O_RDONLY | O_CLOEXEC);
	if (argc != 3 || strcmp(argv[1], "--fd"))
		usage();
	errno = 0;
	fd = strtol(argv[2], &end, 10);
	if (errno || end == argv[2] || *end || fd < 0 || fd > 1 << 20)
		usage();
	return fd;
}

int main(int argc, char *argv[])
{
	char buf[4096];
	ssize_t n;
	int fd;

	fd = open_argument(argc, argv);
	if (fd < 0) {
		printf("open %s\n", errname(errno));
		return 1;
	}
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, n, stdout);
	if (n < 0) {
		printf("%s\n", errname(errno));
		return 1;
	}
	return fflush(stdout) ? 1 : 0;
}
