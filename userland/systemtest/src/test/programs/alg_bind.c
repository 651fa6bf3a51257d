// SPDX-License-Identifier: GPL-2.0-only
/*
 * alg_bind TYPE NAME
 *
 * Ask AF_ALG for an algorithm, as in "alg_bind hash sha256", and print "ok" or
 * the errno of bind().
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/if_alg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char *argv[])
{
	struct sockaddr_alg address = { .salg_family = AF_ALG };
	int fd;

	if (argc != 3 || strlen(argv[1]) >= sizeof(address.salg_type) ||
	    strlen(argv[2]) >= sizeof(address.salg_name)) {
		fputs("usage: alg_bind TYPE NAME\n", stderr);
		return 2;
	}
	fd = socket(AF_ALG, SOCK_SEQPACKET, 0);
	if (fd < 0) {
		perror("socket");
		return 1;
	}
	strcpy((char *)address.salg_type, argv[1]);
	strcpy((char *)address.salg_name, argv[2]);
	puts(bind(fd, (struct sockaddr *)&address, sizeof(address)) ? strerrorname_np(errno) : "ok");
	return 0;
}
