// SPDX-License-Identifier: GPL-2.0-only
/*
 * map_memory LENGTH PROTECTION FLAGS OFFSET
 *
 * Call mmap() with these numbers and the file descriptor 9, which means nothing
 * for anonymous memory, and print "ok" or the errno.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int main(int argc, char *argv[])
{
	void *p;

	if (argc != 5) {
		fputs("usage: map_memory LENGTH PROTECTION FLAGS OFFSET\n", stderr);
		return 2;
	}
	p = mmap(NULL, strtoul(argv[1], NULL, 0), atoi(argv[2]), strtoul(argv[3], NULL, 0), 9,
		 strtoul(argv[4], NULL, 0));
	puts(p == MAP_FAILED ? strerrorname_np(errno) : "ok");
	return 0;
}
