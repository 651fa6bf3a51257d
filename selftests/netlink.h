/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NETLINK_H
#define NETLINK_H

#include <linux/netlink.h>
#include <stddef.h>

/* A request under construction: a header, what its type wants, attributes. */
struct nl_request {
	struct nlmsghdr header;
	char body[2048];
};

/*
 * Return: a socket of the given netlink protocol in the current network
 * namespace, or -errno.
 */
int nl_open(int protocol);

/* Begin a request with @size bytes of what @type wants. */
void nl_begin(struct nl_request *r, int type, int flags, const void *data, size_t size);

/* Append an attribute. Attributes put between the two nl_nest calls go into another. */
void nl_put(struct nl_request *r, int type, const void *data, size_t size);
size_t nl_nest_begin(struct nl_request *r, int type);
void nl_nest_end(struct nl_request *r, size_t nest);

/* Append bytes that are not an attribute of their own. */
void nl_append(struct nl_request *r, const void *data, size_t size);

/* Send a request. Return: 0 once the kernel has carried it out, or -errno. */
int nl_do(int fd, struct nl_request *r);

/*
 * Send a request that asks for one message; copy what it holds behind its header
 * to @answer. Return: how many bytes that is, or -errno.
 */
int nl_ask(int fd, struct nl_request *r, void *answer, size_t size);

#endif
