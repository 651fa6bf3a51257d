// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <string.h>

#include "../netlink.h"
#include "doors.h"

#define NAME "door0"

static void xfrm_interface(const struct door *door)
{
	const struct ifinfomsg link = { 0 };
	const uint32_t id = 1, loopback = 1;
	struct nl_request r;
	size_t info, data;
	int fd;

	(void)door;
	fd = need(nl_open(NETLINK_ROUTE), NULL, "rtnetlink");
	nl_begin(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link));
	nl_put(&r, IFLA_IFNAME, NAME, sizeof(NAME));
	info = nl_nest_begin(&r, IFLA_LINKINFO);
	nl_put(&r, IFLA_INFO_KIND, "xfrm", sizeof("xfrm"));
	data = nl_nest_begin(&r, IFLA_INFO_DATA);
	nl_put(&r, IFLA_XFRM_LINK, &loopback, sizeof(loopback));
	nl_put(&r, IFLA_XFRM_IF_ID, &id, sizeof(id));
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
	pass(nl_do(fd, &r), ABSENT_IF(EOPNOTSUPP, ENODEV), "adding an xfrm device");
	/* the same request without the flags changes what is there */
	r.header.nlmsg_flags &= ~(NLM_F_CREATE | NLM_F_EXCL);
	pass(nl_do(fd, &r), NULL, "changing an xfrm device");
}

const struct door link_doors[] = {
	{ "xfrm_interface", "xfrm network device", NET_NAMESPACE, xfrm_interface, NULL },
	{ 0 },
};
