// SPDX-License-Identifier: GPL-2.0-only
/*
 * add_qdisc [unshare]
 *
 * Put a pfifo queue on the loopback device, in user and network namespaces of
 * its own if asked to, and print "ok" or the errno that the kernel answers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOPBACK 1 /* in every network namespace */

struct request {
	struct nlmsghdr header;
	struct tcmsg tc;
	struct rtattr kind;
	char name[8];
};

int main(int argc, char *argv[])
{
	struct request r = {
		.header = {
			.nlmsg_len = sizeof(r),
			.nlmsg_type = RTM_NEWQDISC,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE,
		},
		.tc = { .tcm_ifindex = LOOPBACK, .tcm_parent = TC_H_ROOT },
		.kind = { .rta_len = RTA_LENGTH(sizeof("pfifo")), .rta_type = TCA_KIND },
		.name = "pfifo",
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char more[1024];
	} answer;
	int fd;

	if (argc == 2 && !strcmp(argv[1], "unshare")) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET)) {
			perror("unshare");
			return 1;
		}
	} else if (argc != 1) {
		fputs("usage: add_qdisc [unshare]\n", stderr);
		return 2;
	}
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0 || send(fd, &r, sizeof(r), 0) != sizeof(r) ||
	    recv(fd, &answer, sizeof(answer), 0) < (ssize_t)NLMSG_LENGTH(sizeof(answer.error)) ||
	    answer.header.nlmsg_type != NLMSG_ERROR) {
		perror("netlink");
		return 1;
	}
	puts(answer.error.error ? strerrorname_np(-answer.error.error) : "ok");
	return 0;
}
