// SPDX-License-Identifier: GPL-2.0-only
/*
 * inet_bind stream|dgram
 *
 * Bind a socket of the internet protocols to any port, and print "ok" or the
 * errno of bind().
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char *argv[])
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	int fd;

	if (argc != 2 || (strcmp(argv[1], "stream") && strcmp(argv[1], "dgram"))) {
		fputs("usage: inet_bind stream|dgram\n", stderr);
		return 2;
	}
	fd = socket(AF_INET, *argv[1] == 's' ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (fd < 0) {
		perror("socket");
		return 1;
	}
	puts(bind(fd, (struct sockaddr *)&any, sizeof(any)) ? strerrorname_np(errno) : "ok");
	return 0;
}
