// SPDX-License-Identifier: GPL-2.0-only
/* As much of netlink as esp_udp and the doors need, on a socket that nobody else talks to. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netlink.h"

int nl_open(int protocol)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int fd, err;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		err = errno;
		close(fd);
		return -err;
	}
	return fd;
}

void nl_append(struct nl_request *r, const void *data, size_t size)
{
	size_t at = NLMSG_ALIGN(r->header.nlmsg_len);

	if (at + NLMSG_ALIGN(size) > sizeof(*r)) {
		fputs("netlink request too long\n", stderr);
		abort();
	}
	memcpy((char *)r + at, data, size);
	r->header.nlmsg_len = at + size;
}

void nl_begin(struct nl_request *r, int type, int flags, const void *data, size_t size)
{
	memset(r, 0, sizeof(*r));
	r->header.nlmsg_type = type;
	r->header.nlmsg_flags = NLM_F_REQUEST | flags;
	r->header.nlmsg_len = NLMSG_HDRLEN;
	nl_append(r, data, size);
}

void nl_put(struct nl_request *r, int type, const void *data, size_t size)
{
	struct nlattr attribute = { .nla_type = type, .nla_len = NLA_HDRLEN + size };

	nl_append(r, &attribute, sizeof(attribute));
	nl_append(r, data, size);
}

size_t nl_nest_begin(struct nl_request *r, int type)
{
	size_t nest = NLMSG_ALIGN(r->header.nlmsg_len);

	nl_put(r, type, "", 0);
	return nest;
}

void nl_nest_end(struct nl_request *r, size_t nest)
{
	struct nlattr *attribute = (struct nlattr *)((char *)r + nest);

	/* some parsers count the padding of the last one inside */
	r->header.nlmsg_len = NLMSG_ALIGN(r->header.nlmsg_len);
	attribute->nla_len = r->header.nlmsg_len - nest;
}

static int nl_send(int fd, struct nl_request *r)
{
	static unsigned int sequence;

	r->header.nlmsg_seq = ++sequence;
	return send(fd, r, r->header.nlmsg_len, 0) < 0 ? -errno : 0;
}

int nl_do(int fd, struct nl_request *r)
{
	r->header.nlmsg_flags |= NLM_F_ACK;
	return nl_ask(fd, r, NULL, 0);
}

int nl_ask(int fd, struct nl_request *r, void *answer, size_t size)
{
	union {
		struct nlmsghdr header;
		char bytes[16384];
	} reply;
	const struct nlmsgerr *error = NLMSG_DATA(&reply.header);
	ssize_t n;
	int err;

	err = nl_send(fd, r);
	if (err)
		return err;
	do {
		n = recv(fd, &reply, sizeof(reply), 0);
		if (n < 0)
			return -errno;
		if (!NLMSG_OK(&reply.header, (size_t)n))
			return -EPROTO;
	} while (reply.header.nlmsg_seq != r->header.nlmsg_seq);

	if (reply.header.nlmsg_type == NLMSG_ERROR)
		return error->error;
	n = reply.header.nlmsg_len - NLMSG_HDRLEN;
	if ((size_t)n > size)
		n = size;
	if (n)
		memcpy(answer, NLMSG_DATA(&reply.header), n);
	return n;
}
