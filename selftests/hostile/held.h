/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELD_H
#define HELD_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Memory that the kernel waits for: a page that a system call touches first is
 * brought in by a server, which gets the request and does not answer, for as
 * long as it lives.
 */
struct held {
	char *memory;
	size_t pages;
	pid_t server;
	_Atomic unsigned int *touched;	/* how many requests the server has got */
};

#define HELD_PAGE 4096

/*
 * Pages of a file of one's own FUSE file system. It is mounted on HELD_MOUNT
 * of this process's mount namespace, which has to be its own: see own_mounts().
 * Return: 0 or an errno.
 */
#define HELD_MOUNT "/tmp"
int held_by_fuse(struct held *h, size_t pages);

/* Pages that a userfaultfd is to bring in; not for children. Return: 0 or an errno. */
int held_by_userfaultfd(struct held *h, size_t pages);

/* Page number @i. */
void *held_page(const struct held *h, size_t i);

/* Wait until @count pages are waited for, at most for @msec. Return: how many are. */
unsigned int held_await(const struct held *h, unsigned int count, unsigned int msec);

/*
 * Enter a mount namespace of one's own; a user needs, and gets, a user namespace
 * of his own for it, in which he keeps his number. @more: other namespaces, as
 * for unshare(2). Return: 0 or an errno.
 */
int own_mounts(int more);

#endif
