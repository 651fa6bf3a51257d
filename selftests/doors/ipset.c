// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdint.h>
#include <string.h>

#include "../netlink.h"
#include "doors.h"

#define NAME "door"
#define FIRST 0xc0000200	/* 192.0.2.0 */
#define LAST 0xc00002ff

static void put_u8(struct nl_request *r, int type, uint8_t value)
{
	nl_put(r, type, &value, sizeof(value));
}

static void put_address(struct nl_request *r, int type, uint32_t address)
{
	size_t nest = nl_nest_begin(r, type | NLA_F_NESTED);

	address = htonl(address);
	nl_put(r, IPSET_ATTR_IPADDR_IPV4 | NLA_F_NET_BYTEORDER, &address, sizeof(address));
	nl_nest_end(r, nest);
}

static void begin(struct nl_request *r, int command, int flags)
{
	const struct nfgenmsg header = { .nfgen_family = NFPROTO_IPV4 };

	nl_begin(r, NFNL_SUBSYS_IPSET << 8 | command, flags, &header, sizeof(header));
	put_u8(r, IPSET_ATTR_PROTOCOL, IPSET_PROTOCOL_MIN);
	nl_put(r, IPSET_ATTR_SETNAME, NAME, sizeof(NAME));
}

static void bitmap(const struct door *door)
{
	int fd = need(nl_open(NETLINK_NETFILTER), ABSENT_IF(EPROTONOSUPPORT), "nfnetlink");
	struct nl_request r;
	size_t data;

	(void)door;
	begin(&r, IPSET_CMD_CREATE, NLM_F_CREATE | NLM_F_EXCL);
	nl_put(&r, IPSET_ATTR_TYPENAME, "bitmap:ip", sizeof("bitmap:ip"));
	put_u8(&r, IPSET_ATTR_REVISION, 0);
	put_u8(&r, IPSET_ATTR_FAMILY, NFPROTO_IPV4);
	data = nl_nest_begin(&r, IPSET_ATTR_DATA | NLA_F_NESTED);
	put_address(&r, IPSET_ATTR_IP, FIRST);
	put_address(&r, IPSET_ATTR_IP_TO, LAST);
	nl_nest_end(&r, data);
	/* EINVAL: no ip_set; IPSET_ERR_FIND_TYPE: not this type */
	pass(nl_do(fd, &r), ABSENT_IF(EINVAL, IPSET_ERR_FIND_TYPE), "creating a set");

	begin(&r, IPSET_CMD_ADD, 0);
	data = nl_nest_begin(&r, IPSET_ATTR_DATA | NLA_F_NESTED);
	put_address(&r, IPSET_ATTR_IP, FIRST + 1);
	nl_nest_end(&r, data);
	pass(nl_do(fd, &r), NULL, "adding to the set");
}

const struct door ipset_doors[] = {
	{ "ipset_bitmap", "ipset bitmap:ip with an address", NET_NAMESPACE, bitmap, NULL },
	{ 0 },
};
